"""What refuses to put an author's posts together, by name."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders.case import a_case
from builders.mention import NOW

from alerts.pack.facts import guard
from data.cases import Post

POST = Post("m1", "forum", "post", "https://forum.example.org/1", "A Poster", None, "x", NOW, NOW, NOW)
APPROVED = a_case(
    content_class="C2", chronology_by="head", chronology_author="A Poster", chronology_person="p-teacher"
)


@pytest.mark.parametrize("code", ["C2", "C3", "C6"])
def test_an_approved_open_case_of_harassment_is_not_refused(code):
    assert guard(replace(APPROVED, content_class=code), POST) is None


@pytest.mark.parametrize(
    ("changes", "post", "name"),
    [
        ({"closed_at": NOW}, POST, "open_case"),
        ({"content_class": "C7"}, POST, "harassment_case"),
        ({"content_class": "unjudged"}, POST, "harassment_case"),
        ({"chronology_by": None}, POST, "chronology_approved"),
        ({"chronology_person": None}, POST, "chronology_approved"),
        ({}, replace(POST, author="Another"), "author_of_this_post"),
        ({}, replace(POST, author=None), "author_of_this_post"),
        ({}, None, "author_of_this_post"),
    ],
)
def test_whatever_is_missing_refuses_by_its_name(changes, post, name):
    assert guard(replace(APPROVED, **changes), post) == name
