"""Whoever may read it says that it is judged wrongly, with what is right and why; nothing else changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from builders.alert import HEAD
from builders.mention import a_batch, a_mention, a_verdict
from builders.page import CHILD, DANGER, POST, STREET, WORDS, PageDesk, form_of, words_of

from data.judged import DANGER as VIOLENCE
from data.matters import WrongKind
from data.privacy.terms import SearchTerm, TermKind
from data.retention.purge import purge
from data.steps.acts import Refused
from data.store.alerts.alerts import put_alerts
from data.store.mentions.batch import save
from data.store.privacy.held import find
from data.store.verdicts.said_wrong import said_wrong
from data.types import Policy, Reason, Relevance, Route, Severity
from monitor.act.wrong import Marking, correct
from monitor.home.wiring import Session
from monitor.matters.listed import stories_listed
from monitor.matters.reader import Reader

RIGHT = {"label": "criticism", "severity": "2", "why": "It is about opening hours"}
MILD = STREET | {"severity": Severity.RESPOND, "route": Route.RESPOND, "abuse": (), "content_class": "C1"}
SAYS = "Criticism, a question or praise: nothing abusive · This week: it wants an answer"


@pytest.fixture
def desk(tmp_path):
    return PageDesk(tmp_path, told=("head",), **STREET)


def say(desk, who="head", act="wrong", **fields):
    form = form_of(desk.press("read", who))
    desk.wait(seconds=5)
    return desk.browser.post(desk.path(who), data={**form, **fields, "do": act})


def standing(desk):
    with desk.store.read() as con:
        (found,) = said_wrong(con, [POST.id]).values() or ((),)
        return [(s.person_id, s.relevance, s.label, s.severity, s.why) for s in found]


def changed(desk):
    """All but the audit that could change by it."""
    with desk.store.read() as con:
        tables = ("alerts", "owners", "outbox", "cases", "case_steps", "verdicts", "matches", "mentions")
        return [con.execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall() for table in tables]


def test_it_is_kept_with_what_is_right_and_why_and_is_in_the_audit(desk):
    page = say(desk, **RIGHT)
    assert "you said that it is judged wrongly" in words_of(page)
    assert "nobody was sent anything" in words_of(page)
    assert "If anyone may be in danger, ring 999" in words_of(page)
    assert standing(desk) == [("head", None, "criticism", Severity.RESPOND, "It is about opening hours")]
    assert desk.audited("judged_wrongly") == [("judged_wrongly", "head", "s-one")]


def test_whoever_says_that_it_is_a_threat_is_told_on_the_spot_whom_to_ring(tmp_path):
    desk = PageDesk(tmp_path, told=("head",), **STREET)
    page = words_of(say(desk, label="threat", why="He means it"))
    assert "Do not wait for anybody’s permission" in page
    assert "At school, ring: safeguarding lead" in page


@pytest.mark.parametrize("judged", [STREET, DANGER, CHILD], ids=["today", "danger", "child"])
def test_it_lowers_nothing_and_changes_no_alert(tmp_path, judged):
    desk = PageDesk(tmp_path, told=("dsl",), **judged)
    before = changed(desk)
    say(desk, "dsl", relevance="not_about", label="criticism", severity="0", why="It is another school")
    assert len(standing(desk)) == 1
    assert changed(desk) == before


def test_who_else_may_read_it_sees_it_with_the_words_and_not_before_them(desk):
    say(desk, **RIGHT)
    assert RIGHT["why"] not in desk.get("deputy").text
    page = words_of(desk.press("read", "deputy"))
    assert f"Wrongly judged, says Jane Holt (09:00, Tuesday 17 November): {SAYS}. “{RIGHT['why']}”" in page


def test_of_what_is_restricted_it_is_shown_with_a_reading_alone(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl",), **CHILD)
    page = say(desk, "dsl", **RIGHT)
    assert RIGHT["why"] in words_of(page)
    assert WORDS in words_of(page)
    assert RIGHT["why"] not in desk.get("dsl").text
    assert len(desk.audited("restricted_read")) == 2


@pytest.mark.parametrize("who", ["head", "vale"])
def test_nobody_says_it_who_may_not_read_it(tmp_path, who):
    desk = PageDesk(tmp_path, told=("dsl",), **CHILD)
    proof = {"proof": desk.context.links.proof(desk.path(who).removeprefix("/m/"), desk.clock())}
    desk.wait(seconds=5)
    told = desk.form("dsl")["told"]
    desk.browser.post(desk.path(who), data={**proof, **RIGHT, "told": told, "do": "wrong"})
    assert standing(desk) == []


@pytest.mark.parametrize(
    "fields", [{"why": "So"}, {"label": "criticism", "why": " "}, {"label": "x", "why": "So"}]
)
def test_without_what_is_right_or_why_nothing_is_kept(desk, fields):
    assert "Nothing was changed: say what is right, and why." in words_of(say(desk, **fields))
    assert standing(desk) == []


def test_said_again_it_takes_the_place_of_the_first_and_is_taken_back(desk):
    say(desk, **RIGHT)
    say(desk, relevance="not_about", why="It is another school")
    assert standing(desk) == [("head", Relevance.NOT_ABOUT, "", None, "It is another school")]
    page = say(desk, act="right_again")
    assert "you took that back" in words_of(page)
    assert standing(desk) == []
    assert desk.audited("judged_wrongly_undone") == [("judged_wrongly_undone", "head", "s-one")]


def test_corrected_it_leaves_the_lists_and_the_page_says_what_follows(desk):
    assert "say why" in words_of(say(desk, act="correct", kind="too_grave"))
    page = words_of(say(desk, act="correct", kind="too_grave", why="The van is a toy"))
    assert "said that it was judged too gravely" in page
    assert "Its alert is closed" in page
    assert "are raised as before" in page
    assert desk.open_alerts() == []


def test_what_was_raised_since_violence_is_meant_takes_two_below_severity_4_too(desk):
    meant = replace(desk.alert, because=(Reason(VIOLENCE, "Somebody may be in danger."), *desk.alert.because))
    with desk.store.write("raised") as con:
        put_alerts(con, [replace(meant, times=2)], desk.clock())
    page = say(desk, act="correct", kind="too_grave", why="It is a song")
    assert "Until then nothing is lowered" in words_of(page)
    assert len(desk.open_alerts()) == 1


def test_what_was_posted_after_a_mark_is_in_the_list_of_looks(desk):
    say(desk, act="correct", kind="too_grave", why="The van is a toy")
    desk.wait(hours=1)
    assert looks(desk) == []
    later = a_mention("later", channel="local_forum", text="Nobody rings back!", published=desk.clock())
    with desk.store.write("later") as con:
        batch = a_batch(later, verdicts=[a_verdict(later, **MILD, look=True)])
        batch = replace(batch, stories=tuple(replace(s, last_seen=desk.clock()) for s in batch.stories))
        save(con, batch, now=desk.clock(), policy=Policy())
    assert looks(desk) == ["s-one"]


def looks(desk):
    with desk.store.read() as con:
        reader = Reader(desk.context.config, desk.store, HEAD)
        found, _ = stories_listed(con, reader, look=True, limit=10)
        return [view.story_id for view in found]


def test_what_raised_no_alert_cannot_be_judged_too_gravely(tmp_path):
    desk = PageDesk(tmp_path, raised=False, **MILD)
    session = Session(desk.context.config, desk.context, desk.store, HEAD)
    with desk.store.write("correct") as con:
        came = correct(
            con, session, "s-one", desk.alert.urn, Marking(WrongKind.TOO_GRAVE), "No", desk.clock()
        )
    assert isinstance(came, Refused)
    assert came.reason == "No alert was raised of it, so there is nothing to lower."


def test_of_danger_a_second_person_is_asked_by_name(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl", "head"), **DANGER)
    page = say(desk, "dsl", "correct", kind="too_grave", why="It is from a play")
    assert "Until then nothing is lowered" in words_of(page)
    assert len(desk.open_alerts()) == 1
    assert "said that it was judged too gravely. If you say so too" in words_of(desk.press("read", "head"))
    say(desk, "head", "correct", kind="too_grave", why="I saw the play")
    assert desk.open_alerts() == []


def test_nobody_takes_back_what_another_said(desk):
    say(desk, **RIGHT)
    assert "Take back what you said of it" not in words_of(desk.press("read", "deputy"))
    say(desk, "deputy", act="right_again")
    assert len(standing(desk)) == 1


def test_it_goes_with_the_words_of_the_post(desk):
    say(desk, **RIGHT)
    purge(desk.store, desk.clock() + timedelta(days=4000), Policy(), force=True)
    assert standing(desk) == []


def test_a_request_for_access_finds_whoever_it_names_unless_the_post_is_restricted(tmp_path):
    for name, judged, found in (("open", STREET, 1), ("restricted", CHILD, 0)):
        desk = PageDesk(tmp_path / name, told=("dsl",), **judged)
        say(desk, "dsl", **(RIGHT | {"why": "Mr Larchwood wrote it in anger"}))
        with desk.store.read() as con:
            notes = find(con, [desk.alert.urn], SearchTerm(TermKind.NAME, "larchwood")).notes
        assert [note.words for note in notes] == ["Mr Larchwood wrote it in anger"] * found
