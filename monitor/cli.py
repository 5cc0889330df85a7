"""The `schoolgate` command: options, help and exit codes. What a command does stands in `commands/`.

Nothing heavy is imported here, so that `schoolgate --help` answers at once. Exit codes: 0 done ·
1 could not · 2 wrong use · 3 done, but some sources failed · 130 interrupted.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from data.errors import InputError
from monitor import cli_backup, cli_service, cli_weekly
from monitor.cli_account import account_app
from monitor.cli_groups import alerts_app, schools_app, source_app, story_app
from monitor.cli_options import Asking, ConfigFile, Home, Json, Register, School, finish
from monitor.commands.case.app import case_app
from monitor.commands.digest import digest
from monitor.commands.evidence.app import evidence_app
from monitor.edge import ask, run
from monitor.terminal import say

app = typer.Typer(
    name="schoolgate",
    help="Watches what is said in public about a school and tells the right person what needs doing.\n\n"
    "\b\nBegin with:\n"
    "  schoolgate scan --demo                        see it work on invented documents\n"
    "  schoolgate init --urn 123456 --register FILE  write schoolgate.toml\n"
    "  schoolgate doctor                             what is wrong, and how to mend it\n"
    "  schoolgate scan                               look now",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(source_app, name="source")
app.add_typer(schools_app, name="schools")
app.add_typer(alerts_app, name="alerts")
app.add_typer(story_app, name="story")
app.add_typer(account_app, name="account")
app.add_typer(case_app, name="case")
app.add_typer(evidence_app, name="evidence")
cli_service.add_to(app)
cli_backup.add_to(app)
app.command("digest")(digest)
app.command()(cli_weekly.report)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        say(f"schoolgate {version('schoolgate')}")
        finish(0)


@app.callback()
def _root(
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Log each step to standard error.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    from monitor.log import set_up

    set_up(verbose=verbose)


@app.command()
def init(
    urn: Annotated[
        list[str] | None,
        typer.Option("--urn", help="URN of the school; several for one school in several URNs."),
    ] = None,
    register: Register = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing; take what the register says.")] = False,
    home: Home = None,
) -> None:
    """Write schoolgate.toml, from the register of schools or by asking.

    \b
    Examples:
      schoolgate init
      schoolgate init --urn 123456 --register edubasealldata.csv --yes
    """
    from monitor.commands import init as command
    from monitor.paths import find

    finish(
        command.run(
            home=find(os.environ, home).home,
            urns=urn or [],
            register=register,
            yes=yes,
            ask=ask,
            say=say,
        )
    )


@app.command()
def doctor(home: Home = None, config: ConfigFile = None, as_json: Json = False) -> None:
    """Check everything, and say how to mend what is wrong.

    \b
    Examples:
      schoolgate doctor
      schoolgate doctor --json
    """
    from data.effects import utc_now
    from monitor.commands import doctor as command
    from monitor.paths import find

    paths = find(os.environ, home, config)
    finish(command.run(home=paths.home, config=paths.config, as_json=as_json, say=say, now=utc_now()))


@app.command()
def scan(
    demo: Annotated[
        bool, typer.Option("--demo", help="Run on invented documents, served on this machine.")
    ] = False,
    school: School = None,
    source: Annotated[list[str] | None, typer.Option("--source", help="Only this source, by id.")] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", help="Leave out what was published before this date (YYYY-MM-DD)."),
    ] = None,
    person: Asking = None,
    no_send: Annotated[
        bool, typer.Option("--no-send", help="Send nothing, look at no post of a case again; messages wait.")
    ] = False,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Look now: read every source, judge what is new, and say what needs doing.

    \b
    Examples:
      schoolgate scan --demo
      schoolgate scan
      schoolgate scan --source northvale-gazette --since 2026-11-01
      schoolgate scan --json > scan.json
    """
    from monitor.commands import scan as command

    if demo:
        _refuse_beside_the_demo(school=school, source=source, since=since, config=config)
    finish(
        command.run(
            demo=demo, school=school, sources=source or [], since=since, no_send=no_send, person=person,
            home=home, config=config, as_json=as_json, say=say,
        )
    )  # fmt: skip


def _refuse_beside_the_demo(**given: object) -> None:
    """The demo has its own school, sources and dates: what would be passed over is wrong use."""
    named = ", ".join(f"--{name}" for name, value in given.items() if value)
    if named:
        raise InputError(f"--demo plays its own school and sources, so it takes no {named}. Leave it out.")


@app.command("report-in")
def report_in(
    text: Annotated[
        str | None,
        typer.Option("--text", metavar="-", help="“-”: what it said comes by standard input. No words here."),
    ] = None,
    text_file: Annotated[
        Path | None, typer.Option("--text-file", metavar="FILE", help="A file that holds what it said.")
    ] = None,
    url: Annotated[str | None, typer.Option("--url", help="Its address, where it has one.")] = None,
    channel: Annotated[
        str | None, typer.Option("--channel", help="Where it stood: facebook, x, tiktok, …")
    ] = None,
    author: Annotated[
        str | None, typer.Option("--author", help="The name it was posted under, as shown.")
    ] = None,
    seen_by: Annotated[str | None, typer.Option("--seen-by", help="Who saw it.")] = None,
    seen_at: Annotated[
        str | None,
        typer.Option("--seen-at", help="When it was seen (ISO 8601); default: now."),
    ] = None,
    file: Annotated[Path | None, typer.Option("--file", help="A screenshot or saved page to keep.")] = None,
    child_image: Annotated[
        bool | None,
        typer.Option(
            "--child-image/--no-child-image",
            help="Does the file show, or might it show, anyone under 18 undressed or in a sexual way? "
            "If it does, or you do not know, it is not opened.",
        ),
    ] = None,
    false_account: Annotated[
        bool,
        typer.Option("--false-account", help="The account at the address is itself the matter: it is false."),
    ] = False,
    school: School = None,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Record something a person saw, and judge it like everything else.

    At a terminal it asks for what was said and for what else is missing. What was said is never written on
    the command line: others on the machine can read it there, and it stays in the history of the shell.

    \b
    Examples:
      schoolgate report-in
      schoolgate report-in --url https://example.org/p/1 --seen-by "Front office" --text-file post.txt
      schoolgate report-in --channel facebook --file shot.png --no-child-image --text - < post.txt
    """
    from monitor.commands import report_in as command

    finish(
        command.run(
            command.Given(
                text, text_file, url, channel, author, seen_by, seen_at, file, child_image, false_account
            ),
            school=school, home=home, config=config, as_json=as_json, say=say, ask=ask,
        )
    )  # fmt: skip


@app.command()
def triage(
    items: Annotated[Path, typer.Argument(metavar="ITEMS.jsonl", help="One JSON object a line.")],
    schools: Annotated[Path, typer.Option("--schools", help="The schools, as a JSON list.")],
    out: Annotated[Path, typer.Option("--out", help="Where to write the verdicts, a line an item.")],
    register: Register = None,
) -> None:
    """Judge a file of items and write a verdict for each, in the same order.

    \b
    Examples:
      schoolgate triage --schools schools.json items.jsonl --out verdicts.jsonl
    """
    from monitor.commands import triage as command

    finish(command.run(schools=schools, items=items, out=out, register=register, say=say))


@app.command()
def evaluate(
    data: Annotated[
        Path | None,
        typer.Option("--data", help="Folder with the public sets and the labelled posts."),
    ] = None,
    floor: Annotated[
        Path | None, typer.Option("--floor", help="A floor file other than the built-in.")
    ] = None,
) -> None:
    """Measure the model and hold it against the quality floor.

    \b
    Examples:
      schoolgate evaluate
      schoolgate evaluate --data ../corpus
    """
    from monitor.commands import evaluate as command

    finish(command.run(data=data, floor=floor, say=say))


def main() -> None:
    """The entry point."""
    run(app)


if __name__ == "__main__":
    main()
