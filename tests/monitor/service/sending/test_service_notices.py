"""Our own troubles: told past the store, in a heartbeat, and in how the service says that it is."""

import json
import logging
import re
import socket
import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import numpy as np
import pytest
from builders.config import SCHOOL, SOURCE, a_person, write
from builders.delivery import MAIL, OAKFIELD, PEOPLE, configured
from builders.home import a_migrated_store
from builders.judges import OAKFIELD as SCHOOL_JUDGED
from builders.mention import NOW, Clock, a_store
from pydantic import SecretStr
from support.mail_server import post_office
from support.web_server import Answer, serve

from alerts.delivery.results import SENT, Cause, Result, SendOutcome
from data.errors import ModelMissing, RegisterError, SchoolgateError
from data.store.engine.migrations import MIGRATIONS, migrate
from data.store.engine.turn import Lease, take_lease
from data.types import Scores, Via
from monitor.config.load import Config
from monitor.config.model import ServeSettings
from monitor.home import wiring
from monitor.service import heartbeat
from monitor.service.delivery import Ways
from monitor.service.health import SILENT, STALE, Figures, Health
from monitor.service.heartbeat import SENTENCE, Heart
from monitor.service.notebook import NAME, NOTEBOOK_NAME, read_book
from monitor.service.serve import Notices, Settings, list_shortcomings
from monitor.service.serve import run_service as serve_home
from monitor.service.web import Web, exposition, health_app, resident_bytes

MINUTE = timedelta(minutes=1)
RUNS = {"collect", "recheck", "tend", "beat"}
"""What a service that runs does all the time, beside looking what is to be sent."""


class Service:
    """What tells of one home's troubles, over its restarts. A minute passes at each look."""

    def __init__(self, home, office, **chats):
        self.home, self.office, self.clock = home, office, Clock()
        self.config = replace(configured(**chats), schools=(OAKFIELD,))
        self.short = []
        self.chat_result = SENT
        self.begin()

    def begin(self):
        self.health = Health(self.clock())
        self.ways = Ways(self.health)
        self.notices = Notices(
            self.home, self.health, lambda: self.config, self.clock, ways=self.ways, post=self.post,
            server=lambda config: self.office.server() if config.mail else None,
        )  # fmt: skip

    def post(self, message, address):
        self.short.append((address, message.body))
        return self.chat_result

    def minutes(self, n, *, fails=(), well=(), why="OSError"):
        """So many minutes in which this fails, and that ends well; the rest goes on as ever."""
        for _ in range(n):
            for work in fails:
                self.health.note_failure(work, self.clock(), why)
            down = {t.work for t in self.health.troubles(self.clock()) if t.why != SILENT}
            for work in {*well, *RUNS - down} - set(fails):
                self.health.note_ending(work, self.clock())
            for via in set(Via) - set(fails):
                self.ways.record_due(via, [], self.clock())
            self.notices.look()
            self.clock.at += MINUTE

    @property
    def mails(self):
        return [(t.to[0], str(t.mail["Subject"])) for t in self.office.taken]


STOPPED, AGAIN = "Part of Schoolgate has stopped: look today", "Schoolgate is working again: nothing to do"
MISSING, LATE = "Posts may be missing: IT is told", "Alerts may be late: IT is told"
HEAD, IT = "head@example.org", "it@example.org"


@pytest.fixture
def office():
    with post_office() as office:
        yield office


@pytest.fixture
def service(tmp_path, office):
    return Service(tmp_path, office)


def test_the_it_lead_and_the_head_are_told_once_after_a_quarter_of_an_hour_and_once_that_it_works_again(
    service,
):
    service.minutes(15, fails=["judge"])
    assert service.mails == []
    service.minutes(200, fails=["judge"])
    assert sorted(service.mails) == [(HEAD, MISSING), (IT, STOPPED)]
    service.minutes(180, well=["judge"])
    assert sorted(service.mails[2:]) == [(HEAD, AGAIN), (IT, AGAIN)]
    assert read_book(service.home).notices == ()


def test_a_restart_tells_nobody_twice_and_forgets_no_beginning(service):
    for _ in range(10):
        service.begin()
        service.minutes(4, fails=["save"], why="StoreError")
    assert len(service.mails) == 2
    body = service.office.taken[1].mail.get_body(("plain",)).get_content()
    assert "Since Tuesday 17 November, 09:00, nothing could be saved or sent" in body


def test_where_mail_is_the_trouble_a_short_message_goes_and_the_mail_follows(tmp_path, office):
    service = Service(tmp_path, office, head="json://head")
    office.rcpt = lambda address: "451 4.3.0 later"
    service.minutes(40, fails=["mail"], why="busy")
    assert [address for address, _ in service.short] == ["json://head"]
    assert "no email could be sent. Alerts may be waiting" in service.short[0][1]
    assert (service.mails, service.notices.unheard) == ([], False)
    office.rcpt = lambda address: None
    service.minutes(4)
    assert sorted(service.mails) == [(HEAD, LATE), (IT, STOPPED)]
    assert service.health.troubles(service.clock()) == ()


def test_where_only_another_has_a_short_message_that_one_is_told_while_no_mail_goes(tmp_path, office):
    service = Service(tmp_path, office, dsl="json://dsl")
    service.minutes(20, fails=["judge"])
    assert service.short == []
    office.rcpt = lambda address: "550 5.1.1 nobody here"
    service.minutes(20, fails=["mail", "judge"], why="address_refused")
    assert [address for address, _ in service.short] == ["json://dsl"]
    office.rcpt = lambda address: None
    service.minutes(180, well=["judge"])
    assert [address for address, _ in service.short] == ["json://dsl"] * 2
    assert service.short[1][1].startswith("Oakfield Primary School: Schoolgate has been working again since")


def test_a_server_that_refuses_everybody_is_a_trouble_and_one_bad_address_is_none(tmp_path, office):
    service = Service(tmp_path, office)
    refused = Result(SendOutcome.FAILED, Cause.ADDRESS_REFUSED, "550 5.1.1")
    service.ways.record_due(Via.MAIL, [("p-dsl", SENT)], service.clock())
    service.ways.record_due(Via.MAIL, [("p-head", refused)], service.clock())
    assert service.health.troubles(service.clock()) == ()
    service.ways.record_due(Via.MAIL, [("p-dsl", refused)], service.clock())
    (trouble,) = service.health.troubles(service.clock())
    assert (trouble.work, trouble.why) == ("mail", "address_refused")
    again = Service(tmp_path / "again", office)
    again.ways.record_due(Via.MAIL, [("p-chair", SENT)], again.clock())
    for person in ("p-head", "p-dsl"):  # who was reached longer ago hides nothing
        again.clock.at += MINUTE
        again.ways.record_due(Via.MAIL, [(person, refused)], again.clock())
    assert [t.work for t in again.health.troubles(again.clock())] == ["mail"]


def test_mail_that_is_not_needed_is_asked_whether_it_works_again_without_a_mail(service):
    service.ways.record_due(
        Via.MAIL, [("p-head", Result(SendOutcome.RETRY, Cause.UNREACHABLE))], service.clock()
    )
    service.minutes(2)
    assert service.health.troubles(service.clock()) == ()
    assert (service.office.taken, service.office.connections) == ([], 1)


def test_whom_the_server_refuses_is_let_be_where_another_was_reached(service):
    service.office.rcpt = lambda address: "550 5.1.1 no" if address == HEAD else None
    service.minutes(40, fails=["judge"])
    assert service.mails == [(IT, STOPPED)]
    assert service.office.connections == 1


def test_a_look_that_failed_once_is_no_trouble_for_ever(service):
    service.health.note_failure("notice", service.clock(), "OSError")
    service.minutes(1)
    assert service.health.troubles(service.clock()) == ()


def test_where_nobody_can_be_told_that_is_known(service):
    service.config = replace(service.config, mail=None)
    service.minutes(20, fails=["judge"])
    assert service.notices.unheard
    service.config = replace(service.config, mail=MAIL)
    service.minutes(4, fails=["judge"])
    assert not service.notices.unheard


def test_what_is_remembered_holds_no_name_and_no_text_and_is_for_its_owner_alone(service):
    service.minutes(20, fails=["judge"])
    path = service.home / NOTEBOOK_NAME
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    held = path.read_text()
    assert json.loads(held)["notices"][0]["told"] == ["mail p-head", "mail p-it"]
    assert not any(p.name in held or (p.email or p.name) in held for p in PEOPLE)


def test_while_the_disk_is_full_it_is_remembered_in_memory_and_then_written(service, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("monitor.service.notebook.draft", full)
    service.minutes(60, fails=["save"], why="StoreError")
    assert len(service.mails) == 2
    assert not (service.home / NOTEBOOK_NAME).exists()
    monkeypatch.undo()
    service.minutes(1, fails=["save"], why="StoreError")
    assert read_book(service.home).notices[0].told == {"mail p-head", "mail p-it"}


def test_a_service_begun_again_and_again_on_a_full_disk_tells_of_it_once(service, monkeypatch):
    service.minutes(1)

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("monitor.service.notebook.draft", full)
    for _ in range(20):
        service.begin()
        service.minutes(1, fails=["beat"], why="StoreError")
    assert sorted(service.mails) == [(HEAD, MISSING), (IT, STOPPED)]
    body = service.office.taken[1].mail.get_body(("plain",)).get_content()
    assert "Since Tuesday 17 November, 09:01, nothing could be saved" in body


@pytest.mark.parametrize("held", ["{", '{"alive": 3}', '{"alive": null, "waiting": [{}]}'])
def test_a_file_that_cannot_be_read_is_begun_anew(service, held):
    (service.home / NOTEBOOK_NAME).write_text(held)
    service.begin()
    service.minutes(20, fails=["judge"])
    assert len(service.mails) == 2


@pytest.mark.parametrize("away", [timedelta(hours=9), timedelta(days=40)], ids=["a sleep", "a leap"])
def test_after_a_sleep_what_is_old_has_its_turn_first_and_a_clock_that_leapt_and_came_back_tells_nobody(
    service, away
):
    leapt = away > timedelta(days=1)
    service.minutes(5)
    service.clock.at += away
    service.minutes(1)
    service.clock.at -= away * leapt
    service.minutes(30)
    assert service.mails == []
    past = read_book(service.home).past
    assert [(one.work, one.until - one.since > timedelta(hours=8)) for one in past] == (
        [] if leapt else [("service", True)]
    )


def test_mails_that_cannot_be_made_are_a_trouble_that_only_a_mail_ends(service):
    for person in ("p-head", "p-dsl"):
        service.ways.record_due(Via.MAIL, [(person, Result(SendOutcome.RETRY, Cause.OURS))], service.clock())
    service.minutes(10)
    assert [(t.work, t.why) for t in service.health.troubles(service.clock())] == [("mail", "ours")]
    assert service.office.connections == 0


def test_that_a_mail_would_be_taken_does_not_say_that_ours_are_sent(service):
    """The thread that sends hangs: the server, asked beside it, would take them all."""
    for _ in range(40):
        for work in (*RUNS, "chat"):
            service.health.note_ending(work, service.clock())
        service.notices.look()
        service.clock.at += MINUTE
    assert sorted(service.mails) == [(HEAD, LATE), (IT, STOPPED)]
    assert [t.work for t in service.health.troubles(service.clock())] == ["mail"]


# ----------------------------------------------- a service that cannot begin, and is begun again and again


HEAD_TABLE = a_person("head", "Jane Holt", "head")


@pytest.fixture
def taken():
    """A port that another program has."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def begin_again_and_again(home, office, port):
    """For twenty minutes, every five, as whatever begins it anew does; gives what the mails said."""
    clock = Clock()
    mail = f'[mail]\nhost = "localhost"\nport = {office.port}\nsecurity = "none"\nsender = "sg@example.org"\n'
    path = write(home, SCHOOL + SOURCE + HEAD_TABLE + mail + f"[serve]\nhealth_port = {port}\n")
    for _ in range(5):
        with pytest.raises(SchoolgateError):
            serve_home(home, path, say=print, clock=clock)
        clock.at += timedelta(minutes=5)
    return [taken.mail.get_body(("plain",)).get_content() for taken in office.taken]


def test_a_store_that_is_damaged_is_told_of_once(tmp_path, office, taken):
    (tmp_path / "schoolgate.duckdb").write_bytes(b"no store at all" * 1000)
    (said,) = begin_again_and_again(tmp_path, office, taken)
    assert "Since Tuesday 17 November, 09:00, nothing could be saved or sent" in said


def test_an_address_that_another_program_has_is_told_of_once(tmp_path, office, taken):
    a_migrated_store(tmp_path)
    (said,) = begin_again_and_again(tmp_path, office, taken)
    assert "Since Tuesday 17 November, 09:00, Schoolgate did not run" in said
    assert "Posts may be waiting that nobody has looked at." in said


def test_a_store_of_a_newer_version_is_told_of_at_once_and_once(tmp_path, office, taken):
    store = a_migrated_store(tmp_path)
    with store.alone("act as a newer version") as con:
        con.execute("INSERT INTO migrations VALUES (99, 'from_the_future', now())")
    (said,) = begin_again_and_again(tmp_path, office, taken)
    assert "Since Tuesday 17 November, 09:00, nothing could be saved or sent" in said
    assert office.taken[0].mail["Date"].startswith("Tue, 17 Nov 2026 09:00")


def test_a_service_of_an_older_version_that_runs_is_no_trouble(tmp_path, office, taken):
    store = a_store(tmp_path)
    with store.alone("as an older version", create=True) as con:
        migrate(con, store.path, MIGRATIONS[:-1], NOW)
        take_lease(con, Lease(NAME, "PID 7 on elsewhere", NOW, NOW + timedelta(days=1)))
    assert begin_again_and_again(tmp_path, office, taken) == []
    assert read_book(tmp_path).waiting == ()


# ------------------------------------------- the sign to somebody elsewhere that posts are read and judged


PATH = "/hush-hush-token"


class Model:
    """A scorer that says what it was asked, and may fail."""

    def __init__(self):
        self.asked, self.has_child, self.let_go_after, self.fault, self.value = [], False, [], None, 0.5

    def score(self, texts):
        self.asked += texts
        if self.fault:
            raise self.fault
        return Scores(("a",), np.full((len(texts), 1), self.value, np.float32), (False,) * len(texts), "m")

    def let_go(self, idle_s):
        self.let_go_after.append(idle_s)
        return True


class Beating:
    def __init__(self, site, fetch, address=True):
        self.site, self.clock, self.model = site, Clock(), Model()
        self.health, self.unheard = Health(NOW), False
        self.heart = Heart(
            self.health, self.model, self.clock, fetch=fetch, unheard=lambda: self.unheard,
            address=SecretStr(f"{site}{PATH}") if address else None,
        )  # fmt: skip

    def minutes(self, n, *, judged=False, fails=()):
        for _ in range(n * 4):
            for work in (*STALE, "save"):
                if work not in fails:
                    self.health.note_ending(work, self.clock())
            for work in fails:
                self.health.note_failure(work, self.clock(), "OSError")
            if judged:
                self.health.note_ending("judge", self.clock())
            self.heart.tick()
            self.clock.at += timedelta(seconds=15)
        return len(self.site.paths)


@pytest.fixture
def answer():
    return {PATH: b"OK"}


@pytest.fixture
def beating(answer):
    with (
        serve(answer) as site,
        heartbeat.open_heartbeat(SecretStr(f"{site}{PATH}"), sleep=lambda _: None) as fetch,
    ):
        yield Beating(site, fetch)


def test_it_beats_every_five_minutes_and_says_nothing_of_us(beating):
    assert beating.minutes(21, judged=True) == 5
    for asked in beating.site.asked:
        assert (asked.method, asked.path, asked.body) == ("GET", PATH, b"")
        assert asked.headers["user-agent"] == "Schoolgate"
    assert beating.model.asked == []


def test_where_nothing_was_judged_a_sentence_of_ours_is_and_the_model_let_go(beating):
    assert beating.minutes(11) == 3
    assert beating.model.asked == [SENTENCE] * 3
    assert beating.model.let_go_after == [0.0] * 3
    assert beating.health.last["judge"] > NOW
    beating.model.has_child = True  # it was in use
    beating.minutes(5)
    assert beating.model.let_go_after == [0.0] * 3


@pytest.mark.parametrize("fault", [SchoolgateError("The model's process ended"), KeyError()])
def test_while_the_model_fails_it_does_not_beat_and_that_is_a_trouble(beating, fault):
    beating.model.fault = fault
    assert beating.minutes(11) == 0
    assert [t.work for t in beating.health.troubles(beating.clock())] == ["judge"]
    assert len(beating.model.asked) == 3
    beating.model.fault, beating.model.value = None, float("nan")
    assert beating.minutes(6) == 0, "no number proves nothing"
    beating.model.value = 0.5
    assert beating.minutes(6) == 1
    assert beating.health.troubles(beating.clock()) == ()


@pytest.mark.parametrize(
    ("beats", "works"),
    [(0, ("save", "beat", "tend", "collect")), (3, ("mail", "config", "purge", "place"))],
    ids=["what is not done stops it", "what does not stop judging does not"],
)
def test_it_beats_while_all_that_reads_and_judges_is_done(answer, beats, works):
    for work in works:
        with (
            serve(answer) as site,
            heartbeat.open_heartbeat(SecretStr(site + PATH), sleep=lambda _: None) as fetch,
        ):
            assert Beating(site, fetch).minutes(11, judged=True, fails=[work]) == beats, work


def test_while_a_trouble_can_be_told_to_nobody_it_stays_away_and_a_fault_that_passed_costs_no_beat(beating):
    beating.unheard = True
    assert beating.minutes(6, judged=True, fails=["mail"]) == 0
    beating.unheard = False
    beating.minutes(1, judged=True, fails=["tend"])
    assert beating.minutes(1, judged=True) == 1


def test_a_beat_that_fails_is_counted_and_logged_without_the_address(beating, answer, caplog):
    answer[PATH] = Answer(500, b"no")
    with caplog.at_level(logging.DEBUG, "schoolgate"):
        beating.minutes(6, judged=True)
    assert beating.health.faults == {"heartbeat": 2}
    assert beating.health.troubles(beating.clock()) == ()
    assert "in=heartbeat why=" in caplog.text
    assert PATH.strip("/") not in caplog.text


def test_a_beat_that_breaks_is_counted_and_the_next_one_goes_out(beating, monkeypatch):
    def broken(request):
        raise RuntimeError(request.url)

    monkeypatch.setattr(beating.heart, "fetch", broken)
    beating.minutes(1, judged=True)
    monkeypatch.undo()
    assert beating.health.faults == {"heartbeat": 1}
    assert beating.minutes(6, judged=True) == 1


def test_an_address_of_another_private_network_is_never_asked(caplog):
    address = SecretStr("https://192.168.7.7/hush-hush-token")
    with (
        heartbeat.open_heartbeat(address) as fetch,
        serve({}) as site,
        caplog.at_level(logging.DEBUG, "schoolgate"),
    ):
        one = Beating(site, fetch)
        one.heart.address = address
        one.minutes(1, judged=True)
    assert one.health.faults == {"heartbeat": 1}
    assert "misconfigured" in caplog.text
    assert "hush" not in caplog.text


def test_without_an_address_nothing_is_asked_and_nothing_judged_unless_the_model_failed():
    with serve({}) as site, heartbeat.open_heartbeat(None) as fetch:
        one = Beating(site, fetch, address=False)
        assert (one.minutes(11), one.model.asked) == (0, [])
        one.health.note_failure("judge", one.clock(), "OSError")
        one.minutes(1)
        assert one.model.asked == [SENTENCE]
        assert one.health.troubles(one.clock()) == ()


def test_with_nothing_to_judge_by_it_is_not_well_from_the_start_and_beats_once_that_is_mended(beating):
    beating.heart.lacks = lambda: beating.lack
    beating.lack = RegisterError("/home/alex/gias.csv: cannot be read, it is not there.")
    assert beating.heart.begin() is beating.lack
    assert beating.health.complaints(NOW) == [
        "since 2026-11-17 09:00 UTC, nothing that we read could be judged (judge: RegisterError)"
    ]
    assert (beating.minutes(16), beating.model.asked) == (0, [])
    beating.lack = None
    assert beating.minutes(6) == 1
    assert beating.health.complaints(beating.clock()) == []


def test_what_a_service_cannot_do_is_said_with_what_would_let_it():
    lack = RegisterError("gias.csv: cannot be read, it is not there.")
    said = list(list_shortcomings(Config(Path("schoolgate.toml"), (SCHOOL_JUDGED,)), lack))
    assert [line.split()[1] for line in said] == ["IS", "mail", "phone"]
    assert all("⟪" in line for line in said[1:])
    chosen = Config(Path("x"), (SCHOOL_JUDGED,), without_mail=True, serve=ServeSettings(here_only=True))
    assert list(list_shortcomings(chosen, None)) == []


def test_a_register_that_is_gone_is_noticed_and_that_it_is_back(tmp_path):
    store, file = a_store(tmp_path), tmp_path / "gias.csv"
    settings = Settings(
        Config(tmp_path / "schoolgate.toml", (SCHOOL_JUDGED,), register=file), tmp_path, store, Clock()
    )
    assert isinstance(settings.judging_obstacle(), RegisterError)
    file.write_text("URN,EstablishmentName\n900001,Oakfield Primary School\n")
    assert settings.judging_obstacle() is None
    file.unlink()
    assert isinstance(settings.judging_obstacle(), RegisterError)


def test_a_model_that_is_not_whole_keeps_all_from_being_judged(tmp_path, monkeypatch):
    monkeypatch.setattr("classifiers.scoring.onnx_scorer.MODEL_DIR", tmp_path)
    assert isinstance(
        wiring.find_judging_obstacle(Config(tmp_path / "schoolgate.toml", (SCHOOL_JUDGED,))), ModelMissing
    )


# ------------------------------------------------------------------------- how the service says that it is


def well():
    health = Health(NOW)
    for work in STALE:
        health.note_ending(work, NOW)
    return health


@pytest.fixture
def served():
    health, clock = well(), Clock()
    web = Web(health_app(health, clock), "127.0.0.1", 0, "[serve] health_port")
    web.start()
    yield health, clock, f"http://127.0.0.1:{web.port}"
    web.stop()


def get(url, host=None):
    request = Request(url, headers={"Host": host} if host else {})
    try:
        with urlopen(request, timeout=5) as answer:
            return answer.status, answer.read().decode(), answer.headers["Content-Type"]
    except HTTPError as error:
        with error:
            return error.code, error.read().decode(), error.headers["Content-Type"]


def test_a_service_that_has_just_begun_is_given_time():
    assert Health(NOW).complaints(NOW + timedelta(seconds=30)) == []


def test_work_that_has_not_ended_well_for_long_is_complained_of():
    for work, after in STALE.items():
        health, now = well(), NOW + after + timedelta(seconds=1)
        for other in set(STALE) - {work}:
            health.note_ending(other, now)
        assert [c.split()[0] for c in health.complaints(now)] == [work]


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        ("overdue_since", "a message has waited since 2026-11-17 08:49 UTC"),
        ("unanswered_since", "an alert due 2026-11-17 08:49 UTC did not arrive, and nobody is on it"),
    ],
)
def test_what_should_long_have_gone_out_or_arrived_is_complained_of(figure, said):
    health = well()
    for minutes, complaints in ((11, [said]), (9, [])):
        health.tell(Figures(NOW, **{figure: NOW - timedelta(minutes=minutes)}))
        assert health.complaints(NOW) == complaints


def test_work_that_fails_is_complained_of_until_it_ends_well():
    health = well()
    health.note_failure("judge", NOW, "ScoringError")
    health.note_failure("judge", NOW + timedelta(minutes=1), "OSError")
    now = NOW + timedelta(seconds=90)
    assert health.complaints(now) == [
        "since 2026-11-17 09:00 UTC, nothing that we read could be judged (judge: OSError)"
    ]
    assert [(t.work, t.since, t.why) for t in health.troubles(now)] == [("judge", NOW, "OSError")]
    assert health.faults == {"judge": 2}
    health.note_failure("mail", NOW - timedelta(seconds=5), "unreachable")
    assert [t.work for t in health.troubles(now)] == ["mail", "judge"], "the longest first"
    health.note_ending("mail", now)
    health.note_ending("judge", now)
    assert (health.troubles(now), health.complaints(now)) == ((), [])


def test_healthz_is_ok_while_all_is_well_and_503_with_reasons_when_not(served):
    _, clock, base = served
    assert get(f"{base}/healthz")[:2] == (200, "ok\n")
    clock.at += timedelta(hours=1)
    status, text, _ = get(f"{base}/healthz")
    assert status == 503
    assert "tend has not ended well for 60 minutes" in text


def test_who_asks_by_another_name_is_refused_and_by_this_machines_own_answered(served):
    for host in ("evil.test:9477", "localhost.evil.test", "127.0.0.1.evil.test"):
        assert get(f"{served[2]}/healthz", host)[0] == 400, host
    assert get(f"{served[2]}/metrics", "evil.test")[0] == 400
    for host in ("localhost", "127.0.0.1", "LOCALHOST:9477"):
        assert get(f"{served[2]}/healthz", host)[0] == 200, host


def test_metrics_are_in_prometheus_text_format(served):
    health, _, base = served
    health.fault("digests")
    health.tell(
        Figures(
            NOW, runs={"ok": 40, "blocked": 2}, not_seen=1, waiting=3, open_alerts=2, unanswered_since=NOW
        )
    )
    status, text, kind = get(f"{base}/metrics")
    assert (status, kind) == (200, "text/plain; version=0.0.4; charset=utf-8")
    sample = r'schoolgate_[a-z_]+(\{[a-z]+="([^"\\\n]|\\.)*"\})? -?[0-9.e+]+'
    comment = r"# (HELP schoolgate_[a-z_]+ .+|TYPE schoolgate_[a-z_]+ (gauge|counter))"
    assert all(re.fullmatch(f"{sample}|{comment}", line) for line in text.splitlines())
    assert text.endswith("\n")
    assert 'schoolgate_source_runs_last_day{outcome="blocked"} 2\n' in text
    assert 'schoolgate_outbox_messages{state="waiting"} 3\n' in text
    assert 'schoolgate_faults_total{place="digests"} 1\n' in text
    assert "schoolgate_alerts_open 2\n" in text
    assert f"schoolgate_alert_not_arrived_timestamp_seconds {NOW.timestamp()}" in text
    names = re.findall(r"# TYPE (\S+)", text)
    assert len(names) == len(set(names))


def test_a_labels_value_cannot_break_out_of_its_quotes_and_the_memory_is_that_of_this_process():
    health = well()
    health.fault('a"\n\\b')
    assert r'schoolgate_faults_total{place="a\"\n\\b"} 1' in exposition(health)
    assert 10_000_000 < resident_bytes() < 10_000_000_000


def test_an_address_that_is_taken_is_told_with_the_key_to_change():
    web = Web(health_app(well(), Clock()), "127.0.0.1", 0, "[serve] health_port")
    try:
        with pytest.raises(SchoolgateError, match=r"cannot be used.*\[serve\] health_port"):
            Web(health_app(well(), Clock()), "127.0.0.1", web.port, "[serve] health_port")
    finally:
        web.stop()
