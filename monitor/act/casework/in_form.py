"""What somebody says of a case, in the form in which the ladder takes it: the same from every door."""

from __future__ import annotations

from data.cases import Case
from data.content_class import BYPASSING, ContentClass
from data.steps.judging import Accused, Classified, Reclassified, Targeted
from data.steps.kinds import Step

RECLASSIFY_LEAST = 40
"""Characters of a written reason for reclassifying fair comment."""


def in_form(case: Case, said: Step) -> Step:
    """Fair comment is reclassified, unless it stays that or bypasses the ladder; to name who is accused takes
    no target."""
    match said:
        case Classified(content_class=wanted, lane=lane):
            stays = not case.fair or wanted == ContentClass.FAIR_COMMENT or wanted in BYPASSING
            again = Reclassified(from_class=case.content_class, content_class=wanted, lane=lane)
            return said if stays else again
        case Targeted(person="", subjects=tuple() as accused) if accused:
            return Accused(people=accused)
    return said


def least_why(said: Step) -> int:
    """So many characters its written reason has, at least."""
    reclassifies = isinstance(said, Reclassified) and not said.proposed_by
    return RECLASSIFY_LEAST if reclassifies else int(bool(said.wants_why))


def confirmed(case: Case) -> Step | None:
    """What was proposed, as a second person sets it; None where nothing was."""
    if (proposal := case.proposal) is None:
        return None
    to, lane, by, was = proposal.content_class, proposal.lane, proposal.by, case.content_class
    if not case.fair:
        return Classified(content_class=to, lane=lane, proposed_by=by)
    return Reclassified(from_class=was, content_class=to, lane=lane, proposed_by=by)
