"""Cases and their steps as rows, and back. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from data.cases import Case, CaseStep, StepKind
from data.store.bulk import Row, at, moment, names

CASE = names(
    "id story_id urn content_class rung opened_at opened_by closed_at hold state mention_id lane restricted "
    "subjects assigned_to ending locked due_at clock recheck_at"
)
STEP = names("case_id n urn step actor done_at due_at detail recorded_at why clock")
STEPS = """SELECT case_id, n, urn, step, actor, epoch_us(done_at), epoch_us(due_at), detail,
    epoch_us(recorded_at), coalesce(why, ''), coalesce(clock, '') FROM case_steps"""


def case_row(case: Case) -> Row:
    """The projection of a case, in the order of `CASE`."""
    due = case.due
    return (
        *(case.id, case.story_id, case.urn, case.content_class),
        *(case.rung.value if case.rung else None, case.opened_at, case.opened_by, case.closed_at),
        *(
            case.hold_by is not None,
            case.state.value,
            case.mention_id,
            case.lane.value if case.lane else None,
        ),
        *(case.restricted, list(case.subjects), case.assigned_to, case.ending.value if case.ending else None),
        *(case.locked, due.due_at if due else None, due.clock if due else None, case.recheck_at),
    )


def step_row(step: CaseStep) -> Row:
    """A step in the order of `STEP`."""
    detail = json.dumps(dict(sorted(step.facts.items())), ensure_ascii=False)
    return (
        *(step.case_id, step.n, step.urn, step.kind.value, step.actor, step.done_at, step.due_at, detail),
        *(step.recorded_at, step.why, step.clock),
    )


def step(row: Sequence[Any]) -> CaseStep:
    """A step from the columns of `STEPS`."""
    case_id, n, urn, kind, actor, done, due, detail, recorded, why, clock = row
    return CaseStep(
        *(case_id, n, urn, StepKind(kind), actor, at(done), at(done if recorded is None else recorded)),
        why=why,
        facts=json.loads(detail or "{}"),
        due_at=moment(due),
        clock=clock,
    )
