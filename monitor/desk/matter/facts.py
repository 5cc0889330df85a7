"""The facts of a matter in words: where, when, who has it, what next, how far its case is. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.digest.select import unrecorded
from alerts.said_time import time_to_tell
from alerts.wording.cases import last_day, until
from alerts.wording.digest.headlines import clearing, fullest, plain, worded
from alerts.wording.digest.lines import missing_words
from alerts.wording.matters import time_words
from alerts.wording.verdicts import channel_name, next_of, next_of_alert
from data.cases import Case, police_told
from data.digest import Headline
from data.matters import DECIDE, LADO, NextDate, PostView
from data.types import Severity
from data.web.channels import channel, host_of
from data.words.say import Words
from monitor.desk.matter.page import Moment
from monitor.desk.matter.reading import Visit

_MOST_IN_PRINT = 3


def facts(seen: Visit, at: Moment, w: Words, then: str, *, site: bool) -> Iterator[tuple[str, str]]:
    view = seen.view
    yield w("page.head.where"), sentence(_where(seen, w, site=site))
    yield posted(seen, at, w)
    clears = clearing(view.printed, seen.reader.config.people)
    if clears is not None:
        yield w("page.head.clears"), _printed_by(clears, at, w)
    if named := _time_named(seen, at, w):
        yield w("page.head.names"), named
    if view.taken or not view.ended:
        yield whose(seen, at, w)
    if then:
        yield w("page.head.next"), sentence(then)
    if recorded := _recorded(seen, w):
        yield w("page.head.recorded"), recorded
    if seen.view.cases:
        yield w("page.head.case"), " ".join(_case(case, w) for case in seen.view.cases)
    due = "" if view.ended else due_words(view.due, at.now, at.zone, w)
    if due:
        yield w("page.head.due"), due
    if others := [post for post in view.printed if post not in (view.posts[0], clears)]:
        # the other articles of its event, the newest first; of some no more than that there are
        may = [post for post in others if fullest([post], seen.reader.config.people)]
        shown = sorted(may, key=lambda post: post.at or at.now, reverse=True)[:_MOST_IN_PRINT]
        said = [_printed_by(post, at, w) for post in shown]
        if more := len(others) - len(shown):
            said.append(f"{sentence(w('digest.count.more_in_print', count=w.number(more)))}.")
        yield w("page.head.printed"), " ".join(said)


def _where(seen: Visit, w: Words, *, site: bool) -> str:
    post, more = seen.view.posts[0], seen.view.places - 1
    place, at_site = channel_name(post.channel, w), headline_of(post)[1] if site else ""
    said = w("page.at_site", place=place, site=at_site) if at_site else place
    return f"{said} {w('page.more_places', n=more, count=w.number(more))}" if more > 0 else said


def _printed_by(post: PostView, at: Moment, w: Words) -> str:
    """“The headline”, its paper, when."""
    headline, paper = headline_of(post)
    said = w("digest.say.headline_in" if paper else "digest.say.headline", headline=headline, paper=paper)
    return f"{said}, {w('page.at_time', **at.said(post.at, w))}." if post.at else f"{said}."


def headline_of(post: PostView) -> tuple[str, str]:
    """Its title and its site; of an article the outlet, which a search puts at the end of its title."""
    if not channel(post.channel).press:
        return plain(post.title or ""), host_of(post.url or "") or ""
    return worded(Headline(post.title or "", post.url, ()), frozenset(), {})


def posted(seen: Visit, at: Moment, w: Words) -> tuple[str, str]:
    head, when = w("page.head.when"), seen.view.posts[0].published
    return head, sentence(w("page.at_time", **at.said(when, w))) if when else w("page.no_date")


def _time_named(seen: Visit, at: Moment, w: Words) -> str:
    """The time that its gravest post names, where its words may be shown without a reading on record."""
    view, post = seen.view, seen.view.posts[0]
    calendar = seen.reader.config.calendar(view.urn)
    found = time_to_tell(post, calendar, at.zone, danger=view.endangers)
    return time_words(found, at.now.astimezone(at.zone).date(), w)


def whose(seen: Visit, at: Moment, w: Words) -> tuple[str, str]:
    return w("page.head.who"), _holds(seen, at, w)


def _holds(seen: Visit, at: Moment, w: Words) -> str:
    has = seen.view.holder
    if has is None or not has.person:
        return w("page.somebody" if has or seen.view.taken else "page.nobody")
    when = at.said(has.since, w)
    return w("page.you", **when) if has.mine else w("page.other", who=name_of(seen, has.person), **when)


def _recorded(seen: Visit, w: Words) -> str:
    """Of what may be danger: that the police were told, and what no case records yet."""
    cases = [case for case in seen.view.cases if not case.locked]
    if not cases or not seen.view.endangers:
        return ""
    told = [w("page.police_told")] if police_told(cases) else []
    return " ".join((*told, *missing_words(unrecorded(seen.view, ()), w)))


def _case(case: Case, w: Words) -> str:
    """How far it is."""
    state = "locked" if case.locked else case.state.value
    return w("page.case", number=case.id, said=w(f"page.state.{state}")) + "."


def due_words(due: NextDate | None, now: datetime, zone: ZoneInfo, w: Words) -> str:
    """What is to be done next by when, "" where nothing is."""
    if due is None:
        return ""
    today, late = now.astimezone(zone).date(), "late" if due.late else "due"
    if due.clock == DECIDE and last_day(due.at, zone) == due.at.astimezone(zone).date() == today:
        return sentence(w(f"page.{late}.decide_today", clock=w.clock(due.at, zone)))
    when = until(w, due.at, today, zone)
    table = "page" if due.clock in (DECIDE, LADO) else "digest.case"
    return sentence(w(f"{table}.{'late' if due.late else 'due'}.{due.clock}", when=when)) + "."


def next_step(seen: Visit, w: Words) -> str:
    view = seen.view
    if view.top is None or police_told(view.cases):
        return ""
    event = view.top.event
    said = next_of_alert(view, w, view.part, event) if view.alert_id else next_of(view.top, w, view.part)
    if view.severity >= Severity.THIS_HOUR:
        return w("page.act_now", next=said)
    return w("page.act_today", next=said) if view.severity >= Severity.TODAY else sentence(said)


def name_of(seen: Visit, person_id: str) -> str:
    return next((p.name for p in seen.reader.config.named if p.id == person_id), person_id)


def sentence(said: str) -> str:
    return said[:1].upper() + said[1:]
