"""Who is told of each fact, as the table in docs/access.md shows it."""

from monitor.reports.manual import fact_lines


def test_each_fact_is_told_to_these(snapshot):
    assert "\n".join(fact_lines()) == snapshot
