"""Reading a JSON list of schools."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from data.errors import InputError
from data.register.schools_json import read_schools
from data.types import Namesake

ENTRY = {
    "id": "s01",
    "name": "Oakfield Primary School",
    "urn": "900001",
    "aliases": ["Oakfield"],
    "trust": None,
    "postcode": "ZZ8 8PD",
    "namesakes": [{"name": "Oakfield Arms", "place": "Northvale", "kind": "pub"}],
}


def written(folder: Path, content: object) -> Path:
    path = folder / "schools.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def test_an_entry_becomes_a_school_under_its_id(tmp_path: Path) -> None:
    school = read_schools(written(tmp_path, [ENTRY]))["s01"]
    assert (school.urn, school.aliases, school.trust) == ("900001", ("Oakfield",), None)
    assert school.namesakes == (Namesake("Oakfield Arms", "Northvale", "pub"),)


def test_a_language_without_an_edition_is_taken_for_english(tmp_path: Path) -> None:
    assert read_schools(written(tmp_path, [{**ENTRY, "language": "cy"}]))["s01"].language == "en"


EVERY = (
    "aliases", "former_names", "namesakes", "members", "locality", "town", "county", "local_authority",
    "street", "postcode", "trust", "domain", "head", "phase", "nation", "language",
)  # fmt: skip


def test_null_is_as_good_as_not_given_and_never_the_word_none(tmp_path: Path) -> None:
    bare = {key: ENTRY[key] for key in ("id", "name", "urn")}
    nulls = {**bare, **dict.fromkeys(EVERY)}
    given, plain = (read_schools(written(tmp_path, [row]))["s01"] for row in (nulls, bare))
    assert given == plain


def test_null_within_a_list_or_a_namesake_is_passed_over(tmp_path: Path) -> None:
    lists = {key: [None] for key in ("aliases", "former_names", "members")}
    row = {**ENTRY, **lists, "namesakes": [None, {"name": "Oakfield Arms", "place": None, "kind": None}]}
    school = read_schools(written(tmp_path, [row]))["s01"]
    assert (school.aliases, school.former_names, school.members) == ((), (), ())
    assert school.namesakes == (Namesake("Oakfield Arms", "", "school"),)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "cannot be read as JSON"),
        ({}, "a list of schools is needed"),
        (["x"], "school 1"),
        ([ENTRY, {"id": "s02", "name": "Beech"}], "school 2: “urn” is missing"),
        ([{**ENTRY, "aliases": "Oakfield"}], "“aliases” must be a list"),
        ([{**ENTRY, "post_code": "ZZ8 8PD"}], "no key “post_code”. Did you mean “postcode”?"),
        ([ENTRY, {**ENTRY, "place": "Northvale"}], "school 2: there is no key “place”. The keys are: id, "),
        ([{**ENTRY, "namesakes": [{"name": "Oakfield Arms", "town": "Hexley"}]}], "are: name, place, kind"),
        ([{**ENTRY, "namesakes": ["Oakfield Arms"]}], "objects with name, place, kind are needed"),
    ],
)
def test_a_fault_names_the_file_and_the_entry(tmp_path: Path, content: object, says: str) -> None:
    with pytest.raises(InputError, match=r"schools\.json") as told:
        read_schools(written(tmp_path, content))
    assert says in str(told.value)
