"""However a sender dies, nobody gets two digests of one day, and every alert arrives."""

from __future__ import annotations

from datetime import timedelta

import pytest
from killing import a_worker, rounds, tell
from mailing import post_office
from storing import a_message, a_store

from data.effects import utc_now
from data.store import outbox

KILLS = 20


@pytest.mark.slow
def test_a_sender_killed_at_random_points_sends_no_digest_twice_and_loses_no_alert(tmp_path):
    with post_office() as office, rounds(tmp_path / "home", office, seed=7) as killing:
        office.wait_s = 0.005
        while killing.kills.total() < KILLS:
            killing.kill_one()
        killing.finish()
        assert killing.faults() == []
        assert len(set(killing.kills)) >= 5


@pytest.mark.slow
def test_two_processes_that_send_side_by_side_send_each_message_once(tmp_path):
    store, now = a_store(tmp_path / "home"), utc_now()
    store.migrate()
    day = {"due_at": now, "expires_at": now + timedelta(hours=12)}
    with store.write("put") as con:
        outbox.put_outbox(con, [a_message(f"m{n:02}", kind="digest", **day) for n in range(24)], now)
    with (
        post_office() as office,
        a_worker(store.home, office) as one,
        a_worker(store.home, office) as other,
    ):
        office.wait_s = 0.01
        for worker in (one, other):
            tell(worker, "0 live 0")
        assert [worker.stdout.readline() for worker in (one, other)] == ["0\n", "0\n"]
    assert sorted(t.id for t in office.taken) == [f"<m{n:02}@example.org>" for n in range(24)]
    with store.read() as con:
        assert con.execute("SELECT count(sent_at), count(unsure_at) FROM outbox").fetchall() == [(24, 0)]
