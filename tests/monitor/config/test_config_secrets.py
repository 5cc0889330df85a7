"""Secrets come from the environment or a file, and never show; how mail and people sign in."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders.config import MAIL, PERSON, SCHOOL, SOURCE, faults, read
from support.for_each import for_each
from support.oidc_provider import CLIENT, TENANT

from data.errors import ConfigError
from monitor.config.model import SignInSettings
from monitor.config.settings import Secret

PLANTED = "Hunter2-planted"
SECRETS = {
    "a password": SCHOOL + MAIL + f'password = "{PLANTED}"\n',
    "a password in place of a variable's name": SCHOOL + MAIL + f'password_env = "{PLANTED}"\n',
    "a password in an address": SCHOOL + SOURCE.replace("https://", f"https://me:{PLANTED}@"),
    "a key in a source's settings": SCHOOL + SOURCE + f'settings = {{ api_key = "{PLANTED}" }}\n',
    "a token in a table nobody knows": SCHOOL + f'[extra]\ntoken = "{PLANTED}"\n',
    "a password on a line that is not TOML": SCHOOL + MAIL + f"password = {PLANTED}\n",
    "a password under a misspelt key": SCHOOL + MAIL + f'pasword = "{PLANTED}"\n',
    "an address of a chat": SCHOOL + PERSON + f'chat = "ntfys://tk_{PLANTED}@ntfy.example.org/t"\n',
    "an address of a chat in place of a variable": SCHOOL + PERSON + f'chat_env = "tgram://1:{PLANTED}/2"\n',
    "an address of a chat in place of a file": SCHOOL + PERSON + f'chat_file = "ntfy://{PLANTED}"\n',
    "an address of a chat under a misspelt key": SCHOOL + PERSON + f'chat_evn = "ntfy://{PLANTED}"\n',
    "an address of a chat as a number": SCHOOL + PERSON + f'chat_env = ["ntfy://{PLANTED}"]\n',
    "an address of a heartbeat that is not private": SCHOOL
    + f'[serve]\nheartbeat_url = "http://beats.example.org/{PLANTED}"\n',
    "an address of a heartbeat under a misspelt key": SCHOOL
    + f'[serve]\nheartbeat = "https://beats.example.org/{PLANTED}"\n',
    "an address of a heartbeat in place of a variable": SCHOOL
    + f'[serve]\nheartbeat_env = "https://beats.example.org/{PLANTED}"\n',
    "a key in a broken address": SCHOOL
    + SOURCE.replace("https://example.org/feed.xml", f"ftp://x?key={PLANTED}"),
}


@pytest.mark.parametrize("text", SECRETS.values(), ids=SECRETS.keys())
def test_a_secret_in_the_file_is_refused_and_not_repeated(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)
    error: BaseException | None = caught.value
    while error is not None:
        assert PLANTED not in f"{error!s} {error!r}"
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def test_a_password_written_into_the_file_says_where_it_belongs(tmp_path: Path) -> None:
    (told,) = faults(tmp_path, SCHOOL + MAIL + 'password = "x"\n')
    assert 'password_env = "SCHOOLGATE_SMTP_PASSWORD"' in told
    assert "(line 7)" in told


def test_a_password_comes_from_the_environment_and_never_shows(tmp_path: Path) -> None:
    config = read(tmp_path, SCHOOL + MAIL + "password_env = 'SMTP_PASSWORD'\n", SMTP_PASSWORD=PLANTED)
    assert config.mail_password is not None
    assert config.mail_password.get_secret_value() == PLANTED
    assert PLANTED not in f"{config!r} {config!s}"


def test_a_password_comes_from_the_first_line_of_a_file_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "smtp-password").write_text(f"{PLANTED}\n")
    config = read(tmp_path, SCHOOL + MAIL + "password_file = 'smtp-password'\n")
    assert config.mail_password is not None
    assert config.mail_password.get_secret_value() == PLANTED
    assert PLANTED not in repr(config)


@pytest.mark.parametrize("key", ["password_env = 'NOT_SET'", "password_file = 'not-there'"])
def test_a_password_that_is_not_there_is_none(tmp_path: Path, key: str) -> None:
    assert read(tmp_path, SCHOOL + MAIL + key + "\n").mail_password is None


def test_an_address_of_a_chat_written_into_the_file_says_where_it_belongs(tmp_path: Path) -> None:
    (told,) = faults(tmp_path, SCHOOL + PERSON + 'chat = "ntfy://oakfield-dsl"\n')
    assert 'chat_env = "SCHOOLGATE_CHAT_DSL"' in told
    assert "(line 8)" in told


def test_a_chat_comes_from_the_environment_or_a_file_and_never_shows(tmp_path: Path) -> None:
    (tmp_path / "chat-it").write_text(f"ntfy://{PLANTED}\n")
    people = (
        PERSON
        + "chat_env = 'CHAT_HEAD'\n"
        + PERSON.replace('"head"', '"it"', 1).replace('["head"]', '["it_lead"]')
        + "chat_file = 'chat-it'\n"
    )
    config = read(tmp_path, SCHOOL + people, CHAT_HEAD=f"ntfy://{PLANTED}")
    assert {k: v.get_secret_value() for k, v in config.chats.items()} == dict.fromkeys(
        ("head", "it"), f"ntfy://{PLANTED}"
    )
    assert PLANTED not in f"{config!r} {config!s}"
    assert config.chat_files == {"it": tmp_path / "chat-it"}
    assert config.beside() == {"head": frozenset({"it"}), "it": frozenset({"head"})}


@pytest.mark.parametrize("key", ["chat_env = 'NOT_SET'", "chat_file = 'not-there'"])
def test_a_chat_that_cannot_be_read_is_remembered_by_person(tmp_path: Path, key: str) -> None:
    config = read(tmp_path, SCHOOL + PERSON + key + "\n")
    assert (dict(config.chats), config.unreadable_chats) == ({}, ("head",))


@pytest.mark.parametrize("by", ["url", "env", "file"])
def test_the_address_of_a_heartbeat_never_shows(tmp_path: Path, by: str) -> None:
    address = f"https://beats.example.org/{PLANTED}"
    (tmp_path / "beat").write_text(f"{address}\n")
    value = {"url": address, "env": "BEAT", "file": "beat"}[by]
    config = read(tmp_path, SCHOOL + f'[serve]\nheartbeat_{by} = "{value}"\n', BEAT=address)
    assert config.heartbeat is not None
    assert config.heartbeat.get_secret_value() == address
    assert PLANTED not in f"{config!r} {config!s}"


def test_the_heartbeat_may_go_to_this_machine_without_tls(tmp_path: Path) -> None:
    config = read(tmp_path, SCHOOL + '[serve]\nheartbeat_url = "http://127.0.0.1:3001/push/x"\n')
    assert config.heartbeat is not None


# ------------------------------------------------------------ [mail], three ways of signing in


APP = 'tenant = "oakfield.example.sch.uk"\nclient_id = "00001111-aaaa-2222-bbbb-3333cccc4444"\n'
SECRET = 'secret_file = "mail-secret"\n'
GRAPH = '[mail]\nsign_in = "graph"\nsender = "sg@example.sch.uk"\n'
XOAUTH2 = MAIL + 'sign_in = "xoauth2"\n'

WORKS = {
    "password": MAIL,
    "password, named": MAIL + 'sign_in = "password"\nuser = "sg"\npassword_file = "p"\n',
    "xoauth2 with a secret in a variable": XOAUTH2 + APP + 'secret_env = "MAIL_SECRET"\n',
    "xoauth2 of another mailbox": XOAUTH2 + APP + SECRET + 'user = "box@example.sch.uk"\nport = 25\n',
    "graph with a secret in a file": GRAPH + APP + SECRET,
    "graph with a certificate": GRAPH + APP + 'certificate_file = "app.pem"\n',
    "a tenant by its number": GRAPH
    + APP.replace("oakfield.example.sch.uk", "aaaabbbb-0000-cccc-1111-dddd2222eeee")
    + SECRET,
}

REFUSED = {
    "no server": (MAIL.replace('host = "smtp.example.org"\n', ""), "host", "is missing. Add it, for example"),
    "xoauth2 without a server": (XOAUTH2.replace('host = "smtp.example.org"\n', "") + APP + SECRET, "host",
        "is missing. Add it"),
    "xoauth2 without a tenant": (XOAUTH2 + APP.partition("\n")[2] + SECRET, "tenant",
        "is missing. Add it, for example: tenant ="),
    "graph without an application": (GRAPH + APP.partition("\n")[0] + "\n" + SECRET, "client_id",
        "is missing. Add it, for example: client_id"),
    "graph without a secret": (GRAPH + APP, "secret_file",
        "is missing: what the application signs in with. Add, for example: secret_file"),
    "a secret and a certificate": (GRAPH + APP + SECRET + 'certificate_file = "app.pem"\n',
        "certificate_file", "“secret_file” is given too. Keep one of them."),
    "a secret in two places": (XOAUTH2 + APP + SECRET + 'secret_env = "MAIL_SECRET"\n', "secret_file",
        "“secret_env” is given too. Keep one of them."),
    "graph with a mail server": (GRAPH + APP + SECRET + 'host = "smtp.example.org"\n', "host",
        'is for a mail server, and sign_in = "graph" needs none. Remove this line.'),
    "graph with a port": (GRAPH + APP + SECRET + "port = 587\n", "port", "is for a mail server"),
    "graph with a user": (GRAPH + APP + SECRET + 'user = "sg"\n', "user", "is for a mail server"),
    "graph with a password": (GRAPH + APP + SECRET + 'password_file = "p"\n', "password_file",
        "is for a mail server"),
    "xoauth2 with a password": (XOAUTH2 + APP + SECRET + 'password_env = "SMTP_PASSWORD"\n', "password_env",
        'is for sign_in = "password"; here a token stands in its place. Remove this line.'),
    "a password with a tenant": (MAIL + 'tenant = "oakfield.example.sch.uk"\n', "tenant",
        'this signs in with a password. Write: sign_in = "graph", or "xoauth2"; or remove this line.'),
    "a password with a secret": (MAIL + SECRET, "secret_file", "belongs to an application of Microsoft 365"),
    "another way": (MAIL + 'sign_in = "oauth"\n', "sign_in",
        "“oauth” is not known here. Did you mean “xoauth2”?"),
    "a tenant that is an address": (GRAPH + APP.replace("oakfield.", "https://oakfield.") + SECRET, "tenant",
        "is not a tenant: its number"),
    "a tenant of everybody": (GRAPH + APP.replace("oakfield.example.sch.uk", "common") + SECRET, "tenant",
        "is not a tenant"),
    "an application by name": (
        GRAPH + APP.replace("00001111-aaaa-2222-bbbb-3333cccc4444", "Schoolgate") + SECRET, "client_id",
        "“Schoolgate” is not the number of an application"),
    "xoauth2 for all to read": (XOAUTH2 + APP + SECRET + 'security = "none"\n', "security",
        "“none” sends password and mails for all to read"),
    "a secret in the file": (
        GRAPH + APP + f'client_secret = "{PLANTED}"\n',
        "client_secret",
        "a secret may not stand in this file. Put it into an environment variable and write that one's name: "
        'secret_env = "SCHOOLGATE_MAIL_SECRET"; or into a file of its own: secret_file = "mail-secret".',
    ),
    "a secret in place of a variable's name": (GRAPH + APP + f'secret_env = "{PLANTED}"\n', "secret_env",
        "is not the name of an environment variable"),
}  # fmt: skip


@pytest.mark.parametrize("text", WORKS.values(), ids=WORKS.keys())
def test_each_way_of_signing_in_loads_with_what_it_needs(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, SCHOOL + text).mail is not None


@pytest.mark.parametrize(("text", "key", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_work_is_told_at_its_key(tmp_path: Path, text: str, key: str, told: str) -> None:
    found = [line for line in faults(tmp_path, SCHOOL + text) if f"[mail], “{key}” (line " in line]
    assert len(found) == 1
    assert told in found[0]
    assert PLANTED not in found[0]


def test_a_secret_comes_from_elsewhere_and_never_shows(tmp_path: Path) -> None:
    (tmp_path / "mail-secret").write_text(f"{PLANTED}\n")
    by_file = read(tmp_path, SCHOOL + GRAPH + APP + SECRET)
    by_env = read(tmp_path, SCHOOL + GRAPH + APP + 'secret_env = "MAIL_SECRET"\n', MAIL_SECRET=PLANTED)
    for config in (by_file, by_env):
        assert config.mail_secret is not None
        assert config.mail_secret.get_secret_value() == PLANTED
        assert PLANTED not in f"{config!r} {config!s}"
    assert read(tmp_path, SCHOOL + GRAPH + APP + 'secret_env = "NOT_SET"\n').mail_secret is None


# ----------------------------------------------------------------------------------- [sign_in]


BASE = 'base_url = "https://schoolgate.example.sch.uk"\n'
APPLICATION = f'tenant = "{TENANT}"\nclient_id = "{CLIENT}"\n'
GRAPH_MAIL = '[mail]\nsign_in = "graph"\nsender = "sg@example.sch.uk"\n' + APPLICATION
MICROSOFT = '[sign_in]\nprovider = "microsoft"\n'
GOOGLE = '[sign_in]\nprovider = "google"\nclient_id = "0-a.apps.example.org"\nsecret_env = "OF_GOOGLE"\n'
DOMAIN = 'domain = "Oakfield.example.org"\n'


def test_google_is_known_by_the_schools_domain(tmp_path: Path) -> None:
    config = read(tmp_path, BASE + SCHOOL + GOOGLE + DOMAIN, OF_GOOGLE="theirs")
    assert config.sign_in == SignInSettings(
        provider="google", domain="oakfield.example.org", client_id="0-a.apps.example.org",
        secret_env="OF_GOOGLE",
    )  # fmt: skip
    assert config.sign_in_secret == Secret("theirs")


def test_microsoft_takes_from_the_mail_what_it_lacks(tmp_path: Path) -> None:
    (tmp_path / "mail-secret").write_text("of mail\n")
    mail = GRAPH_MAIL + 'secret_file = "mail-secret"\n'
    config = read(tmp_path, BASE + SCHOOL + mail + MICROSOFT)
    assert (config.sign_in.tenant, config.sign_in.client_id) == (TENANT, CLIENT)
    assert config.sign_in_secret == Secret("of mail")
    own = read(tmp_path, BASE + SCHOOL + mail + MICROSOFT + 'secret_env = "OWN"\n', OWN="of its own")
    assert own.sign_in_secret == Secret("of its own")
    assert own.sign_in.secret_file is None


def test_google_takes_nothing_from_the_mail(tmp_path: Path) -> None:
    mail = GRAPH_MAIL + 'secret_env = "OF_MAIL"\n'
    config = read(tmp_path, BASE + SCHOOL + mail + GOOGLE + DOMAIN, OF_MAIL="of mail", OF_GOOGLE="theirs")
    assert (config.sign_in.tenant, config.sign_in_secret) == (None, Secret("theirs"))


def test_without_the_table_nobody_signs_in_so(tmp_path: Path) -> None:
    config = read(tmp_path, SCHOOL)
    assert (config.sign_in, config.sign_in_secret) == (None, None)


def test_a_change_of_its_secret_is_a_change_of_the_settings(tmp_path: Path) -> None:
    file = 'secret_file = "sign-in-secret"\n'
    config = read(tmp_path, BASE + SCHOOL + MICROSOFT + APPLICATION + file)
    assert tmp_path / "sign-in-secret" in config.secret_files()
    assert config.sign_in_secret is None


def test_a_person_may_sign_in_under_another_name_than_that_of_their_mail(tmp_path: Path) -> None:
    (person,) = read(tmp_path, SCHOOL + PERSON + 'account = "a.example@example.sch.uk"\n').people
    assert (person.account, person.email) == ("a.example@example.sch.uk", None)


CANNOT_WORK = (
    (BASE, MICROSOFT + 'secret_env = "S"\n', "“tenant”… is missing"),
    (BASE, MICROSOFT + f'tenant = "{TENANT}"\nsecret_env = "S"\n', "“client_id”… is missing"),
    (BASE, MICROSOFT + APPLICATION, "“secret_file”… is missing"),
    (BASE, GRAPH_MAIL + 'certificate_file = "c.pem"\n' + MICROSOFT, "“secret_file”… is missing"),
    (BASE, MICROSOFT + APPLICATION + 'secret_env = "S"\nsecret_file = "s"\n', "“secret_env” is given too"),
    (BASE, MICROSOFT + APPLICATION + 'secret_env = "S"\n' + DOMAIN, "is not for “microsoft”"),
    (BASE, MICROSOFT + APPLICATION + 'secret = "planted-in-the-file"\n', "may not stand in this file"),
    (BASE, GOOGLE, "“domain”… is missing"),
    (BASE, GOOGLE + DOMAIN + f'tenant = "{TENANT}"\n', "is not for “google”"),
    (BASE, '[sign_in]\nprovider = "facebook"\n', "provider"),
    ("", GOOGLE + DOMAIN, "base_url ="),
)  # fmt: skip


@for_each(("top", "table", "told"), CANNOT_WORK)
def test_what_cannot_work_is_told(tmp_path: Path, top: str, table: str, told: str) -> None:
    found = faults(tmp_path, top + SCHOOL + table)
    assert any(all(part in fault for part in told.split("…")) for fault in found), found
    assert "planted-in-the-file" not in "".join(found)
