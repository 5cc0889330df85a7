"""What would satisfy a guard is an act that there is, with fields that it has."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from dataclasses import fields, replace

import pytest
from builders.ladder import Climb

from alerts.ladder.refusals import BY_GUARD, remedies
from alerts.ladder.transitions import GUARDS, NO_ROW
from data.steps.acts import Remedy
from data.steps.kinds import KINDS
from monitor import act


def _functions():
    modules = [importlib.import_module(f"monitor.act.{m.name}") for m in pkgutil.iter_modules(act.__path__)]
    return {name: one for m in modules for name, one in inspect.getmembers(m, inspect.isfunction)}


FUNCTIONS = _functions()


def _fields(name: str) -> set[str]:
    if name in FUNCTIONS:
        return set(inspect.signature(FUNCTIONS[name]).parameters)
    return {"why", *(field.name for field in fields(KINDS[name]))}


@pytest.mark.parametrize("guard", BY_GUARD)
def test_a_remedy_names_an_act_that_there_is_with_fields_that_it_has(guard):
    remedy = BY_GUARD[guard]
    assert {*dict(remedy.values), *remedy.wanted} <= _fields(remedy.act)
    assert guard in {*GUARDS, *NO_ROW.values()}


def test_it_says_in_which_case_and_by_whom():
    case = replace(Climb().case, id="0007")
    assert remedies("class_set", case, "holt") == (
        Remedy("classified", (("case", "0007"),), ("content_class", "why"), "holt"),
    )


def test_what_no_act_satisfies_has_no_remedy():
    assert remedies("may_see", Climb().case, "holt") == ()


@pytest.mark.parametrize(("place", "wanted"), [("facebook", ("supplied",)), ("forum", ()), ("", ())])
def test_at_a_wall_evidence_is_what_somebody_hands_in(place, wanted):
    (remedy,) = remedies("evidence_held", replace(Climb().case, channel=place), "holt")
    assert (remedy.act, remedy.wanted) == ("capture", wanted)
