"""Verdicts of open matters from before an upgrade are judged again, once, by the rules of now; and those of
one matter, as somebody who may decide says who is meant.

Nothing is read anew for it: the words and matches that are held are judged. A verdict may rise, and may leave
more people out; it never falls below what people were told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from alerts.raise_alert import Word
from data.content_class import MOST_PROTECTIVE
from data.effects import Clock
from data.evidence.handed_in import judged_part
from data.judged import calls_for_alert, leading, route_rank
from data.store import alerts as alert_store
from data.store.engine.connect import Connection
from data.store.engine.open import Store
from data.store.mentions import held_words
from data.store.outbox import put_outbox, withdraw
from data.store.stories import sources_of_sightings
from data.store.verdicts import (
    JudgedBefore,
    any_before,
    judged_before,
    put_again,
    stories_before,
    story_verdicts,
    whole_verdicts,
)
from data.types import Alert, Harm, Meant, Reason, Relevance, Severity, Story, Verdict
from monitor.pipeline.judged import fit_to_stored, with_article, with_basis
from monitor.pipeline.judges import Judges
from monitor.pipeline.raising import passed_on, raise_stories, write_messages

SEEN_WITHIN = timedelta(days=90)
"""What nobody has seen for longer is left as it was judged."""
AT_A_TIME = 64
"""So many stories are saved together."""
JUDGED_AGAIN = Reason("judged_again", "It was judged again, by better rules.")


def judge_again(store: Store, judges: Callable[[], Judges], clock: Clock) -> int:
    """Judges open matters of older verdicts again, some stories a transaction; gives how many verdicts."""
    with store.open_reader() as con:
        if not any_before(con):
            return 0
        by, since = judges(), clock() - SEEN_WITHIN
        waiting = stories_before(con, by.schools, since)
    done = 0
    for first in range(0, len(waiting), AT_A_TIME):
        some = waiting[first : first + AT_A_TIME]
        with store.open_reader() as con:
            held = judged_before(con, some, by.schools, since)
            answered = held_words(con, {one.mention.parent for one in held if one.mention.parent})
            sources = sources_of_sightings(con, [one.mention.id for one in held])
        new = _judge_again(held, by, answered, sources)
        with store.write("judge again") as con:
            done += _keep(con, judged_before(con, some, by.schools, since), new, by, clock())
    return done


_Key = tuple[str, int, str]


def _judge_again(
    held: Sequence[JudgedBefore],
    judges: Judges,
    answered: Mapping[str, str],
    sources: Mapping[str, Collection[str]],
) -> dict[_Key, Verdict]:
    """Judge by the rules of now; by id, `answered` are the words of what they reply to, and `sources` those
    (ids) in which they were seen."""
    # late: as in monitor.pipeline.intake
    from monitor.pipeline.judge import accuse_as_answers, explain_verdicts

    fresh = []
    for one in held:
        mention = replace(one.mention, text=judged_part(one.mention.text, sources.get(one.mention.id, ())))
        fresh.append((with_article(mention, one.article), (one.match,)))
    new = {}
    verdicts = accuse_as_answers(fresh, explain_verdicts(fresh, judges), answered, judges)
    for one, (words, _), v in zip(held, fresh, verdicts, strict=True):
        texts = {v.mention_id: one.article}
        new[_key(one)] = fit_to_stored(with_basis(v, words, texts, {}), words, one.mention, texts)
    return new


def _key(one: JudgedBefore) -> _Key:
    return one.verdict.mention_id, one.verdict.version, one.verdict.urn


def _keep(
    con: Connection, held: Sequence[JudgedBefore], new: Mapping[_Key, Verdict], judges: Judges, now: datetime
) -> int:
    """Saves what is judged again of what is still as it was, and tells whoever must know."""
    judged: dict[tuple[str, str], list[Verdict]] = defaultdict(list)
    rose = set()
    for one in (one for one in held if _key(one) in new):
        found = graver_verdict(one.verdict, new[_key(one)])
        judged[one.story_id, found.urn].append(found)
        if _standing(found) != _standing(one.verdict):
            rose.add((found.mention_id, found.urn))
    stories = [
        Story(story_id, urn, "", now, now, tuple(v.mention_id for v in of))
        for (story_id, urn), of in judged.items()
    ]
    raised = raise_stories(con, stories, {story_id: of for (story_id, _), of in judged.items()}, judges, now)
    put_again(con, [v for of in judged.values() for v in of], rose, now, judges.policy)
    _tell(
        con,
        [replace(a, because=(JUDGED_AGAIN, *a.because)) for _, of in raised for a in of.alerts],
        judges,
        now,
    )
    for _, of in raised:
        alert_store.exclude_from_alerts(con, of.kept_out, now)
    return sum(map(len, judged.values()))


def raise_once_more(
    con: Connection, alert: Alert, why: Reason, judges: Judges, by: str, now: datetime
) -> None:
    """Raise it again, as of this hour, since somebody whom it threatens (`by`, an id) says that they are not
    safe: all are asked anew, but for them."""
    because = (why, *(reason for reason in alert.because if reason.code != why.code))
    again = replace(alert, severity=Severity.THIS_HOUR, times=alert.times + 1, raised_at=now, because=because)
    put = alert_store.put_alerts(con, [again], now)
    mails = [mail for mail in write_messages(con, put, judges, now) if mail.person_id != by]
    put_outbox(con, mails, now)


def _tell(con: Connection, alerts: Sequence[Alert], judges: Judges, now: datetime) -> None:
    put_outbox(con, write_messages(con, alert_store.put_alerts(con, alerts, now), judges, now), now)


def raise_moved(
    con: Connection, story: Story, verdicts: Sequence[Verdict], judges: Judges, now: datetime
) -> None:
    """Tells of what somebody moved into a story as of what is new in it, where that calls for it."""
    for _, of in raise_stories(con, [story], {story.id: verdicts}, judges, now):
        _tell(con, of.alerts, judges, now)
        alert_store.exclude_from_alerts(con, of.kept_out, now)


class Say(Protocol):
    """The word of a person on a verdict; `lead` is that of the gravest post."""

    def __call__(self, verdict: Verdict, *, lead: bool) -> Verdict: ...


def judge_as_said(
    con: Connection,
    story_id: str,
    urn: str,
    say: Say,
    judges: Judges,
    by: str,
    now: datetime,
    *,
    accuses: bool,
    why: Reason | None = None,
    lets_in: Collection[str] = (),
    lowered: bool = False,
) -> Alert | None:
    """Saves every verdict of a story as somebody who may decide (`by`, an id) says it, and tells it to those
    who may know by that; gives its alert, None where it has none. Where they do not say whom it `accuses`,
    those stay left out whom former words may accuse; in any case whom its alert keeps out, but for those whom
    two people let in (`lets_in`, ids). Two may have `lowered` it. `why` is said of the alert in place of who
    was named."""
    newest = [v for v in story_verdicts(con, [story_id]).get(story_id, ()) if v.urn == urn]
    if not newest:
        return None
    lead = leading(newest)
    now_held = {(v.mention_id, v.version) for v in newest}
    held = whole_verdicts(con, [v.mention_id for v in newest], urn)
    said = [say(v, lead=(v.mention_id, v.version) == (lead.mention_id, lead.version)) for v in held]
    changed = [new for old, new in zip(held, said, strict=True) if old != new]
    story = Story(story_id, urn, "", now, now, tuple(v.mention_id for v in newest))
    current = [v for v in said if (v.mention_id, v.version) in now_held]
    former = [] if accuses else [v for v in said if (v.mention_id, v.version) not in now_held]
    word = Word(tuple(former), frozenset(lets_in), lowered)
    raised = raise_stories(con, [story], {story_id: current}, judges, now, word=word)
    was = {_standing(v) for v in newest}
    rose = {v.pair for v in changed if _standing(v) not in was}
    put_again(con, changed, rose, now, judges.policy, by)
    alerts, before = [a for _, of in raised for a in of.alerts], alert_store.by_story(con, [story_id])
    alerts = [replace(a, because=(why, *a.because[1:])) for a in alerts] if why else alerts
    for alert in alerts:
        told = before[story_id, urn].audience if before else ()
        withdraw(con, alert.id, [p for p in told if p not in alert.audience], now)
    _tell(con, alerts, judges, now)
    return next(iter(alerts), None)


def graver_verdict(old: Verdict, new: Verdict) -> Verdict:
    """The graver of two verdicts on the same words; whoever either may accuse is accused."""
    lead = old if new.relevance is Relevance.NOT_ABOUT else max(old, new, key=_gravity)
    classes = {old.content_class, lead.content_class}
    return replace(
        lead,
        version=old.version,
        severity=max(old.severity, lead.severity),
        content_class=next((c for c in MOST_PROTECTIVE if c in classes), lead.content_class),
        restricted=old.restricted or lead.restricted or passed_on(lead),
        look=lead.look if calls_for_alert(lead) else old.look or lead.look,
        look_rank=max(old.look_rank, lead.look_rank),
        endangers=_surest((*new.endangers, *old.endangers)),
        accuses=_surest((*new.accuses, *old.accuses)),
        history=old.history,
    )


def _surest(meant: Iterable[Meant]) -> tuple[Meant, ...]:
    """Each that is meant once, as the surer of both says it."""
    found: dict[tuple[str, Harm | None], Meant] = {}
    for one in meant:
        key = one.who, one.harm
        found[key] = max(found.get(key, one), one, key=lambda m: m.sure)
    return tuple(found.values())


def _gravity(verdict: Verdict) -> tuple[bool, int, int, bool]:
    return calls_for_alert(verdict), route_rank(verdict.route), int(verdict.severity), verdict.look


def _standing(verdict: Verdict) -> tuple[object, ...]:
    return verdict.severity, verdict.route, verdict.content_class, verdict.restricted, verdict.look
