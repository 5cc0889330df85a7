"""Facts of one school's daily digest, and what was sent of it: read once for all its readers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from data.cases import Case, CaseStep
from data.content_class import BYPASSING, ContentClass
from data.digest import AccountAct, Edition, Fate, Headline, ReadingCounts, Surge, Undelivered, Window
from data.frozen import freeze
from data.judged import DANGER, stamp
from data.keeping import is_restricted
from data.matters import Access, MatterView, PostView
from data.steps.classes import Answered, Checked
from data.steps.codes import Check, StepKind
from data.store.alerts import by_story, escalation_steps, owners_of_alerts
from data.store.cases import all_steps
from data.store.engine.connect import sparing
from data.store.engine.rows import (
    Connection,
    ValueTable,
    at,
    at_or_none,
    group_pairs,
    insert_rows,
    names,
    read_column,
    read_rows,
    read_value,
    select_columns,
)
from data.store.mentions import stories_beside_restricted
from data.store.owners import HOLDS, Records, closed_sql, marked_sql, notes_of, records, unless_owned
from data.store.verdicts import BRIEF, COLUMNS, judged_posts, story_verdicts, verdict
from data.types import Alert, Mark, MentionKind, Outcome, Relevance, Route, Severity, Verdict
from data.web.channels import PRESS

_MOST_CHARS = 1_000
_POSTS = """WITH these AS MATERIALIZED (SELECT * FROM mentions WHERE id = ANY($ids) AND NOT restricted),
    versions AS MATERIALIZED (SELECT mention_id, n, title, text FROM mention_versions
        WHERE mention_id = ANY($ids)),
    carried AS MATERIALIZED (SELECT mention_id, list(source_id ORDER BY source_id) AS sources FROM sightings
        WHERE mention_id = ANY($ids) GROUP BY mention_id)
SELECT m.id, m.channel, m.kind, m.url, coalesce(v.title, ''), coalesce(left(v.text, $most), ''),
    epoch_us(m.published), epoch_us(m.first_seen), coalesce(c.sources, []),
    CASE WHEN m.stub THEN epoch_us(coalesce(m.gone_at, m.retain_until)) END, epoch_us(m.gone_at)
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
            url=None if deleted else url, published=at_or_none(published), first_seen=at(seen),
            source_ids=tuple(sources), words_deleted_at=at_or_none(deleted), gone_at=at_or_none(gone),
        )
        for mention_id, channel, kind, url, title, text, published, seen, sources, deleted, gone in rows
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


def lost_days(
    con: Connection, kind: str, urn: str, before: str
) -> tuple[dict[str, tuple[tuple[date, Fate], ...]], bool]:
    """List the days of each person's editions since the last sent: unsent, or perhaps not received; and say
    whether none, of days before `before`, was sent to anybody."""
    sql = """SELECT e.person_id, e.period, o.unsure_at IS NOT NULL, o.sent_at IS NOT NULL AS sent
        FROM editions e JOIN outbox o ON o.key = e.outbox_key
        WHERE e.kind = $kind AND e.urn = $urn AND e.period < $before
        QUALIFY e.period >= coalesce(max(e.period) FILTER (sent) OVER (PARTITION BY e.person_id), '')
        ORDER BY e.period"""
    rows = read_rows(con, sql, kind=kind, urn=urn, before=before)
    lost = group_pairs(
        (person, (date.fromisoformat(period), Fate.UNSURE if unsure else Fate.FAILED))
        for person, period, unsure, sent in rows
        if not sent
    )
    return {person: tuple(days) for person, days in lost.items()}, not any(sent for *_, sent in rows)


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


_SURGES = ValueTable("spikes", Surge)


def reported_spikes(con: Connection, urn: str, window: Window) -> tuple[Surge, ...]:
    """List the surges told within the window, oldest first."""
    within = "WHERE urn = $urn AND told_at >= $since AND told_at < $until ORDER BY began_at"
    return tuple(_SURGES.select(con, within, urn=urn, since=window.since, until=window.until))


def account_acts(con: Connection, urn: str, window: Window) -> tuple[AccountAct, ...]:
    """List what was done on the school's own accounts within the window."""
    sql = """SELECT source_id, action, count(*) FROM account_log
        WHERE urn = $urn AND done_at >= $since AND done_at < $until
        GROUP BY source_id, action ORDER BY source_id, action"""
    rows = read_rows(con, sql, urn=urn, since=window.since, until=window.until)
    return tuple(AccountAct(*row) for row in rows)


def undelivered_in(
    con: Connection, urn: str, window: Window, *, mails: bool = True
) -> tuple[Undelivered, ...]:
    """List the messages other than digests that failed, expired or may not have arrived within the window;
    without emails where none is meant to go out."""
    sql = """SELECT person_id, kind, unsure_at IS NOT NULL, alert_id FROM outbox
        WHERE urn = $urn AND kind <> 'digest' AND sent_at IS NULL AND withdrawn_at IS NULL
            AND ($mails OR via <> 'mail')
            AND coalesce(unsure_at, failed_at, given_up_at, expires_at) >= $since
            AND coalesce(unsure_at, failed_at, given_up_at, expires_at) < $until
        ORDER BY person_id, kind, key"""
    rows = read_rows(con, sql, urn=urn, since=window.since, until=window.until, mails=mails)
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


# A school's open matters in full, for its daily digest: alerts, what its cases wait for, what is marked.

_NEVER, _LONG_AGO = datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)
Replay = Callable[[Sequence[CaseStep]], Case]
"""The ladder's own fold of a case's steps (`alerts.ladder.replay`)."""
_LATELY = timedelta(days=14)
"""So long what somebody took and never ended has a line of its own; what is older is counted."""


@freeze
class _Judged:
    verdict: Verdict
    written_at: datetime
    channel: str


@freeze
class StandingMatters:
    """The open matters of a school: alerts, cases, and what somebody marked. `long_had` are those taken over
    a fortnight ago and never ended: of each, who was told of it or has it (ids), without whom it may
    accuse."""

    alerts: tuple[MatterView, ...]
    cases: tuple[MatterView, ...]
    marked: tuple[MatterView, ...]
    long_had: tuple[frozenset[str], ...] = ()


def standing_matters(
    con: Connection, urn: str, window: Window, replay: Replay, *, marks: bool = True
) -> StandingMatters:
    """All of it; with `marks` what somebody marked as well. What stories say is read once for all three. What
    a safeguarding lead gave back to the ladder is there by its case alone, until it is raised anew."""
    steps = all_steps(con, [urn], open_only=True, closed_since=window.since)
    cases = {case_id: replay(done) for case_id, done in steps.items()}
    back = {case.story_id: case.given_back_at for case in cases.values() if case.given_back_at}
    given = {"urn": urn, "since": window.since, "lately": window.until - _LATELY}
    grades = {"grave": int(Severity.TODAY), "danger": int(Severity.THIS_HOUR)}
    standing = read_rows(con, unless_owned(con, _STANDING), **given, **grades, until=window.until)
    alerts = [
        (story, hidden) for story, hidden, raised in standing if at(raised) >= back.get(story, _LONG_AGO)
    ]
    marked = _list_marked(con, urn, window) if marks else []
    of_cases = [case.story_id for case in cases.values()]
    recorded = [*of_cases, *marked]
    judged = _verdicts(con, urn, list(dict.fromkeys([*(story_id for story_id, _ in alerts), *recorded])))
    kept_out = kept_out_of(con, urn) if recorded else {}
    read = _Read(judged, _posts(con, judged), kept_out, records(con, recorded))
    long_had = read_rows(con, unless_owned(con, _LONG_HAD), **given, **grades) if marks else ()
    return StandingMatters(
        _alert_views(con, urn, alerts, read),
        _case_views(con, urn, window, cases, steps, read),
        tuple(
            MatterView(
                story_id,
                urn,
                Access.WORDS,
                verdicts=tuple(j.verdict for j in found),
                posts=read.posts.get(story_id, ()),
                channels=tuple(dict.fromkeys(j.channel for j in found)),
                excluded=read.kept_out.get(story_id, ()),
                acknowledged=read.said.owners.get(story_id),
                mark=read.said.marks.get(story_id),
            )
            for story_id in marked
            if (found := read.judged.get(story_id)) and not any(j.verdict.restricted for j in found)
        ),
        tuple(frozenset(told).difference(out) for told, out in long_had),
    )


@freeze
class _Read:
    """Facts of stories, by id: newest verdicts, gravest post, who is kept out, records where asked for."""

    judged: Mapping[str, Sequence[_Judged]]
    posts: Mapping[str, tuple[PostView, ...]]
    kept_out: Mapping[str, tuple[str, ...]]
    said: Records


_OF_DANGER = f"""(a.severity >= $danger AND a.content_class <> '{ContentClass.OWN_ACCOUNT}'
    OR a.route IN ('police_now', 'safeguarding') OR a.restricted
    OR list_contains(a.reason_codes, '{DANGER}'))"""
_HAS = """alerts a LEFT JOIN owners has ON has.story_id = a.story_id AND has.urn = a.urn
    AND has.person_id IS NOT NULL AND has.times >= a.times"""
_NO_CASE = "NOT EXISTS (SELECT 1 FROM cases c WHERE c.story_id = a.story_id AND c.urn = a.urn)"

_STANDING = f"""SELECT a.story_id, coalesce(s.restricted, TRUE), epoch_us(a.raised_at)
    FROM {_HAS} LEFT JOIN stories s ON s.id = a.story_id
    WHERE a.urn = $urn AND a.handed_over_at IS NULL AND a.severity >= $grave
        AND (a.raised_at < $until OR {_OF_DANGER})
        AND (has.since_at IS NULL OR ({_OF_DANGER} AND NOT {closed_sql("a")})
            OR (has.since_at < $until AND (has.since_at >= $since
                OR a.raised_at > $lately AND {_NO_CASE})))
        AND NOT {marked_sql("a.story_id", "a.urn")}
    ORDER BY a.severity DESC, a.raised_at, a.id"""
"""Alerts of the school that nobody has acknowledged, those acknowledged within the window, what of danger, or
restricted, somebody has, until its cases are closed, and what was raised within a fortnight and somebody has
who recorded nothing of it, for it has no case; gravest first. What is of danger, or restricted, is there as
it stands now, though it was raised or taken after the window. What was handed over, or whose story somebody
marked, is left out. Of each its story (id), whether that is restricted or gone, and when it was raised."""
_LONG_HAD = f"""SELECT list_append(a.audience, has.person_id), a.excluded FROM {_HAS}
    WHERE a.urn = $urn AND a.handed_over_at IS NULL AND a.severity >= $grave AND NOT {_OF_DANGER}
        AND has.since_at < $since AND a.raised_at <= $lately AND {_NO_CASE}
        AND NOT {marked_sql("a.story_id", "a.urn")}
    UNION ALL SELECT [person_id], [] FROM owners JOIN stories s ON s.id = owners.story_id
    WHERE owners.urn = $urn AND NOT s.restricted AND times = 0 AND NOT coalesce({HOLDS}, FALSE)
        AND since_at <= $lately AND since_at < $since"""
"""Of what `_STANDING` leaves out for its age, and of what was never raised and taken so long ago: who was
told of it or has it, and who is kept out (ids)."""


def _alert_views(
    con: Connection, urn: str, found: Sequence[tuple[str, bool]], read: _Read
) -> tuple[MatterView, ...]:
    """`verdicts` are those of severity 3 or more, where there are any, with what a person should look at, for
    whom that may accuse; `channels` are the places of the former, `updated_at` is when the alert, or one of
    them, was last written."""
    alerts = by_story(con, [story_id for story_id, _ in found])
    taken = owners_of_alerts(con, [alert.id for alert in alerts.values()])
    had = records(con, [alert.story_id for alert in alerts.values()])
    marks = {**read.said.marks, **had.marks}
    escalated = escalation_steps(con, [alert.id for alert in alerts.values()])
    sql = """SELECT story_id FROM notes WHERE urn = $urn
        AND story_id NOT IN (SELECT id FROM stories WHERE restricted)"""
    noted = read_column(con, sql, urn=urn)

    views = []
    for story_id, hidden in found:
        alert = alerts[story_id, urn]
        judged = read.judged.get(story_id, [])
        grave = [j for j in judged if j.verdict.severity >= Severity.TODAY]
        surely = any(j.verdict.relevance is Relevance.ABOUT for j in judged)
        views.append(
            MatterView(
                story_id,
                urn,
                Access.WORDS,
                alert_id=alert.id,
                number=alert.number,
                restricted=alert.restricted or hidden or any(j.verdict.restricted for j in judged),
                verdicts=tuple(j.verdict for j in judged if not grave or j in grave or j.verdict.look),
                relevance=Relevance.ABOUT if surely else Relevance.UNSURE,
                severity=alert.severity,
                route=alert.route,
                content_class=alert.content_class,
                because=alert.because,
                posts=read.posts.get(story_id, ()),
                channels=tuple(dict.fromkeys(j.channel for j in grave or judged)),
                raised_at=alert.raised_at,
                times=alert.times,
                from_before=alert.posted_at,
                updated_at=max((alert.raised_at, *(j.written_at for j in grave))),
                acknowledged=taken.get(alert.id),
                mark=marks.get(story_id),
                audience=alert.audience,
                excluded=alert.excluded,
                warned=alert.warned,
                escalated=tuple(escalated.get(alert.id, ())),
                stamp=stamp(story_id, alert.times, (j.verdict for j in judged)),
                notes=notes_of(con, story_id, urn) if story_id in noted else (),
            )
        )
    return tuple(views)


def _posts(con: Connection, judged: Mapping[str, Sequence[_Judged]]) -> dict[str, tuple[PostView, ...]]:
    """The gravest post of each story; without its words in a thread with a restricted post."""
    routes = list(Route)
    of = ((story, [j.verdict for j in found]) for story, found in judged.items())
    gravest = {
        max((v.severity, routes.index(v.route), v.mention_id) for v in verdicts)[-1]: story
        for story, verdicts in of
    }
    return {gravest[i]: (post,) for i, post in shown_posts(con, gravest).items()}


def _verdicts(con: Connection, urn: str, story_ids: Sequence[str]) -> dict[str, list[_Judged]]:
    """The newest verdicts of these stories."""
    posts = judged_posts(con, story_ids, "epoch_us(first_seen), channel", f"{BRIEF}, epoch_us(v.judged_at)")
    posts.sort(key=lambda p: (p.mention[0], p.key[0]))
    return group_pairs(
        (p.story_id, _Judged(verdict((*p.key, *columns)), at(written), p.mention[1]))
        for p in posts
        for *columns, written in [p.verdict]
        if p.key[2] == urn
    )


def _list_marked(con: Connection, urn: str, window: Window) -> list[str]:
    """List what somebody took within a fortnight and has not ended, or answered in it; nothing restricted."""
    if read_value(con, "SELECT 1 FROM owners WHERE urn = $urn LIMIT 1", urn=urn) is None:
        return []
    sql = f"""SELECT story_id FROM (SELECT owners.story_id, mark, marked_at, since_at, times, {HOLDS} AS holds
            FROM owners JOIN stories s ON s.id = owners.story_id
            WHERE owners.urn = $urn AND NOT s.restricted AND (mark IS NOT NULL OR times = 0))
        WHERE CASE WHEN holds THEN mark = $answered AND marked_at < $until AND marked_at >= $since
            ELSE times = 0 AND since_at < $until AND (since_at >= $since OR since_at > $lately) END
        ORDER BY CASE WHEN holds THEN marked_at ELSE since_at END, story_id"""
    given = {"since": window.since, "until": window.until, "lately": window.until - _LATELY}
    return read_column(con, sql, urn=urn, answered=Mark.ANSWERED, **given)


def _case_views(
    con: Connection,
    urn: str,
    window: Window,
    cases: Mapping[str, Case],
    steps: Mapping[str, Sequence[CaseStep]],
    read: _Read,
) -> tuple[MatterView, ...]:
    """Cases that are open, on hold, or were closed in the window: soonest deadline first, then oldest."""
    if not cases:
        return ()
    stories = [case.story_id for case in cases.values()]
    hidden = read_column(con, "SELECT id FROM stories WHERE restricted AND id = ANY($ids)", ids=stories)

    def view(case: Case, done: Sequence[CaseStep]) -> MatterView:
        lately = [s for s in done if window.since <= s.recorded_at < window.until]
        story_id = case.story_id
        # where an operator only passed it on to the poster, it has not answered
        answers = [s.said for s in reversed(lately) if isinstance(s.said, Answered)]
        return MatterView(
            story_id,
            urn,
            Access.WORDS,
            numbers=(case.id,),
            number=case.id,
            restricted=case.restricted or (story_id in hidden and not case.is_returned),
            locked=case.locked,
            verdicts=tuple(j.verdict for j in read.judged.get(story_id, ())),
            posts=read.posts.get(story_id, ()),
            asked_at=_newest(done, lambda s: s.kind is StepKind.CONSENT_ASKED),
            gone_at=_newest(lately, lambda s: isinstance(s.said, Checked) and s.said.result is Check.GONE),
            back_at=_newest(lately, lambda s: s.kind is StepKind.CAME_BACK),
            answer=next((s.result for s in answers if s.result and s.poster_told_at is None), None),
            acknowledged=read.said.owners.get(story_id),
            excluded=read.kept_out.get(story_id, ()),
            mark=read.said.marks.get(story_id),
            cases=(case,),
        )

    found = [(case, view(case, steps[case_id])) for case_id, case in cases.items()]
    found.sort(key=lambda c: c[0].first_due.due_at if c[0].first_due else _NEVER)
    return tuple(view for _, view in found)


def locked_stories(con: Connection, urn: str) -> frozenset[str]:
    """The stories of the school that have a locked case, whether it is open or not."""
    return frozenset(read_column(con, "SELECT story_id FROM cases WHERE urn = $urn AND locked", urn=urn))


def _newest(steps: Sequence[CaseStep], wanted: Callable[[CaseStep], bool]) -> datetime | None:
    return next((s.done_at for s in reversed(steps) if wanted(s)), None)


def kept_out_of(con: Connection, urn: str) -> dict[str, tuple[str, ...]]:
    """Ids of the people excluded by an alert of the school, by its story."""
    sql = "SELECT story_id, excluded FROM alerts WHERE urn = $urn AND len(excluded) > 0"
    return {story_id: tuple(sorted(excluded)) for story_id, excluded in read_rows(con, sql, urn=urn)}


def raised_about(con: Connection, urn: str, story_ids: Iterable[str]) -> dict[str, Alert]:
    """The alerts of the school about these stories, finished ones too."""
    raised = read_column(con, "SELECT story_id FROM alerts WHERE urn = $urn", urn=urn)
    found = by_story(con, sorted({*raised}.intersection(story_ids)))
    return {story_id: alert for (story_id, of), alert in found.items() if of == urn}


# Stories judged about a school within a window, one value each: a digest is chosen from them.
#
# A window may hold a million posts, of which a reader sees some dozen. So DuckDB counts, and what comes here
# of a story are numbers, places and one verdict, without a word; the posts of what is shown are read once
# that is known (`shown_posts`). Stories judged alike share one verdict.

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
        rows = list(_compact(iter(asked.fetchone, None)))
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
        story_id, about, mentions, articles, places, people, *rest = rows.pop()
        channels, gravity, looked, look, article, heated = rest
        top = tops[gravity]
        by_look = look is not None and top.severity < Severity.TODAY
        views.append(
            MatterView(
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
        )
    return tuple(views)


def _compact(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[Any, ...]]:
    """Yield rows in a third of the memory: lists as tuples, and what several rows hold but once."""
    seen: dict[object, Any] = {}
    shared = seen.setdefault
    for row in rows:
        head, (places, people, channels), tail = row[:_SETS], row[_SETS:_TOP], row[_TOP:]
        places, channels = tuple(sorted(places)), tuple(sorted(channels))
        yield (
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
FROM said JOIN (SELECT id, version, first_seen, stub FROM mentions WHERE NOT restricted) m
    ON m.id = said.mention_id AND m.version = said.version
JOIN matches x ON x.mention_id = said.mention_id AND x.version = said.version AND x.urn = $urn
WHERE {_NOBODYS} GROUP BY x.story_id ORDER BY bool_and(stub), 3, x.story_id LIMIT {_LISTED}"""
_LONG_UNANSWERED = f"""SELECT count(DISTINCT x.story_id) FROM verdicts v
JOIN matches x ON x.mention_id = v.mention_id AND x.version = v.version AND x.urn = v.urn
WHERE v.urn = $urn AND v.judged_at < $since AND v.content_class <> '{ContentClass.FAIR_COMMENT}'
    AND NOT list_contains($worded::VARCHAR[], v.mention_id) AND {TO_ANSWER} AND {_NOBODYS}"""
_THESE = "(SELECT * FROM {} WHERE {} >= $oldest AND {} = ANY($those))"


def unanswered_stories(
    con: Connection, urn: str, until: datetime, kept_for: timedelta
) -> tuple[tuple[MatterView, ...], int]:
    """List what wants an answer since before then and nobody has taken, ended or opened a case of, by its
    newest post, with when it was `first_seen`: first what still has words, the longest waiting first. And
    count how much more of it there is: beyond a hundred, or judged more than 30 days before. `kept_for` is
    how long the words of criticism are kept: what is younger is no old matter. One of which the words are
    deleted stays, whenever it was judged, unless it was taken down."""
    sql = "SELECT id FROM mentions WHERE stub AND NOT restricted AND gone_at IS NULL"
    worded = read_column(con, sql)
    given = {"urn": urn, "since": until - max(_OPEN_FOR, kept_for), "worded": worded}
    found = read_rows(con, _UNANSWERED, until=until, **given)
    more = int(read_value(con, _LONG_UNANSWERED, **given) or 0)
    if not found:
        return (), more
    since = {story_id: at(first_us) for story_id, _, first_us, _ in found}  # in the order of the rows
    these = {"urn": urn, "those": [post for _, post, *_ in found], "oldest": min(since.values())}
    judged = _THESE.format("verdicts", "judged_at", "mention_id")
    matches = _THESE.format("matches", "seen_at", "mention_id")
    mentions = _THESE.format("mentions", "first_seen", "id")
    fresh = _FRESH.format(verdicts=judged, matches=matches, mentions=mentions)
    rows = con.execute(unless_owned(con, fresh), {**_CODES, **these, "until": until}).fetchall()
    views = {v.story_id: v for v in _views(con, judged, these, list(_compact(rows)))}
    waiting = (replace(views[i], first_seen=first) for i, first in since.items() if i in views)
    return tuple(waiting), more + found[0][-1] - len(found)


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
