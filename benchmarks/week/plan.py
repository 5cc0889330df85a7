"""A week that is to be replayed, as its file says it: schools, their people and places, posts and acts."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Post:
    """One post of a place, or an article where it has a `paper`; `at` is local time."""

    at: datetime
    place: str
    key: str
    title: str
    text: str = ""
    paper: str = ""


@dataclass(frozen=True)
class Act:
    """What somebody does at a local time: buttons of the page that a mail leads to, a line that is typed, or
    what is handed in with its words in `said`.

    `mail` is what the subject or the text of their newest such mail has; `do` the buttons by their values,
    in turn; `fields` what is filled in beside the last of them. `signs` is the week (2027-W01) whose report
    they sign.
    `steps` is what they do at the desk, from Today on (`benchmarks/week/taps.py`).
    """

    at: datetime
    who: str = ""
    mail: str = ""
    do: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    type: str = ""
    hands_in: Mapping[str, str] = field(default_factory=dict)
    said: str = ""
    signs: str = ""
    steps: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True)
class Week:
    """All of it. `settings` are the lines of `schoolgate.toml` before the places and the people; `at_desk` is
    what people do there besides, where they have browsers.
    """

    begins: str
    ends: datetime
    nation: str
    settings: str
    people: tuple[Mapping[str, Any], ...]
    places: tuple[Mapping[str, Any], ...]
    posts: tuple[Post, ...]
    acts: tuple[Act, ...]
    at_desk: tuple[Act, ...] = ()


def read(path: Path) -> Week:
    """The week in that file. Raises KeyError, TypeError or ValueError for what no week has."""
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    return Week(
        said["begins"],
        _when(said["ends"]),
        said.get("nation", "england"),
        said["settings"],
        tuple(said["people"]),
        tuple(said["places"]),
        tuple(sorted((Post(**one | {"at": _when(one["at"])}) for one in said["posts"]), key=lambda p: p.at)),
        _acts(said["acts"]),
        _acts(said.get("at_desk", ())),
    )


def _acts(said: Iterable[Mapping[str, Any]]) -> tuple[Act, ...]:
    acts = (
        Act(
            **one
            | {"at": _when(one["at"]), "do": tuple(one.get("do", ()))}
            | {"steps": tuple(one.get("steps", ()))}
        )
        for one in said
    )
    return tuple(sorted(acts, key=lambda act: act.at))


def _when(said: str) -> datetime:
    return datetime.fromisoformat(said)
