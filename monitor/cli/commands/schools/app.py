"""The commands of `schoolgate schools`."""

from __future__ import annotations

from monitor.cli.commands.schools.register import find, update
from monitor.cli.commands.schools.removing import remove_school
from monitor.cli.commands.schools.watched import add_school, change_school, list_schools
from monitor.terminal.groups import group

schools_app = group("The schools that are watched, and the register of schools.")
schools_app.command("list")(list_schools)
schools_app.command("add")(add_school)
schools_app.command("change")(change_school)
schools_app.command("remove")(remove_school)
schools_app.command("find")(find)
schools_app.command("update")(update)
