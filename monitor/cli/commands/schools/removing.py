"""`schoolgate schools remove`: a school is watched no more."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from data.effects import utc_now
from data.errors import InputError
from monitor.cli.commands.inputs import pick_school
from monitor.cli.commands.options import HomeOptions
from monitor.cli.commands.setup.backup import backup
from monitor.home import wiring
from monitor.terminal.answers import is_none, yes
from monitor.terminal.errors import ask
from monitor.terminal.output import say

if TYPE_CHECKING:
    from data.store.engine.connect import Connection
    from data.store.engine.open import Store
    from data.types import School
    from monitor.config.home.paths import Paths
    from monitor.config.load import Config
    from monitor.setup.changes.schools import Parting


def remove_school(
    opts: HomeOptions,
    urn: Annotated[str, Argument(metavar="URN", help="Which school, by number.")],
    export: Annotated[
        str | None,
        Option("--export", metavar="DIR", help="Back everything up there first (- for no backup)."),
    ] = None,
    agreed: Annotated[bool, Option("--yes", help="Ask nothing.")] = False,
) -> None:
    """Watch a school no more: only where none of its cases is open and nothing of it is on hold.

    Its own places and people go with it. What is held of it is kept for as long as ever, then deleted.

    \b
    Examples:
      schoolgate schools remove 900002 --export /mnt/backup/schoolgate
    """
    from monitor.setup.changes.schools import parting

    where, settings = wiring.settings(opts.home, opts.config)
    school = pick_school(settings, urn)
    key, going = school.urn, parting(settings, school)
    store = wiring.open_store(where.home) if where.store.exists() else None
    _refuse(settings, going.school, store)
    # what happens to its places, its people and what is held
    say(f"Of {going.school.name} ({going.school.urn}):")
    say(f"  places that are read for it alone, and no more: {', '.join(going.places) or 'none'}")
    say(f"  people of it alone, who get no mail and sign in no more: {_names(going)}")
    say("  what is held of it is shown to nobody, and deleted when its time is over: schoolgate docs store")
    if store is not None:
        into = export if export is not None else ("-" if agreed else ask(_FIRST))
        if not is_none(into):
            backup(opts, Path(into))
    if agreed or yes(f"Watch {going.school.name} no more?"):
        _carry_out(where, settings, going, store)
        say(f"{going.school.name} ({key}) is watched no more.")
    else:
        say("Nothing was changed.")


def _carry_out(where: Paths, settings: Config, going: Parting, store: Store | None) -> None:
    """The file is written last, inside the store's transaction."""
    from data.store.messages.outbox import withdraw_of_school
    from data.store.service import sessions
    from monitor.config.writing import edit
    from monitor.setup.changes.schools import leaving

    now = utc_now()
    changes = leaving(settings, going, now.astimezone(settings.zone).date())
    if store is None:
        edit.edit_in_turn(where.config, *changes)
        return
    with store.write("remove a school") as con:
        _refuse_standing(going.school, con)
        withdraw_of_school(con, going.school.urn, now)
        for person in going.people:
            sessions.end_all(con, person.id, "schoolgate", now)
        edit.edit_in_turn(where.config, *changes)
    wiring.remember_config(store, wiring.configured(where))


_FIRST = "A backup of everything first: the folder that holds your backups (- for none)"


def _refuse(settings: Config, school: School, store: Store | None) -> None:
    """Raises InputError where the school may not go."""
    if len(settings.proper) == 1:
        raise InputError(
            f"{school.name} is the only school here. To end it, see “Removing” in: schoolgate docs installing"
        )
    if store is not None:
        with store.read() as con:
            _refuse_standing(school, con)


def _refuse_standing(school: School, con: Connection) -> None:
    """Raises InputError where a case of the school is open, or on hold."""
    from data.store.cases.cases import standing

    still_open, held = standing(con, [school.urn, *school.members])
    if still_open or held:
        raise InputError(
            f"{school.name} stays. Cases of it open: {still_open}; on hold: {held}. Close and release them "
            "first: schoolgate case list --as PERSON. Nothing was changed."
        )


def _names(going: Parting) -> str:
    return ", ".join(p.name for p in going.people) or "none"
