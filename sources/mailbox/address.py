"""A mailbox's address, and which of its mails are still to be read.

`imaps://imap.example.org/Alerts` as a person writes it; behind the folder, as RFC 5092 has it, what we add:
`;UIDVALIDITY=7;UID=1:940,1001:*` names the mails that nobody has read yet. At Microsoft 365
`graph://alerts@oakfield.example.sch.uk`; what we add is where Graph says that the reading goes on. All pure.
"""

from __future__ import annotations

import re
from dataclasses import replace
from ipaddress import ip_address
from urllib.parse import quote, unquote, urlsplit

from data.frozen import freeze
from sources.http.guard import FetchAborted, Target, misconfigured

_PORTS = {"imap": 143, "imaps": 993}
_NUMBERS = re.compile(r"[1-9]\d{0,9}")
_OURS = re.compile(
    r";UIDVALIDITY=(?P<validity>[1-9]\d{0,9});UID=(?P<unread>[\d:,*]{1,2000})(?:;SECTION=(?P<section>[1-9]\d?))?$"
)
_MOST_RANGES = 20
_NO_MAILBOX = "This is not the address of a mailbox. Write, for example: {}"

Ranges = tuple[tuple[int, int | None], ...]
"""First and last number of each run of mails, ascending; the last is None where it has no end."""
EVERY: Ranges = ((1, None),)


@freeze
class Mailbox:
    """A folder of a mail server. `unread` are the mails to be read, by the numbers that `validity` is for.
    With `section`, what is meant is one thing that is enclosed in the one mail, counted from 1."""

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
        unread = ",".join(f"{a}:{'*' if b is None else b}" for a, b in self.unread)
        return there if self.validity is None else f"{there};UIDVALIDITY={self.validity};UID={unread}"

    @property
    def here(self) -> bool:
        """Is its server named as this machine itself, such as a gateway that runs beside us?"""
        try:
            return ip_address(self.target.host).is_loopback
        except ValueError:
            return self.target.host == "localhost"

    def with_validity(self, validity: int) -> Mailbox:
        """Return it with these numbers; if they were given out again, nothing has been read yet."""
        return self if self.validity == validity else replace(self, validity=validity, unread=EVERY)

    def wants(self, number: int) -> bool:
        """Is that mail still to be read?"""
        return any(first <= number and (last is None or number <= last) for first, last in self.unread)

    def without(self, first: int, beyond: int) -> Mailbox:
        """Return it without all numbers from `first` up to, but without, `beyond`: they have been read."""
        left: list[tuple[int, int | None]] = []
        for a, b in self.unread:
            if a < first:
                left.append((a, first - 1 if b is None else min(b, first - 1)))
            if b is None or b >= beyond:
                left.append((max(a, beyond), b))
        while len(left) > _MOST_RANGES:  # no room in an address: the oldest are joined, and read again
            left[:2] = [(left[0][0], left[1][1])]
        return replace(self, unread=tuple(left))


_GRAPH = re.compile(
    r"graph://(?P<owner>[^/;?#@\s]+@[^/;?#@\s]+)/?(?:;SINCE=(?P<since>[\dT:Z+.-]{1,40}))?"
    r"(?:;LINK=(?P<link>[^;]+))?(?:;MAIL=(?P<mail>[^;]+?)(?:;SECTION=(?P<section>[1-9]\d?))?)?",
    re.IGNORECASE,
)


@freeze
class GraphInbox:
    """The Inbox of a mailbox of Microsoft 365, by its owner's address. `link` is where Graph says that the
    reading goes on, without its host; `since` is when all that was there had been read. Both are "" before
    the first reading. With `mail`, one mail is meant, by its id; with `section`, one thing that is enclosed
    in it, counted from 1."""

    owner: str
    link: str = ""
    since: str = ""
    mail: str = ""
    section: int | None = None

    @property
    def url(self) -> str:
        """Its address, with where the reading goes on."""
        added = (("SINCE", self.since), ("LINK", quote(self.link, "")), ("MAIL", quote(self.mail, "")))
        return f"graph://{self.owner}" + "".join(f";{name}={value}" for name, value in added if value)


def is_graph(url: str) -> bool:
    """Is it the address of a mailbox of Microsoft 365, which is read by Graph?"""
    return url.lower().startswith("graph://")


def graph_inbox_at(url: str) -> GraphInbox:
    """The mailbox at an address. Raises FetchAborted (misconfigured) for what is none."""
    found = _GRAPH.fullmatch(url)
    if found is None:
        raise misconfigured(_NO_MAILBOX.format("graph://alerts@oakfield.example.sch.uk"))
    since, link, mail = (unquote(found[name] or "") for name in ("since", "link", "mail"))
    return GraphInbox(found["owner"], link, since, mail, int(found["section"]) if found["section"] else None)


def is_mailbox(url: str) -> bool:
    """Is it the address of a mailbox, not of a web page?"""
    return url.lower().startswith(("imaps://", "imap://", "graph://"))


def same_mailbox(url: str, other: str) -> bool:
    """Is the other address one of the same mailbox?"""
    try:
        if is_graph(url) or is_graph(other):
            return graph_inbox_at(url).owner.lower() == graph_inbox_at(other).owner.lower()
        one, two = mailbox_at(url), mailbox_at(other)
        return (one.target, one.folder) == (two.target, two.folder)
    except FetchAborted:
        return False


def mailbox_at(url: str) -> Mailbox:
    """The mailbox at an address. Raises FetchAborted (misconfigured) for what is none."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    known = url.lower().startswith(tuple(f"{scheme}://" for scheme in _PORTS))
    if not known or not host or parts.username is not None or parts.query or parts.fragment:
        raise misconfigured(_NO_MAILBOX.format("imaps://imap.example.org/INBOX"))
    target = Target(parts.scheme, host.rstrip("."), port or _PORTS[parts.scheme])
    found = _OURS.search(parts.path)
    folder = unquote(parts.path[: found.start()] if found else parts.path).strip("/") or "INBOX"
    mailbox = Mailbox(target, folder)
    if found is None:
        return mailbox
    section = int(found["section"]) if found["section"] else None
    return replace(
        mailbox, validity=int(found["validity"]), unread=_parse_ranges(found["unread"]), section=section
    )


def _parse_ranges(text: str) -> Ranges:
    """Read the ranges in `Mailbox.url`; everything where somebody else wrote it."""
    found: list[tuple[int, int | None]] = []
    for piece in text.split(","):
        first, _, last = piece.partition(":")
        if not _NUMBERS.fullmatch(first) or not (last == "*" or _NUMBERS.fullmatch(last)):
            return EVERY
        found.append((int(first), None if last == "*" else int(last)))
    return tuple(found)
