"""What somebody hands in by a form, at “Tell us” or for a case: its files, and what they know of the post."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from data.evidence.handed_in import FIELDS, HowItCame, SaidOfPost, as_seen
from data.types import Person
from monitor.pipeline.supplied import media_type, unfit

_LONGEST = {"words": 15_000, "address": 2_000}
_NAME = 300


def wrong_file(files: Sequence[bytes]) -> str:
    """Why these files are not kept, by the key of what is said then; "" where they may be."""
    found = next(filter(None, map(unfit, files)), "")
    return f"file_{found}" if found else ""


def first_picture(files: Sequence[bytes]) -> bytes:
    return next((file for file in files if media_type(file)[0].startswith("image/")), b"")


def said_of_post(
    form: Mapping[str, str], people: Sequence[Person], now: datetime, zone: ZoneInfo
) -> SaidOfPost:
    """What a form says of a post, somebody of the school by id. Raises InputError for a time that is none, or
    is still to come."""
    said = {name: form.get(name, "").strip()[: _LONGEST.get(name, _NAME)] for name in FIELDS}
    known: dict[str, Any] = {name: value for name, value in said.items() if value}
    by_name = {p.name.casefold(): p.id for p in people} | {p.id.casefold(): p.id for p in people}
    for name in {"seen_by", "supplied_by"} & known.keys():
        known[name] = by_name.get(known[name].casefold(), known[name])
    if "seen_at" in known:
        known["seen_at"] = as_seen(known["seen_at"], now, zone)
    if "logged_in" in known:
        known["logged_in"] = known["logged_in"] == "yes"
    if known.get("came") not in list(HowItCame):
        known.pop("came", None)
    return SaidOfPost(**known)
