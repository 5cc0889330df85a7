"""`schoolgate desk`: the demo's, where anybody comes in by a name on this machine, and the poster."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdf
import pytest
import segno
from builders.case_desk import run
from builders.desk import OpenDesk
from starlette.testclient import TestClient

from alerts.weekly.facts import from_json
from data.store.reporting.signed_reports import newest_reports
from data.types import Person, Role, School
from monitor.cli.demo.desk import demo_app, play_week
from monitor.config.load import Config
from monitor.desk.poster import poster, square


def test_somebody_is_let_in_by_their_name_and_sees_today(tmp_path):
    desk = OpenDesk(tmp_path)
    browser = TestClient(
        demo_app(desk.store, lambda: desk.context), base_url="https://schoolgate.example.org"
    )
    page = browser.get("/as/head")
    assert "Jane Holt" in page.text
    assert browser.get("/as/nobody").status_code == 404


def test_a_page_elsewhere_does_not_come_in_by_a_name_of_its_own_that_leads_here(tmp_path):
    desk = OpenDesk(tmp_path)
    browser = TestClient(demo_app(desk.store, lambda: desk.context), base_url="http://evil.example:8477")
    answer = browser.get("/as/head", follow_redirects=False)
    assert (answer.status_code, desk.sessions()) == (421, [])


def test_without_the_demo_it_says_where_the_desk_is():
    done = run("desk")
    assert done.code == 2
    assert "schoolgate serve" in done.err
    assert "schoolgate desk --demo" in done.err


def test_the_demos_week_shows_what_others_have_and_what_one_has_oneself(tmp_path):
    desk = OpenDesk(tmp_path)
    config = desk.context.config
    named = {"head": "t-quillfeather", "deputy": "i-larkspur"}
    people = tuple(replace(p, id=named.get(p.id, p.id)) for p in config.people)
    desk.wait(minutes=1)
    play_week(desk.store, replace(config, people=people), desk.clock())
    assert desk.has() == {desk.alert.id: "i-larkspur"}
    with desk.store.read() as con:
        (report,) = newest_reports(con, [config.schools[0].urn]).values()
    assert (report.signed_at, from_json(report.facts).weeks[-1].week) == (None, report.week)


# -------------------------------- a page of A4 that leads to “Tell us what you saw”, and says whom to ring


BASE = "https://schoolgate.example.org"
TOML = """
base_url = "https://schoolgate.example.org"
[[schools]]
urn = "100001"
name = "Oakfield Primary School"
[[people]]
id = "dsl"
name = "Asha Rook"
roles = ["dsl"]
email = "dsl@example.org"
phone = "01632 960 204"
[[people]]
id = "head"
name = "Jane Holt"
roles = ["head"]
email = "head@example.org"
"""


@pytest.fixture
def home(tmp_path):
    (tmp_path / "schoolgate.toml").write_text(TOML)
    return tmp_path


def pages(path):
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(path).pages]


def printed(home, *options):
    done = run("desk", "poster", "--home", str(home), "--out", str(home), *options)
    assert done.code == 0, done.err
    return pages(home / "poster-100001.pdf")


def test_its_square_leads_to_the_page_that_takes_what_somebody_saw():
    drawn = square(f"{BASE}/tell")
    wanted = segno.make(f"{BASE}/tell", micro=False, error="q")
    assert f'viewBox="0 0 {wanted.symbol_size()[0]}' in drawn or f'width="{wanted.symbol_size()[0]}"' in drawn
    assert dark(drawn) == {
        (x + 4, y + 4) for y, row in enumerate(wanted.matrix) for x, module in enumerate(row) if module
    }


def dark(svg):
    """The dark modules that its path draws, line by line."""
    found, x, y = set(), 0.0, 0.0
    for step, first, second in re.findall(
        r"([Mmh])(-?[\d.]+)(?:[ ,](-?[\d.]+))?", re.findall(r'd="(M[^"]+)"', svg)[-1]
    ):
        if step == "h":
            found |= {(int(x) + i, int(y)) for i in range(int(first))}
            x += int(first)
        else:
            x, y = (float(first), float(second)) if step == "M" else (x + float(first), y + float(second))
    return found


def test_it_is_one_page_with_the_address_and_whom_to_ring(home):
    (page,) = printed(home)
    assert "schoolgate.example.org/tell" in page
    assert "Ring 999 now" in page
    assert "At school, ring: safeguarding lead, Asha Rook, 01632 960 204" in page
    assert "If it is about them, ring instead: head, Jane Holt, the office has the number" in page


def test_it_says_what_not_to_do_with_an_image_of_a_child(home):
    assert "send or delete what may show anybody under 18 undressed" in printed(home)[0]


def test_a_long_name_and_address_stay_on_one_page(tmp_path):
    school = School("100001", "The Federation of Saint Barnabas and Saint Cuthbert Church of England Schools")
    people = tuple(
        Person(
            role.value, "Mrs Philippa Fennimore-Quillfeather", (role,), phone="01632 960 204 extension 3071"
        )
        for role in (Role.DSL, Role.HEAD)
    )
    config = Config(Path("schoolgate.toml"), (school,), people=people)
    base = "https://schoolgate.the-federation-of-saint-barnabas.northvale.example.org"
    (tmp_path / "p.pdf").write_bytes(poster(config, school, base, date(2026, 11, 23)))
    assert len(pages(tmp_path / "p.pdf")) == 1


def test_somebody_to_ring_without_a_number_is_named_to_whoever_prints_it(home):
    done = run("desk", "poster", "--home", str(home), "--out", str(home))
    assert "Jane Holt has no telephone number" in done.err
    assert "Asha Rook" not in done.err


@pytest.mark.parametrize("line", ["", 'base_url = "http://schoolgate.example.org"'])
def test_without_an_address_over_https_there_is_none(home, line):
    (home / "schoolgate.toml").write_text(TOML.replace('base_url = "https://schoolgate.example.org"', line))
    done = run("desk", "poster", "--home", str(home), "--out", str(home))
    assert done.code != 0
    assert "https" in done.err
    assert not list(home.glob("*.pdf"))


def test_the_demos_poster_leads_to_an_invented_address_once_the_demo_was_played(home):
    unplayed = run("desk", "poster", "--demo", "--home", str(home), "--out", str(home))
    assert "schoolgate desk --demo" in unplayed.err
    folder = home / "demo"
    folder.mkdir(mode=0o700)
    (folder / "schoolgate.toml").write_text(TOML.replace(f'base_url = "{BASE}"\n', ""))
    done = run("desk", "poster", "--demo", "--home", str(home), "--out", str(home))
    assert done.code == 0, done.err
    assert BASE.removeprefix("https://") in pages(home / "poster-100001.pdf")[0]
