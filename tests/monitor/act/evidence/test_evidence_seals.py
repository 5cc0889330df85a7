"""What a case is about, what was made of it and its alert are sealed: any later change is found and named."""

from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

import pytest
from builders.case_desk import NOW, Desk, a_desk, run
from builders.evidence import tamper
from builders.home import do_in, rows_of
from builders.kept_open import rolled_back
from builders.mention import POLICY, a_batch, a_mention, a_run, a_verdict, an_alert, save
from builders.pack import pack

from data.evidence.vault import Vault
from data.ids import digest
from data.retention import deleting
from data.retention.deleting import purge
from data.steps.codes import StepKind
from data.store import alerts as alert_store
from data.store import cases as case_store
from data.store.engine import audit_chain
from data.store.engine.audit_chain import SealedKind
from data.store.engine.connect import Connection
from data.store.engine.open import Store
from data.store.engine.tables import BITS as WORD_BITS
from data.store.sealing import COLUMNS, seal_of
from data.types import Reason, Route, Severity
from monitor.act.packing import DoesNotHold
from monitor.act.proving import prove, read_evidence

LIE, OTHER = a_mention("lie", channel="forum"), a_mention("other", channel="forum")
ALERT = an_alert("story-lie").id


def _opened(desk: Desk) -> None:
    """Two posts, each with a case of its own; the first with an alert."""
    for name in ("lie", "other"):
        story = desk.story(
            name, alert=name == "lie", route=Route.REQUEST_REMOVAL, content_class="C7",
            severity=Severity.TODAY, themes=("staff",),
        )  # fmt: skip
        desk.open(story, "holt")


@pytest.fixture
def desk(tmp_path):
    return a_desk(tmp_path, _opened)


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Store:
    """The same home, for tests that change nothing for good."""
    return a_desk(tmp_path_factory.mktemp("made"), _opened).store


def found(con: Connection, store: Store, case_id: str | None = None) -> list[str]:
    proved = prove(read_evidence(con, case_id), Vault(store.evidence), case_id=case_id)
    return [f"{f.wrong.value}: {f.where}: {f.said}" for f in proved.faults]


def faults(store: Store, case_id: str | None = None) -> list[str]:
    with store.open_reader() as con:
        return found(con, store, case_id)


def verified(desk: Desk, *words: str):
    return run("evidence", "verify", *words, "--home", str(desk.home))


OPEN_TABLES = dict.fromkeys(("title", "text", "quoted", "article", "fetched_at"), "mention_versions")
"""Where a post's columns are, besides `mentions`."""
TABLES = {SealedKind.VERDICT: "verdicts", SealedKind.MATCH: "matches", SealedKind.ALERT: "alerts"}
IN_CASE = {
    SealedKind.POST: f"case 0001, post {LIE.id}, version 1",
    SealedKind.VERDICT: f"case 0001, verdict on post {LIE.id}, version 1",
    SealedKind.MATCH: f"case 0001, match of post {LIE.id}, version 1",
    SealedKind.ALERT: f"alert {ALERT}",
}


def change(kind: SealedKind, name: str) -> str:
    """SQL that makes one column of the first case's row another than it is."""
    table = OPEN_TABLES.get(name, "mentions") if kind is SealedKind.POST else TABLES[kind]
    key = "id" if table in ("mentions", "alerts") else "mention_id"
    subject = ALERT if kind is SealedKind.ALERT else LIE.id
    return f"UPDATE {table} SET {name} = {_another(name, table)} WHERE {key} = '{subject}'"


def _another(name: str, table: str) -> str:
    if name.endswith("_at") or name in ("published", "edited", "first_seen", "history"):
        return f"coalesce({name}, TIMESTAMPTZ '2026-01-01 00:00:00+00') + INTERVAL 1 MICROSECOND"
    if name in ("restricted", "look"):
        return f"NOT {name}"
    if name in ("version", "severity", "times", "rating", "score", "look_rank"):
        return f"coalesce({name}, 0) + 1"
    if name in ("score_values", "weighed_most"):
        return f"list_concat({name}, [1])"
    lists = ("abuse", "subjects", "reason_codes", "reason_texts", "score_labels", "themes", "audience")
    if name in (*lists, "excluded", "warned", "endangers", "accuses"):
        return f"list_concat({name}, ['another'])"
    return f"coalesce({name}, '') || 'x'"


LOOKED_UP = ("looked_at", "missing_at", "gone_at")
NOT_SEALED = {
    "mentions": {"id", "text_hash", "fetched_at", "stub", "retain_until", *LOOKED_UP},
    "mention_versions": {"mention_id", "n", "text_hash", "canonical_url", "minhash", "body_hash", *WORD_BITS},
    "verdicts": {"mention_id", "version", "urn"},
    "matches": {"mention_id", "version", "urn"},
    "alerts": {"id"},
}
"""Keys; fingerprints of copies, bits by which words are found; how long a mention is kept (to be put off)."""


def test_every_column_is_sealed_or_said_not_to_be(made):
    """A new column of one of these tables is sealed, or listed above with those that are not."""
    sealed = {"mentions": set(COLUMNS[SealedKind.POST]) - OPEN_TABLES.keys() - {"reasons"}}
    sealed |= {"mention_versions": set(OPEN_TABLES)}
    sealed |= {table: set(COLUMNS[kind]) for kind, table in TABLES.items()}
    held = {table: {row[0] for row in rows_of(made, f"DESCRIBE {table}")} for table in NOT_SEALED}
    assert {table: sealed[table] | NOT_SEALED[table] for table in NOT_SEALED} == held


def test_what_nobody_touched_holds(desk):
    done = verified(desk)
    assert done.code == 0, done.out
    assert "sealed rows of posts and alerts" in done.out
    assert [faults(desk.store, case) for case in ("0001", "0002")] == [[], []]


def test_a_change_to_any_sealed_column_is_found_and_the_column_named(made):
    """All that were changed are named, and no other."""
    sealed = {
        kind: [name for name in columns if name not in ("reasons", "version")]
        for kind, columns in COLUMNS.items()
    }
    for some in (slice(None), slice(1), slice(-1, None)):
        with rolled_back(made) as con:
            for kind, names in sealed.items():
                for name in names[some]:
                    con.execute(change(kind, name))
            told, of_case, of_other = (found(con, made, case) for case in (None, "0001", "0002"))
        for kind, names in sealed.items():
            (of_it,) = (t for t in told if IN_CASE[kind] in t)
            named = of_it.partition("not what was sealed: ")[2].partition(".")[0]
            assert sorted(named.split(", ")) == sorted(names[some]), of_it
            assert of_it in of_case
            assert not any(IN_CASE[kind] in t for t in of_other)


def test_verify_ends_with_1_says_what_was_changed_and_what_to_do(desk):
    tamper(desk.store, f"UPDATE mention_versions SET text = 'A lovely man' WHERE mention_id = '{LIE.id}'")
    done, as_json = verified(desk), verified(desk, "--json")
    assert (done.code, as_json.code) == (1, 1)
    assert "It is not what was sealed: text. Do not rely on it as it is now." in done.out
    assert "tell your data protection officer" in done.out
    told = as_json.data["faults"]
    assert [f["wrong"] for f in told if f["said"].startswith("It is not what was sealed")] == ["changed"]


def test_two_posts_that_changed_places_with_their_salts_are_found(made):
    a, b = LIE.id, OTHER.id
    swap = f"CASE {{0}} WHEN '{a}' THEN '{b}' WHEN '{b}' THEN '{a}' ELSE {{0}} END"
    statements = [
        "CREATE TEMP TABLE s AS SELECT * FROM seal_salts WHERE kind = 'post'",
        "DELETE FROM seal_salts WHERE kind = 'post'",
        f"INSERT INTO seal_salts SELECT * REPLACE ({swap.format('subject')} AS subject) FROM s",
    ]
    words = f"UPDATE mention_versions SET text = CASE mention_id WHEN '{a}' THEN '{OTHER.text}' ELSE text END"
    for tampered in (statements, [*statements, words]):
        with rolled_back(made) as con:
            for statement in tampered:
                con.execute(statement)
            assert any(a in told for told in found(con, made)), tampered


def test_a_row_that_was_taken_out_is_found(made):
    of_post = f"post {LIE.id}, version 1"
    for tables, rows in (
        (("verdicts", "matches"), (f"verdict on {of_post}", f"match of {of_post}")),
        *(((table,), (of_post,)) for table in ("mentions", "mention_versions", "seal_salts")),
    ):
        with rolled_back(made) as con:
            for table in tables:
                key = {"mentions": "id", "seal_salts": "subject"}.get(table, "mention_id")
                con.execute(f"DELETE FROM {table} WHERE {key} = '{LIE.id}'")
            told = "\n".join(found(con, made, "0001"))
            assert [row for row in rows if row not in told] == [], tables


def test_everything_of_a_post_or_an_alert_taken_out_together_is_found(made):
    gone = "It was sealed, and is no longer in the store."
    with rolled_back(made) as con:
        for table, key in (("mentions", "id"), ("mention_versions", "mention_id"), ("seal_salts", "subject")):
            con.execute(f"DELETE FROM {table} WHERE {key} = '{LIE.id}'")
        con.execute(f"DELETE FROM alerts WHERE id = '{ALERT}'")
        told = found(con, made)
    assert f"missing: alert {ALERT}: {gone}" in told
    assert any(f"post {LIE.id}, version 1: {gone}" in t for t in told)


def edited(n: int, **fields: object):
    return replace(LIE, text=f"Something else, {n}.", author=f"poster-{n}", **fields)


def see(store: Store, mention, version: int, **verdict: object) -> None:
    """A scan that saw that version of the post."""
    judged = a_verdict(mention, version, route=Route.REQUEST_REMOVAL, content_class="C7", **verdict)
    at = NOW + timedelta(hours=version)
    batch = a_batch(mention, verdicts=[judged], story_id="story-lie", version=version, run=a_run(at=at))
    do_in(store, save, batch, now=at, policy=POLICY)


def with_an_edit(desk: Desk) -> None:
    _opened(desk)
    see(desk.store, edited(2), 2)


@pytest.fixture
def later(tmp_path):
    """A home in which a scan saw the first post again, edited."""
    return a_desk(tmp_path, with_an_edit)


def test_an_edit_is_no_fault_and_both_versions_are_sealed_from_then_on(later):
    """A case first shows the version sealed when it was opened, and a later one beside it."""
    desk = later
    assert faults(desk.store) == []
    for n in (1, 2):
        with rolled_back(desk.store) as con:
            con.execute(f"UPDATE mention_versions SET text = 'x' WHERE mention_id = '{LIE.id}' AND n = {n}")
            assert any(f"post {LIE.id}, version {n}" in t for t in found(con, desk.store)), n
    with desk.store.open_reader() as con:
        file = case_store.whole_file(con, desk.case())
    assert (file.post.text, file.post.version) == (LIE.text, 1)
    assert [other.text for other in file.beside] == [edited(2).text]


def test_a_scan_does_not_cover_up_what_was_changed_in_an_earlier_version(desk):
    tamper(desk.store, f"UPDATE mention_versions SET text = 'x' WHERE mention_id = '{LIE.id}'")
    see(desk.store, edited(2), 2)
    assert any("version 1: It is not what was sealed: text." in t for t in faults(desk.store))


def test_an_older_version_put_back_in_the_newest_ones_place_is_found(later):
    desk = later
    for put_back in (
        f"UPDATE mentions SET version = 1, author = '{LIE.author}' WHERE id = '{LIE.id}'",
        f"UPDATE mention_versions SET text = '{LIE.text}' WHERE mention_id = '{LIE.id}' AND n = 2",
    ):
        with rolled_back(desk.store) as con:
            con.execute(put_back)
            assert any(f"post {LIE.id}, version 2" in t for t in found(con, desk.store)), put_back


def test_a_version_that_no_scan_saw_is_found(made):
    for table in ("mention_versions", "verdicts", "matches"):
        number = "n" if table == "mention_versions" else "version"
        with rolled_back(made) as con:
            con.execute(
                f"""INSERT INTO {table} SELECT * REPLACE (2::INTEGER AS {number}) FROM {table}
                WHERE mention_id = '{LIE.id}'"""
            )
            told = found(con, made)
            assert any("version 2: It was put in without being sealed." in t for t in told), told


def test_the_same_post_judged_again_is_no_fault(desk):
    see(desk.store, LIE, 1, severity=Severity.THIS_HOUR)
    assert faults(desk.store) == []


def test_a_second_case_about_a_post_does_not_cover_up_what_was_changed_since_the_first(desk):
    close(desk, "1")
    tamper(desk.store, f"UPDATE mention_versions SET text = 'x' WHERE mention_id = '{LIE.id}'")
    desk.open("story-lie", "holt")
    assert any("not what was sealed: text." in told for told in faults(desk.store, "0003"))


def close(desk: Desk, case: str) -> None:
    desk.take(StepKind.CLOSED, "holt", case, ending="mistaken", why="Not us.")


def tells_of_a_child(desk: Desk) -> None:
    desk.take(StepKind.CLASSIFIED, "pike", class_="C10", why="A child says so.")


def test_the_opening_names_what_was_sealed(made):
    """The chain lets nobody try what words were sealed: the same words differ, and salts go with them."""
    with made.open_reader() as con:
        opened = case_store.steps_of_case(con, "0001")[0]
        (seal,) = [link for link in audit_chain.links(con, [LIE.id]) if "kind:post" in link.entry.codes]
        chain = [code for link in audit_chain.links(con) for code in link.entry.codes]
    codes = [code for code in seal.entry.codes if code.startswith("column:")]
    assert opened.said.sealed == digest(*codes)
    authors = [code for code in chain if code.startswith("column:quoted=")]
    assert len(authors) == len(set(authors)) == 2


def test_a_matter_taken_off_the_ladder_is_withheld_and_holds(desk):
    tells_of_a_child(desk)
    assert faults(desk.store) == []
    with rolled_back(desk.store) as con:
        con.execute(f"UPDATE restricted_texts SET text = 'x' WHERE mention_id = '{LIE.id}'")
        assert any("not what was sealed: text." in told for told in found(con, desk.store))
        con.execute(f"UPDATE mentions SET url = 'https://elsewhere.example' WHERE id = '{LIE.id}'")
        told = " ".join(found(con, desk.store))
        assert "not what was sealed: text, url." in told or "not what was sealed: url, text." in told, told


def test_what_retention_deletes_is_no_fault_and_leaves_no_salt(desk):
    close(desk, "1")
    report = purge(desk.store, NOW + timedelta(days=4000), POLICY)
    assert (report.cases, report.deleted) == (1, 1)
    assert faults(desk.store) == []
    left = rows_of(desk.store, f"SELECT count(*) FROM seal_salts WHERE subject IN ('{LIE.id}', '{ALERT}')")[0]
    assert left == (0,)


def test_a_deletion_on_record_excuses_no_change_to_what_is_left(desk):
    """Of what was handed over a stub remains: what was made of it must still be what it was."""
    tells_of_a_child(desk)
    do_in(desk.store, alert_store.hand_over_alert, ALERT, "pike", NOW)
    desk.take(StepKind.REFERRED, "pike", to="lado", reference="R-1")
    desk.take(StepKind.CLOSED, "pike", ending="handed_over", why="With us.")
    assert purge(desk.store, NOW + timedelta(days=30), POLICY).stubs == 1
    assert faults(desk.store) == []
    tamper(desk.store, f"UPDATE verdicts SET severity = 0 WHERE mention_id = '{LIE.id}'")
    assert any("not what was sealed: severity." in told for told in faults(desk.store))


def test_whom_an_alert_keeps_out_later_is_no_fault_and_anybody_else_is(desk):
    with desk.store.write("keep out") as con:
        alert_store.exclude_from_alerts(con, {ALERT: ("reed",)}, NOW)
        alert_store.ack(con, ALERT, "pike", NOW)
    assert faults(desk.store) == []
    tamper(desk.store, f"UPDATE alerts SET excluded = [] WHERE id = '{ALERT}'")
    assert any(f"alert {ALERT}: It" in told and "excluded" in told for told in faults(desk.store))


def test_an_alert_raised_again_is_sealed_anew(desk):
    again = replace(an_alert("story-lie", because=(Reason("rose", "It rose."),)), times=2, raised_at=NOW)
    do_in(desk.store, alert_store.put_alerts, [again], NOW)
    assert faults(desk.store) == []
    tamper(desk.store, "UPDATE alerts SET reason_texts = ['It fell.']")
    assert any("not what was sealed: reason_texts." in told for told in faults(desk.store))


def _handed_in(desk: Desk) -> None:
    do_in(desk.store, audit_chain.append, [audit_chain.AuditEntry(NOW, "report-in", "reported_in", LIE.id)])


def test_a_place_that_a_person_puts_right_is_no_fault_and_sealed_as_it_is_now(desk):
    """Its seal is over all its columns."""
    _handed_in(desk)
    with desk.store.open_reader() as con:
        before = seal_of(con, LIE.id)
    desk.take(StepKind.PLACE, "holt", channel="whatsapp")
    with desk.store.open_reader() as con:
        links = [link for link in audit_chain.links(con, [LIE.id]) if "kind:post" in link.entry.codes]
        whole, place = ([c for c in link.entry.codes if c.startswith("column:")] for link in links)
        assert before == digest(*whole)
        assert seal_of(con, LIE.id) == digest(*(place[0] if "channel=" in c else c for c in whole))
    assert faults(desk.store) == []
    tamper(desk.store, f"UPDATE mentions SET channel = 'facebook' WHERE id = '{LIE.id}'")
    assert any("not what was sealed: channel." in told for told in faults(desk.store))


def test_a_place_put_right_does_not_cover_up_what_else_was_changed(desk):
    _handed_in(desk)
    tamper(desk.store, f"UPDATE mentions SET author = 'somebody else' WHERE id = '{LIE.id}'")
    desk.take(StepKind.PLACE, "holt", channel="whatsapp")
    assert any("not what was sealed: author." in told for told in faults(desk.store))


def _before(desk: Desk) -> None:
    """The same home as an older version made it."""
    desk.apart()
    store = "data.store"
    with (
        patch(f"{store}.cases.seal_posts"),
        patch(f"{store}.cases.seal_of", return_value=None),
        patch(f"{store}.alerts.alert_codes", side_effect=lambda con, ids, *_: {i: [] for i in ids}),
    ):
        _opened(desk)


def test_the_page_of_its_evidence_says_so_in_one_line_and_no_pack_is_made_of_it(desk, tmp_path):
    assert "changed since it was kept" not in desk.page("holt")
    tamper(desk.store, f"UPDATE mention_versions SET text = 'A lovely man' WHERE mention_id = '{LIE.id}'")
    assert "1 thing has changed since it was kept" in desk.page("holt")
    assert "changed since it was kept" not in desk.page("holt", "2")
    with pytest.raises(DoesNotHold, match="not what was sealed: text"):
        pack(desk, tmp_path / "out", "police")
    assert not (tmp_path / "out").exists()


def test_a_quote_that_goes_with_the_post_it_quotes_is_no_fault(desk):
    """The case is over and gone, its post is kept longer: somebody has what it quotes erased."""
    see(desk.store, edited(2, parent=OTHER.id, quoted=OTHER.text), 2)
    close(desk, "1")
    purge(desk.store, NOW + timedelta(days=90), POLICY)
    with desk.store.write("erase") as con:
        deleting.scrub(con, [OTHER.id], NOW + timedelta(days=90))
        assert con.execute(f"SELECT quoted FROM mention_versions WHERE mention_id = '{LIE.id}'").fetchall()[
            -1
        ] == (None,)
    assert faults(desk.store) == []


def test_a_home_of_before_is_at_fault_in_nothing_and_says_how_much_was_never_sealed(tmp_path):
    desk = a_desk(tmp_path, _before)
    tamper(desk.store, f"UPDATE mention_versions SET text = 'x' WHERE mention_id = '{LIE.id}'")
    done = verified(desk)
    assert done.code == 0, done.out
    assert "Never sealed, so not compared: 2 posts of cases that an older version opened." in done.out
    assert verified(desk, "1", "--json").data["posts_not_sealed"] == 1


def test_of_a_post_of_before_what_is_seen_from_now_on_is_sealed(tmp_path):
    desk = a_desk(tmp_path, _before)
    see(desk.store, edited(2), 2)
    assert faults(desk.store) == []
    tamper(desk.store, f"UPDATE mention_versions SET text = 'x' WHERE mention_id = '{LIE.id}'")
    assert [told for told in faults(desk.store) if "text." in told] == [
        f"changed: post {LIE.id}, version 2: It is not what was sealed: text. Do not rely on it as it is now."
    ]
