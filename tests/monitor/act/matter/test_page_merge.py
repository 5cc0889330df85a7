"""On the page of a matter: merging it with another by its number, and undoing that."""

from __future__ import annotations

import pytest
from builders.alert import HEAD
from builders.mention import NOW, POLICY, a_batch, a_mention, a_run, a_verdict, an_alert
from builders.page import STREET, PageDesk, buttons_of, form_of, words_of

from data.store.alerts import alerts as alert_store
from data.store.mentions.batch import save
from data.store.verdicts.story_moves import moved_to
from monitor.act.step import open_case
from monitor.home.wiring import Session
from monitor.matters.replaying import load_case


@pytest.fixture
def desk(tmp_path):
    desk = PageDesk(tmp_path, told=("head", "deputy"), **STREET)
    post = a_mention("two", channel="x", title="", text="They never ring back at all.", author="rowan")
    verdict = a_verdict(post, **STREET)
    alert = an_alert(
        "s-two", severity=verdict.severity, route=verdict.route, content_class=verdict.content_class,
        audience=("head", "deputy"),
    )  # fmt: skip
    batch = a_batch(post, verdicts=[verdict], story_id="s-two", run=a_run("feed:two"), alerts=[alert])
    with desk.store.write("test") as con:
        save(con, batch, now=NOW, policy=POLICY)
    return desk


def send(desk, **form):
    shown = form_of(desk.press("read"))
    desk.wait(seconds=5)
    return desk.browser.post(desk.path(), data={**shown, **form})


def number_of(desk, story):
    with desk.store.read() as con:
        return next(a.number for a in alert_store.list_alerts(con, open_only=False) if a.story_id == story)


def test_two_are_merged_by_number_and_made_two_again(desk):
    """Five pages of the desk, each with its words."""
    page = send(desk, do="merge", **{"with": number_of(desk, "s-two")})
    assert "the two are one matter now" in words_of(page)
    with desk.store.read() as con:
        assert moved_to(con, "s-two") == "s-one"
    assert "They never ring back at all." in words_of(desk.press("read"))
    assert "unmerge" in buttons_of(desk.press("read"))
    assert "they are two matters again" in words_of(send(desk, do="unmerge"))


def test_two_that_both_have_a_case_are_merged_for_a_reason_said_in_the_form(desk):
    """Several pages of the desk, with two cases opened and joined."""
    session = Session(desk.context.config, desk.context, desk.store, HEAD)
    numbers = [open_case(session, story, None, "", desk.clock()).made.case.id for story in ("s-one", "s-two")]
    other = {"do": "merge", "with": number_of(desk, "s-two")}
    assert "say why they are one" in words_of(send(desk, **other))
    assert "the two are one matter now" in words_of(send(desk, **other, why="One parent, one quarrel"))
    with desk.store.read() as con:
        assert load_case(con, numbers[1]).joined_to == numbers[0]


@pytest.mark.parametrize("given", ["", "999999", "s-one"])
def test_what_is_no_other_matter_says_what_is_wanted(desk, given):
    assert "Type the number of another open matter" in words_of(send(desk, do="merge", **{"with": given}))
