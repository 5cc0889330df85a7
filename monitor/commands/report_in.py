"""`schoolgate report-in`: what a person saw, through the same judging as everything else.

No picture enters before a person has said what it is not: a file that shows, or might show, anyone
under 18 undressed or in a sexual way is not opened, hashed or copied; the matter goes to the DSL as
an address only (UKCIS guidance on sharing nudes, March 2024; the domain guide, §3.3 and §6).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from data.effects import utc_now
from data.errors import InputError
from data.types import Mention, Outcome, Source, SourceRun
from monitor import wiring
from monitor.commands.common import opened
from monitor.media import media_type
from monitor.report import CHILD_IMAGE, SOURCE_ID, Report, as_mention, check, moment, readable, without_image
from monitor.views.report_in import Answer, lines
from monitor.views.report_in import as_json as answer_json

if TYPE_CHECKING:
    from data.store.mentions import Batch
    from data.store.open import Store
    from data.store.reports import Withheld
    from monitor.judge import Judged, Judges

Say = Callable[[str], None]
QUESTION = (
    "Does the file show, or might it show, anyone under 18 undressed or in a sexual way? "
    "Do not open it to find out. [yes / no / unknown]"
)


def run(
    *,
    text: str | None,
    url: str | None,
    channel: str,
    author: str | None,
    seen_by: str | None,
    seen_at: str | None,
    file: Path | None,
    child_image: bool | None,
    school: str | None,
    home: Path | None,
    config: Path | None,
    as_json: bool,
    say: Say,
    ask: Callable[[str], str],
) -> int:
    """Judge and store one report; 0 when it is stored, with what became of it printed."""
    where, settings, store = opened(home, config)
    now = utc_now()
    readable({"text": text, "url": url, "channel": channel, "author": author, "seen-by": seen_by})
    barred = child_image
    if file is not None and barred is None:
        barred = ask(QUESTION).strip().lower() not in ("no", "n")
    taken = Report((text or "").strip(), url or "", channel, author, seen_by, moment(seen_at, now))
    report = without_image(taken, file) if barred else taken
    check(report)
    urn = wiring.pick_urn(settings, school)
    kept = _keep(file) if file is not None and not barred else None
    wiring.remember_config(store, settings)
    withheld = _withheld(report, store)
    judges = wiring.judges(settings, where.home)
    judged = _judged(as_mention(report, withheld, now), report, urn, settings.sources, store, judges)
    batch = _save(judged, kept, report, urn, where.evidence, store, now, judges)
    answer = _answer(
        batch, store, urn, report, withheld, file, dropped=bool(barred and (taken.text or author))
    )
    for line in [json.dumps(answer_json(answer))] if as_json else lines(answer):
        say(line)
    return 0


def _withheld(report: Report, store: Store) -> Withheld | None:
    """What is restricted at the address already: nothing about it is shown openly again."""
    from data.store.reports import withheld_at

    if not report.url:
        return None
    with store.read() as con:
        return withheld_at(con, report.url)


def _judged(
    mention: Mention, report: Report, urn: str, sources: Sequence[Source], store: Store, judges: Judges
) -> Judged:
    from monitor.collect import Collected
    from monitor.judge import judge
    from monitor.own import stands_on_own

    now = mention.fetched_at
    own = stands_on_own(report.url, judges.schools[urn], sources)
    source = Source(
        SOURCE_ID, SOURCE_ID, url="", urns=(urn,), name="Reported by a person", listing=True, own=own
    )  # fmt: skip
    run = SourceRun(SOURCE_ID, now, now, Outcome.OK, pages=1, mentions_read=1)
    extra = (CHILD_IMAGE,) if report.child_image else ()
    return judge(Collected(source, run, (mention,)), store, judges, now, extra)


def _keep(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(f"--file {file}: cannot be read ({error.strerror}). Nothing was stored.") from None


def _save(
    judged: Judged,
    kept: bytes | None,
    report: Report,
    urn: str,
    vault: Path,
    store: Store,
    now: datetime,
    judges: Judges,
) -> Batch:
    from data.audit_codes import Code
    from data.store import mentions as mention_store
    from data.store.audit import Entry, append, note
    from data.store.evidence import Evidence, put_evidence
    from data.store.reports import shown_at
    from data.store.restrict import restrict
    from data.vault import Vault
    from monitor.judge import conclude

    sha256 = Vault(vault).put(kept) if kept is not None else None
    with store.write("report-in") as con:
        batch = conclude(con, judged, judges, now)
        mention_store.save(con, batch, now=now, policy=judges.policy)
        if report.child_image and report.url:
            restrict(con, shown_at(con, report.url))
        told_by = (note(con, report.seen_by),) if report.seen_by else ()
        seen = (Code.SEEN_AT.of(f"{report.seen_at:%Y-%m-%dT%H:%M:%SZ}"),) if report.seen_at != now else ()
        append(con, [Entry(now, "report-in", "reported_in", batch.seen[0], urn, (*seen, *told_by))])
        if sha256 is not None and kept is not None:
            put_evidence(
                con,
                Evidence(
                    urn, batch.seen[0], sha256, media_type(kept)[0], len(kept), now,
                    "report-in", "supplied by a person",
                ),
            )  # fmt: skip
    return batch


def _answer(
    batch: Batch,
    store: Store,
    urn: str,
    report: Report,
    withheld: Withheld | None,
    file: Path | None,
    *,
    dropped: bool,
) -> Answer:
    from data.store.reports import alert_of

    verdict = batch.verdicts[0] if batch.verdicts else None
    with store.read() as con:
        standing = alert_of(con, batch.seen[0], urn)
    return Answer(
        mention=batch.seen[0],
        new=bool(batch.mentions),
        verdict=verdict,
        alert=standing,
        raised=bool(batch.alerts),
        restricted=report.child_image or withheld is not None or bool(verdict and verdict.restricted),
        child_image=report.child_image,
        url=bool(report.url),
        file=file is not None,
        dropped=dropped,
        words=len(report.text.split()),
    )
