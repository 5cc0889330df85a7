"""The notice that an account is not watched around the clock, in the wordings schools use."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.own.notice import has_notice, is_the_notice

STANDS = (
    "This account is not monitored 24/7.",
    "This account/inbox is not monitored 24 hours a day. If a child is in danger call 999.",
    "Please note our page isn’t monitored outside school hours",
    "PLEASE NOTE: OUR PAGE ISN'T MONITORED OUTSIDE OF SCHOOL HOURS",
    "We do not monitor this page around the clock.",
    "Messages are not read at weekends or in the holidays.",
    "This page is only monitored during school hours.",
    "This inbox is checked during office hours only.",
    "Monitored only within working hours",
    "Our social media is not a 24/7 service.",
    "We aren't able to watch our accounts at all times.",
    "Not monitored 24 / 7",
    "Not monitored 24-7",
    "This account is un­monitored; it is never checked out of hours",
    "This account is not monitored.",
    "This page is not actively monitored, ring the office",
    "We are not constantly monitored",
    "Please do not write here outside 8am-4pm: nobody reads it then; DMs aren't checked",
    "We do not monitor messages outside 8am–4pm.",
    "Our channels are monitored Monday to Friday, 8.30am to 4pm, term time only.",
    "This account is only monitored Monday–Friday 8am–4pm",
    "Nid yw'r cyfrif hwn yn cael ei fonitro.",
    "Nid yw'r cyfrif hwn yn cael ei fonitro 24 awr y dydd.",
    "Nid yw’r dudalen hon yn cael ei monitro ddydd a nos.",
    "Ni chaiff y cyfrif ei fonitro y tu allan i oriau ysgol",
    "Dydy'r dudalen hon ddim yn cael ei gwirio drwy'r amser",
    "Caiff y cyfrif ei fonitro yn ystod oriau ysgol yn unig.",
)
LACKS = (
    "",
    "We monitor this account 24/7.",
    "Our CCTV runs 24 hours a day.",
    "Not only do we monitor this page, we answer within the hour.",
    "This account is monitored during school hours.",
    "Breakfast club is not open at weekends.",
    "Homework is only checked by 1 pupil in each pair, and the page is not marked.",
    "Comments are not opinions of the school. Visitors are watched by staff.",
    "Mae'r cyfrif hwn yn cael ei fonitro.",
    "Nid yw'r ysgol ar agor ar benwythnosau.",
    "Rydym yn monitro'r cyfrif hwn ddydd a nos.",
    "Please do not park on the zigzags at all times of the day.",
)


@pytest.mark.parametrize("text", STANDS)
def test_a_usual_wording_is_found(text: str) -> None:
    assert has_notice(text)


@pytest.mark.parametrize("text", LACKS)
def test_what_says_something_else_is_not_taken_for_it(text: str) -> None:
    assert not has_notice(text)


def test_where_words_are_configured_no_others_count() -> None:
    assert has_notice("The office reads this on weekdays.", "the office reads this ON WEEKDAYS")
    assert not has_notice("This account is not monitored 24/7.", "The office reads this on weekdays.")


def test_configured_words_are_not_found_inside_other_words() -> None:
    assert not has_notice("unreadable", "read")


def test_configured_words_without_a_letter_leave_the_usual_wordings() -> None:
    assert has_notice("This account is not monitored 24/7.", " … ")


@given(
    text=st.sampled_from(STANDS),
    blanks=st.sampled_from([" ", "\n", "\u00a0", "\t \n"]),
    case=st.sampled_from([str.upper, str.lower, str.title]),
)
def test_blanks_and_capitals_make_no_difference(text: str, blanks: str, case: object) -> None:
    assert has_notice(blanks.join(case(text).split()))  # type: ignore[operator]


@given(st.text(max_size=400))
def test_any_text_is_survived(text: str) -> None:
    has_notice(text)
    assert has_notice(f"{text} This account is not monitored 24/7.")


@pytest.mark.parametrize(
    "text",
    [
        "This page is not watched around the clock. In danger ring 999.",
        "This account is not monitored 24/7.\nIf a child is in danger call 999!",
        "Nid yw'r dudalen hon yn cael ei monitro ddydd a nos. Mewn perygl, ffoniwch 999.",
    ],
)
def test_a_text_that_is_the_notice_and_nothing_else_is_told(text: str) -> None:
    assert is_the_notice(text)


@pytest.mark.parametrize(
    "text",
    [
        "This page is not watched around the clock. I will burn the school down tonight.",
        "This page is not watched around the clock, and I am in danger at home.\nPlease help me.",
        "In danger ring 999.",
        "You will need to ring 999 when I am done. This account is not monitored 24/7.",
    ],
)
def test_the_notice_beside_other_words_is_not(text: str) -> None:
    assert not is_the_notice(text)


def test_the_words_that_the_school_has_configured_are_its_notice() -> None:
    ours = "The office reads this on weekdays. Write to the school with concerns."
    assert is_the_notice("The office reads this on weekdays.\nWrite to the school with concerns.", ours)
    assert not is_the_notice(f"{ours} Somebody hurts me.", ours)
