"""How a page looks, and the headers every answer bears: nothing from elsewhere, nothing kept, no referrer."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup
from starlette.responses import HTMLResponse

from data.words.say import words
from monitor.pages.page import MatterPage
from monitor.pages.posts import address_of


def shown(page: MatterPage, status: int = 200, headers: Mapping[str, str] | None = None) -> HTMLResponse:
    """The page as an answer, with the headers that every one bears."""
    html = _template().render(
        page=page,
        leads=lambda url: address_of(url) is not None,
        language=page.languages[0],
        w=words(page.languages[0]),
        footer=[(each, words(each)("common.not_watched")) for each in page.languages],
        style=Markup(_style()),
    )
    return HTMLResponse(html, status, {**_headers(), **(headers or {})})


@cache
def _template() -> Template:
    env = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return env.from_string(_file("matter.html"))


@cache
def _style() -> str:
    return _file("matter.css")


@cache
def _headers() -> Mapping[str, str]:
    style = b64encode(sha256(_style().encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex, nofollow",
    }


def _file(name: str) -> str:
    return files("monitor.pages").joinpath(name).read_text(encoding="utf-8")
