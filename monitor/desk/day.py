"""What is open for somebody at one school, as the desk shows it. Pure.

Danger first; then what they have, what is late, and what nobody has; what others have is folded. It is what
their digest tells, but for thanks, and people are called by their names.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from alerts.access.recipients import menders
from alerts.digest.select import for_part_of_it, their_own
from alerts.facts import Agenda, Facts, OpenMatter, Phrase, Selection
from alerts.wording.digest import lines
from alerts.wording.digest.compose import line_of, the_day
from alerts.wording.digest.matters import adverse, is_to_answer, shown_first
from alerts.wording.digest.reader import Saying, no_term, stopped
from alerts.wording.digest.view import Line
from alerts.wording.matters import who_is_away
from data.matters import ReaderPart
from data.words.say import Words, words

_MOST_OF_DANGER, _MOST_PLACES = 6, 12
_OF_STORY = 6
_PAGES = {"to_sign": "/reports", "not_seen": "/sources", "undelivered": "/people"}
"""Where on this site a line of such a group leads that tells of no one matter."""


@dataclass(frozen=True, slots=True)
class Cards:
    """One group: how many there are, and the cards of the first of them. `key` names it for a test."""

    key: str
    heading: str
    cards: tuple[Line, ...]
    count: int


@dataclass(frozen=True, slots=True)
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
        """How many things need them, but for what is dangerous."""
        return sum(group.count for group in self.needs)

    @property
    def groups(self) -> Iterator[Cards]:
        """All of it."""
        yield from (*self.danger, *self.needs, *self.folded)


def day_of(facts: Facts, chosen: Selection, *, sent: bool) -> Day:
    """What is open at one school for one reader, who is `sent` its digest or a part of that, or is not: then
    only what is theirs, and for whoever looks after Schoolgate what went wrong.
    """
    mends = chosen.person in menders(facts.people)
    undelivered, with_dsl = chosen.undelivered if sent or mends else (), chosen.with_dsl
    chosen = for_part_of_it(chosen) if sent else their_own(chosen)
    say = Saying(facts, chosen.person, words(facts.school.language), at_desk=True)
    w = say.w
    danger = chosen.of(Agenda.DANGER)
    to_you = [one for one in danger if one.wording is Phrase.TO_YOU]
    others = [one for one in danger if one.wording is not Phrase.TO_YOU]
    untaken = "grave" if any(one.view.holder is None for one in others) else "grave_taken"
    news, answer, answers = chosen.of(Agenda.NEWS), chosen.of(Agenda.ANSWER), is_to_answer(say)
    bad = tuple(one for one in news if adverse(one.view))
    needs = [
        _cards(say, group, w(f"digest.heading.{group}"), found)
        for group, found in (
            *(
                (group, chosen.of(group))
                for group in (Agenda.MINE, Agenda.OVERDUE, Agenda.DECIDE, Agenda.LOOK)
            ),
            (Agenda.NEWS, bad),
            (Agenda.ANSWER, answer if answers else ()),
            (Agenda.BEFORE, chosen.of(Agenda.BEFORE)),
        )
    ]
    signing = lines.to_sign(say, chosen.person) if sent else []
    lost = lines.undelivered(say, undelivered)
    unseen = (
        lines.places(say, facts.not_seen, _MOST_PLACES)[0] if facts.school_day and (sent or mends) else []
    )
    needs.append(_told(say, "to_sign", signing))
    theirs = chosen.of(Agenda.OTHERS) + (() if answers else answer)
    folded = [_cards(say, Agenda.OTHERS, w("digest.heading.others"), theirs)]
    good = tuple(one for one in news if one not in bad)
    folded.append(_cards(say, Agenda.NEWS, w("digest.heading.news"), good))
    faults = [
        _told(say, key, found, leads=mends)
        for key, found in (("undelivered", lost), ("not_seen", [Line(one) for one in unseen]))
    ]
    (needs if mends else folded).extend(faults)
    folded.append(_cards(say, Agenda.UNSURE, w("digest.heading.unsure"), chosen.of(Agenda.UNSURE)))
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
    first = shown_first(found, say.shown.get(key, _MOST_OF_DANGER))
    return Cards(key, heading, tuple(_card(say, one) for one in first), len(found))


def _card(say: Saying, one: OpenMatter) -> Line:
    """The line of the digest, with the number that tells it from others like it."""
    line = line_of(say, one)
    number = one.view.number or one.view.story_id[:_OF_STORY].upper()
    shown = one.view.number if one.wording is Phrase.NUMBER else ""  # its line says it
    where = " · ".join(filter(None, (line.where, "" if shown else number)))
    return replace(line, where=where, ref=number, opens=line.opens if one.view.asked else "")


def _told(say: Saying, key: str, found: Iterable[Line], *, leads: bool = True) -> Cards:
    """What is no one matter, each with the page on which it is seen to, where that is theirs."""
    told = tuple(replace(line, page=_PAGES[key] if leads else None) for line in found)
    return Cards(key, say.w(f"digest.heading.{key}"), told, len(told))


def with_first(day: Day, more: Mapping[str, Sequence[Line]], own: Collection[str], w: Words) -> Day:
    """The day with these lines first, by group: what endangers them among what is dangerous, the rest among
    what needs them; `own` are the stories that are aimed at them, of which nothing else is said."""

    def others(group: Cards) -> Cards:
        left = tuple(x for x in group.cards if not (_of_target(x) and x.matter and x.matter.story_id in own))
        return replace(group, cards=left, count=group.count - len(group.cards) + len(left))

    first = [Cards(k, w(f"desk.today.{k}"), tuple(said), len(said)) for k, said in more.items() if said]
    grave = [group for group in first if group.key == "danger_to_you"]
    danger = (*grave, *(others(group) for group in day.danger))
    needs = (*(group for group in first if group not in grave), *(others(group) for group in day.needs))
    return replace(day, danger=_some(*danger), needs=_some(*needs))


def _of_target(card: Line) -> bool:
    view = card.matter
    return view is not None and view.part is ReaderPart.TARGET and not view.words


def _lead(say: Saying) -> tuple[str, ...]:
    """For how long we ourselves could not work; the day, when it was last looked, how much was read; which
    days count."""
    facts, w = say.facts, say.w
    n, last = facts.places, facts.last_read
    when = say.lately(last) if last else ""
    read = say.count("desk.today.read", n) if n else w("desk.today.blind" if last else "desk.today.never")
    said = f"{the_day(say)}, {w.clock(facts.now, facts.zone)}. {read}"
    looked = w("desk.today.last", when=when) if last else ""
    days = no_term(say) if facts.school_day else w("digest.grave_only")
    return tuple(filter(None, (stopped(say), " ".join(filter(None, (said, looked))), days)))
