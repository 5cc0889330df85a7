"""`schoolgate people`: who is in the file and who has left, who is not here, and whose sessions end."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument, Option

from alerts.access.offices import holding, keeping, leads_shared
from data.effects import utc_now
from data.errors import InputError, write_commands
from data.people import people_of, schools_of
from data.types import Person, Role
from data.words.say import words
from monitor.cli.commands.options import (
    Asking,
    HomeOptions,
    Schools,
    chosen_urns,
    keeper,
    name_options,
    require_done,
    whole_day,
)
from monitor.cli.commands.options import SchoolOption as School
from monitor.config.check import value_fault
from monitor.config.home.lookup import list_choices, run_accounts
from monitor.config.home.paths import Paths
from monitor.config.load import Config, read_file
from monitor.config.model import Email as Mail
from monitor.home import wiring
from monitor.terminal.answers import is_none, yes
from monitor.terminal.groups import group
from monitor.terminal.output import say, say_lines, terminal_columns
from monitor.terminal.table import draw_table
from monitor.terminal.wording import to_add_person

if TYPE_CHECKING:
    from monitor.act.people import Became, Changed, HandedOver, Keeper
    from monitor.config.edit import Succession
    from monitor.matters.reader import Reader

Who = Annotated[str, Argument(metavar="PERSON", help="The person, by id, name or office.")]
Name = Annotated[str | None, Option("--name", help="The name, as people write it.")]
Email = Annotated[str | None, Option("--email", help="Where messages go (- for nowhere).")]
Phone = Annotated[str | None, Option("--phone", help="The number to ring (- for none).")]
Roles = Annotated[
    list[str] | None, Option("--role", help="Their role: head, DSL, chair, …; may be repeated.")
]
Close = Annotated[
    list[str] | None,
    Option("--related-to", metavar="WHO", help="Who they are close to: an id or a role; may be repeated."),
]
_OPTIONS = {key: f"--{key.replace('_', '-')}" for key in ("name", "email", "account", "phone", "related_to")}


def list_people(opts: HomeOptions) -> None:
    """List the people of the school, and who has left."""
    _, settings = opts.open_settings()
    several = len(settings.schools) > 1
    heads = ("Id", "Name", "Roles", "E-mail", "Away until", *(["Schools"] if several else []))
    rows = [
        (
            *(p.id, p.name, _offices(p, settings), p.email or "none"),
            f"{p.away_until:%-d %b %Y}" if p.away_until else "",
            *([", ".join(p.urns) or "all"] * several),
        )
        for p in settings.people
    ]
    say_lines(
        draw_table(heads, rows, wraps=("Name", "Roles"))
        or [f"Nobody yet. To add somebody: {to_add_person()}"]
    )
    if settings.former:
        say(f"Left: {', '.join(f'{p.name} ({p.id})' for p in settings.former)}")


def add_person(
    opts: HomeOptions,
    name: Annotated[str, Option("--name")],
    role: Annotated[list[str], Option("--role")],
    email: Email = None,
    phone: Phone = None,
    related_to: Close = None,
    school: Schools = None,
    person_id: Annotated[str | None, Option("--id")] = None,
) -> None:
    """Add a person to schoolgate.toml, or another role to one who is there."""
    from monitor.act.people import add_to_person, correct_person, enter_person, new_id

    where, settings = opts.open_settings()
    roles, urns, at = _roles(role, settings), chosen_urns(school, settings), keeper(where, settings)
    email = None if email is None or is_none(email) else _address(email)
    close, same = tuple(related_to or ()), _same_person(settings.people, name, email, person_id)
    with name_options({**_OPTIONS, "id": "--id"}):
        if same is None:
            person_id = person_id or new_id(settings, roles[0])
            new = Person(person_id, name.strip(), roles, email, urns, phone, close)
            done = _carry(at, partial(enter_person, person=new))
        else:
            person_id = same.id
            more = add_to_person(same, roles, email, phone, urns, close)
            done = _carry(at, partial(correct_person, old=same, new=more))
        then = done.config
    who = next(p for p in then.people if p.id == person_id)
    say(f"Written to {where.config.name}: {who.name} (id {who.id}), {_offices(who, then)}.")
    _say_who_shares(then, who)
    _say_recipients(then)


def change_person(
    opts: HomeOptions,
    who: Who,
    name: Name = None,
    email: Email = None,
    account: str | None = None,
    role: Roles = None,
    phone: Phone = None,
    related_to: Close = None,
    school: Schools = None,
) -> None:
    """Correct what the file says of a person; roles, schools and whom they are close to are given whole."""
    from monitor.act.people import correct_person
    from monitor.config.edit import heads

    where, settings = opts.open_settings()
    old = _someone(settings, who)
    given: dict[str, Any] = {
        "name": name,
        "email": email and (None if is_none(email) else _address(email)),
        "account": account and (None if is_none(account) else _address(account)),
        "phone": phone and (None if is_none(phone) else phone),
        "roles": _roles(role, settings) if role else None,
        "related_to": tuple(r for r in related_to or () if not is_none(r)),
        "urns": chosen_urns(school, settings),
    }
    said = dict(zip(given, (name, email, account, phone, role, related_to, school), strict=True))
    values = {key: value for key, value in given.items() if said[key] is not None}
    new = replace(old, **values)
    with name_options(_OPTIONS):
        then = _carry(keeper(where, settings), partial(correct_person, old=old, new=new)).config
    say(f"Written: {new.name} (id {new.id}), {_offices(new, settings)}.")
    if old.email != new.email:
        say(f"Email goes to {new.email} from now on." if new.email else "No email reaches them from now on.")
        say("Links mailed to the other address no longer work; they sign in again at the desk.")
    _say_heads(settings, heads(settings, then))
    _say_recipients(then)


def replace_person(
    opts: HomeOptions,
    office: str,
    name: Annotated[str, Option("--name")],
    email: Email = None,
    phone: Phone = None,
    role: Roles = None,
    stays: bool = False,
    school: School = None,
    person: Asking = None,
) -> None:
    """Put somebody else in an office: a new head, safeguarding lead or chair, or anybody's successor."""
    from monitor.act.people import comer
    from monitor.config.edit import Succession

    where, settings = opts.open_settings()
    old, held = _find_person(settings, office, wiring.pick_urn(settings, school) if school else None)
    offices = _roles(role, settings) if role else held if stays and held else holding(old, ())
    email = None if email is None or is_none(email) else _address(email)
    if name.strip().casefold() == old.name.casefold():
        raise InputError(
            f"{old.name} has it already. To correct the address: ⟪people change⟫ {old.id} ⟨email⟩ …"
        )
    _same_person(settings.people, name, email, None)
    new = comer(settings, settings.people, old, name.strip(), email, phone, offices)
    _carry_out(where, settings, Succession(old, new, keeping(old, offices) if stays else None), person)


def remove_person(opts: HomeOptions, who: Who, person: Asking = None) -> None:
    """Take out somebody who leaves: no mail, no sign-in, and what they had goes to the next who
    may know it.
    """
    from monitor.config.edit import Succession

    where, settings = opts.open_settings()
    _carry_out(where, settings, Succession(_someone(settings, who)), person)


def away_person(opts: HomeOptions, who: Who, until: str | None = None, cover: str | None = None) -> None:
    """Say until when a person is away, and who covers. Until then nobody waits for them."""
    from alerts.wording.matters import away_words
    from monitor.act.people import set_away

    where, settings = opts.open_settings()
    person, now = _someone(settings, who), utc_now()
    if until is None and person.away_until is None:
        raise InputError(f"{person.name} is not away. To say until when they are: ⟨until⟩ DAY")
    day = whole_day(until, "--until", settings.zone, past=False) if until else None
    stand_in = _someone(settings, cover).id if cover and day else None
    with name_options({"cover": "--cover"}):
        changed = require_done(set_away(keeper(where, settings), person, day, stand_in)).config
    person = next(p for p in changed.people if p.id == person.id)
    say(away_words(person, changed.people, now, changed.zone, words("en")))


people_app = group("The people of the school: who is told, and who may be meant.")
people_app.command("list")(list_people)
people_app.command("add")(add_person)
people_app.command("change")(change_person)
people_app.command("replace")(replace_person)
people_app.command("remove")(remove_person)
people_app.command("away")(away_person)


def _carry(at: Keeper, act: Callable[[Keeper], Became]) -> Changed:
    """Do it; where head and safeguarding lead would get one mailbox, once that was said to be right."""
    from data.steps.acts import Refused
    from monitor.act.people import ONE_MAILBOX

    came = act(at)
    if isinstance(came, Refused) and came.guard == ONE_MAILBOX:
        came = act(replace(at, shares=yes(f"{came.reason} {words('en')('people.shares')}?")))
    return require_done(came)


def _offices(person: Person, settings: Config) -> str:
    return _title_roles(holding(person, ()), settings)


def _title_roles(roles: Iterable[Role], settings: Config) -> str:
    """Those roles by their titles in the nation, in one line."""
    from alerts.wording.cases import office

    return ", ".join(office(role, settings.schools[0], words("en")) for role in roles)


def _roles(given: Sequence[str], settings: Config) -> tuple[Role, ...]:
    """The roles of these words: names in the file, or what people call them. Raises InputError."""
    from monitor.setup.people_table import roles_named

    try:
        return roles_named(", ".join(given), settings.schools[0].nation)
    except ValueError as wrong:
        raise InputError(f"{wrong}") from None


def _address(given: str) -> str:
    """An address that mail can be sent to. Raises InputError."""
    if why := value_fault(Mail, given):
        raise InputError(f"“{given}” {why}. Write it in full: name@example.sch.uk")
    return given.strip()


def _someone(settings: Config, said: str) -> Person:
    return _find_person(settings, said, None)[0]


def _find_person(settings: Config, said: str, urn: str | None) -> tuple[Person, tuple[Role, ...]]:
    """Find who is meant by an id, a name, or an office that they alone hold, and by which office. Raises
    InputError; also for an id that is the name of an office which somebody else has come to hold since: “dsl”
    would be the one before.
    """
    from alerts.access.recipients import in_office

    named = [p for p in settings.people if p.name.casefold() == said.strip().casefold()]
    by_id = [p for p in settings.people if p.id == said]
    try:
        roles = _roles([said], settings)
    except InputError:
        roles = ()
    schools = [s for s in settings.schools if urn in (None, s.urn)]
    held = list({p.id: p for s in schools for p in in_office(s, settings.people, roles)}.values())
    found = named or (by_id if not held or (by_id[:1] and by_id[0] in held) else [*by_id, *held])
    if len(found) == 1:
        return found[0], () if named or not held else roles
    if found:
        who = ", ".join(f"“{p.name}” (id {p.id})" for p in found)
        raise InputError(f"“{said}” may be {who}. Nothing was changed. Say which, by id or full name.")
    if roles:
        add = to_add_person(roles[0], urn or "")
        raise InputError(f"Nobody here is {_title_roles(roles, settings)}. To name somebody: {add}")
    has = list_choices(said, {p.id: p.name for p in settings.people}, "[[people]]", named=True)
    raise InputError(f"{said}: there is no such person, by id, name or office. {settings.path.name} has{has}")


def _same_person(
    people: Sequence[Person], name: str, email: str | None, person_id: str | None
) -> Person | None:
    """Find who is in the file under that name already. Raises InputError where it may be somebody else."""
    from monitor.act.people import find_namesake

    if not name.strip():
        raise InputError("A name is needed, for example: Mrs A Example.")
    found = find_namesake([p for p in people if person_id in (None, p.id)], name)
    if found is None:
        if person_id in {p.id for p in people}:
            raise InputError(f"--id {person_id}: somebody else has this id. Give another, or leave it out.")
        return None
    if email and found.email and email.casefold() != found.email.casefold():
        raise InputError(
            f"{found.name} is in the file with another address, {found.email}. Nothing was changed. To "
            f"correct it: ⟪people change⟫ {found.id} ⟨email⟩ {email}\nIf this is somebody "
            "else with the same name, give them their own id: ⟨id⟩ ID"
        )
    return found


def _carry_out(where: Paths, settings: Config, going: Succession, asking: str | None) -> None:
    from monitor.act.people import succeed_person
    from monitor.matters.reader import Reader, asker

    by, at = asker(settings, asking), keeper(where, settings)
    with name_options(_OPTIONS):
        done = _carry(at, partial(succeed_person, going=going))
    then = done.config
    say_lines(_list_changes(settings, then, going))
    if at.store is not None:
        known = {p.id for p in then.people}
        _say_handed(done.handed, going, Reader(then, at.store, by if by and by.id in known else None))
    _say_recipients(then)


def _list_changes(before: Config, then: Config, going: Succession) -> Iterator[str]:
    """List what is otherwise in the file, a line each."""
    from monitor.config.edit import heads, still_named

    old, new = going.old, going.new
    if new is not None:
        yield f"{new.name} (id {new.id}): {_offices(new, before)}."
    if going.kept is not None:
        yield f"{old.name} (id {old.id}) stays: {_title_roles(going.kept, before)}."
    else:
        yield (
            f"{old.name} has left: no office and no email; waiting messages are withdrawn. They are signed "
            "out everywhere, and links mailed to them no longer work. The records keep their name."
        )
    _say_heads(before, heads(before, then))
    for account in (one.account for one in run_accounts(then) if old.name in one.gone):
        yield f"{old.name} ran {account.name}. To say who does: {write_commands('⟪/accounts⟫')}"
    for p in (p for p in before.people if p.id != old.id):
        if going.leaves and p.cover == old.id:
            cover = new.name if new and new.id != p.id else "nobody"
            yield f"{p.name} is away, and {old.name} covered: {cover} does now."
        if shared := [role for role in p.related_to if role in holding(old, ())]:
            yield (
                f"{p.name} is close to “{', '.join(shared)}”: that now means the new holder, "
                f"too. If it is not so: schoolgate people change {p.id} --related-to WHO"
            )
    if going.leaves and (keys := still_named(tomllib.loads(read_file(then.path)), old)):
        yield f"{old.name} still stands under {', '.join(keys)}. To change that: schoolgate set KEY"


def _say_handed(handed: Sequence[HandedOver], going: Succession, reader: Reader) -> None:
    """A line for each matter that whoever types may know of; who has what else is its readers' to know."""
    from monitor.act.people import list_known_handovers

    known, more = list_known_handovers(handed, going, reader)
    nobody = "nobody may have it. To see why: schoolgate doctor"
    become = {True: "{} is asked.", False: "to {}."}
    lines = [
        f"  {each.number}: {become[each.asked].format(each.to.name) if each.to else nobody}" for each in known
    ]
    lines += [f"  {more} more, each to the next person who may know about it."] if more else []
    say_lines(lines or ["They had no open matters that you may know about."])


def _say_heads(settings: Config, heads: dict[str, str]) -> None:
    for urn, head in heads.items():
        school = settings.school(urn)
        say(f"{school.name if school else urn}: its head is {head} now, also where a post names the head.")


def _say_who_shares(settings: Config, new: Person) -> None:
    """Say who has the same address, and who holds that office too: somebody new often comes for another."""
    others = {p.id: p for s in schools_of(new, settings.schools) for p in people_of(s, settings.people)}
    for other in (p for p in others.values() if p.id != new.id):
        if new.email and other.email == new.email:
            say(
                f"{new.email} is also the address of {other.name}: its reader sees messages for "
                "either, also where one of them is the subject of a matter."
            )
        if shared := leads_shared(new, other, settings.schools):
            what = _title_roles(shared, settings)
            say(f"{other.name} is here as {what} too. If they have left: schoolgate people remove {other.id}")


def _say_recipients(settings: Config) -> None:
    """Say who can be told now, by the rule that alerts and `doctor` use; of what is missing, the gravest."""
    from monitor.setup.check_settings import check_people
    from monitor.setup.findings import Level, finding_lines

    found = sorted(check_people(settings), key=lambda finding: tuple(Level)[::-1].index(finding.level))
    missing = [finding for finding in found if finding.level is not Level.OK]
    if missing:
        say("Some things would reach nobody yet:")
    say_lines(finding_lines(found[0], "  " if missing else "", terminal_columns()))
    if len(missing) > 1:
        say(f"  {len(missing) - 1} more: schoolgate doctor")
