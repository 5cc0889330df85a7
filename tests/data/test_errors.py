"""How a fault names a field and an act: each door by its own name."""

import pickle

import pytest

from data.errors import ConfigError, InputError, SchoolgateError, write_commands


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("⟨reason⟩: say why", "--reason: say why"),
        ("Say who you are: ⟨person⟩ PERSON", "Say who you are: --as PERSON"),
        ("⟨seen_at⟩ 7: not a time", "--seen-at 7: not a time"),
        ("To see them: ⟪case list⟫ ⟨person⟩ holt", "To see them: schoolgate case list --as holt"),
        ("“{reason}” <as> ⟨⟩ ⟪⟫ ⟨Reason⟩", "“{reason}” <as> ⟨⟩ ⟪⟫ ⟨Reason⟩"),
    ],
)
def test_the_command_line_says_options_and_commands(text, typed):
    assert write_commands(text) == str(SchoolgateError(text)) == typed


def test_another_door_is_given_the_field_and_the_text_as_it_was_written():
    fault = pickle.loads(pickle.dumps(InputError("⟨week⟩ 7: not a week")))
    assert (fault.field, fault.text, str(fault)) == ("week", "⟨week⟩ 7: not a week", "--week 7: not a week")
    assert InputError("No file").field == ""


def test_faults_of_the_settings_are_said_as_they_are_typed():
    assert ConfigError(["To write one: ⟪init⟫"]).faults == ["To write one: schoolgate init"]
