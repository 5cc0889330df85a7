"""The Student Room: microdata and test ids stay the same while its class names change."""

from __future__ import annotations

from typing import ClassVar

from sources.threads.shape import Shape
from sources.threads.shaped_forum import ShapedForum

_THREAD = Shape(
    bodies='//*[@itemprop="text"][ancestor::*[starts-with(@id,"post-content")][1]]',
    author=(
        './/*[@itemprop="author"]//*[@itemprop="name"]',
        './/*[@data-testid="username"]',
    ),
    time=('.//*[@itemprop="datePublished"]/@content', './/*[@itemprop="datePublished"]'),
    post_id=(
        'descendant-or-self::*[starts-with(@id,"post")][number(substring(@id,5))>0]/@id',
        'descendant-or-self::*[starts-with(@id,"post-content")]/@id',
    ),
    thread_id=r"showthread\.php\?(?:[^#]*[&;])?t=(\d+)",
    title=('//h1[@itemprop="headline"]', "//h1"),
    quotes='.//*[@data-testid="quote-container"] | .//blockquote',
    opening='self::*[not(ancestor-or-self::*[@itemprop="comment"])]',
    deleted='//*[@data-testid="deleted-post"]',
    threads='//a[contains(@href,"showthread.php?t=")]/@href',
)


class TheStudentRoom(ShapedForum):
    """Threads of The Student Room, and its lists of threads."""

    kind: ClassVar[str] = "forum.thestudentroom"
    channel: ClassVar[str] = "thestudentroom"
    shapes: ClassVar[tuple[Shape, ...]] = (_THREAD,)
    marks: ClassVar[tuple[tuple[bytes, float], ...]] = (
        (b'rel="canonical" href="https://www.thestudentroom.co.uk/', 0.99),
        (b'content="https://www.thestudentroom.co.uk/showthread.php', 0.95),
        (b'data-testid="post-content"', 0.9),
    )
