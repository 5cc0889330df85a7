"""What a case is opened with, answers recorded for another; steps, letters, a signature without any door."""

import shutil
from datetime import datetime, timedelta
from functools import partial

import pytest
from builders.capture import capture
from builders.case_desk import ActRefused, Desk, a_desk, about_the_head, insult, review
from builders.digest import PEOPLE, TUESDAY, a_config, a_context, a_home, alert_on, grave, say, story_id
from builders.home import do_in, rows_of
from builders.kept_open import kept_open
from builders.ladder import WEIGHED
from builders.mention import POLICY, a_batch, a_mention, a_run, a_store, a_verdict, save
from builders.report import CONFIG, FRIDAY, filled_home
from builders.report import a_home as report_home
from builders.steps import names_of_facts

from alerts.access.knowing import Access
from alerts.ladder.advance import Refusal
from alerts.letters.kinds import LetterKind
from alerts.weekly.facts import parse_week
from alerts.wording.matters import next_of
from classifiers.scoring.onnx_scorer import Scorer
from classifiers.signals.catalogue import find_signals
from classifiers.text.model_text import model_text
from classifiers.verdicts.decide import decide
from classifiers.verdicts.post import read_post
from classifiers.verdicts.verdict_reasons import read_thresholds
from data.cases import CaseState, Event
from data.effects import utc_now
from data.errors import InputError
from data.judged import reasons_of, was_judged
from data.rungs import Rung
from data.steps.acts import Done, Refused
from data.steps.classes import Asked, Noted, facts_to_store
from data.steps.codes import Check, NoticeWay, StepKind
from data.store import weekly as weekly_store
from data.store.alerts import exclude_from_alerts
from data.store.verdicts import story_verdicts
from data.types import (
    About,
    Match,
    Mention,
    MentionKind,
    Person,
    Reason,
    Relevance,
    Role,
    Route,
    School,
    Severity,
)
from data.words.say import words
from monitor.act.casework import find_case, opening_event
from monitor.act.letter import NotDrafted, draft_letter
from monitor.act.sign import sign
from monitor.act.step import (
    explain_refusal,
    find_host,
    foresee,
    look_again,
    open_case,
    record_look,
    take_step,
)
from monitor.config.load import load_file
from monitor.matters.reader import access_to
from monitor.reports.weekly import gather_report

NOW = TUESDAY
TEACHER = Person("teacher", "Sam Fell", (Role.STAFF,), "teacher@example.org")
GRAVE = {"severity": Severity.TODAY, "route": Route.REQUEST_REMOVAL}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """One home, in which each test has stories of its own."""
    with kept_open(a_home(tmp_path_factory.mktemp("opening"))) as found:
        yield found


@pytest.fixture(scope="module")
def context(tmp_path_factory):
    return a_context(a_config(tmp_path_factory.mktemp("settings"), people=(*PEOPLE, TEACHER)))


def facts(store, context, of):
    event = opening_event(store.con, context, of)
    assert event.kind is StepKind.OPENED
    must, may = names_of_facts(StepKind.OPENED)
    given = facts_to_store(event.said)
    assert set(must) <= set(given) <= {*must, *may}
    return given


def test_of_an_alert_it_is_about_the_gravest_post_of_its_story(store, context):
    say(store, "calm", NOW, story="street")
    alert = grave(store, "street", NOW, channel="facebook")
    told = facts(store, context, alert)
    of = (story_id("street"), a_mention("street").id, alert.id)
    assert (told["story"], told["mention"], told["alert"]) == of
    assert (told["route"], told["proposed_class"], told["about"]) == ("request_removal", "C11", "staff")
    assert (told["channel"], told["restricted"], told["own_site"]) == ("facebook", "no", "no")
    assert told["audience"] == "head"
    assert not {"subjects", "danger_now"} & set(told)
    said = Reason("said_danger_now", "The person who reported it says that a child is in danger now.")
    assert facts(store, context, grave(store, "road", NOW, reasons=(said,)))["danger_now"] == "yes"


def test_of_a_story_it_is_what_its_alert_says_where_it_has_one_and_the_program_opens_it(store, context):
    alert = grave(store, "lane", NOW)
    assert opening_event(store.con, context, alert).actor == "schoolgate"
    assert facts(store, context, story_id("lane")) == facts(store, context, alert)


def test_of_a_story_without_an_alert_it_is_what_its_posts_say(store, context):
    say(store, "insult", NOW, **GRAVE, content_class="C2", about=About.STAFF)
    told = facts(store, context, story_id("insult"))
    assert (told["proposed_class"], told["route"]) == ("C2", "request_removal")
    assert not {"alert", "audience"} & set(told)
    say(store, "comment", NOW, source="page", **GRAVE)
    assert facts(store, context, story_id("comment"))["own_site"] == "yes", "it is on an account of its own"


def test_a_story_there_is_not_is_refused(store, context):
    with pytest.raises(InputError, match="There is no story"):
        opening_event(store.con, context, "nothing")
    say(store, "others", NOW, relevance=Relevance.NOT_ABOUT)
    with pytest.raises(InputError, match="There is no story"):
        opening_event(store.con, context, story_id("others"))


def test_whom_it_may_accuse_is_whoever_any_version_of_its_posts_may_mean(store, context):
    """Of the head it is about the head, though it says a teacher; calm criticism accuses nobody."""
    alert = alert_on("gate", NOW, excluded=("chair",))
    say(store, "gate", NOW, **GRAVE, subjects=("deputy",), about=About.STAFF, alert=alert)
    assert facts(store, context, alert)["subjects"] == "chair deputy"
    alert = alert_on("head", NOW, excluded=("head",), audience=("chair",))
    say(store, "head", NOW, **GRAVE, subjects=("head",), about=About.STAFF, alert=alert)
    told = facts(store, context, alert)
    assert (told["about"], told["subjects"], told["audience"]) == ("head", "head", "chair")
    say(store, "hopeless", NOW, about=About.HEAD, subject_person="head")
    told = facts(store, context, story_id("hopeless"))
    assert "subjects" not in told
    assert (told["route"], told["about"], told["proposed_class"]) == ("respond", "head", "C0")
    alert = alert_on("told", NOW, audience=("head",))
    say(store, "told", NOW, **GRAVE, about=About.HEAD, alert=alert)
    assert "subjects" not in facts(store, context, alert)


def test_a_threat_is_aimed_at_the_person_or_the_holder_of_the_office(store, context):
    given, audience = {"route": Route.POLICE_NOW, "content_class": "C6"}, ("dsl", "teacher", "head")
    for about, meant, target in (
        (About.STAFF, "teacher", "teacher"), (About.HEAD, None, "head"), (About.STAFF, None, None),
    ):  # fmt: skip
        name = f"gate-{target}"
        alert = alert_on(name, NOW, audience=audience, **given)
        judged = {"severity": Severity.THIS_HOUR, "about": about, "subject_person": meant}
        say(store, name, NOW, **given, **judged, alert=alert)
        told = facts(store, context, alert)
        assert told.get("target") == target
        assert told["audience"].split() == [p for p in audience if p != target]
        assert "subjects" not in told


def test_what_is_for_the_safeguarding_lead_bypasses_the_ladder(store, context):
    given = {"route": Route.SAFEGUARDING, "severity": Severity.THIS_HOUR, "content_class": "C10"}
    for about, abuse, lane in (
        (About.PUPIL, ("safeguarding",), "safeguarding"), (About.PUPIL, ("self_harm",), "self_harm"),
        (About.PUPIL, ("safeguarding", "sexual"), "child_image"),
        (About.STAFF, ("safeguarding",), "staff_allegation"),
    ):  # fmt: skip
        alert = alert_on(lane, NOW, restricted=True, audience=("dsl",), **given)
        say(store, lane, NOW, **given, about=about, abuse=abuse, restricted=True, alert=alert)
        told = facts(store, context, alert)
        assert (told["lane"], told["restricted"], told["audience"]) == (lane, "yes", "dsl")


def test_an_edit_lets_nobody_in_whom_the_former_words_accused(store, context):
    say(store, "edited", NOW, **GRAVE, subjects=("deputy",), about=About.STAFF)
    calm = a_mention("edited", text="Edited.", fetched_at=NOW + timedelta(hours=1))
    with store.write("edited") as con:
        batch = a_batch(calm, verdicts=[a_verdict(calm, 2)], version=2, story_id=story_id("edited"),
                        run=a_run("forum", NOW + timedelta(hours=1)))  # fmt: skip
        save(con, batch, now=NOW + timedelta(hours=1), policy=POLICY)
    assert facts(store, context, story_id("edited"))["subjects"] == "deputy"


# A post that nothing could judge: no page calls it criticism, and its case says that a person reads
# it.


TO_ANSWER = Reason("route_respond", "To answer, not to remove: criticism or a question, however it is put.")
WELSH = (
    TO_ANSWER,
    Reason("language_cy", "It is in Welsh, which we do not judge: please read it yourself."),
)
FEW = (TO_ANSWER, Reason("too_few_words", "Too few words to judge; a person should look."))


def _stories(desk):
    desk.story("welsh", look=True, reasons=WELSH)
    desk.story("few", look=True, reasons=FEW, route=Route.NOTE, severity=Severity.NOTE)
    desk.story("unsure", look=True, reasons=(TO_ANSWER, Reason("worth_a_look", "Not sure: worth a look.")))
    desk.story("unlooked", reasons=WELSH)
    desk.story("unplaced", route=Route.PLATFORM_REPORT, severity=Severity.TODAY, abuse=())
    decides = Reason("a_person_decides", "It may be serious: a person decides.")
    grave = {"route": Route.RESPOND, "severity": Severity.TODAY, "reasons": (decides, TO_ANSWER)}
    desk.story("decides", content_class="C0", **grave)
    desk.story("told", content_class="C0", alert=True, told=("holt",), **grave)
    desk.story("review", content_class="C0")


@pytest.fixture
def desk(tmp_path):
    return a_desk(tmp_path, _stories)


def test_a_case_of_it_opens_as_not_judged_and_its_page_says_who_reads_it(desk):
    kinds = ("welsh", "few", "unplaced", "told")
    assert [name for name in kinds if not desk.open(f"story-{name}", "holt").is_unjudged] == []
    shown = desk.page("holt")
    assert "Not judged: somebody has to read it and say what it is" in shown
    assert "ring 999 first" in shown


def next_of_post(desk, story):
    """What is said to be done about a story's post."""
    with desk.store.open_reader() as con:
        (verdict,) = story_verdicts(con, [story])[story]
    return next_of(verdict, words("en")), [reason.code for reason in reasons_of(verdict)]


def test_nothing_of_its_story_tells_to_answer_it_and_what_was_judged_is_told_as_before(desk):
    for name in ("welsh", "few", "unsure", "unlooked", "unplaced", "decides", "told"):
        done, codes = next_of_post(desk, f"story-{name}")
        assert "route_respond" not in codes, name
        assert "read it yourself" in done, name
    assert "read it yourself" not in next_of_post(desk, "story-review")[0]
    assert desk.open("story-review", "holt").state is CaseState.FAIR_COMMENT


SCHOOL = School("900001", "Ysgol Oakfield", head="Mrs Jane Holt", aliases=("Oakfield",), nation="wales")
TEXTS = {
    "a Welsh post": "Mae gen i gyllell a dwi'n dod i Ysgol Oakfield heno, gwyliwch eich hunain",
    "another language": "Ich komme heute Abend mit einem Messer und ihr seid alle dran, Schule Oakfield",
    "a word or two": "Oakfield rubbish",
}


def test_what_the_shipped_model_cannot_read_was_not_judged():
    scored = Scorer().score([model_text("forum", "", text, None) for text in TEXTS.values()])
    for n, (kind, text) in enumerate(TEXTS.items()):
        mention = Mention("0123456789abcdef", "u", "forum", MentionKind.POST, "", text, FRIDAY)
        match, signals = Match(SCHOOL.urn, Relevance.ABOUT, 0.97), find_signals(mention, SCHOOL, ())
        verdict = decide(read_post(mention, match, scored.row(n), signals, SCHOOL, (), read_thresholds()))
        raised = verdict.severity >= Severity.TODAY
        assert raised or not was_judged(verdict), kind
        assert raised or not [r for r in reasons_of(verdict) if r.code.startswith("route_")], kind


# An answer that another writes down for whom a post is aimed at: shown so, and told to that person.


def mail_goes_out(threatened: Desk) -> None:
    with threatened.store.write("test") as con:
        con.execute("UPDATE outbox SET sent_at = written_at WHERE person_id = 'vale'")


def police(threatened: Desk):
    return threatened.take(StepKind.ASKED, "holt", rung="police", imminent=False)


def owed_a_letter(threatened: Desk) -> None:
    """The mail was refused."""
    with threatened.store.write("test") as con:
        con.execute("UPDATE outbox SET failed_at = written_at WHERE person_id = 'vale'")
    assert threatened.case().consent_told is NoticeWay.OWED
    threatened.draft(LetterKind.RECORDED_FOR_YOU, "holt")
    assert threatened.case().consent_told is NoticeWay.LETTER


def all_but_told(threatened: Desk) -> None:
    story = threatened.story(
        "threat", severity=Severity.THIS_HOUR, route=Route.POLICE_NOW, about=About.STAFF, content_class="C6"
    )
    threatened.open(story, "holt")
    threatened.take(StepKind.TARGET, "holt", person="vale")
    threatened.take(StepKind.CONSENT_ASKED, "holt", how="in_person")
    # all that the police want besides consent
    threatened.take(StepKind.CLASSIFIED, "holt", class_="C6", why="It names where she waits for the bus")
    capture(threatened, person="holt", files=[b"what was seen"])
    threatened.take(StepKind.WEIGHED, "holt", **WEIGHED)
    threatened.take(StepKind.DECIDED, "holt", decision="seek", why="It is a threat")
    threatened.take(StepKind.CONSENT_GIVEN, "holt")


@pytest.mark.parametrize("told", [mail_goes_out, owed_a_letter])
def test_the_police_are_asked_once_whoever_consented_was_told_what_was_recorded_for_them(tmp_path, told):
    threatened = a_desk(tmp_path, all_but_told)
    with pytest.raises(ActRefused, match="consent_told"):
        police(threatened)
    told(threatened)
    police(threatened)


# Steps of a case, letters and the signature of a report, each without any door.


def later() -> datetime:
    """A moment after all that was done so far, whenever the suite began."""
    return utc_now() + timedelta(minutes=5)


def _opened(insulted):
    insulted.open(insult(insulted), "holt")
    insulted.take(StepKind.CLASSIFIED, "holt", class_="C2", why="He is insulted")


@pytest.fixture
def insulted(tmp_path):
    return a_desk(tmp_path, _opened)


def test_a_step_is_recorded_with_who_took_it_and_when(insulted):
    now = later()
    done = take_step(insulted.session("holt"), "1", Event(Noted(), "holt", "She rang"), now)
    assert isinstance(done, Done)
    assert done.made.steps == (insulted.steps()[-1],)
    assert (done.made.steps[0].actor, done.made.steps[0].done_at) == ("holt", now)


def test_a_refusal_is_a_value_that_names_what_would_satisfy_its_guard_and_changes_nothing(insulted):
    before = insulted.steps()
    no = take_step(insulted.session("holt"), "1", Event(Asked(rung=Rung.PLATFORM_REPORT), "holt"), later())
    assert isinstance(no, Refused)
    assert no.guard == "evidence_held"
    assert no.reason
    assert no.wanted
    assert insulted.steps() == before


def test_what_will_be_refused_is_known_before_anything_is_asked_for(insulted):
    at_work = insulted.session("holt")
    with insulted.store.open_reader() as con:
        case = find_case(con, at_work, "1")
    no = foresee(at_work, case, Event(Asked(rung=Rung.PLATFORM_REPORT), "holt"), later())
    assert no == take_step(at_work, "1", Event(Asked(rung=Rung.PLATFORM_REPORT), "holt"), later())
    assert foresee(at_work, case, Event(Noted(), "holt", "x"), later()) is None


def test_a_case_is_opened_once(insulted):
    story, chair = about_the_head(insulted), insulted.session("marsh")
    done = open_case(chair, story, "", later())
    assert access_to(done.made.case, chair.person, chair.config) is Access.WORDS
    with pytest.raises(InputError, match="is open about this post"):
        open_case(chair, story, "", later())


def test_of_a_closed_case_nothing_is_fetched(insulted):
    insulted.take(StepKind.CLOSED, "holt", ending="mistaken", why="By mistake")
    for no in (
        look_again(insulted.session("holt"), "1", partial(_never, "fetched"), lambda: later()),
        record_look(insulted.session("holt"), "1", Check.GONE, "It is gone", None, later()),
        find_host(insulted.session("holt"), "1", "", later()),
    ):
        assert isinstance(no, Refused)
    no = take_step(insulted.session("holt"), "1", Event(Asked(rung=Rung.PLATFORM_REPORT), "holt"), later())
    assert isinstance(no, Refused)
    assert no.guard == "closed"


def _never(what, *_):
    raise AssertionError(what)


def _of_staff(insulted):
    """What is alleged of a member of staff, with the DSL; the head acts in it."""
    story = insulted.story(
        "allegation", route=Route.SAFEGUARDING, severity=Severity.THIS_HOUR, about=About.STAFF,
        content_class="C11", subject_person="vale", restricted=True, abuse=("safeguarding",), alert=True,
        told=("pike", "holt"),
    )  # fmt: skip
    insulted.open(story, "pike")


def test_in_a_locked_case_a_refusal_names_those_it_is_about_to_a_safeguarding_lead_alone(tmp_path):
    desk = a_desk(tmp_path, _of_staff)
    for person, who in (("holt", "(name withheld)"), ("pike", "Sam Vale")):
        at_work = desk.session(person)
        with at_work.store.open_reader() as con:
            case = find_case(con, at_work, "1")
        assert case.locked
        assert "vale" in case.subjects
        told = explain_refusal(
            at_work, case, Refusal("lane", "It is about Sam Vale.", "Ask Lee Ash, not Sam Vale.")
        )
        assert (told.reason, told.wanted) == (f"It is about {who}.", f"Ask Lee Ash, not {who}.")


FACTS = {"contact": "01632 960 002", "complaints_url": "https://oakfield.example.sch.uk/complaints"}


def test_without_what_it_must_know_there_is_no_letter_nor_one_of_a_closed_case(tmp_path):
    fair = Desk(tmp_path)
    fair.open(review(fair), "holt")
    before = fair.steps()
    with pytest.raises(NotDrafted) as more:
        draft_letter(fair.session("holt"), "1", LetterKind.REPLY, {}, later())
    assert "complaints_url" in [want.fact for want in more.value.missing.wanted]
    assert fair.steps() == before
    fair.take(StepKind.CLOSED, "holt", ending="mistaken", why="By mistake")
    with pytest.raises(NotDrafted):
        draft_letter(fair.session("holt"), "1", LetterKind.REPLY, FACTS, later())


def test_what_somebody_decided_whom_the_alert_keeps_out_since_stands_no_more(tmp_path):
    insulted = Desk(tmp_path)
    story = insulted.story(
        "gate", alert=True, route=Route.PLATFORM_REPORT, severity=Severity.TODAY, content_class="C2",
        about=About.STAFF,
    )  # fmt: skip
    insulted.open(story, "holt")
    insulted.take(StepKind.CLASSIFIED, "holt", class_="C2", why="A pile-on.")
    insulted.take(StepKind.WEIGHED, "holt", **WEIGHED)
    insulted.take(StepKind.DECIDED, "holt", decision="seek", why="It grows.")
    assert insulted.case().state is CaseState.SEEKING
    ((alert,),) = rows_of(insulted.store, "SELECT id FROM alerts")
    do_in(insulted.store, exclude_from_alerts, {alert: ("holt",)}, later())
    known = insulted.case()
    assert (known.decision, known.state) == (None, CaseState.TRIAGE)


# A report signed without any door.


SIGNED_AT = FRIDAY + timedelta(hours=1)


@pytest.fixture
def home(tmp_path_factory, tmp_path):
    return shutil.copytree(filled_home(tmp_path_factory), tmp_path / "home")


def signed(home, person):
    """What comes of it where the report of the week is counted already, or is now."""
    store, config = a_store(home), load_file(home / "schoolgate.toml", {})
    (school,) = config.schools
    with store.write("test") as con:
        new = gather_report(con, config, school, parse_week("2026-W47"), SIGNED_AT)
        weekly_store.put_report(con, school.urn, "2026-W47", new.text, SIGNED_AT, new.counted)
        report = weekly_store.report(con, school.urn, "2026-W47")
    who = next(p for p in config.people if p.id == person)
    return sign(store, config, school, report, who, home, SIGNED_AT)


def rows(home, sql):
    return rows_of(a_store(home), sql)


def test_the_chair_signs_it_once_and_its_readers_get_it(home):
    done = signed(home, "o-fennimore")
    assert isinstance(done, Done)
    assert (done.made.report.signed_by, done.made.report.signed_at, done.made.readers) == (
        "o-fennimore",
        SIGNED_AT,
        2,
    )
    again = signed(home, "t-quillfeather")
    assert isinstance(again, Done)
    assert (again.made.report.signed_by, again.made.readers) == ("o-fennimore", None)


def test_whoever_may_not_is_told_who_may(home):
    refused = signed(home, "b-thistlewood")
    assert isinstance(refused, Refused)
    assert refused.guard == "may_sign"
    assert "t-quillfeather, o-fennimore" in refused.reason
    assert rows(home, "SELECT signed_at FROM reports") == [(None,)]


def test_what_must_not_be_published_is_not_signed(home):
    report_home(
        home, CONFIG.replace("Social media policy", "Policy after Mr Thistlewood’s post of 17 November")
    )
    refused = signed(home, "o-fennimore")
    assert isinstance(refused, Refused)
    assert refused.guard == "fit_to_publish"
    assert "a name (“thistlewood”)" in refused.reason
    assert rows(home, "SELECT key FROM outbox") == []
    assert not (home / "reports").exists()
