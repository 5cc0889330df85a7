"""Steps that say something of a post, and that decide about it."""

from __future__ import annotations

from dataclasses import dataclass, field

from data.content_class import CLASSES, ContentClass
from data.steps.codes import (
    AboutWhom,
    BypassRoute,
    Capacity,
    Complainant,
    Decision,
    Relationship,
    StaffMatter,
    StepClass,
    StepKind,
    ValueKind,
    Where,
    asks,
)
from data.types import About, Route

_JUDGED = frozenset(ContentClass(code) for code in CLASSES)
_ANY = {"among": _JUDGED | {ContentClass.UNJUDGED}, "told": True}
_CLASS = asks(key="class", among=_JUDGED)
_LANE = asks(label="case.asks.lane")
_PERSON = {"of": ValueKind.PERSON, "told": True}
_WORKING = tuple(who for who in Relationship if who.may_disclose)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened(StepClass):
    """`sealed` is a hash over what the store held of the post; `alert` and `story` are ids."""

    kind = StepKind.OPENED
    by_hand = False
    by_program = True
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
    channel: str = field(default="", metadata={"of": ValueKind.CHANNEL, "told": True})
    alert: str = ""
    own_site: bool | None = None
    danger_now: bool | None = None
    enquiry: bool | None = None
    sealed: str = ""
    author_says: Relationship | None = None  # what its words say that the author is to the school


@dataclass(frozen=True, slots=True, kw_only=True)
class Classified(StepClass):
    """Set its class."""

    kind = StepKind.CLASSIFIED
    wants_why = True
    content_class: ContentClass = field(metadata=_CLASS)
    lane: BypassRoute | None = field(default=None, metadata=_LANE)
    meant: tuple[str, ...] = ()
    overseers: tuple[str, ...] | None = None  # added by the rules: who is told of it
    about: About | None = None  # added by the rules: who it is about from then on
    proposed_by: str = field(default="", metadata=_PERSON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reclassified(StepClass):
    """Fair comment is none any more; the rules add what they add to `Classified`."""

    kind = StepKind.RECLASSIFIED
    by_hand = False
    wants_why = True
    from_class: ContentClass = field(metadata={"key": "from", "among": _JUDGED, "told": True})
    content_class: ContentClass = field(metadata=_CLASS)
    lane: BypassRoute | None = None
    meant: tuple[str, ...] = ()
    overseers: tuple[str, ...] | None = None
    about: About | None = None
    proposed_by: str = field(default="", metadata=_PERSON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed(StepClass):
    """A class for a second person to confirm; the rules add `overseers`."""

    kind = StepKind.PROPOSED
    by_hand = False
    from_class: ContentClass = field(metadata={"key": "from", **_ANY})
    content_class: ContentClass = field(metadata=_CLASS)
    lane: BypassRoute | None = None
    meant: tuple[str, ...] = ()
    overseers: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class TurnedDown(StepClass):
    """The refusal of what was proposed, which stays as it was."""

    kind = StepKind.TURNED_DOWN
    by_hand = False
    wants_why = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Author(StepClass):
    """Record the author's relationship to the school."""

    kind = StepKind.AUTHOR
    where = Where.WITH_FAIR
    relationship: Relationship = field(metadata=asks())
    contact_safe: bool | None = field(default=None, metadata=asks())


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffPost(StepClass):
    """Record what somebody who works here has posted, and who they are, where that is known."""

    kind = StepKind.STAFF_POST
    what: StaffMatter = field(metadata=asks())
    relationship: Relationship | None = field(default=None, metadata=asks(_WORKING))
    person: str = field(default="", metadata=asks(of=ValueKind.PERSON))
    meant: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed(StepClass):
    """Put right where the post is, or where it was said."""

    kind = StepKind.PLACE
    channel: str = field(metadata=asks(of=ValueKind.CHANNEL))
    place: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InNameOf(StepClass):
    """Record in whose name removal is requested."""

    kind = StepKind.COMPLAINANT
    where = Where.ON_LADDER
    who: Complainant = field(metadata=asks())
    person: str = field(default="", metadata=asks(of=ValueKind.NAMED))


@dataclass(frozen=True, slots=True, kw_only=True)
class Targeted(StepClass):
    """Record which member of staff is targeted."""

    kind = StepKind.TARGET
    person: str = field(default="", metadata=asks(of=ValueKind.PERSON))
    subjects: tuple[str, ...] | None = (
        field(  # an empty one: it accuses nobody; None: nothing is said of them
            default=None, metadata=asks(of=ValueKind.PERSON, label="case.asks.subjects", between=",")
        )
    )
    about: About | None = None  # added by the rules, where subjects are named
    second: str = field(default="", metadata=_PERSON)  # who else says so, where somebody is let in
    beside: tuple[str, ...] = field(  # added where several are named: a case has one target
        default=(), metadata={"of": ValueKind.PERSON, "between": ",", "told": True}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutCorrected(StepClass):
    """Put right whom it is about: a child, a member of staff, or nobody of the school."""

    kind = StepKind.ABOUT
    wants_why = True
    who: AboutWhom = field(metadata=asks())


@dataclass(frozen=True, slots=True, kw_only=True)
class Accused(StepClass):
    """Name who is accused, or withdraw that."""

    kind = StepKind.ACCUSED
    people: tuple[str, ...] = field(default=(), metadata=asks(key="person", of=ValueKind.PERSON, between=","))
    stands: bool | None = field(default=None, metadata=asks())
    about: About | None = None  # added by the rules
    second: str = field(default="", metadata=_PERSON)  # who else says so, where somebody is let in


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflicted(StepClass):
    """Record that somebody has a conflict of interest, and is accused of nothing."""

    kind = StepKind.CONFLICTED
    wants_why = True
    person: str = field(metadata=asks(of=ValueKind.PERSON))
    stands: bool | None = field(default=None, metadata=asks())
    second: str = field(default="", metadata=_PERSON)  # who else says so, where they are let in


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed(StepClass):
    """Record how serious it is, in your own words."""

    kind = StepKind.WEIGHED
    may_precede = True
    nature: str = field(metadata=asks(of=ValueKind.WORDS))
    visible: str = field(metadata=asks(of=ValueKind.WORDS))
    spread: str = field(metadata=asks(of=ValueKind.WORDS))
    impact: str = field(metadata=asks(of=ValueKind.WORDS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided(StepClass):
    """Record the decision: seek removal, only report it, answer instead, or stop."""

    kind = StepKind.DECIDED
    wants_why = True
    may_precede = True
    decision: Decision = field(metadata=asks())
    policy: str = field(default="", metadata={"told": True})  # the one gone by
    capacity: Capacity | None = field(default=None, metadata={"key": "as"})  # added by the rules
