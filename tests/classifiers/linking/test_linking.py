"""Whose mention is it: what ties a text to a school, and what shows that another is meant."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from builders.letters import CAPITALS, WAYS
from hypothesis import given, settings
from hypothesis import strategies as st
from support.corpus import corpus_path
from support.for_each import for_each
from support.processor import within
from support.sentences import rows, sentences

from classifiers.linking.linker import MANY, Linker
from classifiers.linking.match_reasons import NAMES_ANOTHER, NAMES_US, UNTIED
from data.letters import plain_letters
from data.register.national_lists import read_schools
from data.types import Match, Mention, MentionKind, Namesake, Relevance, School, Source

SAID = sentences("linking/ties")

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ABOUT, UNSURE, NOT = Relevance.ABOUT, Relevance.UNSURE, Relevance.NOT_ABOUT

OAKFIELD = School(
    urn="900001",
    name="Oakfield Primary School",
    aliases=("Oakfield", "Oakfield Larkham", "@OakfieldLarkham"),
    former_names=("Larkham Board School",),
    locality="Larkham",
    county="Loamshire",
    street="Larch Road",
    postcode="ZZ8 8PD",
    trust="Bright Acorn Trust",
    domain="oakfieldlarkham.example.sch.uk",
    head="Mrs Ada Winterbourne",
    phase="primary",
    namesakes=(
        Namesake("Oakfield Primary School", "Farthing, Arden"),
        Namesake("Oakfield Care Home", "Larkham, Loamshire", "care home"),
        Namesake("Oakfield Arms", "Larkham", "pub"),
    ),
)
CWM = School(
    urn="900010", name="Ysgol Cwm Elain", aliases=("Cwm Elain",), locality="Pont Elain", nation="wales"
)
ELSEWHERE = School(
    urn="900002",
    name="Oakfield Primary School",
    town="Castlebury",
    county="Markshire",
    head="Mr Otto Marchbank",
)
SEARCH = Source("search", "search", "https://example.org/s", urns=("900001",), surfaced=True)
FEED = replace(SEARCH, id="paper", surfaced=False)
SEARCH_HIGH = replace(SEARCH, urns=("900004",))
CWM_SEARCH = replace(SEARCH, urns=("900010",))


def mention(text: str, title: str = "", channel: str = "x", **given: object) -> Mention:
    made = Mention("m1", "https://example.org/1", channel, MentionKind.POST, title, text, NOW)
    return replace(made, **given)


def link(text: str, title: str = "", channel: str = "x", source: Source = SEARCH) -> Match:
    ((match,),) = Linker([OAKFIELD]).link([mention(text, title, channel)], source)
    return match


def codes(match: Match) -> set[str]:
    return {reason.code for reason in match.reasons}


@for_each(("text", "code"), rows(SAID["a_name_with_a_tie_is"]))
def test_a_name_with_a_tie_is_about_the_school(text: str, code: str) -> None:
    match = link(text)
    assert match.relevance is ABOUT
    assert code in codes(match)


@for_each(("text", "code"), rows(SAID["a_name_that_is_anothers_is"]))
def test_a_name_that_is_anothers_is_not_about_the_school(text: str, code: str) -> None:
    match = link(text)
    assert match.relevance is NOT
    assert code in codes(match)


WESTBROOK = School(
    "900004", "Westbrook High School", aliases=("Westbrook",), head="Mrs Ada Fenn", phase="secondary",
    namesakes=(Namesake("Westbrook Church", "Larkham", "church"),),
)  # fmt: skip


@for_each(
    "text",
    [
        "Someone has a knife at Westbrook\nPrimary school parents stay away",
        "I told the head\nFarnham is where we live. They stab kids at Westbrook High School",
        "Somebody stabbed at Westbrook High School. Cannon High Street is full of police",
        "Knife at Westbrook High School in Lockdown",
    ],
)
def test_what_stands_past_a_full_stop_or_on_the_next_line_is_no_part_of_a_name(text: str) -> None:
    ((match,),) = Linker([WESTBROOK]).link([mention(text)], SEARCH_HIGH)
    assert match.relevance is not NOT
    assert not codes(match) & NAMES_ANOTHER


def test_each_place_where_the_name_stands_counts_for_itself() -> None:
    text = "Westbrook Church is shut. A knife at Westbrook! Church was told"
    ((match,),) = Linker([replace(WESTBROOK, namesakes=())]).link([mention(text)], SEARCH_HIGH)
    assert {"core_name", "thing_too"} <= codes(match)
    high = replace(WESTBROOK, name="Westbrook High")
    ((match,),) = Linker([high]).link([mention("Westbrook High Street is shut")], SEARCH_HIGH)
    assert match.relevance is NOT
    assert "other_school" not in codes(link("Back by Eid. School says nothing. Our School is silent."))
    girls = replace(OAKFIELD, namesakes=(Namesake("Oakfield College for Girls", "", "school"),))
    ((match,),) = Linker([girls]).link([mention("Oakfield College for Girls is closed")], SEARCH)
    assert "namesake_school" in codes(match)


@for_each(
    ("text", "given", "source", "untied"),
    [
        ("This town is a dump, they should burn it down", {}, FEED, True),
        ("Larkham is a dump, they should burn it down", {}, FEED, True),
        ("A film about a teacher who hurts a pupil in Larkham", {"kind": MentionKind.ARTICLE}, SEARCH, False),
        ("A film about a teacher who hurts a pupil", {"kind": MentionKind.ARTICLE}, SEARCH, True),
        ("They should burn Oakfield Road down", {}, SEARCH, True),
        ("They should burn it down", {}, SEARCH, False),
        ("They should burn it down", {}, replace(FEED, listing=True), False),
        ("Somebody should hurt Mrs Winterbourne", {}, FEED, False),
        ("Mrs Winterbourne has won the raffle", {}, FEED, True),
        ("Mrs Winterbourne has won the raffle in Larkham", {}, FEED, False),
        ("Mrs Winterbourne has won the raffle", {}, replace(FEED, name="Larkham Talk"), False),
        ("Winterbourne is a village, and Larkham another", {}, FEED, True),
        ("The school in Larkham is shut again", {}, FEED, True),
        ("Oakfield should be burnt down", {}, FEED, False),
        ("They should burn it down", {"channel": "manual_report"}, FEED, False),
    ],
)
def test_it_is_said_where_nothing_points_to_the_school(text, given, source, untied):
    ((match,),) = Linker([OAKFIELD]).link([mention(text, **given)], source)
    assert (UNTIED in codes(match)) is untied


@for_each("surname", ["Head", "Slack", "Park"])
def test_a_head_whose_surname_is_a_word_ties_nothing_by_that_word(surname: str) -> None:
    linker = Linker([replace(OAKFIELD, head=f"Mr Al {surname}")])
    for text in (
        f"The {surname.lower()} of it, kids and all, in Larkham",
        f"a {surname.lower()} day at the gate",
    ):
        ((match,),) = linker.link([mention(text)], FEED)
        assert not codes(match) & {"head", "head_surname"}
    ((match,),) = linker.link([mention(f"Mr {surname} never rings back, in Larkham")], FEED)
    assert "head" in codes(match)


BEECH = School(urn="900003", name="Beechmoor Primary School", locality="Larkham", phase="primary")
BOTH = replace(FEED, urns=("900001", "900003"))


@for_each(
    "text",
    [
        "Mrs Quail, the head of Oakfield Primary in Larkham, grabbed my son",
        "Oakfield, Larch Road: somebody grabbed my son",
    ],
)
def test_where_one_of_two_watched_schools_is_meant_the_other_knows_it(text: str) -> None:
    (found,) = Linker([OAKFIELD, BEECH]).link([mention(text)], BOTH)
    by_urn = {match.urn: match for match in found}
    assert by_urn["900001"].relevance is not NOT
    assert by_urn["900003"].relevance is NOT
    assert "other_of_yours" in codes(by_urn["900003"])


def test_a_reply_in_a_thread_about_one_watched_school_is_not_about_the_other() -> None:
    post = mention("Oakfield Primary in Larkham, any news?")
    reply = replace(post, id="m2", text="She grabbed my son", kind=MentionKind.REPLY, parent="m1")
    found = Linker([OAKFIELD, BEECH]).link([post, reply], BOTH)[1]
    assert {"thread", "other_of_yours"} <= {code for match in found for code in codes(match)}


def test_the_reason_tells_the_other_school_that_is_meant_as_a_person_would_say_it() -> None:
    match = link("Oakfield Primary in Farthing has closed its pool")
    assert "Oakfield Primary School, Farthing, Arden" in " ".join(reason.text for reason in match.reasons)
    linker = Linker([OAKFIELD], [OAKFIELD, ELSEWHERE])
    ((match,),) = linker.link([mention("Oakfield Primary in Castlebury has a new bus")], SEARCH)
    assert match.relevance is NOT
    assert "Castlebury" in " ".join(reason.text for reason in match.reasons)
    linker = Linker([OAKFIELD], [ELSEWHERE])
    ((match,),) = linker.link([mention("Mr Marchbank has done wonders at Oakfield")], SEARCH)
    assert match.relevance is NOT
    match = link("Oakfield shut, tree down on Larch Road")
    assert match.reasons[0].text == (
        "“Oakfield” and “Larch Road” (your street) together; the other of that name (Oakfield Primary "
        "School, Farthing, Arden) is not near any place named."
    )


def test_whose_something_is_a_welsh_the_and_a_name_of_many_are_read_as_people_write() -> None:
    assert "core_name" in codes(link("Oakfield's lunch queue is out of the door, say the pupils"))
    assert not NAMES_US & codes(link("The Oakfields of Loamshire had lunch with some pupils"))
    three = [OAKFIELD, replace(ELSEWHERE, name="Larchwood School"), WESTBROOK]
    (matches,) = Linker(three).link(
        [mention("Westbrook's lunch queue, say the pupils")], Source("s", "s", "")
    )
    assert matches[0].urn == WESTBROOK.urn
    ((match,),) = Linker([CWM]).link([mention("Wyau yr hanner dwsin, 4 Cwm Elain")], CWM_SEARCH)
    assert "school_words" not in codes(match)
    ((match,),) = Linker([CWM]).link([mention("Bl 6 o Cwm Elain yn canu")], CWM_SEARCH)
    assert "school_words" in codes(match)
    assert link("oakfield dinners are rank").relevance is not NOT


@for_each("more", ["", ", number 11"])
def test_a_bare_name_whose_only_tie_is_the_place_is_unsure(more: str) -> None:
    assert link(f"Oakfield, Larkham{more}: the clock is slow").relevance is UNSURE
    assert link(f"Oakfield, Larkham{more}: the teachers are slow").relevance is ABOUT


def test_where_it_was_said_may_tie_the_name_to_the_school() -> None:
    own = replace(SEARCH, id="page", listing=True, name="Reviews of Oakfield")
    match = link("Never ring back.", "Poor", "google_review", own)
    assert match.relevance is ABOUT
    assert "listing" in codes(match)
    local = replace(FEED, name="Larkham Talk")
    match = link("The parking at Oakfield Primary is a disgrace", source=local)
    assert match.relevance is ABOUT
    assert "source_place" in codes(match)
    search = replace(SEARCH, name='Bing News: "Oakfield Primary School" Larkham')
    text = (
        "Oakfield Primary School in Farthing, Arden, was shut; its trip to the museum at Larkham was put off."
    )
    match = link(text, "Burst pipe closes Oakfield Primary in Farthing", "bing_news", search)
    assert "source_place" not in codes(match)
    assert match.relevance is not ABOUT
    text = "Oakfield Primary School in Larkham sang for the patients of the hospice"
    assert link(text, "Choir brings tears", "news", FEED).relevance is ABOUT


def test_without_a_name_only_what_a_person_handed_in_is_kept() -> None:
    source = replace(SEARCH, urns=("900001", "900010"))
    (matches,) = Linker([OAKFIELD, CWM]).link([mention("Never ring back.")], source)
    assert {m.relevance for m in matches} == {NOT}
    assert (
        link("Child came in upset and would not say why.", "Playground", "manual_report").relevance is not NOT
    )
    match = link("The council has mended the town clock.", "Clock mended", "news", FEED)
    assert match.relevance is NOT
    assert "unnamed" in codes(match)
    text = mention("No words. Second time this week that nobody opened the gate for the kids")
    for name, relevance in (("Larkham Talk", NOT), ("Oakfield Primary parents", UNSURE)):
        ((match,),) = Linker([OAKFIELD]).link([text], replace(FEED, name=name))
        assert match.relevance is relevance


def test_every_configured_school_that_is_watched_for_or_named_is_answered_for_and_no_other() -> None:
    linker = Linker([OAKFIELD], [ELSEWHERE])
    ((match,),) = linker.link([mention("Oakfield Primary, Castlebury")], SEARCH)
    assert match.urn == "900001"
    linker = Linker([OAKFIELD, CWM])
    (matches,) = linker.link(
        [mention("Oakfield Larkham played Ysgol Cwm Elain of Pont Elain at netball")], SEARCH
    )
    assert {m.urn for m in matches if m.relevance is not NOT} == {"900001", "900010"}
    (matches,) = Linker([OAKFIELD, CWM]).link([mention("Oakfield Larkham")], replace(SEARCH, urns=()))
    assert {m.urn for m in matches} == {"900001", "900010"}


def test_a_reply_inherits_the_school_of_its_thread_in_whatever_order_or_reading_it_came() -> None:
    post = mention("Oakfield Primary, Larkham: parents told nothing again", id="p")
    reply = mention("Same here, the kids are fed up", id="r", kind=MentionKind.REPLY, parent="p")
    alone, with_post = (Linker([OAKFIELD]).link(ms, FEED)[-1][0] for ms in ([reply], [post, reply]))
    assert with_post.score > alone.score
    assert "thread" in codes(with_post)
    reply = mention("Same here", id="r", kind=MentionKind.REPLY, parent="p")
    answer = mention("He hurts them", id="a", kind=MentionKind.REPLY, parent="r")
    for order in ([post, reply, answer], [answer, reply, post]):
        found = dict(zip((m.id for m in order), Linker([OAKFIELD]).link(order, FEED), strict=True))
        assert "thread" in codes(found["a"][0])
        assert UNTIED not in codes(found["a"][0])
    reply = mention("He hurts them", id="r", kind=MentionKind.REPLY, parent="p")
    ((match,),) = Linker([OAKFIELD]).link([reply], FEED, {("p", OAKFIELD.urn)})
    assert "thread" in codes(match)
    assert UNTIED not in codes(match)


@for_each(
    "text",
    [
        "Diolch i bawb yng Nghwm Elain am y cyngerdd, athrawon gwych",
        "y plant o Gwm Elain yn canu",
        "#YsgolCwmElain ar gau heddiw",
    ],
)
def test_a_welsh_school_is_known_by_its_mutated_name(text: str) -> None:
    source = replace(SEARCH, urns=("900010",))
    ((match,),) = Linker([CWM]).link([mention(text)], source)
    assert match.relevance is not NOT
    assert "unnamed" not in codes(match)


@for_each("text", ["0akf13ld kids are feral", "oakfeild teachers r sound"])
def test_a_disguised_or_misspelt_name_is_still_the_name(text: str) -> None:
    assert "unnamed" not in codes(link(text))


def test_scanning_finds_any_school_of_the_register_by_name_and_place() -> None:
    linker = Linker([], [OAKFIELD, ELSEWHERE, CWM])
    found = linker.scan(
        ["rain again", "Oakfield Primary in Castlebury has lovely teachers", "sun", "Ysgol Cwm Elain"]
    )
    assert [(i, matches[0].urn) for i, matches in found] == [(1, "900002"), (3, "900010")]


@for_each("part", ["A.", "Oakfield in Upper ", "Head Mr ", "of the ", "a1", "School "])
def test_a_very_long_text_is_no_burden(part: str) -> None:
    with within(1):
        link(part * (30_000 // len(part)))


@given(st.text(), st.text(), st.sampled_from(["x", "google_review", "news", "manual_report"]))
@settings(max_examples=60, deadline=None)
def test_any_text_gets_one_answer_with_a_probability_and_a_reason(text, title, channel):
    match = link(text, title, channel)
    assert 0.0 <= match.score <= 1.0
    assert match.reasons


# --------------------------------------------------------------------------- very many schools


BROAD = Source("broad", "feed", "https://talk.example.org/")
SOUNDS = ("bar", "cot", "dun", "elm", "fen", "gar", "hex", "kel", "lar", "mar")


def school(n: int, **facts: str) -> School:
    name = f"{SOUNDS[n % 10]}{SOUNDS[n // 10 % 10]}wick".capitalize()
    return School(f"{100000 + n}", f"{name} School", **{"locality": f"{name[::-1]}", **facts})


def matched(text: str, *schools: School, source: Source = BROAD) -> dict[str, Relevance]:
    post = Mention("1", "https://talk.example.org/1", "local_forum", MentionKind.POST, "", text, NOW)
    return {m.urn: m.relevance for m in Linker(schools).link([post], source)[0]}


CITY = tuple(school(n, county="", town="Bigcaster") for n in range(MANY + 10))


def test_of_many_schools_only_those_that_little_else_shares_are_pointed_to() -> None:
    found = matched(f"The fair at {CITY[3].name} in Bigcaster is on Friday.", *CITY)
    assert found == {CITY[3].urn: Relevance.ABOUT}
    assert matched("The school run in Bigcaster is dreadful, said the teacher.", *CITY) == {}
    here = school(99, locality="Larkham")
    found = matched(
        "The headteacher of the primary school in Larkham is a liar, all pupils say.", here, *CITY
    )
    assert found.keys() == {here.urn}
    listed = Source("listed", "feed", "https://talk.example.org/", urns=tuple(s.urn for s in CITY))
    assert matched("Roadworks until Tuesday.", *CITY, source=listed) == {}
    assert len(matched("Roadworks until Tuesday.", *CITY[:MANY])) == MANY


def test_what_many_share_counts_together_with_something_else_that_many_share() -> None:
    heads = [school(n, town="Bigcaster", head="Mrs Ada Marrow") for n in range(MANY + 10)]
    elsewhere = [school(n, town=f"Town{n}", head="Mrs Ada Marrow") for n in range(60, 99)]
    one = school(99, town="Bigcaster")
    text = "Mrs Marrow and the parking in Bigcaster are much the same."
    assert matched(text, *heads[:20], *elsewhere, one, *CITY[20:]).keys() == {s.urn for s in heads[:20]}


# ----------------------------------------------------------- what is reached on labelled posts


FLOOR = {"kept of those about the school": 0.975, "dropped of the others": 0.77, "kept of severity 4": 0.96}


@pytest.mark.corpus
def test_the_dev_set_is_linked_as_well_as_it_was() -> None:
    schools = read_schools(corpus_path("triage", "schools.json"))
    linker = Linker(tuple(schools.values()))
    kept: dict[str, list[bool]] = {name: [] for name in FLOOR}
    for line in corpus_path("triage", "dev.jsonl").read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        urn = schools[item["school"]].urn
        mention = Mention(item["id"], "", item["channel"], MentionKind.POST, item["title"], item["text"], NOW)
        source = Source("search", "search", "", urns=(urn,), surfaced=True)
        (matches,) = linker.link([mention], source)
        keeps = next(m.relevance is not Relevance.NOT_ABOUT for m in matches if m.urn == urn)
        if item["relevant"]:
            kept["kept of those about the school"].append(keeps)
            if item["severity"] == 4:
                kept["kept of severity 4"].append(keeps)
        else:
            kept["dropped of the others"].append(not keeps)
    reached = {name: sum(right) / len(right) for name, right in kept.items()}
    assert {name for name, share in reached.items() if share < FLOOR[name]} == set(), reached


# ------------------------------------------------------- letters that are the same to a reader
SAINT_FFIONS = School(
    "900020",
    "St Ffion's Primary School, Oakfield-on-Sea",
    aliases=("St Ffion's Oakfield-on-Sea",),
    locality="Oakfield-on-Sea",
)
NEWS = "A man followed a girl to St Ffion's Primary School in Oakfield-on-Sea today"


def link_ffion(text: str, school: School = SAINT_FFIONS) -> Match:
    ((match,),) = Linker([school]).link([mention(text)], replace(SEARCH, urns=(school.urn,)))
    return match


@for_each("write", [*WAYS.values(), *CAPITALS.values()])
def test_a_school_named_in_letters_that_look_the_same_is_linked_as_in_plain_ones(write) -> None:
    assert link_ffion(NEWS).relevance is ABOUT
    assert link_ffion(write(NEWS)).relevance is ABOUT


@for_each("write", [*WAYS.values()])
def test_a_school_whose_name_was_pasted_into_the_settings_is_linked_as_if_it_was_typed(write) -> None:
    pasted = replace(
        SAINT_FFIONS, name=write(SAINT_FFIONS.name), locality=write(SAINT_FFIONS.locality), aliases=()
    )
    assert link_ffion(NEWS, pasted).relevance is ABOUT


@for_each("write", [*WAYS.values()])
def test_a_text_of_no_source_that_names_a_school_in_other_letters_is_found(write) -> None:
    assert [i for i, _ in Linker([SAINT_FFIONS]).scan([write(NEWS)])] == [0]


@given(st.text(max_size=60), st.sampled_from([*WAYS.values()]))
def test_how_its_letters_are_written_changes_no_match(before: str, write) -> None:
    text = f"{before} {NEWS}"
    assert link_ffion(write(text)) == link_ffion(plain_letters(text))
