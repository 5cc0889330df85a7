"""Steps that keep a post, that look at it again, and that end its case."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from data.rungs import CaseClock, Rung
from data.steps.codes import (
    Check,
    Ending,
    EvidenceKind,
    Looker,
    PlaceRole,
    StepClass,
    StepKind,
    ValueKind,
    Where,
    asks,
)

_TOLD = {"told": True}
_OF_PRIVACY = (CaseClock.ART14_MONTH, CaseClock.DP_COMPLAINT_30D)
"""What is owed to a person about their data: being told that it is held, an answer to their complaint."""
UNLOCKING = {"charge": "", "publication": "by the regulator", "waiver": "", "court_order": ""}
"""What ends the lock (Education Act 2002 s.141F): charge, publication by the regulator or the Secretary of
State, the teacher's written waiver, an order of a court."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceKept(StepClass):
    """One capture: its id, the hash of its manifest, how many files. `what` it is (a page, where not said),
    what is known of it, and the id of the capture that it adds to."""

    kind = StepKind.EVIDENCE
    by_hand = False
    by_program = True
    may_precede = True
    capture: str
    manifest: str
    files: int
    what: EvidenceKind | None = field(default=None, metadata={"key": "kind", "told": True})
    known: tuple[str, ...] = ()
    adds_to: str = ""
    place: int | None = None


@dataclass(frozen=True, slots=True)
class PicturesAllowed(StepClass):
    """Pictures of the post may be kept."""

    kind = StepKind.PICTURES_ALLOWED
    by_hand = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterDrafted(StepClass):
    """Which letter, in which forms, the hash of each form, and the time that it gives its author."""

    kind = StepKind.LETTER
    where = Where.WITH_FAIR
    by_hand = False
    by_program = True
    letter: str = field(metadata={"of": ValueKind.LETTER, "told": True})
    by: datetime | None = field(default=None, metadata=_TOLD)
    form: tuple[str, ...] = ()
    sha256: tuple[str, ...] = ()
    place: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosted(StepClass):
    """The host of its address, as the registers told; `nominet` is the registrar's tag, or “yes”."""

    kind = StepKind.HOSTED
    where = Where.ON_LADDER
    by_hand = False
    by_program = True
    host: str = field(metadata=_TOLD)
    domain: str = ""
    registrar: str = field(default="", metadata=_TOLD)
    registrar_abuse: str = ""
    network: str = field(default="", metadata=_TOLD)
    network_abuse: str = ""
    addresses: str = ""
    nominet: str = ""
    front: str = ""
    failed: str = ""
    place: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked(StepClass):
    """The finding of a check, its number among the checks, who `looked`, where that was recorded; `amended`:
    changed enough; `barred`: nobody may open it; `signed_in`: no look logged out, as whoever looked says."""

    kind = StepKind.CHECKED
    by_hand = False
    by_program = True
    may_precede = True
    result: Check = field(metadata=_TOLD)
    nth: int | None = None
    url: str = field(default="", metadata=_TOLD)
    amended: bool | None = None
    barred: bool | None = None
    signed_in: bool | None = field(default=None, metadata=_TOLD)
    looked: Looker | None = field(default=None, metadata=_TOLD)
    place: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyFound(StepClass):
    """Add a place where the same matter is: a post that was read or handed in, or an address."""

    kind = StepKind.COPY_FOUND
    by_program = True
    mention: str = field(default="", metadata=asks(of=ValueKind.POST))
    url: str = field(default="", metadata=asks(of=ValueKind.TEXT))
    what: PlaceRole | None = field(
        default=None, metadata=asks(tuple(r.value for r in PlaceRole if r is not PlaceRole.POST))
    )
    channel: str = field(default="", metadata=asks(of=ValueKind.CHANNEL))
    sealed: str = ""
    subjects: tuple[str, ...] = ()  # whom the stories that hold the post may accuse


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceLeft(StepClass):
    """Leave one of the case's places standing, with the reason; the case may end as removed without it."""

    kind = StepKind.PLACE_LEFT
    wants_why = True
    place: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CameBack(StepClass):
    """It is there again, or in the copy named (its id)."""

    kind = StepKind.CAME_BACK
    by_hand = False
    by_program = True
    mention: str = field(default="", metadata={"of": ValueKind.POST, "told": True})
    place: int | None = None


@dataclass(frozen=True, slots=True)
class SeenRemoved(StepClass):
    """The outcome of a case that closes as removed."""

    kind = StepKind.REMOVED
    by_hand = False


@dataclass(frozen=True, slots=True)
class SeenChanged(StepClass):
    """The outcome of a case that closes as changed."""

    kind = StepKind.CHANGED
    by_hand = False


@dataclass(frozen=True, slots=True)
class LeftStanding(StepClass):
    """The outcome of a case that closes while the post stays up."""

    kind = StepKind.STANDING
    by_hand = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted(StepClass):
    """Write a note into a case."""

    kind = StepKind.NOTED
    wants_why = True
    may_precede = True
    starts: CaseClock | None = field(default=None, metadata=asks(_OF_PRIVACY))
    ends: CaseClock | None = field(default=None, metadata=asks(_OF_PRIVACY))
    pack: str = ""  # the SHA-256 of one that was made; that says nothing of why anything else was done


@dataclass(frozen=True, slots=True, kw_only=True)
class Held(StepClass):
    """Keep the case and its evidence from deletion."""

    kind = StepKind.HELD
    wants_why = True
    review: datetime = field(metadata=asks())


@dataclass(frozen=True, slots=True)
class Released(StepClass):
    """End a hold; somebody other than the person who set it has to do this."""

    kind = StepKind.RELEASED
    wants_why = True


@dataclass(frozen=True, slots=True)
class Locked(StepClass):
    """Withhold the identity of an accused teacher."""

    kind = StepKind.LOCKED
    wants_why = True
    by_program = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlocked(StepClass):
    """End that lock, on one of the grounds in the Act."""

    kind = StepKind.UNLOCKED
    wants_why = True
    ground: str = field(metadata=asks(UNLOCKING))


@dataclass(frozen=True, slots=True, kw_only=True)
class ChronologyApproved(StepClass):
    """Allow one author's posts about one person to be put together in this case."""

    kind = StepKind.CHRONOLOGY
    wants_why = True
    author: str = field(metadata=asks())
    person: str = field(metadata=asks(of=ValueKind.PERSON))


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed(StepClass):
    """Close a case, and say how it ended."""

    kind = StepKind.CLOSED
    wants_why = True
    ending: Ending = field(metadata=asks(tuple(Ending)[:-1]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened(StepClass):
    """Open a closed case again, at the rung it had reached."""

    kind = StepKind.REOPENED
    wants_why = True
    rung: Rung | None = field(default=None, metadata=_TOLD)  # added by the rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined(StepClass):
    """Two cases become one. The one that it `closes` names the other; there, the next steps, so many as were
    `taken` over, tell of the places that came along. Where it is `undone`, these and it count no more."""

    kind = StepKind.JOINED
    by_hand = False
    wants_why = True
    case: str = field(metadata=_TOLD)
    closes: bool | None = None
    taken: int | None = None
    undone: bool | None = field(default=None, metadata=_TOLD)
