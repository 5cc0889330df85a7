"""What is asked of every step before all else: its facts, who takes it, may they see the case, and when."""

from __future__ import annotations

from alerts.access.knowing import Access
from alerts.ladder.rules import SCHOOLGATE, StepAttempt
from data.steps.asking import Answered, Asked
from data.steps.judging import Placed
from data.steps.kinds import Step
from data.steps.stored import faults_of
from data.web.channels import CHANNELS


def facts(attempt: StepAttempt) -> bool:
    """The step has every fact it must have, and none it may not."""
    return not wrong_facts(attempt.said)


def wrong_facts(said: Step) -> tuple[str, ...]:
    """The names of facts that are missing or invalid."""
    nowhere = isinstance(said, Placed) and said.channel not in CHANNELS
    return (*faults_of(said), *(("channel",) if nowhere else ()))


def actor(attempt: StepAttempt) -> bool:
    """A named person at the school acts; the program itself only where nothing is decided."""
    if attempt.event.actor == SCHOOLGATE:
        return attempt.said.by_program
    return attempt.actor is not None


def may_see(attempt: StepAttempt) -> bool:
    """A subject does nothing in a case, and neither does anybody who may not see it."""
    if attempt.actor is None:
        return attempt.event.actor not in attempt.case.subjects
    return attempt.rules.access(attempt.actor, attempt.case) >= Access.STATUS


def when(attempt: StepAttempt) -> bool:
    """Nothing is dated ahead; what the case itself does comes after its opening, its checks and its end."""
    said, case = attempt.said, attempt.case
    asked = (said.written_at, said.received_at) if isinstance(said, Asked) else ()
    told = said.poster_told_at if isinstance(said, Answered) else None
    past = all(at <= attempt.now for at in (attempt.at, *asked, told) if at)
    known = (case.opened_at, case.closed_at or case.opened_at, *(seen.at for seen in case.checks))
    return past and (said.may_precede or attempt.at >= max(known))


FIRST = (facts, actor, may_see, when)
"""In the order in which they are asked, whatever the step."""
