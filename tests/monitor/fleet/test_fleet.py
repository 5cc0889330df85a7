"""`schoolgate fleet run`: what a home holds after a round is what its own scan would have given it, whatever
dies; each place is asked once; a home that cannot be used fails alone."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from secrets import token_hex
from types import SimpleNamespace

import duckdb
import pytest
from builders.backup import back_up
from builders.config import DPIA
from builders.fleet import NAMES, NOW, THREATS, Sites, effects, held, scan_plainly, town, write_homes
from builders.judges import Words
from builders.mention import a_mention
from support.checkout import TESTS, paths
from support.command_call import called
from support.for_each import for_each
from support.web_server import Site, serve

from alerts.notices.book import Book
from data.effects import Fetch, utc_now
from data.errors import ConfigError, InputError, SchoolgateError
from data.store.engine.audit_chain import AuditEntry, append
from data.store.engine.open import Store
from data.types import FetchFailure, Outcome, Request, School, Source, SourceRun, SourceState
from monitor.cli.commands.fleet import exit_of, fleet_run
from monitor.fleet import homes, rounds
from monitor.fleet.homes import (
    Effects,
    HandedReader,
    HandedReading,
    Home,
    HomeDone,
    HomeFailed,
    HomeRound,
    HomeView,
    PlaceNotSeen,
    Watched,
    copied_homes,
    find_homes,
    one_round,
    whether_failed,
)
from monitor.fleet.rounds import FleetPlace, FleetRound, Pointing, feeds_due, join_cluster, run_round
from monitor.pipeline.collect import Collected, scope_of
from monitor.service import step
from monitor.service.notebook import Notebook

HOMES = 60
MARK = "SCHOOLGATE_TEST_FLEET"
TOKEN = token_hex(32)
"""What Ray read as it was imported, it keeps for as long as the process lives."""


@pytest.fixture
def for_ray(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Ray's processes find the builders, and can be told from those of others; no setting of Ray is left."""
    if find_spec("ray") is None:
        pytest.skip("the extra “fleet” is not installed")
    with environment_put_back():
        for name in [name for name in os.environ if name.startswith("RAY_")]:
            del os.environ[name]
        os.environ[MARK] = str(os.getpid())
        os.environ["PYTHONPATH"] = paths(TESTS)
        os.environ |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": TOKEN}
        os.environ["RAY_TMPDIR"] = "/nowhere"  # no cluster of this account's is joined
        monkeypatch.setattr(rounds, "_STORE_BYTES", 80 * 2**20)
        yield


@pytest.fixture
def environment() -> Iterator[None]:
    """What is set here is put back."""
    with environment_put_back():
        yield


class environment_put_back:
    def __enter__(self) -> None:
        self.before = dict(os.environ)

    def __exit__(self, *error: object) -> None:
        os.environ.clear()
        os.environ.update(self.before)


def kill(title: bytes) -> bool:
    """Kills one of our Ray processes that does this now; says whether there was one."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            ours = f"{MARK}={os.getpid()}".encode() in (process / "environ").read_bytes()
            if ours and (process / "cmdline").read_bytes().startswith(title):
                os.kill(int(process.name), signal.SIGKILL)
                return True
    return False


class Killer:
    """Kills once, at the nth asking of a path."""

    def __init__(self, title: bytes, path: str, nth: int) -> None:
        self.title, self.path, self.left = title, path, nth
        self.killed = False

    def __call__(self, path: str) -> None:
        if path.startswith(self.path):
            self.left -= 1
            if self.left == 0:
                self.killed = kill(self.title)


@pytest.fixture
def sites() -> Iterator[tuple[Sites, Site]]:
    made = Sites(HOMES)
    routes: dict[str, object] = {}
    with serve(routes) as site:
        routes.update(made.routes(site))
        yield made, site


@pytest.mark.usefixtures("for_ray")
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="the processes are found by /proc")
@pytest.mark.slow  # Ray's processes start by the dozen, and sixty homes are scanned twice over
@pytest.mark.timeout(600)
def test_sixty_homes_hold_what_sixty_scans_give_though_a_worker_is_killed(tmp_path, sites):
    served, site = sites
    homes = write_homes(tmp_path / "homes", site, HOMES)
    plain = tmp_path / "plain"
    shutil.copytree(tmp_path / "homes", plain)
    killer = served.before = Killer(b"ray::Worker.run", "articles", 5)

    told: list[str] = []
    done = run_round(homes, "auto", say=told.append, send=False, effects=effects(site))

    assert killer.killed
    assert told == ["No Ray cluster runs here: one of our own was begun on this machine for this round."]
    assert (exit_of(done), done.failed, len(done.done)) == (0, (), HOMES)
    assert (done.places, done.posts, done.to_nobody) == (67, 210, 30)
    paths = ["/board", *(f"/paper-{n}" for n in range(6)), *(f"/own-{n}" for n in range(HOMES))]
    assert {path: served.asked[path] for path in paths} == dict.fromkeys(paths, 1)
    assert served.asked["articles"] <= HOMES + 2  # those of the killed worker are asked for once more
    served.before = lambda path: None
    found = {home.name: held(home.folder) for home in homes}
    for home in find_homes(plain)[0]:
        scan_plainly(home, site)
    assert found == {home.name: held(plain / home.name) for home in homes}
    raised = sum(len(of["alerts"]) for of in found.values())
    assert raised >= HOMES // 2
    # what the killed worker had saved is not counted by the one that took the home up again
    assert raised - 3 <= sum(one.alerts for one in done.done) <= raised


@pytest.mark.usefixtures("for_ray")
@pytest.mark.timeout(600)
def test_a_home_that_cannot_be_used_fails_alone(tmp_path, sites, monkeypatch):
    """And the asking of places is begun once more where its process is killed."""
    served, site = sites
    well, slow, locked, damaged, newer, faulty = homes = write_homes(tmp_path / "homes", site, 6)
    (damaged.folder / "schoolgate.duckdb").write_bytes(b"no database " * 4096)
    with duckdb.connect(str(newer.folder / "schoolgate.duckdb")) as con:
        con.execute("INSERT INTO migrations VALUES (99, 'from_the_future', now())")
    faulty.config.write_text("[[schools]]\nurn = 1\n", encoding="utf-8")
    killer = served.before = Killer(b"ray::Asker", "/own-1", 1)
    monkeypatch.setattr(rounds, "LONGEST_WAIT_S", 0.0)  # each place is handed on as it comes

    holder = Store(locked.folder, clock=utc_now, sleep=lambda s: None)
    with holder.write("hold it"):
        done = run_round(homes, "auto", say=print, send=False, effects=replace(effects(site), wait_s=1.0))

    assert killer.killed
    why = {one.home: one.why for one in done.failed}
    assert (exit_of(done), {one.home for one in done.done}) == (3, {well.name, slow.name})
    assert why.keys() == {home.name for home in (locked, damaged, newer, faulty)}
    assert "is held by" in why[locked.name]
    assert "damaged" in why[damaged.name] or "cannot be read" in why[damaged.name]
    assert "newer Schoolgate" in why[newer.name]
    assert "schoolgate.toml" in why[faulty.name]
    runs = [row[:2] for row in held(well.folder)["runs"]]
    assert runs == [("board", "ok"), ("own-0", "ok"), ("paper-0", "ok")]


@pytest.mark.usefixtures("environment")
def test_without_ray_it_is_said_how_to_install_it(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "ray", None)
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "schoolgate.toml").touch()
    with pytest.raises(InputError, match=r'pip install -c constraints.txt "\.\[fleet\]"') as refused:
        called(fleet_run, homes=tmp_path)
    assert refused.value.exit_code == 2


@pytest.mark.usefixtures("for_ray")
def test_a_cluster_that_is_not_there_is_named(monkeypatch):
    import ray

    def none_there(**given: object) -> None:
        raise ConnectionError("it is none of ours")

    monkeypatch.setattr(ray, "init", none_there)
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        with (
            pytest.raises(SchoolgateError, match=r"cluster at .* cannot be reached: it is none") as refused,
            join_cluster(address, print),
        ):
            pass
    assert refused.value.exit_code == 1
    with (  # Ray itself would wait for minutes
        pytest.raises(SchoolgateError, match=rf"at {address} cannot be reached: nobody answers there"),
        join_cluster(address, print),
    ):
        pass


@pytest.mark.usefixtures("environment")
def test_by_itself_it_joins_a_cluster_of_this_account_and_no_other(tmp_path, monkeypatch):
    os.environ.pop("RAY_ADDRESS", None)
    os.environ["RAY_TMPDIR"] = str(tmp_path)
    assert rounds._running_here() == ""
    book = tmp_path / "ray" / "ray_current_cluster"
    book.parent.mkdir()
    book.write_text("127.0.0.1:6379\n")
    assert rounds._running_here() == "127.0.0.1:6379"
    monkeypatch.setattr(os, "geteuid", lambda: 4242)
    assert rounds._running_here() == ""
    os.environ["RAY_ADDRESS"] = "10.0.0.7:6379"
    assert rounds._running_here() == "10.0.0.7:6379"


class Later:
    """What Ray gives at a time: a value, or of a stream what comes next."""

    def __init__(self, *comes: tuple[float, object]) -> None:
        self.comes = list(comes)

    @property
    def at_s(self) -> float:
        return self.comes[0][0] if self.comes else 0.0

    def __next__(self) -> Later:
        if not self.comes:
            raise StopIteration
        return Later((0.0, self.comes.pop(0)[1]))


class RayAtTimes:
    """A stand-in for Ray in which one home watches two places, of which one comes at 1 s, one at 600 s.
    `began` has when the home's part was begun, with which places."""

    exceptions = SimpleNamespace(RayError=OSError)

    def __init__(self, *, busy: bool = False, at_s: tuple[float, float] = (1.0, 600.0)) -> None:
        self.busy, self.at_s = busy, at_s
        self.now_s = 0.0
        self.began: list[tuple[float, list[str]]] = []

    def monotonic(self) -> float:
        return self.now_s

    def cluster_resources(self) -> dict[str, int]:
        return {"CPU": 1}

    def remote(self, **options: object) -> Callable[[type], SimpleNamespace]:
        actor = SimpleNamespace(
            view=self._method(self._view), read_places=self._method(self._read), run=self._method(self._run)
        )
        return lambda kind: self._method(lambda *given, **more: actor)

    def _method(self, work: Callable[..., object]) -> SimpleNamespace:
        method = SimpleNamespace(remote=work)
        method.options = lambda **options: method
        return method

    def _view(self, home: Home) -> Later:
        places = [watched(replace(BOARD, id=n, url=f"https://{n}.example.org/")) for n in ("fast", "slow")]
        return Later((0.0, replace(view("a", *places), home=home, busy=self.busy)))

    def _read(self, feeds: list[FleetPlace]) -> Later:
        run_of = SourceRun("fleet", NOW, NOW, Outcome.OK)
        answers = [(feed.source.id, Collected(feed.source, run_of)) for feed in feeds]
        return Later(*zip(self.at_s, answers, strict=True))

    def _run(self, home: Home, asker: object, ids: list[str], *readings: object) -> Later:
        self.began.append((self.now_s, ids))
        return Later((self.now_s, HomeDone("a")))

    def wait(
        self, refs: list[Later], *, num_returns: int, timeout: float | None = None
    ) -> tuple[list[Later], list[Later]]:
        first = min(refs, key=lambda ref: ref.at_s)
        if timeout is not None and first.at_s > self.now_s + timeout:
            self.now_s += timeout
            return [], refs
        self.now_s = max(self.now_s, first.at_s)
        return [first], [ref for ref in refs if ref is not first]

    def get(self, ref: Later) -> object:
        return ref.comes[0][1]

    def put(self, value: object) -> object:
        return value


def test_a_home_waits_a_minute_for_its_slow_places_and_is_handed_them_later(monkeypatch):
    """So does what else it has to do, though no place of it has come."""
    for ray, least_s, first, later in (
        (RayAtTimes(), 61.0, ["fast"], [(600.0, ["slow"])]),
        (RayAtTimes(busy=True, at_s=(500.0, 600.0)), 60.0, [], None),
    ):
        monkeypatch.setattr(rounds, "time", ray)
        rounds.RoundUnderWay(ray, [Home("a", Path("a"), Path("a"))], Effects(), "", send=False).run()
        began_s, places = ray.began[0]
        assert (least_s <= began_s <= 65.0, places) == (True, first)
        assert later is None or ray.began[1:] == later


# --------------------------------------------------------------------------- which homes


def test_each_folder_with_settings_or_a_store_is_a_home(tmp_path):
    for name, file in (("b", "schoolgate.toml"), ("a", "schoolgate.duckdb"), ("c", "notes.txt")):
        (tmp_path / name).mkdir()
        (tmp_path / name / file).touch()
    (tmp_path / "loose.txt").touch()
    homes, remarks = find_homes(tmp_path)
    assert [home.name for home in homes] == ["a", "b"]
    assert homes[1] == Home("b", tmp_path / "b", tmp_path / "b" / "schoolgate.toml")
    assert remarks == []


def test_a_backup_a_hidden_folder_and_a_link_to_a_home_are_no_homes(home, tmp_path):
    """A backup that is worked for is rewritten, and sends what waits in it a second time."""
    folder = home.folder.parent
    made, _ = back_up(home.folder, folder)
    shutil.copytree(home.folder, folder / ".old")
    (folder / "a-link").symlink_to(home.folder)
    found, remarks = find_homes(folder)
    assert found == [home]
    assert sorted(remarks) == [
        "Left out: .old is hidden.",
        "Left out: a-link is the folder of home-00.",
        f"Left out: {made.name} is a backup.",
    ]


def test_a_home_itself_is_no_fleet(home):
    with pytest.raises(InputError, match=rf"itself a home.*schoolgate scan --home {home.folder}"):
        find_homes(home.folder)


def test_a_copy_of_a_home_fails_and_where_neither_has_gone_on_both_do(home):
    note_deed(home)
    other = replace(home, name="other", folder=home.folder.with_name("other"))
    shutil.copytree(home.folder, other.folder)
    other = replace(other, config=other.folder / "schoolgate.toml")
    failed = copied_homes(HomeRound(one).view() for one in (home, other))
    assert [(one.home, "one is a copy" in one.why) for one in failed] == [("home-00", True), ("other", True)]
    note_deed(home)
    (failed_copy,) = copied_homes(HomeRound(one).view() for one in (home, other))
    assert failed_copy.home == "other"
    assert "is an older copy of that of home-00" in failed_copy.why
    assert copied_homes([view("a"), view("b")]) == []


def note_deed(home: Home) -> None:
    """Has the home's audit chain go on."""
    with Store(home.folder, clock=utc_now, sleep=lambda s: None).write("note") as con:
        append(con, [AuditEntry(NOW, "schoolgate", "case_closed", "x", "900000")])


def test_a_second_round_over_the_same_homes_ends_with_1(home):
    with (
        one_round(home.folder.parent),
        pytest.raises(SchoolgateError, match=r"is under way .*did nothing") as refused,
    ):
        called(fleet_run, homes=home.folder.parent)
    assert refused.value.exit_code == 1


@pytest.mark.parametrize("name", ["empty", "missing", "file"])
def test_where_there_are_no_homes_it_is_wrong_use(tmp_path, name):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"no home|no folder"):
        find_homes(tmp_path / name)


def test_the_homes_of_an_older_fleet_are_found_and_what_became_of_its_settings_is_said(tmp_path):
    (tmp_path / "fleet.toml").write_text(
        'contact = "fleet@example.org"\nzone = "Europe/London"\n[engine]\nkind = "local"\n'
        '[[homes]]\nname = "brightwater"\nfolder = "homes/brightwater"\n'
        '[[homes]]\nname = "hexley"\nfolder = "/srv/hexley"\nconfig = "hexley.toml"\nmachine = "b"\n'
        '[[places]]\nid = "gazette"\nkind = "feed"\nurl = "https://example.org/feed.xml"\n',
        encoding="utf-8",
    )
    homes, remarks = find_homes(tmp_path)
    folder = tmp_path / "homes" / "brightwater"
    assert homes == [
        Home("brightwater", folder, folder / "schoolgate.toml"),
        Home("hexley", Path("/srv/hexley"), tmp_path / "hexley.toml"),
    ]
    gone, keys, places = remarks
    assert f"let a timer run ⟪fleet run⟫ {tmp_path} every few minutes" in gone
    assert "for that let ⟪serve⟫ run for the home" in gone
    assert "No longer used: contact, engine, machine, zone." in keys
    assert "are no longer asked: add each to the schoolgate.toml of the homes" in places


CANNOT = "cannot be read as the file of an older fleet"
BROKEN = ("[[homes", '[[homes]]\nname = "a"\n', 'homes = "a"\n', 'homes = ["a"]\n')
ROWS_OF_ONE_NAME = "".join(f'[[homes]]\nname = "a"\nfolder = "{folder}"\n' for folder in ("one", "two"))


@for_each(
    ("text", "why"),
    [*((text, CANNOT) for text in BROKEN), (ROWS_OF_ONE_NAME, "several homes of one name: a")],
)
def test_an_older_fleets_file_that_cannot_be_read_or_names_a_home_twice_is_wrong_use(tmp_path, text, why):
    (tmp_path / "fleet.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=why):
        find_homes(tmp_path)


def test_what_a_home_fails_of_is_a_sentence_for_a_person():
    home = Home("a", Path("/a"), Path("/a/schoolgate.toml"))

    def fails(error: Exception) -> Callable[[], None]:
        def work() -> None:
            raise error

        return work

    assert whether_failed(home, fails(SchoolgateError("It is\nso."))) == HomeFailed("a", "It is so.")
    found = whether_failed(home, fails(ValueError("words of a post")))
    assert isinstance(found, HomeFailed)
    assert found.why.startswith("ValueError at ")
    assert found.why.endswith("; please report it")
    assert "words of a post" not in found.why


# --------------------------------------------------------------------------- places, each once

BOARD = Source("board", "feed", "https://talk.example.org/feed")


def view(name: str, *watched: Watched, urn: str | None = None, network: str = "") -> HomeView:
    school = School(urn or f"9{name}", f"{name.title()} Primary School", locality="Northvale")
    return HomeView(Home(name, Path(name), Path(name)), (school,), watched, network)


def watched(source: Source = BOARD, *, due: bool = True, **state: object) -> Watched:
    return Watched(source, replace(SourceState(source.id), **state), due)


def test_a_place_that_several_homes_watch_alike_is_asked_once_and_as_often_as_one_of_them_wants():
    mine = replace(BOARD, id="talk", name="Talk of the town", interval_s=600.0)
    (feed,) = feeds_due([view("a", watched(due=False)), view("b", watched(mine))])
    assert feed.watchers == (("a", "board", ("9a",)), ("b", "talk", ("9b",)))
    assert (feed.source.url, feed.source.urns) == (BOARD.url, ("9a", "9b"))
    assert feed.state.scope == scope_of(feed.source)
    assert feeds_due([view("a", watched(due=False)), view("b", watched(mine, due=False))]) == []


@for_each(
    "other",
    [
        {"source": replace(BOARD, url="https://talk.example.org/other")},
        {"source": replace(BOARD, settings={"articles": False})},
        {"source": replace(BOARD, channel="news")},
        {"source": replace(BOARD, own=True)},
        {"etag": '"7"'},
        {"watermark": NOW},
        {"resume": "https://talk.example.org/feed?page=2"},
    ],
)
def test_what_is_asked_or_has_been_read_otherwise_is_asked_by_itself(other):
    assert len(feeds_due([view("a", watched()), view("b", watched(**other))])) == 2


def test_homes_that_reach_the_world_otherwise_share_no_place():
    assert len(feeds_due([view("a", watched()), view("b", watched(), network="proxy")])) == 2


def test_where_a_site_asked_one_home_to_wait_it_is_left_alone_for_all():
    later = NOW + timedelta(hours=1)
    (feed,) = feeds_due([view("a", watched()), view("b", watched(not_before=later))])
    assert feed.state.not_before == later


def test_of_a_place_for_more_than_fifty_schools_each_home_is_handed_what_points_to_its_own():
    views = [
        HomeView(
            Home(name, Path(name), Path(name)),
            (School(f"9{n:05}", f"{name} Primary School", locality=town(n)),),
            (watched(),),
            "",
        )
        for n, name in enumerate(NAMES)
    ]
    posts = [
        a_mention("1", text=f"The fair at {NAMES[7]} Primary School in {town(7)} was good."),
        a_mention("2", text="Roadworks on the bypass until Friday."),
    ]
    few, many = (feeds_due(some)[0] for some in (views[:50], views))
    answer = Collected(BOARD, SourceRun("x", NOW, NOW, Outcome.OK), tuple(posts))
    assert Pointing(views[:50]).reading(few, answer) == (HandedReading(answer), 0)
    reading, to_nobody = Pointing(views).reading(many, answer)
    assert reading.pointed == (frozenset({"900007"}), frozenset())
    assert to_nobody == 1


def test_a_school_that_two_homes_have_is_known_by_what_either_calls_it():
    one = view("a", urn="900001")
    other = replace(one, schools=(replace(one.schools[0], name="Hexley School", aliases=("The Hex",)),))
    (school,) = rounds.every_school([one, other])
    assert (school.name, school.aliases) == ("A Primary School", ("Hexley School", "The Hex"))


# --------------------------------------------------------------------------- one home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (made,) = write_homes(tmp_path / "homes", "https://site.example.org", 1)
    return made


@pytest.fixture(scope="module")
def threatened_made(tmp_path_factory):
    """A home that has read of a threat, made once."""
    (made,) = write_homes(tmp_path_factory.mktemp("threatened") / "homes", "https://site.example.org", 1)
    threat = a_post("1", THREATS[5].format(NAMES[0], town(0)))
    HomeRound(made).run(reading(threat, to=("1",)), Words(), refused, send=False)
    return made


@pytest.fixture
def threatened(threatened_made, tmp_path) -> Home:
    folder = shutil.copytree(threatened_made.folder, tmp_path / threatened_made.name)
    return replace(threatened_made, folder=folder, config=folder / "schoolgate.toml")


def test_a_home_where_nothing_is_due_has_its_threat_passed_on_once(threatened):
    """By the tasks of the service, which may run as well."""
    passed_on = ("escalation", "head", "mail")
    assert not HomeRound(threatened).view().busy
    assert passed_on not in held(threatened.folder)["outbox"]
    later = HomeRound(threatened, Effects(clock=lambda: utc_now() + timedelta(minutes=20)))
    assert later.view().busy
    done = [later.run({}, Words(), refused, send=False) for _ in range(2)]
    assert [(one.new, one.undone) for one in done] == [(0, ())] * 2
    assert held(threatened.folder)["outbox"].count(passed_on) == 1
    assert not later.view().busy


def test_a_home_is_busy_every_hour_to_delete_and_when_a_case_is_to_be_looked_at_again(
    threatened, monkeypatch
):
    assert not HomeRound(threatened).view().busy
    assert HomeRound(threatened, Effects(clock=lambda: utc_now() + timedelta(minutes=61))).view().busy
    with Store(threatened.folder, clock=utc_now, sleep=lambda s: None).write("look") as con:
        con.execute("UPDATE cases SET recheck_at = ?", [NOW])
    assert HomeRound(threatened).view().busy
    asked: list[str] = []

    def look(store: Store, context: object, fetch: Fetch, *_: object) -> list[object]:
        fetch(Request("https://talk.example.org/1"))
        return []

    def ask(request: Request) -> FetchFailure:
        asked.append(request.url)
        return refused(request)

    monkeypatch.setattr(step, "rechecks", look)
    assert HomeRound(threatened).run({}, Words(), ask, send=False).undone == ()
    assert asked == ["https://talk.example.org/1"]


def test_a_home_that_rounds_look_after_is_not_said_to_have_been_left_alone(home):
    days = [NOW + timedelta(days=9), NOW + timedelta(days=9, hours=1)]
    Notebook(home.folder).keep(Book(alive=NOW))
    for day in days:
        HomeRound(home, Effects(clock=lambda day=day: day)).run({}, Words(), refused, send=False)
    (gap,) = Notebook(home.folder).book.past
    assert (gap.work, gap.since, gap.until) == ("service", NOW, days[0])


def test_what_is_written_for_so_many_schools_at_a_look_is_looked_for_again(home, monkeypatch):
    looks: list[object] = []
    tasks = {"digests": lambda con, *given: looks.append(con) or [lambda con: None]}
    monkeypatch.setattr(homes, "AT_A_LOOK", 1)
    monkeypatch.setattr(homes, "PERIODIC_TASKS", tasks)
    HomeRound(home).run({}, Words(), refused, send=False)
    assert len(looks) == 2


def test_a_task_that_fails_is_named_and_keeps_nothing_else_from_being_done(home, monkeypatch):
    def fails(*given: object) -> None:
        raise ValueError("words of a post")

    monkeypatch.setattr(homes, "PERIODIC_TASKS", {"escalation": fails})
    assert HomeRound(home).view().busy
    done = HomeRound(home).run(reading(a_post("1", "The fair."), to=("1",)), Words(), refused, send=False)
    assert (done.new, done.undone) == (1, ("escalation",))


def refused(request: Request) -> FetchFailure:
    return FetchFailure(Outcome.UNREACHABLE, request.url, "It is not there.", utc_now())


def reading(*posts: object, to: tuple[str, ...] = ()) -> dict[str, HandedReading]:
    """A reading of the home's board; `to` are the posts that point to its school."""
    run_of = SourceRun("fleet", utc_now(), utc_now(), Outcome.OK, mentions_read=len(posts), scope="fleet")
    pointed = tuple(frozenset({"900000"} if post.id in to else ()) for post in posts)  # type: ignore[attr-defined]
    return {"board": HandedReading(Collected(BOARD, run_of, posts), pointed)}  # type: ignore[arg-type]


def a_post(n: str, text: str, **of: object):
    return a_mention(n, id=n, text=text, published=NOW, fetched_at=NOW, **of)


def ids(home: Home) -> dict[str, int]:
    with Store(home.folder, clock=utc_now, sleep=lambda s: None).open_reader() as con:
        return dict(con.execute("SELECT id, version FROM mentions").fetchall())


def test_a_home_takes_answers_to_its_posts_and_edits_of_what_it_has_though_nothing_points_to_its_school(home):
    named = a_post("1", f"{NAMES[0]} Primary School in {town(0)} was shut again.")
    HomeRound(home).run(reading(named, to=("1",)), Words(), refused, send=False)
    assert ids(home) == {"1": 1}
    later = (
        replace(named, text="It was shut again, they say."),
        a_post("2", "And nobody told the parents.", parent="1"),
        a_post("3", "Roadworks on the bypass."),
    )
    done = HomeRound(home).run(reading(*later), Words(), refused, send=False)
    assert ids(home) == {"1": 2, "2": 1}
    assert (done.new, done.unseen) == (2, ())


def test_what_a_home_is_handed_twice_it_has_once(home):
    insult = a_post("1", f"The head of {NAMES[0]} Primary School in {town(0)} is a useless moron.")
    before = None
    for new in (1, 0):
        done = HomeRound(home).run(reading(insult, to=("1",)), Words(), refused, send=False)
        found = {name: rows for name, rows in held(home.folder).items() if name != "runs"}
        assert (done.new, done.alerts) == (new, new)
        assert found == (before or found)
        before = found
    assert before is not None
    assert len(before["alerts"]) == 1


def test_a_home_says_what_is_due_and_what_it_learnt_for_other_schools_is_not_relied_on(home):
    first = HomeRound(home).view()
    assert [one.source.id for one in first.watched] == ["board", "paper-0", "own-0"]
    assert (all(one.due for one in first.watched), first.busy) == (True, True)  # nothing was ever purged
    run_of = {"etag": '"1"', "watermark": NOW}
    given = reading()
    asked = given["board"].asked
    read = replace(asked, run=replace(asked.run, **run_of))
    HomeRound(home).run({"board": replace(given["board"], asked=read)}, Words(), refused, send=False)
    second = HomeRound(home).view()
    board = second.watched[0]
    assert not second.busy
    assert (board.due, board.state.etag, board.state.scope) == (False, '"1"', scope_of(board.source))
    with home.config.open("a", encoding="utf-8") as file:
        file.write('[[schools]]\nurn = "900999"\nname = "Hexley Primary School"\n')
    board = HomeRound(home).view().watched[0]
    assert (board.state.etag, board.state.watermark) == (None, None)


def test_a_home_that_only_looks_watches_nothing_and_keeps_nothing_that_a_round_read(home):
    home.config.write_text(home.config.read_text("utf-8").replace(DPIA, ""), encoding="utf-8")
    assert HomeRound(home).view().watched == ()
    done = HomeRound(home).run(reading(), Words(), refused, send=False)
    assert (done.new, done.alerts) == (0, 0)


def test_a_mailbox_is_read_by_its_own_home_and_its_sign_in_is_handed_to_nobody(home, monkeypatch):
    monkeypatch.setenv("BOX", "a secret of this home")
    with home.config.open("a", encoding="utf-8") as file:
        file.write(
            '[[sources]]\nid = "box"\nkind = "mailbox"\nurl = "imaps://mail.example.org/INBOX"\n'
            'settings = { user = "alerts@example.org", password_env = "BOX" }\n'
        )
    seen = HomeRound(home).view()
    assert "box" not in {one.source.id for one in seen.watched}
    assert seen.busy
    assert "a secret of this home" not in repr(seen)
    asked: list[str] = []

    class Own:
        def fetch(self, request: Request, conditional: object = None) -> FetchFailure:
            asked.append(f"own {request.url}")
            return refused(request)

    def for_all(request: Request) -> FetchFailure:
        asked.append(f"all {request.url}")
        return refused(request)

    reader = HandedReader(Own(), for_all)  # type: ignore[arg-type]
    for request in (Request("imaps://mail.example.org/INBOX", auth="box"), Request("https://example.org/a")):
        reader.fetch(request)
    assert asked == ["own imaps://mail.example.org/INBOX", "all https://example.org/a"]


def test_a_home_that_names_or_links_to_what_is_another_homes_is_left_out(tmp_path):
    """One account reads for all of them: a file must not make it read another home's secret."""
    one, other = write_homes(tmp_path / "homes", "https://site.example.org", 2)
    (other.folder / "password").write_text("of the other home", encoding="utf-8")
    (tmp_path / "homes" / "register.csv").touch()  # lies in no home, and may serve all
    mailbox = (
        '[[sources]]\nid = "box"\nkind = "mailbox"\nurl = "imaps://mail.example.org/INBOX"\n'
        'settings = { user = "alerts@example.org", password_file = "../home-01/password" }\n'
    )
    text = one.config.read_text(encoding="utf-8")
    one.config.write_text(f'register_file = "../register.csv"\n{text}{mailbox}', encoding="utf-8")
    with pytest.raises(ConfigError, match="password is another home's") as told:
        HomeRound(one)
    assert len(told.value.faults) == 1
    (other.folder / "evidence").symlink_to(one.folder)
    with pytest.raises(ConfigError, match="evidence is another home's"):
        HomeRound(other)


# --------------------------------------------------------------------------- how it ends

UNSEEN = PlaceNotSeen("The Gazette", Outcome.BLOCKED, "It asks for a sign-in.")
WELL = HomeDone("a", new=3, alerts=1, waiting=2)
IN_PART = HomeDone("b", unseen=(UNSEEN,))
TASK_FAILED = HomeDone("b", undone=("escalation",))
LOCKED = HomeFailed("c", "Another process holds it.")


@for_each(
    ("done", "failed", "code"),
    [
        ((WELL,), (), 0),
        ((WELL, IN_PART), (), 3),
        ((TASK_FAILED,), (), 3),
        ((WELL,), (LOCKED,), 3),
        ((), (LOCKED,), 1),
    ],
)
def test_it_ends_with_3_where_a_home_or_a_place_failed_and_with_1_where_every_home_did(done, failed, code):
    assert exit_of(FleetRound(len(done) + len(failed), done, failed)) == code


def test_what_a_home_did_in_two_parts_is_told_as_one():
    second = HomeDone("a", new=1, alerts=1, waiting=0, unseen=(UNSEEN,), undone=("cases",), seconds=2.0)
    assert second.after(replace(WELL, seconds=1.0)) == HomeDone("a", 4, 2, 0, (UNSEEN,), ("cases",), 3.0)
    assert second.after(None) == second


def test_the_command_names_what_failed_and_why(tmp_path, monkeypatch, capsys):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "schoolgate.toml").touch()
    ended = FleetRound(
        3, (WELL, replace(IN_PART, undone=("escalation",))), (LOCKED,), places=5, posts=1200, to_nobody=1100
    )
    given: dict[str, object] = {}

    def pretend(homes: list[Home], address: str, **others: object) -> FleetRound:
        sys.stdout.write("(raylet) A worker died\n")
        given.update(others, address=address, homes=[home.name for home in homes])
        return ended

    monkeypatch.setattr(rounds, "run_round", pretend)
    code, said = called(fleet_run, homes=tmp_path, no_send=True, contact="fleet@example.org")
    assert (code, said) == (
        3,
        [
            "3 homes, 1 failed. 5 sources asked.",
            "1,200 posts; 1,100 point to no school of these homes and went to nobody. New in homes: 3. "
            "Alerts: 1. Messages that wait: 2.",
            "! c: Another process holds it.",
            "! b: not done, and tried again in the next round: escalation.",
            "! b: could not see The Gazette (blocked). It asks for a sign-in.",
        ],
    )
    assert given["address"] == "auto"
    assert (given["send"], given["contact"], given["homes"]) == (False, "fleet@example.org", ["a"])
    assert capsys.readouterr().out == ""
