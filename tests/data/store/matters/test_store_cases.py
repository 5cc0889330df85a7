"""Cases in the store: steps are appended, never changed, and each is audited with who, when and why."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders.case import a_case, a_step
from builders.home import a_migrated_store
from builders.mention import (
    NOW,
    URN,
    a_batch,
    a_match,
    a_mention,
    a_message,
    a_run,
    a_verdict,
    an_alert,
    keep,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.case_numbers import drawn

from data.cases import CaseState, RunningClock
from data.errors import CaseMoved, InputError, StoreTooNew
from data.ids import digest
from data.rungs import Rung
from data.steps.codes import BypassRoute, Ending, StepKind
from data.store import alerts as alert_store
from data.store import cases as case_store
from data.store.cases import by_the_same, posts_of, seen_posts
from data.store.engine.audit_chain import AuditEntry, append, step_seal, verify
from data.store.evidence import evidence_file, put_files
from data.store.mentions import put_channel_right
from data.types import Route, Severity

HOUR = timedelta(hours=1)


def put(store, case, *steps, outbox=()):
    with store.write("a case") as con:
        case_store.append_steps(con, case, steps, outbox, NOW)


def read(store, ask):
    with store.open_reader() as con:
        return ask(con)


def rows(store, sql):
    return read(store, lambda con: con.execute(sql).fetchall())


def restricted(mention, **fields):
    given = {"restricted": True, "content_class": "C10", "route": Route.SAFEGUARDING}
    verdict = a_verdict(mention, severity=Severity.THIS_HOUR, **given)
    return a_batch(mention, verdicts=[verdict], **fields)


def test_steps_come_back_as_they_were_put_with_words_facts_and_clock(store):
    first = a_step(why="Their address stands there. Said twice: “Cwm Taf”.")
    asked = a_step(
        2, StepKind.ASKED, at=NOW + HOUR, facts={"rung": "platform_report", "reference": "FB 12/9 ß"},
        due_at=NOW + 49 * HOUR, clock="platform_48h", recorded_at=NOW + 2 * HOUR,
    )  # fmt: skip
    put(store, a_case(steps=2), first, asked)
    assert read(store, lambda con: case_store.steps_of_case(con, "0001")) == (first, asked)
    assert read(store, lambda con: case_store.steps_of_case(con, "0002")) == ()


def test_the_projection_is_what_the_steps_came_to(store):
    due = RunningClock("platform_48h", NOW, NOW + 48 * HOUR)
    put(store, a_case(), a_step())
    assert rows(store, "SELECT content_class, rung FROM cases") == [("C11", None)], "as was proposed"
    later = a_case(
        content_class="C6", state=CaseState.WAITING, rung=Rung.PLATFORM_REPORT, subjects=("p-deputy",),
        assigned_to="p-it", hold_by="p-dpo", lane=BypassRoute.SAFEGUARDING, restricted=True, locked=True,
        waits=(due,), recheck_at=NOW + 72 * HOUR, steps=2,
    )  # fmt: skip
    put(store, later, a_step(2, StepKind.NOTED))
    found = rows(
        store,
        "SELECT content_class, state, rung, subjects, hold, lane, restricted, locked, clock, "
        "epoch(due_at - opened_at)::INT, epoch(recheck_at - opened_at)::INT FROM cases",
    )
    hours = (48 * 3600, 72 * 3600)
    assert found == [
        ("C6", "waiting", "platform_report", ["p-deputy"], True, "safeguarding", True, True,
         "platform_48h", *hours)
    ]  # fmt: skip


def test_a_case_number_has_six_digits_and_is_given_to_nothing_else_that_has_or_had_it(store):
    asked = []
    assert read(store, lambda con: drawn(con, lambda most: asked.append(most) or most - 1)) == "999999"
    assert asked == [900_000]
    with store.write("report") as con:
        append(con, [AuditEntry(NOW, "report-in", "reported_in", "m1", URN, ("seen_at:x", "number:482914"))])

    def next_id():
        draws = iter([382_913, 382_913, 382_914, 7])
        return read(store, lambda con: drawn(con, lambda most: next(draws)))

    assert next_id() == "482913"
    put(store, a_case("482913"), a_step(case_id="482913"))
    assert next_id() == "100007"
    with store.write("gone") as con:
        con.execute("DELETE FROM cases")
    assert next_id() == "100007"


def test_of_two_people_at_once_the_later_is_told_and_writes_nothing(store):
    put(store, a_case(), a_step())
    put(store, a_case(steps=2), a_step(2, StepKind.NOTED, why="First."))
    before = rows(store, "SELECT * FROM audit"), rows(store, "SELECT * FROM cases")
    late = a_step(2, StepKind.CLOSED, actor="p-deputy", facts={"ending": "answered"})
    closed = a_case(state=CaseState.CLOSED, closed_at=NOW, steps=2)
    with pytest.raises(CaseMoved, match=r"0001 was changed by somebody else.*Nothing was written"):
        put(store, closed, late, outbox=[a_message(kind="case")])
    assert (rows(store, "SELECT * FROM audit"), rows(store, "SELECT * FROM cases")) == before
    assert rows(store, "SELECT count(*) FROM outbox") == [(0,)]
    assert [s.why for s in read(store, lambda con: case_store.steps_of_case(con, "0001"))] == ["", "First."]


def test_steps_that_do_not_follow_the_last_are_refused(store):
    put(store, a_case(), a_step())
    for numbers in ((3,), (2, 2), (2, 4), (1,)):
        with pytest.raises(CaseMoved):
            put(store, a_case(steps=3), *(a_step(n, StepKind.NOTED) for n in numbers))


def test_messages_go_out_with_the_step_that_they_tell_of_and_what_fails_half_way_leaves_nothing(store):
    twice = [a_message("k", kind="case", body=None)]  # a message without words cannot be written
    with pytest.raises(Exception, match="NOT NULL"):
        put(store, a_case(), a_step(), outbox=[a_message("j", kind="case"), *twice])
    for table in ("cases", "case_steps", "audit", "audit_notes"):
        assert rows(store, f"SELECT count(*) FROM {table}") == [(0,)]
    put(store, a_case(), a_step(), outbox=[a_message("k", kind="case")])
    assert rows(store, "SELECT key, kind FROM outbox") == [("k", "case")]


def test_each_step_has_one_entry_in_the_audit_with_who_when_and_why(store):
    put(store, a_case(), a_step(actor="schoolgate", why="Found by the scan."))
    decided = a_step(
        2, StepKind.DECIDED, actor="p-chair", at=NOW - HOUR, recorded_at=NOW, why="It names her street.",
        facts={"decision": "seek"},
    )  # fmt: skip
    put(store, a_case(steps=2), decided)
    found = rows(store, "SELECT action, subject, actor, urn, epoch_us(done_at), codes FROM audit ORDER BY n")
    assert [r[0] for r in found] == ["case_opened", "case_decided"]
    _, *who, at_us, codes = found[1]
    assert who == ["0001", "p-chair", URN]
    assert at_us == round(NOW.timestamp() * 1_000_000)
    note = f"note:{digest('It names her street.')}"
    assert codes == ["n:2", "decision:seek", step_seal(decided), note]
    assert rows(store, "SELECT note FROM audit_notes ORDER BY note") == [
        ("Found by the scan.",),
        ("It names her street.",),
    ]
    assert read(store, verify) == []


def test_the_chain_holds_no_words_handles_addresses_or_references_of_a_case(store):
    plant = "quincunx"
    said = [
        a_step(1, StepKind.OPENED, facts={"story": "s-one", "subjects": "p-a,p-b", "channel": "forum"}),
        a_step(2, StepKind.WEIGHED, facts=dict.fromkeys(("nature", "visible", "spread", "impact"), plant)),
        a_step(3, StepKind.HOSTED, facts={"host": plant, "domain": f"{plant}.test", "registrar": plant}),
        a_step(4, StepKind.CHRONOLOGY, facts={"author": plant, "person": "p-a"}, why=plant),
        a_step(5, StepKind.ASKED, facts={"rung": "host", "reference": plant, "kind": "s5"}),
        a_step(6, StepKind.CHECKED, facts={"result": "gone", "url": f"https://{plant}.test/"}),
        a_step(7, StepKind.CONSENT_ASKED, facts={"person": "p-a", "how": plant}),
    ]
    put(store, a_case(steps=7), *said)
    codes = [code for (held,) in rows(store, "SELECT codes FROM audit") for code in held]
    assert not [c for c in codes if plant in c]
    assert {"subjects:p-a", "subjects:p-b", "kind:s5", "result:gone", "person:p-a"} <= set(codes)


def test_cases_are_listed_by_school_the_oldest_first_and_without_closed_ones(store):
    put(store, a_case("0002"), a_step(case_id="0002"))
    put(store, a_case(), a_step())
    closed = a_case("0003", urn="900002", state=CaseState.CLOSED, closed_at=NOW)
    put(store, closed, a_step(case_id="0003", urn="900002"))
    every = read(store, case_store.all_steps)
    assert list(every) == ["0001", "0002", "0003"]
    assert every["0002"] == (a_step(case_id="0002"),)
    assert list(read(store, lambda con: case_store.all_steps(con, open_only=True))) == ["0001", "0002"]
    assert list(read(store, lambda con: case_store.all_steps(con, ["900002"]))) == ["0003"]
    lately = read(store, lambda con: case_store.all_steps(con, open_only=True, closed_since=NOW))
    assert list(lately) == ["0001", "0002", "0003"]
    of_a_story = read(store, lambda con: case_store.all_steps(con, story_ids=[a_case().story_id]))
    assert list(of_a_story) == ["0001", "0002", "0003"]
    assert read(store, lambda con: case_store.all_steps(con, story_ids=["another"])) == {}


def test_an_open_case_is_found_by_its_post_and_a_closed_one_is_not(store):
    put(store, a_case(), a_step())
    mention = a_mention().id
    assert read(store, lambda con: case_store.find_open(con, mention)) == "0001"
    put(store, a_case(closed_at=NOW, state=CaseState.CLOSED, steps=2), a_step(2, StepKind.CLOSED))
    assert read(store, lambda con: case_store.find_open(con, mention)) is None


def test_rechecks_are_due_at_their_time_the_longest_due_first(store):
    for case_id, hours in (("0001", 2), ("0002", 1), ("0003", 5)):
        put(store, a_case(case_id, recheck_at=NOW + hours * HOUR), a_step(case_id=case_id))
    assert read(store, lambda con: case_store.due_rechecks(con, NOW + 2 * HOUR)) == ["0002", "0001"]
    assert read(store, lambda con: case_store.due_rechecks(con, NOW)) == []


def test_a_post_comes_in_its_newest_version_with_when_and_where_it_was_seen(store):
    keep(store, a_batch(a_mention()))
    keep(store, a_batch(a_mention(text="Edited."), version=2))
    post = read(store, lambda con: case_store.find_post(con, a_mention().id))
    assert (post.text, post.version, post.url) == ("Edited.", 2, "https://forum.example.org/one")
    assert (post.author, post.source_ids, post.last_seen) == ("poster-one", ("feed:one",), NOW)
    assert [p.mention_id for p in read(store, lambda con: case_store.posts_of_story(con, "s-one"))] == [
        a_mention().id
    ]
    assert read(store, lambda con: case_store.find_post(con, "none")) is None


def test_a_restricted_post_shows_neither_words_nor_address_nor_author_unless_asked_for(store):
    keep(store, restricted(a_mention()))
    closed = read(store, lambda con: case_store.find_post(con, a_mention().id))
    assert (closed.url, closed.author, closed.title, closed.text) == (None,) * 4
    opened = read(store, lambda con: case_store.find_post(con, a_mention().id, restricted=True))
    assert (opened.url, opened.author) == ("https://forum.example.org/one", "poster-one")
    assert opened.text == a_mention().text
    of_story = read(store, lambda con: case_store.posts_of_story(con, "s-one"))
    assert [p.text for p in of_story] == [None]


def test_a_whole_file_holds_steps_post_copies_and_what_was_handed_in_with_the_post(store):
    this, copy, other = a_mention(), a_mention("copy"), a_mention("other")
    keep(store, a_batch(this, copy, other))
    case = a_case(copies=(copy.id, "gone"))
    put(store, case, a_step())
    with store.write("evidence") as con:
        mine = dict(media_type="text/plain", size_bytes=1, captured_at=NOW, captured_by="p-head", how="x")
        of_a_case, of_another = ({"case_id": f"000{n}", "capture_id": f"c{n}"} for n in (1, 2))
        here = a_mention()
        for letter, post, of in (
            ("a", here, of_a_case),
            ("b", here, {}),
            ("c", other, {}),
            ("d", here, of_another),
        ):
            put_files(con, [evidence_file(URN, post.id, letter * 64, **mine, **of)])
    whole = read(store, lambda con: case_store.whole_file(con, case))
    assert whole.case == case
    assert whole.steps == (a_step(),)
    assert whole.post.mention_id == a_mention().id
    assert [p.mention_id for p in whole.copies] == [copy.id]
    assert {e.sha256[0] for e in whole.evidence} == {"a", "b"}


def test_reading_the_restricted_words_of_a_case_leaves_who_and_why(store):
    put(store, a_case(restricted=True), a_step())
    with store.write("read") as con, pytest.raises(InputError, match="Say why"):
        case_store.record_read(con, a_case(), person="p-dsl", reason=" ", now=NOW)
    with store.write("read") as con:
        case_store.record_read(con, a_case(), person="p-dsl", reason="For the LADO.", now=NOW)
    found = rows(store, "SELECT actor, subject, codes[1] FROM audit WHERE action = 'restricted_read'")
    assert found == [("p-dsl", "s-one", "case:0001")]


def test_a_case_that_is_handed_over_takes_its_alert_with_it(store):
    alert = an_alert("s-one", restricted=True, content_class="C10")
    keep(store, restricted(a_mention(), alerts=[alert]))
    over = a_case(state=CaseState.CLOSED, closed_at=NOW, ending=Ending.HANDED_OVER, restricted=True, steps=2)
    last = a_step(2, StepKind.CLOSED, actor="p-dsl", facts={"ending": "handed_over"})
    put(store, over, a_step(), last)
    assert read(store, lambda con: alert_store.list_alerts(con)) == []
    assert rows(store, "SELECT actor FROM audit WHERE action = 'handed_over'") == [("p-dsl",)]
    put(store, a_case(**{"state": CaseState.CLOSED, "ending": Ending.HANDED_OVER, "steps": 3}),
        a_step(3, StepKind.NOTED))  # fmt: skip
    assert rows(store, "SELECT count(*) FROM audit WHERE action = 'handed_over'") == [(1,)]


@pytest.mark.parametrize(
    ("said", "url", "place"),
    [
        ("manual_report", "https://www.facebook.com/northvale/posts/1", "facebook"),
        ("manual_report", "https://example.org/parents", "website"),
        ("manual_report", "", "manual_report"),
        ("whatsapp", "", "whatsapp"),
    ],
)
def test_where_a_case_of_before_says_no_place_its_post_or_address_does(store, said, url, place):
    keep(store, a_batch(post := a_mention(url=url, channel=said)))
    case = a_case(mention_id=post.id, channel="manual_report")
    named = replace(case, id="0002", channel="x")
    assert [c.channel for c in read(store, lambda con: case_store.with_place(con, [case, named]))] == [
        place,
        "x",
    ]


def test_only_the_place_of_what_was_handed_in_is_put_right(store):
    read_by_us, given = a_mention(channel="facebook"), a_mention("two", channel="facebook")
    keep(store, a_batch(read_by_us, given))
    with store.write("test") as con:
        append(con, [AuditEntry(NOW, "report-in", "reported_in", given.id, URN)])
        for post in (read_by_us, given):
            put_channel_right(con, post.id, "whatsapp", NOW)
    assert set(rows(store, "SELECT id, channel FROM mentions")) == {
        (read_by_us.id, "facebook"), (given.id, "whatsapp"),
    }  # fmt: skip


def test_whom_its_alert_keeps_out_later_is_a_subject_until_a_person_says_otherwise(store):
    alert = an_alert("s-one", excluded=("p-deputy", "p-target"))
    keep(store, a_batch(a_mention(), alerts=[alert]))
    case = a_case(subjects=("p-it",), target="p-target")
    other = a_case("0002", story_id="s-two")
    put(store, case, a_step())
    put(store, other, a_step(case_id="0002"))
    known, same = read(store, lambda con: case_store.with_alerts(con, [case, other]))
    assert known.subjects == ("p-it", "p-deputy")
    assert same == other
    cleared = a_step(2, StepKind.TARGET, facts={"person": "p-target", "subjects": ""}, why="A victim.")
    put(store, a_case(target="p-target", steps=2), cleared)
    (known,) = read(store, lambda con: case_store.with_alerts(con, [a_case(target="p-target")]))
    assert known.subjects == ()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(st.text(min_size=1, max_size=9), st.text(max_size=40), max_size=5), st.text(max_size=40)
)
def test_any_words_and_facts_come_back_as_given_and_the_chain_holds(store, facts, why):
    """Each in a case of its own."""
    (number,) = read(store, lambda con: con.execute("SELECT 'n' || count(*) FROM cases").fetchone())
    step = a_step(1, StepKind.NOTED, case_id=number, facts=facts, why=why)
    put(store, a_case(number), step)
    assert read(store, lambda con: case_store.steps_of_case(con, number)) == (step,)
    assert read(store, verify) == []


def test_an_alert_raised_anew_after_its_case_was_handed_over_is_not_handed_over_by_a_note(store):
    keep(store, restricted(a_mention(), alerts=[an_alert("s-one", restricted=True)]))
    closed = a_case(state=CaseState.CLOSED, ending=Ending.HANDED_OVER, closed_at=NOW, steps=2)
    put(store, closed, a_step(), a_step(2, StepKind.CLOSED, facts={"ending": "handed_over"}))
    again = an_alert("s-one", restricted=True, times=2)
    keep(store, restricted(a_mention("more"), alerts=[again], run=a_run("feed:two")))
    put(store, closed, a_step(3, StepKind.NOTED, why="They rang back."))
    assert rows(store, "SELECT handed_over_at FROM alerts") == [(None,)]


def test_what_a_person_gives_a_lane_is_hidden_everywhere_else_with_its_story_and_alert(store):
    this, copy, late = (a_mention(name, text="Quincunx.") for name in ("one", "copy", "late"))
    keep(store, a_batch(this, copy, alerts=[an_alert("s-one")]))
    put(store, a_case(), a_step())
    assert rows(store, "SELECT restricted FROM mentions") == [(False,), (False,)]
    found = a_case(
        lane=BypassRoute.SAFEGUARDING, restricted=True, content_class="C10", audience=("p-it",), steps=2
    )
    put(store, found, a_step(2, StepKind.CLASSIFIED, facts={"class": "C10"}))
    assert rows(store, "SELECT audience FROM alerts") == [(["p-it"],)]
    keep(store, a_batch(late, run=a_run("feed:two"), alerts=[an_alert("s-one", times=2)]))
    assert rows(store, "SELECT DISTINCT restricted FROM mentions") == [(True,)]
    assert rows(store, "SELECT count(*) FROM mention_versions WHERE text IS NOT NULL") == [(0,)]
    assert rows(store, "SELECT restricted, reason_texts, audience FROM alerts") == [(True, [], ["p-it"])]
    assert rows(store, "SELECT restricted, title FROM stories") == [(True, "")]
    assert read(store, lambda con: case_store.find_post(con, this.id)).text is None
    assert read(store, lambda con: case_store.find_post(con, late.id, restricted=True)).text == "Quincunx."


def test_a_fact_that_only_a_later_version_knows_is_kept_and_a_value_of_its_is_refused(store):
    put(store, a_case(), a_step(), a_step(2, StepKind.AUTHOR, facts={"relationship": "parent"}))
    change = "UPDATE case_steps SET detail = $detail WHERE n = 2"
    later = '{"relationship": "parent", "seen_at_gate": "yes"}'
    with store.write("test") as con:
        con.execute(change, {"detail": later})
        again = case_store.steps_of_case(con, "0001")[1]
    assert (again.said.relationship, again.stored_facts["seen_at_gate"]) == ("parent", "yes")
    assert case_store.step_row(again)[case_store.STEP.index("detail")] == later
    with store.write("test") as con:
        con.execute(change, {"detail": '{"relationship": "neighbour"}'})
    with (
        pytest.raises(StoreTooNew, match=r"step 2: .*relationship.* nothing was changed"),
        store.open_reader() as con,
    ):
        case_store.steps_of_case(con, "0001")


def test_where_a_post_is_when_it_was_published_and_who_has_it_is_known_without_its_words(tmp_path):
    store = a_migrated_store(tmp_path)
    twice, hidden, dateless = (a_mention(i) for i in ("twice", "hidden", "dateless"))
    dateless = replace(dateless, published=None)
    secret = replace(a_verdict(hidden), restricted=True)
    keep(
        store,
        a_batch(twice, hidden, dateless, verdicts=[secret]),
        replace(a_batch(twice), source_id="other", mentions=()),
    )
    ids = [twice.id, hidden.id, dateless.id, "nothing"]
    with store.open_reader() as con:
        seen, posts = seen_posts(con, ids), posts_of(con, ids)
    assert {i: (p.channel, p.published, p.source_ids) for i, p in seen.items()} == {
        p.mention_id: (p.channel, p.published, frozenset(p.source_ids)) for p in posts
    }
    assert len(seen) == 3
    assert len(seen[twice.id].source_ids) == 2


# --------------------------------------------------------- one author's posts about one person


CASE = a_case(
    mention_id=a_mention("this").id,
    chronology_author="A Poster",
    chronology_person="p-teacher",
    content_class="C2",
)  # fmt: skip
OTHERS = {
    "another author": ({"author": "Another"}, {}),
    "the same name elsewhere": ({"channel": "facebook"}, {}),
    "the same name on another site of the kind": ({"url": "https://other.example.org/1"}, {}),
    "the same name, no address": ({"url": ""}, {}),
    "about another person": ({}, {"subject_person": "p-other"}),
    "about nobody": ({}, {"subject_person": None}),
    "at another school": ({}, {"urn": "900002"}),
    "restricted": ({}, {"content_class": "C10", "restricted": True}),
}


@pytest.fixture
def of_one_author(store):
    put_post(store, "this")
    put_post(store, "before")
    return store


def put_post(store, name, mention=(), verdict=()):
    said = a_mention(name, **{"channel": "forum", "author": "A Poster", **dict(mention)})
    judged = a_verdict(said, **{"subject_person": "p-teacher", **dict(verdict)})
    batch = a_batch(
        said, verdicts=[judged], story_id=None, run=a_run(f"feed:{name}"), match=a_match(urn=judged.urn)
    )
    keep(store, batch)


def found_by_author(store, case=CASE):
    with store.open_reader() as con:
        return {p.mention_id for p in by_the_same(con, case)}


def test_the_authors_posts_about_the_person_are_found(of_one_author):
    assert found_by_author(of_one_author) == {a_mention("this").id, a_mention("before").id}


def test_nothing_else_is_nor_anything_without_the_approval_for_this_posts_author(of_one_author):
    both = found_by_author(of_one_author)
    for name, (mention, verdict) in OTHERS.items():
        put_post(of_one_author, name, mention, verdict)
        assert found_by_author(of_one_author) == both, name
    for changes in ({"chronology_author": "Another"}, {"chronology_author": None}, {"mention_id": None}):
        assert found_by_author(of_one_author, replace(CASE, **changes)) == set()
