"""The way out of a school's network: a proxy, and the file with the authority of a web filter."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from data.errors import InputError
from data.words.say import words
from monitor.config import model as tables
from monitor.config.check import quote_value, value_fault
from sources.http.connection import tls_context

_VARIABLES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")


def proxy_of(env: Mapping[str, str]) -> str | None:
    """The proxy that other programs are told to use, without a name and password in it; None for no proxy."""
    for name in _VARIABLES:
        given = env.get(name, "").strip()
        bare = re.sub(r"//[^/@]*@", "//", given if "//" in given else f"http://{given}").rstrip("/")
        if given and not value_fault(tables.ProxyAddress, bare):
            return bare
    return None


def whole_proxy(answer: str) -> str:
    """The proxy's address with its scheme. Raises InputError for what is none."""
    found = answer if "//" in answer else f"http://{answer}"
    if why := value_fault(tables.ProxyAddress, found):
        shown = re.sub(".*@", "…@", answer)  # before it stands a password
        raise InputError(f"{quote_value(shown)} {why}. For example: http://proxy.example.sch.uk:8080")
    return found


def with_certificates(named: str) -> str:
    """The whole path of a file of authorities. Raises InputError for what holds none."""
    path = Path(named.strip("'\"")).expanduser().absolute()
    try:
        tls_context(str(path))
    except (OSError, ValueError):
        raise InputError(words("en")("setup.refused.no_certificate", path=path)) from None
    return str(path)
