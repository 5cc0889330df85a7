"""How far each number of `schoolgate.toml` may go: as far as written here and no further."""

from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import TypeAdapter, ValidationError

from monitor.config.model import (
    LadderTable,
    MailSettings,
    ModelSettings,
    PlaceTable,
    PolicyTable,
    ServeSettings,
    Table,
)

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
