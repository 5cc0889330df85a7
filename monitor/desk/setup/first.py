"""The first steps of setting a home up: which school, who is told, the impact assessment."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.desk.setup.frame import StepPage
from monitor.setup.checklist import Step


def first_steps() -> Mapping[Step, StepPage]:
    """The pages of SCHOOL, PEOPLE and DPIA."""
    return {}
