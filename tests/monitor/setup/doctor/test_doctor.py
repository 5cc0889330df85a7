"""`doctor`: the whole of it, as a person reads it."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders.config import MAIL as MAIL_SERVER
from builders.config import SCHOOL, SOURCE
from builders.doctor import MAIL, NOW, SECRET, TODAY, told
from support.command_call import called
from support.documents import content
from support.every_command import ended
from support.for_each import for_each

from alerts.delivery.deadline_smtp import Server
from alerts.delivery.results import Cause, Result, SendOutcome, Unready
from monitor.cli.commands.setup.doctor import NEVER_SEEN, doctor, lines
from monitor.setup.doctor.examine import examine
from monitor.setup.doctor.findings import Finding, Level, fault, ok, warn
from monitor.setup.doctor.next_step import ALL_ELSE, BY_ITSELF, next_step, of_the_file
from monitor.setup.doctor.next_step import lines as next_lines
from monitor.terminal.wording import ADD_TERM, to_add_person


@pytest.fixture(autouse=True)
def _no_mail_server_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands in these files is not on this machine."""

    def unready(server: Server) -> None:
        raise Unready(Result(SendOutcome.RETRY, Cause.UNREACHABLE))

    monkeypatch.setattr("alerts.delivery.deadline_smtp.sign_in", unready)


def whole(home: Path, text: str, **env: str) -> list[Finding]:
    config = home / "schoolgate.toml"
    config.write_text(text)
    return examine(
        home,
        config,
        env=env,
        now=NOW,
        sleep=lambda seconds: None,
        model=lambda settings: [ok("model", "The model is whole.")],
    )


def test_faults_of_the_file_do_not_hide_the_other_checks(tmp_path: Path) -> None:
    found = whole(tmp_path, "zone = 'Mars'\n")
    assert len(told(found, Level.FAULT)) == 2
    assert {"packages", "clock", "disk", "store", "model"} <= {f.check for f in found}


def test_everything_that_is_not_in_order_says_how_to_mend_it(tmp_path: Path) -> None:
    text = '[[schools]]\nurn = "900001"\nname = "Oakfield"\n' + MAIL.replace("sg@", "office@")
    for finding in (*whole(tmp_path, text), *whole(tmp_path, "")):
        assert finding.what
        assert bool(finding.remedy) is (finding.level is not Level.OK), finding


FINE = ok("a", "fine")
HM = Finding("terms", Level.WARN, "hm", "do it", "schoolgate status")
MINOR = Finding("pages", Level.WARN, "oh", "do that.")
NO = Finding("people", Level.FAULT, "no", "mend", "schoolgate doctor")
BROKEN = Finding("mail", Level.FAULT, "ah", "mend that.")


def test_the_one_thing_to_do_next_comes_first_then_faults_then_warnings() -> None:
    assert list(lines([FINE, MINOR, HM, BROKEN, NO])) == [
        "Next: no",
        "      mend:",
        "        schoolgate doctor",
        "",
        "Then 1 fault:",
        "  ● ah",
        "    mend that.",
        "",
        "Then 2 warnings:",
        "  ◐ hm",
        "    do it:",
        "      schoolgate status",
        "  ◐ oh",
        "    do that.",
        "",
        "In order: 1. To see each: schoolgate doctor --all",
        NEVER_SEEN,
    ]


def test_all_shows_what_is_in_order_too() -> None:
    assert list(lines([FINE], every=True))[-3:] == ["In order: 1:", "  ○ fine", NEVER_SEEN]


@for_each("width", [80, 120])
def test_long_sentences_wrap_and_commands_do_not(width: int) -> None:
    command = "schoolgate schools find " + "Oakfield " * 15
    long = Finding("people", Level.FAULT, "too long " * 30, "mend it so " * 20, command)
    shown = list(lines([long, BROKEN], width=width))
    assert f"        {command}" in shown
    assert all(len(line) <= width for line in shown if command not in line)


def run(home: Path, *, as_json: bool, **env: str) -> tuple[int, str]:
    with pytest.MonkeyPatch.context() as patched:
        for name, value in env.items():
            patched.setenv(name, value)
        code, said = called(doctor, lambda: NOW, home=home, as_json=as_json)
    return code, "\n".join(said)


def test_json_is_one_document_with_what_to_do_next_and_a_fault_exits_1(tmp_path: Path) -> None:
    code, said = run(tmp_path, as_json=True)
    document = content(said)
    assert code == document["exit"] == 1
    assert document["faults"] >= 1
    assert any("schoolgate init" in (finding["remedy"] or "") for finding in document["findings"])
    assert document["next"]["command"] == f"schoolgate init --home {tmp_path}"
    assert document["next"] in document["findings"]


@for_each("as_json", [True, False])
def test_no_secret_is_printed(tmp_path: Path, as_json: bool) -> None:
    (tmp_path / "secret").write_text(SECRET)
    for key in ("password_env = 'SMTP_PASSWORD'", "password_file = 'secret'", f"password = '{SECRET}'"):
        read_text = '[[schools]]\nurn = "900001"\nname = "Oakfield"\n' + MAIL + key + "\n"
        (tmp_path / "schoolgate.toml").write_text(read_text)
        assert SECRET not in run(tmp_path, as_json=as_json, SMTP_PASSWORD=SECRET)[1]


# `doctor`: the one thing to do next, in the order in which a school gets a watch that works.


PEOPLE = "".join(
    f'[[people]]\nid = "{id_}"\nname = "A Person"\nroles = ["{role}"]\nemail = "{id_}@example.org"\n'
    for id_, role in (
        ("head", "head"), ("deputy", "deputy_head"), ("dsl", "dsl"), ("ddsl", "deputy_dsl"),
        ("chair", "chair"), ("vice", "vice_chair"), ("la", "la_contact"),
    )
)  # fmt: skip
CONTACT = 'contact = "office@example.org"\n'
DPIA = "[dpia]\nrecorded_on = 2026-09-01\n"
TERMS = "terms = [{ first = 2027-01-04, last = 2027-07-20 }]\n"


@for_each(
    ("text", "command"),
    [
        (None, "schoolgate init --home {home}"),
        ("zone = 'Mars'\n", "schoolgate doctor"),
        (SCHOOL, to_add_person("dsl")),
        (SCHOOL + PEOPLE, "schoolgate source propose"),
        (SCHOOL + PEOPLE + SOURCE, "schoolgate mail setup"),
        (SCHOOL + PEOPLE + SOURCE + MAIL_SERVER, "schoolgate set contact"),
        (CONTACT + SCHOOL + PEOPLE + SOURCE + MAIL_SERVER, "schoolgate set dpia.recorded_on"),
        (CONTACT + SCHOOL + PEOPLE + SOURCE + MAIL_SERVER + DPIA, ADD_TERM),
        (CONTACT + SCHOOL + TERMS + PEOPLE + SOURCE + MAIL_SERVER + DPIA, "schoolgate doctor"),
    ],
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


@for_each(
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
    assert next_lines(ALL_ELSE) == [
        "Next: As far as schoolgate.toml goes, all is in order.",
        "      Check the rest:",
        "        schoolgate doctor",
    ]
