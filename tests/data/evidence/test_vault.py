"""Evidence bytes: kept once, read-only, checked on reading."""

from __future__ import annotations

import hashlib
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import StoreDamaged, StoreError
from data.evidence.vault import Vault


@pytest.fixture
def vault(tmp_path) -> Vault:
    return Vault(tmp_path / "evidence")


@given(content=st.binary(max_size=200))
def test_what_was_put_is_got_under_its_hash(tmp_path_factory, content):
    vault = Vault(tmp_path_factory.mktemp("vault"))
    sha256 = vault.put(content)
    assert sha256 == hashlib.sha256(content).hexdigest()
    assert vault.get(sha256) == content
    assert vault.put(content) == sha256
    assert vault.names() == [sha256]


def test_a_kept_file_is_read_only_in_a_folder_for_the_owner(vault):
    sha256 = vault.put(b"what was seen")
    [file] = [p for p in vault.folder.rglob("*") if p.is_file()]
    assert file.stat().st_mode & 0o777 == 0o400
    assert vault.folder.stat().st_mode & 0o777 == 0o700
    assert file.name == sha256


def test_what_is_put_again_is_kept_since_then(vault):
    sha256 = vault.put(b"what was seen")
    [file] = [p for p in vault.folder.rglob("*") if p.is_file()]
    os.utime(file, (0, 0))
    vault.put(b"what was seen")
    assert vault.kept_since(sha256).year > 1970


def test_changed_bytes_are_noticed(vault):
    sha256 = vault.put(b"what was seen")
    [file] = [p for p in vault.folder.rglob("*") if p.is_file()]
    file.chmod(0o600)
    file.write_bytes(b"what was not seen")
    with pytest.raises(StoreDamaged):
        vault.get(sha256)
    with pytest.raises(StoreDamaged):
        vault.put(b"what was seen")


def test_an_empty_vault_holds(vault):
    assert vault.names() == []


def test_what_is_not_there_is_said(vault):
    with pytest.raises(StoreError, match="holds nothing"):
        vault.get("0" * 64)


@pytest.mark.parametrize("name", ["../../etc/passwd", "ABC", "", "0" * 63, "0" * 64 + "\n"])
def test_only_hashes_are_names(vault, name):
    with pytest.raises(StoreError, match="not a SHA-256"):
        vault.get(name)


def test_a_write_that_fails_leaves_nothing_behind(vault, monkeypatch):
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        vault.put(b"what was seen")
    assert [p for p in vault.folder.rglob("*") if p.is_file()] == []


def test_removed_bytes_are_gone_and_removing_again_is_no_fault(vault):
    sha256 = vault.put(b"what was seen")
    vault.remove(sha256)
    vault.remove(sha256)
    assert vault.names() == []
