"""What no single key can show: that ids are unique, and that each name refers to something.

The document is looked at as it was read, before its keys are known to be well formed, so that these faults
are told together with those of the keys. What is not of the kind expected is passed over: its key says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial

from data.register.school_names import key_of_a_trust
from data.types import Role
from data.web.public_addresses import is_this_machine
from monitor.config import places
from monitor.config.faults import Fault, quoted, toml
from monitor.config.model import MailSettings, SignInSettings
from monitor.config.places import Document, rows, table, text, texts
from monitor.config.settings import DEFAULT_HEALTH_PORT, DEFAULT_LISTEN, TRUST
from monitor.config.toml_lines import Path
from monitor.config.values import SECRET_KEY
from monitor.terminal.wording import did_you_mean

_NO_SECRET = "a secret may not stand in this file."


def _put_it(env: str, file: str) -> str:
    by_variable = f"Put it into an environment variable and write that one's name: {env}"
    return f"{by_variable}; or into a file of its own: {file}."


_ELSEWHERE: Mapping[str | int, str] = {
    "mail": _put_it('password_env = "SCHOOLGATE_SMTP_PASSWORD"', 'password_file = "smtp-password"'),
    "sources": _put_it(
        'settings = { password_env = "SCHOOLGATE_MAILBOX_PASSWORD" }',
        'settings = { password_file = "mailbox-password" }',
    ),
    "people": _put_it('chat_env = "SCHOOLGATE_CHAT_DSL"', 'chat_file = "chat-dsl"'),
    "sign_in": _put_it('secret_env = "SCHOOLGATE_SIGN_IN_SECRET"', 'secret_file = "sign-in-secret"'),
}
_SECRET_OF_MAIL = _put_it('secret_env = "SCHOOLGATE_MAIL_SECRET"', 'secret_file = "mail-secret"')


def secrets(document: Document) -> list[Fault]:
    """Secrets written into the file itself, wherever they are. Their values are not repeated."""
    faults: list[Fault] = []
    inside: list[tuple[Path, object]] = [((), document)]
    while inside:
        path, value = inside.pop()
        if isinstance(value, Mapping):
            inside += [((*path, key), inner) for key, inner in value.items()]
        elif isinstance(value, list):
            inside += [((*path, i), inner) for i, inner in enumerate(value)]
        elif SECRET_KEY.search(str(path[-1])):
            elsewhere = _ELSEWHERE.get(path[0], "Nothing here needs one: remove it.")
            if path[0] == "mail" and "secret" in str(path[-1]).lower():
                elsewhere = _SECRET_OF_MAIL
            faults.append(Fault(path, f"{_NO_SECRET} {elsewhere}"))
    return faults


PASSWORDS = ("password_env", "password_file")
CLIENT_SECRETS = ("secret_env", "secret_file")
SECRETS = (*CLIENT_SECRETS, "certificate_file")
_APPLICATION = ("tenant", "client_id")
_SERVER = ("host", "port", "security", "user")
_USELESS = {
    "password": (
        (*_APPLICATION, *SECRETS),
        "belongs to an application of Microsoft 365, and this signs in with a password. "
        'Write: sign_in = "graph", or "xoauth2"; or remove this line.',
    ),
    "xoauth2": (
        PASSWORDS,
        'is for sign_in = "password"; here a token stands in its place. Remove this line.',
    ),
    "graph": (
        (*_SERVER, *PASSWORDS),
        'is for a mail server, and sign_in = "graph" needs none. Remove this line.',
    ),
}
"""By the way of signing in: keys that it has no use for, and what is said of one."""


def server(document: Document) -> Iterator[Fault]:
    """A line that others can read is for this machine alone."""
    mail = table(document, "mail")
    host = text(mail, "host")
    if mail.get("security") == "none" and host and not is_this_machine(host):
        what = f"“none” sends password and mails for all to read, and {quoted(host)} is not this machine. "
        yield Fault(("mail", "security"), what + 'Write: security = "starttls", or "tls".')


def sign_in(document: Document) -> Iterator[Fault]:
    """What this way of signing in lacks, what it has no use for, and what is given twice."""
    mail = table(document, "mail")
    way = mail.get("sign_in", "password")
    if way not in _USELESS:
        return
    useless, what = _USELESS[way]
    yield from (Fault(("mail", key), what) for key in useless if key in mail)
    yield from _missing(mail, way)
    for named in (PASSWORDS, SECRETS):
        yield from _twice(("mail",), mail, [key for key in named if key not in useless])


def _twice(at: Path, row: Document, keys: Sequence[str]) -> Iterator[Fault]:
    """Of these keys one alone may be given."""
    given = [key for key in keys if row.get(key)]
    for key in given[1:]:
        yield Fault((*at, key), f"“{given[0]}” is given too. Keep one of them.")


def _missing(mail: Document, way: str) -> Iterator[Fault]:
    needed = {"password": ("host",), "xoauth2": ("host", *_APPLICATION), "graph": _APPLICATION}[way]
    for key in needed:
        if key not in mail:
            example = MailSettings.model_fields[key].examples or [""]
            yield Fault(("mail", key), f"is missing. Add it, for example: {key} = {toml(example[0])}")
    if way != "password" and not any(key in mail for key in SECRETS):
        what = (
            "is missing: what the application signs in with. Add, for example: "
            'secret_file = "mail-secret", secret_env = "SCHOOLGATE_MAIL_SECRET", or '
            'certificate_file = "mail-certificate.pem"'
        )
        yield Fault(("mail", "secret_file"), what)


_NEEDED = {"microsoft": ("tenant", "client_id"), "google": ("domain", "client_id")}
_OF_THE_OTHER = {"microsoft": "domain", "google": "tenant"}


def accounts(document: Document) -> Iterator[Fault]:
    """What signing in with an account of that provider lacks, and what it has no use for."""
    given, mail = table(document, "sign_in"), table(document, "mail")
    provider = text(given, "provider")
    if provider not in _NEEDED:
        return
    lent = mail if provider == "microsoft" else {}
    for key in _NEEDED[provider]:
        if key not in given and key not in lent:
            example = SignInSettings.model_fields[key].examples or [""]
            yield Fault(("sign_in", key), f"is missing. Add it, for example: {key} = {toml(example[0])}")
    if not any(key in found for key in CLIENT_SECRETS for found in (given, lent)):
        what = "is missing: the secret of the application. Add, for example: "
        yield Fault(("sign_in", "secret_file"), f'{what}secret_file = "sign-in-secret"')
    yield from _twice(("sign_in",), given, CLIENT_SECRETS)
    other = _OF_THE_OTHER[provider]
    if other in given:
        yield Fault(("sign_in", other), f"is not for {quoted(provider)}. Remove this line.")
    if not document.get("base_url"):
        what = "has no page to come back to. Say where people reach Schoolgate, at the top of the file: "
        yield Fault(("sign_in",), f'{what}base_url = "https://schoolgate.example.sch.uk"')


def between_tables(document: Document) -> list[Fault]:
    """Every fault between the tables of the document."""
    checks = (check for table, these in _CHECKS.items() if table in document for check in these)
    return [fault for check in checks for fault in check(document)]


def _numbers(row: Document) -> list[tuple[str, str]]:
    """Key and number of all a school's register numbers."""
    own = text(row, "urn")
    return [("urn", own)] * bool(own) + [("members", number) for _, number in texts(row, "members")]


def _unique_numbers(document: Document) -> Iterator[Fault]:
    """A register number belongs to one school; a school's `members` may name its own key."""
    owner: dict[str, int] = {}
    for i, row in rows(document, "schools"):
        for key, number in _numbers(row):
            if owner.setdefault(number, i) != i:
                what = f"{quoted(number)} is given at number {owner[number] + 1} too. "
                yield Fault(("schools", i, key), what + "A number belongs to one school.")


def _known_schools(document: Document) -> Iterator[Fault]:
    keys = _keys(document)
    trust = text(table(document, TRUST), "name")
    known = sorted([*(keys or {}), *([TRUST, key_of_a_trust(trust)] if trust else [])])
    for name in ("sources", "people", "policies", "accounts") if keys is not None else ():
        for i, row in rows(document, name):
            for n, urn in texts(row, "schools"):
                if urn not in known:
                    what = f"{quoted(urn)} is not the number of a school in this file."
                    yield Fault((name, i, "schools", n), f"{what} {did_you_mean(urn, known)}")


def _keys(document: Document) -> dict[str, str] | None:
    """The key of the school that each number belongs to; None where a school has no readable key."""
    schools = [row for _, row in rows(document, "schools")]
    if not schools or not all(text(row, "urn") for row in schools):
        return None
    return {number: text(row, "urn") for row in schools for _, number in _numbers(row)}


def _listings(document: Document) -> Iterator[Fault]:
    """A listing is one school's own page."""
    keys = _keys(document) or {}
    for i, row in rows(document, "sources") if keys else ():
        named = {keys.get(number, number) for _, number in texts(row, "schools")}
        watched = named or set(keys.values())
        if row.get("listing") and len(watched) != 1:
            what = f"a listing is one school's own page, and this is watched for {len(watched)}. "
            example = f'Write, for example: schools = ["{next(iter(keys.values()))}"]'
            yield Fault(("sources", i, "listing"), what + example)


def _terms(document: Document) -> Iterator[Fault]:
    """Each term ends after it begins, and begins after the one before it has ended."""
    for i, school in rows(document, "schools"):
        before: date | None = None
        for n, term in rows(school, "terms"):
            first, last = _day(term, "first"), _day(term, "last")
            if first and last and last < first:
                yield Fault(("schools", i, "terms", n, "last"), f"{last} is before its first day, {first}.")
            if first and before and first <= before:
                what = f"{first} is not after the last day of the term before it, {before}. "
                what += "Write them in the order of the year, none over another."
                yield Fault(("schools", i, "terms", n, "first"), what)
            before = last or before


def _day(row: Document, key: str) -> date | None:
    value = row.get(key)
    return value if type(value) is date else None


def _chats(document: Document) -> Iterator[Fault]:
    """One place each for where a short message goes, and never that address itself."""
    for i, row in rows(document, "people"):
        yield from (both := list(_twice(("people", i), row, ("chat_env", "chat_file"))))
        if not both and "://" in text(row, "chat_file"):
            what = "is an address, not a file. The address is a secret: write it into the first line of a "
            yield Fault(("people", i, "chat_file"), what + 'file, and name that: chat_file = "chat-dsl"')


def _related(document: Document) -> Iterator[Fault]:
    """Whom somebody is close to is a person of the settings, or an office."""
    ids = (text(row, "id") for name in ("people", "former") for _, row in rows(document, name))
    known = {*ids, *Role}
    for i, row in rows(document, "people"):
        for n, whom in texts(row, "related_to"):
            if whom not in known:
                what = f"nobody here has the id {quoted(whom)}, and no role is called so."
                yield Fault(("people", i, "related_to", n), f"{what} {did_you_mean(whom, sorted(known))}")


def _former(document: Document) -> Iterator[Fault]:
    """What is recorded of somebody who has left is never another's."""
    gone = {text(row, "id") for _, row in rows(document, "former")}
    for i, row in rows(document, "people"):
        if (named := text(row, "id")) in gone:
            what = f"{quoted(named)} is the id of somebody who has left, under [[former]]. Give another."
            yield Fault(("people", i, "id"), what)


def _covers(document: Document) -> Iterator[Fault]:
    """Whoever covers for somebody is another person of the settings."""
    known = {text(row, "id") for _, row in rows(document, "people")}
    for i, row in rows(document, "people"):
        cover = text(row, "cover")
        if cover and (cover not in known or cover == text(row, "id")):
            what = f"nobody else here has the id {quoted(cover)}."
            yield Fault(("people", i, "cover"), f"{what} {did_you_mean(cover, sorted(known))}")


def _network(document: Document) -> Iterator[Fault]:
    network = table(document, "network")
    passwords = ("proxy_password_env", "proxy_password_file")
    yield from _twice(("network",), network, passwords)
    for key in ("proxy_user", *passwords):
        if network.get(key) and not network.get("proxy"):
            what = "There is no proxy it is for. Name it too: “proxy”, or remove this."
            yield Fault(("network", key), what)


def _ports(document: Document) -> Iterator[Fault]:
    """The health page and the pages behind links cannot share a port of one machine."""
    serve = table(document, "serve")
    port = (text(serve, "listen") or DEFAULT_LISTEN).rpartition(":")[2]
    health = serve.get("health_port", DEFAULT_HEALTH_PORT)
    if str(health) == port:
        key = "listen" if "listen" in serve else "health_port"
        yield Fault(("serve", key), f"{port} is the port of health page and pages alike. Give each its own.")


def _model(document: Document) -> Iterator[Fault]:
    model = table(document, "model")
    if model.get("name") and not model.get("labels"):
        what = "is missing: the labels of another model are not ours. Add, for example: "
        what += 'labels = { toxic = "abuse:harassment" }'
        yield Fault(("model", "labels"), what)
    if model.get("labels") and not model.get("name"):
        yield Fault(
            ("model", "name"), "is missing: “labels” belong to another model. Name it, or remove “labels”."
        )


_CHECKS: Mapping[str, Sequence[Callable[[Document], Iterator[Fault]]]] = {
    "schools": (_unique_numbers, _known_schools, _terms),
    "sources": (
        partial(places.unique, table="sources"),
        _listings,
        places.notices,
        places.profiles,
        places.mailboxes,
        places.kinds,
    ),
    "people": (partial(places.unique, table="people"), _chats, _related, _covers, _former),
    "former": (partial(places.unique, table="former"),),
    "accounts": (partial(places.unique, table="accounts"),),
    "mail": (server, sign_in),
    "sign_in": (accounts,),
    "network": (_network,),
    "serve": (_ports,),
    "model": (_model,),
}
"""By the table that has to be there: without it there is nothing to check."""
