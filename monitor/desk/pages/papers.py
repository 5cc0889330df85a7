"""The papers that data protection law asks of a school, and what answers a freedom-of-information request:
shown as pages, and downloaded. Nothing is recorded of either.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from data.errors import InputError
from data.store.engine.connect import Connection
from monitor.act.requests.copying import export_reports
from monitor.act.requests.finding import Office, offices_of
from monitor.config.hosts import by_purpose
from monitor.desk.page import file_to_save, plain_page, render_page
from monitor.desk.routes import DeskRequest
from monitor.reports.papers import ANSWER, Basis, Paper, body_of, draft_paper, paper_page
from monitor.reports.weekly import NotFit

DRAFTED = tuple(paper for paper in Paper if paper is not Paper.FOI)
ASKING_BASIS = (Paper.DPIA, Paper.ROPA, Paper.NOTICE, Paper.APD, Paper.BRIEFING)
"""The papers that name the lawful basis."""


def protection_offices(asking: DeskRequest) -> tuple[Office, ...]:
    """List the schools whose data the reader protects."""
    return offices_of(asking.store, asking.context.config, asking.signed_in.person)


def show_papers(asking: DeskRequest, con: Connection) -> Response:
    """Show the list of the papers."""
    return render_page("papers.html", asking.language, who=asking.signed_in, papers=DRAFTED)


def show_paper(asking: DeskRequest, con: Connection) -> Response:
    """One paper for one school, on the lawful basis that was chosen; or its file."""
    name, ours, query = asking.query["name"], protection_offices(asking), asking.query
    if name not in DRAFTED:
        return plain_page(asking.context.config, "nothing", 404)
    office = _choose_office(ours, query.get("school", ""))
    if office is None:
        return _page(asking, ours, None, name)
    basis = Basis(query["basis"]) if query.get("basis") in tuple(Basis) else None
    home = (office.school, office.config, office.store)
    try:
        text = draft_paper(*home, Paper(name), asking.now, basis, by_purpose(office.config))
    except InputError as error:
        return _page(asking, ours, office, name, basis=basis, wrong=error.text)
    if query.get("as") in ("html", "md"):
        made = paper_page(text) if query["as"] == "html" else text
        return file_to_save(made.encode(), f"{name}.{query['as']}")
    return _page(asking, ours, office, name, text, basis=basis)


def show_freedom(asking: DeskRequest, con: Connection) -> Response:
    """Show what must be checked before the reports go to the person who asked; or send the ZIP with them."""
    ours = protection_offices(asking)
    office = _choose_office(ours, asking.query.get("school", ""))
    if office is None:
        return _page(asking, ours, None, Paper.FOI)
    try:
        copy = export_reports(con, office, asking.now)
    except (InputError, NotFit) as error:
        return _page(asking, ours, office, Paper.FOI, wrong=error.text)
    if asking.query.get("as") == "zip" and copy.items:
        return file_to_save(copy.zip_file, f"foi-{asking.now.date()}.zip")
    read = copy.check[0].replace(f">\n> {ANSWER}\n", "")  # it is filled in nowhere but in the file
    return _page(asking, ours, office, Paper.FOI, read, sends=bool(copy.items))


def _scroll_tables(body: str) -> str:
    """Return the paper with tables that scroll by themselves on a narrow screen."""
    body = body.replace("<table>", '<div class="scroll" tabindex="0"><table>')
    return body.replace("</table>", "</table></div>")


def _fold_sections(body: str) -> str:
    """Return the same with all but the law and what is here folded away: the rest is looked up."""
    first, *rest = body.split("<h2>")
    folds = (part.replace("</h2>", "</summary>", 1) for part in rest[2:])
    folded = "".join(f'<details class="fold"><summary>{fold}</details>' for fold in folds)
    return "<h2>".join([first, *rest[:2]]) + folded


def _choose_office(ours: Sequence[Office], urn: str) -> Office | None:
    """Choose the one school meant: the only one, or that of the address."""
    return ours[0] if len(ours) == 1 else next((one for one in ours if one.school.urn == urn), None)


def _page(
    asking: DeskRequest, ours: Sequence[Office], office: Office | None, name: str, text: str = "", *,
    basis: Basis | None = None, wrong: str = "", sends: bool = True,
) -> Response:  # fmt: skip
    body = _scroll_tables(body_of(text)) if text else ""
    return render_page(
        "paper.html", asking.language, who=asking.signed_in, name=name, wrong=wrong,
        schools=[one.school for one in ours] if len(ours) > 1 else [],
        urn=office.school.urn if office else "", asks_basis=name in ASKING_BASIS, bases=(*Basis,),
        body=_fold_sections(body) if name == Paper.FOI else body, basis=basis,
        open=text.count(ANSWER), sends=sends,
    )  # fmt: skip
