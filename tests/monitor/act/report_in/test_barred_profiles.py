"""Nobody's profile is captured, but a false account, or the school's own, that the case is about."""

from __future__ import annotations

import pytest
from builders.case import a_case

from monitor.act.casework.evidence.capture_policy import profile_refusal

PROFILE = "https://www.instagram.com/ann_example/"


@pytest.mark.parametrize("code", ["C2", "C4", "C7", "C11"])
def test_the_page_of_a_person_is_not_asked_for(code: str) -> None:
    refused = profile_refusal(a_case(content_class=code), PROFILE)
    assert refused is not None
    assert refused.guard == "no_profile"


@pytest.mark.parametrize(
    "url",
    [
        "https://www.flickr.com/people/kid",
        "https://forum.example.org/search.php?author=kid",
        "https://www.roblox.com/users/1/profile",
        "https://news.example.org/author/jane-smith/feed",
        "https://x.com/search?q=from%3Aann_example",
    ],
)
def test_nor_is_a_list_a_search_or_a_feed_of_what_one_person_posted(url: str) -> None:
    assert profile_refusal(a_case(content_class="C2"), url) is not None


@pytest.mark.parametrize("code", ["C12", "C14"])
def test_an_account_that_is_itself_the_matter_is(code: str) -> None:
    assert profile_refusal(a_case(content_class=code), PROFILE) is None


def test_a_post_is_asked_for_at_its_own_address() -> None:
    assert profile_refusal(a_case(content_class="C2"), "https://www.instagram.com/p/Cabc123/") is None
