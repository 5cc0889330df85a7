"""What Today counts: a number beside each heading, of what is to be decided and of what is to be answered."""

from __future__ import annotations

import re
from html import unescape

from builders.desk import OpenDesk
from builders.page import words_of

from data.types import Route, Severity

TO_ANSWER = {"severity": Severity.RESPOND, "route": Route.RESPOND, "abuse": (), "content_class": "C0"}


def today(desk, who="head"):
    desk.wait(minutes=1)
    desk.sign_in(who)
    return desk.browser.get("/")


def counts(page):
    """Each heading with the number beside it."""
    return [
        (unescape(head), n)
        for head, n in re.findall(r'<h2>(.*?) <span class="count">(.*?)</span>', page.text)
    ]


def test_each_heading_has_the_number_of_what_is_under_it_beside_it(tmp_path):
    assert counts(today(OpenDesk(tmp_path))) == [("Decide today", "1")]


def test_what_is_to_be_answered_stands_among_what_needs_whoever_answers_it(tmp_path):
    page = today(OpenDesk(tmp_path, raised=False, **TO_ANSWER), "deputy")
    assert counts(page) == [("For you to answer this week", "1")]
    assert "1 thing needs you" in words_of(page)
