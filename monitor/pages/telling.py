"""A matter as a page: which sentences, facts and buttons its reader is shown. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from alerts.access.guidance import guidance
from alerts.access.knowing import Access
from alerts.describe import channel_name, describe, kept_apart, kind_of
from alerts.wording.digest.headlines import beginning, fit
from data.judged import reasons_of
from data.types import Mark, Relevance, Severity
from data.web.channels import channel, host_of
from data.words.say import Words, words
from monitor.pages.facts import facts, headline_of, name_of, next_step, posted, sentence, whose
from monitor.pages.forms import Became, Tap
from monitor.pages.page import MatterPage, Moment, PageButton, Part
from monitor.pages.posts import MOST, ShownPost, address_of
from monitor.pages.reading import SeenMatter

_REASONS_IN = "en"
"""What a verdict's reasons are written in, whatever the page's language."""


def page_of(seen: SeenMatter, at: Moment, posts: tuple[ShownPost, ...] | None = None) -> MatterPage:
    """The page of this matter for this reader. `posts` are what was posted, where a tap asked for it."""
    w = words(seen.school.language)
    title = _title(seen)
    page = MatterPage((seen.school.language,), title, under=_under(seen, w), told_so_far=seen.told_so_far)
    if seen.access is not Access.WORDS:
        return _of_others(page, seen, at, w)
    if seen.sealed:
        return _read(page, seen, at, w, posts) if posts is not None else _sealed(page, seen, at, w)
    return _open(page, seen, at, w, posts)


def told(page: MatterPage, seen: SeenMatter, became: Became, now: datetime) -> MatterPage:
    """The page with what became of what was just done."""
    w, zone = words(seen.school.language), seen.viewer.config.zone
    when = {"clock": w.clock(now, zone), "day": w.day(now, now, zone)}
    if became is Became.READ:
        text = w("page.done_read", **when) if seen.sealed else ""
    elif became is Became.HAD:
        known = seen.holder and seen.access is Access.WORDS and not seen.sealed
        who = name_of(seen, seen.holder.person) if seen.holder and known else ""
        text = w("page.had", who=who) if who else w("page.somebody")
    elif became is Became.MARKED:
        text = _marked(seen, now, w)
    else:
        key = {Became.HAVE: "done_have", Became.UNDONE: "done_undo", Became.REFUSED: "refused"}.get(
            became, became.value
        )
        text = w(f"page.{key}", **when)
    said = (Part(w.language, text),) if text else ()
    return replace(page, said=said or page.said, wrong=became in (Became.HAD, Became.REFUSED))


def expired(seen: SeenMatter, w: Words) -> MatterPage:
    """That the address is too old, and what to look for instead; no more than its reader may know."""
    title = _title(seen)
    if seen.access is not Access.WORDS:
        return MatterPage((w.language,), "Schoolgate", notes=(w("page.old"),))
    if not seen.sealed:
        return MatterPage((w.language,), title, notes=(w("page.expired", number=seen.number),))
    opens = f'schoolgate alerts show {seen.number} --restricted --as {seen.person.id} --reason "…"'
    return MatterPage(
        (w.language,),
        title,
        notes=(w("page.expired_soon", number=seen.number),),
        command=opens,
    )


def _title(seen: SeenMatter) -> str:
    return f"Schoolgate: {seen.number}"


def _under(seen: SeenMatter, w: Words) -> str:
    return w("page.number", number=seen.number, school=seen.school.name)


def _of_others(page: MatterPage, seen: SeenMatter, at: Moment, w: Words) -> MatterPage:
    """For whoever may know that it is there, or how far it is, and not its words."""
    if seen.access is Access.EXISTS or seen.sealed:
        return replace(page, under="", heading=w("page.with_lead"), notes=(w("page.nothing_to_do"),))
    threatened = seen.person.id in seen.matter.threatened
    return replace(
        page,
        danger=w("page.danger") if seen.danger else "",
        heading=w("instant.target.what") if threatened else sentence(kind_of(seen.top, w)),
        notes=(w("page.threatened" if threatened else "page.without_words"),),
        facts=(
            (w("page.head.where"), sentence(channel_name(seen.post.channel, w))),
            posted(seen, at, w),
            whose(seen, at, w),
        ),
    )


def _sealed(page: MatterPage, seen: SeenMatter, at: Moment, w: Words) -> MatterPage:
    """That there is one for this reader: no place, no kind, no school, nobody's name."""
    zone, ends = seen.viewer.config.zone, at.ends_at
    how = w("page.waiting_how", clock=w.clock(ends, zone), day=w.day(ends, at.now, zone))
    notes = [how] if seen.may_read else [w("page.not_yours")]
    if seen.has_it and seen.holder:
        since = seen.holder.since
        notes.append(w("page.done_have", clock=w.clock(since, zone), day=w.day(since, at.now, zone)))
    elif seen.taken:
        notes.append(w("page.somebody"))
    read = [PageButton(Tap.READ, w("page.read"))] if seen.may_read else []
    have = [PageButton(Tap.HAVE, w("page.have"), quiet=bool(read))] if seen.may_take else []
    return replace(
        page,
        under="",
        heading=w("page.waiting" if seen.may_read else "page.with_lead"),
        notes=tuple(notes),
        buttons=(*read, *have),
    )


def _read(
    page: MatterPage, seen: SeenMatter, at: Moment, w: Words, posts: tuple[ShownPost, ...]
) -> MatterPage:
    """All of what is restricted or locked, once a reading is on record; and what is to be done first."""
    lane = seen.matter.bypass
    what, then = kept_apart(lane, seen.matter.about, w) if lane else (describe(seen.top, w), "")
    return replace(
        page,
        danger=w("page.danger") if seen.danger else "",
        heading=what,
        facts=tuple(facts(seen, at, w, then, site=False)),
        posts=posts,
        notes=() if posts else (w("page.nothing_kept"),),
        after=tuple(filter(None, (_left_out(seen, w),))),
        advice=_advice(seen, w),
        buttons=(PageButton(Tap.HAVE, w("page.have")),) if seen.may_take else (),
    )


def _open(
    page: MatterPage, seen: SeenMatter, at: Moment, w: Words, posts: tuple[ShownPost, ...] | None
) -> MatterPage:
    address = address_of(seen.post.url)
    until_when = at.words_until
    zone = seen.viewer.config.zone
    shown = w("page.shown_until", clock=w.clock(until_when, zone)) if posts and until_when else ""
    quote = _quote(seen)
    raised = seen.alert is not None or seen.top.severity >= Severity.TODAY
    known = [*facts(seen, at, w, "" if seen.may.ended else next_step(seen, w), site=True)]
    if not raised and quote:
        doubt = [] if seen.post.match.relevance is Relevance.ABOUT else [w("digest.perhaps_other")]
        known.insert(0, (w("page.head.what"), " · ".join([sentence(kind_of(seen.top, w)), *doubt])))
    return replace(
        page,
        danger=w("page.danger") if seen.danger else "",
        heading=quote if quote and not raised else _heading(seen, w),
        said=(Part(w.language, _marked(seen, at.now, w)),) if seen.may.ended else (),
        quote=quote if raised and posts is None else "",
        facts=tuple(known),
        why=tuple(Part(_REASONS_IN, r.text) for r in reasons_of(seen.top) if r.text),
        original=address or "",
        site=w("page.leaves", site=host_of(address)) if address else "",
        posts=_once(posts, address),
        after=tuple(filter(None, (_left_out(seen, w) if posts else "", shown))),
        buttons=tuple(_buttons(seen, w, shown=posts is not None)),
        means=_means(seen, w),
    )


def _once(posts: tuple[ShownPost, ...] | None, address: str | None) -> tuple[ShownPost, ...] | None:
    """Without the address that the button below leads to."""
    if posts is None:
        return None
    return tuple(replace(p, address="") if address and address_of(p.address) == address else p for p in posts)


def _buttons(seen: SeenMatter, w: Words, *, shown: bool) -> Iterator[PageButton]:
    if not shown:
        yield PageButton(Tap.READ, w("page.show"), quiet=True)
    if seen.may_take:
        yield PageButton(Tap.HAVE, w("page.have"))
    for each in (mark for mark in seen.may.offered if mark.ends):
        yield PageButton(Tap(each.value), w(f"page.{each.value}"), quiet=True)
    if seen.may.undoable:
        yield PageButton(Tap.UNDO, w("page.undo" if seen.may.ended else "page.give_up"), quiet=True)


def _means(seen: SeenMatter, w: Words) -> str:
    offered = seen.may.offered
    if offered:
        ends = w("page.means" if Mark.NOT_US in offered else "page.means_answered")
        return f"{w('page.means_have')} {ends}" if Mark.TAKEN in offered else ends
    return w("page.with_case") if seen.cases and not seen.danger else ""


def _left_out(seen: SeenMatter, w: Words) -> str:
    more = sum(not m.restricted for m in seen.story.mentions) - MOST
    return w("page.more_posts", n=more, count=w.number(more)) if more > 0 else ""


def _heading(seen: SeenMatter, w: Words) -> str:
    """What it is: what the alert's mail says, or of what was never raised its kind."""
    if seen.alert is not None or seen.top.severity >= Severity.TODAY:
        return describe(seen.top, w)
    return sentence(kind_of(seen.top, w))


def _quote(seen: SeenMatter) -> str:
    """Its headline or first words, where they may be repeated to anybody who is told of it."""
    post, beside = seen.post, any(m.restricted for m in seen.story.mentions)
    first = headline_of(post)[0] if post.title else beginning(post.text or "")
    told_of_it = seen.person.id in seen.matter.told
    may = not beside and fit(
        first,
        [seen.top],
        seen.viewer.config.people,
        press=channel(post.channel).press,
        told=told_of_it,
    )
    return f"“{first}”" if may else ""


def _advice(seen: SeenMatter, w: Words) -> tuple[str, ...]:
    if seen.matter.bypass is None:
        return ()
    found = guidance(seen.matter, seen.viewer.config.people, seen.school.nation, w, seen.person)
    return found.first, found.then, found.never


def _marked(seen: SeenMatter, now: datetime, w: Words) -> str:
    standing, zone = seen.may.standing, seen.viewer.config.zone
    if standing is None or not standing.mark.ends:
        return ""
    when = {"clock": w.clock(standing.at, zone), "day": w.day(standing.at, now, zone)}
    return w(f"page.done_{standing.mark.value}", who=name_of(seen, standing.person_id), **when)
