"""A page of the desk as an answer: a template, the one stylesheet, and the headers that every one bears."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from data.words.say import words

_STYLE = "desk.css"
_FOREVER = "public, max-age=31536000, immutable"
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}


def shown(template: str, language: str, status: int = 200, /, **view: object) -> HTMLResponse:
    """The page that a template makes of a view, in that language."""
    w = words(language)
    html = _templates().get_template(template).render(w=w, language=language, style=style_path(), **view)
    return HTMLResponse(html, status, HEADERS)


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("monitor.desk"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def style() -> bytes:
    """The one stylesheet."""
    return files("monitor.desk").joinpath("static", _STYLE).read_bytes()


@cache
def style_path() -> str:
    """Where it lies: elsewhere once it has changed, so that a browser may keep it for ever."""
    return f"/s/{sha256(style()).hexdigest()[:12]}/{_STYLE}"


def shown_style() -> Response:
    """The stylesheet as an answer."""
    headers: Mapping[str, str] = {"Cache-Control": _FOREVER, "X-Content-Type-Options": "nosniff"}
    return Response(style(), media_type="text/css", headers=headers)
