"""The facts of a matter in words: where, when, who has it, what next, how far its case is. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.access.knowing import Access
from alerts.access.part import part_of
from alerts.describe import channel_name, next_of, next_of_alert
from alerts.next_date import DECIDE, LADO, SchoolDays, next_date
from alerts.wording.digest.headlines import plain, worded
from alerts.wording.until import until
from data.cases import Case
from data.digest import Headline
from data.store.verdicts.stories import StoryMention
from data.types import Severity
from data.web.channels import channel, host_of
from data.words.say import Words
from monitor.pages.page import Moment
from monitor.pages.reading import SeenMatter


def facts(seen: SeenMatter, at: Moment, w: Words, then: str, *, site: bool) -> Iterator[tuple[str, str]]:
    yield w("page.head.where"), sentence(_where(seen, w, site=site))
    yield posted(seen, at, w)
    if seen.taken or not seen.may.ended:
        yield whose(seen, at, w)
    if then:
        yield w("page.head.next"), sentence(then)
    if seen.cases:
        yield w("page.head.case"), " ".join(_case(case, w) for case in seen.cases)
    due = "" if seen.may.ended else _due(seen, at, w)
    if due:
        yield w("page.head.due"), due


def _where(seen: SeenMatter, w: Words, *, site: bool) -> str:
    place, at_site = channel_name(seen.post.channel, w), headline_of(seen.post)[1] if site else ""
    said = w("page.at_site", place=place, site=at_site) if at_site else place
    more = seen.story.row.places - 1
    return f"{said} {w('page.more_places', n=more, count=w.number(more))}" if more > 0 else said


def headline_of(post: StoryMention) -> tuple[str, str]:
    """Its title and its site; of an article the outlet, which a search puts at the end of its title."""
    if not channel(post.channel).press:
        return plain(post.title or ""), host_of(post.url or "") or ""
    return worded(Headline(post.title or "", post.url, ()), frozenset(), {})


def posted(seen: SeenMatter, at: Moment, w: Words) -> tuple[str, str]:
    head, zone, when = w("page.head.when"), seen.viewer.config.zone, seen.post.published
    if when is None:
        return head, w("page.no_date")
    return head, sentence(w("page.at_time", clock=w.clock(when, zone), day=w.day(when, at.now, zone)))


def whose(seen: SeenMatter, at: Moment, w: Words) -> tuple[str, str]:
    return w("page.head.who"), holds(seen, at, w)


def holds(seen: SeenMatter, at: Moment, w: Words) -> str:
    holder, zone = seen.holder, seen.viewer.config.zone
    if holder is None or not (seen.has_it or seen.access is Access.WORDS):
        return w("page.somebody" if holder or seen.taken else "page.nobody")
    when = {"clock": w.clock(holder.since, zone), "day": w.day(holder.since, at.now, zone)}
    return w("page.you", **when) if seen.has_it else w("page.other", who=name_of(seen, holder.person), **when)


def _case(case: Case, w: Words) -> str:
    """How far it is."""
    state = "locked" if case.locked else case.state.value
    return w("page.case", number=case.id, said=w(f"page.state.{state}")) + "."


def _due(seen: SeenMatter, at: Moment, w: Words) -> str:
    """What is to be done next by when, "" where nothing is; of a locked case no date."""
    config, urn = seen.viewer.config, seen.story.row.urn
    days = SchoolDays(seen.school.nation, config.zone, config.calendar(urn))
    had, lane = seen.holder is not None or seen.taken, seen.matter.bypass
    due = next_date(seen.alert, seen.cases, days, at.now, had=had, lane=lane)
    if due is None or seen.locked:
        return ""
    when = until(w, due.at, at.now.astimezone(config.zone).date(), config.zone)
    table = "page" if due.clock in (DECIDE, LADO) else "digest.case"
    return sentence(w(f"{table}.{'late' if due.late else 'due'}.{due.clock}", when=when)) + "."


def next_step(seen: SeenMatter, w: Words) -> str:
    part = part_of(seen.person, seen.matter)
    said = next_of_alert(seen.alert, w, part, seen.top.event) if seen.alert else next_of(seen.top, w, part)
    severity = max(seen.top.severity, seen.alert.severity if seen.alert else Severity.NOTHING)
    if severity >= Severity.THIS_HOUR:
        return w("page.act_now", next=said)
    return w("page.act_today", next=said) if severity >= Severity.TODAY else sentence(said)


def name_of(seen: SeenMatter, person_id: str) -> str:
    return next((p.name for p in seen.viewer.config.people if p.id == person_id), person_id)


def sentence(said: str) -> str:
    return said[:1].upper() + said[1:]
