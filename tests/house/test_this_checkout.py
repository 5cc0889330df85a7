"""Every process that a test begins runs the checkout that the test lies in, whatever is installed."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
import support.forked
from support.checkout import ROOT

import data
from data.child_process import plain_environment

WHERE = "import data; print(data.__file__)"
HERE = f"{ROOT / 'data' / '__init__.py'}\n"


def test_these_tests_test_this_checkout():
    assert Path(data.__file__).parents[1] == ROOT == Path(__file__).resolve().parents[2]
    assert sys.path.index(str(ROOT)) < sys.path.index(sysconfig.get_path("purelib"))


@pytest.mark.parametrize("more", [(), ("-P",), ("-S",), ("-P", "-S")])
def test_a_process_that_a_test_begins_runs_it_even_where_nothing_is_installed(tmp_path, more):
    """Without `site`, Python knows nothing of what is installed: only what it is given."""
    asked = [sys.executable, *more, "-c", WHERE]
    done = subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == HERE


def test_it_comes_before_another_that_is_installed(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "__init__.py").touch()
    env = {**os.environ, "PYTHONPATH": os.pathsep.join((os.environ["PYTHONPATH"], str(tmp_path)))}
    done = subprocess.run([sys.executable, "-c", WHERE], env=env, cwd="/", capture_output=True, text=True)
    assert done.stdout == HERE


def test_one_with_the_variables_that_the_program_passes_on_runs_it(tmp_path):
    done = subprocess.run(
        [sys.executable, "-P", "-S", "-c", WHERE],
        env=plain_environment(), cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == HERE


def test_one_begun_by_a_fork_that_was_given_few_variables_runs_it(tmp_path):
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-P', '-S', '-c', {WHERE!r}])"
    assert support.forked.run(code, env={"PATH": os.environ["PATH"]}, cwd=tmp_path).stdout == HERE


@pytest.mark.parametrize("env", [{}, {"PYTHONPATH": "/elsewhere"}])
@pytest.mark.parametrize("program", [sys.executable, str(Path(sys.executable).with_name("schoolgate"))])
def test_one_that_might_run_another_is_refused(program, env):
    with pytest.raises(AssertionError, match="has not this checkout in its PYTHONPATH"):
        subprocess.run([program, "--version"], env=env)
