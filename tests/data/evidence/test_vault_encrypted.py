"""Evidence of a home with a key: encrypted on the disk, the same to whoever reads it, lost with its key."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime, timedelta

import pytest
from builders.at_rest import a_key_file, encrypting

from data.errors import KeyMissing, StoreDamaged
from data.evidence.vault import Vault
from data.keeping import at_rest
from data.keeping.envelope import key_id

SEEN, OTHER = b"what was seen at the gate", b"what was seen elsewhere"
OLD, NEW = b"o" * 32, b"n" * 32


@pytest.fixture
def key_file(tmp_path):
    return a_key_file(tmp_path / "a.key", OLD)


@pytest.fixture
def vault(tmp_path, key_file):
    (tmp_path / "home").mkdir()
    encrypting(tmp_path / "home", key_file)
    return Vault(tmp_path / "home" / "evidence")


def _bytes(vault):
    return b"".join(p.read_bytes() for p in vault.folder.rglob("*") if p.is_file())


def _overwrite(path, content):
    path.chmod(0o600)
    path.write_bytes(content)


def test_what_was_put_is_got_under_the_hash_of_its_bytes_and_cannot_be_read_on_the_disk(vault):
    name = vault.put(SEEN)
    assert name == hashlib.sha256(SEEN).hexdigest()
    assert vault.get(name) == vault.content(name) == SEEN
    assert SEEN not in _bytes(vault)
    assert vault.path(name).stat().st_mode & 0o777 == 0o400
    assert vault.put(SEEN) == name


def test_a_key_of_systemd_serves_as_well(vault, tmp_path, monkeypatch):
    encrypting(tmp_path / "home", None)
    with pytest.raises(
        KeyMissing, match="the systemd credential schoolgate-at-rest, which this command was not"
    ):
        vault.put(SEEN)
    (tmp_path / "credentials").mkdir()
    a_key_file(tmp_path / "credentials" / at_rest.CREDENTIAL, NEW).chmod(0o440)  # as systemd shows its list
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))
    assert vault.encrypted_under(vault.put(SEEN)) == key_id(NEW)


def test_two_files_that_change_places_are_noticed(vault):
    one, two = vault.path(vault.put(SEEN)), vault.path(vault.put(OTHER))
    kept = one.read_bytes()
    _overwrite(one, two.read_bytes())
    _overwrite(two, kept)
    for path in (one, two):
        with pytest.raises(StoreDamaged, match="or is another file"):
            vault.get(path.name)
        assert hashlib.sha256(vault.content(path.name)).hexdigest() != path.name


@pytest.mark.parametrize(
    "change", [lambda b: b[:-1], lambda b: b[:-1] + bytes((b[-1] ^ 1,)), lambda b: b[:20]]
)
def test_changed_bytes_are_noticed(vault, change):
    path = vault.path(vault.put(SEEN))
    _overwrite(path, change(path.read_bytes()))
    with pytest.raises(StoreDamaged):
        vault.get(path.name)
    assert vault.content(path.name) == path.read_bytes()


def test_without_its_key_nothing_is_read_and_nothing_is_kept_plain_instead(vault, key_file):
    name = vault.put(SEEN)
    key_file.unlink()
    for act in (lambda: vault.get(name), lambda: vault.content(name), lambda: vault.put(OTHER)):
        with pytest.raises(KeyMissing, match=r"cannot be read: .*a\.key \(no such file"):
            act()
    assert OTHER not in _bytes(vault)
    vault.remove(name)  # to delete it takes no key
    assert vault.names() == []


def test_with_another_key_it_is_said_which_is_needed(vault, key_file):
    name = vault.put(SEEN)
    a_key_file(key_file, NEW)
    with pytest.raises(KeyMissing, match=f"The key {key_id(OLD)} is not in {key_file}"):
        vault.get(name)
    assert vault.locked(name).startswith(f"The key {key_id(OLD)}")
    vault.put(SEEN)  # whoever still has the bytes gives them back
    assert (vault.get(name), vault.locked(name)) == (SEEN, "")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_that_others_can_read_is_not_used(vault, key_file, mode):
    key_file.chmod(mode)
    with pytest.raises(KeyMissing, match=f"Others on this machine can read the key.*chmod 600 {key_file}"):
        vault.put(SEEN)


@pytest.mark.parametrize("held", ["", "# nothing\n", "x" * 44, "a2V5\n", "\N{SNOWMAN}"])
def test_a_key_file_that_holds_no_key_is_said(vault, key_file, held):
    key_file.write_text(held, encoding="utf-8")
    with pytest.raises(KeyMissing, match=r"a\.key is no key file, or is damaged"):
        vault.put(SEEN)


@pytest.mark.parametrize("held", ["", "[]", '{"format": "schoolgate-at-rest/2"}', '{"format": 1}'])
def test_where_what_names_the_key_is_damaged_nothing_is_kept_plain(vault, held):
    (vault.folder.parent / at_rest.NAME).write_text(held)
    with pytest.raises(KeyMissing, match="which says where the key lies, cannot be read"):
        vault.put(SEEN)


def test_where_what_names_the_key_is_gone_that_is_said(vault):
    name = vault.put(SEEN)
    (vault.folder.parent / at_rest.NAME).unlink()
    with pytest.raises(KeyMissing, match="which names no key file"):
        vault.get(name)


def test_a_file_is_encrypted_anew_under_the_newest_key_and_its_age_stays(vault, key_file):
    name = vault.put(SEEN)
    os.utime(vault.path(name), (0, 0))
    a_key_file(key_file, NEW, OLD)
    assert vault.get(name) == SEEN
    vault.encrypt_anew(name)
    assert vault.encrypted_under(name) == key_id(NEW)
    assert (vault.kept_since(name).year, vault.path(name).stat().st_mode & 0o777) == (1970, 0o400)
    a_key_file(key_file, NEW)
    assert vault.get(name) == SEEN


def test_what_was_plain_is_read_and_then_encrypted_and_decrypted_again(vault, tmp_path):
    name = Vault(vault.folder, lambda: None).put(SEEN)
    assert vault.get(name) == SEEN
    vault.encrypt_anew(name)
    assert SEEN not in _bytes(vault)
    vault.encrypt_anew(name, plain=True)
    assert _bytes(vault) == SEEN


def test_what_cannot_be_read_is_not_encrypted_anew(vault, key_file):
    path = vault.path(vault.put(SEEN))
    _overwrite(path, before := path.read_bytes()[:-1])
    a_key_file(key_file, NEW, OLD)
    with pytest.raises(StoreDamaged):
        vault.encrypt_anew(path.name)
    assert path.read_bytes() == before


def test_what_is_deleted_while_it_is_encrypted_anew_does_not_come_back(vault, key_file, monkeypatch):
    name = vault.put(SEEN)
    a_key_file(key_file, NEW, OLD)
    real = os.fsync
    monkeypatch.setattr("os.fsync", lambda fd: (real(fd), vault.path(name).unlink(missing_ok=True)))
    vault.encrypt_anew(name)
    assert _bytes(vault) == b""


def test_to_delete_takes_what_a_crash_left_with_it_and_the_purge_what_it_left_of_others(vault):
    name = vault.put(SEEN)
    left = vault.path(name).with_name(f"unfinished-{name}-abc")
    left.write_bytes(SEEN)
    vault.remove(name)
    assert not left.exists()
    left.write_bytes(SEEN)
    vault.drop_unfinished(datetime.now(UTC) - timedelta(days=1))
    assert left.exists()
    vault.drop_unfinished(datetime.now(UTC) + timedelta(days=1))
    assert not left.exists()


def test_what_somebody_handed_in_may_look_like_an_envelope(vault, tmp_path):
    theirs = vault.path(vault.put(SEEN)).read_bytes().replace(key_id(OLD).encode(), b"0" * 16)
    plain = Vault(tmp_path / "plain" / "evidence")
    (tmp_path / "plain").mkdir()
    name = plain.put(theirs)
    assert (plain.get(name), plain.locked(name)) == (theirs, "")
    name = vault.put(theirs)
    assert (vault.get(name), vault.encrypted_under(name)) == (theirs, key_id(OLD))
