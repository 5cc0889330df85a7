"""Rows are kept as they were given, however a column is handed over, and by whichever module of DuckDB."""

import math
import subprocess
import sys

import pytest
from support.checkout import ROOT
from support.statements import CountedStatements

from data.store.engine.connect import connect
from data.store.engine.rows import insert_rows

MANY = 40


@pytest.fixture
def con(tmp_path):
    opened = connect(tmp_path / "rows.duckdb", read_only=False)
    opened.con.execute("CREATE TABLE lists_of (n INTEGER, texts VARCHAR[], numbers DOUBLE[])")
    yield opened.con
    opened.close()


def kept(con):
    return con.execute("SELECT texts, numbers FROM lists_of ORDER BY n").fetchall()


@pytest.mark.parametrize(
    "texts",
    [
        lambda n: [f"only {n}", "’,[NULL]"],
        lambda n: ["a, b", "", "'", '"', "[c]", "\\", "é\n🔪"] if n % 2 else [],
        lambda n: None if n % 3 else ["NULL"],
        lambda n: ["all alike"],
    ],
)
def test_lists_of_texts_are_kept_as_they_were_given_whether_many_or_few_differ(con, texts):
    rows = [(n, texts(n), [float(n)]) for n in range(MANY)]
    insert_rows(con, "lists_of", ("n", "texts", "numbers"), rows)
    assert kept(con) == [row[1:] for row in rows]


def test_each_number_of_a_list_is_kept_to_the_last_bit(con):
    hard = [0.1, 1 / 3, 1e-320, 5e-324, -0.0, 1.7976931348623157e308, 123456789.12345679, 2.0**60, math.inf]
    rows = [(n, [], [*(value * (n + 1) for value in hard), 0.1234]) for n in range(MANY)]
    insert_rows(
        con, "lists_of", ("n", "texts", "numbers"), [*rows, (MANY, [], None), (MANY + 1, [], [math.nan])]
    )
    found = [numbers for _, numbers in kept(con)]
    assert [list(map(repr, numbers)) for numbers in found[:MANY]] == [list(map(repr, row[2])) for row in rows]
    assert found[MANY] is None
    assert math.isnan(found[MANY + 1][0])


def test_a_list_of_texts_that_many_rows_have_is_handed_over_once(con):
    counted = CountedStatements(con)
    seen = []
    counted.execute = lambda sql, given=None: seen.append(given) or con.execute(sql, given)
    insert_rows(counted, "lists_of", ("n", "texts"), [(n, ["label", str(n % 2)]) for n in range(MANY)])
    assert sum(value == "label" for given in seen for _, value in _leaves(given)) == 2


def _leaves(given, path=()):
    if isinstance(given, dict):
        given = list(given.items())
    if isinstance(given, list | tuple):
        return [leaf for n, one in enumerate(given) for leaf in _leaves(one, (*path, n))]
    return [(path, given)]


@pytest.mark.parametrize("wanted", [[], [1], [None], [1, 2], [9]])
def test_any_of_a_list_is_found_however_many_it_holds(con, wanted):
    con.execute("INSERT INTO lists_of SELECT unnest([1, 2, 3]), [], []")
    found = con.execute(
        "SELECT n FROM lists_of WHERE n = ANY($wanted) AND ($wanted::INTEGER[] IS NULL OR "
        "n = ANY($wanted::INTEGER[])) ORDER BY n",
        {"wanted": wanted},
    )
    assert found.fetchall() == [(n,) for n in (1, 2) if n in wanted]


@pytest.mark.parametrize("update", [None, {"texts": "excluded.texts"}])
def test_one_row_whose_key_is_there_is_kept_or_changed_and_any_other_added(con, update):
    con.execute("CREATE TABLE keyed (n INTEGER, urn VARCHAR, texts VARCHAR[], PRIMARY KEY (n, urn))")
    for row in ((1, "a", ["old"]), (1, "b", ["other"]), (1, "a", ["new"])):
        insert_rows(con, "keyed", ("n", "urn", "texts"), [row], key=("n", "urn"), update=update)
    kept = con.execute("SELECT n, urn, texts FROM keyed ORDER BY ALL").fetchall()
    assert kept == [(1, "a", ["new"] if update else ["old"]), (1, "b", ["other"])]


KEPT = (
    "import sys, types\n"
    "import duckdb as package\n"
    "sys.path.insert(0, 'tests')\n"
    "{before}"
    "from data.store.engine.rows import duckdb\n"
    "from pathlib import Path\n"
    "from builders.home import a_migrated_store\n"
    "with a_migrated_store(Path(sys.argv[1])).open_reader() as con:\n"
    "    print(duckdb.__name__, *con.execute('SELECT count(*) FROM mentions').fetchone())\n"
)


def test_a_store_is_opened_by_the_package_where_its_inner_module_lacks_what_is_used(tmp_path):
    code = KEPT.format(before="sys.modules['_duckdb'] = types.ModuleType('_duckdb')\n")
    run = subprocess.run(
        [sys.executable, "-P", "-c", code, str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (run.stdout.split(), run.stderr) == (["duckdb", "0"], "")
