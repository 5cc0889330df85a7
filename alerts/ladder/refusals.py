"""What is said of a step that may not be taken, and which act would satisfy the guard that refuses it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from alerts.access.acts import Act, confirmers, wanted_offices
from alerts.access.guidance import office_named
from alerts.access.referrals import OF_ALLEGATIONS, places_in
from alerts.ladder.guards.asking import AUTHOR, CONVERSATION, HOST, PLATFORM
from alerts.ladder.guards.closing import copies_taken
from alerts.ladder.guards.steps import was_gone, wrong_facts
from alerts.ladder.replay_requests import open_clock
from alerts.ladder.rules import Refusal, Rules, StepAttempt, meant_by
from alerts.ladder.transitions import NO_ROW
from alerts.places import counted, seen_twice
from data.cases import Case, RunningClock
from data.steps.acts import Remedy
from data.steps.asking import Answered, Asked
from data.steps.codes import Complainant, Decision, StepKind
from data.steps.stored import facts_of_kind
from data.types import Person
from data.web.channels import Keeping, channel
from data.words.asking import place_words


def _of(act: str, *wanted: str, **values: object) -> Remedy:
    return Remedy(act, tuple(values.items()), wanted)


_CLASSIFY = _of(StepKind.CLASSIFIED, "content_class", "why")
_SEEK = _of(StepKind.DECIDED, "why", decision=Decision.SEEK)
_ASK_PLATFORM = _of(StepKind.ASKED, rung=PLATFORM)
_TO_PASTORAL = _of(StepKind.REFERRED, to="pastoral")
_REFER = _of(StepKind.REFERRED, "to")
_INDIVIDUAL = _of(StepKind.COMPLAINANT, "person", who=Complainant.STAFF)
_TARGET = _of(StepKind.TARGET, "person")
_ASK_CONSENT = _of(StepKind.CONSENT_ASKED, "how")
_LOOK = _of("look_again")
_HANDED_IN = _of("capture", "supplied")

BY_GUARD: Mapping[str, Remedy] = {
    "class_set": _CLASSIFY,
    "evidence_held": _of("capture"),
    "weighed": _of(StepKind.WEIGHED, "nature", "visible", "spread", "impact"),
    "decided_to_seek": _SEEK,
    "decided_to_report": _of(StepKind.DECIDED, "why", decision=Decision.REPORT_ONLY),
    "decider_of_rung": _SEEK,
    "author_known": _of(StepKind.AUTHOR, "relationship"),
    "conversation_first": _of(StepKind.ASKED, rung=AUTHOR, way=CONVERSATION),
    "author_first": _of(StepKind.ASKED, rung=AUTHOR),
    "place_known": _of(StepKind.PLACE, "channel"),
    "platform_first": _ASK_PLATFORM,
    "posh_after_platform": _ASK_PLATFORM,
    "hosting_known": _of("find_host"),
    "host_first": _of(StepKind.ASKED, rung=HOST, way="host"),
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
    "imminent_reason": _of(StepKind.NOTED, "why"),
    "support_offered": _of(StepKind.SUPPORT, status="offered"),
    "referred": _REFER,
    "danger_warned": _of(StepKind.WARNED, "who"),
    "responded": _of(StepKind.RESPONDED, "how"),
    "two_checks": _LOOK,
    "copies_taken": _of(StepKind.COPY_FOUND, "mention"),
    "said_gone": _LOOK,
    "already_asked": _of(StepKind.ANSWERED, "rung", "result"),
    "was_asked": _of(StepKind.ASKED, "rung"),
    "lane": _REFER,
    "fair_comment": _CLASSIFY,
    "second_person": _CLASSIFY,
    "closed": _of(StepKind.REOPENED, "why"),
}
"""The guards that one act satisfies."""


def remedies(guard: str, case: Case, person_id: str) -> tuple[Remedy, ...]:
    """The acts of this person (an id) in this case that would satisfy the guard; none where no act would.

    At a place whose pages are a wall, evidence is what somebody hands in. Of several places, the one that was
    not seen gone twice is looked at.
    """
    found = BY_GUARD.get(guard)
    if found is None:
        return ()
    if guard == "evidence_held" and case.channel and channel(case.channel).keeping is not Keeping.PAGE:
        found = _HANDED_IN
    here = next((h for h in counted(case) if not seen_twice(h)), case) if guard == "two_checks" else case
    who = tuple(("who", who) for who in case.to_warn[:1]) if guard == "danger_warned" else ()
    return (replace(found, values=(("case", here.number), *found.values, *who), person=person_id),)


_WANT_A_DECISION = frozenset(("decided_to_seek", "decided_to_report", "decider_of_rung"))


def who_can_satisfy(guard: str, case: Case, person_id: str, rules: Rules) -> str:
    """The id of whoever can satisfy this guard: this person, or somebody who decides on the case."""
    if guard not in _WANT_A_DECISION:
        return person_id
    may = [p.id for p in rules.who_may(Act.DECIDE, case)]
    return person_id if person_id in may or not may else may[0]


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


def _kinds(attempt: StepAttempt) -> tuple[str, ...]:
    return attempt.rung.spec.kinds if isinstance(attempt.said, Asked) else ()


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
    "places": lambda attempt: ", ".join(places_in(attempt.rules.school.nation)),
    "nation": lambda attempt: attempt.rules.w(f"refusal.nation.{attempt.rules.school.nation}"),
    "instead": lambda attempt: _instead(attempt),
    "kinds": lambda attempt: ", ".join(_kinds(attempt)) or "–",
    "keeping": lambda attempt: _keeping(attempt),
    "to_warn": lambda attempt: attempt.rules.w.listed(
        [attempt.rules.w(f"pack.code.{who}") for who in attempt.case.to_warn]
    ),
    "until": lambda attempt: _moment(attempt, attempt.case.due(attempt.now)),
    "ends": lambda attempt: _moment(attempt, _answered_clock(attempt)),
}
"""What the sentences of a refusal may mention; only what they do is worked out."""


def _instead(attempt: StepAttempt) -> str:
    """Who is told of an allegation against staff in that nation, each with the name that is typed."""
    w, places = attempt.rules.w, OF_ALLEGATIONS[attempt.rules.school.nation]
    return w.listed([f"{place_words(place, w)} ({place.replace('_', '-')})" for place in places])


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
