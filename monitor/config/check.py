"""What is wrong with `schoolgate.toml`, as sentences: where, what, and how to put it right.

pydantic finds the faults of single keys; not a word of its own, and no secret, reaches a person. What no
single key can show is looked for in the document as it was read, so that all is told together: that ids are
unique, and that names refer to something. What is not of the kind expected is passed over: its key says so.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import Any, get_args

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from data.errors import ConfigError
from data.register.school_names import key_of_a_trust
from data.types import Role
from data.web.profiles import is_profile
from data.web.public_addresses import is_this_machine
from monitor.config import model as tables
from monitor.config.toml_text import Path, find_line, find_toml_lines, first_lines, leaves, toml
from monitor.terminal.wording import did_you_mean
from sources.registry import CATALOGUE, settings_of

_MAX_ECHO_CHARS = 60
_SECRET_PLACES = re.compile(r"pass|secret|token|api_?key|chat|apprise|webhook|heartbeat", re.IGNORECASE)
_SECRET_VALUE = re.compile(
    r"://[^/\s]*@|(^|://)[^/\s@:]+:\S*@|(pass\w*|secret|token|key)\s*[=:]", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: `path` as pydantic names a place, `what` the rest of the sentence."""

    path: Path
    what: str


def fault_sentence(file: str, fault: Fault, lines: Mapping[Path, int]) -> str:
    """The fault with its place: file, table and its number, key, line."""
    line = find_line(lines, fault.path)
    place = ", ".join(part for part in (file, *_places(fault.path)) if part)
    where = f" (line {line})" if line else ""
    return f"{place}{where}: {fault.what}"


def from_errors(errors: Iterable[ErrorDetails], model: type[BaseModel], prefix: Path = ()) -> list[Fault]:
    """pydantic's findings about `model` in our words; `prefix` is where the model is."""
    # not of a list that is too short only because its items have faults of their own
    told = (e for e in errors if e["type"] != "too_short" or not e.get("input"))
    return [Fault((*prefix, *error["loc"]), _what(error, model)) for error in told]


def quote_value(value: object) -> str:
    """A value as a person may see it: in quotation marks, cut short; a hint of a secret hides it."""
    if isinstance(value, bool | int | float | date):
        return toml(value)
    text = "".join(c if c.isprintable() else " " for c in str(value))
    if isinstance(value, list | dict) or _SECRET_VALUE.search(text):
        return "what stands there"
    if len(text) > _MAX_ECHO_CHARS:
        text = text[:_MAX_ECHO_CHARS] + "…"
    return f"“{text}”"


_KINDS = {
    "string": "must be text in quotes",
    "int": "must be a whole number, without quotes",
    "float": "must be a number, without quotes",
    "bool": "must be true or false, without quotes",
    "tuple": "must be a list in square brackets",
    "list": "must be a list in square brackets",
    "dict": "must be a table",
    "model": "must be a table",
    "date": "must be a date as 2026-09-01, without quotes",
}

_LIMITS = {
    "greater_than_equal": ("ge", "is too small; at least {}"),
    "less_than_equal": ("le", "is too large; at most {}"),
}


def _what(error: ErrorDetails, model: type[BaseModel]) -> str:
    """The second half of the sentence, with an example where the key has one."""
    path, kind, value = error["loc"], error["type"], error.get("input")
    key = next((p for p in reversed(path) if isinstance(p, str)), "")
    parent, info = _field(model, path)
    if kind == "extra_forbidden":
        return _unknown_key(str(key), parent, model)
    if kind == "missing":
        return f"is missing. {_example(key, info, 'Add it') or f'Add it: {key} = …'}"
    shown = "what stands there" if _SECRET_PLACES.search(str(key)) else quote_value(value)
    if kind in ("enum", "literal_error"):
        known = re.findall(r"'([^']*)'", error["ctx"]["expected"])
        return f"{shown} is not known here. {did_you_mean(str(value), known)}"
    if kind in ("tuple_type", "model_type") and info is not None and _inner(info.annotation):
        several = kind == "tuple_type" or isinstance(path[-1], int)
        header = f"[[{key}]], once for each" if several else f"[{key}], once"
        return f"this is a table. Write {header}."
    complaint = f"{shown} {_complaint(error)}"
    if complaint.endswith((".", "?")):
        return complaint
    return f"{complaint}. {_example(key, info, 'Write')}".strip()


def _unknown_key(key: str, parent: type[BaseModel], model: type[BaseModel]) -> str:
    """TOML gives a key below a header to that table: the commonest slip, and named here."""
    if parent is not model and key in model.model_fields:
        return "this key belongs at the top of the file, before the first table. Move it there."
    return f"there is no such key here. {did_you_mean(key, sorted(parent.model_fields))}"


def _complaint(error: ErrorDetails) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind in _LIMITS:
        limit, words = _LIMITS[kind]
        return words.format(context[limit])
    if kind in ("string_too_short", "too_short"):
        return "is empty"
    return _KINDS.get(kind.split("_")[0], "cannot be used here")


def _example(key: object, info: FieldInfo | None, verb: str) -> str:
    if info is None or not info.examples:
        return (info and info.description) or ""
    return f"{verb}, for example: {key} = {toml(info.examples[0])}"


def _field(model: type[BaseModel], path: Sequence[str | int]) -> tuple[type[BaseModel], FieldInfo | None]:
    """The model a place belongs to, and the field, None where the key is unknown."""
    info: FieldInfo | None = None
    for part in path:
        if isinstance(part, int):
            continue
        inner = _inner(info.annotation) if info else None
        model = inner or model
        found = model.model_fields.get(part)
        if found is None:
            return model, None
        info = found
    return model, info


def _inner(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for a in get_args(annotation) if (found := _inner(a))), None)


def _places(path: Path) -> Iterable[str]:
    """“[[sources]] number 3”, “[mail]”, then keys in quotation marks."""
    for n, (part, below) in enumerate(zip_longest(path, path[1:])):
        if isinstance(part, str):
            number = f" number {below + 1}" if isinstance(below, int) else ""
            table = f"[[{part}]]" if number else f"[{part}]" if below is not None else f"“{part}”"
            yield (f"“{part}”" if n else table) + number


_SYNTAX = (
    ("Unescaped|hex", "a backslash stands in double quotes. Use single quotes: 'C:\\Schoolgate'."),
    ("overwrite|twice|mutate|namespace|already", "this key or table was given before. Keep one of them."),
    ("[Uu]nclosed array", "a list is not closed. Add “]”."),
    ("inline table|initial character for a key", "what begins with “{” must end with “}” on the same line."),
    ("declaration", "the header is not closed. Write [name], or [[name]] where there are several."),
    (
        r"[Uu]nterminated string|Illegal character '\\n'|Expected \"",
        "a text is not closed. Add a quotation mark at its end.",
    ),
    (
        "Expected '='|Invalid statement",
        "this is neither a key with a value (key = value) nor a table ([name]).",
    ),
    ("Invalid value", "the value is missing or is not quoted. Write text in quotes."),
    ("Expected newline", "something follows the value. One key a line; text in quotes."),
    ("Illegal character", "a character that cannot be seen stands here. Remove it."),
)


def syntax_fault(name: str, text: str, message: str) -> str:
    """Tell of a text that is no TOML, by tomllib's `message`: its line is named, never repeated (secrets)."""
    found = re.search(r"line (\d+)", message)
    rows = text.split("\n")
    line = int(found[1]) if found else max(len(text.rstrip().split("\n")), 1)
    if line <= len(rows) and re.search(r"[“”‘’]", rows[line - 1]):
        what = 'the quotation marks are curly. Use straight ones: "like this".'
    elif "Invalid value" in message and _in_a_list(rows, line if found else len(rows) + 1):
        what = "a list is not closed before this. Add “]”." if found else "a list is not closed. Add “]”."
    else:
        what = next((words for pattern, words in _SYNTAX if re.search(pattern, message)), "this is not TOML.")
    return f"{name}, line {line}: {what}"


def _in_a_list(rows: list[str], line: int) -> bool:
    """Whether a list is still open before that line, which begins a table or is past the end."""
    before = "\n".join(row.partition("#")[0] for row in rows[: line - 1]).rstrip()
    ends = line > len(rows) or rows[line - 1].lstrip().startswith("[")
    return ends and before.endswith(("[", ","))


def value_fault(kind: Any, value: object) -> str:
    """Say what is wrong with a value of that annotated type, "" where it can be used."""
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        (found, *_) = error.errors(include_url=False)
        return str(found["ctx"]["error"]) if found["type"] == "value_error" else "is empty"
    return ""


Document = Mapping[str, Any]
Wrong = Iterator[tuple[Path, str]]
"""What is wrong with a table: where in it, and what."""


@dataclass(frozen=True, slots=True)
class _Names:
    """The document, and what tables of it may refer to.

    `schools` has the key of the school that each number belongs to, None where a school has no readable key.
    """

    document: Document
    schools: Mapping[str, str] | None
    numbers: Collection[str]
    people: Collection[str]
    former: Collection[str]


def between_tables(document: Document) -> list[Fault]:
    """Every fault between the tables of the document."""
    schools = _schools(document)
    trust = _text(_table(document, tables.TRUST), "name")
    people, former = (
        {_text(row, "id") for _, row in _rows(document, table)} for table in ("people", "former")
    )
    numbers = [*(schools or {}), *([tables.TRUST, key_of_a_trust(trust)] if trust else [])]
    names = _Names(document, schools, numbers, people, former)
    same = "{} is given at number {} too. A number belongs to one school."
    found = [*_find_doubles(document, "schools", _numbers, same)]
    for table, checks in _CHECKS.items():
        same = "{} is the id of number {} too. Give each its own."
        found += _find_doubles(document, table, lambda row: [("id", _text(row, "id"))], same)
        for at, row in _rows(document, table):
            found += [Fault((*at, *key), what) for check in checks for key, what in check(row, names)]
    return found


def _find_doubles(
    document: Document, table: str, named: Callable[[Document], Iterable[tuple[str, str]]], what: str
) -> Iterator[Fault]:
    """Find what two tables of one name are called by; each may say it twice of itself."""
    owner: dict[str, Path] = {}
    for at, row in _rows(document, table):
        for key, name in named(row):
            if name and (first := owner.setdefault(name, at)) != at:
                yield Fault((*at, key), what.format(quote_value(name), int(first[-1]) + 1))


def _rows(document: Document, table: str) -> Iterator[tuple[Path, Document]]:
    """Place and content of the table of that name, or of each of them."""
    held = document.get(table)
    if isinstance(held, dict):
        yield (table,), held
    for i, row in enumerate(held if isinstance(held, list) else []):
        if isinstance(row, dict):
            yield (table, i), row


def _table(document: Document, name: str) -> dict[str, Any]:
    found = document.get(name)
    return found if isinstance(found, dict) else {}


def _text(row: Document, key: str) -> str:
    """The text of a key, blanks at its ends left out; "" where there is none."""
    value = row.get(key)
    return value.strip() if isinstance(value, str) else ""


def _texts(row: Document, key: str) -> list[tuple[Path, str]]:
    """Place and content of each text in a list."""
    values = row.get(key)
    found = enumerate(values if isinstance(values, list) else [])
    return [((key, n), value.strip()) for n, value in found if isinstance(value, str) and value.strip()]


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
        if tables.SECRET_KEY.search(str(path[-1])):
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


def _server(mail: Document, _: _Names) -> Wrong:
    """A line that others can read is for this machine alone."""
    host = _text(mail, "host")
    if mail.get("security") == "none" and host and not is_this_machine(host):
        what = (
            f"“none” sends password and mails for all to read, and {quote_value(host)} is not this machine."
        )
        yield ("security",), f'{what} Write: security = "starttls", or "tls".'


def _check_mail(mail: Document, _: _Names) -> Wrong:
    """Report what this way of signing in lacks, what it has no use for, and what is given twice."""
    way = mail.get("sign_in", "password")
    if way not in _WAYS:
        return
    needed, useless, what = _WAYS[way]
    yield from (((key,), what) for key in useless if key in mail)
    yield from _missing(tables.MailSettings, (key for key in needed if key not in mail))
    if way != "password" and not any(key in mail for key in SECRETS):
        what = (
            "is missing: what the application signs in with. Add, for example: "
            'secret_file = "mail-secret", secret_env = "SCHOOLGATE_MAIL_SECRET", or '
            'certificate_file = "mail-certificate.pem"'
        )
        yield ("secret_file",), what
    for named in (PASSWORDS, SECRETS):
        yield from _check_twice(mail, [key for key in named if key not in useless])


def _check_twice(row: Document, keys: Sequence[str]) -> Wrong:
    """Report where more than one of these keys is given."""
    given = [key for key in keys if row.get(key)]
    for key in given[1:]:
        yield (key,), f"“{given[0]}” is given too. Keep one of them."


def _missing(model: type[BaseModel], keys: Iterable[str]) -> Wrong:
    for key in keys:
        example = model.model_fields[key].examples or [""]
        yield (key,), f"is missing. Add it, for example: {key} = {toml(example[0])}"


_KNOWN_BY = {"microsoft": ("tenant", "domain"), "google": ("domain", "tenant")}
"""By provider: the key that says whose accounts they are, and the key of the other one."""


def _check_sign_in(given: Document, names: _Names) -> Wrong:
    """Report what signing in with an account of that provider lacks, and what it has no use for."""
    provider = _text(given, "provider")
    if provider not in _KNOWN_BY:
        return
    known_by, other = _KNOWN_BY[provider]
    whole = {**(_table(names.document, "mail") if provider == "microsoft" else {}), **given}
    yield from _missing(tables.SignInSettings, (k for k in (known_by, "client_id") if k not in whole))
    if not any(key in whole for key in CLIENT_SECRETS):
        what = "is missing: the secret of the application. Add, for example: "
        yield ("secret_file",), f'{what}secret_file = "sign-in-secret"'
    yield from _check_twice(given, CLIENT_SECRETS)
    if other in given:
        yield (other,), f"is not for {quote_value(provider)}. Remove this line."
    if not names.document.get("base_url"):
        what = "has no page to come back to. Say where people reach Schoolgate, at the top of the file: "
        yield (), f'{what}base_url = "https://schoolgate.example.sch.uk"'


def _numbers(row: Document) -> list[tuple[str, str]]:
    """Key and number of all a school's register numbers."""
    return [("urn", _text(row, "urn")), *(("members", number) for _, number in _texts(row, "members"))]


def _schools(document: Document) -> dict[str, str] | None:
    """The key of the school that each number belongs to; None where a school has no readable key."""
    schools = [row for _, row in _rows(document, "schools")]
    if not schools or not all(_text(row, "urn") for row in schools):
        return None
    return {number: _text(row, "urn") for row in schools for _, number in _numbers(row)}


def _check_schools(row: Document, names: _Names) -> Wrong:
    """Report numbers of no school in the file."""
    for at, urn in _texts(row, "schools") if names.schools is not None else ():
        if urn not in names.numbers:
            what = f"{quote_value(urn)} is not the number of a school in this file."
            yield at, f"{what} {did_you_mean(urn, sorted(names.numbers))}"


def _check_listing(row: Document, names: _Names) -> Wrong:
    """A listing is one school's own page."""
    keys = names.schools
    if keys and row.get("listing"):
        watched = {keys.get(number, number) for _, number in _texts(row, "schools")} or {*keys.values()}
        if len(watched) != 1:
            what = f"a listing is one school's own page, and this is watched for {len(watched)}. "
            yield ("listing",), f'{what}Write, for example: schools = ["{next(iter(keys.values()))}"]'


def _check_terms(school: Document, _: _Names) -> Wrong:
    """Each term ends after it begins, and begins after the one before it has ended."""
    before: date | None = None
    for at, term in _rows(school, "terms"):
        first, last = (day if type(day := term.get(key)) is date else None for key in ("first", "last"))
        if first and last and last < first:
            yield (*at, "last"), f"{last} is before its first day, {first}."
        if first and before and first <= before:
            what = f"{first} is not after the last day of the term before it, {before}. "
            yield (*at, "first"), f"{what}Write them in the order of the year, none over another."
        before = last or before


def _check_person(row: Document, names: _Names) -> Wrong:
    """Short messages have one place, named elsewhere; friends and covers are known; nobody's id is reused."""
    yield from (both := list(_check_twice(row, ("chat_env", "chat_file"))))
    if not both and "://" in _text(row, "chat_file"):
        what = "is an address, not a file. The address is a secret: write it into the first line of a "
        yield ("chat_file",), what + 'file, and name that: chat_file = "chat-dsl"'
    own, known = _text(row, "id"), {*names.people, *names.former, *Role}
    for at, whom in _texts(row, "related_to"):
        if whom not in known:
            what = f"nobody here has the id {quote_value(whom)}, and no role is called so."
            yield at, f"{what} {did_you_mean(whom, sorted(known))}"
    cover = _text(row, "cover")
    if cover and (cover not in names.people or cover == own):
        what = f"nobody else here has the id {quote_value(cover)}."
        yield ("cover",), f"{what} {did_you_mean(cover, sorted(names.people))}"
    if own in names.former:
        what = f"{quote_value(own)} is the id of somebody who has left, under [[former]]. Give another."
        yield ("id",), what


def _check_network(network: Document, _: _Names) -> Wrong:
    passwords = ("proxy_password_env", "proxy_password_file")
    yield from _check_twice(network, passwords)
    for key in ("proxy_user", *passwords):
        if network.get(key) and not network.get("proxy"):
            yield (key,), "There is no proxy it is for. Name it too: “proxy”, or remove this."


def _check_ports(serve: Document, _: _Names) -> Wrong:
    """The health page and the pages behind links cannot share a port of one machine."""
    port = (_text(serve, "listen") or tables.DEFAULT_LISTEN).rpartition(":")[2]
    if str(serve.get("health_port", tables.DEFAULT_HEALTH_PORT)) == port:
        key = "listen" if "listen" in serve else "health_port"
        yield (key,), f"{port} is the port of health page and pages alike. Give each its own."


def _check_model(model: Document, _: _Names) -> Wrong:
    if model.get("name") and not model.get("labels"):
        what = "is missing: the labels of another model are not ours. Add, for example: "
        yield ("labels",), what + 'labels = { toxic = "abuse:harassment" }'
    if model.get("labels") and not model.get("name"):
        yield ("name",), "is missing: “labels” belong to another model. Name it, or remove “labels”."


def _check_page(row: Document, _: _Names) -> Wrong:
    """Only a page of the school's own has a notice; no page of a person's own is watched."""
    own = row.get("own") is True
    if _text(row, "notice") and not own:
        yield (
            ("notice",),
            "only a page of the school's own has a notice. Add own = true, or remove this line.",
        )
    elif _text(row, "notice") and _text(row, "kind") != tables.OWN_PAGE:
        what = (
            f'only a page has a place for a notice. Write kind = "{tables.OWN_PAGE}" and the page\'s address.'
        )
        yield ("notice",), what
    if not own and is_profile(_text(row, "url")):
        what = "is somebody's profile, and nobody's is watched. Name where the school is spoken of; "
        yield ("url",), what + "for a page or an account of the school's own: own = true"


def _check_mailbox(row: Document, names: _Names) -> Wrong:
    """A mailbox is asked by IMAP or by Graph and nothing else is; its secret stands in one place."""
    url = _text(row, "url")
    known = url.lower().startswith(tables.MAILBOX_SCHEMES)
    if _text(row, "kind") != tables.MAILBOX:
        if known:
            yield ("kind",), f'a mailbox is another kind. Write: kind = "{tables.MAILBOX}"'
        return
    if url and not known:
        what = "is not a mailbox's address. Write, for example: imaps://imap.example.org/INBOX"
        yield ("url",), f"{quote_value(url)} {what}"
    named, mail = _table(row, "settings"), _table(names.document, "mail")
    by_graph = url.lower().startswith(tables.GRAPH_MAILBOX)
    if faulty := _application(named, mail) if by_graph else _check_password(named):
        yield ("settings",), faulty


def _check_password(settings: Document) -> str:
    """Report what is wrong with how IMAP is signed in to, "" where nothing is."""
    if not settings.get("user"):
        return 'name who signs in: user = "alerts@oakfield.example.sch.uk".'
    one = sum(bool(settings.get(key)) for key in ("password_env", "password_file")) == 1
    return "" if one else "name one place for the password: password_env or password_file."


def _application(settings: Document, mail: Document) -> str:
    """The same of an application; what it lacks may be that of the one that sends mail."""
    named = [key for key in tables.APPLICATION_PROOFS if settings.get(key)]
    if len(named) > 1:
        return f"keep one of these: {', '.join(named)}."
    lacks = [key for key in ("tenant", "client_id") if not (settings.get(key) or mail.get(key))]
    if not named and not any(mail.get(key) for key in tables.APPLICATION_PROOFS):
        lacks.append(tables.APPLICATION_PROOFS[0])
    return f"name the application that reads it. Missing: {', '.join(lacks)}." if lacks else ""


def _check_kind(row: Document, _: _Names) -> Wrong:
    """Report what the catalogue of sources says: kinds that nobody knows, and settings their kind refuses."""
    kind, settings = _text(row, "kind"), row.get("settings", {})
    if kind in CATALOGUE and isinstance(settings, dict):
        model = settings_of(kind)
        try:
            model.model_validate(settings)
        except ValidationError as error:
            found = from_errors(error.errors(include_url=False), model, ("settings",))
            yield from ((fault.path, fault.what) for fault in found)
    elif kind and kind not in CATALOGUE:
        what = f"{quote_value(kind)} is not a kind of source. {did_you_mean(kind, list(CATALOGUE))}"
        yield ("kind",), what


_CHECKS: Mapping[str, Sequence[Callable[[Document, _Names], Wrong]]] = {
    "schools": (_check_terms,),
    "sources": (_check_schools, _check_listing, _check_page, _check_mailbox, _check_kind),
    "people": (_check_schools, _check_person),
    "former": (),
    "policies": (_check_schools,),
    "accounts": (_check_schools,),
    "mail": (_server, _check_mail),
    "sign_in": (_check_sign_in,),
    "network": (_check_network,),
    "serve": (_check_ports,),
    "model": (_check_model,),
}
"""By table; of those with an id no two have the same."""


def check_text(name: str, text: str) -> tables.TomlFile:
    """Read what the text of a file of that name says. Raises ConfigError with every fault that it has."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([syntax_fault(name, text, str(error))]) from None
    file, faults = examine_document(document)
    if file is None or faults:
        lines = first_lines(find_toml_lines(text))
        ordered = sorted(faults, key=lambda fault: find_line(lines, fault.path) or 0)
        raise ConfigError([fault_sentence(name, fault, lines) for fault in ordered])
    return file


def examine_document(document: dict[str, Any]) -> tuple[tables.TomlFile | None, list[Fault]]:
    """The tables, None where a key has a fault; and all faults: of secrets, of keys, between tables."""
    file, found, of_keys = None, secrets(document), []
    try:
        file = tables.TomlFile.model_validate(document)
    except ValidationError as error:
        of_keys = from_errors(error.errors(include_url=False), tables.TomlFile)
    for more in (of_keys, between_tables(document)):
        told = {fault.path for fault in found}
        found = [*found, *(fault for fault in more if fault.path not in told)]
    return file, found
