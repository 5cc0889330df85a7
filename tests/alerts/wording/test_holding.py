"""Who has a matter: one answer for every list, page and mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from builders.ladder import NOW, Climb

from alerts.next_date import Having, has_it
from data.steps.codes import StepKind
from data.types import Owner, Route

TAKEN = Owner("dsl", NOW, "dsl")


def who(*found: object) -> str | None:
    holder = has_it(*found)  # type: ignore[arg-type]
    return holder.person if holder else None


def test_nobody_has_what_nobody_acknowledged_and_has_no_case() -> None:
    assert has_it(None) is None


def test_whoever_acknowledged_has_it_also_once_others_act_in_its_case() -> None:
    case = Climb(opened_by="head").classed(actor="head").case
    assert who(TAKEN, [case]) == "dsl"


def test_whoever_opened_the_case_has_what_nobody_acknowledged() -> None:
    holder = has_it(None, [Climb(opened_by="head").case])
    assert holder is not None
    assert (holder.person, holder.how) == ("head", Having.ACTING)


def test_nobody_has_a_case_that_the_program_opened_until_somebody_acts_in_it() -> None:
    climb = Climb()
    assert has_it(None, [climb.case]) is None
    assert who(None, [climb.classed(actor="deputy").case]) == "deputy"


def test_whoever_acted_last_has_it() -> None:
    climb = Climb(opened_by="head")
    climb.take(StepKind.NOTED, "deputy", "Spoke to the office.")
    assert who(None, [climb.case]) == "deputy"


def test_whoever_recorded_that_the_lado_was_told_has_it() -> None:
    climb = Climb("C12", route=Route.SAFEGUARDING, audience="dsl")
    climb.take(StepKind.REFERRED, "dsl", to="lado")
    assert who(None, [climb.case]) == "dsl"


def test_a_hold_gives_a_case_to_nobody() -> None:
    climb = Climb(opened_by="head")
    climb.take(StepKind.HELD, "dpo", "A complaint is expected.", review="2027-05-31")
    assert who(None, [climb.case]) == "head"


def test_the_person_targeted_does_not_have_it_by_answering_for_themselves() -> None:
    climb = Climb("C5", opened_by="head", target="teacher")
    climb.take(StepKind.CONSENT_ASKED, "head", person="teacher", how="in person")
    climb.take(StepKind.CONSENT_GIVEN, "teacher", person="teacher")
    assert who(None, [climb.case]) == "head"


def test_nobody_has_it_whom_it_may_accuse_or_whom_its_alert_keeps_out() -> None:
    case = replace(Climb(opened_by="head").case, subjects=("head",))
    assert has_it(None, [case]) is None
    assert has_it(TAKEN, (), {"dsl"}) is None


def test_a_closed_case_is_nobodys() -> None:
    case = replace(Climb(opened_by="head").case, closed_at=NOW + timedelta(days=1))
    assert has_it(None, [case]) is None
