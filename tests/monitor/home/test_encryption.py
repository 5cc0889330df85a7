"""Evidence and backups are encrypted by one command; what is sealed, restored and erased holds as before."""

from __future__ import annotations

import shutil
import signal
from datetime import timedelta

import pytest
from builders.at_rest import a_key_file
from builders.backup import DAY, NOW, PLANT, WARC, a_home, back_up, files, put_back
from builders.case_desk import run
from builders.evidence import some_files
from builders.mention import Clock, a_store
from support import forked

from data.errors import InputError, KeyMissing, StoreDamaged
from data.evidence.vault import Vault
from data.keeping import at_rest
from data.keeping.envelope import key_id
from data.retention import backup
from data.retention.backup import named
from data.retention.purge import COPYING_TAKES, drop_copies, purge
from data.types import Policy
from monitor.setup.doctor import install
from monitor.setup.doctor.findings import Level

WORDS = some_files()["post.txt"]
EVERYTHING = frozenset(some_files(**WARC).values())


@pytest.fixture
def desk(tmp_path):
    return a_home(tmp_path / "home")


@pytest.fixture
def key_file(tmp_path):
    return tmp_path / "keys" / "at-rest.key"


@pytest.fixture
def into(tmp_path):
    (tmp_path / "backups").mkdir(mode=0o700)
    return tmp_path / "backups"


def typed(desk, *words):
    return run(*map(str, words), "--home", str(desk.home))


@pytest.fixture
def on(desk, key_file):
    done = typed(desk, "encryption", "on", key_file)
    assert done.code == 0, done.err
    return done


def vault(desk):
    return Vault(desk.store.evidence)


def keys(desk):
    return at_rest.keys_of(desk.home)


def under(desk):
    return {vault(desk).encrypted_under(name) for name in vault(desk).names()}


def holding(folder, words):
    return [name for name, content in files(folder).items() if words in content]


def holds(desk):
    done = typed(desk, "evidence", "verify")
    return done.code == 0 and "All holds: " in done.out


def test_until_it_is_switched_on_nothing_is_encrypted(desk, into):
    made, said = back_up(desk.home, into)
    assert under(desk) == {""}
    assert not [line for line in said if "ncrypted" in line]
    assert (made / "manifest.json").read_bytes().startswith(b"{")


def test_one_command_makes_the_key_encrypts_what_is_there_and_says_to_keep_a_copy(desk, key_file, on):
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert under(desk) == {keys(desk).newest}
    assert holding(desk.store.evidence, WORDS) == []
    assert {vault(desk).get(name) for name in vault(desk).names()} == EVERYTHING
    assert "Keep a copy of it elsewhere, not beside the backups: without it nobody can read them." in on.out
    assert "encrypting evidence: 0 of" in on.err


def test_every_hash_manifest_and_seal_holds_as_before(desk, on):
    assert holds(desk)


def test_a_key_within_the_home_is_refused(desk):
    done = typed(desk, "encryption", "on", desk.home / "a.key")
    assert (done.code, "whoever takes that has the key as well" in done.err) == (2, True)
    assert not (desk.home / "a.key").exists()
    assert under(desk) == {""}


def test_with_neither_a_file_nor_systemd_s_key_it_is_said(desk):
    done = typed(desk, "encryption", "on")
    assert (done.code, "which this command was not given" in done.err) == (1, True)
    assert under(desk) == {""}


def test_a_new_key_encrypts_everything_and_the_older_one_stays_for_the_backups(desk, into, key_file, on):
    before = keys(desk)
    made, _ = back_up(desk.home, into)
    done = typed(desk, "encryption", "rotate")
    assert done.code == 0, done.err
    assert under(desk) == {keys(desk).newest} != {before.newest}
    assert keys(desk).held[1:] == before.held
    assert holds(desk)
    refused = typed(desk, "encryption", "drop-old")
    assert (
        refused.code,
        f"Backups in {into} that need an older key: 1; the last is {made.name}." in refused.err,
    ) == (
        2,
        True,
    )
    shutil.rmtree(made)
    back_up(desk.home, into, NOW + DAY)
    assert typed(desk, "encryption", "drop-old").code == 0
    assert len(keys(desk).held) == 1
    assert holds(desk)


def test_older_keys_stay_while_the_backups_cannot_be_looked_at(desk, into, on):
    back_up(desk.home, into)
    typed(desk, "encryption", "rotate")
    into.rename(into.with_name("elsewhere"))
    done = typed(desk, "encryption", "drop-old")
    assert (done.code, "Is its disk mounted? No key was dropped." in done.err) == (2, True)
    assert len(keys(desk).held) == 2


def _killed(desk, replaced):
    """A new key, ended by a kill before the file of that number is put in the old one's place."""
    work = f"""
import os, signal
from pathlib import Path
real, left = Path.replace, [{replaced}]
def replace(self, target):
    if self.name.startswith("unfinished-"):
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
    return real(self, target)
Path.replace = replace
from monitor.cli.app import _whole
from typer.main import get_command
get_command(_whole())(["encryption", "rotate", "--home", {str(desk.home)!r}])
"""
    return forked.run(work).returncode


@pytest.mark.parametrize("replaced", [1, 3])
def test_a_kill_in_the_middle_loses_nothing_and_typed_again_it_goes_on_with_the_same_key(desk, on, replaced):
    before = keys(desk)
    assert _killed(desk, replaced) == -signal.SIGKILL
    half = keys(desk)
    assert half.held[1:] == before.held
    assert before.newest in under(desk)
    assert {vault(desk).get(name) for name in vault(desk).names()} == EVERYTHING
    refused = typed(desk, "encryption", "drop-old")
    assert (refused.code, "Evidence still needs an older key" in refused.err) == (2, True)
    (warned,) = [f.what for f in install.encryption(desk.home) if f.level is Level.WARN]
    assert warned.endswith("are not encrypted under the newest key.")
    assert typed(desk, "encryption", "rotate").code == 0
    assert keys(desk) == half
    assert under(desk) == {half.newest}
    assert holds(desk)


def cut_off(desk):
    """The path of a file of evidence that is."""
    path = vault(desk).path(vault(desk).names()[0])
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1])
    return path


def test_a_file_that_is_damaged_is_named_and_keeps_its_key_and_all_others_get_a_new_one_each_time(desk, on):
    damaged = cut_off(desk)
    for n in (2, 3):
        done = typed(desk, "encryption", "rotate")
        assert done.code == 1
        assert "1 files of evidence could not be read, and stay as they are. No key was dropped." in done.out
        assert damaged.name in done.out
        assert "All evidence that can be read is encrypted under the key" in done.out
        assert len(keys(desk).held) == n
        assert under(desk) == {key_id(keys(desk).held[-1]), keys(desk).newest}
    refused = typed(desk, "encryption", "drop-old")
    assert (refused.code, "1 files of evidence are damaged, and" in refused.err) == (2, True)
    (warned,) = [f for f in install.encryption(desk.home) if f.level is Level.WARN]
    assert (warned.what.startswith("1 files of evidence are damaged"), warned.command) == (
        True,
        "schoolgate evidence verify",
    )
    assert "CHANGED: " in typed(desk, "evidence", "verify").out
    assert typed(desk, "encryption", "off").code == 1
    assert keys(desk) is not None


def test_of_a_damaged_file_it_is_said_after_where_the_key_lies(desk, key_file):
    damaged = cut_off(desk)
    done = typed(desk, "encryption", "on", key_file)
    assert (done.code, "Keep a copy of it elsewhere" in done.out, damaged.name in done.out) == (1, True, True)


@pytest.mark.parametrize("name", ["a\x1b[31mb", "a\nb", "\u202e", "\udcff"])
def test_a_key_file_that_nobody_could_type_again_is_refused(desk, key_file, name):
    done = typed(desk, "encryption", "on", key_file.with_name(name))
    assert (done.code, "characters that cannot be seen" in done.err) == (2, True)
    assert under(desk) == {""}


def test_switched_off_it_is_as_if_it_had_never_been_on(desk, into, on):
    assert typed(desk, "encryption", "off").code == 0
    assert under(desk) == {""}
    made, _ = back_up(desk.home, into)
    assert holding(made, WORDS)
    assert holds(desk)
    assert "Nothing is encrypted in" in typed(desk, "encryption", "rotate").err


def test_a_lost_key_is_said_by_each_command_that_needs_it_and_no_backup_is_made_without(
    desk, into, key_file, on
):
    key_file.unlink()
    done = typed(desk, "evidence", "verify")
    (line,) = [line for line in done.out.splitlines() if line.startswith("LOCKED: ")]
    assert line.startswith(f"LOCKED: evidence, files: {len(vault(desk).names())}. The key of evidence and")
    assert (done.code, "1 fault in" in done.out, "Change nothing" in done.out) == (1, True, False)
    assert typed(desk, "service", "check").code == 1
    with pytest.raises(KeyMissing, match="cannot be read"):
        back_up(desk.home, into)
    assert list(into.iterdir()) == []
    assert [f.level for f in install.encryption(desk.home)] == [Level.FAULT]


def test_where_the_key_is_lost_for_good_one_goes_on_under_another_and_what_is_lost_is_said(
    desk, into, key_file, on
):
    old = keys(desk).newest
    key_file.unlink()
    refused = typed(desk, "encryption", "on", key_file)
    assert (refused.code, f"The key {old} is not in" in refused.err) == (2, True)
    assert not key_file.exists()
    assert typed(desk, "encryption", "on", key_file, "--key-lost").code == 0
    assert vault(desk).get(vault(desk).put(b"new")) == b"new"
    (found,) = [f.what for f in install.encryption(desk.home) if f.level is Level.WARN]
    assert found.startswith(f"{len(EVERYTHING)} files of evidence: The key {old} is not in")
    assert (
        f"LOCKED: evidence, files: {len(EVERYTHING)}. The key {old}" in typed(desk, "evidence", "verify").out
    )


def test_the_key_is_named_anew_where_it_was_moved(desk, key_file, on):
    moved = key_file.rename(key_file.with_name("moved.key"))
    assert not holds(desk)
    done = typed(desk, "encryption", "on", moved)
    assert (done.code, "Backups made before are not encrypted" in done.out) == (0, False)
    assert holds(desk)


@pytest.mark.parametrize("between", [["on"], ["off", "on"]])
def test_no_key_is_dropped_that_a_backup_may_need_though_the_key_was_moved_or_off_for_a_while(
    desk, into, key_file, on, between
):
    made, _ = back_up(desk.home, into)
    moved = key_file.rename(key_file.with_name("moved.key"))
    key_file.symlink_to(moved)
    for word in between:
        assert typed(desk, "encryption", word, *([moved] if word == "on" else [])).code == 0
    assert typed(desk, "encryption", "rotate").code == 0
    refused = typed(desk, "encryption", "drop-old")
    assert (refused.code, "No key was dropped." in refused.err) == (2, True)
    assert backup.encrypted_under(made) in map(key_id, keys(desk).held)


def test_where_there_is_no_older_key_none_is_said_to_be_dropped(desk, on):
    done = typed(desk, "encryption", "drop-old")
    assert (done.code, done.out) == (0, "There is no older key.\n")


def test_a_backup_has_nothing_that_can_be_read_but_the_record_of_deletions(desk, into, on):
    purge(desk.store, NOW, Policy())
    made, said = back_up(desk.home, into)
    for words in (PLANT.encode(), WORDS, b"Oakfield", b"k" * 32, b"%PDF", b"sha", b"DUCK"):
        assert holding(made, words) == [], words
    head = f"schoolgate-encrypted/1 {keys(desk).newest}\n".encode()
    assert {name for name, content in files(made).items() if not content.startswith(head)} == {
        "deletions.log"
    }
    for path in (made, *made.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path
    assert f"Encrypted under the key {keys(desk).newest}, without which nobody can restore it." in said
    assert not list(desk.home.glob(".backing-up-*"))


def test_what_a_kill_left_of_a_backup_in_the_home_is_deleted_after_a_day(desk, on):
    left = desk.home / ".backing-up-x"
    left.mkdir()
    drop_copies(desk.store, NOW + timedelta(days=4000))
    assert not left.exists()
    assert timedelta(days=1) >= COPYING_TAKES


def test_it_is_restored_on_another_machine_with_the_key_and_evidence_holds_there(desk, into, key_file, on):
    made, _ = back_up(desk.home, into)
    elsewhere = a_key_file(into.parent / "copy.key", *keys(desk).held)
    key_file.unlink()
    home = into.parent / "new"
    put_back(made, home, key=elsewhere)
    assert at_rest.read(home).key_file == elsewhere
    kept = Vault(home / "evidence")
    assert {kept.get(name) for name in kept.names()} == EVERYTHING
    assert holding(home / "evidence", WORDS) == []
    done = run("evidence", "verify", "--home", str(home))
    assert (done.code, "All holds: " in done.out) == (0, True), done.out
    with a_store(home, Clock(NOW)).read() as con:
        assert con.execute("SELECT count(*) FROM mentions").fetchone()[0] > 3


def test_it_is_restored_in_its_own_home_without_a_word_of_the_key(desk, into, key_file, on):
    back_up(desk.home, into)
    typed(desk, "encryption", "rotate")
    put_back(into, desk.home, replace=True)
    assert holds(desk)
    assert under(desk) == {key_id(keys(desk).held[1])}
    assert typed(desk, "encryption", "rotate").code == 0
    assert under(desk) == {keys(desk).newest}


def test_without_the_key_nothing_is_restored_and_it_is_said_which_is_needed(desk, into, key_file, on):
    made, _ = back_up(desk.home, into)
    with pytest.raises(KeyMissing, match=f"under the key {keys(desk).newest}.*--key FILE"):
        put_back(made, into.parent / "new")
    other = a_key_file(into.parent / "other.key", b"x" * 32)
    with pytest.raises(KeyMissing, match=f"The key {keys(desk).newest} is not in {other}"):
        put_back(made, into.parent / "new", key=other)
    assert not list((into.parent / "new").glob("*"))


def test_a_backup_in_plain_is_refused_where_a_key_is_given_for_it(desk, into, key_file):
    made, _ = back_up(desk.home, into)
    with pytest.raises(InputError, match=r"is not encrypted\. If your backups are, somebody put another"):
        put_back(made, into.parent / "new", key=a_key_file(into.parent / "a.key", b"x" * 32))
    assert not list((into.parent / "new").glob("*"))


def test_a_backup_that_was_made_before_is_restored_and_what_is_to_be_typed_then_is_said(desk, into, key_file):
    made, _ = back_up(desk.home, into)
    typed(desk, "encryption", "on", key_file)
    said = put_back(made, desk.home, replace=True)
    assert "It was not encrypted, as this home is. What to type now: schoolgate encryption rotate" in said
    before = keys(desk)
    assert under(desk) == {""}
    typed(desk, "encryption", "rotate")
    assert (under(desk), keys(desk)) == ({before.newest}, before)


def _flip(path):
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def _swap(one, other):
    aside = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(aside)


ATTACKS = {
    "a bit of the store": lambda made, older: _flip(made / "schoolgate.duckdb"),
    "a bit of the manifest": lambda made, older: _flip(made / "manifest.json"),
    "the store cut off": lambda made, older: (made / "schoolgate.duckdb").write_bytes(
        (made / "schoolgate.duckdb").read_bytes()[:-20]
    ),
    "two files changed": lambda made, older: _swap(made / "secret.key", made / "schoolgate.toml"),
    "the store of an older backup": lambda made, older: shutil.copyfile(
        older / "schoolgate.duckdb", made / "schoolgate.duckdb"
    ),
    "a file in plain": lambda made, older: (made / "schoolgate.toml").write_text("contact = 'x@example.org'"),
}


@pytest.fixture(scope="module")
def two_backups(tmp_path_factory):
    """A home with a key and two backups of it, which no test changes."""
    folder = tmp_path_factory.mktemp("two")
    desk = a_home(folder / "home")
    (folder / "backups").mkdir(mode=0o700)
    assert typed(desk, "encryption", "on", folder / "a.key").code == 0
    for at in (NOW, NOW + DAY):
        back_up(desk.home, folder / "backups", at)
    return folder


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_backup_that_somebody_changed_is_refused(two_backups, tmp_path, attack):
    shutil.copytree(two_backups / "backups", tmp_path / "backups")
    older, made = named(tmp_path / "backups")
    ATTACKS[attack](made, older)
    with pytest.raises(
        StoreDamaged, match=r"schoolgate-2026-11-18T090000Z: backup/.*is not|its bytes differ"
    ):
        put_back(made, tmp_path / "new", NOW + DAY, key=two_backups / "a.key")
    assert not list((tmp_path / "new").glob("*"))


def test_when_a_case_goes_its_evidence_goes_and_nothing_of_it_can_be_read(desk, key_file, on):
    assert _killed(desk, 2) == -signal.SIGKILL
    left = list(desk.store.evidence.rglob("unfinished-*"))
    assert left
    for name in vault(desk).names():
        vault(desk).remove(name)
    assert [path for path in desk.store.evidence.rglob("*") if path.is_file()] == []


def test_doctor_says_whether_it_is_on_and_warns_where_the_key_lies_on_the_disk_of_the_backups(
    desk, into, key_file
):
    (off,) = install.encryption(desk.home)
    assert (off.level, off.what.startswith("Evidence and backups are not encrypted")) == (Level.OK, True)
    typed(desk, "encryption", "on", key_file)
    back_up(desk.home, into)
    (same,) = install.encryption(desk.home)
    said = f"The key {key_file} is on the disk of the backups in {into}: whoever takes that has both."
    assert (same.level, same.what) == (Level.WARN, said)
    (apart,) = install.encryption(desk.home, disk_of=lambda path: hash(path))
    assert (apart.level, apart.what) == (
        Level.OK,
        f"Evidence and backups are encrypted: {keys(desk).newest} in {key_file}.",
    )
