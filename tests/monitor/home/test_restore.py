"""A backup is put in place whole, purged by today's date before it can be read, or not at all."""

import json
import os
import re
import shutil
import signal
import tarfile
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from builders.backup import DAY, NOW, WARC, a_home, back_up, files, holding, places, put_back
from builders.case_desk import Acts, run
from builders.evidence import a_case, a_kept_case, a_step, some_files, vault_file
from builders.home import do_in, open_session, rows_of
from builders.judges import Words
from builders.mention import Clock, a_store, an_alert
from builders.pack import pack
from support import forked
from support.checkout import ROOT
from support.for_each import for_each
from support.mail_server import post_office

from alerts.ladder.replay import replay
from data import effects, keeping
from data.errors import InputError, StoreDamaged, StoreError, StoreTooNew
from data.evidence.vault import Vault
from data.retention import backup
from data.retention.backup import MANIFEST
from data.retention.deleting import COPIES_KEPT, drop_copies, purge
from data.steps.codes import StepKind
from data.store import alerts as alert_store
from data.store import cases as case_store
from data.store.cases import STEP, step_row
from data.store.engine import open as opening
from data.store.engine.audit_chain import step_seal
from data.store.engine.migrations import MIGRATIONS, Migration, applied_migrations
from data.store.engine.turn import Lease, running, take_lease
from data.store.service import DeskSession, Device, begin_session
from data.types import Policy
from monitor.act.casework import make_judges
from monitor.act.step import open_case
from monitor.config.home.paths import Paths
from monitor.home import wiring
from monitor.matters.reader import load_case
from monitor.pipeline.rejudge import judge_again
from monitor.service.notebook import NAME, me
from monitor.setup import home_copy


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A home where somebody was signed in, and a backup of it that no test changes."""
    folder = tmp_path_factory.mktemp("original")
    desk = a_home(folder / "home")
    do_in(desk.store, begin_session, DeskSession("hash", "pike", "", Device.OWN, NOW, NOW, NOW))
    (folder / "backups").mkdir(mode=0o700)
    made, _ = back_up(desk.home, folder / "backups")
    return desk.home, made


@pytest.fixture
def made(original, tmp_path):
    """A copy of the backup, in a folder of its own."""
    target = tmp_path / "backups" / original[1].name
    shutil.copytree(original[1], target)
    return target


@pytest.fixture
def desk(original, tmp_path):
    """A copy of the home that was backed up."""
    shutil.copytree(original[0], tmp_path / "home")
    (tmp_path / "home").chmod(0o700)
    return a_store(tmp_path / "home", Clock(NOW))


@pytest.fixture
def into(tmp_path):
    (tmp_path / "b").mkdir(mode=0o700)
    return tmp_path / "b"


def tables(store):
    """What the tables hold, but for what a restoring adds or ends."""
    with store.open_reader() as con:
        names = [n for (n,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        return {
            n: con.execute(f"SELECT count(*), bit_xor(hash(t)) FROM {n} t").fetchone()
            for n in names
            if n not in ("audit", "clock", "sessions")
        }


def holds(home):
    done = run("evidence", "verify", "--home", str(home))
    return done.code == 0 and "All holds: " in done.out


def written_in(made):
    return json.loads((made / MANIFEST).read_text())


def write_into(made, written):
    (made / MANIFEST).write_text(json.dumps(written))


def test_on_a_new_machine_all_of_the_newest_backup_is_there_unread_before_it_is_purged_and_holds(
    original, made, tmp_path, monkeypatch
):
    home, seen = tmp_path / "new" / "home", []
    home.parent.mkdir()
    newer = made.with_name("schoolgate-2026-11-18T090000Z")
    shutil.copytree(made, newer)

    def watched(store, *given, **more):
        seen.append((home / "schoolgate.duckdb").exists())
        return purge(store, *given, **more)

    monkeypatch.setattr("monitor.setup.home_copy.purge", watched)
    said = put_back(made.parent, home)
    assert seen == [False]
    assert tables(a_store(home)) == tables(a_store(original[0]))
    assert rows_of(a_store(home), "SELECT count(*) FROM sessions")[0] == (0,)  # nobody is signed in any more
    kept = Vault(home / "evidence")
    assert {kept.get(n) for n in kept.names()} >= set(WARC.values())
    assert holds(home)
    for name in ("schoolgate.toml", "secret.key", "reports/900001-2026-W46.pdf"):
        assert (home / name).read_bytes() == (original[0] / name).read_bytes()
    for path in (home, *home.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path
    assert said[0] == f"Restored to {home}: {newer}, as it was on 2026-11-17 at 09:00 UTC."
    assert sorted(p.name for p in home.iterdir() if ".lock" not in p.name) == sorted(
        ["schoolgate.duckdb", "schoolgate.toml", "secret.key", "deletions.log",
         "evidence", "reports"]
    )  # fmt: skip


def test_of_an_older_version_it_is_brought_up_to_date_and_what_is_due_is_in_no_file_once_it_can_be_read(
    made, tmp_path, monkeypatch
):
    later = Migration(len(MIGRATIONS) + 1, "added_later", ("CREATE TABLE added_later (a VARCHAR)",))
    monkeypatch.setattr(opening, "MIGRATIONS", (*MIGRATIONS, later))
    home = tmp_path / "home"
    assert holding(made) == ["schoolgate.duckdb"]
    said = put_back(made, home, NOW + 31 * DAY)
    assert holding(home) == []
    assert said[1].startswith("Deleted before it could be read: ")
    assert rows_of(a_store(home), "SELECT count(*) FROM mentions WHERE NOT stub")[0][0] < 4
    assert holds(home)
    with a_store(home).open_reader() as con:
        assert applied_migrations(con)[-1] == "added_later"


def hand_over(store, now):
    """The disclosure goes to the school's safeguarding system, and its words go."""
    do_in(store, alert_store.hand_over_alert, an_alert("story-disclosure").id, "pike", now)
    assert purge(store, now, Policy()).stubs == 1


def words_of_the_disclosure(home):
    return rows_of(a_store(home), "SELECT count(*) FROM restricted_texts")[0][0]


def test_where_data_lies_it_is_replaced_only_when_told_and_kept_aside_for_a_week_and_deletions_are_made_again(
    desk, made
):
    hand_over(desk, NOW + timedelta(hours=1))
    (desk.home / "spool").mkdir(mode=0o700)
    (desk.home / "spool" / "typed.json").write_bytes(b"what a person typed")
    before = files(desk.home)
    with pytest.raises(InputError, match="--replace"):
        put_back(made, desk.home)
    assert files(desk.home) == before
    said = put_back(made, desk.home, NOW + timedelta(hours=2), replace=True)
    assert words_of_the_disclosure(desk.home) == 0
    assert rows_of(desk, "SELECT count(*) FROM mentions WHERE stub")[0] == (1,)
    assert not [line for line in said if "record of deletions" in line]
    assert holds(desk.home)
    aside = desk.home / "before-restore-2026-11-17T110000Z"
    assert str(aside) in said[2]
    kept = files(aside)
    assert all(kept[n] == before[n] for n in kept)
    assert {"schoolgate.duckdb", "schoolgate.toml", "secret.key"} <= kept.keys()
    for name in ("smtp-password", "spool/typed.json"):  # neither is of a backup
        assert (desk.home / name).read_bytes() == before[name]
    drop_copies(desk, NOW + timedelta(hours=2) + COPIES_KEPT - timedelta(seconds=1))
    assert aside.exists()
    drop_copies(desk, NOW + timedelta(hours=2) + COPIES_KEPT)
    assert not aside.exists()


def test_without_the_record_it_is_said_that_it_may_be_here_again_and_with_one_from_elsewhere_it_goes(
    desk, made, tmp_path
):
    purge(desk, NOW, Policy())
    begun, elsewhere = tmp_path / "begun.log", tmp_path / "elsewhere.log"
    shutil.copyfile(desk.home / keeping.DELETIONS_LOG, begun)
    hand_over(desk, NOW + timedelta(hours=1))
    shutil.copyfile(desk.home / keeping.DELETIONS_LOG, elsewhere)
    later = (NOW + timedelta(hours=3)).timestamp()
    os.utime(elsewhere, (later, later))
    home = tmp_path / "new"
    said = put_back(made, home, NOW + timedelta(hours=2))
    assert words_of_the_disclosure(home) == 1
    (line,) = [x for x in said if "record of deletions" in x]
    assert line.startswith("The record of deletions since 2026-11-17 09:00 UTC is missing.")
    said = put_back(made, home, NOW + timedelta(hours=2), replace=True, deletions=elsewhere)
    assert words_of_the_disclosure(home) == 0
    assert not [x for x in said if "record of deletions" in x]
    with pytest.raises(InputError, match="is not a record of deletions"):
        put_back(made, tmp_path / "third", deletions=made / MANIFEST)
    # a newer backup beside it knows of deletions up to when it was made
    shutil.copyfile(begun, made / keeping.DELETIONS_LOG)
    written = written_in(made)
    written["files"][keeping.DELETIONS_LOG] = backup.hash_of(begun)
    write_into(made, written)
    back_up(desk.home, made.parent, NOW + timedelta(hours=5))
    said = put_back(made, tmp_path / "third", NOW + timedelta(hours=9))
    assert words_of_the_disclosure(tmp_path / "third") == 0
    assert "The record of deletions since 2026-11-17 14:00 UTC is missing." in said[-1]


def test_cases_that_were_open_then_and_deleted_since_are_deleted_again(desk, into):
    a_kept_case(desk, ("cap2", some_files(**WARC)), case=a_case("0043", mention_id=None))
    made, _ = back_up(desk.home, into)
    for number, ending in (("0042", "mistaken"), ("0043", "handed_over")):
        case = a_case(number, mention_id=None)
        closed = a_step(99, StepKind.CLOSED, {"ending": ending}, case, why="It went elsewhere.")
        with desk.write("close") as con:
            before = case_store.steps_of_case(con, number)
            end = replace(closed, n=len(before) + 1)
            case_store.append_steps(con, replay([*before, end]), [end], (), NOW)
    due = NOW + 32 * DAY
    assert purge(desk, due, Policy()).cases == 2
    put_back(made, desk.home, due + timedelta(hours=1), replace=True)
    assert rows_of(desk, "SELECT id, state FROM cases") == [("0043", "closed")]
    assert rows_of(desk, "SELECT count(*) FROM case_steps") == [(0,)]
    assert not vault_file(desk, WARC["post.png"]).exists()
    assert holds(desk.home)


def test_lines_of_an_open_cases_post_and_of_one_that_came_again_delete_nothing_and_newer_files_stay(
    desk, into
):
    """Files that the settings name come back where they are missing."""
    open_case(open_session("holt", desk.home, None), "story-insult", "", NOW)
    (post,) = rows_of(desk, "SELECT mention_id FROM cases WHERE mention_id IS NOT NULL")[0]
    purge(desk, NOW, Policy())
    (again,) = rows_of(desk, "SELECT id FROM mentions WHERE id <> ? AND NOT stub LIMIT 1", [post])[0]
    keeping.add_deletions(desk.home, NOW - DAY, {keeping.DeletedKind.MENTION: [again]})
    (desk.home / "letters").mkdir()
    (desk.home / "letters" / "author.md").write_text("a letter of our own")
    (desk.home / "filter-ca.pem").write_text("of last year")
    with (desk.home / "schoolgate.toml").open("a") as settings:
        settings.write('[network]\nca_file = "filter-ca.pem"\n[schools.ladder]\nletters = "letters"\n')
    made, _ = back_up(desk.home, into)
    keeping.add_deletions(desk.home, NOW + timedelta(hours=1), {keeping.DeletedKind.MENTION: [post]})
    (desk.home / "letters" / "author.md").unlink()
    (desk.home / "filter-ca.pem").write_text("of this year")
    put_back(made, desk.home, NOW + timedelta(hours=2), replace=True)
    kept = "SELECT text IS NOT NULL FROM mention_versions WHERE mention_id = ANY(?)"
    assert rows_of(desk, kept, [[post, again]]) == [(True,), (True,)]
    assert holds(desk.home)
    assert (desk.home / "filter-ca.pem").read_text() == "of this year"
    assert (desk.home / "letters" / "author.md").read_text() == "a letter of our own"
    assert not (desk.home / "files").exists()


def test_while_the_service_runs_nothing_is_restored(desk, made):
    do_in(desk, take_lease, Lease(NAME, me(), NOW, NOW + timedelta(seconds=90)))
    before = files(desk.home)
    with pytest.raises(InputError, match="The service runs"):
        put_back(made, desk.home, replace=True)
    assert files(desk.home) == before


def test_beside_a_live_service_the_restored_copy_has_none(desk, into, tmp_path):
    do_in(desk, take_lease, Lease(NAME, me(), NOW, NOW + timedelta(seconds=90)))
    made, _ = back_up(desk.home, into)
    put_back(made, tmp_path / "copy", NOW)
    with a_store(tmp_path / "copy", Clock(NOW)).open_reader() as con:
        assert running(con, NOW) is None
    with desk.open_reader() as con:
        assert running(con, NOW) is not None


def test_a_backup_of_a_newer_version_is_refused_with_its_name(made, tmp_path):
    written = written_in(made)
    written["migrations"].append("from_tomorrow")
    written["version"] = "9.9.9"
    write_into(made, written)
    with pytest.raises(StoreTooNew, match=r"made by a newer Schoolgate \(9\.9\.9\)"):
        put_back(made, tmp_path / "home")
    assert not (tmp_path / "home").exists()


def test_a_newer_versions_store_gives_way_to_the_backup_of_before_and_is_kept_aside(desk, made):
    with desk.alone("act as a newer version") as con:
        con.execute("INSERT INTO migrations VALUES (99, 'from_the_future', now())")
    with pytest.raises(StoreTooNew), desk.open_reader():
        raise AssertionError("it was read")
    newer = desk.path.read_bytes()
    put_back(made, desk.home, replace=True)
    assert rows_of(desk, "SELECT count(*) FROM mentions")[0][0] > 3
    (aside,) = desk.home.glob("before-restore-*")
    assert (aside / desk.path.name).read_bytes() == newer


def _cut(path):
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def _changed(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)


def _linked(path):
    path.rename(path.with_suffix(".real"))
    path.symlink_to(path.with_suffix(".real"))


HARM = {
    "a store cut in half": ("schoolgate.duckdb", _cut, "is not as it was written"),
    "a changed byte in the store": ("schoolgate.duckdb", _changed, "is not as it was written"),
    "missing evidence": ("evidence", lambda p: p.unlink(), "is missing"),
    "a changed byte of evidence": ("evidence", _changed, "is not as it was written"),
    "a link": ("secret.key", _linked, "is not a regular file"),
    "no manifest": (MANIFEST, lambda p: p.unlink(), "has no manifest.json"),
    "half a manifest": (MANIFEST, _cut, "cannot be read as a backup's manifest"),
}


@pytest.mark.parametrize(("name", "harm", "said"), HARM.values(), ids=HARM.keys())
def test_a_torn_backup_is_refused_with_what_and_where_and_the_home_stays_as_it_was(
    desk, made, name, harm, said
):
    path = sorted((made / name).rglob("*"))[-1] if name == "evidence" else made / name
    harm(path)
    before = files(desk.home)
    with pytest.raises((StoreDamaged, InputError), match=said) as refused:
        put_back(made, desk.home, replace=True)
    assert (made.name if name == MANIFEST else path.name) in str(refused.value)
    assert files(desk.home) == before


def test_a_manifest_that_names_what_is_not_a_backups_is_refused(made, tmp_path):
    whole = written_in(made)
    for name in ("../outside", "/etc/passwd", "evidence/../../outside", "other.txt", "evidence/a\0b"):
        write_into(made, whole | {"files": {**whole["files"], name: "0" * 64}})
        with pytest.raises(StoreDamaged, match="none of its files"):
            put_back(made, tmp_path / "home")


def test_what_is_no_manifest_or_of_an_impossible_time_is_refused(made, tmp_path):
    whole = written_in(made)
    times = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "today", "")
    others = ("[" * 100_000, "null", "[]", '{"format": "schoolgate-backup/1", "files": []}')
    for content in (*(json.dumps(whole | {"made_at": time}) for time in times), *others):
        (made / MANIFEST).write_text(content)
        with pytest.raises(StoreDamaged, match="cannot be read as a backup's manifest"):
            put_back(made, tmp_path / "home")


def test_evidence_that_was_changed_and_its_hash_with_it_is_found_by_the_chain(made, tmp_path):
    path = next(
        p for p in (made / "evidence").rglob("*") if p.is_file() and p.read_bytes() == WARC["post.png"]
    )
    path.chmod(0o600)
    path.write_bytes(b"another picture")
    written = written_in(made)
    written["files"][path.relative_to(made).as_posix()] = backup.hash_of(path)
    write_into(made, written)
    with pytest.raises(StoreDamaged, match=r"case 0042, capture cap1, post\.png"):
        put_back(made, tmp_path / "home")
    assert not (tmp_path / "home" / "schoolgate.duckdb").exists()


def test_a_clock_from_before_the_backup_restores_nothing(made, tmp_path):
    with pytest.raises(InputError, match="set the clock first"):
        put_back(made, tmp_path / "home", NOW - 2 * DAY)


def breaks_off(monkeypatch, broken):
    """The last step of a restoring does, after many files were moved."""
    real = Path.rename

    def refused(self, target):
        if self.name == "secret.key" and self.parent.name == ".restoring":
            raise broken
        return real(self, target)

    monkeypatch.setattr(type(ROOT), "rename", refused)


def test_where_the_last_step_is_refused_or_interrupted_the_home_is_as_it_was(desk, made, monkeypatch):
    before = files(desk.home)
    breaks_off(monkeypatch, PermissionError(13, "Permission denied"))
    with pytest.raises(StoreError, match="Nothing was restored"):
        put_back(made, desk.home, replace=True)
    assert files(desk.home) == before
    monkeypatch.undo()
    breaks_off(monkeypatch, KeyboardInterrupt())
    part = shutil.copytree(made, desk.home / ".restoring")
    with pytest.raises(KeyboardInterrupt):
        home_copy.put_in_place(desk.home, part, NOW + DAY)
    shutil.rmtree(part)
    assert files(desk.home) == before


def killed_after(moves, made, home):
    """A restoring that is killed when so many files have been put aside or in place."""
    work = f"""
import os, signal
from pathlib import Path
from builders.backup import NOW, put_back
from monitor.setup import home_copy
def some(moves):
    for old, new in moves[:{moves}]:
        old.rename(new)
    os.kill(os.getpid(), signal.SIGKILL)
home_copy._rename_all = some
put_back(Path({str(made)!r}), Path({str(home)!r}), NOW, replace=True)
"""
    assert forked.run(work).returncode == -signal.SIGKILL


@pytest.mark.parametrize("moves", [1, 8])
def test_one_that_was_killed_between_two_files_is_said_by_every_command_until_it_is_run_again(
    desk, made, moves
):
    hand_over(desk, NOW + timedelta(hours=1))
    home = str(desk.home)
    killed_after(moves, made, desk.home)
    for words in [("status",)] if moves == 1 else [("serve",), ("status",), ("alerts", "list")]:
        done = run(*words, "--home", home)
        assert done.code == 1
        assert "before-restore-2026-11-17T090000Z. To finish it: schoolgate restore DIR" in done.err
    if moves == 8:
        assert run("doctor", "--home", home).out.startswith("Next: A restore into")
    assert not (desk.home / "schoolgate.duckdb").exists()
    put_back(made, desk.home, NOW + timedelta(hours=2), replace=True)
    assert words_of_the_disclosure(desk.home) == 0
    assert run("evidence", "verify", "--home", home).code == 0


def test_both_commands_end_as_they_say(original, made, tmp_path):
    home = str(tmp_path / "home")
    into = str(tmp_path / "mine")
    (tmp_path / "mine").mkdir(mode=0o700)
    assert run("restore", str(tmp_path), "--home", home).code == 2
    done = run("restore", str(made), "--home", home)
    assert (done.code, done.out.splitlines()[-1]) == (
        0, "What to do now: schoolgate doctor, then start the service again.",
    )  # fmt: skip
    assert "copying" in done.err
    assert run("restore", str(made), "--home", home).code == 2
    done = run("backup", into, "--home", home, "--keep", "7")
    assert done.code == 0
    assert run("backup", home + "/inside", "--home", home).code == 2
    (made / "schoolgate.duckdb").write_bytes(b"no")
    assert run("restore", str(made), "--home", home, "--replace").code == 1
    assert places(tmp_path / "home").store.exists()


# ------------------- a home that an earlier program made opens, proves and replays to the same cases

FIXTURES = ROOT / "tests" / "fixtures" / "homes"
TOLD: dict[str, dict[str, Any]] = json.loads((FIXTURES / "six_stories.json").read_text(encoding="utf-8"))
READERS = {"disclosure": "i-larkspur", "allegation": "o-fennimore"}
"""Who may read the words of a story's cases, where that is not the head."""
STILL_OPEN = ("review", "website")
"""Stories at whose end a matter was open whose words were held."""
ROWS = [json.loads(line) for line in (FIXTURES / "steps.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory) -> Path:
    folder: Path = tmp_path_factory.mktemp("before")
    with tarfile.open(FIXTURES / "six_stories.tar.xz") as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)  # Python 3.11.2 has none
        archive.extractall(folder)
    return folder


@pytest.fixture(params=TOLD)
def story(request, monkeypatch) -> str:
    """A story, at the moment when it ended."""
    then = datetime.fromisoformat(TOLD[request.param]["at"])
    stopped = type("Stopped", (datetime,), {"now": classmethod(lambda cls, tz=None: then)})
    monkeypatch.setattr(effects, "datetime", stopped)
    return request.param


@pytest.fixture(scope="module")
def upgraded(unpacked) -> Callable[[str], tuple[Path, tuple[str, ...]]]:
    """Of a story its home in the schema of now, and what was done to bring it there: once for all tests."""

    @cache
    def made(story: str) -> tuple[Path, tuple[str, ...]]:
        folder = shutil.copytree(unpacked / story, unpacked / f"{story}-upgraded")
        return folder, a_store(folder).migrate()

    return made


def test_it_is_brought_to_the_schema_of_now_holds_replays_and_is_judged_again_once(story, upgraded):
    """Its cases replay to what they were, from rows that are unchanged."""
    folder, done = upgraded(story)
    known = [migration.name for migration in MIGRATIONS]
    assert list(done) == known[TOLD[story]["schema"] :]
    with wiring.open_store(folder).open_reader() as con:
        assert list(applied_migrations(con)) == known
        for number, then in TOLD[story]["cases"].items():
            assert [stored(step) for step in case_store.steps_of_case(con, number)] == then["steps"]
            assert kept(then["case"], plain(asdict(load_case(con, number)))) == []
    proved = run("evidence", "verify", "--json", "--home", str(folder))
    assert kept({**TOLD[story]["verify"]}, {"code": proved.code, **proved.data}) == []
    store, config = wiring.open_store(folder), wiring.load_config(Paths(folder, folder / "schoolgate.toml"))
    made = replace(make_judges(config, folder), scorer=Words)
    assert (judge_again(store, lambda: made, effects.utc_now) > 0) is (story in STILL_OPEN)
    if story in STILL_OPEN:
        assert judge_again(store, lambda: made, effects.utc_now) == 0
        assert holds(folder)


@pytest.mark.parametrize("story", ["insult", "allegation"], indirect=True)
def test_its_cases_are_shown_and_packed(story, upgraded, tmp_path):
    folder = shutil.copytree(upgraded(story)[0], tmp_path / "home")
    desk = Acts(folder, wiring.open_store(folder))
    for number in TOLD[story]["cases"]:
        who = READERS.get(story, "t-quillfeather")
        assert number in desk.page(who, number)
        pack(desk, tmp_path / number, person=who, reason="For the file", number=number)
        assert {path.suffix for path in (tmp_path / number).iterdir()} >= {".zip", ".pdf"}
    assert holds(folder)


def test_doctor_says_what_brings_it_up_to_date_and_that_this_is_no_fault(unpacked, tmp_path):
    """As docs/installing.md has it after an upgrade; nothing offers to put a backup in its place."""
    folder = shutil.copytree(unpacked / "review", tmp_path / "home")
    text = (folder / "schoolgate.toml").read_text()
    with post_office() as office:
        (folder / "schoolgate.toml").write_text(re.sub(r"port = \d+", f"port = {office.port}", text))
        before = run("doctor", "--home", str(folder))
        assert run("alerts", "list", "--home", str(folder)).code == 0
        after = run("doctor", "--home", str(folder))
    assert (before.code, after.code) == (0, 0), before.out + after.out
    assert "is from an older version (39 of" in " ".join(before.out.split())
    assert "restore" not in before.out
    assert "older version" not in after.out


@for_each("row", ROWS)
def test_a_stored_step_is_read_and_written_back_byte_for_byte_under_its_seal(row):
    step = case_store.step([_as_selected(name, row[name]) for name in STEP])
    assert stored(step) | {"seal": step_seal(step)} == row


def _as_selected(column: str, value: str | None) -> object:
    """As the query of steps gives a column: times in microseconds."""
    if not column.endswith("_at") or value is None:
        return value
    return round(datetime.fromisoformat(value).timestamp() * 1_000_000)


def kept(then: object, now: object, where: str = "") -> list[str]:
    """Where what was told then is told otherwise now; more may be told now."""
    if isinstance(then, dict) and isinstance(now, dict):
        return [w for key in then for w in kept(then[key], now.get(key, "nothing"), f"{where}.{key}")]
    if isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        return [w for n, one in enumerate(then) for w in kept(one, now[n], f"{where}[{n}]")]
    return [] if then == now else [f"{where}: {then!r}, now {now!r}"]


def plain(value: object) -> Any:
    return json.loads(json.dumps(value, default=str))


def stored(step) -> Any:
    """As its row holds it."""
    return plain(dict(zip(STEP, step_row(step), strict=True)))
