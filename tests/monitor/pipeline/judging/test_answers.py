"""A reply means and accuses by what it answers, and is no graver for it."""

from dataclasses import replace
from datetime import timedelta
from functools import cache, partial

import pytest
from builders.home import do_in, rows_of
from builders.judges import CALM, NOW, OAKFIELD, PEOPLE, brought, judges, posted, read_in
from builders.press import TOWN

from classifiers.scoring.onnx_scorer import Scorer
from data.store import privacy as privacy_store
from data.store.mentions import held_words
from data.store.privacy import Suppression
from data.types import MentionKind, Person, Relevance, Role
from monitor.pipeline.rejudge import judge_again

SCHOOL = "Oakfield Primary, Northvale"
HARMED = posted(1, f"My daughter was touched on the way home from {SCHOOL}. She is seven.")
ACCUSES = posted(1, f"A member of staff at {SCHOOL} touched my daughter in the changing room.")
DEPUTY = Person("deputy", "Miss Bethan Merrow", (Role.DEPUTY_DSL,), "deputy@example.org")
DID_IT = "merrow did it"
scorer = cache(partial(Scorer, threads=1))


def reply(n, text, to=HARMED, **changes):
    return posted(n, text, **{"kind": MentionKind.REPLY, "parent": to.id, **changes})


@pytest.fixture
def scan(undone):
    undone.judges = replace(judges(OAKFIELD), scorer=scorer, people=(*PEOPLE, DEPUTY))

    def read(*mentions, hours=0, source=TOWN):
        at = NOW + timedelta(hours=hours)
        return read_in(undone, undone.judges, brought(source, *mentions, at=at), at)

    return read


def told(*batches):
    return {message.person_id for batch in batches for message in batch.outbox}


def on(batch, mention):
    (verdict,) = (v for v in batch.verdicts if v.mention_id == mention.id)
    return verdict


@pytest.mark.parametrize("kind", [MentionKind.REPLY, MentionKind.COMMENT])
@pytest.mark.parametrize(
    ("text", "named", "lead"),
    [
        ("It was Ms Larkspur, same in my day.", "dsl", "deputy"),
        ("It was Miss Merrow, same in my day.", "deputy", "dsl"),
        (DID_IT, "deputy", "dsl"),
        ("The safeguarding lead did it herself.", "dsl", "deputy"),
    ],
)
def test_whom_a_reply_names_below_a_child_s_harm_is_told_nothing_and_the_other_lead_is(
    scan, text, named, lead, kind
):
    people = told(scan(HARMED, reply(2, text, kind=kind)))
    assert lead in people
    assert named not in people


GRAVELY = reply(
    2, "Ms Larkspur did that to my son as well, she hit him and touched him, and nobody stopped her."
)


@pytest.mark.parametrize("first", [(HARMED,), ()])
def test_whom_a_reply_with_an_alert_of_its_own_accuses_is_left_out_of_what_it_answers_too(scan, first):
    if first:
        scan(*first)
    alerts = scan(*([] if first else [HARMED]), GRAVELY, hours=1).alerts
    assert [alert.excluded for alert in alerts] == [("dsl",)] * 2


def test_whom_a_later_reply_names_is_left_out_from_then_on(scan):
    scan(HARMED)
    (alert,) = scan(reply(2, DID_IT), hours=1).alerts
    assert alert.excluded == ("deputy",)


def test_a_reply_is_no_graver_for_what_it_answers(scan):
    answers = [
        reply(n, text) for n, text in enumerate(("How is she now?", "Ms Larkspur teaches Year 4."), start=2)
    ]
    batch = scan(HARMED, *answers)
    assert [on(batch, one).severity < 3 for one in answers] == [True, True]
    assert len(batch.alerts) == 1


def test_what_names_somebody_of_ours_below_what_is_ours_is_ours(scan):
    assert on(scan(HARMED, reply(2, DID_IT)), reply(2, "")).relevance is Relevance.UNSURE


@pytest.mark.parametrize("turned", [False, True])
def test_the_same_words_accuse_by_what_each_answers_in_whatever_order_they_come(scan, turned):
    fair = posted(3, CALM)
    below, beside = reply(2, DID_IT), reply(4, DID_IT, to=fair)
    posts = [ACCUSES, below, fair, beside]
    batch = scan(*(posts[::-1] if turned else posts))
    assert [m.person for m in on(batch, below).accuses] == ["deputy"]
    assert on(batch, beside).accuses == ()


def test_what_is_kept_of_a_reply_is_what_came(scan, undone):
    scan(HARMED, posted(3, CALM), reply(2, DID_IT), reply(4, DID_IT, to=posted(3, "")))
    kept = "SELECT text_hash, quoted FROM mention_versions WHERE mention_id = ANY($ids) ORDER BY mention_id"
    with undone.open_reader() as con:
        first, second = con.execute(kept, {"ids": [reply(2, "").id, reply(4, "").id]}).fetchall()
    assert first[0] == second[0]
    assert not first[1]
    assert not second[1]
    assert scan(HARMED, reply(2, DID_IT), hours=1).mentions == (), "nor is it another version later"


def test_words_of_a_post_are_found_while_they_are_kept_though_it_is_restricted(scan, undone):
    scan(HARMED, posted(3, CALM))
    assert rows_of(undone, "SELECT mention_id FROM restricted_texts") == [(HARMED.id,)]
    with undone.open_reader() as con:
        assert held_words(con, [HARMED.id, f"{3:016x}", "f" * 16]) == {
            HARMED.id: HARMED.text,
            f"{3:016x}": CALM,
        }
    do_in(undone, lambda con: con.execute("UPDATE restricted_texts SET text = NULL, title = NULL"))
    with undone.open_reader() as con:
        assert held_words(con, [HARMED.id]) == {}


@pytest.mark.parametrize("suppressed", [False, True])
def test_what_is_suppressed_is_given_to_no_reply(scan, undone, suppressed):
    if suppressed:
        key = privacy_store.author_key(b"", "local_forum", "person3")
        do_in(undone, privacy_store.add_suppressions, [(Suppression.AUTHOR, key)], "r1", NOW)
    batch = scan(posted(3, CALM), reply(2, DID_IT, to=posted(3, "")))
    assert (on(batch, reply(2, "")).relevance is Relevance.NOT_ABOUT) is suppressed


def test_after_an_upgrade_a_reply_is_judged_again_with_what_it_answers(scan, undone):
    scan(ACCUSES, reply(2, DID_IT))
    do_in(undone, lambda con: con.execute("UPDATE verdicts SET accuses = NULL, subject_person = NULL"))
    assert judge_again(undone, lambda: undone.judges, lambda: NOW + timedelta(hours=1)) == 2
    accused = "SELECT accuses FROM verdicts WHERE mention_id = ?"
    with undone.open_reader() as con:
        assert "linking" in str(con.execute(accused, [reply(2, "").id]).fetchall())
