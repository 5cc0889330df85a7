"""What is said of a post, and what is decided about it."""

from __future__ import annotations

from dataclasses import field
from typing import ClassVar

from data.content_class import CLASSES, ContentClass
from data.frozen import dataclass
from data.steps.codes import BypassRoute, Capacity, Complainant, Decision, Relationship, StepKind
from data.types import About, Route

_JUDGED = frozenset(ContentClass(code) for code in CLASSES)
_ANY = {"among": _JUDGED | {ContentClass.UNJUDGED}}
_CLASS = {"key": "class", "among": _JUDGED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """`sealed` is a hash over what the store held of the post; `alert` and `story` are ids."""

    kind: ClassVar[StepKind] = StepKind.OPENED
    story: str
    route: Route
    proposed_class: ContentClass = field(metadata=_ANY)
    about: About
    mention: str = ""
    restricted: bool | None = None
    lane: BypassRoute | None = None
    subjects: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    target: str = ""
    channel: str = ""
    alert: str = ""
    own_site: bool | None = None
    sealed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Classified:
    """The rules add `overseers`, who are told of it, and `about`, who it is about from then on."""

    kind: ClassVar[StepKind] = StepKind.CLASSIFIED
    content_class: ContentClass = field(metadata=_CLASS)
    lane: BypassRoute | None = None
    meant: tuple[str, ...] = ()
    overseers: tuple[str, ...] | None = None
    about: About | None = None
    proposed_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reclassified:
    """Fair comment is none any more; the rules add what they add to `Classified`."""

    kind: ClassVar[StepKind] = StepKind.RECLASSIFIED
    from_class: ContentClass = field(metadata={"key": "from", "among": _JUDGED})
    content_class: ContentClass = field(metadata=_CLASS)
    lane: BypassRoute | None = None
    meant: tuple[str, ...] = ()
    overseers: tuple[str, ...] | None = None
    about: About | None = None
    proposed_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A class for a second person to confirm; the rules add `overseers`."""

    kind: ClassVar[StepKind] = StepKind.PROPOSED
    from_class: ContentClass = field(metadata={"key": "from", **_ANY})
    content_class: ContentClass = field(metadata=_CLASS)
    lane: BypassRoute | None = None
    meant: tuple[str, ...] = ()
    overseers: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class TurnedDown:
    """What was proposed stays as it was."""

    kind: ClassVar[StepKind] = StepKind.TURNED_DOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """What the author is to the school; safe to contact where nobody says otherwise."""

    kind: ClassVar[StepKind] = StepKind.AUTHOR
    relationship: Relationship
    contact_safe: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where it is: a key of `data.web.channels`."""

    kind: ClassVar[StepKind] = StepKind.PLACE
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InNameOf:
    """In whose name removal is requested: `person` is an id of staff, else a name."""

    kind: ClassVar[StepKind] = StepKind.COMPLAINANT
    who: Complainant
    person: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Targeted:
    """Who it is aimed at. An empty tuple of `subjects` says that it accuses nobody, None says nothing of
    them; the rules add `about` where they are named.
    """

    kind: ClassVar[StepKind] = StepKind.TARGET
    person: str
    subjects: tuple[str, ...] | None = field(default=None, metadata={"between": ","})
    about: About | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """How serious it is, in somebody's words."""

    kind: ClassVar[StepKind] = StepKind.WEIGHED
    nature: str
    visible: str
    spread: str
    impact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """`policy` is the one gone by; the rules add `capacity`."""

    kind: ClassVar[StepKind] = StepKind.DECIDED
    decision: Decision
    policy: str = ""
    capacity: Capacity | None = field(default=None, metadata={"key": "as"})
