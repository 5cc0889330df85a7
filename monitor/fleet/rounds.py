"""One round over all homes of a fleet, spread by Ray: each place is asked once, then each home does its part.

Three kinds of process: this one, which decides what is next and says whose a post may be; one that asks the
sites, at each one's pace, for all homes that reach the world alike; and workers, each of which opens one home
at a time. Where a worker dies Ray begins it again and gives it the home once more, which is harmless: what a
home has saved it knows.
"""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import signal
import tempfile
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import Any

from classifiers.linking.linker import MANY, Linker
from classifiers.scoring.network import TextScorer
from data.errors import InputError, SchoolgateError
from data.frozen import freeze
from data.ids import digest
from data.types import FetchFailure, Outcome, Request, Response, School, Source, SourceState
from monitor.config.model import ModelSettings
from monitor.fleet.homes import (
    Effects,
    HandedReading,
    Home,
    HomeDone,
    HomeFailed,
    HomeRound,
    HomeView,
    copied_homes,
    settings_of,
    whether_failed,
)
from monitor.pipeline.collect import Collected, ask_source, scope_of, source_for_linking
from monitor.service.notebook import try_port
from sources.fetch import SITES_AT_ONCE, Fetcher
from sources.http.politeness import HostJob

log = logging.getLogger("schoolgate.fleet")

EXTRA = 'pip install -c constraints.txt ".[fleet]"'
AUTO = "auto"
TRIES = 3
"""The number of times a home, or the asking of places, is begun where its process dies over it."""
_OFF = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_enable_metrics_collection": "0",
    "RAY_TQDM": "0",
    "RAY_ENABLE_AUTO_CONNECT": "0",
}
"""Ray's reports of its use, its metrics and its habit of beginning a cluster for whoever asks late."""
_HERE_ALONE = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
"""Makes Ray take this machine's own address, 127.0.0.1, and listen there alone."""
_STORE_BYTES = 256 * 2**20
"""Memory through which readings go from process to process."""
LONGEST_WAIT_S = 60.0
"""A home whose places have not all been read by then begins with those that have; the others follow."""
_LOOK_S = 2.0
"""Seconds between two looks for a home that has waited so long, while nothing else happens."""
_ANSWERS_WITHIN_S = 5.0
"""Seconds within which a cluster's port is to answer: Ray itself would wait for minutes."""


# --------------------------------------------------------------------------- places, each once


@freeze
class FleetPlace:
    """A place that is asked once, and who watches it: home, its own id for the place, the schools (urns).

    `source.id` is the fleet's own; `state` is what all who watch it remember of it alike; `network` how they
    reach the world.
    """

    source: Source
    state: SourceState
    network: str
    watchers: tuple[tuple[str, str, tuple[str, ...]], ...]

    @property
    def urns(self) -> frozenset[str]:
        """The schools that it is watched for."""
        return frozenset(self.source.urns)

    @property
    def homes(self) -> set[str]:
        """The homes that watch it; one may watch it twice."""
        return {name for name, _, _ in self.watchers}


def feeds_due(views: Sequence[HomeView]) -> list[FleetPlace]:
    """Every place that is due for a home, once for all who watch it with the same settings and have read as
    far. Homes that have read less are asked for by themselves once, and are level with the others then."""
    alike: dict[str, list[tuple[HomeView, Source, SourceState, bool]]] = defaultdict(list)
    for view in views:
        for one in view.watched:
            key = _key(view.network, one.source, one.state)
            alike[key].append((view, one.source, one.state, one.due))
    return [_make_place(key, some) for key, some in alike.items() if any(is_due for *_, is_due in some)]


def _key(network: str, source: Source, state: SourceState) -> str:
    place = replace(source, id="", urns=(), name="", interval_s=None, settings={})
    read = (state.etag, state.last_modified, state.watermark, state.resume)
    return digest(network, repr(place), repr(sorted(source.settings.items(), key=str)), repr(read))[:16]


def _make_place(key: str, some: Sequence[tuple[HomeView, Source, SourceState, bool]]) -> FleetPlace:
    watchers = tuple(
        (view.home.name, source.id, source.urns or tuple(s.urn for s in view.schools))
        for view, source, _, _ in some
    )
    urns = tuple(sorted({urn for _, _, urns in watchers for urn in urns}))
    source = replace(some[0][1], id=key, urns=urns)
    known = max((state for *_, state, _ in some), key=lambda state: state.usual_mentions or 0.0)
    wait = max((state.not_before for *_, state, _ in some if state.not_before), default=None)
    state = replace(known, source_id=key, scope=scope_of(source), not_before=wait)
    return FleetPlace(source, state, some[0][0].network, watchers)


def every_school(views: Sequence[HomeView]) -> list[School]:
    """Every school once, known by whatever name a home knows it by."""
    found: dict[str, School] = {}
    for school in (school for view in views for school in view.schools):
        before = found.setdefault(school.urn, school)
        if before is not school:
            names = dict.fromkeys((*before.aliases, school.name, *school.aliases))
            aliases = tuple(name for name in names if name != before.name)
            found[school.urn] = replace(before, aliases=aliases)
    return list(found.values())


class Pointing:
    """Says to which schools something in a post points, by all schools of all homes."""

    def __init__(self, views: Sequence[HomeView]) -> None:
        self._views = views
        self._linker: Linker | None = None

    def reading(self, feed: FleetPlace, answer: Collected) -> tuple[HandedReading, int]:
        """The reading as the homes are handed it, and how many of its posts point to none of their schools.

        Of a place that few schools are watched for all goes to each home, which judges it as if it had read
        the place alone: a post without a name may mean any of them.
        """
        mentions = answer.mentions
        if len(feed.urns) <= MANY or not mentions:
            return HandedReading(answer), 0
        if self._linker is None:
            self._linker = Linker(every_school(self._views))
        matches = self._linker.link(mentions, source_for_linking(feed.source))
        pointed = tuple(frozenset(m.urn for m in found) & feed.urns for found in matches)
        return HandedReading(answer, pointed), sum(not urns for urns in pointed)


# --------------------------------------------------------------------------- what runs in Ray's processes


class Asker:
    """Asks sites for all homes that reach the world alike, in the name of one, at each site's pace."""

    def __init__(self, lead: Home, contact: str, effects: Effects) -> None:
        config = settings_of(lead)
        self._clock = effects.clock
        self._open = ExitStack()  # as long as it asks: what is not held is closed
        self._fetcher: Fetcher = self._open.enter_context(
            effects.fetcher(replace(config, contact=contact or config.contact, mailboxes={}, keys={}))
        )

    def read_places(self, feeds: Sequence[FleetPlace]) -> Iterator[tuple[str, Collected]]:
        """Yield the answer of each place as it comes, by the fleet's id."""

        def one(feed: FleetPlace) -> tuple[str, Collected]:
            return feed.source.id, ask_source(feed.source, feed.state, self._fetcher, self._clock)

        jobs = [HostJob(feed.source.url, partial(one, feed)) for feed in feeds]
        for answer in self._fetcher.spread(jobs):  # noqa: UP028 - Ray sends into what it iterates
            yield answer

    def fetch(self, request: Request) -> Response | FetchFailure:
        """One document, such as the article behind a headline."""
        return self._fetcher.fetch(request)


class Worker:
    """Opens one home at a time. Models are loaded once."""

    def __init__(self, effects: Effects, *, send: bool) -> None:
        self._effects = effects
        self._send = send
        self._models: dict[str, TextScorer] = {}

    def view(self, home: Home) -> HomeView | HomeFailed:
        """Read what the home watches, and what of that is due."""
        return whether_failed(home, lambda: HomeRound(home, self._effects).view())

    def run(
        self, home: Home, asker: Any, ids: Sequence[str], *readings: HandedReading
    ) -> HomeDone | HomeFailed:
        """One round in the home with these readings of its sources, by their ids."""

        def work() -> HomeDone:
            opened = HomeRound(home, self._effects)
            given = dict(zip(ids, readings, strict=True))
            model = self._model(opened.config.model)
            return opened.run(given, model, partial(self._ask, asker), send=self._send)

        return whether_failed(home, work)

    def _model(self, settings: ModelSettings) -> TextScorer:
        one = settings.model_copy(
            update={"threads": settings.threads or 1}
        )  # there is a worker for each processor
        if repr(one) not in self._models:
            self._models[repr(one)] = self._effects.scorer(one)
        return self._models[repr(one)]

    def _ask(self, asker: Any, request: Request) -> Response | FetchFailure:
        import ray

        try:
            return ray.get(asker.fetch.remote(request))  # type: ignore[no-any-return]
        except ray.exceptions.RayError as error:
            why = f"It could not be asked: {type(error).__name__}."
            return FetchFailure(Outcome.UNREACHABLE, request.url, why, self._effects.clock())


# --------------------------------------------------------------------------- the round


@freeze
class FleetRound:
    """The end of a round. `posts` were read, each place once; `to_nobody` of them pointed to no school."""

    homes: int
    done: tuple[HomeDone, ...] = ()
    failed: tuple[HomeFailed, ...] = ()
    places: int = 0
    posts: int = 0
    to_nobody: int = 0


def run_round(
    homes: Sequence[Home],
    address: str,
    *,
    say: Callable[[str], None],
    contact: str = "",
    send: bool = True,
    effects: Effects = Effects(),  # noqa: B008 - frozen
) -> FleetRound:
    """One round over these homes on the Ray cluster at `address`; with “auto” on the one that runs here, else
    on one of our own that ends with the round.

    Sites are told `contact`, or that of the first home. Raises InputError where Ray is not installed,
    SchoolgateError where the cluster cannot be reached.
    """
    with join_cluster(address, say) as ray:
        return RoundUnderWay(ray, homes, effects, contact, send=send).run()


class RoundUnderWay:
    """One round under way; `ray` is the module, joined to a cluster."""

    def __init__(
        self, ray: Any, homes: Sequence[Home], effects: Effects, contact: str, *, send: bool
    ) -> None:
        self._ray = ray
        self._homes = {home.name: home for home in homes}
        self._effects = effects
        self._contact = contact
        processors = int(ray.cluster_resources().get("CPU", 1))
        worker = ray.remote(num_cpus=1, max_restarts=-1, max_task_retries=TRIES - 1)(Worker)
        self._idle = [
            worker.options(scheduling_strategy="SPREAD").remote(effects, send=send)
            for _ in range(max(1, min(processors, len(homes))))
        ]
        self._todo: deque[str] = deque(self._homes)
        self._running: dict[Any, tuple[str, Any]] = {}
        self._askers: dict[str, Any] = {}
        self._asking: dict[Any, tuple[str, int]] = {}
        """Answers under way: of which network's asker, and how often it was begun."""
        self._to_come: dict[str, FleetPlace] = {}
        self._missing: Counter[str] = Counter()
        self._came: dict[str, list[tuple[str, Any]]] = defaultdict(list)
        self._since: dict[str, float] = {}
        self._queued: set[str] = set()
        self._at_work: set[str] = set()
        self._views: dict[str, HomeView] = {}
        self._done: dict[str, HomeDone] = {}
        self._failed: dict[str, HomeFailed] = {}
        self._posts = self._to_nobody = 0

    def run(self) -> FleetRound:
        """Looks into every home, asks what is due, and does each home's part as its places have come."""
        self._until_all_ended()
        for copy in copied_homes(self._views.values()):
            self._failed[copy.home] = copy
            del self._views[copy.home]
        views = list(self._views.values())
        feeds = feeds_due(views)
        self._pointing = Pointing(views)
        self._to_come = {feed.source.id: feed for feed in feeds}
        self._missing.update(name for feed in feeds for name in feed.homes)
        for view in views:
            if view.busy and self._missing[view.home.name]:
                self._since[view.home.name] = time.monotonic()  # what it has to do waits a minute at most
            elif view.busy:
                self._queue(view.home.name)
        for network in {feed.network for feed in feeds}:
            self._ask(network, 1)
        self._until_all_ended()
        return FleetRound(
            len(self._homes), tuple(self._done.values()), tuple(self._failed.values()), len(feeds),
            self._posts, self._to_nobody,
        )  # fmt: skip

    def _until_all_ended(self) -> None:
        while self._todo or self._running or self._asking:
            while self._idle and self._todo:
                self._begin_home(self._todo.popleft(), self._idle.pop())
            ready, _ = self._ray.wait([*self._running, *self._asking], num_returns=1, timeout=_LOOK_S)
            for one in ready:
                if one in self._running:
                    self._home_ended(one)
                else:
                    self._place_came(one)
            self._queue_overdue()

    def _ask(self, network: str, attempt: int) -> None:
        """Begins to ask all places of that network that have not come."""
        feeds = [feed for feed in self._to_come.values() if feed.network == network]
        answers = self._asker(network).read_places.options(num_returns="streaming").remote(feeds)
        self._asking[answers] = network, attempt

    def _asker(self, network: str) -> Any:
        if network not in self._askers:
            lead = next(view.home for view in self._views.values() if view.network == network)
            asker = self._ray.remote(num_cpus=0, max_concurrency=SITES_AT_ONCE)(Asker)
            self._askers[network] = asker.remote(lead, self._contact, self._effects)
        return self._askers[network]

    def _place_came(self, answers: Any) -> None:
        try:
            key, answer = self._ray.get(next(answers))
        except (StopIteration, self._ray.exceptions.RayError) as error:
            self._finish_asking(answers, error)
            return
        feed = self._to_come.pop(key)
        reading, to_nobody = self._pointing.reading(feed, answer)
        self._posts += len(answer.mentions)
        self._to_nobody += to_nobody
        given = self._ray.put(reading)
        for name, source_id, _ in feed.watchers:
            self._came[name].append((source_id, given))
            if name not in self._queued:
                self._since.setdefault(name, time.monotonic())
        self._all_came(feed)

    def _finish_asking(self, answers: Any, error: Exception) -> None:
        """All have come; where the asker was lost over it another asks for the others."""
        network, attempt = self._asking.pop(answers)
        left = [feed for feed in self._to_come.values() if feed.network == network]
        if not left:
            return
        del self._askers[network]
        if attempt < TRIES:
            self._ask(network, attempt + 1)
            return
        log.error("places=%d fault=%s", len(left), type(error).__name__)
        for feed in left:
            del self._to_come[feed.source.id]
            for name in feed.homes:
                why = f"not all of its sources could be asked ({type(error).__name__})"
                self._failed[name] = HomeFailed(name, why)
            self._all_came(feed)

    def _all_came(self, feed: FleetPlace) -> None:
        """One place fewer is awaited by its homes; where it was the last, their part begins."""
        self._missing.subtract(feed.homes)
        for name in feed.homes:
            if not self._missing[name]:
                self._queue(name)

    def _queue_overdue(self) -> None:
        """Homes that have waited long do not wait for their last place: it is handed to them later."""
        limit = time.monotonic() - LONGEST_WAIT_S
        late = takewhile(lambda one: one[1] <= limit, self._since.items())
        for name in [name for name, _ in late]:
            self._queue(name)

    def _queue(self, name: str) -> None:
        """The home's part is next; where it is under way already, it is begun once more after that."""
        if name not in self._queued and name not in self._at_work:
            self._queued.add(name)
            self._since.pop(name, None)
            self._todo.append(name)

    def _begin_home(self, name: str, worker: Any) -> None:
        home, view = self._homes[name], self._views.get(name)
        if view is None:
            ref = worker.view.remote(home)
        else:
            self._queued.discard(name)
            self._at_work.add(name)
            came = self._came.pop(name, [])
            ids, given = [source_id for source_id, _ in came], [reading for _, reading in came]
            ref = worker.run.remote(home, self._asker(view.network), ids, *given)
        self._running[ref] = name, worker

    def _home_ended(self, ref: Any) -> None:
        name, worker = self._running.pop(ref)
        self._idle.append(worker)
        self._at_work.discard(name)
        try:
            found = self._ray.get(ref)
        except self._ray.exceptions.RayError as error:
            found = HomeFailed(name, _why(error))
        match found:
            case HomeView():
                self._views[name] = found
            case HomeDone():
                self._done[name] = found.after(self._done.get(name))
            case HomeFailed():
                self._failed[name] = found
        if self._came.get(name) and not self._missing[name]:
            self._queue(name)


def _why(error: Exception) -> str:
    """Says what of Ray kept a home from being worked for."""
    if "creation task" in str(error):
        return "no worker can be begun; is the same Schoolgate installed on every machine of the cluster?"
    if "Actor" in type(error).__name__:
        return f"the process that worked for it was lost {TRIES} times"
    return f"{type(error).__name__}; please report it"


# --------------------------------------------------------------------------- Ray itself


@contextmanager
def join_cluster(address: str, say: Callable[[str], None]) -> Iterator[Any]:
    """Ray, joined to the cluster at that address, and left at the end."""
    found = _running_here() if address == AUTO else address
    os.environ.update(_OFF)
    if not found:
        os.environ.update(_HERE_ALONE)
        os.environ.setdefault("RAY_AUTH_MODE", "token")
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
    try:  # it reads what is set above as it is imported
        import ray
    except ImportError:
        raise InputError(f"Ray is not installed, and a fleet runs on it. To install it: {EXTRA}") from None
    folder = None if found else Path(tempfile.mkdtemp(prefix="schoolgate-"))
    ends = signal.getsignal(signal.SIGTERM)  # Ray puts one of its own in its place
    try:
        if folder is None:
            _see_that_it_answers(found)
            ray.init(address=found, log_to_driver=False, logging_level="ERROR")
            say(f"The round runs on the Ray cluster at {found}.")
        else:
            # a cluster that listens on this machine alone, wants a token, and lies in a folder of ours
            ray.init(
                address="local",
                include_dashboard=False,
                object_store_memory=_STORE_BYTES,
                log_to_driver=False,
                logging_level="ERROR",
                _temp_dir=str(folder / "ray"),  # Ray opens its folder to all: it lies in one that is ours
                _system_config={"automatic_object_spilling_enabled": False},
            )
            say("No Ray cluster runs here: one of our own was begun on this machine for this round.")
        signal.signal(signal.SIGTERM, ends)
        yield ray
    except (ConnectionError, RuntimeError, ValueError, ray.exceptions.AuthenticationError) as error:
        if ray.is_initialized():
            raise
        why = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        if not found:
            raise SchoolgateError(f"No Ray cluster could be begun on this machine: {why}") from error
        raise SchoolgateError(
            f"The Ray cluster at {found} cannot be reached: {why} Where none runs there any more, “ray stop” "
            "clears what is remembered of it."
        ) from error
    finally:
        ray.shutdown()
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def _running_here() -> str:
    """The cluster that the machine's settings name, or that this account began here; "" where there is none.

    Left to itself Ray would join whatever runs on the machine, another account's too.
    """
    if named := os.environ.get("RAY_ADDRESS", ""):
        return named
    book = Path(os.environ.get("RAY_TMPDIR", "/tmp"), "ray", "ray_current_cluster")
    with suppress(OSError):
        if book.stat().st_uid == os.geteuid():
            return book.read_text(encoding="utf-8").strip()
    return ""


def _see_that_it_answers(address: str) -> None:
    """Raises ConnectionError where nobody listens at a HOST:PORT."""
    host, _, port = address.rpartition("://")[2].rpartition(":")
    if port.isdigit():
        try:
            try_port(host.strip("[]"), int(port), _ANSWERS_WITHIN_S)
        except (OSError, OverflowError, UnicodeError) as error:
            raise ConnectionError(f"nobody answers there ({error}).") from error
