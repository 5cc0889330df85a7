"""How many files word a matter, how many types describe one, and which strings speak to a shell.

A **file words a matter** that asks the catalogue for a sentence about one: it holds a key of `data/words`,
whole or as the beginning of an f-string, whose file is not in `NOT_OF_A_MATTER` and which is not in `FRAMES`.
A new file of the catalogue counts until it is named there. `alerts/wording` may, and is not counted.

A **value type of a matter** is a class whose own fields answer four or more of the ten questions in `ASKED`,
by their names or their types. What is kept of one (`data/store`, and the values in `KEPT`) is not counted.

A **string that names an option or a command** holds “schoolgate ” and a word, or a `--word` that the command
line has (a string or a parameter's name there). Strings of the rooms of the command line do not count; those
of rooms that only speak at a terminal are counted beside. What declares an option of a tool, by
`add_argument`, is none.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from house_parts.source import Checkout, Figure, Nodes, Text

NOT_OF_A_MATTER = frozenset(
    (
        "about", "account", "capture", "class", "common", "failure", "lane", "letter", "notice", "pack",
        "passkeys", "policy", "privacy", "report", "reports", "route", "rung", "spike", "theme", "trial",
    )
)  # fmt: skip
"""Files of the catalogue that speak of offices, places, papers or the program, or name a kind of thing."""
FRAMES = (
    "digest.at.", "digest.end_of", "digest.not_seen.", "digest.on_day", "digest.on_weekday", "digest.who.",
    "instant.greeting", "instant.once",
    "page.old", "page.once_more",
)  # fmt: skip
"""Keys of the others that greet, name a time, an office or a place, or say that there is no such page."""
WORDING = ("alerts/wording/", "alerts/wording.py", "data/words/")
COMMAND_LINE = ("monitor/cli.py", "monitor/cli/", "monitor/commands/", "monitor/terminal/")
AT_A_TERMINAL = (
    "monitor/backup/",
    "monitor/config/home/elsewhere.py",
    "monitor/doctor/",
    "monitor/mail/",
    "monitor/setup/",
    "monitor/views/",
)
KEPT = frozenset(("Alert", "Case"))
_OF_A_STORY = {"StoryDetail", "StoryRow"}
ASKED: Mapping[str, tuple[set[str], set[str]]] = {
    "what": ({"Alert", "Case", "Matter", *_OF_A_STORY}, {"alert_id", "case_id", "story", "story_id"}),
    "how sure": ({"Relevance"}, {"look", "looks", "perhaps_other", "sure"}),
    "how grave": ({"Severity", "Verdict", *_OF_A_STORY}, {"grave", "gravity"}),
    "words": ({"StoryMention", "ToldPost", *_OF_A_STORY}, {"headline", "post", "quoted", "text", "title"}),
    "where": (set(), {"address", "channel", "channels", "places", "url"}),
    "when": (
        set(),
        {
            "asked_at",
            "first_seen",
            "made_at",
            "posted_at",
            "published",
            "raised_at",
            "times",
            "told_at",
            "when",
        },
    ),
    "who has it": ({"Owner", "Holder", "Whose"}, {"holder"}),
    "due": ({"NextDate", "SchoolDays"}, {"due", "due_at"}),
    "state": ({"CaseState", "Marked", "ShownMark"}, {"finished", "open", "state", "taken"}),
    "what one may": ({"Access", "Action", "Markable", "ReaderPart"}, {"actions", "may", "restricted"}),
}
"""Each question, and the types and the names of fields that answer it."""
ENOUGH = 4
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*[a-z]")
_COMMAND = re.compile(r"\bschoolgate [a-z]")
_KEY = re.compile(r"[a-z_]+\.[a-z0-9_.]*")


def of_matters(checkout: Checkout) -> Iterator[Figure]:
    """Yield the files, the types and the strings."""
    keys = {key for key in _catalogue(checkout) if not key.startswith(FRAMES)}
    found = {
        f: sorted({k for text in some if (k := _asks(text, keys))}) for f, some in checkout.strings.items()
    }
    files = [
        f"{file}: {' '.join(asked)}"
        for file, asked in found.items()
        if asked and not file.startswith(WORDING)
    ]
    yield Figure(f"files that word a matter: {len(files)}", {"matter_files": len(files)}, files)
    types = [f"{file}: {name} ({', '.join(answers)})" for file, name, answers in _types(checkout)]
    yield Figure(f"value types of a matter: {len(types)}", {"matter_types": len(types)}, types)
    yield _shell(checkout)


def _catalogue(checkout: Checkout) -> Iterator[str]:
    for file in sorted((checkout.root / "data" / "words" / "en").glob("*.toml")):
        if file.stem not in NOT_OF_A_MATTER:
            yield from _keys(file.stem, tomllib.loads(file.read_text(encoding="utf-8")))


def _keys(prefix: str, held: Mapping[str, Any]) -> Iterator[str]:
    for name, value in held.items():
        yield f"{prefix}.{name}"
        if isinstance(value, dict):
            yield from _keys(f"{prefix}.{name}", value)


def _asks(text: Text, keys: set[str]) -> str:
    """The key that it is, or begins with where the rest is filled in."""
    begin = text.parts[0]
    if not _KEY.fullmatch(begin):
        return ""
    if begin in keys or ((text.filled or begin.endswith(".")) and any(key.startswith(begin) for key in keys)):
        return begin
    return ""


def _types(checkout: Checkout) -> Iterator[tuple[str, str, list[str]]]:
    for file, tree in checkout.trees.items():
        for node in tree.body:
            if (
                isinstance(node, ast.ClassDef)
                and node.name not in KEPT
                and not file.startswith("data/store/")
            ):
                answers = _answers(node)
                if len(answers) >= ENOUGH:
                    yield file, node.name, answers


def _answers(node: ast.ClassDef) -> list[str]:
    fields = {
        each.target.id: set(re.findall(r"\w+", ast.unparse(each.annotation)))
        for each in node.body
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
    }
    many = {"Mapping", "Sequence", "dict", "list", "tuple"}
    return [
        question
        for question, (types, names) in ASKED.items()
        if any(
            name in names or (types & said and not (question == "what" and many & said))
            for name, said in fields.items()
        )
    ]


def _shell(checkout: Checkout) -> Figure:
    options = set(_options(checkout))
    said, beside = [], 0
    for file, texts in checkout.strings.items():
        if not file.startswith(COMMAND_LINE):
            declared = _declared(checkout.nodes[file])
            here = [t for t in texts if t.line not in declared and _speaks(t.said, options)]
            if file.startswith(AT_A_TERMINAL):
                beside += len(here)
            else:
                said += [f"{file}:{text.line}: {' '.join(text.said.split())[:100]}" for text in here]
    files = len(Counter(line.partition(":")[0] for line in said))
    return Figure(
        f"strings outside the command line that name an option or a command: {len(said)} in {files} files"
        f" ({beside} more where only a terminal is spoken to)",
        {"shell_strings": len(said)},
        said,
    )


def _speaks(said: str, options: set[str]) -> bool:
    return bool(_COMMAND.search(said) or options.intersection(_OPTION.findall(said)))


def _options(checkout: Checkout) -> Iterator[str]:
    for file, nodes in checkout.nodes.items():
        if file.startswith(COMMAND_LINE):
            for text in checkout.strings[file]:
                yield from _OPTION.findall(text.said)
            yield from (f"--{node.arg.strip('_').replace('_', '-')}" for node in nodes[ast.arg])


def _declared(nodes: Nodes) -> set[int]:
    """The lines on which a tool of its own declares an option."""
    named = (
        c for c in nodes[ast.Call] if isinstance(c.func, ast.Attribute) and c.func.attr == "add_argument"
    )
    return {line for call in named for line in range(call.lineno, call.end_lineno + 1)}
