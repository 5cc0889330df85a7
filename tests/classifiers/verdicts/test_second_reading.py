"""Which posts are read again, and what that may change."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from builders.alert import verdict
from support.for_each import for_each

from classifiers.triage import limit_looks
from classifiers.verdicts.second_reading import (
    HINTED,
    SURELY_HARMLESS,
    after_reading,
    read_again,
    worth_reading,
)
from classifiers.verdicts.stack import with_reading
from classifiers.verdicts.verdict_reasons import WORTH_A_LOOK
from data.types import Harm, Meant, Relevance, Route, Scores, Severity, Verdict

CALM = verdict(Route.NOTE, severity=Severity.NOTE, look=False, scores=(("weighed:severe", 0.0),))


@for_each(
    ("changes", "worth"),
    [
        ({}, False),
        ({"scores": (("weighed:severe", SURELY_HARMLESS),)}, True),
        ({"scores": (("ngram:severity:4", HINTED),)}, True),
        ({"look": True}, True),
        ({"severity": Severity.TODAY, "route": Route.PLATFORM_REPORT}, True),
        ({"severity": Severity.THIS_HOUR, "relevance": Relevance.NOT_ABOUT}, False),
    ],
)
def test_what_may_be_ours_and_is_not_surely_harmless_is_read_again(changes: dict, worth: bool) -> None:
    assert worth_reading(replace(CALM, **changes)) is worth


TOLD = replace(CALM, severity=Severity.TODAY, route=Route.PLATFORM_REPORT, scores=(("weighed:severe", 0.6),))
SURE = replace(TOLD, scores=(("weighed:severe", 0.7),))
FOR_THE_LEAD = replace(TOLD, route=Route.SAFEGUARDING)
AT_ONCE = replace(SURE, route=Route.POLICE_NOW, severity=Severity.THIS_HOUR)
IN_WORDS = (Meant("child", 1.0, "signal:harm", Harm.CHILD),)
UNSURE = replace(CALM, scores=(("weighed:severe", 0.2),))


def both(first: Verdict, second: Verdict) -> Verdict:
    """What is found of a text with one match."""
    (found,) = after_reading([first], [second], 0.7)
    return found


@for_each(
    ("first", "second", "severity", "look"),
    [
        (CALM, TOLD, Severity.TODAY, False),
        (TOLD, CALM, Severity.NOTE, True),
        (replace(SURE, route=Route.SAFEGUARDING), CALM, Severity.TODAY, False),
        (AT_ONCE, CALM, Severity.THIS_HOUR, False),
        (AT_ONCE, FOR_THE_LEAD, Severity.THIS_HOUR, False),
        (FOR_THE_LEAD, replace(AT_ONCE, route=Route.SAFEGUARDING), Severity.THIS_HOUR, False),
        (FOR_THE_LEAD, CALM, Severity.NOTE, True),
        (FOR_THE_LEAD, UNSURE, Severity.TODAY, False),
        (replace(FOR_THE_LEAD, endangers=IN_WORDS), CALM, Severity.TODAY, False),
        (SURE, CALM, Severity.NOTE, True),
        (replace(TOLD, severity=Severity.THIS_HOUR), TOLD, Severity.TODAY, False),
        (TOLD, replace(CALM, relevance=Relevance.NOT_ABOUT), Severity.TODAY, False),
        (replace(CALM, look=True), CALM, Severity.NOTE, False),
    ],
)
def test_a_reading_raises_and_lowers_to_a_look_but_never_what_is_surely_for_the_lead_or_the_police(
    first, second, severity, look
):
    found = both(first, second)
    assert (found.severity, found.look) == (severity, look)


ACCUSED = Meant("office:head", 0.5, "words")
OTHER = Meant("person:vale", 0.5, "linking")


def test_what_is_lowered_or_holds_stays_closed_to_all_whom_either_reading_accuses() -> None:
    closed = replace(FOR_THE_LEAD, accuses=(ACCUSED,), restricted=True, content_class="C10")
    calm = replace(CALM, mention_id="m2", look=True, look_rank=0.9)
    found = both(closed, replace(CALM, accuses=(OTHER,)))
    assert limit_looks([found, *[calm] * 20], 0.05)[0].look
    assert WORTH_A_LOOK in {reason.code for reason in found.reasons}
    assert (found.restricted, found.content_class, found.accuses) == (True, "C10", (OTHER, ACCUSED))
    assert both(replace(AT_ONCE, accuses=(ACCUSED,)), replace(CALM, accuses=(OTHER,))).accuses == (
        ACCUSED,
        OTHER,
    )
    other = replace(AT_ONCE, urn="900002")
    assert after_reading([TOLD, other], [CALM, replace(CALM, urn="900002")], 0.7) == [TOLD, other]


class Reader:
    """Finds everything grave, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def score(self, texts: Sequence[str]) -> Scores:
        self.asked += texts
        return Scores(
            ("severity:3",), np.full((len(texts), 1), 0.9, np.float32), (False,) * len(texts), "reader"
        )


def test_each_text_worth_it_is_read_once_and_judged_by_what_the_reader_found_beside_the_rest() -> None:
    reader, seen = Reader(), []

    def judge(place: int, scores: Mapping[str, float], model: str) -> list[Verdict]:
        seen.append((place, dict(scores), model))
        return [TOLD]

    look = [replace(CALM, look=True)]
    row = {"severity:3": 0.1, "severity:4": 0.2, "ngram:urgent": 0.3}
    found = read_again([look, [CALM], look, look], ["a", "b", "a", None], [row] * 4, reader, judge, 0.7)
    assert found == [[TOLD], [CALM], [TOLD], look]
    assert reader.asked == ["a"]
    assert read_again([[CALM]], ["a"], [row], Broken(), judge, 0.7) == [[CALM]]
    first = {"first:severity:3": 0.1, "first:severity:4": 0.2}
    assert seen[0] == (0, pytest.approx(row | {"severity:3": 0.9} | first), "reader")
    assert [place for place, *_ in seen] == [0, 2]


class Broken:
    """A reader of which a library fails."""

    def score(self, texts: Sequence[str]) -> Scores:
        raise MemoryError(texts[0])


def test_all_stays_as_it_was_where_the_reader_fails_or_does_not_say_and_no_words_are_logged(caplog):
    look = [replace(CALM, look=True)]
    assert read_again([look], ["some words"], [{}], Broken(), lambda *_: [], 0.7) == [look]
    assert caplog.messages == ["the second reader could not read: MemoryError"]
    assert with_reading({"theme:meals": 0.4}, {})["theme:meals"] == 0.4
