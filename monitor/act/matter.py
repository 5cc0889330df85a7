"""A matter is taken, and given to somebody; what has happened in it, and what the one whom it is aimed at
says for themselves, is recorded by the steps of a case, and so by their guards; where none is open, one is
opened."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from alerts.access.guidance import bodies_to_tell
from alerts.access.knowing import Access, Act, access, who_may
from alerts.access.matter import aims, meant_as, persons_meant
from alerts.access.recipients import notified_so_far
from alerts.ladder.advance import Refusal
from alerts.ladder.guards import consent_wanted
from alerts.ladder.mails import NOTHING_DONE, in_charge, message_for_target
from alerts.ladder.replay import by_mail, step_code
from alerts.ladder.rules import SCHOOLGATE
from alerts.wording.instant import compose_given, compose_said, telling
from alerts.wording.matters import NOTHING_SEEN, Seen
from data.cases import Case, Consent, Event
from data.errors import InputError, StoreError
from data.ids import digest
from data.judged import NAMED, gravest_verdict, wrongs
from data.matters import ActKind, MatterNote, MatterView, PostView
from data.rungs import EMERGENCY
from data.steps.acts import Done, Refused
from data.steps.classes import (
    Asked,
    Assigned,
    Closed,
    ConsentAsked,
    ConsentGiven,
    ConsentRefused,
    ConsentWithdrawn,
    Noted,
    Referred,
    SaidSafe,
    Step,
    SupportStep,
    Targeted,
    Warned,
)
from data.steps.codes import BypassRoute, Ending, Support, ToWarn
from data.store import alerts as alert_store
from data.store import stories as story_store
from data.store.alerts import aimed_at_one, escalation_steps, list_handed_over
from data.store.cases import steps_of_case
from data.store.engine.connect import Connection
from data.store.engine.open import Store
from data.store.outbox import put_outbox, unwritten, withdraw_keys
from data.store.owners import notes_of, put_note
from data.store.stories import moved_to
from data.types import Alert, MailReply, Mark, OutboxMessage, Owner, StillOpen
from data.words.say import words
from monitor.act.casework import begin_case, case_of, open_by_hand, rehearse_step, school_rules
from monitor.act.mark import Handling, mark, telling_of
from monitor.act.step import Taken, record_step
from monitor.config.home.context import Context, message_means
from monitor.matters.reader import (
    KnownMatters,
    Session,
    find_markable,
    may_have,
    may_say_what_happened,
    reads_all,
    to_ask_in_person,
)
from monitor.matters.views import look_for_nothing, post_as_far, read_matter

# Giving a matter to somebody: for every door alike.


def give(h: Handling, to: str, *, until: datetime | None = None, note: str = "") -> Done[Owner] | Refused:
    """Give it with its open cases, `until` a time, with a `note`. Raises InputError where a case refuses."""
    known = h.look()
    if not known.words(h.story_id) or known.stored.ending_mark(h.story_id):
        return h.refuse("reads")
    if to not in {person.id for person in may_have(h.session, known, h.story_id)}:
        return h.refuse("be_given")
    if until is not None and until <= h.now:
        return h.refuse("when")
    has = known.stored.holder(h.story_id)
    since = has.since if has and has.person == to else h.now
    owner = Owner(to, since, h.me, until)
    cases = [case for case in known.cases if case.story_id == h.story_id]
    for case in cases:
        done = record_step(h.con, h.session, case, Event(Assigned(person=to), h.me, note), h.now)
        if isinstance(done, Refused):
            raise InputError(done.reason)
    alert = known.stored.to_tell(h.story_id, h.now)
    alert_store.give(h.con, alert.id, owner, note, h.now)
    if to != h.me and not cases:
        judged, everybody = known.stored.verdicts[h.story_id], h.session.config.people
        seen = Seen(gravest_verdict(judged)) if judged and not alert.times else NOTHING_SEEN
        reached = message_means(h.session.context, h.urn)
        t = telling(alert, everybody, h.school, reached, h.now, seen)
        put_outbox(h.con, compose_given(t, owner, note), h.now)
    return Done(owner)


# Taking a matter: at the desk, by a reply to its mail, at the shell. One rule for every door.

log = logging.getLogger("schoolgate.replies")


class TakenBy(StrEnum):
    """The way somebody takes it: away from the desk only who was told or asked may; all of them are told."""

    DESK = "desk"
    REPLY = "reply"
    SHELL = "shell"


def take_matter(h: Handling, view: MatterView, by: TakenBy, account: str = "") -> Done[Owner] | Refused:
    """Records that whoever acts has that matter; `account` is that of the operating system, at the shell."""
    con, now, person = h.con, h.now, h.session.person
    if by is TakenBy.REPLY and alert_store.took_before(con, view.alert_id, person.id):
        return Refused("used", "This reply has been used.")
    if view.holder or view.taken:
        has = view.holder.person if view.holder else ""
        name = next((p.name for p in h.session.config.all_people if p.id == has), "Somebody")
        return Refused("taken", f"{name} is already dealing with it.")
    if not view.may(ActKind.TAKE):
        return Refused("not_for_you", "It is not for them to take on, or it is finished.")
    if by is not TakenBy.DESK and not alert_store.has_been_sent(con, view.alert_id, person.id):
        return Refused("not_for_you", f"{person.name} was not told about it or asked to take it on.")
    if not view.alert_id:
        mark(h, Mark.TAKEN)
        return Done(Owner(person.id, now, person.id))
    owner = alert_store.ack(con, view.alert_id, person.id, now, by.value, account)
    if by is not TakenBy.DESK:
        _tell(h, by)
    return Done(owner)


def _tell(h: Handling, by: TakenBy) -> None:
    """Mails whoever took it, and the others who were told of it or asked, and may read it."""
    known = h.look()
    t, matter = telling_of(h, known), known.stored.by_story[h.story_id]
    made = (
        s
        for s in escalation_steps(h.con, [t.alert.id]).get(t.alert.id, ())
        if s.about is not StillOpen.BY_NUMBER
    )
    out, everybody = matter.subjects | matter.threatened, h.session.config.people
    others = [p for p in notified_so_far(t.alert, list(made)) if p != h.me and p not in out]
    there = [p for p in others if p in t.people and access(t.people[p], matter, everybody) > Access.NOTHING]
    said = t.w(f"ways.taken.by_{by.value}", name=h.session.person.name)
    for to, do, more in ((there, "do", []), ([h.me], "yours", [t.w("ways.taken.mistaken")])):
        reached = [p for p in to if t.people[p].email]
        mails = compose_said(
            t, reached, t.w(f"ways.taken.{do}"), [said, *more], "taken", t.w("ways.taken.open")
        )
        put_outbox(h.con, mails, h.now)


def take_replies(store: Store, context: Context, replies: Sequence[MailReply], now: datetime) -> None:
    """Take what replies took, answer once what took nothing. A fault stops no other. Raises StoreError."""
    if not replies:
        return
    with store.open_reader() as con:
        refs = {
            context.links.reply_ref(alert.id, times, person.id): (alert, times, person)
            for alert in alert_store.list_alerts(con, open_only=False)
            for times in range(1, alert.times + 1)
            for person in context.config.people
            if person.email
        }
    for reply in replies:
        outcome = "unknown"
        if reply.ref in refs:
            alert, times, person = refs[reply.ref]
            session = Session(context.config, store, person, context)
            try:
                with store.write("a reply") as con:
                    h = Handling(con, session, alert.story_id, alert.urn, now)
                    outcome = _take_reply(h, alert, reply, current=times == alert.times)
            except StoreError:
                raise
            except Exception as error:  # noqa: BLE001 - an edge: its text may hold a post's; the others go on
                log.error("a reply failed: fault=%s", type(error).__name__)
                continue
        log.info("reply=%s", outcome)


def _take_reply(h: Handling, alert: Alert, reply: MailReply, *, current: bool) -> str:
    """Take it by a reply: `taken`, or the guard against it. `current`: not raised again since that mail."""
    person, view = h.session.person, read_matter(h.con, h.session, alert.story_id, h.now)
    if view is None:
        return "not_for_you"
    h = replace(h, story_id=view.story_id, urn=view.urn)
    guard = (
        "sender" if reply.sender != (person.email or "").casefold()
        else "doubtful" if reply.doubtful
        else "word" if not reply.takes
        else "" if current
        else "changed"
    )  # fmt: skip
    if not guard:
        came = take_matter(h, view, TakenBy.REPLY)
        if isinstance(came, Done):
            return "taken"
        guard = came.guard
    if guard != "used":
        t = telling_of(h, h.look())
        has = t.names([view.holder.person]) if view.holder else ""
        taken = t.w("ways.refused.taken", name=has or t.w("matter.by.somebody"))
        said = taken if guard == "taken" else t.w(f"ways.refused.{guard}")
        (mail,) = compose_said(
            t, [person.id], t.w("ways.taken.not_yours"), [said], "", t.w("ways.taken.open")
        )
        once = replace(mail, key=digest("reply", guard, alert.id, str(alert.times), person.id))
        put_outbox(h.con, unwritten(h.con, [once]), h.now)
    return guard


OVER = "handed_over"
"""The guard: what was handed over is so once, until more of it is raised."""
RECORD = "dsl"
"""To whom it is referred: the school's own record is the safeguarding lead's."""


def hand_over_matter(h: Handling, number: str) -> Done[tuple[Case, ...]] | Refused:
    """Close every case of it, or one opened for it, as handed over under that number: its words go then.
    Raises InputError where no case may be opened, or a case does not allow it."""
    known, number = h.look(), number.strip()
    restricted = h.story_id in known.stored.by_story and known.stored.by_story[h.story_id].restricted
    works = restricted and may_say_what_happened(h.session, known, h.story_id)
    if not (works and reads_all(h.session, known, h.story_id)):
        return Refused("works", "Only people who work on it and read it can hand it over.")
    if not number:
        return Refused("number", "Give its number in the school's own record.")
    cases = tuple(case for case in known.cases if case.story_id == h.story_id)
    if not cases and list_handed_over(h.con, [known.stored.alerts[h.story_id].id]):
        return Refused(OVER, "It has already been handed over.")
    if not cases:
        opened = open_by_hand(h.con, h.session, h.story_id, "", h.now)
        if isinstance(opened, Refusal):
            raise InputError(opened.said)
        cases = (opened.case,)
    closing = (Referred(to=RECORD, reference=number), Closed(ending=Ending.HANDED_OVER))
    return Done(tuple(_record_steps(h, case, closing) for case in cases))


def _record_steps(h: Handling, case: Case, steps: Sequence[Step]) -> Case:
    """Record them all. Raises InputError where the case refuses one."""
    for said in steps:
        done = record_step(h.con, h.session, case, Event(said, h.me), h.now)
        if isinstance(done, Refused):
            raise InputError(done.reason)
        case = done.made.case
    return case


RANG_999, RANG_101, OTHERWISE, NEEDLESS = "rang_999", "rang_101", "otherwise", "needless"
WARNED = {"warned_target": ToWarn.TARGET, "warned_site": ToWarn.SITE}
"""Answers that say who was warned: the person threatened, or the gate."""
ASKED = ("asked_yes", "asked_no")
"""Answers of whoever is threatened and may be accused too, when they were asked in person, without the words,
whether the police may be told."""
AGREED = ("in_person", "phone")
"""How whoever is threatened said that the police may be told."""


def list_answers(lane: BypassRoute | None, nation: str, *, asked: bool) -> tuple[str, ...]:
    """List what may be said: 999 or 101 was rung, somebody was warned or `asked` in person, a body was told
    that has to be (past the ladder, by its name), something else, or nothing need be."""
    told = bodies_to_tell(lane, nation) if lane else WARNED
    return (RANG_999, RANG_101, *told, *(ASKED if asked else ()), OTHERWISE, NEEDLESS)


@dataclass(frozen=True, slots=True)
class Happened:
    """One of `list_answers`: who told others, when, their number; of 101 how the threatened `agreed`."""

    what: str
    why: str
    by: str
    at: datetime | None = None
    reference: str = ""
    agreed: str = ""


def say_what_happened(h: Handling, said: Happened) -> Taken:
    """Record it in the matter's case, opened if need be. Raises InputError where the case refuses."""
    known = h.look()
    if not may_say_what_happened(h.session, known, h.story_id):
        return Refused("works", "Only people who work on it can say what has happened.")
    matter, asked = known.stored.by_story[h.story_id], to_ask_in_person(h.session, known, h.story_id)
    answers = list_answers(matter.bypass, h.school.nation, asked=bool(asked))
    if not said.why.strip() or said.what not in answers or (said.at is not None and said.at > h.now):
        return Refused("reason", "Say what has happened, in a few words, and when, if not now.")
    if said.by in matter.subjects:
        return Refused("reason", "A person it may accuse cannot be the one who told.")
    if said.what in ASKED:
        w, who = words(h.school.language), ", ".join(p.name for p in asked)
        said = replace(said, why=f"{w(f'page.happened.{said.what}')} ({who}): {said.why.strip()}")
    case = _case_or_new(h, known, said.why)
    if isinstance(case, Refused):
        return case
    if said.what == RANG_101 and said.agreed in AGREED and not _may_tell_police(case):
        # the threatened lets 101 be told, for which the case waits
        whose = case.target or ""
        consent = (ConsentAsked(person=whose, how=said.agreed), ConsentGiven(person=whose))
        case = _record_steps(h, case, consent)
    event = _event(h, case, said)
    done = record_step(h.con, h.session, case, event, h.now)
    if isinstance(done, Refused) and said.what == RANG_101 and _may_tell_police(case):
        referred = Referred(to="police", reference=said.reference.strip())
        done = record_step(h.con, h.session, case, replace(event, said=referred), h.now)
    if isinstance(done, Refused):
        raise InputError(done.reason)
    return done


def end_as_said(h: Handling, why: str) -> Done[object] | Refused:
    """End it as a later post says, by a mark or its case. Raises InputError as `say_what_happened`."""
    known = h.look()
    if Mark.ANSWERED in find_markable(h.session, known, h.story_id).offered:
        return mark(h, Mark.ANSWERED, why)
    case = _case_or_new(h, known, why)
    if isinstance(case, Refused):
        return case
    no: list[Refused] = []
    for ending in (Ending.HANDED_OVER, Ending.ANSWERED, Ending.MISTAKEN):
        done = record_step(h.con, h.session, case, Event(Closed(ending=ending), h.me, why), h.now)
        if isinstance(done, Done):
            return done
        no.append(done)
    return next((one for one in no if one.guard != "ending_fits"), no[0])


def _case_or_new(h: Handling, known: KnownMatters, why: str) -> Case | Refused:
    """Find its open case, or open one."""
    if case := next((c for c in known.cases if c.story_id == h.story_id), None):
        return case
    opened = open_by_hand(h.con, h.session, h.story_id, why, h.now)
    return Refused(opened.guard, opened.said, opened.remedy) if isinstance(opened, Refusal) else opened.case


def _event(h: Handling, case: Case, said: Happened) -> Event:
    why = said.why.strip()
    if said.what in (OTHERWISE, NEEDLESS, *ASKED):
        return Event(Noted(), h.me, why)
    by = next((p.name for p in h.session.config.people if p.id == said.by and p.id != h.me), "")
    return Event(_telling_step(case, said), h.me, f"{by}: {why}" if by else why, said.at)


def _may_tell_police(case: Case) -> bool:
    """Is nobody's consent waited for? Then that the police were told stands, whatever else the case wants."""
    return not consent_wanted(case) or case.consent in (Consent.GIVEN, Consent.OVERRIDDEN)


def _telling_step(case: Case, said: Happened) -> Step:
    """Write who was told or warned: of what bypasses the ladder, as a referral."""
    number = said.reference.strip()
    if said.what in WARNED:
        return Warned(who=WARNED[said.what])
    if said.what not in (RANG_999, RANG_101):
        return Referred(to=said.what, reference=number)
    if case.lane is not None:
        return Referred(to="police", reference=number)
    return Asked(rung=EMERGENCY, reference=number, imminent=said.what == RANG_999)


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
