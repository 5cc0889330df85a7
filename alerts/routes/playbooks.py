"""Playbooks: what to do in three kinds of matter, in order; facts, kept as data with their guidance. Pure.

They change nothing: the ladder's rules hold. Of a case the first step is named that it does not show yet.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from alerts.routes.ways import Helpline, helplines
from data.cases import Case, CaseState
from data.content_class import class_spec
from data.steps.codes import Support
from data.words.say import Words

_OVER = (CaseState.CONFIRMING, CaseState.CLOSED, CaseState.FAIR_COMMENT)


@dataclass(frozen=True, slots=True)
class PlayStep:
    """One step: `who` does it, `by` when, by which `letter` (a `LetterKind`), at which `body` (a helpline).

    `done` is what a case shows once it is done, "" where no case shows it. `day` is the guidance's own,
    `read_on` when its `page` was read.
    """

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
        """Whom it turns to outside the school."""
        return helplines()[self.body] if self.body else None


@dataclass(frozen=True, slots=True)
class Playbook:
    """The steps of one kind of matter, and which cases are of it: by `lanes`, or by `classes` and `about`.

    With `places`, a case about one post alone is not, unless its class is of an account.
    """

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
        whole = class_spec(case.content_class).account or any(p.role in self.places for p in case.places)
        return whole or not self.places


@cache
def playbooks() -> Mapping[str, Playbook]:
    """Every playbook by its key, in the order of the file."""
    text = (files("alerts.routes") / "playbooks.toml").read_text(encoding="utf-8")
    found = {}
    for row in tomllib.loads(text)["playbooks"]:
        kept = {name: tuple(value) for name, value in row.items() if name not in ("key", "steps")}
        found[row["key"]] = Playbook(row["key"], tuple(PlayStep(**step) for step in row["steps"]), **kept)
    return found


def next_step(case: Case) -> tuple[Playbook, PlayStep] | None:
    """The first step of the playbook of an open case that it does not show yet; None where there is none."""
    if case.state in _OVER:
        return None
    mine = (book for book in playbooks().values() if book.fits(case))
    return next(((book, s) for book in mine for s in book.steps if s.done and not s.is_done(case)), None)


def next_words(case: Case, w: Words) -> tuple[str, ...]:
    """That step in words: what, who, by when; then where, and what to say there."""
    if (found := next_step(case)) is None:
        return ()
    book, step = found
    what = w(f"playbook.{book.key}.{step.key}")
    said = w(
        "playbook.next",
        playbook=w(f"playbook.title.{book.key}"),
        what=what,
        who=w(f"playbook.who.{step.who}"),
        by=w(f"playbook.by.{step.by}"),
    )
    return (said, *body_words(step, w))


def body_words(step: PlayStep, w: Words) -> tuple[str, ...]:
    """How the body of a step is reached, and what to say there; nothing where it has none."""
    if (line := step.helpline) is None:
        return ()
    ways = ", ".join(filter(None, (line.phone, line.mail, line.web)))
    return w("playbook.reach", name=line.name, ways=ways), w(
        "playbook.words", said=w(f"playbook.say.{step.body}")
    )
