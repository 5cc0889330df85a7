"""How the people of one school are reached, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from zoneinfo import ZoneInfo

from alerts.links import Links
from data.frozen import dataclass
from data.register.calendar import Calendar


@dataclass(frozen=True, slots=True)
class Means:
    """The school's zone and calendar, how links are made, and the ids of those who also get chat messages.

    `beside` holds, by id, the ids of those who read somebody's chat messages too, having the same address.
    """

    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/London"))
    calendar: Calendar = field(default_factory=Calendar)
    links: Links = field(default_factory=Links)
    chats: frozenset[str] = frozenset()
    beside: Mapping[str, frozenset[str]] = field(default_factory=dict)
