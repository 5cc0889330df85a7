"""What may never be captured or watched, and of what no picture is kept: class, lane, judgement, profile."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders.case import a_case
from builders.fetcher import fetcher_for
from builders.mention import NOW, URN, a_mention, a_verdict
from support.web_server import Answer, serve

from data.cases import Case, CaseState
from data.errors import InputError
from data.steps.codes import BypassRoute, Complainant, Relationship
from data.types import About, FetchFailure, Request, Route
from monitor.act.casework.evidence.capture_policy import capture_refusal, picture_refusal, profile_refusal
from monitor.act.report_in import check_address
from monitor.config.load import load
from monitor.pipeline.sighting import RestrictedAddresses, looked_for
from sources.http.profiles import LEADS_ON

CASE = Case(
    "0001", URN, "story-post", NOW, "pike", Route.REQUEST_REMOVAL, About.STAFF,
    proposed_class="C7", content_class="C7", state=CaseState.TRIAGE,
)  # fmt: skip
JUDGED = a_verdict(a_mention("post"), content_class="C7", abuse=("defamation",))


def test_a_post_that_may_be_defamatory_may_be_captured_with_its_pictures():
    assert capture_refusal(CASE, [JUDGED], child_image=False) is None
    assert picture_refusal(CASE, [JUDGED]) is None


@pytest.mark.parametrize("content_class", ["C9", "C10"])
def test_of_childrens_safety_and_extremism_nothing_is_captured(content_class):
    refused = capture_refusal(replace(CASE, content_class=content_class), [], child_image=False)
    assert refused is not None
    assert "DSL" in refused.remedy


@pytest.mark.parametrize("lane", BypassRoute)
def test_of_what_is_off_the_ladder_nothing_is_captured(lane):
    assert capture_refusal(replace(CASE, lane=lane), [], child_image=False) is not None


def test_what_the_post_was_judged_counts_until_a_person_has_said_what_it_is():
    judged = replace(JUDGED, content_class="C10")
    assert capture_refusal(CASE, [judged], child_image=False) is not None
    assert capture_refusal(replace(CASE, classified_by="pike"), [judged], child_image=False) is None


def test_a_report_of_a_childs_image_counts_whatever_the_case_says():
    assert capture_refusal(replace(CASE, classified_by="pike"), [JUDGED], child_image=True) is not None


@pytest.mark.parametrize(
    ("case", "judged"),
    [
        (replace(CASE, content_class="C5"), JUDGED),
        (replace(CASE, proposed_class="C10"), JUDGED),
        (replace(CASE, about=About.PUPIL), JUDGED),
        (replace(CASE, relationship=Relationship.PUPIL), JUDGED),
        (replace(CASE, complainant=Complainant.PUPIL), JUDGED),
        (CASE, replace(JUDGED, about=About.PUPIL)),
        (CASE, replace(JUDGED, abuse=("sexual",))),
        (CASE, replace(JUDGED, abuse=("safeguarding",))),
    ],
)
def test_a_picture_that_may_show_a_child_or_be_sexual_is_never_kept(case, judged):
    assert picture_refusal(case, [judged]) is not None


@pytest.mark.parametrize(
    "way",
    [
        "https://forum.example.org/t/Girl-1", "http://www.forum.example.org:80/t/girl-1/",
        "https://forum.example.org/a/../t/./Girl-1", "https://forum.example.org//t///Girl-1?utm_source=x#p2",
        "https://forum.example.org/%74/%2e/Girl-1",
    ],
)  # fmt: skip
def test_an_address_that_was_warned_of_is_known_however_it_is_written(way):
    known = RestrictedAddresses(
        frozenset((looked_for("https://forum.example.org/t/Girl-1"),)), (), frozenset()
    )
    assert known.warns_of(way)
    assert not known.warns_of("https://forum.example.org/t/girl-12")


def test_a_post_is_asked_for_at_its_own_address() -> None:
    assert profile_refusal(a_case(content_class="C2"), "https://www.instagram.com/p/Cabc123/") is None


# ------------------------------------- one guard at every door: nobody's profile is captured or watched

PROFILES = [
    "https://www.instagram.com/ann_example/",
    "https://www.instagram.com./kid/",
    "https://forum.example.org/user;x/bob",
    "https://forum.example.org/%2575ser/bob",
    "https://forum.example.org/search.php?author=kid",
    "https://news.example.org/author/jane-smith/feed",
    "https://x.com/search?q=from%3Akid",
    "https://nitter.example.org/kid",
]
"""Pages, lists, searches and feeds of one person, however they are spelt."""
SETTINGS = """
[[schools]]
urn = "900001"
name = "Oakfield Primary School"
"""
SOURCE = """
[[sources]]
id = "watched"
kind = "feed"
url = "{url}"
"""


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    path = tmp_path_factory.mktemp("doors") / "schoolgate.toml"
    path.write_text(SETTINGS + SOURCE.format(url="https://gazette.example.org/feed.xml"))
    return load(path, {})


@pytest.mark.parametrize("url", PROFILES)
def test_it_is_refused_as_a_source_so_by_doctor_and_source_test_too(tmp_path, url):
    (tmp_path / "schoolgate.toml").write_text(SETTINGS + SOURCE.format(url=url))
    with pytest.raises(Exception, match="is somebody's profile, and nobody's is watched"):
        load(tmp_path / "schoolgate.toml", {})


@pytest.mark.parametrize("url", PROFILES)
def test_it_is_refused_when_handed_in_unless_the_account_itself_is_false(settings, url):
    with pytest.raises(InputError, match="somebody's profile"):
        check_address(url, settings=settings, urn="900001", any_account=False)
    check_address(url, settings=settings, urn="900001", any_account=True)


@pytest.mark.parametrize("url", PROFILES)
def test_it_is_neither_captured_nor_checked_again_unless_the_account_is_what_the_case_is_about(url):
    for code in ("C2", "C4", "C7", "C11"):
        refused = profile_refusal(a_case(content_class=code), url)
        assert refused is not None, code
        assert refused.guard == "no_profile"
    for code in ("C12", "C14"):
        assert profile_refusal(a_case(content_class=code), url) is None, code


def test_no_redirect_leads_there():
    routes = {f"/post/{n}": Answer(302, b"", {"Location": url}) for n, url in enumerate(PROFILES)}
    with serve(routes) as site:
        for path in routes:
            result = fetcher_for(site).fetch(Request(f"{site}{path}"))
            assert isinstance(result, FetchFailure)
            assert result.detail == LEADS_ON, path
