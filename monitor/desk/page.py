"""A page of the desk as an answer: a template, and the one stylesheet."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from data.words.say import words
from monitor.config.load import Config

_FOREVER = "public, max-age=31536000, immutable"


def shown(template: str, language: str, status: int = 200, /, **view: object) -> HTMLResponse:
    """The page that a template makes of a view, in that language."""
    w = words(language)
    html = _templates().get_template(template).render(w=w, language=language, file=path_of, **view)
    return HTMLResponse(html, status)


def plain(config: Config, key: str, status: int) -> HTMLResponse:
    """A page that belongs to no school, of two sentences: in every language that is spoken here."""
    first, *others = dict.fromkeys(school.language for school in config.schools)
    return shown("plain.html", first, status, key=key, others={each: words(each) for each in others})


def led_to(url: str) -> Response:
    """An answer that leads elsewhere."""
    return RedirectResponse(url, 303)


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("monitor.desk"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


_FILES = {"desk.css": "text/css", "icon.svg": "image/svg+xml"}


@cache
def _file(name: str) -> bytes:
    return files("monitor.desk").joinpath("static", name).read_bytes()


@cache
def path_of(name: str) -> str:
    """Where the stylesheet or the icon lies: elsewhere once it has changed, so that browsers keep it."""
    return f"/s/{sha256(_file(name)).hexdigest()[:12]}/{name}"


def shown_file(name: str) -> Response | None:
    """The stylesheet or the icon as an answer; None for any other name."""
    if name not in _FILES:
        return None
    return Response(_file(name), media_type=_FILES[name], headers={"Cache-Control": _FOREVER})
