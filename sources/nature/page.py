"""What a page says of what its site is: its software, its markup, its foot, what a newsroom writes. Pure."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup

from data.ids import squeeze
from data.web.channels import WEBSITE, channel_at
from sources.html.markup import attribute, first_text, text_of
from sources.nature.boards import Board
from sources.nature.nature import TABLE, Nature, nature_at, nature_by_words

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
    types, words = _declared_types(text), squeeze(" ".join(map(text_of, (tree, *tree.select("noscript")))))
    title = squeeze(first_text(tree, "title") or "")
    # what stands at the foot of the page: its words, where its links lead, what its pictures are called
    feet = tree.select("footer") or [tree]
    links = [attribute(link, "href") or "" for foot in feet for link in foot.select("a[href]")]
    alts = [attribute(picture, "alt") or "" for picture in tree.select("img[alt]")]
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
    return Nature.BODY if _OF_A_BODY & types else _by_words(title, url, points, words)


def _by_words(title: str, url: str, points: int, words: str) -> Nature | None:
    """By title and host, where the page shows something of a newsroom too, or hardly anything at all."""
    found = nature_by_words(title, url)
    unlikely = points < _WITH_A_NAME and len(words.split()) >= _FEW_WORDS
    return None if found is Nature.PAPER and unlikely else found


def _declared_types(text: str) -> set[str]:
    """List what schema.org calls the things on the page."""
    return {one for found in _TYPES.findall(text) for one in re.findall(r"\w+", " ".join(found))}


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
    parts = (
        squeeze(part.get_text()).lower() for part in tree.select("h1, h2, h3, h4, nav a, li a")[:_MOST_PARTS]
    )
    return max(runs, key=len, default=set()) | {part for part in parts if _ONE_SECTION.fullmatch(part)}


def _meta(tree: BeautifulSoup, name: str) -> str:
    found = tree.select_one(f'meta[name="{name}" i], meta[property="{name}" i]')
    return squeeze(attribute(found, "content") or "")
