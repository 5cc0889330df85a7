"""A digest in words and in order, before it is laid out as text or as a page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a section. `about` is who acts and by when; `ref` what it is opened by.

    `url` is set on a news headline alone, `headline` then is the headline within `said`.
    """

    said: str
    about: str = ""
    ref: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the digest: `first` is the number of its first line, None where lines bear none.

    `urgent` where somebody must decide; `after` stands below its lines.
    """

    heading: str
    lines: tuple[Line, ...]
    first: int | None = None
    urgent: bool = False
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class View:
    """A whole digest. All of it is plain text; nothing in it is markup."""

    language: str
    subject: str
    heading: str
    opening: tuple[str, ...]
    sections: tuple[Section, ...]
    closing: tuple[str, ...]
