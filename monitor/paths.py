"""Where Schoolgate keeps its things: one folder, and the configuration in it. Creates nothing."""

from __future__ import annotations

from pathlib import Path

CONFIG_NAME = "schoolgate.toml"


def home_folder(home: Path | None) -> Path:
    """The folder of one installation: `--home` or $SCHOOLGATE_HOME, else the platform's for user data."""
    if home is not None:
        return home.expanduser().absolute()
    import platformdirs

    return Path(platformdirs.user_data_dir("schoolgate", appauthor=False))


def config_file(home: Path, config: Path | None) -> Path:
    """The configuration file: `--config`, else `schoolgate.toml` in the folder."""
    return config.expanduser().absolute() if config else home / CONFIG_NAME


def store_file(home: Path) -> Path:
    """The DuckDB file."""
    return home / "schoolgate.duckdb"


def evidence_folder(home: Path) -> Path:
    """Where evidence lies: bytes named by their SHA-256."""
    return home / "evidence"


def demo_folder(home: Path) -> Path:
    """The demo's own folder, so that it never touches the school's file."""
    return home / "demo"
