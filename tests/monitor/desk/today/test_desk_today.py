"""Today at the desk, danger first; and “All of today” in a digest, which leads there."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from builders.desk import OpenDesk, come, settle
from builders.digest import ran
from builders.home import do_in, tend
from builders.mention import NOW, POLICY, URN, a_batch, a_fold, a_mention, a_verdict, an_alert, save
from builders.page import BASE, CHILD, DANGER, PEOPLE, SCHOOL, STREET, WORDS, words_of
from support.for_each import for_each

from alerts.links import Links
from data.store.alerts import ack, put_step
from data.types import About, Escalation, Outcome, Person, Role, School, Severity, Source, StillOpen, Story
from monitor.matters import today as days
from monitor.service.digests import digests


def today(desk, who):
    desk.wait(minutes=1)
    come(desk, who, desk.browser)
    return words_of(desk.browser.get("/"))


def test_open_danger_stands_first_and_leads_to_its_page(tmp_path):
    desk = OpenDesk(tmp_path, **DANGER)
    page = today(desk, "head")
    assert "Somebody may be in danger" in page
    assert "needs you now" not in page
    assert "ring 999" in page
    path = desk.browser.get("/").text.partition('href="/m/')[2].partition('"')[0]
    assert desk.browser.get(f"/m/{path}").status_code == 200


def test_who_would_act_if_head_and_chair_are_out_sees_that_something_is_open_and_no_more(tmp_path):
    vice = Person("vice", "Mrs Della Marrow", (Role.VICE_CHAIR,), "vice@example.org")
    desk = OpenDesk(tmp_path, **DANGER)
    settle(desk, people=(*PEOPLE, vice))
    page = today(desk, "vice")
    assert "Nothing that you are told of needs you now" in page
    assert "Something serious is open, and you are told no more of it." in page
    assert WORDS[:20] not in page
    assert "Something serious is open" not in today(desk, "head")


def test_the_time_that_a_threat_names_stands_there_though_its_thread_holds_something_restricted(tmp_path):
    post = a_mention(
        "threat", channel="local_forum", title="", text="With a bat, ten past four.", parent="top"
    )
    child = a_mention("child", channel="local_forum", title="", parent="top")
    desk = OpenDesk(tmp_path, post=post, **DANGER)
    batch = a_batch(child, story_id="s-child", verdicts=[a_verdict(child, **CHILD)])
    do_in(desk.store, save, batch, now=NOW, policy=POLICY)
    page = today(desk, "head")
    assert "It names a time: about 16:10" in page
    assert "bat" not in page.split()


def test_what_is_open_is_there_on_a_day_without_school_too(tmp_path):
    desk = OpenDesk(tmp_path)
    today(desk, "head")
    take(desk, desk.browser.get("/"))
    desk.wait(days=4)
    assert desk.clock().weekday() == 5
    assert "1 thing needs you" in today(desk, "head")


def test_a_restricted_matter_is_a_number_without_words_and_is_never_taken_from_there(tmp_path):
    desk = OpenDesk(tmp_path, told=("dsl",), **CHILD)
    page = today(desk, "dsl")
    assert "Safeguarding" in page
    assert "ring back" not in page
    assert 'value="take"' not in desk.browser.get("/").text


def test_whoever_is_asked_by_number_to_take_an_alarm_begins_on_today_and_takes_it_there(tmp_path):
    desk = OpenDesk(tmp_path, **DANGER)
    desk.rename("vale", roles=(Role.CHAIR,), email="vale@example.org")
    assert desk.sign_in("vale").headers["location"] == "/tell"
    page = today(desk, "vale")  # who is sent no digest reads nothing of matters
    assert "If you see or hear something yourself" in page
    assert "needs you now" not in page
    asked = Escalation(desk.alert.id, URN, 1, 1, "vale", desk.clock(), StillOpen.BY_NUMBER)
    do_in(desk.store, put_step, asked)
    desk.wait(minutes=1)
    assert desk.sign_in("vale", desk.another()).headers["location"] == "/"
    page = today(desk, "vale")
    assert re.search(r"Alarm \d{6}: nobody has answered it", page)
    assert "ring 999" in page
    path = re.search(r'href="(/m/[^"]+)"', desk.browser.get("/").text)[1]
    assert "I will deal with it" in words_of(desk.browser.get(path))


def test_who_looks_after_the_machine_is_not_told_that_nothing_needs_them_while_an_alarm_is_unanswered(
    tmp_path,
):
    desk = OpenDesk(tmp_path, **DANGER)
    settle(desk, people=(*PEOPLE, Person("it", "Mr Jo Nash", (Role.IT_LEAD,), "it@example.org")))
    desk.wait(hours=1)
    do_in(desk.store, put_step, Escalation(desk.alert.id, URN, 1, 1, "head", desk.clock()))
    for answered in (False, True):
        page = today(desk, "it")
        assert ("An alarm has had no answer for an hour" in page) is not answered
        assert 'href="/machine"' in desk.browser.get("/").text
        assert "An alarm has had no answer for an hour" not in today(desk, "head")
        assert 'href="/machine"' not in desk.browser.get("/").text
        do_in(desk.store, ack, desk.alert.id, "head", desk.clock())


def test_a_governor_is_led_to_the_reports(tmp_path):
    desk = OpenDesk(tmp_path, raised=False)
    settle(desk, people=(*PEOPLE, Person("gov", "Mr Ivo Hart", (Role.GOVERNOR,), "gov@example.org")))
    today(desk, "gov")
    assert desk.browser.get("/").text.count('href="/reports"') == 2, "among the pages, and on Today itself"


def test_a_governor_for_whom_today_holds_a_line_is_led_to_the_reports_too(tmp_path):
    desk = OpenDesk(tmp_path, told=("head", "gov"), **DANGER)
    settle(desk, people=(*PEOPLE, Person("gov", "Mr Ivo Hart", (Role.GOVERNOR,), "gov@example.org")))
    today(desk, "gov")
    page = desk.browser.get("/").text
    assert "/m/s/" in page
    assert page.count('href="/reports"') == 2


def add(desk, count, **judged):
    posts = [a_mention(f"p-{n}", channel="local_forum", title="", text=WORDS) for n in range(count)]
    of = {name: judged[name] for name in ("severity", "route", "content_class")}
    alerts = [an_alert(f"s-p-{n}", **of) for n in range(count)]
    verdicts = [a_verdict(post, **judged) for post in posts]
    batch = a_batch(*posts, story_id=None, verdicts=verdicts, alerts=alerts)
    stories = tuple(Story(alert.story_id, URN, "", NOW, NOW) for alert in alerts)
    folded = tuple(a_fold(post, story.id) for post, story in zip(posts, stories, strict=True))
    do_in(desk.store, save, replace(batch, stories=stories, folded=folded), now=NOW, policy=POLICY)


def test_of_many_open_matters_all_are_counted_a_few_shown_and_the_rest_are_in_the_list_of_matters(tmp_path):
    desk, many = OpenDesk(tmp_path), 50
    add(desk, many - 1, **STREET)
    page = today(desk, "head")
    assert f"{many} things need you" in page
    first = desk.browser.get("/")
    assert len(first.content) < 40_000
    assert len({*re.findall(r'href="(/m/[^"]+)"', first.text)}) < 10
    assert 'href="/matters?state=open"' in first.text
    assert f"({many}) Today" in first.text


def test_a_source_of_a_school_that_is_not_seen_stands_there_and_not_again_under_the_trust(tmp_path):
    desk = OpenDesk(tmp_path, raised=False)
    mends = (*PEOPLE, Person("it", "Mr Jo Nash", (Role.IT_LEAD,), "it@example.org"))
    paper = Source("paper", "feed", "https://example.org/feed", (SCHOOL.urn,), name="The paper")
    settle(desk, schools=(SCHOOL, School("trust-arden", "Trust")), people=mends, sources=(paper,))
    ran(desk.store, "paper", desk.clock() - timedelta(hours=3), Outcome.GONE)
    assert today(desk, "it").count("The paper: ") == 2, "its line, and the link for who hears the page"


def test_several_schools_stand_in_the_order_of_what_is_dangerous_and_each_leads_to_all_of_it(tmp_path):
    desk = OpenDesk(tmp_path, **DANGER)
    other = School("900002", "Hexley Primary School")
    settle(desk, schools=(other, *desk.context.config.schools))
    add(desk, 4, **DANGER)
    page = today(desk, "head")
    assert len({*re.findall(r'href="(/m/[^"]+)"', desk.browser.get("/").text)}) == 5, "of danger all"
    assert page.index("ring 999") < page.index("All of Hexley Primary School")
    assert "Not seen" not in page
    whole = words_of(desk.browser.get("/?school=900002"))
    assert "nothing that you are told of needs you" in whole.lower()
    assert "Oakfield Primary School" not in whole.partition("Tell us")[2]


def take(desk, page):
    """What the first button of the page that takes a matter does."""
    form = re.search(r'<form method="post" action="(/m/[^"]+)">(.*?)</form>', page.text, re.S)
    desk.wait(seconds=5)
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[2])) | {"do": "take"}
    return desk.browser.post(form[1], data=fields, follow_redirects=True)


@for_each("judged", (STREET, DANGER))
def test_what_nobody_has_is_taken_from_today_itself(tmp_path, judged):
    desk = OpenDesk(tmp_path / judged["content_class"], **judged)
    today(desk, "head")
    assert "you are dealing with it" in words_of(take(desk, desk.browser.get("/")))
    assert desk.has() == {desk.alert.id: "head"}
    assert 'value="take"' not in desk.browser.get("/").text


def test_what_grew_since_the_page_was_loaded_is_not_taken_by_its_button(tmp_path):
    desk = OpenDesk(tmp_path)
    today(desk, "head")
    page = desk.browser.get("/")
    more = a_mention("two", channel="local_forum", title="", text=WORDS)
    do_in(desk.store, save, a_batch(more, verdicts=[a_verdict(more, **STREET)]), now=NOW, policy=POLICY)
    assert "has changed since you opened this page" in words_of(take(desk, page))
    assert desk.has() == {}


def test_what_was_read_serves_two_minutes_and_no_longer_than_until_something_is_done(tmp_path, monkeypatch):
    read, chosen = [], []
    real, choose = days.gather_day, days.select
    monkeypatch.setattr(days, "gather_day", lambda *given, **more: read.append(given) or real(*given, **more))
    monkeypatch.setattr(days, "select", lambda *given: chosen.append(given) or choose(*given))
    desk = OpenDesk(tmp_path)
    today(desk, "head")
    desk.browser.get("/")
    assert len(read) == len(chosen) == 1
    page = desk.browser.get("/")
    desk.wait(seconds=20)
    take(desk, page)
    desk.wait(seconds=1)
    assert "You have been dealing with it since" in words_of(desk.browser.get("/"))
    assert len(read) == 2
    desk.wait(seconds=121)
    desk.browser.get("/")
    assert len(read) == 3


def test_what_is_judged_anew_to_accuse_them_is_gone_from_today_at_once(tmp_path):
    post = a_mention("one", channel="local_forum", title="", text="They never ring back.", author="larch-dad")
    desk = OpenDesk(tmp_path, post=post, severity=Severity.RESPOND)
    assert "They never ring back" in today(desk, "head")
    desk.wait(seconds=5)
    edited = replace(post, text="Their head hurt my boy.", fetched_at=desk.clock())
    accused = a_verdict(edited, 2, **(CHILD | {"about": About.HEAD, "subjects": ("head",)}))
    do_in(desk.store, save, a_batch(edited, verdicts=[accused], version=2), now=desk.clock(), policy=POLICY)
    page = desk.browser.get("/").text
    assert "They never ring back" not in page
    assert "/m/s/" not in page


@pytest.mark.parametrize(
    ("base", "there"), [(BASE, True), (None, False), ("http://schoolgate.example.org", False)]
)
def test_all_of_today_is_led_to_where_people_sign_in(tmp_path, base, there):
    desk = OpenDesk(tmp_path)
    desk.context = replace(desk.context, links=Links(base, b"k" * 32))
    # today's digests are sent; the text of the head's
    desk.wait(minutes=1)
    tend(desk.store, digests, desk.context, desk.clock())
    body = desk.read("SELECT body FROM outbox WHERE person_id = 'head'")[0][0]
    assert (f"All of today:\n   {BASE}/\n" in body, "All of today" in body) == (there, there)


def test_an_address_of_a_digest_of_before_leads_there_too(tmp_path):
    answer = OpenDesk(tmp_path).another().get("/d/abc")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
