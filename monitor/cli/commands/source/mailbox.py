"""A mailbox as `schoolgate source add` takes it: asked for, tried, counted and written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from data.effects import utc_now
from data.errors import InputError
from monitor.home import wiring
from monitor.terminal import private_words
from monitor.terminal.answers import yes as said_yes
from monitor.terminal.output import say, say_lines
from monitor.terminal.wording import outcome_words

if TYPE_CHECKING:
    from data.types import FetchFailure, Response, Source
    from monitor.config.home.paths import Paths
    from monitor.config.load import Config
    from monitor.setup.mail.asking import MailOptions
    from monitor.setup.mail.reading import MailboxChoice
    from sources.places.table import Proposal


@dataclass(frozen=True, slots=True)
class WantedMailbox:
    """What was said of one: “mailbox” or its address, for which schools, its name, whose mails alone."""

    address: str
    urns: tuple[str, ...]
    name: str
    senders: tuple[str, ...] = ()


def is_for_mailbox(address: str) -> bool:
    """Is a mailbox meant, not a page?"""
    from sources.mailbox.address import is_mailbox

    return address.strip() == "mailbox" or is_mailbox(address.strip())


def add_mailbox(
    where: Paths, settings: Config, wanted: WantedMailbox, given: MailOptions, *, yes: bool
) -> bool:
    """Asks, tries, counts, writes. False where nothing was written, or it was written switched off."""
    from monitor.cli.commands.setup.mail import ask, ask_secret
    from monitor.setup.mail.reading import MailboxQuestions

    asks = private_words.at_a_terminal() and not yes
    if not asks and not yes:
        raise InputError("Nobody is there to answer. To write what was given: --yes. Nothing was changed.")
    questions = MailboxQuestions(given, ask if asks else None, ask_secret, say)
    chosen = questions.choice(wanted.address, settings, wanted.senders)
    from sources.mailbox.address import is_mailbox, same_mailbox

    same = next((s for s in settings.sources if is_mailbox(s.url) and same_mailbox(chosen.url, s.url)), None)
    if same is not None:
        raise InputError(f"{settings.path.name} has that mailbox already, as {same.id} ({same.name}).")
    source = _source(wanted, chosen, where, settings)
    answer = _tried(source, chosen, settings)
    source, watched = _decided(source, answer, asks=asks)
    if not watched:
        say(f"{settings.path.name} was not changed.")
        return False
    _write(where, source, chosen)
    return source.disabled is None


def still_refused(source: Source, settings: Config) -> FetchFailure | None:
    """Why a mailbox at Microsoft 365 may not be switched on, None where it may, or it is none."""
    from data.types import FetchFailure as RealFailure
    from data.types import Request
    from sources.mailbox.address import is_graph

    if not is_graph(source.url):
        return None
    with wiring.fetcher(settings) as asking:
        answer = asking.fetch(Request(source.url, auth=source.id))
    return answer if isinstance(answer, RealFailure) else None


def _source(wanted: WantedMailbox, chosen: MailboxChoice, where: Paths, settings: Config) -> Source:
    from data.types import Source as RealSource

    taken = {source.id for source in settings.sources}
    names = ("alert-mailbox", *(f"alert-mailbox-{n}" for n in range(2, len(taken) + 3)))
    name = next(one for one in names if one not in taken)
    file = where.home / f"{name}-secret"
    secret = {chosen.key: file.name if where.config.parent == where.home else str(file)}
    told = chosen.settings | (secret if chosen.secret is not None else {})
    return RealSource(name, "mailbox", chosen.url, wanted.urns, name=wanted.name, settings=told)


def _tried(source: Source, chosen: MailboxChoice, settings: Config) -> Response | FetchFailure:
    """One reading by the settings as they would be; nothing is written for it. Raises ConfigError."""
    from data.types import Request
    from monitor.config.load import from_text, read
    from monitor.config.settings import Secret
    from monitor.config.writing.edit import with_places

    text = with_places(read(settings.path), [_proposal(source)])
    config = from_text(settings.path, text, os.environ)
    if chosen.secret is not None:
        box = replace(config.mailboxes[source.id], password=Secret(chosen.secret))
        config = replace(config, mailboxes={**config.mailboxes, source.id: box})
    with wiring.fetcher(config) as asking:
        return asking.fetch(Request(source.url, auth=source.id))


def _decided(source: Source, answer: Response | FetchFailure, *, asks: bool) -> tuple[Source, bool]:
    """The source as it is to stand, and whether it is; one that cannot be read is never written as on."""
    from data.types import FetchFailure as RealFailure

    if isinstance(answer, RealFailure):
        say(f"{outcome_words(answer.outcome).capitalize()}: {answer.detail}")
        why = answer.detail.partition(". ")[0].rstrip(".")
        off = replace(source, disabled=f"not switched on: {why[0].lower()}{why[1:]}")
        return off, asks and said_yes("Write it switched off, with that reason?")
    say_lines(_read_of(source, answer))
    return source, not asks or said_yes("Watch it?")


def _read_of(source: Source, answer: Response) -> Iterator[str]:
    from monitor.setup.mail.reading import counted
    from sources.mailbox.collector import MailboxOfAlerts, bundle_of

    other = source.settings.get("other_mailbox")
    yield f"It can be read.{f' {other} is refused, as it must be.' if other else ''}"
    bundle = bundle_of(answer.body.decode("utf-8", "replace")) if answer.body else None
    if bundle is None:
        yield "No mail is there yet."
        return
    page = wiring.reading()(MailboxOfAlerts().parse, source, answer)
    yield from counted(page, len(bundle.mails))


def _write(where: Paths, source: Source, chosen: MailboxChoice) -> None:
    from monitor.config.writing.edit import add_places, with_secret

    put = partial(add_places, where.config, [_proposal(source)])
    if chosen.secret is None:
        put()
    else:
        file = where.home / f"{source.id}-secret"
        with_secret(file, chosen.secret, put)
        say(f"Written: {file}, which only this account may read.")
    off = ", switched off" if source.disabled else ""
    say(f"Written to {where.config.name}: {source.name}, id {source.id}{off}.")
    if source.disabled:
        say(f"When that is put right: schoolgate source resume {source.id}")


def _proposal(source: Source) -> Proposal:
    from sources.places.table import Proposal as RealProposal
    from sources.registry import kind_named

    kind = kind_named(source.kind)
    return RealProposal(source, "Alerts, notices and what people send on.", kind.terms, utc_now().date())
