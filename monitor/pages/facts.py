"""The facts of a matter in words: where, when, who has it, what next, how far its case is. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.access.part import part_of
from alerts.describe import channel_name, next_of, next_of_alert
from alerts.until import until
from data.cases import Case
from data.types import Severity
from data.web.channels import host_of
from data.words.say import Words
from monitor.pages.page import Moment
from monitor.pages.reading import Seen


def facts(seen: Seen, at: Moment, w: Words, then: str, *, site: bool) -> Iterator[tuple[str, str]]:
    yield w("page.head.where"), sentence(_where(seen, w, site=site))
    yield posted(seen, at, w)
    yield whose(seen, at, w)
    if then:
        yield w("page.head.next"), sentence(then)
    if seen.cases:
        yield w("page.head.case"), " ".join(_case(case, at, w, seen) for case in seen.cases)


def _where(seen: Seen, w: Words, *, site: bool) -> str:
    place, host = channel_name(seen.post.channel, w), host_of(seen.post.url or "")
    said = w("page.at_site", place=place, site=host) if site and host else place
    more = seen.story.row.places - 1
    return f"{said} {w('page.more_places', n=more, count=w.number(more))}" if more > 0 else said


def posted(seen: Seen, at: Moment, w: Words) -> tuple[str, str]:
    head, zone, when = w("page.head.when"), seen.viewer.config.zone, seen.post.published
    if when is None:
        return head, w("page.no_date")
    return head, sentence(w("page.at_time", clock=w.clock(when, zone), day=w.day(when, at.now, zone)))


def whose(seen: Seen, at: Moment, w: Words) -> tuple[str, str]:
    return w("page.head.who"), holds(seen, at, w)


def holds(seen: Seen, at: Moment, w: Words) -> str:
    holder, zone = seen.holder, seen.viewer.config.zone
    if holder is None:
        return w("page.somebody" if seen.taken else "page.nobody")
    when = {"clock": w.clock(holder.since, zone), "day": w.day(holder.since, at.now, zone)}
    return w("page.you", **when) if seen.has_it else w("page.other", who=name_of(seen, holder.person), **when)


def _case(case: Case, at: Moment, w: Words, seen: Seen) -> str:
    """How far it is and what is due next; of one that is locked no date."""
    if case.locked:
        return w("page.case", number=case.id, said=w("page.state.locked")) + "."
    said = w("page.case", number=case.id, said=w(f"page.state.{case.state.value}")) + "."
    due = case.first_due
    if due is None:
        return said
    zone = seen.viewer.config.zone
    when = until(w, due.due_at, at.now.astimezone(zone).date(), zone)
    late = "late" if due.over(at.now) else "due"
    return f"{said} {w('page.case_due', said=w(f'digest.case.{late}.{due.clock}', when=when))}"


def next_step(seen: Seen, w: Words) -> str:
    part = part_of(seen.person, seen.matter)
    said = next_of_alert(seen.alert, w, part, seen.top.event) if seen.alert else next_of(seen.top, w, part)
    severity = max(seen.top.severity, seen.alert.severity if seen.alert else Severity.NOTHING)
    if severity >= Severity.THIS_HOUR:
        return w("page.act_now", next=said)
    return w("page.act_today", next=said) if severity >= Severity.TODAY else sentence(said)


def name_of(seen: Seen, person_id: str) -> str:
    return next((p.name for p in seen.viewer.config.people if p.id == person_id), person_id)


def sentence(said: str) -> str:
    return said[:1].upper() + said[1:]
