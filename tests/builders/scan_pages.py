"""Feeds of one post or a few, each at a host of its own, and what a scan reads them through."""

from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime

from builders.in_turn import NOW, Pages

from data.types import Source


@dataclass
class Seconds:
    """A timer that goes on by `step` at each asking, and when told."""

    step: float = 0.0
    now: float = 100.0

    def __call__(self):
        self.now += self.step
        return self.now


def feed(*texts, at="https://talk.example.org", posted=NOW - timedelta(hours=1)):
    when = format_datetime(posted)
    rows = "".join(
        f"<item><guid>{text}</guid><pubDate>{when}</pubDate><link>{at}/{n}</link>"
        f"<description>{text}</description></item>"
        for n, text in enumerate(texts)
    )
    return f'<rss version="2.0"><channel><title>Talk</title>{rows}</channel></rss>'.encode()


def a_source(name, url=None, **settings):
    return Source(
        name, "feed", url or f"https://{name}.example.org/feed", urns=("900001",), surfaced=True,
        channel="local_forum", settings=settings,
    )  # fmt: skip


def pages(texts, **given):
    """A source for each, and where they are read."""
    bodies = {f"https://{name}.example.org/feed": feed(*said, at=f"https://{name}.example.org")
              for name, said in texts.items()}  # fmt: skip
    return [a_source(name) for name in texts], Pages(bodies, **given)
