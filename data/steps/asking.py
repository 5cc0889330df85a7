"""Who was asked to act, what came back, and what those concerned agree to."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime
from typing import ClassVar

from data.frozen import dataclass
from data.rungs import Rung
from data.steps.codes import HowTold, KeptLetter, RungAnswer, StepKind, Support


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A rung was asked in one way (`way`, of `RungSpec.ways`), through `channel`.

    `kept` says whether the letter was; `capture`, `manifest` and `files` are where, as of `EvidenceKept`.
    """

    kind: ClassVar[StepKind] = StepKind.ASKED
    rung: Rung
    channel: str = ""
    reference: str = ""
    way: str = field(default="", metadata={"key": "kind"})
    imminent: bool | None = None
    received_at: datetime | None = None
    route: str = ""
    advice: str = ""
    written_at: datetime | None = None
    kept: KeptLetter | None = field(
        default=None, metadata={"among": frozenset(KeptLetter) - {KeptLetter.AS_CAME}}
    )
    sha256: tuple[str, ...] = ()
    capture: str = ""
    manifest: str = ""
    files: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What came back from a rung; `way` as of `Asked`, None where it does not say to which."""

    kind: ClassVar[StepKind] = StepKind.ANSWERED
    rung: Rung
    result: RungAnswer
    reference: str = ""
    way: str | None = field(default=None, metadata={"key": "kind"})
    poster_told_at: datetime | None = None
    kept: KeptLetter | None = field(
        default=None, metadata={"among": frozenset((KeptLetter.AS_CAME, KeptLetter.NOT_KEPT))}
    )
    sha256: tuple[str, ...] = ()
    capture: str = ""
    manifest: str = ""
    files: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Responded:
    """The concern was answered: by phone, at a meeting, in writing."""

    kind: ClassVar[StepKind] = StepKind.RESPONDED
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentAsked:
    """Whoever it is aimed at was asked whether the police may be told."""

    kind: ClassVar[StepKind] = StepKind.CONSENT_ASKED
    person: str
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentGiven:
    """They agree. The rules add `informed`, where somebody else recorded it."""

    kind: ClassVar[StepKind] = StepKind.CONSENT_GIVEN
    person: str
    informed: HowTold | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRefused:
    """They do not agree; `informed` as of `ConsentGiven`."""

    kind: ClassVar[StepKind] = StepKind.CONSENT_REFUSED
    person: str
    informed: HowTold | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentWithdrawn:
    """They agree no more; `informed` as of `ConsentGiven`."""

    kind: ClassVar[StepKind] = StepKind.CONSENT_WITHDRAWN
    person: str
    informed: HowTold | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentOverridden:
    """The police are told all the same, on a ground; `informed` as of `ConsentGiven`."""

    kind: ClassVar[StepKind] = StepKind.CONSENT_OVERRIDDEN
    ground: str
    informed: HowTold | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportStep:
    """What became of the support of whoever it is aimed at; `informed` as of `ConsentGiven`."""

    kind: ClassVar[StepKind] = StepKind.SUPPORT
    status: Support = field(metadata={"among": frozenset(Support) - {Support.NOT_OFFERED}})
    person: str = ""
    informed: HowTold | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Referred:
    """Handed on to a place, with its reference."""

    kind: ClassVar[StepKind] = StepKind.REFERRED
    to: str
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """Given to somebody (an id)."""

    kind: ClassVar[StepKind] = StepKind.ASSIGNED
    person: str
