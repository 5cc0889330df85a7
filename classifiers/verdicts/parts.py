"""Say of whom the second reader is asked in a post, and read which part it finds each of them to have. Pure.

It is asked about each person of the school who may be meant: by name, by first name, or by an office; and
about the chief of a trust, who is meant where nobody says who. Of a head whom nobody speaks of it was wrong
more often than not asking.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest

from classifiers.scoring.persons import AskedPerson, PostText
from classifiers.text.model_text import in_plain_letters
from classifiers.verdicts.subject import (
    called_by_first_name,
    chiefs_of,
    describe_person,
    held_by,
    offices_said,
    people_named,
    prepare_names,
    replace_school_name,
)
from data.people import people_of
from data.types import Mention, Person, Role, School

MOST_ASKED = 12
"""So many people at most are asked about in a post."""

Question = tuple[str, AskedPerson]
"""A person's id, and what the reader is asked about them."""

Parts = Mapping[str, Mapping[str, float]]
"""How likely each part is (0..1), by the person's id."""
NO_PARTS: Parts = {}

ACCUSED, DOUBTED = 0.4, 0.2
"""From here somebody is accused of harm, or of a crime; from the second somebody named is in doubt: who only
acts by an office is half taken for who did it (“the head called the police”: .37)."""
THREATENED = 0.2
"""From here violence is aimed at somebody."""
PRAISED = 0.4
"""From here somebody is praised."""
WRONGED = 0.2
"""From here somebody is wronged."""
FRAMED = 0.2
"""From here somebody only stands in a frame, if that is twice as likely as that they are meant."""
MEANT = ("harm", "crime", "criticised", "threatened", "wronged", "praised", "mentioned")
"""The parts of those of whom a post speaks."""
FRAME = ("writer", "addressed", "informed", "word")
"""Those of people who only stand in the frame of a letter, or whose name is an ordinary word there."""


def questions_about(mention: Mention, school: School, people: Sequence[Person]) -> list[Question]:
    """List whom the reader may be asked about, by id, with the question: those named come first, then
    heads. Who is not named is known by what is said of their office."""
    mention, here = in_plain_letters(mention), people_of(school, people)
    text = f"{mention.title}\n{mention.text}\n{mention.quoted}"
    reading = prepare_names(replace_school_name(text, school, here))
    chiefs, said = chiefs_of(school, here), offices_said(reading.plain)
    heads = [p for p in here if p.id in chiefs or (Role.HEAD in said and held_by(p, {Role.HEAD}))]
    others = [p for p in here if held_by(p, said)]
    named = dict.fromkeys((*people_named(reading, here), *called_by_first_name(reading, here)))
    post = PostText(mention.channel, mention.title, mention.text, mention.quoted)
    return [
        (p.id, AskedPerson(post, describe_person(p, {} if p in named else said)))
        for p in dict.fromkeys((*named, *heads, *others))
    ]


def choose_questions(of_schools: Iterable[Sequence[Question]]) -> list[Question]:
    """Choose the questions about one post of those for each school that it may be about, in turns: each
    person once, MOST_ASKED of them."""
    turns = zip_longest(*of_schools)
    found = {question[0]: question for turn in turns for question in turn if question}
    return list(found.values())[:MOST_ASKED]
