"""What the command may load before it knows what is asked of it."""

import subprocess
import sys

import pytest
from builders.config import PERSON, SCHOOL, SOURCE, write
from builders.home import a_migrated_store

from monitor.config.load import load_file
from monitor.home import wiring

pytestmark = pytest.mark.house

HEAVY = {
    "duckdb", "_duckdb", "numpy", "onnxruntime", "tokenizers", "transformers", "torch", "requests", "urllib3",
    "bs4",
    "lxml", "feedparser", "rich", "ahocorasick_rs", "rapidfuzz",
    "holidays", "babel", "apscheduler", "jinja2", "css_inline", "apprise", "typst",
    "starlette", "uvicorn", "msal", "jwt", "joserfc", "cryptography", "webauthn",
}  # fmt: skip


FOR_READING = {"soupsieve", "trafilatura", "extruct", "chardet", "dateparser", "fastapi", "duckdb", "pytz"}


def _printed_by(code: str) -> list[str]:
    out = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    return out.stdout.split()


def _loaded_by(code: str) -> set[str]:
    return set(_printed_by(f"{code}\nimport sys\nprint('\\n'.join(m.split('.')[0] for m in sys.modules))"))


WITHOUT = {
    "the command line: nothing heavy": ("import monitor.cli.app", HEAVY),
    "help: nothing heavy": (
        "import contextlib, io, sys\n"
        "sys.argv = ['schoolgate', 'scan', '--help']\n"
        "from monitor.cli.app import app_for_words, run_app\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n"
        "    run_app(app_for_words(sys.argv[1:]))",
        HEAVY,
    ),
    "reading a case or its proof: nothing that fetches or captures": (
        "import monitor.desk.case.reading\n"
        "import monitor.act.proving\n"
        "import monitor.cli.commands.evidence, monitor.act.proving\n"
        "import monitor.act.keeping",
        {"requests", "urllib3", "warcio", "wacz", "fsspec", "typst"},
    ),
    "the service: neither archiver nor stamps until it has use for them": (
        "import monitor.cli.commands.service, monitor.service.step, monitor.service.serve, monitor.desk.app\n"
        "import monitor.desk.oidc",
        {"warcio", "fsspec", "webauthn", "whoisit", "rfc3161_client", "joserfc", "cryptography"},
    ),
    "checking settings: no collectors": (
        "from pathlib import Path\nfrom monitor.config.load import load_file\n"
        "load_file(Path({path!r}), {{}})",
        {"bs4", "soupsieve", "lxml", "feedparser", "trafilatura", "requests", "chardet"},
    ),
}


@pytest.mark.parametrize(("code", "unwanted"), WITHOUT.values(), ids=WITHOUT)
def test_what_is_begun_loads_no_more_than_it_needs(tmp_path, code, unwanted):
    """Import within the function what only some need: `python -X importtime` shows who imports it."""
    path = write(tmp_path, SCHOOL + SOURCE)
    loaded = _loaded_by(code.format(path=str(path)))
    assert "monitor" in loaded
    assert not loaded & unwanted


@pytest.mark.parametrize(
    ("begun", "unwanted"),
    [
        ("monitor.service.serve, monitor.desk.app, monitor.desk.oidc",
         ("classifiers.signals.catalogue", "classifiers.verdicts.press", "classifiers.verdicts.decide")),
        ("monitor.service.serve", ("monitor.desk.app", "monitor.desk.pages")),
    ],
    ids=["patterns that judge", "pages"],
)  # fmt: skip
def test_the_service_starts_without_what_it_needs_later(begun, unwanted):
    """Import within the function what the service needs later."""
    loaded = _printed_by(f"import {begun}\nimport sys\nprint('\\n'.join(sys.modules))")
    assert "monitor.service.step" in loaded
    assert not [module for module in loaded if module.startswith(unwanted)]


ALONE = {
    "of all countries' holidays, our own": (
        "import sys\n"
        "from datetime import date\n"
        "from data.register.calendar import Calendar\n"
        "assert not Calendar().working_day(date(2026, 12, 25))\n"
        "assert [m for m in sys.modules if m.startswith('holidays.countries.')] == "
        "['holidays.countries.united_kingdom']"
    ),
    "of all commands, those of the group that was asked for": (
        "from typer import Context\n"
        "from typer.main import get_command\n"
        "from monitor.cli.app import app, app_for_words\n"
        "group = get_command(app_for_words(['source', 'list'])).commands['source']\n"
        "ctx = Context(group)\n"
        "assert group.get_command(ctx, 'list').name == 'list'\n"
        "assert 'commands' not in vars(group)\n"
        "assert group.get_command(ctx, 'no such') is None\n"
        "assert len(group.commands) > 1\n"
        "assert 'commands' not in vars(get_command(app).commands['schools'])"
    ),
    "no logging before the program begins": (
        "import logging\n"
        "import data.types, sources.base, classifiers.verdicts.decide, monitor.cli.app\n"
        "import alerts.raise_alert\n"
        "assert not logging.getLogger().handlers and not logging.getLogger('schoolgate').handlers"
    ),
}


@pytest.mark.parametrize("code", ALONE.values(), ids=ALONE)
def test_no_more_is_made_than_is_asked_for(code):
    """Import one country of `holidays`, make commands lazily, set up logging where the program begins."""
    _printed_by(code)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home that was scanned."""
    folder = tmp_path_factory.mktemp("home")
    path = write(folder, SCHOOL + PERSON + SOURCE)
    store = a_migrated_store(folder)
    wiring.remember_config(store, load_file(path, {}))
    return folder


SHOWS = ("alerts list", "status", "source list", "scan --help")


@pytest.fixture(scope="module")
def shown(home):
    """What is loaded after each of these, one after the other in a process: what one loads alone is in it."""
    typed = [
        [*command.split(), *(["--home", str(home)] if "--help" not in command else [])] for command in SHOWS
    ]
    said = _printed_by(
        "import contextlib, io, sys\n"
        "from monitor.cli.app import app_for_words, run_app\n"
        f"for words in {typed!r}:\n"
        "    sys.argv = ['schoolgate', *words]\n"
        "    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):\n"
        "        with contextlib.suppress(SystemExit):\n"
        "            run_app(app_for_words(sys.argv[1:]))\n"
        "    print(','.join(sys.modules))"
    )
    return dict(zip(SHOWS, (set(line.split(",")) for line in said), strict=True))


@pytest.mark.parametrize("command", SHOWS)
def test_a_command_that_shows_what_is_there_loads_no_parser(shown, command):
    """Import within the function what a command that shows does not need."""
    loaded = {module.partition(".")[0] for module in shown[command]}
    assert "monitor" in loaded
    assert not loaded & (HEAVY - {"_duckdb", "holidays"} | FOR_READING)


NOT_FOR_LISTS = (
    "alerts.ladder.advance", "alerts.ladder.mails", "alerts.ladder.guards", "alerts.wording.instant",
    "alerts.select", "monitor.act.casework", "monitor.config.home.context",
)  # fmt: skip


def test_a_list_loads_no_rules_of_the_ladder_and_nothing_that_writes_mails(shown):
    """Import within the function what a list does not need."""
    loaded = shown["alerts list"]
    assert "monitor.matters.reader" in loaded
    assert not [module for module in loaded if module.startswith(NOT_FOR_LISTS)]


def test_the_version_is_told_without_reading_a_command():
    """Answer `--version` before commands are imported."""
    loaded = _printed_by(
        "import contextlib, io, sys\n"
        "from monitor.cli.app import app_for_words, run_app\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n"
        "    sys.argv[1:] = ['--version']\n"
        "    run_app(app_for_words(sys.argv[1:]))\n"
        "print('\\n'.join(sys.modules))"
    )
    assert "importlib.metadata" in loaded
    assert not [module for module in loaded if module.startswith("monitor.cli.commands.people")]


@pytest.mark.parametrize("command", ["alerts list", "status"])
def test_a_list_takes_few_calls(home, command):
    """Find what the command loads or asks that it has no use for: `python -X importtime`.

    Measured: 449,000 and 482,000 calls of functions, those of imports among them.
    """
    words = [*command.split(), "--home", str(home)]
    calls = _printed_by(
        "import contextlib, io, sys\n"
        "calls = 0\n"
        "def count(frame, event, value):\n"
        "    global calls\n"
        "    calls += event == 'call'\n"
        f"sys.argv[1:] = {words!r}\n"
        "sys.setprofile(count)\n"
        "from monitor.cli.app import app_for_words, run_app\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n"
        "    run_app(app_for_words(sys.argv[1:]))\n"
        "sys.setprofile(None)\n"
        "print(calls)"
    )
    assert int(calls[-1]) < 600_000
