"""What an address of the list of matters asks for; what it does not know is said, and left out. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from alerts.links import Links
from data.errors import InputError
from data.people import people_of, schools_of
from data.store.verdicts.search import searched
from data.store.verdicts.story_pages import Spot
from data.types import Person
from data.web.visible import visible
from data.words.say import Words
from monitor.config.load import Config
from monitor.matters.searching import State, Wanted
from monitor.matters.today import read_at_school

PATH = "/matters"
FILTERS = ("words", "month", "place", "state", "who", "school")
_MONTHS, _NEAR = 12, 3
_LONGEST = 200
_SEALED = "matters"
_BEGAN, _TICK = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
Choices = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AskedMatters:
    """What is asked for: what was typed or chosen, by filter, with `wanted` made of it; what each may be
    (`choices`), in words; keys of what was not understood (`unknown`); after which spot.
    """

    said: Mapping[str, str]
    wanted: Wanted
    choices: Mapping[str, Choices]
    months: Choices
    unknown: Sequence[str] = ()
    after: Spot | None = None

    def address(self, path: str = PATH, **more: str) -> str:
        """The address that asks for the same, with `more` in place of what it says."""
        said = {name: value for name, value in {**self.said, **more}.items() if value}
        return f"{path}?{urlencode(said)}" if said else path

    def in_words(self, w: Words) -> str:
        """What is asked for, “” where that is everything."""
        return w.listed(
            [
                f"“{visible(value)}”" if name == "words" else dict(self.choices[name])[value]
                for name, value in self.said.items()
            ]
        )


def asked_of(
    query: Mapping[str, str], config: Config, links: Links, person: Person, now: datetime, w: Words
) -> AskedMatters:
    """What the address says, for this reader."""
    choices = _choices(config, person, now, w)
    said, unknown = dict[str, str](), list[str]()
    for name in FILTERS:
        value = " ".join(query.get(name, "").split())
        if value and name in choices and value not in dict(choices[name]):
            unknown.append(name)
        elif value:
            said[name] = value
    since, until = span_of(said["month"], config.zone) if "month" in said else (None, None)
    urns = [s.urn for s in schools_of(person, config.schools) if said.get("school", s.urn) == s.urn]
    state = State(said["state"]) if "state" in said else None
    wanted = Wanted(None, since, until, said.get("place", ""), state, said.get("who", ""), urns)
    if "words" in said:
        try:
            wanted = replace(wanted, words=searched(said["words"][:_LONGEST]))
        except InputError:
            unknown.append("words")
            del said["words"]
    after = query.get("after", "")
    spot = spot_of(links, after)
    unknown += ["after"] if after and spot is None else []
    months = tuple(choices["month"][:_NEAR])
    return AskedMatters(said, wanted, choices, months, unknown, spot)


def _choices(config: Config, person: Person, now: datetime, w: Words) -> Mapping[str, Choices]:
    here = schools_of(person, config.schools)
    months = list(_months(now.astimezone(config.zone).date()))
    places = {s.id: s.name or s.id for school in here for s in read_at_school(config, school)}
    people = {p.id: p.name for school in here for p in people_of(school, config.people) if p != person}
    return {
        "month": tuple((f"{m:%Y-%m}", w.month(m)) for m in months),
        "place": tuple(sorted(places.items(), key=lambda place: place[1].casefold())),
        "state": tuple((state.value, w(f"matters.state.{state.value}")) for state in State),
        "who": ((person.id, w("matters.me")), *people.items()),
        "school": tuple((s.urn, s.name) for s in here) if len(here) > 1 else (),
    }


def _months(today: date) -> Iterator[date]:
    for back in range(_MONTHS):
        months = today.year * 12 + today.month - 1 - back
        yield date(months // 12, months % 12 + 1, 1)


def span_of(month: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When that month (“2026-11”) begins there, and the next."""
    year, n = map(int, month.split("-"))
    ends = date(year + n // 12, n % 12 + 1, 1)
    begins, over = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (date(year, n, 1), ends))
    return begins, over


def sealed_spot(links: Links, spot: Spot) -> str:
    """A spot as an address says it: it tells nothing, and holds for no other site."""
    return links.seal(_SEALED, f"{(spot[0] - _BEGAN) // _TICK} {spot[1]}".encode())


def spot_of(links: Links, sealed: str) -> Spot | None:
    """The spot again; None for what we have not sealed."""
    opened = links.unseal(_SEALED, sealed)
    if opened is None:
        return None
    at, _, story = opened.decode().partition(" ")
    return _BEGAN + int(at) * _TICK, story
