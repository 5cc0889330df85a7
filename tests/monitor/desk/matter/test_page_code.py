"""What is restricted opens by a code, is checked again each ten minutes, and loses nothing that was typed."""

import re
import shutil
from dataclasses import replace
from datetime import timedelta

import pytest
from builders.alert import DSL, HEAD
from builders.desk import OpenDesk
from builders.mention import NOW
from builders.page import BASE, CHILD, STREET, WORDS, PageDesk, buttons_of, form_of, prove, words_of
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from data.store import alerts as alert_store
from data.store.service import end_all
from data.types import Person, Role
from data.words.say import words
from monitor.desk.matter.page import (
    DAY_SENDS,
    OF_A_PERSON,
    SENDS,
    TRIES,
    Codes,
    CodeState,
    seal_typed,
    unseal_typed,
)
from monitor.desk.page import CHECK_LASTS

W = words("en")
SHUT, OPENS, OFTEN = W("page.code.heading"), W("page.waiting"), W("page.code.often")
HER, HIM = b"her", b"him"


# ----------------------------------------------------------------- the codes: how many, how long, how often


class Mailbox:
    """Codes that are counted up as they are drawn, and the clock that they live by."""

    def __init__(self):
        self.drawn, self.now = 0, NOW
        self.codes = Codes(self.draw)

    def draw(self):
        self.drawn += 1
        return f"{self.drawn:06}"

    def ask(self, link="one", who=HER, **wait):
        self.now += timedelta(**wait)
        return self.codes.new(who, self.now, link)

    def tried(self, browser, code, who=HER, **wait):
        self.now += timedelta(**wait)
        return self.codes.try_code(who, browser, code, self.now)


def test_a_code_works_once_within_ten_minutes_for_its_person_in_the_browser_that_asked():
    box = Mailbox()
    browser, code = box.ask()
    other, others = box.ask()
    assert box.tried(other, code) is box.tried(browser, others) is CodeState.WRONG
    assert box.tried(browser, code, HIM) is CodeState.OVER
    assert box.codes.waits(HER, browser, box.now)
    assert box.tried(browser, f" {code[:3]} {code[3:]}", minutes=9, seconds=59) is CodeState.RIGHT
    assert box.tried(browser, code) is CodeState.OVER
    assert not box.codes.waits(HER, browser, box.now)
    assert box.tried(other, others, seconds=1) is CodeState.OVER


def test_it_works_for_five_tries():
    box = Mailbox()
    browser, code = box.ask()
    tried = [box.tried(browser, "x") for _ in range(TRIES)]
    assert tried == [CodeState.WRONG] * 4 + [CodeState.OVER]
    assert box.tried(browser, code) is CodeState.OVER
    other, code = box.ask()
    assert [box.tried(other, said) for said in "x" * 4] == [CodeState.WRONG] * 4
    assert box.tried(other, code) is CodeState.RIGHT


def test_so_many_are_sent_for_one_link_within_an_hour_and_a_day_and_a_newer_one_opens_still():
    box = Mailbox()
    assert all(box.ask() for _ in range(SENDS))
    assert box.ask() is box.ask(minutes=59) is None
    assert box.ask("newer")
    assert box.ask(who=HIM)
    assert box.ask(minutes=1)
    assert all(box.ask(minutes=61) for _ in range(DAY_SENDS - SENDS - 1))
    assert box.ask(minutes=61) is None
    assert box.ask("newer")
    assert box.ask(minutes=1074) is None
    assert box.ask(minutes=1)  # a day after the first


def test_of_all_links_so_many_are_sent_to_one_person_within_a_day():
    box = Mailbox()
    for n in range(OF_A_PERSON * DAY_SENDS // SENDS):
        assert all(box.ask(f"link {n}", minutes=1) for _ in range(SENDS))
    assert box.ask("another") is None
    assert box.ask(who=HIM)


def test_a_code_that_did_not_go_out_or_was_typed_right_does_not_count():
    box = Mailbox()
    for n in range(2 * DAY_SENDS):
        browser, code = box.ask()
        if n % 2:
            box.codes.forget(browser)
            assert box.tried(browser, code) is CodeState.OVER
        else:
            assert box.tried(browser, code) is CodeState.RIGHT


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(("ask", "try", "wait")), st.integers(0, 1), st.integers(0, 99))))
def test_no_sequence_of_wrong_codes_and_other_browsers_opens_it(acts):
    """Whoever never types the right code in the browser that asked for it opens nothing."""
    box, asked = Mailbox(), [("", ""), ("", "")]
    for act, which, n in acts:
        if act == "ask":
            asked[which] = box.ask() or asked[which]
        elif act == "wait":
            box.now += timedelta(minutes=n)
        else:
            right, other = asked[which][1], asked[1 - which][1]
            code = (other, f"{n:06}", "", "x")[n % 4]
            assert code == right or box.tried(asked[which][0], code) is not CodeState.RIGHT


def test_what_was_typed_at_one_link_stands_whole_at_no_other_and_for_nobody_else(tmp_path):
    links = PageDesk(tmp_path).context.links
    why = "ŵ" * 498 + "\r\n"
    sealed = seal_typed(links, "one", HER, {"do": "wrong", "why": why, "proof": "p", "code": "c"})
    assert unseal_typed(links, "one", HER, sealed) == {"do": "wrong", "why": why}
    assert why not in sealed
    for token, who, kept in (("two", HER, sealed), ("one", HIM, sealed), ("one", HER, "a" + sealed[1:])):
        assert unseal_typed(links, token, who, kept) == {}
    assert seal_typed(links, "one", HER, {"do": "wrong", "why": "x" * 9000}) == ""


# ------------------------------------------------- the page before what is restricted: it opens by a code


@pytest.fixture
def desk(tmp_path):
    return PageDesk(tmp_path, told=("dsl",), proved=False, **CHILD)


def press(desk, act, who="dsl", browser=None, headers=None, **fields):
    """That button of the page is pressed, a few seconds after it was shown."""
    path = desk.path(who)
    proof = desk.context.links.proof(path.removeprefix("/m/"), desk.clock())
    desk.wait(seconds=5)
    form = {"proof": proof, **fields, "do": act}
    return (browser or desk.browser).post(path, data=form, headers=headers)


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
    for act in ("read", "take"):  # no other button does anything before it
        assert SHUT in words_of(press(desk, act))
    assert desk.rows() == before
    with desk.store.write("test") as con:  # whom it may accuse is answered as where there is nothing
        alert_store.put_alerts(con, [replace(desk.alert, excluded=("head",))], desk.clock())
    assert words_of(another(desk).get(desk.path("head"))) == words_of(page)


def test_the_code_goes_to_its_person_and_opens_it_for_ten_minutes_in_the_browser_that_asked(desk, caplog):
    caplog.set_level("INFO")
    assert W("page.code.sent") in words_of(press(desk, "send_code"))
    (mail,) = desk.mailed
    assert (mail.person_id, mail.subject) == ("dsl", "Your Schoolgate code, requested 09:00")
    assert re.fullmatch(r"[0-9]{6}", code_of(desk))
    assert code_of(desk) not in caplog.text
    assert not any(code_of(desk) in str(table) for table in desk.rows())
    assert buttons_of(desk.get("dsl")) == ["prove", "send_code"]  # a tab that is loaded again still asks
    kept = dict(desk.browser.cookies)
    page = press(desk, "prove", code=code_of(desk))
    assert OPENS in words_of(page)
    assert desk.audited("signed_in") == [("signed_in", "dsl", "dsl")]
    assert WORDS in words_of(press(desk, "read"))
    assert SHUT in words_of(another(desk).get(desk.path("dsl")))
    other = another(desk)
    other.cookies.update(kept)
    assert SHUT in words_of(press(desk, "prove", browser=other, code=code_of(desk)))
    desk.wait(minutes=9, seconds=49)
    assert OPENS in words_of(desk.get("dsl"))
    desk.wait(seconds=1)
    assert OPENS not in words_of(desk.get("dsl"))


def test_no_wrong_code_other_browser_old_cookie_or_session_of_another_opens_it(desk):
    other = another(desk)
    press(desk, "send_code", browser=other)
    theirs = code_of(desk)
    press(desk, "send_code")
    wrong = next(code for code in ("000000", "000001", "000002") if code not in (theirs, code_of(desk)))
    for code in (*{theirs} - {code_of(desk)}, wrong, ""):
        page = press(desk, "prove", code=code)
        assert (W("page.code.wrong") in words_of(page), OPENS in page.text) == (True, False)
    late = desk.clock() - CHECK_LASTS
    prove(desk.browser, desk.store, DSL, late)
    assert OPENS not in desk.get("dsl").text
    prove(desk.browser, desk.store, HEAD, desk.clock())
    assert OPENS not in desk.get("dsl").text
    desk.browser.cookies.set("__Host-desk", "0" * 43)
    page = desk.get("dsl")
    assert not [said for said in (OPENS, WORDS[:20]) if said in page.text]
    assert desk.audited("restricted_read", "signed_in") == []


def test_too_many_are_refused_to_strangers_and_keep_nobody_from_theirs_who_was_signed_in(checked):
    strangers = [checked.another() for _ in range(2)]
    sent = len(checked.mailed)
    for n in range(SENDS):
        assert OFTEN not in words_of(press(checked, "send_code", browser=strangers[n % 2]))
    assert OFTEN in words_of(press(checked, "send_code", browser=strangers[0]))
    assert len(checked.mailed) == sent + SENDS
    checked.wait(minutes=11)
    assert W("page.code.sent") in words_of(press(checked, "send_code"))
    page = press(checked, "prove", code=checked.code())
    assert buttons_of(page)[:2] == ["read", "take"]


def test_where_no_mail_goes_out_it_says_so_with_999_and_names_nobody_and_it_does_not_count(desk):
    desk.mail_goes_out = False
    it = Person("fern", "Jo Fern", (Role.IT_LEAD,), "fern@example.org", phone="01632 960 001")
    config = desk.context.config
    desk.context = replace(desk.context, config=replace(config, people=(*config.people, it)))
    said = words_of(press(desk, "send_code"))
    assert "The code could not be sent: no email goes out just now. If anyone is in danger, ring 999." in said
    assert "sealed sheet" in said
    assert [shown for shown in ("Fern", "01632") if shown in said] == []
    assert buttons_of(desk.get("dsl")) == ["send_code"]
    for _ in range(SENDS - 1):
        press(desk, "send_code")
    desk.mail_goes_out = True
    assert W("page.code.sent") in words_of(press(desk, "send_code"))


def test_it_answers_alike_whether_or_not_there_is_anything_behind_it(desk, tmp_path):
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


def at_base(desk, base):
    desk.context = replace(desk.context, links=replace(desk.context.links, base_url=base))
    desk.browser.base_url = base


def test_no_code_is_sent_for_a_form_of_another_site_or_over_an_open_line_but_on_this_machine(desk):
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://elsewhere.example.org"}):
        press(desk, "send_code", headers=headers)
    at_base(desk, "http://schoolgate.example.org")
    assert press(desk, "send_code").status_code == 403
    assert desk.mailed == []
    at_base(desk, "http://127.0.0.1:8477")  # there the cookie has a name that http may set
    assert press(desk, "send_code").headers["set-cookie"].startswith("code-8477=")
    assert OPENS in words_of(press(desk, "prove", code=code_of(desk)))


def test_a_code_is_good_for_nobody_whom_the_settings_name_no_more(desk):
    press(desk, "send_code")
    path = desk.path("dsl")
    proof = desk.context.links.proof(path.removeprefix("/m/"), desk.clock())
    desk.without("dsl")
    desk.wait(seconds=5)
    page = desk.browser.post(path, data={"proof": proof, "code": code_of(desk), "do": "prove"})
    assert W("page.code.over") in words_of(page)
    assert desk.audited("signed_in") == []


# ------------------------------------------------ the check each ten minutes, and what was typed meanwhile


NOTE = "Her aunt rang at ten; she knows."
FILLED = f">{NOTE}</textarea>"
TYPED = {"what": "tone", "right": "neutral", "why": NOTE}


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """The lead came by her link, typed a code and read; `read` is the page with the words."""
    desk = OpenDesk(tmp_path_factory.mktemp("opened"), told=("dsl",), **CHILD)
    press(desk, "send_code")
    press(desk, "prove", code=desk.code())
    desk.read_page = press(desk, "read")
    return desk


@pytest.fixture
def checked(opened, tmp_path):
    """The same in a home of one's own."""
    desk = OpenDesk(tmp_path, told=("dsl",), **CHILD)
    shutil.copy(opened.store.path, desk.store.path)
    desk.browser.cookies.update(opened.browser.cookies)
    desk.clock.at, desk.read_page = opened.clock.at, opened.read_page
    assert WORDS in words_of(desk.read_page)
    return desk


def post(desk, page, act, browser=None, **fields):
    """A few seconds later that button of the page is pressed."""
    desk.wait(seconds=5)
    return (browser or desk.browser).post(desk.path("dsl"), data={**form_of(page), **fields, "do": act})


def type_late(desk, **fields):
    """She types a form for eleven minutes, and sends it; what she is answered."""
    desk.wait(minutes=11)
    return post(desk, desk.read_page, "wrong", **TYPED | fields)


def is_shut(desk, browser=None):
    return buttons_of((browser or desk.browser).get(desk.path("dsl"))) == ["send_code"]


def test_whoever_is_signed_in_is_asked_anew_and_is_back_at_the_same_matter(tmp_path):
    desk = OpenDesk(tmp_path, told=("dsl",), **CHILD)
    desk.sign_in("dsl", device="own")
    before = desk.browser.cookies["__Host-desk"]
    desk.wait(minutes=10)
    page = desk.browser.get(desk.path("dsl"))
    assert W("desk.check.title") in words_of(page)
    page = post(desk, post(desk, page, "send_code"), "prove", code=desk.code())
    assert buttons_of(page)[:2] == ["read", "take"]
    assert desk.sessions() == [("dsl", "own")]
    assert desk.browser.cookies["__Host-desk"] != before
    assert desk.audited("checked_again") == [("checked_again", "dsl", "dsl")]


def test_a_code_at_a_link_signs_its_person_in_as_on_a_device_that_others_use(checked):
    assert checked.sessions() == [("dsl", "shared")]
    assert checked.browser.get("/").status_code == 200
    checked.wait(minutes=15)
    assert checked.browser.get("/").status_code == 303


@pytest.mark.parametrize("do", ["here", "all", "by another"])
def test_signing_out_or_ending_all_their_sessions_ends_what_a_code_at_a_link_had_proved(checked, do):
    if do == "by another":
        with checked.store.write("test") as con:
            assert end_all(con, "dsl", "vale", checked.clock()) == 1
    else:
        form = {**form_of(checked.browser.get("/sign-out")), "do": do}
        assert checked.browser.post("/sign-out", data=form).status_code == 303
    assert is_shut(checked)


def test_a_link_opens_nothing_for_whoever_is_signed_in_as_somebody_else_and_its_code_signs_them_out(tmp_path):
    desk = OpenDesk(tmp_path, told=("dsl",), **CHILD)
    desk.sign_in("head", device="own")
    assert is_shut(desk)
    press(desk, "send_code")
    press(desk, "prove", code=desk.code())
    assert desk.sessions() == [("dsl", "shared")]
    assert desk.audited("signed_out") == [("signed_out", "head", "head")]


def test_what_was_proved_ends_where_the_id_is_given_to_somebody_else(checked):
    path, sent = checked.path("dsl"), len(checked.mailed)
    checked.rename("dsl", name="Ash Newcomer", email="newcomer@example.org")
    for browser in (checked.browser, checked.another()):
        page = browser.get(path)
        assert buttons_of(page) == ["send_code"]
    checked.wait(minutes=1)
    checked.browser.post(path, data={**form_of(page), "do": "send_code"})
    assert len(checked.mailed) == sent


def test_what_was_typed_while_the_check_ran_out_stands_in_its_form_again_and_is_read_nowhere(checked, caplog):
    caplog.set_level("INFO")
    before = len(checked.audited("restricted_read"))
    page = type_late(checked)
    assert W("page.code.sent") in words_of(page)
    assert W("page.code.kept") in words_of(page)
    assert NOTE not in page.text + caplog.text
    assert not any(NOTE in str(table) for table in checked.rows())
    assert not any(NOTE in kept or len(kept) > 64 for kept in checked.browser.cookies.values())
    page = post(checked, page, "prove", code="x")  # it outlives a wrong code, and another that is sent
    assert W("page.code.wrong") in words_of(page)
    page = post(checked, page, "send_code")
    page = post(checked, page, "prove", code=checked.code())
    assert FILLED in page.text
    assert 'name="what" value="tone"' in page.text
    assert 'value="neutral" checked>' in page.text
    assert WORDS not in words_of(page)
    assert len(checked.audited("restricted_read")) == before + 1
    assert checked.audited("judged_wrongly") == []
    post(checked, page, "wrong", **TYPED)
    assert checked.audited("judged_wrongly") == [("judged_wrongly", "dsl", "s-one")]


def test_it_outlives_the_end_of_the_session_and_a_page_that_was_left_open_for_hours(checked):
    checked.wait(hours=5)
    page = post(checked, checked.read_page, "wrong", **TYPED)
    assert NOTE not in page.text
    checked.wait(hours=2)
    page = post(checked, post(checked, page, "send_code"), "send_code")
    assert FILLED in post(checked, page, "prove", code=checked.code()).text


def test_what_was_only_tapped_is_done_once_the_one_code_is_typed_that_was_sent(checked):
    sent = len(checked.mailed)
    checked.wait(minutes=11)
    for _ in range(3):
        page = post(checked, checked.read_page, "take")
    assert (len(checked.mailed), checked.has()) == (sent + 1, {})
    done = post(checked, page, "prove", code=checked.code())
    assert checked.has() == {checked.alert.id: "dsl"}
    assert done.status_code == 303, "so that reload takes it no second time"
    assert WORDS in words_of(press(checked, "read"))


def test_of_a_form_that_is_too_long_or_comes_from_another_site_nothing_is_kept(checked):
    assert "typed" not in form_of(type_late(checked, why="x" * 9000))
    form = {**form_of(checked.read_page), "why": NOTE, "do": "wrong"}
    page = checked.browser.post(checked.path("dsl"), data=form, headers={"origin": "https://evil.example"})
    assert "typed" not in form_of(page)
    page = press(checked, "prove", code=checked.code())
    assert buttons_of(page)[:2] == ["read", "take"]


def test_what_was_typed_while_the_session_ended_stands_in_its_form_again(tmp_path):
    desk = OpenDesk(tmp_path, told=("dsl",), **STREET)
    desk.sign_in("dsl")
    page = press(desk, "read")
    desk.wait(minutes=16)
    page = post(desk, page, "wrong", **TYPED)
    assert W("page.code.kept") in words_of(page)
    assert FILLED in post(desk, page, "prove", code=desk.code()).text


def test_what_is_not_restricted_asks_for_no_code_and_is_filled_again_too_once_its_page_is_old(tmp_path):
    desk = OpenDesk(tmp_path, **STREET)
    page = words_of(press(desk, "send_code", "head"))
    assert W("page.show") in page
    assert SHUT not in page
    page = press(desk, "read", "head")
    desk.wait(hours=2)
    page = desk.browser.post(desk.path(), data={**form_of(page), "why": NOTE, "do": "note"})
    assert page.status_code == 403
    assert FILLED in page.text
    assert desk.mailed == []


def test_a_right_code_signs_its_person_in_where_nothing_is_behind_the_link(tmp_path):
    desk = OpenDesk(tmp_path, told=("dsl",), raised=False, **STREET)
    path = "/m/" + desk.context.links.page("s-never", "dsl", desk.clock()).rpartition("/")[2]
    asked = {**form_of(desk.browser.get(path)), "do": "send_code"}
    desk.wait(seconds=5)
    asked = {**form_of(desk.browser.post(path, data=asked)), "do": "prove", "code": desk.code()}
    desk.wait(seconds=5)
    assert "__Host-desk" in str(desk.browser.post(path, data=asked).headers.get_list("set-cookie"))
    assert desk.browser.get("/").status_code == 200
