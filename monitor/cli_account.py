"""The commands of `schoolgate account`: the school's own accounts."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.cli_options import ConfigFile, Home, Json, School, asked_for, finish
from monitor.terminal import say

account_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="The school's own pages and accounts."
)


@account_app.command("list")
def account_list(
    school: School = None, home: Home = None, config: ConfigFile = None, as_json: Json = False
) -> None:
    """Own accounts: notice, odd posts, what was done there.

    \b
    Examples:
      schoolgate account list
      schoolgate account list --json
    """
    from monitor.commands import account as command

    finish(command.list_accounts(school=school, home=home, config=config, as_json=as_json, say=say))


@account_app.command("log")
def account_log(
    source: Annotated[str, typer.Option("--source", metavar="ID", help="The account, by its source's id.")],
    action: Annotated[
        str, typer.Option("--action", help="What was done: hidden, blocked, deleted or reported.")
    ],
    reason: Annotated[
        str,
        asked_for("--reason", "Why; it is kept."),
    ],
    person: Annotated[
        str, typer.Option("--as", metavar="PERSON", help="Who you are, by id in schoolgate.toml.")
    ],
    url: Annotated[
        str | None, typer.Option("--url", help="The address of what it was done to, where it has one.")
    ] = None,
    school: School = None,
    home: Home = None,
    config: ConfigFile = None,
) -> None:
    """Write down what was hidden or blocked there, and why.

    \b
    Examples:
      schoolgate account log --source our-page --action hidden --reason "names a pupil" --as b-patel
      schoolgate account log --source our-page --action blocked --reason "insults" --as b-patel
    """
    from monitor.commands import account as command

    finish(
        command.log(
            source=source, action=action, reason=reason, person=person, url=url, school=school,
            home=home, config=config, say=say,
        )
    )  # fmt: skip
