"""A decision in a case cites the written policy in force, with its version."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from builders.home import a_migrated_store
from builders.mention import NOW, URN
from builders.steps import an_event

from alerts.ladder.advance import Advance, begin
from alerts.links import Links
from data.steps.codes import StepKind
from data.steps.stored import facts_of, names_of
from data.store.cases import cases as case_store
from data.types import Person, Role, School
from monitor.act.casework.steps import apply_event, school_rules
from monitor.config.home.context import Context
from monitor.config.home.lookup import held_by, in_force, with_policy
from monitor.config.load import Config
from monitor.config.model import WrittenPolicy
from monitor.matters.reader import load_case

SCHOOL = School(URN, "Oakfield Primary School", members=(URN, "900002"))
HEAD = Person("head", "Jane Holt", (Role.HEAD,), "head@example.org")
SOCIAL = WrittenPolicy(title="Social media policy", version="3", review_due=date(2026, 9, 1))
DATED = WrittenPolicy(title="Online safety", approved_on=date(2025, 9, 1))
DECIDED = an_event(StepKind.DECIDED, "head", "It is untrue.", {"decision": "seek"})


def config(*policies: WrittenPolicy) -> Config:
    return Config(Path("schoolgate.toml"), schools=(SCHOOL,), people=(HEAD,), policies=policies)


def test_a_decision_cites_the_policy_in_force() -> None:
    event = with_policy(DECIDED, config(SOCIAL), SCHOOL)
    assert facts_of(event.said) == {"decision": "seek", "policy": "Social media policy, version 3"}
    assert "policy" in names_of(StepKind.DECIDED)[1]


def test_a_policy_without_a_version_is_cited_by_its_day() -> None:
    assert in_force(config(SOCIAL, DATED), SCHOOL) == (
        "Social media policy, version 3; Online safety, approved 2025-09-01"
    )


def test_nothing_else_cites_a_policy_and_without_one_nothing_is_cited() -> None:
    noted = an_event(StepKind.NOTED, "head", "Rang them.")
    assert with_policy(noted, config(SOCIAL), SCHOOL) == noted
    assert with_policy(DECIDED, config(), SCHOOL) == DECIDED


def test_a_policy_of_a_member_holds_for_its_school_and_another_schools_does_not() -> None:
    of_a_member = SOCIAL.model_copy(update={"schools": ("900002",)})
    of_another = DATED.model_copy(update={"schools": ("900009",)})
    assert held_by(config(of_a_member, of_another), SCHOOL) == (of_a_member,)


def test_what_is_stored_of_a_decision_names_the_policy_that_it_was_made_under(tmp_path: Path) -> None:
    context = Context(config(SOCIAL), tmp_path, Links())
    opening = {"story": "s", "route": "platform_report", "proposed_class": "C2", "about": "staff"}
    opened = an_event(StepKind.OPENED, "schoolgate", facts=opening)
    with a_migrated_store(tmp_path).write("test") as con:
        begun = begin("0001", URN, opened, NOW, school_rules(context, URN))
        assert isinstance(begun, Advance)
        case_store.put(con, begun.case, begun.steps, (), NOW)
        four = dict.fromkeys(("nature", "visible", "spread", "impact"), "As told.")
        for n, event in enumerate(
            (
                an_event(StepKind.CLASSIFIED, "head", facts={"class": "C2"}),
                an_event(StepKind.WEIGHED, "head", facts=four),
                DECIDED,
            )
        ):
            when = NOW + timedelta(minutes=n + 1)
            done = apply_event(con, context, load_case(con, "0001"), event, when)
            assert isinstance(done, Advance), done
        (*_, decision) = case_store.steps(con, "0001")
    assert decision.written["policy"] == "Social media policy, version 3"
