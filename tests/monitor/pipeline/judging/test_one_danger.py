"""One danger is one matter: another under the same heading, or in answer to it, has a number of its own."""

from dataclasses import replace
from datetime import timedelta
from functools import cache, partial

import pytest
from builders.digest import PEOPLE, a_config, a_context
from builders.home import rows_of
from builders.judges import NOW, OAKFIELD, brought, judges, posted, read_in
from builders.press import TOWN

from classifiers.scoring.onnx_scorer import Scorer
from data.types import MentionKind
from monitor.act.casework.opening import open_cases

SCHOOL = "Oakfield Primary, Northvale"
PLACE = "Northvale Community: Oakfield Primary"
TOUCHED = f"At {SCHOOL} the caretaker touched my daughter in the changing room on Friday."
STAB = f"Mr Lark from {SCHOOL} moved my cones again. I will stab him tomorrow morning at the gate, I mean it."
GATE = f"I will stab Mr Thistlewood of {SCHOOL} at the gate on Monday morning and nobody will stop me."
OTHER_GATE = GATE.replace("Mr Thistlewood", "Mrs Quillfeather")
SMASH = f"{GATE} And I have already touched his daughter in the changing room."
CALM = f"The winter fair of {SCHOOL} is on Friday and the stalls are in the hall this year, as ever."
scorer = cache(partial(Scorer, threads=1))


@pytest.fixture
def store(undone):
    return undone


@pytest.fixture
def scan(store):
    """A scan that brings these, an hour after the one before."""
    with_, times = replace(judges(OAKFIELD), scorer=scorer), iter(range(100))

    def read(*mentions, using=with_):
        at = NOW + timedelta(hours=next(times))
        return read_in(store, using, brought(TOWN, *mentions, at=at), at)

    return read


def item(n, text, title=PLACE):
    """What a group's feed brings."""
    return posted(n, text, kind=MentionKind.ARTICLE, channel="facebook", title=title)


def matters(store):
    """The posts of each matter with an alert."""
    found = {}
    for story, post in rows_of(
        store, "SELECT a.story_id, right(x.mention_id, 1) FROM alerts a JOIN matches x USING (story_id, urn)"
    ):
        found.setdefault(story, set()).add(post)
    return sorted(map(sorted, found.values()))


def raised(store):
    return rows_of(store, "SELECT times FROM alerts ORDER BY ALL")


@pytest.mark.parametrize("first", [TOUCHED, STAB])
def test_an_allegation_and_a_threat_under_a_groups_name_are_two_matters(store, scan, tmp_path, first):
    config = a_config(tmp_path, people=PEOPLE)
    with_ = replace(
        judges(OAKFIELD),
        scorer=scorer,
        people=config.people,
        open_cases=partial(open_cases, a_context(config)),
    )
    both = [item(1, TOUCHED), item(2, STAB)]
    scan(*(one for one in both if one.text == first), using=with_)
    scan(*both, using=with_)
    assert rows_of(store, "SELECT route, times FROM alerts ORDER BY ALL") == [
        ("police_now", 1),
        ("safeguarding", 1),
    ]
    cases = rows_of(store, "SELECT a.route FROM cases c JOIN alerts a USING (story_id, urn)")
    mails = rows_of(
        store, "SELECT body FROM outbox o JOIN alerts a ON a.id = o.alert_id WHERE a.route = 'police_now'"
    )
    assert cases == [("police_now",)]
    assert {"names a time" in body for (body,) in mails} == {True}


QUOTING = {
    "a copy with a word before it": (posted(2, f"so true {GATE}"), 1),
    "a repost that says nothing of its own": (posted(2, f"So true, {SCHOOL}", quoted=GATE), 1),
    "an allegation in answer": (posted(2, TOUCHED, quoted=GATE), 2),
    "the same threat against somebody else": (posted(2, OTHER_GATE), 2),
    "one more harm": (posted(2, SMASH), 2),
    "the same threat again, and no name": (posted(2, GATE.replace("Mr Thistlewood", "a man")), 1),
}


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(("other", "number"), QUOTING.values(), ids=QUOTING)
def test_in_whatever_order_they_come_there_are_as_many_matters_as_dangers(store, scan, other, number, turned):
    both = (other, posted(1, GATE)) if turned else (posted(1, GATE), other)
    for one in both:
        scan(one)
    scan(*both)
    assert (len(matters(store)), raised(store)) == (number, [(1,)] * number)
