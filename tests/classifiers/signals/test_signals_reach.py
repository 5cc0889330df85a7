"""No rule is passed over where it could fire, and none is slow on a long text."""

from __future__ import annotations

import re
import time
from functools import cache

import pytest
from builders.pattern_samples import samples
from builders.verdict import SCHOOL, fired, mention
from support.for_each import for_each

from classifiers.signals.find import RULES, awake
from classifiers.signals.possible import literals
from classifiers.signals.rule import NEAR_CHARS, PreparedText, Rule, prepare

PLACES = {rule.signal.name: place for place, rule in enumerate(RULES)}
LONG = 50_000
SECONDS = 0.2
CUES_EACH = 8


@cache
def long_text_of(each: str) -> PreparedText:
    return prepare(mention(each * (LONG // len(each))), SCHOOL)


def name_of(rule: Rule) -> str:
    return rule.signal.name


@for_each("rule", RULES)
def test_a_rule_is_tried_on_every_alternative_of_what_it_needs(rule: Rule) -> None:
    for sample in samples(rule.needs):
        assert re.search(rule.needs, sample), f"no sample: {sample}"
        assert PLACES[name_of(rule)] in awake(sample), sample


@for_each("rule", RULES)
def test_a_rule_reads_a_long_text_of_its_own_cues_quickly(rule: Rule) -> None:
    cues = sorted(literals(rule.needs)) or ["a ", "7b "]
    for cue in cues[:: len(cues) // CUES_EACH + 1]:
        prepared = prepare(mention(f"{cue}\n" * (LONG // (len(cue) + 1))), SCHOOL)
        began = time.process_time()
        rule.test(prepared)
        assert time.process_time() - began < SECONDS, cue


@for_each("each", ["Mr Hughes in Year 4. ", "In April Year 4 swam. ", "Oakfield Year 6 trip. "])
@for_each("rule", RULES)
def test_a_rule_reads_a_long_text_of_what_names_no_child_quickly(rule: Rule, each: str) -> None:
    prepared = long_text_of(each)
    began = time.process_time()
    rule.test(prepared)
    assert time.process_time() - began < SECONDS


def test_what_is_harmless_excuses_what_stands_near_it_only() -> None:
    threat, excuse, far = "there's a bomb in the school", "a bath bomb", "and so on " * (NEAR_CHARS // 10 + 1)
    assert "bomb_threat" not in fired(f"{threat} {excuse}")
    assert "bomb_threat" not in fired(f"{excuse} {threat}")
    assert "bomb_threat" in fired(f"{threat} {far}{excuse}")
    assert "bomb_threat" in fired(f"{excuse} {far}{threat}")
    assert "bomb_threat" in fired(f"{threat} {excuse} {far * 3}{threat}")


@pytest.mark.parametrize(
    ("pattern", "pieces"),
    [
        ("kill", {"kill"}),
        ("kill|stab", {"kill", "stab"}),
        ("(?:end|gut) (?:him|her)", {"end him", "end her", "gut him", "gut her"}),
        ("bruis(?:e|ed)?", {"bruis"}),
        (r"a knife (?:\w+ ){0,3}bag", {"a knife "}),
        (r"f+u+c+k", {"fu", "uc", "ck"}),
        ("race[- ]war", {"race-war", "race war"}),
        (r"(?<!\w)no[5-7](?!\w)", {"no5", "no6", "no7"}),
        (r"ends\nhere", {"ends\nhere"}),
    ],
)
def test_what_a_pattern_needs_is_read_from_it(pattern: str, pieces: set[str]) -> None:
    found = literals(pattern)
    assert found
    assert found <= pieces


@pytest.mark.parametrize("pattern", ["", r"\w+", "a?", "kill|.*", "[^a]", "(?:x y)?", "x{0,2}"])
def test_a_pattern_that_can_match_without_any_piece_needs_none(pattern: str) -> None:
    assert literals(pattern) == frozenset()


@pytest.mark.parametrize("pattern", ["(?P<name>a)", r"a\fb", r"(a)\1"])
def test_syntax_that_is_not_read_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="not read here"):
        literals(pattern)
