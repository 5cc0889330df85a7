"""Record facts about the school's own accounts and its written policies. Registers stand in
`schoolgate.toml`, what was done in the store; a row is changed only while it says what its reader was shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from alerts.access.offices import keeps_accounts, keeps_policies
from data.errors import SchoolgateError, StoreError
from data.ids import digest
from data.steps.acts import Done, Refused
from data.store import sources as source_store
from data.store.engine.audit_chain import AuditEntry, append
from data.store.engine.open import Store
from data.store.sources import ACTIONS, Logged
from data.types import Person, Route, School
from data.web.urls import canonical_url
from monitor.config.edit import Change, EditRefused, add_table, edit, with_keys, without_table
from monitor.config.home.lookup import free, reads_as_id, schools_named
from monitor.config.load import Config
from monitor.config.model import TRUST, OwnAccount, Table, WrittenPolicy
from monitor.matters.reader import account_schools

NEW = "new"
"""In place of a seal, and of an account's id: one that is not there yet."""
_PEOPLE = ("staff", "trained", "owner", "approved_by")


class _Moved(Exception):
    """The row no longer says what was shown."""


def row_hash(row: Table) -> str:
    """Return what a row of a register says, as a hash."""
    return digest(row.model_dump_json())


def save_account(
    store: Store, config: Config, by: Person, shown: str, values: Mapping[str, object] | None, now: datetime
) -> Done[str] | Refused:
    """Enter or change the account whose seal was `shown`; without values take it out. Give its id."""
    row = next((a for a in config.accounts if row_hash(a) == shown), None)
    if shown != NEW and row is None:
        return Refused("moved", "")
    if not keeps_accounts(by, schools_named(config, row.schools if row else ())):
        return Refused("office", "")
    named = {key: _name_people(config, said) for key, said in (values or {}).items() if key in _PEOPLE}
    if nobody := [
        said for found in named.values() for said in _to_strings(found) if _is_nobody(config, said)
    ]:
        return Refused("nobody", ", ".join(nobody))
    taken = {NEW, *(a.id for a in config.accounts)}
    name = f"{(values or {}).get('name')}".casefold()  # “our-facebook-page”, by which people know it again
    fresh = re.sub(r"[^a-z0-9]+", "-", name).strip("-")[:60] or "account"
    account_id = row.id if row else free(fresh, taken)
    given = None if values is None else {"id": account_id, **values, **named}
    change = _with_row("accounts", OwnAccount, shown, given)
    entry = AuditEntry(now, by.id, "account_changed", account_id)
    return _write_change(store, config, entry, change)


def save_policy(
    store: Store, config: Config, by: Person, shown: str, values: Mapping[str, object], now: datetime
) -> Done[str] | Refused:
    """Name a written policy, or note a review of the one `shown`. Give a hash of its title."""
    row = next((p for p in config.policies if row_hash(p) == shown), None)
    if shown != NEW and row is None:
        return Refused("moved", "")
    if not keeps_policies(by, schools_named(config, row.schools if row else ())):
        return Refused("office", "")
    owner = f"{_name_people(config, values.get('owner', ''))}"
    if _is_nobody(config, owner):
        return Refused("nobody", owner)
    change = _with_row("policies", WrittenPolicy, shown, {**values, "owner": owner})
    title = row.title if row else f"{values.get('title')}"
    entry = AuditEntry(now, by.id, "policy_changed", digest(title))
    return _write_change(store, config, entry, change)


def schools_in_file(config: Config, chosen: Iterable[School]) -> list[str]:
    """These schools as the file names them; none where they are all that there are."""
    urns = [TRUST if s.is_trust else s.urn for s in chosen]
    return urns if len(urns) < len(config.schools) else []


def _to_strings(found: object) -> Sequence[str]:
    return [f"{each}" for each in found] if isinstance(found, list | tuple) else [f"{found}"]


def _name_people(config: Config, said: object) -> object:
    """People of the settings by their id, others by the name that was typed."""
    ids = {name.casefold(): p.id for p in config.people for name in (p.id, p.name)}
    found = [ids.get(each.casefold(), each) for each in map(str.strip, _to_strings(said)) if each]
    return list(dict.fromkeys(found)) if isinstance(said, list | tuple) else "".join(found)


def _is_nobody(config: Config, said: str) -> bool:
    return bool(said) and reads_as_id(said) and all(p.id != said for p in config.people)


def _with_row(table: str, kind: type[Table], shown: str, values: Mapping[str, object] | None) -> Change:
    """Return that table with one row more, or other values for the row `shown`; None takes it out."""
    given = None if values is None else {key: value or None for key, value in values.items()}
    if given is not None and shown == NEW:
        return add_table(table, given)

    def change(text: str, held: dict[str, Any]) -> str:
        rows = held.get(table, [])
        at = next((n for n, row in enumerate(rows) if row_hash(kind.model_validate(row)) == shown), None)
        if at is None:
            raise _Moved
        if given is None:
            return without_table(text, (table, at))
        changed = {key: value for key, value in given.items() if value != rows[at].get(key)}
        return with_keys(text, (table, at), changed)

    return change


def _write_change(store: Store, config: Config, entry: AuditEntry, change: Change) -> Done[str] | Refused:
    try:
        with store.write("a register") as con:
            append(con, [entry])
            edit(config.path, change)
    except StoreError:
        raise
    except _Moved:
        return Refused("moved", "")
    except EditRefused as refused:
        fault = refused.faults[0]
        keys = [key for key in fault.path if isinstance(key, str)]
        return Refused("value", fault.what, keys[-1] if keys else "")
    except SchoolgateError as error:
        return Refused("file", f"{error}")
    return Done(entry.subject)


def log_action(
    store: Store, config: Config, by: Person, said: Mapping[str, str], now: datetime
) -> Done[bool] | Refused:
    """Writes down what was hidden, blocked, deleted or reported on an account, and why. Gives whether what
    stands at that address was judged criticism to be answered: fair criticism is answered, not hidden."""
    source_id, urn, action = (said.get(key, "") for key in ("source", "school", "action"))
    reason, url = said.get("reason", "").strip(), said.get("url", "").strip()
    own = any(s.own and s.id == source_id and urn in s.urns for s in config.sources)
    if not own or urn not in {s.urn for s in account_schools(config, by)}:
        return Refused("source", "")
    if action not in ACTIONS:
        return Refused("action", "")
    if not reason:
        return Refused("reason", "")
    entry_id = digest("account_log", urn, source_id, by.id, now.isoformat())[:16]
    entry = Logged(entry_id, urn, source_id, now, by.id, action, reason, url or None)
    with store.write("a log of an account") as con:
        source_store.put_log(con, entry)
        routes = source_store.routes_at(con, url, canonical_url(url), urn) if url else []
    return Done(Route.RESPOND.value in routes)
