"""What an HTTP answer means: its status and what its page says, together. Pure."""

from __future__ import annotations

from data.effects import Apart, here
from data.errors import Unreadable
from data.types import Block, BlockKind, Outcome, Response
from sources.blocks.recognise import recognise
from sources.http.aborted import FetchAborted, malformed
from sources.http.politeness import retry_after_s

_PASSING = frozenset({408, 421, 425})  # the server's side: the same request may succeed later
_ABSENT = frozenset({BlockKind.REMOVED, BlockKind.SOFT_404})


def failure_of(response: Response, apart: Apart = here) -> FetchAborted | None:
    """Why the answer is not the page we asked for; None if it is.

    A wall is BLOCKED whatever its status. 404, 410 and pages that say the same with status 200 are GONE;
    5xx and answers that may differ next time are UNREACHABLE; other 4xx are MISCONFIGURED, because the
    site did not understand what the configuration has us ask for. MALFORMED means that the answer could
    not be examined in full.
    """
    try:
        block = apart(recognise, response)
    except Unreadable as error:
        return malformed(str(error), status=response.status)
    outcome = _outcome(response.status, block)
    if outcome is None:
        return None
    wait = retry_after_s(response.header("retry-after"), response.fetched_at)
    said = block.reason if block is not None else _plain(response.status)
    later = f" It asks us to wait {wait:.0f} seconds." if wait else ""
    return FetchAborted(outcome, said + later, status=response.status, retry_after_s=wait, answer=response)


def _outcome(status: int, block: Block | None) -> Outcome | None:
    if block is not None:
        return Outcome.GONE if block.kind in _ABSENT else Outcome.BLOCKED
    if 200 <= status < 300:
        return None
    if 400 <= status < 500 and status not in _PASSING:
        return Outcome.MISCONFIGURED
    return Outcome.UNREACHABLE


def _plain(status: int) -> str:
    if status >= 500:
        return f"The site has a fault of its own (it answered {status})."
    if 400 <= status < 500 and status not in _PASSING:
        return f"The site does not understand the request (it answered {status}). Check the source's address."
    return f"The site gave no page (it answered {status})."
