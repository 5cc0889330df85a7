"""The commands of `schoolgate case`: a removal from first sight to proof that the thing is gone.

Other files of commands add theirs to `case_app`.
"""

from __future__ import annotations

import typer

case_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Removals: what was decided, what is asked of whom, and whether it is gone.",
)
