"""A school's open matters in full, for its daily digest: alerts, what its cases wait for, what is marked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from data.cases import Case, CaseStep
from data.content_class import ContentClass
from data.digest import Window
from data.judged import DANGER, stamp
from data.matters import Access, MatterView, PostView
from data.steps.asking import Answered
from data.steps.codes import Check, StepKind
from data.steps.keeping import Checked
from data.store.alerts.alerts import by_story, escalation_steps, owners_of_alerts
from data.store.cases.cases import all_steps
from data.store.engine.rows import Connection, at, group_pairs, read_column, read_rows, read_value
from data.store.owners import HOLDS, Records, closed_sql, marked_sql, records, unless_owned
from data.store.reporting.daily_digest import shown_posts
from data.store.verdicts.verdicts import BRIEF, MATCHED, mostly_since, rows_of, verdict
from data.types import Alert, Mark, Relevance, Route, Severity, Verdict

_NEVER, _LONG_AGO = datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)
Replay = Callable[[Sequence[CaseStep]], Case]
"""The ladder's own fold of a case's steps (`alerts.ladder.replay`)."""
_LATELY = timedelta(days=14)
"""So long what somebody took and never ended has a line of its own; what is older is counted."""


@dataclass(frozen=True, slots=True)
class _Judged:
    verdict: Verdict
    written_at: datetime
    channel: str


@dataclass(frozen=True, slots=True)
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
    alerts = _alerts(con, urn, window, back)
    marked = _list_marked(con, urn, window) if marks else []
    of_cases = [case.story_id for case in cases.values()]
    recorded = [*of_cases, *marked]
    judged = _verdicts(con, urn, list(dict.fromkeys([*(story_id for story_id, _ in alerts), *recorded])))
    kept_out = kept_out_of(con, urn) if recorded else {}
    read = _Read(judged, _posts(con, judged), kept_out, records(con, recorded))
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
        _list_long_had(con, urn, window) if marks else (),
    )


@dataclass(frozen=True, slots=True)
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
_LONG_HAD = f"""SELECT list_append(a.audience, has.person_id), a.excluded FROM {_HAS}
    WHERE a.urn = $urn AND a.handed_over_at IS NULL AND a.severity >= $grave AND NOT {_OF_DANGER}
        AND has.since_at < $since AND a.raised_at <= $lately AND {_NO_CASE}
        AND NOT {marked_sql("a.story_id", "a.urn")}
    UNION ALL SELECT [person_id], [] FROM owners JOIN stories s ON s.id = owners.story_id
    WHERE owners.urn = $urn AND NOT s.restricted AND times = 0 AND NOT coalesce({HOLDS}, FALSE)
        AND since_at <= $lately AND since_at < $since"""


def _alerts(
    con: Connection, urn: str, window: Window, back: Mapping[str, datetime]
) -> list[tuple[str, bool]]:
    """Alerts of the school that nobody has acknowledged, those acknowledged within the window, and what of
    danger, or restricted, somebody has, until its cases are closed, and what was raised within a
    fortnight and somebody has who recorded nothing of it, for it has no case; gravest first. What is of
    danger, or restricted, is there as it stands now, though it was raised or taken after the window.

    Alerts that were handed over, whose story somebody marked, or that were raised before a lead gave their
    story `back`, are left out. Gives the story (its id) of
    each, with whether that is restricted or gone.
    """
    rows = read_rows(con, unless_owned(con, _STANDING), **_values(urn, window), until=window.until)
    return [(story, hidden) for story, hidden, raised in rows if at(raised) >= back.get(story, _LONG_AGO)]


def _list_long_had(con: Connection, urn: str, window: Window) -> tuple[frozenset[str], ...]:
    """List what `_alerts` leaves out for its age, and what was taken so long ago and never raised."""
    rows = read_rows(con, unless_owned(con, _LONG_HAD), **_values(urn, window))
    return tuple(frozenset(told).difference(out) for told, out in rows)


def _values(urn: str, window: Window) -> dict[str, object]:
    grades = {"grave": int(Severity.TODAY), "danger": int(Severity.THIS_HOUR)}
    return {"urn": urn, "since": window.since, "lately": window.until - _LATELY, **grades}


def _alert_views(
    con: Connection, urn: str, found: Sequence[tuple[str, bool]], read: _Read
) -> tuple[MatterView, ...]:
    """`verdicts` are those of severity 3 or more, where there are any, with what a person should look at, for
    whom that may accuse; `channels` are the places of the former, `updated_at` is when the alert, or one of
    them, was last written."""
    alerts = by_story(con, [story_id for story_id, _ in found])
    taken = owners_of_alerts(con, [alert.id for alert in alerts.values()])
    escalated = escalation_steps(con, [alert.id for alert in alerts.values()])

    def view(alert: Alert, hidden: bool) -> MatterView:
        judged = read.judged.get(alert.story_id, [])
        grave = [j for j in judged if j.verdict.severity >= Severity.TODAY]
        surely = any(j.verdict.relevance is Relevance.ABOUT for j in judged)
        return MatterView(
            alert.story_id,
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
            posts=read.posts.get(alert.story_id, ()),
            channels=tuple(dict.fromkeys(j.channel for j in grave or judged)),
            raised_at=alert.raised_at,
            times=alert.times,
            from_before=alert.posted_at,
            updated_at=max((alert.raised_at, *(j.written_at for j in grave))),
            acknowledged=taken.get(alert.id),
            audience=alert.audience,
            excluded=alert.excluded,
            warned=alert.warned,
            escalated=tuple(escalated.get(alert.id, ())),
            stamp=stamp(alert.story_id, alert.times, (j.verdict for j in judged)),
        )

    return tuple(view(alerts[story_id, urn], hidden) for story_id, hidden in found)


def _posts(con: Connection, judged: Mapping[str, Sequence[_Judged]]) -> dict[str, tuple[PostView, ...]]:
    """The gravest post of each story; without its words in a thread with a restricted post."""
    routes = list(Route)
    of = ((story, [j.verdict for j in found]) for story, found in judged.items())
    gravest = {
        max((v.severity, routes.index(v.route), v.mention_id) for v in verdicts)[-1]: story
        for story, verdicts in of
    }
    return {gravest[i]: (post,) for i, post in shown_posts(con, gravest).items()}


_NEWEST = "SELECT id, version, epoch_us(first_seen), channel FROM mentions WHERE id = ANY($ids)"
_JUDGED = f"SELECT {BRIEF}, epoch_us(v.judged_at) FROM verdicts v WHERE mention_id = ANY($ids)"
"""Each table by itself: joined, all of each would be read."""


def _verdicts(con: Connection, urn: str, story_ids: Sequence[str]) -> dict[str, list[_Judged]]:
    """The newest verdicts of these stories."""
    if not story_ids:
        return {}
    matches = [row for row in read_rows(con, MATCHED, ids=story_ids) if row[2] == urn]
    since = mostly_since(row[-1] for row in matches)
    newest = rows_of(con, _NEWEST, "first_seen", {row[:2] for row in matches}, since, 2)
    story_of = {row[:3]: row[3] for row in matches if row[:2] in newest}
    judged = rows_of(con, _JUDGED, "judged_at", story_of, since, 3)
    keys = sorted(judged, key=lambda key: (newest[key[:2]][0], key[0]))
    return group_pairs(
        (story_of[key], _Judged(verdict((*key, *columns)), at(written), newest[key[:2]][1]))
        for key in keys
        for *columns, written in [judged[key]]
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
