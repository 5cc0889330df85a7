"""Frame of every HTML mail: one column, its colours by light and by dark, and its buttons.

A mail's own template stands in the folder `templates` of its package, begins with
`{% extends "alerts.layout/layout.html" %}`, fills the block `content`, and takes from
`alerts.layout/parts.html` what is not its own (`button`, `danger`). There are no pictures or scripts, and
nothing is fetched. Styles stand in each element, for programs that drop style sheets (Gmail, some
Outlooks); the sheet stays for dark mode only. Gmail cuts a mail at 102 KB.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import css_inline
import jinja2

_HERE = "alerts.layout"


def render_page(template: str, *, language: str, title: str, **given: object) -> str:
    """Render the whole page of a template, such as `alerts.layout/digest.html`; what is filled in is escaped.
    `language` and `title` are those of the mail. Raises jinja2.UndefinedError where a name is not given."""
    page = _environment().get_template(template)
    css, dark = (_read_template(f"{_HERE}/{name}.css") for name in ("base", "dark"))
    return _inliner().inline(page.render(language=language, title=title, css=css, dark=dark, **given))


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(_read_template),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False)


@cache
def _read_template(name: str) -> str:
    package, _, file = name.partition("/")
    return files(package).joinpath("templates", file).read_text(encoding="utf-8")
