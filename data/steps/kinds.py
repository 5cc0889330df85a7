"""`Step`: what is said of a step of a case, which is one of a class a kind.

A field is a fact; `data.steps.stored` writes it under its name, or under the `key` of its metadata. None, an
empty text and an empty tuple say nothing, except where an empty tuple may stand beside None. Some are not
said by who takes the step: the rules of the ladder add them, and the class says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from data.steps.asking import (
    Answered,
    Asked,
    Assigned,
    ConsentAsked,
    ConsentGiven,
    ConsentOverridden,
    ConsentRefused,
    ConsentWithdrawn,
    Referred,
    Responded,
    SupportStep,
)
from data.steps.codes import StepKind
from data.steps.judging import (
    Author,
    Classified,
    Decided,
    InNameOf,
    Opened,
    Placed,
    Proposed,
    Reclassified,
    Targeted,
    TurnedDown,
    Weighed,
)
from data.steps.keeping import (
    CameBack,
    Checked,
    ChronologyApproved,
    Closed,
    CopyFound,
    EvidenceKept,
    Held,
    Hosted,
    LeftStanding,
    LetterDrafted,
    Locked,
    Noted,
    PicturesAllowed,
    Released,
    Reopened,
    SeenChanged,
    SeenRemoved,
    Unlocked,
)

Step = (
    Opened
    | Classified
    | Reclassified
    | Proposed
    | TurnedDown
    | Author
    | Placed
    | InNameOf
    | Targeted
    | Weighed
    | Decided
    | Asked
    | Answered
    | Responded
    | ConsentAsked
    | ConsentGiven
    | ConsentRefused
    | ConsentWithdrawn
    | ConsentOverridden
    | SupportStep
    | EvidenceKept
    | PicturesAllowed
    | LetterDrafted
    | Hosted
    | Checked
    | CopyFound
    | CameBack
    | SeenRemoved
    | SeenChanged
    | LeftStanding
    | Referred
    | Assigned
    | Noted
    | Held
    | Released
    | Locked
    | Unlocked
    | ChronologyApproved
    | Closed
    | Reopened
)
KINDS: Mapping[StepKind, type[Step]] = {each.kind: each for each in get_args(Step)}
"""The class of each kind."""
