"""`schoolgate privacy requests`, and what became of one: `schoolgate privacy answer`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from data.effects import utc_now
from monitor.cli.commands.options import As, ConfigFile, Home, Json, School, WhyWanted
from monitor.terminal.output import in_json, say

if TYPE_CHECKING:
    pass

KINDS = "access, erasure, objection, rectification, complaint; told: somebody has to be told (Article 14)"


def record(
    kind: Annotated[str, Argument(metavar="KIND", help=f"What is asked: {KINDS}.")],
    person: As,
    reference: Annotated[
        str, Option("--reference", help="Your own number for it, without a name: lists show it.")
    ],
    why: WhyWanted,
    received: Annotated[
        str | None, Option("--received", help="When it came, if not today: 2026-11-20.")
    ] = None,
    school: School = None,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Record what somebody asks about their own data. The time to answer starts.

    \b
    Examples:
      schoolgate privacy record access --reference SAR-2026-004 --received 2026-11-20 --as r-lowe
      schoolgate privacy record complaint --reference DPC-7 --as r-lowe --why "By letter, from the author"
    """
    from data.privacy.requests import RequestKind
    from monitor.act.privacy import record_request
    from monitor.act.requests.office import open_office
    from monitor.cli.commands.inputs import moment, one_of, own_words
    from monitor.cli.views.privacy import request_json, request_line

    asked = one_of(kind, "KIND", RequestKind)
    words, number = own_words(why, "--why"), own_words(reference, "--reference")
    office = open_office(person, home, config, school)
    zone, now = office.config.zone, utc_now()
    kept = record_request(office, asked, number, words, moment(received, "--received", zone), now).made
    if as_json:
        say(in_json(request_json(kept)))
        return
    say(request_line(kept, zone, now))
    if asked is not RequestKind.TOLD:
        say(f"What is held about them: schoolgate privacy search {kept.id} --by handle {office.options}")


RequestNumber = Annotated[str, Argument(metavar="REQUEST", help="The request's number: P0003, or 3.")]


def requests(
    person: As,
    school: School = None,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """What people have asked about their own data, the first due at the top: at each school you answer for.

    \b
    Examples:
      schoolgate privacy requests --as r-lowe
      schoolgate privacy requests --as r-lowe --json
    """
    from data.store.privacy import requests as request_store
    from monitor.act.requests.office import open_offices
    from monitor.cli.views.privacy import request_json, request_lines

    office, *more = offices = open_offices(person, home, config, school)
    with office.session.store.read() as con:
        found = request_store.requests(con, [one.school.urn for one in offices])
    if as_json:
        say(in_json([request_json(one) for one in found]))
        return
    names = {one.school.urn: one.school.name for one in offices} if more else {}
    for line in request_lines(found, office.config.zone, utc_now(), names):
        say(line)
    if not found:
        say("Nobody has asked for anything. To record what somebody asks:")
        options = f"--as {person} --school URN" if more else office.options
        say(f"schoolgate privacy record KIND --reference NUMBER {options}")


def answer(
    number: RequestNumber,
    how: Annotated[
        str,
        Argument(metavar="HOW", help="granted, part, refused, withdrawn; for now: acknowledged, extended."),
    ],
    person: As,
    why: WhyWanted,
    school: School = None,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Write down what became of a request. It sends nothing: you answer.

    A complaint is acknowledged within 30 days. A complex request for access, erasure or rectification, or
    a complex objection, may be extended once, by two months; tell the person within the first month (UK
    GDPR, Article 12(3)).

    \b
    Examples:
      schoolgate privacy answer P0003 granted --as r-lowe --why "Handed over at the office"
      schoolgate privacy answer P0004 extended --as r-lowe --why "Three years of posts; told today"
    """
    from data.errors import InputError
    from data.privacy.requests import RequestEnding
    from data.steps.acts import Refused
    from monitor.act.privacy import FOR_NOW, answer_request
    from monitor.act.requests.office import open_office
    from monitor.cli.commands.inputs import among, own_words
    from monitor.cli.views.privacy import request_json, request_line

    words = own_words(why, "--why")
    office, now = open_office(person, home, config, school), utc_now()
    came = answer_request(office, number, among(how, "HOW", (*RequestEnding, *FOR_NOW)), words, now)
    if isinstance(came, Refused):
        raise InputError(came.reason)
    one = came.made
    say(in_json(request_json(one)) if as_json else request_line(one, office.config.zone, now))
