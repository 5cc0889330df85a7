"""The commands of `schoolgate people`."""

from __future__ import annotations

from monitor.cli.commands.people.add import add_person
from monitor.cli.commands.people.change import change_someone
from monitor.cli.commands.people.leaving import remove_person, replace_person
from monitor.cli.commands.people.listed import list_people, show_person
from monitor.cli.commands.people.ways_in import away_person, print_person_codes, sign_out_person
from monitor.terminal.groups import group

people_app = group("The people of the school: who is told, and who may be meant.")
people_app.command("list")(list_people)
people_app.command("show")(show_person)
people_app.command("add")(add_person)
people_app.command("change")(change_someone)
people_app.command("replace")(replace_person)
people_app.command("remove")(remove_person)
people_app.command("away")(away_person)
people_app.command("sign-out")(sign_out_person)
people_app.command("print-codes")(print_person_codes)
