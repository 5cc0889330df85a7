"""Mail by Microsoft Graph: the bytes that a mail server would be given, as `sendMail` takes them in MIME.

What its answers mean is from Microsoft's documents (learn.microsoft.com/graph/api/user-sendmail, graph/errors
and graph/throttling, read in November 2026). A mail in MIME is always kept in the sender's Sent Items; only
the JSON form can leave that out, and sets the headers anew: so goes what must not lie there.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from urllib.parse import quote

from alerts.delivery.results import SENT, BeforeData, Cause, Courier, Result, SendOutcome, Unready
from alerts.delivery.tokens import TOKEN_S, Token, Tokens
from alerts.delivery.web import Broken, WebAccess, WebAnswer, ask

GRAPH = "https://graph.microsoft.com/v1.0"
LARGEST = 4 * 1024 * 1024
"""Bytes that one request may have: a file in one POST is below 3 MB (graph/outlook-large-attachments)."""
_ACCEPTED, _TIMED_OUT_INSIDE = 202, 504
_FOR_ALL = frozenset(
    (
        *(Cause.TOKEN_NOT_TAKEN, Cause.APP_NO_RIGHT, Cause.MAILBOX_UNKNOWN, Cause.NOT_MICROSOFT),
        *(Cause.MICROSOFT_UNREACHABLE, Cause.MICROSOFT_CERTIFICATE),
    )
)
"""Causes for which no other message would fare better."""
_BY_NAME = {
    "errormessagesizeexceeded": Cause.TOO_LARGE,
    "errorinvalidrecipients": Cause.ADDRESS_REFUSED,
    "errorsendasdenied": Cause.SENDER_REFUSED,
    **dict.fromkeys(("errorquotaexceeded", "errorexceededmessagelimit"), Cause.BUSY),
    **dict.fromkeys(
        ("errorinvaliduser", "errornonexistentmailbox", "mailboxnotenabledforrestapi"), Cause.MAILBOX_UNKNOWN
    ),
}
"""By the “code” of the error, in small letters."""
_BY_STATUS = {
    401: Cause.TOKEN_NOT_TAKEN,
    403: Cause.APP_NO_RIGHT,
    404: Cause.MAILBOX_UNKNOWN,
    413: Cause.TOO_LARGE,
    **dict.fromkeys((408, 409, 423, 429), Cause.BUSY),
}
_FOR_GOOD = frozenset((Cause.TOO_LARGE, Cause.ADDRESS_REFUSED, Cause.MESSAGE_REFUSED))


@dataclass(frozen=True, slots=True)
class GraphMailbox:
    """The mailbox that mail goes out from, and how it is reached; `kept` in its Sent Items, or not."""

    sender: str
    tokens: Tokens
    web: WebAccess
    clock: Callable[[], datetime]
    token_s: float = TOKEN_S
    kept: bool = True


class GraphCourier(Courier):
    """Hands messages over, each in a request of its own."""

    def __init__(self, mailbox: GraphMailbox) -> None:
        self._mailbox = mailbox
        self._type = "text/plain" if mailbox.kept else "application/json"

    def send(self, content: bytes, sender: str, to: str, before_data: BeforeData) -> Result | None:
        """One mail to the person that its header names, once; None where `before_data` said no.

        A token that was kept and is refused is asked for anew, and the mail given once more. Raises Unready
        where nobody is served now, and what `before_data` raises.
        """
        body = b64encode(content) if self._mailbox.kept else _unkept(content)
        if len(body) > LARGEST:
            return Result(SendOutcome.FAILED, Cause.TOO_LARGE)
        result = self._with_token(body, sender, before_data)
        if result is not None and (result.cause in _FOR_ALL or result.wait_s is not None):
            raise Unready(result)
        return result

    def _with_token(self, body: bytes, sender: str, before_data: BeforeData) -> Result | None:
        while True:
            token = self._mailbox.tokens.token(self._mailbox.token_s)
            result = self._posted(body, sender, token, before_data)
            if result is None or result.cause is not Cause.TOKEN_NOT_TAKEN:
                return result
            self._mailbox.tokens.throw_away(token)
            if token.fresh:
                return result

    def _posted(self, body: bytes, sender: str, token: Token, before_data: BeforeData) -> Result | None:
        url = f"{GRAPH}/users/{quote(sender, safe='@')}/sendMail"
        headers = {"Authorization": f"Bearer {token.value}", "Content-Type": self._type}
        if not before_data():
            return None
        try:
            answer = ask(self._mailbox.web, "POST", url, headers=headers, data=body)
        except Broken as broken:
            if broken.handed_over:
                return Result(SendOutcome.UNSURE, Cause.INTERRUPTED)
            return Result(SendOutcome.RETRY, broken.cause)
        return read(answer, self._mailbox.clock())


def _unkept(content: bytes) -> bytes:
    """The same mail, its plain text alone, as JSON: no copy of it stays with the sender."""
    mail = message_from_bytes(content, policy=default)
    plain = mail.get_body(("plain",))
    message = {
        "subject": str(mail["Subject"]),
        "body": {"contentType": "Text", "content": plain.get_content() if plain else ""},
        "toRecipients": [{"emailAddress": {"address": each.addr_spec}} for each in mail["To"].addresses],
    }
    return json.dumps({"message": message, "saveToSentItems": False}).encode()


def probe(mailbox: GraphMailbox) -> Result:
    """Gets a token and sends nothing: whether the mailbox may be sent from, only a mail shows."""
    try:
        mailbox.tokens.token(mailbox.token_s)
    except Unready as unready:
        return unready.result
    return SENT


def read(answer: WebAnswer, now: datetime) -> Result:
    """What became of the mail, by the answer to it. Only 202 says that it was taken."""
    status = answer.status_code
    if status == _ACCEPTED:
        return SENT
    name = _name(answer)
    code = f"{status} {name}".strip()
    # Graph says nothing, or JSON; a web filter shows a page in place of what was asked
    if status == _TIMED_OUT_INSIDE or (status < 300 and not re.match(r"[\s\ufeff]*<", answer.text)):
        return Result(SendOutcome.UNSURE, Cause.INTERRUPTED, code)
    cause = _BY_NAME.get(name.lower()) or _BY_STATUS.get(status)
    if cause is None:
        cause = Cause.BUSY if status >= 500 else Cause.MESSAGE_REFUSED
    if not name and status not in (401, 408, 413, 429) and status < 500:
        cause = Cause.NOT_MICROSOFT
    outcome = SendOutcome.FAILED if cause in _FOR_GOOD else SendOutcome.RETRY
    return Result(outcome, cause, code, answer.wait_s(now) if cause is Cause.BUSY else None)


def _name(answer: WebAnswer) -> str:
    """The error's code; "" where there is none that could be one."""
    error = (answer.document or {}).get("error")
    name = error.get("code") if isinstance(error, dict) else None
    return name if isinstance(name, str) and re.fullmatch(r"[A-Za-z_.]{1,60}", name) else ""
