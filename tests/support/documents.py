"""The documents of `--json`: what one holds, and what of it is not as its schema says."""

from __future__ import annotations

import json
from functools import cache


def content(printed):
    """The items, or the item, of a printed document."""
    document = json.loads(printed)
    return document["items"] if "items" in document else document["item"]


def keys_told(row):
    """The keys of a row that tell anything: those of what is withheld are null."""
    return {key for key, value in row.items() if value is not None}


def closed(schema):
    """The same, and no key besides those it names: whoever adds one to a document adds it to its schema."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: closed(of) for name, of in schema.items()}
    return {"additionalProperties": False, **inner} if isinstance(inner.get("required"), list) else inner


@cache
def _validator(name):
    from jsonschema import Draft202012Validator, FormatChecker

    from monitor.cli.schemas import schema_of

    return Draft202012Validator(closed(schema_of(name)), format_checker=FormatChecker())


def faults(name, document):
    """Where a document is not as its closed schema says, and what it should have been; "" where all is."""
    from jsonschema.exceptions import best_match

    fault = best_match(_validator(name).iter_errors(json.loads(json.dumps(document))))
    return f"{name}, {fault.json_path}: {fault.message}" if fault else ""
