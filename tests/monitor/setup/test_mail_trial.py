"""`mail test`: one mail to somebody configured, as every mail goes; each refusal as a technician reads it."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.documents import content
from support.every_command import ended
from support.mail_server import post_office
from support.microsoft import CLIENT, JSON, SENDER, TENANT, failed, microsoft, refused
from support.web_server import Answer

from data.types import Person, Role

SCHOOL = f"""contact = "office@example.org"

[[schools]]
urn = "900001"
name = "Oakfield Primary School"

[[people]]
id = "head"
name = "Mrs A Example"
roles = ["head"]
email = "head@example.org"

[[people]]
id = "chair"
name = "Mr C Example"
roles = ["chair"]

[mail]
sender = "{SENDER}"
"""
GRAPH = f'sign_in = "graph"\ntenant = "{TENANT}"\nclient_id = "{CLIENT}"\nsecret_env = "SG"\n'
ADA = Person("head", "Mrs A Example", (Role.HEAD,), "head@example.org")


def run(home: Path, settings: str, *given: str) -> tuple[int, str, str]:
    (home / "schoolgate.toml").write_text(SCHOOL + settings)
    code, out, err = ended(["mail", "test", *(given or ("head",)), "--home", str(home)])
    return code, " ".join(out.split()), " ".join(err.split())


def local(port: int, more: str = "") -> str:
    return f'host = "localhost"\nport = {port}\nsecurity = "none"\n{more}'


def test_one_plain_mail_goes_to_the_person_named_and_what_came_back_is_said(tmp_path: Path) -> None:
    with post_office() as office:
        code, out, _ = run(tmp_path, local(office.port))
    (taken,) = office.taken
    assert code == 0
    assert taken.to == ("head@example.org",)
    assert taken.mail["Subject"] == "A test from Schoolgate: there is nothing to do"
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


def test_it_goes_to_nobody_but_configured_people_with_an_address(tmp_path: Path) -> None:
    with post_office() as office:
        for person, said in (
            ("me@example.com", "there is no such person"),
            ("chair", "has no e-mail address"),
        ):
            code, out, err = run(tmp_path, local(office.port), person)
            assert (code, out) == (2, "")
            assert said in err
            assert "These may be written to: head." in err
    assert office.taken == []


def test_without_a_mail_server_it_says_how_to_set_one_up(tmp_path: Path) -> None:
    (tmp_path / "schoolgate.toml").write_text(SCHOOL.partition("[mail]")[0])
    code, _, err = ended(["mail", "test", "head", "--home", str(tmp_path)])
    assert code == 2
    assert "schoolgate mail setup" in err


def test_it_waits_in_no_outbox(tmp_path: Path) -> None:
    with post_office() as office:
        run(tmp_path, local(office.port))
    assert not (tmp_path / "schoolgate.duckdb").exists()


def test_as_json_it_is_one_document(tmp_path: Path) -> None:
    (tmp_path / "schoolgate.toml").write_text(SCHOOL + local(1))
    code, out, _ = ended(["mail", "test", "head", "--json", "--home", str(tmp_path)])
    told = content(out)
    assert code == 1
    assert (told["outcome"], told["cause"], told["to"]) == ("retry", "unreachable", "head@example.org")
    assert told["command"] == "schoolgate set mail.host mail.port"


REFUSED_BY_A_SERVER = [
    ("mail", "550 5.7.60 no", "in the name of the sender's address", "schoolgate set mail.sender"),
    ("mail", "530 5.7.57 no", "only from whoever signs in", "schoolgate mail setup"),
    ("rcpt", "550 5.7.1 no", "does not relay for this machine", "schoolgate mail setup"),
    ("rcpt", "550 5.1.1 no", "misspelt", "schoolgate doctor"),
    ("rcpt", "550 5.7.68 no", "Reject Direct Send", "schoolgate mail setup"),
    ("data", "554 5.6.0 no", "spam filter", "schoolgate doctor"),
    ("data", "451 4.3.0 no", "tried again later", "schoolgate doctor"),
]


@pytest.mark.parametrize(("at", "answer", "means", "command"), REFUSED_BY_A_SERVER)
def test_a_servers_refusal_is_told_with_its_code_and_what_to_do(
    tmp_path: Path, at: str, answer: str, means: str, command: str
) -> None:
    with post_office() as office:
        setattr(office, at, lambda _: answer)
        code, out, _ = run(tmp_path, local(office.port))
    assert code == 1
    assert out.startswith(f"Not sent from {SENDER} to Mrs A Example")
    assert f"It says {answer.removesuffix(' no')}." in out
    assert means in out
    assert out.endswith(command)


SIGN_INS = [
    ("550 5.7.30 Basic authentication is not supported", "takes no passwords"),
    ("535 5.7.139 Authentication unsuccessful", "security defaults"),
    ("534 5.7.9 Application-specific password required", "wants an app password"),
    ("534 5.7.14 Please log in via your web browser", "by a web browser first"),
    ("535 5.7.8 Username and Password not accepted", "user or the password is wrong"),
]


@pytest.mark.parametrize(("answer", "means"), SIGN_INS)
def test_a_refused_sign_in_is_told_by_what_its_code_means(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, means: str
) -> None:
    monkeypatch.setenv("SG", "Hunter2-planted")
    with post_office(user="sg", password="another") as office:
        office.refusal = answer
        code, out, _ = run(tmp_path, local(office.port, 'user = "sg"\npassword_env = "SG"\n'))
    assert code == 1
    assert means in out
    assert "Hunter2" not in out


BY_MICROSOFT = [
    ("token", Answer(401, refused(7000215), JSON), "AADSTS7000215", "Secret ID was copied"),
    ("token", Answer(401, refused(7000222), JSON), "AADSTS7000222", "two years at most"),
    (
        "token",
        Answer(400, refused(700016, "unauthorized_client"), JSON),
        "AADSTS700016",
        "no application of this",
    ),
    ("token", Answer(400, refused(53003, "invalid_grant"), JSON), "AADSTS53003", "Conditional Access"),
    (
        "mail",
        Answer(403, failed("ErrorAccessDenied"), JSON),
        "403 ErrorAccessDenied",
        "Application Mail.Send",
    ),
    ("mail", Answer(404, failed("ErrorInvalidUser"), JSON), "404 ErrorInvalidUser", "no mailbox there"),
    ("mail", Answer(200, b"<html>Blocked</html>"), "200", "sign in to the network"),
]


@pytest.mark.parametrize(("at", "answer", "code", "means"), BY_MICROSOFT, ids=lambda v: str(v)[:20])
def test_what_microsoft_refuses_is_told_by_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str, answer: Answer, code: str, means: str
) -> None:
    monkeypatch.setenv("SG", "q8Q~planted")
    with microsoft() as there:
        setattr(there, at, answer)
        network = f'\n[network]\nproxy = "{there.way.url}"\nca_file = "{there.trust_in(tmp_path)}"\n'
        status, out, _ = run(tmp_path, GRAPH + network)
        assert there.mails == []
    assert status == 1
    assert f"It says {code}." in out
    assert means in out
    assert "schoolgate docs microsoft-365" in out
    assert "planted" not in out


BY_A_TOKEN = [
    ("535 5.7.3 Authentication unsuccessful", "not known to Exchange", "schoolgate mail test head"),
    ("535 5.7.139 SmtpClientAuthentication is disabled", "SMTP AUTH", "schoolgate mail setup"),
    ("550 5.7.30 Basic authentication is not supported", "takes no passwords", "schoolgate mail setup"),
]


@pytest.mark.parametrize(("answer", "means", "command"), BY_A_TOKEN)
def test_a_token_that_the_mailbox_does_not_take_is_told_by_its_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, means: str, command: str
) -> None:
    monkeypatch.setenv("SG", "q8Q~planted")
    with microsoft() as there, post_office(tokens=("another",)) as office:
        office.refusal = answer
        network = f'\n[network]\nproxy = "{there.way.url}"\nca_file = "{there.trust_in(tmp_path)}"\n'
        token = GRAPH.replace('"graph"', '"xoauth2"') + local(office.port)
        code, out, _ = run(tmp_path, token + network)
        assert office.taken == []
    assert code == 1
    assert means in out
    assert out.endswith(command)


def test_by_graph_it_is_sent_and_says_what_the_domain_has_to_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SG", "q8Q~planted")
    with microsoft() as there:
        network = f'\n[network]\nproxy = "{there.way.url}"\nca_file = "{there.trust_in(tmp_path)}"\n'
        code, out, _ = run(tmp_path, GRAPH + network)
        (mail,) = there.mails
    assert code == 0
    assert b"A test from Schoolgate" in mail
    assert "by Microsoft Graph" in out
    assert "“include:spf.protection.outlook.com”" in out
