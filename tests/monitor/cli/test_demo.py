"""`schoolgate demo`: its desk and the emails that would arrive, where there is a browser; else the scan."""

import html
import io
import re
import shlex
import shutil
import socket
import sys
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import typer
from builders.home import rows_of
from starlette.testclient import TestClient
from support.every_command import ended
from support.for_each import for_each

from data.errors import SchoolgateError
from monitor.cli.commands.service import demo_command
from monitor.cli.demo import desk, run
from monitor.home import wiring
from monitor.service import own_desk

BASE = "http://localhost:8478"
HEAD, LEAD, CHAIR, OFFICE = "t-quillfeather", "i-larkspur", "o-fennimore", "o-pellworth"


@pytest.fixture(scope="module")
def demo(played, tmp_path_factory):
    """(store, browser) of the demo's desk, by the clock of its scan. Tests leave its matters as they are."""
    folder = tmp_path_factory.mktemp("desk") / "demo"
    shutil.copytree(played[0], folder)
    now, config = played[1].at + timedelta(minutes=1), replace(played[2], base_url=BASE)
    store, context = wiring.open_store(folder, lambda: now), wiring.make_context(config, folder)
    desk.play_week(store, config, now)
    app = desk.demo_app(store, lambda: context, lambda: now)
    return store, TestClient(app, base_url=BASE, client=("127.0.0.1", 5000))


@pytest.fixture(scope="module")
def mails(demo):
    """Address and subject of each email on the page that lists them."""
    return re.findall(r'href="(/as/[\w-]+\?to=/demo/\w+)">([^<]+)</a>', demo[1].get("/demo").text)


@for_each("path", ["/", "/sign-in", "/demo", "/demo/report", "/matters", "/no-such-page"])
def test_each_page_says_that_all_is_invented_and_lets_one_be_four_people_or_another(demo, path):
    demo[1].get(f"/as/{CHAIR}")
    page = demo[1].get(path).text
    banner = page[page.index('<aside class="demo"') : page.index("</aside>")]
    assert "everything here is invented" in banner
    people = [f"/as/{who}" for who in (HEAD, LEAD, CHAIR, OFFICE)]
    assert re.findall(r'href="([^"]+)"', banner) == ["/demo", *people, "/sign-in"]
    assert f'href="/as/{CHAIR}" aria-current' in banner
    assert 'href="/demo.css"' in page
    assert demo[1].get("/demo.css").headers["content-type"].startswith("text/css")


def test_whoever_signs_out_chooses_whom_to_be_next(demo):
    form = re.search(r'name="form" value="(\w+)"', demo[1].get(f"/as/{HEAD}?to=/sign-out").text)
    page = demo[1].post("/sign-out", data={"form": form[1], "do": "here"})
    assert page.url.path == "/sign-in"
    assert "Who would you like to be?" in page.text


def test_where_the_desk_asks_again_who_one_is_the_demo_lets_one_go_on(demo):
    demo[1].get(f"/as/{LEAD}")
    assert demo[1].get("/check?to=/room").url.path == "/room"


def test_the_digest_shows_what_was_found(demo, mails):
    address, subject = mails[0]
    assert "Threat" in subject
    page = demo[1].get(address).text
    assert re.search("A threat (?:is|may be) made against (?:somebody|a member)", page)
    assert "Nothing new" not in page
    assert f"{BASE}/m/" in page


def test_each_email_is_what_would_be_sent_read_by_the_person_whom_it_is_for(demo, mails):
    store, browser = demo
    written = rows_of(store, "SELECT key, person_id, subject, html FROM outbox")
    addresses = [
        (f"/as/{person}?to=/demo/{key}", html.escape(subject)) for key, person, subject, _ in written
    ]
    assert set(addresses) <= set(mails)
    page, (_, person, _, sent) = browser.get(addresses[0][0]), written[0]
    assert sent.partition("<main")[2] in page.text
    assert f'href="/as/{person}" aria-current' in page.text
    assert "script" not in page.headers["content-security-policy"]


def test_the_governors_email_brings_the_report_that_the_head_has_signed(demo, mails):
    governors = [address for address, subject in mails if "report" in subject]
    assert [address.split("?")[0] for address in governors] == [f"/as/{CHAIR}", "/as/d-marrow"]
    assert "Read and released" in demo[1].get("/demo/report").text


def test_its_places_have_names_of_their_own(demo):
    urls = rows_of(demo[0], "SELECT url FROM mentions WHERE url IS NOT NULL")
    hosts = {urlsplit(url).hostname for (url,) in urls}
    assert {"talk.example.org", "reviews.example.org"} <= hosts
    assert "127.0.0.1" not in hosts


def test_each_command_that_it_prints_works_as_typed(played, tmp_path, monkeypatch):
    shutil.copytree(played[0], tmp_path / "demo")
    for module in (run, desk):
        monkeypatch.setattr(module, "play", lambda *_: played[1:])
    said = []
    assert run.run_demo(home=tmp_path, as_json=False, say=said.append) == 0
    typed = re.findall(r"schoolgate ([a-z][^\n]*)", "\n".join(said))
    assert typed == [f"alerts list --home {tmp_path}/demo", f"desk --home {tmp_path} --demo"]

    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(own_desk.time, "sleep", interrupt)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for words in (typed[0], f"{typed[1]} --port {port}"):
        code, _, err = ended(shlex.split(words))
        assert code == 0, err


class Terminal(io.StringIO):
    """Standard output that somebody sees."""

    def isatty(self):
        return True


@for_each(
    ("output", "browser", "opens"),
    [(Terminal, True, True), (Terminal, False, False), (io.StringIO, True, False)],
)
def test_it_opens_a_browser_where_there_is_one_and_else_prints_the_scan(
    tmp_path, monkeypatch, output, browser, opens
):
    done = []
    monkeypatch.setattr(sys, "stdout", output())
    monkeypatch.setattr(own_desk, "has_browser", lambda: browser)
    monkeypatch.setattr(desk, "run_desk", lambda folder, port: done.append((folder, port)))
    monkeypatch.setattr(run, "run_demo", lambda **_: 1)
    if opens:
        demo_command(tmp_path, 8500)
    else:
        with pytest.raises(typer.Exit) as end:
            demo_command(tmp_path, 8500)
        assert end.value.exit_code == 1
    assert done == ([(tmp_path / "demo", 8500)] if opens else [])


def test_a_port_that_is_taken_is_told_before_anything_is_played(tmp_path):
    refused = pytest.raises(SchoolgateError, match=r"choose another with --port")
    with socket.create_server(("127.0.0.1", 0)) as other, refused:
        desk.run_desk(tmp_path / "demo", other.getsockname()[1])
    assert not (tmp_path / "demo").exists()
