"""Messages taken back before they were sent."""

from __future__ import annotations

from datetime import timedelta

from storing import NOW, a_message

from data.store import outbox


def put(store, *messages):
    with store.write("put messages") as con:
        outbox.put_outbox(con, messages, NOW)


def waiting(store, at=NOW):
    with store.read() as con:
        return {m.key for m in outbox.pending_outbox(con, at)}


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
