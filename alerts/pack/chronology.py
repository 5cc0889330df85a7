"""The chronology of a case: who did what, when, why, by which clock. Pure."""

from __future__ import annotations

from alerts.pack.document import Block, PackParagraph, Rows
from alerts.pack.facts import PackFacts
from alerts.pack.recipients import given, with_reasons
from data.cases import CaseStep, StepKind
from data.content_class import ContentClass
from data.rungs import Rung
from data.words.say import Words

_SAID = {
    StepKind.OPENED: ("proposed_class",),
    StepKind.CLASSIFIED: ("class",),
    StepKind.RECLASSIFIED: ("from", "class"),
    StepKind.PROPOSED: ("from", "class"),
    StepKind.AUTHOR: ("relationship",),
    StepKind.PLACE: ("channel",),
    StepKind.COMPLAINANT: ("who",),
    StepKind.WEIGHED: ("nature", "visible", "spread", "impact"),
    StepKind.DECIDED: ("decision",),
    StepKind.ASKED: ("rung", "kind", "channel", "reference"),
    StepKind.ANSWERED: ("rung", "result", "reference"),
    StepKind.RESPONDED: ("how",),
    StepKind.CONSENT_ASKED: ("how",),
    StepKind.CONSENT_OVERRIDDEN: ("ground",),
    StepKind.SUPPORT: ("status",),
    StepKind.EVIDENCE: ("kind",),
    StepKind.LETTER: ("letter",),
    StepKind.HOSTED: ("host", "registrar", "network"),
    StepKind.CHECKED: ("result",),
    StepKind.REFERRED: ("to", "reference"),
    StepKind.HELD: ("review",),
    StepKind.UNLOCKED: ("ground",),
    StepKind.CLOSED: ("ending",),
    StepKind.REOPENED: ("rung",),
}
"""The facts of a step that are shown. Ids and hashes are in the record."""
_FIXED_BLANK = "\N{NO-BREAK SPACE}"
_OWN_WORDS = frozenset(("nature", "visible", "spread", "impact", "reference"))


def chronology(facts: PackFacts, w: Words) -> list[Block]:
    """A table of the steps that this recipient may see."""
    steps = [s for s in facts.file.steps if given(s, facts.recipient)]
    head = tuple(w(f"pack.column.{name}") for name in ("n", "when", "who", "did"))
    rows = tuple((str(s.n), _when(s, facts, w), _who(s, facts, w), _did(s, facts, w)) for s in steps)
    blocks: list[Block] = []
    if len(steps) < len(facts.file.steps):
        blocks.append(PackParagraph(w("pack.note_partial")))
    return [*blocks, Rows("", head, rows, (7, 27, 17, 49))]


def _when(step: CaseStep, facts: PackFacts, w: Words) -> str:
    if facts.withheld:
        return w("pack.withheld_value")
    return f"{facts.utc(step.done_at)} UTC\n{facts.local(step.done_at)}".replace(" ", _FIXED_BLANK)


def _who(step: CaseStep, facts: PackFacts, w: Words) -> str:
    if facts.withheld:
        return w("pack.withheld_value")
    return facts.person(step.actor) or w("pack.value.program")


def _did(step: CaseStep, facts: PackFacts, w: Words) -> str:
    said = [w(f"pack.step.{step.kind.value}")]
    if facts.withheld:
        return said[0]
    for name in _SAID.get(step.kind, ()):
        if value := step.facts.get(name):
            said.append(
                w("pack.value.facts", name=w(f"pack.name.{name}"), value=_value(name, value, facts, w))
            )
    if exhibit := next((e for e in facts.exhibits if e.capture_id == step.facts.get("capture")), None):
        said.append(w("pack.head.exhibit", name=facts.exhibit_name(exhibit)))
    if step.why.strip() and with_reasons(facts.recipient):
        said.append(w("pack.value.reason", why=step.why.strip()))
    if step.due_at is not None:
        said.append(_due(step, facts, w))
    return "\n".join(said)


def _due(step: CaseStep, facts: PackFacts, w: Words) -> str:
    assert step.due_at is not None
    zone = facts.zone.key
    return w("pack.value.waits", utc=facts.utc(step.due_at), local=facts.local(step.due_at), zone=zone)


def _value(name: str, value: str, facts: PackFacts, w: Words) -> str:
    """A code in words (a class with its code too); somebody's own words as they are."""
    if name == "channel":
        return facts.place(value, w)
    if name in ("rung", "to") and value in set(Rung):
        return w(Rung(value).key)
    if name in _OWN_WORDS:
        return value
    if name == "letter":
        return w(title) if w.has(title := f"letter.title.{value}") else value
    if value in set(ContentClass):
        return f"{value} ({w(ContentClass(value).key)})"
    return w(code) if w.has(code := f"pack.code.{value}") else value
