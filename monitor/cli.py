"""The `schoolgate` command: options, help and exit codes. What a command does stands in `commands/`.

Nothing heavy is imported here, so that `schoolgate --help` answers at once. Exit codes: 0 done ·
1 could not · 2 wrong use · 3 done, but some sources failed · 130 interrupted.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from monitor.commands.account.list import account_list
from monitor.commands.account.log import account_log
from monitor.commands.alerts.ack import alerts_ack
from monitor.commands.alerts.list import alerts_list
from monitor.commands.alerts.show import alerts_show
from monitor.commands.case.app import case_app
from monitor.commands.digest import digest
from monitor.commands.evidence.app import evidence_app
from monitor.commands.mail.setup import mail_setup
from monitor.commands.mail.test import mail_test
from monitor.commands.model.evaluate import evaluate
from monitor.commands.model.triage import triage
from monitor.commands.options import finish
from monitor.commands.people.add import add_person
from monitor.commands.privacy.app import privacy_app
from monitor.commands.report import report
from monitor.commands.report_in import report_in
from monitor.commands.scan import scan
from monitor.commands.serve import serve
from monitor.commands.setup.backup import backup
from monitor.commands.setup.doctor import doctor
from monitor.commands.setup.init import init
from monitor.commands.setup.restore import restore
from monitor.commands.setup.schools import find as find_school
from monitor.commands.setup.set import policy_add, set_keys
from monitor.commands.source.app import source_app
from monitor.commands.status import status
from monitor.commands.story.list import story_list
from monitor.commands.story.mark import story_mark
from monitor.commands.story.search import story_search
from monitor.commands.story.show import story_show
from monitor.commands.terms.add import add_terms
from monitor.terminal.errors import run
from monitor.terminal.groups import QuickGroup, add, group, only_what_is_asked
from monitor.terminal.output import say, set_up_log

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


add(app, source_app, "source")

people = group("The people of the school: who is told, and who may be meant.")
add(app, people, "people")
people.command("add")(add_person)

terms = group("The school's year: on which days the digest comes.")
add(app, terms, "terms")
terms.command("add")(add_terms)

schools = group("The register of schools.")
add(app, schools, "schools")
schools.command("find")(find_school)

policy = group("The written policies that this rests on.")
add(app, policy, "policy")
policy.command("add")(policy_add)

mail = group("How mail goes out.")
add(app, mail, "mail")
mail.command("setup")(mail_setup)
mail.command("test")(mail_test)

alerts = group("What somebody must act on.")
add(app, alerts, "alerts")
alerts.command("list")(alerts_list)
alerts.command("show")(alerts_show)
alerts.command("ack")(alerts_ack)

story = group("What is being said, story by story.")
add(app, story, "story")
story.command("list")(story_list)
story.command("show")(story_show)
story.command("search")(story_search)
story.command("mark")(story_mark)

account = group("The school's own pages and accounts.")
add(app, account, "account")
account.command("list")(account_list)
account.command("log")(account_log)

add(app, case_app, "case")
add(app, evidence_app, "evidence")
add(app, privacy_app, "privacy")

app.command("serve")(serve)
app.command("status")(status)
app.command("backup")(backup)
app.command("restore")(restore)
app.command("digest")(digest)
app.command("report")(report)
app.command("init")(init)
app.command("doctor")(doctor)
app.command("set")(set_keys)
app.command("scan")(scan)
app.command("report-in")(report_in)
app.command("triage")(triage)
app.command("evaluate")(evaluate)


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
    set_up_log(verbose=verbose)


def main() -> None:
    """The entry point."""
    run(only_what_is_asked(app, sys.argv[1:]))


if __name__ == "__main__":
    main()
