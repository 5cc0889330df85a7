"""Sending what is due, by the configured way, and telling of what could not be sent.

Mail goes by a server or by Microsoft Graph, short messages by apprise; whether people are reached so at all
is told to `Health`.
"""

from __future__ import annotations

import logging
import os
import random
import threading
from collections.abc import Callable, Collection, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from types import TracebackType

from alerts.delivery import chat, deadline_smtp
from alerts.delivery.chat import Way
from alerts.delivery.deadline_smtp import Server, SmtpCourier
from alerts.delivery.mail import Attachment, Unfit, compose_mail, read_attachment
from alerts.delivery.results import (
    OF_THE_TOKEN,
    SENT,
    Cause,
    Courier,
    Result,
    SendOutcome,
    Unready,
    day_of,
    is_urgent,
    may_be_mended,
    next_try,
    plan,
    twins,
)
from alerts.delivery.web import (
    GRAPH_SCOPE,
    SMTP_SCOPE,
    Application,
    GraphCourier,
    GraphMailbox,
    Tokens,
    WebAccess,
)
from alerts.delivery.web import probe_mailbox as probe_graph
from alerts.notices.upkeep import OFFICES
from alerts.wording.instant import compose_list
from alerts.wording.matters import is_restricted
from data.effects import Clock, utc_now
from data.errors import SchoolgateError
from data.ids import REPLY_REF
from data.people import EMAIL, people_of, schools_of
from data.store import alerts as alert_store
from data.store import outbox
from data.store import weekly as weekly_store
from data.store.engine import turn
from data.store.engine.connect import Connection
from data.store.engine.open import Store
from data.store.mentions import Batch
from data.store.outbox import (
    ONCE,
    Leased,
    Queued,
    Tried,
    anything_due,
    count_waiting,
    messages,
    put_outbox,
    withdraw_keys,
)
from data.store.sources import is_reading_back
from data.types import OutboxMessage, Person, Via
from data.words.say import words
from monitor.config.home.context import Context, Write, message_ways
from monitor.config.home.paths import write_private
from monitor.config.load import Config, load_file
from monitor.config.model import MailSettings
from monitor.home.microsoft import proxy_address, web_access
from monitor.service.digests import sender_name
from monitor.service.health import Health
from monitor.service.owed import failures
from sources.http.politeness import never

TOKEN_FILE = "mail-token.json"
"""In the home: the token of the moment. In no backup, as it is asked for anew."""

MailWay = Server | GraphMailbox
Post = Callable[[OutboxMessage, str], Result]


def mail_way(config: Config, home: Path, clock: Clock = utc_now) -> MailWay | None:
    """Return how mail goes out as configured, None where nothing is."""
    mail = config.mail
    if mail is None:
        return None
    if mail.sign_in == "graph":
        web = web_access(config.network)
        return GraphMailbox(mail.sender, _tokens(config, mail, GRAPH_SCOPE, home, web, clock), web, clock)
    password = config.mail_password.get_secret_value() if config.mail_password else None
    hello = mail.sender.rpartition("@")[2]
    host = mail.host or ""
    if mail.sign_in == "password":
        return Server(host, mail.port, mail.security, hello, mail.user, password)
    tokens = _tokens(config, mail, SMTP_SCOPE, home, web_access(config.network), clock)
    return Server(host, mail.port, mail.security, hello, mail.user or mail.sender, tokens=tokens)


def make_courier(way: MailWay) -> Courier:
    """Make what hands mails over in this way."""
    return GraphCourier(way) if isinstance(way, GraphMailbox) else SmtpCourier(way)


def hand_over_mail(by_mail: Courier, content: bytes, sender: str, to: Person) -> Result:
    """One mail; without content it is only asked whether it would be taken."""
    try:
        return by_mail.send(content, sender, to.email or "", lambda: bool(content)) or SENT
    except Unready as unready:
        return unready.result


def probe_mail(way: MailWay, wait_s: float) -> Result:
    """Try signing in, sending nothing; each answer may take `wait_s`, all of it three times that."""
    quick = with_wait(way, wait_s)
    return probe_graph(quick) if isinstance(quick, GraphMailbox) else deadline_smtp.probe_smtp(quick)


def with_wait(way: MailWay, wait_s: float) -> MailWay:
    """The same, which waits so long for each answer, and three times as long for all of it."""
    if isinstance(way, GraphMailbox):
        web = replace(way.web, connect_s=wait_s, answer_s=wait_s, request_s=3 * wait_s)
        return replace(way, token_s=3 * wait_s, web=web)
    return replace(way, connect_s=wait_s, command_s=wait_s, message_s=3 * wait_s)


def unkept(way: MailWay) -> MailWay:
    """The same, which leaves no copy with the sender by Graph; by SMTP that is the mailbox's own setting."""
    return replace(way, kept=False) if isinstance(way, GraphMailbox) else way


def make_poster(config: Config) -> Post:
    """Make what posts a short message by the configured way."""
    network = config.network
    way = Way(network.own_servers, proxy_address(network), network.ca_file)
    return partial(chat.post, way=way, schools={school.urn: school.name for school in config.schools})


def _tokens(
    config: Config, mail: MailSettings, scope: str, home: Path, web: WebAccess, clock: Clock
) -> Tokens:
    secret = config.mail_secret.get_secret_value() if config.mail_secret else None
    certificate = config.near(mail.certificate_file) if mail.certificate_file else None
    application = Application(mail.tenant or "", mail.client_id or "", scope, secret, certificate)
    return Tokens(application, home / TOKEN_FILE, web, clock, write_private)


OF_THE_SERVER = frozenset(
    (
        Cause.SENDER_REFUSED, Cause.SIGN_IN_REFUSED, Cause.NO_SIGN_IN, Cause.PASSWORD, Cause.CERTIFICATE,
        Cause.NO_TLS, Cause.PLAIN, Cause.UNREACHABLE, Cause.BUSY, Cause.LIMIT, Cause.DROPPED,
        Cause.INTERRUPTED, Cause.APP_NO_RIGHT, Cause.TOKEN_NOT_TAKEN, Cause.MAILBOX_UNKNOWN,
        Cause.MICROSOFT_UNREACHABLE, Cause.MICROSOFT_CERTIFICATE, Cause.NOT_MICROSOFT, *OF_THE_TOKEN,
    )
)  # fmt: skip
"""Causes that lie in the server or in our settings for it: nobody would be reached."""
_OF_ONE = frozenset(
    (Cause.ADDRESS_REFUSED, Cause.MESSAGE_REFUSED, Cause.TOO_LARGE, Cause.CHAT_REFUSED, Cause.OURS)
)
"""Causes that may lie in one address or message: only where nobody is reached does the way itself fail."""


class Ways:
    """Ways that reach people, as they last were, for several threads. One bad address is no trouble."""

    def __init__(self, health: Health) -> None:
        self._health = health
        self._lock = threading.RLock()
        self._down: set[Via] = set()
        self._reached: dict[Via, set[str]] = {via: set() for via in Via}
        self._refused: dict[Via, set[str]] = {via: set() for via in Via}

    def down(self, via: Via, since: datetime, why: str) -> None:
        """It reached nobody when last tried."""
        with self._lock:
            self._down.add(via)
            self._health.note_failure(via.value, since, why, counted=False)

    def record_due(self, via: Via, results: Sequence[tuple[str, Result]], at: datetime) -> None:
        """Record what became of messages due, each with its person's id; with none a way stays down."""
        with self._lock:
            self.record_others(via, results, at)
            if via not in self._down:
                self._health.note_ending(via.value, at)

    def record_others(self, via: Via, results: Sequence[tuple[str, Result]], at: datetime) -> None:
        """Record what became of others, or would become: that says nothing of the sending of what is due."""
        with self._lock:
            sent = {person for person, r in results if r.outcome is SendOutcome.SENT}
            refused = {person for person, r in results if r.cause in _OF_ONE} - sent
            self._reached[via] = self._reached[via] - refused | sent
            self._refused[via] = refused if sent else self._refused[via] | refused
            causes = [r.cause for _, r in results if r.cause in OF_THE_SERVER | _OF_ONE]
            stopped = next((c for c in causes if c in OF_THE_SERVER), None)
            # several were refused since somebody was reached, or nobody is left who ever was
            nobody = len(self._refused[via]) > 1 or not self._reached[via]
            if sent:
                self._down.discard(via)
            elif stopped is not None or (causes and nobody):
                self.down(via, at, str(stopped or causes[-1]))


log = logging.getLogger("schoolgate.delivery")

_OF_NO_MATTER = frozenset(("digest", "report", "sign", "spike", "account", "drill", OFFICES))
"""Kinds of message that are about no one matter: an answer to them may go to an office."""

LEASE = timedelta(minutes=4)
"""Longer than one message may take (`MESSAGE_S`, by Graph too, and its turns at the store). What a process
that died had in hand is free at once on the same machine, else after so long."""
_STAYS = timedelta(hours=12)
"""What is held back goes stale no sooner after its list is due."""
BATCH, BATCHES = 20, 50
"""Messages leased at once, and how often in one call."""
TURN = timedelta(seconds=15)
"""So long messages go out before it is looked again whether there is a more urgent one."""


@dataclass(slots=True)
class Delivered:
    """The result of one call. `retried` are tried again later; `unsure` may have arrived and are not sent
    again.

    `waiting` are left, due or not; `causes` say why any was not sent, each once. `mail` is False where
    no mail server is configured, be it `by_choice`. `tried` has, by way, who was sent what and how;
    `later` are the keys of those `retried`, `ended` of all others. `cut_short` says that it came to no end.
    """

    sent: int = 0
    failed: int = 0
    retried: int = 0
    unsure: int = 0
    waiting: int = 0
    causes: list[Cause] = field(default_factory=list)
    mail: bool = True
    by_choice: bool = False
    tried: dict[Via, list[tuple[str, Result]]] = field(default_factory=lambda: {via: [] for via in Via})
    later: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)
    cut_short: bool = False

    def then(self, more: Delivered) -> Delivered:
        """Add up both calls; a message that was tried in both is counted as the later one left it."""
        later = (self.later - more.ended) | more.later
        causes = list(dict.fromkeys((*self.causes, *more.causes)))
        return Delivered(
            self.sent + more.sent, self.failed + more.failed, len(later), self.unsure + more.unsure,
            more.waiting, causes, more.mail, more.by_choice, later=later, ended=self.ended | more.ended,
        )  # fmt: skip


def deliver(
    store: Store,
    context: Context,
    *,
    clock: Clock,
    post: Post | None = None,
    jitter: Callable[[], float] = random.random,
    stop: Callable[[], bool] = lambda: False,
    server: MailWay | None = None,
    ways: Collection[Via] = tuple(Via),
) -> Delivered:
    """Send what is due, to configured people only; mail waits where no way for it is configured.

    `server` and `post` are the configured ones where they are not given. When `stop` says so, what is not
    yet begun is given back. A process does this once at a time for each of the `ways`: what it finds in its
    own hand, an earlier call has left. Raises StoreError; what a mail server or a chat service does is in
    the result.
    """
    server = server or mail_way(context.config, context.home, clock)
    post = post or make_poster(context.config)
    done = Delivered(mail=server is not None, by_choice=context.config.without_mail)
    sender = _Sender(store, context, clock, post, jitter, done)
    vias = [via for via in ways if via is not Via.MAIL or server]
    with make_courier(server) if server else nullcontext() as by_mail:
        for _ in range(BATCHES):
            leased = [] if stop() else sender.lease(vias)
            if not leased:
                break
            if not sender.send_all(leased, by_mail, stop) and Via.MAIL in vias:
                vias.remove(Via.MAIL)
    with store.open_reader() as con:
        sender.done.waiting = count_waiting(con, clock())
    return sender.done


def deliver_and_tell(
    store: Store, context: Context, *, clock: Clock, stop: Callable[[], bool] = lambda: False
) -> Delivered:
    """Deliver, and tell at once of what failed: for a command that no service runs beside."""
    _tell_now(store, context, clock())
    done = deliver(store, context, clock=clock, stop=stop)
    if not _tell_now(store, context, clock()):
        return done
    return done.then(deliver(store, context, clock=clock, stop=stop))


def _tell_now(store: Store, context: Context, now: datetime) -> bool:
    """Writes what tells of failures; is there any?"""
    with store.open_reader() as con:
        writes = failures(con, context, now)
    if writes:
        with store.write("tell of failures") as con:
            for write in writes:
                write(con)
    return bool(writes)


@dataclass(slots=True)
class _Sender:
    store: Store
    context: Context
    clock: Clock
    post: Post
    jitter: Callable[[], float]
    done: Delivered

    def lease(self, vias: Sequence[Via]) -> list[Leased]:
        with self.store.open_reader() as con:
            now = self.clock()
            gone = [by for by in outbox.senders(con, now) if turn.is_gone(by)]
            held, writes = self._hold_back(con, now)
            if not (writes or outbox.anything_due(con, now, vias, gone, held)):
                return []
        with self.store.write("lease messages") as con:
            now = self.clock()
            held, writes = self._hold_back(con, now)
            for write in writes:
                write(con)
            return outbox.lease_due(con, now, now + LEASE, vias, BATCH, by=turn.me(), gone=gone, held=held)

    def _hold_back(self, con: Connection, now: datetime) -> tuple[frozenset[str], list[Write]]:
        """List what does not go singly now, and the writing of what goes together in its place."""
        rows = outbox.list_queued(con, now, day_of(now) - timedelta(days=1))
        known = {(p.id, s.urn) for s in self.context.config.schools for p in self.context.config.people}
        back = any(r.posted_at for r in rows) and is_reading_back(
            con, now, served=bool(turn.running(con, now))
        )
        mails = [r for r in rows if not r.chat and (r.person_id, r.urn) in known]
        planned = plan(mails, now, reading_back=back)
        held = planned.held.union(twins(planned.held, rows))
        writes: list[Write] = [partial(self._put_list, of, rows, now) for of in planned.lists]
        stays = {r.key for r in rows if r.key in held and r.expires_at < planned.until + LEASE}
        if stays:
            writes.append(partial(outbox.keep_until, keys=stays, until=planned.until + _STAYS))
        return held, writes

    def _put_list(self, of: Sequence[Queued], rows: Sequence[Queued], now: datetime, con: Connection) -> None:
        """One mail that says what these would have said, which are withdrawn with what goes beside them."""
        config, keys = self.context.config, [row.key for row in of]
        school = next(s for s in config.schools if s.urn == of[0].urn)
        person = next(p for p in config.people if p.id == of[0].person_id)
        subjects = {m.key: m for m in messages(con, keys)}
        w, days = words(school.language), [row.posted_at for row in of if row.posted_at is not None]
        posted = [w.full_day(at, config.zone) for at in days] if len(days) == len(of) else []
        given = (person, school, self.context.links, now, posted)
        whole = compose_list([subjects[key] for key in keys], *given)
        put_outbox(con, [whole], now)
        withdraw_keys(con, [*keys, *twins(keys, rows)], now)

    def send_all(self, leased: list[Leased], by_mail: Courier | None, stop: Callable[[], bool]) -> bool:
        """Sends them one by one, for one turn; False where no mail is taken from anybody now."""
        turn_ends = self.clock() + TURN
        down: Result | None = None
        for n, one in enumerate(leased):
            if stop() or (n and self.clock() >= turn_ends):
                with self.store.write("give messages back") as con:
                    outbox.end_leases(con, leased[n:])
                break
            if down is not None and one.message.via is Via.MAIL:
                self.record(one, down)
                continue
            try:
                result = self._send(one, by_mail)
            except Unready as unready:
                result = down = unready.result
            if result is not None:
                self.record(one, result)
        return down is None

    def _send(self, leased: Leased, by_mail: Courier | None) -> Result | None:
        """One message; None where it is no longer ours to send."""
        message = leased.message
        person = recipient(self.context.config, message)
        if person is Cause.NO_PERSON:
            with suppress(SchoolgateError):  # an office may have been taken a moment ago, in the file alone
                self.context = replace(self.context, config=load_file(self.context.config.path, os.environ))
            person = recipient(self.context.config, message)
        if isinstance(person, Cause):
            return Result(SendOutcome.FAILED, person)

        def begin() -> bool:
            with self.store.write("hand a message over") as con:
                return outbox.mark_handing_over(con, leased, self.clock())

        if message.via is Via.CHAT:
            if self._read_by_subject(message):
                return Result(SendOutcome.FAILED, Cause.NO_CHAT)
            address = self.context.config.chats[person.id].get_secret_value()
            return self.post(message, address) if begin() else None
        settings = self.context.config.mail
        if settings is None or by_mail is None:
            return Result(SendOutcome.RETRY, Cause.UNREACHABLE)
        try:
            school = self.context.config.school(message.urn)
            name = sender_name(self.context.config, message, person) or (
                school.name if school else message.urn
            )
            file = self._signed_report(message.urn, message.attachment) if message.attachment else None
            reply_to = self._reply_address(message)
            mail = compose_mail(message, person, settings.sender, name, file, reply_to).as_bytes()
        except Unfit as unfit:
            return Result(SendOutcome.FAILED, unfit.cause)
        except Exception as error:  # noqa: BLE001 - one that cannot be made must not hold back the others
            log.error("kind=%s fault=%s", message.kind, type(error).__name__)
            return Result(SendOutcome.RETRY, Cause.OURS)
        result = by_mail.send(mail, settings.sender, person.email or "", begin)
        if result is not None and result.outcome is SendOutcome.UNSURE and message.kind not in ONCE:
            return Result(SendOutcome.RETRY, result.cause, result.code, result.wait_s)
        return result

    def _read_by_subject(self, message: OutboxMessage) -> bool:
        """Does its address also reach somebody its alert now excludes?"""
        beside = self.context.config.people_sharing().get(message.person_id)
        if not beside or message.alert_id is None:
            return False
        with self.store.open_reader() as con:
            alert = alert_store.alert(con, message.alert_id)
        return alert is not None and not beside.isdisjoint(alert.excluded)

    def _reply_address(self, message: OutboxMessage) -> str | None:
        """Return where an answer goes: to no person, whom it may accuse; of a restricted matter nowhere."""
        config = self.context.config
        own = config.mail.reply_to if config.mail else None
        to = own or (config.contact if EMAIL.fullmatch(config.contact) else None)
        if REPLY_REF.search(message.subject):
            return self.context.links.replies.get(message.urn)
        if to is None or to.casefold() in {(p.email or "").casefold() for p in config.people}:
            return None
        if message.kind in _OF_NO_MATTER:
            return to
        if message.alert_id is None:
            return None
        with self.store.open_reader() as con:
            alert = alert_store.alert(con, message.alert_id)
        return to if alert is not None and not is_restricted(alert) else None

    def _signed_report(self, urn: str, name: str) -> Attachment:
        """The file, held against what was signed; only signed reports go with a mail. Raises Unfit."""
        file = read_attachment(self.context.home, name)
        with self.store.open_reader() as con:
            if not weekly_store.is_signed_pdf(con, urn, file.name, sha256(file.content).hexdigest()):
                raise Unfit(Cause.CHANGED)
        return file

    def record(self, leased: Leased, result: Result) -> None:
        now, message = self.clock(), leased.message
        self.done.tried[message.via].append((message.person_id, result))
        outcome, again = result.outcome, None
        if may_be_mended(message, result):
            urgent, first = is_urgent(message), leased.first_try or now
            again = next_try(leased.attempt, first, now, self.jitter(), urgent=urgent, asked_s=result.wait_s)
            outcome = SendOutcome.RETRY if again else SendOutcome.FAILED
        with self.store.write("record a delivery") as con:
            outbox.record_attempts(con, [Tried(leased, outcome.value, result.detail, again)], now)
        log.info("kind=%s via=%s outcome=%s %s", message.kind, message.via.value, outcome, result.detail)
        (self.done.later if outcome is SendOutcome.RETRY else self.done.ended).add(message.key)
        counted = {SendOutcome.SENT: "sent", SendOutcome.RETRY: "retried"}.get(outcome, outcome.value)
        setattr(self.done, counted, getattr(self.done, counted) + 1)
        if result.cause is not None and result.cause not in self.done.causes:
            self.done.causes.append(result.cause)


def send_at_once(config: Config, message: OutboxMessage, way: MailWay | None) -> Result:
    """Hands over one mail that waits in no outbox. Never raises for what a mail server does."""
    to, mail = recipient(config, message), config.mail
    if isinstance(to, Cause) or way is None or mail is None:
        return Result(SendOutcome.FAILED, to if isinstance(to, Cause) else Cause.OURS)
    try:
        school = max(schools_of(to, config.schools), key=lambda s: s.is_trust)
        content = compose_mail(message, to, mail.sender, school.name).as_bytes()
    except Unfit as unfit:
        return Result(SendOutcome.FAILED, unfit.cause)
    with make_courier(way) as by_mail:
        return hand_over_mail(by_mail, content, mail.sender, to)


def recipient(config: Config, message: OutboxMessage) -> Person | Cause:
    """Find the configured person a message is for, else why nobody gets it; of OFFICES an old address."""
    if message.kind == OFFICES and "@" in message.person_id:
        return Person(message.person_id, "", (), message.person_id)
    school = config.school(message.urn)
    here = people_of(school, config.people) if school else ()
    person = next((p for p in here if p.id == message.person_id), None)
    if person is None:
        return Cause.NO_PERSON
    if message.via is Via.CHAT:
        return person if person.id in config.chats else Cause.NO_CHAT
    return person if person.email else Cause.NO_ADDRESS


LOOK_S = 10.0
"""So often it is looked whether a message that could not be handed over is due again."""
LAST_WAIT_S = 5.0
"""So long a scan that is broken off waits for the message that is under way."""


@dataclass
class Sending:
    """Sends in a thread of its own while the block lasts, begun by the first message that is due at once.

    A mail server that hangs holds up this thread alone. Whoever leaves the block waits for the message that
    is under way; what else is leased is given back.
    """

    store: Store
    context: Context
    clock: Clock
    done: Delivered | None = None

    def __post_init__(self) -> None:
        self._wanted, self._ending = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Sending:
        """Send what is due from before: it does not wait for the scan either. Raises StoreError."""
        with self.store.open_reader() as con:
            if anything_due(con, self.clock(), message_ways(self.context.config)):
                self._begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._ending.set()
        self._wanted.set()
        if self._thread is not None:
            self._thread.join(None if kind is None else LAST_WAIT_S)

    def send_due(self, batch: Batch) -> None:
        """A batch was saved: what it put into the outbox that is due now is sent now."""
        now = self.clock()
        if any(message.due_at <= now for message in batch.outbox):
            self._begin()

    def send(self, stop: Callable[[], bool] = never) -> None:
        """Sends all that is due now, once the block is left. Raises StoreError."""
        before = self.done or Delivered()
        self.done = replace(before, cut_short=True)
        self.done = before.then(deliver_and_tell(self.store, self.context, clock=self.clock, stop=stop))

    def _begin(self) -> None:
        self._wanted.set()
        if self._thread is None:
            thread = threading.Thread(target=self._run, name="sending", daemon=True)
            with suppress(RuntimeError):  # the machine gives no more of them: sent at the end, then
                thread.start()
                self._thread = thread

    def _run(self) -> None:
        while not self._ending.is_set():
            self._wanted.clear()
            try:
                self.send(self._ending.is_set)
                again = bool(self.done and self.done.later)
            except Exception as error:  # noqa: BLE001 - an edge: the scan goes on, and sends again at its end
                log.error("in=sending fault=%s", type(error).__name__)
                again = True
            self._wanted.wait(LOOK_S if again else None)
