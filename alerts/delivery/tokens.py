"""Tokens of Microsoft 365 for an application of the school's own (client credentials, by msal).

One lies in a file that only the account of Schoolgate can read, until it runs out or is refused. Neither it
nor the secret is ever logged, nor in what is told of a failure: that is a cause, and Microsoft's number
(learn.microsoft.com/entra/identity-platform/reference-error-codes, read in November 2026).
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from alerts.delivery.results import Cause, Result, SendOutcome, Unready
from alerts.delivery.web import Broken, WebAccess, WebAnswer, ask

AUTHORITY = "https://login.microsoftonline.com"
SMTP_SCOPE = "https://outlook.office365.com/.default"
GRAPH_SCOPE = "https://graph.microsoft.com/.default"
TOKEN_S = 30.0
"""How long asking for one may take in all."""
_RENEWED = timedelta(minutes=5)
"""So long before it runs out a token is no longer used."""
_LONGEST = timedelta(hours=24)
"""No token is used for longer, whatever is said of it."""
_NUMBERS_END = 10**9
_PEM = re.compile(r"-----BEGIN ([A-Z ]+)-----.+?-----END \1-----", re.DOTALL)

_BY_NUMBER = {
    **dict.fromkeys((7000215, 7000216, 7000218, 700027), Cause.APP_SECRET),
    7000222: Cause.APP_EXPIRED,
    **dict.fromkeys((700016, 7000112), Cause.APP_UNKNOWN),
    **dict.fromkeys((90002, 900021, 900023, 50059), Cause.TENANT_UNKNOWN),
    **dict.fromkeys((500011, 70011, 1002012, 65001), Cause.APP_NO_RIGHT),
    90033: Cause.BUSY,
}
"""By the number of the first error. Microsoft may change these, so what is not here goes by its kind."""
_BY_KIND = {
    "invalid_client": Cause.APP_SECRET,
    "unauthorized_client": Cause.APP_UNKNOWN,
    "invalid_tenant": Cause.TENANT_UNKNOWN,
    "invalid_scope": Cause.APP_NO_RIGHT,
    "invalid_resource": Cause.APP_NO_RIGHT,
    "temporarily_unavailable": Cause.BUSY,
}
"""By the “error” of OAuth 2 (RFC 6749 §5.2)."""


@dataclass(frozen=True, slots=True)
class Application:
    """What is registered in the school's Microsoft Entra, and what it proves itself by: one of the two."""

    tenant: str
    client_id: str
    scope: str
    secret: str | None = field(default=None, repr=False)
    certificate: Path | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """A token; `fresh` where it was asked for just now."""

    value: str = field(repr=False)
    fresh: bool


class Tokens:
    """Tokens for one application: from the file, else asked for and kept there; without one, in memory alone.

    `keep` writes a file for its owner alone, whole or not at all.
    """

    def __init__(
        self,
        application: Application,
        file: Path | None,
        web: WebAccess,
        clock: Callable[[], datetime],
        keep: Callable[[Path, bytes], None] | None = None,
    ) -> None:
        self._application, self._file, self._web = application, file, web
        self._clock, self._keep = clock, keep
        self._held, self._refused = "", ""

    def token(self, within_s: float = TOKEN_S) -> Token:
        """One that holds for a while yet. Raises Unready where Microsoft gives none."""
        kept = self._kept()
        return Token(kept, fresh=False) if kept else self._new(within_s)

    def throw_away(self, token: Token) -> None:
        """Forgets one that was refused, also where its file cannot be deleted."""
        self._refused = token.value
        if self._file is not None:
            with suppress(OSError):
                self._file.unlink(missing_ok=True)

    def _kept(self) -> str | None:
        try:
            held = json.loads(self._file.read_text(encoding="utf-8") if self._file else self._held)
            value, until = held["token"], datetime.fromisoformat(held["until"])
            left = until - self._clock()
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None
        ours = held.get("for") == self._name and isinstance(value, str) and value != self._refused
        return value if ours and _RENEWED < left <= _LONGEST else None

    def _new(self, within_s: float) -> Token:
        value, lives = _asked(self._application, self._web, self._clock(), within_s)
        until = self._clock() + lives
        self._held = json.dumps({"for": self._name, "token": value, "until": until.isoformat()})
        try:
            if self._file is not None and self._keep is not None:
                self._keep(self._file, self._held.encode())
        except OSError as error:
            logging.getLogger("schoolgate.delivery").warning("token not kept: %s", type(error).__name__)
        return Token(value, fresh=True)

    @property
    def _name(self) -> str:
        """Whose token it is: of this application, for this purpose."""
        of = self._application
        return sha256("\n".join((of.tenant, of.client_id, of.scope)).encode()).hexdigest()


def _asked(application: Application, web: WebAccess, now: datetime, within_s: float) -> tuple[str, timedelta]:
    """A new token, and for how long it holds. Raises Unready."""
    line = _Line(web, time.monotonic() + within_s)
    given: Any = None
    lives = timedelta(0)
    proof = _proof(application, now)
    try:
        client = _msal().ConfidentialClientApplication(
            application.client_id, proof, f"{AUTHORITY}/{application.tenant}", http_client=line,
            instance_discovery=False, azure_region=False,
        )  # fmt: skip
        given = client.acquire_token_for_client([application.scope])
        lives = timedelta(seconds=min(int(given.get("expires_in") or 0), _LONGEST.total_seconds()))
    except Broken as broken:
        raise Unready(Result(SendOutcome.RETRY, broken.cause)) from None
    except Exception:  # noqa: BLE001 - its words may hold what it was given; the answer itself tells why
        given = None
    value = given.get("access_token") if isinstance(given, dict) else None
    if isinstance(value, str) and value.isascii() and value:
        return value, lives
    raise Unready(_refused(line.last, now))


@cache
def _msal() -> Any:
    """Imported late, and silent from then on: it logs what it cannot read, which may hold a token."""
    import msal

    heard = logging.getLogger("msal")
    heard.addHandler(logging.NullHandler())
    heard.propagate = False
    return msal


def _proof(application: Application, now: datetime) -> str | dict[str, str]:
    """What msal is given as proof. Raises Unready where it is missing, no key, or has run out."""
    if application.secret:
        return application.secret
    try:
        held = application.certificate.read_text(encoding="ascii") if application.certificate else ""
        return _key_and_certificate(held, now)
    except (OSError, ValueError):
        raise Unready(Result(SendOutcome.RETRY, Cause.NO_SECRET)) from None


def _key_and_certificate(pem: str, now: datetime) -> dict[str, str]:
    """Raises ValueError where it does not hold both, or the key wants a password or is not RSA."""
    # late: 30 ms and 16 MB, for those alone who sign in with a certificate
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    blocks = {found[1]: found[0] for found in reversed(list(_PEM.finditer(pem)))}
    key = next((block for name, block in blocks.items() if "PRIVATE" in name), "")
    certificate = blocks.get("CERTIFICATE", "")
    try:
        known = isinstance(load_pem_private_key(key.encode(), None), RSAPrivateKey)
    except Exception:  # noqa: BLE001 - it wants a password, or is of a kind that OpenSSL itself gives up on
        known = False
    if not known:
        raise ValueError
    if x509.load_pem_x509_certificate(certificate.encode()).not_valid_after_utc <= now:
        raise Unready(Result(SendOutcome.RETRY, Cause.APP_EXPIRED))
    return {"private_key": key, "public_certificate": certificate}


class _Line:
    """msal's way to the web; `last` is the answer that came last."""

    def __init__(self, web: WebAccess, ends_at: float) -> None:
        self.last: WebAnswer | None = None
        self._web, self._ends_at = web, ends_at

    def get(self, url: str, **given: Any) -> WebAnswer:
        return self._ask("GET", url, given)

    def post(self, url: str, **given: Any) -> WebAnswer:
        return self._ask("POST", url, given)

    def _ask(self, method: str, url: str, given: dict[str, Any]) -> WebAnswer:
        """The secret goes to Microsoft's own address, whatever an answer said before. Headers that tell of
        this machine, or of what was asked before, are left out.
        """
        if not url.startswith(f"{AUTHORITY}/"):
            raise Broken(Cause.NOT_MICROSOFT, handed_over=False)
        named = given.get("headers") or {}
        headers = {k: v for k, v in named.items() if not k.lower().startswith("x-client-")}
        self.last = ask(
            self._web, method, url, headers=headers, data=given.get("data"), ends_at=self._ends_at
        )
        return self.last


def _refused(answer: WebAnswer | None, now: datetime) -> Result:
    """Why there is no token, by the last answer."""
    if answer is None:
        return Result(SendOutcome.RETRY, Cause.OURS)
    said, status = answer.document, answer.status_code
    if status == 429 or status >= 500:
        return Result(SendOutcome.RETRY, Cause.BUSY, str(status), answer.wait_s(now))
    if said is None or "error" not in said:
        return Result(SendOutcome.RETRY, Cause.NOT_MICROSOFT, str(status))
    number, kind = _number(said), str(said["error"])
    cause = _BY_NUMBER.get(number) or _BY_KIND.get(kind, Cause.TOKEN_REFUSED)
    code = f"AADSTS{number}" if number else kind if re.fullmatch("[a-z_]{1,40}", kind) else str(status)
    return Result(SendOutcome.RETRY, cause, code, answer.wait_s(now))


def _number(said: dict[str, Any]) -> int:
    """The number of the error that it names first; 0 without."""
    numbers = said.get("error_codes")
    first = numbers[0] if isinstance(numbers, list) and numbers else None
    if isinstance(first, int) and 0 < first < _NUMBERS_END:
        return first
    found = re.match(r"AADSTS(\d{1,9})", str(said.get("error_description", "")))
    return int(found[1]) if found else 0
