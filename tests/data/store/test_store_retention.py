"""What is due goes, its bytes too; what must stay stays."""

import ast
import os
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from builders.case import a_case, a_step
from builders.mention import (
    NOW,
    POLICY,
    URN,
    a_batch,
    a_match,
    a_mention,
    a_message,
    a_run,
    a_verdict,
    an_alert,
    keep,
    save,
)
from hypothesis import given
from hypothesis import strategies as st
from support.checkout import ROOT

from data.cases import CaseState
from data.digest import Edition, Window
from data.evidence.faults import step_faults
from data.evidence.vault import Vault
from data.ids import digest
from data.keeping import ClosedCase, DeletedKind, Gone, case_kept_until, hash_deleted, retain_until
from data.retention.deleting import PurgeReport, purge
from data.steps.codes import Ending, StepKind
from data.store import alerts as alert_store
from data.store import cases as case_store
from data.store import digest as digest_store
from data.store import evidence as evidence_store
from data.store import owners as owner_store
from data.store.engine import audit_chain
from data.store.engine.audit_chain import FIRST, AuditEntry, Code, _hash, append, note, step_seal, verify
from data.store.evidence import evidence_file, put_files
from data.store.mentions import find_known
from data.store.outbox import put_outbox
from data.types import Escalation, Mark, Marked, Relevance, Route, Severity
from monitor.reports.manual import fill_page

PLANT = "quincunx-plant-" + "kestrel" * 3
DAY = timedelta(days=1)


def not_about(*mentions):
    given = [a_verdict(m, relevance=Relevance.NOT_ABOUT, route=Route.IGNORE) for m in mentions]
    return a_batch(*mentions, verdicts=given, story_id=None, match=a_match(relevance=Relevance.NOT_ABOUT))


APART = {"restricted": True, "content_class": "C10", "route": Route.SAFEGUARDING}


def restricted(mention, **fields):
    verdict = a_verdict(mention, severity=Severity.THIS_HOUR, weighed_most=(0, 4), **APART)
    return a_batch(mention, verdicts=[verdict], **fields)


def rows(store, table):
    with store.open_reader() as con:
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
    with store.open_reader() as con:
        assert find_known(con, [mention.id])[mention.id].purged
        assert con.execute("SELECT relevance, purged FROM counts").fetchall() == [("not_about", 1)]


def test_a_fingerprint_stays_while_its_source_still_shows_the_post(kept_store):
    mention = a_mention()
    keep(kept_store, not_about(mention))
    purge(kept_store, NOW + DAY, POLICY)
    again = a_batch(run=a_run(at=NOW + 25 * DAY))
    keep(kept_store, replace(again, seen=(mention.id,)), now=NOW + 25 * DAY)
    purge(kept_store, NOW + 50 * DAY, POLICY)
    assert rows(kept_store, "fingerprints") == 1
    assert rows(kept_store, "sightings") == 0
    purge(kept_store, NOW + 55 * DAY, POLICY)
    assert rows(kept_store, "fingerprints") == 0


def ended(store, story_id="s-one"):
    with store.write("mark") as con:
        owner_store.record_mark(con, Marked(story_id, URN, Mark.ANSWERED, "p-head", NOW))


def test_plain_criticism_goes_after_thirty_days_once_answered_and_what_was_never_raised_after_a_year(
    kept_store,
):
    keep(kept_store, a_batch(a_mention()))
    ended(kept_store)
    keep(kept_store, a_batch(a_mention("two"), story_id="s-two"))
    assert purge(kept_store, NOW + 29 * DAY, POLICY).deleted == 0
    assert purge(kept_store, NOW + 30 * DAY, POLICY).deleted == 1
    assert (rows(kept_store, "stories"), rows(kept_store, "counts")) == (1, 1)
    assert purge(kept_store, NOW + 366 * DAY, POLICY).deleted == 1, "the stub of what was never raised"


def test_of_criticism_that_nobody_ended_a_stub_stays_that_says_when_its_words_went(store):
    mention = a_mention(text=PLANT, title=PLANT, author=PLANT, url=f"https://example.org/{PLANT}")
    keep(store, a_batch(mention, alerts=[an_alert("s-one")]))
    keep(store, a_batch(a_mention("later"), story_id="s-later"), now=NOW + 20 * DAY)
    assert files_with(store.home, PLANT) == ["schoolgate.duckdb"]
    assert purge(store, NOW + 30 * DAY, POLICY, force=True).stubs == 1
    assert not files_with(store.home, PLANT)
    assert files_with(store.home, "mentioned here as later") == ["schoolgate.duckdb"]
    with store.open_reader() as con:
        (post,) = digest_store.view_posts(con, [mention.id]).values()
        assert (post.words_deleted_at, post.text, post.url) == (NOW + 30 * DAY, "", None)
    assert purge(store, NOW + 31 * DAY, POLICY) == PurgeReport()
    ended(store)
    assert purge(store, NOW + 32 * DAY, POLICY).deleted == 1
    assert (rows(store, "mentions"), rows(store, "stories"), rows(store, "alerts")) == (1, 1, 0)


def test_what_was_erased_on_request_leaves_no_stub_when_a_backup_brings_it_back(kept_store):
    mention = a_mention()
    keep(kept_store, a_batch(mention))
    gone = Gone({DeletedKind.MENTION: frozenset((hash_deleted(DeletedKind.MENTION, mention.id),))})
    assert purge(kept_store, NOW + DAY, POLICY, again=gone).deleted == 1


def test_a_purged_mention_that_says_something_new_is_a_mention_again(kept_store):
    keep(kept_store, not_about(a_mention()))
    purge(kept_store, NOW + DAY, POLICY)
    keep(kept_store, a_batch(a_mention(text="Oakfield, and now truly."), version=2), now=NOW + 2 * DAY)
    assert (rows(kept_store, "mentions"), rows(kept_store, "fingerprints")) == (1, 0)


def test_after_hand_over_only_a_stub_is_left_of_a_restricted_matter(store):
    mention = a_mention(text=PLANT)
    alert = an_alert("s-one", restricted=True, content_class="C10")
    keep(store, restricted(mention, alerts=[alert]))
    purge(store, NOW + 40 * DAY, POLICY)
    assert rows(store, "restricted_texts") == 1, "it is not lost before it is handed over"
    with store.write("hand over") as con:
        alert_store.hand_over_alert(con, alert.id, "p-dsl", NOW + DAY)
    report = purge(store, NOW + DAY, POLICY)
    assert (report.stubs, report.deleted, report.rewritten) == (1, 0, True)
    assert files_with(store.home, PLANT) == []
    with store.open_reader() as con:
        assert con.execute("SELECT id, stub, url FROM mentions").fetchall() == [(mention.id, True, None)]
        assert con.execute("SELECT content_class, weighed_most FROM verdicts").fetchall() == [("C10", None)]
        assert alert_store.alert(con, alert.id) is not None
        assert not find_known(con, [mention.id])[mention.id].purged
        codes = con.execute("SELECT codes[1] FROM audit WHERE action = 'text_deleted'").fetchall()
    assert codes == [("C10",)]


def test_a_late_reply_does_not_bring_a_handed_over_title_back(store):
    opening = a_mention("opening", title=PLANT)
    keep(store, restricted(opening, alerts=[an_alert("s-one", restricted=True)]))
    with store.write("hand over") as con:
        alert_store.hand_over_alert(con, an_alert("s-one").id, "p-dsl", NOW)
    keep(store, a_batch(a_mention("late", title=PLANT, parent=opening.id), story_id="s-late"))
    purge(store, NOW + DAY, POLICY)
    assert files_with(store.home, PLANT) == []


def test_the_audit_records_the_deleting_of_what_was_more_than_plain_criticism_only(kept_store):
    plain, unlawful = a_mention("plain"), a_mention("unlawful")
    keep(kept_store, a_batch(plain, verdicts=[a_verdict(plain, content_class="C0")]))
    keep(kept_store, a_batch(unlawful, verdicts=[a_verdict(unlawful, content_class="C8")], story_id="s-two"))
    assert purge(kept_store, NOW + 3000 * DAY, POLICY).deleted == 2
    told = asked(kept_store, "SELECT subject, codes[1] FROM audit WHERE action = 'text_deleted'")
    assert told == [(unlawful.id, "C8")]


def test_a_rewrite_keeps_rows_keys_and_the_audit_chain(store):
    keep(store, a_batch(a_mention(), alerts=[an_alert("s-one")]))
    assert purge(store, NOW, POLICY, force=True).rewritten
    keep(store, a_batch(a_mention(), alerts=[an_alert("s-one")]))
    assert rows(store, "mentions") == 1
    assert store.path.stat().st_mode & 0o777 == 0o600
    with store.open_reader() as con:
        assert verify(con) == []
        assert con.execute(
            "SELECT count(*) FROM duckdb_constraints() WHERE constraint_type = 'PRIMARY KEY'"
        ).fetchone() == (len(con.execute("SELECT table_name FROM duckdb_tables()").fetchall()),)


def test_the_file_is_rewritten_once_a_week_at_most(store):
    for day in (0, 3):
        keep(store, not_about(a_mention(f"day {day}")), now=NOW + day * DAY)
    done = [purge(store, NOW + day * DAY, POLICY).rewritten for day in (1, 7.5, 8)]
    assert done == [True, False, True]


def test_who_was_asked_next_goes_with_the_alert(kept_store):
    alert = an_alert("s-one")
    keep(kept_store, a_batch(a_mention(), alerts=[alert]))
    with kept_store.write("asked") as con:
        alert_store.put_step(con, Escalation(alert.id, alert.urn, 1, 1, "p-head", NOW))
    ended(kept_store)
    purge(kept_store, NOW + 29 * DAY, POLICY)
    assert rows(kept_store, "escalations") == 1
    purge(kept_store, NOW + 30 * DAY, POLICY)
    assert (rows(kept_store, "alerts"), rows(kept_store, "escalations")) == (0, 0)


def test_a_digest_is_forgotten_after_a_year_with_its_message_and_never_before(kept_store):
    """Where the message alone went, its time would seem untold from the first digest there ever was."""
    sent = a_message("d1", kind="digest", expires_at=NOW + timedelta(hours=12))
    covers = Window(NOW - timedelta(days=1), NOW)
    with kept_store.write("a digest") as con:
        put_outbox(con, [sent], NOW)
        con.execute("UPDATE outbox SET sent_at = $now", {"now": NOW})
        digest_store.put_edition(con, Edition("digest", "900001", "2026-11-17", "p-head", covers, "d1", NOW))
    for days, told in ((364, {"p-head": NOW}), (366, {})):
        purge(kept_store, NOW + timedelta(days=days), POLICY)
        with kept_store.open_reader() as con:
            assert digest_store.covered_until(con, ["digest"], "900001", "2028-01-01") == told


def test_a_file_of_the_vault_goes_with_the_mention_it_belongs_to(store):
    mention = a_mention()
    keep(store, a_batch(mention))
    vault = Vault(store.evidence)
    sha256 = vault.store_bytes(PLANT.encode())
    with store.write("record the file") as con:
        known = (sha256, "text/plain", 3, NOW, "p-head", "report-in", None, "c1", "said.txt")
        put_files(con, [evidence_file(URN, mention.id, *known)])
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


# -------------------------------------------------------------------------------- closed cases


YEAR = 365 * DAY


@pytest.fixture
def kept_store(kept_store):
    """Its file was rewritten lately, as far as it knows, so that it is not rewritten."""
    with kept_store.write("lately") as con:
        append(con, [AuditEntry(NOW + 30 * YEAR, "schoolgate", "rewritten", "store")])
    return kept_store


def keep_posts(store, *mentions, at=NOW, story_id="s-one", **verdict):
    judged = [a_verdict(m, **verdict) for m in mentions]
    with store.write("posts") as con:
        batch = a_batch(*mentions, verdicts=judged, story_id=story_id, run=a_run(at=at))
        save(con, batch, now=at, policy=POLICY)


def put(store, case, *steps, at=NOW):
    with store.write("a case") as con:
        case_store.append_steps(con, case, steps, (), at)


def closed(store, content_class="C11", ending=Ending.REMOVED, *more, at=NOW, case_id="0001", **fields):
    """A case about the mention “one” that was closed at that time."""
    last = a_step(2 + len(more), StepKind.CLOSED, case_id=case_id, at=at, facts={"ending": ending.value})
    case = a_case(
        case_id, content_class=content_class, state=CaseState.CLOSED, ending=ending, closed_at=at,
        steps=last.n, **fields,
    )  # fmt: skip
    put(store, case, a_step(case_id=case_id, why=PLANT), *more, last, at=at)


def asked(store, sql):
    with store.open_reader() as con:
        return con.execute(sql).fetchall()


def stands(store):
    """Whether the case's steps are there, and its post."""
    return bool(asked(store, "FROM case_steps")), bool(asked(store, "FROM mentions"))


@pytest.mark.parametrize(
    ("content_class", "ending", "kept"),
    [
        ("C0", Ending.ANSWERED, 30 * DAY), ("C11", Ending.MISTAKEN, 30 * DAY), ("C1", Ending.REMOVED, YEAR),
        ("C2", Ending.REMOVED, YEAR), ("C4", Ending.STANDING, YEAR), ("C5", Ending.REMOVED, YEAR),
        ("C8", Ending.CHANGED, YEAR), ("C11", Ending.REMOVED, YEAR), ("C12", Ending.REMOVED, YEAR),
        ("C13", Ending.REMOVED, YEAR), ("C14", Ending.REMOVED, YEAR),
        ("C3", Ending.REMOVED, timedelta(days=2192)), ("C6", Ending.STANDING, timedelta(days=2192)),
        ("C10", Ending.STANDING, YEAR), ("C9", Ending.HANDED_OVER, timedelta(0)),
        ("C1", Ending.HANDED_OVER, timedelta(0)),
    ],
)  # fmt: skip
def test_how_long_each_class_is_kept_from_its_closing(content_class, ending, kept):
    case = ClosedCase(content_class, ending, NOW, NOW - 300 * DAY)
    assert case_kept_until(case, POLICY) == NOW + kept


def test_defamation_is_kept_from_when_it_was_last_public_and_a_course_of_conduct_six_years():
    course = ClosedCase("C2", Ending.STANDING, NOW, NOW, course=True)
    assert case_kept_until(course, POLICY) == NOW + 2192 * DAY
    seen_lately = ClosedCase("C7", Ending.STANDING, NOW, NOW + 40 * DAY)
    assert case_kept_until(seen_lately, POLICY) == NOW + 588 * DAY
    gone_long_ago = ClosedCase("C7", Ending.REMOVED, NOW, NOW - 900 * DAY)
    assert case_kept_until(gone_long_ago, POLICY) == NOW + 30 * DAY


def test_a_closed_case_keeps_its_post_and_copies_for_its_time_and_the_rest_of_the_story_goes(kept_store):
    copy, reply = a_mention("copy"), a_mention("reply")
    keep_posts(kept_store, a_mention(), copy, reply)
    found = a_step(2, StepKind.COPY_FOUND, facts={"mention": copy.id})
    closed(kept_store, "C11", Ending.REMOVED, found, at=NOW + DAY)
    purge(kept_store, NOW + 40 * DAY, POLICY)
    kept = {mention for (mention,) in asked(kept_store, "SELECT id FROM mentions")}
    assert kept == {a_mention().id, copy.id}
    assert purge(kept_store, NOW + 365 * DAY, POLICY).cases == 0
    assert stands(kept_store) == (True, True)
    assert purge(kept_store, NOW + 366 * DAY, POLICY).cases == 1
    assert stands(kept_store) == (False, False)


def test_the_posts_of_an_approved_course_of_conduct_are_kept_as_long_as_its_case(kept_store):
    said = {"author": "A Poster"}
    this, before = a_mention(**said), a_mention("before", **said)
    keep_posts(kept_store, this, subject_person="p-teacher", content_class="C2")
    keep_posts(kept_store, before, story_id="s-two", subject_person="p-teacher")
    others = a_mention("elsewhere", channel="facebook", **said), a_mention("other")
    keep_posts(kept_store, *others, story_id="s-three", subject_person="p-teacher")
    keep_posts(kept_store, a_mention("of nobody", **said), story_id="s-four")
    facts = {"author": "A Poster", "person": "p-teacher"}
    put(kept_store, a_case(), a_step(), a_step(2, StepKind.CHRONOLOGY, facts=facts))
    purge(kept_store, NOW + 40 * DAY, POLICY)
    assert {m for (m,) in asked(kept_store, "SELECT id FROM mentions WHERE NOT stub")} == {this.id, before.id}


def test_when_its_time_is_over_not_a_byte_of_its_words_reasons_or_evidence_is_left(on_disk):
    keep_posts(on_disk, a_mention(text=PLANT, title=PLANT, author=PLANT, url=f"https://{PLANT}.test/"))
    sha256 = Vault(on_disk.evidence).store_bytes(PLANT.encode())
    facts = dict.fromkeys(("nature", "visible", "spread", "impact"), PLANT)
    closed(on_disk, "C11", Ending.REMOVED, a_step(2, StepKind.WEIGHED, facts=facts, why=f"{PLANT}!"))
    with on_disk.write("evidence, and a reading") as con:
        file = evidence_file(
            URN, a_mention().id, sha256, "text/html", 36, NOW, "p-head", PLANT, "0001", "c1", PLANT
        )
        put_files(con, [file])
        case_store.record_read(con, a_case(), person="p-dsl", reason=f"{PLANT}?", now=NOW)
    assert files_with(on_disk.home, PLANT) == sorted(["schoolgate.duckdb", sha256])
    assert purge(on_disk, NOW + YEAR, POLICY, force=True).files == 1
    assert files_with(on_disk.home, PLANT) == []
    assert asked(on_disk, "FROM audit_notes") == []


def test_a_row_in_the_audit_is_left_with_number_class_dates_hash_and_authority(kept_store):
    closed(kept_store, "C11", at=NOW + 2 * DAY)
    with kept_store.write("a letter") as con:
        seals = [step_seal(s) for s in case_store.steps_of_case(con, "0001")]
        case_store.keep_letter_facts(con, a_case(), "posh", {"words": PLANT}, "holt", NOW)
    purge(kept_store, NOW + 2 * DAY + YEAR, POLICY)
    assert asked(kept_store, "FROM letter_facts") == []
    left = asked(kept_store, "SELECT actor, subject, urn, codes FROM audit WHERE action = 'case_deleted'")
    codes = ["C11", "ending:removed", "opened:2026-11-17", "closed:2026-11-19"]
    assert left == [
        ("schoolgate", "0001", URN, [*codes, f"all_steps:{digest(*seals)}", "authority:retention"])
    ]
    assert asked(kept_store, "FROM cases") == []
    assert asked(kept_store, "SELECT count(*) FROM audit WHERE action = 'purged'") == [(1,)]
    with kept_store.open_reader() as con:
        chain = audit_chain.links(con)
        assert audit_chain.verify(con) == []
        assert list(step_faults(evidence_store.stored_steps(con), chain, case_id=None)) == []


def test_a_reason_that_something_else_was_given_too_stays_with_that(kept_store):
    closed(kept_store, "C11", Ending.REMOVED, a_step(2, StepKind.NOTED, why="As agreed."))
    put(kept_store, a_case("0002"), a_step(case_id="0002", why="As agreed."))
    purge(kept_store, NOW + YEAR, POLICY)
    assert asked(kept_store, "SELECT note FROM audit_notes") == [("As agreed.",)]


def test_an_open_case_keeps_everything_as_does_a_hold_which_is_counted_until_it_is_released(kept_store):
    keep_posts(kept_store, a_mention(), a_mention("reply"))
    put(kept_store, a_case(), a_step(why=PLANT))
    report = purge(kept_store, NOW + 9 * YEAR, POLICY)
    assert (report.deleted, report.cases, report.held) == (0, 0, 0)
    assert asked(kept_store, "SELECT count(*) FROM mentions") == [(2,)]
    with kept_store.write("begun anew") as con:
        con.execute("DELETE FROM case_steps")
    closed(kept_store, "C11", hold_by="p-dpo")
    report = purge(kept_store, NOW + 9 * YEAR, POLICY)
    assert (report.deleted, report.cases, report.held) == (0, 0, 1)
    assert stands(kept_store) == (True, True)
    with kept_store.write("released") as con:
        con.execute("UPDATE cases SET hold = FALSE")
    report = purge(kept_store, NOW + 9 * YEAR, POLICY)
    assert (report.cases, report.held) == (1, 0)
    assert stands(kept_store) == (False, False)


def test_evidence_of_a_case_is_not_swept_while_the_case_stands_and_is_when_it_went(kept_store):
    vault = Vault(kept_store.evidence)
    sha256, shared = vault.store_bytes(b"shot"), vault.store_bytes(b"seen twice")
    keep_posts(kept_store, a_mention())
    closed(kept_store, "C11")
    closed(kept_store, "C6", case_id="0002")
    with kept_store.write("evidence") as con:
        for case_id, held in (("0001", sha256), ("0001", shared), ("0002", shared)):
            known = (held, "image/png", 4, NOW, "p-head", "capture", case_id, case_id, held)
            put_files(con, [evidence_file(URN, None, *known)])
    purge(kept_store, NOW + 40 * DAY, POLICY)
    assert set(vault.names()) == {sha256, shared}
    for file in kept_store.evidence.glob("??/*"):  # as if written just now: its row alone decides
        os.utime(file, (0, (NOW + YEAR).timestamp()))
    assert purge(kept_store, NOW + YEAR, POLICY).files == 1
    assert vault.names() == [shared]
    gone = asked(kept_store, "SELECT subject, codes FROM audit WHERE action = 'evidence_deleted' ORDER BY n")
    assert gone == [("0001", [h]) for h in sorted((sha256, shared))]


def test_defamation_that_was_seen_standing_is_kept_longer(kept_store):
    looked = a_step(2, StepKind.CHECKED, at=NOW + 100 * DAY, facts={"result": "present"})
    closed(kept_store, "C7", Ending.STANDING, looked, at=NOW + 100 * DAY)
    assert [purge(kept_store, NOW + days * DAY, POLICY).cases for days in (600, 648)] == [0, 1]


def test_of_a_matter_that_was_handed_over_a_stub_is_left_and_its_text_is_not(on_disk):
    alert = an_alert("s-one", restricted=True, content_class="C10")
    keep(on_disk, restricted(a_mention(text=PLANT), alerts=[alert]))
    closed(on_disk, "C10", Ending.HANDED_OVER, restricted=True, subjects=("p-deputy",), at=NOW + DAY)
    report = purge(on_disk, NOW + DAY, POLICY, force=True)
    assert (report.cases, report.stubs) == (1, 1)
    assert files_with(on_disk.home, PLANT) == []
    stub = asked(on_disk, "SELECT id, content_class, ending, subjects FROM cases")
    assert stub == [("0001", "C10", "handed_over", [])]
    assert asked(on_disk, "SELECT stub FROM mentions") == [(True,)]
    assert purge(on_disk, NOW + 2 * DAY, POLICY).cases == 0
    purge(on_disk, NOW + 2194 * DAY, POLICY)
    assert asked(on_disk, "FROM cases") == []


def test_a_case_closed_by_hand_over_without_an_alert_has_its_text_deleted_too(kept_store):
    keep_posts(kept_store, a_mention(text=PLANT), **APART)
    closed(kept_store, "C10", Ending.HANDED_OVER, restricted=True)
    assert purge(kept_store, NOW, POLICY).stubs == 1
    assert asked(kept_store, "FROM restricted_texts") == []


# ---------------------------------------------------------------------------------- the audit chain


def entry(n: int = 0) -> AuditEntry:
    return AuditEntry(NOW, "p-head", "alert_acked", f"a{n}", "900001", (f"times:{n}",))


def filled(store, rows: int = 5):
    with store.write("fill the chain") as con:
        append(con, [entry(0)])
        append(con, [entry(n) for n in range(1, rows)])
    return store


TAMPERING = {
    "UPDATE audit SET actor = 'p-dsl' WHERE n = 3": "row 3 was changed",
    "UPDATE audit SET done_at = done_at + INTERVAL 1 MICROSECOND WHERE n = 3": "row 3 was changed",
    "UPDATE audit SET codes = ['times:9'] WHERE n = 3": "row 3 was changed",
    "UPDATE audit SET urn = NULL WHERE n = 3": "row 3 was changed",
    "UPDATE audit SET hash = previous WHERE n = 3": "row 4 does not follow from row 3",
    "DELETE FROM audit WHERE n = 3": "row 3 is missing",
    "DELETE FROM audit WHERE n = 1": "row 1 is missing",
}


def test_an_untouched_chain_holds_and_what_was_changed_or_taken_out_is_named(store):
    with filled(store).write("tamper") as con:
        con.execute("CREATE TABLE whole AS FROM audit")
        for tampering, fault in TAMPERING.items():
            assert verify(con) == []
            con.execute(tampering)
            assert any(fault in line for line in verify(con)), tampering
            con.execute("DELETE FROM audit")
            con.execute("INSERT INTO audit FROM whole")
        con.execute("DROP TABLE whole")


def test_words_are_refused(store):
    with store.write("try words") as con:
        for words in ("Jo Bloggs said so", "@handle", "", "line\nbreak", "x" * 129, "naïve"):
            with pytest.raises(ValueError, match="not an id, a code or a hash"):
                append(con, [AuditEntry(NOW, "p-head", "alert_acked", "a1", None, (words,))])


def test_an_act_that_the_audit_does_not_know_is_refused(store):
    with store.write("try an act") as con, pytest.raises(ValueError, match="write it into AuditAction"):
        append(con, [AuditEntry(NOW, "p-head", "acked", "a1")])


def test_a_note_can_be_erased_without_breaking_the_chain(store):
    with store.write("note a reason") as con:
        append(con, [AuditEntry(NOW, "p-dsl", "restricted_read", "s1", None, (note(con, "She rang."),))])
        con.execute("DELETE FROM audit_notes")
        assert verify(con) == []


@given(st.lists(st.sampled_from(["a", "b"]), max_size=3), st.lists(st.sampled_from(["a", "b"]), max_size=3))
def test_no_two_lists_of_codes_have_one_hash(one, two):
    hashes = {_hash(1, AuditEntry(NOW, "p", "x", "s", None, tuple(codes)), FIRST) for codes in (one, two)}
    assert len(hashes) == (1 if one == two else 2)


# --------------------------------------------------------------------------- prefixes of codes


_PREFIX = re.compile(r"(?:^|['\"\s])([a-z][a-z0-9_]*):(?!:)(?=\S|$)")


def test_no_kind_of_code_begins_as_another_does():
    begins = [kind.of("") for kind in Code]
    assert len(set(begins)) == len(begins) == len(Code.__members__)
    assert not [(a, b) for a in begins for b in begins if a != b and b.startswith(a)]


def test_no_writer_of_the_audit_spells_a_prefix_by_hand():
    found = [
        (path.relative_to(ROOT).as_posix(), text)
        for room in ("data", "alerts", "monitor")
        for path in (ROOT / room).rglob("*.py")
        if "AuditEntry(" in (source := path.read_text(encoding="utf-8"))
        for text in _strings(ast.parse(source))
        for prefix in _PREFIX.findall(text)
        if prefix in set(Code)
    ]
    assert found == []


def _strings(tree: ast.Module) -> list[str]:
    """All strings of a module but its docstrings: of an f-string the part before each value."""
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body and isinstance(node.body[0], ast.Expr)
    }  # fmt: skip
    return [
        n.value
        for n in ast.walk(tree)
        if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in docs
    ]


def test_a_seal_is_a_whole_hash_of_its_own_kind():
    seal = Code.STEP.of("a" * 64)
    others = ("step:1", "step:", "step:" + "a" * 63, "steps:" + "a" * 64, Code.FILE.of("a" * 64))
    assert Code.STEP.seals([*others, seal]) == [seal]


def test_the_page_of_the_store_names_every_prefix():
    page = fill_page((ROOT / "docs" / "store.md").read_text(encoding="utf-8"))
    assert set(re.findall(r"`([a-z0-9_]+):`", page.partition("\nA code is")[2])) == set(Code)
