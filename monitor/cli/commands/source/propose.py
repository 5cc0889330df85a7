"""`schoolgate source propose`, and how places that were read are shown, chosen and written."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Option

from data.effects import utc_now
from data.errors import InputError
from monitor.cli.commands.options import JsonOptions, finish
from monitor.home import wiring
from monitor.terminal.answers import numbers, until_right
from monitor.terminal.answers import yes as said_yes
from monitor.terminal.output import columns, in_json, say, say_lines, tell

if TYPE_CHECKING:
    from data.types import Mention
    from monitor.config.home.paths import Paths
    from monitor.config.load import Config
    from monitor.pipeline.judges import Judges
    from monitor.setup.survey import InTime, PlaceRead
    from sources.nature.nature import Nature
    from sources.places.table import Proposal


def shown(places: Sequence[PlaceRead], judges: Judges, settings: Config) -> None:
    """The places with how each reading went, why those are off that are, and the first finds."""
    from monitor.setup.preview import finds
    from monitor.setup.survey import find_lines, numbered, place_lines

    if any(place.run is not None for place in places):
        say_lines(place_lines(places, {s.urn: s.name for s in settings.schools}, given=True))
    for place in places:
        if place.run is None:
            say(f"{place.source.name}: off. {place.proposal.why_off}")
    found = finds([linked for place in places for linked in place.found], judges)
    if found:
        say("The first finds:")
    say_lines(find_lines(found, numbered(places), utc_now().date(), settings.zone))


def chosen_of(places: Sequence[PlaceRead], *, yes: bool) -> list[Proposal]:
    """The places that somebody wants: of those that could be read; else one that is off, with its reason."""
    from monitor.setup.answers import as_said
    from monitor.setup.survey import decided
    from sources.places.searches import is_google_alert

    tried = [place for place in places if place.run is not None]
    seen = [place for place in tried if place.seen]
    said: dict[int, Nature | None] = {}
    if yes:
        chosen = seen[:1]
    elif seen:
        said = until_right(_question(len(tried)), lambda answer: _chosen(answer, len(tried)))
        chosen = [
            replace(tried[n - 1], proposal=as_said(tried[n - 1].proposal, of)) for n, of in said.items()
        ]
    else:
        off = any(place.source.disabled for place in decided(places[:1], utc_now()))
        if off and is_google_alert(places[0].source.url):
            say(f"{places[0].proposal.terms} To set one up: schoolgate source add mailbox")
        asked = "Write it switched off, with that reason?" if off else "Watch it all the same?"
        chosen = list(places[:1]) if said_yes(asked) else []
    return list(decided(chosen, utc_now()))


def _question(most: int) -> str:
    if most == 1:
        return "Watch it? (y/n; or say what it is: paper, board, blog)"
    return "Which of these to watch? Their numbers (- for none; to say what one is: 2 = paper)"


def _chosen(answer: str, most: int) -> dict[int, Nature | None]:
    """The numbers that are meant, each with what somebody says it is."""
    from monitor.setup.answers import nature_named, with_natures

    said, left = with_natures(answer, most)
    if most == 1 and not said:
        if left.lower() in ("y", "yes", "n", "no"):
            return {1: None} if left.lower().startswith("y") else {}
        return {1: nature_named(left)}
    return {**dict.fromkeys(numbers(left, most) if left or not said else ()), **said}


def written(path: Path, places: Sequence[Proposal]) -> None:
    from monitor.config.writing import edit
    from monitor.setup.proposals import until_leave

    edit.add_places(path, [until_leave(place) for place in places])
    say_lines(_told(places, path))


def _told(places: Sequence[Proposal], path: Path) -> Iterator[str]:
    for place in places:
        off = ", switched off" if place.why_off or place.source.disabled else ""
        yield f"Written to {path.name}: {place.source.name}, id {place.source.id}{off}."
    if any(not (place.why_off or place.source.disabled) for place in places):
        yield "It is read from the next scan on: schoolgate scan"


def propose_sources(
    opts: JsonOptions,
    school: Annotated[
        list[str] | None, Option("--school", help="Only for this school, by URN; may be repeated.")
    ] = None,
    add: Annotated[
        list[str] | None,
        Option("--add", metavar="N", help="Add this one, by its number or id; may be repeated."),
    ] = None,
    everything: Annotated[
        bool, Option("--all", help="Add everything whose terms allow it, as far as it can be read.")
    ] = False,
    no_network: Annotated[
        bool, Option("--no-network", help="Look nothing up: no article, website or paper.")
    ] = False,
) -> None:
    """What could be watched and is not: what each place sees, its terms, and why it would be off.

    The papers whose articles news searches brought are among them, by their own feeds. Those that are asked
    for are read once, and their first finds shown, before they are written.

    \b
    Examples:
      schoolgate source propose
      schoolgate source propose --add 2 --add our-website
      schoolgate source propose --all
    """
    where, settings = wiring.settings(opts.home, opts.config)
    keys = [wiring.pick_urn(settings, urn) for urn in school or ()]
    with ExitStack() as stack:
        reader = None if no_network else _reader(settings, stack)
        found = _proposed(settings, where.home, keys, reader)
        if opts.as_json:
            say(in_json([_as_json(n, place) for n, place in enumerate(found, 1)]))
            return
        say_lines(_listed(found, settings))
        wanted = _wanted(found, add or (), everything=everything)
        if not wanted:
            return
        places = _tried(wanted, where, settings, reader or _reader(settings, stack))
    if not places:
        say(f"{settings.path.name} was not changed.")
        finish(1)
    written(where.config, places)


def _reader(settings: Config, stack: ExitStack) -> InTime:
    from monitor.setup.survey import LIMITS, InTime

    return InTime.of_a_minute(stack.enter_context(wiring.fetcher(settings, limits=LIMITS)), utc_now)


def _proposed(
    settings: Config, home: Path, keys: Sequence[str], reader: InTime | None
) -> tuple[Proposal, ...]:
    from monitor.setup.proposals import look_up, proposed, unanswered

    known = look_up(settings.proper, reader) if reader else []
    if reader and settings.to_look_up:
        # what did not answer before has answered now, or is to be asked again: so it is written down
        silent = unanswered(known)
        from monitor.config.writing.edit import set_values

        if list(settings.to_look_up) != silent:
            set_values(settings.path, {("", "to_look_up"): list(silent)})
        tell(f"Still not looked up: {', '.join(silent)}." if silent else "All was looked up now.")
    found = proposed(settings.proper, settings.sources, _brought(home, settings), reader, known)
    return tuple(p for p in found if not keys or not p.source.urns or set(keys) & set(p.source.urns))


def _brought(home: Path, settings: Config) -> list[Mention]:
    """What the searches have brought; nothing before the first scan."""
    from data.store.sources.source_runs import articles_of

    store = wiring.open_store(home, migrate=False)
    if not store.path.exists():
        return []
    with store.read() as con:
        return articles_of(con, [source.id for source in settings.sources if source.surfaced])


def _as_json(number: int, place: Proposal) -> dict[str, object]:
    from monitor.cli.views.layout import picked

    return {
        "number": number, **picked(place.source, "id name kind url"), "schools": list(place.source.urns),
        "spelling": place.spelling or None, **picked(place, "sees terms"),
        "checked": place.checked.isoformat(), "why_off": place.why_off or None,
    }  # fmt: skip


def _listed(found: Sequence[Proposal], settings: Config) -> Iterator[str]:
    if not found:
        yield f"Everything that could be proposed is in {settings.path.name} already."
        yield "To watch another place: schoolgate source add ADDRESS"
    for n, place in enumerate(found, 1):
        yield f"{n:>2}  {place.source.name} ({place.source.id})"
        yield from _below(place.sees)
        yield from _below(f"Terms, as read on {place.checked:%-d %B %Y}: {place.terms}")
        if place.why_off:
            yield from _below(f"Off: {place.why_off}")


def _below(text: str) -> list[str]:
    return textwrap.wrap(text, columns(), initial_indent="    ", subsequent_indent="    ")


def _wanted(found: Sequence[Proposal], add: Sequence[str], *, everything: bool) -> list[Proposal]:
    """Those asked for by options, else by an answer at the terminal."""
    from monitor.terminal.private_words import at_a_terminal

    if everything:
        return [place for place in found if not place.why_off]
    if add:
        return [_meant(found, each) for each in dict.fromkeys(add)]
    if not found or not at_a_terminal():
        return []
    marks = until_right(
        "Which of these to read once and add? Their numbers (- for none)",
        lambda said: numbers(said, len(found)),
    )
    return [found[mark - 1] for mark in marks]


def _meant(found: Sequence[Proposal], said: str) -> Proposal:
    if said.isdecimal() and 1 <= int(said) <= len(found):
        return found[int(said) - 1]
    place = next((place for place in found if place.source.id == said), None)
    if place is None:
        raise InputError(f"--add {said}: not in the list. Give a number from 1 to {len(found)}, or an id.")
    return place


def _tried(wanted: Sequence[Proposal], where: Paths, settings: Config, reader: InTime) -> list[Proposal]:
    """Those that were asked for, as they are to be written: on where they could be read."""
    from monitor.setup.proposals import tried
    from monitor.setup.survey import decided, unreached

    judges = wiring.judges(settings, where.home)
    places = tried(wanted, [school.urn for school in settings.proper], reader, judges)
    shown(places, judges, settings)
    if unreached(places):
        say("None of them could be reached now, so none is written. Try again when pages can be reached.")
        return []
    return list(decided(places, utc_now()))
