"""What classing, deciding, answering, looking and handing over want before they are recorded."""

from __future__ import annotations

from alerts.ladder.conflicts import confirmers, meant_by, opens_ladder, reports_to_one
from alerts.ladder.deciders import deciders, delegates
from alerts.ladder.lanes import SAFEGUARDERS
from alerts.ladder.replay_asking import open_asking
from alerts.ladder.rules import SCHOOLGATE, StepAttempt, moment, several
from alerts.ladder.sight import kept_out, may_read
from alerts.ladder.standing import GONE_ENDINGS, may_show_a_child
from data.cases import BypassRoute, CaseState, Ending, RungAnswer
from data.content_class import BYPASSING, ContentClass
from data.types import Route

PLACES = frozenset(
    (
        *("dsl", "pastoral", "social_care", "lado", "police", "999", "ceop", "iwf", "report_remove"),
        *("ctiru", "prevent", "parent", "crisis_service", "chair", "head", "dpo", "ico", "report_fraud"),
        *(
            "posh",
            "rhc",
            "childline",
            "revenge_porn_helpline",
            "stopncii",
            "complaints",
            "la_contact",
            "trust_contact",
            "lawyer",
        ),
    )
)
"""Those a matter may be handed to."""
_CEOP_LANES = frozenset((BypassRoute.SAFEGUARDING, BypassRoute.CHILD_IMAGE))


def works_on_it(look: StepAttempt) -> bool:
    """Who may read the case, and is not its target, does what is done in it."""
    if look.actor is None:
        return look.event.actor == SCHOOLGATE
    return may_read(look.case, look.actor, look.rules.people) and not _alone(look, look.actor.id)


def _alone(look: StepAttempt, person_id: str) -> bool:
    """Is this the target, deciding over themselves where others could?"""
    if person_id != look.case.target:
        return False
    return any(p.id != person_id for p in deciders(look.case, look.rules))


def called_fair(look: StepAttempt) -> bool:
    """What was decided on is called fair comment by who decides, and a threat for a reason alone."""
    if look.fact("class") != ContentClass.FAIR_COMMENT:
        return True
    decided = look.case.decision is not None and not look.case.delegated
    threat = look.case.route is Route.POLICE_NOW
    return (not decided or look.actor in deciders(look.case, look.rules)) and bool(look.why or not threat)


def not_their_own(look: StepAttempt) -> bool:
    """Whoever a post means never opens the ladder against it, nor proposes that, whatever else they are."""
    mine = look.event.actor in meant_by(look.case, look.event, look.rules)
    return not mine or not opens_ladder(look.case, look.event)


def second_person(look: StepAttempt) -> bool:
    """Nor does alone who reports to somebody whom it means: they propose it, and another confirms."""
    ids = meant_by(look.case, look.event, look.rules)
    alone = look.actor is not None and reports_to_one(look.actor, ids, look.rules)
    return not alone or not opens_ladder(look.case, look.event)


def somebody_confirms(look: StepAttempt) -> bool:
    """There is somebody of the school, or above it, who may confirm it."""
    return bool(confirmers(look.case, meant_by(look.case, look.event, look.rules), look.rules))


def to_be_opened(look: StepAttempt) -> bool:
    """Only what is held to be fair comment, or was not judged, waits for a second person."""
    return look.case.fair or look.case.unjudged


def is_proposed(look: StepAttempt) -> bool:
    """There is a proposal to turn down."""
    return look.case.proposal is not None


def reason(look: StepAttempt) -> bool:
    """In the person's own words."""
    return bool(look.why)


def in_words(look: StepAttempt) -> bool:
    """All four are said in words."""
    return all(look.fact(name).strip() for name in ("nature", "visible", "spread", "impact"))


def reclassify(look: StepAttempt) -> bool:
    """Fair comment stays so, or goes to a lane; anything else is a reclassification with its reason."""
    return look.fact("class") in BYPASSING | {ContentClass.FAIR_COMMENT}


def another_class(look: StepAttempt) -> bool:
    """It says from what to what, and what it becomes is no fair comment."""
    return look.fact("from") == look.case.content_class and look.fact("class") != ContentClass.FAIR_COMMENT


def keeps_lane(look: StepAttempt) -> bool:
    """Only a safeguarding lead takes a matter out of its lane; where there is none, who has it."""
    if look.fact("class") in BYPASSING or look.actor is None:
        return look.actor is not None
    return bool(SAFEGUARDERS & set(look.actor.roles)) or not _safeguarders(look)


def _safeguarders(look: StepAttempt) -> bool:
    return any(SAFEGUARDERS & set(p.roles) and not kept_out(look.case, p) for p in look.rules.people)


def reason_to_leave_lane(look: StepAttempt) -> bool:
    """Why it is no matter of safeguarding after all."""
    return look.fact("class") in BYPASSING or bool(look.why)


def target_no_subject(look: StepAttempt) -> bool:
    """Whom it may accuse is no target: they are told nothing."""
    after = several(look.event.facts, "subjects") if "subjects" in look.event.facts else look.case.subjects
    return look.fact("person") not in after


def reason_to_clear(look: StepAttempt) -> bool:
    """Why somebody is no subject any more."""
    if "subjects" not in look.event.facts:
        return True
    return set(look.case.subjects) <= set(several(look.event.facts, "subjects")) or bool(look.why)


def decider(look: StepAttempt) -> bool:
    """Decided by who decides in this school, or for a platform report by a delegate; never by its subject."""
    return look.actor in (*deciders(look.case, look.rules), *delegates(look.case, look.rules))


def delegate_seeks(look: StepAttempt) -> bool:
    """A delegate may decide on a platform report, on nothing else, and undoes no decider's decision."""
    open_to_them = look.case.decision is None or look.case.delegated
    seeks = look.fact("decision") == "seek" and open_to_them
    return seeks or look.actor in deciders(look.case, look.rules)


def reason_to_stop(look: StepAttempt) -> bool:
    """Why removal is not sought any more."""
    return look.fact("decision") != "stop" or bool(look.why)


def was_asked(look: StepAttempt) -> bool:
    """There is a question open that this answers."""
    return open_asking(look.case, look.rung, look.event.facts.get("kind")) is not None


def after_asking(look: StepAttempt) -> bool:
    """An answer does not come before its question."""
    i = open_asking(look.case, look.rung, look.event.facts.get("kind"))
    return i is None or look.case.askings[i].at <= look.at


def poster_told(look: StepAttempt) -> bool:
    """That the operator told the poster is said of a section 5 notice, after it came, and ends nothing."""
    at = moment(look.fact("poster_told_at"))
    i = open_asking(look.case, look.rung, look.event.facts.get("kind"))
    if at is None or i is None:
        return at is None
    notice = look.case.askings[i]
    return notice.kind == "s5" and notice.at <= at and look.fact("result") == RungAnswer.NONE


def support_person(look: StepAttempt) -> bool:
    """Support is for the person aimed at, once somebody is named."""
    return look.fact("person") in ("", look.case.target or look.fact("person"))


def no_child_in_pictures(look: StepAttempt) -> bool:
    """No picture is fetched where it may show a child, nakedness, or what has a lane."""
    return not may_show_a_child(look.case)


def looked_in_order(look: StepAttempt) -> bool:
    """A look does not come before what was known later, or before it was said to be gone."""
    known = [c.at for c in look.case.checks] + [t for t in (look.case.said_gone_at,) if t]
    return all(look.at >= t for t in known)


def worth_looking(look: StepAttempt) -> bool:
    """A closed case is looked at again where the post was removed, changed or left standing."""
    return look.case.ending in GONE_ENDINGS | {Ending.STANDING}


def was_gone(look: StepAttempt) -> bool:
    """Only what was said to be gone comes back."""
    return look.case.state is CaseState.CONFIRMING or look.case.ending in GONE_ENDINGS


def new_copy(look: StepAttempt) -> bool:
    """A copy is named once, and is not the post itself."""
    return look.fact("mention") not in (*look.case.copies, look.case.mention_id)


def known_place(look: StepAttempt) -> bool:
    """To somebody whom a matter is handed to."""
    return look.fact("to") in PLACES


def ceop_for_children(look: StepAttempt) -> bool:
    """CEOP takes online abuse of children, not bullying or fake accounts."""
    return look.fact("to") != "ceop" or look.case.lane in _CEOP_LANES


def may_be_assigned(look: StepAttempt) -> bool:
    """To somebody of the school who is neither its subject nor its target."""
    person = look.rules.person(look.fact("person"))
    return person is not None and not kept_out(look.case, person) and person.id != look.case.target
