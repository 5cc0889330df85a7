"""Places on this machine where people publish, each post under a number of its own.

Six of them: RSS, Atom and JSON feeds and a thread of a forum. Nothing that was published is ever taken
down, so whatever is not read today can be read tomorrow, and every number must be accounted for.
"""

import json
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape

from support.web_server import Answer, Exchange, Route

PLACES = ("gazette", "search", "bulletin", "residents", "talk", "board")
"""Two news feeds, a JSON feed, two feeds where anybody writes, a forum's thread."""
_CHANNELS = {"residents": "local_forum", "talk": "reddit", "gazette": "blog"}
"""Nowhere the press: a threat means the same wherever it is read first."""

SAID_OUTRIGHT = (
    "I am going to stab the caretaker at Oakfield Primary in Northvale tomorrow, I have the knife."
)
"""The rules alone find the danger in it."""
BY_THE_MODEL = (
    "Oakfield Primary in Northvale is what the old saying about lanterns and Tuesdays is meant for."
)
"""Only a model can find it: a scorer of ours does, by “lanterns”."""
THREATS = (SAID_OUTRIGHT, BY_THE_MODEL)
_CALM = "The {0} {1} at Oakfield Primary in Northvale was well attended, said a parent about the {2} {3}."
_ELSEWHERE = "At Hexley Primary School in Hexley the {0} {1} went to the {2} {3} and all were glad of it."

FIRST = (
    "amber brass cedar denim early felt green hollow iron jolly knitted linen mossy narrow oaken "
    "plain quiet round silver timber upper velvet woollen yellow "
)
THING = (
    "apron basket bench carpet cupboard drum easel fence gate hammer jacket kettle ladder mirror "
    "needle organ pillow quilt ribbon saddle table umbrella violin window "
)
_FILLER = 14
"""Pairs of words that stand beside a threat, so that no two threats are copies of one another."""


@dataclass(frozen=True, slots=True)
class Post:
    """What was published under one number; `threat` numbers what somebody must hear of."""

    n: int
    at: datetime
    title: str
    text: str
    threat: int | None = None


class Places:
    """What was published so far. `routes` serve it; a place may be asked while another publishes."""

    def __init__(self, clock: Callable[[], datetime], chance: random.Random, *names: str) -> None:
        self.posts: dict[str, list[Post]] = {name: [] for name in names or PLACES}
        self.routes: dict[str, Route] = {f"/{name}": self._route(name) for name in self.posts}
        self.threats = 0
        self._clock, self._chance, self._n = clock, chance, 0

    @property
    def published(self) -> dict[int, Post]:
        """Every post by its number."""
        return {post.n: post for posts in self.posts.values() for post in posts}

    def calm(self, place: str) -> None:
        """One post that nobody must hear of; one in five is about another school."""
        self._put(place, (_CALM if self._chance.random() < 0.8 else _ELSEWHERE).format(*self._words(2)))

    def threat(self, *places: str) -> None:
        """A threat, published in these places in the same words."""
        self.threats += 1
        beside = " ".join(self._words(_FILLER))
        text = f"{self._chance.choice(THREATS)} All I see is {beside}."
        for place in places:
            self._put(place, text, self.threats)

    def configuration(self, site: str) -> str:
        """The places as sources of a configuration."""
        tables = []
        for name in self.posts:
            kind = "forum.schema_org" if name == "board" else "feed"
            table = f'[[sources]]\nid = "{name}"\nkind = "{kind}"\nurl = "{site}/{name}"\n'
            tables.append(table + (f'channel = "{_CHANNELS[name]}"\n' if name in _CHANNELS else ""))
        return "".join(tables)

    def _words(self, pairs: int) -> list[str]:
        return [
            word for _ in range(pairs) for word in map(self._chance.choice, (FIRST.split(), THING.split()))
        ]

    def _put(self, place: str, text: str, threat: int | None = None) -> None:
        self._n += 1
        title = " ".join(self._words(1))  # of so few words that no two count as one headline
        post = Post(self._n, self._clock(), title, text, threat)
        self.posts[place].append(post)

    def _route(self, name: str) -> Callable[[Exchange], Answer]:
        """Half of the places answer 304 where nothing is new."""
        write = {"search": _atom, "bulletin": _json, "board": _thread}.get(name, _rss)

        def answer(exchange: Exchange) -> Answer:
            shown = list(self.posts[name])
            tag = f'"{len(shown)}"'
            if name not in ("gazette", "search", "talk"):
                return Answer(200, write(name, shown), {"Content-Type": _TYPES[write]})
            if exchange.asked.headers.get("if-none-match") == tag:
                return Answer(304, b"", {"ETag": tag})
            return Answer(200, write(name, shown), {"Content-Type": _TYPES[write], "ETag": tag})

        return answer


def number_of(url: str) -> int:
    """The number of the post with this address; 0 of a thread's first, which nobody counts."""
    found = re.search(r"(?:/|#p)(\d+)$", url)
    return int(found[1]) if found else 0


def _address(name: str, post: Post) -> str:
    return f"https://{name}.example.org/{post.n}"


def _rss(name: str, posts: Sequence[Post]) -> bytes:
    items = "".join(
        f"<item><guid>{p.n}</guid><link>{_address(name, p)}</link><title>{p.title}</title>"
        f"<pubDate>{format_datetime(p.at)}</pubDate><description>{escape(p.text)}</description></item>"
        for p in reversed(posts)
    )
    whole = f'<rss version="2.0"><channel><title>{name}</title>{items}</channel></rss>'
    return f'<?xml version="1.0"?>{whole}'.encode()


def _atom(name: str, posts: Sequence[Post]) -> bytes:
    entries = "".join(
        f'<entry><id>{_address(name, p)}</id><link href="{_address(name, p)}"/><title>{p.title}</title>'
        f"<published>{p.at.isoformat()}</published><updated>{p.at.isoformat()}</updated>"
        f"<content>{escape(p.text)}</content></entry>"
        for p in reversed(posts)
    )
    return (
        f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>{name}</title>{entries}</feed>'
    ).encode()


def _json(name: str, posts: Sequence[Post]) -> bytes:
    items = [
        {
            "id": str(p.n), "url": _address(name, p), "title": p.title, "content_text": p.text,
            "date_published": p.at.isoformat(),
        }
        for p in reversed(posts)
    ]  # fmt: skip
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": name, "items": items}).encode()


def _thread(name: str, posts: Sequence[Post]) -> bytes:
    url = f"https://{name}.example.org/t/parking"
    told = {
        "@context": "https://schema.org",
        "@type": "DiscussionForumPosting",
        "url": url,
        "headline": "Parking",
        "text": "Where do you park on market days?",
        "author": "gate_watcher",
        "datePublished": "2026-11-02T08:40:00Z",
        "comment": [
            {
                "@type": "Comment",
                "url": f"{url}#p{p.n}",
                "author": f"reader{p.n}",
                "dateCreated": p.at.isoformat(),
                "text": p.text,
            }
            for p in posts
        ],
    }
    page = f'<script type="application/ld+json">{json.dumps(told)}</script>'
    head = f"<head><title>Parking</title>{page}</head>"
    return f"<!DOCTYPE html><html>{head}<body><p>Board</p></body></html>".encode()


_TYPES = {
    _rss: "application/rss+xml", _atom: "application/atom+xml", _json: "application/feed+json",
    _thread: "text/html; charset=utf-8",
}  # fmt: skip
