"""One message as an e-mail: headers that nothing in a name or subject can add to, no tracking.

Whatever stands in a header is cut down to one line of visible letters first. Headers that programs
answer to: RFC 3834 (Auto-Submitted), and Exchange's X-Auto-Response-Suppress, so that no absence
notice comes back. The Message-ID comes from the message's key: a repeat shows as one message.
"""

from __future__ import annotations

import mimetypes
import re
from email.header import Header
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from alerts.delivery.results import Cause
from data.frozen import freeze
from data.ids import squeeze
from data.people import EMAIL
from data.types import OutboxMessage, Person

_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb\U000e0000-\U000e0fff]+"
)
"""Controls, line separators, what turns the direction of writing, and letters of no width."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_KEY = re.compile(r"[A-Za-z0-9._-]{1,128}")
_NAME_CHARS, _SUBJECT_CHARS = 80, 180
_PLAIN_CHARS, _LINE_CHARS = 60, 76
_FOLD = "\n "


class _Encoded(str):
    """A header's value in its final form, lines folded."""

    __slots__ = ()


class _OursAsTheyAre(EmailPolicy):
    """Python's own encoding of headers loses blanks between long words (3.11): ours is left as it is."""

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        return (name, value) if isinstance(value, _Encoded) else super().header_store_parse(name, value)


_POLICY = _OursAsTheyAre(linesep="\r\n", cte_type="7bit", refold_source="none")


class Unfit(Exception):
    """The message cannot be made into a mail, now or later; `cause` says why."""

    def __init__(self, cause: Cause) -> None:
        self.cause = cause
        super().__init__(cause.value)


@freeze
class Attachment:
    name: str
    content: bytes


def compose_mail(
    message: OutboxMessage,
    person: Person,
    sender: str,
    school_name: str,
    attachment: Attachment | None = None,
    reply_to: str | None = None,
) -> EmailMessage:
    """Compose the mail: plain text, the same as HTML where there is one, and the attachment. Its date is when
    the message was due, so that a repeat equals the first. Raises Unfit where an address or the key cannot
    stand in a header."""
    if not person.email:
        raise Unfit(Cause.NO_ADDRESS)
    mail = EmailMessage(policy=_POLICY)
    domain = _fit(EMAIL, sender).partition("@")[2].lower()
    mail["Message-ID"] = f"<{_fit(_KEY, message.key)}@{domain}>"
    if message.thread not in (None, message.key):
        first = _Encoded(f"<{_fit(_KEY, message.thread or '')}@{domain}>")
        mail["In-Reply-To"] = mail["References"] = first
    mail["Date"] = format_datetime(message.due_at)
    mail["From"] = _mailbox("From", f"{school_name} (Schoolgate)", sender)
    mail["To"] = _mailbox("To", person.name, _fit(EMAIL, person.email))
    if reply_to is not None:
        mail["Reply-To"] = _Encoded(_fit(EMAIL, reply_to))
    mail["Subject"] = _encode_header("Subject", header_line(message.subject, _SUBJECT_CHARS))
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(_sound(message.body), cte="quoted-printable")
    if message.html is not None:
        mail.add_alternative(_sound(message.html), subtype="html", cte="quoted-printable")
    if attachment is not None:
        kind = mimetypes.guess_type(attachment.name)[0] or "application/octet-stream"
        maintype, _, subtype = kind.partition("/")
        if maintype == "text":  # as bytes, whatever its letters are
            maintype, subtype = "application", "octet-stream"
        mail.add_attachment(attachment.content, maintype=maintype, subtype=subtype, filename=attachment.name)
    for n, part in enumerate(p for p in mail.walk() if p.is_multipart()):
        part.set_boundary(f"=_{n}_{message.key[:40]}")
    return mail


def header_line(text: str, max_chars: int) -> str:
    """Return the text as one line of visible letters, cut at `max_chars`; it ends with “…” where it was cut.
    “=?” is broken up: it begins what mail programs, and Python's own headers, decode (RFC 2047), and what is
    decoded may hold a line feed."""
    line = squeeze(_UNSEEN.sub(" ", _sound(text))).replace("=?", "= ?")
    return line if len(line) <= max_chars else f"{line[: max_chars - 1].rstrip()}…"


def read_attachment(home: Path, name: str) -> Attachment:
    """The file of that path below the home folder. Raises Unfit where it lies outside or is not there."""
    path = (home / name).resolve()
    if not path.is_relative_to(home.resolve()):
        raise Unfit(Cause.ATTACHMENT)
    try:
        return Attachment(header_line(path.name, _NAME_CHARS), path.read_bytes())
    except OSError:
        raise Unfit(Cause.ATTACHMENT) from None


def _mailbox(header: str, name: str, address: str) -> _Encoded:
    encoded = _encode_header(header, header_line(name, _NAME_CHARS))
    if not isinstance(encoded, _Encoded):
        encoded = _Encoded('"' + encoded.replace("\\", "\\\\").replace('"', '\\"') + '"')
    fits = len(f"{header}: {encoded} <{address}>") <= _LINE_CHARS
    return _Encoded(f"{encoded}{' ' if fits else _FOLD}<{address}>")


def _encode_header(header: str, text: str) -> str:
    """Leave it as it is where it is short and plain, also between quotation marks, else put it in encoded
    words (RFC 2047, 2), which the library makes a letter longer than it is told."""
    quoted = len(text) + text.count('"') + text.count("\\")
    if text.isascii() and quoted <= _PLAIN_CHARS:
        return text
    header_lines = Header(text, "utf-8", header_name=header, maxlinelen=_LINE_CHARS - 1)
    return _Encoded(header_lines.encode(linesep="\n"))


def _sound(text: str) -> str:
    return _SURROGATE.sub("�", text)


def _fit(pattern: re.Pattern[str], text: str) -> str:
    if not pattern.fullmatch(text):
        raise Unfit(Cause.BAD_ADDRESS)
    return text
