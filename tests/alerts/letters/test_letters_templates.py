"""The letters as files: all there, the school's own before ours, and nothing left unfilled."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from builders.letter import EXAMPLES, FAIR, NOW, PROFILE, a_case, a_file, all_of, example, rules, whole

from alerts.letters.facts.fillings import values
from alerts.letters.kinds import SPECS, LetterCheck, LetterFacts, LetterKind
from alerts.letters.templates import filled, parts, source
from data.errors import InputError
from monitor.cli.views import manual

FOLDER = Path(__file__).resolve().parents[3] / "alerts" / "letters" / "templates"
NATIONS = ("england", "wales", "scotland", "northern_ireland")
_NAME = re.compile(r"\{\{\s*(\w+)|\{%-? (?:if|elif) (?:not )?(\w+)|\b(?:or|and) (?:not )?(\w+)|in (\w+) %\}")


def names(path: Path) -> set[str]:
    inside = " ".join(re.findall(r"\{[{%].*?[}%]\}", path.read_text(encoding="utf-8")))
    return {name for found in _NAME.findall(inside) for name in found if name}


def test_there_is_a_letter_of_every_kind():
    assert {p.name for p in (FOLDER / "en" / "any").iterdir()} == {f"{kind.value}.txt" for kind in LetterKind}


def test_a_nations_own_letter_holds_no_name_that_the_common_one_does_not():
    for path in FOLDER.glob("*/*/*.txt"):
        assert names(path) <= names(FOLDER / path.parts[-3] / "any" / path.name), path


def test_no_letter_has_plain_quotation_marks_or_tabs():
    for path in FOLDER.glob("*/*/*.txt"):
        text = re.sub(r"\{[{%].*?[}%]\}", "", path.read_text(encoding="utf-8"))
        assert not re.search(r"[\"'`\t]", text), path


@pytest.mark.parametrize("nation", NATIONS)
def test_the_nations_own_wording_is_taken_before_the_common_one(nation):
    name, _ = source(LetterKind.COMPLAINTS_PROCEDURE, "en", nation, None)
    assert name.split("/")[1] == ("any" if nation == "england" else nation)


def test_a_school_in_wales_says_that_either_language_will_do():
    made = whole(
        LetterKind.COMPLAINTS_PROCEDURE, *EXAMPLES[LetterKind.COMPLAINTS_PROCEDURE][:2], rules=rules("wales")
    )
    assert "in Welsh or in English" in all_of(made)


def own(tmp_path: Path, text: str, folder: str = "any") -> Path:
    path = tmp_path / "en" / folder / "thanks.txt"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return tmp_path


def thanks(letters: Path):
    from dataclasses import replace

    return whole(LetterKind.THANKS, FAIR, {}, rules=rules(profile=replace(PROFILE, letters=letters)))


@pytest.mark.parametrize("folder", ["any", "england"])
def test_a_schools_own_letter_takes_the_place_of_ours(tmp_path, folder):
    made = thanks(own(tmp_path, "Ours\n\nFrom {{ school }}, with thanks.\n", folder))
    assert made.body == ("From Oakfield Primary School, with thanks.",)
    assert made.mark == "DRAFT"
    assert made.reference.endswith("0007")


def test_a_schools_own_letter_comes_even_before_the_nations(tmp_path):
    path = tmp_path / "en" / "any" / "complaints_procedure.txt"
    path.parent.mkdir(parents=True)
    path.write_text("Ours\n\nText.\n", encoding="utf-8")
    assert source(LetterKind.COMPLAINTS_PROCEDURE, "en", "wales", tmp_path)[0] == str(path)


def test_a_name_that_there_is_not_is_told_with_the_file(tmp_path):
    with pytest.raises(InputError, match=r"thanks\.txt.*pupil_name.*schoolgate docs letters"):
        thanks(own(tmp_path, "Ours\n\nFor {{ pupil_name }}.\n"))


def test_a_damaged_letter_is_told_with_the_file(tmp_path):
    with pytest.raises(InputError, match=r"thanks\.txt"):
        thanks(own(tmp_path, "Ours\n\n{% if %}\n"))


def test_a_letter_that_is_not_utf8_is_told(tmp_path):
    folder = own(tmp_path, "")
    (folder / "en" / "any" / "thanks.txt").write_bytes(b"Thanks\n\n\xff\xfe")
    with pytest.raises(InputError, match="UTF-8"):
        thanks(folder)


def test_a_schools_own_letter_may_not_threaten(tmp_path):
    with pytest.raises(InputError, match="legal action"):
        thanks(own(tmp_path, "Ours\n\nWe shall take legal action.\n"))


def test_a_schools_own_letter_cannot_reach_the_machine(tmp_path):
    with pytest.raises(InputError):
        thanks(own(tmp_path, "Ours\n\n{{ school.__class__.__mro__ }}\n"))


def test_what_somebody_gives_is_never_read_as_a_template():
    made = whole(LetterKind.PARENT_INVITATION, a_case(), {"to": "{{ today }}", "meeting": "{% if %}"})
    assert "Dear {{ today }}," in made.body


def test_a_name_that_is_not_filled_in_is_refused():
    with pytest.raises(InputError, match="undefined"):
        filled(LetterKind.THANKS, "en", "england", None, {})


def test_paragraphs_are_one_line_and_lists_keep_theirs():
    subject, body = parts("About\n\n\nOne\nand two.\n\n- a\n- b\n  c\n\nEnd")
    assert subject == "About"
    assert body == ("One and two.", "- a\n- b c", "End")


@pytest.mark.parametrize("nation", NATIONS)
def test_no_draft_has_anything_unfilled(nation):
    kinds = [k for k in LetterKind if nation in ("england", "wales") or k is not LetterKind.S5_NOTICE]
    for kind in kinds:
        said = all_of(example(kind, nation))
        assert not re.search(
            r"[{}<>\[\]]|\bNone\b|\bFalse\b|\bTrue\b|  |\bundefined\b| [,.;:?!](?!uk)", said
        ), said


DOCS = manual.filled((FOLDER.parents[2] / "docs" / "letters.md").read_text(encoding="utf-8"))


def test_the_manual_lists_every_letter_with_what_it_wants_and_takes():
    rows = [line.split("|")[1:-1] for line in DOCS.splitlines() if line.startswith("| `")]
    found = {cells[0].strip(" `"): cells for cells in rows if len(cells) == 4}
    assert list(found) == [kind.value for kind in LetterKind]
    for kind, spec in SPECS.items():
        _, _, wants, may = found[kind.value]
        assert tuple(re.findall(r"`(\w+)`", wants)) == spec.wants
        assert tuple(re.findall(r"`(\w+)`", may)) == spec.may


def test_the_manual_names_everything_that_a_letter_may_hold():
    case, facts, _ = EXAMPLES[LetterKind.POLICE]
    given = LetterFacts(NOW, "en", facts)
    held = values(LetterCheck(LetterKind.POLICE, SPECS[LetterKind.POLICE], a_file(case), given, rules()))
    assert not {name for name in held if f"`{name}`" not in DOCS}
    used = {name for path in FOLDER.glob("*/*/*.txt") for name in names(path)} - {"line", "chronology"}
    assert used <= held.keys()
