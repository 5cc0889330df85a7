"""Everything a pack is made from: making it changes nothing and reads nothing more. What it says, as blocks,
and these as a PDF: characters that the fonts lack are named, since a reader must not mistake a box for a
word."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, field, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from alerts.access.offices import holding
from alerts.layout.pdf import Heading, Paragraph, Points, all_printable, compile_pdf
from alerts.wording.cases import office
from alerts.wording.matters import channel_name
from data.cases import Case, CaseFile, CaseStep, Consent, EvidenceFile, Post
from data.evidence.faults import ABOUT_THE_MANIFEST, MANIFEST
from data.evidence.handed_in import WORDS
from data.frozen import freeze
from data.people import find_person
from data.rungs import Rung
from data.steps.classes import Answered, Asked, LetterDrafted
from data.steps.codes import StepKind
from data.store.engine.audit_chain import Link
from data.types import People, Person, School
from data.words.say import Words, words


@freeze
class Quote:
    kind: ClassVar[str] = "quote"
    lines: tuple[str, ...]


@freeze
class Rows:
    """A table: `widths` are shares of its width; those of `code` are printed digit by digit."""

    kind: ClassVar[str] = "rows"
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    code: tuple[int, ...] = ()


@freeze
class Picture:
    """A picture (PNG, JPEG) by its SHA-256, and what it shows in words."""

    kind: ClassVar[str] = "picture"
    sha256: str
    alt: str


@freeze
class Break:
    kind: ClassVar[str] = "break"


Block = Break | Heading | Paragraph | Points | Quote | Rows | Picture


@freeze
class PackDocument:
    """The whole: `day` is its date (ISO), `page` the foot of each page with {page} and {pages}."""

    language: str
    title: str
    file_title: str
    subtitle: str
    cover: tuple[str, ...]
    page: str
    day: str
    blocks: tuple[Block, ...]


_PRINTED = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8": "jpg"}
"""The pictures that are printed, by how they begin."""


def render_pack(document: PackDocument, contents: Mapping[str, bytes]) -> bytes:
    """Render the PDF; `contents` are pictures by SHA-256. Raises typst.TypstError if it fails."""
    with tempfile.TemporaryDirectory(prefix="schoolgate-pack-") as name:
        folder = Path(name)
        held = all_printable(asdict(replace(document, blocks=())))
        blocks = [_block(block, contents, folder) for block in document.blocks]
        return _compile_pack(held, [b for b in blocks if b], date.fromisoformat(document.day), folder)


def _compile_pack(held: Mapping[str, Any], blocks: list[dict[str, Any]], day: date, folder: Path) -> bytes:
    import typst

    try:
        return compile_pdf("alerts.pack/pack.typ", {**held, "blocks": blocks}, day, folder)
    except typst.TypstError:
        bare = [block for block in blocks if block["kind"] != Picture.kind]
        if len(bare) == len(blocks):
            raise
        return compile_pdf("alerts.pack/pack.typ", {**held, "blocks": bare}, day, folder)


def _block(block: Block, contents: Mapping[str, bytes], folder: Path) -> dict[str, Any] | None:
    held = {"kind": block.kind, **all_printable(asdict(block))}
    if isinstance(block, Picture):
        content = contents[block.sha256]
        ending = next((e for start, e in _PRINTED.items() if content.startswith(start)), None)
        if ending is None:
            return None
        name = f"{block.sha256}.{ending}"
        (folder / name).write_bytes(content)
        held["file"] = name
    return held


FOR_CHECKING = (*ABOUT_THE_MANIFEST, "capture.wacz", "response.warc.gz", "page.html")
"""Files of an exhibit that machines read; a page that was kept whole shows what others wrote."""


class Recipient(StrEnum):
    """The recipient of a pack; FILE is the school's own file."""

    FILE = "file"
    POLICE = "police"
    SOLICITOR = "solicitor"
    PLATFORM = "platform"
    HELPLINE = "helpline"
    LA = "la"
    DSL = "dsl"

    @property
    def removes(self) -> bool:
        """Are they given no more than what removing the post needs?"""
        return self in (Recipient.PLATFORM, Recipient.HELPLINE)

    def key(self, nation: str) -> str:
        """Return what they are called there, in data/words: in Northern Ireland no council runs schools."""
        elsewhere = self is Recipient.LA and nation == "northern_ireland"
        return f"pack.to.{self.value}{'_northern_ireland' if elsewhere else ''}"


_MAY_KNOW = frozenset((Recipient.POLICE, Recipient.LA, Recipient.DSL))
_OF_REMOVAL = {StepKind.EVIDENCE, StepKind.ASKED, StepKind.ANSWERED, StepKind.CHECKED, StepKind.COPY_FOUND}
_OF_REMOVAL |= {StepKind.CAME_BACK, StepKind.REMOVED, StepKind.CHANGED, StepKind.STANDING}
_LETTERS_OF_STAFF = frozenset(("support_offer", "recorded_for_you", "breach_report"))


def needs_withholding(case: Case, recipient: Recipient) -> bool:
    """Must everything that could identify somebody be left out?"""
    return case.locked and recipient not in _MAY_KNOW


def may_have_any(case: Case, recipient: Recipient) -> bool:
    """May a pack of it be made for them? Of what is off the ladder nobody is asked to remove anything."""
    return case.lane is None or not recipient.removes


def is_given(step: CaseStep, recipient: Recipient) -> bool:
    if recipient.removes:
        of_others = isinstance(step.said, Asked | Answered) and not step.said.rung.spec.of_site
        return step.kind in _OF_REMOVAL and not of_others
    if recipient in (Recipient.POLICE, Recipient.SOLICITOR):
        letter = step.said.letter if isinstance(step.said, LetterDrafted) else ""
        return step.kind is not StepKind.SUPPORT and letter not in _LETTERS_OF_STAFF
    return True


def given_letter(exhibit: Mapping[str, Any], recipient: Recipient) -> bool:
    """May the recipient have this exhibit? For removing the post a letter is needed only if it is of those
    who run or host the site; what was written to the police or the author is nobody else's concern."""
    of_site = "rung" not in exhibit or Rung(exhibit["rung"]).spec.of_site
    return not recipient.removes or of_site


def keeps_letters(case: Case, recipient: Recipient) -> bool:
    """May they have any letter of the case? Those of a restricted one go to whoever acts on such matters."""
    return not case.restricted or recipient in (*_MAY_KNOW, Recipient.FILE)


def may_give_name(person_id: str, case: Case, recipient: Recipient) -> bool:
    """May they be given the name? The police, of a target, only where that person agreed or was overruled."""
    unasked = case.consent not in (Consent.GIVEN, Consent.OVERRIDDEN)
    return not (recipient is Recipient.POLICE and person_id == case.target and unasked)


OURS = "SG"
"""The initials used when the program, and no person, is the producer."""
_TITLES = frozenset(("mr", "mrs", "ms", "miss", "mx", "dr", "prof", "revd", "sir", "dame"))
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")

Read = Callable[[str], bytes]


@freeze
class Exhibit:
    """One exhibit. `facts` are what its manifest says, empty for what was handed in; `at` is in UTC."""

    n: int
    series: str
    producer: str
    at: datetime
    files: tuple[EvidenceFile, ...]
    facts: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The name of the exhibit: `900001-20261120-0042-AB/1`."""
        return f"{self.series}/{self.n}"

    @property
    def folder(self) -> str:
        return f"{self.series}_{self.n}"

    @property
    def kind(self) -> str:
        """The kind that its manifest gives it, "" for what has none."""
        return str(self.facts.get("kind", ""))

    @property
    def page(self) -> Mapping[str, Any]:
        """The page that it is of, empty for what was handed in."""
        return self.facts.get("page") or {}

    @property
    def capture_id(self) -> str | None:
        """The capture whose files they are, None for a single file that was handed in."""
        return self.files[0].capture_id

    def address(self, case: CaseFile) -> str:
        """The address of what it shows: as it was asked for, as somebody said, or as its post has it; "" of a
        letter, or where there is none."""
        if "rung" in self.facts:
            return ""
        known = self.page.get("address_asked") or (self.facts.get("handed_in") or {}).get("address")
        posts = (p for p in (case.post, *case.copies) if p and p.mention_id == self.files[0].mention_id)
        return str(known or next((p.url for p in posts if p.url), ""))

    def file(self, name: str) -> EvidenceFile | None:
        """Its file of that name, None where it has none."""
        return next((f for f in self.files if f.name == name), None)


def series(urn: str, at: datetime, case_id: str, initials_: str, zone: ZoneInfo) -> str:
    """Return what the names of exhibits begin with: `900001-20261120-0042-AB`, the day a local one."""
    return f"{urn}-{at.astimezone(zone):%Y%m%d}-{case_id}-{initials_}"


def initials(person_id: str, people: Sequence[Person]) -> str:
    """Those of a person's name, titles aside: “Mrs Anna Brook” → “AB”."""
    name = next((p.name for p in people if p.id == person_id), "")
    words = [w for w in re.findall(r"[^\W\d_]+", name) if w.lower() not in _TITLES]
    return "".join(w[0] for w in words).upper() or OURS


def exhibits(
    case_id: str, files: Sequence[EvidenceFile], people: Sequence[Person], zone: ZoneInfo, read: Read
) -> tuple[Exhibit, ...]:
    together: dict[str, list[EvidenceFile]] = {}
    for file in sorted(files, key=lambda f: (f.captured_at, f.capture_id or "", f.name, f.id)):
        together.setdefault(file.capture_id or file.id, []).append(file)
    made = []
    for n, held in enumerate(together.values(), start=1):
        first = held[0]
        by = initials(first.captured_by, people)
        named, at = series(first.urn, first.captured_at, case_id, by, zone), first.captured_at
        manifest = next((f for f in held if f.name == MANIFEST), None)
        facts = json.loads(read(manifest.sha256)) if manifest else {}
        facts = facts if isinstance(facts, dict) else {}
        made.append(Exhibit(n, named, first.captured_by, at, tuple(held), facts))
    return tuple(made)


def time_shown(exhibits: Iterable[Exhibit]) -> str:
    """The time that was shown with the post, as it was written there; "" where none was kept."""
    said = (e.facts.get(part) or {} for e in exhibits for part in ("post", "handed_in"))
    return next((str(shown) for one in said if (shown := one.get("posted_as_displayed"))), "")


def without_people(exhibit: Exhibit) -> Exhibit:
    """Keep the words of what was handed in, of a page all: nothing that says who saw or brought it."""
    if not exhibit.facts.get("handed_in"):
        return exhibit
    given = tuple(f for f in exhibit.files if f.name.startswith("supplied-") or f.name == WORDS)
    return replace(exhibit, files=given)


def file_name(file: EvidenceFile) -> str:
    """The name of a file within its exhibit's folder: plain letters, nothing that leads elsewhere."""
    ending = _ENDINGS.get(file.media_type, "")
    return _UNSAFE.sub("_", file.name).lstrip(".") or f"supplied{ending}"


_ENDINGS = {"image/png": ".png", "image/jpeg": ".jpg", "application/pdf": ".pdf", "image/gif": ".gif"}


def guard(case: Case, post: Post | None) -> str | None:
    """The name of the guard that refuses to put posts together in this case; None if none does."""
    checks = {
        "open_case": case.closed_at is None,
        "harassment_case": case.spec.course,
        "chronology_approved": None
        not in (case.chronology_by, case.chronology_author, case.chronology_person),
        "author_of_this_post": post is not None and post.author == case.chronology_author,
    }
    return next((name for name, holds in checks.items() if not holds), None)


def course(facts: PackFacts, w: Words) -> list[Block]:
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
    rows = tuple(
        (str(n), facts.moment(p.published) if p.published else w("pack.unnamed"), _post(p, facts, w))
        for n, p in enumerate(posts, start=1)
    )
    return [Paragraph(intro), Rows("", head, rows, (6, 34, 60))]


def _post(post: Post, facts: PackFacts, w: Words) -> str:
    this = [w("pack.conduct.this")] if post.mention_id == facts.file.case.mention_id else []
    return "\n".join([*this, post.text or w("pack.unnamed"), post.url or w("pack.unnamed")])


def table(rows: Iterable[tuple[str, str]], w: Words) -> Rows:
    """A table of facts, each by its name in data/words."""
    named = tuple((w(f"pack.fact.{name}"), value) for name, value in rows)
    return Rows("", (w("pack.column.what"), w("pack.column.value")), named, (28, 72))


@freeze
class Stamped:
    """A time stamp that was valid when the pack was made: when (UTC), and by whose certificate."""

    at: datetime
    authority: str


@freeze
class PackFacts:
    """`links` are the chain's rows of this case, `last` its end (`HASH@N`); `contents` files by SHA-256.
    `reported` is who said that they saw the post, each with when that was recorded; `stamps` by capture;
    `conduct` are the posts of a course of conduct, None where it was not asked for. `consent`, `crimes` and
    `seen_by` are what a report to the police says; `time_named` is the day and hour that a danger names,
    with its own words for it; `author_name` is whom the school wrote to as its author."""

    file: CaseFile
    school: School
    people: People
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
    consent: str = ""
    crimes: str = ""
    seen_by: tuple[str, ...] = ()
    time_named: str = ""
    author_name: str = ""

    @property
    def withheld(self) -> bool:
        return needs_withholding(self.file.case, self.recipient)

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
        """The name of its files, including who it is for, so that no two packs can be mixed up."""
        to = self.recipient
        return self.series if to is Recipient.FILE else f"{self.series}-{to.value}"

    def exhibit_name(self, exhibit: Exhibit) -> str:
        """Return what this recipient sees it called: with the day, unless dates are left out."""
        return f"{self.series}/{exhibit.n}" if self.withheld else exhibit.name

    def utc(self, moment: datetime) -> str:
        """“2026-11-20 15:20:07”, in UTC."""
        return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"

    def local(self, moment: datetime) -> str:
        """The same where the school is: “1 July 2026, 16:20:07 BST”."""
        day = words(self.school.language).full_day(moment, self.zone)
        return f"{day}, {moment.astimezone(self.zone):%H:%M:%S %Z}"

    def moment(self, at: datetime) -> str:
        """Both, in two lines: where the school is, then in UTC."""
        return f"{self.local(at)}\n{self.utc(at)} UTC"

    def both(self, at: datetime) -> str:
        return f"{self.local(at)} ({self.utc(at)} UTC)"

    def person(self, person_id: str) -> str | None:
        """The name of a person at the school, None if the id is nobody's."""
        return next((p.name for p in self.people if p.id == person_id), None)

    def in_office(self, person_id: str, w: Words) -> str:
        """“Jane Holt (Headteacher)”; the id where it is nobody's."""
        found = find_person(self.people, person_id)
        held = [office(role, self.school, w) for role in holding(found, ())[:1]] if found else []
        return f"{found.name} ({held[0]})" if found and held else found.name if found else person_id
