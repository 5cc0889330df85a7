"""A fleet of three homes, and places on this machine where people write about their schools.

What was published stays there, each post under a number: so nothing may be missing in the end in the homes
that it is about, nothing be there twice, and nothing be in another home.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime
from functools import partial
from html import escape
from pathlib import Path

from support.web_server import Answer, Exchange, Site, serve

from data.effects import Clock
from data.store.engine.open import Store
from monitor.fleet import crew
from monitor.fleet.crew import Fetching, Members, members
from monitor.fleet.engines.base import Stage, Station
from monitor.fleet.settings import Fleet, load
from sources.http.politeness import Limits

SCHOOLS = {
    "oakfield": ("900001", "Oakfield Primary School", "Northvale"),
    "hexley": ("900002", "Hexley Marsh Academy", "Hexley"),
    "larch": ("900003", "Larch Green Infant School", "Larch Green"),
}
"""By home: urn, name and town."""
WATCHED = {"oakfield": ("board", "oakfield-news"), "hexley": ("board",), "larch": ("larch-news",)}
"""By home the places that its own file names; all are on one site, and it is asked once for “board”."""
SHARED = "gazette"
"""The fleet's own place."""
THREAT = "I am going to stab the caretaker at {0} in {1} tomorrow morning, I have the knife with me."
CALM = "The summer fair at {0} in {1} was well attended, said parent number {2}, and all were glad of it."
NOBODY = "Roadworks on the bypass for week {2}, take the top road if you are going to the hospital."


@dataclass(frozen=True)
class Written:
    """One post: its number, whose school it is about (a home; "" nobody's), in which words."""

    n: int
    home: str
    text: str
    at: datetime


class FleetSite:
    """What was published so far, by place."""

    def __init__(self, clock: Clock) -> None:
        self.posts: dict[str, list[Written]] = defaultdict(list)
        self.asked: dict[str, int] = defaultdict(int)
        self._clock = clock
        self._n = 0

    def write(self, place: str, home: str = "", words: str = CALM) -> int:
        """One post more; gives its number."""
        self._n += 1
        _, name, town = SCHOOLS.get(home, ("", "", ""))
        text = (words if home else NOBODY).format(name, town, self._n)
        self.posts[place].append(Written(self._n, home, text, self._clock()))
        return self._n

    def routes(self) -> dict[str, object]:
        places = {SHARED, *(place for some in WATCHED.values() for place in some)}
        return {f"/{place}": partial(self._feed, place) for place in places}

    def about(self, home: str, places: set[str] | None = None) -> set[int]:
        """The numbers of what was written about a home's school."""
        return {p.n for place, some in self.posts.items() for p in some if p.home == home}

    def _feed(self, place: str, exchange: Exchange) -> Answer:
        self.asked[place] += 1
        shown = list(self.posts[place])
        tag = f'"{len(shown)}"'
        if exchange.asked.headers.get("if-none-match") == tag:
            return Answer(304, b"", {"ETag": tag})
        items = "".join(map(partial(_item, place), reversed(shown)))
        body = (
            f'<?xml version="1.0"?><rss version="2.0"><channel><title>{place}</title>{items}</channel></rss>'
        )
        return Answer(200, body.encode(), {"Content-Type": "application/rss+xml", "ETag": tag})


def _item(place: str, post: Written) -> str:
    link = f"https://{place}.example.org/{post.n}"
    return (
        f"<item><guid>{link}</guid><link>{link}</link><title>Number {post.n}</title>"
        f"<pubDate>{format_datetime(post.at)}</pubDate><description>{escape(post.text)}</description></item>"
    )


@contextmanager
def published(clock: Clock) -> Iterator[tuple[FleetSite, Site]]:
    """The site, and where it is served."""
    site = FleetSite(clock)
    with serve(site.routes()) as served:
        yield site, served


def written_down(
    folder: Path, site: str, engine: str = "", machines: Mapping[str, str] | None = None
) -> Fleet:
    """The fleet's file and those of its homes."""
    lines = ['contact = "fleet@example.org"\n', engine]
    for home, (urn, name, town) in SCHOOLS.items():
        at = folder / "homes" / home
        at.mkdir(parents=True, exist_ok=True, mode=0o700)
        (at / "schoolgate.toml").write_text(_home(home, urn, name, town, site), encoding="utf-8")
        lines.append(f'[[homes]]\nname = "{home}"\nfolder = "homes/{home}"\n')
        if machines and home in machines:
            lines.append(f'machine = "{machines[home]}"\n')
    lines.append(
        f'[[places]]\nid = "{SHARED}"\nkind = "feed"\nurl = "{site}/{SHARED}"\nname = "The Gazette"\n'
        'channel = "local_forum"\n'
    )
    path = folder / "fleet.toml"
    path.write_text("".join(lines), encoding="utf-8")
    return load(path)


def _home(home: str, urn: str, name: str, town: str, site: str) -> str:
    told = "".join(
        f'[[people]]\nid = "{who}"\nname = "{full}"\nroles = ["{role}"]\nemail = "{who}-{home}@example.org"\n'
        for who, full, role in (("head", "Mrs Tamsin Quill", "head"), ("dsl", "Ms Imogen Larkspur", "dsl"))
    )
    places = "".join(
        f'[[sources]]\nid = "{place}"\nkind = "feed"\nurl = "{site}/{place}"\nchannel = "local_forum"\n'
        for place in WATCHED[home]
    )
    return f'[[schools]]\nurn = "{urn}"\nname = "{name}"\ntown = "{town}"\n{told}{places}'


def stations_of(fleet: Fleet, found: Members, served: Site) -> dict[Stage, Station]:
    """The real workers, which may ask this machine, and need not pace themselves."""
    made = crew.stations(fleet, found)
    asks = partial(
        Fetching,
        fleet.path,
        fleet.contact,
        fleet.network,
        replace(Limits(), per_host_interval_s=0.0),
        served.allowed,
    )
    return made | {Stage.FETCH: replace(made[Stage.FETCH], make=asks)}


def numbers(store: Store) -> dict[int, set[str]]:
    """By a post's number the ids under which this home has it."""
    found: dict[int, set[str]] = defaultdict(set)
    sql = """SELECT m.id, coalesce(m.url, r.url) FROM mentions m
        LEFT JOIN restricted_texts r ON r.mention_id = m.id AND r.n = m.version"""
    with store.read() as con:
        for mention_id, url in con.execute(sql).fetchall():
            found[int(re.findall(r"\d+$", url)[0])].add(mention_id)
    return found


__all__ = ["CALM", "SCHOOLS", "THREAT", "FleetSite", "members", "numbers", "published", "stations_of"]
