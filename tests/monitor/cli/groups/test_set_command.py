"""`schoolgate set` and `policy add`: keys of the file that need no editor."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest
from support.command_call import called

from data.errors import InputError
from monitor.cli.commands.setup.set import policy_add, set_keys
from monitor.config.values import Nation
from monitor.setup.answers import fault

FILE = """# ours
[[schools]]
urn = "900001"  # the infants
name = "Oakfield Primary School"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "schoolgate.toml"
    path.write_text(FILE)
    return path


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What is answered, by key; a question that it has not is answered by Enter alone."""
    given: dict[str, str] = {}

    def ask(question: str, default: str | None) -> str:
        key = question.rpartition("(“")[2].partition("”")[0]
        if key not in given and default is None:
            raise AssertionError(f"asked for {key}")
        return given.get(key, default or "")

    monkeypatch.setattr("monitor.cli.commands.setup.set.ask", ask)
    return given


def put(path: Path, *keys: str) -> list[str]:
    return called(set_keys, keys=list(keys), home=path.parent)[1]


def test_values_are_written_as_toml_holds_them_and_comments_stay(path: Path) -> None:
    put(path, "contact=office@example.org", "dpia.recorded_on=2026-09-01", "serve.health_port=9500")
    put(path, "network.own_servers=a.example.org, b.example.org")
    held = tomllib.loads(path.read_text())
    assert held["contact"] == "office@example.org"
    assert held["dpia"] == {"recorded_on": date(2026, 9, 1)}
    assert held["serve"] == {"health_port": 9500}
    assert held["network"] == {"own_servers": ["a.example.org", "b.example.org"]}
    assert FILE in path.read_text()


def test_it_says_what_was_written_and_what_to_do_next(path: Path) -> None:
    said = put(path, "contact=office@example.org")
    assert said[0] == "Written into schoolgate.toml: contact."
    assert said[1].startswith("Next: ")
    assert said[-1].strip() == "schoolgate people add"


def test_a_key_without_a_value_is_asked_for(path: Path, answers: dict[str, str]) -> None:
    answers["contact"] = " office@example.org "
    put(path, "contact")
    assert tomllib.loads(path.read_text())["contact"] == "office@example.org"


def test_a_table_is_asked_for_key_by_key_and_enter_leaves_one_out(
    path: Path, answers: dict[str, str]
) -> None:
    answers |= {"mail.host": "smtp.example.org", "mail.port": "465", "mail.security": "tls"}
    answers["mail.sender"] = "sg@example.org"
    put(path, "mail")
    assert tomllib.loads(path.read_text())["mail"] == {
        "host": "smtp.example.org", "port": 465, "security": "tls", "sender": "sg@example.org",
    }  # fmt: skip


def test_where_nothing_is_answered_nothing_is_changed(path: Path, answers: dict[str, str]) -> None:
    assert put(path, "digest") == ["Nothing was given, so nothing was changed."]
    assert path.read_text() == FILE


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("contcat=office@example.org", "Did you mean “contact”?"),
        ("mail.hots=x", "Did you mean “mail.host”?"),
        ("contact.name=x", "there is no such key"),
        ("sources=x", "schoolgate source --help"),
        ("people", "schoolgate people add"),
        ("contact=nobody", "“nobody” is not an e-mail address"),
        ("dpia.recorded_on=soon", "dpia.recorded_on: “soon” is not a day"),
        ("serve.health_port=many", "health_port"),
        ("network.ca_file=/no/such.pem", "/no/such.pem is not there, or holds no certificate."),
    ],
)
def test_what_cannot_be_set_is_refused_with_what_is_meant_and_nothing_changes(
    path: Path, key: str, said: str
) -> None:
    with pytest.raises(InputError) as refused:
        put(path, key)
    assert said in str(refused.value)
    assert path.read_text() == FILE


def test_a_secret_is_not_taken_from_the_command_line(path: Path, answers: dict[str, str]) -> None:
    secret = "https://beats.example.org/hush-hush"
    with pytest.raises(InputError) as refused:
        put(path, f"serve.heartbeat_url={secret}")
    assert secret not in str(refused.value)
    answers["serve.heartbeat_url"] = secret
    assert secret not in "".join(put(path, "serve.heartbeat_url"))
    assert tomllib.loads(path.read_text())["serve"] == {"heartbeat_url": secret}


def test_a_policy_is_asked_for_and_stands_after_those_that_are_there(
    path: Path, answers: dict[str, str]
) -> None:
    answers |= {"title": "Social media policy", "review_due": "2027-09-01"}
    called(policy_add, home=path.parent)
    answers["title"] = "Complaints policy"
    called(policy_add, home=path.parent)
    assert [p["title"] for p in tomllib.loads(path.read_text())["policies"]] == [
        "Social media policy", "Complaints policy",
    ]  # fmt: skip


def test_a_day_is_taken_as_people_write_it_and_said_as_it_was_understood(path: Path) -> None:
    said = put(path, "dpia.recorded_on=10.11.26")
    assert said[0] == "Written into schoolgate.toml: dpia.recorded_on (Tuesday 10 November 2026)."
    assert tomllib.loads(path.read_text())["dpia"]["recorded_on"] == date(2026, 11, 10)


def test_a_day_that_cannot_be_read_is_asked_for_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["the 10th", "10 Nov 2026"])
    monkeypatch.setattr("monitor.cli.commands.setup.set.ask", lambda *_, **__: next(answers))
    monkeypatch.setattr("monitor.terminal.answers.say", lambda _: None)
    put(path, "dpia.recorded_on")
    assert tomllib.loads(path.read_text())["dpia"]["recorded_on"] == date(2026, 11, 10)


def test_a_nation_is_taken_with_capitals_and_a_blank() -> None:
    assert not fault(Nation, "Northern Ireland")
