"""Does a story call for an alert, again or for the first time, and whom does it reach? Pure.

One alert a story: raised once, and again only where it rises, where somebody who was told turns out to be its
subject, or where it was marked as done with and goes on. Severity 3 and 4 call for one, and the routes
safeguarding and police_now whatever the severity. What is older than seven days when its place is first read
is history: judged, shown and counted, but seldom told. New words are none, nor is what bears no date.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from alerts.access.matter import (
    RaisedMatter,
    alleged_in,
    alleges,
    because,
    list_related,
    list_threatened,
    matter_to_raise,
    persons_meant,
)
from alerts.access.offices import OF_DANGER, Fact
from alerts.access.recipients import leadership, recipients
from alerts.next_date import facts_raised
from data.content_class import MOST_PROTECTIVE
from data.frozen import freeze
from data.ids import digest
from data.judged import (
    A_PERSON_DECIDES,
    BY_MAIL,
    BY_TEXT,
    DANGER,
    DISCLOSED,
    ENQUIRY,
    NAMED,
    SAID_NOW,
    calls_for_alert,
    harms,
    leading,
    may_be_grave,
    meant_by_labels,
    route_rank,
)
from data.keeping import is_restricted
from data.types import (
    Alert,
    Harm,
    Mention,
    Person,
    Policy,
    Reason,
    Relevance,
    Route,
    School,
    Severity,
    Story,
    Verdict,
)

BEFORE_WE_BEGAN = timedelta(days=7)
"""A post that was so old when its place was first read well is history."""


def date_verdict(
    verdict: Verdict, mention: Mention, began: datetime, *, new_words: bool, stood: bool = False
) -> Verdict:
    """Return the verdict, with the time of its post where that is history: by when its place `began` to be
    read well, unless it has `new_words` since we read it last; or where it is known to have `stood` there
    before.
    """
    said = mention.published
    if stood and not new_words:
        return replace(verdict, history=said or mention.fetched_at)
    if new_words or said is None or max(said, mention.edited or said) >= began - BEFORE_WE_BEGAN:
        return verdict
    return replace(verdict, history=said)


def posted_at(verdicts: Sequence[Verdict]) -> datetime | None:
    """When the newest of these posts was made, where all of them are history; else None."""
    times = [v.history for v in verdicts if v.history is not None]
    return max(times) if times and len(times) == len(verdicts) else None


SPREADING_PLACES = 3
"""A story carried by so many places is spreading."""

CHILD_IDENTIFIABLE = "child_identifiable"
"""The code of a verdict's reason where a child can be told from the text."""


@freeze
class Decline:
    """No alert, and why (a code). `kept_out` are people whom the alert before turns out to be about (ids)."""

    why: str
    kept_out: tuple[str, ...] = ()


def story_severity(
    severity: Severity, route: Route, *, child_identifiable: bool, places: int, came_back: bool
) -> Severity:
    """A story's severity: its gravest mention's, or one higher where a child is identifiable, three places
    carry it, or it came back after a removal, which is no danger: to 3 at most; never for ignore, note, thank
    and respond, never over 4."""
    if route_rank(route) <= route_rank(Route.RESPOND) or severity >= Severity.THIS_HOUR:
        return severity
    back = came_back and severity < Severity.TODAY
    if child_identifiable or back or places >= SPREADING_PLACES:
        return Severity(severity + 1)
    return severity


SINCE_MARKED = because("since_marked")
LIKE_MISSED = because("like_missed")
_SAID = (ENQUIRY, DISCLOSED)


def raise_alert(
    story: Story,
    verdicts: Sequence[Verdict],
    existing: Alert | None,
    people: Sequence[Person],
    school: School,
    policy: Policy,
    now: datetime,
    *,
    places: int = 1,
    came_back: bool = False,
    earlier: Sequence[Verdict] = (),
    asked: Sequence[str] = (),
    anew: Reason | None = None,
    named: Sequence[Verdict] | None = None,
    lets_in: Collection[str] = (),
    lowered: bool = False,
    answers: Sequence[Verdict] = (),
    doubts: Callable[[Person], bool] = lambda _: False,
) -> Alert | Decline:
    """The alert a story calls for now, or why it calls for none. A look alone never raises one.

    `verdicts` are all of the story's, newest version of each mention; `earlier` are those on former
    versions: whom they may accuse stays kept out, as does whom `existing` kept out, the alert raised
    before. `places` counts the places that carry it (history spreads no more), `came_back` says that it was
    removed once, `anew` why it is raised once more though it was told. `asked` are those who know of it
    beside the audience: asked next, or who took it (ids). `named` says that somebody who decides has just
    said who is meant, and are the verdicts on former versions whom that leaves accused (`earlier` are then
    all of them), and the alert is given as it is now. Two people let in those of `lets_in` (ids), whom the
    alert kept out, or `lowered` it: it may then be milder than it was told. `answers` are the verdicts on
    replies to it that are stories of their own. It `doubts` somebody whose name may be no more than a word.
    """
    severe = [v for v in verdicts if calls_for_alert(v)] or ([leading(verdicts)] if lowered else [])
    if not severe:
        return Decline("not_severe")
    gravest = max(severe, key=lambda v: (route_rank(v.route), int(v.severity)))
    lead = gravest if lowered else _never_milder(gravest, existing)
    severity = story_severity(
        max(v.severity for v in severe),
        lead.route,
        child_identifiable=any(r.code == CHILD_IDENTIFIABLE for v in severe for r in v.reasons),
        places=places if posted_at(severe) is None else 1,
        came_back=came_back,
    )
    if (
        existing is None
        and not (anew or named is not None)  # no digest shows what is marked
        and severity < Severity.THIS_HOUR
        and _waits_for_digest(verdicts, severe, people, school)
    ):
        return Decline("before_we_began")
    # an edit lets nobody in who was kept out before, or whom former words may accuse
    kept_out = frozenset(existing.excluded if existing else ()) - {*lets_in}
    barred = kept_out | alleged_in(earlier if named is None else named, people)
    named_beside = _spoken_of([*verdicts, *answers], severe, people)
    raised = matter_to_raise(severe, lead, people, school, policy, barred, named_beside)
    who = recipients(raised, people, now, doubts)
    classes, surely_ours = {v.content_class for v in severe}, Relevance.ABOUT in {v.relevance for v in severe}
    known_at = now
    if existing and Fact.DATA_OUT in facts_raised(existing):  # the 72 hours run from no other alert
        known_at = existing.known_at or existing.raised_at
    alert = Alert(
        id=digest("alert", story.id, story.urn)[:16],
        story_id=story.id,
        urn=story.urn,
        severity=severity,
        route=lead.route,
        content_class=next((c for c in MOST_PROTECTIVE if c in classes), lead.content_class),
        restricted=any(v.restricted for v in severe) or raised.is_sealed,
        audience=who.audience,
        excluded=who.excluded,
        because=(
            *_severity_reasons(severity, lead, severe),
            # where violence is meant it is said, whatever is to become of it, and what was said at the door
            *([because(DANGER)] if OF_DANGER & raised.matter.facts else ()),
            *([because(Fact.ACCUSED)] if Fact.ACCUSED in raised.matter.facts else ()),
            *map(because, raised.facts_by_notice(people)),
            *map(because, _ways_of_fraud(severe)),
            *[reason for v in severe for reason in v.reasons if reason.code == SAID_NOW][:1],
            *([] if raised.is_sealed else [r for v in severe for r in v.reasons if r.code in _SAID][:1]),
            *(reason for reason in lead.reasons if reason.code == A_PERSON_DECIDES),
            *(() if surely_ours else [because("perhaps_other_school")]),
            *who.because,
        ),
        raised_at=now,
        posted_at=posted_at(severe),
        warned=who.warned,
        known_at=known_at,
    )
    if existing is None:
        return alert
    if named is not None:
        return _renew_alert(alert, existing, asked, list_threatened(earlier, people), lowered=lowered)
    why = _rise(existing, alert, {*existing.audience, *asked}, raised, people) or anew
    if why is None:
        return Decline("told_already", tuple(p for p in alert.excluded if p not in existing.excluded))
    return replace(
        alert,
        severity=max(alert.severity, existing.severity),
        restricted=alert.restricted or existing.restricted,
        times=existing.times + 1,
        because=(why, *alert.because),
    )


def _waits_for_digest(
    verdicts: Sequence[Verdict], severe: Sequence[Verdict], people: Sequence[Person], school: School
) -> bool:
    """Is all of it history, and is there a digest that shows it? None shows the routes safeguarding and
    police_now, an allegation, or what is for the safeguarding lead alone; nor anybody what accuses them."""
    if any(v.history is None or v.route.urgent or is_restricted(v) or alleges(v) for v in severe):
        return False
    accused = alleged_in(filter(may_be_grave, verdicts), people)
    return any(p.id not in accused for p in leadership(school, people))


def _renew_alert(
    alert: Alert, existing: Alert, asked: Sequence[str], aimed_at: Collection[str], *, lowered: bool
) -> Alert:
    """Return the alert as it is now: raised again where it is graver, or where somebody knows of it whom it
    accuses, or was `aimed_at` by it (ids) and is no more; else it goes to those alone who do not know of it.
    """
    found = replace(
        alert,
        id=existing.id,
        severity=alert.severity if lowered else max(alert.severity, existing.severity),
        restricted=alert.restricted or (existing.restricted and not lowered),
        because=(because("who_was_named"), *alert.because),
    )
    reached = {*existing.audience, *existing.warned, *asked} - {*alert.audience, *alert.warned}
    wrongly = reached & {*alert.excluded, *existing.warned, *aimed_at}
    rose = found.severity > existing.severity or route_rank(found.route) > route_rank(existing.route)
    anew = bool(wrongly or rose)
    return replace(found, times=existing.times + anew, raised_at=(alert if anew else existing).raised_at)


def _spoken_of(
    verdicts: Sequence[Verdict], severe: Sequence[Verdict], people: Sequence[Person]
) -> frozenset[str]:
    """List whom the calm mentions of a story, and answers to it, may mean (ids), where a child is harmed or
    an adult accused: “he was hit”, and a reply says by whom. Not once somebody who may decide has said it.
    """
    alleged = any(map(alleges, severe))
    if not alleged and not any(Harm.CHILD in harms(v) for v in severe):
        return frozenset()
    if any(m.by == NAMED for v in severe for m in v.accuses):
        return frozenset()
    calm = [v for v in verdicts if v not in severe and v.relevance is not Relevance.NOT_ABOUT]
    pointing = calm if alleged else [v for v in calm if v.subject_person]
    meant = (m for v in pointing for m in meant_by_labels(v.route, v.abuse, v.about, v.subject_person)[1])
    return alleged_in(calm, people) | persons_meant(meant, people)


def _never_milder(lead: Verdict, existing: Alert | None) -> Verdict:
    """Milder words after an edit open to nobody else what was told by a graver route."""
    if existing is None or route_rank(lead.route) >= route_rank(existing.route):
        return lead
    return replace(lead, route=existing.route, content_class=existing.content_class)


def _rise(
    existing: Alert, alert: Alert, told: set[str], raised: RaisedMatter, people: Sequence[Person]
) -> Reason | None:
    """Find why a told story is told once more; None where nothing of it rose."""
    aimed_at = raised.targets | raised.matter.threatened
    owed = {*alert.warned}.union(p for p in alert.audience if p in aimed_at)
    rose = {
        "severity_rose": alert.severity > existing.severity,
        "route_rose": route_rank(alert.route) > route_rank(existing.route),
        "lane_found": raised.is_sealed and not existing.restricted,
        "posted_anew": existing.posted_at is not None and alert.posted_at is None,
        "subject_found": not told.isdisjoint({*alert.excluded, *list_related(alert.excluded, people)}),
        "target_found": not owed <= told.union(existing.warned),
    }
    return next((because(code) for code, holds in rose.items() if holds), None)


def _ways_of_fraud(severe: Sequence[Verdict]) -> list[str]:
    """List by which ways a fraud comes (codes)."""
    told = {reason.code for verdict in severe for reason in verdict.reasons}
    return [code for code in (BY_MAIL, BY_TEXT) if code in told]


def _severity_reasons(severity: Severity, lead: Verdict, severe: Sequence[Verdict]) -> tuple[Reason, ...]:
    level = int(severity)
    if severity == max(v.severity for v in severe):
        return (because(f"severity_{level}", "severity", n=level, route=lead.route.value),)
    return (because(f"severity_{level}", "severity_one_above", n=level), because("raised_by_one"))
