"""`schoolgate schools` and `schoolgate terms`: the schools that are watched, the register, the year."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, NoReturn

from typer import Argument, Option

from data.effects import utc_now
from data.errors import InputError, RegisterError
from data.people import people_of
from data.register.calendar import TermDates, days_in, read_dates, read_day
from data.register.national_lists import (
    SHIPPED,
    attribution,
    day_of,
    lists_of,
    name_register,
    pack_register,
    read_register,
)
from data.steps.acts import Refused
from data.types import School
from monitor.cli.commands.options import (
    HomeOptions,
    Schools,
    chosen_urns,
    end_command,
    keeper,
    name_options,
    pick_school,
    require_done,
)
from monitor.config.home.paths import write_private
from monitor.config.load import Config
from monitor.config.model import TRUST, SchoolTable
from monitor.terminal import answers
from monitor.terminal.answers import yes
from monitor.terminal.groups import group
from monitor.terminal.output import say, say_lines
from monitor.terminal.table import draw_table
from monitor.terminal.wording import ADD_TERM, did_you_mean, to_add_person

_OF_NO_LIST = "schoolgate schools add --set name=NAME"
KEYS = "name, town, postcode, head, website, aliases, …"


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


def add_school_command(
    opts: HomeOptions,
    which: Annotated[list[str] | None, Argument(metavar="[URN]")] = None,
    said: Annotated[
        list[str] | None,
        Option(
            "--set", metavar="KEY=VALUE", help=f"What the register does not say: {KEYS}; may be repeated."
        ),
    ] = None,
) -> None:
    """Watch one more school, with what the register says of it, and its spoken names and namesakes."""
    from monitor.act.places import school_of_register
    from monitor.act.places import watch_school as act
    from monitor.config.first_file import key_without_number

    urn, (where, settings) = " ".join(which or ()), opts.open_settings()
    if urn and not urn.isdecimal():
        _find(urn, settings.register or SHIPPED)
    values = _read_values(said or ())
    asked: tuple[str, ...] = ()
    if urn:
        known = school_of_register(settings, urn)
        if isinstance(known, Refused):
            _find(urn, settings.register or SHIPPED)
        school, asked = require_done(known)
    elif "name" in values:
        school = School(key_without_number(str(values["name"])), str(values["name"]))
    else:
        raise InputError(f"Give its number, or its name if no register has it: {_OF_NO_LIST}")
    with name_options({key: key for key in values}):
        then = require_done(act(keeper(where, settings), school, values)).config
    say_lines(_say_added(settings, then, school.urn, asked))


def _find(words: str, path: Path) -> NoReturn:
    """Shows the schools of the register that have all of these words, or a number like it, and ends."""
    from data.register.find_schools import SchoolSearch

    search = SchoolSearch(read_register(path))
    found = search.find(words, 10)
    if not found:
        what = "the number" if words.isdecimal() else "all of these words:"
        say(f"No school in {path.name} has {what} {words}. Closed schools are left out.")
    shown = found or search.near(words, 3)
    places = [", ".join(dict.fromkeys(filter(None, (s.locality, s.town)))) for s in shown]
    rows = [(s.urn, s.name, p, s.postcode, s.local_authority) for s, p in zip(shown, places, strict=True)]
    heads = ("Number", "Name", "Place", "Postcode", "Authority")
    say_lines(draw_table(heads, rows, wraps=("Name", "Place", "Authority")))
    add = "To add one: schoolgate schools add NUMBER"
    say(add if shown else f"To add one that no list has: {_OF_NO_LIST}")
    if lists := lists_of(path):
        say(attribution(lists))
    end_command(0 if found else 1)


def _say_added(before: Config, now: Config, urn: str, asked: Sequence[str]) -> Iterator[str]:
    school = next(s for s in now.schools if s.urn == urn)
    yield f"{school.name} ({urn}) is watched from now on."
    for key, value in (
        ("town", school.town),
        ("head", school.head),
        ("website", school.domain or school.website),
        ("people say", ", ".join(school.aliases)),
        ("namesakes", ", ".join(dict.fromkeys(n.name for n in school.namesakes))),
    ):
        yield f"  {key:<11} {value or 'not said'}"
    for name in asked:
        yield (
            f"“{name}” is also a place or a person, so it is left out. If people say just that here: "
            f'schoolgate schools change {urn} "aliases={", ".join((*school.aliases, name))}"'
        )
    if len(before.schools) == 1:
        only = before.schools[0].name
        yield f"Sources, people, policies and accounts that named no school are {only}’s only."
        yield "For somebody at both: schoolgate people change ID --school URN --school URN"
    elif everywhere := [p.name for p in people_of(school, now.people)]:
        yield f"For every school, so also for this one: {', '.join(everywhere)}."
    yield f"Its own people: {to_add_person()} --school {urn}"
    yield f"Sources for it: schoolgate source propose --school {urn}"
    yield f"Its terms: {ADD_TERM} --school {urn}"


def change_school_command(
    opts: HomeOptions,
    urn: str,
    keys: Annotated[
        list[str] | None, Argument(metavar="KEY=VALUE…", help=f"{KEYS} (schoolgate docs configuration).")
    ] = None,
    fill: bool = False,
    namesake: str = "",
    place: str = "",
) -> None:
    """Change what the file says of a school: its head, town, website, the names that people say."""
    from monitor.act.places import correct_school as act
    from monitor.act.places import school_of_register
    from monitor.config.first_file import school_values, usable

    where, settings = opts.open_settings()
    school = pick_school(settings, urn)
    values, have = _read_values(keys or ()), school_values(school)
    if fill:
        known, _ = require_done(school_of_register(settings, school.urn))
        values = {k: v for k, v in school_values(usable(known)).items() if k not in have} | values
    if namesake.strip():
        had, other = have.get("namesakes", []), {"name": namesake.strip(), "place": place, "kind": "school"}
        values["namesakes"] = had if other in had else [*had, other]
    if not values:
        raise InputError("Nothing was given, so nothing was changed.")
    with name_options({name: name for name in values}):
        require_done(act(keeper(where, settings), school, values))
    say(f"Written into {where.config.name}, for {school.name}: {', '.join(values)}.")


_NOT_HERE = {
    "urn": "A school that became another has a new number: schoolgate schools add, then schools remove.",
    "members": "Write the numbers of one school in the file (schoolgate docs configuration).",
    "terms": f"To add terms: {ADD_TERM}",
    "closed": "To add days without pupils: schoolgate terms add --closed DAY",
    "ladder": "Write the rules for removals in the file (schoolgate docs policies).",
    "categories": "Write them in the file (schoolgate docs configuration).",
    "namesakes": "To add one: schoolgate schools change URN --namesake NAME --place PLACE",
}


def _read_values(given: Sequence[str]) -> dict[str, Any]:
    """Read what was given as KEY=VALUE, as the file holds it; None for no value. Raises InputError."""
    from monitor.cli.commands.set import convert_value

    found: dict[str, Any] = {}
    for typed in given:
        name, equals, value = (part.strip() for part in typed.partition("="))
        if name in _NOT_HERE:
            raise InputError(f"{name}: {_NOT_HERE[name]}")
        if name not in SchoolTable.model_fields or not equals:
            known = [key for key in SchoolTable.model_fields if key not in _NOT_HERE]
            raise InputError(f"“{typed}”: give a key of a school and a value. {did_you_mean(name, known)}")
        found[name] = convert_value(name, value, SchoolTable.model_fields[name]) if value else None
    return found


def remove_school_command(
    opts: HomeOptions, urn: str, agreed: Annotated[bool, Option("--yes")] = False
) -> None:
    """Watch a school no more: only where none of its cases is open and nothing of it is on hold."""
    from monitor.act.places import may_not_go
    from monitor.act.places import stop_watching_school as act
    from monitor.config.edit import find_school_parts

    where, settings = opts.open_settings()
    at, school = keeper(where, settings), pick_school(settings, urn)
    if refused := may_not_go(at, school):
        raise InputError(refused.reason)
    going, named = find_school_parts(settings, school), f"{school.name} ({school.urn})"
    say(f"Of {named}:")
    say(f"  sources read only for it, no longer read: {', '.join(going.places) or 'none'}")
    gone = ", ".join(p.name for p in going.people) or "none"
    say(f"  its own people, who get no more email and can no longer sign in: {gone}")
    say("  nobody is shown its data, which is deleted when its time is over: schoolgate docs store")
    if not (agreed or yes(f"Stop watching {school.name}?")):
        say("Nothing was changed.")
        return
    require_done(act(at, school))
    say(f"{named} is no longer watched.")


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
schools_app.command("add")(add_school_command)
schools_app.command("change")(change_school_command)
schools_app.command("remove")(remove_school_command)
schools_app.command("update")(update)


def list_terms(opts: HomeOptions) -> None:
    """List the terms and the days without pupils that are known of each school."""
    _, settings = opts.open_settings()
    for school in settings.proper:
        year = settings.calendar(school.urn)
        say(f"{school.name}:{'' if year.terms else ' no term is known'}")
        say_lines(f"  {term.first:%a %-d %b %Y} to {term.last:%a %-d %b %Y}" for term in year.terms)
        say_lines(f"  no pupils on {day:%a %-d %b %Y}" for day in sorted(year.closed))


def add_terms_command(
    opts: HomeOptions,
    first: str | None = None,
    last: str | None = None,
    closed: list[str] | None = None,
    file: Path | None = None,
    school: Schools = None,
    agreed: Annotated[bool, Option("--yes")] = False,
) -> None:
    """Add terms and days without pupils to schoolgate.toml."""
    from monitor.act.places import set_terms as act

    where, settings = opts.open_settings()
    urns = chosen_urns(school, settings) or tuple(s.urn for s in settings.proper)
    found = _read_terms(first, last, closed, file)
    if not (found.terms or found.closed):
        raise InputError("No day was given. Give a term: --first DAY --last DAY")
    say_lines(f"Term      {begins:%a %-d %b %Y} to {ends:%a %-d %b %Y}" for begins, ends in found.terms)
    say_lines(f"No pupils {day:%a %-d %b %Y}" for day in found.closed)
    say_lines(f"Not read: {line}" for line in found.unread)
    if file and not agreed and not yes("Is that right?"):
        raise InputError("Nothing was changed. To give one term: --first DAY --last DAY")
    with name_options({"first": "First day", "last": "Last day", "closed": "Day without pupils"}):
        require_done(act(keeper(where, settings), urns, found.terms, found.closed))
    say(f"Written into {where.config.name}.")


def _read_terms(
    first: str | None, last: str | None, closed: Sequence[str] | None, file: Path | None
) -> TermDates:
    today = utc_now().date()
    found = read_dates(answers.file(file, "--file")) if file else TermDates()
    if first or last:
        if not (first and last):
            raise InputError("A term has two days. Give both: --first DAY --last DAY")
        begins = read_day(first, today)
        ends = read_day(last, begins, past=False)
        if ends < begins:
            raise InputError(f"{ends:%-d %B %Y} is before {begins:%-d %B %Y}: the first day comes first.")
        found.terms.append((begins, ends))
    for said in closed or ():
        if not (days := days_in(said, today)):
            raise InputError(f"--closed {said}: not a day. Write, for example: --closed “4 January 2027”")
        found.closed += days
    return found


terms_app = group("The school's year: on which days the digest comes.")
terms_app.command("list")(list_terms)
terms_app.command("add")(add_terms_command)
