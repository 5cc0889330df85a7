"""Proof: that what is kept is unchanged, and the end of the record to be written down; the way to a case's
exhibits and to the poster for the staff room.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

from starlette.responses import Response

from data.effects import Clock
from data.evidence.vault import Vault
from data.store.engine.connect import Connection
from monitor.act.casework.evidence.proving import Proof, prove, read_evidence, stamp_end
from monitor.desk.page import led_to, saved, shown
from monitor.desk.poster import poster
from monitor.desk.routes import DeskRequest
from monitor.home import wiring
from sources.timestamps import NoStamp

_LAST = re.compile(r"([0-9a-f]{64})@([0-9]{1,18})")
_NUMBER = re.compile(r"[0-9-]{1,12}")
_ONE_AT_A_TIME = Lock()
"""All that is kept is read for it: by one person at a time."""


@dataclass(frozen=True, slots=True)
class ProofView:
    """How many `rows` the record has; how many things are `wrong`, by their kind; the end of the chain. Which
    they are, and how much there is of cases and posts, is not said: its reader may not know of all."""

    rows: int
    wrong: Sequence[tuple[str, int]]
    last: str


def show(asking: DeskRequest, con: Connection) -> Response:
    """What can be done here."""
    return _page(asking)


def take(clock: Clock, asking: DeskRequest) -> Response:
    """Verifies all of it, has the chain's end stamped, makes the poster, or leads to a case's exhibits."""
    form, do = asking.form, asking.form.get("do", "")
    if do == "case":
        number = form.get("case", "").strip()
        return led_to(f"/case/{number}/pack") if _NUMBER.fullmatch(number) else _page(asking, "no_case")
    if do == "poster":
        return _poster(asking)
    if do == "stamp":
        with wiring.fetcher(asking.context.config) as fetch:
            found = stamp_end(asking.store, asking.context.config, fetch, clock())
        return _page(asking, "not_stamped") if isinstance(found, NoStamp) else _page(asking, told="stamped")
    if do != "verify":
        return _page(asking)
    typed = form.get("last", "").strip()
    noted = _LAST.fullmatch(typed)
    if typed and noted is None:
        return _page(asking, "last")
    if not _ONE_AT_A_TIME.acquire(blocking=False):
        return _page(asking, "again")
    try:
        proof = _proved(asking, (int(noted[2]), noted[1]) if noted else None)
    finally:
        _ONE_AT_A_TIME.release()
    return _page(asking, proof=proof)


def _proved(asking: DeskRequest, noted: tuple[int, str] | None) -> Proof:
    """Files are listed before their rows, and all of it is looked at once the store is let go."""
    vault = Vault(asking.store.evidence)
    present = vault.everything()
    with asking.store.read() as con:
        held = read_evidence(con)
    return prove(held, vault, last=noted, present=present)


def _poster(asking: DeskRequest) -> Response:
    config, base_url = asking.context.config, asking.context.config.base_url or ""
    here = asking.signed_in.schools
    school = next((s for s in here if s.urn == asking.form.get("school")), here[0])
    if not base_url.startswith("https:"):
        return _page(asking, "no_address")
    day = asking.now.astimezone(config.zone).date()
    return saved(poster(config, school, base_url, day), f"poster-{school.urn}.pdf")


def _page(asking: DeskRequest, wrong: str = "", *, told: str = "", proof: Proof | None = None) -> Response:
    who, config, view = asking.signed_in, asking.context.config, None
    if proof is not None:
        faults = Counter(fault.wrong.value for fault in proof.faults)
        view = ProofView(proof.rows, sorted(faults.items()), proof.last or "")
    given = {
        "view": view,
        "wrong": wrong,
        "told": told,
        "stamps": bool(config.evidence.timestamp_url),
    }
    return shown("proof.html", asking.language, who=who, page="school", **given)
