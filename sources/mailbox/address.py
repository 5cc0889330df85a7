"""A mailbox's address, and which of its mails are still to be read.

`imaps://imap.example.org/Alerts` as a person writes it; behind the folder, as RFC 5092 has it, what we add:
`;UIDVALIDITY=7;UID=1:940,1001:*` names the mails that nobody has read yet. All pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from ipaddress import ip_address
from urllib.parse import quote, unquote, urlsplit

from sources.http.aborted import misconfigured
from sources.http.address_guard import Target

_PORTS = {"imap": 143, "imaps": 993}
_NUMBERS = re.compile(r"[1-9]\d{0,9}")
_OURS = re.compile(
    r";UIDVALIDITY=(?P<validity>[1-9]\d{0,9});UID=(?P<unread>[\d:,*]{1,2000})(?:;SECTION=(?P<section>[1-9]\d?))?$"
)
_MOST_RANGES = 20

Ranges = tuple[tuple[int, int | None], ...]
"""First and last number of each run of mails, ascending; the last is None where it has no end."""
EVERY: Ranges = ((1, None),)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A folder of a mail server. `unread` are the mails to be read, by the numbers that `validity` is for.

    With `section`, what is meant is one thing that is enclosed in the one mail, counted from 1.
    """

    target: Target
    folder: str
    validity: int | None = None
    unread: Ranges = EVERY
    section: int | None = None

    @property
    def url(self) -> str:
        """Its address, with what is still to be read."""
        host = f"[{self.target.host}]" if ":" in self.target.host else self.target.host
        port = "" if self.target.port == _PORTS[self.target.scheme] else f":{self.target.port}"
        there = f"{self.target.scheme}://{host}{port}/{quote(self.folder, safe='/')}"
        return there if self.validity is None else f"{there};UIDVALIDITY={self.validity};UID={_text(self)}"

    @property
    def here(self) -> bool:
        """Is its server named as this machine itself, such as a gateway that runs beside us?"""
        try:
            return ip_address(self.target.host).is_loopback
        except ValueError:
            return self.target.host == "localhost"

    def numbered(self, validity: int) -> Mailbox:
        """The same by these numbers; if they were given out anew, nothing has been read yet."""
        return self if self.validity == validity else replace(self, validity=validity, unread=EVERY)

    def wants(self, number: int) -> bool:
        """Is that mail still to be read?"""
        return any(first <= number and (last is None or number <= last) for first, last in self.unread)

    def without(self, first: int, beyond: int) -> Mailbox:
        """What is left once all from `first` up to, but without, `beyond` has been read."""
        left: list[tuple[int, int | None]] = []
        for a, b in self.unread:
            if a < first:
                left.append((a, first - 1 if b is None else min(b, first - 1)))
            if b is None or b >= beyond:
                left.append((max(a, beyond), b))
        while (
            len(left) > _MOST_RANGES
        ):  # what an address has no room for: the oldest are joined, and read again
            left[:2] = [(left[0][0], left[1][1])]
        return replace(self, unread=tuple(left))


def _text(mailbox: Mailbox) -> str:
    return ",".join(f"{a}:{'*' if b is None else b}" for a, b in mailbox.unread)


def is_mailbox(url: str) -> bool:
    """Is it the address of a mailbox, not of a web page?"""
    return url.lower().startswith(("imaps://", "imap://"))


def mailbox_at(url: str) -> Mailbox:
    """The mailbox at an address. Raises FetchAborted (misconfigured) for what is none."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not is_mailbox(url) or not host or parts.username is not None or parts.query or parts.fragment:
        raise misconfigured(
            "This is not the address of a mailbox. Write, for example: imaps://imap.example.org/INBOX",
        )
    target = Target(parts.scheme, host.rstrip("."), port or _PORTS[parts.scheme])
    found = _OURS.search(parts.path)
    folder = unquote(parts.path[: found.start()] if found else parts.path).strip("/") or "INBOX"
    mailbox = Mailbox(target, folder)
    if found is None:
        return mailbox
    section = int(found["section"]) if found["section"] else None
    return replace(mailbox, validity=int(found["validity"]), unread=_ranges(found["unread"]), section=section)


def _ranges(text: str) -> Ranges:
    """What `_text` wrote; everything where somebody else wrote it."""
    found: list[tuple[int, int | None]] = []
    for piece in text.split(","):
        first, _, last = piece.partition(":")
        if not _NUMBERS.fullmatch(first) or not (last == "*" or _NUMBERS.fullmatch(last)):
            return EVERY
        found.append((int(first), None if last == "*" else int(last)))
    return tuple(found)
