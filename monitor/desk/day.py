"""A school's day as the desk shows it: danger first, what needs its reader, and the rest folded. Pure.

It is what their digest tells, in its order. Of what somebody has it says who, by their name, and since when.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from alerts.access.recipients import menders
from alerts.digest.select import for_part_of_it, their_own
from alerts.facts import SHOWN, Facts, Selection
from alerts.wording.digest import lines, waiting
from alerts.wording.digest.compose import compose, the_day
from alerts.wording.digest.matters import is_to_answer
from alerts.wording.digest.reader import Saying, no_term, stopped
from alerts.wording.digest.view import Line, Section
from alerts.wording.matters import who_is_away
from data.judged import maybe_grave, top_of
from data.matters import Access, MatterView, ReaderPart
from data.types import Relevance
from data.words.say import Words, words

_MOST, _HAD_FIRST = 500, 6
FIRST: Mapping[str, int] = {**SHOWN, "waiting": _MOST, "in_hand": _MOST}
"""How many lines of each section are made; of what somebody may have, so many as `_first_had` leaves."""
EVERY: Mapping[str, int] = dict.fromkeys(SHOWN, _MOST)
"""The same where one group is listed whole."""
_MOST_PLACES = 12
_ALWAYS_NEEDED = ("decide", "handed", "to_sign")
_TECHNICAL = ("undelivered", "not_seen")
_OWN = ("restricted", "decide", "waiting", *_TECHNICAL)
"""Sections that somebody may have lines in who is sent no digest."""
_HAD = ("restricted", "waiting")
_JUDGED = ("decide", "handed", "look", "answer", "unanswered")
"""Sections that say how sure it is that they are about the school."""
_LEFT_OUT = ("set_up", "not_seen")
_PAGES = {"to_sign": "/reports", "unanswered": "/matters?state=open"}
"""Where on this site a line of such a section leads that tells of no one matter."""
_FOLDS = ("others", "read", "praise", *_TECHNICAL)
_OF_STORY = 6


@dataclass(frozen=True, slots=True)
class LineGroup:
    """Lines of one section of the digest; `count` is how many there are, `key` what it is asked for by."""

    key: str
    heading: str
    lines: tuple[Line, ...]
    count: int
    after: tuple[str, ...] = ()

    def first(self, most: int, since: int = 0) -> LineGroup:
        """The same with so many of its lines."""
        return replace(self, lines=self.lines[since : since + most])

    @property
    def cut(self) -> bool:
        """Does it show less than there is?"""
        return len(self.lines) < self.count


@dataclass(frozen=True, slots=True)
class Fold:
    """What is folded away, with how much there is, 0 where that is not said."""

    key: str
    heading: str
    count: int
    groups: tuple[LineGroup, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """One school's day: `danger` first, what `needs` them, and the rest in `folds`."""

    urn: str
    school: str
    danger: tuple[LineGroup, ...]
    needs: tuple[LineGroup, ...]
    folds: tuple[Fold, ...]
    lead: tuple[str, ...] = ()
    foot: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many things need them, but for what is dangerous."""
        return sum(group.count for group in self.needs)

    @property
    def groups(self) -> Iterator[LineGroup]:
        """All of it."""
        yield from (*self.danger, *self.needs)
        for fold in self.folds:
            yield from fold.groups


def day_of(facts: Facts, chosen: Selection, *, sent: bool, shown: Mapping[str, int] = FIRST) -> Day:
    """The day of one school for one reader, who is `sent` its digest or a part of that, or is not: then only
    what is theirs, and for whoever looks after Schoolgate what went wrong.
    """
    mends = not sent and chosen.person in menders(facts.people)
    failed = chosen.undelivered if mends else ()
    chosen = for_part_of_it(chosen) if sent else replace(their_own(chosen), undelivered=failed)
    say = Saying(facts, chosen.person, words(facts.school.language), shown)
    chosen, left = _first_had(say, chosen) if shown is FIRST else (chosen, Counter[str]())
    found = _sections(say, chosen, blind=mends or sent)
    told = _told_apart([replace(s, lines=tuple(_line(say, s, x) for x in s.lines)) for s in found])
    sections = [s for s in told if sent or s.grave or s.key in _OWN]
    if not (sent or chosen.restricted or any(d.view.access is Access.WORDS for d in chosen.danger)):
        open_still = say.w("digest.heading.grave_taken")
        sections = [replace(s, heading=open_still) if s.grave else s for s in sections]
    listed = sum(bool(x.matter and x.matter.restricted) for s in sections for x in s.lines)
    besides = chosen.with_dsl - listed
    with_dsl = [say.w("desk.today.with_dsl", count=say.w.number(besides))] if besides > 0 else []
    away = who_is_away(facts.people, facts.now, facts.zone, say.w) if sent else ()
    return replace(_day(say, sections, left, mends=mends), lead=_lead(say), foot=(*with_dsl, *away))


def _first_had(say: Saying, chosen: Selection) -> tuple[Selection, Counter[str]]:
    """With the first of what somebody may have: of the reader's own, of others' and of the rest; how many of
    each are left out. To word a line costs a millisecond, and a busy school has hundreds."""
    kept, count, left = set[int](), Counter[str](), Counter[str]()
    cases = sorted(chosen.cases, key=lambda view: not waiting.late(say, view))
    for view in (*cases, *chosen.in_hand, *chosen.taken):
        whose = "yours" if _is_theirs(say, "waiting", view) else "others" if _is_had(view) else "rest"
        count[whose] += 1
        if count[whose] > _HAD_FIRST:
            left[whose] += 1
        else:
            kept.add(id(view))

    def first(views: Iterable[MatterView]) -> tuple[MatterView, ...]:
        return tuple(view for view in views if id(view) in kept)

    cut = replace(chosen, cases=first(cases), in_hand=first(chosen.in_hand), taken=first(chosen.taken))
    return cut, left


def with_first(day: Day, more: Mapping[str, Sequence[Line]], own: Collection[str], w: Words) -> Day:
    """The day with these lines first, by group: what endangers them among what is dangerous, the rest among
    what needs them; `own` are the stories that are aimed at them, of which nothing else is said."""

    def others(group: LineGroup) -> LineGroup:
        kept = tuple(x for x in group.lines if not (_of_target(x) and x.matter and x.matter.story_id in own))
        return replace(group, lines=kept, count=group.count - len(group.lines) + len(kept))

    first = [LineGroup(k, w(f"desk.today.{k}"), tuple(said), len(said)) for k, said in more.items() if said]
    danger, needs = ([g for g in map(others, of) if g.count] for of in (day.danger, day.needs))
    grave = [g for g in first if g.key == "danger_to_you"]
    needs = [*(g for g in first if g not in grave), *needs]
    return replace(day, danger=(*grave, *danger), needs=tuple(needs))


def _of_target(line: Line) -> bool:
    view = line.matter
    return view is not None and view.part is ReaderPart.TARGET and view.access is not Access.WORDS


def _day(say: Saying, sections: Sequence[Section], left: Counter[str], *, mends: bool) -> Day:
    """`left` is how much of what somebody may have is not in the lines."""
    needed = {s.key: group for s in sections if (group := _needing(say, s, left, mends=mends))}
    return Day(
        say.facts.school.urn,
        say.facts.school.name,
        danger=tuple(_group(s, s.key if s.key == "danger_to_you" else "danger") for s in sections if s.grave),
        needs=tuple(needed.values()),
        folds=tuple(_folds(say, sections, needed, left)),
    )


def _sections(say: Saying, chosen: Selection, *, blind: bool) -> list[Section]:
    """Those of the digest, in its order; `blind`, with what could not be seen, a place a line."""
    sections = compose(say.facts, chosen, say.shown).sections
    found = [_in_full(say, s) for s in sections if s.key not in _LEFT_OUT]
    shown = blind and say.facts.school_day and not chosen.alone
    unseen = lines.places(say, say.facts.not_seen, _MOST_PLACES)[0] if shown else ()
    last = Section(say.w("digest.heading.not_seen"), tuple(map(Line, unseen)), key="not_seen")
    return [*found, last] if unseen else found


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


def _line(say: Saying, section: Section, line: Line) -> Line:
    """It with who has it, by their name; how sure it is; the page of whoever it is aimed at; its number; of a
    report to sign where that is read."""
    view = line.matter
    if view is None:
        return replace(line, page=_PAGES.get(section.key))
    sure = section.grave or section.key in _JUDGED
    if sure and view.access is Access.WORDS and not view.restricted and view.relevance is Relevance.ABOUT:
        line = replace(line, where=" · ".join(filter(None, (line.where, say.w("desk.today.sure")))))
    if _of_target(line):
        return line
    line = line if view.asked else replace(line, opens="")
    if line.ref:
        line = replace(line, where=" · ".join(filter(None, (line.where, line.ref))))
    locked = view.locked or view.story_id in say.facts.locked
    if view.holder is None or locked or (view.cases and view.cases[0].closed_at):
        return line
    mine = view.holder.person == say.reader.id
    who = next((p.name for p in say.facts.people if p.id == view.holder.person), "")
    said = say.w(
        "desk.today.has_you" if mine else "desk.today.has", who=who, since=say.lately(view.holder.since)
    )
    unrecorded = line.had.partition(". ")[2]
    by = lines.by_when(say, view.alert) if view.alert else ""
    return replace(line, had=" ".join(filter(None, (said, unrecorded))), about=by[:1].upper() + by[1:])


def _in_full(say: Saying, section: Section) -> Section:
    """It with each suggestion said in full: the line above may stand on another page."""
    above, found = "", []
    for line in section.lines:
        above = above if line.suggested == say.w("digest.as_above") else line.suggested
        found.append(replace(line, suggested=above))
    return replace(section, lines=tuple(found))


def _told_apart(sections: Sequence[Section]) -> list[Section]:
    """These, with the number of whatever else would read as another line does."""
    alike = Counter((line.said, line.where) for s in sections for line in s.lines)

    def told(line: Line) -> Line:
        view = line.matter
        if view is None or line.ref or alike[line.said, line.where] < 2:
            return line
        number = view.number or view.story_id[:_OF_STORY].upper()
        return replace(line, where=" · ".join(filter(None, (line.where, number))), ref=number)

    return [replace(s, lines=tuple(map(told, s.lines))) for s in sections]


def _group(section: Section, key: str = "", chosen: Collection[Line] | None = None) -> LineGroup:
    found = section.lines if chosen is None else tuple(chosen)
    left = section.left if chosen is None or len(found) == len(section.lines) else 0
    return LineGroup(key or section.key, section.heading, found, len(found) + left, section.after)


def _needing(say: Saying, section: Section, left: Counter[str], *, mends: bool) -> LineGroup | None:
    """What of it needs its reader: what nobody has, or they; what may be grave; what they alone answer; what
    went wrong, of whoever looks after Schoolgate."""
    if section.grave:
        return None
    always = _ALWAYS_NEEDED + (_TECHNICAL if mends else ())
    if section.key in always:
        return _group(section)
    if section.key in ("answer", "unanswered") and is_to_answer(say):
        return replace(_group(section), heading=_named(say, f"to_{section.key}"))
    found = [line for line in section.lines if _is_theirs(say, section.key, line.matter)]
    if not found:
        return None
    count = len(found) + left["yours"] * (section.key == "waiting")
    held = section.key == "waiting" and all(_is_had(line.matter) for line in found)
    heading = _named(say, "yours") if held else section.heading
    return replace(_group(section, chosen=found), heading=heading, count=count, after=())


def _is_theirs(say: Saying, key: str, view: MatterView | None) -> bool:
    if view is None:
        return False
    if key in ("look", "unread"):
        return maybe_grave(view.look or top_of(view))
    if key not in _HAD or _is_over(view):
        return False
    if view.holder is not None:
        return view.holder.person == say.reader.id
    return key == "restricted" or any(case.late(say.facts.now) for case in view.cases)


def _is_over(view: MatterView) -> bool:
    return bool(view.cases) and view.cases[0].closed_at is not None


def _is_had(view: MatterView | None) -> bool:
    return view is not None and view.holder is not None and not _is_over(view)


def _folds(
    say: Saying, sections: Iterable[Section], needed: Mapping[str, LineGroup], left: Counter[str]
) -> Iterator[Fold]:
    """Others have it, to read, worth passing on, what did not arrive, what was not seen; each where there is
    any."""
    folds: dict[str, list[LineGroup]] = {key: [] for key in _FOLDS}
    for section in (s for s in sections if not s.grave):
        need = needed.get(section.key)
        told = {id(line) for line in need.lines} if need else set()
        kept = [line for line in section.lines if id(line) not in told]
        had = [line for line in kept if section.key in _HAD and _is_had(line.matter)]
        rest = [line for line in kept if section.key not in _HAD or not _is_had(line.matter)]
        more = left if section.key == "waiting" else Counter[str]()
        if had:
            group = _group(section, f"others-{section.key}", had)
            heading = _named(say, "others") if section.key == "waiting" else section.heading
            folds["others"].append(replace(group, heading=heading, count=len(had) + more["others"], after=()))
        if rest:
            group = replace(
                _group(section, f"rest-{section.key}", rest), count=len(rest) + section.left + more["rest"]
            )
            folds[section.key if section.key in _FOLDS else "read"].append(group)
    counts = {key: sum(group.count for group in groups) for key, groups in folds.items()}
    counts["not_seen"] = len(say.facts.unseen)
    for key, groups in folds.items():
        if groups:
            yield Fold(key, _named(say, key), counts[key], tuple(groups))


def _named(say: Saying, key: str) -> str:
    return say.w(f"{'desk.today.fold' if say.w.has(f'desk.today.fold.{key}') else 'digest.heading'}.{key}")
