"""A film is handed in: what is held of it meanwhile, what is left of one that broke off, what is answered."""

import asyncio
import hashlib
import html
import os
import re
import socket
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl, urljoin

import pytest
from builders.desk import OpenDesk, come
from builders.home import rows_of
from starlette.requests import Request
from support.for_each import for_each
from support.forked import Forked

from data.evidence.vault import Vault
from monitor.desk import page as desk_page
from monitor.desk.page import MOST_FILE, form_token, read_upload
from monitor.home import wiring
from monitor.service.serve import page_web, serve_desk

MB = 1_000_000
FILM = b"\x00\x00\x00\x18ftypmp42"
WORDS = "Oakfield Primary School never rings back, said a parent at the gate."
CALM = {"danger": "no", "about": "nobody", "picture": "no", "step": "what", "words": WORDS, "do": "hand_in"}
KIND = "multipart/form-data; boundary=B"
PART = '--B\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
FILE = '--B\r\nContent-Disposition: form-data; name="file"; filename="film.mp4"\r\n\r\n'
END = b"\r\n--B--\r\n"


def before_the_file(**fields):
    return ("".join(PART.format(*field) for field in fields.items()) + FILE).encode()


def resident():
    """Memory of this process that is no file's, in bytes."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("RssAnon:")[2].split()[0]) * 1024


def read_form(size, folder, **fields):
    """What is read of a form with a film of that size, and the most memory that it took meanwhile."""
    begins, block, most = before_the_file(**fields), bytes(65_536), resident()
    before, blocks = most, iter([begins + FILM, *[block] * (size // len(block)), END])

    async def receive():
        nonlocal most
        chunk, most = next(blocks), max(most, resident())
        return {"type": "http.request", "body": chunk, "more_body": chunk is not END}

    length = str(len(begins) + len(FILM) + size // len(block) * len(block) + len(END))
    headers = [(b"content-type", KIND.encode()), (b"content-length", length.encode())]
    scope = {"type": "http", "method": "POST", "headers": headers}
    return asyncio.run(read_upload(Request(scope, receive), folder=folder)), most - before


def test_of_two_hundred_megabytes_little_is_held_in_memory_and_nothing_has_a_name_on_the_disk(tmp_path):
    read, most = read_form(200 * MB, tmp_path, **CALM)
    assert most < 20 * MB
    assert (read.fields["words"], read.cut, read.names) == (WORDS, False, ("film.mp4",))
    assert len(read.files[0]) > 199 * MB
    assert list(tmp_path.iterdir()) == []


@for_each("picture", ({}, {"picture": "yes"}, {"picture": "not_sure"}))
def test_nothing_of_a_film_is_written_anywhere_unless_it_is_said_to_show_no_child(
    tmp_path, monkeypatch, picture
):
    monkeypatch.setattr(desk_page.SpooledTemporaryFile, "rollover", lambda *_: pytest.fail("it was written"))
    said = {name: value for name, value in CALM.items() if name != "picture"} | picture
    read, _ = read_form(12 * MB, tmp_path, **said)
    assert (read.fields["words"], read.cut, read.unread, read.files) == (WORDS, True, True, ())


@pytest.fixture
def desk(tmp_path):
    return OpenDesk(tmp_path, raised=False)


@contextmanager
def a_line(desk):
    """A real one, of somebody signed in: a socket, and how their request begins with a body so long."""
    come(desk, "head", desk.browser)
    cookie = desk.browser.cookies["__Host-desk"]
    serve = desk.context.config.serve.model_copy(update={"listen": "127.0.0.1:0"})
    web = page_web(serve_desk(desk.store, lambda: desk.context, desk.clock), serve)
    web.start()
    try:
        with socket.create_connection(("127.0.0.1", web.port), 20) as line:
            yield line, lambda length: begin_request(cookie, length), form_token(cookie)
    finally:
        web.stop()


def begin_request(cookie, length):
    return (
        f"POST /tell HTTP/1.1\r\nHost: localhost\r\nCookie: __Host-desk={cookie}\r\n"
        f"Content-Type: {KIND}\r\nContent-Length: {length}\r\n\r\n"
    ).encode()


def read_page(line):
    """All of an answer, though the line stays open."""
    got = b""
    while b"</html>" not in got and (more := line.recv(65_536)):
        got += more
    return got.decode()


def test_a_film_is_kept_whole_and_in_no_archive(desk):
    film = FILM + os.urandom(30 * MB)
    with a_line(desk) as (line, begin, token):
        begins = before_the_file(form=token, **CALM)
        line.sendall(begin(len(begins) + len(film) + len(END)) + begins)
        line.sendall(film + END)
        assert line.recv(65_536).startswith(b"HTTP/1.1 303")
    kept = dict(desk.read("SELECT name, sha256 FROM evidence"))
    assert kept["supplied-1.mp4"] == hashlib.sha256(film).hexdigest()
    assert Vault(desk.context.home / "evidence").get(kept["supplied-1.mp4"]) == film
    assert "capture.wacz" not in kept
    assert list((desk.context.home / "spool").iterdir()) == []


def test_too_much_is_answered_before_the_file_comes_with_what_was_typed_and_the_line_stays_open(
    desk, monkeypatch
):
    monkeypatch.setattr(desk_page, "MOST_FILMS", MOST_FILE)
    with a_line(desk) as (line, begin, token):
        begins = before_the_file(form=token, **CALM)
        line.sendall(begin(len(begins) + 30 * MB + len(END)) + begins + FILM)
        page = read_page(line)
        assert "larger than 250 MB together" in page
        assert WORDS in page
        line.sendall(bytes(30 * MB - len(FILM)) + END)  # a browser sends all of it, whatever is answered
        assert line.recv(1) == b""
    assert desk.read("SELECT count(*) FROM evidence") == [(0,)]


@for_each("signed_in", (True, False))
def test_who_is_signed_in_no_more_or_anew_reads_what_was_typed_though_a_film_was_still_to_come(
    desk, signed_in
):
    with a_line(desk) as (line, begin, _):
        begins, length = before_the_file(form="another", **CALM), 30 * MB
        head = begin(len(begins) + length) if signed_in else begin_request("", len(begins) + length)
        line.sendall(head + begins)
        line.sendall(bytes(length))  # nobody hangs up meanwhile, or a browser shows no answer
        page = read_page(line)
    assert page.startswith("HTTP/1.1 403")
    assert WORDS in page


def test_a_disk_that_is_nearly_full_takes_no_film_and_what_was_typed_stands_there(tmp_path, monkeypatch):
    monkeypatch.setattr(desk_page, "_LEFT_FREE", 1 << 62)
    read, _ = read_form(12 * MB, tmp_path, **CALM)
    assert (read.fields["words"], read.cut, read.unread, read.files) == (WORDS, True, True, ())


@for_each("kind", (b"%PDF-1.7", b"PK\x03\x04", b"From: a@example.org\nSubject: x\n\n"))
def test_only_what_is_seen_or_heard_may_be_larger_than_what_is_read(desk, kind):
    come(desk, "head", desk.browser)
    form = {"form": form_token(desk.browser.cookies["__Host-desk"])} | CALM
    page = desk.browser.post("/tell", data=form, files={"file": ("a", kind + bytes(MOST_FILE))})
    assert "a is larger than 10 MB" in page.text
    assert WORDS in page.text
    assert desk.read("SELECT count(*) FROM evidence") == [(0,)]


ANDROID = (
    "------WebKitFormBoundaryg7YbJ\r\n"
    'Content-Disposition: form-data; name="title"\r\n\r\nA post & more\r\n'
    "------WebKitFormBoundaryg7YbJ\r\n"
    f'Content-Disposition: form-data; name="text"\r\n\r\n{WORDS} https://social.example.org/p/1\r\n'
    "------WebKitFormBoundaryg7YbJ\r\n"
    'Content-Disposition: form-data; name="file"; filename="Screenshot_20261120.png"\r\n'
    "Content-Type: image/png\r\n\r\n"
).encode()
"""Chrome's form of what a page takes that is installed on Android: no address is apart from the text."""
FROM_OUTSIDE = {"sec-fetch-site": "none", "sec-fetch-mode": "navigate", "origin": "null"}


@for_each("size", (20, MOST_FILE))
@for_each("who", ("", "head"))
def test_what_a_telephone_shares_leads_on_behind_a_hash_and_nothing_of_it_is_kept(desk, who, size):
    browser = come(desk, who) if who else desk.another()
    body = ANDROID + bytes(size) + b"\r\n------WebKitFormBoundaryg7YbJ--\r\n"
    kind = "multipart/form-data; boundary=----WebKitFormBoundaryg7YbJ"
    before = desk.rows()
    page = browser.post("/tell/share", content=body, headers=FROM_OUTSIDE | {"content-type": kind})
    (leads,) = re.findall(r'href="(/tell#[^"]+)"', page.text)
    said = dict(parse_qsl(html.unescape(leads).partition("#")[2]))
    assert said == {"title": "A post & more", "text": f"{WORDS} https://social.example.org/p/1"}
    assert "choose them again" in page.text
    assert desk.rows() == before
    assert not (desk.context.home / "spool").exists()


def test_the_page_can_be_installed_and_its_manifest_leads_to_what_takes_a_share(desk):
    page = come(desk, "head", desk.browser).get("/tell")
    (at,) = re.findall(r'rel="manifest" href="([^"]+)"', page.text)
    assert "manifest-src 'self'" in page.headers["content-security-policy"]
    manifest = desk.another().get(at).json()
    assert (manifest["start_url"], manifest["share_target"]["action"]) == ("/", "/tell/share")
    for icon in manifest["icons"]:
        drawn = desk.another().get(urljoin(at, icon["src"]))
        assert (drawn.status_code, drawn.headers["content-type"]) == (200, icon["type"])
    worker = desk.another().get(urljoin(at, "share.js"))
    assert worker.headers["service-worker-allowed"] == manifest["share_target"]["action"]


SERVED = """
import sys, time
from pathlib import Path
from builders.desk import OpenDesk, come
from monitor.service.serve import page_web, serve_desk
desk = OpenDesk(Path(sys.argv[1]), raised=False)
cookie = come(desk, "head").cookies["__Host-desk"]
serve = desk.context.config.serve.model_copy(update={"listen": "127.0.0.1:0"})
web = page_web(serve_desk(desk.store, lambda: desk.context, desk.clock), serve)
web.start()
print(web.port, cookie, flush=True)
time.sleep(60)
"""


def test_of_a_film_that_came_as_the_program_was_killed_nothing_is_left(tmp_path):
    run = Forked(SERVED, tmp_path)
    port, cookie = run.stdout.readline().split()
    open_files = Path(f"/proc/{run.pid}/fd")
    begins = before_the_file(form=form_token(cookie), **CALM)
    with socket.create_connection(("127.0.0.1", int(port)), 20) as line:
        line.sendall(begin_request(cookie, 30 * MB) + begins + FILM + bytes(15 * MB))
        deadline = time.monotonic() + 20
        while not any("/spool/" in str(each.readlink()) for each in open_files.iterdir()):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        run.kill()
        run.communicate(20)
    assert list((tmp_path / "spool").iterdir()) == []
    assert not (tmp_path / "evidence").exists()
    assert rows_of(wiring.open_store(tmp_path), "SELECT count(*) FROM evidence") == [(0,)]
