"""Handle what people ask about their own data: write it down, answer, put right, erase, keep out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from alerts.access.matter import ReaderPart, keys_of
from alerts.access.offices import roles_of
from alerts.wording.cases import office as title_of
from alerts.wording.matters import channel_name, describe_verdict, next_of
from data.content_class import ContentClass
from data.errors import InputError
from data.frozen import freeze
from data.ids import digest
from data.judged import reasons_of
from data.keeping import DeletedKind
from data.people import people_of
from data.privacy import (
    CONFIDENTIAL,
    CopyKind,
    PrivacyRequest,
    Redaction,
    RequestEnding,
    RequestKind,
    SearchTerm,
    TermKind,
    redaction,
    request_due,
    sentences,
)
from data.retention.deleting import Erasure, Staying, record_deletions, staying
from data.retention.deleting import erase as erase_in_store
from data.steps.acts import Done, Refused
from data.steps.classes import Asked, Referred
from data.steps.codes import KeptLetter
from data.store import alerts as alert_store
from data.store import privacy as privacy_store
from data.store import weekly as weekly_store
from data.store.engine.audit_chain import AuditEntry, Code, record_act
from data.store.engine.connect import Connection
from data.store.privacy import Correction, FoundPost, Suppression, corrections_of_posts
from data.store.verdicts import former_verdicts
from data.types import Role, School, Verdict
from data.words.say import Words, asked_in, place_words, words
from monitor.act.requests import (
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
    one_post,
    to_author,
)
from monitor.config.home.paths import secret_key
from monitor.pipeline.supplied import known_channel
from monitor.reports import papers
from monitor.reports.weekly import attachment_path, signed_files

TO_SEND, TO_CHECK = "to-send", "for-the-school"


@freeze
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


@freeze
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
    """Draft the copy, and what its checker must know, once all is `decided`. Raises InputError."""
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
        *(office, held, _without(office, held, wanted, w), wanted, privacy_store.wordings(con, ids), newest),
        *(corrections_of_posts(con, ids), entries, decided, w),
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
    about_it = papers.privacy_notice(office.school, office.config, office.store, now)
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
            w("privacy.copy.step", when=parts.when(one.at), what=w(f"pack.step.{one.said.wording}"))
            for one in parts.entries
            if one.case_id == case.id and one.said and not one.words and one.is_given(parts.decided)
        ]
        yield [w("privacy.copy.case", case=case.id, day=day), *steps]


def _recipient_sections(con: Connection, parts: _Copying) -> Iterator[list[str]]:
    """Write who was told of it or given it, by their office (UK GDPR, Article 15(1)(c)): outside the school
    only where the step that says so is given, and of an alert only where what was made of the post is."""
    w, held, school = parts.w, parts.held, parts.office.school
    shown = [s for p in held.posts if p.post.mention_id not in parts.withheld for s in p.stories]
    told = {
        i for (_, urn), a in alert_store.by_story(con, shown).items() if urn == school.urn for i in a.audience
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
        yield [w("privacy.copy.at_school", offices="; ".join(title_of(r, school, w) for r in offices))]
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
    if papers.sector_of(school) == papers.INDEPENDENT:
        why = papers.law_words("foi_scotland" if school.nation == "scotland" else "foi_uk")
        raise InputError(f"{school.name} is independent by the settings. {why}")


def export_reports(con: Connection, office: Office, now: datetime) -> Copy:
    """Each signed report as it was published, their numbers, and beside them what must be checked: a paper.

    Raises InputError for an independent school, NotFit where a signed file is gone or was changed."""
    school = office.school
    refuse_independent(school)
    reports = weekly_store.reports_of(con, school.urn, _MOST)
    signed = [one for one in reversed(reports) if one.signed_at is not None]
    files = {
        f"{TO_SEND}/{attachment_path(one.urn, one.week).removesuffix('.pdf')}{ending}": content
        for one in signed
        for ending, content in (signed_files(office.store.home, one) or {}).items()
    }
    counts = json.dumps([json.loads(one.facts) for one in signed], ensure_ascii=False, indent=1)
    said = {**papers.paper_facts(school, office.config, office.store, now), "signed": len(signed)}
    check = papers.compose_paper(papers.Paper.FOI, said)
    files |= {
        f"{TO_SEND}/counts.json": f"{counts}\n".encode(),
        f"{TO_CHECK}/check-first.html": papers.paper_page(check).encode(),
    }
    return Copy(files, len(signed), check=(check,))


ERASES = (RequestKind.ERASURE, RequestKind.OBJECTION)
"""For these posts are erased: an objection that was upheld, too (UK GDPR, Article 17(1)(c))."""


@freeze
class ToErase:
    """The posts meant, those that stay and why; `withheld` are out of reach, `naming` are others'."""

    request_id: str
    posts: tuple[FoundPost, ...]
    stays: tuple[Staying, ...]
    withheld: int
    naming: tuple[FoundPost, ...] = ()


def plan_erasure(
    con: Connection,
    office: Office,
    number: str,
    now: datetime,
    wanted: SearchTerm | None,
    chosen: Sequence[FoundPost],
) -> ToErase:
    """Plan what would be erased: of an author only their own posts. Raises InputError for a name, which
    proves no authorship, and for a request that does not ask for erasing."""
    if wanted is not None and wanted.kind is TermKind.NAME:
        raise InputError(words("en")("requests.refused.by_name"))
    asked = office.request(con, number)
    if asked.kind not in ERASES:
        w = words("en")
        first = f" {w('requests.refused.copy_first')}" if asked.kind is RequestKind.ACCESS else ""
        given = {"number": asked.id, "kind": asked.kind.value, "first": first}
        raise InputError(w("requests.refused.not_to_erase", **given))
    posts, withheld, naming = tuple(chosen), 0, tuple[FoundPost, ...]()
    if wanted is not None:
        held = held_about(con, office, wanted)
        posts, withheld = tuple(p for p in held.posts if p.theirs), sum(held.withheld.values())
        naming = tuple(p for p in held.posts if not p.theirs)
    # nobody takes away what may accuse themselves; fair comment is no accusation: its author may ask
    keys = sorted(keys_of(office.school))
    about_self = privacy_store.judged_about(con, keys, (office.person,), fair=False)
    theirs = tuple(p for p in posts if p.post.mention_id not in about_self)
    if chosen and len(theirs) < len(posts):
        raise InputError("You may not erase a post about yourself: somebody else decides on it.")
    posts, withheld = theirs, withheld + len(posts) - len(theirs)
    stays = staying(con, [p.post.mention_id for p in posts], now, office.config.policy)
    return ToErase(asked.id, posts, tuple(stays.values()), withheld, naming)


UNTIMED = (RequestKind.COMPLAINT, RequestKind.TOLD, RequestKind.FREEDOM)
"""Their time is not extended, and does not wait for proof of who asks."""
FOR_NOW = ("acknowledged", "extended", "proof_asked", "proof_came")
"""What may become of a request that is still to be answered."""


def record_request(
    office: Office, kind: RequestKind, reference: str, why: str, came: datetime | None, now: datetime
) -> Done[PrivacyRequest]:
    """Writes down what somebody asks; the time to answer runs from when it came. Raises InputError."""
    if (received := came or now) > now:
        raise InputError("The day on which the request came is in the future.")
    if kind is RequestKind.FREEDOM:
        refuse_independent(office.school)
    due = request_due(kind, received, office.config.calendar(office.school.urn), office.config.zone)
    given = PrivacyRequest("", office.school.urn, kind, reference, why, received, now, office.person, due)
    with office.store.write("record a request") as con:
        return Done(privacy_store.record_request(con, given))


def answer_request(
    office: Office, number: str, how: str, said: str, now: datetime, proof: datetime | None = None
) -> Done[PrivacyRequest] | Refused:
    """Write down what became of a request and what was `said`, of which the audit has the hash; `proof` is
    when proof of who asks was asked for or came. Raises InputError."""
    with office.store.write("answer a request") as con:
        one = office.request(con, number)
        one = replace(one, answer="\n".join(filter(None, (one.answer, said))))
        if how == "acknowledged":
            if not may_be_acknowledged(one):
                w = words(office.school.language)
                return Refused("may_be_acknowledged", w("requests.answer.not_to_acknowledge"))
            changed = replace(one, acknowledged_at=now, due_at=None)
        elif how == "extended":
            if reason := why_not_extended(one, now):
                return Refused("may_be_extended", reason)
            changed = replace(one, extended_at=now)
            changed = replace(changed, due_at=_due(office, changed))
        elif how in ("proof_asked", "proof_came"):
            at, zone = proof or now, office.config.zone
            before, day = (t.astimezone(zone).date() for t in (one.proof_at or one.received_at, at))
            if how not in ways_of_proof(one, now) or at > now or day < before:
                return Refused("proof", words(office.school.language)("requests.answer.no_proof"))
            changed = replace(one, acknowledged_at=at, due_at=None)
            if how == "proof_came":
                changed = replace(changed, due_at=_due(office, changed))
        else:
            ending, by = RequestEnding(how), office.person
            changed = replace(one, answered_at=now, answered_by=by, ending=ending, due_at=None)
        codes = (Code.RESULT.of(how), Code.NOTE.of(digest(said)))
        entry = AuditEntry(now, office.person, "request_answered", one.id, one.urn, codes)
        privacy_store.change(con, changed, entry)
    return Done(changed)


def _due(office: Office, one: PrivacyRequest) -> datetime:
    """When it is due: its time runs from when it came, or from when it was proved who asks."""
    since, calendar = one.proof_at or one.received_at, office.config.calendar(one.urn)
    return request_due(one.kind, since, calendar, office.config.zone, extended=bool(one.extended_at))


def ways_of_proof(one: PrivacyRequest, now: datetime) -> tuple[str, ...]:
    """List what may be noted of proof of who asks (UK GDPR, Article 12(6)), in time."""
    if one.waits_for_proof:
        return ("proof_came",)
    timed = one.kind not in UNTIMED and one.proof_at is None
    return ("proof_asked",) if timed and one.due_at is not None and now < one.due_at else ()


def may_be_acknowledged(one: PrivacyRequest) -> bool:
    """Is it a complaint of which nothing was said yet? Nothing has a set time then."""
    return one.kind is RequestKind.COMPLAINT and one.acknowledged_at is None


def why_not_extended(one: PrivacyRequest, now: datetime) -> str:
    """Why its time may not be extended; "" where it may."""
    if one.kind in UNTIMED:
        return f"Request {one.id}: {one.kind.value} has no time that may be extended."
    if one.waits_for_proof:
        return f"Request {one.id} waits for proof of who asks: its time is paused."
    if one.extended_at is not None:
        return f"Request {one.id} was extended already, and may be once."
    if one.due_at is not None and now >= one.due_at:
        return f"Request {one.id}: its month is over, and only within it may it be extended. Answer it now."
    return ""


def search_held(office: Office, number: str, wanted: SearchTerm, now: datetime) -> Done[HeldData]:
    """Finds what is held about somebody who asked; on record is who searched, and not the words."""
    with office.store.open_reader() as con:
        asked, held = _about_self(con, office, number), held_about(con, office, wanted)
    _record_search(office, asked, wanted, held.count, now)
    return Done(held)


def look_over_copy(
    office: Office, number: str, wanted: SearchTerm, decided: Decided, now: datetime
) -> Done[Copy]:
    """Drafts a copy, to be looked over; on record as a search is, where it shows what is to be decided on."""
    with office.store.open_reader() as con:
        asked = _about_self(con, office, number)
        copy = draft_copy(con, office, asked, wanted, decided, now)
    if copy.undecided:
        _record_search(office, asked, wanted, copy.found, now)
    return Done(copy)


def _about_self(con: Connection, office: Office, number: str) -> PrivacyRequest:
    """The request, where people ask about themselves. Raises InputError."""
    asked = office.request(con, number)
    if asked.kind is RequestKind.FREEDOM:
        raise InputError(words(office.school.language)("requests.search.freedom"))
    return asked


def _record_search(office: Office, asked: PrivacyRequest, wanted: SearchTerm, n: int, now: datetime) -> None:
    codes = (Code.KIND.of(wanted.kind.value), Code.FOUND.of(n))
    with office.store.write("record a search") as con:
        record_act(con, now, office.person, "data_searched", asked.id, asked.urn, codes)


def hand_copy(
    office: Office, number: str, wanted: SearchTerm, decided: Decided, now: datetime
) -> Done[Copy] | Refused:
    """Makes the copy to be handed over; on record is who made it, and what of each kind they may have."""
    with office.store.open_reader() as con:
        asked = _about_self(con, office, number)
        copy = draft_copy(con, office, asked, wanted, decided, now)
    if copy.undecided:
        return Refused("decided", "First decide on each kind of data held in a case.")
    chosen = [(Code.GIVEN if decided[kind] else Code.WITHHELD).of(kind.value) for kind in copy.kinds]
    codes = (Code.KIND.of(wanted.kind.value), Code.FOUND.of(copy.found), *chosen)
    with office.store.write("copy for a request") as con:
        record_act(con, now, office.person, "data_copied", asked.id, asked.urn, codes)
    return Done(copy)


def rectify(office: Office, number: str, post: str, said: str, now: datetime) -> Done[Correction]:
    """Keeps with a post what somebody says about it. Raises InputError for no such request or post."""
    with office.store.write("rectify for a request") as con:
        asked, found = office.request(con, number), one_post(con, office, post)
        added = Correction(asked.id, found.post.mention_id, said, now, office.person)
        privacy_store.correct(con, added, asked.urn)
    return Done(added)


def erase(office: Office, meant: ToErase, now: datetime) -> Done[tuple[Staying, ...]]:
    """Erases what may be; gives what stays, as it was found when it was done."""
    ids = [p.post.mention_id for p in meant.posts]
    secret = secret_key(office.store.home)
    given = Erasure(meant.request_id, office.school.urn, office.person, secret)
    return Done(erase_in_store(office.store, ids, given, now, office.config.policy))


def uphold(
    office: Office, number: str, wanted: SearchTerm, channel: str | None, now: datetime
) -> Done[str] | Refused:
    """Keep keys of an author or address; give the request's number. Raises InputError for no such place."""
    known_channel(channel or "")
    store = office.store
    with store.write("an objection") as con:
        asked = office.request(con, number)
        if asked.kind not in ERASES:
            reason = words("en")("requests.refused.not_objected", number=asked.id, kind=asked.kind.value)
            return Refused("kind_of_request", reason)
        keys = _keys(con, office, wanted, channel)
        record_deletions(store, now, {DeletedKind.SUPPRESSED: [one for _, one in keys]})
        privacy_store.add_suppressions(con, keys, asked.id, now)
        codes = (Code.KIND.of(wanted.kind.value), Code.RESULT.of("upheld"))
        record_act(con, now, office.person, "objection_decided", asked.id, asked.urn, codes)
    return Done(asked.id)


def withdraw(office: Office, number: str, now: datetime) -> Done[int]:
    """Drops what an objection keeps out, and nothing of what was erased; gives how many keys that were."""
    with office.store.write("an objection withdrawn") as con:
        asked = office.request(con, number, open_only=False)
        dropped = privacy_store.lift_suppressions(con, asked.id)
        codes = (Code.RESULT.of("withdrawn"),)
        record_act(con, now, office.person, "objection_decided", asked.id, asked.urn, codes)
    return Done(dropped)


def _keys(
    con: Connection, office: Office, wanted: SearchTerm, channel: str | None
) -> list[tuple[Suppression, str]]:
    secret = secret_key(office.store.home)
    if wanted.kind is TermKind.ADDRESS:
        return [(Suppression.POST, privacy_store.key(secret, Suppression.POST, wanted.text))]
    if wanted.kind is TermKind.NAME:
        raise InputError("A name may be anybody’s. Give the handle or an address.")
    theirs = [p.post.channel for p in held_about(con, office, wanted).posts if p.theirs]
    places = sorted({channel} if channel else set(theirs))
    if not places:
        raise InputError("We hold no post of theirs. Say on which kind of site they use the handle.")
    return [(Suppression.AUTHOR, privacy_store.author_key(secret, place, wanted.text)) for place in places]
