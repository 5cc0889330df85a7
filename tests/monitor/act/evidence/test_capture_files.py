"""When a capture was made, as its files say it: in UTC and in London, about both changes of the clocks."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from builders.case import a_case

from data.types import School
from monitor.act.casework.evidence.capture_files import CaptureRequest, manifest, moments


@pytest.mark.parametrize(
    ("at", "local", "offset"),
    [
        (datetime(2026, 10, 25, 0, 30, 5, 999, tzinfo=UTC), "2026-10-25 01:30:05", "+01:00"),
        (datetime(2026, 10, 25, 1, 30, 5, 999, tzinfo=UTC), "2026-10-25 01:30:05", "+00:00"),
        (datetime(2027, 3, 28, 0, 59, 59, tzinfo=UTC), "2027-03-28 00:59:59", "+00:00"),
        (datetime(2027, 3, 28, 1, 0, 0, tzinfo=UTC), "2027-03-28 02:00:00", "+01:00"),
    ],
)
def test_the_hour_that_comes_twice_is_told_apart_by_its_offset(at, local, offset):
    asked = CaptureRequest("0" * 12, a_case(), School("900001", "Oakfield Primary"), None, "pike", {}, None)
    told = json.loads(manifest(asked, [], kind="supplied", at=at))["captured"]
    utc = f"{at:%Y-%m-%d %H:%M:%S}"
    assert told == {
        "utc": f"{utc.replace(' ', 'T')}Z", "local": f"{local.replace(' ', 'T')}{offset}",
        "zone": "Europe/London",
    }  # fmt: skip
    assert moments(at) == {"utc": utc, "local": local, "offset": f"UTC{offset}"}
