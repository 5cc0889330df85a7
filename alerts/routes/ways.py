"""By which way each platform is asked, and who helps: facts, kept as data, and when they were looked at.

Platforms change their ways without saying so: each row bears the day on which it was checked, and is shown
as old after six months. docs/who-hosts-it.md tells where the facts are from.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from data.content_class import class_spec
from data.register.calendar import months_after
from data.web.channels import channel as place
from data.web.channels import channel_at
from data.words.say import Words

MONTHS = 6
FALLBACK = "website"
"""The row for what is none of the platforms: the site's contact, its host, its registrar."""

SITES = frozenset(("news", "reviews", "forum", "petition", FALLBACK))
"""Rows for websites of whatever name: who hosts one is asked of the registers."""


class WayOf(StrEnum):
    """What one of a platform's other ways is for."""

    ACCOUNT = "account"
    """A whole account, a page or a channel."""
    POSING = "posing"
    """One that poses as the school, or as somebody there."""
    SCHOOLS = "schools"
    """Anything, where it is a school that reports."""


@dataclass(frozen=True, slots=True)
class OtherWay:
    """Another of a platform's ways, with its own source; the fields are those of `PlatformRoute`."""

    of: WayOf
    report: str
    form: str
    asks: tuple[str, ...]
    who: str
    checked_on: date
    source: str


@dataclass(frozen=True, slots=True)
class PlatformRoute:
    """One platform's way. `report`, `asks`, `escalate`, `watch`, `time` are sentences in English.

    `form` is an https address or "", `mail` an e-mail address or ""; `hours` is its own promise where it
    makes one, None where nothing is published; `who` may report: anyone, person, owner, member.
    """

    key: str
    name: str
    report: str
    form: str
    asks: tuple[str, ...]
    grounds: tuple[str, ...]
    time: str
    who: str
    logged_in: bool
    escalate: str
    watch: str
    checked_on: date
    source: str
    hours: int | None = None
    mail: str = ""
    ways: tuple[OtherWay, ...] = ()

    @property
    def is_site(self) -> bool:
        """A website of its own, whose host is to be found out; False for a named platform."""
        return self.key in SITES

    def way(self, *of: WayOf) -> OtherWay | None:
        """Its way for the first of these for which it has one; None where no source was found."""
        return next((way for one in of for way in self.ways if way.of is one), None)

    def fitting(self, content_class: str) -> tuple[str, ...]:
        """Which of the platform's grounds fit a content class, the best first."""
        return tuple(g for g in class_spec(content_class).grounds if g in self.grounds)


@dataclass(frozen=True, slots=True)
class Helpline:
    """Who helps, or must be told: how and when they are reached, what for and what not."""

    key: str
    name: str
    web: str
    mail: str
    phone: str
    hours: str
    what: str
    not_for: str
    checked_on: date
    source: str


def route(channel: str, url: str = "") -> PlatformRoute:
    """How the place of a post is asked: as was said of it, or by an address that names a platform.

    What is none of them is a website.
    """
    rows = platforms()
    said, found = rows.get(place(channel).route), rows.get(place(channel_at(url)).route, rows[FALLBACK])
    if said is None or (said.is_site and found.key != FALLBACK):
        return found
    return said


@cache
def platforms() -> Mapping[str, PlatformRoute]:
    """Every row by its key, in the order of the file."""
    return {row["key"]: PlatformRoute(**_with_ways(row)) for row in _rows("platforms")}


def _with_ways(row: dict[str, Any]) -> dict[str, Any]:
    ways = (way | {"of": WayOf(way["of"]), "asks": tuple(way["asks"])} for way in row.get("ways", ()))
    return row | {"ways": tuple(OtherWay(**way) for way in ways)}


@cache
def helplines() -> Mapping[str, Helpline]:
    """Every helpline by its key."""
    return {row["key"]: Helpline(**row) for row in _rows("helplines")}


def ground_words(code: str, w: Words) -> str:
    """A ground in a school's language."""
    return w(f"route.ground.{code}")


def old(row: PlatformRoute | OtherWay | Helpline, today: date) -> bool:
    """Was it looked at more than six months ago?"""
    return today > months_after(row.checked_on, MONTHS)


def _rows(name: str) -> list[dict[str, Any]]:
    table = tomllib.loads((files("alerts.routes") / f"{name}.toml").read_text(encoding="utf-8"))
    return [
        {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
        for row in table[name]
    ]
