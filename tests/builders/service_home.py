"""A technician's home that is to be moved to where the service runs."""

import pwd
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from support.as_account import NOBODY, owned
from support.checkout import ROOT
from support.web_server import free_port

from data.effects import utc_now
from monitor.setup.installing import Machine, ServiceHome, install_service

SERVICE = pwd.getpwnam("nobody")
BEFORE = ROOT / "tests" / "fixtures" / "homes" / "six_stories.tar.xz"
REGISTER = ROOT / "tests" / "fixtures" / "register" / "gias.csv"


def service_home(folder):
    """A technician's home, of an earlier version, with a register in their own folder; and what is to be."""
    with tarfile.open(BEFORE) as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)  # Python 3.11.2 has none
        archive.extractall(folder, [m for m in archive if m.name.startswith("review/")])
    old = (folder / "review").rename(folder / "schoolgate")
    (folder / "downloads").mkdir(mode=0o700)
    shutil.copy(REGISTER, folder / "downloads" / "gias.csv")
    (folder / "downloads" / "pw").write_text("hush")
    owned(folder / "downloads", NOBODY)
    text = (old / "schoolgate.toml").read_text()
    (old / "schoolgate.toml").write_text(
        f'register_file = "{folder}/downloads/gias.csv"\n{text}\n[serve]\nhealth_port = {free_port()}\n'
        f'[[sources]]\nid = "box"\nkind = "mailbox"\nurl = "imaps://mail.example.org/INBOX"\n'
        f'[sources.settings]\nuser = "a"\npassword_file = "{folder}/downloads/pw"\n'
    )
    owned(old, NOBODY)
    return ServiceHome(old, folder / "lib" / "schoolgate", "nobody", ours(folder))


def ours(folder):
    """Our program, as one that stands alone."""
    (folder / "lib").mkdir()
    program = folder / "schoolgate-program"
    program.write_text(
        f"#!/bin/sh\nPYTHONPATH={ROOT} PYTHONDONTWRITEBYTECODE=1 exec {sys.executable} -P -m monitor.cli.app"
        ' "$@"\n'
    )
    program.chmod(0o755)
    return program


def may_look(command):
    """Runs it; an account may look into the folders in which Python lies here."""
    caps = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    given = [command[0], *caps, *command[1:]] if command[0] == "setpriv" else command
    return subprocess.run(given, capture_output=True, text=True, check=False)


HERE = Machine(booted=Path("/nowhere"), run=may_look)


def everything(folder):
    """Each file of a folder, but locks: whose it is, and what is in it."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and ".lock" not in path.name)
    return {str(f.relative_to(folder)): (f.stat().st_uid, f.read_bytes()) for f in files}


def moved(wanted, machine=HERE, *, dry_run=False):
    said: list[str] = []
    install_service(wanted, machine, said.append, utc_now, dry_run=dry_run)
    return said
