"""Composes evidence packs and their pages of exhibits and letters."""

from __future__ import annotations

import hashlib
import io
import json
import shlex
import textwrap
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from importlib.resources import files
from typing import Any

from lxml import etree, html

from alerts.ladder.replay import may_show_a_child, with_ways
from alerts.layout.pdf import Heading, Paragraph, Points, names_any
from alerts.pack.facts import (
    FOR_CHECKING,
    Block,
    Break,
    Exhibit,
    PackDocument,
    PackFacts,
    Picture,
    Quote,
    Recipient,
    Rows,
    course,
    file_name,
    is_given,
    may_give_name,
    table,
    time_shown,
)
from alerts.wording.cases import (
    drop_mark,
    is_account,
    kept_words,
    places_words,
    shown_class,
    where_done,
    where_kept,
    words_of,
)
from alerts.wording.matters import channel_name
from data.cases import CaseStep, Consent, EvidenceFile, OtherWords, Post
from data.content_class import ContentClass
from data.evidence.faults import ABOUT_THE_MANIFEST, MANIFEST
from data.evidence.handed_in import BY_HAND, WORDS, Kept, WhoseWords, read_somebody
from data.rungs import Rung
from data.steps.classes import (
    KINDS,
    Answered,
    Asked,
    Checked,
    Classified,
    EvidenceKept,
    Noted,
    Referred,
    facts_of_kind,
    parse_moment,
)
from data.steps.codes import BypassRoute, Looker, Relationship, StepKind, ValueKind, names_under_headings
from data.store.engine.audit_chain import Link, step_seal
from data.store.engine.rows import microseconds
from data.web.channels import host_of, is_spoken
from data.words.say import Words, asked_in, asking_words, join_filled, place_words

_HEADERS = ("From", "To", "Cc", "Date", "Subject")
_MOST_XML = 8 * 1024 * 1024
_NOT_TO_BE_READ = (
    *(KeyError, ValueError, OSError, EOFError, RuntimeError),
    *(zlib.error, zipfile.BadZipFile, etree.LxmlError),
)
"""What the libraries raise for an archive that is locked, damaged or none, or that holds no XML."""
_ODD_MAIL = (LookupError, ValueError, AttributeError, TypeError, etree.LxmlError)
"""The same for a mail, which is what anybody wrote."""

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def letter_text(files: Sequence[tuple[EvidenceFile, bytes]]) -> str | None:
    """The words of the first of these files that has any, text before mail before Word; None for none."""
    held = {file.name.rpartition(".")[2]: content for file, content in files}
    found = (_READ[ending](held[ending]) for ending in _READ if ending in held)
    return next((text.strip() for text in found if text and text.strip()), None)


def _read_mail(content: bytes) -> str | None:
    try:
        message = message_from_bytes(content, policy=policy.default)
        head = [f"{name}: {message[name]}" for name in _HEADERS if message[name]]
        return "\n".join((*head, "", _body(message)))
    except _ODD_MAIL:
        return None


def _body(message: EmailMessage) -> str:
    part = message.get_body(("plain", "html"))
    if part is None:
        return ""
    said = str(part.get_content())
    if part.get_content_subtype() != "html" or not said.strip():
        return said
    return str(html.document_fromstring(said).text_content())


def _read_word(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as held, held.open("word/document.xml") as part:
            xml = part.read(_MOST_XML + 1)
        if len(xml) > _MOST_XML:
            return None
        root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
    except _NOT_TO_BE_READ:
        return None
    blank = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n"}
    return "\n".join(
        "".join((t.text or "") if t.tag == f"{_W}t" else blank.get(str(t.tag), "") for t in paragraph.iter())
        for paragraph in root.iter(f"{_W}p")
    )


_READ = {"txt": lambda content: content.decode("utf-8-sig", "replace"), "eml": _read_mail, "docx": _read_word}

LETTERS = frozenset(("sent", "received"))
"""Kinds of exhibits that are letters and no evidence of the post."""
_MOST_LINES = 400
_TIMES = ("written", "sent", "received_by_them", "received", "recorded")


def is_letter(exhibit: Exhibit) -> bool:
    return exhibit.kind in LETTERS


def exhibit_date(exhibit: Exhibit) -> datetime:
    """Return when it was captured or handed in; of a letter, when it was sent or came."""
    said = exhibit.facts.get(exhibit.kind) if is_letter(exhibit) else None
    return datetime.fromisoformat(said) if said else exhibit.at


def what_it_is(exhibit: Exhibit, facts: PackFacts, w: Words) -> str:
    """In a few words, for a list of exhibits."""
    kind = exhibit.kind or "supplied"
    if not is_letter(exhibit):
        return w(f"pack.code.{kind}")
    said = _whose(exhibit, facts, w)
    return said if facts.withheld else w("pack.value.facts", name=said, value=_name_asking(exhibit.facts, w))


def _whose(exhibit: Exhibit, facts: PackFacts, w: Words) -> str:
    """Whether it was sent or came back, and who sent it, as the step of it says."""
    steps = (s.said for s in facts.file.steps if isinstance(s.said, Asked))
    sender = next((s.sender for s in steps if s.sender and s.capture == exhibit.capture_id), None)
    return w(f"pack.value.letter_{exhibit.facts['kind']}{f'_{sender}' if sender else ''}")


def _name_asking(said: Mapping[str, Any], w: Words) -> str:
    return asking_words(Rung(said["rung"]), said.get("way") or "", w)


def letter_blocks(exhibit: Exhibit, facts: PackFacts, w: Words) -> list[Block]:
    """The heading, who wrote to whom and when, and the words, unless they are left out."""
    said, manifest = exhibit.facts, exhibit.file(MANIFEST)
    sent = said["kind"] == "sent"
    rows = [("what", _whose(exhibit, facts, w))]
    if facts.withheld:
        rows.append(("to" if sent else "from", w("pack.withheld_value")))
    else:
        where = where_kept(facts.file, exhibit.files[0], w) or channel_name(facts.file.case.channel, w)
        rows += _letter_rows(said, where, facts, w)
        rows.append(("kept_by", facts.person(exhibit.producer) or exhibit.producer))
    blocks: list[Block] = [
        Heading(w("pack.head.exhibit", name=facts.exhibit_name(exhibit)), 2),
        table([*rows, ("hash", manifest.sha256 if manifest else "–")], w),
    ]
    return blocks if facts.withheld else [*blocks, *_words_of_letter(exhibit, facts, w)]


def _letter_rows(said: Mapping[str, Any], where: str, facts: PackFacts, w: Words) -> list[tuple[str, str]]:
    rows = [("to" if said["kind"] == "sent" else "from", _name_asking(said, w))]
    rows.append(("place", where))
    written: dict[str, Callable[[str], str]] = {
        "letter": lambda kind: w(f"letter.title.{kind}"), "channel": lambda key: channel_name(key, w),
        "reference": str, "result": lambda code: w(f"pack.code.{code}"),
    }  # fmt: skip
    rows += [(name, say(said[name])) for name, say in written.items() if said.get(name)]
    times = [(name, datetime.fromisoformat(said[name])) for name in _TIMES if said.get(name)]
    rows += [(name, facts.moment(at)) for name, at in times]
    return [*rows, ("kept", w(f"pack.code.{said['kept']}"))]


def _words_of_letter(exhibit: Exhibit, facts: PackFacts, w: Words) -> list[Block]:
    """The words where the file has any, in full or their beginning; else where the file is."""
    files = [f for f in exhibit.files if f.name != MANIFEST]
    text = letter_text([(f, facts.contents[f.sha256]) for f in files])
    names = ", ".join(map(file_name, files))
    if text is None:
        return [Paragraph(w("pack.value.files", names=names))]
    drafted = exhibit.facts.get("kept") == "as_drafted"
    text = drop_mark(text) if drafted else text
    lines = _written_lines(text)
    where = Paragraph(w("pack.value.letter_files", names=names))
    blocks: list[Block] = [Heading(w("pack.head.letter"), 3), where, Quote(lines[:_MOST_LINES])]
    if len(lines) > _MOST_LINES:
        blocks.append(Paragraph(w("pack.value.letter_longer")))
    if drafted:
        blocks.append(Paragraph(w("pack.value.letter_drafted")))
    return [*blocks, *([Paragraph(w("pack.value.letter_plain"))] if names_any(text) else [])]


# The page of one exhibit: where, when, by whom, the HTTP answer, its hash, its words and its picture.

_TEXT, _SHOT = "post.txt", "post.png"
_NOT_THE_POST = (*ABOUT_THE_MANIFEST, WORDS, "capture.wacz")
"""Files of what was handed in that are not what was handed in."""
_PRINTED = frozenset(("image/png", "image/jpeg"))
_PLAIN = {"address": "address", "author": "author_as_shown", "posted": "posted_as_displayed"}
_LEFT_OUT = ("address", "author", "posted", "captured")
_LOGGED_IN = {True: "pack.value.seen_logged_in", False: "pack.value.seen_logged_out"}
_HOW = {"page": "pack.value.logged_out", "wall": "pack.value.wall"}


def exhibit_blocks(exhibit: Exhibit, facts: PackFacts, w: Words) -> list[Block]:
    """The heading, the table of facts, and, unless they are left out, words and picture."""
    name = facts.exhibit_name(exhibit)
    left_out = [(key, w("pack.withheld_value")) for key in _LEFT_OUT]
    where = where_kept(facts.file, exhibit.files[0], w)
    place = [("at_place", where)] if where else []
    rows = [*left_out, _hash(exhibit, w)] if facts.withheld else [*place, *_facts(exhibit, facts, w)]
    blocks: list[Block] = [Heading(w("pack.head.exhibit", name=name), 2), table(rows, w)]
    if not facts.withheld:
        blocks += _words(exhibit, facts, w)
        blocks += [] if exhibit.kind == "told" else _picture(exhibit, facts, w)
    return blocks


def _facts(exhibit: Exhibit, facts: PackFacts, w: Words) -> list[tuple[str, str]]:
    said = exhibit.facts
    if exhibit.kind not in ("page", "wall"):
        return [*_handed_in(exhibit, facts, w), *_stamp_row(exhibit, facts, w), _hash(exhibit, w)]
    page = exhibit.page
    how = "pack.value.gone" if page.get("stands") == "gone" else _HOW[exhibit.kind]
    rows = [
        *_post_of_exhibit(said, facts, w),
        ("captured", facts.moment(exhibit.at)),
        ("producer", facts.person(exhibit.producer) or w("pack.value.program")),
        ("how", w(how)),
    ]
    if page:
        if page.get("status"):
            rows.append(("status", w("pack.value.status", status=page["status"])))
        kept = (said.get("pictures") or {}).get("kept")
        pictures = "pack.value.pictures_loaded" if kept else "pack.value.pictures_blocked"
        rows.append(("pictures", w(pictures)))
    return [*rows, *_stamp_row(exhibit, facts, w), _hash(exhibit, w)]


def _stamp_row(exhibit: Exhibit, facts: PackFacts, w: Words) -> list[tuple[str, str]]:
    if exhibit.capture_id is None:
        return []
    stamp, said = facts.stamps.get(exhibit.capture_id), w("pack.value.not_stamped")
    if stamp is not None:
        said = w("pack.value.stamped", moment=facts.both(stamp.at), authority=stamp.authority)
    return [("stamp", said)]


def _post_of_exhibit(said: Mapping[str, Any], facts: PackFacts, w: Words) -> list[tuple[str, str]]:
    page, post = said.get("page"), said.get("post") or {}
    if not page:
        return []
    known = {
        "address": page.get("address_asked"),
        "author": post.get("author_as_shown"),
        "posted": post.get("posted_as_displayed"),
    }
    rows = [(name, said) for name, said in known.items() if said]
    if page.get("address_final") not in (None, page.get("address_asked")):
        rows.insert(1, ("led_to", page["address_final"]))
    if post.get("posted_as_read"):
        read = datetime.fromisoformat(post["posted_as_read"])
        rows.append(("posted_read", facts.moment(read)))
    return rows


def _hash(exhibit: Exhibit, w: Words) -> tuple[str, str]:
    manifest = exhibit.file(MANIFEST)
    if manifest is not None:
        return "hash", manifest.sha256
    return "file", exhibit.files[0].sha256


def _words(exhibit: Exhibit, facts: PackFacts, w: Words) -> list[Block]:
    """The post's words, after the capture's own sentence about where they were."""
    if typed := _typed_words(exhibit, facts, w):
        return typed
    text = exhibit.file(_TEXT)
    if text is None:
        return []
    said = facts.contents[text.sha256].decode("utf-8", "replace")
    where, _, read = said.partition("\n\n")[2].partition("\n\n")
    lines = _written_lines(read)
    if not lines:
        return []
    named = [Paragraph(w("pack.whole_text", file=_TEXT))] if names_any(read) else []
    return [Heading(w("pack.head.text"), 3), Paragraph(where), Quote(lines), *named]


def _picture(exhibit: Exhibit, facts: PackFacts, w: Words) -> list[Block]:
    shot = exhibit.file(_SHOT) if exhibit.kind == "page" else None
    if shot is None:
        shown = _pictures_brought(exhibit, facts, w)
        return [Paragraph(_where(exhibit, w, printed=bool(shown))), *shown]
    site = host_of(exhibit.page.get("address_asked") or "") or w("pack.unnamed")
    author = (exhibit.facts.get("post") or {}).get("author_as_shown")
    above = w(f"pack.picture.of{'' if author else '_nobody'}", site=site, author=author or "")
    alt = w("pack.value.alt", name=facts.exhibit_name(exhibit))
    below = Paragraph(w("pack.picture.left_out"))
    return [Heading(w("pack.head.picture"), 3), Paragraph(above), Picture(shot.sha256, alt), below]


def _pictures_brought(exhibit: Exhibit, facts: PackFacts, w: Words) -> list[Block]:
    """Show pictures brought: no child or nudity, none of a matter that ever bypassed the ladder."""
    case = facts.file.case
    if case.lane is not None or case.is_returned or case.restricted or may_show_a_child(case):
        return []
    held = [f for f in exhibit.files if f.name not in _NOT_THE_POST and f.media_type in _PRINTED]
    heading = Heading(w("pack.head.picture_brought"), 3)
    shown = [Picture(f.sha256, w("pack.value.picture_handed_in", name=file_name(f))) for f in held]
    return [block for picture in shown for block in (heading, picture)]


def _where(exhibit: Exhibit, w: Words, *, printed: bool) -> str:
    """For a page, that there is no picture; for what was handed in, where it is."""
    if exhibit.page:
        return w("pack.value.no_picture")
    names = [file_name(f) for f in exhibit.files if f.name not in _NOT_THE_POST]
    key = "pack.value.files_printed" if printed else "pack.value.files"
    return w(key, names=", ".join(names)) if names else w("pack.value.no_picture")


def _handed_in(exhibit: Exhibit, facts: PackFacts, w: Words) -> list[tuple[str, str]]:
    """Say where, by whom, when; seen when and by whom; supplied by whom, and how; added by whom and when."""
    kept: Kept = exhibit.facts.get("handed_in") or {}
    said = {name: kept.get(key) for name, key in _PLAIN.items()}
    said |= {"seen_at": _time_seen(kept, facts), "came": _came(kept, w)}
    said["logged_in"] = w(_LOGGED_IN[seen]) if (seen := kept.get("logged_in")) is not None else None
    said |= {name: _who_in_exhibit(kept, name, facts) for name in ("seen_by", "supplied_by")}
    unknown = kept.get("not_known", ())
    # a platform has no need to know who saw it, who handed it in and how
    case = facts.file.case
    names = _SPOKEN if is_spoken(case.channel) else _FACT
    how = [("how", w(f"digest.at.{case.channel}"))] if names is _SPOKEN else []
    rows = [
        (names[name], said[name] or w("pack.value.not_known"))
        for name in names
        if (said[name] or name in unknown)
        and (not facts.recipient.removes or name not in ("seen_by", "supplied_by", "came"))
    ]
    address = "" if said["address"] or names is _SPOKEN else exhibit.address(facts.file)
    rows = [("address", address), *rows] if address else rows
    place = [("file_at", kept["file_at"])] if kept.get("file_at") else []
    rows += [] if facts.recipient.removes else place
    # whoever is given a file that says where it was taken can read that
    taken = [f["name"] for f in exhibit.facts.get("files", ()) if f.get("tells_place")]
    told = w("pack.value.tells_place", names=", ".join(taken))
    within = [("within", told)] if taken else []
    return [*how, *rows, *_rows_of_adding(exhibit, facts, w), *within, *_adds_to(exhibit, facts, w)]


_FACT = {
    "address": "address_seen", "author": "author", "posted": "posted", "seen_at": "seen",
    "seen_by": "seen_by", "logged_in": "logged_in", "supplied_by": "producer", "came": "came",
}  # fmt: skip
_SPOKEN = {
    "author": "said_by", "seen_at": "heard", "seen_by": "heard_by", "supplied_by": "producer", "came": "came",
}  # fmt: skip
"""The same of what was only said: it has no address, and nobody was logged in."""


def _time_seen(kept: Kept, facts: PackFacts) -> str | None:
    seen = kept.get("seen")
    if seen is None:
        return None
    return str(seen["day"]) if "day" in seen else facts.moment(datetime.fromisoformat(seen["utc"]))


def _came(kept: Kept, w: Words) -> str | None:
    came = kept.get("came")
    if came is None:
        return None
    how = w(f"pack.came.{came['how']}")
    return w("pack.value.came", how=how, said=came["said"]) if came["said"] else how


def _who_in_exhibit(kept: Kept, name: str, facts: PackFacts) -> str | None:
    """By name where they are of the school; else what they were called."""
    who = read_somebody(kept, name)
    if who is None:
        return None
    return facts.person(who.person) or who.person if who.person else who.said


def _rows_of_adding(exhibit: Exhibit, facts: PackFacts, w: Words) -> list[tuple[str, str]]:
    told = exhibit.kind == "told"
    by = _typist(exhibit, facts)
    return [
        ("added", facts.moment(exhibit.at)),
        *([("added_by", by)] if by and not facts.recipient.removes else []),
        ("how", w("pack.value.told" if told else "pack.value.supplied")),
    ]


def _typist(exhibit: Exhibit, facts: PackFacts) -> str | None:
    """Say who typed the command; None where they did not say who they are."""
    by = exhibit.producer
    return None if by == BY_HAND else facts.person(by) or by


def _adds_to(exhibit: Exhibit, facts: PackFacts, w: Words) -> list[tuple[str, str]]:
    earlier = exhibit.facts.get("adds_to")
    if not earlier:
        return []
    found = next((e for e in facts.exhibits if e.capture_id == earlier["capture"]), None)
    name = facts.exhibit_name(found) if found else earlier["capture"]
    return [("adds_to", w("pack.value.adds_to", name=name))]


def _typed_words(exhibit: Exhibit, facts: PackFacts, w: Words) -> list[Block]:
    """Show the post's words as typed, below the file's own first line; empty where nobody typed."""
    text = exhibit.file(WORDS)
    if text is None:
        return []
    _, _, said = facts.contents[text.sha256].decode("utf-8", "replace").partition("\n\n")
    name = _typist(exhibit, facts)
    pictured = exhibit.kind == "supplied" or exhibit.facts.get("adds_to")
    key = "typed" if pictured else "typed_without"
    by = w(f"pack.{key}", name=name) if name else w(f"pack.{key}_unnamed")
    lines = _written_lines(said)
    named = [Paragraph(w("pack.whole_text", file=WORDS))] if names_any(said) else []
    return [Heading(w("pack.head.typed"), 3), Paragraph(by), Quote(lines), *named]


# The PDF of a pack as blocks: contents, exhibits, chronology, method, how to check, hashes.

TOLD: Mapping[StepKind, tuple[str, ...]] = {
    **{kind: told for kind, of in KINDS.items() if (told := names_under_headings(of))},
    StepKind.ASKED: (
        *("rung", "sender", "imminent", "channel", "reference", "advice"),
        *("written_at", "received_at", "kept"),
    ),
    StepKind.CHECKED: ("result", "looked", "signed_in", "url"),
}
"""The facts of each kind of step that are shown, each under a heading of its own, `pack.name.KIND.FACT`; of
two kinds in another order than that of their classes. The way of asking is in what the asking is called.
"""
_LATER = timedelta(minutes=1)
"""Recorded that much later than it happened, a step says when it was recorded."""


def chronology(facts: PackFacts, w: Words) -> list[Block]:
    """List the steps that this recipient may see, as they happened; in their order if undated."""
    recorded = [s for s in with_ways(facts.file.steps) if is_given(s, facts.recipient)]
    steps = recorded if facts.withheld else sorted(recorded, key=lambda s: (s.done_at, s.n))
    head = tuple(w(f"pack.column.{name}") for name in ("n", "when", "who", "did"))
    rows = tuple((str(s.n), *_when_and_who(s, facts, w), _did(s, facts, w)) for s in steps)
    blocks: list[Block] = []
    if len(steps) < len(facts.file.steps):
        blocks.append(Paragraph(w("pack.note_partial")))
    if steps != recorded:
        blocks.append(Paragraph(w("pack.note_order")))
    return [*blocks, Rows("", head, rows, (5, 35, 16, 44))]


def _when_and_who(step: CaseStep, facts: PackFacts, w: Words) -> tuple[str, str]:
    if facts.withheld:
        return w("pack.withheld_value"), w("pack.withheld_value")
    who = _person(step.actor, facts, w) if facts.person(step.actor) else w("pack.value.program")
    return facts.moment(step.done_at), who


def _did(step: CaseStep, facts: PackFacts, w: Words) -> str:
    said = [w(f"pack.step.{step.said.wording}")]
    if facts.withheld:
        return said[0]
    said += [w("pack.value.facts", name=name, value=value) for name, value in _step_facts(step, facts, w)]
    capture = step.said.capture if isinstance(step.said, Asked | Answered | EvidenceKept) else ""
    if exhibit := next((e for e in facts.exhibits if e.capture_id == capture), None):
        said.append(w("pack.head.exhibit", name=facts.exhibit_name(exhibit)))
    if step.why.strip() and not facts.recipient.removes:
        # what the program says of a look or a pack of its own is not a person's words
        looked = isinstance(step.said, Checked) and step.said.looked is not Looker.PERSON
        ours = looked or (isinstance(step.said, Noted) and bool(step.said.pack))
        said.append(w(f"pack.value.{'noted' if ours else 'reason'}", why=step.why.strip()))
    if step.due_at is not None:
        said.append(w("pack.value.waits", moment=facts.both(step.due_at)))
    if step.recorded_at - step.done_at > _LATER:
        at = facts.both(step.recorded_at)
        said.append(w("pack.value.facts", name=w("pack.name.recorded"), value=at))
    return "\n".join(said)


def _step_facts(step: CaseStep, facts: PackFacts, w: Words) -> Iterator[tuple[str, str]]:
    """List the place it was done at, where the case has several, and its facts, each under its heading."""
    if where := where_done(facts.file, step.said, w):
        yield w("pack.fact.at_place"), where
    written = step.stored_facts
    for name in TOLD.get(step.kind, ()):
        if value := written.get(name):
            yield w(f"pack.name.{step.kind.value}.{name}"), _value(name, value, step, facts, w)


def _value(name: str, value: str, step: CaseStep, facts: PackFacts, w: Words) -> str:
    if name == "rung" and isinstance(step.said, Asked | Answered):
        return asked_in(step.said, w)
    said = _SAID.get(facts_of_kind(step.kind)[name].kind)
    return value if said is None else said(value, facts, w)


def _people(ids: str, facts: PackFacts, w: Words) -> str:
    return w.list_items([_person(person_id, facts, w) for person_id in ids.split(",")])


def _person(person_id: str, facts: PackFacts, w: Words) -> str:
    if not may_give_name(person_id, facts.file.case, facts.recipient):
        return w("pack.value.not_named")
    return facts.person(person_id) or person_id


def _class(value: str, facts: PackFacts, w: Words) -> str:
    return f"{w(ContentClass(value).key)} ({value})" if value in set(ContentClass) else value


def _name_value(value: str, table: str, w: Words) -> str:
    return w(key) if w.has(key := f"{table}.{value}") else value


def _address(mention: str, facts: PackFacts, w: Words) -> str:
    posts = (*facts.file.copies, *((facts.file.post,) if facts.file.post else ()))
    return next((p.url for p in posts if p.mention_id == mention and p.url), w("pack.unnamed"))


_SAID: Mapping[ValueKind, Callable[[str, PackFacts, Words], str]] = {
    **dict.fromkeys((ValueKind.CODE, ValueKind.YES_NO), lambda v, facts, w: _name_value(v, "pack.code", w)),
    **dict.fromkeys((ValueKind.PERSON, ValueKind.WHOSE, ValueKind.NAMED), _people),
    **dict.fromkeys((ValueKind.CHANNEL, ValueKind.SITE), lambda value, facts, w: channel_name(value, w)),
    ValueKind.TIME: lambda value, facts, w: facts.both(parse_moment(value)),
    ValueKind.CLASS: _class,
    ValueKind.RUNG: lambda value, facts, w: w(Rung(value).key),
    ValueKind.REFERRAL: lambda value, facts, w: place_words(value, w),
    ValueKind.LETTER: lambda value, facts, w: _name_value(value, "letter.title", w),
    ValueKind.POST: _address,
}
"""How a value of each kind is put into words; the others are somebody's own."""

_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
"""The file's own date when dates are left out."""
_HANDED_TO = frozenset((Recipient.DSL, Recipient.LA, Recipient.POLICE))


def compose_pack(facts: PackFacts, w: Words) -> PackDocument:
    case, school = facts.file.case, facts.school
    new_page = [] if facts.withheld else [Break()]
    blocks: list[Block] = [*_first(facts, w), *_contents(facts, w), *_list(facts, w), *new_page]
    blocks += [*_post_of_pack(facts, w), *_places(facts, w)]
    blocks += [Heading(w("pack.head.exhibits"))] if facts.exhibits else []
    for n, exhibit in enumerate(facts.exhibits):
        page = letter_blocks if is_letter(exhibit) else exhibit_blocks
        blocks += [*(new_page if n else []), *page(exhibit, facts, w)]
    blocks += [*new_page, Heading(w("pack.head.chronology")), *chronology(facts, w)]
    if facts.conduct is not None:
        blocks += [Heading(w("pack.head.conduct")), *course(facts, w)]
    blocks += [*_method(facts, w), *_hashes(facts, w)]
    code = shown_class(case)
    cover = (
        w("pack.for", recipient=w(facts.recipient.key(school.nation))),
        *([] if _reads_all(facts) else [w("pack.matter", kind=w(code.key), code=code)]),
        *([w(f"pack.asked.{facts.recipient}")] if facts.recipient.removes else []),
        w("pack.confidential"),
        *([w("pack.withheld")] if facts.withheld else []),
    )
    return PackDocument(
        language=w.language,
        title=w("pack.title", case=case.id),
        file_title=w("pack.file_title", case=case.id, school=school.name),
        subtitle=w("pack.subtitle", school=school.name, urn=case.urn),
        cover=cover,
        page=w("pack.page", page="{page}", pages="{pages}"),
        day=f"{(_FIRST if facts.withheld else facts.made_at).astimezone(facts.zone):%Y-%m-%d}",
        blocks=tuple(blocks),
    )


def _reads_all(facts: PackFacts) -> bool:
    """Are they told what it is about, and not only what removing the post needs?"""
    return not (facts.withheld or facts.recipient.removes)


def _first(facts: PackFacts, w: Words) -> list[Block]:
    if not _reads_all(facts):
        return []
    case = facts.file.case
    blocks: list[Block] = [Heading(w("pack.head.summary")), Paragraph(" ".join(_summary(facts, w)))]
    if case.target:
        police = facts.recipient is Recipient.POLICE
        agreed = police and case.consent is Consent.GIVEN
        effect = w("pack.summary.effect", impact=case.weighed.impact.rstrip(".")) if case.weighed else ""
        statement = w(f"pack.summary.statement{'_to_take' if agreed else ''}")
        said = filter(None, (facts.consent if police else "", effect, statement))
        blocks += [Heading(w("pack.head.person")), Paragraph(" ".join(said))]
    return [*blocks, *_words_of_post(facts, w)]


def _summary(facts: PackFacts, w: Words) -> Iterator[str]:
    case, post, code = facts.file.case, facts.file.post, shown_class(facts.file.case)
    alleged = case.lane is BypassRoute.STAFF_ALLEGATION and _may_read(facts)
    yield w(f"pack.{'allegation' if alleged else 'matter'}", kind=w(code.key), code=code)
    if facts.recipient is Recipient.POLICE and facts.crimes:
        yield w("pack.summary.crimes", crimes=facts.crimes)
    if case.target:
        yield w("pack.aimed_at", person=_person(case.target, facts, w))
    meant = case.accused or tuple(p for p in case.subjects if alleged and p not in case.conflicted)
    if meant:
        people = w.list_items([facts.in_office(one, w) for one in meant])
        yield w(f"pack.accused{'' if case.accused else '_as_read'}", people=people)
    if alleged:
        yield from _allegation_lines(facts, w)
    if facts.time_named and _may_read(facts):
        yield facts.time_named
    if post and _may_read(facts):
        shown, told = time_shown(facts.exhibits), is_spoken(post.channel)
        if post.published and not is_account(case, post):
            yield w(f"pack.summary.{'said' if told else 'posted'}", moment=facts.local(post.published))
        if shown:
            yield w("pack.summary.shown", shown=shown)
        where, place = "where" if post.url else "nowhere", channel_name(post.channel, w)
        yield w(f"pack.summary.{where}", place=place, address=post.url or "")
        if post.author:
            yield w(f"pack.summary.{'speaker' if told else 'author'}", author=post.author)
    if case.relationship is not Relationship.UNKNOWN:
        who = join_filled(", ", facts.author_name, w(f"pack.code.{case.relationship}"))
        yield w("pack.summary.relationship", who=who)
    yield from facts.seen_by
    yield w(f"pack.asked.{facts.recipient}")
    reach = join_filled(", ", facts.maker.phone, facts.maker.email)
    if reach and facts.recipient is not Recipient.FILE:
        yield w("pack.summary.ring", who=facts.in_office(facts.maker.id, w), reach=reach)


def _allegation_lines(facts: PackFacts, w: Words) -> Iterator[str]:
    """Say what a person wrote that it alleges, where the rest is, and whom they told already."""
    said = [s.why.strip() for s in facts.file.steps if isinstance(s.said, Classified)]
    if said and said[-1]:
        yield w("pack.summary.alleged", why=said[-1])
    yield w("pack.summary.details")
    for step in facts.file.steps:
        if isinstance(step.said, Referred):
            at, number = facts.local(step.done_at), step.said.reference
            key = f"pack.summary.referred{'_number' if number else ''}"
            yield w(key, to=place_words(step.said.to, w), moment=at, number=number)


def _may_read(facts: PackFacts) -> bool:
    """May they have what is held of the post as text? Of what bypasses the ladder only whoever acts on it."""
    return facts.file.case.lane is None or facts.recipient in _HANDED_TO


def _words_of_post(facts: PackFacts, w: Words) -> list[Block]:
    """The words of the post, and whose they are. Of what may be extremist none: the police's unit asks for
    its address. Words that somebody reported are called that; an image that was declared has none, and where
    its file lies is no words."""
    post, whose = facts.file.post, words_of(facts.file)
    of_account = whose is WhoseWords.OF_ACCOUNT and facts.file.case.lane is None
    if post is None or of_account or not _may_read(facts):
        return []
    blocks: list[Block] = [Heading(w(f"pack.head.{'text' if whose is WhoseWords.READ else 'reported'}"))]
    if facts.file.case.lane is BypassRoute.TERRORISM:
        return [*blocks, Paragraph(w("pack.post.no_words"))]
    if whose is not WhoseWords.NOBODYS and (lines := _lines(post)):
        blocks.append(Quote(lines))
    blocks.append(Paragraph(w(f"pack.post.{whose.value}")))
    for other in facts.file.beside:
        if lines := _lines(other):
            blocks += [Paragraph(w("pack.post.beside", moment=facts.both(other.at))), Quote(lines)]
    return blocks


def _contents(facts: PackFacts, w: Words) -> list[Block]:
    """Say what is in it, made by whom and when: only with what, if names and dates are left out."""
    exhibits, archives, version = facts.exhibits, _with(facts, _WACZ), facts.version
    if exhibits:
        count = w("pack.count", n=len(exhibits), name=facts.exhibit_name(exhibits[0]))
    elif facts.file.case.lane is None:
        count = w("pack.count_none")
    else:
        count = f"{w('pack.count_never')} {kept_words(facts.file, w)}".rstrip()
    names, made = ["sums"], w("pack.made_with", version=version)
    if not facts.withheld:
        names = ["pdf", *(["exhibits"] if exhibits else []), "archives" if archives else "record"]
        made = w("pack.made", person=facts.maker.name, moment=facts.local(facts.made_at), version=version)
    said = tuple(w(f"pack.contents.{name}") for name in names)
    return [Heading(w("pack.head.contents")), Paragraph(f"{count} {made}"), Points(said)]


def _list(facts: PackFacts, w: Words) -> list[Block]:
    """Every exhibit in a line: its name, what it is, and when, unless dates are left out."""
    if not facts.exhibits:
        return []
    head = tuple(w(f"pack.column.{name}") for name in ("exhibit", "what", "when"))
    rows = []
    for each in facts.exhibits:
        what, when = what_it_is(each, facts, w), w("pack.withheld_value")
        if not facts.withheld:
            address = "" if is_letter(each) else each.address(facts.file)
            what = "\n".join(filter(None, (what, where_kept(facts.file, each.files[0], w), address)))
            when = facts.moment(exhibit_date(each))
        rows.append((facts.exhibit_name(each), what, when))
    return [Heading(w("pack.head.list")), Rows("", head, tuple(rows), (34, 31, 35))]


def _places(facts: PackFacts, w: Words) -> list[Block]:
    """Each place of a case of several, by the number that what follows names it by, and how it stands."""
    if facts.withheld or facts.file.case.lane is not None:
        return []
    rows = tuple(places_words(facts.file, w))
    head = tuple(w(f"pack.column.{name}") for name in ("n", "place", "stands"))
    return [Heading(w("pack.head.places")), Rows("", head, rows, (12, 58, 30))] if rows else []


def _method(facts: PackFacts, w: Words) -> list[Block]:
    posts = [e for e in facts.exhibits if not is_letter(e)]
    told = {
        "capture": any(e.page for e in posts),
        "part": any(map(_in_part, facts.exhibits)),
        "picture": any(e.file("post.png") for e in facts.exhibits),
        "supplied": any(not e.page for e in posts),
        "letters": len(posts) < len(facts.exhibits),
    }
    said = [w(f"pack.method.{name}") for name, holds in told.items() if holds]
    said.append(w("pack.method.program", version=facts.version, zone=facts.zone.key))
    said += [w("pack.method.hash"), w(f"pack.method.{'stamped' if facts.stamps else 'not_stamped'}")]
    said.append(f"{w('pack.method.proves')} {w('pack.method.not_proves')}")
    said += [] if facts.withheld else [w("pack.method.record", last=facts.last)]
    said += [w("pack.method.check"), w("pack.method.may")]
    return [Heading(w("pack.head.method")), *map(Paragraph, said)]


def _in_part(exhibit: Exhibit) -> bool:
    """Was only the post kept, of a page that was there?"""
    return exhibit.kind == "page" and exhibit.file(_WACZ) is None


def _hashes(facts: PackFacts, w: Words) -> list[Block]:
    head = (w("pack.column.file"), w("pack.column.size"), "SHA-256")
    blocks: list[Block] = [Heading(w("pack.head.hashes"))] if facts.exhibits else []
    for exhibit in facts.exhibits:
        rows = tuple((f.name or "–", w.number(f.size_bytes), f.sha256) for f in exhibit.files)
        caption = w("pack.head.exhibit", name=facts.exhibit_name(exhibit))
        blocks.append(Rows(caption, head, rows, (25, 12, 63), code=(2,)))
    return blocks


def _post_of_pack(facts: PackFacts, w: Words) -> list[Block]:
    """The post of a case that bypasses the ladder or did, for those it is handed to: address, author, dates.
    Nothing of such a case is captured; nor of its words, once it is back on the ladder. Never a picture."""
    case, post = facts.file.case, facts.file.post
    given = case.is_returned and not facts.withheld
    if post is None or not (given or (case.lane is not None and facts.recipient in _HANDED_TO)):
        return []
    known = {
        "address": post.url,
        "place": channel_name(post.channel, w),
        "author": post.author,
        "posted_read": facts.moment(post.published) if post.published else "",
        "first_seen": facts.moment(post.first_seen),
    }
    rows = [(name, said) for name, said in known.items() if said]
    rows += [("reported", f"{who}\n{facts.moment(at)}") for who, at in facts.reported]
    rows += [("copy", copy.url) for copy in facts.file.copies if copy.url]
    said = w(f"pack.post.{'returned' if given else 'intro'}")
    return [Heading(w("pack.head.post")), Paragraph(said), table(rows, w)]


def _written_lines(text: str) -> tuple[str, ...]:
    """The lines of a text that hold anything."""
    return tuple(line for line in text.splitlines() if line.strip())


def _lines(said: Post | OtherWords) -> tuple[str, ...]:
    words = "\n".join((said.title or "", said.text or ""))
    return _written_lines(words)


# The pack as one ZIP: the files, their hashes, the rows of the record, and how to check them.

_WIDTH = 100
_VERIFY = ("openssl", "ts", "-verify")
_STAMP, _QUERY, _CHAIN, _WACZ = "manifest.json.tsr", "manifest.json.tsq", "tsa-chain.pem", "capture.wacz"
CHECKING, SUMS = "for-checking", "SHA256SUMS"


def readme(facts: PackFacts, w: Words) -> str:
    """The text; each command is on a line of its own, indented by four spaces, to be typed in its folder."""
    parts = [
        w(
            "pack.readme.top", case=facts.file.case.id, school=facts.school.name, urn=facts.file.case.urn,
            recipient=w(facts.recipient.key(facts.school.nation)),
        ),
        w("pack.made_with", version=facts.version)
        if facts.withheld
        else w("pack.readme.made", moment=facts.both(facts.made_at), version=facts.version),
        w("pack.readme.what_withheld" if facts.withheld else "pack.readme.what", pdf=f"{facts.name}.pdf"),
    ]  # fmt: skip
    if facts.withheld:
        parts += [w("pack.withheld"), w("pack.readme.withheld")]
    parts.append(w("pack.readme.shell"))
    text = [_wrap(part) for part in parts]
    sums = shlex.join(("sha256sum", "-c", "--strict", f"{CHECKING}/{SUMS}"))
    text.append(_section(w("pack.readme.all"), [sums]))
    if not facts.withheld:
        stamps, archives = _stamps(facts), _with(facts, _WACZ)
        checks = [shlex.join(("wacz", "validate", "--file", f"{folder}/{_WACZ}")) for folder in archives]
        text += [
            _section(w("pack.readme.stamps" if stamps else "pack.readme.no_stamps"), stamps),
            _section(w("pack.readme.archive" if archives else "pack.readme.no_archive"), checks),
            _section(w("pack.readme.rows"), [shlex.join(("python3", f"{CHECKING}/verify.py"))]),
            _wrap(w("pack.readme.format")),
        ]
    text.append(_wrap(w("pack.readme.limits")))
    return "\n\n".join(text) + "\n"


def _stamps(facts: PackFacts) -> list[str]:
    """Both ways: against the manifest itself, and against the request that was sent. As of the stamp's own
    time, since certificates run out long before a matter is over."""
    found = []
    for exhibit in facts.exhibits:
        if (stamp := facts.stamps.get(exhibit.capture_id or "")) is None:
            continue
        folder, at = f"{CHECKING}/{exhibit.folder}", str(int(stamp.at.timestamp()))
        ends = ("-in", f"{folder}/{_STAMP}", "-CAfile", f"{folder}/{_CHAIN}", "-attime", at)
        found.append(shlex.join((*_VERIFY, "-data", f"{folder}/{MANIFEST}", *ends)))
        found.append(shlex.join((*_VERIFY, "-queryfile", f"{folder}/{_QUERY}", *ends)))
    return found


def _with(facts: PackFacts, name: str) -> list[str]:
    return [f"{CHECKING}/{e.folder}" for e in facts.exhibits if e.file(name) is not None]


def _section(said: str, commands: Sequence[str]) -> str:
    return "\n".join([_wrap(said), *(["", *(f"    {c}" for c in commands)] if commands else [])])


def _wrap(text: str) -> str:
    return textwrap.fill(text, _WIDTH, break_long_words=False, break_on_hyphens=False)


_FIXED = (1980, 1, 1, 0, 0, 0)
"""The earliest time a ZIP can hold: the record says when a file was captured."""


def bundle(facts: PackFacts, pdf: bytes, w: Words) -> bytes:
    held = {f"{facts.name}.pdf": pdf, f"{CHECKING}/README.txt": readme(facts, w).encode()}
    if not facts.withheld:
        for e, f in ((one, file) for one in facts.exhibits for file in one.files):
            folder = CHECKING if f.name in FOR_CHECKING else "exhibits"
            held[f"{folder}/{e.folder}/{file_name(f)}"] = facts.contents[f.sha256]
        held |= {f"{CHECKING}/{name}": content for name, content in _record(facts).items()}
    held[f"{CHECKING}/{SUMS}"] = "".join(
        f"{hashlib.sha256(held[name]).hexdigest()}  {name}\n" for name in sorted(held)
    ).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(held):
            member = zipfile.ZipInfo(f"{facts.name}/{name}", _FIXED)
            member.create_system = 3
            member.external_attr = 0o600 << 16
            archive.writestr(member, held[name])
    return out.getvalue()


def _record(facts: PackFacts) -> dict[str, bytes]:
    """The chain's rows for the case and its files, the steps they seal, the script to recompute."""
    steps = [s for s in facts.file.steps if is_given(s, facts.recipient)]
    if facts.recipient.removes:
        steps = []
    wanted = {step_seal(s) for s in steps} | {f.sha256 for e in facts.exhibits for f in e.files}
    rows = [link for link in facts.links if wanted & set(link.entry.codes)]
    held = {
        "audit-rows.jsonl": _jsonl([_row(link) for link in rows]),
        "verify.py": files("alerts.pack").joinpath("templates/verify.python").read_bytes(),
    }
    return held | ({"case-steps.jsonl": _jsonl([_step(s) for s in steps])} if steps else {})


def _row(link: Link) -> dict[str, object]:
    entry = link.entry
    return {
        "n": link.n, "at_us": microseconds(entry.done_at), "actor": entry.actor, "action": entry.action,
        "subject": entry.subject, "urn": entry.urn, "codes": list(entry.codes), "previous": link.previous,
        "hash": link.hash,
    }  # fmt: skip


def _step(step: CaseStep) -> dict[str, object]:
    return {
        "case": step.case_id, "n": step.n, "urn": step.urn, "kind": step.kind.value, "actor": step.actor,
        "at_us": microseconds(step.done_at), "recorded_us": microseconds(step.recorded_at),
        "facts": dict(step.stored_facts), "due_us": microseconds(step.due_at), "clock": step.clock,
        "why": step.why,
    }  # fmt: skip


def _jsonl(rows: list[dict[str, object]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
