"""What classing, deciding, answering, looking and handing over want before they are recorded."""

from __future__ import annotations

from alerts.access.acts import Act
from alerts.access.independence import confirmers, reports_to_one
from alerts.ladder.conflicts import meant_by, opens_ladder
from alerts.ladder.replay_asking import open_asking
from alerts.ladder.rules import SCHOOLGATE, StepAttempt, moment, several
from alerts.ladder.standing import GONE_ENDINGS, may_show_a_child
from data.cases import BypassRoute, CaseState, Ending, RungAnswer
from data.content_class import BYPASSING, ContentClass
from data.types import Route

PLACES = frozenset(
    (
        "dsl",
        "pastoral",
        "social_care",
        "lado",
        "police",
        "999",
        "ceop",
        "iwf",
        "report_remove",
        "ctiru",
        "prevent",
        "parent",
        "crisis_service",
        "chair",
        "head",
        "dpo",
        "ico",
        "report_fraud",
        "posh",
        "rhc",
        "childline",
        "revenge_porn_helpline",
        "stopncii",
        "complaints",
        "la_contact",
        "trust_contact",
        "lawyer",
    )
)
"""Those a matter may be handed to."""
_CEOP_LANES = frozenset((BypassRoute.SAFEGUARDING, BypassRoute.CHILD_IMAGE))


def works_on_it(attempt: StepAttempt) -> bool:
    """Who may read the case, and is not its target, does what is done in it."""
    if attempt.actor is None:
        return attempt.event.actor == SCHOOLGATE
    return attempt.actor_may(Act.WORK)


def called_fair(attempt: StepAttempt) -> bool:
    """What was decided on is called fair comment by who decides, and a threat for a reason alone."""
    if attempt.fact("class") != ContentClass.FAIR_COMMENT:
        return True
    decided = attempt.case.decision is not None and not attempt.case.delegated
    threat = attempt.case.route is Route.POLICE_NOW
    return (not decided or attempt.actor_may(Act.DECIDE)) and bool(attempt.why or not threat)


def not_their_own(attempt: StepAttempt) -> bool:
    """Whoever a post means never opens the ladder against it, nor proposes that, whatever else they are."""
    mine = attempt.event.actor in meant_by(attempt.case, attempt.event, attempt.rules)
    return not mine or not opens_ladder(attempt.case, attempt.event)


def second_person(attempt: StepAttempt) -> bool:
    """Nor does alone who reports to somebody whom it means: they propose it, and another confirms."""
    ids = meant_by(attempt.case, attempt.event, attempt.rules)
    alone = attempt.actor is not None and reports_to_one(attempt.actor, ids, attempt.rules.people)
    return not alone or not opens_ladder(attempt.case, attempt.event)


def somebody_confirms(attempt: StepAttempt) -> bool:
    """There is somebody of the school, or above it, who may confirm it."""
    ids = meant_by(attempt.case, attempt.event, attempt.rules)
    return bool(confirmers(attempt.rules.matter(attempt.case), ids, attempt.rules.people))


def to_be_opened(attempt: StepAttempt) -> bool:
    """Only what is held to be fair comment, or was not judged, waits for a second person."""
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
    """Fair comment stays so, or goes to a lane; anything else is a reclassification with its reason."""
    return attempt.fact("class") in BYPASSING | {ContentClass.FAIR_COMMENT}


def another_class(attempt: StepAttempt) -> bool:
    """It says from what to what, and what it becomes is no fair comment."""
    return (
        attempt.fact("from") == attempt.case.content_class
        and attempt.fact("class") != ContentClass.FAIR_COMMENT
    )


def keeps_lane(attempt: StepAttempt) -> bool:
    """Only a safeguarding lead takes a matter out of its lane; where there is none, who has it."""
    if attempt.fact("class") in BYPASSING or attempt.actor is None:
        return attempt.actor is not None
    return attempt.actor_may(Act.END_BYPASS)


def reason_to_leave_lane(attempt: StepAttempt) -> bool:
    """Why it is no matter of safeguarding after all."""
    return attempt.fact("class") in BYPASSING or bool(attempt.why)


def target_no_subject(attempt: StepAttempt) -> bool:
    """Whom it may accuse is no target: they are told nothing."""
    after = (
        several(attempt.event.facts, "subjects")
        if "subjects" in attempt.event.facts
        else attempt.case.subjects
    )
    return attempt.fact("person") not in after


def reason_to_clear(attempt: StepAttempt) -> bool:
    """Why somebody is no subject any more."""
    if "subjects" not in attempt.event.facts:
        return True
    return set(attempt.case.subjects) <= set(several(attempt.event.facts, "subjects")) or bool(attempt.why)


def decider(attempt: StepAttempt) -> bool:
    """Decided by who decides in this school, or for a platform report by a delegate; never by its subject."""
    return attempt.actor_may(Act.DECIDE_ON_REPORT)


def delegate_seeks(attempt: StepAttempt) -> bool:
    """A delegate may decide on a platform report, on nothing else, and undoes no decider's decision."""
    open_to_them = attempt.case.decision is None or attempt.case.delegated
    seeks = attempt.fact("decision") == "seek" and open_to_them
    return seeks or attempt.actor_may(Act.DECIDE)


def reason_to_stop(attempt: StepAttempt) -> bool:
    """Why removal is not sought any more."""
    return attempt.fact("decision") != "stop" or bool(attempt.why)


def was_asked(attempt: StepAttempt) -> bool:
    """There is a question open that this answers."""
    return open_asking(attempt.case, attempt.rung, attempt.event.facts.get("kind")) is not None


def after_asking(attempt: StepAttempt) -> bool:
    """An answer does not come before its question."""
    i = open_asking(attempt.case, attempt.rung, attempt.event.facts.get("kind"))
    return i is None or attempt.case.askings[i].at <= attempt.at


def poster_told(attempt: StepAttempt) -> bool:
    """That the operator told the poster is said of a section 5 notice, after it came, and ends nothing."""
    at = moment(attempt.fact("poster_told_at"))
    i = open_asking(attempt.case, attempt.rung, attempt.event.facts.get("kind"))
    if at is None or i is None:
        return at is None
    notice = attempt.case.askings[i]
    return notice.kind == "s5" and notice.at <= at and attempt.fact("result") == RungAnswer.NONE


def support_person(attempt: StepAttempt) -> bool:
    """Support is for the person aimed at, once somebody is named."""
    return attempt.fact("person") in ("", attempt.case.target or attempt.fact("person"))


def no_child_in_pictures(attempt: StepAttempt) -> bool:
    """No picture is fetched where it may show a child, nakedness, or what has a lane."""
    return not may_show_a_child(attempt.case)


def looked_in_order(attempt: StepAttempt) -> bool:
    """A look does not come before what was known later, or before it was said to be gone."""
    known = [c.at for c in attempt.case.checks] + [t for t in (attempt.case.said_gone_at,) if t]
    return all(attempt.at >= t for t in known)


def worth_looking(attempt: StepAttempt) -> bool:
    """A closed case is looked at again where the post was removed, changed or left standing."""
    return attempt.case.ending in GONE_ENDINGS | {Ending.STANDING}


def was_gone(attempt: StepAttempt) -> bool:
    """Only what was said to be gone comes back."""
    return attempt.case.state is CaseState.CONFIRMING or attempt.case.ending in GONE_ENDINGS


def new_copy(attempt: StepAttempt) -> bool:
    """A copy is named once, and is not the post itself."""
    return attempt.fact("mention") not in (*attempt.case.copies, attempt.case.mention_id)


def known_place(attempt: StepAttempt) -> bool:
    """To somebody whom a matter is handed to."""
    return attempt.fact("to") in PLACES


def ceop_for_children(attempt: StepAttempt) -> bool:
    """CEOP takes online abuse of children, not bullying or fake accounts."""
    return attempt.fact("to") != "ceop" or attempt.case.lane in _CEOP_LANES


def may_be_assigned(attempt: StepAttempt) -> bool:
    """To somebody of the school who is neither its subject nor its target."""
    person = attempt.rules.person(attempt.fact("person"))
    return person is not None and person in attempt.who_may(Act.BE_GIVEN)
