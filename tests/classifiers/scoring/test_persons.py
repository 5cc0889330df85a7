"""The window about a person: each of their names is marked, and no title of theirs."""

from pathlib import Path

import pytest
from support.for_each import for_each

from classifiers.scoring.persons import DescribedPerson, PersonWindows, PostText

READER = Path(__file__).parents[3] / "reader" / "schoolgate_reader"


@pytest.fixture(scope="module")
def windows() -> PersonWindows:
    return PersonWindows(READER / "tokenizer.json")


@for_each(
    ("name", "text", "marks"),
    [
        ("Mrs Dawn Page", "Mrs Page shouted, then Dawn Page left.", 3),
        ("Mr Nasir Ahmed", "Mr Ahmed shouted, and Nasir left.", 2),
        ("Yasir Amr", "Amr shouted, then Yasir left.", 2),
        ("Sister Agnes", "Sister Agnes shouted. My sister left.", 1),
        ("Revd Dr Siân Brennan", "Sian left, and Dr Brennan too.", 2),
        ("Mr Ian Vale", "Ian left, and so did Mr Vale.", 1),
        ("Mr Ahmed", "The vale was quiet.", 0),
    ],
)
def test_surname_and_long_first_name_are_marked_wherever_they_stand(windows, name, text, marks):
    (row,) = windows.windows(DescribedPerson(name, ()), PostText("x", "", text))
    assert row.count(windows.mark) == marks


def test_an_office_is_marked_where_a_post_says_it(windows):
    head = DescribedPerson("Mrs Ada Vale", ("head",), ("the one in charge",))
    (row,) = windows.windows(head, PostText("x", "", "The one in charge shouted at the head of the queue."))
    assert row.count(windows.mark) == 1
