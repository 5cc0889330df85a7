"""Copies that are handed over: of a person's data, and for freedom of information."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from alerts.access.matter import ReaderPart
from alerts.access.offices import roles_of
from alerts.wording.cases import office as title_of
from alerts.wording.matters import channel_name, describe_verdict, next_of
from data.content_class import ContentClass
from data.errors import InputError
from data.judged import reasons_of
from data.people import people_of
from data.privacy import (
    CONFIDENTIAL,
    CopyKind,
    PrivacyRequest,
    Redaction,
    SearchTerm,
    TermKind,
    redaction,
    sentences,
)
from data.steps.asking import Asked, Referred
from data.steps.codes import KeptLetter
from data.store import privacy as held_store
from data.store.alerts import alerts as alert_store
from data.store.engine.connect import Connection
from data.store.privacy import Correction, FoundPost, corrections_of_posts
from data.store.reporting import weekly_counts as signed_reports
from data.store.verdicts.verdicts import former_verdicts
from data.types import Role, School, Verdict
from data.words.say import Words, asked_in, place_words, words
from monitor.act.requests.finding import (
    CopyEntry,
    Decided,
    HeldData,
    Office,
    by_kind,
    enclosed_files,
    entries_of,
    held_about,
    is_proposed,
    may_tip_off,
    to_author,
)
from monitor.reports.papers import (
    INDEPENDENT,
    Paper,
    compose_paper,
    law_words,
    paper_facts,
    paper_page,
    privacy_notice,
    sector_of,
)
from monitor.reports.weekly import attachment_path, signed_files

# A copy of what is held about somebody, with others taken out: what it holds, and the ZIP it goes into.

TO_SEND, TO_CHECK = "to-send", "for-the-school"


@dataclass(frozen=True, slots=True)
class Copy:
    """The files by their place in the ZIP, none while a kind is `undecided`; `items` is how many things about
    them it holds, `found` how many there are, `check` what its checker must know, paragraph by paragraph."""

    files: Mapping[str, bytes] = field(repr=False)
    items: int = 0
    found: int = 0
    check: tuple[str, ...] = ()
    kinds: Mapping[CopyKind, Sequence[CopyEntry]] = field(default_factory=dict, repr=False)
    undecided: tuple[CopyKind, ...] = ()

    @property
    def zip_file(self) -> bytes:
        """The one file in which it is saved."""
        made = BytesIO()
        with ZipFile(made, "w", ZIP_DEFLATED) as whole:
            for name, content in self.files.items():
                whole.writestr(name, content)
        return made.getvalue()


@dataclass(frozen=True, slots=True)
class _Copying:
    """The parts that a copy is written with."""

    office: Office
    held: HeldData
    without: Redaction
    wanted: SearchTerm
    wordings: Mapping[str, list[tuple[str, str]]]
    verdicts: Mapping[str, Verdict]
    said: Mapping[str, Sequence[Correction]]
    entries: Sequence[CopyEntry]
    decided: Decided
    w: Words
    now: datetime

    @property
    def withheld(self) -> frozenset[str]:
        """The posts of which is withheld what was made of them."""
        return frozenset(one.post for one in self.entries if not one.is_given(self.decided))

    def when(self, moment: datetime) -> str:
        zone = self.office.config.zone
        return f"{self.w.full_day(moment, zone)}, {self.w.clock(moment, zone)}"


def draft_copy(
    con: Connection,
    office: Office,
    asked: PrivacyRequest,
    wanted: SearchTerm,
    decided: Decided,
    now: datetime,
) -> Copy:
    """The copy of what is held, and beside it what its checker must know: once each kind is `decided`.

    Raises InputError as `held_about` does.
    """
    held, w = held_about(con, office, wanted), words(office.school.language)
    ids = [p.post.mention_id for p in held.posts]
    newest = {v.mention_id: v for v in former_verdicts(con, ids) if v.urn == office.school.urn}
    guarded = frozenset((CopyKind.DANGER,))
    entries = entries_of(con, held) + tuple(
        CopyEntry(
            p.first_seen, None, 0, None, _verdict_words(verdict, w), guarded, theirs=False, post=p.mention_id
        )
        for p in (found.post for found in held.posts)
        if (verdict := newest.get(p.mention_id)) and may_tip_off(verdict)
    )
    kinds = by_kind(entries)
    if undecided := tuple(kind for kind in kinds if kind not in decided):
        return Copy({}, kinds=kinds, undecided=undecided)
    parts = _Copying(
        *(office, held, _without(office, held, wanted, w), wanted, held_store.wordings(con, ids), newest),
        *(corrections_of_posts(con, ids), entries, decided, w, now),
    )
    sections = {
        "theirs": [_theirs(parts, p) for p in held.posts if p.theirs],
        "about": [_sentences_about(parts, p) for p in held.posts if not p.theirs],
        "cases": list(_case_sections(parts)),
        "notes": [
            [w("privacy.copy.note", when=parts.when(one.at)), parts.without.of(one.words)]
            for one in entries
            if one.words and not one.post and one.is_given(decided)
        ],
    }
    items = sum(map(len, sections.values()))
    sections["recipients"] = list(_recipient_sections(con, parts))
    head = [w("privacy.copy.title", school=office.school.name)]
    head += [w("privacy.copy.made", day=w.full_day(now, office.config.zone), reference=asked.reference)]
    head += [w("privacy.copy.intro"), w("privacy.copy.left_out"), *_omission_lines(parts)]
    about_it = privacy_notice(office.school, office.config, office.store, now)
    whole = {"head": head, **sections, "notice": about_it}
    letters, shown = enclosed_files(con, office, held, entries)
    check = tuple(_to_check(parts, [*letters], [*shown]))
    texts = {
        f"{TO_SEND}/held.json": json.dumps(whole, ensure_ascii=False, indent=1) + "\n",
        f"{TO_SEND}/held.txt": _write_text(head, sections, about_it, w),
        f"{TO_CHECK}/check-first.txt": "\n\n".join(check) + "\n",
    }
    files = {name: text.encode() for name, text in texts.items()}
    for place, enclosures in ((f"{TO_SEND}/letters", letters), (f"{TO_CHECK}/evidence", shown)):
        files |= {f"{place}/{name}": content for name, content in enclosures.items()}
    return Copy(files, items + len(letters), held.count, check, kinds)


def _without(office: Office, held: HeldData, wanted: SearchTerm, w: Words) -> Redaction:
    """Everybody of the school but the person who asked, and the authors of others' posts."""
    here = people_of(office.school, office.config.all_people)
    others = [p.name for p in here if p.id not in held.people]
    others += [p.post.author for p in held.posts if not p.theirs and p.post.author]
    own = [wanted.text] if wanted.kind is not TermKind.ADDRESS else []
    own += [p.post.author for p in held.posts if p.theirs and p.post.author]
    return redaction(others, own, w("privacy.name_withheld"), w("privacy.contact_withheld"))


def _theirs(parts: _Copying, found: FoundPost) -> list[str]:
    """Their own words whole, in every wording: the headline of a thread may be another's."""
    post, w = found.post, parts.w
    first, *earlier = parts.wordings.get(post.mention_id, [("", "")])
    lines = [
        _posting_line(parts, found),
        *([post.url] if post.url else []),
        parts.without.of(first[0]),
        first[1],
    ]
    for _, text in earlier:
        lines += [w("privacy.copy.wording"), text]
    return [line for line in (*lines, *_judgement_lines(parts, found)) if line]


def _sentences_about(parts: _Copying, found: FoundPost) -> list[str]:
    """Return the sentences of another's post that name them; where none does, all of it, without others."""
    title, text = parts.wordings.get(found.post.mention_id, [("", "")])[0]
    whole = [*sentences(title), *sentences(text)]
    names = [s for s in whole if parts.wanted.is_in(s)] or whole
    said = [parts.without.of(s) for s in names]
    head = [_posting_line(parts, found), parts.w("privacy.copy.by_another")]
    return [*head, *said, *_judgement_lines(parts, found)]


def _posting_line(parts: _Copying, found: FoundPost) -> str:
    post = found.post
    where = channel_name(post.channel, parts.w)
    return parts.w("privacy.copy.posted", when=parts.when(post.published or post.first_seen), where=where)


def _judgement_lines(parts: _Copying, found: FoundPost) -> Iterator[str]:
    """For how long it is kept, by which its class shows, and what the program made of it, in plain words."""
    w, post = parts.w, found.post
    first, last, until = map(parts.when, (post.first_seen, post.last_seen, found.retain_until))
    withheld = post.mention_id in parts.withheld
    yield w("privacy.copy.seen", first=first, last=last)
    if not withheld:
        yield w("privacy.copy.kept", until=until)
    for correction in parts.said.get(post.mention_id, ()):
        yield w("privacy.copy.correction")
        yield correction.words
    verdict = parts.verdicts.get(post.mention_id)
    if verdict is None or withheld:
        return
    yield _verdict_words(verdict, w)
    if reasons := [parts.without.of(r.text) for r in reasons_of(verdict) if r.text]:
        yield w("privacy.copy.reasons")
        yield from (f"- {reason}" for reason in reasons)


def _verdict_words(verdict: Verdict, w: Words) -> str:
    """Say what the program made of a post, and what it proposed."""
    what, proposal = w(ContentClass(verdict.content_class).key), next_of(verdict, w, ReaderPart.RECORD)
    return w("privacy.copy.judged", kind=describe_verdict(verdict, w), what=what, next=proposal)


def _case_sections(parts: _Copying) -> Iterator[list[str]]:
    """Write what was done in each case, step by step; what was typed is among the notes."""
    w = parts.w
    for case in parts.held.cases:
        day = w.full_day(case.opened_at, parts.office.config.zone)
        steps = [
            w("privacy.copy.step", when=parts.when(one.at), what=w(f"pack.step.{one.said.kind.value}"))
            for one in parts.entries
            if one.case_id == case.id and one.said and not one.words and one.is_given(parts.decided)
        ]
        yield [w("privacy.copy.case", case=case.id, day=day), *steps]


def _recipient_sections(con: Connection, parts: _Copying) -> Iterator[list[str]]:
    """Write who was told of it or given it, by their office (UK GDPR, Article 15(1)(c)): outside the school
    only where the step that says so is given, and of an alert only where what was made of the post is.
    """
    w, held, school = parts.w, parts.held, parts.office.school
    stories = [s for p in held.posts if p.post.mention_id not in parts.withheld for s in p.stories]
    told = {
        i
        for (_, urn), a in alert_store.by_story(con, stories).items()
        if urn == school.urn
        for i in a.audience
    }
    for case in held.cases:
        told.update(filter(None, (case.opened_by, case.owner, case.acting, *case.audience)))
    here = people_of(school, parts.office.config.all_people)
    offices = sorted(roles_of(here, told), key=list(Role).index)
    outside = dict.fromkeys(
        asked_in(one.said, w) if isinstance(one.said, Asked) else place_words(one.said.to, w)
        for one in parts.entries
        if isinstance(one.said, Asked | Referred) and one.is_given(parts.decided) and not to_author(one)
    )
    if offices:
        yield [w("privacy.copy.at_school", offices="; ".join(title_of(r, school.nation, w) for r in offices))]
    if outside:
        yield [w("privacy.copy.outside", who="; ".join(outside))]


def _omission_lines(parts: _Copying) -> Iterator[str]:
    """Say that what a person withheld is left out, and why; not where to say so would tell it."""
    withheld = [kind for kind in by_kind(parts.entries) if not parts.decided.get(kind)]
    if said := [parts.w(f"privacy.exempt.{kind.value}") for kind in withheld if kind not in CONFIDENTIAL]:
        yield parts.w("privacy.copy.exempt", which="; ".join(dict.fromkeys(said)))


def _write_text(
    head: Sequence[str], sections: Mapping[str, Sequence[Sequence[str]]], notice: Sequence[str], w: Words
) -> str:
    """Write it as it is read and edited: a line of its own between any two things."""
    lines = ["\n\n".join(head)]
    for name, items in sections.items():
        if items:
            heading = w(f"privacy.copy.{name}")
            lines += [f"{heading}\n{'=' * len(heading)}", *("\n".join(item) for item in items)]
    if not any(sections.values()):
        lines.append(w("privacy.copy.nothing"))
    return "\n\n".join([*lines, *notice]) + "\n"


def _to_check(parts: _Copying, letters: Sequence[str], files: Sequence[str]) -> Iterator[str]:
    w, held = parts.w, parts.held
    yield w("privacy.check.title")
    yield w("privacy.check.folder")
    yield w("privacy.check.identity")
    yield w("privacy.check.names")
    for why, n in held.withheld.items():
        yield w(f"privacy.check.{why.value}", n=n)
    for kind, of in by_kind(parts.entries).items():
        how, called = "given" if parts.decided.get(kind) else "withheld", w(f"privacy.kind.{kind}")
        yield w(f"privacy.check.{how}", n=len(of), kind=called, why=why_proposed(kind, of, w))
    if files:
        yield "\n".join([w("privacy.check.files", n=len(files)), *(f"  evidence/{name}" for name in files)])
    if letters:
        yield "\n".join(
            [w("privacy.check.letters", n=len(letters)), *(f"  letters/{name}" for name in letters)]
        )
    for one in parts.entries:
        if isinstance(one.said, Asked) and to_author(one) and not one.words and one.said.kept in _NO_COPY:
            yield w("privacy.check.no_letter", case=one.case_id or "", day=parts.when(one.at))
    yield w("privacy.check.lawyer")
    yield w("privacy.check.elsewhere")


_NO_COPY = (None, KeptLetter.NOT_KEPT)


def why_proposed(kind: CopyKind, entries: Sequence[CopyEntry], w: Words) -> str:
    """Say what is proposed for entries of a kind, with the exemption that a person has to think of."""
    return w("privacy.proposed.theirs" if is_proposed(entries) else f"privacy.proposed.{kind.value}")


# What answers a request under a Freedom of Information Act: reports that were signed, and their numbers.

_MOST = 10_000
"""More than the weeks of any school."""


def refuse_independent(school: School) -> None:
    """Raises InputError for a school that is under no such Act."""
    if sector_of(school) == INDEPENDENT:
        why = law_words("foi_scotland" if school.nation == "scotland" else "foi_uk")
        raise InputError(f"{school.name} is independent by the settings. {why}")


def export_reports(con: Connection, office: Office, now: datetime) -> Copy:
    """Each signed report as it was published, their numbers, and beside them what must be checked: a paper.

    Raises InputError for an independent school, NotFit where a signed file is gone or was changed.
    """
    school = office.school
    refuse_independent(school)
    reports = signed_reports.reports_of(con, school.urn, _MOST)
    signed = [one for one in reversed(reports) if one.signed_at is not None]
    files = {
        f"{TO_SEND}/{attachment_path(one.urn, one.week).removesuffix('.pdf')}{ending}": content
        for one in signed
        for ending, content in (signed_files(office.store.home, one) or {}).items()
    }
    counts = json.dumps([json.loads(one.facts) for one in signed], ensure_ascii=False, indent=1)
    said = {**paper_facts(school, office.config, office.store, now), "signed": len(signed)}
    check = compose_paper(Paper.FOI, said)
    files |= {
        f"{TO_SEND}/counts.json": f"{counts}\n".encode(),
        f"{TO_CHECK}/check-first.html": paper_page(check).encode(),
    }
    return Copy(files, len(signed), check=(check,))
