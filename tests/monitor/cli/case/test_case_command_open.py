"""`schoolgate case open | classify`: what a case begins with, who may open one, and what is no removal."""

from __future__ import annotations

import pytest
from builders.case_desk import a_desk, about_the_head, disclosure, insult, review, run, stands_in_the_docs
from builders.mention import a_batch, a_mention, a_run, a_verdict
from support.rows import rows

from data.store.mentions.batch import save
from data.types import About, Policy, PressEvent, Route, Severity


def _stories(desk):
    for story in (insult, review, about_the_head, disclosure):
        story(desk)


@pytest.fixture
def desk(tmp_path):
    """A home with those stories, of which no case was opened."""
    return a_desk(tmp_path, _stories)


def audit(desk, action):
    return rows(desk.home, "SELECT actor, subject FROM audit WHERE action = $a", {"a": action})


def test_a_case_is_opened_of_a_story_and_numbered(desk):
    ran = desk("open", "story-ins", "--as", "holt")
    assert ran.code == 0
    assert ran.out.startswith("Case 0001: recorded. Now: to be weighed and decided.")
    assert stands_in_the_docs(ran.out, "0001", "417302")
    assert audit(desk, "case_opened") == [("holt", "0001")]


@pytest.mark.parametrize(("who", "has"), [("pike", "pike"), ("holt", None)])
def test_whoever_was_alerted_and_opens_a_case_has_the_alert_in_hand(desk, who, has):
    desk("open", "story-insult", "--as", who)
    (alert,) = [a for a in _alerts(desk, "--all", "--as", "holt") if a.get("story") == "story-insult"]
    assert (alert["acknowledged"] or {}).get("by") == has


def _alerts(desk, *words):
    return run("alerts", "list", *words, "--json", "--home", str(desk.home)).data


def test_a_second_open_case_on_the_same_post_is_refused_by_its_number(desk):
    story = "story-insult"
    desk("open", story, "--as", "holt")
    ran = desk("open", story, "--as", "ash")
    assert ran.code == 2
    assert ran.err == "Case 0001 is open about this post: schoolgate case show 0001 --as ash"


def test_a_case_that_somebody_may_not_know_of_is_not_named_to_who_would_open_a_second(desk):
    story = desk.story("lie", route=Route.REQUEST_REMOVAL, severity=Severity.RESPOND, content_class="C7")
    desk("open", story, "--as", "holt")
    desk("step", "target", "1", "--person", "vale", "--subject", "holt", "--as", "ash")
    ran = desk("open", story, "--as", "ash")
    assert (ran.code, ran.err) == (2, "This is not for ash to open a case about. Ask Alex Marsh.")


def test_a_post_is_named_as_the_story_shows_it(desk):
    story = "story-insult"
    shown = run("story", "show", story, "--as", "holt", "--home", str(desk.home)).out
    post = next(line.split()[0] for line in shown.splitlines() if "poster-insult" in line)
    assert desk("open", story, "--post", post, "--as", "holt").code == 0


def test_of_fair_comment_no_removal_is_offered_and_it_is_said_what_to_do(desk):
    said = desk("open", "story-review", "--as", "holt").out
    assert "fair comment" in said
    assert "No removal is offered" in said
    assert stands_in_the_docs(said, "0001", "905417")


def test_of_an_article_it_is_said_who_speaks_and_nobody_is_asked_to_come_in(desk):
    article = desk.story("article", channel="google_news", content_class="C0", event=PressEvent.STAFF)
    said = " ".join(desk("open", article, "--as", "holt").out.split())
    assert "No removal is offered: it is in the press, and is answered." in said
    assert "Agree who speaks to the press and what parents are told." in said
    assert "designated officer (LADO)" in said
    assert "come in" not in said
    assert "criticism" not in said


def test_of_what_may_mean_the_head_nobody_is_sent_to_the_head(desk):
    story = desk.story("look", severity=Severity.RESPOND, route=Route.RESPOND, about=About.HEAD, look=True)
    ran = desk("open", story, "--as", "ash")
    assert (ran.code, ran.err) == (2, "This is not for ash to open a case about. Ask Alex Marsh.")
    assert desk("open", story, "--as", "marsh").code == 0


def without(desk, person):
    """The settings name this person no more."""
    path = desk.home / "schoolgate.toml"
    tables = path.read_text(encoding="utf-8").split("[[people]]")
    kept = [table for table in tables if f'id = "{person}"' not in table]
    path.write_text("[[people]]".join(kept), encoding="utf-8")


def test_where_nobody_stands_above_the_chair_the_head_opens_what_may_accuse_the_chair(desk):
    without(desk, "reed")
    story = desk.story(
        "chair", severity=Severity.RESPOND, route=Route.RESPOND, about=About.CHAIR, look=True,
        content_class="C7", subject_person="marsh", subjects=("marsh",),
    )  # fmt: skip
    assert desk("open", story, "--as", "pike").err.endswith("Ask Jane Holt.")
    assert desk("open", story, "--as", "holt").code == 0


def test_whoever_may_not_open_it_is_told_which_office_is_missing_where_nobody_can(desk):
    for person in ("reed", "marsh", "holt", "ash"):
        without(desk, person)
    story = desk.story("head", severity=Severity.RESPOND, route=Route.RESPOND, about=About.HEAD, look=True)
    ran = desk("open", story, "--as", "pike")
    assert (ran.code, "Nobody in the settings can: name there the chair of governors" in ran.err) == (2, True)


LOOK = {"severity": Severity.RESPOND, "route": Route.RESPOND, "about": About.HEAD, "look": True}


@pytest.mark.parametrize(
    ("person", "beginning"), [("elsewhere", "story-"), ("holt", "story-l"), ("vale", "s")]
)
def test_no_story_that_somebody_may_not_know_of_is_named_where_several_begin_so(desk, person, beginning):
    for name in ("look", "later"):
        desk.story(name, **LOOK)
    ran = desk("open", beginning, "--as", person)
    assert ran.err.startswith(f"No story or alert begins with “{beginning}”")


@pytest.mark.parametrize("person", ["holt", "elsewhere"])
def test_a_post_tells_nobody_of_a_story_that_they_may_not_know_of(desk, person):
    desk.story("look", **LOOK)
    its, none = (desk("open", f"story-{name}", "--post", "f", "--as", person) for name in ("look", "none"))
    assert its.err.replace("look", "none") == none.err


@pytest.mark.parametrize("person", ["holt", "elsewhere", "vale"])
def test_whom_it_may_accuse_another_schools_head_and_who_has_no_office_are_answered_as_for_none(desk, person):
    its, none = (desk("open", f"story-{name}", "--as", person) for name in ("accused", "nothing"))
    assert its.code == none.code == 2
    assert its.err.replace("accused", "nothing") == none.err
    assert audit(desk, "case_opened") == []


def test_a_disclosure_is_opened_by_the_dsl_alone_of_its_story_or_of_its_alert(desk):
    with desk.store.read() as con:
        ((number,),) = con.execute("SELECT number FROM alerts WHERE story_id = 'story-disclosure'").fetchall()
    assert "This is not for" in desk("open", number, "--as", "fern").err
    assert desk("open", "story-disclosure", "--as", "fern").code == 2
    assert audit(desk, "case_opened") == []
    assert desk("open", number, "--as", "pike").out.startswith("Case 0001: recorded. Now: with the DSL.")


def test_a_threat_begins_at_the_police(desk):
    story = desk.story(
        "threat", route=Route.POLICE_NOW, severity=Severity.THIS_HOUR, content_class="C6",
        abuse=("threat",), subject_person="vale",
    )  # fmt: skip
    assert "by 999, or by 101" in desk("open", story, "--as", "holt").out
    said = desk("show", "1", "--as", "holt").out
    assert "ring 999 first" in said
    assert "aimed at: Sam Vale" in said


# `case classify` and `case step confirm`: of criticism that means somebody, by whoever is free to say so.


WHY = "This is bullying of me personally and of my family, it names me and has to go."
TEXTS = {
    "by name": "One star. The office ignored four emails, and Mrs Holt simply does not care.",
    "by office": "One star. The head ignored four emails and does not care about our children.",
    "nobody": "One star. Nobody answers the phone, the gate is a mess and the uniform costs the earth.",
    "the lead": "Robin Pike never rang us back, five weeks on. Useless, all of it, and I will say so.",
}


def _criticised(criticised):
    for name, text in TEXTS.items():
        mention = a_mention(name, channel="forum", text=text)
        batch = a_batch(
            mention, verdicts=[a_verdict(mention)], story_id=f"story-{name}", run=a_run(f"feed:{name}")
        )
        with criticised.store.write("test") as con:
            save(con, batch, now=batch.run.started_at, policy=Policy())
        assert criticised("open", f"story-{name}", "--as", "fern").code == 0


NUMBERS = dict(zip(TEXTS, ("1", "2", "3", "4"), strict=True))


@pytest.fixture
def criticised(tmp_path):
    """A home with an open case of fair comment about each: all judged to be about the school."""
    return a_desk(tmp_path, _criticised)


def classify(criticised, name, person, *more):
    return criticised("classify", NUMBERS[name], "C2", "--as", person, "--why", WHY, *more)


def reclassified(criticised):
    return rows(criticised.home, "SELECT actor, subject FROM audit WHERE action = 'reclassified'")


def mailed(criticised, words):
    query = f"SELECT person_id FROM outbox WHERE subject LIKE '%{words}%' ORDER BY 1"
    return [person for (person,) in rows(criticised.home, query)]


@pytest.mark.parametrize("name", ["by name", "by office"])
def test_the_head_whom_a_post_names_or_speaks_of_never_says_that_it_is_no_fair_comment(criticised, name):
    ran = classify(criticised, name, "holt")
    assert ran.code == 1
    assert "“not_their_own”" in ran.err
    assert "Alex Marsh" in ran.err
    assert reclassified(criticised) == []
    assert "fair comment" in criticised("show", NUMBERS[name], "--as", "holt").out


@pytest.mark.parametrize("name", ["by name", "by office"])
@pytest.mark.parametrize("person", ["ash", "pike", "fern"])
def test_who_reports_to_the_head_proposes_it_and_nothing_is_asked_before_it_is_confirmed(
    criticised, name, person
):
    ran = classify(criticised, name, person)
    assert ran.code == 0
    assert "proposed to be C2, which waits for a second person" in ran.out
    assert "told, without a word of the post: Alex Marsh" in ran.out
    assert mailed(criticised, "agree or refuse") == ["marsh"]
    assert reclassified(criticised) == []
    shown = criticised("show", NUMBERS[name], "--as", person).out
    assert "a second person confirms what was proposed, or turns it down: Alex Marsh" in shown
    asked = criticised("step", "ask", NUMBERS[name], "--rung", "platform-report", "--as", person)
    assert "“fair_comment”" in asked.err
    for other in {"ash", "pike", "holt", person}:
        assert criticised("step", "confirm", NUMBERS[name], "--as", other, "--why", "Yes").code == 1
    assert reclassified(criticised) == []


def test_the_chair_reads_the_case_confirms_it_and_decides_from_then_on(criticised):
    assert criticised("show", "1", "--as", "marsh").code == 2
    classify(criticised, "by name", "ash")
    shown = criticised("show", "1", "--as", "marsh")
    assert TEXTS["by name"][:30] in shown.out
    assert criticised("step", "confirm", "1", "--as", "marsh", "--why", "It names her family").code == 0
    assert reclassified(criticised) == [("marsh", "0001")]
    assert mailed(criticised, "proposal agreed") == ["ash"]
    assert criticised("show", "1", "--as", "holt").code == 2
    assert criticised("show", "1", "--as", "marsh", "--json").data["class"] == "C2"


def test_as_json_it_says_what_is_proposed_and_who_may_confirm_it(criticised):
    classify(criticised, "by name", "ash", "--json")
    told = criticised("show", "1", "--as", "ash", "--json").data
    assert (told["proposal"]["class"], told["proposal"]["by"]) == ("C2", "ash")
    assert told["may_confirm"] == ["marsh"]


@pytest.mark.parametrize(
    ("name", "number", "told"), [("nobody", "0003", []), ("the lead", "0004", ["marsh"])]
)
def test_criticism_that_means_no_head_is_reclassified_and_the_chair_told_of_whom_it_means(
    criticised, name, number, told
):
    short = criticised("classify", number, "C2", "--as", "holt", "--why", "It is rude")
    assert (short.code, "at least 40 characters" in short.err) == (2, True)
    assert classify(criticised, name, "holt").code == 0
    assert reclassified(criticised) == [("holt", number)]
    assert mailed(criticised, "not fair comment") == told
