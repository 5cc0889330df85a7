"""All that may reach out is done under a network that records: nothing is sent out of the school but this.

What may go out is named here and nowhere else: GETs of the post's address and of configured places (with
their robots.txt), what `init` looks up by the school's name or number, questions to the registers of
hosts, the hash of a manifest to the configured time server, and mail to configured people.
Two records are kept: what the one fetcher was asked, and every
address that a socket of this process was connected to, by the interpreter's own audit. The browser, a
process of its own, has its own test (test_capture_browser.py).
"""

import hashlib
import json
import re
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from builders.capture import capture
from builders.case_desk import made_by
from builders.ladder import WEIGHED
from builders.registries import PUBLIC, RIPE, document
from builders.town import BLOG, PEOPLE, REGISTERS, TALK, TOWN, Tale, a_tale
from support.every_command import leaves
from support.time_server import an_authority, reply
from support.web_server import Answer, Exchange

from alerts.letters.kinds import LetterKind
from data.evidence.handed_in import Says, Whom
from data.evidence.vault import Vault
from data.steps.codes import StepKind
from monitor.act.step import find_host, look_again
from monitor.config.model import ServeSettings
from monitor.home import wiring

HEAD, DEPUTY, TEACHER = "t-quillfeather", "n-ashdown", "b-thistlewood"
NOT_RUN = {
    "serve": "it runs until it is told to end: what it does at each tick is done here by the same calls",
    "service install": "it makes an account and a service of the machine; its mail is that of `mail test`",
    "desk": "it serves pages until it is ended, and hands no mail over",
    "demo": "it serves such pages, of posts read on this machine; `scan --demo` has tests of its own",
    "setup": "as the desk, before there is a home",
    "fleet run": "it reads and tells in each home as `scan` does, which is run; by processes of its own",
}
LIE = (
    "Mr Thistlewood of Oakfield Primary School, Larch Road, Northvale, is a thief. He takes the dinner money "
    "home and everybody knows it."
)
THREAT = (
    "I will be waiting for Mr Thistlewood outside Oakfield Primary in Northvale after school "
    "on Thursday with a bat. He will not walk home."
)
DISCLOSURE = (
    "i am in year 5 at Oakfield Primary in Northvale and my stepdad hits me every night with his belt and "
    "nobody believes me please help"
)
FAIR = "Oakfield Primary in Northvale never rings back. Three messages about reading groups, no answer."
OURS = "The choir of Oakfield Primary sings at the hospice on Friday at two. Everybody is welcome."
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Larch Road Truths</title><item>
<title>The dinner money</title><guid>1</guid><link>{link}</link>
<pubDate>Sun, 15 Nov 2026 19:00:00 +0000</pubDate>
<description>{words}</description></item></channel></rss>"""
PAGE = f"""<!doctype html><html lang="en"><head><title>The dinner money</title></head><body><article>
<h1>The dinner money</h1><p>{LIE}</p></article><form action="/reply" method="post"></form></body></html>"""
SOURCES = f"""
[evidence]
timestamp_url = "{TALK}/tsr"
timestamp_ca = "ca.pem"

[[sources]]
id = "truths"
name = "Larch Road Truths"
kind = "feed"
url = "{BLOG}/feed.xml"
channel = "blog"

[[sources]]
id = "ours"
name = "Our page"
kind = "own.page"
url = "{TALK}/ours"
own = true
"""
LEAVES = """
    doctor
    status
    source list
    source test truths
    alerts list
    alerts ack THREAT --as HEAD
    evidence verify
    digest --date 2026-11-17 --send
    report --out report
    source parse --url https://example.org/feed.xml feed.xml
    triage --schools schools.json items.jsonl --out verdicts.jsonl
    schools update register.csv
    schools list
    docs first-week
    doctor --hosts
    service check
    init --urn 900001 --register register.csv --home another
    set contact=office@example.org
    mail test HEAD
    people list
    terms list
    backup kept
    restore kept --replace
    purge
"""
FACTS = {
    "email": "b@example.org", "statement": "is a thief", "defames": "Parents ask whether I steal",
    "meaning": "That I take money", "wrong": "None is missing", "share_name": "no", "share_email": "no",
    "no_details": "yes",
}  # fmt: skip


def removed(tale: Tale) -> None:
    """A case in which all is done that might reach somebody outside, from keeping to handing over."""
    acts, fetching = tale.acts, partial(wiring.fetcher, wiring.open_settings(tale.home, None)[1])
    acts.open(tale.story(), HEAD)
    acts.take(StepKind.TARGET, HEAD, person=TEACHER, subjects="", why="The office counted: none is missing")
    acts.take(StepKind.SUPPORT, HEAD, status="offered")
    acts.take(StepKind.ASSIGNED, HEAD, person=DEPUTY)
    acts.take(StepKind.CLASSIFIED, HEAD, class_="C7", why="It says that he steals; it is false")
    assert capture(acts, person=HEAD, fetching=fetching).counts
    acts.take(StepKind.WEIGHED, HEAD, **WEIGHED)
    acts.take(StepKind.AUTHOR, HEAD, relationship="unknown")
    acts.take(StepKind.COMPLAINANT, HEAD, who="staff", person=TEACHER)
    acts.take(StepKind.PLACE, HEAD, channel="website", why="It is a site of its own")
    acts.take(StepKind.DECIDED, HEAD, decision="seek", why="It is false, and names him")
    session = acts.session(HEAD)
    made_by(find_host(session, "1", "At work on it", acts.clock()))
    acts.draft(LetterKind.S5_NOTICE, HEAD, **FACTS)
    acts.take(StepKind.ASKED, HEAD, rung="host", kind="s5")
    acts.take(StepKind.ANSWERED, HEAD, rung="host", kind="s5", result="removed")
    with fetching() as fetch:
        made_by(look_again(session, "1", fetch, acts.clock))
    tale.packed("solicitor", HEAD, "Advice")
    acts.take(StepKind.CLOSED, HEAD, ending="standing", why="Asked of everybody; a solicitor has it")
    acts.take(StepKind.REOPENED, HEAD, why="It is passed on again")


_CONNECTED: list[tuple[str, int]] = []
_HOOKED: list[object] = []
_watching = False


def _hook(event: str, given: tuple) -> None:
    if _watching and event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = given[1]
        if isinstance(address, tuple):
            _CONNECTED.append(address[:2])


@contextmanager
def recorded() -> Iterator[list[tuple[str, int]]]:
    """Every address that this process sends to meanwhile. A hook of the interpreter cannot be taken off."""
    global _watching
    if _hook not in _HOOKED:
        sys.addaudithook(_hook)
        _HOOKED.append(_hook)
    _CONNECTED[:] = []
    _watching = True
    try:
        yield _CONNECTED
    finally:
        _watching = False


@pytest.fixture
def tale(tmp_path, monkeypatch) -> Iterator[Tale]:
    authority = an_authority(tmp_path / "authority")

    def stamp(exchange: Exchange) -> Answer:
        body = reply(authority, exchange.asked.body)
        return Answer(200, body, {"Content-Type": "application/timestamp-reply"})

    with a_tale(tmp_path, monkeypatch, "2026-11-17T12:30", SOURCES) as tale:
        (tale.home / "ca.pem").write_bytes(authority.ca_pem)
        tale.pages["/feed.xml"] = FEED.format(link=tale.at(BLOG) + "/1", words=LIE)
        tale.pages["/1"] = PAGE
        tale.pages["/ours"] = f"<html><body><article><p>{OURS}</p></article></body></html>"
        tale.pages["/tsr"] = stamp
        tale.registers |= {
            "https://rdap.publicinterestregistry.org/rdap/domain/example.org": document("nominet"),
            RIPE + PUBLIC: document("ripe"),
        }
        folder = Path.cwd()
        (folder / "kept").mkdir(mode=0o700)
        (folder / "feed.xml").write_text(FEED.format(link="https://example.org/1", words=FAIR))
        (folder / "items.jsonl").write_text("")
        (folder / "schools.json").write_text(
            '[{"id": "900001", "urn": "900001", "name": "Oakfield Primary School"}]'
        )
        (folder / "register.csv").write_text(
            "URN,EstablishmentName,EstablishmentStatus (name),Town,Postcode\n"
            "900001,Oakfield Primary School,Open,Northvale,ZA4 2QR\n"
        )
        yield tale


LOOKED_UP = frozenset(
    (
        "api.flickr.com", "api.gdeltproject.org", "en.wikipedia.org", "mastodon.social", "news.google.com",
        "reports.ofsted.gov.uk", "www.bing.com",
    )
)  # fmt: skip
"""What `init` asks for the school's name, or its number, and for nothing else: docs/sources.md."""


def test_what_goes_round_the_fetcher_is_seen_all_the_same():
    with recorded() as connected, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.sendto(b"Larch Dad", ("127.0.0.1", 9))
    assert connected == [("127.0.0.1", 9)]


def test_each_command_there_is_is_run_or_says_why_not():
    run = [line.split(" --")[0].split() for line in LEAVES.strip().splitlines()]
    run += [["scan"]]
    known = {" ".join(words) for words, _ in leaves()}
    begun = {name for name in known for words in run if words[: len(name.split())] == name.split()}
    assert known - begun == set(NOT_RUN)


TAKING_JSON = {words for words, command in leaves() if any("--json" in p.opts for p in command.params)}


def _with_json(line: str) -> str:
    """As a program types it, where it may."""
    words = line.split()
    return f"{line} --json" if any(tuple(words[:n]) in TAKING_JSON for n in range(1, 5)) else line


def _documents(tale: Tale) -> list[object]:
    """Documents that the commands printed for programs. Raises where one printed anything else."""
    shown = [ran.out for line, ran in zip(tale.typed, tale.screens, strict=True) if "--json" in line]
    return [json.loads(out) for out in shown if out]


def test_no_command_sends_or_shows_anything_but_reads_hashes_and_mail_to_our_own(tale):
    with recorded() as connected:
        # three things are said, and one is to come down; gives what the script's capitals stand for
        tale("scan --json")
        tale.tick()
        tale.told()
        removed(tale)
        for words, about in ((DISCLOSURE, Whom.CHILD), (THREAT, None)):
            tale.hands_in(words, author="Larch Dad", says=Says(about=about))
        tale.tick()
        (threat,) = re.findall(r"alerts ack(?: --home \S+)? (\w+)", tale.told()[HEAD])
        means = {"THREAT": threat, "HEAD": HEAD}
        for line in LEAVES.strip().splitlines():
            if line.strip() == "report --out report":
                tale.until("2026-11-21T10:00")  # a week is over
            tale(
                _with_json(line.strip()).replace("BLOG", BLOG).replace("TALK", TALK),
                code=None,
                said="Larch Dad",
                **means,
            )
        tale.tick()
    refused = {line.split(" --")[0] for line, ran in zip(tale.typed, tale.screens, strict=True) if ran.code}
    assert _documents(tale)
    assert refused == {"schoolgate doctor", "schoolgate status"}  # no desk is here and no service runs

    own_health = ServeSettings().health_port
    assert {port for _, port in connected} == {tale.site.port, tale.office.port, own_health}
    assert {host for host, _ in connected} <= {"127.0.0.1", "::1", "localhost"}
    asked = {(one.method, one.path) for one in tale.site.asked}
    assert asked == {
        *(("GET", path) for path in ("/feed.xml", "/1", "/ours", "/robots.txt")),
        ("POST", "/tsr"),
    }
    assert all(not one.body for one in tale.site.asked if one.method == "GET")
    hosts = {url.partition("://")[2].partition("/")[0].partition(":")[0] for url in tale.fetched}
    assert hosts <= TOWN | REGISTERS | LOOKED_UP
    assert not any("Larch" in url for url in tale.fetched if "oakfield" in url.lower())
    stamped = [one.body for one in tale.site.asked if one.path == "/tsr"]
    vault = Vault(tale.home / "evidence")
    manifests = {hashlib.sha256(vault.get(name)).digest() for name in vault.names()}
    assert sum(one in stamped[0] for one in manifests) == 1
    assert all(len(one) < 100 for one in stamped)
    people = {f"{who}@oakfield.example.sch.uk" for who in PEOPLE}
    assert {to for mail in tale.office.taken for to in mail.to} <= people

    # Of what a child told nothing stands in any mail, on any screen or in any file but the home's own.
    shown = [(name, " ".join(text.casefold().split())) for name, text in tale.outputs()]
    assert [name for name, text in shown if "stepdad" in text or "his belt" in text] == []
    assert any("dinner money" in text for _, text in shown)
