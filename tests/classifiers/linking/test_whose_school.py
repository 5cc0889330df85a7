"""A name that many schools bear: how many do, where the text places it, and what school words are worth."""

from dataclasses import replace

from builders.verdict import mention
from hypothesis import given
from hypothesis import strategies as st
from support.for_each import for_each
from support.processor import within
from support.sentences import rows, sentences, yes

from classifiers.linking.linker import Linker
from classifiers.linking.school_profile import forms, is_common, profile
from data.register.school_names import core, normalise, normalise_all
from data.types import Match, MentionKind, Namesake, Relevance, School, Source

SAID = sentences("linking/whose_school")

ABOUT, UNSURE, NOT = Relevance.ABOUT, Relevance.UNSURE, Relevance.NOT_ABOUT

OURS = School(
    "900101", "St Elen's Catholic Primary School", locality="Larkham", town="Castlebury", county="Loamshire",
    local_authority="Loamshire", street="Larch Road", postcode="ZZ8 8PD", head="Mrs Ada Winterbourne",
    phase="primary",
)  # fmt: skip
PLACES = rows(SAID["places"])
SAME = [
    replace(OURS, urn=f"9002{i:02}", locality="", town=town, county=county, local_authority=county,
            street="Mill Lane", postcode=code, head=f"Mr Otto Marchbank{i}")
    for i, (town, county, code) in enumerate(PLACES)
]  # fmt: skip
ALONE = School(
    "900103", "Hollowfield Primary School", town="Larkham", county="Loamshire", local_authority="Loamshire",
    postcode="ZZ8 2PD", phase="primary",
)  # fmt: skip
REGISTER = [OURS, *SAME, ALONE]
FULL = "St Elen's Catholic Primary School"


def search(school: School) -> Source:
    return Source("search", "search", "", urns=(school.urn,), surfaced=True)


def link(text: str, title: str = "", school: School = OURS, **given: object) -> Match:
    source = search(school)
    ((match,),) = Linker([school], REGISTER).link([mention(text, title=title, **given)], source)
    return match


def codes(match: Match) -> set[str]:
    return {reason.code for reason in match.reasons}


@for_each("name", [FULL, "St Elen's RC Primary School", "St Elen's Primary", "St Elen's"])
def test_a_name_that_several_schools_bear_is_unsure_without_a_place(name: str) -> None:
    match = link(f"The pupils and teachers of {name} sang so well")
    assert match.relevance is UNSURE
    assert f"7 schools have this name ({FULL.partition(' Cath')[0]}" in " ".join(
        r.text for r in match.reasons
    )


NEAR = School("900109", "Larkham Academy", town="Larkham", locality="Larkham", phase="secondary")


@for_each(
    ("text", "relevance"),
    [
        ("Pupils at Larkham Academy celebrate their results", NOT),
        ("Little Acorns Day Nursery in Larkham marks twenty years of caring for pupils", NOT),
        ("A knife was found at a school in Larkham and pupils were kept in", UNSURE),
        ("A knife was found at St Elen's Primary in Larkham, beside Little Acorns Nursery", ABOUT),
        ("St Elen's Primary in Larkham plays Larkham Academy on Friday", ABOUT),
    ],
)
def test_another_school_of_our_town_named_in_full_is_another_school(text: str, relevance: Relevance) -> None:
    paper = Source("paper", "feed", "https://paper.example.org/", name="Larkham Gazette", urns=(OURS.urn,))
    article = mention(text, kind=MentionKind.ARTICLE)
    ((match,),) = Linker([OURS], [*REGISTER, NEAR]).link([article], paper)
    assert match.relevance is relevance, codes(match)


@for_each("tie", ["in Larkham", "on Larch Road", "(ZZ8 8PD)", "under Mrs Winterbourne"])
def test_one_tie_makes_the_name_of_several_ours(tie: str) -> None:
    match = link(f"The pupils of {FULL} {tie} sang so well")
    assert match.relevance is ABOUT


def test_how_many_bear_the_name_there_decides_whether_it_is_sure() -> None:
    match = link(f"The pupils of {FULL}, Castlebury, sang so well")
    assert match.relevance is UNSURE
    assert "2 schools have this name" in " ".join(reason.text for reason in match.reasons)
    match = link("The pupils of Hollowfield Primary School sang so well", school=ALONE)
    assert match.relevance is ABOUT
    assert "only_bearer" in codes(match)
    known = replace(
        OURS, namesakes=(Namesake(FULL, "Farthing, Arden"), Namesake("St Elen's Church", "", "church"))
    )
    source = search(OURS)
    ((match,),) = Linker([known]).link([mention(f"The pupils of {FULL} sang so well")], source)
    assert match.relevance is UNSURE
    assert "2 schools have this name" in " ".join(reason.text for reason in match.reasons)


def test_a_name_with_its_place_in_brackets_is_known_as_people_say_it() -> None:
    ours = School("900105", "St Osyth's Primary School (Larkham)", town="Castlebury", phase="primary")
    other = replace(ours, urn="900106", name="St Osyth's Primary School (Farthing)", town="Reading")
    source = search(ours)
    texts = (f"St Osyth's Primary in {place} shut" for place in ("Larkham", "Farthing", "the snow"))
    found = Linker([ours], [ours, other]).link([mention(text) for text in texts], source)
    assert [match.relevance for (match,) in found] == [ABOUT, NOT, UNSURE]


@for_each("text", SAID["a_town_or_county_that_is"])
def test_a_town_or_county_that_is_not_ours_outweighs_the_full_name(text: str) -> None:
    match = link(text, school=ALONE)
    assert match.relevance is NOT
    assert "elsewhere" in codes(match)


@for_each("text", SAID["a_word_that_is_no_town"])
def test_a_word_that_is_no_town_of_others_counts_nothing(text: str) -> None:
    match = link(text, school=ALONE)
    assert match.relevance is ABOUT
    assert not codes(match) & {"elsewhere", "other_place"}


def test_the_place_or_the_head_in_a_name_is_not_said_besides() -> None:
    farm = School("900104", "Larkham Primary School", town="Larkham", phase="primary")
    source = search(farm)
    said, there = (
        Linker([farm], [farm]).link([mention(text)], source)[0][0]
        for text in ("Larkham Primary School sang", "Larkham Primary School in Larkham sang")
    )
    assert "name_and_place" not in codes(said)
    assert "name_and_place" in codes(there)
    ours = replace(BARE, head="Mr Otto Oakfield")
    source = search(ours)
    texts = ("Oakfield Primary has a new hall, pupils say", "Otto Oakfield sang", "Mr Oakfield sang")
    found = [codes(match) for (match,) in Linker([ours]).link([mention(text) for text in texts], source)]
    assert [bool({"head", "head_surname"} & each) for each in found] == [False, True, True]


@for_each("word", ["gate", "lads", "miss", "club", "trip", "plant", "yr"])
def test_a_loose_word_never_makes_a_bare_name_sure(word: str) -> None:
    bare = replace(OURS, namesakes=())
    source = search(OURS)
    ((match,),) = Linker([bare]).link([mention(f"the {word} at st elens is a laugh, kids and all")], source)
    assert match.relevance is UNSURE


@for_each("word", ["headteacher", "Ofsted", "Year 5", "pupils", "governors", "INSET"])
def test_a_word_that_only_schools_use_makes_the_name_of_one_school_sure(word: str) -> None:
    assert link(f"What does {word} at Hollowfield mean", school=ALONE).relevance is ABOUT


def test_what_stands_in_our_place_or_on_our_page_is_kept_though_it_gives_no_name() -> None:
    given = {"kind": MentionKind.ARTICLE, "channel": "google_news"}
    match = link("", "Headteacher suspended at Larkham primary", **given)
    assert match.relevance is UNSURE
    assert "school_there" in codes(match)
    assert link("", "Headteacher suspended at Farthing primary", **given).relevance is NOT
    page = Source("site", "feed", "", (NURSERY.urn,), "Our site", own=True, listing=True)
    article = mention("Staff are in from eight. Beech Grammar School sang", title="INSET", **NEWS)
    of_two = replace(page, urns=(NURSERY.urn, OURS.urn))
    one, two = (Linker([NURSERY, OURS]).link([article], source)[0][0] for source in (page, of_two))
    assert (one.relevance, two.relevance) == (ABOUT, NOT)


def test_what_stands_beside_the_name_may_leave_it_ours_or_not_sure() -> None:
    text = (
        f"Closed today: Hollowfield Primary School, {FULL} in Larkham, Beech Grammar School. All others open"
    )
    assert link(text).relevance is ABOUT
    match = link("My sister in Farthing says the pupils of Hollowfield Primary School sang", school=ALONE)
    assert match.relevance is UNSURE
    assert "other_place" in codes(match)
    match = link("Childminder with two spaces, four minutes from Hollowfield Primary, Larkham", school=ALONE)
    assert match.relevance is not ABOUT
    assert "landmark" in codes(match)
    match = link(f"Parent rang about {FULL} in Farthing and her pupils", channel="manual_report")
    assert match.relevance is NOT


@for_each("page", [f"{FULL}, Farthing", f"{FULL} - Farthing", f"{FULL} (Arden)"])
def test_a_review_page_of_the_same_name_in_another_town_is_not_ours(page: str) -> None:
    match = link("Kind teachers, the pupils are happy.", page, channel="google_review")
    assert match.relevance is NOT
    assert "listing_title" not in codes(match)


@for_each("mark", [", ", ". ", "\n", " / "])
@for_each("thing", ["Church Street", "Park Road", "Farm Lane"])
def test_a_street_past_a_mark_is_no_town(mark: str, thing: str) -> None:
    match = link(f"A pupil was stabbed at Hollowfield Primary School{mark}{thing} is shut", school=ALONE)
    assert match.relevance is ABOUT
    assert not codes(match) & {"elsewhere", "elsewhere_beside", "other_place"}


def test_our_name_with_school_life_and_danger_is_kept_beside_a_street_of_the_name() -> None:
    known = replace(ALONE, namesakes=(Namesake("Hollowfield Street", "Larkham", "street"),))
    text = (
        "He came from Hollowfield with blood on him. Hollowfield Street is full of police. Pupils are inside"
    )
    source = search(ALONE)
    ((match,),) = Linker([known]).link([mention(text)], source)
    assert match.relevance is not NOT


@for_each("part", ["Farthing ", "Hollowfield in Farthing ", "in Kent, ", "A.b-", "St Elen's (", "Reading "])
def test_a_very_long_text_is_no_burden_with_a_register(part: str) -> None:
    with within(1):
        link(f"Hollowfield Primary School {part * (30_000 // len(part))}", school=ALONE)


NURSERY = School("own-little-acorns", "Little Acorns Nursery", town="Knaresborough", head="Ms Ada Fenn")
NEWS = {"kind": MentionKind.ARTICLE, "channel": "bing_news"}
RATED = "Little Acorns Nursery rated inadequate"


@for_each("register", [REGISTER, ()])
@for_each(
    ("title", "text", "given", "answer"),
    [
        (RATED, "Inspectors found weak ratios in Huddersfield, parents were told", NEWS, NOT),
        (RATED, "weak ratios in Huddersfield", {}, UNSURE),
        (RATED, "Inspectors found weak ratios, Ofsted says", NEWS, UNSURE),
        (RATED, "Jo Huddersfield of Ofsted found weak ratios", NEWS, UNSURE),
        (f"{RATED}, Knaresborough parents told", "Ofsted, the Huddersfield Examiner says", NEWS, ABOUT),
        ("", "Ms Fenn of Little Acorns Nursery has gone to Huddersfield, Ofsted says", NEWS, ABOUT),
    ],
)
def test_a_common_name_without_its_town_is_never_surely_ours(title, text, given, answer, register) -> None:
    """A nursery stands in no register, so that its silence on others of the name says nothing."""
    source = search(NURSERY)
    ((match,),) = Linker([NURSERY], register).link([mention(text, title=title, **given)], source)
    assert match.relevance is answer


@for_each(
    "by_the_way",
    ["Ann Vale, 44, of Almondbury, Huddersfield, is charged", "She is to appear at Huddersfield Crown Court"],
)
def test_where_somebody_lives_or_is_heard_says_nothing_of_a_common_name(by_the_way: str) -> None:
    source = search(NURSERY)
    article = mention(by_the_way, title="Worker at Little Acorns Nursery hurt child", **NEWS)
    assert Linker([NURSERY]).link([article], source)[0][0].relevance is UNSURE


@for_each(("name", "common"), rows(SAID["a_name_is_common_that_is"], str, yes))
def test_a_name_is_common_that_is_made_of_common_words_and_has_no_place_in_it(name, common) -> None:
    assert is_common(name, ["larkham"]) is common


BARE = School("900104", "Oakfield Primary School", aliases=("Oakfield Primary",), locality="Northvale")


def bare(text: str) -> Relevance:
    """Without a register."""
    source = search(BARE)
    ((match,),) = Linker([BARE]).link([mention(text)], source)
    return match.relevance


@for_each("before", ["My son is at", "Bomb threat to pupils in", "We live near", "Parents of"])
def test_another_town_counts_whatever_stands_before_the_name(before: str) -> None:
    assert bare(f"{before} Oakfield Primary in Castlebury, the teachers say") is NOT


@for_each(
    "after",
    [
        "in Mr Vane's class", "in English lessons", "in Year 6", "near Tesco", "(Infants)", "in September",
        ", Mr Vane",
    ],
)  # fmt: skip
def test_what_is_no_town_after_the_name_says_nothing_against_it(after: str) -> None:
    assert bare(f"My son was hit by a teacher at Oakfield Primary {after}".replace(" ,", ",")) is not NOT


@for_each("text", SAID["a_place_that_is_gone_to"])
@for_each("register", [REGISTER, []])
def test_a_place_that_is_gone_to_does_not_make_it_another_school(text: str, register: list[School]) -> None:
    source = search(ALONE)
    ((match,),) = Linker([ALONE], register).link([mention(text)], source)
    assert match.relevance is ABOUT


@for_each("text", SAID["a_trip_from_another_town_leaves"])
def test_a_trip_from_another_town_leaves_the_school_there(text: str) -> None:
    assert link(text, school=ALONE).relevance is NOT


@for_each(
    ("text", "given", "answer"),
    [
        ("Pupils of St Elen's sang so well", {"channel": "local_forum", "title": "Car parks"}, ABOUT),
        ("Pupils of St Elen's in Farthing sang so well", {"channel": "local_forum"}, NOT),
        ("Pupils of St Elen's in Farthing sang so well", {"title": "St Elen's Primary PTA"}, NOT),
        ("Shoes found after PE", {"title": "St Elen's Primary PTA"}, ABOUT),
        ("Shoes found after PE", {"title": "St Elen's Y4 mums & dads 2026, Larkham"}, ABOUT),
        ("Shoes found after PE", {"title": "St Elen's pupil stabbed, parents furious - Facebook"}, UNSURE),
        ("Shoes found after PE", {"title": "St Elen's Residents Group"}, UNSURE),
        ("Shoes found after PE", {"title": "St Elen's Primary School Hexley parents"}, UNSURE),
        ("Pupils of St Elen's sang", {"channel": "nextdoor", "title": "Mums of Hexley"}, UNSURE),
        ("Pupils of St Elen's sang", {"channel": "nextdoor", "title": "Larkham mums"}, ABOUT),
        ("Pupils of St Elen's sang so well", {"title": "Singing mums"}, UNSURE),
        ("St Elen's: pupils sang", {"title": "St Elen's Primary sings", "channel": "mumsnet"}, UNSURE),
        ("Pies were cold, rude barmaid", {"channel": "google_review"}, UNSURE),
        ("St Elen's pupils sang", {"title": "Larkham's choirs"}, ABOUT),
    ],
)  # fmt: skip
def test_a_name_of_several_is_ours_where_people_speak_of_us(text, given, answer) -> None:
    assert link(text, **given).relevance is answer


def test_a_name_of_several_is_ours_in_answer_to_what_is_surely_ours() -> None:
    source = search(OURS)
    first = mention("Pupils of St Elen's in Larkham sang", id="p", channel="mumsnet")
    answers = [
        mention(text, id=text, kind=MentionKind.REPLY, parent="p", channel="mumsnet")
        for text in ("St Elen's pupils always do", "St Elen's pupils in Farthing do")
    ]
    found = Linker([OURS], REGISTER).link([first, *answers], source)
    assert [match.relevance for (match,) in found] == [ABOUT, ABOUT, NOT]


# --------------------------------------------------------------------------- names in one form
@for_each("text", SAID["spellings_of_one_name_meet"])
def test_spellings_of_one_name_meet(text: str) -> None:
    assert normalise(text) == "st marys cofe primary"


@for_each(("name", "kernel"), rows(SAID["the_core_of_a_name_leaves"]))
def test_the_core_of_a_name_leaves_institution_words_out(name: str, kernel: str) -> None:
    assert core(name) == kernel


@given(st.text())
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(st.lists(st.text()))
def test_many_texts_at_once_come_out_as_one_by_one(texts: list[str]) -> None:
    assert normalise_all(texts) == [normalise(text) for text in texts]


def test_a_name_is_known_in_its_forms_and_never_by_a_mere_institution_word() -> None:
    texts = {form.text for form in forms(School("900010", "Ysgol Cwm Elain", nation="wales"))}
    assert {"ysgol gwm elain", "nghwm elain"} <= texts
    texts = {form.text for form in forms(School("900011", "King Osric's School"))}
    assert {"king osrics school", "king osric school", "kingosricsschool"} <= texts
    texts = {form.text for form in forms(School("900012", "The Academy", aliases=("School", "@academy")))}
    assert not texts & {"school", "academy"}
    assert normalise("Ysgol Tŷ Bach & Môr") == "ysgol ty bach and mor"
    assert {"larkham", "stow"} <= profile(
        replace(OURS, locality="Nether Larkham", town="Stow Ash")
    ).places.keys()
    assert "high" not in profile(replace(OURS, locality="High Larkham")).places
