"""A backup holds what is needed to go on, is read again after writing, and leaves nothing half written."""

from __future__ import annotations

import errno
import json
import os
from datetime import timedelta

import pytest
from builders.backup import DAY, NOW, PLANT, WARC, a_home, back_up, files, holding
from builders.evidence import some_files, vault_file
from support.disks import small_disk

from data.errors import InputError, StoreDamaged, StoreError
from data.evidence.vault import Vault
from data.keeping import deletion_record
from data.retention import backup
from data.retention.backup import MANIFEST, named
from data.retention.purge import purge
from data.store import owners
from data.types import Mark, Marked, Policy
from monitor.cli.commands.setup import backup as command
from monitor.setup import home_copy as copy


@pytest.fixture
def desk(tmp_path):
    return a_home(tmp_path / "home")


@pytest.fixture
def into(tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir(mode=0o700)
    return folder


def test_it_holds_store_evidence_settings_secret_and_signed_reports_for_nobody_else_to_read(desk, into):
    purge(desk.store, NOW, Policy())
    made, said = back_up(desk.home, into)
    assert made.name == "schoolgate-2026-11-17T090000Z"
    held = set(files(made))
    evidence = {f"evidence/{n[:2]}/{n}" for n in Vault(desk.store.evidence).names()}
    plain = {"schoolgate.duckdb", "schoolgate.toml", "secret.key", "deletions.log", MANIFEST}
    assert held == plain | evidence | {"reports/900001-2026-W46.pdf"}
    assert len(evidence) == len(some_files(**WARC))
    for path in (into, made, *made.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path
    assert "Read again after writing, and whole" in said[0]


def test_its_manifest_names_every_file_with_its_hash_the_version_and_the_time(desk, into):
    made, _ = back_up(desk.home, into)
    written = json.loads((made / MANIFEST).read_text())
    assert written["files"] == {n: backup.hash_of(made / n) for n in files(made) if n != MANIFEST}
    assert (written["made_at"], written["version"]) == ("2026-11-17T09:00:00+00:00", "0.1.0")
    assert written["migrations"][0] == "first_tables"
    assert written["last"].endswith(f"@{_rows(desk)}")


def _rows(desk):
    with desk.store.read() as con:
        return con.execute("SELECT max(n) FROM audit").fetchone()[0]


def test_no_password_is_in_it(desk, into):
    made, _ = back_up(desk.home, into)
    assert not [n for n, content in files(made).items() if b"Hunter2-planted" in content]


def test_what_was_handed_in_and_waits_is_in_it(desk, into):
    (desk.home / "spool").mkdir(mode=0o700)
    (desk.home / "spool" / "a.json").write_bytes(b"{}")
    made, _ = back_up(desk.home, into)
    assert (made / "spool" / "a.json").read_bytes() == b"{}"


def test_what_was_deleted_from_the_store_is_not_in_its_bytes(desk, into):
    with desk.store.alone("delete") as con:
        con.execute("UPDATE mention_versions SET text = 'nothing' WHERE text LIKE '%kestrel%'")
        con.execute("CHECKPOINT")
    made, _ = back_up(desk.home, into)
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
    desk, into, monkeypatch
):
    monkeypatch.setattr(command.os, "access", lambda path, mode: path != into)
    with pytest.raises(InputError, match="may not write into") as refused:
        back_up(desk.home, into)
    assert "chown" in str(refused.value)
    assert "--home" not in str(refused.value)


def test_files_of_the_home_that_the_settings_name_are_in_it_and_no_secret_is(desk, into):
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
    made, _ = back_up(desk.home, into)
    assert {n for n in files(made) if n.startswith("files/")} == {
        "files/filter-ca.pem", "files/tsa.pem", "files/policy.pdf", "files/letters/author.md",
    }  # fmt: skip
    assert not holding(made, "Hunter2-planted")


def test_settings_with_a_fault_are_kept_and_it_is_said_what_is_not(desk, into):
    (desk.home / "schoolgate.toml").write_text("nonsense = 3")
    made, said = back_up(desk.home, into)
    assert (made / "schoolgate.toml").read_text() == "nonsense = 3"
    assert "schoolgate.toml has a fault, so files that it names are not in it." in said


def test_a_link_among_what_is_kept_is_refused_and_nothing_is_left(desk, into, tmp_path):
    (tmp_path / "elsewhere").write_bytes(b"not ours")
    (desk.home / "secret.key").unlink()
    (desk.home / "secret.key").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="nothing of it is left"):
        back_up(desk.home, into)
    assert files(into) == {}


def test_a_full_disk_is_said_and_leaves_nothing_half_written(desk, into, monkeypatch):
    real = backup.copied

    def full(source, target, mode=0o600):
        if source.name == "secret.key":
            target.write_bytes(b"ha")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))
        return real(source, target, mode)

    monkeypatch.setattr(copy.backup, "copied", full)
    with pytest.raises(StoreError, match=r"nothing of it is left.*the disk is full"):
        back_up(desk.home, into)
    assert list(into.iterdir()) == []


def test_a_disk_that_is_truly_full_is_said_and_leaves_nothing_half_written(desk, into):
    with small_disk(into, mount=True) as disk:
        if disk.most_bytes == 0 and "limit" in disk.way:
            pytest.skip("no small disk could be mounted here")
        disk.fill()
        with pytest.raises(StoreError, match="could not be written"):
            back_up(desk.home, into)
        assert [p.name for p in into.iterdir()] == ["filler"]
        disk.free()
        back_up(desk.home, into)


def test_one_that_was_cut_off_is_cleared_away_by_the_next(desk, into):
    (into / ".unfinished-schoolgate-2026-11-16T090000Z").mkdir(parents=True)
    (into / ".unfinished-schoolgate-2026-11-16T090000Z" / "schoolgate.duckdb").write_bytes(b"half")
    made, _ = back_up(desk.home, into)
    assert list(into.iterdir()) == [made]


@pytest.mark.parametrize("harm", ["missing", "changed", "stray"])
def test_evidence_that_does_not_hold_is_said_and_no_backup_is_kept_unless_told(desk, into, harm):
    path = vault_file(desk.store, WARC["post.png"])
    if harm == "stray":
        Vault(desk.store.evidence).put(b"a file that no row names")
        made, _ = back_up(desk.home, into)
        assert not (
            made / vault_file(desk.store, b"a file that no row names").relative_to(desk.home)
        ).exists()
        return
    path.chmod(0o600)
    path.unlink() if harm == "missing" else path.write_bytes(b"\x88PNG" * 99)
    with pytest.raises(StoreDamaged, match=r"case 0042, capture cap1, post\.png"):
        back_up(desk.home, into)
    assert list(into.iterdir()) == []
    made, said = back_up(desk.home, into, with_faults=True)
    assert any("post.png" in line for line in said)
    assert "post.png" in json.loads((made / MANIFEST).read_text())["faults"][0]


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


def test_older_ones_are_kept_unless_it_is_said_for_how_long_and_then_go(desk, into):
    days = {n: back_up(desk.home, into, NOW - n * DAY)[0] for n in (9, 8, 6)}
    (into / "schoolgate-notes").mkdir()
    _, said = back_up(desk.home, into, NOW)
    assert "--keep 7" in said[-1]
    _, said = back_up(desk.home, into, NOW + timedelta(minutes=1), keep=7)
    assert said[-1] == "Older than 7 days, and deleted: 2."
    assert [days[9].exists(), days[8].exists(), days[6].exists()] == [False, False, True]
    assert (into / "schoolgate-notes").exists()


def test_a_clock_that_leapt_deletes_no_older_backup(desk, into):
    first, _ = back_up(desk.home, into, NOW)
    made, said = back_up(desk.home, into, NOW + 40 * DAY, keep=7)
    assert "no older backup was deleted" in said[-1]
    assert list(named(into)) == [first, made]


def test_the_record_of_deletions_is_of_the_same_moment_as_the_store(desk, into):
    with desk.store.write("answered: it leaves no stub") as con:
        owners.put(con, Marked("s-plant", "900001", Mark.ANSWERED, "holt", NOW))
    purge(desk.store, NOW + 30 * DAY, Policy())
    made, _ = back_up(desk.home, into, NOW + 30 * DAY)
    assert (made / deletion_record.NAME).read_bytes() == (desk.home / deletion_record.NAME).read_bytes()
    assert b" mention " in (made / deletion_record.NAME).read_bytes()
