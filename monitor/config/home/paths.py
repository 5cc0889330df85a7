"""Where Schoolgate keeps its things: one folder, and the configuration in it. Creates nothing."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from data.frozen import dataclass
from monitor.config.home.private_file import keep

NAME = ".served-by"


def mark(home: Path, fleet: Path) -> None:
    """This fleet, by its folder, sees to the home now. A disk that is full keeps it from nothing else."""
    with suppress(OSError):
        keep(home / NAME, str(fleet).encode())


def unmark(home: Path) -> None:
    """No fleet does any more."""
    with suppress(OSError):
        (home / NAME).unlink(missing_ok=True)


def fleet_of(home: Path) -> tuple[Path, datetime] | None:
    """The fleet's folder and when it last saw to the home, UTC; None where none does."""
    try:
        fleet = (home / NAME).read_text(encoding="utf-8")
        return Path(fleet), datetime.fromtimestamp((home / NAME).stat().st_mtime, UTC)
    except (OSError, UnicodeDecodeError):
        return None


CONFIG_NAME = "schoolgate.toml"
HOME_VARIABLE = "SCHOOLGATE_HOME"


@dataclass(frozen=True, slots=True)
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
        """Where evidence lies: bytes named by their SHA-256."""
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


def find(env: Mapping[str, str], home: Path | None = None, config: Path | None = None) -> Paths:
    """Where to look: `--home`, else $SCHOOLGATE_HOME, else the platform's folder for user data.

    `config` (`--config`) names another configuration file and leaves the folder as it is.
    """
    named = env.get(HOME_VARIABLE, "").strip()
    folder = home or (Path(named) if named else None)
    if folder is None:
        import platformdirs

        folder = Path(platformdirs.user_data_dir("schoolgate", appauthor=False))
    folder = folder.expanduser().absolute()
    return Paths(folder, config.expanduser().absolute() if config else folder / CONFIG_NAME)
