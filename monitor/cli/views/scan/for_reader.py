"""A scan's summary as one person may know it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from alerts.access.matter import part_of
from data.matters import Access, Holder, MatterView, ReaderPart
from monitor.cli.views.scan.summary import ScanSummary, SchoolSummary

if TYPE_CHECKING:
    from data.store.engine.connect import Connection
    from monitor.matters.reader import Reader


def known_scan(con: Connection, reader: Reader, summary: ScanSummary) -> ScanSummary:
    """What the reader may know of a scan, without what somebody marked as done with."""
    stories = stories_of(summary)
    known = reader.look(con, stories)
    stored = known.stored
    access = {story: much for story, much in known.access.items() if stored.ended(story) is None}
    cases = {story: numbers for story in stories if (numbers := known.open_cases(story))}
    parts = {story: part_of(reader.person, stored.by_story[story]) for story in known.access}
    held = {
        story: holder
        for story, much in known.access.items()
        if (holder := reader.holder(stored.holder(story), much)) is not None
    }
    seen = as_known(summary, access, cases, parts, held)
    return replace(seen, people=tuple(reader.config.people))


def stories_of(summary: ScanSummary) -> dict[str, str]:
    """The school (URN) of every story that a summary tells of, by the story's id."""
    found = dict(summary.fresh)
    for part in summary.schools:
        sections = (part.today, part.to_look_at, part.to_answer, part.good_news, part.unsure, part.before)
        lines = (line.story_id for section in sections for line in section)
        alerts = (alert.story_id for alert in part.restricted_alerts)
        found |= dict.fromkeys((*lines, *part.restricted, *alerts), part.school.urn)
    return found


def as_known(
    summary: ScanSummary,
    known: Mapping[str, Access],
    cases: Mapping[str, tuple[str, ...]],
    parts: Mapping[str, ReaderPart],
    held: Mapping[str, Holder],
) -> ScanSummary:
    """What may be known of it, by story: `known` says how much, `cases` are the open ones they may know of,
    `parts` the reader's part in each, `held` who has it.

    A story that may not be known of is left out of every count that could tell of it.
    """
    hidden = {story for story in stories_of(summary) if known.get(story, Access.NOTHING) is Access.NOTHING}
    return replace(
        summary,
        schools=tuple(_part(part, known, hidden, parts) for part in summary.schools),
        new_stories=summary.new_stories - len(hidden & set(summary.fresh)),
        cases=cases,
        held=held,
    )


def _part(
    part: SchoolSummary, known: Mapping[str, Access], hidden: Collection[str], parts: Mapping[str, ReaderPart]
) -> SchoolSummary:
    def of(lines: Iterable[MatterView]) -> tuple[MatterView, ...]:
        seen = (line for line in lines if line.story_id not in hidden)
        return tuple(_line(line, known[line.story_id], parts[line.story_id]) for line in seen)

    return replace(
        part,
        restricted=tuple(story for story in part.restricted if story not in hidden),
        restricted_alerts=tuple(a for a in part.restricted_alerts if a.story_id not in hidden),
        today=of(part.today),
        to_look_at=of(part.to_look_at),
        to_answer=of(part.to_answer),
        good_news=of(part.good_news),
        unsure=of(part.unsure),
        before=of(part.before),
    )


def _line(line: MatterView, access: Access, part: ReaderPart) -> MatterView:
    if access is Access.WORDS:
        return replace(line, part=part)
    return replace(line, part=part, access=access, title="", headline=None, because=())
