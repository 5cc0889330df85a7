"""What the second reader learns from: posts read for a person, twins on one side, nothing that is sealed."""

from __future__ import annotations

import hashlib
import json
import math
import random
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from classifiers.scoring.onnx_scorer import TOKENIZER_FILE
from classifiers.scoring.persons import MARK, PARTS, PERSON_TOKENS, DescribedPerson, PersonWindows, PostText
from data.errors import InputError
from research.evaluation.labelled_items import normal_form
from research.reader import rows
from research.reader.choose import figures_of, figures_of_parts, in_words
from research.reader.rows import (
    BEFOREHAND,
    HANDS,
    Material,
    Meeting,
    Plan,
    Row,
    Strangers,
    as_configured,
    join,
    meet,
    meet_twins,
    read_people,
    refuse_sealed,
    said_of,
    split,
    told_items,
)
from research.reader.settings import GOING_ON, ReaderSettings, chosen
from research.training import public_sets
from research.training.examples import COLUMNS, own_example

TOKENIZER = Path(__file__).parents[2] / "reader" / "schoolgate_reader" / TOKENIZER_FILE
PAGE = DescribedPerson("Mrs Dawn Page", ("teaching_assistant",))
LEE = DescribedPerson("Mr Lee Head", ("head",))


@pytest.fixture(scope="module")
def windows() -> PersonWindows:
    return PersonWindows(TOKENIZER)


@pytest.fixture(scope="module")
def names() -> dict[int, str]:
    vocabulary = json.loads(TOKENIZER.read_text(encoding="utf-8"))["model"]["vocab"]
    return {number: piece for piece, number in vocabulary.items()}


def _read(row: list[int], names: dict[int, str]) -> str:
    return " ".join(names[number] for number in row).replace(MARK, "*").replace(" ##", "")


def item(number: str, text: str, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "channel": "facebook",
        "school": "ra",
        "title": "",
        "text": text,
        "parent": "",
        "relevant": True,
        "sentiment": "negative",
        "abuse": [],
        "severity": 1,
        "route": "note",
        "about": "school",
        "trait": "neu_chat",
        "people": {},
    } | more


def _hand(folder: Path, name: str, items: list[dict[str, Any]]) -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(one) + "\n" for one in items), encoding="utf-8")
    return path


def test_a_person_is_described_and_their_surname_and_long_first_name_are_marked(windows, names):
    said = PostText("facebook", "Ask Dawn", "PAGE hit him, Page's hand. Dawn knows. Turn pages at dawnlight")
    row = _read(windows.learnt(PAGE, said), names)
    assert row == (
        "<s> mrs dawn page , teaching assistant | group | ask * dawn </s> "
        "* page hit him , * page ' s hand . * dawn knows . turn * pages at dawnlight </s>"
    )


def test_a_short_first_name_is_not_marked_nor_a_word_that_a_name_begins(windows, names):
    row = _read(windows.learnt(LEE, PostText("x", "", "lee said Headley is ahead of the head")), names)
    assert row.endswith("</s> lee said headley is ahead of the * head </s>")


@pytest.mark.parametrize(
    ("name", "marked"),
    [
        ("Sister Mary Walsh", "his sister told * mary and * walsh"),
        ("FATHER John Walsh", "his father told * john and * walsh"),
        ("Prof Zoë Brontë", "zoe * bronte and * bronte , the prof"),
        ("Ms Zoe Bronte", "zoe * bronte and * bronte , the prof"),
    ],
)
def test_no_title_is_marked_and_accents_tell_nobody_apart(windows, names, name, marked):
    text = marked.replace("* ", "").replace(" ,", ",").replace("bronte and", "Brontë and").title()
    row = _read(windows.learnt(DescribedPerson(name, ("head",)), PostText("x", "", text)), names)
    assert row.endswith(f"</s> {marked} </s>")


def test_a_person_is_read_with_what_the_post_answers(windows, names):
    said = PostText("tiktok", "", "she did what", quoted="Mrs Page locked him in")
    assert "social | | re : mrs * page locked him in </s> she did what </s>" in _read(
        windows.learnt(PAGE, said), names
    )


def test_a_post_is_read_with_what_it_answers(tmp_path):
    path = _hand(tmp_path, "hx.jsonl", [item("hx-1", "same here", parent="He was left on the bus")])
    assert own_example(told_items(path)[0]).text == "group | re: He was left on the bus\nsame here"


def test_without_words_the_title_is_read(windows, names):
    assert _read(windows.learnt(PAGE, PostText("news", "Page suspended", "")), names).endswith(
        "</s> * page suspended </s>"
    )


def test_a_long_post_is_learnt_where_it_names_the_person(windows):
    said = PostText("email", "", "and so on " * 200 + "Mrs Page did it")
    found = windows.windows(PAGE, said)
    assert len(found) > 2
    assert max(map(len, found)) == PERSON_TOKENS
    assert [windows.mark in row for row in found] == [False] * (len(found) - 1) + [True]
    assert windows.learnt(PAGE, said) == found[-1]


def test_every_word_of_a_long_post_is_in_a_window(windows):
    said = PostText("email", "", " ".join(f"{n}" for n in range(100, 500)))
    read = {number for row in windows.windows(PAGE, said) for number in row}
    assert set(windows.pieces.ids([said.text])[0]) <= read


def test_the_mark_can_not_be_written_by_somebody(windows):
    assert windows.mark not in windows.learnt(PAGE, PostText("x", MARK, f"{MARK} hello"))


def test_a_teacher_is_described_as_staff_where_a_school_configures_them():
    assert as_configured(PAGE).describe() == "Mrs Dawn Page, member of staff"
    assert as_configured(LEE).describe() == "Mr Lee Head, headteacher, the head"


def test_who_holds_two_offices_is_one_person():
    known = {known.who.name: known for known in read_people(HANDS / "schools.json")["rb"]}
    assert known["Mrs Kerensa Bolitho"].who.offices == ("deputy_head", "dsl")
    assert known["Mrs Kerensa Bolitho"].ids == {"rb-dep", "rb-dsl"}


def test_who_is_meant_has_their_parts_and_strangers_have_none():
    people = read_people(HANDS / "schools.json")
    post = item("hx-1", "Page hit him", people={"ra-ta1": ["harm", "mentioned"]}, quoted="")
    (met,), (few,) = meet([post], people)
    assert met.who.name == "Mrs Dawn Page"
    assert [part for part, holds in zip(PARTS, met.parts, strict=True) if holds] == ["harm", "mentioned"]
    assert len(few.who) == 9
    drawn = few.draw(random.Random(1))
    assert [set(one.parts) for one in drawn] == [{0.0}, {0.0}]
    assert "Mrs Dawn Page" not in {one.who.name for one in drawn}


def test_of_a_twin_only_what_is_expected_of_somebody_is_learnt():
    met = [one for one in meet_twins(BEFOREHAND) if not math.isnan(one.parts[PARTS.index("harm")])]
    told = [one for one in met if math.isnan(one.parts[PARTS.index("praised")])]
    assert told
    assert {part for one in told for part, value in zip(PARTS, one.parts, strict=True) if value == 1.0} == {
        "harm",
        "threatened",
        "wronged",
    }


def test_a_sealed_post_is_refused_and_so_is_what_it_answers(monkeypatch):
    text = "A post that was sealed."
    sealed = frozenset([hashlib.sha256(normal_form(text).encode()).hexdigest()])
    monkeypatch.setattr(public_sets, "_never", lambda: sealed)
    refuse_sealed([item("hx-1", "another"), item("hx-2", "ok")])
    for post in (item("hx-3", "a POST that was sealed"), item("hx-4", "yes", quoted=text)):
        with pytest.raises(InputError, match=post["id"]):
            refuse_sealed([post])


def test_no_post_of_the_hands_is_sealed():
    refuse_sealed(post for path in HANDS.glob("h*.jsonl") for post in told_items(path))


def test_twins_stay_together_and_a_copy_of_one_kept_apart_is_not_learnt(tmp_path):
    text = "thank you to the kitchen for a lovely soft bun that our Josh took home in his bag"
    twin = text.replace("soft bun", "hard nut")
    one = _hand(tmp_path, "ha.jsonl", [item("ha-1", text, title="Chat"), item("ha-2", twin, title="Chat")])
    copied = [item("hb-1", text.replace("Josh", "Amy")), item("hb-2", "the bus is late", title="Chat")]
    other = _hand(tmp_path, "hb.jsonl", copied)
    apart, learnt = split([one, other], ["ha.jsonl"])
    assert [post["id"] for post in apart[one]] == ["ha-1", "ha-2"]
    assert {path.name: [post["id"] for post in posts] for path, posts in learnt.items()} == {
        "hb.jsonl": ["hb-2"]
    }


@pytest.fixture
def corpus(tmp_path, monkeypatch):
    """A corpus and a checkout with two hands here, one there, and an own post."""
    for name in ("hands", "corpus/roles"):
        folder = tmp_path / name
        folder.mkdir(parents=True)
        shutil.copy(HANDS / "schools.json", folder / "schools.json")
    _hand(tmp_path / "hands", "ha.jsonl", [item("ha-1", "Page hit him", people={"ra-ta1": ["harm"]})])
    _hand(tmp_path / "hands", "hb.jsonl", [item("hb-1", "nothing", people={"ra-t1": ["praised"]})])
    _hand(tmp_path / "corpus" / "roles", "wa.jsonl", [item("wa-1", "thanks, Mr Marsh", language="cy")])
    monkeypatch.setattr(rows, "HANDS", tmp_path / "hands")
    monkeypatch.setattr(rows, "PUBLIC", ())
    monkeypatch.setattr(rows, "OWN_DATA", tmp_path)
    monkeypatch.setattr(rows, "own_items", lambda: ([item("tr-1", "own")], [item("tr-2", "held")]))
    monkeypatch.setattr(rows, "distress_items", lambda corpus: [item("trr-1", "real")])
    monkeypatch.setattr(rows, "evaluation_forms", lambda corpus: frozenset())
    return tmp_path / "corpus"


def test_all_hands_are_gathered_but_the_one_kept_apart(corpus):
    found = rows.gather(corpus, ["hb.jsonl"], twins=False)
    assert [post["id"] for post in found.told] == ["ha-1", "wa-1"]
    assert [post["id"] for post in found.own] == ["tr-1", "trr-1"]
    assert [post["id"] for post in found.apart] == ["hb-1"]
    assert [post["id"] for post in found.held] == ["tr-2"]
    assert {met.who.name for met in found.meetings} == {"Mrs Dawn Page"}
    assert len(found.apart_meetings) == 3  # one who is meant, two who are not
    assert [(source["name"], source["rows"]) for source in found.sources] == [
        ("ha.jsonl", 1),
        ("wa.jsonl", 1),
    ]
    assert found.schools["ra"]["head"] == "Mrs Ottoline Head"


def test_twins_are_learnt_where_it_is_asked(corpus):
    found = rows.gather(corpus, ["hb.jsonl"], twins=True)
    assert len(found.meetings) == 1 + len(meet_twins(BEFOREHAND))
    assert "posts.jsonl" in {source["name"] for source in found.sources}


def test_a_hand_that_is_not_there_cannot_be_kept_apart(corpus):
    with pytest.raises(InputError, match=r"hz\.jsonl is not there"):
        rows.gather(corpus, ["hb.jsonl", "hz.jsonl"], twins=False)


def test_nothing_is_gathered_while_a_post_is_sealed(corpus, monkeypatch):
    sealed = frozenset([hashlib.sha256(b"thanks mr marsh").hexdigest()])
    monkeypatch.setattr(public_sets, "_never", lambda: sealed)
    with pytest.raises(InputError, match="wa-1"):
        rows.gather(corpus, ["hb.jsonl"], twins=False)


def _labels(**known: float) -> list[float]:
    return [known.get(column.replace(":", "_"), math.nan) for column in COLUMNS]


GRAVE = Row([0, 7, 2, 11, 12, 2], labels=_labels(severity_3=1, severity_4=0, abuse_threat=1, route_note=0))
CALM = Row([0, 8, 2, *range(20, 45), 2], labels=_labels(severity_3=0, severity_4=0, abuse_threat=0))


def test_two_posts_are_joined_under_the_context_of_the_graver():
    made = join(CALM, GRAVE, 2, 160, swap=False)
    assert made is not None
    assert made.ids == [0, 7, 2, 11, 12, *range(20, 45), 2]
    known = {column: value for column, value in zip(COLUMNS, made.labels, strict=True) if value == value}
    assert known == {"severity:3": 1.0, "severity:4": 0.0, "abuse:threat": 1.0, "route:note": 0}


def test_posts_are_not_joined_without_room_or_severity():
    assert join(GRAVE, CALM, 2, 20, swap=False) is None
    assert join(GRAVE, Row([0, 2, 5, 2], labels=_labels(relevant=0)), 2, 160, swap=False) is None


def _material() -> Material:
    people = read_people(HANDS / "schools.json")
    told = [post for post in told_items(HANDS / "ha.jsonl") if post["people"]][:12]
    meetings, strangers = meet(told, people)
    schools = {
        "ra": {"name": "Tollerby Academy", "aliases": ["Tollerby"], "locality": "Tollerby", "head": "Mrs Oak"}
    }
    own = [item(f"tr-{n}", f"own post {n}", school="ra", rating=None) for n in range(10)]
    own.append(item("tr-press", "Pupils sing", school="ra", rating=None, channel="google_news"))
    return Material(
        own=own,
        told=[post | {"school": "ra"} for post in told],
        public=[own_example(one) for one in own],
        meetings=meetings,
        strangers=strangers,
        apart=[],
        apart_meetings=[],
        held=[],
        schools=schools,
        sources=[],
    )


def test_an_epoch_has_the_same_rows_whenever_it_is_asked_for(windows):
    plan = Plan(_material(), ReaderSettings(own=0.5, public_parts=3, mix=0.5), windows)
    first = plan.rows(1)
    assert first == plan.rows(1)
    assert len(first) == len(plan.rows(2)) == plan.size
    assert first != plan.rows(2)
    assert {bool(row.parts) for row in first} == {True, False}


def test_the_press_is_in_every_epoch(windows):
    plan = Plan(_material(), ReaderSettings(own=0.0, told_times=0, person_times=0, public_parts=99), windows)
    assert [len(plan.rows(epoch)) for epoch in range(3)] == [1, 1, 1]


def test_rows_of_other_files_have_another_digest(windows):
    material = _material()
    plan = Plan(material, ReaderSettings(), windows)
    material.sources.append({"name": "he.jsonl"})
    assert plan.digest != Plan(_material(), ReaderSettings(), windows).digest


def test_settings_are_told_apart_from_what_is_none():
    assert chosen('{"epochs": 1, "rate": 1}', GOING_ON).rate == 1
    assert chosen("", GOING_ON) is not None
    for text, fault in (
        ("[]", "object"),
        ("{", "JSON"),
        ('{"x": 1}', "“x”"),
        ('{"epochs": "2"}', "“epochs”"),
    ):
        with pytest.raises(InputError, match=fault):
            chosen(text, GOING_ON)


def test_irony_is_measured_against_true_thanks_and_the_press_by_itself():
    posts = [
        item("1", "", severity=3, trait="irony_harm"),
        item("2", "", severity=1, route="thank", trait="true_thanks"),
        item("3", "", severity=3, channel="google_news", trait="press_adverse"),
        item("4", "", severity=1, channel="google_news", trait="press_sport"),
        item("5", "", severity=0, relevant=False),
    ]
    labels = np.zeros((5, len(COLUMNS)), np.float32)
    labels[:, COLUMNS.index("severity:3")] = (2, 1, 0, 3, 9)
    found = figures_of(posts, labels)
    assert (found["irony.auc"], found["press.auc"], found["severe.auc"]) == (1.0, 0.0, 0.25)
    assert found["severe.n"] == 2
    assert in_words({"press.auc": math.nan, "press.n": 0.0, "severe.recall": 0.5}) == (
        "press.auc – (0), severe.recall 0.500"
    )


def test_accused_is_who_is_said_to_have_done_harm_or_a_crime():
    parts = np.eye(len(PARTS))
    met = [Meeting(PostText("x", "", ""), PAGE, tuple(row)) for row in parts]
    found = figures_of_parts(met, parts.astype(np.float32))
    assert found["accused.auc"] == found["wronged.auc"] == 1.0
    assert found["accused.n"] == 2


def test_no_more_strangers_are_drawn_than_there_are():
    assert len(Strangers(said_of(item("1", "hello")), (PAGE,), 2).draw(random.Random(1))) == 1
