"""What every collector is: a small class with two attributes and three pure methods."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Literal, Protocol

from pydantic import BaseModel, ConfigDict

from data.types import Page, Request, Response, Source, SourceState


class SourceSettings(BaseModel):
    """What a kind of source needs beyond its address. Unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PageSettings(SourceSettings):
    """Settings every collector of dated pages has."""

    dates: Literal["auto", "day_first", "month_first"] = "auto"
    """How 03/04/2026 is read; `auto` learns it from the document, else from the zone."""
    zone: str = "Europe/London"
    """The zone of times that are shown without one (IANA name)."""


class Collector(Protocol):
    """Turns a source into requests and a response into a page. Neither touches the network."""

    kind: ClassVar[str]
    settings: ClassVar[type[SourceSettings]]

    def requests(self, source: Source, state: SourceState, now: datetime) -> Sequence[Request]:
        """What to ask for now. The fetcher adds the conditional headers."""
        ...

    def parse(self, source: Source, response: Response) -> Page:
        """What the document holds. From ill-formed input, whatever can be salvaged, with a warning."""
        ...

    def recognises(self, response: Response) -> float:
        """How likely it is, 0 to 1, that a document is of this kind; used when no kind was named."""
        ...
