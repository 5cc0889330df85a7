"""`doctor`: the whole of it, as a person reads it."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders.doctor import MAIL, NOW, SECRET, told
from support.command_call import called
from support.documents import content

from alerts.delivery.deadline_smtp import Server
from alerts.delivery.results import Cause, Result, SendOutcome, Unready
from monitor.cli.commands.setup.doctor import NEVER_SEEN, doctor, lines
from monitor.setup.doctor.examine import examine
from monitor.setup.doctor.findings import Finding, Level, ok


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
        model=lambda: ok("model", "The model is whole."),
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


@pytest.mark.parametrize("width", [80, 120])
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


def test_json_is_one_document_and_a_fault_exits_1(tmp_path: Path) -> None:
    code, said = run(tmp_path, as_json=True)
    document = content(said)
    assert code == document["exit"] == 1
    assert document["faults"] >= 1
    assert any("schoolgate init" in (finding["remedy"] or "") for finding in document["findings"])


def test_json_names_what_to_do_next_and_every_finding_has_its_command(tmp_path: Path) -> None:
    document = content(run(tmp_path, as_json=True)[1])
    assert document["next"]["command"] == f"schoolgate init --home {tmp_path}"
    assert document["next"] in document["findings"]


@pytest.mark.parametrize("as_json", [True, False])
def test_no_secret_is_printed(tmp_path: Path, as_json: bool) -> None:
    (tmp_path / "secret").write_text(SECRET)
    for key in ("password_env = 'SMTP_PASSWORD'", "password_file = 'secret'", f"password = '{SECRET}'"):
        read_text = '[[schools]]\nurn = "900001"\nname = "Oakfield"\n' + MAIL + key + "\n"
        (tmp_path / "schoolgate.toml").write_text(read_text)
        assert SECRET not in run(tmp_path, as_json=as_json, SMTP_PASSWORD=SECRET)[1]
