"""The places that are proposed for a school."""

from dataclasses import replace
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest

from data.types import Namesake, School
from sources.http.politeness import Limits
from sources.places.propose import inspections, propose, tag_of
from sources.places.spellings import spellings
from sources.places.table import places
from sources.registry import BY_LEAVE_ONLY, CATALOGUE

SCHOOL = School("900001", "St Mary's Primary School", town="Thornbeck", domain="stmarys.example.sch.uk")
MAESTEG = School("900002", "Maesteg Comprehensive School", town="Maesteg", nation="wales")
SEARCHES = ("google-news-", "bing-news-", "gdelt-")


def proposed(school=SCHOOL, **given):
    return {each.source.id: each for each in propose(school, spellings(school), **given)}


def query(proposal):
    return {key: values[0] for key, values in parse_qs(urlsplit(proposal.source.url).query).items()}


def test_each_spelling_is_searched_for_in_three_news_searches_that_are_on():
    found = proposed()
    for key in SEARCHES:
        for number, spelling in enumerate(spellings(SCHOOL), 1):
            search = found[f"{key}{number}"]
            assert search.spelling == spelling
            assert search.source.surfaced
            assert search.source.disabled is None
            assert search.why_off == ""
    assert query(found["google-news-1"])["q"] == '"St Mary\'s Primary School" Thornbeck'
    assert query(found["bing-news-1"])["format"] == "rss"


def test_gdelt_is_asked_for_a_json_feed_and_no_more_than_once_in_five_seconds():
    asked = query(proposed()["gdelt-1"])
    assert (asked["mode"], asked["format"]) == ("artlist", "jsonfeed")
    assert asked["query"].startswith('"St Mary\'s Primary School" Thornbeck')
    assert Limits().pace_s(urlsplit(proposed()["gdelt-1"].source.url).hostname) == 5.0
    assert Limits().pace_s("www.example.org") == 2.0


def test_the_website_is_the_schools_own_page():
    site = proposed()["our-website"]
    assert (site.source.kind, site.source.url) == ("own.page", "https://stmarys.example.sch.uk/")
    assert site.source.own


def test_of_a_website_shared_with_other_schools_only_its_own_part_is_watched():
    below = "https://blogs.example.org/stmarys/"
    ours = proposed(website=below, shared=True)["our-website"]
    assert (ours.source.url, ours.source.disabled) == (below, None)
    theirs = proposed(website="https://blogs.example.org", shared=True)["our-website"]
    assert theirs.source.disabled == theirs.why_off != ""


def test_a_school_without_a_website_has_none_proposed():
    assert "our-website" not in proposed(School("x-1", "Stepping Stones", town="Thornbeck"))


def test_wikipedia_is_watched_by_the_articles_that_were_found_one_a_language():
    found = proposed(
        articles=[
            "https://en.wikipedia.org/wiki/St_Mary%27s,_Thornbeck",
            "https://cy.wikipedia.org/wiki/Ysgol_X",
        ]
    )
    english = found["wikipedia"].source
    assert (english.kind, english.url) == (
        "wikipedia",
        "https://en.wikipedia.org/wiki/St_Mary%27s,_Thornbeck",
    )
    assert "wikipedia-cy" in found
    assert not any(key.startswith("wikipedia") for key in proposed())


def test_what_needs_permission_or_a_person_is_proposed_off_with_the_reason():
    for key in ("reddit", "google-alerts"):
        off = proposed()[key]
        assert off.source.disabled == off.why_off != ""


def test_no_proposal_that_is_on_leads_to_a_site_that_needs_permission():
    for proposal in proposed().values():
        host = urlsplit(proposal.source.url).hostname or ""
        assert proposal.why_off or not any(f".{host}".endswith(f".{site}") for site in BY_LEAVE_ONLY)


def test_a_school_in_wales_is_looked_for_on_the_welsh_server_too():
    found = proposed(replace(MAESTEG, postcode="ZZ8 8PD"))
    assert found["mastodon-2"].source.url == "https://toot.wales/tags/maestegschool.rss"
    assert "mastodon-2" not in proposed()
    shown = [found[key].source.name.partition(":")[0] for key in ("mastodon", "mastodon-2")]
    assert shown == ["Mastodon", "Mastodon, toot.wales"]


@pytest.mark.parametrize(
    ("name", "town", "tag"),
    [
        ("St Mary's C.E. Primary School", "Thornbeck", "stmarysthornbeck"),
        ("St Mary's Primary School (Fellbeck)", "Thornbeck", "stmarysfellbeck"),
        ("Thornbeck Primary Academy", "Thornbeck", "thornbeckprimaryacademy"),
        ("Stepping Stones", "", ""),
    ],
)
def test_a_tag_holds_the_name_and_the_place(name, town, tag):
    assert tag_of(School("900003", name, town=town)) == tag


@pytest.mark.parametrize(
    ("school", "namesake", "tag"),
    [
        (replace(MAESTEG, postcode="ZZ8 8PD"), (), "maestegschool"),
        (replace(MAESTEG, name="Ysgol Maesteg", postcode="ZZ8 8PD"), (), "ysgolmaesteg"),
        (replace(MAESTEG, postcode="ZZ8 8PD"), ("Maesteg School", "Thornbeck"), ""),
        (MAESTEG, (), ""),
        (SCHOOL, ("St Mary's School", "Fellbeck"), "stmarysthornbeck"),
        (SCHOOL, ("St Mary's Catholic Primary School", "Thornbeck, Loamshire"), ""),
        (replace(SCHOOL, name="Thornbeck Primary School"), ("Thornbeck Primary", "Thornbeck"), ""),
    ],
)
def test_a_tag_that_is_or_may_be_another_schools_is_not_proposed(school, namesake, tag):
    known = (Namesake(*namesake),) if namesake else ()
    assert tag_of(replace(school, namesakes=known)) == tag


@pytest.mark.parametrize(
    ("school", "page"),
    [
        (
            School("900001", "Fell School", phase="primary"),
            "https://reports.ofsted.gov.uk/provider/21/900001",
        ),
        (
            School("900001", "Fell School", phase="secondary"),
            "https://reports.ofsted.gov.uk/provider/23/900001",
        ),
        (
            School("900001", "Fell School", phase="nursery"),
            "https://reports.ofsted.gov.uk/provider/ELS/900001",
        ),
        (School("9000001", "Fell School", nation="wales"), "https://www.estyn.gov.wales/provider/9000001"),
    ],
)
def test_an_inspectorates_page_is_found_by_the_schools_number(school, page):
    (found,) = inspections(school)
    assert (found.source.url, found.why_off) == (page, "")


@pytest.mark.parametrize(
    ("school", "ids"),
    [
        (School("fell", "Fell School"), ["ofsted"]),
        (School("fell", "Fell School", nation="wales"), ["estyn"]),
        (School("9000001", "Fell School", nation="scotland"), ["education-scotland"]),
        (School("9000001", "Fell Nursery", nation="scotland"), ["education-scotland", "care-inspectorate"]),
        (School("1230001", "Fell School", nation="northern_ireland"), ["eti"]),
    ],
)  # fmt: skip
def test_without_an_address_by_number_the_inspectorate_is_off_and_says_why(school, ids):
    found = inspections(school)
    assert [each.source.id for each in found] == ids
    assert all(each.source.disabled == each.why_off != "" for each in found)


@pytest.mark.parametrize(
    ("nation", "key"),
    [
        ("england", "ofsted"),
        ("wales", "estyn"),
        ("scotland", "education-scotland"),
        ("northern_ireland", "eti"),
    ],
)
def test_every_school_is_proposed_the_page_of_its_inspectorate(nation, key):
    assert proposed(School("900001", "Fell School", nation=nation))[key].source.kind == "inspection"


def test_an_independent_schools_own_inspectorate_is_named():
    assert [each.source.id for each in inspections(SCHOOL, independent=True)] == ["isi", "ofsted"]


@pytest.mark.parametrize("nation", ["england", "wales", "scotland", "northern_ireland"])
def test_ids_are_unique_and_every_kind_is_in_the_catalogue(nation):
    school = School(
        "900001", "Thornbeck Nursery School", town="Thornbeck", domain="t.example.org", nation=nation
    )
    found = propose(school, spellings(school), articles=["https://en.wikipedia.org/wiki/Thornbeck_School"])
    ids = [each.source.id for each in found]
    assert len(ids) == len(set(ids))
    assert {each.source.kind for each in found} <= set(CATALOGUE)
    assert all(each.source.urns == ("900001",) for each in found)


def test_every_place_says_what_it_sees_and_what_its_terms_rest_on():
    for place in places().values():
        assert place.sees.endswith(".")
        assert place.terms.endswith(".")
        assert place.rests_on
        assert date(2026, 7, 1) <= place.checked <= date(2026, 11, 24)
        assert place.why_off == "" or place.why_off.endswith(".")
