"""A page of the desk as an answer: a template, the one stylesheet, and a script where one is of use."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from data.words.say import words
from monitor.config.load import Config

_FOREVER = "public, max-age=31536000, immutable"
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""What a page may load, and where its forms may lead. None runs a script but where one is of use."""
_COPYING = (
    "proof.html",
    "case.html",
    "day_code.html",
    "room.html",
    "room_sheet.html",
    "signed_out.html",
    "tell_list.html",
    "tell_state.html",
    "today.html",
)
SCRIPTED = {**dict.fromkeys(_COPYING, "desk.js"), "sign_in.html": "passkey.js", "passkeys.html": "passkey.js"}
"""The templates that copy something, or have a key, or ask for a passkey; each with its script."""
_WITH_SCRIPT = f"{POLICY}; script-src 'self'"


def render_page(template: str, language: str, status: int = 200, /, **view: object) -> HTMLResponse:
    """Render the page that a template makes of a view, in that language."""
    given = {"w": words(language), "language": language, "file": file_path, "script": SCRIPTED.get(template)}
    html = _templates().get_template(template).render(**given, **view)
    return HTMLResponse(html, status, {"Content-Security-Policy": _WITH_SCRIPT} if given["script"] else None)


def plain_page(config: Config, key: str, status: int, said: str = "") -> HTMLResponse:
    """Make a page that belongs to no school, of two sentences."""
    return render_page("plain.html", config.schools[0].language, status, key=key, said=said)


_LONG = ("why", "note", "words", "url", "list")
"""Fields into which somebody types what would be lost to them, be it one word."""


def typed_words(fields: Mapping[str, str]) -> list[str]:
    """List what somebody said in a form in words of their own."""
    typed = (said for name, said in fields.items() if name in _LONG or (" " in said and name != "code"))
    return [said for said in typed if said.strip()]


def not_lost(config: Config, fields: Mapping[str, str], key: str, leads: str) -> Response | None:
    """A page that shows what was typed into a form that came to nothing, why, and the way on; None where that
    was nothing.
    """
    typed, language = typed_words(fields), config.schools[0].language
    given = {"key": key, "typed": typed, "leads": leads}
    return render_page("signed_out.html", language, 403, who=None, page="", **given) if typed else None


_TYPES = {
    ".eml": "message/rfc822",
    ".html": "text/html",
    ".md": "text/markdown",
    ".pdf": "application/pdf",
    ".zip": "application/zip",
}


def file_to_save(content: bytes, name: str) -> Response:
    """Make a file to be saved; its name is ours."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=_TYPES[name[name.rindex(".") :]], headers=headers)


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


_FILES = {
    "desk.css": "text/css",
    "desk.js": "text/javascript",
    "passkey.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}


@cache
def _file(name: str) -> bytes:
    return files("monitor.desk").joinpath("static", name).read_bytes()


@cache
def file_path(name: str) -> str:
    """Return where such a file lies: elsewhere once it has changed, so that browsers keep it."""
    return f"/s/{sha256(_file(name)).hexdigest()[:12]}/{name}"


def shown_file(name: str) -> Response | None:
    """The stylesheet, the script or the icon as an answer; None for any other name."""
    if name not in _FILES:
        return None
    return Response(_file(name), media_type=_FILES[name], headers={"Cache-Control": _FOREVER})
