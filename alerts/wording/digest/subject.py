"""The subject of a digest: the gravest matter and who has it, then how much else there is. Pure.

The first stands in the 43 letters that a telephone shows. Of a restricted matter only its number, and that it
is due.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum

from alerts.facts import OpenDanger, Selection
from alerts.wording.digest import lines, waiting
from alerts.wording.digest.reader import Saying, capital, one_line
from alerts.wording.lag import Seen
from alerts.wording.subject import Topic, matter_words, topic_of_alert, topic_of_case
from data.judged import gravest
from data.matters import MatterView


class Rank(IntEnum):
    """What the gravest matter is, the gravest first; QUIET where there is none."""

    DANGER = 0
    DANGER_APART = 1
    APART = 2
    DECIDE = 3
    QUIET = 4


def first_part(say: Saying, chosen: Selection) -> tuple[Rank, str]:
    """“threat: deputy head has it, police not recorded”; “safeguarding matter 894434 is due”."""
    if chosen.danger:
        return Rank.DANGER, _of_danger(say, chosen.danger[0])
    endangers = [v for v in chosen.restricted if v.endangers]
    due = [v for v in chosen.restricted if v.due and lines.is_due(say, v)]
    for rank, found in ((Rank.DANGER_APART, endangers), (Rank.APART, due)):
        if found:
            key = "digest.subject.apart_due" if found[0].due else "digest.subject.apart_open"
            return rank, say.w(key, number=found[0].number)
    if chosen.decide:
        return Rank.DECIDE, _with_holder(say, chosen.decide[0])
    return Rank.QUIET, ""


def _of_danger(say: Saying, found: OpenDanger) -> str:
    missing = [say.w("digest.subject.no_police")] if "police" in found.unrecorded else []
    return _with_holder(say, found.view, *missing)


def _with_holder(say: Saying, view: MatterView, *missing: str) -> str:
    said = ", ".join((lines.has(say, view), *missing))
    return f"{matter_words(_topic(say, view), say.w, said)}: {said}"


def _topic(say: Saying, view: MatterView) -> Topic:
    if view.story_id in say.facts.locked:
        return Topic(view.number, restricted=True)
    if view.alert is None:
        return topic_of_case(view.cases[0])
    seen = Seen(gravest(view.verdicts) if view.verdicts else None, view.channels)
    return topic_of_alert(view.alert, seen, view.number)


def counts_beside(chosen: Sequence[Selection], first: Rank) -> dict[str, int]:
    """How much there is beside the first part of what stands before everything else."""
    dangers, decide = sum(len(c.danger) for c in chosen), sum(len(c.decide) for c in chosen)
    apart = sum(len(c.restricted) for c in chosen)
    of_apart = first in (Rank.DANGER_APART, Rank.APART)
    return {
        "danger_more": dangers - (first is Rank.DANGER),
        "apart_more" if of_apart else "apart": apart - of_apart,
        "decide" if of_apart else "decide_more": decide - (first is Rank.DECIDE),
    }


def waiting_in_time(say: Saying, chosen: Selection) -> int:
    """How much waits that is not overdue: cases, and what somebody has."""
    late = sum(waiting.late(say, c) for c in chosen.cases)
    return len(chosen.cases) - late + len(chosen.in_hand) + len(chosen.taken)


def counted(say: Saying, counts: Mapping[str, int]) -> list[str]:
    """What there is, in the words of a subject line."""
    return [say.count(f"digest.subject.{key}", n) for key, n in counts.items() if n]


def subject_line(say: Saying, parts: Sequence[str]) -> str:
    """The gravest first, then the day; whose digest it is, the sender's name says."""
    weekday = say.w.weekday(say.facts.day)
    return one_line(say.w("digest.subject.line", parts=capital(", ".join(parts)), weekday=weekday))
