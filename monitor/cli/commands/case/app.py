"""The commands of `schoolgate case`: evidence from files, letters as files, and whom to ask; all else of a
case is read and done at the desk."""

from __future__ import annotations

from monitor.cli.commands.case.ask import answered, ask, host
from monitor.cli.commands.case.capture import capture
from monitor.terminal.groups import add, group

case_app = group("Evidence and letters as files of a case, and whom to ask.")
step_app = group("Record who was asked to act and what came back, with the letter's file.")

case_app.command("capture")(capture)
case_app.command("host")(host)
add(case_app, step_app, "step")
step_app.command("ask")(ask)
step_app.command("answered")(answered)
