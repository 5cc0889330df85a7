"""One matter with its posts and what its reader may do in it: what a page of it is made from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from alerts.access.acts import Act, who_may
from alerts.access.matter import part_of
from alerts.next_date import grave, next_date, to_decide
from alerts.said_time import time_to_tell
from data.cases import Case
from data.ids import number_of
from data.judged import gravest, is_enquiry, may_endanger, stamp
from data.matters import Access, Action, ActKind, MatterView, Mistake, PostView, ReaderPart, SaidWrong
from data.store.alerts import alerts as alert_store
from data.store.alerts.alerts import acted_since
from data.store.alerts.escalations import in_hand
from data.store.cases import cases as case_store
from data.store.engine.connect import Connection
from data.store.owners import reason_of
from data.store.verdicts import stories as story_store
from data.store.verdicts.said_wrong import notes_of
from data.store.verdicts.stories import StoryDetail
from data.store.verdicts.story_moves import last_merge, moved_to
from data.types import Severity
from monitor.matters.one import (
    endings_of,
    post_as_far,
    restricted_post,
    same_words_at,
    with_earlier,
    with_reports,
    with_said_wrong,
)
from monitor.matters.reader import (
    KnownMatters,
    Reader,
    look_for_no_case,
    markable,
    may_have,
    may_join,
    may_open_case,
    may_say_what_happened,
    may_say_who,
    may_take_unread,
    reads_all,
    waiting,
)
from monitor.matters.views import as_far, case_as_far, reasons_as_far, with_deadline

AT_ONCE = timedelta(hours=1)
"""So long taking what may be danger can be undone: then who has it is asked, and may give it away."""


def undoings(
    con: Connection, reader: Reader, known: KnownMatters, story_id: str, now: datetime
) -> Iterator[Action]:
    """What this person may undo of what is not done with. `known` is as for `markable`, by which what was
    never raised is put down."""
    stored, owner = known.stored, known.stored.owners.get(story_id)
    if owner is None or not known.words(story_id) or stored.ended(story_id):
        return
    alert = stored.to_tell(story_id, now)
    mine = reader.is_me(owner.person)
    raised = story_id in stored.alerts
    lapsed = raised and alert.id not in stored.acknowledged
    by_steps = any(case.closed_at is None for case in stored.cases_of(story_id))  # they say who has it
    if not reader.is_me(owner.by) or lapsed or by_steps:
        return
    acted = acted_since(con, alert, owner.at, reader.id)
    if not mine and not acted:
        yield Action(ActKind.TAKE_BACK, (("to", owner.person), ("at", owner.at)))
    danger = grave(stored.by_story[story_id], alert, stored.verdicts.get(story_id, ()))
    if raised and mine and (not danger or (now - owner.at < AT_ONCE and not acted)):
        yield Action(ActKind.PUT_DOWN)


def one(con: Connection, reader: Reader, story_id: str, now: datetime) -> MatterView | None:
    """That matter, None where there is none that the reader may know of.

    Of what is sealed no words, until a reading is on record: `read_posts`. The first of its posts is the one
    it goes by, the others follow by how grave they are.
    """
    story_id = moved_to(con, story_id)
    detail = story_store.story(con, story_id)
    if detail is None or reader.config.school(detail.row.urn) is None:
        look_for_nothing(con, reader)
        return None
    known = reader.look(con, {story_id: detail.row.urn})
    if not known.tells_of(story_id):
        as_with_case(con, known)
        return None
    view = _whole(con, reader, detail, known, now)
    asked = waiting(con, reader, known, story_id, view.urn)
    undo = tuple(undoings(con, reader, known, story_id, now))
    merged = last_merge(con, story_id) if Mistake.TWICE in view.wrongs else None
    if merged is not None:
        undo += (Action(ActKind.UNMERGE, (("at", merged.moved_at), ("to", merged.moved_by))),)
    agree = (Action(ActKind.AGREE, _asked(one)) for one in asked[:1])
    actions = (*view.actions, *undo, *agree)
    posts = with_earlier(con, with_said_wrong(con, view.posts))
    if view.words and not view.sealed:
        posts = with_reports(con, reader, known.stored.by_story[story_id], posts)
    same = same_words_at(con, reader, view)
    view = replace(view, posts=posts, actions=actions, same_words_at=same)
    if view.words and view.alert_id and not view.ended and view.raised_at:
        view = _with_endings(con, reader, known, view, now)
    return with_notes(con, view) if view.words and not view.sealed else view


def _with_endings(
    con: Connection, reader: Reader, known: KnownMatters, view: MatterView, now: datetime
) -> MatterView:
    """With what may have ended it, and for whoever works on it that it ends so: nothing ends by itself."""
    since = max(view.raised_at or now, now - _LOOKED_BACK)
    found = endings_of(con, reader.config, view.urn, since).get(view.story_id)
    able = who_may(Act.WORK, known.stored.by_story[view.story_id], reader.config.people) if found else ()
    ends = [Action(ActKind.ENDED)] if reader.person in able else []
    return replace(view, endings=tuple(found or ()), actions=(*view.actions, *ends))


_LOOKED_BACK = timedelta(days=30)


def _asked(one: SaidWrong) -> tuple[tuple[str, str], ...]:
    """What somebody asks that takes two people: what it is, who asks, of whom or where to, and why."""
    to = one.route.value if one.route else ""
    return ("kind", one.kind), ("by", one.person_id), ("of", one.label), ("to", to), ("why", one.why)


def look_for_nothing(con: Connection, reader: Reader, *, whole: bool = True) -> None:
    """Reads some matter and tells nothing of it: what does not exist takes as long as what is hidden.

    Not `whole`: only who may know of it, as where its posts are not read either.
    """
    story_id = alert_store.one_to_read(con)
    if story_id and not whole:
        reader.look(con, {story_id: reader.config.schools[0].urn})
    elif story_id and (detail := story_store.story(con, story_id)):
        as_with_case(con, reader.look(con, {story_id: detail.row.urn}))


def as_with_case(con: Connection, hidden: KnownMatters) -> None:
    """Takes as long over what is hidden as where it has a case, which is a third of that."""
    if not hidden.stored.cases:
        look_for_no_case(con)


def with_notes(con: Connection, view: MatterView) -> MatterView:
    """The matter with what was written on it, for a reader who may read all of it."""
    why = reason_of(con, view.story_id, view.urn) if view.ended else ""
    return replace(view, notes=notes_of(con, view.story_id, view.urn), why_ended=why)


def _whole(
    con: Connection, reader: Reader, detail: StoryDetail, known: KnownMatters, now: datetime
) -> MatterView:
    story, stored, row = detail.row.id, known.stored, detail.row
    matter, access, alert = stored.by_story[story], known.access[story], stored.alerts.get(story)
    cases = _open_cases(reader, stored.cases_of(story), access) if access > Access.EXISTS else []
    locked = any(case.locked for case in stored.cases_of(story))
    numbers, holder = [case.id for case in cases], stored.holder(story)
    taken = alert is not None and in_hand(con, alert.id)
    view = MatterView(
        story,
        row.urn,
        access,
        reader=reader.id,
        alert_id=alert.id if alert else "",
        numbers=tuple(numbers),
        number=number_of(alert.number if alert else _of_story(story, access), numbers),
        restricted=matter.restricted,
        locked=locked,
        holder=reader.holder(holder, access),
        taken=taken,
        mark=reader.mark(stored.marks.get(story), access),
        cases=tuple(cases),
        stamp=stamp(story, alert.times if alert else 0, (m.verdict for m in detail.mentions)),
    )
    if access is Access.EXISTS or (view.sealed and not view.words):
        return (
            replace(view, actions=(Action(ActKind.TAKE),)) if may_take_unread(reader, known, story) else view
        )
    verdicts = [m.verdict for m in detail.mentions]
    top = gravest([v for v in verdicts if not v.restricted] or verdicts)
    reads = reads_all(reader, known, story)
    posts = tuple(_posts(detail, view, top.mention_id, reads=reads))
    days, lane, due = reader.days(row.urn), matter.bypass, None
    if days is not None and not locked:
        had = holder is not None or taken
        due = next_date(alert, cases, days, now, had=had, lane=lane)
        if due is None and alert is not None:  # it stays to be seen by whoever has it
            due = to_decide(alert, days, now)
    view = replace(
        view,
        part=part_of(reader.person, matter),
        own=any(map(reader.is_me, matter.threatened)),
        top=as_far(top, access),
        lane=lane,
        about=matter.about,
        relevance=row.relevance,
        severity=max(top.severity, alert.severity if alert else Severity.NOTHING),
        endangers=may_endanger(alert or top),
        conflicts=reader.conflicts(matter),
        channels=row.channels,
        places=row.places,
        people=row.authors,
        posts=posts,
        due=due,
    )
    if alert is not None:
        because = reasons_as_far(alert.because, access, conflicts=reader.conflicts(matter))
        view = replace(view, route=alert.route, content_class=alert.content_class, because=because)
        view = replace(view, raised_at=alert.raised_at, times=alert.times)
    if days is not None and is_enquiry(view) and posts and posts[0].words:
        said = time_to_tell(posts[0], days.calendar, days.zone, danger=True)
        view = with_deadline(view, said, reader, now)
    return replace(view, actions=tuple(_actions(reader, view, known, reads=reads)))


def _of_story(story_id: str, access: Access) -> str:
    """What was never raised has a number that its post leads to: nobody sees it who may not know of that."""
    return story_id[:6].upper() if access > Access.EXISTS else ""


def _open_cases(reader: Reader, cases: tuple[Case, ...], access: Access) -> list[Case]:
    """Those that are open and whose state they may know, as far as they may."""
    still_open = [case for case in cases if case.closed_at is None]
    known = reader.cases(still_open)
    return [
        case_as_far(case, min(much, access), own=False)
        for case in still_open
        if (much := known.get(case.id, Access.NOTHING)) >= Access.STATUS
    ]


def _posts(detail: StoryDetail, view: MatterView, lead_id: str, *, reads: bool) -> Iterator[PostView]:
    """Of what is sealed the kind of place and, for whoever may read it, when it was posted."""
    lead = next(m for m in detail.mentions if m.id == lead_id)
    others = sorted((m for m in detail.mentions if m is not lead), key=lambda m: -m.verdict.severity)
    for post in (lead, *others):
        if view.sealed:
            when = post.published if reads else None
            yield PostView(post.channel, restricted=post.restricted, published=when)
        else:
            yield post_as_far(post, view.access)


def _actions(reader: Reader, view: MatterView, known: KnownMatters, *, reads: bool) -> Iterator[Action]:
    may = markable(reader, known, view.story_id)
    if reads:
        yield from (Action(ActKind.READ), Action(ActKind.RIGHT_AGAIN), Action(ActKind.NOTE))
        yield from () if may.ended else map(_wrong, _wrongs(reader, view, known))
    raised = view.words and bool(view.alert_id) and not view.taken and not may.ended
    raised = raised and view.part is not ReaderPart.TARGET  # who is wronged reads it, and another acts
    if raised or any(not mark.ends for mark in may.offered):
        yield Action(ActKind.TAKE)
    for mark in may.offered:
        yield Action(ActKind.MARK, (("mark", mark.value),))
    if may.undoable:
        yield Action(ActKind.UNMARK)
    if may_say_what_happened(reader, known, view.story_id):
        yield Action(ActKind.HAPPENED)
    yield from _givings(reader, view, known)


def _wrong(what: Mistake) -> Action:
    return Action(ActKind.WRONG, (("what", what.value),))


def _wrongs(reader: Reader, view: MatterView, known: KnownMatters) -> Iterator[Mistake]:
    """What this person may say is wrong of it; of what is grave also who is meant."""
    yield Mistake.LANE
    if may_say_who(reader, known, view.story_id):
        yield from (Mistake.DANGER, Mistake.ACCUSED, Mistake.WRONGED)
    yield from (Mistake.US, Mistake.TONE)
    if may_join(reader, known, view.story_id):
        yield Mistake.TWICE


def _givings(reader: Reader, view: MatterView, known: KnownMatters) -> Iterator[Action]:
    """By a case of it; to each of the others."""
    if may_open_case(reader, known, view.story_id):
        yield Action(ActKind.OPEN)
    for person in may_have(reader, known, view.story_id):
        if not reader.is_me(person.id):
            yield Action(ActKind.GIVE, (("to", person.id),))


def read_posts(
    con: Connection, reader: Reader, view: MatterView, why: str, now: datetime
) -> tuple[PostView, ...]:
    """All posts of a sealed matter with their words, the restricted ones first; the reading is put on record,
    for each of its cases that is locked too. Needs a write connection, and a view in which READ is on offer.
    """
    person, config = reader.named, reader.config
    stored = reader.look(con, {view.story_id: view.urn}).stored
    for case in stored.cases_of(view.story_id):
        if case.locked:
            case_store.record_read(con, case, person=person.id, reason=why, now=now)
    restricted: tuple[PostView, ...] = ()
    if view.alert_id and view.restricted:
        texts = alert_store.restricted_text(con, view.alert_id, reason=why, person=person.id, now=now)
        restricted = tuple(map(restricted_post, texts))
    detail = story_store.story(con, view.story_id) if config.school(view.urn) else None
    open_view = replace(view, restricted=False, locked=False)
    lead = view.top.mention_id if view.top else ""
    posts = _posts(detail, open_view, lead, reads=True) if detail else ()
    shown = (*restricted, *(post for post in posts if not post.restricted))
    shown = with_reports(con, reader, stored.by_story[view.story_id], shown)
    return with_earlier(con, with_said_wrong(con, shown))
