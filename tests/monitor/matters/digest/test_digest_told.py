"""How a digest tells: in the posts' own words, with their pages, what is gravest first, all of it once."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from builders.case import a_step
from builders.digest import (
    DEPUTY,
    HEAD,
    TUESDAY,
    URN,
    a_busy_day,
    a_config,
    a_home,
    alert_on,
    emptied,
    grave,
    kept_open,
    news,
    praise,
    say,
    story_id,
    together,
)
from builders.digest_reader import LINKS, flat, of

from alerts.ladder.replay import replay
from alerts.links import Links
from data.store.alerts.alerts import ack
from data.store.cases import cases as case_store
from data.store.owners import put
from data.types import Mark, Marked, Policy, PressEvent, Reason, Relevance, Route, Sentiment, Severity
from monitor.config.settings import DigestSettings

GMAIL_CUTS = 102_000
"""Bytes of a page after which Gmail hides the rest behind a link."""
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
    assert len(commands) == 7
    assert min(commands) > flat(found).index("Where Schoolgate is installed")
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


def test_twelve_articles_are_told_and_the_rest_counted(store, config):
    with together(store) as one:
        for n in range(15):
            news(one, f"n-{n}", BEFORE, f"Fete number {n}", url=f"https://g.example.org/{n}")
    said = flat(of(store, config, HEAD))
    assert len(re.findall(r"“Fete number \d+”", said)) == 12
    assert "… and 3 more." in said


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
    with store.write("case") as con:
        case_store.put(con, replay(opened), opened, (), BEFORE)
    said = flat(of(store, config, HEAD))
    assert said.count("Case 0007") == 1
    assert "[0007]" in said
    assert "Waiting" not in said


def put_mark(store, name, mark, at=BEFORE):
    with store.write("mark") as con:
        put(con, Marked(story_id(name), URN, mark, "deputy", at))


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


def test_what_somebody_has_is_asked_of_nobody_and_told_once_and_when_it_goes_on(store, config):
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
    assert "lunch" not in of(store, config, HEAD, next_day).letter.body
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
