"""Evidence that an earlier version encrypted: read by its key, decrypted file by file, lost with its key."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime, timedelta

import pytest
from builders.at_rest import a_key_file, encrypt_file, naming, overwrite

from data.errors import KeyMissing, StoreDamaged
from data.evidence.vault import Vault
from data.keeping.envelope import AT_REST, CREDENTIAL, key_id

SEEN, OTHER = b"what was seen at the gate", b"what was seen elsewhere"
OLD, NEW = b"o" * 32, b"n" * 32


@pytest.fixture
def key_file(tmp_path):
    return a_key_file(tmp_path / "a.key", OLD)


@pytest.fixture
def vault(tmp_path, key_file):
    (tmp_path / "home").mkdir()
    naming(tmp_path / "home", key_file)
    return Vault(tmp_path / "home" / "evidence")


def put(vault, content=SEEN, key=OLD):
    name = vault.put(content)
    encrypt_file(vault, name, key)
    return name


def _bytes(vault):
    return b"".join(p.read_bytes() for p in vault.folder.rglob("*") if p.is_file())


def test_what_is_encrypted_is_got_under_the_hash_of_its_bytes_and_cannot_be_read_on_the_disk(vault):
    name = put(vault)
    assert name == hashlib.sha256(SEEN).hexdigest()
    assert vault.get(name) == vault.content(name) == SEEN
    assert SEEN not in _bytes(vault)
    assert (vault.encrypted(), vault.encrypted_under(name)) == ([name], key_id(OLD))
    assert vault.put(SEEN) == name


def test_what_is_new_is_kept_as_it_is_beside_it(vault, key_file):
    old, new = put(vault), vault.put(OTHER)
    assert vault.path(new).read_bytes() == vault.get(new) == OTHER
    assert (vault.encrypted(), vault.get(old)) == ([old], SEEN)
    key_file.unlink()
    assert vault.get(vault.put(b"without the key")) == b"without the key"


def test_a_key_of_systemd_serves_as_well(vault, tmp_path, monkeypatch):
    name = put(vault, key=NEW)
    naming(tmp_path / "home", None)
    with pytest.raises(
        KeyMissing, match="the systemd credential schoolgate-at-rest, which this command was not"
    ):
        vault.get(name)
    (tmp_path / "credentials").mkdir()
    a_key_file(tmp_path / "credentials" / CREDENTIAL, NEW).chmod(0o440)  # as systemd shows its list
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))
    assert vault.get(name) == SEEN


def test_two_files_that_change_places_are_noticed(vault):
    one, two = vault.path(put(vault)), vault.path(put(vault, OTHER))
    kept = one.read_bytes()
    overwrite(one, two.read_bytes())
    overwrite(two, kept)
    for path in (one, two):
        with pytest.raises(StoreDamaged, match="or is another file"):
            vault.get(path.name)
        assert hashlib.sha256(vault.content(path.name)).hexdigest() != path.name


CHANGES = [lambda b: b[:-1], lambda b: b[:-1] + bytes((b[-1] ^ 1,)), lambda b: b[:20]]


@pytest.mark.parametrize("change", CHANGES)
def test_changed_bytes_are_noticed(vault, change):
    path = vault.path(put(vault))
    overwrite(path, change(path.read_bytes()))
    with pytest.raises(StoreDamaged):
        vault.get(path.name)
    assert vault.content(path.name) == path.read_bytes()


def test_without_its_key_nothing_is_read_and_nothing_is_decrypted(vault, key_file):
    name = put(vault)
    before = _bytes(vault)
    key_file.unlink()
    for act in (vault.get, vault.content, vault.decrypt):
        with pytest.raises(KeyMissing, match=r"cannot be read: .*a\.key \(no such file"):
            act(name)
    assert _bytes(vault) == before
    vault.remove(name)  # to delete it takes no key
    assert vault.names() == []


def test_with_another_key_it_is_said_which_is_needed(vault, key_file):
    name = put(vault)
    a_key_file(key_file, NEW)
    for act in (vault.get, vault.decrypt):
        with pytest.raises(KeyMissing, match=f"The key {key_id(OLD)} is not in {key_file}"):
            act(name)
    assert vault.locked(name).startswith(f"The key {key_id(OLD)}")
    vault.put(SEEN)  # whoever still has the bytes gives them back
    assert (vault.get(name), vault.locked(name)) == (SEEN, "")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_that_others_can_read_is_not_used(vault, key_file, mode):
    name = put(vault)
    key_file.chmod(mode)
    with pytest.raises(KeyMissing, match=f"Others on this machine can read the key.*chmod 600 {key_file}"):
        vault.get(name)


@pytest.mark.parametrize("held", ["", "# nothing\n", "x" * 44, "a2V5\n", "\N{SNOWMAN}"])
def test_a_key_file_that_holds_no_key_is_said(vault, key_file, held):
    name = put(vault)
    key_file.write_text(held, encoding="utf-8")
    with pytest.raises(KeyMissing, match=r"a\.key is no key file, or is damaged"):
        vault.get(name)


@pytest.mark.parametrize("held", ["", "[]", '{"format": "schoolgate-at-rest/2"}', '{"format": 1}'])
def test_where_what_names_the_key_is_damaged_it_is_said_how_it_is_written(vault, held):
    name = put(vault)
    (vault.folder.parent / AT_REST).write_text(held)
    with pytest.raises(
        KeyMissing, match=r'which says where the key lies, cannot be read.*"key_file": "FILE"'
    ):
        vault.get(name)


def test_where_what_names_the_key_is_gone_that_is_said(vault):
    name = put(vault)
    (vault.folder.parent / AT_REST).unlink()
    with pytest.raises(KeyMissing, match="which names no key file"):
        vault.get(name)


def test_a_file_is_decrypted_and_its_age_stays(vault):
    name = put(vault)
    os.utime(vault.path(name), (0, 0))
    vault.decrypt(name)
    assert vault.path(name).read_bytes() == SEEN
    assert (vault.kept_since(name).year, vault.path(name).stat().st_mode & 0o777) == (1970, 0o400)
    vault.decrypt(name)  # again, where it is plain: nothing
    assert (vault.encrypted(), _bytes(vault)) == ([], SEEN)


@pytest.mark.parametrize("change", CHANGES[:2])
def test_what_cannot_be_read_is_not_decrypted(vault, change):
    path = vault.path(put(vault))
    overwrite(path, before := change(path.read_bytes()))
    with pytest.raises(StoreDamaged):
        vault.decrypt(path.name)
    assert _bytes(vault) == before


def test_what_was_written_badly_does_not_take_the_place_of_what_is_encrypted(vault, monkeypatch):
    name = put(vault)
    before, real = _bytes(vault), os.fsync
    monkeypatch.setattr("os.fsync", lambda fd: (real(fd), os.ftruncate(fd, 3)))
    with pytest.raises(StoreDamaged, match="stays as it is: what was written in its place is not the same"):
        vault.decrypt(name)
    assert _bytes(vault) == before


def test_what_is_deleted_while_it_is_decrypted_does_not_come_back(vault, monkeypatch):
    name, real = put(vault), os.fsync
    monkeypatch.setattr("os.fsync", lambda fd: (real(fd), vault.path(name).unlink(missing_ok=True)))
    vault.decrypt(name)
    assert _bytes(vault) == b""


def test_to_delete_takes_what_a_crash_left_with_it_and_the_purge_what_it_left_of_others(vault):
    name = put(vault)
    left = vault.path(name).with_name(f"unfinished-{name}-abc")
    left.write_bytes(SEEN)
    vault.remove(name)
    assert not left.exists()
    left.write_bytes(SEEN)
    vault.drop_unfinished(datetime.now(UTC) - timedelta(days=1))
    assert left.exists()
    vault.drop_unfinished(datetime.now(UTC) + timedelta(days=1))
    assert not left.exists()


def test_what_somebody_handed_in_may_look_like_an_envelope(vault):
    theirs = vault.path(put(vault)).read_bytes().replace(key_id(OLD).encode(), b"0" * 16)
    name = vault.put(theirs)
    assert (vault.get(name), vault.locked(name), vault.encrypted_under(name)) == (theirs, "", "")
    encrypt_file(vault, name, OLD)
    assert (vault.get(name), vault.encrypted_under(name)) == (theirs, key_id(OLD))
    vault.decrypt(name)
    assert vault.path(name).read_bytes() == theirs
