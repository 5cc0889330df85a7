"""The commands of `schoolgate schools`."""

from __future__ import annotations

from monitor.cli.commands.schools.register import find, update
from monitor.terminal.groups import group

schools_app = group("The schools that are watched, and the register of schools.")
schools_app.command("find")(find)
schools_app.command("update")(update)
