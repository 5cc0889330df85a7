"""`schoolgate desk`: an address of this machine that signs in who administers the home, once."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from builders.desk import OpenDesk
from builders.page import CHILD, PEOPLE
from starlette.testclient import TestClient

from data.errors import InputError, StoreBusy
from data.store.engine import audit_chain
from data.types import Person, Role
from monitor.config.home.paths import Paths
from monitor.service import own_desk
from monitor.service.own_desk import OneTimeDoor, open_own_desk, who_administers

HERE = "http://127.0.0.1:40123"
IT = Person("it", "Ivo Tern", (Role.IT_LEAD,), "it@example.org")


class OwnDesk(OpenDesk):
    """The desk of somebody's own home, as it is served to this machine."""

    def __init__(self, home):
        super().__init__(home, told=("dsl",), **CHILD)
        config = replace(self.context.config, people=(*PEOPLE, IT), base_url=None)
        links = replace(self.context.links, base_url=HERE, mailed=None)
        self.context = replace(self.context, config=config, links=links)
        self.door = OneTimeDoor(self.store, lambda: self.context, IT, self.clock, "jo")
        self.app = self.door.app()

    def opened(self, path="", *, host="127.0.0.1", base=HERE):
        browser = TestClient(self.app, base_url=base, follow_redirects=False, client=(host, 5000))
        return browser, browser.get(path or self.door.path)


@pytest.fixture
def desk(tmp_path):
    return OwnDesk(tmp_path)


def test_it_signs_in_who_administers_and_the_audit_names_the_account_of_the_machine(desk):
    browser, answer = desk.opened()
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "httponly" in answer.headers["set-cookie"].lower()
    assert browser.get("/").status_code == 200
    with desk.store.read() as con:
        (entry,) = [e.entry for e in audit_chain.links(con) if e.entry.action == "signed_in"]
    assert (entry.actor, entry.codes) == ("it", ("os_account:jo",))


def test_what_is_restricted_still_asks_who_it_is(desk):
    browser, _ = desk.opened()
    assert browser.get("/people/dsl").headers["location"] == "/check?to=/people/dsl"


def test_it_is_good_once_and_stays_so_where_the_store_was_busy(desk, monkeypatch):
    def is_busy(*_, **__):
        raise StoreBusy("busy")

    with monkeypatch.context() as busy:
        busy.setattr(own_desk.session, "begin", is_busy)
        assert desk.opened()[1].status_code == 503
    assert [desk.opened()[1].status_code for _ in range(2)] == [303, 404]
    assert len(desk.sessions()) == 1


def test_it_opens_to_nobody_else_and_for_two_minutes(desk):
    asked = ({"path": "/open/" + "a" * 43}, {"host": "192.0.2.9"}, {"base": "http://evil.example:40123"})
    for elsewhere in asked:
        assert desk.opened(**elsewhere)[1].status_code in (404, 421), elsewhere
    desk.wait(minutes=2)
    assert desk.opened()[1].status_code == 404
    assert desk.sessions() == []


def test_no_mail_that_is_written_there_leads_to_this_machine(desk):
    assert desk.context.links.page("s-one", "dsl", desk.clock()) is None


def test_who_administers_is_the_it_lead_else_the_head_and_where_nobody_does_it_says_so(desk):
    config = desk.context.config
    for people, who in (((*PEOPLE, IT), "it"), (PEOPLE, "head")):
        assert who_administers(replace(config, people=people)).id == who
    with pytest.raises(InputError, match="Nobody administers"):
        who_administers(replace(config, people=PEOPLE[:1]))


@pytest.fixture
def shown(monkeypatch):
    found = []
    monkeypatch.setattr(own_desk, "serve_here", lambda web, address: (web.stop(), found.append(address)))
    monkeypatch.setattr(own_desk, "show_address", found.append)
    return found


@pytest.mark.parametrize(
    ("who", "path"), [(None, r"/open/\S{43}"), ("it", r"/open/\S{43}"), ("dsl", "/sign-in")]
)
def test_anybody_else_signs_in_by_a_code_of_theirs(desk, shown, who, path):
    asked = next((p for p in desk.context.config.people if p.id == who), None)
    open_own_desk(Paths(desk.store.home, desk.context.config.path), desk.context.config, desk.store, asked)
    assert re.fullmatch(rf"http://127\.0\.0\.1:\d+{path}", shown[0])


def test_where_the_service_serves_it_that_one_is_opened(desk, shown, monkeypatch):
    monkeypatch.setattr(own_desk, "complaints_of", lambda *_: ())
    config = replace(desk.context.config, base_url="https://schoolgate.example.org")
    open_own_desk(Paths(desk.store.home, config.path), config, desk.store, None)
    assert shown == ["https://schoolgate.example.org"]
