"""The pages “Our accounts”, “Our policies” and “Proof”."""

import re

import pytest
from builders.accounts import AccountsDesk
from builders.case_page import CaseDesk
from builders.desk import OpenDesk, come
from builders.page import form_of, words_of

from data.types import Role
from monitor.desk.pages import reports


@pytest.fixture
def desk(tmp_path):
    return AccountsDesk(tmp_path)


def opened(desk, who, path="/accounts"):
    return come(desk, who, desk.browser).get(path)


def sent(desk, path, **given):
    form = form_of(desk.browser.get(path))
    return desk.browser.post(path, data=form | given)


def test_the_register_shows_who_runs_an_account_who_has_left_a_missing_notice_and_an_odd_post(desk):
    said = words_of(opened(desk, "dsl"))
    assert "Jo Fern and Ms J Example" in said
    assert "gone-since" in said
    page = opened(desk, "it")
    assert "missing since" in words_of(page)
    (link,) = re.findall(r'href="(/m/s/\w+)">\d{6}', page.text)
    assert desk.browser.get(link).status_code == 200


def test_staff_without_an_office_and_strangers_find_nothing(desk):
    nothing = opened(desk, "vale", "/nowhere")
    for path in ("/accounts", "/accounts/page", "/policies"):
        found = desk.browser.get(path)
        assert (found.status_code, found.content) == (404, nothing.content)


def test_who_may_only_know_of_an_account_cannot_change_it(desk):
    assert "/accounts/page" not in opened(desk, "dsl").text
    nothing = desk.browser.get("/nowhere").content
    assert desk.browser.get("/accounts/page").content == nothing
    form = form_of(desk.browser.get("/accounts"))
    assert desk.browser.post("/accounts/page", data=form | {"do": "remove"}).content == nothing
    assert len(desk.settings().accounts) == 1


def test_an_account_is_changed_and_the_register_says_so_at_once(desk):
    opened(desk, "head")
    page = {"do": "keep", "name": "Our page", "staff-it": "it", "staff-dsl": "dsl", "access": "closed"}
    answer = sent(desk, "/accounts/page", **page, owner="Alex Reed", since="2026-09-01")
    assert answer.headers["location"] == "/accounts?done=keep"
    said = words_of(desk.browser.get("/accounts"))
    assert "Jo Fern and Ash Holt" in said
    assert "gone-since" not in said


def test_what_is_refused_shows_why_and_all_that_was_typed(desk):
    opened(desk, "head")
    answer = sent(desk, "/accounts/page", do="keep", name="Page", url="https://a b", purpose="Much typing")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "Much typing" in answer.text
    assert desk.settings().accounts[0].name == "Our page"


def test_an_account_is_closed_or_removed(desk):
    opened(desk, "head")
    assert sent(desk, "/accounts/page", do="close").status_code == 303
    (account,) = desk.settings().accounts
    assert account.closed_on
    assert sent(desk, "/accounts/page", do="remove").status_code == 303
    assert desk.settings().accounts == ()


def test_what_was_done_is_written_down_and_read_by_who_may(desk):
    opened(desk, "it")
    done = {"place": "own 900001", "action": "hidden", "reason": "It names a pupil."}
    assert sent(desk, "/accounts", **done).headers["location"] == "/accounts?done=logged"
    assert "We have taken down a comment" in words_of(desk.browser.get("/accounts?done=logged"))
    assert "hidden by Jo Fern. It names a pupil." in words_of(desk.browser.get("/accounts"))


def test_what_the_school_has_set_and_an_overdue_review_are_told_and_the_next_is_written_down(desk):
    assert 'name="seal"' not in opened(desk, "dsl", "/policies").text  # she reads and changes nothing
    said = words_of(opened(desk, "chair", "/policies"))
    assert "was due on 1 September 2026" in said
    assert "Who looks at a matter first IT lead" in said
    assert "Who decides whether removal is asked for Headteacher (as usual)" in said
    answer = sent(desk, "/policies", seal=seal_of(desk), version="4", review_due="2027-09-01")
    assert answer.status_code == 303
    assert "due on 1 September 2027" in words_of(desk.browser.get("/policies"))


def seal_of(desk):
    return re.findall(r'name="seal" value="(\w+)"', desk.browser.get("/policies").text)[0]


# ----------------- “Proof”: who may come, what is said of what holds and of what does not, what may be taken


class ProofDesk(CaseDesk):
    """The head, with a case that has evidence."""

    def sign_in(self, who, browser=None, **form):
        come(self, who, browser or self.browser)


@pytest.fixture
def proving(tmp_path):
    proving = ProofDesk(tmp_path)
    proving.case = f"/case/{proving.open('s-one', 'head').id}"
    proving.keep_evidence()
    return proving


def say(proving, browser=None, **form):
    browser = browser or proving.browser
    return browser.post("/proof", data=form_of(browser.get("/proof")) | form)


def end_of(page):
    return re.search(r"[0-9a-f]{64}@\d+", page.text)[0]


def test_what_nobody_touched_holds_by_its_end_and_another_end_than_the_record_has_is_a_fault(proving):
    page = say(proving, do="verify")
    assert "All is well: nothing was changed" in words_of(page)
    known = words_of(say(proving, do="verify", last=end_of(page)))
    assert "All is well: nothing was changed" in known
    assert "still contains the end that you gave" in known
    gone = words_of(say(proving, do="verify", last="0" * 64 + end_of(page)[64:]))
    assert "Breaks in the record" in gone
    assert "does not contain the end that you gave" in gone
    assert "not an end of the record" in words_of(say(proving, do="verify", last="yesterday"))
    assert 'value="stamp"' not in page.text  # without a time server
    assert "nothing was kept" in words_of(say(proving, do="stamp"))


def test_of_what_was_changed_it_is_said_how_much_and_not_which(proving):
    next(path for path in proving.store.evidence.glob("??/*")).write_bytes(b"other")
    page = words_of(say(proving, do="verify"))
    assert "Changed: " in page
    assert "Change nothing" in page
    assert proving.case.rpartition("/")[2] not in page


def test_one_person_verifies_at_a_time_and_the_store_is_let_go_meanwhile(proving, monkeypatch):
    prove, told = reports.prove, []

    def meanwhile(*given, **how):
        told.append(words_of(say(proving, come(proving, "head"), do="verify")))
        return prove(*given, **how)

    monkeypatch.setattr(reports, "prove", meanwhile)
    say(proving, do="verify")
    assert "Somebody else is checking" in told[0]


def test_the_poster(proving):
    poster = say(proving, do="poster")
    assert poster.content.startswith(b"%PDF")
    assert "poster-900001.pdf" in poster.headers["content-disposition"]


def test_it_is_there_for_those_who_decide_or_protect_data(tmp_path):
    proving = OpenDesk(tmp_path)
    for role, may in (
        (Role.HEAD, True), (Role.CHAIR, True), (Role.DPO, True), (Role.STAFF, False), (Role.GOVERNOR, False),
    ):  # fmt: skip
        proving.rename("vale", email="vale@example.org", roles=(role,))
        browser = come(proving, "vale")
        page, nothing = browser.get("/proof"), browser.get("/prooof")
        assert (page.content == nothing.content) is not may, role
