"""Messages taken back before they were sent, and how long their words are kept."""

from __future__ import annotations

from datetime import timedelta

from builders.mention import NOW, POLICY, a_message, pending_outbox

from data.retention.purge import purge
from data.store.messages import outbox


def put(store, *messages):
    with store.write("put messages") as con:
        outbox.put_outbox(con, messages, NOW)


def waiting(store, at=NOW):
    with store.read() as con:
        return {m.key for m in pending_outbox(con, at)}


def test_what_waits_for_somebody_who_turns_out_to_be_the_subject_is_taken_back(store):
    put(
        store,
        a_message("theirs", alert_id="a-one"),
        a_message("later", alert_id="a-one", due_at=NOW + timedelta(hours=1)),
        a_message("anothers", alert_id="a-one", person_id="p-dsl"),
        a_message("of-another-alert", alert_id="a-two"),
        a_message("a-digest", kind="digest"),
    )
    with store.write("withdraw") as con:
        assert outbox.withdraw(con, "a-one", {"p-head"}, NOW) == 2
        assert outbox.withdraw(con, "a-one", {"p-head"}, NOW) == 0
    assert waiting(store, NOW + timedelta(hours=2)) == {"anothers", "of-another-alert", "a-digest"}


def test_the_warning_owed_to_somebody_in_danger_is_not_taken_back(store):
    put(store, a_message("theirs", alert_id="a-one"), a_message("owed", alert_id="a-one", kind="warning"))
    with store.write("withdraw") as con:
        outbox.withdraw(con, "a-one", {"p-head"}, NOW)
    assert waiting(store) == {"owed"}


def test_the_words_of_a_digest_are_kept_no_longer_than_what_it_tells_of(store):
    put(store, a_message("a-digest", kind="digest", html="<p>words</p>"), a_message("an-alert"))
    for days, digest in ((30, True), (31, False)):
        purge(store, NOW + timedelta(days=days), POLICY)
        with store.read() as con:
            kept = con.execute("SELECT key, body <> '', html IS NOT NULL FROM outbox ORDER BY key").fetchall()
        assert kept == [("a-digest", digest, digest), ("an-alert", True, False)]


def test_a_message_goes_a_year_after_it_expired(store):
    put(store, a_message())
    purge(store, NOW + timedelta(days=365), POLICY)
    with store.read() as con:
        assert con.execute("SELECT count(*) FROM outbox").fetchone() == (1,)
    purge(store, NOW + timedelta(days=367), POLICY)
    with store.read() as con:
        assert con.execute("SELECT count(*) FROM outbox").fetchone() == (0,)
