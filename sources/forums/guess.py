"""The shape of a thread on a page whose software is unknown.

A thread repeats one thing: a text, and around it an author and a time. So of all class names that
recur, the one is taken whose elements hold the most text with an author and a time beside them.
They are found again by a mark of ours: no name that a page gives to anything becomes part of a query.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from statistics import median

from sources.dom import OURS, Element, find, first_text
from sources.forums.reading import frames_of
from sources.forums.shape import Shape

_FEWEST, _MOST = 2, 200
_SHORTEST_MEDIAN = 15
_TRIED = 16
_MARGINS = ("aside", "nav", "footer")
_MOST_ELEMENTS = 40_000  # the largest thread met has 6,000
_LEAST_SHARE = 0.6
_SHORT = "[string-length(normalize-space(.))>0][string-length(normalize-space(.))<{}]"
_AUTHOR_CLASS = (
    r"(^|[\s_-])(author|user-?name|poster|nick(name)?|member-?name|screen-?name|display-?name|person(-listing)?)"
    r"([\s_-]|$)|(^|\s)user(\s|$)"
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


def guessed(document: Element) -> tuple[Shape, list[Element]] | None:
    """The shape of the thread on this page and its posts' bodies; None where nothing looks like posts."""
    best: tuple[float, Shape] | None = None
    for path, outside, text in _candidates(document):
        shape = _shape(path, outside)
        frames = frames_of(find(document, path), shape)
        if _complete(shape, [*frames[:2], *frames[-2:]]) < _LEAST_SHARE:
            continue
        score = _complete(shape, frames) ** 3 * text
        if best is None or score > best[0]:
            best = score, shape
    bodies = _bodies(document, best[1]) if best else []
    return (best[1], bodies) if best and bodies else None


def _bodies(document: Element, shape: Shape) -> list[Element]:
    """The bodies of posts: not what stands in the margin, nor what has neither author nor time."""
    bodies = [
        body for body in find(document, shape.bodies) if next(body.iterancestors(*_MARGINS), None) is None
    ]
    return [
        body
        for body, frame in zip(bodies, frames_of(bodies, shape), strict=True)
        if first_text(frame, *shape.author) or first_text(frame, *shape.time)
    ]


def _complete(shape: Shape, frames: list[Element]) -> float:
    """The share of frames with both an author and a time."""
    whole = sum(bool(first_text(f, *shape.author) and first_text(f, *shape.time)) for f in frames)
    return whole / len(frames)


def _candidates(document: Element) -> Iterator[tuple[str, str, int]]:
    """XPaths of recurring classes, the test for standing outside them, how much text they hold."""
    lengths = _text_lengths(document)
    if len(lengths) > _MOST_ELEMENTS:
        return
    groups: dict[tuple[str, str], list[Element]] = defaultdict(list)
    for element in lengths:
        for name in set((element.get("class") or "").split()):
            groups[element.tag, name].append(element)
    likely = {
        (tuple(map(id, members)), sum(lengths[e] for e in members)): members
        for members in groups.values()
        if _FEWEST <= len(members) <= _MOST
        and median(lengths[e] for e in members) >= _SHORTEST_MEDIAN
        and not _nested(members)
    }
    most = sorted(((text, members) for (_, text), members in likely.items()), key=lambda found: -found[0])
    for number, (text, members) in enumerate(most[:_TRIED]):
        yield *_marked(members, number), text


def _marked(members: list[Element], number: int) -> tuple[str, str]:
    """The XPath of these elements, and the test for standing outside them.

    They bear an attribute in a namespace of ours, which no HTML can write.
    """
    for element in members:
        element.set(f"{{{OURS}}}candidate-{number}", "")
    return f"//*[@our:candidate-{number}]", f"[not(ancestor-or-self::*[@our:candidate-{number}])]"


def _text_lengths(document: Element) -> dict[Element, int]:
    """Characters of text in every element of the body, scripts and styles not counted."""
    lengths: dict[Element, int] = {}
    for body in find(document, "//body"):
        for element in reversed(list(body.iter("*"))):
            inner = sum(lengths.get(child, 0) + len((child.tail or "").strip()) for child in element)
            own = 0 if element.tag in ("script", "style", "noscript") else len((element.text or "").strip())
            lengths[element] = own + inner
    return lengths


def _nested(members: list[Element]) -> bool:
    known = set(members)
    return any(not known.isdisjoint(element.iterancestors()) for element in members)


def _shape(path: str, outside: str) -> Shape:
    short, line = _SHORT.format(50), _SHORT.format(90)
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
        f'.//text()[not(parent::a)]{_text_outside(outside)}{line}[re:test(.,"{_CLOCK}.*|{_DAY}","i")]'
        f'[not(re:test(.,"{_NOT_SINCE}","i"))]',
        f'.//text(){_text_outside(outside)}{line}[re:test(.,"{_DAY}","i")]',
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
        drop=".//*[re:test(@class,'(^|[\\s_-])(signature|sig|likes?|share|reactions?)([\\s_-]|$)','i')]",
        quotes='.//blockquote | .//*[re:test(@class,"(^|[\\s_-])quote","i")]',
        numbered=False,
    )


def _text_outside(outside: str) -> str:
    return outside.replace("ancestor-or-self", "ancestor")


def _row_before(wanted: str, body: str) -> str:
    """The same, in the row before: old tables keep author and text in rows of their own."""
    return f"preceding-sibling::*[1][not(.{body})]{wanted.removeprefix('.')}"
