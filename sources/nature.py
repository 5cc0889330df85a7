"""Natures of places: a paper, a board, a blog, … The nature decides the channel of what a place brings.

Nothing else guesses it from a host or a name. The evidence, in this order: the list of the British press
(data/outlets/uk.csv); what an address alone says; what its page says (`page_nature`); the words of title and
host. In doubt nothing is known, and what stands there is taken for people's own words. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup

from data.frozen import freeze
from data.ids import squeeze
from data.shipped import read_table
from data.types import Source
from data.web.channels import REVIEWS, WEBSITE, channel, channel_at, domains_of, host_of, press_hosts
from sources.html.markup import attribute, first_text, plain, text_of

_READ = 400_000
_INVISION = "Invision Community"


@freeze
class Board:
    """One software. `kind` reads its threads and lists; `marks` are any of its pages' own words.

    `root` finds the board's address in a page's; `below` are its feeds, written after that. `thread` and
    `section` recognise the addresses of a thread and of a list of threads."""

    name: str
    kind: str
    marks: Sequence[str]
    root: str
    below: Sequence[str]
    thread: str
    section: str


_TABLE = read_table("sources", "board_software.toml")
BOARDS = tuple(Board(**row) for row in _TABLE["boards"])
"""Those whose marks are surest first: some themes of one speak of another."""


def board_of_page(text: str) -> Board | None:
    """The software whose marks a page has, by the most of them; None where it has none."""
    lowered = text[:_READ].lower() + text[-_READ // 4 :].lower()
    counted = [(sum(re.search(mark, lowered) is not None for mark in board.marks), board) for board in BOARDS]
    most, board = max(counted, key=lambda pair: pair[0])
    return board if most else None


_FEED = re.compile(
    r"/(?:forums/-/index\.rss|syndication\.php|index\.php\?action=\.xml|discussions/feed\.rss|atom/discussions"
    r"|extern\.php\?action=feed|external\.php\?type=rss2|(?:recent)?posts\.rss|latest\.rss|(?:app\.php/)?feed\.php"
    r"|app\.php/feed)",
    re.IGNORECASE,
)
"""The address of a feed as only a board's software forms it."""


def board_feeds(board: Board, text: str, url: str) -> Iterator[str]:
    """The addresses of the board's feeds, as its software forms them; `text` and `url` are a page's."""
    root = _root(board, text, url)
    return (root + below for below in board.below)


def _root(board: Board, text: str, url: str) -> str:
    """The board's own address: what its page says, where that is needed, else found in the page's address."""
    told = re.search(r'baseURL:\s*"(?:https?:)?//([^"\s]+)"', text) if board.name == _INVISION else None
    if told:
        return f"https://{told[1]}"
    parts = urlsplit(url)
    found = re.match(board.root, parts.path + (f"?{parts.query}" if parts.query else ""))
    return urljoin(url, str(found["root"]) if found else "/")


# What a place is.


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

TABLE = read_table("sources", "natures.toml")
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
    if _FEED.search(url):
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


def _by_words(name: str, host: str) -> Nature | None:
    """By the trade's words in a name or a host."""
    said = any(map(_names_a_paper, _SEGMENT.split(name)))
    named = said or any(_is_papers(label.split("-")) for label in host.split(".")[:-1])
    return Nature.PAPER if named else None


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


# What a page says of what its site is: its software, its markup, its foot, what a newsroom writes.

_PATTERNS = TABLE["patterns"]
_OF_A_BODY = frozenset(TABLE["words"]["of_a_body"].split())
_TYPES, _REGULATED, _DENIED, _GROUPS, _SURE_BODIES, _SIGNED_BY_BODIES = (
    re.compile(_PATTERNS[name])
    for name in ("types", "regulated", "denied", "groups", "sure_bodies", "signed_by_bodies")
)
_SAYS_BLOG, _MADE_FOR_BLOGS, _NEWS_OF, _HARD_NEWS = (
    re.compile(_PATTERNS[name]) for name in ("says_blog", "made_for_blogs", "news_of", "hard_news")
)
_MARKS = {re.compile(rf"(?i)\b(?:{said})\b"): points for said, points in TABLE["newsroom"].items()}
_SECTIONS = re.compile(rf"(?i)(?:\b{_PATTERNS['section']}\b\W+(?:\w+\W+)?){{3,}}")
_ONE_SECTION = re.compile(rf"(?i)\b{_PATTERNS['section']}\b")
_ENOUGH, _WITH_A_NAME, _FEW_WORDS = 5, 2, 40
_FOOT, _TAIL, _MOST_PARTS = 3_000, 300, 400


def nature_of_page(url: str, tree: BeautifulSoup, text: str, board: Board | None) -> Nature | None:
    """By the list and its address, then by its software, its markup and its foot, then by what a newsroom
    writes, at last by the words of title and host; None where nothing is said, and on a platform.

    `text` is the page as it came, `board` the software of boards that it shows."""
    if channel_at(url) not in ("", WEBSITE):
        return None
    if board is not None:
        return Nature.BOARD
    if said := nature_at(url):
        return said
    # what schema.org calls the things on the page
    types = {one for found in _TYPES.findall(text) for one in re.findall(r"\w+", " ".join(found))}
    words = squeeze(" ".join(map(text_of, (tree, *tree.select("noscript")))))
    title = squeeze(first_text(tree, "title"))
    # what stands at the foot of the page: its words, where its links lead, what its pictures are called
    feet = tree.select("footer") or [tree]
    links = [attribute(link, "href") for foot in feet for link in foot.select("a[href]")]
    alts = [attribute(picture, "alt") for picture in tree.select("img[alt]")]
    told = [text_of(foot)[-_FOOT:] for foot in feet]
    foot = squeeze(" . ".join((*told, *links[-_MOST_PARTS:], *alts[-_MOST_PARTS:], words[-_TAIL:])))
    if "NewsMediaOrganization" in types or _is_regulated(foot):
        return Nature.PAPER
    if _SURE_BODIES.search(title) or _SIGNED_BY_BODIES.search(foot):
        return Nature.BODY
    described = f"{title} {_meta(tree, 'description')} {_meta(tree, 'og:description')}"
    points = _count_points(types, described, words) + min(3, max(0, len(_sections(tree, words)) - 1))
    if points >= _ENOUGH:
        return Nature.PAPER
    made = _MADE_FOR_BLOGS.match(_meta(tree, "generator"))
    if made or _SAYS_BLOG.search(f"{described} {words}") or {"Blog", "BlogPosting"} & types:
        return Nature.BLOG
    return Nature.BODY if _OF_A_BODY & types else _by_title_and_host(title, url, points, words)


def _by_title_and_host(title: str, url: str, points: int, words: str) -> Nature | None:
    """By the words of title and host, the last evidence: a paper only where the page shows something of a
    newsroom too, or hardly anything at all."""
    name = squeeze(plain(title)).casefold()
    if _BODIES.search(name):
        return Nature.BODY
    unlikely = points < _WITH_A_NAME and len(words.split()) >= _FEW_WORDS
    return None if unlikely or _PEOPLES.search(name) else _by_words(name, host_of(url))


def _is_regulated(foot: str) -> bool:
    """Does it name who regulates the press, or a group of papers?"""
    regulated = (not _DENIED.search(foot[: one.start()]) for one in _REGULATED.finditer(foot))
    return any(regulated) or _GROUPS.search(foot) is not None


def _count_points(types: set[str], described: str, words: str) -> int:
    """Count how much it looks like a newsroom's: by its markup, its title, its headlines and its phrases."""
    hard = len(set(map(str.lower, _HARD_NEWS.findall(words))))
    marked = bool({"NewsArticle", "ReportageNewsArticle"} & types)
    radio = bool({"RadioStation", "TelevisionStation"} & types)
    said: int = sum(points for mark, points in _MARKS.items() if mark.search(words))
    return 2 * (marked + radio + bool(_NEWS_OF.search(described))) + min(3, max(0, hard - 1)) + said


def _sections(tree: BeautifulSoup, words: str) -> set[str]:
    """The sections of a paper that it has: several in a row, or each as a heading or a link."""
    runs = (set(map(str.lower, _ONE_SECTION.findall(run[0]))) for run in _SECTIONS.finditer(words))
    nodes = tree.select("h1, h2, h3, h4, nav a, li a")[:_MOST_PARTS]
    parts = (squeeze(node.get_text()).lower() for node in nodes)
    return max(runs, key=len, default=set()) | {part for part in parts if _ONE_SECTION.fullmatch(part)}


def _meta(tree: BeautifulSoup, name: str) -> str:
    found = tree.select_one(f'meta[name="{name}" i], meta[property="{name}" i]')
    return squeeze(attribute(found, "content"))
