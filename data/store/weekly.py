"""Counts for the governors' report. Nothing restricted is in it, nor anything beside it.

Left out of every count: restricted mentions, all mentions of a story that holds one or that somebody marked
as not about the school, the classes and the route of safeguarding and extremism, posts by the school's own
accounts, scams left there, anything that is not about the school, and anything posted long before its place
was first read. A mention belongs to the week in which it was first seen, so a week that has been counted
stays as it was, but for such a mark; the marks themselves are counted as what the school did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import date, datetime, timedelta
from typing import Any

from data.content_class import BYPASSING, ContentClass
from data.digest import Surge
from data.frozen import freeze
from data.rungs import EMERGENCY, Rung
from data.store.engine.audit_chain import AuditEntry, Code, append, links, note, record_act
from data.store.engine.rows import (
    Connection,
    ValueTable,
    at,
    at_or_none,
    execute,
    read_column,
    read_rows,
    read_value,
)
from data.store.owners import KEPT_APART, marked_sql, unless_owned
from data.store.verdicts import NEWEST, TONE
from data.types import ALLEGING_LABELS, Mark, Outcome, Severity
from data.web.channels import REVIEWS

_SEEN = [o.value for o in Outcome if o.is_seen]
_OPEN = f"""v.route <> 'safeguarding' AND NOT v.restricted AND NOT list_contains($hidden, v.content_class)
    AND NOT m.restricted AND NOT coalesce(s.restricted, FALSE)
    AND v.relevance <> 'not_about' AND v.route <> 'ignore' AND v.content_class <> '{ContentClass.OWN_ACCOUNT}'
    AND NOT list_contains(v.reason_codes, 'own_post') AND v.history IS NULL
    AND NOT {marked_sql("x.story_id", "x.urn", Mark.NOT_US)}"""
_FROM = f"{NEWEST} LEFT JOIN stories s ON s.id = x.story_id WHERE x.urn = $urn AND {_OPEN}"
_APART = """SELECT id FROM stories WHERE restricted UNION SELECT story_id FROM alerts
    WHERE urn = $urn AND list_contains(reason_codes, 'subject_excluded')"""
"""Stories that are not counted: what is restricted, and what keeps out who may read or sign the report."""
_OPEN_CASE = f"""NOT c.restricted AND NOT c.locked AND NOT list_contains($hidden, c.content_class)
    AND c.story_id NOT IN ({_APART})"""
_ITSELF = "c.ending IS DISTINCT FROM 'joined'"  # what is part of another case counts there
_TAKEN = "json_extract_string(j.detail, '$.taken')::INTEGER"
_ALONG = f"""SELECT 1 FROM case_steps j WHERE j.case_id = s.case_id AND j.step = 'joined' AND s.n > j.n
    AND s.n <= j.n + {_TAKEN}"""
"""Of a step that tells in one case what was done in another, now part of it: it counts there."""
_UNDONE = f"""{_ALONG} AND EXISTS (SELECT 1 FROM case_steps u WHERE u.case_id = j.case_id
    AND u.step = 'joined' AND u.n > j.n + {_TAKEN} AND contains(u.detail, '"undone"')
    AND json_extract_string(u.detail, '$.case') = json_extract_string(j.detail, '$.case'))"""
_OPEN_MATTERS = f"""SELECT c.story_id FROM cases c WHERE c.urn = $urn AND c.closed_at IS NULL AND {_OPEN_CASE}
        AND {_ITSELF} AND c.opened_at < $end
    UNION SELECT a.story_id FROM alerts a WHERE a.urn = $urn AND a.raised_at < $end AND NOT a.restricted
        AND a.route <> 'safeguarding' AND NOT list_contains($hidden, a.content_class)
        AND a.story_id NOT IN ({_APART})
        AND NOT EXISTS (SELECT 1 FROM cases e WHERE e.story_id = a.story_id AND e.urn = a.urn)
        AND NOT {marked_sql("a.story_id", "a.urn")}"""
"""Stories of unrestricted matters that nobody has ended: an open case, or an alert without one."""
_OF_LATE = timedelta(days=28)
_WHEN = "m.first_seen >= $start AND m.first_seen < $end"
DONE = ("answered", "not_us", "asked", "gone", "delisted", "checked", "let_in")
"""Stories marked as answered, or as not about the school, and not taken back by then; removals asked for,
each once, of however many (telling the police is no such asking); posts found removed or changed after
that; search results no longer shown, which are no removals; looks at whether one is gone; posts
of which two say that somebody was wrongly taken to be accused."""
_STEPS = {"asked": ("asked",), "gone": ("removed", "changed"), "checked": ("checked",)}

Counted = Mapping[tuple[str, str, str], int]
"""How many by (channel, sentiment, relevance); what nobody could tell the tone of counts as neutral."""


@freeze
class ThemeCount:
    """One theme of one sentiment: `items` in words of their own, `voices` counts who said them."""

    sentiment: str
    theme: str
    items: int
    voices: int


@freeze
class AlertHandling:
    """One alert of the week: when it was last raised, and when it was acknowledged; None if it was not."""

    raised_at: datetime
    acked_at: datetime | None


@freeze
class Removal:
    """One case opened in the week: the highest rung asked, how it ended (None while it is open), and when.
    `case_id` is its id. `rung` is None where nobody was asked to remove anything: the police are not.
    `decided_at` is the first decision. `gone_at` is when the last of its places was said, or first seen, to
    be gone or changed; that ending is recorded at least a day later, after two looks."""

    rung: Rung | None
    opened_at: datetime
    outcome: str | None
    ended_at: datetime | None
    decided_at: datetime | None = None
    gone_at: datetime | None = None
    case_id: str = field(default="", compare=False)


@freeze
class WatchedPlace:
    """One place that is read: its collector's kind, its channel, how often it was asked and answered. The
    channel is the configured one, or else that of most of its recent posts; None without any."""

    kind: str
    channel: str | None
    asked: int
    seen: int


def first_known_at(con: Connection, urn: str) -> datetime | None:
    """Return when a place of this school was first read, or something about the school was first reported or
    taken up. None if nothing ever was; restricted matters do not count."""
    sql = f"""SELECT epoch_us(min(began)) FROM (
            SELECT min(started_at) AS began FROM source_runs
            WHERE source_id IN (SELECT id FROM sources WHERE list_contains(urns, $urn))
            UNION ALL SELECT min(m.first_seen) {_FROM}
            UNION ALL SELECT min(c.opened_at) FROM cases c WHERE c.urn = $urn AND {_OPEN_CASE})"""
    return at_or_none(read_value(con, unless_owned(con, sql), urn=urn, hidden=BYPASSING))


def anything_before(con: Connection, end: datetime) -> bool:
    """Was anything read, seen or taken up before then, of any school? Cheap, where `first_known_at` is
    not.
    """
    sql = """SELECT EXISTS (FROM source_runs WHERE started_at < $end)
            OR EXISTS (FROM mentions WHERE first_seen < $end)
            OR EXISTS (FROM cases WHERE opened_at < $end)"""
    return bool(read_value(con, sql, end=end))


def count_kept(con: Connection, urn: str, start: datetime, end: datetime) -> Counted:
    """Count the kept mentions first seen from `start` and before `end`, but for the school's own posts."""
    sql = f"SELECT m.channel, {TONE}, v.relevance, count(*) {_FROM} AND {_WHEN} GROUP BY ALL"
    return _count_by_kind(read_rows(con, unless_owned(con, sql), **_query_values(urn, start, end)))


def press_events(con: Connection, urn: str, start: datetime, end: datetime) -> tuple[str, ...]:
    """List what articles told of that were first seen in that time, each once."""
    sql = f"SELECT DISTINCT v.event {_FROM} AND {_WHEN} AND v.event IS NOT NULL ORDER BY v.event"
    return tuple(read_column(con, unless_owned(con, sql), **_query_values(urn, start, end)))


def count_purged(con: Connection, urn: str, first: date, last: date) -> Counted:
    """Count the mentions deleted since, by the day (UTC) they were first seen, both days included."""
    sql = """SELECT channel, sentiment, relevance, sum(purged)::BIGINT FROM counts
            WHERE urn = $urn AND day >= $first AND day <= $last AND relevance <> 'not_about'
                AND route NOT IN ('safeguarding', 'ignore') GROUP BY ALL"""
    return _count_by_kind(read_rows(con, sql, urn=urn, first=first, last=last))


def count_themes(con: Connection, urn: str, start: datetime, end: datetime) -> list[ThemeCount]:
    """Count what settled praise and concern were about: the same words, and each speaker, once."""
    sql = f"""WITH said AS (
            SELECT {TONE} AS sentiment, unnest(v.themes) AS theme, m.text_hash,
                coalesce(m.author, m.id) AS voice
            {_FROM} AND {_WHEN} AND v.relevance = 'about' AND {TONE} <> 'neutral'
                AND x.story_id NOT IN ({_OPEN_MATTERS}))
        SELECT sentiment, theme, count(DISTINCT text_hash), count(DISTINCT voice) FROM said
        GROUP BY ALL ORDER BY 3 DESC, 2"""
    rows = read_rows(con, unless_owned(con, sql), **_query_values(urn, start, end))
    return [ThemeCount(*row) for row in rows]


def count_open_matters(con: Connection, urn: str, end: datetime) -> int:
    """Count the matters that were raised before then and that nobody has ended; restricted ones left out."""
    sql = f"SELECT count(*) FROM ({_OPEN_MATTERS})"
    return int(read_value(con, unless_owned(con, sql), urn=urn, end=end, hidden=list(BYPASSING)) or 0)


def answers(con: Connection, urn: str, start: datetime, end: datetime) -> list[AlertHandling]:
    """Alerts raised in the week, without restricted matters."""
    sql = f"""SELECT epoch_us(raised_at), (SELECT epoch_us(min(done_at)) FROM audit
            WHERE action = 'alert_acked' AND subject = alerts.id AND done_at >= alerts.raised_at)
        FROM alerts WHERE urn = $urn AND raised_at >= $start AND raised_at < $end AND NOT restricted
            AND route <> 'safeguarding' AND NOT list_contains($hidden, content_class)
            AND story_id NOT IN ({_APART})
            AND NOT {marked_sql("alerts.story_id", "alerts.urn", Mark.NOT_US, Mark.MERGED)}"""
    rows = read_rows(con, unless_owned(con, sql), **_query_values(urn, start, end))
    return [AlertHandling(at(raised), at_or_none(acked)) for raised, acked in rows]


def removals(con: Connection, urn: str, start: datetime, end: datetime) -> list[Removal]:
    """Cases opened in the week, with the highest rung asked and how they stand now.

    The newest of their steps `removed`, `changed`, `standing` counts as the ending, unless the post came back
    since or the case was reopened; `in_part` where one was gone and another left. Leaves out restricted
    matters and cases in which a teacher may not be named: the report is a publication (Education Act 2002,
    section 141F). What became part of another case is that one.
    """
    sql = f"""WITH ends AS (SELECT case_id, arg_max(step, n) AS step, arg_max(done_at, n) AS done_at
            FROM case_steps WHERE step IN ('removed', 'changed', 'standing', 'came_back', 'reopened')
            GROUP BY case_id),
        asked AS (SELECT case_id, list(regexp_extract(detail, '"rung": "([a-z_]+)"', 1)) AS rungs
            FROM case_steps s WHERE step = 'asked' AND NOT EXISTS ({_UNDONE}) GROUP BY case_id),
        back AS (SELECT case_id, max(n) AS n FROM case_steps WHERE step IN ('came_back', 'reopened')
            GROUP BY case_id),
        decided AS (SELECT case_id, min(done_at) FILTER (step = 'decided') AS first,
            max(n) FILTER (step IN ('came_back', 'reopened') OR (step = 'checked'
                AND (clock = 'basildon_24h' OR contains(detail, '"result": "present"')))) AS there
            FROM case_steps GROUP BY case_id),
        gone AS (SELECT case_id, bool_or(state = 'left') AS in_part,
                CASE WHEN bool_and(state = 'left' OR said_gone_at IS NOT NULL) THEN max(said_gone_at)
                    FILTER (state <> 'left') END AS done_at
            FROM case_places WHERE role <> 'search' GROUP BY case_id)
        SELECT coalesce(a.rungs, []), epoch_us(c.opened_at),
            CASE WHEN e.step IN ('removed', 'changed') AND g.in_part THEN 'in_part' ELSE e.step END,
            epoch_us(e.done_at), epoch_us(d.first), epoch_us(g.done_at), c.id
        FROM cases c LEFT JOIN ends e ON e.case_id = c.id LEFT JOIN asked a ON a.case_id = c.id
        LEFT JOIN decided d ON d.case_id = c.id LEFT JOIN gone g ON g.case_id = c.id
        WHERE c.urn = $urn AND c.opened_at >= $start AND c.opened_at < $end AND {_OPEN_CASE} AND {_ITSELF}"""
    rows = read_rows(con, sql, **_query_values(urn, start, end))
    found = []
    for rungs, opened, step, *when, case_id in rows:
        asked = [rung for rung in Rung if rung in rungs and rung is not EMERGENCY]
        ended, decided, gone = map(at_or_none, when)
        if step in (None, "came_back", "reopened"):
            step = ended = None
        rung = asked[-1] if asked else None
        found.append(Removal(rung, at(opened), step, ended, decided, gone, case_id))
    return found


def count_actions(con: Connection, urn: str, start: datetime, end: datetime) -> dict[str, int]:
    """Count what the people of the school did, each of `DONE`: their own decisions, counted exactly."""
    sql = f"""WITH said AS (SELECT subject, arg_max(action, n) AS action, arg_max(codes, n) AS codes
            FROM audit WHERE action IN ('story_marked', 'mark_undone') AND urn = $urn AND done_at >= $start
                AND done_at < $end AND subject NOT IN ({_APART})
            GROUP BY subject)
        SELECT mark, count(*) FROM (SELECT unnest(['answered', 'not_us']) AS mark), said
        WHERE action = 'story_marked' AND list_contains(codes, $marked || mark) GROUP BY mark"""
    marks = read_rows(con, sql, urn=urn, start=start, end=end, marked=Code.MARK.of(""))
    sql = f"""SELECT s.step, CASE s.step WHEN 'asked' THEN count(DISTINCT s.case_id) ELSE count(*) END
        FROM case_steps s JOIN cases c ON c.id = s.case_id
        WHERE c.urn = $urn AND s.done_at >= $start AND s.done_at < $end AND {_OPEN_CASE}
            AND NOT contains(s.detail, $police) AND NOT EXISTS ({_ALONG}) GROUP BY s.step"""
    steps = read_rows(con, sql, **_query_values(urn, start, end), police=f'"rung": "{EMERGENCY}"')
    by_step = {step: int(n) for step, n in steps}
    counted = {name: sum(by_step.get(step, 0) for step in kinds) for name, kinds in _STEPS.items()}
    sql = f"""SELECT count(*) FROM case_places p JOIN cases c ON c.id = p.case_id
        WHERE p.role = 'search' AND p.urn = $urn AND p.said_gone_at >= $start AND p.said_gone_at < $end
            AND {_OPEN_CASE} AND {_ITSELF}"""
    delisted = int(read_value(con, sql, **_query_values(urn, start, end)) or 0)
    sql = f"""SELECT count(DISTINCT w.mention_id) FROM said_wrong w
        JOIN matches x ON x.mention_id = w.mention_id AND x.urn = w.urn
        WHERE w.urn = $urn AND w.kind IN ('let_in', 'withdrawn') AND w.counts_at >= $start
            AND w.counts_at < $end AND x.story_id NOT IN ({_APART}) AND NOT x.{KEPT_APART}"""
    let_in = int(read_value(con, sql, urn=urn, start=start, end=end) or 0)
    found = {**counted, "delisted": delisted, "let_in": let_in, **{mark: int(n) for mark, n in marks}}
    return {name: found.get(name, 0) for name in DONE}


def places(con: Connection, urn: str, start: datetime, end: datetime) -> list[WatchedPlace]:
    """The places watched for this school now, with how they answered in the week."""
    sql = """WITH posts AS (SELECT g.source_id, mode(m.channel ORDER BY m.channel) AS channel
            FROM sightings g JOIN mentions m ON m.id = g.mention_id
            WHERE g.first_seen >= $of_late AND g.first_seen < $end AND NOT m.restricted GROUP BY ALL)
        SELECT p.kind, coalesce(p.channel, any_value(t.channel)), count(r.source_id),
            count(r.source_id) FILTER (list_contains($seen, r.outcome))
        FROM sources p LEFT JOIN source_runs r ON r.source_id = p.id
            AND r.started_at >= $start AND r.started_at < $end
        LEFT JOIN posts t ON t.source_id = p.id
        WHERE list_contains(p.urns, $urn) AND p.disabled IS NULL
        GROUP BY p.id, p.kind, p.channel ORDER BY p.id"""
    rows = read_rows(con, sql, urn=urn, start=start, end=end, of_late=end - _OF_LATE, seen=_SEEN)
    return [WatchedPlace(*row) for row in rows]


def count_off(con: Connection, urn: str) -> int:
    """Count the places of this school that are switched off now."""
    sql = "SELECT count(*) FROM sources WHERE list_contains(urns, $urn) AND disabled IS NOT NULL"
    return int(read_value(con, sql, urn=urn) or 0)


def count_reclassified(con: Connection, urn: str, start: datetime, end: datetime) -> int:
    """Count what a person reclassified from fair comment; as with removals, nothing restricted or locked."""
    sql = f"""SELECT count(*) FROM audit WHERE action = 'reclassified' AND urn = $urn
            AND done_at >= $start AND done_at < $end
            AND subject NOT IN (SELECT id FROM cases
                WHERE restricted OR locked OR list_contains($hidden, content_class)
                    OR story_id IN ({_APART}))"""
    return int(read_value(con, sql, **_query_values(urn, start, end)) or 0)


def count_became(con: Connection, urn: str, start: datetime, end: datetime) -> dict[str, int]:
    """Count what became of dangers first closed in that time, each once, as was said last; nothing restricted
    or locked."""
    sql = f"""WITH said AS (
            SELECT x.story_id, w.became, w.counts_at AS said_at FROM said_wrong w
                JOIN matches x ON x.mention_id = w.mention_id AND x.urn = w.urn WHERE w.urn = $urn
            UNION ALL SELECT c.story_id, json_extract_string(s.detail, '$.became'), s.done_at
                FROM case_steps s JOIN cases c ON c.id = s.case_id WHERE c.urn = $urn AND s.step = 'closed'),
        closed AS (SELECT story_id, min(said_at) AS first, arg_max(became, said_at) AS became FROM said
            WHERE became IS NOT NULL AND said_at < $end AND story_id NOT IN ({_APART}) AND NOT {KEPT_APART}
            GROUP BY story_id)
        SELECT became, count(*) FROM closed WHERE first >= $start GROUP BY became"""
    return {became: int(n) for became, n in read_rows(con, sql, urn=urn, start=start, end=end)}


def count_handed_over(con: Connection, urn: str, start: datetime, end: datetime) -> int:
    """Count the safeguarding matters raised in that time that the school's own record has by now."""
    sql = f"""SELECT count(*) FROM alerts WHERE urn = $urn AND first_raised_at >= $start
            AND first_raised_at < $end AND handed_over_at IS NOT NULL
            AND NOT {marked_sql("alerts.story_id", "alerts.urn", Mark.NOT_US, Mark.MERGED)}"""
    return int(read_value(con, unless_owned(con, sql), urn=urn, start=start, end=end) or 0)


def speakers(con: Connection, start: datetime, end: datetime) -> frozenset[str]:
    """Names under which anything was said that was first seen in the week, restricted matters included."""
    sql = """SELECT DISTINCT coalesce(m.author, r.author) FROM mentions m
        LEFT JOIN restricted_texts r ON r.mention_id = m.id
        WHERE m.first_seen >= $start AND m.first_seen < $end"""
    return frozenset(name for (name,) in read_rows(con, sql, start=start, end=end) if name)


def _query_values(urn: str, start: datetime, end: datetime) -> dict[str, Any]:
    return {"urn": urn, "start": start, "end": end, "hidden": list(BYPASSING)}


def _count_by_kind(rows: Sequence[Sequence[Any]]) -> dict[tuple[str, str, str], int]:
    return {(channel, sentiment, relevance): int(n) for channel, sentiment, relevance, n in rows}


# Surges of talk: what counts towards one, and which ones people were told of.

_ADULTS = ("staff", "head", "dsl", "chair", "governor")


@freeze
class Heard:
    """One post about a school: when it was posted, or first seen where the page does not say."""

    at: datetime
    story_id: str
    channel: str
    themes: tuple[str, ...]


_SPIKES = ValueTable("spikes", Surge, "urn began_at")


def count_much_heard(
    con: Connection, since: datetime, fresh: datetime, least: int, *, of_reviews: bool = False
) -> dict[str, int]:
    """Count each school's (urn) posts, or reviews, since then: `least` or more, one of them since `fresh`."""
    sql = """SELECT v.urn, count(*) FROM mentions m
        JOIN verdicts v ON v.mention_id = m.id AND v.version = m.version
        WHERE m.first_seen >= $since AND v.judged_at >= $since AND v.relevance <> 'not_about'
            AND v.route <> 'ignore' AND ($channels IS NULL OR list_contains($channels, m.channel))
        GROUP BY v.urn HAVING count(*) >= $least AND max(m.first_seen) >= $fresh ORDER BY v.urn"""
    channels = sorted(REVIEWS) if of_reviews else None
    return dict(read_rows(con, sql, since=since, fresh=fresh, least=least, channels=channels))


_HEARD = f"""
WITH known AS (
    SELECT source_id FROM source_runs GROUP BY source_id HAVING min(started_at) <= $settled
), heard AS (
    SELECT m.id, least(coalesce(m.published, m.first_seen), m.first_seen) AS said_at,
        x.story_id, m.channel, v.themes
    FROM mentions m
    JOIN matches x ON x.mention_id = m.id AND x.version = m.version AND x.urn = $urn
    JOIN verdicts v ON v.mention_id = m.id AND v.version = m.version AND v.urn = $urn
    WHERE m.first_seen >= $since AND x.seen_at >= $since AND v.judged_at >= $since
        AND x.story_id IS NOT NULL AND v.relevance <> 'not_about' AND v.route <> 'ignore'
        AND v.content_class <> '{ContentClass.OWN_ACCOUNT}' AND NOT m.restricted AND NOT v.restricted
), grave AS MATERIALIZED (
    SELECT mention_id, version FROM verdicts WHERE urn = $urn AND (restricted OR (severity >= $grave AND (
        list_has_any(abuse, $alleging::VARCHAR[]) OR subject_person IS NOT NULL OR len(subjects) > 0
        OR about = ANY($adults::VARCHAR[]))))
), accused AS (
    SELECT DISTINCT story_id FROM matches JOIN grave USING (mention_id, version)
    WHERE urn = $urn AND story_id IS NOT NULL
)
SELECT epoch_us(said_at), story_id, channel, coalesce(themes, []) FROM heard
WHERE said_at >= $since AND story_id NOT IN (SELECT story_id FROM accused)
    AND id IN (SELECT mention_id FROM sightings
        WHERE first_seen >= $since AND source_id IN (SELECT source_id FROM known))
ORDER BY said_at, id
"""


def list_heard(con: Connection, urn: str, since: datetime, settled: datetime) -> list[Heard]:
    """The posts about a school since then, oldest first, that may be counted and mentioned to its leadership.
    Left out: posts that only come from sources first read after `settled` (their backlog is not today's
    talk), the school's own posts, restricted ones, and every story in which any version of any post gravely
    accuses or targets a person of the school, since the accused must not be told."""
    grave = {"grave": int(Severity.TODAY), "alleging": sorted(ALLEGING_LABELS), "adults": _ADULTS}
    rows = read_rows(con, _HEARD, urn=urn, since=since, settled=settled, **grave)
    return [Heard(at(us), story_id, channel, tuple(themes)) for us, story_id, channel, themes in rows]


def watched_since(con: Connection, urn: str, settled: datetime) -> datetime | None:
    """When the school's first source was first read, among those first read before `settled`; else None."""
    sql = """SELECT epoch_us(min(r.started_at)) FROM source_runs r JOIN sources s ON s.id = r.source_id
        WHERE list_contains(s.urns, $urn) AND r.started_at <= $settled"""
    return at_or_none(read_value(con, sql, urn=urn, settled=settled))


def latest_surge(con: Connection, urn: str, *, of_reviews: bool = False) -> Surge | None:
    """The last surge of a school, or rush of reviews, that people were told of."""
    which = "WHERE urn = $urn AND of_reviews = $of_reviews ORDER BY told_at DESC LIMIT 1"
    return _SPIKES.first(con, which, urn=urn, of_reviews=of_reviews)


def put_surges(con: Connection, surges: Sequence[Surge]) -> None:
    """Records surges as told; for an existing one only how long it lasted, and how many reviews came."""
    update = {
        "lasted_to": "greatest(spikes.lasted_to, excluded.lasted_to)",
        "mentions": """CASE WHEN spikes.of_reviews THEN greatest(spikes.mentions, excluded.mentions)
            ELSE spikes.mentions END""",
    }
    _SPIKES.insert(con, surges, update=update)


# The governors' reports: their numbers are fixed when first counted, then signed once by a person.


@freeze
class WeeklyReport:
    """One report: `facts` is JSON that holds only what may be published; signed, or still a draft. `counted`
    is JSON too: its weeks as they were first counted, with small numbers. Nobody is shown it. `sha256` is
    that of the signed PDF, `page_sha256` that of the page signed with it."""

    urn: str
    week: str
    facts: str
    composed_at: datetime
    signed_at: datetime | None = None
    signed_by: str | None = None
    sha256: str | None = None
    page_sha256: str | None = None
    counted: str = "[]"


_REPORTS = ValueTable("reports", WeeklyReport, "urn week")
_SIGNED = ValueTable(
    "reports", WeeklyReport, "urn week", "urn week facts signed_at signed_by sha256 page_sha256"
)


def put_report(con: Connection, urn: str, week: str, facts: str, now: datetime, counted: str = "[]") -> None:
    """Stores a report's numbers; if that week already has some, they stay as they are."""
    _REPORTS.insert(con, [WeeklyReport(urn, week, facts, now, counted=counted)])


def report(con: Connection, urn: str, week: str) -> WeeklyReport | None:
    """The report of that week; None where none was made."""
    return _REPORTS.first(con, "WHERE urn = $urn AND week = $week", urn=urn, week=week)


def is_signed_pdf(con: Connection, urn: str, name: str, sha256: str) -> bool:
    """Is it the hash of the PDF that was signed under this file name?"""
    sql = """SELECT 1 FROM reports WHERE urn = $urn AND urn || '-' || week || '.pdf' = $name
        AND sha256 = $sha AND signed_at IS NOT NULL"""
    return bool(read_rows(con, sql, urn=urn, name=name, sha=sha256))


def reports_before(con: Connection, urn: str, week: str) -> list[WeeklyReport]:
    """The reports of earlier weeks, newest first, 60 at most."""
    wanted = "WHERE urn = $urn AND week < $week ORDER BY week DESC LIMIT 60"
    return _REPORTS.select(con, wanted, urn=urn, week=week)


def reports_after(con: Connection, urn: str, week: str) -> list[WeeklyReport]:
    """The reports of later weeks, earliest first."""
    return _REPORTS.select(con, "WHERE urn = $urn AND week > $week ORDER BY week", urn=urn, week=week)


def newest_reports(con: Connection, urns: Sequence[str]) -> dict[str, WeeklyReport]:
    """By school (urn), the report of the latest week that has one."""
    newest = """WHERE urn = ANY($urns)
        QUALIFY row_number() OVER (PARTITION BY urn ORDER BY week DESC) = 1"""
    return {one.urn: one for one in _REPORTS.select(con, newest, urns=urns)}


def sign(con: Connection, signed: WeeklyReport) -> WeeklyReport:
    """Records that a person has read and released it, unless somebody already has; returns the report as it
    now is. Raises KeyError where there is no such report, ValueError where `signed` has no signature."""
    found = report(con, signed.urn, signed.week)
    if found is None:
        raise KeyError(signed.week)
    if signed.signed_at is None or signed.signed_by is None:
        raise ValueError(f"the report for {signed.week} has no signature")
    if found.signed_at is not None:
        return found
    _SIGNED.insert(con, [signed], anew=True)
    subject, code = f"report:{signed.week}", Code.PDF.of(signed.sha256)
    done_by = AuditEntry(signed.signed_at, signed.signed_by, "report_signed", subject, signed.urn, (code,))
    append(con, [done_by])
    return signed


def send_back(con: Connection, report: WeeklyReport, person_id: str, why: str, now: datetime) -> None:
    """Records that a person (an id) who may sign it sends it back, and why."""
    subject, codes = f"report:{report.week}", (note(con, why),)
    record_act(con, now, person_id, "report_sent_back", subject, report.urn, codes)


def times_sent_back(con: Connection, urn: str, week: str) -> list[AuditEntry]:
    """Each time that it was sent back, the last one last."""
    found = [link.entry for link in links(con, [f"report:{week}"]) if link.entry.urn == urn]
    return [entry for entry in found if entry.action == "report_sent_back"]


def sent_back(con: Connection, urn: str, week: str) -> tuple[datetime, str, str] | None:
    """When it was sent back last, by whom (an id) and why; None where it was not."""
    found = times_sent_back(con, urn, week)
    if not found:
        return None
    entry = found[-1]
    sql = "SELECT note FROM audit_notes WHERE sha256 = $sha"
    why = read_rows(con, sql, sha=next(iter(Code.NOTE.values(entry.codes)), ""))
    return entry.done_at, entry.actor, why[0][0] if why else ""


def reports_of(con: Connection, urn: str, limit: int = 60) -> list[WeeklyReport]:
    """The newest reports of a school, the newest first."""
    wanted = "WHERE urn = $urn ORDER BY week DESC LIMIT $limit"
    return _REPORTS.select(con, wanted, urn=urn, limit=limit)


def withdraw_waiting(con: Connection, keys: Sequence[str], now: datetime) -> None:
    """Withdraw those of these messages that are still waiting: what they ask for has been done."""
    sql = """UPDATE outbox SET withdrawn_at = $now WHERE key = ANY($keys) AND sent_at IS NULL
        AND failed_at IS NULL AND withdrawn_at IS NULL AND handing_over_at IS NULL"""
    execute(con, sql, keys=keys, now=now)
