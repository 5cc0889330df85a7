"""What the daily digest is made from, as read from the store: counts, codes and verdicts.

The one text in here is a `ToldPost`: its title, and its beginning.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from data.cases import Case
from data.frozen import dataclass
from data.steps.codes import RungAnswer
from data.types import Acknowledged, Alert, Marked, MentionKind, Relevance, Verdict


@dataclass(frozen=True, slots=True)
class Window:
    """The time a digest covers: from `since` (included) to `until` (excluded). Aware, UTC."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Edition:
    """One digest composed for one person. `period` is its day, as 2026-11-17.

    `outbox_key` is None where there was nothing to send.
    """

    kind: str
    urn: str
    period: str
    person_id: str
    covers: Window
    outbox_key: str | None
    composed_at: datetime


class Fate(StrEnum):
    """What became of a message that may not have arrived."""

    FAILED = "failed"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Headline:
    """A news article's title as it was published, its address, and the sources that carried it."""

    title: str
    url: str | None
    source_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ToldPost:
    """A post with its words, as far as a line may need them; never a restricted one.

    `title` is its own, "" for none; `text` its beginning. `at` is when it was posted, or first read where
    nothing says (then `dated` is False). `source_ids` are the sources that carried it.
    """

    channel: str
    kind: MentionKind
    url: str | None
    title: str
    text: str
    at: datetime
    dated: bool = True
    source_ids: tuple[str, ...] = ()

    def without_words(self) -> ToldPost:
        """Where and when it was posted, and nothing else."""
        return replace(self, title="", text="", url=None)


@dataclass(frozen=True, slots=True)
class FreshStory:
    """The part of a story that was judged within a window; never of a restricted story.

    `top` is the gravest verdict; `look` the one a person should read first; `looks` all that a person should
    read, without their scores. `places` and `people` stand for hosts (or channels) and authors,
    `channels` the kinds of place, `look_channel` the kind for `look`. `post_id` is the post that `look` is
    on, or `top`; `article_id` its earliest in the press, "" for none; `post` and `article` are those two with
    their words, for a story that is shown. `kept_out` are ids of the subjects of its alert; `heated` is True
    where somebody swore or insulted.
    """

    story_id: str
    relevance: Relevance
    mentions: int
    articles: int
    places: Collection[str] | Collection[int]
    people: Collection[int]
    top: Verdict
    look: Verdict | None = None
    channels: Collection[str] = ()
    looks: tuple[Verdict, ...] = ()
    look_channel: str = ""
    post: ToldPost | None = None
    article: ToldPost | None = None
    kept_out: frozenset[str] = frozenset()
    heated: bool = False
    post_id: str = ""
    article_id: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """An alert as it is now. `severe` are the verdicts on its story with severity 3 or more, `channels` the
    kinds of place of those posts.

    `told_at` is when it, or something grave in its story, was last written. `restricted` is also True where
    only its story is restricted. `post` is the gravest; without its words in a thread with a restricted post.
    """

    alert: Alert
    severe: tuple[Verdict, ...]
    told_at: datetime
    restricted: bool
    channels: tuple[str, ...] = ()
    perhaps_other: bool = False
    acknowledged: Acknowledged | None = None
    post: ToldPost | None = None

    @property
    def open(self) -> bool:
        """Has nobody taken it in hand yet?"""
        return self.acknowledged is None


@dataclass(frozen=True, slots=True)
class CaseStanding:
    """A case as it is now: open, on hold, or closed within the window, with what happened to its post in that
    time.

    `restricted` is also True where only its story is restricted. `severe` and `kept_out` are its story's
    grave verdicts and the people its alert excludes. `asked_at` is when consent was last asked for; `gone_at`
    and `back_at` are when its post was seen gone, or back again, within the window; `answer` is the answer to
    a request in that time. `post` is the gravest of its story, with the `verdicts` on that story, as in
    `Standing`. `acknowledged` is its alert's, `marked` the mark that holds of
    its story.
    """

    case: Case
    restricted: bool
    severe: tuple[Verdict, ...] = ()
    kept_out: frozenset[str] = frozenset()
    asked_at: datetime | None = None
    gone_at: datetime | None = None
    back_at: datetime | None = None
    answer: RungAnswer | None = None
    post: ToldPost | None = None
    verdicts: tuple[Verdict, ...] = ()
    acknowledged: Acknowledged | None = None
    marked: Marked | None = None


@dataclass(frozen=True, slots=True)
class MarkedStory:
    """A story that somebody has or said is answered, within the window; never a restricted one.

    Of what somebody has, also where it goes on within the window. `verdicts` are its newest, `post` the
    gravest and `kept_out` as in `FreshStory`.
    """

    marked: Marked
    verdicts: tuple[Verdict, ...]
    channels: tuple[str, ...] = ()
    kept_out: frozenset[str] = frozenset()
    post: ToldPost | None = None

    @property
    def story_id(self) -> str:
        """The story."""
        return self.marked.story_id


@dataclass(frozen=True, slots=True)
class ToldSpike:
    """A surge of talk that people were told about."""

    began_at: datetime
    mentions: int
    usual: float
    themes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AccountAct:
    """How often something was done on one of the school's own accounts: hidden, blocked, …"""

    source_id: str
    action: str
    times: int


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A message other than a digest that was not sent, or may not have been."""

    person_id: str
    kind: str
    fate: Fate
    alert_id: str | None


@dataclass(frozen=True, slots=True)
class ReadingCounts:
    """How many posts were new, and how many places could be read."""

    posts: int
    places: int
