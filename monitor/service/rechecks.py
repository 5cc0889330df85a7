"""The posts that are due to be looked at again: each once, whatever became of the one before it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from alerts.ladder.advance import Refusal
from data.effects import Clock, Fetch
from data.errors import CaseMoved, InputError
from data.store import cases as case_store
from monitor.casework.recheck import Rechecked, recheck
from monitor.service.context import Context
from sources.batch import never

if TYPE_CHECKING:
    from data.store.open import Store

log = logging.getLogger("schoolgate.service")


@dataclass(frozen=True, slots=True)
class Done:
    """One look that was due: what came of it, None where it could not be made and is tried again."""

    case_id: str
    result: Rechecked | Refusal | None


def rechecks(
    store: Store, context: Context, fetch: Fetch, clock: Clock, stopped: Callable[[], bool] = never
) -> Iterator[Done]:
    """Looks at each post that is due by now; none is begun once `stopped` says so. Raises StoreError.

    One that cannot be looked at is told in the log by its case's number, and does not hold up the others.
    """
    with store.read() as con:
        due = case_store.due_rechecks(con, clock())
    for case_id in due:
        if stopped():
            return
        yield Done(case_id, _one(store, context, fetch, case_id, clock))


def _one(
    store: Store, context: Context, fetch: Fetch, case_id: str, clock: Clock
) -> Rechecked | Refusal | None:
    try:
        result = recheck(store, context, fetch, case_id, clock)
    except CaseMoved:  # somebody took a step meanwhile: at the next tick, if it is still due
        return None
    except InputError as error:
        log.warning("case=%s could not be looked at again: %s", case_id, type(error).__name__)
        return None
    if isinstance(result, Refusal):
        log.warning("case=%s was not looked at again: guard=%s", case_id, result.guard)
    return result
