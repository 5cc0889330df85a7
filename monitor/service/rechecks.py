"""The posts that are due to be looked at again, and copies that scans found meanwhile.

Each case once, whatever became of the one before it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial

from alerts.ladder.advance import Refusal
from data.cases import Case
from data.effects import Clock, Fetch
from data.errors import CaseMoved, InputError
from data.store import cases as case_store
from data.store.engine.open import Store
from monitor.act.step import FRESH, Rechecked, name_copies, recheck
from monitor.config.home.context import Context
from monitor.matters.reader import Reader, load_case
from sources.http.politeness import never

log = logging.getLogger("schoolgate.service")


Recheck = Rechecked | Refusal | None
"""The result of one look that was due, None where it could not be made and is tried again."""


def rechecks(
    store: Store, context: Context, fetch: Fetch, clock: Clock, stopped: Callable[[], bool] = never
) -> Iterator[Recheck]:
    """Looks at each post that is due by now; none is begun once `stopped` says so. Raises StoreError.

    One that cannot be looked at is told in the log by its case's number, and does not hold up the others.
    """
    with store.open_reader() as con:
        now = clock()
        cases = [load_case(con, case_id) for case_id in case_store.due_rechecks(con, now)]
    due = [(case.id, n) for case in cases for n in _due(case, now)]
    for case_id, place in due:
        if stopped():
            return
        yield look_safely(partial(recheck, store, context, fetch, case_id, clock, place=place), case_id)


def _due(case: Case, now: datetime) -> Sequence[int]:
    """The places of a case that is due at which to look: those whose time has come, or the next."""
    times = sorted((here.recheck_at, here.n) for here in case.places if here.recheck_at)
    return [n for at, n in times if at <= now] or [n for _, n in times[:1]]


Compared = set[tuple[frozenset[str], tuple[str, ...]]]
"""The posts and the cases (ids) that were compared last."""


def name_new_copies(
    store: Store, context: Context, clock: Clock, compared: Compared | None = None
) -> Iterator[Recheck]:
    """Name the copies among the posts of the last two days: nothing is asked for. Raises StoreError.

    The same posts and cases as `compared` last are not compared again; it holds these from then on.
    """
    with store.open_reader() as con:
        since = clock() - FRESH
        these = (case_store.posts_since(con, since), tuple(case_store.cases_with_new_posts(con, since)))
    if compared is not None and these in compared:
        return
    named = [
        look_safely(partial(name_copies, store, context, case_id, clock()), case_id) for case_id in these[1]
    ]
    found = [one for one in named if one is not None]
    if compared is not None and not found:  # what changed a case is gone through once more
        compared.clear()
        compared.add(these)
    yield from found


def look_safely(look: Callable[[], Recheck], case_id: str) -> Recheck:
    """Make one look; None where it was refused for now, told in the log."""
    try:
        result = look()
    except CaseMoved:  # somebody took a step meanwhile: at the next tick, if it is still due
        return None
    except InputError as error:
        log.warning("case=%s could not be looked at again: %s", case_id, type(error).__name__)
        return None
    if isinstance(result, Refusal):
        log.warning("case=%s was not looked at again: guard=%s", case_id, result.guard)
    return result


def recheck_due(
    store: Store, context: Context, fetch: Fetch, clock: Clock, reader: Reader
) -> tuple[Rechecked, ...]:
    """Looks at what is due: what was found, as far as `known_rechecks` tells it."""
    with store.open_reader() as con:
        if not case_store.due_rechecks(con, clock()):
            return ()
    return known_rechecks(rechecks(store, context, fetch, clock), reader)


def known_rechecks(found: Iterable[Recheck], reader: Reader) -> tuple[Rechecked, ...]:
    """Keep the results that the reader may know of, and none of restricted cases."""
    made = [one for one in found if isinstance(one, Rechecked)]
    return tuple(r for r in made if not r.case.restricted and reader.cases([r.case]).get(r.case.id))
