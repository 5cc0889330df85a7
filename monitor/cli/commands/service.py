"""`schoolgate serve`, the service until it is told to end; and `status`, how it is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Context, Option, Typer

from data import effects
from data.errors import InputError, StoreError
from monitor.cli.commands.options import Asking, HomeOptions, JsonOptions, School, finish
from monitor.config.home.paths import find
from monitor.home import wiring
from monitor.terminal.output import in_json, say, say_lines, tell

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.effects import Clock
    from data.types import Person
    from monitor.cli.views.status import FoundStatus
    from monitor.config.home.paths import Paths
    from monitor.config.load import Config


def serve(opts: HomeOptions) -> None:
    """Run by itself: read the sources when they are due, tell people, until it is told to end.

    \b
    Examples:
      schoolgate serve
      schoolgate serve --home /var/lib/schoolgate
    """
    from monitor.service.serve import serve as until_told_to_end

    where = find(os.environ, opts.home, opts.config)
    finish(until_told_to_end(where.home, where.config, say=say))


def desk(
    opts: HomeOptions,
    ctx: Context,
    demo: Annotated[bool, Option("--demo", help="On invented documents: anybody may be anybody.")] = False,
    port: Annotated[int, Option("--port", help="Where on this machine.", min=1024, max=65535)] = 8478,
) -> None:
    """Look around at the desk as anybody of the demo's school, without signing in; or print its poster.

    `schoolgate serve` serves the desk of your own school, at the address that `base_url` names.

    \b
    Examples:
      schoolgate desk --demo
      schoolgate desk --demo --port 8500
    """
    if ctx.invoked_subcommand:
        return
    if not demo:
        raise InputError(
            "The desk of your school is served by ⟪serve⟫, at the address that base_url names in "
            "schoolgate.toml. To look around on invented documents: ⟪desk⟫ ⟨demo⟩"
        )
    from monitor.cli.demo.desk import run_desk

    run_desk(find(os.environ, opts.home).demo, port)


def poster(
    opts: HomeOptions,
    out: Annotated[Path, Option("--out", metavar="DIR", help="Where it is written to.")] = Path(),
    school: School = None,
    demo: Annotated[bool, Option("--demo", help="Of the demo’s school, at an address that is none.")] = False,
) -> None:
    """A poster for the staff room, a page of A4: a QR code to “Tell us what you saw”, and whom to ring.

    \b
    Examples:
      schoolgate desk poster
      schoolgate desk poster --out posters
      schoolgate desk poster --demo
    """
    from monitor.cli.commands.inputs import write_out
    from monitor.desk.poster import poster as made
    from monitor.desk.ring import without_number

    home = find(os.environ, opts.home).demo if demo else opts.home
    if home and demo and not home.joinpath("schoolgate.toml").exists():
        raise InputError("The demo has not been played here yet: ⟪desk⟫ ⟨demo⟩")
    _, settings = wiring.settings(home, opts.config)
    urn = wiring.pick_urn(settings, school)
    one = next(s for s in settings.schools if s.urn == urn)
    base_url = "https://schoolgate.example.org" if demo else settings.base_url
    if base_url is None or not base_url.startswith("https:"):
        raise InputError(
            "The poster leads to the desk, and base_url in schoolgate.toml names no address that begins with "
            "https. Where it is: ⟪set⟫ base_url=https://schoolgate.example.org. For the demo’s school: "
            "⟪desk poster⟫ ⟨demo⟩"
        )
    today = effects.utc_now().astimezone(settings.zone).date()
    pdf = made(settings, one, base_url, today)
    say_lines(write_out(out, f"poster-{urn}", {".pdf": pdf}))
    for person in without_number(settings, one):
        tell(f"{person.name} has no telephone number on it: add phone under [[people]] in schoolgate.toml.")


desk_app = Typer(
    rich_markup_mode=None, help="The desk: the demo's to look around in, and a poster for yours."
)
desk_app.callback()(desk)
desk_app.command("poster")(poster)


WAIT_S = 3.0
"""So long the store is waited for: who asks how things are wants to know it now."""


def status(opts: JsonOptions, person: Asking = None) -> None:
    """Whether the service runs, what it could not see, what waits. Exit code 1 where it is not well.

    \b
    Examples:
      schoolgate status
      schoolgate status --as b-patel
      schoolgate status --json
    """
    now, as_json = effects.utc_now, opts.as_json
    finish(run(opts.home, opts.config, as_json=as_json, say=say, clock=now, person=person))


def run(
    home: Path | None,
    config: Path | None,
    *,
    as_json: bool,
    say: Callable[[str], None],
    clock: Clock,
    person: str | None = None,
) -> int:
    """Print it; 0 where the service runs, does its work and its messages go out, else 1. Writes nothing.

    Raises StoreError for a reader where nothing is known; a program has its document all the same.
    """
    from monitor.cli.views import status as view
    from monitor.matters.reader import asker
    from monitor.terminal.wording import WHO_YOU_ARE

    where, settings = wiring.settings(home, config)
    who = asker(settings, person)
    found = _look(where.home, settings, who, clock)
    if who is None:
        tell(WHO_YOU_ARE)
    if as_json:
        say(in_json(view.as_document(found)))
    elif found.nothing:
        raise StoreError("\n".join([found.refused, *_how_to_begin(where)]))
    else:
        for line in view.lines(found, settings):
            say(line)
    return found.exit


def _how_to_begin(where: Paths) -> list[str]:
    """What to do next where nothing was ever read."""
    from monitor.setup.doctor import next_step

    if wiring.open_store(where.home, migrate=False).path.exists():
        return []
    return next_step.lines(next_step.of_the_file(where.config, os.environ, effects.utc_now().date()))


def _look(home: Path, settings: Config, person: Person | None, clock: Clock) -> FoundStatus:
    """What is known; writes nothing.

    A store that is held, full or damaged is not waited for: the service and its file tell what they know.
    """
    from dataclasses import replace

    from alerts.notices.book import merged
    from monitor.cli.views.status import FoundStatus
    from monitor.matters import listed
    from monitor.matters.reader import Reader
    from monitor.pipeline import spool
    from monitor.service.state import notebook
    from monitor.service.state.holder import complaints_of
    from monitor.service.state.status import status as read_status

    complaints = complaints_of(home, settings.serve.health_port)
    troubles = tuple(t for n in notebook.read(home).notices for t in merged(n.troubles) if t.until is None)
    handed_in = len(spool.waiting(home))
    store = wiring.open_store(home, clock, migrate=False, wait_s=WAIT_S)
    try:
        with store.read() as con:
            seen = read_status(con, settings, clock(), effects.uptime())
            reader = Reader(settings, store, person)
            alerts, late = listed.open_alerts(con, reader), listed.late_cases(con, reader, seen.now)
            alarm = listed.alarm_unanswered(con, settings)
            seen = replace(seen, open_alerts=alerts, late_cases=late, alarm_unanswered=alarm)
            return FoundStatus(seen, "", complaints, troubles, handed_in)
    except StoreError as error:
        return FoundStatus(None, str(error), complaints, troubles, handed_in)
