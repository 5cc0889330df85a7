"""What is found about somebody who asked, what is erased for good, what is kept out, and what stays."""

import logging
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

import pytest
from builders.backup import back_up, holding, put_back
from builders.case_desk import NOW, PNG, Desk, a_desk, about_the_head, disclosure, insult, run
from builders.hand_in import hand_in
from builders.home import do_in, do_on, rows_of
from builders.judges import INSULT, judges
from builders.ladder import WEIGHED
from builders.mention import POLICY, a_batch, a_mention, a_message, a_run, a_verdict, an_alert, save
from builders.privacy import DPO, a_request, an_office, by, erase, search, to_erase

from data.errors import InputError, StoreError
from data.evidence.handed_in import Danger, Says
from data.ids import mention_id, text_hash
from data.judged import NAMED
from data.retention.deleting import Staying, Stays, preview, purge
from data.steps.acts import Done
from data.steps.codes import StepKind
from data.store.alerts import ack, list_alerts
from data.store.cases import keep_letter_facts
from data.store.engine.audit_chain import links
from data.store.mentions import find_known, put_says
from data.store.outbox import put_outbox
from data.types import About, Mark, Meant, Source
from data.web.urls import canonical_url
from monitor.act.joining import write_note
from monitor.act.mark import mark
from monitor.act.privacy import answer_request, uphold, withdraw
from monitor.act.requests import MOST_OF_A_NAME, Withheld, cases_known
from monitor.config.home.paths import secret_key
from monitor.matters.reader import load_case
from monitor.pipeline.collect import Collected
from monitor.pipeline.conclude import conclude
from monitor.pipeline.judge import judge

PLANT = "quincunx-plant-kestrel"
HANDLE = "Larch-planted-Dad"
DAY = timedelta(days=1)
FORUM = Source("forum", "feed", "https://forum.example.org/feed", urns=("900001",), surfaced=True)


@pytest.fixture
def desk(tmp_path):
    (home := tmp_path / "home").mkdir()
    return Desk(home)


def put(desk, mention, story="s-plant", **verdict):
    with desk.store.write("a post") as con:
        batch = a_batch(mention, verdicts=[a_verdict(mention, **verdict)], story_id=story, run=a_run(story))
        save(con, batch, now=NOW, policy=POLICY)
    return mention


def planted(desk, name="plant", subject=None, **fields):
    given = {"text": f"Oakfield Primary in Northvale: {PLANT}", "author": HANDLE, "title": PLANT} | fields
    about = {"subject_person": subject, "subjects": (subject,), "content_class": "C7"} if subject else {}
    return put(desk, a_mention(name, **given), **about)


@pytest.fixture
def with_case(tmp_path):
    (tmp_path / "home").mkdir()
    return a_desk(tmp_path / "home", lambda desk: desk.open(insult(desk), "holt"))


def read_again(desk, *mentions, with_=None, source=FORUM, at=NOW):
    """What one reading of a place saves: the ids of what is new."""
    found = with_ or replace(judges(), secret=lambda: secret_key(desk.home))
    judged = judge(Collected(source, a_run(source.id, at), mentions), desk.store, found, at)
    with desk.store.write("a reading") as con:
        (batch,) = conclude(con, [judged], found, at)
        save(con, batch, now=at, policy=POLICY)
    return [m.id for m in batch.mentions]


def objected(desk, kind="handle", said=HANDLE, *, channel=None, number=None):
    number = number or a_request(desk, "objection")
    return uphold(an_office(desk), number, by(kind, said), channel, NOW)


def kept_out(desk):
    with desk.store.open_reader() as con:
        return con.execute("SELECT count(*) FROM suppressions").fetchone()[0]


def purged(desk, mention):
    with desk.store.open_reader() as con:
        return find_known(con, [mention])[mention].purged


def actions(desk):
    with desk.store.open_reader() as con:
        return [(link.entry.action, link.entry.subject, link.entry.codes) for link in links(con)]


def test_erasing_that_was_broken_off_before_its_bytes_were_gone_is_ended_by_the_next_purge(desk):
    """Not in a week, as where nobody asked."""
    planted(desk)
    purge(desk.store, NOW, POLICY, force=True)
    with patch("data.retention.deleting.rewrite", side_effect=KeyboardInterrupt), suppress(KeyboardInterrupt):
        erase(desk, "handle", HANDLE)
    assert holding(desk.home, PLANT)
    purge(desk.store, NOW + timedelta(minutes=1), POLICY)
    assert not holding(desk.home, PLANT)


def test_nobody_erases_what_may_accuse_themselves_and_fair_comment_goes_for_its_author(desk):
    mention = planted(desk, subject=DPO)
    with pytest.raises(InputError, match="may not erase a post about yourself"):
        erase(desk, "", "", mention.id)
    assert erase(desk, "handle", HANDLE) == (0, [])
    assert holding(desk.home, PLANT)
    put(desk, mention, subject_person=DPO, subjects=(DPO,), content_class="C0")
    assert erase(desk, "handle", HANDLE) == (1, [])


def test_nothing_is_erased_for_a_request_that_does_not_ask_for_it(desk):
    mention = planted(desk)
    for kind in ("access", "rectification", "complaint", "told"):
        number = a_request(desk, kind)
        for meant in (("handle", HANDLE), ("", "", mention.id)):
            with pytest.raises(InputError, match=f"{number} is of kind {kind}") as refused:
                erase(desk, *meant, number=number)
            assert ("section 173" in str(refused.value)) == (kind == "access")
    assert holding(desk.home, PLANT)


def test_words_author_and_address_are_gone_from_every_byte_and_a_tombstone_says_for_which_request(desk):
    """What would go is said before anything is done. Of a digest a line is a post's first dozen words, broken
    over two lines, and where it was posted: one that went out keeps neither."""
    mention = planted(desk)
    naming = planted(desk, "b", title="", text=f"Ask {HANDLE} about the gate.", author="Somebody Else")
    reply = put(desk, a_mention("reply", parent=mention.id, quoted=PLANT), "s-reply")
    page, quoted = (
        f'<a href="{mention.url}">{PLANT}</a>',
        f"1. Oakfield Primary in Northvale:\n   {PLANT}, on",
    )
    before = a_message("before", kind="digest", body="of the day before")
    waits = a_message("d2", kind="digest", body=f"1. {PLANT}", html=f"<p>{PLANT}</p>")
    with desk.store.write("digests, of which two were sent") as con:
        put_outbox(con, [before], NOW - DAY)
        put_outbox(con, [a_message("d1", kind="digest", body=quoted, html=page)], NOW)
        con.execute("UPDATE outbox SET sent_at = $now", {"now": NOW})
        put_outbox(con, [waits], NOW)
    meant = to_erase(desk, "handle", HANDLE)
    assert [p.post.mention_id for p in meant.posts] == [mention.id]
    assert [p.post.mention_id for p in meant.naming] == [naming.id]
    assert not purged(desk, mention.id)
    assert "text_deleted" not in [action for action, *_ in actions(desk)]
    assert holding(desk.home)
    assert erase(desk, "", "", naming.id) == (1, [])
    assert erase(desk, "handle", f"@{HANDLE.upper()}") == (1, [])
    for words in (PLANT, HANDLE, mention.url, text_hash(mention.title, mention.text)):
        assert holding(desk.home, words) == []
    number = "P0003"
    assert ("text_deleted", mention.id, ("C0", "authority:erasure", f"request:{number}")) in actions(desk)
    with desk.store.open_reader() as con:
        assert reply.id in find_known(con, [reply.id])
        assert con.execute("SELECT sum(purged) FROM counts").fetchone() == (2,)
        sent = con.execute("SELECT key, body FROM outbox WHERE sent_at IS NOT NULL ORDER BY key").fetchall()
    assert sent == [("before", "of the day before"), ("d1", "")]
    done = run("evidence", "verify", "--home", str(desk.home))
    assert (done.code, "All holds: " in done.out) == (0, True), done.out
    assert f"Erased for request {number}: 1 post." in done.out


def test_a_file_that_was_handed_in_with_it_goes_too(desk):
    said = f"Oakfield has its winter fair on Friday, I will bring my {PLANT} cake."
    hand_in(desk.home, said, author=HANDLE, files=(PNG,), urn="900001")
    assert any((desk.home / "evidence").rglob("*"))
    assert erase(desk, "handle", HANDLE) == (1, [])
    assert [p for p in (desk.home / "evidence").rglob("*") if p.is_file()] == []
    assert holding(desk.home) == holding(desk.home, HANDLE) == []
    assert run("evidence", "verify", "--home", str(desk.home)).code == 0


def test_a_post_that_was_sealed_for_a_case_is_erased_when_the_case_is_gone_and_verify_is_clean(with_case):
    desk = with_case
    desk.take(StepKind.CLOSED, "holt", ending="mistaken", why="It was no matter")
    taken = run("alerts", "ack", an_alert("story-insult").id, "--as", "pike", "--home", str(desk.home))
    assert taken.code == 0, taken.err
    later = NOW + timedelta(days=4000)
    with desk.store.write("it is kept for long") as con:
        con.execute("UPDATE mentions SET retain_until = $until", {"until": later + DAY})
    assert purge(desk.store, later, POLICY).cases == 1
    assert erase(desk, "handle", "poster-insult", now=later) == (1, [])
    verified = run("evidence", "verify", "--home", str(desk.home))
    assert (verified.code, "Erased for request P0001: 1 post." in verified.out) == (0, True), verified.out
    assert holding(desk.home, "poster-insult") == []


GONE = mention_id("forum", canonical_url("https://forum.example.org/plant"))


def one_erased(desk):
    planted(desk, author="somebody", id=GONE)
    secret_key(desk.home)
    assert erase(desk, "", "", GONE) == (1, [])


@pytest.fixture
def erased(tmp_path):
    """A home in which one post was erased; and that post, as it is read again."""
    (tmp_path / "home").mkdir()
    given = {"text": f"Oakfield Primary in Northvale: {PLANT}", "title": PLANT, "author": "somebody"}
    return a_desk(tmp_path / "home", one_erased), a_mention("plant", id=GONE, **given)


def test_a_post_that_is_read_again_does_not_come_back_in_any_calm_words(erased):
    """Other words at its address that call for an alert are not lost."""
    desk, mention = erased
    edited = replace(mention, text="Oakfield Primary in Northvale again, in different words.")
    elsewhere = replace(
        mention, id="0" * 16, channel="news", url="http://www.forum.example.org/plant/?utm_source=x"
    )
    another = a_mention("another", text="Oakfield Primary in Northvale is kind.")
    assert read_again(desk, mention, edited, elsewhere, another) == [another.id]
    assert read_again(desk, replace(mention, text=INSULT)) == [mention.id]


def test_the_others_on_the_same_page_of_reviews_are_read_all_the_same(desk):
    page = "https://reviews.example.org/oakfield"
    mine = planted(desk, url=page)
    assert erase(desk, "", "", mine.id) == (1, [])
    other = a_mention("other", url=page, text="Oakfield Primary in Northvale is kind.")
    assert read_again(desk, mine, replace(mine, text="In other words, Oakfield Primary."), other) == [
        other.id
    ]


def test_posts_of_several_people_at_one_address_are_nobodys_to_erase(desk):
    page = "https://reviews.example.org/oakfield"
    for name in ("a", "b"):
        planted(desk, name, url=page, author=name)
    with pytest.raises(InputError, match="2 posts by several people"):
        erase(desk, "address", page)
    with pytest.raises(InputError, match="does not show who wrote"):
        erase(desk, "name", "Jane Harrow")


def test_an_alert_that_somebody_marked_as_done_keeps_no_post_from_being_erased(desk):
    insult(desk)
    (stays,) = to_erase(desk, "handle", "poster-insult").stays
    assert stays.why is Stays.ALERT, "nobody has taken it on yet"
    do_on(desk.session("holt"), "story-insult", "900001", NOW, mark, Mark.NOT_US)
    assert erase(desk, "handle", "poster-insult") == (1, [])
    assert rows_of(desk.store, "SELECT count(*) FROM owners") == [(0,)]


def test_the_very_words_that_were_erased_do_not_come_back_however_grave(desk):
    mention = a_mention("grave", text=INSULT, title="")
    assert read_again(desk, mention) == [mention.id]
    with desk.store.write("somebody took the alert") as con:
        for alert in list_alerts(con):
            ack(con, alert.id, "holt", NOW)
    assert erase(desk, "", "", mention.id) == (1, [])
    assert read_again(desk, mention, at=NOW + DAY) == []


def test_what_a_person_hands_in_is_taken_in_all_the_same(erased):
    desk, mention = erased
    handed = replace(FORUM, id="report-in", kind="report-in")
    assert read_again(desk, mention, source=handed) == [mention.id]


def test_only_the_homes_own_secret_knows_it_again(erased):
    desk, mention = erased
    assert read_again(desk, mention, with_=replace(judges(), secret=lambda: b"another")) == [mention.id]


def test_an_older_backup_brings_neither_the_post_nor_its_reading_back(desk, tmp_path):
    mention = planted(desk)
    (tmp_path / "backups").mkdir()
    secret_key(desk.home)
    with desk.store.write("test") as con:
        put_outbox(con, [a_message("d1", kind="digest", body=f"1. {PLANT}", html=f"<p>{PLANT}</p>")], NOW)
    made, _ = back_up(desk.home, tmp_path / "backups", NOW)
    assert holding(desk.home)
    erase(desk, "handle", HANDLE, now=NOW + timedelta(hours=1))
    put_back(made, desk.home, NOW + timedelta(hours=2), replace=True)
    kept_aside = [n for n in holding(desk.home) if not n.startswith("before-restore-")]
    assert kept_aside == []
    assert holding(desk.home, HANDLE) == []
    assert read_again(desk, mention, at=NOW + timedelta(hours=3)) == []
    assert run("evidence", "verify", "--home", str(desk.home)).code == 0


def test_what_is_with_the_safeguarding_lead_is_theirs_to_decide(desk):
    disclosure(desk)
    meant = to_erase(desk, "handle", "poster-disclosure")
    assert (meant.posts, meant.withheld) == ((), 1)
    with pytest.raises(InputError, match="with the safeguarding lead"):
        to_erase(desk, "", "", a_mention("disclosure").id)


def test_of_several_posts_those_that_may_go_go_and_an_open_a_held_or_a_closed_case_keeps_its_own(with_case):
    """That is said and recorded."""
    desk, mention = with_case, a_mention("insult").id
    planted(desk, author="poster-insult")
    assert erase(desk, "handle", "poster-insult") == (1, [Staying(mention, Stays.OPEN, "0001")])
    assert ("erasure_refused", "P0001", (f"mention:{mention}", "reason:open", "case:0001")) in actions(desk)
    assert not purged(desk, mention)
    desk.take(StepKind.HELD, "pike", review="2027-02-01", why="A claim may follow")
    (held,) = to_erase(desk, "handle", "poster-insult", number="P0001").stays
    desk.take(StepKind.RELEASED, "holt", why="None does")
    desk.take(StepKind.CLOSED, "holt", ending="mistaken", why="It was no matter")
    (closed,) = to_erase(desk, "handle", "poster-insult", number="P0001").stays
    assert [(s.why, s.until is not None) for s in (held, closed)] == [
        (Stays.HOLD, False), (Stays.CLOSED, True),
    ]  # fmt: skip


def test_a_post_that_may_accuse_its_officer_is_as_if_it_were_not_there(desk):
    mention = put(desk, a_mention("accuses"), severity=3, subjects=(DPO,))
    told = set()
    for one in (mention.id, "0" * 16):
        with pytest.raises(InputError) as refused:
            erase(desk, "", "", one)
        told.add(str(refused.value))
    assert len(told) == 1


def test_nothing_is_deleted_where_the_record_of_deletions_cannot_be_written(desk):
    mention = planted(desk)
    (desk.home / "deletions.log").mkdir()
    with pytest.raises(StoreError, match="nothing was deleted"):
        erase(desk, "", "", mention.id)
    assert (purged(desk, mention.id), kept_out(desk)) == (False, 0)


# ------------------------------------------------------------------------------------------- objection


def test_after_an_objection_an_authors_new_posts_are_not_kept_but_a_threat_is(desk):
    with pytest.raises(InputError, match="not a channel that we know"):
        objected(desk, channel="forums")
    assert kept_out(desk) == 0, "no post can have that place"
    assert isinstance(objected(desk, channel="local_forum"), Done)
    assert holding(desk.home, HANDLE) == holding(desk.home, HANDLE.lower()) == []
    place = {"channel": "local_forum"}
    fair = "Oakfield Primary in Northvale has a fair."
    calm = a_mention("calm", text=fair, author=f"@{HANDLE.lower()}", **place)
    grave = a_mention("grave", text=INSULT, author=HANDLE, **place)
    other = replace(a_mention("other", text=calm.text, author=HANDLE), channel="reddit")
    assert read_again(desk, calm, grave, other) == [grave.id, other.id]


def test_an_objection_that_is_withdrawn_keeps_nothing_out(desk):
    number = a_request(desk, "objection")
    objected(desk, "address", "https://forum.example.org/calm", number=number)
    calm = a_mention("calm", text="Oakfield Primary in Northvale has a fair.")
    assert read_again(desk, calm) == []
    assert withdraw(an_office(desk), number, NOW) == Done(1)
    assert read_again(desk, calm) == [calm.id]


def test_to_withdraw_an_objection_brings_back_nothing_that_was_erased(desk):
    number, mention = a_request(desk, "objection"), planted(desk)
    objected(desk, number=number)
    assert erase(desk, "handle", HANDLE, number=number, now=NOW + DAY) == (1, [])
    assert withdraw(an_office(desk), number, NOW + DAY) == Done(1)
    assert read_again(desk, mention) == []


def test_an_objection_names_a_handle_in_its_place_or_an_address(desk):
    refused = {("name", "Jane Harrow"): "may be anybody", ("handle", "nobody"): "We hold no post of theirs"}
    for meant, why in refused.items():
        with pytest.raises(InputError, match=why):
            objected(desk, *meant)


# ------------------------------------------------------------------------------------------- retention


def due(desk, days, now=NOW):
    with desk.store.open_reader() as con:
        return preview(con, ["900001"], now, now + days * DAY, POLICY)


def test_what_is_due_next_is_told_by_day_and_reason_and_is_what_a_purge_then_takes(desk):
    planted(desk)
    planted(desk, "b")
    put(desk, a_mention("theft"), "s-theft", content_class="C7")
    (fair,) = due(desk, 30).going
    assert (fair.day.date().isoformat(), fair.posts, fair.content_class) == ("2026-12-17", 2, "C0")
    assert purge(desk.store, NOW + 30 * DAY, POLICY).stubs == 2
    assert holding(desk.home, PLANT) == []
    assert due(desk, 30, NOW + 30 * DAY).going == ()
    (far,) = due(desk, 600, NOW + 30 * DAY).going
    assert (far.posts, far.content_class) == (1, "C7")


def test_a_case_that_may_accuse_the_officer_is_not_named_to_them(desk):
    toml = desk.home / "schoolgate.toml"
    toml.write_text(toml.read_text().replace('roles = ["dpo"]', 'roles = ["slt"]'), encoding="utf-8")
    about_the_head(desk)
    desk.open("story-accused", "marsh")
    with desk.store.open_reader() as con:
        found = preview(con, ["900001"], NOW, NOW + 3000 * DAY, POLICY)
        known = cases_known(con, an_office(desk, "holt"), found)
    assert ([k.case.id for k in found.kept_back], known.kept_back) == (["0001"], ())


def test_requests_are_forgotten_a_year_after_their_answer_unless_something_is_kept_out_for_them(desk):
    for kind in ("access", "objection"):
        number = a_request(desk, kind)
        if kind == "objection":
            objected(desk, channel="local_forum", number=number)
        answer_request(an_office(desk), number, "granted", "Done", NOW)
    purge(desk.store, NOW + 366 * DAY, POLICY)
    left = rows_of(desk.store, "SELECT id FROM privacy_requests")
    assert left == [("P0002",)]
    assert a_request(desk) == "P0003"


SIGNS = "100%_Larch"


def post(desk, name, verdict=(), **fields):
    """One post and a plain verdict on it; gives its id."""
    return put(desk, a_mention(name, **fields), f"story-{name}", **dict(verdict)).id


def ids(held, theirs=True):
    return [p.post.mention_id for p in held.posts if p.theirs is theirs]


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """A home in which somebody asks for a copy, P0001, and others are written about; it is only searched."""
    desk = Desk(tmp_path_factory.mktemp("asked"))
    post(desk, "a", author="Larch Dad", text="Ask Jane\nHarrow, who knows.")
    post(desk, "b", author="Larch Dad 2", text="Janet Harrowgate said so.")
    post(desk, "c", author=SIGNS)
    post(desk, "d", author="1000_Larch")
    accuses = {"about": About.STAFF, "subjects": (DPO,), "severity": 3}
    post(desk, "e", author="Kestrel Dad", verdict=accuses)
    both = (Meant("person:holt", 1.0, NAMED), Meant("person:vale", 1.0, NAMED))
    post(desk, "f", verdict={"endangers": both})
    do_in(desk.store, put_says, post(desk, "g"), "900001", Says(Danger.NOW, "vale").to_json, NOW)
    disclosure(desk)
    about_the_head(desk)
    for name, verdict in (("lie", accuses | {"content_class": "C7"}), ("fair", {})):
        post(desk, name, verdict)
        note = f"Kit Larkin saw it: {name}"
        do_on(desk.session("holt"), f"story-{name}", "900001", NOW, write_note, note)
    batch = [a_mention(f"n{i}", text=f"Mrs Smith again, {i}.") for i in range(MOST_OF_A_NAME + 1)]
    do_in(desk.store, save, a_batch(*batch, story_id="many"), now=NOW, policy=POLICY)
    a_request(desk)
    return desk


def found(desk, kind, said):
    return search(desk, kind, said, "P0001")


def test_their_posts_are_found_by_handle_address_or_whole_words_and_nobody_elses(asked):
    """However it is written, in earlier versions too; no sign in a handle stands for others."""
    mine = [a_mention("a").id]
    assert ids(found(asked, "handle", "@larch  dad\n")) == mine
    assert ids(found(asked, "address", "http://www.forum.example.org/a/?utm_source=x")) == mine
    assert ids(found(asked, "name", "jane harrow"), theirs=False) == mine
    for said in ("%", ".*", "100%", "' OR 1=1 --", "%Larch%"):
        assert ids(found(asked, "handle", said)) == [], said
    assert ids(found(asked, "handle", SIGNS)) == [a_mention("c").id]


def test_what_was_typed_about_them_and_the_cases_about_their_posts_are_found_unless_locked(with_case):
    """How a post was weighed was typed about its author too; a locked case is counted, and not given."""
    desk = with_case
    desk.take(StepKind.NOTED, "holt", why="poster-insult rang us")
    desk.take(StepKind.WEIGHED, "holt", **WEIGHED)
    with desk.store.write("a letter") as con:
        keep_letter_facts(con, load_case(con, "0001"), "posh", {"to": "poster-insult"}, "pike", NOW)
    held = search(desk, "handle", "poster-insult")
    assert ([c.id for c in held.cases], [n.by for n in held.notes]) == (["0001"], ["holt", "holt", "pike"])
    desk.take(StepKind.LOCKED, "pike", why="A pupil may accuse a teacher")
    held = search(desk, "handle", "poster-insult")
    assert (held.cases, held.notes, held.withheld) == ((), (), {Withheld.LOCKED: 1})


def test_who_handed_something_in_finds_that_it_was_noted(desk):
    hand_in(desk.home, "Oakfield won the quiz again.", seen_by="Jane Harrow", urn="900001")
    assert [n.by for n in search(desk, "name", "Jane Harrow").notes] == ["report-in"]


def test_what_endangers_somebody_beside_another_or_was_said_to_at_the_door_is_found_for_them(asked):
    of_them = {*ids(found(asked, "name", "Sam Vale"), theirs=False)}
    assert of_them == {a_mention("f").id, a_mention("g").id}


def test_what_is_with_the_safeguarding_lead_is_counted_with_its_exemption_and_not_shown(asked):
    held = found(asked, "handle", "poster-disclosure")
    assert (held.posts, held.withheld) == ((), {Withheld.RESTRICTED: 1})


def test_what_may_accuse_whoever_asked_is_not_given_to_them(asked):
    held = found(asked, "name", "Jane Holt")
    assert (ids(held, theirs=False), held.withheld) == ([a_mention("f").id], {Withheld.ACCUSES: 1})


def test_what_may_accuse_whoever_answers_is_as_if_it_were_not_there(asked):
    assert found(asked, "handle", "Kestrel Dad").count == 0


def test_a_name_that_is_in_half_of_all_posts_is_refused_without_saying_it(asked):
    with pytest.raises(InputError, match="is in 51 posts") as refused:
        found(asked, "name", "smith")
    assert "smith" not in str(refused.value).lower()


def test_what_would_find_too_much_or_nothing_is_refused(asked):
    for kind, said, why in (
        ("name", "Jo", "fewer than 4 letters"),
        ("name", "oakfield primary", "name of the school"),
        ("name", "", "Nothing was given"),
        ("handle", "@", "Nothing was given"),
        ("address", "forum", "not a web address"),
    ):
        with pytest.raises(InputError, match=why):
            found(asked, kind, said)


def test_it_is_only_for_a_request_that_is_open(desk):
    with pytest.raises(InputError, match="There is no request P0001"):
        search(desk, "handle", "x", "P0001")
    number = a_request(desk)
    answer_request(an_office(desk), number, "granted", "Done", NOW)
    with pytest.raises(InputError, match="was answered"):
        search(desk, "handle", "x", number)


def test_the_audit_says_who_searched_for_which_request_and_the_words_stand_nowhere(asked, caplog):
    caplog.set_level(logging.DEBUG)
    found(asked, "handle", PLANT)
    with asked.store.open_reader() as con:
        last = links(con)[-1].entry
    assert (last.actor, last.action, last.subject) == (DPO, "data_searched", "P0001")
    assert last.codes == ("kind:handle", "found:0")
    assert PLANT not in caplog.text
    everywhere = b"".join(p.read_bytes() for p in asked.home.rglob("*") if p.is_file())
    assert PLANT.encode() not in everywhere


def test_an_officer_whom_a_matter_accuses_finds_no_note_on_it(asked):
    assert [note.words for note in found(asked, "name", "Kit Larkin").notes] == ["Kit Larkin saw it: fair"]
