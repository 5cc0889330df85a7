"""One guard at every door: whatever spelling of a profile is refused at one is refused at all."""

import pytest
from builders.fetcher import fetcher_for
from builders.ladder import Climb
from support.web_server import Answer, serve

from data.errors import InputError
from data.types import FetchFailure, Request
from monitor.act.casework.evidence.capture_policy import profile_refusal
from monitor.act.report_in import check_address
from monitor.config.load import load
from sources.http.profiles import LEADS_ON

PROFILES = [
    "https://forum.example.org/user;x/bob",
    "https://forum.example.org/%2575ser/bob",
    "https://www.instagram.com./kid/",
    "https://nitter.example.org/kid",
    "https://social.example.org/@kid",
    "https://www.flickr.com/people/kid",
    "https://www.flickr.com/photos/kid",
    "https://forum.example.org/search.php?author=kid",
    "https://www.roblox.com/users/1/profile",
    "https://news.example.org/author/jane-smith/feed",
    "https://x.com/search?q=from%3Akid",
    "https://kid.tumblr.com/",
    "https://www.twitch.tv/kid",
    "https://steamcommunity.com/id/kid",
    "https://vsco.co/kid",
    "https://t.me/kid",
    "https://www.snapchat.com/add/kid",
    "https://uk.linkedin.com/in/kid",
    "https://www.youtube.com/@kid",
    "https://www.wattpad.com/user/kid",
    "https://ask.fm/kid",
    "https://bere.al/kid",
    "https://www.threads.net/@kid",
    "https://bsky.app/profile/kid.bsky.social",
    "https://www.pinterest.co.uk/kid",
    "https://medium.com/@kid",
    "https://substack.com/@kid",
    "https://discord.com/users/1",
]

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
    refused = profile_refusal(Climb("C2").case, url)
    assert refused is not None
    assert refused.guard == "no_profile"
    assert profile_refusal(Climb("C12").case, url) is None


def test_no_redirect_leads_there():
    routes = {f"/post/{n}": Answer(302, b"", {"Location": url}) for n, url in enumerate(PROFILES)}
    with serve(routes) as site:
        for path in routes:
            result = fetcher_for(site).fetch(Request(f"{site}{path}"))
            assert isinstance(result, FetchFailure)
            assert result.detail == LEADS_ON, path
