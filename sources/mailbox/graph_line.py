"""One line to Graph for a mailbox: how it is signed in to, what is asked, and what a refusal means.

What Graph's answers mean is from Microsoft's documents (learn.microsoft.com/graph/errors, graph/throttling,
graph/resolve-auth-errors and graph/delta-query-overview, read in November 2026).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from data.types import BlockKind, Outcome
from sources.blocks.wall_patterns import REASONS
from sources.html.parsers import parse_json
from sources.http.aborted import FetchAborted, malformed, misconfigured, unreachable
from sources.http.exchange import HttpAnswer
from sources.http.politeness import retry_after_s

GRAPH = "https://graph.microsoft.com"
MOST_BYTES = 4 << 20
"""So much may one answer bring."""
SAME_ID = 'IdType="ImmutableId"'
"""By it a mail keeps its id as long as it stays in its mailbox (graph/outlook-immutable-id)."""
PAGE_OF_MAILBOXES = "⟪docs⟫ microsoft-365, “Reading the alert mailbox”"
_ANEW = frozenset(("syncstatenotfound", "syncstateinvalid", "resyncrequired"))


class BearerToken(Protocol):
    """A token that Graph takes; `fresh` where it was asked for just now."""

    @property
    def value(self) -> str: ...

    @property
    def fresh(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class MailboxAccess:
    """How Graph is signed in to. `token` raises FetchAborted where there is none.

    `other` is a mailbox of the same tenant that the application must be refused, "" where none is known.
    """

    token: Callable[[], BearerToken]
    throw_away: Callable[[Any], None]
    other: str = ""

    def __repr__(self) -> str:
        return "MailboxAccess()"


AskGraph = Callable[[str, tuple[tuple[str, str], ...], tuple[str, str], int], HttpAnswer]
"""One request: its address, headers, credential, and how many bytes the answer may have."""


@dataclass(frozen=True, slots=True)
class GraphLine:
    """What is asked of Graph for one mailbox, at `now`."""

    access: MailboxAccess
    ask: AskGraph
    now: datetime

    def answer(self, path: str, prefer: str = SAME_ID, most: int = 0) -> HttpAnswer:
        """What Graph says, in `most` bytes. A token that was kept and is refused is asked for anew."""
        while True:
            token = self.access.token()
            credential = ("Authorization", f"Bearer {token.value}")
            answer = self.ask(f"{GRAPH}{path}", (("Prefer", prefer),), credential, most or MOST_BYTES)
            if answer.status != 401:
                return answer
            self.access.throw_away(token)
            if token.fresh:
                return answer

    def document(self, path: str, of: str, prefer: str = SAME_ID) -> Mapping[str, Any]:
        """The JSON object at a path of somebody's mailbox. Raises FetchAborted where there is none."""
        answer = self.answer(path, prefer)
        if answer.status != 200:
            raise refused_by_graph(answer, of, self.now)
        found = json_of(answer)
        if found is None:
            raise malformed(NOT_GRAPH)
        return found


def table_of(said: object) -> Mapping[str, Any]:
    """The JSON object, an empty one where something else stands."""
    return said if isinstance(said, dict) else {}


def json_of(answer: HttpAnswer) -> Mapping[str, Any] | None:
    """The JSON object that it is; None where it is none."""
    try:
        found = parse_json(answer.body.decode("utf-8", "replace"))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def code_of(answer: HttpAnswer) -> str:
    """Graph's own code of an error, "" where something else answers."""
    error = table_of((json_of(answer) or {}).get("error"))
    code = error.get("code")
    return code if isinstance(code, str) and len(code) <= 60 else ""


class BegunAnew(FetchAborted):
    """Graph no longer knows where we were."""


def refused_by_graph(answer: HttpAnswer, of: str, now: datetime) -> FetchAborted:
    """Why Graph gave nothing, and what to do; its own words are not repeated."""
    status, code = answer.status, code_of(answer)
    if status == 410 or code.lower() in _ANEW:
        return BegunAnew(Outcome.UNREACHABLE, "Microsoft 365 begins its list of mails anew.", status=status)
    wait = retry_after_s(answer.header("retry-after"), now)
    if status == 429:
        later = f" It asks us to wait {wait:.0f} seconds." if wait else ""
        said = f"{REASONS[BlockKind.RATE_LIMITED]}.{later}"
        return FetchAborted(Outcome.BLOCKED, said, status=status, retry_after_s=wait)
    if status >= 500:
        said = f"Microsoft 365 has a fault of its own (it answered {status})."
        return FetchAborted(Outcome.UNREACHABLE, said, status=status, retry_after_s=wait)
    if not code and status != 401:
        return unreachable(NOT_GRAPH, status=status)
    said = _BY_STATUS.get(status, _NOT_UNDERSTOOD).format(
        owner=of, status=status, code=code, page=PAGE_OF_MAILBOXES
    )
    return misconfigured(said, status=status)


NOT_GRAPH = (
    "Something else answers in place of Microsoft Graph. Have login.microsoftonline.com and "
    "graph.microsoft.com let through by the web filter for this machine."
)
_NOT_UNDERSTOOD = "Microsoft Graph refuses the request ({status} {code}). See {page}."
_BY_STATUS = {
    401: "Microsoft Graph does not take the token. Give “tenant” and “client_id” as the overview of the "
    "application shows them.",
    403: "The application may not read {owner}, or not yet. Have an Exchange administrator give it "
    "“Application Mail.Read” for this mailbox, and wait up to two hours ({page}).",
    404: "There is no mailbox {owner} in this Microsoft 365. Make it, or correct the address.",
}
