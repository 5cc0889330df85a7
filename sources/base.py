"""Collectors: what each one is, and what each kind of source may be given beyond its address.

A configuration is checked by these alone: whoever wants to know whether a setting is right loads no parser.
The catalogue names the settings of each kind.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from types import FrameType
from typing import Annotated, Literal, Protocol, TypeVar, runtime_checkable

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from data.types import HeldPost, Lookup, Page, Request, Response, Source, SourceState

T = TypeVar("T")
R = TypeVar("R")

_ITEM_S = 0.5
_ALL_S = 4.0
"""Once a document took this long, no further item of it is begun: at five seconds its process is ended."""
_SHARE_S = 0.005
"""The least that an item is given: an ordinary one takes less."""


class _TooLong(BaseException):
    """Raised within an item, and in nothing else. No reader may take it for a fault of the item's."""


class _Turn:
    """When the document began, None where nothing is timed; and whether an item is being read."""

    began: float | None = None
    reading: bool = False


def time_items() -> None:
    """Times the items of the document that is read next. Called in the main thread."""
    signal.signal(signal.SIGVTALRM, _stop)
    _Turn.began = time.process_time()


def _stop(number: int, frame: FrameType | None) -> None:
    if _Turn.reading:
        raise _TooLong


def read_each(
    read: Callable[[T], R],
    items: Iterable[T],
    named: str = "Items",
    item_s: float | None = None,
    all_s: float | None = None,
) -> tuple[list[R], tuple[str, ...]]:
    """Read each item; leave out those that took too long, with a sentence that counts them. Once half the
    time is used, each has its share of the rest at most: dear ones hide none that come after them."""
    found: list[R] = []
    waiting, late = list(items), 0
    for n, item in enumerate(waiting):
        try:
            found.append(_time_reading(read, item, item_s or _ITEM_S, all_s or _ALL_S, len(waiting) - n))
        except _TooLong:
            late += 1
    return found, (f"{named} that took too long to be read: {late}.",) if late else ()


def _time_reading(read: Callable[[T], R], item: T, item_s: float, all_s: float, waiting: int) -> R:
    if _Turn.began is None:
        return read(item)
    left_s = all_s - (time.process_time() - _Turn.began)
    if left_s < 0:
        raise _TooLong
    if left_s < all_s / 2:
        item_s = min(item_s, max(left_s / waiting, _SHARE_S))
    _Turn.reading = True
    signal.setitimer(signal.ITIMER_VIRTUAL, item_s, item_s)
    try:
        return read(item)
    finally:
        _Turn.reading = False
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


class SourceSettings(BaseModel):
    """The settings of a kind of source beyond its address. Unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class PageSettings(SourceSettings):
    """Settings every collector of dated pages has."""

    dates: Literal["auto", "day_first", "month_first"] = "auto"
    """How 03/04/2026 is read; `auto` learns it from the document, else from the zone."""
    zone: str = "Europe/London"
    """The zone of times that are shown without one (IANA name)."""


class Collector(Protocol):
    """Turns a source into requests and a response into a page. Neither touches the network."""

    @property
    def kind(self) -> str: ...

    @property
    def settings(self) -> type[SourceSettings]: ...

    def requests(self, source: Source, state: SourceState, now: datetime) -> Sequence[Request]:
        """List the requests to make now. The fetcher adds the conditional headers."""
        ...

    def parse(self, source: Source, response: Response) -> Page:
        """Parse the document; from ill-formed input whatever can be salvaged, with a warning."""
        ...

    def recognises(self, response: Response) -> float:
        """Estimate, from 0 to 1, how likely a document is of this kind; used when no kind was named."""
        ...


@runtime_checkable
class ReadsApart(Protocol):
    """A collector of documents that are handed over once: none of what is in them may be passed over."""

    def split(self, response: Response) -> Sequence[Response]:
        """Part a document that could not be read, one for each thing in it, and first what comes next."""
        ...

    def give_up(self, source: Source, lost: Sequence[Response]) -> Page:
        """Finds that lead somebody to what could not be read by itself either."""
        ...


@runtime_checkable
class LooksUp(Protocol):
    """A collector whose platform can be asked which of the posts that are held still stand."""

    def lookups(self, source: Source, posts: Sequence[HeldPost]) -> Sequence[Lookup]:
        """List the requests that ask it. A post whose address holds no id of the platform's is left out."""
        ...

    def standing(self, source: Source, response: Response) -> frozenset[str] | None:
        """The platform's ids of the posts that anybody sees there; None where the answer does not say."""
        ...


class OnePage:
    """The base of all collectors: they read the page that is configured, and claim no other."""

    def __init__(
        self,
        kind: str,
        settings: type[SourceSettings] = PageSettings,
        selectors: Mapping[str, str] | None = None,
    ) -> None:
        self.kind, self.settings, self.selectors = kind, settings, selectors or {}

    def requests(self, source: Source, state: SourceState, now: datetime) -> Sequence[Request]:
        """The page's own address."""
        return [Request(source.url)]

    def recognises(self, response: Response) -> float:
        """Never: nothing on a page says so."""
        return 0.0


VARIABLE = r"[A-Z_][A-Z0-9_]*"
"""The name of an environment variable."""


def _css(selector: str) -> str:
    from soupsieve import SelectorSyntaxError
    from soupsieve import compile as compile_selector

    try:
        compile_selector(selector or "*")
    except (SelectorSyntaxError, NotImplementedError) as fault:
        raise ValueError(f"{selector!r} is not a CSS selector: {str(fault).splitlines()[0]}") from fault
    return selector


class FeedSettings(PageSettings):
    """The settings of a feed beyond its address."""

    articles: bool = True
    """Whether the articles behind a newspaper's headlines about the school are read."""
    ids: str = ""
    """The channel of its first posts, written where somebody says what it is, so that their ids stay."""


class PostSelectors(PageSettings):
    """The CSS selectors of a page's posts. Without `post`, the shape of the page is recognised or guessed.

    `text`, `author`, `time` and `link` are applied inside one post, `quote` and `drop` inside its text,
    `title` and `next` to the whole page."""

    post: str = ""
    """One post, such as `li.post`."""
    text: str = ""
    """Its words."""
    author: str = ""
    """Who wrote it."""
    time: str = ""
    """When: a machine-readable attribute if there is one, else what is shown."""
    link: str = ""
    """A link to the post itself; without it, the post's id is appended to the page's address."""
    quote: str = "blockquote"
    """What the post quotes."""
    drop: str = ""
    """What is not part of the post: signatures, buttons."""
    title: str = "h1"
    """The thread's title."""
    next: str = ""
    """The link to the next page; `rel=next` is found without it."""

    _are_css = field_validator("post", "text", "author", "time", "link", "quote", "drop", "title", "next")(
        _css
    )

    @model_validator(mode="after")
    def _text_with_post(self) -> PostSelectors:
        if self.post and not self.text:
            raise ValueError('"post" needs "text": which part of a post holds its words?')
        return self


class ReviewSelectors(PageSettings):
    """The CSS selectors of a page's reviews, applied inside one review but for `item` and `next`."""

    item: str = Field(min_length=1, examples=["div.review"])
    """One review."""
    text: str = Field(min_length=1, examples=["p.words"])
    """Its words."""
    title: str = ""
    """Its title."""
    author: str = ""
    """Who wrote it."""
    date: str = ""
    """Its time: a machine-readable attribute if there is one, else what is shown."""
    rating: str = ""
    """Its score: `4 out of 5`, `8/10`, stars as signs, or `rating_attr`."""
    rating_attr: str = ""
    """The attribute that holds the score, such as `data-rating`, `aria-label`, `style` (`width: 80%`)."""
    rating_best: float | None = None
    """The best possible score, if the page does not say; otherwise 5, 10 or 100 is assumed."""
    rating_worst: float | None = None
    """The worst possible score, if the page does not say."""
    link: str = ""
    """A link to the review itself."""
    quoted: str = "blockquote"
    """What, inside the text, is somebody else's."""
    drop: str = ""
    """What, inside the text, is not the reviewer's: buttons, the owner's reply."""
    id_attr: str = ""
    """The attribute with the review's number on the whole site, not on one page."""
    next: str = ""
    """The link to the next page; `rel=next` is found without it."""

    _are_css = field_validator(
        "item", "text", "title", "author", "date", "rating", "link", "quoted", "drop", "next"
    )(_css)


class OwnPageSettings(PageSettings):
    """The settings that tell the account's own posts from other people's."""

    account: str = ""
    """The name the account posts under, if it is neither the source's name nor the school's."""


class KeyedSettings(SourceSettings):
    """The settings of a place whose interface asks for a key."""

    credential: str = Field(min_length=1, examples=["youtube"])
    """The name of its key: of a table `[credentials.NAME]`."""


class OwnAccountSettings(KeyedSettings):
    """The settings of an account of the school's own, read with a key."""

    number: str = Field(pattern="^[0-9]{5,25}$", examples=["100000000000001"])
    """The number that the platform gives the account; never its name."""


class SearchSettings(KeyedSettings):
    """The settings of a search with a key."""

    query: str = Field(min_length=1, examples=['"Oakfield Primary School"'])
    """The words searched for, with AND, OR, NOT and “exact words”; each alternative names the school."""


class YouTubeChannelSettings(KeyedSettings):
    """The settings of a YouTube channel of the school's own."""

    own_channel: Annotated[str, Field(pattern=r"^UC[\w-]{22}$", examples=["UCoakfieldprimaryschool1"])]
    """The channel's id, 24 signs that begin with UC: youtube.com/account_advanced shows it to its owner."""


class NextdoorSettings(SearchSettings):
    """The settings of a search at Nextdoor, around a place."""

    latitude: float = Field(ge=-90, le=90, examples=[51.501])
    """Degrees north of the equator: where the school is."""
    longitude: float = Field(ge=-180, le=180, examples=[-0.142])
    """Degrees east of Greenwich: where the school is; west is negative."""
    radius: float = Field(default=3.0, gt=0, le=25)
    """Miles around it."""


class RedditSettings(SearchSettings):
    """The settings of a search at Reddit, which wants to know whose program asks."""

    account: str = Field(pattern=r"^[\w-]{3,20}$", examples=["oakfield_office"])
    """The Reddit account that the application belongs to, without u/."""


_Given = Annotated[str | None, Field(min_length=1)]
"""A text that is not empty, where there is one."""


class MailboxSettings(SourceSettings):
    """The settings for signing in by IMAP or to Microsoft 365 as an application; never the secret."""

    user: _Given = None
    """IMAP: the name to sign in with, mostly the mailbox's address."""
    password_env: Annotated[str | None, Field(pattern=f"^{VARIABLE}$")] = None
    """IMAP: the environment variable that holds the password."""
    password_file: _Given = None
    """IMAP: a file whose first line is the password; only you should be able to read it."""
    tenant: _Given = None
    """Microsoft 365: “Directory (tenant) ID”, or your domain; as in `[mail]` where it is not given."""
    client_id: _Given = None
    """Microsoft 365: “Application (client) ID”; as in `[mail]` where it is not given."""
    secret_env: Annotated[str | None, Field(pattern=f"^{VARIABLE}$")] = None
    """Microsoft 365: the environment variable that holds the application's secret."""
    secret_file: _Given = None
    """Microsoft 365: a file whose first line is that secret; only you should be able to read it."""
    certificate_file: _Given = None
    """Microsoft 365: a PEM file with certificate and key, in place of a secret."""
    other_mailbox: Annotated[str | None, Field(pattern="^[^@ ]+@[^@ ]+$")] = None
    """Microsoft 365: a mailbox of the school that must be refused; else the first of `[[people]]` there."""
    senders: tuple[Annotated[str, Field(min_length=3)], ...] = ()
    """Only emails from these addresses or domains are read; without it, every one."""
