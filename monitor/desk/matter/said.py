"""What becomes of what is said on the page of a matter in words of one's own, or undone there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time

from classifiers.verdicts.by_people.said import Naming
from data.errors import InputError
from data.matters import ActKind, WrongKind
from data.register.typed_days import read_day, read_moment
from data.steps.acts import Done, Refused
from data.store.engine.connect import Connection
from data.types import Mark, Marked, Relevance, Route, Sentiment, Severity
from monitor.act.give import give, wait_for_growth
from monitor.act.happened import Happened, say_what_happened
from monitor.act.mark import mark
from monitor.act.matter.joining import merge, split, undo_merge, undo_split
from monitor.act.matter.undo import take_back_note, undo, write_note
from monitor.act.name import name
from monitor.act.target import QUESTIONS, say_for_oneself
from monitor.act.wrong import WAYS, Marking, Right, answer, correct, say_wrong, take_back
from monitor.config.home.context import Context
from monitor.desk.matter.reading import NOBODY, Became, InWords, Visit, session_of
from monitor.matters.one import find_alert_or_story
from monitor.matters.reader import waiting

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
    if act in (InWords.NOTE, InWords.END):
        return _noted(con, seen, form, now) if act is InWords.NOTE else _ended(con, seen, form, now)
    if not seen.view.may(ActKind(act.value)) or form.get("told") != seen.view.stamp:
        return Became.REFUSED
    if act in (InWords.WRONG, InWords.CORRECT):
        return (
            _wrong(con, seen, form, now)
            if act is InWords.WRONG
            else _corrected(con, context, seen, form, now)
        )
    if act in _DOES:
        return _DOES[act](con, context, seen, form, now)
    if act in (InWords.GIVE, InWords.AGAIN, InWords.GROWN):
        return _given(con, context, seen, act, form, now)
    return (_named if act is InWords.NAME else _agreed)(con, context, seen, form, now)


_UNDOES = {
    InWords.RIGHT_AGAIN: Became.RIGHT_AGAIN,
    InWords.NOTE_BACK: Became.RIGHT_AGAIN,
    InWords.PUT_DOWN: Became.GIVEN_UP,
    InWords.TAKE_BACK: Became.TOOK_BACK,
    InWords.ASK_NO_MORE: Became.NOT_ASKED,
    InWords.WATCH_NO_MORE: Became.NOT_ASKED,
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


def _ended(con: Connection, seen: Visit, form: Mapping[str, str], now: datetime) -> Became:
    """Done with, for a reason: what could be said by one tap, and no more."""
    view, wanted, why = seen.view, form.get("mark", ""), form.get("why", "").strip()
    if wanted not in view.marks or form.get("told") != view.stamp:
        return Became.REFUSED if wanted else Became.NOT_ENDED
    if not why:
        return Became.NOT_ENDED
    came = mark(con, seen.reader, view.story_id, view.urn, Mark(wanted), now, why)
    holds = came.made if isinstance(came, Done) else None
    return Became.MARKED if holds is not None and holds.mark == wanted else Became.REFUSED


def _noted(con: Connection, seen: Visit, form: Mapping[str, str], now: datetime) -> Became:
    came = write_note(con, seen.reader, seen.view.story_id, seen.view.urn, form.get("why", ""), now)
    return Became.NOTED if isinstance(came, Done) else Became.NOT_NOTED


def _wrong(con: Connection, seen: Visit, form: Mapping[str, str], now: datetime) -> Became:
    about, severity = form.get("relevance", ""), form.get("severity", "")
    right = Right(
        Relevance(about) if about in (Relevance.ABOUT, Relevance.NOT_ABOUT) else None,
        form.get("label", ""),
        Severity(int(severity)) if severity in map(str, map(int, Severity)) else None,
    )
    came = say_wrong(con, seen.reader, seen.view.story_id, seen.view.urn, right, form.get("why", ""), now)
    return Became.SAID_WRONG if isinstance(came, Done) else Became.NO_RIGHT


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
    """Gives it to somebody, or keeps it to be asked again on a morning, or once it grows."""
    view, session, zone = seen.view, session_of(context, seen.reader), context.config.zone
    if act is InWords.GROWN:
        waits = wait_for_growth(con, session, view.story_id, view.urn, now)
        return Became.ASKED_AGAIN if isinstance(waits, Done) else Became.REFUSED
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


_DOES = {InWords.HAPPENED: _happened, InWords.MERGE: _merged, InWords.SPLIT: _split}
