"""The signed page of a matter: what it says, what a tap shows, and what is restricted."""

import html
import re
from contextlib import ExitStack
from dataclasses import replace

import pytest
from builders.case import a_case, a_step
from builders.home import do_in, do_on, rows_of
from builders.matter_page import MatterPage
from builders.mention import NOW, POLICY, URN, a_batch, a_mention, a_run, a_verdict, an_alert, save
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

from data.evidence.handed_in import BY_HAND, CHILD_IMAGE_TEXT, judged_part
from data.matters import PostView
from data.steps.codes import StepKind
from data.store import alerts as alert_store
from data.store import cases as case_store
from data.store.stories import Enclosures, moved_to
from data.types import TITLE, About, Mark, Reason, Route, Sentiment, Severity
from data.words.say import words
from monitor.act.joining import write_note
from monitor.act.keeping import lying_there
from monitor.desk.matter.facts import show_post
from monitor.desk.matter.page import Moment

MILD = {"severity": Severity.RESPOND, "route": Route.RESPOND}
W = words("en")
TAPPED = ("read", "take", "mark", "unmark")
AT_NINE = {"clock": "09:00", "day": "Tuesday 17 November"}


@pytest.fixture
def at():
    """Makes a matter that is judged so; nothing of what is done to it stays."""
    with ExitStack() as stack:
        yield lambda **given: stack.enter_context(MatterPage.made(**given))


@pytest.fixture
def street(at):
    return at(**STREET)


@pytest.fixture
def desk(tmp_path):
    return PageDesk(tmp_path)


def holder(at, who="head"):
    """What their page says of who has it."""
    return dict(at.page(who).page.facts)[W("page.head.who")]


def more(at, *mentions, **given):
    """Other posts of the same matter are read."""
    batch = a_batch(*mentions, story_id="s-one", run=a_run("feed:more"), **given)
    save(at.con, batch, now=at.now, policy=POLICY)


# ------------------------------------------------------------- whom its address lets in, and until when


def test_a_link_is_out_at_once_where_its_id_is_given_to_somebody_else_or_the_story_is_gone(street):
    street.rename("head", email="HEAD@example.org", name="Jane Holt-Reed")
    assert street.look() is not None
    street.rename("head", email="newcomer@example.org")
    assert street.look() is None
    assert street.look("deputy") is not None
    for table in ("stories", "matches"):
        street.rows(f"DELETE FROM {table}")
    assert street.look("deputy") is None


def test_a_link_works_for_35_days_and_then_opens_nothing_and_says_what_to_look_for(tmp_path):
    desk = PageDesk(tmp_path / "street", **STREET)
    desk.wait(days=35)
    assert desk.get().status_code == 200
    desk.wait(minutes=2)
    page, number = desk.get(), number_of(desk.alert.id)
    assert page.status_code == 410
    assert f"Look for {number} in your newest digest or message" in words_of(page)
    assert "<form" not in page.text
    assert number not in desk.get("vale").text
    lead = PageDesk(tmp_path / "child", told=("dsl",), **CHILD)
    lead.wait(days=34, hours=23, minutes=50)
    form = lead.form("dsl")
    lead.wait(minutes=20)
    page = lead.browser.post(lead.path("dsl"), data={**form, "do": "read"})
    assert (page.status_code, lead.audited("restricted_read")) == (410, [])
    assert not [said for said in TELLS if said in words_of(page)]


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
    do_in(desk.store, alert_store.exclude_from_alerts, {desk.alert.id: ("head",)}, desk.clock())
    before = desk.get().text
    for act in ("read", "take"):
        page = desk.browser.post(desk.path(), data={**form, "do": act})
        assert (page.status_code, page.text) == (410, before)
    assert desk.has() == {}


def test_somebody_whom_its_case_may_accuse_is_kept_out_though_the_alert_does_not_say_so(at):
    it = at(told=("head", "dsl"))
    steps = [a_step(), a_step(2, StepKind.TARGET, facts={"person": "vale", "subjects": "head"})]
    case_store.append_steps(it.con, a_case(steps=2), steps, [], it.now)
    assert it.look() is None
    assert it.look("dsl") is not None


# -------------------------------------------------------------------- what it says before a tap, and after


def test_before_a_tap_it_says_what_where_when_who_and_why_and_links_to_the_original(desk):
    page = desk.get()
    assert words_of(page) == (
        f"{number_of(desk.alert.id)} · Oakfield Primary School "
        "A member of staff, local forum, private details Private details of a member of staff are given. "
        "Who is dealing with it Nobody is dealing with it yet. "
        "What next For today: speak to the author, ask for removal "
        "By when Somebody has to decide by the end of Tuesday. "
        "I will deal with it Show what was posted "
        "What is known Its author could be asked to remove it. This is wrong "
        "We found nobody whom it puts in danger: read it yourself. This is wrong "
        "We found nobody whom it accuses: read it yourself. This is wrong "
        "It wrongs a member of staff. We cannot tell whom. This is wrong "
        "Posted: 07:00, Tuesday 17 November. Where: Local forum (forum.example.org). About us: certain. "
        "This is wrong Something else is wrong "
        "More Open the original It is on forum.example.org, which does not learn where you came from. "
        "Why we say so It criticises a decision. "
        "Not watched around the clock. If a child is in danger, ring 999."
    )
    assert leads_of(desk, page) == ["https://forum.example.org/one"]
    assert not [said for said in (WORDS[:20], "larch-dad", "<script", "<img") if said in page.text]


def test_what_accuses_somebody_of_something_serious_is_never_said_to_accuse_nobody(at):
    judged = (STREET | {"abuse": (one,)} for one in ("defamation", "privacy"))
    known = [{said for said, _ in at(**given).page().page.known} for given in judged]
    accused, nobody = W("page.known.accused_of", who="a member of staff"), W("page.known.no_accused")
    assert [(accused in said, nobody in said) for said in known] == [(True, False), (False, True)]


def test_no_other_method_changes_or_records_anything(desk):
    path, before = desk.path(), desk.rows()
    for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"):
        desk.browser.request(method, path)
    assert desk.rows() == before


def test_a_tap_shows_what_was_posted_records_nothing_and_lets_that_browser_read_for_ten_minutes(desk):
    before = desk.rows()
    page = desk.press("read")
    assert f"What was posted larch-dad {WORDS}" in words_of(page)
    assert desk.rows() == before
    kept, token = page.headers["set-cookie"], desk.path()
    assert kept.split("; ")[1:] == ["HttpOnly", "Max-Age=600", f"Path={token}", "SameSite=strict", "Secure"]
    desk.wait(minutes=9, seconds=50)
    again = words_of(desk.get())
    assert WORDS in again
    assert "This browser may show it again until 09:10." in again
    cookie = kept.partition(";")[0]
    for sent in (cookie, cookie[:-1], "read=1.x", "read="):  # of another person no browser reads by it
        assert WORDS not in desk.browser.get(desk.path("deputy"), headers={"cookie": sent}).text
    desk.wait(seconds=15)
    assert WORDS not in desk.get().text


@pytest.mark.parametrize(
    ("base", "secure"), [("http://127.0.0.1:8477", False), ("https://s.example.org/in", True)]
)
def test_the_cookie_is_bound_to_the_page_where_the_settings_put_it(desk, base, secure):
    desk.context = replace(desk.context, links=replace(desk.context.links, base_url=base))
    desk.browser.base_url = base.removesuffix("/in")
    kept = desk.press("read").headers["set-cookie"]
    assert ("Secure" in kept) is secure
    assert f"Path={'/in' if secure else ''}{desk.path()};" in kept


def test_the_time_that_a_threat_names_stands_there_and_of_what_is_no_danger_none_does(at):
    said = {"text": "I will be at the gate after school with a bat", "published": POST.fetched_at}
    facts = dict(at(post=replace(POST, **said), **DANGER).page().page.facts)
    assert "about 15:15; we are not sure which day, perhaps today" in facts["When it may happen"]
    assert "When it may happen" not in dict(at(post=replace(POST, **said), **STREET).page().page.facts)


def test_what_may_be_danger_looks_different_and_what_is_only_urgent_does_not(at):
    page = at(**DANGER).page()
    assert page.page.danger == W("page.danger")
    assert words_of(page).startswith(W("page.danger"))
    assert 'class="grave ring"' in page.text
    assert page.buttons == ["take", "read", "wrong"]
    odd = {"severity": Severity.THIS_HOUR, "route": Route.PLATFORM_REPORT, "content_class": "C14"}
    page = at(**odd).page()  # an odd post on an account of the school's own
    assert page.page.danger == ""
    assert 'class="grave' not in page.text
    assert "change the password" in words_of(page)


def test_data_out_shows_the_72_hours_as_a_clock_with_its_end_and_fraud_whom_to_ring(at):
    of_pupils = (Reason("pupils_data_out", "."),)
    page = at(**{**STREET, "content_class": "C1", "about": About.PUPIL, "reasons": of_pupils})
    clock = dict(page.page().page.facts)[W("page.head.ico")]
    assert re.match(r"7[12] hours left, until ", clock)
    page.wait(hours=80)
    assert dict(page.page().page.facts)[W("page.head.ico")].startswith("They ended ")
    others = dict(at(**STREET).page().page.facts)
    assert {W("page.head.ico"), W("page.head.fraud")}.isdisjoint(others)
    fraud = {**STREET, "content_class": "C13", "abuse": ("impersonation",), "about": About.SCHOOL}
    facts = dict(at(**fraud, reasons=(Reason("fraud_in_our_name", "."),)).page().page.facts)
    assert "159" in facts[W("page.head.fraud")]
    assert "Report Fraud: 0300 123 2040" in facts[W("page.head.fraud")]
    assert "It is not us" in facts[W("page.head.parents")]
    assert "101" in W("page.fraud.scotland")


def test_others_pictures_of_pupils_are_decided_by_the_lead_first_then_asked_for_kindly_and_by_their_form(at):
    pictures = replace(POST, channel="instagram", url="https://www.instagram.com/p/Cx1")
    page = at(**CHILD, reasons=(Reason("pupils_pictured", "."),), post=pictures)
    facts = dict(page.page("dsl", read=True).page.facts)
    assert "a child in care" in facts[W("page.head.pictured")]
    assert "Would you please take these down today?" in facts[W("page.head.poster")]
    assert "https://help.instagram.com/" in facts[W("page.head.form")]
    assert [*facts].index(W("page.head.pictured")) < [*facts].index(W("page.head.poster"))
    assert W("page.head.pictured") not in dict(at(**CHILD).page("dsl", read=True).page.facts)


def test_of_a_pupil_who_befriends_staff_the_lead_has_words_for_a_parent(at):
    page = at(**CHILD, reasons=(Reason("said_about_befriends_staff", "."),)).page("dsl", read=True)
    assert "the safeguarding lead chooses" in dict(page.page.facts)[W("page.head.befriends")]


def test_praise_has_words_to_answer_with_and_criticism_has_none(at):
    praise = {**MILD, "route": Route.THANK, "sentiment": Sentiment.POSITIVE}
    facts = dict(at(raised=False, **praise).page().page.facts)
    assert "Thank you for your kind words" in facts[W("page.head.thanks")]
    assert W("page.head.thanks") not in dict(at(raised=False, **MILD).page().page.facts)


def test_a_post_is_shown_by_its_first_words_where_they_may_be_repeated(at):
    page = at(raised=False, **MILD).page()
    assert "<blockquote>“They never ring back, and the office is always shut. Two weeks …”" in page.text
    assert page.buttons == ["take", "read", "wrong"]
    assert "<blockquote>“They never ring back" in at(**MILD).page().text
    for text in ("Miss Holt is never there when one rings", "Our teacher there was arrested"):
        unfit = at(raised=False, post=replace(POST, text=text), **MILD)
        assert text[:12] not in unfit.page().text
        assert text in words_of(unfit.page(read=True))


def test_an_address_that_only_tracks_or_is_none_of_the_web_is_not_linked(at):
    tracked = "https://forum.example.org/one?id=4&utm_source=mail"
    led = {tracked: "https://forum.example.org/one?id=4", "javascript:alert(1)": "", None: ""}
    for url, to in led.items():
        assert at(post=replace(POST, url=url)).page().page.original == to


def test_what_a_post_holds_is_never_markup(at):
    nasty = replace(POST, text="<script>alert(1)</script><img src=x>", author="<b>me</b>")
    page = at(post=nasty).page(read=True)
    assert not [tag for tag in ("<script", "<img", "<b>me") if tag in page.text]
    assert "&lt;script&gt;alert(1)" in page.text


def test_a_post_of_any_length_leaves_its_words_and_the_page_of_use(at):
    text = "Hi " + "\n \n" * 3000 + "there " + "x" * 200_000
    long = replace(POST, title="t" * 200_000, author="a" * 200_000 + "\u202e", text=text)
    page = at(post=long).page(read=True).text
    assert len(page) < 20_000
    assert "Hi \n\nthere " + "x" * 1900 in page
    assert "aaa …</bdi>" in page


def test_of_a_long_thread_the_gravest_ten_posts_are_shown_as_long_as_a_telephone_takes(street):
    """However long each, and whatever each quotes; a button shows the rest."""
    long = {"quoted": "So it was said. " * 150, "title": ""}
    more(street, *(a_mention(f"long{n}", text=f"Long post number {n}. " * 200, **long) for n in range(14)))
    page = street.page(read=True)
    said = words_of(page)
    assert (page.text.count("<article>"), said.count("characters more")) == (10, 9)
    assert page.text.index(WORDS) < page.text.index("Long post number")
    assert "5 more posts are not shown here." in said
    assert len(page.text.encode()) < 40 * 1024


def test_it_says_how_sure_it_is_that_it_is_about_the_school(street):
    assert street.page().page.known[-1][0].endswith("About us: certain.")
    for table in ("matches", "verdicts"):
        street.rows(f"UPDATE {table} SET relevance = 'unsure'")
    assert street.page().page.known[-1][0].endswith("About us: perhaps another school.")


def test_what_weighed_most_is_said_once_the_words_are_shown(at):
    said = f"What weighed most: “{WORDS[:52]}”"
    titled = {"post": replace(POST, title="Larch Road, number 4"), "weighed_most": TITLE}
    for who, judged, weighed in (
        ("head", STREET | {"weighed_most": (0, 52)}, said),
        ("dsl", CHILD | {"weighed_most": (0, 52)}, said),
        ("head", STREET | titled, "What weighed most: its title, “Larch Road, number 4”"),
    ):
        it = at(told=(who,), **judged)
        assert "weighed most" not in words_of(it.page(who))
        assert weighed in words_of(it.page(who, read=True))


def test_with_a_case_it_says_how_far_that_is_and_what_is_due(street):
    case_store.append_steps(street.con, a_case(steps=1), [a_step()], [], street.now)
    page = street.page().page
    assert page.under == W("page.number", number="0001", school="Oakfield Primary School")
    assert dict(page.facts)["Case"].startswith("Case 0001: nobody has decided yet what to do.")


# ------------------------------------------------------------------------- it is taken, or done with by a tap


def test_i_have_it_is_recorded_once_and_whoever_comes_second_reads_who_was_first(street):
    """The first answer may have been lost on the way: nobody may think that another has it."""
    told = street.look().view.stamp
    for _ in range(2):
        page = street.press("take", "deputy")
        assert (page.became, page.page.said) == ("take", (W("page.became.take", **AT_NINE),))
    assert "take" not in street.page("deputy").buttons
    assert holder(street, "deputy") == "You, since 09:00 on Tuesday 17 November."
    late = street.press("take", told=told)
    assert (late.became, late.page.said) == ("not had", (W("page.not.had_by", who="Lee Ash"),))
    assert (late.page.wrong, street.has(), street.mark()) == (True, "deputy", None)
    assert street.audited("alert_acked") == [("alert_acked", "deputy", street.desk.alert.id)]


def test_what_was_handed_over_is_in_somebodys_hands(street):
    alert_store.hand_over_alert(street.con, street.desk.alert.id, "dsl", street.now)
    assert holder(street) == W("page.somebody")
    assert "take" not in street.page().buttons


NOT_US = {"what": "us", "right": "not_us"}


@pytest.mark.parametrize(("mark", "said"), [(Mark.NOT_US, ("wrong", NOT_US)), (Mark.ANSWERED, ("mark", {}))])
def test_a_mark_is_recorded_said_by_whom_and_when_and_undone(street, mark, said):
    act, form = said
    page = street.press(act, **form)
    assert (page.became, street.mark()) == (act, (mark, "head"))
    assert "09:00" in page.page.said[0]
    assert "Jane Holt" in page.page.said[0]
    assert "unmark" in page.buttons
    assert not street.is_open()
    assert "Jane Holt" in words_of(street.page("deputy"))
    back = street.press("unmark", "deputy")
    assert (back.became, back.page.said) == ("unmark", (W("page.became.unmark", **AT_NINE),))
    assert street.is_open()
    assert street.page().buttons == ["take", "read", "wrong"]
    audited = [entry[:2] for entry in street.audited("story_marked", "mark_undone")]
    assert audited == [("story_marked", "head"), ("mark_undone", "deputy")]


def test_an_act_ends_at_an_address_that_says_what_became_of_it_however_often_it_is_shown(desk):
    page = desk.press("take")
    (answer,) = page.history
    assert (answer.status_code, answer.headers["location"].startswith("?became=")) == (303, True)
    before = desk.rows()
    again = desk.browser.get(page.url)
    assert words_of(again) == words_of(page)
    assert "you are dealing with it" in words_of(again)
    assert desk.rows() == before
    (desk.browser.cookies.clear(), desk.path("deputy"))
    elsewhere = desk.browser.get(f"{desk.path('deputy')}{answer.headers['location']}")
    assert "you are dealing with it" not in words_of(elsewhere)


def test_a_mark_that_is_no_longer_offered_is_refused_and_the_page_shows_how_it_is(desk):
    form = desk.form()
    do_in(desk.store, case_store.append_steps, a_case(), [a_step()], [], desk.clock())
    page = desk.browser.post(desk.path(), data={**form, "do": "mark"})
    assert "Nothing was changed: it has changed since you opened this page" in words_of(page)
    assert "A case is open: to finish this, close the case." in words_of(page)
    assert desk.mark() is None


@pytest.mark.parametrize("grown", [False, True], ids=["raised again", "one more post"])
def test_what_became_worse_since_the_page_was_opened_is_read_before_it_is_taken_or_done_with(street, grown):
    seen, version = street.look().view.stamp, street.page().page.version
    if grown:
        worse = a_mention("worse", text="And here is where she lives", title="")
        more(street, worse, verdicts=[a_verdict(worse, **STREET)])
    else:
        alert_store.put_alerts(street.con, [replace(street.desk.alert, times=2)], street.now)
    for act, form in (("take", {}), ("wrong", NOT_US), ("mark", {})):
        assert street.press(act, told=seen, **form).became == "not changed"
    assert street.page().page.version != version
    assert (street.has(), street.mark()) == ("", None)
    assert [street.press("take").became, street.press("wrong", **NOT_US).became] == ["take", "wrong"]


def test_a_calm_reply_meanwhile_is_no_reason_to_ask_again(street):
    seen, version = street.look().view.stamp, street.page().page.version
    more(street, a_mention("calm", title=""))
    assert street.page().page.version == version
    assert street.press("mark", told=seen).became == "mark"


def test_a_deputy_says_i_have_it_of_a_post_to_answer_and_the_others_read_that(at):
    it = at(raised=False, **MILD)
    told = it.look().view.stamp
    assert it.press("take", "deputy").became == "take"
    assert it.page("deputy", read=True).buttons == [
        "mark",
        "unmark",
        "remind",
        "did",
        "note",
        "give",
        "wrong",
    ]
    assert holder(it, "deputy") == "You, since 09:00 on Tuesday 17 November."
    assert holder(it) == "Lee Ash, since 09:00 on Tuesday 17 November."
    assert it.page(read=True).buttons == ["mark", "did", "note", "give", "wrong"]
    late = it.press("take", told=told)
    assert (late.became, late.page.said) == ("not had", (W("page.not.had_by", who="Lee Ash"),))
    assert it.press("unmark", told=told).became == "not changed"
    assert it.mark() == (Mark.TAKEN, "deputy")
    assert it.press("unmark", "deputy").became == "put_down"
    assert it.page("deputy").buttons == ["take", "read", "wrong"]
    audited = [entry[:2] for entry in it.audited("story_marked", "mark_undone")]
    assert audited == [("story_marked", "deputy"), ("mark_undone", "deputy")]


def test_what_somebody_has_is_answered_by_another_and_a_case_opened_from_it_shows_them(at):
    it = at(raised=False, **MILD)
    it.press("take", "deputy")
    case_store.append_steps(it.con, a_case(), [a_step()], [], it.now)
    assert holder(it).startswith("Lee Ash")
    for table in ("case_steps", "cases"):
        it.rows(f"DELETE FROM {table}")
    page = it.press("mark")
    assert (page.became, it.mark()) == ("mark", (Mark.ANSWERED, "head"))


# ------------------------------------------------ restricted: nothing before a tap, each reading on record


TELLS = (
    *(WORDS[:20], "larch-dad", "forum", "example.org/one", "Oakfield"),
    *("child may", "safeguarding", "Pike", "Holt", "Tuesday 17"),
)


@pytest.fixture
def lead_desk(tmp_path):
    return PageDesk(tmp_path, told=("dsl",), **CHILD)


@pytest.fixture
def lead(at):
    return at(told=("dsl",), **CHILD)


def test_before_a_tap_it_says_only_that_there_is_one_for_its_reader(lead_desk):
    page = lead_desk.get("dsl")
    assert words_of(page) == (
        "If anyone is in danger, ring 999 now. Do not wait for anybody’s permission. "
        "Something restricted is waiting for you to read. Tap “Read it now” to see what it is. "
        "We record that you read it, with your name. "
        "This link works until 09:00 on Tuesday 22 December. Read it now Hand-over sheet I will deal with it "
        "Not watched around the clock. If a child is in danger, ring 999."
    )
    assert not [said for said in TELLS if said in words_of(page)]


def test_each_tap_shows_all_of_it_with_what_to_do_and_is_recorded_with_its_reason(lead_desk):
    page = lead_desk.press("read", "dsl")
    said = words_of(page)
    assert said.startswith(W("page.danger"))
    assert W("page.became.read", **AT_NINE) in said
    assert f"What was posted larch-dad {WORDS} https://forum.example.org/one" in said
    assert "What to do If a child is in danger, ring 999. It is for you to act on now." in said
    assert "Tell the designated safeguarding lead" not in said
    assert "Do not look into it yourself, and do not write to the child or to anybody suspected." in said
    assert "set-cookie" not in page.headers
    assert lead_desk.audited("restricted_read") == [("restricted_read", "dsl", "s-one")]
    assert rows_of(lead_desk.store, "SELECT note FROM audit_notes") == [(W("page.read_why"),)]


def test_an_act_in_what_is_restricted_leads_on_so_that_back_and_reload_repeat_nothing(lead_desk):
    read = lead_desk.press("read", "dsl")
    page = lead_desk.browser.post(lead_desk.path("dsl"), data={**form_of(read), "do": "take"})
    (answer,) = page.history
    assert (answer.status_code, answer.headers["location"].startswith("?became=")) == (303, True)
    assert lead_desk.has() == {lead_desk.alert.id: "dsl"}
    assert words_of(page).count("you are dealing with it") == 1
    before = lead_desk.rows()
    assert words_of(lead_desk.browser.get(page.url)) == words_of(page)
    assert (lead_desk.rows(), len(lead_desk.audited("restricted_read"))) == (before, 1)
    assert WORDS not in page.text


def test_a_question_of_it_opens_by_a_tap_alone_which_is_a_reading_too(lead_desk):
    address = f"{lead_desk.path('dsl')}?ask=happened"
    page = lead_desk.browser.get(address)
    assert words_of(page) == words_of(lead_desk.get("dsl"))
    read = form_of(page) | {"do": "read"}
    assert W("page.happened.rang_999") in words_of(lead_desk.browser.post(address, data=read))
    assert len(lead_desk.audited("restricted_read")) == 1


def test_all_that_is_restricted_is_shown_until_it_is_handed_over_and_deleted(lead):
    for n in range(2, 15):
        lead.rows(
            f"INSERT INTO restricted_texts SELECT * REPLACE ({n} AS n, 'version number {n}' AS text) "
            "FROM restricted_texts WHERE n = 1"
        )
    page = words_of(lead.page("dsl", read=True))
    assert WORDS in page
    assert "version number 14" in page
    alert_store.hand_over_alert(lead.con, lead.desk.alert.id, "dsl", lead.now)
    lead.rows("DELETE FROM restricted_texts")
    assert W("page.somebody") in lead.page("dsl").page.notes
    assert "Its words are no longer kept here." in words_of(lead.page("dsl", read=True))


def test_looking_and_taking_record_no_reading_and_show_nothing(lead):
    page = lead.press("take", "dsl")
    assert words_of(page).count("you are dealing with it") == 1
    assert (lead.has(), lead.audited("restricted_read")) == ("dsl", [])
    assert page.buttons == ["read"]
    assert not [said for said in TELLS[:-1] if said in words_of(page)]


def test_words_that_are_kept_are_not_shown_to_who_may_no_longer_read_them(lead_desk):
    kept = form_of(lead_desk.press("read", "dsl"))
    again = [replace(lead_desk.alert, excluded=("dsl",))]
    do_in(lead_desk.store, alert_store.put_alerts, again, lead_desk.clock())
    page = lead_desk.browser.post(lead_desk.path("dsl"), data={**kept, "do": "take"})
    assert not [said for said in TELLS if said in words_of(page)]


def test_nobody_but_its_few_reads_takes_or_marks_it(at):
    it = at(told=("dsl",), **(CHILD | {"about": About.STAFF, "subjects": ("head",)}))
    before, told = it.audited("restricted_read", "alert_acked", "story_marked"), it.look("dsl").view.stamp
    assert it.look("head") is None
    for who in ("deputy", "vale"):
        for tap in TAPPED if it.look(who) else ():
            page = it.press(tap, who, told=told)
            assert page.became == "not changed"
            assert not [said for said in (*TELLS[:4], "child may") if said in words_of(page)]
    assert it.audited("restricted_read", "alert_acked", "story_marked") == before == []
    assert (it.has(), it.mark()) == ("", None)


def test_what_becomes_restricted_after_it_was_sent_is_treated_so(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl",), **STREET)
    assert "set-cookie" in desk.press("read", "dsl").headers
    do_in(desk.store, alert_store.put_alerts, [replace(desk.alert, restricted=True)], desk.clock())
    page = desk.get("dsl")
    assert W("page.waiting") in words_of(page)
    assert WORDS not in page.text


def test_nothing_is_opened_from_here_that_may_show_a_child_undressed(at):
    post = replace(POST, text="Look at him", url="https://forum.example.org/picture")
    page = at(told=("dsl",), post=post, **(CHILD | {"abuse": ("sexual",)})).page("dsl", read=True)
    assert "https://forum.example.org/picture" in page.text
    assert re.findall(r'<a [^>]*href="(/\w+)', page.text.partition("<main")[2]) == []
    assert "Do not open this address." in words_of(page)
    assert "<img" not in page.text


def test_of_what_was_never_raised_whoever_may_only_know_of_it_sees_no_number(lead):
    lead.rows("DELETE FROM alerts")
    page = lead.page("deputy")
    assert page.page.heading == W("page.with_lead")
    assert "<title>Schoolgate</title>" in page.text
    assert "s-one" not in page.text.lower()


def lock(at, *more):
    """Its case is locked: an accused teacher must not be made known."""
    steps = [a_step(), a_step(2, StepKind.LOCKED, facts={"ground": "charge"}), *more]
    case_store.append_steps(at.con, a_case(steps=len(steps)), steps, [], at.now)
    return at


CLOSED = a_step(3, StepKind.CLOSED, facts={"ending": "removed", "reason": "It is gone."})


@pytest.mark.parametrize("later", [(), (CLOSED,)], ids=["open", "closed"])
def test_a_locked_case_hides_what_it_is_until_a_reading_is_on_record_once_it_is_closed_too(at, later):
    it = lock(at(told=("dsl", "head"), **STREET), *later)
    page = it.page("dsl")
    assert page.page.heading == W("page.waiting")
    assert not [said for said in (WORDS, "Private details", "Case 0001") if said in words_of(page)]
    assert it.press("mark", "dsl").became == "not changed"
    read = words_of(it.press("read", "dsl"))
    assert WORDS in read
    locked = "Case 0001: open, and locked: we say no more about it here."
    assert (locked in read, it.mark()) == (not later, None)
    assert it.audited("restricted_read") == [("restricted_read", "dsl", "s-one")]


def test_a_locked_case_is_not_read_by_whoever_neither_leads_nor_acts_in_it(at):
    it = lock(at(told=("dsl", "deputy"), **STREET))
    page = it.page("deputy")
    assert W("page.not_yours") in page.page.notes
    assert "read" not in page.buttons
    refused = it.press("read", "deputy", told=it.look("dsl").view.stamp)
    assert refused.became == "not changed"
    assert WORDS not in refused.text
    assert it.audited("restricted_read") == []


# -------------- whatever is tapped by anybody in any order: undo restores, nobody reads more than they may


MATTERS = {"street": STREET, "danger": DANGER, "child": CHILD, "calm": MILD}
TAPS = st.lists(st.tuples(st.sampled_from(TAPPED), st.sampled_from(PEOPLE)), min_size=1, max_size=3)


@settings(max_examples=3, deadline=None)
@given(matter=st.sampled_from(sorted(MATTERS)), taps=TAPS)
def test_whatever_is_tapped_in_whatever_order(matter, taps):
    with MatterPage.made(told=("dsl", "head"), **MATTERS[matter]) as it:
        for act, person in taps:
            tapped(it, act, person.id)


def tapped(it, act, who):
    """One tap, and whether all holds that must."""
    seen, state = it.look(who), (it.has(), it.mark())
    if seen is None:
        return
    page = it.press(act, who)
    now = it.has(), it.mark()
    assert seen.view.words or (page.became != "read" and WORDS not in page.text)
    assert now[1] is None or not it.desk.alert.route.urgent
    assert state[0] in ("", now[0]), "who has it does not change by a tap"
    if not seen.view.words or act == "read":
        assert now == state
    if now[1] and now[1] != state[1]:
        assert it.press("unmark", who).became in ("unmark", "put_down")
        assert (it.has(), it.mark()) == state
        it.press(act, who)
        assert (it.has(), it.mark()) == now


# ------------------------------------------------- what strangers wrote, notes, merging, and what is undone


def put_again(both, *mentions, version=1, **judged):
    verdicts = [a_verdict(m, version, **(STREET | judged)) for m in mentions]
    with both.store.write("test") as con:
        save(con, a_batch(*mentions, verdicts=verdicts, version=version), now=both.clock(), policy=POLICY)


@pytest.fixture
def both(tmp_path):
    return PageDesk(tmp_path, told=("head", "deputy"), **STREET)


def say(both, who="head", *, on=None, **form):
    """The page that answers what somebody does, on the page that they read or on another."""
    shown = form_of(on or both.press("read", who))
    both.wait(seconds=5)
    return both.browser.post(both.path(who), data={**shown, **form})


def test_after_a_tap_what_a_post_said_before_is_folded_away(both):
    put_again(both, replace(POST, text=WORDS.replace("Two weeks", "Three weeks")), version=2)
    assert "Two weeks" not in both.get().text
    page = both.press("read")
    fold = page.text.partition("<details")[2].partition("<h2>What it said before")[2]
    assert "version 1" in fold
    assert "Two weeks" in fold
    assert "Three weeks now!" in words_of(page)


def test_the_other_places_where_it_was_seen_are_folded_with_when_and_where(both):
    """No link of a post leads elsewhere but by the page that says where."""
    put_again(both, a_mention("other", channel="forum", text="They never ring back, I hear.", author="sam"))
    page = both.press("read")
    for shown in (both.get(), page):
        assert not re.search(r'(href|src)="(https?:)?//', shown.text)
    address, key = leads_of(both, page)[0], re.search(r'href="(/leave/[a-z2-7]+)"', page.text)[1]
    there = both.browser.get(key)
    assert f'<a class="button quiet full" href="{address}" rel="noopener noreferrer"' in there.text
    assert there.headers["Referrer-Policy"] == "no-referrer"
    assert not there.is_redirect
    assert "Where else it was seen" in words_of(page)
    assert "forum.example.org" in words_of(page)
    assert "https://forum.example.org/other" in leads_of(both, page)


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    """A long post with signs that cannot be seen, on a host of other letters; and its page."""
    text = "e\u2066f " + "word " * 1000 + "the very end"
    url = "https://аррӏе.example/school\u202e"
    post = replace(POST, author="a\u202eb", title="c\u200bd", text=text, url=url)
    both = PageDesk(tmp_path_factory.mktemp("odd"), told=("head",), post=post, **STREET)
    return both, both.press("read")


def test_what_cannot_be_seen_in_a_post_is_marked_wherever_it_stands(odd):
    _, page = odd
    for shown in ("a⟦U+202E⟧b", "c⟦U+200B⟧d", "e⟦U+2066⟧f"):
        assert shown in page.text
    assert not re.search("[\u200b\u202a-\u202e\u2066-\u2069]", page.text)
    assert "marks a character that cannot be seen" in words_of(page)


def test_a_long_post_ends_at_2000_characters_and_a_button_shows_the_rest(odd):
    both, page = odd
    assert "the very end" not in page.text
    assert "characters more" in words_of(page)
    assert "the very end" in say(both, on=page, whole=POST.id, do="read").text


def test_it_tells_of_no_address_that_no_page_of_ours_bore(both):
    """An address of a matter is no address to leave by."""
    for key in ("a" * 40, "https://evil.example", "%2e%2e"):
        assert both.browser.get(f"/leave/{key}").status_code == 404
    token = both.path().removeprefix("/m/")
    assert both.browser.get(f"/leave/{token}").status_code == 404
    key = both.context.links.seal("leave", b"https://x.example/")
    assert both.browser.get(f"/m/{key}").status_code == 404


def test_where_a_host_of_other_letters_leads_is_said_as_it_is_looked_up(odd):
    both, page = odd
    assert "аррӏе.example (xn--80ak6aa92e.example)" in words_of(page)
    key = re.search(r'href="(/leave/[a-z2-7]+)"', page.text)[1]
    assert "xn--80ak6aa92e.example" in both.browser.get(key).text


def test_an_address_too_long_to_seal_is_shown_and_not_opened(tmp_path):
    post = replace(POST, url="https://x.example/" + "a" * 700)
    both = PageDesk(tmp_path, told=("head",), post=post, **STREET)
    assert leads_of(both, both.press("read")) == []


SAID = "Rang the office, <b>no</b> answer."


def test_a_note_is_shown_to_the_others_after_a_tap_with_who_and_when_and_as_text(both):
    """Who wrote it takes it back by the button beside it, and others have none."""
    page = say(both, do="note", why=SAID)
    assert "Everyone who may read this matter can see your note" in words_of(page)
    assert "Rang the office" not in both.get("deputy").text
    theirs = both.press("read", "deputy")
    assert f"Jane Holt (09:00, Tuesday 17 November): “{html.escape(SAID)}”" in words_of(theirs)
    assert "note_back" not in buttons_of(theirs)
    mine = both.press("read")
    key = re.search(r'name="key" value="(\w+)"', mine.text)[1]
    assert "it has changed since you opened this page" in words_of(
        say(both, "deputy", on=theirs, do="note_back", key=key)
    )
    assert "you took that back" in words_of(say(both, on=mine, do="note_back", key=key))
    assert "Rang the office" not in both.press("read").text


def test_of_what_is_restricted_notes_and_why_it_was_judged_so_come_with_the_reading_alone(tmp_path):
    both = PageDesk(tmp_path, told=("dsl",), **CHILD)
    do_on(both.session("dsl"), "s-one", URN, both.clock(), write_note, SAID)
    assert "Rang the office" not in both.get("dsl").text
    read = both.press("read", "dsl")
    assert "Rang the office" in read.text
    assert "Why we say so" in words_of(read)


def test_each_thing_done_has_a_button_beside_it_that_undoes_it(both):
    page = both.press("read")
    before = both.rows()[1]
    for first, undo, says in (
        ({"do": "give", "to": "deputy"}, "take_back", "An email may already have gone to them"),
        ({"do": "take"}, "put_down", "you are no longer dealing with it"),
    ):
        assert undo not in buttons_of(page)
        done = say(both, on=page, **first)
        assert undo in buttons_of(done)
        page = say(both, on=done, do=undo)
        assert says in words_of(page)
        assert both.rows()[1] == before
    assert undo not in buttons_of(page)


def test_a_tap_asks_to_be_reminded_and_says_that_it_is_still_theirs(both):
    both.press("read")
    say(both, do="take")
    assert "remind" not in buttons_of(both.press("read"))
    decided = say(both, do="did", what="posted", why="They have our answer.")
    assert "Remind me on the next school day" in words_of(decided)
    asked = say(both, on=decided, do="remind")
    assert "it is off your list until the next school day. It is still yours." in words_of(asked)
    assert "remind" not in buttons_of(asked)


@pytest.fixture
def two(both):
    """Two matters of one class and gravity."""
    post = a_mention("two", channel="x", title="", text="They never ring back at all.", author="rowan")
    verdict = a_verdict(post, **STREET)
    alert = an_alert(
        "s-two", severity=verdict.severity, route=verdict.route, content_class=verdict.content_class,
        audience=("head", "deputy"),
    )  # fmt: skip
    batch = a_batch(post, verdicts=[verdict], story_id="s-two", run=a_run("feed:two"), alerts=[alert])
    do_in(both.store, save, batch, now=NOW, policy=POLICY)
    return both


def number_at(both, story):
    with both.store.open_reader() as con:
        return next(a.number for a in alert_store.list_alerts(con, open_only=False) if a.story_id == story)


def test_two_are_merged_by_number_and_made_two_again(two):
    """What is no other matter says what is wanted."""
    read = two.press("read")
    twice = {"do": "wrong", "what": "twice"}
    page = say(two, on=read, right="999999", **twice)
    assert "Type the number of another open matter" in words_of(page)
    say(two, on=page, right=number_at(two, "s-two"), **twice)
    with two.store.open_reader() as con:
        assert moved_to(con, "s-two") == "s-one"
    read = two.press("read")
    assert "They never ring back at all." in words_of(read)
    assert "unmerge" in buttons_of(read)
    assert "they are two matters again" in words_of(say(two, on=read, do="unmerge"))


def test_an_image_that_was_declared_is_said_to_be_one_and_not_quoted_as_what_was_posted():
    declared = PostView("facebook", words=True, text=CHILD_IMAGE_TEXT, source_ids=(BY_HAND,))
    shown = show_post(declared, Moment(NOW, None), W)
    assert "We hold no words of it." in shown.text
    assert CHILD_IMAGE_TEXT not in shown.text


def test_an_image_that_lies_in_a_mail_is_nobodys_words():
    found = Enclosures("alerts", "imaps://imap.example.org/INBOX;UIDVALIDITY=7;UID=1", ("image/png",))
    said = lying_there(found, "p-head", NOW).text
    post = PostView("elsewhere", words=True, text=said, source_ids=(BY_HAND,))
    assert "We hold no words of it." in show_post(post, Moment(NOW, None), W).text
    assert judged_part(said, (BY_HAND,)) == CHILD_IMAGE_TEXT


def test_words_that_begin_as_ours_of_an_image_are_shown_whole():
    said = f"{CHILD_IMAGE_TEXT} He waits at the gate."
    post = PostView("facebook", words=True, text=said, source_ids=(BY_HAND,))
    assert said in show_post(post, Moment(NOW, None), W).text


# ------------------------------------------------------------- who has read what is sealed


def test_who_has_a_sealed_matter_sees_who_has_read_it_and_who_was_told_and_has_not(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl", "vale"), **CHILD)
    assert "Told Read by" not in words_of(desk.press("read", "dsl"))
    desk.press("take", "dsl")
    said = words_of(desk.press("read", "dsl"))
    assert "Told Read by Robin Pike at 09:00 on Tuesday 17 November. Told, and not yet read: Sam V" in said
    desk.press("read", "vale")
    said = words_of(desk.press("read", "dsl"))
    assert "Told Read by Robin Pike at 09:00 on Tuesday 17 November and Sam Vale at 09:00" in said
    assert W("page.told.unread", names="") not in said


def test_whom_it_may_accuse_stands_on_no_line_of_who_read_it(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl", "vale"), **CHILD)
    desk.press("read", "vale")
    out = replace(desk.alert, audience=("dsl",), excluded=("vale",))
    do_in(desk.store, alert_store.put_alerts, [out], desk.clock())
    desk.press("take", "dsl")
    said = words_of(desk.press("read", "dsl"))
    assert "Told Read by Robin Pike at 09:00 on Tuesday 17 November. " in said
    assert "Sam Vale" not in said


def test_who_has_it_and_may_not_know_whom_it_accuses_is_not_told_who_read_it(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl", "vale"), **CHILD)
    desk.press("read", "dsl")
    desk.press("take", "vale")
    said = words_of(desk.press("read", "vale"))
    assert desk.has() == {desk.alert.id: "vale"}
    assert WORDS in said
    assert "Told" not in said
    assert "Robin Pike" not in said
