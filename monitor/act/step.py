"""Steps of a case, taken by whoever is at work: the case is found, the ladder's rules judge each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from alerts.access.knowing import Access, reads_whole
from alerts.ladder.advance import Advance, Refusal
from alerts.ladder.rules import still_left_out
from alerts.ladder.transitions import TABLE
from alerts.places import at_place
from alerts.ways import route
from data.cases import Case, Event
from data.effects import Clock, Fetch
from data.errors import CaseMoved, InputError
from data.evidence.vault import Vault
from data.matters import WrongKind
from data.steps.acts import Done, Refused
from data.steps.codes import Check, StepKind
from data.steps.keeping import Hosted
from data.store.alerts import alerts as alert_store
from data.store.cases import cases as case_store
from data.store.engine.connect import Connection
from data.store.owners import put_said_wrong
from monitor.act.casework.keeping import LetterCopy, letter_record
from monitor.act.casework.opening import find_case, open_by_hand
from monitor.act.casework.recheck import Rechecked, recheck, record_sighting
from monitor.act.casework.steps import apply_event, rehearse_step, school_rules
from monitor.act.mark import ask_second, asked_alike, mark_with_verdict, no_second
from monitor.config.load import Config
from monitor.home import wiring
from monitor.home.wiring import Session
from monitor.matters.reader import Reader, access_to, matter_of
from sources.http.address_guard import Resolve, system_resolve

if TYPE_CHECKING:
    from sources.hosting import Hosting


def look_up_host(
    config: Config, home: Path, url: str, now: datetime, *, fetch: Fetch | None = None,
    resolve: Resolve = system_resolve,
) -> Hosting | None:  # fmt: skip
    """Ask the registers about the host of that address; None where it names none. Registration data is made
    for programs, so no robots.txt applies. `fetch` and `resolve` are for tests."""
    from sources.hosting import registries, who_hosts  # what reads registers is large, and seldom wanted

    with nullcontext(fetch) if fetch else wiring.fetcher(config, obey_robots=False) as ask:
        return who_hosts(url, ask, now, resolve=resolve, registries=registries(home, now, ask))


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
    done = take_step(session, number, Event(found.to_step(), session.person.id, when=now), now)
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
        return _ask_to_let_in(con, session, case, event, now)
    if isinstance(done, Refusal):
        return explain_refusal(session, case, done)
    take_alert(con, done.case, session, now)
    return Done(done)


def _ask_to_let_in(con: Connection, session: Session, case: Case, event: Event, now: datetime) -> Refused:
    reader, story_id = Reader(session.config, session.store, session.person), case.story_id
    known, (left, _) = reader.look(con, {story_id: case.urn}), still_left_out(case, event.said)
    if (alone := no_second(reader, known, story_id)) is not None:
        return alone
    ids = " ".join(sorted(set(case.subjects) - set(left)))
    given = mark_with_verdict(known, story_id, WrongKind.LET_IN, session.person.id, event.why.strip(), now)
    given = replace(given, label=ids)
    if asked_alike(con, reader, known, given, story_id) is None:
        put_said_wrong(con, given, story_id)
        ask_second(con, session, known, given, story_id, now)
    w = school_rules(session.context, case.urn).w
    return Refused("two_let_in", w("refusal.two_let_in.said"), w("refusal.two_let_in.asked"))


def foresee(session: Session, case: Case, event: Event, now: datetime) -> Refused | None:
    """Why the step would be refused, asked before anything is fetched or asked for; nothing is changed."""
    done = rehearse_step(session.context, case, event, now)
    return explain_refusal(session, case, done) if isinstance(done, Refusal) else None


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
