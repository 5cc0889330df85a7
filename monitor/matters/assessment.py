"""The data protection impact assessment, and what a home does without one.

It comes before posts about people are processed (UK GDPR, Art. 35(1)).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum

from data.evidence.handed_in import BY_HAND
from data.store.engine.connect import Connection
from data.store.sources import was_ever_read
from monitor.config.load import Config

OLDEST = timedelta(days=5 * 365 + 1)
"""An assessment from longer before a home was set up was not made for it."""


class ImpactAssessment(StrEnum):
    """Whether it is recorded: a new home without it only looks, one that runs already goes on."""

    RECORDED = "recorded"
    MISSING = "missing"
    ONLY_LOOKS = "only_looks"


def may_be_of(signed: date, set_up: date, today: date) -> bool:
    """Can an assessment signed on that day be that of a home set up on this one? Who enters it is asked."""
    return set_up - OLDEST <= signed <= today


def find_assessment(con: Connection, config: Config, now: datetime) -> ImpactAssessment:
    """Say whether it is recorded who signed the home's assessment and when, and if not, whether its places
    were read before; what people hand in is no reading."""
    signed = config.dpia.recorded_on
    if config.dpia.recorded_by and signed and signed <= now.astimezone(config.zone).date():
        return ImpactAssessment.RECORDED
    return ImpactAssessment.MISSING if was_ever_read(con, BY_HAND) else ImpactAssessment.ONLY_LOOKS


def only_looks(con: Connection, config: Config, now: datetime) -> bool:
    """Does the home show what it reads, and keep and send nothing of it?"""
    return find_assessment(con, config, now) is ImpactAssessment.ONLY_LOOKS
