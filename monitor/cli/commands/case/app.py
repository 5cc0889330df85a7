"""The commands of `schoolgate case`: to read, keep, draft and look; steps are taken at the desk."""

from __future__ import annotations

from monitor.cli.commands.case.ask import answered, ask
from monitor.cli.commands.case.capture import capture
from monitor.cli.commands.case.cases import list_cases, note, open_, show
from monitor.cli.commands.case.letter import letter
from monitor.cli.commands.case.recheck import host, recheck
from monitor.terminal.groups import add, group

case_app = group("Removals: what was decided, who was asked to act, and whether it is gone.")
step_app = group("Record who was asked to act and what came back, with the letter's file.")

case_app.command("list")(list_cases)
case_app.command("show")(show)
case_app.command("open")(open_)
case_app.command("note")(note)
case_app.command("capture")(capture)
case_app.command("host")(host)
case_app.command("letter")(letter)
case_app.command("recheck")(recheck)
add(case_app, step_app, "step")
step_app.command("ask")(ask)
step_app.command("answered")(answered)
