"""`schoolgate status`: who holds a home, and what is told while the store cannot be had."""

import os
import platform
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from threading import Event
from types import SimpleNamespace
from unittest.mock import patch

import pytest
from builders.config import MAIL, PERSON, SCHOOL, SOURCE, write
from builders.home import a_migrated_store, do_in, migrated
from builders.mention import NOW as TUESDAY
from builders.mention import Clock, a_message, a_run, a_store
from support.documents import content
from support.web_server import Answer, serve

from alerts.links import Links
from alerts.notices.book import Book, Notice
from data.digest import Window
from data.effects import utc_now
from data.errors import SchoolgateError, StoreError
from data.store import sources as source_store
from data.store.engine.turn import Lease, take_lease
from data.store.outbox import put_outbox
from data.types import Outcome, Trouble
from monitor.cli.commands import service as command
from monitor.config.load import load_file
from monitor.matters.today import due_of, gather_day
from monitor.service import notebook
from monitor.service.health import STALE, Health, figures, read_status
from monitor.service.notebook import HOME_HEADER, Notebook, complaints_of, known_as
from monitor.service.serve import Running
from monitor.service.web import Web, health_app
from monitor.setup.check_machine import silent
from monitor.terminal import output
from monitor.terminal.wording import utc_json

NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)  # a Friday


@pytest.fixture
def clock():
    return Clock(NOW)


@pytest.fixture
def store(tmp_path, clock):
    write(tmp_path, SCHOOL + SOURCE + PERSON)
    store = a_store(tmp_path, clock)
    migrated(store)
    return store


def run(store, clock, *, as_json=False):
    return asked_status(store.home, as_json=as_json, clock=clock)


def document(store, clock):
    return content(run(store, clock, as_json=True)[1])


def waiting():
    return a_message(due_at=NOW - timedelta(hours=3), expires_at=NOW + timedelta(hours=21))


def test_a_service_that_runs_is_named_and_one_that_gave_no_sign_for_long_does_not_run(store, clock):
    code, said = run(store, clock)
    assert code == 1
    assert said.startswith(
        "The service does not run. To start it: schoolgate serve\nThe first look at 1 place"
    )
    notebook.take_lease(store, NOW)
    clock.at += timedelta(seconds=40)
    before = store.path.read_bytes()
    code, said = run(store, clock)
    assert code == 0
    assert f"The service runs: PID {os.getpid()} on {platform.node()}, since Fri 20 Nov 2026, 12:30" in said
    clock.at += timedelta(seconds=51)
    code, said = run(store, clock)
    assert code == 1
    assert "last gave a sign" in said
    assert store.path.read_bytes() == before, "it writes nothing"


def test_a_source_that_could_not_be_seen_is_told_with_since_when(store, clock):
    with store.write("test") as con:
        source_store.record_runs(con, [a_run("gazette", NOW - timedelta(days=2))])
        source_store.record_runs(con, [a_run("gazette", NOW - timedelta(hours=1), outcome=Outcome.BLOCKED)])
    assert "gazette   Wed 18 Nov, 12:30  blocked" in run(store, clock)[1]
    assert document(store, clock)["not_seen"][0]["since"] == "2026-11-18T12:30:00Z"


def test_a_source_that_was_read_in_part_is_told_with_what_was_not_read_and_is_well(store, clock):
    run_in_part = a_run("gazette", NOW, outcome=Outcome.PARTLY, detail="8 of 9 items were read.")
    notebook.take_lease(store, NOW)
    do_in(store, source_store.record_runs, [run_in_part])
    code, said = run(store, clock)
    assert code == 0
    assert "read in part: 8 of 9 items were read." in " ".join(said.split())


def reads(store, *days_ago, new=True, source="gazette"):
    """Good runs so many days ago, which brought something new or not."""
    runs = [a_run(source, NOW - timedelta(days=n), mentions_new=int(new)) for n in days_ago]
    do_in(store, source_store.record_runs, runs)


def surfaces(store, now):
    """What status, the figures of /metrics, doctor and the morning's digest say of silence."""
    settings = load_file(store.home / "schoolgate.toml", {})
    with store.open_reader() as con:
        states = source_store.states(con, ["gazette"])
        shown = [n.why for n in read_status(con, settings, now).not_seen]
        due = due_of(settings, settings.schools[0], now.date())
        window = Window(now - timedelta(days=1), now)
        told = gather_day(con, settings, settings.schools[0], due, window, now, {}, Links()).not_seen
        counted = figures(con, settings, states, now).not_seen
    return shown, counted, len(silent(settings, states, now, {})), [n.why.value for n in told]


def test_status_metrics_doctor_and_digest_say_the_same_of_silence(store):
    reads(store, *range(4, 60))
    reads(store, 0, 1, 2, 3, new=False)
    assert surfaces(store, NOW) == (["silent"], 1, 1, ["silent"])


def test_after_a_quiet_weekend_nobody_says_that_a_place_is_silent(store):
    reads(store, *range(6, 60))  # until the Saturday before
    reads(store, 4, 5, new=False)
    assert surfaces(store, NOW - timedelta(days=4)) == ([], 0, 0, [])


def test_of_a_place_that_is_too_new_status_says_that_nobody_can_tell(store, clock):
    reads(store, *range(0, 20))
    assert (
        "Too new to tell whether they are silent: read for less than four school weeks: gazette."
        in run(store, clock)[1]
    )
    assert document(store, clock)["too_new"] == ["gazette"]


def test_the_metric_counts_the_places_that_status_lists_whoever_asked_them(store, clock):
    """Each minute anew: a scan by hand beside the service may have found them blocked, or open again."""
    settings = load_file(store.home / "schoolgate.toml", {})
    service = SimpleNamespace(context=SimpleNamespace(config=settings), health=Health(NOW))
    idle = SimpleNamespace(let_go=lambda: False)
    running = Running(
        service, store=store, lease=notebook.take_lease(store, NOW), scorer=idle, reload=lambda: None,
        let_go=lambda: None, clock=clock, ending=Event(),
    )  # fmt: skip
    for outcome, wanted in ((Outcome.BLOCKED, 1), (Outcome.OK, 0), (Outcome.PARTLY, 1), (Outcome.GONE, 1)):
        do_in(store, source_store.record_runs, [a_run("gazette", clock.at, outcome=outcome)])
        clock.at += timedelta(minutes=1)
        running._beat()
        assert service.health.figures.not_seen == len(document(store, clock)["not_seen"]) == wanted


def test_what_is_asked_next_is_told(store, clock):
    do_in(store, source_store.record_runs, [a_run("gazette", NOW)])
    (due,) = document(store, clock)["next"]
    assert due["source"] == "gazette"
    assert NOW + timedelta(minutes=13) < datetime.fromisoformat(due["at"]) <= NOW + timedelta(minutes=15)


def test_a_message_that_should_have_gone_out_makes_it_unwell(store, clock):
    notebook.take_lease(store, NOW)
    do_in(store, put_outbox, [waiting()], NOW - timedelta(minutes=9))
    write(store.home, SCHOOL + SOURCE + PERSON + MAIL)
    assert run(store, clock)[0] == 0
    clock.at += timedelta(seconds=61)
    code, said = run(store, clock)
    assert code == 1
    assert "One has been due since Fri 20 Nov 2026, 12:21" in said


def test_a_message_that_is_tried_again_and_again_makes_it_unwell_too(store, clock):
    notebook.take_lease(store, NOW)
    with store.write("test") as con:
        put_outbox(con, [waiting()], NOW - timedelta(minutes=11))
        con.execute("UPDATE outbox SET next_try_at = $next", {"next": NOW + timedelta(minutes=4)})
    write(store.home, SCHOOL + SOURCE + PERSON + MAIL)
    assert run(store, clock)[0] == 1
    with store.open_reader() as con:
        health = Health(NOW)
        health.tell(figures(con, load_file(store.home / "schoolgate.toml", {}), {}, NOW))
    assert health.complaints(NOW) == ["a message has waited since 2026-11-20 12:19 UTC"]


def test_mail_that_waits_because_no_server_is_set_up_is_told_and_no_fault_of_the_service(store, clock):
    notebook.take_lease(store, NOW)
    do_in(store, put_outbox, [waiting()], NOW - timedelta(hours=3))
    code, said = run(store, clock)
    assert code == 0
    assert "no mail server is set up. To set one up: the desk’s page /setup/mail" in said
    settings = store.home / "schoolgate.toml"
    settings.write_text(f"without_mail = true\n{settings.read_text()}")
    assert "Mail waits: nobody is sent email, as you chose." in run(store, clock)[1]


DIGESTS = {
    NOW: datetime(2026, 11, 23, 7, 30, tzinfo=UTC),  # over the weekend
    datetime(2026, 11, 23, 7, 29, tzinfo=UTC): datetime(2026, 11, 23, 7, 30, tzinfo=UTC),
    datetime(2026, 10, 23, 12, 0, tzinfo=UTC): datetime(2026, 10, 26, 7, 30, tzinfo=UTC),  # clocks back
    datetime(2027, 3, 25, 12, 0, tzinfo=UTC): datetime(2027, 3, 30, 6, 30, tzinfo=UTC),  # forward, and Easter
}


def test_the_next_digest_is_told_by_the_schools_calendar_and_clock(store, clock):
    for clock.at, digest in DIGESTS.items():
        assert document(store, clock)["next_digest"] == {"900001": utc_json(digest)}


def test_past_the_last_term_the_next_digest_is_the_next_weekdays_and_why_is_told(store, clock):
    terms = "terms = [{ first = 2026-09-02, last = 2026-12-18 }]\n"
    write(store.home, SCHOOL + terms + SOURCE + PERSON)
    clock.at = datetime(2026, 12, 18, 12, 0, tzinfo=UTC)
    assert document(store, clock)["next_digest"] == {"900001": "2026-12-21T07:30:00Z"}
    assert document(store, clock)["no_term"] == []
    clock.at = datetime(2027, 1, 11, 12, 0, tzinfo=UTC)
    assert document(store, clock)["next_digest"] == {"900001": "2027-01-12T07:30:00Z"}
    assert document(store, clock)["no_term"] == ["900001"]
    said = run(store, clock)[1]
    assert "We have no term dates for 900001: every weekday that is not a bank holiday counts." in said
    assert "To add the next: the desk’s page /terms" in said


def test_a_program_gets_a_document_whatever_state_the_store_is_in(store, clock):
    size = store.path.stat().st_size
    with store.path.open("r+b") as file:
        file.truncate(size // 2)
    code, said = run(store, clock, as_json=True)
    assert (code, content(said)["running"], content(said)["exit"]) == (1, False, 1)
    assert "then restore a backup" in content(said)["store"]
    store.path.unlink()
    code, said = run(store, clock, as_json=True)
    assert (code, "no store" in content(said)["store"]) == (1, True)


def test_a_second_service_is_refused_and_told_who_has_the_home(store):
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        lease = Lease(notebook.NAME, f"PID {other.pid} on {platform.node()}", NOW, NOW + notebook.HELD_FOR)
        do_in(store, take_lease, lease)
        with pytest.raises(SchoolgateError, match=f"PID {other.pid} on .*since 2026-11-20 12:30 UTC"):
            notebook.take_lease(store, NOW + timedelta(seconds=5))
        other.communicate(b"\n")
    assert notebook.take_lease(store, NOW + timedelta(seconds=6)).holder == notebook.me()


def test_a_service_on_another_machine_is_not_taken_to_be_gone_before_its_lease_ends(store):
    do_in(store, take_lease, Lease(notebook.NAME, "PID 999999 on elsewhere", NOW, NOW + notebook.HELD_FOR))
    with pytest.raises(SchoolgateError, match="on elsewhere"):
        notebook.take_lease(store, NOW + timedelta(seconds=89))
    assert notebook.take_lease(store, NOW + timedelta(seconds=91)).holder == notebook.me()


def test_a_service_that_begins_again_under_its_old_number_takes_its_home_back(store):
    first = notebook.take_lease(store, NOW)
    second = notebook.take_lease(store, NOW + timedelta(seconds=5))
    assert second != first
    assert notebook.renew(store, first, NOW + timedelta(seconds=10)) is None
    assert notebook.renew(store, second, NOW + timedelta(seconds=10)) is not None


# --------------------------------------------------------------------------- while the store cannot be had


@pytest.fixture
def home(tmp_path):
    a_migrated_store(tmp_path)
    return tmp_path


@pytest.fixture
def served(home):
    """A service's own health, answered at a port that the home's configuration names."""
    health, clock = Health(TUESDAY), Clock()
    for work in STALE:
        health.note_ending(work, TUESDAY)
    web = Web(health_app(health, clock, known_as(home)), "127.0.0.1", 0, "[serve] health_port")
    web.start()
    write(home, SCHOOL + SOURCE + PERSON + f"[serve]\nhealth_port = {web.port}\n")
    yield health, web.port
    web.stop()


def asked_status(home, *, as_json=False, clock=None):
    said = []
    with patch.object(output, "say", said.append):
        code = command.print_status(home=home, config=None, as_json=as_json, clock=clock or Clock())
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
    health.note_failure("judge", TUESDAY, "OSError")
    code, said = asked_status(home)
    assert code == 1
    why = "since 2026-11-17 09:00 UTC, nothing that we read could be judged (judge: OSError)"
    assert f"It has problems:\n  {why}\n" in said
    assert content(asked_status(home, as_json=True)[1])["complaints"] == [
        "since 2026-11-17 09:00 UTC, nothing that we read could be judged (judge: OSError)"
    ]


def test_a_store_that_is_held_is_not_waited_for_longer_than_three_seconds(home, served):
    with a_store(home).write("test"):
        began = time.monotonic()
        code, said = asked_status(home, clock=utc_now)
        assert time.monotonic() - began < 6
        real = asked_status(home, as_json=True, clock=utc_now)
    assert code == 1
    assert said.startswith("The service runs: it answers on this machine.\nThe store cannot be read now: ")
    assert "is held by" in said
    document = content(real[1])
    assert (document["running"], document["exit"]) == (True, 1)


def test_a_service_that_answers_but_cannot_write_its_sign_of_life_runs_all_the_same(home, served):
    health, _ = served
    notebook.take_lease(a_store(home), TUESDAY)
    health.note_failure("beat", TUESDAY, "StoreError")
    code, said = asked_status(home, clock=Clock(TUESDAY + timedelta(minutes=10)))
    assert code == 1
    assert said.startswith(
        "The service runs: it answers on this machine. "
        "Its last sign of life in the store is of Tue 17 Nov 2026, 09:00.\n"
    )


def test_what_people_were_told_of_is_known_without_service_and_store(tmp_path):
    write(tmp_path, SCHOOL + SOURCE + PERSON)
    with pytest.raises(StoreError, match="no store"):
        asked_status(tmp_path)
    assert not (tmp_path / "schoolgate.duckdb").exists()
    trouble = Trouble("save", TUESDAY, "StoreError")
    Notebook(tmp_path).keep(Book(notices=(Notice(TUESDAY + timedelta(minutes=15), (trouble,)),)))
    code, said = asked_status(tmp_path)
    assert code == 1
    assert "people were told: since Tue 17 Nov 2026, 09:00, nothing could be saved" in said
