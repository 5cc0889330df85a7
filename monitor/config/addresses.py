"""Which addresses the file may name. Light: what reads a kept configuration needs one of them too."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from data.web.public_addresses import is_this_machine


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
