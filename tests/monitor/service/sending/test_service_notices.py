"""Our own troubles, told past the store: a true mail server, a clock that moves when told."""

import json
import os
import stat
from dataclasses import replace
from datetime import timedelta

import pytest
from builders.delivery import HEXLEY, MAIL, OAKFIELD, PEOPLE, configured
from builders.mention import Clock
from support.mail_server import post_office

from alerts.delivery.results import SENT, Cause, Result, SendOutcome
from data.types import Via
from monitor.service.notices import Notices
from monitor.service.outgoing import Ways
from monitor.service.state import notebook
from monitor.service.state.health import SILENT, Health

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
                self.health.failed(work, self.clock(), why)
            down = {t.work for t in self.health.troubles(self.clock()) if t.why != SILENT}
            for work in {*well, *RUNS - down} - set(fails):
                self.health.ended(work, self.clock())
            for via in set(Via) - set(fails):
                self.ways.fared(via, [], self.clock())
            self.notices.look()
            self.clock.at += MINUTE

    @property
    def mails(self):
        return [(t.to[0], str(t.mail["Subject"])) for t in self.office.taken]


STOPPED, AGAIN = "Part of Schoolgate has stopped: look today", "Schoolgate is working again: nothing to do"
PART = "Part of Schoolgate works again, not all"
MISSING, LATE = "Posts may be missing: IT is told", "Alerts may be late: IT is told"
HEAD, IT = "head@example.org", "it@example.org"


@pytest.fixture
def office():
    with post_office() as office:
        yield office


@pytest.fixture
def service(tmp_path, office):
    return Service(tmp_path, office)


def test_the_it_lead_and_the_head_are_told_once_after_a_quarter_of_an_hour(service):
    service.minutes(15, fails=["judge"])
    assert service.mails == []
    service.minutes(600, fails=["judge"])
    assert sorted(service.mails) == [(HEAD, MISSING), (IT, STOPPED)]


def test_that_it_works_again_is_told_once(service):
    service.minutes(20, fails=["judge"])
    service.minutes(180, well=["judge"])
    assert sorted(service.mails[2:]) == [(HEAD, AGAIN), (IT, AGAIN)]
    assert notebook.read(service.home).notices == ()


def test_that_one_thing_works_again_is_not_said_of_all_while_another_fails(service):
    service.minutes(20, fails=["judge"])
    service.minutes(30, well=["judge"])
    service.minutes(50, well=["judge"], fails=["save"], why="StoreError")
    assert sorted(service.mails[2:]) == sorted([(HEAD, MISSING), (IT, STOPPED), (HEAD, PART), (IT, PART)])
    service.minutes(180, well=["judge", "save"])
    assert sorted(service.mails[6:]) == [(HEAD, AGAIN), (IT, AGAIN)]


def test_what_comes_and_goes_is_no_storm(service):
    for _ in range(20):
        service.minutes(20, fails=["judge"])
        service.minutes(20, well=["judge"])
    assert len(service.mails) == 2


def test_a_restart_tells_nobody_twice_and_forgets_no_beginning(service):
    for _ in range(30):
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
    assert "no e-mail could be sent. Alerts may be waiting" in service.short[0][1]
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
    service.ways.fared(Via.MAIL, [("p-dsl", SENT)], service.clock())
    service.ways.fared(Via.MAIL, [("p-head", refused)], service.clock())
    assert service.health.troubles(service.clock()) == ()
    service.ways.fared(Via.MAIL, [("p-dsl", refused)], service.clock())
    (trouble,) = service.health.troubles(service.clock())
    assert (trouble.work, trouble.why) == ("mail", "address_refused")


def test_mail_that_is_not_needed_is_asked_whether_it_works_again_without_a_mail(service):
    service.ways.fared(Via.MAIL, [("p-head", Result(SendOutcome.RETRY, Cause.UNREACHABLE))], service.clock())
    service.minutes(2)
    assert service.health.troubles(service.clock()) == ()
    assert (service.office.taken, service.office.connections) == ([], 1)


def test_whom_the_server_refuses_is_let_be_where_another_was_reached(service):
    service.office.rcpt = lambda address: "550 5.1.1 no" if address == HEAD else None
    service.minutes(120, fails=["judge"])
    assert service.mails == [(IT, STOPPED)]
    assert service.office.connections == 1


def test_a_look_that_failed_once_is_no_trouble_for_ever(service):
    service.health.failed("notice", service.clock(), "OSError")
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
    path = service.home / notebook.NAME
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    held = path.read_text()
    assert json.loads(held)["notices"][0]["told"] == ["mail p-head", "mail p-it"]
    assert not any(p.name in held or (p.email or p.name) in held for p in PEOPLE)


def test_while_the_disk_is_full_it_is_remembered_in_memory_and_then_written(service, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("monitor.service.state.notebook._write", full)
    service.minutes(60, fails=["save"], why="StoreError")
    assert len(service.mails) == 2
    assert not (service.home / notebook.NAME).exists()
    monkeypatch.undo()
    service.minutes(1, fails=["save"], why="StoreError")
    assert notebook.read(service.home).notices[0].told == {"mail p-head", "mail p-it"}


def test_a_service_begun_again_and_again_on_a_full_disk_tells_of_it_once(service, monkeypatch):
    service.minutes(1)
    real = os.open

    def full(path, *args):
        if str(path).endswith(".part"):
            raise OSError(28, "No space left on device")
        return real(path, *args)

    monkeypatch.setattr("monitor.service.state.notebook.os.open", full)
    for _ in range(40):
        service.begin()
        service.minutes(1, fails=["beat"], why="StoreError")
    assert sorted(service.mails) == [(HEAD, MISSING), (IT, STOPPED)]
    assert (
        "Since Tuesday 17 November, 09:01, nothing could be saved"
        in service.office.taken[1].mail.get_body(("plain",)).get_content()
    )


@pytest.mark.parametrize("held", ["", "{", "[]", '{"alive": 3}', '{"alive": null, "waiting": [{}]}'])
def test_a_file_that_cannot_be_read_is_begun_anew(service, held):
    (service.home / notebook.NAME).write_text(held)
    service.begin()
    service.minutes(20, fails=["judge"])
    assert len(service.mails) == 2


def test_after_a_sleep_what_is_old_is_given_its_turn_first(service):
    service.minutes(5)
    service.clock.at += timedelta(hours=9)
    service.minutes(1)
    service.minutes(30)
    assert service.mails == []
    (slept,) = notebook.read(service.home).past
    assert (slept.work, slept.until - slept.since > timedelta(hours=8)) == ("service", True)


def test_a_clock_that_jumps_and_comes_back_tells_nobody(service):
    service.minutes(5)
    service.clock.at += timedelta(days=40)
    service.minutes(1)
    service.clock.at -= timedelta(days=40)
    service.minutes(30)
    assert service.mails == []
    assert notebook.read(service.home).past == ()


def test_a_service_that_was_away_for_days_says_so_in_the_digests_file(service):
    service.minutes(5)
    service.clock.at += timedelta(days=3)
    service.begin()
    service.minutes(1)
    (away,) = notebook.read(service.home).past
    assert (away.work, (away.until - away.since).days) == ("service", 3)


def test_two_schools_are_told_each_person_once(tmp_path, office):
    service = Service(tmp_path, office)
    service.config = replace(service.config, schools=(OAKFIELD, HEXLEY))
    service.minutes(16, fails=["judge"])
    assert sorted(to for to, _ in service.mails) == [HEAD, "hexley@example.org", IT]


REFUSED = Result(SendOutcome.FAILED, Cause.ADDRESS_REFUSED, "550 5.1.1")


def test_who_was_reached_long_ago_does_not_hide_a_server_that_refuses_everybody_by_now(service):
    service.ways.fared(Via.MAIL, [("p-chair", SENT)], service.clock())
    for person in ("p-head", "p-dsl"):
        service.clock.at += MINUTE
        service.ways.fared(Via.MAIL, [(person, REFUSED)], service.clock())
    assert [t.work for t in service.health.troubles(service.clock())] == ["mail"]


def test_mails_that_cannot_be_made_are_a_trouble_that_only_a_mail_ends(service):
    for person in ("p-head", "p-dsl"):
        service.ways.fared(Via.MAIL, [(person, Result(SendOutcome.RETRY, Cause.OURS))], service.clock())
    service.minutes(10)
    assert [(t.work, t.why) for t in service.health.troubles(service.clock())] == [("mail", "ours")]
    assert service.office.connections == 0


def test_that_a_mail_would_be_taken_does_not_say_that_ours_are_sent(service):
    """The thread that sends hangs: the server, asked beside it, would take them all."""
    for _ in range(40):
        for work in (*RUNS, "chat"):
            service.health.ended(work, service.clock())
        service.notices.look()
        service.clock.at += MINUTE
    assert sorted(service.mails) == [(HEAD, LATE), (IT, STOPPED)]
    assert [t.work for t in service.health.troubles(service.clock())] == ["mail"]


def test_whom_the_server_refuses_is_let_be_where_another_was_reached_before(service):
    service.office.rcpt = lambda address: "450 4.2.0 later" if address == IT else None
    service.minutes(20, fails=["judge"])
    service.office.rcpt = lambda address: "550 5.1.1 no" if address == IT else None
    service.minutes(8, fails=["judge"])
    before = service.office.connections
    service.minutes(60, fails=["judge"])
    assert (service.mails, service.office.connections) == ([(HEAD, MISSING)], before)
