"""Who is told of a step: that there is something to do, never what was posted.

Nobody is told who is a subject, nor who did the step themselves. What the mail says, `mails` knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from alerts.access.acts import Act
from alerts.access.knowing import Access
from alerts.access.offices import OF_PUPILS_PICTURES, SAFEGUARDERS, holders, shows_pupils
from alerts.access.recipients import bypass_recipients, in_their_place
from alerts.ladder import recorded_on_behalf
from alerts.ladder.derived_state import seen_from
from alerts.ladder.mails import told
from alerts.ladder.replay_requests import still_there
from alerts.ladder.rules import Rules, imminent
from alerts.places import place_of
from data.cases import Case, CaseState, CaseStep
from data.steps.asking import Assigned
from data.steps.codes import Check, Relationship, StepKind
from data.steps.judging import Classified, Proposed, Reclassified
from data.steps.keeping import Checked
from data.types import OutboxMessage, Person, Route

_UNSEEN = frozenset((Check.LOG_IN_WALL, Check.BLOCKED, Check.CANNOT_TELL))
"""Looks that show neither that it is gone nor that it is there."""

_THEIRS_ALONE = frozenset(
    ("target", "wronged", "recorded", "overridden", "confirmed", "turned_down", "assigned")
)
"""What is said to one person, away or not."""

Told = tuple[str, Iterable[Person]]
"""Which words, and whom."""


def outbox(
    before: Case | None, case: Case, steps: Sequence[CaseStep], now: datetime, rules: Rules
) -> tuple[OutboxMessage, ...]:
    """The messages that these steps call for; `before` is the case without them, None at its opening.

    Each person is told once, by the first of the words that concern them.
    """
    found: dict[str, OutboxMessage] = {}
    by_them = {step.actor for step in steps}
    for words_of, whom in _tellings(before, case, steps, rules):
        people = whom if words_of in _THEIRS_ALONE else _there(whom, case, now, rules)
        for person in people:
            if person.id not in by_them and recorded_on_behalf.by_mail(person, case, rules):
                found.setdefault(person.id, told(words_of, person, case, steps, now, rules))
    return tuple(found.values())


def _there(whom: Iterable[Person], case: Case, now: datetime, rules: Rules) -> tuple[Person, ...]:
    """These people, or in the place of one who is away whoever covers, if they may know how far it is."""
    return in_their_place(
        whom, rules.people, now, lambda p: p.id != case.target and rules.access(p, case) >= Access.STATUS
    )


def _tellings(before: Case | None, case: Case, steps: Sequence[CaseStep], rules: Rules) -> Iterator[Told]:
    if any(map(imminent, steps)):
        leads = holders(rules.people, *SAFEGUARDERS)
        yield "emergency", (*in_charge(case, rules), *_people(case.audience, rules), *leads)
    if before is not None:
        # The chair, or who stands in, of what is to be fair comment no more; who proposed it, of its answer.
        proposer = _people((before.proposal.by,), rules) if before.proposal else ()
        for step in steps:
            said = step.said
            if isinstance(said, Classified | Reclassified | Proposed) and said.overseers is not None:
                told = _people(said.overseers, rules)
                yield "proposed" if isinstance(said, Proposed) else "reclassified", told
            if step.kind in (StepKind.RECLASSIFIED, StepKind.CLASSIFIED):
                yield "confirmed", proposer
            elif step.kind is StepKind.TURNED_DOWN:
                yield "turned_down", proposer
    if case.lane is not None:
        anew = before is None or before.lane is None or before.about is not case.about
        knew = () if before is None or anew else _of_lane(before, rules)
        yield "lane", [p for p in _of_lane(case, rules) if p not in knew]
    elif before is None or _anew(before, case, rules):
        yield from _opened(case, rules)
    elif _ready(case) and not _ready(before):
        yield "decide", rules.who_may(Act.DECIDE, case)
    if _shows_pupils(case) and not (before is not None and _shows_pupils(before)):
        yield "opened", holders(rules.people, *OF_PUPILS_PICTURES)
    yield from _of_target(before, case, rules)
    yield from _by_steps(before, case, steps, rules)


def _of_target(before: Case | None, case: Case, rules: Rules) -> Iterator[Told]:
    """Whom a person says that it threatens, or wrongs otherwise."""
    if before is None:
        return
    if (target := _threatened(case)) and target != _threatened(before):
        yield "target", _people((target,), rules)
    elif case.lane is None and case.target not in (before.target, *case.audience):
        yield "wronged", _people((case.target or "",), rules)


def _shows_pupils(case: Case) -> bool:
    return case.lane is None and shows_pupils(case.content_class, case.about)


def _threatened(case: Case) -> str | None:
    """Whom a person says that it threatens, where no alert told them more than that there is danger."""
    known = case.target in case.audience
    return case.target if case.threatens and case.lane is None and not known else None


def _anew(before: Case, case: Case, rules: Rules) -> bool:
    """Is it on the ladder, or to be answered, for others than before: out of its lane, fair comment no more,
    about somebody else, another's to decide since somebody more may be accused?
    """
    others = before.lane is not None or (before.fair and not case.fair) or before.about is not case.about
    if {*case.subjects} > {*before.subjects}:
        others |= rules.who_may(Act.DECIDE, case) != rules.who_may(Act.DECIDE, before)
    return others and case.closed_at is None


def _opened(case: Case, rules: Rules) -> Iterator[Told]:
    if case.called:
        yield "emergency", (*rules.who_may(Act.DECIDE, case), *_people(case.audience, rules))
    elif case.route is Route.POLICE_NOW or (case.returned and case.threatens):
        yield "police_now", (*rules.who_may(Act.DECIDE, case), *_people(case.audience, rules))
    elif case.unjudged:
        yield "unjudged", (*rules.who_may(Act.ASSESS, case), *rules.who_may(Act.DECIDE, case))
    elif case.fair:
        yield "fair", rules.who_may(Act.ASSESS, case)
    else:
        yield "opened", (*rules.who_may(Act.ASSESS, case), *rules.who_may(Act.DECIDE, case))


def _by_steps(before: Case | None, case: Case, steps: Sequence[CaseStep], rules: Rules) -> Iterator[Told]:
    for step in sorted(steps, key=lambda s: s.kind is StepKind.COPY_FOUND):  # that it is back says more
        if isinstance(step.said, Assigned):
            yield "assigned", _people((step.said.person,), rules)
        elif step.kind is StepKind.CAME_BACK:
            yield "came_back", in_charge(case, rules)
        elif step.kind is StepKind.COPY_FOUND:
            yield "copy_found", in_charge(case, rules)
        elif isinstance(step.said, Checked) and before is not None and (seen := _of_look(before, step.said)):
            yield seen, in_charge(case, rules)
        elif step.kind is StepKind.AUTHOR and before is not None and _by_a_pupil(before, case):
            yield "pastoral", holders(rules.people, *SAFEGUARDERS)
        elif isinstance(step.said, recorded_on_behalf.OfTheirs):
            # whoever it was recorded for by somebody else; of an answer about the police also who is in
            # charge
            overridden = step.kind is StepKind.CONSENT_OVERRIDDEN
            yield (
                "overridden" if overridden else "recorded",
                _people((recorded_on_behalf.for_whom(step, case) or "",), rules),
            )
            if step.kind in recorded_on_behalf.CONSENT and not overridden:
                yield "consent", in_charge(case, rules)


def _by_a_pupil(before: Case, case: Case) -> bool:
    pupils = (before.relationship is Relationship.PUPIL, case.relationship is Relationship.PUPIL)
    return pupils == (False, True)


def _of_look(before: Case, look: Checked) -> str:
    before = seen_from(before, place_of(look) or 1)
    if still_there(before, look.result):
        return "still_there"
    if look.barred or look.result not in _UNSEEN:
        return ""  # nobody is asked to open what nobody may open
    if look.looked is None:
        return "to_look" if before.said_gone_at else ""
    looked = {attempt.result for attempt in before.checks}
    return "unseen" if before.state is CaseState.CONFIRMING and not _UNSEEN & looked else ""


def _ready(case: Case) -> bool:
    """Does it wait for a decision and for nothing else?"""
    known = case.classified_by is not None and case.weighed is not None
    return case.state in (CaseState.TRIAGE, CaseState.WAITING) and known and case.decision is None


def in_charge(case: Case, rules: Rules) -> tuple[Person, ...]:
    """Lists those who have its matter, and those who decide."""
    return (*_people((case.owner or "",), rules), *rules.who_may(Act.DECIDE, case))


def _of_lane(case: Case, rules: Rules) -> tuple[Person, ...]:
    """Those whom the alert named, and whoever reads such a matter by their office."""
    return (*_people(case.audience, rules), *bypass_recipients(rules.matter(case), rules.people))


def _people(ids: Iterable[str], rules: Rules) -> tuple[Person, ...]:
    return tuple(p for p in map(rules.person, ids) if p is not None)
