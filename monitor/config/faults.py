"""Faults of a configuration file as sentences: where, what, and how to put it right.

pydantic finds the faults; not a word of its own, and no secret, reaches a person.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import Any, get_args

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from monitor.config.toml_lines import Path, at
from monitor.terminal.wording import did_you_mean

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
    line = at(lines, fault.path)
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


def toml(value: object) -> str:
    """A value as it is written in the file."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_bare(k)} = {toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml(v) for v in value) + "]"
    return "".join(map(_name_sign, json.dumps(value, ensure_ascii=False)))


Values = Mapping[str, object]
"""The keys of a table. What is None, "" or an empty list is left out."""

WIDE = 80
_NOTHING: tuple[object, ...] = (None, "", (), [])


def rows(values: Values) -> list[str]:
    """The lines of a table's keys; a long list has a line an element."""
    lines: list[str] = []
    for key, value in values.items():
        if isinstance(value, list | tuple) and len(toml(value)) > WIDE:
            lines += [f"{_bare(key)} = [", *(f"  {toml(element)}," for element in value), "]"]
        elif value not in _NOTHING:
            lines.append(f"{_bare(key)} = {toml(value)}")
    return lines


def _name_sign(sign: str) -> str:
    """A sign that an editor would not show, or that turns the line around, by its number."""
    category = unicodedata.category(sign)
    if category == "Cs":
        return "\ufffd"
    if not category.startswith("C") and category not in ("Zl", "Zp"):
        return sign
    return f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08x}"


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


def _bare(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key, ensure_ascii=False)


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
    """The fault of a text that is no TOML, by tomllib's `message`; `name` is the file's.

    The line is named, never repeated: it may hold a secret.
    """
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
