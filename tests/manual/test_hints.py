"""A hint that names a page of the desk names one that there is; its commands: test_architecture.py."""

from __future__ import annotations

import re

from support.checkout import ROOT

from data.errors import as_typed
from monitor.desk.app import desk_app

ROOMS = ("monitor", "sources", "classifiers", "alerts", "data")
SAID = "\n".join(
    path.read_text(encoding="utf-8")
    for room in ROOMS
    for path in (ROOT / room).rglob("*")
    if path.suffix in (".py", ".toml") and path.name != "errors.py"
)


def test_every_page_in_a_hint_is_a_route_of_the_desk():
    desk = desk_app(None, lambda: None, None)
    pages = {route.path for route in desk.routes}
    named = set(re.findall("⟪(/[a-z/-]+)⟫", SAID))
    assert named
    assert named <= pages


def test_a_page_is_said_by_its_address_whole_where_that_of_the_desk_is_known():
    assert as_typed("See ⟪/code⟫.") == "See the desk’s page /code."
    assert "https://desk.test/code" in as_typed("See ⟪/code⟫.", desk="https://desk.test/")
