"""By which way each platform is asked, and who helps: facts, kept as data, and when they were looked at.

Platforms change their ways without saying so: each row bears the day on which it was checked, and is shown
as old after six months. docs/who-hosts-it.md tells where the facts are from.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TypeVar

from pydantic import ConfigDict, TypeAdapter

from data.cases import Case, CaseState
from data.content_class import class_spec
from data.frozen import freeze
from data.register.calendar import months_after
from data.steps.codes import Support
from data.web.channels import channel as place
from data.web.channels import channel_at
from data.words.say import Words, join_filled

MONTHS = 6
FALLBACK = "website"
"""The row for what is none of the platforms: the site's contact, its host, its registrar."""

SITES = frozenset(("news", "reviews", "forum", "petition", FALLBACK))
"""Rows for websites of whatever name: who hosts one is asked of the registers."""


class WayOf(StrEnum):
    ACCOUNT = "account"
    """A whole account, a page or a channel."""
    POSING = "posing"
    """One that poses as the school, or as somebody there."""
    UNDER_AGE = "under_age"
    """One of a child under the least age that the platform allows."""
    SCHOOLS = "schools"
    """Anything, where it is a school that reports."""


STRICT = ConfigDict(extra="forbid")
"""No key of a file is left unread."""


@freeze
class OtherWay:
    """Another of a platform's ways, with its own source; the fields are those of `PlatformRoute`."""

    __pydantic_config__ = STRICT

    of: WayOf
    report: str
    form: str
    asks: tuple[str, ...]
    who: str
    checked_on: date
    source: str


@freeze
class PlatformRoute:
    """One platform's way. `report`, `asks`, `escalate`, `watch`, `time` are sentences in English. `form` is
    an https address or "", `mail` an e-mail address or ""; `hours` is its own promise where it makes one,
    None where nothing is published; `who` may report: anyone, person, owner, member."""

    __pydantic_config__ = STRICT

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


@freeze
class Helpline:
    """The one who helps, or must be told: how and when they are reached, what for and what not."""

    __pydantic_config__ = STRICT

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
    """Find how the place is asked: as said of it, by its platform's address, else as a website."""
    rows = platforms()
    said, found = rows.get(place(channel).route), rows.get(place(channel_at(url)).route, rows[FALLBACK])
    if said is None or (said.is_site and found.key != FALLBACK):
        return found
    return said


@cache
def platforms() -> Mapping[str, PlatformRoute]:
    """Every row by its key, in the order of the file."""
    return {row.key: row for row in _read_rows("platforms", PlatformRoute)}


@cache
def helplines() -> Mapping[str, Helpline]:
    return {row.key: row for row in _read_rows("helplines", Helpline)}


def old(row: PlatformRoute | OtherWay | Helpline, today: date) -> bool:
    """Was it looked at more than six months ago?"""
    return today > months_after(row.checked_on, MONTHS)


Row = TypeVar("Row")


def _read_rows(name: str, of: type[Row]) -> Iterable[Row]:
    text = (files("alerts") / "routes" / f"{name}.toml").read_text(encoding="utf-8")
    return (TypeAdapter(of).validate_python(row) for row in tomllib.loads(text)[name])


_OVER = (CaseState.CONFIRMING, CaseState.CLOSED, CaseState.FAIR_COMMENT)


@freeze
class PlayStep:
    """One step: `who` does it, `by` when, by which `letter` (a `LetterKind`), at which `body` (a helpline).
    `done` is what a case shows once it is done, "" where no case shows it. `day` is the guidance's own,
    `read_on` when its `page` was read."""

    __pydantic_config__ = STRICT

    key: str
    who: str
    by: str
    source: str
    page: str
    day: str
    read_on: date
    letter: str = ""
    body: str = ""
    done: str = ""

    def is_done(self, case: Case) -> bool:
        """Does the case show that it is done, at any of its places?"""
        kind, _, what = self.done.partition(": ")
        asked = {f"{a.rung.value} {a.kind}".strip() for here in case.places for a in here.askings}
        shown = {
            "referred": not set(what.split(", ")).isdisjoint(case.referred_to),
            "asked": what in asked,
            "warned": what in case.warned,
            "called": bool(case.to_police),
            "kept": case.captures > 0,
            "classified": case.classified_by is not None,
            "support": case.support is not Support.NOT_OFFERED,
            "responded": case.responded_at is not None,
        }
        return shown[kind]

    @property
    def helpline(self) -> Helpline | None:
        """The one it turns to outside the school."""
        return helplines()[self.body] if self.body else None


@freeze
class Playbook:
    """The steps of one kind of matter, and which cases are of it: by `lanes`, or by `classes` and `about`.
    With `places`, a case about one post alone is not, unless its class is of an account."""

    __pydantic_config__ = STRICT

    key: str
    steps: tuple[PlayStep, ...]
    lanes: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    def fits(self, case: Case) -> bool:
        if case.lane is not None or self.lanes:
            return case.lane in self.lanes
        if case.content_class not in self.classes or case.about not in self.about:
            return False
        whole = case.spec.account or any(p.role in self.places for p in case.places)
        return whole or not self.places


@cache
def playbooks() -> Mapping[str, Playbook]:
    """Every playbook by its key, in the order of the file."""
    return {row.key: row for row in _read_rows("playbooks", Playbook)}


def next_step(case: Case) -> tuple[Playbook, PlayStep] | None:
    """The first step of the playbook of an open case that it does not show yet; None where there is none."""
    if case.state in _OVER:
        return None
    mine = (book for book in playbooks().values() if book.fits(case))
    not_there = "platform" if place(case.channel).is_site else ""
    steps = ((book, s) for book in mine for s in book.steps if s.done and s.key != not_there)
    return next(((book, s) for book, s in steps if not s.is_done(case)), None)


def next_words(case: Case, w: Words) -> tuple[str, ...]:
    """Write that step in words: what, who, by when; then where, and what to say there."""
    if (found := next_step(case)) is None:
        return ()
    book, step = found
    what = w(f"playbook.{book.key}.{step.key}")
    title = w(f"playbook.title.{book.key}")
    who, by = w(f"playbook.who.{step.who}"), w(f"playbook.by.{step.by}")
    said = w("playbook.next", playbook=title, what=what, who=who, by=by)
    return (said, *body_words(step, w))


def body_words(step: PlayStep, w: Words) -> tuple[str, ...]:
    """Say how the body of a step is reached, and what to say there; nothing where it has none."""
    if (line := step.helpline) is None:
        return ()
    ways = join_filled(", ", line.phone, line.mail, line.web)
    said = w("playbook.words", said=w(f"playbook.say.{step.body}"))
    return w("playbook.reach", name=line.name, ways=ways), said
