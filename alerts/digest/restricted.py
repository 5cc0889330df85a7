"""What a digest tells of restricted matters: a bare count, and to whoever sees to one its number. Pure.

Of one that is listed nothing is kept but its number, since when it is known and when something is due; of a
locked one not even a date (Education Act 2002, section 141F).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from alerts.access.knowing import Access, access
from alerts.access.matter import (
    Matter,
    alleged_in,
    free_of_it,
    matter_of_case,
    matter_of_story,
    part_of,
    with_more,
)
from alerts.access.offices import first_held
from alerts.access.recipients import leads_alone
from alerts.escalation import UNANSWERED
from alerts.facts import Facts, Selection
from alerts.next_date import SchoolDays, has_it, next_date
from data.cases import Case
from data.content_class import BYPASSING
from data.ids import number_of
from data.judged import of_danger, of_this_hour
from data.matters import Holder, MatterView, ReaderPart
from data.people import away
from data.steps.codes import BypassRoute
from data.types import ADULTS_OF_THE_SCHOOL, Person, Role, Route, Severity, StillOpen

_UNRECORDED, _UNTAKEN = timedelta(days=7), timedelta(hours=1)
_LEADS = ((Role.DSL,), (Role.DEPUTY_DSL,))
"""Who sees to them, in turn."""


def restricted(alert: MatterView) -> bool:
    """Is it for its own few alone?"""
    return alert.restricted or alert.route is Route.SAFEGUARDING or alert.content_class in BYPASSING


def matter_of_alert(alert: MatterView, facts: Facts) -> Matter:
    """The matter that an alert is, with whoever a case of it may accuse, and those who were asked next about
    it, or by number, or took it."""
    words = [s.person_id for s in alert.escalated if s.person_id and s.about is not StillOpen.BY_NUMBER]
    words += [alert.acknowledged.person] if alert.acknowledged else []
    given, numbered = (alert.verdicts, alert.alert, facts.school), ids_asked(alert, StillOpen.BY_NUMBER)
    matter = matter_of_story(*given, facts.people, asked=words, numbered=numbered)
    cases = (case for c in facts.cases if c.story_id == alert.story_id for case in c.cases)
    return with_more(matter, subjects={i for case in cases for i in case.subjects})


def ids_asked(alert: MatterView, *about: StillOpen) -> frozenset[str]:
    """Ids of those who were asked to take it as it was raised last, or were so `about` that."""
    since = (s for s in alert.escalated if s.times == alert.times and s.about in (about or UNANSWERED))
    first = alert.audience if of_this_hour(alert) and not about else ()
    return frozenset((*first, *(s.person_id for s in since if s.person_id)))


def matter_of_known_case(view: MatterView, facts: Facts) -> Matter:
    """The matter that a case is, with whoever its story may accuse, whatever the case's own steps say."""
    grave = [v for v in view.verdicts if v.look or v.severity >= Severity.TODAY]
    matter = matter_of_case(view.cases[0], facts.school)
    return with_more(matter, subjects={*view.excluded, *alleged_in(grave, facts.people)})


def listed(person: Person, facts: Facts) -> tuple[MatterView, ...]:
    """The open restricted matters that this person sees to, the soonest due first; and what of them may be a
    matter of 999, for whoever reads it and is sent the digest in any case. Of that whoever may only know that
    it exists is told the number too, once nobody has taken it for an hour, or where they were told that
    somebody may be in danger. Whoever was asked to take one that nobody has is told its number in any case,
    restricted or not, unless they read it.

    One that somebody has is open while a case of it is, or something is due, or somebody may be in danger;
    else for a week, for nothing is recorded of it.
    """
    seen = [one for view, matter, ids in _open(facts) if (one := _seen(person, view, matter, ids, facts))]
    new = {v.story_id for v in seen if v.began_at and facts.now - v.began_at < _UNRECORDED}
    found = [v for v in seen if v.due or v.numbers or v.holder is None or v.endangers or v.story_id in new]
    return tuple(sorted(found, key=lambda v: (v.due is None, v.due.at if v.due else facts.now, v.number)))


def _open(facts: Facts) -> Iterator[tuple[MatterView, Matter, frozenset[str]]]:
    """Each restricted matter that is not closed, as much as is told of it, and any that somebody was asked to
    take by number, with those who were asked."""
    raised = {a.story_id for a in facts.alerts if restricted(a)}
    for alert in facts.alerts:
        if restricted(alert) or ids_asked(alert, StillOpen.BY_NUMBER):
            cases = [case for c in facts.cases if c.story_id == alert.story_id for case in c.cases]
            matter = matter_of_alert(alert, facts)
            yield _bare(alert, matter, cases, facts), matter, ids_asked(alert)
    for case in facts.cases:
        if case.restricted and case.story_id not in raised:
            matter = matter_of_known_case(case, facts)
            if not case.cases[0].closed_at:
                yield _bare(case, matter, case.cases, facts), matter, frozenset()


def holder_here(holder: Holder | None, facts: Facts) -> Holder | None:
    """Return the holder, None where they have left the school."""
    return holder if holder and any(p.id == holder.person for p in facts.people) else None


def _bare(view: MatterView, matter: Matter, cases: Sequence[Case], facts: Facts) -> MatterView:
    still_open = [case for case in cases if case.closed_at is None]
    holder = holder_here(has_it(view.acknowledged, still_open, view.excluded), facts)
    days = SchoolDays(facts.school.nation, facts.zone, facts.calendar)
    locked = view.story_id in facts.locked or any(case.locked for case in cases)
    since = view.raised_at or min(case.opened_at for case in cases)
    return MatterView(
        view.story_id,
        view.urn,
        Access.STATUS,
        number=number_of(view.number, [case.id for case in still_open]),
        numbers=tuple(case.id for case in still_open),
        restricted=restricted(view),
        locked=locked,
        endangers=of_danger(view),
        warned=view.warned,
        raised_at=view.raised_at,
        from_before=view.from_before,
        began_at=None if locked else since,
        holder=holder,
        due=next_date(view.alert, cases, days, facts.now, had=holder is not None, lane=matter.bypass),
    )


def _seen(
    person: Person, view: MatterView, matter: Matter, asked: Collection[str], facts: Facts
) -> MatterView | None:
    """It for this person, who ACTS where they see to it, have it, or were `asked` to take it, as who is asked
    first does of an allegation against staff; None where it does not stand in their digest."""
    known, target = access(person, matter, facts.people), part_of(person, matter) is ReaderPart.TARGET
    if not target and known and person.id in asked and view.holder is None:
        number = replace(view, access=min(known, view.access), part=ReaderPart.ACTS, asked=True)
        return number if view.restricted or known is Access.EXISTS else None
    if not view.restricted:
        return None
    if known is not Access.WORDS or target:
        left = view.holder is None and view.raised_at and view.raised_at <= facts.now - _UNTAKEN
        left = left or person.id in view.warned or (target and person.id in asked)
        told = known and view.endangers and view.from_before is None and left
        part = ReaderPart.TARGET if target else view.part
        return replace(view, access=Access.EXISTS, part=part) if told else None
    able = [p for p in free_of_it(matter, facts.people) if p.email]
    gone = away(able, facts.now)
    in_turn = first_held([p for p in able if p.id not in gone], _LEADS) or first_held(able, _LEADS)
    has = view.holder is not None and view.holder.person == person.id
    first = matter.bypass is BypassRoute.STAFF_ALLEGATION and matter.told[:1] == (person.id,)
    if person in in_turn or first or has:
        return replace(view, part=ReaderPart.ACTS)
    return view if view.endangers and not leads_alone(person) else None


def with_dsl(facts: Facts, chosen: Selection) -> int:
    """How many restricted matters are open that this person may know of, where their number reveals nothing.

    It is told to whoever was told of each of them. Others are told only where none of them accuses an
    adult of the school, nobody is kept out of any, and the digest holds something else as well.
    """
    person = chosen.person
    alerts = [
        a for a in facts.alerts
        if not a.acknowledged and restricted(a) and access(person, matter_of_alert(a, facts), facts.people)
    ]  # fmt: skip
    of_alerts = {a.story_id for a in alerts}
    cases = [
        c for c in facts.cases
        if c.restricted and not c.cases[0].closed_at and c.story_id not in of_alerts
        and access(person, matter_of_known_case(c, facts), facts.people)
    ]  # fmt: skip
    count = len(alerts) + len(cases)
    known = all(person.id in a.audience for a in alerts)
    if known and all(
        access(person, matter_of_known_case(c, facts), facts.people) >= Access.STATUS for c in cases
    ):
        return count
    judged = [v for a in alerts for v in a.verdicts]
    accused = (
        any(view.excluded for view in (*alerts, *cases))
        or any(v.about in ADULTS_OF_THE_SCHOOL or v.subjects or v.subject_person for v in judged)
        or any(c.cases[0].subjects or c.cases[0].about in ADULTS_OF_THE_SCHOOL for c in cases)
    )
    return 0 if chosen.quiet or not facts.school_day or accused else count
