"""`schoolgate serve`: puts the service together, listens for signals, and ends it in order."""

from __future__ import annotations

import gc
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from alerts.delivery.chat import is_text
from alerts.delivery.results import SENT, SendOutcome
from alerts.notices.book import SERVICE, Book
from classifiers.text.language import let_go
from data.effects import Clock, uptime_beside, utc_now
from data.errors import ConfigError, SchoolgateError, StoreError, StoreHeld
from data.store.engine.open import Store
from data.store.engine.turn import Lease, give_lease_back
from data.system.child_process import give_memory_back, keep_memory_small
from data.types import FetchFailure, OutboxMessage, Request, Response
from data.words.say import words
from monitor.act.casework.opening import judging
from monitor.act.drill import drills
from monitor.act.matter.leaving import finish
from monitor.config.home.context import Context, PeriodicTask
from monitor.config.home.lookup import for_home
from monitor.config.home.paths import Paths, changed_at
from monitor.config.load import Config, load
from monitor.desk.sign_in.strangers import Strangers
from monitor.home import wiring
from monitor.pipeline.judges import Judges, Recent
from monitor.service.delivery import deliver, send_at_once
from monitor.service.notices import Notices
from monitor.service.outgoing import Ways, hurried, mail_way, poster, unkept
from monitor.service.running import Running
from monitor.service.scoring import AwayScorer, IdleLinker
from monitor.service.state.health import Health
from monitor.service.state.heartbeat import Heart, beating
from monitor.service.state.notebook import Taken, known_as, read, take
from monitor.service.step import Service
from monitor.service.tasks.asking_again import ask
from monitor.service.tasks.digests import digests, trust_digests
from monitor.service.tasks.escalation import escalate, reassure
from monitor.service.tasks.owed import failures, hand_ins, requests_due, withdrawals
from monitor.service.tasks.reminders import (
    accounts,
    cases,
    endings,
    grades,
    places,
    policies,
    pupils,
    sheets,
)
from monitor.service.tasks.reports import reports
from monitor.service.tasks.surges import spikes
from monitor.service.web import Patience, Web, health_app
from sources.http.politeness import Limits

if TYPE_CHECKING:
    from starlette.applications import Starlette

log = logging.getLogger("schoolgate.service")

CODE_WAIT_S = 10.0
"""So long an answer is waited for when a code is mailed: somebody looks at the page."""
PICTURE_WAIT_S = 90.0
"""So long a form may take to arrive: a screenshot of 10 MB at 1 Mbit a second, by telephone."""
LAST_WAIT_S = 1.5
"""So long the store is waited for when we end; leases end by themselves."""
PERIODIC_TASKS: Mapping[str, PeriodicTask] = {
    "escalation": escalate,
    "warned": reassure,
    "cases": cases,
    "withdrawals": withdrawals,
    "questions": ask,
    "drills": drills,
    "failures": failures,
    "accounts": accounts,
    "policies": policies,
    "owed": requests_due,
    "handed": hand_ins,
    "places": places,
    "sheets": sheets,
    "grades": grades,
    "endings": endings,
    "pupils": pupils,
    "spikes": spikes,
    "digests": digests,
    "together": trust_digests,
    "reports": reports,
}
"""What the service sees to at each tick, the most urgent first; each by its name in the log and /metrics."""


def serve(
    home: Path,
    config_path: Path,
    *,
    say: Callable[[str], None],
    clock: Clock = utc_now,
    limits: Limits | None = None,
    allow_loopback: frozenset[tuple[str, int]] = frozenset(),
) -> int:
    """Runs until SIGTERM or SIGINT; 0 then, 1 where another service took the home over, 4 where a newer
    version has its store.

    Raises SchoolgateError where another service runs, or an address is taken. `limits` and
    `allow_loopback` are for the tests alone.
    """
    config = wiring.configured(Paths(home, config_path))
    with _telling_of_no_start(home, config, clock), ExitStack() as stack:
        keep_memory_small()
        store = wiring.open_store(home, clock)
        lease = take(store, clock())
        ending = threading.Event()
        stack.callback(_give_back, home, lease, clock)
        wiring.remember_config(store, config)
        settings = Settings(config, home, store, clock)
        settings.hand_over()
        scorer = AwayScorer(config.model, time.monotonic)
        stack.callback(scorer.let_go, 0.0)
        stack.callback(wiring.reading().let_go, 0.0)
        fetcher = stack.enter_context(
            wiring.fetcher(config, clock=clock, limits=limits, allow_loopback=allow_loopback)
        )
        service = Service(
            store=store, context=settings.context, judges=lambda: settings.judges(scorer), fetcher=fetcher,
            deliver=lambda store, context, clock, ways: deliver(
                store, context, clock=clock, stop=ending.is_set, ways=ways
            ),
            tasks=PERIODIC_TASKS, clock=clock, stopped=ending.is_set, uptime=uptime_beside(clock),
            waits=True,
        )  # fmt: skip
        service.health.ended("config", clock())
        strangers = Strangers()
        notices = Notices(home, service.health, lambda: settings.context.config, clock, ways=service.ways)
        fetch = stack.enter_context(beating(config.heartbeat, clock, config.network))
        heart = Heart(
            service.health, scorer, clock, address=config.heartbeat, fetch=fetch,
            unheard=lambda: notices.unheard, lacks=settings.lacks,
        )  # fmt: skip
        running = Running(
            service, store=store, lease=lease, scorer=scorer, reload=lambda: settings.reload(service),
            let_go=settings.let_go, clock=clock, ending=ending,
            beside={
                "notice": notices.look, "heartbeat": heart.tick,
                "codes": partial(watch_guesses, strangers, service.health, clock),
            },
        )  # fmt: skip
        health, port = health_app(service.health, clock, known_as(home)), config.serve.health_port
        webs = [Web(health, "127.0.0.1", port, "[serve] health_port")]
        if config.base_url is not None:
            webs.append(
                page_web(
                    store, lambda: settings.context, clock, strangers, lambda *_: settings.judges(scorer)
                )
            )
        for web in webs:
            web.start()
            stack.callback(web.stop)
        stack.enter_context(signals(ending, settings.ask))
        gc.collect()
        gc.freeze()  # what is there now stays: to sweep it took a page 80 ms
        running.start()
        service.health.ended(SERVICE, clock())
        say(f"Schoolgate serves {home}: {len(config.sources)} sources. To end it: Ctrl-C, or SIGTERM.")
        for line in cannot(config, heart.begin()):
            say(for_home(home, line))
        running.watch()
        say(str(service.too_new or "Ending: what is under way is finished, or given back."))
        ended = running.stop()
        if service.too_new is not None:
            notices.look()
    code = service.too_new.exit_code if service.too_new else int(running.lost)
    if not ended:  # a site that answers for ever; its thread would hold the process
        log.warning("what was still under way is given back")
        logging.shutdown()
        os._exit(code)
    return code


def cannot(config: Config, lack: SchoolgateError | None) -> Iterator[str]:
    """What the service cannot do as it is set up, and what would let it; `lack` keeps it from judging."""
    if lack is not None:
        yield f"NOTHING IS JUDGED, and nobody is told of anything, until this is mended: {lack.text}"
    if config.mail is None:
        yield "No mail goes out: no mail server is set up (⟪mail setup⟫)."
    if config.base_url is None:
        yield "No telephone reaches the desk: base_url is not set (⟪docs⟫ reaching). On this machine: ⟪desk⟫"


@dataclass
class Settings:
    """The configuration in use, read again when its file or one of its secrets has changed, or on SIGHUP.

    One with a fault is not taken: the one in use stays, and the log says so. Addresses that are listened
    at and the contact told to sites stay as they were until a restart.
    """

    config: Config
    home: Path
    store: Store
    clock: Clock
    wanted: bool = False

    def __post_init__(self) -> None:
        self.context: Context = wiring.context(self.config, self.home)
        self._seen = self.config.changed_at()
        self._judges: Judges | None = None
        self._linker: IdleLinker | None = None
        self._looked: tuple[object, ...] = ()
        self._lack: SchoolgateError | None = None

    def lacks(self) -> SchoolgateError | None:
        """What keeps every text from being judged, None where nothing does: looked at anew where it was
        changed.
        """
        config = self.context.config
        file = config.register
        seen = (file, file and changed_at(file), file and os.access(file, os.R_OK))
        if seen != self._looked or self._lack is not None:
            self._looked, self._lack = seen, wiring.lacking(config)
            give_memory_back()
        return self._lack

    def judges(self, scorer: AwayScorer) -> Judges:
        """Made once for a configuration."""
        if self._judges is None:
            config = self.context.config
            self._linker = IdleLinker(lambda: wiring.linker(config), time.monotonic)
            made = judging(config, self.home, self._linker)
            self._judges = replace(made, scorer=lambda: scorer)
        return self._judges

    def let_go(self) -> None:
        """Lets go of what has not been used for a while, beside the model."""
        wiring.reading().let_go()
        if self._linker is not None and self._linker.let_go():
            let_go()
            self._judges = self._judges and replace(self._judges, recent=Recent())

    def ask(self, *_: object) -> None:
        """Somebody wants the file read again."""
        self.wanted = True

    def reload(self, service: Service) -> None:
        """Takes the file as it is now, where it has changed or somebody asked."""
        stamp = self.context.config.changed_at()
        if stamp == self._seen and not self.wanted:
            return
        self._seen, self.wanted = stamp, False
        try:
            config = load(self.context.config.path, os.environ)
            context = wiring.context(config, self.home)
            wiring.remember_config(self.store, config)
        except StoreError as error:  # it may be well, and is read again when the store can be had
            self.wanted = True
            service.fault("config", error)
        except SchoolgateError as error:
            faults = len(error.faults) if isinstance(error, ConfigError) else 1
            log.error("schoolgate.toml has %d faults: the settings before it stay", faults)
            service.health.failed("config", self.clock(), type(error).__name__)
        else:
            log.warning("schoolgate.toml was read again")
            self.context = service.context = context
            self._judges = None
            self.hand_over()
            service.health.ended("config", self.clock())

    def hand_over(self) -> None:
        """Nobody waits for whoever has left, though what they had was handed over only in part."""
        try:
            finish(self.store, self.context, self.clock())
        except SchoolgateError as error:
            log.error("what somebody had who has left was not handed over: %s", type(error).__name__)


@contextmanager
def _telling_of_no_start(home: Path, config: Config, clock: Clock) -> Iterator[None]:
    """People are told where it has been begun in vain for long: whatever begins it anew tells nobody."""
    try:
        yield
    except (Taken, StoreHeld):
        raise
    except SchoolgateError as error:
        health = Health(clock())
        work = "beat" if isinstance(error, StoreError) else SERVICE
        health.failed(work, clock(), type(error).__name__)
        Notices(home, health, lambda: config, clock, ways=Ways(health)).look()
        raise


def page_web(
    store: Store,
    context: Callable[[], Context],
    clock: Clock,
    strangers: Strangers | None = None,
    judged: Callable[[Config, Path], Judges] = judging,
) -> Web:
    """The desk, with the pages behind links in mails, at the address that the settings name. Raises as `Web`
    does."""
    # late: 0.1 s of a start, which a service without pages does not need
    from monitor.desk.edge import ProxiedApp

    settings = context().config.serve
    host, _, port = settings.listen.rpartition(":")
    return Web(
        ProxiedApp(desk(store, context, clock, strangers, judged), settings.listen, settings.proxies),
        host.strip("[]"),
        int(port),
        "[serve] listen",
        Patience(arrives_s=PICTURE_WAIT_S),
    )


def desk(
    store: Store,
    context: Callable[[], Context],
    clock: Clock,
    strangers: Strangers | None = None,
    judged: Callable[[Config, Path], Judges] = judging,
) -> Starlette:
    """The desk as it is served: its codes go out by mail at once."""
    from monitor.desk.app import desk_app
    from monitor.desk.pages.tell import picture_reader
    from monitor.desk.sign_in.oidc import LIMITS, OidcSignIn

    def ask(request: Request) -> Response | FetchFailure:
        with wiring.fetcher(context().config, clock=clock, limits=LIMITS, obey_robots=False) as asking:
            return asking.fetch(request)

    send, mails = partial(send_code, context), ThreadPoolExecutor(1, "codes")
    return desk_app(
        *(store, context, clock, send, partial(mails.submit, send), partial(_book, context)),
        *(OidcSignIn(context, ask), strangers, judged, picture_reader()),
    )


def watch_guesses(strangers: Strangers, health: Health, clock: Clock) -> None:
    """Notes where strangers guessed so much that none is sent a code any more, and where anybody guessed
    numbers until they had to wait: IT is told."""
    now = clock()
    for work, guessing in ("codes", strangers.closed(now)), ("numbers", strangers.numbers.was_full(now)):
        if guessing:
            health.failed(work, now, "guessing", counted=False)
        else:
            health.ended(work, now)


def _book(context: Callable[[], Context]) -> Book:
    return read(context().home)


def send_code(context: Callable[[], Context], message: OutboxMessage) -> bool:
    """At once, or not at all: somebody waits for it. By Graph the sender keeps no copy; by SMTP it may. Where
    no mail takes it, it goes as a text, to whom has a telephone that nobody else here has."""
    now = context()
    way = mail_way(now.config, now.home)
    result = send_at_once(now.config, message, unkept(hurried(way, CODE_WAIT_S)) if way else None)
    log.info("kind=%s via=mail outcome=%s %s", message.kind, result.outcome, result.detail)
    if result.outcome in (SendOutcome.SENT, SendOutcome.UNSURE):
        return True
    address = now.config.chats.get(message.person_id)
    shared = now.config.beside().get(message.person_id)
    if address is None or shared or not is_text(address.get_secret_value()):
        return False
    said = words("en")("desk.code.text", code=message.body.partition("\n")[0])
    result = poster(now.config)(replace(message, body=said), address.get_secret_value())
    log.info("kind=%s via=chat outcome=%s %s", message.kind, result.outcome, result.detail)
    return result is SENT


@contextmanager
def signals(ending: threading.Event, hang_up: Callable[..., None] | signal.Handlers) -> Iterator[None]:
    """SIGTERM and SIGINT set `ending`; `hang_up` is what becomes of SIGHUP."""

    def end(*_: object) -> None:
        ending.set()

    handlers = {signal.SIGTERM: end, signal.SIGINT: end, signal.SIGHUP: hang_up}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _give_back(home: Path, lease: Lease, clock: Clock) -> None:
    """Our lease on the home; messages that were about to go out were given back by who had them."""
    store = Store(home, clock=clock, sleep=time.sleep, wait_s=LAST_WAIT_S)
    try:
        with store.write("give back") as con:
            give_lease_back(con, lease)
    except SchoolgateError as error:
        log.warning("the leases end by themselves in a while: %s", type(error).__name__)
