"""Kinds of what is held in a case that may be somebody else's, or not to be given, though one person asked.

Found by the kind of a step, and by words in what people typed. Words are no proof: a person confirms each
kind before anything is given or withheld. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from data.rungs import EMERGENCY
from data.steps.asking import Answered, Asked
from data.steps.codes import StepKind
from data.steps.kinds import Step


class CopyKind(StrEnum):
    """What a person decides on, kind by kind. The values are what the command line takes."""

    SUPPORT = "support"
    HEALTH = "health"
    UNION = "union"
    CONSENT = "consent"
    WEIGHING = "weighing"
    POLICE = "police"
    LEGAL = "legal"


CONFIDENTIAL = frozenset((CopyKind.POLICE,))
"""That these are left out is not said in the copy: to say so may be what the exemption is for."""

_OF_STEPS: Mapping[StepKind, CopyKind] = {
    StepKind.SUPPORT: CopyKind.SUPPORT,
    StepKind.SAFE: CopyKind.SUPPORT,
    StepKind.WEIGHED: CopyKind.WEIGHING,
    StepKind.REFERRED: CopyKind.POLICE,
    StepKind.CONSENT_ASKED: CopyKind.CONSENT,
    StepKind.CONSENT_GIVEN: CopyKind.CONSENT,
    StepKind.CONSENT_REFUSED: CopyKind.CONSENT,
    StepKind.CONSENT_WITHDRAWN: CopyKind.CONSENT,
    StepKind.CONSENT_OVERRIDDEN: CopyKind.CONSENT,
}


def _any(words: str, flags: int = re.I) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(words.split())})\b".replace("_", r"\s+"), flags)


_WORDS: Mapping[CopyKind, tuple[re.Pattern[str], ...]] = {
    CopyKind.SUPPORT: (_any("support(?:ed)? welfare cymorth lles"),),
    CopyKind.HEALTH: (
        _any(
            "sick(?:ness)? ill(?:ness)? unwell signed_off doctors? hospital stress(?:ed)? anxi(?:ety|ous) "
            "depress(?:ed|ion) counsell\\w+ occupational_health pregnan\\w+ medic\\w+ mental_health surgery "
            "disab\\w+ diagnos\\w+ panic\\w* sâl salwch meddyg\\w* ysbyty straen gorbryder iselder beichiog "
            "anabl\\w*"
        ),
        _any("GP", 0),
    ),
    CopyKind.UNION: (
        _any("(?:trade_)?unions? (?:union_)?rep(?:resentative)? undeb\\w*"),
        _any("NEU NASUWT NAHT ASCL UNISON GMB Unite EIS SSTA UCAC INTO UTU NSEAD", 0),
    ),
    CopyKind.LEGAL: (_any("solicitors? barristers? lawyers? legal_advice counsel’s? cyfreithi\\w+"),),
    CopyKind.POLICE: (_any("police officer_\\d+ heddlu"),),
}


def kinds_of(said: Step | None, words: str) -> frozenset[CopyKind]:
    """Of which kinds it is: a step (None for words outside a case), with what was typed in it."""
    found = {kind for kind, patterns in _WORDS.items() if any(p.search(words) for p in patterns)}
    if said is not None and said.kind in _OF_STEPS:
        found.add(_OF_STEPS[said.kind])
    if isinstance(said, Asked | Answered) and said.rung is EMERGENCY:
        found.add(CopyKind.POLICE)
    return frozenset(found)
