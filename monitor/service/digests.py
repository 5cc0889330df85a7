"""The daily digest of each leader, and on Friday at 16:00 the week's report.

Somebody who belongs to several schools, as the central team of a trust does, has one digest for all of them.
A report is made of each week that holds a day of term, in holidays of each fourth week; of four weeks
together where none of them has five mentions. The weeks without one are in the next report's table, and it
says how many they are. After a sleep only the newest missed week gets its report, once.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from itertools import chain, islice

from alerts.access import knowing
from alerts.access.matter import matter_of_account
from alerts.access.offices import hears_on_mondays
from alerts.access.recipients import asked_to_sign, in_their_place, leadership, not_away
from alerts.drill import ANNOUNCED
from alerts.facts import Agenda, Facts, OpenMatter, Phrase, SchoolPart, Selection
from alerts.layout.note import LIFE, Button, Note, message
from alerts.links import Links
from alerts.notices.book import Book, note_alive
from alerts.select import for_part_of_it
from alerts.weekly.compose import MONTH, WHOLE
from alerts.weekly.facts import Hidden, Week, from_json, last_complete, parse_week
from alerts.weekly.wording import lead, questions
from alerts.wording.digest.view import View, digest_html, digest_text
from data.digest import Edition
from data.errors import InputError
from data.frozen import freeze
from data.ids import digest
from data.people import PeopleBySchool, people_of, schools_of
from data.store import digest as digest_store
from data.store import weekly as weekly_store
from data.store.alerts import list_alerts
from data.store.engine.audit_chain import AuditEntry, Code, append
from data.store.engine.connect import Connection
from data.store.outbox import keys_in_outbox, put_outbox
from data.store.weekly import WeeklyReport, anything_before
from data.types import OutboxMessage, Person, School
from data.words.say import words
from monitor.config.home.context import Context, Write
from monitor.config.load import Config
from monitor.matters.assessment import only_looks
from monitor.matters.reader import read_matters
from monitor.matters.today import (
    OF_A_TRUST,
    OF_ONE_SCHOOL,
    Days,
    Due,
    asked_together,
    central_team,
    digest_readers,
    due_of,
    due_today,
    list_apart,
    readers_beside,
)
from monitor.reports.weekly import current, gather_report, is_wanted, sign_key
from monitor.service.notebook import read_book

DIGEST = "digest"
AT_A_LOOK = 8
"""The digests, or the week's reports, of so many schools are composed at a look, a second's work or two: the
store is held meanwhile, and what is urgent must not wait for those of a whole trust."""
_EMPTY, _NO_PAGES = Book(), Links()
Dues = Sequence[tuple[School, Due]]


@freeze
class Prepared:
    """One person's digest: as it is kept for each of its schools, and as a letter. `blind` says that it tells
    of places that could not be seen; `announced` are the drills that it announces."""

    editions: tuple[Edition, ...]
    letter: OutboxMessage
    view: View
    blind: bool = False
    announced: tuple[AuditEntry, ...] = ()

    @property
    def is_sent(self) -> bool:
        """Not on a day without school on which nothing new cannot wait."""
        return any(edition.outbox_key for edition in self.editions)

    def waits(self, context: Context, now: datetime) -> bool:
        """Is what it tells of places not known before a reading has ended, or its time before the first?"""
        if all(edition.covers.since >= edition.covers.until for edition in self.editions):
            return True
        return self.blind and context.read_at is not None and now < context.read_at


def digests(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """The digests that are due now and were not composed yet, of some schools; of others at the next look.

    Each is composed once, sent or not; one that tells of places not seen once they have been read.
    """
    config = context.config
    due = [(school, found) for school in config.schools if (found := due_today(config, school, now))]
    if not due or _has_nothing_to_say(con, config, now):
        return ()
    done = digest_store.list_editions(con, sorted({d.period for _, d in due}))
    people, asked, team = PeopleBySchool(config.people), asked_together(config), central_team(config)
    missing = (
        (school, one, told)
        for school, one in due
        if (
            told := [
                p
                for here, instead in [(people.of(school), team if school.is_trust else asked)]
                for p in _not_away(
                    con,
                    config,
                    school,
                    now,
                    (*digest_readers(config, school, here, instead), *readers_beside(school, here, instead)),
                    {p.id for p in here if _key(one, school, p) in done},
                )
                if _key(one, school, p) not in done
            ]
        )
    )
    writes: list[Write] = []
    for school, one, told in islice(missing, AT_A_LOOK):
        made = prepare(
            con, config, school, one, told, now, links=context.links, book=_book(context, now),
            read_at=context.read_at,
        )  # fmt: skip
        writes += [partial(queue_digest, x) for x in made if not x.waits(context, now)]
    return writes


def _has_nothing_to_say(con: Connection, config: Config, now: datetime) -> bool:
    """Does the home only look, and did nobody hand anything in?"""
    return only_looks(con, config, now) and not list_alerts(
        con, [school.urn for school in config.schools], open_only=False
    )


def _not_away(
    con: Connection,
    config: Config,
    school: School,
    now: datetime,
    people: Sequence[Person],
    done: Collection[str],
) -> list[Person]:
    """List who is here, and the last reader of an open matter though away, until all have theirs."""
    left = not_away(people, now)
    ids = {p.id for p in left}
    if len(left) == len(people) or ids <= {*done}:
        return left
    alerts = list_alerts(con, [school.urn], open_only=False, finished=False)
    stored = read_matters(con, config, {a.story_id: a.urn for a in alerts})
    here = people_of(school, config.people)
    whole = leadership(school, people)  # the others are sent what is restricted alone
    matters = [(m, people if m.restricted else whole) for m in stored.by_story.values()]
    able = [{p.id for p in knowing.readers(of, m, here)} for m, of in matters]
    last = {i for of in able if ids.isdisjoint(of) for i in of}
    return [p for p in people if p.id in ids | last]


def _book(context: Context, now: datetime) -> Book:
    """Our own troubles, with the time in which nothing ran that has only ended."""
    return note_alive(read_book(context.home), now)


def people_without_digest(
    con: Connection, school: School, due: Due, people: Collection[Person]
) -> list[Person]:
    """Those of these people who have no digest of that day in the queue yet."""
    found = {p.id: digest_store.find_edition(con, *_key(due, school, p)) for p in people}
    return [p for p in people if (before := found[p.id]) is None or before.outbox_key is None]


def _key(due: Due, school: School, person: Person) -> tuple[str, str, str, str]:
    return due.kind, school.urn, due.period, person.id


def queue_digest(prepared: Prepared, con: Connection) -> None:
    """Keep the editions and queue the one message; they stay as they are where the day has them already."""
    for edition in prepared.editions:
        digest_store.put_edition(con, edition)
    if prepared.is_sent:
        put_outbox(con, [prepared.letter], prepared.editions[0].composed_at)
        append(con, prepared.announced)


def prepare(
    con: Connection,
    config: Config,
    school: School,
    due: Due,
    people: Sequence[Person],
    now: datetime,
    *,
    links: Links = _NO_PAGES,
    again: bool = False,
    book: Book = _EMPTY,
    read_at: datetime | None = None,
) -> list[Prepared]:
    """The digests of these people. What happened is read once for all whose digests cover the same time.

    `links` are how our pages are addressed; `book` holds our own troubles, which come first; `read_at` is as
    in `Context`.
    With `again` one that was composed before covers what it covered then.
    """
    from alerts.wording.digest.compose import compose_digest

    parts = Days(con, config, now, links, book, read_at).parts(school, due, people, again=again)
    found = []
    for part in parts:
        chosen = for_part_of_it(part.chosen)
        view, key = (
            compose_digest(part.facts, chosen),
            digest("digest", school.urn, due.period, chosen.person.id),
        )
        asks = replace(chosen, matters=tuple(m for m in chosen.matters if m.group is not Agenda.PRAISE))
        quiet = view.quiet if asks == chosen else compose_digest(part.facts, asks).quiet  # praise can wait
        nothing = quiet or (chosen.alone and not _speaks(chosen, part.facts.window.since))
        nothing = nothing and not _hears_of_quiet(part.facts, chosen)
        found.append(_prepare_digest([part], [(school, due)], view, key, now, nothing=nothing))
    return found


def _hears_of_quiet(facts: Facts, chosen: Selection) -> bool:
    """Is the reader sent a digest of a quiet day? Whoever looks first by the school's policy is, or who
    covers for them, so that silence is never ours; all are where none of those is sent any. On Mondays the
    head, the safeguarding lead and who keeps the end of the record are, too, and head and lead
    after a drill; on the day before one all are."""
    sent, matter = leadership(facts.school, facts.people), matter_of_account(facts.school)
    matter = replace(matter, policy=facts.policy)
    looks = knowing.first_assessors(matter, facts.people)
    first = [p for p in in_their_place(looks, facts.people, facts.now, sent.__contains__) if p in sent]
    if facts.drill_next or (not chosen.alone and (chosen.person in first or not first)):
        return True
    monday, keeps = facts.day.weekday() == 0, chosen.person.id == facts.witness
    return (monday and keeps) or bool((monday or facts.drill) and hears_on_mondays(chosen.person))


def _speaks(chosen: Selection, since: datetime) -> bool:
    """Is there something in it for who is sent no more than their part? Danger that another has is, once."""

    def is_new(one: OpenMatter) -> bool:
        has = one.view.holder
        return has is None or has.person == chosen.person.id or has.since >= since

    danger = any(is_new(one) or one.wording is Phrase.NUMBER for one in chosen.of(Agenda.DANGER))
    return danger or any(
        one.group in (Agenda.MINE, Agenda.OVERDUE, Agenda.DECIDE, Agenda.NEWS) or one.wording is Phrase.NUMBER
        for one in chosen.matters
    )


def _prepare_digest(
    parts: Sequence[SchoolPart],
    dues: Dues,
    view: View,
    key: str,
    now: datetime,
    kinds: tuple[str, str] = OF_ONE_SCHOOL,
    *,
    nothing: bool = False,
) -> Prepared:
    """Prepare one person's digest, a part a school; silent where `nothing` in it is for them."""
    person, (first, due) = parts[0].chosen.person, dues[0]
    quiet = not any(d.school_day for _, d in dues) and not any(p.chosen.new_to_decide for p in parts)
    silent = nothing or quiet
    editions = tuple(
        Edition(
            kinds[not d.school_day], s.urn, d.period, person.id, p.facts.window, None if silent else key, now
        )
        for (s, d), p in zip(dues, parts, strict=True)
    )
    letter = OutboxMessage(
        key=key,
        urn=first.urn,
        person_id=person.id,
        kind=DIGEST,
        subject=view.subject,
        body=digest_text(view),
        due_at=min(due.at, now),
        expires_at=due.expires_at,
        html=digest_html(view),
        numbers=view.numbers,
    )
    announced = tuple(
        AuditEntry(now, "schoolgate", ANNOUNCED, known, p.facts.school.urn, (Code.STARTS.of(day), whom))
        for p in parts
        if p.facts.drill_next
        for (known, day), whom in [(p.facts.drill_next, Code.TOLD.of(person.id))]
    )
    blind = any(p.facts.school_day and (p.facts.not_seen or not p.facts.reading.places) for p in parts)
    return Prepared(editions, letter, view, blind, announced)


def trust_digests(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """Compose, once each, the digests due now of people of several schools."""
    config = context.config
    team = not_away(central_team(config), now)
    due = [(school, found) for school in config.schools if team and (found := due_today(config, school, now))]
    if not due or _has_nothing_to_say(con, config, now):
        return ()
    done = digest_store.list_editions(con, sorted({d.period for _, d in due}))
    days = Days(con, config, now, context.links, _book(context, now), context.read_at)
    writes: list[Write] = []
    for person in team:
        mine = set(schools_of(person, config.schools))
        missing = [
            (s, d)
            for s, d in due
            if s in mine and (OF_A_TRUST[not d.school_day], s.urn, d.period, person.id) not in done
        ]
        if missing and not (made := prepare_together(days, missing, person)).waits(context, now):
            writes.append(partial(queue_digest, made))
    return writes


def untold_together(
    con: Connection, config: Config, day: date, now: datetime, links: Links
) -> list[Prepared]:
    """Those of a day that nobody has in the queue yet, while they can be sent."""
    found = []
    for person in central_team(config):
        prepared = prepare_for_person(con, config, person, day, now, links)
        kept = (digest_store.find_edition(con, e.kind, e.urn, e.period, person.id) for e in prepared.editions)
        if now < prepared.letter.expires_at and not any(e is not None and e.outbox_key for e in kept):
            found.append(prepared)
    return found


def prepare_for_person(
    con: Connection,
    config: Config,
    person: Person,
    day: date,
    now: datetime,
    links: Links = _NO_PAGES,
    *,
    book: Book = _EMPTY,
) -> Prepared:
    """Prepare their digest of several schools of a day, as it was composed or would be."""
    due = [(school, due_of(config, school, day)) for school in schools_of(person, config.schools)]
    return prepare_together(Days(con, config, now, links, book), due, person, again=True)


def prepare_together(days: Days, dues: Dues, person: Person, *, again: bool = False) -> Prepared:
    """The one digest of these schools for this person."""
    from alerts.wording.digest.compose import compose_for_schools

    parts = list_apart(p for s, d in dues for p in days.parts(s, d, [person], OF_A_TRUST, again=again))
    key = digest("trust_digest", dues[0][1].period, person.id)
    return _prepare_digest(parts, dues, compose_for_schools(parts), key, days.now, OF_A_TRUST)


def sender_name(config: Config, message: OutboxMessage, person: Person) -> str | None:
    """Under which name somebody of the central team is written to; None where the school's own serves."""
    if message.kind != DIGEST or not central_team(config, [person]):
        return None
    schools = schools_of(person, config.schools)
    trusts = {school.name if school.is_trust else school.trust for school in schools}
    name = trusts.pop() if len(trusts) == 1 else next((s.name for s in schools if s.is_trust), None)
    return name or ", ".join(school.name for school in schools)


_LOOK_BACK = 3
"""So many weeks back a missed report is still made: a sleep over half term loses no week of term."""


def write_reports(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """Write what is due now: one report a school and its messages, for some schools a look."""
    schools, zone = context.config.proper, context.config.zone
    if not anything_before(con, last_complete(now, zone).end(zone)):
        return []
    newest = weekly_store.newest_reports(con, [school.urn for school in schools])
    found = (_school(con, context, school, newest.get(school.urn), now) for school in schools)
    return list(chain.from_iterable(islice(filter(None, found), AT_A_LOOK)))


def _school(
    con: Connection, context: Context, school: School, newest: WeeklyReport | None, now: datetime
) -> list[Write]:
    zone = context.config.zone
    last = last_complete(now, zone)
    due = next((w for n in range(_LOOK_BACK) if is_wanted(context.config, school, w := last.back(n))), None)
    if due is not None and (newest is None or newest.week < due.name):
        weeks = from_json(newest.facts).weeks[-MONTH:] if newest else ()
        few = newest and all(row.cells[WHOLE] is Hidden.FEW for row in weeks)
        span = MONTH if few else 1  # fewer than five mentions in each of them: the next is of a month
        if newest is None or newest.week <= due.back(span).name:
            return _compose_report(con, context, school, due, now, span)
    if newest is None or newest.signed_at is not None:
        return []
    if now < parse_week(newest.week).back(-1).end(zone):
        return _ask_to_sign(con, context, school, newest, now)
    return []


def _compose_report(
    con: Connection, context: Context, school: School, week: Week, now: datetime, span: int
) -> list[Write]:
    try:
        new = gather_report(con, context.config, school, week, now, span)
    except InputError:  # nothing was looked at before the week ended
        return []
    report = WeeklyReport(school.urn, week.name, new.text, now, counted=new.counted)

    def keep(con: Connection) -> None:
        weekly_store.put_report(con, school.urn, week.name, new.text, now, new.counted)

    return [keep, *_ask_to_sign(con, context, school, report, now)]


def _ask_to_sign(
    con: Connection, context: Context, school: School, report: WeeklyReport, now: datetime
) -> list[Write]:
    """Ask the next signer once by mail; whoever gets the digest after the first is asked there."""
    config, calendar = context.config, context.config.calendar(school.urn)
    asked = asked_to_sign(school, config.people, report.composed_at, now, config.zone, calendar)
    later = len(asked) > 1
    if not asked or (later and asked[-1] in digest_readers(config, school)):
        return []
    person = asked[-1]
    key = sign_key(school.urn, report.week, person.id)
    if keys_in_outbox(con, [key]):
        return []
    note = signing_mail(context, school, report, person, now, again=later)
    return [
        partial(put_outbox, messages=[message(note, person.id, school.urn, "sign", key, now, LIFE)], now=now)
    ]


def signing_mail(
    context: Context, school: School, report: WeeklyReport, person: Person, now: datetime, *, again: bool
) -> Note:
    """Say that a report waits, its first paragraph, what governors may ask, and how to sign."""
    facts, week, w = current(context.config, school, report), parse_week(report.week), words(school.language)
    day = context.config.day_of(facts.composed_at)
    may_ask = (f"– {one}" for one in questions(w, facts, day))
    page = context.links.report(school.urn, report.week, person.id, now)
    return Note(
        language=w.language,
        subject=w("report.sign.again_subject" if again else "report.sign.subject", week=week.number),
        greeting=w("instant.greeting", name=person.name),
        said=w("report.sign.said", week=week.number, year=week.year),
        parts=(
            (w("report.sign.begins"), lead(w, facts, week)),
            (w("report.sign.ask"), *may_ask),
            (w("reports.sign.by_link" if page else "report.sign.whole"),),
        ),
        button=Button(w("reports.sign.open"), page) if page else None,
        commands=() if page else ((w("report.sign.read"), context.links.typed("⟪/reports⟫")),),
        small=(w("report.sign.one"), w("common.not_watched")),
    )
