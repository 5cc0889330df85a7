"""The school's own accounts: notices, odd posts, and what was done there and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import duckdb
import pytest
from builders.home import a_migrated_store
from builders.mention import NOW, POLICY, URN, a_batch, a_mention, a_run, a_verdict, an_alert

from data.errors import InputError
from data.ids import digest
from data.retention.purge import purge
from data.store.engine import audit_chain
from data.store.mentions.batch import save
from data.store.sources import own_accounts
from data.store.sources.own_accounts import AccountNotice, Logged
from data.store.sources.source_runs import record_runs
from data.types import Outcome, Reason, Route

Connection = duckdb.DuckDBPyConnection
HOUR = timedelta(hours=1)


@pytest.fixture
def con(tmp_path) -> Iterator[Connection]:
    """A store that is open for a whole test: opening it for each step takes longer than the steps."""
    with a_migrated_store(tmp_path).write("test") as con:
        yield con


def readings(con: Connection, *answers: bool | None, source: str = "own") -> None:
    """One run an hour, from `NOW` on."""
    for n, answer in enumerate(answers):
        outcome = Outcome.OK if answer is not None else Outcome.BLOCKED
        record_runs(con, [a_run(source, NOW + n * HOUR, notice=answer, outcome=outcome)])


def notice(con: Connection) -> AccountNotice | None:
    return own_accounts.notices(con, ["own"]).get("own")


def an_entry(**fields: object) -> Logged:
    given = {"action": "hidden", "reason": "It names a pupil.", "url": None} | fields
    return Logged("e1", URN, "own", NOW, "p-it", **given)  # type: ignore[arg-type]


def test_a_notice_never_read_is_not_known(con: Connection) -> None:
    readings(con, None, None)
    assert notice(con) is None


def test_a_notice_that_always_stood_stands_since_the_first_reading(con: Connection) -> None:
    readings(con, True, None, True)
    assert notice(con) == AccountNotice("own", True, NOW, NOW + 2 * HOUR, turned=False)


def test_a_missing_notice_is_missing_since_the_first_reading_without_it(con: Connection) -> None:
    readings(con, True, True, False, None, False)
    assert notice(con) == AccountNotice("own", False, NOW + 2 * HOUR, NOW + 4 * HOUR, turned=True)


def test_a_notice_that_came_back_stands_since_then(con: Connection) -> None:
    readings(con, False, True, False, True)
    assert notice(con) == AccountNotice("own", True, NOW + 3 * HOUR, NOW + 3 * HOUR, turned=True)


def test_a_wall_after_a_good_reading_changes_nothing(con: Connection) -> None:
    readings(con, True, None, None)
    found = notice(con)
    assert found is not None
    assert found.stands


def test_what_was_done_is_kept_newest_first_with_its_reason(con: Connection) -> None:
    second = Logged(
        "e2", URN, "own", NOW + HOUR, "p-it", "blocked", "Insults, after a warning.", "https://x.example/1"
    )
    own_accounts.put_log(con, an_entry())
    own_accounts.put_log(con, second)
    assert own_accounts.list_log(con, ["own"]) == [second, an_entry()]
    assert own_accounts.list_log(con, ["other"]) == []


def test_the_audit_holds_the_hash_of_the_reason_and_its_words_stand_nowhere_else(con: Connection) -> None:
    own_accounts.put_log(con, an_entry())
    assert audit_chain.verify(con) == []
    (row,) = con.execute("SELECT actor, action, subject, urn, codes FROM audit").fetchall()
    assert con.execute("SELECT note FROM audit_notes").fetchall() == []
    assert row[:4] == ("p-it", "account_logged", "own", URN)
    assert row[4] == ["action:hidden", "entry:e1", f"reason:{digest('It names a pupil.')}"]
    assert "pupil" not in str(row)


@pytest.mark.parametrize("fields", [{"reason": "  "}, {"action": "forgiven"}])
def test_nothing_is_kept_without_a_reason_or_for_an_action_that_is_none(
    con: Connection, fields: dict[str, object]
) -> None:
    with pytest.raises(InputError):
        own_accounts.put_log(con, an_entry(**fields))
    assert own_accounts.list_log(con, ["own"]) == []


def test_the_log_is_forgotten_with_the_other_records(tmp_path) -> None:
    store = a_migrated_store(tmp_path)
    with store.write("test") as con:
        own_accounts.put_log(con, an_entry())
    purge(store, NOW + timedelta(days=POLICY.retain_days), POLICY)
    with store.read() as con:
        assert own_accounts.list_log(con, ["own"]) == []


def kept(con: Connection, name: str, at: datetime = NOW, **fields: object) -> str:
    mention = a_mention(name)
    verdict = a_verdict(mention, **fields)
    alerts = [an_alert(f"s-{name}", content_class="C14")] if verdict.content_class == "C14" else []
    batch = a_batch(mention, verdicts=[verdict], story_id=f"s-{name}", run=a_run("own", at), alerts=alerts)
    save(con, batch, now=at, policy=POLICY)
    return mention.id


def test_earlier_posts_are_the_accounts_own_newest_first(con: Connection) -> None:
    own = {"route": Route.IGNORE, "reasons": (Reason("own_post", ""),)}
    first = kept(con, "a", **own)
    second = kept(con, "b", NOW + HOUR, **own)
    kept(con, "comment")
    found = own_accounts.earlier_posts(con, "own", NOW - HOUR, "own_post")
    assert [mention_id for mention_id, _ in found] == [second, first]
    assert "Oakfield is mentioned here as b" in found[0][1]
    assert own_accounts.earlier_posts(con, "own", NOW + 2 * HOUR, "own_post") == []


def test_odd_posts_are_found_by_the_account_that_carried_them(con: Connection) -> None:
    kept(con, "odd", content_class="C14")
    kept(con, "calm")
    (found,) = own_accounts.odd_posts(con, "own")
    assert (found.alert_id, found.in_hand) == (an_alert("s-odd").id, False)
    assert own_accounts.odd_posts(con, "other") == []


def test_routes_are_known_by_address_but_not_of_what_is_restricted(con: Connection) -> None:
    kept(con, "a")
    kept(con, "b", restricted=True)
    at = "https://forum.example.org"
    assert own_accounts.routes_at(con, f"{at}/a", f"{at}/a", URN) == ["respond"]
    assert own_accounts.routes_at(con, f"{at}/b", f"{at}/b", URN) == []
    assert own_accounts.routes_at(con, f"{at}/a", f"{at}/a", "900002") == []
