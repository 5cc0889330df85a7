"""Run by test_rungs.py where the program has one rung more: prints what its surfaces say of that rung."""

import json
import sys
from dataclasses import replace
from datetime import timedelta

import builders.letter
import builders.report
from builders.ladder import NOW, Climb
from typer.testing import CliRunner

from alerts.letters.kinds import LetterKind, list_offers
from alerts.pack.compose import chronology
from alerts.pack.facts import PackFacts, Recipient
from alerts.weekly.facts import ReportFacts
from alerts.weekly.wording import document
from alerts.wording.cases import state_words
from data.cases import CaseFile
from data.rungs import Rung
from data.steps.codes import StepKind
from data.store.weekly import Removal
from data.words.say import asking_words, words
from monitor.act.casework import next_steps
from monitor.cli.app import app
from monitor.reports.manual import rungs

NEW = Rung("press_regulator")


def main() -> None:
    climb = Climb().sought()
    climb.author("parent")
    ways = next_steps(climb.case, "head", climb.now, climb.rules)
    before = "\n".join(asking_words(w.rung, w.kind, words("en")) for w in ways if w.refusal is None)
    climb.ask(Rung.AUTHOR_REQUEST, kind="conversation").ask(NEW)
    pupils = Climb().sought().author("pupil")
    pupils.take("referred", to="pastoral")
    told = {
        "refused_to_a_pupil": pupils.not_asked(NEW), "clock": climb.steps[-1].clock,
        "clock_of_an_appeal": NEW.spec.clock_of("appeal"), "highest": climb.case.rung,
        "state": state_words(climb.case, words("en")), "next": before,
        "help": CliRunner().invoke(app, ["case", "step", "ask", "--help"]).output,
        "letters_offered": [offer.kind for offer in list_offers(climb.case, climb.rules, climb.now)],
        "letter": _letter(), "page": _page(), "report": _report(), "stored_report": _report(without=True),
        "pack": _pack(climb),
    }  # fmt: skip
    sys.stdout.write(json.dumps(told))


def _letter() -> str:
    steps = (builders.letter.step(1, StepKind.ASKED, 3, rung=NEW.value),)
    case = builders.letter.a_case(
        askings=(builders.letter.asked(Rung.PLATFORM_REPORT), builders.letter.asked(NEW))
    )
    facts = {"why": "It names a teacher.", "contact": "01632 960 002"}
    return builders.letter.all_of(builders.letter.whole(LetterKind.POSH, case, facts, steps=steps))


def _report(*, without: bool = False) -> str:
    opened = builders.report.FRIDAY - timedelta(days=3)
    rungs = (Rung.PLATFORM_REPORT, NEW)
    removals = [Removal(rung, opened, "standing", None) for rung in rungs for _ in range(7)]
    given = builders.report.counts(builders.report.BUSY, removals=removals)
    made: ReportFacts = builders.report.facts(given)
    if without:
        made = replace(made, rungs={name: cell for name, cell in made.rungs.items() if name != NEW})
    return "\n".join(text for _, text in document(made, builders.report.ZONE).strings())


def _pack(climb: Climb) -> str:
    rules = climb.rules
    facts = PackFacts(
        CaseFile(climb.case, tuple(climb.steps), None), rules.school, rules.people, rules.people[0],
        Recipient.FILE, NOW, "1", rules.means.zone, (), {}, (), "",
    )  # fmt: skip
    return str(chronology(facts, words("en")))


def _page() -> str:
    return "\n".join(rungs())


if __name__ == "__main__":
    main()
