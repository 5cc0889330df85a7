"""What is said and done on the signed page of a matter, by form, and what refuses it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from builders.alert import DSL
from builders.home import do_in, rows_of
from builders.page import CHILD, DANGER, POST, STREET, WORDS, PageDesk, buttons_of, form_of, words_of

from data.judged import DANGER as VIOLENCE
from data.matters import WrongKind
from data.privacy import SearchTerm, TermKind
from data.retention.purge import purge
from data.steps.acts import Refused
from data.steps.codes import StepKind, Support
from data.store.alerts import alerts as alert_store
from data.store.alerts import escalations
from data.store.alerts.alerts import put_alerts
from data.store.cases import cases as case_store
from data.store.privacy.held import find
from data.store.verdicts.said_wrong import said_wrong
from data.types import (
    About,
    Escalation,
    Harm,
    Mark,
    Meant,
    Policy,
    Reason,
    Relevance,
    Route,
    Severity,
    StillOpen,
)
from monitor.act.casework.opening import open_of_alert as open_case
from monitor.act.wrong import Marking, correct
from monitor.matters.reader import load_case


@pytest.fixture
def desk(tmp_path):
    return PageDesk(tmp_path, told=("head", "deputy"))


def say(desk, who="head", **form):
    shown = form_of(desk.press("read", who))
    desk.wait(seconds=5)
    return desk.browser.post(desk.path(who), data={**shown, **form})


def owner(desk):
    with desk.store.read() as con:
        return alert_store.acknowledged(con, [desk.alert.id]).get(desk.alert.id)


def test_it_is_offered_to_those_alone_who_may_deal_with_it(desk):
    text = desk.press("read").text
    offered = text[text.index('name="to"') : text.index("</select>", text.index('name="to"'))]
    assert "Lee Ash" in offered
    assert "Sam Vale" not in offered


def test_what_is_restricted_is_given_to_nobody_outside_its_few(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl",), **CHILD)
    say(desk, "dsl", do="give", to="deputy")
    assert owner(desk) is None


def test_whoever_wishes_is_asked_again_on_the_morning_of_a_day(desk):
    page = say(desk, do="again", day="2026-11-20")
    assert "you will be asked again" in words_of(page)
    assert owner(desk).person == "head"
    assert owner(desk).ask_at.isoformat() == "2026-11-20T08:00:00+00:00"


@pytest.mark.parametrize("day", ["", "2026-02-30", "2026-11-01"])
def test_a_day_that_is_none_or_over_changes_nothing(desk, day):
    assert "Nothing was changed" in words_of(say(desk, do="again", day=day))
    assert owner(desk) is None


def test_what_somebody_else_has_is_not_taken_by_asking_again(desk):
    desk.press("have", "deputy")
    assert "again" not in buttons_of(desk.press("read", "head"))


def test_whoever_has_it_and_wishes_to_be_asked_again_has_it_since_they_took_it(desk):
    desk.press("have")
    since = owner(desk).at
    desk.wait(hours=2)
    say(desk, do="again", day="2026-11-20")
    assert (owner(desk).at, owner(desk).ask_at is not None) == (since, True)


def give(desk):
    """What is answered to giving it on, whoever has it."""
    form = {"do": "give", "to": "deputy", **desk.form()}
    desk.wait(seconds=30)
    return desk.browser.post(desk.path(), data=form).status_code


def test_one_link_has_no_more_than_ten_mails_an_hour_sent_by_giving(desk):
    assert [give(desk) for _ in range(11)] == [200] * 10 + [429]
    assert desk.get().status_code == 200
    desk.wait(hours=1)
    assert give(desk) == 200


def test_of_a_person_thirty_mails_an_hour_go_out_whatever_their_links(desk):
    for _ in range(3):
        desk.sent_at += timedelta(minutes=1)
        assert [give(desk) for _ in range(10)] == [200] * 10
    desk.sent_at += timedelta(minutes=1)
    assert give(desk) == 429


# ----------------------------- that it is judged wrongly, with what is right and why; nothing else changes


RIGHT = {"label": "criticism", "severity": "2", "why": "It is about opening hours"}
MILD = STREET | {"severity": Severity.RESPOND, "route": Route.RESPOND, "abuse": (), "content_class": "C1"}
SAYS = "Criticism, a question or praise: nothing abusive · This week: it wants an answer"


@pytest.fixture
def street_desk(tmp_path):
    return PageDesk(tmp_path, told=("head",), **STREET)


def say_wrong(desk, who="head", act="wrong", **fields):
    return say(desk, who, **fields, do=act)


def standing(desk):
    with desk.store.read() as con:
        (found,) = said_wrong(con, [POST.id]).values() or ((),)
        return [(s.person_id, s.relevance, s.label, s.severity, s.why) for s in found]


def changed(desk):
    """All but the audit that could change by it."""
    with desk.store.read() as con:
        tables = ("alerts", "owners", "outbox", "cases", "case_steps", "verdicts", "matches", "mentions")
        return [con.execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall() for table in tables]


def test_it_is_kept_with_what_is_right_and_why_and_is_in_the_audit(street_desk):
    page = say_wrong(street_desk, **RIGHT)
    assert "you said that it is judged wrongly" in words_of(page)
    assert "nobody was sent anything" in words_of(page)
    assert "If anyone may be in danger, ring 999" in words_of(page)
    assert standing(street_desk) == [
        ("head", None, "criticism", Severity.RESPOND, "It is about opening hours")
    ]
    assert street_desk.audited("judged_wrongly") == [("judged_wrongly", "head", "s-one")]


def test_whoever_says_that_it_is_a_threat_is_told_on_the_spot_whom_to_ring(tmp_path):
    desk = PageDesk(tmp_path, told=("head",), **STREET)
    page = words_of(say_wrong(desk, label="threat", why="He means it"))
    assert "Do not wait for anybody’s permission" in page
    assert "At school, ring: safeguarding lead" in page


@pytest.mark.parametrize("judged", [STREET, DANGER, CHILD], ids=["today", "danger", "child"])
def test_it_lowers_nothing_and_changes_no_alert(tmp_path, judged):
    desk = PageDesk(tmp_path, told=("dsl",), **judged)
    before = changed(desk)
    say_wrong(desk, "dsl", relevance="not_about", label="criticism", severity="0", why="It is another school")
    assert len(standing(desk)) == 1
    assert changed(desk) == before


def test_who_else_may_read_it_sees_it_with_the_words_and_not_before_them(street_desk):
    say_wrong(street_desk, **RIGHT)
    assert RIGHT["why"] not in street_desk.get("deputy").text
    page = words_of(street_desk.press("read", "deputy"))
    assert f"Wrongly judged, says Jane Holt (09:00, Tuesday 17 November): {SAYS}. “{RIGHT['why']}”" in page


def test_once_it_is_in_the_lane_that_was_said_to_be_right_it_belongs_in_no_other(street_desk):
    tell(street_desk, "head", do="correct", kind="wrong_lane", route="police_now", why="He has a knife")
    page = words_of(street_desk.press("read", "head"))
    assert "Corrected, as" in page
    assert "): Its lane · The police. “He has a knife”" in page


def test_of_what_is_restricted_it_is_shown_with_a_reading_alone(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl",), **CHILD)
    page = say_wrong(desk, "dsl", **RIGHT)
    assert RIGHT["why"] in words_of(page)
    assert WORDS in words_of(page)
    assert RIGHT["why"] not in desk.get("dsl").text
    assert len(desk.audited("restricted_read")) == 2


@pytest.mark.parametrize("who", ["head", "vale"])
def test_nobody_says_it_who_may_not_read_it(tmp_path, who):
    desk = PageDesk(tmp_path, told=("dsl",), **CHILD)
    proof = {"proof": desk.context.links.proof(desk.path(who).removeprefix("/m/"), desk.clock())}
    desk.wait(seconds=5)
    told = desk.form("dsl")["told"]
    desk.browser.post(desk.path(who), data={**proof, **RIGHT, "told": told, "do": "wrong"})
    assert standing(desk) == []


@pytest.mark.parametrize(
    "fields", [{"why": "So"}, {"label": "criticism", "why": " "}, {"label": "x", "why": "So"}]
)
def test_without_what_is_right_or_why_nothing_is_kept(street_desk, fields):
    assert "Nothing was changed: say what is right, and why." in words_of(say_wrong(street_desk, **fields))
    assert standing(street_desk) == []


def test_said_again_it_takes_the_place_of_the_first_and_is_taken_back(street_desk):
    say_wrong(street_desk, **RIGHT)
    say_wrong(street_desk, relevance="not_about", why="It is another school")
    assert standing(street_desk) == [("head", Relevance.NOT_ABOUT, "", None, "It is another school")]
    page = say_wrong(street_desk, act="right_again")
    assert "you took that back" in words_of(page)
    assert standing(street_desk) == []
    assert street_desk.audited("judged_wrongly_undone") == [("judged_wrongly_undone", "head", "s-one")]


def test_corrected_it_leaves_the_lists_and_the_page_says_what_follows(street_desk):
    assert "say why" in words_of(say_wrong(street_desk, act="correct", kind="too_grave"))
    page = words_of(say_wrong(street_desk, act="correct", kind="too_grave", why="The van is a toy"))
    assert "said that it was judged too gravely" in page
    assert "Its alert is closed" in page
    assert "are raised as before" in page
    assert street_desk.open_alerts() == []


def test_what_was_raised_since_violence_is_meant_takes_two_below_severity_4_too(street_desk):
    meant = replace(
        street_desk.alert,
        because=(Reason(VIOLENCE, "Somebody may be in danger."), *street_desk.alert.because),
    )
    with street_desk.store.write("raised") as con:
        put_alerts(con, [replace(meant, times=2)], street_desk.clock())
    page = say_wrong(street_desk, act="correct", kind="too_grave", why="It is a song")
    assert "Until then nothing is lowered" in words_of(page)
    assert len(street_desk.open_alerts()) == 1


def test_what_raised_no_alert_cannot_be_judged_too_gravely(tmp_path):
    desk = PageDesk(tmp_path, raised=False, **MILD)
    given = desk.session("head"), "s-one", desk.alert.urn, Marking(WrongKind.TOO_GRAVE), "No", desk.clock()
    came = do_in(desk.store, correct, *given)
    assert isinstance(came, Refused)
    assert came.reason == "No alert was raised of it, so there is nothing to lower."


def test_of_danger_a_second_person_is_asked_by_name(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl", "head"), **DANGER)
    page = say_wrong(desk, "dsl", "correct", kind="too_grave", why="It is from a play")
    assert "Until then nothing is lowered" in words_of(page)
    assert len(desk.open_alerts()) == 1
    assert f"{DSL.name} asks that it is lowered, as judged too gravely." in words_of(
        desk.press("read", "head")
    )
    say_wrong(desk, "head", "agree", agrees="yes", why="I saw the play")
    assert desk.open_alerts() == []


def test_nobody_takes_back_what_another_said(street_desk):
    say_wrong(street_desk, **RIGHT)
    assert "Take back what you said of it" not in words_of(street_desk.press("read", "deputy"))
    say_wrong(street_desk, "deputy", act="right_again")
    assert len(standing(street_desk)) == 1


def test_it_goes_with_the_words_of_the_post(street_desk):
    say_wrong(street_desk, **RIGHT)
    purge(street_desk.store, street_desk.clock() + timedelta(days=4000), Policy(), force=True)
    assert standing(street_desk) == []


def test_a_request_for_access_finds_whoever_it_names_unless_the_post_is_restricted(tmp_path):
    for name, judged, found in (("open", STREET, 1), ("restricted", CHILD, 0)):
        desk = PageDesk(tmp_path / name, told=("dsl",), **judged)
        say_wrong(desk, "dsl", **(RIGHT | {"why": "Mr Larchwood wrote it in anger"}))
        with desk.store.read() as con:
            notes = find(con, [desk.alert.urn], SearchTerm(TermKind.NAME, "larchwood")).notes
        assert [note.words for note in notes] == ["Mr Larchwood wrote it in anger"] * found


# ------------------------------------------------------- what has happened: by the case's steps and guards


RANG = {
    "what": "rang_999", "by": "head", "when": "2026-11-17T08:50", "reference": "CAD 1234",
    "why": "They come at ten.",
}  # fmt: skip


AIMED = (Meant("person:vale", 1.0, "x", Harm.VIOLENCE),)


@pytest.fixture
def danger_desk(tmp_path):
    return PageDesk(tmp_path, told=("head", "deputy"), **DANGER)


def record(desk, who="head", **fields):
    return say(desk, who, **fields, do="happened")


def steps(desk):
    rows = rows_of(desk.store, "SELECT step, actor, detail, why FROM case_steps ORDER BY case_id, n")
    return [(step, actor, json.loads(detail or "{}"), why) for step, actor, detail, why in rows]


def test_that_the_police_were_told_is_a_step_with_when_and_their_number(danger_desk):
    page = record(danger_desk, **RANG)
    assert "Recorded at" in words_of(page), words_of(page)
    step, actor, detail, why = steps(danger_desk)[-1]
    assert (step, actor, why) == ("asked", "head", "They come at ten.")
    assert detail["reference"] == "CAD 1234"


def test_that_101_was_rung_is_recorded_though_nothing_is_classified_or_decided_yet(danger_desk):
    assert "Recorded at" in words_of(record(danger_desk, **{**RANG, "what": "rang_101"}))
    step, _, detail, why = steps(danger_desk)[-1]
    assert (step, detail["to"], detail["reference"], why) == (
        "referred", "police", "CAD 1234", "They come at ten.",
    )  # fmt: skip


def test_of_a_threat_to_an_adult_101_waits_for_their_word_and_999_does_not(tmp_path):
    desk = PageDesk(tmp_path, told=("head", "deputy"), **(DANGER | {"about": About.STAFF}))
    assert "whoever is threatened says whether" in words_of(record(desk, **{**RANG, "what": "rang_101"}))
    assert steps(desk) == []
    assert "Recorded at" in words_of(record(desk, **RANG))


def test_101_goes_with_the_word_of_whoever_is_threatened_where_they_gave_it_to_whoever_rang(tmp_path):
    desk = PageDesk(
        tmp_path, told=("head", "deputy"), **(DANGER | {"about": About.STAFF, "endangers": AIMED})
    )
    page = words_of(record(desk, **{**RANG, "what": "rang_101", "agreed": "phone"}))
    assert "Recorded The police have been told." in page
    assert "then ring 101" not in page
    assert [step for step, *_ in steps(desk)][-3:] == ["consent_asked", "consent_given", "referred"]


def test_that_the_gate_was_warned_is_recorded_and_no_longer_missing(danger_desk):
    record(danger_desk, **RANG)
    assert "Not yet recorded as spoken to: the gate." in words_of(danger_desk.press("read", "head"))
    page = words_of(record(danger_desk, what="warned_site", why="The office rang them."))
    assert "Not yet recorded" not in page
    assert steps(danger_desk)[-1][0] == "warned"


def test_who_told_them_is_named_where_it_was_somebody_else(danger_desk):
    record(danger_desk, **{**RANG, "by": "deputy"})
    assert steps(danger_desk)[-1][3].endswith(": They come at ten.")
    assert steps(danger_desk)[-1][3] != "They come at ten."


def test_that_nothing_need_be_done_is_a_note_with_its_reason(danger_desk):
    record(danger_desk, what="needless", why="It is a song.")
    assert [(step, why) for step, _, _, why in steps(danger_desk)][-1] == ("noted", "It is a song.")


@pytest.mark.parametrize(
    "wrong",
    [{"what": ""}, {"what": "nonsense"}, {"why": " "}, {"when": "soon"}, {"when": "2027-11-17T08:50"}],
)
def test_what_lacks_something_is_said_so_and_changes_nothing(danger_desk, wrong):
    before = steps(danger_desk)
    assert "Nothing was changed" in words_of(record(danger_desk, **{**RANG, **wrong}))
    assert steps(danger_desk) == before


def test_it_is_asked_of_nothing_milder(tmp_path):
    desk = PageDesk(tmp_path, told=("head",), **STREET)
    assert 'value="happened"' not in desk.press("read", "head").text
    assert "Nothing" in words_of(record(desk, **RANG)) or "no longer" in words_of(record(desk, **RANG))
    assert steps(desk) == []


def test_the_lead_says_it_of_a_child_at_risk_without_a_case_before(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl",), **CHILD)
    record(desk, "dsl", what="needless", why="The family is known and safe.")
    assert [step for step, *_ in steps(desk)] == ["opened", "noted"]


def test_of_a_child_at_risk_the_police_are_told_by_a_referral(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl",), **CHILD)
    record(desk, "dsl", **RANG)
    step, _, detail, _ = steps(desk)[-1]
    assert (step, detail["to"], detail["reference"]) == ("referred", "police", "CAD 1234")


@pytest.mark.parametrize(("about", "offered"), [(About.STAFF, True), (About.PUPIL, False)])
def test_that_the_lado_was_told_is_said_of_an_allegation_alone(tmp_path, about, offered):
    desk = PageDesk(tmp_path, told=("dsl",), **(CHILD | {"about": about, "severity": Severity.TODAY}))
    assert ('value="lado"' in desk.press("read", "dsl").text) is offered
    page = record(desk, "dsl", what="lado", by="dsl", why="The duty line.")
    assert ("Nothing was changed" in words_of(page)) is not offered
    assert bool(steps(desk)) is offered
    if offered:
        assert [(step, detail.get("to")) for step, _, detail, _ in steps(desk)][-1] == ("referred", "lado")


def test_nobody_else_says_it(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl",), **CHILD)
    record(desk, "head", **RANG)
    assert steps(desk) == []


# ----------------------------------------------------------------------- who is meant, and “not us” by two


ALLEGED = CHILD | {"accuses": (Meant("person:vale", 0.25, "surname"),)}
AT_SCHOOL = DANGER | {"endangers": (Meant("school", 1.0, "signal:threat", Harm.VIOLENCE),)}


@pytest.fixture
def threat_desk(tmp_path):
    return PageDesk(tmp_path, told=("dsl", "head"), **AT_SCHOOL)


def tell(desk, who="dsl", **form):
    return say(desk, who, **form)


def audited(desk):
    return desk.audited("who_was_named")


def test_who_is_meant_is_asked_of_whoever_has_read_it(threat_desk):
    assert "name" not in buttons_of(threat_desk.get("dsl"))
    assert "name" in buttons_of(threat_desk.press("read", "dsl"))


def test_naming_at_whom_it_is_aimed_is_recorded_and_the_page_says_so(threat_desk):
    page = tell(threat_desk, do="name", aimed_at="vale", how="threat", why="She teaches that class")
    assert "Those who must know by that are told" in words_of(page)
    (meant,) = rows_of(threat_desk.store, "SELECT endangers FROM verdicts")[0]
    assert "person:vale 1.00 named violence" in meant
    assert [actor for _, actor, _ in audited(threat_desk)] == ["dsl"]


def test_somebody_told_of_it_who_decides_nothing_is_not_asked(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl", "vale"), **CHILD)
    assert "name" not in buttons_of(desk.press("read", "vale"))
    tell(desk, "vale", do="name", about="head", why="mine")
    assert audited(desk) == []


def test_of_a_restricted_matter_too_nobody_at_the_school_may_be_meant(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl",), **ALLEGED)
    page = desk.press("read", "dsl")
    assert "name" in buttons_of(page)
    tell(desk, do="name", about="-", why="It was at home")
    page = tell(desk, "head", do="agree", agrees="yes", why="So it was")
    assert "you agreed, and it is done" in words_of(page)
    assert rows_of(desk.store, "SELECT accuses FROM verdicts") == [([],)]


NOT_US = {"do": "correct", "kind": "not_us", "why": "It is a pub in Wales"}


def test_two_people_say_of_a_threat_that_it_is_not_about_the_school(threat_desk):
    assert "Until then nothing is lowered" in words_of(tell(threat_desk, **NOT_US))
    assert threat_desk.mark().mark is Mark.SAID_NOT_US
    assert "asks that it is taken off the lists" in words_of(threat_desk.press("read", "head"))
    second = tell(threat_desk, "head", do="agree", agrees="yes", why="I asked: it is the pub")
    assert "you agreed, and it is done" in words_of(second)
    assert (threat_desk.mark().mark, threat_desk.mark().person_id) == (Mark.NOT_US, "head")


def test_what_somebody_said_alone_they_may_take_back(threat_desk):
    tell(threat_desk, **NOT_US)
    threat_desk.wait(minutes=2)
    assert "you took that back" in words_of(threat_desk.press("undo", "dsl"))
    assert threat_desk.mark() is None


# -------------------- by whom a threat is aimed at: they answer for themselves, by the steps of their case


def aimed_at(who):
    """A threat to that person."""
    meant = (Meant(f"person:{who}", 1.0, "name", Harm.VIOLENCE),)
    return {**DANGER, "about": About.STAFF, "endangers": meant}


THREAT = aimed_at("vale")


@pytest.fixture
def target_desk(tmp_path):
    """A threat to a teacher, whose alert went to the head and to the teacher; its case is open."""
    target_desk = PageDesk(tmp_path, told=("head", "vale"), **THREAT)
    begin(target_desk)
    return target_desk


def begin(desk):
    do_in(desk.store, open_case, desk.context, desk.alert, desk.clock())


def answer(desk, **answers):
    form = desk.form("vale")
    desk.wait(seconds=5)
    return desk.browser.post(desk.path("vale"), data={**form, **answers, "do": "own_word"})


def own_steps(desk):
    with desk.store.read() as con:
        found = case_store.all_steps(con, story_ids=["s-one"])
        return [(s.kind, s.actor) for one in found.values() for s in one if s.actor == "vale"]


def case(desk):
    with desk.store.read() as con:
        (number,) = case_store.all_steps(con, story_ids=["s-one"])
        return load_case(con, number)


def mails(desk):
    with desk.store.read() as con:
        sql = "SELECT person_id, body FROM outbox WHERE kind = 'answer' AND withdrawn_at IS NULL ORDER BY ALL"
        return [(who, body) for who, body in con.execute(sql).fetchall() if "answered for themselves" in body]


def test_their_page_says_how_far_it_is_and_what_they_may_say_and_no_word_of_it(target_desk):
    page = target_desk.get("vale")
    said = words_of(page)
    assert "Somebody has written or said something about you that may be a threat." in said
    assert "Who has it Nobody has taken it yet." in said
    assert "Who to ring" in said
    assert f"At school, ring: safeguarding lead, {DSL.name}" in said
    assert [o for o in ("I am safe", "I would like support", "Yes, they may be told") if o in said] == [
        "I am safe", "I would like support", "Yes, they may be told",
    ]  # fmt: skip
    assert "It may be aimed at you. Nothing is asked of you" in said
    assert buttons_of(page) == ["own_word"]
    hidden = (WORDS[:20], "larch-dad", "forum.example.org", "criticises", "Negative", "Holt")
    assert not [word for word in hidden if word in page.text]
    target_desk.press("have")
    assert "Who has it Somebody is dealing with it." in words_of(target_desk.get("vale"))


def test_what_they_say_is_recorded_as_their_own_steps_in_one_answer(target_desk):
    page = answer(target_desk, safe="safe", support="accepted", police="given")
    assert own_steps(target_desk) == [
        (StepKind.SAFE, "vale"), (StepKind.SUPPORT, "vale"), (StepKind.CONSENT_GIVEN, "vale"),
    ]  # fmt: skip
    assert "Those who deal with it are told." in words_of(page)
    assert "You would like support. You agree to the police being told." in words_of(page)


def test_who_decides_is_told_in_one_mail_where_nobody_has_it(target_desk):
    answer(target_desk, safe="safe", support="accepted", police="refused")
    ((who, body),) = mails(target_desk)
    body = " ".join(body.split())
    assert who == "head"
    assert "They say that they are safe. They would like support" in body
    assert "They do not agree to the police being told." in body


def test_who_has_it_is_told_alone_of_what_is_not_about_the_police(target_desk):
    do_in(target_desk.store, alert_store.ack, target_desk.alert.id, "deputy", target_desk.clock())
    answer(target_desk, safe="safe")
    assert [who for who, _ in mails(target_desk)] == ["deputy"]


def test_they_take_back_what_they_agreed_to(target_desk):
    answer(target_desk, police="given")
    assert "Yes, they may be told" not in words_of(target_desk.get("vale"))
    answer(target_desk, police="withdrawn")
    assert case(target_desk).consent.value == "withdrawn"


def test_nothing_chosen_records_nothing(target_desk):
    page = answer(target_desk, safe="", support="")
    assert "Nothing was recorded: choose at least one answer." in words_of(page)
    assert own_steps(target_desk) == []


def test_what_the_ladder_refuses_is_neither_offered_nor_recorded(target_desk):
    form = target_desk.form("vale")
    target_desk.wait(seconds=5)
    before = target_desk.rows()
    page = target_desk.browser.post(
        target_desk.path("vale"), data={**form, "police": "withdrawn", "do": "own_word"}
    )
    assert "No longer: I take my answer back" not in words_of(page)
    assert target_desk.rows() == before


@pytest.mark.parametrize("who", ["head", "deputy", "dsl"])
def test_nobody_else_answers_for_them(target_desk, who):
    form = form_of(target_desk.get(who))
    target_desk.wait(seconds=5)
    page = target_desk.browser.post(target_desk.path(who), data={**form, "safe": "safe", "do": "own_word"})
    assert "Nothing was changed" in words_of(page)
    assert own_steps(target_desk) == []


def test_where_no_case_is_open_their_word_begins_it_and_nobody_who_was_told_is_told_again(tmp_path):
    route = {**THREAT, "route": Route.REQUEST_REMOVAL}
    desk = PageDesk(tmp_path, told=("head", "vale"), **route)
    answer(desk, support="accepted")
    found = case(desk)
    assert (found.target, found.support, found.support_by) == ("vale", Support.ACCEPTED, "vale")
    with desk.store.read() as con:
        sent = con.execute("SELECT person_id FROM outbox WHERE kind = 'answer' AND withdrawn_at IS NULL")
        assert sent.fetchall() == [("head",)]


def test_a_look_at_the_page_begins_no_case(tmp_path):
    desk = PageDesk(tmp_path, told=("head", "vale"), **(THREAT | {"route": Route.REQUEST_REMOVAL}))
    before = desk.rows()
    desk.get("vale")
    assert desk.rows() == before


def test_who_comes_first_must_act_and_may_say_so_for_themselves_too(tmp_path):
    desk = PageDesk(tmp_path, told=("head",), **aimed_at("head"))
    begin(desk)
    assert "I am safe" in words_of(desk.press("read", "head"))


def test_whom_it_threatens_and_may_accuse_says_that_they_are_safe_and_reads_no_more_than_that(tmp_path):
    accused = {**THREAT, "accuses": (Meant("person:vale", 1.0, "name"),)}
    desk = PageDesk(tmp_path, told=("head",), **accused)
    page = desk.get("vale")
    said = words_of(page)
    assert "Somebody may wish you harm." in said
    assert [o for o in ("I am safe", "I would like support", "Yes, they may be told") if o in said] == [
        "I am safe", "I would like support",
    ]  # fmt: skip
    assert not [word for word in (WORDS[:20], "forum", "larch-dad", "Jane Holt") if word in said]
    assert "Those who deal with it are told." in words_of(answer(desk, safe="safe"))


def test_their_today_leads_to_their_page_and_says_no_more(tmp_path):
    desk = PageDesk(tmp_path, told=("head",), **THREAT | {"accuses": (Meant("person:vale", 1.0, "name"),)})
    desk.path("vale")
    page = desk.browser.get("/")
    said = "You may be in danger 1 If anyone is in danger, ring 999. Somebody may wish you harm."
    assert said in words_of(page)
    assert f'href="{desk.context.links.at_desk("s-one")}"' in page.text


def test_the_link_in_their_mail_works_once_a_case_has_another_number_and_a_newer_message_was_sent(tmp_path):
    desk = PageDesk(tmp_path, told=("head", "vale"), **THREAT)
    begin(desk)
    again = replace(desk.alert, times=2, raised_at=desk.clock())
    do_in(desk.store, put_alerts, [again], desk.clock())
    assert "I am safe" in words_of(desk.get("vale"))


def test_whom_a_person_named_reads_what_was_posted_behind_a_tap_and_below_what_they_are_owed(tmp_path):
    desk = PageDesk(tmp_path, told=("head",), **STREET)
    assert desk.get("vale").status_code == 410
    tell(desk, "head", do="name", aimed_at="vale", how="wrong", why="It gives her street")
    assert WORDS not in desk.get("vale").text
    read = words_of(desk.press("read", "vale"))
    assert read.index("You are entitled to support") < read.index(WORDS[:20])


def test_whom_a_matter_of_the_leads_wrongs_and_does_not_threaten_is_promised_support_and_nobody_to_ring(
    tmp_path,
):
    desk = PageDesk(tmp_path, told=("dsl",), **CHILD)
    tell(desk, do="name", aimed_at="vale", how="wrong", why="It gives her street")
    page = words_of(desk.get("vale"))
    assert "Somebody has posted something about you" in page
    assert "I would like support" in page
    assert not [promise for promise in ("wish you harm", "whom to ring", "safe") if promise in page]


def test_whom_it_accuses_and_does_not_threaten_finds_nothing(tmp_path):
    desk = PageDesk(tmp_path, told=("head",), **STREET | {"accuses": (Meant("person:vale", 1.0, "name"),)})
    assert desk.get("vale").status_code == 410


def test_what_they_said_is_shown_back_to_them_and_that_they_are_safe_with_its_time(target_desk):
    assert "What holds so far" not in words_of(target_desk.get("vale"))
    shown = words_of(answer(target_desk, safe="safe", support="accepted"))
    said = "You said that you are safe (09:00, Tuesday 17 November). You would like support."
    assert said in shown
    assert said in words_of(target_desk.get("vale"))


def test_whoever_was_asked_by_number_has_one_button_and_reads_it_once_they_have_it(desk):
    assert buttons_of(desk.get("vale")) == []
    asked = Escalation(desk.alert.id, desk.alert.urn, 1, 1, "vale", desk.clock(), StillOpen.BY_NUMBER)
    do_in(desk.store, escalations.put_step, asked)
    page = desk.get("vale")
    assert "An alarm that nobody at the school has answered." in words_of(page)
    assert buttons_of(page) == ["have"]
    assert WORDS[:20] not in page.text
    desk.press("have", "vale")
    assert desk.has() == {desk.alert.id: "vale"}
    assert "read" in buttons_of(desk.get("vale"))
