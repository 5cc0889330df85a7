"""Facts of one school's daily digest, and what was sent of it: read once for all its readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from data.digest import AccountAct, Edition, Fate, Headline, ReadingCounts, SpikeNotice, Undelivered, Window
from data.keeping.periods import is_restricted
from data.matters import PostView
from data.store.engine.rows import Connection, at, at_or_none, insert_rows, names, read_rows, read_value
from data.store.mentions.person_reports import stories_beside_restricted
from data.store.verdicts.verdicts import story_verdicts
from data.types import MentionKind, Outcome, Verdict

_MOST_CHARS = 1_000
_POSTS = """WITH these AS MATERIALIZED (SELECT * FROM mentions WHERE id = ANY($ids) AND NOT restricted),
    versions AS MATERIALIZED (SELECT mention_id, n, title, text FROM mention_versions
        WHERE mention_id = ANY($ids)),
    carried AS MATERIALIZED (SELECT mention_id, list(source_id ORDER BY source_id) AS sources FROM sightings
        WHERE mention_id = ANY($ids) GROUP BY mention_id)
SELECT m.id, m.channel, m.kind, m.url, coalesce(v.title, ''), coalesce(left(v.text, $most), ''),
    epoch_us(m.published), epoch_us(m.first_seen), coalesce(c.sources, []),
    CASE WHEN m.stub THEN epoch_us(m.retain_until) END
FROM these m LEFT JOIN versions v ON v.mention_id = m.id AND v.n = m.version
LEFT JOIN carried c ON c.mention_id = m.id"""
"""Each table is read by its index: a join would read all rows."""


def view_posts(con: Connection, mention_ids: Sequence[str]) -> dict[str, PostView]:
    """Return these posts in their newest version, by id; those that are restricted or gone are left out. Of a
    stub there is no more than when its words were deleted."""
    ids = sorted({i for i in mention_ids if i})
    if not ids:
        return {}
    rows = read_rows(con, _POSTS, ids=ids, most=_MOST_CHARS)
    return {
        mention_id: PostView(
            channel, words=deleted is None, id=mention_id, kind=MentionKind(kind), title=title, text=text,
            url=url, published=at(published) if published is not None else None, first_seen=at(seen),
            source_ids=tuple(sources), words_deleted_at=at_or_none(deleted),
        )
        for mention_id, channel, kind, url, title, text, published, seen, sources, deleted in rows
    }  # fmt: skip


def shown_posts(con: Connection, wanted: Mapping[str, str]) -> dict[str, PostView]:
    """These posts (ids, with the story of each) as `view_posts`; without words beside a restricted post."""
    found = view_posts(con, list(wanted))
    beside = stories_beside_restricted(con, sorted({wanted[i] for i in found}))
    return {
        i: replace(post, words=False, title="", text="", url=None) if wanted[i] in beside else post
        for i, post in found.items()
    }


def unlocked_posts(con: Connection, wanted: Mapping[str, str]) -> dict[str, PostView]:
    """The same, of stories without a locked case."""
    if not wanted:
        return {}
    locked = "SELECT story_id FROM cases WHERE locked AND story_id = ANY($ids)"
    kept_back = {story for (story,) in read_rows(con, locked, ids=sorted({*wanted.values()}))}
    return shown_posts(con, {post: story for post, story in wanted.items() if story not in kept_back})


_EDITION = names("kind urn period person_id covers_from covers_to outbox_key composed_at")
_KEY = _EDITION[:4]


def put_edition(con: Connection, edition: Edition) -> None:
    """Adds an edition. An existing one stays as it is, unless it had nothing to send."""
    covers = edition.covers
    row = (
        *(edition.kind, edition.urn, edition.period, edition.person_id, covers.since, covers.until),
        *(edition.outbox_key, edition.composed_at),
    )
    anew = "CASE WHEN editions.outbox_key IS NULL THEN excluded.{0} ELSE editions.{0} END"
    update = {c: anew.format(c) for c in _EDITION[4:]}
    insert_rows(con, "editions", _EDITION, [row], key=_KEY, update=update)


def list_editions(con: Connection, periods: Sequence[str]) -> frozenset[tuple[str, str, str, str]]:
    """List the editions of these days: kind, urn, period and person, including those with nothing to send."""
    sql = "SELECT kind, urn, period, person_id FROM editions WHERE period = ANY($periods)"
    return frozenset(read_rows(con, sql, periods=periods))


def find_edition(con: Connection, kind: str, urn: str, period: str, person_id: str) -> Edition | None:
    """Return the edition of that day for that person; None where none was composed."""
    row = con.execute(
        """SELECT epoch_us(covers_from), epoch_us(covers_to), outbox_key, epoch_us(composed_at) FROM editions
        WHERE kind = $kind AND urn = $urn AND period = $period AND person_id = $person""",
        {"kind": kind, "urn": urn, "period": period, "person": person_id},
    ).fetchone()
    if row is None:
        return None
    since, until, key, made = row
    return Edition(kind, urn, period, person_id, Window(at(since), at(until)), key, at(made))


def covered_until(con: Connection, kinds: Sequence[str], urn: str, before: str) -> dict[str, datetime]:
    """Return up to when each person has been told: the end of the newest edition that was sent. Where none
    was sent, the start of the first one composed, since its time is still untold. A day's of a school day
    that held nothing for them counts as sent. Only editions of days before the period `before` count. Aware,
    UTC."""
    sql = """SELECT e.person_id, epoch_us(coalesce(
            max(e.covers_to) FILTER (o.sent_at IS NOT NULL OR (e.kind = 'digest' AND e.outbox_key IS NULL)),
            min(e.covers_from)))
        FROM editions e LEFT JOIN outbox o ON o.key = e.outbox_key
        WHERE list_contains($kinds::VARCHAR[], e.kind) AND e.urn = $urn AND e.period < $before
        GROUP BY e.person_id"""
    return {person: at(until) for person, until in read_rows(con, sql, kinds=kinds, urn=urn, before=before)}


def first_tried_at(con: Connection, source_ids: Sequence[str]) -> datetime | None:
    """Return when any of these places was first read, or tried; None where none ever was."""
    sql = "SELECT epoch_us(min(started_at)) FROM source_runs WHERE source_id = ANY($ids)"
    first = read_value(con, sql, ids=list(source_ids))
    return None if first is None else at(first)


def any_sent(con: Connection, kind: str, urn: str, before: str) -> bool:
    """Was any edition of the school's, of days before `before`, sent to anybody?"""
    sql = """SELECT count(*) FROM editions e JOIN outbox o ON o.key = e.outbox_key
        WHERE e.kind = $kind AND e.urn = $urn AND e.period < $before AND o.sent_at IS NOT NULL"""
    return bool(read_value(con, sql, kind=kind, urn=urn, before=before))


def lost_days(con: Connection, kind: str, urn: str, before: str) -> dict[str, tuple[tuple[date, Fate], ...]]:
    """List the days of each person's editions since the last sent: unsent, or perhaps not received."""
    sql = """SELECT e.person_id, e.period, o.unsure_at IS NOT NULL
        FROM editions e JOIN outbox o ON o.key = e.outbox_key
        WHERE e.kind = $kind AND e.urn = $urn AND e.period < $before AND o.sent_at IS NULL
            AND e.period > coalesce((
                SELECT max(s.period) FROM editions s JOIN outbox p ON p.key = s.outbox_key
                WHERE s.kind = e.kind AND s.urn = e.urn AND s.person_id = e.person_id
                    AND p.sent_at IS NOT NULL AND s.period < $before), '')
        ORDER BY e.period"""
    rows = read_rows(con, sql, kind=kind, urn=urn, before=before)
    found: dict[str, tuple[tuple[date, Fate], ...]] = {}
    for person, period, unsure in rows:
        fate = Fate.UNSURE if unsure else Fate.FAILED
        found[person] = (*found.get(person, ()), (date.fromisoformat(period), fate))
    return found


def article_headlines(con: Connection, verdicts: Mapping[str, Verdict]) -> dict[str, Headline]:
    """The headlines of the articles that these verdicts are on, by the same key; none of a restricted one."""
    found = view_posts(con, [v.mention_id for v in verdicts.values()])
    return {
        key: Headline(post.title, post.url, post.source_ids)
        for key, v in verdicts.items()
        if (post := found.get(v.mention_id)) is not None and post.title
    }


def printed_articles(con: Connection, story_ids: Sequence[str]) -> dict[str, tuple[PostView, ...]]:
    """Return the articles of these stories, by story, each with its verdict; none of what is restricted."""
    judged = {
        story: [v for v in found if v.event is not None and not is_restricted(v)]
        for story, found in story_verdicts(con, story_ids).items()
    }
    found = view_posts(con, [v.mention_id for of in judged.values() for v in of])
    return {
        story: tuple(replace(found[v.mention_id], verdict=v) for v in of if v.mention_id in found)
        for story, of in judged.items()
        if of
    }


def reported_spikes(con: Connection, urn: str, window: Window) -> tuple[SpikeNotice, ...]:
    """List the surges told within the window, oldest first."""
    sql = """SELECT epoch_us(began_at), mentions, usual, themes, of_reviews FROM spikes
        WHERE urn = $urn AND told_at >= $since AND told_at < $until ORDER BY began_at"""
    rows = read_rows(con, sql, urn=urn, since=window.since, until=window.until)
    return tuple(SpikeNotice(at(us), n, usual, tuple(of), reviews) for us, n, usual, of, reviews in rows)


def account_acts(con: Connection, urn: str, window: Window) -> tuple[AccountAct, ...]:
    """List what was done on the school's own accounts within the window."""
    sql = """SELECT source_id, action, count(*) FROM account_log
        WHERE urn = $urn AND done_at >= $since AND done_at < $until
        GROUP BY source_id, action ORDER BY source_id, action"""
    rows = read_rows(con, sql, urn=urn, since=window.since, until=window.until)
    return tuple(AccountAct(*row) for row in rows)


def undelivered_in(con: Connection, urn: str, window: Window) -> tuple[Undelivered, ...]:
    """List the messages other than digests that failed, expired or may not have arrived within the window."""
    sql = """SELECT person_id, kind, unsure_at IS NOT NULL, alert_id FROM outbox
        WHERE urn = $urn AND kind <> 'digest' AND sent_at IS NULL AND withdrawn_at IS NULL
            AND coalesce(unsure_at, failed_at, given_up_at, expires_at) >= $since
            AND coalesce(unsure_at, failed_at, given_up_at, expires_at) < $until
        ORDER BY person_id, kind, key"""
    rows = read_rows(con, sql, urn=urn, since=window.since, until=window.until)
    fates = {True: Fate.UNSURE, False: Fate.FAILED}
    return tuple(Undelivered(who, kind, fates[unsure], of) for who, kind, unsure, of in rows)


def count_reading(con: Connection, source_ids: Sequence[str], window: Window) -> ReadingCounts:
    """Count what these sources brought within the window."""
    row = con.execute(
        """SELECT coalesce(sum(mentions_new), 0),
            count(DISTINCT source_id) FILTER (list_contains($seen::VARCHAR[], outcome))
        FROM source_runs
        WHERE source_id = ANY($ids) AND finished_at >= $since AND finished_at < $until""",
        {
            "ids": list(source_ids), "seen": [o.value for o in Outcome if o.is_seen],
            "since": window.since, "until": window.until,
        },
    ).fetchone()  # fmt: skip
    return ReadingCounts(*map(int, row)) if row else ReadingCounts(0, 0)


def guarded_at(con: Connection, since: datetime) -> datetime | None:
    """When a post was last judged restricted or of the school's people, or anything audited, since then."""
    sql = """SELECT epoch_us(greatest((SELECT max(done_at) FROM audit WHERE done_at >= $since),
        (SELECT max(judged_at) FROM verdicts WHERE judged_at >= $since
            AND (restricted OR len(subjects) > 0 OR len(accuses) > 0 OR len(endangers) > 0))))"""
    return at_or_none(read_value(con, sql, since=since))
