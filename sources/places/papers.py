"""The papers that news searches brought: whose own feed is worth watching, and where it is. Pure."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urljoin

from data.types import Mention, Request, Response
from data.web.channels import WEBSITE, channel_at, host_of
from sources.html.markup import decode
from sources.nature.nature import Nature
from sources.places.behind import Behind, feed_at, make_proposal, places_behind_page
from sources.places.table import Proposal

MOST = 5
_LEAST = 2
_WITHOUT_ADDRESS = "news.google.com"
_READ = 1_000_000


@dataclass(frozen=True, slots=True)
class Outlet:
    """A paper or a broadcaster: its host and name, and how many articles were brought. Either may be ""."""

    host: str
    name: str
    articles: int


def count_outlets(brought: Iterable[Mention]) -> tuple[Outlet, ...]:
    """List the outlets of what the searches brought, most first.

    Google names the outlet at the end of a title and hides its address; where another search brought the same
    outlet with its address, they are one."""
    counted = Counter((_host(mention), _name(mention)) for mention in brought)
    hosts = {name.casefold(): host for host, name in counted if host and name}
    found: dict[tuple[str, str], Outlet] = {}
    for (host, name), articles in counted.items():
        where = host or hosts.get(name.casefold(), "")
        key = ("", name.casefold()) if not where else (where, "")
        before = found.get(key, Outlet(where, "", 0))
        found[key] = Outlet(where, before.name or name, before.articles + articles)
    return tuple(sorted(found.values(), key=lambda outlet: -outlet.articles))


def papers(found: Iterable[Outlet], watched: Iterable[str], least: int = _LEAST) -> tuple[Outlet, ...]:
    """Those whose own feed is worth watching: at most five, most articles first.

    Left out: who brought fewer than `least`, nationwide giants and sites that repeat others, platforms, who
    has no known address, and the hosts of the addresses that are `watched`."""
    ours = {_bare(host_of(address)) for address in watched}
    left_out = (*_table()["nationwide"], *_table()["repeats"])
    worth = (
        outlet
        for outlet in found
        if outlet.articles >= least
        and outlet.host
        and outlet.host not in ours
        and channel_at(f"https://{outlet.host}/") == WEBSITE
        and not any(f".{outlet.host}".endswith(f".{site}") for site in left_out)
    )
    return tuple(sorted(worth, key=lambda outlet: -outlet.articles))[:MOST]


def request_front_page(outlet: Outlet) -> Request:
    """The paper's front page, which names its feeds."""
    return Request(f"https://{outlet.host}/")


def paper_feeds(outlet: Outlet, front: Response) -> tuple[Proposal, ...]:
    """The paper's own feed as a proposal: one that its front page names, else that of its group; or none."""
    named = next((each for each in places_behind_page(front) if each.kind == "feed"), None) or _group_feed(
        front
    )
    if named is None:
        return ()
    name = outlet.name or outlet.host
    sees = f"All articles of {name}, which published {outlet.articles} that your searches found."
    key = re.sub(r"[^a-z0-9]+", "-", outlet.host).strip("-")
    nature = named.nature or Nature.PAPER  # the searches of the news brought it
    return (make_proposal(replace(named, name=name, sees=sees, nature=nature), key, ()),)


def _group_feed(front: Response) -> Behind | None:
    text = decode(front.body[:_READ], front.header("content-type"))[0].lower()
    for group in _table()["groups"]:
        if re.search(group["mark"], text):
            return feed_at(urljoin(front.url, "/") + group["feed"], "", "")
    return None


def _host(mention: Mention) -> str:
    host = _bare(host_of(mention.url))
    return "" if host == _WITHOUT_ADDRESS else host


def _name(mention: Mention) -> str:
    """The outlet's name: Google writes it behind the title, Bing as the author."""
    if _bare(host_of(mention.url)) == _WITHOUT_ADDRESS:
        return mention.title.rpartition(" - ")[2].strip()
    return (mention.author or "").strip() if mention.channel == "bing_news" else ""


def _bare(host: str) -> str:
    return re.sub(r"^(?:www|m|amp)\.", "", host)


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads((files("sources.places") / "outlets.toml").read_text(encoding="utf-8"))
