"""Kinds of source that other packages bring, named “package:kind” (docs/plugins.md).

In our own processes such a kind is a name and no more. Its code is loaded in a process that is shut in for
that package alone, and what comes out of it is taken as a stranger's.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, distribution, entry_points
from pathlib import Path
from typing import ClassVar, cast
from urllib.parse import urlsplit

from pydantic import ValidationError

from data.effects import Apart, P, T
from data.errors import InputError, Unreadable
from data.ids import mention_id, squeeze
from data.system.shut_in import shut_in_with
from data.types import Aggregate, Mention, Page, Request, Response, Source, SourceState
from data.web.channels import CHANNELS, OF_SOURCES, channel_at
from data.web.visible import visible
from sources.base import Collector, SourceSettings, UncheckedSettings
from sources.html.sanitise import MOST_POSTS, cleaned

GROUP = "schoolgate.sources"
"""The entry points by which a package brings kinds of source."""
_ROOT = Path(__file__).parents[1]
_MOST_SENTENCES, _LONGEST_SENTENCE, _LONGEST_ADDRESS = 20, 300, 4_000
_SKEW = timedelta(days=1)
"""So far another clock may be ahead of ours."""


def installed() -> Mapping[str, Sequence[str]]:
    """The kinds each installed package brings, by its name in small letters and hyphens. Imports none."""
    found = defaultdict[str, list[str]](list)
    for point in entry_points(group=GROUP):
        if point.dist is not None:
            found[re.sub(r"[-_.]+", "-", point.dist.name).lower()].append(point.name)
    return {package: sorted(found[package]) for package in sorted(found)}


class Plugin:
    """A kind of source of another package. `parse` and `accepts` are for its own process alone, `read` and
    `wrong` ask them there."""

    settings: ClassVar[type[SourceSettings]] = UncheckedSettings

    def __init__(self, kind: str) -> None:
        self.kind = kind

    @property
    def package(self) -> str:
        """The package that brings it."""
        return self.kind.partition(":")[0]

    def requests(self, source: Source, state: SourceState, now: datetime) -> Sequence[Request]:
        """The address that is configured: where to begin is not the package's to say."""
        return [Request(source.url)]

    def recognises(self, response: Response) -> float:
        """Never: such a kind has to be named."""
        return 0.0

    def read(self, apart: Apart, source: Source, response: Response) -> Page:
        """What its process makes of a document, as far as it is admitted. Raises as `_asked` does."""
        return admitted(_asked(self.kind, apart, self.parse, source, response), source, response)

    def wrong(self, apart: Apart, source: Source) -> str:
        """What keeps the source from being read, "" where nothing does; reads nothing."""
        try:
            _asked(self.kind, apart, self.accepts, source)
        except (InputError, Unreadable) as error:
            return error.text
        return ""

    def parse(self, source: Source, response: Response) -> Page:
        """What its reader makes of a document."""
        self.accepts(source)
        return self._reader().parse(source, response)

    def accepts(self, source: Source) -> None:
        """Raises InputError where it cannot be loaded, or refuses the settings of the source."""
        try:
            self._reader().settings.model_validate(dict(source.settings))
        except ValidationError as fault:
            told = "; ".join(f"“{'.'.join(map(str, e['loc']))}”: {e['msg']}" for e in fault.errors())
            raise InputError(f"its settings are refused. {told}") from None

    def _reader(self) -> Collector:
        if _ShutIn.package != self.package:
            raise AssertionError("another package's code is loaded in a process of its own alone")
        package, _, name = self.kind.partition(":")
        try:
            (point,) = distribution(package).entry_points.select(group=GROUP, name=name)
        except (PackageNotFoundError, ValueError):
            raise InputError("it is not installed. Install it, or remove the source.") from None
        return cast(Collector, point.load()())


class _ShutIn:
    """For which package this process is shut in, None where it is ours."""

    package: str | None = None


def shut_in_for(package: str) -> None:
    """Gives this process up to a package: what Python loads code from can be read, and nothing else is left.
    Raises OSError where the system cannot do that."""
    rooms = [str(_ROOT / room) for room in ("data", "sources")]
    checkout = (_ROOT / "pyproject.toml").exists()  # a home may lie in one
    shut_in_with([*rooms, *(path for path in sys.path if path and not (checkout and Path(path) == _ROOT))])
    _ShutIn.package = package


def _asked(kind: str, apart: Apart, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What the package's process answers. Raises InputError for what somebody here can put right, Unreadable
    for what its authors have to."""
    try:
        return apart(work, *args, **kwargs)
    except Unreadable:
        raise
    except InputError as error:
        raise InputError(_sentence(f"{kind}: {error.text}")) from None
    except Exception as error:  # noqa: BLE001 - an edge: whatever its code raises is one source's trouble
        what = f"{kind}: its package could not read it ({type(error).__name__}: {error})"
        raise Unreadable(f"{_sentence(what)}. Its authors need to know.") from None


# ------------------------------------------------------------ what is admitted of what a package says


def admitted(page: Page, source: Source, response: Response) -> Page:
    """A page as far as another package may say it: posts of the site that was asked, further pages there, and
    sentences. Ids are of this kind alone, so that no post of another source can be changed; no request bears
    anything but an address, so that no credential can be used."""
    sites = {_site(source.url), _site(response.url)} - {None}
    mentions = [m for m in page.mentions[:MOST_POSTS] if _site(m.url) in sites]
    left_out = len(page.mentions) - len(mentions)
    said = (f"Posts at another site's address, or too many for one page, were left out: {left_out}.",)
    asks = [Request(each.url) for each in page.follow if _site(each.url) in sites]
    rating, count = (page.aggregate.rating, page.aggregate.count) if page.aggregate else (None, None)
    return Page(
        tuple(_mention(m, source, response) for m in mentions),
        next=Request(page.next.url) if page.next and _site(page.next.url) in sites else None,
        follow=tuple(asks),
        warnings=(*_sentences(page.warnings), *(said if left_out else ())),
        aggregate=Aggregate(_rating(rating), count if count in range(10**9) else None)
        if page.aggregate
        else None,
        left_out=_sentences(page.left_out),
        unread=(*_sentences(page.unread), *(said if left_out else ())),
    )


def _mention(m: Mention, source: Source, response: Response) -> Mention:
    latest = response.fetched_at + _SKEW
    return cleaned(
        Mention(
            id=mention_id(source.kind, m.id),
            url=m.url,
            channel=source.channel or _channel(m),
            kind=m.kind,
            title=m.title,
            text=m.text,
            fetched_at=response.fetched_at,
            quoted=m.quoted,
            author=m.author,
            published=_utc(m.published, latest),
            edited=_utc(m.edited, latest),
            rating=_rating(m.rating),
            parent=mention_id(source.kind, m.parent) if m.parent else None,
            quote_first=m.quote_first,
        )
    )


def _channel(m: Mention) -> str:
    """What it says, where that is a sort of place and no platform; else that of its address."""
    sort_of_place = m.channel in OF_SOURCES and not CHANNELS[m.channel].hosts
    return m.channel if sort_of_place else channel_at(m.url)


def _site(url: str) -> tuple[str, int | None] | None:
    """Host and port of a web address, None for what is none."""
    with suppress(ValueError):
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname and len(url) <= _LONGEST_ADDRESS:
            return parts.hostname.rstrip("."), parts.port
    return None


def _utc(moment: datetime | None, latest: datetime) -> datetime | None:
    with suppress(OverflowError):
        if moment is not None and moment.utcoffset() is not None and moment <= latest:
            return moment.astimezone(UTC)
    return None


def _rating(rating: float | None) -> float | None:
    return rating if rating is not None and 1 <= rating <= 5 else None


def _sentences(said: Sequence[str]) -> tuple[str, ...]:
    return tuple(map(_sentence, said[:_MOST_SENTENCES]))


def _sentence(said: str) -> str:
    return squeeze(visible(said[:_LONGEST_SENTENCE]))
