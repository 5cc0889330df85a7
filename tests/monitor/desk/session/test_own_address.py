"""A matter at the address that Today leads to: good in a session alone, nothing for whoever may not know."""

from __future__ import annotations

import pytest
from builders.desk import OpenDesk
from builders.page import BASE, CHILD, DANGER, STAFF, buttons_of, form_of, prove, words_of

from alerts.links import Links

MORE = ("answered", "not_us", "end", "name", "wrong", "happened", "not_us_by_two")


def own(desk, story="s-one"):
    return desk.context.links.at_desk(story)


def press(desk, act, **form):
    shown = form_of(desk.browser.get(own(desk)))
    desk.wait(seconds=5)
    return desk.browser.post(own(desk), data={**shown, "do": act, **form})


def test_today_leads_to_no_address_that_opens_without_a_session(tmp_path):
    desk = OpenDesk(tmp_path)
    desk.wait(minutes=1)
    desk.sign_in("head")
    page = desk.browser.get("/").text
    assert f'href="{own(desk)}"' in page
    assert page.count('href="/m/') == page.count('href="/m/s/')
    answer = desk.another().get(own(desk))
    assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?to={own(desk)}")


def test_whoever_signs_in_to_go_on_is_led_to_the_same_matter(tmp_path):
    desk = OpenDesk(tmp_path)
    assert desk.sign_in("head", to=own(desk)).headers["location"] == own(desk)


def test_signed_in_its_words_and_all_that_may_be_done_are_there_at_once(tmp_path):
    desk = OpenDesk(tmp_path)
    desk.sign_in("head")
    page = desk.browser.get(own(desk))
    assert "They never ring back" in words_of(page)
    assert {"have", "answered", "not_us", "give", "wrong"} <= set(buttons_of(page))
    assert "answered" in words_of(press(desk, "answered"))
    assert desk.mark().person_id == "head"


@pytest.mark.parametrize("judged", [{}, CHILD])
def test_what_somebody_may_not_know_of_answers_as_what_there_is_not(tmp_path, judged):
    desk = OpenDesk(tmp_path, told=("dsl",), **judged)
    prove(desk.browser, desk.store, STAFF, desk.clock())
    found = [desk.browser.get(address) for address in (own(desk), own(desk, "s-none"), "/nothing-here")]
    assert {answer.status_code for answer in found} == {404}
    assert len({answer.text for answer in found}) == 1
    assert len({tuple(sorted(answer.headers.items())) for answer in found}) == 1


def test_an_address_of_another_home_and_that_of_a_link_are_nothing(tmp_path):
    desk = OpenDesk(tmp_path)
    desk.sign_in("head")
    token = desk.path("head").removeprefix("/m/")
    for path in (
        Links(BASE, b"o" * 32).at_desk("s-one"),
        f"/m/s/{token}",
        own(desk).upper(),
        own(desk) + "a",
    ):
        assert desk.browser.get(path).status_code == 404


def test_a_restricted_matter_asks_who_it_is_before_anything_of_it(tmp_path):
    desk = OpenDesk(tmp_path, told=("dsl",), **CHILD)
    desk.sign_in("dsl")
    assert "read" in buttons_of(desk.browser.get(own(desk)))
    desk.wait(minutes=10)
    assert "send_code" in buttons_of(desk.browser.get(own(desk)))


def test_by_a_link_alone_somebody_takes_gives_and_notes_and_is_led_to_sign_in_for_the_rest(tmp_path):
    desk = OpenDesk(tmp_path, told=("head", "dsl"), **DANGER)
    page = desk.press("read", "head")
    found = set(buttons_of(page))
    assert {"have", "give", "again", "note"} <= found
    assert not found & set(MORE)
    assert f'href="/sign-in?to={own(desk)}"' in page.text


@pytest.mark.parametrize("act", MORE)
def test_what_wants_a_session_is_not_done_by_a_link_whatever_is_sent(tmp_path, act):
    desk = OpenDesk(tmp_path)
    before = desk.rows()
    answer = desk.press(act, "head")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?to={own(desk)}")
    assert desk.rows() == before


def test_the_same_link_does_all_of_it_for_its_person_once_signed_in(tmp_path):
    desk = OpenDesk(tmp_path)
    desk.sign_in("head")
    assert "answered" in buttons_of(desk.get("head"))
    assert "answered" not in buttons_of(desk.get("deputy"))


def test_a_form_without_what_its_session_was_shown_does_nothing(tmp_path):
    desk = OpenDesk(tmp_path)
    desk.sign_in("head")
    assert press(desk, "answered", form="0" * 32).status_code == 403
    assert desk.mark() is None


def test_what_was_typed_is_not_lost_where_somebody_signed_in_anew_in_another_tab(tmp_path):
    desk = OpenDesk(tmp_path)
    desk.sign_in("head")
    form = form_of(desk.browser.get(own(desk))) | {"do": "note", "why": "I rang his mother <b>twice</b>."}
    desk.sign_in("head")
    page = desk.browser.post(own(desk), data=form)
    assert (page.status_code, "I rang his mother &lt;b&gt;twice" in page.text) == (403, True)
    assert "You have signed in anew" in words_of(page)
    assert f'href="{own(desk)}"' in page.text
    other = desk.browser.post(own(desk), data=form, headers={"sec-fetch-site": "cross-site"})
    assert (other.status_code, "mother" in other.text) == (403, False)


def test_what_was_typed_as_the_session_ended_is_shown_to_whoever_typed_it(tmp_path):
    desk = OpenDesk(tmp_path)
    desk.sign_in("head")
    form = form_of(desk.browser.get(own(desk))) | {"do": "note", "why": "I rang his mother <b>twice</b>."}
    desk.wait(minutes=16)
    page = desk.browser.post(own(desk), data=form)
    assert (page.status_code, "I rang his mother &lt;b&gt;twice" in page.text) == (403, True)
    nothing = own(desk)[:-1] + "x"
    assert desk.browser.post(nothing, data=form).text == page.text.replace(own(desk), nothing)
    other = desk.browser.post(own(desk), data=form, headers={"sec-fetch-site": "cross-site"})
    assert (other.status_code, "mother" in other.text) == (303, False)
