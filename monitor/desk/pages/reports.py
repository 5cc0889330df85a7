"""The governors' reports: the draft read in full and signed or sent back, signed ones to read again.

Whoever may sign reads drafts; governors read what is signed, and nothing else. The link of the mail that asks
to sign opens that one report, for the person whom it asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.responses import Response

from alerts.access.recipients import report_signers
from alerts.links import Links
from alerts.weekly.facts import parse_week
from alerts.weekly.wording import Chart, ReportDocument, document, weeks_chart
from data.people import schools_of
from data.steps.acts import Refused
from data.store.engine.connect import Connection
from data.store.reporting import signed_reports
from data.store.reporting.signed_reports import WeeklyReport
from data.types import Person, School
from data.web.urls import visible
from data.words.say import Words, words
from monitor.act.sign import OFTEN, send_back, sign
from monitor.desk.matter.page import ticket_person
from monitor.desk.page import plain_page, render_page
from monitor.desk.routes import DeskRequest
from monitor.reports.weekly import current, signer
from monitor.reports.year import term_papers, whole_months, year

_LIFE = timedelta(days=35)
_WHAT = "report"


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One report in the list: where it is read, what it is called, when it was signed, None of a draft."""

    path: str
    week: int
    year: int
    signed: str


@dataclass(frozen=True, slots=True)
class SchoolReports:
    """Those of one school that its reader may read, the weeks of the newest that is signed, and for who may
    sign the `papers` on a year's and a term's cases: where, and what each is."""

    name: str
    lines: tuple[ReportLine, ...]
    trend: Chart | None
    papers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
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
    view = [of for school in who.schools if (of := _of(asking, con, school)).lines or of.trend or of.papers]
    return render_page("reports.html", asking.language, who=who, page="reports", view=view)


def show_report(asking: DeskRequest, con: Connection) -> Response:
    """Show one report in full."""
    asked = _find_report(asking, con)
    return _page(asking, con, asked) if asked else plain_page(asking.context.config, "nothing", 404)


def show_year(asking: DeskRequest, con: Connection) -> Response:
    """The cases of the last twelve months, counted for the review of the policy, or the paper of the last
    term: for who may sign. How many safeguarding matters there were is not among them: somebody who is left
    out of one could tell that there is one."""
    config, who = asking.context.config, asking.signed_in
    school = next((s for s in who.schools if s.urn == asking.query.get("urn")), None)
    if school is None or who.person not in report_signers(school, config.people):
        return plain_page(config, "nothing", 404)
    of, today = asking.query.get("of", "year"), asking.now.astimezone(config.zone).date()
    if of == "year":
        return _render_report(
            asking, year(con, config, school, whole_months(today), asking.now), school, signs=False
        )
    if of != "term" or config.calendar(school.urn).last_term(today) is None:
        return plain_page(config, "nothing", 404)
    return _render_report(asking, term_papers(con, config, school, asking.now)["term"], school, signs=False)


def sign_or_send_back(asking: DeskRequest) -> Response:
    """Sign it, or send it back."""
    with asking.store.open_reader() as con:
        asked = _find_report(asking, con)
    links, config, do = asking.context.links, asking.context.config, asking.form.get("do")
    if asked is None or not asked.signs:
        return plain_page(config, "nothing", 404)
    proof, who = asking.form.get("proof", ""), asking.who
    tapped = asking.tapped or (who is not None and who.person.id == asked.person.id)
    proved = asking.ours and links.is_proved(asking.key, proof, asking.now, tapped=tapped)
    if asking.key and not proved:
        return plain_page(config, "not_ours", 403)
    if do not in ("sign", "back"):
        return plain_page(config, "not_ours", 403)
    became = _sign(asking, asked) if do == "sign" else _send_back(asking, asked)
    if became == OFTEN:
        return plain_page(config, "mailed", 429)
    with asking.store.open_reader() as con:
        asked = _find_report(asking, con)
        assert asked is not None
        return _page(asking, con, asked, became)


def _sign(asking: DeskRequest, asked: _AskedReport) -> str:
    context, given = asking.context, (asked.school, asked.report, asked.person)
    done = sign(asking.store, context.config, *given, context.home, asking.now)
    return "unfit" if isinstance(done, Refused) else "signed"


def _send_back(asking: DeskRequest, asked: _AskedReport) -> str:
    given, why = (asked.school, asked.report, asked.person), asking.form.get("why", "")
    done = send_back(asking.store, asking.context.config, *given, why, asking.now)
    if isinstance(done, Refused):
        return OFTEN if done.guard == OFTEN else "no_why"
    return "sent"


def _page(asking: DeskRequest, con: Connection, asked: _AskedReport, became: str = "") -> Response:
    config = asking.context.config
    report = asked.report
    read = document(
        current(config, asked.school, report), config.zone, report.signed_at, signer(config, report)
    )
    back = signed_reports.sent_back(con, asked.school.urn, asked.report.week)
    w = words(asked.school.language)
    said = ""
    if back and asked.report.signed_at is None:
        at, by, why = back
        names = {p.id: p.name for p in asking.context.config.all_people}
        said = (
            f"{w('reports.was_sent_back', who=names.get(by, by), when=_when(asking, at, w))} “{visible(why)}”"
        )
    proof = asking.context.links.proof(asking.key, asking.now) if asking.key else ""
    signs = asked.signs and asked.report.signed_at is None
    return _render_report(asking, read, asked.school, signs=signs, became=became, back=said, proof=proof)


def _render_report(
    asking: DeskRequest, read: ReportDocument, school: School, *, signs: bool, became: str = "",
    back: str = "", proof: str = "",
) -> Response:  # fmt: skip
    """Make the page of what is read, with the buttons for whoever signs it."""
    blocks = [(block.kind, block) for block in read.blocks]
    given = {"signs": signs, "became": became, "back": back, "proof": proof}
    wrong = became in ("unfit", "no_why")
    status = 403 if wrong else 200
    who, page = asking.who, "reports" if asking.who and asking.who.reads_reports else ""
    return render_page(
        "report.html",
        school.language,
        status,
        who=who,
        page=page,
        d=read,
        blocks=blocks,
        wrong=wrong,
        **given,
    )


def _when(asking: DeskRequest, at: datetime, w: Words) -> str:
    zone = asking.context.config.zone
    return w("room.when", day=w.day(at, asking.now, zone), clock=w.clock(at, zone))


def _find_report(asking: DeskRequest, con: Connection) -> _AskedReport | None:
    """Find the report of its address, where whoever asks may read it: a draft, where they may sign it."""
    context, query = asking.context, asking.query
    person, urn, week = asking.who.person if asking.who else None, query.get("urn"), query.get("week", "")
    if asking.key:
        ticket = context.links.ticket(asking.key, _WHAT)
        if ticket is None or asking.now - ticket.made_at > _LIFE:
            return None
        person = ticket_person(context, ticket)
        urn, _, week = ticket.story_id.partition(" ")
    if person is None:
        return None
    school = next((s for s in schools_of(person, context.config.schools) if s.urn == urn), None)
    report = signed_reports.report(con, school.urn, week) if school else None
    if school is None or report is None:
        return None
    signs = person in report_signers(school, context.config.people)
    return _AskedReport(report, school, person, signs) if signs or report.signed_at else None


def _of(asking: DeskRequest, con: Connection, school: School) -> SchoolReports:
    signs = asking.signed_in.person in report_signers(school, asking.context.config.people)
    found = [r for r in signed_reports.reports_of(con, school.urn) if signs or r.signed_at]
    newest = next((r for r in found if r.signed_at), None)
    w = words(school.language)
    trend = weeks_chart(w, current(asking.context.config, school, newest)) if newest else None
    config = asking.context.config
    over = config.calendar(school.urn).last_term(asking.now.astimezone(config.zone).date())
    papers = ("year", *(("term",) if over else ())) if signs else ()
    where = tuple((f"/reports/{school.urn}/year?of={of}", w(f"reports.{of}")) for of in papers)
    return SchoolReports(school.name, tuple(_line(asking, r) for r in found), trend, where)


def _line(asking: DeskRequest, report: WeeklyReport) -> ReportLine:
    week, w = parse_week(report.week), words(asking.language)
    signed = _when(asking, report.signed_at, w) if report.signed_at else ""
    return ReportLine(f"/reports/{report.urn}/{report.week}", week.number, week.year, signed)
