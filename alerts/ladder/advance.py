"""One step of a case: the table of what may be done, the step checked and recorded, or refused with the act
that would satisfy the guard, and who is told. Pure: the caller gives the time and the rules.

The table says in which state, under which guards, and where a step may lead, and what each rung wants before
it is asked. It is data, which `schoolgate docs removal-ladder` shows. A step that has no row is refused. A
guard is a function, and is called by its name wherever people read of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from alerts.access.guidance import OF_ALLEGATIONS, office_named, places_in
from alerts.access.knowing import Act, confirmers, wanted_offices
from alerts.access.offices import office_of_subject
from alerts.ladder import guards
from alerts.ladder.guards import (
    AUTHOR,
    CONVERSATION,
    FIRST,
    HOST,
    MEMBER,
    OWN,
    PLATFORM,
    S5,
    cared_for_first,
    copies_taken,
    section_141f_applies,
    was_gone,
    wrong_facts,
)
from alerts.ladder.mails import messages_for_steps
from alerts.ladder.replay import (
    RHC,
    OfTheirs,
    after,
    back,
    choose_way_to_inform,
    is_return,
    open_clock,
    promised_until,
    replay,
    seen_from,
    still_there,
    with_derived_state,
)
from alerts.ladder.rules import (
    SCHOOLGATE,
    Guard,
    StepAttempt,
    due,
    ids_to_inform,
    imminent,
    meant_by,
    opens_ladder,
    still_left_out,
)
from alerts.ladder.rules import Advance as Advance
from alerts.ladder.rules import Refusal as Refusal
from alerts.ladder.rules import Rules as Rules
from alerts.places import at_place, has_to_be_gone, name_place, numbers, place_of
from alerts.ways import route
from data.cases import Case, CaseState, CaseStep, Event, Post, RunningClock, seen_gone
from data.content_class import ContentClass
from data.frozen import freeze
from data.ids import each_once
from data.rungs import COPYRIGHT, CaseClock, Rung
from data.steps import classes
from data.steps.acts import Values
from data.steps.classes import (
    KINDS,
    Accused,
    Answered,
    Asked,
    Classified,
    Decided,
    Proposed,
    Reclassified,
    StaffPost,
    Step,
    Targeted,
    facts_of_kind,
)
from data.steps.codes import (
    BypassRoute,
    Capacity,
    Complainant,
    Decision,
    Ending,
    PlaceRole,
    Relationship,
    StaffMatter,
    StepKind,
    ToWarn,
    Where,
)
from data.types import About, People, Person
from data.web.channels import Reporter, channel
from data.words.say import asking_words, place_words

EVERY_RUNG = (
    guards.kind_fits, guards.said_gone, guards.own_account, guards.staff_matter_said, guards.may_come_down,
    guards.class_set, guards.pupil_referred, guards.evidence_held, guards.weighed, guards.decided_to_seek,
    guards.decider_of_rung,
)  # fmt: skip
"""The guards of every rung. A 999 call in imminent danger passes these and every other guard."""

OF_RUNGS: Mapping[Rung, tuple[Guard, ...]] = {
    Rung.AUTHOR_REQUEST: (
        guards.pupil_letters, guards.author_known, guards.site_contact, guards.online, guards.contact_safe,
        guards.author_class, guards.conversation_first, guards.already_asked,
    ),
    Rung.PLATFORM_REPORT: (
        guards.online, guards.place_known, guards.platform_there,
        guards.member_reports, guards.delisting_person, guards.copyright_class, guards.copyright_place,
        guards.copyright_owner, guards.author_first, guards.already_asked,
    ),
    Rung.HOST: (
        guards.pupil_letters, guards.online, guards.s5_nation, guards.s5_class, guards.s5_individual,
        guards.s5_poster, guards.copyright_class, guards.copyright_place, guards.copyright_owner,
        guards.author_first, guards.platform_first, guards.hosting_known,
        guards.already_asked,
    ),
    Rung.ISP: (
        guards.pupil_letters, guards.online, guards.host_first, guards.hosting_known, guards.already_asked,
    ),
    Rung.POSH: (
        guards.online, guards.posh_for_schools, guards.posh_class,
        guards.posh_after_platform, guards.rhc_harm, guards.rhc_individual, guards.rhc_after_refusal,
        guards.already_asked,
    ),
    Rung.POLICE: (
        guards.decided_to_report, guards.police_matter, guards.police_last,
        guards.target_named, guards.consent, guards.consent_told, guards.already_asked,
    ),
}  # fmt: skip
"""The further guards of each rung, in the order in which they are checked."""

TRIAGE, FAIR, LANE, SEEKING, WAITING, CONFIRMING, CLOSED = CaseState
ON_LADDER = (TRIAGE, SEEKING, WAITING, CONFIRMING)
OPEN = (*ON_LADDER, FAIR, LANE)


@freeze
class Transition:
    """The states where a step may lead, and its guards in the order in which they are asked, after those of
    every step. `of_rung`: the guards of the rung that is asked are its own too. `imminent`: for a step that
    says that 999 was rung, which waits for nothing: its guards alone are asked, not those of every step."""

    to: tuple[CaseState, ...]
    guards: tuple[Guard, ...] = ()
    of_rung: bool = False
    imminent: bool = False


_SOUGHT = (TRIAGE, SEEKING, WAITING)
_EVER = (*OPEN, CLOSED)

_Rows = Mapping[tuple[CaseState, StepKind], Transition]


def _rows(
    kind: StepKind, states: Iterable[CaseState], *wanted: Guard, to: tuple[CaseState, ...] = ()
) -> _Rows:
    """Rows that lead `to` these states; without them, that leave the case where it is."""
    return {(state, kind): Transition(to or (state,), wanted) for state in states}


def _rows_for_worker(
    kind: StepKind, states: Iterable[CaseState], *wanted: Guard, to: tuple[CaseState, ...] = ()
) -> _Rows:
    return _rows(kind, states, guards.works_on_it, *wanted, to=to)


def _rows_of_asking(states: Iterable[CaseState], to: CaseState) -> _Rows:
    """Make the rows in which a rung is asked: what all rungs want, then what that one wants."""
    row = Transition((to,), (guards.works_on_it, *EVERY_RUNG), of_rung=True)
    return {(state, StepKind.ASKED): row for state in states}


def _in_danger(states: Iterable[CaseState], to: CaseState | None = None) -> _Rows:
    """Make the rows in which it is recorded, by anybody at the school, that 999 was rung."""
    asked = StepKind.ASKED
    return {(state, asked): Transition((to or state,), (guards.actor,), imminent=True) for state in states}


_WHERE = {Where.ON_LADDER: ON_LADDER, Where.WITH_FAIR: (*ON_LADDER, FAIR), Where.OPEN: OPEN}


def _rows_of_who(kind: StepKind, *wanted: Guard) -> _Rows:
    """Make the rows in which it is said whom it means; what one of them decided is open again."""
    return {
        **_rows_for_worker(kind, (WAITING, CONFIRMING, FAIR, LANE), *wanted),
        **_rows_for_worker(kind, (TRIAGE,), *wanted, to=(TRIAGE, WAITING)),
        **_rows_for_worker(kind, (SEEKING,), *wanted, to=(SEEKING, TRIAGE)),
    }


_LEFT_OUT = (guards.says_who, guards.two_let_in)
_REOPENS = (guards.not_their_own, guards.second_person)
_ANSWERS = (guards.was_asked, guards.after_asking, guards.silence_over, guards.poster_told)

_ORDINARY: _Rows = {
    # of the kinds whose class says where whoever works on the case may take them
    **{
        key: row
        for kind, of in KINDS.items() if of.where
        for key, row in _rows_for_worker(kind, _WHERE[of.where]).items()
    },
    **_rows_for_worker(
        StepKind.CLASSIFIED, ON_LADDER, guards.called_fair, *_REOPENS, to=(*ON_LADDER, FAIR, LANE)
    ),
    **_rows_for_worker(StepKind.CLASSIFIED, (FAIR,), guards.reclassify, to=(FAIR, LANE)),
    **_rows_for_worker(
        StepKind.CLASSIFIED, (LANE,), guards.keeps_lane, guards.reason_to_leave_lane,
        to=(LANE, TRIAGE, FAIR, WAITING),
    ),
    **_rows_for_worker(
        StepKind.RECLASSIFIED, (FAIR,), *_REOPENS, guards.reason, guards.another_class,
        to=(TRIAGE, WAITING, LANE),
    ),
    **_rows_for_worker(
        StepKind.PROPOSED, (*ON_LADDER, FAIR), guards.to_be_opened, guards.not_their_own, guards.reason,
        guards.another_class, guards.somebody_confirms,
    ),
    **_rows_for_worker(StepKind.TURNED_DOWN, (*ON_LADDER, FAIR), guards.is_proposed, guards.reason),
    **_rows_for_worker(
        StepKind.STAFF_POST, (*ON_LADDER, FAIR), guards.not_of_them, guards.protected_still,
        to=(*ON_LADDER, FAIR, LANE),
    ),
    **_rows_for_worker(StepKind.PLACE, OPEN, guards.another_place),
    **_rows_of_who(StepKind.TARGET, guards.target_no_subject, guards.two_let_in),
    **_rows_for_worker(StepKind.ABOUT, OPEN, guards.says_who, guards.reason),
    **_rows_of_who(StepKind.ACCUSED, *_LEFT_OUT),
    **_rows_of_who(StepKind.CONFLICTED, *_LEFT_OUT, guards.reason),
    **_rows_for_worker(StepKind.WEIGHED, ON_LADDER, guards.in_words),
    **_rows(
        StepKind.DECIDED, _SOUGHT, guards.staff_matter_said, guards.may_come_down, guards.class_set,
        guards.weighed, guards.decider, guards.delegate_seeks, guards.reason_to_stop, to=_SOUGHT,
    ),
    **_rows_of_asking(_SOUGHT, WAITING),
    **_rows_of_asking((CONFIRMING,), CONFIRMING),
    **_rows_for_worker(StepKind.ANSWERED, _SOUGHT, *_ANSWERS, to=(*_SOUGHT, CONFIRMING)),
    **_rows_for_worker(StepKind.ANSWERED, (CONFIRMING,), *_ANSWERS),
    **_rows_for_worker(StepKind.APPROVED, (*ON_LADDER, FAIR), guards.approver),
    **_rows_for_worker(
        StepKind.RESPONDED, (*ON_LADDER, FAIR), guards.class_set, guards.press_approved, guards.sent_recorded
    ),
    **_rows_for_worker(StepKind.CONSENT_ASKED, ON_LADDER, guards.consent_person),
    **_rows(StepKind.CONSENT_GIVEN, ON_LADDER, guards.consent_person, guards.consent_asked),
    **_rows(StepKind.CONSENT_REFUSED, ON_LADDER, guards.consent_person, guards.consent_asked),
    **_rows(StepKind.CONSENT_WITHDRAWN, ON_LADDER, guards.consent_person, guards.consent_was_given),
    **_rows(
        StepKind.CONSENT_OVERRIDDEN, ON_LADDER, guards.head_overrides, guards.override_ground, guards.reason
    ),
    **_rows(StepKind.SUPPORT, _EVER, guards.support_person),
    **_rows(StepKind.SAFE, _EVER, guards.consent_person),
    **_rows(StepKind.EVIDENCE, ON_LADDER),
    **_rows_for_worker(
        StepKind.PICTURES_ALLOWED, ON_LADDER, guards.class_set, guards.no_child_in_pictures, guards.reason
    ),
    **_rows_for_worker(StepKind.CHECKED, _SOUGHT, guards.looked_in_order, to=(*_SOUGHT, CONFIRMING)),
    **_rows_for_worker(StepKind.CHECKED, (CONFIRMING,), guards.looked_in_order, to=(CONFIRMING, *_SOUGHT)),
    **_rows_for_worker(
        StepKind.CHECKED, (CLOSED,), guards.worth_looking, guards.looked_in_order, to=(CLOSED, *_SOUGHT)
    ),
    **_rows(StepKind.COPY_FOUND, (*_SOUGHT, FAIR, LANE), guards.new_copy),
    **_rows(StepKind.COPY_FOUND, (CONFIRMING,), guards.new_copy, to=(CONFIRMING, *_SOUGHT)),
    **_rows(StepKind.COPY_FOUND, (CLOSED,), guards.new_copy, to=(CLOSED, *_SOUGHT)),
    **_rows_for_worker(
        StepKind.PLACE_LEFT, _SOUGHT, guards.other_places, guards.decider_leaves, guards.reason,
        to=(*_SOUGHT, CONFIRMING),
    ),
    **_rows_for_worker(
        StepKind.PLACE_LEFT, (CONFIRMING,), guards.other_places, guards.still_unseen, guards.decider_leaves,
        guards.reason, to=(CONFIRMING, *_SOUGHT),
    ),
    **_rows(StepKind.CAME_BACK, (CONFIRMING, CLOSED), guards.was_gone, to=_SOUGHT),
    **_rows_for_worker(
        StepKind.REFERRED, OPEN, guards.known_place, guards.place_of_nation, guards.ceop_for_children,
        guards.past_the_employer,
    ),
    **_rows_for_worker(StepKind.ASSIGNED, OPEN, guards.may_be_assigned),
    **_rows(StepKind.NOTED, _EVER, guards.reason, guards.privacy_clock),
    **_rows(StepKind.BREACH, _EVER, guards.may_decide_breach, guards.reason),
    **_rows(StepKind.HELD, _EVER, guards.may_hold, guards.not_held, guards.reason, guards.review_ahead),
    **_rows(StepKind.RELEASED, _EVER, guards.held, guards.may_hold, guards.another_releases),
    **_rows_for_worker(StepKind.LOCKED, _EVER, guards.lock_nation, guards.not_locked),
    **_rows(StepKind.UNLOCKED, _EVER, guards.locked, guards.may_unlock, guards.unlock_ground, guards.reason),
    **_rows(
        StepKind.CHRONOLOGY, ON_LADDER, guards.head_approves, guards.class_set, guards.harassment,
        guards.chronology_person,
    ),
    **_rows_for_worker(
        StepKind.CLOSED, OPEN, guards.ending_fits, guards.two_checks, guards.copies_taken,
        guards.reason_to_end, guards.decider_to_stand, guards.referred, guards.danger_warned,
        guards.outcome_said, guards.gate_warned,
        guards.press_approved, guards.responded, guards.support_offered, guards.promises_kept,
        guards.imminent_reason,
        to=(CLOSED,),
    ),
    **_rows_for_worker(StepKind.REOPENED, (CLOSED,), guards.not_joined, guards.reason, to=OPEN),
    **_rows_for_worker(StepKind.JOINED, OPEN, guards.reason, to=(*OPEN, CLOSED)),
}  # fmt: skip
_IMMINENT: _Rows = {**_in_danger(_SOUGHT, WAITING), **_in_danger((CONFIRMING, FAIR, LANE))}
TABLE: Mapping[tuple[CaseState, StepKind], tuple[Transition, ...]] = {
    key: tuple(rows[key] for rows in (_ORDINARY, _IMMINENT) if key in rows)
    for key in each_once(_ORDINARY, _IMMINENT)
}
"""The transition of each step in each state; where a step has several rows, its content picks one."""

NO_ROW = {FAIR: "fair_comment", LANE: "lane", CLOSED: "closed"}
"""The name of the refusal where a state has no row for a step; `no_row` elsewhere."""


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
     ",may_hold,may_decide_breach,may_unlock,another_releases,may_be_assigned,not_of_them"),
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


def _confirm(attempt: StepAttempt) -> People:
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
    "site": lambda attempt: asking_words(HOST if attempt.channel.is_site else PLATFORM, "", attempt.rules.w),
    "keeping": lambda of: of.rules.w(f"refusal.keeping.{channel(of.case.channel).keeping.value}"),
    "to_warn": lambda attempt: attempt.rules.w.list_items(
        [attempt.rules.w(f"pack.code.{who}") for who in attempt.case.to_warn]
    ),
    "until": lambda attempt: _moment(attempt, attempt.case.due(attempt.now)),
    "ends": lambda attempt: _moment(attempt, _answered_clock(attempt)),
}
"""The blanks of a refusal's sentences; only those that a sentence has are worked out."""


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


_OUTCOMES: dict[Ending, Step] = {Ending.REMOVED: classes.SeenRemoved(), Ending.CHANGED: classes.SeenChanged()}
_OUTCOMES |= {Ending.STANDING: classes.LeftStanding()}
"""The endings that the governors' report counts, and the step that records each."""
_OF_DECISIONS = {Decision.SEEK: CaseClock.BASILDON_24H, Decision.STOP: CaseClock.REVIEW_30D}

_LANES = {
    StaffMatter.CHILD: BypassRoute.SAFEGUARDING, StaffMatter.ALLEGATION: BypassRoute.STAFF_ALLEGATION,
}  # fmt: skip
"""The way past the ladder of what somebody who works here posted."""


def begin(case_id: str, urn: str, event: Event, now: datetime, rules: Rules) -> Advance | Refusal:
    """Open a case (`now` aware). Raises ValueError for another event, or facts that may not be."""
    if event.kind is not StepKind.OPENED:
        raise ValueError("a case begins with its opening")
    if wrong := wrong_facts(event.said):
        raise ValueError(f"the opening of a case is without, or has odd: {', '.join(wrong)}")
    at = _utc(event.when or now)
    opening = CaseStep(case_id, 1, urn, event.said, event.actor, at, _utc(now), event.why.strip())
    case = replay([opening])
    attempt = StepAttempt(case, event, at, _utc(now), rules)
    if missing := _first_refusal(attempt, FIRST):
        return missing
    case, steps = _add_lock(case, [opening], attempt)
    return Advance(case, tuple(steps), messages_for_steps(None, case, steps, _utc(now), rules))


def advance(case: Case, event: Event, now: datetime, rules: Rules) -> Advance | Refusal:
    """The case after one more step (`now` aware), or why the step is refused; then nothing changes. A case
    that is at one of its places takes a step there, unless the step names another."""
    event = replace(event, said=name_place(case, event.said))
    case = with_derived_state(at_place(case, 1)) if case.place > 1 else case
    now = _utc(now)
    if imminent(event):  # that 999 was rung nothing stops from being recorded: without a time that lies ahead
        said = event.said
        if isinstance(said, Asked) and said.received_at is not None and said.received_at > now:
            said = replace(said, received_at=None)
        ahead = event.when is not None and _utc(event.when) > now
        event = replace(event, said=said, when=None if ahead else event.when)
    attempt = StepAttempt(_there(case, event), event, _utc(event.when or now), now, rules)
    if missing := _not_allowed(attempt):
        return missing
    then, steps = case, []
    for each in _with_consequences(attempt):
        step = _step(then, each, attempt)
        then = after(then, step)
        steps.append(step)
    if case.lane is not BypassRoute.STAFF_ALLEGATION:
        then, steps = _add_lock(then, steps, attempt)
    return Advance(then, tuple(steps), messages_for_steps(case, then, steps, attempt.now, rules))


def _there(case: Case, event: Event) -> Case:
    n = place_of(event.said)
    return case if n is None else seen_from(case, n)


def _not_allowed(attempt: StepAttempt) -> Refusal | None:
    rows, danger = TABLE.get((attempt.case.state, attempt.event.kind), ()), imminent(attempt.event)
    row = next((row for row in rows if row.imminent is danger), None)
    if row is None:
        return _first_refusal(attempt, FIRST) or without_row(attempt)
    # the guards of its rung are asked once its own facts are known to hold
    own = _first_refusal(attempt, (*(() if row.imminent else FIRST), *row.guards))
    return own or (_first_refusal(attempt, OF_RUNGS[attempt.rung]) if row.of_rung else None)


def _first_refusal(attempt: StepAttempt, guards: Iterable[Guard]) -> Refusal | None:
    failed = next((guard for guard in guards if not guard(attempt)), None)
    return refusal_of_guard(failed.__name__, attempt) if failed else None


def _with_consequences(attempt: StepAttempt) -> Iterable[Event]:
    event, said = attempt.event, attempt.step
    if isinstance(said, classes.Closed) and (outcome := _OUTCOMES.get(said.ending)):
        yield replace(event, said=outcome)
    yield replace(event, said=_said_in_full(attempt))
    if isinstance(said, StaffPost) and said.what in _LANES:
        to_lane = Classified(content_class=ContentClass.SAFEGUARDING, lane=_LANES[said.what])
        yield replace(event, said=to_lane)
    if _shows_return(attempt):
        back_as = (
            classes.CameBack(mention=said.mention, place=numbers(attempt.case)[-1] + 1)
            if isinstance(said, classes.CopyFound)
            else classes.CameBack(place=said.place if isinstance(said, classes.Checked) else None)
        )
        yield Event(back_as, event.actor, when=event.when)


def _said_in_full(attempt: StepAttempt) -> Step:
    """Add what the rules add: capacity, rung continued, whom it is about, how the person learns."""
    case, rules = attempt.case, attempt.rules
    match attempt.step:
        case Decided() as said:
            decider = attempt.actor_may(Act.DECIDE)
            return replace(said, capacity=Capacity.DECIDER if decider else Capacity.DELEGATE)
        case Classified() | Reclassified() | Proposed() as said if opens_ladder(case, attempt.event):
            # who is told of a step that opens the ladder against comment, and who it is about from then on
            told = replace(said, overseers=ids_to_inform(case, attempt.event, rules) or said.overseers)
            about = office_of_subject(meant_by(case, attempt.event, rules), rules.people)
            if about and not isinstance(told, Proposed) and case.about in _WIDER:
                return replace(told, about=about)
            return told
        case classes.Reopened() as said:
            return replace(said, rung=case.rung)
        case classes.CopyFound(what=None) as said:
            return replace(said, what=PlaceRole.COPY)
        case Targeted(subjects=tuple()) | Accused() as said:
            return replace(said, about=_about(attempt, said))
    if isinstance(attempt.step, OfTheirs):
        return replace(attempt.step, informed=choose_way_to_inform(attempt.event, case, rules))
    return attempt.step


_WIDER = frozenset((About.SCHOOL, About.STAFF, About.GOVERNOR, About.OTHER))
"""What a post may be about that means somebody of the school besides."""


def _about(attempt: StepAttempt, said: Targeted | Accused) -> About:
    """Say who it is about, given who may be accused now. A child's, with an adult named, is an allegation."""
    case, people = attempt.case, attempt.rules.people
    left, accused = still_left_out(case, said)
    if found := office_of_subject([p for p in left if p in accused or p not in case.conflicted], people):
        return found
    if isinstance(said, Accused) and accused and case.lane is BypassRoute.SAFEGUARDING:
        return About.STAFF
    cleared = case.about is office_of_subject([p for p in case.subjects if p not in case.conflicted], people)
    target = (said.person if isinstance(said, Targeted) else "") or case.target or ""
    return (office_of_subject([target], people) or About.STAFF) if cleared else case.about


def _shows_return(attempt: StepAttempt) -> bool:
    """Was it gone, and does this step show it back? What was left, or a search result, never is."""
    case, said, gone = attempt.case, attempt.step, was_gone(attempt)
    if isinstance(said, classes.CopyFound):
        return gone and said.what is not PlaceRole.SEARCH
    there = case.said_gone_at is not None and has_to_be_gone(case)
    confirmed = gone and there and (case.state is CaseState.CLOSED or seen_gone(case.checks))
    return isinstance(said, classes.Checked) and confirmed and back(case, said.result)


def _add_lock(case: Case, steps: list[CaseStep], attempt: StepAttempt) -> tuple[Case, list[CaseStep]]:
    """Add the lock where an accused teacher may not be named yet (Education Act 2002, s.141F)."""
    allegation = case.lane is BypassRoute.STAFF_ALLEGATION
    if case.locked or not allegation or not section_141f_applies(attempt.rules.school.nation):
        return case, steps
    lock = _step(case, Event(classes.Locked(), SCHOOLGATE), attempt)
    return after(case, lock), [*steps, lock]


def _step(case: Case, event: Event, attempt: StepAttempt) -> CaseStep:
    clock, due_at = "", None
    if started := _clock_of(_there(case, event), event, attempt.at):
        means, profile = attempt.rules.means, attempt.rules.profile
        clock = started[0].value
        due_at = due(*started, calendar=means.calendar, zone=means.zone, profile=profile)
        if clock == CaseClock.BASILDON_24H and case.sought and not is_return(case, event.said):
            due_at = case.sought.due_at  # no later decision puts it off
        if isinstance(event.said, Asked):
            due_at = promised_until(case, event.said, attempt.at) or due_at
    step = CaseStep(case.id, case.steps + 1, case.urn, event.said, event.actor, attempt.at, attempt.now)
    return replace(step, why=event.why.strip(), due_at=due_at, clock=clock)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _clock_of(case: Case, event: Event, at: datetime) -> tuple[CaseClock, datetime] | None:
    """The clock that this step starts and its beginning (UTC), when the thing happened; None without."""
    match event.said:
        case Decided(decision=decision):
            clock = _OF_DECISIONS.get(decision)
            return (clock, at) if clock else None
        case Asked() as said if imminent(event) or case.state in ON_LADDER:
            clock = CaseClock.WARN_1H if imminent(event) else said.rung.spec.clock_of(said.way)
            return clock, said.received_at or at
        case Answered(poster_told_at=datetime() as told):
            return CaseClock.POSTER_5D, told
        case classes.Noted(starts=CaseClock() as clock):
            return clock, at
        case classes.LeftStanding():
            return CaseClock.REVIEW_30D, at
        case classes.CameBack() | classes.Reopened() if case.decision == Decision.SEEK:
            return CaseClock.BASILDON_24H, at
        case classes.Checked(result=result) if case.decision == Decision.SEEK and still_there(case, result):
            return (CaseClock.BASILDON_24H, case.sought.since) if case.sought else None
    return None
