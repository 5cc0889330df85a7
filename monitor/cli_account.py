"""The commands of `schoolgate account`: the school's own accounts."""

from __future__ import annotations

import typer

from monitor.commands.account.list import account_list
from monitor.commands.account.log import account_log

account_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="The school's own pages and accounts."
)
account_app.command("list")(account_list)
account_app.command("log")(account_log)
