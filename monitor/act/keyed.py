"""Places whose interface asks for a key: what somebody is asked for, tried once, and written with its secret.

Nothing is written, and no secret leaves the process, before the interface has accepted the key.
"""

from __future__ import annotations

import os
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from data.effects import Clock
from data.errors import InputError
from data.steps.acts import Done, Refused
from data.store.engine.open import Store
from data.store.sources import use_of_key
from data.types import FetchFailure, Request, Source
from data.words.say import words
from monitor.act.people import Became, Keeper, write_settings
from monitor.act.places import Judged, QueryTried, try_query
from monitor.config import edit
from monitor.config.home.lookup import free
from monitor.config.load import Config, from_text
from monitor.home import wiring
from sources.keys import Allowance, Key, key_kinds, plan_ask
from sources.places import Proposal
from sources.query import propose_query
from sources.registry import CATALOGUE, SourceKind, settings_of

if TYPE_CHECKING:
    from monitor.pipeline.looking import PlacePreview

KEYED: Mapping[str, SourceKind] = {name: kind for name, kind in CATALOGUE.items() if kind.key}
"""The kinds of source whose interface asks for a key, in the order in which they are shown."""
_LEAVE = "leave"
_OF_THE_KEY = ("secret", "user", "server", "pounds_a_month")
_NUMBERS = (int, float)
_DAYS = 90


@dataclass(frozen=True, slots=True)
class KeyField:
    """Something that is asked of whoever adds the place: what is proposed, whether it must be given, and
    whether it is a secret."""

    name: str
    label: str
    proposed: str = ""
    needed: bool = True
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class WantedPlace:
    """A place as it would be written, with the settings as they would be then. `secret` is for `key`'s own
    file; "" where the settings have the key already, or it lies elsewhere."""

    proposal: Proposal
    key: Key
    changes: tuple[edit.Change, ...] = field(repr=False)
    then: Config = field(repr=False)
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class TriedPlace:
    """A place that was read once with its key, what is used of the key's budgets, and what its query would
    have found of what is held; None where it has no query."""

    wanted: WantedPlace
    preview: PlacePreview
    used: tuple[str, ...] = ()
    held: QueryTried | None = None

    def say_held(self) -> Iterator[str]:
        """Say what of the posts held from the last ninety days its query finds, and which about the schools
        it does not."""
        if self.held is not None and self.held.about[_DAYS]:
            given = {"about": self.held.about[_DAYS], "missed": self.held.missed[_DAYS]}
            yield words("en")("places.key.held", n=self.held.found[_DAYS], **given)


def key_held(config: Config, kind: SourceKind) -> Key | None:
    """Find the key of that kind that the settings have already; None where there is none."""
    return next((key for key in config.keys.values() if key.kind.name == kind.key), None)


def list_fields(config: Config, kind: SourceKind, urns: Sequence[str]) -> tuple[KeyField, ...]:
    """List what is asked for a place of that kind: of its key, unless there is one, and of itself."""
    w, held, wants = words("en"), key_held(config, kind), key_kinds()[kind.key]
    fields = []
    for name in _OF_THE_KEY if held is None else ():
        if name in wants.fields:
            label = wants.secret_called if name == "secret" else w(f"places.key.{name}")
            fields.append(KeyField(name, label, hidden=name == "secret"))
    schools = [s for s in config.schools if not s.is_trust and (not urns or s.urn in urns)]
    proposed = {"query": " OR ".join(dict.fromkeys(map(propose_query, schools)))}
    for name, info in settings_of(kind.name).model_fields.items():
        if name != "credential":
            fields.append(KeyField(name, str(info.description), proposed.get(name, ""), info.is_required()))
    if kind.by_leave_only:
        fields.append(KeyField(_LEAVE, w("places.key.leave")))
    return tuple(fields)


def plan_place(
    config: Config,
    at: Keeper,
    kind: SourceKind,
    urns: Sequence[str],
    answers: Mapping[str, str],
    secret_env: str = "",
) -> Done[WantedPlace] | Refused:
    """The place by what was answered, checked as the settings are. `secret_env` is the variable in which the
    secret lies, where it is not given."""
    given = {name: value.strip() for name, value in answers.items() if value and value.strip()}
    lacks = [f.label for f in list_fields(config, kind, urns) if f.needed and f.name not in given]
    if lacks and not (secret_env and lacks == [key_kinds()[kind.key].secret_called]):
        return Refused("fields", words("en")("places.key.lacks", what=", ".join(lacks)))
    held, secret = key_held(config, kind), given.get("secret", "")
    name = held.name if held else free(kind.key, set(config.keys))
    file = at.home / f"{name}.key"
    changes: list[edit.Change] = []
    if held is None:
        row: dict[str, object] = {"kind": kind.key}
        row |= {k: given[k] for k in ("user", "server") if k in given}
        row |= {"secret_env": secret_env} if secret_env else {
            "secret_file": file.name if config.path.parent == at.home else str(file)
        }  # fmt: skip
        if most := given.get("pounds_a_month"):
            try:
                row["pounds_a_month"] = float(most.removeprefix("£"))
            except ValueError:
                return Refused("fields", words("en")("places.key.no_pounds", said=most))
        changes.append(edit.add_table(f"credentials.{name}", row, several=False))
    source = Source(
        free(kind.name.replace(".", "-"), {s.id for s in config.sources}), kind.name, kind.url, tuple(urns),
        name=key_kinds()[kind.key].title, max_pages=kind.max_pages, own=kind.own,
        settings={"credential": name, **dict(_settings(kind, given))},
    )  # fmt: skip
    place = Proposal(source, kind.what, kind.terms, key_kinds()[kind.key].checked)
    changes.append(edit.places_added([place]))
    if kind.by_leave_only:
        changes.append(edit.change_table("sources", source.id, {_LEAVE: given[_LEAVE]}))
    try:
        then = from_text(config.path, edit.preview_text(config.path, changes), os.environ)
    except InputError as error:
        return Refused("fields", error.text)
    key = replace(then.keys[name], secret=secret) if secret else then.keys[name]
    then = replace(then, keys={**then.keys, name: key})
    return Done(WantedPlace(place, key, tuple(changes), then, "" if held else secret))


def _settings(kind: SourceKind, given: Mapping[str, str]) -> Iterator[tuple[str, object]]:
    """The settings of the place: numbers as numbers where the kind has them so."""
    for name, info in settings_of(kind.name).model_fields.items():
        if name in given and name != "credential":
            text: Any = given[name]
            if info.annotation in _NUMBERS:
                with suppress(ValueError):  # its own check says what is wrong
                    text = info.annotation(text)
            yield name, text


def try_with_key(
    wanted: WantedPlace, at: Keeper, clock: Clock, judged: Judged | None, theirs: Container[str] | None = None
) -> Done[TriedPlace] | Refused:
    """Show the key to its interface, then read the place once with it. Store nothing but what was asked."""
    from monitor.pipeline.looking import preview_place

    assert at.store is not None
    then, key, held = wanted.then, wanted.key, None
    if query := wanted.proposal.source.settings.get("query"):
        tried = try_query(at, str(query), wanted.proposal.source.urns, judged)
        if isinstance(tried, Refused):
            return tried
        held = tried.made
    source = next(s for s in then.sources if s.id == wanted.proposal.source.id)
    with wiring.fetcher(then, clock=clock, store=at.store) as fetch:
        answer = fetch.fetch(Request(key.at_server(key.kind.trial), auth=key.name))
        if isinstance(answer, FetchFailure):
            return Refused("key", answer.detail)
        judges = (judged or wiring.judges)(then, at.home)
        preview = preview_place(replace(source, disabled=None), fetch, judges, clock, theirs)
    return Done(TriedPlace(wanted, preview, tuple(use_words(at.store, key, clock())), held))


def watch_place(at: Keeper, wanted: WantedPlace) -> Became:
    """Write the place and its key, and the secret into a file that only this account reads."""
    source = wanted.proposal.source
    if not at.keeps(source.urns):
        return Refused("schools", words("en")("places.refused.schools"))

    write = partial(write_settings, at, wanted.changes, source.id)
    if not wanted.secret:
        return write()
    return edit.write_after_secret(at.home / f"{wanted.key.name}.key", wanted.secret, write)


def use_words(store: Store, key: Key, now: datetime) -> Iterator[str]:
    """Say what is used of a key's budgets: of the scarcest of a day's, and of the month's."""
    w = words("en")
    path = min(key.kind.asks, key=lambda each: each.a_day, default=Allowance("", 0)).path
    ask = plan_ask(key, urljoin(key.at_server("/"), path), now)
    with store.open_reader() as con:
        used = use_of_key(con, key.name, path, ask.day)
    most = {"most": ask.asks_a_day} if ask.asks_a_day else {}
    yield w("places.key.asks_of" if most else "places.key.asks", n=used.asks, **most)
    if key.pence_a_month:
        yield w("places.key.pounds", spent=f"{used.pence / 100:.2f}", most=f"{key.pence_a_month / 100:.2f}")
