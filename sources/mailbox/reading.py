"""One reading of a mailbox, by IMAP or by Microsoft Graph: the newest mails that nobody has read yet, as many
as one document may hold.

What is older comes with the next; each reading says what is left. A mail that cannot be fetched (damaged, or
made to break its reader) is found by halves and passed over, so that it hides no other.
"""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, formataddr
from itertools import chain, takewhile
from typing import Any, Protocol
from urllib.parse import quote

from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from data.frozen import freeze
from data.ids import squeeze
from data.types import BlockKind, Outcome, Response
from sources.html.parsers import Record, dig, json_in, objects_at, text_field
from sources.http.connection import Deadline, HttpAnswer, TooMuch, bind_deadline, explain_failure
from sources.http.guard import FetchAborted, malformed, misconfigured, unreachable
from sources.http.politeness import retry_after_s
from sources.mailbox.address import GraphInbox, Mailbox
from sources.mailbox.events import event_at_graph
from sources.mailbox.mail import (
    CONTENT_TYPE,
    HEAD_BYTES,
    MARKS,
    MOST_ENCLOSED,
    MOST_MAILS_WITHIN,
    MOST_TOGETHER,
    MOST_WORDS,
    NO_LONGER,
    REFUSALS,
    Bundle,
    MailAsFetched,
    MailPart,
    MailWords,
    Structure,
    bytes_to_text,
    decode_part,
    fit_words,
    has_words,
    media_type,
    moment_in,
    structure_of,
    undo_encoding,
)
from sources.walls import REASONS

MOST_BYTES = 4 << 20
"""So much may one connection, or one answer of Graph, bring, framing left out."""


@freeze
class Reach:
    """The way to a mail server: a connection, until when, whom it trusts, the sign-in, how many bytes."""

    dialled: Callable[[], socket.socket]
    deadline: Deadline
    tls: ssl.SSLContext
    user: str
    password: str
    most: int = MOST_BYTES

    def __repr__(self) -> str:
        return "Reach()"


class _Trust:
    """The TLS context that imaplib is given: ours, whose sockets end at the deadline."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach

    def wrap_socket(self, sock: socket.socket, server_hostname: str) -> ssl.SSLSocket:
        sock.settimeout(self._reach.deadline.seconds_left())
        wrapped = self._reach.tls.wrap_socket(sock, server_hostname=server_hostname)
        bind_deadline(wrapped, self._reach.deadline)
        return wrapped


_LITERAL = re.compile(rb"~?(\{\d{1,19})\+?\}\Z")
"""How an answer announces bytes; the marks of RFC 7888 and 3516 change nothing for who reads them."""
_NAME = re.compile(rb"\A\*(?: \d{1,10})? [A-Za-z-]+")
_ESEARCH = re.compile(rb"\A\* ESEARCH\b(?:.*?\bALL ([\d:,]+))?.*")
_AT_ONCE, _MOST_NUMBERS, _LONGEST_CAPABILITY = 50_000, 1_000_000, 10_000


class _Imap(imaplib.IMAP4):
    """imaplib's side of it, over our own connection. What a server says, it may say in several lines, in any
    case of letters, and with other lines between (RFC 3501, 2.2.2 and 9)."""

    def __init__(self, mailbox: Mailbox, reach: Reach) -> None:
        self._mailbox, self._reach = mailbox, reach
        try:
            super().__init__(mailbox.target.host, mailbox.target.port)
        except BaseException:
            sock: socket.socket | None = getattr(self, "sock", None)
            if sock is not None:
                sock.close()
            raise

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        self._reach.deadline.allow(self._reach.most)
        sock = self._reach.dialled()
        if self._mailbox.target.scheme == "imap":
            return sock
        return _Trust(self._reach).wrap_socket(sock, self.host)

    def read(self, size: int) -> bytes:
        """A literal; one that is announced as larger than everything may be is not waited for."""
        if size > self._reach.most:
            raise TooMuch
        return super().read(size)

    def _get_line(self) -> bytes:
        """A line of an answer, as the library knows it: its name in capitals, and what ESEARCH names as
        found by SEARCH (RFC 4731, 3.1)."""
        line = _NAME.sub(lambda name: name[0].upper(), super()._get_line())  # type: ignore[misc]
        return _LITERAL.sub(rb"\1}", _ESEARCH.sub(rb"* SEARCH \1", line))

    def _append_untagged(self, typ: str, dat: Any) -> None:
        """Keeps a line; all that the server can becomes one."""
        before: list[Any] | None = self.untagged_responses.get(typ)
        if before and typ == "CAPABILITY" and len(before[0]) < _LONGEST_CAPABILITY:
            before[0] = b"%s %s" % (before[0], dat)
        else:
            super()._append_untagged(typ, dat)  # type: ignore[misc]

    def _untagged_response(self, typ: str, dat: Any, name: str) -> tuple[str, list[Any]]:
        """The lines of an answer; all numbers of a search as one."""
        result: str
        result, lines = super()._untagged_response(typ, dat, name)  # type: ignore[misc]
        if name == "SEARCH":
            lines = [_join_numbers([line for line in lines if isinstance(line, bytes)])]
        return result, lines

    def send(self, data: Any) -> None:
        """Within what is left of the time."""
        self.sock.settimeout(self._reach.deadline.seconds_left())
        super().send(data)

    def _mesg(self, s: Any, secs: Any = None) -> None:
        """Nothing that goes over the line is written down: neither a password nor anybody's words."""

    def _log(self, line: Any) -> None:
        """Nor remembered."""


def _join_numbers(lines: Sequence[bytes]) -> bytes:
    """All the numbers in them, without what else they say. Raises ValueError for more than anybody has."""
    said = b" ".join(line.partition(b"(")[0] for line in lines).replace(b",", b" ")
    ranges = [sorted(map(int, piece.split(b":"))) for piece in said.split()]
    if sum(ends[-1] - ends[0] for ends in ranges) > _MOST_NUMBERS:
        raise ValueError
    return b" ".join(b"%d" % n for ends in ranges for n in range(ends[0], ends[-1] + 1))


class _Client(IMAPClient):
    def __init__(self, mailbox: Mailbox, reach: Reach) -> None:
        self._ours = (mailbox, reach)
        super().__init__(
            mailbox.target.host, mailbox.target.port, ssl=mailbox.target.scheme == "imaps", timeout=None
        )
        self.normalise_times = False
        self._imap.debug = 0
        self._imap._mesg = lambda *_: None

    def _create_IMAP4(self) -> _Imap:
        return _Imap(*self._ours)

    def _set_read_timeout(self) -> None:
        """The deadline does that."""


@contextmanager
def open_mailbox(mailbox: Mailbox, reach: Reach) -> Iterator[tuple[_Client, dict[bytes, Any]]]:
    """Open a line to the mailbox, signed in and opened for reading, and return what the server says of the
    folder. Raises FetchAborted with what is to be put right, and what `explain_refusal` explains."""
    client = _Client(mailbox, reach)
    try:
        if mailbox.target.scheme == "imap":
            # STARTTLS; only a gateway on this machine itself may go without
            if client.has_capability("STARTTLS"):
                client.starttls(_Trust(reach))
            elif not mailbox.here:
                raise misconfigured(REFUSALS["no_tls"].format(host=mailbox.target.host))
        _sign_in(client, mailbox, reach)
        yield client, _select_folder(client, mailbox)
    finally:
        hang_up(client)


def hang_up(client: _Client) -> None:
    """Ends the line, whatever state it is in, and waits for no answer."""
    with suppress(OSError, imaplib.IMAP4.error):
        client._imap.send(b"Z LOGOUT\r\n")
    with suppress(OSError, imaplib.IMAP4.error):
        client.shutdown()


def _sign_in(client: _Client, mailbox: Mailbox, reach: Reach) -> None:
    """By AUTHENTICATE PLAIN, which takes any letters, else by LOGIN."""
    plain = client.has_capability("AUTH=PLAIN")
    if not plain and client.has_capability("LOGINDISABLED"):
        raise misconfigured(REFUSALS["no_passwords"].format(host=mailbox.target.host))
    if not plain and not (reach.user + reach.password).isascii():
        raise misconfigured(REFUSALS["plain_letters"])
    try:
        (client.plain_login if plain else client.login)(reach.user, reach.password)
    except LoginError as error:
        under = error.__context__
        if isinstance(under, imaplib.IMAP4.abort):
            raise under from None
        raise explain_refusal(str(error), mailbox) from None


def explain_refusal(said: str, mailbox: Mailbox) -> FetchAborted:
    """Why a server did not let us in, as its answer has it; its own words are not repeated."""
    if any(code in said.upper() for code in ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]")):
        return unreachable("The mail server lets nobody in at the moment.")
    host = mailbox.target.host
    hints = REFUSALS["providers"]
    hint = next((one["says"] for one in hints if host.endswith(tuple(one["hosts"]))), REFUSALS["otherwise"])
    return misconfigured(f"{host} refused the user name or the password. {hint}")


def _select_folder(client: _Client, mailbox: Mailbox) -> dict[bytes, Any]:
    try:
        told: dict[bytes, Any] = client.select_folder(mailbox.folder, readonly=True)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        raise FetchAborted(Outcome.GONE, REFUSALS["no_folder"].format(folder=mailbox.folder)) from None
    return told


_TNEF = "application/ms-tnef"


def part_of(body: Sequence[Any]) -> MailPart:
    """Read one part of a BODYSTRUCTURE, as `imapclient` gives it."""
    inside = body[0] if body and isinstance(body[0], list) else [*takewhile(_is_part, body)]
    if inside:
        after = body[1:] if isinstance(body[0], list) else body[len(inside) :]
        return MailPart(f"multipart/{_low(after[0]) if after else ''}", {}, inside=inside)
    if len(body) < 7:
        return MailPart("application/octet-stream", {})
    major, minor = _low(body[0]), _low(body[1])
    kind = media_type(f"{major}/{minor}")
    within = kind == "message/rfc822" and len(body) > 8 and _is_part(body[8])
    at = {"text": 9, "message": 11 if within else 8}.get(major, 8)
    disposition: Sequence[Any] = body[at] if len(body) > at and _is_part(body[at]) else (None, ())
    file = _parameters(disposition[-1])
    named = _parameters(body[2]) | {"filename": file.get("filename", "")}
    return MailPart(
        _TNEF if "winmail.dat" in (named.get("name"), named["filename"]) else kind,
        named,
        _low(body[5]),
        body[6] if isinstance(body[6], int) else 0,
        attached=_low(disposition[0]) == "attachment",
        inside=(body[8],) if within else (),
        head=_head_of(body[7] or ()) if within else "",
    )


def _is_part(said: object) -> bool:
    return isinstance(said, tuple)


def _head_of(envelope: Sequence[Any]) -> str:
    """Write an enclosed mail's envelope (RFC 3501, 7.4.2) as lines of a head: when it was sent, its subject,
    and as From all who wrote or got it."""
    named = (one for some in envelope[2:8] if _is_part(some) for one in some if _is_part(one) and one[3:])
    people = (b"%s <%s@%s>" % (*map(_bare, (name, box, host)),) for name, _, box, host, *_ in named)
    date, subject, *_ = map(_bare, (*envelope[:2], b"", b""))
    said = b"Date: %s\nSubject: %s\nFrom: %s" % (date, subject, b", ".join(people)[:HEAD_BYTES])
    return bytes_to_text(said)


def _bare(said: object) -> bytes:
    return b" ".join(said.split())[:HEAD_BYTES] if isinstance(said, bytes) else b""


def _parameters(given: object) -> dict[str, str]:
    """Parameters by name, without what RFC 2231 puts behind it, all in lower case."""
    pairs = given if isinstance(given, tuple) else ()
    named = zip(map(_low, pairs[::2]), map(_low, pairs[1::2]), strict=False)
    return {name.partition("*")[0]: value for name, value in named}


def _low(value: object) -> str:
    return value.decode("ascii", "replace").lower() if isinstance(value, bytes) else ""


MOST_MAILS = 50
_HEAD = f"BODY.PEEK[HEADER.FIELDS (FROM SUBJECT DATE MESSAGE-ID {MARKS})]<0.{HEAD_BYTES}>"
_DESCRIBED = ["INTERNALDATE", "BODYSTRUCTURE", _HEAD]
_BROKEN = (imaplib.IMAP4.error, TooMuch, ValueError, TypeError, LookupError, AssertionError, RecursionError)


def read_mails(mailbox: Mailbox, reach: Reach, now: datetime) -> Response:
    """Read what is new there, as a document; status 304 where there is nothing. Raises FetchAborted."""
    most = MOST_MAILS
    try:
        while True:
            read = _read_new(mailbox, reach, most)
            if isinstance(read, Bundle):
                headers = (("content-type", CONTENT_TYPE),)
                return Response(mailbox.url, 200, headers, read.to_document(), now)
            if read is None:
                return Response(mailbox.url, 304, (), b"", now)
            most = read
    except (OSError, *_BROKEN) as error:
        raise _explain_failure(error, mailbox, reach) from error


def read_enclosed(mailbox: Mailbox, reach: Reach, now: datetime) -> Response:
    """One thing that is enclosed in a mail, unpacked. It stays in the mailbox. Raises FetchAborted."""
    reach = replace(reach, most=MOST_ENCLOSED)
    try:
        with open_mailbox(mailbox, reach) as (client, folder):
            return Response(mailbox.url, 200, (), _fetch_enclosed(client, mailbox, folder), now)
    except (OSError, *_BROKEN) as error:
        raise _explain_failure(error, mailbox, reach) from error


def _fetch_enclosed(client: Any, mailbox: Mailbox, folder: dict[bytes, Any]) -> bytes:
    number = mailbox.unread[0][0]
    same = folder.get(b"UIDVALIDITY") == mailbox.validity
    described = _describe(client, [number], ["BODYSTRUCTURE"]) if same else {}
    known = described.get(number)
    parts = structure_of(known[b"BODYSTRUCTURE"], part_of).enclosed if known else ()
    if not mailbox.section or mailbox.section > len(parts):
        raise FetchAborted(Outcome.GONE, NO_LONGER)
    part = parts[mailbox.section - 1]
    answer = client.fetch([number], [f"BODY.PEEK[{part.number}]<0.{MOST_ENCLOSED}>"])
    return undo_encoding(_find_bytes(answer.get(number, {}), b"BODY["), part.encoding)


def _read_new(mailbox: Mailbox, reach: Reach, most: int) -> Bundle | int | None:
    """The mails; None where there are none; or with how many fewer it is to be tried again."""
    with open_mailbox(mailbox, reach) as (client, folder):
        validity, beyond = folder.get(b"UIDVALIDITY"), folder.get(b"UIDNEXT", 1)
        if not validity:
            raise malformed("The mail server numbers its mails anew each time; that cannot be read.")
        known = mailbox.with_validity(int(validity))
        numbers = _list_numbers(client, known, beyond) if folder.get(b"EXISTS") else []
        if not numbers:
            return None
        taken, broken = numbers[:most], 0
        try:
            mails = _fetch_mails(client, taken, known)
        except imaplib.IMAP4.abort:
            raise
        except _BROKEN:
            if len(taken) > 1:
                return len(taken) // 2
            mails, broken = [None], 1
        read = taken[: len(mails)]
        more = len(numbers) > len(read)
        # the number of the next new mail
        beyond = max(beyond, numbers[0] + 1, 1)
        rest = known.without(read[-1] if more else 1, beyond)
        whole = [mail for mail in mails if mail is not None]
        return Bundle(tuple(reversed(whole)), rest.url, waiting=more, broken=broken)


def _list_numbers(client: Any, known: Mailbox, beyond: int) -> list[int]:
    """Enough of them for one reading, the newest first; never all the numbers of a large mailbox at once."""
    found: list[int] = []
    lowest = known.unread[0][0]
    low, top = max(beyond - _AT_ONCE, lowest), "*"
    while True:
        among = {n for n in client.search(["UID", f"{low}:{top}"]) if n >= low and known.wants(n)}
        found += sorted(among - set(found), reverse=True)
        if low <= lowest or len(found) > MOST_MAILS:
            return found
        low, top = max(low - _AT_ONCE, lowest), str(low - 1)


def _fetch_mails(client: Any, numbers: Sequence[int], mailbox: Mailbox) -> list[MailAsFetched | None]:
    """Newest first, as many as fit into one document; None for one that is no longer there."""
    described = _describe(client, numbers, _DESCRIBED)
    made = {n: structure_of(told[b"BODYSTRUCTURE"], part_of) for n, told in described.items()}
    fitting = _choose_fitting(numbers, made)
    words = _fetch_words(client, {n: made[n] for n in fitting if n in made})
    read = {n: _make_mail(n, described[n], made[n], words.get(n, {}), mailbox) for n in fitting if n in made}
    return [read.get(n) for n in fitting]


_UNASKED = frozenset((b"SEQ", b"FLAGS", b"MODSEQ"))


def _describe(client: Any, numbers: Sequence[int], items: Sequence[str]) -> dict[int, dict[bytes, Any]]:
    """Fetch what is told of these mails, without those of which comes only what nobody asked for."""
    answers = client.fetch(list(numbers), list(items))
    return {n: one for n, one in answers.items() if one.keys() - _UNASKED}


def _choose_fitting(numbers: Sequence[int], made: dict[int, Structure]) -> list[int]:
    room = MOST_TOGETHER
    fitting: list[int] = []
    for n in numbers:
        room -= min(sum(part.size for part in made[n].words), MOST_WORDS) if n in made else 0
        if room < 0 and fitting:
            break
        fitting.append(n)
    return fitting


def _byte_limits(made: Structure) -> dict[str, int]:
    """Share out how many bytes of each part with words are asked for, by its number."""
    left = MOST_WORDS
    rooms: dict[str, int] = {}
    for part in made.words:
        rooms[part.number] = MOST_WORDS if part.size < left else left
        left = max(left - part.size, 0)
    return rooms


def _fetch_words(client: Any, made: dict[int, Structure]) -> dict[int, dict[bytes, Any]]:
    """The parts of each mail that hold its words, asked for together of all that are made alike."""
    alike: dict[tuple[str, ...], list[int]] = {}
    for n, structure in made.items():
        asked = (f"BODY.PEEK[{number}]<0.{room}>" for number, room in _byte_limits(structure).items() if room)
        alike.setdefault(tuple(asked), []).append(n)
    found: dict[int, dict[bytes, Any]] = {}
    for items, those in alike.items():
        found |= client.fetch(those, list(items)) if items else {}
    return found


def _make_mail(
    n: int, told: dict[bytes, Any], made: Structure, words: dict[bytes, Any], mailbox: Mailbox
) -> MailAsFetched:
    received = told.get(b"INTERNALDATE")
    at = received.astimezone(UTC).isoformat() if isinstance(received, datetime) and received.tzinfo else ""
    came = ((part, _find_bytes(words, f"BODY[{part.number}]".encode())) for part in made.words)
    rooms = _byte_limits(made)
    parts = (decode_part(p, body, cut=made.more or len(body) >= rooms[p.number]) for p, body in came)
    return MailAsFetched(
        address=replace(mailbox, unread=((n, n),)).url,
        received=at,
        head=bytes_to_text(_find_bytes(told, b"BODY[HEADER")[:HEAD_BYTES]),
        parts=tuple(fit_words(parts)),
        heads=made.heads,
        enclosed=tuple(each.kind for each in made.enclosed),
    )


def _find_bytes(told: dict[bytes, Any], begins: bytes) -> bytes:
    """Find the bytes that a server sent under a name that begins so, b"" without it."""
    return next((v for k, v in told.items() if k.startswith(begins) and isinstance(v, bytes)), b"")


def _explain_failure(error: Exception, mailbox: Mailbox, reach: Reach) -> FetchAborted:
    """A failed reading as an outcome and a sentence; what the server said is not repeated."""
    under: BaseException | None = error
    while under is not None:
        if isinstance(under, ssl.SSLError) and "WRONG_VERSION" in str(under.reason):
            return misconfigured(REFUSALS["not_tls"].format(port=mailbox.target.port))
        under = under.__cause__
    if isinstance(error, OSError):
        return explain_failure(error, reach.deadline)
    turned_away = error.args[:1] and str(error.args[0]).upper().lstrip("B'").startswith("* BYE")
    if isinstance(error, imaplib.IMAP4.abort) or turned_away:
        return unreachable("The mail server ended the connection.")
    return malformed("What answers at this address does not speak IMAP as we know it.")


# One line to Microsoft Graph for a mailbox: how it is signed in to, what is asked, and what a refusal means.

GRAPH = "https://graph.microsoft.com"
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


@freeze
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


@freeze
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
        answer = self.fetch(path, of, prefer, gone=())
        found = json_of(answer) if answer else None
        if found is None:
            raise malformed(NOT_GRAPH)
        return found

    def fetch(
        self, path: str, of: str, prefer: str = SAME_ID, most: int = 0, gone: Sequence[int] = (404,)
    ) -> HttpAnswer | None:
        """The answer at a path of somebody's mailbox; None where it is gone. Raises FetchAborted."""
        answer = self.answer(path, prefer, most)
        if answer.status in gone:
            return None
        if answer.status != 200:
            raise refused_by_graph(answer, of, self.now)
        return answer


def json_of(answer: HttpAnswer) -> Mapping[str, Any] | None:
    """The JSON object that it is; None where it is none."""
    found = json_in(answer.body.decode("utf-8", "replace"))
    return found if isinstance(found, dict) else None


def code_of(answer: HttpAnswer) -> str:
    """Graph's own code of an error, "" where something else answers."""
    code = dig(json_of(answer), "error", "code")
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
    says = REFUSALS["by_status"].get(str(status), REFUSALS["not_understood"])
    said = says.format(owner=of, status=status, code=code, page=PAGE_OF_MAILBOXES)
    return misconfigured(said, status=status)


NOT_GRAPH: str = REFUSALS["not_graph"]


# One reading of a mailbox at Microsoft 365, by Graph: what is new in its Inbox, a page at a time.

_PAGE = MOST_TOGETHER // MOST_WORDS
_MARKS = MARKS.split()
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
        listed = [one for one in objects_at(page, "value") if "@removed" not in one]
        mails, broken = _fetch_from_graph(listed, inbox, line)
        waiting = "@odata.nextLink" in page
        inbox = replace(inbox, link=_next_page(page), since=inbox.since if waiting else f"{line.now:{_ISO}}")
        if mails or broken:
            mails.sort(key=lambda mail: mail.received)
            body = Bundle(tuple(mails), inbox.url, waiting, broken).to_document()
            return Response(inbox.url, 200, (("content-type", CONTENT_TYPE),), body, line.now)
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
        raise misconfigured(REFUSALS["no_other"].format(owner=owner, page=PAGE_OF_MAILBOXES))
    answer = line.answer(f"{_of(other)}/mailFolders/inbox/messages?$top=1&$select=id")
    if answer.status == 403 and code_of(answer):
        return
    if answer.status == 404 and code_of(answer):
        raise misconfigured(REFUSALS["no_such_other"].format(other=other, owner=owner))
    if answer.status == 200:
        said = REFUSALS["may_read_all"].format(other=other, owner=owner, page=PAGE_OF_MAILBOXES)
        raise misconfigured(said)
    raise refused_by_graph(answer, other, line.now)


def _fetch_from_graph(
    listed: Sequence[Record], inbox: GraphInbox, line: GraphLine
) -> tuple[list[MailAsFetched], int]:
    """Those that are still there, and how many could not be fetched."""
    mails, broken = [], 0
    for one in {str(each.get("id") or ""): each for each in listed}:
        try:
            answer = line.fetch(f"{_at(replace(inbox, mail=one))}{_WORDS}", inbox.owner)
            if answer is None:
                continue
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


def _fetch_mail(said: Mapping[str, Any], at: GraphInbox, line: GraphLine) -> MailAsFetched:
    # inline pictures alone do not count as attachments there (graph/api/resources/message)
    inside = said.get("hasAttachments") is True or "cid:" in text_field(said, "body", "content")
    listed = _list_enclosed(at, line) if inside else []
    parts, heads = [_body_words(said)], list[str]()
    if "eventMessage" in text_field(said, "@odata.type"):
        meeting = _item(_fetch_below(line, at, ""))
        parts.append(_wrap_words(event_at_graph(meeting, "startDateTime", "endDateTime")))
    for one in listed:
        path = f"/attachments/{quote(str(one.get('id')), safe='')}"
        part = MailPart(_kind(one), {"filename": text_field(one, "name")}, attached=True)
        if part.kind == "message/rfc822" and len(heads) < MOST_MAILS_WITHIN:
            answer = _fetch_below(line, at, f"{path}/{_ITEM}")
            item = dig(_item(answer), "item") or {}
            others = (objects_at(item, to) for to in ("toRecipients", "ccRecipients"))
            heads.append(_head(item, item.get("from"), *chain(*others)))
            event = _wrap_words(event_at_graph(item, "start", "end"))
            shown = replace(_body_words(item), cut=answer is None)
            parts += [replace(words, of=len(heads)) for words in (shown, event)]
        elif has_words(part):
            answer = _fetch_below(line, at, f"{path}/$value")
            parts.append(decode_part(part, answer.body if answer else b"", cut=answer is None))
    return MailAsFetched(
        address=at.url,
        received=text_field(said, "receivedDateTime"),
        head=_head(said, said.get("from")),
        parts=tuple(fit_words(parts)),
        heads=tuple(heads),
        enclosed=tuple(media_type(_kind(one)) for one in listed),
    )


def _body_words(item: Mapping[str, Any]) -> MailWords:
    html = dig(item, "body", "contentType") == "html"
    return replace(_wrap_words(text_field(item, "body", "content")), html=html)


def _wrap_words(text: str) -> MailWords:
    return MailWords("utf-8", body=bytes_to_text(text.encode("utf-8", "replace")))


def _fetch_below(line: GraphLine, at: GraphInbox, path: str) -> HttpAnswer | None:
    """Fetch what Graph tells of a mail below its address; None where it is gone, too large or refused."""
    try:
        return line.fetch(f"{_at(at)}{path}", at.owner, gone=(400, 403, 404, 405))
    except FetchAborted as stop:
        if stop.outcome is not Outcome.TOO_LARGE:
            raise
        return None


def _item(answer: HttpAnswer | None) -> Mapping[str, Any]:
    return (json_of(answer) or {}) if answer else {}


def _head(said: Mapping[str, Any], *people: object) -> str:
    """The lines of its head that are kept, with these people as From: Graph gives all headers or none."""
    sent = moment_in(text_field(said, "sentDateTime"))
    marks = objects_at(said, "internetMessageHeaders")
    lines = [
        f"Subject: {_line(said, 'subject')}",
        f"Message-ID: {_line(said, 'internetMessageId')}",
        f"Date: {format_datetime(sent) if sent else ''}",
        f"From: {', '.join(map(_person, people))}",
        *(f"{m['name']}: {_line(m, 'value')}" for m in marks if str(m.get("name")).upper() in _MARKS),
    ]
    return bytes_to_text("\n".join(lines).encode("utf-8", "replace")[:HEAD_BYTES])


def _person(said: object) -> str:
    name, address = (_line(said, "emailAddress", part) for part in ("name", "address"))
    # `formataddr` takes no letters beyond ASCII, which an address may have (RFC 6531)
    return formataddr((name, address)) if address.isascii() else address


def read_enclosed_at_graph(inbox: GraphInbox, line: GraphLine) -> Response:
    """One thing that is enclosed in a mail. It stays in the mailbox. Raises FetchAborted."""
    parts = _list_enclosed(inbox, line)
    if not inbox.section or inbox.section > len(parts):
        raise FetchAborted(Outcome.GONE, NO_LONGER)
    part = quote(str(parts[inbox.section - 1].get("id")), safe="")
    answer = line.fetch(f"{_at(inbox)}/attachments/{part}/$value", inbox.owner, most=MOST_ENCLOSED)
    if answer is None:
        raise FetchAborted(Outcome.GONE, NO_LONGER)
    return Response(inbox.url, 200, (), answer.body, line.now)


def _list_enclosed(inbox: GraphInbox, line: GraphLine) -> list[Record]:
    """List what is enclosed in a mail, without its bytes; nothing where it is gone."""
    return objects_at(_item(_fetch_below(line, inbox, "/attachments?$select=id,contentType,name")), "value")


def _kind(part: Mapping[str, Any]) -> str:
    """Its media type; a mail or a meeting within a mail has none of its own."""
    item = text_field(part, "@odata.type").endswith("itemAttachment")
    return "message/rfc822" if item else text_field(part, "contentType")


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
    moment = moment_in(since)
    return f"{moment - _OVERLAP:{_ISO}}" if moment else ""


def _line(said: object, *names: str) -> str:
    return squeeze(text_field(said, *names))
