"""The places that are proposed for a school: spellings, searches, papers, its Wikipedia article."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.corpus import corpus_path
from support.for_each import for_each
from support.sentences import rows, sentences

from data.register.national_lists import read_register
from data.register.school_names import SCHOOLISH, normalise
from data.types import Mention, MentionKind, Namesake, Response, School
from sources.http.politeness import Limits
from sources.places import phrase_of, places, search_spellings
from sources.propose import (
    Outlet,
    article_of,
    article_requests,
    articles_in,
    count_outlets,
    inspections,
    paper_feeds,
    papers,
    propose,
    request_front_page,
    tag_of,
)
from sources.registry import BY_LEAVE_ONLY, CATALOGUE

SAID = sentences("register/spellings")

SCHOOL = School("900001", "St Mary's Primary School", town="Thornbeck", domain="stmarys.example.sch.uk")
MAESTEG = School("900002", "Maesteg Comprehensive School", town="Maesteg", nation="wales")
SEARCHES = ("google-news-", "bing-news-", "gdelt-")


def proposed(school=SCHOOL, **given):
    return {each.source.id: each for each in propose(school, search_spellings(school), **given)}


def query(proposal):
    return {key: values[0] for key, values in parse_qs(urlsplit(proposal.source.url).query).items()}


def test_each_spelling_is_searched_for_in_three_news_searches_that_are_on():
    found = proposed()
    for key in SEARCHES:
        for number, spelling in enumerate(search_spellings(SCHOOL), 1):
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


def test_the_website_or_its_own_part_of_a_shared_one_is_the_schools_page():
    site = proposed()["our-website"]
    assert (site.source.kind, site.source.url) == ("own.page", "https://stmarys.example.sch.uk/")
    assert site.source.own
    below = "https://blogs.example.org/stmarys/"
    ours = proposed(website=below, shared=True)["our-website"]
    assert (ours.source.url, ours.source.disabled) == (below, None)
    theirs = proposed(website="https://blogs.example.org", shared=True)["our-website"]
    assert theirs.source.disabled == theirs.why_off != ""
    assert "our-website" not in proposed(School("x-1", "Stepping Stones", town="Thornbeck"))


def test_wikipedia_is_watched_by_the_articles_that_were_found_one_a_language():
    found = proposed(
        articles=[
            "https://en.wikipedia.org/wiki/St_Mary%27s,_Thornbeck",
            "https://cy.wikipedia.org/wiki/Ysgol_X",
        ]
    )
    english = found["wikipedia"].source
    facts = (english.kind, english.url)
    assert facts == ("wikipedia", "https://en.wikipedia.org/wiki/St_Mary%27s,_Thornbeck")
    assert "wikipedia-cy" in found
    assert not any(key.startswith("wikipedia") for key in proposed())


def test_what_needs_permission_is_proposed_off_with_the_reason():
    for key in ("reddit", "google-alerts"):
        off = proposed()[key]
        assert off.source.disabled == off.why_off != ""
    for proposal in proposed().values():
        host = urlsplit(proposal.source.url).hostname or ""
        assert proposal.why_off or not any(f".{host}".endswith(f".{site}") for site in BY_LEAVE_ONLY)


def test_a_school_in_wales_is_looked_for_on_the_welsh_server_too():
    found = proposed(replace(MAESTEG, postcode="ZZ8 8PD"))
    assert found["mastodon-2"].source.url == "https://toot.wales/tags/maestegschool.rss"
    assert "mastodon-2" not in proposed()
    shown = [found[key].source.name.partition(":")[0] for key in ("mastodon", "mastodon-2")]
    assert shown == ["Mastodon", "Mastodon, toot.wales"]


@for_each(
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


@for_each(
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


_OFSTED = "https://reports.ofsted.gov.uk/provider"


@for_each(
    ("school", "page"),
    [
        ({"phase": "primary"}, f"{_OFSTED}/21/900001"),
        ({"phase": "secondary"}, f"{_OFSTED}/23/900001"),
        ({"phase": "nursery"}, f"{_OFSTED}/ELS/900001"),
        ({"nation": "wales", "urn": "9000001"}, "https://www.estyn.gov.wales/provider/9000001"),
    ],
)
def test_an_inspectorates_page_is_found_by_the_schools_number(school, page):
    (found,) = inspections(School(**{"urn": "900001", "name": "Fell School"} | school))
    assert (found.source.url, found.why_off) == (page, "")


@for_each(
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


@for_each(
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


@for_each("nation", ["england", "wales", "scotland", "northern_ireland"])
def test_ids_are_unique_and_every_kind_is_in_the_catalogue(nation):
    school = School(
        "900001", "Thornbeck Nursery School", town="Thornbeck", domain="t.example.org", nation=nation
    )
    found = propose(
        school, search_spellings(school), articles=["https://en.wikipedia.org/wiki/Thornbeck_School"]
    )
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


# ------ what is searched for: the name as people write it, and the place


ST_MARYS = School("900001", "St Mary's Church of England Primary School", town="Thornbeck", nation="england")


def test_a_school_is_searched_for_by_the_likeliest_names_and_its_place():
    assert search_spellings(ST_MARYS) == (
        '"St Mary\'s Primary School" Thornbeck',
        '"St Mary\'s Church of England Primary School" Thornbeck',
        '"St Mary\'s Primary" Thornbeck',
    )
    assert search_spellings(MAESTEG) == ('"Maesteg School"', '"Maesteg Comprehensive"', '"Ysgol Maesteg"')
    found = search_spellings(School("900004", "Ysgol Gymraeg Bro Las", town="Thornbeck", nation="wales"))
    assert found == (
        '"Ysgol Gymraeg Bro Las" Thornbeck',
        '"Ysgol Bro Las" Thornbeck',
        '"Bro Las School" Thornbeck',
    )
    assert search_spellings(School("900005", "Fell School", town="Nr Upper Thornbeck")) == (
        '"Fell School" "Upper Thornbeck"',
    )
    assert search_spellings(School("900006", "St Mary's Primary School")) == ()


@for_each(("name", "first"), rows(SAID["names_of_registers_are_written_as"]))
def test_names_of_registers_are_written_as_in_a_sentence(name, first):
    assert search_spellings(School("900003", name, town="Thornbeck"))[0] == first


@pytest.mark.corpus
def test_no_school_of_the_registers_is_searched_for_by_a_phrase_with_a_bracket():
    files = ("scotland.csv.gz", "wales.csv.gz", "northern_ireland.csv.gz")
    schools = [school for file in files for school in read_register(corpus_path("gias", file))]
    named = [school for school in schools if re.search(r"[(,\[]", school.name)]
    assert len(named) > 50
    assert [
        each for school in named for each in search_spellings(school) if re.search(r"[()\[\],]", each)
    ] == []


_CORES = st.sampled_from(
    ["St Mary's", "John Hartley", "Thornbeck", "Fell View", "Bro Las", "The Meadows", "MILL LANE"]
)
_TYPES = st.sampled_from(
    [
        "", "School", "Primary School", "C of E Primary School", "R.C. Primary", "Comprehensive School",
        "Academy", "Community College", "Playgroup", "Infant School and Nursery", "(Aided) Junior School",
        "High School",
    ]
)  # fmt: skip
_PLACES = st.sampled_from(["", "Thornbeck", "Nr Thornbeck", "Upper Thornbeck", "ST MARY'S BAY"])


@given(
    core=_CORES, kind=_TYPES, town=_PLACES, locality=_PLACES,
    nation=st.sampled_from(["england", "wales", "scotland", "northern_ireland"]),
    ysgol=st.booleans(), alias=st.sampled_from(["", "Mill Lane", "Mill Lane Primary", "J Hartley"]),
)  # fmt: skip
def test_no_spelling_is_a_bare_place_or_person_and_each_has_a_place(
    core, kind, town, locality, nation, ysgol, alias
):
    name = f"{'Ysgol ' if ysgol else ''}{core} {kind}".strip()
    aliases = (alias,) if alias else ()
    school = School("900007", name, aliases, town=town, locality=locality, nation=nation)
    found = search_spellings(school)
    assert len(found) == len(set(found)) <= 3
    assert bool(found) == bool(town or locality)
    for spelling in found:
        words = normalise(spelling).split()
        assert not (SCHOOLISH | {"playgroup"}).isdisjoint(words)
        assert "thornbeck" in words or "bay" in words
        assert re.fullmatch(r'"[^"]+"( school)?( (\S+|"[^"]+"))?', spelling)
        assert phrase_of(spelling) in spelling


# ------ the papers that searches brought are proposed by their own feeds


NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
ECHO = Outlet("thornbeckecho.example.org", "Thornbeck Echo", 4)
WORDS = "<p>The council met in Thornbeck on Tuesday about the crossing by the school gate.</p>" * 12


def article(url, title="Choir at the hospice", author=None, channel="google_news"):
    return Mention("id", url, channel, MentionKind.ARTICLE, title, "", NOW, author=author)


def front(head="", body=WORDS):
    text = f"<html><head><title>Echo</title>{head}</head><body>{body}</body></html>"
    return Response("https://thornbeckecho.example.org/", 200, (), text.encode(), NOW)


def test_one_outlet_is_counted_once_whichever_search_brought_it():
    brought = [
        article("https://news.google.com/rss/articles/1", "Choir sings - Thornbeck Echo"),
        article("https://news.google.com/rss/articles/2", "Bus late - A dozen - Thornbeck Echo"),
        article("https://www.thornbeckecho.example.org/a", author="Thornbeck Echo", channel="bing_news"),
        article("https://thornbeckecho.example.org/b", channel="gdelt"),
        article("https://news.google.com/rss/articles/3", "Fete - Fell Post"),
    ]
    assert count_outlets(brought) == (ECHO, Outlet("", "Fell Post", 1))


def test_giants_repeaters_platforms_and_what_is_watched_are_left_out():
    found = [
        Outlet("bbc.co.uk", "BBC", 9), Outlet("news.sky.com", "Sky News", 8), Outlet("msn.com", "MSN", 7),
        Outlet("facebook.com", "", 6), Outlet("fellpost.example.org", "Fell Post", 5), ECHO,
        Outlet("", "Lost Gazette", 4), Outlet("once.example.org", "Once", 1),
    ]  # fmt: skip
    assert papers(found, ["https://www.fellpost.example.org/rss"]) == (ECHO,)


def test_at_most_five_papers_are_proposed_by_the_feed_of_their_front_page_or_their_group():
    found = [Outlet(f"p{n}.example.org", f"Paper {n}", n) for n in range(2, 10)]
    assert [each.articles for each in papers(found, [])] == [9, 8, 7, 6, 5]
    head = '<link rel="alternate" type="application/rss+xml" title="News" href="/news/rss">'
    (found,) = paper_feeds(ECHO, front(head))
    assert request_front_page(ECHO).url == "https://thornbeckecho.example.org/"
    assert (found.source.kind, found.source.url) == ("feed", "https://thornbeckecho.example.org/news/rss")
    assert (found.source.id, found.source.name) == ("thornbeckecho-example-org", "Thornbeck Echo")
    assert "4" in found.sees
    assert not found.source.surfaced
    (reach,) = paper_feeds(ECHO, front(body=f'<a href="https://www.reachplc.com/">Reach</a>{WORDS}'))
    (newsquest,) = paper_feeds(ECHO, front(body=f"<p>Published by Newsquest Media Group</p>{WORDS}"))
    assert reach.source.url == "https://thornbeckecho.example.org/?service=rss"
    assert newsquest.source.url == "https://thornbeckecho.example.org/news/rss/"
    assert paper_feeds(ECHO, front()) == ()


# --------------------- the Wikipedia article is looked up, never guessed


EN = "https://en.wikipedia.org/wiki/"


def page(title, body, script=""):
    html = (
        f'<html><head><title>{title} - Wikipedia</title><link rel="canonical" href="{EN}{title}">'
        f'<script>RLCONF={{"wgPageContentModel":"wikitext"{script}}}</script></head><body>{body}</body></html>'
    )
    return Response(
        f"{EN}Somewhere", 200, (("content-type", "text/html; charset=UTF-8"),), html.encode(), NOW
    )


def test_likely_titles_are_asked_for_as_articles_in_the_languages_of_the_nation():
    asked = [request.url for request in article_requests(SCHOOL)]
    assert asked == [
        f"{EN}St_Mary's_Primary_School",
        f"{EN}St_Mary's_Primary_School,_Thornbeck",
        f"{EN}St_Mary's_School",
    ]
    asked = [request.url for request in article_requests(MAESTEG)]
    assert f"{EN}Maesteg_School" in asked
    assert "https://cy.wikipedia.org/wiki/Ysgol_Maesteg" in asked
    assert len(asked) <= 8


def test_an_article_is_the_page_of_the_name_and_the_place_and_only_an_article_has_a_history():
    found = articles_in(page("Maesteg_School", "<p>Maesteg School is a school in Maesteg.</p>"), MAESTEG)
    assert found == (f"{EN}Maesteg_School",)
    body = (
        "<p>St Mary's School may be in Thornbeck or elsewhere:</p>"
        '<a href="/wiki/St_Mary%27s_School,_Otherham">a</a>'
        '<a href="/wiki/St_Mary%27s_School,_Thornbeck">b</a>'
        '<a href="/wiki/Thornbeck">c</a>'
    )
    found = articles_in(page("St_Mary's_School", body, ',"wgCategories":["Disambiguation pages"]'), SCHOOL)
    assert found == (f"{EN}St_Mary%27s_School,_Thornbeck",)
    assert article_of(f"{EN}Maesteg_School") == f"{EN}Maesteg_School"
    assert article_of(f"{EN}User:Somebody") == ""
    assert article_of("https://example.org/wiki/Maesteg_School") == ""


@for_each(
    ("title", "body"),
    [
        ("Maesteg", "Maesteg is a town; Maesteg School is there."),
        ("St_Mary's_Primary_School", "A school in Otherham."),
        ("Thornbeck", "Thornbeck has a primary school, St Mary's."),
    ],
)
def test_a_page_of_the_place_or_of_a_namesake_is_not(title, body):
    school = MAESTEG if title == "Maesteg" else SCHOOL
    assert articles_in(page(title, body), school) == ()
