"""`mail test`: one mail to somebody configured, as every mail goes; each refusal as a technician reads it."""

import re
from pathlib import Path

import pytest
from builders.config import PERSON, SCHOOL
from support.checkout import FIXTURES, ROOT
from support.every_command import ended
from support.for_each import for_each
from support.mail_server import post_office
from support.microsoft import CLIENT, SENDER, TENANT, microsoft

from alerts.delivery.results import Cause, Result, SendOutcome
from monitor.config.model import MailSettings
from monitor.setup.mail import CONNECTOR_ENDS, WAYS, WayName, find_remedy, result_words, sending_way

CHAIR = '[[people]]\nid = "chair"\nname = "Mr C Example"\nroles = ["chair"]\n'
PEOPLE = f'{PERSON}email = "head@example.org"\n{CHAIR}'
OURS = f'contact = "office@example.org"\n{SCHOOL}{PEOPLE}[mail]\nsender = "{SENDER}"\n'
GRAPH = f'sign_in = "graph"\ntenant = "{TENANT}"\nclient_id = "{CLIENT}"\nsecret_env = "SG"\n'


def run(home: Path, settings: str, *given: str) -> tuple[int, str, str]:
    (home / "schoolgate.toml").write_text(OURS + settings)
    code, out, err = ended(["mail", "test", *(given or ("head",)), "--home", str(home)])
    return code, " ".join(out.split()), " ".join(err.split())


def local(port: int, more: str = "") -> str:
    return f'host = "localhost"\nport = {port}\nsecurity = "none"\n{more}'


def test_one_plain_mail_goes_to_the_person_named_and_what_came_back_is_said(tmp_path: Path) -> None:
    with post_office() as office:
        code, out, _ = run(tmp_path, local(office.port))
    (taken,) = office.taken
    assert code == 0
    assert not (tmp_path / "schoolgate.duckdb").exists()  # it waits in no outbox
    assert taken.to == ("head@example.org",)
    assert taken.mail["Subject"] == "A test from Schoolgate: nothing to do"
    assert "Oakfield Primary School" in taken.mail["From"]
    body = " ".join(taken.mail.get_content().split())
    assert body.startswith("Dear Mrs A Example, This is a test. Somebody at Oakfield Primary School asked")
    assert body.endswith("Not watched around the clock. If a child is in danger, ring 999.")
    assert (
        f"Sent from {SENDER} to Mrs A Example (head@example.org), by localhost, port {office.port}, in 0."
        in out
    )
    assert "Look in Junk" in out
    assert "SPF record has to name the address that this server sends by" in out
    with post_office() as office:
        run(tmp_path, local(office.port, '[trust]\nname = "Arden Trust"\n'))
    assert "Arden Trust" in office.taken[0].mail["From"]


def test_it_goes_to_nobody_but_configured_people_with_an_address(tmp_path: Path) -> None:
    with post_office() as office:
        for person, said in (
            ("me@example.com", "there is no such person"),
            ("chair", "has no email address"),
        ):
            code, out, err = run(tmp_path, local(office.port), person)
            assert (code, out) == (2, "")
            assert said in err
            assert "You can write to: head." in err
    assert office.taken == []


def test_without_a_mail_server_it_says_how_to_set_one_up(tmp_path: Path) -> None:
    (tmp_path / "schoolgate.toml").write_text(OURS.partition("[mail]")[0])
    code, _, err = ended(["mail", "test", "head", "--home", str(tmp_path)])
    assert code == 2
    assert "the desk’s page /setup/mail" in err


def test_a_servers_refusal_is_told_with_its_code_and_what_to_do(tmp_path: Path) -> None:
    with post_office() as office:
        office.rcpt = lambda _: "550 5.7.1 no"
        code, out, _ = run(tmp_path, local(office.port))
    assert code == 1
    assert out.startswith(f"Not sent from {SENDER} to Mrs A Example")
    assert "It says 550 5.7.1." in out
    assert "does not relay for this machine" in out
    assert out.endswith("the desk’s page /setup/mail")


def test_a_refused_sign_in_is_told_and_no_password_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SG", "Hunter2-planted")
    with post_office(user="sg", password="another") as office:
        code, out, _ = run(tmp_path, local(office.port, 'user = "sg"\npassword_env = "SG"\n'))
    assert code == 1
    assert "user or the password is wrong" in out
    assert "Hunter2" not in out


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Microsoft 365 on this machine, which the settings lead to."""
    monkeypatch.setenv("SG", "q8Q~planted")
    with microsoft() as there:
        there.network = f'\n[network]\nproxy = "{there.way.url}"\nca_file = "{there.trust_in(tmp_path)}"\n'
        yield there


def test_a_token_that_the_mailbox_does_not_take_is_told_with_the_trial_to_make_next(
    tmp_path: Path, there
) -> None:
    with post_office(tokens=("another",)) as office:
        office.refusal = "535 5.7.3 Authentication unsuccessful"
        token = GRAPH.replace('"graph"', '"xoauth2"') + local(office.port)
        code, out, _ = run(tmp_path, token + there.network)
        assert office.taken == []
    assert code == 1
    assert "Exchange does not know the application" in out
    assert out.endswith("schoolgate mail test head")


def test_by_graph_it_is_sent_and_says_what_the_domain_has_to_name(tmp_path: Path, there) -> None:
    code, out, _ = run(tmp_path, GRAPH + there.network)
    (mail,) = there.mails
    assert code == 0
    assert b"A test from Schoolgate" in mail
    assert "by Microsoft Graph" in out
    assert "“include:spf.protection.outlook.com”" in out


# What a refusal means and what to do: by its code where that says more, by its cause otherwise.


APP = {"tenant": "oakfield.example.org", "client_id": "00001111-aaaa-2222-bbbb-3333cccc4444"}


def sent_by(way: str) -> MailSettings:
    """A configuration that goes this way."""
    known = WAYS[WayName(way)]
    host = {"connector": f"oakfield-example-org{CONNECTOR_ENDS}", "relay": "relay.example.org"}.get(way)
    more = {"secret_file": "s", **APP} if known.sign_in != "password" else {}
    return MailSettings(
        sign_in=known.sign_in, host=host or known.host, port=known.port, sender="sg@example.org", **more
    )


def result_of(cause: str, code: str = "") -> Result:
    return Result(SendOutcome.RETRY, Cause(cause), code)


@for_each("way", WayName)
def test_each_way_is_known_by_its_configuration(way: WayName) -> None:
    assert sending_way(sent_by(way)).name is way


_TABLES = (FIXTURES / "mail" / "refusals.txt").read_text(encoding="utf-8").strip().split("\n\n")
REFUSALS, CODES = ([[cell.strip() for cell in row.split("|")] for row in t.split("\n")[1:]] for t in _TABLES)
"""By the way of sending, the cause and the server's code: words of what it means; then the heading with more
of it, or the command that puts it right whatever the way."""


@for_each(("way", "cause", "code", "means", "heading"), REFUSALS)
def test_a_refusal_says_what_it_means_what_to_do_and_where_more_is_told(
    way: str, cause: str, code: str, means: str, heading: str
) -> None:
    found = find_remedy(result_of(cause, code), sent_by(way))
    assert means in found.means
    assert found.heading == heading
    assert found.do
    assert not found.do.endswith(".")
    assert re.match(r"schoolgate |⟪/", found.command)
    assert f"“{heading}”" in found.whole


@for_each(("way", "cause", "code", "means", "command"), CODES)
def test_of_any_way_of_sending_a_code_means_the_same_and_its_command_mends_it(
    way: str, cause: str, code: str, means: str, command: str
) -> None:
    found = find_remedy(result_of(cause, code), sent_by(way))
    assert means in found.means
    assert found.command == (f"⟪{command}⟫" if command.startswith("/") else f"schoolgate {command}")


@for_each("way", WayName)
@for_each("cause", Cause)
def test_no_cause_is_left_without_a_remedy_whose_page_and_heading_are_there(
    way: WayName, cause: Cause
) -> None:
    found = find_remedy(result_of(cause), sent_by(way))
    page = (ROOT / "docs" / f"{found.page}.md").read_text("utf-8")
    assert f"\n## {found.heading}\n" in page


def test_what_came_back_is_said_with_the_place_and_the_servers_code() -> None:
    said = result_words(result_of("sign_in_refused", "535 5.7.8"), sent_by("app-password"))
    assert (
        said == "The mail server refuses our name or password (smtp.gmail.com, port 587). It says 535 5.7.8."
    )
    assert "(Microsoft Graph)" in result_words(
        result_of("app_no_right", "403 ErrorAccessDenied"), sent_by("graph")
    )
