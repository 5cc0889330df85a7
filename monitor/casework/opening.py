"""What a case begins with: what is known of a story, and of its gravest post, as facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from alerts.audience import ADULTS_OF_THE_SCHOOL, alleged_of
from alerts.ladder.lanes import lane_of
from alerts.ladder.rules import SCHOOLGATE
from alerts.ladder.sight import MEANT, meant
from alerts.raise_alert import calls_for_alert, route_rank
from data.cases import BypassRoute, Event, StepKind
from data.content_class import ContentClass
from data.errors import InputError
from data.judged import was_judged
from data.people import people_of
from data.store import alerts as alert_store
from data.store.case_posts import posts_of, restricted_among
from data.store.connect import Connection
from data.store.verdicts import former_verdicts, story_verdicts
from data.types import About, Alert, Person, Relevance, Route, Verdict
from monitor.context import Context


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
    judged = [v for v in _judged(con, story_id) if v.relevance is not Relevance.NOT_ABOUT]
    if not judged:
        raise InputError(f"There is no story {story_id}. To see those there are: schoolgate story list")
    alert = _alert(con, story_id, judged[0].urn) if isinstance(of, str) else of
    lead = _lead(judged, story_id, mention_id)
    people = _people(context, lead.urn)
    subjects = _subjects(con, alert, judged, people)
    facts = _of_post(con, context, lead) | _of_matter(alert, lead, subjects, people, named=bool(mention_id))
    facts |= {"restricted": _yes(_restricted(con, alert, lead)), **_audience(alert, facts.get("target", ""))}
    told = {"story": story_id, "alert": alert.id if alert else "", "subjects": " ".join(subjects), **facts}
    return Event(StepKind.OPENED, actor, why, {name: value for name, value in told.items() if value})


def _judged(con: Connection, story_id: str) -> list[Verdict]:
    return story_verdicts(con, [story_id]).get(story_id, [])


def _alert(con: Connection, story_id: str, urn: str) -> Alert | None:
    return alert_store.by_story(con, [story_id]).get((story_id, urn))


def _lead(judged: Sequence[Verdict], story_id: str, mention_id: str | None) -> Verdict:
    """The verdict on the post that the case is about: what is raised, then what was not judged; of equally
    grave ones the first that was seen."""
    among = [v for v in judged if mention_id in (None, v.mention_id)]
    if not among:
        raise InputError(f"Story {story_id} has no post {mention_id}. To see them: schoolgate story show")
    return max(among, key=lambda v: (calls_for_alert(v), not was_judged(v), route_rank(v.route), v.severity))


def _people(context: Context, urn: str) -> Sequence[Person]:
    school = context.config.school(urn)
    if school is None:
        raise InputError(f"School {urn} of this story is not in {context.config.path.name} any more.")
    return people_of(school, context.config.people)


def _subjects(
    con: Connection, alert: Alert | None, judged: Sequence[Verdict], people: Sequence[Person]
) -> tuple[str, ...]:
    """Whom it may accuse: whoever its alert keeps out, and whoever its grave posts may, in any version, mean.

    Who was told although it may mean them, since nobody else was left, is none. Calm criticism accuses
    nobody.
    """
    severe = [v for v in judged if _grave(v)]
    former = [v for v in former_verdicts(con, [v.mention_id for v in judged]) if _grave(v)]
    alleged = frozenset[str]().union(*(alleged_of(v, people) for v in (*severe, *former)))
    told = alert.audience if alert else ()
    out = alert.excluded if alert else ()
    return tuple(dict.fromkeys((*out, *sorted(alleged - set(told)))))


def _grave(verdict: Verdict) -> bool:
    return calls_for_alert(verdict) or verdict.look


def _of_post(con: Connection, context: Context, lead: Verdict) -> dict[str, str]:
    """Where the post stands; whether that is a page or an account of the school's own."""
    post = next(iter(posts_of(con, [lead.mention_id])), None)
    own = {s.id for s in context.config.sources if s.own}
    return {
        "mention": lead.mention_id,
        "channel": post.channel if post else "",
        "own_site": _yes(post is not None and bool(own & set(post.source_ids))),
    }


def _of_matter(
    alert: Alert | None, lead: Verdict, subjects: Sequence[str], people: Sequence[Person], *, named: bool
) -> dict[str, str]:
    """What is to become of it. Where no post was named, what its alert came to counts."""
    of = alert if alert is not None and not named else lead
    about = _about(lead, subjects, people)
    lane = lane_of(of.content_class, about, lead.abuse)
    if lane is None and of.route is Route.SAFEGUARDING:
        lane = BypassRoute.STAFF_ALLEGATION if about in ADULTS_OF_THE_SCHOOL else BypassRoute.SAFEGUARDING
    unread = of is lead and not lane and not was_judged(lead)
    return {
        "route": of.route.value,
        "proposed_class": ContentClass.UNJUDGED if unread else of.content_class,
        "about": about.value,
        "lane": lane.value if lane else "",
        "target": _target(lead, subjects, people),
    }


def _about(lead: Verdict, subjects: Sequence[str], people: Iterable[Person]) -> About:
    """Whom it is about; the head, the chair or the safeguarding lead, where it may accuse them."""
    return meant(subjects, people) or lead.about


def _target(lead: Verdict, subjects: Sequence[str], people: Iterable[Person]) -> str:
    """Whom a threat is aimed at, as far as it is known: the person, or who holds the office it names."""
    if lead.route is not Route.POLICE_NOW:
        return ""
    office = MEANT.get(lead.about)
    held = [p.id for p in people if office in p.roles]
    person = lead.subject_person or (held[0] if len(held) == 1 else None)
    return person if person and person not in subjects else ""


def _audience(alert: Alert | None, target: str) -> dict[str, str]:
    """Who was told of it; not whom a threat is aimed at, who has the case's status and not its words."""
    return {"audience": " ".join(p for p in alert.audience if p != target)} if alert else {}


def _restricted(con: Connection, alert: Alert | None, lead: Verdict) -> bool:
    hidden = restricted_among(con, [lead.mention_id])
    return lead.restricted or bool(hidden) or (alert is not None and alert.restricted)


def _yes(said: bool) -> str:
    return "yes" if said else "no"
