"""On the signed page: giving a matter to somebody, and being asked again on a day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from builders.alert import DEPUTY
from builders.mention import pending_outbox
from builders.page import CHILD, PageDesk, buttons_of, form_of, words_of

from data.store.alerts import alerts as alert_store


@pytest.fixture
def desk(tmp_path):
    return PageDesk(tmp_path, told=("head", "deputy"))


def say(desk, who="head", **form):
    shown = form_of(desk.press("read", who))
    desk.wait(seconds=5)
    return desk.browser.post(desk.path(who), data={**shown, **form})


def owner(desk):
    with desk.store.read() as con:
        return alert_store.acknowledged(con, [desk.alert.id]).get(desk.alert.id)


def test_whoever_it_is_given_to_has_it_and_is_told_with_the_note(desk):
    page = say(desk, do="give", to="deputy", note="Please ring the family first.")
    assert f"you gave it to {DEPUTY.name}, and a mail tells them" in words_of(page)
    assert (owner(desk).person, owner(desk).by) == ("deputy", "head")
    with desk.store.read() as con:
        (mail,) = [m for m in pending_outbox(con, desk.clock()) if "ring the family" in m.body]
    assert mail.person_id == "deputy"


def test_it_is_offered_to_those_alone_who_may_deal_with_it(desk):
    text = desk.press("read").text
    offered = text[text.index('name="to"') : text.index("</select>", text.index('name="to"'))]
    assert "Lee Ash" in offered
    assert "Sam Vale" not in offered


def test_it_goes_to_nobody_who_is_not_offered(desk):
    assert "choose somebody" in words_of(say(desk, do="give", to="vale"))
    assert owner(desk) is None


def test_what_is_restricted_is_given_to_nobody_outside_its_few(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl",), **CHILD)
    say(desk, "dsl", do="give", to="deputy")
    assert owner(desk) is None


def test_whoever_wishes_is_asked_again_on_the_morning_of_a_day(desk):
    page = say(desk, do="again", day="2026-11-20")
    assert "you will be asked again" in words_of(page)
    assert owner(desk).person == "head"
    assert owner(desk).ask_at.isoformat() == "2026-11-20T08:00:00+00:00"


@pytest.mark.parametrize("day", ["", "2026-02-30", "2026-11-01"])
def test_a_day_that_is_none_or_over_changes_nothing(desk, day):
    assert "Nothing was changed" in words_of(say(desk, do="again", day=day))
    assert owner(desk) is None


def test_what_somebody_else_has_is_not_taken_by_asking_again(desk):
    desk.press("have", "deputy")
    assert "again" not in buttons_of(desk.press("read", "head"))


def test_whoever_has_it_and_wishes_to_be_asked_again_has_it_since_they_took_it(desk):
    desk.press("have")
    since = owner(desk).at
    desk.wait(hours=2)
    say(desk, do="again", day="2026-11-20")
    assert (owner(desk).at, owner(desk).ask_at is not None) == (since, True)


def give(desk):
    """What is answered to giving it on, whoever has it."""
    form = {"do": "give", "to": "deputy", **desk.form()}
    desk.wait(seconds=30)
    return desk.browser.post(desk.path(), data=form).status_code


def test_one_link_has_no_more_than_ten_mails_an_hour_sent_by_giving(desk):
    assert [give(desk) for _ in range(11)] == [200] * 10 + [429]
    assert desk.get().status_code == 200
    desk.wait(hours=1)
    assert give(desk) == 200


def test_of_a_person_thirty_mails_an_hour_go_out_whatever_their_links(desk):
    for _ in range(3):
        desk.sent_at += timedelta(minutes=1)
        assert [give(desk) for _ in range(10)] == [200] * 10
    desk.sent_at += timedelta(minutes=1)
    assert give(desk) == 429
