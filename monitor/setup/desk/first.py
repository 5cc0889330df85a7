"""The first steps of setting a home up: which school, who is told, the impact assessment."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.setup.checklist import Step
from monitor.setup.desk.frame import StepPage


def first_steps() -> Mapping[Step, StepPage]:
    """The pages of SCHOOL, PEOPLE and DPIA."""
    return {}
