"""The shape of a thread on a page whose software is unknown.

A thread repeats one thing: a text with an author and a time. So of all recurring class names, we take the
one whose elements hold the most text with an author and a time beside it. We mark these elements with an
attribute of our own: no name from the page becomes part of a query.

Other pages also repeat texts with an author and a time: lists of boards, threads and articles, and the
teasers beside an article. If most begin with a link of their own to another page, it is a list; on a page
that calls itself an article, only elements named as comments or replies are posts.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from statistics import median
from typing import Self

from data.ids import squeeze
from data.types import Page, Response
from sources.html.dom import OURS, Element, document_of, find, first_node_text, plain_text
from sources.html.markup import absolute
from sources.threads.posts import Shape, base_of, frames_of, not_shown, pageless

_FEWEST, _MOST = 2, 200
_SHORTEST_MEDIAN = 15
_TRIED = 16
_MARGINS = ("aside", "nav", "footer")
_MOST_ELEMENTS = 20_000  # the largest thread seen has 6,000
_MOST_SEARCHED = 120_000  # each is looked at by some twenty queries
_LEAST_SHARE = 0.6
FEW_MISSING = 0.4
"""If more than this share of the declared posts is not among those shown, they are something else."""
_IN_AND_BEFORE = "count(descendant-or-self::*) + count(preceding-sibling::*[1]/descendant-or-self::*)"
_SHORT = "[string-length(normalize-space(.))>0][string-length(normalize-space(.))<{}]"
_AUTHOR_CLASS = (
    r"(^|[\s_-])(author|user-?name|poster|nick(name)?|member-?name|screen-?name|display-?name|person(-listing)?)"
    r"([\s_-]|$)|(^|\s)(user|name)(\s|$)"
)
_PROFILE = r"(^|[/?&=._-])(u|users?|members?|profiles?|user_info|people|memberlist)([/?&=._-]|$)"
_TIME_CLASS = r"(date|time|stamp|posted|published)"
_CLOCK = r"\d{1,2}[:.]\d{2}"
_DAY = (
    r"\bago\b|\b(to|yester)day\b|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}"
    r"|\b\d{1,2}(st|nd|rd|th)?\.?\s+(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"|\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2}\b"
)
_NOT_SINCE = r"join|regist|member since|last (seen|online|visit)"
_SIGNATURE = re.compile(r"(?:^|[\s_-])(?:post)?sig(?:nature)?(?:[\s_-]|$)", re.IGNORECASE)
_WHEN = re.compile(f"{_CLOCK}|{_DAY}")
_WORD = re.compile(r"[^\W\d_]{2,}")
_SHORTEST_TITLE = 3  # words: “Post number 7” is none
_LETTER = re.compile(r"[^\W\d_]")
_LINKS = f'.//a[@href][not(re:test(@href,"{_PROFILE}","i"))]'
_IN_HEADING = "ancestor::*[self::h1 or self::h2 or self::h3 or self::h4 or self::h5 or self::h6]"
_DECLARED = '//script[contains(@type,"ld+json")]/text() | //*/@itemtype'
_ARTICLE = re.compile(
    r'"(?:https?://schema\.org/)?(?:\w*Article|(?:Live)?BlogPosting)"'
    r"|schema\.org/(?:\w*Article|(?:Live)?BlogPosting)\b"
)
_THREAD = re.compile(r"DiscussionForumPosting|QAPage|Question\b")
_COMMENTS = (
    'ancestor-or-self::*[re:test(concat(@class," ",@id," ",@itemtype),'
    '"comment|repl(y|ies)|respon[ds]|discuss","i")]'
)


def guess_shape(document: Element, url: str) -> tuple[Shape, list[Element]] | None:
    """The shape of the thread on this page and its posts' bodies; None if nothing looks like posts. `url` is
    the page's address."""
    best: tuple[float, Shape] | None = None
    page = _Page.of(document, url)
    left = _MOST_SEARCHED
    for path, outside, text in _candidates(document):
        if best is not None and best[0] >= text:
            break  # no score is above its text, and the longest texts come first
        shape = _shape(path, outside)
        members = find(document, path)
        frames = frames_of(members, shape)
        if _complete(shape, [*frames[:2], *frames[-2:]]) < _LEAST_SHARE:
            continue
        # elements in these frames and in the rows before them: many times a page's where one holds the next
        searched = 0
        for frame in frames:
            searched += int(find(frame, _IN_AND_BEFORE)[0])
            if searched > left:
                break
        if searched > left:
            continue
        left -= searched
        score = _complete(shape, frames) ** 3 * text
        if (best is None or score > best[0]) and page.may_hold(shape, members, frames):
            best = score, shape
    bodies = _bodies(document, best[1]) if best else []
    return (best[1], bodies) if best and bodies else None


def count_undeclared(declared: Page, response: Response) -> int:
    """Count the posts that the page shows, if most of those declared are among them."""
    document = document_of(response) if declared.mentions else None
    guess = None if document is None else guess_shape(document, response.url)
    shown = [(plain_text(body), "") for body in guess[1]] if guess else []
    missing = not_shown([mention.text for mention in declared.mentions], shown)
    return 0 if len(missing) > FEW_MISSING * len(declared.mentions) else len(shown)


def _bodies(document: Element, shape: Shape) -> list[Element]:
    """The bodies of posts, leaving out the margins and whatever has neither author nor time."""
    found = find(document, shape.bodies)
    bodies = [body for body in found if next(body.iterancestors(*_MARGINS), None) is None]
    return [
        body
        for body, frame in zip(bodies, frames_of(bodies, shape), strict=True)
        if first_node_text(frame, *shape.author) or first_node_text(frame, *shape.time)
    ]


@dataclass(frozen=True, slots=True)
class _Page:
    """The further facts about the page. `own` are its addresses, without page numbers."""

    url: str
    own: frozenset[str]
    is_article: bool

    @classmethod
    def of(cls, document: Element, url: str) -> Self:
        canonical = absolute(url, first_node_text(document, '//link[@rel="canonical"]/@href')) or url
        declared = " ".join(map(str, find(document, _DECLARED)))
        article = _ARTICLE.search(declared) is not None and _THREAD.search(declared) is None
        return cls(base_of(document, url), frozenset({pageless(url), pageless(canonical)}), article)

    def may_hold(self, shape: Shape, members: list[Element], frames: list[Element]) -> bool:
        """Can these be posts: not a list of other pages and, on an article's page, named as comments?"""
        if self.is_article and not _most(bool(find(member, _COMMENTS)) for member in members):
            return False
        leads = [self._leads(frame, first_node_text(frame, *shape.author)) for frame in frames]
        times = Counter(words for lead in leads for words in lead)
        return not _most(any(times[words] == 1 for words in lead) for lead in leads)

    def _leads(self, frame: Element, author: str) -> set[str]:
        """The texts of links to other pages that are headings or begin the frame's text.

        Author, times, texts too short to be words and links within a page are skipped. So is a line with a
        time, unless it begins with a title, as in the row of a list."""
        links = [(link, squeeze(plain_text(link))) for link in find(frame, _LINKS)]
        links = [(link, words) for link, words in links if _names_something(words, author)]
        titles = tuple(words for _, words in links if len(_WORD.findall(words)) >= _SHORTEST_TITLE)
        lines = map(squeeze, plain_text(frame).splitlines())
        telling = (line for line in lines if _names_something(line, author) or line.startswith(titles))
        begins = tuple(islice(telling, 2))
        return {
            words
            for link, words in links
            if (any(line.startswith(words) for line in begins) or find(link, _IN_HEADING))
            and self._is_elsewhere(link.get("href"))
        }

    def _is_elsewhere(self, href: str) -> bool:
        address = absolute(self.url, href) or ""
        return "#" not in address and pageless(address) not in self.own


def _names_something(words: str, author: str) -> bool:
    return words != author and len(_LETTER.findall(words)) >= 3 and _WHEN.search(words.casefold()) is None


def _most(each: Iterable[bool]) -> bool:
    answers = list(each)
    return sum(answers) >= _LEAST_SHARE * len(answers)


def _complete(shape: Shape, frames: list[Element]) -> float:
    """The share of frames with both an author and a time."""
    whole = sum(bool(first_node_text(f, *shape.author) and first_node_text(f, *shape.time)) for f in frames)
    return whole / len(frames)


def _candidates(document: Element) -> Iterator[tuple[str, str, int]]:
    """XPaths of recurring classes, the test for being outside them, and how much text they hold."""
    lengths: dict[Element, int] = {}  # characters of text, scripts and styles not counted
    for body in find(document, "//body"):
        for element in reversed(list(body.iter("*"))):
            inner = sum(lengths.get(child, 0) + len((child.tail or "").strip()) for child in element)
            own = 0 if element.tag in ("script", "style", "noscript") else len((element.text or "").strip())
            lengths[element] = own + inner
    if len(lengths) > _MOST_ELEMENTS:
        return
    groups: dict[tuple[str, str], list[Element]] = defaultdict(list)
    for element in lengths:
        named = element.get("class") or ""
        for name in set() if _SIGNATURE.search(named) else set(named.split()):
            groups[element.tag, name].append(element)
    likely = {
        (tuple(map(id, members)), sum(lengths[e] for e in members)): members
        for members in groups.values()
        if _FEWEST <= len(members) <= _MOST
        and median(lengths[e] for e in members) >= _SHORTEST_MEDIAN
        and not _are_nested(members)
    }
    most = sorted(((text, members) for (_, text), members in likely.items()), key=lambda found: -found[0])
    for number, (text, members) in enumerate(most[:_TRIED]):
        for element in members:  # an attribute in our own namespace, which no HTML can contain
            element.set(f"{{{OURS}}}candidate-{number}", "")
        mark = f"our:candidate-{number}"
        yield f"//*[@{mark}]", f"[not(ancestor-or-self::*[@{mark}])]", text


def _are_nested(members: list[Element]) -> bool:
    known = set(members)
    return any(not known.isdisjoint(element.iterancestors()) for element in members)


def _shape(path: str, outside: str) -> Shape:
    short, line = _SHORT.format(50), _SHORT.format(90)
    text_outside = outside.replace("ancestor-or-self", "ancestor")
    author = (
        f'.//*[@itemprop="author"]{outside}{short}',
        f'.//*[re:test(@class,"{_AUTHOR_CLASS}","i")]{outside}{short}',
        f'.//a[re:test(@href,"{_PROFILE}","i")]{outside}{short}',
    )
    time = (
        f".//time{outside}/@datetime",
        f'.//*[re:test(@class,"{_TIME_CLASS}","i")]{outside}{line}[re:test(.,"{_CLOCK}|{_DAY}","i")]',
        f'.//*[not(self::a)]{outside}{line}[re:test(.,"{_CLOCK}")][re:test(.,"{_DAY}","i")]'
        f'[not(re:test(.,"{_NOT_SINCE}","i"))]',
        f'.//text()[not(parent::a)]{text_outside}{line}[re:test(.,"{_CLOCK}.*|{_DAY}","i")]'
        f'[not(re:test(.,"{_NOT_SINCE}","i"))]',
        f'.//text(){text_outside}{line}[re:test(.,"{_DAY}","i")]',
    )
    return Shape(
        bodies=path,
        author=(*author, *(_row_before(one, path) for one in author)),
        time=(*time, *(_row_before(one, path) for one in time)),
        post_id=(
            'descendant-or-self::*[re:test(@id,"^[a-z_-]*[0-9]{2,}$","i")]/@id',
            './/a[re:test(@name,"^[a-z_-]*[0-9]{2,}$","i")]/@name',
            'preceding-sibling::*[1]//a[re:test(@name,"^[a-z_-]*[0-9]{2,}$","i")]/@name',
        ),
        thread_id=(
            r"(?i)[?&;](?:t|tid|topic|thread|id)=(\d+)"
            r"|/(?:threads?|topics?|t|post|discussions?)/(?:[^/]*\.)?(\d+)"
        ),
        drop=".//*[re:test(@class,'(^|[\\s_-])((post)?signature|sig|likes?|share|reactions?)([\\s_-]|$)','i')]",
        quotes='.//blockquote | .//*[re:test(@class,"(^|[\\s_-])quote","i")]',
        numbered=False,
    )


def _row_before(wanted: str, body: str) -> str:
    """The same in the row before: old tables keep author and text in separate rows."""
    return f"preceding-sibling::*[1][not(.{body})]{wanted.removeprefix('.')}"
