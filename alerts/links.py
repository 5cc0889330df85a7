"""Addresses in messages: where an alert is acknowledged, once, without signing in."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

_KEY_CHARS = 16
_MAC_CHARS = 32
_SOONEST = timedelta(seconds=1)
"""Nobody reads a page and presses its button faster; what fetches pages and sends their forms does."""
_LATEST = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Links:
    """`base_url` is where the pages are reached, None where there are none; `secret` signs addresses."""

    base_url: str | None = None
    secret: bytes = field(default=b"", repr=False)

    def acknowledge(self, message_key: str) -> str | None:
        """The one-time page for the alert that a message tells of; None without `base_url`."""
        if self.base_url is None:
            return None
        token = f"{message_key[:_KEY_CHARS]}{self._mac(message_key[:_KEY_CHARS])}"
        return f"{self.base_url.rstrip('/')}/ack/{token}"

    def beginning_of_key(self, token: str) -> str | None:
        """How the key of the message begins that a token was made for; None where we did not make it."""
        key, mac = token[:_KEY_CHARS], token[_KEY_CHARS:]
        well_formed = token.isascii() and len(key) == _KEY_CHARS
        made = well_formed and hmac.compare_digest(mac.encode(), self._mac(key).encode())
        return key if made and self.secret else None

    def proof(self, token: str, shown_at: datetime) -> str:
        """What a page's form carries to show that it was shown, and when."""
        at = _milliseconds(shown_at)
        return f"{at}.{self._mac(f'form {token} {at}')}"

    def proved(self, token: str, proof: str, now: datetime) -> bool:
        """Was this form shown by us, for this address, a second to an hour ago?"""
        at, _, mac = proof.partition(".")
        if not (at.isascii() and at.isdigit() and len(at) <= _KEY_CHARS and self.secret):
            return False
        age = timedelta(milliseconds=_milliseconds(now) - int(at))
        made = hmac.compare_digest(mac.encode(), self._mac(f"form {token} {at}").encode())
        return made and _SOONEST <= age <= _LATEST

    def _mac(self, key: str) -> str:
        return hmac.new(self.secret, key.encode(), sha256).hexdigest()[:_MAC_CHARS]


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
