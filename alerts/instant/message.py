"""The words of an instant alert: that there is one, who acts, by when. Never what it says.

Mail and chat are read on lock screens and forwarded. So no text, title, address, author, handle or
year group goes in, and of where it was found only how far behind we may be; the reader looks it up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.hours import in_working_hours
from alerts.instant import lag as lags
from alerts.instant.escalation import WAIT
from alerts.instant.number import number_of
from alerts.means import Means
from data.calendar import Calendar
from data.content_class import ContentClass
from data.ids import digest
from data.judged import A_PERSON_DECIDES
from data.types import Alert, OutboxMessage, Person, Route, School, Severity, Via
from data.words.say import Words, words

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_HOUR = timedelta(hours=1)
INSTANT_LIFE = timedelta(hours=24)
"""An instant alert that could not be sent for a day is reported as not sent."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What every message about one alert is made from; `due` is when it goes out.

    `targets` are those whom a threat is aimed at (ids).
    """

    alert: Alert
    people: Mapping[str, Person]
    school: School
    means: Means
    w: Words
    due: datetime
    targets: frozenset[str] = frozenset()

    @property
    def number(self) -> str:
        """What people call the alert by."""
        return number_of(self.alert)

    @property
    def at(self) -> str:
        """The school's name, on one line."""
        return line(self.school.name)

    def names(self, ids: Iterable[str]) -> str:
        """The names of those of these people who are known."""
        return ", ".join(line(self.people[p].name) for p in ids if p in self.people)

    def message(
        self, person_id: str, kind: str, via: Via, key: str, subject: str, body: str
    ) -> OutboxMessage:
        """A message to one person; it is stale a day after it was due."""
        return OutboxMessage(
            key=key,
            urn=self.alert.urn,
            person_id=person_id,
            kind=kind,
            subject=subject,
            body=body,
            due_at=self.due,
            expires_at=self.due + INSTANT_LIFE,
            alert_id=self.alert.id,
            via=via,
            times=self.alert.times,
        )


def telling(alert: Alert, people: Sequence[Person], school: School, means: Means, due: datetime) -> Telling:
    """In the language of the school."""
    return Telling(alert, {p.id: p for p in people}, school, means, words(school.language), due)


def outbox(
    alert: Alert,
    people: Sequence[Person],
    school: School,
    now: datetime,
    means: Means,
    lag: lags.Lag = lags.UNKNOWN,
    targets: frozenset[str] = frozenset(),
) -> tuple[OutboxMessage, ...]:
    """A mail to each person of the alert's audience, in its order, and a chat message to those who have one.

    None without audience. Those of `targets` (ids) are told that it may threaten them and who deals with
    it, and are asked for nothing; but whoever comes first must act, target or not. Keys depend on the alert,
    how often it was raised, the person and the way, so that a repeat is one.
    """
    due = {via: due_at(alert, now, means.zone, means.calendar, via) for via in Via}
    t = {
        via: replace(telling(alert, people, school, means, due[via]), targets=targets - {*alert.audience[:1]})
        for via in Via
    }
    return tuple(_message(t[via], p, via, lag) for p in alert.audience for via in ways(p, alert, means))


def due_at(alert: Alert, now: datetime, zone: ZoneInfo, calendar: Calendar, via: Via = Via.MAIL) -> datetime:
    """When the alert goes out: aware, in the zone of `now`.

    At once, at any hour, for severity 4 and for the routes safeguarding and police_now; by mail, which will
    not wake anyone, also for odd posts on the school's own accounts (Monkhouse 401: immediately). Otherwise
    at once between 08:00 and 18:00 on one of the school's working days, or at 08:00 on the next.
    """
    if alert.severity >= Severity.THIS_HOUR or alert.route.urgent:
        return now
    if alert.content_class == ContentClass.OWN_ACCOUNT and via is Via.MAIL:
        return now
    return in_working_hours(now, zone, calendar)


def ways(person_id: str, alert: Alert, means: Means) -> tuple[Via, ...]:
    """How a person is told: by mail, and by chat where the settings say how and no subject reads it too."""
    read_by_subject = means.beside.get(person_id, frozenset()) & set(alert.excluded)
    return (Via.MAIL, Via.CHAT) if person_id in means.chats and not read_by_subject else (Via.MAIL,)


def chat(table: str, person_id: str, t: Telling) -> str:
    """One line with the alert's number and, where pages are served, the link to take it."""
    link = _page(person_id, t)
    if link is None:
        return t.w(f"{table}.chat", number=t.number, when=_when(t))
    return t.w(f"{table}.chat_page", number=t.number, when=_when(t), link=link)


def mail(person_id: str, head: Iterable[str], end: Iterable[str], t: Telling) -> str:
    """A mail as plain text, lines ended by a line feed: what is the matter, how to take it, and its end."""
    lines = [_greeting(person_id, t), "", *head, "", *_how_to(person_id, t), "", *end]
    return "\n".join([*lines, t.w("instant.private"), t.w("common.not_watched")]) + "\n"


def step(t: Telling) -> str:
    """What is asked of the reader."""
    own = t.alert.content_class == ContentClass.OWN_ACCOUNT
    unplaced = any(reason.code == A_PERSON_DECIDES for reason in t.alert.because)
    what = "unplaced" if unplaced and not t.alert.route.urgent else t.alert.route.value
    key = "instant.step." + ("own_account" if own else what)
    return t.w(key if t.w.has(key) else "instant.step.decide")


def danger(t: Telling) -> list[str]:
    """Before all else is read: that somebody may be in danger, of what is grave and no mere account."""
    danger = t.alert.severity >= Severity.THIS_HOUR or t.alert.route is Route.POLICE_NOW
    grave = danger and t.alert.content_class != ContentClass.OWN_ACCOUNT
    return [t.w("instant.danger")] if grave else []


def posted(t: Telling) -> list[str]:
    """When it was posted, where that was long before we began to read there."""
    at = t.alert.posted_at
    return [t.w("instant.posted", day=t.w.full_day(at, t.means.zone))] if at else []


def behind(lag: lags.Lag, t: Telling) -> list[str]:
    """How long it may have stood before we saw it; not said of what bears its date."""
    return [] if t.alert.posted_at else [lags.sentence(lag, t.w)]


def line(text: str) -> str:
    """A name as it may stand in a message: no control characters, so no header and no line of its own."""
    return _CONTROL.sub(" ", text).strip()


def _message(t: Telling, person_id: str, via: Via, lag: lags.Lag) -> OutboxMessage:
    beside_mail = () if via is Via.MAIL else (via.value,)
    key = digest("outbox", t.alert.id, str(t.alert.times), person_id, *beside_mail)
    if person_id in t.targets:
        return _to_target(t, person_id, via, key)
    if via is Via.CHAT:
        return t.message(person_id, "instant", via, key, "", chat("instant", person_id, t))
    again = "instant.subject_again" if t.alert.times > 1 else "instant.subject"
    subject = t.w(again, school=t.at, number=t.number, when=_when(t))
    body = mail(person_id, _head(person_id, t), [*_chain(t), *behind(lag, t)], t)
    return t.message(person_id, "instant", via, key, subject, body)


def _to_target(t: Telling, person_id: str, via: Via, key: str) -> OutboxMessage:
    """What concerns whom a threat is aimed at; nothing is asked of them, nor said of what was written."""
    if via is Via.CHAT:
        return t.message(person_id, "instant", via, key, "", t.w("instant.target.chat", number=t.number))
    others = t.names(p for p in t.alert.audience if p not in t.targets)
    lines = [
        _greeting(person_id, t),
        "",
        t.w("instant.target.what", number=t.number, school=t.at),
        *posted(t),
        t.w("instant.target.danger"),
        *([t.w("instant.target.others", names=others)] if others else []),
        "",
        *(t.w(f"instant.target.{name}") for name in ("leave", "police", "support")),
        "",
        t.w("instant.private"),
        t.w("common.not_watched"),
    ]
    subject = t.w("instant.target.subject", school=t.at, number=t.number)
    return t.message(person_id, "instant", via, key, subject, "\n".join(lines) + "\n")


def _head(person_id: str, t: Telling) -> list[str]:
    return [
        t.w("instant.needs", number=t.number, school=t.at, when=_when(t)),
        *posted(t),
        *danger(t),
        step(t),
        t.w("instant.by", when=_deadline(t)),
        _others(person_id, t),
    ]


def _greeting(person_id: str, t: Telling) -> str:
    name = t.names([person_id])
    return t.w("instant.greeting", name=name) if name else t.w("instant.greeting_nobody")


def _how_to(person_id: str, t: Telling) -> list[str]:
    """How it is taken and read: the page where pages are served, and the commands."""
    who, link = line(person_id), _page(person_id, t)
    page = [t.w("instant.page"), f"    {link}", t.w("instant.page_or_command")]
    opens = f'--restricted --as {who} --reason "…"' if t.alert.restricted else f"--as {who}"
    return [
        *(page if link else [t.w("instant.command")]),
        f"    schoolgate alerts ack {t.alert.id} --as {who}",
        t.w("instant.read"),
        f"    schoolgate alerts show {t.alert.id} {opens}",
    ]


def _page(person_id: str, t: Telling) -> str | None:
    """Where this person reads the matter and says that they have it; None where no pages are served."""
    return t.means.links.page(t.alert.story_id, person_id, t.due)


def _when(t: Telling) -> str:
    if t.alert.severity >= Severity.THIS_HOUR:
        return t.w("instant.when.now")
    return t.w("instant.when.soon" if t.alert.route.urgent else "instant.when.today")


def _deadline(t: Telling) -> str:
    if t.alert.severity >= Severity.THIS_HOUR:
        end, zone = t.due + _HOUR, t.means.zone
        return t.w("instant.by_hour", clock=t.w.clock(end, zone), day=t.w.day(end, t.alert.raised_at, zone))
    return t.w("instant.by_day", day=t.w.day(t.due, t.alert.raised_at, t.means.zone))


def _others(person_id: str, t: Telling) -> str:
    others = t.names(p for p in t.alert.audience if p != person_id)
    if not others:
        return t.w("instant.only")
    first = t.alert.audience[0] == person_id
    return t.w("instant.first" if first else "instant.as_well", names=others)


def _chain(t: Telling) -> list[str]:
    if t.alert.severity < Severity.THIS_HOUR:
        return []
    own = t.alert.content_class == ContentClass.OWN_ACCOUNT
    clock = t.w.clock(t.due + WAIT, t.means.zone)
    return [t.w("instant.chain_account" if own else "instant.chain", clock=clock), ""]
