"""Where Schoolgate keeps its things: one folder, and the configuration in it. Creates nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from data.frozen import dataclass

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
