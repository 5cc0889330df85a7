"""`schoolgate privacy erase`, `object` and `due`: what goes for good, and what stays and why."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

import pytest
from builders.backup import back_up, holding, put_back
from builders.case_desk import NOW, PNG, Desk, about_the_head, disclosure, insult, run
from builders.judges import INSULT, OAKFIELD, judges
from builders.mention import POLICY, a_batch, a_mention, a_message, a_run, a_verdict, an_alert
from builders.privacy import DPO, a_request, privacy

from data.ids import mention_id, text_hash
from data.retention.purge import purge
from data.store.alerts.alerts import ack, list_alerts
from data.store.engine.audit_chain import links
from data.store.mentions.batch import save
from data.store.mentions.known import known
from data.store.messages.outbox import put_outbox
from data.types import Source
from data.web.urls import canonical_url
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


@pytest.mark.parametrize("kind", ["access", "rectification", "complaint", "told"])
def test_nothing_is_kept_out_for_a_request_that_is_no_objection(desk, kind):
    number = a_request(desk, kind, NOW)
    words = ("object", number, "--by", "handle", "--channel", "local_forum", "--as", DPO)
    done = privacy(desk, *words, said=HANDLE)
    assert (done.code, f"{number} is of kind {kind}" in done.err) == (2, True)
    with desk.store.read() as con:
        assert con.execute("SELECT count(*) FROM suppressions").fetchone() == (0,)


def test_what_an_objection_is_about_may_be_erased_for_it(desk):
    planted(desk)
    number = a_request(desk, "objection", NOW)
    assert "1 post erased" in erase(desk, "--by", "handle", "--yes", said=HANDLE, number=number).out


def test_without_yes_nothing_is_done(desk):
    mention = planted(desk)
    done = erase(desk, "--by", "handle", said=HANDLE)
    assert (done.code, "1 post would be erased" in done.out) == (0, True)
    with desk.store.read() as con:
        assert not known(con, [mention.id])[mention.id].purged
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
    insult(desk)
    desk("open", "story-insult", "--as", "holt")
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
    insult(desk)
    assert desk("open", "story-insult", "--as", "holt").code == 0
    mention = a_mention("insult").id
    done = erase(desk, "--by", "handle", "--yes", said="poster-insult")
    assert (done.code, "case 0001 is open (Article 17(3)(e)" in done.out) == (1, True)
    assert ("erasure_refused", "P0001", (f"mention:{mention}", "reason:open", "case:0001")) in actions(desk)
    with desk.store.read() as con:
        assert not known(con, [mention])[mention].purged


def test_a_hold_keeps_it_and_a_closed_case_keeps_it_until_its_time_is_up(desk):
    insult(desk)
    desk("open", "story-insult", "--as", "holt")
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
    insult(desk)
    desk("open", "story-insult", "--as", "holt")
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
    with desk.store.read() as con:
        assert mention.id in known(con, [mention.id])
        assert con.execute("SELECT count(*) FROM suppressions").fetchone() == (0,)


def test_a_post_that_may_accuse_whoever_answers_is_as_if_it_were_not_there(desk):
    mention = put(desk, a_mention("accuses"), severity=3, subjects=(DPO,))
    done = erase(desk, "--post", mention.id, "--yes")
    assert (done.code, "No post begins with" in done.err) == (2, True)


def test_nothing_is_deleted_where_the_record_of_deletions_cannot_be_written(desk):
    mention = planted(desk)
    (desk.home / "deletions.log").mkdir()
    done = erase(desk, "--post", mention.id, "--yes")
    assert (done.code, "nothing was deleted" in done.err) == (1, True)
    with desk.store.read() as con:
        assert not known(con, [mention.id])[mention.id].purged
        assert con.execute("SELECT count(*) FROM suppressions").fetchone() == (0,)


# ------------------------------------------------------------------------------------------- objection


def test_after_an_objection_an_authors_new_posts_are_not_kept_but_a_threat_is(desk):
    number = a_request(desk, "objection", NOW)
    words = ("object", number, "--by", "handle", "--channel", "local_forum", "--as", DPO)
    assert privacy(desk, *words, said=HANDLE).code == 0
    place = {"channel": "local_forum"}
    fair = "Oakfield Primary in Northvale has a fair."
    calm = a_mention("calm", text=fair, author=f"@{HANDLE.lower()}", **place)
    grave = a_mention("grave", text=INSULT, author=HANDLE, **place)
    other = replace(a_mention("other", text=calm.text, author=HANDLE), channel="reddit")
    assert read_again(desk, calm, grave, other) == [grave.id, other.id]


def test_an_objection_that_is_withdrawn_keeps_nothing_out(desk):
    number = a_request(desk, "objection", NOW)
    privacy(desk, "object", number, "--by", "address", "--as", DPO, said="https://forum.example.org/calm")
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
    number = a_request(desk, "objection", NOW)
    done = privacy(desk, "object", number, "--by", by, "--as", DPO, said=said)
    assert (done.code, why in done.err) == (2, True)


def test_an_objection_in_a_place_that_no_post_can_have_is_refused_and_keeps_nothing_out(desk):
    number = a_request(desk, "objection", NOW)
    done = privacy(desk, "object", number, "--by", "handle", "--channel", "forums", "--as", DPO, said=HANDLE)
    assert (done.code, "--channel forums: not one we know" in done.err) == (2, True)
    with desk.store.read() as con:
        assert con.execute("SELECT count(*) FROM suppressions").fetchone() == (0,)


def test_the_table_of_what_is_kept_out_names_nobody(desk):
    number = a_request(desk, "objection", NOW)
    privacy(desk, "object", number, "--by", "handle", "--channel", "local_forum", "--as", DPO, said=HANDLE)
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
    assert purge(desk.store, NOW + 30 * DAY, POLICY).deleted == 2
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
            privacy(
                desk, "object", number, "--by", "handle", "--channel", "local_forum", "--as", DPO, said=HANDLE
            )
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
