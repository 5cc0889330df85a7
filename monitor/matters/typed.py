"""Which alerts and cases somebody means by what they type.

An id leads to its post: it finds nothing for whoever may only know that there is a matter; its number does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from data.cases import Case
from data.errors import InputError
from data.matters import Access
from data.store.alerts import alerts as alert_store
from data.store.cases.one_matter import cases_of_alerts
from data.store.engine.connect import Connection
from data.store.verdicts.story_moves import moved_to
from data.types import Alert
from monitor.config.home.lookup import whole_number
from monitor.matters.replaying import found_case

_FEW = 5


def ambiguous(given: str, numbers: Sequence[str]) -> InputError:
    """Several are meant; `numbers` of those of them that somebody may know of."""
    few = ", ".join(sorted(numbers)[:_FEW])
    return InputError(f"{len(numbers)} matters can be meant by “{given}”. Type the number of one: {few}")


def alerts_meant(con: Connection, given: str) -> dict[Alert, Access]:
    """The alerts of that number, or whose id begins so, each with how much somebody has to know of its story
    to mean it; of what was merged, that of the matter which has its posts now.
    """
    number, found = whole_number(given), alert_store.meant(con, whole_number(given), given.strip())
    into = {a.story_id: moved_to(con, a.story_id) for a in found}
    now = alert_store.by_story(con, [to for story, to in into.items() if to != story])
    return {
        now.get((into[a.story_id], a.urn), a): Access.EXISTS if a.number == number else Access.STATUS
        for a in found
    }


def cases_meant(
    con: Connection, given: str, known: Callable[[Sequence[Case]], Mapping[str, Access]]
) -> list[Case]:
    """The cases that are meant by their alert, those still open before others; `known` says how much of each
    case somebody may know, by number."""
    meant = {alert.id: least for alert, least in alerts_meant(con, given).items()}
    found = {n: meant[i] for i, numbers in cases_of_alerts(con, list(meant)).items() for n in numbers}
    cases = [case for number in found if (case := found_case(con, number))]
    access = known(cases)
    return [case for case in cases if access.get(case.id, Access.NOTHING) >= found[case.id]]
