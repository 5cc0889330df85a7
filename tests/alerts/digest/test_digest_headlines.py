"""Which words of a post may be repeated, and what becomes of the signs in them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders.alert import EVERYBODY
from builders.mention import a_mention, a_verdict
from hypothesis import example, given
from hypothesis import strategies as st

from alerts.wording.digest.headlines import MOST_CHARS, MOST_WORDS, beginning, fit, link, plain, worded
from data.digest import Headline
from data.types import ALLEGING_LABELS, About, PressEvent, Reason, Route, Sentiment, Severity

HEADLINE = Headline("Choir brings tears to hospice", "https://gazette.example.org/choir", ("gazette",))
PRAISE = a_verdict(a_mention(), route=Route.THANK, severity=Severity.NOTE, sentiment=Sentiment.POSITIVE)
CROSS = replace(PRAISE, route=Route.RESPOND, severity=Severity.RESPOND, sentiment=Sentiment.NEGATIVE)


def printed(said: str = HEADLINE.title, **verdict: object) -> bool:
    return fit(said, [replace(CROSS, **verdict)], EVERYBODY, press=True)


def posted(said: str = "Nobody rings back", told: bool = False, **verdict: object) -> bool:
    return fit(said, [replace(CROSS, **verdict)], EVERYBODY, told=told)


@pytest.mark.parametrize(
    "title",
    [
        "Police called to Oakfield Primary after pupil found with knife",
        "Oakfield Primary requires improvement, say inspectors",
        "School banned phones and parents are divided",
        "Oakfield Primary to close in July",
        "Pupil in hospital after minibus crash",
        "Council investigates loss of pupils’ records",
    ],
)
@pytest.mark.parametrize("severity", [Severity.NOTE, Severity.RESPOND, Severity.TODAY])
def test_bad_news_is_public_and_is_said(title, severity):
    assert printed(title, severity=severity, event=PressEvent.OTHER)


@pytest.mark.parametrize(
    "fields",
    [
        {"restricted": True},
        {"route": Route.SAFEGUARDING},
        {"content_class": "C10"},
        {"content_class": "C9"},
        {"content_class": "C7"},
        {"event": PressEvent.STAFF},
        *({"abuse": (label,)} for label in sorted(ALLEGING_LABELS)),
    ],
    ids=str,
)
def test_never_of_a_restricted_matter_nor_of_one_in_which_somebody_of_the_school_may_be_accused(fields):
    assert not printed(**fields)
    assert not posted(**fields)
    assert not posted(told=True, **fields)


def test_never_where_only_another_of_its_verdicts_alleges():
    assert not fit("A fair remark", [PRAISE, replace(PRAISE, abuse=("safeguarding",))], EVERYBODY)


@pytest.mark.parametrize(
    "title",
    [
        "Teacher at Oakfield accused of hitting pupil",
        "Oakfield teacher arrested",
        "Headteacher suspended during investigation",
        "Music teacher in court over pupil",
        "Teaching assistant, 34, jailed",
        "Jane Doe, 45, charged with assault at Oakfield",
        "Man, 51, arrested at Oakfield Primary",
        "Oakfield pupil raped, police say",
        "Coach guilty of grooming",
        "Athro wedi’i gyhuddo o ymosod ar ddisgybl",
        "John Smith charged with fraud at Oakfield Primary",
        "Siân Évans sacked by Oakfield Primary",
        "Oakfield Primary employee arrested",
        "Ex-Oakfield man charged with child cruelty",
    ],
)
def test_never_where_its_words_may_accuse_a_teacher_or_tell_of_a_sexual_offence(title):
    assert not printed(title)
    assert not posted(title)
    assert not posted(title, told=True)


def test_an_arrest_that_names_a_school_a_court_and_a_paper_accuses_nobody():
    assert printed("Man arrested near Oakfield Primary - Northvale Gazette", event=PressEvent.OTHER)
    assert printed("Boy charged with arson, says Crown Court", event=PressEvent.OTHER)


@pytest.mark.parametrize("fields", [{"abuse": ("harassment",)}, {"sentiment": Sentiment.NEGATIVE}], ids=str)
def test_never_where_it_names_somebody_of_the_school_and_is_unkind(fields):
    assert not printed("Parents cross with Mrs Holt", **fields)
    assert not printed("Parents cross with Holt’s rules", **fields)
    assert not printed("Parents cross with Mr Nobody-Configured", **fields)
    assert printed("Parents cross about parking", **fields)


def test_whoever_was_told_of_the_matter_may_read_whom_it_names():
    assert not posted("Mrs Holt never rings back")
    assert posted("Mrs Holt never rings back", told=True)


def test_praise_may_name_somebody():
    assert printed("Jane Holt is head of the year", sentiment=Sentiment.POSITIVE)


@pytest.mark.parametrize(
    "fields",
    [
        {"content_class": "C11"},
        {"content_class": "C6"},
        {"content_class": "C3"},
        {"content_class": "C14"},
        *({"abuse": (label,)} for label in ("privacy", "threat", "hate", "harassment", "profanity")),
    ],
    ids=str,
)  # fmt: skip
def test_a_post_whose_words_are_the_harm_is_not_repeated(fields):
    assert posted()
    assert not posted(**fields)


def test_an_unkind_post_about_a_pupil_is_not_repeated_though_it_names_nobody_we_know():
    assert not posted(about=About.PUPIL)
    assert posted(about=About.PUPIL, sentiment=Sentiment.POSITIVE)
    assert printed(about=About.PUPIL)


@given(st.text(max_size=600))
@example("0 0 0 0 0 0 0\U00016b780 0 0 0 0 0")
def test_the_beginning_is_a_dozen_words_at_most(text):
    assert len(beginning(text).removesuffix(" …").split()) <= MOST_WORDS


@given(st.text(max_size=300))
def test_it_is_one_line_without_control_or_direction_marks(title):
    shown = plain(title)
    assert shown.isprintable() or not shown
    assert "\n" not in shown
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u200b")
    assert len(shown) <= MOST_CHARS + 2


@pytest.mark.parametrize(
    ("title", "url", "papers", "said"),
    [
        ("A - Northvale Gazette", "https://g.example.org/1", {"gazette"}, ("A", "Northvale Gazette")),
        ("A - B", "https://g.example.org/1", {"gazette"}, ("A - B", "Northvale Gazette")),
        ("A - The Paper", "https://news.google.com/x", set(), ("A", "The Paper")),
        ("A", "https://news.google.com/x", set(), ("A", "")),
        ("A - B", "https://www.paper.example.org/x", set(), ("A - B", "paper.example.org")),
        ("A", None, set(), ("A", "")),
    ],
)
def test_who_published_it_stands_beside_it_once(title, url, papers, said):
    assert worded(Headline(title, url, ("gazette",)), papers, {"gazette": "Northvale Gazette"}) == said


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "https://", "//x", None, "https://[x"]
)
def test_only_addresses_of_the_web_are_links(url):
    assert link(replace(HEADLINE, url=url)) is None


def test_the_link_does_not_tell_how_a_reader_came_to_it():
    url = "https://gazette.example.org/a?id=7&utm_source=rss&utm_medium=feed&fbclid=x#top"
    assert link(replace(HEADLINE, url=url)) == "https://gazette.example.org/a?id=7#top"


def test_what_nobody_judged_is_not_taken_for_kind():
    name = EVERYBODY[0].name.split()[-1]
    welsh = (Reason("language_cy", "It is in Welsh."),)
    assert not printed(f"Mae {name} yn Northvale", reasons=welsh, sentiment=Sentiment.POSITIVE)
    assert printed(f"Mae {name} yn Northvale", reasons=(), sentiment=Sentiment.POSITIVE)


@pytest.mark.parametrize(
    "said",
    [
        "Open: https://alerts.example.org.evil.example/m/abcdef now",
        "read alerts.example.org/m/abcdef today",
        "javascript:alert(1) data:text/html,x www.evil.example HTTPS://EVIL.EXAMPLE/m/a",
        "＂https://oakfield.example@evil.example/m/a＂",
    ],
)
def test_no_address_in_a_posts_words_can_pass_for_a_link_of_ours(said):
    shown = plain(said)
    assert "(…)" in shown
    for sign in ("/m/", "evil.example", "javascript:", "data:"):
        assert sign not in shown.casefold()


@pytest.mark.parametrize(
    "said", ["Results: what the data: say", "8.30am/3.15pm", "St. John’s and/or St. Mary’s"]
)
def test_words_that_hold_no_address_stay_as_they_are(said):
    assert plain(said) == said


def test_a_post_cannot_end_our_quotation_and_go_on_in_our_voice():
    assert plain("lunch”, on a forum. “All is well") == "lunch’, on a forum. ‘All is well"


@pytest.mark.parametrize(
    "end", ["Mr Example is a rapist", "teacher arrested", "https://evil.example/m/a", "word " * 30]
)
def test_what_is_no_name_of_an_outlet_is_not_said_to_be_one(end):
    found = Headline(f"Lunches - {end}", "https://www.bing.com/news/a", ())
    assert worded(found, frozenset(), {})[1] == ""


@pytest.mark.parametrize(
    "url",
    [
        "https://oakfield.example.org@evil.example/m/a",
        "https://evil.example/" + "a" * 2000,
        "data:text/html,x",
    ],
)
def test_an_address_that_deceives_or_floods_is_left_out(url):
    assert link(replace(HEADLINE, url=url)) is None
