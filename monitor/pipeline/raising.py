"""From verdicts to stories, alerts and messages: who must know about what sources brought."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from alerts.access.matter import list_threatened, targets
from alerts.next_date import Means
from alerts.raise_alert import LIKE_MISSED, SINCE_MARKED, Decline, Standing, StoryNow, Word, raise_alert
from alerts.said_time import said_time, times_named
from alerts.wording.instant import alert_messages, telling
from alerts.wording.matters import NOTHING_SEEN, Seen, is_restricted
from classifiers.text.words import is_word
from classifiers.verdicts.verdict_reasons import OTHER_SCHOOL_DANGER, passed_on
from data.content_class import ContentClass
from data.frozen import freeze
from data.judged import calls_for_alert, gravest_verdict, is_enquiry, leading, may_endanger, route_rank
from data.matters import SaidTime
from data.people import people_of
from data.store import alerts as alert_store
from data.store import digest as digest_store
from data.store import owners as owner_store
from data.store import stories as story_store
from data.store import verdicts as verdict_store
from data.store.cases import open_about, posts_of, returned_stories, seen_posts
from data.store.engine.connect import Connection
from data.store.mentions import Batch
from data.types import (
    KEY_OF_A_TRUST,
    Alert,
    Folded,
    Harm,
    Meant,
    Mention,
    OutboxMessage,
    Person,
    Reason,
    Relevance,
    Route,
    School,
    Severity,
    Story,
    Verdict,
)
from monitor.pipeline.judges import Judges

if TYPE_CHECKING:
    from monitor.pipeline.judged import Judged


@freeze
class RaisedAlerts:
    """The alerts that the stories of one batch call for. `kept_out` are, by alert, people it turns out to be
    about though it was told to others before. `lesser` are stories (ids) that hold something graver already.
    """

    alerts: list[Alert] = field(default_factory=list)
    kept_out: dict[str, tuple[str, ...]] = field(default_factory=dict)
    lesser: set[str] = field(default_factory=set)


def raise_for(
    con: Connection,
    batches: Sequence[Batch],
    judges: Judges,
    now: datetime,
    later: Sequence[Judged] = (),
    untold: Sequence[Alert] = (),
) -> list[RaisedAlerts]:
    """Alerts that the stories of these batches call for now, by the batch that brings the gravest of each.

    A story is told once, with all that they bring of it, and of the places that carry it those too that are
    saved after them in the same transaction, `later`, but for one with other words of what is grave. Reads
    with `con`, in that transaction: who was told already is not told again. `untold` as for `raise_stories`.
    """
    raised = [RaisedAlerts() for _ in batches]
    touched: dict[str, Story] = {}  # each story once, with all their mentions
    for story in (story for batch in batches for story in batch.stories):
        known = touched.get(story.id, story)
        ids = dict.fromkeys((*known.mention_ids, *story.mention_ids))
        touched[story.id] = replace(story, mention_ids=tuple(ids))
    if not touched:
        return raised
    answers = _list_answers(con, batches)
    for story_id, found in answers.items():
        touched.setdefault(story_id, Story(story_id, found[0].urn, "", now, now, ()))
    stories = list(touched.values())
    new, seen = defaultdict[str, list[Verdict]](list), [(b.source_id, b.seen) for b in batches]
    for batch in batches:
        story_of = {(f.mention_id, f.urn): f.story_id for f in batch.folded}
        for verdict in batch.verdicts:
            if (at := story_of.get(verdict.pair)) is not None:
                new[at].append(verdict)
    bringer = {m.id: i for i, batch in enumerate(batches) for m in batch.mentions}
    before = verdict_store.story_verdicts(con, [story.id for story in stories])
    for i, batch in enumerate(batches):
        for told in (s.id for s in batch.stories):
            mine = [v for v in new.get(told, ()) if bringer.get(v.mention_id) == i]
            # is another post of a story graver than all that is new of it?
            anew = {v.mention_id for v in mine}
            others = [
                v
                for v in _newest_verdicts(before.get(told, ()), new.get(told, ()))
                if v.mention_id not in anew
            ]
            if others and mine and _gravity(gravest_verdict(others)) > _gravity(gravest_verdict(mine)):
                raised[i].lesser.add(told)
    given = stories, new, judges, now, seen, later, untold
    for story, called_for in raise_stories(con, *given, before=before, answers=answers):
        by = raised[bringer[leading(new[story.id] or answers[story.id]).mention_id]]
        by.alerts.extend(called_for.alerts)
        by.kept_out.update(called_for.kept_out)
    return raised


def _list_answers(con: Connection, batches: Sequence[Batch]) -> dict[str, list[Verdict]]:
    """List the verdicts of these batches that mean somebody in answer to a post of another story, by that."""
    story_of = {(f.mention_id, f.urn): f.story_id for b in batches for f in b.folded}
    parent_of = {m.id: m.parent for b in batches for m in b.mentions if m.parent}
    answering = [
        v
        for b in batches
        for v in b.verdicts
        if v.mention_id in parent_of and (v.accuses or v.subject_person)
    ]
    held = story_store.stories_of(con, {parent_of[v.mention_id] for v in answering}) if answering else {}
    found: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in answering:
        answered = parent_of[verdict.mention_id], verdict.urn
        at = story_of.get(answered) or held.get(answered)
        if at and at != story_of.get(verdict.pair):
            found[at].append(verdict)
    return found


def raise_stories(
    con: Connection,
    stories: Sequence[Story],
    new: Mapping[str, Sequence[Verdict]],
    judges: Judges,
    now: datetime,
    seen: Sequence[tuple[str, Sequence[str]]] = (),
    later: Sequence[Judged] = (),
    untold: Sequence[Alert] = (),
    *,
    word: Word | None = None,
    before: Mapping[str, Sequence[Verdict]] | None = None,
    answers: Mapping[str, Sequence[Verdict]] | None = None,
) -> list[tuple[Story, RaisedAlerts]]:
    """Raise what each of these stories calls for now, with its `new` verdicts in the place of those that are
    saved (`before`, read where they are not given). Of most nothing calls for an alert, and no more is asked.

    `seen` is what each source sights of them now, by its id; `later` as for `raise_for`, `word` as for
    `StoryNow`, and `answers`, by story. `untold` are the alerts that the same
    transaction raised before: they rise without being raised once more.
    """
    if before is None:
        before = verdict_store.story_verdicts(con, [story.id for story in stories])
    together = {s.id: _newest_verdicts(before.get(s.id, ()), new.get(s.id, ())) for s in stories}
    grave = {v.mention_id for of in together.values() for v in of if calls_for_alert(verdict_to_report(v))}
    if word is None or not word.lowered:
        stories = [s for s in stories if any(v.mention_id in grave for v in together[s.id])]
    if not stories:
        return []
    ids = [story.id for story in stories]
    raised_now = {(a.story_id, a.urn): a for a in untold}
    standing = alert_store.by_story(con, ids) | raised_now
    edited = [v.mention_id for found in new.values() for v in found if v.version > 1]
    former = verdict_store.former_verdicts(con, edited) if edited else []
    beside = _list_people_beside(con, [a.id for a in standing.values()]) if standing else {}
    back = returned_stories(con, ids) if standing else ()
    ended = {story for story, marked in owner_store.marks(con, ids).items() if marked.mark.ends}
    judged_now = sorted({v.mention_id for i in ids for v in new.get(i, ())})
    places = _count_places(
        story_store.carriers(con, ids),
        story_store.sources_of_sightings(con, judged_now),
        {i: together[i] for i in ids},
        [*seen, *((one.collected.source.id, _list_sighted(one, grave)) for one in later)],
    )
    raised = []
    for story in stories:
        people = judges.people_of(story.urn)
        if _reaches_nobody(story, people, together[story.id]):
            continue
        before_it = standing.get((story.id, story.urn))
        why_again = _find_why_again(before.get(story.id, ()), new.get(story.id, ()), ended=story.id in ended)
        of_versions = [v for v in former if v.urn == story.urn and v.mention_id in story.mention_ids]
        story_now = StoryNow(
            story,
            judges.schools[story.urn],
            people,
            judges.policy_of(story.urn),
            now,
            verdicts=tuple(verdict_to_report(v) for v in together[story.id]),
            former=tuple(of_versions if word is None else before.get(story.id, ())),
            answers=tuple((answers or {}).get(story.id, ())),
            places=places[story.id],
            came_back=(story.id, story.urn) in back,
            standing=Standing(before_it, beside.get(before_it.id, ())) if before_it else None,
            word=word,
            why_again=why_again,
            doubts=lambda person: is_word(person.name.casefold().split()[-1]),
        )
        found = raise_alert(story_now)
        called_for = _called_for(found, before_it, raised_now.get((story.id, story.urn)))
        raised += [(story, called_for)] if called_for is not None else []
    return raised


def _reaches_nobody(story: Story, people: Sequence[Person], verdicts: Sequence[Verdict]) -> bool:
    """Is it a trust's of which nobody can be told, and no odd post on its own account?"""
    if not story.urn.startswith(KEY_OF_A_TRUST) or any(p.email for p in people):
        return False
    return all(v.content_class != ContentClass.OWN_ACCOUNT for v in verdicts)


def _list_people_beside(con: Connection, alerts: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Those who know of an alert beside its audience: who was asked next, and who took it."""
    asked, taken = alert_store.people_asked(con, alerts), alert_store.owners_of_alerts(con, alerts)
    return {i: (*asked.get(i, ()), *([taken[i].person] if i in taken else [])) for i in alerts}


def _find_why_again(before: Sequence[Verdict], new: Sequence[Verdict], *, ended: bool) -> Reason | None:
    """Why a story that may have `ended` is told again, by what is new and grave; None where it is not."""
    grave = [v for v in map(verdict_to_report, new) if calls_for_alert(v)]
    if any(reason.code == LIKE_MISSED.code for v in grave for reason in v.reasons):
        return LIKE_MISSED
    known = {(v.mention_id, v.version) for v in map(verdict_to_report, before) if calls_for_alert(v)}
    newly = any((v.mention_id, v.version) not in known for v in grave)
    return SINCE_MARKED if newly and ended else None


def _list_sighted(later: Judged, grave: Collection[str]) -> list[str]:
    """List what a reading sights, but for what is grave as it is known, and has other words there."""
    return [i for i in later.seen if not (i in grave and i in later.left and later.left[i].edited)]


def _newest_verdicts(before: Sequence[Verdict], new: Sequence[Verdict]) -> list[Verdict]:
    """All verdicts of a story, the newest of each mention."""
    anew = {v.mention_id for v in new}
    return [*(v for v in before if v.mention_id not in anew), *new]


def _called_for(found: Alert | Decline, standing: Alert | None, first: Alert | None) -> RaisedAlerts | None:
    """Settle what is found of a story whose alert is `standing`; `first` was raised just now."""
    if not isinstance(found, Decline):
        if first is not None:  # raised twice, it is as it was found last: nobody was told of it in between
            why = first.because[:1] if first.times > 1 else ()
            found = replace(found, times=first.times, because=(*why, *found.because[1:]))
        return RaisedAlerts([found])
    if standing is None or not found.kept_out:
        return None
    if first is not None:
        return RaisedAlerts([replace(first, excluded=(*first.excluded, *found.kept_out))])
    return RaisedAlerts(kept_out={standing.id: found.kept_out})


def _gravity(verdict: Verdict) -> tuple[int, int]:
    return verdict.severity, route_rank(verdict.route)


def _count_places(
    carriers: Mapping[str, set[str]],
    sighted: Mapping[str, set[str]],
    verdicts: Mapping[str, Sequence[Verdict]],
    seen_now: Sequence[tuple[str, Sequence[str]]],
) -> dict[str, int]:
    """Count the sources that carry each story: those before, by story and by mention, and now."""
    wanted = {v.mention_id for found in verdicts.values() for v in found}
    seen: dict[str, set[str]] = defaultdict(set, {i: set(sources) for i, sources in sighted.items()})
    for source_id, mention_ids in seen_now:
        for mention_id in wanted.intersection(mention_ids):
            seen[mention_id].add(source_id)
    return {
        story: len(carriers.get(story, set()).union(*(seen[v.mention_id] for v in found)))
        for story, found in verdicts.items()
    }


def write_messages(
    con: Connection, alerts: Sequence[Alert], judges: Judges, now: datetime
) -> tuple[OutboxMessage, ...]:
    """Messages for the people of these alerts; cases are opened first, told once under one number."""
    if not alerts:
        return ()
    judges.open_cases(con, alerts, now)
    stories = [a.story_id for a in alerts]
    cases, verdicts = open_about(con, stories), verdict_store.story_verdicts(con, stories)
    seen = seen_of(con, alerts, verdicts, judges.means)
    return tuple(
        message
        for a in alerts
        for school, people in [(judges.schools[a.urn], judges.people_of(a.urn))]
        for aimed in [aimed_at(a, verdicts.get(a.story_id, ()), school, people)]
        for numbers in [cases.get((a.story_id, a.urn), ())]
        for message in alert_messages(
            telling(a, people, school, judges.means(a.urn), now, seen[a.id], *aimed, numbers)
        )
    )


def seen_of(
    con: Connection,
    alerts: Sequence[Alert],
    verdicts: Mapping[str, Sequence[Verdict]],
    means: Callable[[str], Means],
) -> dict[str, Seen]:
    """The facts to tell by alert; `means` by which calendar a school goes. Of the restricted none is read."""
    found = dict.fromkeys((a.id for a in alerts), NOTHING_SEEN)
    grave = {a.id: _gravest_posts(a, verdicts) for a in alerts if not is_restricted(a)}
    wanted = sorted({i for posts in grave.values() for i in posts})
    posts = seen_posts(con, wanted) if wanted else {}
    story_of = {a.id: a.story_id for a in alerts}
    in_press = sorted(story_of[i] for i, of in grave.items() if any(v.event for v in of.values()))
    printed = digest_store.printed_articles(con, in_press) if in_press else {}
    for alert_id, verdict_of in grave.items():
        if not verdict_of:
            continue
        lead = next(iter(verdict_of.values()))
        channels = dict.fromkeys(posts[i].channel for i in verdict_of if i in posts)
        at = posts[lead.mention_id].published if lead.mention_id in posts else None
        found[alert_id] = Seen(lead, tuple(channels), at, printed.get(story_of[alert_id], ()))
    leads = {a.id: next(iter(grave[a.id])) for a in alerts if grave.get(a.id)}
    named = times_named(
        ((a.id, a.urn, leads[a.id], may_endanger(a) or is_enquiry(a)) for a in alerts if a.id in leads),
        digest_store.unlocked_posts(con, {post: story_of[i] for i, post in leads.items()}),
        means,
    )
    named |= {
        a.id: said
        for a in alerts
        if is_enquiry(a) and is_restricted(a) and (said := _wanted_by(con, a, verdicts, means(a.urn)))
    }
    return found | {alert_id: replace(found[alert_id], said_time=said) for alert_id, said in named.items()}


def _wanted_by(
    con: Connection, alert: Alert, verdicts: Mapping[str, Sequence[Verdict]], clock: Means
) -> SaidTime | None:
    """When the press wants an answer in what is restricted: of that its hour alone goes into messages."""
    asking = [v.mention_id for v in verdicts.get(alert.story_id, ()) if v.urn == alert.urn and is_enquiry(v)]
    for post in posts_of(con, asking, restricted=True):
        said = f"{post.title or ''}. {post.text or ''}"
        posted = (post.published or post.first_seen).astimezone(clock.zone)
        if found := said_time(said, posted, clock.calendar):
            return found
    return None


def _gravest_posts(alert: Alert, verdicts: Mapping[str, Sequence[Verdict]]) -> dict[str, Verdict]:
    """The verdicts on the alert's grave posts, the gravest first, by post."""
    mine = [v for v in verdicts.get(alert.story_id, ()) if v.urn == alert.urn]
    if not mine:
        return {}
    lead = leading(mine)
    return {lead.mention_id: lead} | {v.mention_id: v for v in mine if calls_for_alert(v)}


def aimed_at(
    alert: Alert, verdicts: Sequence[Verdict], school: School, people: Sequence[Person]
) -> tuple[frozenset[str], frozenset[str]]:
    """Ids of those whom it threatens or wrongs, and of those whom it threatens."""
    mine, here = [verdict_to_report(v) for v in verdicts if v.urn == alert.urn], people_of(school, people)
    return targets(mine, here), list_threatened(mine, here)


def verdict_to_report(verdict: Verdict) -> Verdict:
    """The verdict; what is grave at another school goes to our safeguarding lead, today."""
    if not passed_on(verdict):
        return verdict
    return replace(
        verdict,
        relevance=Relevance.UNSURE,
        severity=Severity.TODAY,
        route=Route.SAFEGUARDING,
        content_class=ContentClass.SAFEGUARDING,
        restricted=True,
        endangers=(Meant("child", 1.0, OTHER_SCHOOL_DANGER, Harm.CHILD),),
    )


def touched_stories(
    mentions: Sequence[Mention], folded: Sequence[Folded], verdicts: Sequence[Verdict], now: datetime
) -> tuple[Story, ...]:
    """Return the stories of these mentions, with what is new of each, under the title of its gravest."""
    by_id = {m.id: m for m in mentions}
    weights = {v.pair: (v.severity, route_rank(v.route)) for v in verdicts}
    grouped: dict[tuple[str, str], list[Mention]] = defaultdict(list)
    for entry in sorted(folded, key=lambda f: weights[f.mention_id, f.urn], reverse=True):
        grouped[entry.story_id, entry.urn].append(by_id[entry.mention_id])
    return tuple(
        Story(
            id=story_id,
            urn=urn,
            title=" ".join(members[0].title.split()) or " ".join(members[0].text.split())[:80],
            first_seen=now,
            last_seen=now,
            mention_ids=tuple(m.id for m in members),
        )
        for (story_id, urn), members in grouped.items()
    )
