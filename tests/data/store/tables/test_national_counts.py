"""The file of a week's counts: written once, to be read by anybody, whole or not there."""

from __future__ import annotations

import stat
from dataclasses import fields, replace

import _duckdb as duckdb
import pytest

from data.errors import StoreError
from data.store.reporting.national_counts import NationalCount, copied, publish

SHOWN = NationalCount("2026-W47", "england", "Suffolk", 6, "news", "positive", 12, None, 1)
HIDDEN = replace(SHOWN, tone="negative", count=None, hidden="few")


def rows(path):
    return duckdb.connect().execute(f"FROM read_parquet('{path}')").fetchall()


def test_the_numbers_come_out_as_they_were_told_under_their_names(tmp_path):
    path = tmp_path / "counts" / "week.parquet"
    assert publish(path, [SHOWN, HIDDEN])
    columns = duckdb.connect().execute(f"DESCRIBE FROM read_parquet('{path}')").fetchall()
    assert [name for name, *_ in columns] == [one.name for one in fields(NationalCount)]
    assert rows(path) == [
        ("2026-W47", "england", "Suffolk", 6, "news", "positive", 12, None, 1),
        ("2026-W47", "england", "Suffolk", 6, "news", "negative", None, "few", 1),
    ]


def test_a_file_can_only_be_read_and_nothing_lies_beside_it(tmp_path):
    path = tmp_path / "week.parquet"
    publish(path, [SHOWN])
    assert stat.S_IMODE(path.stat().st_mode) == 0o444
    assert list(tmp_path.iterdir()) == [path]


def test_a_week_that_was_published_stays_as_it_was(tmp_path):
    path = tmp_path / "week.parquet"
    publish(path, [SHOWN])
    before = path.read_bytes()
    assert not publish(path, [HIDDEN])
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_copy_is_the_same_file_and_may_be_made_again(tmp_path):
    path, out = tmp_path / "week.parquet", tmp_path / "far" / "out"
    publish(path, [SHOWN])
    assert copied(path, out) == copied(path, out) == out / "week.parquet"
    assert (out / "week.parquet").read_bytes() == path.read_bytes()
    assert stat.S_IMODE((out / "week.parquet").stat().st_mode) == 0o444


def test_what_cannot_be_written_is_told(tmp_path):
    (tmp_path / "counts").write_text("a file")
    with pytest.raises(StoreError, match="nothing was published"):
        publish(tmp_path / "counts" / "week.parquet", [SHOWN])
