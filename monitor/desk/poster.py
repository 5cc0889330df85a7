"""A poster for the staff room: a square code and an address that lead to “Tell us what you saw”."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import segno

from alerts.layout.pdf import compiled
from data.types import School
from data.words.say import words
from monitor.config.load import Config
from monitor.desk.ring import ring_lines

_STEPS = ("sign_in", "answer", "keep")
_TELL = ("post", "threat", "false", "shown")
_NOT = ("image", "more", "wait")


def poster(config: Config, school: School, base_url: str, day: date) -> bytes:
    """The PDF, one page of A4. Raises typst.TypstError where it could not be made as the standard asks."""
    w, url = words(school.language), f"{base_url.rstrip('/')}/tell"
    address = url.partition("://")[2]
    given = {
        "language": w.language,
        "school": school.name,
        "address": address,
        "square": square(url),
        "alt": w("desk.poster.alt", address=address),
        "ring": [*map(str, ring_lines(config, school, None, w)), w("desk.poster.as_always")],
        **{key: w(f"desk.poster.{key}") for key in ("title", "lead", "scan", "tell", "not", "danger")},
        "steps": [w(f"desk.poster.steps.{key}") for key in _STEPS],
        "tells": [w(f"desk.poster.tells.{key}") for key in _TELL],
        "nots": [w(f"desk.poster.nots.{key}") for key in _NOT],
    }
    return compiled("monitor.desk/poster.typ", given, day)


def square(url: str) -> str:
    """A QR code of that address as SVG: dark on white with its quiet border, legible with a quarter of it
    torn or dirty."""
    out = BytesIO()
    segno.make_qr(url, error="q").save(out, kind="svg", border=4, light="white", xmldecl=False)
    return out.getvalue().decode()
