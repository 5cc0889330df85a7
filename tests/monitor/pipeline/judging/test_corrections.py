"""What people marked as judged wrongly, and open matters of before an upgrade, judged again once."""

from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

import pytest
from builders.case_desk import run
from builders.home import a_migrated_store, do_in, rows_of
from builders.judges import NOW, OAKFIELD, PEOPLE, Words, brought, judges, posted, read_in
from builders.kept_open import kept_open, undone_in
from builders.mention import Clock, a_match, a_mention, a_verdict

import monitor.pipeline.judge
from classifiers.verdicts.by_people import Corrected, apply_corrections
from data.content_class import ContentClass
from data.evidence.handed_in import BY_HAND, CHILD_IMAGE_TEXT
from data.ids import digest
from data.judged import beyond_cap, calls_for_alert
from data.matters import SaidWrong
from data.store import alerts as alert_store
from data.store import owners as owner_store
from data.store import verdicts as verdict_store
from data.store.owners import put_said_wrong, take_said_wrong_back
from data.store.verdicts import former_verdicts
from data.types import (
    PERHAPS,
    About,
    Harm,
    Mark,
    Marked,
    Meant,
    Namesake,
    Person,
    Reason,
    Relevance,
    Role,
    Route,
    SchoolNaming,
    Sentiment,
    Severity,
    Source,
)
from monitor.pipeline import rejudge
from monitor.pipeline.rejudge import graver_verdict, judge_again
from research.corrections import replay

JOKE = "The goalkeeper of Oakfield Primary, Northvale is a useless moron, says his mother, at every match."
AGAIN = (
    "The goalkeeper of Oakfield Primary, Northvale is still a useless moron, says his mother, every match!"
)
OTHER = "Everybody at Oakfield Primary is a moron. We in Brackenford are ashamed."
OTHER_AGAIN = "Brackenford again: that teacher of Oakfield Primary, what a creep."
DULL = "Does anybody at Oakfield Primary in Northvale know why the back gate is open every night, please?"
DULL_AGAIN = (
    "Does anyone at Oakfield Primary in Northvale know why the back gate is open every night again, please?"
)
OF_MANY = replace(
    OAKFIELD, locality="", aliases=("Oakfield Primary",),
    namesakes=(Namesake("Oakfield Primary School", "Hexley"),) * 6,
)  # fmt: skip
PLACE = Source("town", "feed", "https://talk.example.org/", urns=(OAKFIELD.urn,))


@pytest.fixture
def store(undone):
    return undone


def read(store, *texts, by=None, place=PLACE, of=""):
    """The verdicts on these, each a post of its own that was saved, or another version of that post."""
    mentions = [
        posted(0, text, id=of or digest(text)[:16], url=f"{PLACE.url}{digest(text)}", published=NOW)
        for text in texts
    ]
    return read_in(store, by or judges(), brought(place, *mentions)).verdicts


def mark(store, verdict, kind, why="So.", **right):
    with store.write("test") as con:
        story = con.execute(
            "SELECT story_id FROM matches WHERE mention_id = ?", [verdict.mention_id]
        ).fetchone()[0]
        given = SaidWrong(verdict.mention_id, OAKFIELD.urn, "head", None, "", None, why, NOW, kind)
        was = {
            "was_relevance": verdict.relevance,
            "was_severity": verdict.severity,
            "was_route": verdict.route,
        }
        put_said_wrong(con, replace(given, **({"counts_at": NOW} | was | right)), story or "")
        if kind in ("not_us", "too_grave"):
            owner_store.record_mark(con, Marked(story, OAKFIELD.urn, Mark(kind), "head", NOW))
    return story


@pytest.fixture(scope="module")
def with_joke(tmp_path_factory):
    with kept_open(a_migrated_store(tmp_path_factory.mktemp("joke"), Clock(NOW))) as store:
        (marked,) = read(store, JOKE)
        assert calls_for_alert(marked)
        mark(store, marked, "too_grave")
        yield store


@pytest.fixture
def joke(with_joke, tmp_path):
    """A home in which somebody said of a joke that it is less serious than we judged."""
    with undone_in(with_joke, tmp_path) as store:
        yield store


def test_what_was_judged_too_gravely_does_not_alert_again_and_is_shown(joke):
    (again,) = read(joke, AGAIN)
    assert (calls_for_alert(again), again.look, again.severity) == (False, True, Severity.RESPOND)
    assert again.reasons[0].code == "like_too_grave"


def test_what_is_like_something_missed_in_a_lane_is_raised_in_that_lane_and_once_more(store):
    (marked,) = read(store, DULL)
    assert not calls_for_alert(marked)
    mark(store, marked, "missed", route=Route.SAFEGUARDING)
    (again,) = read(store, DULL_AGAIN)
    assert (again.route, again.restricted, again.reasons[0].code) == (Route.SAFEGUARDING, True, "like_missed")
    (third,) = read(store, DULL_AGAIN.replace("again", "once more"))
    assert third.route is Route.SAFEGUARDING
    assert rows_of(store, "SELECT times, reason_codes[1] FROM alerts") == [(2, "like_missed")]


@pytest.mark.parametrize("more", [" I will be at the gate with a knife.", " My stepdad hits me there."])
def test_what_says_more_than_the_marked_one_alerts_as_before(joke, more):
    (graver,) = read(joke, JOKE.removesuffix(".") + "." + more)
    assert calls_for_alert(graver)
    assert not any(reason.code.startswith("like_") for reason in graver.reasons)


def waits(con):
    con.execute("UPDATE said_wrong SET counts_at = NULL")


def raised_anew(con):
    con.execute("UPDATE alerts SET times = times + 1")


def taken_back(con):
    ((story,),) = con.execute("SELECT DISTINCT story_id FROM alerts").fetchall()
    take_said_wrong_back(con, story, OAKFIELD.urn, "head", NOW, ["too_grave"])


def edited(con):
    con.execute("UPDATE mentions SET fetched_at = fetched_at + INTERVAL 1 HOUR")


@pytest.mark.parametrize("since", [waits, raised_anew, taken_back, edited])
def test_what_does_not_stand_counts_for_nothing(joke, since):
    do_in(joke, since)
    assert calls_for_alert(read(joke, AGAIN)[0])
    if since is edited:
        with joke.open_reader() as con:
            assert replay(con, {PLACE.id: PLACE}, judges()).made.total() == 0


def test_an_edited_post_keeps_the_tone_and_whose_it_is_as_somebody_said(store):
    loose = judges(OF_MANY)
    (first,) = read(store, OTHER, by=loose)
    for kind, right in (("tone", {"tone": Sentiment.POSITIVE}), ("ours", {"relevance": Relevance.ABOUT})):
        mark(store, first, kind, **right)
    (edited,) = read(store, OTHER_AGAIN, by=loose, of=first.mention_id)
    assert (first.relevance, edited.version) == (Relevance.UNSURE, 2)
    assert (edited.relevance, edited.sentiment) == (Relevance.ABOUT, Sentiment.POSITIVE)


def test_the_place_that_people_named_as_another_schools_raises_no_alert_again(store):
    loose = judges(OF_MANY)
    (marked,) = read(store, OTHER, by=loose)
    mark(store, marked, "not_us", why="It is the Oakfield in Brackenford")
    (again,) = read(store, OTHER_AGAIN, by=loose)
    assert (marked.relevance, calls_for_alert(marked)) == (Relevance.UNSURE, True)
    assert not calls_for_alert(again)
    assert "like_not_us" in {reason.code for reason in again.reasons}


@pytest.mark.parametrize("code", ["local_board", "own_group", "source_place", "our_people"])
def test_another_place_lowers_nothing_that_is_tied_to_us(code):
    post = a_mention("new", text="Hexley says that the caretaker of Oakfield is a crook.")
    insult = a_verdict(post, severity=Severity.TODAY, abuse=("harassment",))
    marked = Corrected(
        "not_us", a_mention("old", text="A liar."), a_match(), insult, names=frozenset(("hexley",))
    )
    tie = (Reason(code, ""),)
    ours = replace(insult, reasons=tie) if code == "our_people" else insult
    match = a_match(reasons=() if code == "our_people" else tie)
    assert apply_corrections(insult, post, a_match(), (), [marked]).look
    assert apply_corrections(ours, post, match, (), [marked]) == ours


def test_what_was_handed_in_is_judged_as_if_nothing_was_marked(joke):
    assert calls_for_alert(read(joke, AGAIN, place=replace(PLACE, handed_in=SchoolNaming.HERE))[0])


@pytest.mark.parametrize(("code", "channel"), [("reported", "forum"), ("name_alone", "manual_report")])
def test_what_was_sent_on_is_never_lowered(code, channel):
    told, post = a_match(reasons=(Reason(code, ""),)), a_mention("old", channel=channel)
    insult = a_verdict(post, severity=Severity.TODAY)
    assert apply_corrections(insult, post, told, (), [Corrected("too_grave", post, told, insult)]) == insult


def test_what_is_like_a_missed_post_is_shown_for_a_look(store):
    (marked,) = read(store, DULL)
    mark(store, marked, "missed")
    (again,) = read(store, DULL_AGAIN)
    assert (marked.look, again.look, again.severity) == (False, True, marked.severity)
    assert beyond_cap(again)


class Milder(Words):
    """Another model: it takes nobody for insulted."""

    def _shares(self, text):
        return super()._shares(text.replace("moron", "person"))


def test_a_model_is_counted_by_the_corrections_that_it_agrees_with_and_those_that_it_loses(store):
    for text, kind, right in ((JOKE, "too_grave", {}), (DULL, "ours", {"relevance": Relevance.ABOUT})):
        mark(store, read(store, text)[0], kind, **right)
    insult = read(store, "Mr Thistlewood of Oakfield Primary, Northvale is a moron and a pig.")[0]
    mark(store, insult, "wrong_lane", route=insult.route, was_route=Route.RESPOND)
    mark(store, insult, "let_in", label="pike")  # whom it leaves out, not what it is
    milder = replace(judges(), scorer=Milder)
    with store.open_reader() as con:
        counts = replay(con, {PLACE.id: PLACE}, milder, judges())
    assert counts.made.total() == 3
    assert (counts.before["too_grave"], counts.now["too_grave"]) == (0, 1)
    assert +counts.lost == {"wrong_lane": 1}


# -------------------------- open matters from before an upgrade: judged again once, and what rises is told


LATER = NOW + timedelta(days=2)
TOWN = Source("town", "feed", "https://talk.example.org/", urns=("900001",))
HANDED_IN = Source(BY_HAND, BY_HAND, "", urns=("900001",))
THREAT = "I am going to kill Ms Larkspur of Oakfield Primary, Northvale. See you at the gate."
IMAGE_AT = f"{CHILD_IMAGE_TEXT} File: file:///Oakfield-Primary,-Northvale/stepdad.jpg"
ALLEGED = "The head at Oakfield Primary, Northvale grabbed my 7 year old and left bruises on his arm."
CHAIR = Person("chair", "Mr Edmund Saltmarsh", (Role.CHAIR,), "chair@example.org")
JUDGES = replace(judges(), people=(*PEOPLE, CHAIR))
TO_ANSWER = {"severity": Severity.TODAY, "route": Route.RESPOND}
TO_LOOK_AT = {"severity": Severity.NOTE, "route": Route.NOTE, "look": True, "look_rank": 0.5}


def judged_before(store, text, n=1, source=TOWN, **old):
    """Keeps a post with the verdict that rules of before gave it, and delivers what that led to."""
    real = monitor.pipeline.judge.decide
    calm = {
        "abuse": (), "about": About.SCHOOL, "content_class": ContentClass.FAIR_COMMENT, "restricted": False,
        "look": False, "subject_person": None, "endangers": (), "accuses": (),
    }  # fmt: skip

    def by_old_rules(*args, **given):
        return replace(real(*args, **given), **(calm | old))

    mention = posted(n, text, author=f"poster{n}", published=NOW)
    with patch.object(monitor.pipeline.judge, "decide", by_old_rules):
        read_in(store, JUDGES, brought(source, mention))
    with store.write("test") as con:
        con.execute("UPDATE verdicts SET endangers = NULL, accuses = NULL")
        con.execute("UPDATE outbox SET sent_at = due_at")


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """Homes with one post that was filed as one to answer, by its text."""
    with ExitStack() as stack:
        homes = {}
        for text in (THREAT, ALLEGED):
            store = a_migrated_store(tmp_path_factory.mktemp("before"), Clock(NOW))
            homes[text] = stack.enter_context(kept_open(store))
            judged_before(homes[text], text, **TO_ANSWER)
        yield homes


@pytest.fixture
def threatened(before, tmp_path):
    """A home with a threat that was filed as one to answer."""
    with undone_in(before[THREAT], tmp_path) as store:
        yield store


@pytest.fixture
def alleged(before, tmp_path):
    """A home with an allegation that was filed as one to answer."""
    with undone_in(before[ALLEGED], tmp_path) as store:
        yield store


def again(store, at=LATER):
    return judge_again(store, lambda: JUDGES, Clock(at))


def the_alert(store):
    with store.open_reader() as con:
        (alert,) = alert_store.list_alerts(con, open_only=False)
    return alert


def mailed(store):
    return sorted(
        person for (person,) in rows_of(store, "SELECT person_id FROM outbox WHERE sent_at IS NULL")
    )


def test_a_threat_that_was_filed_as_one_to_answer_rises_and_its_target_is_told(threatened):
    assert again(threatened) == 1
    alert = the_alert(threatened)
    assert (alert.severity, alert.route, alert.times) == (Severity.THIS_HOUR, Route.POLICE_NOW, 2)
    assert alert.because[0].code == "judged_again"
    assert "dsl" in mailed(threatened)  # Ms Larkspur is she at whom it is aimed
    (body,) = rows_of(threatened, "SELECT body FROM outbox WHERE sent_at IS NULL AND person_id = 'head'")[0]
    assert "It is not new: we have judged it again, with better rules." in " ".join(body.split())
    assert rows_of(threatened, "SELECT action, codes FROM audit WHERE action = 'judged_again'") == [
        ("judged_again", ["version:1", "severity:4", "route:police_now"])
    ]


def test_whom_the_rules_of_before_took_for_accused_is_told_of_the_danger_alone(store):
    threat = THREAT.replace("Ms Larkspur", "Mrs Quillfeather")
    of_head = (Meant("office:head", 1.0, "linking"),)
    judged_before(store, threat, **TO_ANSWER, about=About.HEAD, accuses=of_head)
    assert "head" not in the_alert(store).audience
    again(store)
    alert = the_alert(store)
    assert alert.warned == ("head",)
    assert "head" not in alert.audience
    assert mailed(store) == ["chair", "dsl", "head"]


def test_an_allegation_that_may_mean_the_head_leaves_the_head_out(alleged):
    assert "head" in the_alert(alleged).audience
    again(alleged)
    alert = the_alert(alleged)
    assert "head" in alert.excluded
    assert mailed(alleged) == sorted(alert.audience)
    assert "dsl" in alert.audience
    assert rows_of(alleged, "SELECT restricted, url FROM mentions") == [(True, None)]
    assert rows_of(alleged, "SELECT text FROM mention_versions") == [(None,)]
    assert rows_of(alleged, "SELECT text, len(reasons['900001']) > 0 FROM restricted_texts") == [
        (ALLEGED, True)
    ]


def test_whom_it_endangered_or_accused_before_it_does_still_each_as_surely_as_either_says(threatened):
    school = Meant("school", 1.0, "signal:arson", Harm.VIOLENCE)
    head, perhaps = replace(school, who="office:head"), replace(school, sure=PERHAPS, by="model:threat")
    with threatened.open_reader() as con:
        (old,) = former_verdicts(con, [f"{1:016x}"])
    found = graver_verdict(replace(old, endangers=(head, perhaps)), replace(old, endangers=(school,)))
    assert set(found.endangers) == {head, school}
    assert graver_verdict(replace(old, accuses=(head,)), replace(old, accuses=())).accuses == (head,)
    assert set(
        graver_verdict(replace(old, endangers=(school,)), replace(old, endangers=(perhaps,))).endangers
    ) == {school}


def test_of_an_image_of_a_child_where_it_lies_is_nobodys_words(store):
    judged_before(store, IMAGE_AT, source=HANDED_IN, **TO_ANSWER)
    again(store)
    assert the_alert(store).route is Route.RESPOND


@pytest.mark.parametrize(
    ("source", "words", "route"),
    [
        (TOWN, f"{CHILD_IMAGE_TEXT} {THREAT}", Route.POLICE_NOW),
        (HANDED_IN, f"{CHILD_IMAGE_TEXT} {THREAT}", Route.POLICE_NOW),
        (TOWN, IMAGE_AT, Route.SAFEGUARDING),
    ],
)
def test_words_that_begin_as_ours_of_an_image_are_judged_whole(store, source, words, route):
    judged_before(store, words, source=source, **TO_ANSWER)
    again(store)
    assert the_alert(store).route is route


def test_what_waits_for_whom_it_may_accuse_is_withdrawn(alleged):
    do_in(alleged, lambda con: con.execute("UPDATE outbox SET sent_at = NULL"))
    again(alleged)
    waits = rows_of(alleged, "SELECT person_id, times FROM outbox WHERE withdrawn_at IS NULL ORDER BY 1")
    assert waits == [(person, 2) for person in sorted(the_alert(alleged).audience)]
    assert ("head", 2) not in waits


def test_a_look_rises_to_an_alert(store):
    judged_before(store, THREAT, **TO_LOOK_AT)
    again(store)
    assert the_alert(store).route is Route.POLICE_NOW


def test_it_never_falls_below_what_was_told(store):
    judged_before(
        store, "The winter fair of Oakfield Primary, Northvale was lovely.",
        severity=Severity.THIS_HOUR, route=Route.SAFEGUARDING, restricted=True, about=About.PUPIL,
        content_class=ContentClass.SAFEGUARDING, abuse=("safeguarding",),
    )  # fmt: skip
    before, judged_at = the_alert(store), "SELECT severity, route, restricted, judged_at FROM verdicts"
    held = rows_of(store, judged_at)
    assert again(store) == 1
    assert the_alert(store) == before
    assert rows_of(store, judged_at) == held
    assert mailed(store) == []


def _mark(con, story):
    owner_store.record_mark(con, Marked(story, "900001", Mark.NOT_US, "head", NOW))


def _close(con, story):
    con.execute(
        f"""INSERT INTO cases BY NAME SELECT '0001' AS id, '{story}' AS story_id, '900001' AS urn,
        'C0' AS content_class, TIMESTAMPTZ '2026-11-17 17:00Z' AS opened_at, 'head' AS opened_by,
        TIMESTAMPTZ '2026-11-17 18:00Z' AS closed_at, false AS hold, 'closed' AS state"""
    )


def _hand_over(con, story):
    alert_store.hand_over_alert(con, alert_store.list_alerts(con)[0].id, "dsl", NOW)


def _not_seen(con, story):
    con.execute("UPDATE sightings SET last_seen = last_seen - INTERVAL 91 DAY")


@pytest.mark.parametrize("end", [_mark, _close, _hand_over, _not_seen])
def test_what_is_over_is_left_as_it_was(threatened, end):
    story = the_alert(threatened).story_id
    do_in(threatened, end, story)
    assert again(threatened) == 0
    assert rows_of(threatened, "SELECT severity, accuses FROM verdicts") == [(3, None)]


def test_nothing_is_done_or_told_twice_and_no_reading_is_recorded(threatened):
    seen = "SELECT * FROM sightings, source_runs"
    before = rows_of(threatened, seen)
    again(threatened)
    written = rows_of(threatened, "SELECT count(*) FROM outbox, audit")
    assert again(threatened) == 0
    assert rows_of(threatened, "SELECT count(*) FROM outbox, audit") == written
    assert rows_of(threatened, seen) == before


def test_killed_between_two_stories_it_goes_on_where_it_stopped(tmp_path, monkeypatch):
    store = a_migrated_store(tmp_path, Clock(NOW))
    for n, who in enumerate(("Ms Larkspur", "Mr Thistlewood")):
        judged_before(store, THREAT.replace("Ms Larkspur", who), n, **TO_ANSWER)
    alerts = rows_of(store, "SELECT count(*) FROM alerts")
    assert alerts == [(2,)]
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
    assert rows_of(store, "SELECT count(*) FROM alerts WHERE times = 2") == [(1,)]
    assert again(store) == 1
    assert rows_of(store, "SELECT count(*) FROM alerts WHERE times = 2") == [(2,)]
    told = rows_of(
        store, "SELECT count(*), count(DISTINCT (alert_id, person_id)) FROM outbox WHERE times = 2"
    )
    assert told[0][0] == told[0][1]


def test_what_somebody_edited_meanwhile_is_left_to_that(threatened, monkeypatch):
    real = monitor.pipeline.judge.explain_verdicts

    def edited_meanwhile(*args):
        do_in(threatened, lambda con: con.execute("UPDATE verdicts SET endangers = [], accuses = []"))
        return real(*args)

    monkeypatch.setattr(monitor.pipeline.judge, "explain_verdicts", edited_meanwhile)
    assert again(threatened) == 0


def test_a_home_that_begins_with_this_version_is_asked_once_and_needs_no_rules(store):
    with store.open_reader() as con:
        assert not verdict_store.any_before(con)
    assert judge_again(store, lambda: pytest.fail("rules were read"), Clock(NOW)) == 0


def test_a_scan_by_hand_begins_with_it_and_a_fault_in_it_keeps_no_scan(tmp_path, monkeypatch):
    (tmp_path / "schoolgate.toml").write_text(
        '[dpia]\nrecorded_on = 2026-09-01\nrecorded_by = "Mrs A Example"\n'
        '[[schools]]\nurn = "900001"\nname = "Oakfield Primary School"\n'
        '[[sources]]\nid = "local"\nkind = "feed"\nurl = "http://127.0.0.1:9/feed.xml"\n'
    )
    asked = []

    def broken(store, *_):
        asked.append(store.home)
        raise RuntimeError

    monkeypatch.setattr(verdict_store, "any_before", lambda _: True)
    monkeypatch.setattr(rejudge, "judge_again", broken)
    done = run("scan", "--no-send", "--home", str(tmp_path))
    assert asked == [tmp_path]
    assert "exit 3: done, but some sources failed" in done.out


def test_what_weighed_most_is_kept_anew_with_the_verdict_that_is_given_again(store):
    calm = "Does anybody know the way?"
    judged_before(store, f"{calm} {THREAT} {calm}", **TO_ANSWER, weighed_most=None)
    do_in(store, lambda con: con.execute("UPDATE verdicts SET weighed_most = NULL"))
    assert again(store) == 1
    ((start, end),) = [span for (span,) in rows_of(store, "SELECT weighed_most FROM verdicts")]
    assert f"{calm} {THREAT} {calm}"[start:end] == THREAT.partition(". ")[2]
