"""Secrets come from the environment or a file, and never show."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders.config import MAIL, PERSON, SCHOOL, SOURCE, faults, read

from data.errors import ConfigError

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
