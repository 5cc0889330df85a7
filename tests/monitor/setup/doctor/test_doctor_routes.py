"""What is known of the platforms' ways ages, and doctor says so."""

from datetime import date

from monitor.setup.doctor.findings import Level
from monitor.setup.doctor.install import routes


def test_ways_looked_at_within_six_months_are_in_order():
    (finding,) = routes(date(2027, 5, 21))
    assert finding.level is Level.OK


def test_older_ones_are_named_with_what_to_do():
    (finding,) = routes(date(2027, 5, 22))
    assert finding.level is Level.WARN
    assert "21 November 2026" in finding.what
    assert "Facebook" in finding.what
    assert finding.remedy
