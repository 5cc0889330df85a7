"""`schoolgate source`: the places that are looked at: listed, found, tried and written."""

from __future__ import annotations

import json
import os
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from typer import Argument, Option

from data.effects import utc_now
from data.errors import InputError, write_commands
from data.frozen import freeze
from data.steps.acts import Refused
from data.types import FetchFailure, Mention, Outcome, Request, Response, Source, SourceRun
from data.web.channels import OF_SOURCES
from data.words.say import words
from monitor.cli.commands.options import (
    Certificate,
    HomeOptions,
    Schools,
    SecretEnv,
    SecretFile,
    chosen_urns,
    end_command,
    keeper,
    mail_options,
    moment,
    name_options,
    require_done,
)
from monitor.config.home.lookup import free
from monitor.config.home.paths import Paths
from monitor.config.load import Config, from_text
from monitor.home import wiring
from monitor.terminal.answers import ask_at_terminal, at_a_terminal
from monitor.terminal.answers import yes as said_yes
from monitor.terminal.groups import group
from monitor.terminal.output import say, say_lines, say_on_stderr, terminal_columns
from monitor.terminal.table import Cell, Tone, draw_table
from monitor.terminal.wording import (
    brief,
    did_you_mean,
    ending_words,
    outcome_cell,
    outcome_words,
)
from sources.registry import SourceKind, collector, kind_named

if TYPE_CHECKING:
    from monitor.act.people import Keeper
    from monitor.act.places import LookedAt
    from monitor.pipeline.looking import Find, InTime, PlacePreview, PlaceRead
    from monitor.setup.mail import MailboxChoice, MailOptions
    from sources.places import Proposal

SourceId = Annotated[str, Argument(metavar="ID", help="The source's id in schoolgate.toml.")]


def parse(
    file: Path,
    url: Annotated[str, Option("--url")],
    kind: str | None = None,
    fetched_at: str | None = None,
    day_first: bool = False,
    month_first: bool = False,
) -> None:
    """Read one saved document and print a JSON line for each mention in it."""
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
    page = wiring.start_reading()(parse_document, body, url, kind=kind, fetched_at=at, dates=dates)
    for warning in page.warnings:
        say_on_stderr(f"{file.name}: {warning}")
    if page.block is not None:
        say_on_stderr(f"{file.name}: no mention here. {page.block.reason} ({page.block.kind.value})")
        end_command(1)
    for mention in page.mentions:
        say(json.dumps(mention_line(mention), ensure_ascii=False))


def list_sources(opts: HomeOptions) -> None:
    """Every source: when it was last read, how that ended, and why it is off where it is."""
    from data.store import sources as source_store

    where, settings = opts.open_settings()
    store = wiring.open_store(where.home, migrate=False)
    runs: dict[str, SourceRun] = {}
    if store.path.exists():
        with store.open_reader() as con:
            runs = source_store.latest_runs(con, [s.id for s in settings.sources])
    if not settings.sources:
        say(f"{settings.path.name} names no source yet. To see what there is: schoolgate source propose")
    rows = [_row(source, runs.get(source.id), utc_now(), settings.zone) for source in settings.sources]
    say_lines(draw_table(("Id", "Place", "Last read", "How it ended"), rows, wraps=("Place", "How it ended")))


def _row(source: Source, run: SourceRun | None, now: datetime, zone: ZoneInfo) -> tuple[str | Cell, ...]:
    if source.disabled:
        return source.id, source.name, "", Cell(f"switched off: {source.disabled}", Tone.WARN)
    if run is None:
        return source.id, source.name, "", "not read yet"
    how = Cell(ending_words(run), outcome_cell(run.outcome).tone)
    return source.id, source.name, brief(run.finished_at, now, zone), how


def try_source(opts: HomeOptions, source_id: SourceId) -> None:
    """Read one source now: how that went, its first finds, and whether they are about you, and why."""
    from monitor.act import places as acts

    where, settings = opts.open_settings()
    source = _find_source(settings, source_id)
    done = acts.try_place(settings, where.home, source, utc_now, for_danger=True)
    if isinstance(done, Refused):
        say(f"{source.name} is off, and is not read: {done.reason}")
        end_command(1)
    _say_preview(done.made, settings.zone)
    if done.made.dangers:
        say(words("en")("assessment.danger"))
    if source.disabled:
        say(f"It is switched off: {source.disabled}")
        say(write_commands("To switch it on: ⟪/sources⟫"))
    end_command(0 if done.made.run.outcome.is_seen else 1)


def _say_preview(read: PlacePreview, zone: ZoneInfo) -> None:
    from monitor.pipeline.looking import find_lines

    say(f"{read.source.name}: {ending_words(read.run)}")
    say_lines(f"  {line}" for line in read.run.warnings)
    if read.run.mentions_read:
        say(f"About you: {read.about}; perhaps: {read.perhaps}; read: {read.run.mentions_read}.")
    say_lines(find_lines(read.finds, {}, utc_now().date(), zone))


def set_nature(opts: HomeOptions, source_id: SourceId, nature: str) -> None:
    """Say what a place is, because its posts are judged by that: a paper or broadcaster, a board on which
    anybody writes, a blog, a page of reviews, a body such as a council. Name a site that searches find by its
    host."""
    from monitor.act import places as acts
    from monitor.pipeline.looking import nature_named

    where, settings = opts.open_settings()
    at, said = keeper(where, settings), nature_named(nature)
    site = "." in source_id and all(s.id != source_id for s in settings.sources)
    source = None if site else _find_source(settings, source_id)
    require_done(acts.set_place_nature(at, source, said) if source else acts.name_host(at, source_id, said))
    name = source.name if source else source_id
    say(f"{name} is a {said.value}: from now on its posts are judged as that.")


def _find_source(settings: Config, source_id: str) -> Source:
    """The source of that id. Raises InputError, which names those there are."""
    source = next((s for s in settings.sources if s.id == source_id), None)
    if source is None:
        known = ", ".join(s.id for s in settings.sources) or "none"
        raise InputError(f"{source_id}: no such source in {settings.path.name}. It has: {known}.")
    return source


def add_source(
    opts: HomeOptions,
    address: str,
    school: Schools = None,
    name: str | None = None,
    channel: str | None = None,
    own: bool = False,
    user: str | None = None,
    tenant: str | None = None,
    client_id: str | None = None,
    other_mailbox: str | None = None,
    secret_file: SecretFile = None,
    secret_env: SecretEnv = None,
    certificate: Certificate = None,
    sender: list[str] | None = None,
    settle: Annotated[list[str] | None, Option("--set", metavar="NAME=VALUE")] = None,
    yes: bool = False,
) -> None:
    """Watch another place: finds what is behind its address, reads it once, shows the first finds, writes
    it.
    """
    from monitor.act import places as acts
    from sources.mailbox.address import is_mailbox

    where, settings = opts.open_settings()
    asked = {"user": user, "tenant": tenant, "client-id": client_id, "other-mailbox": other_mailbox}
    urns = chosen_urns(school, settings)
    if address.strip() == "mailbox" or is_mailbox(address.strip()):
        given = mail_options(asked, secret_file, secret_env, certificate)
        wanted_box = WantedMailbox(address.strip(), urns, name or "Alert mailbox", tuple(sender or ()))
        end_command(int(not add_mailbox(where, settings, wanted_box, given, yes=yes)))
    from monitor.act import keyed

    if kind := keyed.KEYED.get(address.strip()):
        given = mail_options(asked, secret_file, secret_env, certificate)
        end_command(int(not add_keyed(where, settings, kind, urns, settle or (), given, name, yes=yes)))
    if strange := [option for option, value in asked.items() if value]:
        raise InputError(f"--{strange[0]} is for a mailbox: schoolgate source add mailbox")
    if channel is not None and channel not in OF_SOURCES:
        raise InputError(f"--channel {channel}: is not a channel. {did_you_mean(channel, OF_SOURCES)}")
    place = _show_best(
        require_done(acts.look_at_address(settings, where.home, address, urns, utc_now, own=own)),
        settings,
        yes=yes,
    )
    if place is None:
        say(f"{settings.path.name} was not changed.")
        end_command(1)
    source = place.source
    named = replace(source, name=name or source.name, channel=channel or source.channel)
    with name_options({"name": "--name", "channel": "--channel", "url": "The address"}):
        _write(keeper(where, settings), [replace(place, source=named)])


def _show_best(found: LookedAt, settings: Config, *, yes: bool) -> Proposal | None:
    """The best of what is behind the address, shown; None where there is nothing, or nobody wants it."""
    failure, new = found.looked.failure, found.looked.places
    if failure is not None and failure.outcome is Outcome.UNREACHABLE:
        say(f"It could not be reached: {failure.detail} If the address is right, try again later.")
        known = bool(new) and not new[0].why_off and not yes
        return new[0] if known and said_yes(f"Its address says it is {new[0].source.name}. Add it?") else None
    if found.read:
        _show(found.read, found.finds, settings)
        return _choose_place(found.read, yes=yes)
    said = f"{outcome_words(failure.outcome).capitalize()}: {failure.detail}" if failure else (
        "No feed, forum, thread or reviews were found there. Try the page that lists new items, or the "
        "address of its feed."
    )  # fmt: skip
    say(said)
    return None


def _show(places: Sequence[PlaceRead], found: Sequence[Find], settings: Config) -> None:
    """The places with how each reading went, why those are off that are, and the first finds."""
    from monitor.pipeline.looking import find_lines, number_places, place_lines

    if any(place.run is not None for place in places):
        say_lines(place_lines(places, {s.urn: s.name for s in settings.schools}, given=True))
    for place in places:
        if place.run is None:
            say(f"{place.source.name}: off. {place.proposal.why_off}")
    if found:
        say("The first finds:")
    say_lines(find_lines(found, number_places(places), utc_now().date(), settings.zone))


def _choose_place(places: Sequence[PlaceRead], *, yes: bool) -> Proposal | None:
    """The first that could be read; else, where somebody says so, one that is off, with its reason."""
    from monitor.pipeline.looking import decide_places, with_nature
    from sources.places import is_google_alert

    seen = [place for place in places if place.run is not None and place.was_read]
    (best,) = decide_places(seen[:1] or places[:1], utc_now())
    if not seen and best.source.disabled and is_google_alert(best.source.url):
        say(f"{best.terms} To set one up: schoolgate source add mailbox")
    off = " switched off, with that reason" if not seen and best.source.disabled else ""
    if yes:
        return best if seen else None
    return with_nature(best, None) if said_yes(f"Watch {best.source.name}{off}?") else None


def _write(at: Keeper, places: Sequence[Proposal]) -> None:
    from monitor.act import places as acts

    done = require_done(acts.watch_places(at, places))
    for source in done.config.sources[-len(places) :]:
        off = ", switched off" if source.disabled else ""
        say(f"Written to {at.config.path.name}: {source.name}, id {source.id}{off}.")


def propose_sources(
    opts: HomeOptions,
    school: Schools = None,
    add: list[str] | None = None,
    everything: Annotated[bool, Option("--all")] = False,
    no_network: bool = False,
) -> None:
    """Propose what could be watched and is not: what each place sees, its terms, and why it would be off."""
    where, settings = opts.open_settings()
    with ExitStack() as stack:
        reader = None if no_network else _reader(settings, stack)
        found = _propose(settings, where.home, chosen_urns(school, settings), reader)
        say_lines(_list_proposals(found, settings))
        wanted = [place for place in found if everything and not place.why_off]
        wanted += [_find_proposal(found, each) for each in dict.fromkeys(add or ())]
        if not wanted:
            if found and at_a_terminal():
                say("To add one: schoolgate source propose --add NUMBER")
            return
        places = _try_wanted(wanted, where, settings, reader or _reader(settings, stack))
    if not places:
        say("None of them could be reached now, so none is written. Try again when pages can be reached.")
        end_command(1)
    _write(keeper(where, settings), places)


def _reader(settings: Config, stack: ExitStack) -> InTime:
    from monitor.pipeline.looking import LIMITS, InTime

    return InTime.for_a_minute(stack.enter_context(wiring.fetcher(settings, limits=LIMITS)), utc_now)


def _propose(
    settings: Config, home: Path, keys: Sequence[str], reader: InTime | None
) -> tuple[Proposal, ...]:
    from monitor.act.places import note_silent
    from monitor.pipeline.looking import hosts_without_answer, look_up_schools, propose_places

    known = look_up_schools(settings.proper, reader) if reader else []
    if reader and settings.to_look_up:
        note_silent(settings, silent := hosts_without_answer(known))
        say_on_stderr(f"Still not looked up: {', '.join(silent)}." if silent else "Everything is looked up.")
    found = propose_places(settings.proper, settings.sources, _search_finds(home, settings), reader, known)
    return tuple(p for p in found if not keys or not p.source.urns or set(keys) & set(p.source.urns))


def _search_finds(home: Path, settings: Config) -> list[Mention]:
    """List what the searches have brought; nothing before the first scan."""
    from data.store.sources import articles_of

    store = wiring.open_store(home, migrate=False)
    if not store.path.exists():
        return []
    with store.open_reader() as con:
        return articles_of(con, [source.id for source in settings.sources if source.surfaced])


def _list_proposals(found: Sequence[Proposal], settings: Config) -> Iterator[str]:
    if not found:
        yield f"Every source we could propose is in {settings.path.name} already."
        yield "To watch another source: schoolgate source add ADDRESS"
    for n, place in enumerate(found, 1):
        yield f"{n:>2}  {place.source.name} ({place.source.id})"
        yield from _below(place.sees)
        yield from _below(f"Terms, as read on {place.checked:%-d %B %Y}: {place.terms}")
        if place.why_off:
            yield from _below(f"Off: {place.why_off}")


def _below(text: str) -> list[str]:
    return textwrap.wrap(text, terminal_columns(), initial_indent="    ", subsequent_indent="    ")


def _find_proposal(found: Sequence[Proposal], said: str) -> Proposal:
    if said.isdecimal() and 1 <= int(said) <= len(found):
        return found[int(said) - 1]
    place = next((place for place in found if place.source.id == said), None)
    if place is None:
        raise InputError(f"--add {said}: not in the list. Give a number from 1 to {len(found)}, or an id.")
    return place


def _try_wanted(wanted: Sequence[Proposal], where: Paths, settings: Config, reader: InTime) -> list[Proposal]:
    """Those that were asked for, as they are to be written: on where they could be read."""
    from monitor.pipeline.looking import decide_places, finds, is_offline, try_places

    judges = wiring.judges(settings, where.home)
    places = try_places(wanted, [school.urn for school in settings.proper], reader, judges)
    _show(places, finds([linked for place in places for linked in place.found], judges), settings)
    return [] if is_offline(places) else list(decide_places(places, utc_now()))


def add_keyed(
    where: Paths, settings: Config, kind: SourceKind, urns: Sequence[str], said: Sequence[str],
    given: MailOptions, name: str | None, *, yes: bool,
) -> bool:  # fmt: skip
    """Asks for what was not `said` (NAME=VALUE) of a place with a key, tries it, shows what it brings, writes
    it. False where nothing was written."""
    from monitor.act import keyed
    from sources.keys import key_kinds

    asks, wants = at_a_terminal() and not yes, key_kinds()[kind.key]
    if not asks and not yes:
        raise InputError("Nobody is there to answer. To save what was given: --yes. Nothing was changed.")
    fields = keyed.list_fields(settings, kind, urns)
    answers = {**{k: v for k, v in given.options.items() if v}, "secret": given.secret or ""}
    known = [f.name for f in fields if not f.hidden]
    for each, equals, value in (one.partition("=") for one in said):
        if each not in known or not equals:
            raise InputError(f"--set {each}: is not asked here, as NAME=VALUE. {did_you_mean(each, known)}")
        answers[each] = value
    say_lines(textwrap.wrap(f"{wants.title}: {wants.cost} {wants.asks_said}", terminal_columns()))
    if asks and not given.secret and any(f.hidden and f.needed for f in fields):
        say_lines(f"  {n}. {step}" for n, step in enumerate((*wants.steps, wants.get_at), 1))
    for field in fields:
        if field.needed and not answers.get(field.name) and not (field.hidden and given.secret_env):
            answers[field.name] = field.proposed
            if asks:
                how = "not shown as you type" if field.hidden else f"Enter: {field.proposed}"
                label = f"{field.label} ({how})" if field.hidden or field.proposed else field.label
                answers[field.name] = ask_at_terminal(label, field.proposed or None, hidden=field.hidden)
    at = replace(keeper(where, settings), store=wiring.open_store(where.home))
    wanted = keyed.plan_place(at, kind, urns, answers, given.secret_env or "", name or "")
    found = require_done(keyed.try_with_key(require_done(wanted), at, utc_now, None))
    say(words("en")("places.key.tried", platform=wants.title, used=", ".join(found.used)))
    _say_preview(found.preview, settings.zone)
    if held := found.say_held():
        say(held)
    if asks and not said_yes(f"Watch {wants.title}?"):
        say(f"{settings.path.name} was not changed.")
        return False
    require_done(keyed.watch_place(at, found.wanted))
    source = found.wanted.proposal.source
    say(f"Written to {settings.path.name}: {source.name}, id {source.id}.")
    if file := found.wanted.file:
        say(f"Written: {file}, which only this account may read.")
    return True


@freeze
class WantedMailbox:
    """The mailbox that is asked for: “mailbox” or its address, for which schools, its name, whose mails."""

    address: str
    urns: tuple[str, ...]
    name: str
    senders: tuple[str, ...] = ()


def add_mailbox(
    where: Paths, settings: Config, wanted: WantedMailbox, given: MailOptions, *, yes: bool
) -> bool:
    """Asks, tries, counts, writes. False where nothing was written, or it was written switched off."""
    from monitor.cli.commands.mail import ask, ask_secret
    from monitor.setup.mail import MailboxQuestions
    from sources.mailbox.address import is_mailbox, same_mailbox

    asks = at_a_terminal() and not yes
    if not asks and not yes:
        raise InputError("Nobody is there to answer. To save what was given: --yes. Nothing was changed.")
    questions = MailboxQuestions(given, ask if asks else None, ask_secret, say)
    chosen = questions.choice(wanted.address, settings, wanted.senders)

    same = next((s for s in settings.sources if is_mailbox(s.url) and same_mailbox(chosen.url, s.url)), None)
    if same is not None:
        raise InputError(f"{settings.path.name} has that mailbox already, as {same.id} ({same.name}).")
    source = _mailbox_source(wanted, chosen, where, settings)
    answer = _mailbox_read(source, chosen, settings)
    source, watched = _decide_source(source, answer, asks=asks)
    if not watched:
        say(f"{settings.path.name} was not changed.")
        return False
    _write_mailbox(keeper(where, settings), where.home, source, chosen)
    return source.disabled is None


def _mailbox_source(wanted: WantedMailbox, chosen: MailboxChoice, where: Paths, settings: Config) -> Source:
    name = free("alert-mailbox", {source.id for source in settings.sources})
    file = where.home / f"{name}-secret"
    secret = {chosen.key: file.name if where.config.parent == where.home else str(file)}
    told = chosen.settings | (secret if chosen.secret is not None else {})
    return Source(name, "mailbox", chosen.url, wanted.urns, name=wanted.name, settings=told)


def _mailbox_read(source: Source, chosen: MailboxChoice, settings: Config) -> Response | FetchFailure:
    """One reading by the settings as they would be; nothing is written for it. Raises ConfigError."""
    from monitor.config.edit import places_added, preview_text

    text = preview_text(settings.path, [places_added([_proposal(source)])])
    config = from_text(settings.path, text, os.environ)
    if chosen.secret is not None:
        box = replace(config.mailboxes[source.id], password=SecretStr(chosen.secret))
        config = replace(config, mailboxes={**config.mailboxes, source.id: box})
    with wiring.fetcher(config) as asking:
        return asking.fetch(Request(source.url, auth=source.id))


def _decide_source(source: Source, answer: Response | FetchFailure, *, asks: bool) -> tuple[Source, bool]:
    """The source as it is to stand, and whether it is; one that cannot be read is never written as on."""
    if isinstance(answer, FetchFailure):
        say(f"{outcome_words(answer.outcome).capitalize()}: {answer.detail}")
        why = answer.detail.partition(". ")[0].rstrip(".")
        off = replace(source, disabled=f"not switched on: {why[0].lower()}{why[1:]}")
        return off, asks and said_yes("Save it switched off, with that reason?")
    say_lines(_read_of(source, answer))
    return source, not asks or said_yes("Watch it?")


def _read_of(source: Source, answer: Response) -> Iterator[str]:
    from monitor.setup.mail import count_reading
    from sources.mailbox.collector import bundle_of

    other = source.settings.get("other_mailbox")
    yield f"It can be read.{f' {other} is refused, as it must be.' if other else ''}"
    bundle = bundle_of(answer.body.decode("utf-8", "replace")) if answer.body else None
    if bundle is None:
        yield "There are no emails in it yet."
        return
    page = wiring.start_reading()(collector("mailbox").parse, source, answer)
    yield from count_reading(page, len(bundle.mails))


def _write_mailbox(at: Keeper, home: Path, source: Source, chosen: MailboxChoice) -> None:
    from monitor.config.edit import write_after_secret

    put = partial(_write, at, [_proposal(source)])
    if chosen.secret is None:
        put()
    else:
        file = home / f"{source.id}-secret"
        write_after_secret(file, chosen.secret, put)
        say(f"Written: {file}, which only this account may read.")
    if source.disabled:
        say(write_commands("Once that is fixed, switch it on: ⟪/sources⟫"))


def _proposal(source: Source) -> Proposal:
    from sources.places import Proposal

    kind = kind_named(source.kind)
    return Proposal(source, "Alerts, notices and emails people forward.", kind.terms, utc_now().date())


source_app = group("The sources.")
source_app.command("list")(list_sources)
source_app.command("add")(add_source)
source_app.command("propose")(propose_sources)
source_app.command("test")(try_source)
source_app.command("set")(set_nature)
source_app.command("parse")(parse)
