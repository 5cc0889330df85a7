"""The school's Wikipedia article is looked up, never guessed."""

from datetime import UTC, datetime

import pytest

from data.types import Response, School
from sources.places.wikipedia import article_of, article_requests, articles_in

SCHOOL = School("900001", "St Mary's Primary School", town="Thornbeck")
WELSH = School("900002", "Maesteg Comprehensive School", town="Maesteg", nation="wales")
NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
EN = "https://en.wikipedia.org/wiki/"


def page(title, body, script=""):
    html = (
        f'<html><head><title>{title} - Wikipedia</title><link rel="canonical" href="{EN}{title}">'
        f'<script>RLCONF={{"wgPageContentModel":"wikitext"{script}}}</script></head><body>{body}</body></html>'
    )
    return Response(
        f"{EN}Somewhere", 200, (("content-type", "text/html; charset=UTF-8"),), html.encode(), NOW
    )


def test_likely_titles_are_asked_for_as_articles_never_by_the_search_that_robots_may_not_use():
    asked = [request.url for request in article_requests(SCHOOL)]
    assert asked == [
        f"{EN}St_Mary's_Primary_School",
        f"{EN}St_Mary's_Primary_School,_Thornbeck",
        f"{EN}St_Mary's_School",
    ]


def test_a_school_in_wales_is_looked_up_in_welsh_too():
    asked = [request.url for request in article_requests(WELSH)]
    assert f"{EN}Maesteg_School" in asked
    assert "https://cy.wikipedia.org/wiki/Ysgol_Maesteg" in asked
    assert len(asked) <= 8


def test_a_page_of_the_schools_name_that_names_its_place_is_its_article():
    found = articles_in(page("Maesteg_School", "<p>Maesteg School is a school in Maesteg.</p>"), WELSH)
    assert found == (f"{EN}Maesteg_School",)


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("Maesteg", "Maesteg is a town; Maesteg School is there."),
        ("St_Mary's_Primary_School", "A school in Otherham."),
        ("Thornbeck", "Thornbeck has a primary school, St Mary's."),
    ],
)
def test_a_page_of_the_place_or_of_a_namesake_is_not(title, body):
    school = WELSH if title == "Maesteg" else SCHOOL
    assert articles_in(page(title, body), school) == ()


def test_among_the_schools_of_one_name_the_one_of_the_place_is_taken():
    body = (
        "<p>St Mary's School may be in Thornbeck or elsewhere:</p>"
        '<a href="/wiki/St_Mary%27s_School,_Otherham">a</a>'
        '<a href="/wiki/St_Mary%27s_School,_Thornbeck">b</a>'
        '<a href="/wiki/Thornbeck">c</a>'
    )
    found = articles_in(page("St_Mary's_School", body, ',"wgCategories":["Disambiguation pages"]'), SCHOOL)
    assert found == (f"{EN}St_Mary%27s_School,_Thornbeck",)


def test_a_history_is_asked_for_only_of_an_article():
    assert article_of(f"{EN}Maesteg_School") == f"{EN}Maesteg_School"
    assert article_of(f"{EN}User:Somebody") == ""
    assert article_of("https://example.org/wiki/Maesteg_School") == ""
