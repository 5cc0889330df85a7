"""What no single key can show: that ids are unique, and that each name refers to something.

The document is looked at as it was read, before its keys are known to be well formed, so that these faults
are told together with those of the keys. What is not of the kind expected is passed over: its key says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from pydantic import BaseModel, ValidationError

from data.register.school_names import key_of_a_trust
from data.types import Role
from data.web.profiles import is_profile
from data.web.public_addresses import is_this_machine
from monitor.config.faults import Fault, from_errors, quote_value, toml
from monitor.config.model import (
    APPLICATION_PROOFS,
    DEFAULT_HEALTH_PORT,
    DEFAULT_LISTEN,
    GRAPH_MAILBOX,
    MAILBOX,
    MAILBOX_SCHEMES,
    OWN_PAGE,
    SECRET_KEY,
    TRUST,
    MailSettings,
    SignInSettings,
)
from monitor.config.toml_lines import Path, leaves
from monitor.terminal.wording import did_you_mean
from sources.registry import CATALOGUE, settings_of

Document = Mapping[str, Any]


def _rows(document: Document, table: str) -> Iterator[tuple[int, Document]]:
    """Position and content of each table of that name."""
    rows = document.get(table)
    for i, row in enumerate(rows if isinstance(rows, list) else []):
        if isinstance(row, dict):
            yield i, row


def _table(document: Document, name: str) -> dict[str, Any]:
    found = document.get(name)
    return found if isinstance(found, dict) else {}


def _text(row: Document, key: str) -> str:
    """The text of a key, blanks at its ends left out; "" where there is none."""
    value = row.get(key)
    return value.strip() if isinstance(value, str) else ""


def _texts(row: Document, key: str) -> list[tuple[int, str]]:
    """Position and content of each text in a list."""
    values = row.get(key)
    found = enumerate(values if isinstance(values, list) else [])
    return [(n, value.strip()) for n, value in found if isinstance(value, str) and value.strip()]


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
_OF_AN_APPLICATION = _put_it('secret_env = "SCHOOLGATE_MAIL_SECRET"', 'secret_file = "mail-secret"')


def secrets(document: Document) -> list[Fault]:
    """Secrets written into the file itself, wherever they are. Their values are not repeated."""
    faults: list[Fault] = []
    for path, _ in leaves(document):
        if SECRET_KEY.search(str(path[-1])):
            elsewhere = _ELSEWHERE.get(path[0], "Nothing here needs one: remove it.")
            if path[0] == "mail" and "secret" in str(path[-1]).lower():
                elsewhere = _OF_AN_APPLICATION
            faults.append(Fault(path, f"a secret may not stand in this file. {elsewhere}"))
    return faults


PASSWORDS = ("password_env", "password_file")
CLIENT_SECRETS = ("secret_env", "secret_file")
SECRETS = (*CLIENT_SECRETS, "certificate_file")
_APPLICATION = ("tenant", "client_id")
_WAYS: Mapping[object, tuple[Sequence[str], Sequence[str], str]] = {
    "password": (
        ("host",),
        (*_APPLICATION, *SECRETS),
        "belongs to an application of Microsoft 365, and this signs in with a password. "
        'Write: sign_in = "graph", or "xoauth2"; or remove this line.',
    ),
    "xoauth2": (
        ("host", *_APPLICATION),
        PASSWORDS,
        'is for sign_in = "password"; here a token stands in its place. Remove this line.',
    ),
    "graph": (
        _APPLICATION,
        ("host", "port", "security", "user", *PASSWORDS),
        'is for a mail server, and sign_in = "graph" needs none. Remove this line.',
    ),
}
"""By the way of signing in: keys that it needs, those that it has no use for, and what is said of one."""


def _server(document: Document) -> Iterator[Fault]:
    """A line that others can read is for this machine alone."""
    mail = _table(document, "mail")
    host = _text(mail, "host")
    if mail.get("security") == "none" and host and not is_this_machine(host):
        what = (
            f"“none” sends password and mails for all to read, and {quote_value(host)} is not this machine. "
        )
        yield Fault(("mail", "security"), what + 'Write: security = "starttls", or "tls".')


def _check_mail(document: Document) -> Iterator[Fault]:
    """Report what this way of signing in lacks, what it has no use for, and what is given twice."""
    mail = _table(document, "mail")
    way = mail.get("sign_in", "password")
    if way not in _WAYS:
        return
    needed, useless, what = _WAYS[way]
    yield from (Fault(("mail", key), what) for key in useless if key in mail)
    yield from _missing("mail", MailSettings, (key for key in needed if key not in mail))
    if way != "password" and not any(key in mail for key in SECRETS):
        what = (
            "is missing: what the application signs in with. Add, for example: "
            'secret_file = "mail-secret", secret_env = "SCHOOLGATE_MAIL_SECRET", or '
            'certificate_file = "mail-certificate.pem"'
        )
        yield Fault(("mail", "secret_file"), what)
    for named in (PASSWORDS, SECRETS):
        yield from _check_twice(("mail",), mail, [key for key in named if key not in useless])


def _check_twice(at: Path, row: Document, keys: Sequence[str]) -> Iterator[Fault]:
    """Report where more than one of these keys is given."""
    given = [key for key in keys if row.get(key)]
    for key in given[1:]:
        yield Fault((*at, key), f"“{given[0]}” is given too. Keep one of them.")


def _missing(table: str, model: type[BaseModel], keys: Iterable[str]) -> Iterator[Fault]:
    for key in keys:
        example = model.model_fields[key].examples or [""]
        yield Fault((table, key), f"is missing. Add it, for example: {key} = {toml(example[0])}")


_KNOWN_BY = {"microsoft": ("tenant", "domain"), "google": ("domain", "tenant")}
"""By provider: the key that says whose accounts they are, and the key of the other one."""


def _check_sign_in(document: Document) -> Iterator[Fault]:
    """Report what signing in with an account of that provider lacks, and what it has no use for."""
    given, mail = _table(document, "sign_in"), _table(document, "mail")
    provider = _text(given, "provider")
    if provider not in _KNOWN_BY:
        return
    known_by, other = _KNOWN_BY[provider]
    whole = {**(mail if provider == "microsoft" else {}), **given}
    yield from _missing("sign_in", SignInSettings, (k for k in (known_by, "client_id") if k not in whole))
    if not any(key in whole for key in CLIENT_SECRETS):
        what = "is missing: the secret of the application. Add, for example: "
        yield Fault(("sign_in", "secret_file"), f'{what}secret_file = "sign-in-secret"')
    yield from _check_twice(("sign_in",), given, CLIENT_SECRETS)
    if other in given:
        yield Fault(("sign_in", other), f"is not for {quote_value(provider)}. Remove this line.")
    if not document.get("base_url"):
        what = "has no page to come back to. Say where people reach Schoolgate, at the top of the file: "
        yield Fault(("sign_in",), f'{what}base_url = "https://schoolgate.example.sch.uk"')


def between_tables(document: Document) -> list[Fault]:
    """Every fault between the tables of the document."""
    checks = (check for table, these in _CHECKS.items() if table in document for check in these)
    return [fault for check in checks for fault in check(document)]


def _numbers(row: Document) -> list[tuple[str, str]]:
    """Key and number of all a school's register numbers."""
    own = _text(row, "urn")
    return [("urn", own)] * bool(own) + [("members", number) for _, number in _texts(row, "members")]


def _unique_numbers(document: Document) -> Iterator[Fault]:
    """A register number belongs to one school; a school's `members` may name its own key."""
    owner: dict[str, int] = {}
    for i, row in _rows(document, "schools"):
        for key, number in _numbers(row):
            if owner.setdefault(number, i) != i:
                what = f"{quote_value(number)} is given at number {owner[number] + 1} too. "
                yield Fault(("schools", i, key), what + "A number belongs to one school.")


def _known_schools(document: Document) -> Iterator[Fault]:
    keys = _keys(document)
    trust = _text(_table(document, TRUST), "name")
    known = sorted([*(keys or {}), *([TRUST, key_of_a_trust(trust)] if trust else [])])
    for name in ("sources", "people", "policies", "accounts") if keys is not None else ():
        for i, row in _rows(document, name):
            for n, urn in _texts(row, "schools"):
                if urn not in known:
                    what = f"{quote_value(urn)} is not the number of a school in this file."
                    yield Fault((name, i, "schools", n), f"{what} {did_you_mean(urn, known)}")


def _keys(document: Document) -> dict[str, str] | None:
    """The key of the school that each number belongs to; None where a school has no readable key."""
    schools = [row for _, row in _rows(document, "schools")]
    if not schools or not all(_text(row, "urn") for row in schools):
        return None
    return {number: _text(row, "urn") for row in schools for _, number in _numbers(row)}


def _listings(document: Document) -> Iterator[Fault]:
    """A listing is one school's own page."""
    keys = _keys(document) or {}
    for i, row in _rows(document, "sources") if keys else ():
        named = {keys.get(number, number) for _, number in _texts(row, "schools")}
        watched = named or set(keys.values())
        if row.get("listing") and len(watched) != 1:
            what = f"a listing is one school's own page, and this is watched for {len(watched)}. "
            example = f'Write, for example: schools = ["{next(iter(keys.values()))}"]'
            yield Fault(("sources", i, "listing"), what + example)


def _terms(document: Document) -> Iterator[Fault]:
    """Each term ends after it begins, and begins after the one before it has ended."""
    for i, school in _rows(document, "schools"):
        before: date | None = None
        for n, term in _rows(school, "terms"):
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
    for i, row in _rows(document, "people"):
        yield from (both := list(_check_twice(("people", i), row, ("chat_env", "chat_file"))))
        if not both and "://" in _text(row, "chat_file"):
            what = "is an address, not a file. The address is a secret: write it into the first line of a "
            yield Fault(("people", i, "chat_file"), what + 'file, and name that: chat_file = "chat-dsl"')


def _check_related(document: Document) -> Iterator[Fault]:
    """Report somebody close to nobody: whom somebody is close to is a person of the settings, or an
    office.
    """
    ids = (_text(row, "id") for name in ("people", "former") for _, row in _rows(document, name))
    known = {*ids, *Role}
    for i, row in _rows(document, "people"):
        for n, whom in _texts(row, "related_to"):
            if whom not in known:
                what = f"nobody here has the id {quote_value(whom)}, and no role is called so."
                yield Fault(("people", i, "related_to", n), f"{what} {did_you_mean(whom, sorted(known))}")


def _check_former(document: Document) -> Iterator[Fault]:
    """Report an id of somebody who has left that another has: what is recorded of them is never another's."""
    gone = {_text(row, "id") for _, row in _rows(document, "former")}
    for i, row in _rows(document, "people"):
        if (named := _text(row, "id")) in gone:
            what = f"{quote_value(named)} is the id of somebody who has left, under [[former]]. Give another."
            yield Fault(("people", i, "id"), what)


def _covers(document: Document) -> Iterator[Fault]:
    """Whoever covers for somebody is another person of the settings."""
    known = {_text(row, "id") for _, row in _rows(document, "people")}
    for i, row in _rows(document, "people"):
        cover = _text(row, "cover")
        if cover and (cover not in known or cover == _text(row, "id")):
            what = f"nobody else here has the id {quote_value(cover)}."
            yield Fault(("people", i, "cover"), f"{what} {did_you_mean(cover, sorted(known))}")


def _network(document: Document) -> Iterator[Fault]:
    network = _table(document, "network")
    passwords = ("proxy_password_env", "proxy_password_file")
    yield from _check_twice(("network",), network, passwords)
    for key in ("proxy_user", *passwords):
        if network.get(key) and not network.get("proxy"):
            what = "There is no proxy it is for. Name it too: “proxy”, or remove this."
            yield Fault(("network", key), what)


def _ports(document: Document) -> Iterator[Fault]:
    """The health page and the pages behind links cannot share a port of one machine."""
    serve = _table(document, "serve")
    port = (_text(serve, "listen") or DEFAULT_LISTEN).rpartition(":")[2]
    health = serve.get("health_port", DEFAULT_HEALTH_PORT)
    if str(health) == port:
        key = "listen" if "listen" in serve else "health_port"
        yield Fault(("serve", key), f"{port} is the port of health page and pages alike. Give each its own.")


def _model(document: Document) -> Iterator[Fault]:
    model = _table(document, "model")
    if model.get("name") and not model.get("labels"):
        what = "is missing: the labels of another model are not ours. Add, for example: "
        what += 'labels = { toxic = "abuse:harassment" }'
        yield Fault(("model", "labels"), what)
    if model.get("labels") and not model.get("name"):
        yield Fault(
            ("model", "name"), "is missing: “labels” belong to another model. Name it, or remove “labels”."
        )


def _unique(document: Document, table: str) -> Iterator[Fault]:
    """No two of that table have one id."""
    first: dict[str, int] = {}
    for i, row in _rows(document, table):
        name = _text(row, "id")
        if name in first:
            what = f"{quote_value(name)} is the id of number {first[name] + 1} too. Give each its own."
            yield Fault((table, i, "id"), what)
        elif name:
            first[name] = i


def _notices(document: Document) -> Iterator[Fault]:
    """A notice stands on a page of the school's own."""
    for i, row in _rows(document, "sources"):
        if not _text(row, "notice"):
            continue
        if row.get("own") is not True:
            what = "only a page of the school's own has a notice. Add own = true, or remove this line."
            yield Fault(("sources", i, "notice"), what)
        elif _text(row, "kind") != OWN_PAGE:
            what = f'only a page has a place for a notice. Write kind = "{OWN_PAGE}" and the page\'s address.'
            yield Fault(("sources", i, "notice"), what)


def _profiles(document: Document) -> Iterator[Fault]:
    """No page of a person's own is watched: only what is said about the school, on the page it is said on."""
    for i, row in _rows(document, "sources"):
        if row.get("own") is not True and is_profile(_text(row, "url")):
            what = "is somebody's profile, and nobody's is watched. Name where the school is spoken of; "
            yield Fault(
                ("sources", i, "url"), what + "for a page or an account of the school's own: own = true"
            )


def _mailboxes(document: Document) -> Iterator[Fault]:
    """A mailbox is asked by IMAP or by Graph and nothing else is; its secret stands in one place."""
    for i, row in _rows(document, "sources"):
        url = _text(row, "url")
        by_graph = url.lower().startswith(GRAPH_MAILBOX)
        known = url.lower().startswith(MAILBOX_SCHEMES)
        if _text(row, "kind") != MAILBOX:
            if known:
                yield Fault(("sources", i, "kind"), f'a mailbox is another kind. Write: kind = "{MAILBOX}"')
            continue
        if url and not known:
            what = "is not a mailbox's address. Write, for example: imaps://imap.example.org/INBOX"
            yield Fault(("sources", i, "url"), f"{quote_value(url)} {what}")
        named = _table(row, "settings")
        faulty = _application(named, _table(document, "mail")) if by_graph else _check_password(named)
        if faulty:
            yield Fault(("sources", i, "settings"), faulty)


def _check_password(settings: Document) -> str:
    """Report what is wrong with how IMAP is signed in to, "" where nothing is."""
    if not settings.get("user"):
        return 'name who signs in: user = "alerts@oakfield.example.sch.uk".'
    one = sum(bool(settings.get(key)) for key in ("password_env", "password_file")) == 1
    return "" if one else "name one place for the password: password_env or password_file."


def _application(settings: Document, mail: Document) -> str:
    """The same of an application; what it lacks may be that of the one that sends mail."""
    named = [key for key in APPLICATION_PROOFS if settings.get(key)]
    if len(named) > 1:
        return f"keep one of these: {', '.join(named)}."
    lacks = [key for key in ("tenant", "client_id") if not (settings.get(key) or mail.get(key))]
    if not named and not any(mail.get(key) for key in APPLICATION_PROOFS):
        lacks.append(APPLICATION_PROOFS[0])
    return f"name the application that reads it. Missing: {', '.join(lacks)}." if lacks else ""


def _check_kinds(document: Document) -> Iterator[Fault]:
    """Report what the catalogue of sources says: kinds that nobody knows, and settings their kind refuses."""
    for i, row in _rows(document, "sources"):
        kind, settings = _text(row, "kind"), row.get("settings", {})
        if kind in CATALOGUE and isinstance(settings, dict):
            model = settings_of(kind)
            try:
                model.model_validate(settings)
            except ValidationError as error:
                found = error.errors(include_url=False)
                yield from from_errors(found, model, ("sources", i, "settings"))
        elif kind and kind not in CATALOGUE:
            what = f"{quote_value(kind)} is not a kind of source. {did_you_mean(kind, list(CATALOGUE))}"
            yield Fault(("sources", i, "kind"), what)


_CHECKS: Mapping[str, Sequence[Callable[[Document], Iterator[Fault]]]] = {
    "schools": (_unique_numbers, _known_schools, _terms),
    "sources": (partial(_unique, table="sources"), _listings, _notices, _profiles, _mailboxes, _check_kinds),
    "people": (partial(_unique, table="people"), _chats, _check_related, _covers, _check_former),
    "former": (partial(_unique, table="former"),),
    "accounts": (partial(_unique, table="accounts"),),
    "mail": (_server, _check_mail),
    "sign_in": (_check_sign_in,),
    "network": (_network,),
    "serve": (_ports,),
    "model": (_model,),
}
"""By the table that has to be there: without it there is nothing to check."""
