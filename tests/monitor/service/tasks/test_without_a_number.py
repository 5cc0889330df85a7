"""A school that stands in no register: its own key holds wherever a number does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from builders.case_desk import run
from builders.home import a_migrated_store
from builders.mention import NOW, Clock, a_batch, a_fold, a_match, a_mention, a_verdict, an_alert
from support.documents import content

from alerts.pack.exhibits import series
from data.store.mentions.batch import save
from data.types import Policy, Route, Severity, Story

KEY = "own-oakfield-nursery"
TOML = f"""
[[schools]]
urn = "{KEY}"
name = "Oakfield Nursery"
town = "Northvale"

[[people]]
id = "head"
name = "Mrs Ada Example"
roles = ["head"]
email = "head@example.org"

[[sources]]
id = "forum"
kind = "feed"
url = "https://forum.example.org/feed.xml"
schools = ["{KEY}"]

[cli]
me = "head"
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nursery")
    (folder / "schoolgate.toml").write_text(TOML, encoding="utf-8")
    post = a_mention("insult")
    judged = a_verdict(
        post, urn=KEY, content_class="C2", route=Route.REQUEST_REMOVAL, severity=Severity.TODAY
    )
    batch = a_batch(post, verdicts=[judged], match=a_match(urn=KEY), story_id=None)
    stories = (Story("story-1", KEY, post.title, NOW, NOW),)
    folded = (a_fold(post, "story-1", KEY),)
    alerts = (an_alert("story-1", urn=KEY, audience=("head",)),)
    store = a_migrated_store(folder, Clock(NOW))
    with store.write("test") as con:
        save(con, replace(batch, stories=stories, folded=folded, alerts=alerts), now=NOW, policy=Policy())
    return folder


@pytest.fixture(scope="module")
def played(home: Path) -> dict[str, str]:
    """What a matter of this school looks like on every surface, from the alert to the seals."""

    def said(*words: str) -> str:
        ran = run(*words, "--home", str(home))
        assert ran.code == 0, (words, ran.err)
        return ran.out

    alert = content(said("alerts", "list", "--json"))[0]["id"]
    said("case", "open", "story-1", "--as", "head")
    return {
        "alert": said("alerts", "show", alert),
        "list": said("story", "list", "--json"),
        "case": said("case", "show", "1", "--json", "--as", "head"),
        "digest": said("digest", "--out", str(home / "digests"), "--as", "head"),
        "verify": said("evidence", "verify"),
    }


def test_its_key_stands_in_what_is_printed_without_the_word_urn(played: dict[str, str]) -> None:
    assert f"({KEY})" in played["alert"]
    assert "URN own-" not in "".join(played.values())
    assert content(played["case"])["urn"] == KEY


def test_its_digest_is_named_by_the_key(home: Path, played: dict[str, str]) -> None:
    files = sorted(p.name for p in (home / "digests").iterdir())
    assert len(files) > 2
    assert all(KEY in name for name in files)
    assert KEY in played["digest"]


def test_its_exhibits_would_bear_the_key_and_every_seal_holds(played: dict[str, str]) -> None:
    assert series(KEY, NOW, "0001", "AE", ZoneInfo("Europe/London")) == f"{KEY}-20261117-0001-AE"
    assert played["verify"].startswith("All holds")
