"""`schoolgate people add`, and what a school calls the roles of its people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument, Option

from data.effects import utc_now
from data.errors import InputError
from data.types import Role
from monitor.cli.commands.completion import people
from monitor.cli.commands.inputs import in_terms_of, which_schools
from monitor.cli.commands.options import Asking, HomeOptions, Schools
from monitor.home import wiring
from monitor.terminal.answers import is_none, until_right
from monitor.terminal.groups import group
from monitor.terminal.output import columns, say, say_lines

if TYPE_CHECKING:
    from pathlib import Path

    from data.types import Person
    from monitor.config.load import Config

_ALSO = {
    Role.HEAD: "head teacher, head of school, executive head, executive headteacher, principal, manager",
    Role.DEPUTY_HEAD: "deputy, deputy head teacher, vice-principal, assistant head, assistant headteacher",
    Role.DSL: "safeguarding, safeguarding lead, designated safeguarding lead, dsp, designated safeguarding "
    "person, designated teacher, child protection coordinator, child protection co-ordinator",
    Role.DEPUTY_DSL: "deputy safeguarding lead, deputy designated safeguarding lead, ddsl, deputy designated "
    "safeguarding person, deputy designated teacher, deputy safeguarding",
    Role.CHAIR: "chair of governors, chair of trustees, chair of the governing body, chairman",
    Role.VICE_CHAIR: "vice-chair of governors, vice chair of governors",
    Role.GOVERNOR: "school governor, trustee",
    Role.SLT: "senior leadership team, senior leader, leadership, leadership team, business manager, bursar",
    Role.STAFF: "member of staff, teacher",
    Role.IT_LEAD: "it, it technician, technician, network manager, it manager, ict",
    Role.DPO: "data protection, data protection officer",
    Role.PRESS: "press contact, communications, media",
    Role.LA_CONTACT: "local authority, local authority contact, la, council, lado",
    Role.TRUST_CONTACT: "trust, academy trust, central team, trust contact, ceo",
}


def titles(nation: str) -> list[tuple[Role, str]]:
    """Each role with what it is called in that nation."""
    from alerts.letters.signing import office
    from data.words.say import words

    return [(role, office(role, nation, words("en"))) for role in Role]


def roles_of(answer: str, nation: str) -> tuple[Role, ...]:
    """The roles of an answer: numbers of `titles`, words or the names in the file. Raises InputError."""
    said = [part.strip() for part in re.split(r"[,;+&\n]|\band\b", answer) if part.strip()]
    if not said:
        raise InputError("At least one role is needed, for example: head, or DSL.")
    return tuple(dict.fromkeys(_role(part, titles(nation)) for part in said))


def _role(said: str, known: Sequence[tuple[Role, str]]) -> Role:
    if said.isdecimal() and 1 <= int(said) <= len(known):
        return known[int(said) - 1][0]
    names = ((role, (role.value, *_ALSO[role].split(", "), title)) for role, title in known)
    found = {_plain(name): role for role, called in names for name in called}
    if _plain(said) in found:
        return found[_plain(said)]
    from monitor.terminal.wording import nearest

    near = nearest(said, [title for _, title in known])
    meant = f" Did you mean {near}?" if near else ""
    raise InputError(
        f"“{said}” is not a role here.{meant} There are: {', '.join(title for _, title in known)}."
    )


def _plain(said: str) -> str:
    return re.sub(r"[\s_-]+", " ", said.casefold()).strip()


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
        "name": _full(name) if name is not None else until_right("Name, as people write it", _full),
        "roles": _roles(role, settings),
        "email": _email(email, asks=not given),
        "schools": which_schools(school, settings, asks=not given),
        "phone": phone,
        "related_to": tuple(related_to or ()),
    }
    same = _same(settings.people, said, person_id)
    options = ("name", "email", "id", "phone", "related_to")
    with in_terms_of({key: f"--{key.replace('_', '-')}" for key in options}):
        if same is not None:
            _another_role(where.config, same, said, settings.schools[0].nation)
        else:
            _new(where.config, settings, said, person_id)
    _who_is_told(wiring.configured(where))


def _full(answer: str) -> str:
    if not answer.strip():
        raise InputError("A name is needed, for example: Mrs A Example.")
    return answer.strip()


def _roles(given: Sequence[str] | None, settings: Config) -> tuple[Role, ...]:
    nation = settings.schools[0].nation
    if given:
        return roles_of(", ".join(given), nation)
    for n, (_, title) in enumerate(titles(nation), 1):
        say(f"{n:>2}  {title}")
    question = "What this person is for the school: one or several of these, by number or in words"
    return until_right(question, lambda answer: roles_of(answer, nation))


def _email(given: str | None, *, asks: bool) -> str | None:
    def read(answer: str) -> str | None:
        return None if is_none(answer) else _address(answer)

    if given is None and asks:
        return until_right("E-mail address (- for none: then this person cannot be told)", read)
    return _address(given) if given else None


def _address(answer: str) -> str:
    from monitor.config.values import Email
    from monitor.setup.answers import fault

    if why := fault(Email, answer):
        raise InputError(f"“{answer}” {why}. Write it whole: name@example.sch.uk")
    return answer.strip()


def _same(people: Iterable[Person], said: dict[str, Any], person_id: str | None) -> Person | None:
    """Who is in the file under that name already. Raises InputError where it may be somebody else."""
    like = [p for p in people if p.name.casefold() == said["name"].casefold() and person_id in (None, p.id)]
    if not like:
        if person_id in {p.id for p in people}:
            raise InputError(f"--id {person_id}: somebody else has this id. Give another, or leave it out.")
        return None
    found = like[0]
    if said["email"] and found.email and said["email"].casefold() != found.email.casefold():
        raise InputError(
            f"{found.name} is in the file with another address, {found.email}. If this is somebody else of "
            "the same name, give them an id of their own: --id ID. Nothing was changed."
        )
    return found


def _another_role(path: Path, person: Person, said: dict[str, Any], nation: str) -> None:
    from alerts.access.offices import holding
    from monitor.config.writing.edit import change_person

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
    change_person(path, person.id, values)
    say(f"{person.name} was in {path.name} already (id {person.id}): now {_called(now, nation)}.")


def _called(roles: Iterable[Role], nation: str) -> str:
    title = dict(titles(nation))
    return ", ".join(title[role] for role in roles)


def _new(path: Path, settings: Config, said: dict[str, Any], person_id: str | None) -> None:
    from monitor.config.home.lookup import free
    from monitor.config.writing.edit import add_person

    named = person_id or free(said["roles"][0].value.replace("_", "-"), {p.id for p in settings.people})
    roles = [role.value for role in said["roles"]]
    add_person(path, {"id": named, **said, "roles": roles})
    what = _called(said["roles"], settings.schools[0].nation)
    say(f"Written to {path.name}: {said['name']} ({what}), id {named}.")
    beside = [p.name for p in settings.people if p.email and p.email == said["email"]]
    if beside:
        say(
            f"{said['email']} is also the address of {', '.join(beside)}: whoever reads it sees what "
            "is meant for either, also where one of them is the subject of a matter."
        )


def _who_is_told(settings: Config) -> None:
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


def away_person(
    opts: HomeOptions,
    person: Annotated[
        str, Argument(metavar="PERSON", help="Who is away, by id in schoolgate.toml.", autocompletion=people)
    ],
    until: Annotated[
        str | None,
        Option("--until", metavar="DAY", help="The day they are back; without it they are back now."),
    ] = None,
    cover: Annotated[
        str | None,
        Option("--cover", metavar="PERSON", help="Who is asked meanwhile, by id.", autocompletion=people),
    ] = None,
) -> None:
    """Say until when a person is away, and who covers: nobody waits for them meanwhile.

    Whoever covers is asked only what their own role may know; of anything else the next in turn is asked.

    \b
    Examples:
      schoolgate people away d-pryce --until "30 November 2026" --cover r-adeyemi
      schoolgate people away d-pryce
    """
    from alerts.wording.matters import who_is_away
    from data.words.say import words
    from monitor.cli.commands.setup.terms import one_day
    from monitor.config.home.lookup import known_person
    from monitor.config.writing.edit import change_person

    where, settings = wiring.settings(opts.home, opts.config)
    who, now = known_person(settings, person), utc_now()
    day = one_day(until) if until else None
    if day is not None and day <= now.astimezone(settings.zone).date():
        raise InputError(f"--until {until}: the day they are back is not after today. Nothing was changed.")
    with in_terms_of({"cover": "--cover"}):
        change_person(where.config, who.id, {"away_until": day, "cover": cover if day else None})
    changed = wiring.configured(where)
    said = who_is_away([p for p in changed.people if p.id in (who.id, cover)], now, changed.zone, words("en"))
    say(next((line for line in said if line.startswith(who.name)), f"{who.name} is back."))


def sign_out_person(
    opts: HomeOptions,
    who: Annotated[
        str, Argument(metavar="PERSON", help="Whose, by id in schoolgate.toml.", autocompletion=people)
    ],
    person: Asking = None,
    account: Annotated[
        bool,
        Option(
            "--account",
            help="Forget their Microsoft or Google account too: the next sign-in under their name is theirs.",
        ),
    ] = False,
) -> None:
    """End all sessions of a person at the desk, on every device: a telephone is lost, or they have left.

    It is recorded with your name. They can sign in again; who may not is taken out of schoolgate.toml.

    \b
    Examples:
      schoolgate people sign-out d-pryce --as j-sandhu
      schoolgate people sign-out head --account --as j-sandhu
    """
    from data.store.service import accounts, sessions
    from monitor.config.home.lookup import known_person

    session = wiring.open_session(person, opts.home, opts.config)
    whose = known_person(session.config, who)
    with session.store.write("people sign-out") as con:
        ended = sessions.end_all(con, whose.id, session.person.id, utc_now())
        forgot = account and accounts.unlink(con, whose.id, session.person.id, utc_now())
    devices = "1 device" if ended == 1 else f"{ended} devices"
    say(f"{whose.name} is signed out on {devices}." if ended else f"{whose.name} was signed in nowhere.")
    if account:
        say("Their account is forgotten." if forgot else "No account of theirs was known.")


def print_person_codes(
    opts: HomeOptions,
    who: Annotated[
        str, Argument(metavar="PERSON", help="For whom, by id in schoolgate.toml.", autocompletion=people)
    ],
    person: Asking = None,
) -> None:
    """Print codes on paper, with which a person signs in at the desk while no mail arrives.

    Each is good once, for 7 days; those printed before are good no more. It is recorded with your name; the
    person, you and the head are mailed that as soon as mail goes out. `people sign-out` withdraws them.

    \b
    Examples:
      schoolgate people print-codes d-pryce --as j-sandhu | lp
    """
    from data.steps.acts import Refused
    from monitor.act.ways_in.on_paper import GOOD_FOR, print_codes
    from monitor.config.home.lookup import known_person

    session = wiring.open_session(person, opts.home, opts.config)
    whose, now = known_person(session.config, who), utc_now()
    done = print_codes(session.store, session.context, session.person, whose, now)
    if isinstance(done, Refused):
        raise InputError(f"Nothing was printed. {done.reason}")
    until = (now + GOOD_FOR).astimezone(session.config.zone)
    say(f"For {whose.name}, from {session.person.name}. Each is good once, until {until:%d %B %Y, %H:%M}.")
    say(f"At {session.config.base_url} type your address, tap “Send me a code”, and type one of these.")
    say_lines(f"    {code[:4]} {code[4:8]} {code[8:]}" for code in done.made)
    say("Strike out what you have used. Give the paper to nobody, and tell the office if it is lost.")


people_app = group("The people of the school: who is told, and who may be meant.")
people_app.command("add")(add_person)
people_app.command("away")(away_person)
people_app.command("sign-out")(sign_out_person)
people_app.command("print-codes")(print_person_codes)
