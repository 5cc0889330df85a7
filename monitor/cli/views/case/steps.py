"""One step of a case as text: when, what, who did it, and their reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial

from alerts.pack.chronology import TOLD
from alerts.wording.cases import class_words
from alerts.wording.verdicts import channel_name
from data.cases import CaseStep
from data.rungs import Rung
from data.steps.asking import Answered, Asked
from data.steps.codes import StepKind, ValueKind
from data.steps.stored import facts_of_kind
from data.words.asking import asked_in, place_words
from monitor.cli.views.case.wording import folded
from monitor.cli.views.screen import ENGLISH, coded

_KINDS: Mapping[StepKind, str] = {
    **dict.fromkeys(StepKind, ""),
    StepKind.OPENED: "opened",
    StepKind.CLASSIFIED: "class set",
    StepKind.RECLASSIFIED: "reclassified: removal may be asked for after all",
    StepKind.PROPOSED: "proposed, for a second person to confirm",
    StepKind.TURNED_DOWN: "what was proposed is turned down",
    StepKind.AUTHOR: "what the author is to the school",
    StepKind.PLACE: "where it is",
    StepKind.COMPLAINANT: "in whose name",
    StepKind.TARGET: "the person targeted",
    StepKind.ABOUT: "whom it is about",
    StepKind.ACCUSED: "who is accused",
    StepKind.CONFLICTED: "a conflict of interest, without accusation",
    StepKind.WEIGHED: "weighed",
    StepKind.DECIDED: "decided",
    StepKind.ASKED: "asked",
    StepKind.ANSWERED: "answer",
    StepKind.RESPONDED: "the concern was answered",
    StepKind.CONSENT_ASKED: "consent asked for",
    StepKind.CONSENT_GIVEN: "consent given",
    StepKind.CONSENT_REFUSED: "consent refused",
    StepKind.CONSENT_WITHDRAWN: "consent withdrawn",
    StepKind.CONSENT_OVERRIDDEN: "police without consent",
    StepKind.SUPPORT: "support",
    StepKind.SAFE: "they are safe",
    StepKind.EVIDENCE: "evidence kept",
    StepKind.PICTURES_ALLOWED: "pictures may be captured",
    StepKind.LETTER: "letter drafted",
    StepKind.HOSTED: "who hosts it",
    StepKind.CHECKED: "looked whether it is gone",
    StepKind.COPY_FOUND: "a further place",
    StepKind.PLACE_LEFT: "left standing",
    StepKind.CAME_BACK: "it came back",
    StepKind.REMOVED: "seen gone twice, a day apart",
    StepKind.CHANGED: "seen changed",
    StepKind.STANDING: "it stays up",
    StepKind.WARNED: "warned of the danger",
    StepKind.REFERRED: "handed on",
    StepKind.ASSIGNED: "given to",
    StepKind.NOTED: "note",
    StepKind.HELD: "put on hold",
    StepKind.RELEASED: "hold ended",
    StepKind.LOCKED: "locked, so that nothing names the accused teacher (section 141F)",
    StepKind.UNLOCKED: "unlocked",
    StepKind.CHRONOLOGY: "chronology approved",
    StepKind.CLOSED: "closed",
    StepKind.REOPENED: "opened again",
    StepKind.JOINED: "two cases became one",
}
"""What each is called in short; a kind that has no short name is told by the sentence of the packs."""
_ELSEWHERE: Mapping[StepKind, tuple[str, ...]] = {
    StepKind.OPENED: ("proposed_class", "channel"),
    StepKind.CLASSIFIED: ("proposed_by",),
    StepKind.RECLASSIFIED: ("proposed_by",),
    StepKind.AUTHOR: ("contact_safe",),
    StepKind.WEIGHED: ("nature", "visible", "spread", "impact"),
    StepKind.ASKED: ("imminent", "advice"),
    StepKind.HOSTED: ("registrar", "network"),
    StepKind.CHECKED: ("looked", "url"),
    StepKind.COPY_FOUND: ("mention",),
    StepKind.CAME_BACK: ("mention",),
    StepKind.NOTED: ("starts", "ends"),
    StepKind.HELD: ("review",),
    StepKind.CHRONOLOGY: ("author", "person"),
    **dict.fromkeys(
        (
            *(StepKind.COMPLAINANT, StepKind.TARGET, StepKind.SUPPORT, StepKind.CONSENT_ASKED),
            StepKind.SAFE,
            *(StepKind.CONSENT_GIVEN, StepKind.CONSENT_REFUSED, StepKind.CONSENT_WITHDRAWN),
        ),
        ("person",),
    ),
}
"""What a pack tells of a step and this does not: it appears elsewhere in the file, or is an id."""
_TOLD: Mapping[StepKind, tuple[str, ...]] = {
    kind: tuple(name for name in names if name not in _ELSEWHERE.get(kind, ()))
    for kind, names in TOLD.items()
}


_OF_THE_ACCUSED = frozenset((StepKind.ACCUSED, StepKind.CONFLICTED))
"""What tells who was accused, though they may be no more."""


def step_lines(
    step: CaseStep,
    name: Callable[[str | None], str],
    when: Callable[[datetime], str],
    *,
    withheld: bool,
    where: str = "",
) -> Iterator[str]:
    """What was done, `where` the case has several places, and below it the words given for it, unless they
    are withheld.
    """
    what = _KINDS[step.kind] or ENGLISH(f"pack.step.{step.kind}").rstrip(".")
    told = "" if withheld and step.kind in _OF_THE_ACCUSED else _told(step, name, when)
    at = f", at {where}" if where and not withheld else ""
    yield f"  {step.n:>3}  {when(step.done_at)}  {what}{told}{at} ({name(step.actor)})"
    if step.why and not withheld:
        yield from folded(f"“{step.why}”", "       ")


def _told(step: CaseStep, name: Callable[[str | None], str], when: Callable[[datetime], str]) -> str:
    said = {key: step.written[key] for key in _TOLD.get(step.kind, ()) if step.written.get(key)}
    facts = []
    for key, value in said.items():
        if key in _TIMES:
            facts.append(f"{_TIMES[key]} {when(datetime.fromisoformat(value))}")
        elif key == "rung" and isinstance(step.said, Asked | Answered):
            facts.append(asked_in(step.said, ENGLISH))
        elif facts_of_kind(step.kind)[key].kind is ValueKind.TIME:
            facts.append(when(datetime.fromisoformat(value)))
        else:
            facts.append(_fact(step.kind, key, value, name))
    return f": {', '.join(facts)}" if facts else ""


_TIMES = {
    "written_at": "written",
    "received_at": "received by them",
    "poster_told_at": "the poster was told",
    "talked_at": "talked to",
    "by": "its author has until",
}
_EVIDENCE = {
    "page": "the page",
    "supplied": "handed in",
    "told": "what was said, without a file",
    "wall": "what was there instead, which is no evidence",
}


_SAID: Mapping[str, Callable[[str], str]] = {
    "stands": {"no": "not any more", "yes": "it stands"}.__getitem__,
    "policy": "under the {}".format,
    "reference": "reference {}".format,
    "from": "from {}".format,
    "rung": lambda value: ENGLISH(Rung(value).key),
    "channel": lambda value: channel_name(value, ENGLISH),
    "sender": lambda value: f"sent by {ENGLISH(f'pack.code.{value}')}",
    "signed_in": {"yes": "seen signed in", "no": "seen signed out"}.__getitem__,
    "to": lambda value: place_words(value, ENGLISH),
    "class": lambda value: class_words(value, ENGLISH),
    "kept": lambda value: f"the letter: {coded('kept', value)}",
    "relationship": partial(coded, "author"),
    "decision": partial(coded, "decision"),
    "ending": partial(coded, "ending"),
    "kind": lambda value: _EVIDENCE.get(value, value.replace("_", " ")),
    "host": str,
    "url": str,
    "what": partial(coded, "place_role"),
}


def _fact(kind: StepKind, key: str, value: str, name: Callable[[str | None], str]) -> str:
    if key in ("person", "beside"):
        names = ", ".join(map(name, value.split(",")))
        return f"also {names}" if key == "beside" else names
    if key == "result":
        return coded("check" if kind is StepKind.CHECKED else "answer", value)
    said = _SAID.get(key)
    return said(value) if said else value.replace("_", " ")
