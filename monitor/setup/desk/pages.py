"""Setting a home up: the checklist, and a page for each step. Each answer is saved at once, as the same acts
save it that the other pages and the command line have; any may wait, and any can be changed here later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from starlette.responses import Response

from alerts.access.recipients import leadership
from data.effects import Clock
from data.errors import InputError
from data.register.find_schools import shipped_search
from data.store.engine.connect import Connection
from data.store.service import Device
from data.store.sources import latest_runs
from monitor.act.people import who_administers
from monitor.act.report_in import Judged
from monitor.config.home.paths import own_account
from monitor.desk.page import (
    Comer,
    DeskPage,
    DeskRequest,
    EarlyAnswer,
    NotThere,
    begin_session,
    keep_cookie,
    led_to,
)
from monitor.desk.pages.people import Desk, ask_for_proof, open_desk, show_at_desk
from monitor.service.health import next_digest
from monitor.setup.desk.first import FindSearch, first_steps
from monitor.setup.desk.frame import NEEDED, PATH, Answer, Checklist, Step, StepPage
from monitor.setup.desk.mailbox import mailbox_page
from monitor.setup.desk.people import people_steps
from monitor.setup.desk.rest import further_steps


def setup_pages(clock: Clock, judged: Judged, search: FindSearch = shipped_search) -> tuple[DeskPage, ...]:
    """The pages, as the desk takes them in beside its own. `search` finds schools."""
    setup = SetupDesk(clock, judged, search)
    return (
        DeskPage(PATH, Comer.SETS_UP, show_at_desk(setup.show_list), setup.take_list, listed=True),
        DeskPage(f"{PATH}/{{step}}", Comer.SETS_UP, setup.show_step, setup.take_step),
        mailbox_page(),
    )


class SetupDesk:
    """The pages; `judged` gives what judges the places that are read for showing."""

    def __init__(self, clock: Clock, judged: Judged, search: FindSearch) -> None:
        first, further = first_steps(search), further_steps(clock, judged)
        self.steps: Mapping[Step, StepPage] = {**first, **people_steps(), **further}

    def show_list(self, desk: Desk) -> Response:
        """Show what is done, what waits, and the one next thing; or lead from a saved step to what waits."""
        _require_whole_home(desk)
        blank = desk.at.config.is_blank
        found = Checklist(tuple(Answer(s) if blank else self.steps[s].answer(desk) for s in Step))
        if (after := desk.asking.query.get("after", "")) in list(Step):
            following = found.after(Step(after))
            return led_to(f"{PATH}/{following.value}" if following else PATH)
        ready = _morning_words(desk, found) if found.is_ready else ""
        return desk.page("setup.html", found=found, needed=NEEDED, ready=ready)

    def take_list(self, asking: DeskRequest) -> Response:
        """Ends the setting up: signs in who administers, and leads to Today."""
        desk = open_desk(asking)
        _require_whole_home(desk)
        if not asking.signed_in.sets_up:
            return led_to("/")
        try:
            person = who_administers(desk.at.config)
        except InputError:
            return self.show_list(replace(desk, wrong=desk.w("setup.people.nobody")))
        with asking.store.write("a sign-in") as con:
            who = (person, Device.SHARED, asking.now)
            kept = begin_session(con, *who, fresh=False, os_account=own_account())
        answer = led_to("/")
        keep_cookie(answer, asking.context.links.base_url, kept, Device.SHARED)
        return answer

    def show_step(self, asking: DeskRequest, con: Connection) -> Response:
        """The page of one step."""
        page, desk = self._open(asking)
        return page.show(desk)

    def take_step(self, asking: DeskRequest) -> Response:
        """Does what the form of a step's page asks."""
        page, desk = self._open(asking)
        return page.take(desk)

    def _open(self, asking: DeskRequest) -> tuple[StepPage, Desk]:
        """Open a step for whoever keeps the whole home and has just proved who they are. Raises NotThere,
        EarlyAnswer."""
        desk, step = open_desk(asking), asking.query.get("step", "")
        _require_whole_home(desk)
        if step not in list(Step):
            raise NotThere
        if desk.at.config.is_blank and step != Step.SCHOOL:
            raise EarlyAnswer(led_to(f"{PATH}/{Step.SCHOOL.value}"))
        ask_for_proof(asking, f"{PATH}/{step}")
        with asking.store.open_reader() as con:
            desk = replace(desk, at=replace(desk.at, mails=bool(desk.at.config.people and latest_runs(con))))
        return self.steps[Step(step)], desk


def _morning_words(desk: Desk, checklist: Checklist) -> str:
    """Say what happens next, once all that is needed is answered, and of what something is missing."""
    config, now, w = desk.at.config, desk.at.now, desk.w
    partly = [
        w(f"setup.{each.step}.title") for each in checklist.answers if each.waits and each.step in NEEDED
    ]
    done = w("setup.partly", steps=w.list_items(partly)) if partly else w("setup.done")
    if not config.mail:
        return w("setup.ready_without_mail", done=done)
    if not any(leadership(s, config.people) for s in config.schools):
        return w("setup.ready_for_nobody", done=done)
    at = min(next_digest(config, config.calendar(s.urn), now) for s in config.schools)
    return w("setup.ready", done=done, day=w.day(at, now, config.zone), clock=w.clock(at, config.zone))


def _require_whole_home(desk: Desk) -> None:
    if not desk.at.keeps(()):
        raise NotThere
