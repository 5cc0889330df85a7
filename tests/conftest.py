"""The demo, played once: a home folder with everything in it that may happen to a school."""

import atexit
import fcntl
import gc
import os
import pickle
import random
import shutil
import sys
import tempfile
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from pathlib import Path

import duckdb
import pytest
import support.case_numbers
import typer.testing
from hypothesis import HealthCheck, settings
from support.checkout import ROOT, paths
from typer.main import get_command

from data.effects import utc_now
from monitor.config.model import ModelSettings

pytest_plugins = ["support.dearest"]
DEMO_NOW = datetime(2026, 11, 17, 16, 4, tzinfo=UTC)


MEMORY = Path("/dev/shm")
STORE = ("schoolgate.duckdb", "schoolgate.duckdb.wal")
ENOUGH_BYTES = 4 << 30
EXAMPLES, MANY = 12, 500
"""Of each property that does not say how many itself; they are others in each run. Many: pytest
--hypothesis-profile=many"""
ALLOCATOR = "glibc.malloc.tcache_count=2000:glibc.malloc.tcache_max=4096:glibc.malloc.mxfast=0"
"""The C library keeps small pieces that were given back for whoever asks next: DuckDB plans each statement in
thousands of them, and a fifth of its time is their coming and going. It is read as a process begins."""
BESIDE = 6
"""Files between two whose tests play the service live."""
SEEN_TO_EVERY = 20_000
"""New objects after which Python looks for circles among them, instead of 700."""


def pytest_configure(config):
    """Homes are made in memory where the system has it for files: on a disk most tests wait for it. What was
    compiled is kept, even where the shell says not to, since these tests begin a hundred programs."""
    support.case_numbers.name_in_order()
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    before = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys((paths(), *before)))
    easy = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
    settings.register_profile("busy", max_examples=EXAMPLES, **easy)
    settings.register_profile("many", max_examples=MANY, **easy)
    if not config.getoption("--hypothesis-profile"):
        settings.load_profile("busy")  # by the clock on the wall, a busy machine fails what is right
    if hasattr(config, "workerinput"):  # it has what it needs; what it begins is measured as it is
        if os.environ.get("GLIBC_TUNABLES") == ALLOCATOR:
            del os.environ["GLIBC_TUNABLES"]
    elif config.getoption("numprocesses", None):
        os.environ.setdefault("GLIBC_TUNABLES", ALLOCATOR)
    if "TMPDIR" not in os.environ and _has_room(MEMORY):
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None  # looked up anew
    sys.addaudithook(_let_go_before)
    sys.addaudithook(_keep_to_this_checkout)
    gc.disable()  # what is collected stays


_LET_GO = ("subprocess.Popen", "shutil.copytree")
_LOOKED_AT = ("open", "os.rename", "os.remove", "os.link", "os.utime", "os.truncate")


def _let_go_before(event, args):
    """A test looks at a store's file or into its home, copies it or begins a program: none stays attached in
    this process then, as none would when another looks at it."""
    connect = sys.modules.get("data.store.engine.connect")
    if connect is None:
        return
    if event in _LET_GO:
        connect._ours.give_up(lambda _: True)
    elif event in _LOOKED_AT and str(args[0]).endswith(STORE):
        real = os.path.realpath(args[0]).removesuffix(".wal")
        connect._ours.give_up(lambda file: file.path == real)
    elif event == "os.scandir" and isinstance(args[0], str):
        home = os.path.realpath(args[0])
        connect._ours.give_up(lambda file: file.path.rpartition("/")[0] == home)


def _keep_to_this_checkout(event, args):
    """Refuse a process of a test that might run another checkout's code, which may be what is installed."""
    if event == "subprocess.Popen" and not isinstance(args[1], str | bytes):
        program, env = os.fsdecode(args[1][0]), os.environ if args[3] is None else args[3]
        ours = program == sys.executable or Path(program).name == "schoolgate"
        if ours and str(ROOT) not in env.get("PYTHONPATH", "").split(os.pathsep):
            raise AssertionError(f"{args[1]} has not this checkout in its PYTHONPATH: support.checkout.paths")


def _has_room(folder):
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        return False
    found = os.statvfs(folder)
    return not found.f_flag & os.ST_NOEXEC and found.f_bavail * found.f_frsize >= ENOUGH_BYTES


def pytest_xdist_auto_num_workers():
    """As many processes as there are cores: each more reads all tests and the model again."""
    return os.cpu_count() or 1


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    """Each process reads the tests in an order of its own, and finds compiled what others have read: all in
    step, each would compile everything."""
    report = yield
    if isinstance(collector, pytest.Directory) and report.passed and "PYTEST_XDIST_WORKER" in os.environ:
        random.Random(os.environ["PYTEST_XDIST_WORKER"]).shuffle(report.result)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items):
    """In one order for all processes, then by chance; the longest early whatever it gave, since at the end
    one process would work alone, and one among others, since they wait half of their time."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=lambda test: test.path.parts)
    yield
    files = list(dict.fromkeys(test.path for test in items))
    live = [file for file in files if "live" in file.parts]
    others = (file for file in files if "live" not in file.parts)
    order = {file: n for n, file in enumerate([f for file in live for f in (file, *islice(others, BESIDE))])}
    items.sort(key=lambda test: order.get(test.path, len(order)))


def pytest_collection_finish():
    """What stays until the end, thousands of tests and all modules, is not looked through again and again."""
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(SEEN_TO_EVERY, *gc.get_threshold()[1:])
    atexit.register(gc.unfreeze)  # libraries report at their end what was never given back


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """Say first what to do where a rule of the house is broken: the test's docstring says it."""
    report = yield
    if report.when == "call" and report.failed and item.get_closest_marker("house"):
        advice = (item.obj.__doc__ or "").splitlines()[:1]
        report.longrepr = "\n\n".join([*advice, report.longreprtext])
    return report


@pytest.fixture(scope="session", autouse=True)
def _commands_made_once():
    """A runner makes the whole tree of commands anew for each call, which takes longer than most of them."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(typer.testing, "_get_command", cache(get_command))
        yield


@pytest.fixture(scope="session", autouse=True)
def _model_loaded_once():
    """One model a process: it is read only, and loading it takes longer than judging a test's few posts."""
    from monitor.pipeline import judges

    real = judges.scorer
    ours = cache(lambda threads, again: real(ModelSettings(threads=threads, second_reader=again)))

    def scorer(model):
        return real(model) if model.name else ours(model.threads, model.second_reader)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(judges, "scorer", scorer)
        yield


@pytest.fixture(scope="session", autouse=True)
def _let_go_for_others():
    """A test that opens a store's file itself is another program: in one process both could not have it."""
    real = duckdb.connect

    def connect(*given, **settings):
        connecting = sys.modules.get("data.store.engine.connect")
        if connecting is not None:
            connecting._ours.give_up(lambda _: True)
        return real(*given, **settings)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(duckdb, "connect", connect)
        yield


@pytest.fixture(scope="session", autouse=True)
def _stores_begin_as_copies(tmp_path_factory):
    """A new store is a copy of one that was made once: to make its tables takes twenty times as long. Where
    the file is there, was taken by a restoring, or a test has its own migrations, it is migrated."""
    from data.store.engine import open as entrance

    real, ours = entrance.Store.migrate, entrance.MIGRATIONS
    first = entrance.Store(tmp_path_factory.mktemp("first") / "home", clock=utc_now, sleep=time.sleep)
    names = []

    def migrate(store):
        if store.path.exists() or _being_restored(store.home) or entrance.MIGRATIONS is not ours:
            return real(store)
        names[:] = names or real(first)
        store.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        store.home.chmod(0o700)
        unfinished = store.path.with_suffix(f".{threading.get_ident()}")
        shutil.copy(first.path, unfinished)
        with suppress(FileExistsError):  # somebody else was faster
            store.path.hardlink_to(unfinished)
        unfinished.unlink()
        return tuple(names)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(entrance.Store, "migrate", migrate)
        patched.setattr(entrance.Store, "migrate_really", real, raising=False)
        yield


def _being_restored(home):
    from data.store.engine.open import RESTORING

    return (home / RESTORING).exists()


@pytest.fixture
def stores_made_anew(monkeypatch):
    """For tests of how a store is made: every one is migrated from nothing."""
    from data.store.engine.open import Store

    monkeypatch.setattr(Store, "migrate", Store.migrate_really)


@pytest.fixture(scope="session")
def played(tmp_path_factory):
    """(folder, summary, config) of a demo played at a fixed moment, once for all processes. Not to be written
    to."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    told = shared / "played.pickle"
    with (shared / "played.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not told.exists():
            folder = shared / "played" / "demo"
            told.write_bytes(pickle.dumps((folder, *_play(folder))))
    return pickle.loads(told.read_bytes())


def _play(folder):
    from monitor.cli.demo.run import play
    from monitor.terminal.progress import Progress

    return play(folder, lambda: DEMO_NOW, Progress(quiet=True))


@pytest.fixture
def home(played, tmp_path):
    """A copy of the played demo's folder that a test may write to."""
    folder = tmp_path / "demo"
    shutil.copytree(played[0], folder)
    return folder
