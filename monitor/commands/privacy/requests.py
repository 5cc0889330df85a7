"""`schoolgate privacy requests`, and what became of one: `schoolgate privacy answer`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from data.effects import utc_now
from monitor.commands.options import As, ConfigFile, Home, Json, School, WhyWanted
from monitor.terminal.output import in_json, say

if TYPE_CHECKING:
    from datetime import datetime

    from data.privacy.requests import PrivacyRequest
    from data.store.engine.audit_chain import AuditEntry
    from monitor.privacy.office import Office

RequestNumber = Annotated[str, typer.Argument(metavar="REQUEST", help="The request's number: P0003, or 3.")]


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
    from monitor.privacy.office import open_offices
    from monitor.views.privacy import request_json, request_lines

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
        typer.Argument(
            metavar="HOW", help="granted, part, refused, withdrawn; for now: acknowledged, extended."
        ),
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
    from data.store.privacy import requests as request_store
    from monitor.commands.inputs import own_words
    from monitor.privacy.office import open_office
    from monitor.views.privacy import request_json, request_line

    words = own_words(why, "--why")
    office, now = open_office(person, home, config, school), utc_now()
    with office.session.store.write("answer a request") as con:
        changed, entry = _changed(office, office.request(con, number), how, words, now)
        request_store.change(con, changed, entry)
    say(in_json(request_json(changed)) if as_json else request_line(changed, office.config.zone, now))


def _changed(
    office: Office, one: PrivacyRequest, how: str, words: str, now: datetime
) -> tuple[PrivacyRequest, AuditEntry]:
    """The request as it then is. Raises InputError for what does not fit its kind."""
    from dataclasses import replace

    from data.audit.codes import Code
    from data.privacy.requests import RequestEnding
    from data.store.engine.audit_chain import AuditEntry
    from monitor.commands.inputs import among

    step = among(how, "HOW", (*RequestEnding, "acknowledged", "extended"))
    if step == "acknowledged":
        changed = replace(one, acknowledged_at=now, due_at=_due_acknowledged(one))
    elif step == "extended":
        changed = replace(one, extended_at=now, due_at=_due_extended(office, one, now))
    else:
        ending = RequestEnding(step)
        changed = replace(one, answered_at=now, answered_by=office.person, ending=ending, answer=words)
        changed = replace(changed, due_at=None)
    codes = (Code.RESULT.of(step),)
    return changed, AuditEntry(now, office.person, "request_answered", one.id, one.urn, codes)


def _due_acknowledged(one: PrivacyRequest) -> datetime | None:
    """Of a complaint nothing has a set time then; anything else is still to be answered."""
    from data.privacy.requests import RequestKind

    return None if one.kind is RequestKind.COMPLAINT else one.due_at


def _due_extended(office: Office, one: PrivacyRequest, now: datetime) -> datetime:
    from data.errors import InputError
    from data.privacy.requests import RequestKind, request_due

    if one.kind in (RequestKind.COMPLAINT, RequestKind.TOLD):
        raise InputError(f"Request {one.id}: {one.kind.value} has no time that may be extended.")
    if one.extended_at is not None:
        raise InputError(f"Request {one.id} was extended already, and may be once.")
    if one.due_at is not None and now >= one.due_at:
        raise InputError(
            f"Request {one.id}: its month is over, and only within it may it be extended. Answer it now."
        )
    calendar = office.config.calendar(one.urn)
    return request_due(one.kind, one.received_at, calendar, office.config.zone, extended=True)
