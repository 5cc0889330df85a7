"""The commands of `schoolgate source`, and under which name each is found."""

from __future__ import annotations

from monitor.cli.commands.source.add import add_source
from monitor.cli.commands.source.list import list_sources
from monitor.cli.commands.source.parse import parse
from monitor.cli.commands.source.propose import propose_sources
from monitor.cli.commands.source.switch import pause, remove, resume
from monitor.cli.commands.source.try_source import try_source
from monitor.terminal.groups import group

source_app = group("The places that are looked at.")
source_app.command("list")(list_sources)
source_app.command("add")(add_source)
source_app.command("propose")(propose_sources)
source_app.command("test")(try_source)
source_app.command("pause")(pause)
source_app.command("resume")(resume)
source_app.command("remove")(remove)
source_app.command("parse")(parse)
