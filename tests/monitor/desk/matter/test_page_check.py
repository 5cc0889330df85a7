"""What is restricted asks for a second check each ten minutes, and nothing that was typed is lost by it."""

from __future__ import annotations

import pytest
from builders.desk import OpenDesk
from builders.page import CHILD, STREET, WORDS, buttons_of, form_of, words_of

from data.store.service import sessions
from monitor.desk.matter.codes import DAY_SENDS
from monitor.desk.matter.typed import seal_typed, unseal_typed

NOTE = "Her aunt rang at ten; she knows."
ASKED = "Is it still you?"
FILLED = f'<textarea name="why" rows="3" maxlength="500" required>{NOTE}</textarea>'


@pytest.fixture
def desk(tmp_path):
    return OpenDesk(tmp_path, told=("dsl",), **CHILD)


def post(desk, page, act, browser=None, **fields):
    """A few seconds later that button of the page is pressed."""
    desk.wait(seconds=5)
    return (browser or desk.browser).post(desk.path("dsl"), data={**form_of(page), **fields, "do": act})


def open_it(desk, browser=None):
    """The lead comes by her link, types a code and reads; the page with the words."""
    page = (browser or desk.browser).get(desk.path("dsl"))
    page = post(desk, post(desk, page, "send_code", browser), "prove", browser, code=desk.code())
    return post(desk, page, "read", browser)


def type_late(desk, **fields):
    """She types a form for eleven minutes, and sends it; what she is answered."""
    page = open_it(desk)
    assert WORDS in words_of(page)
    desk.wait(minutes=11)
    return post(desk, page, "wrong", **{"label": "threat", "why": NOTE} | fields)


def test_whoever_is_signed_in_is_asked_anew_and_is_back_at_the_same_matter(desk):
    desk.sign_in("dsl", device="own")
    before = desk.browser.cookies["__Host-desk"]
    desk.wait(minutes=10)
    page = desk.browser.get(desk.path("dsl"))
    assert ASKED in words_of(page)
    page = post(desk, post(desk, page, "send_code"), "prove", code=desk.code())
    assert buttons_of(page)[:2] == ["read", "have"]
    assert desk.sessions() == [("dsl", "own")]
    assert desk.browser.cookies["__Host-desk"] != before
    assert desk.audited("checked_again") == [("checked_again", "dsl", "dsl")]


def test_what_is_asked_for_within_ten_minutes_makes_them_no_longer(desk):
    open_it(desk)
    desk.wait(minutes=9)
    assert ASKED not in words_of(desk.browser.get(desk.path("dsl")))
    desk.wait(minutes=1)
    assert ASKED in words_of(desk.browser.get(desk.path("dsl")))


def test_a_code_at_a_link_signs_its_person_in_as_on_a_device_that_others_use(desk):
    open_it(desk)
    assert desk.sessions() == [("dsl", "shared")]
    assert desk.browser.get("/").status_code == 200
    desk.wait(minutes=15)
    assert desk.browser.get("/").status_code == 303


@pytest.mark.parametrize("do", ["here", "all"])
def test_signing_out_ends_what_a_code_at_a_link_had_proved(desk, do):
    open_it(desk)
    form = {**form_of(desk.browser.get("/sign-out")), "do": do}
    assert desk.browser.post("/sign-out", data=form).status_code == 303
    assert buttons_of(desk.browser.get(desk.path("dsl"))) == ["send_code"]


def test_ending_all_sessions_of_a_person_ends_what_was_proved_at_links_of_theirs(desk):
    open_it(desk)
    with desk.store.write("test") as con:
        assert sessions.end_all(con, "dsl", "vale", desk.clock()) == 1
    assert buttons_of(desk.browser.get(desk.path("dsl"))) == ["send_code"]


def test_whoever_was_signed_in_there_before_is_not_any_more(desk):
    desk.sign_in("head", device="own")
    open_it(desk)
    assert desk.sessions() == [("dsl", "shared")]
    assert desk.audited("signed_out") == [("signed_out", "head", "head")]


def test_a_link_opens_nothing_for_whoever_is_signed_in_as_somebody_else(desk):
    desk.sign_in("head")
    assert buttons_of(desk.browser.get(desk.path("dsl"))) == ["send_code"]


def test_what_was_proved_ends_where_the_id_is_given_to_somebody_else(desk):
    open_it(desk)
    path = desk.path("dsl")
    desk.rename("dsl", name="Ash Newcomer", email="newcomer@example.org")
    for browser in (desk.browser, desk.another()):
        assert buttons_of(browser.get(path)) == ["send_code"]
    desk.wait(minutes=1)
    sent = len(desk.mailed)
    desk.browser.post(path, data={**form_of(desk.browser.get(path)), "do": "send_code"})
    assert len(desk.mailed) == sent


def test_a_code_is_good_for_nobody_whom_the_settings_name_no_more(desk):
    path = desk.path("dsl")
    page = post(desk, desk.browser.get(path), "send_code")
    desk.without("dsl")
    desk.wait(seconds=5)
    page = desk.browser.post(path, data={**form_of(page), "code": desk.code(), "do": "prove"})
    assert "That code no longer works." in words_of(page)
    assert desk.sessions() == []


def test_what_was_typed_while_the_check_ran_out_stands_in_its_form_again(desk):
    page = type_late(desk, severity="3")
    assert "A code is on its way to you." in words_of(page)
    assert "What you typed is kept" in words_of(page)
    assert desk.audited("judged_wrongly") == []
    page = post(desk, page, "prove", code=desk.code())
    assert FILLED in page.text
    assert '<option value="threat" selected>' in page.text
    assert '<option value="3" selected>' in page.text
    assert WORDS in words_of(page)
    assert len(desk.audited("restricted_read")) == 2
    assert desk.audited("judged_wrongly") == []
    post(desk, page, "wrong", label="threat", why=NOTE)
    assert desk.audited("judged_wrongly") == [("judged_wrongly", "dsl", "s-one")]


def test_it_is_read_nowhere_meanwhile(desk, caplog):
    caplog.set_level("INFO")
    page = type_late(desk)
    assert NOTE not in page.text
    assert NOTE not in caplog.text
    assert not any(NOTE in str(table) for table in desk.rows())
    assert not any(NOTE in kept or len(kept) > 64 for kept in desk.browser.cookies.values())


def test_it_outlives_a_wrong_code_and_another_that_is_sent(desk):
    page = post(desk, type_late(desk), "prove", code="x")
    assert "That is not the code." in words_of(page)
    page = post(desk, page, "send_code")
    assert FILLED in post(desk, page, "prove", code=desk.code()).text


def test_it_outlives_the_end_of_the_session_and_a_page_that_was_left_open_for_hours(desk):
    page = open_it(desk)
    desk.wait(hours=5)
    page = post(desk, page, "wrong", label="threat", why=NOTE)
    assert NOTE not in page.text
    desk.wait(hours=2)
    page = post(desk, page, "send_code")
    page = post(desk, page, "send_code")
    assert FILLED in post(desk, page, "prove", code=desk.code()).text


def test_what_was_only_tapped_is_done_once_the_code_is_typed(desk):
    page = open_it(desk)
    desk.wait(minutes=11)
    page = post(desk, page, "have")
    assert desk.has() == {}
    page = post(desk, page, "prove", code=desk.code())
    assert desk.has() == {desk.alert.id: "dsl"}
    assert WORDS in words_of(page)


def test_what_was_written_is_taken_back_once_the_code_is_typed(desk):
    page = post(desk, open_it(desk), "note", why=NOTE)
    assert NOTE in words_of(page)
    desk.wait(minutes=11)
    page = post(desk, page, "note_back")
    assert desk.audited("note_undone") == []
    page = post(desk, page, "prove", code=desk.code())
    assert [who for _, who, _ in desk.audited("note_undone")] == ["dsl"]


def test_one_code_is_sent_however_often_somebody_taps(desk):
    page = open_it(desk)
    sent = len(desk.mailed)
    desk.wait(minutes=11)
    for _ in range(3):
        post(desk, page, "have")
    assert len(desk.mailed) == sent + 1


def test_more_than_any_form_takes_is_not_kept_and_the_code_opens_all_the_same(desk):
    page = type_late(desk, why="x" * 9000)
    assert "typed" not in form_of(page)
    assert buttons_of(post(desk, page, "prove", code=desk.code()))[:2] == ["read", "have"]


def test_whoever_uses_up_the_codes_of_a_link_keeps_nobody_from_theirs_who_was_signed_in(desk):
    open_it(desk)
    for n in range(DAY_SENDS):
        desk.wait(minutes=61 if n else 11)
        stranger = desk.another()
        said = post(desk, stranger.get(desk.path("dsl")), "send_code", stranger)
    assert "on its way" in words_of(said)
    desk.wait(minutes=61)
    assert "Too many" in words_of(post(desk, stranger.get(desk.path("dsl")), "send_code", stranger))
    page = post(desk, desk.browser.get(desk.path("dsl")), "send_code")
    assert "on its way" in words_of(page)
    assert buttons_of(post(desk, page, "prove", code=desk.code()))[:2] == ["read", "have"]


def test_nothing_is_kept_of_a_form_that_another_site_sends(desk):
    page = open_it(desk)
    desk.wait(minutes=11)
    form = {**form_of(page), "why": NOTE, "do": "wrong"}
    headers = {"origin": "https://evil.example"}
    page = desk.browser.post(desk.path("dsl"), data=form, headers=headers)
    assert "typed" not in form_of(page)


def test_what_was_typed_at_one_link_stands_at_no_other_and_for_nobody_else(desk):
    links, fields = desk.context.links, {"do": "wrong", "why": NOTE, "proof": "p", "code": "c"}
    sealed = seal_typed(links, "one", b"her", fields)
    assert unseal_typed(links, "one", b"her", sealed) == {"do": "wrong", "why": NOTE}
    assert unseal_typed(links, "another", b"her", sealed) == {}
    assert unseal_typed(links, "one", b"him", sealed) == {}
    assert unseal_typed(links, "one", b"her", "a" + sealed[1:]) == {}


def test_a_long_word_in_any_script_is_kept_whole(desk):
    long = "ŵ" * 498 + "\r\n"
    page = post(desk, type_late(desk, why=long), "prove", code=desk.code())
    assert long.strip() in page.text


def test_what_was_typed_while_the_session_ended_stands_in_its_form_again(tmp_path):
    desk = OpenDesk(tmp_path, told=("dsl",), **STREET)
    desk.sign_in("dsl")
    path = desk.path("dsl")
    page = post(desk, desk.browser.get(path), "read")
    desk.wait(minutes=16)
    page = post(desk, page, "wrong", label="threat", why=NOTE)
    assert "What you typed is kept" in words_of(page)
    assert FILLED in post(desk, page, "prove", code=desk.code()).text


def test_what_nobody_is_kept_from_is_filled_again_too_once_its_page_is_old(tmp_path):
    desk = OpenDesk(tmp_path, **STREET)
    page = desk.press("read")
    desk.wait(hours=2)
    form = {**form_of(page), "why": NOTE, "do": "note"}
    page = desk.browser.post(desk.path(), data=form)
    assert page.status_code == 403
    assert FILLED in page.text
