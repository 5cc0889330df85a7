"""Which news headlines may stand in a digest, and what becomes of the signs in them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders.alert import EVERYBODY
from builders.mention import a_mention, a_verdict
from hypothesis import given
from hypothesis import strategies as st

from alerts.digest.headlines import MOST_CHARS, allowed, link, plain, worded
from data.digest import FreshStory, Headline
from data.types import ALLEGING_LABELS, Reason, Relevance, Route, Sentiment, Severity

HEADLINE = Headline("Choir brings tears to hospice", "https://gazette.example.org/choir", ("gazette",))
PRAISE = a_verdict(a_mention(), route=Route.THANK, severity=Severity.NOTE, sentiment=Sentiment.POSITIVE)


def story(title: str | None = None, **fields: object) -> FreshStory:
    headline = HEADLINE if title is None else replace(HEADLINE, title=title)
    verdict = {k: fields.pop(k) for k in list(fields) if hasattr(PRAISE, k) and k != "look"}
    base = FreshStory(
        "s1", Relevance.ABOUT, 1, 1, frozenset(("gazette.example.org",)), frozenset(),
        replace(PRAISE, **verdict), headline=headline,
    )  # fmt: skip
    return replace(base, **fields)  # type: ignore[arg-type]


def test_praise_in_the_news_keeps_its_headline():
    assert allowed(story(), EVERYBODY) is not None


@pytest.mark.parametrize(
    "fields",
    [
        {"beside": True},
        {"restricted": True},
        {"severity": Severity.TODAY},
        {"content_class": "C10"},
        {"content_class": "C7"},
        *({"abuse": (label,)} for label in sorted(ALLEGING_LABELS)),
    ],
    ids=str,
)
def test_never_of_a_restricted_or_a_grave_story_nor_of_one_that_alleges(fields):
    assert allowed(story(**fields), EVERYBODY) is None


def test_never_where_only_the_look_at_it_alleges():
    assert allowed(story(look=replace(PRAISE, look=True, abuse=("safeguarding",))), EVERYBODY) is None


@pytest.mark.parametrize(
    "title",
    [
        "Teacher at Oakfield accused of hitting pupil",
        "Oakfield teacher arrested",
        "Headteacher suspended during investigation",
        "Music teacher in court over pupil",
        "Athro wedi’i gyhuddo o ymosod ar ddisgybl",
    ],
)
def test_never_where_its_words_may_accuse_a_teacher_whatever_we_made_of_it(title):
    assert allowed(story(title), EVERYBODY) is None


@pytest.mark.parametrize("fields", [{"abuse": ("harassment",)}, {"sentiment": Sentiment.NEGATIVE}], ids=str)
def test_never_where_it_names_somebody_of_the_school_and_is_unkind(fields):
    assert allowed(story("Parents cross with Mrs Holt", **fields), EVERYBODY) is None
    assert allowed(story("Parents cross with Holt’s rules", **fields), EVERYBODY) is None
    assert allowed(story("Parents cross about parking", **fields), EVERYBODY) is not None


def test_praise_may_name_somebody():
    assert allowed(story("Jane Holt is head of the year"), EVERYBODY) is not None


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
    welsh = {"reasons": (Reason("language_cy", "It is in Welsh."),)}
    assert allowed(story(f"Mae {name} yn Northvale", **welsh), EVERYBODY) is None
    assert allowed(story(f"Mae {name} yn Northvale"), EVERYBODY) is not None
