"""The desk of the demo's invented school, on this machine, until it is ended: anybody may be anybody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from alerts.facts import Agenda
from alerts.weekly.facts import last_complete, to_json
from alerts.wording.matters import name_and_role
from data.effects import utc_now
from data.errors import InputError
from data.store import alerts as alert_store
from data.store.engine.open import Store
from data.store.service import Device
from data.store.weekly import put_report
from data.types import Mark
from data.words.say import words
from monitor.act.mark import Handling, mark
from monitor.cli.demo.run import alone, play
from monitor.config.home.context import Context
from monitor.config.home.lookup import known_person
from monitor.config.load import Config
from monitor.desk.app import desk_app
from monitor.desk.page import begin_session, keep_cookie, render_page
from monitor.desk.pages.tell import picture_reader
from monitor.home import wiring
from monitor.matters.reader import Session
from monitor.matters.today import RecentDays, open_today
from monitor.reports.weekly import sample_facts
from monitor.service.own_desk import HOST, serve_here
from monitor.service.web import Web
from monitor.terminal.progress import Progress

_HEAD, _DEPUTY = "t-quillfeather", "i-larkspur"


def run_desk(folder: Path, port: int) -> None:
    """Plays the demo in that folder and serves its desk until it is ended. Raises as `play` and `Web` do."""
    with alone(folder):
        _, config = play(folder, utc_now, Progress(quiet=True))
        here = wiring.make_context(replace(config, base_url=f"http://localhost:{port}"), folder)
        store = wiring.open_store(folder)
        play_week(store, config, utc_now())
        serve_here(Web(demo_app(store, lambda: here), HOST, port, "--port"), f"http://localhost:{port}")


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


def demo_app(store: Store, context: Callable[[], Context]) -> Starlette:
    """The desk; one chooses whom to be, and `/as/ID` is a way in that asks nothing: for the demo alone."""

    def choose(request: Request) -> Response:
        people, w = context().config.people, words("en")
        view = [(p.id, name_and_role(p.id, people, w)) for p in people]
        return render_page("choose.html", "en", who=None, page="", people=view)

    def come_in(request: Request) -> Response:
        try:
            person = known_person(context().config, request.path_params["person"])
        except InputError as error:
            return PlainTextResponse(str(error), 404)
        with store.write("the demo") as con:
            kept = begin_session(con, person, Device.OWN, utc_now())
        answer = RedirectResponse("/", 303)
        keep_cookie(answer, context().links.base_url, kept, Device.OWN)
        return answer

    app = desk_app(store, context, utc_now, _sends_nothing, _sends_nothing, reads=picture_reader())
    app.router.routes[:0] = [Route("/as/{person}", come_in), Route("/sign-in", choose)]
    return app


def _sends_nothing(_: object) -> bool:
    return False
