"""A home whose evidence was encrypted by an earlier version goes on; a backup is encrypted by a key."""

import errno
import json
import os
import shutil
from datetime import timedelta
from importlib.metadata import version

import pytest
from builders.at_rest import a_key_file, an_encrypted_home, naming
from builders.backup import DAY, NOW, PLANT, WARC, a_home, back_up, files, holding, put_back
from builders.case_desk import run
from builders.evidence import some_files, vault_file
from builders.mention import Clock, a_store

from data import keeping
from data.envelope import AT_REST, KeyPlace, key_id, keys_in, read_key_place, read_keys
from data.errors import InputError, KeyMissing, StoreDamaged, StoreError
from data.evidence.vault import Vault
from data.retention import backup
from data.retention.backup import MANIFEST, list_backups
from data.retention.deleting import COPYING_TAKES, drop_copies, purge
from data.store import owners as owner_store
from data.types import Mark, Marked, Policy
from monitor.setup import check_machine as install
from monitor.setup import home_copy as copy
from monitor.setup.findings import Level

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
    folder = tmp_path / "backups"
    folder.mkdir(mode=0o700)
    return folder


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


def test_what_was_encrypted_is_read_and_counted_and_what_is_new_is_kept_as_it_is(desk, on):
    assert under(desk) == {key_id(OLD)}
    assert with_words(desk.store.evidence, WORDS) == []
    assert {vault(desk).get(name) for name in vault(desk).names()} == EVERYTHING
    assert holds(desk)
    (found,) = install.encryption(desk.home)
    assert (found.level, f"{len(EVERYTHING)} files" in found.what) == (Level.OK, True)
    assert vault(desk).path(vault(desk).store_bytes(b"new")).read_bytes() == b"new"


def test_a_missing_key_or_another_is_said_by_each_command_that_needs_it_and_nothing_is_touched(
    desk, into, key_file, on
):
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
    a_key_file(key_file, NEW)
    assert typed(desk, "evidence", "verify").code == 1
    (locked,) = install.encryption(desk.home)
    assert locked.what.startswith(f"{len(EVERYTHING)} files of evidence: The key {key_id(OLD)} is not in")
    assert files(desk.home) == before


def test_backups_of_such_a_home_stay_encrypted_by_its_key_and_are_restored_on_another_machine_with_it(
    desk, into, key_file, on
):
    made, said = back_up(desk.home, into)
    assert (made / "manifest.json").read_bytes().startswith(f"schoolgate-encrypted/1 {key_id(OLD)}".encode())
    assert f"Encrypted under the key {key_id(OLD)}, without which nobody can restore it." in said
    elsewhere = a_key_file(into.parent / "copy.key", OLD)
    other = a_key_file(into.parent / "other.key", NEW)
    with pytest.raises(
        InputError, match=f"is encrypted under the key in {key_file}, which is not in {other}"
    ):
        back_up(desk.home, into, NOW + 2 * DAY, key=other)
    key_file.unlink()
    home = into.parent / "new"
    put_back(made, home, key=elsewhere)
    assert read_key_place(home).key_file == elsewhere
    kept = Vault(home / "evidence")
    assert {kept.get(name) for name in kept.names()} == EVERYTHING
    assert with_words(home / "evidence", WORDS) == []
    done = run("evidence", "verify", "--home", str(home))
    assert (done.code, "All holds: " in done.out) == (0, True), done.out
    with a_store(home, Clock(NOW)).open_reader() as con:
        assert con.execute("SELECT count(*) FROM mentions").fetchone()[0] > 3


def test_it_is_restored_in_its_own_home_without_a_word_of_the_key(desk, into, key_file, on):
    both = a_key_file(into.parent / "other.key", NEW, OLD)
    back_up(desk.home, into, key=both)
    a_key_file(key_file, NEW, OLD)
    put_back(into, desk.home, replace=True)
    assert holds(desk)
    assert under(desk) == {key_id(OLD)}
    assert read_keys(desk.home).held == (NEW, OLD)


def test_a_plain_backup_restored_in_such_a_home_leaves_its_backups_encrypted(desk, whole, key_file):
    naming(desk.home, a_key_file(key_file, OLD))
    put_back(whole[1], desk.home, LATER, replace=True)
    assert (under(desk), read_key_place(desk.home).key_file) == ({""}, key_file)


@pytest.fixture
def backup_key(tmp_path):
    return a_key_file(tmp_path / "keys" / "backup.key", NEW)


@pytest.fixture(scope="module")
def two_backups(tmp_path_factory):
    """Two backups of a home, encrypted by a key that its evidence is not, which no test changes."""
    folder = tmp_path_factory.mktemp("two")
    desk, key = a_home(folder / "home"), a_key_file(folder / "a.key", NEW)
    (folder / "backups").mkdir(mode=0o700)
    purge(desk.store, NOW, Policy())
    back_up(desk.home, folder / "backups", NOW, key=key)
    return folder, *back_up(desk.home, folder / "backups", NOW + DAY, key=key)


def test_a_backup_with_a_key_has_nothing_that_can_be_read_but_the_record_of_deletions(two_backups):
    folder, made, said = two_backups
    for words in (PLANT.encode(), WORDS, b"Oakfield", b"k" * 32, b"%PDF", b"sha256", b"DUCK"):
        assert with_words(made, words) == [], words
    head = f"schoolgate-encrypted/1 {key_id(NEW)}\n".encode()
    assert {name for name, content in files(made).items() if not content.startswith(head)} == {
        "deletions.log"
    }
    for path in (made, *made.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path
    assert f"Encrypted under the key {key_id(NEW)}, without which nobody can restore it." in said
    assert (
        f"The key {folder / 'a.key'} is on the same disk as the backups: anyone who takes that has both."
        in said
    )
    assert not list((folder / "home").glob(".backing-up-*"))


@pytest.mark.parametrize("given", ["a file", "by systemd"])
def test_it_is_restored_with_its_key_and_the_home_is_as_plain_as_it_was(
    two_backups, tmp_path, monkeypatch, given
):
    made = two_backups[1]
    key = a_key_file(tmp_path / "credentials" / "schoolgate-at-rest", NEW)
    if given == "by systemd":
        key.chmod(0o440)  # as systemd shows its list
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(key.parent))
    home = tmp_path / "new"
    put_back(made, home, NOW + DAY, key=key if given == "a file" else None)
    assert not (home / AT_REST).exists()
    assert set(files(home / "evidence").values()) == EVERYTHING
    assert install.encryption(home) == []


def test_a_backup_takes_the_key_that_systemd_gives(tmp_path, monkeypatch):
    key = a_key_file(tmp_path / "credentials" / "schoolgate-at-rest", NEW)
    key.chmod(0o440)
    with pytest.raises(KeyMissing):
        keys_in(KeyPlace(key))
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(key.parent))
    assert keys_in(KeyPlace(key)).held == (NEW,)


def test_no_backup_is_written_plain_where_its_key_cannot_be_used(desk, into, backup_key):
    def lost(harm):
        harm()
        with pytest.raises(KeyMissing):
            back_up(desk.home, into, key=backup_key)
        assert list(into.iterdir()) == []

    lost(lambda: backup_key.chmod(0o644))
    lost(lambda: backup_key.write_text("secret"))
    lost(backup_key.unlink)


def test_what_a_kill_left_of_a_backup_in_the_home_is_deleted_after_a_day(desk):
    left = desk.home / ".backing-up-x"
    left.mkdir()
    drop_copies(desk.store, NOW + timedelta(days=4000))
    assert not left.exists()
    assert timedelta(days=1) >= COPYING_TAKES


def test_without_the_key_nothing_is_restored_and_it_is_said_which_is_needed(two_backups, tmp_path):
    made = two_backups[1]
    with pytest.raises(KeyMissing, match=f"under the key {key_id(NEW)}.*--key FILE"):
        put_back(made, tmp_path / "new", NOW + DAY)
    other = a_key_file(tmp_path / "other.key", b"x" * 32)
    with pytest.raises(KeyMissing, match=f"The key {key_id(NEW)} is not in {other}"):
        put_back(made, tmp_path / "new", NOW + DAY, key=other)
    assert not list((tmp_path / "new").glob("*"))


def test_a_backup_in_plain_is_refused_where_a_key_is_given_for_it(whole, tmp_path, backup_key):
    with pytest.raises(InputError, match=r"is not encrypted\. If your backups are, somebody put another"):
        put_back(whole[1], tmp_path / "new", LATER, key=backup_key)
    assert not list((tmp_path / "new").glob("*"))


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


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_backup_that_somebody_changed_is_refused(two_backups, tmp_path, attack):
    shutil.copytree(two_backups[0] / "backups", tmp_path / "backups")
    older, made = list_backups(tmp_path / "backups")
    ATTACKS[attack](made, older)
    with pytest.raises(
        StoreDamaged, match=r"schoolgate-2026-11-18T090000Z: backup/.*is not|its bytes differ"
    ):
        put_back(made, tmp_path / "new", NOW + DAY, key=two_backups[0] / "a.key")
    assert not list((tmp_path / "new").glob("*"))


# --------------- a backup holds what is needed to go on, and leaves nothing half written


LATER = NOW + 30 * DAY


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A home in which words were deleted and something waits, with settings that name files, and a backup of
    it, made when that was purged; its evidence was never encrypted."""
    folder = tmp_path_factory.mktemp("whole")
    desk = a_home(folder / "home")
    with desk.store.write("answered: it leaves no stub") as con:
        owner_store.record_mark(con, Marked("s-plant", "900001", Mark.ANSWERED, "holt", NOW))
    purge(desk.store, LATER, Policy())
    for name in ("filter-ca.pem", "tsa.pem", "policy.pdf", "letters/author.md", "spool/a.json"):
        (desk.home / name).parent.mkdir(mode=0o700, exist_ok=True)
        (desk.home / name).write_text(f"the bytes of {name}")
    with (desk.home / "schoolgate.toml").open("a") as settings:
        settings.write(
            '[network]\nca_file = "filter-ca.pem"\n'
            '[evidence]\ntimestamp_url = "https://t.example.org/tsr"\ntimestamp_ca = "tsa.pem"\n'
            '[[policies]]\ntitle = "Social media policy"\nfile = "policy.pdf"\n'
            '[schools.ladder]\nletters = "letters"\n'
            '[mail]\nhost = "smtp.example.org"\nsender = "s@example.org"\npassword_file = "smtp-password"\n'
        )
    (folder / "backups").mkdir(mode=0o700)
    return desk, *back_up(desk.home, folder / "backups", LATER)


def test_it_holds_all_that_is_needed_to_go_on_and_no_password_for_nobody_else_to_read(whole):
    desk, made, said = whole
    assert made.name == "schoolgate-2026-12-17T090000Z"
    evidence = {f"evidence/{n[:2]}/{n}" for n in Vault(desk.store.evidence).names()}
    assert len(evidence) == len(some_files(**WARC))
    assert set(files(made)) == evidence | {
        "schoolgate.duckdb", "schoolgate.toml", "secret.key", "deletions.log", MANIFEST, "spool/a.json",
        "reports/900001-2026-W46.pdf", "files/filter-ca.pem", "files/tsa.pem", "files/policy.pdf",
        "files/letters/author.md",
    }  # fmt: skip
    for path in (made.parent, made, *made.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path
    assert "Read again after writing, and whole" in said[0]
    assert (made / "spool" / "a.json").read_text() == "the bytes of spool/a.json"
    assert not holding(made, "Hunter2-planted")


def test_a_home_that_never_encrypted_hears_nothing_of_it(whole):
    desk, made, said = whole
    assert under(desk) == {""}
    assert not [line for line in said if "ncrypted" in line]
    assert (made / MANIFEST).read_bytes().startswith(b"{")
    assert install.encryption(desk.home) == []


def test_its_manifest_names_every_file_with_its_hash_the_version_and_the_time(whole):
    desk, made, _ = whole
    written = json.loads((made / MANIFEST).read_text())
    assert written["files"] == {n: backup.hash_of(made / n) for n in files(made) if n != MANIFEST}
    assert (written["made_at"], written["version"]) == ("2026-12-17T09:00:00+00:00", version("schoolgate"))
    assert written["migrations"][0] == "first_tables"
    with desk.store.open_reader() as con:
        assert written["last"].endswith(f"@{con.execute('SELECT max(n) FROM audit').fetchone()[0]}")


def test_what_was_deleted_from_the_store_is_not_in_its_bytes_and_in_the_record_of_the_same_moment(whole):
    desk, made, _ = whole
    assert not holding(made, PLANT)
    assert (made / keeping.DELETIONS_LOG).read_bytes() == (desk.home / keeping.DELETIONS_LOG).read_bytes()
    assert b" mention " in (made / keeping.DELETIONS_LOG).read_bytes()


def test_a_folder_inside_the_home_is_refused(desk, tmp_path):
    (tmp_path / "link").symlink_to(desk.home)
    before = files(desk.home)
    for folder in (desk.home / "backups", desk.home, tmp_path / "link" / "backups"):
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
    desk, into, monkeypatch
):
    monkeypatch.setattr(copy.os, "access", lambda path, mode: path != into)
    with pytest.raises(InputError, match="may not write into") as refused:
        back_up(desk.home, into)
    assert "chown" in str(refused.value)
    assert "--home" not in str(refused.value)


def test_settings_with_a_fault_are_kept_one_that_was_cut_off_is_cleared_away_and_a_stray_file_is_not_in_it(
    desk, into
):
    (desk.home / "schoolgate.toml").write_text("nonsense = 3")
    (into / ".unfinished-schoolgate-2026-11-16T090000Z").mkdir()
    (into / ".unfinished-schoolgate-2026-11-16T090000Z" / "schoolgate.duckdb").write_bytes(b"half")
    Vault(desk.store.evidence).store_bytes(b"a file that no row names")
    made, said = back_up(desk.home, into)
    assert (made / "schoolgate.toml").read_text() == "nonsense = 3"
    assert "schoolgate.toml has a fault, so files that it names are not in it." in said
    assert list(into.iterdir()) == [made]
    stray = vault_file(desk.store, b"a file that no row names").relative_to(desk.home)
    assert (desk.home / stray).exists()
    assert not (made / stray).exists()


def test_a_link_among_what_is_kept_is_refused_and_nothing_is_left(desk, into, tmp_path):
    (tmp_path / "elsewhere").write_bytes(b"not ours")
    (desk.home / "secret.key").unlink()
    (desk.home / "secret.key").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="nothing of it is left"):
        back_up(desk.home, into)
    assert files(into) == {}


def test_a_full_disk_is_said_and_leaves_nothing_half_written(desk, into, monkeypatch):
    real = backup.copy_file

    def full(source, target, mode=0o600):
        if source.name == "secret.key":
            target.write_bytes(b"ha")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))
        return real(source, target, mode)

    monkeypatch.setattr(copy.backup, "copy_file", full)
    with pytest.raises(StoreError, match=r"nothing of it is left.*the disk is full"):
        back_up(desk.home, into)
    assert list(into.iterdir()) == []


def test_evidence_that_does_not_hold_is_said_and_no_backup_is_kept_unless_told(desk, into):
    """One that was kept so is restored with what it knew of."""
    path = vault_file(desk.store, WARC["post.png"])
    path.chmod(0o600)
    path.write_bytes(b"\x88PNG" * 99)
    with pytest.raises(StoreDamaged, match=r"case 0042, capture cap1, post\.png"):
        back_up(desk.home, into)
    assert list(into.iterdir()) == []
    path.unlink()
    made, said = back_up(desk.home, into, with_faults=True)
    assert any("post.png" in line for line in said)
    assert "post.png" in json.loads((made / MANIFEST).read_text())["faults"][0]
    said = put_back(made, into.parent / "new")
    assert any("known fault: " in line and "post.png" in line for line in said)


def test_a_store_that_cannot_be_read_whole_is_no_backup(desk, into):
    size = desk.store.path.stat().st_size
    with desk.store.path.open("r+b") as file:
        file.truncate(size // 2)
    with pytest.raises((StoreDamaged, StoreError)) as said:
        back_up(desk.home, into)
    assert str(desk.store.path) in str(said.value)
    assert "unfinished" not in str(said.value)
    assert files(into) == {}


def test_a_block_that_was_changed_is_said_of_the_store_and_not_of_a_copy_of_it(desk, into):
    with desk.store.alone("write it out") as con:
        con.execute("CHECKPOINT")
    content = desk.store.path.read_bytes()
    assert PLANT.encode() in content
    desk.store.path.write_bytes(content.replace(PLANT.encode(), PLANT.upper().encode()))
    with pytest.raises(StoreDamaged) as said:
        back_up(desk.home, into)
    assert str(desk.store.path) in str(said.value)
    assert "unfinished" not in str(said.value)


def test_evidence_that_is_deleted_while_it_is_copied_is_no_fault(desk, into, monkeypatch):
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
    made, _ = back_up(desk.home, into, with_faults=True)  # by hand: the chain has no row for that deletion
    assert not (made / vault_file(desk.store, WARC["post.png"]).relative_to(desk.home)).exists()


def earlier(into, *days):
    """Backups of so many days before."""
    found = [into / backup.name_for(NOW - n * DAY) for n in days]
    for folder in found:
        folder.mkdir()
        (folder / MANIFEST).write_bytes(b"{}")
    return found


def test_older_ones_are_kept_unless_it_is_said_for_how_long_and_then_go(desk, into):
    old = earlier(into, 9, 8, 6)
    (into / "schoolgate-notes").mkdir()
    _, said = back_up(desk.home, into, NOW)
    assert "--keep 7" in said[-1]
    _, said = back_up(desk.home, into, NOW + timedelta(minutes=1), keep=7)
    assert said[-1] == "Older than 7 days, and deleted: 2."
    assert [folder.exists() for folder in old] == [False, False, True]
    assert (into / "schoolgate-notes").exists()


def test_a_clock_that_leapt_deletes_no_older_backup(desk, into):
    first = earlier(into, 0)
    made, said = back_up(desk.home, into, NOW + 40 * DAY, keep=7)
    assert "no older backup was deleted" in said[-1]
    assert list(list_backups(into)) == [*first, made]
