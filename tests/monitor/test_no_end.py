"""A pipe or a device has no end: it is refused, and nobody waits for it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from builders.case_desk import Desk, insult
from builders.pack import do

from data.errors import InputError
from monitor.pipeline.media import MOST_BYTES, content_of, read_handed_in
from monitor.terminal import private_words


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    do(desk, "open", insult(desk), "--as", "holt")
    os.mkfifo(tmp_path / "pipe")
    return desk


@pytest.mark.parametrize("name", ["pipe", "/dev/zero", "linked"])
@pytest.mark.parametrize(
    "words",
    [
        ("capture", "1", "--not-known", "rest", "--file"),
        ("step", "ask", "1", "--rung", "platform-report", "--letter"),
        ("step", "answered", "1", "--rung", "platform-report", "--result", "refused", "--letter"),
    ],
)
def test_no_pipe_or_device_is_taken_for_a_file(desk, name, words):
    (desk.home / "linked").symlink_to("/dev/zero")
    done = desk(*words, str(desk.home / name), "--no-child-image", "--as", "holt")
    assert done.code == 2
    assert "cannot be read (it is a pipe or a device, not a file)" in done.err
    assert desk("show", "1", "--as", "holt", "--json").data["evidence"] == []


def test_words_without_an_end_are_refused_too():
    with pytest.raises(InputError, match=r"/dev/zero: larger than 5 MB: that is no post"):
        private_words.file(Path("/dev/zero"), "--words-file")


def test_a_file_that_is_one_byte_too_long_is_refused_and_another_is_not(tmp_path):
    file = tmp_path / "film"
    file.write_bytes(b"x" * 11)
    assert (content_of(file, 10), content_of(file, 11)) == (None, b"x" * 11)
    os.truncate(file, MOST_BYTES + 1)
    with pytest.raises(InputError, match="larger than 50 MB"):
        read_handed_in(file)
