"""What each rung wants, and what is kept beside it: holds, locks, pictures, chronologies, notes."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders.alert import SCHOOL
from builders.ladder import DAY, HOUR, NOW, PAGE, WEIGHED, Climb, in_state, rules

from data.cases import CaseState
from data.rungs import CaseClock, Rung
from data.steps.codes import RungAnswer, StepKind
from data.types import About, Route

HOST = {"host": "example.org"}
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


def complained(who, person, **facts):
    case = Climb(**facts).sought()
    case.take(StepKind.COMPLAINANT, who=who, person=person)
    return case


@pytest.mark.parametrize(("case", "rung", "kind", "guard"), [
    # on a platform nobody writes to an author who is not known, nor through a site to one who is
    (Climb().sought(), Rung.AUTHOR_REQUEST, "site_contact", "site_contact"),
    (Climb(channel="local_forum").sought().author("staff"), Rung.AUTHOR_REQUEST, "site_contact",
     "site_contact"),
    (Climb(channel="local_forum").sought().author("pupil"), Rung.AUTHOR_REQUEST, "site_contact",
     "pupil_letters"),
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


def test_a_pupil_is_never_written_to_and_pastoral_care_or_the_dsl_hear_before_the_platform():
    for rung in [Rung.AUTHOR_REQUEST, Rung.HOST, Rung.ISP]:
        case = website().author("pupil")
        case.take(StepKind.REFERRED, to="pastoral")
        assert case.not_asked(rung, "Known.") == "pupil_letters"
    for to in ["pastoral", "dsl"]:
        case = Climb().sought().author("pupil")
        assert case.not_asked(Rung.PLATFORM_REPORT) == "pupil_referred"
        case.take(StepKind.REFERRED, to="police")
        assert case.not_asked(Rung.PLATFORM_REPORT) == "pupil_referred"
        case.take(StepKind.REFERRED, to=to)
        case.ask(Rung.PLATFORM_REPORT)


def test_a_platform_is_asked_after_the_author_or_once_their_days_are_over_or_where_it_spreads():
    case = Climb().sought().author("governor")
    assert case.not_asked(Rung.PLATFORM_REPORT) == "author_first"
    assert case.not_asked(Rung.PLATFORM_REPORT, "It spreads.") == "author_first"
    case.ask(Rung.AUTHOR_REQUEST)
    assert case.not_asked(Rung.PLATFORM_REPORT) == "author_first"
    case.answer(Rung.AUTHOR_REQUEST, "refused").ask(Rung.PLATFORM_REPORT)
    late, stated, copied = (Climb().sought().author("governor").ask(Rung.AUTHOR_REQUEST) for _ in range(3))
    late.now += 3 * DAY
    late.ask(Rung.PLATFORM_REPORT)
    stated.ask(Rung.PLATFORM_REPORT, "It is shared by the hour.")
    copied.take(StepKind.COPY_FOUND, "schoolgate", mention="m2")
    copied.ask(Rung.PLATFORM_REPORT)


def test_what_stands_on_its_own_page_the_school_takes_down_and_a_wrong_way_is_answered_with_the_right_ones():
    own = Climb(own_site="yes").sought()
    assert own.not_asked(Rung.PLATFORM_REPORT, kind="own") == "own_account"
    own.ask(Rung.PLATFORM_REPORT, "It gave a home street.", kind="own")
    assert Climb().sought().not_asked(Rung.PLATFORM_REPORT, "It did.", kind="own") == "own_account"
    refusal = Climb().sought().attempt(StepKind.ASKED, "head", rung=Rung.HOST.value, kind="conversation")
    assert refusal.remedy == f"Leave it out, or name one of: {', '.join(Rung.HOST.spec.kinds)}."


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


def test_the_same_is_not_asked_twice_while_it_is_awaited_and_a_platforms_operator_after_48_hours():
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


# ------------------------------------------------------------------------- a notice under section 5


def notice(**facts):
    case = website(**facts)
    case.take(StepKind.COMPLAINANT, who="staff", person="teacher")
    return case


def test_a_section_5_notice_is_the_person_defamed_s_and_the_schools_on_recorded_advice_alone():
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


def test_a_section_5_notice_is_for_england_and_wales_and_a_poster_who_is_not_known():
    for nation, guard in [("scotland", "s5_nation"), ("northern_ireland", "s5_nation")]:
        elsewhere = Climb("C7", channel="blog", by=rules(school=replace(SCHOOL, nation=nation))).sought()
        elsewhere.take(StepKind.COMPLAINANT, who="staff", person="teacher")
        assert elsewhere.not_asked(Rung.HOST, "Known.", kind="s5") == guard
        elsewhere.ask(Rung.HOST, "Known.")
        wales = Climb("C7", channel="blog", by=rules(school=replace(SCHOOL, nation="wales"))).sought()
        wales.take(StepKind.COMPLAINANT, who="staff", person="teacher")
        wales.ask(Rung.HOST, "Known.", kind="s5")
    case = notice().author("third_party", contact_safe="no")
    assert case.not_asked(Rung.HOST, kind="s5") == "s5_poster"
    case.author("unknown").ask(Rung.HOST, kind="s5")


def test_an_operators_48_hours_run_from_receipt_and_the_posters_five_days_once_they_were_told():
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


def test_only_a_notices_operator_tells_a_poster_which_is_no_answer_and_not_before_the_notice():
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


# ------------------------------------------------------------------------------- a copyright notice


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


# ----------------------------------------------------------------------------------- the helplines


def reported(content_class="C2"):
    case = Climb(content_class).sought()
    case.take(StepKind.COMPLAINANT, who="staff", person="teacher")
    return case.ask(Rung.PLATFORM_REPORT)


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


# ------------------------------------------------------------------------------------ recorded late


def test_what_was_asked_before_the_case_counts_from_then_and_what_lies_ahead_is_refused():
    case = Climb().sought()
    case.take(StepKind.ASKED, at=NOW - DAY, rung="platform_report")
    asking = case.case.askings[-1]
    assert (asking.at, asking.due_at) == (NOW - DAY, NOW + DAY)
    assert Climb().refused(StepKind.WEIGHED, at=NOW + DAY, **WEIGHED) == "when"
    assert notice().not_asked(Rung.HOST, kind="s5", received_at="2027-01-01T10:00:00+00:00") == "when"
    assert Climb().refused(StepKind.CLASSIFIED, at=NOW - HOUR, **{"class": "C2"}) == "when"


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


# ------------------------ holds, locks, pictures, chronologies, notes: who may, why, and until when


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


def test_pictures_are_a_persons_decision_with_a_reason_after_the_class():
    case = Climb("C12", About.SCHOOL)
    pictures = StepKind.PICTURES_ALLOWED
    assert case.refused(pictures, "head", "For the platform.") == "class_set"
    case.classed()
    assert case.refused(pictures, "head") == "reason"
    assert case.refused(pictures, "schoolgate", "Why.") == "actor"
    case.take(pictures, "head", "No child, no nakedness: it is our badge.")
    assert case.case.pictures_allowed


@pytest.mark.parametrize("case", [
    Climb("C5", About.STAFF).classed(), Climb("C11", About.PUPIL).classed(), Climb("C5").classed("C2"),
], ids=["of a sexual matter", "of a pupil", "once taken for a sexual matter"])  # fmt: skip
def test_no_picture_that_may_show_a_child_or_nakedness(case):
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


@pytest.mark.parametrize("state", CaseState)
def test_a_note_wants_words_and_may_be_added_however_a_case_stands(state):
    case = in_state(state)
    assert case.refused(StepKind.NOTED, "dsl", "  ") == "reason"
    case.take(StepKind.NOTED, "dsl", "Rang the parent.")


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
