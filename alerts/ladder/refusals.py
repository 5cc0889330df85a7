"""Sentences for a step that may not be taken, and the act that would satisfy the guard that refuses it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from alerts.access.acts import Act, confirmers, wanted_offices
from alerts.access.guidance import OF_ALLEGATIONS, office_named, places_in
from alerts.ladder.guards.asking import AUTHOR, CONVERSATION, HOST, MEMBER, OWN, PLATFORM, S5, cared_for_first
from alerts.ladder.guards.steps import copies_taken, was_gone, wrong_facts
from alerts.ladder.replay import RHC, open_clock
from alerts.ladder.rules import Refusal, StepAttempt, meant_by
from alerts.ladder.transitions import NO_ROW
from alerts.ways import route
from data.cases import Case, Post, RunningClock
from data.rungs import COPYRIGHT, Rung
from data.steps.acts import Values
from data.steps.classes import Answered, Asked, facts_of_kind
from data.steps.codes import Complainant, Decision, Ending, Relationship, StepKind, ToWarn
from data.types import Person
from data.web.channels import Reporter, channel
from data.words.say import asking_words, place_words

Found = tuple[str, Values]
_HELPLINE = next(rung for rung in Rung if RHC in rung.spec.kinds)


def _of(act: str, **values: object) -> Found:
    return act, tuple(values.items())


def _ask(rung: Rung, kind: str = "") -> Found:
    return _of(StepKind.ASKED, rung=rung, kind=kind)


def _ask_site(case: Case) -> Found:
    """Find who can take it down without its author: whoever reports it there, else who hosts it."""
    place = channel(case.channel)
    member = MEMBER if place.reporter is Reporter.MEMBER else ""
    return _ask(PLATFORM, member) if place.reports else _ask(HOST, "host")


def _ask_author(case: Case) -> Found:
    return _ask(AUTHOR, CONVERSATION if case.relationship is Relationship.PARENT else "removal")


def _in_person(case: Case) -> Found:
    unknown = case.relationship is Relationship.UNKNOWN
    return _of(StepKind.AUTHOR) if unknown else _ask(AUTHOR, CONVERSATION)


def _not_a_pupil(case: Case) -> Found:
    """Pastoral care has it; a platform may take it down besides, and a website's matter is theirs alone."""
    if not cared_for_first(case):
        return _of(StepKind.REFERRED, to="pastoral")
    return (
        _ask_site(case) if channel(case.channel).reports else _of(StepKind.CLOSED, ending=Ending.HANDED_OVER)
    )


def _answer(case: Case) -> Found:
    last = next((a for a in reversed(case.askings) if a.answer is None), None)
    return _of(StepKind.ANSWERED, rung=last.rung, kind=last.kind) if last else _of(StepKind.ANSWERED)


def _takes_copyright(case: Case) -> Found:
    if channel(case.channel).has_operator:
        return _ask(HOST, COPYRIGHT)
    return _ask(PLATFORM, COPYRIGHT if COPYRIGHT in route(case.channel).grounds else "")


_ACTS: Iterable[tuple[Found | Callable[[Case], Found], str]] = (
    (_of(StepKind.CLASSIFIED), "class_set,copyright_class,police_matter,fair_comment,second_person"
     ",to_be_opened,another_class,reclassify,harassment,is_proposed"),
    (_of("capture"), "evidence_held"),
    (_of(StepKind.WEIGHED), "weighed"),
    (_of(StepKind.DECIDED, decision=Decision.SEEK), "decided_to_seek,decider_of_rung"),
    (_of(StepKind.DECIDED, decision=Decision.REPORT_ONLY), "decided_to_report"),
    (_of(StepKind.DECIDED, decision=Decision.STOP), "decider_to_stand"),
    (_of(StepKind.AUTHOR), "author_known"),
    (_ask_author, "author_first"),
    (_in_person, "online"),
    (_ask(AUTHOR, CONVERSATION), "conversation_first"),
    (_ask_site, "site_contact,contact_safe,author_class,member_reports,police_last"),
    (lambda case: _answer(case) if any(a.answer is None for a in case.reports) else _ask_site(case),
     "platform_first,posh_after_platform,rhc_after_refusal"),
    (lambda case: _ask(PLATFORM, OWN) if case.own_site else _ask_site(case), "own_account"),
    (_ask(HOST, "host"), "platform_there,host_first,s5_nation,s5_class,s5_poster"),
    (_takes_copyright, "copyright_place,posh_class"),
    (_ask(_HELPLINE, RHC), "posh_for_schools"),
    (_ask(_HELPLINE), "rhc_harm"),
    (_of(StepKind.ASKED), "kind_fits,was_asked"),
    (_of("find_host"), "hosting_known"),
    (_of(StepKind.PLACE), "place_known,another_place"),
    (_of(StepKind.REFERRED, to="pastoral"), "pupil_referred"),
    (_not_a_pupil, "pupil_letters"),
    (_of(StepKind.REFERRED), "referred,lane,keeps_lane,known_place,place_of_nation,ceop_for_children"
     ",past_the_employer"),
    (_of(StepKind.STAFF_POST), "staff_matter_said"),
    (_of(StepKind.COMPLAINANT, who=Complainant.SCHOOL), "copyright_owner"),
    (_of(StepKind.COMPLAINANT, who=Complainant.STAFF), "s5_individual,rhc_individual,delisting_person"),
    (_of(StepKind.TARGET), "target_named,consent_person,chronology_person,support_person"),
    (lambda case: _of(StepKind.CONSENT_ASKED, person=case.target or ""), "consent,consent_asked"),
    (_of(StepKind.CONSENT_REFUSED), "consent_was_given"),
    (_of(StepKind.CONSENT_OVERRIDDEN), "override_ground"),
    (_of("draft_letter", kind="recorded_for_you"), "consent_told"),
    (_of(StepKind.ASSIGNED), "decider,delegate_seeks,decider_leaves,says_who,head_overrides,head_approves"
     ",may_hold,may_unlock,another_releases,may_be_assigned,not_of_them"),
    (_of(StepKind.NOTED), "imminent_reason,privacy_clock,promises_kept,outcome_said"),
    (_of(StepKind.SUPPORT, status="offered"), "support_offered"),
    (lambda case: _of(StepKind.WARNED, who=next((w for w in ToWarn if w not in case.warned), "")),
     "danger_warned,gate_warned"),
    (_of(StepKind.RESPONDED), "responded,sent_recorded"),
    (_of(StepKind.APPROVED), "press_approved"),
    (_of("look_again"), "two_checks,said_gone,was_gone,looked_in_order"),
    (_of(StepKind.COPY_FOUND), "copies_taken,new_copy"),
    (_answer, "already_asked,after_asking"),
    (_of(StepKind.ANSWERED, rung=HOST, kind=S5), "poster_told"),
    (_of(StepKind.CLOSED), "other_places,by_closing"),
    (_of(StepKind.CLOSED, ending=Ending.REMOVED), "still_unseen"),
    (lambda case: _of(StepKind.CLASSIFIED if case.is_unjudged else StepKind.CLOSED), "ending_fits"),
    (_of(StepKind.REOPENED), "closed,worth_looking"),
    (_of(StepKind.UNLOCKED), "unlock_ground"),
    (_of(StepKind.HELD), "review_ahead"),
)  # fmt: skip
BY_GUARD = {guard: found for found, guards in _ACTS for guard in guards.split(",")}


def remedy_of(guard: str, case: Case, copies: Sequence[Post] = ()) -> Found | None:
    """The act that would help where that guard refuses, None where none; `copies` are no places yet."""
    if guard == copies_taken.__name__ and copies:
        return _of(StepKind.COPY_FOUND, url=copies[0].url or "")
    found = BY_GUARD.get(guard)
    return found(case) if callable(found) else found


def without_row(attempt: StepAttempt) -> Refusal:
    """The same where the table has no row for it in this state."""
    if attempt.event.kind in (StepKind.REMOVED, StepKind.CHANGED, StepKind.STANDING):
        return refusal_of_guard("by_closing", attempt)
    if attempt.event.kind is StepKind.CAME_BACK:
        return refusal_of_guard(was_gone.__name__, attempt)
    return refusal_of_guard(NO_ROW.get(attempt.case.state, "no_row"), attempt)


def refusal_of_guard(guard: str, attempt: StepAttempt) -> Refusal:
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
    facts, w = facts_of_kind(attempt.step.kind), attempt.rules.w
    for name in wrong_facts(attempt.step):
        yield f"“{w(label)}”" if w.has(label := facts[name].label) else name


def _confirm(attempt: StepAttempt) -> tuple[Person, ...]:
    matter, rules = attempt.rules.matter(attempt.case), attempt.rules
    return confirmers(matter, meant_by(attempt.case, attempt.event, rules), rules.people)


def _names(attempt: StepAttempt, people: Sequence[Person]) -> str:
    """Name who could do it instead; where nobody can, the offices that are missing from the settings."""
    rules, w = attempt.rules, attempt.rules.w
    if people:
        return w.list_items([p.name for p in people])
    wanted = wanted_offices(rules.matter(attempt.case), rules.people)
    return w("refusal.nobody", offices=", ".join(office_named(r, rules.school.nation, w) for r in wanted))


def _kinds(attempt: StepAttempt) -> str:
    said, w = attempt.step, attempt.rules.w
    kinds = [(said.rung, k) for k in said.rung.spec.kinds] if isinstance(said, Asked) else []
    return w.list_items([asking_words(rung, k, w) for rung, k in kinds])


_MENTIONED: Mapping[str, Callable[[StepAttempt], str]] = {
    "number": lambda attempt: attempt.case.id,
    "copies": lambda attempt: attempt.rules.w.list_items([post.url or "" for post in attempt.rules.copies]),
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
    "keeping": lambda of: of.rules.w(f"refusal.keeping.{channel(of.case.channel).keeping.value}"),
    "to_warn": lambda attempt: attempt.rules.w.list_items(
        [attempt.rules.w(f"pack.code.{who}") for who in attempt.case.to_warn]
    ),
    "until": lambda attempt: _moment(attempt, attempt.case.due(attempt.now)),
    "ends": lambda attempt: _moment(attempt, _answered_clock(attempt)),
}
"""What the sentences of a refusal may mention; only what they do is worked out."""


def _places(attempt: StepAttempt, places: Iterable[str]) -> str:
    return attempt.rules.w.list_items([place_words(place, attempt.rules.w) for place in places])


def _answered_clock(attempt: StepAttempt) -> RunningClock | None:
    said = attempt.step
    return open_clock(attempt.case, said.rung, said.way) if isinstance(said, Answered) else None


def _moment(attempt: StepAttempt, clock: RunningClock | None) -> str:
    if clock is None:
        return "–"
    at, zone = clock.due_at, attempt.rules.means.zone
    return f"{attempt.rules.w.day(at, attempt.now, zone)} {attempt.rules.w.clock(at, zone)}"
