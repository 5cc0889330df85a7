"""Articles and posts about invented events, and a reading of them into a store."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from builders.judges import brought, judges, read_in

from data.ids import digest
from data.types import Mention, MentionKind, Source

NOW = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)
NEWS = Source(
    "news", "feed", "https://echo.example.org/feed", urns=("900001",), channel="news", surfaced=True
)
TOWN = Source("town", "feed", "https://talk.example.org/", urns=("900001",))
COACH = (
    "Twelve Oakfield Primary pupils of Northvale in hospital after coach crash on A12",
    "Oakfield Primary, Northvale: coach crash on A12 leaves pupils injured",
    "A12 coach crash: Oakfield Primary parents wait at Northvale hospital",
)
FALL = "Boy, 9, seriously hurt in fall from tree at Oakfield Primary, Northvale"


def article(title, at=NOW, **changes):
    mention = Mention(
        id=digest(title)[:16], url=f"https://echo.example.org/{digest(title)[:6]}", channel="news",
        kind=MentionKind.ARTICLE, title=title, text="", fetched_at=at, published=at - timedelta(minutes=5),
    )  # fmt: skip
    return replace(mention, **changes)


def post(title, text):
    made = article(title + text, channel="local_forum", kind=MentionKind.POST)
    return replace(made, title=title, text=text)


def read(store, *mentions, at=NOW, source=NEWS, with_=None):
    return read_in(store, with_ or judges(), brought(source, *mentions, at=at), at)
