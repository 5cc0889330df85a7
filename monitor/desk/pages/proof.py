"""Proof: that what is kept is unchanged, and the end of the record; and the poster for the staff room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from threading import Lock

import segno
from starlette.responses import Response

from alerts.layout.pdf import compile_pdf
from data.effects import Clock
from data.evidence.vault import Vault
from data.store.engine.audit_chain import read_end
from data.store.engine.connect import Connection
from data.types import School
from data.words.say import words
from monitor.act.casework.evidence.proving import Proof, prove, read_evidence, stamp_end
from monitor.config.load import Config
from monitor.desk.handing import ring_lines
from monitor.desk.page import file_to_save, render_page
from monitor.desk.routes import DeskRequest
from monitor.home import wiring
from sources.timestamps import NoStamp

_ONE_AT_A_TIME = Lock()
"""All that is kept is read for it: by one person at a time."""


@dataclass(frozen=True, slots=True)
class ProofView:
    """The state of the record: how many `rows` it has; how many things are `wrong`, by their kind; the end of
    the chain, and whether it holds the one that was `noted`. Which they are, and how much there is of cases
    and posts, is not said: its reader may not know of all.
    """

    rows: int
    wrong: Sequence[tuple[str, int]]
    last: str
    noted: bool | None


def show_proof(asking: DeskRequest, con: Connection) -> Response:
    """Show what can be done here."""
    return _page(asking)


def take_proof_form(clock: Clock, asking: DeskRequest) -> Response:
    """Verify all of it, have the chain's end stamped, or make the poster."""
    form, do = asking.form, asking.form.get("do", "")
    if do == "poster":
        return _poster(asking)
    if do == "stamp":
        with wiring.fetcher(asking.context.config) as fetch:
            found = stamp_end(asking.store, asking.context.config, fetch, clock())
        return _page(asking, "not_stamped") if isinstance(found, NoStamp) else _page(asking, told="stamped")
    if do != "verify":
        return _page(asking)
    typed = form.get("last", "").strip()
    noted = read_end(typed)
    if typed and noted is None:
        return _page(asking, "last")
    if not _ONE_AT_A_TIME.acquire(blocking=False):
        return _page(asking, "again")
    try:  # files are listed before their rows, and all of it is looked at once the store is let go
        vault = Vault(asking.store.evidence)
        present = vault.everything()
        with asking.store.open_reader() as con:
            held = read_evidence(con)
        proof = prove(held, vault, last=noted, present=present)
    finally:
        _ONE_AT_A_TIME.release()
    return _page(asking, proof=proof)


def _poster(asking: DeskRequest) -> Response:
    config, base_url = asking.context.config, asking.context.config.base_url or ""
    here = asking.signed_in.schools
    school = next((s for s in here if s.urn == asking.form.get("school")), here[0])
    if not base_url.startswith("https:"):
        return _page(asking, "no_address")
    day = asking.now.astimezone(config.zone).date()
    return file_to_save(make_poster_pdf(config, school, base_url, day), f"poster-{school.urn}.pdf")


def _page(asking: DeskRequest, wrong: str = "", *, told: str = "", proof: Proof | None = None) -> Response:
    who, config, view = asking.signed_in, asking.context.config, None
    if proof is not None:
        faults = Counter(fault.wrong.value for fault in proof.faults)
        view = ProofView(proof.rows, sorted(faults.items()), proof.last or "", proof.noted)
    given = {"view": view, "wrong": wrong, "told": told, "stamps": bool(config.evidence.timestamp_url)}
    return render_page("proof.html", asking.language, who=who, page="school", **given)


# The poster for the staff room: a square code and an address that lead to “Tell us what you saw”.

_STEPS = ("sign_in", "answer", "keep")
_TELL = ("post", "threat", "false", "shown")
_NOT = ("image", "more", "wait")


def make_poster_pdf(config: Config, school: School, base_url: str, day: date) -> bytes:
    """Make the PDF, one page of A4. Raises typst.TypstError where it could not be made as the standard
    asks.
    """
    w, url = words(school.language), f"{base_url.rstrip('/')}/tell"
    address = url.partition("://")[2]
    given = {
        "language": w.language,
        "school": school.name,
        "address": address,
        "square": square(url),
        "alt": w("desk.poster.alt", address=address),
        "ring": [*map(str, ring_lines(config, school, None, w)), w("desk.poster.as_always")],
        **{key: w(f"desk.poster.{key}") for key in ("title", "lead", "scan", "tell", "not", "danger")},
        "steps": [w(f"desk.poster.steps.{key}") for key in _STEPS],
        "tells": [w(f"desk.poster.tells.{key}") for key in _TELL],
        "nots": [w(f"desk.poster.nots.{key}") for key in _NOT],
    }
    return compile_pdf("monitor.desk/poster.typ", given, day)


def square(url: str) -> str:
    """A QR code of that address as SVG: dark on white with its quiet border, legible with a quarter of it
    torn or dirty."""
    out = BytesIO()
    segno.make_qr(url, error="q").save(out, kind="svg", border=4, light="white", xmldecl=False)
    return out.getvalue().decode()
