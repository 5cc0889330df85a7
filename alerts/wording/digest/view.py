"""A digest in words and in order, before it is laid out as text or as a page."""

from __future__ import annotations

from dataclasses import dataclass

from data.matters import MatterView


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a section.

    `said` is what: a post's own words, or a description. `where` is the place and the time, `then` what that
    is or asks for, `suggested` what may be done, `about` who acts and by when. `ring` is set on what may be a
    matter of 999. `url` is the post's own address; `page` is ours, signed; `ref` what people call it by, or
    open it by where there is no page. `decide` is True where somebody must; `under` are posts of a group.
    `matter` is what it tells of, None where that is no one matter.
    """

    said: str
    about: str = ""
    ref: str = ""
    url: str | None = None
    where: str = ""
    then: str = ""
    suggested: str = ""
    page: str | None = None
    ring: str = ""
    decide: bool = False
    under: tuple[Line, ...] = ()
    matter: MatterView | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the digest: `first` is the number of its first line, None where lines bear none.

    `urgent` where somebody must decide, `grave` where it may be a matter of 999; `after` stands below its
    lines; `cut` says that it holds less than there is.
    """

    heading: str
    lines: tuple[Line, ...]
    first: int | None = None
    urgent: bool = False
    after: tuple[str, ...] = ()
    grave: bool = False
    cut: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """A whole digest. All of it is plain text; nothing in it is markup."""

    language: str
    subject: str
    heading: str
    opening: tuple[str, ...]
    sections: tuple[Section, ...]
    closing: tuple[str, ...]
