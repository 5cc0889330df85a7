"""The table of words of the street is checked whole before a line of it is written."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest

from classifiers.signals.catalogue import STREET_FILE
from data.errors import InputError
from research.words import COLUMNS, main, read_table

TODAY = date(2026, 11, 26)
ROW = {
    "forms": "cunch", "kind": "exploitation", "means": "out of town", "near": "", "harmless": "",
    "firm": "child", "source": "https://police.example.org/words", "read": "copy", "checked": "2026-11-26",
}  # fmt: skip


def table(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def test_the_shipped_table_holds() -> None:
    assert len(read_table(STREET_FILE.read_text(encoding="utf-8"), date.today())) > 40  # noqa: DTZ011


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"forms": ""}, "A form is empty"),
        ({"forms": "Cunch"}, "has capitals"),
        ({"forms": "*"}, "nothing that can be looked for"),
        ({"kind": "slang"}, "The kind must be"),
        ({"firm": "often"}, "firm must be"),
        ({"means": " "}, "What it means is missing"),
        ({"source": "a friend"}, "The source must be"),
        ({"read": "yes"}, "How the source was read"),
        ({"checked": "26/11/2026"}, "The day must be"),
        ({"checked": "2023-11-26"}, "The day must be"),
        ({"checked": "2026-11-27"}, "The day must be"),
    ],
)
def test_a_fault_is_named_with_its_line(change: dict[str, str], fault: str) -> None:
    with pytest.raises(InputError, match=rf"line 3: .*{fault}"):
        read_table(table(ROW, {**ROW, "forms": "bando", **change}), TODAY)


def test_a_form_stands_in_one_row_only_and_the_columns_are_whole() -> None:
    with pytest.raises(InputError, match="“cunch” stands in line 2 too"):
        read_table(table(ROW, ROW), TODAY)
    with pytest.raises(InputError, match="The columns must be"):
        read_table(table(ROW, columns=COLUMNS[:-1]), TODAY)


def test_it_is_written_whole_or_not_at_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shipped, given = tmp_path / "street.csv", tmp_path / "given.csv"
    shipped.write_text(table(ROW), encoding="utf-8")
    given.write_text(table(ROW, {**ROW, "forms": "bando", "kind": "slang"}), encoding="utf-8")
    assert main([str(given)], shipped) == 1
    assert shipped.read_text(encoding="utf-8") == table(ROW)
    given.write_text(table({**ROW, "forms": "bando"}), encoding="utf-8")
    assert main([str(given)], shipped) == 0
    assert capsys.readouterr().out == "1 rows: 1 new or changed, 1 gone.\n"
    assert [row["forms"] for row in read_table(shipped.read_text(encoding="utf-8"), TODAY)] == ["bando"]
