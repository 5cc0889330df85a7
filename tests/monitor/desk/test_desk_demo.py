"""`schoolgate desk --demo`: anybody of the demo's school, without signing in, on this machine alone."""

from __future__ import annotations

from dataclasses import replace

from builders.case_desk import run
from builders.desk import OpenDesk
from starlette.testclient import TestClient

from alerts.weekly.facts import from_json
from data.store.reporting.signed_reports import newest_reports
from monitor.cli.demo.desk import demo_app, play_week


def test_somebody_is_let_in_by_their_name_and_sees_today(tmp_path):
    desk = OpenDesk(tmp_path)
    browser = TestClient(
        demo_app(desk.store, lambda: desk.context), base_url="https://schoolgate.example.org"
    )
    page = browser.get("/as/head")
    assert "Jane Holt" in page.text
    assert browser.get("/as/nobody").status_code == 404


def test_a_page_elsewhere_does_not_come_in_by_a_name_of_its_own_that_leads_here(tmp_path):
    desk = OpenDesk(tmp_path)
    browser = TestClient(demo_app(desk.store, lambda: desk.context), base_url="http://evil.example:8477")
    answer = browser.get("/as/head", follow_redirects=False)
    assert (answer.status_code, desk.sessions()) == (421, [])


def test_without_the_demo_it_says_where_the_desk_is():
    done = run("desk")
    assert done.code == 2
    assert "schoolgate serve" in done.err
    assert "schoolgate desk --demo" in done.err


def test_the_demos_week_shows_what_others_have_and_what_one_has_oneself(tmp_path):
    desk = OpenDesk(tmp_path)
    config = desk.context.config
    named = {"head": "t-quillfeather", "deputy": "i-larkspur"}
    people = tuple(replace(p, id=named.get(p.id, p.id)) for p in config.people)
    desk.wait(minutes=1)
    play_week(desk.store, replace(config, people=people), desk.clock())
    assert desk.has() == {desk.alert.id: "i-larkspur"}
    with desk.store.read() as con:
        (report,) = newest_reports(con, [config.schools[0].urn]).values()
    assert (report.signed_at, from_json(report.facts).weeks[-1].week) == (None, report.week)
