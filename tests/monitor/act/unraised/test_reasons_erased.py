"""Why a matter was given or ended may repeat a post: it goes with that, and out of mails that say so."""

from __future__ import annotations

import pytest
from builders.alert import DEPUTY, HEAD
from builders.mention import POLICY, URN, a_batch, a_mention, a_verdict
from builders.page import POST, STREET, PageDesk

from data.retention import deleting
from data.store.mentions.batch import save
from data.types import Mark
from monitor.act.give import give
from monitor.act.mark import mark
from monitor.home.wiring import Session
from monitor.matters.reader import Reader

ANOTHER = a_mention("another", channel="local_forum", title="", text="Mrs Larch told me so.", author="sam")
QUOTES = "Mrs Larch says <so> again."


@pytest.fixture
def desk(tmp_path):
    desk = PageDesk(tmp_path, told=("head", "deputy"), **STREET)
    with desk.store.write("two posts") as con:
        save(con, a_batch(ANOTHER, verdicts=[a_verdict(ANOTHER, **STREET)]), now=desk.clock(), policy=POLICY)
        session = Session(desk.context.config, desk.context, desk.store, HEAD)
        give(con, session, "s-one", URN, DEPUTY.id, desk.clock(), note=QUOTES)
    return desk


def held(desk):
    """Where its words stand still."""
    with desk.store.read() as con:
        notes = con.execute("SELECT note FROM audit_notes").fetchall()
        mails = con.execute(
            "SELECT body || coalesce(html, '') FROM outbox WHERE person_id = 'deputy'"
        ).fetchall()
    return [said for (said,) in (*notes, *mails) if "Larch" in said]


def erase(desk, *posts):
    with desk.store.write("erased") as con:
        deleting.scrub(con, list(posts), desk.clock())


def test_a_note_to_whom_it_was_given_goes_with_one_of_two_posts_and_out_of_a_mail_that_waits(desk):
    assert len(held(desk)) > 1
    erase(desk, ANOTHER.id)
    assert held(desk) == []
    with desk.store.read() as con:
        ((body,),) = con.execute("SELECT body FROM outbox WHERE body LIKE '%has given it%'").fetchall()
    assert "[…]" in body


def test_a_mail_that_has_gone_out_is_emptied(desk):
    with desk.store.write("sent") as con:
        con.execute("UPDATE outbox SET sent_at = written_at WHERE kind = 'question'")
    erase(desk, ANOTHER.id)
    assert held(desk) == []


def test_why_it_is_done_with_goes_too(desk):
    with desk.store.write("answered") as con:
        reader = Reader(desk.context.config, desk.store, DEPUTY)
        mark(con, reader, "s-one", URN, Mark.ANSWERED, desk.clock(), "I rang Mrs Larch.")
    erase(desk, ANOTHER.id)
    assert held(desk) == []


def test_the_words_of_another_matter_stay(desk):
    erase(desk, "elsewhere")
    assert len(held(desk)) > 1
    assert POST.id
