"""`schoolgate people change`: what is wrong in the file about somebody, put right."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument, Option

from data.errors import InputError
from monitor.cli.commands.inputs import in_terms_of, which_schools
from monitor.cli.commands.options import HomeOptions, Schools
from monitor.cli.commands.people.add import address, full_name, roles_given, say_who_is_told
from monitor.cli.commands.people.whose import someone, titled
from monitor.home import wiring
from monitor.terminal.answers import is_none
from monitor.terminal.output import say

if TYPE_CHECKING:
    from data.types import Person
    from monitor.config.load import Config

_OPTIONS = ("name", "email", "account", "phone", "related_to")


def change_someone(
    opts: HomeOptions,
    who: Annotated[str, Argument(metavar="PERSON", help="Whom, by id, name or office.")],
    name: Annotated[str | None, Option("--name", help="The name, as people write it.")] = None,
    email: Annotated[str | None, Option("--email", help="Where messages go (- for nowhere).")] = None,
    account: Annotated[
        str | None, Option("--account", help="The name they sign in with, where it is not the e-mail's.")
    ] = None,
    role: Annotated[
        list[str] | None,
        Option("--role", help="What this person is from now on, and nothing else; may be repeated."),
    ] = None,
    phone: Annotated[str | None, Option("--phone", help="The number to ring (- for none).")] = None,
    related_to: Annotated[
        list[str] | None,
        Option("--related-to", metavar="WHO", help="Whom they are close to and nobody else (- for nobody)."),
    ] = None,
    school: Schools = None,
) -> None:
    """Correct what the file says of a person: an address that was mistyped, a name, what they are.

    Somebody else who comes in their place is another person: people replace.

    \b
    Examples:
      schoolgate people change head --email head@oakfield.example.sch.uk
      schoolgate people change d-pryce --role "deputy head" --role DSL
    """
    from monitor.config.writing import edit
    from monitor.setup import changes as succession

    where, settings = wiring.settings(opts.home, opts.config)
    old = someone(settings, who)
    if name and email:
        raise InputError(
            "Another name and another address: is it somebody else? Nothing was changed. Then: "
            f"schoolgate people replace {old.id} --name … --email …\nIf not, change one, then the other."
        )
    given: dict[str, Any] = {
        "name": full_name(name) if name else None,
        "email": _unless_none(email),
        "account": _unless_none(account),
        "phone": phone and ("" if is_none(phone) else phone),
        "roles": roles_given(role, settings) if role else None,
        "related_to": None if related_to is None else tuple(r for r in related_to if not is_none(r)),
        "urns": which_schools(school, settings, asks=False) if school else None,
    }
    said = {key: value for key, value in given.items() if value is not None}
    emptied: dict[str, Any] = {key: None if value == "" else value for key, value in said.items()}
    new = replace(old, **emptied)
    if new == old:
        say(f"{old.name} is in {where.config.name} as that already. Nothing was changed.")
        return
    then = replace(settings, people=tuple(new if p.id == old.id else p for p in settings.people))
    refuse_empty(settings, then, old)
    heads = succession.heads(settings, then)
    values = {"schools" if key == "urns" else key: value or None for key, value in said.items()}
    values |= {"roles": [r.value for r in said["roles"]]} if role else {}
    with in_terms_of({key: f"--{key.replace('_', '-')}" for key in _OPTIONS}):
        edit.edit_in_turn(
            where.config,
            edit.changed("people", old.id, values),
            *(succession.headed_by(settings, urn, head) for urn, head in heads.items()),
        )
    _tell(old, new, settings)
    say_heads(settings, heads)
    say_who_is_told(wiring.configured(where))


def _unless_none(given: str | None) -> str | None:
    """An address, "" for none, None where nothing was given."""
    return given and ("" if is_none(given) else address(given))


def _tell(old: Person, new: Person, settings: Config) -> None:
    from alerts.access.offices import holding

    say(f"Written: {new.name} (id {new.id}), {titled(holding(new, ()), settings.schools[0].nation)}.")
    if old.email != new.email:
        say(f"Mail goes to {new.email} from now on." if new.email else "No mail reaches them from now on.")
        say("Links mailed to the other address open nothing any more; at the desk they sign in anew.")


def say_heads(settings: Config, heads: dict[str, str]) -> None:
    """Which schools have another head now."""
    for urn, head in heads.items():
        school = settings.school(urn)
        say(f"{school.name if school else urn}: its head is {head} now, also where a post names the head.")


def refuse_empty(before: Config, then: Config, old: Person) -> None:
    """Raises InputError where an office that must be reachable would be nobody's that was somebody's."""
    from monitor.setup.doctor.people import unheld

    for school in before.schools:
        gone = set(unheld(school, then.people)) - set(unheld(school, before.people))
        if gone:
            offices = titled(sorted(gone), school.nation)
            raise InputError(
                f"{school.name} would have no {offices} whom mail reaches. Nothing was changed. Name one:"
                f'\n  schoolgate people replace {old.id} --name "Ms N Example" --email name@example.sch.uk'
            )
