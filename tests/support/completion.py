"""What the shell is offered when somebody presses tab."""

from __future__ import annotations


def completed(line, at):
    """What bash is offered."""
    from typer.testing import CliRunner

    from monitor.cli.app import app

    asked = {"_SCHOOLGATE_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(at)}
    result = CliRunner().invoke(app, [], env=asked, prog_name="schoolgate")
    assert isinstance(result.exception, SystemExit | None), result.exception
    assert result.stderr == ""
    return result.stdout.split()
