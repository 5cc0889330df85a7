"""The ways of sending mail: what each has to know is read as typed, and its secret stands in a file alone."""

import stat
import tomllib
from pathlib import Path

import pytest
from builders.case_desk import made_by
from builders.config import PERSON, SCHOOL, keeper_of, write
from support.for_each import for_each

from data.errors import InputError, SchoolgateError
from monitor.act.settings import SECRET_FILE, set_mail
from monitor.config.model import MailSettings
from monitor.setup.mail import WAYS, MissingAnswer, WayName, read_choice, sending_way

OURS = f"# Ours\n{SCHOOL}{PERSON}"
CLIENT = "00001111-aaaa-2222-bbbb-3333cccc4444"
SECRET = "q8Q~planted-Value"
HERE = "schoolgate@oakfield.example.org"
GRAPH = {"sender": HERE, "tenant": "oakfield.example.org", "client-id": CLIENT}
RELAY = {"sender": HERE, "host": "relay.example.org", "port": "465", "security": "tls", "user": ""}
ENTRANCE = "oakfield-example-org.mail.protection.outlook.com"


@for_each(
    ("way", "typed", "secret", "values", "kept"),
    [
        (
            *("graph", GRAPH, SECRET),
            {"sign_in": "graph", "sender": HERE, "tenant": "oakfield.example.org", "client_id": CLIENT},
            SECRET,
        ),
        (
            *("app-password", {"sender": HERE, "user": HERE}, "abcd efgh ijkl mnop"),
            {"sender": HERE, "user": HERE, "host": "smtp.gmail.com", "port": 587, "security": "starttls"},
            "abcdefghijklmnop",
        ),
        (
            *("relay", RELAY, None),
            {"sender": HERE, "host": "relay.example.org", "port": 465, "security": "tls"},
            None,
        ),
        (
            *("connector", {"sender": HERE, "host": ENTRANCE}, None),
            {"sender": HERE, "host": ENTRANCE, "port": 25, "security": "starttls"},
            None,
        ),
    ],
)
def test_what_was_typed_is_what_mail_is_to_hold_and_the_way_is_known_again(way, typed, secret, values, kept):
    chosen = read_choice(WAYS[WayName(way)], typed, secret)
    assert (chosen.values, chosen.secret) == (values, kept)
    assert sending_way(MailSettings.model_validate(chosen.values)).name == way
    assert SECRET not in repr(chosen)


@for_each(
    ("way", "typed", "said"),
    [
        ("relay", {"host": ""}, "⟨host⟩"),
        ("relay", {"port": "0"}, "⟨port⟩: “0” is not a port"),
        ("relay", {"security": "ssl"}, "⟨security⟩: “ssl” is not one of"),
        ("relay", {"sender": "office"}, "⟨sender⟩: “office”"),
        ("graph", {"tenant": "two words"}, "⟨tenant⟩: “two words” is not a tenant"),
        ("graph", {"client-id": "Schoolgate"}, "⟨client_id⟩: “Schoolgate” is not the number"),
    ],
)
def test_what_cannot_be_used_names_its_field(way, typed, said):
    with pytest.raises(InputError) as refused:
        read_choice(WAYS[WayName(way)], {**(GRAPH if way == "graph" else RELAY), **typed}, SECRET)
    assert said in refused.value.text


def test_a_secret_that_is_missing_is_asked_for():
    for way, typed in (("graph", GRAPH), ("relay", {**RELAY, "user": "sg"})):
        with pytest.raises(MissingAnswer, match="is missing"):
            read_choice(WAYS[WayName(way)], typed, None)


@for_each(
    ("way", "secret", "said"),
    [
        ("app-password", "Passw0rd of the account", "16 letters"),
        ("graph", "1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d", "This is the Secret ID."),
        ("m365-password", "naïve", "without accents"),
        ("graph", "", "are needed"),
        ("graph", "q8Q~planted -Value", "It contains a space"),
    ],
)
def test_what_is_often_taken_for_the_secret_is_refused_and_not_repeated(way, secret, said):
    typed = GRAPH if way == "graph" else {"sender": HERE, "user": HERE}
    with pytest.raises(InputError) as refused:
        read_choice(WAYS[WayName(way)], typed, secret)
    assert said in str(refused.value)
    assert secret == "" or secret not in str(refused.value)


def test_the_secret_stands_in_a_file_of_its_owner_and_nowhere_else(tmp_path, tmp_path_factory):
    path, file = write(tmp_path, OURS), tmp_path / SECRET_FILE
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "for-all-to-read"
    elsewhere.write_text("not ours\n")
    file.symlink_to(elsewhere)
    made_by(set_mail(keeper_of(tmp_path), read_choice(WAYS[WayName.GRAPH], GRAPH, SECRET)))
    assert (file.read_text(), file.is_symlink()) == (f"{SECRET}\n", False)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert elsewhere.read_text() == "not ours\n"
    assert SECRET not in path.read_text()
    assert tomllib.loads(path.read_text())["mail"]["secret_file"] == SECRET_FILE
    assert path.read_text().startswith(OURS), "comments and the rest stay"


def test_where_the_file_refuses_it_the_secret_of_before_is_kept(tmp_path: Path, monkeypatch):
    write(tmp_path, OURS)
    (tmp_path / SECRET_FILE).write_text("before\n")

    def refuses(*_: object) -> None:
        raise SchoolgateError("no")

    monkeypatch.setattr("monitor.config.edit.edit", refuses)
    with pytest.raises(SchoolgateError):
        set_mail(keeper_of(tmp_path), read_choice(WAYS[WayName.GRAPH], GRAPH, SECRET))
    assert (tmp_path / SECRET_FILE).read_text() == "before\n"


def test_what_mail_held_before_is_replaced_and_its_comments_stay(tmp_path: Path):
    there = '[mail]\n# from the council\nhost = "old.example.org"\nsender = "sg@example.org"\nuser = "sg"\n'
    path = write(tmp_path, f"{OURS}\n{there}")
    made_by(set_mail(keeper_of(tmp_path), read_choice(WAYS[WayName.RELAY], RELAY, None)))
    assert "# from the council" in path.read_text()
    assert "user" not in tomllib.loads(path.read_text())["mail"]
