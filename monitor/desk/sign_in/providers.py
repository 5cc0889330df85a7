"""Whose accounts sign in: the school's Microsoft Entra, or its Google Workspace; what a token must say.

What each claim is worth is from their own documents (learn.microsoft.com, “ID token claims reference”;
developers.google.com, “OpenID Connect”; read in November 2026). Entra's `email` can be an address of another
tenant that nobody verified: it is never asked for nor read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

from monitor.config.model import SignInSettings
from monitor.config.settings import GOOGLE, GUID, MICROSOFT

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


@dataclass(frozen=True, slots=True)
class ProvedAccount:
    """An account whose holder signed in, `fresh` where that was just now. `subject` stays theirs at that
    issuer, their name may change.
    """

    issuer: str
    subject: str
    user_name: str = field(repr=False)
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Microsoft:
    """Microsoft Entra of the school. `tenant` is its number, or a domain of it, in small letters."""

    tenant: str
    authority: str = MICROSOFT
    scope = "openid profile"

    @property
    def discovery(self) -> str:
        """Where it says what it is."""
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
        return _proved(issuer, claims.get("oid"), claims.get("preferred_username") or claims.get("upn"))

    def _number(self, issuer: str) -> str:
        found = re.fullmatch(f"{re.escape(self.authority)}/({GUID})/v2\\.0", issuer)
        return found[1] if found else ""


@dataclass(frozen=True, slots=True)
class Google:
    """Google Workspace of the school, by its domain."""

    domain: str
    authority: str = GOOGLE
    scope = "openid email"

    @property
    def discovery(self) -> str:
        """Where it says what it is."""
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
        return _proved(claims["iss"], claims.get("sub"), claims.get("email"))


Provider: TypeAlias = Microsoft | Google


def provider_of(settings: SignInSettings, authority: str | None = None) -> Provider:
    """The provider that the settings name; `authority` is where it stands, for the tests alone."""
    if settings.provider == "google":
        return Google(settings.domain or "", authority or GOOGLE)
    return Microsoft((settings.tenant or "").lower(), authority or MICROSOFT)


def _proved(issuer: str, subject: object, name: object) -> ProvedAccount | SignInRefusal:
    """Both issuers' names are plain letters: others could be taken for them."""
    if not (isinstance(subject, str) and subject and isinstance(name, str) and name.isascii() and name):
        return SignInRefusal.NOBODY
    return ProvedAccount(issuer, subject, name.casefold())
