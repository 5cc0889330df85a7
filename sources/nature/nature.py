"""What a place is: a paper, a board, a blog, … Its nature decides the channel of what it brings.

Nothing else guesses it from a host or a name. The evidence, in this order: the list of the British press
(data/outlets/uk.csv); what an address alone says; what its page says (`page_nature`); the words of title and
host. In doubt nothing is known, and what stands there is taken for people's own words. Pure.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from data.ids import squeeze
from data.types import Source
from data.web.channels import REVIEWS, WEBSITE, channel, channel_at, domains_of, host_of, press_hosts
from sources.html.markup import plain
from sources.nature.boards import is_boards_feed


class Nature(StrEnum):
    """The nature of a place, as people are told and as they say it."""

    PAPER = "paper"
    """A newspaper or a broadcaster."""
    BOARD = "board"
    BLOG = "blog"
    OWN = "own"
    """A page of the school's own."""
    REVIEWS = "reviews"
    BODY = "body"
    """A council, an inspectorate, a church, a club."""


CHANNEL_OF: Mapping[Nature, str] = {
    Nature.PAPER: "news",
    Nature.BOARD: "local_forum",
    Nature.BLOG: "blog",
    Nature.OWN: WEBSITE,
    Nature.REVIEWS: "school_review_site",
    Nature.BODY: WEBSITE,
}
"""Where it stands what such a place brings."""

TABLE = tomllib.loads(Path(__file__).with_name("natures.toml").read_text(encoding="utf-8"))
"""The words and patterns that say it of a place, and of its page."""
_FIRM, _LOOSE, _NO_NAME, _THE_ONLY_ONE, _HOSTS_OF_BLOGS, _HOSTS_OF_BOARDS = (
    frozenset(TABLE["words"][name].split())
    for name in ("firm", "loose", "no_name", "the_only_one", "hosts_of_blogs", "hosts_of_boards")
)
_SAYS_BOARD, _PEOPLES, _BODIES, _BODY_HOSTS = (
    re.compile(TABLE["patterns"][name]) for name in ("says_board", "peoples", "bodies", "body_hosts")
)
_ENDINGS = tuple(word for word in sorted(_FIRM) if len(word) > 3)
_WORD = re.compile(r"[\w'’]+")
_SEGMENT = re.compile(r"\s[-–—’]\s|[|:»]")


def nature_of(source: Source) -> Nature | None:
    """Find the nature of a place that is watched: by what the settings say, else by its address and name."""
    if source.own:
        return Nature.OWN
    if source.channel is not None:
        row = channel(source.channel)
        if row.press or source.channel in REVIEWS:
            return Nature.PAPER if row.press else Nature.REVIEWS
        of_key = {of: nature for nature, of in CHANNEL_OF.items() if nature is not Nature.OWN}
        return Nature.BOARD if row.kind == "forums" else of_key.get(source.channel)
    for family, nature in (("forum.", Nature.BOARD), ("reviews.", Nature.REVIEWS)):
        if source.kind.startswith(family):
            return nature
    if source.kind in ("inspection", "wikipedia"):
        return Nature.BODY
    return None if source.kind != "feed" or source.surfaced else nature_of_feed(source.name, source.url)


def said_or_sure(source: Source) -> Nature | None:
    """The same, but where nobody said it no blog whose address does not say so: that is asked about."""
    nature = nature_of(source)
    return nature if source.channel else sure(nature, source.url)


def nature_of_feed(title: str, url: str, addresses: Sequence[str] = ()) -> Nature | None:
    """By the list, then by its address, its title and its host; None where nothing is known of it."""
    name, at = squeeze(plain(title)).casefold(), nature_at(url)
    said = _nature_by_blog_words(name) or next(filter(None, map(_nature_of_blog_host, addresses)), None)
    if not host_of(url) or any(channel_at(each) not in ("", WEBSITE) for each in (url, *addresses)):
        return at or said
    if at is Nature.PAPER:
        return Nature.BOARD if said is Nature.BOARD else at
    if is_boards_feed(url):
        return Nature.BOARD
    return said or at or (Nature.BODY if _BODIES.search(name) else _by_words(name, host_of(url)))


def nature_at(url: str) -> Nature | None:
    """Find the nature of an address alone: by the list, a host of blogs, a body's host."""
    host = host_of(url)
    listed = next((domain for domain in domains_of(host) if domain in press_hosts()), "")
    if said := _nature_of_blog_host(url, listed):
        return said
    if listed:
        return Nature.PAPER
    return Nature.BODY if _BODY_HOSTS.search(host) else None


def sure(nature: Nature | None, url: str) -> Nature | None:
    """The nature, but for a blog whose address does not say so: a small paper often looks like one."""
    return None if nature is Nature.BLOG and nature_at(url) is not Nature.BLOG else nature


def nature_by_words(title: str, url: str) -> Nature | None:
    """Guess the nature by the words of title and host alone: the last evidence."""
    name = squeeze(plain(title)).casefold()
    if _BODIES.search(name):
        return Nature.BODY
    return None if _PEOPLES.search(name) else _by_words(name, host_of(url))


def _by_words(name: str, host: str) -> Nature | None:
    """By the trade's words in a name or a host."""
    said = any(map(_names_a_paper, _SEGMENT.split(name)))
    return (
        Nature.PAPER if said or any(_is_papers(label.split("-")) for label in host.split(".")[:-1]) else None
    )


def _nature_of_blog_host(address: str, listed: str = "") -> Nature | None:
    """Know a host of blogs or of boards, or an address that says so: in its host, or by a whole folder. Of a
    host below one that is `listed` only what stands before that."""
    try:
        folders = urlsplit(address).path.casefold().split("/")
    except ValueError:
        return None
    labels = host_of(address).removesuffix(listed).split(".")
    if not _HOSTS_OF_BOARDS.isdisjoint(labels):
        return Nature.BOARD
    if not _HOSTS_OF_BLOGS.isdisjoint(labels):
        return Nature.BLOG
    spoken = (each.replace("-", " ").replace("_", " ") for each in folders)
    said = [*labels, *(each for each in spoken if _PEOPLES.fullmatch(each))]
    return _nature_by_blog_words(" ".join(said).replace("-", " "))


def _nature_by_blog_words(said: str) -> Nature | None:
    if _SAYS_BOARD.search(said):
        return Nature.BOARD
    return Nature.BLOG if _PEOPLES.search(said) else None


def _names_a_paper(segment: str) -> bool:
    words = _WORD.findall(segment)
    if not _FIRM.isdisjoint(words):
        return True
    if len(words) < 2 or words[-1] not in _LOOSE:
        return False
    before = words[:-1]
    if before == ["the"]:
        return words[-1] not in _THE_ONLY_ONE
    return before[-1] not in _NO_NAME and not before[-1].endswith(("'s", "’s"))


def _is_papers(words: list[str]) -> bool:
    """`gazette`, `northvale-echo`, `northvalegazette`, `leeds-live`: a loose word follows a hyphen."""
    if len(words) > 1 and words[-1] in _LOOSE:
        return True
    return any(word in _FIRM or word.endswith(_ENDINGS) for word in words)
