"""The part of a school's day that is a person's own who is sent no digest of it. Pure."""

from __future__ import annotations

from collections.abc import Callable

from alerts.facts import Selection
from data.matters import MatterView, ReaderPart


def their_own(chosen: Selection) -> Selection:
    """Keeps what they were mailed about, what they have, and what is aimed at them."""
    theirs = _theirs(chosen.person.id)
    return Selection(
        chosen.person,
        danger=tuple(d for d in chosen.danger if theirs(d.view)),
        restricted=tuple(filter(theirs, chosen.restricted)),
        decide=tuple(filter(theirs, chosen.decide)),
        in_hand=tuple(filter(theirs, chosen.in_hand)),
        taken=tuple(filter(theirs, chosen.taken)),
        cases=tuple(filter(theirs, chosen.cases)),
    )


def _theirs(person_id: str) -> Callable[[MatterView], bool]:
    def is_theirs(view: MatterView) -> bool:
        has = view.holder is not None and view.holder.person == person_id
        told = person_id in view.audience or view.part in (ReaderPart.TARGET, ReaderPart.ACTS)
        return has or told

    return is_theirs
