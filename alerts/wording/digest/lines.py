"""Lines of a digest: what, where and when, who acts and by when, what a case waits for, and what the reader
can open; the words of a post, where those may be repeated to this reader. Pure.

The post of a case is quoted as any other; of a case that is locked there is no word, no address and no date
(Education Act 2002, section 141F).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.access.matter import list_threatened
from alerts.access.offices import FACTS, SAFEGUARDERS, Concern, Fact, hears_on_mondays
from alerts.access.recipients import asked_to_sign, fault_recipients, in_office, leadership
from alerts.escalation import ENDS
from alerts.facts import WAITING, Blind, Facts, NotSeen
from alerts.layout.note import clean_line
from alerts.next_date import SchoolDays, is_decided, is_past, last_day, list_safe, to_decide
from alerts.places import standing, unasked_places
from alerts.said_time import time_to_tell
from alerts.weekly.facts import parse_week
from alerts.wording.cases import add_place, numbered_site, until
from alerts.wording.digest import headlines
from alerts.wording.digest.headlines import clearing
from alerts.wording.digest.view import WEEK, Line, Saying, read_in_part
from alerts.wording.matters import describe, next_of_alert, time_words, title_of
from data.cases import Case, CaseState, Consent, is_police_informed
from data.digest import AccountAct, Drill, Headline, Surge, Undelivered
from data.frozen import freeze
from data.judged import gravest_verdict, is_danger, is_enquiry, is_of_this_hour, tone_of
from data.matters import Access, MatterView, PostView, SaidTime
from data.register.calendar import local_day
from data.rungs import CaseClock
from data.steps.codes import Support
from data.types import (
    Alert,
    MentionKind,
    Outcome,
    Person,
    Relevance,
    Route,
    Sentiment,
    Severity,
    StillOpen,
    Verdict,
)
from data.web.channels import CHANNELS, PRESS, REVIEWS
from data.words.say import Words, capital, join_filled

_UNDER_A_TITLE = (MentionKind.REPLY, MentionKind.COMMENT, MentionKind.EDIT)
"""Their title is that of what they stand under."""
_SHORT = 5
"""A title of fewer words says too little alone: “Never again”."""


@freeze
class Excerpt:
    """A post's words as they may be repeated, and its address."""

    said: str
    url: str | None


def quote(say: Saying, view: MatterView, *, told: bool = False, printed: bool = False) -> Excerpt | None:
    """The headline or first dozen words of its post, or of its article where that is `printed`; None where
    they may not be repeated to this reader: the settings must let it be quoted, and everybody look at it.
    """
    facts, post = say.facts, (view.article if printed else None) or view.post
    row = CHANNELS.get(post.channel) if post else None
    if post is None or view.story_id in facts.locked or row is None or not row.public:
        return None
    press = is_in_press(post)
    if facts.excerpts != "public" and not (facts.excerpts == "news" and press):
        return None
    of_story = (v for v in (view.top, view.look, *view.looks) if v)
    verdicts = [post.verdict] if post.verdict else view.verdicts or tuple(of_story)
    said = _own_words(say, post, verdicts)
    if not headlines.fit(said, verdicts, facts.people, press=press, told=told):
        return None
    shown = say.w("digest.say.headline", headline=said)
    return Excerpt(shown, headlines.link(Headline(post.title or "", post.url, post.source_ids)))


def is_in_press(post: PostView) -> bool:
    """Is it an article of a newspaper or a broadcaster?"""
    return post.kind is MentionKind.ARTICLE and post.channel in PRESS


def _own_words(say: Saying, post: PostView, verdicts: Sequence[Verdict]) -> str:
    if is_in_press(post):
        return outlet(say, post)[0]
    text = post.text or ""
    names = (say.facts.school.name, *say.facts.school.aliases)
    of_school = any(name.casefold() in (post.title or "").casefold() for name in names if name)
    # of a page of reviews, which names the school, it is the title of every review there
    of_all = post.kind in _UNDER_A_TITLE or (post.channel in REVIEWS and of_school)
    title = "" if of_all and text.strip() else post.title or ""
    short = 0 < len(title.split()) < _SHORT and text.strip()
    return headlines.beginning(f"{title}: {text}" if short else title or text, verdicts)


def outlet(say: Saying, post: PostView) -> tuple[str, str]:
    """The headline of an article, and who published it, "" where nothing tells."""
    headline = Headline(post.title or "", post.url, post.source_ids)
    return headlines.headline_and_paper(headline, say.facts.papers, say.facts.source_names)


REF_CHARS = 8
_DAY = timedelta(days=1)
_STEPS = frozenset((Route.POLICE_NOW, Route.REQUEST_REMOVAL, Route.PLATFORM_REPORT, Route.RESPOND))


def shown_title(say: Saying, view: MatterView, *, quoted: bool) -> str:
    """Return its title, which names staff only beside the post's own words, or at the desk."""
    locked = view.locked or view.story_id in say.facts.locked
    people = say.facts.people if quoted or say.at_desk else ()
    return title_of(replace(view, locked=locked), people, say.w, say.facts.now, say.facts.zone)


def decision(say: Saying, view: MatterView) -> Line:
    """Write what somebody must decide: what and where, who, by when, and what is suggested."""
    return replace(
        _matter(say, view),
        about=_who(say, view),
        ref=view.number,
        suggested=_suggestion(say, view),
        opens=_opens(say, view.number),
        decide=True,
    )


def _opens(say: Saying, number: str, *, take: bool = False) -> str:
    return say.w("digest.take") if take else say.w("digest.open_number", number=number)


def danger(say: Saying, view: MatterView, unrecorded: Collection[str] = ()) -> Line:
    """Write what may be a matter of 999 as to decide, with who has it and what is not recorded."""
    w = say.w
    line = decision(say, view)
    if view.access is not Access.WORDS:
        line = replace(line, page=None)
    if is_police_informed(view.cases):
        line = replace(line, suggested="")
    calls = [call.at for case in view.cases if (call := case.call_of_danger) and not case.locked]
    called = [w("digest.danger.called", when=say.lately(at)) for at in calls]
    said = [*([_had(say, view)] if view.holder else []), *called, *missing_words(unrecorded, w)]
    opens = _opens(say, view.number, take=view.holder is None and bool(view.alert_id))
    return replace(line, about="" if view.holder else line.about, had=" ".join(said), opens=opens)


def missing_words(unrecorded: Collection[str], w: Words) -> list[str]:
    """Say what of danger nobody has recorded yet."""
    named = [w(f"digest.danger.{what}") for what in unrecorded]
    return [w("digest.danger.unrecorded", what=", ".join(named))] if named else []


def line_to_you(say: Saying, view: MatterView, *, threat: bool) -> Line:
    """Write what is aimed at its reader: of a `threat` that they may be in danger; who was told and decides;
    what they may ask for; of what is restricted no more than the bare fact.
    """
    w = say.w
    if view.restricted:
        asked = w("instant.warned.asked")
        return Line(w("instant.warned.you"), had=asked, suggested=w("instant.target.support"), matter=view)
    since = (s for s in view.escalated if s.times == view.times and s.about is StillOpen.UNTAKEN)
    others = (*view.audience, *(s.person_id or "" for s in since))
    here = (
        {p.id for p in say.facts.people} - list_threatened(view.verdicts, say.facts.people) - {say.reader.id}
    )
    missed = {one.person_id for one in say.facts.undelivered if one.alert_id == view.alert_id}
    who = w.list_items(list(dict.fromkeys(say.person(p) for p in others if p in here - missed)))
    asked = w("digest.to_you.asked" if say.facts.mails else "digest.to_you.on_desk", who=who)
    had = _had(say, view) if view.holder else asked if who else f"{w('digest.by.nobody')}."
    safe = say.reader.id in list_safe(view)
    police = [w("instant.target.police")] if threat and not is_police_informed(view.cases) else []
    return Line(
        w("instant.target.what" if threat else "instant.target.wronged"),
        had=had,
        then=w("instant.target.leave"),
        suggested=" ".join((*police, w("instant.target.support"))),
        page=say.page(view.story_id),
        opens=w("instant.target.page" if threat and not safe else "instant.second.see"),
        ref=view.number,
        matter=view,
    )


def _had(say: Saying, view: MatterView) -> str:
    """“Deputy head has had it since 00:15.”; of a locked case not since when."""
    holder = view.holder
    if holder is None or view.story_id in say.facts.locked:
        return f"{capital(has(say, view))}."
    who, since = capital(say.person(holder.person)), say.lately(holder.since)
    mine = holder.person == say.reader.id
    return say.w("digest.danger.since_you" if mine else "digest.danger.since", who=who, since=since)


def has(say: Saying, view: MatterView) -> str:
    """“you have it”, “deputy head has it”, “nobody has it yet”, as in a sentence."""
    if view.holder is None:
        return say.w("digest.danger.nobody")
    if view.holder.person == say.reader.id:
        return say.w("digest.danger.you")
    who = say.person(view.holder.person)
    return say.w("digest.danger.other", who=who if who[1:2].isupper() else who[:1].lower() + who[1:])


def with_lead(say: Saying, view: MatterView) -> Line:
    """A matter by its number: since when, when due, who has it or what to do, and the page on which it is
    taken."""
    w, number = say.w, view.number
    since = w("digest.restricted.since", since=say.lately(view.began_at)) if view.began_at else ""
    had = ""
    if view.holder and not view.locked:
        had = f"{capital(has(say, view))}."
    elif view.holder is None and view.access is Access.EXISTS:
        had = w("instant.numbered.how" if view.asked else "digest.restricted.ask")
    return Line(
        w("instant.matter.restricted" if view.restricted else "instant.numbered.one", number=number) + ".",
        where=join_filled(" · ", since, due_of(say, view)),
        page=None if view.locked else say.page(view.story_id),
        had=had,
        number=number,
        opens=_opens(say, number, take=view.asked),
        decide=True,
        matter=view,
    )


def due_of(say: Saying, view: MatterView) -> str:
    """“due by 08:20”, “was due Monday”; of a locked case no more than that something is due."""
    due, facts, w = view.due, say.facts, say.w
    if due is None:
        return ""
    if view.locked:
        return w("digest.restricted.due")
    late = "was_due" if due.late else "due_by"
    local = due.at.astimezone(facts.zone)
    if local.date() == facts.day and local.time() != time():
        return w(f"digest.restricted.{late}_today", clock=w.clock(due.at, facts.zone))
    return w(f"digest.restricted.{late}", when=until(w, due.at, facts.day, facts.zone))


def _who(say: Saying, view: MatterView) -> str:
    """Say who has it; of what nobody has, who decides and by when, where its alert tells."""
    if view.holder:
        return say.w("digest.waiting.in_hand", who=say.person(view.holder.person))
    if view.alert is None:
        return ""
    here = {p.id for p in say.facts.people}
    first = next((person_id for person_id in view.audience if person_id in here), None)
    return f"{say.person(first) if first else say.w('digest.by.nobody')} · {by_when(say, view, view.alert)}"


def _suggestion(say: Saying, view: MatterView) -> str:
    """Say what is suggested; of a matter of 999 only what is to be done if it is none."""
    alert = view.alert
    if alert is None or alert.route not in _STEPS:
        return ""
    if alert.severity >= Severity.THIS_HOUR and alert.route is Route.POLICE_NOW:
        return say.w(f"digest.no_danger.{view.part_now.value}")
    event = gravest_verdict(view.verdicts).event if view.verdicts else None
    return say.w("digest.suggested", next=next_of_alert(alert, say.w, view.part_now, event))


def in_hand(say: Saying, view: MatterView) -> Line:
    """Write what somebody has, since when, and by when it is decided, unless what was done is noted."""
    by = ""
    if view.alert is not None and not is_decided(view.notes, view.raised_at):
        by = say.w("digest.by.decision", when=by_when(say, view, view.alert))
    return replace(_matter(say, view), had=_had(say, view), about=by, ref=view.number)


def _matter(say: Saying, view: MatterView) -> Line:
    """Write what it is in the post's own words, with what we think that is; else that alone."""
    post, what = view.post, say.w("describe.decision", who=say.w("describe.who.school"), Who="")
    if view.verdicts:
        top = gravest_verdict(view.verdicts)
        kind = "complaint" if tone_of(top) is Sentiment.NEGATIVE else "question"
        what = say.w(f"digest.say.{kind}", matter=say.w(f"describe.who.{top.about.value}")) + "."
        if view.route is not None:
            what = describe(replace(top, route=view.route), say.w)
    shown = quote(say, view, told=say.reader.id in view.audience)
    itself = shown is not None and bool(view.printed)
    secret = view.story_id in say.facts.locked or say.facts.excerpts == "none"
    paper = outlet(say, post)[1] if post and is_in_press(post) and not secret else ""
    told = clearing_words(say, view) if itself else what if shown and view.route is not None else ""
    then = join_filled(" ", told, _time_named(say, view))
    return Line(
        shown.said if shown else what,
        url=shown.url if shown else None,
        where=join_filled(
            " · ", paper, when_posted(say, view), *more_in_print(say, view), perhaps(say, view)
        ),
        title=shown_title(say, view, quoted=shown is not None),
        then=then,
        page=say.page(view.story_id),
        matter=view,
    )


def more_in_print(say: Saying, view: MatterView) -> list[str]:
    """“1 copy”, of one headline; else “and 4 more”."""
    n = len(view.printed) - 1
    if n < 1:
        return []
    said = {outlet(say, post)[0].casefold() for post in view.printed}
    return [say.count("digest.count.copies" if len(said) == 1 else "digest.count.more_in_print", n)]


def clearing_words(say: Saying, view: MatterView) -> str:
    """Say what clears somebody, as such; of what its line shows that it does."""
    post = clearing(view.printed, say.facts.people)
    if post is None:
        return ""
    if view.post and post.id == view.post.id:
        return say.w("describe.cleared")
    headline, paper = outlet(say, post)
    shown = say.w("digest.say.headline_in", headline=headline, paper=paper or say.at("news"))
    return f"{say.w('describe.cleared')} {shown}, {when_posted(say, view, post)}."


def _time_named(say: Saying, view: MatterView) -> str:
    """“It names a time: today, about 15:30.”, though no words are shown; what to do once it is over."""
    named = _named_time(say, view)
    said = time_words(named, say.facts.day, say.w)
    passed = is_danger(view) and is_past(named, say.facts.now, say.facts.zone)
    return f"{said} {say.w('digest.danger.passed')}" if passed else said


def _named_time(say: Saying, view: MatterView) -> SaidTime | None:
    """Never of a locked case."""
    post, facts = view.post, say.facts
    if post is None or view.story_id in facts.locked:
        return None
    timed = is_danger(view) or is_enquiry(view)
    of_post = time_to_tell(post, facts.calendar, facts.zone, danger=timed) if post.words else None
    return of_post or view.said_time


def story_line(say: Saying, story: MatterView, described: str) -> Line:
    """Write a story by its title and in its post's own words, else by what it is; when; and what opens it."""
    shown = quote(say, story)
    page = say.page(story.story_id)
    return Line(
        shown.said if shown else described,
        url=shown.url if shown else None,
        where=join_filled(" · ", when_posted(say, story), *spread(say, story), perhaps(say, story)),
        title=shown_title(say, story, quoted=shown is not None),
        then=described if shown else "",
        page=page,
        ref="" if page else ref(story),
        matter=story,
    )


def when_posted(say: Saying, view: MatterView, post: PostView | None = None) -> str:
    """When its post, or this one, was made, as far as that is known; of a locked case it is not said."""
    shown = post or view.post
    if view.story_id in say.facts.locked:
        return ""
    if view.from_before is not None:
        return say.w.brief_day(view.from_before, say.facts.day, say.facts.zone)
    since = shown.gone_at or shown.words_deleted_at if shown else None
    if shown is None or since is None:
        return say.time_posted(shown) if shown else ""
    day = say.w.brief_day(since, say.facts.day, say.facts.zone)
    said = say.w("digest.taken_down" if shown.gone_at else "digest.words_deleted", day=day)
    return f"{say.time_posted(shown)} · {said}"


def perhaps(say: Saying, view: MatterView) -> str:
    """A word that it may be about another school, "" where there is no such doubt."""
    return say.w("digest.perhaps_other") if view.relevance is Relevance.UNSURE else ""


def by_when(say: Saying, view: MatterView, alert: Alert) -> str:
    """Within the hour for severity 4, by the press's time, else the day first told; past that, so."""
    facts = say.facts
    days = SchoolDays(facts.school.nation, facts.zone, facts.calendar)
    due = to_decide(alert, days, facts.now, _named_time(say, view))
    if is_enquiry(alert) and last_day(due.at, facts.zone) == local_day(due.at, facts.zone):
        when = until(say.w, due.at, facts.day, facts.zone)
        return say.w("digest.by.was_due" if due.late else "digest.by.time", time=when, when=when)
    if is_of_this_hour(alert):
        if due.late:
            return say.w("digest.by.was_due", when=say.since(due.at))
        return say.w("digest.by.time", time=say.w.clock(due.at, facts.zone))
    day = last_day(due.at, facts.zone)
    if due.late:
        return say.w("digest.by.was_due", when=say.w.short_day(day, facts.day))
    return say.w("digest.by.today") if day == facts.day else say.w("digest.by.time", time=say.w.weekday(day))


def is_due(say: Saying, view: MatterView) -> bool:
    """Is something due in it on the digest's day, or late?"""
    end = datetime.combine(say.facts.day + _DAY, time(0), say.facts.zone)
    return view.due is not None and view.due.at <= end


def spread(say: Saying, story: MatterView) -> list[str]:
    """“2 places”, “9 people”, each only where it is more than one."""
    places, people = len({*story.place_keys}), len({*story.people_keys})
    return [
        *([say.count("digest.count.places", places)] if places > 1 else []),
        *([say.count("digest.count.people", people)] if people > 1 else []),
    ]


def ref(story: MatterView) -> str:
    return story.story_id[:REF_CHARS]


def spike(say: Saying, told: Surge) -> Line:
    """More talk than usual: how much against what is usual, and about what."""
    w = say.w
    usual = round(told.usual)
    kind = "reviews" if told.of_reviews else "line"
    key = f"digest.more_talk.{kind}" if usual else f"digest.more_talk.{kind}_none"
    said = say.count(
        key,
        told.mentions,
        when=say.since(told.began_at),
        usual=w.number(usual),
    )
    themes = [w(f"theme.{t}") for t in told.themes if w.has(f"theme.{t}")]
    return Line(f"{said} {w('digest.more_talk.about', themes='; '.join(themes))}" if themes else said)


def act(say: Saying, done: AccountAct) -> Line:
    """Say what was done on an account of the school's own."""
    key = f"digest.accounts.{done.action}"
    name = clean_line(say.facts.source_names.get(done.source_id, done.source_id))
    key = key if say.w.has(key) else "digest.accounts.other"
    return Line(say.count(key, done.times, account=name))


def set_up(say: Saying) -> dict[str, str]:
    """Say what was set up, for the first digest: places read, and who is sent what, danger at a school."""
    facts, w = say.facts, say.w
    if not facts.set_up:
        return {}
    told = {
        "digest": leadership(facts.school, facts.people),
        "danger": in_office(facts.school, facts.people, FACTS[Fact.DANGER].order(Concern.NEITHER).first),
        "child": in_office(facts.school, facts.people, SAFEGUARDERS),
        "fault": fault_recipients(facts.people, anybody=True),
    }
    read = w("digest.set_up.places", places=say.some(facts.set_up))
    of_schools = ("danger", "child") if facts.school.is_trust else ()
    names = {k: ", ".join(clean_line(p.name) for p in of) for k, of in told.items() if k not in of_schools}
    sent = {
        what: w(f"digest.set_up.{what}", names=said or w("digest.by.nobody")) for what, said in names.items()
    }
    if not facts.mails:
        sent = {"fault": w("digest.set_up.no_mail")}
    return {"places": read, **sent, "wrong": w("digest.set_up.wrong")}


def to_sign(say: Saying, person: Person) -> list[Line]:
    """Say that the governors' report waits, for those who are asked to sign it on that day."""
    facts, w = say.facts, say.w
    if facts.unsigned is None or not facts.school_day:
        return []
    week, since = facts.unsigned
    noon = datetime.combine(facts.day, time(12), facts.zone)
    asked = asked_to_sign(facts.school, facts.people, since, noon, facts.zone, facts.calendar)
    if person not in asked:
        return []
    waits = w("digest.to_sign", week=parse_week(week).number, day=w.day(since, facts.now, facts.zone))
    page = facts.links.report(facts.school.urn, week, person.id, facts.now)
    by_hand = "" if page else w("report.sign.whole")
    return [Line(waits, page=page, opens=w("reports.sign.open"), then=by_hand)]


def over(say: Saying) -> list[Line]:
    """The matters that their reader may end as a later post says, each by its number alone."""
    return [
        Line(say.w("digest.over", number=n), page=say.page(story), opens=_opens(say, n), ref=n)
        for story, (n, able) in say.facts.over.items()
        if say.reader.id in able
    ]


def drill_lines(say: Saying) -> list[Line]:
    """Say that a drill may be held on the next school day; to head and lead what came of one."""
    facts, w = say.facts, say.w
    said = [w("drill.next", day=w.day(facts.drill_next[1], facts.day))] if facts.drill_next else []
    if facts.drill and hears_on_mondays(say.reader):
        said.append(drill_words(w, facts.drill, facts.people, facts.zone, facts.now))
    return [Line(one) for one in said]


def drill_words(w: Words, it: Drill | None, people: Iterable[Person], zone: ZoneInfo, now: datetime) -> str:
    """Say who took it after how long, that nobody did, or of how many; never why it was broken off."""
    if it is None or it.begun_at is None:
        return w("drill.none_yet")
    who, asked = {p.id: p.name for p in people}.get(it.taken_by or "", ""), {s.person_id for s in it.asked}
    n = round(((it.over_at or now) - it.begun_at) / timedelta(minutes=1))
    when = w("digest.on_day", day=w.day(it.begun_at, now, zone), time=w.clock(it.begun_at, zone))
    ended = "nobody" if timedelta(minutes=n) >= ENDS else "ended"
    key = "runs" if it.runs else "taken" if it.taken_by else ended
    after, told = w("notice.long.minutes", n=n, count=w.number(n)), len({*it.told, *asked} - {None})
    return w(f"drill.{key}", when=when, who=clean_line(who), after=after, told=w.number(told))


def to_keep(say: Saying) -> list[str]:
    """The end of the record, for whom the school has named to keep it, whenever they are sent a digest."""
    code = say.facts.chain_end if say.reader.id == say.facts.witness else ""
    return [say.w("digest.to_keep", code=code)] if code else []


def terms(say: Saying) -> list[Line]:
    """Says that the last term is about to end."""
    last = say.facts.calendar.ending(say.facts.day)
    return [Line(say.w("digest.terms.ending", day=say.w.full_day(last)))] if last else []


def undelivered_lines(say: Saying, messages: Sequence[Undelivered]) -> list[Line]:
    """Say how many messages did not reach whom."""
    counted = Counter((m.person_id, m.fate) for m in messages)
    return [
        Line(
            say.count(
                f"digest.undelivered.{fate.value}{'_you' if person == say.reader.id else ''}",
                n,
                who=say.person(person),
            )
        )
        for (person, fate), n in sorted(counted.items())
    ]


def unseen_places(say: Saying, found: Sequence[NotSeen], most: int) -> list[str]:
    """List `most` of the places that could not be seen, those that refuse us first, and count the others;
    what only waits for its turn is one line, and so is what was only late, where that is much."""
    due = sorted((n for n in found if n.why not in WAITING), key=_place)
    late = sum(n.only_late for n in due) if len(due) > most else 0
    named = [n for n in due if not (late and n.only_late)]
    said, more = [not_seen(say, n) for n in named[:most]], len(named) - most
    said += [say.count("digest.more", more)] if more > 0 else []
    said += [say.count("digest.not_seen.only_late", late)] if late else []
    waiting = Counter(n.why for n in found if n.why in WAITING)
    return said + [say.count(f"digest.not_seen.{why.value}", n) for why, n in waiting.items()]


def switched_off(say: Saying) -> list[str]:
    """Say to who mends which places are off."""
    if not say.mends:
        return []
    said = [say.count("digest.not_seen.off", say.facts.off)] if say.facts.off else []
    now = say.some(say.facts.off_now)
    return [*said, say.w("digest.not_seen.off_now", places=now)] if now else said


def nothing_read(say: Saying) -> str:
    """Say that no place was read: since when, or that each waits for its first look."""
    if n := say.facts.first_looks:
        return f"{say.w('desk.today.never')} {say.count('digest.not_seen.first', n)}"
    return say.w("digest.blind", since=say.since(say.facts.window.since))


def _place(found: NotSeen) -> int:
    """Put what could not be seen in order: what is likely to be well hides nothing that is not."""
    if found.why in (Blind.NOT_ASKED, Blind.BEHIND):
        return 2
    return int(found.why in (Blind.SILENT, Blind.UNMATCHED, Blind.CUT) or found.outcome is Outcome.PARTLY)


def not_seen(say: Saying, found: NotSeen) -> str:
    """A place that could not be seen, and since when."""
    w = say.w
    if found.detail and (say.mends or found.outcome is Outcome.BLOCKED):
        return w("digest.not_seen.key", place=clean_line(found.name), why=clean_line(found.detail))
    outcome = Outcome.MISCONFIGURED if found.outcome is Outcome.DISABLED else found.outcome
    silent = found.why in (Blind.SILENT, Blind.UNMATCHED)
    missing = not silent and outcome is not Outcome.PARTLY and not say.mends
    key = f"digest.not_seen.{'missing' if missing else (outcome or found.why).value}"
    why = read_in_part(w, found.reasons) if outcome is Outcome.PARTLY else w(key)
    if found.since is not None:
        whole = f"{key}_since" if w.has(f"{key}_since") else "digest.not_seen.since"
        why = w(whole, why=why, since=_day(say, found.since))
    if not missing and outcome is not None and w.has(asked := f"digest.not_seen.asked.{outcome.value}"):
        why += w(asked)
    return w("digest.not_seen.line", place=clean_line(found.name), why=why)


def _day(say: Saying, moment: datetime) -> str:
    """“Sunday”, or “Sunday 1 November” when that was long ago; the time within the last day."""
    facts = say.facts
    day = local_day(moment, facts.zone)
    if facts.day - day <= timedelta(days=1):
        return say.since(moment)
    return say.w.weekday(day) if facts.day - day <= WEEK else say.w.day(day, facts.day)


_EVIDENCE_WANTED = frozenset((CaseState.TRIAGE, CaseState.SEEKING))


def is_open(view: MatterView, facts: Facts) -> bool:
    """Is its case open, or its hold to be reviewed?"""
    case = view.cases[0]
    return not case.closed_at or hold_late(case, facts)


def said_of(say: Saying, view: MatterView) -> str:
    """“Case 0004, overdue: …”: what the first of its cases waits for."""
    case = view.cases[0]
    key = "digest.case.line_late" if case.late(say.facts.now) else "digest.case.line"
    parts = [say.w("digest.case.locked")] if case.locked else list(_parts(say, view, case))
    waits = "; ".join(parts) or say.w("digest.case.open")
    return say.w(key, number=clean_line(case.id), said=waits)


def add_case(say: Saying, line: Line, view: MatterView) -> Line:
    """Add to a line what the first case of its matter waits for."""
    return replace(line, waits=said_of(say, view), number=view.cases[0].id)


def waiting_line(say: Saying, view: MatterView) -> Line:
    """Write what it waits for, and the post in its own words where this reader may have them."""
    case, said = view.cases[0], said_of(say, view)
    who = say.person(view.holder.person) if view.holder and not (case.locked or case.closed_at) else ""
    page = say.page(view.story_id) if view.story_id and not case.locked else None
    shown = quote(say, view, told=say.reader.id in case.audience) if view.story_id else None
    if shown is None or view.post is None:
        title = shown_title(say, view, quoted=False)
        return Line(said, who, number=case.id, page=page, matter=view, title=title)
    title = shown_title(say, view, quoted=True)
    when = say.time_posted(view.post)
    return Line(
        shown.said, who, number=case.id, url=shown.url, where=when, then=said, page=page, matter=view,
        title=title,
    )  # fmt: skip


def _parts(say: Saying, view: MatterView, case: Case) -> Iterator[str]:
    """List what is known of its post, what is late, what is due, and what is still owed, in that order."""
    w = say.w
    yield from _become(say, view, case)
    if left := [numbered_site(case, n, w) for n in unasked_places(case)]:
        yield w("digest.case.stands", places=w.list_items(left))
    still = (*case.late(say.facts.now), *(w for w in case.waits if w.due_at >= say.facts.window.since))
    ends = {(w.due_at, w.place) for w in still if w.clock != CaseClock.CHASE_2_WORKING_DAYS}
    for wait in (w for w in case.waits if w in still):  # what is over and asks nothing of anybody, once
        if wait.clock == CaseClock.CHASE_2_WORKING_DAYS and (wait.due_at, wait.place) in ends:
            continue  # one time is told once
        kind = "late" if wait.over(say.facts.now) else "due"
        when = until(w, wait.due_at, say.facts.day, say.facts.zone)
        said = w(f"digest.case.{kind}.{wait.clock}", when=when)
        passed = is_past(_named_time(say, view), say.facts.now, say.facts.zone)
        if kind == "late" and wait.clock == CaseClock.WARN_1H and not passed:
            said += w("digest.case.warn_now")
        yield add_place(said, wait, case, w)
    if case.hold_review:
        kind = "late" if hold_late(case, say.facts) else "due"
        when = until(w, case.hold_review, say.facts.day, say.facts.zone)
        yield w(f"digest.case.{kind}.hold_review", when=when)
    yield from _list_owed(say, view, case)


def _become(say: Saying, view: MatterView, case: Case) -> Iterator[str]:
    w, said = say.w, ""
    if view.back_at:
        said = w("digest.case.back", when=say.when(view.back_at))
    elif view.gone_at:
        said = w("digest.case.gone", when=say.when(view.gone_at))
    elif view.answer:
        said = w(f"digest.case.answer.{view.answer.value}")
    if said:
        yield w("digest.case.in_part", said=said) if case.others and standing(case) else said


def _list_owed(say: Saying, view: MatterView, case: Case) -> Iterator[str]:
    w = say.w
    if case.closed_at:
        return
    if case.state is CaseState.TRIAGE and case.decision is None:
        yield _since(say, "digest.case.undecided", case.opened_at)
    if case.consent is Consent.ASKED and view.asked_at:
        yield _since(say, "digest.case.consent", view.asked_at)
    if case.target not in (None, say.reader.id) and case.support is Support.NOT_OFFERED:
        yield w("digest.case.support")
    if case.captures == 0 and case.state in _EVIDENCE_WANTED:
        yield w("digest.case.evidence")


def _since(say: Saying, key: str, moment: datetime) -> str:
    """Since when, and how many whole days that is; from the second day on."""
    days, since = (say.facts.now - moment).days, say.since(moment)
    if days < 2:
        return say.w(f"{key}.lately", since=since)
    return say.count(f"{key}.days", days, since=since)


def hold_late(case: Case, facts: Facts) -> bool:
    """Was somebody to look again at the hold by now?"""
    return case.hold_review is not None and case.hold_review <= facts.now
