"""Marking a story as somebody's or done with, taking that back, and asking a second person for what takes
two.

What ends it as wrongly judged is a correction too: it counts for what is like it once enough have said it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from alerts.access.knowing import Access, access, people_to_agree
from alerts.wording.instant import Telling, compose_said, telling
from alerts.wording.matters import NOTHING_SEEN, Seen
from data.frozen import freeze
from data.ids import digest
from data.judged import calls_for_alert, gravest_verdict, leading
from data.matters import ENDING, ActKind, DeedKind, MatterNote, SaidWrong, WrongKind
from data.people import people_of
from data.steps.acts import Done, Refused
from data.steps.codes import Became
from data.store import alerts as alert_store
from data.store import owners as owner_store
from data.store.engine.connect import Connection
from data.store.outbox import put_outbox
from data.types import Mark, Marked, Person, Relevance, School, Severity
from data.words.say import words
from monitor.config.home.context import Context, message_means
from monitor.config.load import Config
from monitor.matters.reader import (
    KnownMatters,
    Markable,
    Session,
    find_markable,
    school_of,
    waiting_requests,
)


@freeze
class Handling:
    """The work of somebody on a story of a school, in a write transaction, now."""

    con: Connection
    session: Session
    story_id: str
    urn: str
    now: datetime

    @property
    def me(self) -> str:
        """Return who acts, by id."""
        return self.session.person.id

    @property
    def config(self) -> Config:
        """Return the settings in use."""
        return self.session.config

    @property
    def context(self) -> Context:
        """Return all else of the home."""
        return self.session.context

    @property
    def school(self) -> School:
        """Return its school. Raises InputError where the settings have it no more."""
        return school_of(self.config, self.urn)

    @property
    def people(self) -> tuple[Person, ...]:
        """Return the people of its school."""
        return people_of(self.school, self.config.people)

    def refuse(self, guard: str, said: str = "", **given: object) -> Refused:
        """Refuse it by a guard, in a sentence of `matter.refused`: the guard's own, or `said`."""
        return Refused(guard, words(self.school.language)(f"matter.refused.{said or guard}", **given))

    def note_down(self, said: str, at: datetime | None = None, deed: DeedKind | None = None) -> MatterNote:
        """Write a note on it, dated now or `at` another time, and give that; `deed` where it says that this
        was done."""
        key, at = (self.story_id, self.urn), at or self.now
        note_id = digest("note", *key, self.me, at.isoformat())[:16]
        written = MatterNote(note_id, *key, self.me, said, at, deed)
        owner_store.put_note(self.con, written)
        return written

    def look(self) -> KnownMatters:
        """Look up what they may know of it, as it is now."""
        return self.session.look(self.con, {self.story_id: self.urn})


def mark(
    h: Handling, wanted: Mark | None, why: str = "", became: Became | None = None
) -> Done[Marked | None] | Refused:
    """Mark the story, or with None take the mark back; give what holds then: what holds already stays. What
    is grave is not about the school, less grave, or over, once two have said so, each with a reason; a danger
    `became` that."""
    known, story = h.look(), h.story_id
    may, why = find_markable(h.session, known, story), why.strip()
    if wanted is None:
        return _take_back(h, known, may)
    given = Marked(story, h.urn, wanted, h.me, h.now)
    if wanted in may.offered:
        return _put_mark(h, known, given, why, became)
    if wanted is Mark.TOO_GRAVE and Mark.NOT_US in may.offered and is_raised(known, story):
        return _put_mark(h, known, given, why, became) if why else h.refuse("reason", "lowers")
    if wanted.value in ENDING and may.by_two:
        return _mark_by_two(h, known, given, may.standing, why, became)
    return h.refuse("offered") if may.standing is None else Done(may.standing)


def _take_back(h: Handling, known: KnownMatters, may: Markable) -> Done[Marked | None] | Refused:
    """Take the mark that stands back, where they may; who may not, and reads it, is shown what stands."""
    standing, story = may.standing, h.story_id
    if standing is None and not known.words(story):
        return h.refuse("offered")
    if standing is None or not may.undoable:
        return Done(standing)
    owner_store.undo(h.con, story, h.urn, h.me, h.now)
    if (kind := standing.mark.says) in ENDING:
        owner_store.take_said_wrong_back(h.con, story, h.urn, h.me, h.now, [kind], anybodys=True)
    return Done(None)


def _mark_by_two(
    h: Handling, known: KnownMatters, given: Marked, first: Marked | None, why: str, became: Became | None
) -> Done[Marked | None] | Refused:
    """Mark it where somebody else has said the same; else it waits for a second, who may decide on it."""
    waits, out = given.mark.waiting, known.stored.by_story[h.story_id].people_concerned
    if not why:
        return h.refuse("reason", "by_two")
    if first is None or first.mark is not waits or first.person_id in out:
        return no_second(h, known) or _put_mark(h, known, replace(given, mark=waits), why, became)
    if first.person_id == h.me:
        return h.refuse("second_person", "second")
    if h.session.person not in _seconds(h, known, first.person_id):
        return h.refuse("second_person", "seconds")
    return _put_mark(h, known, given, why, became)


def _seconds(h: Handling, known: KnownMatters, first: str) -> tuple[Person, ...]:
    return people_to_agree(first, known.stored.by_story[h.story_id], h.config.people)


def no_second(h: Handling, known: KnownMatters) -> Refused | None:
    """Say why nobody can agree to what this person asks; of what was never raised only readers can."""
    matter, people = known.stored.by_story[h.story_id], h.config.people
    able = _seconds(h, known, h.me)
    if h.story_id not in known.stored.alerts:
        able = tuple(p for p in able if access(p, matter, people) is Access.WORDS)
    return None if able else h.refuse("no_second")


def asked_alike(h: Handling, known: KnownMatters, given: SaidWrong) -> SaidWrong | Refused | None:
    """Find the same asked by another, to which this agrees. Refused for one's own, or who may not."""
    right = given.kind, given.label, given.route
    out = known.stored.by_story[h.story_id].people_concerned
    asked = owner_store.list_asked(h.con, h.story_id, h.urn, out)
    same = [one for one in asked if (one.kind, one.label, one.route) == right]
    if any(one.person_id == h.me for one in same):
        return h.refuse("second_person", "second")
    able = waiting_requests(h.con, h.session, known, h.story_id, h.urn)
    return next((one for one in same if one in able), h.refuse("second_person", "seconds") if same else None)


def ask_second(h: Handling, known: KnownMatters, given: SaidWrong) -> None:
    """Asks by mail whoever may agree to what somebody asked; who could not read it until now can."""
    able = _seconds(h, known, given.person_id)
    matter, people = known.stored.by_story[h.story_id], h.config.people
    late = [p.id for p in able if access(p, matter, people) is not Access.WORDS]
    asked = [p.id for p in able]
    for alert in alert_store.by_story(h.con, [h.story_id]).values():
        alert_store.ask_also(h.con, alert, asked, late, given.person_id, h.now)
    tell_of_it(h, known, given, asked, "asks")


def tell_of_it(h: Handling, known: KnownMatters, given: SaidWrong, to: Collection[str], how: str) -> None:
    """Mails these (ids) that whoever acts `asks` for it, `agrees` to it or `refuses` it."""
    t = telling_of(h, known)
    t = replace(t, ask=ActKind.AGREE if how == "asks" else "")
    what, name = t.w(f"instant.second.what.{given.kind}"), h.session.person.name
    said = [t.w(f"instant.second.{how}", name=name, what=what)]
    said += [t.w("instant.second.read")] if how == "asks" else []
    there = [p.id for p in h.config.people if p.id in to and p.email]
    opens, key = t.w(f"instant.second.{'open' if how == 'asks' else 'see'}"), f"{how} {given.kind}"
    put_outbox(h.con, compose_said(t, there, t.w(f"instant.second.do.{how}"), said, key, opens), h.now)


def telling_of(h: Handling, known: KnownMatters) -> Telling:
    """Gather what a mail about a story is made of, whether it was raised or not."""
    judged, alert = known.stored.verdicts[h.story_id], known.stored.to_tell(h.story_id, h.now)
    seen = Seen(gravest_verdict(judged)) if judged and not alert.times else NOTHING_SEEN
    people, cases = h.config.people, known.open_cases(h.story_id)
    return telling(alert, people, h.school, message_means(h.context, h.urn), h.now, seen, cases=cases)


def mark_with_verdict(h: Handling, known: KnownMatters, kind: WrongKind, why: str) -> SaidWrong:
    """Mark the post that the story goes by, with what was judged; it does not count yet."""
    was = leading(known.stored.verdicts[h.story_id])
    return SaidWrong(
        was.mention_id, was.urn, h.me, None, "", None, why, h.now, kind.value, None, None,
        was.relevance, was.severity, was.route, was.sentiment, was.model,
    )  # fmt: skip


def is_raised(known: KnownMatters, story_id: str) -> bool:
    """Is there an alert of it, or does it call for one?"""
    return story_id in known.stored.alerts or any(map(calls_for_alert, known.stored.verdicts[story_id]))


def _put_mark(
    h: Handling, known: KnownMatters, given: Marked, why: str, became: Became | None
) -> Done[Marked | None]:
    holds = owner_store.record_mark(h.con, given, why)
    if holds == given and (kind := given.mark.says) in ENDING:
        said = mark_with_verdict(h, known, WrongKind(kind), why)
        said = replace(said, counts_at=given.at if given.mark.ends else None, became=became)
        if kind == WrongKind.NOT_US:
            said = replace(said, relevance=Relevance.NOT_ABOUT)
        elif kind == WrongKind.TOO_GRAVE:
            below = max(Severity.NOTHING, min(Severity.RESPOND, (said.was_severity or Severity.NOTHING) - 1))
            said = replace(said, severity=Severity(below))
        owner_store.put_said_wrong(h.con, said, h.story_id)
    return Done(holds)
