"""No rule is passed over where it could fire, and none is slow on a long text."""

import re
from functools import cache

import pytest
from builders.pattern_samples import samples
from builders.verdict import SCHOOL, fired, mention
from hypothesis import given
from hypothesis import strategies as st
from support.for_each import for_each
from support.processor import within

from classifiers.linking import evidence as placed
from classifiers.linking.evidence import _KIND_OF_SCHOOL, _SCHOOL_NAME
from classifiers.linking.school_profile import document, profile
from classifiers.signals.catalogue import RULES, awake
from classifiers.signals.patterns import NEAR_CHARS, PossiblePatterns, PreparedText, Rule, literals, prepare
from classifiers.text import words
from classifiers.verdicts import subject as mentioned_roles
from classifiers.verdicts.press import ADVERSE, PRESENT, UNDONE, read_press
from data.types import MentionKind, School

PLACES = {rule.signal.name: place for place, rule in enumerate(RULES)}
LONG = 10_000
SECONDS = 0.05


@cache
def long_text_of(each: str) -> PreparedText:
    return prepare(mention(each * (LONG // len(each))), SCHOOL)


@for_each("rule", RULES)
def test_a_rule_is_tried_on_every_alternative_of_what_it_needs(rule: Rule) -> None:
    for sample in samples(rule.needs):
        assert re.search(rule.needs, sample), f"no sample: {sample}"
        assert PLACES[rule.signal.name] in awake(sample), sample


@for_each("rule", RULES)
def test_a_rule_reads_a_long_text_of_its_own_cues_quickly(rule: Rule) -> None:
    cues = sorted(literals(rule.needs)) or ["a ", "7b "]
    for cue in cues[:: len(cues) // 3 + 1]:
        prepared = prepare(mention(f"{cue}\n" * (LONG // (len(cue) + 1))), SCHOOL)
        with within(SECONDS):
            rule.test(prepared)


@for_each("each", ["Mr Hughes in Year 4. ", "In April Year 4 swam. ", "Oakfield Year 6 trip. "])
@for_each("rule", RULES)
def test_a_rule_reads_a_long_text_of_what_names_no_child_quickly(rule: Rule, each: str) -> None:
    prepared = long_text_of(each)
    with within(SECONDS):
        rule.test(prepared)


def test_what_is_harmless_excuses_what_stands_near_it_only() -> None:
    threat, excuse, far = "there's a bomb in the school", "a bath bomb", "and so on " * (NEAR_CHARS // 10 + 1)
    assert "bomb_threat" not in fired(f"{threat} {excuse}")
    assert "bomb_threat" not in fired(f"{excuse} {threat}")
    assert "bomb_threat" in fired(f"{threat} {far}{excuse}")
    assert "bomb_threat" in fired(f"{excuse} {far}{threat}")
    assert "bomb_threat" in fired(f"{threat} {excuse} {far * 3}{threat}")


@for_each("pattern", ["(?P<name>a)", r"a\fb", r"(a)\1"])
def test_syntax_that_is_not_read_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="not read here"):
        literals(pattern)


# ------------------------------------------------------------ what cannot match is never tried


SAID = """
    oakfield primary school head headteacher teacher suspended cleared charged armed police called lockdown
    drill play award-winning outstanding 'outstanding' pupil, 9, in hospital after fall hoax special measures
    out of rated good praised by ofsted but despite close save strike off missing girl found safe knife
    stabbed chair of governors deputy vice the our dsl safeguarding lead on a it
"""
PLACED = (
    "Oakfield Primary, Leeds (Kent) in near over at the one Park School Academy Mr St. of k.i.l.l k-i-l-l"
)
HEADLINES = st.lists(st.sampled_from(SAID.split()), max_size=14).map(" ".join)


def test_only_patterns_whose_pieces_are_there_are_possible() -> None:
    possible = PossiblePatterns(("kill(?:s|ed)?", r"\bknife\b", r"\w+", "stab|shoot"))
    assert possible.of("he killed time") == {0, 2}
    assert possible.of("a penknife to stab with") == {1, 2, 3}
    assert possible.of("nothing") == {2}


@given(headline=HEADLINES, body=HEADLINES)
def test_an_article_is_read_as_if_every_phrase_were_tried(headline: str, body: str) -> None:
    article = mention(body, title=headline, kind=MentionKind.ARTICLE, channel="google_news")
    read = read_press(article)
    every = range(len(ADVERSE) + len(UNDONE) + len(PRESENT) + 4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("classifiers.verdicts.press._possible_patterns", lambda: _Anything(every))
        assert read_press(article) == read


@given(text=HEADLINES)
def test_roles_are_read_as_if_every_pattern_were_tried(text: str) -> None:
    said = mentioned_roles.roles_said(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            mentioned_roles, "_may_say_role", lambda: _Anything(range(len(mentioned_roles._IN_TURN)))
        )
        assert mentioned_roles.roles_said(text) == said


@given(text=st.lists(st.sampled_from(PLACED.split())).map(" ".join))
@pytest.mark.parametrize(
    "name", ["Oakfield Primary School", "St Mary's Church of England School", "Park School"]
)
def test_a_place_is_found_as_if_every_text_might_have_one(name: str, text: str) -> None:
    who = profile(School("900001", name))
    doc = document(mention(text, title=""))
    told = list(placed._after(doc, who))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(placed, "_may_be_placed", lambda doc, who: True)
        assert list(placed._after(doc, who)) == told


class _Anything:
    """Says that all may match."""

    def __init__(self, places: range) -> None:
        self._places = places

    def of(self, text: str) -> set[int]:
        return set(self._places)


def pairs(*pairs: tuple[re.Pattern[str], re.Pattern[str]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("pattern", "sign"), pairs)


@pairs(
    (words._TOKEN, words._SIGN),
    (words._SPACED, words._LONELY),
    (words._CHAINED, words._LINK),
    (placed._PLACED, placed._JOINED),
    (_SCHOOL_NAME, _KIND_OF_SCHOOL),
)
@given(data=st.data())
def test_what_a_text_lacks_its_pattern_does_not_find(pattern, sign, data):
    text = data.draw(
        st.from_regex(re.compile(pattern.pattern, pattern.flags))
        | st.text("kil1$*. -_|+~,aS(in)NorthvalePrimary")
        | st.lists(st.sampled_from(PLACED.split())).map(" ".join)
    )
    assert sign.search(text) or not pattern.search(text)
