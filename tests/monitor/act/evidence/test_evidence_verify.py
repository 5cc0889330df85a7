"""Any byte that was changed is found, and named; any row changed, taken out, put in or re-ordered, too."""

import re
import shutil
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from builders import case as plain
from builders.evidence import OPENED, a_case, a_kept_case, a_step, some_files, some_steps, tamper, vault_file
from builders.home import a_migrated_store, begun_as, do_in
from builders.kept_open import rolled_back
from builders.mention import NOW, POLICY, URN, a_batch, a_mention, a_store, an_alert, save

from alerts.ladder.replay import replay
from data.errors import StoreDamaged
from data.evidence.faults import owner_faults, recorded_faults, step_faults, vault_faults
from data.evidence.vault import Vault
from data.ids import digest
from data.retention.deleting import purge
from data.steps.codes import StepKind
from data.store import alerts as alert_store
from data.store import cases as case_store
from data.store import owners as owner_store
from data.store.alerts import put_alerts, put_step
from data.store.engine import audit_chain
from data.store.engine.audit_chain import AuditEntry, append
from data.store.engine.open import Store
from data.store.evidence import evidence_file, put_files
from data.types import Escalation, Mark, Marked, Owner, Severity
from monitor.act.proving import Proof, StoredEvidence, prove, read_evidence


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return a_migrated_store(tmp_path / "home")


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A home with a case, made once; the tests that tamper copy it."""
    store = a_migrated_store(tmp_path_factory.mktemp("made") / "home")
    a_kept_case(store)
    return store.home


@pytest.fixture
def kept(made, tmp_path) -> Store:
    shutil.copytree(made, tmp_path / "kept")
    return a_migrated_store(tmp_path / "kept")


def read(store: Store, case_id: str | None = None) -> StoredEvidence:
    with store.open_reader() as con:
        return read_evidence(con, case_id)


def faults(store: Store, case_id: str | None = None, last: tuple[int, str] | None = None) -> list[str]:
    vault = Vault(store.evidence)
    present = () if case_id else vault.everything()
    proved = prove(read(store, case_id), vault, case_id=case_id, last=last, present=present)
    return said(proved)


def said(proved: Proof) -> list[str]:
    return [f"{f.wrong.value}: {f.where}: {f.said}" for f in proved.faults]


def write(path: Path, content: bytes) -> None:
    path.chmod(0o600)
    path.write_bytes(content)


def test_what_nobody_touched_holds(kept):
    assert faults(kept) == []
    assert faults(kept, "0042") == []


def test_every_byte_that_is_flipped_in_a_file_of_the_vault_is_found_and_the_file_named(store):
    files = some_files()
    a_kept_case(store, ("cap1", files))
    held, vault = read(store), Vault(store.evidence)
    for name, content in files.items():
        path = vault_file(store, content)
        for place in range(len(content)):
            write(path, content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
            found = vault_faults(held.files, vault.content)
            assert any(f.where.startswith(f"case 0042, capture cap1, {name} ") for f in found), (name, place)
        assert faults(store)
        write(path, content)
    assert faults(store) == []


def _changed(value: object, name: str = "") -> list[object]:
    """Every value that one changed byte makes of it."""
    match value:
        case str():
            # The text with each of its characters changed in turn, with the last one gone, and with a blank
            # more
            changed = [value[:i] + chr(ord(c) ^ 1) + value[i + 1 :] for i, c in enumerate(value)]
            return list([*changed, *([value[:-1]] if value else []), value + " "])
        case int():
            return [value + 1, value ^ (1 << 20)]
        case None:
            return [OPENED if name.endswith("_at") else "x"]
        case datetime():
            return [value + timedelta(microseconds=1), value - timedelta(days=1)]
        case tuple():
            parts = [
                (*value[:i], new, *value[i + 1 :]) for i, old in enumerate(value) for new in _changed(old)
            ]
            return [*parts, value[:-1]]
    raise TypeError(type(value))


def _variants(row: object) -> list[object]:
    names = [f.name for f in fields(row)]  # type: ignore[arg-type]
    return [replace(row, **{name: new}) for name in names for new in _changed(getattr(row, name), name)]  # type: ignore[type-var]


def test_every_byte_that_is_changed_in_a_row_of_the_chain_is_found(made):
    store = a_migrated_store(made)
    chain = list(read(store).chain)
    assert len(chain) >= 9
    for place, link in enumerate(chain):
        entries = [replace(link, entry=entry) for entry in _variants(link.entry)]
        rows = [
            replace(link, **{f: new}) for f in ("n", "previous", "hash") for new in _changed(getattr(link, f))
        ]
        for changed in (*entries, *rows):
            assert audit_chain.faults([*chain[:place], changed, *chain[place + 1 :]]), (link.n, changed)


@pytest.mark.parametrize(("table", "found"), [
    ("steps", lambda rows, chain: step_faults(rows, chain, case_id=None)),
    ("files", lambda rows, chain: recorded_faults(rows, chain, whole=True)),
])  # fmt: skip
def test_every_byte_that_is_changed_in_a_row_of_a_case_or_of_the_evidence_is_found(made, table, found):
    held = read(a_migrated_store(made))
    rows = getattr(held, table)
    assert not list(found(rows, held.chain))
    for place, row in enumerate(rows):
        for changed in _variants(row):
            assert list(found([*rows[:place], changed, *rows[place + 1 :]], held.chain)), changed


TAMPERED = [
    {
        "UPDATE audit SET actor = 'p-x' WHERE n = 3": "chain: audit chain: Audit row 3 was",
        "DELETE FROM audit WHERE n = 5": "chain: audit chain: Audit row 5 is missing",
        """INSERT INTO audit SELECT 99, done_at, actor, action, subject, urn, codes, previous, hash FROM audit
        WHERE n = 3""": "is missing; row 99 is in its place",
        "UPDATE audit_notes SET note = note || '.'": "The words kept under that hash are others.",
    },
    {
        """UPDATE audit SET n = CASE n WHEN 3 THEN 1004 ELSE 3 END WHERE n IN (3, 4);
        UPDATE audit SET n = 4 WHERE n = 1004""": "chain: audit chain: Audit row 3 does not follow"
    },
    {
        "UPDATE case_steps SET why = 'It is true.' WHERE step = 'decided'": (
            "step 5: The reason given is not the one"
        ),
        "UPDATE case_steps SET actor = 'x' WHERE n = 2": "unrecorded: case 0042, step 2: No audit entry",
        """INSERT INTO case_steps SELECT case_id, 7, urn, step, actor, done_at, due_at, detail, recorded_at,
        why, clock FROM case_steps WHERE n = 4""": "unrecorded: case 0042, step 7",
        "DELETE FROM case_steps WHERE n = 6": "seals a step that is missing",
        "DELETE FROM evidence WHERE name = 'manifest.json'": "missing: capture cap1: It has no manifest.",
    },
    {
        "UPDATE case_steps SET why = '' WHERE step = 'decided'": (
            "missing: case 0042, step 5: A reason was given"
        ),
        """UPDATE case_steps SET n = CASE n WHEN 2 THEN 1003 ELSE 2 END WHERE n IN (2, 3);
        UPDATE case_steps SET n = 3 WHERE n = 1003""": "unrecorded: case 0042, step 2",
    },
    {
        "UPDATE case_steps SET detail = replace(detail, 'seek', 'stop') WHERE n = 5": (
            "unrecorded: case 0042, step 5: No audit entry of this case seals it"
        ),
        "DELETE FROM evidence": "records a file for 0042, but the evidence has no such row",
    },
    {
        "UPDATE cases SET content_class = 'C0', hold = true": (
            "Its row differs from its steps: content_class, hold."
        ),
        "DELETE FROM evidence WHERE name = 'post.txt'": "missing: capture cap1, post.txt: The manifest lists",
    },
    {
        "UPDATE cases SET closed_at = opened_at": "Its row differs from its steps: closed_at.",
        "INSERT INTO cases SELECT * REPLACE ('0099' AS id) FROM cases": "case 0099: It is in the list",
        """INSERT INTO evidence SELECT 'x', urn, mention_id, case_id, sha256, media_type, size_bytes,
        captured_at, captured_by, how, capture_id, 'post.png' FROM evidence WHERE name = 'post.txt'""": (
            "unknown: capture cap1, post.png: The evidence has a row for it, but the manifest does not list"
        ),
    },
    {
        "DELETE FROM cases": "missing: case 0042: It has steps, but is not",
        "UPDATE evidence SET captured_by = 'x' WHERE name = 'page.html'": (
            "Its row is not the one that the audit"
        ),
        "UPDATE evidence SET size_bytes = 3 WHERE name = 'post.txt'": "Its row says 3 bytes",
    },
    {"DELETE FROM case_steps": "seals a step that is missing"},
]
"""What is done to the rows of a case and its evidence at once, and what is found of each."""


def test_what_was_tampered_with_is_named(made):
    store = a_migrated_store(made)
    for at_once in TAMPERED:
        told = "\n".join(faults_of(store, ";".join(at_once).split(";"))[None])
        assert [found for found in at_once.values() if found not in told] == [], told


def faults_of(store: Store, statements: Sequence[str], *cases: str | None) -> dict[str | None, list[str]]:
    """What is found of these cases, or of all, after the statements, which are then undone."""
    with rolled_back(store) as con:
        for statement in statements:
            con.execute(statement)
        held = {case_id: read_evidence(con, case_id) for case_id in cases or (None,)}
    vault = Vault(store.evidence)
    return {case_id: said(prove(each, vault, case_id=case_id)) for case_id, each in held.items()}


def test_what_was_tampered_with_in_one_case_is_named_where_that_case_alone_is_looked_at(store):
    a_kept_case(store)
    a_kept_case(store, ("cap2", some_files(**{"post.png": b"y"})), case=a_case("0043"))
    tampered = {
        "DELETE FROM case_steps WHERE n = 2 AND": "seals a step that is missing",
        "UPDATE case_steps SET why = 'It is true.' WHERE step = 'decided' AND": "is not the one",
        "UPDATE evidence SET size_bytes = 3 WHERE name = 'page.html' AND": "Its row says 3 bytes",
        "DELETE FROM evidence WHERE name = 'post.txt' AND": "The manifest lists",
    }
    told = faults_of(store, [f"{sql} case_id = '0043'" for sql in tampered], "0042", "0043")
    assert told["0042"] == []
    assert [found for found in tampered.values() if found not in "\n".join(told["0043"])] == []


def test_what_was_handed_in_before_there_was_a_case_is_looked_at_with_it(kept):
    mention_id, content = a_case().mention_id, b"a picture that was handed in"
    sha256 = Vault(kept.evidence).store_bytes(content)
    handed = evidence_file(
        URN, mention_id, sha256, "image/png", len(content), NOW, "pike", "supplied by a person"
    )
    do_in(kept, put_files, [handed])
    assert faults(kept, "0042") == []
    tamper(kept, "UPDATE evidence SET captured_by = 'x' WHERE case_id IS NULL")
    (fault,) = faults(kept, "0042")
    assert fault.startswith(f"changed: mention {mention_id}, file (")


def test_a_byte_changed_in_the_stores_own_file_is_told_as_damage_and_not_as_a_crash(kept):
    content, said = kept.path.read_bytes(), set()
    for place in (m.start() for m in re.finditer(b"evidence_kept", content)):
        kept.path.write_bytes(content[:place] + b"E" + content[place + 1 :])
        try:
            faults(kept)
        except StoreDamaged as error:
            said.add(str(error).partition(" The reason:")[0])
    assert said == {
        f"{kept.path} cannot be read as a store: it was cut off, damaged, or changed by something else. "
        "Keep a copy of it as it is, stop the service, then restore a backup: "
        "schoolgate restore DIR --replace."
    }


def test_a_file_that_is_gone_is_missing(store):
    files = some_files()
    a_kept_case(store, ("cap1", files))
    vault_file(store, files["post.txt"]).unlink()
    assert [f for f in faults(store) if f.startswith("missing: case 0042, capture cap1, post.txt")]


def test_a_file_that_nobody_recorded_is_unknown(kept):
    for name in ("ab/" + "ab" * 32, "cd/" + "ab" * 32, "notes.txt", "ab/unfinished-1"):
        stray = kept.evidence / name
        stray.parent.mkdir(exist_ok=True)
        stray.write_bytes(b"")
        assert len([f for f in faults(kept) if f.startswith("unknown: vault file")]) == 1, name
        stray.unlink()


def test_an_end_of_the_chain_that_was_cut_off_shows_against_what_was_noted_earlier(store):
    a_kept_case(store)
    do_in(store, append, [AuditEntry(OPENED, "b-patel", "restricted_read", "s-one", URN)])
    end = read(store).chain[-1]
    assert faults(store, last=(end.n, end.hash)) == []
    tamper(store, f"DELETE FROM audit WHERE n = {end.n}")
    assert faults(store) == []
    (said,) = faults(store, last=(end.n, end.hash))
    assert f"Row {end.n}, noted earlier, is missing: the end of the chain was cut off" in said


def test_a_chain_that_was_written_anew_shows_against_what_was_noted_earlier(kept):
    end = read(kept).chain[-1]
    (said,) = faults(kept, last=(end.n, "0" * 64))
    assert f"Row {end.n} is not the one noted earlier: the chain was rewritten" in said


def test_an_alert_that_went_on_to_others_is_no_step_of_a_case(kept):
    alert = an_alert("s-two", severity=Severity.THIS_HOUR)
    with kept.write("an escalation") as con:
        put_alerts(con, [alert], OPENED)
        for n, person in ((1, "b-patel"), (2, None)):
            put_step(con, Escalation(alert.id, URN, 1, n, person, OPENED))
    assert faults(kept) == []


def test_a_home_written_when_escalations_were_marked_as_steps_are_holds(kept):
    codes = [
        ("times:1", f"step:{n}", who) for n, who in ((1, "told:b-patel"), (2, "told:c-ash"), (3, "ring"))
    ]
    do_in(
        kept,
        append,
        [AuditEntry(OPENED, "schoolgate", "alert_escalated", "a1b2", URN, said) for said in codes],
    )
    assert faults(kept) == []
    tamper(kept, "DELETE FROM case_steps WHERE n = 6")
    assert "seals a step that is missing" in "\n".join(faults(kept))


def test_a_step_with_nothing_but_blanks_for_a_reason_holds(store):
    case = a_case()
    steps = [*some_steps(case), a_step(6, StepKind.NOTED, {}, case, why="  ")]
    do_in(store, case_store.append_steps, replay(steps), steps, (), OPENED)
    assert faults(store) == []


@pytest.mark.parametrize(
    ("kind", "seals", "holds"), [("all_steps", 6, True), ("all_steps", 5, False), ("sha256", 6, True)]
)
def test_a_case_that_was_deleted_on_record_is_no_fault_where_the_record_is_of_all_its_steps(
    store, kind, seals, holds
):
    case = a_case()
    steps = some_steps(case)
    with store.write("a case, and its end") as con:
        closed = a_step(6, StepKind.CLOSED, {"ending": "mistaken"}, case)
        case_store.append_steps(con, case, [*steps, closed], (), OPENED)
        con.execute("DELETE FROM case_steps")
        con.execute("DELETE FROM cases")
        stood = [c for link in audit_chain.links(con) for c in link.entry.codes if c.startswith("step:")]
        left = (f"{kind}:{digest(*stood[:seals])}",)
        append(con, [AuditEntry(OPENED, "schoolgate", "case_deleted", case.id, URN, left)])
    assert (faults(store) == []) is holds


def test_a_file_that_a_purge_took_away_with_its_mention_is_no_fault(store):
    mention, content = a_mention(), b"a picture that was handed in"
    sha256 = Vault(store.evidence).store_bytes(content)
    kept = evidence_file(
        URN, mention.id, sha256, "image/png", len(content), NOW, "report-in", "supplied by a person"
    )
    with store.write("a report") as con:
        save(con, a_batch(mention), now=NOW, policy=POLICY)
        put_files(con, [kept])
    assert faults(store) == []
    purge(store, NOW + timedelta(days=800), POLICY)
    assert read(store).files == ()
    assert faults(store) == []


# ------------------------------------------------------------------ who has a matter

OURS = Marked("s-said", URN, Mark.ANSWERED, "holt", NOW)
TAKEN = "story_id = 's-taken'"


def alert_of(store, story):
    with store.open_reader() as con:
        return alert_store.by_story(con, [story])[story, URN]


def had_by_some(store):
    with store.write("test") as con:
        for story in ("s-taken", "s-given", "s-case", "s-back", "s-said", "s-undone", "s-anew", "s-out"):
            batch = a_batch(a_mention(f"post-{story}"), story_id=story, alerts=[an_alert(story)])
            save(con, batch, now=NOW, policy=POLICY)
    alerts = {story: alert_of(store, story) for story in ("s-taken", "s-given", "s-back", "s-anew", "s-out")}
    lent = Owner("deputy", NOW, "dsl", NOW + timedelta(hours=2))
    with store.write("test") as con:
        for story in ("s-taken", "s-anew", "s-out"):
            alert_store.ack(con, alerts[story].id, "dsl", NOW)
        alert_store.give(con, alerts["s-given"].id, lent, "While I teach.")
        alert_store.give(con, alerts["s-back"].id, lent)
        alert_store.return_matter(con, alerts["s-back"].id, lent, None, NOW)
        owner_store.record_mark(con, OURS, "I rang them.")
        owner_store.record_mark(con, replace(OURS, story_id="s-undone"))
        owner_store.undo(con, "s-undone", URN, "ash", NOW)
        alert_store.put_alerts(con, [replace(alerts["s-anew"], times=2)], NOW)
        alert_store.exclude_from_alerts(con, {alerts["s-out"].id: ["dsl"]}, NOW)
        case, first = plain.a_case(story_id="s-case", alert_id=None), plain.a_step()
        case_store.append_steps(con, case, [first], [], NOW)
        given = plain.a_step(2, StepKind.ASSIGNED, facts={"person": "deputy"})
        case_store.append_steps(con, replace(case, steps=2, assigned_to="deputy"), [given], [], NOW)


@pytest.fixture
def had(tmp_path):
    """Matters taken, given, given by a case, given back, answered, taken back, raised anew, kept from one."""
    return begun_as(a_store(tmp_path / "home"), "had", had_by_some)


def wrongs(store, *tampered):
    """What is wrong of who has what after these statements, which are then undone."""
    with rolled_back(store) as con:
        for statement in tampered:
            con.execute(statement)
        found = owner_faults(owner_store.rows(con), audit_chain.links(con), None)
        named = [(f.wrong.value, f.where) for f in found]
    return named


def test_what_people_took_gave_marked_and_undid_holds(had):
    assert [told for told in faults(had) if "who has" in told] == []
    with had.open_reader() as con:
        assert {story for story, _ in owner_store.rows(con)} == {"s-taken", "s-given", "s-case", "s-said"}


def test_a_change_of_any_column_is_found(had):
    with rolled_back(had) as con:
        chain, first = audit_chain.links(con), con.execute(f"FROM owners WHERE {TAKEN}").fetchone()
        names = [column[0] for column in con.description]
        for column in (
            *("person_id = 'x'", "since_at = since_at + INTERVAL 1 SECOND", "given_by = 'x'"),
            *("until_at = now()", "ask_at = now()", "times = times + 1", "mark = 'not_us'"),
            *("marked_by = 'x'", "marked_at = now()", "marked_times = 9", "why = 'x'"),
        ):
            con.execute(f"UPDATE owners SET {column} WHERE {TAKEN}")
            (fault,) = owner_faults(owner_store.rows(con), chain, None)
            assert (fault.wrong.value, fault.where) == ("changed", "who has story s-taken"), column
            name = column.partition(" ")[0]
            con.execute(f"UPDATE owners SET {name} = ? WHERE {TAKEN}", [first[names.index(name)]])


def test_a_record_taken_out_or_put_in_is_found_also_of_who_once_had_it(had):
    """Of one case its own matter alone is looked at."""
    stories = ("s-taken", "s-given", "s-case", "s-said")
    gone = wrongs(had, "DELETE FROM owners")
    assert sorted(gone) == sorted(("missing", f"who has story {story}") for story in stories)
    once_had = ("s-back", "s-undone", "s-anew", "s-out")
    into = "INSERT INTO owners (story_id, urn, person_id, since_at, given_by, times)"
    put_in = (
        f"{into} VALUES ('{story}', '{URN}', 'dsl', '{NOW.isoformat()}', 'dsl', 1)"
        for story in (*once_had, "s-never")
    )
    changed = [("changed", f"who has story {story}") for story in once_had]
    assert sorted(wrongs(had, *put_in)) == sorted([*changed, ("unrecorded", "who has story s-never")])
    of_one = faults_of(had, ["DELETE FROM owners"], "0001")["0001"]
    (told,) = (told for told in of_one if "who has" in told)
    assert told.startswith("missing: who has story s-case:")


def test_what_went_with_its_story_holds(had):
    purge(had, NOW + timedelta(days=4000), POLICY, force=True)
    with had.open_reader() as con:
        assert {story for story, _ in owner_store.rows(con)} == {"s-taken", "s-given", "s-case"}  # not ended
    assert wrongs(had) == []


def test_a_home_older_than_seals_holds_and_its_first_seal_seals_all_that_it_holds(had):
    """Somebody put into a record of before is found."""
    do_in(had, lambda con: con.execute("DELETE FROM audit WHERE action = 'owner_sealed'"))
    older = had
    assert wrongs(older) == []
    found = wrongs(older, f"UPDATE owners SET person_id = 'x' WHERE {TAKEN}")
    assert found == [("unrecorded", "who has story s-taken")]

    do_in(older, owner_store.record_mark, replace(OURS, story_id="s-undone"))
    assert wrongs(older, f"DELETE FROM owners WHERE {TAKEN}") == [("missing", "who has story s-taken")]
