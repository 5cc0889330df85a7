"""A JSON list of schools, as `schoolgate triage --schools` takes it."""

from __future__ import annotations

import json
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from data.errors import InputError
from data.types import Namesake, School

_LISTS = ("aliases", "former_names", "namesakes", "members")
_WORDS = ("locality", "town", "county", "local_authority", "street", "postcode", "phase")
_KEYS = ("id", "name", "urn", *_LISTS, *_WORDS, "trust", "domain", "website", "head", "nation", "language")
_OF_A_NAMESAKE = ("name", "place", "kind")


def read_schools(path: Path) -> dict[str, School]:
    """The schools of a file by their `id`, in the file's order.

    Of an entry id, name and urn are required; null counts as not given. Raises InputError naming the file
    and the entry, and of a key that is not known the nearest: ignored, it would be missed in judging.
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
    for key in _LISTS:
        if not isinstance(row.get(key) or [], list):
            raise InputError(f"{path}, school {number}: “{key}” must be a list.")
    _refuse_unknown(row, _KEYS, f"{path}, school {number}")
    for namesake in row.get("namesakes") or []:
        _refuse_unknown(namesake or {}, _OF_A_NAMESAKE, f"{path}, school {number}, namesakes")
    return True


def _refuse_unknown(row: Any, known: tuple[str, ...], where: str) -> None:
    if not isinstance(row, dict):
        raise InputError(f"{where}: objects with {', '.join(known)} are needed.")
    for key in row:
        if key not in known:
            near = get_close_matches(key, known, n=1, cutoff=0.7)
            hint = f" Did you mean “{near[0]}”?" if near else ""
            raise InputError(f"{where}: there is no key “{key}”.{hint} The keys are: {', '.join(known)}.")


def _school(row: dict[str, Any]) -> School:
    words: dict[str, Any] = {key: _said(row, key) for key in _WORDS}
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
            if n and n.get("name")
        ),
        **words,
    )


def _listed(row: dict[str, Any], key: str) -> tuple[str, ...]:
    return tuple(str(one) for one in row.get(key) or [] if one)


def _said(row: dict[str, Any], key: str) -> str:
    """The text under the key; empty where it is missing or null."""
    return str(row.get(key) or "")
