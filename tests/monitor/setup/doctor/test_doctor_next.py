"""`doctor`: the one thing to do next, in the order in which a school gets a watch that works."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders.doctor import TODAY
from support.every_command import ended

from monitor.setup.doctor.findings import Finding, fault, ok, warn
from monitor.setup.doctor.next_step import ALL_ELSE, BY_ITSELF, lines, next_step, of_the_file

SCHOOL = '[[schools]]\nurn = "900001"\nname = "Oakfield Primary School"\n'
PEOPLE = "".join(
    f'[[people]]\nid = "{id_}"\nname = "A Person"\nroles = ["{role}"]\nemail = "{id_}@example.org"\n'
    for id_, role in (
        ("head", "head"), ("deputy", "deputy_head"), ("dsl", "dsl"), ("ddsl", "deputy_dsl"),
        ("chair", "chair"), ("vice", "vice_chair"), ("la", "la_contact"),
    )
)  # fmt: skip
SOURCE = '[[sources]]\nid = "gazette"\nkind = "feed"\nurl = "https://example.org/feed.xml"\n'
MAIL = '[mail]\nhost = "smtp.example.org"\nsender = "sg@example.org"\n'
CONTACT = 'contact = "office@example.org"\n'
DPIA = "[dpia]\nrecorded_on = 2026-09-01\n"
TERMS = "terms = [{ first = 2027-01-04, last = 2027-07-20 }]\n"


@pytest.mark.parametrize(
    ("text", "command"),
    [
        (None, "schoolgate init --home {home}"),
        ("zone = 'Mars'\n", "schoolgate doctor"),
        (SCHOOL, "schoolgate people add"),
        (SCHOOL + PEOPLE, "schoolgate source propose"),
        (SCHOOL + PEOPLE + SOURCE, "schoolgate mail setup"),
        (SCHOOL + PEOPLE + SOURCE + MAIL, "schoolgate set contact"),
        (CONTACT + SCHOOL + PEOPLE + SOURCE + MAIL, "schoolgate set dpia.recorded_on"),
        (CONTACT + SCHOOL + PEOPLE + SOURCE + MAIL + DPIA, "schoolgate terms add"),
        (CONTACT + SCHOOL + TERMS + PEOPLE + SOURCE + MAIL + DPIA, "schoolgate doctor"),
    ],
    ids=["no file", "a fault in it", "nobody", "no place", "no mail", "contact", "dpia", "terms", "the rest"],
)
def test_a_file_is_completed_step_by_step(tmp_path: Path, text: str | None, command: str) -> None:
    path = tmp_path / "schoolgate.toml"
    if text is not None:
        path.write_text(text)
    assert of_the_file(path, {}, TODAY).command == command.format(home=tmp_path)


def test_when_nothing_is_wrong_it_is_to_run_by_itself_and_where_it_does_nothing_is_left() -> None:
    fine = [ok("store", "whole"), ok("mail", "answers")]
    assert next_step(fine) is BY_ITSELF
    assert BY_ITSELF.command == "schoolgate serve"
    assert next_step([*fine, ok("service", "runs")]) is None


@pytest.mark.parametrize(
    ("first", "later"),
    [
        (fault("report-in", "a", "b"), fault("packages", "a", "b")),
        (fault("packages", "a", "b"), fault("configuration", "a", "b")),
        (fault("register", "a", "b"), fault("people", "a", "b")),
        (fault("model", "a", "b"), fault("service", "a", "b")),
        (warn("people", "a", "b"), warn("register", "a", "b")),
        (fault("people", "a", "b"), fault("sources", "a", "b")),
        (fault("sources", "a", "b"), fault("mail", "a", "b")),
        (fault("mail", "a", "b"), warn("people", "a", "b")),
        (fault("never thought of", "a", "b"), warn("contact", "a", "b")),
        (warn("contact", "a", "b"), warn("pages", "a", "b")),
        (warn("sources", "a", "b"), warn("off", "a", "b")),
        (warn("heartbeat", "a", "b"), warn("never thought of", "a", "b")),
    ],
)
def test_what_comes_first(first: Finding, later: Finding) -> None:
    assert next_step([ok("a", "b"), later, first]) is next_step([first, later]) is first


def test_every_check_of_the_order_is_one_that_is_made() -> None:
    from monitor.setup.doctor import next_step as module

    folder = Path(module.__file__).parent
    said = "".join(p.read_text() for p in folder.glob("*.py") if p.name != "next_step.py")
    assert [check for check in module._ORDER if f'"{check}"' not in said] == []


def test_scan_and_status_name_the_same_step_where_nothing_is_set_up(tmp_path: Path) -> None:
    (tmp_path / "schoolgate.toml").write_text(SCHOOL)
    for command in ("scan", "status"):
        code, _, err = ended([command, "--home", str(tmp_path)])
        assert code
        assert "Next: Oakfield Primary School: nobody can be told anything." in err
        assert "schoolgate people add" in err
        (tmp_path / "schoolgate.duckdb").unlink(missing_ok=True)


def test_it_is_shown_with_its_command_on_a_line_of_its_own() -> None:
    assert lines(ALL_ELSE) == [
        "Next: As far as schoolgate.toml goes, all is in order.",
        "      Check the rest:",
        "        schoolgate doctor",
    ]
