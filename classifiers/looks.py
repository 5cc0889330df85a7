"""Which mentions a person is asked to look at: the likeliest few, never more than the share. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from classifiers.reasons import WORTH_A_LOOK
from data.types import Severity, Verdict


def limit_looks(verdicts: Sequence[Verdict], share: float) -> tuple[Verdict, ...]:
    """The same verdicts in their order, with `look` kept for the highest ranked only.

    At most `share` (0..1) of them keep it, rounded down, but always one. Ties fall to the smaller
    mention id, so that the order of collecting does not matter. A verdict that asks for action by
    itself (severity 3 or more) keeps its look and does not count. One that loses it no longer says
    that a person should look.
    """
    asking = [v for v in verdicts if v.look and v.severity < Severity.TODAY]
    room = max(math.floor(share * len(verdicts)), 1) if share > 0 else 0
    ranked = sorted(asking, key=lambda v: (-v.look_rank, v.mention_id, v.urn))
    dropped = {(v.mention_id, v.version, v.urn) for v in ranked[room:]}
    return tuple(
        replace(v, look=False, reasons=tuple(r for r in v.reasons if r.code != WORTH_A_LOOK))
        if (v.mention_id, v.version, v.urn) in dropped
        else v
        for v in verdicts
    )
