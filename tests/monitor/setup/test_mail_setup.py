"""`mail setup`: what it asks and proposes, what it writes, and that a secret stands in its own file alone."""

import io
import stat
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
from builders.config import PERSON, SCHOOL
from support.command_call import called
from support.every_command import ended
from support.for_each import for_each
from support.mail_server import post_office

from data.errors import InputError, SchoolgateError
from monitor.act.settings import SECRET_FILE
from monitor.cli.commands import mail as setup
from monitor.config.model import MailSettings
from monitor.setup import mail as asking
from monitor.setup.mail import GOOGLE, MICROSOFT, WAYS, ProposedProvider, propose_provider

OURS = (
    f'# Ours\ncontact = "office@oakfield.example.org"\n{SCHOOL}{PERSON}email = "head@oakfield.example.org"\n'
)
CLIENT = "00001111-aaaa-2222-bbbb-3333cccc4444"
SECRET = "q8Q~planted-Value"
LETTERS = "abcd efgh ijkl mnop"
HERE = "schoolgate@oakfield.example.org"
UNKNOWN = ProposedProvider(None, "nobody knows")
AT_MICROSOFT = {"Its number": "", "address": "", "tenant": "", "Value": SECRET, "client": CLIENT}
BY_GRAPH = ("--way", "graph", "--client-id", CLIENT)
TYPED = (*BY_GRAPH, "--secret-file", "-", "--yes")
NOTHING = {key: None for key in ("way", "sender", "tenant", "client-id", "host", "port", "security", "user")}

NO_OPTIONS = dict.fromkeys(
    (
        *("way", "sender", "tenant", "client_id", "host", "port", "security", "user"),
        *("secret_file", "secret_env", "certificate", "config"),
    )
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    path = tmp_path / "schoolgate.toml"
    path.write_text(OURS)
    path.chmod(0o600)
    return tmp_path


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every mail server would take what it is given."""
    monkeypatch.setattr("monitor.setup.check_machine.server", lambda config, home: [])


def mail_of(home: Path) -> dict[str, object]:
    return tomllib.loads((home / "schoolgate.toml").read_text())["mail"]


def run(home: Path, *given: str, typed: str = "") -> tuple[int, str, str]:
    return ended(["mail", "setup", "--home", str(home), *given], typed)


def answered(
    answers: Mapping[str, str | list[str]],
    found: ProposedProvider = UNKNOWN,
    now: MailSettings | None = None,
    **given: str,
):
    """What is chosen where these beginnings of questions are answered so; and what was said and asked."""
    said: list[str] = []

    def ask(question: str) -> str:
        said.append(question)
        answer = answers[next(key for key in answers if key in question)]
        return answer.pop(0) if isinstance(answer, list) else answer

    options = asking.MailOptions({**NOTHING, **given})
    return asking.MailQuestions(options, ask, ask, said.append, now).choice(found, HERE), said


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test of this file asks anybody outside."""
    monkeypatch.setattr(asking, "system_resolve", lambda *_: [])


def test_microsoft_by_graph_is_two_enters_and_three_values() -> None:
    found = ProposedProvider(MICROSOFT, "the name server knows x", "x")
    chosen, said = answered(AT_MICROSOFT, found)
    assert chosen.values == {
        "sign_in": "graph", "sender": "schoolgate@oakfield.example.org", "tenant": "oakfield.example.org",
        "client_id": CLIENT,
    }  # fmt: skip
    assert chosen.secret == SECRET
    assert said[0] == "Where is your school's email?"
    assert "Proposed, as the name server knows x." in said
    assert SECRET not in "".join(said) + repr(chosen)


def test_google_by_an_app_password_takes_the_blanks_out() -> None:
    chosen, said = answered({"Its number": ["2", "1"], "address": "", "account": "", "app password": LETTERS})
    assert chosen.secret == "abcdefghijklmnop"
    assert chosen.values["host"] == "smtp.gmail.com"
    assert chosen.values["user"] == "schoolgate@oakfield.example.org"
    assert "Nothing is proposed: nobody knows." in said


def test_a_relay_is_asked_for_its_name_its_port_and_its_user_alone() -> None:
    answers = dict.fromkeys(("address", "port", "encryption of the connection", "user"), "")
    chosen, _ = answered(answers | {"Its number": "3", "name": "relay.example.org"})
    assert chosen.values == {
        "sender": "schoolgate@oakfield.example.org", "host": "relay.example.org", "port": 587,
        "security": "starttls",
    }  # fmt: skip
    assert chosen.secret is None


@for_each(
    ("given", "chosen"),
    [
        ({"way": "relay", "host": "relay.example.org", "port": "465"}, {"security": "tls"}),
        ({"way": "relay", "host": "relay.example.org", "port": "25"}, {"security": "starttls"}),
        ({"way": "relay", "host": "localhost", "port": "25"}, {"security": "none"}),
        ({"way": "connector"}, {"host": "oakfield-example-org.mail.protection.outlook.com", "port": 25}),
    ],
)
def test_the_port_proposes_how_the_line_is_kept_private_and_the_domain_a_connector(
    given: dict[str, str], chosen: dict[str, object]
) -> None:
    found, _ = answered({}, **given)
    assert chosen.items() <= found.values.items()
    assert found.secret is None


WRONG = [
    ({"way": "pigeon"}, "--way pigeon: it is one of: graph,"),
    ({"way": "relay"}, "--host is missing"),
    ({"way": "relay", "host": "relay.example.org", "port": "0"}, "--port: “0” is not a port"),
    ({"way": "relay", "host": "relay.example.org", "security": "ssl"}, "--security: “ssl” is not one of"),
    ({"way": "graph", "tenant": "two words"}, "--tenant: “two words” is not a tenant"),
    ({"way": "graph", "client-id": "Schoolgate"}, "--client-id: “Schoolgate” is not the number"),
    ({"way": "google-relay", "host": "x.example.org"}, "--host does not belong to google-relay"),
    ({"way": "relay", "host": "x.example.org", "tenant": "example.org"}, "--tenant does not belong to relay"),
    ({"way": "relay", "sender": "office"}, "--sender: “office”"),
]


@for_each(("given", "said"), WRONG)
def test_an_option_that_cannot_be_used_is_told_by_its_name(given: dict[str, str], said: str) -> None:
    whole = asking.MailOptions({**NOTHING, **given})
    with pytest.raises(InputError, match=said.replace("(", r"\(")):
        asking.MailQuestions(whole, None, lambda _: "", lambda _: None).choice(UNKNOWN, HERE)


@for_each(
    ("way", "typed", "said"),
    [
        ("app-password", "Passw0rd of the account", "16 letters"),
        ("graph", "1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d", "This is the Secret ID."),
        ("m365-password", "naïve", "without accents"),
        ("graph", "", "are needed"),
        ("graph", "q8Q~planted -Value", "It contains a space"),
    ],
)
def test_what_is_often_taken_for_the_secret_is_refused_and_not_repeated(
    home: Path, way: str, typed: str, said: str
) -> None:
    application = ("--client-id", CLIENT) if way == "graph" else ()
    code, out, err = run(home, "--way", way, *application, "--secret-file", "-", "--yes", typed=f"{typed}\n")
    assert code == 2
    assert said in err
    assert typed == "" or typed not in out + err
    assert (home / "schoolgate.toml").read_text() == OURS
    assert not (home / SECRET_FILE).exists()


def test_the_secret_stands_in_a_file_of_its_owner_and_nowhere_else(home: Path) -> None:
    code, out, err = run(home, *TYPED, typed=f"{SECRET}\n")
    file = home / SECRET_FILE
    assert file.read_text() == f"{SECRET}\n"
    assert {stat.S_IMODE(path.stat().st_mode) for path in (file, home / "schoolgate.toml")} == {0o600}
    assert SECRET not in (home / "schoolgate.toml").read_text() + out + err
    assert mail_of(home)["secret_file"] == SECRET_FILE
    assert (home / "schoolgate.toml").read_text().startswith(OURS), "comments and the rest stay"
    assert code == 1, "nobody answers here"


@for_each(
    ("given", "said"),
    [
        (("--way", "connector", "--secret-env", "SG"), "--secret-env does not belong to connector"),
        (
            ("--way", "app-password", "--certificate", "a.pem"),
            "--certificate does not belong to app-password",
        ),
        (("--way", "graph", "--certificate", "a.pem", "--secret-env", "SG"), "Only one of these"),
    ],
)
def test_a_secret_that_the_way_has_no_use_for_is_refused(
    home: Path, given: tuple[str, ...], said: str
) -> None:
    code, _, err = run(home, *given, "--yes")
    assert code == 2
    assert said in err
    assert (home / "schoolgate.toml").read_text() == OURS


@pytest.mark.usefixtures("answers")
def test_a_variable_or_a_certificate_takes_the_secrets_place(home: Path) -> None:
    run(home, *BY_GRAPH, "--secret-env", "SG_SECRET", "--yes")
    assert mail_of(home)["secret_env"] == "SG_SECRET"
    run(home, *BY_GRAPH, "--certificate", "app.pem", "--yes")
    assert str(mail_of(home)["certificate_file"]).endswith("/app.pem")
    assert "secret_env" not in mail_of(home)
    assert not (home / SECRET_FILE).exists()


def test_what_is_there_is_shown_and_replaced_only_after_a_yes_and_where_the_new_one_answers(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = (
        OURS
        + '\n[mail]\n# from the council\nhost = "old.example.org"\nsender = "sg@example.org"\nuser = "sg"\n'
    )
    (home / "schoolgate.toml").write_text(there)
    relay = ("--way", "relay", "--host", "localhost", "--port", "1")
    code, out, err = run(home, *relay)
    assert code == 2
    assert "sg@example.org by old.example.org, port 587, signed in as sg" in out
    assert "--yes" in err
    code, out, _ = run(home, *relay, "--yes")
    assert (code, "email goes out as before" in out) == (1, True), "nobody answers at the new one"
    assert (home / "schoolgate.toml").read_text() == there
    monkeypatch.setattr("monitor.setup.check_machine.server", lambda config, home: [])
    run(home, *relay, "--yes")
    text = (home / "schoolgate.toml").read_text()
    assert "# from the council" in text
    assert mail_of(home)["sender"] == "sg@example.org", "the sender that was there is proposed"
    assert "user" not in mail_of(home)


def test_where_the_file_refuses_it_the_secret_of_before_is_kept(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / SECRET_FILE).write_text("before\n")

    def refuses(*_: object) -> None:
        raise SchoolgateError("no")

    monkeypatch.setattr("monitor.config.edit.edit", refuses)
    code, _, _ = run(home, *TYPED, typed=SECRET)
    assert code == 1
    assert (home / SECRET_FILE).read_text() == "before\n"


def test_a_link_in_the_place_of_the_secret_is_replaced_and_what_it_leads_to_is_not_written(
    home: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "for-all-to-read"
    elsewhere.write_text("not ours\n")
    (home / SECRET_FILE).symlink_to(elsewhere)
    run(home, *TYPED, typed=f"{SECRET}\n")
    assert elsewhere.read_text() == "not ours\n"
    file = home / SECRET_FILE
    assert (file.is_symlink(), stat.S_IMODE(file.stat().st_mode)) == (False, 0o600)


@pytest.mark.usefixtures("answers")
def test_a_secret_that_mail_has_no_use_for_any_more_is_named_and_not_shown(home: Path) -> None:
    """It may be all there is of it, as Microsoft shows a secret once: it is not deleted unasked."""
    run(home, *TYPED, typed=f"{SECRET}\n")
    _, out, _ = run(home, *BY_GRAPH, "--secret-env", "SG_SECRET", "--yes")
    assert f"Email no longer uses {home / SECRET_FILE}" in out
    assert SECRET not in out
    assert (home / SECRET_FILE).read_text() == f"{SECRET}\n"


def test_ctrl_c_changes_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(question: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(setup.answers, "at_a_terminal", lambda: True)
    with pytest.raises(KeyboardInterrupt):
        called(setup.mail_setup, aside={"ask": stopped}, **NO_OPTIONS, yes=False, home=home)
    assert (home / "schoolgate.toml").read_text() == OURS


@pytest.mark.usefixtures("answers")
def test_a_new_secret_is_all_that_a_year_later_is_asked_of_a_script(home: Path) -> None:
    graph = ("--way", "graph", "--secret-file", "-", "--yes")
    run(home, *graph, "--client-id", CLIENT, "--tenant", "example.org", typed=SECRET)
    before = mail_of(home)
    run(home, *graph, typed="another-Value")
    assert mail_of(home) == before
    assert (home / SECRET_FILE).read_text() == "another-Value\n"


def test_what_is_there_is_proposed_again_but_not_to_another_server() -> None:
    now = MailSettings(
        host="relay.example.org", port=2465, security="tls", sender=HERE, user="sg",
        password_file="p",
    )  # fmt: skip
    answers = {
        "Its number": "3", "address": "", "name": "", "port": "",
        "encryption of the connection": "", "user": "", "password": "x",
    }  # fmt: skip
    there = {"host": "relay.example.org", "port": 2465, "security": "tls", "user": "sg"}
    chosen, _ = answered(answers, now=now)
    assert chosen.values == {"sender": HERE, **there}
    chosen, _ = answered({**answers, "port": "587"}, now=now)
    assert chosen.values == {"sender": HERE, **there, "port": 587, "security": "starttls"}
    chosen, _ = answered({**answers, "name": "new.example.org"}, now=now)
    assert chosen.values == {
        "sender": HERE, "host": "new.example.org", "port": 587, "security": "starttls",
    }  # fmt: skip


@for_each(("now", "proposed_"), [
        (MailSettings(sign_in="xoauth2", host="smtp.office365.com", sender=HERE, tenant="example.org",
                   client_id=CLIENT, secret_file="s"), "xoauth2"),
        (MailSettings(host="smtp.office365.com", sender=HERE, user=HERE, password_file="s"), "graph"),
    ])  # fmt: skip
def test_the_way_that_is_there_is_proposed_unless_it_is_the_one_that_ends(
    now: MailSettings, proposed_: str
) -> None:
    found = ProposedProvider(MICROSOFT, "nothing")
    chosen, _ = answered(AT_MICROSOFT, found, now=now)
    assert asking.sending_way(MailSettings.model_validate(chosen.values)).name == proposed_


def test_what_is_there_stays_after_a_no(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = OURS + '\n[mail]\nhost = "old.example.org"\nsender = "sg@example.org"\n'
    (home / "schoolgate.toml").write_text(there)
    monkeypatch.setattr(setup.answers, "at_a_terminal", lambda: True)
    monkeypatch.setattr("monitor.terminal.answers.ask_at_terminal", lambda question: "n")
    code, said = called(setup.mail_setup, **NO_OPTIONS, yes=False, home=home)
    assert (code, said[-1]) == (0, "Nothing was changed.")
    assert (home / "schoolgate.toml").read_text() == there


def test_a_secret_id_that_is_typed_is_said_to_be_one_and_asked_again() -> None:
    typed, said = iter((CLIENT, SECRET)), []
    questions = asking.MailQuestions(
        asking.MailOptions({**NOTHING, "way": "graph", "client-id": CLIENT}), lambda _: "",
        lambda _: next(typed), said.append,
    )  # fmt: skip
    assert questions.choice(UNKNOWN, HERE).secret == SECRET
    assert said[0].startswith("This is the Secret ID.")


def test_at_a_terminal_a_secret_is_never_read_where_it_shows(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """“-” is standard input, and at a terminal that shows what is typed: it is asked for unseen."""
    asked: list[str] = []

    def unseen(question: str) -> str:
        asked.append(question)
        return LETTERS

    monkeypatch.setattr(setup.answers, "at_a_terminal", lambda: True)
    given = {**NO_OPTIONS, "way": "app-password", "secret_file": Path("-")}
    called(setup.mail_setup, aside={"ask_secret": unseen, "ask": lambda _: ""}, **given, yes=False, home=home)
    assert asked == ["The app password (it is not shown as you type)"]
    assert (home / SECRET_FILE).read_text() == "abcdefghijklmnop\n"


def test_a_server_that_takes_us_ends_with_how_to_send_one_mail(home: Path) -> None:
    with post_office() as office:
        code, out, _ = run(home, "--way", "relay", "--host", "localhost", "--port", str(office.port),
                           "--security", "none", "--yes")  # fmt: skip
        assert office.taken == []
    assert code == 0
    assert "The mail server answers (localhost, port" in out
    assert "To send one email: schoolgate mail test head" in out


@for_each(
    ("domain", "provider"),
    [
        ("oakfield.onmicrosoft.com", MICROSOFT),
        ("gmail.com", GOOGLE),
        ("oakfield.example.org", None),
        (None, None),
    ],
)
def test_a_provider_is_proposed_only_where_the_name_tells(domain: str | None, provider: str | None) -> None:
    def knows_nothing(host: str, port: int) -> list[str]:
        raise OSError

    found = propose_provider(domain, knows_nothing)
    assert found.provider == provider
    assert found.why


def test_microsoft_is_proposed_where_the_name_server_knows_the_domains_entrance() -> None:
    asked: list[str] = []

    def knows(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["192.0.2.1"]

    found = propose_provider("oakfield.example.org", knows)
    assert found.provider == MICROSOFT
    assert asked == ["oakfield-example-org.mail.protection.outlook.com"]


def test_every_way_has_a_name_that_the_help_tells() -> None:
    _, out, _ = ended(["mail", "setup", "--help"])
    assert all(way in " ".join(out.replace("│", " ").split()) for way in WAYS)


def test_a_secret_that_is_asked_for_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    from monitor.terminal import output

    given: dict[str, object] = {}
    monkeypatch.setattr(output.typer, "prompt", lambda said, **more: given.update(more) or "x")
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    setup.ask_secret("The app password")
    assert given["hide_input"] is True
