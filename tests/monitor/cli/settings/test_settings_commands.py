"""Commands that write the settings or list what they say: `set`, `people`, `terms` and `schools`."""

import tomllib
from datetime import date
from pathlib import Path

import pytest
from builders.config import SCHOOL, write
from support.command_call import called
from support.every_command import ended
from support.for_each import for_each

from data.errors import InputError
from data.register.national_lists import KEPT, NAME, SHIPPED
from monitor.cli.commands.schools import update
from monitor.cli.commands.set import set_keys


def test_the_lists_name_who_is_here_and_who_has_left_and_the_days_of_the_year(tmp_path):
    year = "terms = [{ first = 2026-09-02, last = 2026-10-23 }]\nclosed = [2026-10-05]\n"
    left = '[[former]]\nid = "head"\nname = "Mrs A Example"\nroles = ["head"]\nleft = 2026-09-01\n'
    here = '[[people]]\nid = "head-2"\nname = "Mx Noor Sample"\nroles = ["head"]\n'
    write(tmp_path, f"{SCHOOL}{year}{here}{left}")
    said = ended(["people", "list", "--home", str(tmp_path)], "")[1]
    assert "Left: Mrs A Example (head)" in said
    assert "head-2" in said
    listed = ended(["terms", "list", "--home", str(tmp_path)], "")[1]
    assert "Wed 2 Sep 2026 to Fri 23 Oct 2026" in listed
    assert "no pupils on Mon 5 Oct 2026" in listed


# `schoolgate set`.


FILE = """# ours
[[schools]]
urn = "900001"  # the infants
name = "Oakfield Primary School"
"""


@pytest.fixture
def settings_file(tmp_path: Path) -> Path:
    settings_file = tmp_path / "schoolgate.toml"
    settings_file.write_text(FILE)
    return settings_file


def put(settings_file: Path, *keys: str) -> list[str]:
    return called(set_keys, keys=list(keys), home=settings_file.parent)[1]


def test_values_are_written_as_toml_holds_them_and_comments_stay(settings_file: Path) -> None:
    put(settings_file, "contact=office@example.org", "dpia.recorded_on=2026-09-01", "serve.health_port=9500")
    put(settings_file, "network.own_servers=a.example.org, b.example.org")
    held = tomllib.loads(settings_file.read_text())
    assert held["contact"] == "office@example.org"
    assert held["dpia"] == {"recorded_on": date(2026, 9, 1)}
    assert held["serve"] == {"health_port": 9500}
    assert held["network"] == {"own_servers": ["a.example.org", "b.example.org"]}
    assert FILE in settings_file.read_text()


def test_it_says_what_was_written_and_what_to_do_next(settings_file: Path) -> None:
    said = put(settings_file, "contact=office@example.org")
    assert said[0] == "Written into schoolgate.toml: contact."
    assert said[1].startswith("Next: ")
    assert said[-1].strip() == "schoolgate setup"


@for_each(
    ("key", "said"),
    [
        ("contcat=office@example.org", "Did you mean “contact”?"),
        ("mail.hots=x", "Did you mean “mail.host”?"),
        ("contact.name=x", "there is no such key"),
        ("sources=x", "the desk’s page /sources"),
        ("people", "the desk’s page /people"),
        ("contact", "Write it like this: schoolgate set contact="),
        ("mail.password=x", "the desk’s page /setup/mail"),
        ("contact=nobody", "“nobody” is not an email address"),
        ("dpia.recorded_on=soon", "dpia.recorded_on: “soon” is not a day"),
        ("serve.health_port=many", "health_port"),
        ("network.ca_file=/no/such.pem", "/no/such.pem is not there, or holds no certificate."),
    ],
)
def test_what_cannot_be_set_is_refused_with_what_is_meant_and_nothing_changes(
    settings_file: Path, key: str, said: str
) -> None:
    with pytest.raises(InputError) as refused:
        put(settings_file, key)
    assert said in str(refused.value)
    assert settings_file.read_text() == FILE


def test_a_secret_is_not_taken_from_the_command_line(settings_file: Path) -> None:
    secret = "https://beats.example.org/hush-hush"
    with pytest.raises(InputError) as refused:
        put(settings_file, f"serve.heartbeat_url={secret}")
    assert secret not in str(refused.value)
    assert "schoolgate set serve.heartbeat_file=FILE" in str(refused.value)
    assert settings_file.read_text() == FILE


def test_a_day_is_taken_as_people_write_it_and_said_as_it_was_understood(settings_file: Path) -> None:
    said = put(settings_file, "dpia.recorded_on=10.11.26")
    assert said[0] == "Written into schoolgate.toml: dpia.recorded_on (Tuesday 10 November 2026)."
    assert tomllib.loads(settings_file.read_text())["dpia"]["recorded_on"] == date(2026, 11, 10)


# `schoolgate schools update`.


ONE = '[[schools]]\nurn = "900001"\nname = "Oakfield Primary School"\n'


def test_a_register_that_names_heads_is_not_replaced_by_the_shipped_one_unless_that_is_named(
    tmp_path: Path,
) -> None:
    write(tmp_path, ONE)
    own = tmp_path / "edubasealldata20261123.csv"
    own.write_text(f"{','.join(KEPT)}\n900001,Oakfield Primary School,,,,,,,,,Mrs A Example,,,,\n")
    called(update, file=own, home=tmp_path)
    before = (tmp_path / NAME).read_bytes()
    with pytest.raises(InputError, match="of 23 November 2026, names heads or trusts"):
        called(update, home=tmp_path)
    assert (tmp_path / NAME).read_bytes() == before
    called(update, file=SHIPPED, home=tmp_path)
    assert (tmp_path / NAME).read_bytes() != before
    assert called(update, home=tmp_path)[0] == 0
