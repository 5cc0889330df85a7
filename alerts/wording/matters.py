"""Matters and verdicts in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from alerts.access.matter import ReaderPart, aims
from alerts.access.offices import holding, main_role
from alerts.layout.note import clean_line
from data.content_class import ContentClass
from data.judged import (
    A_PERSON_DECIDES,
    calls_for_alert,
    clears_somebody,
    harms,
    is_enquiry,
    is_over,
    is_unplaced,
    means_violence,
    names_pupil,
    passes_on_news,
    tone_of,
    was_judged,
)
from data.matters import Holder, MatterView, PostView, SaidTime
from data.people import away
from data.steps.codes import BypassRoute
from data.types import KEY_OF_A_TRUST, About, Alert, Harm, Person, PressEvent, Route, Severity, Verdict
from data.words.say import Words

# Plain words for a verdict: what happened, without the post's text, title, address or author.

_SENTENCES = ("threat", "extremism", "hate", "sexual", "impersonation", "privacy", "defamation", "harassment")
"""Labels with a sentence of their own; the first that a verdict bears is said."""

_MOST_CHARS = 400
"""So much is shown of a sentence that weighed most: somebody may write without full stops."""


def what_weighed_in(post: PostView, w: Words) -> str:
    """“What weighed most: “…””, in words that may be shown of a post, or all of its title; "" for none."""
    part, title = post.weighed_most, post.weighed_most == (post.title or "").strip()
    said = part if len(part) <= _MOST_CHARS else f"{part[:_MOST_CHARS].rsplit(maxsplit=1)[0]} …"
    return w("describe.weighed_title" if title else "describe.weighed", words=said) if part else ""


def describe(verdict: Verdict, w: Words) -> str:
    """One sentence for a grave verdict; of a safeguarding matter only that there is one."""
    if verdict.route is Route.SAFEGUARDING:
        return w("describe.safeguarding")
    if Harm.VIOLENCE in harms(verdict) and not verdict.route.urgent and calls_for_alert(verdict):
        return w("describe.danger")
    if verdict.content_class == ContentClass.OWN_ACCOUNT:
        return w("describe.own_account")
    if verdict.route is Route.RESPOND and is_unplaced(verdict):
        return w("describe.unplaced")
    if verdict.event is not None and not {*_SENTENCES} & {*verdict.abuse}:
        if clears_somebody(verdict):
            return w("describe.cleared")
        if not is_over(verdict):
            return w(f"describe.event.{verdict.event.value}")
        key = f"describe.event_over.{verdict.event.value}"
        return w(key if w.has(key) else "describe.event_over.other")
    if passes_on_news(verdict):
        return w("describe.passes_on_news")
    named = verdict.subject_person or any(m.who.startswith(("person:", "office:")) for m in aims(verdict))
    named = named and verdict.about in (About.SCHOOL, About.OTHER)
    who = w("describe.who.somebody_here") if named else _whom(verdict, w)
    return w(f"describe.{label_of(verdict)}", who=who, Who=who[0].upper() + who[1:])


def label_of(verdict: Verdict) -> str:
    """Return what a verdict is described by: press, its first label with a sentence, else “decision”."""
    if is_enquiry(verdict) and verdict.route is Route.RESPOND:
        return "enquiry"
    return next((label for label in _SENTENCES if label in verdict.abuse), "decision")


def describe_lane(lane: BypassRoute, about: About, w: Words) -> tuple[str, str]:
    """Say what a matter past the removal ladder is about, without a word of the post, and what to do next."""
    said = w(f"describe.lane.{lane.value}", who=who_words(about, w))
    return said, w(f"describe.lane_next.{lane.value}")


def who_words(about: About, w: Words) -> str:
    """Say whom a post is about: “a pupil”, “the school”."""
    return w(f"describe.who.{about.value}")


def _whom(verdict: Verdict, w: Words) -> str:
    """Say whom it is about; “the trust”, “the chief executive” of what is about a trust."""
    key = f"describe.who.trust_{verdict.about.value}"
    return w(key) if verdict.urn.startswith(KEY_OF_A_TRUST) and w.has(key) else who_words(verdict.about, w)


def press_words(event: PressEvent, w: Words) -> str:
    return w(f"describe.press.{event.value}")


def describe_verdict(verdict: Verdict, w: Words) -> str:
    """Say its tone if told and nothing is worse, whom it is about, and what was found in it."""
    if names_pupil(verdict):
        return w("describe.pupil_named")
    tone = None if verdict.abuse else tone_of(verdict)
    toned = [w(f"describe.sentiment.{tone.value}")] if tone else []
    about = w("describe.about", who=_whom(verdict, w))
    labels = [w(f"describe.label.{label}") for label in verdict.abuse]
    event = [press_words(verdict.event, w)] if verdict.event else []
    return " · ".join([*toned, about, *event, *labels])


def next_of(verdict: Verdict, w: Words, part: ReaderPart = ReaderPart.OTHER) -> str:
    """Say what ought to become of a post; where it was not judged, that somebody reads it."""
    if not was_judged(verdict):
        return w("describe.next.unjudged")
    if names_pupil(verdict):
        return w("describe.next.pupil_named")
    return what_next(verdict.route, w, verdict.severity, part, verdict.event)


def next_of_alert(
    alert: Alert | MatterView, w: Words, part: ReaderPart = ReaderPart.OTHER, event: PressEvent | None = None
) -> str:
    """Say what ought to become of what was raised; `event` is what its gravest article tells."""
    if means_violence(alert) and alert.route is not Route.SAFEGUARDING:
        return what_next(Route.POLICE_NOW, w, part=part)
    if any(reason.code == A_PERSON_DECIDES for reason in alert.because):
        return w("describe.next.unjudged")
    if alert.content_class == ContentClass.OWN_ACCOUNT and not alert.restricted:
        return w("describe.next.own_account")
    if is_enquiry(alert) and alert.route is Route.RESPOND:
        return w("describe.next.enquiry")
    return what_next(alert.route or Route.NOTE, w, alert.severity, part, event)


def what_next(
    route: Route,
    w: Words,
    severity: Severity = Severity.NOTE,
    part: ReaderPart = ReaderPart.OTHER,
    event: PressEvent | None = None,
) -> str:
    """Say in a few words what ought to become of it, for a reader with that part in it."""
    if route is Route.POLICE_NOW:
        return w(f"describe.next.police_now.{part.value}")
    if route is Route.RESPOND and event is not None:
        return w(f"describe.press_next.{'staff' if event is PressEvent.STAFF else 'other'}")
    today = route is Route.RESPOND and severity >= Severity.TODAY
    return w("describe.next.respond_today" if today else f"describe.next.{route.value}")


def channel_name(channel: str, w: Words) -> str:
    """Return what people call a channel; one without a name is called as it is written."""
    key = f"describe.channel.{channel}"
    return w(key) if w.has(key) else channel


# What a matter is, what next, who has it, what is due: the sentences of a `MatterView`. Pure.


def what(view: MatterView, w: Words) -> str:
    """Say what it is, by the gravest of it that may be shown."""
    if view.top is not None:
        return describe(view.top, w)
    return w("matter.with_lead" if view.judged else "matter.not_kept")


def the_same_words(view: MatterView, w: Words) -> str:
    """At which other schools the same words are, as far as the reader may know; "" for none."""
    return w("matter.same_words", schools=", ".join(view.same_words_at)) if view.same_words_at else ""


def has_words(view: MatterView, people: Iterable[Person], w: Words) -> str:
    """“you have it”, “with Ms Imogen Larkspur (head)”, “somebody has it”, “nobody has it yet”."""
    holder = view.holder
    if holder is None:
        return w("matter.has.nobody")
    if holder.mine:
        return w("matter.has.you")
    if not holder.person:
        return w("matter.has.somebody")
    return w("matter.has.other", who=name_holder(holder, people, w))


def name_holder(holder: Holder, people: Iterable[Person], w: Words) -> str:
    """Return “you”, “Mrs Tamsin Quillfeather (head)”, “somebody” where no more may be known."""
    if holder.mine and holder.person:
        return w("matter.by.you")
    return name_and_role(holder.person, people, w) if holder.person else w("matter.by.somebody")


def follows_words(follows: Iterable[tuple[str, int]], w: Words) -> list[str]:
    """A sentence for each thing that a mark changes or does not; with how many."""
    return [w(f"matter.corrected.{k}", **({"n": n, "count": w.number(n)} if n else {})) for k, n in follows]


def name_and_role(person_id: str, people: Iterable[Person], w: Words) -> str:
    """“Mrs Tamsin Quillfeather (head)”; the id of somebody who is not in the settings any more."""
    person = next((p for p in people if p.id == person_id), None)
    if person is None:
        return person_id
    if not holding(person, ()):  # they have left
        return person.name
    role = w(f"digest.who.{main_role(person).value}")
    return f"{person.name} ({role if role[1:2].isupper() else role[:1].lower() + role[1:]})"


def who_is_away(people: Iterable[Person], now: datetime, zone: ZoneInfo, w: Words) -> list[str]:
    """“Mr Daniel Pryce is away until Monday 30 November; Mrs Ruth Adeyemi covers.”, for each who is away."""
    people = tuple(people)
    gone = away(people, now)
    return [away_words(p, people, now, zone, w) for p in people if p.id in gone]


def away_words(person: Person, people: Iterable[Person], now: datetime, zone: ZoneInfo, w: Words) -> str:
    """Whether they are away, until when, and who covers."""
    name, names = clean_line(person.name), {p.id: clean_line(p.name) for p in people}
    if person.away_until is None or person.id not in away([person], now):
        return w("people.done.back", name=name)
    key, cover = "digest.away_covered" if person.cover in names else "digest.away", person.cover or ""
    return w(key, name=name, day=w.day(person.away_until, now, zone), cover=names.get(cover, ""))


def time_words(said: SaidTime | None, today: date, w: Words) -> str:
    """“It names a time: today, about 15:30.”, or that it is not sure which day; "" where it names none."""
    if said is None:
        return ""
    clock = w("matter.names.about", clock=f"{said.at:%H:%M}") if said.at else ""
    over = said.day is not None and said.day < today
    day = ""
    if said.day and (said.sure or not over):
        near = {0: "matter.names.today", 1: "matter.names.tomorrow"}.get((said.day - today).days)
        day = w(near) if near else w.day(said.day, today)
    if said.sure or not day:
        found = ", ".join(part for part in (day, clock) if part)
        key = "past" if over and said.sure else "time" if said.sure else "which_day"
        return w(f"matter.names.{key}", when=found) if found else ""
    return w("matter.names.perhaps", clock=clock, day=day) if clock else w("matter.names.day", day=day)
