"""Sign-in with the school's Microsoft or Google account: OpenID Connect by code, with PKCE, nonce and state.

`begin` gives where to send a browser and what it keeps meanwhile, sealed with the home's secret in a cookie
of ten minutes, SameSite=Lax: nothing is stored here, a restart loses nobody. `finish` asks for the token and
checks it. The provider is asked by the guarded fetcher, within bounds, without redirects. No code, token,
name or id is logged."""

from __future__ import annotations

import json
import logging
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import asdict, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest
from threading import Lock
from typing import Any, TypeAlias
from urllib.parse import urlencode, urlsplit

from data.effects import Fetch
from data.frozen import freeze
from data.types import FetchFailure, Request
from monitor.config.home.context import Context
from monitor.config.model import GOOGLE, GUID, MICROSOFT, SignInSettings
from sources.http.politeness import Limits

_PERSONAL = "9188040d-6c67-4c5b-b112-36a304b66dad"
"""The tenant of everybody's own accounts at Microsoft: nobody's school."""

Claims = Mapping[str, Any]


class SignInRefusal(StrEnum):
    """Why nobody is signed in. Each has its sentence in the catalogue, `desk.refused.…`."""

    STATE = "state"
    EXPIRED = "expired"
    DENIED = "denied"
    CODE = "code"
    SET_UP = "set_up"
    DOWN = "down"
    SIGNATURE = "signature"
    KEY = "key"
    ISSUER = "issuer"
    TENANT = "tenant"
    AUDIENCE = "audience"
    NONCE = "nonce"
    CLOCK = "clock"
    STALE = "stale"
    UNVERIFIED = "unverified"
    NOBODY = "nobody"
    TAKEN = "taken"
    OTHER = "other"


@freeze
class ProvedAccount:
    """An account whose holder signed in, `fresh` if just now; `subject` stays theirs, a name may change."""

    issuer: str
    subject: str
    user_name: str = field(repr=False)
    fresh: bool = False


@freeze
class Microsoft:
    """Microsoft Entra of the school. `tenant` is its number, or a domain of it, in small letters."""

    tenant: str
    authority: str = MICROSOFT
    scope = "openid profile"

    @property
    def discovery(self) -> str:
        """The address at which it says what it is."""
        return f"{self.authority}/{self.tenant}/v2.0/.well-known/openid-configuration"

    def parameters(self, *, fresh: bool) -> dict[str, str]:
        """Asks for the password again where it must be fresh."""
        return {"prompt": "login" if fresh else "select_account"}

    def names(self, issuer: str) -> bool:
        """The tenant's number stands in it; that of a domain is learnt so."""
        number, by_number = self._number(issuer), re.fullmatch(GUID, self.tenant)
        return number not in ("", _PERSONAL) and (number == self.tenant or not by_number)

    def account(self, claims: Claims) -> ProvedAccount | SignInRefusal:
        """By its object id; a guest of the tenant has its name from elsewhere, and is nobody here."""
        tenant, issuer = self._number(claims["iss"]), claims["iss"]
        if (
            claims.get("tid") != tenant
            or tenant not in str(claims.get("idp", tenant))
            or claims.get("acct", 0)
        ):
            return SignInRefusal.TENANT
        return _proved_account(
            issuer, claims.get("oid"), claims.get("preferred_username") or claims.get("upn")
        )

    def _number(self, issuer: str) -> str:
        found = re.fullmatch(f"{re.escape(self.authority)}/({GUID})/v2\\.0", issuer)
        return found[1] if found else ""


@freeze
class Google:
    """Google Workspace of the school, by its domain."""

    domain: str
    authority: str = GOOGLE
    scope = "openid email"

    @property
    def discovery(self) -> str:
        """The address at which it says what it is."""
        return f"{self.authority}/.well-known/openid-configuration"

    def parameters(self, *, fresh: bool) -> dict[str, str]:
        """It asks for no password again, whatever it is asked."""
        return {"hd": self.domain, "prompt": "select_account"}

    def names(self, issuer: str) -> bool:
        """There is one issuer for all."""
        return issuer == self.authority

    def account(self, claims: Claims) -> ProvedAccount | SignInRefusal:
        """By its subject; `hd` says that the school runs the account."""
        if str(claims.get("hd", "")).lower() != self.domain.lower():
            return SignInRefusal.TENANT
        if claims.get("email_verified") is not True:
            return SignInRefusal.UNVERIFIED
        return _proved_account(claims["iss"], claims.get("sub"), claims.get("email"))


Provider: TypeAlias = Microsoft | Google


def provider_of(settings: SignInSettings, authority: str | None = None) -> Provider:
    """The provider that the settings name; `authority` is where it stands, for the tests alone."""
    if settings.provider == "google":
        return Google(settings.domain or "", authority or GOOGLE)
    return Microsoft((settings.tenant or "").lower(), authority or MICROSOFT)


def _proved_account(issuer: str, subject: object, name: object) -> ProvedAccount | SignInRefusal:
    """Return the account: both issuers' names are plain letters, as others could be taken for them."""
    if not (isinstance(subject, str) and subject and isinstance(name, str) and name.isascii() and name):
        return SignInRefusal.NOBODY
    return ProvedAccount(issuer, subject, name.casefold())


log = logging.getLogger("schoolgate.desk")

LIMITS = Limits(
    connect_s=4.0, deadline_s=8.0, max_body_bytes=262_144, max_decompressed_bytes=262_144, max_redirects=0,
    per_host_interval_s=0.0, per_host_concurrency=4,
)  # fmt: skip
"""What one request to a provider may cost: somebody waits."""
RETURN_PATH = "/sign-in/return"
KEPT_FOR = timedelta(minutes=10)
"""So long signing in may take."""
LEEWAY = timedelta(minutes=2)
"""So far the provider's clock and ours may be apart."""
_READ_EVERY, _KEYS_EVERY, _AGAIN_AFTER = timedelta(days=1), timedelta(minutes=1), timedelta(seconds=15)
"""What a provider says of itself is read again each day; its keys, for one that is not known, at most each
minute; what could not be read, after a quarter of one."""
_ALGORITHMS = ("RS256", "ES256")
_AT_FAULT = {
    **dict.fromkeys(("exp", "nbf", "iat"), SignInRefusal.CLOCK),
    "iss": SignInRefusal.ISSUER,
    "aud": SignInRefusal.AUDIENCE,
    "azp": SignInRefusal.AUDIENCE,
    "nonce": SignInRefusal.NONCE,
}
"""By the claim that is not as it should be."""
_BY_ERROR = {
    **dict.fromkeys(
        ("access_denied", "login_required", "consent_required", "interaction_required"), SignInRefusal.DENIED
    ),
    **dict.fromkeys(("server_error", "temporarily_unavailable"), SignInRefusal.DOWN),
    "invalid_grant": SignInRefusal.CODE,
}
"""By the “error” of OAuth 2 (RFC 6749 §4.1.2.1 and §5.2); any other is of how the sign-in was set up."""


@freeze
class Begun:
    """The beginning of a sign-in: where to send the browser, and what it keeps meanwhile."""

    url: str
    kept: str = field(repr=False)


@freeze
class _Attempt:
    """One sign-in under way; `fresh` where it is the second check."""

    began: int
    fresh: bool
    state: str
    nonce: str
    verifier: str


class _Refused(Exception):
    def __init__(self, refusal: SignInRefusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.value)


@freeze
class _OidcClient:
    """The client that is registered at the provider."""

    provider: Provider
    client_id: str
    secret: str = field(repr=False)
    redirect_uri: str


def redirect_uri(base_url: str) -> str:
    """The address to be registered at the provider."""
    return base_url.rstrip("/") + RETURN_PATH


class OidcSignIn:
    """Signing in at the provider that the settings name; thread-safe. `context` is asked at every step;
    `draw` gives what nobody can guess, `authority` is for the tests."""

    def __init__(
        self, context: Callable[[], Context], fetch: Fetch, draw: Callable[[], str] = secrets.token_urlsafe,
        authority: str | None = None,
    ) -> None:  # fmt: skip
        self._context, self._fetch, self._draw, self._authority = context, fetch, draw, authority
        self._lock, self._held = Lock(), dict[str, tuple[datetime, dict[str, Any]]]()
        self._taken: dict[str, datetime] = {}

    def begin(self, now: datetime, *, fresh: bool = False) -> Begun | SignInRefusal:
        """Begins a sign-in; a `fresh` one proves that whoever it is signed in within ten minutes."""
        try:
            client = self._client()
            goes_to = str(self._discover(client, now)["authorization_endpoint"])
        except _Refused as refused:
            return _log_refusal(refused.refusal)
        attempt = _Attempt(int(now.timestamp()), fresh, self._draw(), self._draw(), self._draw())
        challenge = urlsafe_b64encode(sha256(attempt.verifier.encode()).digest()).decode().rstrip("=")
        asked = {
            "response_type": "code",
            "client_id": client.client_id,
            "redirect_uri": client.redirect_uri,
            "scope": client.provider.scope,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            **client.provider.parameters(fresh=fresh),
        }
        if fresh:
            asked |= {"max_age": "0", "claims": '{"id_token":{"auth_time":{"essential":true}}}'}
        kept = self._context().links.seal("sign-in", json.dumps(asdict(attempt)).encode())
        return Begun(f"{goes_to}?{urlencode(asked)}", kept)

    def finish(self, kept: str, query: Mapping[str, str], now: datetime) -> ProvedAccount | SignInRefusal:
        """Find whose account it is, by what the browser kept and came back with."""
        try:
            opened = self._context().links.unseal("sign-in", kept)
            if opened is None:
                raise _Refused(SignInRefusal.STATE)
            attempt = _Attempt(**json.loads(opened))
            if not compare_digest(attempt.state.encode(), query.get("state", "").encode()):
                raise _Refused(SignInRefusal.STATE)
            if not 0 <= now.timestamp() - attempt.began <= KEPT_FOR.total_seconds():
                raise _Refused(SignInRefusal.EXPIRED)
            with self._lock:
                self._taken = {each: at for each, at in self._taken.items() if now - at <= KEPT_FOR}
                if attempt.state in self._taken:
                    raise _Refused(SignInRefusal.STATE)
                self._taken[attempt.state] = now
            if "error" in query or "code" not in query:
                raise _Refused(_BY_ERROR.get(query.get("error", ""), SignInRefusal.SET_UP))
            client = self._client()
            said = self._discover(client, now)
            token = self._token(client, said, attempt, query["code"])
            claims = self._claims(token, client, said, attempt, now)
            found = client.provider.account(claims)
        except _Refused as refused:
            return _log_refusal(refused.refusal)
        if isinstance(found, SignInRefusal):
            return _log_refusal(found)
        return replace(found, fresh=attempt.fresh)

    def offered_provider(self) -> str | None:
        """Return the provider that one may sign in at; None where none is set up."""
        config = self._context().config
        return config.sign_in.provider if config.sign_in and config.sign_in_secret else None

    def _client(self) -> _OidcClient:
        config = self._context().config
        found, secret = config.sign_in, config.sign_in_secret
        if found is None or found.client_id is None or secret is None or config.base_url is None:
            raise _Refused(SignInRefusal.SET_UP)
        provider = provider_of(found, self._authority)
        return _OidcClient(
            provider, found.client_id, secret.get_secret_value(), redirect_uri(config.base_url)
        )

    def _discover(self, client: _OidcClient, now: datetime) -> dict[str, Any]:
        """Read what the provider says of itself: that it is the school's; addresses as private as its own."""
        said = self._read_document(client.provider.discovery, now, _READ_EVERY)
        if not client.provider.names(str(said.get("issuer"))):
            raise _Refused(SignInRefusal.ISSUER)
        own = urlsplit(client.provider.discovery).scheme
        ends = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        if not all(str(said.get(end)).startswith(f"{own}://") for end in ends):
            raise _Refused(SignInRefusal.DOWN)
        return said

    def _token(self, client: _OidcClient, said: Mapping[str, Any], attempt: _Attempt, code: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": client.redirect_uri,
            "client_id": client.client_id,
            "client_secret": client.secret,
            "code_verifier": attempt.verifier,
        }
        headers = (("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json"))
        asked = Request(str(said["token_endpoint"]), "POST", headers, urlencode(form).encode())
        given = self._answer(asked)
        if not given:
            raise _Refused(SignInRefusal.DOWN)
        if "error" in given:
            raise _Refused(_BY_ERROR.get(str(given["error"]), SignInRefusal.SET_UP))
        return str(given.get("id_token", ""))

    def _claims(
        self, token: str, client: _OidcClient, said: Mapping[str, Any], attempt: _Attempt, now: datetime
    ) -> Claims:
        """Return what a token says that is the provider's, for us, of this attempt, and of now."""
        # late: 50 ms and 20 MB, which a start does without
        from joserfc import jws, jwt
        from joserfc.errors import ClaimError, JoseError

        at = int(now.timestamp())
        registry = jwt.JWTClaimsRegistry(
            at,
            int(LEEWAY.total_seconds()),
            exp={"essential": True},
            iat={"essential": True},
            iss={"essential": True, "value": said["issuer"]},
            aud={"essential": True, "value": client.client_id},
            nonce={"essential": True, "value": attempt.nonce},
        )
        try:
            key = self._key(
                jws.extract_compact(token.encode()).headers().get("kid"), str(said["jwks_uri"]), now
            )
            claims = jwt.decode(token, key, algorithms=_ALGORITHMS).claims
            registry.validate(claims)
        except ClaimError as error:
            at_fault = _AT_FAULT.get(error.claim.partition(",")[0], SignInRefusal.SIGNATURE)
            raise _Refused(at_fault) from None
        except (JoseError, ValueError, TypeError, KeyError):  # the last three of what is no key or token
            raise _Refused(SignInRefusal.SIGNATURE) from None
        alone = claims["aud"] in (client.client_id, [client.client_id])
        if not alone or claims.get("azp", client.client_id) != client.client_id:
            raise _Refused(SignInRefusal.AUDIENCE)
        if attempt.fresh and not _is_fresh(claims.get("auth_time"), attempt.began, at):
            raise _Refused(SignInRefusal.STALE)
        return claims

    def _key(self, kid: object, at: str, now: datetime) -> Any:
        """The provider's key of that name, once more looked for where it is not known: keys change."""
        from joserfc import jwk  # late: as above

        for within in (_READ_EVERY, _KEYS_EVERY):
            keys = self._read_document(at, now, within).get("keys")
            named = (key for key in keys if isinstance(key, dict)) if isinstance(keys, list) else ()
            for key in named:
                if key.get("kid") == kid and kid and key.get("kty") in ("RSA", "EC"):
                    return jwk.import_key(key)
        raise _Refused(SignInRefusal.KEY)

    def _read_document(self, url: str, now: datetime, within: timedelta) -> dict[str, Any]:
        """Read the document at that address: as it was read last or, where that is longer ago, now."""
        at, said = self._held.get(url, (None, {}))
        if at is None or not timedelta() <= now - at < (within if _holds(said) else _AGAIN_AFTER):
            new = self._answer(Request(url))  # nobody waits for another: who comes meanwhile asks too
            said = new if _holds(new) or not _holds(said) else said
            self._held[url] = now, said
        if not said:
            raise _Refused(SignInRefusal.DOWN)
        return said

    def _answer(self, request: Request) -> dict[str, Any]:
        """Return what the provider says, also where it refuses (by an “error”); else nothing."""
        got = self._fetch(request)
        answer = got.answer if isinstance(got, FetchFailure) else got
        try:
            found = json.loads(answer.body) if answer else {}
        except (ValueError, RecursionError):
            found = {}
        said = isinstance(found, dict) and ("error" in found or not isinstance(got, FetchFailure))
        return found if said else {}


def _holds(said: Mapping[str, Any]) -> bool:
    return bool(said) and "error" not in said


def _is_fresh(auth_time: object, began: int, now: int) -> bool:
    """Did its person sign in there since it was asked for, and not before? A provider may not have asked."""
    apart = LEEWAY.total_seconds()
    return isinstance(auth_time, int) and began - apart <= auth_time <= now + apart


def _log_refusal(refusal: SignInRefusal) -> SignInRefusal:
    log.warning("sign_in=account refused=%s", refusal.value)
    return refusal
