"""One digest of several schools: what may be a matter of 999 first, then a section for each. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import zip_longest

from alerts.access.offices import LEADERSHIP, hold
from alerts.facts import Agenda, Blind, Facts, NotSeen, OpenMatter, SchoolPart, Selection
from alerts.wording.digest import lines, matters
from alerts.wording.digest.compose import (
    by_command,
    count_by_kind,
    first_part,
    grave_section,
    line_of,
    section,
    section_to_you,
    subject_line,
    the_day,
)
from alerts.wording.digest.reader import Saying, greeting, has_unwatched_time, say_what_stopped, to_one_line
from alerts.wording.digest.view import Line, Section, View
from data.words.say import words

_SHOWN, _NOT_SEEN, _QUIET = 6, 6, 12


def compose_for_schools(parts: Sequence[SchoolPart]) -> View:
    """Compose the digest of one person over these schools, by the rules of each."""
    w = words(parts[0].facts.school.language)
    says = [Saying(part.facts, part.chosen.person, w) for part in parts]
    # the places that could not be seen at several of the schools, and all that only wait for their turn
    unseen = Counter(n for part in parts if part.facts.school_day for n in set(part.facts.not_seen))
    common = frozenset(n for n, schools in unseen.items() if schools > 1 or n.why is Blind.NOT_RUNNING)
    sections = [_school(say, part, common) for say, part in zip(says, parts, strict=True)]
    quiet = [
        s for s, part, made in zip(says, parts, sections, strict=True)
        if not (made.lines or part.chosen.of(Agenda.DANGER))
    ]  # fmt: skip
    busy, first = len(parts) - len(quiet), says[0]
    # What was set up at each school whose first digest it is; what holds for all of them once.
    told = [(say, lines.set_up(say)) for say in says if say.facts.school_day]
    own = [
        " ".join(
            (f"{to_one_line(say.facts.school.name)}:", *(said[of] for of in ("places", "danger", "child")))
        )
        for say, said in told
        if said
    ]
    once = dict.fromkeys(said[of] for of in ("fault", "wrong") for _, said in told if said)
    found = [
        _grave(says, parts, section_to_you),
        _grave(says, parts, grave_section),
        *sections,
        _shared_section(first, parts, common),
        _terms(says),
        _quiet(first, quiet),
        section(first, "set_up", [Line(said) for said in (*own, *once)]),
    ]
    found = [made for made in found if made.lines]
    return View(
        language=w.language,
        subject=_subject(says, parts, busy),
        heading=the_day(first),
        opening=_opening(first, parts, busy),
        sections=tuple(found),
        closing=(
            first.w("digest.together.own"),
            *by_command(first, found),
            *lines.to_keep(first),
            first.w("common.not_watched"),
        ),
        all=first.facts.links.today,
    )


def _terms(says: Sequence[Saying]) -> Section:
    """Write a line about terms of office that are about to end, one for all that end on one day."""
    found: dict[str, list[str]] = {}
    for say in says:
        for line in lines.terms(say) if say.facts.school_day else ():
            found.setdefault(line.said, []).append(say.facts.school.name)
    lines_of = (Line(f"{_name_schools(says[0], names)}: {said}") for said, names in found.items())
    return Section(says[0].w("digest.heading.terms"), tuple(lines_of), key="terms")


def _subject(says: Sequence[Saying], parts: Sequence[SchoolPart], busy: int) -> str:
    say = says[0]
    firsts = [first_part(one, part.chosen) for one, part in zip(says, parts, strict=True)]
    chosen = [part.chosen for part in parts]
    heard, order = (n for n, said in enumerate(firsts) if said), list(Agenda)
    gravest = min(heard, key=lambda n: order.index(chosen[n].matters[0].group), default=None)
    said = [] if gravest is None else [firsts[gravest]]
    said += count_by_kind(say, [(one, n == gravest) for n, one in enumerate(chosen)])
    signing = sum(len(lines.to_sign(one, one.reader)) for one in says)
    said += [say.count("digest.subject.to_sign", signing)] if signing else []
    if has_unwatched_time(say):
        said.insert(gravest is not None, say.w("notice.digest.subject"))
    if not said:
        quiet = say.count("digest.together.subject_quiet", len(parts))
        said = [say.w("digest.subject.calm") if busy else quiet]
    places = len({(n.name, n.why) for p in parts if p.facts.school_day for n in p.facts.unseen})
    said += [say.count("digest.subject.not_seen", places)] if places else []
    return subject_line(say, said)


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
    none = [
        p.facts.school.name
        for p in parts
        if p.facts.school_day and p.facts.calendar.end_of_terms(p.facts.day)
    ]
    no_days = w("digest.terms.none_at", schools=_name_schools(say, none)) if none else ""
    head = " ".join(filter(None, (say_what_stopped(say), no_days)))
    first = [f"{hello} {head}", said] if head else [f"{hello} {said}"]
    return (*first, *(say.lost_digest(day, fate) for day, fate in lost))


def _grave(
    says: Sequence[Saying], parts: Sequence[SchoolPart], of_school: Callable[[Saying, Selection], Section]
) -> Section:
    """List possible matters of 999 by school: the gravest of each before any school's second."""
    made = [of_school(say, part.chosen) for say, part in zip(says, parts, strict=True)]
    named = (
        [
            replace(x, about=" · ".join(filter(None, (to_one_line(say.facts.school.name), x.about))))
            for x in s.lines
        ]
        for say, s in zip(says, made, strict=True)
    )
    found = tuple(line for of_each in zip_longest(*named) for line in of_each if line)
    first = min((s for s in made if s.lines), key=lambda s: s.key, default=made[0])
    return replace(first, lines=found, first=None)


def _school(say: Saying, part: SchoolPart, common: frozenset[NotSeen]) -> Section:
    """List what needs this person at one school, a line a matter, then what could not be seen there alone."""
    chosen = part.chosen
    found, left = list[Line](), list[OpenMatter]()
    for group in (Agenda.MINE, Agenda.OVERDUE, Agenda.DECIDE, Agenda.LOOK, Agenda.NEWS):
        of_it = chosen.of(group)
        first = matters.shown_first(of_it, _SHOWN)
        about = f"digest.together.{group}"
        made = [line_of(say, one) for one in first]
        found += [replace(line, about=say.w(about)) if say.w.has(about) else line for line in made]
        left += of_it[len(first) :]
    left += chosen.of(Agenda.ANSWER, Agenda.BEFORE, Agenda.OTHERS, Agenda.PRAISE)
    also = count_by_kind(say, [(replace(chosen, matters=tuple(left)), False)])
    if chosen.long_open:
        also.append(say.count("digest.subject.long_open", chosen.long_open))
    said = [say.w("digest.together.also", parts=", ".join(also))] if also else []
    if chosen.with_dsl and hold(chosen.person, LEADERSHIP):
        said.append(say.w("digest.dsl_line", count=say.w.number(chosen.with_dsl)))
    found += [Line(" ".join(said))] if said else []
    found += [*lines.over(say), *lines.drill_lines(say), *lines.to_sign(say, chosen.person)]
    found += lines.undelivered_lines(say, chosen.undelivered)
    found += _unseen(say, part.facts, common)
    urgent = bool(chosen.of(Agenda.OVERDUE, Agenda.DECIDE))
    return Section(to_one_line(part.facts.school.name), tuple(found), urgent=urgent, cut=bool(also))


def _unseen(say: Saying, facts: Facts, common: frozenset[NotSeen]) -> list[Line]:
    if not facts.school_day:
        return []
    if not facts.reading.places:
        return [Line(say.w("digest.blind", since=say.since(facts.window.since)))]
    own = [n for n in facts.not_seen if n not in common]
    return [Line(say.w("digest.together.not_seen", said=_places(say, own)))] if own else []


def _shared_section(say: Saying, parts: Sequence[SchoolPart], common: frozenset[NotSeen]) -> Section:
    """List those places, once."""
    found = [n for n in dict.fromkeys(n for part in parts for n in part.facts.not_seen) if n in common]
    return Section(say.w("digest.heading.not_seen_together"), (Line(_places(say, found)),) if found else ())


def _places(say: Saying, found: Sequence[NotSeen]) -> str:
    return " ".join(lines.unseen_places(say, found, _NOT_SEEN)[0])


def _quiet(say: Saying, quiet: Sequence[Saying]) -> Section:
    """The schools at which nothing needs this person, with how much was read there."""
    w = say.w
    said = [
        w(
            "digest.together.quiet_school",
            school=to_one_line(one.facts.school.name),
            posts=one.count("digest.count.posts", one.facts.reading.posts),
        )
        for one in quiet[:_QUIET]
    ]
    more = len(quiet) - _QUIET
    said += [say.count("digest.together.more_schools", more)] if more > 0 else []
    return Section(w("digest.heading.quiet"), (Line("; ".join(said) + "."),) if said else ())


def _name_schools(say: Saying, schools: Sequence[str]) -> str:
    """Name the first of them, and say how many more there are."""
    more = len(schools) - _QUIET
    left = [say.count("digest.together.more_schools", more)] if more > 0 else []
    return ", ".join((*map(to_one_line, schools[:_QUIET]), *left))
