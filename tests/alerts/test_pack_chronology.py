"""Every code that a step may hold is told in words, in both languages."""

from __future__ import annotations

import pytest

from alerts.ladder.guards.keeping import UNLOCK_GROUNDS
from alerts.ladder.guards.police import OVERRIDES
from alerts.ladder.guards.steps import PLACES
from alerts.letters.kinds import LetterKind
from alerts.pack.chronology import _SAID
from data.cases import FACTS, Check, Complainant, Ending, Relationship, RungAnswer, StepKind, Support
from data.rungs import Rung
from data.words.say import LANGUAGES, words

CODES = {code for rung in Rung for code in rung.spec.kinds} | UNLOCK_GROUNDS | OVERRIDES | PLACES
CODES |= {
    code.value for kind in (RungAnswer, Check, Complainant, Ending, Relationship, Support) for code in kind
}
CODES |= {"seek", "answer", "stop", "page", "supplied", "wall", "in_person", "meeting", "public_reply"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_and_every_code_in_it_is_told_in_words(language):
    w = words(language)
    assert not [code for code in sorted(CODES) if not (w.has(f"pack.code.{code}") or code in set(Rung))]
    assert not [kind for kind in LetterKind if not w.has(f"letter.title.{kind.value}")]
    assert not [kind for kind in StepKind if not w.has(f"pack.step.{kind.value}")]
    assert not [name for names in _SAID.values() for name in names if not w.has(f"pack.name.{name}")]


def test_what_is_told_of_a_step_is_what_such_a_step_may_say():
    assert {k for k, names in _SAID.items() if not set(names) <= {*FACTS[k][0], *FACTS[k][1]}} == set()
