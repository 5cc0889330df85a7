"""Stories judged about a school within a window, one value each: a digest is chosen from them.

A window may hold a million posts, of which a reader sees some dozen. So DuckDB counts, and what comes here of
a story are numbers, places and one verdict, without a word; the posts of what is shown are read once that is
known (`shown_posts`). Stories judged alike share one verdict.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from data.content_class import BYPASSING, ContentClass
from data.digest import Window
from data.matters import Access, MatterView
from data.store.engine.connect import sparing
from data.store.engine.rows import Connection, at, names, read_column, read_rows, read_value, select_columns
from data.store.owners import marked_sql, unless_owned
from data.store.reporting.open_matters import kept_out_of
from data.store.verdicts.verdicts import COLUMNS, verdict
from data.types import Relevance, Route, Severity, Verdict
from data.web.channels import PRESS

_HEAT = ("profanity", "harassment")
_CODES: Mapping[str, object] = {
    "routes": [r.value for r in Route], "never": list(BYPASSING), "news": sorted(PRESS), "heat": list(_HEAT)
}  # fmt: skip
_LEFT_OUT = names("mention_id look_rank reason_codes reason_texts score_labels score_values model")
_BRIEF = tuple(c for c in COLUMNS if c not in _LEFT_OUT)
_LOOKED = tuple(c for c in COLUMNS if c not in ("reason_texts", "model"))
_SIGNS = 3
_SETS, _TOP, _LOOKS_OF = 4, 7, 8
_BROUGHT = "(SELECT mention_id FROM sightings WHERE source_id = 'report-in')"
"""What people handed in: all of it that names no author is one person's, who brought it."""
_FRESH = f"""
WITH fresh AS (
    SELECT x.story_id, x.relevance = 'about' AS sure, m.id, m.channel, m.first_seen,
        m.kind = 'article' AS printed, v.look, v.look_rank, v.history IS NOT NULL AS old,
        CASE WHEN contains(m.url, '://') THEN substr(m.url, position('://' IN m.url) + 3) || '/' END AS past,
        hash(coalesce(m.author, CASE WHEN m.id IN {_BROUGHT} THEN '' ELSE m.id END)) AS person,
        v.severity || list_position($routes::VARCHAR[], v.route)::VARCHAR || v.look::INTEGER || m.id || ' '
            || v.version AS gravity,
        m.kind = 'article' AND list_contains($news::VARCHAR[], m.channel) AND v.history IS NULL AS news,
        list_has_any(v.abuse, $heat::VARCHAR[]) AS heated
    FROM {{verdicts}} v
    JOIN {{matches}} x ON x.mention_id = v.mention_id AND x.version = v.version AND x.urn = v.urn
    JOIN {{mentions}} m ON m.id = v.mention_id AND m.version = v.version
    WHERE x.urn = $urn AND x.story_id IS NOT NULL AND v.judged_at < $until
        AND NOT m.restricted AND NOT v.restricted AND NOT list_contains($never::VARCHAR[], v.content_class)
        AND NOT {marked_sql("x.story_id", "x.urn")}
)
SELECT story_id, bool_or(sure), count(*), count(*) FILTER (printed),
    list(DISTINCT hash(coalesce(nullif(left(past, position('/' IN past) - 1), ''), channel))),
    list(DISTINCT person) FILTER (NOT printed), list(DISTINCT channel), max(gravity),
    list(id) FILTER (look), arg_max(id, row(look_rank, id)) FILTER (look),
    arg_min(id, row(first_seen, id)) FILTER (news), bool_or(heated)
FROM fresh WHERE story_id IN (SELECT stories.id FROM stories WHERE NOT restricted)
GROUP BY story_id, old ORDER BY min(first_seen), story_id, old
"""
"""`gravity` is text whose order is that of severity, route and look, with one sign each, and id."""
_WITHIN = "(SELECT * FROM verdicts WHERE judged_at >= $since)"
_EVER = f"({_WITHIN[1:-1]} UNION ALL SELECT * FROM verdicts WHERE judged_at < $since AND history IS NOT NULL)"
"""Verdicts of the window, and those from before it on what was posted long ago: each is a part of the table
that DuckDB can tell by the times of its blocks, where a condition for both would read all of it."""
_LATE = timedelta(days=1)
"""Most of what is judged within a window was seen since this long before it."""
_OTHERS = """SELECT DISTINCT v.mention_id FROM {verdicts} v WHERE v.urn = $urn AND (
    NOT EXISTS (SELECT 1 FROM mentions m WHERE m.id = v.mention_id AND m.first_seen >= $lately)
    OR NOT EXISTS (SELECT 1 FROM matches x WHERE x.mention_id = v.mention_id AND x.version = v.version
        AND x.urn = v.urn AND x.seen_at >= $lately))"""
"""Posts that were seen before, and judged anew within it: these are looked up."""
_SEEN = """(SELECT * FROM mentions WHERE first_seen >= $lately
    UNION ALL SELECT * FROM mentions WHERE first_seen < $lately AND id = ANY($others))"""
_MATCHED = """(SELECT * FROM matches WHERE seen_at >= $lately
    UNION ALL SELECT * FROM matches WHERE seen_at < $lately AND mention_id = ANY($others))"""
_TOPS = f"""SELECT {select_columns(_BRIEF, "v.")}, list(top.gravity)
FROM (SELECT unnest($ids::VARCHAR[]) AS id, unnest($versions::INTEGER[]) AS n,
    unnest($gravest::VARCHAR[]) AS gravity) top
JOIN {{verdicts}} v ON v.mention_id = top.id AND v.version = top.n WHERE v.urn = $urn GROUP BY ALL"""
_LOOKS = f"""SELECT {select_columns(_LOOKED, "v.")} FROM {{verdicts}} v
    WHERE v.mention_id = ANY($ids) AND v.urn = $urn ORDER BY v.version"""
"""Whatever is judged of a post's newest version comes last."""


def fresh_stories(
    con: Connection, urn: str, window: Window, *, first: bool = False
) -> tuple[MatterView, ...]:
    """List what was judged about the school within the window, by story, oldest first, without its posts.

    A post counts in the window in which its newest version was judged. Restricted posts are left out, and so
    are stories that hold one or that somebody marked. Posts from long before their place was first read form
    a story of their own, without a headline: their verdicts carry a `history`. `first` says that nothing was
    told before the window; then all such posts are included, whenever they were judged.
    """
    given = {**_CODES, "urn": urn, "since": window.since, "until": window.until}
    judged = _EVER if first else _WITHIN
    of, lately = {"urn": urn, "since": window.since}, window.since - _LATE
    fresh = _FRESH.format(verdicts=judged, matches=_MATCHED, mentions=_SEEN)
    with sparing(con):
        others = read_column(con, _OTHERS.format(verdicts=judged), lately=lately, **of)
        asked = con.execute(unless_owned(con, fresh), {**given, "lately": lately, "others": others})
        rows = list(map(_Compact(), iter(asked.fetchone, None)))
    return _views(con, judged, of, rows)


def _views(
    con: Connection, judged: str, of: Mapping[str, object], rows: list[tuple[Any, ...]]
) -> tuple[MatterView, ...]:
    """A view of each row of `_FRESH`, asked of the verdicts `judged`; the rows are used up."""
    urn = str(of["urn"])
    tops = _tops(con, judged, of, [row[_TOP] for row in rows])
    ids = [i for row in rows for i in row[_LOOKS_OF] or ()]
    found = read_rows(con, _LOOKS.format(verdicts=judged), ids=ids, **of) if ids else ()
    looks = {row[0]: _verdict(dict(zip(_LOOKED, row, strict=True))) for row in found}
    # The same without what differs from post to post: those that say the same are one.
    shared: dict[Verdict, Verdict] = {}
    plain = {i: replace(v, mention_id="", look_rank=0.0, reasons=(), scores=()) for i, v in looks.items()}
    alike, kept_out = {i: shared.setdefault(v, v) for i, v in plain.items()}, kept_out_of(con, urn)
    rows.reverse()
    views = []
    while rows:  # what is made of a row takes its place in the memory
        row = rows.pop()
        views.append(_fresh(urn, row, tops[row[_TOP]], looks, alike, kept_out))
    return tuple(views)


class _Compact:
    """Rows in a third of the memory: lists as tuples, and what several rows hold but once."""

    def __init__(self) -> None:
        self._seen: dict[object, Any] = {}

    def __call__(self, row: Sequence[Any]) -> tuple[Any, ...]:
        shared = self._seen.setdefault
        head, (places, people, channels), tail = row[:_SETS], row[_SETS:_TOP], row[_TOP:]
        places, channels = tuple(sorted(places)), tuple(sorted(channels))
        return (
            *(*head, shared(places, places), tuple([shared(p, p) for p in people or ()])),
            *(shared(channels, channels), *tail),
        )


_OPEN_FOR = timedelta(days=30)
_LISTED = 100
TO_ANSWER = f"""v.route = '{Route.RESPOND}' AND v.severity < {Severity.TODAY:d}
    AND v.relevance <> '{Relevance.NOT_ABOUT}' AND v.history IS NULL AND NOT v.restricted"""
"""A condition on a verdict: its post wants an answer, and was never raised for that."""
_NOBODYS = """x.story_id IS NOT NULL AND x.story_id NOT IN (
        SELECT story_id FROM alerts WHERE urn = $urn UNION ALL SELECT story_id FROM owners WHERE urn = $urn
        UNION ALL SELECT story_id FROM cases WHERE urn = $urn AND story_id IS NOT NULL
        UNION ALL SELECT id FROM stories WHERE restricted)"""
_UNANSWERED = f"""WITH said AS (
    SELECT mention_id, version, judged_at FROM verdicts v
        WHERE v.urn = $urn AND v.judged_at >= $since AND v.judged_at < $until AND {TO_ANSWER}
    UNION ALL SELECT mention_id, version, judged_at FROM verdicts v
        WHERE v.urn = $urn AND v.judged_at < $since AND v.mention_id = ANY($worded) AND {TO_ANSWER})
SELECT x.story_id, arg_max(m.id, said.judged_at), epoch_us(min(least(judged_at, seen_at, first_seen))),
    count(*) OVER ()
FROM said JOIN (SELECT id, version, first_seen FROM mentions WHERE NOT restricted) m
    ON m.id = said.mention_id AND m.version = said.version
JOIN matches x ON x.mention_id = said.mention_id AND x.version = said.version AND x.urn = $urn
WHERE {_NOBODYS} GROUP BY x.story_id ORDER BY max(judged_at) DESC, x.story_id LIMIT {_LISTED}"""
_LONG_UNANSWERED = f"""SELECT count(DISTINCT x.story_id) FROM verdicts v
JOIN matches x ON x.mention_id = v.mention_id AND x.version = v.version AND x.urn = v.urn
WHERE v.urn = $urn AND v.judged_at < $since AND v.content_class <> '{ContentClass.FAIR_COMMENT}'
    AND NOT list_contains($worded::VARCHAR[], v.mention_id) AND {TO_ANSWER} AND {_NOBODYS}"""
_THESE = "(SELECT * FROM {} WHERE {} >= $oldest AND {} = ANY($those))"


def unanswered_stories(
    con: Connection, urn: str, until: datetime, kept_for: timedelta
) -> tuple[tuple[MatterView, ...], int]:
    """List what wants an answer since before then and nobody has taken, ended or opened a case of, newest
    first, each by its newest post; and count how much more of it there is: beyond a hundred, or judged more
    than 30 days before. `kept_for` is how long the words of criticism are kept: what is younger is no old
    matter. One of which the words are deleted stays, whenever it was judged."""
    worded = read_column(con, "SELECT id FROM mentions WHERE stub AND NOT restricted")
    given = {"urn": urn, "since": until - max(_OPEN_FOR, kept_for), "worded": worded}
    found = read_rows(con, _UNANSWERED, until=until, **given)
    more = int(read_value(con, _LONG_UNANSWERED, **given) or 0)
    if not found:
        return (), more
    order = {story_id: n for n, (story_id, *_) in enumerate(found)}
    oldest = at(min(since for *_, since, _ in found))
    these = {"urn": urn, "those": [post for _, post, *_ in found], "oldest": oldest}
    judged = _THESE.format("verdicts", "judged_at", "mention_id")
    matches = _THESE.format("matches", "seen_at", "mention_id")
    mentions = _THESE.format("mentions", "first_seen", "id")
    fresh = _FRESH.format(verdicts=judged, matches=matches, mentions=mentions)
    rows = con.execute(unless_owned(con, fresh), {**_CODES, **these, "until": until}).fetchall()
    views = _views(con, judged, these, list(map(_Compact(), rows)))
    return tuple(sorted(views, key=lambda v: order[v.story_id])), more + found[0][-1] - len(found)


def _tops(
    con: Connection, judged: str, of: Mapping[str, object], gravest: Sequence[str]
) -> dict[str, Verdict]:
    """The verdicts on these posts, by what says how grave they are; those that say the same are one."""
    if not gravest:
        return {}
    judged_on = [gravity[_SIGNS:].split(" ") for gravity in gravest]
    ids, versions = [mention_id for mention_id, _ in judged_on], [int(version) for _, version in judged_on]
    given = {**of, "gravest": gravest, "ids": ids, "versions": versions}
    found: dict[str, Verdict] = {}
    for *said, those in con.execute(_TOPS.format(verdicts=judged), given).fetchall():
        top = _verdict(dict(zip(_BRIEF, said, strict=True)))
        found |= dict.fromkeys(those, top)
    return found


def _verdict(held: Mapping[str, Any]) -> Verdict:
    missing = {"mention_id": "", "model": "", "look_rank": 0.0}
    return verdict([held.get(c, missing.get(c, [])) for c in COLUMNS])


def _fresh(
    urn: str,
    row: Sequence[Any],
    top: Verdict,
    looks: Mapping[str, Verdict],
    alike: Mapping[str, Verdict],
    kept_out: Mapping[str, tuple[str, ...]],
) -> MatterView:
    story_id, about, mentions, articles, places, people, channels, gravity, looked, look, article, heated = (
        row
    )
    by_look = look is not None and top.severity < Severity.TODAY
    return MatterView(
        story_id,
        urn,
        Access.WORDS,
        top=top,
        relevance=Relevance.ABOUT if about else Relevance.UNSURE,
        heated=heated,
        look=looks[look] if look else None,
        looks=tuple([alike[i] for i in looked or ()]),
        channels=channels,
        mentions=mentions,
        articles=articles,
        place_keys=places,
        people_keys=people,
        from_before=top.history,
        excluded=kept_out.get(story_id, ()),
        post_id=look if by_look else gravity[_SIGNS:].partition(" ")[0],
        article_id=article or "",
    )
