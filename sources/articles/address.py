"""Which addresses behind a headline may lead to its article."""

from __future__ import annotations

from urllib.parse import urlsplit

from data.web.channels import host_of
from sources.http.profiles import is_profile
from sources.registry import BY_LEAVE_ONLY

_BY_SCRIPT = "news.google.com"
"""Google News leads to an article by a script alone."""


def hidden(url: str) -> bool:
    """Does a search hide the address, so that only a browser finds the article?"""
    return host_of(url) == _BY_SCRIPT


def may_lead_to_article(url: str) -> bool:
    """An address of its own on a site that may be read: no front page, no closed site, no profile."""
    host = host_of(url)
    if not host or hidden(url) or is_profile(url):
        return False
    if any(host == site or host.endswith(f".{site}") for site in BY_LEAVE_ONLY):
        return False
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.path.strip("/") or parts.query)
