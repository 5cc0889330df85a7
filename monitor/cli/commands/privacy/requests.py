"""`schoolgate privacy requests`: what people ask and what became of it; what is deleted next; what answers a
request under a Freedom of Information Act."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from data.effects import utc_now
from data.errors import InputError
from monitor.cli.commands.inputs import among, moment, one_of, own_words
from monitor.cli.commands.options import As, HomeOptions, JsonOptions, School, WhyWanted
from monitor.terminal.output import in_json, say, say_lines

MOST_DAYS = 366 * 10


def due(
    opts: JsonOptions,
    person: As,
    days: Annotated[int, Option("--days", min=0, max=MOST_DAYS, help="How many days ahead.")] = 30,
    school: School = None,
) -> None:
    """What will be deleted because its time is up, when and why; and what is kept back, by which case.

    This deletes nothing and names no post. Each scan does the deleting.

    \b
    Examples:
      schoolgate privacy due --as r-lowe
      schoolgate privacy due --days 365 --as r-lowe --json
    """
    from datetime import timedelta

    from data.retention.preview import preview
    from monitor.act.requests.finding import cases_known
    from monitor.cli.views.privacy import due_json, due_lines

    office, now = opts.office(person, school), utc_now()
    keys = sorted({office.school.urn, *office.school.members})
    with office.session.store.read() as con:
        found = preview(con, keys, now, now + timedelta(days=days), office.config.policy)
        found = cases_known(con, office, found)
    opts.show(due_json(found), due_lines(found, office.config.policy, days, office.config.zone))


KINDS = (
    "access, erasure, objection, rectification, restriction, complaint; told: somebody has to be told "
    "(Article 14)"
)


def record(
    opts: JsonOptions,
    kind: Annotated[str, Argument(metavar="KIND", help=f"What is asked: {KINDS}.")],
    person: As,
    reference: Annotated[
        str, Option("--reference", help="Your own number for it, without a name: lists show it.")
    ],
    why: WhyWanted,
    received: Annotated[
        str | None, Option("--received", help="When it came, if not today: 20 November 2026.")
    ] = None,
    school: School = None,
) -> None:
    """Record what somebody asks about their own data. The time to answer starts.

    \b
    Examples:
      schoolgate privacy record access --reference SAR-2026-004 --received 2026-11-20 --as r-lowe
      schoolgate privacy record complaint --reference DPC-7 --as r-lowe --why "By letter, from the author"
    """
    from data.privacy.requests import RequestKind
    from monitor.act.privacy import record_request
    from monitor.cli.views.privacy import request_json, request_line

    asked = one_of(kind, "KIND", RequestKind)
    words, number = own_words(why, "--why"), own_words(reference, "--reference")
    office = opts.office(person, school)
    zone, now = office.config.zone, utc_now()
    kept = record_request(office, asked, number, words, moment(received, "--received", zone), now).made
    opts.show(request_json(kept), [request_line(kept, zone, now)])
    if asked is not RequestKind.TOLD and not opts.as_json:
        say(f"What is held about them: schoolgate privacy search {kept.id} --by handle {office.options}")


RequestNumber = Annotated[str, Argument(metavar="REQUEST", help="The request's number: P0003, or 3.")]


def requests(opts: JsonOptions, person: As, school: School = None) -> None:
    """What people have asked about their own data, the first due at the top: at each school you answer for.

    \b
    Examples:
      schoolgate privacy requests --as r-lowe
      schoolgate privacy requests --as r-lowe --json
    """
    from data.store.privacy import requests as request_store
    from monitor.act.requests.office import open_offices
    from monitor.cli.views.privacy import request_json, request_lines

    office, *more = offices = open_offices(person, opts.home, opts.config, school)
    with office.session.store.read() as con:
        found = request_store.requests(con, [one.school.urn for one in offices])
    if opts.as_json:
        say(in_json([request_json(one) for one in found]))
        return
    names = {one.school.urn: one.school.name for one in offices} if more else {}
    say_lines(request_lines(found, office.config.zone, utc_now(), names))
    if not found:
        say("Nobody has asked for anything. To record what somebody asks:")
        options = f"--as {person} --school URN" if more else office.options
        say(f"schoolgate privacy record KIND --reference NUMBER {options}")


def answer(
    opts: JsonOptions,
    number: RequestNumber,
    how: Annotated[
        str,
        Argument(metavar="HOW", help="granted, part, refused, withdrawn; for now: acknowledged, extended."),
    ],
    person: As,
    why: WhyWanted,
    school: School = None,
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
    from data.privacy.requests import RequestEnding
    from data.steps.acts import Refused
    from monitor.act.privacy import FOR_NOW, answer_request
    from monitor.cli.views.privacy import request_json, request_line

    words = own_words(why, "--why")
    office, now = opts.office(person, school), utc_now()
    came = answer_request(office, number, among(how, "HOW", (*RequestEnding, *FOR_NOW)), words, now)
    if isinstance(came, Refused):
        raise InputError(came.reason)
    opts.show(request_json(came.made), [request_line(came.made, office.config.zone, now)])


def foi(
    opts: HomeOptions,
    person: As,
    to: Annotated[
        Path, Option("--to", metavar="DIR", help="A new folder to write to; only you can read it.")
    ],
    school: School = None,
) -> None:
    """Export what answers a freedom of information request: signed governors' reports and their numbers.

    Nothing else leaves. for-the-school/check-first.html names the Act of your nation and the exemptions to
    consider. Independent schools are not under it, and are refused.

    \b
    Examples:
      schoolgate privacy foi --to foi-2026-11 --as r-lowe
    """
    from monitor.act.requests.copying import TO_CHECK, TO_SEND, written
    from monitor.act.requests.freedom import exported

    office, now, folder = opts.office(person, school), utc_now(), to.expanduser().absolute()
    copy = exported(office, now)
    with written(folder, copy, now):
        pass
    say(f"{folder / TO_SEND}: signed reports ({copy.items}), with their numbers. Nothing was sent.")
    say(f"Read this first; it is only for the school: {folder / TO_CHECK / 'check-first.html'}")
