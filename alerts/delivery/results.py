"""Results of a message: sent, failed, the ceiling a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from functools import partial
from itertools import groupby
from typing import Protocol, Self
from zoneinfo import ZoneInfo

from alerts.access.offices import LAST_RESORT, MACHINES, holders
from alerts.layout.note import LIFE, Button, Note, message, short_note
from alerts.links import Links
from data.frozen import freeze
from data.ids import digest
from data.people import people_of
from data.store.outbox import LIST, Queued
from data.types import Alert, Messages, OutboxMessage, People, Person, Route, School, Severity, Via
from data.words.say import Words, join_filled, words

# How handing one message over ended: a value, never another program's words.

BeforeData = Callable[[], bool]
"""Asked right before the message itself is handed over; on False it is not."""


class Courier(Protocol):
    """Hands messages over one by one, each to one person."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is left open between two messages, unless the courier says otherwise."""
        return None

    def send(self, content: bytes, sender: str, to: str, before_data: BeforeData) -> Result | None:
        """Send one mail; None where `before_data` said no. Raises Unready, and what `before_data` raises."""


class SendOutcome(StrEnum):
    """The fate of the message. `unsure`: the server may have taken it, we cannot know."""

    SENT = "sent"
    RETRY = "retry"
    FAILED = "failed"
    UNSURE = "unsure"


class Cause(StrEnum):
    """Why it was not sent. Each has its sentence in the catalogue, `failure.cause.…`."""

    NO_PERSON = "no_person"
    NO_ADDRESS = "no_address"
    NO_CHAT = "no_chat"
    BAD_ADDRESS = "bad_address"
    ATTACHMENT = "attachment"
    CHANGED = "changed"
    ADDRESS_REFUSED = "address_refused"
    MESSAGE_REFUSED = "message_refused"
    SENDER_REFUSED = "sender_refused"
    SIGN_IN_REFUSED = "sign_in_refused"
    NO_SIGN_IN = "no_sign_in"
    PASSWORD = "password"
    CERTIFICATE = "certificate"
    NO_TLS = "no_tls"
    PLAIN = "plain"
    UNREACHABLE = "unreachable"
    BUSY = "busy"
    LIMIT = "limit"
    DROPPED = "dropped"
    NO_SECRET = "no_secret"
    APP_SECRET = "app_secret"
    APP_EXPIRED = "app_expired"
    APP_UNKNOWN = "app_unknown"
    APP_NO_RIGHT = "app_no_right"
    TENANT_UNKNOWN = "tenant_unknown"
    TOKEN_REFUSED = "token_refused"
    TOKEN_NOT_TAKEN = "token_not_taken"
    MAILBOX_UNKNOWN = "mailbox_unknown"
    TOO_LARGE = "too_large"
    MICROSOFT_UNREACHABLE = "microsoft_unreachable"
    MICROSOFT_CERTIFICATE = "microsoft_certificate"
    NOT_MICROSOFT = "not_microsoft"
    CHAT_REFUSED = "chat_refused"
    CHAT_PRIVATE = "chat_private"
    INTERRUPTED = "interrupted"
    EXPIRED = "expired"
    OURS = "ours"


OF_THE_TOKEN = frozenset((Cause.NO_SECRET, Cause.APP_SECRET, Cause.APP_EXPIRED, Cause.APP_UNKNOWN))
OF_THE_TOKEN |= {Cause.TENANT_UNKNOWN, Cause.TOKEN_REFUSED}
"""Causes that lie in the sign-in of our application to Microsoft 365, before any mail."""

OF_THE_PERSON = frozenset((Cause.NO_PERSON, Cause.NO_ADDRESS, Cause.NO_CHAT, Cause.BAD_ADDRESS))
OF_THE_PERSON |= {Cause.ADDRESS_REFUSED, Cause.CHAT_PRIVATE}
"""Causes that lie in one person's address: nothing else would reach them there."""


@freeze
class Result:
    """One try: the server's `code` (“550 5.1.1”) alone is kept; it asks us to wait for `wait_s`."""

    outcome: SendOutcome
    cause: Cause | None = None
    code: str = ""
    wait_s: float | None = None

    @property
    def detail(self) -> str:
        """For the store: the cause and the code; "" where it was sent."""
        return join_filled(" ", self.cause, self.code)


SENT = Result(SendOutcome.SENT)
retry = partial(Result, SendOutcome.RETRY)


class Unready(Exception):
    """The server takes no message now, from nobody; `result` says why."""

    def __init__(self, result: Result) -> None:
        self.result = result
        super().__init__(result.detail)


def cause_of(detail: str) -> Cause:
    """The cause from a stored detail; `ours` where it names none we know."""
    name = detail.partition(" ")[0]
    return Cause(name) if name in set(Cause) else Cause.OURS


AFTER_LIMIT_S = 3600.0
"""So long after a limit of our account was reached nothing else would be answered."""
LONGEST_TRYING = timedelta(days=3)
FIRST_WAIT_S, LONGEST_WAIT_S = 60.0, 3600.0
FIRST_URGENT_WAIT_S, LONGEST_URGENT_WAIT_S = 20.0, 300.0
URGENT_KINDS = frozenset(("instant", "escalation", "warning", "drill"))
REFUSED = frozenset((Cause.ADDRESS_REFUSED, Cause.MESSAGE_REFUSED))
"""Causes that lie with the person or the message, and not with us."""

TAKEN_UP_FOR = timedelta(hours=24)
"""So long what was given up and taken up again is tried before it is asked anew whether it still must be."""


def is_urgent(message: OutboxMessage) -> bool:
    """Must somebody act on it now: on an alert, or on its not having reached another?"""
    return message.kind in URGENT_KINDS or (message.kind == "failure" and message.alert_id is not None)


def may_be_mended(message: OutboxMessage, result: Result) -> bool:
    """Is it tried again? What tells of a failure is, where it is refused itself, until it is stale."""
    refused = result.outcome is SendOutcome.FAILED and result.cause in REFUSED
    return result.outcome is SendOutcome.RETRY or (message.kind == "failure" and refused)


def next_try(
    attempts: int,
    first_try: datetime,
    now: datetime,
    jitter_01: float,
    *,
    urgent: bool = False,
    asked_s: float | None = None,
) -> datetime | None:
    """When to try again after `attempts` tries; None where three days of trying have passed.

    The wait doubles from one minute to one hour, for what is urgent from twenty seconds to five minutes, and
    that without an end; `jitter_01` in [0, 1) takes up to a quarter off, so that many do not knock at once.
    Where the server asks for `asked_s`, it is not sooner than that, nor for that later than the longest wait:
    nobody's answer holds an alert back for hours."""
    if not urgent and now - first_try >= LONGEST_TRYING:
        return None
    first = FIRST_URGENT_WAIT_S if urgent else FIRST_WAIT_S
    longest = LONGEST_URGENT_WAIT_S if urgent else LONGEST_WAIT_S
    doubled = min(longest, first * 2.0 ** min(attempts - 1, 32))
    ours = doubled * (1.0 - jitter_01 / 4.0)
    return now + timedelta(seconds=max(ours, min(asked_s or 0.0, longest)))


# What is said, and to whom, when a message did not arrive. Pure.

DOCTOR = "⟪doctor⟫"
SHOWN = 20
"""So many of them stand in one message; then it says how many more there are."""


@freeze
class Lost:
    """A message that did not arrive. `detail` begins with the cause; `alert` is what it told of. `in_hand`
    says that somebody has acknowledged that alert, `number` is that of its matter."""

    message: OutboxMessage
    detail: str
    alert: Alert | None = None
    in_hand: bool = False
    number: str = ""

    @property
    def urgent(self) -> bool:
        """Must somebody else be found who acts? A short message has a mail beside it."""
        urgent = self.message.kind in URGENT_KINDS and self.message.via is Via.MAIL
        return urgent and self.alert is not None and not self.in_hand


@freeze
class Circle:
    """The configured schools and people; `chats` are ids of those whom short messages reach. `beside` holds,
    by id, the ids of those who read somebody's short messages too; `links` make addresses."""

    schools: tuple[School, ...]
    people: People
    chats: frozenset[str]
    zone: ZoneInfo
    beside: Mapping[str, frozenset[str]] = field(default_factory=dict)
    links: Links = field(default_factory=Links)

    def school(self, urn: str) -> School:
        """The school of that key; one that is not configured any more goes by its number."""
        return next((s for s in self.schools if urn == s.urn or urn in s.members), School(urn, urn))

    def name(self, person_id: str) -> str:
        """Return what the person is called; somebody not configured any more goes by the id."""
        return next((p.name for p in self.people if p.id == person_id), person_id)


Told = tuple[tuple[str, ...], Messages]
"""Keys of messages that did not arrive, and what tells of them."""


def choose_substitute(lost: Lost, here: Sequence[Person], unreachable: Collection[str]) -> Person | None:
    """Choose who is told, None where nobody is left. `here` are the school's people. `unreachable` are ids of
    those whose own addresses fail: they are told only where nobody else is left."""
    barred = {lost.message.person_id, *(lost.alert.excluded if lost.alert else ())}
    left = [p for p in here if p.email and p.id not in barred]
    return _first(lost, [p for p in left if p.id not in unreachable]) or _first(lost, left)


def _first(lost: Lost, reachable: Sequence[Person]) -> Person | None:
    if lost.alert is None or not lost.urgent:
        return next(iter(holders(reachable, *MACHINES)), None)
    by_id = {p.id: p for p in reachable}
    audience, failed = lost.alert.audience, lost.message.person_id
    # from that person on, then from its beginning
    at = audience.index(failed) + 1 if failed in audience else 0
    in_order = (by_id[p] for p in (*audience[at:], *audience[:at]) if p in by_id)
    return next(in_order, None) or next(iter(holders(reachable, *LAST_RESORT)), None)


def tell(lost: Sequence[Lost], unreachable: Collection[str], circle: Circle, now: datetime) -> Iterator[Told]:
    """Make a message for each alert not told, one a person for all else; of what somebody can be told."""
    others: dict[tuple[str, str], list[Lost]] = defaultdict(list)
    for one in lost:
        school = circle.school(one.message.urn)
        to = choose_substitute(one, people_of(school, circle.people), unreachable)
        if to is None:
            continue
        if one.urgent:
            yield (one.message.key,), urgent_message(one, to, circle, now)
        else:
            others[school.urn, to.id].append(one)
    for (urn, person_id), several in others.items():
        to = next(p for p in circle.people if p.id == person_id)
        keys = tuple(one.message.key for one in several)
        yield keys, (other_message(several, to, circle.school(urn), circle, now),)


def urgent_message(lost: Lost, to: Person, circle: Circle, now: datetime) -> Messages:
    """Say that an alert did not reach somebody: by mail and, to who has one, by a short message."""
    school = circle.school(lost.message.urn)
    w = words(school.language)
    given = {"number": lost.number, "person": circle.name(lost.message.person_id)}
    subject = w("failure.urgent.subject", **given)
    story = lost.alert.story_id if lost.alert else ""
    page = circle.links.page(story, to.id, now) if story else None
    once = [w("instant.once")] if page and lost.alert and lost.alert.restricted else []
    note = Note(
        language=w.language,
        subject=subject,
        greeting=w("instant.greeting", name=to.name),
        said=w("failure.urgent.said", cause=_cause(w, lost), **given),
        parts=((w("failure.urgent.act", **given),),),
        danger=w("failure.urgent.danger"),
        button=Button(w("failure.urgent.page"), page) if page else None,
        small=(*once, w("common.not_watched")),
    )
    mail = _message(("failure", lost.message.key, to.id), to, school, note, now, lost.message)
    excluded = lost.alert.excluded if lost.alert else ()
    if to.id not in circle.chats or circle.beside.get(to.id, frozenset()) & set(excluded):
        return (mail,)
    said = w("failure.urgent.chat", number=lost.number)
    key = ("failure", lost.message.key, to.id, Via.CHAT.value)
    return mail, _message(key, to, school, said, now, lost.message)


def other_message(
    lost: Sequence[Lost], to: Person, school: School, circle: Circle, now: datetime
) -> OutboxMessage:
    w = words(school.language)
    lines = [_line(w, one, circle, now) for one in lost[:SHOWN]]
    if len(lost) > SHOWN:
        lines.append(w("failure.other.more", n=len(lost) - SHOWN))
    subject, typed = w("failure.other.subject", n=len(lost)), circle.links.typed(DOCTOR)
    mend = ((w("failure.end.mend"), typed),)
    note = short_note(w, subject, w("failure.other.intro"), tuple(lines), commands=mend)
    note = replace(note, greeting=w("instant.greeting", name=to.name))
    key = ("failure", to.id, *sorted(one.message.key for one in lost))
    return _message(key, to, school, note, now)


def _line(w: Words, lost: Lost, circle: Circle, now: datetime) -> str:
    m = lost.message
    kind = "chat" if m.via is Via.CHAT else m.kind if w.has(f"failure.kind.{m.kind}") else "other"
    day, clock = w.day(m.due_at, now, circle.zone), w.clock(m.due_at, circle.zone)
    who, what, why = circle.name(m.person_id), w(f"failure.kind.{kind}"), _cause(w, lost)
    return w("failure.other.line", kind=what, person=who, day=day, time=clock, cause=why)


def _cause(w: Words, lost: Lost) -> str:
    return w(f"failure.cause.{cause_of(lost.detail)}")


def _message(
    key: tuple[str, ...],
    to: Person,
    school: School,
    said: Note | str,
    now: datetime,
    about: OutboxMessage | None = None,
) -> OutboxMessage:
    made = message(said, to.id, school.urn, "failure", digest(*key), now, LIFE)
    return replace(made, alert_id=about.alert_id, times=about.times) if about else made


# How many mails of less weight somebody gets, and what goes together in their place. Pure.

CEILING = 8
"""So many of them a day reach a person from a school one by one."""
LISTED_AT = time(17)
_LONDON = ZoneInfo("Europe/London")
SINGLY = 5
"""So many first notices within an hour go singly."""
_RUSH, TOGETHER = timedelta(hours=1), timedelta(minutes=10)
_DAY = timedelta(days=1)


@freeze
class Plan:
    """The messages that wait: `held` keys, and `lists` for one person each, `until` the day ends."""

    held: frozenset[str]
    lists: tuple[tuple[Queued, ...], ...]
    until: datetime


def plan(rows: Sequence[Queued], now: datetime, *, reading_back: bool = False) -> Plan:
    """Works out which of these go now; `rows` are what is due and waits, and what went out in two days. What
    tells of posts from before we began goes together, while we are `reading_back` ten minutes later."""
    began = day_of(now)
    held: set[str] = set()
    lists: list[tuple[Queued, ...]] = []
    ordered = sorted(rows, key=lambda r: (r.person_id, r.urn))
    for _, group in groupby(ordered, key=lambda r: (r.person_id, r.urn)):
        mine = list(group)
        waiting = sorted((r for r in mine if r.went_at is None), key=lambda r: (-r.severity, r.due_at, r.key))
        old = [r for r in waiting if r.posted_at is not None and r.kind == "instant"]
        if reading_back and old and min(r.due_at for r in old) + TOGETHER > now:
            held |= {r.key for r in old}
        elif len(old) > 1:
            lists.append(tuple(sorted(old, key=lambda r: (-r.severity, r.posted_at or now))))
            held |= {r.key for r in old}
        waiting = [r for r in waiting if r.key not in held]
        late, over = _split_over_ceiling(mine, [r for r in waiting if is_rationed(r)], began)
        rest = [r for r in waiting if r not in late and r not in over]
        together, soon = _split_rush(mine, rest, now)
        now_together = [*late, *together]
        if len(now_together) > 1:
            lists.append(tuple(now_together))
            held |= {r.key for r in now_together}
        held |= {r.key for r in (*over, *soon)}
    return Plan(frozenset(held), tuple(lists), began + _DAY)


def is_rationed(row: Queued) -> bool:
    """Is it one of those of which somebody gets eight a day?"""
    if row.kind in ("case", "morning"):
        return True
    if row.kind not in ("instant", "question") or row.route in _URGENT or row.violent:
        return False
    return row.severity < Severity.THIS_HOUR and bool(row.route)


_URGENT = frozenset(route.value for route in Route if route.urgent)


def day_of(moment: datetime) -> datetime:
    """When the day of that moment began: at the last 17:00 in London."""
    here = moment.astimezone(_LONDON)
    day = here.date() - (_DAY if here.time() < LISTED_AT else timedelta())
    return datetime.combine(day, LISTED_AT, _LONDON).astimezone(UTC)


def _split_over_ceiling(
    mine: Sequence[Queued], waiting: Sequence[Queued], began: datetime
) -> tuple[list[Queued], list[Queued]]:
    """Split those that wait and count: what was over yesterday, and what is today."""
    before = _count_gone(mine, began - _DAY, began)
    late = [r for r in waiting if r.due_at < began and before >= CEILING]
    left = max(CEILING - _count_gone(mine, began, began + 2 * _DAY), 0)
    return late, [r for r in waiting if r not in late][left:]


def _count_gone(mine: Iterable[Queued], since: datetime, until: datetime) -> int:
    went = (r.went_at for r in mine if r.went_at is not None and (is_rationed(r) or r.kind == LIST))
    return sum(since <= at < until for at in went)


def _split_rush(
    mine: Sequence[Queued], waiting: Sequence[Queued], now: datetime
) -> tuple[list[Queued], list[Queued]]:
    """Split the first notices that wait: what goes together now, and what at the next ten minutes."""
    lately = sum(r.kind == "instant" and r.went_at is not None and now - _RUSH < r.went_at for r in mine)
    notices = [r for r in waiting if r.kind == "instant"][max(SINGLY - lately, 0) :]
    able = [r for r in notices if r.route and r.severity < Severity.THIS_HOUR and not r.violent]
    return [r for r in able if _mark(r.due_at) <= now], [r for r in able if _mark(r.due_at) > now]


def _mark(moment: datetime) -> datetime:
    past = timedelta(minutes=moment.minute % 10, seconds=moment.second, microseconds=moment.microsecond)
    return moment - past + (TOGETHER if past else timedelta())


def twins(held: Iterable[str], rows: Iterable[Queued]) -> Iterator[str]:
    """The keys of the short messages that go beside these mails."""
    of = {(r.person_id, r.alert_id, r.times) for r in rows if r.key in frozenset(held)}
    yield from (r.key for r in rows if r.chat and (r.person_id, r.alert_id, r.times) in of)
