"""The commands that record a step, made of the classes of steps: an option for each fact that is asked for.

How a fact is asked for follows from its kind of value; `_OTHERWISE` has what a command line says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument, Option
from typer.models import CommandInfo

from data.errors import InputError
from monitor.cli.commands import options
from monitor.cli.commands.inputs import exactly_one, own_words

if TYPE_CHECKING:
    from data.cases import Case, Event
    from data.steps.kinds import Step
    from data.steps.stored import StepField
    from monitor.home.wiring import Session

_PEOPLE = ("person", "whose", "named")
"""Kinds of value that are ids of people at the case's own school."""


@dataclass(frozen=True, slots=True)
class _Otherwise:
    """How a fact is called on a command line where its name there is another; `first`: before who you are.
    `also`: it may be typed as it is, without its option.
    """

    name: str = ""
    help: str = ""
    metavar: str | None = None
    first: bool = False
    denies: bool = False
    also: str = ""

    @property
    def positional(self) -> bool:
        return self.name.isupper()


_OTHERWISE: Mapping[tuple[str, str], _Otherwise] = {
    ("classified", "class"): _Otherwise("CLASS", first=True),
    ("place", "channel"): _Otherwise("PLACE", first=True),
    ("author", "contact_safe"): _Otherwise("--unsafe", "It is not safe to contact them.", denies=True),
    ("target", "subjects"): _Otherwise("--subject"),
    ("accused", "stands"): _Otherwise("--not", "They are not accused after all; needs --why.", denies=True),
    ("conflicted", "person"): _Otherwise(also="PERSON"),
    ("conflicted", "stands"): _Otherwise("--not", "They have none after all.", denies=True),
    ("copy_found", "mention"): _Otherwise("--post", metavar="MENTION", first=True),
    ("assigned", "person"): _Otherwise("--to", first=True),
    ("held", "review"): _Otherwise(metavar="DAY"),
}


@dataclass(frozen=True, slots=True)
class Leaf:
    """A command that records a step: where it is found, and its examples, each as it stands after its name.

    `given` are facts that its name says already, `more` options of its own; `event` makes what is recorded of
    what was typed and the case. Without `reading` it is enough to know the case's status.
    """

    path: str
    kind: str
    examples: Sequence[str] = ()
    given: tuple[tuple[str, str], ...] = ()
    help: str = ""
    event: Callable[[TypedStep, Case], Event] | None = None
    more: tuple[Parameter, ...] = ()
    reading: bool = True


@dataclass(frozen=True, slots=True)
class TypedStep:
    """A step that somebody takes: what they typed, and the facts of it that wait for no case."""

    session: Session
    leaf: Leaf
    typed: Mapping[str, Any]
    known: Mapping[str, Any]

    def said(self, case: Case) -> Step:
        """The step, with the ids that only the case can tell. Raises InputError."""
        values = dict(self.known)
        for field in (f for f in _asked(self.leaf) if f.kind in _PEOPLE):
            if ids := self._people(field, case):
                values[field.attribute] = ids if field.many else ids[0]
                values |= {"beside": ids[1:]} if ids[1:] and not field.many else {}
        said: Step = _class(self.leaf)(**values)
        return said

    def event(self, said: Step, least: int = 1) -> Event:
        """What is recorded, with the reason, of so many characters where one is wanted. Raises InputError."""
        from monitor.cli.commands.case.record import event_of

        why = self.typed.get("why", "")
        if said.wants_why:
            why = own_words(why, "--why", least)
        return event_of(self.session, said, why, self.typed.get("at"))

    def _people(self, field: StepField, case: Case) -> tuple[str, ...]:
        """The ids of people at the case's school, a name where it may be one; () where nobody is named."""
        from monitor.cli.commands.case.record import school_person

        option, typed = _option(self.leaf, field), list(self.typed[_param(field)] or ())
        typed += filter(None, (self.typed.get(_param(field) + "also"),))
        if len(typed) > 1 and not (field.many or self.leaf.kind == "target"):
            raise InputError(f"{option}: one person at a time. First {option} {typed[0]}, then the next.")
        if not typed and field.required:
            if field.kind != "whose":
                raise InputError(f"Say who: {option} PERSON.")
            if case.target is None:
                raise InputError(
                    f"Say whose consent it is: {option} PERSON. Nobody is named as the target yet."
                )
            return (case.target,)
        if field.kind == "named" and self.known["who"] != "staff":
            return tuple(typed)
        return tuple(school_person(self.session, case, each, option).id for each in typed)


class MadeCommand(CommandInfo):
    """A command of a class of steps, made at the first look at it."""

    def __init__(self, leaf: Leaf, name: str = "") -> None:
        super().__init__(name or leaf.path.rpartition(" ")[2])
        self.leaf = leaf

    @cached_property
    def made(self) -> Callable[..., None]:
        """The function that is called, with its options and its help."""
        return _made(self.leaf)

    @property
    def callback(self) -> Callable[..., None]:
        """The same, for typer."""
        return self.made

    @callback.setter
    def callback(self, _: object) -> None:
        """Typer sets what it was not given."""


def _made(leaf: Leaf) -> Callable[..., None]:
    def command(**typed: Any) -> None:
        from monitor.cli.commands.case.record import record_step
        from monitor.home.wiring import open_session

        session = open_session(typed["person"], typed["home"], typed["config"])
        taken = TypedStep(session, leaf, typed, dict(_known(leaf, typed, session)))

        def event(case: Case) -> Event:
            return leaf.event(taken, case) if leaf.event else taken.event(taken.said(case))

        # whoever was offered support may record what became of it, and may know no more than the status
        reading = leaf.reading and taken.known.get("status", "offered") == "offered"
        record_step(session, typed["case"], event, as_json=typed["as_json"], reading=reading)

    taken = [*_parameters(leaf)]
    command.__signature__ = Signature(taken)  # type: ignore[attr-defined]
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in taken}
    command.__doc__ = _help(leaf)
    return command


def _known(leaf: Leaf, typed: Mapping[str, Any], session: Session) -> Iterator[tuple[str, Any]]:
    """The facts that wait for no case, by attribute. Raises InputError."""
    given = dict(leaf.given)
    for field in _fields(leaf):
        if field.name in given:
            yield field.attribute, field.type(given[field.name])
        elif _in_flags(field):
            on = {value: typed[_param(field) + value] for value in field.choices}
            yield field.attribute, field.type(exactly_one(on, field.help.rstrip(".")))
        elif field.kind not in _PEOPLE and (field.required or typed[_param(field)] not in (None, "")):
            yield field.attribute, _value(leaf, field, typed, session)


def _value(leaf: Leaf, field: StepField, typed: Mapping[str, Any], session: Session) -> object:
    from monitor.cli.commands.case.step.values import post, referral, value_of

    said, option = typed[_param(field)], _option(leaf, field)
    if field.kind == "yes_no":
        return said is not _otherwise(leaf, field).denies
    if field.kind == "referral":
        return referral(session, said, option)
    if field.kind == "post":
        return post(session, typed["case"], said, option)
    return value_of(field, said, option, session.config.zone)


def _class(leaf: Leaf) -> type[Any]:
    from data.steps.codes import StepKind
    from data.steps.kinds import KINDS

    return KINDS[StepKind(leaf.kind)]


def _fields(leaf: Leaf) -> tuple[StepField, ...]:
    from data.steps.stored import fields_of

    return fields_of(_class(leaf))


def _asked(leaf: Leaf) -> list[StepField]:
    given = dict(leaf.given)
    return [field for field in _fields(leaf) if field.name not in given]


def _in_flags(field: StepField) -> bool:
    """Is there a flag for each of its choices, since each has a sentence of its own?"""
    return bool(field.choices) and all(remark.endswith(".") for remark in field.choices.values())


def _otherwise(leaf: Leaf, field: StepField) -> _Otherwise:
    return _OTHERWISE.get((leaf.kind, field.name), _Otherwise())


def _option(leaf: Leaf, field: StepField) -> str:
    return _otherwise(leaf, field).name or _flag(field.name)


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _param(field: StepField) -> str:
    """Not its name alone: `person` is who takes the step."""
    return f"{field.attribute}_"


def _parameters(leaf: Leaf) -> Iterator[Parameter]:
    """What has to be given comes first, as in every command."""
    of, fields = _class(leaf), _asked(leaf)
    first = [f for f in fields if _otherwise(leaf, f).first]
    needed = [f for f in fields if f not in first and _is_needed(f)]
    rest = [f for f in fields if f not in first and f not in needed]
    yield parameter("case", options.CaseNumber)
    for field in first:
        yield from _of_field(leaf, field)
    yield parameter("person", options.As)
    for field in needed:
        yield from _of_field(leaf, field)
    if of.wants_why:
        yield parameter("why", options.WhyWanted)
    for field in rest:
        yield from _of_field(leaf, field)
    yield from leaf.more
    if of.dated:
        yield parameter("at", options.At, None)
    if of.wants_why is False:
        yield parameter("why", options.Why, "")
    yield parameter("home", options.Home, None)
    yield parameter("config", options.ConfigFile, None)
    yield parameter("as_json", options.Json, False)


def parameter(name: str, annotation: Any, default: object = Parameter.empty) -> Parameter:
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _is_needed(field: StepField) -> bool:
    return field.required and field.kind != "whose" and not _in_flags(field)


def _of_field(leaf: Leaf, field: StepField) -> Iterator[Parameter]:
    name, option, way = _param(field), _option(leaf, field), _otherwise(leaf, field)
    said = way.help or _asked_as(field)
    if _in_flags(field):
        for value, remark in field.choices.items():
            yield parameter(name + value, Annotated[bool, Option(_flag(value), help=remark)], False)
    elif field.kind == "yes_no":
        flag = option if way.denies else f"{option}/{option.replace('--', '--not-')}"
        yield parameter(name, Annotated[bool | None, Option(flag, help=said)], None)
    elif field.kind in _PEOPLE:
        yield from _of_people(leaf, field, said)
    elif field.kind == "words":
        yield parameter(name, Annotated[str, options.asked_for(option, said)])
    elif way.positional:
        yield parameter(name, Annotated[str, Argument(metavar=option, help=said)])
    elif _is_needed(field):
        yield parameter(name, Annotated[str, Option(option, help=said, metavar=way.metavar)])
    else:
        yield parameter(name, Annotated[str | None, Option(option, help=said, metavar=way.metavar)], None)


def _of_people(leaf: Leaf, field: StepField, said: str) -> Iterator[Parameter]:
    """As a list, though a step has one: a second is refused, not dropped."""
    name, way = _param(field), _otherwise(leaf, field)
    again = " May be given again." if field.many or leaf.kind == "target" else ""
    named = Option(_option(leaf, field), help=f"{said}{again}", metavar="PERSON")
    if _is_needed(field) and not way.also:
        yield parameter(name, Annotated[list[str], named])
    else:
        yield parameter(name, Annotated[list[str] | None, named], None)
    if way.also:
        bare = Argument(metavar=way.also, help="The same, without its option.", hidden=True)
        yield parameter(f"{name}also", Annotated[str | None, bare], None)


def _asked_as(field: StepField) -> str:
    """Its help; where it has choices these, alone if it has to be given."""
    if not field.choices:
        return field.help
    names = [
        value.replace("_", "-") + (f" ({remark})" if remark else "")
        for value, remark in field.choices.items()
    ]
    listed = f"{', '.join(names[:-1])} or {names[-1]}." if names[1:] else f"{names[0]}."
    return listed if field.required else f"{field.help.rstrip('.')}: {listed}"


def _help(leaf: Leaf) -> str:
    from inspect import cleandoc

    command, of, given = f"schoolgate case {leaf.path}", _class(leaf), dict(leaf.given)
    remarks = [field.choices[given[field.name]] for field in _fields(leaf) if field.name in given]
    said = leaf.help or "".join(remarks) or cleandoc(of.__doc__ or "")
    examples = leaf.examples or tuple(_example(leaf, end) for end in ("", " --json"))
    lines = "".join(f"\n  {command} {example.replace(chr(10), chr(10) + ' ' * 4)}" for example in examples)
    return f"{said}\n\n\b\nExamples:{lines}"


_SAMPLES: Mapping[str, str] = {
    "time": "2026-11-20T15:20",
    "channel": "facebook",
    "person": "b-thistlewood",
    "referral": "police",
    "post": "5be0",
}


def _example(leaf: Leaf, end: str) -> str:
    """How it may be typed, where nobody wrote an example."""
    from data.content_class import ContentClass

    samples = {**_SAMPLES, "class": ContentClass.HARASSMENT.value}
    said = ["4"]
    for field in _asked(leaf):
        value = next(iter(field.choices), samples.get(field.kind, '"…"')).replace("_", "-")
        if field.required and field.kind != "whose":
            option = "" if _otherwise(leaf, field).positional else f"{_option(leaf, field)} "
            said.append(_flag(value) if _in_flags(field) else option + value)
    why = ['--why "…"'] if _class(leaf).wants_why else []
    return " ".join([*said, "--as t-quillfeather", *why]) + end
