"""Rules of the house that a reader of one file cannot see broken."""

import ast
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb
import grimp
import pytest
import typer
from support.every_command import leaves
from support.for_each import for_each
from support.wording import CODE, TEMPLATES, is_sentence, sentences_in_code, sentences_in_template

from data.errors import write_commands
from monitor.desk.app import desk_app
from monitor.setup.desk.frame import Step
from monitor.setup.desk.pages import setup_pages

pytestmark = pytest.mark.house

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("data", "sources", "classifiers", "alerts", "monitor")
DUCKDB = {"duckdb", "_duckdb"}
CONNECTION = ("data.store.engine.rows", "data.store.engine.connect")
MODULES = sorted(p for room in ROOMS for p in (ROOT / room).rglob("*.py"))

SOCKETS = {
    "socket", "ssl", "requests", "urllib3", "http.client", "http.server", "smtplib", "urllib.request",
    "socketserver", "apprise", "uvicorn",
}  # fmt: skip
MAY_OPEN_SOCKETS = (
    "sources/http/", "sources/mailbox/reading.py", "sources/mailbox/reading.py", "sources/fetch.py",
    "alerts/delivery/", "monitor/service/", "monitor/cli/demo/run.py",
)  # fmt: skip
"""What goes out to read; what is sent; what the service answers on; the demo's own documents."""


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(_text(path))


@cache
def _nodes(path: Path) -> Mapping[type[ast.AST], Sequence[Any]]:
    """What a module is made of, by kind: most rules ask about two or three of a hundred."""
    found = defaultdict[type[ast.AST], list[ast.AST]](list)
    for node in ast.walk(_tree(path)):
        found[type(node)].append(node)
    return found


def _of_kind(path: Path, *kinds: type[ast.AST]) -> Iterator[Any]:
    return chain.from_iterable(_nodes(path).get(kind, ()) for kind in kinds)


@cache
def _graph() -> grimp.ImportGraph:
    """Who imports whom."""
    return grimp.build_graph(*ROOMS, cache_dir=None)


@cache
def _product() -> str:
    return "\n".join(map(_text, (*MODULES, ROOT / "sources" / "kinds.toml")))


@cache
def _imports(path: Path) -> frozenset[str]:
    names: set[str] = set()
    for node in _of_kind(path, ast.Import, ast.ImportFrom):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return frozenset(names)


def _relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_the_rooms_import_only_downwards():
    """Move the import, or what it imports, so that each room imports from those below it (pyproject.toml)."""
    run = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr


def _reached_from(start: str, imported: Mapping[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    left = [start]
    while left:
        new = imported[left.pop()] - seen
        seen |= new
        left.extend(new)
    return seen


def test_no_module_imports_itself_by_way_of_others():
    """Break the circle: move what both need into a module below."""
    graph = _graph()
    imported = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert len(imported) >= len(MODULES)
    assert not sorted(module for module in imported if module in _reached_from(module, imported))


def test_only_the_fetcher_the_delivery_the_service_and_the_demo_open_sockets():
    """Reach the network through sources/http or alerts/delivery; or add the module to MAY_OPEN_SOCKETS."""
    others = [path for path in MODULES if not _relative(path).startswith(MAY_OPEN_SOCKETS)]
    used = {
        (_relative(path), name)
        for path in others
        for name in _imports(path)
        if any(name == opens or name.startswith(f"{opens}.") for opens in SOCKETS)
    }
    assert not used


_PARSERS = {"BeautifulSoup", "HTMLParser", "XMLParser", "HTML", "XML", "fromstring", "document_fromstring"}
_PARSERS |= {"fragment_fromstring", "fragments_fromstring", "iterparse", "HTMLPullParser", "XMLPullParser"}
_OUR_OWN_JSON = ("sources/parser_process.py", "sources/capture/browser.py", "sources/hosting.py")
"""What our own processes answer, and the lists of registries that we keep ourselves."""


def _called(path: Path) -> Iterator[str]:
    """The names of all that a module calls, as `json.loads` and `loads`."""
    for node in _of_kind(path, ast.Call):
        name = ast.unparse(node.func)
        yield from {name, name.rpartition(".")[2]}


def test_what_a_site_sends_is_parsed_in_one_module_where_it_is_made_legal_first():
    """Parse by a `parse_…` of sources/html/parsers.py."""
    readers = [path for path in MODULES if _relative(path).startswith("sources/")]
    parsed = {
        (_relative(path), name)
        for path in readers
        for name in _called(path)
        if name in _PARSERS
        or name == "feedparser.parse"
        or (name == "json.loads" and _relative(path) not in _OUR_OWN_JSON)
    }
    assert {module for module, _ in parsed} == {"sources/html/parsers.py"}
    importing = {_relative(p) for p in readers if _imports(p) & {"feedparser", "html.parser", "lxml.html"}}
    assert importing <= {"sources/html/parsers.py"}


def test_every_parser_is_given_nothing_but_what_was_made_legal():
    """Give the text to `sanitise_document` or `sanitise_json` once, and to nothing else."""
    module = _tree(ROOT / "sources" / "html" / "parsers.py")
    parsers = [f for f in module.body if isinstance(f, ast.FunctionDef) and f.name.startswith("parse_")]
    for parser in parsers:
        calls = [n for n in ast.walk(parser) if isinstance(n, ast.Call)]
        doors = [c for c in calls if ast.unparse(c.func) in ("sanitise_document", "sanitise_json")]
        uses = [n for n in ast.walk(parser) if isinstance(n, ast.Name) and n.id == "text"]
        assert [ast.unparse(door.args[0]) for door in doors] == ["text"], parser.name
        assert len(uses) == 1, parser.name
    assert len(parsers) == 6


def test_only_the_store_holds_sql():
    """Move the statement into data/store, or data/retention where it deletes."""
    sql = re.compile(r"\b(SELECT\s.+\sFROM|INSERT INTO|DELETE FROM)\b")
    others = [path for path in MODULES if not _relative(path).startswith("data/")]
    assert not [_relative(path) for path in others if sql.search(_text(path))]


def test_within_data_sql_stands_in_the_store_and_in_what_deletes():
    """Move the statement into data/store, or data/retention where it deletes."""
    runs = re.compile(r"\b(SELECT\s.+\sFROM|INSERT INTO|DELETE FROM)\b|\.execute\(")
    within = [path for path in MODULES if _relative(path).startswith("data/")]
    found = {_relative(path).split("/")[1] for path in within if runs.search(_text(path))}
    assert found == {"store", "retention"}


_BROAD = {"Exception", "BaseException"}


def _caught(handler: ast.ExceptHandler) -> set[str]:
    """The names of what it catches; “BaseException” where it names nothing."""
    if handler.type is None:
        return {"BaseException"}
    return {ast.unparse(each) for each in getattr(handler.type, "elts", [handler.type])}


def test_what_catches_every_exception_raises_again_or_gives_its_reason():
    """Catch what you expect; or write `# noqa: BLE001 - REASON` behind the `except`."""
    unsaid, edges = [], 0
    for path in MODULES:
        lines = _text(path).splitlines()
        for handler in _of_kind(path, ast.ExceptHandler):
            if _caught(handler) & _BROAD and not isinstance(handler.body[-1], ast.Raise):
                edges += 1
                if not re.search(r"# noqa: BLE001 - \w+", lines[handler.lineno - 1]):
                    unsaid.append(f"{_relative(path)}:{handler.lineno}")
    assert not unsaid
    assert edges > 10


def test_duckdb_is_imported_by_its_one_door_alone():
    """Import the connection from data.store.engine."""
    by = {_relative(path) for path in MODULES if _imports(path) & DUCKDB}
    assert by == {"data/store/engine/rows.py"}


def _aliases_of_any(path: Path) -> Iterator[str]:
    for node in _tree(path).body:
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if value and ast.unparse(value).strip("'") in ("Any", "typing.Any"):
            yield f"{_relative(path)}:{node.lineno}"


def test_no_module_gives_another_name_to_any():
    """Write `Any`, or a type."""
    assert not [alias for path in MODULES for alias in _aliases_of_any(path)]


def _names_of_the_connection(path: Path) -> set[str]:
    """What DuckDB's connection is called in the module, by its imports."""
    names = set()
    for node in _of_kind(path, ast.Import, ast.ImportFrom):
        if isinstance(node, ast.ImportFrom) and node.module in CONNECTION:
            names |= {one.asname or one.name for one in node.names if one.name == "Connection"}
    for node in _of_kind(path, ast.Assign):
        if ast.unparse(node.value) == "duckdb.DuckDBPyConnection":
            names |= set(map(ast.unparse, node.targets))
    return names


def _untyped_connections(path: Path) -> Iterator[str]:
    known = _names_of_the_connection(path)
    for node in _of_kind(path, ast.FunctionDef):
        for given in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
            said = ast.unparse(given.annotation) if given.annotation else ""
            if given.arg == "con" and said not in known:
                yield f"{_relative(path)}:{node.lineno} {node.name}(con: {said})"


def test_whoever_is_given_a_connection_of_the_store_says_that_it_is_duckdb_s():
    """Annotate `con` as `Connection` of data.store.engine.rows."""
    from data.store.engine.connect import Connection

    assert Connection is duckdb.DuckDBPyConnection
    assert not [found for path in MODULES for found in _untyped_connections(path)]


def test_no_module_asks_whether_it_is_being_tested():
    """Inject what differs in tests."""
    asks = re.compile(r"\bpytest\b|PYTEST_")
    assert not [_relative(path) for path in MODULES if asks.search(_text(path))]


@pytest.mark.parametrize("room", ROOMS)
def test_the_rooms_are_entered_by_module_not_by_package(room):
    """Empty the `__init__.py` of the room."""
    assert (ROOT / room / "__init__.py").read_text(encoding="utf-8") == ""


def test_no_day_is_written_without_its_year_but_by_the_one_rule_that_knows_when_it_may_be():
    """Write the day by `Words.day` or `Words.brief_day`, which leave out this year's."""
    short = re.compile(r"%-?[bB](?!.*%Y)|format_date\(|:%d\.%m|%d/%m(?!/%Y)|\bMMM(?!.*y)")
    others = [path for path in MODULES if _relative(path) != "data/words/say.py"]
    found = {
        f"{_relative(path)}: {line.strip()}"
        for path in others
        for line in _text(path).splitlines()
        if short.search(line)
    }
    assert not found


PRINTS = {
    "sys": {"stdout", "stderr", "__stdout__", "__stderr__"},
    "typer": {"echo", "secho", "prompt", "confirm"},
    "logging": {"StreamHandler", "basicConfig", "lastResort"},
}
MAY_PRINT = ("monitor/terminal/output.py", "monitor/service/scoring.py", "sources/capture/browser.py")
"""The one that prints; children that answer their parent by a pipe."""


def _prints(path: Path) -> set[str]:
    found = {name for name in _imports(path) if name in ("rich", "rich.console")}
    for node in _of_kind(path, ast.Attribute, ast.ImportFrom, ast.Call):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.attr in PRINTS.get(node.value.id, ()):
                found.add(f"{node.value.id}.{node.attr}")
        elif isinstance(node, ast.ImportFrom) and node.module in PRINTS:
            found |= {f"{node.module}.{one.name}" for one in node.names if one.name in PRINTS[node.module]}
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("print", "input")
        ):
            found.add(node.func.id)
    return found


def test_only_one_module_prints():
    """Print through monitor/terminal/output.py."""
    others = [path for path in MODULES if not _relative(path).startswith(MAY_PRINT)]
    assert not {_relative(path): found for path in others if (found := _prints(path))}


# ------------------------------------------------------------------- finding one's way in a room


def _modules_with_code() -> list[Path]:
    return [path for path in MODULES if path.name != "__init__.py"]


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def test_a_short_module_that_only_its_neighbour_uses_is_part_of_that_neighbour():
    """Fold the module into its one importer.

    A module that the program loads by its name, as the catalogue does, has that user too.
    """
    graph = _graph()
    found = set()
    for path in _modules_with_code():
        name = _module(path)
        importers = graph.find_modules_that_directly_import(name)
        beside = [
            importer for importer in importers if importer.rpartition(".")[0] == name.rpartition(".")[0]
        ]
        lines = len(_text(path).splitlines())
        if len(importers) == len(beside) == 1 and lines < 60 and f'"{name}"' not in _product():
            found.add(name)
    assert found == set()


def test_every_module_is_used_by_the_product():
    """Register what it makes (command, task, kind of source); or delete it.

    A command not registered, a periodic task not listed, a kind of source in no catalogue.
    """
    graph = _graph()
    names = {_module(path) for path in _modules_with_code()}
    unused = {
        n for n in names if not graph.find_modules_that_directly_import(n) and f'"{n}"' not in _product()
    }
    assert unused == set()


@for_each("path", sorted((ROOT / "benchmarks").rglob("*.py")))
def test_every_benchmark_imports_what_is_there(path):
    """Correct the import of the benchmark."""
    for name in sorted(_imports(path)):
        if name.partition(".")[0] in ROOMS:
            pkgutil.resolve_name(name)


def test_a_class_name_means_one_class_in_the_whole_product():
    """Give one of the classes another name."""
    places = defaultdict(set)
    for path in MODULES:
        for node in _tree(path).body:
            if isinstance(node, ast.ClassDef):
                places[node.name].add(path)
    tidy = set(_modules_with_code())
    found = {name: paths for name, paths in places.items() if len(paths) > 1 and paths & tidy}
    assert found == {}


def _commands(group: typer.Typer) -> Iterator[Callable[..., Any]]:
    for command in group.registered_commands:
        assert command.callback is not None
        yield command.callback
    for below in group.registered_groups:
        made_of = getattr(below.cls, "made_of", None)
        assert made_of is not None, "a group goes below another by `add` (monitor/terminal/groups.py)"
        yield from _commands(made_of)


def test_a_command_is_one_file_where_its_options_and_its_act_are():
    """Put the command, options and call of its act, into one file of monitor/cli/commands."""
    from monitor.cli.app import app

    commands = list(_commands(app))
    assert len(commands) > 25
    assert {".".join(c.__module__.split(".")[1:3]) for c in commands} == {"cli.commands"}
    passed_on = [
        f"{c.__module__}.{c.__name__}"
        for c in commands
        if "command.run(" in inspect.getsource(c) or "noqa: F401" in inspect.getsource(inspect.getmodule(c))
    ]
    assert not passed_on
    assert "noqa" not in (ROOT / "monitor" / "cli" / "app.py").read_text(encoding="utf-8")


_ROLES_OF_WORDS = {"classifiers/verdicts/subject.py"}
"""Which offices a word of a post may mean; no question of who may know, act or be told."""
_READS_OFFICES = {
    "classifiers/verdicts/subject.py": "whom a post means",
    "monitor/config/load.py": "reads them from the settings",
}
"""What looks at the offices that a person holds, outside the room that decides by them: may only shrink."""


def _lists_of_roles(path: Path) -> Iterator[int]:
    """The lines on which a tuple, list or set names two offices or more."""
    for node in _of_kind(path, ast.Tuple, ast.List, ast.Set):
        named = [n for n in node.elts if isinstance(n, ast.Attribute) and ast.unparse(n.value) == "Role"]
        if len(named) > 1:
            yield node.lineno


def _of_access(path: Path) -> bool:
    return _relative(path).startswith("alerts/access/")


def test_no_order_of_offices_stands_outside_the_room_for_access():
    """Ask a function of alerts/access for the offices.

    `data/` keeps the defaults of a school's policy, and decides nothing.
    """
    others = [p for p in MODULES if not _of_access(p) and not _relative(p).startswith("data/")]
    found = {_relative(path) for path in others for _ in _lists_of_roles(path)}
    assert found <= _ROLES_OF_WORDS


def test_only_the_room_for_access_looks_at_who_holds_which_office():
    """Ask a function of alerts/access; `_READS_OFFICES` may only shrink."""
    roles = re.compile(r"\.roles\b")
    found = {_relative(p) for p in MODULES if roles.search(_text(p))}
    assert {module for module in found if not module.startswith("alerts/access/")} == set(_READS_OFFICES)


_ASKS_OFFICES = {
    "alerts/wording/digest/compose.py": "whether the digest of a trust speaks of what is with a lead",
    "monitor/setup/check_settings.py": "whom a text may name beside the leaders",
}
"""What asks whether a person holds an office, outside that room: may only shrink."""


def test_only_the_room_for_access_asks_whether_somebody_holds_an_office():
    """Ask a function of alerts/access; `_ASKS_OFFICES` may only shrink."""
    found = {
        _relative(path)
        for path in MODULES
        if not _of_access(path) and "alerts.access.offices.hold" in _imports(path)
    }
    assert found == set(_ASKS_OFFICES)


DOORS = ("monitor.cli", "monitor.terminal", "monitor.desk")


def test_an_act_knows_no_door_by_which_it_is_asked_for():
    """Return a value; the command, page or mail renders it.

    No command line, terminal, page or template: what comes of an act is a value, which a door renders.
    """
    acts = [path for path in MODULES if _relative(path).startswith("monitor/act/")]
    assert len(acts) > 3
    known = {(_relative(path), name) for path in acts for name in _imports(path)}
    assert not [i for i in known if i[1].startswith((*DOORS, "typer", "starlette", "jinja2"))]


_SPEAKS_TO_A_SHELL = (
    "monitor/cli/", "monitor/terminal/", "monitor/setup/", "monitor/config/home/lookup.py",
)  # fmt: skip
"""The command line, and what is for those who look after the machine alone."""
_SAYS_WHAT_IS_TYPED = {
    "alerts/pack/compose.py": 1  # an option of another program's
}
"""Strings elsewhere that name an option or a command of the command line: may only shrink."""


@cache
def _of_the_command_line() -> tuple[frozenset[str], frozenset[str]]:
    """The names of its options, and its commands."""
    options, commands = {"help", "version"}, set()
    left = [(typer.main.get_command(importlib.import_module("monitor.cli.app").app), "")]
    while left:
        command, name = left.pop()
        commands.add(name.strip())
        options.update(o.strip("-") for p in command.params for o in (*p.opts, *p.secondary_opts))
        left += [(below, f"{name} {word}") for word, below in getattr(command, "commands", {}).items()]
    return frozenset(options), frozenset(commands)


def _strings(path: Path) -> Iterator[str]:
    """What a module says: its strings but docstrings, those with values filled in as one."""
    of_docs = {id(node.value) for node in _of_kind(path, ast.Expr)}
    parts = {id(part) for node in _of_kind(path, ast.JoinedStr) for part in node.values}
    for node in _of_kind(path, ast.JoinedStr):
        yield "".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)
    for node in _of_kind(path, ast.Constant):
        if isinstance(node.value, str) and not {id(node)} & (of_docs | parts):
            yield node.value


def test_an_option_or_a_command_is_named_by_the_command_line_alone():
    """Write a field as ⟨reason⟩ and an act as ⟪source list⟫.

    Elsewhere a field is ⟨reason⟩ and an act ⟪source list⟫, which each door says in its own way.
    """
    options, _ = _of_the_command_line()
    typed = re.compile(r"\bschoolgate [a-z]|(?<![\w-])--([a-z][a-z-]*[a-z])")
    found = Counter(
        _relative(path)
        for path in MODULES
        if not _relative(path).startswith(_SPEAKS_TO_A_SHELL)
        for said in _strings(path)
        if any(not m[1] or m[1] in options for m in typed.finditer(said))
        if "add_argument" not in _text(path)
    )
    assert found == _SAYS_WHAT_IS_TYPED


def test_what_a_sentence_calls_a_field_or_an_act_is_one():
    """Name an option or a command that there is."""
    options, commands = _of_the_command_line()
    said = [one for path in MODULES for one in _strings(path)]
    fields = {
        write_commands(f"⟨{name}⟩").strip("-") for one in said for name in re.findall("⟨([^…(⟩]+)⟩", one)
    }
    assert len(fields) > 10
    assert fields <= options
    assert {act for one in said for act in re.findall("⟪([^(⟫/]+)⟫", one)} <= commands


_DECIDES = re.compile(r"_*(may_|is_kept_out|kept_out|withheld|conflicted|has_conflict)")


def test_no_function_outside_the_room_for_access_decides_what_a_person_may():
    """Move the decision into alerts/access.

    A guard of the ladder, which is named as the table names it, is given no person: it asks the room.
    """
    found = {
        (_relative(path), node.name)
        for path in MODULES
        if not _of_access(path)
        for node in _of_kind(path, ast.FunctionDef)
        if _DECIDES.match(node.name)
        if any("Person" in ast.unparse(a.annotation) for a in node.args.args if a.annotation)
    }
    assert found == {("alerts/ladder/rules.py", "has_conflict")}  # hands the question on


# ------------------------------------------------------------------- what is said of a step

STORED = "data.steps.classes"
KNOW_STORED_FACTS = frozenset(
    (
        "alerts/ladder/replay.py",  # who hosts it, as the registers told
        "alerts/pack/compose.py",  # a heading for each fact
        "data/cases.py",
        "data/store/engine/audit_chain.py",
        "data/evidence/faults.py",
        "data/store/cases.py",
    )
)
"""Where a step is read, sealed or written as stored; elsewhere it is a value of its kind. It only shrinks."""


def test_a_step_is_a_value_of_its_kind_but_where_it_is_read_or_written_out():
    """Read the step as a value of its class; KNOW_STORED_FACTS may only shrink."""
    assert {_relative(path) for path in MODULES if _knows_stored_facts(path)} == KNOW_STORED_FACTS


def _knows_stored_facts(path: Path) -> bool:
    imported = {
        name.name for node in _of_kind(path, ast.ImportFrom) if node.module == STORED for name in node.names
    }
    asked = {node.attr for node in _of_kind(path, ast.Attribute)}
    return bool(imported & {"facts_to_store", "read_stored"}) or "stored_facts" in asked


NO_SURFACE = (
    "data.words", "alerts.wording", "alerts.access.guidance", "monitor.terminal", "monitor.cli.scan_once",
    "monitor.desk", "monitor.cli.commands", "starlette", "jinja2", "typer", "rich", "requests", "urllib3",
)  # fmt: skip
"""What makes a text, prints it or sends it: none of it is named where a matter is read."""


def _of_a_surface(names: frozenset[str]) -> set[str]:
    return {name for name in names if any(f"{name}.".startswith(f"{room}.") for room in NO_SURFACE)}


def test_what_a_reader_may_know_is_read_without_a_word_a_terminal_or_a_template():
    """Return facts from monitor/matters; make words of them where they are shown."""
    room = [path for path in MODULES if _relative(path).startswith("monitor/matters/")]
    assert len(room) > 3
    found = {_relative(path): _of_a_surface(_imports(path)) for path in [*room, ROOT / "data" / "matters.py"]}
    assert not {path: names for path, names in found.items() if names}


@pytest.mark.parametrize("line", ["from data.words.say import words", "import monitor.terminal.output"])
def test_a_text_that_is_imported_where_a_matter_is_read_is_found(tmp_path, line):
    """Correct `_of_a_surface`: it passes over what it looks for."""
    planted = tmp_path / "planted.py"
    planted.write_text(f"def f():\n    {line}\n", encoding="utf-8")
    assert _of_a_surface(_imports(planted))


# ------------------------------------------------------------------- sentences that people read

PEOPLE_READ = ("alerts/", "monitor/service/", "monitor/desk/")
"""Where messages and pages are made; besides, whatever else makes a message is looked at."""

ALLOWED = {
    "DejaVu Sans Mono": "the name of a typeface", "Libertinus Serif": "the name of a typeface",
    "noindex, nofollow": "for search engines", '"cache", "storage"': "what a browser clears",
    "openid profile": "asked of a provider of accounts", "openid email": "asked of a provider of accounts",
}  # fmt: skip
"""What stands in code all the same, and why."""

EXEMPT = {
    "alerts/weekly/release_check.py": "what keeps a report from its release is told by the command line",
    "monitor/service/heartbeat.py": "its sentence is for the model alone",
    "monitor/service/notebook.py": "how a process is named in a lease",
    "monitor/service/serve.py": "said in the terminal it was started in",
    "monitor/service/health.py": "asked by machines, and by `schoolgate status`, which speaks English",
    "monitor/service/web.py": "the help texts of metrics, for machines",
}
"""Modules whose sentences no message and no page carries, and why."""


def _people_read(path: Path) -> bool:
    makes_messages = "OutboxMessage(" in path.read_text(encoding="utf-8") and not _relative(path).startswith(
        "data/"
    )
    return _relative(path).startswith(PEOPLE_READ) or makes_messages


@cache
def _sentences() -> list[str]:
    """Every sentence that people may read and that stands in a module or a template."""
    modules = [p for p in CODE if _people_read(p) and _relative(p) not in EXEMPT]
    found = [line for path in modules for line in sentences_in_code(path)]
    return found + [line for path in TEMPLATES for line in sentences_in_template(path)]


def test_no_sentence_that_people_read_stands_in_code_or_in_a_template():
    """Move the sentence into data/words/en/*.toml and ask for its key; or say in ALLOWED why it stays.

    The command line, the log and the reasons of a verdict are in English (docs/words.md).
    """
    assert [line for line in _sentences() if not line.endswith(tuple(f": {text}" for text in ALLOWED))] == []


def test_what_is_allowed_is_still_there():
    """Take out of EXEMPT and ALLOWED what the code has no more."""
    assert all((ROOT / module).is_file() for module in EXEMPT)
    assert {t for t in ALLOWED if not any(line.endswith(f": {t}") for line in _sentences())} == set()


PLANTED = {
    "a return": 'def f():\n    return "You are asked first."\n',
    "an f-string": 'def f(name):\n    return f"Dear {name}, please look."\n',
    "a value of a table": 'X = {"a": "Open it and decide."}\n',
    "an argument": 'send(subject="Two sources not seen")\n',
    "a default": 'def f(text="Nothing new today"):\n    return text\n',
    "one that is joined": 'X = "Somebody may " + "be in danger"\n',
    "one with a semicolon": 'X = "Ring 999 first; then the head."\n',
    "a chosen one": 'X = "Open it now" if urgent else "Open it today"\n',
    "one for a page": 'def f():\n    return PlainTextResponse("This page was used already.")\n',
}
TEMPLATED = [
    (".html", "<p>Open it and decide.</p>\n", True),
    (".html", '<img alt="A chart of mentions" src="{{ chart }}">\n', True),
    (".txt", "Good morning, {{ name }}.\n", True),
    (".typ", '#figure(alt: "A chart of mentions")\n', True),
    (".html", "<style>p { margin: 0 auto; }</style>{# a note to us #}\n", False),
    (".html", "{% if a and b %}<p>{{ a_line or another }}</p>{% endif %}\n", False),
]
UNREAD = {
    "a docstring": 'def f():\n    """Say who is told."""\n',
    "an error": 'def f():\n    raise ValueError("no such week here")\n',
    "a log line": 'log.warning("mail could not go out")\n',
    "a reason": 'X = Reason("nobody_left", "Nobody is left who may be told.")\n',
    "a reason in two steps": 'def f():\n    text = "Nobody is left."\n    return Reason("nobody", text)\n',
    "a key": 'X = {"a key here": 1}\n',
    "an annotation": 'def f(a: "list of words"):\n    pass\n',
    "a style": 'X = "color: red; margin: 0 auto;"\n',
    "a command": 'X = "schoolgate alerts list"\n',
    "a label of a lock": 'def f():\n    with store.write("take the lease") as con:\n        pass\n',
    "a key that is put together": 'X = w(f"report.lead.{tone}_few")\n',
    "a thread's name": 'X = threading.Thread(target=f, name="short message")\n',
    "a header": 'X = "text/html; charset=utf-8"\n',
    "a key of the catalogue": 'X = w("digest.quiet", n=2)\n',
}


@for_each(("text", "read"), [*((t, True) for t in PLANTED.values()), *((t, False) for t in UNREAD.values())])
def test_a_sentence_planted_in_code_is_found_and_what_no_person_reads_passed_over(tmp_path, text, read):
    """Correct `sentences_in_code` of tests/support/wording.py."""
    path = tmp_path / "planted.py"
    path.write_text(text, encoding="utf-8")
    assert bool(sentences_in_code(path)) is read


@for_each(("ending", "text", "read"), TEMPLATED)
def test_a_sentence_planted_in_a_template_is_found_and_code_and_content_passed_over(
    tmp_path, ending, text, read
):
    """Correct `sentences_in_template` of tests/support/wording.py."""
    path = tmp_path / f"planted{ending}"
    path.write_text(text, encoding="utf-8")
    assert bool(sentences_in_template(path)) is read


@pytest.mark.parametrize(("text", "read"), [("Open it now.", True), ("open", False), ("a b", False)])
def test_a_sentence_has_two_words_or_more(text, read):
    """Correct `is_sentence` of tests/support/wording.py."""
    assert is_sentence(text) is read


# ------------------------------------------------------------------- hints: what they name can be done


def _in_toml() -> str:
    return "\n".join(_text(path) for room in ROOMS for path in sorted((ROOT / room).rglob("*.toml")))


def test_every_page_in_a_hint_is_a_route_of_the_desk():
    """Name a page that the desk has (monitor/desk/app.py), or give the desk that page."""
    pages = [route.path_regex for route in desk_app(None, lambda: None, None, more=setup_pages).routes]
    named = set(re.findall("⟪(/[a-z0-9/{}-]+)⟫", _product() + _in_toml()))
    assert named
    assert [page for page in named if not any(path.match(page) for path in pages)] == []
    assert {step for page in named if (step := page.removeprefix("/setup/")) != page} <= {*Step}


def test_a_page_is_named_by_its_address_whole_where_that_of_the_desk_is_known():
    """Correct `write_commands` of data/errors.py."""
    assert write_commands("See ⟪/code⟫.") == "See the desk’s page /code."
    assert "https://desk.test/code" in write_commands("See ⟪/code⟫.", desk="https://desk.test/")


def _required() -> dict[str, list[str]]:
    """What each command asks nothing for and does not go without, as it may be typed."""
    options = {
        " ".join(words): [p.opts[0] for p in command.params if p.required and p.param_type_name == "option"]
        for words, command in leaves()
    }
    return {words: names for words, names in options.items() if names}


def test_a_command_in_a_hint_can_be_typed_as_it_stands():
    """Write the command's required options into the hint."""
    required = _required()
    assert "--url" in required["source parse"]
    hints = [*(one for path in MODULES for one in _strings(path)), *_in_toml().splitlines()]
    wanting = [
        f"{command} without {option}: {hint}"
        for hint in map(write_commands, hints)
        if "schoolgate " in hint
        for command, options in required.items()
        for typed in re.findall(rf"(?<!`)schoolgate {command}\b([^\n]*)", hint)
        for option in options
        if not re.search(rf"(?<!\S)({option})\b", typed)
    ]
    assert wanting == []


@for_each(
    "path", [p for p in sorted((ROOT / "tests").rglob("*.py")) if "pytest.mark.house" in p.read_text("utf-8")]
)
def test_a_rule_of_the_house_says_what_to_do_where_it_is_broken(path):
    """Begin the test's docstring with what to do: it is the first line of its failure."""
    tests = [
        node for node in _tree(path).body if isinstance(node, ast.FunctionDef) and node.name[:5] == "test_"
    ]
    assert tests
    silent = [
        test.name for test in tests if not (ast.get_docstring(test) or "").partition("\n")[0].endswith(".")
    ]
    assert silent == []


# ------------------------------------------------------------------------------------------- names

_PARTICIPLE = re.compile(
    r"_*((?!(exceed|feed|need|proceed|seed|speed)_*$)[a-z]+ed|begun|bought|built|chosen|done|drawn|found|given|gone"
    r"|heard|held|kept|known|left|lost|made|meant|met|said|seen|sent|shown|taken|thrown|told|written)_*"
)
_PREPOSITION = re.compile(r"_*(of|as|beside|before|after)_")
_CLAUSE = re.compile(r"(What|Who|Whom|Whose|Where|Of|As|That|How|So)\b")
_DIALECT = {"told", "mend", "tender", "whoever", "anew", "bears", "stands"}
_KEYS = ("alerts/ladder/guards.py",)
"""A guard's name is the key of its sentence, which letters and tests of the ladder hold."""
_NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def test_a_name_is_a_verb_and_its_object_or_a_noun_of_plain_english():
    """Say who does what to whom: tell → notify, mend → repair, anew → again, stands → is."""
    for path in (path for path in MODULES if not _relative(path).startswith(_KEYS)):
        for node in _of_kind(path, *_NAMED):
            words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", node.name).lower().split("_")
            assert not _DIALECT & {*words}, (path, node.name)
            assert not _PARTICIPLE.fullmatch(node.name), (path, node.name)
            assert not _PREPOSITION.match(node.name), (path, node.name)


def test_a_docstring_begins_with_a_verb_or_a_noun():
    """Say what the function does or what the value is, and not “What …” or “Whom …”."""
    for path in MODULES:
        for node in (_tree(path), *_of_kind(path, *_NAMED)):
            assert not _CLAUSE.match(ast.get_docstring(node) or ""), (path, getattr(node, "name", "module"))


def test_no_two_functions_of_a_room_that_others_may_call_share_a_name():
    """Say in each name what sets the two apart."""
    homes = defaultdict[tuple[str, str], list[str]](list)
    for path in MODULES:
        name = _relative(path)
        room = "/".join(name.split("/")[: 2 if name.startswith("monitor/") else 1])
        for node in _tree(path).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                homes[room, node.name].append(name)
    assert {key: paths for key, paths in homes.items() if len(paths) > 1} == {}
