"""`schoolgate people list` and `show`, who is in the file and who has left; and the group of `people`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

from typer import Argument

from data.effects import utc_now
from monitor.cli.commands.options import HomeOptions, JsonOptions
from monitor.cli.commands.people.add import add_person
from monitor.cli.commands.people.change import change_someone
from monitor.cli.commands.people.leaving import remove_person, replace_person
from monitor.cli.commands.people.titles import titled
from monitor.cli.commands.people.ways_in import away_person, print_person_codes, sign_out_person
from monitor.cli.commands.people.whose import someone
from monitor.cli.views.layout import plain
from monitor.home import wiring
from monitor.terminal.groups import group
from monitor.terminal.output import say, say_lines

if TYPE_CHECKING:
    from data.types import Person
    from monitor.config.home.paths import Paths
    from monitor.config.load import Config


def list_people(opts: JsonOptions) -> None:
    """List the people of the school, and who has left.

    \b
    Examples:
      schoolgate people list
      schoolgate people list --json
    """
    _, settings = wiring.settings(opts.home, opts.config)
    document = {
        "people": [_fields(p) for p in settings.people],
        "former": [{"id": p.id, "name": p.name} for p in settings.former],
    }
    opts.show(document, _listed(settings))


def show_person(
    opts: HomeOptions,
    who: Annotated[str, Argument(metavar="PERSON", help="Whom, by id, name or office.")],
) -> None:
    """Show what the file says of a person, and where they are signed in.

    \b
    Examples:
      schoolgate people show head
    """
    where, settings = wiring.settings(opts.home, opts.config)
    shown = someone(settings, who)
    facts = list(_facts(where, settings, shown))
    say_lines(f"{key:<11} {value}" for key, value in facts if value)
    say(f"To change it: schoolgate people change {shown.id}; who leaves: schoolgate people remove {shown.id}")


def _fields(person: Person) -> dict[str, object]:
    from alerts.access.offices import holding

    fields = {**asdict(person), "roles": [r.value for r in holding(person, ())]}
    return {**fields, "away_until": plain(person.away_until)}


def _listed(settings: Config) -> Iterator[str]:
    from alerts.access.offices import holding
    from monitor.terminal.table import table

    nation, several = settings.schools[0].nation, len(settings.schools) > 1
    heads = ("Id", "Name", "Roles", "E-mail", *(["Schools"] if several else []))
    rows = [
        (
            p.id,
            p.name,
            titled(holding(p, ()), nation),
            p.email or "none",
            *([", ".join(p.urns) or "all"] * several),
        )
        for p in settings.people
    ]
    if rows:
        yield from table(heads, rows, wraps=("Name", "Roles"))
    else:
        yield "Nobody yet. To add somebody: schoolgate people add"
    if settings.former:
        yield f"Left: {', '.join(f'{p.name} ({p.id})' for p in settings.former)}"


def _facts(where: Paths, settings: Config, person: Person) -> Iterator[tuple[str, str]]:
    from alerts.access.offices import holding
    from alerts.wording.matters import who_is_away
    from data.people import schools_of
    from data.words.say import words

    yield "id", person.id
    yield "name", person.name
    yield "roles", titled(holding(person, ()), settings.schools[0].nation)
    yield "e-mail", person.email or "none: this person cannot be told"
    yield "account", person.account or ""
    yield "phone", person.phone or ""
    yield "close to", ", ".join(person.related_to)
    yield "schools", ", ".join(s.name for s in schools_of(person, settings.schools))
    yield "at night", "a short message reaches them" if person.id in settings.chats else ""
    yield "away", " ".join(who_is_away([person], utc_now(), settings.zone, words("en")))
    yield "desk", _at_desk(where, person)


def _at_desk(where: Paths, person: Person) -> str:
    from data.store.service import credentials, sessions
    from monitor.terminal.wording import counted

    if not where.store.exists():
        return ""
    with wiring.open_store(where.home).read() as con:
        devices, keys = sessions.of_person(con, person.id, utc_now()), credentials.of_person(con, person.id)
    return f"signed in on {counted(devices, 'device')}; {counted(keys, 'passkey')}"


people_app = group("The people of the school: who is told, and who may be meant.")
people_app.command("list")(list_people)
people_app.command("show")(show_person)
people_app.command("add")(add_person)
people_app.command("change")(change_someone)
people_app.command("replace")(replace_person)
people_app.command("remove")(remove_person)
people_app.command("away")(away_person)
people_app.command("sign-out")(sign_out_person)
people_app.command("print-codes")(print_person_codes)
