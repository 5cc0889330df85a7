"""A row added to the audit chain excuses nothing that the program itself could not have done."""

from collections.abc import Callable
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
from builders.case_desk import NOW, Desk
from builders.mention import POLICY, a_batch, a_mention, a_run, a_verdict, an_alert, save
from builders.pack import pack

from data.evidence.vault import Vault
from data.ids import digest
from data.store import cases as case_store
from data.store.engine.audit_chain import AuditEntry, Code, append, step_seal
from data.store.engine.connect import Connection
from data.store.engine.open import Store
from data.store.sealing import seal_posts
from data.types import Route, Severity
from monitor.act.packing import DoesNotHold
from monitor.act.proving import prove, read_evidence

LIE = a_mention("lie", channel="forum")
ALERT = an_alert("story-lie").id
KEYS = {"mentions": "id", "seal_salts": "subject"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Desk:
    """A post with an alert and an open case."""
    desk = Desk(tmp_path_factory.mktemp("home"))
    given = {"route": Route.REQUEST_REMOVAL, "content_class": "C7", "severity": Severity.TODAY}
    desk.story("lie", alert=True, themes=("staff",), **given)
    desk.open("story-lie", "holt")
    with desk.store.open_reader() as con:
        assert told(con, desk.store) == []
    return desk


class _Undone(Exception):
    """So that the transaction is rolled back."""


@contextmanager
def undone(store: Store):
    with suppress(_Undone), store.write("tamper") as con:
        yield con
        raise _Undone


def told(con: Connection, store: Store) -> list[str]:
    """The same for the whole home and for the case alone, of which no pack is made then."""
    vault = Vault(store.evidence)
    whole, one = (prove(read_evidence(con, c), vault, case_id=c).faults for c in (None, "0001"))
    assert bool(whole) == bool(one)
    return [fault.said for fault in whole]


def _record(con: Connection, action: str, subject: str, *codes: str) -> None:
    append(con, [AuditEntry(NOW, "moss", action, subject, "900001", codes)])


def _post_gone(con: Connection) -> None:
    for table in ("mention_versions", "mentions", "verdicts", "matches", "sightings", "seal_salts"):
        con.execute(f"DELETE FROM {table} WHERE {KEYS.get(table, 'mention_id')} = '{LIE.id}'")


def _retention(con: Connection) -> None:
    _post_gone(con)
    _record(con, "text_deleted", LIE.id, "C7")


def _request(con: Connection) -> None:
    _post_gone(con)
    _record(con, "request_recorded", "P0001", Code.KIND.of("erasure"))
    _record(con, "text_deleted", LIE.id, "C7", "authority:erasure", Code.REQUEST.of("P0001"))


def _platform(con: Connection) -> None:
    _post_gone(con)
    _record(con, "seen_gone", LIE.id)
    _record(con, "text_deleted", LIE.id, "C7", "authority:platform")


def _no_request(con: Connection) -> None:
    _record(con, "text_deleted", a_mention("other").id, "C7", Code.REQUEST.of("P0009"))


def _case(con: Connection) -> None:
    seals = map(step_seal, case_store.steps_of_case(con, "0001"))
    con.execute("DELETE FROM case_steps")
    con.execute("DELETE FROM cases")
    _record(con, "case_deleted", "0001", "C7", Code.ALL_STEPS.of(digest(*seals)))


def _alert(con: Connection) -> None:
    con.execute("DELETE FROM alerts")
    _record(con, "alert_deleted", ALERT)


def _reasons(con: Connection) -> None:
    con.execute("UPDATE verdicts SET reason_texts = [], themes = []")
    _record(con, "words_withheld", LIE.id)


def _sealed_anew(con: Connection) -> None:
    con.execute("UPDATE mention_versions SET text = 'A lovely man'")
    con.execute("DELETE FROM seal_salts WHERE kind = 'post'")
    seal_posts(con, [LIE.id], NOW, "0001")


@pytest.mark.parametrize(
    ("forge", "said"),
    [
        (_retention, "the post of case 0001 was deleted, while the case kept it"),
        (_request, "the post of case 0001 was deleted, while the case kept it"),
        (_platform, "the post of case 0001 was deleted, while the case kept it"),
        (_no_request, "erased for request P0009, but no such request was recorded"),
        (_case, "case 0001 was deleted, but it was never closed"),
        (_alert, "the alert of case 0001 was deleted, while the case kept it"),
        (_reasons, "It was sealed, and this is no longer there: reason_texts, themes."),
        (_sealed_anew, "It was sealed a second time: first_seen, text, title."),
    ],
)
def test_a_record_that_the_program_never_makes_is_found(
    desk: Desk, forge: Callable[[Connection], None], said: str
):
    with undone(desk.store) as con:
        forge(con)
        faults = told(con, desk.store)
    assert any(said in one for one in faults), faults


def test_the_case_file_does_not_call_a_post_sealed_that_a_false_record_excuses(tmp_path):
    desk = Desk(tmp_path)
    desk.story("lie", content_class="C7", route=Route.REQUEST_REMOVAL)
    desk.open("story-lie", "holt")
    with desk.store.write("tamper") as con:
        _retention(con)
    assert "1 thing has changed since it was kept" in desk.page("holt")
    with pytest.raises(DoesNotHold):
        pack(desk, tmp_path / "o")


@pytest.mark.parametrize("version", [1, 2])
def test_a_later_scan_does_not_cover_up_when_a_post_was_first_seen(tmp_path, version):
    desk = Desk(tmp_path)
    desk.story("lie", content_class="C7", route=Route.REQUEST_REMOVAL)
    desk.open("story-lie", "holt")
    with desk.store.write("tamper") as con:
        con.execute("UPDATE mentions SET first_seen = first_seen - INTERVAL 400 DAY")
    lie = a_mention("lie", channel="local_forum", **({"text": "More."} if version == 2 else {}))
    verdict = a_verdict(lie, version=version, severity=Severity.THIS_HOUR)
    at = NOW + timedelta(hours=1)
    batch = a_batch(lie, verdicts=[verdict], story_id="story-lie", run=a_run("feed:lie"), version=version)
    with desk.store.write("scan") as con:
        save(con, batch, now=at, policy=POLICY)
        assert any("not what was sealed: first_seen." in one for one in told(con, desk.store))
