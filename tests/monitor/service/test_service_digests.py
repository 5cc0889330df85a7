"""Digests over both changes of Europe/London's clocks, and after the first reading of a start."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from builders.config import SIGNED
from builders.digest import GAZETTE, TUESDAY, a_config, a_context, alert_on, grave, ran
from builders.digest import HEAD as ASHA
from builders.fetcher import fetcher_for
from builders.home import a_migrated_store
from builders.judges import CALM, OAKFIELD, judges
from builders.kept_open import kept_open
from builders.mention import Clock, pending_outbox
from support.web_server import serve

from alerts.links import Links
from alerts.notices.book import Book
from data.types import Outcome, Source
from monitor.config.home.context import Context
from monitor.config.load import Config
from monitor.service.delivery import Delivered
from monitor.service.digests import digests
from monitor.service.notebook import Notebook
from monitor.service.step import FIRST_READING, Service

MORNINGS = [  # in UTC, and whether a digest is written then
    ("2026-10-23 06:29", 0), ("2026-10-23 06:30", 1), ("2026-10-23 06:31", 0),
    ("2026-10-26 06:31", 0), ("2026-10-26 07:29", 0), ("2026-10-26 07:30", 1),  # the clocks went back
    ("2026-10-26 06:59", 0), ("2026-10-26 07:30", 0),  # somebody set this one back
    ("2027-03-25 07:29", 0), ("2027-03-25 07:30", 1),
    ("2027-03-30 06:29", 0), ("2027-03-30 06:30", 1),  # they went forward, over Easter
    ("2027-04-01 09:00", 1), ("2027-04-01 09:30", 0),  # it slept
]  # fmt: skip


def test_over_a_change_of_clocks_and_a_sleep_no_digest_is_lost_none_is_twice_and_no_time_left_out(tmp_path):
    config = a_config(tmp_path, people=(ASHA,), sources=(GAZETTE,))
    with kept_open(a_migrated_store(tmp_path / "home")) as store:
        ran(store, "gazette", datetime(2026, 10, 22, 9, tzinfo=UTC))
        for said, count in MORNINGS:
            now = datetime.fromisoformat(said).replace(tzinfo=UTC)
            with store.open_reader() as con:
                writes = digests(con, a_context(config), now)
            assert len(writes) == count, said
            with store.write("digests") as con:
                for write in writes:
                    write(con)
                con.execute("UPDATE outbox SET sent_at = $now WHERE sent_at IS NULL", {"now": now})
                covers = (
                    "SELECT epoch(covers_from), epoch(covers_to) FROM editions WHERE outbox_key IS NOT NULL"
                )
                found = con.execute(f"{covers} ORDER BY composed_at").fetchall()
    assert [end for _, end in found[:-1]] == [start for start, _ in found[1:]]
    assert len(found) == 5


# ---------------------- one that tells of sources not seen waits for the first reading, ten minutes at most


FEED = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>G</title><item><title>1</title><guid>1</guid>'
    f"<link>https://gazette.example.org/1</link><description>{CALM}</description></item></channel></rss>"
)
SECOND = timedelta(seconds=1)
MONDAY = TUESDAY - timedelta(hours=21, minutes=30)
"""10:00 on a school day."""


@pytest.fixture
def clock():
    return Clock(MONDAY)


@pytest.fixture
def home(tmp_path, clock):
    """An untouched home, its one place, and the service at work on it."""
    with serve({"/a.xml": FEED.encode()}) as site:
        store = a_migrated_store(tmp_path / "home", clock)
        place = Source("a", "feed", f"{site}/a.xml", urns=(OAKFIELD.urn,), surfaced=True)
        config = Config(
            path=store.home / "schoolgate.toml",
            schools=(OAKFIELD,),
            sources=(place,),
            people=(ASHA,),
            dpia=SIGNED,
        )
        service = Service(
            store=store, context=Context(config, store.home, Links()), judges=lambda: judges(OAKFIELD),
            fetcher=fetcher_for(site), deliver_due=lambda *_: Delivered(), tasks={"digests": digests},
            clock=clock, waits=True,
        )  # fmt: skip
        yield store, service


def told(store, clock):
    with store.open_reader() as con:
        return [m for m in pending_outbox(con, clock()) if m.kind == "digest"]


@pytest.mark.parametrize(("starts", "reads_s"), [(MONDAY, 0), (TUESDAY, 90)], ids=["late", "at its time"])
def test_what_was_posted_is_read_before_the_first_digest_of_a_morning_tells_of_it(
    home, clock, starts, reads_s
):
    store, service = home
    clock.at = starts
    service.run_tasks()
    assert told(store, clock) == []
    clock.at += reads_s * SECOND
    assert service.collect() == 1
    clock.at += SECOND
    service.run_tasks()
    (mail,) = told(store, clock)
    assert "Nothing was read yet" not in mail.subject
    assert "have not been able to read" not in mail.body
    assert "1 new post from 1 source" in mail.body


def test_after_ten_minutes_it_is_told_that_nothing_could_be_read(home, clock):
    store, service = home
    for turn in range(12):
        clock.at = MONDAY + turn * FIRST_READING / 12
        service.run_tasks()
    assert told(store, clock) == []
    clock.at = MONDAY + FIRST_READING
    service.run_tasks()
    (mail,) = told(store, clock)
    assert "Nothing was read yet" in mail.subject


def test_a_morning_after_a_sleep_is_as_a_first_start_and_says_how_long_nothing_ran(home, clock):
    store, service = home
    service.collect()
    clock.at += SECOND
    service.run_tasks()
    assert len(told(store, clock)) == 1
    Notebook(store.home).keep(Book(alive=clock()))
    clock.at = MONDAY + timedelta(days=1)
    service.run_tasks()
    assert told(store, clock) == []  # yesterday's has expired
    service.collect()
    clock.at += SECOND
    service.run_tasks()
    (mail,) = told(store, clock)
    assert "For 24 hours, Schoolgate did not run" in mail.body.replace("\n", " ")
    assert "Not seen" not in mail.body


@pytest.fixture
def reading(tmp_path):
    """The digests that are written while the first reading is under way, by the time."""
    config = a_config(tmp_path, people=(ASHA,), sources=(GAZETTE,))
    with kept_open(a_migrated_store(tmp_path / "home")) as store:

        def written(now):
            context = replace(a_context(config), read_at=now + timedelta(minutes=1))
            with store.open_reader() as con:
                return len(digests(con, context, now))

        yield store, written


def test_a_digest_that_has_no_blindness_to_tell_of_waits_for_nothing(reading):
    store, written = reading
    ran(store, "gazette", TUESDAY - timedelta(days=1), Outcome.BLOCKED)
    assert written(TUESDAY) == 0
    ran(store, "gazette", TUESDAY - timedelta(minutes=5))
    assert written(TUESDAY) == 1


def test_what_is_grave_waits_for_nothing_on_a_day_without_school(reading):
    store, written = reading
    saturday = TUESDAY + timedelta(days=4)
    at = saturday - timedelta(hours=1)
    grave(store, "gate", at, alert_on("gate", at))
    assert written(saturday) == 1
