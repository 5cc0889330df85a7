"""A report of what somebody saw, without any door."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders.case_desk import NOW, Desk, run
from builders.mention import a_batch, a_mention, a_verdict, an_alert
from builders.taken_in import what_became_of

from data.errors import InputError
from data.evidence.handed_in import ReportState
from data.steps.acts import Done, Refused
from data.store.alerts import alerts as alert_store
from data.store.cases.case_posts import post, stories_of_posts
from data.store.engine.audit_chain import AuditEntry, append
from data.store.mentions.batch import save
from data.store.verdicts.stories import story
from data.store.verdicts.verdicts import former_verdicts
from data.types import About, Person, Policy, Reason, Role, Route
from monitor.act.report_in import NotYetTaken, hand_in_picture, judge_image, report_in, state_of
from monitor.config.home.lookup import known_person
from monitor.home import wiring
from monitor.pipeline import spool
from monitor.pipeline.sighting import Report


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def take(desk, report, content=None, urn="900001"):
    """What becomes of a report that is handed in at that school."""
    home, config = wiring.settings(desk.home, None)
    file = desk.home / "shot.png" if content else None
    return report_in(config, home, spool.Kept(report, urn, file, NOW), content, lambda: NOW)


def act(desk, do, person, *given, **how):
    """What becomes of an act of that person."""
    home, config = wiring.settings(desk.home, None)
    return do(config, home, known_person(config, person), *given, **how)


def reported(desk):
    return take(desk, Report("Oakfield Primary School sang today.", "", "facebook", None, None, NOW))


def rows(desk):
    with desk.store.read() as con:
        return con.execute("SELECT count(*) FROM mentions").fetchone()[0]


def test_what_is_reported_is_judged_and_saved_and_waits_nowhere(desk):
    done = reported(desk)
    assert isinstance(done, Done)
    assert rows(desk) == 1
    assert not list((desk.home / "spool").glob("*"))


def test_what_cannot_be_judged_waits_where_it_was_written_down(desk, monkeypatch):
    def broken(*_):
        raise RuntimeError("judge")

    with monkeypatch.context() as within:
        within.setattr("monitor.act.report_in.take_in", broken)
        with pytest.raises(NotYetTaken) as failed:
            reported(desk)
    assert str(failed.value.fault) == "judge"
    assert failed.value.path is not None
    assert failed.value.path.exists()
    assert rows(desk) == 0


PICTURE = b"\x89PNG NOT A PICTURE OF ANYBODY"
SEXUAL = {"content_class": "C10", "restricted": True, "route": Route.SAFEGUARDING, "about": About.PUPIL}


def judged(desk, mention, alerts=(), **verdict):
    batch = a_batch(mention, verdicts=[a_verdict(mention, **verdict)], story_id="story-seen", alerts=alerts)
    with desk.store.write("test") as con:
        save(con, batch, now=NOW, policy=Policy())


def let_in(desk, mention, person="pike", read=lambda: PICTURE):
    """A file of that post, handed in by that person afterwards."""
    of = ("900001", mention[:8])
    return act(desk, hand_in_picture, person, of, read, "It shows the school gate.", lambda: NOW)


def of_a_child(desk, *codes):
    """A post judged to be about a picture of a child."""
    mention = a_mention("seen")
    reasons = tuple(Reason(code, code) for code in codes)
    judged(desk, mention, abuse=("sexual", "safeguarding"), reasons=reasons, **SEXUAL)
    return mention.id


def test_a_safeguarding_lead_hands_in_what_only_the_model_took_for_a_picture_of_a_child(desk):
    done = let_in(desk, of_a_child(desk))
    assert isinstance(done, Done)
    assert [p.read_bytes() for p in desk.store.evidence.glob("??/*")] == [PICTURE]
    with desk.store.read() as con:
        sql = """SELECT actor, note FROM audit
            JOIN audit_notes n ON list_contains(codes, 'note:' || n.sha256)
            WHERE action = $action AND subject = $subject"""
        told = con.execute(sql, {"action": "picture_shows_nothing", "subject": done.made}).fetchall()
    assert told == [("pike", "It shows the school gate.")]


@pytest.mark.parametrize(
    ("person", "codes", "guard"),
    [
        ("holt", (), "safeguarding_lead"),
        ("vale", (), "safeguarding_lead"),
        ("pike", ("sexual_images",), "no_child_image"),
        ("pike", ("child_image_reported",), "no_child_image"),
    ],
)
def test_nobody_else_does_and_nothing_that_the_words_or_a_person_call_one(desk, person, codes, guard):
    done = let_in(desk, of_a_child(desk, *codes), person, lambda: pytest.fail("it was read"))
    assert isinstance(done, Refused)
    assert done.guard == guard
    assert not desk.store.evidence.exists()


def test_no_file_is_let_in_at_an_address_at_which_somebody_saw_an_image_of_a_child(desk):
    mention = a_mention("seen")
    judged(desk, mention)
    take(desk, Report("", mention.url, mention.channel, None, None, NOW, child_image=True))
    done = let_in(desk, mention.id, read=lambda: pytest.fail("it was read"))
    assert isinstance(done, Refused)
    assert done.guard == "no_child_image"


WHERE = "https://www.facebook.com/groups/northvale.example/posts/88"


def handed_in(desk, text, content=None, image=False):
    said = text if image else ""
    report = Report(text, WHERE, "facebook", None, None, NOW, child_image=image, judged=said)
    return what_became_of(desk.store, "900001", take(desk, report, content).made.number, WHERE)


def said_of_image(desk, person, *, shows=False, url=WHERE):
    return act(desk, judge_image, person, ("900001", url), "I looked at the page.", NOW, shows=shows)


def pictures(desk):
    return [p for p in desk.store.evidence.glob("??/*") if p.read_bytes() == PICTURE]


INSULT = "Mr Vale of Oakfield Primary School is a fat useless moron and an ugly pig."


def test_evidence_that_anybody_blocked_is_taken_once_a_safeguarding_lead_has_withdrawn_it(desk):
    handed_in(desk, "", image=True)
    blocked = handed_in(desk, INSULT, PICTURE)
    assert (blocked.warned, blocked.restricted, pictures(desk)) == (True, True, [])
    with desk.store.read() as con:
        assert post(con, blocked.mention, restricted=True).text == INSULT
    assert said_of_image(desk, "pike", url=f"{WHERE}/?utm_source=x").made == 1
    assert not handed_in(desk, INSULT, PICTURE).warned
    assert len(pictures(desk)) == 1


def test_once_it_is_withdrawn_it_hides_nothing_that_is_said_there(desk):
    handed_in(desk, "", image=True)
    said_of_image(desk, "pike")
    assert not handed_in(desk, INSULT).restricted


NOT_SURE = "Summer fair at Oakfield Primary, not sure about this photo of the stalls."


def test_the_file_of_a_report_nobody_was_sure_of_is_taken_with_the_same_words_once_that_is_withdrawn(desk):
    handed_in(desk, NOT_SURE, image=True)
    handed_in(desk, NOT_SURE, PICTURE)
    assert pictures(desk) == []
    said_of_image(desk, "pike")
    handed_in(desk, NOT_SURE, PICTURE)
    assert len(pictures(desk)) == 1


def test_the_file_of_a_report_nobody_was_sure_of_is_handed_in_by_who_withdrew_that(desk):
    flagged = handed_in(desk, NOT_SURE, image=True).mention
    assert let_in(desk, flagged).guard == "no_child_image"
    said_of_image(desk, "pike")
    assert isinstance(let_in(desk, flagged), Done)
    assert len(pictures(desk)) == 1


def test_where_the_words_themselves_tell_of_such_a_picture_withdrawing_lets_in_nothing(desk):
    words = "Somebody used an app to make a fake nude of Ellie, she is in year 6 at Oakfield Primary School"
    flagged = handed_in(desk, words, image=True).mention
    said_of_image(desk, "pike")
    assert let_in(desk, flagged).guard == "no_child_image"
    handed_in(desk, words, PICTURE)
    assert pictures(desk) == []


def test_an_image_that_is_reported_after_one_was_withdrawn_is_an_alert_and_blocks_again(desk):
    first = handed_in(desk, "", image=True)
    said_of_image(desk, "pike")
    again = handed_in(desk, "", image=True)
    assert again.alert not in (None, first.alert)
    assert handed_in(desk, INSULT, PICTURE).warned


KNIFE = "I will stab Mr Vale at the gate of Oakfield Primary tomorrow, I have the knife."
HIT_AT_HOME = "My stepdad hits me, I am at Oakfield Primary in Northvale."


def restricted(desk):
    """The texts that only few may read, but for the flags themselves."""
    with desk.store.read() as con:
        kept = con.execute("SELECT text FROM restricted_texts ORDER BY text").fetchall()
        return [text for (text,) in kept if text]


def test_what_the_flag_alone_hid_is_shown_again_with_its_reasons_once_it_is_withdrawn(desk):
    seen = handed_in(desk, INSULT)
    handed_in(desk, "", image=True)
    threat = handed_in(desk, KNIFE)
    assert restricted(desk) == [KNIFE, INSULT]
    said_of_image(desk, "pike")
    assert restricted(desk) == []
    with desk.store.read() as con:
        shown = [post(con, one.mention) for one in (seen, threat)]
        assert [(p.text, p.url) for p in shown] == [(INSULT, WHERE), (KNIFE, WHERE)]
        (told,) = stories_of_posts(con, "900001", threat.mention)[threat.mention]
        (alert,) = (a for a in alert_store.list_alerts(con, open_only=False) if a.story_id == told)
        assert not alert.restricted
        assert story(con, told).row.title == KNIFE
        assert all(r.text for r in (*alert.because, *former_verdicts(con, [threat.mention])[0].reasons))


@pytest.mark.parametrize("flag_first", [True, False])
def test_what_is_shown_again_is_proved_as_before(desk, flag_first):
    for words in ("", KNIFE) if flag_first else (KNIFE, ""):
        handed_in(desk, words, image=not words)
    said_of_image(desk, "pike")
    done = run("evidence", "verify", "1", "--as", "pike", "--home", str(desk.home))
    assert (done.code, restricted(desk)) == (0, []), done.out + done.err


def test_what_its_words_or_those_beside_it_restrict_stays_so(desk):
    handed_in(desk, INSULT)
    handed_in(desk, HIT_AT_HOME)
    handed_in(desk, "", image=True)
    handed_in(desk, KNIFE)
    said_of_image(desk, "pike")
    assert restricted(desk) == [KNIFE, HIT_AT_HOME]


def test_what_a_case_keeps_for_the_safeguarding_lead_stays_so(desk):
    handed_in(desk, KNIFE)
    with desk.store.write("test") as con:
        con.execute("UPDATE cases SET lane = 'safeguarding'")
    handed_in(desk, "", image=True)
    said_of_image(desk, "pike")
    assert restricted(desk) == [KNIFE]


def test_what_a_safeguarding_lead_confirms_stays_and_her_reason_is_recorded(desk):
    flag = handed_in(desk, "", image=True)
    assert isinstance(said_of_image(desk, "pike", shows=True), Done)
    assert handed_in(desk, INSULT, PICTURE).warned
    with desk.store.read() as con:
        sql = """SELECT actor, subject, note FROM audit JOIN audit_notes n
            ON list_contains(codes, 'note:' || n.sha256) WHERE action = 'child_image_confirmed'"""
        assert con.execute(sql).fetchall() == [("pike", flag.mention, "I looked at the page.")]


@pytest.mark.parametrize(
    ("person", "url", "guard"),
    [
        ("vale", WHERE, "safeguarding_lead"),
        ("holt", WHERE, "safeguarding_lead"),
        ("pike", "https://example.org/", "one_post"),
    ],
)
def test_nobody_else_says_what_an_image_shows_nor_of_an_address_of_which_nobody_said_so(
    desk, person, url, guard
):
    handed_in(desk, "", image=True)
    done = said_of_image(desk, person, url=url)
    assert isinstance(done, Refused)
    assert done.guard == guard
    assert handed_in(desk, INSULT, PICTURE).warned


def said_elsewhere(desk):
    """What is made of it by a safeguarding lead of another school, who withdraws it."""
    home, config = wiring.settings(desk.home, None)
    theirs = Person("ward", "Noor Ward", (Role.DSL,), "ward@example.org", ("900002",))
    config = replace(config, people=(*config.people, theirs))
    return judge_image(config, home, theirs, ("900002", WHERE), "I looked.", NOW, shows=False)


def test_a_safeguarding_lead_of_another_school_withdraws_nothing(desk):
    handed_in(desk, "", image=True)
    assert isinstance(said_elsewhere(desk), Refused)
    assert handed_in(desk, INSULT, PICTURE).warned


def test_what_was_said_of_an_image_at_two_schools_is_withdrawn_by_a_safeguarding_lead_of_each(desk):
    handed_in(desk, "", image=True)
    take(desk, Report("", WHERE, "facebook", None, None, NOW, child_image=True), urn="900002")
    assert isinstance(said_elsewhere(desk), Done)
    assert handed_in(desk, INSULT, PICTURE).warned
    said_of_image(desk, "pike")
    assert not handed_in(desk, INSULT, PICTURE).warned


def brought(desk, alert, **verdict):
    """A report that was handed in and alerted so; gives what asks how far it is, for a person or none."""
    mention = a_mention("seen")
    judged(desk, mention, [alert], **verdict)
    with desk.store.write("test") as con:
        append(con, [AuditEntry(NOW, "report-in", "reported_in", mention.id, "900001")])
    home, config = wiring.settings(desk.home, None)
    return lambda who: state_of(config, home, "900001", mention.id[:8], who and known_person(config, who))


def test_whoever_brought_it_is_told_that_it_is_received_then_dealt_with_then_ended(desk):
    alert = an_alert("story-seen")
    insult = {"route": Route.PLATFORM_REPORT, "content_class": "C2", "abuse": ("harassment",)}
    state = brought(desk, alert, **insult)
    assert state("holt") is ReportState.RECEIVED
    assert desk("open", alert.id, "--as", "holt").code == 0
    assert state("holt") is ReportState.IN_HAND
    assert desk("close", "1", "--mistaken", "--as", "holt", "--why", "It is of another school.").code == 0
    assert state("holt") is ReportState.ENDED
    for nobody in (None, "vale"):
        with pytest.raises(InputError):
            state(nobody)


@pytest.mark.parametrize(("accused", "about"), [("holt", About.HEAD), ("vale", About.STAFF)])
def test_whoever_may_be_accused_is_not_told_that_a_case_runs(desk, accused, about):
    alert = an_alert(
        "story-seen", audience=("pike",), excluded=(accused,), restricted=True, route=Route.SAFEGUARDING
    )
    state = brought(desk, alert, **SEXUAL | {"about": about}, abuse=("safeguarding",), subjects=(accused,))
    assert desk("open", alert.id, "--as", "pike").code == 0
    assert state("pike") is ReportState.IN_HAND
    for who in (accused, None):
        with pytest.raises(InputError):
            state(who)


@pytest.mark.parametrize("danger", ["no", "now"])
@pytest.mark.parametrize("person", [None, "vale", "marsh"])
def test_nobody_is_sent_to_a_safeguarding_lead_whom_it_may_accuse(desk, person, danger):
    words = "A pupil at Oakfield Primary School told me on the bus what goes on."
    given = ("--about", "dsl", "--danger", danger, "--image-not-sure", "--school", "900001")
    who = ("--as", person) if person else ()
    done = run("report-in", *given, *who, "--text", "-", "--home", str(desk.home), said=words)
    assert "Ring Jane Holt now" in done.out
    assert not any(one in done.out for one in ("Robin Pike", "the DSL", "safeguarding lead"))


@pytest.mark.parametrize("reference", ["", "1234567", "12345678", "%"])
def test_without_its_reference_nothing_is_told(desk, reference):
    home, config = wiring.settings(desk.home, None)
    with pytest.raises(InputError):
        state_of(config, home, "900001", reference)
