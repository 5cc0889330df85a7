"""Answers of a person about a post that they hand in: nobody else can know them, so nothing is guessed.

None in a field means that it is not known: a person said so if its name is in `not_known`; otherwise nobody
was asked. As it is kept (`to_manifest`) it is part of a capture's manifest, and so part of what is hashed.
"""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from data.errors import InputError
from data.frozen import freeze
from data.register.calendar import is_day, read_moment

WORDS = "words.txt"
"""The file of a capture that holds the post's words as somebody typed them."""
BY_HAND = "report-in"
"""The source of what people hand in."""
NOTHING = "nothing"
"""How the step of a case says that none of it is known."""
_LONDON = ZoneInfo("Europe/London")


class HowItCame(StrEnum):
    """The way by which the picture came; more of it in a person's own words."""

    OWN_SCREEN = "own_screen"
    PARENTS_PHONE = "parents_phone"
    PUPILS_PHONE = "pupils_phone"
    STAFF_PHONE = "staff_phone"
    EMAIL = "email"
    MESSAGE = "message"
    PAPER = "paper"
    OTHER = "other"


class PictureShows(StrEnum):
    """Whether a picture shows anybody under 18 undressed or in a sexual way: real, drawn or made."""

    YES = "yes"
    NO = "no"
    NOT_SURE = "not_sure"


class Danger(StrEnum):
    """Whether somebody is in danger."""

    NOW = "now"
    SOON = "soon"
    NO = "no"


class Whom(StrEnum):
    """The people it is about; `BEFRIENDS`: a pupil or stranger who tries to befriend or to follow staff."""

    CHILD = "child"
    CHILDREN = "children"
    STAFF = "staff"
    HEAD = "head"
    DSL = "dsl"
    CHAIR = "chair"
    BEFRIENDS = "befriends-staff"
    NOBODY = "nobody"
    UNKNOWN = "unknown"


CHILD_IMAGE_TEXT = "Image of a child."
"""What is taken down of an image that may show a child: with a file's place behind it still under eight
words, and so short a text is never taken for a copy (`classifiers.stories.SHORT`), so that each
address is a story, and an alert, of its own."""
FILE_TEXT = "File without words."
"""Begins what is recorded of a file without words; which file it is follows, all in under eight words."""
_FILE_ALONE = re.compile(r"File without words\. \w+ [0-9a-f]{8}, not \w+\.")
_IMAGE_ALONE = re.compile(r"Image of a child\.( File: file:\S+)?")
"""The address of the file stands in what was recorded until 26 November 2026."""


def is_file_alone(text: str) -> bool:
    """Is it all that we record of a file without words, and nothing that anybody added?"""
    return _FILE_ALONE.fullmatch(text) is not None


def judged_part(text: str, source_ids: Collection[str]) -> str:
    """Return what is judged of the words of a post from these sources: of a whole sentence of ours, which
    only what was handed in holds, its beginning alone, which says nothing of anybody."""
    if {*source_ids} != {BY_HAND}:
        return text
    if _IMAGE_ALONE.fullmatch(text):
        return CHILD_IMAGE_TEXT
    return FILE_TEXT if is_file_alone(text) else text


class WhoseWords(StrEnum):
    """Origin of a post's words: READ; REPORTED, typed or spoken; OF_ACCOUNT; NOBODYS, ours for an image."""

    READ = "read"
    REPORTED = "reported"
    OF_ACCOUNT = "of_account"
    NOBODYS = "nobodys"

    @property
    def are_posted(self) -> bool:
        """Are they what was posted, for all that is known?"""
        return self in (WhoseWords.READ, WhoseWords.REPORTED)


def whose_words(text: str | None, source_ids: Collection[str], *, account: bool = False) -> WhoseWords:
    """Tell whose the words of a post are, by where they came from; `account`: it is about an account
    itself.
    """
    if set(source_ids) != {BY_HAND}:
        return WhoseWords.READ
    if _IMAGE_ALONE.fullmatch(text or ""):
        return WhoseWords.NOBODYS
    return WhoseWords.OF_ACCOUNT if account else WhoseWords.REPORTED


class ReportState(StrEnum):
    """The state of what was handed in: all that its bringer is told."""

    RECEIVED = "received"
    IN_HAND = "being dealt with"
    ENDED = "ended"


@freeze
class Says:
    """The answers of somebody who hands something in; None is not said. It only raises. `who` is in danger:
    `child`, `staff`, `school`, or the id of a person; "" where nobody said."""

    danger: Danger | None = None
    who: str = ""
    about: Whom | None = None
    picture: PictureShows | None = None

    @property
    def in_danger(self) -> bool:
        """Is somebody in danger, now or soon?"""
        return self.danger in (Danger.NOW, Danger.SOON)

    @property
    def to_json(self) -> str:
        """Write it as it is kept."""
        return json.dumps(
            {"danger": self.danger, "who": self.who, "about": self.about, "picture": self.picture}
        )


def said_of(held: Mapping[str, Any]) -> Says:
    """Read what was said, from what is kept of it."""
    danger, about, picture = held.get("danger"), held.get("about"), held.get("picture")
    return Says(
        Danger(danger) if danger else None,
        held.get("who", ""),
        Whom(about) if about else None,
        PictureShows(picture) if picture else None,
    )


FIELDS = (
    "address", "author", "posted", "words", "seen_at", "seen_by", "logged_in", "supplied_by", "came",
)  # fmt: skip
"""What is asked, in the order in which it is asked and shown."""


@freeze
class SaidOfPost:
    """The facts that are known of one post that was handed in.

    `seen_at` is a day (“2026-11-20”) or a moment in UTC (“2026-11-20T15:20:00Z”), as exact as it was said;
    `posted` the time shown with the post, word for word; `came` a value of `HowItCame`, `came_words` more of
    it. `seen_by` and `supplied_by` are ids of people at the school, or whatever somebody else was called.
    `words` are the post's, as typed from the picture. `file_at` is where a file lies that was not taken.
    """

    address: str | None = None
    author: str | None = None
    posted: str | None = None
    words: str | None = None
    seen_at: str | None = None
    seen_by: str | None = None
    logged_in: bool | None = None
    supplied_by: str | None = None
    came: str | None = None
    came_words: str = ""
    file_at: str = ""
    not_known: tuple[str, ...] = ()

    @property
    def known_fields(self) -> tuple[str, ...]:
        return tuple(name for name in FIELDS if getattr(self, name) is not None)

    def to_manifest(self, people: Collection[str]) -> dict[str, object]:
        """Write it as the manifest has it; the words are a file of their own. `people` are the ids at the
        school."""
        return {
            "address": self.address,
            "author_as_shown": self.author,
            "posted_as_displayed": self.posted,
            "words_typed": self.words is not None,
            "seen": _time_seen(self.seen_at),
            "seen_by": _somebody(self.seen_by, people),
            "logged_in": self.logged_in,
            "supplied_by": _somebody(self.supplied_by, people),
            "came": None if self.came is None else {"how": self.came, "said": self.came_words or None},
            "not_known": [name for name in FIELDS if name in self.not_known],
            **({"file_at": self.file_at} if self.file_at else {}),
        }


Kept: TypeAlias = Mapping[str, Any]
"""`handed_in` of a manifest, as `SaidOfPost.to_manifest` wrote it."""


@freeze
class Somebody:
    """A person of the school by id, or somebody else by what they were called."""

    person: str | None = None
    said: str | None = None


def read_somebody(kept: Kept, name: str) -> Somebody | None:
    """Return who is named there (`seen_by`, `supplied_by`), None where nobody is."""
    held = kept.get(name)
    return None if held is None else Somebody(held["person"], held["said"])


def _somebody(said: str | None, people: Collection[str]) -> dict[str, str | None] | None:
    if said is None:
        return None
    return {"person": said if said in people else None, "said": None if said in people else said}


def _time_seen(at: str | None) -> dict[str, str] | None:
    """Write a day alone where no time was said: midnight would be an invention."""
    if at is None:
        return None
    if "T" not in at:
        return {"day": at}
    moment = datetime.fromisoformat(at)
    local = moment.astimezone(_LONDON).isoformat(timespec="seconds")
    return {"utc": at, "local": local, "zone": _LONDON.key}


def read_time_seen(said: str, now: datetime, zone: ZoneInfo) -> str:
    """Read what a person typed, as `SaidOfPost.seen_at` has it: in the school's `zone` where it names none.
    Raises InputError for what is no time, may be two, or is still to come."""
    moment = read_moment(said, now, zone, past=True)
    if moment > now:
        raise InputError(f"“{said}” is still to come. When was it seen?")
    return f"{moment.astimezone(zone):%Y-%m-%d}" if is_day(said) else f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def text_of(content: bytes) -> tuple[str, str] | None:
    """A text and the charset it is written in: UTF-8, UTF-16 or Windows-1252; None for what is no text."""
    for codec, charset in [("utf-16", "utf-16")] if content.startswith(WIDE) else _CHARSETS:
        with suppress(UnicodeDecodeError):
            text = content.decode(codec)
            odd = _ODD.search(text) if codec == "cp1252" else "\x00" in text
            return None if odd or not text.strip() else (text, charset)
    return None


WIDE = (BOM_UTF16_LE, BOM_UTF16_BE)
_CHARSETS = (("utf-8-sig", "utf-8"), ("cp1252", "windows-1252"))
_ODD = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
"""What no text holds: a byte alone hardly ever tells Windows-1252 from a picture."""
