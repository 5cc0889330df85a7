"""A matter is taken, and given to somebody; what has happened in it, and what the one whom it is aimed at
says for themselves, is recorded by the steps of a case, and so by their guards; where none is open, one is
opened."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from alerts.access.guidance import bodies_to_tell
from alerts.access.knowing import Access, Act, access, who_may
from alerts.access.matter import Matter, aims, meant_as, persons_meant
from alerts.access.recipients import notified_so_far
from alerts.ladder.advance import Advance, Refusal
from alerts.ladder.guards import consent_wanted
from alerts.ladder.mails import NOTHING_DONE
from alerts.ladder.replay import step_code
from alerts.ladder.rules import SCHOOLGATE
from alerts.wording.instant import compose_given, compose_said, has_it_key, telling
from alerts.wording.matters import NOTHING_SEEN, Seen
from data.cases import Case, Consent, Event
from data.errors import InputError, StoreError
from data.frozen import freeze
from data.ids import digest
from data.judged import NAMED, gravest_verdict, is_enquiry, wrongs
from data.matters import (
    ENDING,
    ActKind,
    DeedKind,
    Holder,
    MatterNote,
    MatterView,
    PostView,
    WrongKind,
)
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
from data.steps.codes import BypassRoute, Ending, Support, ToWarn, Wellbeing
from data.store import alerts as alert_store
from data.store import stories as story_store
from data.store.alerts import aimed_at_one, escalation_steps, list_handed_over
from data.store.cases import steps_of_case
from data.store.engine.connect import Connection
from data.store.engine.open import Store
from data.store.outbox import put_outbox, unwritten, withdraw_answered, withdraw_keys
from data.store.owners import notes_of, take_said_wrong_back
from data.store.stories import moved_to
from data.types import (
    Alert,
    MailReply,
    Mark,
    Marked,
    OutboxMessage,
    Owner,
    Person,
    Reason,
    StillOpen,
    Verdict,
)
from data.words.say import words
from monitor.act.casework import begin_case, case_of, open_by_hand, rehearse_step
from monitor.act.mark import Handling, mark, telling_of
from monitor.act.step import Taken, must_record, record_step
from monitor.act.wrong import Marking, correct, judges_of
from monitor.config.home.context import Context, message_means
from monitor.matters.reader import (
    KnownMatters,
    Session,
    StoredMatters,
    find_markable,
    may_have,
    may_say_what_happened,
    reads_all,
    to_ask_in_person,
)
from monitor.matters.views import look_for_nothing, post_as_far, read_matter
from monitor.pipeline.rejudge import raise_once_more

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
        must_record(h, case, Event(Assigned(person=to), h.me, note))
    alert = known.stored.to_tell(h.story_id, h.now)
    alert_store.give(h.con, alert.id, owner, note, h.now)
    if to != h.me and not cases:
        judged, everybody = known.stored.verdicts[h.story_id], h.config.people
        seen = Seen(gravest_verdict(judged)) if judged and not alert.times else NOTHING_SEEN
        reached = message_means(h.context, h.urn)
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
        name = next((p.name for p in h.config.all_people if p.id == has), "Somebody")
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
    out, everybody = matter.subjects | matter.threatened, h.config.people
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
            context.links.reply_ref(alert.id, times, person.id, asked=asked): (alert, times, person, asked)
            for asked in (False, True)
            for alert in alert_store.list_alerts(con, open_only=False)
            for times in range(1, alert.times + 1)
            for person in context.config.people
            if person.email
        }
    for reply in replies:
        outcome = "unknown"
        if reply.ref in refs:
            alert, times, person, asked = refs[reply.ref]
            session = Session(context.config, store, person, context)
            try:
                with store.write("a reply") as con:
                    h = Handling(con, session, alert.story_id, alert.urn, now)
                    reply = replace(reply, doubtful=reply.doubtful and not asked)
                    outcome = _take_reply(h, alert, reply, current=times == alert.times)
            except StoreError:
                raise
            except Exception as error:  # noqa: BLE001 - an edge: its text may hold a post's; the others go on
                log.error("a reply failed: fault=%s", type(error).__name__)
                continue
        log.info("reply=%s", outcome)


def _take_reply(h: Handling, alert: Alert, reply: MailReply, *, current: bool) -> str:
    """Take it by a reply: `taken`, or the guard against it. `current`: not raised again since that mail.
    Where no server vouches for its sender, that person is asked back once: who answers reads their mail."""
    person, view = h.session.person, read_matter(h.con, h.session, alert.story_id, h.now)
    if view is None:
        return "not_for_you"
    h = replace(h, story_id=view.story_id, urn=view.urn)
    guard = (
        "sender" if reply.sender != (person.email or "").casefold()
        else "word" if not reply.takes
        else "changed" if not current
        else "doubtful" if reply.doubtful
        else ""
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
        if guard == "doubtful":
            ref = h.context.links.reply_ref(alert.id, alert.times, person.id, asked=True)
            once = replace(once, subject=f"{once.subject} [ref:{ref}]")
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
        case = must_record(h, case, Event(said, h.me)).case
    return case


RANG_999, RANG_101, OTHERWISE, NEEDLESS = "rang_999", "rang_101", "otherwise", "needless"
WARNED_SITE = "warned_site"
WARNED = {"warned_target": ToWarn.TARGET, WARNED_SITE: ToWarn.SITE}
"""Answers that say who was warned: the person threatened, or the gate."""
ASKED = ("asked_yes", "asked_no")
"""Answers of whoever is threatened and may be accused too, when they were asked in person, without the words,
whether the police may be told."""
AGREED = ("in_person", "phone")
"""How whoever is threatened said that the police may be told."""
GATES = ("main_gate", "other_gates", "reception", "playground")
"""Places at which somebody may stand."""


def list_answers(lane: BypassRoute | None, nation: str, *, asked: bool) -> tuple[str, ...]:
    """List what may be said: 999 or 101 was rung, somebody was warned or `asked` in person, a body was told
    that has to be (past the ladder, by its name), something else, or nothing need be."""
    told = bodies_to_tell(lane, nation) if lane else WARNED
    return (RANG_999, RANG_101, *told, *(ASKED if asked else ()), OTHERWISE, NEEDLESS)


@freeze
class Happened:
    """One of `list_answers`: who told others, when, their number and the name of the `officer`; of 101 how
    the threatened `agreed`. People stand at the `gates` (of `GATES`), by `names`: that alone will do."""

    what: str
    why: str
    by: str
    at: datetime | None = None
    reference: str = ""
    agreed: str = ""
    officer: str = ""
    gates: tuple[str, ...] = ()
    names: str = ""


def say_what_happened(h: Handling, said: Happened) -> Taken:
    """Record it in the matter's case, opened if need be. Raises InputError where the case refuses."""
    known = h.look()
    if not may_say_what_happened(h.session, known, h.story_id):
        return Refused("works", "Only people who work on it can say what has happened.")
    matter, asked = known.stored.by_story[h.story_id], to_ask_in_person(h.session, known, h.story_id)
    answers = list_answers(matter.bypass, h.school.nation, asked=bool(asked))
    standing, is_future = _describe_standing(h, said), said.at is not None and said.at > h.now
    is_whole = said.why.strip() and said.what in answers if said.what else standing
    if is_future or not is_whole:
        return Refused("reason", "Say what has happened, in a few words, and when, if not now.")
    if said.by in matter.subjects:
        return Refused("reason", "A person it may accuse cannot be the one who told.")
    said = _write_whole(h, said, standing, asked)
    case = _case_or_new(h, known, said.why)
    if isinstance(case, Refused):
        return case
    done = _record_happened(h, case, said)
    if standing and said.what != WARNED_SITE:
        done = must_record(h, done.case, Event(Warned(who=ToWarn.SITE), h.me, f"{standing}.", said.at))
    return Done(done)


def _describe_standing(h: Handling, said: Happened) -> str:
    """Say where people stand, and who; "" where nobody said."""
    w = words(h.school.language)
    places = ", ".join(w(f"page.happened.gate.{place}") for place in said.gates)
    return ": ".join(filter(None, (places, said.names.strip())))


def _write_whole(h: Handling, said: Happened, standing: str, asked: Iterable[Person]) -> Happened:
    """Add to its words whom they `asked` in person, or, where it is the gate that was told, who stands there:
    that alone says so."""
    if said.what in ASKED:
        how, who = words(h.school.language)(f"page.happened.{said.what}"), ", ".join(p.name for p in asked)
        return replace(said, why=f"{how} ({who}): {said.why.strip()}")
    if standing and said.what in ("", WARNED_SITE):
        return replace(said, what=WARNED_SITE, why=f"{standing}. {said.why}".strip())
    return said


def _record_happened(h: Handling, case: Case, said: Happened) -> Advance:
    """Record it; where 101 was rung and the ladder bars that, but nobody's consent, as a referral. Raises
    InputError where the case refuses it."""
    is_101 = said.what == RANG_101
    if is_101 and said.agreed in AGREED and not _may_tell_police(case):
        # the threatened lets 101 be told, for which the case waits
        whose = case.target or ""
        consent = (ConsentAsked(person=whose, how=said.agreed), ConsentGiven(person=whose))
        case = _record_steps(h, case, consent)
    event = _event(h, case, said)
    done = record_step(h.con, h.session, case, event, h.now)
    if isinstance(done, Done):
        return done.made
    if not (is_101 and _may_tell_police(case)):
        raise InputError(done.reason)
    referred = Referred(to="police", reference=said.reference.strip())
    return must_record(h, case, replace(event, said=referred))


@freeze
class Deed:
    """A deed, by the value of its `DeedKind`: the words that were used, with whom, when if not now; whether
    it `ends` the matter. By a mail's link alone (`by_link`) no case is written in."""

    what: str
    why: str
    whom: str = ""
    at: datetime | None = None
    ends: bool = False
    by_link: bool = False


LONGEST_WORDS = 3000
"""Characters: a letter to parents fits."""
_WITHOUT_WORDS = (DeedKind.RANG, DeedKind.LEFT)
"""The deeds that need no words: in them nothing is written to anybody."""


def may_end_by_deed(view: MatterView) -> bool:
    """May its reader mark it as done; or an enquiry of the press, which ends in a case, open one?"""
    return Mark.ANSWERED in view.marks or (is_enquiry(view) and view.may(ActKind.OPEN))


def say_what_was_done(h: Handling, view: MatterView, deed: Deed) -> Done[MatterNote] | Refused:
    """Note it on the matter, and in its case. What does not end, and nobody has, is theirs from now. Raises
    InputError where the case refuses it."""
    deed = replace(deed, ends=deed.ends or deed.what == DeedKind.LEFT)
    worded = deed.what in _WITHOUT_WORDS or bool(deed.why.strip())
    fits = worded and len(deed.why) <= LONGEST_WORDS and (deed.at is None or deed.at <= h.now)
    may = view.may(ActKind.DID) and (may_end_by_deed(view) or not deed.ends)
    if not (may and deed.what in list(DeedKind) and fits):
        return Refused("did", "Say what was done, in the words that were used, and when, if not now.")
    said, known, kind = _deed_words(h, deed), h.look(), DeedKind(deed.what)
    if deed.ends and not is_enquiry(view):
        marked = mark(h, Mark.ANSWERED)
        return marked if isinstance(marked, Refused) else Done(h.note_down(said, deed=kind))
    case: Case | Refused | None = next((c for c in known.cases if c.story_id == h.story_id), None)
    if deed.ends:
        case = _case_or_new(h, known, said)
    elif view.may(ActKind.TAKE):
        take_matter(h, view, TakenBy.DESK)
    if isinstance(case, Refused):
        return case
    if case is not None and not deed.by_link:
        step = Closed(ending=Ending.ANSWERED) if deed.ends else Noted()
        must_record(h, case, Event(step, h.me, said))
    return Done(h.note_down(said, deed=kind))


def _deed_words(h: Handling, deed: Deed) -> str:
    """Write it as a note: what it was, with whom and when, and the words."""
    w, at, zone = words(h.school.language), deed.at, h.config.zone
    when = w("page.at_time", clock=w.clock(at, zone), day=w.day(at, h.now, zone)) if at else ""
    about = ", ".join(filter(None, (deed.whom, when)))
    said = ". ".join(filter(None, (about, deed.why.strip())))
    return ": ".join(filter(None, (w(f"page.did.what.{deed.what}"), said)))


def end_as_said(h: Handling, why: str) -> Done[object] | Refused:
    """End it as a later post says, by a mark or its case; of danger a second person is asked whether it is
    over. Raises InputError as `say_what_happened`."""
    known = h.look()
    may = find_markable(h.session, known, h.story_id)
    if Mark.ANSWERED in may.offered:
        return mark(h, Mark.ANSWERED, why)
    if may.by_two:
        return correct(h, Marking(WrongKind.OVER), why)
    case = _case_or_new(h, known, why)
    if isinstance(case, Refused):
        return case
    done: Taken = Refused("ending_fits", "")
    for ending in (Ending.HANDED_OVER, Ending.ANSWERED, Ending.MISTAKEN):
        done = record_step(h.con, h.session, case, Event(Closed(ending=ending), h.me, why), h.now)
        if isinstance(done, Done) or done.guard not in ("ending_fits", "referred"):
            return done  # the ending that fits is barred: it ends no other way
    return done


def _case_or_new(h: Handling, known: KnownMatters, why: str) -> Case | Refused:
    """Find its open case, or open one."""
    if case := next((c for c in known.cases if c.story_id == h.story_id), None):
        return case
    opened = open_by_hand(h.con, h.session, h.story_id, why, h.now)
    return Refused(opened.guard, opened.said, opened.remedy) if isinstance(opened, Refusal) else opened.case


def _event(h: Handling, case: Case, said: Happened) -> Event:
    why, officer = said.why.strip(), said.officer.strip()
    if officer:
        why = f"{words(h.school.language)('page.happened.officer_was', name=officer)} {why}"
    if said.what in (OTHERWISE, NEEDLESS, *ASKED):
        return Event(Noted(), h.me, why)
    by = next((p.name for p in h.config.people if p.id == said.by and p.id != h.me), "")
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


WELLBEING = (Wellbeing.NOT_SAFE, Wellbeing.RING_ME)
QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "safe": ("safe", *WELLBEING),
    "support": ("accepted", "declined"),
    "police": ("given", "refused", "withdrawn"),
}
"""What they may be asked, and the answers to each."""


@freeze
class OwnWord:
    """The words they may say now, by `case`: their open case, or one that would be begun (`begins`), else
    None for a note. `safe_at`, `unsafe_at`: last said safe, or not; `again_at`: it was raised again;
    `threatened`, else wronged otherwise; `bare`: they know that fact alone; `reads`: a person named them, so
    they may read it; `holder` has it; `ended`: it is done with."""

    story_id: str
    urn: str
    open_to: tuple[str, ...]
    case: Case | None = None
    begins: Alert | None = None
    safe_at: datetime | None = None
    unsafe_at: datetime | None = None
    again_at: datetime | None = None
    threatened: bool = True
    bare: bool = False
    reads: bool = False
    holder: Holder | None = None
    ended: bool = False

    @property
    def is_safe(self) -> bool:
        """Did they say so, and nothing new has come about them since? Then nobody asks them again."""
        return self.safe_at is not None and (self.again_at is None or self.safe_at >= self.again_at)

    @property
    def has(self) -> str:
        """The one who has it (an id); "" for nobody."""
        return self.holder.person if self.holder else ""

    @property
    def over(self) -> Case | None:
        """Their case, once it is closed."""
        return self.case if self.case is not None and self.case.closed_at else None


def own_word(h: Handling, known: KnownMatters | None = None) -> OwnWord | None:
    """Find what this person may say of a matter aimed at them; None for nothing. Who may be accused too, or
    whose threat is the lead's, says that they are safe, or would like support."""
    stored = (known or h.look()).stored
    matter = stored.by_story.get(h.story_id)
    if matter is None:
        return None
    cases, ending = stored.cases_of(h.story_id), stored.ending_mark(h.story_id)
    still_open = [case for case in cases if case.closed_at is None]
    aimed = h.me in persons_meant((m for v in stored.verdicts[h.story_id] for m in aims(v)), h.people)
    bare = h.me in matter.subjects or matter.restricted
    closed = None if still_open or bare else _find_closed(h, cases, stored.alerts.get(h.story_id))
    is_done_with = ending is not None and not (still_open and ending.mark is Mark.OVER)
    if not (closed or is_done_with):
        return _word_of_open(h, stored, still_open, aimed=aimed, bare=bare)
    own = OwnWord(h.story_id, h.urn, (), closed, threatened=False, bare=bare, ended=True)
    return _word_of_ended(h, own, ending, aimed=aimed)


def _find_closed(h: Handling, cases: Sequence[Case], alert: Alert | None) -> Case | None:
    """Find the last of their cases that did not end by mistake; None where it was raised again since."""
    theirs = [case for case in cases if case.target == h.me and not (case.locked or case.restricted)]
    last = next((case for case in reversed(theirs) if case.ending not in NOTHING_DONE), None)
    if last is not None and alert is not None and alert.raised_at > (last.closed_at or h.now):
        return None
    return last


def _word_of_ended(h: Handling, own: OwnWord, ending: Marked | None, *, aimed: bool) -> OwnWord | None:
    """Find what they may still say of what is done with: at whom it is `aimed` how they are, by a note."""
    if aimed and ending is not None and ending.mark is not Mark.MERGED:
        return _by_note(h, own)
    return own if own.case else None


def _word_of_open(
    h: Handling, stored: StoredMatters, still_open: Sequence[Case], *, aimed: bool, bare: bool
) -> OwnWord | None:
    """Find what they may say of an open matter that is `aimed` at them, or wrongs them otherwise."""
    theirs, alert = [case for case in still_open if case.target == h.me], stored.alerts.get(h.story_id)
    named = _is_named(h, stored.verdicts[h.story_id], theirs)
    if not (aimed or _is_wronged(h.me, stored.by_story[h.story_id], named=named)):
        return None
    if not still_open and (alert is None or stored.cases_of(h.story_id)):  # it is over, or was never raised
        return None
    bare = bare or any(case.locked for case in still_open)
    own = OwnWord(
        h.story_id,
        h.urn,
        (),
        threatened=aimed or any(case.threatens for case in theirs),
        again_at=alert.raised_at if alert is not None and alert.times > 1 else None,
        bare=bare,
        reads=named and not bare,
        holder=stored.holder(h.story_id),
    )
    return _by_note(h, own) if bare else _by_case(h, own, still_open, alert)


def _is_wronged(me: str, matter: Matter, *, named: bool) -> bool:
    """Were they `named` as wronged, or are they threatened in any way, and not accused too?"""
    return me not in matter.subjects and (named or me in matter.threatened)


def _is_named(h: Handling, judged: Iterable[Verdict], theirs: Iterable[Case]) -> bool:
    """Did a person name them, of a post or as the target of one of their cases?"""
    of_posts = {m.person for v in judged for m in wrongs(v) if m.by == NAMED}
    return h.me in of_posts or any(_is_target_named(h.con, case) for case in theirs)


def own_page(con: Connection, session: Session, story_id: str, now: datetime) -> OwnWord | None:
    """Find what they may say of that matter, or of that which has its posts since; None for nothing."""
    story_id = moved_to(con, story_id)
    urn = story_store.beginning(con, story_id).get(story_id)
    if urn is None:  # what does not exist takes as long as what is hidden
        look_for_nothing(con, session, whole=False)
        return None
    return own_word(Handling(con, session, story_id, urn, now))


def _is_target_named(con: Connection, case: Case) -> bool:
    return any(
        isinstance(s.said, Targeted) and s.said.person == case.target and s.actor != SCHOOLGATE
        for s in steps_of_case(con, case.id)
    )


def _by_case(h: Handling, own: OwnWord, cases: Sequence[Case], alert: Alert | None) -> OwnWord:
    """Find what their case lets them say; where none has them as its target, what a note may say."""
    me, context, begins = h.me, h.context, None
    if not cases and alert is not None and (made := case_of(h.con, context, alert, h.now)) is not None:
        cases, begins = (made.case,), alert
    case = next((case for case in reversed(cases) if case.target == me), None)
    if case is None:
        return _by_note(h, own)
    # what the ladder lets them say, and is not so already
    stale = {case.consent.value, case.support.value}
    stale |= {"refused"} if case.consent is Consent.GIVEN else set()
    stale |= {Wellbeing.NOT_SAFE} if not own.threatened else set()
    stale |= {Wellbeing.RING_ME} if case.ring_at else set()
    open_to = tuple(
        code
        for code, said in _own_steps(me).items()
        if code not in stale and isinstance(rehearse_step(context, case, Event(said, me), h.now), Advance)
    )
    own = replace(own, safe_at=case.safe_at, unsafe_at=case.unsafe_at)
    return replace(own, case=case, begins=begins, open_to=open_to)


def _note_words(h: Handling, code: str) -> str:
    """Write what a note says of one who knows the bare fact alone, by the code of what they say."""
    return words(h.school.language)(f"case.target.{code}")


def _by_note(h: Handling, own: OwnWord) -> OwnWord:
    notes = notes_of(h.con, own.story_id, own.urn)
    said = {note.note: note.written_at for note in notes if note.person_id == h.me}
    wishes = {wish.code for wish in _wishes_noted(h, notes) if wish.person == h.me}
    how = [code for code in QUESTIONS["safe"] if (own.threatened or own.ended) and code not in wishes]
    open_to = (*how, *(["accepted"] if _note_words(h, "accepted") not in said else []))
    safe, unsafe = (said.get(_note_words(h, code)) for code in ("safe", Wellbeing.NOT_SAFE))
    safe = None if safe and unsafe and unsafe > safe else safe
    return replace(own, open_to=open_to, safe_at=safe, unsafe_at=None if safe else unsafe)


def say_for_oneself(h: Handling, codes: Collection[str]) -> Done[Case | None] | Refused:
    """Records these in their case, which is begun where there is none, or as notes on the matter, and tells
    who deals with it, once; gives the case. Raises InputError where that refuses one of them."""
    own, context = own_word(h), h.context
    if own is None or not codes or not {*codes} <= {*own.open_to}:
        return Refused("offered", "It is not theirs to say, or nothing was said.")
    if own.case is None or own.over:
        return _say_by_note(h, own, codes)
    case = own.case
    if own.begins is not None:
        case = begin_case(h.con, context, own.begins, h.now) or case
    sent: list[OutboxMessage] = []
    steps = _own_steps(h.me)
    for code in codes:
        made = must_record(h, case, Event(steps[code], h.me))
        case = made.case
        sent.extend(made.outbox)
    # one mail to each, in place of those that the steps alone would send
    told = _tell_word(h, own, codes)
    withdraw_keys(h.con, [m.key for m in sent if m.person_id in told], h.now)
    return Done(case)


def _say_by_note(h: Handling, own: OwnWord, codes: Collection[str]) -> Done[Case | None]:
    """Note what they say on the matter for whoever reads it; who has it is told, else who decides."""
    for n, code in enumerate(codes):
        h.note_down(_note_words(h, code), h.now + timedelta(microseconds=n))
    _tell_word(h, own, codes)
    return Done(None)


_NEEDLESS = ("instant",)
"""What still waits to tell somebody of a danger needs no sending once they have answered."""
_NEEDLESS_ONCE_SAFE = (*_NEEDLESS, "warning", "escalation")


def _tell_word(h: Handling, own: OwnWord, codes: Collection[str]) -> set[str]:
    """Mail what they say to all who hold it: who has it, was told of it or asked, and decides where nobody
    has it or it is about the police; by name to who reads it, unless they know the bare fact alone. That they
    are not safe raises the alarm again, which tells those whom it asks. Gives whom that reached (ids)."""
    known, people, me = h.look(), h.people, h.me
    stored, matter = known.stored, known.stored.by_story[own.story_id]
    alert, asked = stored.alerts.get(own.story_id), list[str]()
    if alert is not None and me not in alert.audience[:1]:  # who comes first is still asked to act
        needless = _NEEDLESS_ONCE_SAFE if "safe" in codes else _NEEDLESS
        withdraw_answered(h.con, alert, me, needless, has_it_key(alert, me), h.now)
    if alert is not None:
        made = stored.escalated.get(alert.id, ())
        asked += notified_so_far(alert, [s for s in made if s.about is not StillOpen.BY_NUMBER])
    if not own.has or not {*codes}.isdisjoint(QUESTIONS["police"]):
        asked += [p.id for p in who_may(Act.DECIDE, matter, people)]
    w, called = words(h.school.language), h.session.person.name
    bare = own.bare or alert is None
    said = " ".join(_note_words(h, code) for code in codes)
    who, reached = (w("case.told.somebody"), called), set[str]()
    unnamed, named = (w("case.told.of_target", who=one, said=said) for one in who)
    if Wellbeing.NOT_SAFE in codes and alert is not None:
        why = Reason(Wellbeing.NOT_SAFE, unnamed if bare else named)
        raise_once_more(h.con, alert, why, judges_of(h), me, h.now)
        take_said_wrong_back(h.con, h.story_id, h.urn, me, h.now, ENDING, anybodys=True)
        reached = {*alert.audience}
    t, opens = telling_of(h, h.look()), w("instant.second.see")
    out = {me, *matter.subjects, *(alert.excluded if alert else ())}
    to = [p for p in people if p.id in {own.has, *asked} - out - reached and p.email]
    mails: list[OutboxMessage] = []
    for person in to:
        level = access(person, matter, people)
        if level is Access.WORDS or (level is Access.STATUS and person.id not in matter.threatened):
            whole = named if level is Access.WORDS and not bare else unnamed
            mails += compose_said(t, [person.id], w("case.do.of_target"), [whole], "own word", opens)
    put_outbox(h.con, mails, h.now)
    return {*reached, *(mail.person_id or "" for mail in mails)}


# What they asked for, support or a call: until somebody says that it is done.


@freeze
class Wish:
    """The wish of somebody it is aimed at (an id): `accepted` for support, `ring_me` for a call; of a `case`,
    else said by a note."""

    person: str
    code: str
    case: Case | None = None

    @property
    def key(self) -> str:
        """The name that tells it from the others of its matter."""
        return f"{self.code}:{self.person}"


DONE = {"accepted": Support.IN_PLACE, Wellbeing.RING_ME: Wellbeing.RUNG}
"""The word for what was wished for, once it is done."""


def asks_for_something(case: Case) -> bool:
    """Is support or a call still to be given in it?"""
    return case.closed_at is None and (case.support is Support.ACCEPTED or case.ring_at is not None)


def list_wishes(h: Handling, known: KnownMatters) -> tuple[Wish, ...]:
    """List what was asked for in its open cases, or by notes, and is not done."""
    of_it = known.stored.cases_of(h.story_id)
    cases = [c for c in of_it if c.closed_at is None and c.target and not c.locked]
    found = [Wish(c.target or "", "accepted", c) for c in cases if c.support is Support.ACCEPTED]
    found += [Wish(c.target or "", Wellbeing.RING_ME, c) for c in cases if c.ring_at]
    return (*found, *_wishes_noted(h, notes_of(h.con, h.story_id, h.urn)))


def _wishes_noted(h: Handling, notes: Iterable[MatterNote]) -> list[Wish]:
    found: dict[Wish, None] = {}
    for note in notes:
        for code in DONE:
            if note.note == _note_words(h, code):
                found[Wish(note.person_id, code)] = None
        found = {wish: None for wish in found if note.note != _done_words(h, wish)}
    return list(found)


def _done_words(h: Handling, wish: Wish) -> str:
    """Write what a note says once it is done what they wished for, with whose wish it was."""
    name = next((p.name for p in h.config.all_people if p.id == wish.person), wish.person)
    return f"{name}: {_note_words(h, DONE[wish.code])}"


def fulfil(h: Handling, key: str) -> Done[Wish] | Refused:
    """Record that it is done what somebody asked for: in their case, else as a note. Raises InputError."""
    known = h.look()
    wish = next((wish for wish in list_wishes(h, known) if wish.key == key), None)
    able = who_may(Act.WORK, known.stored.by_story[h.story_id], h.people)
    if wish is None or h.session.person not in able or not known.words(h.story_id):
        return h.refuse("offered")
    if wish.case is None:
        h.note_down(_done_words(h, wish))
        return Done(wish)
    support = SupportStep(status=Support.IN_PLACE, person=wish.person)
    rung = SaidSafe(person=wish.person, says=Wellbeing.RUNG)
    _record_steps(h, wish.case, [support if wish.code == "accepted" else rung])
    return Done(wish)


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
        SaidSafe(person=me, says=Wellbeing.NOT_SAFE),
        SaidSafe(person=me, says=Wellbeing.RING_ME),
        SupportStep(status=Support.ACCEPTED, person=me),
        SupportStep(status=Support.DECLINED, person=me),
        ConsentGiven(person=me),
        ConsentRefused(person=me),
        ConsentWithdrawn(person=me),
    )
    return {step_code(each): each for each in every}
