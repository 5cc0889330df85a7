"""What is said of a step that may not be taken, and which act would satisfy the guard that refuses it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from alerts.access.acts import Act, confirmers, wanted_offices
from alerts.access.guidance import OF_ALLEGATIONS, office_named, places_in
from alerts.ladder.guards.asking import AUTHOR, CONVERSATION, HOST, PLATFORM
from alerts.ladder.guards.closing import copies_taken
from alerts.ladder.guards.steps import was_gone, wrong_facts
from alerts.ladder.replay import open_clock
from alerts.ladder.rules import Refusal, StepAttempt, meant_by
from alerts.ladder.transitions import NO_ROW
from data.cases import Case, RunningClock
from data.steps.acts import Values
from data.steps.asking import Answered, Asked
from data.steps.codes import Complainant, Decision, StepKind
from data.steps.stored import facts_of_kind
from data.types import Person
from data.web.channels import channel
from data.words.say import asking_words, place_words


def _of(act: str, **values: object) -> tuple[str, Values]:
    return act, tuple(values.items())


_CLASSIFY = _of(StepKind.CLASSIFIED)
_SEEK = _of(StepKind.DECIDED, decision=Decision.SEEK)
_ASK_PLATFORM = _of(StepKind.ASKED, rung=PLATFORM)
_TO_PASTORAL = _of(StepKind.REFERRED, to="pastoral")
_REFER = _of(StepKind.REFERRED)
_INDIVIDUAL = _of(StepKind.COMPLAINANT, who=Complainant.STAFF)
_TARGET = _of(StepKind.TARGET)
_ASK_CONSENT = _of(StepKind.CONSENT_ASKED)
_LOOK = _of("look_again")

BY_GUARD: Mapping[str, tuple[str, Values]] = {
    "class_set": _CLASSIFY,
    "evidence_held": _of("capture"),
    "weighed": _of(StepKind.WEIGHED),
    "decided_to_seek": _SEEK,
    "decided_to_report": _of(StepKind.DECIDED, decision=Decision.REPORT_ONLY),
    "decider_of_rung": _SEEK,
    "author_known": _of(StepKind.AUTHOR),
    "conversation_first": _of(StepKind.ASKED, rung=AUTHOR, kind=CONVERSATION),
    "author_first": _of(StepKind.ASKED, rung=AUTHOR),
    "place_known": _of(StepKind.PLACE),
    "platform_first": _ASK_PLATFORM,
    "posh_after_platform": _ASK_PLATFORM,
    "hosting_known": _of("find_host"),
    "host_first": _of(StepKind.ASKED, rung=HOST, kind="host"),
    "pupil_referred": _TO_PASTORAL,
    "pupil_letters": _TO_PASTORAL,
    "copyright_class": _CLASSIFY,
    "copyright_owner": _of(StepKind.COMPLAINANT, who=Complainant.SCHOOL),
    "s5_individual": _INDIVIDUAL,
    "rhc_individual": _INDIVIDUAL,
    "delisting_person": _INDIVIDUAL,
    "target_named": _TARGET,
    "consent": _ASK_CONSENT,
    "consent_asked": _ASK_CONSENT,
    "consent_told": _of("draft_letter", kind="recorded_for_you"),
    "consent_was_given": _of(StepKind.CONSENT_REFUSED),
    "consent_person": _TARGET,
    "chronology_person": _TARGET,
    "imminent_reason": _of(StepKind.NOTED),
    "support_offered": _of(StepKind.SUPPORT, status="offered"),
    "referred": _REFER,
    "danger_warned": _of(StepKind.WARNED),
    "responded": _of(StepKind.RESPONDED),
    "sent_recorded": _of(StepKind.RESPONDED),
    "press_approved": _of(StepKind.APPROVED),
    "two_checks": _LOOK,
    "copies_taken": _of(StepKind.COPY_FOUND),
    "said_gone": _LOOK,
    "already_asked": _of(StepKind.ANSWERED),
    "was_asked": _of(StepKind.ASKED),
    "lane": _REFER,
    "fair_comment": _CLASSIFY,
    "second_person": _CLASSIFY,
    "closed": _of(StepKind.REOPENED),
}
"""The guards that one act satisfies, with what is settled of it as a step says that."""


def remedy_of(guard: str, case: Case) -> tuple[str, Values] | None:
    """The act that would satisfy the guard in this case; None where no act would."""
    found = BY_GUARD.get(guard)
    if found is None or guard != "danger_warned":
        return found
    return found[0], tuple(("who", who) for who in case.to_warn[:1])


def without_row(attempt: StepAttempt) -> Refusal:
    """The same where the table has no row for it in this state."""
    if attempt.event.kind in (StepKind.REMOVED, StepKind.CHANGED, StepKind.STANDING):
        return refusal("by_closing", attempt)
    if attempt.event.kind is StepKind.CAME_BACK:
        return refusal(was_gone.__name__, attempt)
    return refusal(NO_ROW.get(attempt.case.state, "no_row"), attempt)


def refusal(guard: str, attempt: StepAttempt) -> Refusal:
    """What is said if a guard fails, and the remedy."""
    w, said, remedy = attempt.rules.w, f"refusal.{guard}.said", f"refusal.{guard}.remedy"
    wanted = (name for name in _MENTIONED if w.fills_in(name, said) or w.fills_in(name, remedy))
    given = {name: _MENTIONED[name](attempt) for name in wanted}
    untaken = attempt.rules.copies if guard == copies_taken.__name__ else ()
    copies = tuple(post.mention_id for post in untaken)
    return Refusal(guard, w(said, **given), w(remedy, **given), copies)


def _named_person(attempt: StepAttempt, person_id: str | None) -> str:
    person = attempt.rules.person(person_id)
    return person.name if person else person_id or "–"


def _labels(attempt: StepAttempt) -> Iterator[str]:
    """Gives what its question calls the facts that are missing or invalid."""
    facts, w = facts_of_kind(attempt.said.kind), attempt.rules.w
    for name in wrong_facts(attempt.said):
        yield f"“{w(label)}”" if w.has(label := facts[name].label) else name


def _confirm(attempt: StepAttempt) -> tuple[Person, ...]:
    matter, rules = attempt.rules.matter(attempt.case), attempt.rules
    return confirmers(matter, meant_by(attempt.case, attempt.event, rules), rules.people)


def _names(attempt: StepAttempt, people: Sequence[Person]) -> str:
    """Who could do it instead; where nobody can, the offices that are missing from the settings."""
    rules, w = attempt.rules, attempt.rules.w
    if people:
        return w.listed([p.name for p in people])
    wanted = wanted_offices(rules.matter(attempt.case), rules.people)
    return w("refusal.nobody", offices=", ".join(office_named(r, rules.school.nation, w) for r in wanted))


def _kinds(attempt: StepAttempt) -> str:
    """The ways in which its rung is asked, in words."""
    said, w = attempt.said, attempt.rules.w
    return (
        w.listed([asking_words(said.rung, k, w) for k in said.rung.spec.kinds])
        if isinstance(said, Asked)
        else ""
    )


_MENTIONED: Mapping[str, Callable[[StepAttempt], str]] = {
    "number": lambda attempt: attempt.case.id,
    "copies": lambda attempt: attempt.rules.w.listed([post.url or "" for post in attempt.rules.copies]),
    "class_now": lambda attempt: attempt.rules.w(attempt.case.content_class.key),
    "facts": lambda attempt: ", ".join(_labels(attempt)),
    "deciders": lambda attempt: _names(attempt, attempt.who_may(Act.DECIDE)),
    "heads": lambda attempt: _names(attempt, attempt.who_may(Act.APPROVE)),
    "confirmers": lambda attempt: _names(attempt, _confirm(attempt)),
    "target": lambda attempt: _named_person(attempt, attempt.case.target),
    "held_by": lambda attempt: _named_person(attempt, attempt.case.hold_by),
    "places": lambda attempt: _places(attempt, places_in(attempt.rules.school.nation)),
    "nation": lambda attempt: attempt.rules.w(f"refusal.nation.{attempt.rules.school.nation}"),
    "instead": lambda attempt: _places(attempt, OF_ALLEGATIONS[attempt.rules.school.nation]),
    "kinds": lambda attempt: _kinds(attempt) or "–",
    "keeping": lambda attempt: _keeping(attempt),
    "to_warn": lambda attempt: attempt.rules.w.listed(
        [attempt.rules.w(f"pack.code.{who}") for who in attempt.case.to_warn]
    ),
    "until": lambda attempt: _moment(attempt, attempt.case.due(attempt.now)),
    "ends": lambda attempt: _moment(attempt, _answered_clock(attempt)),
}
"""What the sentences of a refusal may mention; only what they do is worked out."""


def _places(attempt: StepAttempt, places: Iterable[str]) -> str:
    return attempt.rules.w.listed([place_words(place, attempt.rules.w) for place in places])


def _answered_clock(attempt: StepAttempt) -> RunningClock | None:
    said = attempt.said
    return open_clock(attempt.case, said.rung, said.way) if isinstance(said, Answered) else None


def _moment(attempt: StepAttempt, clock: RunningClock | None) -> str:
    """When that clock runs out."""
    if clock is None:
        return "–"
    at, zone = clock.due_at, attempt.rules.means.zone
    return f"{attempt.rules.w.day(at, attempt.now, zone)} {attempt.rules.w.clock(at, zone)}"


def _keeping(attempt: StepAttempt) -> str:
    """How evidence of it is kept, where it is."""
    return attempt.rules.w(f"refusal.keeping.{channel(attempt.case.channel).keeping.value}")
