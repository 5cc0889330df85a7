"""Changing a file that the program reads, in its place, as a careful person would in an editor.

What comes out is checked before it is put in place; it is put there whole or not at all, one command at a
time, and never over what somebody saved meanwhile.
"""

from __future__ import annotations

import os
import stat
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeAlias

from data.errors import InputError, SchoolgateError
from data.store.engine.lock import LOOK_S, LockHeld, give_back, take
from monitor.config.examine import Examined, checked_by, examined
from monitor.config.faults import Fault
from monitor.config.load import read
from monitor.config.model import Table
from monitor.config.writing.toml_edit import NoTable
from monitor.home.private_file import keep
from monitor.terminal.refusals import refused

WAIT_S = 5.0
"""So long another command is waited for that changes the file."""
_BOM = "\ufeff"
_NOTHING = "Nothing was changed."

Change: TypeAlias = Callable[[str, dict[str, Any]], str]
"""The new text, by the old one and by what it holds."""
Examine: TypeAlias = Callable[[dict[str, Any]], Examined[Table]]
"""What finds the faults of such a file."""


class EditRefused(InputError):
    """The file would have faults after the change. `faults` say where and what."""

    def __init__(self, name: str, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        what = " ".join(f"“{fault.path[-1]}”: {fault.what}" for fault in self.faults if fault.path)
        super().__init__(f"{name} would not be right with that. {what} {_NOTHING}")


def edit(
    path: Path, change: Change, examine: Examine = examined, page: str = "docs/configuration.md"
) -> None:
    """The file, changed; `page` is the one that shows how it is written.

    A link is followed to the file; only the ends of lines that all are “\\r\\n” are written anew.

    Raises ConfigError where the file has faults already, `EditRefused` where it would have them after the
    change, and SchoolgateError where it cannot be changed; then nothing was changed.
    """
    try:
        _edit_alone(path, path.resolve(), change, examine)
    except NoTable as table:
        raise InputError(
            f"{path.name} has “{table}” written in a way that only an editor can change. "
            f"Open the file in one, or write it as {page} does. {_NOTHING}"
        ) from None
    except OSError as error:
        raise SchoolgateError(f"{refused(error)} {_NOTHING}") from None


def create(path: Path, text: str, examine: Examine) -> None:
    """A file that is not there yet, for its owner alone. Raises as `edit` does, and where it is there."""
    faults = examine(tomllib.loads(text))[1]
    if faults:
        raise EditRefused(path.name, faults)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(path):
            if path.exists():
                raise SchoolgateError(
                    f"{path} was written by another command meanwhile. {_NOTHING} Begin again."
                )
            keep(path, text.encode())
    except OSError as error:
        raise SchoolgateError(f"{refused(error)} {_NOTHING}") from None


def _edit_alone(path: Path, real: Path, change: Change, examine: Examine) -> None:
    read(path)
    with _alone(real):
        checked_by(examine, path.name, read(path))
        raw = real.read_bytes()
        mark, text = _BOM * raw.startswith(_BOM.encode()), raw.decode("utf-8-sig")
        windows = b"\r\n" in raw and raw.count(b"\r\n") == raw.count(b"\n")
        after = _after(path.name, text.replace("\r\n", "\n") if windows else text, change, examine)
        _put(real, raw, (mark + (after.replace("\n", "\r\n") if windows else after)).encode())


def _after(name: str, text: str, change: Change, examine: Examine) -> str:
    after = change(text, tomllib.loads(text))
    _, faults = examine(tomllib.loads(after))
    if faults:
        raise EditRefused(name, faults)
    return after


@contextmanager
def _alone(real: Path) -> Iterator[None]:
    """Commands that change the file come one after another. The lock ends with the process."""
    lock, until = real.with_name(f".{real.name}.lock"), time.monotonic() + WAIT_S
    handle = None
    while handle is None:
        try:
            handle = take(lock, shared=False)
        except LockHeld as held:
            if time.monotonic() > until:
                what = f"{real.name} is being changed by another command, {held.holder}."
                raise SchoolgateError(f"{what} {_NOTHING} Begin again in a moment.") from None
            time.sleep(LOOK_S)
    try:
        yield
    finally:
        give_back(handle)


def _put(real: Path, before: bytes, after: bytes) -> None:
    """For the same account and with the same rights as the file that it replaces."""
    there = real.stat()
    if os.geteuid() not in (0, there.st_uid):
        raise SchoolgateError(f"{real} belongs to another account. Run this as that one. {_NOTHING}")
    handle, name = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name}.")
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(handle, stat.S_IMODE(there.st_mode))
            with suppress(PermissionError):
                os.fchown(handle, there.st_uid, there.st_gid)
            file.write(after)
            file.flush()
            os.fsync(handle)
        if real.read_bytes() != before:
            what = f"{real.name} was saved by somebody else meanwhile."
            raise SchoolgateError(f"{what} {_NOTHING} Begin again.")
        draft.replace(real)
    finally:
        draft.unlink(missing_ok=True)
