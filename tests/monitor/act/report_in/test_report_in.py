"""A report of what somebody saw, without any door; no picture enters unasked."""

import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from builders.backup import back_up
from builders.case import a_case
from builders.case_desk import NOW, Desk, a_desk, words_in
from builders.config import SCHOOL, faults, read
from builders.fetcher import fetcher_for
from builders.hand_in import CHILD_IMAGE, UNSURE, became, hand_in
from builders.home import do_in, rows_of
from builders.mention import URN, a_batch, a_mention, a_message, a_verdict, an_alert, save
from builders.taken_in import what_became_of
from pydantic import SecretStr
from support.proxies import proxy_to
from support.rows import rows as query
from support.web_server import Answer, serve

from alerts.delivery.results import SENT
from alerts.next_date import ico_by
from data.cases import Case, CaseState
from data.effects import utc_now
from data.evidence.handed_in import CHILD_IMAGE_TEXT, ReportState, Says, Whom
from data.evidence.vault import Vault
from data.ids import digest
from data.steps.acts import Done, Refused
from data.steps.codes import BypassRoute, Complainant, Relationship, StepKind
from data.store import alerts as alert_store
from data.store.alerts import list_alerts, put_alerts
from data.store.cases import find_post, stories_of_posts
from data.store.engine.audit_chain import AuditEntry, Code, append
from data.store.mentions import find_reports
from data.store.outbox import put_outbox
from data.store.stories import story
from data.store.verdicts import former_verdicts
from data.types import About, FetchFailure, Person, Policy, Reason, Request, Role, Route, Severity, Via
from data.web.urls import LEADS_ON
from monitor.act.keeping import capture_refusal, picture_refusal, profile_refusal
from monitor.act.proving import prove, read_evidence
from monitor.act.report_in import hand_in_picture, judge_image, report_in, state_for, wrong_address
from monitor.act.step import open_case
from monitor.cli.commands.options import HomeOptions
from monitor.config.home.lookup import known_person
from monitor.config.load import load_file
from monitor.home import wiring
from monitor.matters.reader import Reader, Session
from monitor.matters.views import read_matter
from monitor.pipeline import supplied as spool
from monitor.pipeline.supplied import Report, RestrictedAddresses, page_key, restricted_addresses
from monitor.service import heartbeat
from monitor.service.delivery import make_poster
from monitor.service.owed import escalate

INSULT = "Mr Thistlewood at Oakfield is a fat useless moron and an ugly pig, everybody laugh at him."

REPORTED = "a.action = 'reported_in'"


def test_the_72_hours_run_from_when_they_say_that_they_saw_the_data(home):
    seen = utc_now() - timedelta(hours=60)
    run(home, "The SEN list of Oakfield is being passed round, with every diagnosis.", seen_at=seen)
    with wiring.open_store(home).open_reader() as con:
        (alert,) = (found for found in list_alerts(con) if found.content_class == "C1")
    assert alert.known_at == seen
    assert ico_by(alert) == seen + timedelta(hours=72)


def run(home, words="", **said):
    """What became of what was handed in."""
    return became(home, hand_in(home, words, **said))


def vault(home):
    return [p for p in (home / "evidence").rglob("*") if p.is_file()] if (home / "evidence").exists() else []


def story_shown(home, mention, who=None):
    """The words that a person, or nobody, is shown of the story of that post."""
    reader = HomeOptions(home=home).reader(who)
    ((story_id,),) = query(home, f"SELECT story_id FROM matches WHERE mention_id = '{mention}'")
    with reader.store.open_reader() as con:
        return " ".join(words_in(read_matter(con, reader, story_id, utc_now())))


def test_who_reported_it_is_shown_to_those_who_act_on_it_alone_and_stands_beside_the_audit_not_in_it(home):
    """When it was seen is kept, and never passed off as when it was posted."""
    seen = datetime(2026, 11, 16, 20, tzinfo=UTC)
    mention = run(home, INSULT, seen_by="Front office", seen_at=seen).mention
    seen_by = {who: story_shown(home, mention, who) for who in (None, "i-larkspur", "c-dray")}
    assert all("useless moron" in shown for shown in seen_by.values())
    assert ["Front office" in shown for shown in seen_by.values()] == [True, True, False]
    assert ("Front office",) in query(home, "SELECT note FROM audit_notes")
    assert "Front office" not in str(query(home, "SELECT CAST(a AS VARCHAR) FROM audit a"))
    assert query(home, f"SELECT published FROM mentions WHERE id = '{mention}'") == [(None,)]
    assert "seen_at:2026-11-16T20:00:00Z" in str(query(home, f"SELECT codes FROM audit a WHERE {REPORTED}"))
    with HomeOptions(home=home).reader(None).store.open_reader() as con:
        assert [one.seen_at for one in find_reports(con, [mention])[mention]] == [seen]


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def comes_in(desk, words="", **said):
    return run(desk.home, words, urn="900001", **said)


def held(desk, sql):
    return rows_of(desk.store, sql)


AT = "https://example.org/p/1"
PICTURE = b"\x89PNG NOT A PICTURE OF ANYBODY"


@pytest.mark.parametrize("says", [CHILD_IMAGE, UNSURE])
def test_a_file_that_may_show_a_child_is_not_kept_and_its_address_goes_to_the_dsl(desk, says):
    """Where nobody is sure, the words go with it, for the few who may read them."""
    insult = INSULT.replace("moron", "muppet")
    found = comes_in(desk, insult, url=AT, author="somebody", files=(PICTURE,), by="vale", says=says)
    assert held(desk, f"SELECT restricted FROM alerts WHERE id = '{found.alert}'") == [(True,)]
    assert vault(desk.home) == []
    told = ("somebody", insult) if says is UNSURE else (None, CHILD_IMAGE_TEXT)
    assert held(desk, f"SELECT author, text FROM restricted_texts WHERE url = '{AT}'") == [told]
    assert rows_of(
        desk.store, "SELECT count(*) FROM mention_versions WHERE text LIKE '%useless muppet%'"
    ) == [(0,)]


def alerts_of(desk):
    return held(desk, "SELECT id, restricted FROM alerts ORDER BY id")


def test_the_same_report_twice_changes_nothing_and_a_child_image_at_its_address_alerts_and_hides_it(desk):
    first, before = comes_in(desk, INSULT, url=AT), alerts_of(desk)
    assert comes_in(desk, INSULT, url=AT).mention == first.mention
    assert alerts_of(desk) == before
    assert held(desk, f"SELECT count(*) FROM mentions WHERE url = '{AT}'") == [(1,)]
    found = comes_in(desk, url=f"{AT}#top", says=CHILD_IMAGE)
    assert found.alert not in [None, *(alert for alert, _ in before)]
    assert held(desk, f"SELECT count(*) FROM mentions WHERE url LIKE '{AT}%'") == [(0,)]


SHUT = "https://example.org/c/4"
AGAIN = f"http://www.{SHUT[8:]}/?utm_source=x"
TO_KEEP_NOWHERE = b"\x89PNG\r\n\x1a\n" + b"NOT TO BE KEPT" * 9


def held_in(*folders):
    """The files below these folders that hold that picture."""
    files = [p for folder in folders for p in folder.rglob("*") if p.is_file()]
    assert "schoolgate.duckdb" in {p.name for p in files}
    return [p for p in files if b"NOT TO BE KEPT" in p.read_bytes()]


def test_the_address_of_a_child_image_is_not_shown_openly_when_reported_elsewhere(desk):
    """It alerts once. A file from there is kept nowhere, whatever is said of it."""
    flag = comes_in(desk, url=SHUT, says=CHILD_IMAGE)
    before = alerts_of(desk)
    again = comes_in(desk, url=SHUT, says=CHILD_IMAGE, channel="instagram")
    assert (again.alert, alerts_of(desk), before) == (flag.alert, before, [(flag.alert, True)])
    assert held(desk, f"SELECT about FROM verdicts WHERE mention_id = '{flag.mention}'") == [("pupil",)]
    said = {"words": "hello there everybody at Oakfield", "author": "somebody"}
    found = comes_in(desk, url=AGAIN, channel="facebook", **said)
    assert found.restricted
    assert SHUT[8:] not in story_shown(desk.home, found.mention, "pike")
    assert comes_in(desk, url=AGAIN, channel="facebook", files=(TO_KEEP_NOWHERE,), by="pike").warned
    assert held_in(desk.home) == []
    assert held(desk, "SELECT count(*) FROM mentions WHERE url LIKE '%example.org/c/4%'") == [(0,)]
    words = "SELECT count(*) FROM mention_versions WHERE text LIKE '%everybody at Oakfield%'"
    assert held(desk, words) == [(0,)]


def test_of_a_picture_that_its_words_say_shows_a_child_no_byte_is_anywhere_nor_in_a_backup(tmp_path):
    for name in ("home", "backup"):
        (tmp_path / name).mkdir(mode=0o700)
    desk = Desk(tmp_path / "home")
    words = "used an app to make a fake nude of Ellie, she is in year 6 at Oakfield"
    assert comes_in(desk, words, channel="discord", files=(TO_KEEP_NOWHERE,), by="vale").shut
    back_up(desk.home, tmp_path / "backup")
    assert held_in(desk.home, tmp_path / "backup") == []


RIGGED = "The {} is telling us to fill in the phonics check scores before the children sit it."


@pytest.mark.parametrize(("who", "whom", "hear"), [
    ("I work", Whom.HEAD, {"o-fennimore", "d-marrow"}),
    ("I work", Whom.CHAIR, {"d-marrow", "t-quillfeather"}),
    ("My son is", Whom.HEAD, set()),
])  # fmt: skip
def test_wrongs_of_who_leads_told_by_who_works_here_are_heard_today_by_who_acts_instead(
    home, who, whom, hear
):
    words = f"{who} at Oakfield Primary in Northvale. {RIGGED.format(whom.value)}"
    mention = run(home, words, says=Says(about=whom)).mention
    ((story_id,),) = query(home, f"SELECT story_id FROM matches WHERE mention_id = '{mention}'")
    with wiring.open_store(home).open_reader() as con:
        raised = alert_store.by_story(con, [story_id]).values()
    assert {p for alert in raised for p in alert.audience} == hear
    assert all("disclosed" in [reason.code for reason in alert.because] for alert in raised)
    config = wiring.open_settings(home, None)[1]
    for alert in raised:
        person = known_person(config, alert.audience[0])
        session = Session(config, wiring.open_store(home), person, wiring.make_context(config, home))
        assert open_case(session, story_id, "", utc_now()).made.case.wants_staff_matter


def test_of_too_few_words_nothing_is_judged_and_a_person_is_asked_to_look(desk):
    mention = comes_in(desk, "hello\n\nthere").mention
    assert held(desk, f"SELECT look FROM verdicts WHERE mention_id = '{mention}'") == [(True,)]
    assert alerts_of(desk) == []
    assert held(desk, "SELECT title FROM stories") == [("hello there",)], "several lines are listed in one"


# ------------------------------------------------ by a safeguarding lead


def take(desk, report, content=None, urn="900001"):
    """What becomes of a report that is handed in at that school."""
    home, config = wiring.open_settings(desk.home, None)
    if content:
        report = replace(report, handed=replace(report.handed, file_at="their own device"))
    kept = spool.Kept(report, urn, NOW, files=(content,) if content else ())
    return report_in(config, home, kept, lambda: NOW)


def act(desk, do, person, *given, **how):
    """What becomes of an act of that person."""
    home, config = wiring.open_settings(desk.home, None)
    return do(config, home, known_person(config, person), *given, **how)


SEXUAL = {"content_class": "C10", "restricted": True, "route": Route.SAFEGUARDING, "about": About.PUPIL}


def judged(desk, mention, alerts=(), **verdict):
    batch = a_batch(mention, verdicts=[a_verdict(mention, **verdict)], story_id="story-seen", alerts=alerts)
    do_in(desk.store, save, batch, now=NOW, policy=Policy())


def let_in(desk, mention, person="pike"):
    """A file of that post, handed in by that person afterwards."""
    of = ("900001", mention[:8])
    return act(desk, hand_in_picture, person, of, PICTURE, "It shows the school gate.", lambda: NOW)


def of_a_child(desk, *codes):
    """A post judged to be about a picture of a child."""
    mention = a_mention("seen")
    reasons = tuple(Reason(code, code) for code in codes)
    judged(desk, mention, abuse=("sexual", "safeguarding"), reasons=reasons, **SEXUAL)
    return mention.id


def test_a_safeguarding_lead_hands_in_what_only_the_model_took_for_a_picture_of_a_child(desk):
    done = let_in(desk, of_a_child(desk))
    assert isinstance(done, Done)
    assert [p.read_bytes() for p in desk.store.evidence.glob("??/*")] == [PICTURE]
    with desk.store.open_reader() as con:
        sql = """SELECT actor, note FROM audit
            JOIN audit_notes n ON list_contains(codes, 'note:' || n.sha256)
            WHERE action = $action AND subject = $subject"""
        told = con.execute(sql, {"action": "picture_shows_nothing", "subject": done.made}).fetchall()
    assert told == [("pike", "It shows the school gate.")]


@pytest.mark.parametrize(("person", "codes", "guard"), [
    ("holt", (), "safeguarding_lead"),
    ("vale", (), "safeguarding_lead"),
    ("pike", ("sexual_images",), "no_child_image"),
    ("pike", ("child_image_reported",), "no_child_image"),
])  # fmt: skip
def test_nobody_else_does_and_nothing_that_the_words_or_a_person_call_one(desk, person, codes, guard):
    done = let_in(desk, of_a_child(desk, *codes), person)
    assert isinstance(done, Refused)
    assert done.guard == guard
    assert not desk.store.evidence.exists()


WHERE = "https://www.facebook.com/groups/northvale.example/posts/88"


def handed_in(desk, text, content=None, image=False):
    said = text if image else ""
    report = Report(text, WHERE, "facebook", None, None, NOW, child_image=image, judged=said)
    return what_became_of(desk.store, "900001", take(desk, report, content).made.number, WHERE)


def said_of_image(desk, person, *, shows=False, url=WHERE):
    return act(desk, judge_image, person, ("900001", url), "I looked at the page.", NOW, shows=shows)


def pictures(desk):
    return [p for p in desk.store.evidence.glob("??/*") if p.read_bytes() == PICTURE]


SLUR = "Mr Vale of Oakfield Primary School is a fat useless moron and an ugly pig."


def warned(desk):
    """Is the address known as one of an image that may show a child?"""
    with desk.store.open_reader() as con:
        return restricted_addresses(con).warns_of(WHERE)


def an_image(desk):
    """Somebody says that an image there shows a child."""
    return handed_in(desk, "", image=True)


@pytest.fixture
def flagged(tmp_path):
    return a_desk(tmp_path, an_image)


def test_evidence_that_anybody_blocked_is_taken_once_a_safeguarding_lead_has_withdrawn_it(flagged):
    """Once it is withdrawn it hides nothing that is said there; one that is reported later blocks again."""
    ((first, _),) = alerts_of(flagged)
    blocked = handed_in(flagged, SLUR, PICTURE)
    assert (blocked.warned, blocked.restricted, pictures(flagged)) == (True, True, [])
    with flagged.store.open_reader() as con:
        assert find_post(con, blocked.mention, restricted=True).text == SLUR
    assert said_of_image(flagged, "pike", url=f"{WHERE}/?utm_source=x").made == 1
    again = handed_in(flagged, SLUR, PICTURE)
    assert (again.warned, again.restricted, len(pictures(flagged))) == (False, False, 1)
    assert an_image(flagged).alert not in (None, first)
    assert warned(flagged)


NOT_SURE = "Summer fair at Oakfield Primary, not sure about this photo of the stalls."


def test_the_file_of_a_report_nobody_was_sure_of_is_handed_in_by_who_withdrew_that(desk):
    flagged = handed_in(desk, NOT_SURE, image=True).mention
    assert let_in(desk, flagged).guard == "no_child_image"
    said_of_image(desk, "pike")
    assert isinstance(let_in(desk, flagged), Done)
    assert len(pictures(desk)) == 1


def test_where_the_words_themselves_tell_of_such_a_picture_withdrawing_lets_in_nothing(desk):
    words = "Somebody used an app to make a fake nude of Ellie, she is in year 6 at Oakfield Primary School"
    flagged = handed_in(desk, words, image=True).mention
    said_of_image(desk, "pike")
    assert let_in(desk, flagged).guard == "no_child_image"
    assert pictures(desk) == []


KNIFE = "I will stab Mr Vale at the gate of Oakfield Primary tomorrow, I have the knife."
HIT_AT_HOME = "My stepdad hits me, I am at Oakfield Primary in Northvale."


def restricted(desk):
    """The texts that only few may read, but for the flags themselves."""
    with desk.store.open_reader() as con:
        kept = con.execute("SELECT text FROM restricted_texts ORDER BY text").fetchall()
        return [text for (text,) in kept if text]


def a_post_and_an_image(desk):
    """A post that anybody might read, of which somebody then says that an image there shows a child."""
    handed_in(desk, SLUR)
    an_image(desk)


@pytest.fixture
def hidden(tmp_path):
    return a_desk(tmp_path, a_post_and_an_image)


def test_what_the_flag_alone_hid_is_shown_again_with_its_reasons_once_it_is_withdrawn(hidden):
    desk = hidden
    threat = handed_in(desk, KNIFE)
    assert restricted(desk) == [KNIFE, SLUR]
    ((seen,),) = held(desk, "SELECT mention_id FROM restricted_texts WHERE text LIKE 'Mr Vale of%'")
    said_of_image(desk, "pike")
    assert restricted(desk) == []
    with desk.store.open_reader() as con:
        shown = [find_post(con, one) for one in (seen, threat.mention)]
        assert [(p.text, p.url) for p in shown] == [(SLUR, WHERE), (KNIFE, WHERE)]
        (told,) = stories_of_posts(con, "900001", threat.mention)[threat.mention]
        (alert,) = (a for a in alert_store.list_alerts(con, open_only=False) if a.story_id == told)
        assert not alert.restricted
        assert story(con, told).row.title == KNIFE
        assert all(r.text for r in (*alert.because, *former_verdicts(con, [threat.mention])[0].reasons))
        assert prove(read_evidence(con, None), Vault(desk.store.evidence), case_id=None).faults == ()


def test_what_its_words_or_those_beside_it_restrict_stays_so(hidden):
    handed_in(hidden, HIT_AT_HOME)
    handed_in(hidden, KNIFE)
    said_of_image(hidden, "pike")
    assert restricted(hidden) == [KNIFE, HIT_AT_HOME]


def test_what_a_case_keeps_for_the_safeguarding_lead_stays_so(desk):
    handed_in(desk, KNIFE)
    do_in(desk.store, lambda con: con.execute("UPDATE cases SET lane = 'safeguarding'"))
    handed_in(desk, "", image=True)
    said_of_image(desk, "pike")
    assert restricted(desk) == [KNIFE]


def test_what_a_safeguarding_lead_confirms_stays_and_her_reason_is_recorded(flagged):
    """Nobody else says what an image shows, nor anybody of an address of which nobody said so."""
    desk, elsewhere = flagged, "https://example.org/"
    for person, url, guard in (
        ("vale", WHERE, "safeguarding_lead"), ("holt", WHERE, "safeguarding_lead"),
        ("pike", elsewhere, "one_post"),
    ):  # fmt: skip
        assert said_of_image(desk, person, url=url).guard == guard
    assert isinstance(said_elsewhere(desk), Refused), "she is of another school"
    ((flag,),) = held(
        desk, "SELECT mention_id FROM matches JOIN alerts USING (story_id) WHERE restricted LIMIT 1"
    )
    assert isinstance(said_of_image(desk, "pike", shows=True), Done)
    assert warned(desk)
    with desk.store.open_reader() as con:
        sql = """SELECT actor, subject, note FROM audit JOIN audit_notes n
            ON list_contains(codes, 'note:' || n.sha256) WHERE action = 'child_image_confirmed'"""
        assert con.execute(sql).fetchall() == [("pike", flag, "I looked at the page.")]


def said_elsewhere(desk):
    """What is made of it by a safeguarding lead of another school, who withdraws it."""
    home, config = wiring.open_settings(desk.home, None)
    theirs = Person("ward", "Noor Ward", (Role.DSL,), "ward@example.org", ("900002",))
    config = replace(config, people=(*config.people, theirs))
    return judge_image(config, home, theirs, ("900002", WHERE), "I looked.", NOW, shows=False)


def test_what_was_said_of_an_image_at_two_schools_is_withdrawn_by_a_safeguarding_lead_of_each(hidden):
    desk = hidden
    take(desk, Report("", WHERE, "facebook", None, None, NOW, child_image=True), urn="900002")
    assert isinstance(said_elsewhere(desk), Done)
    assert (warned(desk), restricted(desk)) == (True, [SLUR])
    said_of_image(desk, "pike")
    assert (warned(desk), restricted(desk)) == (False, [])


def brought(desk, alert, by="report-in", **verdict):
    """A report that was handed in and alerted so; gives what asks how far it is, for a person or none."""
    mention = a_mention("seen")
    judged(desk, mention, [alert], **verdict)
    with desk.store.write("test") as con:
        codes = Code.NUMBER.of(mention.id[:8]), Code.BROUGHT.of(by)
        append(con, [AuditEntry(NOW, "report-in", "reported_in", mention.id, "900001", codes)])
    home, config = wiring.open_settings(desk.home, None)
    return lambda who: state(home, config, mention.id[:8], who and known_person(config, who))


def state(home, config, reference, person=None):
    reader = Reader(config, wiring.open_store(home.home), person)
    with reader.store.open_reader() as con:
        return state_for(con, reader, home.home, "900001", reference)


def test_whoever_brought_it_is_told_that_it_is_received_then_dealt_with_then_ended(desk):
    alert = an_alert("story-seen")
    insult = {"route": Route.PLATFORM_REPORT, "content_class": "C2", "abuse": ("harassment",)}
    state = brought(desk, alert, **insult)
    assert state("holt") is ReportState.RECEIVED
    desk.open("story-seen", "holt")
    assert state("holt") is ReportState.IN_HAND
    desk.take(StepKind.CLOSED, "holt", ending="mistaken", why="It is of another school.")
    assert state("holt") is ReportState.ENDED
    for nobody in (None, "vale"):
        assert state(nobody) is None


def test_whoever_may_be_accused_is_not_told_that_a_case_runs(desk):
    out = {"audience": ("pike",), "excluded": ("holt",), "restricted": True, "route": Route.SAFEGUARDING}
    alert = an_alert("story-seen", **out)
    state = brought(
        desk, alert, **SEXUAL | {"about": About.HEAD}, abuse=("safeguarding",), subjects=("holt",)
    )
    desk.open("story-seen", "pike")
    assert [state(who) for who in ("pike", "holt", None)] == [ReportState.IN_HAND, None, None]


@pytest.mark.parametrize(("by", "sees"), [("vale", ReportState.RECEIVED), ("fern", ReportState.IN_HAND)])
def test_whoever_brought_it_sees_how_far_it_is_but_for_whom_it_may_accuse(desk, by, sees):
    out = {"audience": ("pike",), "excluded": ("vale",), "restricted": True, "route": Route.SAFEGUARDING}
    alert = an_alert("story-seen", **out)
    state = brought(desk, alert, by, **SEXUAL | {"about": About.STAFF}, subjects=("vale",))
    desk.open("story-seen", "pike")
    assert state(by) is sees
    assert by == "vale" or state("vale") is None


def test_without_its_reference_nothing_is_told(desk):
    home, config = wiring.open_settings(desk.home, None)
    assert [state(home, config, reference) for reference in ("", "1234567", "12345678", "%")] == [None] * 4


CASE = Case(
    "0001", URN, "story-post", NOW, "pike", Route.REQUEST_REMOVAL, About.STAFF,
    proposed_class="C7", content_class="C7", state=CaseState.TRIAGE,
)  # fmt: skip
JUDGED = a_verdict(a_mention("post"), content_class="C7", abuse=("defamation",))


def test_a_post_that_may_be_defamatory_may_be_captured_with_its_pictures():
    assert capture_refusal(CASE, [JUDGED], child_image=False) is None
    assert picture_refusal(CASE, [JUDGED]) is None


@pytest.mark.parametrize("content_class", ["C9", "C10"])
def test_of_childrens_safety_and_extremism_nothing_is_captured(content_class):
    refused = capture_refusal(replace(CASE, content_class=content_class), [], child_image=False)
    assert refused is not None
    assert "DSL" in refused.remedy


@pytest.mark.parametrize("lane", BypassRoute)
def test_of_what_is_off_the_ladder_nothing_is_captured(lane):
    assert capture_refusal(replace(CASE, lane=lane), [], child_image=False) is not None


def test_what_the_post_was_judged_counts_until_a_person_has_said_what_it_is():
    judged = replace(JUDGED, content_class="C10")
    assert capture_refusal(CASE, [judged], child_image=False) is not None
    assert capture_refusal(replace(CASE, classified_by="pike"), [judged], child_image=False) is None


def test_a_report_of_a_childs_image_counts_whatever_the_case_says():
    assert capture_refusal(replace(CASE, classified_by="pike"), [JUDGED], child_image=True) is not None


@pytest.mark.parametrize(
    ("case", "judged"),
    [
        (replace(CASE, content_class="C5"), JUDGED), (replace(CASE, proposed_class="C10"), JUDGED),
        (replace(CASE, about=About.PUPIL), JUDGED), (replace(CASE, relationship=Relationship.PUPIL), JUDGED),
        (replace(CASE, complainant=Complainant.PUPIL), JUDGED), (CASE, replace(JUDGED, about=About.PUPIL)),
        (CASE, replace(JUDGED, abuse=("sexual",))), (CASE, replace(JUDGED, abuse=("safeguarding",))),
    ],
)  # fmt: skip
def test_a_picture_that_may_show_a_child_or_be_sexual_is_never_kept(case, judged):
    assert picture_refusal(case, [judged]) is not None


@pytest.mark.parametrize(
    "way",
    [
        "https://forum.example.org/t/Girl-1", "http://www.forum.example.org:80/t/girl-1/",
        "https://forum.example.org/a/../t/./Girl-1", "https://forum.example.org//t///Girl-1?utm_source=x#p2",
        "https://forum.example.org/%74/%2e/Girl-1",
    ],
)  # fmt: skip
def test_an_address_that_was_warned_of_is_known_however_it_is_written(way):
    known = RestrictedAddresses(frozenset((page_key("https://forum.example.org/t/Girl-1"),)), (), frozenset())
    assert known.warns_of(way)
    assert not known.warns_of("https://forum.example.org/t/girl-12")


def test_a_post_is_asked_for_at_its_own_address() -> None:
    assert profile_refusal(a_case(content_class="C2"), "https://www.instagram.com/p/Cabc123/") is None


# ------------------------------------- one guard at every door: nobody's profile is captured or watched

PROFILES = [
    "https://www.instagram.com/ann_example/", "https://www.instagram.com./kid/",
    "https://forum.example.org/user;x/bob", "https://forum.example.org/%2575ser/bob",
    "https://forum.example.org/search.php?author=kid", "https://news.example.org/author/jane-smith/feed",
    "https://x.com/search?q=from%3Akid", "https://nitter.example.org/kid",
]  # fmt: skip
"""Pages, lists, searches and feeds of one person, however they are spelt."""
SETTINGS = """
[[schools]]
urn = "900001"
name = "Oakfield Primary School"
"""
SOURCE = """
[[sources]]
id = "watched"
kind = "feed"
url = "{url}"
"""


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    path = tmp_path_factory.mktemp("doors") / "schoolgate.toml"
    path.write_text(SETTINGS + SOURCE.format(url="https://gazette.example.org/feed.xml"))
    return load_file(path, {})


@pytest.mark.parametrize("url", PROFILES)
def test_it_is_refused_as_a_source_so_by_doctor_and_source_test_too(tmp_path, url):
    (tmp_path / "schoolgate.toml").write_text(SETTINGS + SOURCE.format(url=url))
    with pytest.raises(Exception, match="is somebody's profile, and we watch nobody's"):
        load_file(tmp_path / "schoolgate.toml", {})


@pytest.mark.parametrize("url", PROFILES)
def test_it_is_refused_when_handed_in_unless_the_account_itself_is_false(settings, url):
    assert wrong_address(url, settings=settings, urn="900001") == "profile"
    assert wrong_address(url, settings=settings, urn="900001", any_account=True) == ""


@pytest.mark.parametrize("url", PROFILES)
def test_it_is_neither_captured_nor_checked_again_unless_the_account_is_what_the_case_is_about(url):
    for code in ("C2", "C4", "C7", "C11"):
        refused = profile_refusal(a_case(content_class=code), url)
        assert refused is not None, code
        assert (refused.guard, "⟪" in refused.remedy) == ("no_profile", False)
    for code in ("C12", "C14"):
        assert profile_refusal(a_case(content_class=code), url) is None, code


def test_no_redirect_leads_there():
    routes = {f"/post/{n}": Answer(302, b"", {"Location": url}) for n, url in enumerate(PROFILES)}
    with serve(routes) as site:
        for path in routes:
            result = fetcher_for(site).fetch(Request(f"{site}{path}"))
            assert isinstance(result, FetchFailure)
            assert result.detail == LEADS_ON, path


# Whoever a person says it accuses is asked nothing more, and no mail of it goes out to them.


GRAVE = {
    "route": Route.REQUEST_REMOVAL,
    "severity": Severity.THIS_HOUR,
    "about": About.STAFF,
    "content_class": "C2",
}


def accuses_the_head(desk):
    """A case about what was raised and nobody has in hand; a person then says that it accuses the head."""
    story = desk.story("grave", **GRAVE, alert=True)
    do_in(desk.store, lambda con: con.execute("UPDATE alerts SET severity = 4"))
    desk.open(story, "ash")
    desk.take(StepKind.TARGET, "ash", person="vale")
    do_in(
        desk.store,
        put_outbox,
        [a_message(digest("case", "900001", "0001", "1", "holt"), person_id="holt", kind="case")],
        NOW,
    )
    desk.take(StepKind.TARGET, "ash", person="vale", subjects="holt")


def test_whoever_a_person_says_it_accuses_is_not_asked_next_about_its_alert(tmp_path):
    desk = a_desk(tmp_path, accuses_the_head)
    settings = wiring.open_settings(tmp_path, None)[1]
    with desk.store.write("test") as con:
        later = utc_now() + timedelta(minutes=1)  # whoever works on the case has it until it rises
        put_alerts(con, [replace(list_alerts(con, open_only=False)[0], times=2, raised_at=later)], later)
        for write in escalate(con, wiring.make_context(settings, tmp_path), later + timedelta(minutes=20)):
            write(con)
        asked = con.execute("SELECT person_id FROM escalations").fetchall()
    assert ("holt",) not in asked
    assert asked


def test_mail_about_a_case_that_waits_for_whoever_it_accuses_now_is_withdrawn(tmp_path):
    desk = a_desk(tmp_path, accuses_the_head)
    waits = held(desk, "SELECT person_id FROM outbox WHERE withdrawn_at IS NULL")
    assert ("holt",) not in waits


# [network]: what is read of it, and that every door goes by it.


PAPER = "paper.example.org"
TABLE = f"{SCHOOL}[network]\n"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def folder(tmp_path: Path, authority: trustme.CA) -> Path:
    authority.cert_pem.write_to_path(str(tmp_path / "filter-ca.pem"))
    return tmp_path


def served(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(PAPER).configure_cert(context)
    return context


@pytest.mark.parametrize("by", ["env", "file"])
def test_the_proxys_password_is_read_and_shown_by_nothing(folder: Path, by: str) -> None:
    (folder / "secret").write_text("planted\n")
    key = {"env": 'proxy_password_env = "P"', "file": 'proxy_password_file = "secret"'}[by]
    way = 'proxy = "http://proxy.example.org:8080"\nproxy_user = "oak"\n'
    config = read(folder, TABLE + way + key, P="planted")
    assert config.network.proxy_password == SecretStr("planted")
    assert "planted" not in repr(config) + repr(wiring.way_out(config.network)) + repr(make_poster(config))


@pytest.mark.parametrize(("line", "told"), [
    ('proxy = "proxy.example.org:8080"', "is not a"),
    ('proxy = "https://proxy.example.org:8080"', "is not a proxy's address"),
    ('proxy = "http://proxy.example.org"', "its name and its port"),
    ('proxy = "http://oak:planted@proxy.example.org:8080"', "may not carry a secret"),
    ('proxy_password = "planted"', "proxy_password"),
    ('own_servers = ["https://ntfy.example.org"]', "is not a server's name"),
    ('own_servers = ["ntfy.example.org:8080"]', "is not a server's name"),
    ('proxy_user = "oak"', "There is no proxy for it"),
    (
        'proxy = "http://p.example.org:8080"\nproxy_password_env = "P"\nproxy_password_file = "f"',
        "Keep one of them",
    ),
])  # fmt: skip
def test_what_cannot_be_used_is_refused_without_showing_a_secret(folder: Path, line: str, told: str) -> None:
    (said,) = faults(folder, TABLE + line)
    assert told in said
    assert "planted" not in said


def test_pages_the_heartbeat_and_short_messages_all_go_by_it(folder: Path, authority: trustme.CA) -> None:
    with (
        serve({"/": "x", "/beat": "x"}, tls=served(authority)) as site,
        proxy_to({(PAPER, 443): (site.host, site.port)}, sign_in="oak:key") as way,
    ):
        lines = (
            f'proxy = "{way.url}"\nproxy_user = "oak"\nproxy_password_env = "P"\nca_file = "filter-ca.pem"'
        )
        config = read(folder, TABLE + lines, P="key")
        with wiring.fetcher(config, obey_robots=False) as fetch:
            assert fetch(Request(f"https://{PAPER}/")).status == 200
        with heartbeat.open_heartbeat(SecretStr(f"https://{PAPER}/beat"), network=config.network) as fetch:
            assert fetch(Request(f"https://{PAPER}/beat")).status == 200
        assert make_poster(config)(a_message(via=Via.CHAT), f"jsons://{PAPER}/") == SENT
    assert [line.partition(" HTTP")[0] for line in way.asked] == [f"CONNECT {PAPER}:443"] * 3
    assert [asked.method for asked in site.asked] == ["GET", "GET", "POST"]


def test_a_file_of_authorities_that_is_not_there_stops_nothing(folder: Path) -> None:
    config = read(folder, TABLE + 'ca_file = "missing.pem"')
    with serve({"/": "read"}) as site, wiring.fetcher(config, allow_loopback=site.allowed) as fetch:
        assert fetch(Request(f"{site}/")).body == b"read"
