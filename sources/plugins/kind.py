"""Kinds of source that other packages bring, named “package:kind” (docs/plugins.md).

In our own processes such a kind is a name and no more. Its code is loaded in a process that is shut in for
that package alone, and what comes out of it is taken as a stranger's.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from importlib.metadata import PackageNotFoundError, distribution, entry_points
from pathlib import Path
from typing import ClassVar, cast

from pydantic import ValidationError

from data.effects import Apart, P, T
from data.errors import InputError, Unreadable
from data.system.shut_in import shut_in_with
from data.types import Page, Request, Response, Source, SourceState
from sources.base import Collector, SourceSettings, UncheckedSettings
from sources.plugins.admitted import admitted, sentence

GROUP = "schoolgate.sources"
"""The entry points by which a package brings kinds of source."""
_ROOT = Path(__file__).parents[2]


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
        raise InputError(sentence(f"{kind}: {error.text}")) from None
    except Exception as error:  # noqa: BLE001 - an edge: whatever its code raises is one source's trouble
        what = f"{kind}: its package could not read it ({type(error).__name__}: {error})"
        raise Unreadable(f"{sentence(what)}. Its authors need to know.") from None
