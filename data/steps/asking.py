"""Steps that ask somebody to act, record what came back, and what those concerned agree to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from data.rungs import Rung
from data.steps.codes import (
    KeptLetter,
    NoticeWay,
    RungAnswer,
    Sender,
    StepClass,
    StepKind,
    Support,
    ToWarn,
    ValueKind,
    Where,
    asks,
)

_PERSON = asks(of=ValueKind.WHOSE)
_REFERENCE = asks()
OVERRIDE_GROUNDS = ("child_at_risk", "other_at_risk", "risk_to_life")
"""The grounds for telling the police without consent."""
_WAY = asks(
    tuple(dict.fromkeys(kind for rung in Rung for kind in rung.spec.kinds)), key="kind", label="case.asks.way"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(StepClass):
    """Record that you asked somebody to act, and keep what you sent."""

    kind = StepKind.ASKED
    dated = True
    may_precede = True
    rung: Rung = field(metadata=asks())
    channel: str = field(default="", metadata=asks(of=ValueKind.SITE))
    reference: str = field(default="", metadata=_REFERENCE)
    way: str = field(default="", metadata=_WAY)
    imminent: bool | None = field(default=None, metadata=asks())
    received_at: datetime | None = field(default=None, metadata=asks())
    place: int | None = None
    route: str = ""
    advice: str = field(default="", metadata=asks(("lawyer",)))
    sender: Sender | None = field(default=None, metadata=asks(told=True))
    written_at: datetime | None = field(default=None, metadata=asks())
    kept: KeptLetter | None = field(
        default=None, metadata={"among": frozenset(KeptLetter) - {KeptLetter.AS_CAME}, "told": True}
    )
    sha256: tuple[str, ...] = ()
    capture: str = ""
    manifest: str = ""
    files: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(StepClass):
    """Record what came back from somebody you asked, or that nothing did, and keep a copy."""

    kind = StepKind.ANSWERED
    dated = True
    may_precede = True
    rung: Rung = field(metadata=asks())
    result: RungAnswer = field(metadata=asks())
    reference: str = field(default="", metadata=_REFERENCE)
    way: str | None = field(default=None, metadata=_WAY)  # None where it does not say to which
    place: int | None = None
    poster_told_at: datetime | None = field(default=None, metadata=asks())
    talked_at: datetime | None = field(default=None, metadata=asks())
    kept: KeptLetter | None = field(
        default=None, metadata={"among": frozenset((KeptLetter.AS_CAME, KeptLetter.NOT_KEPT)), "told": True}
    )
    sha256: tuple[str, ...] = ()
    capture: str = ""
    manifest: str = ""
    files: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsApproved(StepClass):
    """Approve in writing what is said to the press."""

    kind = StepKind.APPROVED
    sent: str = field(metadata=asks(of=ValueKind.WORDS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Responded(StepClass):
    """Record that the concern itself was answered; to the press with what was sent."""

    kind = StepKind.RESPONDED
    dated = True
    may_precede = True
    how: str = field(metadata=asks(("meeting", "phone", "letter", "mail", "public_reply")))
    sent: str = field(default="", metadata=asks(of=ValueKind.WORDS))


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentAsked(StepClass):
    """Record that they were asked: who asked, when and how."""

    kind = StepKind.CONSENT_ASKED
    dated = True
    may_precede = True
    person: str = field(metadata=_PERSON)
    how: str = field(metadata=asks(("in_person", "phone", "meeting", "letter", "mail")))


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentGiven(StepClass):
    """They agree."""

    kind = StepKind.CONSENT_GIVEN
    dated = True
    may_precede = True
    person: str = field(metadata=_PERSON)
    informed: NoticeWay | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRefused(StepClass):
    """They do not agree."""

    kind = StepKind.CONSENT_REFUSED
    dated = True
    may_precede = True
    person: str = field(metadata=_PERSON)
    informed: NoticeWay | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentWithdrawn(StepClass):
    """They no longer agree."""

    kind = StepKind.CONSENT_WITHDRAWN
    dated = True
    person: str = field(metadata=_PERSON)
    informed: NoticeWay | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentOverridden(StepClass):
    """Record that the police are told without consent, because somebody is at risk."""

    kind = StepKind.CONSENT_OVERRIDDEN
    wants_why = True
    ground: str = field(metadata=asks(OVERRIDE_GROUNDS))
    informed: NoticeWay | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportStep(StepClass):
    """Record what became of the support offered: its status, never what is said in it."""

    kind = StepKind.SUPPORT
    wants_why = None
    dated = True
    may_precede = True
    status: Support = field(
        metadata=asks(
            tuple(each for each in Support if each is not Support.NOT_OFFERED),
            among=frozenset(Support) - {Support.NOT_OFFERED},
        )
    )
    person: str = field(default="", metadata=_PERSON)
    informed: NoticeWay | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidSafe(StepClass):
    """Record that the person it is aimed at says that they are safe."""

    kind = StepKind.SAFE
    dated = True
    may_precede = True
    person: str = field(metadata=_PERSON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned(StepClass):
    """Record who was warned of a danger, by whoever warned them."""

    kind = StepKind.WARNED
    dated = True
    may_precede = True
    where = Where.OPEN
    who: ToWarn = field(metadata=asks())


@dataclass(frozen=True, slots=True, kw_only=True)
class Referred(StepClass):
    """Record that you told somebody outside the school."""

    kind = StepKind.REFERRED
    dated = True
    may_precede = True
    to: str = field(metadata=asks(of=ValueKind.REFERRAL))
    reference: str = field(default="", metadata=_REFERENCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned(StepClass):
    """Give a case to somebody."""

    kind = StepKind.ASSIGNED
    by_program = True  # whoever had it has left
    person: str = field(metadata=asks(of=ValueKind.PERSON))
