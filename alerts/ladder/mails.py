"""The mails of the ladder: who is notified of what in a case, and when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from alerts.access.guidance import lead_named
from alerts.access.knowing import Access, Act
from alerts.access.offices import SAFEGUARDERS, Fact, facts_of_class, holders, tier_to_inform
from alerts.access.recipients import bypass_recipients, in_their_place
from alerts.ladder.replay import CONSENT, OfTheirs, by_mail, for_whom, key, seen_from, step_code, still_there
from alerts.ladder.rules import Rules, imminent
from alerts.layout.note import LIFE, Button, Note, clean_line, message
from alerts.next_date import in_waking_hours, in_working_hours
from alerts.places import place_of
from alerts.wording.cases import add_place, until
from alerts.wording.instant import thread_of, with_phone
from alerts.wording.matters import subject, topic_of_case
from data.cases import Case, CaseState, CaseStep, RunningClock, is_police_informed
from data.content_class import ContentClass
from data.ids import digest
from data.register.calendar import local_day
from data.rungs import CaseClock
from data.steps.classes import Assigned, Checked, Classified, Closed, Proposed, Reclassified
from data.steps.codes import Check, Ending, Relationship, StaffMatter, StepKind
from data.types import Messages, OutboxMessage, People, Person, Route
from data.words.say import Words, words

# The mails about a case, in words: that there is something to do, what was recorded on somebody’s behalf,
# what is over. Never what was posted; of a restricted case its number alone. Each leads to its page.

_AT_ONCE = frozenset(("lane", "police_now", "came_back", "copy_found", "overridden", "recorded", "emergency"))
_AT_ONCE |= {"helped", "proposed", "reclassified", "target", "wronged"}
"""What goes out at any hour; the rest keeps to working hours."""

_OF_THEM = frozenset(("target", "wronged", "helped", "over"))
"""What is said to whom its post is aimed at, of that alone."""
NOTHING_DONE = (Ending.MISTAKEN, Ending.JOINED)
"""Endings of which whom its post is aimed at is not told: it was none, or goes on elsewhere."""
_HEARD = frozenset((StaffMatter.WHISTLEBLOWING, StaffMatter.UNION))
_DANGER = frozenset(("police_now", "target", "helped"))
"""What says first that 999 is rung if anybody may be in danger."""


def letter(
    which: str,
    person: Person,
    case: Case,
    said: str,
    parts: Sequence[Sequence[str]],
    now: datetime,
    rules: Rules,
) -> Note:
    """A mail about a case: what is told, and how it is read or how far it is, by who may know that."""
    w, level = words(rules.school.language), rules.access(person, case)
    topic, of = topic_of_case(case), "instant.target" if which in _OF_THEM & _DANGER else "instant"
    if which in _OF_THEM or which in ("recorded", "overridden"):
        label = "safety" if which in _DANGER else "target"
        topic = replace(topic, restricted=False, label=label, channel="")
    danger = which in _DANGER or case.danger_now
    page = rules.means.links.page(case.story_id, person.id, now) if case.story_id else None
    page = page if level >= Access.STATUS else None
    now_said = f"{w('instant.said_now')} " if case.danger_now else ""
    parts = [*parts, [_about(w, case)]] if level >= Access.STATUS else parts
    return Note(
        language=w.language,
        subject=subject(topic, w, w(f"case.do.{which}"), danger=danger),
        greeting=w("instant.greeting", name=clean_line(person.name)),
        said=said,
        parts=tuple(tuple(filter(None, part)) for part in parts if any(part)),
        danger=f"{now_said}{w(f'{of}.danger')}" if danger else "",
        button=Button(w("case.page"), page) if page else None,
        commands=() if page or level < Access.STATUS else ((w("instant.read"), w("instant.desk")),),
        small=(
            *([w("instant.once")] if page and case.restricted else []),
            w("instant.private", number=case.id),
            w("common.not_watched"),
        ),
    )


def _about(w: Words, case: Case) -> str:
    """Say what kind of matter it is and where, of one that is not restricted and that somebody has judged."""
    if topic_of_case(case).restricted or case.fair or case.is_unjudged:
        return ""
    said, where = w("case.about", what=w(ContentClass(case.content_class).key)), f"digest.at.{case.channel}"
    return w("instant.where", said=said.removesuffix("."), where=w(where)) if w.has(where) else said


def mail(
    case: Case, person: Person, key: str, note: Note, due: datetime, *, waits: bool = True
) -> OutboxMessage:
    """The letter as a message in its alert's thread; of danger, or an answer, it never `waits`."""
    thread = thread_of(case.alert_id, person.id) if case.alert_id else None
    kind = "case" if waits and not note.danger else "answer"
    return replace(message(note, person.id, case.urn, kind, key, due, LIFE), thread=thread)


def step_message(
    which: str, person: Person, case: Case, steps: Sequence[CaseStep], now: datetime, rules: Rules
) -> OutboxMessage:
    """Write what is told of the steps; the target who does not decide hears what is done, never a job."""
    w, means = words(rules.school.language), rules.means
    if person.id == case.target and which in ("emergency", "police_now", "lane"):
        theirs = "helped" if which == "emergency" else "target" if case.threatens else "wronged"
        which = which if person in rules.deciders(case) else theirs
    due = in_working_hours(now, means.zone, means.calendar)
    if which in _AT_ONCE:
        by_day = person.id == case.target and not (case.threatens or case.danger_now)
        due = in_waking_hours(now, means.zone) if by_day else now
    lead = lead_named(rules.matter(case), rules.people, rules.school.nation, w)
    parts = [[w("case.support")]] if which in ("opened", "police_now") and case.target else []
    parts += _to_target(which, case, w, rules) if which in _OF_THEM else []
    parts += _say_what_was_recorded(case, steps, w, rules) if which == "recorded" else []
    note = letter(which, person, case, w(f"case.told.{which}", lead=lead), parts, due, rules)
    if which == "recorded" and any(step.kind is StepKind.CONSENT_GIVEN for step in steps):
        note = replace(note, parts=(*note.parts, (w("case.take_back"),)))
    waits = which not in ("emergency", "helped", "consent", "recorded", "overridden")
    return mail(case, person, key(case, case.steps, person.id), note, due, waits=waits)


def _to_target(which: str, case: Case, w: Words, rules: Rules) -> list[list[str]]:
    names = ", ".join(with_phone(p) for p in rules.deciders(case) if p.id != case.target)
    if which == "over":
        police = closed_words(case, w)
        return [police, [w("case.ask_for_support", names=names) if names else "", rules.profile.support]]
    others = [w("instant.target.others", names=names)] if names else []
    owed = ("leave", *(["police"] if which == "target" else []), "support")
    return [others, [*(w(f"instant.target.{name}") for name in owed), rules.profile.support]]


def closed_words(case: Case, w: Words) -> list[str]:
    """Say what was done about it, to the person its post is aimed at."""
    if not is_police_informed((case,)):
        return []
    number = case.number_of_police
    return [w("case.police_number", number=clean_line(number)) if number else w("page.police_told")]


def _say_what_was_recorded(case: Case, steps: Sequence[CaseStep], w: Words, rules: Rules) -> list[list[str]]:
    step = next(step for step in steps if isinstance(step.said, OfTheirs))
    # who to tell if it is wrong: a decider or safeguarding lead other than whoever recorded it
    safe = (p for p in holders(rules.people, *SAFEGUARDERS) if not rules.has_conflict(p, case))
    others = (p for p in (*rules.deciders(case), *safe) if p.id not in (step.actor, case.target))
    who = next(others, rules.person(step.actor))
    return [
        [describe_record(step, w, rules, step.recorded_at)],
        [w("case.if_not_so", who=clean_line(who.name if who else step.actor))],
    ]


def describe_record(step: CaseStep, w: Words, rules: Rules, now: datetime) -> str:
    """Say what was recorded, when and by whom, addressed to the person it was recorded for."""
    zone, who = rules.means.zone, rules.person(step.actor)
    name, day = clean_line(who.name if who else step.actor), w.day(step.recorded_at, now, zone)
    clock = w.clock(step.recorded_at, zone)
    return w(f"case.recorded.{step_code(step.said)}", day=day, clock=clock, who=name)


def reminders(case: Case, now: datetime, rules: Rules) -> Messages:
    """A mail in working hours to who has its matter, else to who decides: all that is late. Its key is that
    of the clock that ran out last, so that each is told once; our own looking again is not. Never to whom the
    case may accuse, nor to whom its post is aimed at."""
    ended = ran_out(case, now)
    if not ended:
        return ()
    asking = case.late(now)
    told = [w for w in ended if w in asking or w is ended[-1]]
    owner, able = rules.person(case.owner), rules.deciders(case)
    able = (owner,) if owner and owner.email and _reads(owner, case, rules) else able
    reading = (p for p in able if p.email and _reads(p, case, rules))
    asked = in_their_place(reading, rules.people, now, lambda p: _reads(p, case, rules))
    return tuple(_reminder(case, told, person, now, rules) for person in asked)


def ran_out(case: Case, now: datetime) -> list[RunningClock]:
    """The clocks whose end is told, the longest ago first."""
    return [wait for wait in case.over(now) if wait.clock != CaseClock.RECHECK]


def _reads(person: Person, case: Case, rules: Rules) -> bool:
    """May they know how far it is, and is it not aimed at them?"""
    return person.id != case.target and rules.access(person, case) >= Access.STATUS


def _reminder(
    case: Case, ended: Sequence[RunningClock], person: Person, now: datetime, rules: Rules
) -> OutboxMessage:
    w, means = words(rules.school.language), rules.means
    due = in_working_hours(now, means.zone, means.calendar)
    zone, newest = means.zone, ended[-1]
    today = local_day(now, zone)
    told = [
        add_place(w(f"digest.case.late.{wait.clock}", when=until(w, wait.due_at, today, zone)), wait, case, w)
        for wait in ended
    ]
    said = w("case.overdue_told", said=w("digest.case.locked") if case.locked else "; ".join(told))
    note = letter("overdue", person, case, said, [[w("case.overdue_next")]], due, rules)
    when = f"{newest.due_at.timestamp():.0f}"
    known = digest("case overdue", case.urn, case.id, newest.clock, when, person.id)
    return mail(case, person, known, note, due)


# Who is told of a step: that there is something to do, never what was posted.

_UNSEEN = frozenset((Check.LOG_IN_WALL, Check.BLOCKED, Check.CANNOT_TELL))
"""Looks that show neither that it is gone nor that it is there."""

_THEIRS_ALONE = _OF_THEM - {"helped"} | {"recorded", "overridden", "confirmed", "turned_down", "assigned"}

Told = tuple[str, Iterable[Person]]


def messages_for_steps(
    before: Case | None, case: Case, steps: Sequence[CaseStep], now: datetime, rules: Rules
) -> Messages:
    """List the messages that these steps call for, one a person; `before` is None at the opening."""
    found: dict[str, OutboxMessage] = {}
    by_them = {step.actor for step in steps}
    for words_of, whom in _tellings(before, case, steps, rules):
        people = whom
        if words_of not in _THEIRS_ALONE:  # in the place of one who is away whoever covers
            people = in_their_place(people, rules.people, now, lambda p: _reads(p, case, rules))
        for person in people:
            if person.id not in by_them and by_mail(person, case, rules):
                found.setdefault(person.id, step_message(words_of, person, case, steps, now, rules))
    return tuple(found.values())


def _tellings(before: Case | None, case: Case, steps: Sequence[CaseStep], rules: Rules) -> Iterator[Told]:
    if any(map(imminent, steps)):
        leads = holders(rules.people, *SAFEGUARDERS)
        yield "emergency", (*in_charge(case, rules), *_people(case.audience, rules), *leads)
    if before is not None:
        yield from _tellings_of_class(before, steps, rules)
    yield from _tellings_of_turn(before, case, rules)
    known = _facts(before) if before is not None else frozenset()
    due = holders(rules.people, *tier_to_inform(_facts(case) - known))
    yield "opened", [p for p in due if rules.access(p, case) >= Access.STATUS]
    if before is not None:
        yield from _tellings_of_target(before, case, rules)
    yield from _by_steps(before, case, steps, rules)


def _tellings_of_class(before: Case, steps: Sequence[CaseStep], rules: Rules) -> Iterator[Told]:
    """Tell the chair, or who stands in, of what is to be fair comment no more; who proposed it, of its
    answer."""
    proposer = _people((before.proposal.by,), rules) if before.proposal else ()
    for step in steps:
        said = step.said
        if isinstance(said, Classified | Reclassified | Proposed) and said.overseers is not None:
            key = "proposed" if isinstance(said, Proposed) else "reclassified"
            yield key, _people(said.overseers, rules)
        if isinstance(said, Classified | Reclassified):
            yield "confirmed", proposer
        elif step.kind is StepKind.TURNED_DOWN:
            yield "turned_down", proposer


def _tellings_of_turn(before: Case | None, case: Case, rules: Rules) -> Iterator[Told]:
    """Tell those whose turn it is now, and was not before."""
    if case.lane is not None:
        goes_on = before is not None and before.lane is not None and before.about is case.about
        knew = _people_of_lane(before, rules) if before is not None and goes_on else ()
        yield "lane", [p for p in _people_of_lane(case, rules) if p not in knew]
    elif before is None:
        yield from _tellings_at_opening(case, rules)
    elif case.staff_matter in _HEARD and case.staff_matter is not before.staff_matter:
        yield "stays_up", rules.deciders(case)
    elif _is_for_others(before, case, rules):
        yield from _tellings_at_opening(case, rules)
    elif _ready(case) and not _ready(before):
        yield "decide", rules.deciders(case)


def _tellings_of_target(before: Case, case: Case, rules: Rules) -> Iterator[Told]:
    if (target := _threatened_person(case)) and target != _threatened_person(before):
        yield "target", _people((target,), rules)
    elif case.lane is None and case.target not in (before.target, *case.audience):
        yield "wronged", _people((case.target or "",), rules)


def _facts(case: Case) -> frozenset[Fact]:
    """The facts by which others are told of a case on the ladder: its class, and whom it is about."""
    return facts_of_class(case.content_class, case.about) if case.lane is None else frozenset()


def _threatened_person(case: Case) -> str | None:
    """Find whom a person says that it threatens, where no alert told them more than that there is danger."""
    known = case.target in case.audience
    return case.target if case.threatens and case.lane is None and not known else None


def _is_for_others(before: Case, case: Case, rules: Rules) -> bool:
    """Is it on the ladder, or to be answered, for others than before: out of its lane, fair comment no more,
    about somebody else, another's to decide since somebody more may be accused?"""
    others = before.lane is not None or (before.fair and not case.fair) or before.about is not case.about
    if {*case.subjects} > {*before.subjects}:
        others |= rules.deciders(case) != rules.deciders(before)
    return others and case.closed_at is None


def _tellings_at_opening(case: Case, rules: Rules) -> Iterator[Told]:
    if case.call_to_999:
        yield "emergency", (*rules.deciders(case), *_people(case.audience, rules))
    elif case.route is Route.POLICE_NOW or (case.is_returned and case.threatens):
        yield "police_now", (*rules.deciders(case), *_people(case.audience, rules))
    elif case.is_unjudged:
        yield "unjudged", (*rules.who_may(Act.ASSESS, case), *rules.deciders(case))
    elif case.fair:
        yield "fair", rules.who_may(Act.ASSESS, case)
    else:
        yield "opened", (*rules.who_may(Act.ASSESS, case), *rules.deciders(case))


def _by_steps(before: Case | None, case: Case, steps: Sequence[CaseStep], rules: Rules) -> Iterator[Told]:
    for step in sorted(steps, key=lambda s: s.kind is StepKind.COPY_FOUND):  # that it is back says more
        if isinstance(step.said, Closed) and case.lane is None and step.said.ending not in NOTHING_DONE:
            yield "over", _people((case.target or "",), rules)
        if isinstance(step.said, Assigned):
            yield "assigned", _people((step.said.person,), rules)
        elif step.kind is StepKind.CAME_BACK:
            yield "came_back", in_charge(case, rules)
        elif step.kind is StepKind.COPY_FOUND:
            yield "copy_found", in_charge(case, rules)
        elif isinstance(step.said, Checked) and before is not None:
            if seen := _telling_of_look(before, step.said):
                yield seen, in_charge(case, rules)
        elif step.kind is StepKind.AUTHOR and before is not None:
            pupils = (before.relationship is Relationship.PUPIL, case.relationship is Relationship.PUPIL)
            if pupils == (False, True) and not {"pastoral", "dsl"} & {*case.referred_to}:
                yield "pastoral", holders(rules.people, *SAFEGUARDERS)
        elif isinstance(step.said, OfTheirs):
            # whoever it was recorded for by somebody else; of an answer about the police also who is in
            # charge
            overridden = step.kind is StepKind.CONSENT_OVERRIDDEN
            yield ("overridden" if overridden else "recorded", _people((for_whom(step, case) or "",), rules))
            if step.kind in CONSENT and not overridden:
                yield "consent", in_charge(case, rules)


def _telling_of_look(before: Case, look: Checked) -> str:
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
    known = case.classified_by is not None and case.weighed is not None
    return case.state in (CaseState.TRIAGE, CaseState.WAITING) and known and case.decision is None


def in_charge(case: Case, rules: Rules) -> People:
    return (*_people((case.owner or "",), rules), *rules.deciders(case))


def _people_of_lane(case: Case, rules: Rules) -> People:
    return (*_people(case.audience, rules), *bypass_recipients(rules.matter(case), rules.people))


def _people(ids: Iterable[str], rules: Rules) -> People:
    return tuple(p for p in map(rules.person, ids) if p is not None)
