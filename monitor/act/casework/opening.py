"""Finds a case, and opens one: by hand, or of an alert."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from alerts.access.knowing import Access, access
from alerts.access.matter import Matter, matter_of_story
from alerts.ladder.advance import Advance, Refusal, begin
from alerts.ladder.replay import seen_from
from alerts.ladder.rules import SCHOOLGATE
from data.cases import Case, Event
from data.content_class import ContentClass
from data.errors import InputError
from data.judged import is_enquiry, is_unplaced, leading, said_now, was_judged
from data.people import people_of
from data.steps.judging import Opened
from data.store.alerts import alerts as alert_store
from data.store.alerts.alerts import people_asked
from data.store.cases import cases as case_store
from data.store.cases.cases import posts_of, restricted_among, seen_posts
from data.store.engine.connect import Connection
from data.store.verdicts import stories as story_store
from data.store.verdicts.verdicts import former_verdicts, story_verdicts
from data.types import Alert, Relevance, Route, Verdict
from monitor.act.casework.steps import school_rules, with_handed_in
from monitor.config.home.context import Context
from monitor.config.home.lookup import whole_number
from monitor.config.load import Config
from monitor.home import wiring
from monitor.home.wiring import Session
from monitor.matters.reader import access_to, found_case, load_case, matter_of
from monitor.pipeline.judges import Judges, Linking

# A case is found by its number.


def find_case(con: Connection, session: Session, number: str, *, least: Access = Access.WORDS) -> Case:
    """Find the case of that number, for who may know at `least` so much of it; “4-2” is case 4 at its second
    place. Raises InputError for none, alike for who it may accuse."""
    number, place = without_place(number)
    case, person = found_case(con, whole_number(number)), session.person
    seen = access_to(case, person, session.config) if case else Access.NOTHING
    if case is None or seen is Access.NOTHING:
        raise InputError(f"There is no case {whole_number(number)}. The desk lists all cases.")
    if seen < least:
        raise InputError(f"Case {case.id} is not for {person.id}. {_WHERE_TO_ASK[seen]}")
    return turn_to_place(case, place)


def without_place(number: str) -> tuple[str, int]:
    """A number as it was typed, and which place of the case it names: “4-2” is the second of case 4."""
    case, _, place = number.strip().rpartition("-")
    return (case, int(place)) if case and place.isdecimal() else (number, 1)


def turn_to_place(case: Case, place: int) -> Case:
    """The case at that place. Raises InputError where it has none of that number."""
    known = [here.n for here in case.places]
    if place not in known:
        there = ", ".join(f"{case.id}-{n}" if n > 1 else case.id for n in known)
        raise InputError(f"Case {case.id} has no place {place}. It has: {there}.")
    return seen_from(case, place) if len(known) > 1 else case


_WHERE_TO_ASK = {
    Access.EXISTS: "It is with the DSL: ask there.",
    Access.STATUS: "Its page at the desk shows its state.",
}


# Opening a case: which story is meant, what is known of it and of its gravest post, who may open it.


def open_by_hand(con: Connection, session: Session, story: str, why: str, now: datetime) -> Advance | Refusal:
    """Open a case about a story's gravest post. Raises InputError for none, or one that is open."""
    detail, person, config = story_store.story(con, story), session.person, session.config
    if detail is None or config.school(detail.row.urn) is None:
        raise InputError(f"There is no story {story}.")
    urn = detail.row.urn
    alert = alert_store.by_story(con, [story]).get((story, urn))
    event, rules = opening_event(con, session.context, alert or story), school_rules(session.context, urn)
    would_be = begin("0000", urn, event, now, rules)
    if isinstance(would_be, Advance):
        mention = would_be.case.mention_id
        already = case_store.find_open(con, mention, urn) if mention else None
        of = load_case(con, already) if already else would_be.case  # which may accuse them, unlike a new one
        if access(person, matter_of(of, config), rules.people) is not Access.WORDS:
            raise InputError(f"There is no story {story}.")
        if already:
            raise InputError(f"Case {already} is open about this post.")
    event = replace(event, actor=person.id, why=why)
    done = begin(case_store.next_id(con, of=alert.number if alert else ""), urn, event, now, rules)
    if isinstance(done, Advance):
        done = without_those_informed(con, alert, done)
        case_store.append_steps(con, done.case, done.steps, done.outbox, now)
        done = replace(done, case=with_handed_in(con, session.context, done.case, rules, now))
    return done


def without_those_informed(con: Connection, alert: Alert | None, done: Advance) -> Advance:
    """Return the opening with mails only to who was neither told of the alert nor asked next."""
    if alert is None:
        return done
    told = {*alert.audience, *people_asked(con, [alert.id]).get(alert.id, ())}
    return replace(done, outbox=tuple(m for m in done.outbox if m.person_id not in told))


def opening_event(con: Connection, context: Context, of: Alert | str) -> Event:
    """Open a case of an alert or story, as an event. Raises InputError where no post is about the school."""
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
    from classifiers.verdicts.staff_posts import author_relationship  # late: few scans open a case

    at = seen_posts(con, [lead.mention_id]).get(lead.mention_id)
    posts = posts_of(con, [lead.mention_id])  # of what only a few may read without its words
    own = {s.id for s in context.config.sources if s.own}
    hidden = restricted_among(con, [lead.mention_id])
    out = alert.excluded if alert else ()
    said = replace(
        _opened_facts(matter, alert or lead, lead, story_id),
        channel=at.channel if at else "",
        own_site=at is not None and not own.isdisjoint(at.source_ids),
        danger_now=any(map(said_now, judged)) or None,
        author_says=author_relationship("\n".join(f"{p.title or ''}\n{p.text or ''}" for p in posts), school),
        enquiry=any(map(is_enquiry, judged)) or None,
        restricted=lead.restricted or bool(hidden) or (alert is not None and alert.restricted),
        # who was told; the person threatened sees the status of the case but not its words
        audience=tuple(p for p in alert.audience if p not in matter.threatened) if alert else (),
        alert=alert.id if alert else "",
        # those it may accuse, the ones its alert excludes first
        subjects=(*out, *sorted(matter.subjects.difference(out))),
    )
    return Event(said, SCHOOLGATE)


def _target(matter: Matter, lead: Verdict) -> str:
    """The one at whom it is aimed: of several the likeliest; nobody where that is not known."""
    if lead.subject_person in matter.threatened:
        return lead.subject_person or ""
    return "".join(matter.threatened) if len(matter.threatened) == 1 else ""


def _opened_facts(matter: Matter, of: Alert | Verdict, lead: Verdict, story_id: str) -> Opened:
    """Its class, route and bypass, as `of` has them: its alert, or the verdict of what raised none."""
    unread = matter.bypass is None and (is_unplaced(lead) or (of is lead and not was_judged(lead)))
    return Opened(
        story=story_id,
        mention=lead.mention_id,
        route=of.route,
        proposed_class=ContentClass.UNJUDGED if unread else ContentClass(of.content_class),
        about=matter.about,
        lane=matter.bypass,
        target=_target(matter, lead),
    )


# The case that an alert for the police begins, so that a person chooses: opened by the program, once.

log = logging.getLogger("schoolgate.service")


def make_judges(config: Config, home: Path, linking: Linking | None = None) -> Judges:
    """Make what judges, and opens the cases that alerts begin. Raises InputError as `wiring.links` does."""
    made = wiring.judges(config, home, linking)
    return replace(made, open_cases=partial(open_cases, wiring.make_context(config, home)))


def open_cases(context: Context, con: Connection, alerts: Sequence[Alert], now: datetime) -> None:
    """Open them where these alerts are saved, with no second mail; a fault holds no alert back."""
    for alert in _without_case(con, [a for a in alerts if a.route is Route.POLICE_NOW]):
        try:
            made = case_of(con, context, alert, now)
        except Exception as error:  # noqa: BLE001 - somebody may be in danger: it goes out without its case
            log.error("in=cases fault=%s alert=%s", type(error).__name__, alert.number)
            continue
        if made is not None:
            _keep(con, context, alert, made, now)


def open_of_alert(con: Connection, context: Context, alert: Alert, now: datetime) -> None:
    """Open the case where the alert's story has none, in the writing transaction."""
    for still in _without_case(con, [alert]):
        if (made := case_of(con, context, still, now)) is not None:
            _keep(con, context, still, made, now)


def begin_case(con: Connection, context: Context, alert: Alert, now: datetime) -> Case | None:
    """Begins the case of the alert, which has none yet; who was told of the alert gets no mail of it."""
    made = case_of(con, context, alert, now)
    if made is None:
        return None
    _keep(con, context, alert, made, now)
    return load_case(con, made.case.id)


def _without_case(con: Connection, alerts: Sequence[Alert]) -> list[Alert]:
    """Those of these alerts whose story has no case, in their order, as they are kept."""
    if not alerts:
        return []
    since = min(a.raised_at for a in alerts)
    still = {a.id: a for a in alert_store.without_case(con, Route.POLICE_NOW, since)}
    return [still[a.id] for a in alerts if a.id in still]


def _keep(con: Connection, context: Context, alert: Alert, made: Advance, now: datetime) -> None:
    """Saves the case that was begun; whoever was told of its alert gets no mail of it."""
    case_store.append_steps(con, made.case, made.steps, without_those_informed(con, alert, made).outbox, now)
    with_handed_in(con, context, made.case, school_rules(context, made.case.urn), now)


def case_of(con: Connection, context: Context, alert: Alert, now: datetime) -> Advance | None:
    """The case that the alert begins; None where the ladder does not begin one, or nothing is left of it."""
    if context.config.school(alert.urn) is None:
        return None
    try:
        event = opening_event(con, context, alert)
    except InputError:
        return None
    number = case_store.next_id(con, of=alert.number)
    made = begin(number, alert.urn, event, now, school_rules(context, alert.urn))
    if isinstance(made, Advance):
        return made
    log.warning("in=cases refused=%s alert=%s", made.guard, alert.number)
    return None
