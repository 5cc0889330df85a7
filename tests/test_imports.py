"""What the command may load before it knows what is asked of it."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {
    "duckdb", "numpy", "onnxruntime", "tokenizers", "transformers", "torch", "requests", "urllib3", "bs4",
    "lxml", "feedparser", "rich", "ahocorasick_rs", "rapidfuzz",
    "holidays", "babel", "apscheduler", "jinja2", "css_inline", "apprise", "typst",
    "starlette", "uvicorn", "msal", "jwt", "cryptography",
}  # fmt: skip


def _loaded_by(code: str) -> set[str]:
    script = f"{code}\nimport sys\nprint('\\n'.join(m.split('.')[0] for m in sys.modules))"
    out = subprocess.run([sys.executable, "-P", "-c", script], capture_output=True, text=True, check=True)
    return set(out.stdout.split())


def test_the_command_line_loads_nothing_heavy():
    loaded = _loaded_by("import monitor.cli")
    assert "monitor" in loaded
    assert not loaded & HEAVY


def test_help_loads_nothing_heavy():
    loaded = _loaded_by(
        "import contextlib, io, sys\n"
        "sys.argv = ['schoolgate', 'scan', '--help']\n"
        "from monitor.cli import main\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n"
        "    main()"
    )
    assert "monitor" in loaded
    assert not loaded & HEAVY


def test_a_start_makes_the_commands_of_the_group_that_was_asked_for_alone():
    code = (
        "from typer.main import get_command\n"
        "from monitor.cli import app\n"
        "made = get_command(app)\n"
        "assert made.commands['case'].commands['step'].commands['weigh']\n"
        "assert 'commands' not in vars(made.commands['privacy'])\n"
        "assert 'commands' not in vars(made.commands['case'].commands['consent'])"
    )
    _loaded_by(code)


@pytest.mark.parametrize(
    "reader",
    [
        "monitor.views.case.case_file, monitor.views.case.as_json, monitor.casework.evidence.sealed",
        "monitor.views.evidence, monitor.casework.evidence.proving",
        "monitor.casework.evidence.capture_policy",
    ],
)
def test_reading_a_case_or_its_proof_loads_nothing_that_fetches_or_captures(reader):
    assert not _loaded_by(f"import {reader}") & {"requests", "urllib3", "warcio", "wacz", "fsspec", "typst"}


def test_the_service_holds_no_archiver_in_its_memory_until_something_is_handed_in():
    assert not _loaded_by("import monitor.commands.serve, monitor.service.step") & {"warcio", "fsspec"}


def test_of_all_countries_holidays_only_our_own_are_loaded():
    code = (
        "import sys\n"
        "from datetime import date\n"
        "from data.calendar import Calendar\n"
        "assert Calendar().bank_holiday(date(2026, 12, 25))\n"
        "assert [m for m in sys.modules if m.startswith('holidays.countries.')] == "
        "['holidays.countries.united_kingdom']"
    )
    _loaded_by(code)


def test_importing_a_room_sets_up_no_logging():
    code = (
        "import logging\n"
        "import data.types, sources.base, classifiers.verdicts.decide, monitor.cli\n"
        "import alerts.instant.raise_alert\n"
        "assert not logging.getLogger().handlers and not logging.getLogger('schoolgate').handlers"
    )
    _loaded_by(code)
