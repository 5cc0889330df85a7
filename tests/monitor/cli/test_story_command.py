"""`schoolgate story`: each place, each verdict, each reason; nothing of a restricted matter."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders.matter import of_story
from builders.mention import POLICY, Clock, a_batch, a_match, a_mention, a_store, a_verdict
from conftest import DEMO_NOW
from support.documents import content
from typer.testing import CliRunner

from data.errors import InputError
from data.store.mentions.batch import save
from data.store.verdicts.stories import StoryRow, list_stories
from data.types import PressEvent, Reason, Relevance, Route, Sentiment, Severity
from monitor.cli.app import app
from monitor.cli.views.screen import Screen
from monitor.cli.views.stories import listed, row_json

SECRETS = ("stepdad", "sadfrog11", "finger bruises", "My son's arm", "Dad, Year 3")


def run(home, *words):
    result = CliRunner().invoke(app, [*words, "--home", str(home)], catch_exceptions=False)
    assert result.exit_code == 0, result.stdout
    return result.stdout


def rows(home, *extra):
    return content(run(home, "story", "list", "--json", *extra))


def test_every_story_is_listed_newest_first(home):
    seen = [r["last_seen"] for r in rows(home)]
    assert len(seen) > 5
    assert seen == sorted(seen, reverse=True)


def test_a_limit_is_kept(home):
    assert len(rows(home, "--limit", "2")) == 2


def test_the_story_in_three_feeds_shows_every_place_and_its_edit(home):
    wanted = next(r for r in rows(home) if "choir" in (r["title"] or "").lower())
    assert wanted["mentions"] == 3
    text = run(home, "story", "show", wanted["id"][:10])
    assert "version 2" in text
    assert text.count("choir") >= 3


def test_a_verdict_is_shown_with_its_reasons(home):
    wanted = next(r for r in rows(home) if not r["restricted"] and r["route"] == "respond")
    shown = content(run(home, "story", "show", wanted["id"], "--json"))
    assert all(m["reasons"] for m in shown["posts"] if not m["restricted"])


@pytest.mark.parametrize("extra", [(), ("--json",)])
def test_a_restricted_story_gives_away_nothing(home, extra):
    texts = [run(home, "story", "list", *extra)]
    texts += [run(home, "story", "show", r["id"], *extra) for r in rows(home) if r["restricted"]]
    assert len(texts) > 1
    for text in texts:
        assert "with the DSL" in text
        assert not [s for s in SECRETS if s.lower() in text.lower()]


def saved(home, *mentions, **changes):
    store = a_store(home, Clock(DEMO_NOW))
    with store.write("test") as con:
        save(con, a_batch(*mentions, **changes), now=DEMO_NOW, policy=POLICY)


def test_unsure_lists_only_what_may_be_another_school(home):
    unsure = a_mention("unsure")
    saved(
        home, unsure, story_id="s-unsure",
        match=a_match(relevance=Relevance.UNSURE), verdicts=[a_verdict(unsure, relevance=Relevance.UNSURE)],
    )  # fmt: skip
    listed = rows(home, "--unsure")
    assert "s-unsure" in [r["id"] for r in listed]
    assert {r.get("relevance", "unsure") for r in listed} == {"unsure"}
    assert len(listed) < len(rows(home))


def test_a_story_whose_title_is_hidden_says_why(home):
    opening, reply = a_mention("opening", title="Her secret"), a_mention("reply", title="Her secret")
    hidden = a_verdict(opening, restricted=True, route=Route.SAFEGUARDING, content_class="C10")
    saved(home, opening, story_id="s-opening", verdicts=[hidden])
    saved(home, replace(reply, parent=opening.id), story_id="s-reply")
    listed = run(home, "story", "list")
    assert "Her secret" not in listed
    below = " ".join(listed.partition("\ns-reply ")[2].split())
    assert "(a thread with a matter that is with the DSL), forum (feed:one)" in below


def test_a_verdict_is_shown_in_plain_words(home):
    wanted = next(r for r in rows(home) if not r["restricted"] and r["route"] == "platform_report")
    shown = run(home, "story", "show", wanted["id"])
    assert re.search(r"About you · about a member of staff · .*act today: report to the platform", shown)
    assert "platform_report" not in shown


def test_an_unknown_story_says_how_to_see_the_known_ones(home):
    with pytest.raises(InputError, match=r"No story begins with “zzzz”. To see them: schoolgate story list"):
        run(home, "story", "show", "zzzz")


def test_look_lists_only_what_is_worth_a_look(home):
    listed = rows(home, "--look")
    assert listed
    assert not any(r["restricted"] for r in listed)


def test_a_story_has_the_severity_of_its_alert_in_every_list(home):
    alerts = content(run(home, "alerts", "list", "--all", "--json"))
    told = {a["story"]: a["severity"] for a in alerts if a["story"]}
    listed = {r["id"]: r["severity"] for r in rows(home, "--limit", "500")}
    assert told
    assert {story: listed[story] for story in told} == told


def entry(shown, zone=None, names=None):
    """The row of a story in a list, as one line."""
    return " ".join(" ".join(listed([shown], Screen(DEMO_NOW, zone or LONDON, places=names))[1:]).split())


def test_what_an_alert_raised_by_one_is_shown_so_in_the_list_of_stories():
    verdict = replace(a_verdict(a_mention()), severity=Severity.TODAY)
    row = StoryRow(
        "s1", "900001", "A post", DEMO_NOW, DEMO_NOW, restricted=False, relevance=Relevance.ABOUT,
        mentions=1, places=1, authors=1, channels=("facebook",), top=verdict,
    )  # fmt: skip
    shown = of_story(row, words=True, raised=Severity.THIS_HOUR)
    assert row_json(shown)["severity"] == 4
    assert "this hour" in entry(shown)
    assert row_json(of_story(row, words=True))["severity"] == 3


def test_a_post_in_welsh_has_no_tone_in_any_list(home):
    welsh = a_mention("welsh", title="Ysgol")
    said = a_verdict(welsh, sentiment=Sentiment.NEGATIVE, reasons=(Reason("language_cy", "It is in Welsh."),))
    saved(home, welsh, story_id="s-welsh", verdicts=[said])
    assert next(r for r in rows(home) if r["id"] == "s-welsh")["sentiment"] is None
    whole = content(run(home, "story", "show", "s-welsh", "--json"))
    assert [m["sentiment"] for m in whole["posts"]] == [None]
    shown = run(home, "story", "show", "s-welsh")
    assert "It is in Welsh." in shown
    assert "negative" not in shown


LONDON = ZoneInfo("Europe/London")
ROW = StoryRow(
    "0123456789abcdef", "900001", "Uniform prices", DEMO_NOW, DEMO_NOW, restricted=False,
    relevance=Relevance.ABOUT, mentions=1, places=1, authors=1, channels=("facebook",),
    top=a_verdict(a_mention(), route=Route.RESPOND),
)  # fmt: skip


def test_a_story_says_when_it_was_posted_and_apart_when_it_was_read_in_the_time_of_the_school():
    posted = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    row = replace(ROW, published=posted, last_seen=posted + timedelta(hours=9))
    assert "Wed 1 Jul, 23:30 “Uniform prices”, Facebook. Next: answer" in entry(of_story(row, True))
    assert "Thu 2 Jul, 00:30" in entry(of_story(row, True), ZoneInfo("Europe/Warsaw"))
    late = replace(row, last_seen=posted + timedelta(days=2))
    assert "Facebook. Read on Fri 3 Jul, 23:30. Next: answer" in entry(of_story(late, True))
    assert row_json(of_story(row, True))["published"] == "2026-07-01T22:30:00Z"


def test_the_year_is_said_where_it_is_another():
    row = replace(ROW, published=datetime(2018, 1, 31, 9, tzinfo=UTC))
    assert "Wed 31 Jan 2018, 09:00" in entry(of_story(row, True))


def test_stories_whose_words_are_kept_back_are_told_apart_by_place_and_time():
    masked = [
        of_story(replace(ROW, id=id_, title="", published=DEMO_NOW - timedelta(hours=n), sources=(id_,)),
                   words=True, beside=True)
        for n, id_ in enumerate(("board", "town"))
    ]  # fmt: skip
    names = {"board": "Larch Road board", "town": "Town talk"}
    first, second = (entry(story, names=names) for story in masked)
    masked_as = "(a thread with a matter that is with the DSL), Facebook"
    assert f"Tue 17 Nov, 16:04 {masked_as} (Larch Road board)" in first
    assert f"Tue 17 Nov, 15:04 {masked_as} (Town talk)" in second


def test_more_than_three_places_are_counted():
    row = replace(ROW, published=DEMO_NOW, sources=("a", "b", "c", "d", "e"))
    assert "Facebook (a, b, c and 2 more)" in entry(of_story(row, True))


def test_a_place_of_a_restricted_post_is_not_named(home):
    open_post, hidden = a_mention("open"), a_mention("hidden")
    verdicts = [a_verdict(open_post), a_verdict(hidden, restricted=True, route=Route.SAFEGUARDING)]
    saved(home, open_post, hidden, story_id="s-mixed", verdicts=verdicts)
    with a_store(home, Clock(DEMO_NOW)).write("test") as con:
        con.execute("UPDATE sightings SET source_id = 'whisper' WHERE mention_id = ?", [hidden.id])
        (row,) = list_stories(con, story_ids=["s-mixed"])
    assert (row.places, row.sources) == (2, ("feed:one",))


def test_a_post_without_a_time_says_so_and_a_restricted_one_not_when_it_was_posted():
    assert "no time “Uniform prices”, Facebook. Read on Tue 17 Nov, 16:04." in entry(of_story(ROW, True))
    hidden = replace(ROW, published=datetime(2026, 1, 2, tzinfo=UTC), restricted=True, sources=("board",))
    said = entry(of_story(hidden, True))
    assert "with the DSL" in said
    assert "2 Jan" not in said
    assert "board" not in said


def test_the_time_of_a_story_is_that_of_its_first_post(home):
    first = datetime(2026, 11, 1, 9, tzinfo=UTC)
    posts = [replace(a_mention(f"t{n}"), published=first + timedelta(days=n)) for n in (1, 0)]
    saved(home, *posts, story_id="s-times")
    assert next(r for r in rows(home) if r["id"] == "s-times")["published"] == "2026-11-01T09:00:00Z"


@pytest.mark.parametrize("title", ["word " * 60, "Two\nlines and a\ttab"])
def test_no_line_of_a_list_is_wider_than_a_narrow_terminal_nor_any_title_without_end(title):
    row = replace(ROW, title=title, published=DEMO_NOW, channels=("facebook", "x", "reddit", "mumsnet"))
    shown = listed([of_story(row, True)], Screen(DEMO_NOW, LONDON))
    assert max(map(len, shown)) <= 80
    assert len(shown) <= 10
    assert not any("\n" in line for line in shown)


def test_a_list_ends_with_how_to_read_one(home):
    assert run(home, "story", "list").splitlines()[-1] == "To read one: schoolgate story show ID"


# `schoolgate story show` says what a post is about.


def shown(home, **verdict):
    mention = a_mention("themed")
    with a_store(home, Clock(DEMO_NOW)).write("test") as con:
        batch = a_batch(mention, verdicts=[a_verdict(mention, **verdict)], story_id="fffe01")
        save(con, batch, now=DEMO_NOW, policy=POLICY)
    return run(home, "story", "show", "fffe01")


def test_its_themes_and_what_an_article_tells_of_stand_in_lines_of_their_own_and_in_the_json(home):
    said = {"themes": ("uniform", "costs"), "event": PressEvent.INSPECTION}
    lines = shown(home, **said)
    assert "  Themes: uniform; costs and fees\n" in lines
    assert "press: an inspection" in lines
    (mention,) = content(run(home, "story", "show", "fffe01", "--json"))["posts"]
    assert (mention["themes"], mention["event"]) == (["uniform", "costs"], "inspection")


def test_without_themes_there_is_no_such_line(home):
    assert "Themes" not in shown(home)
