"""Who is in a post, person by person, as the second reader finds it, and whom it is asked about."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from builders.verdict import ABOUT_US, CHAIR, DSL, HEAD, PEOPLE, SCHOOL, mention, scores
from support.for_each import for_each

from alerts.access.matter import accuses_otherwise, alleges
from classifiers.scoring.persons import PARTS, AskedPerson
from classifiers.signals.catalogue import find_signals
from classifiers.verdicts.decide import TextReading, decide, read_again
from classifiers.verdicts.parts import (
    ACCUSED,
    DOUBTED,
    MOST_ASKED,
    THREATENED,
    WRONGED,
    choose_questions,
    questions_about,
)
from classifiers.verdicts.post import read_post
from classifiers.verdicts.verdict_reasons import read_thresholds
from data.errors import SchoolgateError
from data.judged import LETS_OUT, MISCONDUCT, dangers, wrongs
from data.types import (
    KEY_OF_A_TRUST,
    PERHAPS,
    SURE,
    Harm,
    Meant,
    MentionKind,
    Person,
    Role,
    Scores,
    Severity,
    Verdict,
)

TEXT = "Robin Pike and Alex Marsh were there when it happened to our son."
PIKE, MARSH, HOLT = f"person:{DSL.id}", f"person:{CHAIR.id}", f"person:{HEAD.id}"


def of(text: str = TEXT, route: str = "safeguarding", severe: float = 0.9, **parts: float) -> Verdict:
    """The verdict on a text of which the reader found `pike__harm=0.9` and the like, and nothing else."""
    asked: dict[str, dict[str, float]] = {p.id: dict.fromkeys(PARTS, 0.01) for p in PEOPLE}
    for name, value in parts.items():
        who, _, part = name.partition("__")
        asked[who][part] = value
    model = scores(route, severe, **LIKELY.get(route, {})) | {"about:staff": 0.6, "first:severity:3": 0.5}
    return decide(
        read_post(mention(text), ABOUT_US, model, (), SCHOOL, PEOPLE, read_thresholds(), parts=asked)
    )


LIKELY = {
    "safeguarding": {"abuse__safeguarding": 0.8, "limb__harmed": 0.6, "wrong__staff": 0.6},
    "police_now": {"abuse__threat": 0.9},
    "platform_report": {"abuse__harassment": 0.9},
}


def whom(meant: Sequence[Meant]) -> set[str]:
    return {m.who for m in meant}


def test_whom_the_reader_finds_to_have_harmed_a_child_is_accused_and_nobody_else_who_is_named() -> None:
    found = of(pike__harm=ACCUSED, marsh__informed=0.9)
    assert (whom(found.accuses), alleges(found)) == ({PIKE}, True)
    assert found.subject_person == DSL.id


@for_each(
    ("text", "accused"),
    [
        ("Robin Pike wont walk home tomorrow after what he did to my lad, Alex Marsh saw it", {PIKE}),
        ("Robin Pike wont walk home tomorrow for touching my girl", {PIKE}),
        ("the head wont walk home tomorrow for touching my girl", {HOLT}),
        ("Robin Pike wont walk home tomorrow", set()),
    ],
)
def test_who_is_threatened_for_a_reason_is_warned_and_may_be_accused_by_it(text, accused) -> None:
    """The reader finds what they are threatened for in one of 32."""
    parts = {"holt__threatened" if HOLT in accused else "pike__threatened": 0.9}
    found = of(text, "police_now", **parts)
    assert whom(found.accuses) == accused
    assert {m.who for m in found.endangers if m.harm is Harm.VIOLENCE} == (accused or {PIKE})
    assert (Harm.CHILD in {m.harm for m in found.endangers}) is bool(accused)


def test_where_harm_is_alleged_whom_the_reader_doubts_is_left_out_and_whom_it_does_not_is_not() -> None:
    found = of(pike__harm=DOUBTED)
    assert {(m.who, m.sure) for m in found.accuses} == {(PIKE, PERHAPS)}
    assert PIKE not in whom(of(pike__harm=DOUBTED / 2).accuses)


def test_a_doubt_accuses_nobody_where_no_harm_is_alleged() -> None:
    assert of(route="respond", severe=0.1, pike__harm=DOUBTED).accuses == ()


def test_where_the_reader_was_not_asked_all_who_may_be_meant_are_left_out() -> None:
    model = scores("safeguarding", 0.9, abuse__safeguarding=0.8) | {"about:staff": 0.6}
    found = decide(read_post(mention(TEXT), ABOUT_US, model, (), SCHOOL, PEOPLE, read_thresholds()))
    assert whom(found.accuses) == {PIKE, MARSH}


def test_whom_the_reader_finds_threatened_is_in_danger_and_nobody_else_who_is_named() -> None:
    found = of(route="police_now", pike__threatened=THREATENED, marsh__mentioned=0.9)
    assert {m.who for m in dangers(found) if m.harm is Harm.VIOLENCE} == {PIKE}
    assert found.accuses == ()


def test_a_threat_at_nobody_of_the_school_is_aimed_at_the_school() -> None:
    assert {m.who for m in dangers(of(route="police_now")) if m.harm is Harm.VIOLENCE} == {"school"}


def test_a_threat_that_the_models_find_calm_is_a_look_that_warns() -> None:
    found = of(route="respond", severe=0.1, pike__threatened=0.9)
    assert (found.severity < Severity.TODAY, found.look, whom(dangers(found))) == (True, True, {PIKE})


def test_who_is_threatened_and_accused_is_both() -> None:
    found = of(route="police_now", pike__threatened=0.9, pike__harm=0.9)
    assert PIKE in whom([m for m in dangers(found) if m.harm is Harm.VIOLENCE])
    assert PIKE in whom(found.accuses)


def test_whom_the_reader_finds_wronged_is_unless_they_may_be_accused() -> None:
    found = of(route="platform_report", pike__wronged=WRONGED, marsh__mentioned=0.9)
    assert {(m.who, m.sure) for m in wrongs(found)} == {(PIKE, SURE)}
    assert wrongs(of(route="platform_report", pike__wronged=0.9, pike__crime=0.9)) == ()


def test_whom_the_reader_doubts_is_left_out_beside_whom_it_finds_accused() -> None:
    found = of(pike__harm=0.9, marsh__harm=DOUBTED)
    assert {(m.who, m.sure) for m in found.accuses} == {(PIKE, 0.9), (MARSH, PERHAPS)}


def of_some(text: str, *asked: Person, route: str = "safeguarding", **likely: float) -> Verdict:
    """The verdict on a text where the reader was asked about some and found that they have no part in it."""
    model = scores(route, 0.9, **{**LIKELY.get(route, {}), **likely}) | {"about:staff": 0.6}
    parts = {p.id: dict.fromkeys(PARTS, 0.01) for p in asked}
    return decide(
        read_post(mention(text), ABOUT_US, model, (), SCHOOL, PEOPLE, read_thresholds(), parts=parts)
    )


def test_of_whom_the_reader_was_not_asked_all_is_as_without_it() -> None:
    assert whom(of_some(TEXT, DSL).accuses) == {MARSH}
    threatened = of_some(TEXT, DSL, route="police_now")
    assert {m.who for m in dangers(threatened) if m.harm is Harm.VIOLENCE} == {MARSH}
    defamed = of_some(TEXT, DSL, route="platform_report", abuse__defamation=0.95)
    assert {m.who for m in defamed.accuses if m.by == MISCONDUCT} == {MARSH}


def test_answers_about_people_of_another_school_are_none_about_those_here() -> None:
    stranger = Person("stranger", "Mx Sam Hill", (Role.STAFF,), urns=("900077",))
    assert whom(of_some(TEXT, stranger).accuses) == {PIKE, MARSH}


def test_a_headline_that_accuses_an_office_hides_nobody_else_whom_the_reader_finds_accused() -> None:
    article = mention(
        "Police also hold Robin Pike.",
        title="Oakfield Primary headteacher arrested over stolen money",
        channel="google_news",
        kind=MentionKind.ARTICLE,
    )
    parts = {HEAD.id: {"crime": 0.9}, DSL.id: {"crime": 0.9}}
    model = scores("respond", 0.9) | {"about:head": 0.6}
    found = decide(read_post(article, ABOUT_US, model, (), SCHOOL, PEOPLE, read_thresholds(), parts=parts))
    assert whom(found.accuses) >= {f"person:{HEAD.id}", PIKE}


def test_who_is_accused_of_a_crime_is_accused_of_what_is_no_matter_of_a_child() -> None:
    found = of(route="platform_report", pike__crime=ACCUSED)
    assert {(m.who, m.by) for m in found.accuses} == {(PIKE, MISCONDUCT)}
    assert (accuses_otherwise(found), alleges(found)) == (True, False)


def test_whoever_the_reader_finds_accused_is_shown_and_not_thanked() -> None:
    found = of("Lovely fair, thank you Robin Pike.", "thank", 0.01, pike__crime=0.9)
    assert (found.severity < Severity.TODAY, found.look) == (True, True)


@for_each("part", ["writer", "addressed", "informed", "word"])
def test_it_is_not_about_whoever_only_stands_in_a_frame_or_whose_name_is_a_word(part: str) -> None:
    found = of(**{f"pike__{part}": 0.9, "marsh__criticised": 0.9})
    assert found.subject_person == CHAIR.id
    assert of(f"{TEXT} ", **{f"pike__{part}": 0.9, f"marsh__{part}": 0.9}).subject_person is None


def test_who_let_data_out_is_whom_the_reader_finds_criticised() -> None:
    text = mention("Robin Pike emailed the SEN list to all the parents, Alex Marsh was told.")
    asked = {DSL.id: {"criticised": 0.9}, CHAIR.id: {"informed": 0.9}}
    signals = find_signals(text, SCHOOL, PEOPLE)
    given = (text, ABOUT_US, scores("request_removal", 0.9), signals, SCHOOL, PEOPLE, read_thresholds())
    found = decide(read_post(*given, parts=asked))
    assert {m.who for m in found.accuses if m.by == LETS_OUT} == {PIKE}


def asked_about(text: str, people: Sequence[Person] = PEOPLE, **changes: str) -> list[str]:
    return [who for who, _ in questions_about(mention(text, **changes), SCHOOL, people)]


@for_each(
    ("text", "ids"),
    [
        ("pike is finished", [DSL.id]),
        ("Robin did it again", [DSL.id]),
        ("that chair of governors again, and whoever runs the school", [HEAD.id, CHAIR.id]),
        ("the bins again", []),
    ],
)
def test_the_reader_is_asked_about_who_is_named_or_whose_office_is_said(text: str, ids: list[str]) -> None:
    assert asked_about(text) == ids


def test_it_is_asked_about_whoever_stands_in_what_a_comment_answers() -> None:
    assert DSL.id in asked_about("he is dead", quoted="Robin Pike at the gate")
    _, question = questions_about(mention("he is dead", quoted="Robin Pike at the gate"), SCHOOL, PEOPLE)[0]
    assert (question.post.quoted, question.person.offices) == ("Robin Pike at the gate", (Role.DSL,))


def test_who_is_not_named_is_known_to_the_reader_by_the_words_for_their_office() -> None:
    asked = dict(
        questions_about(mention("the one in charge hit him, Robin Pike saw it, dsl"), SCHOOL, PEOPLE)
    )
    assert asked[HEAD.id].person.called == ("the one in charge",)
    assert asked[DSL.id].person.called == ()


def test_it_is_asked_about_a_dozen_of_all_schools_once_each_and_of_those_named_first() -> None:
    many = [Person(f"p{n}", f"Mx Pike{chr(97 + n)}", (Role.STAFF,)) for n in range(20)]
    named = questions_about(mention(" ".join(p.name for p in many)), SCHOOL, many)
    of_others = questions_about(mention("pike is finished"), SCHOOL, PEOPLE)
    asked = [who for who, _ in choose_questions([named, of_others, named])]
    assert asked[:4] == ["p0", DSL.id, "p1", "p2"]
    assert len(asked) == len(set(asked)) == MOST_ASKED
    assert choose_questions([]) == []


def test_the_head_comes_before_others_whose_office_is_said() -> None:
    governors = [Person(f"g{n}", f"Mx Gove{chr(97 + n)}", (Role.GOVERNOR,)) for n in range(14)]
    asked = questions_about(
        mention("a governor touched my daughter, the head knows"), SCHOOL, [*governors, HEAD]
    )
    assert asked[0][0] == HEAD.id


def test_in_a_trust_the_chief_is_asked_about_and_not_each_head_of_its_schools() -> None:
    trust = replace(
        SCHOOL, urn=f"{KEY_OF_A_TRUST}900009", name="Oakfield Learning Trust", head="Mx Robin Lee"
    )
    chief = Person("chief", "Mx Robin Lee", (Role.TRUST_CONTACT,), urns=(trust.urn,))
    heads = [Person(f"h{n}", f"Mx Heady{chr(97 + n)}", (Role.HEAD,), urns=(trust.urn,)) for n in range(3)]
    asked = questions_about(mention("the chief executive slapped a boy"), trust, [*heads, chief])
    assert [who for who, _ in asked] == ["chief"]


CALM = of(route="respond", severe=0.01)
GRAVE = of()
LOOK = replace(CALM, look=True)


class Reader:
    """Finds everybody threatened, keeps whom it was asked about, and may fail over that."""

    def __init__(self, *, fails: bool = False) -> None:
        self.asked: list[AskedPerson] = []
        self.fails = fails

    def score(self, texts: Sequence[str]) -> Scores:
        return Scores(("severity:3",), np.full((len(texts), 1), 0.9, np.float32), model="reader")

    def read_persons(self, asked: Sequence[AskedPerson]) -> Scores:
        if self.fails:
            raise SchoolgateError("The model is gone.")
        self.asked += asked
        return Scores(PARTS, np.full((len(asked), len(PARTS)), 0.9, np.float32))


def read(reader: Reader, second: Verdict) -> tuple[list[Mapping[str, Mapping[str, float]]], Verdict]:
    """The parts by which a post was judged in turn, and its last verdict; without parts it is the second."""
    judged: list[Mapping[str, Mapping[str, float]]] = []

    def judge(place: int, reading: TextReading) -> list[Verdict]:
        judged.append(reading.parts)
        return [GRAVE if reading.parts else second]

    questions = questions_about(mention("pike is finished"), SCHOOL, PEOPLE)
    ((found,),) = read_again([[LOOK]], ["a"], [{}], reader, judge, lambda _: questions)
    return judged, found


def test_a_post_that_may_be_grave_is_read_for_each_person_and_judged_by_that() -> None:
    reader = Reader()
    judged, found = read(reader, LOOK)
    assert [question.person.name for question in reader.asked] == [DSL.name]
    assert [set(parts) for parts in judged] == [set(), {DSL.id}, {DSL.id}]
    assert found == GRAVE


def test_a_post_that_the_reader_finds_calm_is_read_for_nobody() -> None:
    reader = Reader()
    assert read(reader, CALM)[0] == [{}]
    assert reader.asked == []


def test_a_post_in_which_nobody_may_be_meant_is_no_question() -> None:
    reader = Reader(fails=True)
    assert read_again([[LOOK]], ["a"], [{}], reader, lambda *_: [LOOK], lambda _: []) == [[LOOK]]


def test_an_urgent_first_reading_leaves_out_nobody_whom_the_reader_clears() -> None:
    text = mention("Dear Mrs Marsh, Robin Pike hit my son.")
    first = scores("safeguarding", 0.9, abuse__safeguarding=0.9) | {"about:staff": 0.6}

    class Parted(Reader):
        def read_persons(self, asked: Sequence[AskedPerson]) -> Scores:
            rows = [[0.9 if who.person.name == DSL.name else 0.01] * len(PARTS) for who in asked]
            return Scores(PARTS, np.asarray(rows, np.float32))

    def judge(_: int, reading: TextReading) -> list[Verdict]:
        given = (text, ABOUT_US, reading.scores, (), SCHOOL, PEOPLE, read_thresholds())
        return [decide(read_post(*given, parts=reading.parts))]

    alone = judge(0, TextReading(first, "first"))
    assert MARSH in whom(alone[0].accuses)
    questions = questions_about(text, SCHOOL, PEOPLE)
    ((found,),) = read_again([alone], ["a"], [first], Parted(), judge, lambda _: questions)
    assert (whom(found.accuses), found.restricted) == ({PIKE}, True)


def test_a_fault_of_judging_is_not_taken_for_one_of_the_reader() -> None:
    def judge(*_: object) -> list[Verdict]:
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - as it comes
        read_again([[LOOK]], ["a"], [{}], Reader(), judge, lambda _: [])


def test_where_persons_cannot_be_read_the_verdict_on_the_whole_stays(caplog) -> None:
    assert read(Reader(fails=True), LOOK)[1] == LOOK
    assert caplog.messages == ["the second reader could not read: The model is gone."]
