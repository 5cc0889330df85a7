"""The head who does something is no part of another word."""

from __future__ import annotations

import pytest

from classifiers.verdicts.subject import roles_said
from data.types import Role


@pytest.mark.parametrize(
    "text", ["The head locked him in", "The head started shouting", "The head counted them"]
)
def test_a_head_who_acts_is_the_head(text: str) -> None:
    assert Role.HEAD in roles_said(text)


@pytest.mark.parametrize(
    "text", ["The head lice are back", "A letter on the head start", "The headlock hurt"]
)
def test_a_word_that_begins_with_head_is_not(text: str) -> None:
    assert Role.HEAD not in roles_said(text)
