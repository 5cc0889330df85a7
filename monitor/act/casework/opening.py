"""Opening a case: which story is meant, what is known of it and of its gravest post, who may open it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from alerts.access.acts import Act, wanted_offices, who_may
from alerts.access.knowing import Access, access
from alerts.access.matter import Matter, conflicted, matter_of_story
from alerts.access.offices import called
from alerts.ladder.advance import Advance, Refusal, begin
from alerts.ladder.rules import SCHOOLGATE
from data.cases import Case, Event
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
from data.types import Alert, Person, Relevance, Role, Verdict
from data.words.say import words
from monitor.act.casework.steps import school_rules, with_handed_in
from monitor.config.home.context import Context
from monitor.config.home.lookup import whole_id
from monitor.home.wiring import Session
from monitor.matters.one import alerts_meant, ambiguous
from monitor.matters.reader import access_to_stories, load_case, matter_of

_WHAT = "story or alert"


@dataclass(frozen=True, slots=True)
class StoryNamed:
    """The story that somebody named, its school, its alert where it has one; `known` says that they may
    know of it."""

    story_id: str
    urn: str
    alert: Alert | None
    known: bool


def open_case(
    con: Connection, session: Session, what: str, post: str | None, why: str, now: datetime
) -> Advance | Refusal:
    """Opens a case about one post of the alert of that number, or of the story or alert whose id begins so.

    Raises InputError where it is not for this person to open, or a case is open about that post already.
    """
    named = _named(con, session, what)
    if post and not named.known:  # which posts it has is for nobody who could not open a case about it
        _refuse_unless_theirs(session, what, named, _opened(con, session, named, None), now)
    mention = None
    if post:
        detail = story_store.story(con, named.story_id)
        mention = whole_id(post, [m.id for m in detail.mentions] if detail else [], "post of it", "story")
    event = _opened(con, session, named, mention)
    _refuse_unless_theirs(session, what, named, event, now)
    event = replace(event, actor=session.person.id, why=why)
    number = case_store.next_id(con, of=named.alert.number if named.alert else "")
    rules = school_rules(session.context, named.urn)
    done = begin(number, named.urn, event, now, rules)
    if isinstance(done, Advance):
        _refuse_second(con, what, done.case, session)
        done = untold(con, named.alert, done)
        case_store.put(con, done.case, done.steps, done.outbox, now)
        done = replace(done, case=with_handed_in(con, session.context, done.case, rules, now))
    return done


def untold(con: Connection, alert: Alert | None, done: Advance) -> Advance:
    """The opening with its mails to those alone who were not told of the alert, nor asked about it next."""
    if alert is None:
        return done
    told = {*alert.audience, *asked(con, [alert.id]).get(alert.id, ())}
    return replace(done, outbox=tuple(m for m in done.outbox if m.person_id not in told))


def _opened(con: Connection, session: Session, named: StoryNamed, mention_id: str | None) -> Event:
    return opened_event(con, session.context, named.alert or named.story_id, mention_id=mention_id)


def _refuse_unless_theirs(
    session: Session, what: str, named: StoryNamed, event: Event, now: datetime
) -> None:
    """Raises InputError where the case that the event would open is not for whoever is at work."""
    rules = school_rules(session.context, named.urn)
    would_be = begin("0000", named.urn, event, now, rules)
    if isinstance(would_be, Advance):
        matter = matter_of(would_be.case, session.config)
        _refuse_to(session.person, what, matter, rules.people, known=named.known)


def _named(con: Connection, session: Session, what: str) -> StoryNamed:
    """The alert of that number, or the story or alert whose id begins so, among those they may know of; any
    story, by the whole of its id."""
    beginning = what.strip().lower()
    stories, meant = story_store.beginning(con, beginning), alerts_meant(con, what)
    of_them = stories | {a.story_id: a.urn for a in meant}
    levels = access_to_stories(con, session.config, session.person, of_them)
    alerts = [a for a, least in meant.items() if levels.get(a.story_id, Access.NOTHING) >= least]
    raised = {a.story_id for a in alerts}
    known = {story for story, level in levels.items() if level > Access.EXISTS}
    others = [s for s in stories if (s in known or s == beginning) and s not in raised]
    if len(alerts) + len(others) > 1:
        raise ambiguous(what, [*(a.number for a in alerts), *(story[:8] for story in others)])
    if alerts:
        return StoryNamed(alerts[0].story_id, alerts[0].urn, alerts[0], known=True)
    found = whole_id(beginning, others, _WHAT, "story")
    if (detail := story_store.story(con, found)) is None:
        raise InputError(f"There is no story {found} any more: its time to be kept has passed.")
    alert = alert_store.by_story(con, [found]).get((found, detail.row.urn))
    return StoryNamed(found, detail.row.urn, alert, known=found in known)


def _refuse_to(person: Person, what: str, matter: Matter, people: Sequence[Person], *, known: bool) -> None:
    """Raises InputError, which says who can, where this person may not read the case that they would open.

    Somebody it may accuse, and whoever may not know of the story, gets the same answer as where there is no
    such story. With a restricted matter offices are named, not people.
    """
    if access(person, matter, people) is Access.WORDS:
        return
    if not known or conflicted(person, matter, people):
        whole_id(what, (), _WHAT, "story")
    said = f"This is not for {person.id} to open a case about."
    able = [p for p in who_may(Act.WORK, matter, people) if p != person]
    if not able:
        offices = " or ".join(map(_office, wanted_offices(matter, people)))
        raise InputError(f"{said} Nobody in the settings can: name there {offices}.")
    names = (p.name if not matter.restricted else _office(called(p)) for p in able)
    raise InputError(f"{said} Ask {' or '.join(dict.fromkeys(names))}.")


def _office(role: Role) -> str:
    title = words("en")(f"letter.role.{role.value}")
    return f"the {title[:1].lower() + title[1:] if title[1:2].islower() else title}"


def _refuse_second(con: Connection, what: str, case: Case, session: Session) -> None:
    already = case_store.find_open(con, case.mention_id, case.urn) if case.mention_id else None
    if already is None:
        return
    person, config = session.person, session.config
    _refuse_to(person, what, matter_of(load_case(con, already), config), config.people, known=True)
    raise InputError(f"Case {already} is open about this post.")


def opened_event(
    con: Connection,
    context: Context,
    of: Alert | str,
    *,
    actor: str = SCHOOLGATE,
    why: str = "",
    mention_id: str | None = None,
) -> Event:
    """That a case is opened of an alert, or of a story (its id), about its gravest post or the one named.

    Raises InputError where nothing of the story is about the school, or the post is none of it.
    """
    story_id = of if isinstance(of, str) else of.story_id
    verdicts = story_verdicts(con, [story_id]).get(story_id, ())
    judged = [v for v in verdicts if v.relevance is not Relevance.NOT_ABOUT]
    if not judged:
        raise InputError(f"There is no story {story_id}.")
    alert = (
        alert_store.by_story(con, [story_id]).get((story_id, judged[0].urn)) if isinstance(of, str) else of
    )
    among = [v for v in judged if mention_id in (None, v.mention_id)]
    if not among:
        raise InputError(f"Story {story_id} has no post {mention_id}.")
    lead = leading(among)  # what is raised, then what was not judged; of equally grave ones the first seen
    school = context.config.school(lead.urn)
    if school is None:
        raise InputError(f"School {lead.urn} of this story is not in {context.config.path.name} any more.")
    former = former_verdicts(con, [v.mention_id for v in judged])
    post = lead if mention_id else None
    people = people_of(school, context.config.people)
    matter = matter_of_story(judged, alert, school, people, former=former, post=post)
    at = seen_posts(con, [lead.mention_id]).get(lead.mention_id)
    own = {s.id for s in context.config.sources if s.own}
    hidden = restricted_among(con, [lead.mention_id])
    out = alert.excluded if alert else ()
    said = replace(
        _of_matter(matter, post or alert or lead, lead, story_id),
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
    return Event(said, actor, why)


def _target(matter: Matter, lead: Verdict) -> str:
    """The one at whom it is aimed: of several the likeliest; nobody where that is not known."""
    if lead.subject_person in matter.threatened:
        return lead.subject_person or ""
    return "".join(matter.threatened) if len(matter.threatened) == 1 else ""


def _of_matter(matter: Matter, of: Alert | Verdict, lead: Verdict, story_id: str) -> Opened:
    """Its class, route and bypass, as `of` has them: its alert, or the verdict where a post was named."""
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
