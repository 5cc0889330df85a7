"""Everything a pack is made from: making it changes nothing and reads nothing more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from alerts.layout.pdf import Paragraph
from alerts.pack.exhibits import Exhibit, initials, series
from alerts.pack.pdf import Block, Rows
from alerts.pack.recipients import Recipient, withheld
from alerts.wording.verdicts import channel_name
from data.cases import Case, CaseFile, Post
from data.content_class import class_spec
from data.steps.codes import StepKind
from data.store.engine.audit_chain import Link
from data.types import Person, School
from data.words.say import Words


def guard(case: Case, post: Post | None) -> str | None:
    """The name of the guard that refuses to put posts together in this case; None if none does."""
    checks = {
        "open_case": case.closed_at is None,
        "harassment_case": class_spec(case.content_class).course,
        "chronology_approved": None
        not in (case.chronology_by, case.chronology_author, case.chronology_person),
        "author_of_this_post": post is not None and post.author == case.chronology_author,
    }
    return next((name for name, holds in checks.items() if not holds), None)


def course(facts: PackFacts, w: Words) -> list[Block]:
    """The posts as a table, the oldest first."""
    case, posts = facts.file.case, facts.conduct or ()
    if facts.withheld:
        return [Paragraph(w("pack.withheld_value"))]
    approved = next(s for s in reversed(facts.file.steps) if s.kind is StepKind.CHRONOLOGY)
    intro = w(
        "pack.conduct.intro", author=case.chronology_author, channel=channel_name(case.channel, w),
        person=facts.person(approved.actor) or approved.actor, day=w.full_day(approved.done_at, facts.zone),
    )  # fmt: skip
    if not [p for p in posts if p.mention_id != case.mention_id]:
        return [Paragraph(intro), Paragraph(w("pack.conduct.none"))]
    head = tuple(w(f"pack.column.{name}") for name in ("n", "posted", "words"))
    rows = tuple((str(n), _when(p, facts, w), _post(p, facts, w)) for n, p in enumerate(posts, start=1))
    return [Paragraph(intro), Rows("", head, rows, (6, 27, 67))]


def _when(post: Post, facts: PackFacts, w: Words) -> str:
    if post.published is None:
        return w("pack.unnamed")
    return facts.moment(post.published)


def _post(post: Post, facts: PackFacts, w: Words) -> str:
    this = [w("pack.conduct.this")] if post.mention_id == facts.file.case.mention_id else []
    return "\n".join([*this, post.text or w("pack.unnamed"), post.url or w("pack.unnamed")])


def table(rows: Iterable[tuple[str, str]], w: Words) -> Rows:
    """What is known of something, row by row."""
    return Rows("", (w("pack.column.what"), w("pack.column.value")), tuple(rows), (28, 72))


@dataclass(frozen=True, slots=True)
class Stamped:
    """A time stamp that was valid when the pack was made: when (UTC), and by whose certificate."""

    at: datetime
    authority: str


@dataclass(frozen=True, slots=True)
class PackFacts:
    """`links` are the chain's rows of this case, `last` its end (`HASH@N`); `contents` files by SHA-256.

    `reported` is who said that they saw the post, each with when that was recorded; `stamps` by capture;
    `conduct` are the posts of a course of conduct, None where it was not asked for.
    """

    file: CaseFile
    school: School
    people: tuple[Person, ...]
    maker: Person
    recipient: Recipient
    made_at: datetime
    version: str
    zone: ZoneInfo
    exhibits: tuple[Exhibit, ...]
    contents: Mapping[str, bytes]
    links: tuple[Link, ...]
    last: str
    stamps: Mapping[str, Stamped] = field(default_factory=dict)
    conduct: tuple[Post, ...] | None = None
    reported: tuple[tuple[str, datetime], ...] = ()

    @property
    def withheld(self) -> bool:
        """Is everything left out that could identify somebody?"""
        return withheld(self.file.case, self.recipient)

    @property
    def series(self) -> str:
        """The names of the maker's own exhibits, without a day if dates are left out."""
        case = self.file.case
        by = initials(self.maker.id, self.people)
        if self.withheld:
            return f"{case.urn}-{case.id}-{by}"
        return series(case.urn, self.made_at, case.id, by, self.zone)

    @property
    def name(self) -> str:
        """What its files are called, including who it is for, so that no two packs can be mixed up."""
        to = self.recipient
        return self.series if to is Recipient.FILE else f"{self.series}-{to.value}"

    def exhibit_name(self, exhibit: Exhibit) -> str:
        """What this recipient sees it called: with the day, unless dates are left out."""
        return f"{self.series}/{exhibit.n}" if self.withheld else exhibit.name

    def utc(self, moment: datetime) -> str:
        """“2026-11-20 15:20:07”, in UTC."""
        return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"

    def local(self, moment: datetime) -> str:
        """The same in the school's zone, with its offset: “2026-07-01 16:20:07 +01:00”."""
        return moment.astimezone(self.zone).isoformat(" ", "seconds").replace("+", " +")

    def moment(self, at: datetime) -> str:
        """Both, in two lines: in UTC, then where the school is."""
        return f"{self.utc(at)} UTC\n{self.local(at)}"

    def moment_and_zone(self, at: datetime) -> str:
        """The same, with the name of that zone."""
        return f"{self.moment(at)} ({self.zone.key})"

    def person(self, person_id: str) -> str | None:
        """The name of a person at the school, None if the id is nobody's."""
        return next((p.name for p in self.people if p.id == person_id), None)
