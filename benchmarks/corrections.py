"""What a correction carries over to later posts: how many repeats still alert, what grave is lowered.

    python benchmarks/corrections.py

Invented posts (`corrections.toml`) with the model that ships: of each group one is marked by people, then its
repeats and its grave neighbours are judged before and after. A false alarm that did not alert before is not
counted. It measures that the same false alarm does not come twice, and nothing else.
"""

from __future__ import annotations

import sys
import tomllib
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from classifiers.linking.linker import Linker
from classifiers.scoring.onnx_scorer import Scorer
from classifiers.signals.catalogue import find_signals
from classifiers.verdicts.by_people import Corrected, apply_corrections, named_elsewhere
from classifiers.verdicts.verdict_reasons import read_thresholds
from data.judged import may_be_grave
from data.types import Mention, MentionKind, Policy, School, Source, Verdict
from monitor.pipeline.judge import verdicts_on
from monitor.pipeline.judges import Judges

POSTS = Path(__file__).with_suffix(".toml")
SCHOOL = School(
    "900001",
    "Oakfield Primary School",
    aliases=("Oakfield", "Oakfield Primary"),
    town="Northvale",
    street="Larch Road",
    head="Jane Holt",
)
_FORUM = Source("forum", "feed", "https://forum.example.org", urns=(SCHOOL.urn,))


def groups() -> list[dict[str, Any]]:
    """What was marked, with its repeats and its grave neighbours."""
    found: list[dict[str, Any]] = tomllib.loads(POSTS.read_text(encoding="utf-8"))["groups"]
    return found


def measured(given: list[dict[str, Any]], scorer: Scorer) -> Counter[str]:
    """Counts, by kind: `marked` posts that alerted; `repeats` that alert before and `after`; `grave` ones
    that are alerted or shown before, and those then `lowered`."""
    judges = Judges({SCHOOL.urn: SCHOOL}, (), Policy(), Linker([SCHOOL]), lambda: scorer, read_thresholds())
    found: Counter[str] = Counter()
    for group in given:
        names = [group["marked"], *group["repeats"], *group["grave"]]
        posts = [
            Mention(str(i), "", "local_forum", MentionKind.POST, "", text, datetime(2026, 11, 17, tzinfo=UTC))
            for i, text in enumerate(names)
        ]
        matches = judges.linker.link(posts, _FORUM)
        before = verdicts_on(list(zip(posts, matches, strict=True)), judges)
        signals = [find_signals(post, SCHOOL, ()) for post in posts]
        other = named_elsewhere(group["why"], posts[0], SCHOOL) if group["kind"] == "not_us" else frozenset()
        made = [Corrected(group["kind"], posts[0], matches[0][0], before[0], signals[0], other)]
        after = [
            apply_corrections(verdict, post, match[0], told, made)
            for verdict, post, match, told in zip(before, posts, matches, signals, strict=True)
        ]
        last = 1 + len(group["repeats"])
        how = "namesakes" if other else "phrases"
        found[f"{how} marked"] += before[0].severity >= 3
        found[f"{how} repeats"] += sum(v.severity >= 3 for v in before[1:last])
        found[f"{how} after"] += sum(v.severity >= 3 for v in after[1:last])
        found[f"{how} grave"] += sum(map(may_be_grave, before[last:]))
        found[f"{how} lowered"] += sum(
            _is_lower(*both) for both in zip(before[last:], after[last:], strict=True)
        )
    return found


def _is_lower(before: Verdict, after: Verdict) -> bool:
    return (after.severity, after.relevance, after.route) != (before.severity, before.relevance, before.route)


def main() -> None:
    """Print the figures."""
    found = measured(groups(), Scorer())
    for how in ("namesakes", "phrases"):
        print(
            f"{how}: of {found[f'{how} repeats']} repeats that alerted, {found[f'{how} after']} still alert; "
            f"of {found[f'{how} grave']} grave neighbours, {found[f'{how} lowered']} are lowered"
        )


if __name__ == "__main__":
    main()
