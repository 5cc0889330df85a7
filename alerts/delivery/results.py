"""How handing one message over ended: a value, never another program's words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Protocol

BeforeData = Callable[[], bool]
"""Asked right before the message itself is handed over; on False it is not."""


class Courier(Protocol):
    """Hands messages over one by one, each to one person."""

    def __enter__(self) -> Courier: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

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
