"""The homes of a fleet: which there are, what each watches, and one round in one of them.

A round is a home's ordinary scan. What the fleet has read for all homes is handed to it instead of being
asked for again; a mailbox is read by its home alone, with the password in that home's files. Nothing here
knows by what the work is spread.
"""

from __future__ import annotations

import os
import shlex
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from alerts.notices.book import note_alive
from classifiers.scoring.network import TextScorer
from data.effects import Apart, Clock, uptime_beside, utc_now
from data.errors import ConfigError, InputError, SchoolgateError
from data.frozen import freeze
from data.ids import digest
from data.retention.backup import MANIFEST
from data.retention.deleting import purge_if_believed
from data.store import mentions as mention_store
from data.store import sources as source_store
from data.store.cases import due_rechecks
from data.store.engine import audit_chain
from data.store.engine.connect import Connection
from data.store.engine.open import Store
from data.store.engine.turn import LockHeld, alone
from data.store.outbox import anything_due, count_waiting
from data.store.service import last_seen
from data.types import FetchFailure, Mention, Outcome, Request, Response, School, Source, SourceState
from monitor.act.casework import make_judges
from monitor.act.matter import take_replies
from monitor.config.home import paths
from monitor.config.home.context import Context, message_ways
from monitor.config.home.paths import CONFIG_NAME
from monitor.config.load import Config
from monitor.config.model import ModelSettings
from monitor.home import wiring
from monitor.matters.assessment import only_looks
from monitor.pipeline import supplied as spool
from monitor.pipeline.collect import (
    Collected,
    R,
    SourceReader,
    ask_source,
    fault_to_log,
    scope_of,
)
from monitor.pipeline.intake import take_waiting
from monitor.pipeline.judges import Judges, scorer
from monitor.pipeline.rejudge import judge_again
from monitor.pipeline.scan import scan_sources
from monitor.service import health
from monitor.service.delivery import Delivered, Sending
from monitor.service.digests import AT_A_LOOK
from monitor.service.notebook import Notebook
from monitor.service.serve import PERIODIC_TASKS
from monitor.service.step import PURGE_EVERY, Service
from sources.fetch import Fetcher
from sources.http.politeness import HostJob, Limits, Spread
from sources.mailbox.address import is_mailbox
from sources.registry import kind_named
from sources.runs import due

STORE_NAME = "schoolgate.duckdb"
ARTICLES_AT_ONCE = 4
"""The number of articles behind headlines that one home asks for at a time."""
SIGN_OF_LIFE = timedelta(minutes=30)
"""After so long a round notes in the home that somebody looks after it."""
_OLD_FLEET = "fleet.toml"
_LOCK = ".fleet.lock"
_OF_A_HOME = frozenset(("name", "folder", "config"))


@freeze
class Home:
    """One home of a fleet: its name, its folder and its configuration file, both absolute."""

    name: str
    folder: Path
    config: Path


@freeze
class Watched:
    """Place as one home watches it; `state` is what that home remembers of it."""

    source: Source
    state: SourceState
    due: bool


@freeze
class HomeView:
    """The places of a home beside its mailboxes, and its schools. `network` stands for the settings by
    which it reaches the world; `busy` says that it has work of its own now, whatever is read. `chain` is the
    audit chain's first hash and how many rows it has."""

    home: Home
    schools: tuple[School, ...]
    watched: tuple[Watched, ...]
    network: str
    busy: bool = False
    chain: tuple[str, int] | None = None


@freeze
class HandedReading:
    """The answer of a place, asked once for all who watch it.

    `pointed` has, for each mention, the schools (urns) that something in it points to; None where all of them
    go to everybody who watches the place.
    """

    asked: Collected
    pointed: tuple[frozenset[str], ...] | None = None


@freeze
class HomeFailed:
    """A home of which nothing could be done, or not all, and why."""

    home: str
    why: str


@freeze
class PlaceNotSeen:
    """A place that a home could not see in this round."""

    place: str
    outcome: Outcome
    detail: str


@freeze
class HomeDone:
    """One round in one home: the mentions that were new to it, the alerts raised, the places that it could
    not see, the messages that still wait, and the processor's seconds that it took. `undone` names tasks of
    its service that failed."""

    home: str
    new: int = 0
    alerts: int = 0
    waiting: int = 0
    unseen: tuple[PlaceNotSeen, ...] = ()
    undone: tuple[str, ...] = ()
    seconds: float = 0.0

    def after(self, before: HomeDone | None) -> HomeDone:
        """Both parts of a round, where a slow place came after the others."""
        if before is None:
            return self
        return replace(
            self,
            new=before.new + self.new,
            alerts=before.alerts + self.alerts,
            unseen=before.unseen + self.unseen,
            undone=tuple(sorted({*before.undone, *self.undone})),
            seconds=before.seconds + self.seconds,
        )


@freeze
class Effects:
    """The effects of a fleet. All but the defaults is for tests, which serve their sites on this machine."""

    scorer: Callable[[ModelSettings], TextScorer] = scorer
    limits: Limits | None = None
    allow_loopback: frozenset[tuple[str, int]] = frozenset()
    clock: Clock = utc_now
    wait_s: float | None = None

    def fetcher(self, config: Config, store: Store | None = None) -> AbstractContextManager[Fetcher]:
        """The guarded fetcher of that configuration, closed at the end; keys are counted in the store."""
        return wiring.fetcher(
            config, clock=self.clock, limits=self.limits, allow_loopback=self.allow_loopback, store=store
        )


Ask = Callable[[Request], Response | FetchFailure]


def is_read_alone(source: Source) -> bool:
    """Is it read with a home's own sign-in or key, and so for that home alone?"""
    return is_mailbox(source.url) or bool(kind_named(source.kind).key)


def find_homes(folder: Path) -> tuple[list[Home], list[str]]:
    """The homes in a folder, by name, and remarks for whoever runs the fleet.

    Each folder in it with a `schoolgate.toml` or a store is a home, but for backups, hidden folders and
    links to other homes. Where a `fleet.toml` of an older version lies there, its homes are meant. Raises
    InputError where there are none.
    """
    folder = folder.expanduser().absolute()
    remarks: list[str] = []
    if (folder / _OLD_FLEET).is_file():
        found, remarks = _read_old_file(folder / _OLD_FLEET)
    elif not folder.is_dir():
        raise InputError(f"{folder} is no folder. Name the one whose folders are the homes.")
    elif _is_home(folder):
        raise InputError(
            f"{folder} is itself a home, and a fleet is a folder of homes. For this one alone: ⟪scan⟫ ⟨home⟩ "
            f"{shlex.quote(str(folder))}"
        )
    else:
        below = sorted(path for path in folder.iterdir() if path.is_dir() and _is_home(path))
        found = [Home(path.name, path, path / CONFIG_NAME) for path in below if not _why_none(path)]
        remarks = [f"Left out: {path.name} is {why}." for path in below if (why := _why_none(path))]
    found, more = _each_once(found)
    remarks += more
    if not found:
        raise InputError(
            f"{folder} holds no home: each is a folder of its own with a {CONFIG_NAME} (⟪init⟫ writes it)."
        )
    return found, remarks


def _is_home(folder: Path) -> bool:
    try:
        return (folder / CONFIG_NAME).exists() or (folder / STORE_NAME).exists()
    except PermissionError:
        return True  # why it cannot be used is told with the others


def _why_none(folder: Path) -> str:
    """Why what looks like a home is none; "" where it is one."""
    if folder.name.startswith("."):
        return "hidden"
    with suppress(PermissionError):
        return "a backup" if (folder / MANIFEST).is_file() else ""
    return ""


def _each_once(homes: list[Home]) -> tuple[list[Home], list[str]]:
    """Each folder once, by the name that is no link where there is one, and what was left out."""
    first: dict[Path, Home] = {}
    for home in sorted(homes, key=lambda home: home.folder.is_symlink()):
        first.setdefault(home.folder.resolve(), home)
    left = [(home, first[home.folder.resolve()]) for home in homes]
    remarks = [
        f"Left out: {home.name} is the folder of {other.name}." for home, other in left if home != other
    ]
    return [home for home, other in left if home == other], remarks


@contextmanager
def one_round(folder: Path) -> Iterator[None]:
    """Holds off other rounds over these homes while the block lasts: two would ask a site at double pace.

    Raises SchoolgateError where one is under way.
    """
    lock = folder.expanduser().absolute() / _LOCK
    with ExitStack() as stack:
        try:
            stack.enter_context(alone(lock))
        except LockHeld as held:
            raise SchoolgateError(
                f"A round over {lock.parent} is under way ({held.holder}), so this one did nothing: two at "
                "once would ask each site at double pace."
            ) from None
        except OSError as error:
            raise SchoolgateError(
                f"{lock} cannot be written ({error.strerror}), by which a round holds off a second one."
            ) from error
        yield


def copied_homes(views: Iterable[HomeView]) -> list[HomeFailed]:
    """The homes with a copy of another's store: all but the one that has gone furthest since, or all of them
    where none has. Either would send what waits in both."""
    alike: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for view in views:
        if view.chain is not None:
            alike[view.chain[0]].append((view.chain[1], view.home.name))
    failed = []
    for some in alike.values():
        furthest = max(rows for rows, _ in some)
        names = [name for rows, name in some if rows == furthest]
        for rows, name in some:
            others = ", ".join(sorted({*names} - {name}))
            if rows < furthest:
                why = f"its store is an older copy of that of {others}. Take it out of this folder."
            elif others:
                why = (
                    f"its store is that of {others} too, and one is a copy. Take the copy out of this folder."
                )
            else:
                continue
            failed.append(HomeFailed(name, f"nothing was done for it: {why}"))
    return failed


def _read_old_file(path: Path) -> tuple[list[Home], list[str]]:
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        rows = said.pop("homes", [])
        homes = [_old_home(path.parent, row) for row in rows]
        more = {key for row in rows for key in row if key not in _OF_A_HOME}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError, KeyError) as error:
        raise InputError(f"{path} cannot be read as the file of an older fleet: {error}") from None
    if twice := sorted(name for name, count in Counter(home.name for home in homes).items() if count > 1):
        raise InputError(f"{path} has several homes of one name: {', '.join(twice)}. Name each differently.")
    remarks = [
        "The service for all homes (“fleet serve”) is gone. In place of a unit that ran it, let a timer run "
        f"⟪fleet run⟫ {shlex.quote(str(path.parent))} every few minutes. It serves no pages, has nothing "
        "stamped and tells IT of no fault: for that let ⟪serve⟫ run for the home."
    ]
    if gone := sorted({*said, *more} - {"places"}):
        remarks.append(
            f"{path} is read for its homes alone. No longer used: {', '.join(gone)}. What a home needs is in "
            f"its own {CONFIG_NAME}."
        )
    if "places" in said:
        remarks.append(
            f"The [[places]] of {path} are no longer asked: add each to the {CONFIG_NAME} of the homes "
            "that it is for (⟪/sources⟫). A source that several homes name is still asked once."
        )
    return homes, remarks


def _old_home(beside: Path, row: Mapping[str, str]) -> Home:
    folder = beside / Path(row["folder"]).expanduser()
    config = beside / Path(row["config"]).expanduser() if row.get("config") else folder / CONFIG_NAME
    return Home(row["name"], folder, config)


def settings_of(home: Home) -> Config:
    """The home's checked settings. Raises ConfigError, also where they name, or its folder links to, what is
    another home's: one account reads for them all; StoreError.
    """
    config = wiring.load_config(paths.find_paths(os.environ, home.folder, home.config))
    named = [*config.secret_files(), *config.files()]
    named += [path for path in home.folder.iterdir() if path.is_symlink()]
    own = {home.folder.resolve(), home.config.resolve().parent}
    if strays := [path for path in named if _whose(path, own) not in own]:
        to_do = "is another home's. Put what is meant into a folder of this home's own."
        raise ConfigError([f"{home.config.name}: {path} {to_do}" for path in strays])
    return config


def _whose(path: Path, own: set[Path]) -> Path:
    """The home that a path lies in, by the nearest folder that is one; one of `own` where it lies in none."""
    real = path.resolve()
    found = (folder for folder in (real, *real.parents) if folder in own or _is_home(folder))
    return next(found, next(iter(own)))


def whether_failed(home: Home, work: Callable[[], R]) -> R | HomeFailed:
    """Do the work and give its result, or why it failed, in words. One home's fault is no other's."""
    try:
        return work()
    except SchoolgateError as error:
        return HomeFailed(home.name, " ".join(str(error).split("\n")))
    except Exception as error:  # noqa: BLE001 - an edge: the other homes go on, and this is told
        kind, at = fault_to_log(error)
        return HomeFailed(home.name, f"{kind} at {at}; please report it")


class HandedReader:
    """A fetcher for a home's scan: articles are asked for by whoever keeps each site's pace for all homes
    (`ask`), what needs the home's own sign-in by the home's own fetcher, where it has one."""

    def __init__(self, own: Fetcher | None, ask: Ask) -> None:
        self._own = own
        self._ask = ask

    @property
    def apart(self) -> Apart:
        """The process in which pages are read."""
        return wiring.start_reading()

    def __call__(self, request: Request) -> Response | FetchFailure:
        """`fetch`, in the form of `data.effects.Fetch`."""
        return self.fetch(request)

    def start_jobs(
        self, jobs: Iterable[HostJob[R]], *, stopped: Callable[[], bool], full: Callable[[], bool]
    ) -> Spread[R]:
        """Spread the jobs as the fetcher does; every host is ready, since its pace is kept elsewhere."""
        return Spread(jobs, self, ARTICLES_AT_ONCE, time.monotonic, stopped, full)

    def read_robots(self, url: str) -> None:
        """Done where the page is asked for."""

    def ready_at_s(self, host: str) -> float:
        """At once."""
        return 0.0

    def fetch(self, request: Request, conditional: SourceState | None = None) -> Response | FetchFailure:
        """The document, or why there is none."""
        if self._own is not None and (request.auth is not None or is_mailbox(request.url)):
            return self._own.fetch(request, conditional)
        return self._ask(request)


@dataclass
class HomeRound:
    """One home, opened for a round. Raises SchoolgateError where its settings or its store cannot be used."""

    home: Home
    effects: Effects = field(default_factory=Effects)

    def __post_init__(self) -> None:
        self.where = paths.find_paths(os.environ, self.home.folder, self.home.config)
        self.config = settings_of(self.home)
        self.clock = self.effects.clock
        self.store = wiring.open_store(self.where.home, self.clock, wait_s=self.effects.wait_s)

    def view(self) -> HomeView:
        """Read what the home watches, and what of that is due."""
        now, config = self.clock(), self.config
        with self.store.open_reader() as con:
            sources = () if only_looks(con, config, now) else config.sources
            states = source_store.states(con, [s.id for s in sources])
            busy = anything_due(con, now, message_ways(config)) or self._is_wanted(con, now)
            chain = audit_chain.extent(con)
        watched = []
        for source in sources:
            state = states.get(source.id) or SourceState(source.id)
            is_due = due(source, state, now, config.zone)
            if is_read_alone(source):
                busy = busy or is_due
            elif source.disabled is None:
                watched.append(Watched(source, _relied_on(source, state), is_due))
        network = config.network
        return HomeView(
            self.home,
            config.schools,
            tuple(watched),
            digest(*map(str, (network.proxy, network.proxy_user, network.ca_file)))[:16],
            busy or bool(spool.spooled_reports(self.where.home)),
            chain,
        )

    def _is_wanted(self, con: Connection, now: datetime) -> bool:
        """Would its service delete, look again at a post, or write anything now, whatever is read?"""
        if health.due(last_seen(con), now, PURGE_EVERY) or due_rechecks(con, now):
            return True
        context = wiring.make_context(self.config, self.where.home)
        try:
            return any(task(con, context, now) for task in PERIODIC_TASKS.values())
        except Exception:  # noqa: BLE001 - an edge: the home's part of the round tells what fails
            return True

    def run(
        self, readings: Mapping[str, HandedReading], model: TextScorer, ask: Ask, *, send: bool = True
    ) -> HomeDone:
        """One round with these readings, by its sources' ids, and with what is due of its own mailboxes."""
        began, config, store = time.process_time(), self.config, self.store
        wiring.remember_config(store, config)
        purge_if_believed(store, self.clock(), config.policy, uptime_beside(self.clock)())
        judges = replace(make_judges(config, self.where.home), scorer=lambda: model)
        self._take_in_what_waits(judges)
        context = wiring.make_context(config, self.where.home)
        sending = Sending(store, context, self.clock) if send else None
        done = HomeDone(self.home.name)
        with ExitStack() as stack:
            alone = config.mailboxes or config.keys
            own = stack.enter_context(self.effects.fetcher(config, store)) if alone else None
            if sending is not None:
                stack.enter_context(sending)
            reader = HandedReader(own, ask)
            for one in scan_sources(
                self._to_be_read(readings), store=store, fetcher=reader,
                judges=lambda: judges, clock=self.clock, ask=partial(self._hand_reading, readings, judges),
            ):  # fmt: skip
                run = one.batch.run
                unseen = PlaceNotSeen(one.source.name or one.source.id, run.outcome, run.detail)
                done = replace(
                    done,
                    new=done.new + run.mentions_new,
                    alerts=done.alerts + len(one.batch.alerts),
                    unseen=done.unseen if run.outcome.is_seen else (*done.unseen, unseen),
                )
                if sending is not None:
                    sending.send_due(one.batch)
            done = replace(done, undone=self._do_tasks(context, judges, reader))
        if sending is not None:
            sending.send()
        with store.open_reader() as con:
            waiting = count_waiting(con, self.clock())
        return replace(done, waiting=waiting, seconds=time.process_time() - began)

    def _take_in_what_waits(self, judges: Judges) -> None:
        intake = wiring.make_intake(self.config, self.where, self.store, lambda *_: judges)
        take_waiting(self.where.home, intake, self.clock)
        judge_again(self.store, lambda: judges, self.clock)

    def _do_tasks(self, context: Context, judges: Judges, reader: HandedReader) -> tuple[str, ...]:
        """Do what its service would do besides reading and sending; return what failed of it."""
        notebook, now = Notebook(self.where.home), self.clock()
        if notebook.book.alive is None or now - notebook.book.alive > SIGN_OF_LIFE:
            notebook.keep(note_alive(notebook.book, now))  # else each digest says for how long no service ran
        service = Service(
            store=self.store, context=context, judges=lambda: judges, fetcher=reader,
            deliver_due=lambda *_: Delivered(), tasks=PERIODIC_TASKS, clock=self.clock,
        )  # fmt: skip
        for _ in range(
            1 + len(self.config.schools) // AT_A_LOOK
        ):  # digests come for so many schools at a look
            if not service.run_tasks():
                break
        service.recheck()
        return tuple(sorted(service.health.faults))

    def _to_be_read(self, readings: Mapping[str, HandedReading]) -> list[Source]:
        """List the sources that were read for it, and its own mailboxes that are due."""
        now, config = self.clock(), self.config
        boxes = [s for s in config.sources if is_read_alone(s)]
        with self.store.open_reader() as con:
            if only_looks(con, config, now):
                return []
            states = source_store.states(con, [s.id for s in boxes])
        ours = {s.id for s in boxes if due(s, states.get(s.id) or SourceState(s.id), now, config.zone)}
        return [s for s in config.sources if s.id in readings or s.id in ours]

    def _hand_reading(
        self,
        readings: Mapping[str, HandedReading],
        judges: Judges,
        source: Source,
        state: SourceState,
        reader: SourceReader,
        clock: Clock,
    ) -> Collected:
        """Give what was read for all, as this home would have read it; its own mailbox is read now."""
        reading = readings.get(source.id)
        if reading is None:
            context = wiring.make_context(self.config, self.where.home)
            return ask_source(source, state, reader, clock, partial(take_replies, self.store, context))
        given = reading.asked
        run = replace(given.run, source_id=source.id, scope=scope_of(source) if given.run.scope else "")
        mine = self._take_mentions(given.mentions, reading.pointed, frozenset(judges.schools))
        return Collected(source, run, mine, given.asked, failed=given.failed)

    def _take_mentions(
        self, mentions: tuple[Mention, ...], pointed: tuple[frozenset[str], ...] | None, urns: frozenset[str]
    ) -> tuple[Mention, ...]:
        """Those that something points to one of its schools by, that answer such a post, or that it has."""
        if pointed is None:
            return mentions
        ours = {m.id for m, to in zip(mentions, pointed, strict=True) if not urns.isdisjoint(to)}
        rest = [m for m in mentions if m.id not in ours]
        with self.store.open_reader() as con:
            ours |= mention_store.find_known(con, [m.id for m in rest]).keys()
            parents = sorted({m.parent for m in rest if m.parent})
            ours_before = {post for post, _ in mention_store.about(con, parents)}
        return tuple(m for m in mentions if m.id in ours or m.parent in ours_before)


def _relied_on(source: Source, state: SourceState) -> SourceState:
    """Its state without what was learnt for other schools than it is watched for now."""
    if state.scope == scope_of(source):
        return state
    return replace(state, etag=None, last_modified=None, watermark=None, resume=None)
