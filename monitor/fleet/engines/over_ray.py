"""The engine of several machines: each worker an actor of a Ray cluster, restarted when it is lost.

Ray's reports of its use are off, and so is its dashboard (docs/decisions, 0009-no-telemetry.md). A cluster of
our own listens on this machine alone, in a folder that nobody else on it may look into; one that is joined is
its owner's to guard (docs/fleet.md).
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import tempfile
from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from data.errors import InputError, SchoolgateError
from monitor.config.home.paths import keep
from monitor.fleet.engines.base import Stage, Station, WorkerLost, close_work

EXTRA = 'pip install -c constraints.txt ".[fleet]"'
TOKEN = "ray-token"
"""The fleet's file with what everyone in the cluster must show."""

SESSION = "ray-session"
"""The fleet's file that says where its own cluster's folder is."""

_OURS = "schoolgate-"
_OFF = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_enable_metrics_collection": "0",
    "RAY_TQDM": "0",
    "RAY_ENABLE_AUTO_CONNECT": "0",  # who asks after the end is told so, and no cluster is begun for it
}
_HERE_ALONE = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
"""What makes Ray take this machine's own address, 127.0.0.1, and listen there alone, on every system."""
_STORE_BYTES = 128 * 2**20
"""Works go from process to process through memory that Ray shares: so much of it at most."""
_SOON_S = 5.0
_AMPLE = 1000
"""So many workers a machine may have by its name."""


class RayEngine:
    """Workers as actors. Without an `address` the cluster is one of our own, and ends with us.

    Raises InputError where Ray is not installed, SchoolgateError where the cluster cannot be reached.
    """

    def __init__(self, stations: Mapping[Stage, Station], folder: Path, address: str = "") -> None:
        os.environ.update(_OFF)
        if not address:
            os.environ.update(_HERE_ALONE)
        _show_token(folder)
        try:
            import ray
        except ImportError:
            raise InputError(f"The engine “ray” is not installed. To install it: {EXTRA}") from None
        self._ray = ray
        self._session = None if address else _session(folder)
        ends = signal.getsignal(signal.SIGTERM)  # Ray puts one of its own in its place
        _joined(ray, address, self._session)
        signal.signal(signal.SIGTERM, ends)
        here = ray.get_runtime_context().get_node_id()
        self._actors = {
            (stage, shard): self._actor(station, machine, here)
            for stage, station in stations.items()
            for shard, machine in enumerate(station.machines)
        }

    def ask(self, stage: Stage, shard: int, work: object) -> Future[Any]:
        """As `Engine.ask`."""
        told: Future[Any] = Future()
        told.set_running_or_notify_cancel()
        try:
            asked = self._actors[stage, shard].ask.remote(work).future()
        except self._ray.exceptions.RayError as error:
            told.set_exception(WorkerLost(type(error).__name__))
            return told
        asked.add_done_callback(lambda done: self._pass_on(done, told))
        return told

    def end(self, stage: Stage, shard: int) -> None:
        """As `Engine.end`."""
        self._ray.kill(self._actors[stage, shard], no_restart=False)

    def pids(self) -> dict[str, int]:
        """The processes that run, by stage and shard: `score-0`. Raises RayError where one is gone."""
        asked = {f"{stage}-{shard}": actor.pid.remote() for (stage, shard), actor in self._actors.items()}
        return {name: int(self._ray.get(pid, timeout=_SOON_S)) for name, pid in asked.items()}

    def close(self) -> None:
        """As `Engine.close`; a cluster that was joined goes on."""
        actors, self._actors = self._actors, {}
        closed = [actor.close.remote() for actor in actors.values()]
        self._ray.wait(closed, num_returns=len(closed), timeout=_SOON_S)
        self._ray.shutdown()
        if self._session is not None:
            shutil.rmtree(self._session, ignore_errors=True)

    def _actor(self, station: Station, machine: str, here: str) -> Any:
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        asked: dict[str, Any] = {"num_cpus": 0, "max_restarts": -1, "max_concurrency": station.at_once}
        if machine:
            asked["resources"] = {f"machine:{machine}": 1 / _AMPLE}
        elif station.stays:
            asked["scheduling_strategy"] = NodeAffinitySchedulingStrategy(here, soft=False)
        else:
            asked["scheduling_strategy"] = "SPREAD"
        return self._ray.remote(_WorkerActor).options(**asked).remote(station)

    def _pass_on(self, done: Future[Any], told: Future[Any]) -> None:
        error = done.exception()
        if error is None:
            told.set_result(done.result())
        elif isinstance(error, self._ray.exceptions.RayTaskError):
            told.set_exception(getattr(error, "cause", None) or SchoolgateError(type(error).__name__))
        else:
            told.set_exception(WorkerLost(type(error).__name__))


class _WorkerActor:
    """What runs in an actor."""

    def __init__(self, station: Station) -> None:
        self._work = station.make()

    def ask(self, work: object) -> object:
        return self._work(work)

    def pid(self) -> int:
        return os.getpid()

    def close(self) -> None:
        close_work(self._work)


def _session(folder: Path) -> Path:
    """A new folder for this account alone, where a name is short enough for sockets; the one that a kill left
    behind is deleted."""
    book = folder / SESSION
    before = Path(book.read_text(encoding="utf-8")) if book.exists() else None
    if before is not None and before.parent == Path(tempfile.gettempdir()) and before.name.startswith(_OURS):
        shutil.rmtree(before, ignore_errors=True)
    made = Path(tempfile.mkdtemp(prefix=_OURS))
    keep(book, str(made).encode())
    return made


def _joined(ray: Any, address: str, session: Path | None) -> None:
    try:
        if session is None:
            ray.init(address=address, log_to_driver=False, logging_level="ERROR")
            return
        ray.init(
            address="local",
            include_dashboard=False,
            object_store_memory=_STORE_BYTES,
            log_to_driver=False,
            logging_level="ERROR",
            _temp_dir=str(session / "ray"),  # Ray opens its folder to all: it lies in one that is ours
            _system_config={"automatic_object_spilling_enabled": False},
        )
    except (ConnectionError, RuntimeError, ValueError) as error:
        where = f"at {address} " if address else ""
        raise SchoolgateError(f"The Ray cluster {where}cannot be reached: {error}") from error


def _show_token(folder: Path) -> None:
    """Who joins the cluster must show the fleet's token, unless this machine's settings say otherwise."""
    if "RAY_AUTH_MODE" in os.environ:
        return
    path = folder / TOKEN
    if not path.exists():
        keep(path, secrets.token_hex(32).encode())
    os.environ.update({"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN_PATH": str(path.absolute())})
