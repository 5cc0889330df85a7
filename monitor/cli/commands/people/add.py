"""`schoolgate people add`: a person, or another role of somebody who is there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from typer import Option

from data.errors import InputError
from data.people import people_of, schools_of
from data.types import Role
from monitor.cli.commands.inputs import in_terms_of, which_schools
from monitor.cli.commands.options import HomeOptions, Schools
from monitor.cli.commands.people.whose import roles_of, titled, titles
from monitor.home import wiring
from monitor.terminal.answers import is_none, until_right
from monitor.terminal.output import columns, say, say_lines

if TYPE_CHECKING:
    from pathlib import Path

    from data.types import Person
    from monitor.config.load import Config


def add_person(
    opts: HomeOptions,
    name: Annotated[str | None, Option("--name", help="The name, as people write it.")] = None,
    role: Annotated[
        list[str] | None,
        Option("--role", help="What this person is: head, DSL, chair of governors, …; may be repeated."),
    ] = None,
    email: Annotated[str | None, Option("--email", help="Where messages go.")] = None,
    phone: Annotated[
        str | None, Option("--phone", help="The number to ring, for whoever may be told no more of a danger.")
    ] = None,
    related_to: Annotated[
        list[str] | None,
        Option(
            "--related-to", metavar="WHO", help="Whom they are close to: an id or a role; may be repeated."
        ),
    ] = None,
    school: Schools = None,
    person_id: Annotated[
        str | None, Option("--id", help="A short name of your own; made from the role otherwise.")
    ] = None,
) -> None:
    """Add a person to schoolgate.toml, or another role to one who is there: asks for what is not given.

    \b
    Examples:
      schoolgate people add
      schoolgate people add --name "Mr B Example" --role DSL --email dsl@example.sch.uk
      schoolgate people add --name "Mr C Example" --role chair --related-to head --phone "01632 960 001"
    """
    where, settings = wiring.settings(opts.home, opts.config)
    given = bool(name and role)
    said = {
        "name": full_name(name) if name is not None else until_right("Name, as people write it", full_name),
        "roles": roles_given(role, settings),
        "email": email_of(email, asks=not given),
        "schools": which_schools(school, settings, asks=not given),
        "phone": phone,
        "related_to": tuple(related_to or ()),
    }
    same = same_person(settings.people, said, person_id)
    options = ("name", "email", "id", "phone", "related_to")
    with in_terms_of({key: f"--{key.replace('_', '-')}" for key in options}):
        if same is not None:
            _another_role(where.config, same, said, settings.schools[0].nation)
        else:
            person_id = _new(where.config, settings, said, person_id)
    changed = wiring.configured(where)
    _say_two(changed, same.id if same else str(person_id))
    say_who_is_told(changed)


def full_name(answer: str) -> str:
    """A name that is one. Raises InputError."""
    if not answer.strip():
        raise InputError("A name is needed, for example: Mrs A Example.")
    return answer.strip()


def roles_given(given: Sequence[str] | None, settings: Config) -> tuple[Role, ...]:
    """The roles that are given, or asked for. Raises InputError."""
    nation = settings.schools[0].nation
    if given:
        return roles_of(", ".join(given), nation)
    for n, (_, title) in enumerate(titles(nation), 1):
        say(f"{n:>2}  {title}")
    question = "What this person is for the school: one or several of these, by number or in words"
    return until_right(question, lambda answer: roles_of(answer, nation))


def email_of(given: str | None, *, asks: bool) -> str | None:
    """The address that is given, or asked for; None for none. Raises InputError."""

    def read(answer: str) -> str | None:
        return None if is_none(answer) else address(answer)

    if given is None and asks:
        return until_right("E-mail address (- for none: then this person cannot be told)", read)
    return address(given) if given else None


def address(answer: str) -> str:
    """An address that mail can be sent to. Raises InputError."""
    from monitor.config.values import Email
    from monitor.setup.answers import fault

    if why := fault(Email, answer):
        raise InputError(f"“{answer}” {why}. Write it whole: name@example.sch.uk")
    return answer.strip()


def same_person(people: Iterable[Person], said: dict[str, Any], person_id: str | None) -> Person | None:
    """Who is in the file under that name already. Raises InputError where it may be somebody else."""
    like = [p for p in people if p.name.casefold() == said["name"].casefold() and person_id in (None, p.id)]
    if not like:
        if person_id in {p.id for p in people}:
            raise InputError(f"--id {person_id}: somebody else has this id. Give another, or leave it out.")
        return None
    found = like[0]
    if said["email"] and found.email and said["email"].casefold() != found.email.casefold():
        raise InputError(
            f"{found.name} is in the file with another address, {found.email}. Nothing was changed. To "
            f"correct it: schoolgate people change {found.id} --email {said['email']}\nIf this is somebody "
            "else of the same name, give them an id of their own: --id ID"
        )
    return found


def _another_role(path: Path, person: Person, said: dict[str, Any], nation: str) -> None:
    from alerts.access.offices import holding
    from monitor.config.writing.edit import changed, edit_in_turn

    values: dict[str, object] = {}
    now = holding(person, said["roles"])
    if now != holding(person, ()):
        values["roles"] = [role.value for role in now]
    if said["email"] and not person.email:
        values["email"] = said["email"]
    if said["phone"] not in (None, person.phone):
        values["phone"] = said["phone"]
    if not set(said["related_to"]) <= set(person.related_to):
        values["related_to"] = list(dict.fromkeys((*person.related_to, *said["related_to"])))
    if person.urns and not set(said["schools"]) <= set(person.urns):
        values["schools"] = list(dict.fromkeys((*person.urns, *said["schools"])))
    if not values:
        say(f"{person.name} is in {path.name} as that already (id {person.id}). Nothing was changed.")
        return
    edit_in_turn(path, changed("people", person.id, values))
    say(f"{person.name} was in {path.name} already (id {person.id}): now {titled(now, nation)}.")


def new_id(settings: Config, role: Role) -> str:
    """An id that nobody has, nor had who has left: what is recorded goes by it."""
    from monitor.config.home.lookup import free

    return free(role.value.replace("_", "-"), {p.id for p in settings.named})


def _new(path: Path, settings: Config, said: dict[str, Any], person_id: str | None) -> str:
    """Writes a new person; gives their id."""
    from monitor.config.writing.edit import added, edit_in_turn

    named = person_id or new_id(settings, said["roles"][0])
    roles = [role.value for role in said["roles"]]
    edit_in_turn(path, added("people", {"id": named, **said, "roles": roles}))
    what = titled(said["roles"], settings.schools[0].nation)
    say(f"Written to {path.name}: {said['name']} ({what}), id {named}.")
    beside = [p.name for p in settings.people if p.email and p.email == said["email"]]
    if beside:
        say(
            f"{said['email']} is also the address of {', '.join(beside)}: whoever reads it sees what "
            "is meant for either, also where one of them is the subject of a matter."
        )
    return named


def _say_two(settings: Config, person_id: str) -> None:
    """Who holds that office too: somebody new is often added beside the one they come for."""
    from alerts.access.offices import PAIRS, holding

    new = next(p for p in settings.people if p.id == person_id)
    others = {p.id: p for s in schools_of(new, settings.schools) for p in people_of(s, settings.people)}
    leads = [lead for lead, _ in PAIRS]
    for other in others.values():
        shared = [role for role in holding(new, ()) if role in leads and role in holding(other, ())]
        if other.id != new.id and shared:
            what = titled(shared, settings.schools[0].nation)
            say(f"{other.name} is here as {what} too. If they have left: schoolgate people remove {other.id}")


def say_who_is_told(settings: Config) -> None:
    """Who can be told now, by the rule that alerts and `doctor` use; of what is missing, the gravest."""
    from monitor.setup.doctor import people as checks
    from monitor.setup.doctor.findings import Level, told

    found = sorted(checks.people(settings), key=lambda finding: tuple(Level)[::-1].index(finding.level))
    missing = [finding for finding in found if finding.level is not Level.OK]
    if missing:
        say("Not everything can be told to somebody yet:")
    say_lines(told(found[0], "  " if missing else "", columns()))
    if len(missing) > 1:
        say(f"  {len(missing) - 1} more: schoolgate doctor")
