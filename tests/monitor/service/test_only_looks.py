"""What is read, kept and mailed of a home without a recorded impact assessment, new or running."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from builders.fetcher import fetcher_for
from builders.home import a_migrated_store, do_in, rows_of
from builders.judges import CALM, OAKFIELD, judges
from builders.mention import NOW, Clock, a_run, pending_outbox
from builders.serving import feed
from support.web_server import serve

from alerts.links import Links
from data.store.sources import record_runs
from data.types import Person, Role, Source
from monitor.config.home.context import Context
from monitor.config.load import Config
from monitor.config.model import DpiaSettings
from monitor.pipeline.supplied import Kept, Report, spool_report
from monitor.service.delivery import Delivered
from monitor.service.digests import digests
from monitor.service.reminders import remind_of_assessment
from monitor.service.step import Service

PEOPLE = tuple(
    Person(role.value, f"Ada {role.value.title()}", (role,), f"{role.value}@example.org")
    for role in (Role.HEAD, Role.DPO, Role.DSL, Role.CHAIR)
)
TASKS = {"assessment": remind_of_assessment, "digests": digests}
DANGER = "I am going to stab the caretaker of Oakfield Primary at the gate tomorrow, I have the knife"


@pytest.fixture
def clock():
    return Clock(NOW)


@pytest.fixture
def service(tmp_path, clock):
    """The service of a home that was set up just now, with one place to read."""
    with serve({"/a.xml": feed(CALM, DANGER)}) as site:
        store = a_migrated_store(tmp_path / "home", clock)
        place = Source("a", "feed", f"{site}/a.xml", urns=(OAKFIELD.urn,), surfaced=True)
        config = Config(store.home / "schoolgate.toml", schools=(OAKFIELD,), sources=(place,), people=PEOPLE)
        yield Service(
            store=store, context=Context(config, store.home, Links()), judges=lambda: judges(OAKFIELD),
            fetcher=fetcher_for(site), deliver_due=lambda *_: Delivered(), tasks=TASKS, clock=clock,
        )  # fmt: skip


def sign(service):
    signed = DpiaSettings(recorded_on=date(2026, 9, 1), recorded_by="Mrs Quillfeather")
    service.context = replace(service.context, config=replace(service.context.config, dpia=signed))


def mails(service, days=1):
    """Whom each mail of these days is for, and its subject."""
    service.clock.at = NOW + timedelta(days=days)
    while service.run_tasks():
        pass
    with service.store.open_reader() as con:
        found = pending_outbox(con, NOW + timedelta(days=days))
    return sorted((m.person_id, m.subject) for m in found)


def test_a_new_home_reads_and_keeps_nothing_until_it_is_recorded(service):
    assert service.collect() == 0
    assert rows_of(service.store, "SELECT count(*) FROM mentions") == [(0,)]
    sign(service)
    assert service.collect() == 1
    assert rows_of(service.store, "SELECT count(*) FROM mentions") == [(2,)]


def test_head_and_data_protection_officer_hear_each_working_day_that_it_is_missing_and_no_digest_goes_out(
    service,
):
    subject = "No impact assessment is recorded"
    assert mails(service) == [("dpo", subject), ("head", subject)]
    assert mails(service, days=2) == [("dpo", subject), ("head", subject)]
    assert rows_of(service.store, "SELECT count(*) FROM outbox") == [(4,)]


def test_what_was_handed_in_is_in_the_digest_of_a_home_that_only_looks(service):
    said = Report(DANGER, "", "email", None, None, NOW)
    with spool_report(Path(service.store.home), Kept(said, OAKFIELD.urn, NOW)):
        pass
    service.collect()
    service.collect()
    assert rows_of(service.store, "SELECT count(*) FROM alerts") == [(1,)]
    assert rows_of(service.store, "SELECT count(*) FROM mentions") == [(1,)], "it still only looks"
    assert ("dsl", "Threat: not taken on yet, police: not yet (Wednesday)") in mails(service)


def test_a_home_that_runs_goes_on_and_says_so_each_day(service):
    do_in(service.store, record_runs, [a_run("a", NOW - timedelta(hours=5))])
    assert service.collect() == 1
    said = [who for who, subject in mails(service) if "impact assessment" in subject]
    assert said == ["dpo", "head"]


def test_once_it_is_recorded_nothing_is_said_of_it(service):
    sign(service)
    assert not any("impact assessment" in subject for _, subject in mails(service))
