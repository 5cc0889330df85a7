"""Plain words for any verdict: none of them a code."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from alerts.describe import in_words
from data.types import ABUSE_LABELS, About, Relevance, Route, Sentiment, Severity, Verdict

verdicts = st.builds(
    Verdict,
    mention_id=st.just("0123456789abcdef"),
    version=st.just(1),
    urn=st.just("900001"),
    relevance=st.sampled_from(Relevance),
    sentiment=st.sampled_from(Sentiment),
    abuse=st.lists(st.sampled_from(ABUSE_LABELS), unique=True).map(tuple),
    about=st.sampled_from(About),
    severity=st.sampled_from(Severity),
    route=st.sampled_from(Route),
    look=st.booleans(),
    content_class=st.just("C11"),
)


@given(verdicts)
def test_every_verdict_has_words_and_no_code_among_them(verdict: Verdict) -> None:
    words = in_words(verdict)
    assert "_" not in words
    assert "C11" not in words
    assert len(words.splitlines()) == 1


@given(verdicts)
def test_how_soon_is_said_only_of_what_cannot_wait(verdict: Verdict) -> None:
    assert ("act " in in_words(verdict)) == (verdict.severity >= Severity.TODAY)
