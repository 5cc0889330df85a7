"""A mailbox as a source: from the settings to an alert."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from builders.config import SCHOOL, faults, read
from builders.fetcher import fetcher_for
from builders.home import migrated
from builders.judges import OAKFIELD, judges
from builders.mention import Clock, a_store, pending_outbox
from support.imap_server import PASSWORD, USER, imap_server

from alerts.links import Links
from data.judged import HANDED_IN
from data.types import Outcome, Relevance, Source, SourceState
from monitor.config.home.context import Context
from monitor.config.load import Config
from monitor.home import wiring
from monitor.pipeline.scan import scan
from monitor.service.delivery import Delivered
from monitor.service.step import Service
from monitor.setup.doctor.findings import Level
from monitor.setup.doctor.mail import mailboxes
from sources.due import pupils_write, wait_s

NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
JUDGES = judges(OAKFIELD)
TABLE = """
[[sources]]
id = "alerts"
kind = "mailbox"
url = "{url}"
[sources.settings]
user = "alerts@oakfield.example.sch.uk"
{password}
"""
URL = "imaps://imap.example.org/INBOX"
BY_VARIABLE = 'password_env = "SCHOOLGATE_MAILBOX_PASSWORD"'


def a_mail(words: str, n: int = 1, **changes: str) -> bytes:
    made = EmailMessage()
    head = {"From": "Jo Parent <jo@example.org>", "Subject": "Seen", "Message-ID": f"<{n}@example.org>"}
    for name, value in (head | changes).items():
        made[name] = value
    made["Date"] = "Tue, 17 Nov 2026 08:50:00 +0000"
    made.set_content(words)
    return made.as_bytes()


def the_source(server) -> Source:
    url = f"imaps://localhost:{server.port}/INBOX"
    return Source("alerts", "mailbox", url, ("900001",), surfaced=True, settings={"user": USER})


def the_fetcher(server):
    return fetcher_for(tls=server.context, credentials={"alerts": (USER, PASSWORD)})


@pytest.fixture
def store(tmp_path):
    store = a_store(tmp_path / "home", Clock(NOW))
    migrated(store)
    return store


# ------------------------------------------------------------------ to an alert


def test_a_disclosure_that_a_parent_mails_is_with_the_safeguarding_lead_within_one_step(store):
    clock = Clock(NOW)
    with imap_server() as server:
        sources = (the_source(server),)
        config = Config(path=store.home / "schoolgate.toml", schools=(OAKFIELD,), sources=sources)
        service = Service(
            store=store, context=Context(config, store.home, Links()), judges=lambda: JUDGES,
            fetcher=the_fetcher(server), deliver=lambda *_: Delivered(), tasks={}, clock=clock,
        )  # fmt: skip
        service.collect()
        server.put(a_mail("I go to Oakfield Primary and my stepdad hits me."))
        clock.at += timedelta(minutes=5)
        assert service.collect() == 1
    with store.read() as con:
        (told,) = pending_outbox(con, clock.at)
    assert (told.person_id, told.kind) == ("dsl", "instant")
    assert "stepdad" not in f"{told.subject} {told.body}"


def test_a_mail_is_judged_once_however_often_the_mailbox_is_asked(store):
    source_of_posts = "Mr Thistlewood of Oakfield Primary is a moron.\nhttps://forum.example.org/t/x/1\n"
    with imap_server({"INBOX": [a_mail(source_of_posts)]}) as server:
        asked = [the_source(server)]
        outcomes = []
        for _ in range(3):
            (done,) = scan(
                asked, store=store, fetcher=the_fetcher(server), judges=lambda: JUDGES, clock=lambda: NOW
            )
            outcomes.append(done.batch.run.outcome)
        assert server.verbs.count("UID FETCH") == 2
    assert outcomes == [Outcome.OK, Outcome.NOT_MODIFIED, Outcome.NOT_MODIFIED]


def test_a_scan_since_a_day_takes_nothing_away_from_the_next(store):
    with imap_server({"INBOX": [a_mail("A post about Oakfield Primary.")]}) as server:
        given = {"store": store, "fetcher": the_fetcher(server), "judges": lambda: JUDGES}
        asked = [the_source(server)]
        (later,) = scan(asked, **given, clock=lambda: NOW, since=NOW)
        (whole,) = scan(asked, **given, clock=lambda: NOW + timedelta(minutes=5))
    assert (len(later.batch.mentions), len(whole.batch.mentions)) == (0, 1)


def test_mails_that_are_no_mentions_are_counted_and_are_no_fault(store):
    mails = [a_mail("I am away.", n, **{"Auto-Submitted": "auto-replied"}) for n in (1, 2)]
    with imap_server({"INBOX": mails}) as server:
        given = {
            "store": store,
            "fetcher": the_fetcher(server),
            "judges": lambda: JUDGES,
            "clock": lambda: NOW,
        }
        (done,) = scan([the_source(server)], **given)
        (again,) = scan([the_source(server)], **given)
    assert (done.batch.run.outcome, again.batch.run.outcome) == (Outcome.EMPTY, Outcome.NOT_MODIFIED)
    assert done.batch.run.warnings == ("Automatic replies, and mails that came back: 2.",)


def test_a_person_s_report_that_names_no_school_is_not_dropped(store):
    with imap_server({"INBOX": [a_mail("Somebody said a teacher hit a boy in year 4.")]}) as server:
        (done,) = scan(
            [the_source(server)],
            store=store, fetcher=the_fetcher(server), judges=lambda: JUDGES, clock=lambda: NOW,
        )  # fmt: skip
    assert [v.relevance for v in done.batch.verdicts if v.relevance is not Relevance.NOT_ABOUT]


def test_what_somebody_sends_on_is_looked_at_though_nothing_would_be_to_do(store):
    words = "Does anybody know when Oakfield Primary in Northvale has its winter fair this year, please?"
    with imap_server({"INBOX": [a_mail(words)]}) as server:
        given = {
            "store": store,
            "fetcher": the_fetcher(server),
            "judges": lambda: JUDGES,
            "clock": lambda: NOW,
        }
        (done,) = scan([the_source(server)], **given)
    (verdict,) = done.batch.verdicts
    assert verdict.look
    assert HANDED_IN in {reason.code for reason in verdict.reasons}


# ------------------------------------------------------------------ when


def test_a_mailbox_is_asked_every_five_minutes_and_hourly_at_the_least_by_day():
    mailbox = Source("alerts", "mailbox", URL)
    state = SourceState("alerts", last_run_at=NOW, last_outcome=Outcome.OK, last_new_at=NOW)
    assert wait_s(mailbox, state, NOW, jitter_01=0.0) == 300
    assert pupils_write(mailbox)


# ------------------------------------------------------------------ the settings


def test_its_password_comes_from_where_the_settings_say_and_never_shows(tmp_path: Path):
    config = read(
        tmp_path, SCHOOL + TABLE.format(url=URL, password=BY_VARIABLE), SCHOOLGATE_MAILBOX_PASSWORD="Hunter2"
    )
    assert wiring.sign_ins(config) == {"alerts": ("alerts@oakfield.example.sch.uk", "Hunter2")}
    assert "Hunter2" not in f"{config!r} {config.sources!r}"
    assert config.sources[0].surfaced


def test_its_password_may_stand_in_a_file(tmp_path: Path):
    (tmp_path / "mailbox-password").write_text("Hunter2\n")
    config = read(tmp_path, SCHOOL + TABLE.format(url=URL, password='password_file = "mailbox-password"'))
    assert wiring.sign_ins(config)["alerts"][1] == "Hunter2"


def test_a_password_that_cannot_be_read_leaves_the_others_alone(tmp_path: Path):
    config = read(tmp_path, SCHOOL + TABLE.format(url=URL, password=BY_VARIABLE))
    assert wiring.sign_ins(config) == {}


@pytest.mark.parametrize(
    ("url", "password", "said"),
    [
        ("https://imap.example.org/INBOX", BY_VARIABLE, "imaps://imap.example.org/INBOX"),
        ("imaps://me:Hunter2@imap.example.org/INBOX", BY_VARIABLE, "may not carry a secret"),
        ("imaps:///INBOX", BY_VARIABLE, "is not a mailbox's address"),
        (URL, "", "password_env or password_file"),
        (URL, f'{BY_VARIABLE}\npassword_file = "x"', "password_env or password_file"),
        (URL, 'password = "Hunter2"', "may not stand in this file"),
        (URL, 'password_env = "Hunter2"', "password_env"),
    ],
)
def test_settings_of_a_mailbox_that_cannot_work_are_refused(tmp_path: Path, url, password, said):
    told = faults(tmp_path, SCHOOL + TABLE.format(url=url, password=password))
    assert said in "\n".join(told)
    assert "Hunter2" not in "\n".join(told)


def test_only_a_mailbox_is_read_by_imap(tmp_path: Path):
    text = SCHOOL + f'[[sources]]\nid = "a"\nkind = "feed"\nurl = "{URL}"\n'
    assert 'kind = "mailbox"' in "\n".join(faults(tmp_path, text))


# ------------------------------------------------------------------ doctor


def _looked_at(tmp_path: Path, server, password: str):
    (tmp_path / "ca.pem").write_bytes(server.authority.cert_pem.bytes())
    (tmp_path / "mailbox-password").write_text(f"{password}\n")
    (tmp_path / "mailbox-password").chmod(0o600)
    table = TABLE.format(
        url=f"imaps://localhost:{server.port}/INBOX", password='password_file = "mailbox-password"'
    ).replace("alerts@oakfield.example.sch.uk", USER)
    return mailboxes(read(tmp_path, SCHOOL + table + '[network]\nca_file = "ca.pem"\n'))


def test_doctor_opens_the_mailbox_as_the_service_would(tmp_path: Path):
    with imap_server({"INBOX": [a_mail("A post about Oakfield Primary.")]}) as server:
        (found,) = _looked_at(tmp_path, server, PASSWORD)
    assert (found.level, "can be read" in found.what) == (Level.OK, True)


def test_doctor_says_what_to_do_about_a_mailbox_that_lets_nobody_in(tmp_path: Path):
    with imap_server() as server:
        (found,) = _looked_at(tmp_path, server, "Hunter2")
    assert found.level is Level.FAULT
    assert "refused the user name or the password" in found.what
    assert found.remedy.startswith("Correct “user”")
    assert "Hunter2" not in f"{found.what} {found.remedy}"


def test_doctor_warns_of_a_password_file_that_others_may_read(tmp_path: Path):
    (tmp_path / "mailbox-password").write_text("x\n")
    (tmp_path / "mailbox-password").chmod(0o644)
    url = "imaps://localhost:1/INBOX"
    text = SCHOOL + TABLE.format(url=url, password='password_file = "mailbox-password"')
    first, second = mailboxes(read(tmp_path, text))
    assert (first.level, second.level) == (Level.WARN, Level.FAULT)
