"""What is said of a post, and what is decided about it."""

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
    StepClass,
    StepKind,
    ValueKind,
    Where,
    asks,
)
from data.types import About, Route

_JUDGED = frozenset(ContentClass(code) for code in CLASSES)
_ANY = {"among": _JUDGED | {ContentClass.UNJUDGED}, "told": True}
_CLASS = asks("C0 to C14: ⟪docs⟫ cases", key="class", among=_JUDGED)
_LANE = asks("Why it bypasses the ladder.", BypassRoute, label="case.asks.lane")
_PERSON = {"of": ValueKind.PERSON, "told": True}


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
    sealed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Classified(StepClass):
    """Set its class.

    To reclassify fair comment takes a written reason, and is counted in the governors' report. Nobody the
    post means can do it. Somebody who reports to them can propose it, and a second person confirms it.
    """

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
    """What was proposed stays as it was."""

    kind = StepKind.TURNED_DOWN
    by_hand = False
    wants_why = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Author(StepClass):
    """Record the author's relationship to the school.

    Only as far as that is visible or known already: nobody is looked up.
    """

    kind = StepKind.AUTHOR
    where = Where.WITH_FAIR
    relationship: Relationship = field(metadata=asks("What they are to the school."))
    contact_safe: bool | None = field(default=None, metadata=asks("It is safe to contact them."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed(StepClass):
    """Put right where the post is, or where it was said.

    What can be asked for, and which letters fit, follow from it.
    """

    kind = StepKind.PLACE
    channel: str = field(
        metadata=asks("facebook, website, in_person, …: ⟪docs⟫ handing-in", of=ValueKind.CHANNEL)
    )
    place: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InNameOf(StepClass):
    """Record in whose name removal is requested.

    Some sites deal only with the person it is about.
    """

    kind = StepKind.COMPLAINANT
    where = Where.ON_LADDER
    who: Complainant = field(metadata=asks("Whose side asks."))
    person: str = field(default="", metadata=asks("Which member of staff; else a name.", of=ValueKind.NAMED))


@dataclass(frozen=True, slots=True, kw_only=True)
class Targeted(StepClass):
    """Record which member of staff is targeted.

    Without a target, whom it accuses is a step of its own.
    """

    kind = StepKind.TARGET
    person: str = field(default="", metadata=asks("The member of staff.", of=ValueKind.PERSON))
    subjects: tuple[str, ...] | None = (
        field(  # an empty one: it accuses nobody; None: nothing is said of them
            default=None,
            metadata=asks(
                "Who it accuses: they see nothing of the case.",
                of=ValueKind.PERSON,
                label="case.asks.subjects",
                between=",",
            ),
        )
    )
    about: About | None = None  # added by the rules, where subjects are named
    second: str = field(default="", metadata=_PERSON)  # who else says so, where somebody is let in
    beside: tuple[str, ...] = field(  # added where several are named: a case has one target
        default=(), metadata={"of": ValueKind.PERSON, "between": ",", "told": True}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutCorrected(StepClass):
    """Put right whom it is about: a child, a member of staff, or nobody of the school.

    What depends on it, as what may be kept and who may be asked, follows.
    """

    kind = StepKind.ABOUT
    wants_why = True
    who: AboutWhom = field(
        metadata=asks(
            "Say whom it is about.",
            {
                AboutWhom.CHILD: "It is about a child.",
                AboutWhom.STAFF: "It is about a member of staff.",
                AboutWhom.NOBODY: "It is about nobody of the school.",
            },
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Accused(StepClass):
    """Name who is accused, or withdraw that.

    Whoever is named sees nothing of the case. Of whoever was left out by guess it is said first that they
    have a conflict of interest, or are not accused. To let somebody see it again takes a reason.
    """

    kind = StepKind.ACCUSED
    people: tuple[str, ...] = field(
        default=(),
        metadata=asks("Who is accused.", key="person", of=ValueKind.PERSON, between=","),
    )
    stands: bool | None = field(default=None, metadata=asks("They are accused."))
    about: About | None = None  # added by the rules
    second: str = field(default="", metadata=_PERSON)  # who else says so, where somebody is let in


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflicted(StepClass):
    """Record that somebody has a conflict of interest, and is accused of nothing.

    They see nothing of the case, like whoever is accused.
    """

    kind = StepKind.CONFLICTED
    wants_why = True
    person: str = field(metadata=asks("The person.", of=ValueKind.PERSON))
    stands: bool | None = field(default=None, metadata=asks("They have a conflict of interest."))
    second: str = field(default="", metadata=_PERSON)  # who else says so, where they are let in


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed(StepClass):
    """Record how serious it is, in your own words."""

    kind = StepKind.WEIGHED
    may_precede = True
    nature: str = field(metadata=asks("What it says, and how bad that is.", of=ValueKind.WORDS))
    visible: str = field(metadata=asks("How long it has been seen, and by how many.", of=ValueKind.WORDS))
    spread: str = field(metadata=asks("Whether it is passed on, and where.", of=ValueKind.WORDS))
    impact: str = field(metadata=asks("What it does to those it is about.", of=ValueKind.WORDS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided(StepClass):
    """Record the decision: seek removal, only report it, answer instead, or stop.

    What is only reported to the police may be left up for them: nobody is asked to remove it.
    """

    kind = StepKind.DECIDED
    wants_why = True
    may_precede = True
    decision: Decision = field(
        metadata=asks(
            "Say what was decided.",
            {
                Decision.SEEK: "Seek its removal.",
                Decision.REPORT_ONLY: "Tell the police; ask nobody to remove it.",
                Decision.ANSWER: "Answer it; ask for no removal.",
                Decision.STOP: "Ask nobody (any more).",
            },
        )
    )
    policy: str = field(default="", metadata={"told": True})  # the one gone by
    capacity: Capacity | None = field(default=None, metadata={"key": "as"})  # added by the rules
