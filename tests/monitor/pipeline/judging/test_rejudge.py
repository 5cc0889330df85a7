"""Open matters whose verdicts are from before an upgrade: judged again once, and what rises is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from builders.case_desk import run
from builders.home import a_migrated_store
from builders.judges import PEOPLE, judges
from builders.mention import Clock

import monitor.pipeline.judge
from data.content_class import ContentClass
from data.store import owners as owner_store
from data.store.alerts import alerts as alert_store
from data.store.mentions import rejudge as store_of_it
from data.store.verdicts.verdicts import former_verdicts
from data.types import (
    PERHAPS,
    About,
    Harm,
    Mark,
    Marked,
    Meant,
    Mention,
    MentionKind,
    Outcome,
    Person,
    Role,
    Route,
    Severity,
    Source,
    SourceRun,
)
from monitor.pipeline.collect import Collected
from monitor.pipeline.judge import judge, keep
from monitor.pipeline.judging import rejudge
from monitor.pipeline.judging.rejudge import judge_again, united
from monitor.pipeline.sighting import CHILD_IMAGE_TEXT

NOW = datetime(2026, 11, 17, 16, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=2)
TOWN = Source("town", "feed", "https://talk.example.org/", urns=("900001",))
THREAT = "I am going to kill Ms Larkspur of Oakfield Primary, Northvale. See you at the gate."
ALLEGED = "The head at Oakfield Primary, Northvale grabbed my 7 year old and left bruises on his arm."
CHAIR = Person("chair", "Mr Edmund Saltmarsh", (Role.CHAIR,), "chair@example.org")
JUDGES = replace(judges(), people=(*PEOPLE, CHAIR))
TO_ANSWER = {"severity": Severity.TODAY, "route": Route.RESPOND}
TO_LOOK_AT = {"severity": Severity.NOTE, "route": Route.NOTE, "look": True, "look_rank": 0.5}


@pytest.fixture
def store(tmp_path):
    return a_migrated_store(tmp_path, Clock(NOW))


def judged_before(store, monkeypatch, text, n=1, **old):
    """Keeps a post with the verdict that rules of before gave it, and delivers what that led to."""
    real = monitor.pipeline.judge.decide
    calm = {
        "abuse": (), "about": About.SCHOOL, "content_class": ContentClass.FAIR_COMMENT, "restricted": False,
        "look": False, "subject_person": None, "endangers": (), "accuses": (),
    }  # fmt: skip

    def by_old_rules(*args, **given):
        return replace(real(*args, **given), **(calm | old))

    mention = Mention(
        id=f"{n:016x}", url=f"https://talk.example.org/{n}", channel="local_forum", kind=MentionKind.POST,
        title="", text=text, fetched_at=NOW, author=f"poster{n}", published=NOW,
    )  # fmt: skip
    reading = SourceRun(TOWN.id, NOW, NOW, Outcome.OK, pages=1, mentions_read=1)
    with monkeypatch.context() as patched:
        patched.setattr(monitor.pipeline.judge, "decide", by_old_rules)
        judged = judge(Collected(TOWN, reading, (mention,)), store, JUDGES, NOW)
    with store.write("test") as con:
        keep(con, judged, JUDGES, NOW)
        con.execute("UPDATE verdicts SET endangers = NULL, accuses = NULL")
        con.execute("UPDATE outbox SET sent_at = due_at")


def again(store, at=LATER):
    return judge_again(store, lambda: JUDGES, Clock(at))


def rows(store, sql):
    with store.read() as con:
        return con.execute(sql).fetchall()


def the_alert(store):
    with store.read() as con:
        (alert,) = alert_store.list_alerts(con, open_only=False)
    return alert


def mailed(store):
    return sorted(person for (person,) in rows(store, "SELECT person_id FROM outbox WHERE sent_at IS NULL"))


def test_a_threat_that_was_filed_as_one_to_answer_rises_and_its_target_is_told(store, monkeypatch):
    judged_before(store, monkeypatch, THREAT, **TO_ANSWER)
    assert again(store) == 1
    alert = the_alert(store)
    assert (alert.severity, alert.route, alert.times) == (Severity.THIS_HOUR, Route.POLICE_NOW, 2)
    assert alert.because[0].code == "judged_again"
    assert "dsl" in mailed(store)  # Ms Larkspur is she at whom it is aimed
    (body,) = rows(store, "SELECT body FROM outbox WHERE sent_at IS NULL AND person_id = 'head'")[0]
    assert "It is not new: we have judged it again, by better rules." in " ".join(body.split())
    assert rows(store, "SELECT action, codes FROM audit WHERE action = 'judged_again'") == [
        ("judged_again", ["version:1", "severity:4", "route:police_now"])
    ]


def test_whom_the_rules_of_before_took_for_accused_is_told_of_the_danger_alone(store, monkeypatch):
    threat = THREAT.replace("Ms Larkspur", "Mrs Quillfeather")
    judged_before(store, monkeypatch, threat, **TO_ANSWER, about=About.HEAD)
    assert "head" not in the_alert(store).audience
    again(store)
    alert = the_alert(store)
    assert alert.warned == ("head",)
    assert "head" not in alert.audience
    assert mailed(store) == ["chair", "dsl", "head"]


def test_an_allegation_that_may_mean_the_head_leaves_the_head_out(store, monkeypatch):
    judged_before(store, monkeypatch, ALLEGED, **TO_ANSWER)
    assert "head" in the_alert(store).audience
    again(store)
    alert = the_alert(store)
    assert "head" in alert.excluded
    assert mailed(store) == sorted(alert.audience)
    assert "dsl" in alert.audience
    assert rows(store, "SELECT restricted, url FROM mentions") == [(True, None)]
    assert rows(store, "SELECT text FROM mention_versions") == [(None,)]
    assert rows(store, "SELECT text, len(reasons['900001']) > 0 FROM restricted_texts") == [(ALLEGED, True)]


def test_whom_it_endangered_before_it_endangers_still_each_as_surely_as_either_says(store, monkeypatch):
    school = Meant("school", 1.0, "signal:arson", Harm.VIOLENCE)
    head, perhaps = replace(school, who="office:head"), replace(school, sure=PERHAPS, by="model:threat")
    judged_before(store, monkeypatch, THREAT, **TO_ANSWER)
    with store.read() as con:
        (old,) = former_verdicts(con, [f"{1:016x}"])
    found = united(replace(old, endangers=(head, perhaps)), replace(old, endangers=(school,)))
    assert set(found.endangers) == {head, school}
    assert set(united(replace(old, endangers=(school,)), replace(old, endangers=(perhaps,))).endangers) == {
        school
    }


def test_of_an_image_of_a_child_where_it_lies_is_nobodys_words(store, monkeypatch):
    report = f"{CHILD_IMAGE_TEXT} File: file:///{THREAT}"
    judged_before(store, monkeypatch, report, **TO_ANSWER)
    again(store)
    assert the_alert(store).route is Route.RESPOND


def test_what_waits_for_whom_it_may_accuse_is_withdrawn(store, monkeypatch):
    judged_before(store, monkeypatch, ALLEGED, **TO_ANSWER)
    with store.write("test") as con:
        con.execute("UPDATE outbox SET sent_at = NULL")
    again(store)
    waits = rows(store, "SELECT person_id, times FROM outbox WHERE withdrawn_at IS NULL ORDER BY 1")
    assert waits == [(person, 2) for person in sorted(the_alert(store).audience)]
    assert ("head", 2) not in waits


def test_a_look_rises_to_an_alert(store, monkeypatch):
    judged_before(store, monkeypatch, THREAT, **TO_LOOK_AT)
    again(store)
    assert the_alert(store).route is Route.POLICE_NOW


def test_it_never_falls_below_what_was_told(store, monkeypatch):
    judged_before(
        store, monkeypatch, "The winter fair of Oakfield Primary, Northvale was lovely.",
        severity=Severity.THIS_HOUR, route=Route.SAFEGUARDING, restricted=True, about=About.PUPIL,
        content_class=ContentClass.SAFEGUARDING, abuse=("safeguarding",),
    )  # fmt: skip
    before, judged_at = the_alert(store), "SELECT severity, route, restricted, judged_at FROM verdicts"
    held = rows(store, judged_at)
    assert again(store) == 1
    assert the_alert(store) == before
    assert rows(store, judged_at) == held
    assert mailed(store) == []


def _mark(con, story):
    owner_store.put(con, Marked(story, "900001", Mark.NOT_US, "head", NOW))


def _close(con, story):
    con.execute(
        f"""INSERT INTO cases BY NAME SELECT '0001' AS id, '{story}' AS story_id, '900001' AS urn,
        'C0' AS content_class, TIMESTAMPTZ '2026-11-17 17:00Z' AS opened_at, 'head' AS opened_by,
        TIMESTAMPTZ '2026-11-17 18:00Z' AS closed_at, false AS hold, 'closed' AS state"""
    )


def _hand_over(con, story):
    alert_store.hand_over(con, alert_store.list_alerts(con)[0].id, "dsl", NOW)


def _not_seen(con, story):
    con.execute("UPDATE sightings SET last_seen = last_seen - INTERVAL 91 DAY")


@pytest.mark.parametrize("end", [_mark, _close, _hand_over, _not_seen])
def test_what_is_over_is_left_as_it_was(store, monkeypatch, end):
    judged_before(store, monkeypatch, THREAT, **TO_ANSWER)
    story = the_alert(store).story_id
    with store.write("test") as con:
        end(con, story)
    assert again(store) == 0
    assert rows(store, "SELECT severity, accuses FROM verdicts") == [(3, None)]


def test_nothing_is_done_or_told_twice_and_no_reading_is_recorded(store, monkeypatch):
    judged_before(store, monkeypatch, THREAT, **TO_ANSWER)
    seen = "SELECT * FROM sightings, source_runs"
    before = rows(store, seen)
    again(store)
    written = rows(store, "SELECT count(*) FROM outbox, audit")
    assert again(store) == 0
    assert rows(store, "SELECT count(*) FROM outbox, audit") == written
    assert rows(store, seen) == before


def test_killed_between_two_stories_it_goes_on_where_it_stopped(store, monkeypatch):
    for n, who in enumerate(("Ms Larkspur", "Mr Thistlewood", "Mrs Quillfeather")):
        judged_before(store, monkeypatch, THREAT.replace("Ms Larkspur", who), n, **TO_ANSWER)
    alerts = rows(store, "SELECT count(*) FROM alerts")
    assert alerts == [(3,)]
    monkeypatch.setattr(rejudge, "AT_A_TIME", 1)
    kept = []

    def killed(con, *args):
        if kept:
            raise KeyboardInterrupt
        kept.append(put(con, *args))

    put = rejudge.put_again
    with monkeypatch.context() as patched:
        patched.setattr(rejudge, "put_again", killed)
        with pytest.raises(KeyboardInterrupt):
            again(store)
    assert rows(store, "SELECT count(*) FROM alerts WHERE times = 2") == [(1,)]
    assert again(store) == 2
    assert rows(store, "SELECT count(*) FROM alerts WHERE times = 2") == [(3,)]
    told = rows(store, "SELECT count(*), count(DISTINCT (alert_id, person_id)) FROM outbox WHERE times = 2")
    assert told[0][0] == told[0][1]


def test_what_somebody_edited_meanwhile_is_left_to_that(store, monkeypatch):
    judged_before(store, monkeypatch, THREAT, **TO_ANSWER)
    real = rejudge.explained

    def edited_meanwhile(*args):
        with store.write("test") as con:
            con.execute("UPDATE verdicts SET endangers = [], accuses = []")
        return real(*args)

    monkeypatch.setattr(rejudge, "explained", edited_meanwhile)
    assert again(store) == 0


def test_a_home_that_begins_with_this_version_is_asked_once_and_needs_no_rules(store):
    with store.read() as con:
        assert not store_of_it.any_before(con)
    assert judge_again(store, lambda: pytest.fail("rules were read"), Clock(NOW)) == 0


def test_a_scan_by_hand_begins_with_it_and_a_fault_in_it_keeps_no_scan(tmp_path, monkeypatch):
    (tmp_path / "schoolgate.toml").write_text(
        '[[schools]]\nurn = "900001"\nname = "Oakfield Primary School"\n'
        '[[sources]]\nid = "local"\nkind = "feed"\nurl = "http://127.0.0.1:9/feed.xml"\n'
    )
    asked = []

    def broken(store, *_):
        asked.append(store.home)
        raise RuntimeError

    monkeypatch.setattr(rejudge, "judge_again", broken)
    done = run("scan", "--no-send", "--home", str(tmp_path))
    assert asked == [tmp_path]
    assert "exit 3: done, but some sources failed" in done.out


def test_what_weighed_most_is_kept_anew_with_the_verdict_that_is_given_again(store, monkeypatch):
    calm = "Does anybody know the way?"
    judged_before(store, monkeypatch, f"{calm} {THREAT} {calm}", **TO_ANSWER, weighed_most=None)
    with store.write("as before") as con:
        con.execute("UPDATE verdicts SET weighed_most = NULL")
    assert again(store) == 1
    ((start, end),) = [span for (span,) in rows(store, "SELECT weighed_most FROM verdicts")]
    assert f"{calm} {THREAT} {calm}"[start:end] == THREAT.partition(".")[0] + "."
