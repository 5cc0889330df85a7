"""Which mentions a person is asked to look at: the likeliest few, never more than the share. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from data.types import Verdict


def limit_looks(
    verdicts: Sequence[Verdict], share: float, *, judged_before: int = 0, looks_before: int = 0
) -> tuple[Verdict, ...]:
    """The same verdicts in their order, with `look` kept for the highest ranked only.

    At most `share` (0..1) of them keep it, rounded down, but one where there was none yet. What was
    judged earlier the same day counts too: `judged_before` verdicts, of which `looks_before` asked.
    Ties fall to the smaller mention id, so that the order of collecting does not matter. A verdict
    that asks for action by itself (severity 3 or more) keeps its look and does not count.
    """
    asking = [v for v in verdicts if v.look and v.severity < 3]
    room = math.floor(share * (judged_before + len(verdicts))) - looks_before
    if share > 0 and looks_before == 0:
        room = max(room, 1)
    ranked = sorted(asking, key=lambda v: (-v.look_rank, v.mention_id, v.urn))
    kept = {(v.mention_id, v.version, v.urn) for v in ranked[: max(room, 0)]}
    return tuple(
        v
        if not v.look or v.severity >= 3 or (v.mention_id, v.version, v.urn) in kept
        else replace(v, look=False)
        for v in verdicts
    )
