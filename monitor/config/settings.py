"""What `schoolgate.toml` sets, as the rest of the program reads it: plain values, checked before.

What a key means, and which values it may have, stands in `model.py`, table by table with the same names; a
test holds names and defaults of both together. At the end: which addresses may be named. This module is
light: nearly every command reads it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal
from urllib.parse import SplitResult, urlsplit

from data.web.public_addresses import is_this_machine

OWN_PAGE = "own.page"
"""The kind of source that looks for a page's notice."""
TRUST = "trust"
"""By what people and places name the trust itself among their schools."""
MAILBOX = "mailbox"
"""The kind of source that is a mailbox."""
GRAPH_MAILBOX = "graph://"
"""How the address of one at Microsoft 365 begins."""
MAILBOX_SCHEMES = (GRAPH_MAILBOX, "imap://", "imaps://")
APPLICATION_PROOFS = ("secret_file", "secret_env", "certificate_file")
"""Keys of what an application proves itself by: one of them."""
DEFAULT_HEALTH_PORT = 9477
DEFAULT_LISTEN = "127.0.0.1:8477"
GUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
"""How Microsoft Entra writes the number of a tenant, an application or a secret."""


class Secret:
    """A text that never shows itself by accident: not in a log, a traceback or a printed value."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def get_secret_value(self) -> str:
        """The text itself."""
        return self._text

    def __repr__(self) -> str:
        return "Secret('**********')"

    def __str__(self) -> str:
        return "**********"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """How mail goes out."""

    sender: str
    sign_in: Literal["password", "xoauth2", "graph"] = "password"
    host: str | None = None
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    reply_to: str | None = None
    user: str | None = None
    password_env: str | None = None
    password_file: str | None = None
    tenant: str | None = None
    client_id: str | None = None
    secret_env: str | None = None
    secret_file: str | None = None
    certificate_file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInSettings:
    """Whose accounts people sign in with."""

    provider: Literal["microsoft", "google"]
    tenant: str | None = None
    domain: str | None = None
    client_id: str | None = None
    secret_env: str | None = None
    secret_file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """Another model than ours, by name or folder, and how many threads it may use."""

    name: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    threads: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeSettings:
    """Where the service is asked how it is, and serves its pages; `listen_given`: the file says where."""

    health_port: int = DEFAULT_HEALTH_PORT
    listen: str = DEFAULT_LISTEN
    listen_given: bool = False
    proxies: tuple[str, ...] = ()
    heartbeat_url: str | None = field(default=None, repr=False)
    heartbeat_env: str | None = None
    heartbeat_file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSettings:
    """When the digest comes, whose words stand in it, and who gets one for several schools."""

    at: str = "07:30"
    excerpts: Literal["none", "news", "public"] = "public"
    together: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceSettings:
    """The browser that takes pictures, and the server that dates them."""

    browser: str | None = None
    timestamp_url: str | None = None
    timestamp_ca: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DpiaSettings:
    """The data protection impact assessment: the day it was signed."""

    recorded_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenPolicy:
    """A written policy that this rests on; without `schools` it holds for all of them."""

    title: str
    schools: tuple[str, ...] = ()
    file: str | None = None
    version: str = ""
    approved_on: date | None = None
    review_due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAccount:
    """An account of the school's own; without `schools` it is that of all. `staff` and `owner` are ids of
    people, or names."""

    id: str
    name: str
    url: str | None = None
    schools: tuple[str, ...] = ()
    staff: tuple[str, ...] = ()
    owner: str | None = None
    purpose: str = ""
    disclaimer: str = ""
    since: date | None = None


def web_address(value: str) -> str:
    parts = split(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"\s", value):
        raise ValueError("is not a web address")
    return without_secret(value, parts)


def split(value: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("is not a web address") from None
    return parts


def without_secret(value: str, parts: SplitResult) -> str:
    if parts.username is not None or parts.password is not None:
        raise ValueError("holds a user name or password before the “@”; an address may not carry a secret")
    return value


def beat_address(value: str) -> str:
    parts = urlsplit(web_address(value))
    if parts.scheme != "https" and not is_this_machine(parts.hostname or ""):
        raise ValueError("is not private: write https, or http to this machine alone")
    return value


def is_beat_address(value: str) -> bool:
    """May it be asked as a heartbeat?"""
    try:
        beat_address(value)
    except ValueError:
        return False
    return True
