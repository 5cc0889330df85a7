"""What a matter is printed with: the time, and the people and places that the settings name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.wording import matters as wording
from alerts.wording.cases import code_words
from data.matters import Holder, MatterView
from data.types import KEY_OF_A_TRUST, Person
from data.words.say import words
from monitor.cli.views.layout import brief, brief_end, local, typed, utc
from monitor.config.load import Config
from monitor.terminal.table import Cell, Tone

ENGLISH = words("en")
"""The command line speaks English."""


@dataclass(frozen=True, slots=True)
class Screen:
    """The time, the people and those who have `left` (ids), the names of `places` by source id, and the ids
    of those that are `papers`; the names of the `schools` by their keys."""

    now: datetime
    zone: ZoneInfo
    people: tuple[Person, ...] = ()
    places: Mapping[str, str] | None = None
    papers: frozenset[str] = frozenset()
    schools: Mapping[str, str] = field(default_factory=dict)
    left: frozenset[str] = frozenset()

    def whose(self, shown: Collection[MatterView]) -> dict[str, str]:
        """By school's key what stands before its matters: “Oakfield Primary School: ” where these are of
        several; before a trust's always."""
        urns = {view.urn for view in shown}
        said = {u for u in urns if len(urns) > 1 or u.startswith(KEY_OF_A_TRUST)}
        return {u: f"{self.schools[u]}: " if u in said and u in self.schools else "" for u in urns}

    def name(self, person_id: str | None) -> str:
        """What somebody is called; the id of somebody who is not in the settings any more."""
        return next((p.name for p in self.people if p.id == person_id), person_id or "nobody")

    def brief(self, moment: datetime | None) -> str:
        """A moment in a table, "" for none."""
        return brief(moment, self.now, self.zone) if moment else ""

    def local(self, moment: datetime) -> str:
        return local(moment, self.zone)

    def held(self, view: MatterView) -> str:
        """“You have it, since Fri 20 Nov, 15:20.”, “” where nobody has."""
        since = self.brief(view.holder.since if view.holder else None)
        return wording.held_words(view, self.people, since, ENGLISH)

    def has(self, view: MatterView) -> str:
        """“with Ms Imogen Larkspur (head)”, “nobody has it yet”."""
        return wording.has_words(view, self.people, ENGLISH)

    def marked(self, view: MatterView) -> str:
        """“Marked as answered by you on Fri 20 Nov, 15:20.”, "" where nobody marked it so."""
        when = self.brief(view.mark.at if view.mark else None)
        return wording.mark_words(view, self.people, when, ENGLISH)

    def date(self, view: MatterView) -> str | Cell:
        """When something is next due, marked where its time is over."""
        if view.due is None:
            return ""
        at = brief_end(view.due.at, self.now, self.zone)
        return Cell(f"overdue: {at}", Tone.GRAVE) if view.due.late else at

    def time_named(self, view: MatterView) -> str:
        """“It names a time: today, about 15:30.”, "" where its post names none."""
        return wording.time_words(view.said_time, self.now.astimezone(self.zone).date(), ENGLISH)

    def due(self, view: MatterView) -> str:
        """“due Mon 23 Nov: tell the LADO”, "" where nothing is."""
        if view.due is None:
            return ""
        return typed(wording.due_line(view.due, brief_end(view.due.at, self.now, self.zone), ENGLISH))


def screen_of(config: Config, now: datetime) -> Screen:
    return Screen(
        now,
        config.zone,
        config.named,
        {s.id: s.name for s in config.sources if s.name},
        frozenset(s.id for s in config.sources if not s.surfaced),
        {s.urn: s.name for s in config.schools},
        frozenset(p.id for p in config.former),
    )


def coded(table: str, code: str) -> str:
    return code_words(table, code, ENGLISH)


def holder_json(has: Holder | None, *, dated: bool = True) -> dict[str, object] | None:
    """Who has it, null where nobody has; `person` is null where this reader may not know."""
    if has is None:
        return None
    return {"person": has.person or None, "since": utc(has.since) if dated else None, "how": has.how.value}


def due_json(view: MatterView) -> dict[str, object] | None:
    """When something is next due, and what; null where nothing is."""
    due = view.due
    return None if due is None else {"clock": due.clock, "at": utc(due.at), "overdue": due.late}


def mark_json(view: MatterView) -> dict[str, object] | None:
    """What somebody marked it as; null where no mark ends it."""
    marked = view.ended
    if marked is None:
        return None
    return {"mark": marked.mark.value, "by": marked.person_id or None, "at": utc(marked.at)}
