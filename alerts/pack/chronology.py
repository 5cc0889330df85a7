"""The chronology of a case: who did what, when, why, by which clock. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

from alerts.ladder.replay import with_ways
from alerts.layout.pdf import Paragraph
from alerts.pack.facts import PackFacts
from alerts.pack.pdf import Block, Rows
from alerts.pack.recipients import given, may_name, with_reasons
from alerts.wording.cases import where_done
from alerts.wording.verdicts import channel_name
from data.cases import CaseStep
from data.content_class import ContentClass
from data.rungs import Rung
from data.steps.asking import Answered, Asked
from data.steps.codes import Looker, StepKind, ValueKind, told_of
from data.steps.keeping import Checked, EvidenceKept
from data.steps.kinds import KINDS
from data.steps.stored import facts_of_kind, moment
from data.words.asking import asked_in, place_words
from data.words.say import Words

TOLD: Mapping[StepKind, tuple[str, ...]] = {
    **{kind: told for kind, of in KINDS.items() if (told := told_of(of))},
    StepKind.ASKED: (
        *("rung", "sender", "imminent", "channel", "reference", "advice"),
        *("written_at", "received_at", "kept"),
    ),
    StepKind.CHECKED: ("result", "looked", "signed_in", "url"),
}
"""The facts of each kind of step that are shown, each under a heading of its own, `pack.name.KIND.FACT`; of
two kinds in another order than that of their classes. The way of asking is in what the asking is called.
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
        blocks.append(Paragraph(w("pack.note_partial")))
    if steps != recorded:
        blocks.append(Paragraph(w("pack.note_order")))
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
    said += [w("pack.value.facts", name=name, value=value) for name, value in _told(step, facts, w)]
    capture = step.said.capture if isinstance(step.said, Asked | Answered | EvidenceKept) else ""
    if exhibit := next((e for e in facts.exhibits if e.capture_id == capture), None):
        said.append(w("pack.head.exhibit", name=facts.exhibit_name(exhibit)))
    if step.why.strip() and with_reasons(facts.recipient):
        said.append(w(f"pack.value.{_whose(step)}", why=step.why.strip()))
    if step.due_at is not None:
        due = {"utc": facts.utc(step.due_at), "local": facts.local(step.due_at), "zone": facts.zone.key}
        said.append(w("pack.value.waits", **due))
    if step.recorded_at - step.done_at > _LATER:
        at = f"{facts.utc(step.recorded_at)} UTC"
        said.append(w("pack.value.facts", name=w("pack.name.recorded"), value=at))
    return "\n".join(said)


def _told(step: CaseStep, facts: PackFacts, w: Words) -> Iterator[tuple[str, str]]:
    """The place it was done at, where the case has several, and its facts, each under its heading."""
    if where := where_done(facts.file, step.said, w):
        yield w("pack.fact.at_place"), where
    written = step.written
    for name in TOLD.get(step.kind, ()):
        if value := written.get(name):
            yield w(f"pack.name.{step.kind.value}.{name}"), _value(name, value, step, facts, w)


def _whose(step: CaseStep) -> str:
    """Whose words the reason is in: what the program says of a look of its own is not a person's."""
    if not isinstance(step.said, Checked) or step.said.looked is Looker.PERSON:
        return "reason"
    return "noted"


def _value(name: str, value: str, step: CaseStep, facts: PackFacts, w: Words) -> str:
    """One fact in words; somebody's own words as they are."""
    if name == "rung" and isinstance(step.said, Asked | Answered):
        return asked_in(step.said, w)
    said = _SAID.get(facts_of_kind(step.kind)[name].kind)
    return value if said is None else said(value, facts, w)


def _time(value: str, facts: PackFacts, w: Words) -> str:
    at = moment(value)
    return f"{facts.utc(at)} UTC ({facts.local(at)})"


def _people(ids: str, facts: PackFacts, w: Words) -> str:
    return w.listed([_person(person_id, facts, w) for person_id in ids.split(",")])


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


_SAID: Mapping[ValueKind, Callable[[str, PackFacts, Words], str]] = {
    **dict.fromkeys((ValueKind.CODE, ValueKind.YES_NO), _code),
    **dict.fromkeys((ValueKind.PERSON, ValueKind.WHOSE, ValueKind.NAMED), _people),
    **dict.fromkeys((ValueKind.CHANNEL, ValueKind.SITE), lambda value, facts, w: channel_name(value, w)),
    ValueKind.TIME: _time,
    ValueKind.CLASS: _class,
    ValueKind.RUNG: lambda value, facts, w: w(Rung(value).key),
    ValueKind.REFERRAL: lambda value, facts, w: place_words(value, w),
    ValueKind.LETTER: _letter,
    ValueKind.POST: _address,
}
"""How a value of each kind is put into words; the others are somebody's own."""
