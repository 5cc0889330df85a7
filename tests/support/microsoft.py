"""Microsoft 365 on this machine: what gives tokens out, and what takes mails, over TLS behind a proxy.

    with microsoft() as there:
        there.mail = Answer(202)
        ... send by there.web ...
        assert there.mails

Its answers have the shapes that Microsoft documents; the live service was never met.
"""

import json
import ssl
from base64 import b64decode
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs

import trustme
from support.proxies import Way, proxy_to
from support.web_server import Answer, Route, Site, serve

from alerts.delivery.web import WebAccess

LOGIN, GRAPH = "login.microsoftonline.com", "graph.microsoft.com"
TENANT, CLIENT = "oakfield.example.org", "00001111-aaaa-2222-bbbb-3333cccc4444"
SENDER = "schoolgate@example.org"
DISCOVERY = f"/{TENANT}/v2.0/.well-known/openid-configuration"
TOKEN = f"/{TENANT}/oauth2/v2.0/token"
SEND = f"/v1.0/users/{SENDER}/sendMail"
JSON = {"Content-Type": "application/json"}
TAKEN = Answer(202)
PAGE = b"<!DOCTYPE html><html><body>Blocked by the school's filter</body></html>"


def discovered():
    """What the tenant says of itself."""
    base = f"https://{LOGIN}/{TENANT}"
    return json.dumps(
        {
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "issuer": f"{base}/v2.0",
        }
    ).encode()


def given(token, seconds=3599):
    """A token as it is given out."""
    return json.dumps({"token_type": "Bearer", "expires_in": seconds, "access_token": token}).encode()


def refused(number, error="invalid_client"):
    """A refusal of the token endpoint."""
    what = f"AADSTS{number}: Invented for a test.\r\nTrace ID: 0000aaaa-11bb-cccc-dd22-eeeeee333333"
    return json.dumps({"error": error, "error_description": what, "error_codes": [number]}).encode()


def failed(code):
    """A refusal of Graph."""
    return json.dumps({"error": {"code": code, "message": "Invented for a test."}}).encode()


@dataclass
class Microsoft:
    """Who runs here, and how it answers. Tokens are numbered: token-1, token-2, …; `good` are let in."""

    site: Site
    way: Way
    tls: ssl.SSLContext
    authority: trustme.CA
    token: Route | None = None
    mail: Route = TAKEN
    good: set[str] | None = None
    given_out: int = 0
    routes: dict[str, Route] = field(default_factory=dict)
    mails: list[bytes] = field(default_factory=list)

    @property
    def web(self):
        return WebAccess(self.tls, self.way.url)

    def trust_in(self, folder):
        """A file with its authority, as `ca_file` names one."""
        self.authority.cert_pem.write_to_path(str(folder / "authority.pem"))
        return "authority.pem"

    def asked_with(self, path):
        """The forms that a path was sent."""
        return [
            {k: v[0] for k, v in parse_qs(one.body.decode()).items()}
            for one in self.site.asked
            if one.path == path
        ]

    def _give(self, exchange):
        if self.token is not None:
            return _played(self.token, exchange)
        self.given_out += 1
        return Answer(200, given(f"token-{self.given_out}"), JSON)

    def _take(self, exchange):
        token = exchange.asked.headers.get("authorization", "").removeprefix("Bearer ")
        if self.good is not None and token not in self.good:
            return Answer(401, failed("InvalidAuthenticationToken"), JSON)
        answer = _played(self.mail, exchange)
        if answer is not None and answer.status == 202:
            self.mails.append(b64decode(exchange.asked.body, validate=True))
        return answer


def _played(route, exchange):
    if callable(route):
        return route(exchange)
    return route if isinstance(route, Answer) else Answer(200, str(route).encode())


@contextmanager
def microsoft(*, named=(LOGIN, GRAPH), sign_in=None):
    """Runs it while the block lasts; its certificate is for the hosts in `named`."""
    authority = trustme.CA()
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*named).configure_cert(served)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    routes: dict[str, Route] = {DISCOVERY: Answer(200, discovered(), JSON)}
    with serve(routes, tls=served) as site:
        place = (site.host, site.port)
        with proxy_to({(LOGIN, 443): place, (GRAPH, 443): place}, sign_in=sign_in) as way:
            there = Microsoft(site, way, trusting, authority)
            routes |= {TOKEN: there._give, SEND: there._take}
            there.routes = routes
            yield there
