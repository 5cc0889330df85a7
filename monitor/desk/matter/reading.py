"""What a signed address leads to, as much as its reader may know, and what becomes of what they do there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from alerts.access.matter import Matter
from alerts.links import Ticket
from classifiers.verdicts.said import Naming
from data.frozen import dataclass
from data.matters import ActKind, MatterView, PostView
from data.steps.acts import Done, Refused
from data.store.alerts import alerts as alert_store
from data.store.engine.connect import Connection
from data.store.engine.open import Store
from data.types import Mark, Person, Relevance, School, Severity
from data.words.say import words
from monitor.act.give import give
from monitor.act.happened import Happened, say_what_happened
from monitor.act.mark import mark
from monitor.act.name import name
from monitor.act.target import QUESTIONS, OwnWord, own_word, say_for_oneself
from monitor.act.wrong import Right, say_wrong, take_back
from monitor.config.home.context import Context
from monitor.home.wiring import Session
from monitor.matters.reader import Reader
from monitor.matters.whole import one, read_posts

LIFE = timedelta(days=35)
_MORNING = time(8)
"""When somebody is asked again who named a day."""
_NOTE = 500
"""So long a note may be."""
NOBODY = "-"
"""How a form says that it is about nobody at the school: no id of a person is that."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What an address opened: the matter, for whom, and of which school.

    `matter` is given of what is sealed, to whoever may know its words: it says who is to be told first.
    `own` is what somebody at whom it is aimed may say for themselves.
    """

    view: MatterView
    reader: Reader
    school: School
    matter: Matter | None = None
    own: OwnWord | None = None

    @property
    def person(self) -> Person:
        """Whom the address was made for."""
        return self.reader.named

    def ends_at(self, ticket: Ticket) -> datetime:
        """Until when the address opens it."""
        return ticket.made_at + LIFE


def look(con: Connection, context: Context, store: Store, ticket: Ticket, now: datetime) -> Visit | None:
    """What stands behind an address now; None where that is nothing, or nothing that its reader may know."""
    config, person = context.config, person_of(context, ticket)
    if person is None:
        return None
    reader = Reader(config, store, person)
    view = one(con, reader, ticket.story_id, now)
    school = config.school(view.urn) if view else None
    if view is None or school is None:
        return None
    if not view.sealed:
        own = own_word(con, _session(context, reader), view.story_id, view.urn, now) if view.own else None
        return Visit(view, reader, school, own=own)
    if not view.words:
        return Visit(view, reader, school)
    stored = reader.look(con, {view.story_id: view.urn}).stored
    return Visit(view, reader, school, stored.by_story[view.story_id])


def texts(con: Connection, seen: Visit, now: datetime) -> tuple[PostView, ...]:
    """The words behind it, the reading being put on record. Needs a write connection.

    Whether they may read it is for the caller to ask.
    """
    return read_posts(con, seen.reader, seen.view, words(seen.school.language)("page.read_why"), now)


def person_of(context: Context, ticket: Ticket) -> Person | None:
    """Whom the address was made for, where the settings still name them."""
    found = [p for p in context.config.people if context.links.holder(p.id) == ticket.holder]
    return found[0] if len(found) == 1 else None


class Tap(StrEnum):
    """The buttons of the page: the value that each sends."""

    READ = "read"
    HAVE = "have"
    NOT_US = "not_us"
    ANSWERED = "answered"
    UNDO = "undo"


class InWords(StrEnum):
    """The forms of the page, by what their button sends: what is said in words of one's own."""

    NAME = "name"
    NOT_US_BY_TWO = "not_us_by_two"
    OWN_WORD = "own_word"
    WRONG = "wrong"
    RIGHT_AGAIN = "right_again"
    HAPPENED = "happened"
    GIVE = "give"
    AGAIN = "again"


class Became(StrEnum):
    """What an act led to. HAD: somebody else has it already. GIVEN_UP: they have it no more.
    REFUSED: it is no longer on offer. SAID_ONE: a second person must say so too. NO_REASON: somebody, or the
    reason, is missing. NOT_IN_CASE: an open case does not allow it. SAID: for themselves; NO_ANSWER: nothing
    was chosen. GIVEN: it is somebody else's; ASKED_AGAIN: theirs, who will be asked; NOT_GIVEN: it lacks
    whom, or a day to come. RECORDED: what has happened; NOT_RECORDED: it lacks what, when or why. SAID_WRONG:
    that it is judged wrongly; RIGHT_AGAIN: that was taken back; NO_RIGHT: it lacks what is right, or why.
    """

    READ = "read"
    HAVE = "have"
    HAD = "had"
    MARKED = "marked"
    UNDONE = "undone"
    GIVEN_UP = "given_up"
    REFUSED = "refused"
    NAMED = "named"
    SAID_ONE = "said_one"
    NO_REASON = "no_reason"
    NOT_IN_CASE = "not_in_case"
    SAID = "said"
    SAID_WRONG = "said_wrong"
    RIGHT_AGAIN = "right_again"
    NO_RIGHT = "no_right"
    NO_ANSWER = "no_answer"
    RECORDED = "recorded"
    NOT_RECORDED = "not_recorded"
    GIVEN = "given"
    ASKED_AGAIN = "asked_again"
    NOT_GIVEN = "not_given"


def done(con: Connection, seen: Visit, act: Tap, shown: str, now: datetime) -> Became:
    """Does it, where this reader may; what was recorded already is not recorded again.

    `shown` is the `stamp` of the page that was tapped: nobody takes, or is done with, what became
    worse since.
    """
    view = seen.view
    if act is Tap.READ:
        return Became.READ if view.may(ActKind.READ) else Became.REFUSED
    if act is Tap.HAVE:
        return _have(con, seen, shown, now)
    wanted = None if act is Tap.UNDO else Mark(act.value)
    if wanted is None and not view.may(ActKind.UNMARK):
        return Became.REFUSED
    if wanted is not None and view.marks and shown != view.stamp:
        return Became.REFUSED
    came = mark(con, seen.reader, view.story_id, view.urn, wanted, now)
    if wanted is None:
        return Became.GIVEN_UP if view.mark and view.mark.mark is Mark.TAKEN else Became.UNDONE
    holds = came.made if isinstance(came, Done) else None
    return Became.MARKED if holds is not None and holds.mark is wanted else Became.REFUSED


def said(
    con: Connection, context: Context, seen: Visit, act: InWords, form: Mapping[str, str], now: datetime
) -> Became:
    """Records what a form says, where this reader may say it of what they were shown.

    Raises InputError where an open case does not allow it.
    """
    if act is InWords.OWN_WORD:
        return _own_word(con, context, seen, form, now)
    if act is InWords.RIGHT_AGAIN:
        back = take_back(con, seen.reader, seen.view.story_id, seen.view.urn, now)
        return Became.RIGHT_AGAIN if back.made else Became.REFUSED
    if not seen.view.may(ActKind(act.value)) or form.get("told") != seen.view.stamp:
        return Became.REFUSED
    if act is InWords.WRONG:
        return _wrong(con, seen, form, now)
    if act is InWords.HAPPENED:
        return _happened(con, context, seen, form, now)
    if act in (InWords.GIVE, InWords.AGAIN):
        return _given(con, context, seen, act, form, now)
    return _named(con, context, seen, form, now) if act is InWords.NAME else _by_two(con, seen, form, now)


def _wrong(con: Connection, seen: Visit, form: Mapping[str, str], now: datetime) -> Became:
    about, severity = form.get("relevance", ""), form.get("severity", "")
    right = Right(
        Relevance(about) if about in (Relevance.ABOUT, Relevance.NOT_ABOUT) else None,
        form.get("label", ""),
        Severity(int(severity)) if severity in map(str, map(int, Severity)) else None,
    )
    came = say_wrong(con, seen.reader, seen.view.story_id, seen.view.urn, right, form.get("why", ""), now)
    return Became.SAID_WRONG if isinstance(came, Done) else Became.NO_RIGHT


def _given(
    con: Connection, context: Context, seen: Visit, act: InWords, form: Mapping[str, str], now: datetime
) -> Became:
    """Gives it to somebody, or keeps it to be asked again on a morning."""
    view, session, zone = seen.view, _session(context, seen.reader), context.config.zone
    try:
        day = date.fromisoformat(form.get("day", "")) if act is InWords.AGAIN else None
    except ValueError:
        return Became.NOT_GIVEN
    ask_at = datetime.combine(day, _MORNING, zone).astimezone(UTC) if day else None
    to = seen.person.id if act is InWords.AGAIN else form.get("to", "")
    came = give(
        con,
        session,
        view.story_id,
        view.urn,
        to,
        now,
        ask_at=ask_at,
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
        at = datetime.fromisoformat(given).replace(tzinfo=zone).astimezone(UTC) if given else None
    except ValueError:
        return Became.NOT_RECORDED
    what, why, by, number = (form.get(name, "") for name in ("what", "why", "by", "reference"))
    session, view = _session(context, seen.reader), seen.view
    came = say_what_happened(con, session, view.story_id, view.urn, Happened(what, why, by, at, number), now)
    return Became.RECORDED if isinstance(came, Done) else Became.NOT_RECORDED


def _named(con: Connection, context: Context, seen: Visit, form: Mapping[str, str], now: datetime) -> Became:
    view, reader = seen.view, seen.reader
    session = _session(context, reader)
    aimed_at, about = form.get("aimed_at", ""), form.get("about", "")
    naming = Naming((aimed_at,) if aimed_at else None, () if about == NOBODY else (about,) if about else None)
    came = name(con, session, view.story_id, view.urn, naming, form.get("why", ""), now)
    return Became.NAMED if isinstance(came, Done) else Became.NO_REASON


def _own_word(
    con: Connection, context: Context, seen: Visit, form: Mapping[str, str], now: datetime
) -> Became:
    """Whatever became of the matter since their page was shown, their word counts."""
    codes = [code for question, answers in QUESTIONS.items() if (code := form.get(question)) in answers]
    if not codes:
        return Became.NO_ANSWER
    session, view = _session(context, seen.reader), seen.view
    came = say_for_oneself(con, session, view.story_id, view.urn, codes, now)
    return Became.SAID if isinstance(came, Done) else Became.REFUSED


def _session(context: Context, reader: Reader) -> Session:
    return Session(context.config, context, reader.store, reader.named)


def _by_two(con: Connection, seen: Visit, form: Mapping[str, str], now: datetime) -> Became:
    view, why = seen.view, form.get("why", "")
    came = mark(con, seen.reader, view.story_id, view.urn, Mark.NOT_US, now, why)
    if not isinstance(came, Done) or came.made is None:
        return Became.NO_REASON
    return Became.MARKED if came.made.mark is Mark.NOT_US else Became.SAID_ONE


def _have(con: Connection, seen: Visit, shown: str, now: datetime) -> Became:
    view, has = seen.view, seen.view.holder
    if view.may(ActKind.TAKE) and shown == view.stamp:
        if view.alert_id:
            alert_store.ack(con, view.alert_id, seen.person.id, now)
        else:
            mark(con, seen.reader, view.story_id, view.urn, Mark.TAKEN, now)
        return Became.HAVE
    if has is not None and has.mine:
        return Became.HAVE
    return Became.HAD if view.taken or has else Became.REFUSED
