"""Does a story call for an alert, again or for the first time, and whom does it reach? Pure.

One alert a story: raised once, and again only where it rises, where somebody who was told turns out to be its
subject, or where it was marked as done with and goes on. Severity 3 and 4 call for one, and the routes
safeguarding and police_now whatever the severity. What is older than seven days when its place is first read
is history: judged, shown and counted, but seldom told. New words are none, nor is what bears no date.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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


@freeze
class Standing:
    """The `alert` that was raised for a story before, and who knows of it beside its audience: asked next, or
    who took it (ids)."""

    alert: Alert
    also: tuple[str, ...] = ()

    @property
    def knowing(self) -> frozenset[str]:
        """Ids of all who know of it."""
        return frozenset((*self.alert.audience, *self.also))


@freeze
class Word:
    """A word that somebody who decides has just said of a story. `accusing` are the verdicts on former
    versions that still accuse somebody. Two people let in `lets_in` (ids), whom its alert kept out, or
    `lowered` it: it may then be milder than it was told."""

    accusing: tuple[Verdict, ...] = ()
    lets_in: frozenset[str] = frozenset()
    lowered: bool = False


@freeze
class StoryNow:
    """A story with all that decides whether it calls for an alert now, and whom that reaches.

    `verdicts` are all of the story's, the newest version of each mention; `former` are those on earlier
    versions, and with a `word` all that are saved: whom they may accuse stays kept out. `answers` are on
    replies to it that are stories of their own. `places` counts the places that carry it (history spreads no
    more), `came_back` says that it was removed once. `standing` is what was raised before, `word` what
    somebody who decides has just said, `why_again` why it is raised once more though it was told. It `doubts`
    somebody whose name may be no more than a word.
    """

    story: Story
    school: School
    people: Sequence[Person]
    policy: Policy
    now: datetime
    verdicts: tuple[Verdict, ...]
    former: tuple[Verdict, ...] = ()
    answers: tuple[Verdict, ...] = ()
    places: int = 1
    came_back: bool = False
    standing: Standing | None = None
    word: Word | None = None
    why_again: Reason | None = None
    doubts: Callable[[Person], bool] = lambda _: False

    @property
    def is_lowered(self) -> bool:
        """Have two people just said that it is less serious?"""
        return self.word is not None and self.word.lowered


@freeze
class _Grave:
    """The serious part of a story: its severe `verdicts`, the one that leads, and its severity as a whole."""

    verdicts: Sequence[Verdict]
    lead: Verdict
    severity: Severity


def raise_alert(of: StoryNow) -> Alert | Decline:
    """Return the alert that a story calls for now, or why it calls for none: a look alone calls for none."""
    severe = _list_severe(of)
    if not severe:
        return Decline("not_severe")
    grave = _weigh(of, severe)
    if _waits_for_digest(of, grave):
        return Decline("before_we_began")
    raised = _find_matter(of, grave)
    alert = _write_alert(of, grave, raised)
    if of.standing is None:
        return alert
    if of.word is not None:
        return _renew_alert(alert, of, of.standing)
    why = _find_rise(alert, of, of.standing, raised) or of.why_again
    if why is None:
        known = of.standing.alert.excluded
        return Decline("told_already", tuple(p for p in alert.excluded if p not in known))
    return _raise_again(alert, of.standing.alert, why)


def _list_severe(of: StoryNow) -> list[Verdict]:
    """List the verdicts that call for an alert; of what was lowered the one that leads, where none does."""
    severe = [v for v in of.verdicts if calls_for_alert(v)]
    if severe or not of.is_lowered:
        return severe
    return [leading(of.verdicts)]


def _weigh(of: StoryNow, severe: Sequence[Verdict]) -> _Grave:
    """Find what leads, and how severe the story is: milder words after an edit open to nobody else what was
    told by a graver route."""
    lead = max(severe, key=lambda v: (route_rank(v.route), int(v.severity)))
    before = of.standing.alert if of.standing else None
    if before and not of.is_lowered and route_rank(lead.route) < route_rank(before.route):
        lead = replace(lead, route=before.route, content_class=before.content_class)
    severity = story_severity(
        max(v.severity for v in severe),
        lead.route,
        child_identifiable=any(r.code == CHILD_IDENTIFIABLE for v in severe for r in v.reasons),
        places=of.places if posted_at(severe) is None else 1,
        came_back=of.came_back,
    )
    return _Grave(severe, lead, severity)


def _waits_for_digest(of: StoryNow, grave: _Grave) -> bool:
    """Is all of it history, and is there a digest that shows it? None shows what is marked, severity 4, the
    routes safeguarding and police_now, an allegation, or what is for the safeguarding lead alone; nor anybody
    what accuses them."""
    if of.standing or of.why_again or of.word is not None:
        return False
    if grave.severity >= Severity.THIS_HOUR:
        return False
    if any(v.history is None or v.route.urgent or is_restricted(v) or alleges(v) for v in grave.verdicts):
        return False
    accused = alleged_in(filter(may_be_grave, of.verdicts), of.people)
    return any(p.id not in accused for p in leadership(of.school, of.people))


def _find_matter(of: StoryNow, grave: _Grave) -> RaisedMatter:
    """Find what it is about. An edit lets nobody in who was kept out before, or whom former words may accuse;
    a word of somebody who decides may."""
    accusing, lets_in = of.former, frozenset[str]()
    if of.word is not None:
        accusing, lets_in = of.word.accusing, of.word.lets_in
    kept_out = frozenset(of.standing.alert.excluded) if of.standing else frozenset[str]()
    barred = (kept_out - lets_in) | alleged_in(accusing, of.people)
    beside = _list_spoken_of((*of.verdicts, *of.answers), grave.verdicts, of.people)
    return matter_to_raise(grave.verdicts, grave.lead, of.people, of.school, of.policy, barred, beside)


def _write_alert(of: StoryNow, grave: _Grave, raised: RaisedMatter) -> Alert:
    """Write the alert as if none had been raised before."""
    who = recipients(raised, of.people, of.now, of.doubts)
    classes = {v.content_class for v in grave.verdicts}
    return Alert(
        id=digest("alert", of.story.id, of.story.urn)[:16],
        story_id=of.story.id,
        urn=of.story.urn,
        severity=grave.severity,
        route=grave.lead.route,
        content_class=next((c for c in MOST_PROTECTIVE if c in classes), grave.lead.content_class),
        restricted=any(v.restricted for v in grave.verdicts) or raised.is_sealed,
        audience=who.audience,
        excluded=who.excluded,
        because=(*_list_reasons(grave, raised, of.people), *who.because),
        raised_at=of.now,
        posted_at=posted_at(grave.verdicts),
        warned=who.warned,
        known_at=_known_at(of),
    )


def _known_at(of: StoryNow) -> datetime:
    """When the school knew of it: the 72 hours for data that got out run from the first alert of that, and
    from no other."""
    before = of.standing.alert if of.standing else None
    if before is None or Fact.DATA_OUT not in facts_raised(before):
        return of.now
    return before.known_at or before.raised_at


def _list_reasons(grave: _Grave, raised: RaisedMatter, people: Sequence[Person]) -> list[Reason]:
    """List why it is raised and what of it is told, without whom it reaches. Where violence is meant it is
    said, whatever is to become of it; and so is what was said at the door."""
    severe, facts = grave.verdicts, raised.matter.facts
    reasons = [reason for v in severe for reason in v.reasons]
    listed = [*_severity_reasons(grave)]
    if OF_DANGER & facts:
        listed.append(because(DANGER))
    if Fact.ACCUSED in facts:
        listed.append(because(Fact.ACCUSED))
    listed += map(because, raised.facts_by_notice(people))
    listed += map(because, _ways_of_fraud(severe))
    listed += [reason for reason in reasons if reason.code == SAID_NOW][:1]
    if not raised.is_sealed:
        listed += [reason for reason in reasons if reason.code in _SAID][:1]
    listed += [reason for reason in grave.lead.reasons if reason.code == A_PERSON_DECIDES]
    if all(v.relevance is not Relevance.ABOUT for v in severe):
        listed.append(because("perhaps_other_school"))
    return listed


def _renew_alert(alert: Alert, of: StoryNow, standing: Standing) -> Alert:
    """Return the alert as it is after a word of somebody who decides: raised again where it is graver, or
    where somebody knows of it whom it accuses, or at whom it was aimed and is no more; else it goes to those
    alone who do not know of it.
    """
    before = standing.alert
    renewed = replace(
        alert,
        id=before.id,
        severity=alert.severity if of.is_lowered else max(alert.severity, before.severity),
        restricted=alert.restricted or (before.restricted and not of.is_lowered),
        because=(because("who_was_named"), *alert.because),
    )
    reached = (standing.knowing | {*before.warned}) - {*alert.audience, *alert.warned}
    aimed_at = list_threatened(of.former, of.people)
    wrongly = reached & {*alert.excluded, *before.warned, *aimed_at}
    rose = renewed.severity > before.severity or route_rank(renewed.route) > route_rank(before.route)
    if wrongly or rose:
        return replace(renewed, times=before.times + 1)
    return replace(renewed, times=before.times, raised_at=before.raised_at)


def _list_spoken_of(
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


def _find_rise(alert: Alert, of: StoryNow, standing: Standing, raised: RaisedMatter) -> Reason | None:
    """Find why a told story is told once more; None where nothing of it rose."""
    before, aimed_at = standing.alert, raised.targets | raised.matter.threatened
    owed = {*alert.warned}.union(p for p in alert.audience if p in aimed_at)
    wrong = {*alert.excluded, *list_related(alert.excluded, of.people)}
    if alert.severity > before.severity:
        return because("severity_rose")
    if route_rank(alert.route) > route_rank(before.route):
        return because("route_rose")
    if raised.is_sealed and not before.restricted:
        return because("lane_found")
    if before.posted_at is not None and alert.posted_at is None:
        return because("posted_anew")
    if not standing.knowing.isdisjoint(wrong):
        return because("subject_found")
    return None if owed <= standing.knowing.union(before.warned) else because("target_found")


def _raise_again(alert: Alert, before: Alert, why: Reason) -> Alert:
    """Return the alert as it is told once more: never milder than before, and why first."""
    return replace(
        alert,
        severity=max(alert.severity, before.severity),
        restricted=alert.restricted or before.restricted,
        times=before.times + 1,
        because=(why, *alert.because),
    )


def _ways_of_fraud(severe: Sequence[Verdict]) -> list[str]:
    """List by which ways a fraud comes (codes)."""
    codes = {reason.code for verdict in severe for reason in verdict.reasons}
    return [code for code in (BY_MAIL, BY_TEXT) if code in codes]


def _severity_reasons(grave: _Grave) -> tuple[Reason, ...]:
    level = int(grave.severity)
    if grave.severity == max(v.severity for v in grave.verdicts):
        return (because(f"severity_{level}", "severity", n=level, route=grave.lead.route.value),)
    return (because(f"severity_{level}", "severity_one_above", n=level), because("raised_by_one"))
