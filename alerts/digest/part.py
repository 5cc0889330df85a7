"""How much of a school's day somebody is shown: all that they may know, or the part that is theirs. Pure."""

from __future__ import annotations

from collections.abc import Callable

from alerts.access.recipients import leads_alone, of_press_alone
from alerts.facts import Selection
from data.matters import MatterView, ReaderPart


def for_part_of_it(chosen: Selection) -> Selection:
    """The same; of somebody who is not of the leadership their part: of a safeguarding lead what may be a
    matter of 999 and the restricted matters, where nothing was handed in; of a press contact the press."""
    if of_press_alone(chosen.person):
        return Selection(
            chosen.person, decide=chosen.decide, in_hand=chosen.in_hand, news=chosen.news, alone=True
        )
    if chosen.handed or not leads_alone(chosen.person):
        return chosen
    return Selection(chosen.person, danger=chosen.danger, restricted=chosen.restricted, alone=True)


def their_own(chosen: Selection) -> Selection:
    """Of somebody who is sent no digest: what they were told of, what they have, what is aimed at them."""
    theirs = _theirs(chosen.person.id)
    return Selection(
        chosen.person,
        danger=tuple(d for d in chosen.danger if theirs(d.view)),
        restricted=tuple(filter(theirs, chosen.restricted)),
        decide=tuple(filter(theirs, chosen.decide)),
        in_hand=tuple(filter(theirs, chosen.in_hand)),
        taken=tuple(filter(theirs, chosen.taken)),
        cases=tuple(filter(theirs, chosen.cases)),
        alone=True,
    )


def _theirs(person_id: str) -> Callable[[MatterView], bool]:
    def is_theirs(view: MatterView) -> bool:
        has = view.holder is not None and view.holder.person == person_id
        told = person_id in view.audience or view.part in (ReaderPart.TARGET, ReaderPart.ACTS)
        return has or told

    return is_theirs
