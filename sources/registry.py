"""The catalogue: every kind of source as plain data. Listing it imports no collector."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import field, replace
from importlib import import_module
from typing import TYPE_CHECKING, cast

from data.errors import InputError
from data.frozen import freeze
from data.shipped import read_table
from data.web.channels import domains_of, host_of

if TYPE_CHECKING:
    from data.types import Response
    from sources.base import Collector, SourceSettings

_READS_PAGES_OF_OTHERS = ("forum.", "reviews.")


@freeze
class SourceKind:
    """One kind of source, a row of `kinds.toml`. `module` and `cls` are where its collector lives, `settings`
    is the name of what it may be told, in `sources.base`.

    `default_interval_s` is the pause between two runs, in seconds. `surfaced`: what it brings was searched
    for or sent on, so that being there is itself a hint. `selectors` are a review site's own, by the names of
    `sources.base.ReviewSelectors`: with them `GenericReviews` needs no settings. `own`: it reads an account
    of the school's own. `key` is the kind of key that its interface asks for, "" for none; then `url` is that
    interface's address. `max_pages` are read of a place that names no number."""

    name: str
    module: str
    cls: str
    what: str
    terms: str
    default_interval_s: float = 3600.0
    by_leave_only: bool = False
    surfaced: bool = False
    settings: str = "PageSettings"
    key: str = ""
    url: str = ""
    max_pages: int = 5
    own: bool = False
    selectors: Mapping[str, str] = field(default_factory=dict)


_TABLE = read_table("sources", "kinds.toml")
BY_LEAVE_ONLY: tuple[str, ...] = tuple(_TABLE["by_leave_only_sites"])
"""Sites whose terms forbid reading by programs, whatever kind the page is configured as."""
_KINDS = [SourceKind(**row) for row in _TABLE["kinds"]]
CATALOGUE: Mapping[str, SourceKind] = {
    kind.name: replace(kind, terms=_TABLE["terms"].get(kind.terms, kind.terms)) for kind in _KINDS
}
"""Every kind by its name, in the order it is shown."""


def kind_named(name: str) -> SourceKind:
    """The catalogue's entry. Raises InputError with the nearest known name."""
    if name in CATALOGUE:
        return CATALOGUE[name]
    near = difflib.get_close_matches(name, CATALOGUE, n=1, cutoff=0.4)
    hint = f' Did you mean "{near[0]}"?' if near else ""
    raise InputError(f'"{name}" is not a kind of source.{hint} All kinds: ⟪docs⟫ sources')


def is_closed(url: str) -> bool:
    """Is it on a site whose terms forbid reading by programs?"""
    return not set(BY_LEAVE_ONLY).isdisjoint(domains_of(host_of(url)))


def needs_leave(kind: str, url: str) -> bool:
    """Does reading such a source need the site's permission? Raises InputError for an unknown kind. Feeds are
    published to be read, and the school's own pages are its own."""
    return kind_named(kind).by_leave_only or (is_closed(url) and kind.startswith(_READS_PAGES_OF_OTHERS))


def collector(name: str) -> Collector:
    """A collector of that kind, imported now. Raises InputError for an unknown kind."""
    kind = kind_named(name)
    made = getattr(import_module(kind.module), kind.cls)
    return cast("Collector", made(kind.name, settings_of(name), kind.selectors))


_LEAST_SURE = 0.2


def rank_collectors(response: Response) -> list[Collector]:
    """The collectors that recognise the document, the surest first."""
    sure = [(found.recognises(response), found) for found in map(collector, CATALOGUE)]
    return [found for certain, found in sorted(sure, key=lambda s: -s[0]) if certain >= _LEAST_SURE]


def load(names: frozenset[str]) -> int:
    """Imports the collectors of those kinds, for a process that will need them; gives how many."""
    return len([collector(name) for name in sorted(names)])


def settings_of(name: str) -> type[SourceSettings]:
    """The class of such a source's settings; imports no collector. Raises InputError for an unknown kind."""
    from sources import base

    return cast("type[SourceSettings]", getattr(base, kind_named(name).settings))
