"""The part of a post that weighed most: by what is left without it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders.mention import a_match, a_mention, a_verdict

from classifiers.text.weightiest import LIKELY, MOST, with_weightiest
from classifiers.verdicts.by_people.corrected import Corrected, as_corrected
from data.judged import part_at
from data.types import Relevance, Severity

DULL = "The gate was locked again."
GRAVE = {"bomb": Severity.THIS_HOUR, "knife": Severity.TODAY}


def judged(mention):
    """As grave as its gravest word, more likely so by each; ours where it names the school or the bomb."""
    said = f"{mention.title} {mention.text}".lower()
    severity = max((s for word, s in GRAVE.items() if word in said), default=Severity.NOTE)
    look = severity < Severity.TODAY and "perhaps" in said
    likely = 0.2 * sum(word in said for word in ("bomb", "knife", "perhaps", "soon"))
    verdict = a_verdict(mention, severity=severity, look=look, look_rank=LIKELY if look else 0.0)
    about = Relevance.ABOUT if "oakfield" in said else Relevance.NOT_ABOUT
    return replace(verdict, relevance=about, scores=(("weighed:severe", likely),))


def weighed(text, title="", most_asked=MOST):
    mention, asked = a_mention(title=title, text=text), []

    def judge(some):
        asked.append(len(some))
        return [judged(m) for m, matches in some for _ in matches]

    (verdict,) = with_weightiest([(mention, (a_match(),))], [judged(mention)], judge)
    assert max(asked, default=0) <= most_asked
    return part_at(verdict.weighed_most, title, text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"{DULL} He has a knife at Oakfield. {DULL}", "He has a knife at Oakfield."),
        (f"Oakfield is here. {DULL}\nHe brings a bomb tomorrow.", "He brings a bomb tomorrow."),
        (f"A knife lies at Oakfield. {DULL} And a bomb goes off.", "And a bomb goes off."),
        (f"A knife was at Oakfield. {DULL} Another knife comes soon.", "Another knife comes soon."),
        (f"{DULL} Perhaps he hurts her at Oakfield. {DULL}", "Perhaps he hurts her at Oakfield."),
        (f"{DULL} Mr. Vane of Oakfield has a knife! Bye.", "Mr. Vane of Oakfield has a knife! Bye."),
    ],
    ids=["the grave one", "not what ties it", "the gravest", "the likelier", "of a look", "few words join"],
)  # fmt: skip
def test_the_part_without_which_the_rest_is_least_grave_weighed_most(text, found):
    assert weighed(text) == found


@pytest.mark.parametrize("text", ["He has a knife at Oakfield.", f"{DULL} We like Oakfield very much."])
def test_none_weighed_most_in_one_sentence_or_where_nothing_is_grave(text):
    assert weighed(text, most_asked=0) == ""


def test_a_title_that_the_text_does_not_begin_with_may_weigh_most():
    assert weighed(f"{DULL} Oakfield is his school.", "A knife and a bomb") == "A knife and a bomb"
    assert (
        weighed(f"A knife at Oakfield today. {DULL}", "A knife at Oakfield …") == "A knife at Oakfield today."
    )


def test_in_a_long_post_it_is_found_in_few_turns():
    long = " ".join([f"{DULL} We still like Oakfield." for _ in range(50)])
    assert weighed(f"{long} He has a knife there now. {long}") == "He has a knife there now."


def test_of_what_people_call_another_schools_nothing_weighed_most():
    post, match = a_mention(text=DULL), replace(a_match(), relevance=Relevance.UNSURE)
    shown = a_verdict(post, relevance=Relevance.UNSURE, look=True, weighed_most=(0, 8))
    found = as_corrected(shown, post, match, (), [Corrected("not_us", post, match, shown)])
    assert (found.relevance, found.weighed_most) == (Relevance.NOT_ABOUT, None)
