"""IT ends all that somebody has open at the desk: a telephone is lost, or they have left."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders.desk import OpenDesk
from builders.page import PEOPLE, SCHOOL, form_of, words_of

from data.store.service import credentials
from data.store.service.credentials import Passkey
from data.types import Person, Role, School
from monitor.act.ways_in.on_paper import print_codes

OTHER = School("100009", "Hexley Primary School")
IT = Person("it", "Ivo Tern", (Role.IT_LEAD,), "it@example.org", urns=(SCHOOL.urn,))
ELSEWHERE = Person("wold", "Ina Wold", (Role.HEAD,), "wold@example.org", urns=(OTHER.urn,))


class SharedDesk(OpenDesk):
    """The desk of two schools; IT is of the first."""

    def __init__(self, home):
        super().__init__(home)
        people = (*(replace(p, urns=(SCHOOL.urn,)) for p in PEOPLE), IT, ELSEWHERE)
        config = replace(self.context.config, schools=(SCHOOL, OTHER), people=people)
        self.context = replace(self.context, config=config)

    def ends(self, who, by="it"):
        self.sign_in(by)
        return self.browser.post("/people", data={**form_of(self.browser.get("/people")), "person": who})


@pytest.fixture
def desk(tmp_path):
    return SharedDesk(tmp_path)


def test_every_device_of_theirs_is_signed_out_and_nobody_elses(desk):
    telephone, tablet, other = (desk.another() for _ in range(3))
    for browser, who in ((telephone, "head"), (tablet, "head"), (other, "dsl")):
        desk.sign_in(who, browser)
    page = desk.ends("head")
    assert "Jane Holt is signed out on 2 devices" in words_of(page)
    assert [b.get("/").status_code for b in (telephone, tablet, other)] == [303, 303, 200]


def test_it_is_in_the_audit_who_did_it_to_whom(desk):
    desk.ends("head")
    assert desk.audited("sessions_ended") == [("sessions_ended", "it", "head")]


def test_their_passkeys_are_removed_where_that_is_asked_and_only_then(desk):
    with desk.store.write("test") as con:
        for n, who in enumerate(("head", "head", "dsl")):
            credentials.put(con, Passkey(f"key{n}", who, "", "", 0, "phone", desk.clock()))
    desk.ends("head")
    assert not desk.audited("passkey_removed")
    page = desk.browser.get("/people")
    desk.browser.post("/people", data={**form_of(page), "person": "head", "do": "passkeys"})
    assert desk.audited("passkey_removed") == [("passkey_removed", "it", "head")] * 2
    with desk.store.read() as con:
        assert [len(credentials.of_person(con, who)) for who in ("head", "dsl")] == [0, 1]


@pytest.mark.parametrize("who", ["wold", "it", "nobody"])
def test_nobodys_passkeys_are_removed_who_is_of_another_school_or_oneself(desk, who):
    with desk.store.write("test") as con:
        credentials.put(con, Passkey("key", who, "", "", 0, "phone", desk.clock()))
    desk.sign_in("it")
    page = desk.browser.get("/people")
    desk.browser.post("/people", data={**form_of(page), "person": who, "do": "passkeys"})
    assert not desk.audited("passkey_removed")


def test_their_codes_on_paper_are_withdrawn(desk):
    head = next(p for p in desk.context.config.people if p.id == "head")
    print_codes(desk.store, desk.context, IT, head, desk.clock())
    desk.ends("head")
    with desk.store.read() as con:
        assert con.execute("SELECT * FROM printed_codes").fetchall() == []


@pytest.mark.parametrize("who", ["wold", "nobody", "it", ""])
def test_nobody_of_another_school_and_nobody_unknown_is_signed_out(desk, who):
    away = desk.another()
    desk.sign_in("wold", away)
    desk.ends(who)
    assert away.get("/tell").status_code == 200
    assert desk.audited("sessions_ended") == []


def test_they_do_not_learn_there_who_is_at_another_school(desk):
    desk.sign_in("it")
    assert "Ina Wold" not in desk.browser.get("/people").text


@pytest.mark.parametrize("who", ["dsl", "deputy"])
def test_to_whoever_does_not_look_after_it_there_is_no_such_page(desk, who):
    desk.sign_in(who)
    page, nothing = desk.browser.get("/people"), desk.browser.get("/nothing-at-all")
    assert (page.status_code, page.text) == (404, nothing.text)
    form = {"form": form_of(desk.browser.get("/sign-out"))["form"], "person": "head"}
    assert desk.browser.post("/people", data=form).status_code == 404
    assert 'href="/people"' not in desk.browser.get("/sign-out").text


def test_whoever_looks_after_it_finds_it_behind_their_name(desk):
    desk.sign_in("it")
    assert 'href="/people"' in desk.browser.get("/sign-out").text
