"""Who was asked to act, what came back, and what those concerned agree to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from data.rungs import Rung
from data.steps.codes import (
    HowTold,
    KeptLetter,
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

_PERSON = asks("Whose; by default, the target's.", of=ValueKind.WHOSE)
_REFERENCE = asks("The number they gave for the report or the crime.")
OVERRIDE_GROUNDS = ("child_at_risk", "other_at_risk", "risk_to_life")
"""The grounds for telling the police without consent."""
_WAY = asks(
    "How, if a rung can be asked in several ways.",
    tuple(dict.fromkeys(kind for rung in Rung for kind in rung.spec.kinds)),
    key="kind",
    label="case.asks.way",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(StepClass):
    """Record that you asked somebody to act, and keep what you sent.

    Schoolgate itself does not ask anybody outside the school.
    """

    kind = StepKind.ASKED
    dated = True
    may_precede = True
    rung: Rung = field(metadata=asks("Who was asked."))
    channel: str = field(
        default="", metadata=asks("Which platform or site, or how it was sent.", of=ValueKind.SITE)
    )
    reference: str = field(default="", metadata=_REFERENCE)
    way: str = field(default="", metadata=_WAY)
    imminent: bool | None = field(default=None, metadata=asks("For the police: is anybody in danger now?"))
    received_at: datetime | None = field(
        default=None, metadata=asks("When it reached them, if known; clocks run from then.")
    )
    place: int | None = None
    route: str = ""
    advice: str = field(
        default="", metadata=asks("A lawyer advised the school to give notice in its own name.", ("lawyer",))
    )
    sender: Sender | None = field(
        default=None,
        metadata=asks(
            "Who asked, if not the school.",
            {
                Sender.SOLICITOR: "A solicitor, for the person it is about.",
                Sender.THEMSELVES: "The person it is about.",
            },
            told=True,
        ),
    )
    written_at: datetime | None = field(default=None, metadata=asks("When the letter was written, if known."))
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
    rung: Rung = field(metadata=asks("Who had been asked."))
    result: RungAnswer = field(metadata=asks("What came of it."))
    reference: str = field(default="", metadata=_REFERENCE)
    way: str | None = field(default=None, metadata=_WAY)  # None where it does not say to which
    place: int | None = None
    poster_told_at: datetime | None = field(
        default=None, metadata=asks("When the operator passed the notice on to whoever posted it.")
    )
    talked_at: datetime | None = field(
        default=None, metadata=asks("Of a conversation: when you talked, if you did.")
    )
    kept: KeptLetter | None = field(
        default=None, metadata={"among": frozenset((KeptLetter.AS_CAME, KeptLetter.NOT_KEPT)), "told": True}
    )
    sha256: tuple[str, ...] = ()
    capture: str = ""
    manifest: str = ""
    files: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Responded(StepClass):
    """Record that the concern itself was answered."""

    kind = StepKind.RESPONDED
    dated = True
    may_precede = True
    how: str = field(
        metadata=asks("How it was answered.", ("meeting", "phone", "letter", "mail", "public_reply"))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentAsked(StepClass):
    """Record that they were asked: who asked, when and how."""

    kind = StepKind.CONSENT_ASKED
    dated = True
    may_precede = True
    person: str = field(metadata=_PERSON)
    how: str = field(
        metadata=asks("How they were asked.", ("in_person", "phone", "meeting", "letter", "mail"))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentGiven(StepClass):
    """They agree."""

    kind = StepKind.CONSENT_GIVEN
    dated = True
    may_precede = True
    person: str = field(metadata=_PERSON)
    informed: HowTold | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRefused(StepClass):
    """They do not agree."""

    kind = StepKind.CONSENT_REFUSED
    dated = True
    may_precede = True
    person: str = field(metadata=_PERSON)
    informed: HowTold | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentWithdrawn(StepClass):
    """They no longer agree."""

    kind = StepKind.CONSENT_WITHDRAWN
    dated = True
    person: str = field(metadata=_PERSON)
    informed: HowTold | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentOverridden(StepClass):
    """Record that the police are told without consent, because somebody is at risk."""

    kind = StepKind.CONSENT_OVERRIDDEN
    wants_why = True
    ground: str = field(metadata=asks("Who is at risk.", OVERRIDE_GROUNDS))
    informed: HowTold | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportStep(StepClass):
    """Record what became of the support offered: its status, never what is said in it."""

    kind = StepKind.SUPPORT
    wants_why = None
    dated = True
    may_precede = True
    status: Support = field(
        metadata=asks(
            "What became of it.",
            {
                Support.OFFERED: "Support was offered.",
                Support.ACCEPTED: "It was taken up.",
                Support.DECLINED: "It was declined, for now.",
                Support.IN_PLACE: "It is in place.",
                Support.ENDED: "It has ended.",
            },
            among=frozenset(Support) - {Support.NOT_OFFERED},
        )
    )
    person: str = field(default="", metadata=_PERSON)
    informed: HowTold | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidSafe(StepClass):
    """Record that the person it is aimed at says that they are safe."""

    kind = StepKind.SAFE
    dated = True
    may_precede = True
    person: str = field(metadata=_PERSON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned(StepClass):
    """Record who was warned of a danger, by whoever warned them.

    Once 999 was rung, the case lists who is still to be warned.
    """

    kind = StepKind.WARNED
    dated = True
    may_precede = True
    where = Where.OPEN
    who: ToWarn = field(
        metadata=asks(
            "Say who was warned.",
            {
                ToWarn.TARGET: "Whoever it is aimed at.",
                ToWarn.SITE: "The gate, the office and whoever is on the site.",
                ToWarn.AUTHORITY: "The local authority, or the trust.",
            },
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Referred(StepClass):
    """Record that you told somebody outside the school."""

    kind = StepKind.REFERRED
    dated = True
    may_precede = True
    to: str = field(
        metadata=asks(
            "police, social-care (Scotland: social-work), ceop, iwf, ctiru, prevent, pastoral, parent, …; of "
            "an allegation against staff: lado (England), designated-officer or ewc (Wales), police, "
            "social-work or gtcs (Scotland), cpss or gtcni (Northern Ireland).",
            of=ValueKind.REFERRAL,
        )
    )
    reference: str = field(default="", metadata=_REFERENCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned(StepClass):
    """Give a case to somebody."""

    kind = StepKind.ASSIGNED
    by_program = True  # whoever had it has left
    person: str = field(metadata=asks("Who has it from now on.", of=ValueKind.PERSON))
