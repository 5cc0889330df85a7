"""One person's part of a school's facts, and in which section each matter stands. Pure.

Restricted matters are left out but for a bare count, and that only where it reveals nothing. Whoever
may be the subject of something grave, or of what might be grave, does not see its line, nor is it
counted for them. Criticism that is only to be answered is hidden from nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from enum import Enum, auto

from alerts.access.knowing import Access, access
from alerts.access.matter import (
    Matter,
    alleged_in,
    free_of_it,
    has_conflict,
    matter_of_account,
    matter_of_case,
    matter_of_story,
    part_of,
    with_more,
)
from alerts.access.offices import Fact, acts_for_leaders, first_held
from alerts.access.recipients import is_press_contact_only, leads_alone
from alerts.escalation import UNANSWERED
from alerts.facts import Agenda, Facts, OpenMatter, Phrase, Selection
from alerts.next_date import (
    SchoolDays,
    find_holder,
    is_decided,
    is_ended,
    list_safe,
    next_date,
    put_off,
    seems_over,
    to_decide,
)
from alerts.said_time import time_to_tell
from alerts.wording.digest.headlines import fullest
from alerts.wording.digest.lines import is_open
from alerts.wording.digest.matters import first_of_group, loudness, news_order
from data.cases import Case, Consent, is_police_informed
from data.content_class import BYPASSING
from data.frozen import freeze
from data.ids import number_of
from data.judged import (
    HANDED_IN,
    beyond_cap,
    has_reason,
    in_another_language,
    is_danger,
    is_of_this_hour,
    maybe_grave,
    means_violence,
    route_rank,
    tone_of,
    top_of,
    urgency,
)
from data.matters import Holder, MatterView, PostView, ReaderPart
from data.people import away
from data.steps.codes import BypassRoute, Support, ToWarn
from data.types import (
    ADULTS_OF_THE_SCHOOL,
    Mark,
    Person,
    Relevance,
    Role,
    Route,
    Sentiment,
    Severity,
    StillOpen,
    Verdict,
)

_UNRECORDED, _UNTAKEN = timedelta(days=7), timedelta(hours=1)
_LEADS = ((Role.DSL,), (Role.DEPUTY_DSL,))


def is_restricted_view(alert: MatterView) -> bool:
    return alert.restricted or alert.route is Route.SAFEGUARDING or alert.content_class in BYPASSING


def matter_of_alert(alert: MatterView, facts: Facts) -> Matter:
    """Return an alert's matter, with whom a case of it may accuse, and who was asked next or took it."""
    words = [s.person_id for s in alert.escalated if s.person_id and s.about is not StillOpen.BY_NUMBER]
    words += [alert.acknowledged.person] if alert.acknowledged else []
    given, numbered = (alert.verdicts, alert.alert, facts.school), ids_asked(alert, StillOpen.BY_NUMBER)
    matter = matter_of_story(*given, facts.people, facts.policy, asked=words, numbered=numbered)
    cases = facts.cases_of(alert.story_id)
    return with_more(matter, subjects={i for case in cases for i in case.subjects})


def ids_asked(alert: MatterView, *about: StillOpen) -> frozenset[str]:
    """Ids of those who were asked to take it as it was raised last, or were so `about` that."""
    since = (s for s in alert.escalated if s.times == alert.times and s.about in (about or UNANSWERED))
    first = alert.audience if is_of_this_hour(alert) and not about else ()
    return frozenset((*first, *(s.person_id for s in since if s.person_id)))


def matter_of_known_case(view: MatterView, facts: Facts) -> Matter:
    """The matter that a case is, with whoever its story may accuse, whatever the case's own steps say."""
    grave = [v for v in view.verdicts if v.look or v.severity >= Severity.TODAY]
    matter = matter_of_case(view.cases[0], facts.school, facts.policy)
    return with_more(matter, subjects={*view.excluded, *alleged_in(grave, facts.people)})


def list_restricted(person: Person, facts: Facts) -> tuple[MatterView, ...]:
    """List the open restricted matters that this person sees to, the soonest due first; and what of them may
    be a matter of 999, for whoever reads it and is sent the digest in any case. Of that whoever may only know
    that it exists is told the number too, once nobody has taken it for an hour, or where they were told that
    somebody may be in danger. Whoever was asked to take one that nobody has is told its number in any case,
    restricted or not, unless they read it.

    One that somebody has is open while a case of it is, or something is due, or somebody may be in danger;
    else for a week, for nothing is recorded of it."""
    views = (_view_for_person(person, view, matter, ids, facts) for view, matter, ids in _open(facts))
    seen = [view for view in views if view]
    new = {v.story_id for v in seen if v.began_at and facts.now - v.began_at < _UNRECORDED}
    found = [v for v in seen if v.due or v.numbers or v.holder is None or v.endangers or v.story_id in new]
    return tuple(sorted(found, key=lambda v: (v.due is None, v.due.at if v.due else facts.now, v.number)))


def _open(facts: Facts) -> Iterator[tuple[MatterView, Matter, frozenset[str]]]:
    """Each restricted matter not closed, and any somebody was asked to take by number; with who was asked."""
    raised = {a.story_id for a in facts.alerts if is_restricted_view(a)}
    for alert in facts.alerts:
        if is_restricted_view(alert) or ids_asked(alert, StillOpen.BY_NUMBER):
            cases = facts.cases_of(alert.story_id)
            matter = matter_of_alert(alert, facts)
            yield _bare(alert, matter, cases, facts), matter, ids_asked(alert)
    for case in facts.cases:
        if case.restricted and case.story_id not in raised:
            matter = matter_of_known_case(case, facts)
            if not case.cases[0].closed_at:
                yield _bare(case, matter, case.cases, facts), matter, frozenset()


def _find_holder_here(view: MatterView, cases: Sequence[Case], facts: Facts) -> Holder | None:
    """Find who has it, with these cases of it; None where they have left the school."""
    holder = find_holder(view.acknowledged, cases, view.excluded)
    return holder if holder and any(p.id == holder.person for p in facts.people) else None


def _bare(view: MatterView, matter: Matter, cases: Sequence[Case], facts: Facts) -> MatterView:
    still_open = [case for case in cases if case.closed_at is None]
    holder = _find_holder_here(view, still_open, facts)
    days = SchoolDays(facts.school.nation, facts.zone, facts.calendar)
    locked = view.story_id in facts.locked or any(case.locked for case in cases)
    since = view.raised_at or min(case.opened_at for case in cases)
    return MatterView(
        view.story_id,
        view.urn,
        Access.STATUS,
        number=number_of(view.number, [case.id for case in still_open]),
        numbers=tuple(case.id for case in still_open),
        restricted=is_restricted_view(view),
        locked=locked,
        endangers=is_danger(view)
        and not ((holder or is_ended(view)) and _seems_over(replace(view, cases=tuple(still_open)), facts)),
        warned=view.warned,
        raised_at=view.raised_at,
        from_before=view.from_before,
        began_at=None if locked else since,
        holder=holder,
        due=next_date(view.alert, cases, days, facts.now, had=holder is not None, lane=matter.bypass),
    )


def _view_for_person(
    person: Person, view: MatterView, matter: Matter, asked: Collection[str], facts: Facts
) -> MatterView | None:
    """Return it for this person; None where it does not stand in their digest. Who was `asked` to take it,
    as who is asked first does of an allegation against staff, ACTS."""
    known, is_asked = access(person, matter, facts.people), person.id in asked
    is_target = part_of(person, matter) is ReaderPart.TARGET
    if not known:
        return None
    if is_asked and not is_target and view.holder is None:
        number = replace(view, access=min(known, view.access), part=ReaderPart.ACTS, asked=True)
        return number if view.restricted or known is Access.EXISTS else None
    if not view.restricted:
        return None
    if known is Access.WORDS and not is_target:
        return _view_in_words(person, view, matter, facts)
    return _view_of_danger(person, view, matter, facts, was_asked=is_target and is_asked)


def _view_in_words(person: Person, view: MatterView, matter: Matter, facts: Facts) -> MatterView | None:
    """Return what they may read: who has it, comes first in it or leads in turn ACTS; others see a danger."""
    has = view.holder is not None and view.holder.person == person.id
    is_first = matter.bypass is BypassRoute.STAFF_ALLEGATION and matter.told[:1] == (person.id,)
    able = [p for p in free_of_it(matter, facts.people) if p.email]
    gone = away(able, facts.now)
    in_turn = first_held([p for p in able if p.id not in gone], _LEADS) or first_held(able, _LEADS)
    if has or is_first or person in in_turn:
        return replace(view, part=ReaderPart.ACTS)
    return view if view.endangers and not leads_alone(person) else None


def _view_of_danger(
    person: Person, view: MatterView, matter: Matter, facts: Facts, *, was_asked: bool
) -> MatterView | None:
    """Return of what may endanger somebody that it exists, to who was asked or warned, or after an hour in
    which nobody took it; None of anything else, or of what is from before."""
    if not view.endangers or view.from_before is not None:
        return None
    is_left = view.holder is None and view.raised_at and view.raised_at <= facts.now - _UNTAKEN
    if not (was_asked or is_left or person.id in view.warned):
        return None
    part = ReaderPart.TARGET if person.id in matter.endangered else view.part
    return replace(view, access=Access.EXISTS, part=part)


def count_with_dsl(facts: Facts, chosen: Selection) -> int:
    """Count the restricted matters that are open and that this person may know of, 0 where that reveals
    something: to who was not told of each, unless none accuses an adult of the school or keeps anybody out,
    and the digest holds something else."""
    person, people = chosen.person, facts.people
    untaken = (a for a in facts.alerts if not a.acknowledged and is_restricted_view(a))
    alerts = [a for a in untaken if access(person, matter_of_alert(a, facts), people)]
    raised = {a.story_id for a in alerts}
    still_open = (c for c in facts.cases if c.restricted and not c.cases[0].closed_at)
    unraised = [c for c in still_open if c.story_id not in raised]
    levels = [access(person, matter_of_known_case(c, facts), people) for c in unraised]
    cases = [c for c, level in zip(unraised, levels, strict=True) if level]
    count = len(alerts) + len(cases)
    if all(person.id in a.audience for a in alerts) and Access.EXISTS not in levels:
        return count
    if chosen.quiet or not facts.school_day or any(map(_accuses_or_bars, (*alerts, *cases))):
        return 0
    return count


def _accuses_or_bars(view: MatterView) -> bool:
    """May it accuse an adult of the school, or is somebody kept out of it? Of a case what is recorded counts,
    else each verdict."""
    if view.excluded:
        return True
    if view.cases:
        return bool(view.cases[0].subjects) or view.cases[0].about in ADULTS_OF_THE_SCHOOL
    return any(v.about in ADULTS_OF_THE_SCHOOL or v.subjects or v.subject_person for v in view.verdicts)


def list_to_read(chosen: Selection) -> tuple[dict[str, str], set[str]]:
    """List the posts that may be shown, of the first of each group, each (id) with its story; and the stories
    of which the press tells."""
    first = (one for group in Agenda for one in first_of_group(chosen.of(group)))
    shown = [one.view for one in first if one.wording in (Phrase.LOOK, Phrase.NEWS, Phrase.SAYING)]
    posts = {post: view.story_id for view in shown for post in (view.post_id, view.article_id) if post}
    views = [one.view for one in chosen.matters if one.wording in (Phrase.DECISION, Phrase.CASE, Phrase.HELD)]
    in_press = {view.story_id for view in views if any(v.event for v in view.verdicts)}
    return posts, in_press.union(view.story_id for view in shown if view.article_id)


def with_posts(
    chosen: Selection,
    posts: Mapping[str, PostView],
    printed: Mapping[str, tuple[PostView, ...]],
    people: Collection[Person],
) -> Selection:
    """The same with these posts, by id, in their stories; what is `printed`, by story, under that of its
    headlines that says most. Nothing of danger, nor of what is told by its number."""

    filled = []
    for one in chosen.matters:
        view = one.view
        articles = printed.get(view.story_id, ())
        found = [posts[i] for i in dict.fromkeys((view.post_id, view.article_id)) if i in posts]
        if one.wording in (Phrase.DANGER, Phrase.TO_YOU, Phrase.OF_YOU, Phrase.NUMBER):
            filled.append(one)
        elif best := fullest(articles, people):
            view = replace(view, printed=articles, posts=(best,), post_id=best.id, article_id=best.id)
            filled.append(replace(one, view=view))
        else:
            filled.append(replace(one, view=replace(view, posts=tuple(found))) if found else one)
    return replace(chosen, matters=tuple(filled))


class _PlaceToday(Enum):
    """The place where a story of the day stands, whatever its reader has in hand."""

    DECIDE = auto()
    NEWS = auto()
    HANDED = auto()
    LOOK = auto()
    UNREAD = auto()
    ANSWER = auto()
    PRAISE = auto()
    UNSURE = auto()
    NOTE = auto()


_ASKING = (
    _PlaceToday.DECIDE,
    _PlaceToday.NEWS,
    _PlaceToday.HANDED,
    _PlaceToday.LOOK,
    _PlaceToday.UNREAD,
    _PlaceToday.ANSWER,
)
"""Places that ask for something, so that what is still to be answered has no second line."""


@freeze
class _OpenToPerson:
    """All that a person may know of a school's matters. `alerts` are those whose words they may read, of
    which nobody has those `to_decide`; `cases` those whose state they may know, of which `readable` belong to
    no story that is hidden from them. `stories` and `older` are what was said, and `places` says where each
    of the stories stands; `owed` wants an answer since an earlier digest and has no place today. `held` says
    by story who has what was never raised, `alerted` which stories were."""

    facts: Facts
    person: Person
    alerts: Sequence[MatterView]
    to_decide: Sequence[MatterView]
    cases: Sequence[MatterView]
    readable: Sequence[MatterView]
    stories: Sequence[MatterView]
    owed: Sequence[MatterView]
    older: Sequence[MatterView]
    places: Mapping[_PlaceToday, Sequence[MatterView]]
    held: Mapping[str, Holder]
    alerted: frozenset[str]


def _find_known(facts: Facts, person: Person) -> _OpenToPerson:
    alerts = [view for a in facts.alerts if (view := _known_alert(a, person, facts))]
    cases = [view for c in facts.cases if (view := _known_case(c, person, facts))]
    alerted = frozenset(a.story_id for a in facts.alerts)
    hidden = alerted - {a.story_id for a in alerts}
    stories = _select_known(facts.stories, person, facts, hidden)
    unread = {s.story_id for s in facts.stories} - {s.story_id for s in stories}
    held, places = _find_holders(facts), defaultdict[_PlaceToday, list[MatterView]](list)
    for story in stories:
        places[_place(story, alerted, held)].append(story)
    with_line = alerted.union(s.story_id for place in _ASKING for s in places[place])
    unanswered = _select_known(facts.unanswered, person, facts, hidden)
    return _OpenToPerson(
        facts,
        person,
        alerts,
        to_decide=[a for a in alerts if not a.acknowledged and not is_danger(a)],
        cases=cases,
        readable=[c for c in cases if c.story_id not in hidden | unread],
        stories=stories,
        owed=[s for s in unanswered if s.story_id not in with_line],
        older=_select_known(facts.older, person, facts, hidden),
        places=places,
        held=held,
        alerted=alerted,
    )


def select(facts: Facts, person: Person) -> Selection:
    """Select what of a school's facts a person is told, and where each matter stands for them."""
    known = _find_known(facts, person)
    dangers = _dangers(person, facts, known.cases)
    endangering = {one.view.story_id for one in dangers}
    numbered = [v for v in list_restricted(person, facts) if v.story_id not in endangering]
    found = [*dangers, *_list_by_number(known, numbered), *_list_to_decide(known)]
    more_looks = 0
    if facts.school_day:
        in_hand = _list_in_hand(known, endangering)
        with_line = endangering.union(one.view.story_id for one in in_hand)
        looks, more_looks = _list_looks(known)
        found += [*in_hand, *looks, *_list_news(known), *_list_marked(known, with_line)]
        found += [*_list_from_before(known), *_list_sayings(known)]
    order, had = list(Agenda), (Agenda.MINE, Agenda.OTHERS)
    found = [
        replace(one, late=one.group in had and bool(one.view.cases) and _is_late(one.view, facts))
        for one in found
    ]
    found = sorted(found, key=lambda one: (order.index(one.group), not one.late))
    chosen = _count(known, Selection(person, tuple(found), more_looks=more_looks))
    with_dsl = count_with_dsl(facts, chosen)
    return replace(chosen, with_dsl=with_dsl if sum(v.restricted for v in numbered) < with_dsl else 0)


def _list_by_number(known: _OpenToPerson, numbered: Iterable[MatterView]) -> Iterator[OpenMatter]:
    """List what is told by its number; what endangers its reader as what is aimed at them."""
    for view in numbered:
        if view.endangers:
            to_you = view.part is ReaderPart.TARGET
            yield OpenMatter(view, Agenda.DANGER, Phrase.TO_YOU if to_you else Phrase.NUMBER)
        elif known.facts.school_day:
            group = _group(view, known.person, late=bool(view.due and view.due.late))
            yield OpenMatter(view, group, Phrase.NUMBER)


def _list_to_decide(known: _OpenToPerson) -> Iterator[OpenMatter]:
    """List what was raised and nobody has taken, the gravest first."""
    graver = sorted(
        known.to_decide,
        key=lambda a: (-a.severity, not means_violence(a), -route_rank(a.route or Route.IGNORE)),
    )
    for alert in graver:
        view = _with_open_cases(alert, known.readable, known.facts)
        group = _group(view, known.person, late=_is_late(view, known.facts))
        yield OpenMatter(view, group, Phrase.DECISION)


def _list_in_hand(known: _OpenToPerson, endangering: Collection[str]) -> list[OpenMatter]:
    """List the open cases, and what was raised and somebody took; but for what is to be decided, endangers
    somebody, was closed since, or was put off to a day."""
    facts, deciding = known.facts, {a.story_id for a in known.to_decide}.union(endangering)
    cases = [c for c in known.readable if c.story_id not in deciding and is_open(c, facts)]
    in_hand = [_matter_in_hand(c, Phrase.CASE, known) for c in cases]
    with_line = {c.story_id for c in cases}.union(endangering)
    for alert in known.alerts:
        if not alert.acknowledged or alert.story_id in with_line or is_danger(alert):
            continue
        closed, taken = facts.cases_of(alert.story_id), alert.acknowledged
        if closed and all(case.closed_at is not None and case.closed_at >= taken.at for case in closed):
            continue
        if put_off(taken, known.person, facts.day, facts.zone):
            continue
        in_hand.append(_matter_in_hand(alert, Phrase.HELD, known))
    return in_hand


def _list_looks(known: _OpenToPerson) -> tuple[list[OpenMatter], int]:
    """List what somebody should look at, what may be severity 4 first; and count what is less likely to
    matter than the likeliest share of all, and not listed. What was handed in, or is in a language that is
    not judged, comes on top of the share."""
    ranked = sorted(known.places[_PlaceToday.LOOK], key=lambda s: (-_look_of(s).look_rank, s.story_id))
    room = max(1, int(known.facts.look_share * sum(s.mentions for s in known.stories)))
    room += sum(beyond_cap(_look_of(s)) for s in ranked)
    looks = [*known.places[_PlaceToday.HANDED], *ranked[:room], *known.places[_PlaceToday.UNREAD]]
    looks = sorted(looks, key=lambda s: not maybe_grave(_look_of(s)))
    return [OpenMatter(s, Agenda.LOOK, Phrase.LOOK) for s in looks], len(ranked[room:])


def _look_of(story: MatterView) -> Verdict:
    return story.look or top_of(story)


def _list_news(known: _OpenToPerson) -> Iterator[OpenMatter]:
    """List what the press tells; what somebody has stands with what they have."""
    news = (replace(s, holder=known.held.get(s.story_id)) for s in known.places[_PlaceToday.NEWS])
    for story in sorted(news, key=news_order):
        group = _group(story, known.person, late=False)
        yield OpenMatter(story, Agenda.NEWS if group is Agenda.DECIDE else group, Phrase.NEWS)


def _list_marked(known: _OpenToPerson, in_hand: Collection[str]) -> Iterator[OpenMatter]:
    """List what was never raised and somebody has, unless it has a line or was put off to a day."""
    facts, with_line = known.facts, {*in_hand, *(s.story_id for s in known.places[_PlaceToday.NEWS])}
    for one in facts.marked:
        if one.story_id in with_line or one.story_id not in known.held:
            continue
        if put_off(one.acknowledged, known.person, facts.day, facts.zone):
            continue
        if not _reads(known.person, one, facts):
            continue
        yield _matter_in_hand(replace(one, holder=known.held[one.story_id]), Phrase.HELD, known)


def _list_sayings(known: _OpenToPerson) -> Iterator[OpenMatter]:
    """List what wants an answer, first what did in an earlier digest and was said again; then praise, and
    what may be another school's, the loudest first."""
    since = {s.story_id: s.first_seen for s in known.facts.unanswered}
    today = sorted(known.places[_PlaceToday.ANSWER], key=loudness)
    today = [replace(s, first_seen=since.get(s.story_id)) for s in today]
    grown, new = ([s for s in today if bool(s.first_seen) is owed] for owed in (True, False))
    for story in (*grown, *known.owed, *new):
        yield OpenMatter(story, Agenda.ANSWER, Phrase.SAYING)
    owed = {s.story_id for s in known.owed}
    for group, place in ((Agenda.PRAISE, _PlaceToday.PRAISE), (Agenda.UNSURE, _PlaceToday.UNSURE)):
        for story in sorted((s for s in known.places[place] if s.story_id not in owed), key=loudness):
            yield OpenMatter(story, group, Phrase.SAYING)


def _list_from_before(known: _OpenToPerson) -> Iterator[OpenMatter]:
    """List what was posted before we began and is serious, or to be looked at, if nobody has it."""
    free = [s for s in known.older if s.story_id not in known.alerted and s.story_id not in known.held]
    serious = [s for s in free if _place(s, known.alerted, known.held) is _PlaceToday.DECIDE]
    for story in sorted(serious, key=urgency):
        yield OpenMatter(story, Agenda.BEFORE, Phrase.SAYING)
    for story in (s for s in free if s.look and s not in serious):
        yield OpenMatter(story, Agenda.BEFORE, Phrase.LOOK)


def _count(known: _OpenToPerson, chosen: Selection) -> Selection:
    """Add what is told by its number alone: what is new, was lost, is open for long, or was said."""
    facts, person = known.facts, known.person
    raised = {a.alert_id for a in known.alerts} | {
        a.alert_id for a in facts.alerts if person.id in a.audience
    }
    untaken = (a for a in known.alerts if not a.acknowledged)
    chosen = replace(
        chosen,
        new_to_decide=sum(a.updated_at is not None and a.updated_at >= facts.window.since for a in untaken),
        undelivered=tuple(  # a case without an alert does not tell who may know of it
            m for m in facts.undelivered if m.alert_id in raised or (m.alert_id is None and m.kind != "case")
        ),
        open_to_others=acts_for_leaders(person) and _is_open_to_others(known, chosen),
    )
    if not facts.school_day:
        return chosen
    account = replace(matter_of_account(facts.school), policy=facts.policy)
    of_all = access(person, account, facts.people) is Access.WORDS
    long_had = sum(person.id in holders for holders in facts.long_had)
    about, older = (
        sum(s.mentions for s in of if s.relevance is Relevance.ABOUT) for of in (known.stories, known.older)
    )
    return replace(chosen, long_open=long_had + facts.unlisted * of_all, about=about, older=older)


def _is_open_to_others(known: _OpenToPerson, chosen: Selection) -> bool:
    """Is something open of which they are told nothing, though it has no conflict with them?"""
    facts, person = known.facts, known.person
    with_line = {one.view.story_id for one in chosen.matters}
    others = (matter_of_alert(a, facts) for a in facts.alerts if a.story_id not in with_line)
    apart = (m for m in others if access(person, m, facts.people) is Access.NOTHING)
    return any(not has_conflict(person, m, facts.people) for m in apart)


def _matter_in_hand(view: MatterView, wording: Phrase, known: _OpenToPerson) -> OpenMatter:
    late = _is_late(view, known.facts) if wording is Phrase.CASE else False
    group = _group(view, known.person, late=late)
    return OpenMatter(view, Agenda.OTHERS if group is Agenda.DECIDE else group, wording)


def _group(view: MatterView, person: Person, *, late: bool) -> Agenda:
    if view.holder is not None:
        return Agenda.MINE if view.holder.person == person.id else Agenda.OTHERS
    return Agenda.OVERDUE if late else Agenda.DECIDE


def _is_late(view: MatterView, facts: Facts) -> bool:
    if view.cases:
        return any(case.late(facts.now) for case in view.cases)
    if view.alert is None or is_decided(view.notes, view.raised_at):
        return False
    days = SchoolDays(facts.school.nation, facts.zone, facts.calendar)
    return to_decide(view.alert, days, facts.now, view.said_time).late


def their_own(chosen: Selection) -> Selection:
    """Matters of a person who is sent no digest: mailed to them, in their hands, or aimed at them."""
    groups = (Agenda.DANGER, Agenda.MINE, Agenda.OVERDUE, Agenda.DECIDE, Agenda.OTHERS)

    def is_theirs(view: MatterView) -> bool:
        has = view.holder is not None and view.holder.person == chosen.person.id
        return has or chosen.person.id in view.audience or view.part is not ReaderPart.OTHER

    theirs = tuple(one for one in chosen.of(*groups) if is_theirs(one.view))
    return Selection(chosen.person, theirs, open_to_others=chosen.open_to_others)


def for_part_of_it(chosen: Selection) -> Selection:
    """The same; of somebody who is not of the leadership their part: of a safeguarding lead what may be a
    matter of 999 and the restricted matters, where nothing was handed in; of a press contact the press; of
    both what they were asked to take."""
    person = chosen.person
    press = is_press_contact_only(person)
    looks = (one.view.look for one in chosen.matters if one.wording is Phrase.LOOK and one.view.look)
    handed_in = any(has_reason(look, HANDED_IN) for look in looks)
    if not press and (handed_in or not leads_alone(person)):
        return chosen

    def is_part(one: OpenMatter) -> bool:
        first = one.view.holder is None and person.id in one.view.audience
        if one.group is Agenda.MINE or first or one.wording in (Phrase.NUMBER, Phrase.TO_YOU, Phrase.OF_YOU):
            return True
        if one.wording is Phrase.DANGER:
            return not press or (one.view.holder is None and person.id in ids_asked(one.view))
        if one.wording is Phrase.DECISION and one.view.holder is None:
            return press or person.id in ids_asked(one.view, *UNANSWERED)
        return press and one.wording in (Phrase.NEWS, Phrase.HELD)

    return Selection(person, tuple(filter(is_part, chosen.matters)), alone=True)


def _dangers(person: Person, facts: Facts, cases: Iterable[MatterView]) -> list[OpenMatter]:
    """List what may be a matter of 999; what is aimed at them comes first, then what nobody has."""
    found, barred = list[OpenMatter](), set[str]()
    still_open = [c for c in cases if not c.cases[0].closed_at]
    for alert in facts.alerts:
        matter = matter_of_alert(alert, facts)
        known = access(person, matter, facts.people)
        of_it = [c for c in still_open if c.story_id == alert.story_id]
        if known >= Access.STATUS and not is_restricted_view(alert):
            if is_danger(alert):
                found.append(_raised_danger(replace(alert, access=known), person, matter, of_it, facts))
        elif known is not Access.EXISTS or not any(case.is_returned for c in of_it for case in c.cases):
            barred.add(alert.story_id)  # nor is a case of it known to them, whatever its own steps say
    barred |= {d.view.story_id for d in found}
    for case in still_open:
        if is_danger(case) and case.story_id not in barred:
            found += _danger_of_case(case, person, still_open, facts)
    return sorted(found, key=lambda d: (d.view.part is not ReaderPart.TARGET, d.view.holder is not None))


def _raised_danger(
    alert: MatterView, person: Person, matter: Matter, cases: Sequence[MatterView], facts: Facts
) -> OpenMatter:
    """Return what was raised, with its open cases: whoever has it deals with it, as who was told of it does;
    and its words are not for a list whose reader it threatens."""
    held = find_holder(alert.acknowledged, [case for c in cases for case in c.cases], alert.excluded)
    if held and held.person == person.id:
        matter = replace(matter, told=(*matter.told, person.id))
    part = part_of(person, matter)
    known = min(alert.access, Access.STATUS) if part is ReaderPart.TARGET else alert.access
    return _danger(replace(alert, access=known, part=part), person, matter, cases, facts)


def _danger_of_case(
    case: MatterView, person: Person, cases: Sequence[MatterView], facts: Facts
) -> Iterator[OpenMatter]:
    """Yield the danger of which there is a case alone, unless it is over and not aimed at this person."""
    matter, first = matter_of_known_case(case, facts), case.cases[0]
    seen = _case_to_threat(case) if first.threatens else replace(case, route=first.route)
    one = _danger(replace(seen, part=part_of(person, matter)), person, matter, cases, facts)
    if one.view.part is ReaderPart.TARGET or not (one.may_be_over and is_ended(case)):
        yield one


def _case_to_threat(case: MatterView) -> MatterView:
    """Return the case as a threat, whatever lane it was judged to be in before a person said so."""
    about, route = case.cases[0].about, Route.POLICE_NOW
    judged = ((v, replace(v, route=route, abuse=("threat",), about=about)) for v in case.verdicts)
    return replace(case, route=route, verdicts=tuple(threat if v.restricted else v for v, threat in judged))


def _danger(
    view: MatterView, person: Person, matter: Matter, cases: Iterable[MatterView], facts: Facts
) -> OpenMatter:
    """Add its open cases, holder and gaps; its post not for whoever may only know how far it is."""
    view = _with_open_cases(view, cases, facts)
    holder = _find_holder_here(view, view.cases, facts)
    posts = view.posts if view.access is Access.WORDS else ()
    of_them = Phrase.TO_YOU if person.id in matter.endangered else Phrase.OF_YOU
    wording = of_them if view.part is ReaderPart.TARGET else Phrase.DANGER
    view = replace(view, holder=holder, posts=posts)
    over = _seems_over(view, facts)
    held = _group(view, person, late=False) if holder else Agenda.DANGER
    if view.part is ReaderPart.TARGET:  # of what threatens them their own word counts
        held = Agenda.OTHERS if over and person.id in list_safe(view) else Agenda.DANGER
    unrecorded = list_unrecorded(view, matter.threatened)
    return OpenMatter(view, held if over else Agenda.DANGER, wording, unrecorded, may_be_over=over)


def _seems_over(view: MatterView, facts: Facts) -> bool:
    """May the danger be over? Once somebody has it too, it stands in the red block no more (0073)."""
    post, said = view.post, view.said_time
    if post is not None and post.words and view.story_id not in facts.locked:
        said = time_to_tell(post, facts.calendar, facts.zone, danger=True) or said
    return seems_over(view, said, facts.people, facts.now, facts.zone, denied=view.story_id in facts.over)


def list_unrecorded(view: MatterView, aimed: Collection[str]) -> tuple[str, ...]:
    """List what is unrecorded where violence is meant: police, target, gate; nothing to the target."""
    violent = view.route is Route.POLICE_NOW or means_violence(view) or any(c.threatens for c in view.cases)
    if view.part is ReaderPart.TARGET or not violent:
        return ()
    aimed = {*aimed, *(c.target for c in view.cases if c.target)}
    done = {
        "police": is_police_informed(view.cases),
        "target": not aimed
        or any(  # warned, asked for consent or offered support
            ToWarn.TARGET in c.warned or (c.consent, c.support) != (Consent.NOT_ASKED, Support.NOT_OFFERED)
            for c in view.cases
        ),
        "site": any(ToWarn.SITE in c.warned for c in view.cases),
    }
    return tuple(what for what, recorded in done.items() if not recorded)


def _known_alert(alert: MatterView, person: Person, facts: Facts) -> MatterView | None:
    if is_restricted_view(alert):
        return None
    matter = matter_of_alert(alert, facts)
    if access(person, matter, facts.people) is not Access.WORDS:
        return None
    cases = facts.cases_of(alert.story_id)
    holder = find_holder(alert.acknowledged, cases, alert.excluded) if alert.acknowledged else None
    return replace(alert, part=part_of(person, matter), holder=holder)


def _with_open_cases(alert: MatterView, cases: Iterable[MatterView], facts: Facts) -> MatterView:
    """Add to what is to be decided its open cases, and what the first of them waits for."""
    still_open = [c for c in cases if c.story_id == alert.story_id and not c.cases[0].closed_at]
    if not still_open:
        return alert
    first = still_open[0]
    return replace(
        alert,
        cases=tuple(case for c in still_open for case in c.cases),
        number=first.number,
        asked_at=first.asked_at,
        gone_at=first.gone_at,
        back_at=first.back_at,
        answer=first.answer,
        holder=_find_holder_here(replace(first, excluded=alert.excluded), first.cases, facts),
    )


def _known_case(case: MatterView, person: Person, facts: Facts) -> MatterView | None:
    """Return a case for this person, None where not told; its post only where they may read it."""
    known = access(person, matter_of_known_case(case, facts), facts.people)
    if case.restricted or known < Access.STATUS:
        return None
    holder = _find_holder_here(case, case.cases, facts)
    posts = case.posts if known is Access.WORDS and not case.locked else ()
    return replace(case, access=known, holder=holder, posts=posts)


def _find_holders(facts: Facts) -> dict[str, Holder]:
    """Find who has what was never raised, by story; none where they left, or may not read it any more."""
    here = {p.id: p for p in facts.people}
    found = {}
    for m in (m for m in facts.marked if m.mark is None or m.mark.mark is Mark.TAKEN):
        cases = facts.cases_of(m.story_id)
        holder = find_holder(m.acknowledged, cases, m.excluded)
        if holder and holder.person in here and _reads(here[holder.person], m, facts):
            found[m.story_id] = holder
    return found


def _select_known(
    stories: Iterable[MatterView], person: Person, facts: Facts, hidden: Collection[str]
) -> list[MatterView]:
    """Select those this person may know of, by whether anything grave may mean them; alike as one."""
    known: dict[tuple[object, ...], bool] = {}
    found = []
    for story in stories:
        of_it = (story.top, *story.looks)
        grave = tuple(v for v in of_it if v and (v.look or v.severity >= Severity.TODAY))
        key = (grave, story.excluded, facts.raised.get(story.story_id), _is_press_alone(story))
        if key not in known:
            known[key] = _reads(person, story, facts, grave)
        if known[key] and story.story_id not in hidden:
            found.append(story)
    return found


def _place(story: MatterView, alerted: Collection[str], held: Mapping[str, Holder]) -> _PlaceToday:
    """The one place where a story stands. What is grave stands with its alert; nobody is asked about what
    somebody has, though the news tells of it."""
    top = top_of(story)
    if story.story_id in alerted or top.severity >= Severity.TODAY:
        return _PlaceToday.DECIDE
    if story.article_id or (top.event is not None and story.articles):
        return _PlaceToday.NEWS
    if story.story_id in held:
        return _PlaceToday.NOTE
    if story.look is not None and has_reason(story.look, HANDED_IN):
        return _PlaceToday.HANDED
    if story.look is not None:
        return _PlaceToday.UNREAD if in_another_language(story.look) else _PlaceToday.LOOK
    if top.route is Route.RESPOND:
        return _PlaceToday.ANSWER
    if top.route is Route.THANK or tone_of(top) is Sentiment.POSITIVE:
        return _PlaceToday.PRAISE
    return _PlaceToday.UNSURE if story.relevance is Relevance.UNSURE else _PlaceToday.NOTE


def _reads(person: Person, view: MatterView, facts: Facts, grave: Sequence[Verdict] | None = None) -> bool:
    grave = [v for v in view.verdicts if v.look or v.severity >= Severity.TODAY] if grave is None else grave
    raised = facts.raised.get(view.story_id)
    matter = matter_of_story(grave, raised, facts.school, facts.people, facts.policy)
    known = matter.facts - {Fact.PRESS} | ({Fact.PRESS} if _is_press_alone(view) else set())
    matter = replace(with_more(matter, subjects=view.excluded), facts=known)
    return access(person, matter, facts.people) is Access.WORDS


def _is_press_alone(view: MatterView) -> bool:
    return view.top is not None and view.top.event is not None and view.articles == view.mentions
