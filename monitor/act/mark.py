"""Marking a story as somebody's or as done with, and taking that back: for the page and the command alike.

What ends it as wrongly judged is a correction too: it is kept with what was judged, and counts for what is
like it (`classifiers.verdicts.by_people.corrected`) once as many have said it as it takes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from alerts.access.acts import Act, who_may
from data.judged import calls_for_alert, leading
from data.matters import SaidWrong, WrongKind
from data.steps.acts import Done, Refused
from data.store import owners as owner_store
from data.store.engine.connect import Connection
from data.store.verdicts import said_wrong
from data.types import Mark, Marked, Relevance, Route, Severity
from monitor.matters.reader import KnownMatters, Reader, markable


def mark(
    con: Connection,
    reader: Reader,
    story_id: str,
    urn: str,
    wanted: Mark | None,
    now: datetime,
    why: str = "",
    route: Route | None = None,
) -> Done[Marked | None] | Refused:
    """Marks the story, or with None takes the mark back; gives what holds then.

    Where something else holds already, that stays as it is. The reason is kept. What is grave is not about
    the school, less grave, or on another way (`route`) once two people have said so, each with a reason.
    """
    known = reader.look(con, {story_id: urn})
    may, why = markable(reader, known, story_id), why.strip()
    if reader.person is not None and wanted is None and may.undoable:
        owner_store.undo(con, story_id, urn, reader.person.id, now)
        if may.standing is not None and (kind := may.standing.mark.says) in _CORRECTS:
            said_wrong.take_back(con, story_id, urn, reader.person.id, now, [kind], anybodys=True)
        return Done(None)
    if reader.person is not None and wanted is not None:
        given = Marked(story_id, urn, wanted, reader.person.id, now)
        if wanted in may.offered:
            return _put(con, known, given, why, route)
        if wanted is Mark.TOO_GRAVE and Mark.NOT_US in may.offered and raised(known, story_id):
            return _put(con, known, given, why, route) if why else Refused("reason", _LOWERS)
        if wanted.value in _CORRECTS and may.by_two:
            # it waits for a second person, who may decide on it, until somebody else has said the same
            waiting = given.mark.waiting
            first = may.standing if may.standing is not None and may.standing.mark is waiting else None
            if not why:
                return Refused("reason", _WHY)
            if first is not None and first.person_id == given.person_id:
                return Refused("second_person", _SECOND)
            deciders = who_may(Act.SAY_WHO, known.stored.by_story[given.story_id], reader.config.people)
            if first is not None and reader.person not in deciders:
                return Refused("second_person", _DECIDES)
            return _put(con, known, given if first is not None else replace(given, mark=waiting), why, route)
    if may.standing is None and (wanted is not None or not known.words(story_id)):
        return Refused("offered", _WHEN_NOT)
    return Done(may.standing)


def as_judged(
    known: KnownMatters, story_id: str, kind: WrongKind, by: str, why: str, now: datetime
) -> SaidWrong:
    """What somebody marks of the post that the story goes by, with what was judged; it does not count yet."""
    was = leading(known.stored.verdicts[story_id])
    return SaidWrong(
        was.mention_id, was.urn, by, None, "", None, why, now, kind.value, None, None,
        was.relevance, was.severity, was.route, was.sentiment, was.model,
    )  # fmt: skip


def raised(known: KnownMatters, story_id: str) -> bool:
    """Is there an alert of it, or does it call for one?"""
    return story_id in known.stored.alerts or any(map(calls_for_alert, known.stored.verdicts[story_id]))


def _put(
    con: Connection, known: KnownMatters, given: Marked, why: str, route: Route | None
) -> Done[Marked | None]:
    holds = owner_store.put(con, given, why)
    if holds == given and (kind := given.mark.says) in _CORRECTS:
        said = as_judged(known, given.story_id, WrongKind(kind), given.person_id, why, given.at)
        said = replace(said, counts_at=given.at if given.mark.ends else None)
        if kind == WrongKind.NOT_US:
            said = replace(said, relevance=Relevance.NOT_ABOUT)
        elif kind == WrongKind.TOO_GRAVE:
            below = max(Severity.NOTHING, min(Severity.RESPOND, (said.was_severity or Severity.NOTHING) - 1))
            said = replace(said, severity=Severity(below))
        said_wrong.put(con, replace(said, route=route), given.story_id)
    return Done(holds)


_CORRECTS = frozenset((Mark.NOT_US.value, Mark.TOO_GRAVE.value, Mark.WRONG_LANE.value))
"""What ends a story as judged wrongly, by the name of its `WrongKind`."""
_LOWERS = "It lowers what was raised: say why; the reason is kept: ⟨too_grave⟩ ⟨why⟩ …"
_WHY = (
    "Severity 4, the routes safeguarding and police_now, and what is with the DSL: two people who may read "
    "it, and whom it does not mean, say that it is not about the school, too grave, or in the wrong "
    "lane, each with a reason: ⟨not_us⟩ ⟨why⟩"
)
_SECOND = "They have said so already: a second person says so too, with a reason."
_DECIDES = "The second person is a safeguarding lead, or whoever decides on it."
_WHEN_NOT = (
    f"{_WHY}; while a case is open, close the case; nobody marks criticism of themselves ⟨not_us⟩; an alert "
    "is taken by: ⟪alerts ack⟫"
)
