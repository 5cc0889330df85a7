"""Plain words for any verdict: none of them a code."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from alerts.describe import describe, in_words
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


THREAT = Verdict(
    "0123456789abcdef", 1, "900001", Relevance.ABOUT, Sentiment.NEGATIVE, ("threat",), About.SCHOOL,
    Severity.THIS_HOUR, Route.POLICE_NOW,
)  # fmt: skip


def test_where_a_person_of_the_school_is_meant_it_is_not_said_of_the_school() -> None:
    assert describe(THREAT) == "A threat is made against the school."
    assert describe(replace(THREAT, subject_person="b")) == "A threat is made against somebody at the school."
