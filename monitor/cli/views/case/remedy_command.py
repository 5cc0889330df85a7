"""A remedy as the command that does it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from data.steps.acts import Remedy

_COMMANDS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "answered": ("step answered", {"rung": "--rung {}", "result": "--result {}"}),
    "asked": ("step ask", {"rung": "--rung {}", "way": "--kind {}"}),
    "author": ("step author", {"relationship": "--relationship {}"}),
    "capture": ("capture", {"supplied": "--file FILE"}),
    "classified": ("classify", {"content_class": "C{}"}),
    "complainant": ("step complainant", {"who": "--who {}", "person": "--person {}"}),
    "consent_asked": ("consent ask", {"how": "--how {}"}),
    "consent_refused": ("consent refuse", {}),
    "decided": ("step decide", {"decision": "--{}"}),
    "draft_letter": ("letter", {"kind": "{} --out letters"}),
    "find_host": ("host", {}),
    "look_again": ("recheck", {}),
    "noted": ("note", {"why": "“{}”"}),
    "place": ("step place", {"channel": "PLACE"}),
    "referred": ("step referred", {"to": "--to {}"}),
    "reopened": ("reopen", {}),
    "responded": ("step responded", {"how": "--how {}"}),
    "support": ("support {status}", {}),
    "target": ("step target", {"person": "--person {}", "subjects": "--accuses-nobody"}),
    "weighed": (
        "step weigh", {
            "nature": "--nature “{}”", "visible": "--visible “{}”",
            "spread": "--spread “{}”", "impact": "--impact “{}”",
        },
    ),
}  # fmt: skip
"""The command of each act, and how it says each field."""


def remedy_command(remedy: Remedy) -> str:
    """The command that does it; “…” stands for what is to be said by whoever does."""
    command, fields = _COMMANDS[remedy.act]
    said = dict.fromkeys(remedy.wanted, "…") | {name: _typed(value) for name, value in remedy.values}
    facts = [form.format(said[name]) for name, form in fields.items() if name in said]
    why = ["--why “…”"] if "why" in said and "why" not in fields else []
    words = ("schoolgate case", command.format(**said), said["case"], *facts, "--as", remedy.person, *why)
    return " ".join(words)


def _typed(value: object) -> str:
    return value.replace("_", "-") if isinstance(value, StrEnum) else str(value)
