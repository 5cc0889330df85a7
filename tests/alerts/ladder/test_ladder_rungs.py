"""What each rung wants, what is kept beside it, and when what a case waits for is due, next or over."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders.alert import SCHOOL
from builders.climbing import HOST, followed
from builders.ladder import DAY, HOUR, NOW, PAGE, PEOPLE, WEIGHED, Climb, in_state, rules
from builders.steps import an_event
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.ladder import rules as clocks
from alerts.ladder.advance import Advance, advance
from alerts.ladder.mails import reminders
from alerts.ladder.replay import GONE_ENDINGS, open_asking, replay
from alerts.ladder.rules import has_been_tried
from data.cases import CaseState, Profile
from data.register.calendar import Calendar, Term
from data.rungs import OF_OTHERS, CaseClock, Rung
from data.steps.codes import RungAnswer, StepKind
from data.types import About, Route, School
from monitor.act.casework import next_act, next_steps

REVIEW = {"review": "2027-05-31"}
OF_ONE = {"author": "author-1", "person": "teacher"}


def website(content_class="C7", **facts):
    """A case of a website of somebody's own, sought, its host looked up."""
    case = Climb(content_class, channel="blog", **facts).sought()
    case.take(StepKind.HOSTED, "schoolgate", **HOST)
    return case


def test_evidence_class_weighing_and_decision_are_wanted_in_order_and_a_wall_is_no_evidence():
    case = Climb()
    assert case.not_asked(Rung.PLATFORM_REPORT) == "class_set"
    case.classed()
    assert case.not_asked(Rung.PLATFORM_REPORT) == "evidence_held"
    case.take(StepKind.EVIDENCE, "schoolgate", **PAGE)
    assert case.not_asked(Rung.PLATFORM_REPORT) == "weighed"
    case.take(StepKind.WEIGHED, **WEIGHED)
    assert case.not_asked(Rung.PLATFORM_REPORT) == "decided_to_seek"
    case.take(StepKind.DECIDED, decision="seek")
    case.ask(Rung.PLATFORM_REPORT)
    assert case.case.state is CaseState.WAITING
    for kind, held in [("wall", 0), ("told", 0), ("supplied", 1), ("page", 1)]:
        case = Climb().classed()
        case.take(StepKind.EVIDENCE, "schoolgate", **PAGE, kind=kind)
        assert case.case.captures == held
        case.take(StepKind.WEIGHED, **WEIGHED)
        case.take(StepKind.DECIDED, decision="seek")
        if held:
            case.ask(Rung.PLATFORM_REPORT)
        else:
            assert case.not_asked(Rung.PLATFORM_REPORT) == "evidence_held"


def test_an_author_is_asked_where_known_and_safe_to_speak_to_else_through_a_websites_own_contact():
    case = Climb().sought()
    assert case.not_asked(Rung.AUTHOR_REQUEST) == "author_known"
    case.author("governor", contact_safe="no")
    assert case.not_asked(Rung.AUTHOR_REQUEST) == "contact_safe"
    case.author("governor", contact_safe="yes").ask(Rung.AUTHOR_REQUEST)
    case = Climb(channel="local_forum").sought()
    case.ask(Rung.AUTHOR_REQUEST, kind="site_contact")
    assert case.case.rung is Rung.AUTHOR_REQUEST


def complained(who, person, content_class="C2", **facts):
    case = Climb(content_class, **facts).sought()
    case.take(StepKind.COMPLAINANT, who=who, person=person)
    return case


@pytest.mark.parametrize(("case", "rung", "kind", "guard"), [
    # on a platform nobody writes to an author who is not known, nor through a site to one who is
    (Climb().sought(), Rung.AUTHOR_REQUEST, "site_contact", "site_contact"),
    (Climb(channel="local_forum").sought().author("staff"), Rung.AUTHOR_REQUEST, "site_contact",
     "site_contact"),
    (Climb(channel="local_forum").sought().author("pupil"), Rung.AUTHOR_REQUEST, "site_contact",
     "pupil_referred"),
    # a website of somebody's own has no platform
    (website(), Rung.PLATFORM_REPORT, "", "platform_there"),
    # a way of asking belongs to its rung
    (Climb().sought(), Rung.PLATFORM_REPORT, "s5", "kind_fits"),
    (Climb().sought(), Rung.POLICE, "rhc", "kind_fits"),
    (Climb().sought(), Rung.HOST, "conversation", "kind_fits"),
    # a notice under section 5 is for what may be defamatory, one of copyright for use without leave
    (complained("staff", "teacher", channel="blog"), Rung.HOST, "s5", "s5_class"),
    (Climb("C7", channel="blog").sought(), Rung.HOST, "copyright", "copyright_class"),
    # the schools' helpline hears neither parents nor pupils, and does not deal with marks
    (complained("parent", "p1"), Rung.POSH, "", "posh_for_schools"),
    (complained("pupil", "p1"), Rung.POSH, "", "posh_for_schools"),
    (Climb("C8").sought(), Rung.POSH, "", "posh_class"),
])  # fmt: skip
def test_where_a_rung_or_a_way_of_asking_does_not_fit_it_is_not_taken(case, rung, kind, guard):
    assert case.not_asked(rung, "Known.", kind=kind) == guard


def test_a_parent_is_spoken_to_before_being_written_to_but_not_over_a_threat():
    for content_class in ["C5", "C6"]:
        case = Climb(content_class).sought().author("parent")
        assert case.not_asked(Rung.AUTHOR_REQUEST, kind="conversation") == "author_class"
        case.ask(Rung.PLATFORM_REPORT)
    case = Climb().sought().author("parent")
    assert case.not_asked(Rung.AUTHOR_REQUEST, kind="removal") == "conversation_first"
    case.ask(Rung.AUTHOR_REQUEST, kind="conversation")
    assert case.not_asked(Rung.AUTHOR_REQUEST, kind="removal") == "conversation_first"
    case.now += 3 * DAY
    case.answer(Rung.AUTHOR_REQUEST, "none")
    case.ask(Rung.AUTHOR_REQUEST, kind="removal")
    Climb().sought().author("staff").ask(Rung.AUTHOR_REQUEST)


def test_of_a_childs_account_under_age_nothing_is_kept_and_pastoral_care_has_it_first():
    case = Climb("C4", About.PUPIL).classed().author("pupil")
    case.take(StepKind.WEIGHED, **WEIGHED)
    case.take(StepKind.DECIDED, decision="seek")
    assert case.not_asked(Rung.PLATFORM_REPORT, kind="under_age") == "pupil_referred"
    case.take(StepKind.REFERRED, to="pastoral")
    case.ask(Rung.PLATFORM_REPORT, kind="under_age")
    assert case.not_asked(Rung.PLATFORM_REPORT) == "evidence_held"


def test_a_known_author_is_spoken_to_before_there_is_evidence_but_not_written_to_nor_over_a_threat():
    case = Climb().classed().author("third_party")
    case.take(StepKind.WEIGHED, **WEIGHED)
    case.take(StepKind.DECIDED, decision="seek")
    assert case.not_asked(Rung.AUTHOR_REQUEST, kind="removal") == "evidence_held"
    assert next(followed(case, 1)) == (
        StepKind.ASKED, {"rung": "author_request", "kind": "conversation"},
    )  # fmt: skip
    assert [act for act, _ in followed(case, 2)] == [StepKind.EVIDENCE, StepKind.ASKED]
    for code, safe, guard in [("C5", "yes", "author_class"), ("C2", "no", "contact_safe")]:
        case = Climb().classed(code).author("parent", contact_safe=safe)
        case.take(StepKind.WEIGHED, **WEIGHED)
        case.take(StepKind.DECIDED, decision="seek")
        assert case.not_asked(Rung.AUTHOR_REQUEST, kind="conversation") == guard


def test_a_pupil_is_never_written_to_and_pastoral_care_or_the_dsl_hear_before_the_platform():
    for rung in [Rung.AUTHOR_REQUEST, Rung.HOST, Rung.ISP]:
        case = website().author("pupil")
        case.take(StepKind.REFERRED, to="pastoral")
        assert case.not_asked(rung, "Known.") == "pupil_letters"
    for to in ["pastoral", "dsl"]:
        case = Climb().classed().author("pupil")  # before a screenshot, too
        assert case.not_asked(Rung.PLATFORM_REPORT) == "pupil_referred"
        case = Climb().sought().author("pupil")
        assert case.not_asked(Rung.PLATFORM_REPORT) == "pupil_referred"
        case.take(StepKind.REFERRED, to="police")
        assert case.not_asked(Rung.PLATFORM_REPORT) == "pupil_referred"
        case.take(StepKind.REFERRED, to=to)
        case.ask(Rung.PLATFORM_REPORT)


def test_a_platform_is_asked_after_the_author_or_beside_them_where_their_time_would_end_too_late():
    patient = rules(replace(Profile(), host_hours=96))
    case = Climb(by=patient).sought().author("governor")
    assert case.not_asked(Rung.PLATFORM_REPORT) == "author_first"
    assert case.not_asked(Rung.PLATFORM_REPORT, "It spreads.") == "author_first"
    case.ask(Rung.AUTHOR_REQUEST)
    assert case.not_asked(Rung.PLATFORM_REPORT) == "author_first"
    case.answer(Rung.AUTHOR_REQUEST, "refused").ask(Rung.PLATFORM_REPORT)
    late, stated = (Climb(by=patient).sought().author("governor").ask(Rung.AUTHOR_REQUEST) for _ in range(2))
    late.now += 3 * DAY
    late.ask(Rung.PLATFORM_REPORT)
    stated.ask(Rung.PLATFORM_REPORT, "It is shared by the hour.")
    case = Climb().sought().author("governor")  # 24 hours: shorter than the author's day
    assert case.not_asked(Rung.PLATFORM_REPORT) == "author_first"
    case.ask(Rung.AUTHOR_REQUEST).ask(Rung.PLATFORM_REPORT)


def weighed(spread):
    case = Climb().sought().author("parent")
    case.take(StepKind.WEIGHED, **(WEIGHED | {"spread": spread}))
    return case


def copied(**facts):
    case = Climb().sought().author("parent")
    case.take(StepKind.COPY_FOUND, "schoolgate", **facts)
    return case


@pytest.mark.parametrize("case", [
    weighed("Shared 11 times."), weighed("A few people have shared it."), weighed("Not by many: 3 shares"),
    weighed("It has spread to two groups."), copied(mention="m2"), copied(url="https://example.org/copy"),
    *(Climb(code).sought().author("parent") for code in ("C3", "C12", "C13")),
    Climb(about=About.PUPIL).sought().author("parent"),
])  # fmt: skip
def test_what_is_unlawful_spreads_or_names_a_child_goes_to_the_platform_beside_its_author(case):
    case.ask(Rung.PLATFORM_REPORT).ask(Rung.AUTHOR_REQUEST, kind="conversation")


@pytest.mark.parametrize("spread", [
    "little", "Nobody has shared it, as far as we know.", "not known yet", "Not shared in 3 days",
    "0 shares",
])  # fmt: skip
def test_what_nobody_has_passed_on_waits_for_its_author(spread):
    assert weighed(spread).not_asked(Rung.PLATFORM_REPORT) == "author_first"


def test_what_is_back_is_asked_of_its_author_and_the_site_again_within_24_hours_of_that():
    case = Climb().sought().author("governor").ask(Rung.AUTHOR_REQUEST).ask(Rung.PLATFORM_REPORT)
    case.answer(Rung.PLATFORM_REPORT, "removed").look("gone", DAY).look("gone", 2 * DAY)
    case.take(StepKind.CLOSED, ending="removed")
    case.take(StepKind.REOPENED, "head", "It is back.")
    for rung in (Rung.AUTHOR_REQUEST, Rung.PLATFORM_REPORT):
        assert CaseClock.BASILDON_24H in {w.clock for w in case.case.late(case.case.sought.due_at)}
        ways = next_steps(case.case, "head", case.now, case.rules)
        assert ("rung", rung) in next_act(case.case, ways, "head", case.now, case.rules).values
        case.ask(rung)


def test_nobody_is_asked_at_all_past_the_ladder_and_of_what_was_said_only_who_said_it():
    for code in ("C9", "C10"):
        assert next_steps(Climb().classed(code).case, "head", NOW + DAY, rules()) == ()
    case = Climb("C2", channel="in_person").sought().author("staff")
    acts = [*followed(case, 4)]
    assert acts[0] == (StepKind.ASKED, {"rung": "author_request", "kind": "conversation"})
    assert {a.rung for a in case.case.askings} == {Rung.AUTHOR_REQUEST}


def test_the_same_is_not_asked_twice_and_what_stands_on_its_own_page_the_school_takes_down():
    own = Climb(own_site="yes").sought()
    assert own.not_asked(Rung.PLATFORM_REPORT, kind="own") == "own_account"
    own.ask(Rung.PLATFORM_REPORT, "It gave a home street.", kind="own")
    assert Climb().sought().not_asked(Rung.PLATFORM_REPORT, "It did.", kind="own") == "own_account"
    refusal = Climb().sought().attempt(StepKind.ASKED, "head", rung=Rung.HOST.value, kind="conversation")
    assert "a copyright notice" in refusal.remedy
    case = Climb().sought().ask(Rung.PLATFORM_REPORT)
    assert case.not_asked(Rung.PLATFORM_REPORT) == "already_asked"
    case.ask(Rung.PLATFORM_REPORT, kind="appeal")
    case.now += 3 * DAY
    case.ask(Rung.PLATFORM_REPORT)
    case = Climb().sought().ask(Rung.PLATFORM_REPORT)
    asked_at = case.now
    case.now = asked_at + timedelta(hours=46)
    assert case.not_asked(Rung.HOST, "Known.") == "platform_first"
    case.now = asked_at + timedelta(hours=47)
    case.ask(Rung.HOST, "Known.")


def test_a_platforms_operator_is_given_notice_after_a_refusal_and_a_forums_at_once():
    for answer in [RungAnswer.REFUSED, RungAnswer.PERSON_ONLY, RungAnswer.MORE_WANTED]:
        case = Climb().sought()
        case.take(StepKind.HOSTED, "schoolgate", **HOST)
        assert case.not_asked(Rung.HOST) == "platform_first"
        case.ask(Rung.PLATFORM_REPORT)
        assert case.not_asked(Rung.HOST) == "platform_first"
        case.answer(Rung.PLATFORM_REPORT, answer.value).ask(Rung.HOST)
    for channel in ["blog", "mumsnet", "local_forum"]:
        Climb(channel=channel).sought().ask(Rung.HOST, "Its imprint says who runs it.")


def test_a_host_is_looked_up_and_a_registrar_asked_after_it_or_where_there_is_none():
    case = Climb(channel="blog").sought()
    assert case.not_asked(Rung.HOST) == "hosting_known"
    case.take(StepKind.HOSTED, "schoolgate", **HOST)
    case.ask(Rung.HOST)
    case = website("C13")
    assert case.not_asked(Rung.ISP) == "host_first"
    case.ask(Rung.ISP, "The site names nobody.", kind="registrar")
    waited = website("C13").ask(Rung.HOST)
    assert waited.not_asked(Rung.ISP) == "host_first"
    waited.now += 5 * DAY
    waited.ask(Rung.ISP)


def notice():
    case = website()
    case.take(StepKind.COMPLAINANT, who="staff", person="teacher")
    return case


def test_a_section_5_notice_is_the_person_defameds_in_england_and_wales_of_an_unknown_poster():
    case = website()
    assert case.not_asked(Rung.HOST, kind="s5") == "s5_individual"
    assert case.not_asked(Rung.HOST, "We feel defamed.", kind="s5") == "s5_individual"
    assert case.not_asked(Rung.HOST, kind="s5", advice="lawyer") == "s5_individual"
    for named in ({"who": "staff"}, {"who": "pupil", "person": "pupil-1"}):
        case.take(StepKind.COMPLAINANT, **named)
        assert case.not_asked(Rung.HOST, kind="s5") == "s5_individual"
    case.take(StepKind.COMPLAINANT, who="staff", person="teacher")
    case.ask(Rung.HOST, kind="s5")
    website().ask(Rung.HOST, "Counsel: an academy trust may, 12 November.", kind="s5", advice="lawyer")
    for nation in ("scotland", "northern_ireland", "wales"):
        by = rules(school=replace(SCHOOL, nation=nation))
        elsewhere = complained("staff", "teacher", "C7", channel="blog", by=by)
        if nation == "wales":
            elsewhere.ask(Rung.HOST, "Known.", kind="s5")
        else:
            assert elsewhere.not_asked(Rung.HOST, "Known.", kind="s5") == "s5_nation"
            elsewhere.ask(Rung.HOST, "Known.")
    case = notice().author("third_party", contact_safe="no")
    assert case.not_asked(Rung.HOST, kind="s5") == "s5_poster"
    case.author("unknown").ask(Rung.HOST, kind="s5")


def test_an_operator_has_its_48_hours_from_receipt_and_a_poster_five_days_once_told():
    case = notice()
    received = NOW + timedelta(hours=2, minutes=30)
    case.ask(Rung.HOST, kind="s5", received_at=received.isoformat())
    wait = next(w for w in case.case.waits if w.clock == CaseClock.OPERATOR_S5_48H)
    assert (wait.since, wait.due_at) == (received, received + 48 * HOUR)
    case = notice().ask(Rung.HOST, kind="s5")
    told = case.now
    case.answer(Rung.HOST, "none", poster_told_at=told.isoformat())
    assert case.case.state is CaseState.WAITING
    clocks = {w.clock: w for w in case.case.waits}
    assert CaseClock.OPERATOR_S5_48H not in clocks
    assert clocks[CaseClock.POSTER_5D].since == told
    case.answer(Rung.HOST, "removed")
    assert case.case.state is CaseState.CONFIRMING
    answered = StepKind.ANSWERED
    plain = Climb(channel="blog").sought().ask(Rung.HOST, "Known.")
    said = {"rung": "host", "result": "none", "poster_told_at": plain.now.isoformat()}
    assert plain.refused(answered, **said) == "poster_told"
    case = notice().ask(Rung.HOST, kind="s5")
    sent = case.now
    early, told = {"poster_told_at": (sent - HOUR).isoformat()}, {"poster_told_at": sent.isoformat()}
    assert case.refused(answered, rung="host", result="none", **early) == "poster_told"
    assert case.refused(answered, rung="host", result="removed", **told) == "poster_told"
    case.take(answered, rung="host", result="none", **told)


def stolen(**more):
    """Pictures of the school's own on a website whose host nobody has looked up."""
    return Climb("C8", About.SCHOOL, **{"channel": "blog", **more}).sought()


def test_a_copyright_notice_is_the_owners_to_a_named_host_or_by_a_platforms_way():
    assert stolen().not_asked(Rung.HOST, kind="copyright") == "hosting_known"
    assert stolen().not_asked(Rung.HOST, kind="host", channel="Example Hosting Inc") == "hosting_known"
    case = stolen().ask(Rung.HOST, kind="copyright", channel="Example Hosting Inc")
    assert CaseClock.CHASE_2_WORKING_DAYS in {wait.clock for wait in case.case.waits}
    stolen(channel="facebook").ask(Rung.PLATFORM_REPORT, kind="copyright")
    assert stolen(channel="snapchat").not_asked(Rung.PLATFORM_REPORT, kind="copyright") == "copyright_place"
    assert stolen(channel="facebook").not_asked(Rung.HOST, "Known.", kind="copyright") == "copyright_place"
    for who, may in [("school", True), ("parent", True), ("staff", False), ("pupil", False)]:
        case = stolen()
        case.take(StepKind.COMPLAINANT, who=who, **({"person": "teacher"} if who == "staff" else {}))
        if may:
            case.ask(Rung.HOST, "Known.", kind="copyright")
        else:
            assert case.not_asked(Rung.HOST, "Known.", kind="copyright") == "copyright_owner"


def test_a_search_engine_is_asked_by_the_person_and_the_schools_helpline_after_the_platform():
    for place in ["google_search", "bing_search"]:
        case = Climb("C11", channel=place).sought()
        assert case.not_asked(Rung.PLATFORM_REPORT) == "delisting_person"
        case.take(StepKind.COMPLAINANT, who="staff", person="teacher")
        case.ask(Rung.PLATFORM_REPORT)
        Climb("C11", channel="archive_org").sought().ask(Rung.PLATFORM_REPORT)
    case = Climb().sought()
    assert case.not_asked(Rung.POSH) == "posh_after_platform"
    case.ask(Rung.POSH, "We are not sure which route is right.")
    after = Climb().sought().ask(Rung.PLATFORM_REPORT)
    assert after.not_asked(Rung.POSH) == "posh_after_platform"
    after.now += 2 * DAY
    after.ask(Rung.POSH)


def reported(content_class="C2"):
    return complained("staff", "teacher", content_class).ask(Rung.PLATFORM_REPORT)


def test_report_harmful_content_hears_the_individual_of_the_harms_it_names_after_a_refusal():
    case = reported()
    assert case.not_asked(Rung.POSH, kind="rhc") == "rhc_after_refusal"
    case.answer(Rung.PLATFORM_REPORT, "refused")
    case.take(StepKind.COMPLAINANT, who="school")
    assert case.not_asked(Rung.POSH, kind="rhc") == "rhc_individual"
    case.take(StepKind.COMPLAINANT, who="staff", person="teacher")
    case.ask(Rung.POSH, kind="rhc")
    case = reported("C7").answer(Rung.PLATFORM_REPORT, "refused")
    assert case.not_asked(Rung.POSH, kind="rhc") == "rhc_harm"
    case.take(StepKind.COMPLAINANT, who="school")  # nobody is asked for a name that changes nothing
    assert case.not_asked(Rung.POSH, kind="rhc") == "rhc_harm"


def test_report_harmful_content_takes_a_silence_of_more_than_a_week():
    case = reported()
    asked_at = case.now
    assert CaseClock.RHC_WEEK in {w.clock for w in case.case.waits}
    case.now = asked_at + timedelta(days=7, hours=-1)
    assert case.not_asked(Rung.POSH, kind="rhc") == "rhc_after_refusal"
    assert case.now == asked_at + timedelta(days=7)
    case.ask(Rung.POSH, kind="rhc")
    case = reported()
    case.now += 2 * DAY
    case.answer(Rung.PLATFORM_REPORT, "none")
    (week,) = [w for w in case.case.waits if w.clock == CaseClock.RHC_WEEK]
    asked_at = case.case.askings[-1].at
    assert (week.since, week.due_at) == (asked_at, asked_at + 7 * DAY)
    case.now = week.due_at + HOUR
    case.ask(Rung.POSH, kind="rhc")
    assert CaseClock.RHC_WEEK not in {w.clock for w in case.case.waits}
    case = Climb().sought().ask(Rung.PLATFORM_REPORT)
    assert CaseClock.RHC_WEEK not in {w.clock for w in case.case.waits}
    for answer in ["none", "more_wanted"]:
        case = reported()
        case.now += 2 * DAY
        case.answer(Rung.PLATFORM_REPORT, answer)
        assert case.not_asked(Rung.POSH, kind="rhc") == "rhc_after_refusal"
        case.now += 8 * DAY
        if answer == "none":
            case.ask(Rung.POSH, kind="rhc")
        else:
            assert case.not_asked(Rung.POSH, kind="rhc") == "rhc_after_refusal"


def test_what_was_asked_or_noted_before_counts_from_then_and_what_lies_ahead_is_refused():
    case = Climb().sought()
    case.take(StepKind.ASKED, at=NOW - DAY, rung="platform_report")
    asking = case.case.askings[-1]
    assert (asking.at, asking.due_at) == (NOW - DAY, NOW + DAY)
    assert Climb().refused(StepKind.WEIGHED, at=NOW + DAY, **WEIGHED) == "when"
    assert notice().not_asked(Rung.HOST, kind="s5", received_at="2027-01-01T10:00:00+00:00") == "when"
    assert Climb().refused(StepKind.CLASSIFIED, at=NOW - HOUR, **{"class": "C2"}) == "when"
    for state in CaseState:
        case = in_state(state)
        assert case.refused(StepKind.NOTED, "dsl", "  ") == "reason"
        case.take(StepKind.NOTED, "dsl", "Rang the parent.")


def test_an_answer_comes_after_its_question_once_for_all_and_keeps_its_reference():
    case = Climb().sought().ask(Rung.PLATFORM_REPORT)
    early = case.now - HOUR
    assert (
        case.refused(StepKind.ANSWERED, at=early, rung="platform_report", result="refused") == "after_asking"
    )
    assert case.refused(StepKind.ANSWERED, rung="host", result="refused") == "was_asked"
    case = Climb().sought().ask(Rung.PLATFORM_REPORT)
    case.now += 3 * DAY
    case.ask(Rung.PLATFORM_REPORT).answer(Rung.PLATFORM_REPORT, "refused", reference="R-2")
    assert case.case.state is CaseState.SEEKING
    assert {a.answer for a in case.case.askings} == {RungAnswer.REFUSED}
    assert [w.clock for w in case.case.waits] == [CaseClock.BASILDON_24H]
    case = Climb().sought().ask(Rung.PLATFORM_REPORT, reference="7731")
    case.ask(Rung.POSH, "Unsure.", reference="P")
    case.answer(Rung.PLATFORM_REPORT, "refused").answer(Rung.POSH, "refused", reference="P-2")
    assert [a.reference for a in case.case.askings] == ["7731", "P-2"]
    case = reported().ask(Rung.POSH, "Unsure.").answer(Rung.PLATFORM_REPORT, "refused")
    assert case.case.state is CaseState.WAITING
    assert {w.clock for w in case.case.waits} == {CaseClock.BASILDON_24H, CaseClock.CHASE_2_WORKING_DAYS}


def test_the_data_protection_officer_decides_with_reasons_whether_data_out_is_reported():
    told = {"tell": "not_reportable"}
    for state in CaseState:
        case = in_state(state)
        officer = "dsl" if case.case.restricted else "dpo"
        case.take(StepKind.BREACH, officer, "The list was sent back unread.", **told)
    case = Climb("C1")
    assert case.refused(StepKind.BREACH, "head", "Why.", **told) == "may_decide_breach"
    assert case.refused(StepKind.BREACH, "dpo", **told) == "reason"
    assert case.refused(StepKind.BREACH, "dpo", "Why.", tell="perhaps") == "facts"
    done = case.take(StepKind.BREACH, "dpo", "Diagnoses of 30 children.", tell="regulator_and_people")
    assert case.case.breach.reports
    assert done.steps[0].why == "Diagnoses of 30 children."
    without = tuple(p for p in PEOPLE if p.id != "dpo")
    Climb("C1", by=rules(people=without)).take(StepKind.BREACH, "head", "Nobody saw it.", **told)


def test_a_hold_may_be_set_however_a_case_stands_by_those_who_may_and_released_by_another():
    for state in CaseState:
        in_state(state).take(StepKind.HELD, "dsl", "A claim.", **REVIEW)
    case = Climb()
    assert case.refused(StepKind.HELD, "it", "Why.", **REVIEW) == "may_hold"
    assert case.refused(StepKind.HELD, "head", **REVIEW) == "reason"
    assert case.refused(StepKind.HELD, "head", "Why.", review="2026-11-01") == "review_ahead"
    assert case.refused(StepKind.HELD, "head", "Why.", review="soon") == "facts"
    for actor in ("head", "dsl", "dpo"):
        held = Climb().take(StepKind.HELD, actor, "A claim is threatened.", **REVIEW).case
        assert held.hold_by == actor
        assert held.hold_review is not None
    case = Climb()
    assert case.refused(StepKind.RELEASED) == "held"
    case.take(StepKind.HELD, "head", "A claim.", **REVIEW)
    assert case.refused(StepKind.HELD, "dsl", "A claim.", **REVIEW) == "not_held"
    assert case.refused(StepKind.RELEASED, "head") == "another_releases"
    assert case.refused(StepKind.RELEASED, "it") == "may_hold"
    case.take(StepKind.RELEASED, "dpo")
    assert case.case.hold_by is None
    case = Climb(about=About.HEAD, subjects="head")
    assert case.refused(StepKind.HELD, "head", "Why.", **REVIEW) == "may_see"
    case.take(StepKind.HELD, "chair", "A claim.", **REVIEW)


def test_a_lock_is_put_on_once_where_it_is_law_and_taken_off_on_a_ground_of_the_act():
    for ground in ["charge", "publication", "waiver", "court_order"]:
        case = Climb("C10", About.STAFF, route=Route.SAFEGUARDING)
        assert case.case.locked
        unlocked = StepKind.UNLOCKED
        assert case.refused(unlocked, "dsl", "Everybody knows.", ground="gossip") == "unlock_ground"
        assert case.refused(unlocked, "dsl", ground=ground) == "reason"
        case.take(unlocked, "dsl", "Letter of 12 November.", ground=ground)
        assert not case.case.locked
    case = Climb()
    assert case.refused(StepKind.UNLOCKED, "head", "Why.", ground="charge") == "locked"
    case.take(StepKind.LOCKED)
    assert case.refused(StepKind.LOCKED) == "not_locked"
    assert case.refused(StepKind.UNLOCKED, "it", "Why.", ground="charge") == "may_unlock"
    scottish = Climb(by=rules(school=replace(SCHOOL, nation="scotland")))
    assert scottish.refused(StepKind.LOCKED) == "lock_nation"


def test_pictures_are_a_persons_decision_and_none_that_may_show_a_child_or_nakedness():
    case = Climb("C12", About.SCHOOL)
    pictures = StepKind.PICTURES_ALLOWED
    assert case.refused(pictures, "head", "For the platform.") == "class_set"
    case.classed()
    assert case.refused(pictures, "head") == "reason"
    assert case.refused(pictures, "schoolgate", "Why.") == "actor"
    case.take(pictures, "head", "No child, no nakedness: it is our badge.")
    assert case.case.pictures_allowed
    for case in [
        Climb("C5", About.STAFF).classed(), Climb("C11", About.PUPIL).classed(), Climb("C5").classed("C2"),
    ]:  # fmt: skip
        assert case.refused(StepKind.PICTURES_ALLOWED, "head", "Please.") == "no_child_in_pictures"


def test_a_chronology_is_approved_by_the_head_in_a_case_of_harassment_with_its_class_and_person():
    for content_class in ["C2", "C3", "C6"]:
        case = Climb(content_class, target="teacher").classed()
        case.take(StepKind.CHRONOLOGY, "head", **OF_ONE)
        assert (case.case.chronology_author, case.case.chronology_person) == ("author-1", "teacher")
    case = Climb("C2", target="teacher")
    chronology = StepKind.CHRONOLOGY
    assert case.refused(chronology, "head", **OF_ONE) == "class_set"
    case.classed()
    assert case.refused(chronology, "deputy", **OF_ONE) == "head_approves"
    assert case.refused(chronology, "head", author="author-1", person="it") == "chronology_person"
    assert Climb("C7", target="teacher").classed().refused(chronology, "head", **OF_ONE) == "harassment"
    assert Climb("C2").classed().refused(chronology, "head", **OF_ONE) == "chronology_person"
    case = Climb("C2", About.HEAD, target="head").classed(actor="chair")
    assert case.refused(StepKind.CHRONOLOGY, "head", author="a", person="head") == "head_approves"
    case.take(StepKind.CHRONOLOGY, "chair", author="a", person="head")


@pytest.mark.parametrize(
    ("kind", "actor", "why", "facts"),
    [
        (StepKind.CLOSED, "head", "Another school.", {"ending": "mistaken"}),
        (StepKind.CLASSIFIED, "head", "", {"class": "C7"}),
        (StepKind.TARGET, "it", "", {"person": "deputy"}),
        (StepKind.TARGET, "it", "", {"person": "teacher", "subjects": "head"}),
    ],
    ids=["its case ends", "it is no harassment after all", "another target", "its approver may be accused"],
)
def test_when_a_chronology_ends(kind, actor, why, facts):
    case = Climb("C2", target="teacher").classed()
    case.take(StepKind.CHRONOLOGY, "head", **OF_ONE)
    case.take(kind, actor, why, **facts)
    assert (case.case.chronology_author, case.case.chronology_person) == (None, None)


@pytest.mark.parametrize(("kind", "facts"), [
    (StepKind.CLASSIFIED, {"class": "C5"}), (StepKind.AUTHOR, {"relationship": "pupil"}),
    (StepKind.COMPLAINANT, {"who": "pupil"}),
])  # fmt: skip
def test_pictures_are_allowed_no_more_once_they_may_show_a_child_or_nakedness(kind, facts):
    case = Climb("C12", About.SCHOOL).classed()
    case.take(StepKind.PICTURES_ALLOWED, "head", "It is our badge.")
    case.take(kind, **facts)
    assert not case.case.pictures_allowed
    assert case.refused(StepKind.PICTURES_ALLOWED, "head", "It is our badge.") == "no_child_in_pictures"


LONDON = ZoneInfo("Europe/London")
NATIONS = ("england", "wales", "scotland", "northern_ireland")
START = datetime(2026, 11, 1, tzinfo=UTC)
MOMENTS = st.timedeltas(timedelta(), timedelta(days=425)).map(lambda after: START + after)
# Weekdays without the law: Good Friday, Easter Monday, the May, summer and Christmas days of GOV.UK's list.
HOLIDAYS = {
    date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1), date(2027, 3, 26), date(2027, 3, 29),
    date(2027, 5, 3), date(2027, 5, 31), date(2027, 8, 30), date(2027, 12, 27), date(2027, 12, 28),
    date(2028, 1, 3),
}  # fmt: skip
TERMS = Calendar(
    terms=(Term(date(2026, 11, 2), date(2026, 12, 18)), Term(date(2027, 1, 5), date(2027, 3, 25))),
    closed=frozenset((date(2026, 11, 23),)),
)
HALF_TERM = Calendar(terms=(Term(date(2026, 9, 2), date(2026, 10, 23)),))
ENGLAND, _, SCOTLAND, IRELAND = map(Calendar, NATIONS)
S5, AUTHOR, CHASE = CaseClock.OPERATOR_S5_48H, CaseClock.AUTHOR_DAYS, CaseClock.CHASE_2_WORKING_DAYS
TWO_DAYS = Profile(host_hours=48)
TODAY, THREE = ({"calendar": TERMS, "profile": Profile(author_days=days)} for days in (0, 3))
BLOG = {"channel": "blog"}
STEPS = [
    *[(StepKind.ASKED, {"rung": rung.value, "kind": kind}) for rung, kind in (
        (Rung.AUTHOR_REQUEST, "removal"), (Rung.PLATFORM_REPORT, ""), (Rung.HOST, "host"), (Rung.HOST, "s5"),
        (Rung.ISP, "registrar"), (Rung.POSH, ""), (Rung.POSH, "rhc"), (Rung.POLICE, ""))],
    *[(StepKind.ANSWERED, {"rung": rung.value, "result": result})
      for rung in Rung for result in ("none", "refused", "more_wanted", "removed")],
    (StepKind.CHECKED, {"result": "present"}),
    (StepKind.CHECKED, {"result": "gone"}),
    (StepKind.NOTED, {"starts": "dp_complaint_30d"}),
    (StepKind.NOTED, {"ends": "dp_complaint_30d"}),
    (StepKind.DECIDED, {"decision": "seek"}),
    (StepKind.DECIDED, {"decision": "stop"}),
    (StepKind.CLOSED, {"ending": "removed"}),
    (StepKind.REOPENED, {}),
]  # fmt: skip
HISTORIES = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 90)), max_size=14)
LATER = st.integers(0, 24 * 40)
BY = NOW + 9 * DAY + 2 * HOUR


def local(text):
    """A time as a London clock shows it, 2026-12-18 15:00."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


def due(clock, start, calendar=None, profile=None):
    started = local(start) if isinstance(start, str) else start
    return clocks.due(
        clock, started, calendar=calendar or Calendar(), zone=LONDON, profile=profile or Profile()
    )


def shown(at):
    """As a London clock shows it."""
    assert at.tzinfo is UTC
    return f"{at.astimezone(LONDON):%a %d %b %Y %H:%M}"


@pytest.mark.parametrize(("clock", "start", "ends", "of"), [
    # an operator’s 48 hours leave out weekends and the bank holidays of England and Wales
    (S5, "2026-12-18 15:00", "Tue 22 Dec 2026 15:00", {}),
    (S5, "2026-11-21 09:00", "Wed 25 Nov 2026 00:00", {}),
    (S5, "2027-03-26 10:00", "Thu 01 Apr 2027 00:00", {}),
    (S5, "2026-10-25 01:30", "Wed 28 Oct 2026 00:00", {}),
    # St Andrew’s day and St Patrick’s day count against it, and the school’s own terms are nothing to it
    (S5, "2026-11-27 10:00", "Tue 01 Dec 2026 10:00", {"calendar": SCOTLAND}),
    (S5, "2027-03-16 10:00", "Thu 18 Mar 2027 10:00", {"calendar": IRELAND}),
    (S5, "2027-07-09 10:00", "Tue 13 Jul 2027 10:00", {"calendar": IRELAND}),
    (S5, "2026-10-26 10:00", "Wed 28 Oct 2026 10:00", {"calendar": HALF_TERM}),
    # 24 elapsed hours end an hour later by the clock in spring and an hour earlier in autumn
    (CaseClock.BASILDON_24H, "2027-03-27 16:00", "Sun 28 Mar 2027 17:00", {}),
    (CaseClock.BASILDON_24H, "2026-10-24 16:00", "Sun 25 Oct 2026 15:00", {}),
    (CaseClock.BASILDON_24H, "2026-12-24 16:00", "Fri 25 Dec 2026 16:00", {}),
    # Report Harmful Content takes a silence of seven whole days
    (CaseClock.RHC_WEEK, "2027-03-24 12:00", "Wed 31 Mar 2027 13:00", {}),
    # the host’s target is the number of hours in the school’s policy
    (CaseClock.BASILDON_24H, "2026-11-20 10:00", "Sun 22 Nov 2026 10:00", {"profile": TWO_DAYS}),
    # a platform’s 48 hours are elapsed ones, weekend or not
    (CaseClock.PLATFORM_48H, "2026-12-24 16:00", "Sat 26 Dec 2026 16:00", {}),
    # the poster has until midnight at the end of the fifth day after sending
    (CaseClock.POSTER_5D, "2026-12-23 23:59", "Tue 29 Dec 2026 00:00", {}),
    (CaseClock.POSTER_5D, "2027-03-25 10:00", "Wed 31 Mar 2027 00:00", {}),
    (CaseClock.POSTER_5D, "2026-10-22 10:00", "Wed 28 Oct 2026 00:00", {}),
    # the day of sending is London’s, not Greenwich’s
    (CaseClock.POSTER_5D, datetime(2027, 7, 1, 23, 30, tzinfo=UTC), "Thu 08 Jul 2027 00:00", {}),
    # people are told of their data within a calendar month
    (CaseClock.ART14_MONTH, "2026-11-20 10:15", "Sun 20 Dec 2026 10:15", {}),
    (CaseClock.ART14_MONTH, "2027-01-31 10:15", "Sun 28 Feb 2027 10:15", {}),
    (CaseClock.ART14_MONTH, "2028-01-30 10:15", "Tue 29 Feb 2028 10:15", {}),
    # thirty days end at the same time by the clock across a clock change
    (CaseClock.DP_COMPLAINT_30D, "2027-03-10 09:00", "Fri 09 Apr 2027 09:00", {}),
    (CaseClock.DP_COMPLAINT_30D, "2026-10-10 09:00", "Mon 09 Nov 2026 09:00", {}),
    (CaseClock.REVIEW_30D, "2027-03-10 09:00", "Fri 09 Apr 2027 09:00", {}),
    (CaseClock.REVIEW_30D, "2026-10-10 09:00", "Mon 09 Nov 2026 09:00", {}),
    # an author has whole school days: the next, today’s, after an INSET day, over Christmas, three
    (AUTHOR, "2026-11-17 09:00", "Thu 19 Nov 2026 00:00", {"calendar": TERMS}),
    (AUTHOR, "2026-11-17 09:00", "Wed 18 Nov 2026 00:00", TODAY),
    (AUTHOR, "2026-11-20 15:00", "Wed 25 Nov 2026 00:00", {"calendar": TERMS}),
    (AUTHOR, "2026-12-18 15:00", "Wed 06 Jan 2027 00:00", {"calendar": TERMS}),
    (AUTHOR, "2026-12-17 15:00", "Thu 07 Jan 2027 00:00", THREE),
    # they go on by weekdays where the terms have run out
    (AUTHOR, "2027-03-25 15:00", "Wed 31 Mar 2027 00:00", {"calendar": TERMS}),
    # a host is asked again after two working days of the school’s nation
    (CHASE, "2026-11-27 10:00", "Tue 01 Dec 2026 10:00", {"calendar": ENGLAND}),
    (CHASE, "2026-11-27 10:00", "Wed 02 Dec 2026 10:00", {"calendar": SCOTLAND}),
    (CHASE, "2027-03-25 10:00", "Wed 31 Mar 2027 10:00", {"calendar": ENGLAND}),
    (CHASE, "2027-03-25 10:00", "Tue 30 Mar 2027 10:00", {"calendar": SCOTLAND}),
    (CHASE, "2027-03-16 10:00", "Fri 19 Mar 2027 10:00", {"calendar": IRELAND}),
    (CHASE, "2026-11-21 10:00", "Wed 25 Nov 2026 00:00", {"calendar": ENGLAND}),
])  # fmt: skip
def test_when_each_clock_ends(clock, start, ends, of):
    assert shown(due(clock, start, **of)) == ends


def counted_by_the_minute(started):
    """The regulation read word by word: let minutes pass until 48 hours of them have counted."""
    at, left = started, 48 * 60
    while left:
        day = at.astimezone(LONDON).date()
        left -= day.weekday() < 5 and day not in HOLIDAYS
        at += timedelta(minutes=1)
    return at


@given(MOMENTS.map(lambda at: at.replace(second=0, microsecond=0)))
def test_an_operators_48_hours_are_those_that_walking_minute_by_minute_counts(started):
    assert due(CaseClock.OPERATOR_S5_48H, started) == counted_by_the_minute(started)


@given(MOMENTS, st.timedeltas(timedelta(), timedelta(days=9)))
def test_every_clock_answers_in_utc_ends_after_it_began_and_never_earlier_for_what_begins_later(began, more):
    for clock in CaseClock:
        end = due(clock, began)
        assert end.tzinfo is UTC
        assert began < end, clock
        assert end <= due(clock, began + more) or clock is CaseClock.ART14_MONTH, clock


def test_rechecks_and_the_year_of_the_law_are_counted_from_the_day_in_london():
    gone = local("2027-03-27 16:00")
    times = clocks.recheck_times(gone)
    assert [at - gone.astimezone(UTC) for at in times] == [
        timedelta(hours=1), timedelta(hours=24), timedelta(hours=72), timedelta(days=7), timedelta(days=30)
    ]  # fmt: skip
    assert due(CaseClock.RECHECK, gone) == times[0]
    for published, last in [
        ("2026-11-11T10:00:00+00:00", "2027-11-11"), ("2027-06-30T23:30:00+00:00", "2028-07-01"),
        ("2028-02-29T12:00:00+00:00", "2029-02-28"),
    ]:  # fmt: skip
        assert clocks.limitation_ends(datetime.fromisoformat(published)).isoformat() == last


def clocks_of(found):
    return [wait.clock for wait in found]


def a_notice():
    """A section 5 notice that has just been received, a day after removal was decided on."""
    climb = notice()
    climb.now += DAY
    return climb.ask(Rung.HOST, kind="s5")


def test_a_target_that_is_over_is_late_while_nobody_is_asked_and_mailed_once():
    climb = Climb().sought()
    now = climb.now + DAY
    assert clocks_of(climb.case.late(now)) == [CaseClock.BASILDON_24H]
    climb.ask(Rung.PLATFORM_REPORT)
    assert climb.case.late(now) == ()
    assert clocks_of(climb.case.late(climb.now + 2 * DAY)) == [CaseClock.PLATFORM_48H]
    case, now = a_notice().case, NOW + 2 * DAY
    assert case.due(now).clock == CaseClock.OPERATOR_S5_48H
    assert clocks_of(case.over(now)) == [CaseClock.BASILDON_24H]
    assert case.due(NOW + 30 * DAY) is None
    assert set(clocks_of(case.over(NOW + 30 * DAY))) == {CaseClock.BASILDON_24H, CaseClock.OPERATOR_S5_48H}
    climb = Climb().sought().ask(Rung.PLATFORM_REPORT)
    (first,) = reminders(climb.case, climb.now + DAY, climb.rules)
    (second,) = reminders(climb.case, climb.now + 3 * DAY, climb.rules)
    assert "our own target" in first.body
    assert "the platform had until" in second.body
    assert "our own target" not in second.body


def test_what_nobody_answered_is_recorded_once_their_time_is_over_and_one_too_early_opens_nothing():
    for nation in ["england", "wales", "scotland", "northern_ireland"]:
        climb = Climb(by=rules(school=School("900001", "Oakfield", nation=nation))).sought()
        climb.ask(Rung.PLATFORM_REPORT)
        before = climb.case
        assert climb.refused(StepKind.ANSWERED, rung="platform_report", result="none") == "silence_over"
        assert climb.case.waits == before.waits
        climb.now += 2 * DAY
        climb.answer(Rung.PLATFORM_REPORT, "none")
        assert clocks_of(climb.case.waits) == [CaseClock.BASILDON_24H]
    climb = Climb().sought().ask(Rung.PLATFORM_REPORT)
    ends = climb.case.askings[0].due_at
    climb.now += 9 * DAY
    said = {"rung": "platform_report", "result": "none"}
    assert climb.refused(StepKind.ANSWERED, at=ends - HOUR, **said) == "silence_over"
    climb.take(StepKind.ANSWERED, at=ends, **said)
    climb = Climb("C6", route=Route.POLICE_NOW).ask(Rung.POLICE, "He is here.", imminent="yes")
    climb.answer(Rung.POLICE, "none")
    # In a case from before that was refused.
    climb = Climb().sought().ask(Rung.PLATFORM_REPORT)
    climb.now += 2 * DAY
    climb.answer(Rung.PLATFORM_REPORT, "none")
    at = climb.steps[-2].done_at + HOUR
    early = [*climb.steps[:-1], replace(climb.steps[-1], done_at=at, recorded_at=at)]
    case = replay(early)
    assert case.state is CaseState.SEEKING
    assert not has_been_tried(case, Rung.PLATFORM_REPORT, early[-1].done_at)
    assert has_been_tried(case, Rung.PLATFORM_REPORT, early[-2].done_at + 2 * DAY)


def test_an_operator_has_its_48_hours_whatever_is_said_meanwhile_of_its_silence():
    climb = a_notice()
    ends = climb.case.due(climb.now).due_at
    climb.now = ends - 3 * HOUR
    assert climb.refused(StepKind.ANSWERED, rung="host", result="none", kind="s5") == "silence_over"
    assert climb.case.due(climb.now).due_at == ends
    assert climb.not_asked(Rung.ISP) == "host_first"
    climb.now = ends
    climb.answer(Rung.HOST, "none", kind="s5").ask(Rung.ISP)


def lived(history):
    """Whatever of it the guards let pass, those hours apart."""
    climb = Climb("C7", **BLOG).sought().author("third_party")
    climb.take(StepKind.COMPLAINANT, who="staff", person="teacher")
    for (kind, facts), hours in history:
        climb.now += timedelta(hours=hours + 1)
        event = an_event(kind, "head", "A reason that is long enough to stand for one", facts)
        done = advance(climb.case, event, climb.now, climb.rules)
        if isinstance(done, Advance):
            if facts.get("result") == "none":
                assert its_time_was_over(climb.case, Rung(facts["rung"]), climb.now)
            climb.case, climb.steps = done.case, [*climb.steps, *done.steps]
    return climb


def its_time_was_over(case, rung, at):
    i = open_asking(case, rung)
    asking = None if i is None else case.askings[i]
    return asking is not None and (asking.clock == CaseClock.CHASE_2_WORKING_DAYS or asking.due_at <= at)


@settings(max_examples=40, deadline=None)
@given(HISTORIES, LATER)
def test_of_any_history_each_clock_runs_or_is_over_once_and_is_asked_about_in_its_turn(history, hours):
    climb = lived(history)
    case, now = climb.case, climb.now + timedelta(hours=hours)
    running, over, late = [w for w in case.waits if w.due_at > now], case.over(now), clocks_of(case.late(now))
    if case.closed_at is None:
        assert sorted(map(repr, (*running, *over))) == sorted(map(repr, case.waits))
        assert len(set(case.waits)) == len(case.waits)
    assert not any(w.due_at > now for w in over)
    assert set(case.late(now)) <= set(over)
    if case.state is CaseState.WAITING:
        owed = {(a.clock, a.due_at) for a in case.askings if a.answer is None}
        assert owed <= {(w.clock, w.due_at) for w in case.waits}
    # the next is due; our own reminder rests while others have time, and nothing else does
    rest, due, chase = case.resting(now), case.due(now), CaseClock.CHASE_2_WORKING_DAYS
    asked = [w for w in running if w not in rest]
    assert (due in asked) if asked else (due is None)
    assert all(due.due_at <= w.due_at for w in asked)
    assert {w.clock for w in rest} <= {chase}
    if any(w.clock in OF_OTHERS for w in running):
        assert chase not in {*late, *([due.clock] if due else [])}
    # a target that is over is late only while no site is asked, nor the police
    ended = CaseClock.BASILDON_24H in clocks_of(over)
    asked = any(a.rung.spec.of_site or a.rung.spec.emergency for p in case.places for a in p.askings)
    assert (CaseClock.BASILDON_24H in late) is (ended and not (asked and case.state is CaseState.WAITING))


@settings(max_examples=25, deadline=None)
@given(HISTORIES)
def test_of_any_history_the_first_decision_since_the_post_last_came_back_rules_the_target(history):
    """Whatever was decided, stopped, asked, closed and reopened since."""
    climb = lived(history)
    first, target = None, CaseClock.BASILDON_24H
    for n, step in enumerate(climb.steps):
        reopened = step.kind is StepKind.REOPENED and replay(climb.steps[:n]).ending in GONE_ENDINGS
        if step.kind is StepKind.CAME_BACK or reopened:
            first = None
        if step.clock == target:
            first = first or step.due_at
            assert step.due_at == first
    assert all(wait.due_at == first for wait in climb.case.waits if wait.clock == target)


def test_a_reminder_rests_while_others_have_time_and_a_week_of_silence_is_for_what_the_helpline_takes():
    climb = notice()
    climb.ask(Rung.HOST, kind="host")
    climb.now += 2 * DAY - HOUR
    climb.ask(Rung.HOST, kind="s5")
    now = climb.now + HOUR
    assert CaseClock.CHASE_2_WORKING_DAYS in clocks_of(climb.case.over(now))
    assert climb.case.late(now) == ()
    assert CaseClock.CHASE_2_WORKING_DAYS in clocks_of(climb.case.late(now + 9 * DAY))
    for content_class, runs in [("C2", True), ("C7", False), ("C8", False)]:
        assert (CaseClock.RHC_WEEK in clocks_of(reported(content_class).case.waits)) is runs


def a_parent_asked():
    """A parent who did not answer an invitation, and a letter that gives until Friday noon."""
    climb = Climb().sought().author("parent").ask(Rung.AUTHOR_REQUEST, kind="conversation")
    climb.now += 3 * DAY
    climb.answer(Rung.AUTHOR_REQUEST, "none", kind="conversation")
    climb.take(StepKind.LETTER, letter="parent_removal", by=BY.isoformat())
    return climb


def test_a_letters_own_time_is_its_clock_and_one_sent_too_late_has_the_schools_own_days():
    climb = a_parent_asked().ask(Rung.AUTHOR_REQUEST, kind="removal")
    assert (climb.case.askings[-1].due_at, climb.steps[-1].due_at) == (BY, BY)
    assert BY in [w.due_at for w in climb.case.waits if w.clock == CaseClock.AUTHOR_DAYS]
    climb.now = BY - 2 * HOUR
    assert climb.refused(StepKind.ANSWERED, rung="author_request", result="none") == "silence_over"
    assert not has_been_tried(climb.case, Rung.AUTHOR_REQUEST, climb.now, "removal")
    climb.now = BY
    climb.answer(Rung.AUTHOR_REQUEST, "none", kind="removal")
    assert a_parent_asked().ask(Rung.AUTHOR_REQUEST, kind="removal").case.letter_by is None
    climb = a_parent_asked()
    climb.now = BY
    climb.ask(Rung.AUTHOR_REQUEST, kind="removal")
    assert climb.case.askings[-1].due_at > BY
