"""Alerts and messages: raised once and again, numbered, acknowledged, waiting, taken back, expired."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from builders.case import a_case, a_step
from builders.home import migrated
from builders.letters import CAPITALS, WAYS
from builders.mention import (
    NOW,
    POLICY,
    a_batch,
    a_mention,
    a_message,
    a_run,
    a_store,
    a_verdict,
    an_alert,
    keep,
    pending_outbox,
)
from hypothesis import given
from hypothesis import strategies as st
from support.case_numbers import draw_numbers, drawn

from data.digest import Window
from data.errors import InputError
from data.retention.deleting import purge, rewrite, scrub
from data.search import bits_asked, bits_of, read_search
from data.store import alerts as alert_store
from data.store import cases as case_store
from data.store import owners as owner_store
from data.store.digest import fresh_stories
from data.store.engine.connect import sparing
from data.store.engine.open import Store
from data.store.engine.tables import BITS
from data.store.outbox import count_waiting, put_outbox, withdraw
from data.store.sealing import restrict_matter
from data.store.stories import list_stories, stories_holding, story
from data.store.verdicts import former_verdicts, story_verdicts
from data.types import MentionKind, Owner, Severity

HOUR = timedelta(hours=1)


def put(store, *given):
    with store.write("put alerts") as con:
        alert_store.put_alerts(con, given, NOW)


def raised(store):
    with store.open_reader() as con:
        return con.execute("SELECT count(*) FROM audit WHERE action = 'alert_raised'").fetchone()[0]


def test_an_alert_raised_again_is_one_alert_and_must_be_acknowledged_again(store):
    alert = an_alert("s-one")
    put(store, alert)
    with store.write("acknowledge") as con:
        alert_store.ack(con, alert.id, "p-head", NOW)
    put(store, alert)
    assert raised(store) == 1, "the same once more is not raised"
    with store.open_reader() as con:
        assert alert_store.list_alerts(con) == []
        assert alert_store.list_alerts(con, open_only=False) == [alert]
    again = replace(alert, severity=Severity.THIS_HOUR, times=2, raised_at=NOW + HOUR)
    put(store, again)
    assert raised(store) == 2
    put(store, again)
    with store.open_reader() as con:
        assert alert_store.list_alerts(con) == [again]
        first = con.execute("SELECT epoch(first_raised_at) FROM alerts").fetchone()
    assert first == (NOW.timestamp(),)
    assert raised(store) == 2


def test_whoever_acknowledges_first_keeps_the_alert(store):
    alert = an_alert("s-one")
    put(store, alert)
    with store.write("acknowledge") as con:
        first = alert_store.ack(con, alert.id, "p-head", NOW)
        assert alert_store.ack(con, alert.id, "p-dsl", NOW + HOUR) == first == Owner("p-head", NOW, "p-head")
        assert alert_store.owners_of_alerts(con, [alert.id]) == {alert.id: first}
        entries = con.execute("SELECT actor FROM audit WHERE action = 'alert_acked'").fetchall()
    assert entries == [("p-head",)]


def test_alerts_are_listed_by_school_the_gravest_first(store):
    grave = an_alert("s-grave", severity=Severity.THIS_HOUR)
    other = an_alert("s-other", urn="900002")
    put(store, an_alert("s-mild"), grave, other)
    with store.open_reader() as con:
        assert alert_store.list_alerts(con, ["900001"]) == [grave, an_alert("s-mild")]
        assert alert_store.list_alerts(con, ["900002"]) == [other]
        assert alert_store.list_alerts(con, []) == []


def test_an_unknown_alert_is_named_and_without_a_reason_no_restricted_text_is_given(store):
    with store.write("look for nothing") as con:
        assert alert_store.alert(con, "nope") is None
        for act in (alert_store.ack, alert_store.hand_over_alert):
            with pytest.raises(InputError, match="no alert nope"):
                act(con, "nope", "p-head", NOW)
        for reason, said in (("why", "no alert nope"), ("  ", "Say why")):
            with pytest.raises(InputError, match=said):
                alert_store.restricted_text(con, "nope", reason=reason, person="p-dsl", now=NOW)


def test_a_message_waits_from_when_it_is_due_until_it_expires(store):
    message = a_message(due_at=NOW + HOUR, expires_at=NOW + 3 * HOUR)
    with store.write("put a message") as con:
        put_outbox(con, [message], NOW)
        due = [bool(pending_outbox(con, NOW + n * HOUR)) for n in range(5)]
        waiting = [count_waiting(con, NOW + n * HOUR) for n in range(5)]
    assert due == [False, True, True, False, False]
    assert waiting == [1, 1, 1, 0, 0]


def test_a_message_is_written_once_for_its_key(store):
    with store.write("put a message twice") as con:
        put_outbox(con, [a_message()], NOW)
        con.execute("UPDATE outbox SET sent_at = $now", {"now": NOW})
        put_outbox(con, [a_message(subject="Another subject")], NOW + HOUR)
        assert pending_outbox(con, NOW) == []
        assert con.execute("SELECT subject FROM outbox").fetchall() == [(a_message().subject,)]


def waiting(store, at=NOW):
    with store.open_reader() as con:
        return {m.key for m in pending_outbox(con, at)}


def with_messages(store, alert, *messages):
    with store.write("put alerts") as con:
        alert_store.put_alerts(con, [alert], NOW)
        put_outbox(con, [replace(m, alert_id=alert.id) for m in messages], NOW)


def test_raised_again_what_was_not_sent_yet_from_before_is_taken_back(store):
    alert = an_alert("s-one")
    with_messages(store, alert, a_message("m1", times=1), a_message("m2", times=1, person_id="p-dsl"))
    with_messages(store, replace(alert, times=2), a_message("m3", times=2))
    assert waiting(store) == {"m3"}


def test_what_was_sent_is_not_taken_back_nor_anything_by_the_same_alert_again(store):
    alert = an_alert("s-one")
    with_messages(store, alert, a_message("m1", times=1))
    put(store, alert)
    assert waiting(store) == {"m1"}
    with store.write("send") as con:
        con.execute("UPDATE outbox SET sent_at = $now", {"now": NOW})
    put(store, replace(alert, times=2))
    with store.open_reader() as con:
        assert con.execute("SELECT withdrawn_at FROM outbox").fetchone() == (None,)


def test_whoever_turns_out_to_be_its_subject_is_kept_out_and_their_messages_are_taken_back(store):
    alert = an_alert("s-one", excluded=("p-chair",))
    with_messages(store, alert, a_message("m1"), a_message("m2", person_id="p-dsl"))
    with store.write("keep out") as con:
        alert_store.exclude_from_alerts(con, {alert.id: ("p-chair", "p-dsl")}, NOW)
        alert_store.exclude_from_alerts(con, {alert.id: ("p-dsl",)}, NOW)
    assert waiting(store) == {"m1"}
    with store.open_reader() as con:
        assert alert_store.alert(con, alert.id).excluded == ("p-chair", "p-dsl")
        rows = con.execute("SELECT codes FROM audit WHERE action = 'alert_kept_out'").fetchall()
    assert rows == [(["excluded:p-dsl"],)]


@pytest.mark.parametrize("stop", [alert_store.ack, alert_store.hand_over_alert])
def test_once_somebody_has_it_only_what_asks_the_next_is_taken_back(store, stop):
    alert = an_alert("s-one")
    with_messages(store, alert, a_message("m1"), a_message("m2", kind="escalation", person_id="p-dsl"))
    with store.write("stop") as con:
        stop(con, alert.id, "p-head", NOW)
    assert waiting(store) == {"m1"}


def put_messages(store, *messages):
    with store.write("put messages") as con:
        put_outbox(con, messages, NOW)


def test_what_waits_for_somebody_who_turns_out_to_be_the_subject_is_taken_back_but_a_warning_owed(store):
    put_messages(
        store,
        a_message("theirs", alert_id="a-one"),
        a_message("later", alert_id="a-one", due_at=NOW + timedelta(hours=1)),
        a_message("anothers", alert_id="a-one", person_id="p-dsl"),
        a_message("of-another-alert", alert_id="a-two"),
        a_message("a-digest", kind="digest"),
        a_message("owed", alert_id="a-one", kind="warning"),
    )
    with store.write("withdraw") as con:
        assert withdraw(con, "a-one", {"p-head"}, NOW) == 2
        assert withdraw(con, "a-one", {"p-head"}, NOW) == 0
    assert waiting(store, NOW + timedelta(hours=2)) == {"anothers", "of-another-alert", "a-digest", "owed"}


def test_the_words_of_a_digest_are_kept_no_longer_than_what_it_tells_of_and_each_message_a_year(on_disk):
    put_messages(on_disk, a_message("a-digest", kind="digest", html="<p>words</p>"), a_message("an-alert"))
    for days, digest in ((30, True), (31, False), (365, False)):
        purge(on_disk, NOW + timedelta(days=days), POLICY)
        with on_disk.open_reader() as con:
            kept = con.execute("SELECT key, body <> '', html IS NOT NULL FROM outbox ORDER BY key").fetchall()
        assert kept == [("a-digest", digest, digest), ("an-alert", True, False)]
    purge(on_disk, NOW + timedelta(days=367), POLICY)
    with on_disk.open_reader() as con:
        assert con.execute("SELECT count(*) FROM outbox").fetchone() == (0,)


@pytest.fixture
def numbered(store, monkeypatch):
    """With numbers as the program draws them."""
    monkeypatch.setattr(owner_store, "draw_numbers", draw_numbers)
    monkeypatch.setattr(case_store, "next_id", drawn)
    return store


def repeating(*values: int) -> Callable[[int], int]:
    """Draws each of these twice, one after the other."""
    given = iter([value for value in values for _ in range(2)])
    return lambda most: next(given)


def raise_on(store, *stories, **more):
    with store.write("test") as con:
        return alert_store.put_alerts(con, [an_alert(s, **more) for s in stories], NOW)


def test_of_many_draws_that_repeat_themselves_none_is_given_twice(numbered):
    ids = [f"a{n}" for n in range(300)]
    with numbered.open_reader() as con:
        given = owner_store.draw_numbers(con, ids, repeating(*range(300)))
    assert list(given) == ids
    assert sorted(given.values()) == [str(100_000 + n) for n in range(300)]


def test_what_a_case_or_an_alert_has_is_drawn_for_no_other(numbered):
    (alert,) = raise_on(numbered, "s-one")
    with numbered.write("test") as con:
        case_store.append_steps(con, a_case("100007"), [a_step(case_id="100007")], [], NOW)
        draws = repeating(int(alert.number) - 100_000, 7, 8)
        assert owner_store.draw_number(con, draws) == "100008"


def test_an_alert_keeps_its_number_when_it_is_raised_again(numbered):
    (first,) = raise_on(numbered, "s-one")
    (again, other) = raise_on(numbered, "s-one", "s-two", times=2)
    assert again.number == first.number != other.number
    assert first.number.isdigit()
    assert len(first.number) == 6
    with numbered.open_reader() as con:
        assert alert_store.alert(con, first.id).number == first.number


def test_the_number_says_nothing_of_the_alerts_id(tmp_path, numbered):
    (here,) = raise_on(numbered, "s-one")
    (there,) = raise_on(migrated(a_store(tmp_path / "other")), "s-one")
    assert here.id == there.id
    assert here.number != there.number


def test_a_case_takes_its_alerts_number_and_a_second_one_draws_its_own(numbered):
    (alert,) = raise_on(numbered, "s-one")
    with numbered.write("test") as con:
        number = case_store.next_id(con, of=alert.number)
        assert number == alert.number
        case_store.append_steps(con, a_case(number), [a_step(case_id=number)], [], NOW)
        assert case_store.next_id(con, of=alert.number) != alert.number


URN = "900001"
DAY = timedelta(days=1)


def post(name: str, **fields):
    return a_batch(a_mention(name, **fields), story_id=f"s-{name}", run=a_run(f"feed:{name}"))


def found(store, asked: str):
    with store.open_reader() as con:
        stories = [row[0] for row in con.execute("SELECT DISTINCT story_id FROM matches").fetchall()]
        return sorted(stories_holding(con, read_search(asked), stories))


def bits(store):
    with store.open_reader() as con:
        return con.execute(f"SELECT {', '.join(BITS)} FROM mention_versions").fetchall()


def test_a_story_is_found_by_text_title_quotation_author_and_address(store):
    keep(
        store,
        post("1", text="Parking at the gate"),
        post("2", title="Parking, again"),
        post("3", quoted="“no parking”"),
        post("4", author="ParkingMad"),
        post("5", url="https://parking.example.org/5"),
        post("6"),
    )
    assert found(store, "parking") == ["s-1", "s-2", "s-3", "s-4", "s-5"]


def test_words_may_stand_in_different_parts_of_one_post_but_not_in_two_posts(store):
    keep(
        store,
        post("1", title="Parking", text="at the gate"),
        post("2", title="Parking"),
        post("3", text="gate"),
    )
    assert found(store, "parking gate") == ["s-1"]


def test_only_the_newest_wording_is_found(store):
    keep(store, post("1", text="Parking at the gate"))
    edited = a_mention("1", text="I take it back entirely")
    keep(store, a_batch(edited, story_id="s-1", run=a_run("feed:1"), version=2))
    assert found(store, "parking") == []
    assert found(store, "entirely") == ["s-1"]


def test_what_is_restricted_at_once_or_later_is_not_found_and_leaves_no_bits(store):
    mention = a_mention("1", text="Parking")
    hidden = a_verdict(mention, restricted=True, content_class="C10")
    keep(store, a_batch(mention, verdicts=[hidden], story_id="s-1"), post("2", text="Parking"))
    assert found(store, "parking") == ["s-2"]
    with store.write("hide") as con:
        restrict_matter(con, "s-2", URN, ["p-dsl"], NOW)
    assert found(store, "parking") == []
    assert bits(store) == [(0,) * 8] * 2


def test_the_title_of_a_thread_with_a_restricted_post_is_not_found(store):
    opening = a_mention("0", title="Bruises", text="secret")
    reply = a_mention("1", title="Bruises", text="Ring somebody", parent=opening.id, kind=MentionKind.REPLY)
    keep(store, a_batch(reply, story_id="s-1", run=a_run("feed:1")))
    hidden = a_verdict(opening, restricted=True, content_class="C10")
    keep(store, a_batch(opening, verdicts=[hidden], story_id="s-0", run=a_run("feed:0")))
    assert found(store, "bruises") == []
    assert found(store, "ring") == ["s-1"]


def test_what_is_deleted_is_gone_with_its_bits(on_disk):
    keep(on_disk, post("1", text="Parking"))
    purge(on_disk, NOW + 40 * DAY, POLICY)
    assert found(on_disk, "parking") == []
    assert bits(on_disk) == []


def test_words_that_are_taken_out_of_a_reply_are_not_found_and_leave_no_bits(store):
    opening = a_mention("0", text="Parking")
    reply = a_mention("1", text="Quite so", quoted="Parking", parent=opening.id)
    keep(store, a_batch(opening, story_id="s-0"), a_batch(reply, story_id="s-1", run=a_run("feed:1")))
    with store.write("scrub") as con:
        scrub(con, [opening.id], NOW)
        con.execute("DELETE FROM mention_versions WHERE mention_id = $id", {"id": opening.id})
    assert found(store, "parking") == []
    assert found(store, "quite") == ["s-1"]
    assert bits(store) == [(None,) * 8]


def test_a_post_from_before_there_were_bits_is_found_however_its_words_are_written(store):
    said = {
        "strasse": "Die Straße",
        "bully": "𝐁ully",
        "marys": "St Mary’s",
        "parking gate": "pár\u00adking gate",
    }
    keep(store, *(post(str(n), text=text) for n, text in enumerate(said.values())))
    keep(store, post("9", text="“Nothing” – at £5 …"))
    with store.write("as an older version wrote it") as con:
        con.execute("UPDATE mention_versions SET " + ", ".join(f"{c} = NULL" for c in BITS))
    assert [found(store, asked) for asked in said] == [[f"s-{n}"] for n in range(len(said))]
    assert found(store, "uniform") == []


# ------------------------------------------------------------ words as somebody looks for them


POST = ("Parking again", "Nobody rang back about it. Café Zoë, Larch Road!", "Is it Tuesday?", "Tamsin P.")


def may_hold(asked: str, fields) -> bool:
    asked_and_held = zip(bits_asked(read_search(asked)), bits_of(fields), strict=True)
    return all(held & bits == bits for bits, held in asked_and_held)


def test_a_post_is_found_by_its_words_wherever_they_stand_in_it_and_not_by_what_does_not_stand_so():
    for asked in (
        "parking", "PARK", "cafe zoe", "café", "road larch", '"larch road"', "larch-road", "tamsin tuesday",
        "“rang back”", "it nobody",
    ):  # fmt: skip
        assert read_search(asked).found_in(POST), asked
        assert may_hold(asked, POST), asked
    for asked in (
        "arking",
        "parking gate",
        '"road larch"',
        '"park"',
        "larch-ro-ad",
        '"again nobody"',
        "parkings",
    ):
        assert not read_search(asked).found_in(POST), asked


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("St Mary's", "at st marys again"), ("marys", "St Mary’s"), ("mary", "St Mary's"),
        ("dont", "I don't"), ("o'brien", "Mrs O’Brien"), ("brien", "Mrs O'Brien"),
        ("o'r ysgol", "o’r Ysgol"), ("bully", "𝐁𝐔𝐋𝐋𝐘"), ("parking", "par\u00adking"), ("strasse", "Straße"),
        *(("first o'flynn", write("first O'Flynn")) for write in (*WAYS.values(), *CAPITALS.values())),
    ],
)  # fmt: skip
def test_a_word_is_found_however_it_is_written(asked, said):
    assert read_search(asked).found_in([said])
    assert may_hold(asked, [said])


@pytest.mark.parametrize("asked", ["", "   ", "it", "a b", '""', "!!!", '"it is"'])
def test_too_little_is_refused_without_repeating_it(asked):
    with pytest.raises(InputError, match="at least one word of 3 letters") as refused:
        read_search(asked)
    assert asked.strip() not in str(refused.value) or len(asked.strip()) < 3


@given(st.lists(st.text(min_size=1, max_size=12), max_size=4), st.text(max_size=30))
def test_the_bits_never_hide_a_post_that_holds_the_words(fields, asked):
    try:
        wanted = read_search(asked)
    except InputError:
        return
    for whole in (fields, [*fields, asked]):
        if wanted.found_in(whole):
            assert may_hold(asked, whole)


def test_hardly_any_other_post_has_all_the_bits():
    others = [f"word{n} gate{n * 7} school{n * 13} again{n * 31} larch{n % 9}" for n in range(2000)]
    assert sum(may_hold("uniform prices", [other]) for other in others) < 20


# ----------------------------------------------------------------------- stories of very many posts

MANY = 120


def posts(**fields):
    return [a_mention(str(n), **fields) for n in range(MANY)]


@pytest.mark.parametrize("days", [-30, 30])
def test_all_posts_of_a_story_count_however_their_times_lie_to_when_they_were_written(store, days):
    """A clock that was set back leaves posts seen after they were written; one old post is the gravest."""
    first = a_mention("first", fetched_at=NOW - 20 * DAY)
    grave = a_verdict(first, severity=Severity.THIS_HOUR)
    keep(store, a_batch(first, verdicts=[grave]), now=NOW - 20 * DAY)
    keep(store, a_batch(*posts(fetched_at=NOW + days * DAY), run=a_run("feed:two")))
    with store.open_reader() as con:
        (row,) = list_stories(con)
        assert (row.mentions, row.authors, row.places) == (MANY + 1, MANY + 1, 2)
        assert row.top == replace(grave, reasons=row.top.reasons)
        assert len(story_verdicts(con, ["s-one"])["s-one"]) == MANY + 1
        assert len(story(con, "s-one").mentions) == MANY + 1


def test_many_that_were_edited_count_once_and_by_their_newest_version(store):
    keep(store, a_batch(*posts()))
    edited = posts(text="another wording")
    keep(store, a_batch(*edited, version=2), now=NOW + DAY)
    with store.open_reader() as con:
        assert [row.mentions for row in list_stories(con)] == [MANY]
        assert {v.version for v in story_verdicts(con, ["s-one"])["s-one"]} == {2}


def test_a_list_has_the_newest_story_first_and_leaves_out_one_without_a_verdict(store):
    keep(store, a_batch(a_mention("a"), story_id="s-a"), a_batch(a_mention("b"), story_id="s-b"))
    keep(store, a_batch(a_mention("c"), story_id="s-c", verdicts=[]))
    with store.open_reader() as con:
        assert [row.id for row in list_stories(con)] == ["s-a", "s-b"]


def test_who_spares_memory_gives_it_back(store):
    with store.open_reader() as con:
        asked = "SELECT current_setting('memory_limit')"
        before = con.execute(asked).fetchone()
        with sparing(con):
            assert con.execute(asked).fetchone() != before
        assert con.execute(asked).fetchone() == before


def test_who_may_be_meant_is_kept_and_former_versions_are_still_there(store: Store) -> None:
    mention = a_mention("one")
    first = a_verdict(mention, subject_person="holt", subjects=("holt", "pike"))
    second = a_verdict(mention, version=2)
    edited = replace(mention, text="Now it says something else.")
    for version, verdict in ((mention, first), (edited, second)):
        batch = a_batch(version, verdicts=[verdict])
        keep(store, replace(batch, versions={mention.id: verdict.version}))
    with store.open_reader() as con:
        assert former_verdicts(con, [mention.id]) == [first, second]
        assert former_verdicts(con, ["another"]) == []


def test_what_is_judged_anew_counts_in_the_window_however_long_ago_it_was_first_seen(store: Store) -> None:
    """Most of a window is read by when it was seen; whatever is older is looked up."""
    later = NOW + timedelta(days=30)
    old = a_mention("old", url="https://example.org/1")
    other = a_mention("other", url="https://example.org/2")  # not judged anew: of no window since
    keep(store, a_batch(old), a_batch(other))
    edited = replace(old, text="Now it says something else.", fetched_at=later)
    again = a_batch(edited, verdicts=[a_verdict(edited, version=2)], version=2)
    new = a_mention("new", url="https://example.org/3", fetched_at=later)
    keep(store, again, a_batch(new), now=later)
    window = Window(later - timedelta(days=3), later + timedelta(hours=1))
    for first in (True, False):
        with store.open_reader() as con:
            found = fresh_stories(con, "900001", window, first=first)
        assert sum(story.mentions for story in found) == 2


OF_MANY = ("matches", "mentions", "verdicts", "mention_versions", "sightings")


class Explained:
    """A connection that keeps the plan of whatever it is asked."""

    def __init__(self, con):
        self._con = con
        self.read_whole = set()

    def execute(self, asked, given):
        plan = self._con.execute(f"EXPLAIN (ANALYZE, FORMAT json) {asked}", given).fetchall()[0][1]
        self._look(json.loads(plan))
        return self._con.execute(asked, given)

    def _look(self, node):
        if isinstance(node, list):
            for part in node:
                self._look(part)
        if isinstance(node, dict):
            if node.get("Type") == "Sequential Scan":
                self.read_whole.add(node["Table"].rsplit(".", 1)[-1])
            self._look(list(node.values()))


def filled(store):
    batches = (a_batch(*(a_mention(f"{n}-{m}") for m in range(3)), story_id=f"s-{n}") for n in range(12))
    keep(store, *batches)
    return store


def test_one_story_is_found_without_reading_all_others(on_disk):
    with filled(on_disk).open_reader() as con:
        looking = Explained(con)
        assert len(story(looking, "s-7").mentions) == 3
        assert [row.mentions for row in list_stories(looking, story_ids=["s-7"])] == [3]
        assert [len(found) for found in story_verdicts(looking, ["s-7"]).values()] == [3]
        looking.execute("SELECT source_id FROM sightings WHERE source_id <> $id", {"id": "x"})
    assert looking.read_whole.intersection(OF_MANY) == {"sightings"}  # the last: it has no index for that


def test_after_edits_a_purge_and_a_rewrite_the_indices_find_what_is_there(on_disk):
    filled(on_disk)
    edited = [a_mention(f"7-{m}", text=f"another wording {m}") for m in range(3)]
    keep(on_disk, a_batch(*edited, story_id="s-7", version=2))
    with on_disk.open_reader() as con:
        assert [m.version for m in story(con, "s-7").mentions] == [2, 2, 2]
    rewrite(on_disk)
    with on_disk.open_reader() as con:
        assert con.execute("SELECT count(*) FROM duckdb_indexes()").fetchone() == (4,)
        assert len(story(con, "s-8").mentions) == 3
    purge(on_disk, NOW + timedelta(days=400), POLICY, force=True)
    with on_disk.open_reader() as con:
        assert story(con, "s-7") is None
    keep(on_disk, a_batch(a_mention("7-0"), story_id="s-7"))
    with on_disk.open_reader() as con:
        assert len(story(con, "s-7").mentions) == 1
