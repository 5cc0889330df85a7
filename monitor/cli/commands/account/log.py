"""`schoolgate account log`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typer import Option

from data.errors import InputError
from monitor.cli.commands.options import Asking, ConfigFile, Home, School, asked_for, finish
from monitor.terminal.output import say

if TYPE_CHECKING:
    from data.types import Person, Source
    from monitor.config.load import Config

_FAIR = (
    "Note: what stands there was judged criticism to be answered. Fair criticism is answered, not hidden. "
    "If there is another ground, see that the reason names it."
)


def account_log(
    source: Annotated[str, Option("--source", metavar="ID", help="The account, by its source's id.")],
    action: Annotated[str, Option("--action", help="What was done: hidden, blocked, deleted or reported.")],
    reason: Annotated[str, asked_for("--reason", "Why; it is kept.")],
    person: Asking = None,
    url: Annotated[
        str | None, Option("--url", help="The address of what it was done to, where it has one.")
    ] = None,
    school: School = None,
    home: Home = None,
    config: ConfigFile = None,
) -> None:
    """Write down what was hidden or blocked there, and why.

    \b
    Examples:
      schoolgate account log --source our-page --action hidden --reason "names a pupil" --as b-patel
      schoolgate account log --source our-page --action blocked --reason "insults" --as b-patel
    """
    from data.effects import utc_now
    from data.store.sources import own_accounts as account_store
    from data.types import Route
    from data.web.urls import canonical_url
    from monitor.cli.commands.common import open_reader

    reader = open_reader(person, home, config)
    account, who = _own(reader.config, source), reader.named
    urn = _urn(reader.config, account, school)
    _of_school(reader.config, who, urn)
    now = utc_now()
    entry = account_store.Logged(
        account_store.log_id(urn, account.id, who.id, now),
        *(urn, account.id, now, who.id, action, reason.strip(), url),
    )
    with reader.store.write("account log") as con:
        account_store.put_log(con, entry)
        routes = account_store.routes_at(con, url, canonical_url(url), urn) if url else []
    say(f"Kept: {action} on {account.id}, {entry.id}.")
    if Route.RESPOND.value in routes:
        say(_FAIR)
    finish(0)


def _own(settings: Config, source_id: str) -> Source:
    found = next((s for s in settings.sources if s.id == source_id), None)
    if found is None:
        known = ", ".join(s.id for s in settings.sources if s.own) or "none"
        raise InputError(f"--source {source_id}: there is no such source. The school's own: {known}.")
    if not found.own:
        raise InputError(f"--source {source_id}: it is not marked as the school's own (own = true).")
    return found


def _urn(settings: Config, source: Source, school: str | None) -> str:
    """The school meant: the named one, or the account's only one."""
    if school is None and len(source.urns) == 1:
        return source.urns[0]
    from monitor.home.wiring import pick_urn

    urn = pick_urn(settings, school)
    if urn not in source.urns:
        raise InputError(f"--school {urn}: {source.id} is not an account of that school.")
    return urn


def _of_school(settings: Config, person: Person, urn: str) -> None:
    """Raises InputError for somebody who does not belong to that school."""
    from data.people import people_of

    school = settings.school(urn)
    if school is None or not people_of(school, [person]):
        raise InputError(f"--as {person.id}: {person.id} does not belong to school {urn}.")
