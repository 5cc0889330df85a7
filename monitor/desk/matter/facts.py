"""Show what is known of a matter on its page: sentences, what was done and recorded, its posts. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.next_date import ico_by, is_decided, last_day, seems_over
from alerts.said_time import time_to_tell
from alerts.select import list_unrecorded
from alerts.ways import route
from alerts.wording.cases import until
from alerts.wording.digest.headlines import clearing, fullest, headline_and_paper, plain_headline
from alerts.wording.digest.lines import missing_words
from alerts.wording.matters import channel_name, label_of, next_of, next_of_alert, time_words, who_words
from classifiers.verdicts.by_people import BY
from data.cases import is_police_informed
from data.digest import Headline
from data.evidence.handed_in import CHILD_IMAGE_TEXT, WhoseWords, whose_words
from data.judged import MISCONDUCT, NAMED, PUPILS_PICTURED, calls_for_alert, has_reason, is_enquiry
from data.matters import (
    DECIDE,
    ICO,
    LADO,
    Action,
    ActKind,
    MatterView,
    Mistake,
    NextDate,
    PostView,
    WrongKind,
)
from data.steps.codes import Wellbeing
from data.types import ADULTS_OF_THE_SCHOOL, PERHAPS, SURE, Harm, Mark, Meant, Relevance, Route, Severity
from data.web.channels import channel, host_of
from data.web.urls import host_in_full, strip_tracking, visible
from data.words.say import Words, capital
from monitor.desk.handing import ToRing
from monitor.desk.matter.page import DoneLine, Moment, PageButton, ShownPost, Visit

# The facts of a matter in words: where, when, who has it, what next, how far its case is. Pure.

_MOST_IN_PRINT = 3


def matter_facts(seen: Visit, at: Moment, w: Words, then: str) -> Iterator[tuple[str, str]]:
    view = seen.view
    clears = clearing(view.printed, seen.config.people)
    if clears is not None:
        yield w("page.head.clears"), _printed_by(clears, at, w)
    if named := time_named(seen, at, w):
        yield w("page.head.names"), named
    for ending in view.endings:
        yield w("page.head.ended"), _ending_words(ending, at, w)
    if view.taken or not view.ending_mark:
        yield whose(seen, at, w)
    yield from _target_facts(seen, at, w)
    if then:
        yield w("page.head.next"), capital(then)
    if recorded := _danger_record(seen, at, w):
        yield w("page.head.recorded"), recorded
    if seen.view.cases:
        said = ((c.id, "locked" if c.locked else c.state.value) for c in seen.view.cases)
        states = (f"{w('page.case', number=n, said=w(f'page.state.{state}'))}." for n, state in said)
        yield w("page.head.case"), " ".join(states)
    yield from _ready_facts(seen, w)
    by = None if view.ending_mark else ico_by(view.alert, view.cases)
    if by is not None:
        left, when = by - at.now, until(w, by, at.now.astimezone(at.zone).date(), at.zone)
        key = "late" if left < timedelta() else "clock"
        yield w("page.head.ico"), w(f"page.ico.{key}", hours=left // timedelta(hours=1), when=when)
    shown = view.due if view.due and view.due.clock != ICO else None
    if shown and shown.clock == DECIDE and is_decided(view.notes, view.raised_at):
        shown = None
    due = "" if view.ending_mark else due_words(shown, at.now, at.zone, w)
    if due:
        yield w("page.head.due"), due


def _ready_facts(seen: Visit, w: Words) -> Iterator[tuple[str, str]]:
    """Say of fraud whom to ring, by nation, and what parents may be told; of pupils' pictures that others put
    up what is decided first, what they may be asked, and the platform's form (Calcot; King James's 2.8); of
    a pupil who befriends staff what their parent may be told (Monkhouse); of praise what may be answered."""
    view = seen.view
    if not (view.words and view.top):
        return
    if has_reason(view.top, PUPILS_PICTURED):
        post = view.posts[0]
        asked = route(post.channel, post.url or "")
        yield w("page.head.pictured"), w("page.pictured.first")
        yield w("page.head.poster"), w("page.pictured.poster")
        yield w("page.head.form"), w("page.pictured.form", report=asked.report, form=asked.form).strip()
    elif has_reason(view.top, "said_about_befriends_staff"):
        yield w("page.head.befriends"), w("page.befriends")
    elif view.top.route is Route.THANK:
        yield w("page.head.thanks"), w("page.thanks")
    elif label_of(view.top) == "fraud":
        scots = seen.school.nation == "scotland"
        yield w("page.head.fraud"), w("page.fraud.scotland" if scots else "page.fraud.ring")
        yield w("page.head.parents"), w("page.fraud.parents")


def in_print(seen: Visit, at: Moment, w: Words) -> Iterator[str]:
    """The other articles of its event, the newest first; of some no more than that there are."""
    view = seen.view
    clears = clearing(view.printed, seen.config.people)
    others = [post for post in view.printed if post not in (view.posts[0], clears)]
    may = [post for post in others if fullest([post], seen.config.people)]
    shown = sorted(may, key=lambda post: post.at or at.now, reverse=True)[:_MOST_IN_PRINT]
    yield from (_printed_by(post, at, w) for post in shown)
    if more := len(others) - len(shown):
        yield f"{capital(w('digest.count.more_in_print', count=w.number(more)))}."


def known_lines(seen: Visit, at: Moment, w: Words, *, site: bool) -> Iterator[tuple[str, str]]:
    """Say what is known, a sentence each: what it asks, who is in danger, said to have done wrong or wronged,
    how sure that is and who said so; when and where it was posted. With each where it is put right."""
    view, top = seen.view, seen.view.top
    if top is None:
        return
    route = Route.SAFEGUARDING if view.lane else view.route or top.route
    yield w(f"page.known.lane.{route.value}"), _wrong(seen, Mistake.LANE)
    for said, what in people_facts(seen, w):
        yield said, _wrong(seen, what) if what else ""
    when, sure = view.posts[0].published, view.relevance is Relevance.ABOUT
    yield (
        w(
            "page.known.us",
            when=w("page.at_time", **at.time_words(when, w)) if when else w("page.no_date").removesuffix("."),
            place=capital(_where(seen, w, site=site)),
            sure=w("page.certain" if sure else "digest.perhaps_other"),
        ),
        _wrong(seen, Mistake.US),
    )


def people_facts(seen: Visit, w: Words, *, absences: bool = True) -> Iterator[tuple[str, Mistake | None]]:
    """Say who is in danger, said to have done wrong or wronged, a sentence each; and of `absences`, whom we
    did not find, None beside all. Those are for whoever reads the words too: no paper that goes out has any.
    """
    view, top = seen.view, seen.view.top
    if top is None:
        return
    harmed = [m for m in top.endangers if m.sure >= PERHAPS] if calls_for_alert(top) else []
    facts = {
        Mistake.DANGER: [m for m in harmed if m.harm is not Harm.WRONGED],
        Mistake.ACCUSED: list(top.accuses),
        Mistake.WRONGED: [m for m in harmed if m.harm is Harm.WRONGED],
    }
    found = {what: _people_words(seen, what, meant, w) for what, meant in facts.items()}
    apart = Mistake.DANGER in view.wrongs or any(found.values())
    if absences and not apart:
        yield w("page.known.none"), None
    for what, said in found.items():
        if said or (absences and apart):
            yield said or w(f"page.known.no_{what.value}"), what


def _ending_words(post: PostView, at: Moment, w: Words) -> str:
    """Say what may have ended it: of what kind, who says so, when, and the words."""
    who = visible(post.author or host_of(post.url or "") or channel_name(post.channel, w))
    when, said = at.time_words(post.at or at.now, w), visible(_shorten(post.text, _MOST_CHARS))
    return w("page.ended.said", what=w(f"page.ended.{post.reasons[0]}"), who=who, said=said, **when)


def _wrong(seen: Visit, what: Mistake) -> str:
    return f"?ask=wrong&what={what.value}" if what in seen.view.wrongs else ""


def _people_words(seen: Visit, what: Mistake, meant: Sequence[Meant], w: Words) -> str:
    """Say how we know of the surest of those meant, "" where none was found; the accused are named to few."""
    top = seen.view.top
    if not meant:
        aimed = what is Mistake.WRONGED and top and top.route.removal and top.about in ADULTS_OF_THE_SCHOOL
        if aimed and top and not any(m.person for m in top.endangers):
            return w("page.known.wronged_unnamed", who=who_words(top.about, w))
        if what is Mistake.ACCUSED and top and "defamation" in top.abuse:
            return w("page.known.accused_of", who=who_words(top.about, w))
        return w("page.known.danger_unnamed") if what is Mistake.DANGER and seen.view.endangers else ""
    hidden = what is Mistake.ACCUSED and not seen.view.conflicts
    lead = max(meant, key=lambda m: m.sure)
    said = {NAMED: "named", BY: "door"}.get(lead.by, "sure" if lead.sure >= SURE else "unsure")
    who = [w("page.known.somebody")] if hidden else [_who(seen, m, w) for m in meant]
    known = w(
        f"page.known.{what.value}", who=w.list_items([*dict.fromkeys(who)]), by=w(f"page.known.by.{said}")
    )
    smeared = what is Mistake.ACCUSED and all(m.by == MISCONDUCT for m in meant)
    return f"{known} {w('page.known.smeared')}" if smeared else known


def _who(seen: Visit, meant: Meant, w: Words) -> str:
    """“Miss Dunmore”, “the head”, “a child”."""
    if meant.person:
        return name_of(seen, meant.person)
    key = f"describe.who.{meant.who.removeprefix('office:')}"
    return w("page.known.child") if meant.who == "child" else w(key if w.has(key) else "page.known.somebody")


def _where(seen: Visit, w: Words, *, site: bool) -> str:
    post, more = seen.view.posts[0], seen.view.places - 1
    place, at_site = channel_name(post.channel, w), post_headline(post)[1] if site else ""
    said = w("page.at_site", place=place, site=at_site) if at_site else place
    return f"{said} {w('page.more_places', n=more, count=w.number(more))}" if more > 0 else said


def _printed_by(post: PostView, at: Moment, w: Words) -> str:
    """“The headline”, its paper, when."""
    headline, paper = post_headline(post)
    said = w("digest.say.headline_in" if paper else "digest.say.headline", headline=headline, paper=paper)
    return f"{said}, {w('page.at_time', **at.time_words(post.at, w))}." if post.at else f"{said}."


def post_headline(post: PostView) -> tuple[str, str]:
    """Return its title and its site; of an article the outlet, which a search puts after its title."""
    if not channel(post.channel).press:
        return plain_headline(post.title or ""), host_of(post.url or "") or ""
    return headline_and_paper(Headline(post.title or "", post.url, ()), frozenset(), {})


def posting_time(seen: Visit, at: Moment, w: Words) -> tuple[str, str]:
    head, when = w("page.head.when"), seen.view.posts[0].published
    return head, capital(w("page.at_time", **at.time_words(when, w)) if when else w("page.no_date"))


def time_named(seen: Visit, at: Moment, w: Words) -> str:
    """The time that its gravest post names, where its words may be shown without a reading on record, or it
    threatens its reader."""
    view, post = seen.view, seen.own_first or seen.view.posts[0]
    calendar, danger = seen.config.calendar(view.urn), bool(seen.own_first) or view.endangers
    found = time_to_tell(post, calendar, at.zone, danger=danger or is_enquiry(view))
    return time_words(found, at.now.astimezone(at.zone).date(), w)


def whose(seen: Visit, at: Moment, w: Words) -> tuple[str, str]:
    head, has = w("page.head.who"), seen.view.holder
    if has is None or not has.person:
        return head, w("page.somebody" if has or seen.view.taken else "page.nobody")
    when = at.time_words(has.since, w)
    return head, w("page.you", **when) if has.mine else w("page.other", who=name_of(seen, has.person), **when)


def _danger_record(seen: Visit, at: Moment, w: Words) -> str:
    """Say of what may be danger when the police were called, by which number, who recorded it, and what no
    case records yet."""
    cases = [case for case in seen.view.cases if not case.locked]
    if not cases or not seen.view.endangers:
        return ""
    told = []
    for call in (call for case in cases if (call := case.call_of_danger)):
        told.append(w("page.police_called", who=name_of(seen, call.by), **at.time_words(call.at, w)))
        told += [w("page.police_reference", number=visible(call.reference))] if call.reference else []
    if not told and is_police_informed(cases):
        told = [w("page.police_told")]
    return " ".join((*told, *missing_words(list_unrecorded(seen.view, ()), w)))


def asks_if_over(seen: Visit, at: Moment) -> bool:
    """Is its reader asked whether the danger is over?"""
    view, here = seen.view, seen.people
    calendar, first = seen.config.calendar(view.urn), next(iter(view.posts), None)
    said = time_to_tell(first, calendar, at.zone, danger=True) if first else None
    return seems_over(view, said, here, at.now, at.zone, denied=bool(view.endings))


def _target_facts(seen: Visit, at: Moment, w: Words) -> Iterator[tuple[str, str]]:
    """List what each of those at whom it is aimed said, or somebody recorded for them, and when."""
    for case in seen.view.cases:
        if case.locked or not case.target or case.target == seen.person.id:
            continue
        held = {
            "safe": case.safe_at,
            Wellbeing.NOT_SAFE: case.unsafe_at,
            Wellbeing.RING_ME: case.ring_at,
            case.support.value: case.support_at,
            case.consent.value: case.consent_at,
        }
        said = sorted((when, code) for code, when in held.items() if when and w.has(f"case.target.{code}"))
        hours = [
            (capital(w("page.at_time", **at.time_words(when, w))), w(f"case.target.{code}"))
            for when, code in said
        ]
        if hours:
            yield name_of(seen, case.target), " ".join(f"{hour}: {what}" for hour, what in hours)


def due_words(due: NextDate | None, now: datetime, zone: ZoneInfo, w: Words) -> str:
    """Say what is to be done next by when, "" where nothing is."""
    if due is None:
        return ""
    today, late = now.astimezone(zone).date(), "late" if due.late else "due"
    if due.clock == DECIDE and last_day(due.at, zone) == due.at.astimezone(zone).date() == today:
        return capital(w(f"page.{late}.decide_today", clock=w.clock(due.at, zone)))
    when = until(w, due.at, today, zone)
    if due.clock in (DECIDE, LADO, ICO):
        return capital(w(f"page.{late}.{due.clock}", when=when)) + "."
    return capital(w(f"digest.case.{late}.{due.clock}", when=when)) + "."


def next_step_words(seen: Visit, w: Words) -> str:
    view = seen.view
    if view.top is None or is_police_informed(view.cases):
        return ""
    event = view.top.event
    part = view.part_now
    said = next_of_alert(view, w, part, event) if view.alert_id else next_of(view.top, w, part)
    if view.severity >= Severity.THIS_HOUR:
        return w("page.act_now", next=said)
    return w("page.act_today", next=said) if view.severity >= Severity.TODAY else capital(said)


def name_of(seen: Visit, person_id: str) -> str:
    return next((p.name for p in seen.config.all_people if p.id == person_id), person_id)


def mistake_lines(seen: Visit, posts: tuple[PostView, ...] | None, at: Moment, w: Words) -> Iterator[str]:
    """Say what people said who hold these posts to be judged wrongly: after a tap, as the words."""
    for said in (each for post in posts or () for each in post.said_wrong):
        done = said.kind == WrongKind.WRONG_LANE and said.counts_at is not None
        kind = "lane" if done else said.kind
        right = (
            w(f"page.said.{kind}") if kind and kind != WrongKind.NOT_US else "",
            w(f"page.right.lane_{said.route.value}") if said.route else "",
            w(f"page.right.tone_{said.tone.value}") if said.tone else "",
            w(f"page.said.{said.relevance.value}") if said.relevance else "",
            w(f"page.said.label.{said.label}") if said.label else "",
            w(f"page.said.severity.{int(said.severity)}") if said.severity is not None else "",
            w(f"pack.code.{said.became}") if said.became else "",
        )
        who, what = name_of(seen, said.person_id), " · ".join(filter(None, right))
        key = "page.said.says" if said.counts_at is None else "page.said.corrected"
        key = "page.said.ends" if said.kind == WrongKind.OVER else key
        yield w(key, who=who, what=what, why=visible(said.why), **at.time_words(said.said_at, w))


def own_word_lines(seen: Visit, at: Moment, w: Words) -> Iterator[tuple[str, str]]:
    """Say what holds of what they said for themselves, or somebody recorded for them."""
    own = seen.own
    case = own.case if own else None
    noted = ("accepted",) if own and case is None and "accepted" not in own.open_to else ()
    held = (case.support.value, case.consent.value) if case else noted
    said = [w(f"page.own.holds.{code}") for code in held if w.has(f"page.own.holds.{code}")]
    if own and (when := own.safe_at or own.unsafe_at):
        said.insert(0, w("page.own.safe" if own.safe_at else "page.own.unsafe", **at.time_words(when, w)))
    if case and case.ring_at:
        said.append(w("page.own.holds.ring_me"))
    if said:
        yield w("page.own.so_far"), " ".join(said)


def wish_lines(seen: Visit, w: Words) -> Iterator[DoneLine]:
    """Say what was asked for and is not done; of who asks to be rung with their number."""
    phones = {person.id: person.phone or "" for person in seen.people}
    for wish in seen.wishes:
        said = w(f"page.wish.{wish.code}", who=name_of(seen, wish.person))
        ring = ToRing(said, phones.get(wish.person, "") if wish.code == Wellbeing.RING_ME else "")
        yield DoneLine(said, PageButton(ActKind.FULFIL, w(f"page.wish.done.{wish.code}")), wish.key, ring)


def done_lines(seen: Visit, posts: Iterable[PostView], at: Moment, w: Words) -> Iterator[DoneLine]:
    """For whoever has read the words; a note may repeat them."""
    if seen.view.why_ended:
        yield DoneLine(w("page.ending.why", why=visible(seen.view.why_ended)))
    for note in seen.view.notes:
        said = w(
            "page.done.note",
            who=name_of(seen, note.person_id),
            note=visible(note.note),
            **at.time_words(note.written_at, w),
        )
        mine = note.person_id == seen.person.id
        back = PageButton(ActKind.NOTE_BACK, w("page.done.note_back"), quiet=True)
        yield DoneLine(said, back if mine else None, note.id)
    view = seen.view
    kinds = {s.kind for post in posts for s in post.said_wrong if s.person_id == seen.person.id}
    if view.may(ActKind.RIGHT_AGAIN) and kinds - ({view.mark.mark.says} if view.mark else set()):
        yield DoneLine(w("page.done.said"), PageButton(ActKind.RIGHT_AGAIN, w("page.unmark"), quiet=True))
    if view.may(ActKind.UNMARK):
        taken = view.mark is not None and view.mark.mark is Mark.TAKEN
        button = PageButton(ActKind.UNMARK, w("page.done.put_down" if taken else "page.unmark"), quiet=True)
        yield DoneLine(w("page.done.did.put_down") if taken else "", button)
    for action in view.actions:
        if action.act in _UNDOES:
            button = PageButton(ActKind(action.act), w(f"page.done.{action.act}"), quiet=True)
            yield DoneLine(w(f"page.done.did.{action.act}", **_giving_values(seen, action, at, w)), button)


def reading_lines(seen: Visit, at: Moment, w: Words) -> Iterator[str]:
    """Say who has read it and when, and who was told and has not."""
    read = {person: when for person, when in seen.readings.items() if when is not None}
    if read:
        names = [
            w("page.told.at", who=name_of(seen, person), **at.time_words(when, w))
            for person, when in read.items()
        ]
        yield w("page.told.read", names=w.list_items(names))
    if unread := [name_of(seen, person) for person in seen.readings if person not in read]:
        yield w("page.told.unread", names=w.list_items(unread))


_UNDOES = (ActKind.REMIND, ActKind.PUT_DOWN, ActKind.TAKE_BACK, ActKind.UNMERGE)


def _giving_values(seen: Visit, action: Action, at: Moment, w: Words) -> dict[str, str]:
    """Return whom it was given to, or when they are asked."""
    values = dict(action.values)
    when = values.get("at")
    said = at.time_words(when, w) if isinstance(when, datetime) else {}
    return {"who": name_of(seen, str(values.get("to", ""))), **said}


# The posts of a matter as its page shows them: as text, cut, with marks for what cannot be seen. Pure.

MOST = 10
"""So many posts of one matter are shown, the gravest first; a thread may hold hundreds."""
_MOST_CHARS = 2000
_MOST_TOGETHER, _LEAST_CHARS = 8000, 500
"""So much of a thread is shown at first, and at least so much of each post: it is read on a telephone."""
_MOST_QUOTED = 400
_MOST_OF_ONE = 20_000
"""So much of one post is shown to whoever asks for the rest of it."""
_MOST_CHARS_OF_A_NAME = 300
_LONGEST_WORD = 50
_MOST_ELSEWHERE = 30
_EMPTY_LINES = re.compile(r"\n\s*\n")


def address_of(url: str | None) -> str | None:
    """An address of the web that may stand in a link, without what only tracks its reader."""
    found = strip_tracking(url or "")
    return found if found.startswith(("http://", "https://")) and host_of(found) else None


def address_site(address: str) -> str:
    """Return where an address leads, as it is read and as it is looked up."""
    return host_in_full(host_of(address))


def open_posts(view: MatterView) -> tuple[PostView, ...]:
    """List what is not restricted of it, the gravest first."""
    return shown_posts(post for post in view.posts if not post.restricted)


def shown_posts(posts: Iterable[PostView]) -> tuple[PostView, ...]:
    """All that is restricted, then the rest, so many that no thread pushes the buttons off the page."""
    found = tuple(posts)
    others = [post for post in found if not post.restricted]
    return (*(post for post in found if post.restricted), *others[:MOST])


def show_posts(posts: Iterable[PostView], at: Moment, w: Words) -> Iterator[ShownPost]:
    """Posts as they are shown; the longer the thread, the less of each of its last ones."""
    left = _MOST_TOGETHER
    for post in posts:
        shown = show_post(post, at, w, most=max(_LEAST_CHARS, min(_MOST_CHARS, left)))
        left -= len(shown.text)
        yield shown


def show_post(
    post: PostView, at: Moment, w: Words, *, opens: bool = True, most: int = _MOST_CHARS
) -> ShownPost:
    """Show the post: `opens` its address may be opened from here, `most` characters come first."""
    text, leads = _in_lines(post.text), (address_of(post.url) if opens else None) or ""
    if whose_words(post.text, post.source_ids) is WhoseWords.NOBODYS:
        text = f"{w('pack.post.nobodys')}{text.removeprefix(CHILD_IMAGE_TEXT)}"
    if post.words_deleted_at and post.gone_at:
        text = w("page.taken_down", **at.time_words(post.gone_at, w))
    elif post.words_deleted_at:
        text = w("page.words_deleted", **at.time_words(post.words_deleted_at, w))
    said = _shorten(text, _MOST_OF_ONE if post.id and post.id == at.whole else most)
    return ShownPost(
        post.id,
        visible(_shorten(post.author, _MOST_CHARS_OF_A_NAME)),
        visible(_shorten(post.title, _MOST_CHARS_OF_A_NAME)),
        visible(said),
        visible(_shorten(_in_lines(post.quoted), _MOST_QUOTED)),
        max(0, len(text) - len(said)) if said.endswith(" …") else 0,
        post.version,
        tuple(_earlier(post, at, w)),
        bool(post.enclosed),
        visible(_shorten(post.url, _MOST_CHARS)),
        leads,
        address_site(leads) if leads else "",
        tuple(_besides(post, at, w)),
        tuple(one.number for one in post.reported if one.file_at and one.number),
    )


def _besides(post: PostView, at: Moment, w: Words) -> Iterator[str]:
    for one in post.reported:
        who = visible(one.seen_by or w("page.reported.nobody"))
        yield w("page.reported.by", who=who, number=one.number or "–", **at.time_words(one.at, w))
        if one.file_at:
            yield w("page.reported.file", at=visible(one.file_at))
    yield from (w("page.reported.says", said=visible(said)) for said in post.corrections)
    if post.gone_at and not post.words_deleted_at:
        yield w("page.taken_down_kept", **at.time_words(post.gone_at, w))


def elsewhere(posts: Iterable[PostView], at: Moment, w: Words) -> Iterator[tuple[str, str]]:
    """List where else it was seen, as far as that may be read; "" for no address to open."""
    for post in [post for post in posts if post.words and not post.restricted][1 : _MOST_ELSEWHERE + 1]:
        leads = address_of(post.url) or ""
        place = channel_name(post.channel, w)
        place = w("page.at_site", place=place, site=address_site(leads)) if leads else place
        when = w("page.at_time", **at.time_words(post.at, w)) if post.at else w("page.no_date")
        yield (f"{place[:1].upper()}{place[1:]} · {when}", leads)


def _earlier(post: PostView, at: Moment, w: Words) -> Iterator[tuple[str, str]]:
    for older in post.earlier:
        fetched = w("page.at_time", **at.time_words(older.at, w)) if older.at else ""
        said = "\n".join(filter(None, (older.title, _in_lines(older.text))))
        yield (w("page.version", n=older.n, when=fetched), visible(_shorten(said, _MOST_CHARS)))


def _in_lines(text: str | None) -> str:
    return _EMPTY_LINES.sub("\n\n", text or "")


def _shorten(text: str | None, most: int) -> str:
    """Cut it at the end of a word, where that leaves no more out than a word has letters."""
    said = (text or "").strip()
    if len(said) <= most:
        return said
    whole = said[:most].rsplit(maxsplit=1)[0]
    return f"{whole if len(whole) > most - _LONGEST_WORD else said[:most]} …"
