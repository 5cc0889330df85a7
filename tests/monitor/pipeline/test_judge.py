"""What becomes of the mentions of one reading: versions, stories, verdicts, alerts, and who is told."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from builders.home import a_migrated_store, do_in, rows_of
from builders.judges import (
    CALM,
    HEXLEY,
    INSULT,
    NOW,
    OAKFIELD,
    OTHER_INSULT,
    PEOPLE,
    Words,
    brought,
    judges,
    posted,
    read_in,
)
from builders.mention import Clock

from alerts.links import Links
from alerts.next_date import Means
from classifiers.linking.linker import MANY
from data.errors import SchoolgateError
from data.judged import part_at, was_judged
from data.privacy import TermKind, term
from data.register.calendar import SchoolHours
from data.retention.deleting import preview, purge
from data.store import alerts as alert_store
from data.store import owners as owner_store
from data.store.mentions import find_known
from data.store.privacy import find_held
from data.store.verdicts import former_verdicts
from data.types import (
    Escalation,
    Mark,
    Marked,
    MentionKind,
    Person,
    Policy,
    Relevance,
    Role,
    Route,
    School,
    Severity,
    Source,
    SourceState,
)
from monitor.cli.scan_once import summarise
from monitor.pipeline.judge import judge, keep_all
from monitor.pipeline.judged import fit_to_stored


@pytest.fixture
def store(undone):
    undone.judges = judges()  # as a service has the same ones for long
    return undone


def read(store, judges, *mentions, source="town", urns=("900001",), at=NOW, surfaced=True):
    """Judge and save what one source gave."""
    where = Source(source, "feed", "https://talk.example.org/", urns=urns, surfaced=surfaced)
    return read_in(store, judges, brought(where, *mentions, at=at), at)


class CutShort(Words):
    """A model that reads no text to its end."""

    def score(self, texts):
        return replace(super().score(texts), truncated=(True,) * len(texts))


def test_what_was_not_read_to_its_end_was_not_judged(store):
    cut = replace(judges(), scorer=CutShort)
    (verdict,) = read(store, cut, posted(1, CALM)).verdicts
    assert "not_read_whole" in {reason.code for reason in verdict.reasons}
    assert not was_judged(verdict)
    (verdict,) = read(store, store.judges, posted(2, CALM)).verdicts
    assert was_judged(verdict)


class AboutHead(Words):
    """A model that takes every text for calm criticism of the head."""

    def _shares(self, text):
        return {"sentiment:negative": 0.9, "about:head": 0.95, "route:respond": 0.95, "relevant": 0.98}


def test_staff_who_write_in_public_of_wrongs_of_the_head_are_heard_past_the_head(store):
    led, works = replace(judges(), scorer=AboutHead), "I work at Oakfield Primary in Northvale."
    wrong = "The headteacher told us to change the phonics scores and say nothing."
    (alert,) = read(store, led, posted(1, f"{works} {wrong}")).alerts
    heads = {p.id for p in led.people if Role.HEAD in p.roles}
    assert heads <= {*alert.excluded}
    assert read(store, led, posted(2, f"My son goes to Oakfield Primary in Northvale. {wrong}")).alerts == ()


def test_a_mention_is_judged_once_sighted_again_and_an_edit_is_a_second_version_in_its_story(store):
    first = read(store, store.judges, posted(1, CALM))
    assert ([v.route for v in first.verdicts], first.run.mentions_new) == ([Route.NOTE], 1)
    again = read(store, store.judges, posted(1, CALM))
    assert (again.mentions, again.verdicts, again.seen) == ((), (), (f"{1:016x}",))
    edited = read(store, store.judges, posted(1, INSULT))
    assert dict(edited.versions) == {f"{1:016x}": 2}
    assert edited.folded[0].story_id == first.folded[0].story_id
    assert [a.severity for a in edited.alerts] == [Severity.TODAY]
    assert {m.person_id for m in edited.outbox} == set(edited.alerts[0].audience)
    assert read(store, store.judges, posted(1, INSULT)).alerts == (), "once, however often it is read"


def test_the_same_words_under_another_heading_are_one_story_whatever_stands_beside_them(store):
    """What stands in many texts of a reading counts as a footer there, and not in the next reading."""
    footer = "Comments on this page are open until midnight and our usual rules for them apply to everybody"
    posts = [
        f"{word} Oakfield Primary in Northvale. {footer}"
        for word in ("One", "Two", "Six", "Ten", "Red", "Blue")
    ]
    first = read(store, store.judges, posted(1, posts[0], title="The harvest lunch"))
    others = [posted(n, text, title=f"Heading {n}") for n, text in enumerate(posts, start=11)]
    again = read(store, store.judges, *others, source="other")
    assert again.folded[0].story_id == first.folded[0].story_id


REPLY = "That moron of a teacher again, everybody says so, and he will not stop until he is made to."


def test_a_reply_that_names_nobody_alerts_where_its_post_was_about_us_in_an_earlier_reading(store):
    read(store, store.judges, posted(1, CALM), surfaced=False)
    reply = posted(2, REPLY, kind=MentionKind.REPLY, parent=f"{1:016x}")
    assert read(store, store.judges, reply, surfaced=False, at=NOW + timedelta(days=1)).alerts


def test_a_reply_that_names_nobody_is_dismissed_where_its_post_was_not_about_us(store):
    read(
        store, store.judges, posted(1, "Does anybody know a good plumber near here, please?"), surfaced=False
    )
    reply = posted(2, REPLY, kind=MentionKind.REPLY, parent=f"{1:016x}")
    batch = read(store, store.judges, reply, surfaced=False, at=NOW + timedelta(days=1))
    assert [v.relevance for v in batch.verdicts] == [Relevance.NOT_ABOUT]
    assert batch.alerts == ()


@pytest.mark.parametrize("surfaced", [True, False])
def test_a_match_is_kept_with_the_relevance_of_its_verdict(store, surfaced):
    said = ("Best fish and chips?", "They will burn Oakfield Church down", CALM, REPLY)
    for n, text in enumerate(said, 1):
        batch = read(store, store.judges, posted(n, text), surfaced=surfaced)
        kept = {(mention, match.urn): match.relevance for mention, _, match in batch.matches}
        assert kept == {(v.mention_id, v.urn): v.relevance for v in batch.verdicts}
    with store.open_reader() as con:
        differ = """SELECT count(*) FROM matches x JOIN verdicts v USING (mention_id, version, urn)
            WHERE x.relevance <> v.relevance"""
        assert con.execute(differ).fetchone() == (0,)


def judged_meanwhile(store, judges, *readings):
    """Several processes judge before any of them saves; then each saves in its turn."""
    found, later = [], NOW + timedelta(minutes=1)
    for source, mention in readings:
        where = Source(source, "feed", f"https://{source}.example.org/", urns=("900001",), surfaced=True)
        found.append(judge(brought(where, mention), store, judges, NOW))
    return [do_in(store, keep_all, [judged], judges, later)[0] for judged in found]


def test_two_who_judge_one_post_or_copies_at_once_save_each_once_and_alert_once(store):
    copy = posted(2, INSULT, url="https://other.example.org/2")
    first, second, third = judged_meanwhile(
        store, store.judges, ("town", posted(1, INSULT)), ("town", posted(1, INSULT)), ("other", copy)
    )
    assert (len(first.alerts), len(first.outbox) > 0, first.run.mentions_new) == (1, True, 1)
    assert (second.alerts, second.outbox, second.mentions, second.run.mentions_new) == ((), (), (), 0)
    assert second.seen == first.seen
    assert [f.story_id for f in third.folded] == [f.story_id for f in first.folded]
    assert third.alerts == ()


def test_an_edit_that_two_find_at_once_is_one_version(store):
    read(store, store.judges, posted(1, CALM))
    edited = posted(1, INSULT)
    first, second = judged_meanwhile(store, store.judges, ("town", edited), ("town", edited))
    assert (dict(first.versions), second.versions) == ({edited.id: 2}, {})
    assert {v.version for v in first.verdicts} == {2}


def test_what_was_fetched_before_an_edit_and_is_saved_after_it_takes_nothing_back(store):
    edited = posted(1, CALM, fetched_at=NOW + timedelta(seconds=5))
    first, second = judged_meanwhile(store, store.judges, ("town", edited), ("town", posted(1, INSULT)))
    assert (dict(first.versions), dict(second.versions)) == ({edited.id: 1}, {})
    assert (second.alerts, second.seen) == ((), (edited.id,))


def test_after_a_clock_was_set_back_an_edit_is_a_version_all_the_same(store):
    read(store, store.judges, posted(1, CALM, fetched_at=NOW + timedelta(days=30)))
    assert dict(read(store, store.judges, posted(1, INSULT)).versions) == {f"{1:016x}": 2}


def test_what_was_restricted_while_its_edit_was_judged_stays_restricted(store):
    help_me = posted(1, "im at oakfield primary in northvale. my stepdad hits me, please help")
    first, second = judged_meanwhile(store, store.judges, ("town", help_me), ("town", posted(1, CALM)))
    assert [v.restricted for v in first.verdicts] == [True]
    assert [(v.version, v.restricted) for v in second.verdicts] == [(2, True)]


def thread(*texts):
    first = posted(10, CALM, title="Winter fair at Oakfield Primary, Northvale")
    replies = [
        posted(11 + n, text, title=first.title, parent=first.id, kind=MentionKind.REPLY)
        for n, text in enumerate(texts)
    ]
    return (first, *replies)


def test_the_chat_of_a_thread_is_one_story_and_each_insult_in_it_one_of_its_own(store):
    batch = read(store, store.judges, *thread("Same question here.", INSULT))
    stories = {f.mention_id: f.story_id for f in batch.folded}
    assert stories[f"{12:016x}"] != stories[f"{10:016x}"]
    assert stories[f"{11:016x}"] == stories[f"{10:016x}"]
    assert len(batch.alerts) == 1
    assert len(read(store, store.judges, *thread("Same question here.", INSULT, OTHER_INSULT)).alerts) == 1


def test_a_mention_known_for_one_school_is_still_judged_for_another(store):
    both = judges(OAKFIELD, HEXLEY)
    text = "Our two schools, Hexley and Oakfield Primary in Northvale, are both closed by snow today."
    first = read(store, both, posted(1, text), source="oakfield-feed", urns=("900001",))
    assert [v.urn for v in first.verdicts] == ["900001"]
    batch = read(store, both, posted(1, text), source="hexley-feed", urns=("900002",))
    assert [v.urn for v in batch.verdicts] == ["900002"]
    assert dict(batch.versions) == {f"{1:016x}": 1}


def test_what_is_dismissed_belongs_to_no_story(store):
    batch = read(store, store.judges, posted(1, "Tabby cat, answers to Biscuit, missing."), surfaced=False)
    assert [v.route for v in batch.verdicts] == [Route.IGNORE]
    assert batch.folded == ()


ELSEWHERE = (
    "There is a bomb at Hexley Primary School in Hexley, it goes off tomorrow at nine, "
    "and everybody in the hall is going to die."
)


def test_a_danger_at_another_school_is_told_once_to_the_safeguarding_lead_alone(store):
    from data.types import Namesake

    here = replace(OAKFIELD, namesakes=(Namesake("Hexley Primary School", "Hexley", "school"),))
    batch = read(store, judges(here), posted(1, ELSEWHERE))
    (verdict,) = batch.verdicts
    assert (verdict.severity, verdict.route) == (Severity.NOTHING, Route.IGNORE)
    assert [a.audience for a in batch.alerts] == [("dsl",)]
    assert batch.alerts[0].restricted
    assert read(store, judges(here), posted(2, ELSEWHERE), source="other").alerts == ()


def test_a_threat_to_somebody_of_another_school_is_none_of_ours(store):
    elsewhere = Person("head2", "Mrs Cordelia Quillworthy", (Role.HEAD,), "h2@example.org", urns=("900002",))
    both = replace(judges(OAKFIELD, HEXLEY), people=(*judges().people, elsewhere))
    threat = "I am going to kill Quillworthy, at the gates of the primary"
    ours, theirs = (read(store, both, posted(n, threat), source=f"s{n}", urns=(f"90000{n}",)) for n in (1, 2))
    told = [[r.code == "threat_in_person" for r in batch.verdicts[0].reasons] for batch in (ours, theirs)]
    assert [any(codes) for codes in told] == [False, True]


def weighed(store, judges, text, **changes):
    """The words that are kept as what weighed most in a post."""
    post = posted(1, text, **changes)
    (verdict,) = read(store, judges, post).verdicts
    with store.open_reader() as con:
        (kept,) = former_verdicts(con, [post.id])
    assert kept.weighed_most == verdict.weighed_most
    return part_at(kept.weighed_most, post.title, post.text)


def test_where_the_sentence_stands_that_weighed_most_is_kept_with_an_alert(store):
    assert weighed(store, store.judges, f"{CALM} {INSULT} We shall all be there.") == INSULT
    assert weighed(store, store.judges, f"{CALM} {CALM}", id="c" * 16) == ""


def test_the_sentence_that_weighed_most_is_kept_as_it_came(store):
    came = INSULT.replace("moron", "𝐦𝐨𝐫\u00adon")
    assert weighed(store, store.judges, f"{CALM} {came} We shall all be there.") == came


class OnlyWhole(Words):
    """A model that fails over what holds no insult."""

    def score(self, texts):
        if not all("moron" in text for text in texts):
            raise SchoolgateError("A text could not be scored.")
        return super().score(texts)


def test_an_alert_does_not_wait_for_what_weighed_most_and_the_log_says_so(store, caplog):
    assert weighed(store, replace(judges(), scorer=OnlyWhole), f"{CALM} {INSULT}") == ""
    assert "what weighed most could not be found: A text could not be scored." in caplog.text


class NoReader:
    """A second reader whose files are gone."""

    def score(self, texts):
        raise SchoolgateError("There is no model.")


class ReadTwice(Words):
    """A model with a second reader beside it."""

    reader = NoReader()


def test_what_was_found_first_holds_where_the_second_reader_fails(store, caplog):
    (verdict,) = read(store, replace(judges(), scorer=ReadTwice), posted(1, INSULT)).verdicts
    assert verdict.severity == Severity.TODAY
    assert "the second reader could not read: There is no model." in caplog.text


def test_what_weighed_most_is_kept_where_it_stands_in_the_article_and_not_in_a_copy_alone(store):
    head, (verdict,) = (
        posted(1, "In short."),
        read(store, store.judges, posted(2, f"{CALM} {INSULT}")).verdicts,
    )
    judged, behind = replace(head, text=f"In short.\n{CALM} {INSULT}"), {head.id: f"{CALM} {INSULT}"}
    start = judged.text.index(INSULT)
    verdict = replace(verdict, weighed_most=(start, start + len(INSULT)))
    found = fit_to_stored(verdict, judged, head, behind).weighed_most
    assert part_at(found, "", head.text, behind[head.id]) == INSULT
    assert fit_to_stored(verdict, judged, head, {}).weighed_most is None


# ---------------------------------- who is told: once, without a word of it, and nobody whom it may accuse


TOWN = Source("town", "feed", "https://talk.example.org/", urns=("900001",))
CALM_NAMING = "Ms Larkspur of Oakfield Primary, Northvale, was at the winter fair with us."
GRAVE = "Her stepdad comes into her room at night, says my daughter at Oakfield Primary, Northvale."
MINUTE = timedelta(minutes=1)


def read_one(store, text, at, *, source=TOWN, with_=None, **changes):
    base = {"id": "0123456789abcdef", "fetched_at": at, "author": None, "published": None}
    return read_in(
        store, with_ or store.judges, brought(source, posted(1, text, **(base | changes)), at=at), at
    )


def read_at(store, n, text, at):
    """The same words at one more place."""
    place = replace(TOWN, id=f"place{n}", url=f"https://s{n}.example.org/")
    return read_one(
        store, text, at, source=place, id=f"{n:016x}", url=f"https://s{n}.example.org/1", author=f"a{n}"
    )


def deliver(store):
    with store.write("test") as con:
        con.execute("UPDATE outbox SET sent_at = due_at WHERE withdrawn_at IS NULL AND sent_at IS NULL")


def outbox(store, where="withdrawn_at IS NULL"):
    return rows_of(store, f"SELECT person_id, times FROM outbox WHERE {where} ORDER BY 1, 2")


def test_whom_the_first_words_accused_is_not_told_of_the_edited_ones(store):
    read_one(store, "Ms Larkspur of Oakfield Primary, Northvale, slapped my son.", NOW)
    read_one(store, GRAVE, NOW + timedelta(hours=1))
    with store.open_reader() as con:
        (alert,) = alert_store.list_alerts(con, open_only=False)
    assert "dsl" in alert.excluded
    assert "dsl" not in alert.audience


def test_whom_the_first_words_only_named_is_told_of_harm_at_home(store):
    assert read_one(store, CALM_NAMING, NOW).alerts == ()
    (alert,) = read_one(store, GRAVE, NOW + timedelta(hours=1)).alerts
    assert "dsl" in alert.audience


def test_a_burst_of_one_story_over_many_places_with_edits_is_one_mail(store):
    for n in range(2):
        read_at(store, n, GRAVE, NOW + n * MINUTE)
        deliver(store)
    read_at(store, 0, f"{GRAVE} Edited, please share.", NOW + 10 * MINUTE)
    assert outbox(store, "true") == [("dsl", 1)]


@pytest.mark.parametrize("delivered", [True, False], ids=["after", "before"])
def test_a_burst_that_rises_after_or_before_the_first_mail_was_sent_is_told_once_more_or_once(
    store, delivered
):
    for n in range(4):
        read_at(store, n, INSULT, NOW + n * MINUTE / 4)
        if delivered:
            deliver(store)
    graver, first = [("dsl", 2), ("head", 2)], [("dsl", 1), ("head", 1)]
    assert outbox(store) == sorted(graver + first * delivered)
    assert outbox(store, "withdrawn_at IS NOT NULL") == ([] if delivered else first)


def test_somebody_told_who_turns_out_to_be_its_subject_gets_nothing_of_what_waits(store):
    read_one(store, GRAVE, NOW)
    assert outbox(store) == [("dsl", 1)]
    (again,) = read_one(store, f"{GRAVE} Ms Larkspur hit her as well.", NOW + MINUTE).alerts
    assert "dsl" in again.excluded
    assert "dsl" not in [person for person, _ in outbox(store)]


WITH_DEPUTY = replace(
    judges(), people=(*PEOPLE, Person("vane", "Mrs Noor Vane", (Role.DEPUTY_DSL,), "vane@example.org"))
)


def test_somebody_not_told_yet_who_turns_out_to_be_its_subject_is_kept_out_without_telling_it_again(store):
    people = (PEOPLE[1], Person("vane", "Mrs Noor Vane", (Role.DEPUTY_HEAD,), "vane@example.org"))
    with_ = replace(judges(), people=people)
    (alert,) = read_one(store, GRAVE, NOW, with_=with_).alerts
    assert (alert.audience, alert.excluded) == (("dsl",), ())
    again = read_one(store, f"{GRAVE} Mrs Vane knew of it and hit her.", NOW + MINUTE, with_=with_)
    if again.alerts:  # an edit that also rises is told again, and keeps them out then
        assert "vane" in again.alerts[0].excluded
    with store.open_reader() as con:
        assert "vane" in alert_store.alert(con, alert.id).excluded
    assert "vane" not in [person for person, _ in outbox(store)]


@pytest.mark.parametrize("took", [True, False], ids=["has it", "was asked"])
def test_somebody_who_has_or_was_asked_after_it_and_turns_out_to_be_its_subject_is_kept_out(store, took):
    (alert,) = read_one(store, GRAVE, NOW, with_=WITH_DEPUTY).alerts
    assert "head" not in alert.audience
    if took:
        do_in(store, alert_store.ack, alert.id, "head", NOW)
    else:
        do_in(store, alert_store.put_step, Escalation(alert.id, alert.urn, 1, 1, "head", NOW))
    (again,) = read_one(store, f"{GRAVE} Mrs Quillfeather hit her.", NOW + MINUTE, with_=WITH_DEPUTY).alerts
    assert (again.times, "head" in again.excluded) == (2, True)
    with store.open_reader() as con:
        assert alert_store.owners_of_alerts(con, [alert.id]) == {}


PLANTED = {
    "title": "PLANTEDTITLE",
    "author": "PLANTEDAUTHOR",
    "quoted": "PLANTEDQUOTE",
    "url": "https://plantedhost.example.org/plantedpath",
}
SECRET = replace(TOWN, name="PLANTEDSOURCE", url="https://plantedsource.example.org/")


@pytest.mark.parametrize("text", [GRAVE, INSULT], ids=["restricted", "open"])
def test_nothing_of_a_post_stands_in_any_message(store, text):
    with_ = replace(
        judges(),
        means=lambda urn: Means(links=Links("https://desk.example.org", b"k" * 32), chats=frozenset({"dsl"})),
    )
    batch = read_one(store, f"{text} PLANTEDTEXT Year 4", NOW, source=SECRET, with_=with_, **PLANTED)
    assert batch.outbox
    held = repr(rows_of(store, "SELECT * FROM outbox")).lower()
    assert "planted" not in held
    assert not [w for w in ("year 4", "stepdad", "moron", "thistlewood", "local_forum") if w in held]
    assert ("forum" in held) is (text == INSULT)


def test_whom_a_threat_names_is_told_of_it_and_when_and_asked_for_nothing(store):
    threat = "I am going to stab Mr Thistlewood of Oakfield Primary, Northvale, half 3 tomorrow."
    people = (*PEOPLE[:2], replace(PEOPLE[2], email="teacher@example.org"))
    batch = read_one(store, threat, NOW, with_=replace(judges(), people=people), published=NOW - MINUTE)
    bodies = {m.person_id: m.body for m in batch.outbox}
    assert sorted(bodies) == ["dsl", "head", "teacher"]
    assert all("It names a time: tomorrow, about 15:30." in body for body in bodies.values())
    asked = bodies.pop("teacher")
    assert "may be a threat" in asked
    assert "read it, then ring 101" not in asked
    assert all("ring 101" in body for body in bodies.values())


def test_of_what_bears_its_time_it_says_when_it_was_posted_and_when_we_saw_it(store):
    body = read_one(store, INSULT, NOW, published=NOW - 200 * MINUTE).outbox[0].body
    assert "Posted at 12:40 on Tuesday 17 November; we saw it at 16:00." in body


def test_of_a_restricted_matter_no_time_is_said_nor_how_long_it_stood_there(store):
    post = {"text": f"{GRAVE} Half 3 tomorrow.", "published": NOW - 200 * MINUTE}
    body = read_one(store, at=NOW, **post).outbox[0].body
    assert not [said for said in ("names a time", "12:40") if said in body]


@pytest.mark.parametrize(("text", "told_again"), [(INSULT, True), (CALM, False)], ids=["as_serious", "calm"])
def test_what_was_marked_as_done_is_told_again_only_where_something_serious_comes(store, text, told_again):
    (alert,) = read_one(store, INSULT, NOW).alerts
    deliver(store)
    do_in(
        store, owner_store.record_mark, Marked(alert.story_id, alert.urn, Mark.NOT_US, "head", NOW + MINUTE)
    )
    later = {"id": "f" * 16, "url": "https://talk.example.org/2", "parent": "0123456789abcdef"}
    raised = read_one(store, f"{text} Again!", NOW + 5 * MINUTE, **later).alerts
    assert [a.times for a in raised] == ([2] if told_again else [])
    with store.open_reader() as con:
        assert (alert.story_id in owner_store.marks(con, [alert.story_id])) is not told_again
        still_open = [a.id for a in alert_store.list_alerts(con)]
    assert still_open == ([alert.id] if told_again else [])


# --------------- a source that is watched for very many schools: rows only for those that a text points to


SOURCE = Source("broad", "feed", "https://talk.example.org/")
LOST = "Lost: a grey cat with one white paw, answers to Biscuit, last seen by the allotments on Tuesday."
HERE = School("900001", "Oakfield Primary School", locality="Northvale")
LATER = School("900999", "Allotments Primary School", aliases=("Biscuit Academy",), locality="Latertown")


def others(count):
    return tuple(
        School(
            f"91{n:04}",
            f"Quil{'abcdefghij'[n % 10]}{'klmnopqrst'[n // 10]}ford Academy",
            locality=f"Town{n}x",
        )
        for n in range(count)
    )


MANY_SCHOOLS = (HERE, *others(MANY))


class Counting(Words):
    """The same model, which counts what it is asked."""

    def __init__(self):
        self.asked = 0

    def score(self, texts):
        self.asked += len(texts)
        return super().score(texts)


def many(*schools):
    model = Counting()
    return replace(judges(*(schools or MANY_SCHOOLS)), scorer=lambda: model), model


def post_of(n, text, **changes):
    return posted(n, text, author="Biscuit’s owner", **changes)


def read_broad(store, judges, *mentions, source=SOURCE):
    return read_in(store, judges, brought(source, *mentions))


def test_only_the_school_that_a_text_names_has_a_row_and_new_words_alone_are_judged_again(store):
    every, model = many()
    posts = post_of(1, LOST), post_of(2, INSULT)
    batch = read_broad(store, every, *posts)
    assert len(batch.mentions) == 2
    assert [(v.mention_id, v.urn, v.relevance) for v in batch.verdicts] == [
        (posts[1].id, "900001", Relevance.ABOUT)
    ]
    assert [a.urn for a in batch.alerts] == ["900001"]
    with store.open_reader() as con:
        (of,) = find_known(con, [posts[0].id])[posts[0].id].sets
    assert of.urns == {s.urn for s in MANY_SCHOOLS}
    before = model.asked
    assert (read_broad(store, every, *posts).mentions, model.asked) == ((), before)
    batch = read_broad(store, every, post_of(1, OTHER_INSULT))
    assert [(v.urn, v.version) for v in batch.verdicts] == [("900001", 2)]


def test_a_school_that_is_added_later_is_judged_for_once(store):
    every, _ = many()
    text = (
        "Lost: a cat near Allotments Primary School in Latertown, answers to Biscuit, please tell the office."
    )
    read_broad(store, every, post_of(1, text))
    more, _ = many(*MANY_SCHOOLS, LATER)
    assert [v.urn for v in read_broad(store, more, post_of(1, text)).verdicts] == ["900999"]
    assert read_broad(store, more, post_of(1, text)).mentions == ()
    assert read_broad(store, every, post_of(1, text)).mentions == (), "nor where it is taken away again"


def test_what_came_by_a_school_s_own_source_first_is_judged_for_the_others_once(store):
    every, _ = many()
    own = replace(SOURCE, id="own", urns=("900001",), surfaced=True)
    first = read_broad(store, every, post_of(1, INSULT), source=own)
    again = read_broad(store, every, post_of(1, INSULT))
    assert [v.urn for v in (*first.verdicts, *again.verdicts)] == ["900001"]
    assert read_broad(store, every, post_of(1, INSULT)).mentions == ()
    assert read_broad(store, every, post_of(1, INSULT), source=own).mentions == ()


def test_up_to_fifty_schools_each_has_a_row(store):
    few, _ = many(*MANY_SCHOOLS[:MANY])
    batch = read_broad(store, few, post_of(1, LOST))
    assert {v.urn for v in batch.verdicts} == {s.urn for s in MANY_SCHOOLS[:MANY]}
    assert batch.judged_for == ()
    assert rows_of(store, "FROM judged_for") == rows_of(store, "FROM school_sets") == []


def test_a_reply_to_what_is_about_a_school_is_about_it_too(store):
    every, _ = many()
    post = post_of(1, INSULT)
    reply = post_of(2, "Quite so, and nobody does anything at all.", kind=MentionKind.REPLY, parent=post.id)
    answer = post_of(3, "As ever, I am afraid, year in, year out.", kind=MentionKind.REPLY, parent=reply.id)
    batch = read_broad(store, every, post, reply)
    assert {v.mention_id for v in batch.verdicts if v.urn == "900001"} == {post.id, reply.id}
    assert [v.urn for v in read_broad(store, every, answer).verdicts] == ["900001"]


def test_after_a_day_it_goes_and_is_counted_for_each_school(tmp_path):
    store, (every, model) = a_migrated_store(tmp_path, Clock(NOW)), many()
    read_broad(store, every, post_of(1, LOST), post_of(2, INSULT), post_of(3, f"{LOST} Please."))
    done = purge(store, NOW + timedelta(days=2), Policy())
    assert (done.deleted, done.not_about) == (2, 2)
    counted = rows_of(store, "SELECT purged, count(*) FROM counts WHERE relevance = 'not_about' GROUP BY ALL")
    assert counted == [(2, len(MANY_SCHOOLS))]
    assert rows_of(store, "SELECT mention_id FROM judged_for") == [(post_of(2, "").id,)]
    before = model.asked
    assert read_broad(store, every, post_of(1, LOST)).mentions == ()
    assert model.asked == before


def test_a_school_that_has_a_verdict_of_it_is_not_counted_twice(tmp_path):
    store, (every, _) = a_migrated_store(tmp_path, Clock(NOW)), many()
    read_broad(store, every, post_of(2, "Thank you, Oakfield Primary in Northvale, for a lovely fair."))
    purge(store, NOW + timedelta(days=400), Policy())
    counted = dict(rows_of(store, "SELECT urn, list(relevance) FROM counts GROUP BY urn"))
    assert len(counted) == len(MANY_SCHOOLS)
    assert counted["900001"] == ["about"]
    assert rows_of(store, "FROM judged_for") == rows_of(store, "FROM school_sets") == []


def test_each_school_is_told_what_was_not_about_it_what_goes_and_of_whom_something_is_kept(store):
    every, _ = many()
    batch = read_broad(store, every, post_of(1, LOST), post_of(2, INSULT))
    summary = summarise(
        [(SOURCE, SourceState("broad"), batch)], MANY_SCHOOLS,
        started=NOW, finished=NOW, waiting_messages=0, look_share=0.125,
        hours=lambda _: SchoolHours(frozenset(), ZoneInfo("UTC")),
    )  # fmt: skip
    assert [s.not_about for s in summary.schools] == [1, *[2] * MANY]
    with store.open_reader() as con:
        found = find_held(con, ["910003"], term(TermKind.NAME, "Biscuit’s owner"))
        soon = NOW + timedelta(days=2)
        going = [preview(con, [u], NOW, soon, Policy()).going for u in ("900001", "910003")]
    assert {one.post.mention_id for one in found.posts} == {post_of(n, "").id for n in (1, 2)}
    assert [[(g.relevance, g.posts) for g in of] for of in going] == [[("not_about", 1)]] * 2
