"""A command begun as another account, by its number; and a folder that every account reaches."""

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.checkout import ROOT

NOBODY = 12345
"""A number without a name: no account of this machine."""
only_root = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("setpriv") is None,
    reason="only root begins a command as another account, by setpriv",
)


def as_account(uid, command, env):
    """The command, run as that account with this environment alone. It may look into every folder, since
    Python and our checkout may lie where nobody else may; what is whose, and where it may write, is as for
    anybody."""
    may_look = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"] if uid else []
    who = ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", *may_look]
    return [*who, "env", "-i", *(f"{name}={value}" for name, value in env.items()), *command]


def typed(uid, *words, home=None):
    """Our command with these words, as that account; `home` is what $SCHOOLGATE_HOME names."""
    env = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    env |= {"SCHOOLGATE_HOME": str(home)} if home else {}
    command = [sys.executable, "-P", "-m", "monitor.cli.app", *words]
    return subprocess.run(
        as_account(uid, command, env), capture_output=True, text=True, check=False, cwd="/"
    )  # fmt: skip


@contextmanager
def open_folder():
    """A folder that everybody reaches: pytest's own are their owner's alone."""
    folder = Path(tempfile.mkdtemp(prefix="schoolgate-open-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def owned(home, uid):
    """The folder and all in it, given to that account, for it alone."""
    home.chmod(0o700)
    for path in (home, *home.rglob("*")):
        os.chown(path, uid, uid)
    return home
