"""A start of a person's own: the service begins when they sign in to their computer, by no administrator.

Linux: a unit of systemd's user manager (systemd.unit(5), systemd.service(5)), and an entry in the list of
programs (freedesktop.org, Desktop Entry Specification). macOS: a launch agent (launchd.plist(5)) and a file
that the Terminal opens; nobody has tried these on a Mac yet.
"""

from __future__ import annotations

import os
import plistlib
import shlex
import shutil
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from data.errors import SchoolgateError
from data.frozen import freeze
from monitor.config.home.paths import write_private
from monitor.setup.installing import UNIT, Machine, run_command

_AGENT = "schoolgate.serve"
_ICON = "schoolgate.desktop"


@freeze
class OwnStart:
    """A start with one person's computer: the file that it goes by, the icons that open the desk, and the
    commands that begin and end it."""

    file: Path
    content: bytes
    icons: Mapping[Path, bytes]
    to_begin: tuple[tuple[str, ...], ...]
    to_end: tuple[str, ...]

    @property
    def files(self) -> list[str]:
        """The paths of all that it writes."""
        return [str(path) for path in (self.file, *self.icons)]

    @property
    def is_there(self) -> bool:
        """Does this home start with the computer?"""
        with suppress(FileNotFoundError):
            return self.file.read_bytes() == self.content
        return False

    def begin(self, machine: Machine) -> None:
        """Write the files and start the service, now and at each sign-in.

        Raises SchoolgateError where another home has such a start, or with what the computer answered where
        it does not start; nothing is changed then.
        """
        if self.file.exists() and not self.is_there:
            raise SchoolgateError(
                f"{self.file} is there already: another home starts with this computer, or another "
                f"Schoolgate. To end that: {shlex.join(self.to_end)}; rm {shlex.quote(str(self.file))}"
            )
        write_private(self.file, self.content)
        for icon, opens in self.icons.items():
            write_private(icon, opens)
            icon.chmod(0o700)
        try:
            for command in self.to_begin:
                run_command(machine, command)
        except SchoolgateError:
            self._remove_files()
            raise

    def end(self, machine: Machine) -> None:
        """Stop this home's service, and start it no more. Raises SchoolgateError where that is refused."""
        if self.is_there:
            run_command(machine, self.to_end)
            self._remove_files()

    def _remove_files(self) -> None:
        for file in (self.file, *self.icons):
            file.unlink(missing_ok=True)


def find_own_start(home: Path, program: Path) -> OwnStart | None:
    """The start that this computer offers; None where it has neither launchd nor systemd's user manager."""
    if sys.platform == "darwin":
        return start_by_launchd(Path.home(), home, program)
    manager = Path(os.environ.get("XDG_RUNTIME_DIR", "/nowhere"), "systemd", "private")
    if manager.exists() and shutil.which("systemctl"):
        return start_by_systemd(Path.home(), home, program)
    return None


_SERVICE = """\
[Unit]
Description=Schoolgate: watches what is said in public about a school

[Service]
ExecStart={command}
Restart=on-failure
RestartSec=60
# Not where a newer version has upgraded the store.
RestartPreventExitStatus=4
UMask=0077

[Install]
WantedBy=default.target
"""
_ENTRY = """\
[Desktop Entry]
Type=Application
Name=Schoolgate
Comment=Opens the desk
Exec={command}
Terminal=true
Categories=Office;
"""


def start_by_systemd(folder: Path, home: Path, program: Path) -> OwnStart:
    """The start by the user manager of whoever owns the `folder`."""
    serve = " ".join(_quote_for_unit(word) for word in (str(program), "serve", "--home", str(home)))
    desk = " ".join(_quote_for_entry(word) for word in (str(program), "desk", "--home", str(home)))
    entry, desktop = _ENTRY.format(command=desk).encode(), folder / "Desktop"
    icons = {folder / ".local" / "share" / "applications" / _ICON: entry}
    if desktop.is_dir():
        icons[desktop / _ICON] = entry
    return OwnStart(
        folder / ".config" / "systemd" / "user" / UNIT,
        _SERVICE.format(command=serve).encode(),
        icons,
        (("systemctl", "--user", "daemon-reload"), ("systemctl", "--user", "enable", "--now", UNIT)),
        ("systemctl", "--user", "disable", "--now", UNIT),
    )


def start_by_launchd(folder: Path, home: Path, program: Path) -> OwnStart:
    """The start by the launch agents of whoever owns the `folder`."""
    file, domain = folder / "Library" / "LaunchAgents" / f"{_AGENT}.plist", f"gui/{os.getuid()}"
    agent = {
        "Label": _AGENT,
        "ProgramArguments": [str(program), "serve", "--home", str(home)],
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": 60,
        "Umask": 0o077,
    }
    opens = f"#!/bin/sh\nexec {shlex.join([str(program), 'desk', '--home', str(home)])}\n"
    return OwnStart(
        file,
        plistlib.dumps(agent),
        {folder / "Desktop" / "Schoolgate.command": opens.encode()},
        (("launchctl", "bootstrap", domain, str(file)),),
        ("launchctl", "bootout", f"{domain}/{_AGENT}"),
    )


def _quote_for_unit(word: str) -> str:
    """Quote a word of a command line for a unit (systemd.service(5), “Command lines”)."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'


def _quote_for_entry(word: str) -> str:
    """Quote a word for a desktop entry, whose backslashes are read twice (“The Exec key”)."""
    escaped = word.replace("\\", "\\\\\\\\").replace("%", "%%")
    for special in ('"', "`", "$"):
        escaped = escaped.replace(special, f"\\\\{special}")
    return f'"{escaped}"'
