"""Steps of a case, taken by whoever is at work: the case is found, the ladder's rules judge each.

Whether its post is still there is looked at by one GET of its exact address, logged out, while no transaction
is open. Some posts are never opened again (`keeping.post_refusal`); for these, and where no address is held
any more, the case records that we cannot look."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from alerts.access.knowing import Access, reads_whole
from alerts.access.matter import list_related, persons_meant
from alerts.ladder.advance import TABLE, Advance, Refusal
from alerts.ladder.guards import find_smeared
from alerts.ladder.replay import seen_from
from alerts.ladder.rules import SCHOOLGATE, still_left_out
from alerts.places import at_place
from alerts.ways import route
from classifiers.linking.linker import Linker
from classifiers.verdicts.by_people import apply_letting_in
from data.cases import Case, CaseStep, Event, Post
from data.effects import Apart, Clock, Fetch
from data.errors import CaseMoved, InputError, Unreadable
from data.evidence.vault import Vault
from data.frozen import freeze
from data.matters import WrongKind
from data.steps.acts import Done, Refused
from data.steps.classes import Checked, CopyFound, Hosted
from data.steps.codes import Check, Looker, StepKind
from data.store import alerts as alert_store
from data.store import cases as case_store
from data.store.engine.audit_chain import Code, note
from data.store.engine.connect import Connection
from data.store.engine.open import Store
from data.store.owners import put_said_wrong
from data.types import Request, Source, Story
from data.web.channels import Reporter, channel
from monitor.act.casework import (
    apply_event,
    copies_of,
    find_case,
    make_judges,
    open_by_hand,
    rehearse_step,
    school_rules,
)
from monitor.act.keeping import LetterCopy, letter_record, post_refusal, profile_refusal
from monitor.act.mark import Handling, ask_second, asked_alike, mark_with_verdict, no_second
from monitor.config.home.context import Context
from monitor.config.load import Config
from monitor.home import wiring
from monitor.matters.reader import Session, access_to, load_case, matter_of
from monitor.pipeline.rejudge import judge_as_said
from sources.http.guard import Resolve, system_resolve
from sources.recheck import RecheckFinding, SoughtPost, cannot_tell, judge_as

NEVER = frozenset(("barred", "profile"))
"""Why a look was not made, where nobody else should look either."""
_BY_HAND = ("person", "signed_in")
_SIGNED_IN = re.compile(
    r"(?<!not )(?<!without being )(?<!without )\b(?:signed|logged)[ -]in\b|\bwedi mewngofnodi\b", re.I
)
"""What somebody says who looked while signed in."""

FRESH = timedelta(days=2)
"""Posts that came longer ago were gone through, by the service or with the next look."""


@freeze
class RecheckTarget:
    """A case whose post may be looked for: where, what for, and how its page is read. None: it may not."""

    case: Case
    post: Post | None
    source: Source | None
    why_not: str = ""


@freeze
class Rechecked:
    """The result of a look, and what it made of the case. `copies` are mentions newly found elsewhere."""

    case: Case
    seen: RecheckFinding
    copies: tuple[str, ...] = ()
    came_back: bool = False


def recheck(
    store: Store,
    context: Context,
    fetch: Fetch,
    case_id: str,
    clock: Clock,
    by: str = SCHOOLGATE,
    place: int = 1,
) -> Rechecked | Refusal:
    """Look once at that place of the case, and record the result. A refusal of the ladder comes before
    anything is fetched. Raises InputError for no such case, CaseMoved."""
    with store.open_reader() as con:
        found = _ready(con, context, case_id, place)
    event = Event(Checked(result=Check.CANNOT_TELL), by)
    done = rehearse_step(context, found.case, event, clock())
    if isinstance(done, Refusal):
        return done
    return _record(store, context, found, _look(found, fetch, context.apart), event, clock())


def record_sighting(
    store: Store,
    context: Context,
    case_id: str,
    check: Check,
    now: datetime,
    *,
    by: str,
    why: str,
    when: datetime | None = None,
    place: int = 1,
    signed_in: bool = False,
) -> Rechecked | Refusal:
    """Record what somebody saw who looked; `why` says how. To who is signed in, somebody who blocked them is
    gone: that shows nothing, except where only members read it."""
    with store.open_reader() as con:
        found = _ready(con, context, case_id, place)
    public = channel(found.case.channel).reporter is not Reporter.MEMBER
    inside = public and (signed_in or _SIGNED_IN.search(why) is not None)
    blind = inside and check is Check.GONE
    finding = cannot_tell("signed_in") if blind else RecheckFinding(check, "person")
    event = Event(Checked(result=check, signed_in=inside or None), by, why, when)
    return _record(store, context, found, finding, event, now)


def record_gone(
    store: Store, context: Context, case_id: str, now: datetime, *, place: int
) -> Rechecked | Refusal:
    """Record that the post's platform, asked with a key, has it no more. Raises InputError, CaseMoved."""
    with store.open_reader() as con:
        found = _ready(con, context, case_id, place)
    event = Event(Checked(result=Check.GONE), SCHOOLGATE)
    return _record(store, context, found, RecheckFinding(Check.GONE, "platform"), event, now)


def name_copies(store: Store, context: Context, case_id: str, now: datetime) -> Rechecked | None:
    """Name copies that scans found since, unread; None for none. Raises InputError, CaseMoved."""
    with store.open_reader() as con:
        if not copies_of(con, load_case(con, case_id), now - FRESH):
            return None
    with store.write("copies") as con:
        case, steps, copies = _name_copies(con, context, load_case(con, case_id), now, SCHOOLGATE)
        back = _has_returned(con, context, case, steps, now)
    return Rechecked(case, RecheckFinding(Check.PRESENT, "copy"), copies, back) if copies else None


def _ready(con: Connection, context: Context, case_id: str, place: int) -> RecheckTarget:
    case = seen_from(load_case(con, case_id), place)
    post = case_store.post_of(con, case, restricted=True)
    url = post.url if post else None
    if post_refusal(con, case, url):
        return RecheckTarget(case, post, None, "barred")
    if case.role in case_store.NOT_READ:  # a person has to look
        return RecheckTarget(case, post, None, case.role.value)
    if url and profile_refusal(case, url):
        return RecheckTarget(case, post, None, "profile")
    ids = post.source_ids if post else ()  # a collector of one that showed it can read its page again
    source = next((s for s in context.config.sources if s.id in ids and s.kind != "feed"), None)
    return RecheckTarget(case, post, source, "" if url else "no_address")


def _look(found: RecheckTarget, fetch: Fetch, apart: Apart) -> RecheckFinding:
    post = found.post
    if found.why_not or post is None or not post.url:
        return cannot_tell(found.why_not or "no_address")
    sought = SoughtPost(
        post.url, post.mention_id, post.kind, post.title or "", post.text or "", post.published
    )
    try:
        return apart(judge_as, sought, fetch(Request(post.url)), found.source)
    except Unreadable:
        return cannot_tell("too_much")


def _record(
    store: Store, context: Context, found: RecheckTarget, seen: RecheckFinding, event: Event, now: datetime
) -> Rechecked | Refusal:
    """Record what was `seen`; the event has who looked, why and when."""
    case, by_hand = found.case, seen.code in _BY_HAND
    assert isinstance(event.said, Checked)
    said = replace(
        event.said,
        result=seen.check,
        nth=len(case.checks) + 1,
        place=case.place if case.place > 1 else None,
        amended=(seen.check is Check.CHANGED and by_hand) or None,
        barred=seen.code in NEVER or None,
        looked=None
        if seen.code in NEVER | case_store.NOT_READ
        else Looker.PERSON
        if by_hand
        else Looker.PROGRAM,
    )
    event = replace(event, said=said, why=event.why or seen.reason)
    with store.write("recheck") as con:
        done = apply_event(con, context, load_case(con, case.id), event, now)
        if isinstance(done, Refusal):
            return done
        case, steps, copies = _name_copies(con, context, done.case, now, event.actor)
        back = _has_returned(con, context, case, [*done.steps, *steps], now)
    return Rechecked(seen_from(case, found.case.place), seen, copies, back)


def _name_copies(
    con: Connection, context: Context, case: Case, now: datetime, by: str
) -> tuple[Case, list[CaseStep], tuple[str, ...]]:
    """The case with its new copies named, the steps that this took, and the copies."""
    steps: list[CaseStep] = []
    named: list[str] = []
    for post in copies_of(con, case, now - FRESH):
        event = Event(CopyFound(mention=post.mention_id), by)
        more = apply_event(con, context, case, event, now)
        if isinstance(more, Advance):
            steps, case, named = [*steps, *more.steps], more.case, [*named, post.mention_id]
    return case, steps, tuple(named)


def _has_returned(
    con: Connection, context: Context, case: Case, steps: Iterable[CaseStep], now: datetime
) -> bool:
    """Check whether it came back; then its alert rises by one, but not for whom it is about."""
    back = any(step.kind is StepKind.CAME_BACK for step in steps)
    alert = alert_store.by_story(con, [case.story_id]).get((case.story_id, case.urn)) if back else None
    if alert is not None:
        from monitor.pipeline.rejudge import raise_moved  # late: it loads what judges

        judges = make_judges(context.config, context.home, Linker(context.config.schools))
        alert_store.exclude_from_alerts(con, {alert.id: case.subjects}, now)
        raise_moved(con, Story(case.story_id, case.urn, "", now, now, ()), (), judges, now)
    return back


def look_up_host(
    config: Config, home: Path, url: str, now: datetime, *, fetch: Fetch | None = None,
    resolve: Resolve = system_resolve,
) -> Hosted | None:  # fmt: skip
    """Ask the registers about the host of that address; None where it names none. Registration data is made
    for programs, so no robots.txt applies. `fetch` and `resolve` are for tests."""
    from sources.hosting import registries, who_hosts  # what reads registers is large, and seldom wanted

    with nullcontext(fetch) if fetch else wiring.fetcher(config, obey_robots=False) as ask:
        return who_hosts(url, ask, resolve=resolve, registries=registries(home, now, ask))


def case_address(session: Session, case: Case, reason: str, now: datetime) -> str:
    """Return the post's address; reading a restricted one is recorded. Raises InputError for none."""
    if case.restricted:
        with session.store.write("reading a restricted matter") as con:
            case_store.record_read(con, case, person=session.person.id, reason=reason, now=now)
    with session.store.open_reader() as con:
        post = case_store.post_of(con, case, restricted=case.restricted)
    if post is None or not post.url:
        raise InputError(f"Case {case.id}: no address of the post is held any more.")
    return post.url


Taken = Done[Advance] | Refused


def take_step(
    session: Session, number: str, event: Event, now: datetime, copy: LetterCopy | None = None,
    *, made_from: int | None = None, least: Access = Access.WORDS,
) -> Taken:  # fmt: skip
    """Record one step, for who may know at `least` so much of the case, with the copy of its letter: both or
    neither. Raises InputError for no such case, CaseMoved for other steps than it was `made_from`."""
    return take_steps(session, number, (event,), now, copy, made_from=made_from, least=least)


class _Stopped(Exception):
    """A later step was refused: what was recorded before it is undone."""


def take_steps(
    session: Session, number: str, events: Sequence[Event], now: datetime, copy: LetterCopy | None = None,
    *, made_from: int | None = None, least: Access = Access.WORDS,
) -> Taken:  # fmt: skip
    """Record what one form says in several steps, all or none; raises as `take_step`. The copy is of the
    last. A step without a place once the case left the ladder is left out, as is a decision while a second
    has to agree."""
    try:
        with session.store.write("case") as con:
            done: Taken | None = None
            for event in events:
                case = find_case(con, session, number, least=least)
                if done is None and made_from not in (None, case.steps):
                    raise CaseMoved(f"Case {case.id} was changed meanwhile. Nothing was recorded.")
                decides = event.kind is StepKind.DECIDED
                fits = case.proposal is None if decides else (case.state, event.kind) in TABLE
                if done is not None and not fits:
                    continue
                written = letter_record(case, event, copy if event is events[-1] else None, now)
                came = record_step(con, session, case, written.event, now)
                if isinstance(came, Refused):
                    if done is not None:
                        raise _Stopped(came)
                    return came
                written.store(con, Vault(session.store.evidence), case, now)
                done = came
    except _Stopped as no:
        refusal: Refused = no.args[0]
        return refusal
    if done is None:
        raise InputError("Nothing was said.")
    return done


def open_case(session: Session, story_id: str, why: str, now: datetime) -> Taken:
    """Open a case about a story's gravest post. Raises InputError for none, or one that is open."""
    with session.store.write("case") as con:
        done = open_by_hand(con, session, story_id, why, now)
        if isinstance(done, Refusal):
            return Refused(done.guard, done.said, done.remedy)
        take_alert(con, done.case, session, now)
        return Done(done)


def find_host(session: Session, number: str, reason: str, now: datetime) -> Done[Case] | Refused:
    """Find who hosts the post: of a website the registers are asked, on record; so is reading a restricted
    address, with the reason. Raises InputError for no such case, no address or no web address."""
    with session.store.open_reader() as con:
        case = find_case(con, session, number)
    if (no := foresee(session, case, Event(Hosted(host="?"), session.person.id), now)) is not None:
        return no
    url = case_address(session, case, reason, now)
    if not route(case.channel, url).is_site:
        return Done(case)
    found = look_up_host(session.config, session.context.home, url, now)
    if found is None:
        raise InputError(f"Case {case.id}: what is held as the post's address is not a web address.")
    done = take_step(session, number, Event(found, session.person.id, when=now), now)
    return done if isinstance(done, Refused) else Done(at_place(done.made.case, case.place))


def look_again(session: Session, number: str, fetch: Fetch, clock: Clock) -> Done[Rechecked] | Refused:
    """Looks once whether the case's post is still there, and records what was seen."""
    return _look_and_record(session, number, partial(recheck, fetch=fetch, clock=clock))


def record_look(
    session: Session, number: str, check: Check, why: str, when: datetime | None, now: datetime, *,
    signed_in: bool = False,
) -> Done[Rechecked] | Refused:  # fmt: skip
    """Record what somebody saw who looked; `why` says how, `signed_in`: it was no look logged out."""
    look = partial(record_sighting, check=check, now=now, why=why, when=when, signed_in=signed_in)
    return _look_and_record(session, number, look)


def _look_and_record(
    session: Session, number: str, look: Callable[..., Rechecked | Refusal]
) -> Done[Rechecked] | Refused:
    with session.store.open_reader() as con:
        case = find_case(con, session, number)
    seen = look(session.store, session.context, case_id=case.id, by=session.person.id, place=case.place)
    return explain_refusal(session, case, seen) if isinstance(seen, Refusal) else Done(seen)


def record_step(con: Connection, session: Session, case: Case, event: Event, now: datetime) -> Taken:
    """Record one step in the caller's write transaction, which loaded the case. Of one that would let
    somebody in a second person is asked: it is refused until they agree."""
    done = apply_event(con, session.context, case, event, now)
    if isinstance(done, Refusal) and done.guard == "two_let_in" and event.why.strip():
        return _ask_to_let_in(Handling(con, session, case.story_id, case.urn, now), case, event)
    if isinstance(done, Refusal):
        return explain_refusal(session, case, done)
    smeared = find_smeared(case)
    if smeared is not None and smeared == done.case.target:
        _let_in_target(Handling(con, session, case.story_id, case.urn, now), smeared, event.why)
    take_alert(con, done.case, session, now)
    return Done(done)


def _let_in_target(h: Handling, target: str, why: str) -> None:
    """Judge the story without the target of a smear among whom it may accuse, so that they find it too."""
    people, ids = h.people, frozenset((target,))
    say = partial(apply_letting_in, ids=ids, people=people, means=partial(persons_meant, people=people))
    judges = make_judges(h.config, h.context.home, Linker(h.config.schools))
    given = (h.con, h.story_id, h.urn, say, judges, h.me, h.now)
    alert = judge_as_said(*given, accuses=False, lets_in=ids | list_related(ids, people))
    codes = (Code.TARGET.of(target), Code.SUBJECTS.of("nobody"), note(h.con, why))
    alert_store.record_named(h.con, alert, (h.story_id, h.urn), h.me, codes, h.now)


def _ask_to_let_in(h: Handling, case: Case, event: Event) -> Refused:
    known, (left, _) = h.look(), still_left_out(case, event.said)
    if (alone := no_second(h, known)) is not None:
        return alone
    given = mark_with_verdict(h, known, WrongKind.LET_IN, event.why.strip())
    given = replace(given, label=" ".join(sorted(set(case.subjects) - set(left))))
    if asked_alike(h, known, given) is None:
        put_said_wrong(h.con, given, h.story_id)
        ask_second(h, known, given)
    w = school_rules(h.context, case.urn).w
    return Refused("two_let_in", w("refusal.two_let_in.said"), w("refusal.two_let_in.asked"))


def foresee(session: Session, case: Case, event: Event, now: datetime) -> Refused | None:
    """Why the step would be refused, asked before anything is fetched or asked for; nothing is changed."""
    done = rehearse_step(session.context, case, event, now)
    return explain_refusal(session, case, done) if isinstance(done, Refusal) else None


def must_record(h: Handling, case: Case, event: Event) -> Advance:
    """Record one step as `record_step` does. Raises InputError where the case refuses it."""
    done = record_step(h.con, h.session, case, event, h.now)
    if isinstance(done, Refused):
        raise InputError(done.reason)
    return done.made


def explain_refusal(session: Session, case: Case, refusal: Refusal) -> Refused:
    """Explain it as its reader may know it: no subject or target of a locked case to whoever may not."""
    config, said, wanted = session.config, refusal.said, refusal.remedy
    matter = matter_of(case, config)
    if case.locked and not reads_whole(session.person, matter, config.people, recorded=False):
        for person in config.people:
            if person.id in (*case.subjects, case.target):
                said, wanted = (text.replace(person.name, "(name withheld)") for text in (said, wanted))
    return Refused(refusal.guard, said, wanted)


def take_alert(con: Connection, case: Case, session: Session, now: datetime) -> None:
    """Acknowledge the case's alert for who was alerted and works on it, but not for its target: nobody else
    is asked."""
    person = session.person
    if case.alert_id is None or access_to(case, person, session.config) is not Access.WORDS:
        return
    if alert_store.has_been_sent(con, case.alert_id, person.id):
        alert_store.ack(con, case.alert_id, person.id, now)
