"""Tells the head and the chair, once a quarter, of a written policy that is past its review."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from data.store.engine.connect import Connection
from data.store.messages.outbox import put_outbox, unwritten
from data.types import OutboxMessage
from monitor.config.settings import WrittenPolicy
from monitor.context import Context, Write
from monitor.policies import held_by

if TYPE_CHECKING:
    from data.types import School


def policies(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """Messages about reviews that are overdue; each is written once a quarter."""
    today = now.astimezone(context.config.zone).date()
    messages = [
        message
        for school in context.config.schools
        for policy in held_by(context.config, school)
        if policy.review_due and policy.review_due < today
        for message in _messages(policy, school, context, now)
    ]
    new = unwritten(con, messages)
    return [lambda con: put_outbox(con, new, now)] if new else []


def _messages(
    policy: WrittenPolicy, school: School, context: Context, now: datetime
) -> Sequence[OutboxMessage]:
    from alerts.notices.policy_review import Overdue, review_messages

    if policy.review_due is None:
        return ()
    config = context.config
    overdue = Overdue(policy.title, policy.version, policy.review_due)
    return review_messages(overdue, school, config.people, config.calendar(school.urn), config.zone, now)
