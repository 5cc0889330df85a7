"""How handing one message over ended: a value, never another program's words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, Self

from data.types import OutboxMessage

BeforeData = Callable[[], bool]
"""Asked right before the message itself is handed over; on False it is not."""


class Courier(Protocol):
    """Hands messages over one by one, each to one person."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is left open between two messages, unless the courier says otherwise."""
        return None

    def send(self, content: bytes, sender: str, to: str, before_data: BeforeData) -> Result | None:
        """One mail, as bytes, to one person; None where `before_data` said no.

        Raises Unready where nobody is served now, and what `before_data` raises.
        """


class SendOutcome(StrEnum):
    """What becomes of the message. `unsure`: the server may have taken it, we cannot know."""

    SENT = "sent"
    RETRY = "retry"
    FAILED = "failed"
    UNSURE = "unsure"


class Cause(StrEnum):
    """Why it was not sent. Each has its sentence in the catalogue, `failure.cause.…`."""

    NO_PERSON = "no_person"
    NO_ADDRESS = "no_address"
    NO_CHAT = "no_chat"
    BAD_ADDRESS = "bad_address"
    ATTACHMENT = "attachment"
    CHANGED = "changed"
    ADDRESS_REFUSED = "address_refused"
    MESSAGE_REFUSED = "message_refused"
    SENDER_REFUSED = "sender_refused"
    SIGN_IN_REFUSED = "sign_in_refused"
    NO_SIGN_IN = "no_sign_in"
    PASSWORD = "password"
    CERTIFICATE = "certificate"
    NO_TLS = "no_tls"
    PLAIN = "plain"
    UNREACHABLE = "unreachable"
    BUSY = "busy"
    DROPPED = "dropped"
    NO_SECRET = "no_secret"
    APP_SECRET = "app_secret"
    APP_EXPIRED = "app_expired"
    APP_UNKNOWN = "app_unknown"
    APP_NO_RIGHT = "app_no_right"
    TENANT_UNKNOWN = "tenant_unknown"
    TOKEN_REFUSED = "token_refused"
    TOKEN_NOT_TAKEN = "token_not_taken"
    MAILBOX_UNKNOWN = "mailbox_unknown"
    TOO_LARGE = "too_large"
    MICROSOFT_UNREACHABLE = "microsoft_unreachable"
    MICROSOFT_CERTIFICATE = "microsoft_certificate"
    NOT_MICROSOFT = "not_microsoft"
    CHAT_REFUSED = "chat_refused"
    CHAT_PRIVATE = "chat_private"
    INTERRUPTED = "interrupted"
    EXPIRED = "expired"
    OURS = "ours"


OF_THE_TOKEN = frozenset(
    (
        *(Cause.NO_SECRET, Cause.APP_SECRET, Cause.APP_EXPIRED, Cause.APP_UNKNOWN, Cause.TENANT_UNKNOWN),
        Cause.TOKEN_REFUSED,
    )
)
"""Causes that lie in the sign-in of our application to Microsoft 365, before any mail."""

OF_THE_PERSON = frozenset(
    (
        *(Cause.NO_PERSON, Cause.NO_ADDRESS, Cause.NO_CHAT, Cause.BAD_ADDRESS, Cause.ADDRESS_REFUSED),
        Cause.CHAT_PRIVATE,
    )
)
"""Causes that lie in one person's address: nothing else would reach them there."""


@dataclass(frozen=True, slots=True)
class Result:
    """One try. `code` is the server's: “550 5.1.1”, “AADSTS7000222”; nothing else that it said is kept.

    `wait_s` is how long it asks us to wait, where it says so.
    """

    outcome: SendOutcome
    cause: Cause | None = None
    code: str = ""
    wait_s: float | None = None

    @property
    def detail(self) -> str:
        """For the store: the cause and the code; "" where it was sent."""
        return " ".join(part for part in (self.cause, self.code) if part)


SENT = Result(SendOutcome.SENT)


class Unready(Exception):
    """The server takes no message now, from nobody; `result` says why."""

    def __init__(self, result: Result) -> None:
        self.result = result
        super().__init__(result.detail)


def cause_of(detail: str) -> Cause:
    """The cause from a stored detail; `ours` where it names none we know."""
    name = detail.partition(" ")[0]
    return Cause(name) if name in set(Cause) else Cause.OURS


LONGEST_TRYING = timedelta(days=3)
FIRST_WAIT_S, LONGEST_WAIT_S = 60.0, 3600.0
FIRST_URGENT_WAIT_S, LONGEST_URGENT_WAIT_S = 20.0, 300.0
URGENT_KINDS = frozenset(("instant", "escalation", "warning"))
"""Kinds of message that somebody must act on now."""
_REFUSED = frozenset((Cause.ADDRESS_REFUSED, Cause.MESSAGE_REFUSED))


TAKEN_UP_FOR = timedelta(hours=24)
"""So long what was given up and taken up again is tried before it is asked anew whether it still must be."""


def is_urgent(message: OutboxMessage) -> bool:
    """Must somebody act on it now: on an alert, or on its not having reached another?"""
    return message.kind in URGENT_KINDS or (message.kind == "failure" and message.alert_id is not None)


def may_be_mended(message: OutboxMessage, result: Result) -> bool:
    """Is it tried again? What tells of a failure is, where it is refused itself, until it is stale."""
    refused = result.outcome is SendOutcome.FAILED and result.cause in _REFUSED
    return result.outcome is SendOutcome.RETRY or (message.kind == "failure" and refused)


def next_try(
    attempts: int,
    first_try: datetime,
    now: datetime,
    jitter_01: float,
    *,
    urgent: bool = False,
    asked_s: float | None = None,
) -> datetime | None:
    """When to try again after `attempts` tries; None where three days of trying have passed.

    The wait doubles from one minute to one hour, for what is urgent from twenty seconds to five minutes,
    and that without an end; `jitter_01` in [0, 1) takes up to a quarter off, so that many do not knock at
    once. Where the server asks for `asked_s`, it is not sooner than that, nor for that later than the longest
    wait: nobody's answer holds an alert back for hours.
    """
    if not urgent and now - first_try >= LONGEST_TRYING:
        return None
    first, longest = (
        (FIRST_URGENT_WAIT_S, LONGEST_URGENT_WAIT_S) if urgent else (FIRST_WAIT_S, LONGEST_WAIT_S)
    )
    doubled = min(longest, first * 2.0 ** min(attempts - 1, 32))
    ours = doubled * (1.0 - jitter_01 / 4.0)
    return now + timedelta(seconds=max(ours, min(asked_s or 0.0, longest)))
