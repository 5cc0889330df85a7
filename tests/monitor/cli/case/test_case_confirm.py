"""`case classify` and `case step confirm`: of criticism that means somebody, by whoever is free to say so."""

from __future__ import annotations

import pytest
from builders.case_desk import a_desk
from builders.mention import a_batch, a_mention, a_run, a_verdict
from support.rows import rows

from data.store.mentions.batch import save
from data.types import Policy

WHY = "This is bullying of me personally and of my family, it names me and has to go."
TEXTS = {
    "by name": "One star. The office ignored four emails, and Mrs Holt simply does not care.",
    "by office": "One star. The head ignored four emails and does not care about our children.",
    "nobody": "One star. Nobody answers the phone, the gate is a mess and the uniform costs the earth.",
    "the lead": "Robin Pike never rang us back, five weeks on. Useless, all of it, and I will say so.",
}


def _stories(desk):
    for name, text in TEXTS.items():
        mention = a_mention(name, channel="forum", text=text)
        batch = a_batch(
            mention, verdicts=[a_verdict(mention)], story_id=f"story-{name}", run=a_run(f"feed:{name}")
        )
        with desk.store.write("test") as con:
            save(con, batch, now=batch.run.started_at, policy=Policy())
        assert desk("open", f"story-{name}", "--as", "fern").code == 0


NUMBERS = dict(zip(TEXTS, ("1", "2", "3", "4"), strict=True))


@pytest.fixture
def desk(tmp_path):
    """A home with an open case of fair comment about each: all judged to be about the school."""
    return a_desk(tmp_path, _stories)


def classify(desk, name, person, *more):
    return desk("classify", NUMBERS[name], "C2", "--as", person, "--why", WHY, *more)


def reclassified(desk):
    return rows(desk.home, "SELECT actor, subject FROM audit WHERE action = 'reclassified'")


def mailed(desk, words):
    query = f"SELECT person_id FROM outbox WHERE subject LIKE '%{words}%' ORDER BY 1"
    return [person for (person,) in rows(desk.home, query)]


@pytest.mark.parametrize("name", ["by name", "by office"])
def test_the_head_whom_a_post_names_or_speaks_of_never_says_that_it_is_no_fair_comment(desk, name):
    ran = classify(desk, name, "holt")
    assert ran.code == 1
    assert "“not_their_own”" in ran.err
    assert "Alex Marsh" in ran.err
    assert reclassified(desk) == []
    assert "fair comment" in desk("show", NUMBERS[name], "--as", "holt").out


@pytest.mark.parametrize("name", ["by name", "by office"])
@pytest.mark.parametrize("person", ["ash", "pike", "fern"])
def test_who_reports_to_the_head_proposes_it_and_nothing_is_asked_before_it_is_confirmed(desk, name, person):
    ran = classify(desk, name, person)
    assert ran.code == 0
    assert "proposed to be C2, which waits for a second person" in ran.out
    assert "told, without a word of the post: Alex Marsh" in ran.out
    assert mailed(desk, "agree or refuse") == ["marsh"]
    assert reclassified(desk) == []
    shown = desk("show", NUMBERS[name], "--as", person).out
    assert "a second person confirms what was proposed, or turns it down: Alex Marsh" in shown
    assert "step confirm 000" in shown
    asked = desk("step", "ask", NUMBERS[name], "--rung", "platform-report", "--as", person)
    assert "“fair_comment”" in asked.err
    for other in {"ash", "pike", "holt", person}:
        assert desk("step", "confirm", NUMBERS[name], "--as", other, "--why", "Yes").code == 1
    assert reclassified(desk) == []


def test_the_chair_reads_the_case_confirms_it_and_decides_from_then_on(desk):
    assert desk("show", "1", "--as", "marsh").code == 2
    classify(desk, "by name", "ash")
    shown = desk("show", "1", "--as", "marsh")
    assert TEXTS["by name"][:30] in shown.out
    assert "schoolgate case step confirm 0001 --as marsh" in shown.out
    assert desk("step", "confirm", "1", "--as", "marsh", "--why", "It names her family").code == 0
    assert reclassified(desk) == [("marsh", "0001")]
    assert mailed(desk, "proposal agreed") == ["ash"]
    assert desk("show", "1", "--as", "holt").code == 2
    assert desk("show", "1", "--as", "marsh", "--json").data["class"] == "C2"


def test_it_is_turned_down(desk):
    classify(desk, "by office", "ash")
    ran = desk("step", "confirm", "2", "--turn-down", "--as", "marsh", "--why", "It is an opinion")
    assert ran.code == 0
    assert "Now: fair comment: to be answered, not removed." in ran.out
    assert mailed(desk, "proposal refused") == ["ash"]
    again = desk("step", "confirm", "2", "--as", "ash", "--why", "It is not")
    assert "“is_proposed”" in again.err


def test_as_json_it_says_what_is_proposed_and_who_may_confirm_it(desk):
    classify(desk, "by name", "ash", "--json")
    told = desk("show", "1", "--as", "ash", "--json").data
    assert (told["proposal"]["class"], told["proposal"]["by"]) == ("C2", "ash")
    assert told["may_confirm"] == ["marsh"]


def test_criticism_that_means_nobody_is_reclassified_as_before(desk):
    assert classify(desk, "nobody", "holt").code == 0
    assert reclassified(desk) == [("holt", "0003")]
    assert mailed(desk, "not fair comment") == []


def test_of_criticism_of_somebody_else_the_head_says_so_and_the_chair_is_told(desk):
    assert classify(desk, "the lead", "holt").code == 0
    assert reclassified(desk) == [("holt", "0004")]
    assert mailed(desk, "not fair comment") == ["marsh"]


def test_no_mail_of_it_says_a_word_of_the_post_or_of_the_reason(desk):
    classify(desk, "by name", "ash")
    for (body,) in rows(desk.home, "SELECT subject || body FROM outbox"):
        assert "emails" not in body
        assert "bullying of me" not in body
