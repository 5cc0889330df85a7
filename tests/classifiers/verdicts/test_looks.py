from __future__ import annotations

from dataclasses import replace

import pytest
from builders.verdict import judged, mention, scores
from hypothesis import given
from hypothesis import strategies as st

from classifiers.triage import limit_looks
from classifiers.verdicts.severity import in_doubt_by_words
from classifiers.verdicts.thresholds import read_thresholds
from classifiers.verdicts.verdict_reasons import WORTH_A_LOOK
from classifiers.verdicts.weigh import weigh
from data.types import Reason, Severity, Verdict

BASE = judged("Hm.", scores("respond"))


def looked(i: int, rank: float, *, look: bool = True, severity: Severity = Severity.RESPOND) -> Verdict:
    return replace(BASE, mention_id=f"{i:016x}", look=look, look_rank=rank, severity=severity)


many = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.booleans()), max_size=60).map(
    lambda found: [looked(i, rank, look=look) for i, (rank, look) in enumerate(found)]
)


@given(many, st.floats(0, 1))
def test_never_more_looks_than_the_share_but_for_one(verdicts: list[Verdict], share: float) -> None:
    kept = sum(v.look for v in limit_looks(verdicts, share))
    assert kept <= max(int(share * len(verdicts)), 1)


@given(many)
def test_the_order_and_all_else_stay(verdicts: list[Verdict]) -> None:
    limited = limit_looks(verdicts, 0.125)
    assert [replace(v, look=False) for v in limited] == [replace(v, look=False) for v in verdicts]


@given(many, st.randoms())
def test_which_are_kept_does_not_hang_on_their_order(verdicts: list[Verdict], random: object) -> None:
    shuffled = list(verdicts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one = {v.mention_id for v in limit_looks(verdicts, 0.2) if v.look}
    assert one == {v.mention_id for v in limit_looks(shuffled, 0.2) if v.look}


def test_the_highest_ranked_are_kept() -> None:
    verdicts = [looked(i, i / 16) for i in range(16)]
    assert [v.look_rank for v in limit_looks(verdicts, 0.125) if v.look] == [14 / 16, 15 / 16]


def test_what_may_be_severity_4_keeps_its_look_and_takes_nobodys_place() -> None:
    kept = limit_looks([looked(1, 1.0), looked(2, 1.0), looked(3, 0.5), looked(4, 0.4)], 0.25)
    assert [v.look for v in kept] == [True, True, True, False]


def test_no_share_no_looks() -> None:
    assert not any(v.look for v in limit_looks([looked(1, 0.9)], 0))


def test_one_that_loses_its_look_no_longer_asks_for_one() -> None:
    asked = Reason(WORTH_A_LOOK, "Worth a look.")
    verdicts = [replace(looked(i, i / 16), reasons=(asked,)) for i in range(16)]
    found = limit_looks(verdicts, 0.125)
    assert all((asked in v.reasons) is v.look for v in found)


HALF_SURE = replace(weigh({}, (), read_thresholds()), severe=0.2)


@pytest.mark.parametrize(
    "text",
    [
        "he said hed st*b one of them",
        "somebody is gonna get shankd",
        "P E D O at the gate",
        "k1llin u",
        "knfie 🔪",
        "mae ganddo gyllell",
        "mi ladda i chdi",
        "he batterd him, hit him again",
        "got a b0mb",
        "suislide",
    ],
)
def test_a_grave_word_however_disguised_keeps_the_look_of_what_is_half_sure(text: str) -> None:
    assert in_doubt_by_words(mention(text), HALF_SURE).in_doubt


@pytest.mark.parametrize(
    "text",
    [
        "the diet club and a deadline",
        "hang on, hanging baskets",
        "Burnley gunna win",
        "a killjoy",
        "grapes for lunch",
    ],
)
def test_a_word_that_only_begins_like_one_does_not(text: str) -> None:
    assert not in_doubt_by_words(mention(text), HALF_SURE).in_doubt


def test_a_grave_word_in_what_is_surely_calm_asks_nothing() -> None:
    assert not in_doubt_by_words(mention("he got stabbed"), replace(HALF_SURE, severe=0.19)).in_doubt
