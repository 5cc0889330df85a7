"""`schoolgate source add`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

from typer import Argument, Option

from data.effects import utc_now
from data.errors import InputError
from monitor.cli.commands.inputs import in_terms_of, mail_options, which_schools
from monitor.cli.commands.options import (
    Certificate,
    HomeOptions,
    Schools,
    SecretEnv,
    SecretFile,
    finish,
)
from monitor.cli.commands.source.mailbox import WantedMailbox, add_mailbox, is_for_mailbox
from monitor.cli.commands.source.propose import chosen_of, shown, written
from monitor.home import wiring
from monitor.terminal.output import say
from monitor.terminal.wording import did_you_mean, outcome_words

if TYPE_CHECKING:
    from data.types import FetchFailure, Source
    from monitor.config.home.paths import Paths
    from monitor.config.load import Config
    from monitor.setup.proposals import Looked
    from monitor.setup.survey import PlaceRead
    from sources.places.table import Proposal

_MOST = 4
"""So many of the places behind one address are read; the others are seldom what was meant."""


def add_source(
    opts: HomeOptions,
    address: Annotated[
        str,
        Argument(metavar="ADDRESS", help="The address of any page of the place; “mailbox” for a mailbox."),
    ],
    school: Schools = None,
    name: Annotated[str | None, Option("--name", help="What people see.")] = None,
    channel: Annotated[
        str | None, Option("--channel", help="Where its posts stand, where the kind cannot know it.")
    ] = None,
    own: Annotated[bool, Option("--own", help="It is a page or an account of the school's own.")] = False,
    user: Annotated[str | None, Option("--user", help="A mailbox: who signs in, mostly its address.")] = None,
    tenant: Annotated[
        str | None, Option("--tenant", help="Microsoft 365: “Directory (tenant) ID”, or your domain.")
    ] = None,
    client_id: Annotated[
        str | None, Option("--client-id", help="Microsoft 365: “Application (client) ID”.")
    ] = None,
    other_mailbox: Annotated[
        str | None, Option("--other-mailbox", help="Microsoft 365: a mailbox that must be refused.")
    ] = None,
    secret_file: SecretFile = None,
    secret_env: SecretEnv = None,
    certificate: Certificate = None,
    sender: Annotated[
        list[str] | None,
        Option("--sender", help="A mailbox: read mails from this address or domain alone; may be repeated."),
    ] = None,
    yes: Annotated[bool, Option("--yes", help="Ask nothing: take the best that was read.")] = False,
) -> None:
    """Watch another place: finds what is behind its address, reads it once, shows the first finds, writes it.

    Of a mailbox all that is needed is asked for; its mails are counted, not shown. A password or secret is
    typed unseen and kept in a file of its own.

    \b
    Examples:
      schoolgate source add https://www.northvale-gazette.example.org/
      schoolgate source add mailbox
      schoolgate source add graph://alerts@example.sch.uk --other-mailbox head@example.sch.uk --yes
      schoolgate source add https://board.example.org/viewtopic.php?t=12 --name "Northvale talk" --yes
    """
    where, settings = wiring.settings(opts.home, opts.config)
    asked = {"user": user, "tenant": tenant, "client-id": client_id, "other-mailbox": other_mailbox}
    if is_for_mailbox(address):
        urns = which_schools(school, settings, asks=not yes)
        given = mail_options(asked, secret_file, secret_env, certificate)
        wanted_box = WantedMailbox(address.strip(), urns, name or "Alert mailbox", tuple(sender or ()))
        finish(int(not add_mailbox(where, settings, wanted_box, given, yes=yes)))
    if strange := [option for option, value in asked.items() if value]:
        raise InputError(f"--{strange[0]} is for a mailbox: schoolgate source add mailbox")
    url = _address(address)
    _refuse(url, settings, channel, own=own)
    urns = which_schools(school, settings, asks=not yes)
    looked, places = _read(url, urns, where, settings, own=own)
    wanted = _wanted(looked, places, yes=yes)
    if not wanted:
        say(f"{settings.path.name} was not changed.")
        finish(1)
    with in_terms_of({"name": "--name", "channel": "--channel", "url": "The address"}):
        one_name = name if len(wanted) == 1 else None
        written(where.config, [_named(place, one_name, channel) for place in wanted])


def _address(given: str) -> str:
    from monitor.config.faults import quoted
    from monitor.config.values import WebAddress
    from monitor.setup.answers import fault

    url = given.strip() if "://" in given else f"https://{given.strip()}"
    why = fault(WebAddress, url)
    if not why and "." not in (urlsplit(url).hostname or ""):
        why = "is not a web address"
    if why:
        raise InputError(
            f"{quoted(given)} {why}. Copy it whole from the browser: https://www.example.org/news"
        )
    return url


def _refuse(url: str, settings: Config, channel: str | None, *, own: bool) -> None:
    """Raises InputError for somebody's profile, what is watched already, and what is no channel."""
    from data.web.channels import OF_SOURCES
    from monitor.setup.proposals import same_place
    from sources.http.profiles import is_profile
    from sources.places.searches import names_no_school, person_sought

    if is_profile(url) and not own:
        raise InputError(
            "That is somebody's profile, and nobody's is watched. Give a page on which the school is spoken "
            "of; an account of the school's own: --own"
        )
    if names_no_school(url, settings.schools) or person_sought(url, settings.people, settings.schools):
        raise InputError(
            "What is searched for is the school, never a person. Give a search in which a name of the school "
            "stands and nobody's of its people, or a page on which the school is spoken of."
        )
    _not_twice(same_place(url, settings.sources), settings)
    if channel is not None and channel not in OF_SOURCES:
        raise InputError(f"--channel {channel}: is not a channel. {did_you_mean(channel, OF_SOURCES)}")


def _not_twice(same: Source | None, settings: Config) -> None:
    if same is not None:
        off = f"; it is off: {same.disabled}" if same.disabled else ""
        raise InputError(f"{settings.path.name} has that already, as {same.id} ({same.name}){off}.")


def _read(
    url: str, urns: tuple[str, ...], where: Paths, settings: Config, *, own: bool
) -> tuple[Looked, list[PlaceRead]]:
    """What is behind the address and not watched yet, the first few of it read once."""
    from data.types import Outcome
    from monitor.setup.proposals import look_behind, same_place, tried
    from monitor.setup.survey import LIMITS, InTime

    everywhere = [school.urn for school in settings.schools]
    with wiring.fetcher(settings, limits=LIMITS) as fetcher:
        reader = InTime.of_a_minute(fetcher, utc_now)
        looked = look_behind(url, urns, {s.id for s in settings.sources}, reader, own=own)
        if looked.failure is not None and looked.failure.outcome is Outcome.MISCONFIGURED:
            raise InputError(looked.failure.detail)
        new = [p for p in looked.places if same_place(p.source.url, settings.sources) is None]
        if looked.places and not new:
            _not_twice(same_place(looked.places[0].source.url, settings.sources), settings)
        if not new or _unreached(looked.failure):
            return replace(looked, places=tuple(new)), []
        judges = wiring.judges(settings, where.home)
        places = tried(new[:_MOST], everywhere, reader, judges)
        shown(places, judges, settings)
    return looked, places


def _unreached(failure: FetchFailure | None) -> bool:
    from data.types import Outcome

    return failure is not None and failure.outcome is Outcome.UNREACHABLE


def _wanted(looked: Looked, places: Sequence[PlaceRead], *, yes: bool) -> list[Proposal]:
    """What is to be written; nothing where nothing is wanted, or nothing can be had."""
    if _unreached(looked.failure):
        return _untried(looked, yes=yes)
    if places:
        return chosen_of(places, yes=yes)
    if (failure := looked.failure) is not None:
        say(f"{outcome_words(failure.outcome).capitalize()}: {failure.detail}")
    else:
        say(
            "No feed, board, thread or reviews were found there. Try the page that lists what is new, or the "
            "address of its feed."
        )
    return []


def _untried(looked: Looked, *, yes: bool) -> list[Proposal]:
    """A place that cannot be reached now is written untried where somebody wants that."""
    from monitor.terminal.answers import yes as said_yes

    failure = looked.failure
    assert failure is not None
    say(f"It could not be reached: {failure.detail}")
    place = looked.places[0] if looked.places else None
    if place is None or place.why_off:
        say("What is there cannot be told from its address alone. Try again when pages can be reached.")
        return []
    say(f"By its address it is: {place.source.name}. {place.sees}")
    return [place] if not yes and said_yes("Write it untried?") else []


def _named(place: Proposal, name: str | None, channel: str | None) -> Proposal:
    source = place.source
    named = replace(source, name=name or source.name, channel=channel or source.channel)
    return replace(place, source=named)
