"""Naming whom a matter is aimed at, and whom it is about."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from alerts.access.matter import persons_meant, related
from alerts.ladder.advance import Advance
from alerts.wording.instant import To, to_target
from classifiers.linking.linker import Linker
from classifiers.verdicts.by_people import Naming, as_let_in, as_named
from data.cases import Case, Event
from data.errors import InputError
from data.ids import digest
from data.judged import NAMED, wrongs
from data.matters import SaidWrong, WrongKind
from data.people import people_of
from data.steps.acts import Done, Refused
from data.steps.judging import Accused, Conflicted, Targeted
from data.steps.stored import Step
from data.store.alerts import alerts as alert_store
from data.store.engine.audit_chain import Code, note
from data.store.engine.connect import Connection
from data.store.messages.outbox import put_outbox
from data.store.verdicts.said_wrong import put_said_wrong
from data.types import Alert
from monitor.act.casework.opening import judging
from monitor.act.casework.steps import apply_event
from monitor.act.mark import as_judged, ask_second, asked_alike, no_second, tell_of_it, telling_of
from monitor.act.step import record
from monitor.home.wiring import Session
from monitor.matters.reader import Reader, may_say_who, school_of
from monitor.pipeline.judges import Judges
from monitor.pipeline.judging.rejudge import judge_as_said


def name(
    con: Connection, session: Session, story_id: str, urn: str, naming: Naming, why: str, now: datetime
) -> Done[Alert | None] | Refused:
    """Puts those who are named in the place of all whom it may mean by guess, in its open cases too, and
    notifies who may know by that; gives its alert, None where it has none. A second person is asked to let in
    who is left out. Raises InputError where a case refuses them."""
    reader = Reader(session.config, session.store, session.person)
    known = reader.look(con, {story_id: urn})
    people, why = people_of(school_of(session.config, urn), session.config.people), why.strip()
    given, out = {*naming.targets, *(naming.about or ())}, known.stored.by_story[story_id].subjects
    if not may_say_who(reader, known, story_id):
        return Refused("says_who", _WHO)
    if not why:
        return Refused("reason", _WHY)
    if naming == Naming() or not given <= {p.id for p in people}:
        return Refused("person", _WHOM)
    conflicts = {p for case in known.stored.cases for p in case.conflicted if p not in case.accused}
    left_out = frozenset() if naming.about is None else out - {*naming.about} - conflicts
    alone = no_second(reader, known, story_id) if left_out else None
    if alone is not None and not given:
        return alone
    for case in known.cases:
        for said in _steps(case, naming, left_out) if case.story_id == story_id else ():
            case = _take(con, session, case, said, why, now)
    means = partial(persons_meant, people=people)
    say = partial(as_named, naming=naming, people=people, left_out=left_out, means=means)
    accuses = naming.about is not None and not left_out
    alert = judge_as_said(con, story_id, urn, say, _judges(session), session.person.id, now, accuses=accuses)
    codes = (
        *(Code.TARGET.of(i) for i in naming.targets),
        *(Code.SUBJECTS.of(i) for i in naming.about or (("nobody",) if naming.about == () else ())),
        note(con, why),
    )
    alert_store.record_named(con, alert, (story_id, urn), session.person.id, codes, now)
    tell_wronged(con, session, story_id, urn, naming.wronged or (), now)
    if left_out and alone is None:
        asked = as_judged(known, story_id, WrongKind.LET_IN, reader.id, why, now)
        asked = replace(asked, label=" ".join(sorted(left_out)))
        before = asked_alike(con, reader, known, asked, story_id)
        if isinstance(before, SaidWrong):
            let_in(con, session, Agreed(story_id, before, why), now)
            return Done(alert_store.by_story(con, [story_id]).get((story_id, urn)))
        if before is None:
            put_said_wrong(con, asked, story_id)
            ask_second(con, session, reader.look(con, {story_id: urn}), asked, story_id, now)
    return Done(alert)


@dataclass(frozen=True, slots=True)
class Agreed:
    """What somebody `asked` of a story and a second person agrees to, and why they do."""

    story_id: str
    asked: SaidWrong
    why: str


def tell_wronged(
    con: Connection, session: Session, story_id: str, urn: str, ids: Collection[str], now: datetime
) -> None:
    """Mails those of these (ids) who may read what was posted about them, and were told of it neither by its
    alert nor by a case, the page on which they do."""
    known = Reader(session.config, session.store, session.person).look(con, {story_id: urn})
    matter, t = known.stored.by_story[story_id], telling_of(session, known, story_id, now)
    cases = (case.target for case in known.stored.cases_of(story_id) if case.closed_at is None)
    out = {*matter.subjects, *t.alert.audience, *cases, session.person.id}
    to = [p for p, person in t.people.items() if p in ids and person.email and p not in out]
    if not matter.restricted:
        keys = {p: digest("named", t.alert.id, p) for p in to}
        others = [p for p in t.alert.audience if p not in to]
        mails = [to_target(t, To(p, "question", key), others) for p, key in keys.items()]
        put_outbox(con, mails, now)


def let_in(con: Connection, session: Session, agreed: Agreed, now: datetime) -> None:
    """Lets in those whom two people say it does not accuse, by its alert and by its open cases; those it is
    aimed at are its targets from then on. Raises InputError where a case refuses it."""
    story_id, urn, ids = agreed.story_id, agreed.asked.urn, frozenset(agreed.asked.label.split())
    people = people_of(school_of(session.config, urn), session.config.people)
    say = partial(as_let_in, ids=ids, people=people, means=partial(persons_meant, people=people))
    freed = ids | related(ids, people)
    given = (con, story_id, urn, say, _judges(session), session.person.id, now)
    record_agreed(con, session, agreed, judge_as_said(*given, accuses=False, lets_in=freed), ids, now)
    known = Reader(session.config, session.store, session.person).look(con, {story_id: urn})
    meant = (m for v in known.stored.verdicts[story_id] for m in wrongs(v) if m.by == NAMED)
    aimed = sorted({m.person for m in meant if m.person in ids})
    free_in_cases(con, session, agreed, ids, now, aimed)
    tell_wronged(con, session, story_id, urn, aimed, now)


def free_in_cases(
    con: Connection,
    session: Session,
    agreed: Agreed,
    ids: Collection[str],
    now: datetime,
    aimed: Sequence[str] = (),
) -> None:
    """Has the open cases of a story leave out none of these (ids) any more, as two people say; the
    first of them it is `aimed` at is the target of a case that has none, the others stand beside its target.
    Raises InputError where a case refuses it."""
    known = Reader(session.config, session.store, session.person).look(
        con, {agreed.story_id: agreed.asked.urn}
    )
    for case in (c for c in known.stored.cases_of(agreed.story_id) if c.closed_at is None):
        gone = [p for p in case.subjects if p in ids]
        conflicts = [p for p in gone if p in case.conflicted]
        steps: list[OfLeftOut] = [Conflicted(person=p, stands=False) for p in conflicts]
        accused = tuple(p for p in gone if p not in conflicts or p in case.accused)
        target = case.target or next(iter(aimed), "")
        beside = tuple(p for p in aimed if p != target)
        if aimed and case.target is None:
            left = tuple(p for p in case.subjects if p not in (*gone, *case.conflicted))
            steps.append(Targeted(person=target, subjects=left, beside=beside))
        elif accused:
            steps.append(Accused(people=accused, stands=False))
        if beside and case.target is not None:
            steps.append(Targeted(person=target, beside=beside))
        for said in steps:
            case = by_one_of_two(con, session, case, said, agreed, now)


OfLeftOut = Targeted | Accused | Conflicted
"""Steps that may let somebody in, and then say who the second person is."""


def by_one_of_two(
    con: Connection, session: Session, case: Case, said: Step, agreed: Agreed, now: datetime
) -> Case:
    """The case with a step that two people agree on, by the one of them who may take it. Raises
    InputError."""
    me, first, why = session.person.id, agreed.asked.person_id, ""
    for one, other in ((me, first), (first, me)):
        said = replace(said, second=other) if isinstance(said, OfLeftOut) else said
        done = apply_event(con, session.context, case, Event(said, one, agreed.why), now)
        if isinstance(done, Advance):
            return done.case
        why = done.said
    raise InputError(why)


def record_agreed(
    con: Connection,
    session: Session,
    agreed: Agreed,
    alert: Alert | None,
    ids: Collection[str],
    now: datetime,
) -> None:
    """Puts on record that a second person agreed to it, for whom, and why; whoever asked it is told."""
    asked = agreed.asked
    who = (
        Code.KIND.of(asked.kind),
        Code.PERSON.of(asked.person_id),
        *(Code.GIVEN.of(i) for i in sorted(ids)),
    )
    codes, key = (*who, note(con, agreed.why)), (agreed.story_id, asked.urn)
    alert_store.record_named(con, alert, key, session.person.id, codes, now)
    put_said_wrong(con, replace(asked, counts_at=now), agreed.story_id)
    known = Reader(session.config, session.store, session.person).look(con, {agreed.story_id: asked.urn})
    tell_of_it(con, session, known, asked, agreed.story_id, [asked.person_id], "agrees", now)


def _judges(session: Session) -> Judges:
    return judging(session.config, session.context.home, Linker(session.config.schools))


def _take(con: Connection, session: Session, case: Case, said: Step, why: str, now: datetime) -> Case:
    done = record(con, session, case, Event(said, session.person.id, why), now)
    if isinstance(done, Refused):
        raise InputError(done.reason)
    return done.made.case


def _steps(case: Case, naming: Naming, left_out: Collection[str]) -> Iterator[Step]:
    """What is recorded in a case: its target, others beside it, and those accused; nobody is both, and none
    of `left_out` (ids) is let in."""
    about = naming.about or ()
    accused = {*case.subjects, *about, *left_out}
    if targets := [p for p in naming.targets if p not in accused]:
        target = case.target if case.target in targets else targets[0]
        yield Targeted(person=target, beside=tuple(p for p in targets if p != target))
    if new := tuple(p for p in about if p not in case.accused):
        yield Accused(people=new)


_WHY = "Say why; the reason is recorded."
_WHO = (
    "A safeguarding lead says who is meant, or whoever decides: somebody who may read it, and whom it does "
    "not accuse."
)
_WHOM = "Say who is meant: people of the school, or nobody at the school."
