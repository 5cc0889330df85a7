"""The page “Proof”: who may come, what is said of what holds and of what does not, and what may be taken."""

from __future__ import annotations

import re

import pytest
from builders.case_page import CaseDesk
from builders.desk import OpenDesk, come
from builders.page import form_of, words_of

from data.types import Role
from monitor.desk.pages import proof


class ProofDesk(CaseDesk):
    """The head, with a case that has evidence."""

    def sign_in(self, who, browser=None, **form):
        come(self, who, browser or self.browser)


@pytest.fixture
def desk(tmp_path):
    desk = ProofDesk(tmp_path)
    desk.case = f"/case/{desk.open('s-one', 'head').id}"
    desk.keep_evidence()
    return desk


def say(desk, browser=None, **form):
    browser = browser or desk.browser
    return browser.post("/proof", data=form_of(browser.get("/proof")) | form)


def end_of(page):
    return re.search(r"[0-9a-f]{64}@\d+", page.text)[0]


def test_what_nobody_touched_holds_by_its_end_and_another_end_than_the_record_has_is_a_fault(desk):
    page = say(desk, do="verify")
    assert "All holds" in words_of(page)
    known = words_of(say(desk, do="verify", last=end_of(page)))
    assert "All holds" in known
    assert "still holds the end that you gave" in known
    gone = words_of(say(desk, do="verify", last="0" * 64 + end_of(page)[64:]))
    assert "Breaks in the record" in gone
    assert "does not hold the end that you gave" in gone
    assert "no end of the record" in words_of(say(desk, do="verify", last="yesterday"))
    assert 'value="stamp"' not in page.text  # without a time server
    assert "nothing was kept" in words_of(say(desk, do="stamp"))


def test_of_what_was_changed_it_is_said_how_much_and_not_which(desk):
    next(path for path in desk.store.evidence.glob("??/*")).write_bytes(b"other")
    page = words_of(say(desk, do="verify"))
    assert "Changed: " in page
    assert "Change nothing" in page
    assert desk.case.rpartition("/")[2] not in page


def test_one_person_verifies_at_a_time_and_the_store_is_let_go_meanwhile(desk, monkeypatch):
    prove, told = proof.prove, []

    def meanwhile(*given, **how):
        told.append(words_of(say(desk, come(desk, "head"), do="verify")))
        return prove(*given, **how)

    monkeypatch.setattr(proof, "prove", meanwhile)
    say(desk, do="verify")
    assert "Somebody else is verifying" in told[0]


def test_the_poster(desk):
    poster = say(desk, do="poster")
    assert poster.content.startswith(b"%PDF")
    assert "poster-900001.pdf" in poster.headers["content-disposition"]


def test_it_is_there_for_those_who_decide_or_protect_data(tmp_path):
    desk = OpenDesk(tmp_path)
    for role, may in (
        (Role.HEAD, True), (Role.CHAIR, True), (Role.DPO, True), (Role.STAFF, False), (Role.GOVERNOR, False),
    ):  # fmt: skip
        desk.rename("vale", email="vale@example.org", roles=(role,))
        browser = come(desk, "vale")
        page, nothing = browser.get("/proof"), browser.get("/prooof")
        assert (page.content == nothing.content) is not may, role
