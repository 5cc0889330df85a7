"""One digest of several schools: what may be a matter of 999 first, then a section for each. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from alerts.access.offices import LEADERSHIP, hold
from alerts.facts import Blind, Facts, NotSeen, SchoolPart, Selection
from alerts.wording.digest import lines, matters, waiting
from alerts.wording.digest.compose import (
    Rank,
    by_command,
    counted,
    counts_beside,
    decided,
    first_part,
    grave,
    subject_line,
    the_day,
    to_you,
    waiting_in_time,
)
from alerts.wording.digest.matters import look_line, shown_looks
from alerts.wording.digest.reader import Saying, greeting, one_line, stopped, unwatched
from alerts.wording.digest.view import Line, Section, View
from data.words.say import words

_DECIDE, _LOOKS, _NEWS, _NOT_SEEN, _QUIET = 8, 4, 4, 6, 12


def compose(parts: Sequence[SchoolPart]) -> View:
    """The digest of one person over these schools, by the rules of each."""
    w = words(parts[0].facts.school.language)
    says = [Saying(part.facts, part.chosen.person, w) for part in parts]
    # the places that could not be seen at several of the schools, and all that only wait for their turn
    unseen = Counter(n for part in parts if part.facts.school_day for n in set(part.facts.not_seen))
    common = frozenset(n for n, schools in unseen.items() if schools > 1 or n.why is Blind.NOT_RUNNING)
    sections = [_school(say, part, common) for say, part in zip(says, parts, strict=True)]
    quiet = [
        s for s, part, section in zip(says, parts, sections, strict=True)
        if not (section.lines or part.chosen.danger or part.chosen.restricted)
    ]  # fmt: skip
    busy, first = len(parts) - len(quiet), says[0]
    # What was set up at each school whose first digest it is; what holds for all of them once.
    told = [(say, lines.set_up(say)) for say in says if say.facts.school_day]
    own = [
        " ".join((f"{one_line(say.facts.school.name)}:", *(said[of] for of in ("places", "danger", "child"))))
        for say, said in told
        if said
    ]
    once = dict.fromkeys(said[of] for of in ("fault", "wrong") for _, said in told if said)
    found = [
        _grave(says, parts, to_you),
        _grave(says, parts, grave),
        *sections,
        _shared(first, parts, common),
        _terms(says),
        _quiet(first, quiet),
        Section(says[0].w("digest.heading.set_up"), tuple(map(Line, (*own, *once))), key="set_up"),
    ]
    found = [section for section in found if section.lines]
    return View(
        language=w.language,
        subject=_subject(says, parts, busy),
        heading=the_day(first),
        opening=_opening(first, parts, busy),
        sections=tuple(found),
        closing=(first.w("digest.together.own"), *by_command(first, found), first.w("common.not_watched")),
        all=first.facts.links.today,
    )


def _terms(says: Sequence[Saying]) -> Section:
    """Whose last term is about to end, a line for all that end on one day."""
    found: dict[str, list[str]] = {}
    for say in says:
        for line in lines.terms(say) if say.facts.school_day else ():
            found.setdefault(line.said, []).append(say.facts.school.name)
    lines_of = (Line(f"{_named(says[0], names)}: {said}") for said, names in found.items())
    return Section(says[0].w("digest.heading.terms"), tuple(lines_of), key="terms")


def _subject(says: Sequence[Saying], parts: Sequence[SchoolPart], busy: int) -> str:
    say = says[0]
    rank, first = min(first_part(s, part.chosen) for s, part in zip(says, parts, strict=True))
    said = [*([first] if first else []), *counted(say, _counts(says, parts, rank))]
    if unwatched(say):
        said.insert(bool(first), say.w("notice.digest.subject"))
    calm = {
        "answer": sum(len(part.chosen.answer) for part in parts),
        "praise": sum(len(part.chosen.praise) for part in parts),
    }
    said = said or counted(say, calm)
    if not said:
        quiet = say.count("digest.together.subject_quiet", len(parts))
        said = [say.w("digest.subject.calm") if busy else quiet]
    places = len({(n.name, n.why) for p in parts if p.facts.school_day for n in p.facts.unseen})
    said += [say.count("digest.subject.not_seen", places)] if places else []
    return subject_line(say, said)


def _counts(says: Sequence[Saying], parts: Sequence[SchoolPart], first: Rank) -> dict[str, int]:
    return {
        **counts_beside([part.chosen for part in parts], first),
        "overdue": sum(waiting.late(says[0], v) for p in parts for v in (*p.chosen.cases, *p.chosen.decide)),
        "look": sum(len(part.chosen.handed) + len(part.chosen.looks) for part in parts),
        "bad_news": sum(matters.adverse(s) for part in parts for s in part.chosen.news),
        "to_sign": sum(len(lines.to_sign(say, say.reader)) for say in says),
    }


def _opening(say: Saying, parts: Sequence[SchoolPart], busy: int) -> tuple[str, ...]:
    w, hello = say.w, greeting(say)
    since = say.since(min(part.facts.window.since for part in parts))
    schools = [part for part in parts if not part.facts.school.is_trust]
    about = "schools" if len(schools) == len(parts) else "with_trust"
    said = say.count(f"digest.together.{about}", len(schools)) + " " + w("digest.together.since", since=since)
    if not any(part.facts.school_day for part in parts):
        said = w("digest.grave_only")
    elif busy:
        said += " " + say.count("digest.together.busy", busy)
    lost = dict.fromkeys(x for p in parts for x in p.facts.lost.get(p.chosen.person.id, ()))
    none = [p.facts.school.name for p in parts if p.facts.school_day and p.facts.calendar.ended(p.facts.day)]
    no_days = w("digest.terms.none_at", schools=_named(say, none)) if none else ""
    head = " ".join(filter(None, (stopped(say), no_days)))
    first = [f"{hello} {head}", said] if head else [f"{hello} {said}"]
    return (*first, *(say.lost(day, fate) for day, fate in lost))


def _grave(
    says: Sequence[Saying], parts: Sequence[SchoolPart], of_school: Callable[[Saying, Selection], Section]
) -> Section:
    """What may be a matter of 999 at any of the schools, before everything else, with its school."""
    made = [(say, of_school(say, part.chosen)) for say, part in zip(says, parts, strict=True)]
    found = tuple(
        replace(line, about=" · ".join(filter(None, (one_line(say.facts.school.name), line.about))))
        for say, section in made
        for line in section.lines
    )
    first = min((s for _, s in made if s.lines), key=lambda s: s.key, default=made[0][1])
    return replace(first, lines=found, first=None)


def _school(say: Saying, part: SchoolPart, common: frozenset[NotSeen]) -> Section:
    """What needs this person at one school, a line a matter, then what could not be seen there alone."""
    chosen, w = part.chosen, say.w
    decide = chosen.decide
    found = [lines.with_lead(say, view) for view in chosen.restricted if not view.endangers]
    found += [decided(say, view) for view in decide[:_DECIDE]]
    looks = [look_line(say, story) for story in shown_looks(chosen.handed + chosen.looks, _LOOKS)]
    news = matters.in_the_news(say, chosen.news, _NEWS)
    found += [replace(line, about=w("digest.together.look")) for line in looks]
    found += [replace(line, about=w("digest.together.news")) for line in news]
    also, cut = _also(say, part, len(decide))
    found += [Line(also)] if also else []
    found += lines.to_sign(say, chosen.person)
    found += lines.undelivered(say, chosen.undelivered)
    found += _unseen(say, part.facts, common)
    return Section(one_line(part.facts.school.name), tuple(found), urgent=bool(decide), cut=cut)


def _also(say: Saying, part: SchoolPart, deciding: int) -> tuple[str, bool]:
    """What is there besides, in numbers, and whether anything is; restricted matters only for who leads the
    school.
    """
    chosen, w = part.chosen, say.w
    late = sum(waiting.late(say, c) for c in chosen.cases)
    looks = chosen.handed + chosen.looks
    counts = {
        "decide_more": max(deciding - _DECIDE, 0),
        "overdue": late,
        "waiting": waiting_in_time(say, chosen),
        "look": len(looks) - len(shown_looks(looks, _LOOKS)),
        "unread": len(chosen.unread),
        "answer": len(chosen.answer),
        "unanswered": len(chosen.unanswered),
        "long_open": chosen.long_open,
        "news": max(len(chosen.news) - _NEWS, 0),
        "before": len(chosen.before),
        "praise": len(chosen.praise),
    }
    said = counted(say, counts)
    found = [w("digest.together.also", parts=", ".join(said))] if said else []
    if chosen.with_dsl and hold(chosen.person, LEADERSHIP):
        found.append(w("digest.dsl_line", count=w.number(chosen.with_dsl)))
    return " ".join(found), bool(said)


def _unseen(say: Saying, facts: Facts, common: frozenset[NotSeen]) -> list[Line]:
    if not facts.school_day:
        return []
    if not facts.reading.places:
        return [Line(say.w("digest.blind", since=say.since(facts.window.since)))]
    own = [n for n in facts.not_seen if n not in common]
    return [Line(say.w("digest.together.not_seen", said=_places(say, own)))] if own else []


def _shared(say: Saying, parts: Sequence[SchoolPart], common: frozenset[NotSeen]) -> Section:
    """Those places, once."""
    found = [n for n in dict.fromkeys(n for part in parts for n in part.facts.not_seen) if n in common]
    return Section(say.w("digest.heading.not_seen_together"), (Line(_places(say, found)),) if found else ())


def _places(say: Saying, found: Sequence[NotSeen]) -> str:
    return " ".join(lines.places(say, found, _NOT_SEEN)[0])


def _quiet(say: Saying, quiet: Sequence[Saying]) -> Section:
    """The schools at which nothing needs this person, with how much was read there."""
    w = say.w
    said = [
        w(
            "digest.together.quiet_school",
            school=one_line(one.facts.school.name),
            posts=one.count("digest.count.posts", one.facts.reading.posts),
        )
        for one in quiet[:_QUIET]
    ]
    more = len(quiet) - _QUIET
    said += [say.count("digest.together.more_schools", more)] if more > 0 else []
    return Section(w("digest.heading.quiet"), (Line("; ".join(said) + "."),) if said else ())


def _named(say: Saying, schools: Sequence[str]) -> str:
    """The first of them by name, and how many more there are."""
    more = len(schools) - _QUIET
    left = [say.count("digest.together.more_schools", more)] if more > 0 else []
    return ", ".join((*map(one_line, schools[:_QUIET]), *left))
