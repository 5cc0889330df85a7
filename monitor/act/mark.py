"""Marking a story as somebody's or done with, taking that back, and asking a second person for what takes
two.

What ends it as wrongly judged is a correction too: it counts for what is like it once enough have said it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from alerts.access.acts import people_to_agree
from alerts.access.knowing import Access, access
from alerts.wording.alert_mail import compose_said
from alerts.wording.instant import Telling, telling
from alerts.wording.title import NOTHING_SEEN, Seen
from data.judged import calls_for_alert, gravest_verdict, leading
from data.matters import SaidWrong, WrongKind
from data.steps.acts import Done, Refused
from data.store import owners as owner_store
from data.store.alerts import alerts as alert_store
from data.store.engine.connect import Connection
from data.store.messages.outbox import put_outbox
from data.types import Mark, Marked, Person, Relevance, Severity
from monitor.config.home.context import message_means
from monitor.home.wiring import Session
from monitor.matters.reader import KnownMatters, Reader, find_markable, school_of, waiting_requests


def mark(
    con: Connection, reader: Reader, story: str, urn: str, wanted: Mark | None, now: datetime, why: str = ""
) -> Done[Marked | None] | Refused:
    """Mark the story, or with None take the mark back; give what holds then: what holds already stays. What
    is grave is not about the school, or less grave, once two have said so, each with a reason."""
    known = reader.look(con, {story: urn})
    may, why = find_markable(reader, known, story), why.strip()
    if reader.person is not None and wanted is None and may.undoable:
        owner_store.undo(con, story, urn, reader.person.id, now)
        if may.standing is not None and (kind := may.standing.mark.says) in _CORRECTS:
            owner_store.take_said_wrong_back(con, story, urn, reader.person.id, now, [kind], anybodys=True)
        return Done(None)
    if reader.person is not None and wanted is not None:
        given = Marked(story, urn, wanted, reader.person.id, now)
        if wanted in may.offered:
            return _put_mark(con, known, given, why)
        if wanted is Mark.TOO_GRAVE and Mark.NOT_US in may.offered and is_raised(known, story):
            return _put_mark(con, known, given, why) if why else Refused("reason", _LOWERS)
        if wanted.value in _CORRECTS and may.by_two:
            # it waits for a second person, who may decide on it, until somebody else has said the same
            waits = given.mark.waiting
            first = may.standing if may.standing is not None and may.standing.mark is waits else None
            if not why:
                return Refused("reason", _WHY)
            if first is not None and first.person_id == given.person_id:
                return Refused("second_person", _SECOND)
            if first is not None and reader.person not in _seconds(known, reader, story, first.person_id):
                return Refused("second_person", SECONDS)
            if first is None and (alone := no_second(reader, known, story)) is not None:
                return alone
            return _put_mark(con, known, given if first is not None else replace(given, mark=waits), why)
    if may.standing is None and (wanted is not None or not known.words(story)):
        return Refused("offered", _WHEN_NOT)
    return Done(may.standing)


def _seconds(known: KnownMatters, reader: Reader, story_id: str, first: str) -> tuple[Person, ...]:
    return people_to_agree(first, known.stored.by_story[story_id], reader.config.people)


def no_second(reader: Reader, known: KnownMatters, story_id: str) -> Refused | None:
    """Say why nobody can agree to what this person asks; of what was never raised only readers can."""
    matter, people = known.stored.by_story[story_id], reader.config.people
    able = _seconds(known, reader, story_id, reader.id)
    if story_id not in known.stored.alerts:
        able = tuple(p for p in able if access(p, matter, people) is Access.WORDS)
    return None if able else Refused("no_second", _NOBODY)


def asked_alike(
    con: Connection, reader: Reader, known: KnownMatters, given: SaidWrong, story_id: str
) -> SaidWrong | Refused | None:
    """Find the same asked by another, to which this agrees. Refused for one's own, or who may not."""
    right = given.kind, given.label, given.route
    asked = owner_store.list_asked(con, story_id, given.urn)
    same = [one for one in asked if (one.kind, one.label, one.route) == right]
    if any(one.person_id == reader.id for one in same):
        return Refused("second_person", _SECOND)
    able = waiting_requests(con, reader, known, story_id, given.urn)
    return next((one for one in same if one in able), Refused("second_person", SECONDS) if same else None)


def ask_second(
    con: Connection, session: Session, known: KnownMatters, given: SaidWrong, story_id: str, now: datetime
) -> None:
    """Asks by mail whoever may agree to what somebody asked; who could not read it until now can."""
    reader = Reader(session.config, session.store, session.person)
    able, matter = _seconds(known, reader, story_id, given.person_id), known.stored.by_story[story_id]
    late = [p.id for p in able if access(p, matter, session.config.people) is not Access.WORDS]
    asked = [p.id for p in able]
    for alert in alert_store.by_story(con, [story_id]).values():
        alert_store.ask_also(con, alert, asked, late, given.person_id, now)
    tell_of_it(con, session, known, given, story_id, asked, "asks", now)


def tell_of_it(
    con: Connection,
    session: Session,
    known: KnownMatters,
    given: SaidWrong,
    story_id: str,
    to: Collection[str],
    how: str,
    now: datetime,
) -> None:
    """Mails these (ids) that whoever acts `asks` for it, `agrees` to it or `refuses` it."""
    t = telling_of(session, known, story_id, now)
    what, name = t.w(f"instant.second.what.{given.kind}"), session.person.name
    said = [t.w(f"instant.second.{how}", name=name, what=what)]
    said += [t.w("instant.second.read")] if how == "asks" else []
    there = [p.id for p in session.config.people if p.id in to and p.email]
    opens, key = t.w(f"instant.second.{'open' if how == 'asks' else 'see'}"), f"{how} {given.kind}"
    put_outbox(con, compose_said(t, there, t.w(f"instant.second.do.{how}"), said, key, opens), now)


def telling_of(session: Session, known: KnownMatters, story_id: str, now: datetime) -> Telling:
    """Gather what a mail about a story is made of, whether it was raised or not."""
    judged, alert = known.stored.verdicts[story_id], known.stored.to_tell(story_id, now)
    seen = Seen(gravest_verdict(judged)) if judged and not alert.times else NOTHING_SEEN
    school, reached = school_of(session.config, alert.urn), message_means(session.context, alert.urn)
    people, cases = session.config.people, known.open_cases(story_id)
    return telling(alert, people, school, reached, now, seen, cases=cases)


def mark_with_verdict(
    known: KnownMatters, story_id: str, kind: WrongKind, by: str, why: str, now: datetime
) -> SaidWrong:
    """Mark the post that the story goes by, with what was judged; it does not count yet."""
    was = leading(known.stored.verdicts[story_id])
    return SaidWrong(
        was.mention_id, was.urn, by, None, "", None, why, now, kind.value, None, None,
        was.relevance, was.severity, was.route, was.sentiment, was.model,
    )  # fmt: skip


def is_raised(known: KnownMatters, story_id: str) -> bool:
    """Is there an alert of it, or does it call for one?"""
    return story_id in known.stored.alerts or any(map(calls_for_alert, known.stored.verdicts[story_id]))


def _put_mark(con: Connection, known: KnownMatters, given: Marked, why: str) -> Done[Marked | None]:
    holds = owner_store.record_mark(con, given, why)
    if holds == given and (kind := given.mark.says) in _CORRECTS:
        said = mark_with_verdict(known, given.story_id, WrongKind(kind), given.person_id, why, given.at)
        said = replace(said, counts_at=given.at if given.mark.ends else None)
        if kind == WrongKind.NOT_US:
            said = replace(said, relevance=Relevance.NOT_ABOUT)
        elif kind == WrongKind.TOO_GRAVE:
            below = max(Severity.NOTHING, min(Severity.RESPOND, (said.was_severity or Severity.NOTHING) - 1))
            said = replace(said, severity=Severity(below))
        owner_store.put_said_wrong(con, said, given.story_id)
    return Done(holds)


_CORRECTS = frozenset((Mark.NOT_US.value, Mark.TOO_GRAVE.value))
"""What ends a story as judged wrongly, by the name of its `WrongKind`."""
_LOWERS = "It lowers what was raised: say why; the reason is kept."
_WHY = (
    "Severity 4, the routes safeguarding and police_now, and what is with the DSL: two people who may read "
    "it, and whom it does not mean, say that it is not about the school, too grave, or in the wrong "
    "lane, each with a reason"
)
_SECOND = "They have said so already: a second person says so too, with a reason."
SECONDS = (
    "The second person is a safeguarding lead, or the person who decides; if nobody else may, the chair, "
    "or the contact at the trust or the local authority."
)
_NOBODY = (
    "It takes two people, and there is no other who may agree: name a deputy safeguarding lead, a chair or a "
    "contact at the trust or the local authority."
)
_WHEN_NOT = (
    f"{_WHY}; while a case is open, close the case; nobody marks criticism of themselves as not about us; "
    "an alert is taken on its page"
)
