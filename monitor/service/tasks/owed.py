"""Mails about what waits for somebody: what people asked about their own data, a week before it is due; and
what was handed in, within the hour.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from alerts.access.matter import alleged_in
from alerts.access.offices import OFFICE_ABOUT, holders
from alerts.access.recipients import first_reader, in_their_place
from alerts.notices.owed import UnreadMatter, due_messages, handed_messages, mailing_hour
from alerts.wording.verdicts import channel_name
from classifiers.verdicts.named_people import strictly_named
from data.evidence.handed_in import Says, Whom, said_of
from data.judged import speaks_of_child
from data.people import people_of
from data.store.engine.connect import Connection
from data.store.mentions.person_reports import UnreadHandIn, note_passed, unread_hand_ins
from data.store.messages.outbox import put_outbox, unwritten
from data.store.privacy.requests import due_between
from data.types import OutboxMessage, Person, Verdict
from data.words.say import words
from monitor.act.requests.office import protectors
from monitor.config.home.context import Context, Write, rest, rests
from monitor.matters.reader import StoredMatters, read_matters

BEFORE, HOUR = timedelta(days=7), timedelta(hours=1)
LOOKED_BACK = timedelta(days=3)
"""What was handed in earlier is not mailed any more: a service that stood still, or was upgraded, would send
what the digests have told."""


def requests_due(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """Messages about requests whose time ends within a week, of complaints that to acknowledge them: each is
    written once, and again only where its time was extended. To the data protection officer, or the
    head where there is none; in the place of who is away, who covers for them."""
    config, found = context.config, due_between(con, now, now + BEFORE)
    schools = {urn: school for urn in {one.urn for one in found} if (school := config.school(urn))}
    messages = list[OutboxMessage]()
    for one in found:
        if school := schools.get(one.urn):
            here, able = people_of(school, config.people), protectors(config, school)
            to = in_their_place([p for p in here if p.id in able and p.email], here, now, lambda _: True)
            messages += due_messages(one, school, to, config.calendar(school.urn), config.zone, now)
    new = unwritten(con, messages)
    return [partial(put_outbox, messages=new, now=now)] if new else []


def hand_ins(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """One mail a person for all that was handed in up to the last hour (`mailing_hour`), raised no alert and
    nobody has looked at; each is mailed once. Whoever handed in what is theirs to read knows of it."""
    config, writes = context.config, list[Write]()
    if rests(context, "handed", con, now):
        return []
    for school in config.schools:
        hour = mailing_hour(now, config.zone, config.calendar(school.urn))
        here = people_of(school, config.people)
        if hour is None or not any(p.email for p in here):
            continue
        found = unread_hand_ins(con, school.urn, hour - LOOKED_BACK, hour, [p.id for p in here])
        stored = read_matters(con, config, {one.story_id: school.urn for one in found})
        theirs: dict[Person, list[UnreadHandIn]] = {}
        for one in found:
            to = _first_reader(one, stored, here, now)
            if to is not None:
                theirs.setdefault(to, []).append(one)
        for to, of_them in theirs.items():
            if told := [one for one in of_them if one.brought != to.id]:
                messages = handed_messages(
                    _matters(told, school.language), school, to, context.links, config.zone, now
                )
                writes.append(partial(put_outbox, messages=messages, now=now))
            passed = {one.mention_id: to.id for one in of_them}
            writes.append(partial(note_passed, urn=school.urn, passed=passed, now=now))
    if not writes:
        rest(context, "handed", con, now, now.replace(minute=0, second=0, microsecond=0) + HOUR)
    return writes


def _first_reader(
    one: UnreadHandIn, stored: StoredMatters, here: Sequence[Person], now: datetime
) -> Person | None:
    """Who is mailed of it: nobody whom its bringer named or whom any verdict may accuse or mean."""
    says = said_of(json.loads(one.says)) if one.says else Says()
    verdicts = stored.verdicts[one.story_id]
    named = alleged_in(verdicts, here) | _meant(says, verdicts, here)
    named |= {p.id for p in strictly_named(here, one.words)}
    child = says.who == "child" or says.about in (Whom.CHILD, Whom.CHILDREN, Whom.BEFRIENDS)
    of_child = child or speaks_of_child(verdicts, one.words)
    return first_reader(stored.by_story[one.story_id], here, named, now, of_child=of_child)


def _meant(says: Says, verdicts: Sequence[Verdict], here: Sequence[Person]) -> frozenset[str]:
    """Ids of those whom the bringer named, or the verdicts are about: also as holders of that office."""
    abouts = {*(v.about.value for v in verdicts), says.about}
    offices = [role for about, role in OFFICE_ABOUT.items() if about.value in abouts]
    persons = {v.subject_person for v in verdicts if v.subject_person}
    return frozenset((says.who, *persons, *(p.id for p in holders(here, *offices))))


def _matters(told: Sequence[UnreadHandIn], language: str) -> list[UnreadMatter]:
    """Each matter once, by what was handed in of it first; without its place where it is restricted."""
    first, w = {one.story_id: one for one in reversed(told)}, words(language)
    hidden = {one.story_id for one in told if one.restricted}
    return [
        UnreadMatter(
            one.story_id,
            one.number or one.story_id[:6].upper(),
            "" if one.story_id in hidden else channel_name(one.channel, w),
            one.at,
        )
        for one in sorted(first.values(), key=lambda one: one.at)
    ]
