"""Who has a matter, in one answer for every list, page and mail. Pure.

Whoever acknowledged its alert, or took what was never raised, has it, until its case is given to somebody;
else whoever was given its case; else whoever opened the case or acted in it last. Never somebody it may
accuse or is aimed at. Beside it what may be said of a story, “I have it” or “done with”, and by whom.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from alerts.access.knowing import Access, access
from alerts.access.matter import Matter, alleged_in, people_here
from data.cases import Case
from data.matters import Having as Having
from data.matters import Holder as Holder
from data.types import Acknowledged, Alert, Mark, Marked, Person, Severity, Verdict


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


def has_it(
    acknowledged: Acknowledged | None,
    cases: Iterable[Case] = (),
    kept_out: Collection[str] = (),
    marked: Marked | None = None,
) -> Holder | None:
    """Who has the matter, None where nobody has. `acknowledged` is its alert's, `cases` are those about it,
    `marked` the mark that holds of its story.

    Closed cases do not count. `kept_out` are people (ids) whom its alert keeps out, or whom it may accuse.
    """
    still_open = [case for case in cases if case.closed_at is None]
    out = {*kept_out, *(person for case in still_open for person in (*case.subjects, case.target))}
    takings = [t for t in _takings(acknowledged, marked, still_open) if t.person not in out]
    if takings:
        return max(takings, key=lambda t: (t.since, t.how is Having.GIVEN))
    acting = [
        Holder(case.acting, case.acting_at or case.opened_at, Having.ACTING)
        for case in still_open
        if case.acting is not None and case.acting not in out
    ]
    return max(acting, key=lambda t: t.since, default=None)


def _takings(
    acknowledged: Acknowledged | None, marked: Marked | None, cases: Iterable[Case]
) -> Iterator[Holder]:
    """What was said outright: “I have it”, or “you have it”."""
    if acknowledged is not None:
        yield Holder(acknowledged.person, acknowledged.at, Having.ACKNOWLEDGED)
    if marked is not None and marked.mark is Mark.TAKEN:
        yield Holder(marked.person_id, marked.at, Having.TAKEN)
    for case in cases:
        if case.assigned_to is not None:
            yield Holder(case.assigned_to, case.assigned_at or case.opened_at, Having.GIVEN)
