"""Making a passkey and proving by one who somebody is: what a browser is asked, and whether its answer is
right. The library is loaded at the first use.

A challenge is good for one browser, for one of the two, once, within five minutes; after a restart none is.
"""

from __future__ import annotations

import hmac
import json
import secrets
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from data.store.service.credentials import Passkey
from monitor.desk.edge import origin_of

GOOD_FOR = timedelta(minutes=5)
_MOST_USED = 20_000
_BEGAN, _TICK = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)
_CLOCK = struct.Struct(">Q")
_NAME = "Schoolgate"
_MALFORMED = (ValueError, KeyError, TypeError, IndexError, AttributeError, struct.error)
"""What the library raises, beside its own, for what no browser sends."""


@dataclass(frozen=True, slots=True)
class Site:
    """The address under which passkeys are made, and good for: that of `base_url`."""

    base_url: str

    @property
    def origin(self) -> str:
        """As browsers write it."""
        return origin_of(self.base_url)

    @property
    def id(self) -> str:
        """Its host."""
        return urlsplit(self.origin).hostname or ""


@dataclass(frozen=True, slots=True)
class ProvedPasskey:
    """An answer that proved a passkey: the passkey's id, and how often it has signed; `key` of a new one."""

    id: str
    signed: int
    key: str = ""


class Ceremonies:
    """The challenges that this process gave out, and what was answered to them."""

    def __init__(self) -> None:
        self._key, self._lock, self._used = secrets.token_bytes(32), Lock(), OrderedDict[bytes, datetime]()

    def making(
        self, site: Site, browser: str, user: bytes, called: str, had: Iterable[Passkey], now: datetime
    ) -> str:
        """What a browser is asked in order to make one, as JSON; not on a device that has one already."""
        from webauthn import generate_registration_options, options_to_json
        from webauthn.helpers import structs

        selection = structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        )
        options = generate_registration_options(
            rp_id=site.id,
            rp_name=_NAME,
            user_id=user,
            user_name=called,
            challenge=self._challenge("make", browser, now),
            timeout=_milliseconds(GOOD_FOR),
            authenticator_selection=selection,
            exclude_credentials=[structs.PublicKeyCredentialDescriptor(id=_bytes(p.id)) for p in had],
        )
        return options_to_json(options)

    def proving(self, site: Site, browser: str, had: Iterable[Passkey], now: datetime) -> str:
        """What a browser is asked in order to prove who it is, as JSON; by one of these, or any."""
        return json.dumps(
            {
                "challenge": _text(self._challenge("prove", browser, now)),
                "rpId": site.id,
                "timeout": _milliseconds(GOOD_FOR),
                "allowCredentials": [{"type": "public-key", "id": passkey.id} for passkey in had],
                "userVerification": "required",
            }
        )

    def made(self, site: Site, browser: str, answer: str, now: datetime) -> ProvedPasskey | None:
        """The passkey that a browser has made; None where the answer is not right."""
        from webauthn import verify_registration_response
        from webauthn.helpers.exceptions import WebAuthnException

        challenge = self._taken("make", browser, answer, now)
        if challenge is None:
            return None
        try:
            found = verify_registration_response(
                credential=answer,
                expected_challenge=challenge,
                expected_rp_id=site.id,
                expected_origin=site.origin,
                require_user_verification=True,
            )
        except (WebAuthnException, *_MALFORMED):
            return None
        return ProvedPasskey(_text(found.credential_id), found.sign_count, _text(found.credential_public_key))

    def proved(
        self, site: Site, browser: str, answer: str, passkey: Passkey, now: datetime
    ) -> ProvedPasskey | None:
        """That whoever has this passkey is there; None where the answer is not right. How often it has signed
        is for the caller to hold against what it was."""
        from webauthn import verify_authentication_response
        from webauthn.helpers.exceptions import WebAuthnException

        challenge = self._taken("prove", browser, answer, now)
        if challenge is None:
            return None
        try:
            found = verify_authentication_response(
                credential=answer,
                expected_challenge=challenge,
                expected_rp_id=site.id,
                expected_origin=site.origin,
                credential_public_key=_bytes(passkey.public_key),
                credential_current_sign_count=0,
                require_user_verification=True,
            )
        except (WebAuthnException, *_MALFORMED):
            return None
        return (
            ProvedPasskey(passkey.id, found.new_sign_count)
            if _text(found.credential_id) == passkey.id
            else None
        )

    def _challenge(self, what: str, browser: str, now: datetime) -> bytes:
        at = _CLOCK.pack((now - _BEGAN) // _TICK) + secrets.token_bytes(8)
        return at + self._mac(what, browser, at)

    def _taken(self, what: str, browser: str, answer: str, now: datetime) -> bytes | None:
        """The challenge that an answer names, if it is one of ours, for this browser, and good still; it is
        used up by that."""
        challenge = _challenge_in(answer)
        at, mac = challenge[:16], challenge[16:]
        if len(challenge) != 48 or not hmac.compare_digest(mac, self._mac(what, browser, at)):
            return None
        made_at = _BEGAN + _CLOCK.unpack(at[:8])[0] * _TICK
        if not -_TICK <= now - made_at < GOOD_FOR:
            return None
        with self._lock:
            while self._used and now - next(iter(self._used.values())) >= GOOD_FOR:
                self._used.popitem(last=False)
            if challenge in self._used or len(self._used) >= _MOST_USED:
                return None
            self._used[challenge] = now
        return challenge

    def _mac(self, what: str, browser: str, at: bytes) -> bytes:
        return hmac.digest(self._key, f"{what}\0{browser}\0".encode() + at, "sha256")


def named_in(answer: str) -> str:
    """The id of the passkey that an answer says it is by, "" where it says none."""
    found = _said(answer).get("id", "")
    return found if isinstance(found, str) and found.isascii() else ""


def _challenge_in(answer: str) -> bytes:
    response = _said(answer).get("response")
    sent = response.get("clientDataJSON", "") if isinstance(response, dict) else ""
    try:
        said = json.loads(_bytes(sent))
        return _bytes(said["challenge"])
    except (*_MALFORMED, RecursionError):
        return b""


def _said(answer: str) -> dict[str, Any]:
    try:
        said = json.loads(answer)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _bytes(said: str) -> bytes:
    return urlsafe_b64decode(said + "=" * (-len(said) % 4))


def _text(said: bytes) -> str:
    return urlsafe_b64encode(said).decode().rstrip("=")


def _milliseconds(time: timedelta) -> int:
    return time // _TICK
