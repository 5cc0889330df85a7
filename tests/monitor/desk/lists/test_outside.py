"""The outsider's view: what searches and listings show first, by place, and what is left out."""

from datetime import timedelta

import pytest
from builders.desk import CHAIR, OpenDesk, come, settle
from builders.digest import alert_on, say
from builders.mention import NOW, URN, a_run
from builders.page import words_of

from data.store.sources import record_runs
from data.types import About, Aggregate, Route, Severity, Source
from monitor.desk.pages import lists as outside

DAY = timedelta(days=1)
NEWS = Source("news", "feed", "https://search.example.org/rss", (URN,), "News search", surfaced=True)
REVIEWS = Source(
    "stars", "reviews", "https://stars.example.org/oakfield", (URN,), "Star reviews", listing=True
)
FORUM = Source("forum", "feed", "https://forum.example.org/", (URN,), "Town forum")
OFF = Source(
    "videos", "feed", "https://videos.example.org/", (URN,), "Video search", surfaced=True, disabled="no"
)


@pytest.fixture
def desk(tmp_path):
    desk = OpenDesk(tmp_path, raised=False)
    settle(desk, sources=(NEWS, REVIEWS, FORUM, OFF))
    desk.clock.at = NOW + 60 * DAY
    return desk


def page_of(desk, who="head"):
    return words_of(come(desk, who).get("/outside"))


def told(desk, name, days_ago, **given):
    say(desk.store, name, desk.clock() - days_ago * DAY, **{"source": "news", "channel": "news", **given})


def test_each_place_shows_its_newest_first_and_what_is_new_since_a_month_ago(desk):
    told(desk, "older", 40, text="They speak of the older fair")
    told(desk, "newer", 2, text="They speak of the newer fair")
    told(desk, "gossip", 1, source="forum", text="They speak of gossip")
    said = page_of(desk)
    assert said.index("newer fair") < said.index("older fair")
    assert said.count("new since a month ago") == 1
    assert "1 in the last 31 days, 1 in the 31 before." in said
    assert "gossip" not in said


def test_the_score_of_a_listing_stands_beside_that_of_a_month_ago(desk):
    with desk.store.write("runs") as con:
        for days, stars, count in ((40, 4.4, 29), (1, 4.2, 31)):
            run = a_run("stars", desk.clock() - days * DAY, aggregate=Aggregate(stars, count))
            record_runs(con, [run])
    said = page_of(desk)
    assert "4.2 of 5 from 31 reviews" in said
    assert "A month ago: 4.4 from 29." in said


def test_what_is_restricted_is_left_out_for_the_lead_too_and_what_is_off_is_said(desk):
    at, restricted = (
        desk.clock() - DAY,
        {"route": Route.SAFEGUARDING, "restricted": True, "content_class": "C10"},
    )
    alert = alert_on("child", at, audience=("dsl",), severity=Severity.THIS_HOUR, **restricted)
    told(desk, "child", 1, alert=alert, severity=Severity.THIS_HOUR, about=About.PUPIL, **restricted)
    assert "/m/s/" in come(desk, "dsl").get("/matters").text
    for who in ("head", "dsl"):
        said = page_of(desk, who)
        assert "We hold nothing about the school from there." in said
        assert "Switched off, so not looked at: Video search." in said
        assert "/m/s/" not in come(desk, who).get("/outside").text


def test_what_is_not_counted_is_said(desk, monkeypatch):
    monkeypatch.setattr(outside, "_LOOKED_AT", 2)
    for days in (2, 3, -1):  # a post may name a later day
        told(desk, f"{days}", days)
    assert "There is more than we count here: at least 2 in the last 31 days" in page_of(desk)


def test_nobody_comes_to_it_who_reads_no_open_matter_nor_is_told_that_there_is_none(desk):
    settle(desk, CHAIR)
    for who in ("vale", "chair"):
        assert come(desk, who).get("/outside").status_code == 404
