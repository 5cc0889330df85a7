"""The chronology of a case: who did what, when, why, by which clock. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from alerts.ladder.replay import with_ways
from alerts.pack.document import Block, PackParagraph, Rows
from alerts.pack.facts import PackFacts
from alerts.pack.recipients import given, may_name, with_reasons
from alerts.wording.verdicts import channel_name
from data.cases import CaseStep
from data.content_class import ContentClass
from data.rungs import Rung
from data.steps.asking import Answered, Asked
from data.steps.codes import Looker, StepKind
from data.steps.keeping import Checked, EvidenceKept
from data.steps.stored import moment
from data.words.asking import asked_in, place_words
from data.words.say import Words

TOLD: Mapping[StepKind, tuple[str, ...]] = {
    StepKind.OPENED: ("proposed_class", "channel"),
    StepKind.CLASSIFIED: ("class", "proposed_by"),
    StepKind.RECLASSIFIED: ("from", "class", "proposed_by"),
    StepKind.PROPOSED: ("from", "class"),
    StepKind.AUTHOR: ("relationship", "contact_safe"),
    StepKind.PLACE: ("channel",),
    StepKind.COMPLAINANT: ("who", "person"),
    StepKind.TARGET: ("person",),
    StepKind.WEIGHED: ("nature", "visible", "spread", "impact"),
    StepKind.DECIDED: ("decision", "policy"),
    StepKind.ASKED: (
        *("rung", "imminent", "channel", "reference", "advice"),
        *("written_at", "received_at", "kept"),
    ),
    StepKind.ANSWERED: ("rung", "result", "reference", "poster_told_at", "kept"),
    StepKind.RESPONDED: ("how",),
    StepKind.CONSENT_ASKED: ("person", "how"),
    StepKind.CONSENT_GIVEN: ("person",),
    StepKind.CONSENT_REFUSED: ("person",),
    StepKind.CONSENT_WITHDRAWN: ("person",),
    StepKind.CONSENT_OVERRIDDEN: ("ground",),
    StepKind.SUPPORT: ("status", "person"),
    StepKind.EVIDENCE: ("kind",),
    StepKind.LETTER: ("letter",),
    StepKind.HOSTED: ("host", "registrar", "network"),
    StepKind.CHECKED: ("result", "looked", "url"),
    StepKind.COPY_FOUND: ("mention",),
    StepKind.CAME_BACK: ("mention",),
    StepKind.REFERRED: ("to", "reference"),
    StepKind.ASSIGNED: ("person",),
    StepKind.NOTED: ("starts", "ends"),
    StepKind.HELD: ("review",),
    StepKind.UNLOCKED: ("ground",),
    StepKind.CHRONOLOGY: ("author", "person"),
    StepKind.CLOSED: ("ending",),
    StepKind.REOPENED: ("rung",),
}
"""The facts of each kind of step that are shown, each under a heading of its own, `pack.name.KIND.FACT`. Ids
and hashes are in the record; the way of asking is in what the asking is called.
"""
_FIXED_BLANK = "\N{NO-BREAK SPACE}"
_LATER = timedelta(minutes=1)
"""Recorded that much later than it happened, a step says when it was recorded."""


def chronology(facts: PackFacts, w: Words) -> list[Block]:
    """A table of the steps that this recipient may see, as they happened; in their order if dates are left
    out, which would tell of dates.
    """
    recorded = [s for s in with_ways(facts.file.steps) if given(s, facts.recipient)]
    steps = recorded if facts.withheld else sorted(recorded, key=lambda s: (s.done_at, s.n))
    head = tuple(w(f"pack.column.{name}") for name in ("n", "when", "who", "did"))
    rows = tuple((str(s.n), _when(s, facts, w), _who(s, facts, w), _did(s, facts, w)) for s in steps)
    blocks: list[Block] = []
    if len(steps) < len(facts.file.steps):
        blocks.append(PackParagraph(w("pack.note_partial")))
    if steps != recorded:
        blocks.append(PackParagraph(w("pack.note_order")))
    return [*blocks, Rows("", head, rows, (6, 27, 18, 49))]


def _when(step: CaseStep, facts: PackFacts, w: Words) -> str:
    if facts.withheld:
        return w("pack.withheld_value")
    return facts.moment(step.done_at).replace(" ", _FIXED_BLANK)


def _who(step: CaseStep, facts: PackFacts, w: Words) -> str:
    if facts.withheld:
        return w("pack.withheld_value")
    return _person(step.actor, facts, w) if facts.person(step.actor) else w("pack.value.program")


def _did(step: CaseStep, facts: PackFacts, w: Words) -> str:
    said = [w(f"pack.step.{step.kind.value}")]
    if facts.withheld:
        return said[0]
    written = step.written
    for name in TOLD.get(step.kind, ()):
        if value := written.get(name):
            heading = w(f"pack.name.{step.kind.value}.{name}")
            said.append(w("pack.value.facts", name=heading, value=_value(name, value, step, facts, w)))
    if exhibit := next((e for e in facts.exhibits if e.capture_id == _capture(step)), None):
        said.append(w("pack.head.exhibit", name=facts.exhibit_name(exhibit)))
    if step.why.strip() and with_reasons(facts.recipient):
        said.append(w(f"pack.value.{_whose(step)}", why=step.why.strip()))
    if step.due_at is not None:
        said.append(_due(step, facts, w))
    if step.recorded_at - step.done_at > _LATER:
        at = f"{facts.utc(step.recorded_at)} UTC"
        said.append(w("pack.value.facts", name=w("pack.name.recorded"), value=at))
    return "\n".join(said)


def _whose(step: CaseStep) -> str:
    """Whose words the reason is in: what the program says of a look of its own is not a person's."""
    if not isinstance(step.said, Checked) or step.said.looked is Looker.PERSON:
        return "reason"
    return "noted"


def _capture(step: CaseStep) -> str:
    """The id of the capture that a step tells of, if any."""
    return step.said.capture if isinstance(step.said, Asked | Answered | EvidenceKept) else ""


def _due(step: CaseStep, facts: PackFacts, w: Words) -> str:
    assert step.due_at is not None
    zone = facts.zone.key
    return w("pack.value.waits", utc=facts.utc(step.due_at), local=facts.local(step.due_at), zone=zone)


def _value(name: str, value: str, step: CaseStep, facts: PackFacts, w: Words) -> str:
    """One fact in words; somebody's own words as they are."""
    if name in _TIMES:
        at = moment(value)
        return f"{facts.utc(at)} UTC ({facts.local(at)})"
    if name == "rung" and isinstance(step.said, Asked | Answered):
        return asked_in(step.said, w)
    said = _SAID.get(name)
    return value if said is None else said(value, facts, w)


def _person(person_id: str, facts: PackFacts, w: Words) -> str:
    if not may_name(person_id, facts.file.case, facts.recipient):
        return w("pack.value.not_named")
    return facts.person(person_id) or person_id


def _class(value: str, facts: PackFacts, w: Words) -> str:
    """A class in words, with its code."""
    return f"{w(ContentClass(value).key)} ({value})" if value in set(ContentClass) else value


def _code(value: str, facts: PackFacts, w: Words) -> str:
    return w(code) if w.has(code := f"pack.code.{value}") else value


def _letter(value: str, facts: PackFacts, w: Words) -> str:
    return w(title) if w.has(title := f"letter.title.{value}") else value


def _address(mention: str, facts: PackFacts, w: Words) -> str:
    """The address of a copy, or of the post itself."""
    posts = (*facts.file.copies, *((facts.file.post,) if facts.file.post else ()))
    return next((p.url for p in posts if p.mention_id == mention and p.url), w("pack.unnamed"))


_TIMES = frozenset(("written_at", "received_at", "poster_told_at", "review"))
_CODED = (
    *("relationship", "contact_safe", "who", "decision", "imminent", "advice", "kept", "result", "how"),
    *("ground", "status", "kind", "starts", "ends", "ending", "looked"),
)
_SAID: Mapping[str, Callable[[str, PackFacts, Words], str]] = {
    **dict.fromkeys(_CODED, _code),
    **dict.fromkeys(("class", "from", "proposed_class"), _class),
    **dict.fromkeys(("person", "proposed_by"), _person),
    "channel": lambda value, facts, w: channel_name(value, w),
    "rung": lambda value, facts, w: w(Rung(value).key),
    "to": lambda value, facts, w: place_words(value, w),
    "letter": _letter,
    "mention": _address,
}
"""How a fact is put into words; the others are somebody's own."""
