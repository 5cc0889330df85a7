"""The desk of a school whose people sign in with accounts, the provider of these; and a soft passkey."""

import json
from base64 import urlsafe_b64encode
from dataclasses import replace
from hashlib import sha256

import cbor2
from builders.desk import OpenDesk
from builders.fetcher import fetcher_for
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import SecretStr
from support.oidc_provider import CLIENT, SECRET, TENANT

from monitor.config.model import SignInSettings
from monitor.desk.oidc import OidcSignIn

SETTINGS = {
    "microsoft": SignInSettings(provider="microsoft", tenant=TENANT, client_id=CLIENT),
    "google": SignInSettings(provider="google", domain="oakfield.example.org", client_id=CLIENT),
}


class AccountVisit(OpenDesk):
    """The desk of a school whose people have accounts there."""

    def __init__(self, home, there, **given):
        fetcher = fetcher_for(there.site, obey_robots=False)
        super().__init__(home, OidcSignIn(lambda: self.context, fetcher, authority=str(there.site)), **given)
        settings = {"sign_in": SETTINGS[there.kind], "sign_in_secret": SecretStr(SECRET)}
        self.context = replace(self.context, config=replace(self.context.config, **settings))
        self.there = there
        self.becomes("head")

    def becomes(self, who):
        """From now on that person signs in there."""
        self.there.claims |= {"preferred_username": self.address(who), "oid": f"oid-of-{who}"}

    def go(self, **query):
        """What the browser is told when it begins."""
        return self.browser.get("/sign-in/account", params=query)

    def through(self, **query):
        """What it is told when it comes back."""
        self.there.now = self.clock()
        return self.browser.get(
            "/sign-in/return", params=self.there.come_back(self.go(**query).headers["location"])
        )


_PRESENT, _VERIFIED, _NEW = 1, 4, 64


def text(said):
    return urlsafe_b64encode(said).decode().rstrip("=")


class SoftPasskey:
    """One passkey at a site; `signed` counts, `verified` says that its person was asked for finger or PIN."""

    def __init__(self, name, origin, site):
        self.id, self.origin, self.site = sha256(name.encode()).digest(), origin, site
        self.signed, self.verified = 1, True
        self._key = ec.generate_private_key(ec.SECP256R1())

    def make(self, options):
        numbers = self._key.public_key().public_numbers()
        key = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)})
        made = self._data(_NEW) + bytes(16) + len(self.id).to_bytes(2) + self.id + key
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": made})
        response = {
            "attestationObject": text(attested),
            "clientDataJSON": text(self._client(options, "create")),
        }
        return self._answer(response)

    def prove(self, options):
        data, client = self._data(), self._client(options, "get")
        signature = self._key.sign(data + sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        parts = {"authenticatorData": data, "clientDataJSON": client, "signature": signature}
        return self._answer({name: text(part) for name, part in parts.items()})

    def _data(self, flags=0):
        flags |= _PRESENT | (_VERIFIED if self.verified else 0)
        return sha256(self.site.encode()).digest() + bytes([flags]) + self.signed.to_bytes(4)

    def _client(self, options, what):
        said = {"type": f"webauthn.{what}", "challenge": options["challenge"], "origin": self.origin}
        return json.dumps(said).encode()

    def _answer(self, response):
        said = {"id": text(self.id), "rawId": text(self.id), "type": "public-key", "response": response}
        return json.dumps(said)
