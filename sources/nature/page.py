"""What a page says of what its site is: its software, its markup, its foot, what a newsroom writes. Pure."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup

from data.ids import squeeze
from data.web.channels import WEBSITE, channel_at
from sources.html.markup import attribute, first_text, text_of
from sources.nature.boards import Board
from sources.nature.nature import Nature, nature_at, nature_by_words

_TYPES = re.compile(r"\"@type\"\s*:\s*(\"[^\"]*\"|\[[^\]]*\])|itemtype=[\"']https?://schema\.org/(\w+)")
_OF_A_BODY = frozenset((
    "Church", "CollegeOrUniversity", "EducationalOrganization", "ElementarySchool", "GovernmentOffice",
    "GovernmentOrganization", "HighSchool", "LocalBusiness", "MiddleSchool", "NGO", "PlaceOfWorship",
    "Preschool", "Restaurant", "School", "SportsClub", "SportsOrganization", "SportsTeam", "Store",
))  # fmt: skip
_REGULATED = re.compile(
    r"\bIPSO\b|Independent Press Standards Organi[sz]ation|Editors['’]? Code of Practice|\bipso\.co\.uk"
    r"|\bOfcom\b|(?i:(?:regulated|monitored|overseen) by impress\b|members? of impress\b|\bimpress\.press"
    r"|independent monitor for the press|independent community news network)"
)
_DENIED = re.compile(r"(?i)\b(?:not|nor|never|neither|no longer|without|isn['’]t|aren['’]t)\b[^.]{0,60}\Z")
_GROUPS = re.compile(
    r"(?i)\b(?:newsquest|reach (?:plc|publishing)|national world|jpimedia|johnston press|iliffe media"
    r"|mediahuis|tindle (?:newspapers|media)|d\.?c\.? thomson|midland news association"
    r"|highland news (?:and|&) media)\b"
)
_SURE_BODIES = re.compile(
    r"(?i)\b(?:school(?!s)|primary|infants?|academy|college|nursery|pta|ptfa|governors?|ysgol|coleg|council|parish"
    r"|church|f\.?c|newsletter of)\b"
)
_SIGNED_BY_BODIES = re.compile(r"(?i)\b(?:parochial church|diocese|(?:parish|town) (?:council|clerk))\b")
_SAYS_BLOG = re.compile(
    r"(?i)\b(?:my|a|an|our|personal|the) (?:\w+ ){0,3}(?:(?<!live )blog|diary)\b|\bblog at wordpress\.com\b"
)
_MADE_FOR_BLOGS = re.compile(r"(?i)(?:blogger|wordpress\.com|tumblr|typepad|write\.?freely|bear ?blog)")
_NEWS_OF = re.compile(
    r"(?i:\b(?:local|breaking|community|hyperlocal|independent|daily|regional) (?:\w+,? ){0,2}"
    r"(?:news|journalism)\b|\bnewspapers?\b|\bnewyddion\b"
    r"|\bnews(?:,| and| &) (?:\w+,? ){0,3}(?:sports?|views|opinion|weather|traffic|features|what['’]s on)\b)"
    r"|(?i:\b(?:headlines|news) (?:for|from|in|about|across|around)) [A-Z]"
)
_NEWSROOM = {
    r"news ?desk|news ?rooms?|news (?:team|editors?|line)|live ?blog|reporters?|journalis(?:ts?|m)": 2,
    r"editorial (?:complaints?|policy|guidelines|standards|code)|complain about (?:an article|our)": 2,
    r"corrections?|clarifications": 2,
    r"e-?editions?|e-paper|today['’]s paper|read (?:the|this week['’]s) paper|print edition|papur bro": 2,
    r"printed and published|(?:sold at|from) (?:\w+ )?newsagents|delivered free|local democracy report\w+": 2,
    r"letters? to the editor|readers['’] letters": 2,
    r"obituaries|death notices|family (?:notices|announcements)|births, marriages and deaths|in memoriam": 2,
    r"(?:got|have|send(?: us)?|submit|share) (?:a |your )?(?:news |local )?(?:story|stories|news|tip)": 2,
    r"public notices?|situations vacant|classifieds?": 1,
    r"breaking(?: news)?|live updates|most read|top stories|latest (?:news|stories|headlines)": 1,
    r"advertise(?: with us| here| on air)?|(?:book|place) an ad(?:vert)?|media pack|rate ?card": 1,
    r"subscribers?|supporters?|editor|golygydd": 1,
    r"opinion|columnists?|nostalgia|politics": 1,
}
"""What stands on the pages of newsrooms, and how much it says; each alone stands elsewhere too."""
_MARKS = {re.compile(rf"(?i)\b(?:{said})\b"): points for said, points in _NEWSROOM.items()}
_SECTION = (
    r"(?:news|sports?|business|politics|crime|courts?|opinion|comment|features|lifestyle|what['’]s on"
    r"|property|motoring|jobs|education|health|environment|transport|traffic|travel|weather|entertainment|arts|culture"
    r"|food|people|farming|history|nostalgia|obituaries|letters|puzzles|podcasts?|council|newyddion|chwaraeon)"
)
_SECTIONS = re.compile(rf"(?i)(?:\b{_SECTION}\b\W+(?:\w+\W+)?){{3,}}")
_ONE_SECTION = re.compile(rf"(?i)\b{_SECTION}\b")
_HARD_NEWS = re.compile(
    r"(?i)\b(police|court|jail|jailed|arrest|charged|crash|collision|blaze|fire crews|inquest|stabb|murder"
    r"|tributes|mp|councillor|council leader|protest|hospital|lifeboat|rescued|thief|drugs?|victim|injured"
    r"|missing|dies|killed|sentenced|strike|walkout|flood|roadworks|planning|appeal|hygiene|homes|residents)"
)
"""What a paper's headlines tell of, and other places seldom do, several at once."""
_ENOUGH, _WITH_A_NAME, _FEW_WORDS = 5, 2, 40
_FOOT, _TAIL, _MOST_PARTS = 3_000, 300, 400


def nature_of_page(url: str, tree: BeautifulSoup, text: str, board: Board | None) -> Nature | None:
    """By the list and its address, then by its software, its markup and its foot, then by what a newsroom
    writes, at last by the words of title and host; None where nothing is said, and on a platform.

    `text` is the page as it came, `board` the software of boards that it shows.
    """
    if channel_at(url) not in ("", WEBSITE):
        return None
    if board is not None:
        return Nature.BOARD
    if said := nature_at(url):
        return said
    types, words = _types(text), squeeze(" ".join(map(text_of, (tree, *tree.select("noscript")))))
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
    points = _points(types, described, words) + min(3, max(0, len(_sections(tree, words)) - 1))
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


def _types(text: str) -> set[str]:
    """What schema.org calls the things on the page."""
    return {one for found in _TYPES.findall(text) for one in re.findall(r"\w+", " ".join(found))}


def _is_regulated(foot: str) -> bool:
    """Does it name who regulates the press, or a group of papers?"""
    regulated = (not _DENIED.search(foot[: one.start()]) for one in _REGULATED.finditer(foot))
    return any(regulated) or _GROUPS.search(foot) is not None


def _points(types: set[str], described: str, words: str) -> int:
    """How much it looks like a newsroom's: by its markup, its title, its headlines and its phrases."""
    hard = len(set(map(str.lower, _HARD_NEWS.findall(words))))
    marked = bool({"NewsArticle", "ReportageNewsArticle"} & types)
    radio = bool({"RadioStation", "TelevisionStation"} & types)
    said = sum(points for mark, points in _MARKS.items() if mark.search(words))
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
