"""What a story of a scan is called, in words. Pure."""

from __future__ import annotations

from alerts.wording.digest.headlines import in_print
from alerts.wording.verdicts import describe, kind_of
from data.matters import MatterView
from data.types import Severity
from data.words.say import words
from monitor.cli.views.scan.summary import ScanSummary


def grave(view: MatterView) -> bool:
    """Is its gravest post to be dealt with today?"""
    return view.top is not None and view.top.severity >= Severity.TODAY


def what(view: MatterView, summary: ScanSummary) -> str:
    """What it is: of what is grave its kind, of an article its headline, else its beginning; without its
    words only what kind of post it is."""
    if not grave(view) and (said := headline_of(view, summary) or view.title):
        return said
    if view.top is None:
        return view.title
    return describe(view.top, words("en")) if grave(view) else kind_of(view.top, words("en"))


def headline_of(view: MatterView, summary: ScanSummary) -> str:
    if view.headline is None:
        return ""
    sources = [summary.sources[i] for i in view.headline.source_ids if i in summary.sources]
    names = {source.id: source.name for source in sources if source.name}
    papers = frozenset(source.id for source in sources if not source.surfaced)
    return in_print(view.headline, papers, names, words("en"))
