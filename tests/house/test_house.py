"""What `benchmarks/house.py` measures, and that nothing of it grows but for a reason in CHANGELOG.md."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ROOT / "benchmarks" / "house.py"


def _run(*options: object) -> str:
    done = subprocess.run(
        [sys.executable, "-P", str(HOUSE), *map(str, options)], capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def parts():
    """The modules of the instrument, which stands beside the packages."""
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(str(HOUSE.parent))
        from house_parts import budget, entering, graph, matters, source

        yield SimpleNamespace(budget=budget, entering=entering, graph=graph, matters=matters, source=source)


@pytest.fixture(scope="module")
def budget(parts):
    return {
        bound.name: bound for bound in parts.budget.bounds((ROOT / parts.budget.PLACE).read_text("utf-8"))
    }


# ---------------------------------------------------------------- the budget of this checkout


@pytest.fixture(scope="module")
def still():
    return json.loads(_run("--still", "--json"))


@pytest.fixture(scope="module")
def entered(parts, tmp_path_factory):
    from monitor.cli.demo.run import play
    from monitor.terminal.progress import Progress

    folder = tmp_path_factory.mktemp("sunday") / "demo"
    play(folder, lambda: parts.entering.BEGIN, Progress(quiet=True))
    return {k: v for figure in parts.entering.commands(ROOT, folder) for k, v in figure.values.items()}


def _wrong(budget, values):
    return [said for name, value in values.items() if name in budget and (said := budget[name].wrong(value))]


def test_the_house_is_within_its_budget(budget, still):
    assert not _wrong(budget, still)
    assert still["circles"] == 0


@pytest.mark.slow
def test_what_three_commands_enter_is_within_the_budget(budget, entered):
    assert not _wrong(budget, entered)
    assert min(entered.values()) > 10


@pytest.mark.slow
def test_every_bound_is_of_a_figure_that_is_measured(budget, still, entered):
    assert budget.keys() == {*still, *entered, "suite_seconds"} - {"lines", "arrows_back", "circles"}


def test_every_raise_stands_in_the_changelog(budget):
    section = (ROOT / "CHANGELOG.md").read_text("utf-8").partition("\nBudget\n")[2]
    assert not [line for bound in budget.values() for line in bound.said() if line not in section.split("\n")]


def _git(*words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout  # fmt: skip


def test_the_least_that_was_written_down_has_never_grown(parts, budget):
    """By the commits that changed the budget, as far as they are here."""
    place = parts.budget.PLACE.as_posix()
    commits = _git("log", "--first-parent", "--format=%H", "--", place).split()
    texts = filter(None, (_git("show", f"{commit}:{place}") for commit in commits))
    for earlier in ({bound.name: bound for bound in parts.budget.bounds(text)} for text in texts):
        assert not {n for n, now in budget.items() if n in earlier and now.least > earlier[n].least}


def test_a_figure_may_shrink_and_what_it_needs_no_more_is_written_down(parts, tmp_path):
    place = tmp_path / parts.budget.PLACE
    place.parent.mkdir()
    raised = 'raised = [\n    { to = 120, for = "a" },\n    { to = 150, for = "b" },\n]\n'
    text = f"# Why.\n\n[files]\nleast = 100\n{raised}\n[tests]\nleast = 7\n\n[suite_seconds]\nleast = 5\n"
    place.write_text(text, "utf-8")
    for files, left in ((150, raised), (115, raised.replace('    { to = 150, for = "b" },\n', "")), (99, "")):
        parts.budget.lower(tmp_path, {"files": files, "tests": 6})
        wanted = text.replace(raised, left).replace("least = 7", "least = 6")
        assert place.read_text("utf-8") == (wanted if left else wanted.replace("100", "99"))


def test_a_figure_grows_by_a_line_that_says_what_for(parts):
    (bound,) = parts.budget.bounds(
        '[tests]\nleast = 6341\nraised = [{ to = 6400, for = "the desk" }, { to = 6500, for = "a list" }]'
    )
    assert list(bound.said()) == [
        "- `tests` from 6,341 to 6,400: the desk",
        "- `tests` from 6,400 to 6,500: a list",
    ]
    assert "6,501" in bound.wrong(6501)
    assert "--budget" in bound.wrong(6399)
    assert bound.wrong(6500) == bound.wrong(6450) == ""


def test_a_raise_that_is_none_is_refused(parts):
    with pytest.raises(ValueError, match="tests: each raise"):
        parts.budget.bounds('[tests]\nleast = 9\nraised = [{ to = 8, for = "nothing" }]')


# ---------------------------------------------------------------- what the instrument counts

FILES = {
    "pyproject.toml": '[project.scripts]\nschoolgate = "monitor.cli.app:main"\n',
    "data/words/en/digest.toml": 'quiet = "Nothing."\nend_of = "the end of {day}"\n[say]\nbare = "{what}"\n',
    "data/words/en/trial.toml": 'why = "A test."\n',
    "data/effects.py": "from datetime import datetime\n\n\ndef now():\n    return datetime.now()\n",
    "sources/fetch.py": "\nclass Fetcher:\n    pass\n",
    "monitor/cli/app.py": (
        "import os\nimport sys\nfrom data.effects import now\n\n\ndef main(by_name: str = '--by-name'):\n"
        "    match sys.argv[1]:\n        case '_exit':\n            os._exit(0 * now().year)\n"
        "        case 'exit':\n            sys.exit()\n"
    ),
    "alerts/wording/said.py": 'KEY = "digest.quiet"\n',
}


@pytest.fixture
def checkout(tmp_path, parts):
    """A checkout of these files, and of those it is called with."""

    def made(files=()):
        for name, text in {**FILES, **dict(files)}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        for room in parts.source.ROOMS:
            (tmp_path / room).mkdir(exist_ok=True)
            (tmp_path / room / "__init__.py").touch()
        return parts.source.Checkout(tmp_path)

    return made


def _values(figures):
    return {name: value for figure in figures for name, value in figure.values.items()}


def test_blanks_comments_and_docstrings_are_no_lines_of_code(parts, checkout):
    text = '"""What.\n\nIt is."""\n\n# why\nA = 1  # one\n"""Its own."""\nB = """\n# not a comment\n"""\n'
    before = _values(parts.source.sizes(checkout()))
    after = _values(parts.source.sizes(checkout({"alerts/new.py": text})))
    assert after["code_lines"] - before["code_lines"] == 4
    assert (after["files"], after["lines"]) == (before["files"] + 1, before["lines"] + 10)


def test_tests_are_counted_in_functions_and_research_beside_the_product(parts, checkout):
    some = "def test_a(): ...\n\nclass TestB:\n    async def test_c(self): ...\n\ndef helper(): ...\n"
    beside = "".join(f"LINE = {n}\n" for n in range(7))
    found = list(parts.source.sizes(checkout({"tests/in/test_x.py": some, "research/teach.py": beside})))
    assert _values(found)["tests"] == 2
    assert "beside the product, research: 1 files, 7 lines" in [figure.said for figure in found]
    assert _values(found)["files"] == _values(parts.source.sizes(checkout()))["files"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('w("digest.quiet")', 1),
        ('w(f"digest.say.{what}")', 1),
        ('w(f"digest.{what}")', 1),
        ('w("digest.end_of", day=day)', 0),
        ('w("trial.why")', 0),
        ('open("digest.html")', 0),
        ('"""digest.quiet"""', 0),
    ],
)
def test_a_file_that_asks_the_catalogue_for_a_sentence_about_a_matter_words_it(parts, checkout, line, words):
    found = _values(parts.matters.of_matters(checkout({"monitor/x.py": f"{line}\n"})))
    assert found["matter_files"] == words


def test_a_value_type_of_a_matter_is_one_that_answers_four_questions_about_it(parts, checkout):
    four = "class A:\n    alert: Alert\n    places: int\n    due: datetime\n    restricted: bool\n"
    three = four.replace("    due: datetime\n", "").replace("A:", "B:")
    some = (
        "class C:\n    alerts: tuple[Alert, ...]\n    places: int\n    due: datetime\n    restricted: bool\n"
    )
    kept = four.replace("A:", "D:")
    files = {"alerts/x.py": four, "alerts/y.py": three, "alerts/z.py": some, "data/store/x.py": kept}
    (found,) = (f for f in parts.matters.of_matters(checkout(files)) if "matter_types" in f.values)
    assert [name.partition(" (")[0] for name in found.names] == ["alerts/x.py: A"]


@pytest.mark.parametrize(
    ("file", "line", "counted"),
    [
        ("alerts/x.py", 'say("See: schoolgate doctor")', 1),
        ("alerts/x.py", 'say(f"{what}: say --by-name")', 1),
        ("alerts/x.py", 'start("--headless")', 0),
        ("alerts/x.py", 'say("Schoolgate doctors nothing")', 0),
        ("alerts/x.py", 'parser.add_argument("--by-name")', 0),
        ("alerts/x.py", '"""--by-name"""  # schoolgate doctor', 0),
        ("monitor/cli/commands/x.py", 'say("See: schoolgate doctor")', 0),
        ("monitor/setup/doctor/x.py", 'say("See: schoolgate doctor")', 0),
    ],
)
def test_a_string_that_names_an_option_or_a_command_belongs_to_the_command_line(
    parts, checkout, file, line, counted
):
    assert _values(parts.matters.of_matters(checkout({file: f"{line}\n"})))["shell_strings"] == counted


def test_floors_are_the_longest_way_down_and_an_arrow_of_a_circle_points_back(parts):
    modules = ["monitor", *(f"monitor.{name}" for name in "abcd"), "monitor.b.one", "monitor.b.two"]
    to = {name: set() for name in modules}
    to["monitor.a"] = {"monitor.b.one", "monitor.b.two", "monitor.d"}
    to["monitor.b.one"] = {"monitor.c"}
    to["monitor.c"] = {"monitor.d"}
    flat = parts.graph.floors("monitor", to).values
    to["monitor.c"] |= {"monitor.a"}
    back = parts.graph.floors("monitor", to)
    assert flat == {"monitor_rooms": 4, "monitor_floors": 4, "monitor_back": 0}
    assert back.values["monitor_back"] == 1
    assert len([name for name in back.names if name.startswith("back: ")]) == 1


@pytest.mark.parametrize("how", ["_exit", "exit", "return"])
def test_what_a_command_enters_is_known_however_it_ends(parts, checkout, tmp_path, monkeypatch, how):
    root, out = checkout().root, tmp_path / "entered.json"
    monkeypatch.setenv(parts.entering.AT, "2026-11-22T16:04:00+00:00")
    monkeypatch.setenv("PYTHONPATH", str(root))
    _run("--root", root, "--enter", out, how)
    entered = json.loads(out.read_text("utf-8"))
    assert entered == ["monitor/cli/app.py::main", *(["data/effects.py::now"] if how == "_exit" else [])]
