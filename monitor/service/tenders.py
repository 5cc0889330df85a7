"""Everything the service sees to at each tick, in its order: what is most urgent first."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.context import Tender
from monitor.service.accounts import accounts
from monitor.service.cases import cases
from monitor.service.digests import digests
from monitor.service.escalation import escalate
from monitor.service.failing import failures
from monitor.service.policies import policies
from monitor.service.reports import reports
from monitor.service.spikes import spikes

TENDERS: Mapping[str, Tender] = {
    "escalation": escalate,
    "cases": cases,
    "failures": failures,
    "accounts": accounts,
    "policies": policies,
    "spikes": spikes,
    "digests": digests,
    "reports": reports,
}
"""Each by its name in the log and in /metrics."""
