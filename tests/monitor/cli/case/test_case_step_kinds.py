"""`schoolgate case step KIND`: a command for every kind of step that a person takes, made of its class."""

from __future__ import annotations

import shlex

import pytest
import typer
from builders.case_desk import a_desk, insult
from support.every_command import tree
from typer.main import get_command

from data.steps.codes import StepKind
from data.steps.kinds import KINDS
from data.steps.stored import fields_of
from monitor.cli.commands.case.step.leaves import LEAVES
from monitor.cli.commands.case.step.made import Leaf, MadeCommand

BY_HAND = [kind for kind, of in KINDS.items() if of.by_hand]
WRITTEN_OUT = {StepKind.ASKED: "step ask", StepKind.ANSWERED: "step answered", StepKind.NOTED: "note"}


def found(*words):
    command = tree().commands["case"]
    for word in words:
        command = command.get_command(typer.Context(command), word)
    return command


@pytest.mark.parametrize("kind", BY_HAND)
def test_every_kind_that_a_person_takes_is_found_by_its_own_name(kind):
    named = [leaf.path for leaf in LEAVES if leaf.kind == kind and not leaf.given]
    typed = kind.replace("_", "-")
    other = WRITTEN_OUT.get(kind) or (named[0] if named else f"step {typed}")
    by_kind, by_name = found("step", typed), found(*other.split())
    assert by_kind.help == by_name.help
    assert [param.opts for param in by_kind.params] == [param.opts for param in by_name.params]


def test_a_name_of_a_kind_that_has_another_is_not_listed_beside_it():
    listed = found("step").list_commands(typer.Context(found("step")))
    assert "weigh" in listed
    assert not {"weighed", "held", "closed", "support", "consent-given"} & set(listed)


@pytest.mark.parametrize("kind", [kind for kind in BY_HAND if kind not in WRITTEN_OUT])
def test_a_kind_without_a_word_of_its_own_has_examples_that_can_be_typed(kind):
    app = typer.Typer()
    app.registered_commands.append(MadeCommand(Leaf(f"step {kind}", kind)))
    command = get_command(app)
    examples = command.help.partition("Examples:")[2].strip().splitlines()
    assert len(examples) == 2
    for example in examples:
        context = command.make_context(kind, shlex.split(example)[4:])
        typed = [context.params[name] for name in context.params if name.endswith("_")]
        assert len([value for value in typed if value]) >= len(
            [f for f in fields_of(KINDS[kind]) if f.required and f.kind != "whose" and not _in_flags(f)]
        )


def _in_flags(field):
    return all(remark.endswith(".") for remark in field.choices.values()) and bool(field.choices)


def test_a_step_is_recorded_by_the_name_of_its_kind(tmp_path):
    desk = a_desk(tmp_path, lambda desk: desk("open", insult(desk), "--as", "holt"))
    given = ("1", "--relationship", "third party", "--unsafe", "--as", "holt", "--json")
    assert desk("step", "author", *given).code == 0
    done = desk("step", "weighed", "1", "--nature", "a", "--visible", "b", "--spread", "c", "--impact", "d",
                "--as", "holt", "--json")  # fmt: skip
    assert done.code == 0
    shown = desk("show", "1", "--as", "holt", "--json").data
    facts = {step["step"]: step["facts"] for step in shown["steps"]}
    assert facts["author"] == {"relationship": "third_party", "contact_safe": "no"}
    assert facts["weighed"] == {"nature": "a", "visible": "b", "spread": "c", "impact": "d"}


def test_support_is_recorded_by_the_person_it_was_offered_to_under_either_name(tmp_path):
    def opened(desk):
        desk("open", insult(desk), "--as", "holt")
        desk("step", "target", "1", "--person", "vale", "--as", "holt")

    desk = a_desk(tmp_path, opened)
    assert desk("step", "support", "1", "--offered", "--as", "holt").code == 0
    assert desk("step", "support", "1", "--accepted", "--as", "vale").code == 0
    assert desk("support", "in-place", "1", "--as", "holt").code == 0
    both = desk("step", "support", "1", "--accepted", "--ended", "--as", "holt")
    assert both.code == 2
    assert "exactly one of --offered, --accepted, --declined, --in-place, --ended" in both.err
