"""The shape of `fleet.toml`: one pydantic model a table, one sentence and one example a key.

`docs/fleet.md` is held against these by a test, and faults quote the examples.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from monitor.config import model
from monitor.config.model import PlaceTable, Table
from monitor.config.values import (
    BeatAddress,
    ClusterAddress,
    Contact,
    HomeName,
    Machine,
    Text,
    Variable,
    Zone,
)

_MOST_WORKERS = 256


def _key(sentence: str, example: object, default: Any = ..., **limits: Any) -> Any:
    return Field(default=default, description=sentence, examples=[example], **limits)


def _workers(sentence: str) -> Any:
    return _key(sentence, 2, 1, ge=1, le=_MOST_WORKERS)


class EngineTable(Table):
    """What runs the stages, and how many workers each has."""

    kind: Literal["local", "ray"] = _key(
        "“local”: processes of this machine; “ray”: a Ray cluster (extra `fleet`).", "ray", "local"
    )
    address: ClusterAddress | None = _key(
        "With “ray”: the cluster to join; without it one of our own on this machine.", "10.0.0.1:6379", None
    )
    fetchers: int = _workers("Workers that ask places; a site is asked by one of them alone.")
    linkers: int = _workers("Workers that tell whom a find is about.")
    scorers: int = _workers("Workers that hold the model.")
    writers: int = _workers("Workers that judge and save; a home is written by one of them alone.")


class HomeTable(Table):
    """One home: the folder of one trust or school, with its own file, store, people and keys."""

    name: HomeName = _key("A short name of your own: letters, digits, hyphens.", "brightwater")
    folder: Text = _key("Its folder; relative to the one this file is in.", "homes/brightwater")
    config: Text | None = _key(
        "Its configuration file, where it is not `schoolgate.toml` in its folder.",
        "settings/brightwater.toml",
        None,
    )
    machine: Machine | None = _key(
        "With “ray”: the machine that its folder lies on, where it is not this one.", "b", None
    )


class SharedPlaceTable(PlaceTable):
    """A place that is looked at for all homes together, or for those named."""

    homes: tuple[HomeName, ...] = _key(
        "The homes it is watched for; all of them where it is missing.", ["brightwater"], ()
    )


class FleetFile(Table):
    """The whole of `fleet.toml`."""

    zone: Zone = _key("The time zone people see.", "Europe/London", "Europe/London")
    contact: Contact | None = _key(
        "Who answers for the collecting; every site we ask for all homes together is told it.",
        "fleet@authority.example.org",
        None,
    )
    register_file: Text | None = _key(
        "The register of schools, a CSV file (may be .gz), to tell namesakes apart.", "gias.csv.gz", None
    )
    heartbeat_url: BeatAddress | None = model.HEARTBEAT_URL
    heartbeat_env: Variable | None = model.HEARTBEAT_ENV
    heartbeat_file: Text | None = model.HEARTBEAT_FILE
    engine: EngineTable = _key("What runs the stages.", {}, EngineTable())
    network: model.NetworkTable = _key(
        "The network that the fleet stands in, as in `schoolgate.toml`.", {}, model.NetworkTable()
    )
    homes: tuple[HomeTable, ...] = _key("The homes: one `[[homes]]` each.", [], min_length=1)
    places: tuple[SharedPlaceTable, ...] = _key("Places for all homes: one `[[places]]` each.", [], ())
