"""Faults of TOML itself, in words: a file that cannot be read as TOML at all."""

from __future__ import annotations

import re

_SYNTAX = (
    ("Unescaped|hex", "a backslash stands in double quotes. Use single quotes: 'C:\\Schoolgate'."),
    (
        "overwrite|twice|mutate|namespace|already",
        "this key or table was given before. Keep one of them.",
    ),
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
