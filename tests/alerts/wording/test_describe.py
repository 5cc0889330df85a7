"""Plain words for any verdict: none of them a code."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from alerts.wording.verdicts import channel_name, describe, in_words, next_of, what_next
from data.types import ABUSE_LABELS, About, PressEvent, Reason, Relevance, Route, Sentiment, Severity, Verdict
from data.web.channels import CHANNELS
from data.words.say import words

EN = words("en")
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
    subject_person=st.sampled_from([None, "head"]),
    event=st.sampled_from([None, *PressEvent]),
)


@given(verdicts)
def test_every_verdict_has_words_and_no_code_among_them(verdict: Verdict) -> None:
    for said in (in_words(verdict, EN), describe(verdict, EN)):
        assert "_" not in said
        assert "{" not in said
        assert "C11" not in said
        assert len(said.splitlines()) == 1


@given(verdicts)
def test_how_soon_is_said_only_of_what_cannot_wait(verdict: Verdict) -> None:
    assert ("act " in in_words(verdict, EN)) == (verdict.severity >= Severity.TODAY)


THREAT = Verdict(
    "0123456789abcdef", 1, "900001", Relevance.ABOUT, Sentiment.NEGATIVE, ("threat",), About.SCHOOL,
    Severity.THIS_HOUR, Route.POLICE_NOW,
)  # fmt: skip


def test_where_a_person_of_the_school_is_meant_it_is_not_said_of_the_school() -> None:
    assert describe(THREAT, EN) == "A threat is made against the school."
    someone = replace(THREAT, subject_person="b")
    assert describe(someone, EN) == "A threat is made against somebody at the school."


def test_a_post_that_passes_on_news_is_said_to_do_so() -> None:
    news = replace(THREAT, abuse=(), severity=Severity.TODAY, route=Route.RESPOND)
    assert describe(replace(news, reasons=(Reason("passes_on_news", ""),)), EN) != describe(news, EN)


def test_a_sentence_begins_with_a_capital() -> None:
    insult = replace(THREAT, abuse=("harassment",), about=About.STAFF, route=Route.PLATFORM_REPORT)
    assert describe(insult, EN) == "A member of staff is insulted or targeted."


@given(verdicts.map(lambda v: replace(v, route=Route.SAFEGUARDING)))
def test_of_a_safeguarding_matter_only_that_there_is_one(verdict: Verdict) -> None:
    assert describe(verdict, EN) == EN("describe.safeguarding")


def test_every_channel_and_every_route_has_a_name() -> None:
    assert not [c for c in CHANNELS if not EN.has(f"describe.channel.{c}")]
    assert all(what_next(route, EN) for route in Route)


def test_a_channel_without_a_name_is_called_as_it_is_written() -> None:
    assert channel_name("village_noticeboard", EN) == "village_noticeboard"


PRESS = replace(THREAT, abuse=(), route=Route.RESPOND, severity=Severity.TODAY, event=PressEvent.INSPECTION)


def test_what_an_article_tells_of_is_said() -> None:
    assert describe(PRESS, EN) == "The press reports on an inspection."
    assert "press: an inspection" in in_words(PRESS, EN)


def test_an_answer_that_cannot_wait_is_settled_by_people() -> None:
    talked_of = replace(PRESS, event=None)
    assert in_words(talked_of, EN).endswith("act today: decide what to say, and who says it")


def test_what_is_grave_and_unplaced_is_said_to_be_for_a_person() -> None:
    unplaced = replace(PRESS, event=None, reasons=(Reason("a_person_decides", "A person decides."),))
    assert describe(unplaced, EN) == "Something that may be serious: we cannot tell what it is."
    assert in_words(unplaced, EN).endswith("act today: read it yourself, and say what it is")


TONES = {EN(f"describe.sentiment.{tone.value}") for tone in Sentiment}


@given(verdicts)
def test_what_nobody_judged_or_is_worse_is_described_without_a_tone(verdict: Verdict) -> None:
    welsh = replace(verdict, reasons=(Reason("language_cy", "It is in Welsh."),), relevance=Relevance.ABOUT)
    assert not TONES & {*in_words(welsh, EN).split(" · ")}
    toned = TONES & {*in_words(replace(welsh, reasons=()), EN).split(" · ")}
    assert bool(toned) == (not verdict.abuse)  # what is worse is not called criticism


CLEARED = replace(PRESS, event=PressEvent.STAFF, severity=Severity.NOTE, route=Route.NOTE)


def test_an_acquittal_is_told_as_one() -> None:
    over = replace(CLEARED, reasons=(Reason("press_over", "It is over."),))
    assert "cleared" in describe(over, EN)
    assert "cleared" not in describe(CLEARED, EN)
    assert "charge" in describe(CLEARED, EN)


@given(st.sampled_from(PressEvent))
def test_every_event_has_words_for_its_end(event: PressEvent) -> None:
    over = replace(CLEARED, event=event, reasons=(Reason("press_over", "It is over."),))
    assert describe(over, EN) != describe(replace(over, reasons=()), EN)


def test_the_press_is_spoken_to_by_whoever_speaks_for_the_school_and_parents_are_told() -> None:
    adverse = replace(PRESS, event=PressEvent.INSPECTION)
    assert next_of(adverse, EN) == "agree who speaks to the press and what parents are told"
    charged = next_of(replace(PRESS, event=PressEvent.STAFF), EN)
    assert charged.startswith("agree who speaks to the press and what parents are told")
    assert "LADO" in charged
    assert "trust" in charged
    assert next_of(CLEARED, EN) == "nothing to do"
