"""`schoolgate schools` and `schoolgate terms`: the schools that are watched, the register, the year."""

from __future__ import annotations

import shlex
from contextlib import suppress
from pathlib import Path
from typing import Annotated

from typer import Argument

from data.errors import InputError, RegisterError
from data.people import people_of
from data.register.national_lists import SHIPPED, day_of, name_register, pack_register, read_register
from monitor.cli.commands.options import HomeOptions
from monitor.config.home.paths import write_private
from monitor.config.model import TRUST
from monitor.terminal.groups import group
from monitor.terminal.output import say, say_lines
from monitor.terminal.table import draw_table


def list_schools(opts: HomeOptions) -> None:
    """List the schools that are watched."""
    _, settings = opts.open_settings()
    rows = [
        (
            TRUST if s.is_trust else s.urn,
            s.name,
            "" if s.is_trust else s.town or "not said",
            s.head or "not said",
            str(len([o for o in settings.sources if not o.disabled and (not o.urns or s.urn in o.urns)])),
            str(len(people_of(s, settings.people))),
        )
        for s in settings.schools
    ]
    say_lines(
        draw_table(("Number", "Name", "Town", "Head", "Places", "People"), rows, wraps=("Name", "Head"))
    )


def update(opts: HomeOptions, file: Annotated[Path | None, Argument(metavar="FILE")] = None) -> None:
    """Take a newer register into the home, without a file the one that comes with Schoolgate."""
    from monitor.config.edit import set_values
    from monitor.setup.check_settings import numbers_of

    where, settings = opts.open_settings()
    if file is None and settings.register:
        _keep_fuller(settings.register)
    file = file or SHIPPED
    schools = read_register(file)
    packed, kept = pack_register(schools, file), settings.register
    if kept is None or kept.parent != where.home:
        kept = where.home / name_register(where.home, packed)
    write_private(kept, packed)
    if settings.register != kept:
        named = kept.name if where.config.parent == where.home else str(kept)
        set_values(where.config, {("", "register_file"): named})
    size, day = kept.stat().st_size / 2**20, day_of(kept)
    say(f"{kept}: {len(schools):,} schools, as of {day:%-d %B %Y} ({size:.1f} MB).")
    if missing := sorted(numbers_of(settings) - {school.urn for school in schools}):
        say(f"Not among its open schools: {', '.join(missing)}. What to do: schoolgate doctor")


def _keep_fuller(path: Path) -> None:
    """Raises InputError where this register names heads or trusts, which the shipped one does not."""
    with suppress(RegisterError):  # what cannot be read is replaced
        if any(school.head or school.trust for school in read_register(path)):
            raise InputError(
                f"{path.name}, of {day_of(path):%-d %B %Y}, names heads or trusts. The register that comes "
                f"with Schoolgate, of {day_of(SHIPPED):%-d %B %Y}, does not. Nothing was changed. To load a "
                "newer file: ⟪schools update⟫ FILE\nTo take the one that comes with Schoolgate all the same: "
                f"⟪schools update⟫ {shlex.quote(str(SHIPPED))}"
            )


schools_app = group("The schools that are watched, and the register of schools.")
schools_app.command("list")(list_schools)
schools_app.command("update")(update)


def list_terms(opts: HomeOptions) -> None:
    """List the terms and the days without pupils that are known of each school."""
    _, settings = opts.open_settings()
    for school in settings.proper:
        year = settings.calendar(school.urn)
        say(f"{school.name}:{'' if year.terms else ' no term is known'}")
        say_lines(f"  {term.first:%a %-d %b %Y} to {term.last:%a %-d %b %Y}" for term in year.terms)
        say_lines(f"  no pupils on {day:%a %-d %b %Y}" for day in sorted(year.closed))


terms_app = group("The school's year: on which days the digest comes.")
terms_app.command("list")(list_terms)
