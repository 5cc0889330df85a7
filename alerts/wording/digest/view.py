"""A digest in words and in order, and the same as plain text and as a page for mail programs; its reader, how
times and places are written for them, and for how long we ourselves could not do our work. Pure.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from alerts.access.offices import kind_of_school, main_role
from alerts.access.recipients import people_for_repairs
from alerts.facts import Facts
from alerts.layout.note import clean_line, render_page
from alerts.notices.book import AFTER, IN_HEAD, UNSEEN, matter, merge_troubles
from data.digest import Fate
from data.frozen import freeze
from data.ids import each_once
from data.matters import MatterView, PostView
from data.people import away
from data.register.calendar import local_day
from data.types import PartReason, Person, Role, School, Trouble
from data.words.say import Words, join_filled, words

_WIDTH = 72
_INDENT = 3
_RULE = "=" * _WIDTH


@freeze
class Line:
    """One line of a section. `title` is what people call it, "" of what is no one matter. `said` is what: a
    post's own words, or a description. `where` is the place and the time, `then` what that is or asks for,
    `suggested` what may be done, `about` who acts and by when. `had` says who has what may be a matter of
    999, and what is not recorded yet; `waits` what its case waits for. `url` is the post's own address;
    `page` is ours, signed, which `opens` names; `ref` what people call it by, or open it by without a page;
    `number` is that of its matter, or its case, which the words give. `decide`: somebody must. `matter` is
    None where it tells of no one matter.
    """

    said: str
    about: str = ""
    ref: str = ""
    number: str = ""
    url: str | None = None
    where: str = ""
    then: str = ""
    suggested: str = ""
    page: str | None = None
    had: str = ""
    waits: str = ""
    opens: str = ""
    decide: bool = False
    matter: MatterView | None = None
    title: str = ""

    @property
    def code(self) -> str:
        """Its `ref`, where the link to it does not say that."""
        return "" if self.page and self.ref in self.opens else self.ref


@freeze
class Section:
    """One part of the digest, by its `key` in the catalogue: `first` is the number of its first line, if
    lines bear any; `urgent` where somebody must decide, `grave` where 999 is named first. `after` stands
    below."""

    heading: str
    lines: tuple[Line, ...]
    first: int | None = None
    urgent: bool = False
    after: tuple[str, ...] = ()
    grave: bool = False
    key: str = ""


@freeze
class View:
    """A whole digest, in plain text; `all` is its desk page, `quiet` that only places were not seen."""

    language: str
    subject: str
    heading: str
    opening: tuple[str, ...]
    sections: tuple[Section, ...]
    closing: tuple[str, ...]
    all: str | None = None
    quiet: bool = False

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers of the matters that it names; of a post without one, by what a line calls it."""
        lines = [line for section in self.sections for line in section.lines]
        return each_once(filter(None, (name for line in lines for name in (line.ref, line.number))))


def digest_html(view: View) -> str:
    """Render the whole page; everything that is filled in is escaped."""
    return render_page(
        "alerts.layout/digest.html",
        language=view.language,
        title=view.subject,
        view=view,
        w=words(view.language),
    )


def digest_text(view: View) -> str:
    """Write lines of at most 72 characters, each with a line feed; addresses whole on their own."""
    w = words(view.language)
    blocks = [view.heading, *(_wrap(line) for line in view.opening)]
    blocks += [_section(s, w) for s in view.sections]
    blocks += [f"{w('digest.all')}:\n{' ' * _INDENT}{view.all}"] if view.all else []
    return "\n\n".join([*blocks, *(_wrap(line) for line in view.closing)]) + "\n"


def _section(section: Section, w: Words) -> str:
    rule, ring = ([_RULE], [w("digest.ring")]) if section.grave else ([], [])
    found = [*rule, section.heading, *ring]
    for n, line in enumerate(section.lines, start=section.first or 0):
        mark = f"{n}. " if section.first is not None else "-"
        found += _line(line, w, f"{mark:<{_INDENT}}", " " * _INDENT)
    after = [_wrap(one, " " * _INDENT, " " * _INDENT) for one in section.after]
    return "\n".join([*found, *after, *rule])


def _line(line: Line, w: Words, first: str, rest: str) -> Iterator[str]:
    """Write what, where and when; what may be done; who has it, or acts and by when."""
    ref = f"[{line.code}]" if line.code else ""
    said = f"{line.said.removesuffix('.')}, {line.where}." if line.where else line.said
    about = f"{line.about.removesuffix('.')}." if line.about else ""
    title = f"{line.title}." if line.title else ""
    told = (title, said, line.then, line.suggested, line.had, line.waits, about, ref)
    yield _wrap(join_filled(" ", *told), first, rest)
    for named, url in ((w("digest.the_post"), line.url), (line.opens or w("digest.open"), line.page)):
        if url:
            yield from (f"{rest}{named}:", f"{rest}{url}")


def _wrap(said: str, first: str = "", rest: str = "") -> str:
    return textwrap.fill(
        said, _WIDTH, initial_indent=first, subsequent_indent=rest,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


_NOON, _EVENING = 12, 18
WEEK = timedelta(days=6)
_MINUTES, _HOURS = timedelta(hours=2), timedelta(days=2)
"""So long a time is told in minutes, and in hours; a longer one in days."""
_MOST_TROUBLES = 4


def read_in_part(w: Words, reasons: Sequence[PartReason]) -> str:
    """Say that a place was read only in part, and why, as far as that is known."""
    why = [w(f"digest.part.{reason.value}") for reason in reasons]
    return w("digest.part.line", why=w.list_items(why)) if why else w("digest.not_seen.partly")


@freeze
class Saying:
    """Reader of a digest, its school and its words; `at_desk`, where its reader has signed in and people are
    called by their names.
    """

    facts: Facts
    reader: Person
    w: Words
    at_desk: bool = False

    def count(self, key: str, n: int, **given: str) -> str:
        """“14 places”."""
        return self.w(key, n=n, count=self.w.number(n), **given)

    def since(self, moment: datetime) -> str:
        """“yesterday 07:30”, “Friday 07:30”, “Tuesday 21 July, 07:30”: seen from the digest's day."""
        facts = self.facts
        ago = facts.day - local_day(moment, facts.zone)
        if ago == timedelta(days=1):
            return self.w("digest.yesterday", time=self.w.clock(moment, facts.zone))
        return self._on(moment, near=timedelta(0) <= ago <= WEEK)

    def lately(self, moment: datetime) -> str:
        """“00:15” of the digest's own day, else as `since`."""
        facts = self.facts
        there = local_day(moment, facts.zone)
        return self.w.clock(moment, facts.zone) if there == facts.day else self.since(moment)

    def when(self, moment: datetime) -> str:
        """“Thursday 10:12” within a week either way, else with its date."""
        facts = self.facts
        return self._on(moment, near=abs(local_day(moment, facts.zone) - facts.day) <= WEEK)

    def _on(self, moment: datetime, *, near: bool) -> str:
        facts, w = self.facts, self.w
        day, clock = local_day(moment, facts.zone), w.clock(moment, facts.zone)
        if near:
            return w("digest.on_weekday", weekday=w.weekday(day), time=clock)
        return w("digest.on_day", day=w.day(day, facts.day), time=clock)

    def time_posted(self, post: PostView) -> str:
        """Say when it was posted: “today 06:10”, “yesterday 21:30”, “Sunday 18:20”, “31 January 2018”."""
        facts, w = self.facts, self.w
        if post.at is None:
            return ""
        day, clock = local_day(post.at, facts.zone), w.clock(post.at, facts.zone)
        if day == facts.day:
            said = w("digest.today", time=clock)
        else:
            said = self.since(post.at) if abs(facts.day - day) <= WEEK else w.brief_day(day, facts.day)
        return said if post.published else w("digest.read_at", when=said)

    def page(self, story_id: str) -> str | None:
        """Our page of a story for this reader; None where there are no pages."""
        return self.facts.links.page(story_id, self.reader.id, self.facts.now)

    def at(self, channel: str) -> str:
        """“on a local forum”: the kind of place, "" for one without a name."""
        key = f"digest.at.{channel}"
        return self.w(key) if self.w.has(key) else ""

    def lost_digest(self, day: date, fate: Fate) -> str:
        """Say that an earlier digest may not have arrived."""
        return self.w(f"digest.undelivered.digest_{fate.value}", when=self.w.day(day, self.facts.day))

    @property
    def mends(self) -> bool:
        """Is a technical fault for this reader: IT, or anybody where no IT lead is here?"""
        gone = away(self.facts.people, self.facts.now)
        mend = [p for p in people_for_repairs(self.facts.people) if p.id not in gone]
        return not mend or self.reader in mend

    def some(self, names: Sequence[str], most: int = 3) -> str:
        """“Town forum, Gazette and 5 more”."""
        more = len(names) - most
        named = ", ".join(map(clean_line, names[:most] if more > 0 else names))
        return self.count("digest.some", more, names=named) if more > 0 else named

    def person(self, person_id: str) -> str:
        """“You”, or what somebody is for the school; their name at the desk alone."""
        if person_id == self.reader.id:
            return self.w("digest.by.you")
        person = next((p for p in self.facts.people if p.id == person_id), None)
        if person and self.at_desk:
            return person.name
        role = main_role(person) if person else Role.STAFF
        return call_office(role, self.facts.school, self.w)


def call_office(role: Role, school: School, w: Words) -> str:
    """Name the office in fewer words, as a school of its kind does."""
    own = f"letter.role.{kind_of_school(school)}.{role.value}"
    return w(own if w.has(own) else f"digest.who.{role.value}")


def greeting(say: Saying) -> str:
    """Good morning, afternoon or evening, by the clock of the school."""
    hour = say.facts.now.astimezone(say.facts.zone).hour
    part = "morning" if hour < _NOON else "afternoon" if hour < _EVENING else "evening"
    return say.w(f"digest.greeting.{part}")


def say_what_stopped(say: Saying) -> str:
    """Say “For 3 days, nothing that we read could be judged (…).”; "" where all worked."""
    w, troubles = say.w, _troubles(say)
    said = [_trouble(say, t) for t in troubles[:_MOST_TROUBLES]]
    if any(matter(t) in UNSEEN for t in troubles):
        said.append(w("notice.digest.unseen"))
    return " ".join(said)


def no_term(say: Saying) -> str:
    """Says that no term is known any more, and what counts instead; "" where one is."""
    ended = say.facts.calendar.end_of_terms(say.facts.day)
    return say.w("digest.terms.none", day=say.w.full_day(ended)) if ended else ""


def has_unwatched_time(say: Saying) -> bool:
    """Was there a time in which posts may have gone unseen?"""
    return any(matter(t) in UNSEEN for t in _troubles(say))


def _troubles(say: Saying) -> list[Trouble]:
    now = say.facts.now
    found = merge_troubles(t for t in say.facts.troubles if matter(t) in IN_HEAD)
    return [t for t in found if (t.until or now) - t.since >= AFTER]


def _trouble(say: Saying, trouble: Trouble) -> str:
    w = say.w
    time = (trouble.until or say.facts.now) - trouble.since
    what, since = w(f"notice.what.{matter(trouble)}"), say.since(trouble.since)
    given = {"long": _long(say, time), "what": what, "since": since}
    if trouble.until is None:
        return w("notice.digest.standing", **given)
    return w("notice.digest.over", until=say.since(trouble.until), **given)


def _long(say: Saying, time: timedelta) -> str:
    """“15 minutes”, “3 hours”, “3 days”: to the nearest minute or hour, in whole days."""
    if time < _MINUTES:
        return say.count("notice.long.minutes", round(time / timedelta(minutes=1)))
    if time < _HOURS:
        return say.count("notice.long.hours", round(time / timedelta(hours=1)))
    return say.count("notice.long.days", int(time / timedelta(days=1)))
