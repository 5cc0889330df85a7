"""What each reader of a digest is told, how, and what never."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser

import pytest
from builders.case import a_step
from builders.digest import (
    DEPUTY,
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
    emptied,
    grave,
    kept_open,
    mark,
    news,
    praise,
    queue,
    ran,
    restricted,
    say,
    story_id,
    together,
    two_grave,
)
from builders.digest_reader import LINKS, flat, of, unsigned
from builders.home import do_in
from builders.mention import a_mention, a_message

from alerts.ladder.replay import replay
from alerts.links import Links
from data.register.calendar import Calendar
from data.steps.codes import StepKind
from data.store.alerts.alerts import ack, hand_over
from data.store.cases import cases as case_store
from data.store.owners import put
from data.types import (
    About,
    Mark,
    Marked,
    Outcome,
    Policy,
    PressEvent,
    Reason,
    Relevance,
    Route,
    Sentiment,
    Severity,
    Source,
)
from monitor.config.model import DigestSettings

BEFORE = TUESDAY - timedelta(hours=10)


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    with kept_open(a_home(tmp_path_factory.mktemp("busy"))) as store:
        a_busy_day(store)
        yield store


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    with kept_open(a_home(tmp_path_factory.mktemp("told"))) as found:
        yield found


@pytest.fixture
def store(kept, tmp_path):
    with emptied(kept, tmp_path) as found:
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
    do_in(store, ack, alert_on("accused", at).id, "head", at)
    say(store, "later", BEFORE, story="accused", subjects=("deputy",))
    assert "In hand" not in of(store, config, DEPUTY).letter.body
    assert "In hand" in of(store, config, HEAD).letter.body


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


def test_criticism_that_is_only_to_be_answered_is_not_hidden_from_the_head(store, config):
    say(store, "hopeless", BEFORE, about=About.HEAD, subjects=("head",), subject_person="head")
    assert "They speak of hopeless again" in flat(of(store, config, HEAD))


def test_a_restricted_matter_gives_no_line_and_no_number_to_open_it_by(store, config):
    alert = restricted(store, "child", BEFORE, severity=Severity.TODAY)
    say(store, "parking", BEFORE)
    letter = of(store, config, HEAD).letter
    for hint in (alert.id[:8], story_id("child")[:8], "safeguarding matter", "pupil", "0 to decide"):
        assert hint not in letter.body + letter.subject
    assert "With the safeguarding lead: 1." in letter.body


def test_the_bare_count_is_not_given_to_others_where_it_is_the_only_thing(store, config):
    restricted(store, "child", BEFORE, severity=Severity.TODAY)
    ran(store, "gazette", BEFORE)
    assert "safeguarding" not in of(store, config, HEAD).letter.body


@pytest.mark.parametrize(
    "changes",
    [{"excluded": ("deputy",)}, {"excluded": ("chair",)}],
)
def test_the_bare_count_is_given_only_to_its_audience_where_somebody_is_kept_out(store, config, changes):
    given = {"severity": Severity.TODAY, "audience": ("dsl", "head")}
    restricted(store, "child", BEFORE, **given, **changes)
    say(store, "parking", BEFORE)
    assert "safeguarding lead: 1" in of(store, config, HEAD).letter.body
    assert "safeguarding" not in of(store, config, DEPUTY).letter.body


def test_the_bare_count_is_all_or_nothing(store, config):
    restricted(store, "one", BEFORE, severity=Severity.TODAY)
    restricted(store, "two", BEFORE, severity=Severity.TODAY, audience=("dsl",), excluded=("deputy",))
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
    do_in(store, hand_over, alert.id, "dsl", BEFORE)
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


def test_twelve_articles_are_told_and_of_the_rest_whom_to_ask_and_no_command(store, config):
    with together(store) as one:
        for n in range(14):
            news(one, f"article-{n}", BEFORE, f"Fair number {n}")
    said = flat(of(store, config, HEAD))
    assert len(re.findall(r"“Fair number \d+”", said)) == 12
    assert "… and 2 more." in said
    assert "Whoever looks after Schoolgate at your school can show you the rest." in said
    assert "schoolgate " not in said


def test_where_no_place_could_be_read_it_does_not_say_that_all_is_quiet(store, config):
    ran(store, "gazette", BEFORE, Outcome.UNREACHABLE)
    found = of(store, config, HEAD)
    assert "Nothing new" not in found.letter.body
    assert "have not been able to read a single place" in flat(found)
    assert "Nothing could be read" in found.letter.subject


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
    do_in(store, case_store.put, replay(steps), steps, (), BEFORE)


def test_a_case_says_until_when_it_waits_and_none_of_a_restricted_story_does(store, config):
    say(store, "open", BEFORE)
    restricted(store, "child", BEFORE)
    open_case(store, "0004", "open")
    open_case(store, "0005", "child")
    said = flat(of(store, config, HEAD))
    assert "Case 0004: the website’s operator has until Thursday 10:12 (48 hours" in said
    assert "Case 0005" not in said


def test_a_case_of_a_restricted_story_is_not_told_though_its_alert_was_taken_in_hand(store, config):
    at = TUESDAY - timedelta(days=9)
    alert = restricted(store, "child", at)
    do_in(store, ack, alert.id, "dsl", at)
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
        do_in(store, ack, alert.id, "head", at)
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
    do_in(store, hand_over, alert.id, "dsl", BEFORE)
    assert "safeguarding" not in of(store, config, HEAD).letter.body


@pytest.mark.parametrize("how", [{"excluded": ("deputy",)}, {}])
def test_a_case_is_kept_from_its_subject_long_after_its_alert_was_taken_in_hand(store, config, how):
    at = TUESDAY - timedelta(days=9)
    alert = alert_on("accused", at, **how)
    grave(store, "accused", at, alert, subjects=() if how else ("deputy",))
    do_in(store, ack, alert.id, "head", at)
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


# --------------------------------------------------------------------- in the posts' own words


GMAIL_CUTS = 102_000
"""Bytes of a page after which Gmail hides the rest behind a link."""


def threat(store, name="threat"):
    raised = alert_on(
        name, BEFORE, id="73eb6a0000", severity=Severity.THIS_HOUR, route=Route.POLICE_NOW, content_class="C6"
    )
    say(
        store, name, BEFORE, severity=Severity.THIS_HOUR, route=Route.POLICE_NOW, abuse=("threat",),
        content_class="C6", alert=raised,
    )  # fmt: skip


def test_no_handle_stands_in_it_and_no_word_or_address_of_what_may_not_be_repeated(busy, config):
    for person in (HEAD, DEPUTY):
        letter = of(busy, config, person).letter
        assert "secret" not in (letter.body + letter.html + letter.subject).lower()
        assert "They speak of uniform again" in letter.body


def test_without_excerpts_there_are_neither_words_nor_addresses_of_posts(busy, tmp_path):
    config = a_config(tmp_path, digest=DigestSettings(excerpts="none"))
    letter = of(busy, config, HEAD, links=Links()).letter
    assert "Choir" not in letter.body + letter.html
    assert "They speak" not in letter.body + letter.html
    assert "http" not in letter.body
    assert "Worth passing on" in letter.body


def test_without_pages_commands_stand_once_at_the_end_and_codes_on_the_lines(busy, config):
    found = of(busy, config, HEAD, links=Links())
    commands = [m.start() for m in re.finditer("schoolgate ", flat(found))]
    assert len(commands) == 1
    assert min(commands) > flat(found).index("To take a matter")
    assert f"[{story_id('lunch')[:8]}]" in found.letter.body


def test_with_pages_every_line_that_can_be_opened_has_its_page_and_no_command(busy, config):
    found = of(busy, config, HEAD)
    pages = re.findall(r'href="https://alerts\.example\.org/m/([a-z2-7]+)"', found.letter.html)
    tickets = [LINKS.ticket(page) for page in pages]
    names = ("street", "accused", "van", "gate-0", "gate-1", "uniform", "call", "choir", "lunch", "elsewhere")
    assert sorted(t.story_id for t in tickets) == sorted(story_id(name) for name in names)
    assert {t.holder for t in tickets} == {LINKS.holder("head")}
    assert "schoolgate " not in flat(found)
    assert f"[{story_id('lunch')[:8]}]" not in found.letter.body


def test_addresses_in_the_plain_text_stand_whole_on_lines_of_their_own(busy, config):
    lines = of(busy, config, HEAD).letter.body.splitlines()
    addressed = [line for line in lines if "http" in line]
    assert len(addressed) > 15
    assert all(re.fullmatch(r" +https://\S+", line) for line in addressed)


def test_the_busiest_digest_is_not_cut_by_gmail(store, config):
    words = "Parents say that nobody at all answers telephone calls about uniforms and lunches"
    themes = ("meals", "uniform", "traffic", "results", "costs", "events", "safety")
    cymraeg = (Reason("language_cy", "It is in Welsh."),)
    noted = {"relevance": Relevance.UNSURE, "severity": Severity.NOTE, "route": Route.NOTE, "text": words}
    with together(store) as one:
        for n in range(14):
            theme = (themes[n % 7],)
            grave(one, f"danger-{n}", BEFORE, alert_on(f"danger-{n}", BEFORE, severity=Severity.THIS_HOUR))
            grave(one, f"grave-{n}", BEFORE)
            say(one, f"look-{n}", BEFORE, look=True, look_rank=2.0, text=words)
            news(one, f"news-{n}", BEFORE, words, url=f"https://paper.example.org/{'x' * 200}/{n}")
            for m in range(2):
                say(one, f"answer-{n}-{m}", BEFORE, themes=theme, text=words)
                praise(one, f"praise-{n}-{m}", BEFORE, themes=theme, text=words)
            say(one, f"welsh-{n}", BEFORE, look=True, reasons=cymraeg, text=words)
            say(one, f"unsure-{n}", BEFORE, **noted)
            taken = grave(one, f"taken-{n}", BEFORE)
            ack(one.con, taken.id, "head", BEFORE)
    page = of(store, replace(config, policy=Policy(look_share=1.0)), HEAD).letter.html
    assert page.count('class="button') + page.count('class="open') > 70
    assert len(page.encode()) < 0.9 * GMAIL_CUTS


def test_blogs_and_posts_are_told_by_their_titles_and_are_not_in_the_news(store, config):
    news(store, "blog", BEFORE, "Choir sings in a blog", channel="blog")
    praise(store, "post", BEFORE, title="Choir sings in a post")
    said = flat(of(store, config, HEAD))
    assert "“Choir sings in a blog”, on a blog or website" in said
    assert "“Choir sings in a post”, on a local forum" in said
    assert "In the news" not in said


def test_praise_in_the_press_stands_once_in_the_news(store, config):
    news(store, "choir", BEFORE, "Choir sings at hospice")
    body = of(store, config, HEAD).letter.body
    assert body.count("Choir sings") == 1
    assert "In the news" in body
    assert "Worth passing on" not in body


def test_an_article_that_asks_for_nothing_is_in_the_news_all_the_same(store, config):
    news(store, "fete", BEFORE, "Fete at Oakfield", route=Route.NOTE, sentiment=Sentiment.NEUTRAL)
    assert "“Fete at Oakfield”, Northvale Gazette" in flat(of(store, config, HEAD))


def test_what_is_to_be_decided_today_is_not_told_again_in_the_news(store, config):
    news(
        store, "knife", BEFORE, "Pupil found with knife at Oakfield", severity=Severity.TODAY,
        route=Route.RESPOND, sentiment=Sentiment.NEGATIVE, event=PressEvent.WEAPON,
        alert=alert_on("knife", BEFORE, route=Route.RESPOND, content_class="C0"),
    )  # fmt: skip
    news(store, "later", BEFORE, "Knife: what parents say", story="knife", route=Route.NOTE)
    said = flat(of(store, config, HEAD))
    assert "“Pupil found with knife at Oakfield”, Northvale Gazette" in said
    assert "In the news" not in said


def test_a_matter_of_999_stands_first_in_a_block_of_its_own_that_says_so(busy, config, store):
    grave(store, "street", BEFORE)
    threat(store)
    found = of(store, config, HEAD)
    assert found.letter.subject.startswith("Threat: nobody has it yet, police not recorded, 1 more to decide")
    text, page = found.letter.body, found.letter.html
    assert text.index("somebody may be in danger") < text.index("Decide today")
    assert text.count("If anyone is in danger, ring 999.") == 1
    assert text.count("=" * 72) == 2
    assert page.count('class="danger"') == 1
    assert 'class="danger"' not in of(busy, config, HEAD).letter.html


def test_a_second_matter_of_999_stands_apart_from_the_first(store, config):
    threat(store)
    assert 'class="one next"' not in of(store, config, HEAD).letter.html
    danger = {"severity": Severity.THIS_HOUR, "route": Route.POLICE_NOW, "abuse": ("threat",)}
    alert = alert_on("gate", BEFORE, severity=Severity.THIS_HOUR, route=Route.POLICE_NOW)
    say(store, "gate", BEFORE, alert=alert, **danger)
    page = of(store, config, HEAD).letter.html
    assert page.count('class="one"') == page.count('class="one next" style="margin-top: 18px;"') == 1


def test_an_odd_post_on_an_account_of_the_schools_own_is_no_matter_of_999(store, config):
    odd = {"severity": Severity.THIS_HOUR, "route": Route.PLATFORM_REPORT, "content_class": "C14"}
    say(store, "voucher", BEFORE, alert=alert_on("voucher", BEFORE, **odd), **odd)
    found = of(store, config, HEAD)
    assert "somebody may be in danger" not in found.letter.body
    assert "If anyone is in danger, ring 999." not in found.letter.body
    assert "Decide today" in found.letter.body
    assert "was due" in found.letter.body
    assert "change the password" in flat(found)


def test_a_matter_with_an_open_case_is_one_line_with_the_number_of_its_case(store, config):
    grave(store, "street", BEFORE)
    facts = {
        "story": story_id("street"), "route": "platform_report", "proposed_class": "C2", "about": "staff",
    }  # fmt: skip
    opened = [a_step(case_id="0007", at=BEFORE, facts=facts)]
    do_in(store, case_store.put, replay(opened), opened, (), BEFORE)
    said = flat(of(store, config, HEAD))
    assert said.count("Case 0007") == 1
    assert "Open 0007:" in said
    assert "Waiting" not in said


def put_mark(store, name, mark, at=BEFORE):
    do_in(store, put, Marked(story_id(name), URN, mark, "deputy", at))


def test_what_is_not_about_us_is_gone_from_all_of_it(store, config):
    say(store, "lunch", BEFORE)
    news(store, "fete", BEFORE, "Fete at Oakfield")
    grave(store, "street", BEFORE)
    for name in ("lunch", "fete", "street"):
        put_mark(store, name, Mark.NOT_US)
    found = of(store, config, HEAD)
    assert "Nothing new about you" in flat(found)
    assert found.letter.subject.startswith("Nothing")
    assert "/m/" not in found.letter.body


def test_what_is_answered_is_said_once_with_who_said_so(store, config):
    say(store, "lunch", BEFORE)
    put_mark(store, "lunch", Mark.ANSWERED)
    said = flat(of(store, config, HEAD))
    assert "“They speak of lunch again”, on a local forum · yesterday 21:30. Answered: Deputy head." in said
    assert said.count("speak of lunch") == 1
    next_day = TUESDAY + timedelta(days=1, seconds=9)
    assert "lunch" not in of(store, config, HEAD, next_day).letter.body


def test_what_somebody_has_is_asked_of_nobody_and_told_each_day_until_it_is_ended(store, config):
    say(store, "lunch", BEFORE)
    news(store, "fete", BEFORE, "Fete at Oakfield")
    put_mark(store, "lunch", Mark.TAKEN)
    put_mark(store, "fete", Mark.TAKEN)
    letter = of(store, config, HEAD)
    said = flat(letter)
    assert "Waiting" in said
    assert "“They speak of lunch again”, on a local forum · yesterday 21:30. In hand: Deputy head." in said
    assert said.count("speak of lunch") == said.count("Fete at Oakfield") == 1
    assert "Answer ·" not in said
    assert said.count("In hand: Deputy head") == 2
    assert "1 waiting" in letter.letter.subject
    assert "In hand: You" in flat(of(store, config, DEPUTY))
    next_day = TUESDAY + timedelta(days=1, seconds=9)
    assert flat(of(store, config, HEAD, next_day)).count("In hand: Deputy head, since") == 2
    say(store, "lunch-more", TUESDAY + timedelta(hours=1), story="lunch")
    goes_on = flat(of(store, config, HEAD, next_day))
    assert "In hand: Deputy head" in goes_on
    assert "Answer ·" not in goes_on


def test_what_its_taker_may_no_longer_read_is_asked_of_the_others(store, config):
    say(store, "look", BEFORE, look=True, subjects=("deputy",))
    put_mark(store, "look", Mark.TAKEN)
    said = flat(of(store, config, HEAD))
    assert "In hand" not in said
    assert "speak of look" in said


def test_what_is_answered_is_not_told_to_whom_it_may_accuse(store, config):
    say(store, "look", BEFORE, look=True, subjects=("deputy",))
    put_mark(store, "look", Mark.ANSWERED)
    assert "Answered:" in flat(of(store, config, HEAD))
    assert "Answered:" not in flat(of(store, config, DEPUTY))


def test_what_cannot_be_placed_is_shown_as_such_once(store, config):
    say(store, "elsewhere", BEFORE, relevance=Relevance.UNSURE)
    noted = {"severity": Severity.NOTE, "route": Route.NOTE, "sentiment": Sentiment.NEUTRAL}
    say(store, "film", BEFORE, relevance=Relevance.UNSURE, **noted)
    answer, unsure = flat(of(store, config, HEAD)).split("May not be about you")
    assert "“They speak of elsewhere again”" in answer
    assert "perhaps another school" in answer
    assert "“They speak of film again”, on a local forum · yesterday 21:30 · perhaps another school" in unsure
    assert "elsewhere" not in unsure


def test_an_alert_on_what_may_be_anothers_is_counted_once(store, config):
    grave(store, "film", BEFORE, alert_on("film", BEFORE), relevance=Relevance.UNSURE)
    said = flat(of(store, config, HEAD))
    assert "perhaps another school" in said
    assert "May not be about you" not in said


def test_of_a_story_with_a_locked_case_no_word_no_day_and_no_address_stands_in_it(store, config):
    say(store, "lane", BEFORE, text="The lane is flooded")
    assert "The lane is flooded" in of(store, config, HEAD).letter.body
    with store.write("lock") as con:
        con.execute(
            "INSERT INTO cases (id, story_id, urn, content_class, opened_at, opened_by, hold, locked, "
            "closed_at) VALUES ('0009', $s, '900001', 'C10', $at, 'dsl', false, true, $at)",
            {"s": story_id("lane"), "at": BEFORE},
        )
    letter = of(store, config, HEAD).letter
    assert "lane" not in letter.body + letter.html
    assert "A complaint about the school, on a local forum." in flat(of(store, config, HEAD))
