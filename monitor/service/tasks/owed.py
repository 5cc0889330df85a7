"""Mails that remind of what people asked about their own data, a week before it is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from alerts.access.recipients import in_their_place
from alerts.notices.owed import due_messages
from data.people import people_of
from data.store.engine.connect import Connection
from data.store.messages.outbox import put_outbox, unwritten
from data.store.privacy.requests import due_between
from data.types import OutboxMessage
from monitor.act.requests.office import protectors
from monitor.config.home.context import Context, Write

BEFORE = timedelta(days=7)


def requests_due(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """Messages about requests whose time ends within a week, of complaints that to acknowledge them: each is
    written once, and again only where its time was extended. To the data protection officer, or the
    head where there is none; in the place of who is away, who covers for them."""
    config, found = context.config, due_between(con, now, now + BEFORE)
    schools = {urn: school for urn in {one.urn for one in found} if (school := config.school(urn))}
    messages = list[OutboxMessage]()
    for one in found:
        if school := schools.get(one.urn):
            here, able = people_of(school, config.people), protectors(config, school)
            to = in_their_place([p for p in here if p.id in able and p.email], here, now, lambda _: True)
            messages += due_messages(one, school, to, config.calendar(school.urn), config.zone, now)
    new = unwritten(con, messages)
    return [partial(put_outbox, messages=new, now=now)] if new else []
