"""Context that every part of the service is given, and how an act answers: with writes, made in one
transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Protocol, TypeAlias

from alerts.links import Links
from alerts.next_date import Means
from data.effects import Apart, here
from data.frozen import freeze
from data.store.alerts import changes
from data.store.engine.connect import Connection
from data.store.outbox import put_outbox, unwritten
from data.types import OutboxMessage, Via
from monitor.config.load import Config

Rest: TypeAlias = "tuple[Config, tuple[int, int], datetime, datetime]"
"""The settings and the store (`changes`) by which nothing was to be done; since when, and until when."""
Write: TypeAlias = "Callable[[Connection], object]"
"""One change, made later inside a write transaction of the store."""


@freeze
class Context:
    """The configuration, the home folder, how addresses in messages are made.

    `apart` is where what strangers wrote is read. `read_at` is when the first reading since the service began
    has ended, or will no longer be waited for; None where nothing waits for one. `rests` holds, by task, what
    it need not look at again. `window`: the desk is this machine's own, opened in somebody's terminal.
    """

    config: Config
    home: Path
    links: Links
    apart: Apart = here
    read_at: datetime | None = None
    rests: dict[str, Rest] = field(default_factory=dict, compare=False)
    window: bool = False

    @property
    def codes_by(self) -> str:
        """Say how codes to sign in with go out: by `mail` or a text, shown in the `window`, or by `none`;
        `unset` at this machine's own desk until it is answered how email goes out."""
        if self.config.mail or not (self.config.without_mail or self.window):
            return "mail"
        from alerts.delivery.chat import is_text

        texts = any(is_text(address.get_secret_value()) for address in self.config.chats.values())
        if not self.config.without_mail:
            return "mail" if texts else "unset"
        return "window" if self.window else "mail" if texts else "none"


def rests(context: Context, task: str, con: Connection, now: datetime) -> bool:
    """Can nothing have become due for that task since it looked in vain?"""
    found = context.rests.get(task)
    return (
        found is not None
        and found[0] is context.config
        and found[2] <= now < found[3]
        and found[1] == changes(con)
    )


def rest(context: Context, task: str, con: Connection, now: datetime, until: datetime) -> None:
    """Lets that task rest until then, or until somebody is back, or settings or store have changed."""
    back = (p.away_until for p in context.config.people if p.away_until and p.away_until > now)
    context.rests[task] = context.config, changes(con), now, min((until, *back))


def write_new(con: Connection, messages: Iterable[OutboxMessage], now: datetime) -> list[Write]:
    """The writing of those messages that were not written yet."""
    new = unwritten(con, messages)
    return [partial(put_outbox, messages=new, now=now)] if new else []


def message_means(context: Context, urn: str) -> Means:
    """Return how the people of a school are reached, for composing a message."""
    config = context.config
    chats = frozenset(config.chats)
    quotes = config.digest.excerpts != "none"
    support = config.profile(urn).support
    return Means(
        config.zone, config.calendar(urn), context.links, chats, config.people_sharing(), quotes, support
    )


def message_ways(config: Config) -> tuple[Via, ...]:
    """List how messages can go out; a mail waits while no mail server is set up, and that is no fault."""
    return (Via.CHAT, Via.MAIL) if config.mail else (Via.CHAT,)


class PeriodicTask(Protocol):
    """One thing the service sees to at each tick, such as the digest: what it would write now.

    It reads with `con`, changes nothing in the store, and must give the same keys when asked again:
    between its reading and its writes another process may have done the same.
    """

    def __call__(self, con: Connection, context: Context, now: datetime) -> Sequence[Write]: ...
