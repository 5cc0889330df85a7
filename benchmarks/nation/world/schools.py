"""The schools of a nation, from its registers or invented, and the homes that they are grouped into.

Of the registers the schools' names and places are taken. Heads, staff and every address are invented: no
site of a real school is named, and nobody who works there.
"""

from __future__ import annotations

import csv
import gzip
import io
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from data.ids import digest
from data.register.national_lists import read_register
from data.store.engine.rows import names
from data.types import School

LISTS = ("schools.csv.gz", "wales.csv.gz", "scotland.csv.gz")
"""State-funded schools of England, Wales and Scotland: 25,969 with the copies beside the project."""
TRUST_SIZES = ((1, 0.42), (2, 0.10), (3, 0.08), (5, 0.10), (8, 0.17), (17, 0.10), (32, 0.03))
"""Schools in a trust, and the share of trusts: 5.4 on average, as 11,600 academies in some 2,150 trusts. The
public copies do not say which trust an academy is of; where a list has a column for it, that holds."""
INVENTED_ACADEMIES = 0.45
MOST_IN_AN_AREA = 25
"""A town with more schools is taken apart by postcode district: nobody's local paper is for all London."""
_ACADEMY = ("academ", "free school", "technology college", "studio")
_FIRST = (
    "Tamsin",
    "Imogen",
    "Ralf",
    "Ada",
    "Osbert",
    "Delphine",
    "Caspian",
    "Barnaby",
    "Wren",
    "Piers",
    "Odette",
)
_LAST = ("Quillfeather", "Larkspur", "Ingrow", "Penhallow", "Fennimore", "Marrow", "Dray", "Thistlewood",
         "Hollowby", "Brackenridge", "Sallow", "Tidewater", "Umberley", "Vellacott",
         "Wherry", "Yarrowby")  # fmt: skip
_SYLLABLES = names(
    "bar cot dun elm fen gar hex ing kel lar mar nor oak pen quil ros sed tam und ver wil yar ash bram chul "
    "dray eff fos gris holt"
)
_KINDS = ("Primary School", "Academy", "Church of England Primary School", "High School", "Infant School")


@dataclass(frozen=True, slots=True)
class PlayedHome:
    """A trust, or a school by itself."""

    name: str
    schools: tuple[School, ...]


def seeded(*parts: object) -> random.Random:
    """A stream of chance that depends on these alone, in every process alike."""
    return random.Random(int(digest(*map(str, parts))[:16], 16))


def nation(folder: Path | None, count: int, seed: int) -> tuple[School, ...]:
    """`count` schools, whole local authorities together as far as it goes: from the lists in `folder`, or
    invented where it is None or has none. Each of them has an invented head and an invented website."""
    listed = tuple(_listed(folder)) if folder is not None else ()
    schools = {
        school.urn: school for school in listed or _invented(count, seed)
    }.values()  # some stand there twice
    return tuple(
        _told(school)
        for school in sorted(schools, key=lambda s: (digest(str(seed), s.local_authority), s.urn))
    )


def homes(schools: Sequence[School], seed: int) -> tuple[PlayedHome, ...]:
    """Trusts, and every other school by itself."""
    trusts: dict[str, list[School]] = defaultdict(list)
    for school in schools:
        trusts[school.trust or school.urn].append(school)
    return tuple(PlayedHome(f"h{digest(trust)[:10]}", tuple(members)) for trust, members in trusts.items())


def of_nation(folder: Path | None, count: int, seed: int = 17) -> tuple[PlayedHome, ...]:
    """Homes of `count` schools together: whole ones in the nation's order, as long as they fit."""
    found: list[PlayedHome] = []
    room = count
    for home in homes(_in_trusts(nation(folder, count, seed), folder, seed), seed):
        if len(home.schools) <= room:
            found.append(home)
            room -= len(home.schools)
    return tuple(found)


def areas(schools: Iterable[School]) -> dict[str, str]:
    """By URN the town that a school is of; of a large one the postcode district there."""
    schools = tuple(schools)
    towns = Counter(_town(school) for school in schools)
    return {
        school.urn: town if towns[town] <= MOST_IN_AN_AREA else f"{town} {school.postcode.partition(' ')[0]}"
        for school in schools
        for town in (_town(school),)
    }


def head_of(urn: str) -> str:
    """The invented head of this school."""
    rng = seeded("head", urn)
    return f"{rng.choice(('Mrs', 'Mr', 'Ms'))} {rng.choice(_FIRST)} {rng.choice(_LAST)}"


def _town(school: School) -> str:
    return school.town or school.locality or school.local_authority


def _told(school: School) -> School:
    host = f"s{school.urn}.example.org".lower()
    return replace(school, head=head_of(school.urn), domain=host, website=f"https://{host}/")


def _listed(folder: Path) -> Iterator[School]:
    for name in LISTS:
        if (folder / name).exists():
            yield from read_register(folder / name)


def _in_trusts(schools: Sequence[School], folder: Path | None, seed: int) -> tuple[School, ...]:
    """Academies of one authority, grouped by TRUST_SIZES where the register says no trust."""
    rng = random.Random(seed)
    academies = _academies(folder) if folder is not None else set()
    if not academies:
        academies = {school.urn for school in schools if rng.random() < INVENTED_ACADEMIES}
    room: dict[str, tuple[str, int]] = {}
    found = []
    for school in schools:
        if school.trust is None and school.urn in academies:
            trust, left = room.get(school.local_authority, ("", 0))
            if not left:
                trust, left = f"{school.local_authority} trust {school.urn}", _size(rng)
            room[school.local_authority] = trust, left - 1
            school = replace(school, trust=trust)
        found.append(school)
    return tuple(found)


def _size(rng: random.Random) -> int:
    sizes, shares = zip(*TRUST_SIZES, strict=True)
    return int(rng.choices(sizes, shares)[0])


def _academies(folder: Path) -> set[str]:
    """The numbers of those whose type is that of an academy or a free school."""
    path = folder / LISTS[0]
    if not path.exists():
        return set()
    text = gzip.decompress(path.read_bytes()).decode("utf-8-sig")
    return {
        row["URN"]
        for row in csv.DictReader(io.StringIO(text))
        if any(kind in row.get("TypeOfEstablishment (name)", "").lower() for kind in _ACADEMY)
    }


def _invented(count: int, seed: int) -> Iterator[School]:
    """A name is borne by three of them, a town by twelve, an authority by 150."""
    rng = random.Random(seed)
    towns = [_word(rng) for _ in range(max(1, count // 12))]
    borne = [_word(rng) for _ in range(max(1, count // 3))]
    for n in range(count):
        name = f"{borne[n % len(borne)]} {_KINDS[n // len(borne) % len(_KINDS)]}"
        town = towns[n // 12 % len(towns)]
        yield School(
            f"{100000 + n}",
            name,
            town=town,
            postcode=f"ZZ{n // 12 % 90} {n % 9}AA",
            local_authority=f"Shire {n // 150}",
        )


def _word(rng: random.Random) -> str:
    return "".join(rng.choices(_SYLLABLES, k=2 + rng.randrange(2))).capitalize()
