"""Changing `schoolgate.toml` by program, as a careful person would in an editor.

The rest of the file stays as it is to the letter. What comes out is checked as `load` does before it is put
in place; it is put there whole or not at all, one command at a time, and never over what somebody saved
meanwhile.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import tomlkit

from alerts.access.matter import list_related
from data.errors import InputError, SchoolgateError, explain_refusal
from data.frozen import freeze
from data.ids import digest
from data.store.engine.turn import LockHeld, alone
from data.types import Person, Role, School
from data.words.say import words
from monitor.config.check import Fault, check_text, examine_document
from monitor.config.first_file import TERMS, name_heads, person_values, place_text, school_values, usable
from monitor.config.home.paths import draft, write_private
from monitor.config.load import Config, read_file
from monitor.config.model import TRUST, FormerTable
from monitor.config.toml_text import WIDE, TomlPart, Values, leaves, parts, rows, toml
from monitor.config.toml_text import Path as Place
from sources.places import Proposal

WAIT_S = 5.0
"""So long another command is waited for that changes the file."""
_BOM = "\ufeff"
_NOTHING = "Nothing was changed."

Made = TypeVar("Made")
Change: TypeAlias = Callable[[str, dict[str, Any]], str]
"""The new text, by the old one and by what it holds."""


class EditRefused(InputError):
    """The file would have faults after the change. `faults` say where and what."""

    def __init__(self, name: str, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        what = " ".join(f"“{fault.path[-1]}”: {fault.what}" for fault in self.faults if fault.path)
        super().__init__(f"{name} would not be valid with that. {what} {_NOTHING}")


class Moved(InputError):
    """Somebody else has changed meanwhile what a form was made for."""


def edit(path: Path, *changes: Change) -> None:
    """Makes those changes of the file, all of them or none, one command after another.

    A link is followed to the file; only the ends of lines that all are “\\r\\n” are written anew.

    Raises ConfigError where the file has faults already, `EditRefused` where it would have them after the
    change, and SchoolgateError where it cannot be changed; then nothing was changed.
    """
    read_file(path)
    real = path.resolve()
    try:
        real.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with alone(real.with_name(f".{real.name}.lock"), WAIT_S):
            check_text(path.name, read_file(path))
            raw = real.read_bytes()
            mark, text = _BOM * raw.startswith(_BOM.encode()), raw.decode("utf-8-sig")
            windows = b"\r\n" in raw and raw.count(b"\r\n") == raw.count(b"\n")
            after = _apply(path.name, text.replace("\r\n", "\n") if windows else text, changes)
            _replace_file(real, raw, (mark + (after.replace("\n", "\r\n") if windows else after)).encode())
    except LockHeld as held:
        what = f"{real.name} is being changed by another command, {held.holder}."
        raise SchoolgateError(f"{what} {_NOTHING} Try again in a moment.") from None
    except OSError as error:
        raise SchoolgateError(f"{explain_refusal(error)} {_NOTHING}") from None


def preview_text(path: Path, changes: Sequence[Change]) -> str:
    """The text that these changes would leave; nothing is written. Raises as `edit` does."""
    check_text(path.name, text := read_file(path))
    return _apply(path.name, text, changes)


def _apply(name: str, text: str, changes: Sequence[Change]) -> str:
    """Raises InputError where only an editor can change it, `EditRefused` where the rules forbid it."""
    try:
        for each in changes:
            text = each(text, tomllib.loads(text))
    except NoTable as table:
        said = words("en")("setup.refused.by_editor", file=name, table=table)
        raise InputError(f"{said} {_NOTHING}") from None
    _, faults = examine_document(tomllib.loads(text))
    if faults:
        raise EditRefused(name, faults)
    return text


def _replace_file(real: Path, before: bytes, after: bytes) -> None:
    """For the same account and with the same rights as the file that it replaces."""
    there = real.stat()
    if os.geteuid() not in (0, there.st_uid):
        raise SchoolgateError(f"{real} belongs to another account. Run this as that one. {_NOTHING}")
    with draft(real, after, like=there) as made:
        if real.read_bytes() != before:
            what = f"{real.name} has been saved by somebody else."
            raise SchoolgateError(f"{what} {_NOTHING} Begin again.")
        made.replace(real)


def places_added(places: Sequence[Proposal]) -> Change:
    """Sources after those that are there, each below what is told of it."""

    def change(text: str, _: dict[str, Any]) -> str:
        for place in places:
            text = with_block(text, "sources", place_text(place).split("\n"))
        return text

    return change


def write_after_secret(file: Path, secret: str, write: Callable[[], Made]) -> Made:
    """Write the secret into its private file, then what names it; on failure the old one returns."""
    before = file.read_bytes() if file.exists() else None
    write_private(file, f"{secret}\n".encode())
    try:
        return write()
    except BaseException:
        write_private(file, before) if before is not None else file.unlink()
        raise


def add_table(table: str, values: Values, *, several: bool = True) -> Change:
    """A table of that name, after those that are there; `several` as `with_table` has it."""
    return lambda text, _: with_table(text, table, values, several=several)


def change_table(table: str, which: str, values: Values) -> Change:
    """Other values for keys of one of those tables, by its id or URN; None takes a key away."""
    return lambda text, held: with_keys(text, _by_id(held, table, which), values)


def remove_table(table: str, which: str) -> Change:
    """Without one of those tables, and of a source without the comment above it that `place_text` wrote."""
    comment = TERMS if table == "sources" else ""
    return lambda text, held: without_table(text, _by_id(held, table, which), comment)


def set_in(table: str, values: Values) -> Change:
    """Values for keys of a table of which there is one (“” for the top); a missing one is made."""
    return lambda text, held: _with_values(text, held, table, values)


def table_mark(text: str, table: str, which: str) -> str:
    """Return a mark of the table that its reader was shown, by its id or URN; "" for none; of all of
    that name without `which`."""
    key, rows = "urn" if table == "schools" else "id", tomllib.loads(text).get(table, [])
    rows = [row for row in rows if row.get(key) == which] if which else rows
    return digest(repr(rows))[:16] if rows else ""


def require_unchanged(table: str, which: str, mark: str) -> Change:
    """No change: it refuses the others where that table is not as somebody was shown it (`table_mark`)."""

    def look(text: str, _: dict[str, Any]) -> str:
        if table_mark(text, table, which) != mark:
            raise Moved(f"Somebody else has changed this. {_NOTHING} Look at it again.")
        return text

    return look


def channel_set(source_id: str, channel: str, first: str) -> Change:
    """Another channel for a source; the ids of its posts are made with the `first` that it had, and stay."""

    def change(text: str, held: dict[str, Any]) -> str:
        at = _by_id(held, "sources", source_id)
        text = with_key(text, at, "channel", channel)
        settings = {**held["sources"][at[1]].get("settings", {})}
        before, ids = settings.pop("ids", None), first if first != channel else None
        if ids == before:
            return text
        try:
            return with_key(text, (*at, "settings"), "ids", ids)
        except NoTable:
            return with_key(text, at, "settings", (settings | ({"ids": ids} if ids else {})) or None)

    return change


def set_values(path: Path, values: Mapping[tuple[str, str], object]) -> None:
    """Values by table (“” for the top) and key, of tables of which there is one; a missing one is made."""
    tables: dict[str, dict[str, object]] = {}
    for (table, key), value in values.items():
        tables.setdefault(table, {})[key] = value
    edit(path, *(set_in(table, keys) for table, keys in tables.items()))


def mail_replaced(values: Values) -> Change:
    """These keys and no others for the table of the mail, which is used then; comments in it stay."""

    def change(text: str, held: dict[str, Any]) -> str:
        text = _with_values(text, held, "mail", {**dict.fromkeys(held.get("mail", ())), **values})
        return with_key(text, (), "without_mail", None) if "without_mail" in held else text

    return change


def mail_removed(text: str, held: dict[str, Any]) -> str:
    """Without the table of the mail; comments stay."""
    return without_table(text, ("mail",)) if "mail" in held else text


def _with_values(text: str, held: dict[str, Any], table: str, values: Values) -> str:
    if table and table not in held:
        return with_table(text, table, values, several=False)
    return with_keys(text, (table,) if table else (), values)


def terms_added(
    urns: Sequence[str], terms: Sequence[tuple[date, date]], closed: Sequence[date] = ()
) -> Change:
    """Terms of schools and their days without pupils, each in its place in the year, none written twice."""
    rows = [("terms", {"first": first, "last": last}, first) for first, last in terms]
    new = [*rows, *(("closed", day, day) for day in closed)]

    def change(text: str, held: dict[str, Any]) -> str:
        for at in (_by_id(held, "schools", urn) for urn in urns):
            for key, value, day in new:
                there = _table_at(text, at).get(key, [])
                before = (other["first"] if key == "terms" else other for other in there)
                if value not in there:
                    text = with_element(text, at, key, value, sum(other < day for other in before))
        return text

    return change


def _by_id(held: dict[str, Any], table: str, wanted: str) -> Place:
    ids = [row["urn" if table == "schools" else "id"].strip() for row in held.get(table, [])]
    if wanted not in ids:
        known = ", ".join(ids) or "none"
        raise InputError(f"{wanted}: not in the file. There are: {known}.")
    return (table, ids.index(wanted))


# Changes to the text of a TOML document: one table or one key of it, and not a letter of the rest.


class NoTable(Exception):
    """The table of that name has no header of its own to be found by, or its list has one for each row."""


def with_table(text: str, name: str, values: Values, *, several: bool = True) -> str:
    """With this table after the last of its name; the first stands where a comment has an example of one,
    or else at the end. `several` is for tables of which there may be more than one.
    """
    header = f"[[{name}]]" if several else f"[{name}]"
    return with_block(text, name, [header, *rows(values)])


def with_block(text: str, name: str, block: Sequence[str]) -> str:
    """The same with a table as it is written already: its lines, a comment above it among them."""
    there = parts(text)
    if name in tomllib.loads(text) and not any(part.path[:1] == (name,) for part in there):
        raise NoTable(name)
    lines = text.split("\n")
    at = _place_of_new(lines, there, name)
    before = [""] if at and lines[at - 1].strip() else []
    after = [""] if at < len(lines) and lines[at].strip() else []
    return "\n".join([*lines[:at], *before, *block, *after, *lines[at:]])


def without_table(text: str, path: Place, told: str = "") -> str:
    """Without that table and those below it. Comments stay, but for one right above that holds `told`."""
    found = [part for part in parts(text) if part.path[: len(path)] == path and part.first]
    if not found:
        raise NoTable(path[0])
    lines = text.split("\n")
    for part in reversed(found):
        at = _comment_start(lines, part.first - 1, told)
        del lines[at : part.last]
        if at and not lines[at - 1].strip() and (at == len(lines) or not lines[at].strip()):
            del lines[at - 1]
    return "\n".join(lines)


def _comment_start(lines: list[str], header: int, told: str) -> int:
    """Find where the comment right above a header begins, if it holds `told`; else the header."""
    at = header
    while at and lines[at - 1].startswith("#"):
        at -= 1
    said = " ".join(line.lstrip("# ") for line in lines[at:header])
    return at if told and told in said else header


def with_key(text: str, path: Place, key: str, value: object | None) -> str:
    """With that value for the key of that table; None takes the key away."""
    part = _part(text, path)
    if value is None:
        return _change_table(text, part, lambda table: table.pop(key, None))
    if key not in _table_at(text, path):
        return _with_new_key(text, part, key, value)
    return _change_table(text, part, lambda table: table.update({key: tomlkit.value(toml(value))}))


def with_keys(text: str, path: Place, values: Values) -> str:
    """With each of these for that table, as `with_key` does."""
    for key, value in values.items():
        text = with_key(text, path, key, value)
    return text


def with_element(text: str, path: Place, key: str, value: object, at: int) -> str:
    """With that value in the list of that key, at that place; where there is no list, it is made."""

    def insert(table: dict[str, Any]) -> None:
        table[key].insert(at, tomlkit.value(toml(value)))
        one_line = table[key].as_string()
        if "\n" not in one_line and len(one_line) > WIDE:
            table[key].multiline(True)

    part = _part(text, path)
    if any(other.path[:-1] == (*path, key) for other in parts(text)):
        raise NoTable(key)
    if key not in _table_at(text, path):
        return _with_new_key(text, part, key, [value])
    return _change_table(text, part, insert)


def _part(text: str, path: Place) -> TomlPart:
    found = next((part for part in parts(text) if part.path == path), None)
    if found is None:
        raise NoTable(path[0])
    return found


def _table_at(text: str, path: Place) -> dict[str, Any]:
    """The table of that place, as it is read."""
    found: Any = tomllib.loads(text)
    for key in path:
        found = found[key]
    return dict(found)


def _change_table(text: str, part: TomlPart, change: Callable[[Any], object]) -> str:
    """With that table changed by tomlkit, which keeps what is written around its values."""
    lines = text.split("\n")
    here = slice(max(part.first - 1, 0), part.last)
    document = tomlkit.parse("\n".join(lines[here]) + "\n")
    table: Any = document
    for key in part.path:
        if isinstance(key, str):
            table = table[key]
            table = table[0] if isinstance(table, list) else table
    change(table)
    lines[here] = tomlkit.dumps(document).removesuffix("\n").split("\n")
    return "\n".join(lines)


def _with_new_key(text: str, part: TomlPart, key: str, value: object) -> str:
    """After an example of it in a comment of that table, or else after the table's last key."""
    lines = text.split("\n")
    at = part.last
    for n, line in enumerate(lines[part.last : part.end], part.last):
        if re.match(r"#\s*\[", line):
            break
        if re.match(rf"#\s*{re.escape(key)}\s*=", line):
            at = n + 1
            break
    return "\n".join([*lines[:at], *rows({key: value}), *lines[at:]])


def _place_of_new(lines: list[str], there: list[TomlPart], name: str) -> int:
    """Count the lines before a new table of that name."""
    like = [part for part in there if part.path[:1] == (name,)]
    if like:
        return _table_end(lines, like[-1])
    for n, line in enumerate(lines):  # not where keys of its table follow, which would become the new one's
        among_keys = any(part.first <= n < part.last for part in there)
        if not among_keys and re.fullmatch(rf"#\s*\[+{re.escape(name)}\]+\s*", line):
            while n and lines[n - 1].startswith("#"):
                n -= 1
            return n
    return len(lines) - (not lines[-1])


def _table_end(lines: list[str], part: TomlPart) -> int:
    """Find where a table ends: behind comments right below its last key that are not the next header's."""
    at = part.last
    while at < part.end and lines[at].strip():
        at += 1
    return at if at < part.end or at >= len(lines) else part.last


@freeze
class Succession:
    """`old` gives up offices, all of them unless `kept` has those that they keep here; `new` has theirs from
    then on, None where nobody is named."""

    old: Person
    new: Person | None = None
    kept: tuple[Role, ...] | None = None

    @property
    def leaves(self) -> bool:
        """Does the one who had it leave the school?"""
        return self.kept is None


def after(config: Config, going: Succession) -> Config:
    """The settings as they are then, as far as who holds what is concerned."""
    new, gone = going.new, going.leaves
    stays = () if going.kept is None else (replace(going.old, roles=going.kept),)
    others = {p.id: replace(p, **values) for p, values in _change_others(config, going)} if gone else {}
    here = [others.get(p.id, p) for p in config.people if p.id not in (going.old.id, new.id if new else "")]
    return replace(
        config,
        people=(*here, *stays, *([new] if new else [])),
        former=(*config.former, *([replace(going.old, email=None)] if gone else [])),
        digest=config.digest.model_copy(
            update={"together": _readers_together(config, going)} if gone else None
        ),
    )


def heads(config: Config, then: Config) -> dict[str, str]:
    """By URN, the head that each school has from then on, where somebody else is."""
    before = {s.urn: s.head for s in name_heads(config.schools, config.people)}
    after = name_heads(config.schools, then.people)
    return {s.urn: s.head for s in after if s.head and s.head != before[s.urn]}


def changes(config: Config, going: Succession, today: date) -> list[Change]:
    """The changes of the file, in their order."""
    old, new = going.old, going.new
    then = after(config, going)
    known = {p.id: p for p in config.people}
    made = [] if new is None else [write_person(new, known.get(new.id))]
    made += [set_head(config, urn, name) for urn, name in heads(config, then).items()]
    if going.kept is not None:
        return [*made, change_table("people", old.id, {"roles": [role.value for role in going.kept]})]
    made += [change_table("people", p.id, values) for p, values in _change_others(config, going)]
    # whoever comes stands in the lists of ids that had theirs
    if (together := _readers_together(config, going)) != config.digest.together:
        made.append(set_in("digest", {"together": list(together)}))
    if config.me == old.id:
        made.append(set_in("cli", {"me": new.id if new else None}))
    left = {key: value for key, value in person_values(old).items() if key in FormerTable.model_fields}
    return [*made, remove_table("people", old.id), add_table("former", {**left, "left": today})]


def set_head(config: Config, urn: str, name: str) -> Change:
    """Change who heads a school, or is the trust's chief executive."""
    if config.trust and urn == config.trust.urn:
        return set_in(TRUST, {"chief": name})
    return change_table("schools", urn, {"head": name})


def write_person(new: Person, before: Person | None = None) -> Change:
    """Somebody new, or what the file says otherwise of somebody it has already."""
    values = person_values(new)
    if before is None:
        return add_table("people", values)
    had = person_values(before)
    return change_table("people", new.id, {k: v or None for k, v in values.items() if v != had[k]})


def _change_others(config: Config, going: Succession) -> Iterator[tuple[Person, Mapping[str, Any]]]:
    """Change those they covered for or said they were close to: the other says it from now on."""
    old, new = going.old, going.new
    close = list_related((old.id,), config.people)
    for p in config.people:
        values: dict[str, Any] = {}
        if p.cover == old.id:
            values["cover"] = new.id if new and new.id != p.id else None
        if p.id in close and old.id not in p.related_to:
            values["related_to"] = (*p.related_to, old.id)
        if values:
            yield p, values


def _readers_together(config: Config, going: Succession) -> tuple[str, ...]:
    """List who is sent the schools' digests together from then on."""
    old, new = going.old.id, going.new.id if going.new else None
    ids = (new if each == old else each for each in config.digest.together)
    return tuple(dict.fromkeys(each for each in ids if each))


def still_named(document: Mapping[str, Any], old: Person) -> list[str]:
    """The keys outside `[[people]]` and `[[former]]` that hold the name or address of whoever has left."""
    wanted = [each.casefold() for each in (old.name, old.email) if each]
    found = (
        ".".join(key for key in path if isinstance(key, str))
        for path, value in leaves(document)
        if path[0] not in ("people", "former") and isinstance(value, str)
        if any(each in value.casefold() for each in wanted)
    )
    return list(dict.fromkeys(found))


_NARROWED = ("sources", "people", "policies", "accounts")


def joining(config: Config, school: School) -> list[Change]:
    """The school after those that are there. What was for the only one so far stays for that alone."""
    only = config.schools[0].urn if len(config.proper) == 1 else None
    pinned = [_pin_tables(table, only) for table in (*_NARROWED, "former")] if only else []
    return [*pinned, add_table("schools", school_values(usable(school)))]


def _pin_tables(table: str, urn: str) -> Change:
    """Each of those tables that says no school is for this one."""

    def change(text: str, held: dict[str, Any]) -> str:
        for n, row in enumerate(held.get(table, [])):
            text = text if row.get("schools") else with_key(text, (table, n), "schools", [urn])
        return text

    return change


@freeze
class Parting:
    """A school that is watched no more: the places and the people that were for it alone, and go with it."""

    school: School
    places: tuple[str, ...]
    people: tuple[Person, ...]


def find_school_parts(config: Config, school: School) -> Parting:
    """Find what goes with the school."""
    places = tuple(s.name or s.id for s in config.sources if set(s.urns) == {school.urn})
    return Parting(school, places, tuple(p for p in config.people if set(p.urns) == {school.urn}))


def leaving_changes(config: Config, parting: Parting, today: date) -> list[Change]:
    """The file without the school, and without what was for it alone; all else loses its number."""
    made: list[Change] = []
    for person in parting.people:
        made += changes(config, Succession(person), today)
        config = after(config, Succession(person))
    numbers = {parting.school.urn, *parting.school.members}
    made += [_narrow_tables(table, numbers) for table in _NARROWED]
    return [*made, remove_table("schools", parting.school.urn)]


def _narrow_tables(table: str, numbers: set[str]) -> Change:
    """Each of those tables without these numbers, and not at all where it had no others."""

    def change(text: str, held: dict[str, Any]) -> str:
        for n in reversed(range(len(held.get(table, [])))):
            had = tomllib.loads(text)[table][n].get("schools", [])
            left = [urn for urn in had if urn.strip() not in numbers]
            if had and not left:
                text = without_table(text, (table, n), TERMS)
            elif left != had:
                text = with_key(text, (table, n), "schools", left)
        return text

    return change
