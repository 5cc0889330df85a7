"""The archive of a capture: read by warcio, accepted by the validator of WACZ, the same bytes each time."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from builders.capture import STYLE, thread
from builders.fetcher import NOW
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from data.types import Response
from sources.capture.wacz import key_of, wacz
from sources.capture.warc import NOT_KEPT, Archive, archive, archive_of_files

PAGE = Response(
    "https://forum.example.org/t/1?b=2&a=1",
    200,
    (("content-type", "text/html; charset=utf-8"), ("server", "example"), ("x-odd", "caf\xe9 \x80\r\n y")),
    thread().encode(),
    NOW,
)
CSS = Response(
    "https://forum.example.org/f.css", 200, (("content-type", "text/css"),), STYLE, NOW + timedelta(seconds=2)
)
SENT = {"User-Agent": "Schoolgate/0 (+office@oakfield.example.sch.uk)", "Connection": "close"}


def held(*responses: Response, seed: str = "0123456789ab") -> Archive:
    return archive(responses, name="response.warc.gz", software="Schoolgate/0", sent=SENT, seed=seed)


def records(content: bytes):
    return [
        (r.rec_type, r.rec_headers, r.http_headers, r.content_stream().read())
        for r in ArchiveIterator(io.BytesIO(content), check_digests="raise")
    ]


def test_the_archive_holds_each_response_as_it_was_read_and_says_what_it_leaves_out():
    found = records(held(PAGE, CSS).content)
    assert [kind for kind, *_ in found] == ["warcinfo", "response", "request", "response", "request"]
    info, page, asked = found[0][3].decode(), found[1], found[2]
    assert all(name in info for name in NOT_KEPT)
    assert page[1].get_header("WARC-Target-URI") == PAGE.url
    assert page[1].get_header("WARC-Date") == "2026-11-17T09:00:00Z"
    assert page[2].get_statuscode() == "200"
    assert [name for name, _ in page[2].headers] == [name for name, _ in PAGE.headers]
    assert page[3] == PAGE.body
    assert asked[2].protocol == "GET"
    assert asked[2].get_header("User-Agent") == SENT["User-Agent"]


def test_each_record_stands_where_the_index_says():
    made = held(PAGE, CSS)
    for place, response in zip(made.places, (PAGE, CSS), strict=True):
        (record,) = records(made.content[place.offset : place.offset + place.length])
        assert record[1].get_header("WARC-Target-URI") == place.url == response.url
        assert record[3] == response.body


def test_a_file_that_was_handed_in_is_a_resource_under_a_name_of_its_own_and_no_answer_of_a_website(tmp_path):
    said = b'{"address":"https://www.facebook.com/p/1"}'
    files = [
        ("supplied-1.png", b"\x89PNG", "image/png"),
        ("supplied-2.txt", b"words", "text/plain; charset=utf-8"),
    ]
    made = archive_of_files(files, said, at=NOW, software="Schoolgate/0", seed="0123456789ab")
    found = records(made.content)
    assert [kind for kind, *_ in found] == ["warcinfo", *["resource", "metadata"] * 2]
    assert not [r for r in found if str(r[1].get_header("WARC-Target-URI")).startswith("http")]
    assert "no record says that a website answered" in found[0][3].decode()
    (_, picture, http, content), (_, about, _, told) = found[1:3]
    assert (http, content, told) == (None, b"\x89PNG", said)
    assert about.get_header("WARC-Refers-To") == picture.get_header("WARC-Record-ID")
    path = tmp_path / "handed-in.wacz"
    path.write_bytes(package(made))
    with zipfile.ZipFile(path) as held:
        index = held.read("indexes/index.cdx").decode()
    assert index.startswith("urn:uuid:")
    assert '"status"' not in index
    assert "Validation succeeded" in validated(path)


@settings(max_examples=15, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([200, 203, 299]))
def test_whatever_a_body_holds_comes_out_as_it_went_in(body, status):
    page = replace(PAGE, body=body, status=status)
    assert records(held(page).content)[1][3] == body


def package(made: Archive) -> bytes:
    return wacz(made, title="900001 0001", software="Schoolgate/0")


def test_the_same_capture_gives_the_same_bytes():
    assert package(held(PAGE, CSS)) == package(held(PAGE, CSS))


_EACH = """import sys
from wacz.main import main
for file in sys.argv[1:]:
    print("ended with", main(["validate", "-f", file]), flush=True)
"""


def validated(*paths: Path) -> str:
    """What the library's validator says of each; in a process of its own, where this machine can, without a
    network."""
    alone = ["unshare", "--user", "--map-root-user", "--net"] if _can_cut_off() else []
    command = [*alone, sys.executable, "-c", _EACH, *map(str, paths)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def _can_cut_off() -> bool:
    if shutil.which("unshare") is None:
        return False
    tried = ["unshare", "--user", "--map-root-user", "--net", "true"]
    return subprocess.run(tried, capture_output=True, check=False).returncode == 0


def test_the_validator_accepts_the_package_and_refuses_a_changed_one(tmp_path):
    content = package(held(PAGE, CSS))
    (tmp_path / "good.wacz").write_bytes(content)
    (tmp_path / "bad.wacz").write_bytes(_with_another_title(content))
    said = validated(tmp_path / "good.wacz", tmp_path / "bad.wacz")
    assert said.count("Version detected as 1.1.1") == 2
    assert re.findall(r"ended with (\d)", said) == ["0", "1"]


def _with_another_title(content: bytes) -> bytes:
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as was, zipfile.ZipFile(changed, "w") as made:
        for name in was.namelist():
            made.writestr(name, was.read(name).replace(b"900001 0001", b"900001 0002"))
    return changed.getvalue()


def test_the_package_is_stored_uncompressed_with_its_page_named():
    with zipfile.ZipFile(io.BytesIO(package(held(PAGE, CSS)))) as found:
        assert {entry.compress_type for entry in found.infolist()} == {zipfile.ZIP_STORED}
        pages = found.read("pages/pages.jsonl").decode().splitlines()
        index = found.read("indexes/index.cdx").decode().splitlines()
    assert json.loads(pages[1])["url"] == PAGE.url
    assert index == sorted(index)
    assert json.loads(index[0].split(" ", 2)[2])["filename"] == "data.warc.gz"


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.Forum.example.org/T/1?b=2&a=1", "org,example,forum)/t/1?a=1&b=2"),
        ("http://forum.example.org:8080", "org,example,forum:8080)/"),
        ("https://forum.example.org:443/x", "org,example,forum)/x"),
        ("https://forum.example.org/é", "org,example,forum)/%c3%a9"),
    ],
)
def test_an_address_is_sorted_by_its_domain(url, key):
    assert key_of(url) == key
