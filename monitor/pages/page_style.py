"""How a page looks, and the headers every answer bears: nothing from elsewhere, nothing kept, no referrer."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup
from starlette.responses import HTMLResponse

from data.words.say import words


@dataclass(frozen=True, slots=True)
class Part:
    """One sentence, and the language it is in."""

    language: str
    text: str


@dataclass(frozen=True, slots=True)
class AckPage:
    """One page: a title, sentences, and with `proof` a form of one button."""

    languages: Sequence[str]
    title: str
    parts: Sequence[Part] = ()
    button: str = ""
    proof: str = ""


def said(key: str, languages: Sequence[str], **given: object) -> tuple[Part, ...]:
    """A sentence of the catalogue in each of these languages."""
    return tuple(Part(language, words(language)(key, **given)) for language in languages)


def shown(page: AckPage, status: int = 200, headers: Mapping[str, str] | None = None) -> HTMLResponse:
    """The page as an answer, with the headers that every one bears."""
    html = _template().render(
        language=page.languages[0],
        title=page.title,
        parts=page.parts,
        button=page.button,
        proof=page.proof,
        footer=said("common.not_watched", page.languages),
        style=Markup(_style()),
    )
    return HTMLResponse(html, status, {**_headers(), **(headers or {})})


@cache
def _template() -> Template:
    env = Environment(autoescape=True, undefined=StrictUndefined)
    return env.from_string(_file("ack.html"))


@cache
def _style() -> str:
    return _file("ack.css")


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
