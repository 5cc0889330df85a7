"""A checked file → what it says, in lists, texts and numbers alone, so that it can be kept as JSON.

All that follows from the file alone is worked out here: which school a number belongs to, what is a search,
what is off without leave. What depends on the machine, such as secrets and paths, is left to `load`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, fields
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from data.register.school_names import key_of_a_trust
from data.types import Namesake, Role, School, Source
from data.words.say import edition
from monitor.config.between import CLIENT_SECRETS
from monitor.config.model import (
    MailTable,
    PlaceTable,
    SchoolTable,
    SignInTable,
    Table,
    TomlFile,
    TrustTable,
)
from monitor.config.settings import TRUST
from sources.registry import kind_named, needs_leave

NO_LEAVE = (
    "its terms forbid reading it by program. Use an alert feed, or report-in; "
    "if you have the site's leave, say so: leave = “who, when”"
)
_SEARCHES = (
    ("news.google.com", ["rss", "search"]),
    ("google.com", ["alerts", "feeds"]),
    ("google.co.uk", ["alerts", "feeds"]),
    ("bing.com", ["news", "search"]),
)

_OF_A_TRUST = {"first_assessor": Role.TRUST_CONTACT.value, "delegates": [Role.TRUST_CONTACT.value]}
"""The profile of a trust: its contacts read what is said of it, and are told, as the leadership is."""

Said = dict[str, Any]
"""Schools, people and sources are rows in the order of their types' fields."""


def plain(file: TomlFile) -> Said:
    """What `load` makes a configuration of; what it does not name is as nobody set it."""
    keys = {number: s.urn for s in file.schools for number in (s.urn, *s.members)}
    every, trust = tuple(keys), _trust(file.trust, file) if file.trust else None
    keys |= {TRUST: trust.urn, trust.urn: trust.urn} if trust else {}
    one_by_one = ("mail", "model", "digest", "evidence", "dpia", "network", "policy")
    said: Said = {name: _table(table) for name in one_by_one if (table := getattr(file, name)) is not None}
    return said | {
        "zone": file.zone,
        "contact": file.contact or "",
        "register_file": file.register_file,
        "updates": file.updates,
        "base_url": file.base_url,
        "to_look_up": list(file.to_look_up),
        "me": file.cli.me,
        "schools": [
            *map(_school, file.schools),
            *([[_value(fact) for fact in astuple(trust)]] if trust else ()),
        ],
        "in_english": [s.urn for s in file.schools if edition(s.language) != s.language],
        "calendars": [
            *map(_calendar, file.schools),
            *([[trust.nation, [], [], list(file.schools[0].day)]] if trust else ()),
        ],
        "profiles": [
            *(_profile(s, file.policy.first_assessor) for s in file.schools),
            *([_OF_A_TRUST] if trust else ()),
        ],
        "people": [
            [
                *(p.id, p.name, [r.value for r in p.roles], p.email, _keys(p.schools, keys)),
                *(p.phone, list(p.related_to), _value(p.away_until), p.cover, p.account),
            ]
            for p in file.people
        ],
        "former": [
            [p.id, p.name, [r.value for r in p.roles], [keys.get(urn, urn) for urn in p.schools]]
            for p in file.former
        ],
        "chats": [[p.id, p.chat_env, p.chat_file] for p in file.people if p.chat_env or p.chat_file],
        "sources": [source_row(s, _keys(s.schools or every, keys)) for s in file.sources],
        "policies": [_table(policy) for policy in file.policies],
        "accounts": [_table(account) for account in file.accounts],
        "sign_in": _sign_in(file.sign_in, file.mail) if file.sign_in else None,
        "serve": _table(file.serve) | {"listen_given": "listen" in file.serve.model_fields_set},
    }


def _school(table: SchoolTable) -> list[Any]:
    namesakes = [_row(namesake, Namesake) for namesake in table.namesakes]
    return _row(table, School, namesakes=namesakes, language=edition(table.language))


def _trust(table: TrustTable, file: TomlFile) -> School:
    """The trust as a subject beside its schools: its head is the chief executive, who may be named among the
    people alone."""
    first = file.schools[0]
    here = (p.name for p in file.people if Role.HEAD in p.roles and TRUST in p.schools)
    return School(
        key_of_a_trust(table.name),
        table.name,
        aliases=table.aliases,
        head=table.chief or next(here, None),
        nation=first.nation,
        language=edition(first.language),
        website=table.website or "",
    )


def _table(table: Table) -> Said:
    """Its keys that are not as nobody set them."""
    return {key: _value(value) for key, value in table.model_dump(exclude_defaults=True).items()}


def _sign_in(table: SignInTable, mail: MailTable | None) -> Said:
    """Its keys; for Microsoft those that it lacks are of the application that sends mail."""
    said = _table(table)
    of_mail = _table(mail) if mail and table.provider == "microsoft" else {}
    lent = ("tenant", "client_id", *(() if {*CLIENT_SECRETS} & said.keys() else CLIENT_SECRETS))
    return {key: of_mail[key] for key in lent if key in of_mail} | said


def _row(table: Table, kind: type[School | Source | Namesake], **others: object) -> list[Any]:
    """The fields of that type, in their order: from `others`, or else the key of the same name."""
    said = {field.name: getattr(table, field.name, None) for field in fields(kind)} | others
    return [field.default if (value := said[field.name]) is None else value for field in fields(kind)]


def _value(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Role):
        return value.value
    return list(value) if isinstance(value, tuple) else value


def _calendar(table: SchoolTable) -> list[object]:
    terms = [[t.first.isoformat(), t.last.isoformat()] for t in table.terms]
    return [table.nation, terms, [day.isoformat() for day in table.closed], list(table.day)]


def _profile(school: SchoolTable, first: Role) -> Said:
    table = school.ladder
    facts = table.model_dump(exclude_defaults=True)
    facts["first_assessor"] = table.first_assessor or first
    facts |= {"delegates": [role.value for role in table.delegates]}
    if own := _table(school.categories):
        facts["categories"] = [[lane, said] for lane, said in own.items()]
    return {key: _value(value) for key, value in facts.items()}


def source_row(table: PlaceTable, urns: Sequence[str]) -> list[Any]:
    """The source that a table names, for these schools; off where its terms forbid it without leave."""
    forbidden = not table.leave and needs_leave(table.kind, table.url)
    return _row(
        table,
        Source,
        urns=urns,
        name=table.name or table.id,
        surfaced=table.surfaced or _is_a_search(table.url) or kind_named(table.kind).surfaced,
        interval_s=table.interval,
        disabled=table.disabled or (NO_LEAVE if forbidden else None),
    )


def _keys(numbers: tuple[str, ...], keys: Mapping[str, str]) -> list[str]:
    """The keys of the schools these numbers belong to, each once, in the order they are named."""
    return list(dict.fromkeys(keys[number] for number in numbers))


def _is_a_search(url: str) -> bool:
    """Google's and Bing's news searches and alerts, as feeds."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    return (host, parts.path.split("/")[1:3]) in _SEARCHES
