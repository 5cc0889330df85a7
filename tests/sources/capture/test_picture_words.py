"""The words on a picture: what is read, what is not even decoded, and what its process may not do."""

from __future__ import annotations

import io
import socket
import struct
import subprocess
import sys
import time
import zlib
from shutil import which

import pytest
import support.strain

from sources.capture.picture_words import words_on
from sources.parser_process import Bounds, ParserProcess

linux = pytest.mark.skipif(sys.platform != "linux", reason="these bounds are Linux's")


@pytest.fixture(scope="module")
def apart():
    reader = support.strain.reader()
    yield reader
    reader.let_go(0.0)


@pytest.fixture(scope="module")
def models():
    """The reader's process, with the extra."""
    pytest.importorskip("rapidocr", reason="needs the extra `ocr`")
    reader = ParserProcess(time.monotonic, Bounds(30.0, 120.0, 512))
    yield reader
    reader.let_go(0.0)


def png(width, height):
    """The beginning of one of that size, with nothing in it."""
    named = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(b"")
    parts = (struct.pack(">I", len(p) - 4) + p + struct.pack(">I", zlib.crc32(p)) for p in (named, data))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.ocr
def test_the_lines_of_a_screenshot_are_read_from_top_to_bottom(models):
    """Three seconds: the models are loaded."""
    from PIL import Image, ImageDraw, ImageFont

    said = ["Nobody rings back at Oakfield", "It was 23.50 on Friday"]
    shot, kept = Image.new("RGB", (750, 260), "white"), io.BytesIO()
    for n, each in enumerate(said):
        font = ImageFont.load_default(40)
        ImageDraw.Draw(shot).text((30, 40 + 100 * n), each, fill="black", font=font)
    shot.save(kept, "PNG")
    assert models(words_on, kept.getvalue()).splitlines() == said


@pytest.mark.ocr
@pytest.mark.parametrize(("width", "height"), [(6000, 5000), (2, 20_000_000)])
def test_a_picture_of_too_many_pixels_is_not_decoded(models, width, height):
    """Decoded, this one would be cut off, and so a fault."""
    assert models(words_on, png(width, height)) == ""


@pytest.mark.ocr
@pytest.mark.parametrize("content", [b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", b"P1\n1 1\n1\n"])
def test_what_telephones_do_not_make_is_not_decoded(models, content):
    with pytest.raises(Exception, match=r"PIL/Image\.py") as raised:
        models(words_on, content)
    assert type(raised.value).__name__ == "UnidentifiedImageError"


@linux
def test_its_process_writes_no_file(apart, tmp_path):
    assert apart(support.strain.shut_in_and_write, str(tmp_path / "one")) == "File too large"


@linux
def test_its_process_reaches_no_network_where_the_system_takes_it_away(apart):
    tries = ["unshare", "--user", "--net", "true"]
    if not which(tries[0]) or subprocess.run(tries, capture_output=True, check=False).returncode:
        pytest.skip("this system takes no network away from a process")
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert apart(support.strain.shut_in_and_ring, server.getsockname()[1]) == "Network is unreachable"


@linux
def test_its_process_ends_with_its_parent(apart):
    assert apart(support.strain.shut_in_and_die_with_parent) == 9
