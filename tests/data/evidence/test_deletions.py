"""The record of deletions says what went, to nobody but who has the id, and since when it knows."""

from __future__ import annotations

import os
from datetime import timedelta

from builders.mention import NOW

from data.keeping import deletion_record
from data.keeping.deletion_record import DeletedKind

DAY = timedelta(days=1)


def kept(home, until=NOW + 400 * DAY):
    return deletion_record.read(home / deletion_record.NAME, until)


def test_what_was_deleted_is_known_by_its_id_and_by_nothing_else(tmp_path):
    deletion_record.add(tmp_path, NOW, {DeletedKind.MENTION: ["m1", "m2"], DeletedKind.CASE: ["0004"]})
    gone = kept(tmp_path).after(NOW - DAY)
    assert gone.of(DeletedKind.MENTION, ["m0", "m1", "m2"]) == ["m1", "m2"]
    assert gone.of(DeletedKind.STUB, ["m1"]) == gone.of(DeletedKind.MENTION, ["0004"]) == []
    text = (tmp_path / deletion_record.NAME).read_text()
    assert "m1" not in text
    assert "0004" not in text
    assert (tmp_path / deletion_record.NAME).stat().st_mode & 0o777 == 0o600


def test_what_was_deleted_before_a_backup_is_none_of_its_deletions(tmp_path):
    deletion_record.add(tmp_path, NOW, {DeletedKind.MENTION: ["m1"]})
    assert kept(tmp_path).after(NOW + timedelta(seconds=1)).of(DeletedKind.MENTION, ["m1"]) == []


def test_it_is_only_added_to_and_a_line_that_a_crash_cut_off_spoils_no_other(tmp_path):
    path = tmp_path / deletion_record.NAME
    deletion_record.add(tmp_path, NOW, {DeletedKind.MENTION: ["m1"]})
    before = path.read_bytes()
    path.write_bytes(before + b"2026-11-17T09:0")
    deletion_record.add(tmp_path, NOW, {DeletedKind.MENTION: ["m2"]})
    assert path.read_bytes().startswith(before)
    assert kept(tmp_path).after(NOW).of(DeletedKind.MENTION, ["m1", "m2"]) == ["m1", "m2"]


def test_a_line_is_kept_for_a_year_and_the_record_says_since_when_it_is_whole(tmp_path):
    deletion_record.add(tmp_path, NOW, {DeletedKind.MENTION: ["m1"]})
    deletion_record.add(tmp_path, NOW + 380 * DAY, {DeletedKind.MENTION: ["m2"]})
    assert kept(tmp_path).after(NOW).of(DeletedKind.MENTION, ["m1"]) == ["m1"]
    deletion_record.add(tmp_path, NOW + 396 * DAY, {})
    assert kept(tmp_path).after(NOW).of(DeletedKind.MENTION, ["m1", "m2"]) == ["m2"]
    assert kept(tmp_path).known_to(NOW) == NOW
    assert kept(tmp_path).known_to(NOW + 32 * DAY) == NOW + 400 * DAY


def test_two_records_with_a_gap_between_them_are_not_whole_over_it(tmp_path):
    for name, since in (("a", NOW), ("b", NOW + 10 * DAY)):
        (tmp_path / name).mkdir()
        deletion_record.add(tmp_path / name, since, {})
    first, second = kept(tmp_path / "a", NOW + 5 * DAY), kept(tmp_path / "b", NOW + 20 * DAY)
    assert deletion_record.together([first, second]).known_to(NOW + DAY) == NOW + 5 * DAY
    longer = kept(tmp_path / "a", NOW + 12 * DAY)
    assert deletion_record.together([second, longer]).known_to(NOW + DAY) == NOW + 20 * DAY
    assert deletion_record.together([second, longer]).text(NOW + 20 * DAY) == [
        "schoolgate-deletions/1 2026-11-17T09:00:00Z"
    ]
    assert deletion_record.together([first]).text(NOW + 20 * DAY)[0].endswith("2026-12-07T09:00:00Z")


def test_what_is_no_record_tells_nothing(tmp_path):
    (tmp_path / deletion_record.NAME).write_bytes(b"\xff\xfe nothing of ours")
    assert kept(tmp_path).spans == kept(tmp_path / "nowhere").spans == ()


def test_a_line_whose_time_is_none_is_no_line_and_spoils_no_other(tmp_path):
    deletion_record.add(tmp_path, NOW, {DeletedKind.MENTION: ["m1"]})
    path = tmp_path / deletion_record.NAME
    first, line = path.read_text().splitlines()
    at = line.split(" ")[0]
    path.write_text(
        "\n".join(
            [first, *(line.replace(at, bad) for bad in ("2026-13-01T00:00:00Z", "x", at[:-1])), line, ""]
        )
    )
    deletion_record.add(tmp_path, NOW, {DeletedKind.MENTION: ["m2"]})
    assert kept(tmp_path).after(NOW).of(DeletedKind.MENTION, ["m1", "m2"]) == ["m1", "m2"]
    deletion_record.add(tmp_path, NOW + 400 * DAY, {DeletedKind.MENTION: ["m3"]})
    assert kept(tmp_path).after(NOW).of(DeletedKind.MENTION, ["m3"]) == ["m3"]


def test_a_pipe_in_its_place_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / deletion_record.NAME)
    assert kept(tmp_path) == deletion_record.Deletions()
