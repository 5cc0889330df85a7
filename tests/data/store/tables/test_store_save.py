"""Saving what one run of a source brought, and reading it back."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest
from builders.mention import (
    NOW,
    POLICY,
    URN,
    a_batch,
    a_match,
    a_mention,
    a_message,
    a_run,
    a_verdict,
    an_alert,
    keep,
    pending_outbox,
    save,
)
from support.checkout import TESTS, paths
from support.statements import CountedStatements

from data.ids import text_hash
from data.store import alerts as alert_store
from data.store import sources as source_store
from data.store import stories as story_store
from data.store import verdicts as verdict_store
from data.store.engine.audit_chain import verify
from data.store.engine.open import Store
from data.store.mentions import Known, find_known, save_all
from data.store.sources import first_reads, latest_runs
from data.types import Outcome, Reason, Relevance, Route, Severity, Story

SECRET = "Zebrafish told it under the bridge"


def dump(store: Store, *, without: str = "") -> str:
    """All rows of all tables but one, as text."""
    with store.open_reader() as con:
        names = [n for (n,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        return "\n".join(
            str(row)
            for name in sorted(names)
            if name != without
            for (row,) in con.execute(f"SELECT t::VARCHAR FROM {name} t ORDER BY ALL").fetchall()
        )


def restricted_batch(mention, **fields):
    verdict = a_verdict(
        mention,
        severity=Severity.THIS_HOUR, route=Route.SAFEGUARDING, content_class="C10", restricted=True,
        reasons=(Reason("disclosure", f"“{SECRET}” is a disclosure."),),
    )  # fmt: skip
    match = a_match(reasons=(Reason("name", f"Named in “{SECRET}”."),))
    return a_batch(mention, verdicts=[verdict], match=match, **fields)


def test_a_saved_batch_is_read_back_as_it_was(store):
    mention = a_mention(rating=2.0, quoted="as someone said")
    alert, message = an_alert("s-one"), a_message(alert_id="a1")
    keep(store, a_batch(mention, alerts=[alert], outbox=[message]))
    with store.open_reader() as con:
        assert find_known(con, [mention.id, "nobody"]) == {
            mention.id: Known(
                1, text_hash(mention.title, mention.text), urns=(URN,), fetched_at=mention.fetched_at
            )
        }
        assert verdict_store.story_verdicts(con, ["s-one"]) == {"s-one": [a_verdict(mention)]}
        assert alert_store.by_story(con, ["s-one"]) == {("s-one", URN): alert}
        assert pending_outbox(con, NOW) == [message]
        assert source_store.latest_runs(con) == {"feed:one": a_run()}
        detail = story_store.story(con, "s-one")
    [shown] = detail.mentions
    assert (shown.title, shown.text, shown.quoted) == (mention.title, mention.text, "as someone said")
    assert (shown.url, shown.author, shown.published) == (mention.url, mention.author, mention.published)
    assert (shown.match, shown.verdict) == (a_match(), a_verdict(mention))
    assert (detail.row.mentions, detail.row.places, detail.row.authors) == (1, 1, 1)


def test_an_edit_is_a_new_version_of_the_same_mention(store):
    before, after = a_mention(), a_mention(text="Oakfield: I have changed my mind.")
    keep(store, a_batch(before))
    keep(store, a_batch(after, version=2, run=a_run(at=NOW + timedelta(hours=1))))
    with store.open_reader() as con:
        assert find_known(con, [before.id])[before.id].version == 2
        detail = story_store.story(con, "s-one")
        texts = con.execute("SELECT text FROM mention_versions ORDER BY n").fetchall()
        assert len(story_store.sketches(con, [URN], NOW - timedelta(days=1))) == 2
    assert texts == [(before.text,), (after.text,)]
    assert [m.text for m in detail.mentions] == [after.text]


def test_a_sighting_by_a_second_source_is_one_more_place(store):
    mention = a_mention()
    keep(store, a_batch(mention))
    seen = replace(a_batch(run=a_run("feed:two")), seen=(mention.id,))
    keep(store, seen, now=NOW + timedelta(hours=1))
    with store.open_reader() as con:
        [row] = story_store.list_stories(con)
        last = con.execute("SELECT epoch(last_seen) FROM sightings WHERE source_id = 'feed:two'").fetchone()
    assert row.places == 2
    assert last == ((NOW + timedelta(hours=1)).timestamp(),)


def test_a_restricted_text_stands_in_its_own_table_only(store):
    mention = a_mention(title=SECRET, text=SECRET, url=f"https://example.org/{SECRET}", author=SECRET)
    alert = an_alert("s-one", restricted=True, because=(Reason("disclosure", SECRET),))
    keep(store, restricted_batch(mention, alerts=[alert]))
    assert SECRET in dump(store)
    assert SECRET not in dump(store, without="restricted_texts")
    with store.open_reader() as con:
        detail = story_store.story(con, "s-one")
    [shown] = detail.mentions
    assert (shown.url, shown.author, shown.title, shown.text, shown.quoted) == (None,) * 5
    assert shown.verdict.reasons == (Reason("disclosure", ""),)


def test_what_becomes_restricted_takes_its_earlier_versions_and_their_reasons_along_and_stays_so(store):
    telling = (Reason("quoted", f"It says “{SECRET}”."),)
    before = a_mention(title=SECRET, text=SECRET, author=SECRET)
    given = a_verdict(before, reasons=telling)
    keep(store, a_batch(before, verdicts=[given], match=a_match(reasons=telling)))
    assert SECRET in dump(store, without="restricted_texts")
    batch = restricted_batch(a_mention(text="And worse."), version=2)
    keep(store, replace(batch, verdicts=(replace(batch.verdicts[0], version=2),)))
    assert SECRET not in dump(store, without="restricted_texts")
    with store.open_reader() as con:
        assert con.execute("SELECT n FROM restricted_texts ORDER BY n").fetchall() == [(1,), (2,)]
        for table in ("matches", "verdicts"):
            asked = f"SELECT version, len(reason_texts) FROM {table} ORDER BY version"
            assert con.execute(asked).fetchall()[0] == (1, 0)
    keep(store, a_batch(a_mention(text=SECRET, title=SECRET), version=3))
    assert SECRET not in dump(store, without="restricted_texts"), "an edit that reads harmless"


def test_what_a_thread_repeats_of_a_restricted_post_is_hidden_and_nothing_else(store):
    opening = a_mention("opening", title=SECRET)
    reply = {"title": SECRET, "quoted": f"{SECRET}!", "parent": opening.id}
    early, late = a_mention("early", **reply), a_mention("late", **reply)
    review = a_mention("review", title="Reviews")
    keep(store, a_batch(early, story_id="s-early"))
    keep(store, restricted_batch(opening, story_id="s-opening"))
    keep(store, a_batch(late, story_id="s-late"))
    assert SECRET not in dump(store, without="restricted_texts")
    keep(store, restricted_batch(a_mention("other", title="Reviews"), story_id="s-other"))
    keep(store, a_batch(review, story_id="s-review"))
    with store.open_reader() as con:
        titles = {row.id: row.title for row in story_store.list_stories(con)}
    assert titles == {"s-early": "", "s-opening": "", "s-late": "", "s-other": "", "s-review": "Reviews"}


def test_what_other_replies_repeat_of_a_restricted_reply_is_hidden(store):
    opening = a_mention("opening", title="School run")
    told = a_mention("told", title="School run", parent=opening.id)
    quoting = a_mention("quoting", title="School run", quoted=SECRET, parent=opening.id)
    elsewhere = a_mention("elsewhere", title="School run", quoted="kept as it is", parent="another-thread")
    for one in (opening, quoting, elsewhere):
        keep(store, a_batch(one, story_id=f"s-{one.id}"))
    keep(store, restricted_batch(told, story_id="s-told"))
    assert SECRET not in dump(store, without="restricted_texts")
    assert "kept as it is" in dump(store, without="restricted_texts")


def test_the_restricted_text_is_given_for_a_reason_and_the_reading_audited(store):
    mention = a_mention(text=SECRET)
    alert = an_alert("s-one", restricted=True)
    keep(store, restricted_batch(mention, alerts=[alert]))
    with store.write("read a restricted text") as con:
        [text] = alert_store.restricted_text(
            con, alert.id, reason="The parent rang.", person="p-dsl", now=NOW
        )
    assert (text.text, text.author, text.url) == (SECRET, mention.author, mention.url)
    with store.open_reader() as con:
        rows = con.execute("SELECT actor, subject FROM audit WHERE action = 'restricted_read'").fetchall()
        assert con.execute("SELECT note FROM audit_notes").fetchall() == [("The parent rang.",)]
    assert rows == [("p-dsl", "s-one")]


def reasons_of(store, alert):
    with store.write("read a restricted text") as con:
        texts = alert_store.restricted_text(con, alert.id, reason="The parent rang.", person="p-dsl", now=NOW)
    return [reason for text in texts for reason in text.reasons]


def test_an_alert_shows_the_reasons_of_its_own_school_only_also_when_another_is_judged_later(store):
    mention = a_mention(text=SECRET)
    alert = an_alert("s-one", restricted=True)
    batch = restricted_batch(mention, alerts=[alert])
    why = (Reason("perhaps_another_school", "Perhaps about another school."),)
    verdict = replace(batch.verdicts[0], urn="900002", relevance=Relevance.UNSURE, reasons=why)
    match = a_match(urn="900002")
    both = replace(
        batch, verdicts=(*batch.verdicts, verdict), matches=(*batch.matches, (mention.id, 1, match))
    )
    keep(store, both)
    assert reasons_of(store, alert) == [f"“{SECRET}” is a disclosure."]
    keep(store, replace(batch, verdicts=(verdict,), matches=((mention.id, 1, match),), folded=(), alerts=()))
    assert reasons_of(store, alert) == [f"“{SECRET}” is a disclosure."]


def test_folding_gets_back_the_sketches_it_gave_also_of_a_restricted_mention(store):
    batch = restricted_batch(a_mention())
    keep(store, batch)
    with store.open_reader() as con:
        assert story_store.sketches(con, [URN], NOW - timedelta(days=1)) == [batch.folded[0].sketch]
        assert story_store.sketches(con, [URN], NOW + timedelta(days=1)) == []
        assert story_store.sketches(con, ["900002"], NOW - timedelta(days=1)) == []


def test_the_chain_of_the_audit_holds_no_text_and_no_name(store):
    mention = a_mention(text=SECRET, title=SECRET, author=SECRET)
    keep(store, restricted_batch(mention, alerts=[an_alert("s-one", restricted=True)]))
    with store.write("read and acknowledge") as con:
        alert_id = an_alert("s-one").id
        alert_store.restricted_text(con, alert_id, reason=SECRET, person="p-dsl", now=NOW)
        alert_store.ack(con, alert_id, "p-dsl", NOW)
        alert_store.hand_over_alert(con, alert_id, "p-dsl", NOW)
        rows = con.execute("SELECT a::VARCHAR FROM audit a").fetchall()
    assert len(rows) == 5
    assert not any(SECRET in row for (row,) in rows)


WITHOUT_PYTZ = """
import sys
sys.modules["pytz"] = None
from pathlib import Path
from builders.mention import NOW, URN, a_store, pending_outbox
from data.store import alerts, sources, stories, verdicts
from data.store.engine import audit_chain
with a_store(Path(sys.argv[1])).open_reader() as con:
    assert len(stories.list_stories(con)) == len(stories.sketches(con, [URN], NOW)) == 1
    assert stories.story(con, "s-one") and verdicts.story_verdicts(con, ["s-one"])
    assert alerts.list_alerts(con) and pending_outbox(con, NOW) and audit_chain.verify(con) == []
    assert sources.latest_runs(con) and sources.states(con, ["feed:one"])["feed:one"].last_run_at
"""


def test_times_are_read_without_a_library_that_is_not_installed(on_disk):
    keep(on_disk, a_batch(a_mention(), alerts=[an_alert("s-one")], outbox=[a_message()]))
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_PYTZ, str(on_disk.home)],
        env={**os.environ, "PYTHONPATH": paths(TESTS)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_an_edit_that_leaves_the_school_out_makes_its_story_unsure(store):
    keep(store, a_batch(a_mention()))
    unsure = a_match(relevance=Relevance.UNSURE)
    keep(store, a_batch(a_mention(text="They never ring back."), version=2, match=unsure))
    with store.open_reader() as con:
        assert [s.relevance for s in story_store.list_stories(con)] == [Relevance.UNSURE]


def test_a_story_shows_its_gravest_verdict(store):
    mild, grave = a_mention("mild"), a_mention("grave")
    given = [a_verdict(mild), a_verdict(grave, severity=Severity.TODAY, route=Route.REQUEST_REMOVAL)]
    keep(store, a_batch(mild, grave, verdicts=given))
    with store.open_reader() as con:
        [row] = story_store.list_stories(con)
    assert row.top == given[1]
    assert row.mentions == 2


# --------------------------------------------------------- A group of runs saved in one transaction


def as_rows(store):
    """All rows of all tables; the salts of seals are random, so is what hangs on them."""
    with store.open_reader() as con:
        names = [n for (n,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        return {
            name: con.execute(f"SELECT t::VARCHAR FROM {name} t ORDER BY ALL").fetchall()
            for name in names
            if name not in ("migrations", "seal_salts", "audit")
        }


def kept(store, batches, now=NOW):
    with store.write("test") as con:
        counted = CountedStatements(con)
        save_all(counted, batches, now=now, policy=POLICY)
        return counted.asked


def brought(n, **fields):
    """What the n-th source brought: two posts of its own in a story of their own."""
    mentions = [a_mention(f"{n}-{k}", title=f"Lunch {n}", text=f"Lunch {n} was late {k}.") for k in range(2)]
    return a_batch(*mentions, run=a_run(f"feed:{n}"), story_id=f"s-{n}", **fields)


def every_kind():
    """A group with all that a batch can hold: an alert, a message, a restricted post, sightings, no news."""
    hidden = a_mention("hidden", title="What he did", text="What he did to me.")
    grave = restricted_batch(
        hidden, run=a_run("feed:grave"), story_id="s-grave", alerts=[an_alert("s-grave", restricted=True)],
        outbox=[a_message(alert_id="a1")],
    )  # fmt: skip
    two = [brought(1), brought(2, alerts=[an_alert("s-2")])]
    sighting = replace(a_batch(run=a_run("feed:3")), seen=two[0].seen, urns=(URN,))
    nothing = a_batch(run=a_run("feed:4", outcome=Outcome.NOT_MODIFIED))
    return [*two, grave, sighting, nothing]


def test_a_group_is_saved_as_each_of_it_by_itself_and_the_same_twice_changes_nothing(store, on_disk):
    kept(store, every_kind())
    with on_disk.write("test") as con:
        for batch in every_kind():
            save(con, batch, now=NOW, policy=POLICY)
    once = as_rows(store)
    assert once == as_rows(on_disk)
    with store.open_reader() as con:
        assert verify(con) == []
        raised = con.execute("SELECT subject FROM audit WHERE action = 'alert_raised'").fetchall()
    assert len(raised) == 2
    kept(store, every_kind())
    assert as_rows(store) == once


def test_nothing_of_a_group_stays_where_one_of_it_fails(store):
    before = as_rows(store)
    unmatched = replace(brought(2), matches=())
    with pytest.raises(ValueError, match="folded without a match"):
        kept(store, [brought(1), unmatched])
    assert as_rows(store) == before


def test_a_story_that_two_sources_carry_in_one_group_spans_both(store):
    first, second = brought(1), brought(2)
    early, late = NOW - timedelta(hours=3), NOW + timedelta(hours=1)
    first = replace(first, stories=(Story("s-1", URN, "Lunch", early, NOW),))
    second = replace(
        second,
        stories=(Story("s-1", URN, "Late lunch", NOW, late),),
        folded=tuple(replace(f, story_id="s-1") for f in second.folded),
    )
    kept(store, [first, second])
    with store.open_reader() as con:
        rows = con.execute("SELECT id, title, epoch(first_seen), epoch(last_seen) FROM stories").fetchall()
    assert rows == [("s-1", "Late lunch", early.timestamp(), late.timestamp())]


def test_what_one_source_brought_another_of_the_group_may_only_have_seen(store):
    first = brought(1)
    kept(store, [replace(brought(2), seen=(*first.seen, *brought(2).seen)), first])
    with store.open_reader() as con:
        rows = con.execute("SELECT mention_id, list(source_id ORDER BY source_id) FROM sightings GROUP BY 1")
        places = dict(rows.fetchall())
    assert [places[m.id] for m in first.mentions] == [["feed:1", "feed:2"]] * 2


@pytest.mark.parametrize("first", [True, False])
def test_where_a_stub_is_seen_before_it_is_brought_anew_is_not_kept(store, first):
    anew = brought(1)
    kept(store, [anew])
    with store.write("test") as con:
        con.execute("UPDATE mentions SET stub = TRUE")
        con.execute("DELETE FROM sightings")
    sighting = replace(a_batch(run=a_run("feed:2")), source_id="feed:2", seen=anew.seen)
    kept(store, [sighting, anew] if first else [anew, sighting])
    with store.open_reader() as con:
        places = con.execute("SELECT DISTINCT source_id FROM sightings ORDER BY 1").fetchall()
    assert places == ([("feed:1",)] if first else [("feed:1",), ("feed:2",)])


def test_a_mention_that_two_batches_bring_and_two_alerts_on_one_story_are_refused(store):
    again = replace(brought(1), run=a_run("feed:other"), source_id="feed:other")
    with pytest.raises(ValueError, match="the same mention"):
        kept(store, [brought(1), again])
    with pytest.raises(ValueError, match="the same story"):
        kept(store, [brought(1, alerts=[an_alert("s-1")]), brought(2, alerts=[an_alert("s-1")])])


def test_a_group_asks_as_much_of_the_store_as_one_source_and_of_runs_without_news_two_statements(store):
    kept(store, [brought(99)])  # what is asked once a process is asked
    one, many = kept(store, [brought(1)]), kept(store, [brought(n) for n in range(2, 34)])
    assert len(many) <= len(one)
    for outcome in (Outcome.NOT_MODIFIED, Outcome.BLOCKED, Outcome.DISABLED):
        asked = kept(store, [a_batch(run=a_run(f"{outcome}:{n}", outcome=outcome)) for n in range(64)])
        assert [sql.split(" ")[0] for sql in asked] == ["SELECT", "INSERT"]
    with store.open_reader() as con:
        assert len(latest_runs(con)) == 34 + 3 * 64


def test_two_readings_of_a_group_begin_their_sources(store):
    later = a_run("feed:1", NOW + timedelta(hours=1))
    empty = a_run("feed:2", outcome=Outcome.EMPTY)
    kept(store, [replace(a_batch(run=a_run("feed:1")), urns=(URN,))])
    kept(store, [replace(a_batch(run=run), urns=(URN, "900002")) for run in (later, empty)])
    with store.open_reader() as con:
        found = first_reads(con, ["feed:1", "feed:2", "feed:3"])
    assert found == {
        "feed:1": {URN: NOW, "900002": later.started_at},
        "feed:2": {URN: NOW, "900002": NOW},
        "feed:3": {},
    }
