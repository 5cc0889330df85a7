"""Which software a board runs on, and the feeds and lists that software gives. Pure.

The forms of the addresses come from the programs themselves; a board may have its feeds switched off, so
what is formed here is asked before it is watched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

_PHP = r"^(?P<root>[^?#]*/)(?:[\w-]+\.php)?(?:[?#].*)?$"
_READ = 400_000
_INVISION = "Invision Community"


@dataclass(frozen=True, slots=True)
class Board:
    """One software. `kind` reads its threads and lists; `marks` are any of its pages' own words.

    `root` finds the board's address in a page's; `below` are its feeds, written after that. `thread` and
    `section` recognise the addresses of a thread and of a list of threads.
    """

    name: str
    kind: str
    marks: tuple[str, ...]
    root: str
    below: tuple[str, ...]
    thread: str
    section: str


def _pretty(*words: str) -> str:
    """The root of a board whose pages stand below one of these words."""
    return rf"^(?P<root>[^?#]*?/)(?:index\.php\??/?)?(?:(?:{'|'.join(words)})(?:/.*)?)?(?:[?#].*)?$"


BOARDS = (
    Board(
        "Discourse",
        "forum.discourse",
        (r'name="generator" content="discourse', r"data-discourse-setup", r"discourse-assets"),
        _pretty(
            "t", "c", "tag", "tags", "latest", "top", "new", "categories", "posts", "search", r"latest\.rss"
        ),
        ("posts.rss", "latest.rss"),
        r"/t/(?:[^/?#]+/)?\d+",
        r"/c/[^?#]+",
    ),
    Board(
        "XenForo",
        "forum.xenforo",
        (r'<html[^>]{0,300}\bid="xf"', r'<html[^>]{0,300}\bid="xenforo"', r"xenforo\.com/", r"js/xf/core"),
        _pretty("threads", "forums", "whats-new", "categories"),
        ("forums/-/index.rss",),
        r"(?:/|\?)threads/[^?#]*\d+",
        r"(?:/|\?)forums/[^/?#]+\.\d+",
    ),
    Board(
        _INVISION,
        "forum.generic",
        (r"data-commentapp=", r"ipssettings\b", r"invisioncommunity\.com", r"ips\.setsetting"),
        _pretty("topic", "forum", "forums/topic", "forums/forum", "discover", "forums"),
        ("discover/all.xml",),
        r"/topic/\d+",
        r"/forum/\d+-",
    ),
    Board(
        "MyBB",
        "forum.generic",
        (
            r"powered by <a[^>]{0,200}>mybb",
            r"mybb\.com/?\"[^>]*>mybb",
            r"var my_post_key",
            r"jscripts/general\.js\?ver=18",
        ),
        r"^(?P<root>[^?#]*/)(?:(?:thread|forum|user|announcement)-[^/]*|[\w-]+\.php)?(?:[?#].*)?$",
        ("syndication.php?type=atom1.0&limit=50",),
        r"showthread\.php\?(?:.*&)?tid=\d+|/thread-\d+",
        r"forumdisplay\.php\?(?:.*&)?fid=\d+|/forum-\d+",
    ),
    Board(
        "Simple Machines",
        "forum.generic",
        (r"smf_theme_url", r"smf_scripturl", r"simplemachines\.org/about/smf"),
        _PHP,
        ("index.php?action=.xml;type=atom;sa=recent;limit=50",),
        r"index\.php(?:\?|/)topic[=,]\d+",
        r"index\.php(?:\?|/)board[=,]\d+(?:\.0)?",
    ),
    Board(
        "Vanilla",
        "forum.generic",
        (r"gdn\.meta\b", r"vanilla_discussions", r"window\.gdn\b", r"powered by vanilla"),
        _pretty("discussion", "discussions", "categories", "entry", "activity"),
        ("discussions/feed.rss",),
        r"/discussion/\d+",
        r"/categories/[^?#]+",
    ),
    Board(
        "NodeBB",
        "forum.generic",
        (
            r'component="(?:topic|post|category|header)',
            r'name="generator" content="nodebb',
            r"nodebb\.min\.js",
        ),
        _pretty("topic", "category", "recent", "popular", "categories", "unread", "tags"),
        ("recentposts.rss", "recent.rss"),
        r"/topic/\d+",
        r"/category/\d+",
    ),
    Board(
        "Flarum",
        "forum.generic",
        (r'id="flarum-(?:content|loading|json-payload)"',),
        _pretty("d", "t", "tags", "all"),
        ("atom/discussions", "atom"),
        r"/d/\d+",
        r"/t/[^/?#]+",
    ),
    Board(
        "FluxBB",
        "forum.generic",
        (r"fluxbb\.org", r'id="punwrap"', r'<div id="pun\w{1,30}" class="pun"'),
        _PHP,
        ("extern.php?action=feed&type=atom",),
        r"viewtopic\.php\?(?:.*&)?[ip]?id=\d+",
        r"viewforum\.php\?(?:.*&)?id=\d+",
    ),
    Board(
        "phpBB",
        "forum.phpbb",
        (
            r'<body[^>]{0,300}\bid="phpbb"',
            r"memberlist\.php\?mode=viewprofile",
            r"powered by <a href=\"https?://(?:www\.)?phpbb\.com",
            r"phpbb(?:_alert|\.com/?\")",
        ),
        _PHP,
        ("feed.php",),
        r"viewtopic\.php\?(?:.*[&;])?t=\d+",
        r"viewforum\.php\?(?:.*[&;])?f=\d+",
    ),
    Board(
        "vBulletin",
        "forum.vbulletin",
        (
            r'name="generator" content="vbulletin',
            r"vbulletin_(?:init|global|textedit|menu)",
            r'id="post_message_\d',
            r"js-post__content-text",
            r"powered by vbulletin",
        ),
        r"^(?P<root>[^?#]*/)(?:\d+-[^/]*|(?:threads?|forums?)/[^?#]*|[\w-]+\.php(?:/.*)?)?(?:[?#].*)?$",
        ("external.php?type=RSS2",),
        r"showthread\.php[?/]|/threads/\d+-|/\d+-[^/?#]+\.html$",
        r"forumdisplay\.php[?/](?:.*&)?(?:f=)?\d+|/forums/\d+-",
    ),
)
"""Those whose marks are surest first: some themes of one speak of another."""


def board_of(text: str) -> Board | None:
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


def is_boards_feed(url: str) -> bool:
    """Is it the address of a feed as only a board's software forms it?"""
    return _FEED.search(url) is not None


def feeds_of(board: Board, text: str, url: str) -> Iterator[str]:
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
