"""The desk of the demo's invented school, on this machine, until it is ended: anybody may be anybody, and
reads the emails that each person would be sent."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from importlib.resources import files
from itertools import count
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from alerts.access.offices import holders
from alerts.facts import Agenda
from alerts.weekly.facts import from_json, last_complete, to_json
from alerts.weekly.wording import document, render_report
from alerts.wording.matters import name_and_role
from data.effects import Clock, utc_now
from data.errors import InputError
from data.store import alerts as alert_store
from data.store.engine.open import Store
from data.store.outbox import written_mails
from data.store.service import Device
from data.store.weekly import newest_reports, put_report
from data.types import Mark, OutboxMessage, Role
from data.words.say import words
from monitor.act.mark import Handling, mark
from monitor.cli.demo.run import alone, play
from monitor.config.home.context import Context
from monitor.config.home.lookup import known_person
from monitor.config.load import Config
from monitor.desk.app import desk_app
from monitor.desk.page import (
    POLICY,
    DeskRequest,
    begin_session,
    cookie_name,
    keep_cookie,
    led_to,
    plain_page,
    render_page,
    way_back,
)
from monitor.desk.pages.tell import picture_reader
from monitor.desk.pages.today import landing_address
from monitor.home import wiring
from monitor.matters.reader import Session
from monitor.matters.today import RecentDays, digest_readers, due_of, open_today
from monitor.reports.weekly import mails, sample_facts
from monitor.service.digests import prepare
from monitor.service.own_desk import HOST, serve_here
from monitor.service.web import Web
from monitor.terminal.progress import Progress

_HEAD, _DEPUTY = "t-quillfeather", "i-larkspur"
_SHOWN_FIRST = {"head": Role.HEAD, "lead": Role.DSL, "chair": Role.CHAIR, "office": Role.STAFF}
"""Roles that the banner offers, each as the first person who has it; the page of all offers the others."""
_MAIL_POLICY = POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
"""An email brings its styles with it, and nothing else."""
_BEGINS = re.compile(r'<body[^>]*>(\s*<a class="skip"[^>]*>[^<]*</a>)?')


def run_desk(folder: Path, port: int) -> None:
    """Plays the demo in that folder and serves its desk until it is ended. Raises as `play` and `Web` do."""
    address, site = f"http://localhost:{port}", Starlette()
    with alone(folder):
        web = Web(site, HOST, port, "⟨port⟩")
        _, config = play(folder, utc_now, Progress(quiet=False), address)
        store, here = wiring.open_store(folder), wiring.make_context(config, folder)
        play_week(store, config, utc_now())
        site.mount("/", demo_app(store, lambda: here))
        serve_here(web, lambda: (address, "again"))


def play_week(store: Store, config: Config, now: datetime) -> None:
    """The head took two matters and has a report to sign; the deputy took two and answered one."""
    context = wiring.make_context(config, store.home)
    head, deputy = (Session(config, store, known_person(config, i), context) for i in (_HEAD, _DEPUTY))
    with store.write("the demo") as con:
        chosen = [part.chosen for part in open_today(con, config, deputy.person, now, recent=RecentDays())]
        decide = [one.view for c in chosen for one in c.of(Agenda.OVERDUE, Agenda.DECIDE)]
        decide = [view for view in decide if not view.restricted]
        answer = [one.view for c in chosen for one in c.of(Agenda.ANSWER)]
        for view, who in zip(decide[-2:], (deputy, head), strict=False):
            alert_store.ack(con, view.alert_id, who.person.id, now)
        for story, who, what in zip(answer, (head, deputy), (Mark.TAKEN, Mark.ANSWERED), strict=False):
            mark(Handling(con, who, story.story_id, story.urn, now), what)
        week = last_complete(now, config.zone)
        for school in config.schools:
            facts = sample_facts(week, school)
            put_report(con, school.urn, week.name, to_json(facts), week.end(config.zone))


def demo_app(store: Store, context: Callable[[], Context], clock: Clock = utc_now) -> Starlette:
    """The desk, with a banner on each page; `/as/ID` is a way in that asks nothing, for the demo alone, and
    `/demo` lists the emails that would arrive."""
    demo = _Demo(store, context, clock)
    app = desk_app(store, context, clock, reads=picture_reader())
    app.router.routes[:0] = [
        Route("/as/{person}", demo.come_in),
        Route("/check", demo.come_in),
        Route("/sign-in", demo.choose),
        Route("/demo", demo.list_mails),
        Route("/demo/report", demo.show_report),
        Route("/demo/{key}", demo.show_mail),
        Route("/demo.css", demo.show_style),
    ]
    app.add_middleware(BaseHTTPMiddleware, dispatch=demo.add_banner)
    return app


class _Demo:
    """The pages of the demo's own. A browser's cookie is known by the person whom it is."""

    def __init__(self, store: Store, context: Callable[[], Context], clock: Clock) -> None:
        self._store, self._context, self._clock = store, context, clock
        self._persons: dict[str, str] = {}

    def come_in(self, request: Request) -> Response:
        """Lets one be that person; or who they are, once more, where the desk wants a check (`/check`)."""
        context, now = self._context(), self._clock()
        wanted = request.path_params.get("person") or self._person(request)
        if not wanted:
            return led_to("/sign-in")
        try:
            person = known_person(context.config, wanted)
        except InputError as error:
            return PlainTextResponse(str(error), 404)
        to = way_back(request.query_params.get("to", "/"))
        with self._store.write("the demo") as con:
            kept = begin_session(con, person, Device.OWN, now)
            answer = led_to(landing_address(DeskRequest(self._store, context, now), con, person, to))
        keep_cookie(answer, context.links.base_url, kept, Device.OWN)
        self._persons[kept] = person.id
        return answer

    def choose(self, request: Request) -> Response:
        """All people, to be one of them."""
        people = [(p.id, self._name_person(p.id)) for p in self._context().config.people]
        return render_page("choose.html", "en", who=None, page="", people=people)

    def list_mails(self, request: Request) -> Response:
        """The emails that would arrive, each with the person whom it is for."""
        named = [(key, [(m, self._name_person(m.person_id)) for m in of]) for key, of in self._mails()]
        return render_page("demo.html", "en", who=None, page="", groups=named)

    def show_mail(self, request: Request) -> Response:
        """One email, as a mail program shows it."""
        key = request.path_params["key"]
        found = next((mail for _, of in self._mails() for mail in of if mail.key == key), None)
        if found is None or found.html is None:
            return plain_page(self._context().config, "nothing", 404)
        return _show_arrived(found.html, mail=found, to=self._name_person(found.person_id))

    def show_report(self, request: Request) -> Response:
        """The governors' report, as its PDF says it."""
        config = self._context().config
        with self._store.open_reader() as con:
            found = newest_reports(con, [school.urn for school in config.schools])
        if not found:
            return plain_page(config, "nothing", 404)
        facts = from_json(next(iter(found.values())).facts)
        head = next(p.name for p in holders(config.people, Role.HEAD))
        return _show_arrived(render_report(document(facts, config.zone, self._clock(), head)), mail=None)

    def show_style(self, request: Request) -> Response:
        """The style of what the demo adds."""
        style = (files("monitor.cli.demo") / "demo.css").read_bytes()
        return Response(style, media_type="text/css")

    async def add_banner(
        self, request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        """Says on every page that this is the demo, and whom one may be."""
        answer = await call_next(request)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            return answer
        page = b"".join([part async for part in answer.body_iterator]).decode()  # type: ignore[attr-defined]
        people, being = self._context().config.people, self._person(request)
        first = {key: p.id for key, role in _SHOWN_FIRST.items() for p in holders(people, role)[:1]}
        made = HTMLResponse(
            _put_first(page, "demo_banner.html", first=first, being=being), answer.status_code
        )
        length = (b"content-length", str(len(made.body)).encode())
        made.raw_headers = [*(h for h in answer.raw_headers if h[0] != length[0]), length]
        return made

    def _mails(self) -> Sequence[tuple[str, Sequence[OutboxMessage]]]:
        """The emails by kind: the digest of the next school day, as it reads now, what was written, and what
        brings the governors their report."""
        context, now = self._context(), self._clock()
        config, today = context.config, now.astimezone(context.config.zone).date()
        digests: list[OutboxMessage] = []
        reports: list[OutboxMessage] = []
        with self._store.open_reader() as con:
            found = newest_reports(con, [school.urn for school in config.schools])
            for school in config.schools:
                days = (due_of(config, school, today + timedelta(days=n)) for n in count())
                due = next(day for day in days if day.school_day)
                readers = digest_readers(config, school)
                made = prepare(con, config, school, due, readers, now, links=context.links)
                digests += [each.letter for each in made]
                if school.urn in found:
                    reports += mails(config, school, from_json(found[school.urn].facts), now)
            return ("digest", digests), ("alerts", written_mails(con)), ("report", reports)

    def _person(self, request: Request) -> str:
        name = cookie_name(self._context().links.base_url)
        return self._persons.get(request.cookies.get(name, ""), "")

    def _name_person(self, person_id: str) -> str:
        return name_and_role(person_id, self._context().config.people, words("en"))


def _show_arrived(page: str, **about: object) -> Response:
    """The page of an email or a report itself, and above it for whom it is."""
    page = _put_first(page, "demo_mail.html", **about)
    return HTMLResponse(page, headers={"Content-Security-Policy": _MAIL_POLICY})


def _put_first(page: str, template: str, **view: object) -> str:
    part = bytes(render_page(template, "en", **view).body).decode()
    return _BEGINS.sub(lambda begins: begins[0] + part, page, count=1)
