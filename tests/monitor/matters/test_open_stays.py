"""What is open stays on Today and in the digest until it is done, answered or put off; danger comes first."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest
from builders.case import a_step
from builders.digest import (
    CHAIR,
    DEPUTY,
    DSL,
    HEAD,
    LONDON,
    OAKFIELD,
    TUESDAY,
    URN,
    a_config,
    a_home,
    alert_on,
    emptied,
    grave,
    kept_open,
    praise,
    ran,
    restricted,
    say,
    story_id,
    together,
)
from builders.digest_reader import flat, of
from builders.home import do_in, rows_of

from alerts.ladder.replay import replay
from alerts.wording.digest.compose import compose
from data.retention.purge import purge
from data.steps.codes import StepKind
from data.store import owners
from data.store.alerts.alerts import ack
from data.store.cases import cases as case_store
from data.types import About, Mark, Marked, Owner, Policy, Route, Severity
from monitor.desk.day import EVERY, day_of
from monitor.matters.one import find_story
from monitor.matters.reader import Reader
from monitor.matters.searching import State, Wanted, matters_page, state_of
from monitor.matters.today import Days, due_of, today

BEFORE, DAY, HOUR = TUESDAY - timedelta(hours=14), timedelta(days=1), timedelta(hours=1)
UNANSWERED = "Three emails about my son being bullied and not one reply"


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    with kept_open(a_home(tmp_path_factory.mktemp("open"))) as found:
        yield found


@pytest.fixture
def store(opened, tmp_path):
    with emptied(opened, tmp_path) as one:
        yield one


@pytest.fixture
def config(tmp_path):
    return a_config(tmp_path)


def mornings(n):
    """The next school days at 07:30, the first that of the digest in which it is new."""
    days = (TUESDAY + DAY * k for k in range(2 * n))
    return [at for at in days if at.weekday() < 5][:n]


def marked(store, name, mark, at=BEFORE, by="deputy"):
    do_in(store, owners.put, Marked(story_id(name), URN, mark, by, at))


def owned(store, name, by, at=BEFORE, ask_at=None):
    do_in(store, owners.own, story_id(name), URN, Owner(by, at, by, None, ask_at))


def selected(store, config, person, now, *, so_far=False):
    with store.read() as con:
        if so_far:
            return today(con, config, person, now, shown=EVERY)[0]
        due = due_of(config, OAKFIELD, now.astimezone(LONDON).date())
        return Days(con, config, now, shown=EVERY).parts(OAKFIELD, due, [person])[0]


def told(store, config, person, now, *, so_far=False):
    """The stories of which a line tells this person, one entry a line; in groups, each once."""
    part = selected(store, config, person, now, so_far=so_far)
    lines = [x for s in compose(part.facts, part.chosen, EVERY).sections for x in s.lines]
    grouped = {s.story_id for s in (*part.chosen.answer, *part.chosen.praise)}
    alone = [x.matter.story_id for x in lines if x.matter and x.matter.story_id not in grouped]
    return sorted([*alone, *grouped]), part.chosen.long_open


# --- what wants an answer


@pytest.mark.parametrize("morning", mornings(6))
def test_a_complaint_that_nobody_answered_is_told_each_morning(store, config, morning):
    say(store, "emails", BEFORE, text=UNANSWERED)
    assert UNANSWERED in flat(of(store, config, DEPUTY, morning))


def test_it_needs_whoever_answers_on_today_and_is_folded_for_the_others(store, config):
    say(store, "emails", BEFORE, text=UNANSWERED)
    days = {}
    for person in (DEPUTY, HEAD):
        part = selected(store, config, person, TUESDAY + 2 * DAY + HOUR, so_far=True)
        days[person.id] = day_of(part.facts, part.chosen, sent=True)
    assert [line.said for group in days["deputy"].needs for line in group.lines] == [f"“{UNANSWERED}”"]
    assert not days["head"].needs
    assert [g.key for f in days["head"].folds if f.key == "read" for g in f.groups] == ["rest-unanswered"]


@pytest.mark.parametrize("mark", [Mark.ANSWERED, Mark.NOT_US])
def test_it_is_gone_once_somebody_says_that_it_is_done_with(store, config, mark):
    say(store, "emails", BEFORE, text=UNANSWERED)
    marked(store, "emails", mark, TUESDAY + HOUR)
    assert UNANSWERED not in flat(of(store, config, HEAD, TUESDAY + 2 * DAY))


@pytest.mark.parametrize("raised", [False, True])
def test_what_its_owner_puts_off_comes_back_on_that_day(store, config, raised):
    if raised:
        grave(store, "emails", BEFORE)
    else:
        say(store, "emails", BEFORE, text=UNANSWERED)
    friday = TUESDAY + 3 * DAY
    owned(store, "emails", "deputy", TUESDAY + HOUR, ask_at=friday + timedelta(minutes=30))
    for person in (DEPUTY, HEAD):
        for morning, stands in ((TUESDAY + DAY, 0), (TUESDAY + 2 * DAY, 0), (friday, 1)):
            assert told(store, config, person, morning)[0].count(story_id("emails")) == stands


def test_what_may_be_danger_is_put_off_by_nobody(store, config):
    threat = alert_on("threat", BEFORE, severity=Severity.THIS_HOUR, route=Route.POLICE_NOW)
    grave(store, "threat", BEFORE, threat)
    owned(store, "threat", "deputy", TUESDAY + HOUR, ask_at=TUESDAY + 9 * DAY)
    assert of(store, config, HEAD, TUESDAY + DAY).view.sections[0].grave


def test_of_hundreds_a_few_have_a_line_and_the_rest_is_counted_with_a_way_to_it(store, config):
    with together(store) as one:
        for n in range(130):
            say(one, f"old-{n}", BEFORE - n * HOUR, text=f"Nobody answers number {n}")
    letter = of(store, config, DEPUTY, TUESDAY + DAY)
    assert flat(letter).count("Nobody answers number") == 4
    assert "… and 96 more." in flat(letter)
    assert "30 more have been open for longer." in flat(letter)
    assert letter.view.all
    assert len(letter.letter.body) < 5000
    part = selected(store, config, DEPUTY, TUESDAY + DAY, so_far=True)
    (group,) = day_of(part.facts, part.chosen, sent=True, shown=EVERY).needs
    assert (group.count, group.lines[-1].page) == (101, "/matters?state=open")


def test_what_asks_for_nothing_is_not_open_in_the_list_of_all_matters(store, config):
    praise(store, "thanks", BEFORE)
    say(store, "emails", BEFORE)
    marked(store, "emails", Mark.TAKEN)
    say(store, "queue", BEFORE)
    with store.read() as con:
        found = matters_page(con, Reader(config, store, HEAD), Wanted(urns=[URN]), None, 9).views
    states = {view.story_id: state_of(view) for view in found}
    given = {"thanks": State.CALM, "emails": State.HELD, "queue": State.OPEN}
    assert states == {story_id(name): state for name, state in given.items()}


# --- what was raised, and what has no words any more


@pytest.mark.parametrize("morning", mornings(6))
def test_what_somebody_has_and_did_not_end_is_told_each_morning(store, config, morning):
    raised = grave(store, "street", BEFORE)
    do_in(store, ack, raised.id, "head", BEFORE + HOUR)
    say(store, "street-more", TUESDAY + timedelta(hours=30), story="street")
    assert told(store, config, DEPUTY, morning)[0] == [story_id("street")]


def test_what_was_taken_long_ago_is_counted_for_whoever_was_told_of_it_alone(store, config):
    raised = grave(store, "street", BEFORE, alert_on("street", BEFORE, audience=("head", "deputy")))
    do_in(store, ack, raised.id, "head", BEFORE + HOUR)
    later = TUESDAY + 20 * DAY
    assert [told(store, config, person, later) for person in (HEAD, DEPUTY, CHAIR)] == [
        ([], 1), ([], 1), ([], 0),
    ]  # fmt: skip
    assert "1 more has been open for longer." in flat(of(store, config, HEAD, later))


def test_the_line_stays_when_the_words_are_deleted(tmp_path, config):
    store = a_home(tmp_path)
    say(store, "emails", BEFORE, text=UNANSWERED)
    grave(store, "raised", BEFORE, content_class="C0", abuse=())
    at = TUESDAY + 31 * DAY
    purge(store, at - HOUR, Policy())
    said = flat(of(store, config, DEPUTY, at))
    assert UNANSWERED not in said
    assert said.count("words deleted on 18 Dec") == 2
    assert "A complaint about the school, on a local forum · 16 Nov · words deleted on 18 Dec." in said
    with store.read() as con:
        view = find_story(con, Reader(config, store, HEAD), story_id("emails"))
    assert [(p.words_deleted_at, p.text, p.author, p.url) for p in view.posts] == [
        (at - HOUR, None, None, None)
    ]


@pytest.mark.parametrize("hours", [1, 9, 18, 26])
def test_what_is_of_this_hour_and_nobody_has_leaves_a_line_for_whoever_leads(store, config, hours):
    given = {"severity": Severity.THIS_HOUR, "route": Route.POLICE_NOW}
    grave(store, "threat", BEFORE, alert_on("threat", BEFORE, **given))
    restricted(store, "child", BEFORE)
    odd = alert_on("odd", BEFORE, severity=Severity.THIS_HOUR, content_class="C14")
    grave(store, "odd", BEFORE, odd, content_class="C14")
    lines, _ = told(store, config, HEAD, BEFORE + hours * HOUR, so_far=True)
    assert lines == sorted(map(story_id, ("threat", "child", "odd")))


# --- what a safeguarding lead gave back


def given_back(store, name="gate", cls="C6", at=BEFORE):
    raised = restricted(store, name, at)
    opened = {
        "story": story_id(name), "route": "safeguarding", "proposed_class": "C10", "about": "pupil",
        "lane": "safeguarding", "alert": raised.id, "audience": "dsl",
    }  # fmt: skip
    steps = (
        a_step(case_id="0007", at=at, facts=opened, actor="dsl"),
        a_step(
            2, StepKind.CLASSIFIED, case_id="0007", at=at + HOUR, actor="dsl",
            facts={"class": cls, "about": "staff"},
        ),
    )  # fmt: skip
    for n in (1, 2):
        do_in(store, case_store.put, replay(steps[:n]), steps[n - 1 : n], (), at)


@pytest.mark.parametrize("person", [HEAD, DEPUTY])
def test_a_threat_given_back_stands_first_that_very_morning(store, config, person):
    given_back(store)
    praise(store, "thanks", BEFORE)
    letter = of(store, config, person)
    assert letter.letter.subject.startswith("Threat: safeguarding lead has it")
    assert letter.view.sections[0].grave
    assert "1. A threat is made against a member of staff." in flat(letter)
    assert "With the safeguarding lead" not in flat(letter)
    assert "Secret" not in letter.letter.body


def test_its_page_is_open_to_whoever_deals_with_it_now_and_its_words_are_not_without_a_reading(store, config):
    given_back(store)
    with store.read() as con:
        known = Reader(config, store, HEAD).look(con, {story_id("gate"): URN})
    assert known.words(story_id("gate"))
    assert known.stored.alerts[story_id("gate")].restricted


def test_what_is_raised_anew_after_that_is_the_leads_again(store, config):
    given_back(store)
    restricted(store, "gate", TUESDAY - HOUR, times=2)
    with store.read() as con:
        known = Reader(config, store, HEAD).look(con, {story_id("gate"): URN})
    assert not known.words(story_id("gate"))
    assert told(store, config, HEAD, TUESDAY)[0] == [story_id("gate")]
    assert told(store, config, DSL, TUESDAY)[0] == [story_id("gate")]


# --- what was read


@pytest.mark.parametrize("clock", ["15:00", "18:01", "20:00", "22:50"])
def test_at_any_hour_the_digest_says_what_was_read(store, config, clock):
    for place in ("gazette", "mumsnet", "forum", "page"):
        ran(store, place, TUESDAY + 4 * HOUR)
    say(store, "parking", TUESDAY + 4 * HOUR, themes=("traffic",))
    now = datetime.combine(TUESDAY.date(), datetime.strptime(clock, "%H:%M").time(), LONDON)  # noqa: DTZ007
    letter = of(store, config, HEAD, now)
    assert "we read 1 new post in 4 places; 1 was about you" in flat(letter)
    assert "Nothing could be read" not in letter.letter.subject


def test_no_place_is_counted_as_read_and_as_not_seen(store, config):
    for place in ("gazette", "mumsnet", "forum"):
        ran(store, place, TUESDAY - 9 * HOUR)
    letter = of(store, config, HEAD)
    assert "Nothing new about you in 3 places" in flat(letter)
    assert letter.letter.subject.endswith("1 place not seen (Tuesday)")
    facts = selected(store, config, HEAD, TUESDAY).facts
    assert facts.places + len(facts.unseen) == 4
    assert len(facts.not_seen) == 4


# --- all of it, at random, over days


@pytest.mark.parametrize("seed", range(3))
def test_what_is_open_has_exactly_one_line_for_each_who_may_know_it_whatever_was_done_meanwhile(
    store, config, seed
):
    draw = random.Random(seed)
    names, ended, put_off = [], set(), {}
    with together(store) as one:
        for n in range(14):
            at, name = BEFORE + draw.randrange(60 * 13) * timedelta(minutes=1), f"m{n}"
            names.append(name)
            if draw.random() < 0.5:
                say(one, name, at, about=draw.choice([About.SCHOOL, About.STAFF]))
            else:
                kept_out = draw.choice([(), (), ("deputy",)])
                danger = {"severity": Severity.THIS_HOUR, "route": Route.POLICE_NOW}
                given = draw.choice([{}, {}, danger])
                raised = alert_on(name, at, audience=("head", "deputy", "chair"), excluded=kept_out, **given)
                grave(one, name, at, raised, subjects=kept_out)
    for morning in mornings(6):
        for person in (HEAD, DEPUTY):
            with store.read() as con:
                known = Reader(config, store, person).look(con, {story_id(n): URN for n in names})
            waits = {name for name, day in put_off.items() if morning.date() < day}
            wanted = [story_id(n) for n in names if n not in ended | waits and known.words(story_id(n))]
            assert told(store, config, person, morning)[0] == sorted(wanted)
        name, at = draw.choice([n for n in names if n not in ended]), morning + HOUR
        match draw.randrange(4):
            case 0:
                marked(store, name, Mark.NOT_US, at)
                ended.add(name)
            case 1:
                say(store, f"{name}-more", at, story=name)
            case 2:
                owned(store, name, "head", at)
                put_off.pop(name, None)
            case _:
                day = morning + 2 * DAY
                raised = rows_of(
                    store, "SELECT severity FROM alerts WHERE story_id = $id", {"id": story_id(name)}
                )
                owned(store, name, "head", at, ask_at=day)
                if not raised or raised[0][0] < Severity.THIS_HOUR:
                    put_off[name] = day.date()
