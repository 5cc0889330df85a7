"""What `doctor` says of the service: what it complains of, and how to mend that."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from builders.doctor import NOW, told

from alerts.notices.book import Book, Notice
from data.types import Trouble
from monitor.service.state.notebook import Notebook
from monitor.setup.doctor.findings import Level
from monitor.setup.doctor.state import service

SINCE = NOW - timedelta(minutes=20)


def remembered(home: Path, *troubles: Trouble, alive: bool = True) -> None:
    """What a service has left beside its store."""
    notices = (Notice(NOW - timedelta(minutes=5), troubles),) if troubles else ()
    Notebook(home).keep(Book(notices=notices, alive=NOW - timedelta(minutes=1) if alive else None))


def test_where_no_service_ever_ran_nothing_is_said_of_it(tmp_path: Path) -> None:
    assert service(tmp_path, None, NOW) == []


def test_a_service_that_is_well_is_in_order(tmp_path: Path) -> None:
    remembered(tmp_path)
    (found,) = service(tmp_path, (), NOW)
    assert (found.level, found.what) == (Level.OK, "The service runs, and complains of nothing.")


def test_one_that_ran_and_does_not_answer_is_a_warning_that_says_how_to_start_it(tmp_path: Path) -> None:
    remembered(tmp_path)
    (found,) = service(tmp_path, None, NOW)
    assert found.level is Level.WARN
    assert found.what == "The service does not answer; its last sign of life was on 1 March 2027, 08:59 UTC."
    assert "schoolgate serve" in found.whole_remedy


@pytest.mark.parametrize(
    ("complaint", "mend"),
    [
        ("since 2027-03-01 08:40 UTC, something is not done (judge: ModelMissing)", "memory"),
        (
            "since 2027-03-01 08:40 UTC, something is not done (save: StoreError)",
            "room",
        ),
        (
            "since 2027-03-01 08:40 UTC, something is not done (beat: StoreBusy)",
            "fuser",
        ),
        (
            "since 2027-03-01 08:40 UTC, something is not done (collect: StoreDamaged)",
            "backup",
        ),
        ("since 2027-03-01 08:40 UTC, something is not done (mail: sign_in_refused)", "mail server"),
        (
            "since 2027-03-01 08:40 UTC, something is not done (spikes: KeyError)",
            "log",
        ),
        ("a message has waited since 2027-03-01 08:40 UTC", "mail server"),
        ("an alert due 2027-03-01 08:40 UTC did not arrive, and nobody has it", "schoolgate alerts list"),
        ("2 of the places cannot be read or judged, through a fault of ours, since 08:40", "source list"),
        (
            "since 2027-03-01 08:40 UTC, something is not done (config: ConfigError)",
            "schoolgate.toml",
        ),
    ],
)
def test_each_complaint_of_the_service_is_a_fault_with_a_mend_of_its_own(
    tmp_path: Path, complaint: str, mend: str
) -> None:
    (found,) = service(tmp_path, (complaint,), NOW)
    assert (found.level, found.what) == (Level.FAULT, f"The service says: {complaint}.")
    assert mend in found.whole_remedy


def test_what_people_were_told_of_stands_where_no_service_answers(tmp_path: Path) -> None:
    remembered(tmp_path, Trouble("judge", SINCE, "ModelMissing"), Trouble("mail", SINCE, "x", NOW))
    first, last = service(tmp_path, None, NOW)
    assert told([first], Level.FAULT) == [
        "The service said last: since 2027-03-01 08:40 UTC, nothing that we read could be judged "
        "(judge: ModelMissing)."
    ]
    assert "does not answer" in last.what
