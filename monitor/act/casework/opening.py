"""Opening a case: which story is meant, what is known of it and of its gravest post, who may open it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from alerts.access.knowing import Access, access
from alerts.access.matter import Matter, matter_of_story
from alerts.ladder.advance import Advance, Refusal, begin
from alerts.ladder.rules import SCHOOLGATE
from data.cases import Event
from data.content_class import ContentClass
from data.errors import InputError
from data.judged import leading, said_now, unplaced, was_judged
from data.people import people_of
from data.steps.judging import Opened
from data.store.alerts import alerts as alert_store
from data.store.alerts.escalations import asked
from data.store.cases import cases as case_store
from data.store.cases.case_posts import restricted_among, seen_posts
from data.store.engine.connect import Connection
from data.store.verdicts import stories as story_store
from data.store.verdicts.verdicts import former_verdicts, story_verdicts
from data.types import Alert, Relevance, Verdict
from monitor.act.casework.steps import school_rules, with_handed_in
from monitor.config.home.context import Context
from monitor.home.wiring import Session
from monitor.matters.reader import load_case, matter_of


def open_case(con: Connection, session: Session, story_id: str, why: str, now: datetime) -> Advance | Refusal:
    """Opens a case about the gravest post of that story.

    Raises InputError where there is none for this person, or a case is open about that post already.
    """
    detail, person, config = story_store.story(con, story_id), session.person, session.config
    if detail is None or config.school(detail.row.urn) is None:
        raise InputError(f"There is no story {story_id}.")
    urn = detail.row.urn
    alert = alert_store.by_story(con, [story_id]).get((story_id, urn))
    event, rules = opened_event(con, session.context, alert or story_id), school_rules(session.context, urn)
    would_be = begin("0000", urn, event, now, rules)
    if isinstance(would_be, Advance):
        mention = would_be.case.mention_id
        already = case_store.find_open(con, mention, urn) if mention else None
        of = load_case(con, already) if already else would_be.case  # which may accuse them, unlike a new one
        if access(person, matter_of(of, config), rules.people) is not Access.WORDS:
            raise InputError(f"There is no story {story_id}.")
        if already:
            raise InputError(f"Case {already} is open about this post.")
    event = replace(event, actor=person.id, why=why)
    done = begin(case_store.next_id(con, of=alert.number if alert else ""), urn, event, now, rules)
    if isinstance(done, Advance):
        done = untold(con, alert, done)
        case_store.put(con, done.case, done.steps, done.outbox, now)
        done = replace(done, case=with_handed_in(con, session.context, done.case, rules, now))
    return done


def untold(con: Connection, alert: Alert | None, done: Advance) -> Advance:
    """The opening with its mails to those alone who were not told of the alert, nor asked about it next."""
    if alert is None:
        return done
    told = {*alert.audience, *asked(con, [alert.id]).get(alert.id, ())}
    return replace(done, outbox=tuple(m for m in done.outbox if m.person_id not in told))


def opened_event(con: Connection, context: Context, of: Alert | str, *, actor: str = SCHOOLGATE) -> Event:
    """That a case is opened of an alert, or of a story (its id), about its gravest post.

    Raises InputError where nothing of the story is about the school.
    """
    story_id = of if isinstance(of, str) else of.story_id
    verdicts = story_verdicts(con, [story_id]).get(story_id, ())
    judged = [v for v in verdicts if v.relevance is not Relevance.NOT_ABOUT]
    if not judged:
        raise InputError(f"There is no story {story_id}.")
    alert = (
        alert_store.by_story(con, [story_id]).get((story_id, judged[0].urn)) if isinstance(of, str) else of
    )
    lead = leading(judged)  # what is raised, then what was not judged; of equally grave ones the first seen
    school = context.config.school(lead.urn)
    if school is None:
        raise InputError(f"School {lead.urn} of this story is not in {context.config.path.name} any more.")
    former = former_verdicts(con, [v.mention_id for v in judged])
    people = people_of(school, context.config.people)
    matter = matter_of_story(judged, alert, school, people, former=former)
    at = seen_posts(con, [lead.mention_id]).get(lead.mention_id)
    own = {s.id for s in context.config.sources if s.own}
    hidden = restricted_among(con, [lead.mention_id])
    out = alert.excluded if alert else ()
    said = replace(
        _of_matter(matter, alert or lead, lead, story_id),
        channel=at.channel if at else "",
        own_site=at is not None and not own.isdisjoint(at.source_ids),
        danger_now=any(map(said_now, judged)) or None,
        restricted=lead.restricted or bool(hidden) or (alert is not None and alert.restricted),
        # who was told; the person threatened sees the status of the case but not its words
        audience=tuple(p for p in alert.audience if p not in matter.threatened) if alert else (),
        alert=alert.id if alert else "",
        # those it may accuse, the ones its alert excludes first
        subjects=(*out, *sorted(matter.subjects.difference(out))),
    )
    return Event(said, actor)


def _target(matter: Matter, lead: Verdict) -> str:
    """The one at whom it is aimed: of several the likeliest; nobody where that is not known."""
    if lead.subject_person in matter.threatened:
        return lead.subject_person or ""
    return "".join(matter.threatened) if len(matter.threatened) == 1 else ""


def _of_matter(matter: Matter, of: Alert | Verdict, lead: Verdict, story_id: str) -> Opened:
    """Its class, route and bypass, as `of` has them: its alert, or the verdict of what raised none."""
    unread = matter.bypass is None and (unplaced(lead) or (of is lead and not was_judged(lead)))
    return Opened(
        story=story_id,
        mention=lead.mention_id,
        route=of.route,
        proposed_class=ContentClass.UNJUDGED if unread else ContentClass(of.content_class),
        about=matter.about,
        lane=matter.bypass,
        target=_target(matter, lead),
    )
