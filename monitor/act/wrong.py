"""Saying that something is judged wrongly, with what is right and why: for the page and the command alike.

What is only said is kept for whoever may correct it; no alert, severity or route changes by it. What is
marked is right from then on, and counts for what is like it at the same school.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from classifiers.linking.linker import Linker
from classifiers.linking.match_reasons import OTHER_SCHOOL, PLACED, details
from classifiers.verdicts.by_people.corrected import named_elsewhere
from classifiers.verdicts.by_people.said import as_missed
from data.errors import as_typed
from data.judged import leading
from data.matters import CRITICISM, SaidWrong, WrongKind
from data.register.school_names import normalise
from data.steps.acts import Done, Refused
from data.store.alerts import alerts
from data.store.engine.connect import Connection
from data.store.mentions.rejudge import held_posts, put_again, whole_verdicts
from data.store.messages.outbox import count_sent
from data.store.owners import marks
from data.store.verdicts import said_wrong
from data.types import ABUSE_LABELS, Mark, Marked, Relevance, Route, School, Sentiment, Severity, Verdict
from monitor.act.casework.from_alert import judging
from monitor.act.mark import as_judged, mark, raised
from monitor.home.wiring import Session
from monitor.matters.reader import KnownMatters, Reader, reads_all
from monitor.pipeline.judging.rejudge import judge_as_said

LABELS = (CRITICISM, *ABUSE_LABELS)
"""What a post may be said to be."""


@dataclass(frozen=True, slots=True)
class Right:
    """What is right in the place of what was judged, as far as somebody says it."""

    relevance: Relevance | None = None
    label: str = ""
    severity: Severity | None = None


def say_wrong(
    con: Connection, reader: Reader, story_id: str, urn: str, right: Right, why: str, now: datetime
) -> Done[SaidWrong] | Refused:
    """Records it of the post that the story goes by, for somebody who may read all of it."""
    known = reader.look(con, {story_id: urn})
    if not reads_all(reader, known, story_id):
        return Refused("words", "It is for those to say who may read it.")
    if right == Right() or right.label not in ("", *LABELS):
        return Refused(
            "right", f"Say what is right: ⟨about⟩, ⟨not_about⟩, ⟨severity⟩, ⟨label⟩ {', '.join(LABELS)}."
        )
    if not why.strip():
        return Refused("reason", "Say why; the reason is kept: ⟨why⟩ …")
    lead = leading(known.stored.verdicts[story_id]).mention_id
    by = reader.named.id
    given = SaidWrong(lead, urn, by, right.relevance, right.label, right.severity, why.strip(), now)
    said_wrong.put(con, given, story_id)
    return Done(given)


def take_back(
    con: Connection,
    reader: Reader,
    story_id: str,
    urn: str,
    now: datetime,
    kinds: Collection[str] = ("", *WrongKind),
) -> Done[bool]:
    """Takes back what this person said of it, of these `kinds` ("": what they only said); False where that is
    nothing. What a mark rests on is taken back with the mark alone (`mark`). Its tone, and whether it is the
    school's, are again what they were, unless somebody else says so still; what was raised stays raised."""
    standing = marks(con, [story_id]).get(story_id)
    free = [kind for kind in kinds if standing is None or kind != standing.mark.says]
    gone = said_wrong.take_back(con, story_id, urn, reader.named.id, now, free)
    for one in gone:
        left = said_wrong.said_wrong(con, [one.mention_id]).get(one.mention_id, ())
        last = next((each for each in reversed(left) if (each.urn, each.kind) == (urn, one.kind)), None)
        if one.kind in (WrongKind.TONE, WrongKind.OURS):
            _rewrite(con, reader, last or replace(one, tone=one.was_tone, relevance=one.was_relevance), now)
    return Done(bool(gone))


WAYS = (Route.RESPOND, Route.REQUEST_REMOVAL, Route.PLATFORM_REPORT, Route.SAFEGUARDING, Route.POLICE_NOW)
"""Where a post may be said to belong instead."""


@dataclass(frozen=True, slots=True)
class Marking:
    """What somebody marks as wrong; the `route` that is right, of WRONG_LANE and MISSED, or the `tone`."""

    kind: WrongKind
    route: Route | None = None
    tone: Sentiment | None = None


def correct(
    con: Connection, session: Session, story_id: str, urn: str, said: Marking, why: str, now: datetime
) -> Done[SaidWrong] | Done[Marked | None] | Refused:
    """Marks the story as judged wrongly: what lowers it ends it (`mark`), what raises it is told.

    Whoever may read all of it may say so; a reason is kept, and wanted but for OURS and TONE. Out of a lane
    it takes two people; none is taken out for what comes later.
    """
    reader = Reader(session.config, session.store, session.person)
    known, kind = reader.look(con, {story_id: urn}), said.kind
    if not reads_all(reader, known, story_id):
        return Refused("words", "It is for those to say who may read it.")
    was = leading(known.stored.verdicts[story_id])
    up = said.route is not None and said.route.urgent and said.route is not was.route
    in_lane = was.route.urgent or was.restricted or known.stored.by_story[story_id].restricted
    out = kind is WrongKind.WRONG_LANE and in_lane and not up
    if (refused := _lacks(known, story_id, said, was, why)) is not None:
        return refused
    if out or kind in (WrongKind.NOT_US, WrongKind.TOO_GRAVE):
        return mark(con, reader, story_id, urn, Mark(kind.value), now, why, said.route)
    given = as_judged(known, story_id, kind, reader.named.id, why.strip(), now)
    ours = Relevance.ABOUT if kind is WrongKind.OURS else None
    given = replace(given, relevance=ours, route=said.route, tone=said.tone, counts_at=now)
    stands = said_wrong.said_wrong(con, [was.mention_id]).get(was.mention_id, ())
    if first := next((each for each in stands if (each.urn, each.kind) == (urn, kind)), None):
        given = replace(given, was_tone=first.was_tone, was_relevance=first.was_relevance)
    said_wrong.put(con, given, story_id)
    if kind in (WrongKind.OURS, WrongKind.TONE):
        _rewrite(con, reader, given, now)
    elif kind is WrongKind.MISSED or up:
        judges = judging(session.config, session.context.home, Linker(session.config.schools))
        say = partial(_missed, route=said.route)
        judge_as_said(con, story_id, urn, say, judges, session.person.id, now, accuses=False)
    return Done(given)


def _lacks(known: KnownMatters, story_id: str, said: Marking, was: Verdict, why: str) -> Refused | None:
    """Why it cannot be marked so; None where nothing is missing."""
    if said.kind is WrongKind.WRONG_LANE and said.route in (None, was.route):
        return Refused("route", "Say which way is right, another than it has: ⟨route⟩")
    if said.kind is WrongKind.TONE and said.tone is None:
        return Refused("tone", "Say which tone is right: ⟨tone⟩")
    if said.kind is WrongKind.MISSED and story_id in known.stored.alerts:
        return Refused("missed", "It was raised as an alert, so it was not missed.")
    if said.kind is WrongKind.TOO_GRAVE and not raised(known, story_id):
        return Refused("too_grave", "No alert was raised of it, so there is nothing to lower.")
    if not why.strip() and said.kind in (WrongKind.MISSED, WrongKind.WRONG_LANE):
        return Refused("reason", "Say why; the reason is kept: ⟨why⟩ …")
    return None


def _rewrite(con: Connection, reader: Reader, said: SaidWrong, now: datetime) -> None:
    """The newest verdict on that post, of the tone and of the school that is said."""
    newest = max(whole_verdicts(con, [said.mention_id], said.urn), key=lambda v: v.version, default=None)
    if newest is not None:
        if said.kind == WrongKind.TONE:
            right = replace(newest, sentiment=said.tone or newest.sentiment)
        else:
            right = replace(newest, relevance=said.relevance or newest.relevance)
        put_again(con, [right], (), now, reader.config.policy, said.person_id)


def _missed(verdict: Verdict, *, lead: bool, route: Route | None) -> Verdict:
    return as_missed(verdict, route) if lead else verdict


def what_follows(
    con: Connection, reader: Reader, story_id: str, urn: str, now: datetime
) -> Iterator[tuple[str, str | int]]:
    """What this person's mark of now changes, and what it does not: of the alert, of what was sent, of later
    posts; and what in the settings would tell schools apart. Each as `alerts.wording.matters.follows_words`
    says it; nothing where they marked nothing now."""
    said = said_wrong.marked_now(con, story_id, urn, reader.id, now)
    if said is None:
        return
    standing = marks(con, [story_id]).get(story_id)
    if standing is None or standing.at != now:
        alert = alerts.by_story(con, [story_id]).get((story_id, urn))
        raised = alert is not None and alert.raised_at == now
        yield from ((key, "") for key in _of_what_ends_nothing(said, raised=raised))
    elif not standing.mark.ends:
        yield "waits", ""
    else:
        if (alert := alerts.by_story(con, [story_id]).get((story_id, urn))) is not None:
            yield "closed", ""
            sent = count_sent(con, alert.id)
            yield from (("sent", sent),) if sent else ()
        yield said.kind, ""
        yield from () if said.kind == WrongKind.WRONG_LANE else (("never", ""),)
        offered = _settings_offered(con, said, reader.config.school(urn))
        yield from (("setting", command) for command in offered)


def _of_what_ends_nothing(said: SaidWrong, *, raised: bool) -> tuple[str, ...]:
    if said.kind == WrongKind.MISSED:
        return *(("raised",) if raised else () if said.route else ("looked",)), "missed"
    return ("raised" if raised else "recorded",)


def _settings_offered(con: Connection, said: SaidWrong, school: School | None) -> Iterator[str]:
    """What in its settings would tell the schools apart, as commands; none is carried out."""
    post = held_posts(con, [said.mention_id]).get((said.mention_id, said.urn))
    if said.kind != WrongKind.NOT_US or post is None or school is None:
        return
    change = f"⟪schools change⟫ {school.urn}"
    places = [*named_elsewhere(said.why, post.mention, school), *details(post.match, PLACED)]
    for place in dict.fromkeys(each.title() for each in places):
        yield as_typed(f'{change} ⟨namesake⟩ "{school.name}" ⟨place⟩ "{place}"')
    for name in details(post.match, OTHER_SCHOOL):
        yield as_typed(f'{change} ⟨namesake⟩ "{name}"')
    for alias in details(post.match, {"alias"}):
        left = ", ".join(one for one in school.aliases if normalise(one) != normalise(alias))
        yield as_typed(f'{change} "aliases={left}"')
