"""The case file as JSON values: what the text shows, times in UTC, with codes for words."""

from __future__ import annotations

from collections.abc import Sequence

from data.cases import Asking, Case, CaseFile, CasePlace, CaseStep, EvidenceFile, Post
from data.words.asking import asking_words
from monitor.act.casework.steps import NextStep
from monitor.cli.views.case.case_file import FileScreen
from monitor.cli.views.case.case_list import as_json
from monitor.cli.views.layout import picked, plain, utc
from monitor.cli.views.screen import ENGLISH


def file_json(file: CaseFile, ways: Sequence[NextStep], screen: FileScreen) -> dict[str, object]:
    """The file as JSON values. Every case has the same keys: what its reader may not know is null."""
    case = file.case
    found = as_json(screen.view, screen.now) | {
        "waits": [
            {"clock": w.clock, "since": utc(w.since), "due": utc(w.due_at), "overdue": w.over(screen.now)}
            for w in case.waits
        ],
        "ways": [_way(way) for way in ways] if screen.words else [],
        "words_withheld": not screen.words,
    }
    known = _known(case) | {
        "may_confirm": list(screen.second),
        "post": _post(file.post) if file.post else None,
        "in_other_words": [picked(other, "at title text") for other in file.beside],
        "copies": [_post(copy) for copy in file.copies],
        "places": [_place(here, case) for here in case.places],
        "evidence": [_evidence(e) for e in file.evidence],
        "steps": [_step(step) for step in file.steps],
    }  # fmt: skip
    return found | (known if screen.words else dict.fromkeys(known))


def _way(way: NextStep) -> dict[str, object]:
    """One rung that may be asked next, or the guard that keeps it, and what would satisfy that."""
    refusal = way.refusal
    return {
        "rung": way.rung.value, "kind": way.kind or None, "possible": refusal is None,
        "guard": refusal.guard if refusal else None, "said": refusal.said if refusal else None,
        "remedy": refusal.remedy if refusal else None,
    }  # fmt: skip


def _known(case: Case) -> dict[str, object]:
    weighed, proposal = case.weighed, case.proposal
    return {
        "class_set_by": case.classified_by,
        **picked(case, "lane target accused conflicted relationship contact_safe complainant"),
        **picked(case, "decision decided_by decided_at to_warn"),
        "weighed": picked(weighed, "nature visible spread impact by at") if weighed else None,
        "asked": [_asking(asking) for here in case.places for asking in here.askings],
        **picked(case, "consent_by consent_told support_by support_told"),
        "checks": [picked(check, "result at") for check in case.checks],
        "proposal": {"class": proposal.content_class} | picked(proposal, "lane by at") if proposal else None,
        "next_check": plain(case.recheck_at), "hosting": dict(case.hosting),
        "hold_review": plain(case.hold_review),
    }  # fmt: skip


def _asking(asking: Asking) -> dict[str, object]:
    called = {"called": asking_words(asking.rung, asking.kind, ENGLISH)}
    found = picked(asking, "rung kind channel reference place") | called
    found |= picked(asking, "by at written_at sent_at received_at") | {"due": plain(asking.due_at)}
    return found | picked(asking, "kept answer answered_at answer_kept")


def _post(post: Post) -> dict[str, object]:
    names = "channel url author title text published first_seen last_seen version event"
    return {"mention": post.mention_id} | picked(post, names)


def _place(here: CasePlace, case: Case) -> dict[str, object]:
    found: dict[str, object] = {
        "number": case.number_at(here.n),
        "what": here.role.value,
        "mention": here.mention_id,
        "url": here.url or None,
    }
    found |= {"channel": here.channel, "state": here.stands.value, "said_gone_at": plain(here.said_gone_at)}
    return found | {"next_check": plain(here.recheck_at)}


def _evidence(file: EvidenceFile) -> dict[str, object]:
    return {
        "id": file.id, "capture": file.capture_id, **picked(file, "name sha256 media_type"),
        "bytes": file.size_bytes, "at": utc(file.captured_at), "by": file.captured_by, "how": file.how,
    }  # fmt: skip


def _step(step: CaseStep) -> dict[str, object]:
    return {
        "n": step.n, "step": step.kind.value, "by": step.actor, "at": utc(step.done_at),
        "recorded_at": utc(step.recorded_at), "why": step.why, "facts": dict(step.written),
        "due": plain(step.due_at), "clock": step.clock or None,
    }  # fmt: skip
