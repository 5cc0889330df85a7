"""Passkeys: made, removed, proved; and their page."""

from __future__ import annotations

import hmac
import json
import secrets
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from starlette.responses import Response

from alerts.layout.note import mails
from alerts.notices.upkeep import passkey_note
from data.people import schools_of
from data.store import service
from data.store.engine.connect import Connection
from data.store.messages.outbox import put_outbox
from data.store.service import Device, Passkey
from data.types import Person
from data.web.urls import visible
from monitor.desk.edge import url_origin, way_back
from monitor.desk.page import DeskRequest, stored_addresses

# Making a passkey and proving by one who somebody is: what a browser is asked, and whether its answer is
# right. The library is loaded at the first use.

GOOD_FOR = timedelta(minutes=5)
_MOST_USED = 20_000
_BEGAN, _TICK = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)
_CLOCK = struct.Struct(">Q")
_SITE_NAME = "Schoolgate"
_MALFORMED = (ValueError, KeyError, TypeError, IndexError, AttributeError, struct.error)
"""What the library raises, beside its own, for what no browser sends."""


@dataclass(frozen=True, slots=True)
class Site:
    """The address under which passkeys are made, and good for: that of `base_url`."""

    base_url: str

    @property
    def origin(self) -> str:
        """The origin of the site, as browsers write it."""
        return url_origin(self.base_url)

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

    def making_options(
        self, site: Site, browser: str, user: bytes, called: str, had: Iterable[Passkey], now: datetime
    ) -> str:
        """Return what a browser is asked to make one, as JSON; not on a device that has one already."""
        from webauthn import generate_registration_options, options_to_json
        from webauthn.helpers import structs

        selection = structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        )
        options = generate_registration_options(
            rp_id=site.id,
            rp_name=_SITE_NAME,
            user_id=user,
            user_name=called,
            challenge=self._challenge("make", browser, now),
            timeout=_milliseconds(GOOD_FOR),
            authenticator_selection=selection,
            exclude_credentials=[structs.PublicKeyCredentialDescriptor(id=_bytes(p.id)) for p in had],
        )
        return options_to_json(options)

    def proving_options(self, site: Site, browser: str, had: Iterable[Passkey], now: datetime) -> str:
        """Return what a browser is asked in order to prove who it is, as JSON; by one of these, or any."""
        return json.dumps(
            {
                "challenge": _text(self._challenge("prove", browser, now)),
                "rpId": site.id,
                "timeout": _milliseconds(GOOD_FOR),
                "allowCredentials": [{"type": "public-key", "id": passkey.id} for passkey in had],
                "userVerification": "required",
            }
        )

    def check_new_passkey(self, site: Site, browser: str, answer: str, now: datetime) -> ProvedPasskey | None:
        """Return the passkey that a browser has made; None where the answer is not right."""
        from webauthn import verify_registration_response as verify

        found = self._verify("make", verify, site, browser, answer, now)
        if found is None:
            return None
        return ProvedPasskey(_text(found.credential_id), found.sign_count, _text(found.credential_public_key))

    def check_proof(
        self, site: Site, browser: str, answer: str, passkey: Passkey, now: datetime
    ) -> ProvedPasskey | None:
        """Check that a passkey's holder is there, else None; its count is for the caller to hold against."""
        from webauthn import verify_authentication_response as verify

        def check(**about: Any) -> Any:
            return verify(
                credential_public_key=_bytes(passkey.public_key), credential_current_sign_count=0, **about
            )

        found = self._verify("prove", check, site, browser, answer, now)
        right = found is not None and _text(found.credential_id) == passkey.id
        return ProvedPasskey(passkey.id, found.new_sign_count) if right else None

    def _verify(
        self, what: str, check: Callable[..., Any], site: Site, browser: str, answer: str, now: datetime
    ) -> Any:
        from webauthn.helpers.exceptions import WebAuthnException

        challenge = self._take_challenge(what, browser, answer, now)
        about = {"expected_challenge": challenge, "expected_rp_id": site.id, "expected_origin": site.origin}
        try:
            return challenge and check(credential=answer, require_user_verification=True, **about)
        except (WebAuthnException, *_MALFORMED):
            return None

    def _challenge(self, what: str, browser: str, now: datetime) -> bytes:
        at = _CLOCK.pack((now - _BEGAN) // _TICK) + secrets.token_bytes(8)
        return at + self._mac(what, browser, at)

    def _take_challenge(self, what: str, browser: str, answer: str, now: datetime) -> bytes | None:
        """Use up the challenge that an answer names, if it is ours, for this browser, and still good."""
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
    found = _parse_answer(answer).get("id", "")
    return found if isinstance(found, str) and found.isascii() else ""


def _challenge_in(answer: str) -> bytes:
    response = _parse_answer(answer).get("response")
    sent = response.get("clientDataJSON", "") if isinstance(response, dict) else ""
    try:
        said = json.loads(_bytes(sent))
        return _bytes(said["challenge"])
    except (*_MALFORMED, RecursionError):
        return b""


def _parse_answer(answer: str) -> dict[str, Any]:
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


# Somebody's passkeys: made on their own device, listed, removed; signing in, or the second check, by one.

PATH = "/passkeys"
_LONGEST_NAME, _MOST = 60, 10
_TOLD_WITHIN = timedelta(days=30)


class PasskeyDesk:
    """Makes passkeys, and takes what is proved by one."""

    def __init__(self) -> None:
        self._ceremonies = Ceremonies()

    def show(self, asking: DeskRequest, con: Connection) -> Response:
        """The page of whoever is signed in."""
        return self._page(asking, service.credentials_of(con, asking.signed_in.person.id))

    def take(self, asking: DeskRequest) -> Response:
        """Makes one, or removes one."""
        person, form = asking.signed_in.person, asking.form
        became = self._keep_passkey(asking) if form.get("do") == "make" else ""
        with asking.store.write("a passkey") as con:
            if form.get("do") == "remove":
                gone = service.remove(con, person.id, person.id, asking.now, form.get("passkey", ""))
                became = "removed" if gone else ""
            had = service.credentials_of(con, person.id)
        return self._page(asking, had, became)

    def options(self, asking: DeskRequest, con: Connection, browser: str) -> str:
        """Return what that browser is asked to prove who it is, as JSON; "" where nobody could."""
        person = asking.who.person.id if asking.who else ""
        had = service.credentials_of(con, person) if person else []
        if not (had or (not person and service.is_any(con))):
            return ""
        return self._ceremonies.proving_options(request_site(asking), browser, had, asking.now)

    def prove(self, asking: DeskRequest) -> Person | None:
        """Find who just proved by a passkey that it is they; one whose count went back is recorded."""
        answer, people = asking.form.get("credential", ""), asking.config.people
        with asking.store.write("a passkey") as con:
            passkey = service.find_credential(con, named_in(answer))
            person = next((p for p in people if passkey and p.id == passkey.person_id), None)
            if passkey is None or person is None or passkey.address_hash not in stored_addresses(person):
                return None
            if asking.who is not None and asking.who.person.id != person.id:
                return None
            found = self._ceremonies.check_proof(
                request_site(asking), asking.token, answer, passkey, asking.now
            )
            if found is None or not service.use(con, passkey, found.signed, asking.now):
                return None
        return person

    def _keep_passkey(self, asking: DeskRequest) -> str:
        """Keep one that was made by who has just proved that it is they, on a device of their own."""
        who, form = asking.signed_in, asking.form
        if not _may_make(asking):
            return "check"
        answer = form.get("credential", "")
        found = self._ceremonies.check_new_passkey(request_site(asking), asking.token, answer, asking.now)
        if found is None:
            return "wrong"
        name = " ".join(form.get("name", "").split())[:_LONGEST_NAME] or asking.w("passkeys.unnamed")
        passkey = Passkey(
            *(found.id, who.person.id, who.session.address_hash, found.key, found.signed, name, asking.now)
        )
        with asking.store.write("a passkey") as con:
            if len(service.credentials_of(con, who.person.id)) >= _MOST:
                return "many"
            if not service.add_passkey(con, passkey):
                return "wrong"
            person = asking.signed_in.person
            school = schools_of(person, asking.config.schools)[0]
            note, key = passkey_note(school, passkey.name), ("passkey", passkey.id)
            told = mails(note, [person], school.urn, "account", key, asking.now, _TOLD_WITHIN)
            put_outbox(con, list(told), asking.now)
        return "made"

    def _page(self, asking: DeskRequest, had: list[Passkey], became: str = "") -> Response:
        who, zone, w = asking.signed_in, asking.config.zone, asking.w
        options = ""
        if _may_make(asking):
            user = asking.context.links.keyed_hash("passkey", who.person.id, who.session.address_hash)
            options = self._ceremonies.making_options(
                *(request_site(asking), asking.token, user, who.person.name, had, asking.now)
            )
        days = {
            p.id: (w.full_day(p.made_at, zone), w.full_day(p.used_at, zone) if p.used_at else "") for p in had
        }
        return asking.render(
            "passkeys.html",
            403 if became in ("wrong", "check", "many") else 200,
            had=[replace(p, name=visible(p.name)) for p in had],
            days=days,
            options=options,
            own=who.session.device is Device.OWN,
            became=became,
            to=way_back(asking.form.get("to") or asking.query.get("to", "")),
            first="first" in asking.query,
        )


def request_site(asking: DeskRequest) -> Site:
    return Site(asking.context.links.base_url or "")


def _may_make(asking: DeskRequest) -> bool:
    who = asking.signed_in
    return (
        who.session.device is Device.OWN and who.has_just_proved(asking.now) and bool(request_site(asking).id)
    )
