"""Whom a text may be about: names and roles however they are written."""

from dataclasses import replace

from builders.verdict import CHAIR, DSL, HEAD, PEOPLE, SCHOOL
from hypothesis import given
from hypothesis import strategies as st
from support.for_each import for_each
from support.sentences import rows, sentences, yes

from classifiers.verdicts.named_people import (
    is_named,
    people_named,
    prepare_names,
    replace_school_name,
    strictly_named,
)
from classifiers.verdicts.subject import find_subject, possible_subjects, roles_said
from data.types import About, Person, Role, Signal

SAID = sentences("own/people_said")

STAFF = {"about:staff": 0.8, "about:school": 0.2}
UNCLEAR = {"about:school": 0.6, "about:staff": 0.3}


def who(text: str, odds: dict[str, float], people: tuple[Person, ...] = PEOPLE) -> tuple[About, str | None]:
    return find_subject(text, odds, (), SCHOOL, people)


@for_each("text", ["Mrs Holt shouts", "jane holt shouts", "HOLT shouts", "Holt's shouting"])
def test_a_head_is_known_by_name(text: str) -> None:
    assert who(text, STAFF) == (About.HEAD, HEAD.id)


@for_each("text", ["the head shouts", "our headteacher shouts", "that head teacher shouts"])
def test_a_head_is_known_by_role_where_the_model_leans_to_a_head(text: str) -> None:
    assert who(text, {"about:staff": 0.5, "about:head": 0.4}) == (About.HEAD, HEAD.id)


@for_each(
    "text",
    ["the head of maths shouts", "head lice again", "the deputy head shouts", "the assistant head shouts"],
)
def test_other_heads_are_not_the_head(text: str) -> None:
    assert who(text, STAFF) == (About.STAFF, None)


@for_each(("text", "named"), rows(SAID["the_schools_name_names_no_head"], str, yes))
def test_the_schools_name_names_no_head_of_that_name(text: str, named: bool) -> None:
    head = replace(HEAD, name="Mr Otto Oakfield")
    school = replace(SCHOOL, head=head.name)
    plain = replace_school_name(text, school, (head,))
    assert possible_subjects(prepare_names(plain), About.SCHOOL, None, school, (head,)) == (
        (head.id,) if named else ()
    )


def test_a_person_of_the_settings_is_known_by_name_and_part_of_a_longer_word_is_none() -> None:
    assert who("Holtby is a village", STAFF)[1] is None
    vane = Person("vane", "Mr Lee Vane", (Role.STAFF,))
    assert who("Mr Vane shouts", STAFF, (*PEOPLE, vane)) == (About.STAFF, "vane")
    joined = replace(SCHOOL, members=("900011", "900012"))
    vane = Person("vane", "Mr Lee Vane", (Role.STAFF,), urns=("900012",))
    assert find_subject("Mr Vane shouts", STAFF, (), joined, (vane,)) == (About.STAFF, "vane")


def test_a_role_means_whoever_alone_holds_it() -> None:
    second = replace(HEAD, id="second", name="Kim Orr")
    assert who("the head shouts", {"about:head": 0.9}, (HEAD, second)) == (About.HEAD, None)
    assert who("Alex Marsh bought a car", {"about:governor": 0.9}) == (About.CHAIR, CHAIR.id)
    unnamed = (Person("office", "The headteacher", (Role.HEAD,)),)
    found = possible_subjects(prepare_names("Mrs Holt hit me"), About.PUPIL, None, SCHOOL, unnamed)
    assert found == ("office",)
    assert who("parking is bad", UNCLEAR) == (About.SCHOOL, None)
    assert who("ask Robin Pike about parking", UNCLEAR) == (About.SCHOOL, DSL.id)


def test_an_allegation_outweighs_the_child_it_harms_and_self_harm_whoever_was_told() -> None:
    alleged = Signal("staff_hurt_child", "Hurt.", about=About.STAFF)
    harmed = Signal("signs_of_harm", "Signs.", about=About.PUPIL)
    odds = {"about:pupil": 0.8, "about:staff": 0.1}
    assert find_subject("a teacher hurt him", odds, (alleged, harmed), SCHOOL, ())[0] is About.STAFF
    assert find_subject("somebody hurt him", odds, (harmed,), SCHOOL, ())[0] is About.PUPIL
    harm = Signal("suicidal_intent", "Intent.", labels=("self_harm",), about=About.PUPIL)
    hurt = Signal("staff_hurt_child", "Hurt.", labels=("safeguarding",), about=About.STAFF)
    text, odds = "I told Mrs Holt and she laughed", {"about:staff": 0.5, "about:pupil": 0.3}
    assert find_subject(text, odds, (harm,), SCHOOL, PEOPLE)[0] is About.PUPIL
    assert find_subject(text, odds, (harm, hurt), SCHOOL, PEOPLE)[0] is About.HEAD


BARKER = Person("barker", "Colin Barker", (Role.DEPUTY_HEAD, Role.DSL))
VICE = Person("reed", "Kit Reed", (Role.VICE_CHAIR,))
GOVERNOR = Person("dunne", "Sam Dunne", (Role.GOVERNOR,))
ELSEWHERE = Person("moss", "Ira Moss", (Role.HEAD,), urns=("900009",))
ALL = (HEAD, BARKER, CHAIR, VICE, GOVERNOR, ELSEWHERE)


def meant(text: str, about: About = About.PUPIL, likeliest: str | None = None) -> set[str]:
    return set(possible_subjects(prepare_names(text), about, likeliest, SCHOOL, ALL))


@for_each(("text", "ids"), rows(SAID["everyone_who_may_be_meant"]))
def test_everyone_named_and_every_holder_of_a_role_may_be_meant(text: str, ids: str) -> None:
    assert meant(text) == {*ids.split()}


def test_the_likeliest_and_the_holders_of_the_role_it_is_about_may_be_meant() -> None:
    assert meant("she slapped him", about=About.HEAD) == {"holt"}
    assert meant("she slapped him", about=About.STAFF, likeliest="barker") == {"barker"}
    assert meant("Colin Barker slapped him", about=About.DSL) == {"barker"}


@given(st.text(max_size=80), st.sampled_from(list(About)))
def test_only_people_of_the_settings_may_be_meant_each_once(text: str, about: About) -> None:
    found = possible_subjects(prepare_names(text), about, "holt", SCHOOL, ALL)
    assert len(set(found)) == len(found)
    assert {"holt"} <= set(found) <= {p.id for p in ALL}


@given(st.text(max_size=80), st.dictionaries(st.sampled_from(["about:head", "about:staff"]), st.floats(0, 1)))
def test_only_people_of_the_settings_are_ever_meant(text: str, odds: dict[str, float]) -> None:
    assert who(text, odds)[1] in {None, *(p.id for p in PEOPLE)}


# ------------------------------------------------------------------------ roles by their words
@for_each(("text", "role"), rows(SAID["a_role_is_known_by_its"], str, Role))
def test_a_role_is_known_by_its_words(text: str, role: Role) -> None:
    assert role in roles_said(text)


@for_each("text", SAID["other_words_are_no_role"])
def test_other_words_are_no_role(text: str) -> None:
    assert roles_said(text) == frozenset()


def test_a_deputy_is_not_the_leader() -> None:
    assert Role.HEAD not in roles_said("the deputy head grabbed my son")
    assert Role.DSL not in roles_said("the deputy safeguarding lead grabbed my son")
    assert Role.CHAIR not in roles_said("the vice chair grabbed my son")


# -------------------------------------------------------------- names however they are written


JANE_HOLT = Person("holt", "Mrs Jane Holt", (Role.HEAD,))
BARKER_DSL = Person("barker", "Colin Barker", (Role.DSL,))
THREE = (JANE_HOLT, BARKER_DSL, Person("marsh", "Alex Marsh", (Role.CHAIR,)))


def named(text: str) -> set[str]:
    return {p.id for p in people_named(prepare_names(text), THREE)}


@for_each(
    "text",
    [
        "Jane Holt slapped my son", "JANE HOLT SLAPPED MY SON", "Mrs.Holt slapped my girl",
        "Ms. Holt's been hitting kids", "Mrs Holt‑Smith slapped my son", "janeholt slapped my son",
        "Mrs H*lt slapped my son", "mrs h**t slapped my son", "Mrs H*** slapped my son",
        "H*lt slapped my son", "H**t slapped my son", "Mrs H_lt slapped my son", "H0lt slapped my son",
        "H o l t slapped my son", "Mrs H slapped my son", "mrs h. slapped my son", "Jane H slapped my son",
        "Miss Jane slapped my son", "Mrs Hollt slapped my son", "mrs hotl slapped my son",
        "Hoult slapped my son", "Mrs Hôlt slapped my son", "Mrs\u200b Ho\u200blt slapped my son",
        "Mrs Но\u04cft slapped my son", "@JaneHolt_Oakfield slapped my son", "@jane_holt slapped my son",
        "@janeholt72 slapped my son", "@jholt slapped my son", "@MrsHolt slapped my son", "#HoltOut now",
        "#holtout now", "#Holt slaps kids",
    ],
)  # fmt: skip
def test_a_name_is_known_however_it_is_written(text: str) -> None:
    assert named(text) == {"holt"}


@for_each(
    "text",
    [
        "Holtby is a village", "@Holtby slapped my son", "in march he marched to the market",
        "It was March before anyone rang", "the dog barked, and a banker came", "halt at the gate",
        "Mr Vane shouts", "Miss, he hit me", "s*** school", "h*** of a day", "Jane in year 4 cried", "",
    ],
)  # fmt: skip
def test_other_words_are_no_name(text: str) -> None:
    assert named(text) == set()


def test_everyone_named_is_found_and_a_short_surname_after_a_title() -> None:
    assert named("Told Jane Holt that Colin Barkr kissed my daughter") == {"holt", "barker"}
    orr = (Person("orr", "Kim Orr", (Role.HEAD,)),)
    assert not people_named(prepare_names("either orr nothing"), orr)
    assert people_named(prepare_names("Miss Orr hit him"), orr)


@given(st.text(max_size=60), st.text(max_size=20))
def test_any_text_and_any_name_can_be_read(text: str, name: str) -> None:
    people_named(prepare_names(text), (Person("p", name, ()),))


@given(st.sampled_from(THREE), st.text(max_size=30), st.text(max_size=30))
def test_whoever_is_named_strictly_is_named_generously(person: Person, before: str, after: str) -> None:
    text = f"{before} {person.name} {after}"
    assert not is_named(person.name, text) or person in people_named(prepare_names(text), THREE)


@given(
    words=st.lists(
        st.sampled_from(("Mrs", "Jane", "HOLT", "holt", "Okafor's", "hit", "orr", "Orr,")), max_size=6
    )
)
def test_several_are_looked_for_as_one_by_one(words: list[str]) -> None:
    text = " ".join(words)
    assert strictly_named(THREE, text) == [person for person in THREE if is_named(person.name, text)]


@for_each(
    ("text", "named"),
    [
        ("I'd not let mine serve for the Canon", True),
        ("that canon again", True),
        ("Canon Street is shut", False),
    ],
)
def test_a_rare_title_may_name_whoever_is_called_so(text: str, named: bool) -> None:
    canon = (Person("c", "Canon Edwin Bligh", ()),)
    assert bool(people_named(prepare_names(text), canon)) is named
