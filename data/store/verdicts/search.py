"""Posts found by their words, and the stories they are in.

Only what may be listed is read: the words of a restricted post stand in a table of its own, and what was
deleted has neither words nor bits. Where bits are NULL some words were taken out, or it was written before
there were any: then its text itself is looked through.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count

from data.search.words import Searched, bits_asked
from data.store.engine.bulk import Connection, read_column

_BY_BITS = """SELECT mention_id FROM mention_versions WHERE {bits}
    ORDER BY fetched_at DESC, mention_id LIMIT $most OFFSET $past"""
_BY_TEXT = r"""SELECT mention_id FROM (
        SELECT v.mention_id, v.fetched_at, strip_accents(lower(translate(
            concat_ws(' ', title, text, quoted, author, url), '''’', ''))) AS said
        FROM mention_versions v JOIN mentions m ON m.id = v.mention_id
        WHERE v.words_0 IS NULL AND NOT m.restricted)
    WHERE contains(said, $longest) OR regexp_matches(said, '[^\x00-\x7f‘“”–—…•£\x{1f300}-\x{1faff}]')
    ORDER BY fetched_at DESC, mention_id"""
"""What has letters beyond English is looked at too: DuckDB folds “Straße” otherwise than `folded_words`."""
_AT_ONCE = 5_000
_READ_FIRST, _THEN = 200, 2
"""So many are read at first, and so many times more after each time that were too few."""
_FIELDS = (
    """SELECT m.id, m.version, m.author, m.url FROM mentions m WHERE id = ANY($ids) AND NOT restricted"""
)
_WORDS = """SELECT mention_id, n, title, text, quoted FROM mention_versions WHERE mention_id = ANY($ids)"""
_STORIES = """SELECT DISTINCT story_id, mention_id, version FROM matches
    WHERE mention_id = ANY($ids) AND urn = ANY($urns) AND story_id IS NOT NULL"""


def stories_with(con: Connection, searched: Searched, urns: Sequence[str]) -> Iterator[list[str]]:
    """The ids of stories of these schools with a post whose newest version holds the words, the last read
    first: as many at a time as were found together. A story may come twice.
    """
    for ids in _in_parts(_candidates(con, searched)):
        if versions := _holding(con, searched, ids):
            given = {"ids": list(versions), "urns": list(urns)}
            rows = con.execute(_STORIES, given).fetchall()
            place = {mention_id: n for n, mention_id in enumerate(ids)}
            found = [row for row in rows if versions[row[1]] == row[2]]
            yield list(
                dict.fromkeys(row[0] for row in sorted(found, key=lambda row: (place[row[1]], row[0])))
            )


def _candidates(con: Connection, searched: Searched) -> Iterator[str]:
    """The ids of the posts whose bits do not say that they lack the words."""
    asked = bits_asked(searched)
    sql = _BY_BITS.format(bits=" AND ".join(f"({c} & ${c}) = ${c}" for c in asked))
    for page in count():
        given = {**asked, "most": _AT_ONCE, "past": page * _AT_ONCE}
        rows = con.execute(sql, given).fetchall()
        yield from (mention_id for (mention_id,) in rows)
        if len(rows) < _AT_ONCE:
            break
    longest = max((word for part in searched.parts for word in part.words), key=len)
    yield from read_column(con, _BY_TEXT, longest=longest)


def _in_parts(ids: Iterator[str]) -> Iterator[list[str]]:
    size = _READ_FIRST
    while part := [i for i, _ in zip(ids, range(size), strict=False)]:
        yield part
        size = min(size * _THEN, _AT_ONCE)


def _holding(con: Connection, searched: Searched, ids: Sequence[str]) -> dict[str, int]:
    """Those of these posts that hold the words in their newest version, which it names."""
    given = {"ids": sorted(set(ids))}
    posts = {row[:2]: row[2:] for row in con.execute(_FIELDS, given).fetchall()}
    return {
        mention_id: n
        for mention_id, n, *words in con.execute(_WORDS, given).fetchall()
        if (mention_id, n) in posts and searched.found_in((*words, *posts[mention_id, n]))
    }
