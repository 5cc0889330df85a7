"""Which mentions a person is asked to look at: the likeliest few, never more than the share. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from data.types import Verdict


def limit_looks(verdicts: Sequence[Verdict], share: float) -> tuple[Verdict, ...]:
    """The same verdicts in their order, with `look` kept for the highest ranked only.

    At most `share` (0..1) of them keep it, rounded down, but one of a batch with any. Ties fall to
    the smaller mention id, so that the order of collecting does not matter. A verdict that asks
    for action by itself (severity 3 or more) keeps its look and does not count.
    """
    asking = [v for v in verdicts if v.look and v.severity < 3]
    room = max(math.floor(share * len(verdicts)), 1) if share > 0 else 0
    ranked = sorted(asking, key=lambda v: (-v.look_rank, v.mention_id, v.urn))
    kept = {(v.mention_id, v.version, v.urn) for v in ranked[:room]}
    return tuple(
        v
        if not v.look or v.severity >= 3 or (v.mention_id, v.version, v.urn) in kept
        else replace(v, look=False)
        for v in verdicts
    )
