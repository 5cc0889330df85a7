"""The groups of commands `alerts` and `story`."""

from __future__ import annotations

import typer

from monitor.commands.alerts.ack import alerts_ack
from monitor.commands.alerts.list import alerts_list
from monitor.commands.alerts.show import alerts_show
from monitor.commands.story.list import story_list
from monitor.commands.story.show import story_show

alerts_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="What somebody must act on.")
story_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="What is being said, story by story."
)

alerts_app.command("list")(alerts_list)
alerts_app.command("show")(alerts_show)
alerts_app.command("ack")(alerts_ack)
story_app.command("list")(story_list)
story_app.command("show")(story_show)
