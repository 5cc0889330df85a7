"""Mails about a school’s own upkeep: a page without its notice, a policy past its review, a trial, a code;
about what waits for somebody: a request about their own data, and what was handed in and raised no alert."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.access.offices import answers_for_data
from alerts.access.recipients import in_their_place, leadership, policy_owners
from alerts.layout.note import Button, Note, clean_line, mails, message, short_note
from alerts.next_date import Means, in_working_hours
from data.frozen import freeze
from data.ids import digest
from data.privacy import PrivacyRequest, RequestKind
from data.register.calendar import SCHOOL_CLOSES, SCHOOL_OPENS, Calendar, local_day
from data.types import Messages, OutboxMessage, Outcome, Person, Role, School
from data.words.say import Words, join_filled, words

QUARTER_DAYS = 91
TRIAL = "test"
CODE = "code"
OFFICES = "offices"
"""That of a mail about who may see matters: it may go to an address that the settings name no more."""
CODE_LIFE = timedelta(minutes=10)

_TRIAL_LIFE = timedelta(hours=1)
_WORKING_DAY = timedelta(hours=11)


@freeze
class Missing:
    """The notice that an account is not watched around the clock, where it does not stand, and since when.
    `was_there` says that it stood there once; `notice` are the words the school has chosen, if any."""

    source_id: str
    account: str
    since: datetime
    was_there: bool = True
    notice: str | None = None
    contact: str = ""


def notice_messages(
    missing: Missing, school: School, people: Sequence[Person], zone: ZoneInfo, now: datetime
) -> Messages:
    """One mail to each of the leadership and IT, at once at any hour: a mail wakes nobody. Keys depend on the
    account, the day it went missing and the person: a page that shows its notice now and then leads to one
    message a day at most."""
    w = words(school.language)
    when = f"{w.day(missing.since, now, zone)}, {w.clock(missing.since, zone)}"
    said = "account.missing" if missing.was_there else "account.never"
    hands = (w("account.hands"),) if missing.was_there else ()
    put = (w("account.put"), notice_words(missing, w))
    parts = ((w("account.why"),), put, (w("account.own_words"), *hands))
    subject, told = w("account.subject", account=missing.account), w(said, account=missing.account, when=when)
    note = short_note(w, subject, told, *parts, once=w("account.once"))
    to = in_their_place(leadership(school, people, Role.IT_LEAD), people, now, lambda _: True)
    day = local_day(missing.since, zone).isoformat()
    key = ("account", "notice", missing.source_id, school.urn, day)
    return mails(note, to, school.urn, "account", key, now)


def notice_words(missing: Missing, w: Words) -> str:
    """Words to put there: the school's own, else ours."""
    return missing.notice or w("account.notice", contact=missing.contact or w("account.office"))


def review_messages(
    policy: tuple[str, str, date], school: School, people: Sequence[Person], means: Means, now: datetime
) -> Messages:
    """Say that a written policy (its title, its version, when its review was due) is past its review, in
    working hours: to the head and the chair, for governors own the policy and the head runs it day to day
    (Maesteg, Basildon 11, Monkhouse 501). Of five policies that we read two were past it, and two had no
    date.

    The key changes with each quarter since the review was due. The first begins the day after that day; there
    is no mail before it."""
    title, version, review_due = policy
    days = (local_day(now, means.zone) - review_due).days
    if days < 1:
        return ()
    w = words(school.language)
    which = w("policy.version", version=version) if version else w("policy.no_version")
    overdue = w("policy.overdue", title=title, day=w.full_day(review_due))
    parts = (which, w("policy.why")), (w("policy.mend"),)
    note = short_note(w, w("policy.subject"), overdue, *parts, once=w("policy.again"))
    key = ("policy", school.urn, title, review_due.isoformat(), str((days - 1) // QUARTER_DAYS))
    due = in_working_hours(now, means.zone, means.calendar)
    return mails(note, policy_owners(school, people), school.urn, "account", key, due)


def assessment_messages(
    school: School, people: Sequence[Person], means: Means, now: datetime, *, only_looks: bool
) -> Messages:
    """Say that no impact assessment is recorded, in the language of the home's first `school`: to heads and
    data protection officers, once each working day. Posts about people are processed without one, or none is
    kept until there is one (UK GDPR, Art. 35(1))."""
    if in_working_hours(now, means.zone, means.calendar) != now:
        return ()
    w = words(school.language)
    typed = ((w("assessment.enter"), means.links.typed("⟪setup⟫")),)
    said = w("assessment.only_looks" if only_looks else "assessment.missing")
    subject, once = w("assessment.subject"), w("assessment.each_day")
    note = short_note(w, subject, said, (w("assessment.to_do"),), once=once, commands=typed)
    to = [p for p in people if answers_for_data(p) and p.email]
    key = ("assessment", local_day(now, means.zone).isoformat())
    return mails(note, to, school.urn, "account", key, now, _WORKING_DAY)


@freeze
class UnreadPlace:
    """A place that has not been read since then, and how it ended last."""

    name: str
    outcome: Outcome
    since: datetime


def unread_messages(
    places: Sequence[UnreadPlace], school: School, to: Sequence[Person], means: Means, due: datetime
) -> Messages:
    """To IT: which places have not been read for a whole school day by then, why, and how to try."""
    w = words(school.language)
    lines = []
    for place in places:
        since = w.full_day(local_day(place.since, means.zone))
        why = w(f"digest.not_seen.{place.outcome.value}")
        lines.append(w("notice.places.line", place=clean_line(place.name), why=why, since=since))
    subject, said, once = (w(f"notice.places.{part}") for part in ("subject", "said", "once"))
    typed = ((w("notice.places.try"), means.links.typed("⟪/sources⟫")),)
    note = short_note(w, subject, said, tuple(lines), once=once, commands=typed)
    return mails(note, to, school.urn, "account", ("places", due.isoformat()), due)


def code_message(
    school: School, person: Person, code: str, now: datetime, zone: ZoneInfo, key: str = "page.code"
) -> OutboxMessage:
    """The mail with the code by which a browser proves itself, in the words under that `key`. It waits in no
    outbox, as the next one. A telephone shows the subject, which says when it was asked for, and the first
    line, which is the code: the subject alone is written into logs of mail servers."""
    w = words(school.language)
    lines = [code, "", w(f"{key}.use"), "", w(f"{key}.not_asked"), "", w("common.not_watched")]
    known, subject = (
        digest(CODE, school.urn, person.id, now.isoformat()),
        w(f"{key}.subject", clock=w.clock(now, zone)),
    )
    body = "\n".join(lines) + "\n"
    return OutboxMessage(known, school.urn, person.id, CODE, subject, body, now, now + CODE_LIFE)


def sheet_note(school: School, person: Person, until: date) -> Note:
    """Tells that a person made their sealed sheet of codes: each lets its holder in as them."""
    w, name = words(school.language), clean_line(person.name)
    said = w("ways.sheet.mail.said", name=name, until=w.full_day(until))
    return short_note(w, w("ways.sheet.mail.subject"), said, (w("ways.sheet.mail.not_asked", name=name),))


def sheet_used_note(school: School, person: Person, at: datetime, zone: ZoneInfo) -> Note:
    """Tells that somebody signed in as a person by a code of their sheet."""
    w, name = words(school.language), clean_line(person.name)
    said = w("ways.sheet.used.said", name=name, clock=w.clock(at, zone), day=w.day(at, at, zone))
    return short_note(w, w("ways.sheet.used.subject"), said, (w("ways.sheet.used.not_agreed", name=name),))


def offices_note(school: School, by: Person | None, said: Sequence[str]) -> Note:
    """Notices who may see matters, or has another address, from now on; by None: changed at the shell."""
    w = words(school.language)
    whose = w("people.mail.said", by=clean_line(by.name)) if by else w("people.mail.said_shell")
    changed = tuple(map(clean_line, said))
    return short_note(w, w("people.mail.subject"), whose, changed, (w("people.mail.not_right"),))


def sheet_wanted_note(school: School, page: str) -> Note:
    """Asks whoever has one for a new sheet, once a term has begun; `page` is where they make it."""
    w = words(school.language)
    parts = ("subject", "said", "why", "once", "open")
    subject, said, why, once, opens = (w(f"ways.sheet.wanted.{part}") for part in parts)
    return short_note(w, subject, said, (why,), once=once, button=Button(opens, page))


def passkey_note(school: School, name: str) -> Note:
    """Tells a person that a passkey of that name was made for them: who made it signs in as they do."""
    w = words(school.language)
    said = w("passkeys.mail.said", name=clean_line(name))
    return short_note(w, w("passkeys.mail.subject"), said, (w("passkeys.mail.not_yours"),))


def trial_message(school: School, person: Person, zone: ZoneInfo, now: datetime) -> OutboxMessage:
    """The mail that `schoolgate mail test` sends to one person: what it is, and nothing of anybody. It waits
    in no outbox: it is handed over at once or not at all, one for each time that it is asked for."""
    w = words(school.language)
    why = w("trial.why", school=school.name, day=w.day(now, now, zone), time=w.clock(now, zone))
    note = short_note(w, w("trial.subject"), why, (w("trial.from_here", school=school.name), w("trial.junk")))
    note = replace(note, greeting=w("instant.greeting", name=person.name))
    key = digest(TRIAL, school.urn, person.id, now.isoformat())
    return replace(message(note, person.id, school.urn, TRIAL, key, now, _TRIAL_LIFE), html=None)


_A_MOMENT = timedelta(minutes=1)


def due_messages(
    one: PrivacyRequest, school: School, to: Sequence[Person], means: Means, now: datetime
) -> Messages:
    """Say that a request is due soon, in working hours: by its number alone, since a reference may name
    somebody. The key changes with the day that it is due. Raises ValueError where nothing is due of it."""
    if one.due_at is None:
        raise ValueError(f"nothing is due of {one.id}")
    w, base, zone = words(school.language), means.links.base_url, means.zone
    last = w.full_day(one.due_at - _A_MOMENT, zone)
    what = "acknowledge" if one.kind is RequestKind.COMPLAINT else "answer"
    note = short_note(
        w,
        w("privacy.owed.subject", request=one.id),
        w(f"privacy.owed.{what}", request=one.id, kind=w(f"privacy.owed.kind.{one.kind.value}"), day=last),
        (w("privacy.owed.received", day=w.full_day(one.received_at, zone)), w("privacy.owed.how")),
        (w("privacy.owed.longer"),),
        once=w("privacy.owed.once"),
        button=Button(w("privacy.owed.page"), f"{base.rstrip('/')}/requests/{one.id}") if base else None,
    )
    key = ("request", school.urn, one.id, one.due_at.isoformat())
    return mails(note, to, school.urn, "account", key, in_working_hours(now, zone, means.calendar))


_SHOWN = 12
"""So many matters stand in one mail; of the others it says how many there are."""
HANDED = "handed"


@freeze
class UnreadMatter:
    """A matter handed in `at` that nobody has looked at: number, and place, "" where only few may know."""

    story_id: str
    number: str
    place: str
    at: datetime


def mailing_hour(now: datetime, zone: ZoneInfo, calendar: Calendar) -> datetime | None:
    """The last full hour at which what was handed in before it is mailed: on a school day each from 07:00 to
    19:00, on any other 07:00. None between 20:00 and 07:00. In the school's `zone`."""
    local = now.astimezone(zone)
    hour = datetime.combine(local.date(), time(local.hour), zone)
    if not SCHOOL_OPENS <= hour.time() <= SCHOOL_CLOSES:
        return None
    return hour if calendar.school_day(local.date()) else datetime.combine(hour.date(), SCHOOL_OPENS, zone)


def handed_messages(
    unread: Sequence[UnreadMatter],
    school: School,
    to: Person,
    means: Means,
    now: datetime,
    kind: str = "handed",
) -> Messages:
    """Mail one person each matter's number and place, no words; keyed by matters and hand-in times. `kind` is
    what was `handed` in, or `sealed`."""
    w, also = words(school.language), []
    for one in unread[:_SHOWN]:
        since = w(f"notice.{kind}.at", day=w.day(one.at, now, means.zone), clock=w.clock(one.at, means.zone))
        said = w("notice.handed.line", number=one.number, what=join_filled(", ", one.place, since))
        link = means.links.page(one.story_id, to.id, now)
        button = Button(w("instant.page"), link) if link else None
        also.append(((said,) if link else (said, w("instant.desk")), button))
    more = len(unread) - len(also)
    said = f"{w('digest.ring')} {w(f'notice.{kind}.said', n=len(unread))}"
    act, once = (w(f"notice.{kind}.act"),), w("notice.handed.once")
    note = short_note(w, w(f"notice.{kind}.subject", n=len(unread)), said, act, once=once)
    left = [((w("digest.more", count=w.number(more)),), None)] if more > 0 else []
    note = replace(note, also=(*also, *left))
    key = (HANDED, school.urn, *(f"{one.story_id} {one.at.isoformat()}" for one in unread))
    return mails(note, [to], school.urn, HANDED, key, now)
