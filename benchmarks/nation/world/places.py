"""The model of where a nation talks: which places there are, how much is said there, who watches them.

Every figure is an assumption, with its reason beside it; `table` prints them all. Hosts are invented.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from benchmarks.nation.world.schools import PlayedHome, areas, seeded
from data.types import School, Source

NATION = 25_000
POSTS_A_DAY = 2_000_000
"""Posts a day in all places of the nation that somebody watches."""


class Family(StrEnum):
    """What sort of place it is."""

    SEARCH = "search"
    OWN = "own"
    INSPECTION = "inspection"
    REVIEWS = "reviews"
    PAPER = "paper"
    BOARD = "board"
    TOPIC = "topic"
    REGIONAL = "regional"
    PRESS = "press"
    PARENTS = "parents"


@dataclass(frozen=True, slots=True)
class Stated:
    """What is assumed of a sort of place. `a_day` are posts a day and place, `shown` how many it shows at
    once, `names` the share of what begins there that names a school."""

    kind: str
    a_day: float
    shown: int
    names: float
    why: str


STATED: Mapping[Family, Stated] = {
    Family.SEARCH: Stated("feed", 2.0, 20, 0.55, "a search by name and town, a quarter namesakes; one host"),
    Family.OWN: Stated("feed", 0.8, 20, 0.9, "a school's own news: four items a week"),
    Family.INSPECTION: Stated("inspection", 0.003, 20, 1.0, "a report a year, read daily; one host for all"),
    Family.REVIEWS: Stated("reviews.schema_org", 0.03, 20, 1.0, "a review a month; one host"),
    Family.PAPER: Stated("feed", 60.0, 20, 0.06, "a local paper with its partners' stories"),
    Family.BOARD: Stated("forum.discourse", 0.0, 50, 0.12, "a town's board; takes what is left of the day"),
    Family.TOPIC: Stated("forum.phpbb", 0.0, 50, 0.12, "a town's long open topic, as much as a board"),
    Family.REGIONAL: Stated("feed", 400.0, 20, 0.05, "twelve regional papers"),
    Family.PRESS: Stated("feed", 600.0, 20, 0.02, "ten national papers and broadcasters"),
    Family.PARENTS: Stated("forum.discourse", 5000.0, 50, 0.02, "a national board with 40 lists"),
}  # fmt: skip
REGIONAL_PAPERS, NATIONAL_PAPERS, PARENTS_LISTS = 12, 10, 40
REVIEWED = 0.2
WATCH_PAPER, WATCH_BOARD = 0.5, 0.25
"""So many homes of a town watch its paper, and its board, besides the first one, which always does."""
IS_TOPIC = 0.4
NAMESAKES = 0.25
"""Of what a search finds so much is about another school, and a fifth about none."""


@dataclass(frozen=True, slots=True)
class PlayedPlace:
    """A place: the schools that are talked of there, and what it says in a day."""

    family: Family
    url: str
    name: str
    town: str
    urns: Sequence[str]
    a_day: float

    @property
    def stated(self) -> Stated:
        """What is assumed of its sort."""
        return STATED[self.family]


@dataclass(frozen=True)
class Nation:
    """Schools, homes and places. `named` are each home's own sources, `shared` the fleet's."""

    schools: Mapping[str, School]
    towns: Mapping[str, str]
    places: Mapping[str, PlayedPlace]
    named: Mapping[str, Sequence[Source]]
    shared: Sequence[Source]
    seed: int

    @cached_property
    def urns(self) -> tuple[str, ...]:
        """Of all schools."""
        return tuple(self.schools)


def settled(homes: Sequence[PlayedHome], seed: int = 17) -> Nation:
    """The nation of these homes: its places, scaled to their number, and who watches which."""
    schools = {school.urn: school for home in homes for school in home.schools}
    towns = areas(schools.values())
    by_town: dict[str, list[str]] = defaultdict(list)
    for urn, town in towns.items():
        by_town[town].append(urn)
    locals_ = {town: _of_town(n, town, urns, seed) for n, (town, urns) in enumerate(sorted(by_town.items()))}
    places = [place for some in locals_.values() for place in some]
    places += [place for school in schools.values() for place in _of_school(school, towns[school.urn], seed)]
    places += _of_all(tuple(schools), len(schools) / NATION)
    places = _filled_up(places, len(schools), POSTS_A_DAY * len(schools) / NATION)
    return Nation(
        schools,
        towns,
        {place.url: place for place in places},
        _watched(homes, towns, places, seed),
        tuple(_source(place, ()) for place in places if place.family in _SHARED),
        seed,
    )


def table(nation: Nation) -> str:
    """The assumptions as rows of a Markdown table."""
    rows = [
        "| places | how many | kind | posts a day each | in all | shown at once | name a school | assumed |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for family, stated in STATED.items():
        those = [place for place in nation.places.values() if place.family is family]
        in_all = sum(place.a_day for place in those)
        each = in_all / len(those) if those else 0.0
        rows.append(
            f"| {family} | {len(those):,} | {stated.kind} | {each:,.3g} | {in_all:,.0f} | {stated.shown} "
            f"| {stated.names:.0%} | {stated.why} |"
        )
    whole = sum(place.a_day for place in nation.places.values())
    return "\n".join([*rows, f"| **all** | {len(nation.places):,} | | | {whole:,.0f} | | | |"])


def _of_town(n: int, town: str, urns: Sequence[str], seed: int) -> list[PlayedPlace]:
    family = Family.TOPIC if seeded(seed, "topic", town).random() < IS_TOPIC else Family.BOARD
    path = "viewtopic.php?t=12" if family is Family.TOPIC else "posts.json"
    return [
        PlayedPlace(Family.PAPER, f"https://gazette{n}.example.org/news/rss.xml", f"{town} Gazette",
                    town, urns, STATED[Family.PAPER].a_day),
        PlayedPlace(family, f"https://talk{n}.example.org/{path}", f"{town} Talk", town, urns, 0.0),
    ]  # fmt: skip


def _of_school(school: School, town: str, seed: int) -> list[PlayedPlace]:
    urn = school.urn
    ways = {
        Family.SEARCH: f"https://search.example.org/news?q={urn}&format=rss",
        Family.OWN: f"https://{school.domain}/news/feed",
        Family.INSPECTION: f"https://reports.example.org/provider/{urn}",
    }
    if seeded(seed, "reviewed", urn).random() < REVIEWED:
        ways[Family.REVIEWS] = f"https://reviews.example.org/{urn}"
    return [
        PlayedPlace(f, url, f"{school.name} {f}", town, (urn,), STATED[f].a_day) for f, url in ways.items()
    ]


def _of_all(urns: Sequence[str], share: float) -> list[PlayedPlace]:
    """The fleet's own places. A part of the nation has as many fewer; a part of one says less."""
    found = []
    for family, count, where in (
        (Family.REGIONAL, REGIONAL_PAPERS, "https://regional{}.example.org/rss.xml"),
        (Family.PRESS, NATIONAL_PAPERS, "https://press{}.example.org/rss.xml"),
        (Family.PARENTS, PARENTS_LISTS, "https://parents.example.org/l{}/posts.json"),
    ):
        number = max(1, round(count * share))
        rate = STATED[family].a_day * count * share / number
        found += [
            PlayedPlace(
                family, where.format(n), f"{family.title()} News {n}", "the county", urns[n::number], rate
            )
            for n in range(number)
        ]
    return found


def _filled_up(places: Iterable[PlayedPlace], schools: int, whole: float) -> list[PlayedPlace]:
    """The towns' boards take what is left of the whole, by the schools of the town."""
    places = list(places)
    rate = max(0.0, whole - sum(place.a_day for place in places)) / schools
    return [
        replace(place, a_day=rate * len(place.urns))
        if place.family in (Family.BOARD, Family.TOPIC)
        else place
        for place in places
    ]


_SHARED = (Family.REGIONAL, Family.PRESS, Family.PARENTS)


def _watched(
    homes: Sequence[PlayedHome], towns: Mapping[str, str], places: Sequence[PlayedPlace], seed: int
) -> dict[str, list[Source]]:
    """Each home's sources: those of its own schools, and those of their towns that it watches."""
    own: dict[str, list[PlayedPlace]] = defaultdict(list)
    of_town: dict[str, list[PlayedPlace]] = defaultdict(list)
    for place in places:
        if len(place.urns) == 1 and place.family in _OF_ONE:
            own[place.urns[0]].append(place)
        elif place.family not in _SHARED:
            of_town[place.town].append(place)
    found: dict[str, list[Source]] = {home.name: [] for home in homes}
    met: set[str] = set()
    for home in homes:
        there: dict[str, list[str]] = defaultdict(list)
        for school in home.schools:
            there[towns[school.urn]].append(school.urn)
            found[home.name] += [_source(place, (school.urn,)) for place in own[school.urn]]
        for town, urns in there.items():
            watched = [p for p in of_town[town] if town not in met or _watches(home.name, p, seed)]
            found[home.name] += [_source(place, tuple(urns)) for place in watched]
            met.add(town)
    return found


_OF_ONE = (Family.SEARCH, Family.OWN, Family.INSPECTION, Family.REVIEWS)


def _watches(home: str, place: PlayedPlace, seed: int) -> bool:
    share = WATCH_PAPER if place.family is Family.PAPER else WATCH_BOARD
    return seeded(seed, "watches", home, place.url).random() < share


def _source(place: PlayedPlace, urns: tuple[str, ...]) -> Source:
    """As it stands in a configuration. A board is read by its first page: that is where the new posts are."""
    news = place.family in (Family.SEARCH, Family.PAPER, Family.REGIONAL, Family.PRESS)
    number = urns[0] if place.family in _OF_ONE else place.url.split("//")[1].split(".")[0]
    suffix = "" if place.family is not Family.PARENTS else place.url.split("/")[3]
    return Source(
        f"{place.family}-{number}{suffix}", place.stated.kind, place.url, urns=urns,
        name=place.name, max_pages=1, channel="news" if news else None,
        surfaced=place.family is Family.SEARCH, own=place.family is Family.OWN,
        listing=place.family in (Family.INSPECTION, Family.REVIEWS),
    )  # fmt: skip
