"""Views of a matter, made from what is stored of it, without a store."""

from __future__ import annotations

from datetime import UTC
from types import SimpleNamespace

from alerts.access.matter import Matter
from data.matters import Access
from data.register.calendar import Calendar
from monitor.matters.reader import KnownMatters, Reader, StoredMatters
from monitor.matters.views import alert_view, case_view, story_view

_CONFIG = SimpleNamespace(
    school=lambda urn: SimpleNamespace(nation="england", urn=urn), zone=UTC, calendar=lambda urn: Calendar()
)
NOBODY = Reader(_CONFIG, None, None)


def _known(story, access, **stored):
    matter = Matter(frozenset())
    found = StoredMatters(
        **{
            "by_story": {story: matter},
            "verdicts": {},
            "cases": (),
            "acknowledged": {},
            "alerts": {},
            "marks": {},
            "owners": {},
        }
        | stored
    )
    return KnownMatters(found, {story: access}, ())


def of_story(row, words=True, beside=False, raised=None):
    """A story of a list; `raised` is the severity of its alert."""
    alerts = {row.id: SimpleNamespace(id="", number="", severity=raised, excluded=())} if raised else {}
    known = _known(row.id, Access.WORDS if words else Access.STATUS, alerts=alerts)
    return story_view(NOBODY, row, known, beside=beside)


def of_alert(alert, now, access=Access.STATUS):
    """An alert of whose story nothing else is stored."""
    return alert_view(NOBODY, alert, _known(alert.story_id, access), (), now, finished=False)


def of_case(case, access, now):
    """A case that nobody has."""
    return case_view(NOBODY, case, access, None, {}, now)
