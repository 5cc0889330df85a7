"""The code of another package has a process of its own, without files, secrets and network."""

from __future__ import annotations

import os
import socket
import sys
import time
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
import support.strain
from builders.plugin import BEGINS, write_package

from data.errors import InputError, Unreadable
from data.types import Outcome, Response, Source, SourceState
from monitor.pipeline.scanning.asking import asked
from sources.parser_process import ParserProcess
from sources.plugins.kind import Plugin, installed

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="nothing is loaded elsewhere than on Linux")
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
URL = "https://board.example.org/"
SECRET = "drowssap"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder with a secret in it, and two packages that are found."""
    home = tmp_path_factory.mktemp("home")
    (home / "secret").write_text(SECRET)
    with pytest.MonkeyPatch.context() as patch:
        site = tmp_path_factory.mktemp("site")
        for name in ("sg-burglar", "sg-other"):
            write_package(site, name)
        write_package(site, "sg-odd", BEGINS.replace("(said,)", "(1,)"))
        patch.setenv("PYTHONPATH", str(site))
        patch.setenv("SCHOOLGATE_MAIL_PASSWORD", SECRET)
        patch.syspath_prepend(site)
        yield home


@pytest.fixture(scope="module")
def apart(home):
    reader = ParserProcess(time.monotonic, command=support.strain.CHILD)
    yield reader
    reader.let_go(0.0)


def does(apart, what, package="sg-burglar"):
    kind = f"{package}:board"
    page = Plugin(kind).read(
        apart, Source("s", kind, URL, settings={"does": what}), Response(URL, 200, (), b"", NOW)
    )
    return page.warnings[0]


HARMLESS = {
    "reckoning": ("1 + 1", "got 2"),
    "its own files": ("len(open(__file__).read()) > 100", "got True"),
    "a zone": ("str(__import__('zoneinfo').ZoneInfo('Europe/London'))", "got 'Europe/London'"),
    "a tree": ("__import__('sources.html.markup').html.markup.soup('<p>x').p.text", "got 'x'"),
}


@pytest.mark.parametrize(("what", "comes"), HARMLESS.values(), ids=HARMLESS.keys())
def test_what_a_reader_needs_it_may_do(apart, what, comes):
    assert does(apart, what) == comes


THEFTS = {
    "a file of the home": "open('{home}/secret').read()",
    "a file of the system": "open('/etc/passwd').read()",
    "a folder": "os.listdir('{home}')",
    "a new file": "open('{home}/new', 'w')",
    "a file written over": "open('{home}/secret', 'a')",
    "a file's rights": "os.chmod('{home}/secret', 0o666)",
    "a file's end": "os.unlink('{home}/secret')",
    "its parent's passwords": "open('/proc/{parent}/environ').read()",
    "its parent's memory": "open('/proc/{parent}/mem', 'rb')",
    "a signal to its parent": "os.kill({parent}, 0)",
    "a server on this machine": "socket.create_connection(('127.0.0.1', {port}), 1)",
    "a host by its name": "socket.getaddrinfo('example.org', 80)",
    "a socket of this machine's": "socket.socket(socket.AF_UNIX)",
    "a program": "os.posix_spawn('/bin/true', ['true'], {{}})",
    "a process": "os.fork()",
    "a signal to its parent when a file can be read": "__import__('fcntl').fcntl(0, 8, {parent})",
    "a thread": "threading.Thread(target=print).start()",
}


@pytest.mark.parametrize("theft", THEFTS.values(), ids=THEFTS.keys())
def test_what_no_reader_needs_is_taken_from_it(apart, home, theft):
    with socket.create_server(("127.0.0.1", 0)) as server:
        what = theft.format(home=home, parent=os.getpid(), port=server.getsockname()[1])
        assert does(apart, what) in ("PermissionError", "OSError", "RuntimeError", "gaierror")
    assert (home / "secret").read_text() == SECRET


def test_shared_memory_counts_as_well(apart):
    """What is mapped as shared is no data for the system."""
    assert does(apart, "len(__import__('mmap').mmap(-1, 1 << 20))") == f"got {1 << 20}"
    assert does(apart, "__import__('mmap').mmap(-1, 600 << 20)") == "OSError"


def test_a_page_of_wrong_values_is_told_as_such(apart):
    with pytest.raises(Unreadable, match=r"gave something else than it should \(warnings\.0: "):
        does(apart, "1", "sg-odd")


def test_what_it_calls_an_error_is_one_short_line_of_the_log(apart, caplog):
    with pytest.raises(Unreadable):
        does(apart, "(_ for _ in ()).throw(type('a\\nERROR \\x1b' + 'x' * 999, (Exception,), {})())")
    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith("fault=a\\nERROR \\x1bxxx")
    assert len(line) < 700


def test_it_has_none_of_our_environment(apart):
    assert SECRET not in does(apart, "dict(os.environ)")


def test_each_package_has_a_process_of_its_own_and_ours_is_another(apart):
    ids = [does(apart, "os.getpid()"), does(apart, "os.getpid()", "sg-other")]
    assert len({*ids, f"got {apart(support.strain.pid)}"}) == 3
    assert does(apart, "os.getpid()") == ids[0]


def test_nothing_of_a_package_is_imported_here(apart):
    assert {*installed()} >= {"sg-burglar", "sg-other"}
    assert does(apart, "1")
    assert "sg_burglar" not in sys.modules
    with pytest.raises(AssertionError):
        Plugin("sg-burglar:board").parse(
            Source("s", "sg-burglar:board", URL), Response(URL, 200, (), b"", NOW)
        )
    assert "sg_burglar" not in sys.modules


def test_where_nothing_can_be_taken_from_it_nothing_is_loaded(home):
    vax = "import os; os.uname = lambda: os.uname_result(('', '', '', '', 'vax'))"
    begins = f"{vax}\nfrom sources.parser_process import main\nmain()"
    reader = ParserProcess(time.monotonic, command=(sys.executable, "-c", begins))
    with pytest.raises(Unreadable, match=r"no way to \(schoolgate docs plugins\), so nothing"):
        does(reader, "1")


def test_a_bug_of_a_package_is_told_as_its_own(apart):
    with pytest.raises(Unreadable, match=r"^sg-burglar:board: its package could not read it \(KeyError: "):
        does(apart, "{}['x']")


def test_what_a_package_says_of_an_error_is_cut_short_and_made_visible(apart):
    with pytest.raises(InputError, match=r"^sg-burglar:board: ring ⟦U\+202E⟧ 0900 x+$") as raised:
        does(apart, "(_ for _ in ()).throw(InputError('ring \\u202e 0900 ' + 'x' * 9999))")
    assert len(str(raised.value)) < 320


def test_settings_that_it_refuses_are_named(apart):
    source = Source("s", "sg-burglar:board", URL, settings={"nonsense": 1})
    assert Plugin(source.kind).wrong(apart, source) == (
        "sg-burglar:board: its settings are refused. “nonsense”: Extra inputs are not permitted"
    )


def test_a_place_whose_package_has_gone_is_not_set_up_and_stops_no_other(apart):
    reader = SimpleNamespace(apart=apart, fetch=lambda request, state: Response(URL, 200, (), b"x", NOW))
    found = asked(Source("s", "sg-nobody:board", URL), SourceState("s"), reader, lambda: NOW)
    assert found.failed is None
    assert (found.collected.run.outcome, found.collected.run.detail) == (
        Outcome.MISCONFIGURED,
        "sg-nobody:board: it is not installed. Install it, or remove the source.",
    )


@pytest.mark.parametrize("kind", ["sg-nobody:board", "sg-burglar:bord"])
def test_what_is_not_installed_is_said(apart, kind):
    assert Plugin(kind).wrong(apart, Source("s", kind, URL)) == (
        f"{kind}: it is not installed. Install it, or remove the source."
    )
