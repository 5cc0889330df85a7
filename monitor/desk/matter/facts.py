"""What is known of a matter, as its page shows it: facts, what was said, its posts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, time
from difflib import SequenceMatcher
from itertools import pairwise, takewhile
from zoneinfo import ZoneInfo

from alerts.digest.select import unrecorded
from alerts.said_time import time_to_tell
from alerts.wording.cases import last_day, until
from alerts.wording.digest.headlines import clearing, fullest, plain, worded
from alerts.wording.digest.lines import missing_words
from alerts.wording.matters import channel_name, next_of, next_of_alert, time_words
from classifiers.verdicts.by_people import Naming
from data.cases import Case, police_told
from data.digest import Headline
from data.errors import InputError
from data.matters import DECIDE, LADO, ActKind, MatterView, NextDate, PostVersion, PostView, WrongKind
from data.register.calendar import read_day, read_moment
from data.steps.acts import Done, Refused
from data.store.engine.connect import Connection
from data.types import Marked, Route, Sentiment, Severity
from data.web.channels import channel, host_of
from data.web.urls import host_in_full, untracked, visible
from data.words.say import Words, capital
from monitor.act.give import give
from monitor.act.happened import Happened, say_what_happened
from monitor.act.matter.joining import merge, split, take_back_note, undo, undo_merge, undo_split, write_note
from monitor.act.name import name, settle_said
from monitor.act.target import QUESTIONS, say_for_oneself
from monitor.act.wrong import WAYS, Marking, answer, correct, take_back
from monitor.config.home.context import Context
from monitor.desk.matter.page import (
    NOBODY,
    Became,
    EarlierVersion,
    Elsewhere,
    InWords,
    Moment,
    ShownPost,
    Visit,
    session_of,
)
from monitor.matters.one import find_alert_or_story
from monitor.matters.reader import waiting

# The facts of a matter in words: where, when, who has it, what next, how far its case is. Pure.

_MOST_IN_PRINT = 3


def facts(seen: Visit, at: Moment, w: Words, then: str, *, site: bool) -> Iterator[tuple[str, str]]:
    view = seen.view
    yield w("page.head.where"), capital(_where(seen, w, site=site))
    yield posted(seen, at, w)
    clears = clearing(view.printed, seen.reader.config.people)
    if clears is not None:
        yield w("page.head.clears"), _printed_by(clears, at, w)
    if named := _time_named(seen, at, w):
        yield w("page.head.names"), named
    if view.taken or not view.ended:
        yield whose(seen, at, w)
    if then:
        yield w("page.head.next"), capital(then)
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
            said.append(f"{capital(w('digest.count.more_in_print', count=w.number(more)))}.")
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
    return head, capital(w("page.at_time", **at.said(when, w))) if when else w("page.no_date")


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
        return capital(w(f"page.{late}.decide_today", clock=w.clock(due.at, zone)))
    when = until(w, due.at, today, zone)
    table = "page" if due.clock in (DECIDE, LADO) else "digest.case"
    return capital(w(f"{table}.{'late' if due.late else 'due'}.{due.clock}", when=when)) + "."


def next_step(seen: Visit, w: Words) -> str:
    view = seen.view
    if view.top is None or police_told(view.cases):
        return ""
    event = view.top.event
    said = next_of_alert(view, w, view.part, event) if view.alert_id else next_of(view.top, w, view.part)
    if view.severity >= Severity.THIS_HOUR:
        return w("page.act_now", next=said)
    return w("page.act_today", next=said) if view.severity >= Severity.TODAY else capital(said)


def name_of(seen: Visit, person_id: str) -> str:
    return next((p.name for p in seen.reader.config.named if p.id == person_id), person_id)


# What becomes of what is said on the page of a matter in words of one's own, or undone there.

_MORNING = time(8)
"""When somebody is asked again who named a day."""
_NOTE = 500
"""So long a note may be."""


def said(
    con: Connection, context: Context, seen: Visit, act: InWords, form: Mapping[str, str], now: datetime
) -> Became:
    """Records what a form says, where this reader may say it of what they were shown.

    Raises InputError where an open case does not allow it.
    """
    if act is InWords.OWN_WORD:
        return _own_word(con, context, seen, form, now)
    if act in _UNDOES:
        return _undone(con, context, seen, act, form, now)
    if act is InWords.NOTE:
        return _noted(con, seen, form, now)
    if not seen.view.may(ActKind(act.value)) or form.get("told") != seen.view.stamp:
        return Became.REFUSED
    if act is InWords.CORRECT:
        return _corrected(con, context, seen, form, now)
    if act in _DOES:
        return _DOES[act](con, context, seen, form, now)
    if act in (InWords.GIVE, InWords.AGAIN):
        return _given(con, context, seen, act, form, now)
    return (_named if act is InWords.NAME else _agreed)(con, context, seen, form, now)


_UNDOES = {
    InWords.RIGHT_AGAIN: Became.RIGHT_AGAIN,
    InWords.NOTE_BACK: Became.RIGHT_AGAIN,
    InWords.PUT_DOWN: Became.GIVEN_UP,
    InWords.TAKE_BACK: Became.TOOK_BACK,
    InWords.ASK_NO_MORE: Became.NOT_ASKED,
    InWords.UNMERGE: Became.UNMERGED,
    InWords.UNSPLIT: Became.UNSPLIT,
}
"""What undoes something, and what that leads to; whatever became of the matter since, it is undone."""


def _undone(
    con: Connection, context: Context, seen: Visit, act: InWords, form: Mapping[str, str], now: datetime
) -> Became:
    key = seen.view.story_id, seen.view.urn
    if act is InWords.RIGHT_AGAIN:
        done = take_back(con, seen.reader, *key, now).made
    elif act is InWords.NOTE_BACK:
        done = take_back_note(con, seen.reader, *key, form.get("key", ""), now).made
    elif act in (InWords.UNMERGE, InWords.UNSPLIT):
        undoes = undo_merge if act is InWords.UNMERGE else undo_split
        done = isinstance(undoes(con, session_of(context, seen.reader), key[0], now), Done)
    else:
        done = isinstance(undo(con, seen.reader, *key, ActKind(act.value), now), Done)
    return _UNDOES[act] if done else Became.REFUSED


def _noted(con: Connection, seen: Visit, form: Mapping[str, str], now: datetime) -> Became:
    came = write_note(con, seen.reader, seen.view.story_id, seen.view.urn, form.get("why", ""), now)
    return Became.NOTED if isinstance(came, Done) else Became.NOT_NOTED


def _corrected(
    con: Connection, context: Context, seen: Visit, form: Mapping[str, str], now: datetime
) -> Became:
    kind, route, tone = (form.get(name, "") for name in ("kind", "route", "tone"))
    if kind not in set(WrongKind):
        return Became.NOT_CORRECTED
    marking = Marking(
        WrongKind(kind),
        Route(route) if route in WAYS else None,
        Sentiment(tone) if tone in set(Sentiment) else None,
    )
    session, view = session_of(context, seen.reader), seen.view
    came = correct(con, session, view.story_id, view.urn, marking, form.get("why", ""), now)
    if isinstance(came, Refused):
        return _REFUSED.get(came.guard, Became.NOT_CORRECTED)
    if isinstance(came.made, Marked):
        return Became.MARKED if came.made.mark.ends else Became.RECORDED
    return Became.RECORDED if came.made and came.made.counts_at is None else Became.CORRECTED


_REFUSED = {
    each.value: each for each in (Became.NO_SECOND, Became.SAME_LANE, Became.NOT_OFFERED, Became.CHILD_IMAGE)
}


def _agreed(con: Connection, context: Context, seen: Visit, form: Mapping[str, str], now: datetime) -> Became:
    """Agrees to the oldest of what waits for them, or refuses it."""
    view, reader, says = seen.view, seen.reader, form.get("agrees", "")
    known = reader.look(con, {view.story_id: view.urn})
    asked = waiting(con, reader, known, view.story_id, view.urn)
    if not asked:
        return Became.REFUSED
    if says not in ("yes", "no"):
        return Became.NOT_ENDED
    session, why = session_of(context, reader), form.get("why", "")
    came = answer(con, session, view.story_id, view.urn, asked[0], why, now, agrees=says == "yes")
    if isinstance(came, Refused):
        return Became.NOT_ENDED
    return Became.AGREED if says == "yes" else Became.DECLINED


def _given(
    con: Connection, context: Context, seen: Visit, act: InWords, form: Mapping[str, str], now: datetime
) -> Became:
    """Gives it to somebody, or keeps it to be asked again on a morning."""
    view, session, zone = seen.view, session_of(context, seen.reader), context.config.zone
    try:
        today = now.astimezone(zone).date()
        typed = form.get("day" if act is InWords.AGAIN else "until", "")
        day = read_day(typed, today, past=False) if typed or act is InWords.AGAIN else None
    except InputError:
        return Became.NOT_GIVEN
    at = datetime.combine(day, _MORNING, zone).astimezone(UTC) if day else None
    to = seen.person.id if act is InWords.AGAIN else form.get("to", "")
    came = give(
        con,
        session,
        view.story_id,
        view.urn,
        to,
        now,
        until=None if act is InWords.AGAIN else at,
        ask_at=at if act is InWords.AGAIN else None,
        note=form.get("note", "").strip()[:_NOTE],
    )
    if isinstance(came, Refused):
        return Became.NOT_GIVEN
    return Became.ASKED_AGAIN if act is InWords.AGAIN else Became.GIVEN


def _happened(
    con: Connection, context: Context, seen: Visit, form: Mapping[str, str], now: datetime
) -> Became:
    given, zone = form.get("when", ""), context.config.zone
    try:
        at = read_moment(given, now, zone, past=True) if given else None
    except InputError:
        return Became.NOT_RECORDED
    what, why, by, number = (form.get(name, "") for name in ("what", "why", "by", "reference"))
    agreed = form.get("agreed", "")
    session, view = session_of(context, seen.reader), seen.view
    came = say_what_happened(
        con, session, view.story_id, view.urn, Happened(what, why, by, at, number, agreed), now
    )
    return Became.RECORDED if isinstance(came, Done) else Became.NOT_RECORDED


def _named(con: Connection, context: Context, seen: Visit, form: Mapping[str, str], now: datetime) -> Became:
    view, reader = seen.view, seen.reader
    session = session_of(context, reader)
    target, about, how = form.get("aimed_at", ""), form.get("about", ""), form.get("how", "")
    if target and how not in ("threat", "wrong"):
        return Became.NO_REASON
    aimed_at, wronged = (None, (target,)) if how == "wrong" else ((target,), None)
    accused = () if about == NOBODY else (about,) if about else None
    naming = Naming(aimed_at, wronged, accused) if target else Naming(about=accused)
    came = name(con, session, view.story_id, view.urn, naming, form.get("why", ""), now)
    return Became.NAMED if isinstance(came, Done) else _REFUSED.get(came.guard, Became.NO_REASON)


def _own_word(
    con: Connection, context: Context, seen: Visit, form: Mapping[str, str], now: datetime
) -> Became:
    """Whatever became of the matter since their page was shown, their word counts."""
    codes = [code for question, answers in QUESTIONS.items() if (code := form.get(question)) in answers]
    if not codes:
        return Became.NO_ANSWER
    session, view = session_of(context, seen.reader), seen.view
    came = say_for_oneself(con, session, view.story_id, view.urn, codes, now)
    return Became.SAID if isinstance(came, Done) else Became.REFUSED


def _merged(con: Connection, context: Context, seen: Visit, form: Mapping[str, str], now: datetime) -> Became:
    try:
        other = find_alert_or_story(con, seen.reader, form.get("with", "").strip() or "-", now)
    except InputError:
        return Became.NOT_MERGED
    session, why = session_of(context, seen.reader), form.get("why", "")
    done = merge(con, session, seen.view.story_id, other.story_id, now, why)
    return Became.MERGED if isinstance(done, Done) else Became.NOT_MERGED


def _split(con: Connection, context: Context, seen: Visit, form: Mapping[str, str], now: datetime) -> Became:
    view, post = seen.view, form.get("post", "")
    if not post:
        return Became.NOT_SPLIT
    done = split(con, session_of(context, seen.reader), view.story_id, view.urn, [post], now)
    return Became.SPLIT if isinstance(done, Done) else Became.NOT_SPLIT


def _settled(
    con: Connection, context: Context, seen: Visit, form: Mapping[str, str], now: datetime
) -> Became:
    """What was said when it was handed in holds, or is withdrawn."""
    view, how, why = seen.view, form.get("settle", ""), form.get("why", "")
    if how not in ("holds", "withdrawn"):
        return Became.NOT_ENDED
    session, holds = session_of(context, seen.reader), how == "holds"
    came = settle_said(con, session, view.story_id, view.urn, why, now, holds=holds)
    if isinstance(came, Refused):
        return _REFUSED.get(came.guard, Became.NOT_ENDED)
    return Became.RECORDED


_DOES = {InWords.HAPPENED: _happened, InWords.MERGE: _merged, InWords.SPLIT: _split, InWords.SETTLE: _settled}


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
_MOST_COMPARED = 10_000
"""So many pairs of words are compared: whoever edits a post chooses its words."""
_EMPTY_LINES = re.compile(r"\n\s*\n")


def address_of(url: str | None) -> str | None:
    """An address of the web that may stand in a link, without what only tracks its reader."""
    found = untracked(url or "")
    return found if found.startswith(("http://", "https://")) and host_of(found) else None


def site_of(address: str) -> str:
    """Where an address leads, as it is read and as it is looked up."""
    return host_in_full(host_of(address))


def posts_of(view: MatterView) -> tuple[PostView, ...]:
    """What is not restricted of it, the gravest first."""
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
    """The post as it is shown; `opens` says whether its address may be opened from here, `most` how many
    characters are shown at first."""
    text, leads = _in_lines(post.text), (address_of(post.url) if opens else None) or ""
    if post.words_deleted_at:
        text = w("page.words_deleted", **at.said(post.words_deleted_at, w))
    said = _cut(text, _MOST_OF_ONE if post.id and post.id == at.whole else most)
    return ShownPost(
        post.id,
        visible(_cut(post.author, _MOST_CHARS_OF_A_NAME)),
        visible(_cut(post.title, _MOST_CHARS_OF_A_NAME)),
        visible(said),
        visible(_cut(_in_lines(post.quoted), _MOST_QUOTED)),
        max(0, len(text) - len(said)) if said.endswith(" …") else 0,
        post.version,
        tuple(_earlier(post, at, w)),
        bool(post.enclosed),
        visible(_cut(post.url, _MOST_CHARS)),
        leads,
        site_of(leads) if leads else "",
        tuple(_besides(post, at, w)),
        tuple(one.number for one in post.reported if one.file_at and one.number),
    )


def _besides(post: PostView, at: Moment, w: Words) -> Iterator[str]:
    for one in post.reported:
        who = visible(one.seen_by or w("page.reported.nobody"))
        yield w("page.reported.by", who=who, number=one.number or "–", **at.said(one.at, w))
        if one.file_at:
            yield w("page.reported.file", at=visible(one.file_at))
    yield from (w("page.reported.says", said=visible(said)) for said in post.corrections)


def elsewhere(posts: Iterable[PostView], at: Moment, w: Words) -> Iterator[Elsewhere]:
    """The other places where it was seen, as far as their words may be read."""
    for post in [post for post in posts if post.words and not post.restricted][1 : _MOST_ELSEWHERE + 1]:
        leads = address_of(post.url) or ""
        place = channel_name(post.channel, w)
        place = w("page.at_site", place=place, site=site_of(leads)) if leads else place
        when = w("page.at_time", **at.said(post.at, w)) if post.at else w("page.no_date")
        yield Elsewhere(f"{place[:1].upper()}{place[1:]} · {when}", leads)


def _earlier(post: PostView, at: Moment, w: Words) -> Iterator[EarlierVersion]:
    now = PostVersion(post.version, None, post.title or "", post.text or "")
    for newer, older in pairwise((now, *post.earlier)):
        fetched = w("page.at_time", **at.said(older.at, w)) if older.at else ""
        when = w("page.version", n=older.n, when=fetched)
        yield EarlierVersion(when, tuple(changes(_whole(older), _whole(newer))))


def _whole(version: PostVersion) -> str:
    return visible(_cut("\n".join(filter(None, (version.title, _in_lines(version.text)))), _MOST_CHARS))


def changes(old: str, new: str) -> Iterator[tuple[str, str]]:
    """The parts of an older text, in order, each with what became of it; and what is new, where it came."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    first = len([*takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False))])
    yield from _part("same", before[:first])
    before, after = before[first:], after[first:]
    if len(before) * len(after) > _MOST_COMPARED:
        yield from (*_part("gone", before), *_part("new", after))
        return
    for what, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            yield from _part("same", before[i:j])
        else:
            yield from (*_part("gone", before[i:j]), *_part("new", after[k:m]))


_WORDS = re.compile(r"\s*\S+|\s+")


def _part(what: str, words: list[str]) -> Iterator[tuple[str, str]]:
    if words:
        yield what, "".join(words)


def _in_lines(text: str | None) -> str:
    return _EMPTY_LINES.sub("\n\n", text or "")


def _cut(text: str | None, most: int) -> str:
    """At the end of a word, where that leaves no more out than a word has letters."""
    said = (text or "").strip()
    if len(said) <= most:
        return said
    whole = said[:most].rsplit(maxsplit=1)[0]
    return f"{whole if len(whole) > most - _LONGEST_WORD else said[:most]} …"
