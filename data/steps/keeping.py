"""What is kept of a post, what a look at it shows, and how its case ends."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime
from typing import ClassVar

from data.frozen import dataclass
from data.rungs import CaseClock, Rung
from data.steps.codes import Check, Ending, EvidenceKind, Looker, StepKind


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceKept:
    """One capture: its id, the hash of its manifest, how many files. `what` it is (a page, where not said),
    what is known of it, and the id of the capture that it adds to.
    """

    kind: ClassVar[StepKind] = StepKind.EVIDENCE
    capture: str
    manifest: str
    files: int
    what: EvidenceKind | None = field(default=None, metadata={"key": "kind"})
    known: tuple[str, ...] = ()
    adds_to: str = ""


@dataclass(frozen=True, slots=True)
class PicturesAllowed:
    """Pictures of the post may be kept."""

    kind: ClassVar[StepKind] = StepKind.PICTURES_ALLOWED


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterDrafted:
    """Which letter, in which forms, and the hash of each form."""

    kind: ClassVar[StepKind] = StepKind.LETTER
    letter: str
    form: tuple[str, ...] = ()
    sha256: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosted:
    """Who hosts its address, as the registers told; `nominet` is the registrar's tag, or “yes”."""

    kind: ClassVar[StepKind] = StepKind.HOSTED
    host: str
    domain: str = ""
    registrar: str = ""
    registrar_abuse: str = ""
    network: str = ""
    network_abuse: str = ""
    addresses: str = ""
    nominet: str = ""
    front: str = ""
    failed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check found, the how manieth it was, who `looked`, where that was recorded; `amended`: changed
    enough; `barred`: nobody may open it.
    """

    kind: ClassVar[StepKind] = StepKind.CHECKED
    result: Check
    nth: int | None = None
    url: str = ""
    amended: bool | None = None
    barred: bool | None = None
    looked: Looker | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyFound:
    """The same words in another post (its id); `sealed` as of `Opened`."""

    kind: ClassVar[StepKind] = StepKind.COPY_FOUND
    mention: str
    sealed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CameBack:
    """It is there again, or in the copy named (its id)."""

    kind: ClassVar[StepKind] = StepKind.CAME_BACK
    mention: str = ""


@dataclass(frozen=True, slots=True)
class SeenRemoved:
    """The outcome of a case that closes as removed."""

    kind: ClassVar[StepKind] = StepKind.REMOVED


@dataclass(frozen=True, slots=True)
class SeenChanged:
    """The outcome of a case that closes as changed."""

    kind: ClassVar[StepKind] = StepKind.CHANGED


@dataclass(frozen=True, slots=True)
class LeftStanding:
    """The outcome of a case that closes while the post stays up."""

    kind: ClassVar[StepKind] = StepKind.STANDING


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A note may start or end a clock of what is owed to a person about their data.

    `pack` is the SHA-256 of a pack that was made: to note that says nothing of why anything else was done.
    """

    kind: ClassVar[StepKind] = StepKind.NOTED
    starts: CaseClock | None = None
    ends: CaseClock | None = None
    pack: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Kept from deletion, until it is looked at again."""

    kind: ClassVar[StepKind] = StepKind.HELD
    review: datetime


@dataclass(frozen=True, slots=True)
class Released:
    """A hold has ended."""

    kind: ClassVar[StepKind] = StepKind.RELEASED


@dataclass(frozen=True, slots=True)
class Locked:
    """Nothing that may identify an accused teacher leaves it."""

    kind: ClassVar[StepKind] = StepKind.LOCKED


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlocked:
    """The lock is off, on a ground."""

    kind: ClassVar[StepKind] = StepKind.UNLOCKED
    ground: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChronologyApproved:
    """One author's posts (the name as shown) about one person (an id) may be put together."""

    kind: ClassVar[StepKind] = StepKind.CHRONOLOGY
    author: str
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """How it ended."""

    kind: ClassVar[StepKind] = StepKind.CLOSED
    ending: Ending


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened:
    """Opened again; the rules add the rung that it continues from."""

    kind: ClassVar[StepKind] = StepKind.REOPENED
    rung: Rung | None = None
