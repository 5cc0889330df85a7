"""What an answer amounts to, when silence is news."""

from datetime import UTC, datetime, timedelta

import pytest

from data.types import Block, BlockKind, Mention, MentionKind, Outcome, Page, SourceState
from sources.plan import Trouble, Unseen, detail_of, outcome_of, unseen

TUESDAY = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
NEW = SourceState("paper")
MENTION = Mention("1" * 16, "https://paper.example.org/1", "news", MentionKind.ARTICLE, "t", "x", TUESDAY)


def blocked(kind):
    return Page(block=Block(kind, "why"))


@pytest.mark.parametrize(
    ("page", "usual", "outcome"),
    [
        (Page((MENTION,)), None, Outcome.OK),
        (Page((MENTION,), warnings=("one date was odd",)), 5, Outcome.OK),
        (Page(), None, Outcome.EMPTY),
        (Page(), 0.0, Outcome.EMPTY),
        (Page(), 6.0, Outcome.SUSPICIOUS),
        (Page(warnings=("It breaks off.",)), 6.0, Outcome.MALFORMED),
        (blocked(BlockKind.CHALLENGE), 6.0, Outcome.BLOCKED),
        (blocked(BlockKind.REMOVED), 6.0, Outcome.GONE),
        (blocked(BlockKind.SOFT_404), None, Outcome.GONE),
    ],
)
def test_a_page_amounts_to_what_it_holds_and_what_it_usually_held(page, usual, outcome):
    assert outcome_of(page, SourceState("paper", usual_mentions=usual)) is outcome


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (Page((MENTION,)), ""),
        (Page(), "It holds nothing; usually there are 6 posts."),
        (Page(warnings=("It breaks off.",)), "It breaks off."),
        (blocked(BlockKind.CONSENT), "why"),
    ],
)
def test_the_outcome_comes_with_a_sentence(page, said):
    assert detail_of(page, SourceState("paper", usual_mentions=6.0)) == said


def test_a_silence_longer_than_ever_is_news():
    state = SourceState("paper", last_new_at=TUESDAY - timedelta(days=4), longest_gap_s=2 * 86400)
    assert unseen(state, TUESDAY) == Unseen(Trouble.SILENT, state.last_new_at, 2 * 86400)


def test_an_ordinary_silence_is_none():
    state = SourceState("paper", last_new_at=TUESDAY - timedelta(days=2), longest_gap_s=2 * 86400)
    assert unseen(state, TUESDAY) is None
    assert unseen(NEW, TUESDAY) is None


def test_a_source_that_keeps_failing_is_news_after_its_longest_gap():
    state = SourceState("paper", last_ok_at=TUESDAY - timedelta(days=3), failures_in_a_row=3)
    assert unseen(state, TUESDAY) == Unseen(Trouble.FAILING, state.last_ok_at, 2 * 86400)
    once = SourceState("paper", last_ok_at=TUESDAY - timedelta(days=3), failures_in_a_row=1)
    assert unseen(once, TUESDAY) is None
