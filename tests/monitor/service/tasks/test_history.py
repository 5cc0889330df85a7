"""The first reading of a place brings the posts of years; whom an allegation may mean never reads of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders.home import a_migrated_store, do_in
from builders.judges import (
    CALM,
    HEXLEY,
    INSULT,
    NOW,
    OAKFIELD,
    OTHER_INSULT,
    brought,
    judges,
    posted,
    read_in,
)
from builders.mention import Clock

from alerts.raise_alert import StoryNow, raise_alert
from classifiers.scoring.onnx_scorer import Scorer
from classifiers.signals.catalogue import find_signals
from classifiers.text.model_text import model_text
from classifiers.verdicts.decide import decide
from classifiers.verdicts.post import read_post
from classifiers.verdicts.verdict_reasons import read_thresholds
from data.register.calendar import SchoolHours
from data.retention.deleting import purge
from data.store import weekly as weekly_store
from data.types import (
    Alert,
    Match,
    Mention,
    MentionKind,
    Outcome,
    Person,
    Policy,
    Relevance,
    Role,
    School,
    Source,
    SourceState,
    Story,
    Verdict,
)
from monitor.cli.scan_once import summarise

LONG_AGO = datetime(2018, 1, 31, 9, tzinfo=UTC)
DISCLOSURE = "Her stepdad comes into her room at night, says my daughter at Oakfield Primary, Northvale."
DAY = timedelta(days=1)
BOTH = ("900001", "900002")


@pytest.fixture
def store(undone):
    return undone


def post(n, text, published, **changes):
    return posted(n, text, published=published, **changes)


def read(store, *posts, at=NOW, source="town", urns=("900001",), outcome=Outcome.OK, with_=None, kind="feed"):
    where = Source(source, kind, f"https://{source}.example.org/", urns=urns)
    return read_in(store, with_ or judges(), brought(where, *posts, at=at, outcome=outcome), at)


def test_an_old_insult_of_the_first_reading_is_judged_and_remembered_but_not_told(store):
    batch = read(store, post(1, INSULT, LONG_AGO))
    assert [v.severity for v in batch.verdicts] == [3]
    assert batch.alerts == ()
    with store.open_reader() as con:
        assert con.execute("SELECT epoch_us(history) FROM verdicts").fetchall() == [
            (int(LONG_AGO.timestamp()) * 1_000_000,)
        ]


def article(text, **changes):
    found = post(9, text, NOW - DAY, kind=MentionKind.EDIT, channel="wikipedia")
    return replace(found, url="https://en.wikipedia.org/wiki/Oakfield_Primary#Controversy", **changes)


def test_what_stands_in_an_encyclopaedia_at_its_first_reading_is_its_baseline_though_edited_yesterday(store):
    assert read(store, article(INSULT), kind="wikipedia").alerts == ()


def test_what_is_written_into_an_encyclopaedia_afterwards_is_told(store):
    read(store, article(CALM), kind="wikipedia")
    later = article(INSULT, edited=NOW + DAY)
    assert read(store, later, at=NOW + DAY, kind="wikipedia").alerts


def test_the_newest_week_of_the_first_reading_is_told_and_what_a_later_one_brings_of_long_ago_is_not(store):
    assert read(store, post(1, INSULT, NOW - 6 * DAY)).alerts
    assert read(store, post(2, OTHER_INSULT, LONG_AGO), at=NOW + DAY).alerts == ()


def test_what_was_posted_while_we_were_blind_is_told(store):
    read(store, outcome=Outcome.EMPTY)
    read(store, outcome=Outcome.BLOCKED, at=NOW + DAY)
    assert read(store, post(1, INSULT, NOW + 2 * DAY), at=NOW + 20 * DAY).alerts


def test_a_place_that_never_answered_has_not_been_begun(store):
    read(store, outcome=Outcome.BLOCKED)
    assert read(store, post(1, INSULT, NOW + DAY), at=NOW + 20 * DAY).alerts == ()


def test_a_school_that_is_added_later_begins_when_it_is_first_read_for(store):
    with_ = judges(OAKFIELD, HEXLEY)
    read(store, post(1, CALM, NOW), with_=with_)
    hexley = INSULT.replace("Oakfield Primary, Northvale", "Hexley Primary School, Hexley")
    later = NOW + 60 * DAY
    batch = read(
        store,
        post(2, INSULT, NOW + 30 * DAY),
        post(3, hexley, NOW + 30 * DAY),
        at=later,
        urns=BOTH,
        with_=with_,
    )
    assert [a.urn for a in batch.alerts] == ["900001"]
    assert [v.urn for v in batch.verdicts if v.history and v.mention_id.endswith("3")] == ["900002"]


def test_an_edit_of_an_old_post_is_told_and_a_new_copy_of_an_old_insult_as_new(store):
    read(store, post(1, INSULT, LONG_AGO), post(3, CALM, LONG_AGO))
    (alert,) = read(store, post(2, INSULT, NOW + DAY, parent=f"{1:016x}"), at=NOW + DAY).alerts
    assert alert.posted_at is None
    assert read(store, post(3, OTHER_INSULT, LONG_AGO), at=NOW + DAY).alerts


def test_when_a_place_was_begun_outlives_its_runs(store):
    read(store, post(1, CALM, NOW))
    do_in(store, lambda con: con.execute("DELETE FROM source_runs"))
    assert read(store, post(2, INSULT, NOW + DAY), at=NOW + 400 * DAY).alerts


def summary_of(batch, source="town"):
    where = Source(source, "feed", f"https://{source}.example.org/", urns=("900001",))
    entry = (where, SourceState(source), batch)
    whole = summarise(
        [entry], [OAKFIELD], started=NOW, finished=NOW, waiting_messages=0, look_share=0.125,
        hours=lambda _: SchoolHours(frozenset(), ZoneInfo("UTC")),
    )  # fmt: skip
    return whole.schools[0]


def test_a_scan_shows_what_is_old_apart_from_today_unless_it_alerts_and_nothing_of_what_is_restricted(store):
    threat = "I will stab the head of Oakfield Primary, Northvale, at the gate tomorrow, I have the knife."
    old = ((1, INSULT), (3, threat), (4, DISCLOSURE))
    batch = read(store, *(post(n, text, LONG_AGO) for n, text in old), post(2, OTHER_INSULT, NOW - DAY))
    part = summary_of(batch)
    assert sorted(line.posted_at for line in part.today) == [LONG_AGO, NOW - DAY]
    assert [(line.posted_at, int(line.severity)) for line in part.before] == [(LONG_AGO, 3)]
    assert len(part.restricted) == 1
    assert LONG_AGO in {alert.posted_at for alert in batch.alerts}


def test_history_is_in_no_count_of_the_week_it_was_first_read_in_nor_of_any_after_it_is_deleted(tmp_path):
    store = a_migrated_store(tmp_path, Clock(NOW))
    read(store, post(1, CALM, LONG_AGO), post(2, CALM + " And when is it?", NOW - DAY))
    week = (NOW - DAY, NOW + DAY)
    with store.open_reader() as con:
        assert sum(weekly_store.count_kept(con, "900001", *week).values()) == 1
    purge(store, NOW + 40 * DAY, Policy())
    with store.open_reader() as con:
        assert weekly_store.count_kept(con, "900001", *week) == {}
        first, last = (moment.date() for moment in week)
        assert sum(weekly_store.count_purged(con, "900001", first, last).values()) == 1


def test_history_is_no_surge(store):
    read(store, post(1, CALM, NOW - 9 * DAY), at=NOW - 8 * DAY)
    posts = [post(n, f"{CALM} {n}", LONG_AGO + n * DAY) for n in range(2, 12)]
    read(store, *posts, at=NOW)
    with store.open_reader() as con:
        heard = weekly_store.list_heard(con, "900001", NOW - 14 * DAY, NOW - 7 * DAY)
    assert [h.at for h in heard] == [NOW - 9 * DAY]


# ---------------------------------------------------- from words to people, with the model that is shipped


TODAY = datetime(2026, 11, 20, 10, tzinfo=UTC)
SCHOOL = School("900001", "Oakfield Primary School", head="Mrs Jane Holt", aliases=("Oakfield",))


def person(id_: str, name: str, *roles: Role) -> Person:
    return Person(id_, name, roles, f"{id_}@example.org")


HOLT = person("holt", "Jane Holt", Role.HEAD)
HEAD_AND_LEAD = person("holt", "Jane Holt", Role.HEAD, Role.DSL)
BARKER = person("barker", "Colin Barker", Role.DEPUTY_HEAD, Role.DSL)
DEPUTY_DSL = person("vane", "Noor Vane", Role.DEPUTY_DSL)
CHAIR = person("marsh", "Alex Marsh", Role.CHAIR)
VICE = person("reed", "Kit Reed", Role.VICE_CHAIR)
PEOPLE = (HOLT, BARKER, DEPUTY_DSL, CHAIR, VICE)
SMALL = (HEAD_AND_LEAD, DEPUTY_DSL, CHAIR)


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return Scorer()


def judged(scorer: Scorer, text: str, people: tuple[Person, ...], school: School = SCHOOL) -> Verdict:
    mention = Mention("0123456789abcdef", "u", "facebook", MentionKind.POST, "", text, TODAY)
    scores = scorer.score([model_text("facebook", "", text, None)]).row(0)
    match = Match(school.urn, Relevance.ABOUT, 0.97)
    signals = find_signals(mention, school, people)
    return decide(read_post(mention, match, scores, signals, school, people, read_thresholds()))


def alert(scorer: Scorer, text: str, people: tuple[Person, ...], school: School = SCHOOL) -> Alert:
    story = Story("s", school.urn, "t", TODAY, TODAY, ("0123456789abcdef",))
    verdict = judged(scorer, text, people, school)
    found = raise_alert(StoryNow(story, school, people, Policy(), TODAY, (verdict,)))
    assert isinstance(found, Alert), verdict
    return found


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Mr Barker has been touching the girls in year 5 and Mrs Holt covers it up.", ("marsh", "vane")),
        ("Told Mrs Holt that Mr Barker hit my daughter. Nothing done.", ("marsh", "vane")),
        ("Mrs Holt and Mr Barker both hit my son on the trip. Both of them.", ("marsh", "vane")),
        ("Mr Barker hit my son, year 4, round the head in PE", ("holt", "vane")),
        ("Mr Barker smacked a boy on the head with a book in class", ("holt", "vane")),
        ("The deputy head at Oakfield grabbed my son by the neck, he has bruises.", ("holt", "vane")),
        ("The deputy head has been messaging year 6 girls privately at night.", ("holt", "vane")),
    ],
)
def test_everyone_accused_is_kept_out_and_the_others_are_told(
    scorer: Scorer, text: str, told: tuple[str, ...]
) -> None:
    assert alert(scorer, text, PEOPLE).audience == told


@pytest.mark.parametrize(
    ("text", "accused"),
    [
        ("The DSL at Oakfield has been messaging year 6 girls privately at night", "barker"),
        ("Year 6 girl says Barker makes her sit on his lap. She's terrified of him", "barker"),
        ("The chair stole the PTA money, he's a thief, everyone knows", "marsh"),
    ],
)
def test_whoever_may_be_accused_is_kept_out(scorer: Scorer, text: str, accused: str) -> None:
    found = alert(scorer, text, PEOPLE)
    assert accused not in found.audience
    assert found.audience


@pytest.mark.parametrize(
    "text",
    [
        "the headmistress slapped my son round the face yesterday in assembly",
        "My kid is scared of the head, she screams at them and he has bruises on his arm",
        "Mrs H*lt slapped my son",
        "Mrs H slapped my son round the face yesterday in assembly",
        "Mrs Hollt slapped my son",
        "@JaneHolt_Oakfield slapped my son in the face today, he is six and he has a bruise",
        "Mrs\u200b Ho\u200blt slapped my son in class",
    ],
)
def test_a_head_who_is_also_the_lead_is_kept_out_however_named(scorer: Scorer, text: str) -> None:
    found = alert(scorer, text, SMALL)
    assert "holt" not in found.audience
    assert found.audience


def test_a_person_of_a_member_of_the_school_is_kept_out(scorer: Scorer) -> None:
    joined = replace(SCHOOL, urn="T1", members=("900001", "900002"))
    people = tuple(replace(p, urns=("900002",)) for p in PEOPLE)
    text = "Mr Barker hit my son, year 4, round the head in PE"
    assert alert(scorer, text, people, joined).audience == ("holt", "vane")


@pytest.mark.parametrize(
    "text",
    [
        "Somebody should kill Jane Holt. I know where she lives, petrol through the door tonight",
        "I am going to kill myself tonight. I told Mrs Holt and she laughed",
    ],
)
def test_the_only_person_is_told_where_they_are_threatened_or_only_mentioned(
    scorer: Scorer, text: str
) -> None:
    assert alert(scorer, text, (HEAD_AND_LEAD,)).audience == ("holt",)


def test_an_allegation_against_the_only_person_is_told_to_nobody_and_says_so(scorer: Scorer) -> None:
    found = alert(scorer, "The head has been touching kids for years", (HEAD_AND_LEAD,))
    assert found.audience == ()
    assert "nobody_left" in {reason.code for reason in found.because}
