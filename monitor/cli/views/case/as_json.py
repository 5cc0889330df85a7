"""The case file as JSON values: what the text shows, times in UTC, with codes for words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from data.cases import Case, CaseFile, CaseStep, EvidenceFile, Post
from data.words.asking import asking_words
from monitor.act.casework.steps import NextStep
from monitor.cli.views.case.case_file import FileScreen
from monitor.cli.views.case.case_list import as_json
from monitor.cli.views.layout import utc
from monitor.cli.views.screen import ENGLISH


def file_json(file: CaseFile, ways: Sequence[NextStep], screen: FileScreen) -> dict[str, object]:
    """The case as this reader may know it."""
    case = file.case
    found = as_json(screen.view, screen.now)
    found |= {
        "waits": [
            {"clock": w.clock, "since": utc(w.since), "due": utc(w.due_at), "overdue": w.over(screen.now)}
            for w in case.waits
        ],
        "next": [_way(way) for way in ways] if screen.words else [],
        "words_withheld": not screen.words,
    }
    if not screen.words:
        return found
    return found | _known(case) | {
        "may_confirm": list(screen.second),
        "post": _post(file.post) if file.post else None,
        "copies": [_post(copy) for copy in file.copies],
        "evidence": [_evidence(e) for e in file.evidence],
        "steps": [_step(step) for step in file.steps],
    }  # fmt: skip


def _way(way: NextStep) -> dict[str, object]:
    """One rung that may be asked next, or the guard that keeps it, and what would satisfy that."""
    refusal = way.refusal
    return {
        "rung": way.rung.value, "kind": way.kind or None, "possible": refusal is None,
        "guard": refusal.guard if refusal else None, "said": refusal.said if refusal else None,
        "remedy": refusal.remedy if refusal else None,
    }  # fmt: skip


def _known(case: Case) -> dict[str, object]:
    weighed = case.weighed
    return {
        "class_set_by": case.classified_by, "lane": case.lane.value if case.lane else None,
        "target": case.target, "relationship": case.relationship.value, "contact_safe": case.contact_safe,
        "complainant": case.complainant.value, "decision": case.decision, "decided_by": case.decided_by,
        "decided_at": _utc(case.decided_at),
        "weighed": None if weighed is None else {
            "nature": weighed.nature, "visible": weighed.visible, "spread": weighed.spread,
            "impact": weighed.impact, "by": weighed.by, "at": utc(weighed.at),
        },
        "asked": [
            {
                "rung": a.rung.value, "kind": a.kind, "channel": a.channel, "reference": a.reference,
                "called": asking_words(a.rung, a.kind, ENGLISH), "by": a.by, "at": utc(a.at),
                "written_at": _utc(a.written_at), "sent_at": _utc(a.sent_at),
                "received_at": _utc(a.received_at), "due": _utc(a.due_at), "kept": a.kept,
                "answer": a.answer.value if a.answer else None, "answered_at": _utc(a.answered_at),
                "answer_kept": a.answer_kept,
            }
            for a in case.askings
        ],
        "consent_by": case.consent_by, "consent_told": case.consent_told and case.consent_told.value,
        "support_by": case.support_by, "support_told": case.support_told and case.support_told.value,
        "checks": [{"result": c.result.value, "at": utc(c.at)} for c in case.checks],
        "proposal": None if case.proposal is None else {
            "class": case.proposal.content_class, "lane": case.proposal.lane, "by": case.proposal.by,
            "at": utc(case.proposal.at),
        },
        "next_check": _utc(case.recheck_at), "hosting": dict(case.hosting),
        "hold_review": _utc(case.hold_review),
    }  # fmt: skip


def _post(post: Post) -> dict[str, object]:
    return {
        "mention": post.mention_id, "channel": post.channel, "url": post.url, "author": post.author,
        "title": post.title, "text": post.text, "published": _utc(post.published),
        "first_seen": utc(post.first_seen), "last_seen": utc(post.last_seen), "version": post.version,
        "event": post.event,
    }  # fmt: skip


def _evidence(file: EvidenceFile) -> dict[str, object]:
    return {
        "id": file.id, "capture": file.capture_id, "name": file.name, "sha256": file.sha256,
        "media_type": file.media_type, "bytes": file.size_bytes, "at": utc(file.captured_at),
        "by": file.captured_by, "how": file.how,
    }  # fmt: skip


def _step(step: CaseStep) -> dict[str, object]:
    return {
        "n": step.n, "step": step.kind.value, "by": step.actor, "at": utc(step.done_at),
        "recorded_at": utc(step.recorded_at), "why": step.why, "facts": dict(step.written),
        "due": _utc(step.due_at), "clock": step.clock or None,
    }  # fmt: skip


def _utc(moment: datetime | None) -> str | None:
    return utc(moment) if moment else None
