"""A closed case stays for its class's time and then goes, with its words, reasons, evidence and post."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from builders.case import a_case, a_step
from builders.digest import emptied, kept_open
from builders.home import a_migrated_store
from builders.mention import NOW, POLICY, URN, a_batch, a_mention, a_run, a_verdict, an_alert

from data.cases import CaseState
from data.evidence.chain_faults import step_faults
from data.evidence.vault import Vault
from data.ids import digest
from data.keeping.periods import ClosedCase, case_kept_until
from data.retention.purge import purge
from data.steps.codes import Ending, StepKind
from data.store.cases import cases, proof_rows
from data.store.cases.evidence_files import Evidence, put_evidence
from data.store.engine import audit_chain
from data.store.engine.audit_chain import step_seal
from data.store.mentions.batch import save
from data.types import Route, Severity

DAY = timedelta(days=1)
YEAR = 365 * DAY
PLANT = "quincunx-plant-" + "kestrel" * 3


@pytest.fixture
def on_disk(tmp_path):
    """One whose file may be written anew: for tests that search its bytes."""
    return a_migrated_store(tmp_path / "on_disk")


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    with kept_open(a_migrated_store(tmp_path_factory.mktemp("kept"))) as found:
        yield found


@pytest.fixture
def store(kept, tmp_path):
    """Opened once. Its file was rewritten lately, as far as it knows, so that it is not rewritten."""
    with emptied(kept, tmp_path) as found:
        with found.write("lately") as con:
            audit_chain.append(
                con, [audit_chain.AuditEntry(NOW + 30 * YEAR, "schoolgate", "rewritten", "store")]
            )
        yield found


def keep(store, *mentions, at=NOW, story_id="s-one", **verdict):
    judged = [a_verdict(m, **verdict) for m in mentions]
    with store.write("posts") as con:
        batch = a_batch(*mentions, verdicts=judged, story_id=story_id, run=a_run(at=at))
        save(con, batch, now=at, policy=POLICY)


def put(store, case, *steps, at=NOW):
    with store.write("a case") as con:
        cases.put(con, case, steps, (), at)


def closed(store, content_class="C11", ending=Ending.REMOVED, *more, at=NOW, case_id="0001", **fields):
    """A case about the mention “one” that was closed at that time."""
    last = a_step(2 + len(more), StepKind.CLOSED, case_id=case_id, at=at, facts={"ending": ending.value})
    case = a_case(
        case_id, content_class=content_class, state=CaseState.CLOSED, ending=ending, closed_at=at,
        steps=last.n, **fields,
    )  # fmt: skip
    put(store, case, a_step(case_id=case_id, why=PLANT), *more, last, at=at)


def rows(store, sql):
    with store.read() as con:
        return con.execute(sql).fetchall()


def stands(store):
    """Whether the case's steps are there, and its post."""
    return bool(rows(store, "FROM case_steps")), bool(rows(store, "FROM mentions"))


def files_with(home, words):
    wanted = words.encode()
    return sorted(p.name for p in home.rglob("*") if p.is_file() and wanted in p.read_bytes())


@pytest.mark.parametrize(
    ("content_class", "ending", "kept"),
    [
        ("C0", Ending.ANSWERED, 30 * DAY),
        ("C11", Ending.MISTAKEN, 30 * DAY),
        ("C1", Ending.REMOVED, YEAR),
        ("C2", Ending.REMOVED, YEAR),
        ("C4", Ending.STANDING, YEAR),
        ("C5", Ending.REMOVED, YEAR),
        ("C8", Ending.CHANGED, YEAR),
        ("C11", Ending.REMOVED, YEAR),
        ("C12", Ending.REMOVED, YEAR),
        ("C13", Ending.REMOVED, YEAR),
        ("C14", Ending.REMOVED, YEAR),
        ("C3", Ending.REMOVED, timedelta(days=2192)),
        ("C6", Ending.STANDING, timedelta(days=2192)),
        ("C10", Ending.STANDING, YEAR),
        ("C9", Ending.HANDED_OVER, timedelta(0)),
        ("C1", Ending.HANDED_OVER, timedelta(0)),
    ],
)
def test_how_long_each_class_is_kept_from_its_closing(content_class, ending, kept):
    case = ClosedCase(content_class, ending, NOW, NOW - 300 * DAY)
    assert case_kept_until(case, POLICY) == NOW + kept


def test_defamation_is_kept_from_when_it_was_last_public_and_a_while_after_closing():
    seen_lately = ClosedCase("C7", Ending.STANDING, NOW, NOW + 40 * DAY)
    assert case_kept_until(seen_lately, POLICY) == NOW + 588 * DAY
    gone_long_ago = ClosedCase("C7", Ending.REMOVED, NOW, NOW - 900 * DAY)
    assert case_kept_until(gone_long_ago, POLICY) == NOW + 30 * DAY


def test_a_course_of_conduct_is_kept_six_years_whatever_the_class():
    assert (
        case_kept_until(ClosedCase("C2", Ending.STANDING, NOW, NOW, course=True), POLICY) == NOW + 2192 * DAY
    )


def test_an_open_case_keeps_everything(store):
    keep(store, a_mention(), a_mention("reply"))
    put(store, a_case(), a_step(why=PLANT))
    report = purge(store, NOW + 9 * YEAR, POLICY)
    assert (report.deleted, report.cases, report.held) == (0, 0, 0)
    assert rows(store, "SELECT count(*) FROM mentions") == [(2,)]
    assert stands(store) == (True, True)


def test_a_closed_case_keeps_its_post_and_copies_for_its_time_and_the_rest_of_the_story_goes(store):
    copy, reply = a_mention("copy"), a_mention("reply")
    keep(store, a_mention(), copy, reply)
    found = a_step(2, StepKind.COPY_FOUND, facts={"mention": copy.id})
    closed(store, "C11", Ending.REMOVED, found, at=NOW + DAY)
    purge(store, NOW + 40 * DAY, POLICY)
    kept = {mention for (mention,) in rows(store, "SELECT id FROM mentions")}
    assert kept == {a_mention().id, copy.id}
    assert purge(store, NOW + 365 * DAY, POLICY).cases == 0
    assert stands(store) == (True, True)
    assert purge(store, NOW + 366 * DAY, POLICY).cases == 1
    assert stands(store) == (False, False)


def test_the_posts_of_an_approved_course_of_conduct_are_kept_as_long_as_its_case(store):
    said = {"author": "A Poster"}
    this, before = a_mention(**said), a_mention("before", **said)
    keep(store, this, subject_person="p-teacher", content_class="C2")
    keep(store, before, story_id="s-two", subject_person="p-teacher")
    keep(store, a_mention("elsewhere", channel="facebook", **said), a_mention("other"), story_id="s-three",
         subject_person="p-teacher")  # fmt: skip
    keep(store, a_mention("of nobody", **said), story_id="s-four")
    facts = {"author": "A Poster", "person": "p-teacher"}
    put(store, a_case(), a_step(), a_step(2, StepKind.CHRONOLOGY, facts=facts))
    purge(store, NOW + 40 * DAY, POLICY)
    assert {m for (m,) in rows(store, "SELECT id FROM mentions")} == {this.id, before.id}


def test_when_its_time_is_over_not_a_byte_of_its_words_reasons_or_evidence_is_left(on_disk):
    keep(on_disk, a_mention(text=PLANT, title=PLANT, author=PLANT, url=f"https://{PLANT}.test/"))
    sha256 = Vault(on_disk.evidence).put(PLANT.encode())
    facts = dict.fromkeys(("nature", "visible", "spread", "impact"), PLANT)
    closed(on_disk, "C11", Ending.REMOVED, a_step(2, StepKind.WEIGHED, facts=facts, why=f"{PLANT}!"))
    with on_disk.write("evidence, and a reading") as con:
        file = Evidence(
            URN, a_mention().id, sha256, "text/html", 36, NOW, "p-head", PLANT, "0001", "c1", PLANT
        )
        put_evidence(con, file)
        cases.record_read(con, a_case(), person="p-dsl", reason=f"{PLANT}?", now=NOW)
    assert files_with(on_disk.home, PLANT) == sorted(["schoolgate.duckdb", sha256])
    assert purge(on_disk, NOW + YEAR, POLICY, force=True).files == 1
    assert files_with(on_disk.home, PLANT) == []
    assert rows(on_disk, "FROM audit_notes") == []


def test_a_row_in_the_audit_is_left_with_number_class_dates_hash_and_authority(store):
    closed(store, "C11", at=NOW + 2 * DAY)
    with store.read() as con:
        seals = [step_seal(s) for s in cases.steps(con, "0001")]
    purge(store, NOW + 2 * DAY + YEAR, POLICY)
    left = rows(store, "SELECT actor, subject, urn, codes FROM audit WHERE action = 'case_deleted'")
    codes = ["C11", "ending:removed", "opened:2026-11-17", "closed:2026-11-19"]
    assert left == [
        ("schoolgate", "0001", URN, [*codes, f"all_steps:{digest(*seals)}", "authority:retention"])
    ]
    assert rows(store, "FROM cases") == []
    with store.read() as con:
        chain = audit_chain.links(con)
        assert audit_chain.verify(con) == []
        assert list(step_faults(proof_rows.steps(con), chain, case_id=None)) == []


def test_a_reason_that_something_else_was_given_too_stays_with_that(store):
    closed(store, "C11", Ending.REMOVED, a_step(2, StepKind.NOTED, why="As agreed."))
    put(store, a_case("0002"), a_step(case_id="0002", why="As agreed."))
    purge(store, NOW + YEAR, POLICY)
    assert rows(store, "SELECT note FROM audit_notes") == [("As agreed.",)]


def test_a_hold_keeps_all_of_a_case_and_is_counted_until_it_is_released(store):
    keep(store, a_mention(), a_mention("reply"))
    closed(store, "C11", hold_by="p-dpo")
    report = purge(store, NOW + 9 * YEAR, POLICY)
    assert (report.deleted, report.cases, report.held) == (0, 0, 1)
    assert stands(store) == (True, True)
    with store.write("released") as con:
        con.execute("UPDATE cases SET hold = FALSE")
    report = purge(store, NOW + 9 * YEAR, POLICY)
    assert (report.cases, report.held) == (1, 0)
    assert stands(store) == (False, False)


def test_evidence_of_a_case_is_not_swept_while_the_case_stands_and_is_when_it_went(store):
    vault = Vault(store.evidence)
    sha256, shared = vault.put(b"shot"), vault.put(b"seen twice")
    keep(store, a_mention())
    closed(store, "C11")
    closed(store, "C6", case_id="0002")
    with store.write("evidence") as con:
        for case_id, held in (("0001", sha256), ("0001", shared), ("0002", shared)):
            put_evidence(
                con,
                Evidence(URN, None, held, "image/png", 4, NOW, "p-head", "capture", case_id, case_id, held),
            )
    purge(store, NOW + 40 * DAY, POLICY)
    assert set(vault.names()) == {sha256, shared}
    for file in store.evidence.glob("??/*"):  # as if written just now: its row alone decides
        os.utime(file, (0, (NOW + YEAR).timestamp()))
    assert purge(store, NOW + YEAR, POLICY).files == 1
    assert vault.names() == [shared]
    gone = rows(store, "SELECT subject, codes FROM audit WHERE action = 'evidence_deleted' ORDER BY n")
    assert gone == [("0001", [h]) for h in sorted((sha256, shared))]


def test_defamation_that_was_seen_standing_is_kept_longer(store):
    keep(store, a_mention(), content_class="C7")
    looked = a_step(2, StepKind.CHECKED, at=NOW + 100 * DAY, facts={"result": "present"})
    closed(store, "C7", Ending.STANDING, looked, at=NOW + 100 * DAY)
    assert purge(store, NOW + 600 * DAY, POLICY).cases == 0
    assert purge(store, NOW + 648 * DAY, POLICY).cases == 1


def test_of_a_matter_that_was_handed_over_a_stub_is_left_and_its_text_is_not(on_disk):
    mention = a_mention(text=PLANT)
    given = {"restricted": True, "content_class": "C10", "route": Route.SAFEGUARDING}
    alert = an_alert("s-one", restricted=True, content_class="C10")
    verdict = a_verdict(mention, severity=Severity.THIS_HOUR, **given)
    with on_disk.write("posts") as con:
        save(con, a_batch(mention, verdicts=[verdict], alerts=[alert]), now=NOW, policy=POLICY)
    closed(on_disk, "C10", Ending.HANDED_OVER, restricted=True, subjects=("p-deputy",), at=NOW + DAY)
    report = purge(on_disk, NOW + DAY, POLICY, force=True)
    assert (report.cases, report.stubs) == (1, 1)
    assert files_with(on_disk.home, PLANT) == []
    stub = rows(on_disk, "SELECT id, content_class, ending, subjects FROM cases")
    assert stub == [("0001", "C10", "handed_over", [])]
    assert rows(on_disk, "SELECT stub FROM mentions") == [(True,)]
    assert purge(on_disk, NOW + 2 * DAY, POLICY).cases == 0
    purge(on_disk, NOW + 2194 * DAY, POLICY)
    assert rows(on_disk, "FROM cases") == []


def test_a_case_closed_by_hand_over_without_an_alert_has_its_text_deleted_too(store):
    keep(store, a_mention(text=PLANT), restricted=True, content_class="C10", route=Route.SAFEGUARDING)
    closed(store, "C10", Ending.HANDED_OVER, restricted=True)
    assert purge(store, NOW, POLICY).stubs == 1
    assert rows(store, "FROM restricted_texts") == []
