"""Places and files of old mails are read back for a school that is new there, whatever ends the program."""

import re
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from functools import partial

import pytest
from builders.config import DPIA, PERSON, SCHOOL, SIGNED
from builders.fetcher import A_KEY_KIND
from builders.home import do_in, migrated, rows_of, tend
from builders.in_turn import NOW, Pages
from builders.judges import CALM, OAKFIELD, PEOPLE, Words, brought, judges, posted, read_in
from builders.mention import Clock, pending_outbox
from hypothesis import given, settings
from hypothesis import strategies as st
from support.command_call import called
from support.web_server import serve

from alerts.links import Links
from data.errors import InputError
from data.retention.deleting import purge
from data.steps.acts import Refused
from data.store.engine.open import Store
from data.store.sources import count_ask, is_reading_back, list_back_fills
from data.types import FetchFailure, MentionKind, Outcome, Policy, Source
from data.words.say import words
from monitor.act.places import read_archive
from monitor.cli.commands.scan import scan_once_command
from monitor.cli.commands.service import status_command
from monitor.config.home.context import Context
from monitor.config.load import Config
from monitor.home import wiring
from monitor.pipeline import collect
from monitor.pipeline.back_fill import due_back_fills, read_back
from monitor.pipeline.scan import scan_sources
from monitor.service.delivery import Delivered, deliver
from monitor.service.owed import escalate
from monitor.service.step import Service
from monitor.terminal.wording import say_read_back
from sources.http.politeness import Limits
from sources.keys import Allowance, Key, plan_ask
from sources.mailbox import archive
from sources.mailbox.archive import ArchiveReader

BOARD = "https://talk.example.org/board"
PLACE = Source(
    "board", "feed", BOARD, ("900001",), "Talk", "local_forum", surfaced=True, max_pages=2,
)  # fmt: skip
BOX = Source("box", "mailbox", "imaps://imap.example.org/INBOX", ("900001",), "Alerts", disabled="closed")
JUDGES = judges(OAKFIELD)
GRAVE = "I go to Oakfield Primary, Northvale, and my stepdad hits me"
DAY = timedelta(days=1)


def board(ages, said=lambda age: CALM, size=2):
    """Pages of a list, newest first, of posts so many days old."""
    parts = [ages[n : n + size] for n in range(0, len(ages), size)]
    urls = [BOARD, *(f"{BOARD}?page={n}" for n in range(2, len(parts) + 1)), ""]
    return {url: _page(part, urls[n + 1], said) for n, (url, part) in enumerate(zip(urls, parts))}  # noqa: B905


def _page(ages, more, said):
    link = f'<atom:link rel="next" href="{more}"/>' if more else ""
    rows = "".join(
        f"<item><guid>{BOARD}/{age}</guid><pubDate>{format_datetime(NOW - age * DAY)}</pubDate>"
        f"<description>{said(age)} {'abcdefghij'[age % 10] * 9} {age}.</description></item>"
        for age in ages
    )
    head = '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Talk</title>'
    return f"{head}{link}{rows}</channel></rss>".encode()


class Home:
    """A home that watches a board, at one time."""

    def __init__(self, folder, pages, store=Store, sources=(PLACE,)):
        self.clock = clock = Clock(NOW)
        self.store, self.pages, self.judges = store(folder, clock=clock, sleep=time.sleep), pages, JUDGES
        migrated(self.store)
        self.config = Config(
            folder / "schoolgate.toml", schools=(OAKFIELD,), sources=sources, people=PEOPLE, dpia=SIGNED
        )
        self.given = {"store": self.store, "fetcher": pages, "judges": lambda: self.judges, "clock": clock}

    def scan(self):
        return list(scan_sources(self.config.sources, **self.given))

    def read_back(self):
        """As `schoolgate scan --source`."""
        return list(read_back(self.config, **self.given))

    def read_mails(self, path):
        with closing(ArchiveReader(path, self.clock, self.pages.apart)) as file:
            known = read_archive(self.store, self.config, self.config.sources[-1], file)
            if isinstance(known, Refused):
                return known
            return list(read_back(self.config, file, **self.given))

    def service(self):
        context = Context(self.config, self.store.home, Links())
        return Service(context=context, deliver_due=lambda *_: Delivered(), tasks={}, **self.given)

    def refuse(self, outcome, **more):
        """From now on the site answers nothing."""
        self.pages.fetch = lambda request, _=None: FetchFailure(
            outcome, request.url, "no answer", self.clock(), **more
        )

    @property
    def fill(self):
        (found,) = do_in(self.store, list_back_fills, [s.id for s in self.config.sources])
        return found

    @property
    def said(self):
        return say_read_back(self.fill, words("en"), self.clock(), self.config.zone)

    @property
    def held(self):
        """All that must be the same however often it was killed."""
        ask = (
            "SELECT id, version FROM mentions ORDER BY id",
            "SELECT mention_id FROM fingerprints ORDER BY mention_id",
            "SELECT id, times, posted_at, audience FROM alerts ORDER BY id",
            "SELECT key, person_id FROM outbox WHERE kind <> 'list' ORDER BY key",
            "SELECT mention_id, history FROM verdicts ORDER BY mention_id",
            "SELECT source_id, pages, counted, reached_at, ended_at IS NULL FROM back_fills ORDER BY ALL",
        )
        return [rows_of(self.store, sql) for sql in ask]

    @property
    def ages(self):
        """How many days old the posts are that are kept."""
        times = rows_of(self.store, "SELECT epoch_us(published) FROM mentions")
        return sorted(round((NOW.timestamp() - us / 1e6) / 86400) for (us,) in times)


THREAT = "Tomorrow I will wait for Mr Thistlewood at the gate of Oakfield Primary, Northvale, with my"
SAID = {
    8: f"{GRAVE} on Mondays", 43: f"{GRAVE} with his belt in the kitchen",
    57: f"{THREAT} knife", 78: f"{THREAT} brothers and a gun. He has it coming since he sent her home",
}  # fmt: skip


def said_of(age):
    return SAID.get(age, CALM)


AGES = list(range(1, 100, 7))


@pytest.fixture
def home(tmp_path):
    """One whose board has been read for the first time."""
    home = Home(tmp_path / "home", Pages(board(AGES)))
    home.scan()
    return home


class Killed(BaseException):
    """The end of the program."""


class Mortal:
    """Ends the program at the moments that are given, counted from the last time."""

    moments, passed = (), 0

    def live(self):
        self.passed += 1
        if self.moments and self.passed >= self.moments[0]:
            self.moments.pop(0)
            self.passed = 0
            raise Killed


LIFE = Mortal()


class MortalPages(Pages):
    def fetch(self, request, conditional=None):
        LIFE.live()
        answer = super().fetch(request, conditional)
        LIFE.live()
        return answer


class MortalStore(Store):
    @contextmanager
    def write(self, purpose) -> Iterator:
        with super().write(purpose) as con:
            yield con
            LIFE.live()
        LIFE.live()


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The same board and mails, read by a program that lives."""
    folder = tmp_path_factory.mktemp("whole")
    home = Home(folder / "home", Pages(board(AGES, said_of)), sources=(PLACE, BOX))
    home.scan()
    home.read_back()
    home.read_mails(old_mails(folder))
    return home.held


@settings(max_examples=4, deadline=None)
@given(st.lists(st.integers(1, 14), min_size=5, max_size=5))
def test_reading_back_that_is_killed_five_times_loses_and_repeats_nothing(whole, tmp_path_factory, moments):
    folder = tmp_path_factory.mktemp("killed")
    home = Home(folder / "home", MortalPages(board(AGES, said_of)), MortalStore, (PLACE, BOX))
    home.scan()
    path = old_mails(folder)
    LIFE.moments, LIFE.passed = moments[:], 0
    killed, ended = 0, False
    while LIFE.moments or not ended:
        try:
            home.judges = judges(OAKFIELD)  # a new program remembers nothing
            home.read_back()
            home.read_mails(path)
        except Killed:
            killed += 1
        fills = do_in(home.store, list_back_fills, ["board", "box"]) if not LIFE.moments else []
        ended = len(fills) == 2 and all(fill.ended_at for fill in fills)
        home.clock.at += timedelta(minutes=20)  # a busy machine may have cost us a step
    assert killed == 5
    assert home.held == whole
    assert len(home.pages.asked) <= 7 + killed * PLACE.max_pages  # of a step that was not saved, its pages


def test_it_goes_on_behind_the_pages_of_the_first_reading_and_ends_at_ninety_days(home):
    assert (home.fill.pages, home.fill.urns, home.said) == (
        2, ("900001",), "To be read back to Wednesday 19 August; so far to Monday 26 October.",
    )  # fmt: skip
    home.pages.asked.clear()
    home.read_back()
    assert home.pages.asked == [f"{BOARD}?page={n}" for n in range(3, 8)]
    assert home.said == "Read back to Wednesday 19 August. 8 old opinions were counted, not kept."
    assert home.ages == [1, 8, 15, 22, 29]
    home.pages.asked.clear()
    home.read_back()
    assert not home.pages.asked
    assert home.scan()[0].batch.run.mentions_new == 0


def test_criticism_of_longer_ago_is_counted_and_not_kept(tmp_path):
    """But in a story with something grave, on the school's own page, or where it may say who is accused in
    what nobody has read yet."""
    home = Home(tmp_path / "home", Pages(board([40, 50, 60], lambda age: GRAVE if age == 50 else CALM)))
    home.scan()
    assert home.ages == [50]
    assert home.said == "2 old opinions were counted, not kept."
    assert rows_of(home.store, "SELECT sum(purged) FROM counts") == [(None,)]  # of no report
    named = f"It was Mr Thistlewood of Oakfield Primary, Northvale. {CALM}"
    old = {"published": NOW - 40 * DAY}
    first, answer = posted(1, f"{named} {'a' * 30}", **old), posted(2, f"{'b' * 30} {named}", **old)
    answer = replace(answer, kind=MentionKind.REPLY, parent="f" * 16)
    kept = [
        {m.id for m in read_in(home.store, JUDGES, brought(source, *mentions)).mentions}
        for source, *mentions in (
            (PLACE, first),
            (PLACE, answer),
            (replace(PLACE, own=True), posted(3, f"{CALM} {'c' * 9}", **old)),
        )
    ]  # fmt: skip
    assert kept == [set(), {answer.id}, {f"{3:016x}"}]


def test_old_posts_that_cannot_wait_are_told_in_one_mail_with_their_days(tmp_path):
    """They wait while it is read back, ten minutes at most; each is a matter of its own."""
    home = Home(tmp_path / "home", Pages(board(AGES, said_of)))
    service, context = home.service(), Context(home.config, home.store.home, Links())

    def mails(person):
        deliver(home.store, context, clock=home.clock)
        return [m for m in do_in(home.store, pending_outbox, home.clock()) if m.person_id == person]

    for _ in range(2):
        service.collect()
    assert {m.kind for m in mails("dsl")} == {"instant"}
    for _ in range(2):
        service.collect()
    assert home.fill.ended_at is not None
    (mail,), (heads,) = mails("dsl"), mails("head")
    assert (mail.kind, mail.subject) == ("list", "4 old posts that cannot wait: please read")
    assert "ring 999" in mail.body
    for body in (mail.body, heads.body):  # of what is restricted no day is said
        days = sorted(re.findall(r"It was posted on ([\w ]+),", body))
        assert days == ["21 September 2026", "31 August 2026"]
    home.clock.at += timedelta(minutes=20)
    before = {m.key for m in mails("head") + mails("dsl")}
    assert tend(home.store, escalate, context, home.clock()) == 1
    assert len({m.key for m in mails("dsl")} - before) == 1


def test_the_service_reads_back_a_step_at_a_time_and_goes_on_later_where_a_site_fails(tmp_path, home):
    assert [do_in(home.store, is_reading_back, NOW, served=by) for by in (True, False)] == [True, False]
    home = Home(tmp_path / "other", Pages(board(AGES)))
    service, bodies = home.service(), home.pages.fetch
    service.collect()
    assert home.fill.pages == 4  # the first reading, and a step
    assert do_in(home.store, is_reading_back, NOW, served=True)
    home.refuse(Outcome.UNREACHABLE, retry_after_s=1800.0)
    service.collect()
    assert (home.fill.pages, home.fill.failures, home.fill.again_at) == (4, 1, NOW + timedelta(minutes=30))
    assert not do_in(home.store, is_reading_back, NOW, served=True)
    home.pages.fetch = bodies
    service.collect()
    assert home.fill.pages == 4
    home.clock.at += timedelta(hours=1)
    for _ in range(2):
        service.collect()
    assert (home.fill.ended_at, home.fill.failures) == (home.clock(), 0)
    assert rows_of(home.store, "SELECT pages FROM source_runs") == [(2,), (2,)]


def test_what_nobody_answers_is_asked_for_once_a_day_and_what_never_ends_is_said(home, tmp_path, monkeypatch):
    home.pages.bodies = {}
    home.read_back()
    assert (home.fill.left, home.fill.ended_at) == ((), NOW)  # a page that is gone leads nowhere
    home = Home(tmp_path / "other", Pages(board(AGES)))
    home.scan()
    home.refuse(Outcome.BLOCKED)
    for _ in range(12):
        home.clock.at += 2 * DAY
        list(read_back(home.config, **home.given))
    assert (home.fill.failures, home.fill.again_at) == (12, home.clock() + DAY)
    assert home.said == "To be read back to Wednesday 19 August; so far to Monday 26 October."
    monkeypatch.setattr(collect, "MOST_BACK", 4)
    home.given["fetcher"], home.clock.at = Pages(board(AGES)), home.clock() + DAY
    home.read_back()
    assert home.said.startswith("Read back to Monday 28 September: the source let us go no further.")


def test_half_of_a_keys_budget_is_left_for_what_is_new(home):
    kind = replace(A_KEY_KIND, hosts=("talk.example.org",), asks=(Allowance("", 10),))
    home.config = replace(
        home.config, keys={"k": Key("k", kind, "secret")},
        sources=(replace(PLACE, settings={"credential": "k"}),),
    )  # fmt: skip
    ask = plan_ask(home.config.keys["k"], BOARD, NOW)
    for used, may in ((4, True), (5, False)):
        do_in(home.store, count_ask, "k", ask.allowance.path, ask.day, 0.0, asks=used if may else 1)
        assert bool(do_in(home.store, due_back_fills, home.config, NOW)) is may
    assert do_in(home.store, due_back_fills, home.config, NOW + DAY)


def test_under_a_new_name_a_place_is_read_again_and_what_was_about_nobody_is_judged(tmp_path):
    larkrise = "Larkrise School in Northvale has its winter fair", "Larkrise School has sung well"
    said = {2: CALM, 3: larkrise[0], 10: larkrise[1]}
    home = Home(tmp_path / "home", Pages(board([*said], said.get)))
    about = "SELECT history IS NOT NULL FROM verdicts WHERE relevance <> 'not_about' ORDER BY mention_id"
    wiring.remember_config(home.store, home.config)
    home.scan()
    home.clock.at += 12 * DAY  # what came before we had the name is history, however long we read there
    purge(home.store, home.clock(), Policy())
    before = rows_of(home.store, about)
    school = replace(OAKFIELD, aliases=("Oakfield Primary", "Larkrise School"))
    home.config, home.judges = replace(home.config, schools=(school,)), judges(school)
    home.scan()
    assert rows_of(home.store, about) == before
    wiring.remember_config(home.store, home.config)
    assert home.fill.urns == ("900001",)
    list(read_back(home.config, **home.given))
    assert sorted(rows_of(home.store, about)) == sorted([*before, (True,), (True,)])
    wiring.remember_config(home.store, home.config)
    assert home.fill.ended_at is not None


# ---------------------------------------------------------------------------- files of old mails


def a_mail(n, words_=CALM, age=20):
    mail = EmailMessage()
    mail["From"], mail["Subject"], mail["Message-ID"] = "Jo <jo@example.org>", "Seen", f"<{n}@example.org>"
    mail["Date"] = format_datetime(NOW - age * DAY)
    mail.set_content(f"{words_} {'abcdefghij'[n % 10] * 9}.\nFrom one to another.\n")
    return mail.as_bytes()


def as_mbox(*mails, end=b"\n"):
    begin = b"From jo@example.org Mon Nov 16 09:00:00 2026\n"
    bodies = (re.sub(rb"(?m)^From ", b">From ", mail) for mail in mails)
    return b"".join(begin + body + b"\n" for body in bodies).replace(b"\n", end)


def old_mails(folder, **given):
    path = folder / "old.mbox"
    path.write_bytes(as_mbox(*(a_mail(n, GRAVE if n == 3 else CALM, 9 + 10 * n) for n in range(9)), **given))
    return path


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_file_of_old_mails_is_read_as_history_and_once(tmp_path, monkeypatch, end):
    monkeypatch.setattr(archive, "MOST_MAILS", 2)
    home = Home(tmp_path / "home", Pages({}), sources=(BOX,))
    path = old_mails(tmp_path, end=end)
    home.read_mails(path)
    assert home.fill.pages == 5
    assert home.said.startswith("Read back to Thursday 20 August.")
    assert rows_of(home.store, "SELECT posted_at IS NOT NULL FROM alerts") == [(True,)]
    before = home.held
    home.read_mails(path)
    path.write_bytes(as_mbox(a_mail(99)) + path.read_bytes())  # another file, with the same mails
    assert sum(one.batch.run.mentions_new for one in home.read_mails(path)) == 1
    assert before[2] == home.held[2]


def test_mails_that_are_broken_huge_or_no_mails_hide_no_other(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MOST_BYTES", 4096)
    home = Home(tmp_path / "home", Pages({}), sources=(BOX,))
    broken = b"Content-Type: multipart/mixed; boundary=x\nContent-Transfer-Encoding: \xff\xfe\n\n--x\n\0\n"
    huge = a_mail(1) + b"x" * 20_000 + b"\n" + b"word " * 9_000
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(200))
    path = tmp_path / "old.mbox"
    path.write_bytes(as_mbox(broken, huge, nested, b"", a_mail(2, GRAVE)))
    done = home.read_mails(path)
    assert home.fill.ended_at is not None
    assert rows_of(home.store, "SELECT count(*) FROM alerts") == [(1,)]
    assert all(len(one.batch.run.warnings) < 5 for one in done)
    for content in (b"", b"PK\x03\x04", b"\0" * 100_000, a_mail(1)):
        path.write_bytes(content)
        assert home.read_mails(path).guard == "no_archive"
    home.config = replace(home.config, sources=(PLACE,))
    assert home.read_mails(path).guard == "no_mailbox"


# ---------------------------------------------------------------------------- by hand


TABLE = f"""{DPIA}{SCHOOL}{PERSON}[[sources]]
id = "box"
kind = "mailbox"
name = "Alerts"
url = "imaps://imap.example.org/INBOX"
disabled = "closed last year"
settings = {{user = "alerts@example.org", password_env = "NOT_SET"}}
[[sources]]
id = "board"
kind = "feed"
name = "Talk"
channel = "local_forum"
max_pages = 1
"""


def test_by_hand_a_place_is_read_back_to_a_day_and_a_file_as_a_mailbox(tmp_path, monkeypatch, capsys):
    judge, routes = wiring.judges, dict[str, bytes]()
    monkeypatch.setattr(wiring, "judges", lambda *given: replace(judge(*given), scorer=Words))
    with serve(routes) as site:
        there = "https://talk.example.org"
        for url, body in board(AGES).items():
            routes[url.removeprefix(there)] = body.replace(there.encode(), site.encode())
        (tmp_path / "schoolgate.toml").write_text(f'{TABLE}url = "{site}/board"\n')
        limits, here = Limits(per_host_interval_s=0), site.allowed
        monkeypatch.setattr(wiring, "fetcher", partial(wiring.fetcher, limits=limits, allow_loopback=here))
        given = {"home": tmp_path, "no_send": True}
        assert called(scan_once_command, source=["board"], **given)[0] == 0
    assert "Talk: Read back to" in capsys.readouterr().err
    path = old_mails(tmp_path)
    called(scan_once_command, source=["box"], mbox=path, **given)
    assert "Alerts: Read back to" in capsys.readouterr().err
    for wrong in ({"mbox": tmp_path / "none"}, {"mbox": path, "source": []}):
        with pytest.raises(InputError, match="--mbox"):
            called(scan_once_command, **{"source": ["box"], **given, **wrong})
    path.write_bytes(b"no mails")
    with pytest.raises(InputError, match="mbox"):
        called(scan_once_command, source=["box"], mbox=path, **given)
    _, said = called(status_command, home=tmp_path)
    assert "To be read back" not in " ".join(said)
