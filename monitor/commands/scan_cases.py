"""What a scan does for cases, where no service runs: copies are named, what is due is looked at again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from data.effects import Clock, Fetch
from data.store import cases as case_store
from monitor.context import Context

if TYPE_CHECKING:
    from data.store.open import Store
    from monitor.viewer import Viewer


def name_copies(store: Store, context: Context, clock: Clock) -> None:
    """Names the copies that the scan folded into stories of cases; nothing is asked for."""
    from monitor.service.rechecks import copies

    list(copies(store, context, clock))


def look_again(
    store: Store, context: Context, fetch: Fetch, clock: Clock, viewer: Viewer
) -> Mapping[str, int]:
    """Looks at what is due, and counts what was found, by `Check`.

    Restricted cases are not counted, nor those that the viewer may not know of.
    """
    with store.read() as con:
        if not case_store.due_rechecks(con, clock()):
            return {}
    from monitor.casework.recheck import Rechecked
    from monitor.service.rechecks import rechecks

    found: Counter[str] = Counter()
    for one in rechecks(store, context, fetch, clock):
        result = one.result
        if isinstance(result, Rechecked):
            case = result.case
            if not case.restricted and viewer.cases([case]).get(case.id):
                found[result.seen.check.value] += 1
    return dict(found)
