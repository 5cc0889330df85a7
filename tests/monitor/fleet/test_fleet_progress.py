"""What a fleet's service writes of itself is read as it was written."""

from __future__ import annotations

import os
import platform
import stat
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.fleet import progress
from monitor.fleet.engines.base import Stage
from monitor.fleet.progress import FleetProgress, HomeProgress, PlacesProgress

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
COUNTS = st.integers(0, 10**9)
TIMES = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
WORDS = st.text(st.characters(codec="utf-8"), max_size=20)
HOMES = st.builds(
    HomeProgress,
    WORDS,
    COUNTS,
    *[st.none() | TIMES] * 4,
    COUNTS,
    COUNTS,
    st.dictionaries(WORDS, COUNTS, max_size=3),
    WORDS,
    WORDS,
    *[st.booleans()] * 3,
)
ALL = st.builds(
    FleetProgress,
    COUNTS,
    WORDS,
    TIMES,
    TIMES,
    st.sampled_from(["local", "ray"]),
    st.builds(PlacesProgress, *[COUNTS] * 5),
    st.lists(HOMES, max_size=3).map(tuple),
    st.dictionaries(st.sampled_from(Stage), COUNTS),
    st.none() | st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)),
    COUNTS,
    st.none() | TIMES,
)


def of(**facts: object) -> FleetProgress:
    """This process's, now."""
    return FleetProgress(
        **{"pid": os.getpid(), "machine": platform.node(), "started_at": NOW, "at": NOW} | facts,
        engine="local",
    )  # type: ignore[arg-type]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(ALL)
def test_all_of_it_comes_back_as_it_was(tmp_path: Path, given: FleetProgress) -> None:
    progress.write(tmp_path, given)
    assert progress.read(tmp_path) == given


def test_it_is_for_its_owner_alone(tmp_path: Path) -> None:
    progress.write(tmp_path, of())
    assert stat.S_IMODE((tmp_path / progress.NAME).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [progress.NAME]


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"pid": 1}', "\xff"])
def test_what_is_none_counts_as_missing(tmp_path: Path, text: str) -> None:
    (tmp_path / progress.NAME).write_text(text, encoding="latin-1")
    assert progress.read(tmp_path) is None


def test_nothing_was_written_yet(tmp_path: Path) -> None:
    assert progress.read(tmp_path) is None


def test_what_wrote_lately_and_lives_runs() -> None:
    assert of().runs(NOW + timedelta(minutes=2))


def test_what_has_been_silent_for_over_two_minutes_does_not_run() -> None:
    assert not of().runs(NOW + timedelta(minutes=2, seconds=1))


def test_what_has_ended_does_not_run(ended_pid: int) -> None:
    assert not of(pid=ended_pid).runs(NOW)


def test_of_a_process_on_another_machine_its_silence_alone_tells(ended_pid: int) -> None:
    assert of(pid=ended_pid, machine="elsewhere").runs(NOW)


def test_every_fact_of_a_home_is_in_its_row(tmp_path: Path) -> None:
    whole = HomeProgress(
        "a", 1, NOW, NOW, NOW, NOW, 2, 3, {"save": 1}, "PID 1 on x", "StoreFull", True, True, True
    )
    assert all(getattr(whole, f.name) for f in fields(HomeProgress))
    progress.write(tmp_path, of(homes=(whole,)))
    found = progress.read(tmp_path)
    assert found is not None
    assert found.homes == (whole,)
