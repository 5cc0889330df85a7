"""Names that settings are made of, and which addresses may be named in them."""

from __future__ import annotations

import re
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


def web_address(value: str) -> str:
    parts = split_url(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"\s", value):
        raise ValueError("is not a web address")
    return without_secret(value, parts)


def split_url(value: str) -> SplitResult:
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


MICROSOFT, GOOGLE = "https://login.microsoftonline.com", "https://accounts.google.com"
"""Where people sign in by an account of theirs."""
