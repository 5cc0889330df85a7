"""Which language a text is in; what is not judged is named and shown to a person."""

import tomllib
from pathlib import Path
from statistics import mean

import pytest
from builders.letters import CAPITALS, WAYS
from builders.verdict import SEVERITIES_OF, judged, scores
from hypothesis import given
from hypothesis import strategies as st
from support.for_each import for_each

from classifiers.scoring.onnx_scorer import Scorer
from classifiers.text import language
from classifiers.text.language import NAMES, WORDS, Language, find_tongue, let_go, recognise_language
from classifiers.triage import read_lines, triage_items
from data.judged import is_unplaced, was_judged
from data.register.national_lists import read_schools
from data.types import Route, Severity

SENTENCES = tomllib.loads(
    (Path(__file__).parents[2] / "fixtures" / "languages" / "sentences.toml").read_text(encoding="utf-8")
)
TEXTS = {
    Language.WELSH: (
        "Mae'r ysgol wedi bod yn wych i'n plant ni.", "Diolch yn fawr i bawb am heddiw.",
        "cer i ladd dy hun", "mae dad yn brifo fi", "Gwych o le, athrawon clên iawn.",
        "Dwi'n flin, but honestly mae'r sefyllfa wedi mynd yn wirion ac mae'n rhaid i rywun ddweud.",
    ),
    Language.ENGLISH: (
        "Nobody rings back, and the car park is a mess.", "Oakfield!!!", "", "😀😀",
        "wee bairn fell aff the wall at the school the day", *SENTENCES["english"],
    ),
    Language.OTHER: (
        "Szkoła jest bardzo dobra i dzieci są tak szczęśliwe, ale czy jest stołówka?",
        "Это очень хорошая школа", "مدرسة رائعة جدا",
        "A escola é muito boa e não tem uma cantina como as da cidade",
    ),
}  # fmt: skip


@for_each("write", [*WAYS.values(), *CAPITALS.values()])
def test_english_is_english_whatever_letters_it_is_in(write) -> None:
    assert recognise_language(write("Nobody rings back, and the car park is a mess.")) is Language.ENGLISH


@for_each(("text", "spoken"), [(text, spoken) for spoken, texts in TEXTS.items() for text in texts])
def test_a_text_is_welsh_also_beside_english_or_another_and_the_too_short_english(text, spoken) -> None:
    assert recognise_language(text) is spoken


@given(st.text(max_size=300))
def test_every_text_has_a_language(text: str) -> None:
    assert recognise_language(text) in Language


# ------------------------------------------------------ languages that the model does not know


OTHERS = sorted(SENTENCES.keys() - {"english", "cy"})


@for_each("key", OTHERS)
def test_a_short_sentence_in_another_language_is_not_judged_as_english_and_nearly_all_are_named(
    key: str,
) -> None:
    said = SENTENCES[key]
    assert len(said) == 12
    assert [text for text in said if recognise_language(text) is not Language.OTHER] == []
    code = key.split("_")[0]
    assert sum(find_tongue(text).code == code for text in SENTENCES[key]) >= 11


def test_a_short_sentence_in_welsh_is_welsh_and_every_language_has_a_name() -> None:
    assert [text for text in SENTENCES["cy"] if recognise_language(text) is not Language.WELSH] == []
    assert WORDS.keys() <= NAMES.keys()


SHORT = {
    "en": """Avoid avoid avoid|Prison.|Worst in town|Dreadful.|Run by clowns|Awful school, miserable kids|
        Total joke|Rubbish|Bullying ignored, staff useless|Shambles|Zero stars|Hell hole|Gutted|Love it|
        Overcrowded classrooms, rude receptionists|Hi, what a bore|Bore bore bore|Pan lunch|Am gutted|
        Chaos. Pure chaos.|Rude. Rude. Rude.|Daft rules, daft uniform|Toilets locked again|Stay away!!|
        Muddy paddock, odd ladder|Daddy disappointed|Fantastic teachers|Outstanding? Hardly|Con artists""",
    "cy": """Ysgol wych|Gwych iawn|Ysgol ofnadwy|Diolch yn fawr|Athrawes hyfryd iawn|Plant hapus iawn yma|
        Neb yn gwrando|Ddim yn dda iawn|Ysgol dda i blant|cer i ladd dy hun|mae dad yn brifo fi""",
    "pl": "Szkoła jest zła|Bardzo dobra szkoła|Nauczyciele są niemili|Dziecko się boi|Nasza szkoła jest ok",
    "ur": "بہت خراب سکول|اچھا سکول ہے|استاد بہت برا ہے|یہاں مت آؤ|بہترین",
    "ar": "مدرسة سيئة|مدرسة رائعة جدا|ممتاز|لا أنصح بها|سيئة",
    "zh": "很差的学校|老师很好|不推荐|太糟糕了|学校",
}
REVIEWED = ("", "Tarnside Academy, Eskby: ★☆☆☆☆", "Ysgol Gwaun y Nant, Wrecsam", "Bl Rhiw Am Primary")
"""What stands above a review is the name of the place, which says nothing of the language."""


@for_each("title", REVIEWED)
@for_each("code", SHORT)
def test_a_review_of_few_words_is_named_by_its_script_or_two_words_of_it(code: str, title: str) -> None:
    said = [text.strip() for text in SHORT[code].split("|")]
    assert [text for text in said if find_tongue(f"{title}\n{text}").code != code] == []


def test_the_reason_says_which_language_it_seems_to_be() -> None:
    found = judged("Bardzo miła pani w sekretariacie", scores("thank"))
    (said,) = [r.text for r in found.reasons if r.code == "language_other"]
    assert said == "It seems to be in Polish, which we do not judge: please have somebody read it."


def test_where_hardly_a_word_is_known_py3langid_is_asked_and_may_be_let_go() -> None:
    assert recognise_language("Nagyon kedves néni van az irodában") is Language.OTHER
    assert language._identifier.cache_info().currsize == 1
    let_go()
    assert language._identifier.cache_info().currsize == 0


def test_plain_english_does_not_load_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(text: str) -> tuple[str, float]:
        raise AssertionError(text)

    monkeypatch.setattr("classifiers.text.language.identify_language", asked)
    assert (
        recognise_language("The car park was a mess again this morning and nobody rings back")
        is Language.ENGLISH
    )


@for_each("key", ["pl", "ur_latin"])
def test_in_a_language_that_is_not_judged_nothing_is_filed_as_harmless_or_fair(key: str) -> None:
    for text in SENTENCES[key]:
        calm = judged(text, scores("note", severe=0.01))
        assert calm.look
        assert not was_judged(calm)


def test_what_the_model_thinks_grave_in_another_language_is_for_a_person() -> None:
    said = "Mój syn wrócił dzisiaj ze szkoły i bardzo płakał"
    grave = judged(said, scores("respond", severe=0.49, severity__3=0.9))
    assert (grave.route, grave.severity, is_unplaced(grave)) == (Route.RESPOND, Severity.TODAY, True)


# ------------------------------------------------------------------ sixty invented Welsh posts


FOLDER = Path(__file__).parents[2] / "fixtures" / "triage"
SCHOOLS = read_schools(FOLDER / "welsh_schools.json")
ITEMS = read_lines(FOLDER / "welsh.jsonl", SCHOOLS)


def test_the_sixty_welsh_posts_bear_the_labels_that_the_rules_allow() -> None:
    assert [item["id"] for item in ITEMS] == [f"cy-{n:03}" for n in range(1, 61)]
    assert len({item["text"] for item in ITEMS if item["lang"] == "cy"}) == 60
    for item in ITEMS:
        ignored, nothing = item["route"] == Route.IGNORE, item["severity"] == Severity.NOTHING
        assert ignored is nothing is (not item["relevant"]), item["id"]
    wrong = [item["id"] for item in ITEMS if item["severity"] not in SEVERITIES_OF[Route(item["route"])]]
    assert wrong == []
    for item in ITEMS:
        route, labels = Route(item["route"]), set(item["abuse"])
        assert ("safeguarding" in labels) is (route is Route.SAFEGUARDING), item["id"]
        assert (route.urgent or route.removal) is bool(labels - {"profanity"}), item["id"]


def test_most_grave_posts_alert_and_hardly_a_harmless_one_does() -> None:
    found: dict[bool, list[tuple[bool, bool]]] = {True: [], False: []}
    for item, said in zip(ITEMS, triage_items(ITEMS, SCHOOLS, Scorer()), strict=True):
        alerted = said["severity"] >= Severity.TODAY
        found[item["severity"] >= Severity.TODAY].append((alerted, alerted or said["look"]))
    assert mean(alerted for alerted, _ in found[True]) >= 0.8
    assert mean(shown for _, shown in found[True]) >= 0.9
    assert mean(alerted for alerted, _ in found[False]) <= 0.05
