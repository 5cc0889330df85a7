"""Texts on real schools and their namesakes, drawn from the register: their truth follows from how."""

from __future__ import annotations

import random
import tomllib
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from data.register.school_names import Register as Names
from data.register.school_names import (
    core,
    normalise,
    outward,
    propose_aliases,
    propose_namesakes,
    register_of_names,
    spoken_core,
)
from data.types import School

BANDS = ((1, 1), (2, 5), (6, 30), (31, 10_000))
"""How many schools bear the exact name of the school that is watched."""

_TRIES = 6
HALVES = ("tune", "report")
_TRUSTS = ("Bright Acorn Learning Trust", "Three Rivers Education Trust", "Larchwood Schools Partnership")


@dataclass(frozen=True, slots=True)
class Template:
    """A text with gaps. `whose` is ours, anothers or bare."""

    whose: str
    group: str
    text: str

    @property
    def half(self) -> str:
        """Which half it is in: the same for ever, whatever is added."""
        return HALVES[zlib.crc32(self.text.encode()) % 2]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A text and the school it was found for. `ours` is None where nobody could tell."""

    school: School
    template: Template
    bearers: int
    channel: str
    title: str
    text: str
    ours: bool | None


def templates() -> list[Template]:
    """All of them, in the file's order."""
    table = tomllib.loads(Path(__file__).with_name("templates.toml").read_text(encoding="utf-8"))
    groups = [
        ("bare", "bare", table["bare"]["posts"]),
        *(
            (whose, group, given["posts"])
            for whose in ("ours", "anothers")
            for group, given in table[whose].items()
        ),
    ]
    return [Template(w, g, line) for w, g, posts in groups for line in posts.splitlines() if line]


class Register:
    """The register, by name."""

    def __init__(self, schools: Sequence[School]) -> None:
        self.schools = [s for s in schools if s.town and s.postcode and s.head and core(s.name)]

    @cached_property
    def names(self) -> Names:
        """What it says of names, as `schoolgate init` asks it."""
        return register_of_names(self.schools)

    @cached_property
    def by_name(self) -> dict[str, list[School]]:
        """Schools by their whole name; “Catholic” and “RC” are one."""
        found = defaultdict(list)
        for school in self.schools:
            found[_name(school.name)].append(school)
        return found

    @cached_property
    def by_core(self) -> dict[str, list[School]]:
        """Schools by the part of their name that people say."""
        found = defaultdict(list)
        for school in self.schools:
            found[core(school.name)].append(school)
        return found

    def borne(self, low: int, high: int) -> list[School]:
        """Schools whose exact name is borne by so many."""
        found = [s for same in self.by_name.values() if low <= len(same) <= high for s in same]
        return sorted(found, key=lambda s: s.urn)

    def alone(self, said: str, place: str) -> bool:
        """Is there only one school in that place that may be called so?"""
        words = set(_name(said).split())
        there = [
            s
            for s in self.by_core[core(said)]
            if words <= {*_name(s.name).split(), "school"} and normalise(place) in places(s)
        ]
        return len(there) == 1


def _name(name: str) -> str:
    return " ".join("rc" if w == "catholic" else w for w in normalise(name).removeprefix("the ").split())


def places(school: School) -> set[str]:
    """Its places in normal form."""
    wide = (school.locality, school.town, school.county, school.local_authority, outward(school.postcode))
    return {normalise(part) for given in wide for part in given.split(",")} - {""}


def draw(schools: Sequence[School], count: int, seed: int, each: int = 15) -> Iterator[Drawn]:
    """`count` texts, `each` of them on one watched school; schools go round the bands in turn."""
    register = Register(schools)
    rng = random.Random(seed)
    given = templates()
    by_band = [band for low, high in BANDS if (band := register.borne(low, high))]
    groups: dict[tuple[str, str], list[Template]] = defaultdict(list)
    for template in given:
        groups[template.whose, template.group].append(template)
    turn = sorted(groups)
    made = number = turned = 0
    while made < count:
        watched = _watched(rng.choice(by_band[number % len(by_band)]), register, rng)
        number += 1
        for _ in range(each):
            chosen = groups[turn[turned % len(turn)]]
            turned += 1
            tries = (_fill(rng.choice(chosen), watched, register, rng) for _ in range(_TRIES))
            if drawn := next((one for one in tries if one), None):
                yield drawn
            made += drawn is not None


def _watched(school: School, register: Register, rng: random.Random) -> School:
    """The school as `schoolgate init` would write it down, with a trust."""
    return replace(
        school,
        aliases=propose_aliases(school, register.names),
        namesakes=propose_namesakes(school, register.names),
        trust=rng.choice(_TRUSTS),
    )


def _fill(template: Template, school: School, register: Register, rng: random.Random) -> Drawn | None:
    """The text for this school, or None where a gap cannot be filled so that the truth is plain."""
    same = register.by_name[_name(school.name)]
    place = _own_place(school, register, rng)
    other = _namesake(school, register, rng)
    if not place or not other:
        return None
    else1, else2 = (rng.choice(register.schools).name for _ in range(2))
    spoken = [school.name, *_spoken(school)]
    said = school.name
    if "{place}" in template.text:
        said = rng.choice([s for s in spoken if register.alone(s, place)])
    elif template.whose == "anothers":
        said = rng.choice(spoken)
    gaps = {
        "name": said,
        "core": spoken_core(school.name),
        "place": place,
        "head": _head(school, rng),
        "boss": _head(other, rng),
        "road": school.street.split(",")[0].lstrip("0123456789- "),
        "postcode": school.postcode,
        "trust": school.trust or "",
        "town": rng.choice(
            [p for p in (other.locality, other.town) if p and normalise(p) not in places(school)] or [""]
        ),
        "area": other.county or other.local_authority,
        "else1": else1,
        "else2": else2,
    }
    if any(not gaps[name] for name in gaps if f"{{{name}}}" in template.text):
        return None
    if "{core}" in template.text and _names_street(template, gaps):
        return None
    channel, text = "facebook", template.text
    for mark, name in (("news: ", "google_news"), ("review: ", "google_review")):
        if text.startswith(mark):
            channel, text = name, text.removeprefix(mark)
    title, _, body = text.rpartition(" || ")
    ours = {"ours": True, "anothers": False}.get(template.whose, True if len(same) == 1 else None)
    return Drawn(school, template, len(same), channel, title.format(**gaps), body.format(**gaps), ours)


def _names_street(template: Template, gaps: Mapping[str, str]) -> bool:
    """Would it name the school's own road?"""
    return normalise(gaps["road"]) in normalise(template.text.format(**gaps))


def _spoken(school: School) -> list[str]:
    """Shorter forms people use: with one word for the kind of school, or none."""
    kernel = spoken_core(school.name)
    kind = next(
        (
            w
            for w in ("Primary", "Junior", "Infant", "High", "Academy", "College")
            if w in school.name.split()
        ),
        "",
    )
    return [
        form
        for form in (f"{kernel} {kind}".strip(), kernel)
        if kernel and normalise(form) != normalise(school.name)
    ]


def _own_place(school: School, register: Register, rng: random.Random) -> str:
    """A place of its own in which no other school of the whole name lies."""
    given = [p for p in (school.locality, school.town) if p and "," not in p]
    plain = [p for p in given if register.alone(school.name, p)]
    return rng.choice(plain) if plain else ""


def _namesake(school: School, register: Register, rng: random.Random) -> School | None:
    """Another school of the name, or of its core, away from ours; a school elsewhere where there is none."""
    own = places(school)
    for bearers in (
        register.by_name[_name(school.name)],
        register.by_core[core(school.name)],
        register.schools,
    ):
        far = [s for s in rng.sample(bearers, min(len(bearers), 40)) if _away(s, own)]
        if far:
            return rng.choice(far)
    return None


def _away(other: School, own: set[str]) -> bool:
    theirs = places(other)
    parts = {word for place in own for word in place.split()}
    return not theirs & own and not {w for p in theirs for w in p.split() if len(w) > 4} & parts


def _head(school: School, rng: random.Random) -> str:
    """“Mrs Ada Fenn” or “Mrs Fenn”."""
    words = (school.head or "").split()
    return f"{words[0]} {words[-1]}" if len(words) > 2 and rng.random() < 0.5 else " ".join(words)


def groups_of(drawn: Sequence[Drawn]) -> Counter[str]:
    """How many there are of each group."""
    return Counter(f"{d.template.whose}.{d.template.group}" for d in drawn)
