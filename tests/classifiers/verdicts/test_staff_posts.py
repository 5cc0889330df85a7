"""What the words of a post say of its author, and what a post of somebody who works for a school may be."""

import json
from collections import Counter
from pathlib import Path

import pytest

from classifiers.verdicts.staff import author_relationship, discloses, read_staff_post
from data.steps.codes import Relationship, StaffMatter
from data.types import School

OAKFIELD = School("900001", "Oakfield Primary School", aliases=("Oakfield",))
FILE = Path(__file__).parents[2] / "fixtures/staff_posts.jsonl"
POSTS = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
RANT = "The head at Oakfield is a useless cow and I work here."
FIRST = {"whistleblowing", "child_concern", "staff_concern"}


def test_what_is_proposed_is_right_and_a_protected_post_is_never_proposed_as_less():
    read = [(post["what"], read_staff_post(post["text"], OAKFIELD)[0]) for post in POSTS if post["what"]]
    proposed = [(said, found) for said, found in read if found]
    assert sum(said == found for said, found in proposed) / len(proposed) >= 0.95
    assert len(proposed) / len(read) >= 0.75
    assert all(found.stays_up for said, found in proposed if said in FIRST)
    assert Counter(said for said, _ in read).keys() == {*StaffMatter} - {StaffMatter.NOT_STAFF}


@pytest.mark.parametrize("text", [
    "", "Mae'r drysau wedi torri ers y Pasg.", f"{RANT} Nobody comes.", RANT + " Tired." * 600,
    "One of my class at Oakfield follows my insta. His mum's boyfriend keeps him awake.",
    "I work at Oakfield. The lazy cow thaws meat on the radiator.", "He is limping again.", "Oakfield, eh.",
    "I work at Oakfield. The thick moron, a snake and a troll, couldn't run a bath. He slapped a boy.",
    "I work at Oakfield. The stupid clueless snake couldn't count, needs sacking. A little girl has bruises.",
])  # fmt: skip
def test_where_it_may_be_more_or_is_not_read_nothing_is_proposed(text):
    assert read_staff_post(RANT, OAKFIELD)[0] is StaffMatter.NONE
    assert read_staff_post(text, OAKFIELD) == (None, "")


def test_who_works_here_is_found_where_they_say_so_and_nobody_who_speaks_of_another():
    found = [
        (post["by"], author_relationship(post["text"], OAKFIELD))
        for post in POSTS
        if post["what"] != "outside"
    ]
    assert sum(said == who for said, who in found) / len(found) >= 0.9
    assert not [who for said, who in found if said is None and who]
    assert author_relationship("I used to work at Oakfield.", OAKFIELD) is Relationship.FORMER_STAFF


@pytest.mark.parametrize("again", ["i ", "my y9 ", "a" * 60, "he was being hit him ", "the school "])
def test_a_long_post_takes_no_long_time_however_it_is_made(again):
    text = again * (20_000 // len(again))
    assert author_relationship(text, OAKFIELD) is None or read_staff_post(text, OAKFIELD)


def test_what_they_tell_of_the_head_is_a_disclosure_whatever_abuse_is_beside_it():
    told = "TA at Oakfield. The head stinks, she is a clueless moron, a clown. She told us to lie to Ofsted."
    assert discloses(told, OAKFIELD)
