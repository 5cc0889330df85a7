"""The one-time page: it tells a number, a POST from its own button takes the alert, nothing else does."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from builders.alert import DSL, HEAD
from builders.case import a_case, a_step
from builders.home import a_migrated_store
from builders.mention import NOW, URN, Clock, an_alert
from starlette.testclient import TestClient

from alerts.instant.message import outbox
from alerts.links import Links
from data.steps.codes import StepKind
from data.store.alerts import alerts as alert_store
from data.store.cases import cases as case_store
from data.store.messages import outbox as outbox_store
from data.types import Route, School, Severity
from monitor.config.load import Config
from monitor.context import Context, means
from monitor.pages import ack
from monitor.pages.ack import ack_app

BASE = "https://schoolgate.example.org"
SCHOOL = School(URN, "Oakfield Primary School")
ALERT = replace(
    an_alert("s-one", audience=("dsl", "head"), severity=Severity.THIS_HOUR, route=Route.SAFEGUARDING),
    restricted=True,
)
NUMBER = ALERT.id[:6].upper()


class Desk:
    """A store with one alert told to two people, the page over it, and a browser."""

    def __init__(self, home, *, school=SCHOOL, alert=ALERT):
        self.clock = Clock()
        self.store = a_migrated_store(home, self.clock)
        config = Config(Path("schoolgate.toml"), (school,), people=(DSL, HEAD), base_url=BASE)
        self.context = Context(config, home, Links(BASE, b"k" * 32))
        self.school = school
        self.messages = self.tell(alert)
        self.browser = TestClient(ack_app(self.store, lambda: self.context, self.clock), base_url=BASE)

    def tell(self, alert):
        found = outbox(alert, (DSL, HEAD), self.school, self.clock(), means(self.context, URN))
        with self.store.write("test") as con:
            alert_store.put_alerts(con, [alert], self.clock())
            outbox_store.put_outbox(con, found, self.clock())
            con.execute("UPDATE outbox SET sent_at = written_at")
        return found

    def path(self, n=0):
        return self.context.links.page(ALERT.story_id, self.messages[n].person_id, NOW).removeprefix(BASE)

    def get(self, n=0):
        return self.browser.get(self.path(n))

    def proof(self, n=0):
        return re.search(r'name="proof" value="([^"]+)"', self.get(n).text).group(1)

    def press(self, n=0, *, after_s=5.0, **headers):
        proof = self.proof(n)
        self.clock.at += timedelta(seconds=after_s)
        return self.browser.post(self.path(n), data={"proof": proof}, headers=headers)

    def has(self):
        with self.store.read() as con:
            return {i: a.person for i, a in alert_store.acknowledged(con, [ALERT.id]).items()}

    def audited(self):
        with self.store.read() as con:
            return con.execute(
                "SELECT actor, subject, codes FROM audit WHERE action = 'alert_acked'"
            ).fetchall()


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def words_of(page):
    """What a reader sees."""
    body = re.sub(r"<style>.*?</style>", "", page.text, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_it_shows_the_number_and_a_button_and_nothing_else(desk):
    assert words_of(desk.get()) == (
        f"Alert {NUMBER} Alert {NUMBER} I am dealing with it "
        "Not watched around the clock. If a child is in danger, ring 999."
    )
    told = ("Oakfield", "Pike", "Holt", URN, "safeguarding", ALERT.id, ALERT.story_id)
    assert not [word for word in told if word in desk.get().text]


@pytest.mark.parametrize("method", ["get", "head", "options", "put", "delete", "patch"])
def test_no_other_method_acknowledges(desk, method):
    for _ in range(2):
        desk.clock.at += timedelta(seconds=30)
        desk.browser.request(method.upper(), desk.path())
    assert desk.has() == {}


def test_the_button_acknowledges_for_the_person_it_was_sent_to(desk):
    page = desk.press(1)
    assert page.status_code == 200
    assert "You have been dealing with it since 09:00, Tuesday 17 November." in words_of(page)
    assert desk.has() == {ALERT.id: "head"}


def test_it_is_audited_like_the_command(desk):
    desk.press()
    [(actor, alert, (times, *seals))] = desk.audited()
    assert (actor, alert, times) == ("dsl", ALERT.id, "times:1")
    assert [seal.partition("=")[0] for seal in seals] == ["column:acked_at", "column:acked_by"]


def test_it_works_once(desk):
    desk.press()
    again = desk.browser.post(desk.path(), data={"proof": "1.x"})
    assert "<form" not in again.text + desk.get().text
    assert len(desk.audited()) == 1


def test_whoever_took_it_reads_again_that_they_have_it(desk):
    """The first answer may have been lost on the way: nobody may think that another has it."""
    proof = desk.proof()
    desk.clock.at += timedelta(seconds=5)
    first = desk.browser.post(desk.path(), data={"proof": proof})
    desk.clock.at += timedelta(minutes=20)
    again = desk.browser.post(desk.path(), data={"proof": proof})
    assert "You have been dealing with it since 09:00" in words_of(first)
    assert words_of(first) == words_of(again) == words_of(desk.get())


def test_whoever_took_it_and_turns_out_to_be_its_subject_has_an_old_link(desk):
    desk.press()
    with desk.store.write("test") as con:
        alert_store.keep_out(con, {ALERT.id: ("dsl",)}, NOW)
    assert "This link no longer works" in words_of(desk.get())


def test_once_somebody_has_it_the_others_read_only_that_it_is_in_hand(desk):
    desk.press(0)
    other = desk.get(1)
    assert words_of(other).startswith(f"Alert {NUMBER} Alert {NUMBER} Somebody is dealing with it.")
    assert "Pike" not in other.text


def test_what_was_handed_over_is_in_hand(desk):
    with desk.store.write("test") as con:
        alert_store.hand_over(con, ALERT.id, "dsl", NOW)
    assert "Somebody is dealing with it." in words_of(desk.get())


def test_a_link_from_before_it_was_raised_again_shows_how_it_is_now(desk):
    desk.press()
    desk.tell(replace(ALERT, times=2))
    assert "<form" in desk.get().text
    assert desk.press().status_code == 200
    assert desk.has() == {ALERT.id: "dsl"}


def test_whoever_turns_out_to_be_its_subject_has_an_old_link(desk):
    proof = desk.proof()
    with desk.store.write("test") as con:
        alert_store.keep_out(con, {ALERT.id: ("dsl",)}, NOW)
    desk.clock.at += timedelta(seconds=5)
    page = desk.browser.post(desk.path(), data={"proof": proof})
    assert "This link no longer works" in words_of(page)
    assert desk.has() == {}


def test_somebody_whom_its_case_may_accuse_has_an_old_link_though_the_alert_does_not_say_so(desk):
    said = {"person": "head", "subjects": "dsl"}
    with desk.store.write("test") as con:
        case_store.put(con, a_case(steps=2), [a_step(), a_step(2, StepKind.TARGET, facts=said)], [], NOW)
    assert "This link no longer works" in words_of(desk.get())
    assert "<form" in desk.get(1).text


def test_the_subject_does_not_learn_that_somebody_has_it(desk):
    with desk.store.write("test") as con:
        alert_store.keep_out(con, {ALERT.id: ("dsl",)}, NOW)
    before = desk.get().text
    with desk.store.write("test") as con:
        alert_store.ack(con, ALERT.id, "head", NOW)
    assert desk.get().text == before


def test_whoever_left_the_school_has_an_old_link_as_soon_as_the_settings_say_so(desk):
    assert "<form" in desk.get().text
    desk.context = replace(desk.context, config=replace(desk.context.config, people=(HEAD,)))
    assert "This link no longer works" in words_of(desk.get())


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "https://elsewhere.example.org"},
        {"origin": "http://schoolgate.example.org"},
        {"sec-fetch-site": "same-origin", "origin": "https://elsewhere.example.org"},
    ],
)
def test_a_form_sent_from_elsewhere_does_not_acknowledge(desk, headers):
    assert desk.press(**headers).status_code == 403
    assert desk.has() == {}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "same-origin", "origin": "null"},
        {"sec-fetch-site": "same-origin", "origin": BASE},
    ],
)
def test_the_pages_own_form_does(desk, headers):
    assert desk.press(**headers).status_code == 200


@pytest.mark.parametrize(
    "base", ["https://Schoolgate.example.org:443/", "https://schoolgate.example.org/desk"]
)
def test_the_pages_origin_is_known_however_the_settings_write_it(desk, base):
    path = desk.path()
    desk.context = replace(desk.context, links=replace(desk.context.links, base_url=base))
    proof = re.search(r'name="proof" value="([^"]+)"', desk.browser.get(path).text).group(1)
    desk.clock.at += timedelta(seconds=5)
    assert desk.browser.post(path, data={"proof": proof}, headers={"origin": BASE}).status_code == 200


@pytest.mark.parametrize(
    "form", [{}, {"proof": ""}, {"proof": "1"}, {"proof": "99999999999999999999.ab"}, {"proof": "ab.é"},
             {"other": "x" * 5000}, dict.fromkeys("abcdef", "x")],
)  # fmt: skip
def test_a_post_without_the_pages_proof_does_not_acknowledge_and_asks_once_more(desk, form):
    page = desk.browser.post(desk.path(), data=form)
    assert page.status_code == 403
    assert "Please press the button once more." in words_of(page)
    assert desk.has() == {}


def test_what_sends_the_form_faster_than_anybody_reads_does_not_acknowledge(desk):
    assert desk.press(after_s=0.3).status_code == 403
    assert desk.has() == {}


def test_a_page_left_open_for_hours_asks_once_more(desk):
    assert desk.press(after_s=2 * 3600.0).status_code == 403
    assert desk.press().status_code == 200


def test_the_proof_of_one_page_is_none_for_another(desk):
    proof = desk.proof(0)
    desk.clock.at += timedelta(seconds=5)
    assert desk.browser.post(desk.path(1), data={"proof": proof}).status_code == 403
    assert desk.has() == {}


def test_an_unknown_address_tells_nothing_whether_the_alert_is_there_or_not(desk):
    token = desk.path().removeprefix("/m/")
    wrong = token[:-1] + ("0" if token[-1] != "0" else "1")
    never = desk.context.links.page("s-none", "dsl", NOW).removeprefix(BASE)
    pages = [
        desk.browser.get(path)
        for path in (f"/m/{wrong}", never, "/m/x", "/m/", "/", "/m/" + "é" * 48, f"{desk.path()}/")
    ]
    assert {page.status_code for page in pages} == {404}
    assert len({page.text for page in pages}) == 1


def test_an_address_that_is_not_ours_never_reaches_the_store(desk, monkeypatch):
    monkeypatch.setattr(desk.store, "read", None)
    monkeypatch.setattr(desk.store, "write", None)
    assert desk.browser.get("/m/" + "0" * 48).status_code == 404
    assert desk.browser.post("/m/" + "0" * 48).status_code == 404


def test_guessing_is_slowed_down_and_real_links_still_open(desk):
    codes = [desk.browser.get(f"/m/{n:048d}").status_code for n in range(40)]
    assert codes == [404] * 30 + [429] * 10
    assert desk.get().status_code == 200
    desk.clock.at += timedelta(minutes=1)
    assert desk.browser.get("/m/x").status_code == 404


def test_a_form_that_breaks_off_does_not_acknowledge(desk):
    async def gone():
        return {"type": "http.disconnect"}

    sent = []

    async def send(message):
        sent.append(message)

    path = desk.path()
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": []}
    asyncio.run(desk.browser.app(scope, gone, send))
    assert sent[0]["status"] == 403
    assert desk.has() == {}


def test_one_link_is_not_opened_without_end(desk, monkeypatch):
    monkeypatch.setattr(ack, "MOST", 3)
    assert [desk.get().status_code for _ in range(4)] == [200] * 3 + [429]


def test_every_answer_bears_the_headers(desk):
    answers = [desk.get(), desk.browser.get("/nothing"), desk.browser.put(desk.path()), desk.press()]
    for answer in answers:
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-frame-options"] == "DENY"
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "frame-ancestors 'none'" in policy
        assert "<script" not in answer.text


def test_it_speaks_the_language_of_the_school(tmp_path):
    page = Desk(tmp_path, school=replace(SCHOOL, language="cy")).get()
    assert '<html lang="cy">' in page.text
    assert f"Rhybudd {NUMBER}" in page.text


def test_where_two_languages_are_spoken_an_unknown_address_is_told_in_both(desk):
    config = desk.context.config
    both = replace(config, schools=(SCHOOL, School("900002", "Ysgol y Dderwen", language="cy")))
    browser = TestClient(
        ack_app(desk.store, lambda: replace(desk.context, config=both), desk.clock), base_url=BASE
    )
    page = browser.get("/m/x").text
    assert "There is nothing at this address." in page
    assert '<p lang="cy">Nid oes dim yn y cyfeiriad hwn.' in page


def test_a_store_that_is_busy_is_told_and_is_no_acknowledgement(tmp_path):
    desk = Desk(tmp_path)
    proof = desk.proof()
    desk.clock.at += timedelta(seconds=5)
    desk.store.path.rename(tmp_path / "elsewhere")
    page = desk.browser.post(desk.path(), data={"proof": proof})
    assert page.status_code == 503
    assert "Nobody is recorded as dealing with it yet." in words_of(page)
