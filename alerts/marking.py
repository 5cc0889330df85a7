"""What may be said of a story: “I have it”, or that it is done with; and by whom.

Pure: page, command and lists ask it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from alerts.access.knowing import Access, access
from alerts.access.matter import Matter, people_here
from alerts.access.meant import alleged_in
from data.cases import Case
from data.types import Alert, Mark, Marked, Person, Severity, Verdict


def offered(
    person: Person,
    matter: Matter,
    people: Iterable[Person],
    alert: Alert | None,
    verdicts: Sequence[Verdict],
    cases: Iterable[Case] = (),
    *,
    had: bool = False,
) -> tuple[Mark, ...]:
    """The marks that this person may set on a story that has none which ends it.

    `had` says that somebody has it already: then nobody takes it. What was raised as an alert is taken by
    acknowledging that. None of what is of severity 4, of the routes safeguarding and police_now, or
    restricted or locked; nor while a case of it is open, which ends by its own steps. Nobody says of what
    criticises them that it is not about us: it would leave what governors are told.
    """
    here = people_here(matter, people)
    if access(person, matter, here) is not Access.WORDS or matter.restricted or not _mild(alert, verdicts):
        return ()
    if any(case.closed_at is None or case.locked for case in cases):
        return ()
    means_them = person.id in alleged_in(verdicts, here) | matter.threatened
    take = () if had or alert is not None else (Mark.TAKEN,)
    return (*take, Mark.ANSWERED) if means_them else (*take, Mark.NOT_US, Mark.ANSWERED)


def undoable(marked: Marked, person: Person) -> bool:
    """May this person take the mark back? What somebody has is theirs alone to give up."""
    return marked.mark.ends or marked.person_id == person.id


def _mild(alert: Alert | None, verdicts: Sequence[Verdict]) -> bool:
    judged: list[Alert | Verdict] = [*([alert] if alert else ()), *verdicts]
    return all(j.severity < Severity.THIS_HOUR and not j.route.urgent for j in judged)
