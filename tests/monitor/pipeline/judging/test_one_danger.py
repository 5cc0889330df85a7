"""One danger is one matter: another under the same heading, or in answer to it, has a number of its own."""

from dataclasses import replace
from datetime import timedelta
from functools import cache, partial

import pytest
from builders.digest import PEOPLE, a_config, a_context
from builders.home import rows_of
from builders.judges import CALM, NOW, OAKFIELD, brought, judges, posted, read_in
from builders.press import TOWN

from classifiers.scoring.onnx_scorer import Scorer
from data.types import MentionKind
from monitor.act.casework import open_cases

SCHOOL = "Oakfield Primary, Northvale"
TOUCHED = f"At {SCHOOL} the caretaker touched my daughter in the changing room on Friday."
STAB = f"Mr Lark from {SCHOOL} moved my cones again. I will stab him tomorrow morning at the gate, I mean it."
GATE = f"I will stab Mr Thistlewood of {SCHOOL} at the gate on Monday morning and nobody will stop me."
CALMLY, MORE = (
    f"{CALM} As ever it is in the hall.",
    "A child told me that her stepdad beats her with a belt every night.",
)
scorer = cache(partial(Scorer, threads=1))


def scan(store, *mentions, using=None):
    with_ = using or replace(judges(OAKFIELD), scorer=scorer)
    at = NOW + timedelta(hours=len(rows_of(store, "SELECT * FROM source_runs")))
    read_in(store, with_, brought(TOWN, *mentions, at=at), at)


@pytest.mark.parametrize("first", [0, 1])
def test_an_allegation_and_a_threat_under_a_groups_name_are_two_matters(undone, tmp_path, first):
    config = a_config(tmp_path, people=PEOPLE)
    opens = partial(open_cases, a_context(config))
    with_ = replace(judges(OAKFIELD), scorer=scorer, people=config.people, open_cases=opens)
    given = {"kind": MentionKind.ARTICLE, "channel": "facebook", "title": "Northvale: Oakfield Primary posts"}
    given |= {"url": "https://www.facebook.com/groups/northvale"} if first else {}  # that of the group
    both = [posted(n, text, **given) for n, text in enumerate((TOUCHED, STAB))]
    scan(undone, both[first], using=with_)
    scan(undone, *both, using=with_)
    assert {*rows_of(undone, "SELECT route, times FROM alerts")} == {("police_now", 1), ("safeguarding", 1)}
    sql = "FROM {} JOIN alerts a ON {} WHERE a.route = 'police_now'"
    assert rows_of(undone, f"SELECT 1 {sql.format('cases c', 'c.story_id = a.story_id')}") == [(1,)]
    mails = rows_of(undone, f"SELECT body {sql.format('outbox o', 'o.alert_id = a.id')}")
    assert {"names a time" in body for (body,) in mails} == {True}


DANGERS = {
    "a copy with a word before it": (posted(2, f"so true {GATE}"), 1),
    "a repost that says nothing of its own": (posted(2, f"So true, {SCHOOL}", quoted=GATE), 1),
    "the same threat without a name": (posted(2, GATE.replace("Mr Thistlewood", "a man")), 1),
    "an allegation in answer": (posted(2, TOUCHED, quoted=GATE), 2),
    "the same threat against somebody else": (
        posted(2, GATE.replace("Mr Thistlewood", "Mrs Quillfeather")),
        2,
    ),
    "one more harm": (posted(2, f"{GATE} And {MORE}"), 2),
}


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(("other", "number"), DANGERS.values(), ids=DANGERS)
def test_in_whatever_order_they_come_there_are_as_many_matters_as_dangers(undone, other, number, turned):
    both = (other, posted(1, GATE)) if turned else (posted(1, GATE), other)
    for mentions in ([both[0]], [both[1]], both):
        scan(undone, *mentions)
    assert rows_of(undone, "SELECT times FROM alerts") == [(1,)] * number


def test_of_what_comes_together_the_gravest_speaks(undone):
    scan(
        undone, posted(1, CALMLY), posted(2, f"{CALMLY} Then I will stab the head at the gate.", title="Fair")
    )
    assert rows_of(undone, "SELECT title FROM stories") == [("Fair",)]


def test_an_edit_to_another_danger_stays_in_its_matter_and_is_told_as_changed(undone):
    scan(undone, posted(1, f"{SCHOOL}: my teacher is a useless moron and a pathetic pig, everybody says so."))
    scan(undone, replace(posted(1, GATE), fetched_at=NOW + timedelta(hours=1)))
    assert rows_of(undone, "SELECT route, times FROM alerts") == [("police_now", 2)]
