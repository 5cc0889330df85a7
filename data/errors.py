"""The error tree. Expected failures of a source are values (`FetchFailure`); these are not: each ends a
command with its `exit_code` and its sentence, without a traceback.
"""

from __future__ import annotations

import errno
import re
from pathlib import Path

_FIELD, _ACT = re.compile("⟨([a-z_]+)⟩"), re.compile("⟪([a-z -]+)⟫")
_PAGE = re.compile("⟪(/[a-z0-9/-]+)⟫")
_OPTIONS = {"person": "as"}


def write_commands(text: str, program: str = "schoolgate", home: str = "", desk: str = "") -> str:
    """Write the text as people read it: a field ⟨reason⟩ by its option, an act ⟪source list⟫ as a command, by
    that `program` and with the option that names the `home`, where it has to be named; the manual is no
    home's. A page of the desk ⟪/requests⟫ by its address, whole where that of the `desk` is known."""
    text = _PAGE.sub(lambda page: f"the desk’s page {desk.rstrip('/')}{page[1]}", text)
    said = _FIELD.sub(lambda field: f"--{_OPTIONS.get(field[1], field[1]).replace('_', '-')}", text)
    return _ACT.sub(lambda act: f"{program} {act[1]}{'' if act[1] == 'docs' else home}", said)


_ELSEWHERE = "or name another folder: ⟨home⟩ FOLDER"
_REASONS = {
    errno.ENOENT: ("it is not there.", "Check the name."),
    errno.EACCES: ("this account has no right to it.", f"Give it the right, {_ELSEWHERE}"),
    errno.EPERM: ("this account has no right to it.", f"Give it the right, {_ELSEWHERE}"),
    errno.EROFS: ("nothing can be written there.", f"Make the disk writable, {_ELSEWHERE}"),
    errno.ENOTDIR: ("there is a file where a folder is needed.", f"Move that file away, {_ELSEWHERE}"),
    errno.EEXIST: ("there is a file where a folder is needed.", f"Move that file away, {_ELSEWHERE}"),
    errno.EISDIR: ("it is a folder where a file is needed.", "Check the name."),
    errno.ENOSPC: ("the disk is full.", "Make room, and begin again."),
}


def explain_refusal(error: OSError, file: Path | None = None) -> str:
    """Say what the machine refused, why, and how to put it right, in one line. `file` is what was wanted,
    where the machine names none."""
    name = error.filename2 or error.filename or file
    what = f"{name} cannot be used" if name else "The machine refused something"
    usual = f"{(error.strerror or type(error).__name__).rstrip('.').lower()}."
    why, remedy = _REASONS.get(error.errno or 0, (usual, "Look with: ⟪doctor⟫"))
    remedy = explain_missing(str(name)) if error.errno == errno.ENOENT else remedy
    return write_commands(f"{what}: {why} {remedy}")


def explain_missing(name: str) -> str:
    """Say what to do about a file that is not there: its name may be a path of Windows, or have quotes."""
    if windows := re.match(r"([A-Za-z]):[\\/]?(.*)", name):
        return f"In WSL it is /mnt/{windows[1].lower()}/{windows[2].replace(chr(92), '/')}"
    return "Leave out the quotes." if name[:1] in "“”‘’\"'" else "Check the name."


class SchoolgateError(Exception):
    """Something a person can put right. The text says what, where and how. As a string it is
    `write_commands`; `text` is for a door with names of its own for fields and acts.
    """

    exit_code = 1

    @property
    def text(self) -> str:
        """The text before a door names its fields and acts."""
        return super().__str__()

    def __str__(self) -> str:
        return write_commands(self.text)


class ConfigError(SchoolgateError):
    """Faults in `schoolgate.toml`; `faults` are sentences, each naming file, key and line."""

    exit_code = 2

    def __init__(self, faults: list[str]) -> None:
        self.faults = [write_commands(fault) for fault in faults]
        super().__init__("\n".join(faults))


class StoreError(SchoolgateError):
    """The database file cannot be used as it is."""


class StoreBusy(StoreError):
    """Another process held the file past the waiting deadline; the text names it."""


class StoreHeld(StoreBusy):
    """A service of another version holds the home, so the file is not changed under it; the text names it."""


class StoreFull(StoreError):
    """The machine does not let the file be written, whatever is written: its disk is full, for example."""


class StoreOlder(StoreError):
    """The file was written by an older version, and whoever asks brings nothing up to date."""


class StoreTooNew(StoreError):
    """The file was written by a newer version of Schoolgate: to try again does not help."""

    exit_code = 4


class StoreDamaged(StoreError):
    """The file cannot be read, or its audit chain does not hold."""


class KeyMissing(StoreError):
    """The key is not there, or may not be used: nothing can be encrypted, or read."""


class CaseMoved(StoreError):
    """Somebody took a step in the case after it was read; nothing was written."""


class ModelMissing(SchoolgateError):
    """A model file is missing, or its SHA-256 is not the model card's."""


class RegisterError(SchoolgateError):
    """A register file cannot be read; the text names the column or the line."""


class Unreadable(SchoolgateError):
    """Reading a document was aborted: it took too much time or memory, or crashed its reader."""


class InputError(SchoolgateError):
    """An argument or an input file cannot be used."""

    exit_code = 2

    @property
    def field(self) -> str:
        """The first field that its text names; "" where it names none."""
        found = _FIELD.search(self.text)
        return found[1] if found else ""


class AnothersHome(InputError):
    """A home is another account's (`owner`): what ours wrote there would be in the way of its own. The
    command line adds what was typed, to be typed as that account; `program` is one that it can run, where
    that is known."""

    def __init__(self, home: Path, owner: str, us: str, program: Path | None = None) -> None:
        self.home, self.owner, self.program = home, owner, program
        super().__init__(
            f"{home} belongs to {owner}, and you are {us}. Nothing was read or changed. Run it as {owner}:"
        )
