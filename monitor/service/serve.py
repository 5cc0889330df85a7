"""`schoolgate serve`: puts the service together, listens for signals, and ends it in order."""

from __future__ import annotations

import gc
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from apscheduler.schedulers.background import BackgroundScheduler
from starlette.applications import Starlette

from alerts.delivery.chat import is_text
from alerts.delivery.mail import Unfit, compose_mail
from alerts.delivery.results import OF_THE_TOKEN, SENT, Cause, Result, SendOutcome
from alerts.notices.book import (
    SERVICE,
    FaultRecipient,
    Look,
    Notice,
    close_notices,
    compose_all_well,
    compose_begun,
    concerns,
    matter,
    note_alive,
    note_end,
    note_look,
    notice_recipients,
)
from classifiers.text.language import let_go
from data.child_process import give_memory_back, keep_memory_small
from data.effects import Clock, uptime_beside, utc_now
from data.errors import ConfigError, SchoolgateError, StoreError, StoreHeld
from data.store.engine.open import Store
from data.store.engine.turn import Lease, give_lease_back
from data.store.sources import states
from data.types import FetchFailure, OutboxMessage, Request, Response, SourceState, Via
from data.words.say import words
from monitor.act.casework import make_judges
from monitor.act.drill import drills
from monitor.act.people import finish_leaving
from monitor.config.home.context import Context, PeriodicTask
from monitor.config.home.lookup import for_home
from monitor.config.home.paths import Paths, changed_at
from monitor.config.load import Config, load_file
from monitor.config.model import ServeSettings
from monitor.desk.page import MorePages, ProxiedApp, Strangers
from monitor.home import wiring
from monitor.pipeline.judges import Judges, Recent
from monitor.service.delivery import (
    OF_THE_SERVER,
    MailWay,
    Post,
    Ways,
    deliver,
    hand_over_mail,
    mail_way,
    make_courier,
    make_poster,
    send_at_once,
    unkept,
    with_wait,
)
from monitor.service.digests import digests, trust_digests, write_reports
from monitor.service.health import Health, due, figures
from monitor.service.heartbeat import Heart, open_heartbeat
from monitor.service.notebook import Notebook, Taken, known_as, read_book, renew, take_lease
from monitor.service.owed import (
    ask_due_questions,
    escalate,
    failures,
    hand_ins,
    reassure,
    requests_due,
    withdrawals,
)
from monitor.service.reminders import (
    cases,
    endings,
    grades,
    places,
    pupils,
    remind_of_assessment,
    remind_of_notices,
    remind_of_policies,
    sheets,
    spikes,
)
from monitor.service.scoring import AwayScorer, IdleLinker
from monitor.service.step import Service
from monitor.service.web import Patience, Web, health_app
from sources.http.politeness import Limits

log = logging.getLogger("schoolgate.service")

AGAIN = timedelta(minutes=3)
"""So long after a try that failed comes the next one."""
SIGN = timedelta(minutes=5)
"""How often the file is given a sign of life."""
ASLEEP = timedelta(minutes=3)
"""Looks further apart tell of a sleep, or of a clock that was set: what is old then is no fault yet."""

_SHOWN_BY_MAIL_ALONE = frozenset((Cause.MESSAGE_REFUSED, Cause.LIMIT, Cause.DROPPED))
_SHOWN_BY_MAIL_ALONE |= {Cause.INTERRUPTED, Cause.OURS}
"""What shows only once a server is given a mail: that mails go out again, only a mail shows."""

Wanted = tuple[Notice, FaultRecipient]
Done = tuple[Notice | None, FaultRecipient, Result]


@dataclass
class Notices:
    """The troubles of one service, and who was told. `look` is called every few seconds, by one thread."""

    home: Path
    health: Health
    config: Callable[[], Config]
    clock: Clock
    ways: Ways
    post: Post | None = None
    server: Callable[[Config], MailWay | None] | None = None

    def __post_init__(self) -> None:
        self._notebook = Notebook(self.home)
        self._tried: dict[Via, datetime] = {}
        self._looked_at: datetime | None = None
        self._awake_since: datetime | None = None
        told = (t for n in self._notices for t in n.troubles)
        for trouble in (*told, *self._notebook.book.waiting):
            if trouble.until is None:
                # what stood when the service last ran, and is not over by nothing being asked of it
                if trouble.work == "judge":
                    self.health.note_failure(trouble.work, trouble.since, trouble.why, counted=False)
                elif trouble.work in set(Via) and matter(trouble) != "store":
                    self.ways.down(Via(trouble.work), trouble.since, trouble.why)

    def look(self) -> None:
        """Notes what fails now, tells of what has failed for long, and that it works again."""
        now = self.clock()
        if not self._is_settled(now):
            return
        book = self._notebook.book
        if due(book.alive, now, SIGN):
            book = note_alive(book, now, self._awake_since)
        self._notebook.keep(note_look(book, Look(self.health.troubles(now), self.health.last), now))
        self._tell(now)
        heard = [n.at for n in self._notices if n.steady(now) and not self._people_to_tell(n, now)]
        self._notebook.keep(close_notices(self._notebook.book, now, heard))
        self.health.note_ending("notice", now)

    def end(self) -> None:
        """Note that the service ends because somebody wants it to."""
        self._notebook.keep(note_end(self._notebook.book, self.clock(), self._awake_since))

    @property
    def unheard(self) -> bool:
        """Is there a notice that has reached nobody?"""
        return any(not n.told and n.until is None for n in self._notices)

    def _is_settled(self, now: datetime) -> bool:
        """Not right after a sleep or a change of the clock: every kind of work must have had its turn."""
        before, self._looked_at = self._looked_at, now
        if before is not None and due(before, now, ASLEEP):
            self._awake_since = now
            self._tried.clear()
        return self._awake_since is None or now - self._awake_since >= ASLEEP

    def _tell(self, now: datetime) -> None:
        """Short messages first: they are what is left where mail is the trouble."""
        for via in (Via.CHAT, Via.MAIL):
            if not due(self._tried.get(via), now, AGAIN):
                continue
            wanted = [(n, to) for n in self._notices for to in self._people_to_tell(n, now) if to.via is via]
            if wanted or (via is Via.MAIL and self._mail_fails(now)):
                self._tried[via] = now
                done = (self._send_by_mail if via is Via.MAIL else self._send_by_chat)(wanted, now)
                self.ways.record_others(via, [(to.person.id, result) for _, to, result in done], now)
                self._note(done, now)

    @property
    def _notices(self) -> tuple[Notice, ...]:
        return self._notebook.book.notices

    def _mail_fails(self, now: datetime) -> bool:
        """Does mail fail in a way that can be asked for without sending any?"""
        fails = [t for t in self.health.troubles(now) if t.work == Via.MAIL.value and matter(t) == "mail"]
        mail = self.config().mail
        if mail is not None and mail.sign_in == "graph":
            return any(t.why in OF_THE_TOKEN for t in fails)
        return any(t.why not in _SHOWN_BY_MAIL_ALONE for t in fails)

    def _people_to_tell(self, notice: Notice, now: datetime) -> list[FaultRecipient]:
        """List who must still hear how it is now: that it has begun, or that all of it works again."""
        every = self._every(now, notice)
        if not notice.steady(now):
            return [to for to in every if to.name not in notice.told]
        mailed = {to.person.id for to in every if to.via is Via.MAIL}
        return [
            to
            for to in every
            if to.name not in notice.over
            and (to.via is Via.MAIL or (to.person.id not in mailed and to.name in notice.told))
        ]

    def _every(self, now: datetime, notice: Notice | None = None) -> list[FaultRecipient]:
        """All who are told; another's telephone only where no mail goes out and nobody knows of it yet."""
        config = self.config()
        chats = {p: address.get_secret_value() for p, address in config.chats.items()}
        mute = config.mail is None or any(t.work == Via.MAIL.value for t in self.health.troubles(now))
        known = notice is not None and bool(notice.told)
        anybody = notice.steady(now) if notice and known else mute
        by_mail = notice_recipients(config.schools, config.people, Via.MAIL, {}, now) if config.mail else []
        by_chat = notice_recipients(config.schools, config.people, Via.CHAT, chats, now, anybody=anybody)
        return [to for to in (*by_mail, *by_chat) if notice is None or concerns(notice, to)]

    def _write_notice(self, notice: Notice, to: FaultRecipient, now: datetime) -> OutboxMessage:
        zone = self.config().zone
        if not notice.steady(now):
            every, places = self._every(now, notice), self.health.figures.our_places
            return compose_begun(notice, to, every, zone, now, places, partial(for_home, self.home))
        beside = [t for n in self._notices if not n.steady(now) for t in n.troubles]
        return compose_all_well(notice, to, zone, now, beside)

    def _send_by_chat(self, wanted: Sequence[Wanted], now: datetime) -> list[Done]:
        config = self.config()
        chats, post = config.chats, self.post or make_poster(config)
        return [
            (n, to, post(self._write_notice(n, to, now), chats[to.person.id].get_secret_value()))
            for n, to in wanted
        ]

    def _send_by_mail(self, wanted: Sequence[Wanted], now: datetime) -> list[Done]:
        """Send each by mail; where none is wanted, ask whether the server would take one."""
        config = self.config()
        server = self.server(config) if self.server else mail_way(config, self.home, self.clock)
        if server is None or config.mail is None:
            return []
        done: list[Done] = []
        with make_courier(server) as by_mail:
            for notice, to, content in self._mails(wanted, config.mail.sender, now):
                result = hand_over_mail(by_mail, content, config.mail.sender, to.person)
                done.append((notice, to, result))
                if result.cause in OF_THE_SERVER or (notice is None and result.outcome is SendOutcome.SENT):
                    break
        return done

    def _mails(
        self, wanted: Sequence[Wanted], sender: str, now: datetime
    ) -> Iterator[tuple[Notice | None, FaultRecipient, bytes]]:
        """Each mail and who it is for; where none is wanted, empty ones to all who would be told."""
        if not wanted:
            yield from ((None, to, b"") for to in self._every(now) if to.via is Via.MAIL)
        for notice, to in wanted:
            with suppress(Unfit):  # an address that cannot be put into a header: `doctor` says so
                mail = compose_mail(self._write_notice(notice, to, now), to.person, sender, to.school.name)
                yield notice, to, mail.as_bytes()

    def _note(self, done: Sequence[Done], now: datetime) -> None:
        """Remembers who has heard. Whom the server refuses is let be where somebody else was reached."""
        reached = any(result.outcome is SendOutcome.SENT for _, _, result in done)
        for notice, to, result in done:
            if notice is None:
                continue
            heard = notice.over if notice.steady(now) else notice.told  # of how it is now
            in_this_way = any(name.startswith(f"{to.via.value} ") for name in heard)
            let_be = result.outcome is SendOutcome.FAILED and (reached or in_this_way)
            if let_be or result.outcome in (SendOutcome.SENT, SendOutcome.UNSURE):
                works = ",".join(t.work for t in notice.troubles)
                log.warning("in=notice via=%s outcome=%s work=%s", to.via.value, result.outcome.value, works)
                book = self._notebook.book
                notices = (_add_hearer(n, to.name, now) if n.at == notice.at else n for n in book.notices)
                self._notebook.keep(replace(book, notices=tuple(notices)))


def _add_hearer(notice: Notice, name: str, now: datetime) -> Notice:
    if notice.steady(now):
        return replace(notice, over=notice.over | {name})
    return replace(notice, told=notice.told | {name})


COLLECT_S, TASKS_S, DELIVER_S, BEAT_S, RECHECK_S, STAMP_S, BESIDE_S = 20, 10, 5, 20, 60, 3600, 15
"""Seconds between two ticks of each kind of work."""

ENDS_WITHIN_S = 7.0
"""So long what is under way may take to end when we are told to; then it is given back."""

_LOOK_S = 1.0
_STATES_LAST = timedelta(minutes=1)
"""Over a year of askings of twenty sources, reading how they fared takes 0.2 s of processor."""
_SLEPT = timedelta(minutes=1)
_BACK = timedelta(seconds=2)


@dataclass
class Running:
    """One service at work. `ending` is set by whoever wants it to end, and where a newer version has the
    store; `lost` says that another took over.

    `reload` reads the configuration again where it has changed; it raises nothing. `beside` is what goes on
    beside the store, by name.
    `let_go` frees what judging holds and has not used for a while.
    """

    service: Service
    store: Store
    lease: Lease
    scorer: AwayScorer
    reload: Callable[[], None]
    let_go: Callable[[], None]
    clock: Clock
    ending: threading.Event
    beside: Mapping[str, Callable[[], object]] = field(default_factory=dict)
    lost: bool = False

    def __post_init__(self) -> None:
        self._states: Mapping[str, SourceState] = {}
        self._states_at: datetime | None = None
        self._scheduler = BackgroundScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )

    def start(self) -> None:
        """Every kind of work at once, then at its pace."""
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)  # says that a long tick is long
        for name, work, every_s in (
            ("collect", self.service.collect, COLLECT_S),
            ("recheck", self.service.recheck, RECHECK_S),
            ("stamp", self.service.stamp, STAMP_S),
            ("tend", self._run_tasks, TASKS_S),
            ("mail", partial(self.service.deliver, (Via.MAIL,)), DELIVER_S),
            ("chat", partial(self.service.deliver, (Via.CHAT,)), DELIVER_S),
            ("beat", self._beat, BEAT_S),
            *((name, work, BESIDE_S) for name, work in self.beside.items()),
        ):
            self._scheduler.add_job(self._tick, "interval", (name, work), seconds=every_s)
        self._scheduler.start()
        self._now()

    def watch(self) -> None:
        """Waits until it is to end. A clock that jumped, as after a sleep, makes every kind of work tick."""
        before = self.clock()
        while not self.ending.wait(_LOOK_S):
            now = self.clock()
            if self.service.too_new is not None:
                self.ending.set()
            elif not -_BACK < now - before < _SLEPT:
                self._now()
            before = now

    def stop(self) -> bool:
        """No more is begun; gives whether all that was under way came to its end in time."""
        self.ending.set()
        ended = threading.Thread(target=self._scheduler.shutdown, name="ending", daemon=True)
        ended.start()
        ended.join(ENDS_WITHIN_S)
        return not ended.is_alive()

    def _now(self) -> None:
        for job in self._scheduler.get_jobs():
            job.modify(next_run_time=datetime.now(UTC))

    def _tick(self, name: str, work: Callable[[], object]) -> None:
        if self.ending.is_set():
            return
        try:
            work()
        except Exception as error:  # noqa: BLE001 - an edge: one kind of work must not end for good
            self.service.fault(name, error)

    def _run_tasks(self) -> None:
        self.reload()
        self.service.run_tasks()

    def _beat(self) -> None:
        """Says that we live, lets go of what is not used, and counts."""
        renewed = renew(self.store, self.lease, self.clock())
        if renewed is None:
            log.error("another service has taken this home over; this one ends")
            self.lost = True
            self.ending.set()
            return
        self.lease = renewed
        config = self.service.context.config
        with self.store.open_reader() as con:
            # how the sources fared, by the store, whoever asked them: read again each minute
            now = self.clock()
            if due(self._states_at, now, _STATES_LAST):
                self._states, self._states_at = states(con, [s.id for s in config.sources]), now
            counted = figures(con, config, self._states, self.clock(), self.service.health.started_at)
        self.service.health.tell(counted)
        self.service.health.note_ending("beat", self.clock())
        if self.scorer.let_go():
            log.info("the model is let go")
        self.let_go()
        give_memory_back()


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
    "questions": ask_due_questions,
    "drills": drills,
    "failures": failures,
    "accounts": remind_of_notices,
    "policies": remind_of_policies,
    "assessment": remind_of_assessment,
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
    "reports": write_reports,
}
"""What the service sees to at each tick, the most urgent first; each by its name in the log and /metrics."""


def run_service(
    home: Path,
    config_path: Path,
    *,
    say: Callable[[str], None],
    clock: Clock = utc_now,
    limits: Limits | None = None,
    allow_loopback: frozenset[tuple[str, int]] = frozenset(),
    more: MorePages | None = None,
) -> int:
    """Runs until SIGTERM or SIGINT; 0 then, 1 where another service took the home over, 4 where a newer
    version has its store.

    In a home that is not set up it waits until it is (`await_settings`). Raises SchoolgateError where another
    service runs, or an address is taken. `more` are pages of the desk beside its own; `limits` and
    `allow_loopback` are for the tests alone.
    """
    where = Paths(home, config_path)
    config = wiring.load_config(where, blank=True)
    if config.is_blank:
        if not await_settings(config, home, say, clock):
            return 0
        config = wiring.load_config(where)
    with _telling_of_no_start(home, config, clock), ExitStack() as stack:
        keep_memory_small()
        store = wiring.open_store(home, clock)
        lease = take_lease(store, clock())
        ending = threading.Event()
        stack.callback(_give_back, home, lease, clock)
        wiring.remember_config(store, config)
        settings = Settings(config, home, store, clock)
        settings.hand_over()
        scorer = AwayScorer(config.model, time.monotonic)
        stack.callback(scorer.let_go, 0.0)
        stack.callback(wiring.start_reading().let_go, 0.0)
        fetcher = stack.enter_context(
            wiring.fetcher(
                config,
                clock=clock,
                limits=limits,
                allow_loopback=allow_loopback,
                store=store,
                current=lambda: settings.context.config,
            )
        )
        service = Service(
            store=store, context=settings.context, judges=lambda: settings.judges(scorer), fetcher=fetcher,
            deliver_due=lambda store, context, clock, ways: deliver(
                store, context, clock=clock, stop=ending.is_set, ways=ways
            ),
            tasks=PERIODIC_TASKS, clock=clock, stopped=ending.is_set, uptime=uptime_beside(clock),
            waits=True,
        )  # fmt: skip
        service.health.note_ending("config", clock())
        strangers = Strangers()
        notices = Notices(home, service.health, lambda: settings.context.config, clock, ways=service.ways)
        fetch = stack.enter_context(open_heartbeat(config.heartbeat, clock, config.network))
        heart = Heart(
            service.health, scorer, clock, address=config.heartbeat, fetch=fetch,
            unheard=lambda: notices.unheard, lacks=settings.judging_obstacle,
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
        webs = [Web(health, "127.0.0.1", port, "[serve] health_port in schoolgate.toml")]
        if config.base_url is not None:
            desk = serve_desk(
                *(store, lambda: settings.context, clock, strangers, lambda *_: settings.judges(scorer), more)
            )
            webs.append(page_web(desk, config.serve))
        for web in webs:
            web.start()
            stack.callback(web.stop)
        stack.enter_context(signals(lambda *_: ending.set(), settings.ask))
        gc.collect()
        gc.freeze()  # what is there now stays: to sweep it took a page 80 ms
        running.start()
        service.health.note_ending(SERVICE, clock())
        say(f"Schoolgate serves {home}: {len(config.sources)} sources. To end it: Ctrl-C, or SIGTERM.")
        for line in list_shortcomings(config, heart.begin()):
            say(for_home(home, line))
        running.watch()
        say(str(service.too_new or "Ending: what is under way is finished, or given back."))
        ended = running.stop()
        if service.too_new is not None:
            notices.look()
        elif not running.lost:
            notices.end()
    code = service.too_new.exit_code if service.too_new else int(running.lost)
    if not ended:  # a site that answers for ever; its thread would hold the process
        log.warning("what was still under way is given back")
        logging.shutdown()
        os._exit(code)
    return code


def await_settings(blank: Config, home: Path, say: Callable[[str], None], clock: Clock) -> bool:
    """Serves that nothing is set up yet, until the file loads and says when the impact assessment was signed;
    False where we are told to end before. To wait is healthy, but no service that `status` knows."""
    context, ending, began = wiring.make_context(blank, home), threading.Event(), clock()
    desk = serve_desk(wiring.open_store(home, clock, migrate=False), lambda: context, clock)
    web, health = page_web(desk, blank.serve), health_app(Health(began), lambda: began)
    with ExitStack() as stack:
        stack.enter_context(signals(lambda *_: ending.set(), signal.SIG_IGN))
        for each in (web, Web(health, "127.0.0.1", blank.serve.health_port, "[serve] health_port")):
            stack.callback(each.stop)
            each.start()
        for line in words("en")("ways.here.not_set_up", port=web.port).splitlines():
            say(for_home(home, line))
        while not ending.wait(_LOOK_S):
            with suppress(SchoolgateError):
                if blank.path.exists() and load_file(blank.path, os.environ).dpia.recorded_on:
                    return True
    return False


def list_shortcomings(config: Config, lack: SchoolgateError | None) -> Iterator[str]:
    """List what the service cannot do as it is set up, and the remedy; `lack` keeps it from judging."""
    if lack is not None:
        yield f"NOTHING IS JUDGED, and nobody is told of anything, until this is fixed: {lack.text}"
    if config.mail is None and not config.without_mail:
        yield "No mail goes out: no mail server is set up (⟪/setup/mail⟫)."
    if config.base_url is None and not config.serve.here_only:
        yield "No phone can reach the desk: base_url is not set (⟪docs⟫ reaching). On this machine: ⟪desk⟫"


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
        self.context: Context = wiring.make_context(self.config, self.home)
        self._seen = self.config.changed_at()
        self._judges: Judges | None = None
        self._linker: IdleLinker | None = None
        self._looked: tuple[object, ...] = ()
        self._lack: SchoolgateError | None = None

    def judging_obstacle(self) -> SchoolgateError | None:
        """Return what keeps every text from being judged, if anything; looked at again on a change."""
        config = self.context.config
        file = config.register
        seen = (file, file and changed_at(file), file and os.access(file, os.R_OK))
        if seen != self._looked or self._lack is not None:
            self._looked, self._lack = seen, wiring.find_judging_obstacle(config)
            give_memory_back()
        return self._lack

    def judges(self, scorer: AwayScorer) -> Judges:
        """Made once for a configuration."""
        if self._judges is None:
            config = self.context.config
            self._linker = IdleLinker(lambda: wiring.make_linker(config), time.monotonic)
            made = make_judges(config, self.home, self._linker)
            self._judges = replace(made, scorer=lambda: scorer)
        return self._judges

    def let_go(self) -> None:
        """Lets go of what has not been used for a while, beside the model."""
        wiring.start_reading().let_go()
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
            config = load_file(self.context.config.path, os.environ)
            context = wiring.make_context(config, self.home)
            wiring.remember_config(self.store, config)
        except StoreError as error:  # it may be well, and is read again when the store can be had
            self.wanted = True
            service.fault("config", error)
        except SchoolgateError as error:
            faults = len(error.faults) if isinstance(error, ConfigError) else 1
            log.error("schoolgate.toml has %d faults: the settings before it stay", faults)
            service.health.note_failure("config", self.clock(), type(error).__name__)
        else:
            log.warning("schoolgate.toml was read again")
            self.context = service.context = context
            self._judges = None
            self.hand_over()
            service.health.note_ending("config", self.clock())

    def hand_over(self) -> None:
        """Nobody waits for whoever has left, though what they had was handed over only in part."""
        try:
            finish_leaving(self.store, self.context, self.clock())
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
        health.note_failure(work, clock(), type(error).__name__)
        Notices(home, health, lambda: config, clock, ways=Ways(health)).look()
        raise


def page_web(desk: Starlette, settings: ServeSettings) -> Web:
    """Make the desk's server, at the address that the settings name. Raises as `Web` does."""
    host, _, port = settings.listen.rpartition(":")
    app, key = ProxiedApp(desk, settings.listen, settings.proxies), "[serve] listen in schoolgate.toml"
    return Web(app, host.strip("[]"), int(port), key, Patience(arrives_s=PICTURE_WAIT_S))


def serve_desk(
    store: Store,
    context: Callable[[], Context],
    clock: Clock,
    strangers: Strangers | None = None,
    judged: Callable[[Config, Path], Judges] = make_judges,
    more: MorePages | None = None,
    send: Callable[[OutboxMessage], bool] | None = None,
) -> Starlette:
    """Serve the desk: its codes go out at once, by mail unless another way to `send` is given."""
    from monitor.desk.app import desk_app
    from monitor.desk.oidc import LIMITS, OidcSignIn
    from monitor.desk.pages.tell import picture_reader

    def ask(request: Request) -> Response | FetchFailure:
        with wiring.fetcher(context().config, clock=clock, limits=LIMITS, obey_robots=False) as asking:
            return asking.fetch(request)

    sends: Callable[[OutboxMessage], bool] = send or partial(send_code, context)
    mails = ThreadPoolExecutor(1, "codes")
    return desk_app(
        *(store, context, clock, sends, lambda one: mails.submit(sends, one)),
        lambda: read_book(context().home),
        *(OidcSignIn(context, ask), strangers, judged, picture_reader(), more),
    )


def watch_guesses(strangers: Strangers, health: Health, clock: Clock) -> None:
    """Note guessing that stopped codes for strangers, or made somebody wait for a number: IT is told."""
    now = clock()
    for work, guessing in ("codes", strangers.is_closed(now)), ("numbers", strangers.numbers.was_full(now)):
        if guessing:
            health.note_failure(work, now, "guessing", counted=False)
        else:
            health.note_ending(work, now)


def send_code(context: Callable[[], Context], message: OutboxMessage) -> bool:
    """Send a code at once, else by text to a phone that nobody else has; Graph keeps no copy, SMTP may."""
    now = context()
    way = mail_way(now.config, now.home)
    result = send_at_once(now.config, message, unkept(with_wait(way, CODE_WAIT_S)) if way else None)
    log.info("kind=%s via=mail outcome=%s %s", message.kind, result.outcome, result.detail)
    if result.outcome in (SendOutcome.SENT, SendOutcome.UNSURE):
        return True
    address = now.config.chats.get(message.person_id)
    shared = now.config.people_sharing().get(message.person_id)
    if address is None or shared or not is_text(address.get_secret_value()):
        return False
    said = words("en")("desk.code.text", code=message.body.partition("\n")[0])
    result = make_poster(now.config)(replace(message, body=said), address.get_secret_value())
    log.info("kind=%s via=chat outcome=%s %s", message.kind, result.outcome, result.detail)
    return result is SENT


@contextmanager
def signals(
    end: Callable[..., object], hang_up: Callable[..., object] | signal.Handlers,
    reads: signal.Handlers = signal.SIG_DFL,
) -> Iterator[None]:  # fmt: skip
    """SIGTERM and SIGINT call `end`; `hang_up` is what becomes of SIGHUP, `reads` of SIGTTIN, which comes of
    reading from the terminal in the background."""
    handlers = {signal.SIGTERM: end, signal.SIGINT: end, signal.SIGHUP: hang_up, signal.SIGTTIN: reads}
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
