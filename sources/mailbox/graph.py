"""A mailbox by Microsoft Graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, formataddr
from itertools import chain
from typing import Any, Protocol
from urllib.parse import quote

from data.ids import squeeze
from data.types import BlockKind, Outcome, Response
from sources.blocks.wall_patterns import REASONS
from sources.html.parsers import parse_json
from sources.http.aborted import FetchAborted, malformed, misconfigured, unreachable
from sources.http.exchange import HttpAnswer
from sources.http.politeness import retry_after_s
from sources.mailbox import mail as letter
from sources.mailbox.address import GraphInbox

# One line to Graph for a mailbox: how it is signed in to, what is asked, and what a refusal means.

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
    """The sign-in to Graph. `token` raises FetchAborted where there is none. `other` is a mailbox of the same
    tenant that the application must be refused, "" where none is known."""

    token: Callable[[], BearerToken]
    throw_away: Callable[[Any], None]
    other: str = ""

    def __repr__(self) -> str:
        return "MailboxAccess()"


AskGraph = Callable[[str, tuple[tuple[str, str], ...], tuple[str, str], int], HttpAnswer]
"""One request: its address, headers, credential, and how many bytes the answer may have."""


@dataclass(frozen=True, slots=True)
class GraphLine:
    """The line to Graph for one mailbox, at `now`."""

    access: MailboxAccess
    ask: AskGraph
    now: datetime

    def answer(self, path: str, prefer: str = SAME_ID, most: int = 0) -> HttpAnswer:
        """Ask Graph; the answer has `most` bytes. A token that was kept and is refused is asked for anew."""
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
        if (found := json_of(answer)) is None:
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
    code = table_of((json_of(answer) or {}).get("error")).get("code")
    return code if isinstance(code, str) and len(code) <= 60 else ""


class DeltaExpired(FetchAborted):
    """Graph no longer knows where we were."""


def refused_by_graph(answer: HttpAnswer, of: str, now: datetime) -> FetchAborted:
    """Why Graph gave nothing, and what to do; its own words are not repeated."""
    status, code = answer.status, code_of(answer)
    if status == 410 or code.lower() in _ANEW:
        return DeltaExpired(
            Outcome.UNREACHABLE, "Microsoft 365 begins its list of mails anew.", status=status
        )
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
    says = letter.REFUSALS["by_status"].get(str(status), letter.REFUSALS["not_understood"])
    said = says.format(owner=of, status=status, code=code, page=PAGE_OF_MAILBOXES)
    return misconfigured(said, status=status)


NOT_GRAPH: str = letter.REFUSALS["not_graph"]


# One reading of a mailbox at Microsoft 365, by Graph: what is new in its Inbox, a page at a time.

_PAGE = letter.MOST_TOGETHER // letter.MOST_WORDS
_MARKS = letter.MARKS.split()
_PAGES = 20
"""So many pages without a single mail are passed over in one reading."""
_OVERLAP = timedelta(days=2)
"""So far before all was last read a reading begins that must begin anew; what was read is known by its id."""
_ISO = "%Y-%m-%dT%H:%M:%SZ"
_NEW = "?changeType=created&$select=receivedDateTime&$orderby=receivedDateTime%20desc"
_WORDS = (
    "?$select=from,subject,sentDateTime,receivedDateTime,internetMessageId,internetMessageHeaders,body,"
    "hasAttachments"
)
_ITEM = "?$expand=microsoft.graph.itemattachment/item"
"""A mail or a meeting within a mail, without what is attached to it (graph/api/attachment-get)."""


def read_inbox(inbox: GraphInbox, line: GraphLine) -> Response:
    """Read what is new there, as a document; status 304 where there is nothing. Raises FetchAborted."""
    for _ in range(_PAGES):
        page, inbox = _page(inbox, line)
        listed = [one for one in page.get("value") or () if isinstance(one, dict) and "@removed" not in one]
        mails, broken = _fetch_mails(listed, inbox, line)
        waiting = "@odata.nextLink" in page
        inbox = replace(inbox, link=_next_page(page), since=inbox.since if waiting else f"{line.now:{_ISO}}")
        if mails or broken:
            mails.sort(key=lambda mail: mail.received)
            body = letter.Bundle(tuple(mails), inbox.url, waiting, broken).to_document()
            return Response(inbox.url, 200, (("content-type", letter.CONTENT_TYPE),), body, line.now)
        if not waiting:
            break
    return Response(inbox.url, 304, (), b"", line.now)


def _page(inbox: GraphInbox, line: GraphLine) -> tuple[Mapping[str, Any], GraphInbox]:
    """The next page of what is new, and its mailbox: from the beginning where Graph forgot where we were."""
    prefer = f"odata.maxpagesize={_PAGE}, {SAME_ID}"
    if inbox.link:
        with suppress(DeltaExpired):
            return line.document(inbox.link, inbox.owner, prefer), inbox
    prove_refused(inbox, line)
    since = f"&$filter=receivedDateTime%20ge%20{_earlier(inbox.since)}" if _earlier(inbox.since) else ""
    path = f"{_of(inbox.owner)}/mailFolders/inbox/messages/delta{_NEW}{since}"
    return line.document(path, inbox.owner, prefer), inbox


def prove_refused(inbox: GraphInbox, line: GraphLine) -> None:
    """Asks for the number of one mail of the other mailbox; only its refusal lets ours be read. Raises
    FetchAborted (misconfigured) where that is not refused, or nothing shows that it is."""
    other, owner = line.access.other, inbox.owner
    if not other or other.lower() == owner.lower():
        raise misconfigured(letter.REFUSALS["no_other"].format(owner=owner, page=PAGE_OF_MAILBOXES))
    answer = line.answer(f"{_of(other)}/mailFolders/inbox/messages?$top=1&$select=id")
    if answer.status == 403 and code_of(answer):
        return
    if answer.status == 404 and code_of(answer):
        raise misconfigured(letter.REFUSALS["no_such_other"].format(other=other, owner=owner))
    if answer.status == 200:
        said = letter.REFUSALS["may_read_all"].format(other=other, owner=owner, page=PAGE_OF_MAILBOXES)
        raise misconfigured(said)
    raise refused_by_graph(answer, other, line.now)


def _fetch_mails(
    listed: list[dict[str, Any]], inbox: GraphInbox, line: GraphLine
) -> tuple[list[letter.MailAsFetched], int]:
    """Those that are still there, and how many could not be fetched."""
    mails, broken = [], 0
    for one in {str(each.get("id") or ""): each for each in listed}:
        try:
            answer = line.answer(f"{_at(replace(inbox, mail=one))}{_WORDS}")
            if answer.status == 404:
                continue
            if answer.status != 200:
                raise refused_by_graph(answer, inbox.owner, line.now)
            found = json_of(answer)
        except FetchAborted as stop:
            if stop.outcome is not Outcome.TOO_LARGE:
                raise
            found = None
        if found is None:
            broken += 1
        else:
            mails.append(_fetch_mail(found, replace(inbox, link="", since="", mail=one), line))
    return mails, broken


def _fetch_mail(said: Mapping[str, Any], at: GraphInbox, line: GraphLine) -> letter.MailAsFetched:
    body = table_of(said.get("body"))
    # inline pictures alone do not count as attachments there (graph/api/resources/message)
    inside = said.get("hasAttachments") is True or "cid:" in str(body.get("content"))
    listed = _list_enclosed(at, line) if inside else []
    parts, heads = [_body_words(body)], list[str]()
    if "eventMessage" in str(said.get("@odata.type")):
        parts.append(_event(_item(_fetch_below(line, at, "")), "startDateTime", "endDateTime"))
    for one in listed:
        path = f"/attachments/{quote(str(one.get('id')), safe='')}"
        if _kind(one) == "message/rfc822" and len(heads) < letter.MOST_MAILS_WITHIN:
            answer = _fetch_below(line, at, f"{path}/{_ITEM}")
            item = table_of(_item(answer).get("item"))
            others = (item.get(to) or () for to in ("toRecipients", "ccRecipients"))
            heads.append(_head(item, item.get("from"), *chain(*others)))
            shown = replace(_body_words(table_of(item.get("body"))), cut=answer is None)
            parts += [replace(part, of=len(heads)) for part in (shown, _event(item, "start", "end"))]
        elif letter.OF_THE_BODY.fullmatch(str(one.get("name"))) and _kind(one) in ("text/plain", "text/html"):
            answer = _fetch_below(line, at, f"{path}/$value")
            words = letter.bytes_to_text(answer.body) if answer else ""
            parts.append(letter.MailWords(html=_kind(one) == "text/html", body=words, cut=answer is None))
    return letter.MailAsFetched(
        address=at.url,
        received=str(said.get("receivedDateTime") or ""),
        head=_head(said, said.get("from")),
        parts=tuple(letter.fit_words(parts)),
        heads=tuple(heads),
        enclosed=tuple(letter.media_type(_kind(one)) for one in listed),
    )


def _body_words(body: Mapping[str, Any]) -> letter.MailWords:
    words = letter.bytes_to_text(str(body.get("content") or "").encode("utf-8", "replace"))
    return letter.MailWords("utf-8", html=body.get("contentType") == "html", body=words)


def _event(item: Mapping[str, Any], start: str, end: str) -> letter.MailWords:
    """When and where a meeting is; nothing of what is none."""
    times = (table_of(item.get(name)) for name in (start, end))
    moments = (f"{at.get('dateTime') or ''}{'Z' * (at.get('timeZone') == 'UTC')}" for at in times)
    said = letter.event_words(*moments, "", _line(table_of(item.get("location")).get("displayName")))
    return letter.MailWords("utf-8", body=letter.bytes_to_text(said.encode("utf-8", "replace")))


def _fetch_below(line: GraphLine, at: GraphInbox, path: str) -> HttpAnswer | None:
    """Fetch what Graph tells of a mail below its address; None where it is gone, too large or refused."""
    try:
        answer = line.answer(f"{_at(at)}{path}")
    except FetchAborted as stop:
        if stop.outcome is not Outcome.TOO_LARGE:
            raise
        return None
    if answer.status in (400, 403, 404, 405):
        return None
    if answer.status != 200:
        raise refused_by_graph(answer, at.owner, line.now)
    return answer


def _item(answer: HttpAnswer | None) -> Mapping[str, Any]:
    return (json_of(answer) or {}) if answer else {}


def _head(said: Mapping[str, Any], *people: object) -> str:
    """The lines of its head that are kept, with these people as From: Graph gives all headers or none."""
    sent = _moment(said.get("sentDateTime"))
    marks = (table_of(one) for one in said.get("internetMessageHeaders") or ())
    lines = [
        f"Subject: {_line(said.get('subject'))}",
        f"Message-ID: {_line(said.get('internetMessageId'))}",
        f"Date: {format_datetime(sent) if sent else ''}",
        f"From: {', '.join(map(_person, people))}",
        *(f"{m['name']}: {_line(m.get('value'))}" for m in marks if str(m.get("name")).upper() in _MARKS),
    ]
    return letter.bytes_to_text("\n".join(lines).encode("utf-8", "replace")[: letter.HEAD_BYTES])


def _person(said: object) -> str:
    named = table_of(table_of(said).get("emailAddress"))
    name, address = _line(named.get("name")), _line(named.get("address"))
    # `formataddr` takes no letters beyond ASCII, which an address may have (RFC 6531)
    return formataddr((name, address)) if address.isascii() else address


def read_enclosed_at_graph(inbox: GraphInbox, line: GraphLine) -> Response:
    """One thing that is enclosed in a mail. It stays in the mailbox. Raises FetchAborted."""
    parts = _list_enclosed(inbox, line)
    if not inbox.section or inbox.section > len(parts):
        raise FetchAborted(Outcome.GONE, letter.NO_LONGER)
    part = quote(str(parts[inbox.section - 1].get("id")), safe="")
    answer = line.answer(f"{_at(inbox)}/attachments/{part}/$value", most=letter.MOST_ENCLOSED)
    if answer.status == 404:
        raise FetchAborted(Outcome.GONE, letter.NO_LONGER)
    if answer.status != 200:
        raise refused_by_graph(answer, inbox.owner, line.now)
    return Response(inbox.url, 200, (), answer.body, line.now)


def _list_enclosed(inbox: GraphInbox, line: GraphLine) -> list[Mapping[str, Any]]:
    """List what is enclosed in a mail, without its bytes; nothing where it is gone."""
    said = _item(_fetch_below(line, inbox, "/attachments?$select=id,contentType,name"))
    return [table_of(one) for one in said.get("value") or ()]


def _kind(part: Mapping[str, Any]) -> str:
    """Its media type; a mail or a meeting within a mail has none of its own."""
    item = str(part.get("@odata.type", "")).endswith("itemAttachment")
    return "message/rfc822" if item else str(part.get("contentType") or "")


def _of(owner: str) -> str:
    return f"/v1.0/users/{quote(owner, safe='@')}"


def _at(mail: GraphInbox) -> str:
    return f"{_of(mail.owner)}/messages/{quote(mail.mail, safe='')}"


def _next_page(page: Mapping[str, Any]) -> str:
    """Return where the reading goes on, without the host. Raises FetchAborted where that is not Graph's own:
    no token is shown to another."""
    link = str(page.get("@odata.nextLink") or page.get("@odata.deltaLink") or "")
    if not link.startswith(f"{GRAPH}/"):
        raise malformed(NOT_GRAPH)
    return link.removeprefix(GRAPH)


def _earlier(since: str) -> str:
    """Two days before that moment, as Graph's filters have it; "" where there is none."""
    moment = _moment(since)
    return f"{moment - _OVERLAP:{_ISO}}" if moment else ""


def _moment(said: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(said)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _line(said: object) -> str:
    return squeeze(str(said or ""))
