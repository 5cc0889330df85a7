"""What somebody says when they hand something in: it only raises, and only widens who is left out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders.home import migrated
from builders.judges import CALM, INSULT, PEOPLE
from builders.mention import NOW, Clock, a_mention, a_store, a_verdict
from builders.taken_in import taken_in
from hypothesis import given
from hypothesis import strategies as st

from classifiers.verdicts.by_people.said import as_said
from data.errors import InputError
from data.evidence.handed_in import Danger, PictureShows, Says, Whom
from data.judged import HANDED_IN, calls_for_alert, may_picture_a_child, route_rank
from data.retention.deleting import drop_texts
from data.store.mentions.person_reports import reported
from data.store.verdicts.verdicts import former_verdicts
from data.types import SURE, About, Harm, Meant, Relevance, Route, Severity
from monitor.act.report_in import said_at_door
from monitor.pipeline import spool
from monitor.pipeline.sighting import FILE_KEPT, Report, without_image
from monitor.pipeline.spool import Kept

NOTED = a_verdict(a_mention(), severity=Severity.NOTE, route=Route.NOTE)
BY_A_PERSON = "person_said"


def said(danger="", who="", about="", verdict=NOTED):
    return as_said(verdict, said_at_door(danger, who, about, PEOPLE))


@pytest.mark.parametrize(
    ("danger", "who", "route", "severity", "meant"),
    [
        ("now", "child", Route.SAFEGUARDING, 4, Meant("child", 1.0, BY_A_PERSON, Harm.CHILD)),
        ("soon", "child", Route.SAFEGUARDING, 3, Meant("child", 1.0, BY_A_PERSON, Harm.CHILD)),
        ("now", "teacher", Route.POLICE_NOW, 4, Meant("person:teacher", 1.0, BY_A_PERSON, Harm.VIOLENCE)),
        ("soon", "school", Route.POLICE_NOW, 3, Meant("school", 1.0, BY_A_PERSON, Harm.VIOLENCE)),
        ("now", "staff", Route.POLICE_NOW, 4, Meant("school", 1.0, BY_A_PERSON, Harm.VIOLENCE)),
        ("now", "", Route.POLICE_NOW, 4, Meant("school", 1.0, BY_A_PERSON, Harm.VIOLENCE)),
    ],
)
def test_somebody_in_danger_as_a_person_says_is_an_alert_that_says_who(danger, who, route, severity, meant):
    found = said(danger, who)
    assert calls_for_alert(found)
    assert (found.route, found.severity, found.endangers) == (route, severity, (meant,))
    assert f"said_danger_{danger}" in {reason.code for reason in found.reasons}


def test_a_child_in_danger_by_the_head_accuses_the_head_and_is_for_the_safeguarding_lead():
    found = said("now", "child", "head")
    assert Meant("office:head", 1.0, BY_A_PERSON) in found.accuses
    assert (found.about, found.restricted, found.content_class) == (About.HEAD, True, "C10")


def test_a_danger_to_the_head_accuses_the_head_no_more_than_perhaps():
    """“About the head” may mean whom it is aimed at, or who is behind it."""
    found = said("now", "staff", "head")
    assert [(m.who, m.sure < SURE) for m in found.accuses] == [("office:head", True)]
    assert found.endangers == (Meant("office:head", 1.0, BY_A_PERSON, Harm.VIOLENCE),)


def test_a_danger_to_the_staff_is_also_one_to_whom_the_words_name_and_that_is_told():
    named = replace(NOTED, accuses=(Meant("person:teacher", 0.25, "surname"),))
    found = said("now", "staff", "child", named)
    assert Meant("person:teacher", SURE, BY_A_PERSON, Harm.VIOLENCE) in found.endangers
    assert all(m.who == "school" for m in said("now", "school", "child", named).endangers)


def test_a_danger_to_staff_is_about_staff_unless_the_words_surely_show_a_child_in_danger():
    guessed = replace(NOTED, about=About.PUPIL)
    assert said("now", "teacher", "staff", guessed).about is About.STAFF
    assert said("now", "school", "staff", guessed).about is About.PUPIL
    shown = replace(guessed, endangers=(Meant("child", 1.0, "model:safeguarding", Harm.CHILD),))
    assert said("now", "teacher", "staff", shown).about is About.PUPIL
    of_a_child = replace(guessed, abuse=("safeguarding",), content_class="C10", restricted=True)
    assert said("now", "teacher", "staff", of_a_child).about is About.PUPIL


@pytest.mark.parametrize("about", ["head", "dsl", "chair"])
def test_what_is_about_an_office_may_accuse_it_and_is_looked_at(about):
    found = said(about=about)
    assert Meant(f"office:{about}", 0.25, BY_A_PERSON) in found.accuses
    assert found.look
    assert not calls_for_alert(found)


def test_who_tries_to_befriend_staff_is_for_the_safeguarding_lead_and_accuses_no_member_of_staff():
    found = said(about="befriends-staff")
    assert (found.route, found.severity, found.restricted) == (Route.SAFEGUARDING, Severity.TODAY, True)
    assert found.about is About.OTHER
    assert found.accuses == NOTED.accuses


def test_what_is_handed_in_is_looked_at_though_nobody_says_anything():
    found = said()
    assert found.look
    assert HANDED_IN in {reason.code for reason in found.reasons}
    thanked = a_verdict(a_mention(), severity=Severity.NOTE, route=Route.THANK)
    assert as_said(thanked, Says()) == thanked
    elsewhere = as_said(a_verdict(a_mention(), relevance=Relevance.NOT_ABOUT, route=Route.IGNORE), Says())
    assert (elsewhere.look, elsewhere.relevance) == (True, Relevance.UNSURE)


@given(
    st.sampled_from([None, *Danger]), st.sampled_from(["", "child", "staff", "school", "teacher"]),
    st.sampled_from([None, *Whom]), st.sampled_from(list(Route)), st.sampled_from(list(Severity)),
)  # fmt: skip
def test_whatever_is_said_lowers_nothing_and_leaves_nobody_in_who_was_left_out(
    danger, who, about, route, severity
):
    before = a_verdict(a_mention(), route=route, severity=severity, about=About.STAFF, subjects=("teacher",))
    after = as_said(before, Says(danger, who if danger else "", about))
    assert after.severity >= before.severity
    assert route_rank(after.route) >= route_rank(before.route)
    assert {*after.accuses} >= {*before.accuses}
    assert {*after.endangers} >= {*before.endangers}
    assert after.restricted >= before.restricted


@pytest.mark.parametrize(
    ("danger", "who", "about"),
    [("perhaps", "", ""), ("", "", "the cat"), ("now", "x", ""), ("no", "child", "")],
)
def test_an_answer_that_is_none_is_refused(danger, who, about):
    with pytest.raises(InputError):
        said_at_door(danger, who, about, PEOPLE)


# ------------------------------------------------------------------ taken in


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(tmp_path, clock):
    store = a_store(tmp_path, clock)
    migrated(store)
    return store


def handed_in(store, clock, report, content=None, file=None):
    return taken_in(store, clock, report, "900001", content, file)


def a_report(clock, text, says=None, url="https://talk.example.org/7"):
    return Report(text, url, "other", None, None, clock(), says=says or Says())


def test_a_danger_said_of_what_is_known_already_is_an_alert_all_the_same(store, clock):
    first = handed_in(store, clock, a_report(clock, CALM))
    again = handed_in(store, clock, a_report(clock, CALM))
    assert (first.alert, again.verdict) == (None, None)
    told = handed_in(store, clock, a_report(clock, CALM, Says(Danger.NOW, "teacher")))
    assert told.raised
    assert told.verdict.severity == Severity.THIS_HOUR


def test_what_is_said_of_restricted_words_writes_them_nowhere_openly(store, clock):
    assert handed_in(store, clock, a_report(clock, CALM, Says(Danger.NOW, "child"))).restricted
    again = handed_in(store, clock, a_report(clock, "", Says(Danger.NOW, "teacher")))
    assert again.verdict.restricted
    with store.read() as con:
        assert con.execute("SELECT text FROM mention_versions WHERE text IS NOT NULL").fetchall() == []
        assert con.execute("SELECT title FROM stories WHERE title <> ''").fetchall() == []


def test_what_was_said_of_a_post_holds_of_its_later_words(store, clock):
    says = Says(Danger.SOON, "child", Whom.HEAD)
    first = handed_in(store, clock, a_report(clock, CALM, says))
    for words in ("It rained in the end.", "Nobody came."):
        later = handed_in(store, clock, a_report(clock, f"{CALM} {words}"))
        assert (later.mention, later.verdict) == (first.mention, None)
        with store.read() as con:
            (standing,) = former_verdicts(con, [first.mention])
        assert Meant("office:head", 1.0, BY_A_PERSON) in standing.accuses
        assert Meant("child", 1.0, BY_A_PERSON, Harm.CHILD) in standing.endangers
        assert calls_for_alert(standing)


FAKE = "They are passing round a fake nude of a girl in year 6 at Oakfield Primary in Northvale."
PICTURE = b"\x89PNG NOT A PICTURE OF ANYBODY"


def files_with(store, content):
    return [p for p in store.home.rglob("*") if p.is_file() and content in p.read_bytes()]


def test_of_what_its_words_call_a_picture_of_a_child_no_byte_is_written(store, clock, tmp_path):
    answer = handed_in(store, clock, a_report(clock, FAKE), PICTURE, tmp_path / "shot.png")
    assert answer.shut
    assert answer.restricted
    assert files_with(store, PICTURE) == []
    kept = handed_in(store, clock, a_report(clock, INSULT, url="https://talk.example.org/8"), PICTURE)
    assert not kept.shut
    assert files_with(store, PICTURE) != []


def test_where_a_file_lies_that_was_not_taken_is_kept_apart_from_the_words(store, clock, tmp_path):
    refused, unsure, taken = (tmp_path / f"{name}.png" for name in ("refused", "unsure", "taken"))
    handed_in(store, clock, a_report(clock, FAKE), PICTURE, refused)
    report = without_image(a_report(clock, INSULT, url=""), unsure, unsure=True)
    handed_in(store, clock, report, None, unsure)
    handed_in(store, clock, a_report(clock, CALM, url="https://talk.example.org/8"), PICTURE, taken)
    for file, known in ((refused, True), (unsure, True), (taken, False)):
        kept = f'"file_at":"{file.as_uri()}"'.encode()
        assert bool(files_with(store, kept)) is known, file


def test_where_a_file_lies_that_was_not_taken_is_deleted_with_the_words(store, clock, tmp_path):
    refused = handed_in(store, clock, a_report(clock, FAKE), PICTURE, tmp_path / "refused.png")
    with store.read() as con:
        (told,) = reported(con, [refused.mention])[refused.mention]
        assert told.file_at == (tmp_path / "refused.png").as_uri()
    with store.write("purge") as con:
        drop_texts(con, [refused.mention])
        (left,) = reported(con, [refused.mention])[refused.mention]
    assert (left.number, left.file_at) == (told.number, None)


def test_the_safeguarding_lead_is_told_of_a_file_kept_before_somebody_said_what_it_may_show(
    store, clock, tmp_path
):
    handed_in(store, clock, a_report(clock, INSULT), PICTURE)
    image = without_image(a_report(clock, ""), tmp_path / "shot.png")
    answer = handed_in(store, clock, image, None, tmp_path / "shot.png")
    assert FILE_KEPT in answer.verdict.reasons
    other = without_image(a_report(clock, "", url="https://talk.example.org/9"), None)
    assert FILE_KEPT not in handed_in(store, clock, other).verdict.reasons


@pytest.mark.parametrize(
    ("scores", "shut"),
    [
        ((("abuse:sexual", 0.1), ("about:pupil", 0.4)), True),
        ((("abuse:sexual", 0.3), ("abuse:safeguarding", 0.1)), True),
        ((("abuse:sexual", 0.9), ("about:pupil", 0.05)), False),
        ((("abuse:sexual", 0.09), ("about:pupil", 0.9)), False),
    ],
)
def test_a_picture_is_left_out_from_a_low_likelihood_that_it_is_sexual_and_of_a_child(scores, shut):
    assert may_picture_a_child(a_verdict(a_mention(), scores=scores)) is shut


def test_words_that_came_with_a_file_of_which_nobody_is_sure_are_judged_and_only_for_the_few(
    store, clock, tmp_path
):
    shot = tmp_path / "kill-them-all.png"
    report = without_image(
        a_report(clock, "I will stab Mr Thistlewood at the gate of Oakfield Primary tomorrow."),
        shot,
        unsure=True,
    )
    answer = handed_in(store, clock, report, None, shot)
    assert answer.restricted
    assert answer.verdict.route is Route.POLICE_NOW
    assert {"threat", "sexual", "safeguarding"} <= {*answer.verdict.abuse}


def test_what_was_said_waits_with_the_report_that_could_not_be_saved(tmp_path):
    says = Says(Danger.SOON, "teacher", Whom.HEAD, PictureShows.NO)
    kept = Kept(Report("It says so.", "", "other", None, None, NOW, says=says), "900001", None, NOW)
    with spool.keep(tmp_path, kept):
        pass
    (path,) = spool.waiting(tmp_path)
    with spool.held(path) as read:
        assert read == kept
