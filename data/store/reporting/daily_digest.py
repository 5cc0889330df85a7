"""Everything the daily digest says about one school, read from the store once for all its readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from data.content_class import BYPASSING
from data.digest import (
    AccountAct,
    Fate,
    FreshStory,
    Headline,
    ReadingCounts,
    ToldPost,
    ToldSpike,
    Undelivered,
    Window,
)
from data.store.engine.bulk import at
from data.store.engine.marked import marked
from data.store.mentions.person_reports import beside_restricted
from data.store.reporting.open_matters import kept_out_of
from data.store.reporting.told_posts import posts
from data.store.verdicts.verdicts import COLUMNS, NEWEST, column, verdict
from data.types import Outcome, Relevance, Route, Severity, Verdict
from data.web.channels import PRESS

_HEAT = ("profanity", "harassment")
_LEFT_OUT = ("reason_texts", "model")
_LONG = ("reason_codes", "score_labels", "score_values")
_WHOLE = ", ".join(f"{c} := {column(c)}" for c in COLUMNS if c not in _LEFT_OUT)
_BRIEF = ", ".join(f"{c} := {column(c)}" for c in COLUMNS if c not in (*_LEFT_OUT, *_LONG))
_FRESH = f"""
WITH fresh AS (
    SELECT x.story_id, x.relevance AS matched, m.id, m.channel, m.kind, m.url, m.author, m.first_seen,
        v.look, v.history IS NOT NULL AS old,
        row(v.severity, list_position($routes::VARCHAR[], v.route), v.look, m.id) AS gravity,
        row(v.look_rank, m.id) AS likeness,
        struct_pack({_BRIEF}) AS judged, CASE WHEN v.look THEN struct_pack({_WHOLE}) END AS looked,
        list_has_any(v.abuse, $heat::VARCHAR[]) AS heated,
        CASE WHEN m.kind = 'article' AND m.channel = ANY($news) AND v.history IS NULL THEN
            struct_pack(id := m.id) END AS news
    {NEWEST}
    WHERE x.urn = $urn AND x.story_id IS NOT NULL AND v.judged_at < $until
        AND (v.judged_at >= $since OR $first AND v.history IS NOT NULL)
        AND NOT m.restricted AND NOT v.restricted AND NOT (v.content_class = ANY($never))
        AND NOT {marked("x.story_id", "x.urn")}
)
SELECT story_id, bool_or(matched = 'about'), count(*), count(*) FILTER (kind = 'article'),
    list(DISTINCT coalesce(nullif(regexp_extract(url, '://([^/]+)', 1), ''), channel)),
    list(DISTINCT hash(coalesce(author, fresh.id))) FILTER (kind <> 'article'),
    arg_max(judged, gravity), arg_max(looked, likeness) FILTER (look), list(DISTINCT channel),
    list(judged) FILTER (look), coalesce(arg_max(channel, likeness) FILTER (look), ''),
    arg_min(news, row(fresh.first_seen, fresh.id)) FILTER (news IS NOT NULL), bool_or(heated)
FROM fresh JOIN stories s ON s.id = story_id WHERE NOT s.restricted
GROUP BY story_id, old ORDER BY min(fresh.first_seen), story_id, old
"""


def fresh_stories(
    con: duckdb.DuckDBPyConnection, urn: str, window: Window, *, first: bool = False
) -> tuple[FreshStory, ...]:
    """What was judged about the school within the window, by story, oldest first.

    A post counts in the window in which its newest version was judged. Restricted posts are left out, and so
    are stories that hold one or that somebody marked. Posts from long before their place was first read form
    a story of their own, without a headline: their verdicts carry a `history`. `first` says that nothing was
    told before the window; then all such posts are included, whenever they were judged.
    """
    rows = con.execute(
        _FRESH,
        {
            "urn": urn, "since": window.since, "until": window.until, "first": first,
            "routes": [r.value for r in Route], "never": list(BYPASSING),
            "news": sorted(PRESS), "heat": list(_HEAT),
        },
    ).fetchall()  # fmt: skip
    kept_out = kept_out_of(con, urn)
    beside = beside_restricted(con, [row[0] for row in rows])
    told = posts(con, [i for row in rows for i in _told_posts(row)])
    return tuple(
        _fresh(row, kept_out.get(row[0], frozenset()), told, beside=row[0] in beside) for row in rows
    )


def _told_posts(row: Sequence[Any]) -> tuple[str, str]:
    """The ids of the post that a story's line is made from, and of its article, "" for none."""
    top, look, news = row[6], row[7], row[-2]
    told = top if top["severity"] >= Severity.TODAY else look or top
    return told["mention_id"], news["id"] if news else ""


def _fresh(
    row: Sequence[Any], kept_out: frozenset[str], told: Mapping[str, ToldPost], *, beside: bool
) -> FreshStory:
    story_id, about, mentions, articles, places, people, top, look, channels, looks, look_channel, *rest = row
    shown = [told.get(i) for i in _told_posts(row)]
    post, article = (p.without_words() if p and beside else p for p in shown)
    return FreshStory(
        *(story_id, Relevance.ABOUT if about else Relevance.UNSURE, mentions, articles),
        *(frozenset(places), frozenset(people or ()), _verdict(top), _verdict(look) if look else None),
        channels=frozenset(channels),
        looks=tuple(map(_verdict, looks or ())),
        look_channel=look_channel,
        post=post,
        article=article,
        kept_out=kept_out,
        beside=beside,
        heated=rest[-1],
    )


def _verdict(held: Mapping[str, Any]) -> Verdict:
    return verdict([held.get(c, "" if c == "model" else []) for c in COLUMNS])


def article_headlines(con: duckdb.DuckDBPyConnection, verdicts: Mapping[str, Verdict]) -> dict[str, Headline]:
    """The headlines of the articles that these verdicts are on, by the same key; none of a restricted one."""
    found = posts(con, [v.mention_id for v in verdicts.values()])
    return {
        key: Headline(post.title, post.url, post.source_ids)
        for key, v in verdicts.items()
        if (post := found.get(v.mention_id)) is not None and post.title
    }


def told_spikes(con: duckdb.DuckDBPyConnection, urn: str, window: Window) -> tuple[ToldSpike, ...]:
    """Surges told within the window, oldest first."""
    rows = con.execute(
        """SELECT epoch_us(began_at), mentions, usual, themes FROM spikes
        WHERE urn = $urn AND told_at >= $since AND told_at < $until ORDER BY began_at""",
        {"urn": urn, "since": window.since, "until": window.until},
    ).fetchall()
    return tuple(
        ToldSpike(at(began), mentions, usual, tuple(themes)) for began, mentions, usual, themes in rows
    )


def account_acts(con: duckdb.DuckDBPyConnection, urn: str, window: Window) -> tuple[AccountAct, ...]:
    """What was done on the school's own accounts within the window."""
    rows = con.execute(
        """SELECT source_id, action, count(*) FROM account_log
        WHERE urn = $urn AND done_at >= $since AND done_at < $until
        GROUP BY source_id, action ORDER BY source_id, action""",
        {"urn": urn, "since": window.since, "until": window.until},
    ).fetchall()
    return tuple(AccountAct(*row) for row in rows)


def undelivered(con: duckdb.DuckDBPyConnection, urn: str, window: Window) -> tuple[Undelivered, ...]:
    """Messages other than digests that failed, expired or may not have arrived within the window."""
    rows = con.execute(
        """SELECT person_id, kind, unsure_at IS NOT NULL, alert_id FROM outbox
        WHERE urn = $urn AND kind <> 'digest' AND sent_at IS NULL AND withdrawn_at IS NULL
            AND coalesce(unsure_at, failed_at, given_up_at, expires_at) >= $since
            AND coalesce(unsure_at, failed_at, given_up_at, expires_at) < $until
        ORDER BY person_id, kind, key""",
        {"urn": urn, "since": window.since, "until": window.until},
    ).fetchall()
    return tuple(
        Undelivered(person, kind, Fate.UNSURE if unsure else Fate.FAILED, alert_id)
        for person, kind, unsure, alert_id in rows
    )


def reading(con: duckdb.DuckDBPyConnection, source_ids: Sequence[str], window: Window) -> ReadingCounts:
    """What these sources brought within the window."""
    row = con.execute(
        """SELECT coalesce(sum(mentions_new), 0), count(DISTINCT source_id) FILTER (outcome = ANY($seen))
        FROM source_runs
        WHERE source_id = ANY($ids) AND finished_at >= $since AND finished_at < $until""",
        {
            "ids": list(source_ids), "seen": [o.value for o in Outcome if o.seen],
            "since": window.since, "until": window.until,
        },
    ).fetchone()  # fmt: skip
    return ReadingCounts(*map(int, row)) if row else ReadingCounts(0, 0)
