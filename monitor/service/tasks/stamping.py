"""The end of the audit chain, stamped once a day where a time server is configured."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from data.effects import Fetch
from data.store.cases import proof_rows
from monitor.casework.evidence.audit_checkpoint import stamp_end
from monitor.context import Context
from sources.timestamps.timestamp import NoStamp, TimeStamp

if TYPE_CHECKING:
    from data.store.engine.open import Store


def stamp_daily(store: Store, context: Context, fetch: Fetch, now: datetime) -> TimeStamp | NoStamp | None:
    """Has the end stamped unless it was today, in the school's zone; None where nothing was to be done."""
    config = context.config
    if not config.evidence.timestamp_url:
        return None
    with store.read() as con:
        before, begun = proof_rows.end_stamped_at(con), proof_rows.begun(con)
    today = now.astimezone(config.zone).date()
    if not begun or (before is not None and before.astimezone(config.zone).date() == today):
        return None
    return stamp_end(store, config, fetch, now)
