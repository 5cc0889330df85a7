"""What is a copy of which place, and whom it leaves out of the case."""

import pytest
from builders.case_places import MIRROR, WHY, case, elsewhere, go_through, stands, typed
from builders.mention import an_alert
from builders.thread_page import INSULT

from data.cases import CaseState, PlaceState
from data.steps.keeping import CopyFound
from data.store.cases import cases as case_store
from data.types import About, Route, Severity
from monitor.matters.replaying import load_case

WORSE = INSULT + " Mrs Holt takes half of it."
ACCUSED = {
    "route": Route.REQUEST_REMOVAL, "severity": Severity.TODAY, "about": About.HEAD, "content_class": "C7",
    "abuse": ("defamation",), "subject_person": "holt", "subjects": ("holt",),
}  # fmt: skip
OTHER = "Another film of the boys of year nine shows the caretaker asleep in his van, and all laugh at him."
RAISED = (an_alert(f"story-{MIRROR}", content_class="C7", audience=("pike",), excluded=("holt",)),)


def mailed(home):
    with home.store.read() as con:
        return con.execute("SELECT person_id FROM outbox ORDER BY rowid").fetchall()


@pytest.mark.parametrize("alerts", [RAISED, ()], ids=["alert", "verdict"])
def test_whom_a_copy_accuses_is_neither_told_nor_shown_it_and_decides_no_more(home, alerts):
    before = len(mailed(home))
    elsewhere(home, MIRROR, WORSE, alerts, **ACCUSED)
    go_through(home)
    assert case(home).subjects == ("holt",)
    assert mailed(home)[before:] == [("marsh",)]  # who decides instead
    assert case(home).decision is None  # it was hers
    for words in (("show", "1"), ("show", "1-2"), ("step", "decide", "1", "--stop", "--why", "It is over")):
        refused = home.desk(*words, "--as", "holt")
        assert (refused.code > 0, "half" in refused.out + refused.err) == (True, False)


def test_whom_a_copy_accuses_that_was_added_by_hand_is_left_out(home):
    post = elsewhere(home, MIRROR, WORSE, RAISED, **ACCUSED)
    typed(home, "step", "copy", "1", "--post", post, "--as", "pike")
    assert case(home).subjects == ("holt",)


def test_who_was_said_to_be_accused_of_nothing_is_left_out_by_a_copy_that_came_after(home):
    typed(home, "reopen", "1", *WHY)
    typed(home, "step", "accused", "1", "--person", "holt", "--as", "pike")
    withdrawn = ("--person", "holt", "--not", "--why", "Not so", "--as", "marsh")
    typed(home, "step", "accused", "1", *withdrawn)
    assert case(home).subjects == ()
    elsewhere(home, MIRROR, WORSE, RAISED, **ACCUSED)
    go_through(home)
    assert case(home).subjects == ("holt",)


def test_whom_the_alert_of_a_place_excludes_later_is_left_out(home):
    elsewhere(home, MIRROR)
    go_through(home)
    assert case(home).subjects == ()
    elsewhere(home, MIRROR, WORSE, RAISED, **ACCUSED)
    assert case(home).subjects == ("holt",)


def test_a_post_at_an_address_that_was_typed_is_no_further_place(home):
    typed(home, "step", "copy", "1", "--url", f"{home.site}{MIRROR}", "--what", "mirror", "--as", "holt")
    post = elsewhere(home, MIRROR)
    go_through(home)
    typed(home, "step", "copy", "1", "--post", post, "--as", "holt", code=1)
    assert len(case(home).places) == 2


def test_the_address_of_the_first_post_is_no_copy_and_opens_nothing(home):
    first = case(home).mention_id
    with home.store.read() as con:
        ((url,),) = con.execute("SELECT url FROM mentions WHERE id = ?", [first]).fetchall()
    said = typed(home, "step", "copy", "1", "--url", f"{url}?utm_source=mail", "--as", "holt", code=1)
    assert "That is one of the case’s places already" in said
    assert case(home).state is CaseState.CLOSED


def test_two_posts_at_one_address_are_one_place(home):
    elsewhere(home, MIRROR)
    elsewhere(home, f"{MIRROR}?utm_source=mail")
    go_through(home)
    assert len(case(home).places) == 2


def test_a_copy_of_any_place_is_found(home):
    item = elsewhere(home, "/item", OTHER)
    typed(home, "step", "copy", "1", "--post", item, "--what", "item", "--as", "holt")
    copied = elsewhere(home, "/copy-of-item", OTHER)
    go_through(home)
    assert [here.mention_id for here in case(home).places][1:] == [item, copied]


def named_of_old(home):
    """A copy that was named before there were places."""
    post = elsewhere(home, MIRROR)
    with home.store.write("test") as con:
        was = load_case(con, "0001")
        from dataclasses import replace

        from data.cases import CaseStep

        said, now = CopyFound(mention=post), home.now
        step = CaseStep("0001", was.steps + 1, was.urn, said, "schoolgate", now, now)
        case_store.put(con, replace(was, steps=step.n, copies=(post,)), [step], (), home.now)
    assert (case(home).copies, len(case(home).places)) == ((post,), 1)
    return post


def test_a_copy_that_was_named_before_there_were_places_becomes_one(home):
    post = named_of_old(home)
    go_through(home)
    assert [here.mention_id for here in case(home).places][1:] == [post]


def test_a_case_is_not_closed_as_removed_while_such_a_copy_stands(home):
    typed(home, "reopen", "1", *WHY)
    named_of_old(home)
    typed(home, "recheck", "1", "--saw", "gone", *WHY)
    home.wait(hours=25)
    typed(home, "recheck", "1", "--saw", "gone", *WHY)
    typed(home, "close", "1", "--removed", *WHY, code=1)
    assert stands(home)[1:] == [PlaceState.STANDING]
