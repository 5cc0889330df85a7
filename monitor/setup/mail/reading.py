"""What `source add mailbox` has to know: asked for and checked; and what is said of a first reading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import quote, unquote

from data.errors import InputError
from data.types import Page
from data.words.say import words
from monitor.config.load import Config
from monitor.config.settings import GRAPH_MAILBOX, split
from monitor.config.values import Text
from monitor.setup.answers import needed
from monitor.setup.mail.asking import Questions, a_client_id, a_host, a_tenant, an_email, secret_as_kept
from monitor.setup.mail.proposing import own_domain
from monitor.setup.mail.ways import GOOGLE, MICROSOFT, WayName

ASK = "mailbox"
"""What is typed in an address's place by whoever wants to be asked."""
_OWN = "another mail server (IMAP)"
_GMAIL = "imap.gmail.com"
_needed = needed(Text)
_OF_APPLICATION = frozenset(("tenant", "client-id", "other-mailbox", "certificate"))


@dataclass(frozen=True, slots=True)
class MailboxChoice:
    """What its `[[sources]]` is to hold, and the secret that goes into a file of its own, as which key."""

    url: str
    settings: dict[str, object]
    secret: str | None = field(default=None, repr=False)
    key: str = "password_file"


class MailboxQuestions(Questions):
    """Asks for what was not given of a mailbox that is read."""

    def choice(self, address: str, config: Config, senders: tuple[str, ...]) -> MailboxChoice:
        """All that is needed. `address` is `ASK`, or the mailbox's own.

        Raises InputError for what cannot be used, or is missing.
        """
        domain = own_domain(config)
        proposed = f"alerts@{domain}" if domain else None
        where = self._where(address, config)
        if where == MICROSOFT:
            return self._at_microsoft(address.removeprefix(GRAPH_MAILBOX), config, senders, proposed)
        given = {**self._given.options, **self._given.proofs}
        if strange := sorted(one for one in _OF_APPLICATION if given.get(one)):
            raise InputError(f"--{strange[0]} is for a mailbox at Microsoft 365: graph://, and its address.")
        url = address if address != ASK else self._imap(where)
        read = partial(_its_own, config, _needed)
        user = self._one("user", "The mailbox's address, or whoever signs in", read, proposed)
        settings = {"user": user, **self._senders(senders)}
        if self._given.secret_env:
            return MailboxChoice(url, settings | {"password_env": self._given.secret_env})
        way = WayName.APP_PASSWORD if split(url).hostname == _GMAIL else None
        wants = "the app password" if way else "its password"
        return MailboxChoice(
            url, settings, self._secret(wants, partial(secret_as_kept, way) if way else _needed)
        )

    def _where(self, address: str, config: Config) -> str:
        if address != ASK:
            return MICROSOFT if address.startswith(GRAPH_MAILBOX) else _OWN
        if self._ask is None:
            raise InputError(
                "Give the mailbox's address: graph://alerts@oakfield.example.sch.uk at Microsoft 365, else "
                "imaps://imap.example.org/INBOX"
            )
        now = MICROSOFT if config.mail and config.mail.client_id else None
        return self._number("Where is the mailbox?", (MICROSOFT, GOOGLE, _OWN), now)

    def _at_microsoft(
        self, owner: str, config: Config, senders: tuple[str, ...], proposed: str | None
    ) -> MailboxChoice:
        read = partial(_its_own, config, an_email)
        owner = self._one("user", "The mailbox's address", read, proposed) if owner == ASK else read(owner)
        domain = owner.partition("@")[2]
        settings: dict[str, object] = {}
        lent = config.mail is not None and config.mail.client_id
        given = (
            *(self._given.options.get(key) for key in ("tenant", "client-id")),
            *self._given.proofs.values(),
        )
        own = not lent or any(given)
        if own:
            question = "“Directory (tenant) ID” of the application, or your domain"
            settings["tenant"] = self._one("tenant", question, a_tenant, domain)
            settings["client_id"] = self._one("client-id", "“Application (client) ID”", a_client_id)
        else:
            self._say("The application that sends mail reads this mailbox too.")
        there = (p.email for p in config.people if p.email and p.email.endswith(f"@{domain}"))
        question = "Another mailbox of the school, which the application must be refused"
        other = next((one for one in there if one.lower() != owner.lower()), None)
        settings["other_mailbox"] = self._one("other-mailbox", question, partial(_other, owner), other)
        settings |= self._senders(senders)
        url = f"{GRAPH_MAILBOX}{owner}"
        if not own:
            return MailboxChoice(url, settings)
        if self._given.certificate:
            return MailboxChoice(url, settings | {"certificate_file": self._given.certificate})
        if self._given.secret_env:
            return MailboxChoice(url, settings | {"secret_env": self._given.secret_env})
        read = partial(secret_as_kept, WayName.GRAPH)
        return MailboxChoice(
            url, settings, self._secret("the Value of the client secret", read), "secret_file"
        )

    def _imap(self, where: str) -> str:
        google = _GMAIL if where == GOOGLE else None
        host = google or self._one("host", "The mail server's name", a_host)
        folder = self._one("folder", "The folder", _needed, "INBOX")
        return f"imaps://{host}/{quote(unquote(folder), safe='/')}"

    def _senders(self, given: tuple[str, ...]) -> dict[str, object]:
        """Whose mails are read: addresses or domains; nothing where everybody's are."""
        if not given and self._ask is not None:
            asked = "Only from these senders, addresses or domains with commas (Enter: from everybody)"
            given = tuple(self._ask(asked).replace(",", " ").split())
        return {"senders": list(given)} if given else {}


def _its_own(config: Config, read: Callable[[str], object], answer: str) -> str:
    """Every mail of it is read and judged: so it is nobody's own. Raises InputError."""
    owner = str(read(answer))
    reader = next((p.name for p in config.people if (p.email or "").casefold() == owner.casefold()), None)
    if reader is not None:
        raise InputError(
            f"{owner} is where {reader} has mail, and every mail of an alert mailbox is judged. Make "
            "one for it alone: schoolgate docs mailbox"
        )
    return owner


def _other(owner: str, answer: str) -> str:
    other = str(an_email(answer))
    if other.lower() == owner.lower():
        raise InputError("This is the mailbox itself. Another of the school is needed, such as the head's.")
    return other


def counted(page: Page, mails: int) -> Iterator[str]:
    """What a reading brought, as numbers: no word and no name of it."""
    yield f"Read to try it: {'1 mail' if mails == 1 else f'{mails} mails'}. Nothing of that is kept or shown."
    w = words("en")
    places = Counter(w(f"describe.channel.{mention.channel}") for mention in page.mentions)
    if places:
        yield f"Finds in them: {', '.join(f'{name} {n}' for name, n in places.most_common())}."
    yield from page.left_out
    if page.next is not None:
        yield "More mails are there: the next scans read them, the newest first."
