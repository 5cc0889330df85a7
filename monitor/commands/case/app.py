"""The commands of `schoolgate case`, and under which name each is found."""

from __future__ import annotations

from monitor.commands.case.capture import capture
from monitor.commands.case.classify import classify, confirm
from monitor.commands.case.close import close, reopen
from monitor.commands.case.letter import letter
from monitor.commands.case.list import list_cases
from monitor.commands.case.note import note
from monitor.commands.case.open import open_
from monitor.commands.case.people import consent, support
from monitor.commands.case.people.assign import assign
from monitor.commands.case.recheck import host, recheck
from monitor.commands.case.show import show
from monitor.commands.case.step import ask, copy, hold, respond, weigh, who
from monitor.terminal.groups import add, group

case_app = group("Removals: what was decided, who was asked to act, and whether it is gone.")
step_app = group("Record what was done: weighed, decided, asked, answered.")
consent_app = group("Consent of the person threatened to the police being told.")
support_app = group("The support offered: its status, never what is said in it.")
chronology_app = group("One author's posts about one person, of those already held.")

case_app.command("list")(list_cases)
case_app.command("show")(show)
case_app.command("open")(open_)
case_app.command("classify")(classify)
case_app.command("assign")(assign)
case_app.command("note")(note)
case_app.command("close")(close)
case_app.command("reopen")(reopen)
case_app.command("capture")(capture)
case_app.command("host")(host)
case_app.command("letter")(letter)
case_app.command("recheck")(recheck)
add(case_app, step_app, "step")
add(case_app, consent_app, "consent")
add(case_app, support_app, "support")
add(case_app, chronology_app, "chronology")

step_app.command("weigh")(weigh.weigh)
step_app.command("decide")(weigh.decide)
step_app.command("confirm")(confirm)
step_app.command("ask")(ask.ask)
step_app.command("answered")(ask.answered)
step_app.command("responded")(respond.responded)
step_app.command("referred")(respond.referred)
step_app.command("author")(who.author)
step_app.command("place")(who.place)
step_app.command("complainant")(who.complainant)
step_app.command("target")(who.target)
step_app.command("hold")(hold.hold)
step_app.command("release")(hold.release)
step_app.command("lock")(hold.lock)
step_app.command("unlock")(hold.unlock)
step_app.command("copy")(copy.copy)

_ANSWERS = (
    ("give", "consent_given", "They agree."),
    ("refuse", "consent_refused", "They do not agree."),
    ("withdraw", "consent_withdrawn", "They no longer agree."),
)
_SUPPORT = (
    ("offered", "t-quillfeather", "Support was offered."),
    ("accepted", "b-thistlewood", "It was taken up."),
    ("declined", "b-thistlewood", "It was declined, for now."),
    ("in-place", "t-quillfeather", "It is in place."),
    ("ended", "t-quillfeather", "It has ended."),
)
"""Each status, the person in its examples, and its help."""


def _with_examples(group: str, name: str, person: str, what: str) -> str:
    command = f"schoolgate case {group} {name} 6"
    return (
        f"{what}\n\n\b\nExamples:\n  {command} --as {person}\n"
        f"  {command} --at 2026-11-20T15:20 --as {person} --json"
    )


consent_app.command("ask")(consent.ask)
for _name, _kind, _what in _ANSWERS:
    _help = _with_examples("consent", _name, "b-thistlewood", _what)
    consent_app.command(_name, help=_help)(consent.answer_command(_kind))
consent_app.command("override")(consent.override)
for _name, _person, _what in _SUPPORT:
    _help = _with_examples("support", _name, _person, _what)
    support_app.command(_name, help=_help)(support.support_command(_name.replace("-", "_")))
chronology_app.command("approve")(support.approve_chronology)
