"""Tells the leadership and IT once where an account of the school's own has lost its notice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from data.store.engine.connect import Connection
from data.store.messages.outbox import put_outbox, unwritten
from data.store.sources import own_accounts as account_store
from data.types import OutboxMessage, Source
from monitor.context import Context, Write

if TYPE_CHECKING:
    from data.store.sources.own_accounts import AccountNotice

_LATELY = timedelta(days=14)
"""An older reading says nothing of today."""
_TOLD_LONG_AGO = 0.8
"""What has been missing for so much of the time that readings are kept was told: its beginning is forgotten
soon, and would seem to be another each day."""


def accounts(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """Messages about notices that are missing; each is written once, until the notice is back."""
    own = {s.id: s for s in context.config.sources if s.own and not s.disabled}
    if not own:
        return []
    remembered = timedelta(days=context.config.policy.retain_days) * _TOLD_LONG_AGO
    lacking = account_store.without_notice(con, list(own), now - _LATELY)
    found = account_store.notices(con, lacking) if lacking else {}
    messages = [
        message
        for key, notice in found.items()
        if now - notice.since <= remembered
        for message in _messages(own[key], notice, context, now)
    ]
    new = unwritten(con, messages)
    return [lambda con: put_outbox(con, new, now)] if new else []


def _messages(source: Source, notice: AccountNotice, context: Context, now: datetime) -> list[OutboxMessage]:
    from alerts.notices.own_accounts import Missing, notice_messages

    config = context.config
    missing = Missing(
        source_id=source.id,
        account=source.name or source.id,
        since=notice.since,
        was_there=notice.turned,
        notice=source.notice,
        contact=config.contact,
    )
    schools = [school for urn in source.urns if (school := config.school(urn)) is not None]
    return [
        message
        for school in schools
        for message in notice_messages(missing, school, config.people, config.zone, now)
    ]
