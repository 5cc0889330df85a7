"""What somebody says, drawn from the patterns of `texts.toml`, and how people name a school."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.nation.world.schools import head_of
from data.types import School


class Tone(StrEnum):
    """What a text is; each has patterns of its own in `texts.toml`."""

    NOBODY = "nobody"
    DULL = "dull"
    PRAISE = "praise"
    COMPLAINT = "complaint"
    ABUSIVE = "abusive"
    SAFEGUARDING = "safeguarding"
    THREAT = "threat"


NAMED: Mapping[Tone, float] = {
    Tone.DULL: 0.8565,
    Tone.PRAISE: 0.06,
    Tone.COMPLAINT: 0.075,
    Tone.ABUSIVE: 0.006,
    Tone.SAFEGUARDING: 0.0015,
    Tone.THREAT: 0.001,
}
"""Of the texts that name a school: most ask when the gates open. One in 117 is grave."""
REPLY_NAMES = 0.15
"""So many replies name the school again; the others are known by their thread alone."""
_LEGAL = re.compile(
    r"\b(?:church of england|c\.? ?of ?e\.?|cofe|ce|c\.e\.|roman catholic|catholic|rc|voluntary \w+"
    r"|community|foundation|primary|infants?|juniors?|nursery|first|middle|school|academy|and|the)\b",
    re.IGNORECASE,
)
_SPACES = re.compile(r"[\s,()&-]+")


def tone(rng: random.Random) -> Tone:
    """What somebody says who names a school."""
    return rng.choices(list(NAMED), list(NAMED.values()))[0]


def post(rng: random.Random, said: Tone, school: School | None, town: str) -> str:
    """A post; `school` is None where it is about nobody."""
    texts = _texts()
    line = _filled(rng, rng.choice(texts[said]), school, town)
    return " ".join(filter(None, (rng.choice(texts["openers"]), line, rng.choice(texts["closers"]))))


def reply(rng: random.Random, school: School | None, town: str) -> str:
    """What somebody answers: seldom with the name of what it is about."""
    line = _filled(rng, rng.choice(_texts()["reply"]), school, town)
    if school is not None and rng.random() < REPLY_NAMES:
        return f"{line} {named(rng, school, town)} was never like that before."
    return " ".join(filter(None, (line, rng.choice(_texts()["closers"]))))


def story(rng: random.Random, said: Tone, school: School | None, town: str) -> tuple[str, str]:
    """What a paper prints: a headline and its first lines, the school by its whole name."""
    lines = _texts()["headline"]
    head = _filled(rng, rng.choice(lines[said]), school, town, formal=True)
    beside = _filled(
        rng, rng.choice(lines[Tone.NOBODY if school is None else Tone.DULL]), school, town, formal=True
    )
    asked = rng.randrange(2, 40)
    return (
        head,
        f"{head}, it was confirmed. {asked} people had been in touch, a spokesman said. Also: {beside}.",
    )


def edited(rng: random.Random, text: str) -> str:
    """The same post, after its author came back to it."""
    return (
        f"{text} EDIT: {rng.choice(('sorted now', 'typo', 'thanks all', 'to add, this was this morning'))}."
    )


def copied(rng: random.Random, text: str) -> str:
    """The same text as another site brings it: nearly word for word."""
    words = text.split()
    drop = rng.randrange(len(words))
    return " ".join(words[:drop] + words[drop + 1 :] if len(words) > 12 else words)


def named(rng: random.Random, school: School, town: str, *, formal: bool = False) -> str:
    """The school as people call it."""
    return rng.choice(_ways(school.name, town)[: 3 if formal else None])


@cache
def _ways(name: str, town: str) -> Sequence[str]:
    """Whole with and without its town first; then as neighbours say it."""
    core = _SPACES.sub(" ", _LEGAL.sub(" ", name)).strip() or name
    kind = next(
        (k for k in ("Primary", "Infant", "Junior", "Academy", "High") if k.lower() in name.lower()), "School"
    )
    short = f"{core} {kind}" if kind.lower() not in core.lower() else core
    tag = "#" + re.sub(r"\W", "", short.title())
    return (
        name,
        f"{name}, {town}",
        f"{name} in {town}",
        short,
        short,
        short.lower(),
        f"{short} ({town})",
        core,
        tag,
    )


def _filled(rng: random.Random, line: str, school: School | None, town: str, *, formal: bool = False) -> str:
    texts = _texts()
    return line.format(
        s=named(rng, school, town, formal=formal) if school is not None else "",
        h=_surname(school.urn) if school is not None else "",
        t=town, n=rng.randrange(2, 98), d=rng.choice(texts["days"]), w=rng.choice(texts["things"]),
        o=rng.choice(texts["home"]), y=rng.choice(texts["years"]),
    )  # fmt: skip


@cache
def _surname(urn: str) -> str:
    title, _, last = head_of(urn).split(" ", 2)
    return f"{title} {last}"


@cache
def _texts() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_name("texts.toml").read_text(encoding="utf-8"))
