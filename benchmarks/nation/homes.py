"""The folders of a fleet: each home with its `schoolgate.toml`, and `fleet.toml` above them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks.nation.world.places import Nation
from benchmarks.nation.world.schools import LISTS, PlayedHome, seeded
from data.types import School, Source
from monitor.home import wiring

STAFF = (("dsl", "Ms Imogen"), ("deputy_head", "Mr Ralf"), ("chair", "Mrs Odette"))
_LAST = ("Larkspur", "Ingrow", "Fennimore", "Marrow", "Dray", "Sallow", "Umberley", "Wherry")


def register(lists: Path | None) -> Path | None:
    """The list that everyone's mentions are linked with besides, where it is there."""
    path = lists / LISTS[0] if lists is not None else None
    return path.absolute() if path is not None and path.exists() else None


def make(folder: Path, homes: Sequence[PlayedHome], nation: Nation) -> None:
    """Writes every home into `folder`, each with a store that is empty: made once for all runs."""
    folder.mkdir(mode=0o700, parents=True)
    (folder / "homes").mkdir(mode=0o700)
    for home in homes:
        own = folder / "homes" / home.name
        own.mkdir(mode=0o700)
        _keep(own / "schoolgate.toml", _home(home, nation.named[home.name]))
    with ProcessPoolExecutor(os.cpu_count()) as workers:
        list(workers.map(_begin, [folder / "homes" / home.name for home in homes], chunksize=20))


def write_fleet(
    folder: Path,
    homes: Sequence[PlayedHome],
    nation: Nation,
    engine: Mapping[str, object],
    listed: Path | None,
) -> Path:
    """Writes `fleet.toml` above the homes, `engine` as its table of that name; its path."""
    path = folder / "fleet.toml"
    _keep(path, _fleet(homes, nation, engine, listed))
    return path


def _keep(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)


def _begin(folder: Path) -> None:
    """The home's store, as its first start leaves it."""
    _, config = wiring.settings(folder, None)
    wiring.remember_config(wiring.open_store(folder), config)


def _home(home: PlayedHome, sources: Sequence[Source]) -> str:
    tables = ['contact = "office@example.org"', "[dpia]", "recorded_on = 2026-09-01"]
    for school in home.schools:
        tables += ["[[schools]]", *_school(school)]
    for n, (role, name) in enumerate((("head", ""), *STAFF)):
        for school in home.schools if role == "head" else (home.schools[0],):
            last = seeded("staff", home.name, role).choice(_LAST)
            who = f"{role}-{school.urn}" if role == "head" else role
            told = school.head if not n else f"{name} {last}"
            at = f"{who}@{home.name}.example.org"
            mine = [school.urn] if role == "head" else []
            tables += ["[[people]]", *_keys(id=who, name=told, roles=[role], email=at, schools=mine)]
    return "\n".join([*tables, *(line for source in sources for line in _source(source)), ""])


def _school(school: School) -> list[str]:
    return _keys(
        urn=school.urn, name=school.name, locality=school.locality, town=school.town, county=school.county,
        local_authority=school.local_authority, street=school.street, postcode=school.postcode,
        trust=school.trust, domain=school.domain, website=school.website, head=school.head,
        nation=school.nation,
    )  # fmt: skip


def _source(source: Source, table: str = "sources") -> list[str]:
    return [
        f"[[{table}]]",
        *_keys(id=source.id, kind=source.kind, url=source.url, name=source.name, max_pages=source.max_pages,
               schools=list(source.urns), channel=source.channel, surfaced=source.surfaced, own=source.own,
               listing=source.listing),
    ]  # fmt: skip


def _fleet(
    homes: Sequence[PlayedHome], nation: Nation, engine: Mapping[str, object], register_file: Path | None
) -> str:
    tables = ['zone = "Europe/London"', 'contact = "fleet@example.org"']
    tables += [
        *_keys(register_file=str(register_file) if register_file else ""),
        "[engine]",
        *_keys(**engine),
    ]
    for home in homes:
        tables += ["[[homes]]", *_keys(name=home.name, folder=f"homes/{home.name}")]
    for source in nation.shared:
        shared = [line for line in _source(source, "places") if not line.startswith(("own", "listing"))]
        tables += shared
    return "\n".join([*tables, ""])


def _keys(**facts: object) -> list[str]:
    """Lines of TOML; what is empty is left out."""
    return [
        f"{key} = {json.dumps(value, ensure_ascii=False)}"
        for key, value in facts.items()
        if value or (value == 0 and value is not False)
    ]
