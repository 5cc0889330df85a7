"""What one reading of a mailbox brings, as a document: each mail's own headers and the words of one part.

It is never kept. Who a mail was sent to is not asked for; who sent it serves to recognise it, and goes.
"""

from __future__ import annotations

import base64
import binascii
import json
import quopri
import re
from dataclasses import asdict, dataclass

FORMAT = "schoolgate-mailbox/1"
CONTENT_TYPE = "application/json; charset=utf-8"
MOST_WORDS = 1 << 18
"""Bytes of one mail's words that are kept, as they are sent."""
MOST_TOGETHER = 2 << 20
MOST_ENCLOSED = 40 << 20
"""No provider takes a mail as large as this."""
HEAD_BYTES = 16_384
MARKS = (
    "AUTO-SUBMITTED PRECEDENCE CONTENT-TYPE LIST-ID LIST-UNSUBSCRIBE X-AUTOREPLY X-AUTORESPOND "
    "X-FAILED-RECIPIENTS X-SPAM-FLAG X-SPAM-STATUS"
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
