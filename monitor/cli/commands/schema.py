"""`schoolgate schema`: what the documents of `--json` hold, for a program that reads them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from typer import Argument

from data.errors import InputError
from monitor.terminal.output import Document, say, say_lines


def _names(incomplete: str) -> list[str]:
    from monitor.cli.schemas import DOCUMENTS

    return [name for name in DOCUMENTS if name.startswith(incomplete)]


def schema(
    name: Annotated[
        str | None,
        Argument(metavar="NAME", help="Which document; without one they are listed.", autocompletion=_names),
    ] = None,
) -> None:
    """Print what a document of --json holds, as a JSON Schema, or list the documents there are.

    \b
    Examples:
      schoolgate schema
      schoolgate schema alerts
    """
    import json

    from monitor.cli.schemas import DOCUMENTS, schema_of
    from monitor.terminal.wording import did_you_mean

    if name is None:
        say_lines(_listed())
    elif name in DOCUMENTS:
        say(Document(json.dumps(schema_of(name), ensure_ascii=False, indent=2)))
    else:
        raise InputError(f"{name}: there is no such document. {did_you_mean(name, list(DOCUMENTS))}")


def _listed() -> Iterator[str]:
    from monitor.cli.schemas import DOCUMENTS
    from monitor.terminal.table import table

    rows = [(name, kind.holds, kind.commands) for name, kind in DOCUMENTS.items()]
    yield from table(("Name", "Holds", "Printed by, with --json"), rows)
