"""Checking a configuration: its text → its tables, or every fault at once. Loads pydantic."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias, TypeVar

from pydantic import ValidationError

from data.errors import ConfigError
from monitor.config import faults as config_faults
from monitor.config.between import between_tables, secrets
from monitor.config.faults import Fault
from monitor.config.model import Table, TomlFile
from monitor.config.places import Document
from monitor.config.toml_lines import Path as Place
from monitor.config.toml_lines import at, find_lines, first_lines

T = TypeVar("T", bound=Table)

Examined: TypeAlias = tuple[T | None, list[Fault]]
"""A file's tables, None where a key of it has a fault; and all its faults."""


def checked(name: str, text: str) -> TomlFile:
    """What the text of a file of that name holds. Raises ConfigError with every fault that can be found."""
    return checked_by(examined, name, text)


def checked_by(examine: Callable[[dict[str, Any]], Examined[T]], name: str, text: str) -> T:
    """The same of a file that is examined so."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([config_faults.syntax_fault(name, text, str(error))]) from None
    file, faults = examine(document)
    if file is None or faults:
        raise ConfigError(_sentences(name, faults, first_lines(find_lines(text))))
    return file


def examined(document: dict[str, Any]) -> Examined[TomlFile]:
    """A `schoolgate.toml`, and all faults of it: of secrets, of keys, between tables."""
    return examined_as(TomlFile, between_tables, document)


def examined_as(
    model: type[T], between: Callable[[Document], Iterable[Fault]], document: dict[str, Any]
) -> Examined[T]:
    """The same of a file of that shape; `between` finds what no single key can show."""
    file, found, of_keys = None, secrets(document), []
    try:
        file = model.model_validate(document)
    except ValidationError as error:
        of_keys = config_faults.from_errors(error.errors(include_url=False), model)
    for more in (of_keys, between(document)):
        told = {fault.path for fault in found}
        found = [*found, *(fault for fault in more if fault.path not in told)]
    return file, found


def _sentences(name: str, faults: list[Fault], lines: dict[Place, int]) -> list[str]:
    """In the order of the file."""
    ordered = sorted(faults, key=lambda fault: at(lines, fault.path) or 0)
    return [config_faults.sentence(name, fault, lines) for fault in ordered]
