"""A provider of accounts on this machine, as Microsoft or Google is one: discovery, keys, codes and tokens.

    with oidc_provider("microsoft") as there:
        there.claims["aud"] = "another"          # what a token says in place of what it should; None: nothing
        back = there.come_back(begun.url)        # what the browser brings back from its page

It holds the client to what it registered: its secret, its address to return to, PKCE (S256), each code once.
"""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from urllib.parse import parse_qs, parse_qsl, urlsplit

from builders.fetcher import NOW
from joserfc import jwk, jwt
from support.web_server import Answer, Route, Site, serve

TENANT, OTHER_TENANT = "0000aaaa-1111-bbbb-2222-cccc3333dddd", "9999aaaa-1111-bbbb-2222-cccc3333dddd"
CLIENT, SECRET = "00001111-aaaa-2222-bbbb-3333cccc4444", "a-secret-invented-for-tests"
BACK = "https://schoolgate.example.org/sign-in/return"
_JSON = {"Content-Type": "application/json"}


@cache
def key(name, kind="RSA"):
    """A signing key; the same for all tests of this process."""
    size = {"RSA": 2048, "EC": "P-256"}[kind]
    return jwk.generate_key(kind, size, {"kid": name, "use": "sig"}, auto_kid=False)


def part(said):
    """One part of a token made by hand."""
    held = said if isinstance(said, bytes) else json.dumps(said).encode()
    return urlsafe_b64encode(held).decode().rstrip("=")


@dataclass
class LocalProvider:
    """Who runs here. `signer` signs tokens, `published` are the keys that it names."""

    kind: str
    site: Site
    routes: dict[str, Route]
    signer: jwk.Key
    published: list[jwk.Key]
    claims: dict[str, object] = field(default_factory=dict)
    algorithm: str = "RS256"
    now: datetime = NOW
    token: str | None = None
    asked: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def base(self):
        return f"/{TENANT}" if self.kind == "microsoft" else ""

    @property
    def issuer(self):
        return f"{self.site}{self.base}/v2.0" if self.kind == "microsoft" else str(self.site)

    @property
    def discovery(self):
        return f"{self.issuer}/.well-known/openid-configuration".removeprefix(self.site)

    def come_back(self, url):
        """What the browser comes back with, once its person has signed in there."""
        asked = dict(parse_qsl(urlsplit(url).query))
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["redirect_uri"] == BACK
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.asked)}"
        self.asked[code] = asked
        return {"code": code, "state": asked["state"]}

    def said_of(self, asked):
        """What a token says of a person who signed in so."""
        at = int(self.now.timestamp())
        own: dict[str, object] = {"sub": "sub-of-head", "name": "Mrs A Example"}
        if self.kind == "microsoft":
            own |= {"tid": TENANT, "oid": "oid-of-head", "preferred_username": "Head@Oakfield.example.org"}
        else:
            own |= {
                "hd": "oakfield.example.org", "email": "head@oakfield.example.org", "email_verified": True,
            }  # fmt: skip
        own |= {"iss": self.issuer, "aud": CLIENT, "exp": at + 3600, "iat": at, "nbf": at}
        said = own | {"nonce": asked["nonce"], "auth_time": at - 5} | self.claims
        return {name: value for name, value in said.items() if value is not None}

    def signed(self, said):
        """The token that says so."""
        return jwt.encode({"alg": self.algorithm, "kid": self.signer.kid}, dict(said), self.signer)

    def unsigned(self, said):
        """One that says it needs no signature."""
        return f"{part({'alg': 'none', 'kid': self.signer.kid})}.{part(said)}."

    def signed_with_what_is_public(self, said):
        """One signed by HMAC, with the public key for a secret."""
        whole = f"{part({'alg': 'HS256', 'kid': self.signer.kid})}.{part(said)}"
        public = self.signer.as_pem(private=False)
        return f"{whole}.{part(hmac.digest(public, whole.encode(), hashlib.sha256))}"

    def _discover(self, exchange):
        said = {
            "issuer": self.issuer, "authorization_endpoint": f"{self.site}/authorize",
            "token_endpoint": f"{self.site}/token", "jwks_uri": f"{self.site}/keys",
        }  # fmt: skip
        return Answer(200, json.dumps(said).encode(), _JSON)

    def _keys(self, exchange):
        keys = [one.as_dict(private=False) for one in self.published]
        return Answer(200, json.dumps({"keys": keys}).encode(), _JSON)

    def _given(self, exchange):
        form = {name: values[0] for name, values in parse_qs(exchange.asked.body.decode()).items()}
        if (form["client_id"], form["client_secret"]) != (CLIENT, SECRET):
            return Answer(401, b'{"error": "invalid_client"}', _JSON)
        asked = self.asked.pop(form["code"], None)
        proof = part(hashlib.sha256(form["code_verifier"].encode()).digest())
        if asked is None or proof != asked["code_challenge"] or form["redirect_uri"] != BACK:
            return Answer(400, b'{"error": "invalid_grant"}', _JSON)
        token = self.signed(self.said_of(asked)) if self.token is None else self.token
        given = {"token_type": "Bearer", "id_token": token}
        return Answer(200, json.dumps(given).encode(), _JSON)


@contextmanager
def oidc_provider(kind):
    """Runs it while the block lasts."""
    routes: dict[str, Route] = {}
    with serve(routes) as site:
        there = LocalProvider(kind, site, routes, key("first"), [key("first")])
        routes |= {there.discovery: there._discover, "/keys": there._keys, "/token": there._given}
        yield there
