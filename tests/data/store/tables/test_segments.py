"""What a stage hands to the next comes out as it went in, or is refused; a crash leaves nothing half."""

from __future__ import annotations

import os
import random
import resource
import signal
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import _duckdb as duckdb
import pytest
from builders.mention import NOW, a_mention, a_run
from hypothesis import given
from hypothesis import strategies as st
from support.forked import Forked

from data.errors import StoreDamaged, StoreError, StoreFull
from data.store import segments
from data.store.engine.parquet import PART
from data.store.segments import HandedReading, read_segment, write_segment
from data.store.shelf import SegmentShelf
from data.types import Aggregate, ArticleRead, Mention, MentionKind, Outcome, SourceRun

SECRET = "Quillfeather"


def a_reading(name: str = "one", mentions: int = 3) -> HandedReading:
    said = tuple(a_mention(f"{name}-{n}", text=f"{SECRET} {name} {n}") for n in range(mentions))
    article = ArticleRead("key", "elsewhere", NOW, Outcome.OK, f"{SECRET} wrote it", new=True)
    return HandedReading(a_run(f"feed:{name}"), said, {said[0].id: article} if said else {})


# ------------------------------------------------------------------------------ there and back

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.sampled_from(
    ("", "\0", "a\0b", "👩‍👩‍👧 emoji", "\u202eעברית\u202c", "it’s “quoted” 'so' \"so\" $1 ?", "\r\n\t")
)
TIMES = st.datetimes(timezones=st.just(UTC))
WHOLE = st.integers(-(2**63), 2**63 - 1)
NUMBER = st.floats(allow_nan=False)
TEXTS = st.lists(TEXT, max_size=3).map(tuple)


def maybe(values: st.SearchStrategy) -> st.SearchStrategy:
    return st.none() | values


FIELDS = {
    Aggregate: {"rating": maybe(NUMBER), "count": maybe(WHOLE)},
    SourceRun: {
        **dict.fromkeys(("source_id", "detail", "scope"), TEXT),
        **dict.fromkeys(("started_at", "finished_at"), TIMES),
        **dict.fromkeys(("pages", "mentions_read", "mentions_new"), WHOLE),
        **dict.fromkeys(("etag", "last_modified", "resume"), maybe(TEXT)),
        "outcome": st.sampled_from(Outcome),
        "status": maybe(WHOLE),
        "warnings": TEXTS,
        "retry_after_s": maybe(NUMBER),
        "watermark": maybe(TIMES),
        "aggregate": maybe(st.deferred(lambda: made(Aggregate))),
        "notice": maybe(st.booleans()),
    },
    Mention: {
        **dict.fromkeys(("id", "url", "channel", "title", "text", "quoted", "mail"), TEXT),
        **dict.fromkeys(("author", "parent"), maybe(TEXT)),
        **dict.fromkeys(("published", "edited"), maybe(TIMES)),
        "kind": st.sampled_from(MentionKind),
        "fetched_at": TIMES,
        "rating": maybe(NUMBER),
        "quote_first": st.booleans(),
        "enclosed": TEXTS,
    },
    ArticleRead: {
        **dict.fromkeys(("key", "mention_id", "text"), TEXT),
        **dict.fromkeys(("paid", "new"), st.booleans()),
        "at": TIMES,
        "outcome": st.sampled_from(Outcome),
        "again_at": maybe(TIMES),
    },
}


def made(of: type) -> st.SearchStrategy:
    return st.builds(of, **FIELDS[of])


READINGS = st.builds(
    HandedReading,
    made(SourceRun),
    st.lists(made(Mention), max_size=4).map(tuple),
    st.dictionaries(TEXT, made(ArticleRead), max_size=3),
)


@given(st.lists(READINGS, max_size=5))
def test_any_readings_come_out_as_they_went_in_and_in_their_order(tmp_path_factory, readings):
    path = tmp_path_factory.mktemp("there") / "one.parquet"
    write_segment(path, readings)
    found = read_segment(path)
    assert found == readings
    assert [list(r.articles) for r in found] == [list(r.articles) for r in readings]


@pytest.mark.parametrize("of", FIELDS)
def test_every_field_is_tried_with_more_than_its_default(of):
    """A field that is added to these values is added to the property above too."""
    assert set(FIELDS[of]) == {one.name for one in fields(of)}


def test_many_readings_keep_the_order_of_their_mentions(tmp_path):
    readings = [a_reading(f"r{n}", n % 40) for n in range(90)]
    write_segment(tmp_path / "many.parquet", readings)
    assert read_segment(tmp_path / "many.parquet") == readings


def test_half_a_character_which_no_collector_gives_costs_nothing_but_itself(tmp_path):
    reading = replace(a_reading(), mentions=(a_mention(text="before \ud800 after 👧", enclosed=("\udfff",)),))
    write_segment(tmp_path / "half.parquet", [reading])
    (mention,) = read_segment(tmp_path / "half.parquet")[0].mentions
    assert (mention.text, mention.enclosed) == ("before � after 👧", ("�",))


def test_a_folder_may_have_any_name(tmp_path):
    folder = tmp_path / "it's [1] *? “é”"
    folder.mkdir()
    write_segment(folder / "one.parquet", [a_reading()])
    (folder.parent / "it's 1 *? “é”").mkdir()
    assert read_segment(folder / "one.parquet") == [a_reading()]


def test_a_field_that_an_older_version_did_not_know_has_its_default(tmp_path, monkeypatch):
    known, reading = segments._columns, a_reading()
    with monkeypatch.context() as older:
        older.setattr(segments, "_columns", lambda of: known(of)[:7])
        write_segment(tmp_path / "older.parquet", [reading])
    (found,) = read_segment(tmp_path / "older.parquet")
    assert found.run == replace(reading.run, mentions_read=0, mentions_new=0)
    assert [m.author for m in found.mentions] == [None] * 3
    assert [m.text for m in found.mentions] == [m.text for m in reading.mentions]


# ------------------------------------------------------------------------------ what is refused


def test_a_segment_cut_off_anywhere_is_refused_with_what_to_do(tmp_path):
    path = tmp_path / "cut.parquet"
    write_segment(path, [a_reading()])
    whole = path.read_bytes()
    for length in {0, 1, 4, len(whole) - 1, *random.Random(5).sample(range(len(whole)), 60)}:
        path.write_bytes(whole[:length])
        with pytest.raises(StoreDamaged, match=r"cut\.parquet cannot be read as a segment.*are asked again"):
            read_segment(path)


def test_what_is_no_segment_is_refused(tmp_path):
    path = tmp_path / "foreign.parquet"
    path.write_text("hello, I am not a table")
    with pytest.raises(StoreDamaged):
        read_segment(path)
    duckdb.connect().execute(f"COPY (SELECT 1 AS a) TO '{path}' (FORMAT parquet)")
    with pytest.raises(StoreDamaged):
        read_segment(path)
    with pytest.raises(StoreDamaged):
        read_segment(tmp_path / "missing.parquet")


def test_rows_that_were_taken_out_are_missed(tmp_path):
    path, odd = tmp_path / "one.parquet", tmp_path / "odd.parquet"
    write_segment(path, [a_reading()])
    duckdb.connect().execute(
        f"COPY (FROM read_parquet('{path}') WHERE article IS NULL) TO '{odd}' (FORMAT parquet)"
    )
    with pytest.raises(StoreDamaged):
        read_segment(odd)


def test_a_changed_byte_is_noticed_wherever_it_matters_and_no_refusal_tells_a_post_s_words(tmp_path):
    path = tmp_path / "changed.parquet"
    readings = [a_reading(str(n)) for n in range(8)]
    write_segment(path, readings)
    whole, by_chance = path.read_bytes(), random.Random(7)
    said = []
    for _ in range(80):
        changed = bytearray(whole)
        changed[by_chance.randrange(len(whole))] ^= 1 << by_chance.randrange(8)
        path.write_bytes(changed)
        try:
            assert read_segment(path) == readings
        except StoreDamaged as error:
            said.append(str(error))
    assert len(said) > 20
    assert SECRET not in "".join(said)


def test_what_the_machine_forbids_is_no_damage(tmp_path, monkeypatch):
    path = tmp_path / "one.parquet"
    write_segment(path, [a_reading()])

    def refuses(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "open", refuses)
    with pytest.raises(StoreError, match="cannot be read just now") as refusal:
        read_segment(path)
    assert not isinstance(refusal.value, StoreDamaged)


# ------------------------------------------------------------------------------ on the disk


@contextmanager
def full_at(size: int) -> Iterator[None]:
    """No file of this process grows beyond so many bytes, as on a full disk."""
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, unlimited[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)


@pytest.mark.parametrize("room", [0, 1, 1000])
def test_without_room_nothing_is_kept_and_it_is_told_as_a_full_disk(tmp_path, room):
    path = tmp_path / "one.parquet"
    with full_at(room), pytest.raises(StoreFull, match=r"one\.parquet could not be written"):
        write_segment(path, [a_reading(str(n)) for n in range(50)])
    assert not list(tmp_path.iterdir())
    write_segment(path, [a_reading()])
    assert read_segment(path) == [a_reading()]


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(StoreError, match="could not be written"):
        write_segment(tmp_path / "none" / "one.parquet", [])


def test_files_are_their_owner_s_alone_whatever_the_shell_allows(tmp_path):
    before = os.umask(0)
    try:
        path = SegmentShelf(tmp_path / "fleet" / "segments" / "read").put([a_reading()], NOW)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in list(path.parents)[:3]] == [0o700] * 3


def test_an_open_folder_is_closed_to_others_before_anything_is_put_there(tmp_path):
    folder = tmp_path / "read"
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    SegmentShelf(folder).put([], NOW)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_process_that_was_forked_reads_and_writes_by_itself(tmp_path):
    path = tmp_path / "one.parquet"
    write_segment(path, [a_reading()])
    child = os.fork()
    if child == 0:
        write_segment(tmp_path / "two.parquet", read_segment(path))
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert read_segment(tmp_path / "two.parquet") == [a_reading()]


# ------------------------------------------------------------------------------ the shelf


def test_segments_wait_in_the_order_in_which_they_were_put(tmp_path):
    shelf = SegmentShelf(tmp_path / "read")
    put = [shelf.put([], NOW + timedelta(seconds=s)) for s in (0, 0, 0, 1, 2)]
    assert shelf.waiting() == put


def test_two_shelves_of_one_folder_never_take_each_other_s_names(tmp_path):
    shelves = [SegmentShelf(tmp_path / "read") for _ in range(8)]
    assert len({shelf.put([], NOW) for shelf in shelves}) == len(shelves[0].waiting()) == 8


def test_a_folder_that_is_not_there_yet_holds_none(tmp_path):
    shelf = SegmentShelf(tmp_path / "read")
    assert shelf.waiting() == shelf.expired(NOW) == []


def test_what_is_dropped_is_gone_from_the_folder_bytes_and_all(tmp_path):
    shelf = SegmentShelf(tmp_path / "read")
    path = shelf.put([a_reading()], NOW)
    shelf.drop(path)
    shelf.drop(path)
    assert not list(shelf.folder.iterdir())


def test_no_name_of_a_file_tells_what_is_in_it(tmp_path):
    shelf = SegmentShelf(tmp_path / "read")
    path = shelf.put([a_reading()], NOW)
    assert SECRET not in path.name
    assert "feed" not in path.name


def test_a_segment_of_24_hours_has_expired_and_so_has_one_from_a_clock_that_was_wrong(tmp_path):
    shelf = SegmentShelf(tmp_path / "read")
    day, ahead, behind = timedelta(days=1), timedelta(days=3), timedelta(hours=23)
    put = [shelf.put([], NOW - day), shelf.put([], NOW - behind), shelf.put([], NOW + ahead)]
    assert shelf.expired(NOW) == [put[0], put[2]]
    assert shelf.waiting() == put


def test_what_is_named_otherwise_expires_by_when_it_was_written(tmp_path):
    shelf = SegmentShelf(tmp_path)
    shelf.put([], datetime.now(UTC))
    (tmp_path / "by hand.parquet").write_bytes(b"")
    assert shelf.expired(datetime.now(UTC) + timedelta(hours=23)) == []
    assert len(shelf.expired(datetime.now(UTC) + timedelta(hours=25))) == 2


def test_what_a_crash_left_half_written_is_deleted_an_hour_later(tmp_path):
    shelf = SegmentShelf(tmp_path)
    half = tmp_path / f"{shelf.put([], NOW).name}.abc{PART}"
    half.write_text(SECRET)
    assert half not in shelf.waiting()
    shelf.expired(NOW + timedelta(minutes=59))
    assert half.exists()
    shelf.expired(NOW + timedelta(minutes=61))
    assert not half.exists()


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from builders.mention import a_mention, a_run
from data.store.segments import HandedReading
from data.store.shelf import SegmentShelf
shelf = SegmentShelf(Path(sys.argv[1]))
reading = HandedReading(a_run(), tuple(a_mention(str(n), text=f"{n} " * 400) for n in range(300)))
while True:
    shelf.put([reading] * 8, datetime.now(UTC))
    print("put", flush=True)
"""


def test_killed_while_it_writes_a_process_leaves_nothing_half_among_what_waits(tmp_path):
    shelf, by_chance = SegmentShelf(tmp_path / "read"), random.Random(3)
    for _ in range(6):
        writer = Forked(WRITER, shelf.folder)
        writer.stdout.readline()
        time.sleep(by_chance.random() * 0.15)
        writer.kill()
        writer.communicate(60)
        assert writer.returncode == -signal.SIGKILL
    whole = shelf.waiting()
    assert len(whole) >= 6
    assert {len(read_segment(path)) for path in whole} == {8}
    left = set(shelf.folder.iterdir()) - set(whole)
    assert {path.suffix for path in left} <= {PART}
    shelf.expired(datetime.now(UTC) + timedelta(hours=2))
    assert set(shelf.folder.iterdir()) == set(whole)
