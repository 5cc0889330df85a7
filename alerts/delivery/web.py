"""Sending over HTTPS: chat and Graph by one guarded session, with their tokens."""

from __future__ import annotations

import json
import logging
import re
import socket
import ssl
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from email.utils import parsedate_to_datetime
from functools import cache, partial, partialmethod
from hashlib import sha256
from pathlib import Path
from threading import Timer
from typing import Any
from urllib.parse import quote

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection

from alerts.delivery.results import (
    AFTER_LIMIT_S,
    REFUSED,
    SENT,
    BeforeData,
    Cause,
    Courier,
    Result,
    SendOutcome,
    Unready,
    retry,
)
from data.frozen import freeze

# One request to Microsoft: on a connection of its own, by the configured way, and over in time.

CONNECT_S, ANSWER_S, REQUEST_S = 10.0, 30.0, 45.0
"""How long it may take to be reached, to answer anything at all, and for everything together."""
LONGEST_ANSWER = 256 * 1024
_LONGEST_WAIT_S = 7 * 86400.0


@freeze
class WebAccess:
    """The way out. `tls` knows whom we trust; `proxy` is its whole address, with its password."""

    tls: ssl.SSLContext = field(repr=False)
    proxy: str | None = field(default=None, repr=False)
    connect_s: float = CONNECT_S
    answer_s: float = ANSWER_S
    request_s: float = REQUEST_S


@freeze
class WebAnswer:
    """The answer that came back. `text` is cut short where it is long, and may hold a token."""

    status_code: int
    headers: Mapping[str, str]
    text: str = field(repr=False)

    @property
    def document(self) -> dict[str, Any] | None:
        """The JSON object that it is; None where it is none."""
        try:
            found = json.loads(self.text)
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None

    def wait_s(self, now: datetime) -> float | None:
        """Return how long Retry-After asks us to wait, given as seconds or as a date; None without one."""
        said = next((v.strip() for k, v in self.headers.items() if k.lower() == "retry-after"), "")
        if said.isdecimal() and said.isascii():
            seconds = float(said[:9])
        else:
            try:
                at = parsedate_to_datetime(said)
            except (ValueError, OverflowError):
                return None
            seconds = (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()
        return min(max(seconds, 0.0), _LONGEST_WAIT_S)


class Broken(Exception):
    """No answer came. `handed_over` says whether the request may have been taken all the same."""

    def __init__(self, cause: Cause, handed_over: bool) -> None:
        self.cause, self.handed_over = cause, handed_over
        super().__init__(cause.value)


def ask(
    web: WebAccess,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    data: bytes | Mapping[str, str] | None = None,
    ends_at: float | None = None,
) -> WebAnswer:
    """Return the answer, by `ends_at` of the monotonic clock. Raises Broken where none came."""
    left = web.request_s if ends_at is None else min(web.request_s, ends_at - time.monotonic())
    if left <= 0:
        raise Broken(Cause.MICROSOFT_UNREACHABLE, handed_over=False)
    with _Watch(left).watching() as watch, _Session() as session:
        session.trust_env = False
        session.mount("https://", _Adapter(web.tls, watch))
        try:
            response = session.request(
                method, url, headers={**headers, "Connection": "close"}, data=data, stream=True,
                timeout=(min(web.connect_s, left), min(web.answer_s, left)), allow_redirects=False,
                proxies={"https": web.proxy} if web.proxy else {},
            )  # fmt: skip
        except (requests.RequestException, OSError, ValueError) as error:  # the last of a malformed answer
            raise Broken(_cause(error, watch.handed_over), watch.handed_over) from None
        with response:
            return WebAnswer(response.status_code, dict(response.headers), _text(response))


class _Session(requests.Session):
    """Asks once. Where a redirect leads is not looked at: for that requests would read all that it says."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere."""


def _text(response: requests.Response) -> str:
    """Its text; "" where the line broke before the end of it: the status had come already."""
    try:
        held = response.raw.read(LONGEST_ANSWER, decode_content=True)
    except Exception:  # noqa: BLE001 - whatever urllib3 and its decoders raise: the status is what counts
        return ""
    return bytes(held or b"").decode("utf-8", "replace")


def _cause(error: Exception, handed_over: bool) -> Cause:
    """A certificate is refused before anything is handed over."""
    seen: BaseException | None = error
    while seen is not None and not handed_over:
        parts = [seen, *(part for part in seen.args if isinstance(part, BaseException))]
        reasons = [getattr(part, "reason", None) for part in parts]
        if any(isinstance(part, ssl.SSLCertVerificationError) for part in (*parts, *reasons)):
            return Cause.MICROSOFT_CERTIFICATE
        seen = seen.__cause__ or seen.__context__
    return Cause.MICROSOFT_UNREACHABLE


class _Watch:
    """Cuts the line when the time is over, however slowly bytes arrive; knows what was handed over."""

    def __init__(self, seconds: float) -> None:
        self.handed_over = False
        self._over = False
        self._held: socket.socket | None = None
        self._timer = Timer(seconds, self._cut_off)
        self._timer.daemon = True

    @contextmanager
    def watching(self) -> Iterator[_Watch]:
        self._timer.start()
        try:
            yield self
        finally:
            self._timer.cancel()
            if self._held is not None:
                self._held.close()

    def hold(self, sock: socket.socket) -> None:
        """Watches over this line too. A copy of it: TLS takes the socket itself apart."""
        self._held = sock.dup()
        if self._over:
            self._cut_off()

    def _cut_off(self) -> None:
        self._over = True
        if self._held is not None:
            with suppress(OSError):
                self._held.shutdown(socket.SHUT_RDWR)


class _Connection(HTTPSConnection):
    """A connection that is watched over, from before its handshake."""

    def __init__(self, *args: Any, watch: _Watch, **named: Any) -> None:
        super().__init__(*args, **named)
        self._watch = watch

    def _new_conn(self) -> socket.socket:
        last = OSError("no address")
        # the first two addresses of each family: Microsoft has many, and IPv6 may lead nowhere
        found: dict[int, list[Any]] = {}
        for one in socket.getaddrinfo(self._dns_host, self.port, type=socket.SOCK_STREAM):
            found.setdefault(one[0], []).append(one)
        for family, kind, protocol, _, place in [one for same in found.values() for one in same[:2]]:
            sock = socket.socket(family, kind, protocol)
            try:
                sock.settimeout(self.timeout)
                sock.connect(place)
            except OSError as error:
                sock.close()
                last = error
            else:
                self._watch.hold(sock)
                return sock
        raise last

    def request(self, *args: Any, **named: Any) -> None:
        """Sends it; the handshake is over by now."""
        self._watch.handed_over = True
        super().request(*args, **named)


class _Adapter(HTTPAdapter):
    def __init__(self, tls: ssl.SSLContext, watch: _Watch) -> None:
        self._tls, self._watch = tls, watch
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **named: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._tls, **named)

    def proxy_manager_for(self, proxy: str, **named: Any) -> Any:
        return super().proxy_manager_for(proxy, ssl_context=self._tls, **named)

    def get_connection_with_tls_context(
        self, request: requests.PreparedRequest, verify: Any, proxies: Any = None, cert: Any = None
    ) -> Any:
        pool: Any = super().get_connection_with_tls_context(request, verify, proxies, cert)
        pool.ConnectionCls = partial(_Connection, watch=self._watch)
        return pool

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Nothing to set: the context holds the authorities and demands a certificate."""


# Tokens of Microsoft 365 for an application of the school's own (client credentials, by msal).

AUTHORITY = "https://login.microsoftonline.com"
SMTP_SCOPE = "https://outlook.office365.com/.default"
GRAPH_SCOPE = "https://graph.microsoft.com/.default"
TOKEN_S = 30.0
_RENEWED = timedelta(minutes=5)
"""So long before it runs out a token is no longer used."""
_LONGEST = timedelta(hours=24)
"""No token is used for longer, whatever is said of it."""
_NUMBERS_END = 10**9

_BY_NUMBER = {
    **dict.fromkeys((7000215, 7000216, 7000218, 700027), Cause.APP_SECRET),
    7000222: Cause.APP_EXPIRED,
    **dict.fromkeys((700016, 7000112), Cause.APP_UNKNOWN),
    **dict.fromkeys((90002, 900021, 900023, 50059), Cause.TENANT_UNKNOWN),
    **dict.fromkeys((500011, 70011, 1002012, 65001), Cause.APP_NO_RIGHT),
    90033: Cause.BUSY,
}
"""By the number of the first error. Microsoft may change these, so what is not here goes by its kind."""
_BY_KIND = {"invalid_client": Cause.APP_SECRET, "unauthorized_client": Cause.APP_UNKNOWN}
_BY_KIND |= {"invalid_tenant": Cause.TENANT_UNKNOWN, "temporarily_unavailable": Cause.BUSY}
_BY_KIND |= dict.fromkeys(("invalid_scope", "invalid_resource"), Cause.APP_NO_RIGHT)
"""By the “error” of OAuth 2 (RFC 6749 §5.2)."""


@freeze
class Application:
    """The program registered in the school's Entra, and what it proves itself by: one of the two."""

    tenant: str
    client_id: str
    scope: str
    secret: str | None = field(default=None, repr=False)
    certificate: Path | None = None


@freeze
class Token:
    """A token; `fresh` where it was asked for just now."""

    value: str = field(repr=False)
    fresh: bool


class Tokens:
    """Tokens for one application: from the file, else asked for and kept there for its owner alone."""

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
        kept = self._read_kept()
        return Token(kept, fresh=False) if kept else self._new(within_s)

    def throw_away(self, token: Token) -> None:
        """Forgets one that was refused, also where its file cannot be deleted."""
        self._refused = token.value
        if self._file is not None:
            with suppress(OSError):
                self._file.unlink(missing_ok=True)

    def _read_kept(self) -> str | None:
        try:
            held = json.loads(self._file.read_text(encoding="utf-8") if self._file else self._held)
            value, until = held["token"], datetime.fromisoformat(held["until"])
            left = until - self._clock()
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None
        ours = held.get("for") == self._name and isinstance(value, str) and value != self._refused
        return value if ours and _RENEWED < left <= _LONGEST else None

    def _new(self, within_s: float) -> Token:
        value, lives = _ask_for_token(self._application, self._web, self._clock(), within_s)
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
        of = self._application
        return sha256("\n".join((of.tenant, of.client_id, of.scope)).encode()).hexdigest()


def _ask_for_token(
    application: Application, web: WebAccess, now: datetime, within_s: float
) -> tuple[str, timedelta]:
    """Ask for a new token; return it, and for how long it holds. Raises Unready."""
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
        raise Unready(retry(broken.cause)) from None
    except Exception:  # noqa: BLE001 - its words may hold what it was given; the answer itself tells why
        given = None
    value = given.get("access_token") if isinstance(given, dict) else None
    if isinstance(value, str) and value.isascii() and value:
        return value, lives
    raise Unready(_token_refusal(line.last, now))


@cache
def _msal() -> Any:
    """Imported late, and silent from then on: it logs what it cannot read, which may hold a token."""
    import msal

    heard = logging.getLogger("msal")
    heard.addHandler(logging.NullHandler())
    heard.propagate = False
    return msal


def _proof(application: Application, now: datetime) -> str | dict[str, str]:
    """Return what msal is given as proof. Raises Unready where it is missing, no key, or has run out."""
    if application.secret:
        return application.secret
    try:
        held = application.certificate.read_text(encoding="ascii") if application.certificate else ""
        return _key_and_certificate(held, now)
    except (OSError, ValueError):
        raise Unready(retry(Cause.NO_SECRET)) from None


def _key_and_certificate(pem: str, now: datetime) -> dict[str, str]:
    """Raises ValueError where it does not hold both, or the key wants a password or is not RSA."""
    # late: 30 ms and 16 MB, for those alone who sign in with a certificate
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        known = isinstance(load_pem_private_key(pem.encode(), None), RSAPrivateKey)
    except Exception:  # noqa: BLE001 - it wants a password, or is of a kind that OpenSSL itself gives up on
        known = False
    if not known:
        raise ValueError
    if x509.load_pem_x509_certificate(pem.encode()).not_valid_after_utc <= now:
        raise Unready(retry(Cause.APP_EXPIRED))
    return {"private_key": pem, "public_certificate": pem}  # msal takes its own out of it


class _Line:
    """msal's way to the web; `last` is the answer that came last."""

    def __init__(self, web: WebAccess, ends_at: float) -> None:
        self.last: WebAnswer | None = None
        self._web, self._ends_at = web, ends_at

    def _ask(self, method: str, url: str, **given: Any) -> WebAnswer:
        """Ask with the secret at Microsoft's own address only, in no headers that tell of this machine."""
        if not url.startswith(f"{AUTHORITY}/"):
            raise Broken(Cause.NOT_MICROSOFT, handed_over=False)
        named = given.get("headers") or {}
        headers = {k: v for k, v in named.items() if not k.lower().startswith("x-client-")}
        self.last = ask(
            self._web, method, url, headers=headers, data=given.get("data"), ends_at=self._ends_at
        )
        return self.last

    get, post = partialmethod(_ask, "GET"), partialmethod(_ask, "POST")


def _token_refusal(answer: WebAnswer | None, now: datetime) -> Result:
    if answer is None:
        return retry(Cause.OURS)
    said, status = answer.document, answer.status_code
    if status == 429 or status >= 500:
        return retry(Cause.BUSY, str(status), answer.wait_s(now))
    if said is None or "error" not in said:
        return retry(Cause.NOT_MICROSOFT, str(status))
    number, kind = _number(said), str(said["error"])
    cause = _BY_NUMBER.get(number) or _BY_KIND.get(kind, Cause.TOKEN_REFUSED)
    code = f"AADSTS{number}" if number else kind if re.fullmatch("[a-z_]{1,40}", kind) else str(status)
    return retry(cause, code, answer.wait_s(now))


def _number(said: dict[str, Any]) -> int:
    """The number of the error that it names first; 0 without."""
    numbers = said.get("error_codes")
    first = numbers[0] if isinstance(numbers, list) and numbers else None
    if isinstance(first, int) and 0 < first < _NUMBERS_END:
        return first
    found = re.match(r"AADSTS(\d{1,9})", str(said.get("error_description", "")))
    return int(found[1]) if found else 0


# Mail by Microsoft Graph: the bytes that a mail server would be given, as `sendMail` takes them in MIME.

GRAPH = "https://graph.microsoft.com/v1.0"
LARGEST = 4 * 1024 * 1024
"""Bytes that one request may have: a file in one POST is below 3 MB (graph/outlook-large-attachments)."""
_ACCEPTED, _TIMED_OUT_INSIDE = 202, 504
_FOR_ALL = frozenset((Cause.TOKEN_NOT_TAKEN, Cause.APP_NO_RIGHT, Cause.MAILBOX_UNKNOWN, Cause.NOT_MICROSOFT))
_FOR_ALL |= {Cause.MICROSOFT_UNREACHABLE, Cause.MICROSOFT_CERTIFICATE}
"""Causes for which no other message would fare better."""
_BY_NAME = {
    "errormessagesizeexceeded": Cause.TOO_LARGE,
    "errorinvalidrecipients": Cause.ADDRESS_REFUSED,
    "errorsendasdenied": Cause.SENDER_REFUSED,
    "errorquotaexceeded": Cause.BUSY,
    "errorexceededmessagelimit": Cause.LIMIT,
    **dict.fromkeys(
        ("errorinvaliduser", "errornonexistentmailbox", "mailboxnotenabledforrestapi"), Cause.MAILBOX_UNKNOWN
    ),
}
_BY_STATUS = {401: Cause.TOKEN_NOT_TAKEN, 403: Cause.APP_NO_RIGHT, 404: Cause.MAILBOX_UNKNOWN}
_BY_STATUS |= {413: Cause.TOO_LARGE, **dict.fromkeys((408, 409, 423, 429), Cause.BUSY)}
_FOR_GOOD = REFUSED | {Cause.TOO_LARGE}


@freeze
class GraphMailbox:
    """The mailbox that mail goes out from, and how it is reached; `kept` in its Sent Items, or not."""

    sender: str
    tokens: Tokens
    web: WebAccess
    clock: Callable[[], datetime]
    token_s: float = TOKEN_S
    kept: bool = True


class GraphCourier(Courier):
    def __init__(self, mailbox: GraphMailbox) -> None:
        self._mailbox = mailbox
        self._type = "text/plain" if mailbox.kept else "application/json"

    def send(self, content: bytes, sender: str, to: str, before_data: BeforeData) -> Result | None:
        """One mail to the person that its header names, once; None where `before_data` said no. A token that
        was kept and is refused is asked for anew, and the mail given once more. Raises Unready where nobody
        is served now, and what `before_data` raises."""
        body = b64encode(content) if self._mailbox.kept else _unkept(content)
        if len(body) > LARGEST:
            return Result(SendOutcome.FAILED, Cause.TOO_LARGE)
        while True:
            token = self._mailbox.tokens.token(self._mailbox.token_s)
            result = self._post_mail(body, sender, token, before_data)
            if result is None or result.cause is not Cause.TOKEN_NOT_TAKEN:
                break
            self._mailbox.tokens.throw_away(token)
            if token.fresh:
                break
        if result is not None and (result.cause in _FOR_ALL or result.wait_s is not None):
            raise Unready(result)
        return result

    def _post_mail(self, body: bytes, sender: str, token: Token, before_data: BeforeData) -> Result | None:
        url = f"{GRAPH}/users/{quote(sender, safe='@')}/sendMail"
        headers = {"Authorization": f"Bearer {token.value}", "Content-Type": self._type}
        if not before_data():
            return None
        try:
            answer = ask(self._mailbox.web, "POST", url, headers=headers, data=body)
        except Broken as broken:
            if broken.handed_over:
                return Result(SendOutcome.UNSURE, Cause.INTERRUPTED)
            return retry(broken.cause)
        return read_answer(answer, self._mailbox.clock())


def _unkept(content: bytes) -> bytes:
    """The same mail, its plain text alone, as JSON: no copy of it stays with the sender."""
    mail = message_from_bytes(content, policy=default)
    plain = mail.get_body(("plain",))
    message = {
        "subject": str(mail["Subject"]),
        "body": {"contentType": "Text", "content": plain.get_content() if plain else ""},
        "toRecipients": [{"emailAddress": {"address": each.addr_spec}} for each in mail["To"].addresses],
    }
    return json.dumps({"message": message, "saveToSentItems": False}).encode()


def probe_mailbox(mailbox: GraphMailbox) -> Result:
    """Get a token and send nothing: whether the mailbox may be sent from, only a mail shows."""
    try:
        mailbox.tokens.token(mailbox.token_s)
    except Unready as unready:
        return unready.result
    return SENT


def read_answer(answer: WebAnswer, now: datetime) -> Result:
    """Say what became of the mail, by the answer to it. Only 202 says that it was taken."""
    status = answer.status_code
    if status == _ACCEPTED:
        return SENT
    name = _name(answer)
    code = f"{status} {name}".strip()
    # Graph says nothing, or JSON; a web filter shows a page in place of what was asked
    if status == _TIMED_OUT_INSIDE or (status < 300 and not re.match(r"[\s\ufeff]*<", answer.text)):
        return Result(SendOutcome.UNSURE, Cause.INTERRUPTED, code)
    cause = _BY_NAME.get(name.lower()) or _BY_STATUS.get(status)
    if cause is None:
        cause = Cause.BUSY if status >= 500 else Cause.MESSAGE_REFUSED
    if not name and status not in (401, 408, 413, 429) and status < 500:
        cause = Cause.NOT_MICROSOFT
    outcome = SendOutcome.FAILED if cause in _FOR_GOOD else SendOutcome.RETRY
    waits = {Cause.BUSY: answer.wait_s(now), Cause.LIMIT: AFTER_LIMIT_S}
    return Result(outcome, cause, code, waits.get(cause))


def _name(answer: WebAnswer) -> str:
    error = (answer.document or {}).get("error")
    name = error.get("code") if isinstance(error, dict) else None
    return name if isinstance(name, str) and re.fullmatch(r"[A-Za-z_.]{1,60}", name) else ""
