"""Steps and events of the facts that a test cares about; whatever else a step must say is made up."""

from data.cases import Event
from data.steps.classes import facts_of_kind, faults_of, read_stored
from data.steps.codes import StepKind

_MADE_UP = {
    "story": "s-one", "route": "request_removal", "proposed_class": "C11", "about": "staff", "class": "C7",
    "tell": "regulator",
    "from": "C0", "relationship": "parent", "channel": "forum", "who": "school", "person": "p-target",
    "nature": "an insult", "visible": "two days", "spread": "little", "impact": "distress",
    "decision": "seek", "rung": "platform_report", "result": "gone", "how": "phone", "status": "offered",
    "ground": "charge", "capture": "c1", "manifest": "0" * 64, "files": "3", "letter": "reply",
    "host": "example.org", "mention": "m2", "to": "dsl", "review": "2027-05-31", "author": "somebody",
    "ending": "removed", "what": "union",
}  # fmt: skip


def names_of_facts(kind: StepKind) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """List the facts that a step of that kind must say, and those it may say besides."""
    facts = facts_of_kind(kind).values()
    return tuple(f.name for f in facts if f.required), tuple(f.name for f in facts if not f.required)


def said(kind, facts=None):
    """What a step of that kind says."""
    return as_stored(kind, facts)[0]


def as_stored(kind, facts=None):
    """The same, and facts that are written otherwise than the program would."""
    needed, _ = names_of_facts(kind)
    made_up = {name: _MADE_UP[name] for name in needed if name not in (facts or {})}
    if kind is StepKind.ANSWERED and "result" in made_up:
        made_up["result"] = "refused"
    return read_stored(kind, {**made_up, **(facts or {})})


def read_step(kind, facts):
    """The step of that kind with those facts, as a command takes it, or the names of what does not fit."""
    try:
        step, _ = read_stored(kind, facts)
    except ValueError as error:
        return tuple(str(error).partition(": ")[2].split(", "))
    unknown = (name for name in facts if not any(name in names for names in names_of_facts(kind)))
    return (*faults_of(step), *unknown) or step


def an_event(kind, actor="head", why="", facts=None, when=None):
    """That somebody wants such a step recorded."""
    return Event(said(kind, facts), actor, why, when)
