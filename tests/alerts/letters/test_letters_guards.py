"""What may not stand in a letter."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders.letter import EXAMPLES, FAIR, PEOPLE, POST, a_case, all_of, whole, written

from alerts.letters import forbidden_words
from alerts.letters.kinds import SPECS, LetterDraft, LetterKind, LetterReader, NoDraft
from data.steps.codes import Complainant
from data.types import About, Person, Role


@pytest.mark.parametrize(
    "said",
    [
        "a girl in Year 6",
        "Yr 4",
        "year three",
        "our P7 class",
        "Blwyddyn 5",
        "class 3B",
        "reception children",
        "year group 9",
    ],
)
def test_a_year_group_is_found(said):
    assert forbidden_words.year_group(said)


@pytest.mark.parametrize(
    "said", ["in 2026", "last year 40 people wrote", "ring reception", "nine years ago", "the year 2026"]
)
def test_what_is_no_year_group_is_passed_over(said):
    assert not forbidden_words.year_group(said)


@pytest.mark.parametrize(
    "said",
    [
        "This is an offence.",
        "What you did is a criminal offence", "You have committed libel",
        "it is unlawful",
        "illegal content", "we will sue", "legal action may follow", "Take it down or else",
        "you will be prosecuted",
        "Our solicitors will write", "Mae hyn yn drosedd", "banned from the premises",
    ],
)  # fmt: skip
def test_law_as_a_fact_and_threats_are_found(said):
    assert forbidden_words.claim(said)


@pytest.mark.parametrize(
    "said",
    ["it may be a matter for the police", "it may break the law", "or somebody else", "you may be right"],
)
def test_what_only_may_be_is_said(said):
    assert forbidden_words.claim(said) is None


@pytest.mark.parametrize("said", ["Sam Vale did it", "SAM VALE", "ask Mrs Holt", "the Holt family"])
def test_people_are_found_by_name_and_by_surname(said):
    assert forbidden_words.named(said, PEOPLE)


@pytest.mark.parametrize("said", ["in the vale below", "marshland", "Oakfield Marsh Primary"])
def test_ordinary_words_are_no_names(said):
    assert forbidden_words.named(said, PEOPLE, "Oakfield Marsh Primary") is None


def test_a_title_and_a_surname_make_a_name():
    assert forbidden_words.named("said Lowe", [Person("a", "Mrs Lowe", (Role.STAFF,))]) == "Mrs Lowe"


@pytest.mark.parametrize("said", ["he PINCHED forty pounds, off it", "Unbelievable!"])
def test_words_of_the_post_are_known_again(said):
    assert forbidden_words.repeats(said, POST.title, POST.text)


@pytest.mark.parametrize("said", ["forty pounds off", "We have asked the council", ""])
def test_what_only_shares_a_word_with_a_longer_post_does_not_repeat_it(said):
    assert not forbidden_words.repeats(said, None, POST.text)


UNQUOTED = (LetterReader.PUBLIC, LetterReader.PRESS, LetterReader.STAFF)
FREE = [
    (LetterKind.PLATFORM_REPORT, "why"),
    (LetterKind.POSH, "why"),
    (LetterKind.HOST_ABUSE, "why"),
    (LetterKind.POLICE, "why"),
    (LetterKind.WIKIPEDIA, "wrong"),
    (LetterKind.REPLY, "answer_given"),
    (LetterKind.PARENT_INVITATION, "what"),
    (LetterKind.AUTHOR_REMOVAL, "what"),
]


@pytest.mark.parametrize(("kind", "fact"), FREE)
@pytest.mark.parametrize("said", ["It is about Jo Fern.", "A child in Year 6 is meant."])
def test_a_letter_to_others_does_not_take_a_name_or_a_year_group(kind, fact, said):
    case, facts, more = EXAMPLES[kind]
    case = replace(case, complainant=Complainant.SCHOOL)
    made = written(kind, case, facts | {fact: said}, **more)
    assert isinstance(made, NoDraft)
    assert [want.fact for want in made.wanted] == [fact]


def test_the_target_may_be_reached_by_nobody_through_a_letter():
    case, facts, more = EXAMPLES[LetterKind.POSH]
    assert isinstance(
        written(LetterKind.POSH, case, facts | {"contact": "Sam Vale, 01632 960 003"}, **more), NoDraft
    )
    assert isinstance(
        written(LetterKind.POSH, case, facts | {"contact": "Jo Fern, 01632 960 003"}, **more), LetterDraft
    )


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ("answer_given", "He did not laugh at the cake stall, nor take forty pounds off the cake stall."),
        ("answer_given", "Northvale Parent is wrong."),
        ("answer_given", "Jane Holt will see to it."),
        ("answer_given", "We are sorry about your little boy."),
        ("answer_given", "We are glad to hear from you as a parent."),
    ],
)
def test_a_public_reply_repeats_nothing_and_names_nobody(fact, said):
    _, facts, _ = EXAMPLES[LetterKind.REPLY]
    made = written(LetterKind.REPLY, FAIR, facts | {fact: said})
    assert isinstance(made, NoDraft)


@pytest.mark.parametrize("case", [a_case(about=About.PUPIL), a_case(content_class="C1")])
def test_words_about_a_child_or_in_confidence_are_never_repeated(case):
    made = written(LetterKind.PLATFORM_REPORT, case, {"why": "It may harm a child.", "words": "anything"})
    assert isinstance(made, NoDraft)
    assert [want.fact for want in made.wanted] == ["words"]


@pytest.mark.parametrize("kind", [k for k, s in SPECS.items() if s.reader in UNQUOTED])
def test_what_the_public_the_press_and_staff_read_holds_nothing_of_the_post(kind):
    case, facts, more = EXAMPLES[kind]
    assert "cake" not in all_of(whole(kind, case, facts, **more))


def test_words_that_are_given_are_quoted():
    case, facts, _ = EXAMPLES[LetterKind.PLATFORM_REPORT]
    made = whole(LetterKind.PLATFORM_REPORT, case, facts | {"words": "pinched forty pounds"})
    assert "pinched forty pounds" in str(made)


@pytest.mark.parametrize(
    "kind", [LetterKind.PARENT_INVITATION, LetterKind.AUTHOR_REMOVAL, LetterKind.PLATFORM_REPORT]
)
def test_nothing_that_claims_or_threatens_is_taken(kind):
    case, facts, more = EXAMPLES[kind]
    fact = "why" if kind is LetterKind.PLATFORM_REPORT else "what"
    made = written(kind, case, facts | {fact: "It is illegal and we will sue."}, **more)
    assert isinstance(made, NoDraft)
    assert "“illegal”" in made.wanted[0].question


def test_a_members_own_letter_may_name_them_and_of_anybody_else_it_warns():
    case, facts, more = EXAMPLES[LetterKind.S5_NOTICE]
    assert isinstance(
        written(LetterKind.S5_NOTICE, case, facts | {"meaning": "That I, Sam Vale, took it."}, **more),
        LetterDraft,
    )
    made = whole(LetterKind.S5_NOTICE, case, facts | {"meaning": "That Jo Fern and I took it."}, **more)
    assert any("Jo Fern" in warning for warning in made.warnings)


def test_a_letter_to_the_member_of_staff_may_name_them():
    case, _, _ = EXAMPLES[LetterKind.SUPPORT_OFFER]
    assert "Dear Sam Vale," in whole(LetterKind.SUPPORT_OFFER, case, {}).body
    assert "Dear Sam," in whole(LetterKind.SUPPORT_OFFER, replace(case), {"to": "Sam"}).body
