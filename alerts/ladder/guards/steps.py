"""What classifying, deciding, answering, checking and handing over need before they are recorded."""

from __future__ import annotations

from alerts.access.acts import Act
from alerts.access.independence import confirmers, reports_to_one
from alerts.access.referrals import PLACES
from alerts.ladder.derived_state import GONE_ENDINGS, OF_OTHERS, may_show_a_child
from alerts.ladder.reclassifying import meant_by
from alerts.ladder.replay_requests import open_asking, open_clock
from alerts.ladder.rules import SCHOOLGATE, StepAttempt, moment, opens_ladder, several
from data.cases import BypassRoute, CaseState, Ending, RungAnswer
from data.content_class import BYPASSING, ContentClass
from data.types import Route

_CEOP_LANES = frozenset((BypassRoute.SAFEGUARDING, BypassRoute.CHILD_IMAGE))


def works_on_it(attempt: StepAttempt) -> bool:
    """Only somebody who may read the case, and is not its target, works on it."""
    if attempt.actor is None:
        return attempt.event.actor == SCHOOLGATE
    return attempt.actor_may(Act.WORK)


def another_place(attempt: StepAttempt) -> bool:
    """Where it is, is put right, not said again."""
    return attempt.fact("channel") != attempt.case.channel


def called_fair(attempt: StepAttempt) -> bool:
    """After a decision only a decider calls it fair comment; a possible threat needs a written reason."""
    if attempt.fact("class") != ContentClass.FAIR_COMMENT:
        return True
    decided = attempt.case.decision is not None and not attempt.case.delegated
    threat = attempt.case.route is Route.POLICE_NOW
    return (not decided or attempt.actor_may(Act.DECIDE)) and bool(attempt.why or not threat)


def not_their_own(attempt: StepAttempt) -> bool:
    """Anyone a post means never opens the ladder against it, and never proposes that, whatever their role."""
    mine = attempt.event.actor in meant_by(attempt.case, attempt.event, attempt.rules)
    return not mine or not opens_ladder(attempt.case, attempt.event)


def second_person(attempt: StepAttempt) -> bool:
    """Somebody who reports to a person it means cannot do so alone: they propose it, somebody else
    confirms.
    """
    ids = meant_by(attempt.case, attempt.event, attempt.rules)
    alone = attempt.actor is not None and reports_to_one(attempt.actor, ids, attempt.rules.people)
    return not alone or not opens_ladder(attempt.case, attempt.event)


def somebody_confirms(attempt: StepAttempt) -> bool:
    """There is somebody at the school, or above it, who may confirm it."""
    ids = meant_by(attempt.case, attempt.event, attempt.rules)
    return bool(confirmers(attempt.rules.matter(attempt.case), ids, attempt.rules.people))


def to_be_opened(attempt: StepAttempt) -> bool:
    """Only fair comment, and what was not judged, waits for a second person."""
    return attempt.case.fair or attempt.case.unjudged


def is_proposed(attempt: StepAttempt) -> bool:
    """There is a proposal to turn down."""
    return attempt.case.proposal is not None


def reason(attempt: StepAttempt) -> bool:
    """In the person's own words."""
    return bool(attempt.why)


def in_words(attempt: StepAttempt) -> bool:
    """All four are said in words."""
    return all(attempt.fact(name).strip() for name in ("nature", "visible", "spread", "impact"))


def reclassify(attempt: StepAttempt) -> bool:
    """Fair comment stays so or takes a bypass route; anything else is a reclassification with a reason."""
    return attempt.fact("class") in BYPASSING | {ContentClass.FAIR_COMMENT}


def another_class(attempt: StepAttempt) -> bool:
    """It says from which class to which, and the new class is not fair comment."""
    return (
        attempt.fact("from") == attempt.case.content_class
        and attempt.fact("class") != ContentClass.FAIR_COMMENT
    )


def keeps_lane(attempt: StepAttempt) -> bool:
    """Only a safeguarding lead takes a case off its bypass route; if there is none, whoever has the case."""
    if attempt.fact("class") in BYPASSING or attempt.actor is None:
        return attempt.actor is not None
    return attempt.actor_may(Act.END_BYPASS)


def reason_to_leave_lane(attempt: StepAttempt) -> bool:
    """Why it is not a safeguarding matter after all."""
    return attempt.fact("class") in BYPASSING or bool(attempt.why)


def target_no_subject(attempt: StepAttempt) -> bool:
    """Somebody it may accuse is not a target: they are told nothing."""
    after = (
        several(attempt.event.facts, "subjects")
        if "subjects" in attempt.event.facts
        else attempt.case.subjects
    )
    return attempt.fact("person") not in after


def reason_to_clear(attempt: StepAttempt) -> bool:
    """Why somebody is no longer a subject."""
    if "subjects" not in attempt.event.facts:
        return True
    return set(attempt.case.subjects) <= set(several(attempt.event.facts, "subjects")) or bool(attempt.why)


def decider(attempt: StepAttempt) -> bool:
    """Decided by the school's decider, or a delegate for a platform report; never by its subject."""
    return attempt.actor_may(Act.DECIDE_ON_REPORT)


def delegate_seeks(attempt: StepAttempt) -> bool:
    """A delegate may decide only on a platform report, and cannot undo a decider's decision."""
    open_to_them = attempt.case.decision is None or attempt.case.delegated
    seeks = attempt.fact("decision") == "seek" and open_to_them
    return seeks or attempt.actor_may(Act.DECIDE)


def reason_to_stop(attempt: StepAttempt) -> bool:
    """Why removal is no longer sought."""
    return attempt.fact("decision") != "stop" or bool(attempt.why)


def was_asked(attempt: StepAttempt) -> bool:
    """There is an open question that this answers."""
    return open_asking(attempt.case, attempt.rung, attempt.event.facts.get("kind")) is not None


def after_asking(attempt: StepAttempt) -> bool:
    """An answer does not come before its question."""
    i = open_asking(attempt.case, attempt.rung, attempt.event.facts.get("kind"))
    return i is None or attempt.case.askings[i].at <= attempt.at


def silence_over(attempt: StepAttempt) -> bool:
    """That nobody answered is recorded once the time that they have is over: until then it is not known.

    An operator may act on a notice to the last minute of its time (SI 2013/3028). That it told the poster is
    no silence.
    """
    if attempt.fact("result") != RungAnswer.NONE or attempt.fact("poster_told_at"):
        return True
    clock = open_clock(attempt.case, attempt.rung, attempt.event.facts.get("kind"))
    return clock is None or clock.clock not in OF_OTHERS or clock.over(attempt.at)


def poster_told(attempt: StepAttempt) -> bool:
    """That the operator told the poster belongs to a section 5 notice, comes after it, and ends nothing."""
    at = moment(attempt.fact("poster_told_at"))
    i = open_asking(attempt.case, attempt.rung, attempt.event.facts.get("kind"))
    if at is None or i is None:
        return at is None
    notice = attempt.case.askings[i]
    return notice.kind == "s5" and notice.at <= at and attempt.fact("result") == RungAnswer.NONE


def support_person(attempt: StepAttempt) -> bool:
    """Support is for the person targeted, once somebody is named."""
    return attempt.fact("person") in ("", attempt.case.target or attempt.fact("person"))


def no_child_in_pictures(attempt: StepAttempt) -> bool:
    """No picture is fetched that may show a child, nudity or anything that bypasses the ladder."""
    return not may_show_a_child(attempt.case)


def looked_in_order(attempt: StepAttempt) -> bool:
    """A check is not dated before the last one, nor before the post was said to be gone."""
    known = [c.at for c in attempt.case.checks] + [t for t in (attempt.case.said_gone_at,) if t]
    return all(attempt.at >= t for t in known)


def worth_looking(attempt: StepAttempt) -> bool:
    """A closed case is checked again if the post was removed, changed or left up."""
    return attempt.case.ending in GONE_ENDINGS | {Ending.STANDING}


def was_gone(attempt: StepAttempt) -> bool:
    """Only what was said to be gone comes back."""
    return attempt.case.state is CaseState.CONFIRMING or attempt.case.ending in GONE_ENDINGS


def new_copy(attempt: StepAttempt) -> bool:
    """A copy is named once, and is not the post itself."""
    return attempt.fact("mention") not in (*attempt.case.copies, attempt.case.mention_id)


def known_place(attempt: StepAttempt) -> bool:
    """To somebody on the list of those a matter may be handed to."""
    return attempt.fact("to") in PLACES


def place_of_nation(attempt: StepAttempt) -> bool:
    """To somebody who is responsible in the nation of the school."""
    return attempt.rules.school.nation in PLACES[attempt.fact("to")]


def ceop_for_children(attempt: StepAttempt) -> bool:
    """CEOP takes online abuse of children, not bullying or fake accounts."""
    return attempt.fact("to") != "ceop" or attempt.case.lane in _CEOP_LANES


def may_be_assigned(attempt: StepAttempt) -> bool:
    """To somebody at the school who is neither its subject nor its target."""
    person = attempt.rules.person(attempt.fact("person"))
    return person is not None and person in attempt.who_may(Act.BE_GIVEN)
