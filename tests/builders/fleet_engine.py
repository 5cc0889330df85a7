"""A fleet on a clock that is told: its workers are of this thread, and the web that they ask is in memory."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from builders.home import a_migrated_store
from builders.judges import Words
from builders.mention import Clock
from support.fleet_site import FleetSite, numbers, written_down

from data.effects import here
from data.store.engine.open import Store
from data.types import FetchFailure, Request, Response, SourceState
from monitor.config.settings import ModelSettings
from monitor.fleet.conducting.conductor import Conductor
from monitor.fleet.crew import members
from monitor.fleet.engines.base import Stage, WorkerLost
from monitor.fleet.settings import Fleet, own_folders
from monitor.fleet.stages.linking import NationalLinker, Routing
from monitor.fleet.stages.saving import Saving
from monitor.fleet.work import AskArticle, AskPlace, ToScore
from monitor.pipeline.articles import article
from monitor.pipeline.scanning.asking import asked

SITE = "https://town.example.org"
MOST_TURNS = 300


class Workers:
    """An engine: does each work in this thread, at once unless its stage or its kind is `held`."""

    def __init__(self, works: Mapping[Stage, Callable[[Any], Any]]) -> None:
        self.works = dict(works)
        self.asked: list[tuple[Stage, int, Any]] = []
        self.held: set[Stage | type] = set()
        self.losing: Counter[Stage] = Counter()
        self._waiting: deque[tuple[Stage, Any, Future[Any]]] = deque()

    def ask(self, stage: Stage, shard: int, work: object) -> Future[Any]:
        told: Future[Any] = Future()
        told.set_running_or_notify_cancel()
        self.asked.append((stage, shard, work))
        self._waiting.append((stage, work, told))
        self._go_on()
        return told

    def release(self, held: Stage | type, most: int = 1000) -> None:
        """So many of what was held back is done now, the first asked first."""
        kept: deque[tuple[Stage, Any, Future[Any]]] = deque()
        waiting, self._waiting = self._waiting, deque()
        for one in waiting:
            if held in (one[0], type(one[1])) and most > 0:
                most -= 1
                self._do(*one)
            else:
                kept.append(one)
        self._waiting.extendleft(reversed(kept))

    def of(self, kind: type) -> list[Any]:
        """The works of this kind that were asked for, in their order."""
        return [work for _, _, work in self.asked if isinstance(work, kind)]

    def end(self, stage: Stage, shard: int) -> None:
        """Nothing hangs."""

    def close(self) -> None:
        """Nothing runs."""

    def _go_on(self) -> None:
        waiting, self._waiting = self._waiting, deque()
        for one in waiting:
            if self.held & {one[0], type(one[1])}:
                self._waiting.append(one)
            else:
                self._do(*one)

    def _do(self, stage: Stage, work: Any, told: Future[Any]) -> None:
        """Where its worker is lost it has done the work, and nobody hears of it."""
        try:
            answer = self.works[stage](work)
        except Exception as error:  # noqa: BLE001 - an edge, as at every worker
            told.set_exception(error)
            return
        if self.losing[stage]:
            self.losing[stage] -= 1
            told.set_exception(WorkerLost(str(stage)))
        else:
            told.set_result(answer)


class Web:
    """The site's feeds, and pages behind headlines, as a fetcher is given them. `broken` answer with that."""

    apart = staticmethod(here)

    def __init__(self, site: FleetSite, clock: Clock) -> None:
        self.site, self.clock = site, clock
        self.pages: dict[str, str] = {}
        self.broken: dict[str, FetchFailure] = {}
        self.unchanged: list[str] = []

    def fetch(self, request: Request, conditional: SourceState | None = None) -> Response | FetchFailure:
        if request.url in self.broken:
            return self.broken[request.url]
        if request.url in self.pages:
            kind = (("content-type", "text/html"),)
            return Response(request.url, 200, kind, self.pages[request.url].encode(), self.clock())
        tag = (conditional.etag if conditional else None) or ""
        exchange = SimpleNamespace(asked=SimpleNamespace(headers={"if-none-match": tag}))
        answer = self.site.routes()[request.url.removeprefix(SITE)](exchange)  # type: ignore[operator]
        headers = tuple((k.lower(), v) for k, v in answer.headers.items())
        if answer.status == 304:
            self.unchanged.append(request.url)
        return Response(request.url, answer.status, headers, answer.body, self.clock())


class Town:
    """The fleet of `fleet_site`, its conductor, and what its homes have. `begin` is a start of the fleet."""

    def __init__(self, folder: Path, change: Callable[[Path], Fleet] | None = None) -> None:
        self.folder = folder
        self.clock = Clock()
        self.site = FleetSite(self.clock)
        self.web = Web(self.site, self.clock)
        self.fleet = written_down(folder, SITE)
        if change is not None:
            self.fleet = change(folder)
        self.store = a_migrated_store(folder, self.clock)
        self.begin()

    def begin(self) -> Conductor:
        found = members(self.fleet)
        national = NationalLinker(tuple(found.schools.values()))
        folders = own_folders(self.fleet.homes, self.folder)
        self.saving = Saving(national, self.fleet.places, ModelSettings(), folders, self.clock)
        self.workers = Workers(
            {
                Stage.FETCH: self.fetched,
                Stage.LINK: Routing(national, found.homes_of),
                Stage.SCORE: scored,
                Stage.SAVE: self.saving,
            }
        )
        self.conductor = Conductor(self.fleet, found, self.workers, self.store, self.clock)
        return self.conductor

    def fetched(self, work: AskPlace | AskArticle) -> object:
        match work:
            case AskPlace(source, state):
                return asked(source, state, self.web, self.clock)
            case AskArticle(wanted):
                return article(wanted, self.web, self.clock)

    def settle(self, *, ask: bool = True, tend: bool = False) -> None:
        """Turns until there is nothing more to be done at this moment."""
        still = turns = 0
        while still < 2:
            turns += 1
            assert turns < MOST_TURNS, "it does the same again and again, without a pause"
            before = len(self.workers.asked), len(self.conductor.line)
            self.conductor.turn(0.0, ask=ask, tend=tend)
            moved = before != (len(self.workers.asked), len(self.conductor.line))
            still = 0 if moved else still + 1

    def passes(self, *, settle: bool = True, tend: bool = False, **of: float) -> None:
        """So much time passes, then all is done that is due."""
        self.clock.at += timedelta(**of)
        if settle:
            self.settle(tend=tend)

    def home(self, name: str) -> Store:
        return Store(self.folder / "homes" / name, clock=self.clock, sleep=self.clock.sleep)

    def had(self, name: str) -> set[int]:
        """The numbers of the posts that this home has."""
        home = self.home(name)
        return set(numbers(home)) if home.path.exists() else set()

    def runs(self, name: str) -> list[tuple[str, str]]:
        """What a home was told of its places' askings: source and outcome, the oldest first."""
        sql = "SELECT source_id, outcome FROM source_runs ORDER BY started_at, source_id"
        with self.home(name).read() as con:
            return con.execute(sql).fetchall()

    def segments(self, of: str = "") -> list[Path]:
        """Those that wait in a folder of theirs; a home's begins with its name."""
        folder = self.folder / "segments"
        return sorted(p for p in folder.rglob("*.parquet") if str(p.relative_to(folder)).startswith(of))


def scored(work: ToScore) -> object:
    """A model that knows a few words."""
    return Words().score(work.texts)
