"""What is urgent is mailed while a scan still reads, the rest before it ends; and cases are looked at."""

import json
import time
from contextlib import ExitStack, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from builders import scan_pages
from builders.config import DPIA
from builders.home import do_in, rows_of
from builders.judges import CALM, Words
from builders.mention import a_message
from builders.recheck import PATH, Rechecks
from builders.thread_page import AFTER, BEFORE, thread
from support.command_call import called
from support.mail_server import post_office
from support.web_server import Answer, serve

from alerts.delivery import results
from data.cases import CaseState
from data.effects import utc_now
from data.errors import StoreError, StoreFull
from data.steps.codes import Check
from data.store import outbox
from data.store.outbox import put_outbox
from monitor.act.step import recheck, record_sighting
from monitor.cli.commands import scan as scan_command
from monitor.cli.commands.scan import scan_once_command
from monitor.home import wiring
from monitor.pipeline import stages
from monitor.service import delivery as sending
from monitor.service.delivery import Sending
from sources.http.politeness import Limits

THREAT = "Tomorrow I will wait for Mr Thistlewood at the gate of Oakfield Primary, Northvale, with my knife."
HOME = """
[[schools]]
urn = "900001"
name = "Oakfield Primary School"
aliases = ["Oakfield Primary"]
locality = "Northvale"
[[people]]
id = "p-head"
name = "Jane Holt"
roles = ["head"]
email = "head@example.org"
[[people]]
id = "{id}"
name = "Robin Pike"
roles = ["{role}"]
email = "{role}@example.org"
"""
MAIL = '[mail]\nhost = "localhost"\nport = {port}\nsecurity = "none"\nsender = "sg@example.org"\n'
SOURCE = '[[sources]]\nid = "{id}"\nkind = "feed"\nname = "{id}"\nurl = "{url}"\n'
LONGEST_S = 15.0


def feed(*texts):
    return scan_pages.feed(*texts, posted=utc_now() - timedelta(hours=1))


class Town:
    """A home with two feeds and a mail server: `slow` answers when a mail came, or after `waits_s`."""

    def __init__(self, home, office, talk, slow):
        self.home, self.office, self.talk, self.slow = home, office, talk, slow
        self.waits_s = LONGEST_S
        self.mails_then = None

    def hangs(self, exchange):
        ends = time.monotonic() + self.waits_s
        while not self.office.taken and time.monotonic() < ends and exchange.wait(0.1):
            pass
        self.mails_then = len(self.office.taken)
        exchange.head(200, Content_Type="application/rss+xml")
        exchange.write(feed(CALM))

    def scan(self, **given):
        return called(scan_once_command, home=self.home, **given)

    def rows(self, sql):
        return rows_of(wiring.open_store(self.home), sql)


@pytest.fixture
def town(tmp_path, monkeypatch):
    with ExitStack() as stack:
        office, talk_routes, slow_routes = stack.enter_context(post_office()), {}, {}
        talk = stack.enter_context(serve(talk_routes))
        slow = stack.enter_context(serve(slow_routes, host="127.0.0.2"))
        town = Town(tmp_path, office, talk_routes, slow_routes)
        talk_routes["/feed"], slow_routes["/feed"] = feed(THREAT), town.hangs
        sources = "".join(
            SOURCE.format(id=name, url=f"{site}/feed") for name, site in (("talk", talk), ("slow", slow))
        )
        (tmp_path / "schoolgate.toml").write_text(
            DPIA + HOME.format(id="p-dsl", role="dsl") + MAIL.format(port=office.port) + sources
        )
        here = partial(
            wiring.fetcher, limits=Limits(per_host_interval_s=0), allow_loopback=talk.allowed | slow.allowed
        )
        judges = wiring.judges
        monkeypatch.setattr(wiring, "fetcher", here)
        monkeypatch.setattr(wiring, "judges", lambda *given: replace(judges(*given), scorer=Words))
        yield town


def test_a_threat_is_mailed_while_another_feed_hangs_and_nobody_gets_it_twice(town):
    code, said = town.scan()
    assert town.mails_then >= 1
    assert code == 0
    assert f"{len(town.office.taken)} messages sent." in said
    assert len({taken.id for taken in town.office.taken}) == len(town.office.taken) == 2
    assert town.rows("SELECT max(attempts), count(sent_at) FROM outbox") == [(1, 2)]


def test_with_no_send_nothing_leaves_while_it_reads_either(town):
    town.waits_s = 0.3
    town.scan(no_send=True)
    assert (town.mails_then, town.office.taken) == (0, [])


def test_what_waited_from_before_is_not_held_up_by_a_feed_that_hangs(town):
    town.talk["/feed"] = feed(CALM)
    now = utc_now()
    with wiring.open_store(town.home).write("put") as con:
        put_outbox(con, [a_message("m1", due_at=now, expires_at=now + timedelta(hours=12))], now)
    town.scan()
    assert town.mails_then == 1


def test_where_the_machine_gives_no_thread_the_scan_goes_on_and_sends_at_its_end(town, monkeypatch):
    def none(thread):
        raise RuntimeError("can't start new thread")

    starts = sending.threading.Thread.start
    monkeypatch.setattr(
        sending.threading.Thread, "start", lambda self: (none if self.name == "sending" else starts)(self)
    )
    town.waits_s = 0.1
    code, _ = town.scan()
    assert (code, len(town.office.taken)) == (0, 2)


def test_a_mail_server_that_hangs_does_not_hold_up_the_scan(town, monkeypatch):
    sent_then, real = {}, Sending.send_due

    def saved(self, batch):
        sent_then[batch.source_id] = self.done.sent if self.done else 0
        real(self, batch)

    monkeypatch.setattr(Sending, "send_due", saved)
    town.office.wait_s = 1.0
    _, said = town.scan()
    assert town.mails_then == 1  # the server has it, and says nothing yet
    assert sent_then["slow"] == 0  # this one was read, judged and saved meanwhile
    assert "2 messages sent." in said


def test_a_mail_that_is_put_off_is_tried_again_before_the_scan_ends(town, monkeypatch):
    monkeypatch.setattr(results, "FIRST_URGENT_WAIT_S", 0.2)
    monkeypatch.setattr(sending, "LOOK_S", 0.1)
    put_off = []

    def rcpt(address):
        put_off.append(address)
        return "451 4.7.1 come again" if len(put_off) <= 2 else None

    town.office.rcpt = rcpt
    _, said = town.scan()
    assert town.mails_then >= 1
    assert "2 messages sent." in said
    assert not [line for line in said if "wait" in line]


def test_where_sending_fails_what_was_found_is_shown_and_then_the_error_is_told(town, monkeypatch):
    def lease(*_given, **_named):
        raise StoreFull("no space left on device")

    monkeypatch.setattr(outbox, "lease_due", lease)
    town.waits_s = 0.1
    said = []
    with pytest.raises(StoreError, match="no space left"):
        town.scan(aside={"say": said.append})
    text = "\n".join(said)
    assert "● TODAY  1" in text
    assert "2 messages wait. The next scan or the service will try again. Tell these people yourself" in text
    assert "exit 1: the sources were read, but not every later step could be done" in text
    assert town.office.taken == []


def test_where_saving_or_sending_fails_the_json_is_whole_and_says_what_was_urgent_and_how_it_ends(
    town, monkeypatch
):
    def fails(*_given, **_named):
        raise RuntimeError("a fault of ours")

    town.waits_s = 0.1
    with monkeypatch.context() as full:
        full.setattr(stages, "keep_all", lambda *_given: fails())
        _, (document,) = town.scan(as_json=True)
    assert json.loads(document)["urgent_unsaved"] == [{"source": "talk", "name": "talk"}]
    monkeypatch.setattr(sending, "deliver_and_tell", fails)
    said = []
    with pytest.raises(RuntimeError):
        town.scan(as_json=True, aside={"say": said.append})
    document = json.loads(str(said[0]))
    assert (len(document["today"]), document["exit"]) == (1, 1)
    assert document["counts"]["messages_waiting"] == 2


def test_something_urgent_that_could_not_be_saved_is_said_at_once_and_at_the_end(town, monkeypatch, capsys):
    told = []

    def keep_all(*_given):
        raise StoreFull("no space left on device")

    def hangs(exchange):
        ends = time.monotonic() + 5
        while time.monotonic() < ends and exchange.wait(0.05):
            told.append(capsys.readouterr().err)
            if "URGENT, AND NOT SAVED" in told[-1]:
                break
        exchange.head(200, Content_Type="application/rss+xml")
        exchange.write(feed(CALM))

    monkeypatch.setattr(stages, "keep_all", keep_all)
    town.slow["/feed"] = hangs
    code, said = town.scan()
    assert "! URGENT, AND NOT SAVED   talk: nobody was told." in "".join(told)
    assert said[0] == "! URGENT, AND NOT SAVED   talk: nobody was told. Look there yourself:"
    assert "slow" not in said[0] + said[1]
    assert "knife" not in "".join([*told, *map(str, said)])
    assert code == 1


def test_where_the_store_cannot_be_read_at_the_end_it_is_shown_how_the_sources_fared(town, monkeypatch):
    from monitor.matters.reader import Reader

    def scan_of(*_given):
        raise StoreError("it cannot be read")

    monkeypatch.setattr(Reader, "look", scan_of)
    said = []
    with pytest.raises(StoreError, match="cannot be read"):
        town.scan(aside={"say": said.append})
    assert "Checked 2 of 2 sources, 2 posts read." in said
    assert "TODAY" not in "\n".join(said)


# ------------------------------ what is due is handed over before it ends, and what failed is told at once


@pytest.fixture
def office():
    with post_office() as running:
        yield running


@pytest.fixture
def looked(tmp_path, office):
    """Puts messages into the outbox, scans, and gives (exit, what was printed)."""

    def look(*messages, mail=True, **given):
        text = DPIA + HOME.format(id="p-it", role="it_lead") + (MAIL.format(port=office.port) if mail else "")
        (tmp_path / "schoolgate.toml").write_text(text + SOURCE_OFF)
        now = utc_now()
        store = wiring.open_store(tmp_path)
        times = {"due_at": now, "expires_at": now + timedelta(hours=12)}
        do_in(store, put_outbox, [a_message(key, **times | fields) for key, fields in messages], now)
        return called(scan_once_command, home=tmp_path, **given)

    return look


def test_what_fails_is_told_by_the_same_scan_and_does_not_change_how_it_ends(looked, office):
    office.rcpt = lambda address: "550 5.1.1 no" if address == "head@example.org" else None
    code, said = looked(("m1", {"kind": "digest"}))
    assert code == 0
    assert said[-2:] == [
        "1 message sent.",
        "1 message could not be sent: the mail server refuses the address. "
        "To see what is wrong: schoolgate doctor",
    ]
    (taken,) = office.taken
    assert taken.to == ("it_lead@example.org",)
    assert taken.mail["Subject"] == "A message did not arrive: see why"


def test_a_scan_sends_what_is_due_and_its_json_counts_it(looked, office):
    _, (document,) = looked(("m1", {}), ("m2", {"person_id": "p-it"}), as_json=True)
    counts = json.loads(document)["counts"]
    assert (counts["messages_sent"], counts["messages_failed"], counts["messages_waiting"]) == (2, 0, 0)
    assert [t.id for t in office.taken] == ["<m1@example.org>", "<m2@example.org>"]


# ---------------------------- the posts of cases that are due are looked at: for homes without the service


SOURCE_OFF = (
    '[[sources]]\nid = "gazette"\nkind = "feed"\nurl = "https://example.org/feed.xml"\ndisabled = "off"\n'
)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """One site, and a home with a case whose post was seen gone."""
    table = {PATH: thread(BEFORE, AFTER)}
    with serve(table) as site:
        home = Rechecks(tmp_path_factory.mktemp("made"), site)
        home.now = datetime(2027, 1, 4, 10, 0, tzinfo=UTC)
        recheck(home.store, home.context, home.fetch, "0001", home.clock)
        yield home, table


@pytest.fixture
def home(made, tmp_path):
    copy = Rechecks.copied(made[0], tmp_path / "home")
    with (copy.desk.home / "schoolgate.toml").open("a") as settings:
        settings.write(SOURCE_OFF + DPIA)
    copy.now, copy.site.asked[:] = made[0].now, []
    made[1][PATH] = thread(BEFORE, AFTER)
    copy.table = made[1]
    return copy


@pytest.fixture
def scanned(home, monkeypatch):
    monkeypatch.setattr(scan_command.wiring, "fetcher", lambda config, store=None: nullcontext(home.fetch))
    monkeypatch.setattr(scan_command, "utc_now", home.clock)

    def look(**given):
        return called(scan_command.scan_once_command, home=home.desk.home, **given)

    return look


def test_what_is_due_is_looked_at_once_and_has_a_line_of_its_own(home, scanned):
    home.wait(hours=2)
    code, said = scanned()
    assert (code, said[-1]) == (0, "Looked again at 1 post of cases: 1 gone.")
    assert home.site.paths == [PATH]
    assert "Looked again" not in " ".join(scanned()[1])
    assert home.site.paths == [PATH]


def test_a_wall_does_not_change_how_the_scan_ends(home, scanned):
    home.wait(hours=2)
    home.table[PATH] = Answer(503, b"later")
    code, (document,) = scanned(as_json=True)
    assert (code, json.loads(document)["counts"]["looked_again"]) == (0, {"cannot_tell": 1})


def test_a_scan_that_is_to_do_less_looks_at_no_case(home, scanned):
    home.wait(hours=2)
    scanned(no_send=True)
    scanned(source=("gazette",))
    assert home.site.asked == []


def test_a_copy_that_came_with_it_reopens_its_case_before_messages_go_out(home, scanned):
    before = rows_of(home.store, "SELECT count(*) FROM outbox")[0][0]
    record_sighting(home.store, home.context, "0001", Check.GONE, home.now, by="holt", why="gone")
    home.post("copy", "https://other.example.org/x", at=home.now)
    said = "\n".join(scanned()[1])
    with home.store.open_reader() as con:
        state = con.execute("SELECT state FROM cases").fetchone()[0]
        after = con.execute("SELECT count(*) FROM outbox").fetchone()[0]
    assert state != CaseState.CONFIRMING
    assert after > before
    assert "● CASE 0001 IS OPEN AGAIN   0001-2, " in said
    assert "Nothing new about you" not in said
