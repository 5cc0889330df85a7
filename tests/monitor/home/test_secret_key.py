"""The secret of a home: made once, whole, for its owner alone."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from data.errors import InputError
from monitor.config.home.paths import BYTES, secret_key


def test_it_is_made_once_and_kept(tmp_path):
    first = secret_key(tmp_path / "home")
    assert len(first) == BYTES
    assert secret_key(tmp_path / "home") == first


def test_homes_have_secrets_of_their_own(tmp_path):
    assert secret_key(tmp_path / "a") != secret_key(tmp_path / "b")


def test_only_its_owner_may_read_it(tmp_path):
    secret_key(tmp_path)
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600


def test_all_who_ask_at_once_are_given_the_same(tmp_path):
    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(secret_key, [tmp_path] * 64))) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["secret.key"]


def test_a_damaged_one_is_told_and_not_replaced(tmp_path):
    (tmp_path / "secret.key").write_bytes(b"short")
    with pytest.raises(InputError, match="is damaged: it holds 5 bytes, not 32"):
        secret_key(tmp_path)
    assert (tmp_path / "secret.key").read_bytes() == b"short"
