"""Faults of `schoolgate.toml`, as sentences: where, what, and how to put it right.

pydantic finds the faults of single keys; not a word of its own, and no secret, reaches a person. What no
single key can show is looked for in the document as it was read, so that all is told together: that ids are
unique, and that names refer to something. What is not of the kind expected is passed over: its key says so.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from itertools import zip_longest
from typing import Any, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from data.errors import ConfigError, InputError
from data.frozen import freeze
from data.register.school_names import key_of_a_trust
from data.shipped import read_table
from data.types import Role, School
from data.web.public_addresses import is_this_machine
from data.web.urls import is_profile
from monitor.config import model as tables
from monitor.config.toml_text import Path, find_line, find_toml_lines, leaves, toml
from monitor.terminal.wording import did_you_mean
from sources.registry import CATALOGUE, settings_of

_MAX_ECHO_CHARS = 60
_SECRET_PLACES = re.compile(r"pass|secret|token|api_?key|chat|apprise|webhook|heartbeat", re.IGNORECASE)
_SECRET_VALUE = re.compile(
    r"://[^/\s]*@|(^|://)[^/\s@:]+:\S*@|(pass\w*|secret|token|key)\s*[=:]", re.IGNORECASE
)


@freeze
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


def _what(error: ErrorDetails, model: type[BaseModel]) -> str:
    """The second half of the sentence, with an example where the key has one."""
    path, kind, value = error["loc"], error["type"], error.get("input")
    key = next((p for p in reversed(path) if isinstance(p, str)), "")
    parent, info = _field(model, path)
    if kind == "extra_forbidden":
        if parent is not model and key in model.model_fields:  # below a header: the commonest slip
            return "this key belongs at the top of the file, before the first table. Move it there."
        return f"there is no such key here. {did_you_mean(str(key), sorted(parent.model_fields))}"
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


def _complaint(error: ErrorDetails) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    kinds = _sentences()["kinds"]
    said: str = kinds.get(kind) or kinds.get(kind.split("_")[0], "cannot be used here")
    return said.format_map(context)


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
        if found is None and inner and get_origin(info and info.annotation) is dict:
            continue  # a name of somebody's own
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


@cache
def _sentences() -> dict[str, dict[str, Any]]:
    return read_table("monitor.config", "faults.toml")


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
        what = next(said for pattern, said in _sentences()["syntax"].items() if re.search(pattern, message))
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


def required_reader(kind: Any) -> Callable[[str], Any]:
    """A reader of answers, as the annotated type holds them. Raises InputError for what that refuses."""

    def read_required(answer: str) -> Any:
        if not answer:
            raise InputError("This is needed.")
        if why := value_fault(kind, answer):
            raise InputError(answer_fault(answer, why))
        return TypeAdapter(kind).validate_python(answer)

    return read_required


def answer_fault(answer: str, why: str) -> str:
    """A fault of an answer, as a sentence."""
    return f"{quote_value(answer)} {why}" + ("" if why.endswith(("?", ".")) else ".")


Document = Mapping[str, Any]
Wrong = Iterator[tuple[Path, str]]
"""What is wrong with a table: where in it, and what."""


@freeze
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
    found = [*_find_doubles(document, "schools", _numbers, "schools.double_number")]
    for name, row in _table(document, "credentials").items():
        if isinstance(row, dict):
            found += [Fault(("credentials", name, *key), what) for key, what in _check_credential(row)]
    for table, checks in _CHECKS.items():
        found += _find_doubles(document, table, lambda row: [("id", _text(row, "id"))], "any.double_id")
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
                yield Fault(*_wrong(what, *at, key, name=quote_value(name), n=int(first[-1]) + 1))


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


def secrets(document: Document) -> list[Fault]:
    """Secrets written into the file itself, wherever they are. Their values are not repeated."""
    faults: list[Fault] = []
    said = _sentences()["secret"]
    for path, _ in leaves(document):
        if tables.SECRET_KEY.search(str(path[-1])):
            application = path[0] == "mail" and "secret" in str(path[-1]).lower()
            known = said["examples"].get("application" if application else path[0])
            elsewhere = said["place"].format(env=known[0], file=known[1]) if known else said["none"]
            faults.append(Fault(path, said["here"].format(elsewhere=elsewhere)))
    return faults


def _wrong(key: str, /, *at: str | int, **given: object) -> tuple[Path, str]:
    """The fault of `faults.toml` by table and name, “mail.open_line”, at that place of the table."""
    table, _, name = key.partition(".")
    said: str = _sentences()[table][name]
    return at, said.format_map(given)


PASSWORDS = ("password_env", "password_file")
CLIENT_SECRETS = ("secret_env", "secret_file")
SECRETS = (*CLIENT_SECRETS, "certificate_file")
_APPLICATION = ("tenant", "client_id")
_WAYS: Mapping[object, tuple[Sequence[str], Sequence[str]]] = {
    "password": (("host",), (*_APPLICATION, *SECRETS)),
    "xoauth2": (("host", *_APPLICATION), PASSWORDS),
    "graph": (_APPLICATION, ("host", "port", "security", "user", *PASSWORDS)),
}
"""By the way of signing in: keys that it needs, and those that it has no use for."""


def _check_mail(mail: Document, _: _Names) -> Wrong:
    """Report what this way of signing in lacks, what it has no use for, and what is given twice; and a line
    that others can read, which is for this machine alone.
    """
    host, way = _text(mail, "host"), mail.get("sign_in", "password")
    if mail.get("security") == "none" and host and not is_this_machine(host):
        yield _wrong("mail.open_line", "security", host=quote_value(host))
    if way not in _WAYS:
        return
    needed, useless = _WAYS[way]
    yield from (_wrong(f"mail.{way}", key) for key in useless if key in mail)
    yield from _missing(tables.MailSettings, (key for key in needed if key not in mail))
    if way != "password" and not any(key in mail for key in SECRETS):
        yield _wrong("mail.no_proof", "secret_file")
    for named in (PASSWORDS, SECRETS):
        yield from _check_twice(mail, [key for key in named if key not in useless])


def _check_twice(row: Document, keys: Sequence[str]) -> Wrong:
    """Report where more than one of these keys is given."""
    given = [key for key in keys if row.get(key)]
    yield from (_wrong("any.twice", key, other=given[0]) for key in given[1:])


def _missing(model: type[BaseModel], keys: Iterable[str]) -> Wrong:
    for key in keys:
        example = model.model_fields[key].examples or [""]
        yield _wrong("any.missing", key, key=key, example=toml(example[0]))


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
        yield _wrong("sign_in.no_secret", "secret_file")
    yield from _check_twice(given, CLIENT_SECRETS)
    if other in given:
        yield _wrong("sign_in.other", other, provider=quote_value(provider))
    if not names.document.get("base_url"):
        yield _wrong("sign_in.no_pages")


def _numbers(row: Document) -> list[tuple[str, str]]:
    """Key and number of all a school's register numbers."""
    return [("urn", _text(row, "urn")), *(("members", number) for _, number in _texts(row, "members"))]


def _schools(document: Document) -> dict[str, str] | None:
    """The key of the school that each number belongs to; None where a school has no readable key."""
    schools = [row for _, row in _rows(document, "schools")]
    if not schools or not all(_text(row, "urn") for row in schools):
        return None
    return {number: _text(row, "urn") for row in schools for _, number in _numbers(row)}


def _unknown(key: str, at: Path, name: str, known: Iterable[str]) -> tuple[Path, str]:
    """The fault of a name that nothing there has; what is like it is offered."""
    _, said = _wrong(key, name=quote_value(name))
    return at, f"{said} {did_you_mean(name, sorted(known))}"


def _check_schools(row: Document, names: _Names) -> Wrong:
    """Report numbers of no school in the file."""
    for at, urn in _texts(row, "schools") if names.schools is not None else ():
        if urn not in names.numbers:
            yield _unknown("any.not_a_school", at, urn, names.numbers)


def _check_terms(school: Document, _: _Names) -> Wrong:
    """Each term ends after it begins, and begins after the one before it has ended."""
    before: date | None = None
    for at, term in _rows(school, "terms"):
        first, last = (day if type(day := term.get(key)) is date else None for key in ("first", "last"))
        if first and last and last < first:
            yield _wrong("schools.term_backwards", *at, "last", first=first, last=last)
        if first and before and first <= before:
            yield _wrong("schools.terms_over", *at, "first", first=first, before=before)
        before = last or before


def _check_person(row: Document, names: _Names) -> Wrong:
    """Short messages have one place, named elsewhere; friends and covers are known; nobody's id is reused."""
    yield from (both := list(_check_twice(row, ("chat_env", "chat_file"))))
    if not both and "://" in _text(row, "chat_file"):
        yield _wrong("people.chat_address", "chat_file")
    own, cover, known = _text(row, "id"), _text(row, "cover"), {*names.people, *names.former, *Role}
    for at, whom in _texts(row, "related_to"):
        if whom not in known:
            yield _unknown("people.no_relative", at, whom, known)
    if cover and (cover not in names.people or cover == own):
        yield _unknown("people.no_cover", ("cover",), cover, names.people)
    if own in names.former:
        yield _wrong("people.former", "id", name=quote_value(own))


def _check_credential(row: Document) -> Wrong:
    """Report a kind of key that nobody knows, what that kind lacks, and a secret in no place or in two."""
    from sources.keys import key_kinds

    kind = key_kinds().get(_text(row, "kind"))
    if kind is None:
        if row.get("kind"):
            yield _unknown("credentials.no_kind", ("kind",), _text(row, "kind"), key_kinds())
        return
    places = [key for key in ("secret_file", "secret_env", "secret_credential") if row.get(key)]
    if not places:
        yield _wrong("credentials.no_secret", "secret_file", what=kind.secret_called, kind=kind.name)
    yield from _check_twice(row, places)
    if re.fullmatch(r"[\w-]{20,}", _text(row, "secret_file")):
        yield _wrong("credentials.is_secret", "secret_file", kind=kind.name)
    if row.get("server") and ("server" not in kind.fields or not _text(row, "server").startswith("https://")):
        yield _wrong("credentials.no_server", "server")
    lacks = (key for key in ("user", "pounds_a_month") if key in kind.fields and key not in row)
    yield from _missing(tables.CredentialTable, lacks)


def _check_key(row: Document, names: _Names) -> Wrong:
    """Report a place whose interface asks for a key, and that names none, or one of another kind."""
    kind, settings = CATALOGUE.get(_text(row, "kind")), _table(row, "settings")
    if kind is None or not kind.key:
        return
    keys, name = _table(names.document, "credentials"), _text(settings, "credential")
    if name and name not in keys:
        yield _wrong("credentials.unknown", "settings", name=quote_value(name), kind=kind.key)
    elif name and _text(_table(keys, name), "kind") not in ("", kind.key):
        yield _wrong("credentials.of_another", "settings", name=quote_value(name), kind=kind.key)


def _check_network(network: Document, _: _Names) -> Wrong:
    passwords = ("proxy_password_env", "proxy_password_file")
    yield from _check_twice(network, passwords)
    for key in ("proxy_user", *passwords):
        if network.get(key) and not network.get("proxy"):
            yield _wrong("network.no_proxy", key)


def _check_ports(serve: Document, _: _Names) -> Wrong:
    """The health page and the pages behind links cannot share a port of one machine."""
    port = (_text(serve, "listen") or tables.DEFAULT_LISTEN).rpartition(":")[2]
    if str(serve.get("health_port", tables.DEFAULT_HEALTH_PORT)) == port:
        yield _wrong("serve.one_port", "listen" if "listen" in serve else "health_port", port=port)


def _check_model(model: Document, _: _Names) -> Wrong:
    if bool(model.get("name")) != bool(model.get("labels")):
        lacks = "labels" if model.get("name") else "name"
        yield _wrong(f"model.no_{lacks}", lacks)


def _check_page(row: Document, names: _Names) -> Wrong:
    """Only a page of the school's own has a notice, and a listing is of one school; no page of a person's own
    is watched.
    """
    own, keys = row.get("own") is True, names.schools
    if keys and row.get("listing"):
        watched = {keys.get(number, number) for _, number in _texts(row, "schools")} or {*keys.values()}
        if len(watched) != 1:
            yield _wrong("sources.listing", "listing", count=len(watched), urn=next(iter(keys.values())))
    if _text(row, "notice") and not own:
        yield _wrong("sources.notice_of_others", "notice")
    elif _text(row, "notice") and _text(row, "kind") != tables.OWN_PAGE:
        yield _wrong("sources.notice_of_no_page", "notice", kind=tables.OWN_PAGE)
    kind = CATALOGUE.get(_text(row, "kind"))  # an interface's own address is nobody's profile
    if not own and not (kind and kind.key) and is_profile(_text(row, "url")):
        yield _wrong("sources.profile", "url")


def _check_mailbox(row: Document, names: _Names) -> Wrong:
    """A mailbox is asked by IMAP or by Graph and nothing else is; its secret stands in one place."""
    url, settings, mail = _text(row, "url"), _table(row, "settings"), _table(names.document, "mail")
    known = url.lower().startswith(tables.MAILBOX_SCHEMES)
    if _text(row, "kind") != tables.MAILBOX:
        if known:
            yield _wrong("sources.mailbox", "kind", kind=tables.MAILBOX)
        return
    if url and not known:
        yield _wrong("sources.no_mailbox", "url", url=quote_value(url))
    if url.lower().startswith(tables.GRAPH_MAILBOX):
        # what the application lacks may be that of the one that sends mail
        named = [key for key in tables.APPLICATION_PROOFS if settings.get(key)]
        lacks = [key for key in _APPLICATION if not (settings.get(key) or mail.get(key))]
        if not named and not any(mail.get(key) for key in tables.APPLICATION_PROOFS):
            lacks.append(tables.APPLICATION_PROOFS[0])
        if len(named) > 1:
            yield _wrong("sources.one_proof", "settings", given=", ".join(named))
        elif lacks:
            yield _wrong("sources.no_application", "settings", lacks=", ".join(lacks))
    elif not settings.get("user"):
        yield _wrong("sources.no_user", "settings")
    elif sum(bool(settings.get(key)) for key in PASSWORDS) != 1:
        yield _wrong("sources.one_password", "settings")


def _check_kind(row: Document, names: _Names) -> Wrong:
    """Report what the catalogue of sources says: kinds that nobody knows, and settings their kind refuses."""
    kind, settings = _text(row, "kind"), row.get("settings", {})
    if isinstance(settings, dict) and (query := _text(settings, "query")):
        yield from _check_query(query, row, names)
    if kind in CATALOGUE and isinstance(settings, dict):
        model = settings_of(kind)
        try:
            model.model_validate(settings)
        except ValidationError as error:
            found = from_errors(error.errors(include_url=False), model, ("settings",))
            yield from ((fault.path, fault.what) for fault in found)
    elif kind and kind not in CATALOGUE:
        said = _wrong("sources.no_kind", kind=quote_value(kind))[1]
        yield ("kind",), f"{said} {did_you_mean(kind, list(CATALOGUE))}"


def _check_query(query: str, row: Document, names: _Names) -> Wrong:
    """Report a query that cannot be read, that lacks a name of the schools it is for, or has a person's."""
    from sources.query import read_query  # late: few have one

    wanted = {(names.schools or {}).get(urn) for _, urn in _texts(row, "schools")} - {None}
    document, trust = names.document, _text(_table(names.document, tables.TRUST), "name")
    schools = [
        School(
            _text(s, "urn"), _text(s, "name"), trust=trust, domain=_text(s, "domain"), head=_text(s, "head"),
            town=_text(s, "town"), locality=_text(s, "locality"), county=_text(s, "county"),
            local_authority=_text(s, "local_authority"),
            aliases=tuple(name for key in ("aliases", "former_names") for _, name in _texts(s, key)),
        )
        for _, s in _rows(document, "schools")
        if not wanted or _text(s, "urn") in wanted
    ]  # fmt: skip
    people = [_text(p, "name") for table in ("people", "former") for _, p in _rows(document, table)]
    try:
        read_query(query, schools, people)
    except InputError as error:
        yield ("settings", "query"), error.text


_CHECKS: Mapping[str, Sequence[Callable[[Document, _Names], Wrong]]] = {
    "schools": (_check_terms,),
    "sources": (_check_schools, _check_page, _check_mailbox, _check_kind, _check_key),
    "people": (_check_schools, _check_person),
    "former": (),
    "policies": (_check_schools,),
    "accounts": (_check_schools,),
    "mail": (_check_mail,),
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
        lines = find_toml_lines(text)
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
