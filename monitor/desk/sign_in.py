"""Signing in: by a code of six figures, by mail, typed into the page that asked for it; by the day’s code, a
passkey or an account. Passkeys are made and removed on a page of their own."""

from __future__ import annotations

import hmac
import json
import secrets
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from threading import Lock
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.responses import Response

from alerts.access.offices import administers
from alerts.layout.note import mails
from alerts.notices.upkeep import CODE_LIFE, code_message, passkey_note
from data.frozen import freeze
from data.letters import plain_address
from data.people import schools_of
from data.steps.acts import Refused
from data.store import service
from data.store.engine.connect import Connection
from data.store.outbox import put_outbox
from data.store.service import Device, LinkedAccount, Passkey
from data.types import OutboxMessage, Person
from data.web.urls import visible
from monitor.act import ways_in
from monitor.desk.matter.page import Ask, Codes, CodeState
from monitor.desk.oidc import KEPT_FOR, OidcSignIn, ProvedAccount, SignInRefusal
from monitor.desk.page import (
    DeskRequest,
    Strangers,
    begin_by_day_code,
    begin_session,
    browser_mark,
    keep_cookie,
    keep_mark,
    led_to,
    set_cookie,
    shown_to_visitor,
    stored_addresses,
    url_origin,
    way_back,
)
from monitor.desk.pages.today import landing_address

# Making a passkey and proving by one who somebody is: what a browser is asked, and whether its answer is
# right. The library is loaded at the first use.

GOOD_FOR = timedelta(minutes=5)
_MOST_USED = 20_000
_BEGAN, _TICK = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)
_CLOCK = struct.Struct(">Q")
_SITE_NAME = "Schoolgate"
_MALFORMED = (ValueError, KeyError, TypeError, IndexError, AttributeError, struct.error)
"""What the library raises, beside its own, for what no browser sends."""


@freeze
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


@freeze
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
        return self._page(asking, service.credentials_of(con, asking.person.id))

    def take(self, asking: DeskRequest) -> Response:
        """Makes one, or removes one."""
        person, form = asking.person, asking.form
        became = self._keep_passkey(asking) if form["do"] == "make" else ""
        with asking.store.write("a passkey") as con:
            if form["do"] == "remove":
                gone = service.remove(con, person.id, person.id, asking.now, form["passkey"])
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
        answer, people = asking.form["credential"], asking.config.people
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
        answer = form["credential"]
        found = self._ceremonies.check_new_passkey(request_site(asking), asking.token, answer, asking.now)
        if found is None:
            return "wrong"
        name = " ".join(form["name"].split())[:_LONGEST_NAME] or asking.w("passkeys.unnamed")
        passkey = Passkey(
            *(found.id, who.person.id, who.session.address_hash, found.key, found.signed, name, asking.now)
        )
        with asking.store.write("a passkey") as con:
            if len(service.credentials_of(con, who.person.id)) >= _MOST:
                return "many"
            if not service.add_passkey(con, passkey):
                return "wrong"
            school = schools_of(who.person, asking.config.schools)[0]
            note, key = passkey_note(school, passkey.name), ("passkey", passkey.id)
            notices = mails(note, [who.person], school.urn, "account", key, asking.now, _TOLD_WITHIN)
            put_outbox(con, list(notices), asking.now)
        return "made"

    def _page(self, asking: DeskRequest, had: list[Passkey], became: str = "") -> Response:
        who, zone, w = asking.signed_in, asking.zone, asking.w
        options = ""
        if _may_make(asking):
            user = asking.links.keyed_hash("passkey", who.person.id, who.session.address_hash)
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
            to=way_back(asking.form["to"] or asking.query["to"]),
            first="first" in asking.query,
        )


def request_site(asking: DeskRequest) -> Site:
    return Site(asking.links.base_url or "")


def _may_make(asking: DeskRequest) -> bool:
    who, site = asking.signed_in, request_site(asking)
    return who.session.device is Device.OWN and who.has_just_proved(asking.now) and bool(site.id)


_PASSKEY = "passkey"
"""What the button of a passkey sends."""
SendSoon = Callable[[OutboxMessage], object]
"""Has a mail handed over soon, and does not wait for it: a mail takes longer than none."""


def device_of(said: str | None) -> service.Device:
    """Tell whose a browser is, by the answer given: everybody's, unless it is said to be theirs alone."""
    return service.Device.OWN if said == service.Device.OWN else service.Device.SHARED


@freeze
class _Asker:
    """The person whom a code is asked for; counted by a browser that knew them or a stranger's host."""

    person: Person | None
    holder: bytes
    source: str
    stranger: bool


class CodeDesk:
    """Sends codes, takes them, and signs people in and out."""

    def __init__(
        self, send_soon: SendSoon, accounts: OidcSignIn | None, strangers: Strangers | None,
        passkeys: PasskeyDesk,
    ) -> None:  # fmt: skip
        self._send_soon, self._codes, self._accounts = send_soon, Codes(), accounts
        self._strangers, self._passkeys = strangers or Strangers(), passkeys

    def show(self, asking: DeskRequest, con: Connection) -> Response:
        """The page that asks who it is; signed in, the one that asks for a new code."""
        return self._page(asking, con, CodeState.NONE)

    def take(self, asking: DeskRequest) -> Response:
        """Sends a code, or takes the one that was typed."""
        if asking.form["do"] == Ask.SEND:
            return self._sends(asking)
        if asking.form["do"] == _PASSKEY:
            if asking.who is None and not self._strangers.may_prove(asking.host, asking.now):
                return self._answer(asking, CodeState.OFTEN)
            if person := self._passkeys.prove(asking):
                return self._signs_in(asking, person)
            return self._answer(asking, CodeState.NONE, wrong=True)
        asker = self._asker(asking)
        typed = "".join(asking.form["code"].split())
        if len(typed) == ways_in.FIGURES:
            return self._takes_paper(asking, asker, typed)
        state = self._try_code(asking, asker)
        if state is not CodeState.RIGHT or asker.person is None:
            return self._answer(asking, CodeState.WRONG if state is CodeState.RIGHT else state)
        return self._signs_in(asking, asker.person)

    def _try_code(self, asking: DeskRequest, asker: _Asker) -> CodeState:
        browser, now = asking.kept["sign-in"], asking.now
        if asker.stranger and not self._strangers.may_type(asking.host, now):
            return CodeState.OFTEN
        waits = self._codes.waits(asker.holder, browser, now)
        state = self._codes.try_code(asker.holder, browser, asking.form["code"], now)
        if asker.stranger and waits and state is not CodeState.RIGHT:
            self._strangers.note_guess(asking.host, now)
        return state

    def _takes_paper(self, asking: DeskRequest, asker: _Asker, code: str) -> Response:
        """Signs in whoever typed a code on paper of theirs; of nobody's, one is looked for all the same."""
        if asker.stranger and not self._strangers.may_type(asking.host, asking.now):
            return self._answer(asking, CodeState.OFTEN)
        hashed = ways_in.code_hash(asking.links, asker.person, code)
        with asking.store.open_reader() as con:
            found = service.find_code(con, hashed, asking.now)
        if found is not None and asker.person is not None:
            return self._signs_in(asking, asker.person, hashed)
        if asker.stranger:
            self._strangers.note_guess(asking.host, asking.now)
        return self._answer(asking, CodeState.WRONG)

    def _signs_in(self, asking: DeskRequest, person: Person, paper: str | None = None) -> Response:
        device = asking.who.session.device if asking.who else device_of(asking.form["device"])
        device = device.by_paper if paper is not None else device
        with asking.store.write("a sign-in") as con:
            if paper and not ways_in.use_sheet_code(con, asking.context, person, paper, asking.now):
                return self._answer(asking, CodeState.WRONG)
            kept = begin_session(con, person, device, asking.now, asking.who, had=asking.kept["desk"])
            able = device is service.Device.OWN and asking.form["able"] == "1" and asking.who is None
            offers = able and not (browser_mark(asking, person) or service.credentials_of(con, person.id))
            to = landing_address(asking, con, person, way_back(asking.form.get("to", "/")))
        answer = led_to(f"{PATH}?{urlencode({'first': '1', 'to': to})}" if offers else to)
        keep_cookie(answer, asking.links.base_url, kept, device)
        keep_mark(answer, asking, person)
        return answer

    def _sends(self, asking: DeskRequest) -> Response:
        if asking.context.codes_by in ("none", "unset"):
            return self._answer(asking, CodeState.SENT)
        asker = self._asker(asking)
        person = asker.person
        often = asker.stranger and not self._strangers.may_ask(asking.host, asking.now)
        made = None if often else self._codes.new(asker.holder, asking.now, asker.source)
        if made is None:
            return self._answer(asking, CodeState.OFTEN)
        browser, code = made
        if person is not None:
            school, zone = schools_of(person, asking.config.schools)[0], asking.zone
            self._send_soon(code_message(school, person, code, asking.now, zone, "desk.code"))
        answer = self._answer(asking, CodeState.SENT)
        life = int(CODE_LIFE.total_seconds())
        set_cookie(answer, asking.links.base_url, "sign-in", browser, life)
        return answer

    def _asker(self, asking: DeskRequest) -> _Asker:
        """The person meant, where the settings name them at a school, and against what their codes count."""
        if asking.who is not None:
            return _Asker(asking.who.person, asking.who.person.id.encode(), "", stranger=False)
        typed, config = plain_address(asking.form["address"]).strip().casefold(), asking.config
        found = [p for p in config.people if p.email and p.email.casefold() == typed]
        known = len(found) == 1 and bool(schools_of(found[0], config.schools))
        person, holder = found[0] if known else None, sha256(typed.encode()).digest()
        if mark := browser_mark(asking, person):
            return _Asker(person, holder + b"known", mark.hex(), stranger=False)
        return _Asker(person, holder, asking.host, stranger=True)

    def _answer(self, asking: DeskRequest, state: CodeState, *, wrong: bool = False) -> Response:
        with asking.store.open_reader() as con:
            return self._page(asking, con, state, wrong=wrong)

    def _page(
        self, asking: DeskRequest, con: Connection, state: CodeState, *, wrong: bool = False
    ) -> Response:
        sent = state in (CodeState.SENT, CodeState.WRONG)
        refused = state not in (CodeState.NONE, CodeState.SENT)
        offered = self._accounts.offered_provider() if self._accounts else None
        return shown_to_visitor(
            asking,
            "sign_in.html",
            403 if refused or wrong else 200,
            state=state.value,
            sent=sent,
            by=asking.context.codes_by,
            address=asking.form["address"].strip(),
            device=device_of(asking.form["device"]).value,
            to=way_back(asking.form["to"] or asking.query.get("to", "/")),
            account=None if asking.who and offered == "google" else offered,
            passkey=partial(self._passkeys.options, asking, con),
            wrong_passkey=wrong,
            able="1" if asking.form["able"] == "1" else "",
            refused=next((each.value for each in SignInRefusal if each == asking.query["refused"]), None),
        )

    def ask_to_sign_out(self, asking: DeskRequest, con: Connection) -> Response:
        """The page with the button, for whoever came by the address."""
        return asking.render("sign_out.html", others=administers(asking.person))

    def sign_out(self, asking: DeskRequest) -> Response:
        """Signs this browser out, or, where they ask it, every browser of theirs."""
        who = asking.signed_in
        with asking.store.write("a sign-out") as con:
            if asking.form["do"] == "all" and not who.is_guest:
                service.end_all(con, who.person.id, who.person.id, asking.now)
            else:
                service.end(con, who.session, asking.now)
        answer = led_to("/sign-in")
        set_cookie(answer, asking.links.base_url, "desk", "", 0)
        # not "cookies": the mark of a browser in which somebody signed in stays
        answer.headers["Clear-Site-Data"] = '"cache", "storage"'
        return answer


# Coming in by the code of the day, to tell what one saw and to nothing else; and the page of whoever tells it
# to colleagues without an address, or changes it where it got about.


class DayCodeDesk:
    """Takes the code of the day; wrong ones count as wrong ones by mail do."""

    def __init__(self, strangers: Strangers) -> None:
        self._strangers = strangers

    def show(self, asking: DeskRequest, con: Connection) -> Response:
        """The page that asks for it."""
        return _page(asking, CodeState.NONE)

    def take(self, asking: DeskRequest) -> Response:
        """Lets whoever typed it in to tell, on a device that others use."""
        if not self._strangers.may_type(asking.host, asking.now):
            return _page(asking, CodeState.OFTEN)
        context, typed = asking.context, asking.form["code"]
        with asking.store.open_reader() as con:
            school = ways_in.school_of_code(con, context, typed, asking.now)
        if school is None:
            self._strangers.note_guess(asking.host, asking.now)
            return _page(asking, CodeState.WRONG)
        with asking.store.write("a sign-in") as con:
            if before := service.find_session(con, asking.kept["desk"], asking.now):
                service.end(con, before, asking.now)
            kept = begin_by_day_code(con, context, school, asking.now)
        answer = led_to("/tell")
        keep_cookie(answer, context.links.base_url, kept, service.Device.SHARED)
        return answer


def _page(asking: DeskRequest, state: CodeState) -> Response:
    status = 200 if state is CodeState.NONE else 403
    return shown_to_visitor(asking, "tell_code.html", status, state=state.value)


def show_day_code(asking: DeskRequest, con: Connection) -> Response:
    """Today's code of each of their schools."""
    who, zone, w = asking.signed_in, asking.zone, asking.w
    codes = ways_in.codes_today(con, asking.context, asking.now)
    half = ways_in.LENGTH // 2
    view = [(s.urn, s.name, f"{codes[s.urn][:half]} {codes[s.urn][half:]}") for s in who.schools]
    return asking.render(
        "day_code.html",
        codes=view,
        day=w.full_day(asking.now.astimezone(zone).date()),
        address=f"{asking.links.base_url}/tell".partition("://")[2],
        changed="changed" in asking.query,
    )


def change_day_code(asking: DeskRequest) -> Response:
    """Changes that of one of their schools; whoever came in by it is out."""
    who, urn = asking.signed_in, asking.form["school"]
    if urn in [s.urn for s in who.schools]:
        with asking.store.write("the code of the day") as con:
            service.change_code(con, urn, who.person.id, asking.now)
    return led_to("/code?changed=1")


# The sealed sheet of codes of whoever is signed in: whether they have one, and a new one, shown once.


def show_code_sheet(asking: DeskRequest, con: Connection) -> Response:
    """Say whether they have one, since when, and how much of it is used."""
    w, codes = asking.w, service.codes_of(con, asking.person.id, asking.now)
    said = w("ways.sheet.none")
    if codes:
        first, used = codes[0], sum(code.used_at is not None for code in codes)
        day, until = (w.full_day(at, asking.zone) for at in (first.printed_at, first.ends_at))
        said = w("ways.sheet.made", day=day, until=until, used=used, n=len(codes))
    return asking.render("sheet.html", said=said, has=bool(codes), made=None, wrong="")


def take_code_sheet(asking: DeskRequest) -> Response:
    """Make one, and show it this once, to who has just proved who they are."""
    if not asking.signed_in.has_just_proved(asking.now):
        return led_to("/check?to=/sheet")
    config, person, w = asking.config, asking.person, asking.w
    done = ways_in.make_sheet(asking.store, asking.context, person, asking.now)
    if isinstance(done, Refused):
        return asking.render("sheet.html", 403, made=None, wrong=done.reason)
    with asking.store.open_reader() as con:
        until = service.codes_of(con, person.id, asking.now)[0].ends_at
    day, last = (w.full_day(config.day_of(at)) for at in (asking.now, until))
    address = (config.base_url or "").partition("://")[2]
    made = {
        "name": person.name,
        "until": w("ways.sheet.until", day=day, until=last),
        "how": w("ways.sheet.how", address=address or w("ways.sheet.here")),
        "codes": [f"{code[:4]} {code[4:8]} {code[8:]}" for code in done.made],
    }
    return asking.render("sheet.html", made=made)


# Signing in with an account: whose it is goes by its name the first time, by its id from then on.


def account_person(
    con: Connection, account: ProvedAccount, people: Sequence[Person], now: datetime
) -> Person | SignInRefusal:
    """Find the person whose account that is; learn it where exactly one has its name and no account yet: for
    as long as the settings have that person under that name, as an id may be somebody else's next year."""
    known = service.find_account(con, account.issuer, account.subject)
    if found := next((each for each in people if known and _holds(known, each)), None):
        return found
    named = [person for person in people if _user_name(person) == account.user_name]
    if len(named) != 1:
        return SignInRefusal.NOBODY
    other = service.find_of(con, account.issuer, named[0].id)
    if other is not None and _holds(other, named[0]):
        return SignInRefusal.TAKEN
    learnt = LinkedAccount(account.issuer, account.subject, named[0].id, account.user_name, now)
    service.link(con, learnt)
    return named[0]


class AccountDesk:
    """Sends a browser to where its account signs in, and takes it back."""

    def __init__(self, accounts: OidcSignIn | None) -> None:
        self._accounts = accounts

    def go(self, asking: DeskRequest) -> Response:
        """The way there; for somebody who is signed in, or wants what is restricted, to prove it anew."""
        to, device = way_back(asking.query.get("to", "/")), device_of(asking.query["device"])
        if self._accounts is None:
            return _refused_account(asking, SignInRefusal.SET_UP, to)
        begun = self._accounts.begin(asking.now, fresh=asking.who is not None or "fresh" in asking.query)
        if isinstance(begun, SignInRefusal):
            return _refused_account(asking, begun, to)
        answer = led_to(begun.url)
        kept, life = f"{begun.kept}:{device.value}:{to}", int(KEPT_FOR.total_seconds())
        set_cookie(answer, asking.links.base_url, "account", kept, life)
        return answer

    def come_back(self, asking: DeskRequest) -> Response:
        """Signs in whoever comes back with what was kept, or says why not; nothing is kept then."""
        kept, device, to = [*asking.kept["account"].split(":", 2), "", ""][:3]
        answer = self._took_back(asking, kept, device_of(device), way_back(to))
        set_cookie(answer, asking.links.base_url, "account", "", 0)
        return answer

    def _took_back(self, asking: DeskRequest, kept: str, device: service.Device, to: str) -> Response:
        who, config = asking.who, asking.config
        if self._accounts is None:
            return _refused_account(asking, SignInRefusal.SET_UP, to)
        found = self._accounts.finish(kept, asking.query, asking.now)
        if isinstance(found, SignInRefusal):
            return _refused_account(asking, found, to)
        with asking.store.write("a sign-in") as con:
            person = account_person(con, found, config.people, asking.now)
            if isinstance(person, Person) and not schools_of(person, config.schools):
                person = SignInRefusal.NOBODY
            if isinstance(person, Person) and who is not None and who.person.id != person.id:
                person = SignInRefusal.OTHER
            if isinstance(person, SignInRefusal):
                return _refused_account(asking, person, to)
            device = who.session.device if who else device
            account = _user_name(person)
            begin = partial(begin_session, con, person, device, asking.now, who)
            token = begin(account=account, fresh=found.fresh, had=asking.kept["desk"])
            answer = led_to(landing_address(asking, con, person, to))
        keep_cookie(answer, asking.links.base_url, token, device)
        keep_mark(answer, asking, person)
        return answer


def _refused_account(asking: DeskRequest, refusal: SignInRefusal, to: str) -> Response:
    page = "/check" if asking.who else "/sign-in"
    return led_to(f"{page}?{urlencode({'refused': refusal.value, 'to': to})}")


def _holds(known: LinkedAccount, person: Person) -> bool:
    return known.person_id == person.id and known.user_name == _user_name(person)


def _user_name(person: Person) -> str | None:
    name = person.account or person.email
    return name and name.casefold()
