"""The `schoolgate` command: options, help and exit codes. What a command does stands in `commands/`.

Nothing heavy is imported here, so that `schoolgate --help` answers at once; and of the commands those alone
that are asked for. Exit codes: 0 done · 1 could not · 2 wrong use · 3 done, but some sources failed ·
130 interrupted.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Annotated

import typer

from monitor.terminal.errors import ended_at_once, run
from monitor.terminal.groups import QuickGroup, add, group, with_types
from monitor.terminal.output import say, set_up_log

_BEFORE_A_COMMAND = ("--verbose", "-v")
_OBJECTS = 50_000
"""So many more there may be before garbage is looked for: of what a start loads nothing is."""


def _source(app: typer.Typer) -> None:
    from monitor.cli.commands.source.app import source_app

    add(app, source_app, "source")


def _people(app: typer.Typer) -> None:
    from monitor.cli.commands.people.add import add_person

    below = group("The people of the school: who is told, and who may be meant.")
    add(app, below, "people")
    below.command("add")(add_person)


def _terms(app: typer.Typer) -> None:
    from monitor.cli.commands.terms.add import add_terms

    below = group("The school's year: on which days the digest comes.")
    add(app, below, "terms")
    below.command("add")(add_terms)


def _schools(app: typer.Typer) -> None:
    from monitor.cli.commands.setup.schools import find as find_school

    below = group("The register of schools.")
    add(app, below, "schools")
    below.command("find")(find_school)


def _policy(app: typer.Typer) -> None:
    from monitor.cli.commands.setup.set import policy_add

    below = group("The written policies that this rests on.")
    add(app, below, "policy")
    below.command("add")(policy_add)


def _mail(app: typer.Typer) -> None:
    from monitor.cli.commands.mail.setup import mail_setup
    from monitor.cli.commands.mail.test import mail_test

    below = group("How mail goes out.")
    add(app, below, "mail")
    below.command("setup")(mail_setup)
    below.command("test")(mail_test)


def _alerts(app: typer.Typer) -> None:
    from monitor.cli.commands.alerts.ack import alerts_ack
    from monitor.cli.commands.alerts.list import alerts_list
    from monitor.cli.commands.alerts.show import alerts_show

    below = group("What somebody must act on.")
    add(app, below, "alerts")
    below.command("list")(alerts_list)
    below.command("show")(alerts_show)
    below.command("ack")(alerts_ack)


def _story(app: typer.Typer) -> None:
    from monitor.cli.commands.story.list import story_list
    from monitor.cli.commands.story.mark import story_mark
    from monitor.cli.commands.story.search import story_search
    from monitor.cli.commands.story.show import story_show

    below = group("What is being said, story by story.")
    add(app, below, "story")
    below.command("list")(story_list)
    below.command("show")(story_show)
    below.command("search")(story_search)
    below.command("mark")(story_mark)


def _account(app: typer.Typer) -> None:
    from monitor.cli.commands.account.list import account_list
    from monitor.cli.commands.account.log import account_log

    below = group("The school's own pages and accounts.")
    add(app, below, "account")
    below.command("list")(account_list)
    below.command("log")(account_log)


def _case(app: typer.Typer) -> None:
    from monitor.cli.commands.case.app import case_app

    add(app, case_app, "case")


def _evidence(app: typer.Typer) -> None:
    from monitor.cli.commands.evidence.app import evidence_app

    add(app, evidence_app, "evidence")


def _privacy(app: typer.Typer) -> None:
    from monitor.cli.commands.privacy.app import privacy_app

    add(app, privacy_app, "privacy")


def _fleet(app: typer.Typer) -> None:
    from monitor.cli.commands.fleet.app import fleet_app

    add(app, fleet_app, "fleet")


def _serve(app: typer.Typer) -> None:
    from monitor.cli.commands.serve import serve

    app.command("serve")(serve)


def _status(app: typer.Typer) -> None:
    from monitor.cli.commands.status import status

    app.command("status")(status)


def _backup(app: typer.Typer) -> None:
    from monitor.cli.commands.setup.backup import backup

    app.command("backup")(backup)


def _restore(app: typer.Typer) -> None:
    from monitor.cli.commands.setup.restore import restore

    app.command("restore")(restore)


def _digest(app: typer.Typer) -> None:
    from monitor.cli.commands.digest import digest

    app.command("digest")(digest)


def _report(app: typer.Typer) -> None:
    from monitor.cli.commands.report import report

    app.command("report")(report)


def _init(app: typer.Typer) -> None:
    from monitor.cli.commands.setup.init import init

    app.command("init")(init)


def _doctor(app: typer.Typer) -> None:
    from monitor.cli.commands.setup.doctor import doctor

    app.command("doctor")(doctor)


def _set(app: typer.Typer) -> None:
    from monitor.cli.commands.setup.set import set_keys

    app.command("set")(set_keys)


def _scan(app: typer.Typer) -> None:
    from monitor.cli.commands.scan import scan

    app.command("scan")(scan)


def _report_in(app: typer.Typer) -> None:
    from monitor.cli.commands.report_in import report_in

    app.command("report-in")(report_in)


def _triage(app: typer.Typer) -> None:
    from monitor.cli.commands.model.triage import triage

    app.command("triage")(triage)


def _evaluate(app: typer.Typer) -> None:
    from monitor.cli.commands.model.evaluate import evaluate

    app.command("evaluate")(evaluate)


_PARTS: Mapping[str, Callable[[typer.Typer], None]] = {
    "source": _source,
    "people": _people,
    "terms": _terms,
    "schools": _schools,
    "policy": _policy,
    "mail": _mail,
    "alerts": _alerts,
    "story": _story,
    "account": _account,
    "case": _case,
    "evidence": _evidence,
    "privacy": _privacy,
    "fleet": _fleet,
    "serve": _serve,
    "status": _status,
    "backup": _backup,
    "restore": _restore,
    "digest": _digest,
    "report": _report,
    "init": _init,
    "doctor": _doctor,
    "set": _set,
    "scan": _scan,
    "report-in": _report_in,
    "triage": _triage,
    "evaluate": _evaluate,
}
"""What stands right below `schoolgate`: made, and its files read, only when it is asked for."""


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        from monitor.cli.commands.options import finish

        say(f"schoolgate {version('schoolgate')}")
        finish(0)


def _root(
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Log each step to standard error.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    set_up_log(verbose=verbose)


def _made(parts: Iterable[str]) -> typer.Typer:
    app = typer.Typer(
        name="schoolgate",
        help="Watches what is said in public about a school and tells the right person what needs doing.\n\n"
        "\b\nBegin with:\n"
        "  schoolgate scan --demo                        see it work on invented documents\n"
        "  schoolgate init --urn 123456 --register FILE  write schoolgate.toml\n"
        "  schoolgate doctor                             what is wrong, and how to put it right\n"
        "  schoolgate scan                               look now",
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        cls=QuickGroup,
    )
    app.callback()(_root)
    for part in parts:
        _PARTS[part](app)
    return with_types(app)


def __getattr__(name: str) -> typer.Typer:
    """`app`: all of it, made for whoever asks for it here."""
    if name == "app":
        return _whole()
    raise AttributeError(name)


@cache
def _whole() -> typer.Typer:
    return _made(_PARTS)


def asked(words: Sequence[str]) -> typer.Typer:
    """With the one command or group alone that these words begin with; whole where they begin otherwise."""
    first = next((word for word in words if word not in _BEFORE_A_COMMAND), None)
    if first == "--version":
        return _made(())
    return _made([first]) if first is not None and first in _PARTS else _whole()


def main() -> None:
    """The entry point."""
    if sys.argv[1:2] not in (["serve"], ["scan"]):  # these last, and their memory is counted
        gc.set_threshold(_OBJECTS, 10, 10)
    with ended_at_once():
        run(asked(sys.argv[1:]))


if __name__ == "__main__":
    main()
