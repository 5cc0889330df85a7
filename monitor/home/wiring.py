"""The only constructor of real effects: store, fetcher, linker, model, clock."""

from __future__ import annotations

import atexit
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import TypeAdapter

from alerts.links import Links
from data.effects import Clock, P, T, utc_now
from data.errors import ConfigError, InputError, RegisterError, SchoolgateError
from data.register.national_lists import read_register
from data.types import School
from monitor.config.home import paths
from monitor.config.home.lookup import for_home, list_choices
from monitor.config.home.paths import secret_key
from monitor.config.load import Config, Network, blank_settings, load_file
from sources.http.politeness import ROBOTS_KEPT, KeptRobots, Limits, user_agent
from sources.http.politeness import Limits as RealLimits

if TYPE_CHECKING:
    from classifiers.linking.linker import Linker
    from data.store.engine.open import Store
    from monitor.config.home.context import Context
    from monitor.pipeline.intake import Intake
    from monitor.pipeline.judges import Judges, Linking
    from sources.fetch import Fetcher
    from sources.http.connection import Proxy
    from sources.keys import Purse
    from sources.mailbox.reading import MailboxAccess
    from sources.parser_process import ParserProcess


def open_settings(home: Path | None, config: Path | None) -> tuple[paths.Paths, Config]:
    """Return where things lie, and the checked configuration. Raises as `configured` does."""
    where = paths.find_paths(os.environ, home, config)
    return where, load_config(where)


def open_home(
    home: Path | None, config: Path | None, *, at_once: bool = True
) -> tuple[paths.Paths, Config, Store]:
    """Open settings and store, the one way in; `at_once` as `open_store`. Raises ConfigError, StoreError."""
    where, checked = open_settings(home, config)
    return where, checked, open_store(where.home, at_once=at_once)


def load_config(where: paths.Paths, *, blank: bool = False) -> Config:
    """The checked configuration; `blank` settings, if wanted, where the home has no file yet. Raises
    ConfigError with every fault.

    Raises StoreError where a restoring took the file away and did not come to its end.
    """
    from data.store.engine.open import refuse_half_restored

    try:
        return load_file(where.config, os.environ)
    except ConfigError:
        if not where.config.exists():
            refuse_half_restored(where.home)
            if blank and where.config == where.home / paths.CONFIG_NAME:
                return blank_settings(where.config)
        raise


def open_store(
    home: Path,
    clock: Clock = utc_now,
    *,
    migrate: bool = True,
    at_once: bool = True,
    wait_s: float | None = None,
) -> Store:
    """The store of a home folder, brought up to this version's shape. Raises StoreError.

    Without `at_once` an existing file is looked at when it is first used: for commands that begin with that.
    With `migrate` False nothing is written: for commands that only show what is there. Reading then
    raises StoreError where there is no store yet, or one of an older version. `wait_s` is how long our turn
    is waited for, where that is not the usual time. Raises InputError where the folder is another account's,
    or others can write to it.
    """
    from data.store.engine.open import WAIT_S, Store

    paths.refuse_foreign(home)
    wait_s = WAIT_S if wait_s is None else wait_s
    store = Store(home, clock=clock, sleep=time.sleep, wait_s=wait_s, upgrade=migrate, keep=True)
    if migrate and (at_once or not store.path.exists()):
        store.migrate()
    return store


def remember_config(store: Store, config: Config) -> None:
    """Write the configured schools, people and sources into the store, where they differ. What is there of a
    school that has a new name is read back under it."""
    from data.store.sources import begin_back_fills, put_people, put_schools, put_sources

    with store.write("configuration") as con:
        for urn in put_schools(con, config.schools):
            ids = [s.id for s in config.sources if urn in s.urns or not s.urns]
            begin_back_fills(con, ids, [urn], utc_now())
        put_people(con, config.people)
        put_sources(con, config.sources)


def make_links(home: Path, config: Config) -> Links:
    """Make what addresses in messages are made with; without `base_url`, and a mailbox for replies, no secret
    is kept.

    Raises InputError where the home's secret is damaged.
    """
    mails = {person.id: person.email for person in config.people if person.email}
    base, typed = config.base_url, partial(for_home, home.absolute(), desk=config.base_url or "")
    if not (base or config.mailboxes):
        return Links(typed=typed)
    replies = {s.urn: to for s in config.schools if (to := config.replies_to(s.urn))}
    return Links(base, secret_key(home), mails, typed, replies=replies)


def make_context(config: Config, home: Path) -> Context:
    """Make what every part of the service is given. Raises InputError as `make_links` does."""
    from monitor.config.home.context import Context

    return Context(config, home, make_links(home, config), _apart)


def _apart(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    return start_reading()(work, *args, **kwargs)


def make_linker(config: Config) -> Linker:
    """Make what knows the schools, and the register's where one is configured. Raises RegisterError."""
    from classifiers.linking.linker import Linker

    return Linker(config.schools, _register(config))


def _register(config: Config) -> tuple[School, ...]:
    try:
        return read_register(config.register) if config.register else ()
    except RegisterError as error:
        raise RegisterError(f"{error.text} To load one: ⟪schools update⟫") from error


def find_judging_obstacle(config: Config) -> SchoolgateError | None:
    """Return what keeps every text from being judged, such as an unreadable model; None for nothing."""
    from classifiers.scoring.onnx_scorer import MODEL_DIR, read_card

    try:
        _register(config)
        if not config.model.name:
            read_card(MODEL_DIR)
    except SchoolgateError as error:
        return error
    return None


def judges(config: Config, home: Path, linking: Linking | None = None) -> Judges:
    """Everything judging needs; the model is loaded at the first text. Raises InputError as `make_links`
    does.

    `linking` is used instead of the linker where it is given.
    """
    from classifiers.verdicts.verdict_reasons import read_thresholds
    from monitor.config.home.context import message_means
    from monitor.pipeline.conclude import natures_said
    from monitor.pipeline.judges import Judges, scorer

    return Judges(
        schools={s.urn: s for s in config.schools},
        people=config.people,
        policy=config.policy,
        linker=linking or make_linker(config),
        scorer=cache(partial(scorer, config.model)),
        thresholds=read_thresholds(),
        means=cache(partial(message_means, make_context(config, home))),
        first_assessors={s.urn: config.profile(s.urn).first_assessor for s in config.schools},
        speakers={s.urn: config.profile(s.urn).press for s in config.schools},
        secret=partial(secret_key, home),
        natures=natures_said(config.sources, config.natures),
    )


def make_intake(
    config: Config, where: paths.Paths, store: Store, judged: Callable[[Config, Path], Judges] = judges
) -> Intake:
    """Make what a report of a person is taken in with; what judges is made for the first one."""
    from monitor.pipeline.intake import Intake as RealIntake

    return RealIntake(store, cache(partial(judged, config, where.home)), where.evidence, config.sources)


@contextmanager
def fetcher(
    config: Config,
    *,
    clock: Clock = utc_now,
    limits: Limits | None = None,
    allow_loopback: frozenset[tuple[str, int]] = frozenset(),
    obey_robots: bool = True,
    store: Store | None = None,
    current: Callable[[], Config] | None = None,
) -> Iterator[Fetcher]:
    """The guarded fetcher, closed at the end. `allow_loopback` is for the demo and the tests alone. What keys
    ask is counted in the `store`: without one, none is used. Sign-ins and keys are those of the `current`
    settings, where these may change.

    `obey_robots` is False only for what is no page: registration data and time stamps.
    """
    from importlib.metadata import version

    from sources.fetch import Fetcher as RealFetcher
    from sources.http.connection import trust

    current = current or (lambda: config)
    with (
        _keep_robots(store, clock) as robots,
        closing(
            RealFetcher(
                agent=user_agent(version("schoolgate"), config.contact or "no contact set"),
                clock=clock,
                sleep=time.sleep,
                limits=limits or RealLimits(),
                allow_loopback=allow_loopback,
                obey_robots=obey_robots,
                robots=robots,
                credentials=lambda name: sign_ins(current()).get(name),
                inboxes=lambda name: mailbox_access(current()).get(name),
                keys=lambda name: current().keys.get(name),
                purse=key_purse(store) if store else None,
                own_servers=config.network.own_servers,
                apart=start_reading(),
                tls=trust(config.network.ca_file),
                through=way_out(config.network),
            )
        ) as made,
    ):
        yield made


_ROBOTS = TypeAdapter(dict[str, KeptRobots])


@contextmanager
def _keep_robots(store: Store | None, clock: Clock) -> Iterator[dict[str, KeptRobots]]:
    """Give the robots.txt that the home keeps, by origin; at the end keep those of the last day. A damaged
    file counts as none, and where none can be written they are read again."""
    if store is None:
        yield {}
        return
    file, before = store.home / "robots.json", dict[str, KeptRobots]()
    with suppress(OSError, ValueError):
        before = _ROBOTS.validate_json(file.read_bytes())
    robots = dict(before)
    yield robots
    ages = {origin: clock() - one.read_at for origin, one in robots.items()}
    fresh = {origin: robots[origin] for origin, age in ages.items() if timedelta() <= age < ROBOTS_KEPT}
    if fresh != before:
        with suppress(OSError):
            file.touch(0o600)
            file.write_bytes(_ROBOTS.dump_json(fresh))


def key_purse(store: Store) -> Purse:
    """The budget of the keys, in the store: two programs that ask side by side have one."""
    from data.store.sources import count_ask, use_of_key
    from sources.keys import Purse, Reservation

    def reserve(ask: Reservation) -> Literal["", "day", "month"]:
        key, budget, day, pence = ask.key, ask.allowance.path, ask.day, ask.pence
        with store.write("asking with a key") as con:
            used = use_of_key(con, key.name, budget, day)
            if ask.asks_a_day and used.asks >= ask.asks_a_day:
                return "day"
            if pence and used.pence + pence > (key.pence_a_month or 0.0):
                return "month"
            count_ask(con, key.name, budget, day, pence)
        return ""

    def settle(ask: Reservation, pence: float) -> None:
        with store.write("asking with a key") as con:
            count_ask(con, ask.key.name, ask.allowance.path, ask.day, -pence, asks=0)

    return Purse(reserve, settle)


@cache
def start_reading() -> ParserProcess:
    """Start one process beside ours that reads what strangers wrote, begun at the first document."""
    from sources.parser_process import ParserProcess as RealParserProcess

    found = RealParserProcess(time.monotonic)
    atexit.register(found.let_go, 0.0)
    return found


def sign_ins(config: Config) -> dict[str, tuple[str, str]]:
    """User and password of each mailbox whose password can be read, by its source's id."""
    return {
        source_id: (given.user, given.password.get_secret_value())
        for source_id, given in config.mailboxes.items()
        if given.password is not None and not given.client_id
    }


def mailbox_access(config: Config) -> Mapping[str, MailboxAccess]:
    """Return how each mailbox at Microsoft 365 is signed in to, by its source's id."""
    if not any(box.client_id for box in config.mailboxes.values()):
        return {}
    from monitor.home import microsoft

    return microsoft.graph_inboxes(config)


def way_out(network: Network) -> Proxy | None:
    """The proxy that everything goes through, None where nothing does."""
    from sources.http.connection import proxy_of

    secret = network.proxy_password
    password = secret.get_secret_value() if secret else None
    return proxy_of(network.proxy, network.proxy_user, password) if network.proxy else None


def pick_urn(config: Config, urn: str | None) -> str:
    """The one school meant: the named one, or the only one. Raises InputError."""
    known = {s.urn: s.name for s in config.schools}
    if urn is not None:
        school = config.school(urn)
        if school is not None:
            return school.urn
        has = list_choices(urn, known, "[[schools]]", named=True)
        raise InputError(f"⟨school⟩ {urn}: no such school in {config.path.name}. It has{has}")
    if len(known) == 1:
        return config.schools[0].urn
    has = list_choices(None, known, f"[[schools]] in {config.path.name}", named=True)
    raise InputError(f"Several schools are set up. Say which one: ⟨school⟩ URN. There are{has}")
