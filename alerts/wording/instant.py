"""Messages of an alert and of asking the next, and one mail or short message about it, whoever reads it: what
the matter is, what is asked and by when, one button. Pure.

Both are read on lock screens and forwarded. So no text, title, address, author, handle or year group goes in,
but for a public headline that accuses nobody; of what is restricted nothing at all that depends on the post.
A short message bears a number and what is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from alerts.access.offices import Fact
from alerts.access.recipients import (
    TELL_TARGET,
    find_notified,
    list_to_ring,
    may_ring_office,
    notified_so_far,
)
from alerts.escalation import ENDS, HOUR, Call, Occasion, Open, Unfinished
from alerts.layout.note import LIFE, Button, Note, clean_line, message, short_note
from alerts.links import Links
from alerts.next_date import Means, due_at, ico_by, in_waking_hours, in_working_hours, named_moment
from alerts.wording.digest.headlines import clearing, fullest, in_print
from alerts.wording.matters import (
    NOTHING_SEEN,
    Seen,
    Topic,
    describe,
    is_restricted,
    subject,
    time_words,
    title_of,
    topic_of_alert,
)
from data.content_class import ContentClass
from data.digest import Headline
from data.frozen import freeze
from data.ids import digest, each_once, number_of, squeeze
from data.judged import (
    BY_MAIL,
    BY_TEXT,
    is_enquiry,
    is_of_this_hour,
    may_endanger,
    means_violence,
    said_now,
)
from data.matters import LADO, Access, Holder, MatterView, PostView
from data.register.calendar import local_day
from data.steps.codes import Wellbeing
from data.store.outbox import LIST
from data.types import (
    Alert,
    Escalation,
    Mark,
    Messages,
    OutboxMessage,
    Owner,
    Person,
    Route,
    School,
    StillOpen,
    Via,
)
from data.web.channels import is_spoken
from data.words.say import Words, capital, words

_MOST_PLACES = 3
INSTANT_LIFE = timedelta(hours=24)
"""An instant alert that could not be sent for a day is reported as not sent."""


@freeze
class Telling:
    """`due` is when it goes out. `targets` are those whom it threatens or wrongs (ids), of whom those
    `threatened` may be in danger; `safe` (ids) said that they are; `seen` is what is known of the post;
    `cases` the numbers of the open cases; its page opens with the question `ask`."""

    alert: Alert
    people: Mapping[str, Person]
    school: School
    means: Means
    w: Words
    due: datetime
    targets: frozenset[str] = frozenset()
    threatened: frozenset[str] = frozenset()
    seen: Seen = NOTHING_SEEN
    cases: tuple[str, ...] = ()
    ask: str = ""
    safe: frozenset[str] = frozenset()

    @property
    def number(self) -> str:
        return number_of(self.alert.number, self.cases)

    @property
    def topic(self) -> Topic:
        return topic_of_alert(self.alert, self.seen, self.number)

    @property
    def is_restricted(self) -> bool:
        return is_restricted(self.alert)

    def button(self, person_id: str, opens: str = "") -> Button | None:
        """The way of one person to its page, which the button `opens`; None where no page is served."""
        link = self.means.links.page(self.alert.story_id, person_id, self.due)
        link = f"{link}?ask={self.ask}" if link and self.ask else link
        opens = opens or self.w("instant.page_restricted" if self.is_restricted else "instant.page")
        return Button(opens, link) if link else None

    @property
    def in_print(self) -> PostView | None:
        """The article whose headline the mail says; None where it says none."""
        says = self.means.quotes and not self.is_restricted and self.seen.verdict and self.seen.verdict.event
        return fullest(self.seen.printed, tuple(self.people.values())) if says else None

    @property
    def own_account(self) -> bool:
        """Is it an odd post on an account of the school's own? Then nobody is in danger by it."""
        return self.alert.content_class == ContentClass.OWN_ACCOUNT and not self.is_restricted

    @property
    def in_danger(self) -> bool:
        """Is violence meant, while no route says so?"""
        return means_violence(self.alert) and not (self.is_restricted or self.alert.route.urgent)

    @property
    def grave(self) -> bool:
        return may_endanger(self.alert)

    def names(self, ids: Iterable[str]) -> str:
        return ", ".join(clean_line(self.people[p].name) for p in ids if p in self.people)

    def heading(self, do: str) -> str:
        """The subject: danger first, the matter, what to do."""
        seen, zone = self.seen, self.means.zone
        view = MatterView(self.alert.story_id, self.alert.urn, Access.STATUS, top=seen.verdict)
        view = replace(view, channels=seen.channels)
        title = title_of(view, (), self.w, self.due, zone) if seen.verdict else ""
        return subject(self.topic, self.w, do, danger=self.grave, title=title)

    def because(self, code: str) -> bool:
        return any(reason.code == code for reason in self.alert.because)


def telling(
    alert: Alert,
    people: Sequence[Person],
    school: School,
    means: Means,
    due: datetime,
    seen: Seen = NOTHING_SEEN,
    targets: frozenset[str] = frozenset(),
    threatened: frozenset[str] = frozenset(),
    cases: Iterable[str] = (),
) -> Telling:
    """In the language of the school; whoever comes first must act, target or not."""
    by_id, aimed_at = {p.id: p for p in people}, targets - {*alert.audience[:1]}
    w = words(school.language)
    return Telling(alert, by_id, school, means, w, due, aimed_at, threatened, seen, tuple(cases))


def thread_of(alert_id: str, person_id: str) -> str:
    """The key of the first mail that somebody gets about a matter; later ones answer it."""
    return digest("outbox", alert_id, "1", person_id)


def ways(person_id: str, alert: Alert, means: Means) -> tuple[Via, ...]:
    """List how a person is told: by mail, and by chat where set up and no subject reads it too. Of a fraud
    not by the way by which it comes, where there is another and nothing worse is told."""
    read_by_subject = means.beside.get(person_id, frozenset()) & set(alert.excluded)
    worse = is_of_this_hour(alert) or alert.route.urgent or alert.restricted
    codes = {reason.code for reason in alert.because if not worse}
    if person_id not in means.chats or read_by_subject or BY_TEXT in codes:
        return (Via.MAIL,)
    return (Via.CHAT,) if BY_MAIL in codes else (Via.MAIL, Via.CHAT)


@freeze
class To:
    """The recipient of a message (an id), of what kind it is, its key, and the way."""

    person: str
    kind: str
    key: str
    via: Via = Via.MAIL


def compose_message(
    t: Telling, to: To, short: str, note: Note, parts: Sequence[Sequence[str]]
) -> OutboxMessage:
    """Compose a message to one person, in one thread with the first mail about the matter: by mail the note,
    with these paragraphs and the greeting, and how it is taken where it leads to no page; by chat a line that
    says `short`."""
    w, alert = t.w, t.alert
    if note.danger and said_now(alert):
        note = replace(note, danger=f"{w('instant.said_now')} {note.danger}")
    name = t.names([to.person])
    greeting = w("instant.greeting", name=name) if name else w("instant.greeting_nobody")
    shown = tuple(tuple(filter(None, part)) for part in parts if any(part))
    note = replace(note, greeting=greeting, parts=shown, small=(*note.small, w("common.not_watched")))
    link = note.button.url if note.button else ""
    line = w("instant.chat_page", said=short, link=link) if link else w("instant.chat", said=short)
    said = line if to.via is Via.CHAT else note
    made = message(said, to.person, alert.urn, to.kind, to.key, t.due, INSTANT_LIFE)
    return replace(made, alert_id=alert.id, times=alert.times, thread=thread_of(alert.id, to.person))


def to_reader(
    t: Telling,
    to: To,
    do: str,
    *parts: Sequence[str],
    danger: str = "instant.danger",
    opens: str = "",
    also: Sequence[tuple[Telling, tuple[str, ...]]] = (),
    numbered: bool = False,
) -> OutboxMessage:
    """To whom may read the matter, or once they have taken it (`numbered`): what it is, then what is asked of
    them. `do` stands in the subject too; `also` are other matters, with a line or two on each."""
    w, every = t.w, (t, *(o for o, _ in also))
    if numbered:
        heading = w("instant.numbered.subject", number=t.number)
        said = w("instant.numbered.said", number=t.number, **raised_at(t))
        said = said if t.alert.audience else w("instant.numbered.left", number=t.number)
        opens, small = w("instant.page_restricted"), [w("instant.number", number=t.number)]
    else:
        heading, said = t.heading(do), _title(t)
        small = [w("instant.number" if t.in_print else "instant.private", number=t.number)]
    button = t.button(to.person, opens)
    small += [w("instant.once")] if button and any(o.is_restricted for o in every) else []
    note = Note(
        language=w.language,
        subject=_with_ref(t, to, heading),
        said=said,
        danger=w(danger) if t.grave else "",
        button=button,
        also=tuple((lines, o.button(to.person, opens)) for o, lines in also),
        commands=() if button else _how_to_take(t, to, every),
        small=tuple(small),
    )
    short = w("instant.short_danger" if t.grave else "instant.short", number=t.number, do=do)
    return compose_message(t, to, short, note, parts)


def to_target(t: Telling, to: To, asked: Iterable[str], *, taken: bool = True) -> OutboxMessage:
    """To whom it is aimed at: what concerns them, and a page to answer on; nothing of what was written, but
    whether it may be a threat. At night only where they may be in danger themselves. `asked` are those who
    are to deal with it (ids), `taken` is false once they were asked in vain."""
    grave = t.grave and to.person in t.threatened
    t = t if grave else replace(t, due=in_waking_hours(t.due, t.means.zone))
    w, others = t.w, ", ".join(with_phone(t.people[p]) for p in asked if p in t.people)
    topic = replace(t.topic, restricted=False, label="safety" if grave else "target", channel="", event=None)
    do = w("instant.do.target" if taken else "instant.do.asked")
    opens = w("instant.target.page" if grave else "instant.second.see")
    page = to.via is Via.MAIL and not t.is_restricted
    note = Note(
        language=w.language,
        subject=subject(topic, w, do),
        said=w("instant.target.what" if grave else "instant.target.wronged"),
        danger=w("instant.target.danger") if grave else "",
        button=t.button(to.person, opens) if page else None,
        small=(w("instant.private", number=t.number),),
    )
    who = w("instant.target.others" if taken else "instant.target.nobody", names=others) if others else ""
    parts = (
        (_say_when_posted(t), _time_named(t) if grave else ""),
        (who, *(_to_ring(t, to.person) if grave else [])),
        (w("instant.target.leave"), w("instant.target.police") if grave else ""),
        (w("instant.target.support"), t.means.support),
    )
    short = w("instant.short_target" if grave else "instant.short", number=t.number, do=do)
    return compose_message(t, to, short, note, parts)


def to_warned(t: Telling, to: To, *, nobody: bool = False, has: Holder | None = None) -> OutboxMessage:
    """To whom may be told the bare fact alone; whom to ring once that person `has` it, or `nobody`."""
    w, who = t.w, "you" if to.person in t.threatened else "school"
    named, ring = t.people.get(has.person) if has else None, _to_ring(t, to.person)
    if has and named:
        since = moment_words(t, has.since, after=t.due)
        ring.insert(0, w("instant.warned.has", name=with_phone(named), since=since))
    elif t.alert.audience:
        ring.insert(0, w(f"instant.warned.{'nobody' if nobody else 'asked'}"))
    heading = w(f"instant.warned.subject.{'has' if named else who}")
    page = to.person in t.threatened and to.via is Via.MAIL
    opens = w("instant.second.see" if to.person in t.safe else "instant.target.page")
    button = t.button(to.person, opens) if page else None
    said = w(f"instant.warned.{who}")
    note = Note(w.language, heading, said, danger=w("instant.warned.danger"), button=button)
    return compose_message(t, to, heading, note, [ring])


def message_by_number(t: Telling, person_id: str, fact: str, key: str) -> OutboxMessage:
    """Say by number, in no words, that something of the safeguarding leads' is theirs to see to."""
    apart, of = ("", "") if t.is_restricted else ("_apart", f"_apart.{fact}")
    subject, said = t.w(f"instant.noticed.subject{of}", number=t.number), t.w(f"instant.noticed.{fact}")
    said = ico_deadline(t) if fact == Fact.DATA_OUT else said
    hour = press_hour(t) if fact == Fact.ENQUIRY else ""
    next_step = t.w(f"instant.noticed.next{apart}", number=t.number)
    return _apart(t, person_id, key, subject, said, hour, next_step)


def press_hour(t: Telling) -> str:
    """Say by when the press wants its answer, "" where it does not ask, or names no time."""
    named = named_moment(t.seen.said_time, t.means.zone) if is_enquiry(t.alert) else None
    return t.w("instant.press_by", when=moment_words(t, named, after=t.due)) if named else ""


def ico_deadline(t: Telling) -> str:
    """Say by when the Information Commissioner is told, "" where no personal data may be out."""
    by = ico_by(t.alert)
    return t.w("instant.ico", when=moment_words(t, by)) if by else ""


def to_outside(
    t: Telling, person_id: str, of: Literal["unanswered", "withdrawn"], key: str, office: str = "",
    names: str = "",
) -> OutboxMessage:  # fmt: skip
    """To whom no more is said: IT of an unanswered alarm, with the `names` of whom to ring, or that one
    person's warning is withdrawn."""
    subject, said, do = (t.w(f"instant.{of}.{part}", office=office) for part in ("subject", "said", "do"))
    ring = t.w("instant.unanswered.ring", names=names) if names else ""
    return _apart(t, person_id, key, subject, said, ring, do)


def _apart(t: Telling, person_id: str, key: str, subject: str, said: str, *asked: str) -> OutboxMessage:
    """A mail that leads to no matter and is in no thread."""
    note = Note(language=t.w.language, subject=subject, said=said)
    made = compose_message(t, To(person_id, "account", key), "", note, [[one] for one in asked])
    return replace(made, alert_id=None, times=0, thread=None)


def _to_ring(t: Telling, person_id: str) -> list[str]:
    """List whom somebody in danger can ring but 999: the head's office while it is open, and 101."""
    is_open = in_working_hours(t.due, t.means.zone, t.means.calendar) == t.due
    office = is_open and may_ring_office(person_id, t.alert, t.people.values())
    return [*([t.w("instant.office")] if office else []), t.w("instant.worried")]


def out_of_hours(t: Telling) -> tuple[str, ...]:
    """List whom to ring at any hour: for danger 101; for a child also social care if known."""
    number = t.school.social_care if t.alert.route is Route.SAFEGUARDING else ""
    care = [t.w("instant.social_care", number=clean_line(number))] if number else []
    return (*care, *([t.w("instant.ring")] if t.grave else []))


def how_by_number(t: Telling) -> list[str]:
    """Say how somebody who knows its number takes it; where nobody else can, who advises."""
    if t.alert.audience:
        return [t.w("instant.numbered.how"), *out_of_hours(t)]
    officer, number = t.w(f"lane.officer.{t.school.nation}"), clean_line(t.school.allegations)
    return [t.w("instant.numbered.left_how", officer=f"{officer}, {number}," if number else officer)]


def with_phone(person: Person) -> str:
    """“Ms Imogen Larkspur (01632 960 001)”, the name alone where no number is known."""
    name = clean_line(person.name)
    return f"{name} ({clean_line(person.phone)})" if person.phone else name


def _title(t: Telling) -> str:
    """One sentence: what happened, aimed at whom, and in what kind of place."""
    w, verdict, label = t.w, t.seen.verdict, t.topic.label
    if t.is_restricted:
        return w("instant.restricted")
    if not t.in_danger and (post := t.in_print) is not None:
        n = len(t.seen.printed) - 1
        more = f", {w('digest.count.more_in_print', count=w.number(n))}" if n else ""
        return f"{_headline(post, w)}{more}."
    if t.in_danger:
        said = w("describe.danger")
    elif verdict is not None and not t.own_account:
        said = describe(replace(verdict, route=t.alert.route), w)
    elif label != "decision" and w.has(key := f"describe.{label}"):
        somebody = w("describe.who.somebody_here")
        said = w(key, who=somebody, Who=capital(somebody))
    else:
        said = w("describe.decision", who=w("describe.who.school"))
    keys = [f"digest.at.{c}" for c in t.seen.channels[:_MOST_PLACES]]
    where = w.list_items([w(key) for key in dict.fromkeys(keys) if w.has(key)])
    if not where or (verdict is not None and verdict.event and not t.in_danger):
        return said
    return w("instant.where", said=said.removesuffix("."), where=where)


def post_sentences(t: Telling) -> list[str]:
    """Say what is known of the post, in sentences: what clears somebody, when it was posted, a time it names,
    that it is not new, or may be about another school. Of what is restricted nothing."""
    if t.is_restricted:
        return []
    shown = t.in_print
    clears = clearing(t.seen.printed, tuple(t.people.values())) if shown else None
    other = f"{_headline(clears, t.w)}." if clears and clears is not shown else ""
    cleared = [t.w("describe.cleared"), other] if clears else []
    doubts = {"judged_again": "judged_again", "perhaps_other_school": "perhaps"}
    said = [t.w(f"instant.{key}") for code, key in doubts.items() if t.because(code)]
    return [*cleared, _say_when_posted(t), _time_named(t), *said]


def _headline(post: PostView, w: Words) -> str:
    return in_print(Headline(post.title or "", post.url, post.source_ids), frozenset(), {}, w)


def _say_when_posted(t: Telling) -> str:
    """Say when it was posted, of what is not restricted and was not said aloud."""
    if t.is_restricted or all(map(is_spoken, t.seen.channels or ("",))):
        return ""
    if t.alert.posted_at is not None:
        return t.w("instant.posted_before", day=t.w.full_day(t.alert.posted_at, t.means.zone))
    at, seen = t.in_print.published if t.in_print else t.seen.posted_at, t.alert.raised_at
    if at is None or at > seen:
        return ""
    return t.w("instant.posted", posted=moment_words(t, at), seen=moment_words(t, seen, after=at))


def _time_named(t: Telling) -> str:
    """“It names a time: today, about 15:30.”, as of when it goes out; of what is restricted none."""
    said = None if t.is_restricted else t.seen.said_time
    return time_words(said, local_day(t.due, t.means.zone), t.w)


def say_next_step(t: Telling) -> str:
    if t.in_danger:
        return t.w("instant.step.danger")
    keys = [f"instant.step.{key}" for key in (t.topic.label, t.alert.route.value, "decide")]
    return t.w(next(key for key in keys if t.w.has(key)))


def moment_words(t: Telling, moment: datetime, after: datetime | None = None) -> str:
    """Write “09:41 on Friday 20 November”; the time alone where it follows another of that day."""
    w, zone = t.w, t.means.zone
    clock = w.clock(moment, zone)
    if after is not None and local_day(after, zone) == local_day(moment, zone):
        return clock
    return w("instant.moment", clock=clock, day=w.day(moment, t.due, zone))


def raised_at(t: Telling) -> dict[str, str]:
    """When it was raised, as sentences name it."""
    at, zone = t.alert.raised_at, t.means.zone
    return {"clock": t.w.clock(at, zone), "day": t.w.day(at, t.due, zone)}


_TO_BE_TAKEN = frozenset(("instant", "escalation", "morning"))


def _how_to_take(t: Telling, to: To, every: Iterable[Telling]) -> tuple[tuple[str, str], ...]:
    """Say how a matter is taken without a page: by a reply, else a command; and where it is read."""
    who, typed, read = clean_line(to.person), t.means.links.typed, (t.w("instant.read"), t.w("instant.desk"))
    if to.kind not in _TO_BE_TAKEN:
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


def _with_ref(t: Telling, to: To, heading: str) -> str:
    """The subject; with what a reply is told by, where a reply may take it."""
    links, alert = t.means.links, t.alert
    if to.kind not in _TO_BE_TAKEN or t.button(to.person) or t.school.urn not in links.replies:
        return heading
    return f"{heading} [ref:{links.reply_ref(alert.id, alert.times, to.person)}]"


@freeze
class Unanswered:
    """An alert that nobody has, who is asked about it now, and what there is to tell of it."""

    it: Open
    call: Call
    t: Telling


def compose_call(asked: Unanswered) -> Messages:
    """The messages of a row of the table: to each who is asked, by every way; the bare fact that nobody has
    it to whom it threatens; to IT that there is such an alarm. Keys depend on alert, row, person and way."""
    it, this, t, alert = asked.it, asked.call, asked.t, asked.it.alert
    means, minutes = t.means, this.row.minutes if this.row else 0
    told, of = notified_so_far(alert, it.steps), (alert.id, str(alert.times), str(minutes))
    later = out_of_hours(t) if timedelta(minutes=minutes) >= ENDS else ()
    # no list whose gaps say whom it accuses
    so_far = t.w("instant.raised", **raised_at(t), names=t.names(p for p in told if p not in t.targets))
    so_far = t.w("instant.raised_by_few", **raised_at(t), n=len(told)) if alert.excluded else so_far
    found: list[OutboxMessage] = []
    for step in this.steps:
        person, numbered = step.person_id or "", step.about is StillOpen.BY_NUMBER
        parts = [how_by_number(t)] if numbered else [
            post_sentences(t), [so_far], [say_next_step(t), *later]
        ]  # fmt: skip
        for via in ways(person, alert, means) if person else ():
            to = To(person, "escalation", digest("escalation", *of, person, via.value), via)
            found.append(to_reader(t, to, t.w("instant.do.asked"), *parts,
                                           danger="instant.nobody_yet", numbered=numbered))  # fmt: skip
    known = dict.fromkeys((*told, *(s.person_id for s in this.steps if s.person_id)))
    names = [p for p in known if p not in t.targets]
    for person in (p for p in this.fact if p not in t.safe):
        for via in ways(person, alert, means):
            warned, key = person in alert.warned, digest("nobody", *of, person, via.value)
            to = To(person, "warning" if warned else "escalation", key, via)
            found.append(to_warned(t, to, nobody=True) if warned
                         else to_target(t, to, names, taken=False))  # fmt: skip
    in_vain = (t.people[s.person_id] for s in this.steps if s.person_id and s.person_id in t.people)
    ring = ", ".join(map(with_phone, list_to_ring(in_vain)))
    found += [to_outside(t, p, "unanswered", digest("unanswered", *of, p), names=ring) for p in this.menders]
    return tuple(found)


def compose_has_it(t: Telling, has: Holder) -> Messages:
    """A mail to each whom the alert has warned, or may threaten: who deals with it, whom they may ring."""
    alert = t.alert
    aimed = [p for p in alert.audience if p in t.targets and p not in alert.excluded] if t.grave else []
    told = (p for p in each_once(aimed, alert.warned) if p != has.person)
    keys = ((p, has_it_key(alert, p)) for p in told)
    return tuple(to_warned(t, To(p, "warning", key), has=has) for p, key in keys)


def has_it_key(alert: Alert, person_id: str) -> str:
    return digest("has it", alert.id, str(alert.times), person_id)


def compose_morning(asked: Sequence[Unanswered], person_id: str, now: datetime) -> Messages:
    """One mail to one person for all that nobody has and that they are asked about beside the table: a time
    that is near first, then danger, as in the digest; of what is theirs by number alone, the number. Where
    any of it is restricted, nobody is to answer it."""
    tellings = [one.t for one in asked]
    near = {one.it.alert.id for one in asked if one.call.why is Occasion.NAMED}
    first, *others = sorted(
        tellings, key=lambda t: (t.alert.id not in near, not t.grave, t.is_restricted, -t.alert.severity)
    )
    kept = next((t.alert for t in tellings if t.is_restricted), first.alert)
    w, steps = first.w, (s for one in asked for s in one.call.steps if s.person_id == person_id)
    numbered = {s.alert_id for s in steps if s.about is StillOpen.BY_NUMBER}
    kind = "morning" if all(one.call.why is Occasion.MORNING for one in asked) else "escalation"
    key = digest("morning", person_id, *sorted(one.it.alert.id for one in asked), now.isoformat())
    do, danger, said = w("instant.do.asked"), "instant.nobody_yet", first.seen.said_time
    also = [
        (t, (w("instant.numbered.one", number=t.number) if t.alert.id in numbered else t.heading(do),
             w("instant.since", **raised_at(t))))
        for t in others
    ]  # fmt: skip
    parts = [post_sentences(first), [w("instant.since", **raised_at(first)), say_next_step(first)]]
    if first.alert.id in numbered:
        parts = [how_by_number(first)]
    elif first.alert.id in near and said and said.at:
        danger, parts = "instant.danger", [[w("instant.near", clock=f"{said.at:%H:%M}")], *parts]
    made = to_reader(first, To(person_id, kind, key), do, *parts, danger=danger, also=also,
                             numbered=first.alert.id in numbered)  # fmt: skip
    return (replace(made, alert_id=kept.id, times=kept.times),)


@freeze
class Question:
    """The question that is asked about what is not finished, and what there is to tell of it."""

    matter: Unfinished
    step: Escalation
    t: Telling


def compose_questions(asked: Sequence[Question]) -> Messages:
    """The messages that ask one person about what is not finished: one mail, but one for each matter of
    danger, the restricted first, which nobody is to answer; by chat one for each matter."""
    posed = sorted(map(_pose, asked), key=lambda p: not p.t.is_restricted)
    groups = (*([p] for p in posed if p.t.grave), [p for p in posed if not p.t.grave])
    chats = ([p] for p in posed if Via.CHAT in ways(p.step.person_id or "", p.t.alert, p.t.means))
    mails = [_letter(group, Via.MAIL) for group in groups if group]
    return (*mails, *(_letter(one, Via.CHAT) for one in chats))


@freeze
class _Posed:
    """One question in words: what it asks for, then what is not recorded and what is asked of the reader."""

    t: Telling
    step: Escalation
    do: str
    told: Sequence[str]
    asked: Sequence[str]


def _pose(question: Question) -> _Posed:
    matter, this, t = question.matter, question.step, question.t
    if this.about is StillOpen.BACK and not _is_theirs(matter, this):
        return _Posed(t, this, t.w("instant.do.asked"), [f"{t.w('instant.nobody')}."], [say_next_step(t)])
    return _Posed(t, this, t.w(f"instant.do.{this.about.value}"), *_still_open(matter, this, t))


def _letter(group: Sequence[_Posed], via: Via) -> OutboxMessage:
    """One message: the first of them in full, of the others what each is and what is to do."""
    first, *others = group
    person, also = first.step.person_id or "", list[tuple[Telling, tuple[str, ...]]]()
    for p in others:
        new = (a for a in p.asked if a not in first.asked)
        also.append((p.t, (p.t.heading(p.do), *p.told, *new)))
    steps = (part for p in group for part in (p.step.alert_id, p.step.times, p.step.step))
    to = To(person, "question", digest("question", *map(str, steps), person, via.value), via)
    opens = first.t.w("instant.open.button")
    return to_reader(first.t, to, first.do, first.told, first.asked, opens=opens, also=also)


def _is_theirs(matter: Unfinished, this: Escalation) -> bool:
    """Has its reader got it, or does it come back to them?"""
    if this.about is StillOpen.BACK:
        return matter.owner is not None and matter.owner.by == this.person_id
    return matter.holder is not None and matter.holder.person == this.person_id


def _still_open(matter: Unfinished, this: Escalation, t: Telling) -> tuple[list[str], list[str]]:
    w, holder, what, mine = t.w, matter.holder, this.about, _is_theirs(matter, this)
    name = t.names([holder.person]) if holder else ""
    when = moment_words(t, holder.since) if holder else ""
    due = next((d for d in matter.due if (d.clock == LADO) is (what is StillOpen.LADO)), None)
    day = w.day(due.at - timedelta(microseconds=1), t.due, t.means.zone) if due else ""
    key = "yours" if mine and what is StillOpen.UNDONE else what.value
    told = [w(f"instant.open.{key}", name=name, when=when, day=day)]
    if what is StillOpen.LADO and (number := clean_line(t.school.allegations)):
        told.append(w("instant.open.lado_number", number=number))
    if holder is None:
        return [f"{w('instant.nobody')}.", *told], [say_next_step(t)]
    if not mine and what is not StillOpen.UNDONE:
        told.append(w("instant.open.has", name=name, when=when))
    pressed = {Mark.NOT_US, Mark.ANSWERED} <= {*matter.marks}
    record = "instant.open.record_today" if pressed else "instant.open.record"
    return told, [w(record) if mine else w("instant.open.ask", name=name)]


def compose_given(t: Telling, owner: Owner, note: str, before: str = "") -> Messages:
    """The mail to whom somebody gave it, with their note, where what it is about may stand in a mail; to
    whoever has it since it can be theirs no more who had it `before` (a name), that this is so."""
    w, name, zone = t.w, t.names([owner.by]), t.means.zone
    ends = owner.until or owner.at
    until = w("instant.open.until", day=w.day(ends, owner.at, zone), clock=w.clock(ends, zone))
    until = until if owner.until else ""
    said = w("instant.open.note", name=name, note=clean_line(note)) if note and not t.is_restricted else ""
    given = w("instant.open.after", name=clean_line(before)) if before else w("instant.open.given", name=name)
    to, opens = To(owner.person, "question", given_key(t.alert, owner)), w("instant.open.button")
    parts = [given, until, said], [say_next_step(t)]
    return (to_reader(t, to, w("instant.do.given"), *parts, opens=opens),)


def compose_said(
    t: Telling, to: Iterable[str], do: str, said: Iterable[str], key: str, opens: str
) -> Messages:
    """Mail these (ids) what staff say or ask: the subject's `do`, paragraphs, and what it `opens`."""
    parts, at = [[one] for one in said], t.due.isoformat()
    keys = {person: digest(key, t.alert.id, person, at) for person in to}
    return tuple(
        to_reader(t, To(person, "answer", known), do, *parts, opens=opens) for person, known in keys.items()
    )


def given_key(alert: Alert, owner: Owner) -> str:
    return digest("given", alert.id, str(alert.times), owner.person, owner.at.isoformat())


def alert_messages(t: Telling) -> Messages:
    """Write a mail to each person of the alert's audience, in its order, and a chat message to those who have
    one; to those it has `warned` the bare fact in the same ways; to whom a row gives notice its number, by
    mail.

    None without audience. Its `targets` are told that it is about them, those `threatened` that they may be
    in danger, and who deals with it, and are asked for nothing unless they come first. Keys depend on the
    alert, how often it was raised, the person and the way, so that a repeat is one."""
    alert, means = t.alert, t.means
    aside = find_notified(alert, tuple(t.people.values()), t.school)
    told = tuple(
        _message(t, kind, person, via, t.names(aside))
        for kind, those in (("instant", alert.audience), ("warning", alert.warned))
        for person in those
        for via in ways(person, alert, means)
    )
    later = replace(t, due=due_at(alert, t.due, means.zone, means.calendar))
    others = tuple(
        message_by_number(later, p, fact, digest("noticed", alert.id, str(alert.times), p))
        for p, fact in aside.items()
    )
    return (*told, *others)


def _message(whole: Telling, kind: str, person: str, via: Via, by_number: str) -> OutboxMessage:
    alert, means, warned = whole.alert, whole.means, kind == "warning"
    beside = () if via is Via.MAIL else (via.value,)
    key = digest("warning" if warned else "outbox", alert.id, str(alert.times), person, *beside)
    to = To(person, kind, key, via)
    if warned:
        return to_warned(whole, to)
    sealed = alert.restricted and via is Via.MAIL  # it has a reader at once: mail wakes nobody
    t = whole if sealed else replace(whole, due=due_at(alert, whole.due, means.zone, means.calendar, via))
    others = [p for p in alert.audience if p not in t.targets and p != person]
    if person in t.targets:
        return to_target(t, to, others)
    do = t.w("instant.do.again") if alert.times > 1 else _do(t)
    names = t.names(p for p in alert.audience if p != person)
    told = [t.w("instant.told", names=names) if names else t.w("instant.only")]
    told += [t.w("instant.noticed.also", names=by_number)] if by_number and not t.is_restricted else []
    wanted = press_hour(t) if t.is_restricted else ico_deadline(t)
    told += [t.w("instant.accused")] if t.because(Fact.ACCUSED) and person == alert.audience[0] else []
    first = next((p for p in alert.audience if p not in t.targets), "")
    if first and t.because(TELL_TARGET):
        own = t.w("instant.tell_target_yourself")
        told.append(own if person == first else t.w("instant.tell_target", name=t.names([first])))
    not_safe = [r.text or t.w("case.target.not_safe") for r in alert.because if r.code == Wellbeing.NOT_SAFE]
    return to_reader(t, to, do, not_safe, post_sentences(t), [say_next_step(t), _deadline(t), wanted], told)


def _deadline(t: Telling) -> str:
    """Within the hour for what is of this hour, else on the day it goes out."""
    if is_of_this_hour(t.alert):
        return t.w("instant.by", when=moment_words(t, t.due + HOUR, after=t.due))
    asks = is_enquiry(t.alert) and not t.is_restricted
    named = named_moment(t.seen.said_time, t.means.zone)
    if asks and named is not None:
        return t.w("instant.by", when=moment_words(t, named, after=t.due))
    return t.w("instant.by_day", day=t.w.day(t.due, t.alert.raised_at, t.means.zone))


def _do(t: Telling) -> str:
    if t.own_account and not t.in_danger:
        return t.w("instant.do.account")
    if is_of_this_hour(t.alert) or t.alert.route.urgent:
        return t.w("instant.do.now")
    if t.topic.label == "unplaced":
        return t.w("instant.do.read")
    return t.w("instant.do.answer" if t.alert.route is Route.RESPOND else "instant.do.today")


def compose_list(
    of: Sequence[OutboxMessage],
    person: Person,
    school: School,
    links: Links,
    now: datetime,
    posted: Iterable[str] = (),
) -> OutboxMessage:
    """The mail to that person; its key depends on what it says. `posted` are the days on which the posts were
    made, where all are from before we began: each is said where the mail of its matter says it."""
    w = words(school.language)
    days = [w("instant.posted_before", day=day) for day in dict.fromkeys(posted)]
    about, danger, lines = "old" if days else "together", "", []
    for mail in of:
        page = re.search(rf"^\s*({re.escape(links.base_url or '')}/\S+)$", mail.body, re.MULTILINE)
        page = page if links.base_url is not None else None
        said = squeeze(mail.body)
        danger = w("instant.danger") if days and w("instant.danger") in said else danger
        button = Button(w("instant.together.page"), page[1]) if page else None
        lines.append(((mail.subject, *(day for day in days if day in said)), button))
    note = short_note(w, w(f"instant.{about}.subject", n=len(of)), w(f"instant.{about}.said"))
    greeting = w("instant.greeting", name=clean_line(person.name))
    note = replace(note, greeting=greeting, also=tuple(lines), danger=danger)
    return message(note, person.id, school.urn, LIST, digest(LIST, *(m.key for m in of)), now, LIFE)
