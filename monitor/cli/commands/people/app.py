"""`schoolgate people`, the group: who is in the file and who has left, who is not here, who may come in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from data.effects import utc_now
from data.errors import InputError
from monitor.cli.commands.inputs import in_terms_of, whole_day
from monitor.cli.commands.options import Asking, HomeOptions, JsonOptions
from monitor.cli.commands.people.add import add_person
from monitor.cli.commands.people.change import change_someone
from monitor.cli.commands.people.leaving import remove_person, replace_person
from monitor.cli.commands.people.whose import someone, titled
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


def away_person(
    opts: HomeOptions,
    person: Annotated[
        str,
        Argument(metavar="PERSON", help="Who is away, by id, name or office."),
    ],
    until: Annotated[
        str | None,
        Option("--until", metavar="DAY", help="The day they are back; without it they are back now."),
    ] = None,
    cover: Annotated[
        str | None,
        Option(
            "--cover",
            metavar="PERSON",
            help="Who is asked meanwhile.",
        ),
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
    from monitor.config.writing import edit

    where, settings = wiring.settings(opts.home, opts.config)
    who, now = someone(settings, person), utc_now()
    day = whole_day(until, "--until", settings.zone, past=False) if until else None
    if day is not None and day <= now.astimezone(settings.zone).date():
        raise InputError(f"--until {until}: the day they are back is not after today. Nothing was changed.")
    cover = someone(settings, cover).id if cover else None
    with in_terms_of({"cover": "--cover"}):
        values = {"away_until": day, "cover": cover if day else None}
        edit.edit_in_turn(where.config, edit.changed("people", who.id, values))
    changed = wiring.configured(where)
    said = who_is_away([p for p in changed.people if p.id in (who.id, cover)], now, changed.zone, words("en"))
    say(next((line for line in said if line.startswith(who.name)), f"{who.name} is back."))


def sign_out_person(
    opts: HomeOptions,
    who: Annotated[str, Argument(metavar="PERSON", help="Whose, by id, name or office.")],
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

    session = wiring.open_session(person, opts.home, opts.config)
    whose = someone(session.config, who)
    with session.store.write("people sign-out") as con:
        ended = sessions.end_all(con, whose.id, session.person.id, utc_now())
        forgot = account and accounts.unlink(con, whose.id, session.person.id, utc_now())
    devices = "1 device" if ended == 1 else f"{ended} devices"
    say(f"{whose.name} is signed out on {devices}." if ended else f"{whose.name} was signed in nowhere.")
    if account:
        say("Their account is forgotten." if forgot else "No account of theirs was known.")


def print_person_codes(
    opts: HomeOptions,
    who: Annotated[str, Argument(metavar="PERSON", help="For whom, by id, name or office.")],
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
    from monitor.act.ways_in import GOOD_FOR, print_codes

    session = wiring.open_session(person, opts.home, opts.config)
    whose, now = someone(session.config, who), utc_now()
    done = print_codes(session.store, session.context, session.person, whose, now)
    if isinstance(done, Refused):
        raise InputError(f"Nothing was printed. {done.reason}")
    until = (now + GOOD_FOR).astimezone(session.config.zone)
    say(f"For {whose.name}, from {session.person.name}. Each is good once, until {until:%d %B %Y, %H:%M}.")
    say(f"At {session.config.base_url} type your address, tap “Send me a code”, and type one of these.")
    say_lines(f"    {code[:4]} {code[4:8]} {code[8:]}" for code in done.made)
    say("Strike out what you have used. Give the paper to nobody, and tell the office if it is lost.")


people_app.command("list")(list_people)
people_app.command("show")(show_person)
people_app.command("add")(add_person)
people_app.command("change")(change_someone)
people_app.command("replace")(replace_person)
people_app.command("remove")(remove_person)
people_app.command("away")(away_person)
people_app.command("sign-out")(sign_out_person)
people_app.command("print-codes")(print_person_codes)
