"""A JSON list of schools, as `schoolgate triage --schools` takes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from data.errors import InputError
from data.types import Namesake, School


def read_schools(path: Path) -> dict[str, School]:
    """The schools of a file by their `id`, in the file's order.

    Keys of an entry: id, name, urn (required); aliases, former_names, namesakes (lists), locality, town,
    county, local_authority, street, postcode, trust, domain, website, head, phase, nation, members; null
    counts as not given. Unknown keys are ignored. Raises InputError naming the file and the entry.
    """
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read as JSON ({error}).") from error
    if not isinstance(rows, list):
        raise InputError(f"{path}: a list of schools is needed, each with id, name and urn.")
    return {str(row["id"]): _school(row) for i, row in enumerate(rows, 1) if _checked(row, path, i)}


def _checked(row: Any, path: Path, number: int) -> bool:
    if not isinstance(row, dict):
        raise InputError(f"{path}, school {number}: an object with id, name and urn is needed.")
    for key in ("id", "name", "urn"):
        if not row.get(key):
            raise InputError(f"{path}, school {number}: “{key}” is missing.")
    for key in ("aliases", "former_names", "namesakes", "members"):
        if not isinstance(row.get(key) or [], list):
            raise InputError(f"{path}, school {number}: “{key}” must be a list.")
    return True


def _school(row: dict[str, Any]) -> School:
    words: dict[str, Any] = {
        key: _said(row, key)
        for key in ("locality", "town", "county", "local_authority", "street", "postcode", "phase")
    }
    return School(
        urn=str(row["urn"]),
        name=str(row["name"]),
        aliases=_listed(row, "aliases"),
        former_names=_listed(row, "former_names"),
        trust=_said(row, "trust") or None,
        domain=_said(row, "domain") or None,
        website=_said(row, "website"),
        head=_said(row, "head") or None,
        nation=_said(row, "nation") or "england",
        members=_listed(row, "members"),
        namesakes=tuple(
            Namesake(str(n["name"]), _said(n, "place"), _said(n, "kind") or "school")
            for n in row.get("namesakes") or []
            if isinstance(n, dict) and n.get("name")
        ),
        **words,
    )


def _listed(row: dict[str, Any], key: str) -> tuple[str, ...]:
    return tuple(str(one) for one in row.get(key) or [] if one)


def _said(row: dict[str, Any], key: str) -> str:
    """The text under the key; empty where it is missing or null."""
    return str(row.get(key) or "")
