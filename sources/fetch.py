"""Fetching documents: guarded, polite, bounded in time and size. Failures are values.

Every connection that the product opens to read something goes through here, so one guard against
private addresses covers them all.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from http.client import HTTPException
from typing import TYPE_CHECKING, TypeVar

import requests
from urllib3.exceptions import HTTPError

from data.effects import Apart, Clock, Sleep, Timer, here
from data.errors import Unreadable
from data.types import Block, BlockKind, FetchFailure, Outcome, Request, Response, SourceState
from data.web.urls import LEADS_ON, is_profile
from sources.blocks import recognise_block
from sources.http.connection import (
    Caps,
    Deadline,
    Hop,
    HttpAnswer,
    Proxy,
    check_refusal,
    dial,
    exchange,
    first_step,
    follow_redirect,
    reach,
    require_public,
    trust,
    tunnel,
)
from sources.http.content_encoding import ACCEPTED
from sources.http.guard import (
    FetchAborted,
    Resolve,
    Target,
    malformed,
    misconfigured,
    resolve_within,
    system_resolve,
    target_of,
    unreachable,
    vet_addresses,
    vet_own_addresses,
)
from sources.http.politeness import (
    MAX_BYTES,
    Gate,
    HostJob,
    KeptRobots,
    Limits,
    RobotsCache,
    RobotsRules,
    Spread,
    host_interval_s,
    never,
    retry_after_s,
)
from sources.mailbox.address import Mailbox, graph_inbox_at, is_graph, is_mailbox, mailbox_at
from sources.walls import KEY_USED_UP

if TYPE_CHECKING:
    from sources.keys import Key, Purse, Reservation
    from sources.mailbox.reading import MailboxAccess

T = TypeVar("T")

Headers = tuple[tuple[str, str], ...]

_ACCEPT = "*/*;q=0.8, text/html, application/json, application/atom+xml, application/rss+xml"
_SHUTTING_DOWN = "The program was shutting down; the site was not contacted."
_READING = frozenset({"GET", "HEAD"})
_BROKE_OFF = (TimeoutError, ConnectionResetError, HTTPException, HTTPError)
_LOOK_AGAIN_S = 1.0
SITES_AT_ONCE = 48
"""So many hosts are asked at a time. Each may answer with the most that is taken of one (`Caps`), and have a
name looked up in a thread more: what a service may hold and begin has room for that.
"""


def headers_sent(agent: str) -> dict[str, str]:
    """The headers of every request, unless it sets its own."""
    return {"User-Agent": agent, "Accept": _ACCEPT, "Accept-Encoding": ACCEPTED, "Connection": "close"}


@dataclass(eq=False, kw_only=True)
class Fetcher:
    """Fetches documents; safe to use from several threads.

    `agent` is the User-Agent (`politeness.user_agent`). `allow_loopback` lists the (host, port) pairs that
    may resolve to this machine: for the demo and the tests, empty by default. `tls` comes from `sockets`.
    `through` is the proxy for everything except loopback. `obey_robots` is off for interfaces made for
    programs (RDAP, time stamps), never for pages; `robots` are the robots.txt that were read, by origin.
    `own_servers` are mail servers that may lie in the school's own network. By the name in a request's `auth`
    stand `credentials`, user and password of a mailbox, `inboxes`, how Microsoft 365 is signed in to, and
    `keys` of interfaces; `purse` counts what these ask. `timer` is a monotonic clock in seconds, for
    deadlines and pacing; `clock` gives the time of day. `apart` runs whatever parses the answer."""

    agent: str
    clock: Clock
    sleep: Sleep
    limits: Limits = field(default_factory=Limits)
    resolve: Resolve = system_resolve
    allow_loopback: frozenset[tuple[str, int]] = frozenset()
    credentials: Callable[[str], tuple[str, str] | None] = lambda _: None
    inboxes: Callable[[str], MailboxAccess | None] = lambda _: None
    keys: Callable[[str], Key | None] = lambda _: None
    purse: Purse | None = None
    tls: ssl.SSLContext = field(default_factory=trust)
    through: Proxy | None = None
    obey_robots: bool = True
    robots: MutableMapping[str, KeptRobots] = field(default_factory=dict)
    own_servers: tuple[str, ...] = ()
    timer: Timer = time.monotonic
    apart: Apart = here

    def __post_init__(self) -> None:
        self._gate = Gate(self.timer, self.sleep, self.limits.per_host_concurrency)
        self._robots = RobotsCache(self.clock, self.robots)
        self._closed = threading.Event()
        self._sessions: dict[str, tuple[Key, str, datetime]] = {}
        self._opening = threading.Lock()

    def fetch(
        self, request: Request, conditional: SourceState | None = None, *, whole: bool = False
    ) -> Response | FetchFailure:
        """The document, or why there is none. What came only in part has status 206; `whole` refuses it.

        With `conditional`, its ETag and Last-Modified are sent, and an unchanged document gives status 304
        and no body. A host that has asked us to stay away is not asked. A mailbox is read by IMAP, or by
        Graph; what is new there comes with 304 as long as it is nothing."""
        try:
            if is_mailbox(request.url):
                return self._read_graph(request) if is_graph(request.url) else self._read_mailbox(request)
            return self._fetch(request, conditional, whole) if request.auth is None else self._ask(request)
        except FetchAborted as stop:
            more = (stop.status, stop.retry_after_s, stop.answer)
            return FetchFailure(stop.outcome, request.url, stop.detail, self.clock(), *more)

    def __call__(self, request: Request) -> Response | FetchFailure:
        """`fetch` in the form of `data.effects.Fetch`, of a whole document: whether a post stands there."""
        return self.fetch(request, whole=True)

    def start_jobs(
        self,
        jobs: Iterable[HostJob[T]],
        workers: int = SITES_AT_ONCE,
        stopped: Callable[[], bool] = never,
        full: Callable[[], bool] = never,
    ) -> Spread[T]:
        """The jobs, to be done in threads of their own at each host's pace, while others use the results.

        A job may fetch several documents; it starts when the host of its `url` may be asked. `Spread` says
        what `stopped` and `full` do."""
        return Spread(jobs, self, workers, self.timer, stopped, full)

    def spread(
        self, jobs: Iterable[HostJob[T]], workers: int = SITES_AT_ONCE, stopped: Callable[[], bool] = never
    ) -> Iterator[T]:
        """The jobs' results as they complete. None starts once `stopped` returns True, or nobody asks on."""
        with self.start_jobs(jobs, workers, stopped) as work:
            while not work.over:
                yield from work.take(_LOOK_AGAIN_S)

    def read_robots(self, url: str) -> None:
        """Reads the robots.txt that applies to the URL, unless it is already known."""
        try:
            self._rules(target_of(url))
        except FetchAborted:
            return  # the fetch itself will fail the same way and report it

    def ready_at_s(self, host: str) -> float:
        """When the host may next be asked, in the timer's seconds."""
        return self._gate.ready_at_s(host)

    def close(self) -> None:
        """Nothing more is fetched from now on; requests under way end at their next hop."""
        self._closed.set()

    def _fetch(self, request: Request, conditional: SourceState | None, whole: bool) -> Response:
        step = first_step(request, conditional, self.clock())
        caps = Caps(self.limits.max_body_bytes, self.limits.max_decompressed_bytes, part=not whole)
        answer = self._walk(step, caps, obey_robots=self.obey_robots)
        # a condition that fails, or nothing new since nothing: the copy that a cache keeps is broken
        broken = answer.status in (304, 412) and step.method in _READING
        if broken and (answer.status == 412) == step.conditional:
            step = step.plain
            answer = self._walk(step, caps, obey_robots=self.obey_robots)
        if answer.status == 206 and whole:
            raise unreachable("The answer broke off before its end.")
        response = Response(answer.url, answer.status, answer.headers, answer.body, self.clock())
        if answer.status == 304 and step.conditional:
            return response
        stop = failure_of(response, self.apart)
        if stop is None:
            return response
        if stop.retry_after_s:
            self._gate.hold(target_of(answer.url).host, stop.retry_after_s)
        raise stop

    def _read_mailbox(self, request: Request) -> Response:
        """The mails of a mailbox that nobody has read yet. No redirect can lead to one, only the settings."""
        from sources.mailbox.reading import Reach, read_enclosed, read_mails

        mailbox, signs_in = mailbox_at(request.url), self.credentials(request.auth or "")
        if signs_in is None:
            raise misconfigured(
                "The mailbox’s password cannot be read: set the variable that “password_env” names, or write "
                "the password into the first line of “password_file”."
            )
        deadline = Deadline(self.timer, self.limits.deadline_s)
        dialled = self._way_to_mails(mailbox, deadline)
        with self._gate.turn(mailbox.target.host, self.limits.per_host_interval_s) as waited:
            deadline.pause(waited)
            read = read_enclosed if mailbox.section else read_mails
            return read(mailbox, Reach(dialled, deadline, self.tls, *signs_in), self.clock())

    def _read_graph(self, request: Request) -> Response:
        """The same of a mailbox at Microsoft 365. Graph's redirects lead nowhere."""
        from sources.mailbox.reading import GRAPH, GraphLine, read_enclosed_at_graph, read_inbox

        inbox, access = graph_inbox_at(request.url), self.inboxes(request.auth or "")
        if access is None:
            raise misconfigured("No application is known that reads this mailbox. Set it up again.")
        deadline, host = Deadline(self.timer, self.limits.deadline_s), target_of(GRAPH).host

        def ask(url: str, headers: Headers, credential: tuple[str, str], most: int) -> HttpAnswer:
            if self._closed.is_set():
                raise unreachable(_SHUTTING_DOWN)
            prepared = self._prepare_request(Hop(url, headers=headers, credential=credential))
            dialled = self._connection(target_of(url), deadline)
            caps = Caps(most, most, as_named=True)
            return exchange(prepared, dialled, deadline=deadline, caps=caps, tls=self.tls)

        self._require_free(host)
        with self._gate.turn(host, self.limits.per_host_interval_s) as waited:
            deadline.pause(waited)
            try:
                read = read_enclosed_at_graph if inbox.section else read_inbox
                return read(inbox, GraphLine(access, ask, self.clock()))
            except FetchAborted as stop:
                if stop.retry_after_s:
                    self._gate.hold(host, stop.retry_after_s)
                raise

    def _way_to_mails(self, mailbox: Mailbox, deadline: Deadline) -> Callable[[], socket.socket]:
        """Connect to a mail server as to a page's; the school's own is reached as it was named."""
        if self._closed.is_set():
            raise unreachable(_SHUTTING_DOWN)
        target = mailbox.target
        if not mailbox.here and target.host not in self.own_servers:
            return self._connection(target, deadline)
        found = resolve_within(self.resolve, target, deadline.seconds_left())
        allowed = frozenset({(target.host, target.port)})
        addresses = (
            vet_addresses(target, found, allowed) if mailbox.here else vet_own_addresses(target, found)
        )
        return lambda: dial(addresses, target.port, deadline, self.limits.connect_s)

    def _ask(self, request: Request) -> Response:
        """The answer of an interface that asks for a key; a session that is over is opened once more."""
        from sources import keys

        key = self.keys(request.auth or "")
        if key is None:
            raise misconfigured(f"The credential “{request.auth}” is not configured.")
        asked, answer = self._reserve_and_ask(key, request)
        if key.kind.session and key.kind.fault_of(answer) in (keys.KeyFault.EXPIRED, keys.KeyFault.WRONG):
            with self._opening:
                self._sessions.pop(key.name, None)
            asked, answer = self._reserve_and_ask(key, request)
        if self.purse and asked.pence:
            cost = keys.pence_of(key.kind, answer) if answer.status < 300 else 0.0
            self.purse.settle(asked, max(asked.pence - cost, 0.0))
        if 200 <= answer.status < 300:
            return answer
        raise self._explain_refusal(key, answer)

    def _reserve_and_ask(self, key: Key, request: Request) -> tuple[Reservation, Response]:
        """Reserve one ask, and make it; what was not sent costs nothing, and what broke off the most."""
        from sources import keys

        self._require_its_host(key, request.url)
        asked = keys.reserve(self.purse, key, request.url, self.clock())
        try:
            return asked, self._answer_to(key, request, self._header_of(key))
        except FetchAborted as stop:
            if self.purse and asked.pence and not isinstance(stop.__cause__ or stop.__context__, _BROKE_OFF):
                self.purse.settle(asked, asked.pence)
            raise

    def _header_of(self, key: Key) -> tuple[str, str]:
        """The header that goes with the key's requests; where it opens a session, its token."""
        from sources import keys

        if key.kind.session is None:
            return keys.header_of(key)
        with self._opening:
            of, token, until = self._sessions.get(key.name, (key, "", self.clock()))
            if until <= self.clock() or of != key:
                request = keys.session_request(key)
                self._require_its_host(key, request.url)
                answer = self._answer_to(key, request, None)
                if answer.status >= 300:
                    raise self._explain_refusal(key, answer)
                token, until = keys.session_token(key, answer)
                self._sessions[key.name] = key, token, until
            return keys.header_of(key, token)

    def _answer_to(self, key: Key, request: Request, credential: tuple[str, str] | None) -> Response:
        """The interface's answer; no page that stands in its place, and nowhere that its words would lead."""
        caps = Caps(self.limits.max_body_bytes, self.limits.max_decompressed_bytes)
        step = replace(first_step(request, None, self.clock()), credential=credential, refreshed=True)
        answer = self._walk(step, caps, obey_robots=False)
        came, went = target_of(answer.url), target_of(request.url)
        elsewhere = came.host not in key.hosts or came.scheme != went.scheme
        if elsewhere or (answer.body.lstrip()[:1] == b"<" and answer.status not in (401, 429)):
            said = (
                f"A page came in place of {key.kind.title}'s answer, as a filter or a proxy in between sends."
            )
            raise unreachable(said, status=answer.status)
        return Response(answer.url, answer.status, answer.headers, answer.body, self.clock())

    def _explain_refusal(self, key: Key, answer: Response) -> FetchAborted:
        """Why an interface gives no answer: by its key, or else by the answer's status."""
        from sources import keys

        stop = keys.refusal(key, answer)
        if stop is None:
            outcome, detail = _outcome_of(answer.status, None)
            wait = retry_after_s(answer.header("retry-after"), answer.fetched_at)
            stop = FetchAborted(
                outcome or Outcome.UNREACHABLE, detail, status=answer.status, retry_after_s=wait
            )
        if stop.retry_after_s and not stop.detail.startswith(KEY_USED_UP):
            self._gate.hold(target_of(answer.url).host, stop.retry_after_s)
        return stop

    def _require_its_host(self, key: Key, url: str) -> None:
        """Raises FetchAborted where a key would be sent elsewhere than to its own hosts, or not by https."""
        target = target_of(url)
        if target.host not in key.hosts:
            raise misconfigured(
                f"The key “{key.name}” is for {key.kind.title}, not to be sent to {target.host}."
            )
        if target.scheme != "https" and (target.host, target.port) not in self.allow_loopback:
            raise misconfigured(f"A key is sent over https only, not to {target.origin}.")

    def _walk(self, step: Hop, caps: Caps, *, obey_robots: bool) -> HttpAnswer:
        """The answer at the end of all redirects, each hop checked like the first. No redirect to a profile
        is followed, unless it starts from one: the school's own, or a false match."""
        bare = is_profile(step.url)
        deadline = Deadline(self.timer, self.limits.deadline_s)
        been: set[Hop] = set()
        try:
            for _ in range(self.limits.max_redirects + 1):
                answer = self._hop(step, caps, deadline, obey_robots=obey_robots)
                been.add(step)
                onward = follow_redirect(step, answer)
                if onward is None:
                    return answer
                if onward in been:
                    if answer.status == 200:  # a page that shows itself again
                        return answer
                    raise unreachable("The site redirects in a circle.", status=answer.status)
                if is_profile(onward.url) and not bare:
                    raise unreachable(LEADS_ON)
                step = onward
        except TimeoutError:
            said = f"The site did not answer in full within {deadline.seconds:g} seconds."
            raise unreachable(said) from None
        except FetchAborted as stop:
            if been and stop.outcome is Outcome.MISCONFIGURED:
                raise unreachable(
                    "The site redirects to an address that we never contact: private, or not a web address."
                ) from stop
            raise
        raise unreachable(f"The site redirects more than {self.limits.max_redirects} times.")

    def _hop(self, step: Hop, caps: Caps, deadline: Deadline, *, obey_robots: bool) -> HttpAnswer:
        if self._closed.is_set():
            raise unreachable(_SHUTTING_DOWN)
        prepared = self._prepare_request(step)
        target = target_of(str(prepared.url))
        dialled = self._connection(target, deadline)
        self._require_free(target.host)
        every_s = self.limits.pace_s(target.host)
        if obey_robots and step.credential is None and step.method in _READING:
            # the host's rules, if they allow the URL
            began = self.timer()
            rules = self._rules(target)
            deadline.pause(self.timer() - began)
            if rules.failure is not None:
                stop = rules.failure
                late = stop.retry_after_s
                raise FetchAborted(stop.outcome, stop.detail, status=stop.status, retry_after_s=late)
            if not rules.allows(str(prepared.url)):
                said = f"{target.host} asks programs like ours not to read this address (robots.txt)."
                raise FetchAborted(Outcome.REFUSED_BY_ROBOTS, said)
            every_s = host_interval_s(every_s, rules.crawl_delay_s)
        with self._gate.turn(target.host, every_s) as waited:
            deadline.pause(waited)
            asked = target.scheme == "http" and (target.host, target.port) not in self.allow_loopback
            # for https the proxy only opens a tunnel
            asking = self.through.headers if self.through and asked else None
            answer = exchange(
                prepared, dialled, deadline=deadline, caps=caps, tls=self.tls, asking=asking
            )  # fmt: skip
        if asking is not None and answer.status == 407:
            check_refusal(answer.status, target.host)
        return answer

    def _connection(self, target: Target, deadline: Deadline) -> Callable[[], socket.socket]:
        """Return how to connect: to an address judged now, or through the proxy. Raises FetchAborted."""
        connect_s, through = self.limits.connect_s, self.through
        if through is None or (target.host, target.port) in self.allow_loopback:
            found = resolve_within(self.resolve, target, deadline.seconds_left())
            addresses = vet_addresses(target, found, self.allow_loopback)
            return lambda: dial(addresses, target.port, deadline, connect_s)
        require_public(target, self.resolve, deadline)
        reached = partial(reach, through, self.resolve, deadline, connect_s)
        if target.scheme == "http":
            return reached
        return lambda: tunnel(reached(), target, through)

    def _prepare_request(self, step: Hop) -> requests.PreparedRequest:
        target_of(step.url)
        own_headers = (*step.headers, *([step.credential] if step.credential else []))
        headers = {**headers_sent(self.agent), **dict(own_headers)}
        try:
            "".join(f"{name}{value}" for name, value in headers.items()).encode("latin-1")
            return requests.Request(step.method, step.url, headers, data=step.body).prepare()
        except (requests.RequestException, ValueError) as error:
            why = "its key holds a sign that no header may" if step.credential else error
            raise misconfigured(f"“{step.url}” cannot be fetched: {why}.") from None

    def _require_free(self, host: str) -> None:
        held_s = self._gate.held_s(host)
        if held_s > self.limits.longest_hold_s:
            said = f"{host} asked us to wait {held_s:.0f} seconds; it was not contacted."
            raise FetchAborted(Outcome.BLOCKED, said, retry_after_s=held_s)

    def _rules(self, target: Target) -> RobotsRules:
        host = f"[{target.host}]" if ":" in target.host else target.host
        step = Hop(f"{target.scheme}://{host}:{target.port}/robots.txt")
        ask = partial(self._walk, step, Caps(MAX_BYTES, MAX_BYTES, cut=True), obey_robots=False)
        return self._robots.rules(target.origin, ask)


# What an HTTP answer means: its status and what its page says, together.

_PASSING = frozenset({408, 421, 425})  # the server's side: the same request may succeed later
_ABSENT = frozenset({BlockKind.REMOVED, BlockKind.SOFT_404})


def failure_of(response: Response, apart: Apart = here) -> FetchAborted | None:
    """Why the answer is not the page we asked for; None if it is.

    A wall is BLOCKED whatever its status. 404, 410 and pages that say the same with status 200 are GONE; 5xx
    and answers that may differ next time are UNREACHABLE; other 4xx are MISCONFIGURED, because the site did
    not understand what the configuration has us ask for. MALFORMED means that the answer could not be
    examined in full."""
    try:
        block = apart(recognise_block, response)
    except Unreadable as error:
        return malformed(str(error), status=response.status)
    outcome, said = _outcome_of(response.status, block)
    if outcome is None:
        return None
    wait = retry_after_s(response.header("retry-after"), response.fetched_at)
    later = f" It asks us to wait {wait:.0f} seconds." if wait else ""
    return FetchAborted(outcome, said + later, status=response.status, retry_after_s=wait, answer=response)


def _outcome_of(status: int, block: Block | None) -> tuple[Outcome | None, str]:
    if block is not None:
        return Outcome.GONE if block.kind in _ABSENT else Outcome.BLOCKED, block.reason
    if 200 <= status < 300:
        return None, ""
    if 400 <= status < 500 and status not in _PASSING:
        said = f"The site does not understand the request (it answered {status}). Check the source's address."
        return Outcome.MISCONFIGURED, said
    if status >= 500:
        return Outcome.UNREACHABLE, f"The site has a fault of its own (it answered {status})."
    return Outcome.UNREACHABLE, f"The site gave no page (it answered {status})."
