"""Saying what is wrong of a matter, what is right and why. What raises it, or tells somebody, is done at
once; what lowers danger, or lets somebody in, asks a second person. What is marked counts for what is like
it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

from alerts.access.guidance import office_named
from alerts.access.matter import aims, alleged_in, list_related, persons_meant
from alerts.access.offices import main_role
from alerts.ladder.advance import Advance
from alerts.next_date import may_be_danger
from alerts.wording.instant import To, to_outside, to_target
from classifiers.linking.linker import Linker
from classifiers.verdicts.by_people import (
    BY,
    Naming,
    apply_disclosure,
    apply_lane,
    apply_letting_in,
    apply_missed,
    apply_naming,
)
from data.cases import Case, Event
from data.content_class import ContentClass
from data.errors import InputError
from data.frozen import freeze
from data.ids import digest
from data.judged import NAMED, leading, route_rank, wrongs
from data.matters import ENDING, Mistake, SaidWrong, WrongKind
from data.steps.acts import Done, Refused
from data.steps.classes import Accused, Classified, Closed, Conflicted, Step, Targeted
from data.steps.codes import Decision, Ending
from data.store import alerts as alert_store
from data.store import owners
from data.store.engine.audit_chain import Code, note
from data.store.outbox import count_sent, put_outbox
from data.store.owners import marks, put_said_wrong
from data.store.sealing import lift_restriction
from data.store.verdicts import former_verdicts, put_again, whole_verdicts
from data.types import Alert, Mark, Marked, Relevance, Route, Sentiment
from monitor.act.casework import apply_event, make_judges
from monitor.act.joining import merge
from monitor.act.mark import (
    Handling,
    ask_second,
    asked_alike,
    is_raised,
    mark,
    mark_with_verdict,
    no_second,
    tell_of_it,
    telling_of,
)
from monitor.act.step import must_record
from monitor.matters.reader import KnownMatters, may_say_who, reads_all, waiting_requests
from monitor.matters.views import find_matter
from monitor.pipeline.intake import may_be_opened_by_nobody
from monitor.pipeline.judges import Judges
from monitor.pipeline.rejudge import Say, judge_as_said


def name(h: Handling, naming: Naming, why: str) -> Done[Alert | None] | Refused:
    """Put who is named in the place of all whom it may mean by guess, in its cases too, and tell who may know
    by that; give its alert. A second is asked to let in who is left out. Raises InputError."""
    known, people, why = h.look(), h.people, why.strip()
    given, out = {*naming.targets, *(naming.about or ())}, known.stored.by_story[h.story_id].subjects
    if not may_say_who(h.session, known, h.story_id):
        return h.refuse("says_who")
    if not why:
        return Refused("reason", "Say why; the reason is recorded.")
    if naming == Naming() or not given <= {p.id for p in people}:
        return Refused("person", "Say who is meant: people at the school, or nobody.")
    conflicts = {p for case in known.stored.cases for p in case.conflicted if p not in case.accused}
    left_out = frozenset() if naming.about is None else out - {*naming.about} - conflicts
    alone = no_second(h, known) if left_out else None
    if alone is not None and not given:
        return alone
    for case in known.cases:
        for said in _naming_steps(case, naming, left_out) if case.story_id == h.story_id else ():
            case = must_record(h, case, Event(said, h.me, why)).case
    means = partial(persons_meant, people=people)
    say = partial(apply_naming, naming=naming, people=people, left_out=left_out, means=means)
    alert = _judge(h, say, accuses=naming.about is not None and not left_out)
    codes = (
        *(Code.TARGET.of(i) for i in naming.targets),
        *(Code.SUBJECTS.of(i) for i in naming.about or (("nobody",) if naming.about == () else ())),
        note(h.con, why),
    )
    alert_store.record_named(h.con, alert, (h.story_id, h.urn), h.me, codes, h.now)
    tell_wronged(h, naming.wronged or ())
    if left_out and alone is None:
        asked = mark_with_verdict(h, known, WrongKind.LET_IN, why)
        asked = replace(asked, label=" ".join(sorted(left_out)))
        before = asked_alike(h, known, asked)
        if isinstance(before, SaidWrong):
            let_in(h, Agreed(before, why))
            return Done(alert_store.by_story(h.con, [h.story_id]).get((h.story_id, h.urn)))
        if before is None:
            put_said_wrong(h.con, asked, h.story_id)
            ask_second(h, h.look(), asked)
    return Done(alert)


@freeze
class Agreed:
    """The agreement of a second person to what somebody `asked` of a story, and why they agree."""

    asked: SaidWrong
    why: str


def tell_wronged(h: Handling, ids: Collection[str]) -> None:
    """Mail those of these (ids) who may read what is about them, and were not told, its page."""
    known = h.look()
    matter, t = known.stored.by_story[h.story_id], telling_of(h, known)
    cases = (case.target for case in known.stored.cases_of(h.story_id) if case.closed_at is None)
    out = {*matter.subjects, *t.alert.audience, *cases, h.me}
    to = [p for p, person in t.people.items() if p in ids and person.email and p not in out]
    if not matter.restricted:
        keys = {p: digest("named", t.alert.id, p) for p in to}
        others = [p for p in t.alert.audience if p not in to]
        mails = [to_target(t, To(p, "question", key), others) for p, key in keys.items()]
        put_outbox(h.con, mails, h.now)


def let_in(h: Handling, agreed: Agreed) -> None:
    """Lets in those whom two people say it does not accuse, by its alert and by its open cases; those it is
    aimed at are its targets from then on. Raises InputError where a case refuses it."""
    ids, people = frozenset(agreed.asked.label.split()), h.people
    say = partial(apply_letting_in, ids=ids, people=people, means=partial(persons_meant, people=people))
    record_agreed(h, agreed, _judge(h, say, lets_in=ids | list_related(ids, people)), ids)
    meant = (m for v in h.look().stored.verdicts[h.story_id] for m in wrongs(v) if m.by == NAMED)
    aimed = sorted({m.person for m in meant if m.person in ids})
    free_in_cases(h, agreed, ids, aimed)
    tell_wronged(h, aimed)


def free_in_cases(h: Handling, agreed: Agreed, ids: Collection[str], aimed: Sequence[str] = ()) -> None:
    """Leave none of these (ids) out of a story's open cases, as two people say; the first it is `aimed` at is
    the target of a case without one. Raises InputError where a case refuses it."""
    for case in (c for c in h.look().stored.cases_of(h.story_id) if c.closed_at is None):
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
            case = by_one_of_two(h, case, said, agreed)


OfLeftOut = Targeted | Accused | Conflicted | Closed
"""Steps that may let somebody in, or end what was a mistake, and then say who the second person is."""


def by_one_of_two(h: Handling, case: Case, said: Step, agreed: Agreed) -> Case:
    """Take a step that two agree on, by the one who may. Raises InputError."""
    first, why = agreed.asked.person_id, ""
    for one, other in ((h.me, first), (first, h.me)):
        said = replace(said, second=other) if isinstance(said, OfLeftOut) else said
        done = apply_event(h.con, h.context, case, Event(said, one, agreed.why), h.now)
        if isinstance(done, Advance):
            return done.case
        why = done.said
    raise InputError(why)


def record_agreed(h: Handling, agreed: Agreed, alert: Alert | None, of: Collection[str]) -> None:
    """Puts on record that a second person agreed to it, for whom, and why; whoever asked it is told."""
    asked = agreed.asked
    who = (Code.KIND.of(asked.kind), Code.PERSON.of(asked.person_id), *(Code.GIVEN.of(i) for i in sorted(of)))
    codes = (*who, note(h.con, agreed.why))
    alert_store.record_named(h.con, alert, (h.story_id, h.urn), h.me, codes, h.now)
    put_said_wrong(h.con, replace(asked, counts_at=h.now), h.story_id)
    tell_of_it(h, h.look(), asked, [asked.person_id], "agrees")


def _naming_steps(case: Case, naming: Naming, left_out: Collection[str]) -> Iterator[Step]:
    """List what a case records: target, others, those accused; nobody is both, nor let in if `left_out`."""
    about = naming.about or ()
    accused = {*case.subjects, *about, *left_out}
    if targets := [p for p in naming.targets if p not in accused]:
        target = case.target if case.target in targets else targets[0]
        yield Targeted(person=target, beside=tuple(p for p in targets if p != target))
    if new := tuple(p for p in about if p not in case.accused):
        yield Accused(people=new)


def take_back(h: Handling, kinds: Collection[str] = ("", *WrongKind)) -> Done[bool]:
    """Take back what this person said of it, of these `kinds`; False for nothing. What a mark rests on goes
    with the mark (`mark`). Tone and relevance are as they were, unless others say so; what was raised stays.
    """
    standing = marks(h.con, [h.story_id]).get(h.story_id)
    free = [kind for kind in kinds if standing is None or kind != standing.mark.says]
    gone = owners.take_said_wrong_back(h.con, h.story_id, h.urn, h.me, h.now, free)
    for one in gone:
        left = owners.said_wrong(h.con, [one.mention_id]).get(one.mention_id, ())
        last = next((each for each in reversed(left) if (each.urn, each.kind) == (h.urn, one.kind)), None)
        if one.kind in (WrongKind.TONE, WrongKind.OURS):
            _rewrite(h, last or replace(one, tone=one.was_tone, relevance=one.was_relevance))
    return Done(bool(gone))


NOBODY = "-"
"""Says that nobody of the school is meant: no id of a person is that."""
TOO_GRAVE, LOOK, NOT_US, OURS = "too_grave", "look", "not_us", "ours"
"""Answers beside those of an enumeration: nothing need be done; somebody is to look; whose it is."""
WHISTLE = "whistle"
"""Says that somebody who works there tells by it of wrong-doing by who leads."""
THREATENED, HARMED = "threatened", "harmed"
"""Answers that say of whoever was taken to be accused that it threatens, or wrongs them, instead."""


def say_wrong(h: Handling, what: Mistake, right: str, why: str) -> Done[object] | Refused:
    """Say that this is wrong of the story, and what is right: a way, tone, person (id), or answer of this
    module; of TWICE the other's number. Raises InputError where a case refuses it, or somebody could read
    more."""
    if what is Mistake.TWICE and right:
        return merge(h, find_matter(h.con, h.session, right), why)
    if what in (Mistake.DANGER, Mistake.ACCUSED, Mistake.WRONGED) and right:
        return _say_who(h, what, right, why)
    said = _marking(h.look(), h.story_id, what, right)
    return Refused("right", "Say what is right.") if said is None else correct(h, said, why)


def _marking(known: KnownMatters, story_id: str, what: Mistake, right: str) -> Marking | None:
    if what is Mistake.LANE and right == TOO_GRAVE:
        return Marking(WrongKind.TOO_GRAVE)
    if what is Mistake.LANE and right == WHISTLE:
        return Marking(WrongKind.MISSED, Route.RESPOND, discloses=True)
    if what is Mistake.LANE and right in (LOOK, *WAYS):
        route = None if right == LOOK else Route(right)
        lower = route is not None and route_rank(route) <= route_rank(lane_of(known, story_id))
        moves = story_id in known.stored.alerts or lower
        return Marking(WrongKind.WRONG_LANE if moves else WrongKind.MISSED, route)
    if what is Mistake.US and right in (NOT_US, OURS):
        return Marking(WrongKind(right))
    return Marking(WrongKind.TONE, tone=Sentiment(right)) if what is Mistake.TONE and right in TONES else None


def _say_who(h: Handling, what: Mistake, right: str, why: str) -> Done[object] | Refused:
    """Say who is meant; one taken to be accused who is wronged instead also puts the lane right."""
    if right == NOBODY and what is Mistake.DANGER:
        return correct(h, Marking(WrongKind.TOO_GRAVE), why)
    if right == NOBODY and what is not Mistake.ACCUSED:  # that lowers it, which takes two: by its lane
        return Refused("right", "Say what is to be done about it instead.")
    if right in (THREATENED, HARMED) and not why.strip():
        return Refused("reason", "Say why; the reason is kept.")
    ids = () if right == NOBODY else (right,)
    if right not in (THREATENED, HARMED):
        naming = {
            Mistake.DANGER: Naming(aimed_at=ids),
            Mistake.ACCUSED: Naming(about=ids),
            Mistake.WRONGED: Naming(wronged=ids),
        }[what]
        return name(h, naming, why)
    known = h.look()
    accuses = [m for v in known.stored.verdicts[h.story_id] for m in v.accuses]
    whom = tuple(dict.fromkeys(m.person for m in accuses if m.person))
    whom = whom or tuple(sorted(alleged_in(known.stored.verdicts[h.story_id], h.people)))  # by their office
    way = Route.POLICE_NOW if right == THREATENED else Route.REQUEST_REMOVAL
    threat, lane = right == THREATENED, lane_of(known, h.story_id)
    with_lead, raised = lane is Route.SAFEGUARDING, h.story_id in known.stored.alerts
    moves = raised and (with_lead or (threat and lane is not way))
    by_name = any(m.by == NAMED for m in accuses)  # whom a person named another lane does not let in
    about = None if raised and with_lead and not by_name else ()
    naming = Naming(aimed_at=whom if threat else None, wronged=None if threat else whom, about=about)
    came = name(h, naming, why)
    if isinstance(came, Refused) or not moves:
        return came
    asked = correct(h, Marking(WrongKind.WRONG_LANE, way, raised=with_lead), why)
    return came if isinstance(asked, Refused) else asked  # who is in danger was warned, whatever its lane


TONES = frozenset(Sentiment)
WAYS = (Route.RESPOND, Route.REQUEST_REMOVAL, Route.PLATFORM_REPORT, Route.SAFEGUARDING, Route.POLICE_NOW)
"""Where a post may be said to belong instead."""


@freeze
class Marking:
    """The mark of somebody that something is wrong; the `route` that is right, of WRONG_LANE and MISSED, or
    the `tone`. `raised`: all who must know were told just now; `discloses`: staff blow the whistle by it."""

    kind: WrongKind
    route: Route | None = None
    tone: Sentiment | None = None
    raised: bool = False
    discloses: bool = False


def correct(h: Handling, said: Marking, why: str) -> Done[SaidWrong] | Done[Marked | None] | Refused:
    """Mark the story as judged wrongly, for who may read all of it: what raises it is told at once, what
    lowers danger once a second says so; what hangs on its lane follows. Raises InputError."""
    known, kind = h.look(), said.kind
    if not reads_all(h.session, known, h.story_id):
        return Refused("words", "It is for those to say who may read it.")
    was = leading(known.stored.verdicts[h.story_id])
    if (refused := _lacks(known, h.story_id, said, why)) is not None:
        return refused
    given = mark_with_verdict(h, known, kind, why.strip())
    if kind in ENDING:
        before = asked_alike(h, known, given)
        if isinstance(before, SaidWrong):
            return answer(h, before, why, agrees=True)
        came = mark(h, Mark(kind.value), why)
        if isinstance(came, Done) and came.made and came.made.at == h.now and not came.made.mark.ends:
            ask_second(h, known, given)
        return came
    if kind is WrongKind.WRONG_LANE and said.route is not None and h.story_id in known.stored.alerts:
        return _to_lane(h, known, replace(given, route=said.route), raises=not said.raised)
    ours = Relevance.ABOUT if kind is WrongKind.OURS else None
    given = replace(given, relevance=ours, route=said.route, tone=said.tone, counts_at=h.now)
    stands = owners.said_wrong(h.con, [was.mention_id]).get(was.mention_id, ())
    if first := next((each for each in stands if (each.urn, each.kind) == (h.urn, kind)), None):
        given = replace(given, was_tone=first.was_tone, was_relevance=first.was_relevance)
    owners.put_said_wrong(h.con, given, h.story_id)
    if kind in (WrongKind.OURS, WrongKind.TONE):
        _rewrite(h, given)
    elif kind is WrongKind.WRONG_LANE and said.route is not None:
        _judge(h, partial(apply_lane, route=said.route))
    elif said.discloses:
        _judge(h, lambda v, *, lead: apply_disclosure(v) if lead else v)
    elif kind is WrongKind.MISSED or (said.route is not None and said.route.urgent):
        _raise(h, said.route)
    return Done(given)


def _lacks(known: KnownMatters, story_id: str, said: Marking, why: str) -> Refused | None:
    if said.kind is WrongKind.WRONG_LANE and said.route is None:
        return Refused("route", "Say which way is right.")
    if said.kind is WrongKind.WRONG_LANE and said.route is lane_of(known, story_id):
        return Refused("same_lane", "It is in that lane already. Say another one.")
    if said.kind is WrongKind.TONE and said.tone is None:
        return Refused("tone", "Say which tone is right.")
    if said.kind is WrongKind.MISSED and story_id in known.stored.alerts:
        return Refused("missed", "It was raised as an alert, so it was not missed.")
    if said.kind in (WrongKind.TOO_GRAVE, WrongKind.OVER) and not is_raised(known, story_id):
        return Refused("too_grave", "No alert was raised of it, so there is nothing to lower.")
    if not why.strip() and said.kind in (WrongKind.MISSED, WrongKind.WRONG_LANE):
        return Refused("reason", "Say why; the reason is kept.")
    return None


def lane_of(known: KnownMatters, story_id: str) -> Route:
    """Return a story's lane, as its page says: with the lead, else by its alert or its gravest post."""
    if known.stored.by_story[story_id].bypass is not None:
        return Route.SAFEGUARDING
    alert = known.stored.alerts.get(story_id)
    return alert.route if alert is not None else leading(known.stored.verdicts[story_id]).route


def _to_lane(
    h: Handling, known: KnownMatters, given: SaidWrong, *, raises: bool
) -> Done[SaidWrong] | Refused:
    """To a lane that is no less grave at once, to another by two; what of that raises it, at once too."""
    route, story = given.route, h.story_id
    alert, lane = known.stored.alerts[story], lane_of(known, story)
    adds = raises and route is not None and route.urgent and route is not alert.route
    matter, verdicts = known.stored.by_story[story], known.stored.verdicts[story]
    danger = may_be_danger(matter, alert, verdicts) and route is not None and not route.urgent
    lowers = lane.urgent or route is Route.RESPOND or danger
    if route is Route.SAFEGUARDING or route is None or not lowers:
        owners.put_said_wrong(h.con, given := replace(given, counts_at=h.now), story)
        if adds:
            _raise(h, route)
        elif route is not None:
            _judge(h, partial(apply_lane, route=route))
        return Done(given)
    before = asked_alike(h, known, given)
    if isinstance(before, SaidWrong):
        return answer(h, before, given.why, agrees=True)
    if before is not None:
        return before
    posts = [v.mention_id for v in verdicts]
    if lane is Route.SAFEGUARDING and any(may_be_opened_by_nobody(h.con, i, h.urn) for i in posts):
        return Refused("child_image", "A picture there may show a child: it stays the safeguarding lead’s.")
    if (alone := no_second(h, known)) is not None:
        return alone
    owners.put_said_wrong(h.con, given, story)
    if adds:
        _raise(h, route)
    ask_second(h, h.look(), given)
    return Done(given)


def _raise(h: Handling, to: Route | None) -> None:
    """Judges it as what somebody says was missed, and tells whoever must know by that."""
    _judge(h, lambda v, *, lead: apply_missed(v, to) if lead else v)


def _judge(
    h: Handling, say: Say, *, accuses: bool = False, lets_in: Collection[str] = (), lowered: bool = False
) -> Alert | None:
    given = (h.con, h.story_id, h.urn, say, judges_of(h), h.me, h.now)
    return judge_as_said(*given, accuses=accuses, lets_in=lets_in, lowered=lowered)


def judges_of(h: Handling) -> Judges:
    """Make what judges, and tells who must know, of whoever acts."""
    return make_judges(h.config, h.context.home, Linker(h.config.schools))


def answer(h: Handling, asked: SaidWrong, why: str, *, agrees: bool) -> Done[SaidWrong] | Refused:
    """Agree to what takes two people, or refuse; they are told. Raises InputError where a case refuses."""
    known, why = h.look(), why.strip()
    if asked not in waiting_requests(h.con, h.session, known, h.story_id, h.urn):
        return h.refuse("second_person", "seconds")
    if not why:
        return Refused("reason", "Say why; the reason is kept.")
    if not agrees:
        standing = known.stored.marks.get(h.story_id)
        if standing is not None and standing.mark.says == asked.kind:
            owners.undo(h.con, h.story_id, h.urn, h.me, h.now)
        given, reason = (h.con, h.story_id, h.urn, h.me, h.now), (note(h.con, why),)
        owners.take_said_wrong_back(*given, [asked.kind], anybodys=True, why=reason)
        _refuse(h, known, Agreed(asked, why))
    elif asked.kind in ENDING:
        came = _end(h, known, Agreed(asked, why))
        if isinstance(came, Refused):
            return came
    else:
        does = {WrongKind.LET_IN: let_in, WrongKind.WITHDRAWN: let_in, WrongKind.WRONG_LANE: _into_lane}
        if asked.kind == WrongKind.WITHDRAWN:  # asked of a version that let in whom the door had left out
            by_door = (m for v in known.stored.verdicts[h.story_id] for m in v.accuses if m.by == BY)
            asked = replace(asked, label=" ".join(sorted(persons_meant(by_door, h.people))))
        does[WrongKind(asked.kind)](h, Agreed(asked, why))
        return Done(asked)
    tell_of_it(h, h.look(), asked, [asked.person_id], "agrees" if agrees else "refuses")
    return Done(asked)


def _end(h: Handling, known: KnownMatters, agreed: Agreed) -> Done[Marked | None] | Refused:
    """Mark it as two say, and close its open cases that may be: as a mistake, or of what is over those that
    are done."""
    kind, standing = Mark(agreed.asked.kind), known.stored.marks.get(h.story_id)
    if standing is None or standing.mark is not kind.waiting:  # a case was opened since it was asked
        first = Marked(h.story_id, h.urn, kind.waiting, agreed.asked.person_id, h.now)
        owners.record_mark(h.con, first)
    came = mark(h, kind, agreed.why)
    if isinstance(came, Refused):
        return came
    for case in (c for c in known.stored.cases_of(h.story_id) if c.closed_at is None):
        if kind is not Mark.OVER:
            _finish(h, case, agreed, Ending.MISTAKEN)
        elif case.lane is None and case.decision != Decision.SEEK:
            _finish(h, case, agreed, Ending.HANDED_OVER, Ending.ANSWERED)
    return came


def _finish(h: Handling, case: Case, agreed: Agreed, *endings: Ending) -> None:
    """Close its case by the first of these that it allows; where something is left to do, it goes on."""
    for ending in endings:
        with suppress(InputError):
            by_one_of_two(h, case, Closed(ending=ending), agreed)
            return


def _refuse(h: Handling, known: KnownMatters, refused: Agreed) -> None:
    """Writes on the matter what was not agreed to, and why. Whom it leaves out, and the asker's word
    alone had put in danger, is not any more, and is told by which office that warning is withdrawn."""
    asked, t = refused.asked, telling_of(h, known)
    said = t.w("instant.second.refused", what=t.w(f"instant.second.what.{asked.kind}"), why=refused.why)
    note_id = h.note_down(said).id
    then = alert_store.named_then(h.con, t.alert, asked.person_id, asked.said_at)
    then = then.intersection(t.alert.excluded)
    meant = (m for v in known.stored.verdicts[h.story_id] for m in aims(v))
    named = {m.person for m in meant if m.by == NAMED and m.person}
    if warned := sorted(named & then):
        _judge(h, partial(apply_naming, naming=Naming(aimed_at=tuple(sorted(named - then))), people=h.people))
        office = office_named(main_role(h.session.person), t.school.nation, t.w)
        to = [p for p in warned if p in t.people and t.people[p].email]
        by = t.w("lane.the", office=office)
        mails = [to_outside(t, p, "withdrawn", digest("withdrawn", note_id, p), by) for p in to]
        put_outbox(h.con, mails, h.now)


def _into_lane(h: Handling, agreed: Agreed) -> None:
    """Moves it to the lane that two people say is right: its words, its alert, who is told, its open cases.
    Whom a guess left out is let in; not whom a person named as accused or in conflict."""
    stored, people = h.look().stored, h.people
    verdicts = stored.verdicts[h.story_id]
    cases = [case for case in stored.cases_of(h.story_id) if case.closed_at is None]
    named = persons_meant((m for v in verdicts for m in v.accuses if m.by == NAMED), people)
    kept = {*named, *(p for case in cases for p in (*case.accused, *case.conflicted))}
    ids = stored.by_story[h.story_id].subjects - kept
    alert_store.show(h.con, stored.alerts[h.story_id].id)
    posts = [v.mention_id for v in verdicts if v.restricted]
    others = {v.mention_id for v in former_verdicts(h.con, posts) if v.restricted and v.urn != h.urn}
    lift_restriction(h.con, [post for post in posts if post not in others], h.now)
    say = partial(apply_lane, route=agreed.asked.route or Route.RESPOND)
    alert = _judge(h, say, accuses=True, lets_in=ids | list_related(ids, people), lowered=True)
    record_agreed(h, agreed, alert, ids)
    for case in cases:
        if alert is not None and case.content_class != alert.content_class:
            by_one_of_two(h, case, Classified(content_class=ContentClass(alert.content_class)), agreed)
    free_in_cases(h, agreed, ids)


def _rewrite(h: Handling, said: SaidWrong) -> None:
    """The newest verdict on that post, of the tone and of the school that is said."""
    newest = max(whole_verdicts(h.con, [said.mention_id], said.urn), key=lambda v: v.version, default=None)
    if newest is not None:
        if said.kind == WrongKind.TONE:
            right = replace(newest, sentiment=said.tone or newest.sentiment)
        else:
            right = replace(newest, relevance=said.relevance or newest.relevance)
        put_again(h.con, [right], (), h.now, h.config.policy, said.person_id)


def consequences(h: Handling) -> Iterator[tuple[str, int]]:
    """List what this person's mark of now changes, for `alerts.wording.matters.follows_words`."""
    said = owners.marked_now(h.con, h.story_id, h.urn, h.me, h.now)
    if said is None:
        return
    standing = marks(h.con, [h.story_id]).get(h.story_id)
    found = alert_store.by_story(h.con, [h.story_id]).get((h.story_id, h.urn))
    if said.counts_at is None:
        yield "waits", 0
    elif standing is None or standing.at != h.now:
        raised = found is not None and found.raised_at == h.now
        yield "raised" if raised else "looked" if said.kind == WrongKind.MISSED else "recorded", 0
    elif found is not None:
        yield "closed", 0
        sent = count_sent(h.con, found.id)
        yield from (("sent", sent),) if sent else ()
