"""What the commands print after a step: the state of the case and what to do next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from alerts.ladder.advance import Advance
from alerts.ladder.recorded_on_behalf import LETTER, OfTheirs
from alerts.wording.cases import state_words
from data.cases import Case
from data.matters import Access, MatterView
from data.steps.codes import HowTold
from data.web.channels import channel
from monitor.config.load import Config
from monitor.session import Session
from monitor.views.case.case_list import state_json
from monitor.views.case.wording import clock_lines
from monitor.views.layout import below
from monitor.views.screen import ENGLISH


def after(done: Advance, config: Config) -> Iterator[str]:
    """That it is recorded, the state of the case, what is due, and who is told."""
    case = done.case
    yield f"Case {case.id}: recorded. Now: {state_words(case, ENGLISH)}."
    for said in clock_lines(case, done.steps[-1].recorded_at, config.zone, every=True):
        yield f"  {said}"
    names = {p.id: p.name for p in config.people}
    told = list(dict.fromkeys(names.get(m.person_id, m.person_id) for m in done.outbox))
    if told:
        yield f"  told, without a word of the post: {', '.join(told)}"
    if any(isinstance(s.said, OfTheirs) and s.said.informed is HowTold.OWED for s in done.steps):
        actor = done.steps[-1].actor
        yield "  Whoever this was recorded for has no e-mail address here. Hand them a letter that says so:"
        yield f"    schoolgate case letter {case.id} {LETTER} --out letters --as {actor}"


def after_json(done: Advance, now: datetime) -> dict[str, object]:
    """The same as JSON values: steps, state, clocks (UTC), the ids of the people told."""
    case = done.case
    row = state_json(MatterView(case.story_id, case.urn, Access.STATUS, cases=(case,)), now)
    told = list(dict.fromkeys(m.person_id for m in done.outbox))
    return row | {"steps": [{"n": s.n, "step": s.kind.value} for s in done.steps], "told": told}


def _in_the_press() -> Iterator[str]:
    w = ENGLISH
    yield f"  {w('describe.fair.press')}"
    yield from below(w("describe.fair.press_next"), "  ")


def _fair(procedure: str | None) -> Iterator[str]:
    yield "  No removal is offered: it was judged to be criticism, opinion, a complaint or praise."
    yield "  Answer it, or ask whoever wrote it to come in" + (
        f"; the complaints procedure: {procedure}" if procedure else "; name the complaints procedure."
    )


def first_steps(case: Case, session: Session) -> Iterator[str]:
    """What to do first in a case just opened; with fair comment, that no removal is offered, and why."""
    person = session.person.id
    if case.unjudged:
        yield "  It was not judged. Read it, or have it read, and say what it is before anything is done."
        yield f"  Then: schoolgate case classify {case.id} C… --as {person} --why “…”"
    if case.fair:
        procedure = session.config.profile(case.urn).complaints_url
        yield from _in_the_press() if channel(case.channel).press else _fair(procedure)
        yield f"  Then: schoolgate case step responded {case.id} --how phone --as {person}"
        yield "  If it was judged wrongly, say why: schoolgate case classify --help"
    yield f"  what comes next: schoolgate case show {case.id} --as {person}"
