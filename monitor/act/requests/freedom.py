"""What answers a request under a Freedom of Information Act: reports that were signed, and their numbers."""

from __future__ import annotations

import json
from datetime import datetime

from data.errors import InputError
from data.store.reporting import signed_reports
from monitor.act.requests.copying import TO_CHECK, TO_SEND, Copy
from monitor.act.requests.office import Office
from monitor.reports.papers import INDEPENDENT, Paper, as_page, composed, facts, law, sector_of
from monitor.reports.weekly import attachment, kept

_MOST = 10_000
"""More than the weeks of any school."""


def exported(office: Office, now: datetime) -> Copy:
    """Each signed report as it was published, their numbers, and beside them what whoever answers must know.

    Raises InputError for an independent school, NotFit where a signed file is gone or was changed.
    """
    school = office.school
    if sector_of(school) == INDEPENDENT:
        why = law("foi_scotland" if school.nation == "scotland" else "foi_uk")
        raise InputError(f"{school.name} is independent by the settings. {why} Nothing was written.")
    with office.session.store.read() as con:
        reports = signed_reports.reports_of(con, school.urn, _MOST)
    signed = [one for one in reversed(reports) if one.signed_at is not None]
    files = {
        f"{TO_SEND}/{attachment(one.urn, one.week).removesuffix('.pdf')}{ending}": content
        for one in signed
        for ending, content in (kept(office.session.store.home, one) or {}).items()
    }
    counts = json.dumps([json.loads(one.facts) for one in signed], ensure_ascii=False, indent=1)
    said = {**facts(school, office.config, office.session.store, now), "signed": len(signed)}
    page = as_page(composed(Paper.FOI, said))
    files |= {f"{TO_SEND}/counts.json": f"{counts}\n".encode(), f"{TO_CHECK}/check-first.html": page.encode()}
    return Copy(files, len(signed))
