"""Evidence bytes: kept once, read-only, checked on reading."""

import hashlib
import os
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from builders.at_rest import a_key_file, encrypt_file, naming, overwrite
from builders.mention import NOW
from hypothesis import given
from hypothesis import strategies as st

from data import keeping
from data.effects import LEAP, STOOD, ClockTrust, Uptime, check_clock, is_set_right
from data.envelope import (
    AT_REST,
    CHUNK,
    CREDENTIAL,
    HEADER_BYTES,
    Keyring,
    decrypt_parts,
    encrypt_parts,
    key_id,
    key_needed,
)
from data.errors import KeyMissing, StoreDamaged, StoreError
from data.evidence.vault import Vault
from data.keeping import DeletedKind


@pytest.fixture
def vault(tmp_path) -> Vault:
    return Vault(tmp_path / "evidence")


def test_what_was_put_is_got_under_its_hash_from_a_read_only_file_kept_since_it_was_put_last(vault):
    for content in (b"", b"what was seen", bytes(CHUNK + 1)):
        sha256 = vault.store_bytes(content)
        assert sha256 == hashlib.sha256(content).hexdigest() == vault.store_bytes(content)
        assert vault.get(sha256) == content
        vault.remove(sha256)
    vault.store_bytes(content)
    assert vault.names() == [sha256]
    [file] = [p for p in vault.folder.rglob("*") if p.is_file()]
    assert (file.name, file.stat().st_mode & 0o777) == (sha256, 0o400)
    assert vault.folder.stat().st_mode & 0o777 == 0o700
    os.utime(file, (0, 0))
    vault.store_bytes(content)
    assert vault.kept_since(sha256).year > 1970


def test_changed_bytes_are_noticed(vault):
    sha256 = vault.store_bytes(b"what was seen")
    [file] = [p for p in vault.folder.rglob("*") if p.is_file()]
    file.chmod(0o600)
    file.write_bytes(b"what was not seen")
    with pytest.raises(StoreDamaged):
        vault.get(sha256)
    with pytest.raises(StoreDamaged):
        vault.store_bytes(b"what was seen")


def test_what_is_not_there_is_said_and_only_hashes_are_names(vault):
    with pytest.raises(StoreError, match="holds nothing"):
        vault.get("0" * 64)
    for name in ("../../etc/passwd", "ABC", "", "0" * 63, "0" * 64 + "\n"):
        with pytest.raises(StoreError, match="not a SHA-256"):
            vault.get(name)


def test_a_write_that_fails_leaves_nothing_behind(vault, monkeypatch):
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        vault.store_bytes(b"what was seen")
    assert [p for p in vault.folder.rglob("*") if p.is_file()] == []


def test_removed_bytes_are_gone_and_removing_again_is_no_fault(vault):
    sha256 = vault.store_bytes(b"what was seen")
    vault.remove(sha256)
    vault.remove(sha256)
    assert vault.names() == []


# ------------------------------------------------------- evidence that an earlier version encrypted

SEEN, OTHER = b"what was seen at the gate", b"what was seen elsewhere"
OLD, NEW = b"o" * 32, b"n" * 32


@pytest.fixture
def key_file(tmp_path):
    return a_key_file(tmp_path / "a.key", OLD)


@pytest.fixture
def sealed_vault(tmp_path, key_file):
    (tmp_path / "home").mkdir()
    naming(tmp_path / "home", key_file)
    return Vault(tmp_path / "home" / "evidence")


def put(sealed_vault, content=SEEN, key=OLD):
    name = sealed_vault.store_bytes(content)
    encrypt_file(sealed_vault, name, key)
    return name


def _bytes(sealed_vault):
    return b"".join(p.read_bytes() for p in sealed_vault.folder.rglob("*") if p.is_file())


def test_what_is_encrypted_is_got_under_the_hash_of_its_bytes_and_cannot_be_read_on_the_disk(sealed_vault):
    name = put(sealed_vault)
    assert name == hashlib.sha256(SEEN).hexdigest()
    assert sealed_vault.get(name) == sealed_vault.content(name) == SEEN
    assert SEEN not in _bytes(sealed_vault)
    assert (sealed_vault.list_encrypted(), sealed_vault.encrypted_under(name)) == ([name], key_id(OLD))
    assert sealed_vault.store_bytes(SEEN) == name


def test_what_is_new_is_kept_as_it_is_beside_it(sealed_vault, key_file):
    old, new = put(sealed_vault), sealed_vault.store_bytes(OTHER)
    assert sealed_vault.path(new).read_bytes() == sealed_vault.get(new) == OTHER
    assert (sealed_vault.list_encrypted(), sealed_vault.get(old)) == ([old], SEEN)
    key_file.unlink()
    assert sealed_vault.get(sealed_vault.store_bytes(b"without the key")) == b"without the key"


def test_a_key_of_systemd_serves_as_well(sealed_vault, tmp_path, monkeypatch):
    name = put(sealed_vault, key=NEW)
    naming(tmp_path / "home", None)
    with pytest.raises(
        KeyMissing, match="the systemd credential schoolgate-at-rest, which this command was not"
    ):
        sealed_vault.get(name)
    (tmp_path / "credentials").mkdir()
    a_key_file(tmp_path / "credentials" / CREDENTIAL, NEW).chmod(0o440)  # as systemd shows its list
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))
    assert sealed_vault.get(name) == SEEN


def test_two_files_that_change_places_are_noticed(sealed_vault):
    one, two = sealed_vault.path(put(sealed_vault)), sealed_vault.path(put(sealed_vault, OTHER))
    kept = one.read_bytes()
    overwrite(one, two.read_bytes())
    overwrite(two, kept)
    for path in (one, two):
        with pytest.raises(StoreDamaged, match="or is another file"):
            sealed_vault.get(path.name)
        assert hashlib.sha256(sealed_vault.content(path.name)).hexdigest() != path.name


def test_changed_bytes_of_sealed_evidence_are_noticed(sealed_vault):
    path = sealed_vault.path(put(sealed_vault))
    whole = path.read_bytes()
    for changed in (whole[:-1], whole[:-1] + bytes((whole[-1] ^ 1,)), whole[:20]):
        overwrite(path, changed)
        with pytest.raises(StoreDamaged):
            sealed_vault.get(path.name)
        assert sealed_vault.content(path.name) == changed


def test_without_its_key_nothing_is_read(sealed_vault, key_file):
    name = put(sealed_vault)
    before = _bytes(sealed_vault)
    key_file.unlink()
    for act in (sealed_vault.get, sealed_vault.content):
        with pytest.raises(KeyMissing, match=r"cannot be read: .*a\.key \(no such file"):
            act(name)
    assert _bytes(sealed_vault) == before
    sealed_vault.remove(name)  # to delete it takes no key
    assert sealed_vault.names() == []


def test_with_another_key_it_is_said_which_is_needed(sealed_vault, key_file):
    name = put(sealed_vault)
    a_key_file(key_file, NEW)
    with pytest.raises(KeyMissing, match=f"The key {key_id(OLD)} is not in {key_file}"):
        sealed_vault.get(name)
    assert sealed_vault.why_locked(name).startswith(f"The key {key_id(OLD)}")
    sealed_vault.store_bytes(SEEN)  # whoever still has the bytes gives them back
    assert (sealed_vault.get(name), sealed_vault.why_locked(name)) == (SEEN, "")


def test_a_key_that_others_can_read_or_a_file_that_holds_none_is_not_used(sealed_vault, key_file):
    name = put(sealed_vault)
    for mode in (0o640, 0o604, 0o660):
        key_file.chmod(mode)
        with pytest.raises(
            KeyMissing, match=f"Others on this machine can read the key.*chmod 600 {key_file}"
        ):
            sealed_vault.get(name)
    key_file.chmod(0o600)
    for held in ("", "# nothing\n", "x" * 44, "a2V5\n", "\N{SNOWMAN}"):
        key_file.write_text(held, encoding="utf-8")
        with pytest.raises(KeyMissing, match=r"a\.key is no key file, or is damaged"):
            sealed_vault.get(name)


def test_where_what_names_the_key_is_damaged_or_gone_it_is_said_how_it_is_written(sealed_vault):
    name = put(sealed_vault)
    names_it = sealed_vault.folder.parent / AT_REST
    for held in ("", "[]", '{"format": "schoolgate-at-rest/2"}', '{"format": 1}'):
        names_it.write_text(held)
        said = r'which says where the key lies, cannot be read.*"key_file": "FILE"'
        with pytest.raises(KeyMissing, match=said):
            sealed_vault.get(name)
    names_it.unlink()
    with pytest.raises(KeyMissing, match="which names no key file"):
        sealed_vault.get(name)


def test_to_delete_takes_what_a_crash_left_with_it_and_the_purge_what_it_left_of_others(sealed_vault):
    name = put(sealed_vault)
    left = sealed_vault.path(name).with_name(f"unfinished-{name}-abc")
    left.write_bytes(SEEN)
    sealed_vault.remove(name)
    assert not left.exists()
    left.write_bytes(SEEN)
    sealed_vault.drop_unfinished(datetime.now(UTC) - timedelta(days=1))
    assert left.exists()
    sealed_vault.drop_unfinished(datetime.now(UTC) + timedelta(days=1))
    assert not left.exists()


def test_what_somebody_handed_in_may_look_like_an_envelope(sealed_vault):
    theirs = sealed_vault.path(put(sealed_vault)).read_bytes().replace(key_id(OLD).encode(), b"0" * 16)
    name = sealed_vault.store_bytes(theirs)
    assert (sealed_vault.get(name), sealed_vault.why_locked(name), sealed_vault.encrypted_under(name)) == (
        theirs,
        "",
        "",
    )
    encrypt_file(sealed_vault, name, OLD)
    assert (sealed_vault.get(name), sealed_vault.encrypted_under(name)) == (theirs, key_id(OLD))


# --------------- an envelope gives back what was put in, to the byte and as what it was, or nothing

KEYS = Keyring("a.key", (b"k" * 32,))
OTHERS = Keyring("b.key", (b"o" * 32,))
EARLIER = (
    "c2Nob29sZ2F0ZS1lbmNyeXB0ZWQvMSBkNzUzODczMTY1ODQyNzdlChD5LRxD9uDt5Pwk7ypDNajWlZ7gpkXQlnTkjF6UHyT/"
    "1WGUMXAS7Lt5l51VEo3eHE2oa8Tm8vYn+kdzBv6JoZ4aEcnXr+o1rIo="
)
"""Written by the version of 25 November 2026, which encrypted evidence in place."""


def sealed(content: bytes, keys: Keyring = KEYS, about: str = "evidence/a") -> bytes:
    return b"".join(encrypt_parts(BytesIO(content), keys, about))


def opened(kept: bytes, keys: Keyring = KEYS, about: str = "evidence/a") -> bytes:
    return b"".join(decrypt_parts(BytesIO(kept), keys, about))


def test_what_was_put_in_comes_out_never_encrypted_twice_alike_in_a_format_that_is_said():
    for content in (b"", b"what was seen", *map(bytes, (CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK))):
        kept = sealed(content)
        assert opened(kept) == content
        assert not content or content not in kept
        assert kept[HEADER_BYTES:] != sealed(content)[HEADER_BYTES:]
    assert kept.splitlines()[0] == f"schoolgate-encrypted/1 {KEYS.newest}".encode()
    assert key_needed(kept[:HEADER_BYTES]) == KEYS.newest
    assert key_needed(b"%PDF-1.7" * 20) == key_needed(b"") == ""
    assert opened(b64decode(EARLIER)) == b"what was seen at the gate", "an earlier version's"


@given(data=st.data())
def test_no_bit_of_it_can_be_flipped(data):
    kept = bytearray(sealed(b"what was seen"))
    kept[data.draw(st.integers(0, len(kept) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises((StoreDamaged, KeyMissing)):
        opened(bytes(kept))


@given(data=st.data())
def test_nothing_can_be_cut_off_or_added(data):
    kept = sealed(b"what was seen")
    with pytest.raises(StoreDamaged):
        opened(kept[: data.draw(st.integers(0, len(kept) - 1))])
    with pytest.raises(StoreDamaged):
        opened(kept + data.draw(st.binary(min_size=1, max_size=40)))


def test_no_chunk_can_be_left_out_repeated_moved_or_come_from_another_envelope():
    kept, size = sealed(b"a" * CHUNK + b"b" * CHUNK + b"c"), CHUNK + 16
    chunks = [kept[n : n + size] for n in range(HEADER_BYTES, len(kept), size)]
    for order in ((0, 1), (1, 0, 2), (0, 2), (0, 0, 1, 2), (0, 1, 1, 2)):
        with pytest.raises(StoreDamaged, match="evidence/a is not as it was written"):
            opened(kept[:HEADER_BYTES] + b"".join(chunks[n] for n in order))
    with pytest.raises(StoreDamaged):
        opened(sealed(b"one")[:HEADER_BYTES] + sealed(b"two")[HEADER_BYTES:])


def test_it_opens_only_as_what_it_was_made_for_and_under_its_own_key_which_is_named():
    with pytest.raises(StoreDamaged, match="or is another file"):
        opened(sealed(b"x"), about="evidence/b")
    with pytest.raises(StoreDamaged, match="is not encrypted, or its beginning is gone"):
        opened(b"plain")
    with pytest.raises(KeyMissing, match=rf"The key {KEYS.newest} is not in b\.key"):
        opened(sealed(b"x"), OTHERS)


def test_an_older_key_still_opens_what_it_encrypted():
    both = Keyring("a.key", OTHERS.held + KEYS.held)
    assert opened(sealed(b"x"), both) == b"x"
    assert key_needed(sealed(b"x", both)[:HEADER_BYTES]) == OTHERS.newest


def test_a_key_does_not_show_itself():
    assert "kkk" not in repr(KEYS)
    assert KEYS.newest not in (b"k" * 32).hex()


# ---------------------------------- which clock may delete, as a table of what it said at each look

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
START = ClockTrust(NOW, NOW)


def through(*moments, trust=START):
    """Whether each of these looks is believed, hours from the start."""
    said = []
    for hours in moments:
        trust = check_clock(trust, NOW + hours * HOUR)
        said.append(trust.until is None)
    return said


LOOKS = {
    "as time goes": ([1, 2, 25, 49], [True, True, True, True]),
    "40 days ahead for a moment and back": ([960, 0.01], [False, True]),
    "40 days ahead for half a day and back": ([960, 966, 972, 13], [False, False, False, True]),
    "after three weeks off, within a day": ([504, 510, 526, 527], [False, False, False, True]),
    "off over a weekend, scanned once a day": ([72, 96, 120], [False, True, True]),
    "scanned once a week": ([168, 336, 504, 672], [False, True, False, True]),
    "a month behind for a moment": ([-720, 0.1], [False, True]),
    "a month behind for good": ([-720, -710, -696], [False, False, True]),
    "ahead, and back by half": ([960, 480, 490, 504], [False, False, False, True]),
    "ahead by a day less a minute": ([23.9], [True]),
    "ahead by little more": ([24.1], [False]),
}


@pytest.mark.parametrize(("looks", "believed"), LOOKS.values(), ids=LOOKS.keys())
def test_a_clock_is_believed_within_a_day_of_what_is_known_or_once_it_has_stood_for_one(looks, believed):
    assert through(*looks) == believed


def test_of_a_home_that_kept_no_note_what_was_written_last_counts_unless_by_a_clock_that_had_leapt():
    leapt = NOW + 40 * DAY
    assert check_clock(None, NOW).until is None
    assert check_clock(None, leapt, known=NOW).doubted == leapt
    assert check_clock(None, NOW + DAY, known=NOW).until is None
    assert check_clock(START, leapt, known=leapt - timedelta(seconds=5)).doubted == leapt
    assert check_clock(START, NOW + 30 * HOUR, known=NOW + 8 * HOUR).until is None


def test_a_machine_that_ran_on_says_by_its_uptime_that_it_only_slept():
    before = ClockTrust(NOW, NOW, None, Uptime("a", 100.0))
    assert check_clock(before, NOW + 21 * DAY, Uptime("a", 100.0 + 21 * 86400)).until is None
    assert check_clock(before, NOW + 21 * DAY, Uptime("b", 100.0 + 21 * 86400)).until is not None


def test_a_clock_that_leaps_twice_while_the_machine_runs_has_not_stood():
    leapt = check_clock(ClockTrust(NOW, NOW, None, Uptime("a", 0.0)), NOW + 40 * DAY, Uptime("a", 10.0))
    again = check_clock(leapt, NOW + 80 * DAY, Uptime("a", 20.0))
    assert (again.doubted, again.believed) == (NOW + 80 * DAY, NOW)
    assert check_clock(again, NOW + 80 * DAY + STOOD, Uptime("a", 20.0 + 82800)).until is None


def test_a_clock_that_was_set_right_is_told_from_one_that_stood():
    leapt = check_clock(START, NOW + 40 * DAY)
    assert is_set_right(leapt, NOW + HOUR)
    assert not is_set_right(leapt, NOW + 41 * DAY)
    assert not is_set_right(START, NOW)


@given(st.lists(st.floats(-2000, 2000), max_size=12))
def test_no_look_further_from_the_last_believed_one_than_a_day_is_believed_at_once(hours):
    trust = START
    for moment in hours:
        before, trust = trust, check_clock(trust, NOW + moment * HOUR)
        if before.doubted is None and abs(NOW + moment * HOUR - before.believed) > LEAP:
            assert trust.doubted == NOW + moment * HOUR


# -------- the record of deletions says what went, to nobody but who has the id, and since when it knows

ONE_DAY = timedelta(days=1)


def kept(home, until=NOW + 400 * ONE_DAY):
    return keeping.read_deletions(home / keeping.DELETIONS_LOG, until)


def test_what_was_deleted_is_known_by_its_id_and_by_nothing_else(tmp_path):
    keeping.add_deletions(tmp_path, NOW, {DeletedKind.MENTION: ["m1", "m2"], DeletedKind.CASE: ["0004"]})
    gone = kept(tmp_path).after(NOW - ONE_DAY)
    assert gone.of(DeletedKind.MENTION, ["m0", "m1", "m2"]) == ["m1", "m2"]
    later = kept(tmp_path).after(NOW + timedelta(seconds=1))
    assert later.of(DeletedKind.MENTION, ["m1"]) == [], "it went before that backup"
    assert gone.of(DeletedKind.STUB, ["m1"]) == gone.of(DeletedKind.MENTION, ["0004"]) == []
    text = (tmp_path / keeping.DELETIONS_LOG).read_text()
    assert "m1" not in text
    assert "0004" not in text
    assert (tmp_path / keeping.DELETIONS_LOG).stat().st_mode & 0o777 == 0o600


def test_it_is_only_added_to_and_a_line_that_a_crash_cut_off_spoils_no_other(tmp_path):
    path = tmp_path / keeping.DELETIONS_LOG
    keeping.add_deletions(tmp_path, NOW, {DeletedKind.MENTION: ["m1"]})
    before = path.read_bytes()
    path.write_bytes(before + b"2026-11-17T09:0")
    keeping.add_deletions(tmp_path, NOW, {DeletedKind.MENTION: ["m2"]})
    assert path.read_bytes().startswith(before)
    assert kept(tmp_path).after(NOW).of(DeletedKind.MENTION, ["m1", "m2"]) == ["m1", "m2"]


def test_a_line_is_kept_for_a_year_and_the_record_says_since_when_it_is_whole(tmp_path):
    keeping.add_deletions(tmp_path, NOW, {DeletedKind.MENTION: ["m1"]})
    keeping.add_deletions(tmp_path, NOW + 380 * ONE_DAY, {DeletedKind.MENTION: ["m2"]})
    assert kept(tmp_path).after(NOW).of(DeletedKind.MENTION, ["m1"]) == ["m1"]
    keeping.add_deletions(tmp_path, NOW + 396 * ONE_DAY, {})
    assert kept(tmp_path).after(NOW).of(DeletedKind.MENTION, ["m1", "m2"]) == ["m2"]
    assert kept(tmp_path).known_to(NOW) == NOW
    assert kept(tmp_path).known_to(NOW + 32 * ONE_DAY) == NOW + 400 * ONE_DAY


def test_two_records_with_a_gap_between_them_are_not_whole_over_it(tmp_path):
    for name, since in (("a", NOW), ("b", NOW + 10 * ONE_DAY)):
        (tmp_path / name).mkdir()
        keeping.add_deletions(tmp_path / name, since, {})
    first, second = kept(tmp_path / "a", NOW + 5 * ONE_DAY), kept(tmp_path / "b", NOW + 20 * ONE_DAY)
    assert keeping.join_deletions([first, second]).known_to(NOW + ONE_DAY) == NOW + 5 * ONE_DAY
    longer = kept(tmp_path / "a", NOW + 12 * ONE_DAY)
    assert keeping.join_deletions([second, longer]).known_to(NOW + ONE_DAY) == NOW + 20 * ONE_DAY
    assert keeping.join_deletions([second, longer]).text(NOW + 20 * ONE_DAY) == [
        "schoolgate-deletions/1 2026-11-17T09:00:00Z"
    ]
    assert keeping.join_deletions([first]).text(NOW + 20 * ONE_DAY)[0].endswith("2026-12-07T09:00:00Z")


def test_what_is_no_record_tells_nothing(tmp_path):
    (tmp_path / keeping.DELETIONS_LOG).write_bytes(b"\xff\xfe nothing of ours")
    assert kept(tmp_path).spans == kept(tmp_path / "nowhere").spans == ()
    (tmp_path / keeping.DELETIONS_LOG).unlink()
    os.mkfifo(tmp_path / keeping.DELETIONS_LOG)  # which is not waited for
    assert kept(tmp_path) == keeping.Deletions()


def test_a_line_whose_time_is_none_is_no_line_and_spoils_no_other(tmp_path):
    keeping.add_deletions(tmp_path, NOW, {DeletedKind.MENTION: ["m1"]})
    path = tmp_path / keeping.DELETIONS_LOG
    first, line = path.read_text().splitlines()
    at = line.split(" ")[0]
    path.write_text(
        "\n".join(
            [first, *(line.replace(at, bad) for bad in ("2026-13-01T00:00:00Z", "x", at[:-1])), line, ""]
        )
    )
    keeping.add_deletions(tmp_path, NOW, {DeletedKind.MENTION: ["m2"]})
    assert kept(tmp_path).after(NOW).of(DeletedKind.MENTION, ["m1", "m2"]) == ["m1", "m2"]
    keeping.add_deletions(tmp_path, NOW + 400 * ONE_DAY, {DeletedKind.MENTION: ["m3"]})
    assert kept(tmp_path).after(NOW).of(DeletedKind.MENTION, ["m3"]) == ["m3"]
