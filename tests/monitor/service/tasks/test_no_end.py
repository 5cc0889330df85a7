"""A pipe or a device has no end: it is refused, and nobody waits for it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from builders.case_desk import PNG, a_desk, insult
from builders.pack import do

from data.errors import InputError
from monitor.pipeline.supplied import MOST_BYTES, content_of, read_handed_in
from monitor.terminal import private_words


def _decided(desk):
    (desk.home / "shot.png").write_bytes(PNG)
    for words in (
        ("open", insult(desk)),
        ("classify", "1", "C2", "--why", "He is insulted"),
        ("capture", "1", "--file", str(desk.home / "shot.png"), "--no-child-image", "--not-known", "rest"),
        ("step", "weigh", "1", "--nature", "a", "--visible", "b", "--spread", "c", "--impact", "d"),
        ("step", "decide", "1", "--seek", "--why", "It sets children on him"),
    ):
        do(desk, *words, "--as", "holt")


def _known(desk):
    case = desk("show", "1", "--as", "holt", "--json").data
    return case["evidence"], case["steps"]


@pytest.fixture
def desk(tmp_path):
    """A case in which a platform may be asked."""
    desk = a_desk(tmp_path, _decided)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "linked").symlink_to("/dev/zero")
    return desk


@pytest.mark.parametrize("name", ["pipe", "/dev/zero", "linked"])
@pytest.mark.parametrize(
    "words",
    [
        ("capture", "1", "--not-known", "rest", "--no-child-image", "--file"),
        ("step", "ask", "1", "--rung", "platform-report", "--no-child-image", "--letter"),
        (
            "step",
            "answered",
            "1",
            "--rung",
            "platform-report",
            "--result",
            "refused",
            "--no-child-image",
            "--letter",
        ),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_no_pipe_or_device_is_taken_for_a_file(desk, name, words):
    if "answered" in words:
        do(desk, "step", "ask", "1", "--rung", "platform-report", "--as", "holt")
    before = _known(desk)
    done = desk(*words, str(desk.home / name), "--as", "holt")
    assert done.code == 2
    assert "cannot be read (it is a pipe or a device, not a file)" in done.err
    assert _known(desk) == before


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
