"""A service that cannot begin, and is begun again and again: people are told of that too."""

import socket
from datetime import timedelta

import pytest
from builders.config import SCHOOL, SOURCE, write
from builders.home import a_migrated_store, migrated
from builders.mention import NOW, Clock, a_store
from support.mail_server import post_office

from data.errors import SchoolgateError
from data.store.engine import leases
from data.store.engine.leases import Lease
from data.store.engine.migrate import migrate
from data.store.engine.migrations import MIGRATIONS
from monitor.service.serve import serve
from monitor.service.state import notebook
from monitor.service.state.holder import NAME

HEAD = """
[[people]]
id = "head"
name = "Jane Holt"
roles = ["head"]
email = "head@example.org"
"""


@pytest.fixture
def office():
    with post_office() as office:
        yield office


@pytest.fixture
def taken():
    """A port that another program has."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def begin_for_half_an_hour(home, office, port):
    """Every five minutes, as whatever begins it anew does; gives what the mails said."""
    clock = Clock()
    mail = f'[mail]\nhost = "localhost"\nport = {office.port}\nsecurity = "none"\nsender = "sg@example.org"\n'
    path = write(home, SCHOOL + SOURCE + HEAD + mail + f"[serve]\nhealth_port = {port}\n")
    for _ in range(7):
        with pytest.raises(SchoolgateError):
            serve(home, path, say=print, clock=clock)
        clock.at += timedelta(minutes=5)
    return [taken.mail.get_body(("plain",)).get_content() for taken in office.taken]


def test_a_store_that_is_damaged_is_told_of_once(tmp_path, office, taken):
    (tmp_path / "schoolgate.duckdb").write_bytes(b"no store at all" * 1000)
    (said,) = begin_for_half_an_hour(tmp_path, office, taken)
    assert "Since Tuesday 17 November, 09:00, nothing could be saved or sent" in said


def test_an_address_that_another_program_has_is_told_of_once(tmp_path, office, taken):
    a_migrated_store(tmp_path)
    (said,) = begin_for_half_an_hour(tmp_path, office, taken)
    assert "Since Tuesday 17 November, 09:00, Schoolgate did not run" in said
    assert "Posts may be waiting that nobody has looked at." in said


def test_a_store_of_a_newer_version_is_told_of_at_once_and_once(tmp_path, office, taken):
    store = a_migrated_store(tmp_path)
    with store.alone("act as a newer version") as con:
        con.execute("INSERT INTO migrations VALUES (99, 'from_the_future', now())")
    (said,) = begin_for_half_an_hour(tmp_path, office, taken)
    assert "Since Tuesday 17 November, 09:00, nothing could be saved or sent" in said
    assert office.taken[0].mail["Date"].startswith("Tue, 17 Nov 2026 09:00")


def test_a_service_of_an_older_version_that_runs_is_no_trouble(tmp_path, office, taken):
    store = a_store(tmp_path)
    with store.alone("as an older version", create=True) as con:
        migrate(con, store.path, MIGRATIONS[:-1], NOW)
        leases.take(con, Lease(NAME, "PID 7 on elsewhere", NOW, NOW + timedelta(days=1)))
    assert begin_for_half_an_hour(tmp_path, office, taken) == []
    assert notebook.read(tmp_path).waiting == ()


def test_a_second_service_is_no_trouble(tmp_path, office, taken):
    store = a_store(tmp_path)
    migrated(store)
    with store.write("another's") as con:
        leases.take(con, Lease(NAME, "PID 7 on elsewhere", NOW, NOW + timedelta(days=1)))
    assert begin_for_half_an_hour(tmp_path, office, taken) == []
    assert notebook.read(tmp_path).waiting == ()
