"""How much of a matter somebody may know: the one answer that every list, page, mail and command asks for.
Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from alerts.access.acting import acting, readers
from alerts.access.matter import Matter, concern, conflicted, of_school, people_here
from alerts.access.offices import DATA_PROTECTION, OFFICERS, SAFEGUARDERS, Concern, hold
from data.matters import Access as Access
from data.people import PeopleBySchool
from data.types import Person


def access(person: Person, matter: Matter, people: Iterable[Person]) -> Access:
    """How much of it this person may know. `people` are all that the settings name, or those of its
    school."""
    here = people_here(matter, people)
    if _with_words((person,), matter, here):
        return Access.WORDS
    return _without_words(person, matter, here)


def with_words(matter: Matter, people: Iterable[Person]) -> tuple[Person, ...]:
    """Those of its school whom `access` answers WORDS, in their order."""
    here = people_here(matter, people)
    return _with_words(here, matter, here)


def access_of_all(person: Person, matters: Iterable[Matter], people: Iterable[Person]) -> list[Access]:
    """`access` to each of these, in their order: what many have in common is worked out once."""
    by_school = PeopleBySchool(people)
    known: dict[Matter, Access] = {}
    answers = []
    for matter in matters:
        if matter not in known:
            known[matter] = access(person, matter, by_school.at(matter.school))
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


def reads_whole(person: Person, matter: Matter, people: Iterable[Person], *, recorded: bool = True) -> bool:
    """May this person read a locked matter with names, dates and all that could identify somebody?

    The safeguarding leads; where the reading is `recorded` with a reason, also whoever has to act in it, and
    of what bypasses the ladder whoever was told of it.
    """
    here = people_here(matter, people)
    if access(person, matter, here) is not Access.WORDS:
        return False
    told = matter.bypass is not None and person.id in matter.told
    return hold(person, SAFEGUARDERS) or (recorded and (told or person in acting(matter, here)))


def may_know_conflicts(person: Person, matter: Matter, people: Iterable[Person]) -> bool:
    """May this person know who is kept out of it: the safeguarding leads, and whoever has to act in it."""
    here = people_here(matter, people)
    if access(person, matter, here) is not Access.WORDS:
        return False
    return hold(person, SAFEGUARDERS) or person in acting(matter, here)


def _with_words(of: tuple[Person, ...], matter: Matter, here: Collection[Person]) -> tuple[Person, ...]:
    """Those of these who read it or have to act in it."""
    free = [p for p in of if of_school(p, matter) and not conflicted(p, matter, here)]
    reading = readers(free, matter, here)
    if len(reading) == len(free):
        return tuple(free)
    must = acting(matter, here)
    return tuple(p for p in free if p in reading or p in must)


def _without_words(person: Person, matter: Matter, here: Collection[Person]) -> Access:
    if not of_school(person, matter) or conflicted(person, matter, here):
        return Access.NOTHING
    if person.id in matter.threatened:
        return Access.STATUS if matter.bypass is None else Access.EXISTS
    open_to_all = replace(matter, restricted=False, bypass=None)
    if matter.restricted:
        known = _with_words((person,), open_to_all, here) or _holds(person, open_to_all, here)
        return Access.EXISTS if known else Access.NOTHING
    return Access.STATUS if _holds(person, matter, here) else Access.NOTHING


def _holds(person: Person, matter: Matter, here: Collection[Person]) -> bool:
    """The data protection officer sees how far it is, to hold it, where it is about neither head nor
    chair."""
    open_to_them = matter.fair or concern(matter, here) is Concern.NEITHER
    return open_to_them and hold(person, DATA_PROTECTION)
