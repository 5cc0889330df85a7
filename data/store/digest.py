"""What the daily digest tells of one school, read from the store once for all its readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import duckdb

from data.digest import (
    AccountAct,
    CaseClock,
    Fate,
    FreshStory,
    Headline,
    Reading,
    Standing,
    ToldSpike,
    Undelivered,
    Window,
)
from data.store.alerts import by_story
from data.store.bulk import at
from data.store.reports import beside_restricted
from data.store.retain import HANDED_OVER
from data.store.verdicts import COLUMNS, NEWEST, selected, verdict
from data.types import Alert, Outcome, Relevance, Route, Severity, Verdict

NEWS_CHANNELS = ("google_news",)
"""Channels of news: a source of a local paper is set to one of them, a blog is not."""

_HEAT = ("profanity", "harassment")
_LEFT_OUT = ("reason_codes", "reason_texts", "model")
_WHOLE = ", ".join(f"{c} := v.{c}" for c in COLUMNS if c not in _LEFT_OUT)
_BRIEF = ", ".join(f"{c} := v.{c}" for c in COLUMNS if c not in (*_LEFT_OUT, "score_labels", "score_values"))
_FRESH = f"""
WITH fresh AS (
    SELECT x.story_id, x.relevance AS matched, m.id, m.channel, m.kind, m.url, m.author, m.first_seen,
        v.look, row(v.severity, list_position($routes::VARCHAR[], v.route), v.look, m.id) AS gravity,
        row(v.look_rank, m.id) AS likeness,
        struct_pack({_BRIEF}) AS judged, CASE WHEN v.look THEN struct_pack({_WHOLE}) END AS looked,
        list_has_any(v.abuse, $heat::VARCHAR[]) AS heated,
        CASE WHEN m.kind = 'article' AND m.channel = ANY($news) THEN
            struct_pack(id := m.id, version := m.version, url := m.url) END AS news
    {NEWEST}
    WHERE x.urn = $urn AND x.story_id IS NOT NULL AND v.judged_at >= $since AND v.judged_at < $until
        AND NOT m.restricted AND NOT v.restricted AND NOT (v.content_class = ANY($never))
)
SELECT story_id, bool_or(matched = 'about'), count(*), count(*) FILTER (kind = 'article'),
    list(DISTINCT coalesce(nullif(regexp_extract(url, '://([^/]+)', 1), ''), channel)),
    list(DISTINCT hash(coalesce(author, fresh.id))) FILTER (kind <> 'article'),
    arg_max(judged, gravity), arg_max(looked, likeness) FILTER (look),
    arg_min(news, row(fresh.first_seen, fresh.id)) FILTER (news IS NOT NULL), bool_or(heated)
FROM fresh JOIN stories s ON s.id = story_id WHERE NOT s.restricted
GROUP BY story_id ORDER BY min(fresh.first_seen), story_id
"""


def fresh_stories(con: duckdb.DuckDBPyConnection, urn: str, window: Window) -> tuple[FreshStory, ...]:
    """What was judged about the school within the window, by story, the oldest first.

    A post counts in the window in which its newest version was judged. Restricted posts are left out,
    and so are stories that hold one.
    """
    rows = con.execute(
        _FRESH,
        {
            "urn": urn, "since": window.since, "until": window.until,
            "routes": [r.value for r in Route], "never": list(HANDED_OVER),
            "news": list(NEWS_CHANNELS), "heat": list(_HEAT),
        },
    ).fetchall()  # fmt: skip
    kept_out = _kept_out(con, urn)
    news = {row[0]: row[8] for row in rows if row[8]}
    beside = beside_restricted(con, list(news))
    headlines = _headlines(con, {story: found for story, found in news.items() if story not in beside})
    return tuple(
        FreshStory(
            *(story_id, Relevance.ABOUT if about else Relevance.UNSURE, mentions, articles),
            *(frozenset(places), frozenset(people or ()), _verdict(top), _verdict(look) if look else None),
            headline=headlines.get(story_id),
            kept_out=kept_out.get(story_id, frozenset()),
            beside=story_id in beside,
            heated=heated,
        )
        for story_id, about, mentions, articles, places, people, top, look, _, heated in rows
    )


def _verdict(held: Mapping[str, Any]) -> Verdict:
    return verdict([held.get(c, "" if c == "model" else []) for c in COLUMNS])


def _kept_out(con: duckdb.DuckDBPyConnection, urn: str) -> dict[str, frozenset[str]]:
    rows = con.execute(
        "SELECT story_id, excluded FROM alerts WHERE urn = $urn AND len(excluded) > 0", {"urn": urn}
    ).fetchall()
    return {story_id: frozenset(excluded) for story_id, excluded in rows}


def _headlines(con: duckdb.DuckDBPyConnection, news: Mapping[str, Mapping[str, Any]]) -> dict[str, Headline]:
    """The headlines of these articles (id, version, url), by story."""
    if not news:
        return {}
    given = {"ids": [found["id"] for found in news.values()]}
    titles = con.execute(
        "SELECT mention_id, n, title FROM mention_versions WHERE mention_id = ANY($ids) AND title <> ''",
        given,
    ).fetchall()
    carried = con.execute(
        "SELECT mention_id, list(source_id ORDER BY source_id) FROM sightings WHERE mention_id = ANY($ids) "
        "GROUP BY mention_id",
        given,
    ).fetchall()
    title_of, sources_of = {(i, n): title for i, n, title in titles}, dict(carried)
    return {
        story: Headline(title_of[key], found["url"], tuple(sources_of.get(found["id"], ())))
        for story, found in news.items()
        if (key := (found["id"], found["version"])) in title_of
    }


def standing_alerts(con: duckdb.DuckDBPyConnection, urn: str, window: Window) -> tuple[Standing, ...]:
    """Alerts of the school that nobody has in hand, and those taken in hand within the window; gravest first.

    What was handed over is left out.
    """
    rows = con.execute(
        """SELECT a.story_id, a.acked_by, coalesce(s.restricted, TRUE)
        FROM alerts a LEFT JOIN stories s ON s.id = a.story_id
        WHERE a.urn = $urn AND a.handed_over_at IS NULL AND a.severity >= $grave AND a.raised_at < $until
            AND (a.acked_at IS NULL OR (a.acked_at >= $since AND a.acked_at < $until))
        ORDER BY a.severity DESC, a.raised_at, a.id""",
        {"urn": urn, "since": window.since, "until": window.until, "grave": int(Severity.TODAY)},
    ).fetchall()
    story_ids = [story_id for story_id, _, _ in rows]
    alerts = by_story(con, story_ids)
    verdicts = _verdicts(con, urn, story_ids)
    return tuple(
        _standing(alerts[story_id, urn], acked_by, hidden, verdicts.get(story_id, []))
        for story_id, acked_by, hidden in rows
    )


def _standing(
    alert: Alert, acked_by: str | None, hidden: bool, judged: Sequence[tuple[Verdict, datetime]]
) -> Standing:
    grave = [(v, written) for v, written in judged if v.severity >= Severity.TODAY]
    return Standing(
        alert,
        tuple(v for v, _ in grave or judged),
        max((alert.raised_at, *(written for _, written in grave))),
        restricted=alert.restricted or hidden or any(v.restricted for v, _ in judged),
        perhaps_other=not any(v.relevance is Relevance.ABOUT for v, _ in judged),
        acked_by=acked_by,
    )


def _verdicts(
    con: duckdb.DuckDBPyConnection, urn: str, story_ids: Sequence[str]
) -> dict[str, list[tuple[Verdict, datetime]]]:
    """The newest verdicts of these stories, each with the time at which it was written."""
    if not story_ids:
        return {}
    rows = con.execute(
        f"""SELECT x.story_id, epoch_us(v.judged_at), {selected()} {NEWEST}
        WHERE x.urn = $urn AND x.story_id = ANY($ids) ORDER BY m.first_seen, m.id""",
        {"urn": urn, "ids": list(story_ids)},
    ).fetchall()
    found: dict[str, list[tuple[Verdict, datetime]]] = {}
    for story_id, written, *columns in rows:
        found.setdefault(story_id, []).append((verdict(columns), at(written)))
    return found


def case_clocks(con: duckdb.DuckDBPyConnection, urn: str) -> tuple[CaseClock, ...]:
    """What open cases wait for, the soonest first; none of a restricted story or of C9 and C10."""
    rows = con.execute(
        """SELECT c.id, c.story_id, arg_max(t.step, t.n), epoch_us(arg_max(t.due_at, t.n)) AS due
        FROM cases c JOIN case_steps t ON t.case_id = c.id JOIN stories s ON s.id = c.story_id
        WHERE c.urn = $urn AND c.closed_at IS NULL AND t.due_at IS NOT NULL
            AND NOT s.restricted AND NOT (c.content_class = ANY($never))
        GROUP BY c.id, c.story_id ORDER BY due, c.id""",
        {"urn": urn, "never": list(HANDED_OVER)},
    ).fetchall()
    return tuple(CaseClock(case_id, story_id, step, at(due)) for case_id, story_id, step, due in rows)


def told_spikes(con: duckdb.DuckDBPyConnection, urn: str, window: Window) -> tuple[ToldSpike, ...]:
    """Spikes told within the window, the oldest first."""
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
            AND coalesce(unsure_at, failed_at, expires_at) >= $since
            AND coalesce(unsure_at, failed_at, expires_at) < $until
        ORDER BY person_id, kind, key""",
        {"urn": urn, "since": window.since, "until": window.until},
    ).fetchall()
    return tuple(
        Undelivered(person, kind, Fate.UNSURE if unsure else Fate.FAILED, alert_id)
        for person, kind, unsure, alert_id in rows
    )


def reading(con: duckdb.DuckDBPyConnection, source_ids: Sequence[str], window: Window) -> Reading:
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
    return Reading(*map(int, row)) if row else Reading(0, 0)


def without_notice(con: duckdb.DuckDBPyConnection, source_ids: Sequence[str]) -> tuple[str, ...]:
    """Those of these own accounts on which their notice was missing when it was last looked for."""
    rows = con.execute(
        """SELECT source_id FROM source_runs WHERE source_id = ANY($ids) AND notice IS NOT NULL
        GROUP BY source_id HAVING NOT arg_max(notice, started_at) ORDER BY source_id""",
        {"ids": list(source_ids)},
    ).fetchall()
    return tuple(source_id for (source_id,) in rows)
