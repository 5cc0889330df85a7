"""Today: what is open, by the very reading that their digest is composed of. Danger first, then what they
have, what is late, what nobody has; what others have is folded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit

from starlette.responses import Response

from alerts.access.knowing import Act, who_may
from alerts.access.matter import meant_as
from alerts.access.offices import SENIORITY, administers, answers_for_data, governs, holders
from alerts.access.recipients import people_for_repairs
from alerts.facts import Agenda, Facts, OpenMatter, Phrase, SchoolPart, Selection
from alerts.layout.note import clean_line
from alerts.links import DeskLinks
from alerts.select import for_part_of_it, their_own
from alerts.wording.digest import lines
from alerts.wording.digest.compose import count_further, line_of, the_day
from alerts.wording.digest.matters import adverse, answerer, first_of_group
from alerts.wording.digest.view import Line, Saying, no_term, say_what_stopped
from alerts.wording.matters import who_is_away
from data.frozen import freeze
from data.judged import calls_for_alert, stamp
from data.matters import ReaderPart
from data.people import people_of, schools_of
from data.store import privacy as privacy_store
from data.store.alerts import aimed_at_one
from data.store.engine.connect import Connection
from data.store.owners import stories_asked, stories_noted
from data.types import Person, Route, School
from data.words.say import Words, capital, words
from monitor.act.mark import Handling
from monitor.act.matter import DONE, Wish, asks_for_something, list_wishes, own_matters
from monitor.act.requests import list_offices
from monitor.config.load import Config
from monitor.desk.matter.telling import own_word_key
from monitor.desk.page import DeskRequest
from monitor.matters.assessment import ImpactAssessment, find_assessment
from monitor.matters.reader import Session, waiting_requests
from monitor.matters.searching import alarm_unanswered
from monitor.matters.today import central_team, digest_readers, open_today, readers_beside

# What is open for somebody at one school. Pure.

_PLACES = 12
_OF_STORY = 6
_PAGES = {
    "to_sign": "/reports",
    "not_seen": "/sources",
    "off": "/sources",
    "undelivered": "/people",
    "more": "/matters?state=open",
}
"""Where on this site a line of such a group leads that tells of no one matter."""


@freeze
class Cards:
    """One group: how many there are, and the cards of the first of them. `key` names it for a test."""

    key: str
    heading: str
    cards: tuple[Line, ...]
    count: int


@freeze
class Day:
    """One school's open matters: `danger` first, what `needs` them, and the rest `folded`."""

    urn: str
    school: str
    danger: tuple[Cards, ...]
    needs: tuple[Cards, ...]
    folded: tuple[Cards, ...]
    lead: tuple[str, ...] = ()
    foot: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """The number of things that need them, but for what is dangerous."""
        return sum(group.count for group in self.needs)

    @property
    def groups(self) -> Iterator[Cards]:
        """All of it."""
        yield from (*self.danger, *self.needs, *self.folded)


def make_day(facts: Facts, chosen: Selection, *, sent: bool) -> Day:
    """Gather what is open at one school for one reader, who is `sent` its digest or a part of that, or is
    not: then only what is theirs, and for whoever looks after Schoolgate what went wrong."""
    mends = chosen.person in people_for_repairs(facts.people)
    undelivered, with_dsl = chosen.undelivered if sent or mends else (), chosen.with_dsl
    chosen = for_part_of_it(chosen) if sent else their_own(chosen)
    say = Saying(facts, chosen.person, words(facts.school.language), at_desk=True)
    w = say.w
    danger = chosen.of(Agenda.DANGER)
    to_you = [one for one in danger if one.wording is Phrase.TO_YOU]
    others = [one for one in danger if one.wording is not Phrase.TO_YOU]
    untaken = "grave" if any(one.view.holder is None for one in others) else "grave_taken"
    news, answer = chosen.of(Agenda.NEWS), chosen.of(Agenda.ANSWER)
    answers = chosen.person in holders(facts.people, answerer(say))
    bad = tuple(one for one in news if adverse(one.view))
    order = (Agenda.MINE, Agenda.OVERDUE, Agenda.DECIDE, Agenda.LOOK, Agenda.NEWS, Agenda.ANSWER)
    asks = {group: chosen.of(group) for group in (*order, Agenda.BEFORE)}
    asks |= {Agenda.NEWS: bad, Agenda.ANSWER: answer if answers else ()}
    needs = [_cards(say, group, w(f"digest.heading.{group}"), found) for group, found in asks.items()]
    signing = lines.to_sign(say, chosen.person) if sent else []
    lost = lines.undelivered_lines(say, undelivered)
    lists_unseen = facts.school_day and (sent or mends) and not facts.first_looks
    listed = facts.not_seen if lists_unseen else ()
    work = [n for n in listed if mends and n.needs_work]
    unseen = lines.unseen_places(say, [n for n in listed if n not in work], _PLACES)
    off = lines.switched_off(say) if facts.school_day else []
    over = tuple(lines.over(say))
    needs.append(Cards("over", w("digest.heading.over"), over, len(over)))
    needs.append(_other_cards(say, "to_sign", signing))
    theirs = chosen.of(Agenda.OTHERS) + (() if answers else answer)
    folded = [_cards(say, Agenda.OTHERS, w("digest.heading.others"), theirs)]
    good = tuple(one for one in news if one not in bad)
    folded.append(_cards(say, Agenda.NEWS, w("digest.heading.news"), good))
    (needs if mends else folded).append(_other_cards(say, "undelivered", lost, leads=mends))
    needs.append(_other_cards(say, "not_seen", map(Line, (lines.not_seen(say, n) for n in work))))
    folded.append(_other_cards(say, "not_seen", map(Line, unseen), leads=mends))
    folded.append(_other_cards(say, "off", map(Line, off)))
    for group in (Agenda.PRAISE, Agenda.UNSURE):
        folded.append(_cards(say, group, w(f"digest.heading.{group}"), chosen.of(group)))
    folded.append(_other_cards(say, "more", map(Line, count_further(say, chosen))))
    elsewhere = [Line(w("digest.open_to_others"))] if chosen.open_to_others else []
    folded.append(_other_cards(say, "open_to_others", elsewhere, leads=False))
    apart = [w("digest.dsl_line", count=w.number(with_dsl))] if sent and with_dsl else []
    return Day(
        facts.school.urn,
        facts.school.name,
        danger=_some(
            _cards(say, "danger_to_you", w("desk.today.danger_to_you"), to_you),
            _cards(say, Agenda.DANGER, w(f"digest.heading.{untaken}"), others),
        ),
        needs=_some(*needs),
        folded=_some(*folded),
        lead=_lead(say),
        foot=(*apart, *(who_is_away(facts.people, facts.now, facts.zone, w) if sent else ())),
    )


def _some(*groups: Cards) -> tuple[Cards, ...]:
    return tuple(group for group in groups if group.count)


def _cards(say: Saying, key: str, heading: str, found: Sequence[OpenMatter]) -> Cards:
    """Make the lines of the digest, each with the number that tells it from others like it."""
    cards = []
    for one in first_of_group(found):
        line, number = line_of(say, one), one.view.number or one.view.story_id[:_OF_STORY].upper()
        shown = one.view.number if one.wording is Phrase.NUMBER else ""  # its line says it
        where = " · ".join(filter(None, (line.where, "" if shown else number)))
        cards.append(replace(line, where=where, ref=number, opens=line.opens if one.view.asked else ""))
    return Cards(key, heading, tuple(cards), len(found))


def _other_cards(say: Saying, key: str, found: Iterable[Line], *, leads: bool = True) -> Cards:
    """List what is no one matter, each with the page on which it is seen to, where that is theirs."""
    told = tuple(replace(line, page=_PAGES[key] if leads else None) for line in found)
    return Cards(key, say.w(f"digest.heading.{key}"), told, len(told))


def with_first(day: Day, more: Mapping[str, Sequence[Line]], own: Collection[str], w: Words) -> Day:
    """The day with these lines first, by group: what endangers them among what is dangerous, the rest among
    what needs them; `own` are the stories that are aimed at them, of which nothing else is said."""

    def others(group: Cards) -> Cards:
        left = tuple(
            x for x in group.cards
            if not ((v := x.matter) and v.story_id in own and v.part is ReaderPart.TARGET and not v.words)
        )  # fmt: skip
        return replace(group, cards=left, count=group.count - len(group.cards) + len(left))

    first = [Cards(k, w(f"desk.today.{k}"), tuple(said), len(said)) for k, said in more.items() if said]
    grave = [group for group in first if group.key == "danger_to_you"]
    danger = (*grave, *(others(group) for group in day.danger))
    needs = (*(group for group in first if group not in grave), *(others(group) for group in day.needs))
    return replace(day, danger=_some(*danger), needs=_some(*needs), folded=_some(*map(others, day.folded)))


def _lead(say: Saying) -> tuple[str, ...]:
    """Say how long we could not work, when was last looked, how much was read, which days count."""
    facts, w = say.facts, say.w
    n, last = facts.places, facts.last_read
    when = say.lately(last) if last else ""
    read = say.count("desk.today.read", n) if n else w("desk.today.blind" if last else "desk.today.never")
    read = lines.nothing_read(say) if facts.first_looks else read
    said = f"{the_day(say)}, {w.clock(facts.now, facts.zone)}. {read}"
    looked = w("desk.today.last", when=when) if last else ""
    days = no_term(say) if facts.school_day else w("digest.grave_only")
    looks = " ".join(filter(None, (said, looked)))
    return tuple(filter(None, (say_what_stopped(say), looks, days)))


# The page.

_OF_SEVERAL = 3
"""So many cards of a group are shown of each of several schools."""
_A_MOMENT = timedelta(minutes=1)


def show_today(asking: DeskRequest, con: Connection) -> Response:
    """Show the page of whoever is signed in, or one school of it."""
    config, who, w = asking.config, asking.signed_in, asking.w
    days = _days(asking, con, who.person)
    one = [day for day in days if day.urn == asking.query["school"]]
    here = [
        d for d in one or days if any(d.groups) or _comes_daily(config, who.person, _school(config, d.urn))
    ]
    here.sort(key=lambda day: (not day.danger, not day.count))
    n, danger = sum(day.count for day in here), sum(group.count for day in here for group in day.danger)
    counted = {"n": n, "count": w.number(n)} if n else {}
    if danger:
        heading = w("desk.today.danger_too", **counted) if n else w("desk.today.danger")
    else:
        heading = capital(w("desk.today.need", **counted) if n else w("desk.today.none"))
    if len(here) > 1:  # of danger all is shown
        here = [
            replace(d, needs=tuple(replace(g, cards=g.cards[:_OF_SEVERAL]) for g in d.needs), folded=())
            for d in here
        ]
    found = find_assessment(con, config, asking.now)
    looks = found is ImpactAssessment.ONLY_LOOKS
    here = [replace(d, lead=()) for d in here] if looks else here  # no first reading is due
    heading = w("assessment.heading") if looks and not (n or danger) else heading
    heading = heading if here else w("desk.nav.today")
    mended = [s.urn for s in who.schools if who.person in people_for_repairs(people_of(s, config.people))]
    alarm = bool(mended) and alarm_unanswered(con, config, mended)
    heading = w("desk.today.unanswered") if alarm and not (n or danger) else heading
    given = {"heading": heading, "days": here, "count": n + danger, "alarm": alarm}
    named = holders([p for s in who.schools for p in people_of(s, config.people)], *SENIORITY)
    names = w.list_items([clean_line(p.name) for p in named if config.without_mail])
    given["no_mail"] = w("desk.today.no_mail", names=names) if names else ""
    signs = found is ImpactAssessment.MISSING and answers_for_data(who.person)
    given["assessment"] = w(f"assessment.{found}") if signs or looks else ""
    given["may_look"] = looks and administers(who.person)
    leads = [("/sources", w("desk.school.sources")), ("/machine", w("desk.school.machine"))] if mended else []
    reads = governs(who.person) or (who.reads_reports and not here)
    leads += [("/reports", w("reports.nav"))] if reads else []
    given["leads"] = leads  # whoever looks after the machine; and a governor, whatever Today holds
    given |= {"path": line_path, "take": partial(take_fields, asking)}
    return asking.render("today.html", page="today", **given)


def _days(asking: DeskRequest, con: Connection, person: Person) -> list[Day]:
    context, links = asking.context, asking.links
    links = DeskLinks(links.base_url, links.secret, links.mails)
    parts = open_today(con, context.config, person, asking.now, links, asking.book, recent=asking.recent)
    sent = [_is_sent(context.config, person, part.facts.school) for part in parts]
    days = [make_day(part.facts, part.chosen, sent=one) for part, one in zip(parts, sent, strict=True)]
    return _with_own(asking, con, person, days, parts)


def _list_wishes(
    asking: DeskRequest, con: Connection, session: Session, parts: Sequence[SchoolPart]
) -> list[tuple[str, str, Wish]]:
    """List what somebody whom a matter is aimed at asked for, and is this reader's to do: they have it, or
    decide in what nobody has. Each with its story and school."""
    me, found = session.person, list[tuple[str, str, Wish]]()
    for facts in (part.facts for part in parts):
        w, urn = words(facts.school.language), facts.school.urn
        wished = (c.story_id for c in facts.cases if any(map(asks_for_something, c.cases)))
        stories = {*wished, *stories_noted(con, urn, [w(f"case.target.{code}") for code in DONE])}
        if not stories:
            continue
        known = session.look(con, dict.fromkeys(sorted(stories), urn))
        for story in known.stored.by_story:
            holder, matter = known.stored.holder(story), known.stored.by_story[story]
            mine = holder.person == me.id if holder else me in who_may(Act.DECIDE, matter, facts.people)
            if mine and known.words(story):
                h = Handling(con, session, story, urn, asking.now)
                found += [(story, urn, wish) for wish in list_wishes(h, known)]
    return found


def _with_own(
    asking: DeskRequest, con: Connection, person: Person, days: list[Day], parts: Sequence[SchoolPart]
) -> list[Day]:
    """Add what is aimed at their reader, what was asked of them, what they are asked to agree to, and overdue
    requests."""
    context = asking.context
    session, at_desk = Session(context.config, asking.store, person, context), context.links.at_desk
    urns = [day.urn for day in days]
    aimed = aimed_at_one(con, person.id, meant_as(person), urns)
    own = own_matters(con, session, urns, asking.now) if aimed else []
    asked = [
        (story, urn, one)
        for story, urn in stories_asked(con, urns).items()
        for one in waiting_requests(con, session, session.look(con, {story: urn}), story, urn)
    ]
    late = privacy_store.overdue_requests(con, asking.now)
    if late:
        ours = {one.school.urn for one in list_offices(asking.store, context.config, person)}
        late = tuple(one for one in late if one.urn in ours)
    wishes = _list_wishes(asking, con, session, parts)
    if not (own or asked or late or wishes):
        return days
    names, found = {p.id: p.name for p in context.config.people}, []
    for day in days:
        w = words(_school(context.config, day.urn).language)
        theirs = [one for one in own if one.urn == day.urn]
        said = [
            (Line(w(own_word_key(one)), page=at_desk(one.story_id)), one.threatened and not one.is_safe)
            for one in theirs
        ]
        danger, wrongs = ([line for line, threat in said if threat is wanted] for wanted in (True, False))
        agree = [
            Line(w("page.agree.asks",
                   who=names.get(one.person_id, ""), what=w(f"instant.second.what.{one.kind}")),
                 page=at_desk(story))
            for story, urn, one in asked
            if urn == day.urn
        ]  # fmt: skip
        owed = [
            Line(w("desk.today.request_late", request=one.id, kind=w(f"privacy.owed.kind.{one.kind}")),
                 about=w("requests.state.late", day=w.full_day(one.due_at - _A_MOMENT, context.config.zone)),
                 page=f"/requests/{one.id}")
            for one in late
            if one.urn == day.urn and one.due_at
        ]  # fmt: skip
        wanted = [
            Line(w(f"page.wish.{wish.code}", who=names.get(wish.person, w("matter.by.somebody"))),
                 page=at_desk(story))
            for story, urn, wish in wishes
            if urn == day.urn
        ]  # fmt: skip
        first = {"danger_to_you": danger, "wishes": wanted, "own": wrongs, "agree": agree}
        first["requests_late"] = owed
        found.append(with_first(day, first, {one.story_id for one in own}, w))
    return found


def _school(config: Config, urn: str) -> School:
    return next(school for school in config.schools if school.urn == urn)


def landing_address(asking: DeskRequest, con: Connection, person: Person, to: str) -> str:
    """Return where somebody begins who wanted to go `to`: Today only if something there is theirs."""
    config, here = asking.config, schools_of(person, asking.config.schools)
    if to != "/" or any(_comes_daily(config, person, school) for school in here):
        return to
    return to if any(any(day.groups) for day in _days(asking, con, person)) else "/tell"


def _comes_daily(config: Config, person: Person, school: School) -> bool:
    """Is there a page for them on a day without anything as well?"""
    return _is_sent(config, person, school) or person in people_for_repairs([person])


def _is_sent(config: Config, person: Person, school: School) -> bool:
    here = digest_readers(config, school, [person], ()) or readers_beside(school, [person], ())
    return bool(here or central_team(config, [person]))


def take_fields(asking: DeskRequest, line: Line) -> Mapping[str, str]:
    """Return the fields by which they take it; none where its page does not offer that first."""
    view = line.matter
    if not (line.page and view and view.words) or view.is_sealed or view.holder or view.acknowledged:
        return {}
    asks = view.top is not None and view.top.route is Route.RESPOND and not calls_for_alert(view.top)
    answers = stamp(view.story_id, 0, ()) if asks and view.look is None else ""  # it was never raised
    told = view.stamp if line.decide else answers
    proof = asking.links.proof(line_path(line).rpartition("/")[2], asking.now)
    return {"form": asking.token, "proof": proof, "told": told} if told else {}


def line_path(line: Line) -> str:
    """Return where on this site the page lies of what a line tells, "" where it has none."""
    at = urlsplit(line.page or "")
    return f"{at.path}?{at.query}" if at.query else at.path
