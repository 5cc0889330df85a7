"""One digest of several schools: a section for each, the quiet ones in one line. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from alerts.access.offices import LEADERSHIP, hold
from alerts.digest import lines, waiting
from alerts.digest.compose import LIST_SOURCES, SHOW_CASE, look_line
from alerts.digest.facts import Facts, NotSeen
from alerts.digest.lines import NOON, Saying
from alerts.digest.select import Selection
from alerts.digest.stopped import stopped, unwatched
from alerts.digest.view import Line, Section, View
from data.words.say import words

_DECIDE, _LOOKS, _NOT_SEEN, _QUIET = 8, 4, 6, 12


@dataclass(frozen=True, slots=True)
class SchoolPart:
    """One school of theirs: what happened there, and what of it this person is told."""

    facts: Facts
    chosen: Selection


def compose(parts: Sequence[SchoolPart], name: str) -> View:
    """The digest of one person over these schools, by the rules of each; `name` is what they are together."""
    languages = {part.facts.school.language for part in parts}
    language = languages.pop() if len(languages) == 1 else "en"
    w = words(language)
    says = [Saying(part.facts, part.chosen.person, w) for part in parts]
    common = _common(parts)
    sections = [_school(say, part, common) for say, part in zip(says, parts, strict=True)]
    busy = [section for section in sections if section.lines]
    quiet = [say for say, section in zip(says, sections, strict=True) if not section.lines]
    first = says[0]
    day = w.day(first.facts.day, first.facts.now, first.facts.zone)
    return View(
        language=language,
        subject=_subject(first, parts, len(busy), name),
        heading=w("digest.page_heading", day=day, school=lines.one_line(name)),
        opening=_opening(first, parts, len(busy)),
        sections=tuple(s for s in (*busy, _shared(first, parts, common), _quiet(first, quiet)) if s.lines),
        closing=_closing(first, parts),
    )


def _subject(say: Saying, parts: Sequence[SchoolPart], busy: int, name: str) -> str:
    w = say.w
    counts = {
        "decide": sum(len(part.chosen.decide) for part in parts),
        "look": sum(len(part.chosen.looks) for part in parts),
        "overdue": sum(waiting.late(say, c) for part in parts for c in part.chosen.cases),
    }
    said = [w(f"digest.subject.{key}", count=w.number(n)) for key, n in counts.items() if n]
    if unwatched(say):
        said.insert(0, w("notice.digest.subject"))
    if not said:
        said = [say.count("digest.together.subject_quiet", len(parts) - busy)]
    places = len({(n.name, n.why) for part in parts for n in part.facts.not_seen if part.facts.school_day})
    said += [say.count("digest.subject.not_seen", places)] if places else []
    line = w("digest.subject.line", weekday=w.weekday(say.facts.day), parts=", ".join(said), school=name)
    return lines.one_line(line)


def _opening(say: Saying, parts: Sequence[SchoolPart], busy: int) -> tuple[str, ...]:
    w = say.w
    morning = say.facts.now.astimezone(say.facts.zone).hour < NOON
    greeting = w("digest.greeting_morning" if morning else "digest.greeting_later")
    since = say.since(min(part.facts.window.since for part in parts))
    said = say.count("digest.together.schools", len(parts)) + " " + w("digest.together.since", since=since)
    if not any(part.facts.school_day for part in parts):
        said = w("digest.grave_only")
    elif busy:
        said += " " + say.count("digest.together.busy", busy)
    lost = dict.fromkeys(x for p in parts for x in p.facts.lost.get(p.chosen.person.id, ()))
    head = stopped(say)
    first = [f"{greeting} {head}", said] if head else [f"{greeting} {said}"]
    return (*first, *(say.lost(day, fate) for day, fate in lost))


def _school(say: Saying, part: SchoolPart, common: frozenset[NotSeen]) -> Section:
    """What needs this person at one school, then what could not be seen there alone."""
    chosen, w = part.chosen, say.w
    found = [lines.decision(say, s) for s in chosen.decide[:_DECIDE]]
    for story in chosen.looks[:_LOOKS]:
        line = look_line(say, story)
        found.append(Line(w("digest.together.look", said=line.said), line.about, line.ref))
    found += [Line(also)] if (also := _also(say, part)) else []
    found += lines.undelivered(say, chosen.undelivered)
    found += _unseen(say, part.facts, common)
    return Section(lines.one_line(part.facts.school.name), tuple(found), urgent=bool(chosen.decide))


def _also(say: Saying, part: SchoolPart) -> str:
    """What is there besides, in numbers; restricted matters only for who leads the school."""
    chosen, w = part.chosen, say.w
    late = sum(waiting.late(say, c) for c in chosen.cases)
    counts = {
        "overdue": late,
        "waiting": len(chosen.cases) - late + len(chosen.in_hand),
        "unread": len(chosen.unread),
        "answer": len(chosen.answer),
        "before": len(chosen.before),
        "praise": len(chosen.praise),
    }
    said = [w(f"digest.subject.{key}", count=w.number(n)) for key, n in counts.items() if n]
    more = len(chosen.decide) - _DECIDE
    said = [w("digest.subject.decide", count=w.number(more)), *said] if more > 0 else said
    found = [w("digest.together.also", parts=", ".join(said))] if said else []
    if chosen.with_dsl and hold(chosen.person, LEADERSHIP):
        found.append(w("digest.dsl_line", count=w.number(chosen.with_dsl)))
    return " ".join(found)


def _unseen(say: Saying, facts: Facts, common: frozenset[NotSeen]) -> list[Line]:
    if not facts.school_day:
        return []
    if not facts.reading.places:
        return [Line(say.w("digest.blind", since=say.since(facts.window.since)))]
    own = [n for n in facts.not_seen if n not in common]
    return [Line(say.w("digest.together.not_seen", said=_places(say, own)))] if own else []


def _common(parts: Sequence[SchoolPart]) -> frozenset[NotSeen]:
    """The places that could not be seen and are watched for several of the schools."""
    told = Counter(n for part in parts if part.facts.school_day for n in set(part.facts.not_seen))
    return frozenset(n for n, schools in told.items() if schools > 1)


def _shared(say: Saying, parts: Sequence[SchoolPart], common: frozenset[NotSeen]) -> Section:
    """Those places, once."""
    found = [n for n in dict.fromkeys(n for part in parts for n in part.facts.not_seen) if n in common]
    return Section(
        say.w("digest.heading.not_seen_together"),
        (Line(_places(say, found)),) if found else (),
        after=(say.w("digest.not_seen.mend", command=LIST_SOURCES),) if found else (),
    )


def _places(say: Saying, found: Sequence[NotSeen]) -> str:
    said = [lines.not_seen(say, n) for n in found[:_NOT_SEEN]]
    more = len(found) - _NOT_SEEN
    said += [say.w("digest.more", count=say.w.number(more), command=LIST_SOURCES)] if more > 0 else []
    return " ".join(said)


def _quiet(say: Saying, quiet: Sequence[Saying]) -> Section:
    """The schools at which nothing needs this person, with how much was read there."""
    w = say.w
    said = [
        w(
            "digest.together.quiet_school",
            school=lines.one_line(one.facts.school.name),
            posts=one.count("digest.count.posts", one.facts.reading.posts),
        )
        for one in quiet[:_QUIET]
    ]
    more = len(quiet) - _QUIET
    said += [say.count("digest.together.more_schools", more)] if more > 0 else []
    return Section(w("digest.heading.quiet"), (Line("; ".join(said) + "."),) if said else ())


def _closing(say: Saying, parts: Sequence[SchoolPart]) -> tuple[str, ...]:
    w, who = say.w, f"--as {lines.one_line(say.reader.id)}"
    found = [w("digest.together.own")]
    if any(part.chosen.decide or part.chosen.looks for part in parts):
        shows = {"story": "schoolgate story show", "alert": "schoolgate alerts show"}
        found.append(w("digest.to_open", **shows, who=who))
    if any(part.chosen.cases for part in parts):
        found.append(w("digest.to_open_case", case=SHOW_CASE, who=who))
    return (*found, w("common.not_watched"))
