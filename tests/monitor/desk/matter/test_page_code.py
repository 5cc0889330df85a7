"""What is restricted opens by a code, is checked again each ten minutes, and loses nothing that was typed."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from builders.alert import DSL, HEAD
from builders.desk import OpenDesk
from builders.page import BASE, CHILD, STREET, WORDS, PageDesk, buttons_of, form_of, prove, words_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from data.store.alerts import alerts as alert_store
from data.store.service.sessions import end_all
from data.types import Person, Role
from monitor.desk.matter.codes import DAY_SENDS, OF_A_PERSON, SENDS, TRIES, seal_typed, unseal_typed
from monitor.desk.session import CHECK_LASTS

SHUT = "First, a code"
OPENS = "Something restricted is waiting for you to read."


@pytest.fixture
def desk(tmp_path):
    return PageDesk(tmp_path, told=("dsl",), proved=False, **CHILD)


def press(desk, act, who="dsl", browser=None, **fields):
    browser = browser or desk.browser
    form = form_of(browser.get(desk.path(who)))
    desk.wait(seconds=5)
    return browser.post(desk.path(who), data={**form, **fields, "do": act})


def code_of(desk):
    """The code in the newest mail."""
    return desk.mailed[-1].body.splitlines()[0]


def another(desk):
    return TestClient(desk.app, base_url=BASE)


def test_it_opens_nothing_and_says_nothing_of_it_and_a_look_sends_no_code(desk):
    before = desk.rows()
    page = desk.get("dsl")
    assert SHUT in words_of(page)
    assert buttons_of(page) == ["send_code"]
    assert (desk.mailed, desk.rows()) == ([], before)
    assert not [said for said in (OPENS, "Read it now", "Oakfield", WORDS[:20]) if said in page.text]


@pytest.mark.parametrize("act", ["read", "have"])
def test_no_other_button_does_anything_before_it(desk, act):
    before = desk.rows()
    assert SHUT in words_of(press(desk, act))
    assert desk.rows() == before


def test_the_code_goes_to_its_person_and_opens_it_in_the_browser_that_asked(desk):
    page = press(desk, "send_code")
    assert "A code is on its way to you." in words_of(page)
    (mail,) = desk.mailed
    assert (mail.person_id, mail.subject) == ("dsl", "Your code for Schoolgate, asked for at 09:00")
    assert re.fullmatch(r"[0-9]{6}", code_of(desk))
    page = press(desk, "prove", code=code_of(desk))
    assert OPENS in words_of(page)
    assert desk.audited("signed_in") == [("signed_in", "dsl", "dsl")]
    assert WORDS in words_of(press(desk, "read"))


def test_a_tab_that_is_loaded_again_still_asks_for_the_code(desk):
    press(desk, "send_code")
    assert buttons_of(desk.get("dsl")) == ["send_code", "prove"]


def test_the_browser_opens_it_for_ten_minutes_and_then_proves_itself_anew(desk):
    press(desk, "send_code")
    press(desk, "prove", code=code_of(desk))
    desk.wait(minutes=9, seconds=59)
    assert OPENS in words_of(desk.get("dsl"))
    desk.wait(seconds=1)
    assert OPENS not in words_of(desk.get("dsl"))


def test_another_browser_with_the_same_link_proves_itself(desk):
    press(desk, "send_code")
    press(desk, "prove", code=code_of(desk))
    assert SHUT in words_of(another(desk).get(desk.path("dsl")))


def test_a_code_works_in_the_browser_that_asked_for_it_and_in_no_other(desk):
    press(desk, "send_code")
    code, other = code_of(desk), another(desk)
    press(desk, "send_code", browser=other)
    page = press(desk, "prove", browser=other, code=code) if code != code_of(desk) else other.get("/")
    assert OPENS not in words_of(page)


def test_it_works_for_ten_minutes(desk):
    press(desk, "send_code")
    desk.wait(minutes=10)
    assert "That code no longer works." in words_of(press(desk, "prove", code=code_of(desk)))


def test_it_works_for_five_tries(desk):
    press(desk, "send_code")
    wrong = f"{(int(code_of(desk)) + 1) % 10**6:06}"
    for _ in range(TRIES - 1):
        assert "That is not the code." in words_of(press(desk, "prove", code=wrong))
    assert "That code no longer works." in words_of(press(desk, "prove", code=wrong))
    assert "That code no longer works." in words_of(press(desk, "prove", code=code_of(desk)))


def test_it_works_once(desk):
    press(desk, "send_code")
    kept = dict(desk.browser.cookies)
    press(desk, "prove", code=code_of(desk))
    other = another(desk)
    other.cookies.update(kept)
    assert SHUT in words_of(press(desk, "prove", browser=other, code=code_of(desk)))


def test_so_many_are_sent_to_one_person_within_an_hour(desk):
    for _ in range(SENDS):
        press(desk, "send_code", browser=another(desk))
    page = press(desk, "send_code", browser=another(desk))
    assert "Too many codes were asked for" in words_of(page)
    assert len(desk.mailed) == SENDS
    desk.wait(hours=1)
    assert "on its way" in words_of(press(desk, "send_code"))


def test_so_many_are_sent_to_one_person_within_a_day(desk):
    use_up(desk)
    desk.wait(minutes=61)
    assert "Too many codes were asked for" in words_of(press(desk, "send_code", browser=another(desk)))
    assert len(desk.mailed) == DAY_SENDS
    desk.wait(hours=14)
    assert "on its way" in words_of(press(desk, "send_code"))


def use_up(desk):
    """Whoever holds a link asks for every code of a day."""
    for n in range(DAY_SENDS):
        desk.wait(minutes=61 if n else 0)
        press(desk, "send_code", browser=another(desk))


def test_whoever_uses_up_the_codes_of_one_link_shuts_nobody_out_who_has_a_newer_mail(desk):
    use_up(desk)
    assert "Too many codes were asked for" in words_of(press(desk, "send_code"))
    desk.sent_at = desk.clock()
    assert "on its way" in words_of(press(desk, "send_code"))
    assert OPENS in words_of(press(desk, "prove", code=code_of(desk)))


def test_of_all_links_so_many_are_sent_to_one_person_within_a_day(desk):
    for _ in range(OF_A_PERSON * DAY_SENDS // SENDS):
        desk.wait(minutes=1)
        desk.sent_at = desk.clock()
        for _ in range(SENDS):
            press(desk, "send_code", browser=another(desk))
    desk.sent_at = desk.clock()
    assert "Too many codes were asked for" in words_of(press(desk, "send_code", browser=another(desk)))
    assert len(desk.mailed) == OF_A_PERSON * DAY_SENDS


def test_a_code_that_did_not_go_out_does_not_count(desk):
    desk.mail_goes_out = False
    for _ in range(DAY_SENDS):
        press(desk, "send_code")
    desk.mail_goes_out = True
    assert "on its way" in words_of(press(desk, "send_code"))


def test_no_name_nor_number_is_shown_to_a_browser_that_proved_nothing(desk):
    desk.mail_goes_out = False
    it = Person("fern", "Jo Fern", (Role.IT_LEAD,), "fern@example.org", phone="01632 960 001")
    config = desk.context.config
    desk.context = replace(desk.context, config=replace(config, people=(*config.people, it)))
    said = words_of(press(desk, "send_code"))
    assert [shown for shown in ("Fern", "01632") if shown in said] == []


def test_where_no_mail_goes_out_it_says_so_with_999_and_whom_to_ring(desk):
    desk.mail_goes_out = False
    said = words_of(press(desk, "send_code"))
    assert "The code could not be sent: no mail goes out just now. If anyone is in danger, ring 999." in said
    assert "sealed sheet" in said
    assert buttons_of(desk.get("dsl")) == ["send_code"]


def test_it_answers_alike_whether_or_not_there_is_anything_behind_it(desk, tmp_path):
    (tmp_path / "none").mkdir()
    without = PageDesk(tmp_path / "none", told=("dsl",), proved=False, raised=False, **STREET)
    links = without.context.links
    nothing = "/m/" + links.page("s-never", "dsl", without.sent_at).rpartition("/")[2]
    pages = []
    for at, path in ((desk, desk.path("dsl")), (without, nothing)):
        seen = [at.browser.get(path)]
        at.wait(seconds=5)
        seen.append(at.browser.post(path, data={**form_of(seen[0]), "do": "send_code"}))
        at.wait(seconds=5)
        seen.append(at.browser.post(path, data={**form_of(seen[1]), "do": "prove", "code": "x"}))
        pages.append([(page.status_code, words_of(page)) for page in seen])
        assert len(at.mailed) == 1
    assert pages[0] == pages[1]


def test_whom_it_may_accuse_is_answered_as_where_there_is_nothing(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl",), proved=False, **CHILD)
    with desk.store.write("test") as con:
        alert_store.put_alerts(con, [replace(desk.alert, excluded=("head",))], desk.clock())
    assert words_of(desk.get("head")) == words_of(desk.get("dsl"))


def test_what_is_not_restricted_asks_for_no_code_and_sends_none(tmp_path):
    desk = PageDesk(tmp_path, proved=False, **STREET)
    assert "Show what was posted" in words_of(desk.get())
    assert SHUT not in words_of(press(desk, "send_code", "head"))
    assert desk.mailed == []


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://elsewhere.example.org"}]
)
def test_no_code_is_sent_for_a_form_of_another_site(desk, headers):
    form = desk.form("dsl")
    desk.wait(seconds=5)
    desk.browser.post(desk.path("dsl"), data={**form, "do": "send_code"}, headers=headers)
    assert desk.mailed == []


def test_on_this_machine_over_http_the_cookie_has_a_name_that_http_may_set(desk):
    desk.context = replace(desk.context, links=replace(desk.context.links, base_url="http://127.0.0.1:8477"))
    desk.browser.base_url = "http://127.0.0.1:8477"
    assert press(desk, "send_code").headers["set-cookie"].startswith("code=")
    assert OPENS in words_of(press(desk, "prove", code=code_of(desk)))


def test_over_an_open_line_nobody_proves_who_they_are(desk):
    desk.context = replace(
        desk.context, links=replace(desk.context.links, base_url="http://schoolgate.example.org")
    )
    desk.browser.base_url = "http://schoolgate.example.org"
    assert press(desk, "send_code").status_code == 403
    assert desk.mailed == []


def test_no_code_is_kept_in_the_store_nor_written_to_a_log(desk, caplog):
    caplog.set_level("INFO")
    press(desk, "send_code")
    assert code_of(desk) not in caplog.text
    assert not any(code_of(desk) in str(table) for table in desk.rows())


ACTS = st.lists(
    st.tuples(
        st.sampled_from(("send_code", "prove", "read", "have", "look", "wait", "tamper", "of_another")),
        st.integers(0, 1),
        st.integers(0, 10**6 - 1),
    ),
    max_size=14,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_no_sequence_of_wrong_codes_other_browsers_and_old_cookies_opens_it(desk, acts):
    """Whoever never types the right code in the browser that asked for it opens nothing."""
    browsers = [another(desk), another(desk)]
    for act, which, number in acts:
        browser = browsers[which]
        if act == "wait":
            desk.wait(minutes=number % 90)
        elif act == "tamper":
            browser.cookies.set("__Host-desk", f"{number:043x}")
        elif act == "of_another":
            late = desk.clock() - CHECK_LASTS
            prove(browser, desk.store, *((DSL, late), (HEAD, desk.clock()))[number % 2])
        elif act != "look":
            sent = {mail.body.splitlines()[0] for mail in desk.mailed}
            code = f"{number:06}"
            press(desk, act, browser=browser, code=code if code not in sent else "")
        page = browser.get(desk.path("dsl"))
        assert OPENS not in page.text
        assert WORDS[:20] not in page.text
    assert desk.audited("restricted_read", "signed_in") == []
    assert desk.has() == {}


# ------------------------------------------------ the check each ten minutes, and what was typed meanwhile


NOTE = "Her aunt rang at ten; she knows."
ASKED = "Is it still you?"
FILLED = f'<textarea name="why" rows="3" maxlength="500" required>{NOTE}</textarea>'


@pytest.fixture
def checked_desk(tmp_path):
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


def test_whoever_is_signed_in_is_asked_anew_and_is_back_at_the_same_matter(checked_desk):
    checked_desk.sign_in("dsl", device="own")
    before = checked_desk.browser.cookies["__Host-desk"]
    checked_desk.wait(minutes=10)
    page = checked_desk.browser.get(checked_desk.path("dsl"))
    assert ASKED in words_of(page)
    page = post(checked_desk, post(checked_desk, page, "send_code"), "prove", code=checked_desk.code())
    assert buttons_of(page)[:2] == ["read", "have"]
    assert checked_desk.sessions() == [("dsl", "own")]
    assert checked_desk.browser.cookies["__Host-desk"] != before
    assert checked_desk.audited("checked_again") == [("checked_again", "dsl", "dsl")]


def test_a_code_at_a_link_signs_its_person_in_as_on_a_device_that_others_use(checked_desk):
    open_it(checked_desk)
    assert checked_desk.sessions() == [("dsl", "shared")]
    assert checked_desk.browser.get("/").status_code == 200
    checked_desk.wait(minutes=15)
    assert checked_desk.browser.get("/").status_code == 303


@pytest.mark.parametrize("do", ["here", "all"])
def test_signing_out_ends_what_a_code_at_a_link_had_proved(checked_desk, do):
    open_it(checked_desk)
    form = {**form_of(checked_desk.browser.get("/sign-out")), "do": do}
    assert checked_desk.browser.post("/sign-out", data=form).status_code == 303
    assert buttons_of(checked_desk.browser.get(checked_desk.path("dsl"))) == ["send_code"]


def test_ending_all_sessions_of_a_person_ends_what_was_proved_at_links_of_theirs(checked_desk):
    open_it(checked_desk)
    with checked_desk.store.write("test") as con:
        assert end_all(con, "dsl", "vale", checked_desk.clock()) == 1
    assert buttons_of(checked_desk.browser.get(checked_desk.path("dsl"))) == ["send_code"]


def test_whoever_was_signed_in_there_before_is_not_any_more(checked_desk):
    checked_desk.sign_in("head", device="own")
    open_it(checked_desk)
    assert checked_desk.sessions() == [("dsl", "shared")]
    assert checked_desk.audited("signed_out") == [("signed_out", "head", "head")]


def test_a_link_opens_nothing_for_whoever_is_signed_in_as_somebody_else(checked_desk):
    checked_desk.sign_in("head")
    assert buttons_of(checked_desk.browser.get(checked_desk.path("dsl"))) == ["send_code"]


def test_what_was_proved_ends_where_the_id_is_given_to_somebody_else(checked_desk):
    open_it(checked_desk)
    path = checked_desk.path("dsl")
    checked_desk.rename("dsl", name="Ash Newcomer", email="newcomer@example.org")
    for browser in (checked_desk.browser, checked_desk.another()):
        assert buttons_of(browser.get(path)) == ["send_code"]
    checked_desk.wait(minutes=1)
    sent = len(checked_desk.mailed)
    checked_desk.browser.post(path, data={**form_of(checked_desk.browser.get(path)), "do": "send_code"})
    assert len(checked_desk.mailed) == sent


def test_a_code_is_good_for_nobody_whom_the_settings_name_no_more(checked_desk):
    path = checked_desk.path("dsl")
    page = post(checked_desk, checked_desk.browser.get(path), "send_code")
    checked_desk.without("dsl")
    checked_desk.wait(seconds=5)
    page = checked_desk.browser.post(path, data={**form_of(page), "code": checked_desk.code(), "do": "prove"})
    assert "That code no longer works." in words_of(page)
    assert checked_desk.sessions() == []


def test_what_was_typed_while_the_check_ran_out_stands_in_its_form_again(checked_desk):
    page = type_late(checked_desk, severity="3")
    assert "A code is on its way to you." in words_of(page)
    assert "What you typed is kept" in words_of(page)
    assert checked_desk.audited("judged_wrongly") == []
    page = post(checked_desk, page, "prove", code=checked_desk.code())
    assert FILLED in page.text
    assert '<option value="threat" selected>' in page.text
    assert '<option value="3" selected>' in page.text
    assert WORDS in words_of(page)
    assert len(checked_desk.audited("restricted_read")) == 2
    assert checked_desk.audited("judged_wrongly") == []
    post(checked_desk, page, "wrong", label="threat", why=NOTE)
    assert checked_desk.audited("judged_wrongly") == [("judged_wrongly", "dsl", "s-one")]


def test_it_is_read_nowhere_meanwhile(checked_desk, caplog):
    caplog.set_level("INFO")
    page = type_late(checked_desk)
    assert NOTE not in page.text
    assert NOTE not in caplog.text
    assert not any(NOTE in str(table) for table in checked_desk.rows())
    assert not any(NOTE in kept or len(kept) > 64 for kept in checked_desk.browser.cookies.values())


def test_it_outlives_a_wrong_code_and_another_that_is_sent(checked_desk):
    page = post(checked_desk, type_late(checked_desk), "prove", code="x")
    assert "That is not the code." in words_of(page)
    page = post(checked_desk, page, "send_code")
    assert FILLED in post(checked_desk, page, "prove", code=checked_desk.code()).text


def test_it_outlives_the_end_of_the_session_and_a_page_that_was_left_open_for_hours(checked_desk):
    page = open_it(checked_desk)
    checked_desk.wait(hours=5)
    page = post(checked_desk, page, "wrong", label="threat", why=NOTE)
    assert NOTE not in page.text
    checked_desk.wait(hours=2)
    page = post(checked_desk, page, "send_code")
    page = post(checked_desk, page, "send_code")
    assert FILLED in post(checked_desk, page, "prove", code=checked_desk.code()).text


def test_what_was_only_tapped_is_done_once_the_code_is_typed(checked_desk):
    page = open_it(checked_desk)
    checked_desk.wait(minutes=11)
    page = post(checked_desk, page, "have")
    assert checked_desk.has() == {}
    page = post(checked_desk, page, "prove", code=checked_desk.code())
    assert checked_desk.has() == {checked_desk.alert.id: "dsl"}
    assert WORDS in words_of(page)


def test_what_was_written_is_taken_back_once_the_code_is_typed(checked_desk):
    page = post(checked_desk, open_it(checked_desk), "note", why=NOTE)
    assert NOTE in words_of(page)
    checked_desk.wait(minutes=11)
    page = post(checked_desk, page, "note_back")
    assert checked_desk.audited("note_undone") == []
    page = post(checked_desk, page, "prove", code=checked_desk.code())
    assert [who for _, who, _ in checked_desk.audited("note_undone")] == ["dsl"]


def test_one_code_is_sent_however_often_somebody_taps(checked_desk):
    page = open_it(checked_desk)
    sent = len(checked_desk.mailed)
    checked_desk.wait(minutes=11)
    for _ in range(3):
        post(checked_desk, page, "have")
    assert len(checked_desk.mailed) == sent + 1


def test_more_than_any_form_takes_is_not_kept_and_the_code_opens_all_the_same(checked_desk):
    page = type_late(checked_desk, why="x" * 9000)
    assert "typed" not in form_of(page)
    assert buttons_of(post(checked_desk, page, "prove", code=checked_desk.code()))[:2] == ["read", "have"]


def test_whoever_uses_up_the_codes_of_a_link_keeps_nobody_from_theirs_who_was_signed_in(checked_desk):
    open_it(checked_desk)
    for n in range(DAY_SENDS):
        checked_desk.wait(minutes=61 if n else 11)
        stranger = checked_desk.another()
        said = post(checked_desk, stranger.get(checked_desk.path("dsl")), "send_code", stranger)
    assert "on its way" in words_of(said)
    checked_desk.wait(minutes=61)
    assert "Too many" in words_of(
        post(checked_desk, stranger.get(checked_desk.path("dsl")), "send_code", stranger)
    )
    page = post(checked_desk, checked_desk.browser.get(checked_desk.path("dsl")), "send_code")
    assert "on its way" in words_of(page)
    assert buttons_of(post(checked_desk, page, "prove", code=checked_desk.code()))[:2] == ["read", "have"]


def test_nothing_is_kept_of_a_form_that_another_site_sends(checked_desk):
    page = open_it(checked_desk)
    checked_desk.wait(minutes=11)
    form = {**form_of(page), "why": NOTE, "do": "wrong"}
    headers = {"origin": "https://evil.example"}
    page = checked_desk.browser.post(checked_desk.path("dsl"), data=form, headers=headers)
    assert "typed" not in form_of(page)


def test_what_was_typed_at_one_link_stands_at_no_other_and_for_nobody_else(checked_desk):
    links, fields = checked_desk.context.links, {"do": "wrong", "why": NOTE, "proof": "p", "code": "c"}
    sealed = seal_typed(links, "one", b"her", fields)
    assert unseal_typed(links, "one", b"her", sealed) == {"do": "wrong", "why": NOTE}
    assert unseal_typed(links, "another", b"her", sealed) == {}
    assert unseal_typed(links, "one", b"him", sealed) == {}
    assert unseal_typed(links, "one", b"her", "a" + sealed[1:]) == {}


def test_a_long_word_in_any_script_is_kept_whole(checked_desk):
    long = "ŵ" * 498 + "\r\n"
    page = post(checked_desk, type_late(checked_desk, why=long), "prove", code=checked_desk.code())
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
