"""How much of a matter somebody may know: the one answer that every list, page, mail and command asks for.
Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from enum import IntEnum

from alerts.access.acting import acting
from alerts.access.matter import Matter, conflicted, of_school, people_here
from alerts.access.offices import OFFICERS, SAFEGUARDERS, hold
from alerts.access.reading import reads
from data.types import Person


class Access(IntEnum):
    """How much of a matter somebody is shown, each level more than the one before.

    NOTHING: it is answered as what is not there. EXISTS: that it is with the safeguarding lead. STATUS: how
    far it is, and no word of it. WORDS: all of it.
    """

    NOTHING = 0
    EXISTS = 1
    STATUS = 2
    WORDS = 3


def access(person: Person, matter: Matter, people: Iterable[Person]) -> Access:
    """How much of it this person may know. `people` are all that the settings name, or those of its
    school."""
    here = people_here(matter, people)
    if not of_school(person, matter) or conflicted(person, matter, here):
        return Access.NOTHING
    if _reads_or_acts(person, matter, here):
        return Access.WORDS
    if person.id in matter.threatened:
        return Access.STATUS if matter.bypass is None else Access.EXISTS
    open_to_all = replace(matter, restricted=False, bypass=None)
    shown = matter.restricted and _reads_or_acts(person, open_to_all, here)
    return Access.EXISTS if shown else Access.NOTHING


def access_of_all(person: Person, matters: Iterable[Matter], people: Iterable[Person]) -> list[Access]:
    """`access` to each of these, in their order: what many have in common is worked out once."""
    everybody = tuple(people)
    known: dict[Matter, Access] = {}
    answers = []
    for matter in matters:
        if matter not in known:
            known[matter] = access(person, matter, everybody)
        answers.append(known[matter])
    return answers


def access_unnamed(matter: Matter, people: Iterable[Person]) -> Access:
    """What may be shown to somebody who has not said who they are: the status at most.

    It may be anybody at the machine. So nothing of what may accuse the holder of an office, and of what is
    restricted that it exists alone.
    """
    here = people_here(matter, people)
    if any(conflicted(p, matter, here) and hold(p, OFFICERS) for p in here):
        return Access.NOTHING
    return Access.EXISTS if matter.restricted else Access.STATUS


def reads_whole(person: Person, matter: Matter, people: Iterable[Person]) -> bool:
    """May this person read a locked matter with names, dates and all that could identify somebody?

    The safeguarding leads, whoever has to act in it, and of what bypasses the ladder whoever was told of it;
    all but the leads with a recorded reason alone.
    """
    here = people_here(matter, people)
    if access(person, matter, here) is not Access.WORDS:
        return False
    told = matter.bypass is not None and person.id in matter.told
    return hold(person, SAFEGUARDERS) or told or person in acting(matter, here)


def may_know_conflicts(person: Person, matter: Matter, people: Iterable[Person]) -> bool:
    """May this person know who is kept out of it: the safeguarding leads, and whoever has to act in it."""
    here = people_here(matter, people)
    if access(person, matter, here) is not Access.WORDS:
        return False
    return hold(person, SAFEGUARDERS) or person in acting(matter, here)


def _reads_or_acts(person: Person, matter: Matter, here: Collection[Person]) -> bool:
    return reads(person, matter, here) or person in acting(matter, here)
