"""What every message about one alert is made from, and the sentences that they share. Pure.

Mail and chat are read on lock screens and forwarded. So no text, title, address, author, handle or year
group goes in, but for a public headline that accuses nobody; of what is restricted nothing at all that
depends on the post.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.access.recipients import may_ring_office, next_office
from alerts.escalation import TABLE, AlarmAudience
from alerts.layout.note import Button, Note, line, message
from alerts.next_date import Means, in_working_hours
from alerts.wording.digest.headlines import clearing, fullest, in_print
from alerts.wording.matters import describe, time_words
from alerts.wording.subject import (
    NOTHING_SEEN,
    Seen,
    Topic,
    is_restricted,
    lag_sentence,
    subject,
    topic_of_alert,
)
from data.content_class import ContentClass
from data.digest import Headline
from data.ids import digest, number_of
from data.judged import A_PERSON_DECIDES, may_endanger, means_violence, of_this_hour, said_now
from data.matters import Holder, PostView
from data.types import Alert, OutboxMessage, Person, Route, School, Via
from data.web.channels import spoken
from data.words.say import Words, words

_HOUR = timedelta(hours=1)
_MOST_PLACES = 3
INSTANT_LIFE = timedelta(hours=24)
"""An instant alert that could not be sent for a day is reported as not sent."""


@dataclass(frozen=True, slots=True)
class Telling:
    """`due` is when it goes out. `targets` are those whom a threat is aimed at (ids), `seen` what is known
    of the post, `cases` the numbers of the open cases about it.
    """

    alert: Alert
    people: Mapping[str, Person]
    school: School
    means: Means
    w: Words
    due: datetime
    targets: frozenset[str] = frozenset()
    seen: Seen = NOTHING_SEEN
    cases: tuple[str, ...] = ()

    @property
    def number(self) -> str:
        """What people call the matter by."""
        return number_of(self.alert.number, self.cases)

    @property
    def topic(self) -> Topic:
        """What its subjects may say."""
        return topic_of_alert(self.alert, self.seen, self.number)

    @property
    def restricted(self) -> bool:
        """Is nothing said of the post?"""
        return is_restricted(self.alert)

    def button(self, person_id: str, opens: str = "") -> Button | None:
        """The way of one person to its page, which the button `opens`; None where no page is served."""
        link = self.means.links.page(self.alert.story_id, person_id, self.due)
        opens = opens or self.w("instant.page_restricted" if self.restricted else "instant.page")
        return Button(opens, link) if link else None

    @property
    def in_print(self) -> PostView | None:
        """The article whose headline the mail says; None where it says none."""
        says = self.means.quotes and not self.restricted and self.seen.verdict and self.seen.verdict.event
        return fullest(self.seen.printed, tuple(self.people.values())) if says else None

    @property
    def own_account(self) -> bool:
        """Is it an odd post on an account of the school's own? Then nobody is in danger by it."""
        return self.alert.content_class == ContentClass.OWN_ACCOUNT and not self.restricted

    @property
    def in_danger(self) -> bool:
        """Is violence meant, while no route says so?"""
        return means_violence(self.alert) and not (self.restricted or self.alert.route.urgent)

    @property
    def grave(self) -> bool:
        """May somebody be in danger?"""
        return may_endanger(self.alert)

    def names(self, ids: Iterable[str]) -> str:
        """The names of those of these people who are known."""
        return ", ".join(line(self.people[p].name) for p in ids if p in self.people)

    def message(self, person_id: str, kind: str, key: str, said: Note | str) -> OutboxMessage:
        """A message to one person, in one thread with the first mail about the matter, which it answers."""
        alert = self.alert
        made = message(said, person_id, alert.urn, kind, key, self.due, INSTANT_LIFE)
        return replace(made, alert_id=alert.id, times=alert.times, thread=thread_of(alert.id, person_id))


def telling(
    alert: Alert,
    people: Sequence[Person],
    school: School,
    means: Means,
    due: datetime,
    seen: Seen,
    targets: frozenset[str],
    cases: Iterable[str],
) -> Telling:
    """In the language of the school; whoever comes first must act, target or not."""
    by_id, aimed_at = {p.id: p for p in people}, targets - {*alert.audience[:1]}
    w = words(school.language)
    return Telling(alert, by_id, school, means, w, due, aimed_at, seen, tuple(cases))


def thread_of(alert_id: str, person_id: str) -> str:
    """The key of the first mail that somebody gets about a matter; later ones answer it."""
    return digest("outbox", alert_id, "1", person_id)


def ways(person_id: str, alert: Alert, means: Means) -> tuple[Via, ...]:
    """How a person is told: by mail, and by chat where the settings say how and no subject reads it too."""
    read_by_subject = means.beside.get(person_id, frozenset()) & set(alert.excluded)
    return (Via.MAIL, Via.CHAT) if person_id in means.chats and not read_by_subject else (Via.MAIL,)


def headed(t: Telling, do: str, *more: str, first: bool = False) -> str:
    """The subject: the matter and what to do, then what else, and 999 where somebody may be in danger."""
    danger = [t.w("instant.if_danger")] if t.grave and not first else []
    return subject(t.topic, t.w, do, *more, *danger, first=first)


def mail(
    t: Telling,
    person_id: str,
    kind: str,
    key: str,
    heading: str,
    danger: str,
    *parts: Sequence[str],
    opens: str = "",
    also: Sequence[tuple[Telling, tuple[str, ...]]] = (),
) -> OutboxMessage:
    """A mail: `danger`, where somebody may be in any, what it is, these paragraphs, then the page, which the
    button `opens`, or the commands; `also` are other matters, with a line or two on each."""
    w, button, every = t.w, t.button(person_id, opens), (t, *(o for o, _ in also))
    note = Note(
        language=w.language,
        subject=heading,
        greeting=greeting(t, person_id),
        said=what(t),
        parts=tuple(tuple(filter(None, part)) for part in parts if any(part)),
        danger=said_first(t.w, danger, now=said_now(t.alert)) if t.grave else "",
        button=button,
        also=tuple((lines, o.button(person_id, opens)) for o, lines in also),
        commands=() if button else how_to_take(t, person_id, kind, every),
        small=(
            *([w("instant.once")] if button and any(o.restricted for o in every) else []),
            *small(w, t.number, quoted=t.in_print is not None),
        ),
    )
    return t.message(person_id, kind, key, replace(note, subject=_with_ref(t, person_id, kind, heading)))


def to_target(
    t: Telling, person_id: str, kind: str, via: Via, key: str, asked: Iterable[str], *, taken: bool = True
) -> OutboxMessage:
    """What concerns whom it is aimed at, and a page to answer on; nothing is said of what was written, but
    whether it may be a threat.

    `asked` are those who are to deal with it (ids), `taken` is false once they were asked in vain.
    """
    w, others = t.w, ", ".join(with_phone(t.people[p]) for p in asked if p in t.people)
    nobody = [] if taken else [w("instant.nobody")]
    heading = subject(
        replace(t.topic, restricted=False, label="target", channel="", event=None),
        w, w("instant.do.target"), *nobody, *([w("instant.target.if_danger")] if t.grave else []),
    )  # fmt: skip
    if via is Via.CHAT:
        return t.message(person_id, kind, key, w("instant.chat", said=heading))
    opens = w("instant.target.page" if t.grave else "instant.page")
    who = w("instant.target.others" if taken else "instant.target.nobody", names=others)
    note = Note(
        language=w.language,
        subject=heading,
        greeting=greeting(t, person_id),
        said=w("instant.target.what" if t.grave else "instant.target.wronged"),
        parts=(
            (*([who] if others else []), *(_to_ring(t, person_id) if t.grave else [])),
            (w("instant.target.leave"),),
            tuple(filter(None, (*posted(t), time_named(t)))),
            *([(w("instant.target.police"),)] if t.grave else []),
            (w("instant.target.support"), *filter(None, [t.means.support])),
        ),
        danger=said_first(w, w("instant.target.danger"), now=said_now(t.alert)) if t.grave else "",
        button=None if t.restricted else t.button(person_id, opens),
        small=small(w, t.number),
    )
    return t.message(person_id, kind, key, note)


def to_warned(
    t: Telling, person_id: str, key: str, via: Via, *, nobody: bool = False, has: Holder | None = None
) -> OutboxMessage:
    """The bare fact of danger, for whom may be told no more: nothing of the matter, nor a way to it.

    It names somebody to ring once that person `has` it; `nobody` says that they were asked in vain.
    """
    w, who = t.w, "you" if person_id in t.targets else "school"
    if via is Via.CHAT:
        return t.message(
            person_id, "warning", key, w("instant.chat", said=w(f"instant.warned.subject.{who}"))
        )
    named, parts = t.people.get(has.person) if has else None, _to_ring(t, person_id)
    if has and named:
        since = moment(t, has.since, after=t.due)
        parts.insert(0, w("instant.warned.has", name=with_phone(named), since=since))
    elif t.alert.audience:
        parts.insert(0, w(f"instant.warned.{'nobody' if nobody else 'asked'}"))
    note = Note(
        language=w.language,
        subject=w(f"instant.warned.subject.{'has' if named else who}"),
        greeting=greeting(t, person_id),
        said=w(f"instant.warned.{who}"),
        parts=(tuple(parts),),
        danger=said_first(w, w("instant.warned.danger"), now=said_now(t.alert)),
        button=t.button(person_id, w("instant.target.page")) if person_id in t.targets else None,
        small=(w("common.not_watched"),),
    )
    return t.message(person_id, "warning", key, note)


def by_number(
    t: Telling,
    person_id: str,
    key: str,
    via: Via,
    raised: Mapping[str, str],
    kind: str = "escalation",
    also: Sequence[tuple[Telling, tuple[str, ...]]] = (),
) -> OutboxMessage:
    """That there is an alarm which nobody has, by number alone: it is read by whoever takes it."""
    w = t.w
    heading = w("instant.numbered.subject", number=t.number)
    if via is Via.CHAT:
        return t.message(person_id, kind, key, chat(t, person_id, heading))
    opens = w("instant.page_restricted")
    button = t.button(person_id, opens)
    note = Note(
        language=w.language,
        subject=heading,
        greeting=greeting(t, person_id),
        said=w("instant.numbered.said", number=t.number, **raised),
        parts=((w("instant.numbered.how"), *out_of_hours(t)),),
        danger=w("instant.nobody_yet") if t.grave else "",
        button=button,
        also=tuple((lines, o.button(person_id, opens)) for o, lines in also),
        commands=() if button else how_to_take(t, person_id, kind, (t, *(o for o, _ in also))),
        small=(w("common.not_watched"),),
    )
    return t.message(person_id, kind, key, replace(note, subject=_with_ref(t, person_id, kind, heading)))


def to_noticed(t: Telling, person_id: str, fact: str, key: str) -> OutboxMessage:
    """That something in a matter of the safeguarding leads' is theirs to see to: its number, and no words."""
    w = t.w
    note = Note(
        language=w.language,
        subject=w("instant.noticed.subject", number=t.number),
        greeting=greeting(t, person_id),
        said=w(f"instant.noticed.{fact}"),
        parts=((w("instant.noticed.next", number=t.number),),),
        small=(w("common.not_watched"),),
    )
    return message(note, person_id, t.alert.urn, "account", key, t.due, INSTANT_LIFE)


def to_mender(t: Telling, person_id: str, key: str) -> OutboxMessage:
    """That an alarm is unanswered, and nothing else of it, for whoever looks after the machine."""
    w = t.w
    note = Note(
        language=w.language,
        subject=w("instant.unanswered.subject"),
        greeting=greeting(t, person_id),
        said=w("instant.unanswered.said"),
        parts=((w("instant.unanswered.do"),),),
        small=(w("common.not_watched"),),
    )
    return message(note, person_id, t.alert.urn, "account", key, t.due, INSTANT_LIFE)


def out_of_hours(t: Telling) -> tuple[str, ...]:
    """Whom to ring at any hour: of danger 101; for a child also social care, where the number is known."""
    number = t.school.social_care if t.alert.route is Route.SAFEGUARDING else ""
    care = [t.w("instant.social_care", number=line(number))] if number else []
    return (*care, *([t.w("instant.ring")] if t.grave else []))


def _to_ring(t: Telling, person_id: str) -> list[str]:
    """Whom somebody in danger can ring but 999: the head's office while it is open, and 101."""
    is_open = in_working_hours(t.due, t.means.zone, t.means.calendar) == t.due
    office = is_open and may_ring_office(person_id, t.alert, t.people.values())
    return [*([t.w("instant.office")] if office else []), t.w("instant.worried")]


def with_phone(person: Person) -> str:
    """“Ms Imogen Larkspur (01632 960 001)”, the name alone where no number is known."""
    return f"{line(person.name)} ({line(person.phone)})" if person.phone else line(person.name)


def said_first(w: Words, danger: str, *, now: bool) -> str:
    """The line on 999, after that somebody says that there is danger `now`."""
    return f"{w('instant.said_now')} {danger}" if now else danger


def small(w: Words, number: str, *, quoted: bool = False) -> tuple[str, ...]:
    """What stands at the end of every mail about a matter."""
    private = w("instant.private_but_headline" if quoted else "instant.private")
    return w("instant.number", number=number), private, w("common.not_watched")


def chat(t: Telling, person_id: str, said: str) -> str:
    """One line: what the subject of the mail says and, where pages are served, the link to it."""
    link = t.means.links.page(t.alert.story_id, person_id, t.due)
    if link is None:
        return t.w("instant.chat", said=said)
    return t.w("instant.chat_page", said=said, link=link)


def greeting(t: Telling, person_id: str) -> str:
    """By name, where it is known."""
    name = t.names([person_id])
    return t.w("instant.greeting", name=name) if name else t.w("instant.greeting_nobody")


def what(t: Telling) -> str:
    """One sentence: what happened, aimed at whom, and in what kind of place."""
    w, verdict = t.w, t.seen.verdict
    if t.restricted:
        return w("instant.restricted")
    if t.in_danger:
        return _placed(w("describe.danger"), t)
    if (post := t.in_print) is not None:
        n = len(t.seen.printed) - 1
        more = f", {t.w('digest.count.more_in_print', count=t.w.number(n))}" if n else ""
        return f"{_headline(post, t.w)}{more}."
    if t.own_account or verdict is None:
        return _placed(_by_its_class(t), t)
    said = describe(replace(verdict, route=t.alert.route), w)
    return said if verdict.event else _placed(said, t)


def cleared(t: Telling) -> list[str]:
    """What clears somebody, as such."""
    shown = t.in_print
    post = clearing(t.seen.printed, tuple(t.people.values())) if shown else None
    if post is None:
        return []
    return [t.w("describe.cleared"), *([] if post is shown else [f"{_headline(post, t.w)}."])]


def _headline(post: PostView, w: Words) -> str:
    return in_print(Headline(post.title or "", post.url, post.source_ids), frozenset(), {}, w)


def _by_its_class(t: Telling) -> str:
    key, w = f"describe.{t.topic.label}", t.w
    if t.topic.label == "decision" or not w.has(key):
        return w("describe.decision", who=w("describe.who.school"))
    somebody = w("describe.who.somebody_here")
    return w(key, who=somebody, Who=f"{somebody[:1].upper()}{somebody[1:]}")


def posted(t: Telling) -> list[str]:
    """When it was posted and when we saw it; else how long it may have been there."""
    if t.restricted or all(map(spoken, t.seen.channels or ("",))):
        return []
    w, zone, seen_at = t.w, t.means.zone, t.alert.raised_at
    if t.alert.posted_at is not None:
        return [w("instant.posted_before", day=w.full_day(t.alert.posted_at, zone))]
    at = t.in_print.published if t.in_print else t.seen.posted_at
    if at is None or at > seen_at:
        return [lag_sentence(t.seen.lag, w)]
    return [w("instant.posted", posted=moment(t, at), seen=moment(t, seen_at, after=at))]


def of_the_post(t: Telling) -> list[str]:
    """What is known of the post, in sentences: what clears somebody, when it was posted, a time it names."""
    return [*cleared(t), *posted(t), time_named(t), judged_again(t), perhaps(t)]


def time_named(t: Telling) -> str:
    """“It names a time: today, about 15:30.”, as of when it goes out; of what is restricted none."""
    said = None if t.restricted else t.seen.said_time
    return time_words(said, t.due.astimezone(t.means.zone).date(), t.w)


def perhaps(t: Telling) -> str:
    """That it may be about another school, where that is so."""
    doubt = any(reason.code == "perhaps_other_school" for reason in t.alert.because)
    return t.w("instant.perhaps") if doubt and not t.restricted else ""


def judged_again(t: Telling) -> str:
    """That it is not new but was judged again, where that is so."""
    again = any(reason.code == "judged_again" for reason in t.alert.because)
    return t.w("instant.judged_again") if again else ""


def step(t: Telling) -> str:
    """What is asked of the reader."""
    if t.in_danger:
        return t.w("instant.step.danger")
    unplaced = any(reason.code == A_PERSON_DECIDES for reason in t.alert.because)
    known = "unplaced" if unplaced and not (t.alert.route.urgent or t.restricted) else t.alert.route.value
    key = "instant.step." + ("own_account" if t.own_account else known)
    return t.w(key if t.w.has(key) else "instant.step.decide")


def deadline(t: Telling) -> str:
    """Within the hour for what is of this hour, else on the day it goes out."""
    if of_this_hour(t.alert):
        return t.w("instant.by", when=moment(t, t.due + _HOUR, after=t.due))
    return t.w("instant.by_day", day=t.w.day(t.due, t.alert.raised_at, t.means.zone))


def who_is_next(t: Telling, told: Iterable[str], minutes: int = 0) -> str:
    """Who is asked next, and when, while nobody has it; of what is not of this hour nobody is. `minutes` is
    the row of the table that tells it."""
    if not of_this_hour(t.alert):
        return ""
    known = {*told, *t.targets}
    next_up = next_office(t.alert, tuple(t.people.values()), t.school, t.due, known)
    for row in TABLE:
        if row.minutes > minutes:
            clock = t.w.clock(t.due + timedelta(minutes=row.minutes - minutes), t.means.zone)
            if AlarmAudience.ALL in row.asked:
                return t.w("instant.chain_end", clock=clock)
            if next_up:
                return t.w("instant.chain", clock=clock, name=t.names(next_up))
    return ""


def _placed(said: str, t: Telling) -> str:
    """The sentence with the kinds of place where it stands."""
    keys = [f"digest.at.{c}" for c in t.seen.channels[:_MOST_PLACES]]
    where = t.w.listed([t.w(key) for key in dict.fromkeys(keys) if t.w.has(key)])
    return t.w("instant.where", said=said.removesuffix("."), where=where) if where else said


def moment(t: Telling, moment: datetime, after: datetime | None = None) -> str:
    """“09:41 on Friday 20 November”; the time alone where it follows another of that day."""
    w, zone = t.w, t.means.zone
    clock = w.clock(moment, zone)
    if after is not None and after.astimezone(zone).date() == moment.astimezone(zone).date():
        return clock
    return w("instant.moment", clock=clock, day=w.day(moment, t.due, zone))


_TO_BE_TAKEN = frozenset(("instant", "escalation", "morning"))
"""Kinds of mail that ask somebody to take what nobody has."""


def how_to_take(
    t: Telling, person_id: str, kind: str, every: Iterable[Telling]
) -> tuple[tuple[str, str], ...]:
    """How a matter is taken where no page is served: its first by a reply where a mailbox is read for them,
    else each by a command; and where it is read."""
    who, typed, read = line(person_id), t.means.links.typed, (t.w("instant.read"), t.w("instant.desk"))
    if kind not in _TO_BE_TAKEN:
        return (read,)
    by_reply = [t] if t.school.urn in t.means.links.replies else []
    return (
        *((t.w("ways.take.reply", number=o.number), t.w("ways.take.confirmed")) for o in by_reply),
        *(
            (t.w("ways.take.command", number=o.number), typed(f"⟪alerts ack⟫ {o.number} ⟨person⟩ {who}"))
            for o in every
            if o not in by_reply
        ),
        read,
    )


def _with_ref(t: Telling, person_id: str, kind: str, heading: str) -> str:
    """The subject; with what a reply is told by, where a reply may take it."""
    links, alert = t.means.links, t.alert
    if kind not in _TO_BE_TAKEN or t.button(person_id) or t.school.urn not in links.replies:
        return heading
    return f"{heading} [ref:{links.reply_ref(alert.id, alert.times, person_id)}]"
