"""A school on Microsoft 365, on Google Workspace and on a relay gets its mail: typed at a terminal, timed.

Each is set up by `mail setup` and tried by `mail test`; what is clicked at Microsoft or Google before that is
on the page. The servers are local ones that speak the same protocols, under their real names.
"""

from __future__ import annotations

import stat
import time
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from support.mail_server import post_office
from support.microsoft import CLIENT, JSON, SENDER, TENANT, Microsoft, failed, microsoft
from support.names import named
from support.technician import Technician
from support.web_server import Answer

MOST_LINES, MOST_SECONDS = 9, 20.0
SECRET, LETTERS = "q8Q~planted-Value", "abcd efgh ijkl mnop"
ENTRANCE = "example-org.mail.protection.outlook.com"
SCHOOL = """# Oakfield's own file
contact = "office@example.org"

[[schools]]
urn = "900001"
name = "Oakfield Primary School"

[[people]]
id = "head"
name = "Mrs A Example"
roles = ["head"]
email = "head@example.org"
"""
LIVES, BY = r"mail live\?.*Its number", r"send by it\?.*Its number"
APPLICATION = {
    r"tenant\) ID": TENANT,
    r"client\) ID": CLIENT,
    r"Value of the client secret": SECRET,
}
TO_THE_HEAD = {r"address that its mails come from": "", r"Send one mail now\?": "head"}


@dataclass(frozen=True)
class Played:
    """What was typed and shown, and how long it took."""

    alex: Technician
    codes: tuple[int, int]
    seconds: float

    @property
    def mail(self) -> dict[str, object]:
        return tomllib.loads((self.alex.home / "schoolgate" / "schoolgate.toml").read_text())["mail"]

    @property
    def words(self) -> str:
        return " ".join(self.alex.screen.split())


def play(folder: Path, more: Mapping[str, str], answers: Mapping[str, str], settings: str = "") -> Played:
    home = folder / "schoolgate"
    home.mkdir(mode=0o700)
    (home / "schoolgate.toml").write_text(SCHOOL + settings)
    (home / "schoolgate.toml").chmod(0o600)
    alex, began = Technician(folder, {**TO_THE_HEAD, **answers}, more), time.monotonic()
    first, _ = alex.types("schoolgate mail setup")
    second, _ = alex.types("schoolgate mail test head")
    return Played(alex, (first, second), time.monotonic() - began)


def by_graph(folder: Path, there: Microsoft) -> Played:
    """By an application that is registered there, through the school's proxy."""
    ca = there.trust_in(folder)
    network = f'\n[network]\nproxy = "{there.way.url}"\nca_file = "{folder / ca}"\n'
    answers = {LIVES: "", BY: "", **APPLICATION}
    return play(folder, named(folder, {ENTRANCE: 25}), answers, network)


def holds(played: Played, secret: str) -> None:
    """Two mails are out, in few lines and little time; the secret is in its file, and was never shown."""
    assert played.codes == (0, 0), played.alex.screen
    assert len(played.alex.lines) <= MOST_LINES, played.alex.lines
    assert played.seconds < MOST_SECONDS
    assert played.words.count("The server took it.") == 2
    assert secret not in played.alex.screen
    home = played.alex.home / "schoolgate"
    assert (home / "mail-secret").read_text() == f"{secret}\n"
    assert {stat.S_IMODE(one.stat().st_mode) for one in home.iterdir()} == {0o600}
    assert secret not in (home / "schoolgate.toml").read_text()
    assert (home / "schoolgate.toml").read_text().startswith(SCHOOL)


def test_a_school_on_microsoft_365_sends_by_graph(tmp_path: Path) -> None:
    with microsoft() as there:
        played = by_graph(tmp_path, there)
        assert len(there.mails) == 2
    holds(played, SECRET)
    assert "Proposed, as the name server knows example-org.mail.protection.outlook.com." in played.words
    assert "only a mail can show" in played.words
    assert played.mail == {
        "sign_in": "graph", "sender": SENDER, "tenant": TENANT, "client_id": CLIENT,
        "secret_file": "mail-secret",
    }  # fmt: skip


def test_a_school_on_google_workspace_sends_by_an_app_password(tmp_path: Path) -> None:
    letters = LETTERS.replace(" ", "")
    office = post_office(
        security="starttls", certificate_for="smtp.gmail.com", user="schoolgate@example.org", password=letters
    )
    with office as google:
        answers = {LIVES: "2", BY: "", r"account that signs in": "", r"app password \(it is not": LETTERS}
        played = play(tmp_path, named(tmp_path, {"smtp.gmail.com": google.port}, google.authority), answers)
        assert [one.to for one in google.taken] == [("head@example.org",)] * 2
        assert all(one.tls for one in google.taken)
    holds(played, letters)
    assert "Nothing is proposed: the name server tells nothing" in played.words
    assert LETTERS not in played.alex.screen


def test_a_school_with_a_relay_gives_its_name_and_takes_the_rest_as_proposed(tmp_path: Path) -> None:
    with post_office(security="starttls", certificate_for="relay.example.org") as relay:
        answers = {
            LIVES: "3", r"The server's name": "relay.example.org", r"Its port": "", r"kept private": "",
            r"The user that signs in": "",
        }  # fmt: skip
        played = play(tmp_path, named(tmp_path, {"relay.example.org": relay.port}, relay.authority), answers)
        assert len(relay.taken) == 2
    assert played.codes == (0, 0), played.alex.screen
    assert len(played.alex.lines) <= MOST_LINES, played.alex.lines
    assert played.seconds < MOST_SECONDS
    assert played.mail["host"] == "relay.example.org"
    assert not (tmp_path / "schoolgate" / "mail-secret").exists()


def test_a_refusal_is_read_at_once_with_what_to_do_and_ends_with_1(tmp_path: Path) -> None:
    """An application that may not send yet: the file is written, and the next command says the same."""
    with microsoft() as there:
        there.mail = Answer(403, failed("ErrorAccessDenied"), JSON)
        played = by_graph(tmp_path, there)
    assert played.codes == (1, 1)
    assert played.words.count("It says 403 ErrorAccessDenied.") == 2
    assert played.words.count("Give it the role “Application Mail.Send” for this mailbox in Exchange") == 2
    assert (
        "(“1. Microsoft Graph” in: schoolgate docs microsoft-365): schoolgate mail test head" in played.words
    )
