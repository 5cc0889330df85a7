"""The further steps of setting a home up: places, names, email, reaching the desk, cover, the start."""

from __future__ import annotations

from collections.abc import Mapping

from data.effects import Clock
from monitor.act.report_in import Judged
from monitor.setup.checklist import Step
from monitor.setup.desk.frame import StepPage


def further_steps(clock: Clock, judged: Judged) -> Mapping[Step, StepPage]:
    """The pages of PLACES, NAMES, MAIL, REACH, COVER and START."""
    return {}
