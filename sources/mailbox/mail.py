"""One mail as a reader sees it: who sent it, what it is about, its words with the addresses behind its links.

Addresses are the true ones: forwarding ones of search engines and mail filters, which may name the recipient,
are undone. Pure.
"""

from __future__ import annotations

import quopri
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
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
from sources.mailbox.bundle import MailAsFetched, as_bytes, decoded

LINK = re.compile(r"<?\bhttps?://[^\s<>\"\\^`{|}]{4,4000}>?", re.IGNORECASE)
E_MAIL = re.compile(r"[\w.+'-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,6}", re.IGNORECASE)
_SAFE_LINKS = ".safelinks.protection.outlook.com"
_MOST_LINES, _LONGEST_LINE, _MOST_LINKS = 4_000, 1 << 18, 400
_LATIN = "latin-1"


@dataclass(frozen=True, slots=True)
class ReadMail:
    """A mail, read. `sender` is an address in lower case, "" without one; `sent` None where it does not say.

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
    # each header's first value, decoded, by its name in lower case
    message = HeaderParser(policy=policy.compat32).parsestr(as_bytes(fetched.head).decode(_LATIN))
    marks: dict[str, str] = {}
    for name, value in message.items():
        marks.setdefault(name.lower(), _decoded(str(value)))
    words, whole = _beginning(clean(_words(fetched)))
    lines = [squeeze_line(line) for line in words.split("\n")[:_MOST_LINES]]
    named = getaddresses([marks.get("from", "")])
    sender = next((address.lower() for _, address in named if "@" in address), "")
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


def without_addresses(text: str, known: set[str]) -> str:
    """The text without these e-mail addresses, as nobody's who sent or got it is kept."""
    return E_MAIL.sub(lambda found: "…" if found[0].lower() in known else found[0], text)


_WORD = re.compile(r"=\?([\w*-]{1,40})\?([bq])\?([^?\s]{0,2000})\?=", re.IGNORECASE)


def _decoded(value: str) -> str:
    """Encoded words undone; plain bytes above ASCII read as what they are likeliest to be."""
    plain = decode(value.encode(_LATIN, "replace"))[0] if not value.isascii() else value
    joined = re.sub(r"\?=\s{1,80}=\?", "?==?", plain)
    return _WORD.sub(_word, joined)


def _word(found: re.Match[str]) -> str:
    raw = found[3].encode("ascii", "ignore")
    body = (
        decoded(raw, "base64")
        if found[2] in "bB"
        else quopri.decodestring(raw.replace(b"_", b" "), header=True)
    )
    return decode(body, f"text/plain; charset={found[1].partition('*')[0]}")[0]


def _words(fetched: MailAsFetched) -> str:
    """The words of its part, as lines. HTML's links are put behind their words."""
    body = decoded(as_bytes(fetched.body), fetched.encoding)
    kind = "html" if fetched.html else "plain"
    text = decode(body, f"text/{kind}; charset={fetched.charset}" if fetched.charset else None)[0]
    return _shown_of(text) if fetched.html else text


def _shown_of(markup: str) -> str:
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
