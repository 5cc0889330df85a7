"""What each reader of a digest is told, and what never."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser

import pytest
from builders.case import a_step
from builders.digest import (
    DEPUTY,
    DSL,
    GAZETTE,
    HEAD,
    OAKFIELD,
    OFF,
    TUESDAY,
    URN,
    a_busy_day,
    a_config,
    a_home,
    a_quiet_day,
    alert_on,
    grave,
    kept_open,
    mark,
    news,
    queue,
    ran,
    restricted,
    say,
    story_id,
    together,
    two_grave,
)
from builders.digest_reader import flat, of, unsigned
from builders.mention import a_mention, a_message

from alerts.ladder.replay import replay
from data.register.calendar import Calendar
from data.steps.codes import StepKind
from data.store.alerts.alerts import ack, hand_over
from data.store.cases import cases as case_store
from data.types import About, Outcome, Policy, Reason, Relevance, Role, Route, Severity, Source
from data.words.say import words
from monitor.config.settings import DigestSettings

BEFORE = TUESDAY - timedelta(hours=10)


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    with kept_open(a_home(tmp_path_factory.mktemp("busy"))) as store:
        a_busy_day(store)
        yield store


@pytest.fixture
def store(tmp_path):
    with kept_open(a_home(tmp_path)) as found:
        yield found


@pytest.fixture
def config(tmp_path):
    return a_config(tmp_path)


def snap(prepared):
    return f"{prepared.letter.subject}\n\n{unsigned(prepared.letter.body)}"


def test_a_busy_day_for_the_head(busy, config, snapshot):
    assert snap(of(busy, config, HEAD)) == snapshot


def test_a_busy_day_for_the_deputy_who_is_accused(busy, config, snapshot):
    assert snap(of(busy, config, DEPUTY)) == snapshot


def test_a_busy_day_as_a_page(busy, config, snapshot):
    assert unsigned(of(busy, config, HEAD).letter.html) == snapshot


def test_a_quiet_day_is_sent_and_says_what_was_not_seen(store, config, snapshot):
    a_quiet_day(store)
    assert snap(of(store, config, HEAD)) == snapshot


def test_a_day_without_school(store, config, snapshot):
    saturday = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)
    two_grave(store, saturday)
    say(store, "parking", saturday - timedelta(hours=9))
    ran(store, "mumsnet", saturday - timedelta(hours=3), Outcome.BLOCKED)
    assert snap(of(store, config, HEAD, saturday)) == snapshot


@pytest.mark.parametrize(
    "day", [date(2026, 11, 27), date(2027, 1, 11)], ids=["three weeks before", "past it"]
)
def test_that_the_last_term_ends_is_asked_in_a_line_and_then_said_first(store, tmp_path, snapshot, day):
    morning = datetime.combine(day, TUESDAY.time(), UTC)
    a_quiet_day(store, morning)
    config = a_config(tmp_path, schools=(OAKFIELD,))
    assert snap(of(store, config, HEAD, morning)) == snapshot


def test_it_always_says_that_it_is_not_watched_around_the_clock(busy, store, config):
    for found in (of(busy, config, HEAD), of(store, config, HEAD)):
        assert words("en")("common.not_watched") in flat(found)


def test_the_accused_sees_neither_the_line_nor_a_count_of_it(store, config):
    grave(
        store, "accused", BEFORE, alert_on("accused", BEFORE, excluded=("deputy",)),
        abuse=("defamation",), subjects=("deputy",),
    )  # fmt: skip
    ran(store, "gazette", BEFORE)
    assert of(store, config, HEAD).letter.subject.startswith("Accusation about staff: nobody has it yet")
    for text in (of(store, config, DEPUTY).letter.subject, flat(of(store, config, DEPUTY))):
        assert "decide" not in text.lower()
        assert "accused" not in text
    assert "Nothing new about you" in flat(of(store, config, DEPUTY))


def test_an_accusation_by_office_is_kept_from_who_holds_the_office_and_who_reports_to_them(store, config):
    grave(store, "accused", BEFORE, alert_on("accused", BEFORE, audience=("chair",)), about=About.HEAD)
    assert "Decide" not in of(store, config, HEAD).letter.body
    assert "Decide" not in of(store, config, DEPUTY).letter.body


def test_whom_an_alert_kept_out_does_not_see_it_though_its_words_name_nobody_now(store, config):
    grave(store, "accused", BEFORE, alert_on("accused", BEFORE, excluded=("deputy",)))
    assert "Decide" in of(store, config, HEAD).letter.body
    assert "Decide" not in of(store, config, DEPUTY).letter.body


def test_a_calm_edit_does_not_show_its_subject_what_was_said_before(store, config):
    at = TUESDAY - timedelta(hours=30)
    grave(store, "accused", at, alert_on("accused", at, excluded=("deputy",)), subjects=("deputy",))
    with store.write("ack") as con:
        ack(con, alert_on("accused", at).id, "head", at)
    say(store, "later", BEFORE, story="accused", subjects=("deputy",))
    assert "\nAnswer ·" not in of(store, config, DEPUTY).letter.body
    assert "\nAnswer ·" in of(store, config, HEAD).letter.body


@pytest.mark.parametrize("hidden", ["accused", "child"])
def test_a_message_that_failed_is_not_told_to_whom_its_matter_is_kept_from(store, config, hidden):
    if hidden == "accused":
        alert = grave(
            store, hidden, BEFORE, alert_on(hidden, BEFORE, audience=("head",)), subjects=("deputy",)
        )
    else:
        alert = restricted(store, hidden, BEFORE, audience=("dsl", "head"))
    queue(store, [a_message("x", person_id="head", alert_id=alert.id)], BEFORE)
    mark(store, "x", "failed_at", BEFORE)
    assert "1 message to you could not be sent" in flat(of(store, config, HEAD))
    assert "message to" not in flat(of(store, config, DEPUTY))


def test_what_cannot_be_placed_is_not_counted_for_whom_it_may_accuse(store, config):
    say(store, "look", BEFORE, look=True, relevance=Relevance.UNSURE, subjects=("deputy",))
    assert "perhaps another school" in flat(of(store, config, HEAD))
    assert "perhaps another school" not in flat(of(store, config, DEPUTY))


def test_what_may_be_an_accusation_is_kept_from_whom_it_may_mean(store, config):
    say(store, "look", BEFORE, look=True, about=About.STAFF, subjects=("deputy",), subject_person="deputy")
    assert "Worth a look" in of(store, config, HEAD).letter.body
    assert "Worth a look" not in of(store, config, DEPUTY).letter.body
    assert "worth a look" not in of(store, config, DEPUTY).letter.subject


def test_what_may_be_an_accusation_is_kept_from_whom_it_may_mean_though_another_look_comes_first(
    store, config
):
    say(store, "one", BEFORE, story="thread", look=True, look_rank=2.0, about=About.SCHOOL)
    say(store, "two", BEFORE, story="thread", look=True, look_rank=1.0, subjects=("deputy",))
    assert "Worth a look" in of(store, config, HEAD).letter.body
    assert "Worth a look" not in of(store, config, DEPUTY).letter.body


def test_what_the_store_holds_of_a_look_says_where_it_is_and_what_it_may_be(store, config):
    near = (("abuse:threat", 0.2), ("abuse:hate", 0.1))
    say(store, "van", BEFORE, look=True, about=About.STAFF, scores=near)
    cymraeg = Reason("language_cy", "It is in Welsh.")
    say(store, "blog", BEFORE, look=True, channel="blog", reasons=(cymraeg,), scores=near)
    said = flat(of(store, replace(config, policy=Policy(look_share=1.0)), HEAD))
    assert "A threat or a figure of speech?" in said
    assert "We do not judge Welsh: please read it yourself." in said


def test_criticism_that_is_only_to_be_answered_is_not_hidden_from_the_head(store, config):
    say(store, "hopeless", BEFORE, about=About.HEAD, subjects=("head",), subject_person="head")
    assert "They speak of hopeless again" in flat(of(store, config, HEAD))


def test_a_restricted_matter_gives_no_line_and_no_number_to_open_it_by(store, config):
    alert = restricted(store, "child", BEFORE)
    say(store, "parking", BEFORE)
    letter = of(store, config, HEAD).letter
    for hint in (alert.id[:8], story_id("child")[:8], "safeguarding matter", "pupil", "0 to decide"):
        assert hint not in letter.body + letter.subject
    assert "With the safeguarding lead: 1." in letter.body


def test_the_bare_count_is_not_given_to_others_where_it_is_the_only_thing(store, config):
    restricted(store, "child", BEFORE)
    ran(store, "gazette", BEFORE)
    assert "safeguarding" not in of(store, config, HEAD).letter.body


@pytest.mark.parametrize(
    "changes",
    [{"excluded": ("deputy",)}, {"excluded": ("chair",)}],
)
def test_the_bare_count_is_given_only_to_its_audience_where_somebody_is_kept_out(store, config, changes):
    restricted(store, "child", BEFORE, audience=("dsl", "head"), **changes)
    say(store, "parking", BEFORE)
    assert "safeguarding lead: 1" in of(store, config, HEAD).letter.body
    assert "safeguarding" not in of(store, config, DEPUTY).letter.body


def test_the_bare_count_is_all_or_nothing(store, config):
    restricted(store, "one", BEFORE)
    restricted(store, "two", BEFORE, audience=("dsl",), excluded=("deputy",))
    say(store, "parking", BEFORE)
    assert "safeguarding" not in of(store, config, HEAD).letter.body


def test_a_story_that_turned_restricted_after_its_alert_is_left_out(store, config):
    grave(store, "street", BEFORE)
    say(
        store,
        "reply",
        BEFORE,
        story="street",
        restricted=True,
        content_class="C10",
        severity=Severity.THIS_HOUR,
    )
    assert "Decide" not in of(store, config, HEAD).letter.body


def test_the_harmless_posts_of_a_restricted_story_are_left_out_though_it_was_handed_over(store, config):
    alert = restricted(store, "child", BEFORE)
    with store.write("hand over") as con:
        hand_over(con, alert.id, "dsl", BEFORE)
    say(store, "reply", BEFORE, story="child", themes=("meals",))
    body = of(store, config, HEAD).letter.body
    assert "\nAnswer ·" not in body
    assert story_id("child")[:8] not in body


def test_no_headline_of_a_thread_with_a_restricted_post(store, config):
    news(store, "thread", BEFORE, "Choir sings at hospice")
    assert "Choir sings" in of(store, config, HEAD).letter.body
    say(
        store, "reply", BEFORE, parent=a_mention("thread").id, restricted=True, content_class="C10",
        route=Route.SAFEGUARDING, severity=Severity.THIS_HOUR,
    )  # fmt: skip
    assert "Choir sings" not in of(store, config, HEAD).letter.body


def test_markup_in_a_headline_is_shown_as_text(store, config):
    news(
        store,
        "evil",
        BEFORE,
        '<img src=x onerror="alert(1)"><b>Choir</b> & “friends”',
        url="https://g.example.org/'\"><i>",
    )
    page = of(store, config, HEAD).letter.html
    assert "<img" not in page
    assert "<b>" not in page
    assert "&lt;b&gt;Choir&lt;/b&gt; &amp; ‘friends" in page
    assert "<i>" not in page


def test_line_breaks_and_direction_marks_reach_neither_subject_nor_lines(store, tmp_path):
    school = replace(OAKFIELD, name="Oakfield\r\nBcc: all@example.org\u202eevil")
    source = replace(GAZETTE, name="Gazette\r\nX\u202e")
    config = a_config(tmp_path, schools=(school,), sources=(source, OFF))
    news(store, "evil", BEFORE, "Choir\r\nBcc: x@example.org\u202e sings")
    letter = of(store, config, HEAD).letter
    assert "\n" not in letter.subject
    assert "\u202e" not in letter.subject + letter.body + letter.html
    assert "“Choir Bcc: x@example.org sings”" in flat(of(store, config, HEAD))


def test_looks_are_ranked_and_no_more_than_their_share(store, config):
    with together(store) as one:
        for n in range(5):
            say(one, f"look-{n}", BEFORE, look=True, look_rank=n / 10, scores=(("abuse:threat", 0.4),))
    found = of(store, replace(config, policy=Policy(look_share=0.4)), HEAD)
    assert len(re.findall(r"figure of speech\?", flat(found))) == 2
    assert "… and 3 less likely." in flat(found)
    assert "look-4" in found.letter.body
    assert "look-2" not in found.letter.body


def test_what_may_be_severity_4_and_what_nobody_judged_lose_to_nobodys_share(store, config):
    with together(store) as one:
        for n in range(6):
            say(one, f"hour-{n}", BEFORE, look=True, look_rank=1.1 + n, scores=(("abuse:threat", 0.4),))
            polish = (Reason("language_other", "It is in another language."),)
            say(one, f"polish-{n}", BEFORE, look=True, look_rank=0.01, reasons=polish)
        say(one, "doubtful", BEFORE, look=True, look_rank=0.5, scores=(("abuse:threat", 0.4),))
    said = flat(of(store, replace(config, policy=Policy(look_share=0.01)), HEAD))
    assert len(re.findall(r"figure of speech\?", said)) == 7
    assert "Not in English: please have it read" in said
    assert len(re.findall(r"do not judge this language|language that we do not judge", said)) == 6


def test_every_look_that_may_be_severity_4_is_in_the_mail_however_many_there_are(store, config):
    with together(store) as one:
        for n in range(21):
            say(one, f"hour-{n}", BEFORE, look=True, look_rank=1.1 + n, scores=(("abuse:threat", 0.4),))
    said = flat(of(store, replace(config, policy=Policy(look_share=0.01)), HEAD))
    assert len(re.findall(r"figure of speech\?", said)) == 21


def test_a_reader_of_pages_is_told_whom_to_ask_for_the_rest_and_no_command(store, config):
    with together(store) as one:
        for n in range(14):
            news(one, f"article-{n}", BEFORE, f"Fair number {n}")
    said = flat(of(store, config, HEAD))
    assert "… and 2 more." in said
    assert "Whoever looks after Schoolgate at your school can show you the rest." in said
    assert "schoolgate " not in said


def test_where_no_place_could_be_read_it_does_not_say_that_all_is_quiet(store, config):
    ran(store, "gazette", BEFORE, Outcome.UNREACHABLE)
    found = of(store, config, HEAD)
    assert "Nothing new" not in found.letter.body
    assert "have not been able to read a single place" in flat(found)
    assert "Nothing could be read" in found.letter.subject


def test_a_place_that_was_read_in_part_is_said_beside_what_it_brought(store, config):
    ran(store, "gazette", TUESDAY - timedelta(minutes=20), Outcome.PARTLY)
    found = of(store, config, HEAD)
    assert "read in part, since something there is too large." in flat(found)
    assert "have not been able to read a single place" not in flat(found)


def test_the_digest_says_why_a_place_was_read_in_part(store, config):
    said = "read in part, since something there took too long to read and a text there is too long."
    why = "Posts that took too long to be read: 1. Items of which only the beginning was read: 2."
    ran(store, "gazette", TUESDAY - timedelta(minutes=20), Outcome.PARTLY, detail=why)
    assert said in flat(of(store, config, HEAD))


def test_a_place_that_was_never_asked_or_not_since_is_not_seen(store, tmp_path):
    sources = tuple(Source(i, "feed", f"https://{i}.example.org", (URN,), i) for i in ("never", "once"))
    ran(store, "once", TUESDAY - timedelta(days=3))
    said = flat(of(store, a_config(tmp_path, sources=sources), HEAD))
    assert "never: not asked." in said
    assert "once: not read when it was due (a fault of ours) since Saturday." in said


def test_a_place_that_failed_a_moment_ago_has_missed_nothing(store, config):
    ran(store, "gazette", TUESDAY - timedelta(hours=1))
    ran(store, "gazette", TUESDAY - timedelta(minutes=5), Outcome.UNREACHABLE)
    assert "Northvale Gazette: not reached" not in flat(of(store, config, HEAD))


def test_severity_four_says_by_when_and_later_that_it_was_due(store, config):
    at = TUESDAY - timedelta(minutes=30)
    grave(store, "gate", at, alert_on("gate", at, severity=Severity.THIS_HOUR, route=Route.POLICE_NOW))
    assert "You · by 08:00" in flat(of(store, config, HEAD))
    late = of(store, config, HEAD, TUESDAY + timedelta(hours=2))
    assert "was due Tuesday 08:00" in flat(late)


def test_a_bank_holiday_of_the_schools_nation_is_no_day_to_decide_on(store, config):
    at = datetime(2026, 11, 29, 21, 0, tzinfo=UTC)  # the eve of Saint Andrew's day
    grave(store, "street", at)
    tuesday = datetime(2026, 12, 1, 7, 30, tzinfo=UTC)
    scottish = replace(config, calendars={URN: Calendar("scotland")})
    assert "You · today" in flat(of(store, scottish, HEAD, tuesday))
    assert "You · was due Mon 30 Nov" in flat(of(store, config, HEAD, tuesday))


def open_case(store, case_id, story, **facts):
    due = datetime(2026, 11, 19, 10, 12, tzinfo=UTC)
    told = {"story": story_id(story), "route": "platform_report", "proposed_class": "C7", "about": "staff"}
    host = {"rung": "host", "kind": "s5"}
    steps = (
        a_step(case_id=case_id, at=BEFORE, facts={**told, **facts}),
        a_step(2, StepKind.DECIDED, case_id=case_id, at=BEFORE, facts={"decision": "seek"}),
        a_step(3, StepKind.EVIDENCE, case_id=case_id, at=BEFORE, facts={"capture": "c", "manifest": "m"}),
        a_step(
            4, StepKind.ASKED, case_id=case_id, at=BEFORE, facts=host, due_at=due, clock="operator_s5_48h"
        ),
    )
    with store.write("case") as con:
        case_store.put(con, replay(steps), steps, (), BEFORE)


def test_a_case_says_until_when_it_waits_and_none_of_a_restricted_story_does(store, config):
    say(store, "open", BEFORE)
    restricted(store, "child", BEFORE)
    open_case(store, "0004", "open")
    open_case(store, "0005", "child")
    said = flat(of(store, config, HEAD))
    assert "Case 0004: the website’s operator has until Thursday 10:12 (48 hours" in said
    assert "0005" not in said


def test_a_case_of_a_restricted_story_is_not_told_though_its_alert_was_taken_in_hand(store, config):
    at = TUESDAY - timedelta(days=9)
    alert = restricted(store, "child", at)
    with store.write("ack") as con:
        ack(con, alert.id, "dsl", at)
    open_case(store, "0005", "child")
    assert "0005" not in of(store, config, HEAD).letter.body


def test_a_threat_that_somebody_has_is_told_until_its_cases_are_closed_with_who_has_it_since_when(
    store, config
):
    at = TUESDAY - timedelta(days=9)
    hour, today = Severity.THIS_HOUR, Severity.TODAY
    for name, route, severity in (
        ("threat", Route.POLICE_NOW, hour),
        ("street", Route.REQUEST_REMOVAL, today),
    ):
        alert = alert_on(name, at, route=route, severity=severity)
        grave(store, name, at, alert, abuse=("threat",), content_class="C6")
        with store.write("ack") as con:
            ack(con, alert.id, "head", at)
    had = re.findall(r"You have had it since [^.]*", flat(of(store, config, HEAD)))
    assert len(had) == 1
    assert "8 November" in had[0]
    open_case(store, "0004", "threat")
    with store.write("close") as con:
        con.execute("UPDATE cases SET closed_at = $at, state = 'closed'", {"at": BEFORE - timedelta(days=3)})
    assert "have it" not in flat(of(store, config, HEAD))


def test_what_was_handed_over_is_counted_no_more(store, config):
    alert = restricted(store, "child", BEFORE)
    say(store, "parking", BEFORE)
    with store.write("hand over") as con:
        hand_over(con, alert.id, "dsl", BEFORE)
    assert "safeguarding" not in of(store, config, HEAD).letter.body


def test_by_when_is_the_day_of_its_mail_whenever_the_digest_goes_out(store, config):
    noon = replace(config, digest=DigestSettings(at="12:00"))
    grave(store, "street", TUESDAY + timedelta(hours=2))
    wednesday = TUESDAY + timedelta(days=1, hours=4, minutes=30)
    assert "was due Tue 17 Nov" in flat(of(store, noon, HEAD, wednesday))


@pytest.mark.parametrize("how", [{"excluded": ("deputy",)}, {}])
def test_a_case_is_kept_from_its_subject_long_after_its_alert_was_taken_in_hand(store, config, how):
    at = TUESDAY - timedelta(days=9)
    alert = alert_on("accused", at, **how)
    grave(store, "accused", at, alert, subjects=() if how else ("deputy",))
    with store.write("ack") as con:
        ack(con, alert.id, "head", at)
    open_case(store, "0004", "accused")
    assert "Case 0004" in flat(of(store, config, HEAD))
    for text in (of(store, config, DEPUTY).letter.subject, flat(of(store, config, DEPUTY))):
        assert "0004" not in text
        assert "waiting" not in text.lower()


def test_a_spike_and_what_was_done_on_own_accounts_are_told(store, config):
    with store.write("told") as con:
        con.execute(
            "INSERT INTO spikes (urn, began_at, lasted_to, told_at, mentions, usual, themes) "
            "VALUES ('900001', $b, $b, $b, 31, 6.0, ['traffic', 'meals'])",
            {"b": BEFORE},
        )
        con.execute(
            "INSERT INTO account_log VALUES ('a1', '900001', 'page', $b, 'head', 'blocked', 'secret', NULL)",
            {"b": BEFORE},
        )
    said = flat(of(store, config, HEAD))
    assert "31 posts in three hours from yesterday 21:30; about 6 is usual." in said
    assert "Mostly about: parking, buses and the school gate; meals." in said
    assert "Our Facebook page: 1 account was blocked." in said
    assert "secret" not in said


def test_another_schools_posts_are_not_told(store, tmp_path):
    say(store, "parking", BEFORE)
    config = a_config(tmp_path, schools=(replace(OAKFIELD, urn="900009"),))
    assert "\nAnswer ·" not in of(store, config, HEAD).letter.body


class Outline(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)


def test_the_page_is_small_and_made_of_headings_and_lists_without_anything_fetched(busy, config):
    page = of(busy, config, HEAD).letter.html
    outline = Outline()
    outline.feed(page)
    assert len(page.encode()) < 20_000
    assert [t for t in outline.seen if t in ("h1", "h2", "h3")] == ["h1", *["h2"] * outline.seen.count("h2")]
    assert not {"img", "script", "link", "iframe", "table", "form", "object"} & set(outline.seen)
    assert "url(" not in page
    assert "@import" not in page
    assert "prefers-color-scheme: dark" in page
    assert '<meta name="color-scheme" content="light dark">' in page


def test_a_safeguarding_lead_who_leads_nothing_else_is_no_reader(config):
    from alerts.access.recipients import leadership

    assert [p.id for p in leadership(OAKFIELD, config.people)] == ["head", "deputy"]
    assert leadership(OAKFIELD, (replace(DSL, roles=(Role.DSL, Role.SLT)),))
    assert not leadership(OAKFIELD, (replace(HEAD, email=None),))


def test_what_to_do_if_nobody_is_in_danger_stands_right_behind_999_and_the_case_after_it(store, config):
    alert = alert_on("threat", BEFORE, severity=Severity.THIS_HOUR, route=Route.POLICE_NOW)
    grave(store, "threat", BEFORE, alert)
    open_case(store, "0004", "threat")
    said = flat(of(store, config, HEAD))
    assert said.index("ring 999.") < said.index("If not, ") < said.index("Case 0004")
