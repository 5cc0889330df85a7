"""`schoolgate set`: keys of schoolgate.toml that need no editor."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from data.effects import utc_now
from data.errors import InputError, write_commands
from data.register.calendar import read_day
from data.words.say import words
from monitor.cli.commands.options import HomeOptions
from monitor.config.load import load_file
from monitor.config.model import BaseAddress, SchoolTable, TomlFile
from monitor.terminal.output import say, say_lines
from monitor.terminal.wording import did_you_mean

_OF_THEIR_OWN = {
    "schools": "Change a school at ⟪/schools⟫, its terms at ⟪/terms⟫",
    "sources": "Add or change a source at ⟪/sources⟫",
    "people": "Add or change people at ⟪/people⟫",
    "policies": "Enter written policies at ⟪/policies⟫",
    "accounts": "Enter your own accounts at ⟪/accounts⟫",
}


def set_keys(opts: HomeOptions, keys: list[str]) -> None:
    """Set keys of schoolgate.toml."""
    from monitor.config.edit import set_values

    path = opts.find_paths().config
    values = dict(map(_read_value, keys))
    _check_reach(str(values.get(("", "base_url")) or ""))
    set_values(path, values | _authorities(path, values.get(("network", "ca_file"))))
    say(f"Written into {path.name}: {_say_written(values)}.")
    if {("network", "ca_file"), ("network", "proxy")} & set(values):
        say(write_commands("To look up what it blocked, such as your website's feeds: ⟪/setup/places⟫"))
    from monitor.setup.check_settings import check_pages, dpia, next_lines
    from monitor.setup.findings import Level, finding_lines

    today, settings = utc_now().date(), load_file(path, os.environ)
    found = [*(check_pages(settings) if ("", "base_url") in values else ())]
    found += dpia(settings, today) if values.get(("dpia", "recorded_on")) else ()
    for finding in found:
        say_lines(finding_lines(finding, "But: ", 80) if finding.level is not Level.OK else ())
    say_lines(next_lines(path, today))


def _check_reach(address: str) -> None:
    """Say where the desk's address opens only inside the school; raises InputError where nobody opens it."""
    from data.web.public_addresses import HostReach, reach_of
    from monitor.config.check import value_fault

    unread = value_fault(BaseAddress, address)  # which is said where it is written
    reach = HostReach.ANYWHERE if unread else reach_of(address)
    if reach is HostReach.ANYWHERE:
        return
    said = words("en")(f"setup.reach.{reach.value}")
    if reach is HostReach.NOWHERE:
        raise InputError(said)
    say(said)


def _authorities(path: Path, named: object) -> dict[tuple[str, str], object]:
    """The file of a web filter's authority, beside the settings or where it was typed. Raises InputError."""
    from monitor.setup.way_out import with_certificates

    if not isinstance(named, str):
        return {}
    if (path.parent / named).exists():
        with_certificates(str(path.parent / named))
        return {}
    return {("network", "ca_file"): with_certificates(named)}


def _say_written(values: Mapping[tuple[str, str], object]) -> str:
    """The keys that were written; a day beside its own, as it was understood."""
    return ", ".join(
        f"{table}.{key}".lstrip(".") + (f" ({value:%A %-d %B %Y})" if isinstance(value, date) else "")
        for (table, key), value in values.items()
    )


def _read_value(typed: str) -> tuple[tuple[str, str], object]:
    """Read what is to be set, by table and key. Raises InputError."""
    name, given, value = typed.partition("=")
    table, key, model = _place(name.strip())
    field = model.model_fields[key]
    if not field.repr:
        file = f"{name.removesuffix('_url')}_file"
        raise InputError(
            f"{name} should not show on your screen or in your shell's history. Save it as the first line of "
            f"a file that only you may read, and name the file: schoolgate set {file}=FILE"
        )
    if not given:
        raise InputError(f"{name} has no value. Write it like this: schoolgate set {_example(name, field)}")
    return (table, key), convert_value(name, value.strip(), field)


def _example(name: str, field: FieldInfo) -> str:
    """Write how the key is set, with the value of its example."""
    example = (field.examples or ["VALUE"])[0]
    shown = ",".join(map(str, example)) if isinstance(example, list) else str(example)
    return shlex.quote(f"{name}={shown.lower() if isinstance(example, bool) else shown}")


def _place(name: str) -> tuple[str, str, type[BaseModel]]:
    """The table, the key and the model that has it. Raises InputError."""
    first, _, key = name.partition(".")
    if first in _OF_THEIR_OWN:
        raise InputError(f"{name}: {_OF_THEIR_OWN[first]}")
    field = TomlFile.model_fields.get(first)
    model = _model(field) if field else None
    if key == "password":
        raise InputError(f"{name} is no setting. The password is entered at ⟪/setup/mail⟫")
    if model and key in model.model_fields:
        return first, key, model
    if field and not model and not key:
        return "", first, TomlFile
    if first in SchoolTable.model_fields:
        raise InputError(f"{name} is a school's. {_OF_THEIR_OWN['schools']}")
    tables = {key: _model(field) for key, field in TomlFile.model_fields.items() if key not in _OF_THEIR_OWN}
    known = [key for key, model in tables.items() if model is None]
    known += [f"{table}.{key}" for table, model in tables.items() if model for key in model.model_fields]
    raise InputError(f"{name}: there is no such key. {did_you_mean(name, known)}")


def _model(field: FieldInfo) -> type[BaseModel] | None:
    """The model of a table, None where it is a value."""
    kinds = [field.annotation, *get_args(field.annotation)]
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)


def _day(name: str, said: str) -> date:
    """Raises InputError, which names the key."""
    try:
        return read_day(said, utc_now().date())
    except InputError as refused:
        raise InputError(f"{name}: {refused.text}") from None


def convert_value(name: str, text: str, field: FieldInfo) -> Any:
    """Convert as TOML holds it. What does not fit stays text: the file's own check says what is wrong."""
    example = (field.examples or [""])[0]
    kinds = (field.annotation, *get_args(field.annotation))
    if text.lower() in (word for kind in kinds for word in get_args(kind)):  # one of few words
        return text.lower()
    try:
        match example:
            case bool():
                return {"true": True, "yes": True, "false": False, "no": False}.get(text.lower(), text)
            case int() | float():
                return type(example)(text)
            case date():
                return _day(name, text)
            case list():
                return [part.strip() for part in text.split(",") if part.strip()]
    except ValueError:
        return text
    return text
