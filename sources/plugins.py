"""Kinds of source that other packages bring, each named “package:kind” (docs/plugins.md)."""

from __future__ import annotations

import traceback
from dataclasses import replace
from importlib.metadata import EntryPoint, PackageNotFoundError, distribution
from pathlib import Path

from pydantic import ValidationError

from data.errors import InputError, Unreadable
from data.types import Page, Response, Source
from sources.base import OnePage
from sources.html.sanitise import cleaned


class Plugin(OnePage):
    """A kind of another package; its code is imported where a document is parsed, and nowhere else.

    Raises InputError where it is not installed.
    """

    def __init__(self, kind: str) -> None:
        package, _, name = kind.partition(":")
        try:
            (point,) = distribution(package).entry_points.select(group="schoolgate.sources", name=name)
        except (PackageNotFoundError, ValueError):
            raise InputError(f"{kind}: it is not installed. Install it, or remove the source.") from None
        self.kind, self._point = kind, (point.name, point.value, point.group)

    def parse(self, source: Source, response: Response) -> Page:
        """Parse by the package's reader. Raises InputError where it can read nothing of this source, and
        Unreadable where it fails on this document."""
        try:
            reader = EntryPoint(*self._point).load()()
            reader.settings.model_validate(dict(source.settings))
        except ValidationError as fault:
            refused = "; ".join(f"“{'.'.join(map(str, e['loc']))}”: {e['msg']}" for e in fault.errors())
            raise InputError(f"{self.kind}: its settings are refused. {refused}") from None
        except Exception as error:  # noqa: BLE001 - an edge: importing runs the package's code
            what = f"{type(error).__name__}: {error}"
            raise InputError(f"{self.kind}: its package cannot be loaded ({what}).") from None
        try:
            page: Page = reader.parse(source, response)
            return replace(page, mentions=tuple(map(cleaned, page.mentions)))
        except Exception as error:  # noqa: BLE001 - an edge: a fault of the package costs this document alone
            last = traceback.extract_tb(error.__traceback__)[-1]
            what = f"{type(error).__name__}, {Path(last.filename).name} line {last.lineno}"
            raise Unreadable(f"{self.kind}: its package failed ({what}). Its authors need to know.") from None
