"""`schoolgate privacy search`, `erase`, `object` and `due`: what is found, what goes for good, what stays."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

import pytest
from builders.backup import back_up, holding, put_back
from builders.case_desk import NOW, PNG, Desk, about_the_head, disclosure, insult, review, run
from builders.judges import INSULT, OAKFIELD, judges
from builders.mention import POLICY, a_batch, a_mention, a_message, a_run, a_verdict, an_alert
from builders.privacy import DPO, a_request, privacy
from builders.two_homes import GRAVE, KINDS, OURS, Kind, two_homes

from data.evidence.handed_in import Danger, Says
from data.ids import mention_id, text_hash
from data.judged import NAMED
from data.privacy.terms import SearchTerm, TermKind, folded
from data.retention.purge import purge
from data.store.alerts.alerts import ack, list_alerts
from data.store.engine.audit_chain import links
from data.store.mentions.batch import save
from data.store.mentions.known import known
from data.store.mentions.person_reports import put_says
from data.store.messages.outbox import put_outbox
from data.types import About, Meant, Route, Source
from data.web.urls import canonical_url
from monitor.act.matter.undo import write_note
from monitor.act.requests.finding import MOST_OF_A_NAME, held_about
from monitor.act.requests.office import open_office
from monitor.config.home.paths import secret_key
from monitor.pipeline.collect import Collected
from monitor.pipeline.judge import judge
from monitor.pipeline.judging.conclude import conclude

PLANT = "quincunx-plant-kestrel"
HANDLE = "Larch-planted-Dad"
DAY = timedelta(days=1)
FORUM = Source("forum", "feed", "https://forum.example.org/feed", urns=("900001",), surfaced=True)


@pytest.fixture
def desk(tmp_path):
    (tmp_path / "home").mkdir()
    return Desk(tmp_path / "home")


def put(desk, mention, story="s-plant", **verdict):
    with desk.store.write("a post") as con:
        batch = a_batch(mention, verdicts=[a_verdict(mention, **verdict)], story_id=story, run=a_run(story))
        save(con, batch, now=NOW, policy=POLICY)
    return mention


def planted(desk, name="plant", subject=None, **fields):
    given = {"text": f"Oakfield Primary in Northvale: {PLANT}", "author": HANDLE, "title": PLANT} | fields
    about = {"subject_person": subject, "subjects": (subject,), "content_class": "C7"} if subject else {}
    return put(desk, a_mention(name, **given), **about)


def an_open_case(desk):
    insult(desk)
    assert desk("open", "story-insult", "--as", "holt").code == 0


def erase(desk, *words, said="", now=NOW, number=None):
    number = number or a_request(desk, "erasure", NOW)
    return privacy(desk, "erase", number, *words, "--as", DPO, said=said, now=now)


def read_again(desk, *mentions, with_=None, source=FORUM, at=NOW):
    """What one reading of a place saves: the ids of what is new."""
    found = with_ or replace(judges(), secret=lambda: secret_key(desk.home))
    judged = judge(Collected(source, a_run(source.id, at), mentions), desk.store, found, at)
    with desk.store.write("a reading") as con:
        (batch,) = conclude(con, [judged], found, at)
        save(con, batch, now=at, policy=POLICY)
    return [m.id for m in batch.mentions]


def objected(desk, *more, by="handle", said=HANDLE, number=None):
    number = number or a_request(desk, "objection", NOW)
    return privacy(desk, "object", number, "--by", by, *more, "--as", DPO, said=said)


def kept_out(desk):
    with desk.store.read() as con:
        return con.execute("SELECT count(*) FROM suppressions").fetchone()[0]


def purged(desk, mention):
    with desk.store.read() as con:
        return known(con, [mention])[mention].purged


def actions(desk):
    with desk.store.read() as con:
        return [(link.entry.action, link.entry.subject, link.entry.codes) for link in links(con)]


def test_erasing_that_was_broken_off_before_its_bytes_were_gone_is_ended_by_the_next_purge(desk):
    """Not in a week, as where nobody asked."""
    purge(desk.store, NOW, POLICY, force=True)
    planted(desk)
    with (
        patch("data.retention.purge.rewrite", side_effect=KeyboardInterrupt),
        suppress(KeyboardInterrupt),
    ):
        erase(desk, "--by", "handle", "--yes", said=HANDLE)
    assert holding(desk.home, PLANT)
    purge(desk.store, NOW + timedelta(minutes=1), POLICY)
    assert not holding(desk.home, PLANT)


def test_nobody_erases_what_may_accuse_themselves_and_fair_comment_goes_for_its_author(desk):
    mention = planted(desk, subject=DPO)
    by_id = erase(desk, "--post", mention.id[:8], "--yes")
    assert (by_id.code, "about yourself is not yours to erase" in by_id.err) == (2, True)
    by_handle = erase(desk, "--by", "handle", "--yes", said=HANDLE)
    assert (by_handle.code, "0 posts erased" in by_handle.out) == (1, True)
    assert holding(desk.home, PLANT)
    put(desk, mention, subject_person=DPO, subjects=(DPO,), content_class="C0")
    assert "1 post erased" in erase(desk, "--by", "handle", "--yes", said=HANDLE).out


@pytest.mark.parametrize("kind", ["access", "rectification", "complaint", "told"])
@pytest.mark.parametrize("yes", [(), ("--yes",)], ids=["looked", "yes"])
def test_nothing_is_erased_for_a_request_that_does_not_ask_for_it(desk, kind, yes):
    mention = planted(desk)
    number = a_request(desk, kind, NOW)
    done = erase(desk, "--by", "handle", *yes, said=HANDLE, number=number)
    assert (done.code, done.out) == (2, "")
    assert f"{number} is of kind {kind}" in done.err
    assert "schoolgate privacy record erasure" in done.err
    assert ("section 173" in done.err) == (kind == "access")
    assert erase(desk, "--post", mention.id[:8], *yes, number=number).code == 2
    assert holding(desk.home, PLANT)
    assert "text_deleted" not in [action for action, *_ in actions(desk)]


def test_what_an_objection_is_about_may_be_erased_for_it(desk):
    planted(desk)
    number = a_request(desk, "objection", NOW)
    assert "1 post erased" in erase(desk, "--by", "handle", "--yes", said=HANDLE, number=number).out


def test_without_yes_nothing_is_done(desk):
    mention = planted(desk)
    done = erase(desk, "--by", "handle", said=HANDLE)
    assert (done.code, "1 post would be erased" in done.out) == (0, True)
    assert not purged(desk, mention.id)
    assert "text_deleted" not in [action for action, *_ in actions(desk)]


def test_words_author_and_address_are_gone_from_every_byte_and_a_tombstone_says_for_which_request(desk):
    mention = planted(desk)
    reply = put(desk, a_mention("reply", parent=mention.id, quoted=PLANT), "s-reply")
    with desk.store.write("a digest that quotes it") as con:
        put_outbox(con, [a_message("d1", kind="digest", body=f"1. {PLANT}", html=f"<p>{PLANT}</p>")], NOW)
    assert holding(desk.home)
    done = erase(desk, "--by", "handle", "--yes", said=f"@{HANDLE.upper()}")
    assert (done.code, "1 post erased" in done.out) == (0, True)
    for words in (PLANT, HANDLE, mention.url, text_hash(mention.title, mention.text)):
        assert holding(desk.home, words) == []
    assert ("text_deleted", mention.id, ("C0", "authority:erasure", "request:P0001")) in actions(desk)
    with desk.store.read() as con:
        assert reply.id in known(con, [reply.id])
        assert con.execute("SELECT sum(purged) FROM counts").fetchone() == (1,)


def test_a_file_that_was_handed_in_with_it_goes_too(desk, tmp_path):
    shot = tmp_path / "shot.png"
    shot.write_bytes(PNG)
    words = ("--text", "-", "--author", HANDLE, "--file", str(shot), "--no-child-image", "--school", "900001")
    said = f"Oakfield is mentioned in passing: {PLANT}"
    assert run("report-in", *words, "--home", str(desk.home), said=said).code == 0
    assert any((desk.home / "evidence").rglob("*"))
    done = erase(desk, "--by", "handle", "--yes", said=HANDLE)
    assert (done.code, "1 post erased" in done.out) == (0, True), done.out
    assert [p for p in (desk.home / "evidence").rglob("*") if p.is_file()] == []
    assert holding(desk.home) == holding(desk.home, HANDLE) == []
    assert run("evidence", "verify", "--home", str(desk.home)).code == 0


def test_evidence_verify_is_clean_after_it_and_says_what_was_erased(desk):
    planted(desk)
    erase(desk, "--by", "handle", "--yes", said=HANDLE)
    done = run("evidence", "verify", "--home", str(desk.home))
    assert (done.code, "All holds: " in done.out) == (0, True), done.out
    assert "Erased for request P0001: 1 post." in done.out


def test_a_post_that_was_sealed_for_a_case_is_erased_when_the_case_is_gone_and_verify_is_clean(desk):
    an_open_case(desk)
    assert desk("close", "1", "--mistaken", "--as", "holt", "--why", "It was no matter").code == 0
    taken = run("alerts", "ack", an_alert("story-insult").id, "--as", "pike", "--home", str(desk.home))
    assert taken.code == 0, taken.err
    later = NOW + timedelta(days=4000)
    with desk.store.write("it is kept for long") as con:
        con.execute("UPDATE mentions SET retain_until = $until", {"until": later + DAY})
    assert purge(desk.store, later, POLICY).cases == 1
    done = erase(desk, "--by", "handle", "--yes", said="poster-insult", now=later)
    assert (done.code, "1 post erased" in done.out) == (0, True), done.out
    verified = run("evidence", "verify", "--home", str(desk.home))
    assert (verified.code, "Erased for request P0001: 1 post." in verified.out) == (0, True), verified.out
    assert holding(desk.home, "poster-insult") == []


def test_a_post_that_is_read_again_does_not_come_back_in_any_calm_words(desk):
    address = canonical_url("https://forum.example.org/plant")
    mention = planted(desk, author="somebody", id=mention_id("forum", address))
    assert erase(desk, "--post", mention.id[:8], "--yes").code == 0
    edited = replace(mention, text="Oakfield Primary in Northvale again, in other words.")
    elsewhere = replace(
        mention, id="0" * 16, channel="news", url="http://www.forum.example.org/plant/?utm_source=x"
    )
    another = a_mention("another", text="Oakfield Primary in Northvale is kind.")
    assert read_again(desk, mention, edited, elsewhere, another) == [another.id]


def test_the_others_on_the_same_page_of_reviews_are_read_all_the_same(desk):
    page = "https://reviews.example.org/oakfield"
    mine = planted(desk, url=page)
    assert erase(desk, "--post", mine.id, "--yes").code == 0
    other = a_mention("other", url=page, text="Oakfield Primary in Northvale is kind.")
    assert read_again(desk, mine, replace(mine, text="In other words, Oakfield Primary."), other) == [
        other.id
    ]


def test_a_digest_that_went_out_keeps_neither_its_first_words_nor_its_address(desk):
    """A line of it is a post's first dozen words, broken over two lines, and where it was posted."""
    mention = planted(desk, title="")
    said = f"1. Oakfield Primary in Northvale:\n   {PLANT}, on a forum."
    page = f'<a href="{mention.url}">{PLANT}</a>'
    before = a_message("before", kind="digest", body="of the day before")
    sent = a_message("d1", kind="digest", body=said, html=page)
    with desk.store.write("digests that were sent") as con:
        put_outbox(con, [before], NOW - DAY)
        put_outbox(con, [sent], NOW)
        con.execute("UPDATE outbox SET sent_at = $now", {"now": NOW})
    assert holding(desk.home)
    assert "1 post erased" in erase(desk, "--by", "handle", "--yes", said=HANDLE).out
    for words in (PLANT, mention.url):
        assert holding(desk.home, words) == []
    with desk.store.read() as con:
        assert con.execute("SELECT key, body FROM outbox ORDER BY key").fetchall() == [
            ("before", "of the day before"),
            ("d1", ""),
        ]


def test_posts_of_several_people_at_one_address_are_nobodys_to_erase(desk):
    page = "https://reviews.example.org/oakfield"
    for name in ("a", "b"):
        planted(desk, name, url=page, author=name)
    done = erase(desk, "--by", "address", "--yes", said=page)
    assert (done.code, "2 posts by several people" in done.err) == (2, True)


def test_an_alert_that_somebody_marked_as_done_keeps_no_post_from_being_erased(desk):
    insult(desk)
    assert "0 posts erased" in erase(desk, "--by", "handle", "--yes", said="poster-insult").out
    home = ("--home", str(desk.home))
    marked = run("story", "mark", "story-insult", "--not-us", "--as", "holt", *home)
    assert marked.code == 0, marked.err
    assert "1 post erased" in erase(desk, "--by", "handle", "--yes", said="poster-insult").out
    with desk.store.read() as con:
        assert con.execute("SELECT count(*) FROM owners").fetchone() == (0,)


def test_other_words_at_its_address_that_call_for_an_alert_are_not_lost(desk):
    mention = planted(desk)
    erase(desk, "--post", mention.id, "--yes")
    assert read_again(desk, replace(mention, text=INSULT)) == [mention.id]


def test_the_very_words_that_were_erased_do_not_come_back_however_grave(desk):
    mention = a_mention("grave", text=INSULT, title="")
    assert read_again(desk, mention) == [mention.id]
    with desk.store.write("somebody took the alert") as con:
        for alert in list_alerts(con):
            ack(con, alert.id, "holt", NOW)
    assert erase(desk, "--post", mention.id, "--yes").code == 0
    assert read_again(desk, mention, at=NOW + DAY) == []


def test_what_a_person_hands_in_is_taken_in_all_the_same(desk):
    mention = planted(desk)
    erase(desk, "--post", mention.id, "--yes")
    handed = replace(FORUM, id="report-in", kind="report-in")
    assert read_again(desk, mention, source=handed) == [mention.id]


def test_only_the_homes_own_secret_knows_it_again(desk):
    mention = planted(desk)
    erase(desk, "--post", mention.id, "--yes")
    assert read_again(desk, mention, with_=replace(judges(), secret=lambda: b"another")) == [mention.id]


def test_an_older_backup_brings_neither_the_post_nor_its_reading_back(desk, tmp_path):
    mention = planted(desk)
    (tmp_path / "backups").mkdir()
    secret_key(desk.home)
    with desk.store.write("a digest that quotes it") as con:
        put_outbox(con, [a_message("d1", kind="digest", body=f"1. {PLANT}", html=f"<p>{PLANT}</p>")], NOW)
    made, _ = back_up(desk.home, tmp_path / "backups", NOW)
    assert holding(desk.home)
    erase(desk, "--by", "handle", "--yes", said=HANDLE, now=NOW + timedelta(hours=1))
    put_back(made, desk.home, NOW + timedelta(hours=2), replace=True)
    kept_aside = [n for n in holding(desk.home) if not n.startswith("before-restore-")]
    assert kept_aside == []
    assert holding(desk.home, HANDLE) == []
    assert read_again(desk, mention, at=NOW + timedelta(hours=3)) == []
    assert run("evidence", "verify", "--home", str(desk.home)).code == 0


def test_an_open_case_keeps_its_post_and_that_is_said_and_recorded(desk):
    an_open_case(desk)
    mention = a_mention("insult").id
    done = erase(desk, "--by", "handle", "--yes", said="poster-insult")
    assert (done.code, "case 0001 is open (Article 17(3)(e)" in done.out) == (1, True)
    assert ("erasure_refused", "P0001", (f"mention:{mention}", "reason:open", "case:0001")) in actions(desk)
    assert not purged(desk, mention)


def test_a_hold_keeps_it_and_a_closed_case_keeps_it_until_its_time_is_up(desk):
    an_open_case(desk)
    desk("step", "hold", "1", "--review", "2027-02-01", "--as", "pike", "--why", "A claim may follow")
    assert "case 0001 is on hold" in erase(desk, "--by", "handle", "--yes", said="poster-insult").out
    listed = privacy(desk, "due", "--as", DPO, "--days", "400", now=NOW)
    assert "by case 0001, put on hold by pike, to be reviewed on 2027-02-01" in " ".join(listed.out.split())
    desk("step", "release", "1", "--as", "holt", "--why", "None does")
    closed = desk("close", "1", "--mistaken", "--as", "holt", "--why", "It was no matter")
    assert closed.code == 0, closed.err
    done = erase(desk, "--by", "handle", "--yes", said="poster-insult")
    assert "it is evidence in case 0001, kept until" in done.out


def test_what_nobody_has_taken_yet_stays(desk):
    insult(desk)
    done = erase(desk, "--by", "handle", "--yes", said="poster-insult")
    assert (done.code, "its alert is open" in done.out) == (1, True)
    assert f"To end the request: schoolgate privacy answer P0001 refused --as {DPO}\n" in done.out


def test_what_is_with_the_safeguarding_lead_is_theirs_to_decide(desk):
    disclosure(desk)
    done = erase(desk, "--by", "handle", "--yes", "--json", said="poster-disclosure")
    assert (done.code, done.data["erased"], done.data["withheld"]) == (1, [], 1)
    done = erase(desk, "--post", a_mention("disclosure").id, "--yes")
    assert (done.code, "with the safeguarding lead" in done.err) == (2, True)


def test_of_several_posts_those_that_may_go_go_and_the_others_are_named(desk):
    an_open_case(desk)
    free = planted(desk, author="poster-insult")
    done = erase(desk, "--by", "handle", "--yes", "--json", said="poster-insult")
    assert (done.code, done.data["erased"]) == (1, [free.id])
    assert [one["why"] for one in done.data["stays"]] == ["open"]


def test_what_merely_names_somebody_is_anothers_and_is_not_erased_by_a_name(desk):
    planted(desk, text="Jane Harrow was rude.")
    done = erase(desk, "--by", "name", "--yes", said="Jane Harrow")
    assert (done.code, "does not show who wrote" in done.err) == (2, True)


@pytest.mark.parametrize("words", [(), ("--by", "handle", "--post", "ab")])
def test_it_is_said_what_is_meant_one_way(desk, words):
    done = erase(desk, *words, said="x")
    assert (done.code, "Say what is to be erased" in done.err) == (2, True)


@pytest.mark.parametrize("person", ["holt", "pike", "fern", "vale", "elsewhere"])
def test_nobody_without_the_office_erases_or_objects(desk, person):
    mention = planted(desk)
    number = a_request(desk, "erasure", NOW)
    for words in (("erase", number, "--post", mention.id, "--yes"), ("object", number, "--by", "handle")):
        assert privacy(desk, *words, "--as", person, "--school", "900001", said=HANDLE).code == 2
    assert (purged(desk, mention.id), kept_out(desk)) == (False, 0)


def test_a_post_that_may_accuse_whoever_answers_is_as_if_it_were_not_there(desk):
    mention = put(desk, a_mention("accuses"), severity=3, subjects=(DPO,))
    done = erase(desk, "--post", mention.id, "--yes")
    assert (done.code, "No post begins with" in done.err) == (2, True)


def test_nothing_is_deleted_where_the_record_of_deletions_cannot_be_written(desk):
    mention = planted(desk)
    (desk.home / "deletions.log").mkdir()
    done = erase(desk, "--post", mention.id, "--yes")
    assert (done.code, "nothing was deleted" in done.err) == (1, True)
    assert (purged(desk, mention.id), kept_out(desk)) == (False, 0)


# ------------------------------------------------------------------------------------------- objection


def test_after_an_objection_an_authors_new_posts_are_not_kept_but_a_threat_is(desk):
    assert objected(desk, "--channel", "local_forum").code == 0
    place = {"channel": "local_forum"}
    fair = "Oakfield Primary in Northvale has a fair."
    calm = a_mention("calm", text=fair, author=f"@{HANDLE.lower()}", **place)
    grave = a_mention("grave", text=INSULT, author=HANDLE, **place)
    other = replace(a_mention("other", text=calm.text, author=HANDLE), channel="reddit")
    assert read_again(desk, calm, grave, other) == [grave.id, other.id]


def test_an_objection_that_is_withdrawn_keeps_nothing_out(desk):
    number = a_request(desk, "objection", NOW)
    objected(desk, by="address", said="https://forum.example.org/calm", number=number)
    calm = a_mention("calm", text="Oakfield Primary in Northvale has a fair.")
    assert read_again(desk, calm) == []
    done = privacy(desk, "object", number, "--withdrawn", "--as", DPO)
    assert "is kept again (hashes deleted: 1)" in done.out
    assert read_again(desk, calm) == [calm.id]


@pytest.mark.parametrize(
    ("by", "said", "why"),
    [("name", "Jane Harrow", "may be anybody"), ("handle", "nobody-here", "No post of theirs is held")],
)
def test_an_objection_names_a_handle_in_its_place_or_an_address(desk, by, said, why):
    done = objected(desk, by=by, said=said)
    assert (done.code, why in done.err) == (2, True)


def test_an_objection_in_a_place_that_no_post_can_have_is_refused_and_keeps_nothing_out(desk):
    done = objected(desk, "--channel", "forums")
    assert (done.code, "--channel forums: not one we know" in done.err) == (2, True)
    assert kept_out(desk) == 0


def test_the_table_of_what_is_kept_out_names_nobody(desk):
    objected(desk, "--channel", "local_forum")
    assert holding(desk.home, HANDLE) == holding(desk.home, HANDLE.lower()) == []


# ------------------------------------------------------------------------------------------- retention


def test_what_is_due_next_is_told_by_day_and_reason_and_is_what_a_purge_then_takes(desk):
    planted(desk)
    planted(desk, "b")
    put(desk, a_mention("theft"), "s-theft", content_class="C7")
    before = privacy(desk, "due", "--as", DPO, now=NOW)
    assert "To be deleted within 30 days: 2 posts and 0 closed cases." in before.out
    assert "2026-12-17  2 posts  criticism, opinion or praise, 30 days" in before.out
    assert PLANT not in before.out
    assert purge(desk.store, NOW + 30 * DAY, POLICY).stubs == 2
    assert holding(desk.home, PLANT) == []
    assert "0 posts" in privacy(desk, "due", "--as", DPO, now=NOW + 30 * DAY).out
    far = privacy(desk, "due", "--as", DPO, "--days", "600", now=NOW + 30 * DAY)
    told = " ".join(far.out.split())
    assert "1 post a possibly false and damaging statement about a person, 548 days" in told


def test_a_case_that_may_accuse_whoever_asks_is_not_named_to_them(desk):
    toml = desk.home / "schoolgate.toml"
    toml.write_text(toml.read_text().replace('roles = ["dpo"]', 'roles = ["slt"]'), encoding="utf-8")
    about_the_head(desk)
    opened = desk("open", "story-accused", "--as", "marsh")
    assert opened.code == 0, opened.err
    listed = privacy(desk, "due", "--days", "3000", "--as", "holt", now=NOW)
    assert (listed.code, "0001" in listed.out) == (0, False)


def test_requests_are_forgotten_a_year_after_their_answer_unless_something_is_kept_out_for_them(desk):
    for kind in ("access", "objection"):
        number = a_request(desk, kind, NOW)
        if kind == "objection":
            objected(desk, "--channel", "local_forum", number=number)
        privacy(desk, "answer", number, "granted", "--as", DPO, "--why", "Done", now=NOW)
    purge(desk.store, NOW + 366 * DAY, POLICY)
    with desk.store.read() as con:
        left = con.execute("SELECT id FROM privacy_requests").fetchall()
    assert left == [("P0002",)]
    assert a_request(desk, "access", NOW) == "P0003"


def test_every_school_of_the_home_is_apart(desk):
    assert OAKFIELD.urn == "900001"
    planted(desk)
    done = privacy(desk, "due", "--as", "elsewhere", "--days", "400", now=NOW)
    assert "0 posts and 0 closed cases" in done.out


def test_the_preview_shows_what_names_them_and_is_not_meant(desk):
    planted(desk)
    naming = planted(desk, "b", text=f"Ask {HANDLE} about the gate.", author="Somebody Else")
    done = erase(desk, "--by", "handle", said=HANDLE)
    assert "1 post would be erased" in done.out
    assert f"  not meant: {naming.id[:8]}" in done.out
    assert "These are by others and name them." in done.out
    assert "about the gate" not in done.out
    assert erase(desk, "--by", "handle", "--json", said=HANDLE, number="1").data["naming"] == [naming.id]


SIGNS = "100%_Larch"


def post(desk, name, verdict=(), **fields):
    """One post and a plain verdict on it; gives its id."""
    return put(desk, a_mention(name, **fields), f"story-{name}", **dict(verdict)).id


def found(desk, by, said, *more, kind="access"):
    number = a_request(desk, kind)
    return privacy(desk, "search", number, "--by", by, "--as", DPO, *more, said=said)


def ids(done, theirs=True):
    return [one["id"] for one in done.data["posts"] if one["theirs"] is theirs]


def test_their_posts_are_found_by_handle_however_it_is_written_and_nobody_elses(desk):
    mine = post(desk, "a", author="Larch Dad")
    post(desk, "b", author="Larch Dad 2")
    assert ids(found(desk, "handle", "@larch  dad\n", "--json")) == [mine]


@pytest.mark.parametrize("said", ["%", "_", "*", ".*", "100%", "' OR 1=1 --", "%Larch%"])
def test_no_sign_in_a_handle_stands_for_others(desk, said):
    post(desk, "a", author=SIGNS)
    post(desk, "b", author="1000_Larch")
    assert ids(found(desk, "handle", said, "--json")) == []
    assert len(ids(found(desk, "handle", SIGNS, "--json"))) == 1


def test_what_names_them_is_found_in_whole_words_and_in_earlier_versions(desk):
    named = post(desk, "a", text="Ask Jane\nHarrow, who knows.")
    post(desk, "b", text="Janet Harrowgate said so.")
    assert ids(found(desk, "name", "jane harrow", "--json"), theirs=False) == [named]


def test_a_post_is_found_by_its_address_however_it_is_written(desk):
    mine = post(desk, "a")
    done = found(desk, "address", "http://www.forum.example.org/a/?utm_source=x", "--json")
    assert ids(done) == [mine]


def test_what_was_typed_about_them_and_the_cases_about_their_posts_are_found(desk):
    an_open_case(desk)
    assert desk("note", "1", "poster-insult rang us", "--as", "holt").code == 0
    told = found(desk, "handle", "poster-insult").out
    assert ", to be weighed and decided\n" in told
    assert f"schoolgate privacy sar P0001 --by handle --to DIR --as {DPO}" in told
    done = found(desk, "handle", "poster-insult", "--json")
    assert done.data["cases"] == ["0001"]
    assert [note["by"] for note in done.data["notes"]] == ["holt"]


def test_how_a_post_was_weighed_was_typed_about_its_author_too(desk):
    an_open_case(desk)
    weighed = ("--nature", "spite", "--visible", "two days", "--spread", "the gate", "--impact", "he is ill")
    assert desk("step", "weigh", "1", *weighed, "--as", "holt").code == 0
    done = found(desk, "handle", "poster-insult", "--json")
    assert len(done.data["notes"]) == 1


def test_who_handed_something_in_finds_that_it_was_noted(desk):
    words = ("--text", "-", "--seen-by", "Jane Harrow", "--school", "900001", "--home", str(desk.home))
    assert run("report-in", *words, said="Oakfield won the quiz again.").code == 0
    done = found(desk, "name", "Jane Harrow", "--json")
    assert [note["by"] for note in done.data["notes"]] == ["report-in"]


MEANS_VALE = {
    "endangered": ({"endangers": (Meant("person:holt", 1.0, NAMED), Meant("person:vale", 1.0, NAMED))}, ""),
    "said at the door": ({}, "vale"),
}


@pytest.mark.parametrize("case", MEANS_VALE)
def test_what_endangers_somebody_beside_another_or_was_said_to_at_the_door_is_found_for_them(desk, case):
    verdict, who = MEANS_VALE[case]
    post(desk, "b")
    mine = post(desk, "a", verdict=verdict)
    if who:
        with desk.store.write("at the door") as con:
            put_says(con, mine, "900001", Says(Danger.NOW, who).as_json, NOW)
    assert ids(found(desk, "name", "Sam Vale", "--json"), theirs=False) == [mine]


def test_what_is_with_the_safeguarding_lead_is_counted_with_its_exemption_and_not_shown(desk):
    disclosure(desk)
    done = found(desk, "handle", "poster-disclosure")
    assert "Withheld: 1, with the safeguarding lead" in done.out
    assert "Schedule 3, paragraphs 19 and 21" in done.out
    assert "Title disclosure" not in done.out


def test_what_may_accuse_whoever_asked_is_not_given_to_them(desk):
    about_the_head(desk)
    done = found(desk, "name", "Jane Holt", "--json")
    assert done.data["posts"] == []
    assert done.data["withheld"] == {"accuses": 1}


def test_a_locked_case_is_counted_and_not_given(desk):
    an_open_case(desk)
    locked = desk("step", "lock", "1", "--as", "pike", "--why", "A pupil may accuse a teacher")
    assert locked.code == 0, locked.err
    done = found(desk, "handle", "poster-insult", "--json")
    assert (done.data["cases"], done.data["notes"], done.data["withheld"]) == ([], [], {"locked": 1})


def test_what_may_accuse_whoever_answers_is_as_if_it_were_not_there(desk):
    post(desk, "a", author="Larch Dad", verdict={"about": About.STAFF, "subjects": (DPO,), "severity": 3})
    done = found(desk, "handle", "Larch Dad", "--json")
    assert done.data == {"posts": [], "cases": [], "notes": [], "withheld": {}}


def test_a_name_that_is_in_half_of_all_posts_is_refused_without_saying_it(desk):
    batch = [a_mention(f"n{i}", text=f"Mrs Smith again, {i}.") for i in range(MOST_OF_A_NAME + 1)]
    with desk.store.write("many posts") as con:
        save(con, a_batch(*batch, story_id="many"), now=NOW, policy=POLICY)
    done = found(desk, "name", "smith")
    assert (done.code, "is in 51 posts" in done.err) == (2, True)
    assert "smith" not in done.err.lower()


@pytest.mark.parametrize(
    ("by", "said", "why"),
    [
        ("name", "Jo", "fewer than 4 letters"),
        ("name", "oakfield primary", "name of the school"),
        ("name", "", "Nothing was given"),
        ("handle", "@", "Nothing was given"),
        ("address", "forum", "no web address"),
        ("handle", "one\ntwo", "several lines"),
        ("shoe size", "43", "no such thing"),
    ],
)
def test_what_would_find_too_much_or_nothing_is_refused(desk, by, said, why):
    done = found(desk, by, said)
    assert (done.code, why in done.err) == (2, True), done.err


def test_it_is_only_for_a_request_that_is_open(desk):
    done = privacy(desk, "search", "P0001", "--by", "handle", "--as", DPO, said="x")
    assert "There is no request P0001" in done.err
    number = a_request(desk)
    privacy(desk, "answer", number, "granted", "--as", DPO, "--why", "Done")
    done = privacy(desk, "search", number, "--by", "handle", "--as", DPO, said="x")
    assert (done.code, "was answered" in done.err) == (2, True)


@pytest.mark.parametrize("person", ["holt", "pike", "fern", "vale", "marsh"])
def test_nobody_without_the_office_searches_and_nothing_is_recorded(desk, person):
    number = a_request(desk)
    review(desk)
    done = privacy(desk, "search", number, "--by", "handle", "--as", person, said="poster-review")
    assert (done.code, "is for the data protection officer" in done.err) == (2, True)
    with desk.store.read() as con:
        assert [x for x in links(con) if x.entry.action == "data_searched"] == []


def test_the_audit_says_who_searched_for_which_request_and_the_words_stand_nowhere(desk, caplog):
    caplog.set_level(logging.DEBUG)
    done = found(desk, "handle", PLANT)
    with desk.store.read() as con:
        last = links(con)[-1].entry
    assert (last.actor, last.action, last.subject) == (DPO, "data_searched", "P0001")
    assert last.codes == ("kind:handle", "found:0")
    assert PLANT not in done.out + done.err + caplog.text
    everywhere = b"".join(p.read_bytes() for p in desk.home.rglob("*") if p.is_file())
    assert PLANT.encode() not in everywhere


def test_no_word_is_taken_from_the_command_line(desk):
    number = a_request(desk)
    words = ("search", number, "--by", "handle", PLANT, "--as", DPO)
    assert privacy(desk, *words).code == 2


def test_an_officer_whom_a_matter_accuses_finds_no_note_on_it(tmp_path, monkeypatch):
    judged = {
        "route": Route.REQUEST_REMOVAL,
        "about": About.STAFF,
        "content_class": "C7",
        "subjects": ("moss",),
    }
    words = "Ira Moss of Oakfield Primary is a thief and steals the school's money every single month."
    monkeypatch.setitem(KINDS, "a lie about the officer", Kind(words, GRAVE | judged, ""))
    homes = two_homes(tmp_path, "a lie about the officer", "collected", "raised")
    head, home = homes.full.reader("holt"), homes.full
    with head.store.write("a note") as con:
        for story in (homes.hidden.STORY, homes.shared.STORY):
            write_note(con, head, story, OURS, f"Kit Larkin saw it: {story}", home.clock())
    office = open_office("moss", home.folder / "home", None, OURS)
    with head.store.read() as con:
        found = held_about(con, office, SearchTerm(TermKind.NAME, folded("Kit Larkin")))
    assert [note.words for note in found.notes] == [f"Kit Larkin saw it: {homes.shared.STORY}"]
