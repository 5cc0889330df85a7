"""The governors' reports, to be read, signed or sent back: drafts for who may sign, by a link that one
report; the proof of what is kept, the poster; and the drills of the alarm."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from io import BytesIO
from threading import Lock

import segno
from starlette.responses import Response

from alerts.access.recipients import report_signers
from alerts.drill import DRILL, drill_of
from alerts.layout.pdf import all_printable, compile_pdf
from alerts.links import Links
from alerts.weekly.facts import parse_week
from alerts.weekly.wording import ReportDocument, document, weeks_chart
from alerts.wording.digest.lines import drill_words
from data.digest import Drill
from data.effects import Clock
from data.evidence.vault import Vault
from data.frozen import freeze
from data.people import schools_of
from data.steps.acts import Refused
from data.store import weekly as weekly_store
from data.store.engine.audit_chain import links as chain_links
from data.store.engine.audit_chain import read_end
from data.store.engine.connect import Connection
from data.store.weekly import WeeklyReport
from data.types import Person, School
from data.web.urls import visible
from data.words.say import Words, words
from monitor.act.drill import take_drill
from monitor.act.proving import Proof, prove, read_evidence, stamp_end
from monitor.act.sign import OFTEN, send_back, sign
from monitor.config.load import Config
from monitor.desk.handing import ring_lines
from monitor.desk.matter.page import ticket_person
from monitor.desk.page import DeskRequest, NotThere, file_to_save, led_to, plain_page, render_page
from monitor.home import wiring
from monitor.matters.today import held_drill
from monitor.reports.weekly import current, signer, term_papers, whole_months, year
from sources.timestamps import NoStamp

_ONE_AT_A_TIME = Lock()
"""All that is kept is read for it: by one person at a time."""


def take_proof_form(clock: Clock, asking: DeskRequest) -> Response:
    """Verify all of it, have the chain's end stamped, or make the poster."""
    form, do = asking.form, asking.form["do"]
    if do == "poster":
        return _poster(asking)
    if do == "stamp":
        with wiring.fetcher(asking.config) as fetch:
            found = stamp_end(asking.store, asking.config, fetch, clock())
        no = isinstance(found, NoStamp)
        return show_proof(asking, None, "not_stamped" if no else "", told="" if no else "stamped")
    if do != "verify":
        return show_proof(asking)
    typed = form["last"].strip()
    noted = read_end(typed)
    if typed and noted is None:
        return show_proof(asking, None, "last")
    if not _ONE_AT_A_TIME.acquire(blocking=False):
        return show_proof(asking, None, "again")
    try:  # files are listed before their rows, and all of it is looked at once the store is let go
        vault = Vault(asking.store.evidence)
        present = vault.everything()
        with asking.store.open_reader() as con:
            held = read_evidence(con)
        proof = prove(held, vault, last=noted, present=present)
    finally:
        _ONE_AT_A_TIME.release()
    return show_proof(asking, proof=proof)


def _poster(asking: DeskRequest) -> Response:
    config, base_url = asking.config, asking.config.base_url or ""
    here = asking.signed_in.schools
    school = next((s for s in here if s.urn == asking.form["school"]), here[0])
    if not base_url.startswith("https:"):
        return show_proof(asking, None, "no_address")
    day = config.day_of(asking.now)
    return file_to_save(make_poster_pdf(config, school, base_url, day), f"poster-{school.urn}.pdf")


def show_proof(
    asking: DeskRequest, _: object = None, wrong: str = "", *, told: str = "",
    proof: Proof | None = None,
) -> Response:  # fmt: skip
    """Show what can be done here, and what came of it."""
    config, view = asking.config, None
    if proof is not None:
        found = Counter(fault.wrong.value for fault in proof.faults)
        view = {
            "rows": proof.rows,
            "wrong": sorted(found.items()),
            "last": proof.last or "",
            "noted": proof.noted,
        }
    given = {"view": view, "wrong": wrong, "told": told, "stamps": bool(config.evidence.timestamp_url)}
    return asking.render("proof.html", page="school", **given)


# The poster for the staff room: a square code and an address that lead to “Tell us what you saw”.

_STEPS = ("sign_in", "answer", "keep")
_TELL = ("post", "threat", "false", "shown")
_NOT = ("image", "more", "wait")


def make_poster_pdf(config: Config, school: School, base_url: str, day: date) -> bytes:
    """Make the PDF, one page of A4. Raises typst.TypstError where it cannot be as the standard asks."""
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
    return compile_pdf("monitor.desk/poster.typ", all_printable(given), day)


def square(url: str) -> str:
    """Make a QR code of that address as SVG, legible with a quarter of it torn or dirty."""
    out = BytesIO()
    segno.make_qr(url, error="q").save(out, kind="svg", border=4, light="white", xmldecl=False)
    return out.getvalue().decode()


def show_drills(asking: DeskRequest, con: Connection) -> Response:
    """Show what came of this term's drill at each school of theirs, or that there was none."""
    config, now, w = asking.config, asking.now, asking.w
    day = config.day_of(now)
    held = [(s.name, held_drill(con, s, config.calendar(s.urn), day, now)) for s in asking.signed_in.schools]
    said = [(name, drill_words(w, it, config.all_people, config.zone, now)) for name, it in held]
    view = {"page": "school", "said": said, "on": config.serve.drills, "proof": ""}
    return asking.render("drill.html", **view)


def show_drill(asking: DeskRequest, con: Connection) -> Response:
    """Show the page behind the address in a mail."""
    config, w, (_, it) = asking.config, asking.w, _find_drill(asking, con)
    said = w("drill.page.said") if it.runs else drill_words(w, it, config.all_people, config.zone, asking.now)
    proof = asking.links.proof(asking.key, asking.now) if it.runs else ""
    return render_page(
        "drill.html", asking.language, who=None, page="", said=[("", said)], on=True, proof=proof
    )


def take_drill_form(asking: DeskRequest) -> Response:
    """Give it to whoever presses first: a mail system that opens links and sends forms takes nothing."""
    proof, links = asking.form["proof"], asking.links
    if asking.ours and links.is_proved(asking.key, proof, asking.now, tapped=asking.tapped):
        with asking.store.open_reader() as con:
            person, it = _find_drill(asking, con)
        take_drill(asking.store, it, person, asking.now)
    return led_to(f"/drill/{asking.key}")


def _find_drill(asking: DeskRequest, con: Connection) -> tuple[Person, Drill]:
    """Find whose address it is, and the drill that it leads to. Raises NotThere until that has begun."""
    ticket = asking.links.ticket(asking.key, DRILL)
    person = ticket_person(asking.context, ticket) if ticket else None
    entries = [x.entry for x in chain_links(con, [ticket.story_id])] if ticket else []
    if ticket is None or person is None or not entries:
        raise NotThere
    it = drill_of(ticket.story_id, entries[0].urn or "", entries, asking.now)
    if not it.begun_at:
        raise NotThere
    return person, it


_LIFE = timedelta(days=35)
_WHAT = "report"


@freeze
class _AskedReport:
    """One report that somebody asks for, and whether they may sign it."""

    report: WeeklyReport
    school: School
    person: Person
    signs: bool


def opens(links: Links, key: str) -> bool:
    """Did we make that key, for a report?"""
    return links.ticket(key, _WHAT) is not None


def show_reports(asking: DeskRequest, con: Connection) -> Response:
    """Show the list, school by school."""
    who = asking.signed_in
    every = [_of(asking, con, school) for school in who.schools]
    view = [of for of in every if of["lines"] or of["trend"] or of["papers"]]
    return asking.render("reports.html", page="reports", view=view)


def show_report(asking: DeskRequest, con: Connection) -> Response:
    """Show one report in full."""
    return _page(asking, con, _find_report(asking, con))


def show_year(asking: DeskRequest, con: Connection) -> Response:
    """Show the cases of the last twelve months, counted, or the paper of the last term, to who may sign.
    Safeguarding matters are not counted: somebody left out of one could tell that there is one."""
    config, who = asking.config, asking.signed_in
    school = next((s for s in who.schools if s.urn == asking.query["urn"]), None)
    if school is None or who.person not in report_signers(school, config.people):
        raise NotThere
    of, today = asking.query.get("of", "year"), config.day_of(asking.now)
    if of == "year":
        read = year(con, config, school, whole_months(today), asking.now)
    elif of == "term" and config.calendar(school.urn).last_term(today) is not None:
        read = term_papers(con, config, school, asking.now)["term"]
    else:
        raise NotThere
    return _render_report(asking, read, school, signs=False)


def sign_or_send_back(asking: DeskRequest) -> Response:
    """Sign it, or send it back."""
    with asking.store.open_reader() as con:
        asked = _find_report(asking, con)
    links, config, do = asking.links, asking.config, asking.form["do"]
    if not asked.signs:
        raise NotThere
    proof, who = asking.form["proof"], asking.who
    tapped = asking.tapped or (who is not None and who.person.id == asked.person.id)
    proved = asking.ours and links.is_proved(asking.key, proof, asking.now, tapped=tapped)
    if (asking.key and not proved) or do not in ("sign", "back"):
        return plain_page(config, "not_ours", 403)
    became = _sign(asking, asked) if do == "sign" else _send_back(asking, asked)
    if became == OFTEN:
        return plain_page(config, "mailed", 429)
    with asking.store.open_reader() as con:
        return _page(asking, con, _find_report(asking, con), became)


def _sign(asking: DeskRequest, asked: _AskedReport) -> str:
    context, given = asking.context, (asked.school, asked.report, asked.person)
    done = sign(asking.store, context.config, *given, context.home, asking.now)
    return "unfit" if isinstance(done, Refused) else "signed"


def _send_back(asking: DeskRequest, asked: _AskedReport) -> str:
    given, why = (asked.school, asked.report, asked.person), asking.form["why"]
    done = send_back(asking.store, asking.config, *given, why, asking.now)
    if isinstance(done, Refused):
        return OFTEN if done.guard == OFTEN else "no_why"
    return "sent"


def _page(asking: DeskRequest, con: Connection, asked: _AskedReport, became: str = "") -> Response:
    config, report = asking.config, asked.report
    read = document(
        current(config, asked.school, report), config.zone, report.signed_at, signer(config, report)
    )
    back = weekly_store.sent_back(con, asked.school.urn, asked.report.week)
    said, w = "", words(asked.school.language)
    if back and report.signed_at is None:
        at, by, why = back
        who = {p.id: p.name for p in config.all_people}.get(by, by)
        said = f"{w('reports.was_sent_back', who=who, when=_when(asking, at, w))} “{visible(why)}”"
    proof = asking.links.proof(asking.key, asking.now) if asking.key else ""
    signs = asked.signs and report.signed_at is None
    return _render_report(asking, read, asked.school, signs=signs, became=became, back=said, proof=proof)


def _render_report(
    asking: DeskRequest, read: ReportDocument, school: School, *, signs: bool, became: str = "",
    back: str = "", proof: str = "",
) -> Response:  # fmt: skip
    """Make the page of what is read, with the buttons for whoever signs it."""
    blocks = [(block.kind, block) for block in read.blocks]
    given = {"signs": signs, "became": became, "back": back, "proof": proof}
    wrong = became in ("unfit", "no_why")
    code = 422 if wrong else 200
    who, page = asking.who, "reports" if asking.who and asking.who.reads_reports else ""
    return render_page(
        "report.html", school.language, code, who=who, page=page, d=read, blocks=blocks, wrong=wrong, **given
    )


def _when(asking: DeskRequest, at: datetime, w: Words) -> str:
    zone = asking.zone
    return w("room.when", day=w.day(at, asking.now, zone), clock=w.clock(at, zone))


def _find_report(asking: DeskRequest, con: Connection) -> _AskedReport:
    """Find the report of its address. Raises NotThere where who asks may not read it, or sign a draft."""
    context, query = asking.context, asking.query
    person, urn, week = asking.who.person if asking.who else None, query["urn"], query["week"]
    if asking.key:
        ticket = context.links.ticket(asking.key, _WHAT)
        if ticket is None or asking.now - ticket.made_at > _LIFE:
            raise NotThere
        person = ticket_person(context, ticket)
        urn, _, week = ticket.story_id.partition(" ")
    here = schools_of(person, context.config.schools) if person else ()
    school = next((s for s in here if s.urn == urn), None)
    report = weekly_store.report(con, school.urn, week) if school else None
    if person is None or school is None or report is None:
        raise NotThere
    signs = person in report_signers(school, context.config.people)
    if not (signs or report.signed_at):
        raise NotThere
    return _AskedReport(report, school, person, signs)


def _of(asking: DeskRequest, con: Connection, school: School) -> dict[str, object]:
    signs = asking.person in report_signers(school, asking.config.people)
    found = [r for r in weekly_store.reports_of(con, school.urn) if signs or r.signed_at]
    newest = next((r for r in found if r.signed_at), None)
    w = words(school.language)
    trend = weeks_chart(w, current(asking.config, school, newest)) if newest else None
    config = asking.config
    over = config.calendar(school.urn).last_term(config.day_of(asking.now))
    papers = ("year", *(("term",) if over else ())) if signs else ()
    where = tuple((f"/reports/{school.urn}/year?of={of}", w(f"reports.{of}")) for of in papers)
    return {
        "name": school.name,
        "lines": tuple(_line(asking, r) for r in found),
        "trend": trend,
        "papers": where,
    }


def _line(asking: DeskRequest, report: WeeklyReport) -> dict[str, object]:
    week, w = parse_week(report.week), asking.w
    day = _when(asking, report.signed_at, w) if report.signed_at else ""
    return {
        "path": f"/reports/{report.urn}/{report.week}",
        "week": week.number,
        "year": week.year,
        "signed": day,
    }
