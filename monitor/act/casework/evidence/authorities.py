"""The authorities of time stamps, as configured."""

from __future__ import annotations

from monitor.config.load import Config


def authorities_file(config: Config) -> bytes | None:
    """The PEM file, None where none is named or it cannot be read."""
    name = config.evidence.timestamp_ca
    try:
        return config.near(name).read_bytes() if name else None
    except OSError:
        return None
