"""What cannot match is never tried, and nothing that matched before is missed for it."""

from __future__ import annotations

import re

import pytest
from builders.verdict import mention
from hypothesis import given
from hypothesis import strategies as st

from classifiers.linking import counter_evidence, placed
from classifiers.linking.document import document
from classifiers.linking.school_profile import profile
from classifiers.signals.possible import PossiblePatterns
from classifiers.text import undisguise
from classifiers.verdicts import subject as mentioned_roles
from classifiers.verdicts.press import events
from classifiers.verdicts.press.undone import UNDONE
from classifiers.verdicts.press.words import ADVERSE, PRESENT
from data.types import MentionKind, School

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
    read = events.read_press(article)
    every = range(len(ADVERSE) + len(UNDONE) + len(PRESENT) + 4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(events, "_possible", lambda: _Anything(every))
        assert events.read_press(article) == read


@given(text=HEADLINES)
def test_roles_are_read_as_if_every_pattern_were_tried(text: str) -> None:
    said = mentioned_roles.roles_said(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mentioned_roles, "_possible", lambda: _Anything(range(len(mentioned_roles._IN_TURN))))
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
    (undisguise._TOKEN, undisguise._SIGN),
    (undisguise._SPACED, undisguise._LONELY),
    (undisguise._CHAINED, undisguise._LINK),
    (placed._PLACED, placed._JOINED),
    (counter_evidence._SCHOOL_NAME, counter_evidence._KIND_OF_SCHOOL),
)
@given(data=st.data())
def test_what_a_text_lacks_its_pattern_does_not_find(
    pattern: re.Pattern[str], sign: re.Pattern[str], data: st.DataObject
) -> None:
    text = data.draw(
        st.from_regex(re.compile(pattern.pattern, pattern.flags))
        | st.text("kil1$*. -_|+~,aS(in)NorthvalePrimary")
        | st.lists(st.sampled_from(PLACED.split())).map(" ".join)
    )
    assert sign.search(text) or not pattern.search(text)
