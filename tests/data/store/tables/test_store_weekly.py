"""What the governors' report counts: of posts, of what the school did and of removals; nothing restricted."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from builders.case import a_case as of_steps
from builders.case import a_step
from builders.mention import NOW, POLICY, URN, a_batch, a_mention, a_run, a_verdict, an_alert, keep, save

from alerts.ladder.replay import replay
from data.retention import deleting
from data.rungs import Rung
from data.steps.codes import StepKind
from data.store import cases as case_store
from data.store import weekly as weekly_store
from data.store.alerts import ack, put_alerts
from data.store.engine.audit_chain import AuditEntry, Code, append
from data.store.sources import put_sources
from data.store.weekly import DONE, Removal, count_actions
from data.types import Reason, Relevance, Route, Sentiment, Source

WEEK = (URN, NOW - timedelta(days=6), NOW + timedelta(days=1))


def stories(con, *names, restricted=False):
    for name in names:
        con.execute("INSERT INTO stories VALUES (?, ?, '', ?, ?, ?)", [name, URN, NOW, NOW, restricted])


def a_case(con, name, *steps, content_class="C11", opened=NOW, restricted=False, locked=False, detail="{}"):
    con.execute(
        "INSERT INTO cases (id, story_id, urn, content_class, rung, opened_at, opened_by, closed_at, hold, "
        "restricted, locked) VALUES (?, ?, ?, ?, 'host', ?, 'head', NULL, FALSE, ?, ?)",
        [name, name, URN, content_class, opened, restricted, locked],
    )
    for n, (step, done_at) in enumerate(steps):
        con.execute(
            "INSERT INTO case_steps (case_id, n, urn, step, actor, done_at, due_at, detail) "
            "VALUES (?, ?, ?, ?, 'head', ?, NULL, ?)",
            [name, n, URN, step, done_at, detail],
        )


def test_only_open_matters_of_the_week_count_as_put_before_somebody(store):
    with store.write("alerts") as con:
        stories(con, "plain", "acked", "hidden", "class", "route", "before")
        stories(con, "beside", restricted=True)
        alerts = [
            an_alert("plain"), an_alert("acked"), an_alert("hidden", restricted=True),
            an_alert("class", content_class="C9"), an_alert("route", route=Route.SAFEGUARDING),
            an_alert("beside"), an_alert("before", raised_at=NOW - timedelta(days=7)),
        ]  # fmt: skip
        put_alerts(con, alerts, NOW)
        ack(con, alerts[1].id, "head", NOW + timedelta(minutes=9))
        found = weekly_store.answers(con, *WEEK)
    assert sorted(str(a.acked_at) for a in found) == sorted((str(NOW + timedelta(minutes=9)), "None"))


def test_only_open_cases_of_the_week_count_with_the_newest_of_their_ends(store):
    later = NOW + timedelta(hours=2)
    with store.write("cases") as con:
        stories(con, "open", "gone", "c9", "c10", "before")
        stories(con, "beside", restricted=True)
        a_case(con, "open", ("letter", NOW))
        a_case(con, "gone", ("standing", NOW), ("letter", NOW), ("removed", later))
        a_case(con, "c9", content_class="C9")
        a_case(con, "c10", content_class="C10")
        a_case(con, "beside")
        a_case(con, "before", opened=NOW - timedelta(days=7))
        found = weekly_store.removals(con, *WEEK)
    ends = {(r.outcome, r.ended_at) for r in found}
    assert len(found) == 2
    assert ends == {(None, None), ("removed", later)}


def test_of_what_was_said_only_what_is_open_and_about_the_school_counts(store):
    given = {
        "calm": {},
        "threat": {"route": Route.POLICE_NOW, "content_class": "C6"},
        "apart": {"route": Route.SAFEGUARDING},
        "c9": {"content_class": "C9"},
        "c10": {"content_class": "C10"},
        "hidden": {"restricted": True},
        "elsewhere": {"relevance": Relevance.NOT_ABOUT},
    }
    counted = {}
    for name, judged in given.items():
        mention = a_mention(name, fetched_at=NOW)
        verdict = a_verdict(mention, themes=(f"of {name}",), **judged)
        with store.write("one") as con:
            save(con, a_batch(mention, verdicts=[verdict], story_id=f"s-{name}"), now=NOW, policy=POLICY)
            counted[name] = sum(weekly_store.count_kept(con, *WEEK).values())
    assert list(counted.values()) == [1, 2, 2, 2, 2, 2, 2]
    with store.open_reader() as con:
        assert len(weekly_store.count_themes(con, *WEEK)) == 2


def test_what_is_open_is_counted_and_of_it_no_theme_is_named(store):
    for name, judged in (("open", {}), ("ended", {}), ("hidden", {"restricted": True})):
        mention = a_mention(name, fetched_at=NOW)
        verdict = a_verdict(mention, themes=(f"of {name}",), **judged)
        alert = an_alert(f"s-{name}", raised_at=NOW, **judged)
        batch = a_batch(mention, verdicts=[verdict], alerts=[alert], story_id=f"s-{name}")
        keep(store, batch)
    with store.write("end") as con:
        a_case(con, "s-ended")
        con.execute("UPDATE cases SET closed_at = ?", [NOW])
        assert weekly_store.count_open_matters(con, URN, WEEK[2]) == 1
        assert [t.theme for t in weekly_store.count_themes(con, *WEEK)] == ["of ended"]
        assert weekly_store.count_open_matters(con, URN, WEEK[1]) == 0


@pytest.mark.parametrize("code", ["language_cy", "language_other", "too_few_words"])
def test_what_nobody_could_tell_the_tone_of_is_neither_praise_nor_concern(store, code):
    mention = a_mention("one", fetched_at=NOW)
    told = {
        "sentiment": Sentiment.POSITIVE,
        "reasons": (Reason(code, "Please read it."),),
        "themes": ("traffic",),
    }
    with store.write("one") as con:
        save(con, a_batch(mention, verdicts=[a_verdict(mention, **told)]), now=NOW, policy=POLICY)
        assert {tone for _, tone, _ in weekly_store.count_kept(con, *WEEK)} == {"neutral"}
        assert not weekly_store.count_themes(con, *WEEK)
        deleting.count(con, [mention.id])
        day = NOW.date()
        assert {tone for _, tone, _ in weekly_store.count_purged(con, URN, day, day)} == {"neutral"}


def _by_a_place_that_was_read(con):
    put_sources(con, [Source("feed:one", "feed", "https://example.org/feed", (URN,))])
    save(con, a_batch(run=a_run("feed:one", NOW)), now=NOW, policy=POLICY)


def _by_a_post_alone(con):
    save(con, a_batch(a_mention()), now=NOW, policy=POLICY)


@pytest.mark.parametrize("begun", [_by_a_place_that_was_read, _by_a_post_alone])
def test_a_school_is_watched_from_what_began_it_on(store, begun):
    with store.write("begin") as con:
        assert weekly_store.first_known_at(con, URN) is None
        begun(con)
        assert weekly_store.first_known_at(con, URN) == NOW
        assert weekly_store.first_known_at(con, "900009") is None


# ------------------------------------------------------------------ what the school did itself


def marked(story, mark, at=NOW, urn=URN):
    return AuditEntry(at, "head", "story_marked", story, urn, (f"mark:{mark}", Code.TIMES.of(1)))


def test_each_step_of_the_week_counts_once_where_it_was_taken_and_nothing_done_is_none_of_each(store):
    before = NOW - timedelta(days=7)
    with store.write("cases") as con:
        assert count_actions(con, *WEEK) == dict.fromkeys(DONE, 0)
        a_case(con, "one", ("asked", before), ("asked", NOW), ("asked", NOW), ("checked", NOW))
        a_case(con, "two", ("removed", NOW), ("changed", NOW), ("noted", NOW))
        found = count_actions(con, *WEEK)
    nothing = dict.fromkeys(DONE, 0)
    assert found == nothing | {"asked": 1, "gone": 2, "checked": 1}


def test_of_a_danger_the_last_word_counts_once_in_the_week_in_which_it_first_ended(store):
    hoax, safe = (json.dumps({"ending": "answered", "became": one}) for one in ("hoax", "safe"))
    later = URN, WEEK[-1], WEEK[-1] + timedelta(days=7)
    with store.write("cases") as con:
        a_case(con, "one", ("closed", NOW), ("closed", NOW + timedelta(minutes=1)), detail=hoax)
        a_case(con, "two", ("closed", NOW), ("closed", later[1]), detail=safe)
        a_case(con, "plain", ("closed", NOW), detail=json.dumps({"ending": "answered"}))
        a_case(con, "apart", ("closed", NOW), detail=safe, locked=True)
        assert weekly_store.count_became(con, *WEEK) == {"hoax": 1, "safe": 1}
        assert weekly_store.count_became(con, *later) == {}


def test_what_is_confidential_is_in_none_of_them_and_telling_the_police_is_no_asking_for_removal(store):
    """In a small school everybody would know of whom it tells."""
    with store.write("cases") as con:
        for given in ({"restricted": True}, {"locked": True}, {"content_class": "C10"}):
            a_case(con, str(given), ("asked", NOW), **given)
        assert count_actions(con, *WEEK) == dict.fromkeys(DONE, 0)
        for rung in (Rung.POLICE, Rung.HOST):
            a_case(con, rung.value, ("asked", NOW), detail=json.dumps({"rung": rung.value}))
        assert count_actions(con, *WEEK)["asked"] == 1


def test_marks_count_by_what_they_say(store):
    with store.write("marks") as con:
        con.execute("INSERT INTO stories VALUES ('hidden', ?, '', ?, ?, TRUE)", [URN, NOW, NOW])
        given = [marked("a", "answered"), marked("b", "answered"), marked("c", "not_us")]
        others = [marked("hidden", "answered"), marked("d", "not_us", NOW - timedelta(days=7))]
        append(con, [*given, *others, marked("e", "answered", urn="900009")])
        found = count_actions(con, *WEEK)
    assert (found["answered"], found["not_us"]) == (2, 1)


def test_a_mark_that_was_taken_back_counts_no_more_and_a_story_counts_once(store):
    with store.write("marks") as con:
        slip, right = marked("a", "not_us"), marked("a", "answered")
        undone = replace(slip, action="mark_undone")
        append(con, [slip, undone, right, replace(undone, codes=right.codes), right])
        append(con, [marked("b", "not_us"), replace(undone, subject="b")])
        found = count_actions(con, *WEEK)
    assert (found["answered"], found["not_us"]) == (1, 0)


@pytest.mark.parametrize(("code", "n"), [("subject_excluded", 0), ("fallback", 1)])
def test_what_keeps_out_who_signs_is_counted_nowhere_and_what_keeps_out_another_is(store, code, n):
    of = an_alert("theft", excluded=("holt",), because=(Reason(code, "."),))
    with store.write("alerts") as con:
        stories(con, "theft", "case")
        put_alerts(con, [of, replace(of, id="case", story_id="case")], NOW)
        append(con, [marked("theft", "not_us")])
        assert len(weekly_store.answers(con, *WEEK)) == 2 * n
        assert weekly_store.count_open_matters(con, URN, WEEK[-1]) == 2 * n
        a_case(con, "case", ("asked", NOW), ("removed", NOW))
        found = count_actions(con, *WEEK)
        assert (found["not_us"], found["asked"], found["gone"]) == (n, n, n)
        assert len(weekly_store.removals(con, *WEEK)) == n


# ------------------------------------------------------------------------------------ removals


HOUR = timedelta(hours=1)


def put(store, *steps, case_id="0001", **fields):
    """A case with these steps after its opening, each an hour after the one before."""
    given = [(StepKind.OPENED, None), *steps]
    done = [
        a_step(
            n,
            kind,
            case_id=case_id,
            at=NOW + (n - 1) * HOUR,
            facts=facts,
            **(
                {"clock": "basildon_24h", "due_at": NOW + (n + 23) * HOUR} if kind is StepKind.DECIDED else {}
            ),
        )
        for n, (kind, facts) in enumerate(given, start=1)
    ]
    with store.write("a case") as con:
        gone = replay(done).said_gone_at  # what lists and reports read is the case's own projection
        case_store.append_steps(
            con, of_steps(case_id, steps=len(done), said_gone_at=gone, **fields), done, (), NOW
        )


def began(store):
    with store.open_reader() as con:
        return weekly_store.first_known_at(con, URN)


def test_what_was_taken_up_by_hand_is_something_to_report_and_what_is_kept_to_a_few_is_not(store):
    for n, of in enumerate(
        ({"restricted": True}, {"locked": True}, {"content_class": "C10"}, {"content_class": "C9"})
    ):
        put(store, case_id=f"000{n + 2}", **of)
        assert began(store) is None
    put(store)
    assert began(store) == NOW


def removals(store):
    with store.open_reader() as con:
        return weekly_store.removals(con, *WEEK)


def asked(rung):
    return StepKind.ASKED, {"rung": rung, "kind": "conversation"}


def test_the_police_are_told_and_not_asked_to_remove(store):
    """How many cases have been asked about, less how often was asked, would else be how many they have."""
    put(store, asked("police"))
    put(store, asked("host"), asked("police"), case_id="0002")
    assert sorted(r.rung for r in removals(store) if r.rung) == ["host"]


@pytest.mark.parametrize(
    ("rungs", "highest"), [((), None), (("author_request", "host", "platform_report"), "host")]
)
def test_a_case_counts_under_the_highest_rung_that_was_asked(store, rungs, highest):
    put(store, *(asked(rung) for rung in rungs))
    assert removals(store) == [Removal(highest, NOW, None, None)]


@pytest.mark.parametrize("kind", [StepKind.REMOVED, StepKind.CHANGED, StepKind.STANDING])
def test_a_case_ends_as_its_steps_say_and_when_they_do(store, kind):
    put(store, asked("host"), (kind, {}), (StepKind.CLOSED, {"ending": kind.value}))
    assert removals(store) == [Removal("host", NOW, kind.value, NOW + 2 * HOUR)]


def test_when_it_was_decided_on_and_first_gone_is_told(store):
    seek = StepKind.DECIDED, {"decision": "seek"}
    gone = StepKind.CHECKED, {"result": "gone"}
    said_gone = StepKind.ANSWERED, {"rung": "host", "result": "removed"}
    put(store, seek, asked("host"), said_gone, gone, gone, (StepKind.REMOVED, {}))
    (found,) = removals(store)
    assert (found.decided_at, found.gone_at) == (NOW + HOUR, NOW + 3 * HOUR)
    assert found.ended_at == NOW + 6 * HOUR


@pytest.mark.parametrize(
    "there", [(StepKind.CHECKED, {"result": "present"}), (StepKind.CAME_BACK, {}), (StepKind.REOPENED, {})]
)
def test_what_was_said_to_be_gone_and_was_there_all_the_same_counts_from_when_it_was_gone(store, there):
    gone = StepKind.CHECKED, {"result": "gone"}
    put(store, asked("host"), (StepKind.ANSWERED, {"rung": "host", "result": "removed"}), there, gone)
    assert [r.gone_at for r in removals(store)] == [NOW + 4 * HOUR]


@pytest.mark.parametrize("again", [StepKind.CAME_BACK, StepKind.REOPENED])
def test_what_came_back_or_was_opened_again_is_open_until_it_ends_once_more(store, again):
    put(store, asked("host"), (StepKind.REMOVED, {}), (again, {}))
    assert [(r.outcome, r.ended_at) for r in removals(store)] == [(None, None)]
    put(store, asked("host"), (StepKind.REMOVED, {}), (again, {}), (StepKind.REMOVED, {}), case_id="0002")
    assert ("removed", NOW + 4 * HOUR) in {(r.outcome, r.ended_at) for r in removals(store)}


def test_what_is_locked_or_restricted_is_in_no_number(store):
    told = {"from": "C0", "class": "C7"}
    for n, fields in enumerate(({"locked": True}, {"restricted": True}, {"content_class": "C10"}), start=3):
        put(store, asked("host"), (StepKind.RECLASSIFIED, told), case_id=f"000{n}", **fields)
    put(store, asked("host"), case_id="0002")
    assert len(removals(store)) == 1
    with store.open_reader() as con:
        assert weekly_store.count_reclassified(con, *WEEK) == 0


def test_what_stands_beside_something_restricted_is_in_no_number_either(store):
    put(store, asked("host"), (StepKind.RECLASSIFIED, {"from": "C0", "class": "C7"}))
    with store.write("a story") as con:
        assert weekly_store.count_reclassified(con, URN, NOW + 3 * HOUR, NOW + 9 * HOUR) == 0
        assert weekly_store.count_reclassified(con, *WEEK) == 1
        con.execute("INSERT INTO stories VALUES ('s-one', $urn, '', now(), now(), TRUE)", {"urn": URN})
        assert weekly_store.removals(con, *WEEK) == []
        assert weekly_store.count_reclassified(con, *WEEK) == 0
