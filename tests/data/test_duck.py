"""DuckDB's own module is used, or its package where that module is not what it was."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

KEPT = (
    "import sys, types\n"
    "import duckdb as package\n"
    "sys.path.insert(0, 'tests')\n"
    "{before}"
    "from data.store.engine.duck import duckdb\n"
    "from pathlib import Path\n"
    "from builders.home import a_migrated_store\n"
    "with a_migrated_store(Path(sys.argv[1])).read() as con:\n"
    "    print(duckdb.__name__, *con.execute('SELECT count(*) FROM mentions').fetchone())\n"
)
LACKING = "sys.modules['_duckdb'] = types.ModuleType('_duckdb')\n"


@pytest.mark.parametrize(("before", "module"), [("", "_duckdb"), (LACKING, "duckdb")])
def test_a_store_is_opened_by_the_module_that_has_what_is_used(before, module, tmp_path):
    code = KEPT.format(before=before)
    run = subprocess.run(
        [sys.executable, "-P", "-c", code, str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (run.stdout.split(), run.stderr) == ([module, "0"], "")
