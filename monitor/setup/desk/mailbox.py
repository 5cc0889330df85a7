"""A mailbox that is read, set up at the desk: tried once, its emails counted and not shown, then written with
its secret in a file of its own. Of one that is there the secret is replaced the same way."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import partial
from pathlib import Path
from urllib.parse import quote, unquote

from pydantic import SecretStr
from starlette.responses import Response

from data.errors import InputError, SchoolgateError
from data.frozen import freeze
from data.steps.acts import Done, Refused
from data.store.engine.connect import Connection
from data.types import FetchFailure, Request, Source
from data.types import Response as Answer
from data.words.say import Words
from monitor.act.people import Became, Keeper, write_settings
from monitor.act.places import watch_places
from monitor.config import model as tables
from monitor.config.check import required_reader
from monitor.config.edit import places_added, preview_text, write_after_secret
from monitor.config.home.lookup import free
from monitor.config.load import Config, from_text
from monitor.desk.page import Comer, DeskPage, DeskRequest, NotThere, led_to
from monitor.desk.pages.people import Desk, Errands, ask_for_proof, done_and_said, open_desk
from monitor.home import wiring
from monitor.setup.mail import (
    WayName,
    a_client_id,
    a_tenant,
    an_email,
    own_domain,
    read_field,
    secret_as_kept,
)
from sources.mailbox.address import is_mailbox, same_mailbox
from sources.mailbox.collector import bundle_of
from sources.places import Proposal
from sources.registry import collector, kind_named

PATH = "/mailbox"
_FIELDS = {
    "microsoft": ("user", "tenant", "client_id", "other_mailbox", "senders"),
    "imap": ("host", "folder", "user", "senders"),
}
"""What is asked of a mailbox there, beside its secret."""
_GMAIL = "imap.gmail.com"
_needed = required_reader(tables.Text)


@freeze
class WantedMailbox:
    """A mailbox as it would be written: in `file` its secret goes, None where that lies elsewhere. It is
    `new`, or only its secret is."""

    proposal: Proposal
    secret: str | None = field(repr=False)
    file: Path | None
    new: bool


def plan_mailbox(
    at: Keeper, where: str, urns: Sequence[str], form: Mapping[str, str], w: Words
) -> WantedMailbox:
    """The mailbox by what was typed. Raises InputError, which names the field, for what cannot be used."""
    read = _read_microsoft if where == "microsoft" else _read_imap
    url, settings, key, secret = read(at.config, form, w)
    if senders := form.get("senders", "").replace(",", " ").split():
        settings["senders"] = senders
    boxes = [s for s in at.config.sources if is_mailbox(s.url)]
    if same := next((s for s in boxes if same_mailbox(url, s.url)), None):
        there = same.settings.get(key)
        if secret is None or there is None:
            raise InputError(w("places.refused.known", name=same.name or same.id))
        return WantedMailbox(_propose(same, at), secret, at.config.path.parent / str(there), new=False)
    name = free("alert-mailbox", {source.id for source in at.config.sources})
    file = at.home / f"{name}-secret" if secret is not None else None
    if file is not None:
        settings[key] = file.name if at.config.path.parent == at.home else str(file)
    source = Source(name, "mailbox", url, tuple(urns), name=w("places.mailbox.name"), settings=settings)
    return WantedMailbox(_propose(source, at), secret, file, new=True)


def _propose(source: Source, at: Keeper) -> Proposal:
    kind = kind_named("mailbox")
    return Proposal(source, kind.what, kind.terms, at.now.date())


_Read = tuple[str, dict[str, object], str, str | None]
"""An address, settings, the key that names the file of the secret, and the secret."""


def _read_microsoft(config: Config, form: Mapping[str, str], w: Words) -> _Read:
    owner = read_field("user", form["user"].strip(), partial(_read_own, config, an_email, w))
    application = {name: form[name].strip() for name in ("tenant", "client_id")}
    secret, lent = form["secret"].strip(), config.mail is not None and config.mail.client_id
    settings: dict[str, object] = {}
    if own := not lent or secret or any(application.values()):
        settings["tenant"] = read_field("tenant", application["tenant"], a_tenant)
        settings["client_id"] = read_field("client_id", application["client_id"], a_client_id)
    read = partial(_read_other, owner, w)
    settings["other_mailbox"] = read_field("other_mailbox", form["other_mailbox"].strip(), read)
    value = read_field("secret", secret, partial(secret_as_kept, WayName.GRAPH)) if own else None
    return f"{tables.GRAPH_MAILBOX}{owner}", settings, "secret_file", value


def _read_imap(config: Config, form: Mapping[str, str], w: Words) -> _Read:
    host, folder = read_field("host", form["host"].strip(), _needed), form["folder"].strip() or "INBOX"
    user = read_field("user", form["user"].strip(), partial(_read_own, config, _needed, w))
    read = partial(secret_as_kept, WayName.APP_PASSWORD) if host == _GMAIL else _needed
    secret = read_field("secret", form["secret"].strip(), read)
    return f"imaps://{host}/{quote(unquote(folder), safe='/')}", {"user": user}, "password_file", secret


def _read_own(config: Config, read: Callable[[str], str], w: Words, answer: str) -> str:
    """Every mail of it is read and judged: so it is nobody's own. Raises InputError."""
    owner = read(answer)
    reader = next((p.name for p in config.people if (p.email or "").casefold() == owner.casefold()), None)
    if reader is not None:
        raise InputError(w("setup.refused.ones_own_mailbox", address=owner, reader=reader))
    return owner


def _read_other(owner: str, w: Words, answer: str) -> str:
    """Another mailbox, which has to refuse. Raises InputError."""
    other: str = an_email(answer)
    if other.lower() == owner.lower():
        raise InputError(w("places.mailbox.itself"))
    return other


@freeze
class TriedMailbox:
    """A mailbox that could be read, and what was in it, as numbers alone."""

    wanted: WantedMailbox
    lines: Sequence[str]


def try_mailbox(at: Keeper, wanted: WantedMailbox, w: Words) -> Done[TriedMailbox] | Refused:
    """Read it once by the settings as they would be; nothing is written for it."""
    source, config = wanted.proposal.source, at.config
    if wanted.new:
        text = preview_text(config.path, [places_added([wanted.proposal])])
        config = from_text(config.path, text, os.environ)
    if wanted.secret is not None:
        box = replace(config.mailboxes[source.id], password=SecretStr(wanted.secret))
        config = replace(config, mailboxes={**config.mailboxes, source.id: box})
    with wiring.fetcher(config) as fetch:
        answer = fetch.fetch(Request(source.url, auth=source.id))
    if isinstance(answer, FetchFailure):
        return Refused("mailbox", answer.detail)
    return Done(TriedMailbox(wanted, tuple(_count_reading(source, answer, w))))


def _count_reading(source: Source, answer: Answer, w: Words) -> Iterator[str]:
    """Say what a reading brought, as numbers: no word and no name of it."""
    yield w("places.mailbox.read")
    if other := source.settings.get("other_mailbox"):
        yield w("places.mailbox.refused", other=other)
    bundle = bundle_of(answer.body.decode("utf-8", "replace")) if answer.body else None
    if bundle is None:
        return
    page = wiring.start_reading()(collector("mailbox").parse, source, answer)
    emails = w("places.mailbox.emails", n=len(bundle.mails))
    places = Counter(w(f"describe.channel.{mention.channel}") for mention in page.mentions)
    said = ", ".join(f"{name} {n}" for name, n in places.most_common())
    yield w("places.mailbox.counted" if said else "places.mailbox.nothing", emails=emails, places=said)
    yield from page.left_out
    if page.next is not None:
        yield w("places.mailbox.more")


def watch_mailbox(at: Keeper, wanted: WantedMailbox) -> Became:
    """Write the mailbox, and its secret into a file that only this account reads."""
    source = wanted.proposal.source
    write = partial(watch_places, at, [wanted.proposal])
    if not wanted.new:
        write = partial(write_settings, at, [], source.id)
    if wanted.file is None or wanted.secret is None or not at.keeps(source.urns):
        return write()
    return write_after_secret(wanted.file, wanted.secret, write)


def mailbox_page() -> DeskPage:
    """The page, as the desk takes it in beside its own."""
    page = _MailboxDesk()
    return DeskPage(PATH, Comer.ADMINISTERS, page.show_to, page.take)


class _MailboxDesk:
    def __init__(self) -> None:
        self._errands = Errands()

    def show_to(self, asking: DeskRequest, con: Connection) -> Response:
        desk = open_desk(asking)
        ask_for_proof(asking, PATH)
        return self._show(desk)

    def _show(self, desk: Desk, field: str = "", wrong: str = "") -> Response:
        """Show where it is, what that needs, what trying it came to; `wrong` is said beside its field."""
        config, where = desk.config, desk.asking.query["where"]
        looked = "looked" in desk.asking.query
        errand = self._errands.find(_who(desk), PATH) if looked else None
        made, domain = errand.made if errand else None, own_domain(config)
        tried = made.made if isinstance(made, Done) else None
        likely = {"user": f"alerts@{domain}" if domain else "", "folder": "INBOX", "tenant": domain or ""}
        lent = where == "microsoft" and config.mail is not None and config.mail.client_id
        typed = {**likely, **({"tenant": ""} if lent else {}), **desk.typed}
        view = {
            "where": where if where in _FIELDS else "", "kinds": list(_FIELDS), "lent": lent,
            "fields": [(name, typed.get(name, "")) for name in _FIELDS.get(where, ())],
            "wrong": defaultdict(str, {field: wrong}), "schools": desk.ticks,
            "running": errand is not None and not errand.ended.is_set(), "tried": tried,
            "why": made.reason if isinstance(made, Refused) else "",
            "over": looked and (errand is None or (errand.ended.is_set() and not made)),
        }  # fmt: skip
        return desk.page("mailbox.html", **view)

    def take(self, asking: DeskRequest) -> Response:
        """Tries it, or keeps what was tried."""
        desk = open_desk(asking)
        ask_for_proof(asking, PATH)
        form, where, w = asking.form, asking.query["where"], desk.w
        if where not in _FIELDS:
            raise NotThere
        if form["do"] == "keep":
            errand = self._errands.find(_who(desk), PATH)
            made = errand.made if errand else None
            if not isinstance(made, Done):
                return self._show(replace(desk, wrong=w("places.over")))
            self._errands.forget(_who(desk), PATH)
            wanted = made.made.wanted
            how, name = "kept" if wanted.new else "set", wanted.proposal.source.name
            notice = w(f"places.done.{how}", name=name)
            act = partial(watch_mailbox, desk.at, wanted)
            return done_and_said(desk, act, self._show, notice, "/sources")
        urns = tuple(s.urn for s in desk.schools if form[f"school_{s.urn}"])
        if not desk.at.keeps(urns):
            urns = tuple(s.urn for s in desk.schools)
        try:
            wanted = plan_mailbox(desk.at, where, urns, form, w)
        except SchoolgateError as error:
            named, _, fault = error.text.partition("⟩: ")
            heading = w("setup.wrong") if fault else desk.asking.links.typed(error.text)
            return self._show(replace(desk, wrong=heading), named.removeprefix("⟨"), fault)
        if not self._errands.begin(_who(desk), PATH, partial(try_mailbox, desk.at, wanted, w)):
            return self._show(replace(desk, wrong=w("places.busy.already")))
        return led_to(f"{PATH}?where={where}&looked=1")


def _who(desk: Desk) -> str:
    return desk.asking.signed_in.session.id_hash
