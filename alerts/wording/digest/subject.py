"""The subject of a digest: the gravest matter and who has it, then how much else there is. Pure.

The first stands in the 43 letters that a telephone shows. Of a restricted matter only its number, and that it
is due.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum

from alerts.facts import Selection
from alerts.wording.digest import lines, waiting
from alerts.wording.digest.reader import Saying, one_line
from alerts.wording.lag import Seen
from alerts.wording.subject import Topic, matter_words, topic_of_alert, topic_of_case
from data.judged import gravest
from data.matters import MatterView, ReaderPart
from data.words.say import capital


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
        first = chosen.danger[0]
        missing = [say.w("digest.subject.no_police")] if "police" in first.unrecorded else []
        return Rank.DANGER, _with_holder(say, first.view, *missing)
    endangers = sorted((v for v in chosen.restricted if v.endangers), key=lambda v: v.restricted)
    due = [v for v in chosen.restricted if v.due and lines.is_due(say, v)]
    for rank, found in ((Rank.DANGER_APART, endangers), (Rank.APART, due)):
        if found:
            return rank, _by_number(say, found[0])
    if chosen.decide:
        return Rank.DECIDE, _with_holder(say, chosen.decide[0])
    return Rank.QUIET, ""


def _by_number(say: Saying, view: MatterView) -> str:
    if view.part is ReaderPart.TARGET:
        return say.w("instant.warned.subject.you")
    due = "digest.subject.apart_due" if view.due else "digest.subject.apart_open"
    return say.w(due if view.restricted else "instant.numbered.one", number=view.number)


def _with_holder(say: Saying, view: MatterView, *missing: str) -> str:
    said = ", ".join((lines.has(say, view), *missing))
    return f"{matter_words(_topic(say, view), say.w, said)}: {said}"


def _topic(say: Saying, view: MatterView) -> Topic:
    if view.part is ReaderPart.TARGET:
        return Topic(view.number, label="target")
    if view.story_id in say.facts.locked:
        return Topic(view.number, restricted=True)
    if view.alert is None:
        return topic_of_case(view.cases[0])
    seen = Seen(gravest(view.verdicts) if view.verdicts else None, view.channels)
    return topic_of_alert(view.alert, seen, view.number)


def counts_beside(chosen: Sequence[Selection], first: Rank) -> dict[str, int]:
    """How much there is beside the first part of what stands before everything else."""
    numbered = [v for c in chosen for v in c.restricted]
    apart, alarms = sum(v.restricted for v in numbered), sum(not v.restricted for v in numbered)
    dangers, decide = sum(len(c.danger) for c in chosen) + alarms, sum(len(c.decide) for c in chosen)
    by_number = first in (Rank.DANGER_APART, Rank.APART)
    of_apart = by_number and not alarms
    return {
        "danger_more": dangers - (first is Rank.DANGER or (by_number and alarms > 0)),
        "apart_more" if of_apart else "apart": apart - of_apart,
        "decide" if by_number else "decide_more": decide - (first is Rank.DECIDE),
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
