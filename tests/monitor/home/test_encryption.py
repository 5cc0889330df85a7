"""A home whose evidence was encrypted by an earlier version goes on; a backup is encrypted by a key."""

from __future__ import annotations

import errno
import json
import os
import shutil
from datetime import timedelta

import pytest
from builders.at_rest import a_key_file, an_encrypted_home, naming
from builders.backup import DAY, NOW, PLANT, WARC, a_home, back_up, files, holding, put_back
from builders.case_desk import run
from builders.evidence import some_files, vault_file
from builders.mention import Clock, a_store
from support.disks import small_disk

from data.errors import InputError, KeyMissing, StoreDamaged, StoreError
from data.evidence.vault import Vault
from data.keeping import deletion_record
from data.keeping.envelope import AT_REST, key_id, keys_of, read_key_place
from data.retention import backup
from data.retention.backup import MANIFEST, named
from data.retention.purge import COPYING_TAKES, drop_copies, purge
from data.store import owners
from data.types import Mark, Marked, Policy
from monitor.setup import home_copy as copy
from monitor.setup.doctor import install
from monitor.setup.doctor.findings import Level

WORDS = some_files()["post.txt"]
EVERYTHING = frozenset(some_files(**WARC).values())
OLD, NEW = b"o" * 32, b"n" * 32


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


@pytest.fixture
def on(desk, key_file):
    """Its evidence is encrypted, as an earlier version left it."""
    an_encrypted_home(desk.home, key_file, OLD)


def typed(desk, *words):
    return run(*map(str, words), "--home", str(desk.home))


def vault(desk):
    return Vault(desk.store.evidence)


def under(desk):
    return {vault(desk).encrypted_under(name) for name in vault(desk).names()}


def with_words(folder, words):
    return [name for name, content in files(folder).items() if words in content]


def holds(desk):
    done = typed(desk, "evidence", "verify")
    return done.code == 0 and "All holds: " in done.out


def test_a_home_that_never_encrypted_hears_nothing_of_it(desk, into):
    made, said = back_up(desk.home, into)
    assert under(desk) == {""}
    assert not [line for line in said if "ncrypted" in line]
    assert (made / "manifest.json").read_bytes().startswith(b"{")
    assert install.encryption(desk.home) == []


def test_what_was_encrypted_is_read_and_what_is_new_is_kept_as_it_is(desk, on):
    assert under(desk) == {key_id(OLD)}
    assert with_words(desk.store.evidence, WORDS) == []
    assert {vault(desk).get(name) for name in vault(desk).names()} == EVERYTHING
    assert holds(desk)
    assert vault(desk).path(vault(desk).put(b"new")).read_bytes() == b"new"


def test_doctor_counts_what_was_encrypted(desk, on):
    (found,) = install.encryption(desk.home)
    assert (found.level, f"{len(EVERYTHING)} files" in found.what) == (Level.OK, True)


def test_a_missing_key_is_said_by_each_command_that_needs_it_and_nothing_is_touched(desk, into, key_file, on):
    key_file.unlink()
    before = files(desk.home)
    done = typed(desk, "evidence", "verify")
    (line,) = [line for line in done.out.splitlines() if line.startswith("LOCKED: ")]
    assert line.startswith(f"LOCKED: evidence, files: {len(EVERYTHING)}. The key cannot be read: {key_file}")
    assert (done.code, "1 fault in" in done.out, "Change nothing" in done.out) == (1, True, False)
    with pytest.raises(KeyMissing, match="cannot be read"):
        back_up(desk.home, into)
    assert list(into.iterdir()) == []
    (missing,) = install.encryption(desk.home)
    assert missing.level is Level.FAULT
    assert files(desk.home) == before


def test_with_another_key_nothing_is_touched_and_it_is_said_which_is_needed(desk, key_file, on):
    a_key_file(key_file, NEW)
    before = files(desk.home)
    assert typed(desk, "evidence", "verify").code == 1
    assert files(desk.home) == before
    (locked,) = install.encryption(desk.home)
    assert locked.what.startswith(f"{len(EVERYTHING)} files of evidence: The key {key_id(OLD)} is not in")


def test_backups_of_such_a_home_stay_encrypted_by_its_key(desk, into, key_file, on):
    made, said = back_up(desk.home, into)
    assert (made / "manifest.json").read_bytes().startswith(f"schoolgate-encrypted/1 {key_id(OLD)}".encode())
    assert f"Encrypted under the key {key_id(OLD)}, without which nobody can restore it." in said
    same, _ = back_up(desk.home, into, NOW + DAY, key=key_file)
    assert (same / "manifest.json").read_bytes().startswith(f"schoolgate-encrypted/1 {key_id(OLD)}".encode())
    other = a_key_file(into.parent / "other.key", NEW)
    with pytest.raises(
        InputError, match=f"is encrypted under the key in {key_file}, which is not in {other}"
    ):
        back_up(desk.home, into, NOW + 2 * DAY, key=other)
    a_key_file(other, NEW, OLD)
    back_up(desk.home, into, NOW + 2 * DAY, key=other)
    put_back(into, into.parent / "new", NOW + 2 * DAY, key=other)
    assert keys_of(into.parent / "new").held == (NEW, OLD)


def test_it_is_restored_on_another_machine_with_the_key_and_evidence_holds_there(desk, into, key_file, on):
    made, _ = back_up(desk.home, into)
    elsewhere = a_key_file(into.parent / "copy.key", OLD)
    key_file.unlink()
    home = into.parent / "new"
    put_back(made, home, key=elsewhere)
    assert read_key_place(home).key_file == elsewhere
    kept = Vault(home / "evidence")
    assert {kept.get(name) for name in kept.names()} == EVERYTHING
    assert with_words(home / "evidence", WORDS) == []
    done = run("evidence", "verify", "--home", str(home))
    assert (done.code, "All holds: " in done.out) == (0, True), done.out
    with a_store(home, Clock(NOW)).read() as con:
        assert con.execute("SELECT count(*) FROM mentions").fetchone()[0] > 3


def test_it_is_restored_in_its_own_home_without_a_word_of_the_key(desk, into, key_file, on):
    back_up(desk.home, into)
    a_key_file(key_file, NEW, OLD)
    put_back(into, desk.home, replace=True)
    assert holds(desk)
    assert under(desk) == {key_id(OLD)}


def test_a_plain_backup_restored_in_such_a_home_leaves_its_backups_encrypted(desk, into, key_file):
    made, _ = back_up(desk.home, into)
    naming(desk.home, a_key_file(key_file, OLD))
    put_back(made, desk.home, replace=True)
    assert (under(desk), read_key_place(desk.home).key_file) == ({""}, key_file)


@pytest.fixture
def backup_key(tmp_path):
    return a_key_file(tmp_path / "keys" / "backup.key", NEW)


def test_a_backup_with_a_key_has_nothing_that_can_be_read_but_the_record_of_deletions(desk, into, backup_key):
    purge(desk.store, NOW, Policy())
    made, said = back_up(desk.home, into, key=backup_key)
    for words in (PLANT.encode(), WORDS, b"Oakfield", b"k" * 32, b"%PDF", b"sha256", b"DUCK"):
        assert with_words(made, words) == [], words
    head = f"schoolgate-encrypted/1 {key_id(NEW)}\n".encode()
    assert {name for name, content in files(made).items() if not content.startswith(head)} == {
        "deletions.log"
    }
    for path in (made, *made.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path
    assert f"Encrypted under the key {key_id(NEW)}, without which nobody can restore it." in said
    assert f"The key {backup_key} lies on the disk of the backups: whoever takes that has both." in said
    assert not list(desk.home.glob(".backing-up-*"))


def test_it_is_restored_with_its_key_and_the_home_is_as_plain_as_it_was(desk, into, backup_key):
    made, _ = back_up(desk.home, into, key=backup_key)
    home = into.parent / "new"
    put_back(made, home, key=backup_key)
    assert not (home / AT_REST).exists()
    assert set(files(home / "evidence").values()) == EVERYTHING
    assert install.encryption(home) == []


@pytest.mark.parametrize("lost", ["gone", "open to others", "no key"])
def test_no_backup_is_written_plain_where_its_key_cannot_be_used(desk, into, backup_key, lost):
    if lost == "gone":
        backup_key.unlink()
    elif lost == "no key":
        backup_key.write_text("secret")
    else:
        backup_key.chmod(0o644)
    with pytest.raises(KeyMissing):
        back_up(desk.home, into, key=backup_key)
    assert list(into.iterdir()) == []


def test_a_backup_takes_the_key_that_systemd_gives(desk, into, tmp_path, monkeypatch):
    key = a_key_file(tmp_path / "credentials" / "schoolgate-at-rest", NEW)
    key.chmod(0o440)  # as systemd shows its list
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(key.parent))
    made, _ = back_up(desk.home, into, key=key)
    put_back(made, tmp_path / "new")
    assert not (tmp_path / "new" / AT_REST).exists()


def test_what_a_kill_left_of_a_backup_in_the_home_is_deleted_after_a_day(desk):
    left = desk.home / ".backing-up-x"
    left.mkdir()
    drop_copies(desk.store, NOW + timedelta(days=4000))
    assert not left.exists()
    assert timedelta(days=1) >= COPYING_TAKES


def test_without_the_key_nothing_is_restored_and_it_is_said_which_is_needed(desk, into, backup_key):
    made, _ = back_up(desk.home, into, key=backup_key)
    with pytest.raises(KeyMissing, match=f"under the key {key_id(NEW)}.*--key FILE"):
        put_back(made, into.parent / "new")
    other = a_key_file(into.parent / "other.key", b"x" * 32)
    with pytest.raises(KeyMissing, match=f"The key {key_id(NEW)} is not in {other}"):
        put_back(made, into.parent / "new", key=other)
    assert not list((into.parent / "new").glob("*"))


def test_a_backup_in_plain_is_refused_where_a_key_is_given_for_it(desk, into, backup_key):
    made, _ = back_up(desk.home, into)
    with pytest.raises(InputError, match=r"is not encrypted\. If your backups are, somebody put another"):
        put_back(made, into.parent / "new", key=backup_key)
    assert not list((into.parent / "new").glob("*"))


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
    """Two backups of a home, encrypted, which no test changes."""
    folder = tmp_path_factory.mktemp("two")
    desk = a_home(folder / "home")
    (folder / "backups").mkdir(mode=0o700)
    for at in (NOW, NOW + DAY):
        back_up(desk.home, folder / "backups", at, key=a_key_file(folder / "a.key", NEW))
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


# --------------- a backup holds what is needed to go on, and leaves nothing half written


@pytest.fixture
def backups_folder(tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir(mode=0o700)
    return folder


def test_it_holds_store_evidence_settings_secret_and_signed_reports_for_nobody_else_to_read(
    desk, backups_folder
):
    purge(desk.store, NOW, Policy())
    made, said = back_up(desk.home, backups_folder)
    assert made.name == "schoolgate-2026-11-17T090000Z"
    held = set(files(made))
    evidence = {f"evidence/{n[:2]}/{n}" for n in Vault(desk.store.evidence).names()}
    plain = {"schoolgate.duckdb", "schoolgate.toml", "secret.key", "deletions.log", MANIFEST}
    assert held == plain | evidence | {"reports/900001-2026-W46.pdf"}
    assert len(evidence) == len(some_files(**WARC))
    for path in (backups_folder, made, *made.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path
    assert "Read again after writing, and whole" in said[0]


def test_its_manifest_names_every_file_with_its_hash_the_version_and_the_time(desk, backups_folder):
    made, _ = back_up(desk.home, backups_folder)
    written = json.loads((made / MANIFEST).read_text())
    assert written["files"] == {n: backup.hash_of(made / n) for n in files(made) if n != MANIFEST}
    assert (written["made_at"], written["version"]) == ("2026-11-17T09:00:00+00:00", "0.1.0")
    assert written["migrations"][0] == "first_tables"
    assert written["last"].endswith(f"@{_rows(desk)}")


def _rows(desk):
    with desk.store.read() as con:
        return con.execute("SELECT max(n) FROM audit").fetchone()[0]


def test_no_password_is_in_it(desk, backups_folder):
    made, _ = back_up(desk.home, backups_folder)
    assert not [n for n, content in files(made).items() if b"Hunter2-planted" in content]


def test_what_was_handed_in_and_waits_is_in_it(desk, backups_folder):
    (desk.home / "spool").mkdir(mode=0o700)
    (desk.home / "spool" / "a.json").write_bytes(b"{}")
    made, _ = back_up(desk.home, backups_folder)
    assert (made / "spool" / "a.json").read_bytes() == b"{}"


def test_what_was_deleted_from_the_store_is_not_in_its_bytes(desk, backups_folder):
    with desk.store.alone("delete") as con:
        con.execute("UPDATE mention_versions SET text = 'nothing' WHERE text LIKE '%kestrel%'")
        con.execute("CHECKPOINT")
    made, _ = back_up(desk.home, backups_folder)
    assert b"quincunx-plant-kestrel" not in (made / "schoolgate.duckdb").read_bytes()


@pytest.mark.parametrize("way", ["inside", "the home itself", "by a link"])
def test_a_folder_inside_the_home_is_refused(desk, tmp_path, way):
    link = tmp_path / "link"
    link.symlink_to(desk.home)
    folder = {"inside": desk.home / "backups", "the home itself": desk.home, "by a link": link / "backups"}[
        way
    ]
    before = files(desk.home)
    with pytest.raises(InputError, match="lies within"):
        back_up(desk.home, folder)
    assert files(desk.home) == before


def test_a_file_a_missing_disk_and_a_home_without_a_store_are_refused(desk, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InputError, match="is a file"):
        back_up(desk.home, tmp_path / "file")
    (tmp_path / "mnt").mkdir()
    for unmounted in (tmp_path / "mnt" / "schoolgate", tmp_path / "mnt" / "usb" / "schoolgate"):
        with pytest.raises(InputError, match=r"Is its disk mounted.*mkdir -m 700"):
            back_up(desk.home, unmounted)
    assert list((tmp_path / "mnt").iterdir()) == []
    with pytest.raises(StoreError, match="nothing to back up"):
        back_up(tmp_path / "empty", tmp_path / "b")


def test_a_folder_that_this_account_may_not_write_into_is_refused_with_who_must_give_it(
    desk, backups_folder, monkeypatch
):
    monkeypatch.setattr(copy.os, "access", lambda path, mode: path != backups_folder)
    with pytest.raises(InputError, match="may not write into") as refused:
        back_up(desk.home, backups_folder)
    assert "chown" in str(refused.value)
    assert "--home" not in str(refused.value)


def test_files_of_the_home_that_the_settings_name_are_in_it_and_no_secret_is(desk, backups_folder):
    (desk.home / "letters").mkdir()
    for name in ("filter-ca.pem", "tsa.pem", "policy.pdf", "letters/author.md"):
        (desk.home / name).write_text(f"the bytes of {name}")
    settings = (desk.home / "schoolgate.toml").read_text()
    (desk.home / "schoolgate.toml").write_text(
        settings + '[network]\nca_file = "filter-ca.pem"\n'
        '[evidence]\ntimestamp_url = "https://t.example.org/tsr"\ntimestamp_ca = "tsa.pem"\n'
        '[[policies]]\ntitle = "Social media policy"\nfile = "policy.pdf"\n'
        '[schools.ladder]\nletters = "letters"\n'
        '[mail]\nhost = "smtp.example.org"\nsender = "s@example.org"\npassword_file = "smtp-password"\n'
    )
    made, _ = back_up(desk.home, backups_folder)
    assert {n for n in files(made) if n.startswith("files/")} == {
        "files/filter-ca.pem", "files/tsa.pem", "files/policy.pdf", "files/letters/author.md",
    }  # fmt: skip
    assert not holding(made, "Hunter2-planted")


def test_settings_with_a_fault_are_kept_and_it_is_said_what_is_not(desk, backups_folder):
    (desk.home / "schoolgate.toml").write_text("nonsense = 3")
    made, said = back_up(desk.home, backups_folder)
    assert (made / "schoolgate.toml").read_text() == "nonsense = 3"
    assert "schoolgate.toml has a fault, so files that it names are not in it." in said


def test_a_link_among_what_is_kept_is_refused_and_nothing_is_left(desk, backups_folder, tmp_path):
    (tmp_path / "elsewhere").write_bytes(b"not ours")
    (desk.home / "secret.key").unlink()
    (desk.home / "secret.key").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="nothing of it is left"):
        back_up(desk.home, backups_folder)
    assert files(backups_folder) == {}


def test_a_full_disk_is_said_and_leaves_nothing_half_written(desk, backups_folder, monkeypatch):
    real = backup.copied

    def full(source, target, mode=0o600):
        if source.name == "secret.key":
            target.write_bytes(b"ha")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))
        return real(source, target, mode)

    monkeypatch.setattr(copy.backup, "copied", full)
    with pytest.raises(StoreError, match=r"nothing of it is left.*the disk is full"):
        back_up(desk.home, backups_folder)
    assert list(backups_folder.iterdir()) == []


def test_a_disk_that_is_truly_full_is_said_and_leaves_nothing_half_written(desk, backups_folder):
    with small_disk(backups_folder, mount=True) as disk:
        if disk.most_bytes == 0 and "limit" in disk.way:
            pytest.skip("no small disk could be mounted here")
        disk.fill()
        with pytest.raises(StoreError, match="could not be written"):
            back_up(desk.home, backups_folder)
        assert [p.name for p in backups_folder.iterdir()] == ["filler"]
        disk.free()
        back_up(desk.home, backups_folder)


def test_one_that_was_cut_off_is_cleared_away_by_the_next(desk, backups_folder):
    (backups_folder / ".unfinished-schoolgate-2026-11-16T090000Z").mkdir(parents=True)
    (backups_folder / ".unfinished-schoolgate-2026-11-16T090000Z" / "schoolgate.duckdb").write_bytes(b"half")
    made, _ = back_up(desk.home, backups_folder)
    assert list(backups_folder.iterdir()) == [made]


@pytest.mark.parametrize("harm", ["missing", "changed", "stray"])
def test_evidence_that_does_not_hold_is_said_and_no_backup_is_kept_unless_told(desk, backups_folder, harm):
    path = vault_file(desk.store, WARC["post.png"])
    if harm == "stray":
        Vault(desk.store.evidence).put(b"a file that no row names")
        made, _ = back_up(desk.home, backups_folder)
        assert not (
            made / vault_file(desk.store, b"a file that no row names").relative_to(desk.home)
        ).exists()
        return
    path.chmod(0o600)
    path.unlink() if harm == "missing" else path.write_bytes(b"\x88PNG" * 99)
    with pytest.raises(StoreDamaged, match=r"case 0042, capture cap1, post\.png"):
        back_up(desk.home, backups_folder)
    assert list(backups_folder.iterdir()) == []
    made, said = back_up(desk.home, backups_folder, with_faults=True)
    assert any("post.png" in line for line in said)
    assert "post.png" in json.loads((made / MANIFEST).read_text())["faults"][0]


def test_a_store_that_cannot_be_read_whole_is_no_backup(desk, backups_folder):
    size = desk.store.path.stat().st_size
    with desk.store.path.open("r+b") as file:
        file.truncate(size // 2)
    with pytest.raises((StoreDamaged, StoreError)) as said:
        back_up(desk.home, backups_folder)
    assert str(desk.store.path) in str(said.value)
    assert "unfinished" not in str(said.value)
    assert files(backups_folder) == {}


def test_a_block_that_was_changed_is_said_of_the_store_and_not_of_a_copy_of_it(desk, backups_folder):
    with desk.store.alone("write it out") as con:
        con.execute("CHECKPOINT")
    content = desk.store.path.read_bytes()
    assert PLANT.encode() in content
    desk.store.path.write_bytes(content.replace(PLANT.encode(), PLANT.upper().encode()))
    with pytest.raises(StoreDamaged) as said:
        back_up(desk.home, backups_folder)
    assert str(desk.store.path) in str(said.value)
    assert "unfinished" not in str(said.value)


def test_evidence_that_is_deleted_while_it_is_copied_is_no_fault(desk, backups_folder, monkeypatch):
    real, done = copy._copy_evidence, []

    def purged_meanwhile(vault, kept, name):
        if not done:
            done.append(name)
            with desk.store.write("a purge") as con:
                con.execute("DELETE FROM evidence WHERE name = 'post.png'")
                con.execute("UPDATE audit SET codes = codes WHERE n < 0")
            vault_file(desk.store, WARC["post.png"]).unlink()
        return real(vault, kept, name)

    monkeypatch.setattr(copy, "_copy_evidence", purged_meanwhile)
    made, _ = back_up(
        desk.home, backups_folder, with_faults=True
    )  # by hand: the chain has no row for that deletion
    assert not (made / vault_file(desk.store, WARC["post.png"]).relative_to(desk.home)).exists()


def test_older_ones_are_kept_unless_it_is_said_for_how_long_and_then_go(desk, backups_folder):
    days = {n: back_up(desk.home, backups_folder, NOW - n * DAY)[0] for n in (9, 8, 6)}
    (backups_folder / "schoolgate-notes").mkdir()
    _, said = back_up(desk.home, backups_folder, NOW)
    assert "--keep 7" in said[-1]
    _, said = back_up(desk.home, backups_folder, NOW + timedelta(minutes=1), keep=7)
    assert said[-1] == "Older than 7 days, and deleted: 2."
    assert [days[9].exists(), days[8].exists(), days[6].exists()] == [False, False, True]
    assert (backups_folder / "schoolgate-notes").exists()


def test_a_clock_that_leapt_deletes_no_older_backup(desk, backups_folder):
    first, _ = back_up(desk.home, backups_folder, NOW)
    made, said = back_up(desk.home, backups_folder, NOW + 40 * DAY, keep=7)
    assert "no older backup was deleted" in said[-1]
    assert list(named(backups_folder)) == [first, made]


def test_the_record_of_deletions_is_of_the_same_moment_as_the_store(desk, backups_folder):
    with desk.store.write("answered: it leaves no stub") as con:
        owners.put(con, Marked("s-plant", "900001", Mark.ANSWERED, "holt", NOW))
    purge(desk.store, NOW + 30 * DAY, Policy())
    made, _ = back_up(desk.home, backups_folder, NOW + 30 * DAY)
    assert (made / deletion_record.NAME).read_bytes() == (desk.home / deletion_record.NAME).read_bytes()
    assert b" mention " in (made / deletion_record.NAME).read_bytes()
