"""The signed page of a matter: what it says, what a tap shows, and what is restricted."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace

import pytest
from builders.case import a_case, a_step
from builders.home import do_in, rows_of
from builders.mention import POLICY, a_batch, a_mention, a_run, a_verdict
from builders.page import (
    CHILD,
    DANGER,
    PEOPLE,
    POST,
    STREET,
    WORDS,
    PageDesk,
    buttons_of,
    form_of,
    leads_of,
    words_of,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from support.case_numbers import number_of

from alerts.access.knowing import Access
from data.steps.codes import StepKind
from data.store import owners as owner_store
from data.store.alerts import alerts as alert_store
from data.store.cases import cases as case_store
from data.store.mentions.batch import save
from data.types import TITLE, About, Mark, Route, Severity
from monitor.desk.matter.page import Became, Moment, Tap, done, look, shown
from monitor.desk.matter.telling import page_of, told
from monitor.matters.reader import Reader

MILD = {"severity": Severity.RESPOND, "route": Route.RESPOND}


@pytest.fixture
def desk(tmp_path):
    return PageDesk(tmp_path)


def test_a_link_is_out_at_once_where_its_id_is_given_to_somebody_else(tmp_path):
    desk = PageDesk(tmp_path, **STREET)
    path = desk.path()
    desk.rename("head", email="HEAD@example.org", name="Jane Holt-Reed")
    assert desk.browser.get(path).status_code == 200
    desk.rename("head", email="newcomer@example.org")
    assert "Private details" not in desk.browser.get(path).text


def test_before_a_tap_it_says_what_where_when_who_and_why_and_links_to_the_original(desk):
    page = desk.get()
    assert words_of(page) == (
        f"{number_of(desk.alert.id)} · Oakfield Primary School "
        "Private details of a member of staff are given. "
        "About us Certain Where Local forum (forum.example.org) Posted 07:00, Tuesday 17 November "
        "Who has it Nobody has taken it yet. "
        "What next For today: speak to the author, ask for removal "
        "By when Somebody has to decide by the end of Tuesday. "
        "Show what was posted I have it Not us Answered "
        "“Not us” is for what is not about the school, “Answered” for what has been answered. "
        "Either takes it off everybody’s list, and can be undone. "
        "Open a case A case carries it step by step, with dates and evidence. "
        "Nobody outside the school is written to by the program. "
        "Open the original It is on forum.example.org, which does not learn where you came from. "
        "Why we say so It criticises a decision. "
        "Not watched around the clock. If a child is in danger, ring 999."
    )
    assert leads_of(desk, page) == ["https://forum.example.org/one"]
    assert not [said for said in (WORDS[:20], "larch-dad", "<script", "<img") if said in page.text]


def test_the_time_that_a_threat_names_stands_there(tmp_path):
    post = replace(POST, text="I will be at the gate after school with a bat", published=POST.fetched_at)
    page = words_of(PageDesk(tmp_path, post=post, **DANGER).get())
    said = "When it may be It names a time: about 15:15; we are not sure which day, perhaps today."
    assert said in page


def test_what_names_no_time_or_no_sure_one_without_danger_says_nothing_of_it(tmp_path, desk):
    assert "names a time" not in words_of(desk.get())
    post = replace(POST, text="I will be at the gate after school", published=POST.fetched_at)
    assert "names a time" not in words_of(PageDesk(tmp_path / "mild", post=post, **STREET).get())


@pytest.mark.parametrize("judged", [STREET, DANGER], ids=["street", "danger"])
def test_no_other_method_changes_or_records_anything(tmp_path, judged):
    desk = PageDesk(tmp_path, **judged)
    before = desk.rows()
    for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "GET"):
        desk.wait(seconds=30)
        desk.browser.request(method, desk.path())
    assert desk.rows() == before


def test_a_tap_shows_what_was_posted_and_records_nothing(desk):
    before = desk.rows()
    page = desk.press("read")
    assert f"What was posted larch-dad {WORDS}" in words_of(page)
    assert desk.rows() == before


def test_after_the_first_tap_that_browser_reads_for_ten_minutes(desk):
    kept = desk.press("read").headers["set-cookie"]
    token = desk.path()
    assert kept.split("; ")[1:] == ["HttpOnly", "Max-Age=600", f"Path={token}", "SameSite=strict", "Secure"]
    desk.wait(minutes=9, seconds=50)
    assert WORDS in words_of(desk.get())
    assert "This browser may show it again until 09:10." in words_of(desk.get())
    desk.wait(seconds=15)
    assert WORDS not in desk.get().text


def test_no_other_browser_reads_by_it_nor_for_another_person(desk):
    cookie = desk.press("read").headers["set-cookie"].partition(";")[0]
    desk.browser.cookies.clear()
    assert WORDS not in desk.get().text
    for sent in (cookie, cookie[:-1], "read=1.x", "read="):
        assert WORDS not in desk.browser.get(desk.path("deputy"), headers={"cookie": sent}).text


@pytest.mark.parametrize(
    ("base", "secure"), [("http://127.0.0.1:8477", False), ("https://s.example.org/in", True)]
)
def test_the_cookie_is_bound_to_the_page_where_the_settings_put_it(desk, base, secure):
    desk.context = replace(desk.context, links=replace(desk.context.links, base_url=base))
    desk.browser.base_url = base.removesuffix("/in")
    kept = desk.press("read").headers["set-cookie"]
    assert ("Secure" in kept) is secure
    assert f"Path={'/in' if secure else ''}{desk.path()};" in kept


def test_i_have_it_is_recorded_for_the_person_of_the_link_and_said(desk):
    page = desk.press("have", "deputy")
    assert "Recorded at 09:00 on Tuesday 17 November: you have it, and the others see that." in words_of(page)
    assert desk.has() == {desk.alert.id: "deputy"}
    assert "have" not in buttons_of(page)
    assert desk.audited("alert_acked") == [("alert_acked", "deputy", desk.alert.id)]
    assert desk.mark() is None


def test_whoever_took_it_reads_again_that_they_have_it(desk):
    """The first answer may have been lost on the way: nobody may think that another has it."""
    form = desk.form()
    desk.wait(seconds=5)
    sent = {**form, "do": "have"}
    first, again = (desk.browser.post(desk.path(), data=sent) for _ in range(2))
    assert words_of(first) == words_of(again)
    assert "Who has it You, since 09:00 on Tuesday 17 November." in words_of(desk.get())
    assert len(desk.audited("alert_acked")) == 1


def test_whoever_comes_second_reads_who_was_first(desk):
    form = desk.form("deputy")
    desk.press("have")
    late = desk.browser.post(desk.path("deputy"), data={**form, "do": "have"})
    assert "Nothing was changed: Jane Holt has it already." in words_of(late)
    assert desk.has() == {desk.alert.id: "head"}


def test_what_was_handed_over_is_in_somebodys_hands(desk):
    do_in(desk.store, alert_store.hand_over, desk.alert.id, "dsl", desk.clock())
    assert "Who has it Somebody is dealing with it." in words_of(desk.get())
    assert "have" not in buttons_of(desk.get())


@pytest.mark.parametrize(
    ("act", "mark", "said"),
    [
        (
            "not_us",
            Mark.NOT_US,
            "it is not about the school. It has left the lists, the digest and the counts.",
        ),
        (
            "answered",
            Mark.ANSWERED,
            "it has been answered. It has left the lists and the digest.",
        ),
    ],
)
def test_a_mark_is_recorded_said_by_whom_and_when_and_undone(desk, act, mark, said):
    page = desk.press(act)
    assert desk.mark().mark is mark
    assert f"Recorded at 09:00 on Tuesday 17 November: Jane Holt said that {said}" in words_of(page)
    assert buttons_of(page) == ["read", "undo"]
    assert desk.open_alerts() == []
    assert said in words_of(desk.get("deputy"))
    back = desk.press("undo", "deputy")
    assert "you took that back. It is on the lists again." in words_of(back)
    assert desk.open_alerts() == [desk.alert.id]
    assert buttons_of(back) == ["read", "have", "not_us", "answered"]
    assert [a[:2] for a in desk.audited("story_marked", "mark_undone")] == [
        ("story_marked", "head"),
        ("mark_undone", "deputy"),
    ]


def test_a_mark_that_is_no_longer_offered_is_refused_and_the_page_shows_how_it_is(desk):
    form = desk.form()
    do_in(desk.store, case_store.put, a_case(), [a_step()], [], desk.clock())
    desk.wait(seconds=5)
    page = desk.browser.post(desk.path(), data={**form, "do": "not_us"})
    assert "Nothing was changed: it is no longer as it was" in words_of(page)
    assert "A case is open: it is finished by closing the case." in words_of(page)
    assert desk.mark() is None


@pytest.mark.parametrize("act", ["have", "not_us", "answered"])
@pytest.mark.parametrize("since", ["raised again", "one more post"])
def test_what_became_worse_since_the_page_was_opened_is_read_before_it_is_taken_or_done_with(
    desk, act, since
):
    form = desk.form()
    worse = a_mention("worse", text="And here is where she lives", title="")
    batch = a_batch(worse, verdicts=[a_verdict(worse, **STREET)], story_id="s-one", run=a_run("feed:more"))
    with desk.store.write("test") as con:
        if since == "raised again":
            alert_store.put_alerts(con, [replace(desk.alert, times=2)], desk.clock())
        else:
            save(con, batch, now=desk.clock(), policy=POLICY)
    desk.wait(seconds=5)
    page = desk.browser.post(desk.path(), data={**form, "do": act})
    assert "Nothing was changed: it is no longer as it was when you opened this page." in words_of(page)
    assert (desk.has(), desk.mark()) == ({}, None)
    desk.wait(seconds=5)
    desk.browser.post(desk.path(), data={**form_of(page), "do": act})
    assert desk.has() or desk.mark()


def test_a_calm_reply_meanwhile_is_no_reason_to_ask_again(desk):
    form = desk.form()
    calm = a_batch(a_mention("calm", title=""), story_id="s-one", run=a_run("feed:more"))
    do_in(desk.store, save, calm, now=desk.clock(), policy=POLICY)
    desk.wait(seconds=5)
    desk.browser.post(desk.path(), data={**form, "do": "answered"})
    assert desk.mark() is not None


def test_with_a_case_it_says_how_far_that_is_and_what_is_due(desk):
    case = a_case(steps=1)
    do_in(desk.store, case_store.put, case, [a_step()], [], desk.clock())
    said = words_of(desk.get())
    assert said.startswith("0001 · Oakfield Primary School")
    assert "Case Case 0001: nobody has decided yet what is to be done." in said


def test_a_deputy_says_i_have_it_of_a_post_to_answer_and_the_others_read_that(tmp_path):
    desk = PageDesk(tmp_path, raised=False, **MILD)
    form = desk.form()
    page = desk.press("have", "deputy")
    assert "you have it, and the others see that." in words_of(page)
    assert "Who has it You, since 09:00 on Tuesday 17 November." in words_of(page)
    assert buttons_of(page) == ["read", "not_us", "answered", "undo"]
    assert "I no longer have it" in page.text
    others = desk.get()
    assert "Who has it Lee Ash, since 09:00 on Tuesday 17 November." in words_of(others)
    assert buttons_of(others) == ["read", "not_us", "answered"]
    for act, said in (("have", "Lee Ash has it already."), ("undo", "it is no longer as it was")):
        late = desk.browser.post(desk.path(), data={**form, "do": act})
        assert f"Nothing was changed: {said}" in words_of(late)
    assert (desk.mark().mark, desk.mark().person_id) == (Mark.TAKEN, "deputy")
    back = desk.press("undo", "deputy")
    assert "you no longer have it. The others see that." in words_of(back)
    assert buttons_of(back) == ["read", "have", "not_us", "answered"]
    assert [a[:2] for a in desk.audited("story_marked", "mark_undone")] == [
        ("story_marked", "deputy"),
        ("mark_undone", "deputy"),
    ]


def test_what_somebody_has_is_answered_by_another_and_a_case_opened_from_it_shows_them(tmp_path):
    desk = PageDesk(tmp_path, raised=False, **MILD)
    desk.press("have", "deputy")
    do_in(desk.store, case_store.put, a_case(), [a_step()], [], desk.clock())
    assert "Who has it Lee Ash" in words_of(desk.get())
    with desk.store.write("test") as con:
        con.execute("DELETE FROM case_steps")
        con.execute("DELETE FROM cases")
    assert "Jane Holt said that it has been answered." in words_of(desk.press("answered"))
    assert desk.mark().mark is Mark.ANSWERED


def test_what_may_be_danger_looks_different_and_says_999_first(tmp_path):
    desk = PageDesk(tmp_path, **DANGER)
    page = desk.get()
    assert words_of(page).startswith(
        "If anyone is in danger, ring 999 now. Do not wait for anybody’s permission."
    )
    assert 'class="grave ring"' in page.text
    assert buttons_of(page) == ["read", "have"]


def test_an_odd_post_on_an_account_of_the_schools_own_is_urgent_but_endangers_nobody(tmp_path):
    odd = {"severity": Severity.THIS_HOUR, "route": Route.PLATFORM_REPORT, "content_class": "C14"}
    page = PageDesk(tmp_path, **odd).get()
    assert "If anyone is in danger" not in words_of(page)
    assert 'class="grave' not in page.text
    assert "change the password" in words_of(page)


def test_a_calm_post_is_headed_by_its_own_first_words_where_they_may_be_repeated(tmp_path):
    page = PageDesk(tmp_path, raised=False, **MILD).get()
    assert "<h1>“They never ring back, and the office is always shut. Two weeks …”</h1>" in page.text
    assert buttons_of(page) == ["read", "have", "not_us", "answered"]


@pytest.mark.parametrize(
    "text", ["Miss Holt is never there when one rings", "Our teacher there was arrested"]
)
def test_what_is_unfit_to_repeat_is_shown_only_after_a_tap(tmp_path, text):
    desk = PageDesk(tmp_path, raised=False, post=replace(POST, text=text), **MILD)
    assert text[:12] not in desk.get().text
    assert text in words_of(desk.press("read"))


def test_an_address_that_only_tracks_or_is_none_of_the_web_is_not_linked(tmp_path):
    tracked = replace(POST, url="https://forum.example.org/one?id=4&utm_source=mail")
    desk = PageDesk(tmp_path / "a", post=tracked)
    assert leads_of(desk, desk.get()) == ["https://forum.example.org/one?id=4"]
    for url in ("javascript:alert(1)", None):
        page = PageDesk(tmp_path / str(url)[:4], post=replace(POST, url=url)).get()
        assert "Open the original" not in page.text


def test_what_a_post_holds_is_never_markup(tmp_path):
    nasty = replace(POST, text="<script>alert(1)</script><img src=x>", author="<b>me</b>")
    page = PageDesk(tmp_path, post=nasty).press("read")
    assert "<script" not in page.text
    assert "<img" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text


def test_a_post_of_any_length_leaves_its_words_and_the_page_of_use(tmp_path):
    text = "Hi " + "\n \n" * 3000 + "there " + "x" * 200_000
    long = replace(POST, title="t" * 200_000, author="a" * 200_000 + "\u202e", text=text)
    page = PageDesk(tmp_path, post=long).press("read")
    assert len(page.text) < 20_000
    assert "Hi \n\nthere " + "x" * 1900 in page.text
    assert "aaa …</bdi>" in page.text


def test_whoever_it_may_accuse_reads_the_same_as_whoever_left(tmp_path):
    desk = PageDesk(tmp_path, raised=False, **(STREET | {"subjects": ("deputy",), "abuse": ("defamation",)}))
    accused, stranger = desk.get("deputy"), desk.get("vale")
    assert accused.text == stranger.text
    assert {p.status_code for p in (accused, stranger)} == {410}
    assert "This link no longer works." in words_of(stranger)
    desk.without("dsl")
    desk.browser.cookies.clear()
    desk._proved = False
    accused, stranger, left = (words_of(desk.get(who)) for who in ("deputy", "vale", "dsl"))
    assert accused == stranger == left


def test_whoever_turns_out_to_be_its_subject_learns_nothing_more_and_takes_nothing(desk):
    form = desk.form()
    do_in(desk.store, alert_store.keep_out, {desk.alert.id: ("head",)}, desk.clock())
    before = desk.get().text
    desk.wait(seconds=5)
    for act in ("read", "have", "not_us", "undo"):
        page = desk.browser.post(desk.path(), data={**form, "do": act})
        assert (page.status_code, page.text) == (410, before)
    assert desk.has() == {}
    assert desk.mark() is None


def test_somebody_whom_its_case_may_accuse_is_kept_out_though_the_alert_does_not_say_so(tmp_path):
    desk = PageDesk(tmp_path, told=("head", "dsl"))
    said = {"person": "vale", "subjects": "head"}
    steps = [a_step(), a_step(2, StepKind.TARGET, facts=said)]
    do_in(desk.store, case_store.put, a_case(steps=2), steps, [], desk.clock())
    assert desk.get().status_code == 410
    assert desk.get("dsl").status_code == 200


@pytest.mark.parametrize(("who", "judged"), [("head", STREET), ("dsl", CHILD)])
def test_a_link_works_for_35_days_and_then_says_what_to_look_for(tmp_path, who, judged):
    desk = PageDesk(tmp_path, told=(who,), **judged)
    desk.wait(days=35)
    assert desk.get(who).status_code == 200
    desk.wait(minutes=2)
    page = desk.get(who)
    assert page.status_code == 410
    assert not [said for said in TELLS if said in words_of(page)]
    number = number_of(desk.alert.id)
    assert f"Look for {number} in your newest digest or message" in words_of(page)
    assert "<form" not in page.text
    assert number not in desk.get("vale").text


def test_when_the_story_is_gone_so_is_the_page(desk):
    with desk.store.write("test") as con:
        con.execute("DELETE FROM stories")
        con.execute("DELETE FROM matches")
    assert "This link no longer works." in words_of(desk.get())


def test_of_a_long_thread_the_gravest_ten_posts_are_shown_and_the_rest_is_counted(desk):
    more = [a_mention(f"reply{n}", text=f"reply number {n}", title="") for n in range(14)]
    with desk.store.write("test") as con:
        save(con, a_batch(*more, story_id="s-one", run=a_run("feed:more")), now=desk.clock(), policy=POLICY)
    page = desk.press("read")
    assert page.text.count("<article>") == 10
    assert page.text.index(WORDS) < page.text.index("reply number")
    assert "5 more posts are not shown here." in words_of(page)


def test_a_thread_of_long_posts_is_no_longer_than_a_telephone_takes(desk):
    """However long each, and whatever each quotes; the button shows the rest."""
    more = [
        a_mention(f"long{n}", text=f"Long post number {n}. " * 200, quoted="So it was said. " * 150, title="")
        for n in range(14)
    ]
    with desk.store.write("test") as con:
        save(con, a_batch(*more, story_id="s-one", run=a_run("feed:more")), now=desk.clock(), policy=POLICY)
    page = desk.press("read")
    assert page.text.count("<article>") == 10
    assert len(page.content) < 40 * 1024
    assert words_of(page).count("characters more") == 9


def test_it_says_how_sure_it_is_that_it_is_about_the_school(desk):
    assert "About us Certain Where" in words_of(desk.get())
    with desk.store.write("test") as con:
        con.execute("UPDATE matches SET relevance = 'unsure'")
        con.execute("UPDATE verdicts SET relevance = 'unsure'")
    assert "About us Perhaps another school Where" in words_of(desk.get())


def test_what_weighed_most_is_said_once_the_words_are_shown(tmp_path):
    desk = PageDesk(tmp_path, **STREET, weighed_most=(0, 52))
    assert "weighed most" not in words_of(desk.get())
    said = f"Why we say so What weighed most: “{WORDS[:52]}” It criticises a decision."
    assert said in words_of(desk.press("read"))


def test_where_the_title_weighed_most_the_page_says_so(tmp_path):
    post = replace(POST, title="Larch Road, number 4")
    page = PageDesk(tmp_path, post=post, **STREET, weighed_most=TITLE).press("read")
    assert "What weighed most: its title, “Larch Road, number 4”" in words_of(page)


# ------------------------------------------------ restricted: nothing before a tap, each reading on record


TELLS = (
    *(WORDS[:20], "larch-dad", "forum", "example.org/one", "Oakfield"),
    *("child may", "safeguarding", "Pike", "Holt", "Tuesday 17"),
)
LOCKED = {"ground": "charge"}


@pytest.fixture
def lead_desk(tmp_path):
    return PageDesk(tmp_path, told=("dsl",), **CHILD)


def lock(desk, *more):
    """Its case is locked: an accused teacher must not be made known."""
    steps = [a_step(), a_step(2, StepKind.LOCKED, facts=LOCKED), *more]
    do_in(desk.store, case_store.put, a_case(steps=len(steps)), steps, [], desk.clock())


def test_before_a_tap_it_says_only_that_there_is_one_for_its_reader(lead_desk):
    page = lead_desk.get("dsl")
    assert words_of(page) == (
        "If anyone is in danger, ring 999 now. Do not wait for anybody’s permission. "
        "Something restricted is waiting for you to read. Tap “Read it now” to see what it is. "
        "That you read it is recorded, with your name. "
        "This link works until 09:00 on Tuesday 22 December. Read it now I have it "
        "Hand-over sheet Open a case A case carries it step by step, with dates and evidence. "
        "Nobody outside the school is written to by the program. "
        "Not watched around the clock. If a child is in danger, ring 999."
    )
    assert not [said for said in TELLS if said in words_of(page)]


def test_a_tap_shows_all_of_it_with_what_to_do_and_is_recorded_with_its_reason(lead_desk):
    page = lead_desk.press("read", "dsl")
    said = words_of(page)
    assert said.startswith("If anyone is in danger, ring 999 now.")
    assert "Recorded: you read this at 09:00 on Tuesday 17 November." in said
    assert f"What was posted larch-dad {WORDS} https://forum.example.org/one" in said
    assert "What to do If a child is in danger, ring 999. It is for you to act on now." in said
    assert "Tell the designated safeguarding lead" not in said
    assert "Do not look into it yourself, and do not write to the child or to whoever is suspected." in said
    assert lead_desk.audited("restricted_read") == [("restricted_read", "dsl", "s-one")]
    assert rows_of(lead_desk.store, "SELECT note FROM audit_notes") == [("Read on the signed page.",)]


def test_all_that_is_restricted_is_shown_however_much_it_is(lead_desk):
    with lead_desk.store.write("test") as con:
        for n in range(2, 15):
            con.execute(
                "INSERT INTO restricted_texts SELECT * REPLACE ($n AS n, $text AS text) "
                "FROM restricted_texts WHERE n = 1",
                {"n": n, "text": f"version number {n}"},
            )
    page = words_of(lead_desk.press("read", "dsl"))
    assert WORDS in page
    assert "version number 14" in page


def test_each_reading_is_recorded_and_needs_its_own_tap(lead_desk):
    for _ in range(2):
        assert "set-cookie" not in lead_desk.press("read", "dsl").headers
    assert len(lead_desk.audited("restricted_read")) == 2
    assert WORDS not in lead_desk.get("dsl").text


def test_looking_and_taking_record_no_reading_and_show_nothing(lead_desk):
    page = lead_desk.press("have", "dsl")
    assert words_of(page).count("you have it") == 1
    assert lead_desk.has() == {lead_desk.alert.id: "dsl"}
    assert lead_desk.audited("restricted_read") == []
    assert buttons_of(page) == ["read"]
    assert not [said for said in TELLS[:-1] if said in words_of(page)]


def test_the_words_and_what_to_do_stay_once_it_is_taken_and_each_showing_is_on_record(lead_desk):
    read = lead_desk.press("read", "dsl")
    lead_desk.wait(seconds=5)
    page = lead_desk.browser.post(lead_desk.path("dsl"), data={**form_of(read), "do": "have"})
    said = words_of(page)
    assert lead_desk.has() == {lead_desk.alert.id: "dsl"}
    assert WORDS in said
    assert "What to do If a child is in danger, ring 999. It is for you to act on now." in said
    assert len(lead_desk.audited("restricted_read")) == 2
    assert WORDS not in lead_desk.get("dsl").text


def test_words_that_are_kept_are_not_shown_to_who_may_no_longer_read_them(lead_desk):
    kept = form_of(lead_desk.press("read", "dsl"))
    lead_desk.wait(seconds=5)
    with lead_desk.store.write("test") as con:
        alert_store.put_alerts(con, [replace(lead_desk.alert, excluded=("dsl",))], lead_desk.clock())
    page = lead_desk.browser.post(lead_desk.path("dsl"), data={**kept, "do": "have"})
    assert not [said for said in TELLS if said in words_of(page)]


@pytest.mark.parametrize("who", ["deputy", "head", "vale"])
def test_nobody_but_its_few_reads_takes_or_marks_it(tmp_path, who):
    desk = PageDesk(tmp_path, told=("dsl",), **(CHILD | {"about": About.STAFF, "subjects": ("head",)}))
    before = desk.rows()
    form = {
        **desk.form("dsl"),
        "proof": desk.context.links.proof(desk.path(who).removeprefix("/m/"), desk.clock()),
    }
    desk.wait(seconds=5)
    for tap in ("read", "have", "not_us", "answered", "undo"):
        page = desk.browser.post(desk.path(who), data={**form, "do": tap})
        assert not [said for said in (*TELLS[:4], "child may") if said in words_of(page)]
    assert desk.rows() == before


def test_a_dead_link_opens_nothing_by_a_form_from_before(lead_desk):
    lead_desk.wait(days=34, hours=23, minutes=50)
    form = lead_desk.form("dsl")
    lead_desk.wait(minutes=20)
    page = lead_desk.browser.post(lead_desk.path("dsl"), data={**form, "do": "read"})
    assert (page.status_code, lead_desk.audited("restricted_read")) == (410, [])


def test_what_becomes_restricted_after_it_was_sent_is_treated_so(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl",), **STREET)
    assert "set-cookie" in desk.press("read", "dsl").headers
    do_in(desk.store, alert_store.put_alerts, [replace(desk.alert, restricted=True)], desk.clock())
    page = desk.get("dsl")
    assert "Something restricted is waiting for you to read." in words_of(page)
    assert WORDS not in page.text


def test_nothing_is_opened_from_here_that_may_show_a_child_undressed(tmp_path):
    picture = CHILD | {"abuse": ("sexual",)}
    post = replace(POST, text="Look at him", url="https://forum.example.org/picture")
    page = PageDesk(tmp_path, told=("dsl",), post=post, **picture).press("read", "dsl")
    assert "https://forum.example.org/picture" in page.text
    assert re.findall(r'<a [^>]*href="(/\w+)', page.text.partition("<main")[2]) == ["/room"]
    assert "Do not open this address." in words_of(page)
    assert "<img" not in page.text


def test_what_was_handed_over_and_deleted_says_that_nothing_is_kept(lead_desk):
    with lead_desk.store.write("test") as con:
        alert_store.hand_over(con, lead_desk.alert.id, "dsl", lead_desk.clock())
        con.execute("DELETE FROM restricted_texts")
    assert "Nothing of its words is kept here any more." in words_of(lead_desk.press("read", "dsl"))


def test_a_locked_case_hides_what_it_is_until_a_reading_is_on_record(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl", "head"), **STREET)
    lock(desk)
    page = desk.get("dsl")
    assert "Something restricted is waiting for you to read." in words_of(page)
    assert "Private details" not in page.text
    read = desk.press("read", "dsl")
    assert WORDS in words_of(read)
    assert "Case Case 0001: open, and locked: no more is said of it here." in words_of(read)
    assert desk.audited("restricted_read") == [("restricted_read", "dsl", "s-one")]


def test_a_lock_outlives_its_case(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl", "head"), **STREET)
    assert "set-cookie" in desk.press("read", "dsl").headers
    lock(desk, a_step(3, StepKind.CLOSED, facts={"ending": "removed", "reason": "It is gone."}))
    page = desk.get("dsl")
    assert "Something restricted is waiting for you to read." in words_of(page)
    assert not [said for said in (WORDS, "Private details", "Case 0001") if said in words_of(page)]
    desk.press("answered", "dsl")
    assert desk.mark() is None
    assert WORDS in words_of(desk.press("read", "dsl"))
    assert desk.audited("restricted_read") == [("restricted_read", "dsl", "s-one")]


def test_a_locked_case_is_not_read_by_whoever_neither_leads_nor_acts_in_it(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl", "deputy"), **STREET)
    lock(desk)
    page = desk.get("deputy")
    assert "It is locked: the law forbids making an accused teacher known." in words_of(page)
    assert "read" not in buttons_of(page)
    form = {
        **desk.form("dsl"),
        "proof": desk.context.links.proof(desk.path("deputy").removeprefix("/m/"), desk.clock()),
    }
    desk.wait(seconds=5)
    assert WORDS not in desk.browser.post(desk.path("deputy"), data={**form, "do": "read"}).text
    assert desk.audited("restricted_read") == []


def test_of_what_was_never_raised_whoever_may_only_know_of_it_sees_no_number(lead_desk):
    with lead_desk.store.write("test") as con:
        con.execute("DELETE FROM alerts")
    page = lead_desk.get("deputy")
    assert "A matter is with the safeguarding lead." in words_of(page)
    assert "<title>Schoolgate</title>" in page.text
    assert "s-one" not in page.text.lower()


def test_what_weighed_most_in_what_is_restricted_is_said_to_whoever_has_read_it(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl",), **CHILD, weighed_most=(0, 52))
    assert "weighed most" not in words_of(desk.get("dsl"))
    assert f"What weighed most: “{WORDS[:52]}”" in words_of(desk.press("read", "dsl"))


# -------------- whatever is tapped by anybody in any order: undo restores, nobody reads more than they may


CALM = {"severity": Severity.RESPOND, "route": Route.RESPOND}
TAPS = st.lists(st.tuples(st.sampled_from(Tap), st.sampled_from(PEOPLE)), min_size=1, max_size=4)


class Undone(Exception):
    """An example is over: nothing of it stays in the store."""


MATTERS = {"street": STREET, "danger": DANGER, "child": CHILD, "calm": CALM}


@pytest.fixture(scope="module")
def desks(tmp_path_factory):
    made = {name: tmp_path_factory.mktemp(name) for name in MATTERS}
    return {name: PageDesk(home, told=("dsl", "head"), **MATTERS[name]) for name, home in made.items()}


def tap(desk, con, act, person):
    """As the page does it: what became of it, None where the address opens nothing for them; and the page."""
    ticket = desk.context.links.ticket(desk.path(person.id).removeprefix("/m/"))
    seen = look(con, desk.context, desk.store, ticket, desk.clock())
    if seen is None:
        return None, ""
    became = done(con, desk.context, seen, act, seen.view.stamp, desk.clock())
    after = look(con, desk.context, desk.store, ticket, desk.clock())
    page = told(page_of(after, Moment(desk.clock(), after.ends_at(ticket))), after, became, desk.clock())
    return became, shown(page).body.decode()


def state(desk, con):
    """Who has it, and how it is marked."""
    mark = owner_store.marks(con, ["s-one"]).get("s-one")
    has = alert_store.acknowledged(con, [desk.alert.id]).get(desk.alert.id)
    return has and has.person, mark and mark.mark


def access_of(desk, con, person):
    viewer = Reader(desk.context.config, desk.store, person)
    return viewer.look(con, {"s-one": desk.alert.urn}).access["s-one"]


@settings(max_examples=5, deadline=None)
@given(matter=st.sampled_from(sorted(MATTERS)), taps=TAPS)
def test_whatever_is_tapped_in_whatever_order(desks, matter, taps):
    desk = desks[matter]
    with suppress(Undone), desk.store.write("test") as con:
        for act, person in taps:
            tapped(desk, con, act, person)
        raise Undone


def tapped(desk, con, act, person):
    """One tap, and whether all holds that must."""
    before, allowed = state(desk, con), access_of(desk, con, person) is Access.WORDS
    became, page = tap(desk, con, act, person)
    after = state(desk, con)
    assert became is not Became.READ or allowed
    assert WORDS not in page
    assert after[1] in ((None,) if desk.alert.route.urgent else (None, *Mark))
    assert before[0] in (None, after[0]), "who has it does not change by a tap"
    if not allowed or act is Tap.READ:
        assert after == before
    if after[1] and after[1] is not before[1]:
        assert tap(desk, con, Tap.UNDO, person)[0] is Became.UNDONE
        assert state(desk, con) == before
        tap(desk, con, act, person)
        assert state(desk, con) == after
