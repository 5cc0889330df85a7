"""`schoolgate schools list`, `add` and `change`; and the group of `schools`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument, Option

from data.errors import InputError
from monitor.cli.commands.inputs import in_terms_of, pick_school
from monitor.cli.commands.options import HomeOptions, JsonOptions, Register
from monitor.cli.commands.schools.register import find, register_file, school_json, update
from monitor.cli.commands.schools.removing import remove_school
from monitor.config.settings import TRUST
from monitor.home import wiring
from monitor.terminal.groups import group
from monitor.terminal.output import say, say_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from data.types import School
    from monitor.config.load import Config

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
    from monitor.setup.changes import schools as school_changes
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
schools_app.command("list")(list_schools)
schools_app.command("add")(add_school)
schools_app.command("change")(change_school)
schools_app.command("remove")(remove_school)
schools_app.command("find")(find)
schools_app.command("update")(update)
