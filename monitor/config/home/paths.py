"""Paths of a home: a folder, the configuration in it, its key; how a file is written whole."""

from __future__ import annotations

import getpass
import os
import re
import secrets
import shlex
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import platformdirs

from data.errors import AnothersHome, InputError
from data.frozen import freeze
from data.words.say import words

CONFIG_NAME = "schoolgate.toml"
HOME_VARIABLE = "SCHOOLGATE_HOME"


@freeze
class Paths:
    """The folder of one installation and its configuration file. Neither need exist yet."""

    home: Path
    config: Path

    @property
    def store(self) -> Path:
        """The DuckDB file."""
        return self.home / "schoolgate.duckdb"

    @property
    def evidence(self) -> Path:
        """Return where evidence lies: bytes named by their SHA-256."""
        return self.home / "evidence"

    @property
    def demo(self) -> Path:
        """The demo's own folder, so that it never touches the school's file."""
        return self.home / "demo"


def changed_at(path: Path) -> int:
    """When a file was last written, in nanoseconds; 0 where there is none."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def find_paths(
    env: Mapping[str, str], home: Path | None = None, config: Path | None = None, *, anybodys: bool = False
) -> Paths:
    """Find where to look: `--home`, else $SCHOOLGATE_HOME, else the platform's folder for user data.

    `config` (`--config`) names another configuration file and leaves the folder as it is. Raises InputError
    where it is another account's, unless it may be `anybodys`; or where others can write to it.
    """
    named = env.get(HOME_VARIABLE, "").strip()
    folder = home or (Path(named) if named else None)
    if folder is None:
        folder = Path(platformdirs.user_data_dir("schoolgate", appauthor=False))
    folder = folder.expanduser().absolute()
    with suppress(OSError):  # whose it is, is said below
        if folder.is_file():
            raise InputError(f"{folder} is a file, and a home is a folder. Type: ⟨home⟩ {folder.parent}")
    if not anybodys:
        refuse_foreign(folder)
    return Paths(folder, config.expanduser().absolute() if config else folder / CONFIG_NAME)


def refuse_foreign(home: Path) -> None:
    """Raises AnothersHome where a home is another account's, InputError where others can write to it: what
    stands in it could be theirs.

    Of one that we may not even see the folder above says whose it is. InputError too where what another
    account once did there cannot be written by its own.
    """
    for place in (home, *home.parents) if os.name == "posix" else ():
        with suppress(PermissionError):
            try:
                owner, us = place.stat().st_uid, os.geteuid()
            except (FileNotFoundError, NotADirectoryError):
                break
            if owner != us:
                raise AnothersHome(home.resolve(), account(owner), account(us), service_value(_PROGRAM))
            break
    if home.is_dir() and others_write(home):
        said = words("en")("setup.refused.others_write", home=home)
        raise InputError(f"{said} chmod 700 {shlex.quote(str(home))}")
    for path in home.glob("schoolgate.duckdb*") if os.name == "posix" else ():
        if path.stat().st_uid != os.geteuid() and not os.access(path, os.W_OK):
            other, ours = account(path.stat().st_uid), account(os.geteuid())
            said = words("en")("setup.refused.anothers", file=path.name, home=home, other=other, ours=ours)
            raise InputError(f"{said}\nsudo chown -R {ours.lstrip('#')}: {shlex.quote(str(home))}")


_PROGRAM = "ExecStart"
UNIT = Path("/etc/systemd/system/schoolgate.service")
"""Where `service install` writes the unit of this machine's service."""


def service_value(name: str) -> Path | None:
    """Read what this machine's service names so in its unit: its home, its program; None without one."""
    with suppress(OSError, UnicodeDecodeError):
        found = re.search(rf"^(?:Environment=)?{name}=(\S+)", UNIT.read_text(encoding="utf-8"), re.MULTILINE)
        return Path(found[1]) if found else None
    return None


def refuse_served() -> None:
    """Raises AnothersHome where this machine has a service, of another account, and so a home already."""
    home = service_value(HOME_VARIABLE)
    if home is not None and home.exists() and (owner := home.stat().st_uid) != os.geteuid():
        raise AnothersHome(home, account(owner), account(os.geteuid()), service_value(_PROGRAM))


def account(uid: int) -> str:
    """The name of an account, or its number as sudo takes it."""
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"#{uid}"


def own_account() -> str:
    """The account of the operating system that runs this, by name, as the audit may hold it."""
    name = account(os.getuid()) if os.name == "posix" else getpass.getuser()
    return re.sub(r"[^A-Za-z0-9_.@-]+", "_", name)


OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH


def others_write(path: Path) -> bool:
    """Can other accounts write to this file or folder? On Windows the permission bits do not say so."""
    return os.name == "posix" and bool(path.stat().st_mode & OTHERS_MAY_WRITE)


def others_enter(folder: Path) -> bool:
    """Can other accounts reach what lies in this folder? Where not, they write to none of it."""
    return bool(folder.stat().st_mode & (stat.S_IXGRP | stat.S_IXOTH))


KEY_FILE = "secret.key"
BYTES = 32


def secret_key(home: Path) -> bytes:
    """The home's secret, 32 bytes; made at the first call, once, however many ask at the same time.

    The file is for its owner alone (0600). Raises InputError where it is damaged: addresses sent before
    would no longer be known.
    """
    path = home / KEY_FILE
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # written beside it, then linked to its name: whoever comes second finds the first one's, whole
        with draft(path, secrets.token_bytes(BYTES)) as made, suppress(FileExistsError):
            os.link(made, path)
    key = path.read_bytes()
    if len(key) != BYTES:
        raise InputError(words("en")("setup.refused.damaged_key", path=path, size=len(key), right=BYTES))
    return key


def write_private(path: Path, held: bytes) -> None:
    """Writes a file for its owner alone (0600), whole or not at all; a link of that name is replaced."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with draft(path, held) as made:
        made.replace(path)


@contextmanager
def draft(path: Path, held: bytes, like: os.stat_result | None = None) -> Iterator[Path]:
    """The bytes, safe on the disk beside `path`, to be given its name; deleted where they are not.

    For the owner alone (0600), or with account and rights of the file that they replace (`like`).
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # made with 0600
    try:
        with os.fdopen(handle, "wb") as file:
            if like is not None:
                os.fchmod(handle, stat.S_IMODE(like.st_mode))
                with suppress(PermissionError):
                    os.fchown(handle, like.st_uid, like.st_gid)
            file.write(held)
            file.flush()
            os.fsync(handle)
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)
