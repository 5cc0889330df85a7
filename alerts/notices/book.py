"""Troubles of ours: which people are told of and when, once, and once that it works again; who gets the
message, and what it says: to IT what is broken and how it is put right, to the head what that means for the
school. Pure; no post, no name but the reader's own and those of places.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from alerts.access.offices import TROUBLES, TROUBLES_ELSE, main_role
from alerts.access.recipients import fault_recipients, people_for_repairs
from alerts.layout.note import Note, message
from data.errors import write_commands
from data.frozen import freeze
from data.ids import digest, each_once
from data.people import away, people_of, schools_of
from data.types import OutboxMessage, Person, School, Trouble, Via
from data.words.say import Words, words

AFTER = timedelta(minutes=15)
"""What has failed for so long is told."""
TOGETHER = timedelta(minutes=5)
"""What has failed for this long by then stands in the same notice."""
STEADY = timedelta(hours=1)
"""So long it must have worked before that is told; what fails again until then is the same trouble."""
OFTEN, LATELY = 3, timedelta(days=1)
"""Told so often within so long, it is told anew only after twice the time, and twice that the next time."""
GIVEN_UP = timedelta(days=3)
"""Word that it works again is tried for so long."""
KEPT = timedelta(days=40)
"""What has passed is remembered for the digests: the longest holiday, and some days."""
NOT_RUNNING = timedelta(hours=2)
"""A service that gave no sign of life for longer did not run."""
SERVICE = "service"
ASLEEP = "asleep"
"""A time in which the machine slept, or nobody wanted the service to run: no fault of anybody's."""

_STORE_WORK = frozenset(("collect", "save", "tend", "beat", "mail", "chat", "purge", "recheck"))
_STORE_FAULTS = frozenset(("StoreError", "StoreBusy", "StoreDamaged", "StoreTooNew", "IOException"))
_FOR_GOOD = frozenset(("StoreTooNew",))
"""Faults at which the service ends, and is not begun again: told at once."""
_MATTER = {"collect": "all", "read": "place", "beat": "store", "save": "store"}
MATTERS = (
    "store", "judge", "all", "place", "mail", "tend", "chat", "config", "purge", "recheck", "codes",
    "numbers", SERVICE, ASLEEP,
)  # fmt: skip
"""What people are told has stopped, the gravest first; each has its words."""


def matter(trouble: Trouble) -> str:
    """Return what it means to people: one of `MATTERS`. What is in no table is a periodic task's."""
    if trouble.work in _STORE_WORK and trouble.why in _STORE_FAULTS:
        return "store"
    if (trouble.work, trouble.why) == ("collect", "silent"):
        return "place"  # something is still owed; where all of it is, its own faults say so
    if (trouble.work, trouble.why) == (SERVICE, ASLEEP):
        return ASLEEP
    found = _MATTER.get(trouble.work, trouble.work)
    return found if found in MATTERS else "tend"


def merge_troubles(troubles: Iterable[Trouble]) -> list[Trouble]:
    """Keep one for each matter and time, the gravest matter first: what follows within the hour is one."""
    found: list[Trouble] = []
    for one in sorted(troubles, key=_gravity):
        before = found[-1] if found else None
        if (
            before is None
            or matter(before) != matter(one)
            or (before.until is not None and one.since - before.until >= STEADY)
        ):
            found.append(one)
        else:
            found[-1] = replace(before, until=_last((before, one)))
    return found


def _last(troubles: Collection[Trouble]) -> datetime | None:
    """When the last of these ended; None while any goes on."""
    ends = [t.until for t in troubles if t.until]
    return max(ends) if len(ends) == len(troubles) else None


@freeze
class Notice:
    """One word about troubles that began together; `told`, `over` name who was reached: “mail head”."""

    at: datetime
    troubles: tuple[Trouble, ...]
    told: frozenset[str] = frozenset()
    over: frozenset[str] = frozenset()

    @property
    def until(self) -> datetime | None:
        """When the last of it ended; None while any goes on."""
        return _last(self.troubles)

    def steady(self, now: datetime) -> bool:
        """Has all of it worked for long enough to say so?"""
        return self.until is not None and now - self.until >= STEADY


@freeze
class Book:
    """`waiting` are too young to tell of, `past` are over; `alive` is the last sign of life, after which the
    service may have been `ended` by somebody."""

    waiting: tuple[Trouble, ...] = ()
    notices: tuple[Notice, ...] = ()
    past: tuple[Trouble, ...] = ()
    alive: datetime | None = None
    ended: bool = False

    def during(self, since: datetime, until: datetime) -> tuple[Trouble, ...]:
        """The troubles that people are to know of who read about that time, the earliest first."""
        told = (t for n in self.notices for t in n.troubles)
        found = [t for t in (*told, *self.past) if t.since < until and (t.until is None or t.until > since)]
        return tuple(sorted(found, key=lambda t: t.since))


@freeze
class Look:
    """The findings of a look: what fails now, and when each kind of work last ended well."""

    fails: Sequence[Trouble] = ()
    well: Mapping[str, datetime] = field(default_factory=dict)


def note_look(book: Book, look: Look, now: datetime) -> Book:
    """Note what a look found. What is over stays so; what begins after it is told as new."""
    fails = {t.work: t for t in look.fails}
    notices = [
        n if n.steady(now) else replace(n, troubles=_update_troubles(n.troubles, fails, look.well))
        for n in book.notices
    ]
    told = {t.work for n in notices if not n.steady(now) for t in n.troubles}
    waiting = {t.work: t for t in _update_troubles(book.waiting, fails, look.well) if t.until is None}
    waiting = {work: t for work, t in waiting.items() if work not in told}
    for work, found in fails.items():
        if work not in told:
            waiting.setdefault(work, found)
    return _add_notice(replace(book, notices=tuple(notices)), list(waiting.values()), now)


def _update_troubles(
    troubles: Iterable[Trouble], fails: Mapping[str, Trouble], well: Mapping[str, datetime]
) -> tuple[Trouble, ...]:
    found = []
    for one in troubles:
        ended = well.get(one.work)
        if again := fails.get(one.work):
            found.append(replace(one, why=again.why, until=None))
        elif one.until is None and ended is not None and ended > one.since:
            found.append(replace(one, until=ended))
        else:
            found.append(one)
    return tuple(found)


def _add_notice(book: Book, waiting: list[Trouble], now: datetime) -> Book:
    """Add a notice of what has failed for long enough; what goes with one that stands joins it."""
    notices, left = [], waiting
    for notice in book.notices:
        stands = not notice.steady(now)
        joined = [t for t in left if stands and _ripe(t, now) and _goes_with(t, notice)]
        notices.append(replace(notice, troubles=(*notice.troubles, *joined)))
        left = [t for t in left if t not in joined]
    if any(now - t.since >= _delay_of_notice(t, book.past, now) for t in left):
        new = tuple(sorted((t for t in left if _ripe(t, now)), key=_gravity))
        notices.append(Notice(now, new))
        left = [t for t in left if t not in new]
    return replace(book, notices=tuple(notices), waiting=tuple(left))


def _ripe(trouble: Trouble, now: datetime) -> bool:
    return now - trouble.since >= TOGETHER or trouble.why in _FOR_GOOD


def _delay_of_notice(trouble: Trouble, past: Iterable[Trouble], now: datetime) -> timedelta:
    """Say how long it must have failed: what comes and goes all day, whoever brings it about, is no storm."""
    if trouble.why in _FOR_GOOD:
        return timedelta(0)
    alike = merge_troubles(
        t for t in past if matter(t) == matter(trouble) and t.until and now - t.until < LATELY
    )
    return AFTER * (1 << max(0, len(alike) - OFTEN + 1))


def _goes_with(trouble: Trouble, notice: Notice) -> bool:
    """Is it of a matter that is told already, or did it begin together with one?"""
    return any(
        matter(t) == matter(trouble) or abs(t.since - trouble.since) <= TOGETHER for t in notice.troubles
    )


def _gravity(trouble: Trouble) -> tuple[int, datetime]:
    return MATTERS.index(matter(trouble)), trouble.since


def close_notices(book: Book, now: datetime, heard: Collection[datetime]) -> Book:
    """Close notices that are over, once everybody `heard` that (by `at`), or after three days of trying."""
    over = [
        n for n in book.notices if n.until and n.steady(now) and (n.at in heard or now - n.until >= GIVEN_UP)
    ]
    past = (*book.past, *(t for n in over for t in n.troubles))
    kept = tuple(t for t in past if t.until and now - KEPT <= t.until <= now + STEADY)
    return replace(book, notices=tuple(n for n in book.notices if n not in over), past=kept)


def note_alive(book: Book, now: datetime, awake: datetime | None = None) -> Book:
    """Note a sign of life; after a long silence, that the service did not run or slept till now."""
    before = book.alive
    if before is None or now - before <= NOT_RUNNING:
        return replace(book, alive=now, ended=False)
    slept = awake is not None and awake > before
    why = ASLEEP if slept or book.ended else ""
    over = Trouble(SERVICE, before, why, awake if slept else now)
    return replace(book, alive=now, ended=False, past=(*book.past, over))


def note_end(book: Book, now: datetime, awake: datetime | None = None) -> Book:
    """Note that somebody ended the service, or the machine did as it was switched off."""
    return replace(note_alive(book, now, awake), ended=True)


KIND = "notice"
_LIFE = timedelta(days=1)
DOCTOR = "⟪doctor⟫"
_MEANS = {
    **dict.fromkeys(("store", "judge", "all", "place", SERVICE, ASLEEP), "unseen"),
    **dict.fromkeys(("mail", "tend", "chat"), "unsent"),
    "config": "config", "purge": "kept", "recheck": "cases", "codes": "guessed",
    "numbers": "tried",
}  # fmt: skip
UNSEEN = frozenset(m for m, means in _MEANS.items() if means == "unseen") - {ASLEEP}
IN_HEAD = UNSEEN - {"place"} | {"mail", ASLEEP}
"""Matters that stand at the head of a digest; a place that could not be judged has its line in it."""

_TOO_FAR = "config", "kept", "guessed", "tried"
"""What means nothing for the school's day: IT's alone."""


@freeze
class FaultRecipient:
    """Somebody who is told, by one way, in one school's words; who `mends` is to put it right."""

    person: Person
    school: School
    via: Via
    mends: bool = True

    @property
    def name(self) -> str:
        return f"{self.via.value} {self.person.id}"


def notice_recipients(
    schools: Sequence[School],
    people: Sequence[Person],
    via: Via,
    chats: Mapping[str, str],
    now: datetime,
    *,
    anybody: bool = True,
) -> list[FaultRecipient]:
    """List who is told in that way: of each school its IT leads and heads; without them, with `anybody`, the
    next. Each person once, and each address for short messages. `chats` hold them by person's id. Where
    somebody looks after the machines of all the schools, no other IT lead is told: it is one fault. Nobody
    away is told while somebody is here: whoever covers for them is."""
    found: dict[str, FaultRecipient] = {}
    reached = [p for p in people if (p.id in chats if via is Via.CHAT else p.email)]
    gone = away(people, now)
    covers = {p.cover for p in people_for_repairs(people) if p.id in gone}
    there = (p for p in people_for_repairs(reached) if p.id not in gone)
    of_all = [p for p in there if len(schools_of(p, schools)) == len(schools)]
    for school in schools:
        able = people_of(school, reached)
        able = tuple(p for p in able if p.id not in gone) or able
        here = fault_recipients(able, anybody=anybody)
        here += tuple(p for p in able if p.id in covers and p not in here)
        repair = tuple(p for p in here if p in people_for_repairs(here) or p.id in covers)
        for person in here:
            if person in repair and of_all and person not in of_all:
                continue
            key = chats.get(person.id, "") if via is Via.CHAT else person.id
            found.setdefault(key, FaultRecipient(person, school, via, person in repair or not repair))
    return list(found.values())


def concerns(notice: Notice, to: FaultRecipient) -> bool:
    """Is it for them: always for who puts it right, else where it means something for the school?"""
    return to.mends or any(_MEANS[matter(t)] not in _TOO_FAR for t in notice.troubles)


def compose_begun(
    notice: Notice,
    to: FaultRecipient,
    every: Collection[FaultRecipient],
    zone: ZoneInfo,
    now: datetime,
    places: Sequence[str] = (),
    typed: Callable[[str], str] = write_commands,
) -> OutboxMessage:
    """Say what has stopped (`places` unread), and if it ended; `typed` says commands (`Links.typed`)."""
    w = words(to.school.language)
    at = partial(_at, w, zone, now)
    made = (
        _note_for_repair(w, notice, to, at, typed(DOCTOR))
        if to.mends
        else _note_for_school(w, notice, to, at, places)
    )
    if isinstance(made, Note):
        # what they are for the school: never a name
        roles = [main_role(t.person, (*sorted(TROUBLES), *TROUBLES_ELSE)) for t in every]
        named = ", ".join(w(f"digest.who.{role.value}") for role in dict.fromkeys(roles))
        small = (w("notice.who", roles=named), w("common.not_watched"))
        made = replace(made, greeting=w("instant.greeting", name=to.person.name), small=small)
    return _message(notice, to, "begun", made, now)


def _note_for_repair(
    w: Words, notice: Notice, to: FaultRecipient, at: Callable[[datetime], str], doctor: str
) -> Note | str:
    """Say what is broken, and where it is said how to put it right."""
    troubles = merge_troubles(notice.troubles)
    if to.via is Via.CHAT:
        first = troubles[0]
        given = {"since": at(first.since), "what": _what(w, first), "means": _means(w, [first])}
        return w("notice.chat", school=to.school.name, doctor=doctor, **given)
    parts = (tuple(_lines(w, troubles, at)), _add_end(w, notice, at, _means(w, troubles)))
    mend = ((w("notice.mend"), doctor),)
    return Note(w.language, w("notice.subject"), w("notice.intro"), parts=parts, commands=mend)


def _note_for_school(
    w: Words, notice: Notice, to: FaultRecipient, at: Callable[[datetime], str], places: Sequence[str]
) -> Note | str:
    troubles = _reaching(merge_troubles(notice.troubles))
    lines = _for_school(w, troubles, at, places)
    if to.via is Via.CHAT:
        return w("notice.school.chat", school=to.school.name, said=lines[0])
    subject = w(f"notice.school.subject.{_key(troubles[0])}")
    parts = (lines, _add_end(w, notice, at, w("notice.school.mended")))
    return Note(w.language, subject, w("notice.school.intro"), parts=parts)


def _add_end(w: Words, notice: Notice, at: Callable[[datetime], str], said: str) -> tuple[str]:
    return (f"{said} {w('notice.ended', until=at(notice.until))}" if notice.until else said,)


def compose_all_well(
    notice: Notice, to: FaultRecipient, zone: ZoneInfo, now: datetime, beside: Sequence[Trouble] = ()
) -> OutboxMessage:
    """Say that all of it has worked for an hour; `beside` are other troubles, which are not over yet."""
    w, at = words(to.school.language), partial(_at, words(to.school.language), zone, now)
    given = {"school": to.school.name, "until": at(notice.until or now)}
    lines = _lines if to.mends else _for_school
    troubles, others = (
        merge_troubles(of) if to.mends else _reaching(merge_troubles(of)) for of in (notice.troubles, beside)
    )
    how = "part_well" if others else "all_well"
    if to.via is Via.CHAT:
        still = {"since": at(others[0].since), "what": _what(w, others[0])} if others else {}
        return _message(notice, to, "over", w(f"notice.{how}.chat", **given, **still), now)
    blind = any(matter(t) in UNSEEN for t in others)
    means = not blind and any(matter(t) in UNSEEN for t in troubles)
    note = Note(
        language=w.language,
        subject=w(f"notice.{how}.subject"),
        greeting=w("instant.greeting", name=to.person.name),
        said=w(f"notice.{how}.intro", until=given["until"]),
        parts=(
            tuple(lines(w, troubles, at)),
            *([(w("notice.unsettled"), *lines(w, others, at))] if others else []),
            *([(w("notice.over_means"),)] if means else []),
        ),
        small=(w("common.not_watched"),),
    )
    return _message(notice, to, "over", note, now)


def _lines(w: Words, troubles: Sequence[Trouble], at: Callable[[datetime], str]) -> Iterator[str]:
    for one in troubles:
        given = {"since": at(one.since), "what": _what(w, one)}
        if one.until is None:
            yield w("notice.line", **given)
        else:
            yield w("notice.line_over", until=at(one.until), **given)


def _for_school(
    w: Words, troubles: Sequence[Trouble], at: Callable[[datetime], str], places: Sequence[str] = ()
) -> tuple[str, ...]:
    """Say what it means for the school: of which time posts may be missing, what may be late."""
    named = w.list_items([*places]) or w("notice.school.some")
    found = (w(f"notice.school.{_key(t)}", when=_when(w, t, at), places=named) for t in troubles)
    return each_once(found)


def _when(w: Words, trouble: Trouble, at: Callable[[datetime], str]) -> str:
    since = at(trouble.since)
    if trouble.until is None:
        return w("notice.school.since", since=since)
    return w("notice.school.over", since=since, until=at(trouble.until))


def _reaching(troubles: Sequence[Trouble]) -> list[Trouble]:
    return [t for t in troubles if _MEANS[matter(t)] not in _TOO_FAR]


def _key(trouble: Trouble) -> str:
    return "place" if matter(trouble) == "place" else _MEANS[matter(trouble)]


def _what(w: Words, trouble: Trouble) -> str:
    return w(f"notice.what.{matter(trouble)}")


def _means(w: Words, troubles: Sequence[Trouble]) -> str:
    found = dict.fromkeys(_MEANS[m] for t in troubles if (m := matter(t)) in _MEANS)
    return " ".join(w(f"notice.means.{key}") for key in found)


def _at(w: Words, zone: ZoneInfo, now: datetime, moment: datetime) -> str:
    return w("notice.at", day=w.day(moment, now, zone), time=w.clock(moment, zone))


def _message(
    notice: Notice, to: FaultRecipient, which: str, said: Note | str, now: datetime
) -> OutboxMessage:
    key = digest(KIND, which, notice.at.isoformat(), to.name)
    return message(said, to.person.id, to.school.urn, KIND, key, now, _LIFE)
