"""Matters and verdicts in words: what happened, what next, who has it; and the title of a matter, by which
people call it when they speak to each other, and the subject of a mail. Pure.

“Miss D., local forum, accusation”. A title goes with the words: of what is restricted, or locked by section
141F of the Education Act 2002, it says the class and the day alone, and to whoever may not read the words it
names nobody. A subject tells the matter and what to do, danger first, in the 43 letters that a telephone
shows; then its number. Never a word of the post; of a restricted matter only that there is one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from alerts.access.matter import ReaderPart, aims
from alerts.access.offices import holding, main_role
from alerts.layout.note import clean_line
from data.cases import Case
from data.content_class import ContentClass
from data.frozen import freeze
from data.judged import (
    A_PERSON_DECIDES,
    FRAUDS,
    OWN_COMMENT,
    PUPILS_DATA,
    calls_for_alert,
    clears_somebody,
    gravest_verdict,
    harms,
    is_enquiry,
    is_over,
    is_unplaced,
    may_say_label,
    means_violence,
    names_pupil,
    passes_on_news,
    sayable_event,
    tone_of,
    was_judged,
)
from data.matters import Holder, MatterView, PostView, SaidTime
from data.people import away
from data.steps.codes import BypassRoute
from data.types import (
    KEY_OF_A_TRUST,
    About,
    Alert,
    Harm,
    Person,
    PressEvent,
    Route,
    Sentiment,
    Severity,
    Verdict,
)
from data.words.say import Words, capital, join_filled

# Plain words for a verdict: what happened, without the post's text, title, address or author.

_SENTENCES = ("threat", "extremism", "hate", "sexual", "impersonation", "privacy", "defamation", "harassment")
"""Labels with a sentence of their own; the first that a verdict bears is said."""

_LEADERS = (About.HEAD, About.DSL, About.CHAIR, About.GOVERNOR)
"""Of these an office is known, and is said."""

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
    label = label_of(verdict)
    if (event := sayable_event(verdict)) is not None and label not in _SENTENCES:
        if clears_somebody(verdict):
            return w("describe.cleared")
        if event is not verdict.event or not is_over(verdict):
            return w(f"describe.event.{event.value}")
        key = f"describe.event_over.{event.value}"
        return w(key if w.has(key) else "describe.event_over.other")
    if passes_on_news(verdict):
        return w("describe.passes_on_news")
    who = _aimed_at(verdict, w)
    perhaps = label == "threat" and not may_say_label(verdict, label)
    return w(f"describe.{'threat_perhaps' if perhaps else label}", who=who, Who=capital(who))


def label_of(verdict: Verdict) -> str:
    """Return what a verdict is described by: press, data out, fraud, a threat though it is only likely, the
    first other label with a sentence that it surely bears, else “decision”."""
    if is_enquiry(verdict) and verdict.route is Route.RESPOND:
        return "enquiry"
    codes = {reason.code for reason in verdict.reasons}
    if verdict.content_class == ContentClass.CONFIDENTIAL:
        return "pupils_data" if PUPILS_DATA in codes else "data_out"
    if OWN_COMMENT in codes and not verdict.route.urgent:
        return "own_comment"
    if verdict.route.removal and not verdict.route.urgent and not codes.isdisjoint(FRAUDS):
        return "fraud"
    if "threat" in verdict.abuse:
        return "threat"
    return next((label for label in _SENTENCES if may_say_label(verdict, label)), "decision")


def describe_lane(lane: BypassRoute, about: About, w: Words) -> tuple[str, str]:
    """Say what a matter past the removal ladder is about, without a word of the post, and what to do next."""
    said = w(f"describe.lane.{lane.value}", who=who_words(about, w))
    return said, w(f"describe.lane_next.{lane.value}")


def who_words(about: About, w: Words) -> str:
    """Say whom a post is about: “a pupil”, “the school”."""
    return w(f"describe.who.{about.value}")


def _aimed_at(verdict: Verdict, w: Words) -> str:
    """Say at whom it is aimed: at the person or office that the verdict knows, whatever is likeliest."""
    known = verdict.subject_person or any(m.who.startswith(("person:", "office:")) for m in aims(verdict))
    if known and verdict.about not in _LEADERS:
        return w("describe.who.somebody_here")
    return _whom(verdict, w)


def _whom(verdict: Verdict, w: Words) -> str:
    """Say whom it is about; “the trust”, “the chief executive” of what is about a trust."""
    key = f"describe.who.trust_{verdict.about.value}"
    return w(key) if verdict.urn.startswith(KEY_OF_A_TRUST) and w.has(key) else who_words(verdict.about, w)


def describe_verdict(verdict: Verdict, w: Words) -> str:
    """Say its tone if told and nothing is worse, whom it is about, and what was found in it."""
    if names_pupil(verdict):
        return w("describe.pupil_named")
    tone = None if verdict.abuse else tone_of(verdict)
    toned = [w(f"describe.sentiment.{tone.value}")] if tone else []
    about = w("describe.about", who=_whom(verdict, w))
    labels = [w(f"describe.label.{label}") for label in verdict.abuse]
    told = sayable_event(verdict)
    event = [w(f"describe.press.{told.value}")] if told else []
    return " · ".join([*toned, about, *event, *labels])


def next_of(verdict: Verdict, w: Words, part: ReaderPart = ReaderPart.OTHER) -> str:
    """Say what ought to become of a post; where it was not judged, that somebody reads it."""
    if not was_judged(verdict):
        return w("describe.next.unjudged")
    if names_pupil(verdict):
        return w("describe.next.pupil_named")
    if w.has(own := f"describe.next.{label_of(verdict)}"):
        return w(own)
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
    top = alert.top if isinstance(alert, MatterView) and not alert.restricted else None
    if top and w.has(own := f"describe.next.{label_of(top)}"):
        return w(own)
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
        found = join_filled(", ", day, clock)
        key = "past" if over and said.sure else "time" if said.sure else "which_day"
        return w(f"matter.names.{key}", when=found) if found else ""
    return w("matter.names.perhaps", clock=clock, day=day) if clock else w("matter.names.day", day=day)


@freeze
class Seen:
    """Its gravest verdict, the kinds of place where it is (the gravest post's first), when that was posted,
    and a time that it names. `printed` are its articles in the press. Of it nothing goes into a message about
    a restricted matter but the hour that the press names."""

    verdict: Verdict | None = None
    channels: tuple[str, ...] = ()
    posted_at: datetime | None = None
    printed: tuple[PostView, ...] = ()
    said_time: SaidTime | None = None


NOTHING_SEEN = Seen()

PHONE_CHARS = 43
"""Letters of a subject that a telephone shows, by the narrowest that we know."""

_OF_CLASS: Mapping[str, str] = {
    ContentClass.CONFIDENTIAL: "data_out",
    ContentClass.HARASSMENT: "harassment",
    ContentClass.HATE: "hate",
    ContentClass.SEXUAL: "sexual",
    ContentClass.THREAT: "threat",
    ContentClass.DEFAMATION: "defamation",
    ContentClass.COPYRIGHT: "marks",
    ContentClass.EXTREMISM: "extremism",
    ContentClass.PRIVACY: "privacy",
    ContentClass.IMPERSONATION: "impersonation",
    ContentClass.UNLAWFUL: "unlawful",
    ContentClass.OWN_ACCOUNT: "own_account",
    ContentClass.UNJUDGED: "unplaced",
}


@freeze
class Topic:
    """The facts that a subject may tell of a matter. `label` names its words, `about` whom it is about."""

    number: str
    restricted: bool = False
    label: str = "decision"
    about: About = About.SCHOOL
    channel: str = ""
    event: PressEvent | None = None


def topic_of_alert(alert: Alert, seen: Seen, number: str) -> Topic:
    """Return the topic of an alert; of a safeguarding matter, or a restricted one, nothing but its number."""
    if is_restricted(alert):
        return Topic(number, restricted=True)
    channel, verdict = next(iter(seen.channels), ""), seen.verdict
    if means_violence(alert) and not alert.route.urgent:
        return Topic(number, label="danger", channel=channel)
    if alert.content_class == ContentClass.OWN_ACCOUNT:
        return Topic(number, label="own_account")
    if any(reason.code == A_PERSON_DECIDES for reason in alert.because) and not alert.route.urgent:
        return Topic(number, label="unplaced", channel=channel)
    if verdict is None:
        return Topic(number, label=_OF_CLASS.get(alert.content_class, "decision"), channel=channel)
    label = label_of(verdict)
    event = sayable_event(verdict) if label == "decision" else None
    if alert.route is Route.POLICE_NOW and label == "decision":
        label = "threat"
    of_class = _OF_CLASS.get(alert.content_class, label)
    if label == "decision" and event is None and of_class not in verdict.abuse:  # else we are not sure of it
        label = of_class
    return Topic(number, False, label, verdict.about, channel, event)


def topic_of_case(case: Case) -> Topic:
    """Return a case's topic; of one past the ladder, locked or restricted, only its number."""
    if case.restricted or case.locked or case.lane is not None:
        return Topic(case.id, restricted=True)
    label = "threat" if case.route is Route.POLICE_NOW else _OF_CLASS.get(case.content_class, "decision")
    return Topic(case.id, False, "comment" if case.fair else label, case.about, case.channel)


def is_restricted(alert: Alert) -> bool:
    """Is nothing to be said of the post but that there is a safeguarding matter?"""
    return alert.restricted or alert.route is Route.SAFEGUARDING


def subject(topic: Topic, w: Words, do: str, *, danger: bool = False, title: str = "") -> str:
    """“Threat on a local forum: read now (73EB6A)”, “Danger? Safeguarding matter: read now (482913)”; of what
    no label names its `title`, which names nobody, or as much of it as there is room for. `danger` says that
    somebody may be in any, which the name of a threat says already."""
    before = f"{w('instant.danger_first')} " if danger and topic.label not in _SAYS_DANGER else ""
    matter = matter_words(topic, w, before + do)
    parts, whole = title.split(", "), [matter]
    if title and topic.label == "decision" and not (topic.event or topic.restricted):
        whole = [title, f"{parts[0]}, {parts[-1]}", capital(parts[-1])]
    fits = (name for name in whole if len(f"{before}{name}: {do}") <= PHONE_CHARS)
    return f"{before}{next(fits, w('instant.matter.decision'))}: {do} ({topic.number})"


_SAYS_DANGER = frozenset(("threat", "danger", "safety"))


def matter_words(topic: Topic, w: Words, do: str) -> str:
    """Say what the matter is called: the fullest that leaves room for `do` on a telephone."""
    bare, of = w(f"instant.matter.{topic.label}"), f"instant.matter_of.{topic.label}.{topic.about.value}"
    where = f"digest.at.{topic.channel}"
    named = [*([w(of)] if w.has(of) else []), bare]
    place = [f" {w(where)}"] if w.has(where) else []
    wordings = [f"{name}{at}" for name in named for at in (*place, "")]
    if topic.event is not None:
        wordings = [w(f"instant.press.{topic.event.value}"), bare]
    elif topic.restricted:
        wordings = [w("title.restricted"), w("instant.matter.safeguarding")]
    fits = (name for name in wordings if len(f"{name}: {do}") <= PHONE_CHARS)
    return next(fits, wordings[-1])


_HONORIFICS = frozenset(("mr", "mrs", "ms", "miss", "mx", "dr", "sir", "revd", "rev", "canon", "prof", "fr"))


def title_of(view: MatterView, people: Iterable[Person], w: Words, now: datetime, zone: ZoneInfo) -> str:
    """The title of a matter for its reader; `people` are those of the school, `zone` where it is."""
    if view.is_sealed or view.apart:
        name = w("title.locked" if view.locked else "title.restricted")
        began = None if view.locked else view.raised_at or view.began_at
        return f"{name}, {w.brief_day(began, now, zone)}" if began else name
    if view.top is None and view.verdicts:
        view = replace(view, top=gravest_verdict(view.verdicts))
    if view.alert:
        topic = topic_of_alert(view.alert, Seen(view.top, view.channels), view.number)
    elif view.case:
        topic = topic_of_case(view.case)
    else:
        event = sayable_event(view.top) if view.top else None
        topic = Topic(view.number, about=view.top.about if view.top else view.about, event=event)
    whom = _person_meant(view, people) if view.words else ""
    if not whom and topic.about in (About.SCHOOL, About.OTHER):
        themes = (f"theme.{theme}" for theme in (view.top.themes if view.top else ()))
        whom = next((w(key) for key in themes if w.has(key)), "")
    elif not whom:
        whom = who_words(topic.about, w)
    channel = "" if topic.event else topic.channel or next(iter(view.channels), "")
    parts = (whom, channel_name(channel, w) if channel else "", _claim(view, topic, w))
    return capital(join_filled(", ", *parts))


def _person_meant(view: MatterView, people: Iterable[Person]) -> str:
    """Return “Miss D.”: the first person of the school whom it means, "" where it means none that we know."""
    top, case = view.top, view.case
    meant = [case.target if case else None]
    if top:
        meant += [top.subject_person, *(m.person for m in (*top.endangers, *top.accuses))]
    here = {p.id: p.name for p in people}
    name = next((here[one] for one in meant if one and one in here), "")
    first, *rest = name.split() or [""]
    titled = first.casefold().rstrip(".") in _HONORIFICS and rest
    return f"{first} {rest[-1][:1]}." if titled else " ".join(f"{part[:1]}." for part in name.split())


def _claim(view: MatterView, topic: Topic, w: Words) -> str:
    if topic.event is not None:
        return w(f"describe.press.{topic.event.value}")
    label, top = topic.label, view.top
    if label == "decision" and top is not None:
        tone = tone_of(top)
        if top.route is Route.THANK or tone is Sentiment.POSITIVE:
            label = "praise"
        elif tone is Sentiment.NEGATIVE:
            label = "comment"
        elif top.route is Route.RESPOND:
            label = "question"
    return w(f"title.claim.{label}")
