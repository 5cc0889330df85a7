"""Checks of the places that a home's file names.

The document is looked at as it was read: see `between.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from monitor.config.faults import Fault, from_errors, quoted
from monitor.config.settings import APPLICATION_PROOFS, GRAPH_MAILBOX, MAILBOX, MAILBOX_SCHEMES, OWN_PAGE
from monitor.config.toml_lines import Path as Place
from monitor.terminal.wording import did_you_mean
from sources.http.profiles import is_profile
from sources.registry import CATALOGUE, settings_of

Document = Mapping[str, Any]


def rows(document: Document, table: str) -> Iterator[tuple[int, Document]]:
    """Position and content of each table of that name."""
    rows = document.get(table)
    for i, row in enumerate(rows if isinstance(rows, list) else []):
        if isinstance(row, dict):
            yield i, row


def table(document: Document, name: str) -> Document:
    found = document.get(name)
    return found if isinstance(found, dict) else {}


def text(row: Document, key: str) -> str:
    """The text of a key, blanks at its ends left out; "" where there is none."""
    value = row.get(key)
    return value.strip() if isinstance(value, str) else ""


def texts(row: Document, key: str) -> list[tuple[int, str]]:
    """Position and content of each text in a list."""
    values = row.get(key)
    found = enumerate(values if isinstance(values, list) else [])
    return [(n, value.strip()) for n, value in found if isinstance(value, str) and value.strip()]


def unique(document: Document, table: str, key: str = "id") -> Iterator[Fault]:
    """No two of that table have one id."""
    first: dict[str, int] = {}
    for i, row in rows(document, table):
        name = text(row, key)
        if name in first:
            what = f"{quoted(name)} is the {key} of number {first[name] + 1} too. Give each its own."
            yield Fault((table, i, key), what)
        elif name:
            first[name] = i


def notices(document: Document) -> Iterator[Fault]:
    """A notice stands on a page of the school's own."""
    for i, row in rows(document, "sources"):
        if not text(row, "notice"):
            continue
        if row.get("own") is not True:
            what = "only a page of the school's own has a notice. Add own = true, or remove this line."
            yield Fault(("sources", i, "notice"), what)
        elif text(row, "kind") != OWN_PAGE:
            what = f'only a page has a place for a notice. Write kind = "{OWN_PAGE}" and the page\'s address.'
            yield Fault(("sources", i, "notice"), what)


def profiles(document: Document, table: str = "sources") -> Iterator[Fault]:
    """No page of a person's own is watched: only what is said about the school, on the page it is said on."""
    for i, row in rows(document, table):
        if row.get("own") is not True and is_profile(text(row, "url")):
            what = "is somebody's profile, and nobody's is watched. Name where the school is spoken of"
            own = "; for a page or an account of the school's own: own = true" if table == "sources" else "."
            yield Fault((table, i, "url"), what + own)


def mailboxes(document: Document) -> Iterator[Fault]:
    """A mailbox is asked by IMAP or by Graph and nothing else is; its secret stands in one place."""
    for i, row in rows(document, "sources"):
        url = text(row, "url")
        by_graph = url.lower().startswith(GRAPH_MAILBOX)
        known = url.lower().startswith(MAILBOX_SCHEMES)
        if text(row, "kind") != MAILBOX:
            if known:
                yield Fault(("sources", i, "kind"), f'a mailbox is another kind. Write: kind = "{MAILBOX}"')
            continue
        if url and not known:
            what = "is not a mailbox's address. Write, for example: imaps://imap.example.org/INBOX"
            yield Fault(("sources", i, "url"), f"{quoted(url)} {what}")
        settings = row.get("settings")
        named = settings if isinstance(settings, dict) else {}
        faulty = _application(named, table(document, "mail")) if by_graph else _password(named)
        if faulty:
            yield Fault(("sources", i, "settings"), faulty)


def _password(settings: Document) -> str:
    """What is wrong with how IMAP is signed in to, "" where nothing is."""
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


def kinds(document: Document, table: str = "sources") -> Iterator[Fault]:
    """What the catalogue of sources says: kinds that nobody knows, and settings their kind refuses."""
    for i, row in rows(document, table):
        kind, settings = text(row, "kind"), row.get("settings", {})
        if kind in CATALOGUE and isinstance(settings, dict):
            yield from _settings((table, i, "settings"), kind, settings)
        elif kind and kind not in CATALOGUE:
            what = f"{quoted(kind)} is not a kind of source. {did_you_mean(kind, list(CATALOGUE))}"
            yield Fault((table, i, "kind"), what)


def _settings(place: Place, kind: str, settings: Mapping[str, object]) -> Sequence[Fault]:
    model = settings_of(kind)
    try:
        model.model_validate(settings)
    except ValidationError as error:
        return from_errors(error.errors(include_url=False), model, place)
    return []
