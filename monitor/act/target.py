"""Record what the person a matter is aimed at answers for themselves: that they are safe, whether they would
like support, whether the police may be told. It is recorded by the steps of a case, and so by their guards.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.access.acts import Act, who_may
from alerts.access.matter import aims, meant_as, persons_meant
from alerts.ladder.advance import Refusal
from alerts.ladder.mails import NOTHING_DONE, in_charge, message_for_target
from alerts.ladder.replay import by_mail, step_code
from alerts.ladder.rules import SCHOOLGATE
from alerts.wording.alert_mail import compose_said
from data.cases import Case, Consent, Event
from data.errors import InputError
from data.ids import digest
from data.judged import NAMED, wrongs
from data.matters import Access, MatterNote, PostView
from data.steps.acts import Done, Refused
from data.steps.asking import ConsentGiven, ConsentRefused, ConsentWithdrawn, SaidSafe, SupportStep
from data.steps.codes import Support
from data.steps.judging import Targeted
from data.steps.stored import Step
from data.store.alerts.alerts import aimed_at_one
from data.store.cases.cases import steps_of_case
from data.store.engine.connect import Connection
from data.store.messages.outbox import put_outbox, withdraw_keys
from data.store.owners import notes_of, put_note
from data.store.verdicts import stories as story_store
from data.store.verdicts.stories import moved_to
from data.types import Alert, OutboxMessage
from data.words.say import words
from monitor.act.casework.opening import begin_case, case_of
from monitor.act.casework.steps import rehearse_step, school_rules
from monitor.act.mark import Handling, telling_of
from monitor.act.step import record_step
from monitor.matters.reader import KnownMatters, Session
from monitor.matters.whole import look_for_nothing, post_as_far

QUESTIONS = {
    "safe": ("safe",),
    "support": ("accepted", "declined"),
    "police": ("given", "refused", "withdrawn"),
}
"""What they may be asked, and the answers to each."""


@dataclass(frozen=True, slots=True)
class OwnWord:
    """The words they may say now, by `case`: their open case, or one that would be begun (`begins`), else
    None for a note. `safe_at`: last said safe; `threatened`, else wronged otherwise; `bare`: they know that
    fact alone; `reads`: a person named them, so they may read it; `has` is who has it (an id)."""

    story_id: str
    urn: str
    open_to: tuple[str, ...]
    case: Case | None = None
    begins: Alert | None = None
    safe_at: datetime | None = None
    threatened: bool = True
    bare: bool = False
    reads: bool = False
    has: str = ""
    since: datetime | None = None

    @property
    def over(self) -> Case | None:
        """Their case, once it is closed."""
        return self.case if self.case is not None and self.case.closed_at else None


def own_word(h: Handling, known: KnownMatters | None = None) -> OwnWord | None:
    """Find what this person may say of an open matter aimed at them; None for nothing. Who may be accused
    too, or whose threat is the lead's, says that they are safe, or would like support."""
    known, me, story = known or h.look(), h.me, h.story_id
    stored, matter = known.stored, known.stored.by_story.get(story)
    if matter is None or stored.ending_mark(story) is not None:
        return None
    alert, judged = stored.alerts.get(story), stored.verdicts[story]
    cases = [case for case in stored.cases_of(story) if case.closed_at is None]
    words = persons_meant((m for v in judged for m in aims(v)), h.people)
    named = {m.person for v in judged for m in wrongs(v) if m.by == NAMED}
    named |= {me} if any(case.target == me and _is_named(h.con, case) for case in cases) else set()
    theirs = [c for c in stored.cases_of(story) if c.target == me and not (c.locked or c.restricted)]
    ended = next((c for c in reversed(theirs) if c.ending not in NOTHING_DONE), None)
    again = alert is not None and ended is not None and alert.raised_at > (ended.closed_at or h.now)
    if not cases and ended and not (again or matter.restricted or me in matter.subjects):
        return OwnWord(story, h.urn, (), ended, threatened=False)
    if me not in words and (me in matter.subjects or me not in {*named, *matter.threatened}):
        return None
    if not cases and (alert is None or stored.cases_of(story)):  # it is over, or was never raised
        return None
    bare = me in matter.subjects or matter.restricted or any(case.locked for case in cases)
    holder = stored.holder(story)
    own = OwnWord(
        story,
        h.urn,
        (),
        threatened=me in words or any(case.threatens and case.target == me for case in cases),
        bare=bare,
        reads=me in named and not bare,
        has=holder.person if holder is not None else "",
        since=holder.since if holder is not None else None,
    )
    return _by_note(h, own) if bare else _by_case(h, own, cases, alert)


def own_page(con: Connection, session: Session, story_id: str, now: datetime) -> OwnWord | None:
    """Find what they may say of that matter, or of that which has its posts since; None for nothing."""
    story_id = moved_to(con, story_id)
    urn = story_store.beginning(con, story_id).get(story_id)
    if urn is None:  # what does not exist takes as long as what is hidden
        look_for_nothing(con, session, whole=False)
        return None
    return own_word(Handling(con, session, story_id, urn, now))


def _is_named(con: Connection, case: Case) -> bool:
    said = [
        s.said for s in steps_of_case(con, case.id) if isinstance(s.said, Targeted) and s.actor != SCHOOLGATE
    ]
    return any(one.person == case.target for one in said)


def _by_case(h: Handling, own: OwnWord, cases: Sequence[Case], alert: Alert | None) -> OwnWord:
    """Find what their case lets them say; where none has them as its target, what a note may say."""
    me, context, begins = h.me, h.session.context, None
    if not cases and alert is not None and (made := case_of(h.con, context, alert, h.now)) is not None:
        cases, begins = (made.case,), alert
    case = next((case for case in reversed(cases) if case.target == me), None)
    if case is None:
        return _by_note(h, own)
    # what the ladder lets them say, and is not so already
    stale = {case.consent.value, case.support.value}
    stale |= {"refused"} if case.consent is Consent.GIVEN else set()
    tried = {
        code: rehearse_step(context, case, Event(said, me), h.now) for code, said in _own_steps(me).items()
    }
    open_to = tuple(c for c, came in tried.items() if c not in stale and not isinstance(came, Refusal))
    return replace(own, case=case, begins=begins, open_to=open_to, safe_at=case.safe_at)


def _note_words(h: Handling, code: str) -> str:
    """Write what a note says of one who knows the bare fact alone, by the code of what they say."""
    return words(h.school.language)(f"case.target.{code}")


def _by_note(h: Handling, own: OwnWord) -> OwnWord:
    said = [note for note in notes_of(h.con, own.story_id, own.urn) if note.person_id == h.me]
    safe = [note.written_at for note in said if note.note == _note_words(h, "safe")]
    wants = any(note.note == _note_words(h, "accepted") for note in said)
    open_to = (*(["safe"] if own.threatened else []), *([] if wants else ["accepted"]))
    return replace(own, open_to=open_to, safe_at=max(safe, default=None))


def say_for_oneself(h: Handling, codes: Collection[str]) -> Done[Case | None] | Refused:
    """Records these in their case, which is begun where there is none, or as notes on the matter, and tells
    who deals with it, once; gives the case. Raises InputError where that refuses one of them."""
    own, context = own_word(h), h.session.context
    if own is None or not codes or not {*codes} <= {*own.open_to}:
        return Refused("offered", "It is not theirs to say, or nothing was said.")
    if own.case is None:
        return _say_by_note(h, own, codes)
    case = own.case
    if own.begins is not None:
        case = begin_case(h.con, context, own.begins, h.now) or case
    sent: list[OutboxMessage] = []
    said = [_own_steps(h.me)[code] for code in codes]
    for each in said:
        done = record_step(h.con, h.session, case, Event(each, h.me), h.now)
        if isinstance(done, Refused):
            raise InputError(done.reason)
        case = done.made.case
        sent.extend(done.made.outbox)
    # one mail to each, in place of those that the steps alone would send: to whoever has it, and to whoever
    # decides where nobody has it or it is about the police
    rules = school_rules(context, case.urn)
    has = rules.person(own.has)
    police = any(step_code(each) in QUESTIONS["police"] for each in said)
    people = (*((has,) if has else ()), *(in_charge(case, rules) if police or has is None else ()))
    told = {p.id: p for p in people if p.id != case.target and by_mail(p, case, rules)}
    withdraw_keys(h.con, [m.key for m in sent if m.person_id in told], h.now)
    mails = [message_for_target(case, tuple(said), p, h.now, rules) for p in told.values()]
    put_outbox(h.con, mails, h.now)
    return Done(case)


def _say_by_note(h: Handling, own: OwnWord, codes: Collection[str]) -> Done[Case | None]:
    """Note what they say on the matter for whoever reads it; who has it is told, else who decides."""
    key = (own.story_id, own.urn)
    for n, code in enumerate(codes):
        at = h.now + timedelta(microseconds=n)
        note_id = digest("note", *key, h.me, at.isoformat())[:16]
        put_note(h.con, MatterNote(note_id, *key, h.me, _note_words(h, code), at))
    known, people = h.look(), h.people
    matter = known.stored.by_story[own.story_id]
    able = [p for p in people if p.id == own.has] or who_may(Act.DECIDE, matter, people)
    to = [p.id for p in able if p.email and p.id != h.me]
    t = telling_of(h, known)
    said = [" ".join((t.w("case.told.of_target"), *(_note_words(h, code) for code in codes)))]
    opens = t.w("instant.second.see")
    put_outbox(h.con, compose_said(t, to, t.w("case.do.of_target"), said, "own word", opens), h.now)
    return Done(None)


def own_matters(con: Connection, session: Session, urns: Collection[str], now: datetime) -> list[OwnWord]:
    """List matters of these schools aimed at this person, open or kept, newest first; not by their office."""
    found = aimed_at_one(con, session.person.id, meant_as(session.person), urns)
    if not found:
        return []
    known = session.look(con, found)
    theirs = (Handling(con, session, s, urn, now) for s, urn in found.items() if not known.words(s))
    return [own for h in theirs if (own := own_word(h, known))]


def own_posts(con: Connection, own: OwnWord) -> tuple[PostView, ...]:
    """List a matter's posts aimed at them, gravest first, none restricted; the caller asks `own.reads`."""
    detail = None if own.bare or own.over else story_store.story(con, own.story_id)
    found = sorted(detail.mentions if detail else (), key=lambda m: -m.verdict.severity)
    return tuple(post_as_far(m, Access.WORDS) for m in found if not m.restricted)


def _own_steps(me: str) -> dict[str, Step]:
    """List what they may say, by what the catalogue calls it."""
    every: tuple[Step, ...] = (
        SaidSafe(person=me),
        SupportStep(status=Support.ACCEPTED, person=me),
        SupportStep(status=Support.DECLINED, person=me),
        ConsentGiven(person=me),
        ConsentRefused(person=me),
        ConsentWithdrawn(person=me),
    )
    return {step_code(each): each for each in every}
