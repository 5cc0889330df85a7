"""What `status` is told while the store cannot be had."""

import socket
import time
from datetime import timedelta

import pytest
from builders.config import PERSON, SCHOOL, SOURCE, write
from builders.home import a_migrated_store
from builders.mention import NOW, Clock, a_store
from support.documents import content
from support.web_server import Answer, serve

from alerts.notices.book import Book, Notice
from data.effects import utc_now
from data.errors import StoreError
from data.types import Trouble
from monitor.cli.commands import service as command
from monitor.service.state import holder, notebook
from monitor.service.state.health import STALE, Health
from monitor.service.state.holder import HOME_HEADER, complaints_of, known_as
from monitor.service.web import Web, health_app


@pytest.fixture
def home(tmp_path):
    a_migrated_store(tmp_path)
    return tmp_path


@pytest.fixture
def served(home):
    """A service's own health, answered at a port that the home's configuration names."""
    health, clock = Health(NOW), Clock()
    for work in STALE:
        health.ended(work, NOW)
    web = Web(health_app(health, clock, known_as(home)), "127.0.0.1", 0, "[serve] health_port")
    web.start()
    write(home, SCHOOL + SOURCE + PERSON + f"[serve]\nhealth_port = {web.port}\n")
    yield health, web.port
    web.stop()


def status(home, *, as_json=False, clock=None):
    said = []
    code = command.run(home=home, config=None, as_json=as_json, say=said.append, clock=clock or Clock())
    return code, "\n".join(said)


def test_a_service_of_another_home_is_not_taken_for_ours(home, served, tmp_path_factory):
    _, port = served
    assert complaints_of(home, port) == ()
    assert complaints_of(tmp_path_factory.mktemp("other"), port) is None


def test_where_nobody_answers_that_is_known_soon(home):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        began = time.monotonic()
        assert complaints_of(home, mute.getsockname()[1], wait_s=0.3) is None
        assert time.monotonic() - began < 2


def test_what_answers_without_end_or_points_elsewhere_is_not_followed(home):
    """Another program of this machine has the port."""

    def drip(exchange):
        exchange.write(b"HTTP/1.1 503 X\r\n")
        while exchange.wait(0.1):
            exchange.write(b"A: b\r\n")

    with serve({"/healthz": drip, "/elsewhere": b"ok"}) as site:
        began = time.monotonic()
        assert complaints_of(home, site.port, wait_s=0.5) is None
        assert time.monotonic() - began < 3
    with serve({"/healthz": Answer(302, b"", {"Location": "/elsewhere"}), "/elsewhere": b"ok"}) as site:
        assert complaints_of(home, site.port) is None
        assert site.paths == ["/healthz"]


def test_what_another_program_says_in_our_name_cannot_steer_the_terminal(home):
    told = Answer(503, b"judge\x1b[2J fails\n\nx", {HOME_HEADER: known_as(home)})
    with serve({"/healthz": told}) as site:
        assert complaints_of(home, site.port) == ("judge [2J fails", "x")


def test_what_the_service_complains_of_is_told_and_ends_with_1(home, served):
    health, _ = served
    health.failed("judge", NOW, "OSError")
    code, said = status(home)
    assert code == 1
    why = "since 2026-11-17 09:00 UTC, nothing that we read could be judged (judge: OSError)"
    assert f"It is not well:\n  {why}\n" in said
    assert content(status(home, as_json=True)[1])["complaints"] == [
        "since 2026-11-17 09:00 UTC, nothing that we read could be judged (judge: OSError)"
    ]


def test_a_store_that_is_held_is_not_waited_for_longer_than_three_seconds(home, served):
    with a_store(home).write("test"):
        began = time.monotonic()
        code, said = status(home, clock=utc_now)
        assert time.monotonic() - began < 6
        real = status(home, as_json=True, clock=utc_now)
    assert code == 1
    assert said.startswith("The service runs: it answers on this machine.\nThe store cannot be read now: ")
    assert "is held by" in said
    document = content(real[1])
    assert (document["running"], document["exit"]) == (True, 1)


def test_a_service_that_answers_but_cannot_write_its_sign_of_life_runs_all_the_same(home, served):
    health, _ = served
    holder.take(a_store(home), NOW)
    health.failed("beat", NOW, "StoreError")
    code, said = status(home, clock=Clock(NOW + timedelta(minutes=10)))
    assert code == 1
    assert said.startswith(
        "The service runs: it answers on this machine. "
        "Its last sign of life in the store is of Tue 17 Nov 2026, 09:00.\n"
    )


def test_what_people_were_told_of_is_known_without_service_and_store(tmp_path):
    write(tmp_path, SCHOOL + SOURCE + PERSON)
    with pytest.raises(StoreError, match="no store"):
        status(tmp_path)
    trouble = Trouble("save", NOW, "StoreError")
    notebook.Notebook(tmp_path).keep(Book(notices=(Notice(NOW + timedelta(minutes=15), (trouble,)),)))
    code, said = status(tmp_path)
    assert code == 1
    assert "people were told: since Tue 17 Nov 2026, 09:00, nothing could be saved" in said
