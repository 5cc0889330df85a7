"""A trust beside its schools: its table, which texts are about it, told once to its people."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders.home import migrated
from builders.judges import HEXLEY, OAKFIELD, Words, judges
from builders.trust import TRUST
from builders.verdict import mention, scores
from support.for_each import for_each

from classifiers.linking.linker import Linker
from classifiers.signals.catalogue import find_signals
from classifiers.verdicts.decide import decide
from classifiers.verdicts.post import read_post
from classifiers.verdicts.verdict_reasons import in_words_of_a_school, judged_once, read_thresholds
from data.errors import ConfigError
from data.evidence.handed_in import Danger, Says, Whom
from data.store.engine.open import Store
from data.store.mentions import Batch
from data.types import (
    About,
    Match,
    Mention,
    MentionKind,
    Outcome,
    Person,
    Reason,
    Relevance,
    Role,
    Route,
    School,
    Source,
    SourceRun,
    Verdict,
)
from monitor.config.load import Config, from_text
from monitor.pipeline.collect import Collected
from monitor.pipeline.intake import Intake, take_in
from monitor.pipeline.judge import judge, keep_all
from monitor.pipeline.supplied import Kept, Report

# --- `[trust]`: a subject beside its schools, with people and places of its own


SCHOOL = '[[schools]]\nurn = "900001"\nname = "Oakfield Primary School"\n'
TABLE = '[trust]\nname = "Brightwater Learning Trust"\nchief = "Mrs C Example"\n'
REST = """
[[people]]
id = "board"
name = "Dr T Board"
roles = ["chair"]
schools = ["trust"]

[[sources]]
id = "site"
kind = "feed"
url = "https://example.org/a.xml"
schools = ["trust"]

[[sources]]
id = "paper"
kind = "feed"
url = "https://example.org/b.xml"
"""
KEY = "trust-brightwater-learning-trust"


def read(text: str) -> Config:
    return from_text(Path("/nowhere/schoolgate.toml"), text, {})


def test_it_stands_beside_its_schools_with_a_key_that_no_school_has() -> None:
    config = read(TABLE + SCHOOL + REST)
    assert [s.urn for s in config.schools] == ["900001", KEY]
    assert [s.urn for s in config.proper] == ["900001"]
    assert config.trust is config.school("trust") is config.schools[-1]
    assert config.trust.head == "Mrs C Example"
    assert config.profile(KEY).first_assessor is Role.TRUST_CONTACT


def test_people_and_places_name_it_trust_and_a_place_of_all_schools_is_not_its_own() -> None:
    config = read(TABLE + SCHOOL + REST)
    assert config.people[0].urns == (KEY,)
    assert [s.urns for s in config.sources] == [(KEY,), ("900001",)]


def test_without_the_table_nothing_is_there_and_nobody_can_name_it() -> None:
    assert read(SCHOOL).trust is None
    with pytest.raises(ConfigError, match="“trust” is not the number of a school in this file"):
        read(SCHOOL + REST)


def test_the_chief_may_be_named_among_its_people_alone() -> None:
    chief = '[[people]]\nid = "chief"\nname = "Mr N Chief"\nroles = ["head"]\nschools = ["trust"]\n'
    trust = read('[trust]\nname = "Brightwater Learning Trust"\n' + SCHOOL + chief).trust
    assert trust.head == "Mr N Chief"


# --- which texts are about it: it is named, and no school of it in particular


BRIGHTWATER = School("trust-brightwater", TRUST, aliases=("BLT",), head="Mrs Cora Chief")
SCHOOLS = (
    School("900101", "Mill Lane Academy", town="Northvale", trust=TRUST, head="Mr Dan Instance"),
    School("900102", "Brightwater Academy", town="Northvale", trust=TRUST),
)
FEED = Source("paper", "feed", "https://example.org/", urns=("900101", "900102"))
ABOUT, UNSURE, NOT = Relevance.ABOUT, Relevance.UNSURE, Relevance.NOT_ABOUT


def article(title: str) -> Mention:
    return mention("", title=title, kind=MentionKind.ARTICLE, channel="news")


def linked(*mentions: Mention, source: Source = FEED, register: Sequence[School] = ()) -> dict[str, Match]:
    """The matches of the last of them, by school or trust."""
    found = Linker([*SCHOOLS, BRIGHTWATER], register).link(mentions, source)[-1]
    return {match.urn: match for match in found}


@for_each(
    ("title", "relevance"),
    [
        ("Brightwater Learning Trust chief's pay rises to £300,000", ABOUT),
        ("Brightwater Trust in deficit, accounts show", ABOUT),
        ("Cora Chief of academies trust earns £300,000", ABOUT),
        ("BLT academies boss to go", ABOUT),
        ("Brightwater Trust thanked", UNSURE),
        ("Cora Chief opens a shop", None),
        ("Brightwater floods again", None),
        ("Best BLT in town", None),
        ("Brightwater Learning Trust hails Mill Lane Academy", None),
        ("Dan Instance of Brightwater Learning Trust retires", None),
    ],
)
def test_what_is_about_the_trust(title: str, relevance: Relevance | None) -> None:
    found = linked(article(title)).get(BRIGHTWATER.urn)
    assert (found and found.relevance) == relevance


def test_its_schools_are_meant_by_its_name_alone_and_that_is_the_reason() -> None:
    found = linked(article("Brightwater Learning Trust in deficit"))
    assert [(found[s.urn].relevance, [r.code for r in found[s.urn].reasons]) for s in SCHOOLS] == [
        (UNSURE, ["trust"])
    ] * 2
    assert found[BRIGHTWATER.urn].reasons[0].text == f"It names {TRUST}."


def test_what_names_a_school_too_is_that_schools() -> None:
    found = linked(article("Fight at Mill Lane Academy, Northvale, says Brightwater Learning Trust"))
    assert {urn: match.relevance for urn, match in found.items()} == {"900101": ABOUT, "900102": NOT}


def test_a_spoken_name_that_another_trust_has_too_is_not_sure() -> None:
    other = School("900900", "Elm School", trust="Brightwater Education Trust")
    title = "Brightwater Trust in deficit, accounts show"
    assert linked(article(title), register=(*SCHOOLS, other))[BRIGHTWATER.urn].relevance is UNSURE


def test_a_reply_to_what_is_about_the_trust_is_about_it_too() -> None:
    first = mention("Brightwater Learning Trust have raised her pay again", id="first")
    reply = mention("Disgusting, and so much of it", id="reply", parent="first")
    assert linked(first, reply)[BRIGHTWATER.urn].relevance is UNSURE


def test_what_stands_on_its_own_page_is_the_trusts_unless_it_names_a_school() -> None:
    page = Source("site", "feed", "https://example.org/", urns=(BRIGHTWATER.urn,))
    assert linked(article("Term dates"), source=page)[BRIGHTWATER.urn].relevance is ABOUT
    assert BRIGHTWATER.urn not in linked(article("Mill Lane Academy wins"), source=page)


def test_a_whole_name_that_no_other_school_has_is_sure_in_a_papers_feed() -> None:
    title = "Three pupils excluded after fight at Mill Lane Academy"
    assert linked(article(title), register=SCHOOLS)["900101"].relevance is ABOUT
    other = School("900900", "Mill Lane Academy", town="Hexley")
    assert linked(article(title), register=(*SCHOOLS, other))["900101"].relevance is UNSURE


def test_a_trust_that_its_schools_name_otherwise_has_all_of_them() -> None:
    written = replace(BRIGHTWATER, name="Brightwater Academies")
    found = Linker([*SCHOOLS, written]).link([article("Bomb at Brightwater Academies schools")], FEED)[0]
    assert [match.reasons[0].code for match in found] == ["full_name", "trust", "trust"]


# --------------------- told once, to it; a danger to each of its schools


INSPIRED = School("trust-inspiration", "Inspiration Trust", head="Mrs Cora Chief")
PEOPLE = (
    Person("chief", "Mrs Cora Chief", (Role.HEAD,), "chief@example.org"),
    Person("board", "Dr Tilda Board", (Role.CHAIR,), "board@example.org"),
)
MATCHES = [
    Match(INSPIRED.urn, Relevance.ABOUT, 0.97, (Reason("full_name", "It names it."),)),
    Match("900101", Relevance.UNSURE, 0.6, (Reason("trust", "Your trust is named."),)),
]
GRAVE = scores("safeguarding", severe=0.97, abuse__safeguarding=0.9, severity__4=0.9, relevant=0.99)
LIMITS = read_thresholds()


def told(
    text: str, given: Mapping[str, float] = GRAVE, over: tuple[str, ...] = ("board",)
) -> dict[str, Verdict]:
    """The verdicts on a post, for the trust and for a school of it."""
    post = mention(text)

    def judge(match: Match) -> Verdict:
        school, people = (
            (INSPIRED, PEOPLE) if match.urn == INSPIRED.urn else (School(match.urn, "Elm School"), ())
        )
        signals = find_signals(post, school, people)
        return decide(read_post(post, match, given, signals, school, people, LIMITS))

    return {v.urn: v for v in judged_once(MATCHES, judge, ("chief",), over)}


def ours(found: Mapping[str, Verdict]) -> list[str]:
    return [urn for urn, verdict in found.items() if verdict.relevance is not Relevance.NOT_ABOUT]


def test_what_is_calm_is_the_trusts_alone() -> None:
    assert ours(told("Inspiration Trust moves its office", scores("note", relevant=0.9))) == [INSPIRED.urn]


def test_a_danger_is_each_schools() -> None:
    found = told("A boy at an Inspiration Trust school says his stepdad beats him")
    assert ours(found) == ["900101"]
    assert found["900101"].route is Route.SAFEGUARDING


def test_a_child_in_danger_is_each_schools_though_the_chief_is_named_beside() -> None:
    pupil = GRAVE | {"about:pupil": 0.95, "about:school": 0.02}
    text = "His stepdad beats him, he is at an Inspiration Trust school. Cora Chief was told"
    assert ours(told(text, pupil)) == ["900101"]


def test_a_threat_that_is_one_by_the_trusts_name_alone_is_each_schools() -> None:
    found = told("There is a bomb at Inspiration Trust", scores("note", relevant=0.02))
    assert ours(found) == ["900101"]
    assert found["900101"].route is Route.POLICE_NOW


def test_a_child_hurt_in_an_article_is_each_schools() -> None:
    news = mention(
        "", title="Pupil stabbed at Inspiration Trust school", kind=MentionKind.ARTICLE, channel="news"
    )
    given = scores(
        "respond", severe=0.97, severity__3=0.97, relevant=0.99, about__pupil=0.95, abuse__safeguarding=0.3
    )

    def judge(match: Match) -> Verdict:
        school = INSPIRED if match.urn == INSPIRED.urn else School(match.urn, "Elm School")
        signals = find_signals(news, school, ())
        return decide(read_post(news, match, given, signals, school, (), LIMITS))

    assert ours({v.urn: v for v in judged_once(MATCHES, judge, (), ())}) == ["900101"]


def test_where_no_school_has_a_match_a_danger_stays_the_trusts() -> None:
    post = mention("A boy at an Inspiration Trust school says his stepdad beats him")
    (own,) = judged_once(
        MATCHES[:1],
        lambda m: decide(read_post(post, m, GRAVE, (), INSPIRED, PEOPLE, LIMITS)),
        ("chief",),
        (),
    )
    assert own.route is Route.SAFEGUARDING


OF_STAFF = GRAVE | {"about:staff": 0.95, "about:school": 0.02}
ACCUSED = "The chief executive of Inspiration Trust touched my daughter in her office"


@for_each("text", [ACCUSED, "Cora Chief of Inspiration Trust touched my daughter"])
def test_an_allegation_against_the_chief_is_as_one_against_a_head(text: str) -> None:
    found = told(text, OF_STAFF)
    assert ours(found) == [INSPIRED.urn]
    assert found[INSPIRED.urn].about is About.HEAD
    assert {meant.who for meant in found[INSPIRED.urn].accuses} & {"office:head", "person:chief"}


def test_where_nobody_is_over_the_chief_the_schools_are_told() -> None:
    assert "900101" in ours(told(ACCUSED, OF_STAFF, over=()))


def test_a_threat_to_the_chief_is_told_on_both_sides() -> None:
    threat = scores("police_now", severe=0.97, severity__4=0.95, relevant=0.99, abuse__threat=0.97)
    assert ours(told("I will stab Cora Chief of Inspiration Trust tonight", threat)) == [
        INSPIRED.urn,
        "900101",
    ]


def test_a_contact_who_is_the_chief_is_accused_with_the_chief() -> None:
    people = (replace(PEOPLE[0], roles=(Role.TRUST_CONTACT,)),)
    unnamed = read_post(mention(ACCUSED), MATCHES[0], GRAVE, (), INSPIRED, people, LIMITS)
    found = decide(unnamed)
    assert "person:chief" in {meant.who for meant in found.accuses}


def test_words_of_its_name_are_no_praise() -> None:
    news = mention("", title="Inspiration Trust to move", kind=MentionKind.ARTICLE, channel="news")
    as_read, words = in_words_of_a_school(news, INSPIRED)
    assert (as_read.title, words.strip()) == ("the trust to move", "the trust to move")


def test_a_contact_at_a_school_may_be_the_chief_who_is_accused_there() -> None:
    school, ours = School("900101", "Elm School"), Match("900101", Relevance.ABOUT, 0.97)
    people = (Person("gia", "Ms Gia Central", (Role.TRUST_CONTACT,), "gia@example.org"),)
    post = mention("The trust's CEO slept with a pupil at Elm School")
    found = decide(read_post(post, ours, OF_STAFF, (), school, people, LIMITS))
    assert "person:gia" in {meant.who for meant in found.accuses}


# ------------------------------------ one story, told once to its people


NOW = datetime(2026, 11, 17, 16, 0, tzinfo=UTC)
SOURCE = Source("talk", "feed", "https://talk.example.org/", urns=(OAKFIELD.urn, HEXLEY.urn))
RUN = SourceRun("talk", NOW, NOW, Outcome.OK, pages=1, mentions_read=1)
CENTRAL = Person("central", "Ms Gia Central", (Role.TRUST_CONTACT,), "gia@example.org")
AT_SCHOOLS = (OAKFIELD.urn, HEXLEY.urn)
LEAD = Person("dsl", "Ms Imogen Larkspur", (Role.DSL,), "dsl@example.org", AT_SCHOOLS)
INSULT = "Whoever runs Brightwater Learning Trust is a moron and a creep, all of them up there are."
THREAT = "I will be at the gate of a Brightwater Learning Trust school with a knife tomorrow."


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path, clock=lambda: NOW, sleep=lambda s: None)
    migrated(store)
    return store


class Accusing(Words):
    """A model that takes every text for one that accuses staff of harm to a child."""

    def _shares(self, text: str) -> dict[str, float]:
        return {
            "route:safeguarding": 0.97, "abuse:safeguarding": 0.9, "severity:3": 0.97, "about:staff": 0.95,
            "relevant": 0.98,
        }  # fmt: skip


def judged(
    store: Store, text: str, *people: Person, trust: School = BRIGHTWATER, model: type[Words] = Words
) -> Batch:
    by = replace(
        judges(OAKFIELD, HEXLEY, trust),
        scorer=model,
        people=people,
        first_assessors={BRIGHTWATER.urn: Role.TRUST_CONTACT},
    )
    post = Mention("00a1", "https://talk.example.org/1", "local_forum", MentionKind.POST, "", text, NOW)
    judged = judge(Collected(SOURCE, RUN, (post,)), store, by, NOW)
    with store.write("test") as con:
        return keep_all(con, [judged], by, NOW)[0]


def test_it_is_one_story_and_one_alert_told_to_its_people(store: Store) -> None:
    batch = judged(store, INSULT, CENTRAL, LEAD)
    assert [(a.urn, a.audience) for a in batch.alerts] == [(BRIGHTWATER.urn, ("central",))]
    assert [s.urn for s in batch.stories] == [BRIGHTWATER.urn]


@for_each(("danger", "at"), [(None, {BRIGHTWATER.urn}), (Danger.NOW, {BRIGHTWATER.urn, *AT_SCHOOLS})])
def test_what_is_handed_in_of_it_is_its_own_unless_somebody_is_in_danger(
    store: Store, danger: Danger | None, at: set[str]
) -> None:
    by = replace(judges(OAKFIELD, HEXLEY, BRIGHTWATER), scorer=Words, people=(CENTRAL, LEAD))
    text = "Brightwater Learning Trust wastes our money. I have complained to it three times."
    report = Report(text, "", "facebook", None, None, NOW, says=Says(danger, about=Whom.NOBODY))
    intake = Intake(store, lambda: by, store.evidence, ())
    batch = take_in(Kept(report, BRIGHTWATER.urn, NOW), intake, lambda: NOW)
    assert {story.urn for story in batch.stories} == at


def test_where_nobody_of_it_can_be_told_it_is_kept_and_nobody_is_alerted(store: Store) -> None:
    batch = judged(store, INSULT, LEAD)
    assert ([s.urn for s in batch.stories], batch.alerts) == ([BRIGHTWATER.urn], ())


def test_a_danger_waits_for_nobody_of_the_trust(store: Store) -> None:
    batch = judged(store, THREAT, CENTRAL, LEAD)
    assert {a.urn for a in batch.alerts} == {OAKFIELD.urn, HEXLEY.urn}
    assert all("dsl" in a.audience for a in batch.alerts)


def test_a_chief_who_is_a_contact_of_all_schools_is_told_nothing_of_what_accuses_them(store: Store) -> None:
    chief = Person("chief", "Mrs Cora Pemberton", (Role.TRUST_CONTACT,), "chief@example.org")
    board = Person("board", "Dr Tilda Board", (Role.CHAIR,), "board@example.org", (BRIGHTWATER.urn,))
    text = "The chief executive of Brightwater Learning Trust touched my daughter in her office"
    batch = judged(
        store, text, chief, board, LEAD, trust=replace(BRIGHTWATER, head=chief.name), model=Accusing
    )
    assert [(a.urn, a.audience) for a in batch.alerts] == [(BRIGHTWATER.urn, ("board",))]
