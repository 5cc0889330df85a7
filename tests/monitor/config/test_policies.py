"""Policies, and bounds of settings."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import pytest
from builders.home import a_migrated_store
from builders.mention import NOW, URN
from builders.steps import an_event
from pydantic import TypeAdapter, ValidationError

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
from monitor.config.model import (
    LadderTable,
    MailSettings,
    ModelSettings,
    PlaceTable,
    PolicyTable,
    ServeSettings,
    Table,
    WrittenPolicy,
)
from monitor.matters.reader import load_case

# A decision in a case cites the written policy in force, with its version.

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


# How far each number of `schoolgate.toml` may go: as far as written here and no further.

BOUNDS: dict[tuple[type[Table], str], tuple[float, float, float]] = {
    (LadderTable, "host_hours"): (1, 168, 1),
    (LadderTable, "author_days"): (0, 10, 1),
    (PlaceTable, "max_pages"): (1, 50, 1),
    (PolicyTable, "look_share"): (0, 0.125, 0.001),
    (PolicyTable, "criticism_days"): (1, 90, 1),
    (PolicyTable, "retain_days"): (1, 2555, 1),
    (PolicyTable, "unmatched_hours"): (1, 24, 1),
    (MailSettings, "port"): (1, 65535, 1),
    (ModelSettings, "threads"): (1, 256, 1),
    (ServeSettings, "health_port"): (1, 65535, 1),
}


@pytest.mark.parametrize(("table", "key"), BOUNDS)
def test_a_number_may_go_as_far_as_its_bounds_and_no_further(table: type[Table], key: str) -> None:
    least, most, step = BOUNDS[table, key]
    # What checks a value of that key alone, without the rest of its table
    field = table.model_fields[key]
    check = TypeAdapter(Annotated[field.annotation, *field.metadata])
    assert [check.validate_python(n) for n in (least, most)] == [least, most]
    for beyond in (least - step, most + step):
        with pytest.raises(ValidationError):
            check.validate_python(beyond)


def test_no_number_has_bounds_that_are_not_held_here() -> None:
    limited = {
        (table, key)
        for table in Table.__subclasses__()
        for key, field in table.model_fields.items()
        if any(hasattr(one, limit) for one in field.metadata for limit in ("ge", "le", "gt", "lt"))
    }
    assert limited == set(BOUNDS)
