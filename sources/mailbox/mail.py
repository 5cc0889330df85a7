"""One mail: its parts, its text, as a file."""

from __future__ import annotations

import base64
import binascii
import json
import quopri
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import HeaderParser
from email.utils import getaddresses, parsedate_to_datetime
from itertools import islice
from urllib.parse import parse_qs, urlsplit

from data.ids import squeeze
from data.web.channels import host_of
from data.web.urls import untracked, unwrapped
from sources.html.dom import find, plain_text
from sources.html.markup import decode
from sources.html.parsers import parse_html
from sources.html.sanitise import clean, piece

# What one reading of a mailbox brings, as a document: each mail's own headers and the words of one part.

FORMAT = "schoolgate-mailbox/1"
CONTENT_TYPE = "application/json; charset=utf-8"
MOST_WORDS = 1 << 18
"""Bytes of one mail's words that are kept, as they are sent."""
MOST_TOGETHER = 2 << 20
MOST_ENCLOSED = 40 << 20
"""No provider takes a mail as large as this."""
HEAD_BYTES = 16_384
MARKS = (
    "AUTO-SUBMITTED PRECEDENCE RETURN-PATH CONTENT-TYPE LIST-ID LIST-UNSUBSCRIBE LIST-POST FEEDBACK-ID "
    "X-AUTOREPLY X-AUTORESPOND X-AUTO-RESPONSE-SUPPRESS "
    "X-FAILED-RECIPIENTS X-SPAM-FLAG X-SPAM-STATUS AUTHENTICATION-RESULTS X-MS-EXCHANGE-ORGANIZATION-AUTHAS"
)
"""The headers that are kept beside those that say who wrote, what about and when."""
NO_LONGER = "The mail is no longer where it was in the mailbox."
_KIND = re.compile(r"[a-z0-9][a-z0-9.+-]{0,40}/[a-z0-9][a-z0-9.+-]{0,60}")


def media_type(said: str) -> str:
    """What kind a part says it is, in lower case; the kind of just any bytes where that is none."""
    kind = said.lower()
    return kind if _KIND.fullmatch(kind) else "application/octet-stream"


@dataclass(frozen=True, slots=True)
class MailAsFetched:
    """One mail. `head` and `body` hold bytes (`as_text`); `cut` says that the words go on.

    `address` is where it lies, `enclosed` the kinds of what else is in it, and stays there.
    """

    address: str
    received: str
    head: str
    charset: str = ""
    encoding: str = ""
    html: bool = False
    body: str = ""
    cut: bool = False
    enclosed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bundle:
    """The mails of one reading, in the order in which they came.

    `resume` is the address with what is still to be read; `waiting`: some of that is there already. `broken`
    is how many could not be fetched.
    """

    mails: tuple[MailAsFetched, ...]
    resume: str
    waiting: bool = False
    broken: int = 0

    def as_document(self) -> bytes:
        """The bytes of it."""
        return json.dumps({"format": FORMAT, **asdict(self)}, ensure_ascii=False).encode()


_ODD = [b for b in range(256) if not (0x20 <= b < 0x7F or b in b"\t\r\n")]
_HIDDEN, _SHOWN = {b: 0x100 + b for b in _ODD}, {0x100 + b: b for b in _ODD}


def as_text(content: bytes) -> str:
    """Bytes as text that any JSON may hold: plain ASCII as it is, each other byte as a letter of its own."""
    return content.decode("latin-1").translate(_HIDDEN)


def as_bytes(text: str) -> bytes:
    """The bytes again."""
    return text.translate(_SHOWN).encode("latin-1", "replace")


def decoded(body: bytes, encoding: str) -> bytes:
    """A part as it was before it was packed for the way; `encoding` in lower case."""
    if encoding == "quoted-printable":
        return quopri.decodestring(body)
    return _base64(body) if encoding == "base64" else body


def _base64(body: bytes) -> bytes:
    """As much of it as is whole: the part may have been cut."""
    plain = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
    whole = plain[: len(plain) - 1] if len(plain) % 4 == 1 else plain
    try:
        return base64.b64decode(whole + b"=" * (-len(whole) % 4))
    except binascii.Error:
        return b""


# One mail as a reader sees it: who sent it, what it is about, its words with the addresses behind its links.

LINK = re.compile(r"<?\bhttps?://[^\s<>\"\\^`{|}]{4,4000}>?", re.IGNORECASE)
E_MAIL = re.compile(r"[\w.+'-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,6}", re.IGNORECASE)
_SAFE_LINKS = ".safelinks.protection.outlook.com"
_MOST_LINES, _LONGEST_LINE, _MOST_LINKS = 4_000, 1 << 18, 400
_LATIN = "latin-1"


@dataclass(frozen=True, slots=True)
class EnclosedMail:
    """A mail within a mail. `sent` is None where it does not say."""

    subject: str
    sent: datetime | None
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadMail:
    """A mail, read. `sender` is an address in lower case, "" without just one; `sent` None where it does not
    say.

    `lines` are those of its words, addresses in angle brackets; `marks` are its other headers, by name.
    """

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

    @property
    def host(self) -> str:
        """Where its sender's address is."""
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
    # each header's first value, by its name in lower case; decoded, but for what a code in it would forge
    message = HeaderParser(policy=policy.compat32).parsestr(as_bytes(fetched.head).decode(_LATIN))
    marks: dict[str, str] = {}
    for name, value in message.items():
        as_sent = name.lower() == "authentication-results"
        marks.setdefault(name.lower(), str(value) if as_sent else _decoded(str(value)))
    # The words of its part, as lines. HTML's links are put behind their words.
    body = decoded(as_bytes(fetched.body), fetched.encoding)
    kind = "html" if fetched.html else "plain"
    text = decode(body, f"text/{kind}; charset={fetched.charset}" if fetched.charset else None)[0]
    words, whole = _beginning(clean(words_shown(text) if fetched.html else text))
    lines = [squeeze_line(line) for line in words.split("\n")[:_MOST_LINES]]
    named = [address for _, address in getaddresses(map(str, message.get_all("from", []))) if "@" in address]
    sender = _plain(named[0]).lower() if len(named) == 1 else ""
    key = squeeze(marks.get("message-id", "")) or f"{marks.get('date', '')} {marks.get('subject', '')}"
    return ReadMail(
        key=key,
        address=fetched.address,
        sender=sender,
        subject=squeeze(clean(marks.get("subject", "")))[:500],
        sent=_sent(marks.get("date", ""), fetched.received, now),
        lines=tuple(lines),
        marks=marks,
        cut=fetched.cut or not whole,
        enclosed=fetched.enclosed,
    )


def _beginning(words: str) -> tuple[str, bool]:
    """As much as holds 400 addresses, which is more than anybody writes; and whether that is all of it."""
    beyond = next(islice(LINK.finditer(words), _MOST_LINKS, None), None)
    return (words, True) if beyond is None else (words[: beyond.start()], False)


def squeeze_line(line: str) -> str:
    """A line without blanks at its ends, and its addresses as they truly are, in angle brackets."""
    return LINK.sub(_shown, line[:_LONGEST_LINE].replace("\xa0", " ").replace("\u200b", "")).strip()


def _shown(found: re.Match[str]) -> str:
    address, rest = _without_stops(found[0].strip("<>"))
    return f"<{true_address(address)}>{rest}"


def _without_stops(address: str) -> tuple[str, str]:
    """The address, and the stops behind it that belong to the sentence."""
    bare = address.rstrip(".,;:!?'*_]”’")
    if bare.endswith(")") and "(" not in bare:
        bare = bare.rstrip(").")
    return bare, address[len(bare) :]


def true_address(url: str) -> str:
    """The address behind those of mail filters and search engines, without what follows a reader."""
    for _ in range(3):
        inner = unwrapped(_behind_filter(url))
        if inner == url:
            break
        url = inner
    return untracked(url)


def _behind_filter(url: str) -> str:
    try:
        parts = urlsplit(url)
        if not (parts.hostname or "").endswith(_SAFE_LINKS):
            return url
        inner = parse_qs(parts.query, max_num_fields=20).get("url", [""])[0]
    except ValueError:
        return url
    return inner if inner.startswith(("https://", "http://")) else url


def links_in(text: str) -> list[str]:
    """The addresses in a text, in their order; what only looks like one (“https://[”) is none."""
    found = (link[0].strip("<>") for link in LINK.finditer(text))
    return [address for address in found if host_of(address)]


def without_links(text: str) -> str:
    """The text without them, on one line."""
    return " ".join(LINK.sub(" ", text).split())


_WORD = re.compile(r"=\?([\w*-]{1,40})\?([bq])\?([^?\s]{0,2000})\?=", re.IGNORECASE)


def _decoded(value: str) -> str:
    """Encoded words undone; plain bytes above ASCII read as what they are likeliest to be."""
    return _WORD.sub(_word, re.sub(r"\?=\s{1,80}=\?", "?==?", _plain(value)))


def _plain(value: str) -> str:
    return decode(value.encode(_LATIN, "replace"))[0] if not value.isascii() else value


def _word(found: re.Match[str]) -> str:
    raw = found[3].encode("ascii", "ignore")
    body = (
        decoded(raw, "base64")
        if found[2] in "bB"
        else quopri.decodestring(raw.replace(b"_", b" "), header=True)
    )
    return decode(body, f"text/plain; charset={found[1].partition('*')[0]}")[0]


def words_shown(markup: str) -> str:
    """The words that HTML shows, its links behind theirs."""
    tree = parse_html(piece(markup))
    if tree is None:
        return ""
    for link in find(tree, ".//a[@href]"):
        address = (link.get("href") or "").strip()
        if LINK.fullmatch(address) and address not in (link.text or ""):
            link.tail = f" <{address}> {link.tail or ''}"
    return plain_text(tree)


def _sent(said: str, received: str, now: datetime) -> datetime | None:
    """When it was sent, as it says, if that can be; else when it came in."""
    for moment in (_moment(said, parsedate_to_datetime), _moment(received, datetime.fromisoformat)):
        if moment is not None and moment <= now:
            return moment
    return None


def _moment(said: str, read: Callable[[str], datetime]) -> datetime | None:
    try:
        moment = read(said)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


# An email as a file: its words, and the names of what came with it, none of which is opened.


@dataclass(frozen=True, slots=True)
class Eml:
    """`words` are its subject and its text, or what its HTML shows; `enclosed` the names of its files."""

    words: str
    enclosed: tuple[str, ...]


def eml_of(content: bytes) -> Eml:
    """Reads an email; of one that cannot be understood it is only said that it may hold a file."""
    try:
        return _read(content)
    except Exception:  # noqa: BLE001 - the library raises whatever a stranger's headers lead it to
        return Eml("", ("?",))


def _read(content: bytes) -> Eml:
    mail = message_from_bytes(content, _class=EmailMessage, policy=policy.default)
    parts = [part for part in mail.walk() if not part.is_multipart()]
    files = [part for part in parts if part.get_filename() or part.get_content_maintype() != "text"]
    said = [part for part in parts if part not in files]
    body = next((p for p in said if p.get_content_subtype() == "plain"), said[0] if said else None)
    subject = str(mail["subject"] or "")
    words = _eml_words(body) if body is not None else ""
    names = tuple(part.get_filename() or part.get_content_type() for part in files)
    return Eml(f"{subject}\n\n{words}".strip(), names)


def _eml_words(part: EmailMessage) -> str:
    charset = part.get_content_charset()
    raw, kind = part.get_payload(decode=True), part.get_content_type()
    text = decode(raw if isinstance(raw, bytes) else b"", f"{kind}; charset={charset}" if charset else None)[
        0
    ]
    return words_shown(text) if kind == "text/html" else text
