"""The commands of `schoolgate case`, and under which name each is found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from itertools import islice

import typer
from typer.models import CommandInfo

from monitor.cli.commands.case.capture import capture
from monitor.cli.commands.case.cases import list_cases, note, open_, show
from monitor.cli.commands.case.letter import letter
from monitor.cli.commands.case.recheck import host, recheck
from monitor.cli.commands.case.step import ask
from monitor.cli.commands.case.step.leaves import LEAVES, made
from monitor.cli.commands.case.step.made import Leaf, MadeCommand
from monitor.terminal.groups import add, group


class _StepCommands(typer.Typer):
    """One for each kind of step; the classes are read at the first look at them."""

    @property
    def registered_commands(self) -> list[CommandInfo]:
        """Those with a name of their own, then `case step KIND` of kinds that have no other command."""
        return [*self._named, *self._of_kinds[0]]

    @registered_commands.setter
    def registered_commands(self, named: list[CommandInfo]) -> None:
        self._named = named

    @property
    def unlisted(self) -> list[CommandInfo]:
        """`case step KIND` of the kinds that are listed by another name."""
        return self._of_kinds[1]

    @cached_property
    def _of_kinds(self) -> tuple[list[CommandInfo], list[CommandInfo]]:
        from data.steps.kinds import KINDS

        leaves = {leaf.kind: leaf for leaf in reversed(LEAVES) if not leaf.given}
        named = {info.name for info in self._named}
        alone: list[CommandInfo] = []
        besides = [CommandInfo(kind, callback=own) for kind, own in _WRITTEN_OUT.items()]
        for kind in (kind for kind, of in KINDS.items() if of.by_hand and kind not in _WRITTEN_OUT):
            name = kind.replace("_", "-")
            leaf = leaves.get(kind) or Leaf(f"step {name}", kind)
            if kind not in {leaf.kind for leaf in LEAVES}:
                alone.append(MadeCommand(leaf, name))
            elif name not in named:
                besides.append(MadeCommand(leaf, name))
        return alone, besides


_WRITTEN_OUT: Mapping[str, Callable[..., None]] = {
    "asked": ask.ask,
    "answered": ask.answered,
    "noted": note,
}
"""Kinds whose commands are not made: they keep a copy of a letter too, or take nothing but words."""
case_app = group("Removals: what was decided, who was asked to act, and whether it is gone.")
step_app = _StepCommands(help="Record what was done: weighed, decided, asked, answered.")
consent_app = group("Consent of the person threatened to the police being told.")
support_app = group("The support offered: its status, never what is said in it.")
chronology_app = group("One author's posts about one person, of those already held.")

case_app.command("list")(list_cases)
case_app.command("show")(show)
case_app.command("open")(open_)
_own = made("")
case_app.registered_commands += islice(_own, 2)
case_app.command("note")(note)
case_app.registered_commands += _own
case_app.command("capture")(capture)
case_app.command("host")(host)
case_app.command("letter")(letter)
case_app.command("recheck")(recheck)
add(case_app, step_app, "step")
add(case_app, consent_app, "consent")
add(case_app, support_app, "support")
add(case_app, chronology_app, "chronology")

_steps = made("step")
step_app.registered_commands = [
    *islice(_steps, 3),
    CommandInfo("ask", callback=ask.ask),
    CommandInfo("answered", callback=ask.answered),
    *_steps,
]
consent_app.registered_commands += made("consent")
support_app.registered_commands += made("support")
chronology_app.registered_commands += made("chronology")
