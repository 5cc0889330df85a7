"""Addresses in messages: the signed page of one story for one person, read without signing in.

An address needs nothing stored: it says, in signs that only we can read, which story, which person (by the
address of their mails) and when it was made, encrypted with AES-SIV (RFC 5297).
"""

from __future__ import annotations

import hmac
import re
from base64 import b32decode, b32encode
from binascii import Error as NotBase32
from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from data.errors import write_commands
from data.frozen import freeze
from data.words.say import join_filled

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

_HOLDER_BYTES = 4
_MINUTE_BYTES = 3
_HEAD_BYTES = 1 + _MINUTE_BYTES + _HOLDER_BYTES
_BEGAN = datetime(2020, 1, 1, tzinfo=UTC)
_AS_WRITTEN, _AS_DIGITS = 0, 1
_DIGITS = re.compile(r"[0-9a-f]{16}")
_TOKEN = re.compile(r"[a-z2-7]{33,1024}", re.ASCII)
_SEALED = re.compile(r"[a-z2-7]{33,12288}", re.ASCII)
_PROOF_CHARS = 32
_REF_BYTES = 10
_CLOCK_CHARS = 16
_SOONEST = timedelta(seconds=1)
"""What fetches pages and sends their forms is faster; so is a quick tap, but of that a browser tells."""
_LATEST = timedelta(hours=1)
THIS_MACHINE = frozenset(("localhost", "127.0.0.1", "::1"))
READS_FOR = timedelta(minutes=10)


@freeze
class Ticket:
    """The facts in an address of ours; `holder` is what `Links.holder` makes of its person."""

    story_id: str
    holder: bytes
    made_at: datetime


@freeze
class Links:
    """`base_url` is where the pages are reached, None where there are none; `secret` signs addresses.
    `mails` are the addresses that people's mails go to, by id: an id may be given to somebody else.
    `typed` says acts and fields as commands (`write_commands`), for the home that they are about. `mailed`
    is where addresses in messages lead: to `base_url` where it is "", nowhere where it is None. `replies`
    are, by school, the mailboxes that are read for replies to alerts.
    """

    base_url: str | None = None
    secret: bytes = field(default=b"", repr=False)
    mails: Mapping[str, str] = field(default_factory=dict, repr=False, hash=False)
    typed: Callable[[str], str] = field(default=write_commands, repr=False, compare=False)
    mailed: str | None = ""
    replies: Mapping[str, str] = field(default_factory=dict, repr=False, hash=False)

    def page(self, story_id: str, person_id: str, at: datetime) -> str | None:
        """The page of this story for this person, by an address made at `at`; None without `base_url`."""
        return self._address("m", "page", story_id, person_id, at)

    def at_desk(self, story_id: str) -> str:
        """Return where the page of this story lies on this site for who is signed in: it tells nothing of
        what it leads to, nobody can guess it, and it opens nothing without a session."""
        how, packed = _pack_story(story_id)
        return f"/m/s/{self.seal('at-desk', bytes((how,)) + packed)}"

    def story_at_desk(self, token: str) -> str | None:
        """The story that such an address leads to; None where we did not make it."""
        said = self.unseal("at-desk", token)
        return _unpack_story(said) if said and _encode(_decode(token)) == token else None

    @property
    def today(self) -> str | None:
        """Today, for whoever signs in; None without `base_url`, or where nobody signs in by it."""
        base = self.base_url if self.mailed == "" else self.mailed
        return f"{base.rstrip('/')}/" if base and self.is_private else None

    def report(self, urn: str, week: str, person_id: str, at: datetime) -> str | None:
        """Return the page on which this person reads and signs that report; None as for `today`."""
        of = f"{urn} {week}"
        return self._address("r", "report", of, person_id, at) if self.is_private else None

    def drill(self, drill_id: str, person_id: str, at: datetime) -> str | None:
        """The page on which this person takes that drill; None without `base_url`."""
        return self._address("drill", "drill", drill_id, person_id, at)

    @property
    def is_private(self) -> bool:
        """Is what is typed there read by nobody on the way: over https, or on this machine?"""
        base = urlsplit(self.base_url or "")
        return base.scheme == "https" or base.hostname in THIS_MACHINE

    def _address(self, path: str, what: str, of: str, person_id: str, at: datetime) -> str | None:
        base = self.base_url if self.mailed == "" else self.mailed
        if base is None:
            return None
        minutes = int((at - _BEGAN).total_seconds() // 60).to_bytes(_MINUTE_BYTES, "big")
        how, packed = _pack_story(of)
        said = bytes((how,)) + minutes + self.holder(person_id) + packed
        return f"{base.rstrip('/')}/{path}/{self.seal(what, said)}"

    def ticket(self, token: str, what: str = "page") -> Ticket | None:
        """Read an address that we made as `what` it was made for; None where we did not."""
        if not (self.secret and _TOKEN.fullmatch(token)):
            return None
        whole = _decode(token)
        said = self._decrypt(what, whole)
        if said is None or _encode(whole) != token:
            return None
        minutes = int.from_bytes(said[1 : 1 + _MINUTE_BYTES], "big")
        holder, story = said[1 + _MINUTE_BYTES : _HEAD_BYTES], said[_HEAD_BYTES:]
        return Ticket(_unpack_story(said[:1] + story), holder, _BEGAN + timedelta(minutes=minutes))

    def holder(self, person_id: str) -> bytes:
        """Return what stands for a person, by id and mail, in addresses: it tells nobody else who."""
        mail = self.mails.get(person_id, "").casefold()
        return self._mac("holder", join_filled("\x00", person_id, mail).encode())[:_HOLDER_BYTES]

    def reply_ref(self, alert_id: str, times: int, person_id: str, *, asked: bool = False) -> str:
        """Return what a reply is told by: of an alert as raised then, for this person and address; `asked`:
        to the mail that asks whether a reply was theirs."""
        mail = self.mails.get(person_id, "").casefold()
        return _encode(
            self.keyed_hash("asked_reply" if asked else "reply", alert_id, str(times), person_id, mail)[
                :_REF_BYTES
            ]
        )

    def proof(self, token: str, shown_at: datetime) -> str:
        """Return what a page's form carries to show that it was shown, and when."""
        return self._stamp("form", token, _milliseconds(shown_at))

    def is_proved(
        self, token: str, proof: str, now: datetime, within: timedelta = _LATEST, *, tapped: bool = False
    ) -> bool:
        """Was this form shown by us, for this address, at most an hour ago; and, unless it is known that
        somebody `tapped`, at least a second?"""
        return self._within("form", token, proof, now, timedelta() if tapped else _SOONEST, within)

    def reading(self, token: str, began_at: datetime) -> str:
        """Return what a browser keeps to show that somebody tapped there to read, and when."""
        return self._stamp("read", token, _milliseconds(began_at))

    def reads_until(self, token: str, kept: str, now: datetime) -> datetime | None:
        """Until when a browser that keeps this may read at this address; None where it may not."""
        if not self._within("read", token, kept, now, timedelta(), READS_FOR):
            return None
        return datetime.fromtimestamp(int(kept.partition(".")[0]) / 1000, UTC) + READS_FOR

    def keyed_hash(self, what: str, *said: str) -> bytes:
        """Return a hash that nobody makes without the home's secret, as `what` it was made for."""
        return self._mac(what, "\0".join(said).encode())

    def _stamp(self, what: str, token: str, at: int) -> str:
        return f"{at}.{self._mac(what, f'{token} {at}'.encode()).hex()[:_PROOF_CHARS]}"

    def _within(
        self, what: str, token: str, stamp: str, now: datetime, least: timedelta, most: timedelta
    ) -> bool:
        at, _, _ = stamp.partition(".")
        if not (at.isascii() and at.isdigit() and len(at) <= _CLOCK_CHARS and self.secret):
            return False
        made = hmac.compare_digest(stamp.encode(), self._stamp(what, token, int(at)).encode())
        age = timedelta(milliseconds=_milliseconds(now) - int(at))
        return made and least <= age <= most

    def seal(self, what: str, said: bytes) -> str:
        """Seals what only we can read, and only as `what` it was made for."""
        return _encode(self._cipher(what).encrypt(said, None))

    def unseal(self, what: str, sealed: str) -> bytes | None:
        """Opens what was sealed; None where that was not by us, or as something else."""
        whole = _decode(sealed) if self.secret and _SEALED.fullmatch(sealed) else b""
        return self._decrypt(what, whole)

    def _decrypt(self, what: str, whole: bytes) -> bytes | None:
        from cryptography.exceptions import InvalidTag

        try:
            return self._cipher(what).decrypt(whole, None)
        except (InvalidTag, ValueError):  # ours, but not whole; not ours
            return None

    def _cipher(self, what: str) -> AESSIV:
        """A key of its own (512 bits, AES-256), made from the home’s secret."""
        from cryptography.hazmat.primitives.ciphers.aead import AESSIV

        return AESSIV(hmac.digest(self.secret, what.encode() + b"\0AES-SIV", "sha512"))

    def _mac(self, what: str, said: bytes) -> bytes:
        return hmac.new(self.secret, what.encode() + b"\0" + said, sha256).digest()


@freeze
class DeskLinks(Links):
    """The same, for pages of whoever is signed in: none of their addresses opens without a session."""

    def page(self, story_id: str, person_id: str, at: datetime) -> str | None:
        return self.at_desk(story_id)


def _pack_story(story_id: str) -> tuple[int, bytes]:
    """Pack sixteen hexadecimal digits as the eight bytes that they are, anything else as it is written."""
    if _DIGITS.fullmatch(story_id):
        return _AS_DIGITS, bytes.fromhex(story_id)
    return _AS_WRITTEN, story_id.encode()


def _unpack_story(packed: bytes) -> str:
    how, story = packed[0], packed[1:]
    return story.hex() if how == _AS_DIGITS else story.decode()


def _encode(whole: bytes) -> str:
    """Write it in small letters and digits, which no mail program cuts off and no chat takes for its own."""
    return b32encode(whole).decode().rstrip("=").lower()


def _decode(token: str) -> bytes:
    try:
        return b32decode(token.upper() + "=" * (-len(token) % 8))
    except NotBase32:
        return b""


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
