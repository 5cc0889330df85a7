"""`schoolgate source`, the group: the places that are looked at, what each is, listed, tried and switched."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from typer import Argument, Option

from data.effects import utc_now
from data.errors import InputError
from data.ids import PLAIN_FEED
from monitor.cli.commands.inputs import in_terms_of, mail_options, moment, which_schools
from monitor.cli.commands.options import (
    Certificate,
    HomeOptions,
    JsonOptions,
    Schools,
    SecretEnv,
    SecretFile,
    finish,
)
from monitor.cli.commands.source.mailbox import WantedMailbox, add_mailbox, is_for_mailbox, still_refused
from monitor.cli.commands.source.propose import chosen_of, propose_sources, shown, written
from monitor.cli.views.layout import brief, picked, utc
from monitor.home import wiring
from monitor.terminal.answers import until_right
from monitor.terminal.groups import group
from monitor.terminal.output import in_json, printed, say, say_lines, tell
from monitor.terminal.table import Cell, Tone, table
from monitor.terminal.wording import did_you_mean, ended, outcome_cell, outcome_words, pace_words

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from data.types import FetchFailure, Source, SourceRun
    from monitor.config.home.paths import Paths
    from monitor.config.load import Config
    from monitor.setup.proposals import Looked
    from monitor.setup.survey import PlaceRead
    from sources.nature.nature import Nature
    from sources.places.table import Proposal


def parse(
    file: Annotated[Path, Argument(metavar="FILE", help="A saved document (gzip is undone).")],
    url: Annotated[str, Option("--url", help="The address the document came from.")],
    kind: Annotated[str | None, Option("--kind", help="Its kind, where it is not to be guessed.")] = None,
    fetched_at: Annotated[
        str | None,
        Option("--fetched-at", help="When it was fetched (ISO 8601); “3 days ago” counts from then."),
    ] = None,
    day_first: Annotated[bool, Option("--day-first", help="Read 03/04/2026 as 3 April.")] = False,
    month_first: Annotated[bool, Option("--month-first", help="Read 03/04/2026 as 4 March.")] = False,
) -> None:
    """Read one saved document and print a JSON line for each mention in it.

    \b
    Examples:
      schoolgate source parse --url https://example.org/feed.xml feed.xml
      schoolgate source parse --kind forum.phpbb --url https://forum.example.org/t1 page.html
    """
    from sources.parse import mention_line, parse_document

    at = moment(fetched_at, "--fetched-at", ZoneInfo("UTC"), past=True) or utc_now()

    if day_first and month_first:
        raise InputError("--day-first and --month-first exclude each other. Give one of them.")
    dates: Literal["auto", "day_first", "month_first"] = (
        "day_first" if day_first else "month_first" if month_first else "auto"
    )
    try:
        body = file.read_bytes()
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror}).") from None
    page = wiring.reading()(parse_document, body, url, kind=kind, fetched_at=at, dates=dates)
    for warning in page.warnings:
        tell(f"{file.name}: {warning}")
    if page.block is not None:
        tell(f"{file.name}: no mention here. {page.block.reason} ({page.block.kind.value})")
        finish(1)
    for mention in page.mentions:
        say(json.dumps(mention_line(mention), ensure_ascii=False))


def list_sources(opts: JsonOptions) -> None:
    """Every source: when it was last read, how that ended, and why it is off where it is.

    \b
    Examples:
      schoolgate source list
    """
    where, settings = wiring.settings(opts.home, opts.config)
    runs = _latest_runs(where.home, settings)
    if opts.as_json:
        say(in_json([_as_json(s, runs.get(s.id)) for s in settings.sources]))
        return
    if not settings.sources:
        say(f"{settings.path.name} names no source yet. To see what there is: schoolgate source propose")
    rows = [_row(source, runs.get(source.id), utc_now(), settings.zone) for source in settings.sources]
    say_lines(table(("Id", "Place", "Last read", "How it ended"), rows, wraps=("Place", "How it ended")))


def _latest_runs(home: Path, settings: Config) -> dict[str, SourceRun]:
    """By source; empty before the first scan has made the store."""
    from data.store.sources import source_runs as source_store

    store = wiring.open_store(home, migrate=False)
    if not store.path.exists():
        return {}
    with store.read() as con:
        return source_store.latest_runs(con, [s.id for s in settings.sources])


def _as_json(source: Source, run: SourceRun | None) -> dict[str, object]:
    return {
        **picked(source, "id name kind url"), "schools": list(source.urns), "disabled": source.disabled,
        "last_run": None if run is None else {
            "at": utc(run.finished_at), **picked(run, "outcome detail"), "read": run.mentions_read,
            "new": run.mentions_new,
        },
    }  # fmt: skip


def _row(source: Source, run: SourceRun | None, now: datetime, zone: ZoneInfo) -> tuple[str | Cell, ...]:
    if source.disabled:
        return source.id, source.name, "", Cell(f"switched off: {source.disabled}", Tone.WARN)
    if run is None:
        return source.id, source.name, "", "not read yet"
    how = Cell(f"{ended(run)}{pace_words(run.outcome)}", outcome_cell(run.outcome).tone)
    return source.id, source.name, brief(run.finished_at, now, zone), how


SourceId = Annotated[str, Argument(metavar="ID", help="The source's id in schoolgate.toml.")]


def pause(
    opts: HomeOptions,
    source_id: SourceId,
    why: Annotated[str | None, Option("--why", help="Why, as the list of sources shows it.")] = None,
) -> None:
    """Switch a source off: it stays in schoolgate.toml and is not read until it is resumed.

    \b
    Examples:
      schoolgate source pause northvale-gazette
      schoolgate source pause town-forum --why "It asked us to stop"
    """
    where, settings = wiring.settings(opts.home, opts.config)
    source = known_source(settings, source_id)
    from monitor.config.writing.edit import changed, edit_in_turn

    said = (why or "").strip() or f"paused on {utc_now().astimezone(settings.zone):%-d %B %Y}"
    edit_in_turn(where.config, changed("sources", source.id, {"disabled": said}))
    say(
        f"{source.name} is off: {said}. What it brought stays. To go on: schoolgate source resume {source.id}"
    )


def resume(
    opts: HomeOptions,
    source_ids: Annotated[list[str], Argument(metavar="ID…", help="Their ids in schoolgate.toml.")],
) -> None:
    """Switch sources on again.

    \b
    Examples:
      schoolgate source resume northvale-gazette
    """
    where, settings = wiring.settings(opts.home, opts.config)
    sources = [known_source(settings, source_id) for source_id in source_ids]
    if not all([_resume(source, where, settings) for source in sources]):
        finish(1)


def _resume(source: Source, where: Paths, settings: Config) -> bool:
    """Switches it on where it is off, and says so; False where its terms keep it off."""
    from monitor.config.writing.edit import changed, edit_in_turn

    if source.disabled is None:
        say(f"{source.name} is on already. Nothing was changed.")
        return True
    if (refused := still_refused(source, settings)) is not None:
        say(f"{source.name} stays off: {refused.detail}")
        return False
    edit_in_turn(where.config, changed("sources", source.id, {"disabled": None}))
    left = known_source(wiring.configured(where), source.id).disabled
    if left:
        say(f"{source.name} stays off: {left}")
        return False
    say(f"{source.name} is on. To see what it brings: schoolgate source test {source.id}")
    return True


def remove(opts: HomeOptions, source_id: SourceId) -> None:
    """Take a source out of schoolgate.toml, and say what of it stays stored and for how long.

    \b
    Examples:
      schoolgate source remove town-forum
    """
    where, settings = wiring.settings(opts.home, opts.config)
    source = known_source(settings, source_id)
    from monitor.config.writing.edit import edit_in_turn, removed

    edit_in_turn(where.config, removed("sources", source.id))
    say(f"{source.name} is no longer in {settings.path.name}. {_what_stays(where.home, source, settings)}")
    say(f"To watch it again: schoolgate source add {source.url}")


def _what_stays(home: Path, source: Source, settings: Config) -> str:
    from data.store.sources.source_runs import kept_of
    from data.words.say import words

    store = wiring.open_store(home, migrate=False)
    if not store.path.exists():
        return "Nothing of it is stored."
    with store.read() as con:
        count, until = kept_of(con, source.id)
    if not count or until is None:
        return "Nothing of it is stored."
    posts = (
        "1 post that it alone brought stays" if count == 1 else f"{count} posts that it alone brought stay"
    )
    last = words("en").full_day(until, settings.zone)
    return f"{posts} stored, each until its time is over, the last until {last}; cases keep what they hold."


def try_source(opts: HomeOptions, source_id: SourceId) -> None:
    """Read one source now: how that went, its first finds, and whether they are about you, and why.

    Stores nothing and tells nobody. What is restricted, or unfit to be repeated, is shown without its words.

    \b
    Examples:
      schoolgate source test northvale-gazette
    """
    from monitor.setup.preview import preview

    where, settings = wiring.settings(opts.home, opts.config)
    source = known_source(settings, source_id)
    # ends where its terms forbid reading: what is off for another reason may be tried
    from sources.places.by_address import closed

    why = source.disabled and closed(source.kind, source.url)
    if why:
        say(f"{source.name} is off, and is not read: {source.disabled}")
        finish(1)
    with wiring.fetcher(settings) as fetch:
        found = preview(replace(source, disabled=None), fetch, wiring.judges(settings, where.home), utc_now)
    from monitor.setup.survey import find_lines

    run = found.run
    say(f"{found.source.name}: {ended(run)}")
    for line in run.warnings:
        say(f"  {line}")
    if run.mentions_read:
        say(f"About you: {found.about}; perhaps: {found.perhaps}; read: {run.mentions_read}.")
    say_lines(find_lines(found.finds, {}, utc_now().date(), settings.zone))
    if source.disabled:
        say(f"It is switched off: {source.disabled}")
        say(f"To switch it on: schoolgate source resume {source.id}")
    finish(0 if found.run.outcome.seen else 1)


source_app = group("The places that are looked at.")


def set_nature(
    opts: HomeOptions,
    source_id: Annotated[str, Argument(metavar="ID", help="The source's id in schoolgate.toml.")],
    paper: Annotated[bool, Option("--paper", help="A newspaper or a broadcaster.")] = False,
    board: Annotated[bool, Option("--board", help="A forum: anybody writes there.")] = False,
    blog: Annotated[bool, Option("--blog", help="A blog, or a site that somebody runs.")] = False,
    reviews: Annotated[bool, Option("--reviews", help="A page on which people rate.")] = False,
    body: Annotated[bool, Option("--body", help="A council, a church, a club.")] = False,
) -> None:
    """Say what a place is: that decides how what it brings is judged. Without an option it asks.

    What was read there before stays as it was judged.

    \b
    Examples:
      schoolgate source set northvale-life --paper
      schoolgate source set town-feed
    """
    where, settings = wiring.settings(opts.home, opts.config)
    from monitor.config.writing.edit import set_channel
    from sources.nature.nature import CHANNEL_OF

    source = known_source(settings, source_id)
    # raises InputError where the kind or the address says what it is
    from data.web.channels import WEBSITE, channel_at

    if source.own:
        raise InputError(f"{source.name} is watched as the school's own. Nothing was changed.")
    if source.kind != "feed":
        raise InputError(
            f"{source.name} is read as {source.kind}, which says what it is. Nothing was changed."
        )
    if source.surfaced or channel_at(source.url) != WEBSITE:
        what = "brings posts of many places, each judged by what its own place is"
        raise InputError(f"{source.name} {what}. Nothing was changed.")
    given = {"paper": paper, "board": board, "blog": blog, "reviews": reviews, "body": body}
    nature = _said([name for name, yes in given.items() if yes], source)
    first = str(source.settings.get("ids") or source.channel or PLAIN_FEED)
    set_channel(where.config, source.id, CHANNEL_OF[nature], first)
    say(f"{source.name} is a {nature.value}: what it brings from now on is judged as that.")


def known_source(settings: Config, source_id: str) -> Source:
    """The source of that id. Raises InputError, which names those there are."""
    source = next((s for s in settings.sources if s.id == source_id), None)
    if source is None:
        known = ", ".join(s.id for s in settings.sources) or "none"
        raise InputError(f"{source_id}: no such source in {settings.path.name}. It has: {known}.")
    return source


def _said(given: list[str], source: Source) -> Nature:
    from monitor.setup.answers import nature_named

    if len(given) > 1:
        raise InputError(f"--{given[0]} and --{given[1]} exclude each other. Give one of them.")
    if given:
        return nature_named(given[0])
    return until_right(printed(f"What is {source.name}: paper, board, blog, reviews or body?"), nature_named)


_MOST = 4
"""So many of the places behind one address are read; the others are seldom what was meant."""


def add_source(
    opts: HomeOptions,
    address: Annotated[
        str,
        Argument(metavar="ADDRESS", help="The address of any page of the place; “mailbox” for a mailbox."),
    ],
    school: Schools = None,
    name: Annotated[str | None, Option("--name", help="What people see.")] = None,
    channel: Annotated[
        str | None, Option("--channel", help="Where its posts stand, where the kind cannot know it.")
    ] = None,
    own: Annotated[bool, Option("--own", help="It is a page or an account of the school's own.")] = False,
    user: Annotated[str | None, Option("--user", help="A mailbox: who signs in, mostly its address.")] = None,
    tenant: Annotated[
        str | None, Option("--tenant", help="Microsoft 365: “Directory (tenant) ID”, or your domain.")
    ] = None,
    client_id: Annotated[
        str | None, Option("--client-id", help="Microsoft 365: “Application (client) ID”.")
    ] = None,
    other_mailbox: Annotated[
        str | None, Option("--other-mailbox", help="Microsoft 365: a mailbox that must be refused.")
    ] = None,
    secret_file: SecretFile = None,
    secret_env: SecretEnv = None,
    certificate: Certificate = None,
    sender: Annotated[
        list[str] | None,
        Option("--sender", help="A mailbox: read mails from this address or domain alone; may be repeated."),
    ] = None,
    yes: Annotated[bool, Option("--yes", help="Ask nothing: take the best that was read.")] = False,
) -> None:
    """Watch another place: finds what is behind its address, reads it once, shows the first finds, writes it.

    Of a mailbox all that is needed is asked for; its mails are counted, not shown. A password or secret is
    typed unseen and kept in a file of its own.

    \b
    Examples:
      schoolgate source add https://www.northvale-gazette.example.org/
      schoolgate source add mailbox
      schoolgate source add graph://alerts@example.sch.uk --other-mailbox head@example.sch.uk --yes
      schoolgate source add https://board.example.org/viewtopic.php?t=12 --name "Northvale talk" --yes
    """
    where, settings = wiring.settings(opts.home, opts.config)
    asked = {"user": user, "tenant": tenant, "client-id": client_id, "other-mailbox": other_mailbox}
    if is_for_mailbox(address):
        urns = which_schools(school, settings, asks=not yes)
        given = mail_options(asked, secret_file, secret_env, certificate)
        wanted_box = WantedMailbox(address.strip(), urns, name or "Alert mailbox", tuple(sender or ()))
        finish(int(not add_mailbox(where, settings, wanted_box, given, yes=yes)))
    if strange := [option for option, value in asked.items() if value]:
        raise InputError(f"--{strange[0]} is for a mailbox: schoolgate source add mailbox")
    url = _address(address)
    _refuse(url, settings, channel, own=own)
    urns = which_schools(school, settings, asks=not yes)
    looked, places = _read(url, urns, where, settings, own=own)
    wanted = _wanted(looked, places, yes=yes)
    if not wanted:
        say(f"{settings.path.name} was not changed.")
        finish(1)
    with in_terms_of({"name": "--name", "channel": "--channel", "url": "The address"}):
        one_name = name if len(wanted) == 1 else None
        written(where.config, [_named(place, one_name, channel) for place in wanted])


def _address(given: str) -> str:
    from monitor.config.faults import quoted
    from monitor.config.values import WebAddress
    from monitor.setup.answers import fault

    url = given.strip() if "://" in given else f"https://{given.strip()}"
    why = fault(WebAddress, url)
    if not why and "." not in (urlsplit(url).hostname or ""):
        why = "is not a web address"
    if why:
        raise InputError(
            f"{quoted(given)} {why}. Copy it whole from the browser: https://www.example.org/news"
        )
    return url


def _refuse(url: str, settings: Config, channel: str | None, *, own: bool) -> None:
    """Raises InputError for somebody's profile, what is watched already, and what is no channel."""
    from data.web.channels import OF_SOURCES
    from monitor.setup.proposals import same_place
    from sources.http.profiles import is_profile
    from sources.places.searches import names_no_school, person_sought

    if is_profile(url) and not own:
        raise InputError(
            "That is somebody's profile, and nobody's is watched. Give a page on which the school is spoken "
            "of; an account of the school's own: --own"
        )
    if names_no_school(url, settings.schools) or person_sought(url, settings.people, settings.schools):
        raise InputError(
            "What is searched for is the school, never a person. Give a search in which a name of the school "
            "stands and nobody's of its people, or a page on which the school is spoken of."
        )
    _not_twice(same_place(url, settings.sources), settings)
    if channel is not None and channel not in OF_SOURCES:
        raise InputError(f"--channel {channel}: is not a channel. {did_you_mean(channel, OF_SOURCES)}")


def _not_twice(same: Source | None, settings: Config) -> None:
    if same is not None:
        off = f"; it is off: {same.disabled}" if same.disabled else ""
        raise InputError(f"{settings.path.name} has that already, as {same.id} ({same.name}){off}.")


def _read(
    url: str, urns: tuple[str, ...], where: Paths, settings: Config, *, own: bool
) -> tuple[Looked, list[PlaceRead]]:
    """What is behind the address and not watched yet, the first few of it read once."""
    from data.types import Outcome
    from monitor.setup.proposals import look_behind, same_place, tried
    from monitor.setup.survey import LIMITS, InTime

    everywhere = [school.urn for school in settings.schools]
    with wiring.fetcher(settings, limits=LIMITS) as fetcher:
        reader = InTime.of_a_minute(fetcher, utc_now)
        looked = look_behind(url, urns, {s.id for s in settings.sources}, reader, own=own)
        if looked.failure is not None and looked.failure.outcome is Outcome.MISCONFIGURED:
            raise InputError(looked.failure.detail)
        new = [p for p in looked.places if same_place(p.source.url, settings.sources) is None]
        if looked.places and not new:
            _not_twice(same_place(looked.places[0].source.url, settings.sources), settings)
        if not new or _unreached(looked.failure):
            return replace(looked, places=tuple(new)), []
        judges = wiring.judges(settings, where.home)
        places = tried(new[:_MOST], everywhere, reader, judges)
        shown(places, judges, settings)
    return looked, places


def _unreached(failure: FetchFailure | None) -> bool:
    from data.types import Outcome

    return failure is not None and failure.outcome is Outcome.UNREACHABLE


def _wanted(looked: Looked, places: Sequence[PlaceRead], *, yes: bool) -> list[Proposal]:
    """What is to be written; nothing where nothing is wanted, or nothing can be had."""
    if _unreached(looked.failure):
        return _untried(looked, yes=yes)
    if places:
        return chosen_of(places, yes=yes)
    if (failure := looked.failure) is not None:
        say(f"{outcome_words(failure.outcome).capitalize()}: {failure.detail}")
    else:
        say(
            "No feed, board, thread or reviews were found there. Try the page that lists what is new, or the "
            "address of its feed."
        )
    return []


def _untried(looked: Looked, *, yes: bool) -> list[Proposal]:
    """A place that cannot be reached now is written untried where somebody wants that."""
    from monitor.terminal.answers import yes as said_yes

    failure = looked.failure
    assert failure is not None
    say(f"It could not be reached: {failure.detail}")
    place = looked.places[0] if looked.places else None
    if place is None or place.why_off:
        say("What is there cannot be told from its address alone. Try again when pages can be reached.")
        return []
    say(f"By its address it is: {place.source.name}. {place.sees}")
    return [place] if not yes and said_yes("Write it untried?") else []


def _named(place: Proposal, name: str | None, channel: str | None) -> Proposal:
    source = place.source
    named = replace(source, name=name or source.name, channel=channel or source.channel)
    return replace(place, source=named)


source_app.command("list")(list_sources)
source_app.command("add")(add_source)
source_app.command("propose")(propose_sources)
source_app.command("test")(try_source)
source_app.command("set")(set_nature)
source_app.command("pause")(pause)
source_app.command("resume")(resume)
source_app.command("remove")(remove)
source_app.command("parse")(parse)
