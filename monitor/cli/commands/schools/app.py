"""`schoolgate schools list`, `add`, `change` and `remove`; and the group of `schools`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument, Option

from data.effects import utc_now
from data.errors import InputError
from monitor.cli.commands.inputs import in_terms_of, pick_school
from monitor.cli.commands.options import HomeOptions, JsonOptions, Register, finish
from monitor.cli.commands.setup.backup import backup
from monitor.config.home import paths
from monitor.config.settings import TRUST
from monitor.home import wiring
from monitor.terminal.answers import is_none, yes
from monitor.terminal.errors import ask
from monitor.terminal.groups import group
from monitor.terminal.output import in_json, say, say_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from data.store.engine.connect import Connection
    from data.store.engine.open import Store
    from data.types import School
    from monitor.config.home.paths import Paths
    from monitor.config.load import Config
    from monitor.setup.changes import Parting


KEYS = "name, town, postcode, head, website, aliases, …"


def list_schools(opts: JsonOptions) -> None:
    """List the schools that are watched.

    \b
    Examples:
      schoolgate schools list
    """
    _, settings = wiring.settings(opts.home, opts.config)
    opts.show([school_json(school) for school in settings.schools], _listed(settings))


def _listed(settings: Config) -> Iterator[str]:
    from data.people import people_of
    from monitor.terminal.table import table

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
    yield from table(("Number", "Name", "Town", "Head", "Places", "People"), rows, wraps=("Name", "Head"))


def add_school(
    opts: HomeOptions,
    urn: Annotated[
        str | None, Argument(metavar="[URN]", help="Its number in the register; none for a nursery.")
    ] = None,
    register: Register = None,
    said: Annotated[
        list[str] | None,
        Option(
            "--set", metavar="KEY=VALUE", help=f"What the register does not say: {KEYS}; may be repeated."
        ),
    ] = None,
) -> None:
    """Watch one school more: what the register says of it, its spoken names and namesakes among it.

    \b
    Examples:
      schoolgate schools add 900002
      schoolgate schools add --set "name=Little Acorns Nursery" --set town=Northvale
    """
    from data.types import School
    from monitor.config.writing import edit
    from monitor.setup import changes as school_changes
    from monitor.setup.entries import own_key

    where, settings = wiring.settings(opts.home, opts.config)
    values = _values(said or ())
    asked: tuple[str, ...] = ()
    if urn is not None:
        school, asked = _from_register(urn, register, opts)
    elif "name" in values:
        school = School(own_key(str(values["name"])), str(values["name"]))
    else:
        raise InputError("Give its number, or its name where no register has it: --set name=…")
    if there := settings.school(school.urn):
        raise InputError(f"{there.name} ({school.urn}) is in {where.config.name} already.")
    changes = school_changes.joining(settings, school)
    with in_terms_of({key: key for key in values}):
        edit.edit_in_turn(where.config, *changes, edit.changed("schools", school.urn, values))
    _tell_added(settings, wiring.configured(where), school.urn, asked)


def _tell_added(before: Config, now: Config, urn: str, asked: Sequence[str]) -> None:
    from data.people import people_of

    school = next(s for s in now.schools if s.urn == urn)
    say(f"{school.name} ({urn}) is watched from now on.")
    say_lines(_facts(school))
    for name in asked:
        say(
            f"“{name}” is a place or a person too, so it is left out. If people say just that here: "
            f'schoolgate schools change {urn} "aliases={", ".join((*school.aliases, name))}"'
        )
    if len(before.schools) == 1:
        only = before.schools[0].name
        say(f"Places, people, policies and accounts that named no school are {only}’s alone.")
        say("Somebody of both: schoolgate people change ID --school URN --school URN")
    elif everywhere := [p.name for p in people_of(school, now.people)]:
        say(f"For every school, so for this one too: {', '.join(everywhere)}.")
    say(f"Its own people: schoolgate people add --school {urn}")
    say(f"What could be watched for it: schoolgate source propose --school {urn}")
    say(f"Its terms: schoolgate terms add --school {urn}")


def _facts(school: School) -> Iterator[str]:
    for key, value in (
        ("town", school.town),
        ("head", school.head),
        ("website", school.domain or school.website),
        ("people say", ", ".join(school.aliases)),
        ("namesakes", ", ".join(dict.fromkeys(n.name for n in school.namesakes))),
    ):
        yield f"  {key:<11} {value or 'not said'}"


def _from_register(urn: str, register: Path | None, opts: HomeOptions) -> tuple[School, tuple[str, ...]]:
    """The school as `init` would write it, and the short names that only the school knows are said."""
    from data.register.national_lists import read_register
    from monitor.setup.entries import entries, grouped, look_up

    path = register_file(register, opts)
    everybody = read_register(path)
    (entry,) = entries(grouped(look_up([urn], everybody, path)), everybody)
    return entry.school, entry.asked


def change_school(
    opts: HomeOptions,
    urn: Annotated[str, Argument(metavar="URN", help="Which school, by number.")],
    keys: Annotated[
        list[str] | None, Argument(metavar="KEY=VALUE…", help=f"{KEYS} (schoolgate docs configuration).")
    ] = None,
    fill: Annotated[
        bool, Option("--fill", help="What is missing, as the register has it; what is there stays.")
    ] = False,
    namesake: Annotated[
        str, Option("--namesake", metavar="NAME", help="One more that bears its name; --place says where.")
    ] = "",
    place: Annotated[str, Option("--place", help="With --namesake: where it is.")] = "",
    register: Register = None,
) -> None:
    """Change what the file says of a school: its head, town, website, the names that people say.

    Lists are given with commas; a key without a value is taken away. A new head: people replace.

    \b
    Examples:
      schoolgate schools change 900001 town=Northvale "aliases=Oakfield, Oakfield Primary"
      schoolgate schools change 900001 --fill
      schoolgate schools change 900001 --namesake "Oakfield Primary" --place Hexley
    """
    from monitor.config.writing import edit
    from monitor.config.writing.text import school_values, usable

    where, settings = wiring.settings(opts.home, opts.config)
    school = pick_school(settings, urn)
    key = school.urn
    values = _values(keys or ())
    if fill:
        known, _ = _from_register(key, register, opts)
        have = school_values(school)
        filled = {k: v for k, v in school_values(usable(known)).items() if k not in have}
        values = {**filled, **values}
    if namesake.strip():
        had = school_values(school).get("namesakes", [])
        other = {"name": namesake.strip(), "place": place.strip(), "kind": "school"}
        values["namesakes"] = had if other in had else [*had, other]
    elif place:
        raise InputError("--place goes with --namesake.")
    if not values:
        say("Nothing was given, so nothing was changed.")
        return
    with in_terms_of({name: name for name in values}):
        edit.edit_in_turn(where.config, edit.changed("schools", key, values))
    say(f"Written into {where.config.name}, for {school.name}: {', '.join(values)}.")


_NOT_HERE = {
    "urn": "A school that became another has a new number: schoolgate schools add, then schools remove.",
    "members": "The numbers of one school are written in the file (schoolgate docs configuration).",
    "terms": "Terms are added by: schoolgate terms add",
    "closed": "Days without pupils are added by: schoolgate terms add --closed DAY",
    "ladder": "The rules for removals are written in the file (schoolgate docs policies).",
    "categories": "They are written in the file (schoolgate docs configuration).",
    "namesakes": "They are added by: schoolgate schools change URN --namesake NAME --place PLACE",
}


def _values(given: Sequence[str]) -> dict[str, Any]:
    """What was given as KEY=VALUE, as the file holds it; None for no value. Raises InputError."""
    from monitor.cli.commands.setup.set import converted
    from monitor.config.model import SchoolTable
    from monitor.terminal.wording import did_you_mean

    found: dict[str, Any] = {}
    for typed in given:
        name, equals, value = (part.strip() for part in typed.partition("="))
        if name in _NOT_HERE:
            raise InputError(f"{name}: {_NOT_HERE[name]}")
        if name not in SchoolTable.model_fields or not equals:
            known = [key for key in SchoolTable.model_fields if key not in _NOT_HERE]
            raise InputError(f"“{typed}”: give a key of a school and a value. {did_you_mean(name, known)}")
        found[name] = converted(name, value, SchoolTable.model_fields[name]) if value else None
    return found


schools_app = group("The schools that are watched, and the register of schools.")


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
    from monitor.setup.changes import parting

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
    from monitor.setup.changes import leaving

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
            "first, at the desk. Nothing was changed."
        )


def _names(going: Parting) -> str:
    return ", ".join(p.name for p in going.people) or "none"


def find(
    opts: JsonOptions,
    query: Annotated[list[str], Argument(metavar="WORDS…", help="Name, town, postcode or URN.")],
    register: Register = None,
    limit: Annotated[int, Option("--limit", min=1, help="How many to show.")] = 10,
) -> None:
    """Find a school in the register.

    \b
    Examples:
      schoolgate schools find "king james" knaresborough --register edubasealldata.csv
      schoolgate schools find 123456 --json
    """
    from data.register.national_lists import read_register
    from monitor.setup.entries import near, search

    path, words = register_file(register, opts), " ".join(query)
    schools = read_register(path)
    found = search(schools, words, limit)
    if opts.as_json:
        say(in_json([school_json(school) for school in found]))
        finish(0 if found else 1)
    show_schools(found)
    if len(found) == limit:
        say(f"The first {limit}. For more: --limit; for fewer: add the town or the postcode.")
    if found:
        finish(0)
    say(f"No school in {path.name} has all of these words: {words}")
    if close := near(schools, words, 3):
        say("Names like it:")
        show_schools(close)
    say("Closed schools are left out. Try fewer words, the postcode or the number.")
    finish(1)


def update(
    opts: HomeOptions,
    file: Annotated[Path, Argument(metavar="FILE", help="The register as downloaded (.csv, .csv.gz, .zip).")],
) -> None:
    """Take a newer register into the home. The file itself is not needed afterwards.

    \b
    Examples:
      schoolgate schools update edubasealldata20261123.csv
    """
    from data.register.kept_register import NAME, day_of, packed
    from data.register.national_lists import read_register
    from monitor.config.home.paths import keep
    from monitor.config.writing.edit import set_values
    from monitor.setup.doctor.settings import numbers_of

    where, settings = wiring.settings(opts.home, opts.config)
    schools = read_register(file)
    kept = where.home / NAME
    keep(kept, packed(schools, file))
    if settings.register != kept:
        named = NAME if where.config.parent == where.home else str(kept)
        set_values(where.config, {("", "register_file"): named})
    size, day = kept.stat().st_size / 2**20, day_of(kept)
    say(f"{kept}: {len(schools):,} schools, as of {day:%-d %B %Y} ({size:.1f} MB).")
    if missing := sorted(numbers_of(settings) - {school.urn for school in schools}):
        say(f"Not among its open schools: {', '.join(missing)}. What to do: schoolgate doctor")


def register_file(register: Path | None, opts: HomeOptions) -> Path:
    """The register that is named, else the configured one. Raises InputError where there is none."""
    if register is not None:
        return register
    where = paths.find(os.environ, opts.home, opts.config)
    if where.config.exists():
        _, settings = wiring.settings(opts.home, opts.config)
        if settings.register is not None:
            return settings.register
    raise InputError(
        "No register of schools is named. Download it from get-information-schools.service.gov.uk "
        "and name it: --register FILE"
    )


def school_json(school: School) -> dict[str, object]:
    """What the file or the register says of it; who has left is among its people."""
    from dataclasses import asdict

    return {key: value for key, value in asdict(school).items() if key != "former"}


def show_schools(schools: Sequence[School]) -> None:
    from monitor.terminal.table import table

    places = [", ".join(dict.fromkeys(filter(None, (s.locality, s.town)))) for s in schools]
    rows = [(s.urn, s.name, p, s.postcode, s.local_authority) for s, p in zip(schools, places, strict=True)]
    heads = ("Number", "Name", "Place", "Postcode", "Authority")
    say_lines(table(heads, rows, wraps=("Name", "Place", "Authority")))


schools_app.command("list")(list_schools)
schools_app.command("add")(add_school)
schools_app.command("change")(change_school)
schools_app.command("remove")(remove_school)
schools_app.command("find")(find)
schools_app.command("update")(update)
