"""One mail: its parts, its words, as a file."""

from __future__ import annotations

import base64
import json
import quopri
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import Message
from email.parser import HeaderParser
from email.utils import collapse_rfc2231_value, getaddresses, parsedate_to_datetime
from itertools import groupby, islice
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from lxml import etree

from data.frozen import freeze
from data.ids import squeeze
from data.shipped import read_table
from data.web.channels import host_of
from data.web.urls import strip_tracking, unwrap
from sources.html.additions import previews_in
from sources.html.dom import Element, boxed_lines, find, plain_text, take_out
from sources.html.markup import BOMS, codec_of, decode
from sources.html.parsers import parse_html
from sources.html.sanitise import clean, piece, without_pictures
from sources.mailbox.events import event_in
from sources.mailbox.repeated import BoxedLine, lines_of_text
from sources.mailbox.signed import FILE, KINDS, Holds, open_part

AROUND: dict[str, Any] = read_table("sources.mailbox", "mail_words.toml")
"""What programs write around words in mails, and what is said where none can be read: mail_words.toml."""
REFUSALS: dict[str, Any] = AROUND["refusals"]

# What one reading of a mailbox brings, as a document: each mail's own headers and its parts with words.

FORMAT = "schoolgate-mailbox/2"
"""“/1” had one part of each mail."""
CONTENT_TYPE = "application/json; charset=utf-8"
MOST_WORDS = 1 << 18
"""Bytes of one mail's words that are kept, as they are sent."""
MOST_TOGETHER = 2 << 20
MOST_ENCLOSED = 40 << 20
"""No provider takes a mail as large as this."""
HEAD_BYTES = 16_384
MARKS: str = AROUND["shown"]["marks"]
"""The headers that are kept beside those that say who wrote, what about and when."""
NO_LONGER = "The mail is no longer where it was in the mailbox."
MOST_MAILS_WITHIN = 20
_MOST_PARTS, _MOST_READ, _DEEPEST = 200, 50, 20
_KIND = re.compile(r"[a-z0-9][a-z0-9.+-]{0,40}/[a-z0-9][a-z0-9.+-]{0,60}")
_WORDS = ("text/plain", "text/html", "text/calendar")
_MAIL = "message/rfc822"
_NOTHING_TO_SEE = AROUND["shown"]["nothing_to_see"].split()
_OF_THE_BODY = re.compile(r"att\d{5,8}\.(?:txt|html?)", re.IGNORECASE)
"""What Exchange names a piece of the body that stands below a picture, which it makes a file of."""


def media_type(said: str) -> str:
    """Return the kind that a part says it is, in lower case; that of any bytes where it is none."""
    kind = said.lower()
    return kind if _KIND.fullmatch(kind) else "application/octet-stream"


@freeze
class MailPart:
    """The part of a mail, with its parameters by name in lower case, and the parts in it; `head` are the
    lines of an enclosed mail's subject, date, and (as From) its people, bytes as text. Where it stands: its
    number (RFC 3501, 6.4.5), of which enclosed mail it is (0: of none), and of which branch in each
    alternative around it, the outermost first."""

    kind: str
    named: Mapping[str, str]
    encoding: str = ""
    size: int = 0
    attached: bool = False
    inside: Sequence[Any] = ()
    head: str = ""
    source: Any = None
    number: str = ""
    of: int = 0
    branches: tuple[str, ...] = ()


@freeze
class Structure:
    """The parts with words in their order, those of a mail that a person could open, the heads of the mails
    that are enclosed in it, and whether there is `more`. Mails within those are not looked into."""

    words: tuple[MailPart, ...]
    enclosed: tuple[MailPart, ...]
    heads: tuple[str, ...]
    more: bool


def structure_of(root: object, read: Callable[[Any], MailPart]) -> Structure:
    """List the parts of a mail; `read` reads one of them."""
    words, others, unread, heads = list[MailPart](), list[MailPart](), list[MailPart](), list[str]()

    def walk(source: Any, number: str, depth: int, of: int, branches: tuple[str, ...]) -> None:
        part = replace(read(source), number=number or "1", of=of, branches=branches)
        if part.kind.startswith("multipart/"):
            for n, each in enumerate(part.inside if depth < _DEEPEST else (), start=1):
                inner = f"{number}.{n}" if number else str(n)
                own = (*branches, inner) if part.kind == "multipart/alternative" else branches
                walk(each, inner, depth + 1, of, own)
            return
        if len(words) + len(others) >= _MOST_PARTS:
            return
        is_file = part.attached or bool(part.named.get("name")) or part.kind not in _WORDS[:2]
        if has_words(part):
            words.append(part)
        if of == 0 and is_file and part.kind not in _NOTHING_TO_SEE:
            others.append(part)
        if part.kind == _MAIL and (of or len(heads) == MOST_MAILS_WITHIN):
            unread.append(part)
        elif part.kind == _MAIL and part.inside:
            heads.append(part.head)
            whole = read(part.inside[0]).kind.startswith("multipart/")
            inner = part.number if whole else f"{part.number}.1"
            walk(part.inside[0], inner, depth + 1, len(heads), branches)

    walk(root, "", 0, 0, ())
    more = bool(unread) or len(words) > _MOST_READ or len(words) + len(others) >= _MOST_PARTS
    return Structure(tuple(words[:_MOST_READ]), tuple(others), tuple(heads), more)


@freeze
class MailWords:
    """One part with words. `body` holds bytes (`bytes_to_text`); `cut` says that they go on. `flow` is
    “flowed”, or “delsp” where the blank at a line's end is none (RFC 3676); `of` and `branches` are as
    `MailPart` has them.
    """

    charset: str = ""
    encoding: str = ""
    html: bool = False
    body: str = ""
    cut: bool = False
    of: int = 0
    calendar: bool = False
    flow: str = ""
    branches: tuple[str, ...] = ()
    holds: Holds = Holds.WORDS


_ANSWERS = ("reply", "refresh")
"""What a calendar says by itself, where somebody answers an invitation (RFC 5546, 1.4)."""


def _holds(part: MailPart) -> Holds:
    """Say what it may hold in place of words, by its kind and its name."""
    names = (part.named.get("filename", "").lower(), part.named.get("name"))
    if part.kind in KINDS or FILE in names:
        return Holds.SIGNED
    answer = part.kind == "text/calendar" and part.named.get("method") in _ANSWERS
    return Holds.ANSWER if answer else Holds.WORDS


def has_words(part: MailPart) -> bool:
    """Does it hold words, or a mail that is signed?"""
    named = part.named.get("filename") or part.named.get("name", "")
    shown = part.kind in _WORDS and (not part.attached or _OF_THE_BODY.fullmatch(named))
    return bool(shown) or _holds(part) is Holds.SIGNED


def decode_part(part: MailPart, body: bytes, *, cut: bool) -> MailWords:
    """A part with its bytes as they were sent."""
    named = part.named
    flow = "delsp" if named.get("delsp") == "yes" else named.get("format", "")
    return MailWords(
        named.get("charset", ""), part.encoding, part.kind == "text/html", bytes_to_text(body), cut, part.of,
        part.kind == "text/calendar", flow, part.branches, _holds(part),
    )  # fmt: skip


def fit_words(parts: Iterable[MailWords]) -> Iterator[MailWords]:
    """Keep as many of the words as one mail may have."""
    left = MOST_WORDS
    for part in parts:
        yield replace(part, body=part.body[:left], cut=part.cut or len(part.body) > left)
        left = max(left - len(part.body), 0)


@freeze
class MailAsFetched:
    """One mail. `head` and `heads`, those of the mails enclosed in it, hold bytes (`bytes_to_text`).
    `address` is where it lies, `enclosed` the kinds of what else is in it, and stays there.
    """

    address: str
    received: str
    head: str
    parts: tuple[MailWords, ...] = ()
    heads: tuple[str, ...] = ()
    enclosed: tuple[str, ...] = ()


@freeze
class Bundle:
    """The mails of one reading, in the order in which they came. `resume` is the address with what is still
    to be read; `waiting`: some of that is there already. `broken` is how many could not be fetched."""

    mails: tuple[MailAsFetched, ...]
    resume: str
    waiting: bool = False
    broken: int = 0

    def to_document(self) -> bytes:
        """Return the bundle as bytes."""
        return json.dumps({"format": FORMAT, **asdict(self)}, ensure_ascii=False).encode()


_ODD = [b for b in range(256) if not (0x20 <= b < 0x7F or b in b"\t\r\n")]
_HIDDEN, _SHOWN = {b: 0x100 + b for b in _ODD}, {0x100 + b: b for b in _ODD}


def bytes_to_text(content: bytes) -> str:
    """Bytes as text that any JSON may hold: plain ASCII as it is, each other byte as a letter of its own."""
    return content.decode("latin-1").translate(_HIDDEN)


def text_to_bytes(text: str) -> bytes:
    """The bytes again."""
    return text.translate(_SHOWN).encode("latin-1", "replace")


_BLANK_AT_END = re.compile(rb"=[ \t]{1,99}(?=\r?\n|\Z)")
_IN_BASE64 = re.compile(rb"(?:[A-Za-z0-9+/]{20,998}+\r?\n)*+[A-Za-z0-9+/]{2,998}+={0,2}")
_IN_QUOTED = re.compile(rb"(?:[^=]++|=(?:[0-9A-F]{2}|\r?\n))*+=?")
_SURELY_QUOTED = re.compile(rb"=\r?\n|=[CDE][0-9A-F]=[89AB][0-9A-F]")
_SHORTEST_BASE64 = 24
_PACKED = ("quoted-printable", "base64")


def undo_encoding(body: bytes, encoding: str) -> bytes:
    """A part as it was before it was packed for the way; `encoding` in lower case."""
    if encoding == "quoted-printable":
        return quopri.decodestring(_BLANK_AT_END.sub(b"=", body))
    return decode_base64(body) if encoding == "base64" else body


def decode_base64(body: bytes) -> bytes:
    """Decode as much of each piece as is whole: the part may have been cut, or packed in several."""
    pieces = (re.sub(rb"[^A-Za-z0-9+/]", b"", piece) for piece in body.split(b"="))
    whole = (piece[: len(piece) - (len(piece) % 4 == 1)] for piece in pieces)
    return b"".join(base64.b64decode(piece + b"=" * (-len(piece) % 4)) for piece in whole)


def _unpack_text(body: bytes, encoding: str) -> bytes:
    """The same of a text, also where it is surely packed and does not say so."""
    if encoding in _PACKED:
        return undo_encoding(body, encoding)
    bare = body.strip()
    if len(bare) >= _SHORTEST_BASE64 and _IN_BASE64.fullmatch(bare):
        inside = decode_base64(bare)
        text = inside.decode("utf-8", "replace")
        return body if "\ufffd" in text[:-1] or clean(text) != text.replace("\r\n", "\n") else inside
    quoted = _SURELY_QUOTED.search(body) and _IN_QUOTED.fullmatch(body)
    return undo_encoding(body, "quoted-printable") if quoted else body


# One mail as a reader sees it: who sent it, what it is about, its words with the addresses behind its links.

LINK = re.compile(r"<?\bhttps?://[^\s<>\"\\^`{|}]{4,4000}>?", re.IGNORECASE)
E_MAIL = re.compile(r"[\w.+'-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,6}", re.IGNORECASE)
_COUNTING = re.compile(r"(?:.*\.)?(?:click|clicks|links?|track|tracking|email|go|r|e|t|ct|trk|url\d*)\d*\..+")
"""The hosts of addresses that count who follows them."""
_INNER = re.compile(r"https?(?::|%3A)(?:/|%2F){2}.+", re.IGNORECASE)
_ESCAPED = re.compile(r"(?<=/)https?(?::|%3A)(?:%2F){2}[^/]+", re.IGNORECASE)
_CARRIES = re.compile(
    "u|ur[li]|to|q|r|ru|l|link|href|target|dest(?:ination)?|redirect(?:_url)?|goto|out", re.IGNORECASE
)
"""Parameters by which an address leads on to the one they hold."""
_PACKED_ADDRESS = re.compile(r"aHR0c[\w+/-]{8,4000}=*", re.ASCII)
"""“http” in base64."""
_URLSAFE = str.maketrans("-_", "+/")
_MOST_LINES, _MOST_BOXED, _LONGEST_LINE, _MOST_LINKS = 4_000, 1_500, 1 << 18, 400
_LATIN = "latin-1"
_UNSEEN = re.compile(
    r"[\u00ad\u034f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069]|[\u200c\u200d](?=\s|\Z)"
)
"""Letters that take no room, by which programs fill a line, or say which way it runs."""
_DANGERS = sorted(map(str.lower, AROUND["danger"]["words"]), key=len, reverse=True)
DANGER = re.compile(rf"\b(?:{'|'.join(map(re.escape, _DANGERS))})(?!\w)", re.IGNORECASE)
"""A word by which people speak of danger."""


@freeze
class EnclosedMail:
    """A mail within a mail: of its head the subject and when it was sent, None where it does not say.
    `people` are all who wrote or got it, so that none of them is stored."""

    subject: str
    sent: datetime | None
    lines: tuple[str, ...]
    people: str


@freeze
class ReadMail:
    """A mail, read. `sender` is an address in lower case, "" without just one; `sent` None where it does not
    say. `lines` are those of its words, none where it has no words, addresses in angle brackets; `marks` are
    its other headers, by name; `enclosed` are the kinds of what came with it, `holds` what it has in place of
    words, `markup` its HTML."""

    key: str
    address: str
    sender: str
    subject: str
    sent: datetime | None
    lines: tuple[str, ...]
    marks: dict[str, str]
    cut: bool
    enclosed: tuple[str, ...]
    enclosed_mails: tuple[EnclosedMail, ...] = ()
    holds: frozenset[Holds] = frozenset()
    markup: str = ""

    @property
    def host(self) -> str:
        """Return the host of its sender's address."""
        return self.sender.rpartition("@")[2]

    @property
    def words(self) -> str:
        """All of its lines."""
        return "\n".join(self.lines)

    def of(self, *hosts: str) -> bool:
        """Does it say that it comes from one of these, or a host below it?"""
        return any(self.host == host or self.host.endswith(f".{host}") for host in hosts)


def mail_of(fetched: MailAsFetched, now: datetime) -> ReadMail:
    """The mail, as far as it can be read."""
    fetched = open_signed(fetched)
    message, marks = _headers(fetched.head)
    own, *within = (_lines(fetched.parts, of) for of in range(1 + len(fetched.heads)))
    heads = [_headers(head)[1] for head in fetched.heads]
    named = [address for _, address in getaddresses(map(str, message.get_all("from", []))) if "@" in address]
    sender = _plain(named[0]).lower() if len(named) == 1 else ""
    key = squeeze(marks.get("message-id", "")) or f"{marks.get('date', '')} {marks.get('subject', '')}"
    return ReadMail(
        key=key,
        address=fetched.address,
        sender=sender,
        subject=_subject(marks),
        sent=_sending_time(marks.get("date", ""), fetched.received, now),
        lines=own[0],
        marks=marks,
        cut=not all((own[1], *(whole for _, whole in within))) or any(part.cut for part in fetched.parts),
        enclosed=fetched.enclosed,
        enclosed_mails=tuple(
            EnclosedMail(_subject(h), _sending_time(h.get("date", ""), "", now), lines, h.get("from", ""))
            for h, (lines, _) in zip(heads, within, strict=True)
        ),
        holds=frozenset(part.holds for part in fetched.parts if part.of == 0) | _encryption(fetched, marks),
        markup="".join(unpack_part(part) for part in fetched.parts if part.html and part.of == 0),
    )


_PGP, _PGP_ENDS = "-----BEGIN PGP MESSAGE-----", "-----END PGP MESSAGE-----"


def _encryption(fetched: MailAsFetched, marks: Mapping[str, str]) -> frozenset[Holds]:
    """Is it encrypted by OpenPGP (RFC 3156, 4, or between its words)?"""
    whole = marks.get("content-type", "").lower().startswith("multipart/encrypted")
    inline = any(_PGP in part.body for part in fetched.parts if part.of == 0)
    return frozenset((Holds.ENCRYPTED,)) if whole or inline else frozenset()


_DEEPEST_SIGNED = 3
_NO_MAIL = MailAsFetched("", "", "")


def open_signed(fetched: MailAsFetched, depth: int = _DEEPEST_SIGNED) -> MailAsFetched:
    """Put in the place of each part that is signed (RFC 8551, 3.5.2) the parts of the mail in it."""
    parts, heads = list[MailWords](), [*fetched.heads]
    for n, part in enumerate(fetched.parts):
        if part.holds is not Holds.SIGNED:
            parts.append(part)
            continue
        content = undo_encoding(text_to_bytes(part.body), part.encoding)
        signed = open_part(content)
        mail = _read_within(signed or content, cut=part.cut) if depth else _NO_MAIL
        mail = open_signed(mail, depth - 1)
        if not mail.parts:
            parts.append(replace(part, body="", holds=Holds.ENCRYPTED if signed is None else Holds.WORDS))
        for inner in mail.parts:
            of = len(heads) + inner.of if inner.of else part.of
            around = (*part.branches, *(f"{n}s.{branch}" for branch in inner.branches))
            parts.append(replace(inner, of=of, branches=around))
        heads += mail.heads
    return replace(fetched, parts=tuple(fit_words(parts)), heads=tuple(heads))


def _read_within(content: bytes, *, cut: bool) -> MailAsFetched:
    """Read a mail that is signed; nothing of what is no mail, or breaks its reader."""
    try:
        mail = mail_in_file(content, cut=cut)
    except Exception:  # noqa: BLE001 - the library raises whatever a stranger's headers lead it to
        return _NO_MAIL
    return mail if "content-type" in _headers(mail.head)[1] else _NO_MAIL


def _headers(head: str) -> tuple[Message, dict[str, str]]:
    """A head, and the first value of each header by its name in lower case, decoded unless that forges."""
    message = HeaderParser(policy=policy.compat32).parsestr(text_to_bytes(head).decode(_LATIN))
    marks: dict[str, str] = {}
    for name, value in message.items():
        as_sent = name.lower() == "authentication-results"
        marks.setdefault(name.lower(), str(value) if as_sent else decoded_header(str(value)))
    return message, marks


def _subject(marks: Mapping[str, str]) -> str:
    return squeeze(clean(marks.get("subject", "")))[:500]


def _lines(parts: Sequence[MailWords], of: int) -> tuple[tuple[str, ...], bool]:
    """The lines of a mail, or of one enclosed in it; and whether that is all of them."""
    words, whole = _cut_at_addresses(mail_words(parts, of))
    short = (line[:_LONGEST_LINE].replace("\xa0", " ") for line in words.split("\n")[:_MOST_LINES])
    lines = tuple(map(_show_addresses, short))
    return (lines if any(lines) else ()), whole


# From the parts of a mail to its words: all that is shown of them, once.

_STUB = re.compile(AROUND["shown"]["stub"], re.IGNORECASE)
"""What a program writes where it writes no text: “view this email in your browser”."""
_LONGEST_STUB, _FEW = 30, 3
_PLACED = re.compile(AROUND["shown"]["placed"], re.IGNORECASE)
"""Where a text says that a picture stands, by the name of its file."""
_ONE_BYTE = ("iso8859", "cp12", "cp8", "koi8", "mac_")


def mail_words(parts: Sequence[MailWords], of: int) -> str:
    """The words of a mail, or of one enclosed in it."""
    return clean(_join_words([part for part in parts if part.of == of]))


def _join_words(parts: Sequence[MailWords], depth: int = 0) -> str:
    """Join the words of these parts, each alternative once; `depth` counts those around them."""
    texts: list[str] = []
    around = [part.branches[depth].rpartition(".")[0] if part.branches[depth:] else None for part in parts]
    for alternative, group in groupby(zip(around, parts, strict=True), key=lambda pair: pair[0]):
        these = [part for _, part in group]
        if alternative is None:
            texts += map(_part_text, these)
            continue
        branches = [[*each] for _, each in groupby(these, key=lambda part: part.branches[depth])]
        texts.append(_choose_alternative([(each, _join_words(each, depth + 1)) for each in branches]))
    return "\n\n".join(filter(None, map(str.strip, texts)))


def _choose_alternative(branches: Sequence[tuple[Sequence[MailWords], str]]) -> str:
    """Choose an alternative's words: its text, unless its HTML says more; and what its calendar says."""
    shown = [said for parts, said in branches if any(part.html for part in parts)]
    events = [said for parts, said in branches if all(part.calendar for part in parts)]
    plain = [said for parts, said in branches if said not in (*shown, *events)]
    text, html = plain[0] if plain else "", shown[-1] if shown else ""
    mine, theirs = _vocabulary(text), _vocabulary(html)
    stub = len(mine) <= _LONGEST_STUB and _STUB.search(text)
    if theirs and (stub or len(theirs - mine) >= max(_FEW, len(mine - theirs))):
        text, html = html, ""
    for other in (html, *events):
        said = _vocabulary(text)
        # a line says more with three words that are not said, or with all that it has
        new = ((line, _vocabulary(line)) for line in other.split("\n"))
        more = [line for line, words in new if len(words - said) >= min(_FEW, len(words)) > 0]
        text = "\n".join((text, *more))
    return text


def _vocabulary(text: str) -> set[str]:
    return set(re.findall(r"\w+", without_links(text).casefold()))


_BROKEN = re.compile(
    r"(?<![^\s<>()\]])((?>[^\s<>()\]]*?https?://)[^\s<>()\]]{20,}+)[ \t]*\r?\n"
    r"(?:> ?)*([\w./%?=&#~+:;,@!-]{2,}>?)[ \t]*\r?$",
    re.M | re.A,
)
_WRAPPED = 60


def _join_broken(found: re.Match[str]) -> str:
    """An address with what it goes on with in the next line, where that holds nothing else and no word."""
    address, rest = found[1], found[2]
    length = found.end(1) - found.string.rfind("\n", 0, found.start()) - 1
    goes_on = address.endswith(("-", "=", "&", "?", "%", "_")) or length >= _WRAPPED
    whole = goes_on and "://" not in rest and re.search(r"[/=&%#_-]|\d", rest)
    return address + rest if whole else found[0]


def _part_text(part: MailWords) -> str:
    """Return the text of one part."""
    if part.holds:
        return ""
    text = unpack_part(part)
    if part.html:
        return words_shown(text)
    before, begins, rest = text.partition(_PGP)
    text = f"{before}{rest.partition(_PGP_ENDS)[2]}" if begins else text
    if part.calendar:
        return event_in(text)
    return _BROKEN.sub(_join_broken, _PLACED.sub(" ", _reflow(text, part.flow)))


def unpack_part(part: MailWords) -> str:
    """A part as it was written: its text or its HTML."""
    return _read_as(_unpack_text(text_to_bytes(part.body), part.encoding), part.charset)


def _read_as(body: bytes, charset: str) -> str:
    """A text in its charset; in UTF-8 wherever it can be nothing else, whatever it says of single bytes."""
    codec = codec_of(charset) or ""
    if charset.startswith("utf-16") and b"\0" in body[:2]:
        return body.decode("utf-16-be" if body[:1] == b"\0" else "utf-16-le", "replace")
    single = codec.startswith(_ONE_BYTE) and not body.isascii()
    utf8 = single and "\ufffd" not in body.decode("utf-8", "replace")[:-1]
    if codec and not utf8 and not body.startswith(tuple(mark for mark, _ in BOMS)):
        with suppress(UnicodeDecodeError):
            return without_pictures(body.decode(codec))
    return decode(body, "text/plain; charset=utf-8" if utf8 else f"text/plain; charset={charset}")[0]


def _reflow(text: str, flow: str) -> str:
    """A text whose lines were broken for the way, with its paragraphs as they were (RFC 3676). A program that
    says DelSp and never ends a line with two blanks means its one blank, but within an address or a word."""
    if flow not in ("flowed", "delsp"):
        return text
    spaced = flow == "delsp" and re.search(r"\S  \r?$", text, re.M)
    paragraphs: list[list[str]] = []
    going_on = -1
    for line in text.replace("\r\n", "\n").split("\n"):
        bare = line.lstrip(">")
        depth, bare = len(line) - len(bare), bare.removeprefix(" ")
        soft = bare.endswith(" ") and bare != "-- "
        if depth != going_on or bare == "-- ":
            paragraphs.append([">" * depth + " " * bool(depth)])
        in_word = spaced or "://" in bare[bare.rstrip().rfind(" ") + 1 :] or " " not in bare.strip()
        paragraphs[-1].append(bare[:-1] if soft and flow == "delsp" and in_word else bare)
        going_on = depth if soft else -1
    return "\n".join(map("".join, paragraphs))


def _cut_at_addresses(words: str) -> tuple[str, bool]:
    """Keep as much as holds 400 addresses, more than anybody writes; say whether that is all."""
    beyond = next(islice(LINK.finditer(words), _MOST_LINKS, None), None)
    return (words, True) if beyond is None else (words[: beyond.start()], False)


def _show_addresses(line: str) -> str:
    return LINK.sub(_show_address, _UNSEEN.sub("", line)).strip()


def _show_address(found: re.Match[str]) -> str:
    address = found[0].strip("<>")
    bare = address.rstrip(".,;:!?'*_]”’")  # the stops behind it belong to the sentence
    if bare.endswith(")") and "(" not in bare:
        bare = bare.rstrip(").")
    return f"<{true_address(bare)}>{address[len(bare) :]}"


def true_address(url: str) -> str:
    """The address behind those of mail filters and search engines, without what follows a reader."""
    for _ in range(3):
        inner = unwrap(_behind_filter(url))
        if inner == url:
            break
        url = inner
    return strip_tracking(url)


def _behind_filter(url: str) -> str:
    """The address that one of a mail filter, or of a host that counts, carries in its query or its path; that
    which any other carries whole, in a parameter for it, escaped or in base64. Nothing is looked up."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        filtered = host.endswith(".safelinks.protection.outlook.com") or _COUNTING.fullmatch(host)
        given = parse_qsl(parts.query, max_num_fields=20)
    except ValueError:
        return url
    values = [value for name, value in given if filtered or _CARRIES.fullmatch(name)]
    packed = [*values, *(parts.path.split("/") if "aHR0c" in parts.path else ())]
    coded = (v.translate(_URLSAFE).encode() for v in packed if _PACKED_ADDRESS.fullmatch(v))
    inside = (decode_base64(v).decode("utf-8", "replace") for v in coded)
    inner = next((v for v in (*values, *inside) if v.startswith(("https://", "http://"))), "")
    if not inner and (found := (_INNER if filtered else _ESCAPED).search(parts.path)):
        inner = unquote(found[0] if "://" in found[0] else found[0].partition("/")[0])
    return inner if host_of(inner) else url


def links_in(text: str) -> list[str]:
    """The addresses in a text, in their order; what only looks like one (“https://[”) is none."""
    found = (link[0].strip("<>") for link in LINK.finditer(text))
    return [address for address in found if host_of(address)]


def without_links(text: str) -> str:
    """The text without them, on one line."""
    return " ".join(LINK.sub(" ", text).split())


_WORD = re.compile(r"=\?([\w*-]{1,40})\?([bq])\?([^?\r\n]{0,2000})\?=", re.IGNORECASE)
_RUN = re.compile(rf"(?:{_WORD.pattern}\s{{0,80}})+".replace("([", "(?:["), re.IGNORECASE)


def decoded_header(value: str) -> str:
    """Encoded words undone, those that follow each other in one charset together, as a letter may stand in
    two of them; plain bytes above ASCII read as what they are likeliest to be."""
    return _RUN.sub(_run, _plain(value))


def _plain(value: str) -> str:
    return decode(value.encode(_LATIN, "replace"))[0] if not value.isascii() else value


def _run(found: re.Match[str]) -> str:
    run = found[0]
    packed = [(each[1].partition("*")[0].lower(), _decode_word(each)) for each in _WORD.finditer(run)]
    groups = groupby(packed, key=lambda one: one[0])
    words = (_read_as(b"".join(body for _, body in each), charset) for charset, each in groups)
    return "".join(words) + run[len(run.rstrip()) :]


def _decode_word(word: re.Match[str]) -> bytes:
    raw = word[3].encode("ascii", "ignore")
    if word[2] in "bB":
        return decode_base64(raw)
    return quopri.decodestring(raw.replace(b"_", b" "), header=True)


def dangers_in(said: str) -> set[str]:
    """The words there by which people speak of danger, in lower case."""
    return {word.lower() for word in DANGER.findall(said)}


def words_shown(markup: str) -> str:
    """The words that HTML shows, those of its pictures among them, its links behind theirs, previews of links
    as quoted; and what alone speaks of a danger of what a list of mails shows before one is opened."""
    tree, previews = _shown_tree(markup)
    if tree is None:
        return ""
    for card in previews_in(tree):
        _write_as_quoted(card)
    words = plain_text(tree)
    return "\n".join([*(said for said in previews if dangers_in(said) - dangers_in(words)), words])


def boxed_lines_of(mail: ReadMail) -> list[BoxedLine]:
    """The lines of a mail with the boxes they stand in: those of its HTML, or its paragraphs."""
    tree, _ = _shown_tree(mail.markup) if mail.markup else (None, [])
    if tree is None:
        return lines_of_text(mail.lines[:_MOST_BOXED])
    lines = list[BoxedLine]()
    for n, (said, boxes, quiet) in enumerate(islice(boxed_lines(tree), _MOST_BOXED)):
        loud = not re.search(r"\w", LINK.sub("", quiet))
        shown = [part for one in clean(said).split("\n") for part in _links_apart(_show_addresses(one))]
        kind = "/".join(box.tag for box in boxes)
        lines += [BoxedLine(one, (*boxes, f"{n}.{m}"), kind, loud) for m, one in enumerate(shown) if one]
    return lines


_LINKED = re.compile(r"[^<]*+<https?://[^>]*+>[)\]]?")
_LINKS = re.compile(f"(?:{_LINKED.pattern})+")


def _links_apart(line: str) -> list[str]:
    """Links that stand beside one another with no words behind them, each as a line."""
    parts = _LINKED.findall(line) if _LINKS.fullmatch(line) else []
    apart = parts and not any(part.lstrip().startswith((",", ";")) for part in parts)
    return [part.strip(" ·•|") for part in parts] if apart else [line]


def _shown_tree(markup: str) -> tuple[Element | None, list[str]]:
    """Return what HTML shows, with words of pictures and addresses, and what was hidden above it."""
    tree = parse_html(piece(markup))
    if tree is None:
        return None, []
    previews = _take_out_hidden(tree)
    for table in find(tree, ".//table[not(.//table)]"):
        rows = [row for row in find(table, ".//tr") if len(row) == 2 and not find(row[0], ".//a|.//img")]
        labels = [row[0] for row in rows if 0 < len(plain_text(row[0]).split()) <= _FEW]
        whole = len(labels) > 1 and len(labels) == len(find(table, ".//tr"))
        for label in labels if whole else ():
            etree.SubElement(label, "span").text = ":" if plain_text(label)[-1:].isalnum() else ""
    for picture in find(tree, ".//img"):
        picture.tail = f" {_words_of_picture(picture)} {picture.tail or ''}"
    for link in find(tree, ".//a[@href]"):
        address = (link.get("href") or "").strip()
        if LINK.fullmatch(address) and address not in (link.text or ""):
            link.tail = f" <{address}> {link.tail or ''}"
    return tree, previews


def _write_as_quoted(card: Element) -> None:
    """Writes the preview of a link with the mark of words that are sent on: a mail program made it."""
    quoted = "\n".join(f"> {line}" for line in plain_text(card).splitlines())
    for inner in [*card]:
        card.remove(inner)
    card.tag, card.text = "pre", quoted


_SIZE = re.compile(r"(\d{0,4}\.?\d{1,4})(px|pt|em|rem|%)?")
_IN_PX = {"em": 16.0, "rem": 16.0, "%": 0.16}
_SMALLEST_PX = 2.0
_BOXES = ("max-height", "max-width", "height", "width")
_PREHEADER = re.compile(r"pre-?header|preview-?text", re.IGNORECASE)
_LONGEST_PREVIEW = 500
_COLOURS = dict.fromkeys(("inherit", "initial", "unset", "none"), "")
_COLOURS |= {"white": "#ffffff", "#fff": "#ffffff", "black": "#000000", "#000": "#000000"}


def _take_out_hidden(tree: Element) -> list[str]:
    """Removes what nobody sees: boxes that are not shown or have no size, letters too small or of the colour
    they stand on. What is within such letters may be shown again, as programs that write mails do it. Gives
    what was removed of previews: what is named so, or stands above all that is shown."""
    previews: list[str] = []
    shown = False
    letters: dict[Element | None, tuple[bool, bool]] = {None: (False, False)}
    for element in [*tree.iter(etree.Element)]:
        parent = element.getparent()
        if parent is not None and parent not in letters:
            continue  # within what was removed
        style = _style_of(element)
        named = _PREHEADER.search(f"{element.get('class') or ''} {element.get('id') or ''}"[:300])
        if named or _is_hidden(element, style):
            if (named or not shown) and element.tag != "head":
                previews.append(plain_text(element)[:_LONGEST_PREVIEW])
            take_out(element)
            continue
        small, same = letters[parent]
        if "font-size" in style:
            small = _px(style["font-size"], 16) < _SMALLEST_PX
        colour = _colour(style.get("color") or element.get("color"))
        ground = _colour(style.get("background-color") or style.get("background") or element.get("bgcolor"))
        if colour or ground:
            same = colour in (ground, "transparent")
        letters[element] = small, same
        if small or same:
            element.text = None
            for inner in element:
                inner.tail = None
        elif (element.text or "").strip() and element.tag not in ("title", "style"):
            shown = True
    return previews


def _is_hidden(element: Element, style: Mapping[str, str]) -> bool:
    return (
        element.get("hidden") is not None
        or style.get("display") == "none"
        or style.get("visibility") in ("hidden", "collapse")
        or style.get("mso-hide") == "all"
        or _px(style.get("opacity", ""), 1) == 0
        or _px(style.get("max-height", ""), 1) == 0
        or (style.get("overflow") == "hidden" and any(_px(style.get(box, ""), 1) == 0 for box in _BOXES))
    )


def _style_of(element: Element) -> dict[str, str]:
    """Read an element's own style, by name."""
    said = (element.get("style") or "")[:2_000].lower().replace("!important", "")
    pairs = (one.partition(":") for one in said.split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs if value.strip()}


def _px(size: str, otherwise: float) -> float:
    """A size in pixels, roughly; `otherwise` for what says none in numbers."""
    found = _SIZE.fullmatch(size.partition(" ")[0])
    return float(found[1]) * _IN_PX.get(found[2] or "", 1.0) if found else otherwise


def _colour(said: str | None) -> str:
    """A colour in one spelling, "" without one, or for what another element decides."""
    first = re.sub(r"\s*([(),])\s*", r"\1", (said or "").strip().lower()).partition(" ")[0]
    return _COLOURS.get(first, first)


_NO_WORDS = re.compile(AROUND["shown"]["no_words"], re.IGNORECASE)
"""What programs write of a picture that says nothing, such as the name of its file."""
_NO_PICTURE = re.compile(r"logo|spacer", re.IGNORECASE)
_LONGEST_OF_PICTURE = 500


def _words_of_picture(picture: Element) -> str:
    """Return a shown picture's description; "" of one that counts its readers, or decorates."""
    style = _style_of(picture)
    sides = [_px(style.get(side) or picture.get(side) or "", 100) for side in ("width", "height")]
    named = f"{picture.get('class') or ''} {picture.get('src') or ''}"[:500]
    said = (picture.get("alt") or picture.get("title") or "").strip()[:_LONGEST_OF_PICTURE]
    few = len(said.split()) <= _FEW and _NO_WORDS.fullmatch(said)
    return "" if min(sides) <= _SMALLEST_PX or _NO_PICTURE.search(named) or few else said


def _sending_time(said: str, received: str, now: datetime) -> datetime | None:
    """When it was sent, as it says, if that can be; else when it came in."""
    for moment in (moment_in(said, parsedate_to_datetime), moment_in(received)):
        if moment is not None and moment <= now:
            return moment
    return None


def moment_in(said: str, read: Callable[[str], datetime] = datetime.fromisoformat) -> datetime | None:
    """Read a moment, of UTC where it names no zone; None for what is none."""
    try:
        moment = read(said)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


# An email as a file: its words, and the names of what came with it, none of which is opened.


@freeze
class Eml:
    """`words` are its subject and its text, or what its HTML shows; `enclosed` the names of its files."""

    words: str
    enclosed: tuple[str, ...]


_NO_FILES = ("text", "multipart", "message")


def eml_of(content: bytes) -> Eml:
    """Reads an email; of one that cannot be understood it is only said that it may hold a file."""
    try:
        return _parse_eml(content)
    except Exception:  # noqa: BLE001 - the library raises whatever a stranger's headers lead it to
        return Eml("", ("?",))


def _parse_eml(content: bytes) -> Eml:
    mail = message_from_bytes(content)
    fetched = open_signed(replace(mail_in_file(content, cut=False), head=_head_of(mail)))
    subjects = (_subject(_headers(head)[1]) for head in (fetched.head, *fetched.heads))
    said = (f"{subject}\n\n{mail_words(fetched.parts, of)}".strip() for of, subject in enumerate(subjects))
    files = [p for p in mail.walk() if p.get_filename() or p.get_content_maintype() not in _NO_FILES]
    names = (decoded_header(part.get_filename() or part.get_content_type()) for part in files)
    return Eml("\n\n".join(filter(None, said)), tuple(names))


def mail_in_file(content: bytes, *, cut: bool) -> MailAsFetched:
    """One mail of a file, without what else is in it. Raises what the library raises of its headers."""
    made = structure_of(message_from_bytes(content), _part_of)
    parts = (decode_part(p, _bytes_of(p.source), cut=cut or made.more) for p in made.words)
    head = content.replace(b"\r\n", b"\n").partition(b"\n\n")[0][:HEAD_BYTES]
    return MailAsFetched("", "", bytes_to_text(head), tuple(fit_words(parts)), made.heads)


_NAMED = ("charset", "format", "delsp", "name", "method")


def _part_of(part: Message) -> MailPart:
    given = {name: part.get_param(name) for name in _NAMED}
    named = {name: collapse_rfc2231_value(value).lower() for name, value in given.items() if value}
    inside: Any = part.get_payload() if part.is_multipart() else ()
    kind = part.get_content_type()
    return MailPart(
        "text/plain" if kind.startswith("multipart/") and not inside else kind,
        named | {"filename": part.get_filename() or ""},
        str(part.get("content-transfer-encoding", "")).strip().lower(),
        attached=part.get_content_disposition() == "attachment",
        inside=inside,
        head=_head_of(inside[0]) if inside and kind == _MAIL else "",
        source=part,
    )


def _head_of(mail: Message) -> str:
    lines = [f"{name}: {value}" for name, value in mail.raw_items() if name.lower() in ("subject", "date")]
    people = (str(value) for name, value in mail.raw_items() if name.lower() in ("from", "to", "cc"))
    lines.append(f"From: {squeeze(' '.join(people))}")
    return bytes_to_text("\n".join(lines).encode("utf-8", "surrogateescape")[:HEAD_BYTES])


def _bytes_of(part: Message) -> bytes:
    """Return the bytes as sent: the library unpacks 8 bits only where it may."""
    packed = str(part.get("content-transfer-encoding", "")).strip().lower() in _PACKED
    said = part.get_payload() if packed else part.get_payload(decode=True)
    return said if isinstance(said, bytes) else str(said).encode("utf-8", "replace")
