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
from support.for_each import for_each

from data.errors import as_typed

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
    "sources/http/", "sources/mailbox/line.py", "sources/mailbox/reading.py", "sources/fetch.py",
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
    return "\n".join(map(_text, MODULES))


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
    graph = _graph()
    imported = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert len(imported) >= len(MODULES)
    assert not sorted(module for module in imported if module in _reached_from(module, imported))


def test_only_the_fetcher_the_delivery_the_service_and_the_demo_open_sockets():
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
    module = _tree(ROOT / "sources" / "html" / "parsers.py")
    parsers = [f for f in module.body if isinstance(f, ast.FunctionDef) and f.name.startswith("parse_")]
    for parser in parsers:
        calls = [n for n in ast.walk(parser) if isinstance(n, ast.Call)]
        doors = [c for c in calls if ast.unparse(c.func) in ("sanitised", "sanitised_json")]
        uses = [n for n in ast.walk(parser) if isinstance(n, ast.Name) and n.id == "text"]
        assert [ast.unparse(door.args[0]) for door in doors] == ["text"], parser.name
        assert len(uses) == 1, parser.name
    assert len(parsers) == 6


def test_only_the_store_holds_sql():
    sql = re.compile(r"\b(SELECT\s.+\sFROM|INSERT INTO|DELETE FROM)\b")
    others = [path for path in MODULES if not _relative(path).startswith("data/")]
    assert not [_relative(path) for path in others if sql.search(_text(path))]
    assert not [
        _relative(path) for path in others if DUCKDB & {name.split(".")[0] for name in _imports(path)}
    ]


def test_within_data_sql_stands_in_the_store_and_in_what_deletes():
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
    by = {_relative(path) for path in MODULES if _imports(path) & DUCKDB}
    assert by == {"data/store/engine/duck.py"}


def _aliases_of_any(path: Path) -> Iterator[str]:
    for node in _tree(path).body:
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if value and ast.unparse(value).strip("'") in ("Any", "typing.Any"):
            yield f"{_relative(path)}:{node.lineno}"


def test_no_module_gives_another_name_to_any():
    assert not [alias for path in MODULES for alias in _aliases_of_any(path)]


def _names_of_the_connection(path: Path) -> set[str]:
    """What DuckDB's connection is called in the module, by its imports."""
    names = set()
    for node in _of_kind(path, ast.Import, ast.ImportFrom):
        if isinstance(node, ast.ImportFrom) and node.module == "data.store.engine.duck":
            names.add("duckdb.DuckDBPyConnection")
        elif isinstance(node, ast.ImportFrom) and node.module in CONNECTION:
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
    from data.store.engine.connect import Connection

    assert Connection is duckdb.DuckDBPyConnection
    assert not [found for path in MODULES for found in _untyped_connections(path)]


def test_no_module_asks_whether_it_is_being_tested():
    asks = re.compile(r"\bpytest\b|PYTEST_")
    assert not [_relative(path) for path in MODULES if asks.search(_text(path))]


@pytest.mark.parametrize("room", ROOMS)
def test_the_rooms_are_entered_by_module_not_by_package(room):
    assert (ROOT / room / "__init__.py").read_text(encoding="utf-8") == ""


def test_no_day_is_written_without_its_year_but_by_the_one_rule_that_knows_when_it_may_be():
    """`Words.day` and `Words.brief_day` leave out this year's; all else writes the year."""
    short = re.compile(r"%-?[bB](?!.*%Y)|format_date\(|:%d\.%m|%d/%m(?!/%Y)")
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
MAY_PRINT = ("monitor/terminal/output.py", "monitor/service/scoring.py", "sources/capture/browser_worker.py")
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
    others = [path for path in MODULES if not _relative(path).startswith(MAY_PRINT)]
    assert not {_relative(path): found for path in others if (found := _prints(path))}


# ------------------------------------------------------------------- finding one's way in a room

SHORT_LINES = 60
FOR_ONE_IMPORTER: frozenset[str] = frozenset()
"""Short modules used only by a neighbour, to be folded into it. To be shortened, never added to."""
STARTED_BY_NAME = frozenset(("monitor.cli.app",))
"""What is started from outside."""
SHARED_CLASS_NAMES: frozenset[str] = frozenset()
"""Names of two different classes. To be shortened, never added to."""


def _modules_with_code() -> list[Path]:
    return [path for path in MODULES if path.name != "__init__.py"]


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def test_a_short_module_that_only_its_neighbour_uses_is_part_of_that_neighbour():
    """A module that the program loads by its name, as the catalogue does, has that user too."""
    graph = _graph()
    found = set()
    for path in _modules_with_code():
        name = _module(path)
        importers = graph.find_modules_that_directly_import(name)
        beside = [
            importer for importer in importers if importer.rpartition(".")[0] == name.rpartition(".")[0]
        ]
        lines = len(_text(path).splitlines())
        if len(importers) == len(beside) == 1 and lines < SHORT_LINES and f'"{name}"' not in _product():
            found.add(name)
    assert found == FOR_ONE_IMPORTER


def test_every_module_is_used_by_the_product():
    """A command not registered, a periodic task not listed, a kind of source in no catalogue."""
    graph = _graph()
    names = {_module(path) for path in _modules_with_code()}
    unused = {
        n for n in names if not graph.find_modules_that_directly_import(n) and f'"{n}"' not in _product()
    }
    assert unused == STARTED_BY_NAME


@for_each("path", sorted((ROOT / "benchmarks").rglob("*.py")))
def test_every_benchmark_imports_what_is_there(path):
    for name in sorted(_imports(path)):
        if name.partition(".")[0] in ROOMS:
            pkgutil.resolve_name(name)


def test_a_class_name_means_one_class_in_the_whole_product():
    places = defaultdict(set)
    for path in MODULES:
        for node in _tree(path).body:
            if isinstance(node, ast.ClassDef):
                places[node.name].add(path)
    tidy = set(_modules_with_code())
    found = {name: paths for name, paths in places.items() if len(paths) > 1 and paths & tidy}
    assert set(found) == SHARED_CLASS_NAMES, {n: sorted(map(_relative, p)) for n, p in found.items()}


def _commands(group: typer.Typer) -> Iterator[Callable[..., Any]]:
    for command in group.registered_commands:
        assert command.callback is not None
        yield command.callback
    for below in group.registered_groups:
        made_of = getattr(below.cls, "made_of", None)
        assert made_of is not None, "a group goes below another by `add` (monitor/terminal/groups.py)"
        yield from _commands(made_of)


def test_a_command_is_one_file_where_its_options_and_its_act_are():
    from monitor.cli.app import app

    commands = list(_commands(app))
    assert len(commands) > 40
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
    "monitor/config/writing/text.py": "writes them into the settings",
    "monitor/setup/asking.py": "asks for them",
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
    """`data/` keeps the defaults of a school's policy, and decides nothing."""
    others = [p for p in MODULES if not _of_access(p) and not _relative(p).startswith("data/")]
    found = {_relative(path) for path in others for _ in _lists_of_roles(path)}
    assert found <= _ROLES_OF_WORDS


def test_only_the_room_for_access_looks_at_who_holds_which_office():
    roles = re.compile(r"\.roles\b")
    found = {_relative(p) for p in MODULES if roles.search(_text(p))}
    assert {module for module in found if not module.startswith("alerts/access/")} == set(_READS_OFFICES)


_ASKS_OFFICES = {
    "alerts/wording/digest/together.py": "whether the digest of a trust speaks of what is with a lead",
    "monitor/setup/doctor/people.py": "whom a text may name beside the leaders",
}
"""What asks whether a person holds an office, outside that room: may only shrink."""


def test_only_the_room_for_access_asks_whether_somebody_holds_an_office():
    found = {
        _relative(path)
        for path in MODULES
        if not _of_access(path) and "alerts.access.offices.hold" in _imports(path)
    }
    assert found == set(_ASKS_OFFICES)


DOORS = ("monitor.cli.commands", "monitor.cli.views", "monitor.terminal", "monitor.desk", "monitor.cli.app")


def test_an_act_knows_no_door_by_which_it_is_asked_for():
    """No command line, terminal, page or template: what comes of an act is a value, which a door renders."""
    acts = [path for path in MODULES if _relative(path).startswith("monitor/act/")]
    assert len(acts) > 3
    known = {(_relative(path), name) for path in acts for name in _imports(path)}
    assert not [i for i in known if i[1].startswith((*DOORS, "typer", "starlette", "jinja2"))]


_SPEAKS_TO_A_SHELL = (
    "monitor/cli/", "monitor/terminal/", "monitor/setup/", "monitor/config/home/lookup.py",
)  # fmt: skip
"""The command line, and what is for those who look after the machine alone."""
_SAYS_WHAT_IS_TYPED = {
    "alerts/pack/compose.py": 1,  # an option of another program's
    "monitor/config/model.py": 1,  # the help of a setting
    "monitor/config/writing/text.py": 4,  # comments in the settings' own file
    "sources/registry.py": 1,  # what a place's terms allow, as docs/sources.md has it
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
    """Elsewhere a field is ⟨reason⟩ and an act ⟪source list⟫, which each door says in its own way."""
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
    options, commands = _of_the_command_line()
    said = [one for path in MODULES for one in _strings(path)]
    fields = {as_typed(f"⟨{name}⟩").strip("-") for one in said for name in re.findall("⟨([^…(⟩]+)⟩", one)}
    assert len(fields) > 15
    assert fields <= options
    assert {act for one in said for act in re.findall("⟪([^(⟫/]+)⟫", one)} <= commands


_DECIDES = re.compile(r"_*(may_|kept_out|withheld|conflicted)")


def test_no_function_outside_the_room_for_access_decides_what_a_person_may():
    """A guard of the ladder, which is named as the table names it, is given no person: it asks the room."""
    found = {
        (_relative(path), node.name)
        for path in MODULES
        if not _of_access(path)
        for node in _of_kind(path, ast.FunctionDef)
        if _DECIDES.match(node.name)
        if any("Person" in ast.unparse(a.annotation) for a in node.args.args if a.annotation)
    }
    assert found == {("alerts/ladder/rules.py", "conflicted")}  # hands the question on


# ------------------------------------------------------------------- what is said of a step

STORED = "data.steps.stored"
KNOW_STORED_FACTS = frozenset(
    (
        "alerts/ladder/replay.py",  # who hosts it, as the registers told
        "alerts/pack/compose.py",
        "alerts/pack/compose.py",  # a heading for each fact
        "data/store/engine/audit_chain.py",
        "data/cases.py",
        "data/evidence/chain_faults.py",
        "data/store/cases/cases.py",
    )
)
"""Where a step is read, sealed or written out as it is stored. Everywhere else it is a value of its kind;
this list may only shrink."""


def test_a_step_is_a_value_of_its_kind_but_where_it_is_read_or_written_out():
    assert {_relative(path) for path in MODULES if _knows_stored_facts(path)} == KNOW_STORED_FACTS


def _knows_stored_facts(path: Path) -> bool:
    imported = {
        name.name for node in _of_kind(path, ast.ImportFrom) if node.module == STORED for name in node.names
    }
    asked = {node.attr for node in _of_kind(path, ast.Attribute)}
    return bool(imported & {"facts_of", "read_stored"}) or "written" in asked


NO_SURFACE = (
    "data.words", "alerts.wording", "alerts.access.guidance", "monitor.terminal", "monitor.cli.views",
    "monitor.desk", "monitor.cli.commands", "starlette", "jinja2", "typer", "rich", "requests", "urllib3",
)  # fmt: skip
"""What makes a text, prints it or sends it: none of it is named where a matter is read."""


def _of_a_surface(names: frozenset[str]) -> set[str]:
    return {name for name in names if any(f"{name}.".startswith(f"{room}.") for room in NO_SURFACE)}


def test_what_a_reader_may_know_is_read_without_a_word_a_terminal_or_a_template():
    room = [path for path in MODULES if _relative(path).startswith("monitor/matters/")]
    assert len(room) > 5
    found = {_relative(path): _of_a_surface(_imports(path)) for path in [*room, ROOT / "data" / "matters.py"]}
    assert not {path: names for path, names in found.items() if names}


@pytest.mark.parametrize("line", ["from data.words.say import words", "import monitor.terminal.output"])
def test_a_text_that_is_imported_where_a_matter_is_read_is_found(tmp_path, line):
    planted = tmp_path / "planted.py"
    planted.write_text(f"def f():\n    {line}\n", encoding="utf-8")
    assert _of_a_surface(_imports(planted))
