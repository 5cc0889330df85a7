"""What is due goes, its bytes too; what must stay stays."""

from __future__ import annotations

from datetime import timedelta

from builders.mention import NOW, POLICY, a_batch, a_match, a_mention, a_message, a_run, a_verdict, an_alert
from hypothesis import given
from hypothesis import strategies as st

from data.digest import Edition, Window
from data.evidence.vault import Vault
from data.keeping.periods import retain_until
from data.retention.purge import PurgeReport, purge
from data.store.alerts import alerts, escalations
from data.store.mentions.batch import save
from data.store.mentions.known import known
from data.store.messages.outbox import put_outbox
from data.store.reporting import daily_digest as sent_digests
from data.types import Escalation, Relevance, Route, Severity

PLANT = "quincunx-plant-" + "kestrel" * 3
DAY = timedelta(days=1)


def keep(store, batch, now=NOW):
    with store.write("save a test batch") as con:
        save(con, batch, now=now, policy=POLICY)


def not_about(*mentions):
    given = [a_verdict(m, relevance=Relevance.NOT_ABOUT, route=Route.IGNORE) for m in mentions]
    return a_batch(*mentions, verdicts=given, story_id=None, match=a_match(relevance=Relevance.NOT_ABOUT))


def restricted(mention, **fields):
    verdict = a_verdict(
        mention,
        restricted=True,
        content_class="C10",
        route=Route.SAFEGUARDING,
        severity=Severity.THIS_HOUR,
        weighed_most=(0, 4),
    )
    return a_batch(mention, verdicts=[verdict], **fields)


def rows(store, table):
    with store.read() as con:
        return con.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def files_with(home, words):
    """Names of all files below that hold the words in their bytes."""
    wanted = words.encode()
    return sorted(p.name for p in home.rglob("*") if p.is_file() and wanted in p.read_bytes())


def test_what_is_not_about_the_school_goes_after_a_day_and_leaves_a_fingerprint_and_a_count(store):
    mention = a_mention()
    keep(store, not_about(mention))
    assert purge(store, NOW + 0.9 * DAY, POLICY) == PurgeReport()
    assert purge(store, NOW + DAY, POLICY) == PurgeReport(deleted=1, not_about=1, rewritten=True)
    for table in ("mentions", "mention_versions", "matches", "verdicts", "sightings"):
        assert rows(store, table) == 0
    with store.read() as con:
        assert known(con, [mention.id])[mention.id].purged
        assert con.execute("SELECT relevance, purged FROM counts").fetchall() == [("not_about", 1)]


def test_a_fingerprint_stays_while_its_source_still_shows_the_post(store):
    mention = a_mention()
    keep(store, not_about(mention))
    purge(store, NOW + DAY, POLICY)
    again = a_batch(run=a_run(at=NOW + 25 * DAY))
    keep(store, type(again)(**{**_fields(again), "seen": (mention.id,)}), NOW + 25 * DAY)
    purge(store, NOW + 50 * DAY, POLICY)
    assert rows(store, "fingerprints") == 1
    assert rows(store, "sightings") == 0
    purge(store, NOW + 55 * DAY, POLICY)
    assert rows(store, "fingerprints") == 0


def _fields(batch):
    return {name: getattr(batch, name) for name in batch.__slots__}


def test_plain_criticism_goes_after_thirty_days_with_its_story(store):
    keep(store, a_batch(a_mention()))
    assert purge(store, NOW + 29 * DAY, POLICY).deleted == 0
    assert purge(store, NOW + 30 * DAY, POLICY).deleted == 1
    assert rows(store, "stories") == 0
    assert rows(store, "counts") == 1


def test_a_purged_mention_that_says_something_new_is_a_mention_again(store):
    keep(store, not_about(a_mention()))
    purge(store, NOW + DAY, POLICY)
    keep(store, a_batch(a_mention(text="Oakfield, and now truly."), version=2), NOW + 2 * DAY)
    assert (rows(store, "mentions"), rows(store, "fingerprints")) == (1, 0)


def test_after_hand_over_only_a_stub_is_left_of_a_restricted_matter(store):
    mention = a_mention(text=PLANT)
    alert = an_alert("s-one", restricted=True, content_class="C10")
    keep(store, restricted(mention, alerts=[alert]))
    with store.write("hand over") as con:
        alerts.hand_over(con, alert.id, "p-dsl", NOW + DAY)
    report = purge(store, NOW + DAY, POLICY)
    assert (report.stubs, report.deleted, report.rewritten) == (1, 0, True)
    assert files_with(store.home, PLANT) == []
    with store.read() as con:
        assert con.execute("SELECT id, stub, url FROM mentions").fetchall() == [(mention.id, True, None)]
        assert con.execute("SELECT content_class, weighed_most FROM verdicts").fetchall() == [("C10", None)]
        assert alerts.alert(con, alert.id) is not None
        assert not known(con, [mention.id])[mention.id].purged
        codes = con.execute("SELECT codes[1] FROM audit WHERE action = 'text_deleted'").fetchall()
    assert codes == [("C10",)]


def test_a_late_reply_does_not_bring_a_handed_over_title_back(store):
    opening = a_mention("opening", title=PLANT)
    keep(store, restricted(opening, alerts=[an_alert("s-one", restricted=True)]))
    with store.write("hand over") as con:
        alerts.hand_over(con, an_alert("s-one").id, "p-dsl", NOW)
    keep(store, a_batch(a_mention("late", title=PLANT, parent=opening.id), story_id="s-late"))
    purge(store, NOW + DAY, POLICY)
    assert files_with(store.home, PLANT) == []


def test_a_restricted_text_is_not_lost_before_it_is_handed_over(store):
    keep(store, restricted(a_mention()))
    purge(store, NOW + 40 * DAY, POLICY)
    assert rows(store, "restricted_texts") == 1


def test_an_open_case_keeps_its_mentions(store):
    keep(store, a_batch(a_mention()))
    with store.write("open a case") as con:
        con.execute(
            "INSERT INTO cases (id, story_id, urn, content_class, rung, opened_at, opened_by, closed_at, "
            "hold) VALUES ('c1', 's-one', '900001', 'C11', 'platform', $now, 'p1', NULL, FALSE)",
            {"now": NOW},
        )
    assert purge(store, NOW + 400 * DAY, POLICY).deleted == 0


def test_a_closed_case_on_hold_keeps_its_mentions_until_the_hold_ends(store):
    keep(store, a_batch(a_mention()))
    with store.write("close a case on hold") as con:
        con.execute(
            "INSERT INTO cases (id, story_id, urn, content_class, rung, opened_at, opened_by, closed_at, "
            "hold) VALUES ('c1', 's-one', '900001', 'C11', 'platform', $now, 'p1', $now, TRUE)",
            {"now": NOW},
        )
    assert purge(store, NOW + 400 * DAY, POLICY).deleted == 0
    with store.write("end the hold") as con:
        con.execute("UPDATE cases SET hold = FALSE")
    assert purge(store, NOW + 400 * DAY, POLICY).deleted == 1


def test_the_audit_records_the_deleting_of_what_was_more_than_plain_criticism_only(store):
    plain, unlawful = a_mention("plain"), a_mention("unlawful")
    keep(store, a_batch(plain, verdicts=[a_verdict(plain, content_class="C0")]))
    keep(store, a_batch(unlawful, verdicts=[a_verdict(unlawful, content_class="C8")], story_id="s-two"))
    assert purge(store, NOW + 3000 * DAY, POLICY).deleted == 2
    with store.read() as con:
        told = con.execute("SELECT subject, codes[1] FROM audit WHERE action = 'text_deleted'").fetchall()
    assert told == [(unlawful.id, "C8")]


def test_after_a_purge_no_file_of_the_home_holds_the_deleted_words(store):
    keep(store, a_batch(a_mention(text=PLANT, title=PLANT, author=PLANT)))
    keep(store, a_batch(a_mention("later"), story_id="s-later"), NOW + 20 * DAY)
    assert files_with(store.home, PLANT) == ["schoolgate.duckdb"]
    purge(store, NOW + 30 * DAY, POLICY, force=True)
    assert files_with(store.home, PLANT) == []
    assert files_with(store.home, "mentioned here as later") == ["schoolgate.duckdb"]


def test_deleting_alone_would_leave_the_words_in_the_file(store):
    """Why the file is rewritten at all: should this fail one day, the rewrite may go."""
    keep(store, a_batch(a_mention(text=PLANT)))
    with store.alone("delete and checkpoint") as con:
        con.execute("DELETE FROM mention_versions")
        con.execute("CHECKPOINT")
    assert files_with(store.home, PLANT) == ["schoolgate.duckdb"]


def test_a_rewrite_keeps_rows_keys_and_the_audit_chain(store):
    from data.store.engine.audit_chain import verify

    keep(store, a_batch(a_mention(), alerts=[an_alert("s-one")]))
    assert purge(store, NOW, POLICY, force=True).rewritten
    keep(store, a_batch(a_mention(), alerts=[an_alert("s-one")]))
    assert rows(store, "mentions") == 1
    assert store.path.stat().st_mode & 0o777 == 0o600
    with store.read() as con:
        assert verify(con) == []
        assert con.execute(
            "SELECT count(*) FROM duckdb_constraints() WHERE constraint_type = 'PRIMARY KEY'"
        ).fetchone() == (len(_tables(con)),)


def _tables(con):
    return con.execute("SELECT table_name FROM duckdb_tables()").fetchall()


def test_the_file_is_rewritten_once_a_week_at_most(store):
    for day in (0, 3, 8):
        keep(store, not_about(a_mention(f"day {day}")), NOW + day * DAY)
    done = [purge(store, NOW + day * DAY, POLICY).rewritten for day in (1, 4, 7.5, 8, 9, 20)]
    assert done == [True, False, False, True, False, True]


def test_who_was_asked_next_goes_with_the_alert(store):
    alert = an_alert("s-one")
    keep(store, a_batch(a_mention(), alerts=[alert]))
    with store.write("asked") as con:
        escalations.put_step(con, Escalation(alert.id, alert.urn, 1, 1, "p-head", NOW))
    purge(store, NOW + 29 * DAY, POLICY)
    assert rows(store, "escalations") == 1
    purge(store, NOW + 30 * DAY, POLICY)
    assert (rows(store, "alerts"), rows(store, "escalations")) == (0, 0)


def test_a_digest_is_forgotten_after_a_year_with_its_message_and_never_before(store):
    """Where the message alone went, its time would seem untold from the first digest there ever was."""
    sent = a_message("d1", kind="digest", expires_at=NOW + timedelta(hours=12))
    covers = Window(NOW - timedelta(days=1), NOW)
    with store.write("a digest") as con:
        put_outbox(con, [sent], NOW)
        con.execute("UPDATE outbox SET sent_at = $now", {"now": NOW})
        sent_digests.put_edition(con, Edition("digest", "900001", "2026-11-17", "p-head", covers, "d1", NOW))
    for days, told in ((364, {"p-head": NOW}), (366, {})):
        purge(store, NOW + timedelta(days=days), POLICY)
        with store.read() as con:
            assert sent_digests.covered(con, ["digest"], "900001", "2028-01-01") == told


def test_a_file_of_the_vault_goes_with_the_mention_it_belongs_to(store):
    mention = a_mention()
    keep(store, a_batch(mention))
    vault = Vault(store.evidence)
    sha256 = vault.put(PLANT.encode())
    with store.write("record the file") as con:
        con.execute(
            "INSERT INTO evidence (id, urn, mention_id, case_id, sha256, media_type, size_bytes, "
            "captured_at, captured_by, how) VALUES "
            "('e1', '900001', $id, NULL, $sha, 'text/plain', 3, $now, 'p-head', 'report-in')",
            {"id": mention.id, "sha": sha256, "now": NOW},
        )
    assert purge(store, NOW + DAY, POLICY).files == 0
    assert purge(store, NOW + 30 * DAY, POLICY).files == 1
    assert files_with(store.home, PLANT) == []


@given(st.lists(st.sampled_from(["C0", "C3", "C7", "C8", "C10"]), max_size=4), st.booleans())
def test_a_further_verdict_never_shortens_the_time_a_mention_is_kept(classes, about):
    mention = a_mention()
    relevance = Relevance.ABOUT if about else Relevance.NOT_ABOUT
    given = [a_verdict(mention, content_class=c, relevance=relevance) for c in classes]
    kept = [retain_until(given[:n], NOW, POLICY) for n in range(len(given) + 1)]
    assert kept == sorted(kept)
    assert kept[0] == NOW + DAY
