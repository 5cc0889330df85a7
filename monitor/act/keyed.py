"""Places whose interface asks for a key: what somebody is asked for, tried once, and written with its secret.

Nothing is written, and no secret leaves the process, before the interface has accepted the key.
"""

from __future__ import annotations

import os
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from data.effects import Clock
from data.frozen import freeze
from data.steps.acts import Done, Refused
from data.store.engine.open import Store
from data.store.sources import use_of_key
from data.types import FetchFailure, Request, Source
from data.words.say import capital, words
from monitor.act.people import Became, Keeper, write_settings
from monitor.act.places import Judged, QueryTried, try_query
from monitor.config import edit
from monitor.config.home.lookup import free
from monitor.config.load import Config, from_text
from monitor.home import wiring
from sources.keys import Key, key_kinds, plan_ask
from sources.places import Proposal
from sources.query import propose_queries
from sources.registry import CATALOGUE, SourceKind, settings_of

if TYPE_CHECKING:
    from monitor.pipeline.looking import PlacePreview

KEYED: Mapping[str, SourceKind] = {name: kind for name, kind in CATALOGUE.items() if kind.key}
"""The kinds of source whose interface asks for a key, in the order in which they are shown."""
_LEAVE = "leave"


@freeze
class KeyField:
    """Something that is asked of somebody who adds the place: what is proposed, whether it must be given, and
    whether it is a secret."""

    name: str
    label: str
    hint: str = ""
    proposed: str = ""
    needed: bool = True
    hidden: bool = False


@freeze
class WantedPlace:
    """A place as it would be written, with the settings as they would be then, and what was answered. `file`
    is where `key`'s secret goes, None where the settings have it already, or it lies elsewhere."""

    proposal: Proposal
    key: Key
    changes: tuple[edit.Change, ...] = field(repr=False)
    then: Config = field(repr=False)
    answers: Mapping[str, str]
    file: Path | None = None


@freeze
class TriedPlace:
    """A place that was read once with its key, what is used of the key's budgets, and what its query would
    have found of what is held; None where it has no query."""

    wanted: WantedPlace
    preview: PlacePreview
    used: tuple[str, ...] = ()
    held: QueryTried | None = None

    def say_held(self) -> str:
        """Say how many of the posts held from the last ninety days its query finds, and misses."""
        if self.held is None or not self.held.about:
            return ""
        given = {"about": self.held.about, "missed": self.held.missed}
        return words("en")("places.key.held", n=self.held.found, **given)


def key_held(config: Config, kind: SourceKind) -> Key | None:
    """Find the key of that kind that the settings have already; None where there is none."""
    return next((key for key in config.keys.values() if key.kind.name == kind.key), None)


def list_fields(config: Config, kind: SourceKind, urns: Sequence[str]) -> tuple[KeyField, ...]:
    """List what is asked for a place of that kind: of its key, and of itself. Of a key that the settings have
    and that can be read, only another secret, for one that is over."""
    w, held, wants = words("en"), key_held(config, kind), key_kinds()[kind.key]
    called = {"secret": capital(wants.secret_called), "user": capital(wants.user_called)}
    readable = held is not None and held.secret is not None
    hint = w("places.key.another", platform=wants.title) if readable else ""
    fields = []
    for name in wants.fields if held is None else ("secret",):
        needed, label = name != "server" and not readable, called.get(name) or w(f"places.key.{name}")
        fields.append(KeyField(name, label, hint, needed=needed, hidden=name == "secret"))
    proposed = {"query": propose_queries(s for s in config.proper if not urns or s.urn in urns)}
    if there := next((s for s in config.sources if held and s.settings.get("credential") == held.name), None):
        proposed = {name: str(said) for name, said in there.settings.items()}
    for name, info in settings_of(kind.name).model_fields.items():
        if name != "credential":
            label, hint = w(f"places.key.{name}"), str(info.description)
            fields.append(KeyField(name, label, hint, proposed.get(name, ""), info.is_required()))
    if kind.by_leave_only:
        fields.append(KeyField(_LEAVE, w("places.key.leave")))
    return tuple(fields)


def plan_place(
    at: Keeper,
    kind: SourceKind,
    urns: Sequence[str],
    answers: Mapping[str, str],
) -> Done[WantedPlace] | Refused:
    """The place by what was answered, checked as the settings are. Of one that is there already its key can
    have another secret, and then nothing else changes."""
    config, w, wants = at.config, words("en"), key_kinds()[kind.key]
    fields = {f.name: f for f in list_fields(config, kind, urns)}
    given = {name: said for name in fields if (said := (answers.get(name) or "").strip())}
    if lacks := [f.label for name, f in fields.items() if f.needed and name not in given]:
        return Refused("fields", w("places.key.lacks", what="; ".join(lacks)))
    held, secret = key_held(config, kind), given.get("secret", "")
    key_name = held.name if held else free(kind.key, set(config.keys))
    file = (config.key_files.get(key_name) if held else at.home / f"{key_name}.key") if secret else None
    if held and secret and file is None:
        return Refused("fields", w("places.key.elsewhere", place=held.place))
    settings = {"credential": key_name, **_settings_given(kind, given)}
    same = next((s for s in config.sources if s.kind == kind.name and s.settings == settings), None)
    if same and not secret:
        return Refused("known", w("places.refused.known", name=same.name or same.id))
    server = given.get("server") or (held.server if held else "")
    source = same or _new_source(config, kind, urns, server, settings)
    place = Proposal(source, kind.what, kind.terms, wants.checked)
    changes = [] if held else [_add_key(at, kind.key, key_name, file, given)]
    if same is None:
        changes.append(edit.places_added([place]))
    if same is None and kind.by_leave_only:
        changes.append(edit.change_table("sources", source.id, {_LEAVE: given[_LEAVE]}))
    try:
        then = from_text(config.path, edit.preview_text(config.path, changes), os.environ)
    except edit.EditRefused as error:
        wrong = ((fields.get(str(fault.path[-1])), fault.what) for fault in error.faults)
        return Refused("fields", " ".join(f"{f.label}: {what}" if f else what for f, what in wrong))
    key = then.keys[key_name]
    if secret:
        key = replace(key, secret=secret, place=key.place if held else "")
    typed = {name: said for name, said in given.items() if name != "secret"}
    then = replace(then, keys={**then.keys, key_name: key})
    return Done(WantedPlace(place, key, tuple(changes), then, typed, file))


def _settings_given(kind: SourceKind, given: Mapping[str, str]) -> dict[str, object]:
    """Give what was answered of a place's own settings, numbers as such."""
    own = settings_of(kind.name).model_fields
    return {
        name: _number(given[name]) if info.annotation is float else given[name]
        for name, info in own.items()
        if name in given
    }


def _new_source(
    config: Config, kind: SourceKind, urns: Sequence[str], server: str, settings: Mapping[str, object]
) -> Source:
    """Make the place, under an id and a name that are free."""
    title, w = key_kinds()[kind.key].title, words("en")
    called = w("places.key.own", platform=title) if kind.own else title
    return Source(
        free(kind.name.replace(".", "-"), {s.id for s in config.sources}), kind.name, server or kind.url,
        tuple(urns), name=free(called, {s.name for s in config.sources}), own=kind.own,
        max_pages=kind.max_pages, settings=settings,
    )  # fmt: skip


def _add_key(at: Keeper, kind: str, name: str, file: Path | None, given: Mapping[str, str]) -> edit.Change:
    """Make the change that adds a key, whose secret is in that file: its name alone, beside the settings."""
    row: dict[str, object] = {"kind": kind}
    row |= {key: given[key].removeprefix("@") for key in ("user", "server") if key in given}
    row["secret_file"] = file and (file.name if at.config.path.parent == at.home else str(file))
    if most := given.get("pounds_a_month"):
        row["pounds_a_month"] = _number(most.removeprefix("£"))
    return edit.add_table(f"credentials.{name}", row, several=False)


def _number(text: str) -> object:
    """The number, or the text as it is: then its own check says what is wrong."""
    with suppress(ValueError):
        return float(text)
    return text


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
    if not preview.run.outcome.is_seen:
        return Refused("place", preview.run.detail)
    return Done(TriedPlace(wanted, preview, tuple(use_words(at.store, key, clock())), held))


def watch_place(at: Keeper, wanted: WantedPlace) -> Became:
    """Write the place and its key, and the secret into a file that only this account reads."""
    source, w = wanted.proposal.source, words("en")
    if not at.keeps(source.urns):
        return Refused("schools", w("places.refused.schools"))
    if wanted.changes and any(s.id == source.id for s in at.config.sources):
        return Refused("known", w("places.refused.known", name=source.name))
    write = partial(write_settings, at, wanted.changes, source.id)
    if wanted.file is None:
        return write()
    return edit.write_after_secret(wanted.file, wanted.key.secret or "", write)


def use_words(store: Store, key: Key, now: datetime) -> Iterator[str]:
    """Say what is used of a key's budgets: of the scarcest of a day's, and of the month's."""
    w, ask = words("en"), plan_ask(key, key.at_server(key.kind.scarcest.path), now)
    with store.open_reader() as con:
        used = use_of_key(con, key.name, ask.allowance.path, ask.day)
    most = {"most": ask.asks_a_day} if ask.asks_a_day else {}
    yield w("places.key.asks_of" if most else "places.key.asks", n=used.asks, **most)
    if key.pence_a_month:
        yield w("places.key.pounds", spent=f"{used.pence / 100:.2f}", most=f"{key.pence_a_month / 100:.2f}")
