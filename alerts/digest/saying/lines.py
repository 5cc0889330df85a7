"""The lines of a digest: what, where and when, who acts and by when, and what the reader can open. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from alerts.access.matter import Matter, matter_of_story
from alerts.access.part import part_of
from alerts.digest.facts import NotSeen
from alerts.digest.saying.quotes import in_press, outlet, quote
from alerts.digest.saying.reader import WEEK, Saying, one_line
from alerts.digest.view import Line
from alerts.gravity import gravest, may_endanger
from alerts.holding import has_it
from alerts.instant.number import number_of
from alerts.next_date import SchoolDays, to_decide
from alerts.wording.verdicts import describe, next_of_alert
from data.digest import AccountAct, CaseStanding, FreshStory, Standing, ToldPost, ToldSpike, Undelivered
from data.types import Outcome, Relevance, Route, Severity, Verdict

REF_CHARS = 8
_DAY = timedelta(days=1)
_MOST_PLACES = 3
_STEPS = frozenset((Route.POLICE_NOW, Route.REQUEST_REMOVAL, Route.PLATFORM_REPORT, Route.RESPOND))


def placed(say: Saying, channels: Sequence[str], *parts: str) -> str:
    """“on a local forum · yesterday 21:30”: where, and whatever else is said in small."""
    where = say.w.listed([at for c in channels[:_MOST_PLACES] if (at := say.at(c))])
    return " · ".join(part for part in (where, *parts) if part)


def decision(say: Saying, standing: Standing, case: CaseStanding | None = None) -> Line:
    """What somebody must decide: what and where, who, by when, and what is suggested.

    `case` is the open one about it, where there is one.
    """
    w, alert = say.w, standing.alert
    grave = alert.severity >= Severity.THIS_HOUR
    line = _matter(say, standing)
    return replace(
        line,
        about=_who(say, standing, case),
        ref=number_of(alert, [case.case.id] if case else ()),
        suggested=_suggested(say, standing, grave=grave),
        decide=True,
        ring=w("digest.ring") if grave and may_endanger(alert) else "",
    )


def _who(say: Saying, standing: Standing, case: CaseStanding | None) -> str:
    """Who has it; of what nobody has, who decides and by when."""
    alert, here = standing.alert, {p.id for p in say.facts.people}
    held = has_it(standing.acknowledged, [case.case] if case else (), alert.excluded)
    if held and held.person in here:
        return say.w("digest.waiting.in_hand", who=say.person(held.person))
    first = next((person_id for person_id in alert.audience if person_id in here), None)
    return f"{say.person(first) if first else say.w('digest.by.nobody')} · {_by(say, standing)}"


def _suggested(say: Saying, standing: Standing, *, grave: bool) -> str:
    """What is suggested; of a matter of 999, which stands beside, only what is to be done if it is none."""
    alert = standing.alert
    if alert.route not in _STEPS:
        return ""
    part = part_of(say.reader, _matter_of(say, standing))
    if grave and alert.route is Route.POLICE_NOW:
        return say.w(f"digest.no_danger.{part.value}")
    event = gravest(standing.severe).event if standing.severe else None
    return say.w("digest.suggested", next=next_of_alert(alert, say.w, part, event))


def _matter_of(say: Saying, standing: Standing) -> Matter:
    facts = say.facts
    return matter_of_story(standing.severe, standing.alert, facts.school, facts.people)


def in_hand(say: Saying, standing: Standing, who: str) -> Line:
    """What somebody has taken in hand since the last digest."""
    ref = number_of(standing.alert)
    return replace(_matter(say, standing), about=say.w("digest.waiting.in_hand", who=who), ref=ref)


def _matter(say: Saying, standing: Standing) -> Line:
    """What it is in the post's own words, with what we think that is; else that alone."""
    alert, post = standing.alert, standing.post
    told = say.reader.id in alert.audience
    shown = quote(say, alert.story_id, post, standing.severe, told=told)
    what = _described(say, standing)
    when = when_posted(say, alert.story_id, post, alert.posted_at)
    doubt = perhaps(say, standing.perhaps_other)
    secret = alert.story_id in say.facts.locked or say.facts.excerpts == "none"
    paper = outlet(say, post)[1] if post and in_press(post) and not secret else ""
    return Line(
        shown.said if shown else what,
        url=shown.url if shown else None,
        where=placed(say, () if paper else standing.channels, paper, when, *doubt),
        then=what if shown else "",
        page=say.page(alert.story_id),
    )


def _described(say: Saying, standing: Standing) -> str:
    top = gravest(standing.severe) if standing.severe else None
    if top is None:
        return say.w("describe.decision", who=say.w("describe.who.school"), Who="")
    return describe(replace(top, route=standing.alert.route), say.w)


def told(say: Saying, story: FreshStory, described: str, verdicts: Sequence[Verdict], then: str = "") -> Line:
    """A story in its post's own words, else by what it is; where and when; and what opens it."""
    post = story.post
    shown = quote(say, story.story_id, post, verdicts)
    when = when_posted(say, story.story_id, post, story.top.history)
    doubt = perhaps(say, story.relevance is Relevance.UNSURE)
    page = say.page(story.story_id)
    return Line(
        shown.said if shown else described,
        url=shown.url if shown else None,
        where=placed(say, sorted(story.channels), when, *spread(say, [story]), *doubt),
        then=then or (described if shown else ""),
        page=page,
        ref="" if page else ref(story),
    )


def when_posted(say: Saying, story_id: str, post: ToldPost | None, long_ago: datetime | None = None) -> str:
    """When it was posted, as far as that is known; of a story with a locked case it is not said."""
    if story_id in say.facts.locked or (post is None and long_ago is None):
        return ""
    if long_ago is not None:
        return say.w.brief_day(long_ago, say.facts.day, say.facts.zone)
    return say.posted(post) if post else ""


def before(say: Saying, story: FreshStory) -> Line:
    """What is grave and was posted before we began."""
    return told(say, story, describe(story.top, say.w), verdicts_of(story))


def verdicts_of(story: FreshStory) -> tuple[Verdict, ...]:
    """All verdicts that a story's line is made from."""
    return (story.top, *((story.look,) if story.look else ()), *story.looks)


def perhaps(say: Saying, doubt: bool) -> list[str]:
    """A word that it may be about another school, where there is that doubt."""
    return [say.w("digest.perhaps_other")] if doubt else []


def _by(say: Saying, standing: Standing) -> str:
    """Within the hour for severity 4, else on the day it is first told; said so once that is past."""
    facts, alert = say.facts, standing.alert
    days = SchoolDays(facts.school.nation, facts.zone, facts.calendar)
    due = to_decide(alert, days, facts.now)
    if alert.severity >= Severity.THIS_HOUR:
        time = say.w.clock(due.at, facts.zone)
        return (
            say.w("digest.by.was_due", when=say.since(due.at))
            if due.late
            else say.w("digest.by.time", time=time)
        )
    day = due.at.astimezone(facts.zone).date() - _DAY
    if due.late:
        return say.w("digest.by.was_due", when=say.w.short_day(day, facts.day))
    return say.w("digest.by.today") if day == facts.day else say.w("digest.by.time", time=say.w.weekday(day))


def spread(say: Saying, stories: Sequence[FreshStory]) -> list[str]:
    """“2 places”, “9 people”, each only where it is more than one."""
    places, people = len(frozenset().union(*(s.places for s in stories))), people_in(stories)
    return [
        *([say.count("digest.count.places", places)] if places > 1 else []),
        *([say.count("digest.count.people", people)] if people > 1 else []),
    ]


def people_in(stories: Iterable[FreshStory]) -> int:
    return len(frozenset[int]().union(*(s.people for s in stories)))


def who_of(say: Saying, verdict: Verdict) -> str:
    return say.w(f"describe.who.{verdict.about.value}")


def ref(story: FreshStory) -> str:
    return story.story_id[:REF_CHARS]


def spike(say: Saying, told: ToldSpike) -> Line:
    """More talk than usual: how much against what is usual, and about what."""
    w = say.w
    usual = round(told.usual)
    key = "digest.more_talk.line" if usual else "digest.more_talk.line_none"
    said = w(
        key,
        n=told.mentions,
        count=w.number(told.mentions),
        when=say.since(told.began_at),
        usual=w.number(usual),
    )
    themes = [w(f"theme.{t}") for t in told.themes if w.has(f"theme.{t}")]
    return Line(f"{said} {w('digest.more_talk.about', themes='; '.join(themes))}" if themes else said)


def act(say: Saying, done: AccountAct) -> Line:
    """What was done on an account of the school's own."""
    key = f"digest.accounts.{done.action}"
    name = one_line(say.facts.source_names.get(done.source_id, done.source_id))
    key = key if say.w.has(key) else "digest.accounts.other"
    return Line(say.w(key, n=done.times, count=say.w.number(done.times), account=name))


def undelivered(say: Saying, messages: Sequence[Undelivered]) -> list[Line]:
    """How many messages did not reach whom."""
    counted = Counter((m.person_id, m.fate) for m in messages)
    return [
        Line(
            say.w(
                f"digest.undelivered.{fate.value}{'_you' if person == say.reader.id else ''}",
                n=n, count=say.w.number(n), who=say.person(person),
            )
        )
        for (person, fate), n in sorted(counted.items())
    ]  # fmt: skip


def not_seen(say: Saying, found: NotSeen) -> str:
    """A place that could not be seen, and since when."""
    w = say.w
    key = f"digest.not_seen.{_why(found.outcome) if found.outcome else found.why.value}"
    why = w(key)
    if found.since is not None:
        whole = f"{key}_since" if w.has(f"{key}_since") else "digest.not_seen.since"
        why = w(whole, why=why, since=_day(say, found.since))
    return w("digest.not_seen.line", place=one_line(found.name), why=why)


def _why(outcome: Outcome) -> str:
    return outcome.value if outcome is not Outcome.DISABLED else Outcome.MISCONFIGURED.value


def _day(say: Saying, moment: datetime) -> str:
    """“Sunday”, or “Sunday 1 November” when that was long ago; the time within the last day."""
    facts = say.facts
    day = moment.astimezone(facts.zone).date()
    if facts.day - day <= timedelta(days=1):
        return say.since(moment)
    return say.w.weekday(day) if facts.day - day <= WEEK else say.w.day(day, facts.day)
