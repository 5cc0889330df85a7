"""The commands that record a step: the name of each, its examples, and what is not as its class says.

A class of steps that stands in no row has its command below `case step`, under its own name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from typer import Option

from data.errors import InputError
from monitor.cli.commands.case.step.made import Leaf, MadeCommand, TypedStep, parameter

if TYPE_CHECKING:
    from data.cases import Case, Event

_CLASSIFY = """Set its class.

To reclassify fair comment takes a written reason, and is counted in the governors' report. Nobody the
post means can do it. Somebody who reports to them can propose it, and a second person confirms it with
case step confirm."""
_CONFIRM = """Confirm or turn down what somebody proposed about criticism, as a second person.

You must not be meant by the post, nor report to anybody it means."""
_TURN_DOWN = parameter(
    "turn_down",
    Annotated[bool, Option("--turn-down", help="No: it stays fair comment, or not judged.")],
    default=False,
)
_NOBODY = parameter(
    "nobody",
    Annotated[
        bool, Option("--accuses-nobody", help="Nobody is accused of anything, after all; needs --why.")
    ],
    default=False,
)


def _classified(step: TypedStep, case: Case) -> Event:
    """Fair comment is reclassified, unless it stays that or bypasses the ladder."""
    from monitor.act.casework.in_form import in_form, least_why

    said = in_form(case, step.said(case))
    return step.event(said, least_why(said))


def _confirmed(step: TypedStep, case: Case) -> Event:
    """What was proposed, as a second person sets it; it is turned down where they say so, or nothing was."""
    from monitor.act.casework.in_form import confirmed

    said = None if step.typed["turn_down"] else confirmed(case)
    return step.event(said or step.said(case))


def _targeted(step: TypedStep, case: Case) -> Event:
    """That nobody is accused is said by no subjects, where otherwise nothing is said of them."""
    from data.steps.judging import Targeted
    from monitor.act.casework.in_form import in_form

    said = step.said(case)
    assert isinstance(said, Targeted)
    if said.subjects and step.typed["nobody"]:
        raise InputError("--subject, --accuses-nobody: one of the two.")
    return step.event(replace(said, subjects=()) if step.typed["nobody"] else in_form(case, said))


def _often(person: str) -> tuple[str, str]:
    return f"6 --as {person}", f"6 --at 2026-11-20T15:20 --as {person} --json"


_HEAD, _TARGET = "t-quillfeather", "b-thistlewood"
_SUPPORT = {"offered": _HEAD, "accepted": _TARGET, "declined": _TARGET, "in_place": _HEAD, "ended": _HEAD}
"""Each status that has a command of its own, and who is in its examples."""
LEAVES = (
    Leaf("step weigh", "weighed", (
        '4 --nature "calls her a thief" --visible "2 days, a group of 900" \\\n'
        '--spread "two copies" --impact "she is upset; parents ask" --as t-quillfeather',
        '4 --as t-quillfeather',
        '4 --nature - --visible "an hour" --spread "none" \\\n'
        '--impact "not known yet" --as t-quillfeather --json < nature.txt',
    )),
    Leaf("step decide", "decided", (
        '4 --seek --as t-quillfeather --why "It is false, and names her"',
        '4 --stop --as t-quillfeather --why "Asking again would spread it"',
    )),
    Leaf("step confirm", "turned_down", (
        '5 --as o-fennimore --why "It sets children on her; that is no criticism"',
        '5 --turn-down --as o-fennimore --why "It is harsh, and it is an opinion"',
    ), help=_CONFIRM, event=_confirmed, more=(_TURN_DOWN,)),
    Leaf("step responded", "responded", (
        '5 --how phone --as t-quillfeather --why "Rung, heard, thanked"',
        '4 --how meeting --at 2026-11-20T15:20 --as t-quillfeather --json',
    )),
    Leaf("step referred", "referred", (
        '7 --to lado --reference 2026-118 --as i-larkspur',
        '7 --to social-care --as i-larkspur --json',
    )),
    Leaf("step author", "author", (
        '4 --relationship parent --as t-quillfeather',
        '4 --relationship unknown --as t-quillfeather --json',
    )),
    Leaf("step place", "place", (
        '4 whatsapp --as t-quillfeather --why "It was in the Year 4 group"',
        '4 website --as t-quillfeather --json',
    )),
    Leaf("step complainant", "complainant", (
        '4 --who staff --person b-thistlewood --as t-quillfeather',
        '4 --who school --as t-quillfeather --json',
    )),
    Leaf("step target", "target", (
        '4 --person b-thistlewood --as t-quillfeather',
        '4 --person b-thistlewood --person m-tarn --as t-quillfeather',
        '4 --person b-thistlewood --accuses-nobody --as t-quillfeather \\\n'
        '--why "It calls him names and accuses him of nothing"',
    ), event=_targeted, more=(_NOBODY,)),
    Leaf("step safe", "safe", _often("b-thistlewood"), reading=False),
    Leaf("step warned", "warned", (
        '6 --target --as t-quillfeather',
        '6 --site --at 2026-11-20T15:20 --as t-quillfeather',
    )),
    Leaf("step about", "about", (
        '7 --child --as i-larkspur --why "It is what was done to a boy in Year 4"',
        '7 --nobody --as i-larkspur --why "No child is meant: it threatens the building"',
    )),
    Leaf("step accused", "accused", (
        '7 --person t-quillfeather --as i-larkspur',
        '7 --person b-thistlewood --not --as i-larkspur --why "Away that week"',
    )),
    Leaf("step conflicted", "conflicted", (
        '7 --person o-fennimore --as i-larkspur --why "Her husband is accused"',
        '7 --person o-fennimore --not --as i-larkspur --why "It means somebody else"',
    )),
    Leaf("step hold", "held", (
        '4 --review 2027-02-01 --as i-larkspur --why "A claim has been announced"',
        '4 --review 2027-09-01 --as i-larkspur --why "The police asked" --json',
    ), reading=False),
    Leaf("step release", "released", (
        '4 --as t-quillfeather --why "The claim was withdrawn"',
        '4 --as n-ashdown --why "The police have closed it" --json',
    ), reading=False),
    Leaf("step lock", "locked", (
        '7 --as i-larkspur --why "A pupil here accuses a teacher here"',
        '7 --as t-quillfeather --why "A pupil here accuses a teacher here" --json',
    )),
    Leaf("step unlock", "unlocked", (
        '7 --ground waiver --as i-larkspur --why "Signed on 3 March, filed by HR"',
        '7 --ground charge --as i-larkspur --why "Charged on 3 March" --json',
    )),
    Leaf("step copy", "copy_found", (
        '4 --post 5be0 --as c-dray',
        '4 --url https://web.archive.org/web/2026/https://example.org/post \\\n'
        '--what archive --as t-quillfeather --json',
    )),
    Leaf("step leave", "place_left", (
        '4-2 --as t-quillfeather --why "It answers nobody, and nobody reads it"',
        '4-3 --as t-quillfeather --why "The archive has refused twice" --json',
    )),
    Leaf("consent ask", "consent_asked", (
        '6 --how in-person --person b-thistlewood --as t-quillfeather',
        '6 --how phone --at 2026-11-20T15:20 --as t-quillfeather --json',
    )),
    Leaf("consent give", "consent_given", _often("b-thistlewood"), reading=False),
    Leaf("consent refuse", "consent_refused", _often("b-thistlewood"), reading=False),
    Leaf("consent withdraw", "consent_withdrawn", _often("b-thistlewood"), reading=False),
    Leaf("consent override", "consent_overridden", (
        '6 --ground child-at-risk --as t-quillfeather \\\n'
        '--why "He names the children who walk home with her"',
        '6 --ground risk-to-life --why "A knife" --as t-quillfeather --json',
    )),
    Leaf("chronology approve", "chronology", (
        '6 --author "oakwatcher" --person b-thistlewood --as t-quillfeather \\\n'
        '--why "Five posts in two weeks, each about her way home"',
        '6 --author "oakwatcher" --person b-thistlewood --as o-fennimore \\\n'
        '--why "Each is about her way home" --json',
    )),
    Leaf("classify", "classified", (
        '4 C7 --as t-quillfeather --why "It says that Mr Example steals; it is false"',
        '4 C10 --lane safeguarding --as i-larkspur --why "A child tells of harm at home"',
    ), help=_CLASSIFY, event=_classified),
    Leaf("assign", "assigned", (
        '4 --to b-thistlewood --as t-quillfeather',
        '4 --to n-ashdown --as t-quillfeather --json',
    )),
    Leaf("close", "closed", (
        '4 --removed --as t-quillfeather --why "Gone on Monday and on Wednesday"',
        '5 --answered --as t-quillfeather --why "Mr Example was rung and thanked"',
    )),
    Leaf("reopen", "reopened", (
        '4 --as t-quillfeather --why "It is back under the same address"',
        '4 --as t-quillfeather --why "There is a copy elsewhere" --json',
    )),
    *(
        Leaf(f"support {status.replace('_', '-')}", "support", _often(who), (("status", status),))
        for status, who in _SUPPORT.items()
    ),
)  # fmt: skip


def made(group: str) -> Iterator[MadeCommand]:
    """The commands of that group below `case`, of `case` itself for “”."""
    return (MadeCommand(leaf) for leaf in LEAVES if leaf.path.rpartition(" ")[0] == group)
