"""One author's posts about one person: only those held, of this case's author, channel, school and person."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from builders.case import a_case
from builders.digest import emptied, kept_open
from builders.home import a_migrated_store
from builders.mention import NOW, POLICY, a_batch, a_match, a_mention, a_run, a_verdict

from data.store.cases.case_posts import by_the_same
from data.store.mentions.batch import save

CASE = a_case(
    mention_id=a_mention("this").id,
    chronology_author="A Poster",
    chronology_person="p-teacher",
    content_class="C2",
)  # fmt: skip
OTHERS = {
    "another author": ({"author": "Another"}, {}),
    "the same name elsewhere": ({"channel": "facebook"}, {}),
    "the same name on another site of the kind": ({"url": "https://other.example.org/1"}, {}),
    "the same name, no address": ({"url": ""}, {}),
    "about another person": ({}, {"subject_person": "p-other"}),
    "about nobody": ({}, {"subject_person": None}),
    "at another school": ({}, {"urn": "900002"}),
    "restricted": ({}, {"content_class": "C10", "restricted": True}),
}


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    with kept_open(a_migrated_store(tmp_path_factory.mktemp("kept"))) as found:
        yield found


@pytest.fixture
def store(kept, tmp_path: Path):
    with emptied(kept, tmp_path) as store:
        put(store, "this")
        put(store, "before")
        yield store


def put(store, name, mention=(), verdict=()):
    said = a_mention(name, **{"channel": "forum", "author": "A Poster", **dict(mention)})
    judged = a_verdict(said, **{"subject_person": "p-teacher", **dict(verdict)})
    batch = a_batch(
        said, verdicts=[judged], story_id=None, run=a_run(f"feed:{name}"), match=a_match(urn=judged.urn)
    )
    with store.write("a post") as con:
        save(con, batch, now=NOW, policy=POLICY)


def found(store, case=CASE):
    with store.read() as con:
        return {p.mention_id for p in by_the_same(con, case)}


def test_the_authors_posts_about_the_person_are_found(store):
    assert found(store) == {a_mention("this").id, a_mention("before").id}


@pytest.mark.parametrize(("mention", "verdict"), OTHERS.values(), ids=OTHERS.keys())
def test_nothing_else_is(store, mention, verdict):
    put(store, "other", mention, verdict)
    assert a_mention("other").id not in found(store)


@pytest.mark.parametrize(
    "changes", [{"chronology_author": "Another"}, {"chronology_author": None}, {"mention_id": None}]
)
def test_without_the_approval_for_this_posts_author_nothing_is_found(store, changes):
    put(store, "other", {"author": "Another"})
    assert found(store, replace(CASE, **changes)) == set()
