"""“All of today” in a digest: read without signing in, as far as the mail itself told."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from builders.desk import OpenDesk
from builders.mention import NOW, POLICY, a_batch, a_mention, a_verdict, an_alert
from builders.page import CHILD, DANGER, WORDS, words_of

from alerts.links import Links
from data.store.mentions.batch import save
from data.types import Severity
from monitor.service.tasks.digests import digests


def mail(desk, who="head"):
    """Today's digests are sent; the text of theirs."""
    desk.wait(minutes=1)
    now = desk.clock()
    with desk.store.write("test") as con:
        for write in digests(con, desk.context, now):
            write(con)
        con.execute("UPDATE outbox SET sent_at = $now", {"now": now})
        sql = "SELECT body FROM outbox WHERE person_id = $who ORDER BY due_at DESC LIMIT 1"
        return con.execute(sql, {"who": who}).fetchone()[0]


def path_in(body):
    return re.search(r"/d/\w+", body)[0]


def read(desk, body):
    return desk.another().get(path_in(body))


def test_all_of_today_is_read_without_signing_in_and_says_no_more_than_the_mail(tmp_path):
    desk = OpenDesk(tmp_path)
    body = mail(desk)
    page = read(desk, body)
    said = words_of(page)
    assert "1 thing needs you" in said
    assert "Private details of a member of staff are given." in said
    for line in re.findall(r"<p[^>]*>([^<]+)</p>", page.text.partition("</h1>")[2]):
        known = ("Not watched", "This is what", "Tuesday 17 November")
        assert line.strip().startswith(known) or line.strip().rstrip(".") in " ".join(body.split())
    assert "Jane Holt" not in said


def test_it_leads_to_the_pages_that_the_mail_leads_to_and_takes_no_form(tmp_path):
    desk = OpenDesk(tmp_path)
    body = mail(desk)
    desk.wait(hours=2)
    page = read(desk, body)
    assert {*re.findall(r"/m/\w+", page.text)} == {*re.findall(r"/m/\w+", body)}
    assert "<form" not in page.text
    assert desk.another().post(path_in(body)).status_code in (404, 405)


def test_what_was_raised_after_the_mail_is_not_in_it(tmp_path):
    desk = OpenDesk(tmp_path)
    body = mail(desk)
    post = a_mention("later", channel="local_forum", title="", text=WORDS)
    alert = an_alert("s-later", severity=Severity.THIS_HOUR, route=DANGER["route"], content_class="C6")
    batch = a_batch(post, story_id="s-later", verdicts=[a_verdict(post, **DANGER)], alerts=[alert])
    with desk.store.write("test") as con:
        save(con, batch, now=NOW, policy=POLICY)
    assert "danger" not in words_of(read(desk, body)).partition("Not watched")[0]
    assert "1 thing needs you" in words_of(read(desk, body))


def test_nothing_restricted_is_in_it_not_even_its_number(tmp_path):
    desk = OpenDesk(tmp_path, told=("dsl",), **CHILD)
    body = mail(desk, "dsl")
    assert "Safeguarding matter" in body
    said = words_of(read(desk, body))
    assert "Safeguarding" not in said
    assert "danger" not in said.partition("Not watched")[0]


def test_who_is_signed_in_is_led_to_the_whole(tmp_path):
    desk = OpenDesk(tmp_path)
    body = mail(desk)
    desk.wait(minutes=1)
    desk.sign_in("deputy")
    answer = desk.browser.get(path_in(body))
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_it_ends_with_the_next_mail_and_after_four_days(tmp_path):
    desk = OpenDesk(tmp_path)
    body = mail(desk)
    desk.wait(days=1)
    assert read(desk, body).status_code == 200
    mail(desk)
    assert read(desk, body).headers["location"] == "/sign-in"
    desk.wait(days=3)
    newest = mail(desk)
    desk.wait(days=4, minutes=1)
    assert read(desk, newest).headers["location"] == "/sign-in"


def test_an_address_that_was_not_made_for_a_day_leads_nowhere(tmp_path):
    desk = OpenDesk(tmp_path)
    mail(desk)
    for wrong in ("x" * 40, desk.path("head").removeprefix("/m/")):
        assert desk.browser.get(f"/d/{wrong}").status_code == 404
    day = path_in(mail(desk)).removeprefix("/d/")
    assert desk.browser.get(f"/m/{day}").status_code == 404


def test_who_has_left_reads_it_no_more(tmp_path):
    desk = OpenDesk(tmp_path)
    body = mail(desk)
    desk.without("head")
    assert read(desk, body).status_code == 404


@pytest.mark.parametrize("base", [None, "http://schoolgate.example.org"])
def test_without_an_address_at_which_people_sign_in_a_digest_has_no_such_link(tmp_path, base):
    desk = OpenDesk(tmp_path)
    desk.context = replace(desk.context, links=Links(base, b"k" * 32))
    body = mail(desk)
    assert "/d/" not in body
    assert "All of today" not in body


def test_words_that_were_edited_since_are_not_shown(tmp_path):
    desk = OpenDesk(tmp_path, raised=False, severity=Severity.RESPOND)
    body = mail(desk)
    assert "They never ring back" in body
    assert "They never ring back" in words_of(read(desk, body))
    with desk.store.write("test") as con:
        con.execute("UPDATE mention_versions SET text = 'Entirely new words of a post'")
    assert "Entirely new" not in words_of(read(desk, body))


def test_the_link_of_one_digest_is_not_opened_without_end(tmp_path):
    desk = OpenDesk(tmp_path)
    body = mail(desk)
    assert [read(desk, body).status_code for _ in range(31)] == [200] * 30 + [429]
