"""What the schools' own policies oblige: removing, deciding, consent, support, letters. One test by each.

The numbers are those of the list of obligations that the product was made from (1 to 31); those of watching
stand in test_obligations_watching.py. Each is held by taking steps in a case, by the rules of a school.
"""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders.steps import an_event, read_step

from alerts.ladder.advance import Advance, Refusal, Rules, advance, begin
from alerts.letters.allowed import offered
from alerts.letters.draft import draft
from alerts.letters.kinds import LetterDraft, LetterFacts, LetterKind, NoDraft
from alerts.next_date import Means
from data.cases import Case, CaseFile, CaseState, Consent, Event, Post, Profile
from data.rungs import Rung
from data.steps.codes import Complainant, Relationship, StepKind
from data.types import About, Person, Role, Route, School
from monitor.config.home.lookup import with_policy
from monitor.config.load import Config
from monitor.config.settings import WrittenPolicy

ROOT = Path(__file__).resolve().parents[3]
NOW = datetime(2026, 11, 17, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SCHOOL = School("900001", "Oakfield Primary School", street="Larch Road", town="Northvale")
PEOPLE = tuple(
    Person(name, f"{first} {last}", roles, f"{name}@example.org")
    for name, first, last, roles in (
        ("head", "Jane", "Holt", (Role.HEAD,)),
        ("deputy", "Lee", "Ash", (Role.DEPUTY_HEAD,)),
        ("dsl", "Robin", "Pike", (Role.DSL,)),
        ("chair", "Alex", "Marsh", (Role.CHAIR,)),
        ("it", "Jo", "Fern", (Role.IT_LEAD,)),
        ("teacher", "Sam", "Reeve", (Role.STAFF,)),
    )
)
PROFILE = Profile(
    support="Counselling: 01632 960 001.", complaints_url="https://oakfield.example.sch.uk/complaints"
)
WEIGHED = {"nature": "An insult.", "visible": "Two days.", "spread": "A few replies.", "impact": "Distress."}
POST = Post(
    "m1", "facebook", "post", "https://talk.example.org/1", "Pat Quorndon", None,
    "Zephyrine larks about with vexing quinces at the gate", NOW - DAY, NOW - DAY, NOW,
)  # fmt: skip


class Climb:
    """One case and its steps by the rules of one school, an hour apart."""

    def __init__(
        self,
        content_class: str = "C2",
        about: About = About.STAFF,
        *,
        route: Route = Route.PLATFORM_REPORT,
        channel: str = "facebook",
        target: str = "teacher",
        profile: Profile = PROFILE,
        school: School = SCHOOL,
        **facts: str,
    ) -> None:
        self.rules = Rules(profile, school, PEOPLE, Means())
        self.now = NOW
        opening = {
            "story": "s1", "mention": "m1", "route": route.value, "proposed_class": content_class,
            "about": about.value, "channel": channel, **facts,
        }  # fmt: skip
        if target and about is About.STAFF:
            opening["target"] = target
        begun = begin(
            "0001", school.urn, an_event(StepKind.OPENED, "schoolgate", "", opening), NOW, self.rules
        )
        assert isinstance(begun, Advance), begun
        self.case: Case = begun.case

    def attempt(
        self, kind: StepKind, actor: str = "head", why: str = "", /, **facts: str
    ) -> Advance | Refusal:
        self.now += HOUR
        if isinstance(read := read_step(kind, facts), tuple):
            return Refusal("facts", ", ".join(read), "Give what fits.")
        done = advance(self.case, Event(read, actor, why), self.now, self.rules)
        if isinstance(done, Advance):
            self.case = done.case
        return done

    def take(self, kind: StepKind, actor: str = "head", why: str = "", /, **facts: str) -> Advance:
        done = self.attempt(kind, actor, why, **facts)
        assert isinstance(done, Advance), done
        return done

    def refused(self, kind: StepKind, actor: str = "head", why: str = "", /, **facts: str) -> str:
        """The guard that refuses; it says what would satisfy it."""
        before = self.case
        done = self.attempt(kind, actor, why, **facts)
        assert isinstance(done, Refusal), done
        assert done.said
        assert done.remedy
        assert self.case is before
        return done.guard

    def decided(self, actor: str = "head") -> Climb:
        """Classed, captured, weighed, and removal decided."""
        self.take(StepKind.CLASSIFIED, actor, **{"class": self.case.proposed_class})
        self.take(StepKind.EVIDENCE, "schoolgate", capture="c1", manifest="0" * 64, files="3")
        self.take(StepKind.WEIGHED, actor, **WEIGHED)
        self.take(StepKind.DECIDED, actor, decision="seek")
        return self

    def ask(self, rung: Rung, actor: str = "head", why: str = "", **facts: str) -> Advance:
        return self.take(StepKind.ASKED, actor, why, rung=rung.value, **facts)

    def ask_refused(self, rung: Rung, actor: str = "head", why: str = "", **facts: str) -> str:
        return self.refused(StepKind.ASKED, actor, why, rung=rung.value, **facts)

    def letter(self, kind: LetterKind, **facts: str) -> LetterDraft | NoDraft:
        file = CaseFile(self.case, (), POST)
        return draft(kind, file, LetterFacts(self.now, "en", facts), self.rules)

    def offers(self, kind: LetterKind) -> bool:
        return next(o.possible for o in offered(self.case, self.rules, self.now) if o.kind is kind)


def test_04_the_chair_decides_where_it_concerns_the_head_and_the_head_can_do_nothing_in_it() -> None:
    case = Climb(about=About.HEAD, subjects="head")
    assert case.refused(StepKind.CLASSIFIED, "head", **{"class": "C2"}) == "may_see"
    case.decided("chair")
    assert case.case.decided_by == "chair"


def test_05_a_host_is_given_24_hours_from_the_decision_nights_and_sundays_counted() -> None:
    case = Climb().decided()
    target = case.case.first_due
    assert target is not None
    assert target.due_at - case.case.decided_at == 24 * HOUR  # type: ignore[operator]
    slower = Climb(profile=replace(PROFILE, host_hours=48)).decided()
    assert slower.case.first_due.due_at - slower.case.decided_at == 48 * HOUR  # type: ignore[operator, union-attr]


def test_06_where_a_site_hears_only_the_person_affected_they_write_in_their_own_name() -> None:
    case = Climb("C7", channel="blog", target="teacher").decided()
    assert not case.offers(LetterKind.S5_NOTICE)
    case.take(StepKind.COMPLAINANT, who=Complainant.STAFF.value, person="teacher")
    assert case.offers(LetterKind.S5_NOTICE)
    notice = case.letter(
        LetterKind.S5_NOTICE, email="sam@example.org", defames="It would make a reader think less of me.",
        meaning="That I took money.", wrong="I did not.", statement="quinces at the gate",
        share_name="no", share_email="no", no_details="yes", operator="The operator",
    )  # fmt: skip
    assert isinstance(notice, LetterDraft), notice
    assert notice.signed == ("Sam Reeve",)


def test_07_a_case_is_not_closed_as_removed_before_it_was_seen_gone_twice_a_day_apart() -> None:
    case = Climb().decided()
    case.ask(Rung.PLATFORM_REPORT)
    case.take(StepKind.ANSWERED, rung="platform_report", result="removed")
    case.take(StepKind.SUPPORT, status="offered", person="teacher")
    assert case.case.state is CaseState.CONFIRMING
    assert case.refused(StepKind.CLOSED, ending="removed") == "two_checks"
    case.take(StepKind.CHECKED, "schoolgate", result="gone")
    assert case.refused(StepKind.CLOSED, ending="removed") == "two_checks"
    case.now += DAY
    case.take(StepKind.CHECKED, "schoolgate", result="log_in_wall")
    assert case.refused(StepKind.CLOSED, ending="removed") == "two_checks"
    case.take(StepKind.CHECKED, "schoolgate", result="gone")
    case.take(StepKind.CLOSED, ending="removed")
    assert case.case.state is CaseState.CLOSED


def test_08_where_the_operator_does_not_help_the_hosts_own_provider_or_registrar_is_asked() -> None:
    case = Climb("C13", channel="blog", target="").decided()
    assert case.ask_refused(Rung.HOST) == "hosting_known"
    case.take(StepKind.HOSTED, "schoolgate", host="blog.example.org", registrar="Reg Ltd", network="Net Ltd")
    assert case.ask_refused(Rung.ISP) == "host_first"
    case.ask(Rung.HOST)
    case.take(StepKind.ANSWERED, rung="host", result="refused")
    case.ask(Rung.ISP, kind="registrar")
    assert case.case.rung is Rung.ISP
    letter = case.letter(
        LetterKind.REGISTRAR_ABUSE, domain="blog.example.org", why="It may be a fraud on parents."
    )
    assert isinstance(letter, LetterDraft), letter
    assert letter.to[0] == "Reg Ltd"


def test_09_the_police_are_told_of_a_threat_to_staff_with_that_persons_consent_alone() -> None:
    case = Climb("C6", route=Route.POLICE_NOW).decided()
    assert case.ask_refused(Rung.POLICE) == "consent"
    case.take(StepKind.CONSENT_ASKED, person="teacher", how="in person")
    assert case.ask_refused(Rung.POLICE) == "consent"
    case.take(StepKind.CONSENT_REFUSED, "teacher", person="teacher")
    assert case.ask_refused(Rung.POLICE) == "consent"
    case.take(StepKind.CONSENT_ASKED, person="teacher", how="in person")
    case.take(StepKind.CONSENT_GIVEN, "teacher", person="teacher")
    case.take(StepKind.CONSENT_WITHDRAWN, "teacher", person="teacher")
    assert case.ask_refused(Rung.POLICE) == "consent"
    assert case.refused(StepKind.CONSENT_OVERRIDDEN, "it", "A child.", ground="child_at_risk")
    assert case.refused(StepKind.CONSENT_OVERRIDDEN, "head", "", ground="child_at_risk") == "reason"
    assert (
        case.refused(StepKind.CONSENT_OVERRIDDEN, "head", "It is quicker.", ground="haste")
        == "override_ground"
    )
    case.take(StepKind.CONSENT_OVERRIDDEN, "head", "A child was with him.", ground="child_at_risk")
    case.ask(Rung.POLICE)
    assert case.case.consent is Consent.OVERRIDDEN


def test_10_danger_and_crime_go_to_the_police_without_consent_and_other_agencies_are_on_record() -> None:
    danger = Climb("C6", route=Route.POLICE_NOW)
    danger.ask(Rung.POLICE, imminent="yes")
    assert danger.case.unexplained
    danger.ask(Rung.POLICE, why="He is at the gate now.", imminent="yes")
    assert not danger.case.unexplained
    assert danger.case.consent is Consent.NOT_ASKED
    fraud = Climb("C13", About.SCHOOL).decided()
    fraud.ask(Rung.POLICE)
    assert fraud.refused(StepKind.CLOSED, ending="handed_over") == "referred"
    assert fraud.refused(StepKind.REFERRED, to="somebody") == "known_place"
    fraud.take(StepKind.REFERRED, to="report_fraud", reference="RF-1")
    assert fraud.case.referred_to == ("report_fraud",)


def test_11_a_case_is_not_ended_before_the_person_targeted_was_offered_support() -> None:
    case = Climb().decided()
    case.take(StepKind.DECIDED, "head", "It would only spread.", decision="stop")
    assert (
        case.refused(StepKind.CLOSED, "head", "It would only spread.", ending="standing") == "support_offered"
    )
    letter = case.letter(LetterKind.SUPPORT_OFFER)
    assert isinstance(letter, LetterDraft), letter
    assert "01632 960 001" in "\n".join(letter.body)
    case.take(StepKind.SUPPORT, status="offered", person="teacher")
    case.take(StepKind.CLOSED, "head", "It would only spread.", ending="standing")


def test_12_whoever_is_targeted_acts_in_their_case_only_on_their_own_consent() -> None:
    case = Climb("C6", route=Route.POLICE_NOW).decided()
    assert case.refused(StepKind.ASKED, "teacher", rung="platform_report") == "works_on_it"
    assert case.refused(StepKind.RESPONDED, "teacher", how="a reply") == "works_on_it"
    case.take(StepKind.CONSENT_GIVEN, "teacher", person="teacher")


def test_13_nothing_is_asked_of_anybody_before_evidence_is_held_and_a_wall_is_none() -> None:
    case = Climb()
    case.take(StepKind.CLASSIFIED, **{"class": "C2"})
    case.take(StepKind.WEIGHED, **WEIGHED)
    case.take(StepKind.DECIDED, decision="seek")
    assert case.ask_refused(Rung.PLATFORM_REPORT) == "evidence_held"
    case.take(StepKind.EVIDENCE, "schoolgate", capture="c1", manifest="0" * 64, files="1", kind="wall")
    assert case.ask_refused(Rung.PLATFORM_REPORT) == "evidence_held"
    case.take(StepKind.EVIDENCE, "schoolgate", capture="c2", manifest="0" * 64, files="3")
    case.ask(Rung.PLATFORM_REPORT)


def test_14_nature_time_visible_spread_and_impact_are_all_weighed_before_a_decision() -> None:
    case = Climb()
    case.take(StepKind.CLASSIFIED, **{"class": "C2"})
    assert case.refused(StepKind.DECIDED, decision="seek") == "weighed"
    for missing in WEIGHED:
        assert case.refused(StepKind.WEIGHED, **{**WEIGHED, missing: ""}) == "facts"
        assert case.refused(StepKind.WEIGHED, **{**WEIGHED, missing: "  "}) == "in_words"
    case.take(StepKind.WEIGHED, **WEIGHED)
    case.take(StepKind.DECIDED, decision="seek")


def test_15_a_pupils_disclosure_is_with_the_safeguarding_leads_and_no_rung_is_offered() -> None:
    case = Climb("C10", About.PUPIL, route=Route.SAFEGUARDING)
    assert case.case.state is CaseState.BYPASSED
    assert case.case.restricted
    assert case.refused(StepKind.CLASSIFIED, "it", **{"class": "C2"}) == "may_see"
    for rung in Rung:
        assert case.ask_refused(rung, "dsl") == "lane"


@pytest.mark.parametrize("code", [f"C{n}" for n in range(15)])
def test_16_a_person_may_set_each_class_of_prohibited_content(code: str) -> None:
    case = Climb("C4")
    case.take(StepKind.CLASSIFIED, "dsl", **{"class": code})
    assert case.case.content_class == code
    assert case.refused(StepKind.CLASSIFIED, "dsl", **{"class": "C15"}) == "facts"


def test_17_a_parent_is_invited_to_talk_with_the_complaints_procedure_before_being_asked_in_writing() -> None:
    case = Climb().decided()
    case.take(StepKind.AUTHOR, relationship=Relationship.PARENT.value)
    assert case.ask_refused(Rung.AUTHOR_REQUEST, kind="letter") == "conversation_first"
    assert not case.offers(LetterKind.PARENT_REMOVAL)
    letter = case.letter(LetterKind.PARENT_INVITATION, to="Ms Example", meeting="Thursday at 15:30")
    assert isinstance(letter, LetterDraft), letter
    assert PROFILE.complaints_url in "\n".join(letter.body)
    case.ask(Rung.AUTHOR_REQUEST, kind="conversation")
    case.take(StepKind.ANSWERED, rung="author_request", result="refused")
    case.ask(Rung.AUTHOR_REQUEST, kind="letter")


@pytest.mark.parametrize(("days", "ends"), [(0, datetime(2026, 11, 18)), (1, datetime(2026, 11, 19))])  # noqa: DTZ001
def test_18_whoever_belongs_to_the_school_is_asked_to_take_it_down_promptly(
    days: int, ends: datetime
) -> None:
    case = Climb(profile=replace(PROFILE, author_days=days)).decided()
    assert case.ask_refused(Rung.AUTHOR_REQUEST) == "author_known"
    case.take(StepKind.AUTHOR, relationship=Relationship.GOVERNOR.value, contact_safe="no")
    assert case.ask_refused(Rung.AUTHOR_REQUEST) == "contact_safe"
    case.take(StepKind.AUTHOR, relationship=Relationship.GOVERNOR.value, contact_safe="yes")
    assert case.ask_refused(Rung.PLATFORM_REPORT) == "author_first"
    case.ask(Rung.AUTHOR_REQUEST)
    assert case.case.askings[-1].due_at == ends.replace(tzinfo=UTC)


@pytest.mark.parametrize("at_once", [False, True])
def test_19_a_stranger_is_reported_to_the_platform_and_the_helpline_may_be_asked_as_the_policy_says(
    at_once: bool,
) -> None:
    case = Climb(profile=replace(PROFILE, posh_at_once=at_once)).decided()
    case.take(StepKind.AUTHOR, relationship=Relationship.THIRD_PARTY.value, contact_safe="no")
    case.ask(Rung.PLATFORM_REPORT)
    if not at_once:
        assert case.ask_refused(Rung.POSH) == "posh_after_platform"
        case.now += 48 * HOUR
    case.ask(Rung.POSH)
    assert case.case.rung is Rung.POSH


def test_19_a_platforms_refusal_opens_report_harmful_content_to_the_person_not_to_the_school() -> None:
    case = Climb().decided()
    case.ask(Rung.PLATFORM_REPORT)
    assert case.ask_refused(Rung.POSH, kind="rhc") == "rhc_individual"
    case.take(StepKind.COMPLAINANT, who="staff", person="teacher")
    assert case.ask_refused(Rung.POSH, kind="rhc") == "rhc_after_refusal"
    case.now += 7 * DAY + HOUR
    case.ask(Rung.POSH, kind="rhc")


def test_20_extremism_leaves_the_ladder_for_the_safeguarding_lead() -> None:
    case = Climb("C9", About.OTHER, route=Route.POLICE_NOW)
    assert case.case.state is CaseState.BYPASSED
    assert case.ask_refused(Rung.PLATFORM_REPORT, "dsl") == "lane"
    case.take(StepKind.REFERRED, "dsl", to="ctiru")
    assert case.refused(StepKind.REFERRED, "head", to="ctiru") == "may_see"


def test_21_the_head_decides_and_who_when_and_why_are_kept() -> None:
    case = Climb()
    assert case.refused(StepKind.DECIDED, decision="seek") == "class_set"
    case.take(StepKind.CLASSIFIED, **{"class": "C2"})
    case.take(StepKind.EVIDENCE, "schoolgate", capture="c1", manifest="0" * 64, files="3")
    case.take(StepKind.WEIGHED, **WEIGHED)
    assert case.ask_refused(Rung.PLATFORM_REPORT) == "decided_to_seek"
    for other in ("teacher", "dsl"):
        assert case.refused(StepKind.DECIDED, other, decision="seek") in ("decider", "may_see")
    assert case.refused(StepKind.DECIDED, "head", "", decision="stop") == "reason_to_stop"
    done = case.take(StepKind.DECIDED, "head", "It is untrue and hurts.", decision="seek")
    (step,) = done.steps
    assert (step.actor, step.why, step.done_at) == ("head", "It is untrue and hurts.", case.now)


def test_23_where_the_policy_says_so_the_director_of_it_decides_on_a_report_to_a_platform() -> None:
    led = Climb(profile=replace(PROFILE, delegates=(Role.IT_LEAD,))).decided("it")
    led.ask(Rung.PLATFORM_REPORT, "it")
    assert led.ask_refused(Rung.POLICE, "it") == "decider_of_rung"
    assert led.refused(StepKind.DECIDED, "it", "Enough.", decision="stop") == "delegate_seeks"
    alone = Climb(profile=replace(PROFILE, delegates=()))
    alone.take(StepKind.CLASSIFIED, **{"class": "C2"})
    alone.take(StepKind.WEIGHED, **WEIGHED)
    assert alone.refused(StepKind.DECIDED, "it", decision="seek") == "decider"


def test_25_a_pupil_who_wrote_it_goes_to_pastoral_care_and_gets_no_letter() -> None:
    case = Climb().decided()
    case.take(StepKind.AUTHOR, relationship=Relationship.PUPIL.value)
    assert case.ask_refused(Rung.AUTHOR_REQUEST) == "pupil_letters"
    assert case.ask_refused(Rung.HOST) == "pupil_letters"
    for kind in (
        LetterKind.PARENT_REMOVAL,
        LetterKind.AUTHOR_REMOVAL,
        LetterKind.S5_NOTICE,
        LetterKind.HOST_ABUSE,
        LetterKind.POLICE,
    ):
        assert not case.offers(kind)
    assert case.ask_refused(Rung.PLATFORM_REPORT) == "pupil_referred"
    case.take(StepKind.REFERRED, to="pastoral")
    case.ask(Rung.PLATFORM_REPORT)


def test_26_the_school_takes_down_what_stands_on_its_own_page_and_says_why() -> None:
    case = Climb(own_site="yes").decided()
    assert case.ask_refused(Rung.PLATFORM_REPORT, kind="own") == "own_account"
    case.ask(Rung.PLATFORM_REPORT, why="It gives a home street; our page rules say no.", kind="own")
    elsewhere = Climb().decided()
    assert elsewhere.ask_refused(Rung.PLATFORM_REPORT, why="It is rude.", kind="own") == "own_account"


@pytest.mark.parametrize(("press", "name"), [(Role.IT_LEAD, "Jo Fern"), (Role.HEAD, "Jane Holt")])
def test_27_the_press_gets_one_line_from_one_person_and_nobody_else_answers(press: Role, name: str) -> None:
    letter = Climb(profile=replace(PROFILE, press=press)).letter(LetterKind.HOLDING_LINE)
    assert isinstance(letter, LetterDraft), letter
    assert letter.signed[0] == name
    assert "Nobody else answers the press" in "\n".join(letter.body)


def test_27_who_answers_the_press_does_not_where_they_are_its_subject() -> None:
    case = Climb("C7", target="", profile=replace(PROFILE, press=Role.IT_LEAD), subjects="it")
    letter = case.letter(LetterKind.HOLDING_LINE)
    assert isinstance(letter, LetterDraft), letter
    assert letter.signed[0] == "Jane Holt"
    assert "Jo Fern" not in "\n".join(letter.body)


def test_28_pictures_and_marks_are_claimed_by_their_owner_and_no_child_is_pictured() -> None:
    case = Climb("C11", About.PUPIL, target="")
    case.take(StepKind.CLASSIFIED, **{"class": "C11"})
    assert case.refused(StepKind.PICTURES_ALLOWED, "head", "For the platform.") == "no_child_in_pictures"
    marks = Climb("C8", About.SCHOOL, route=Route.REQUEST_REMOVAL).decided()
    marks.ask(Rung.PLATFORM_REPORT)
    marks.now += 3 * DAY
    assert marks.ask_refused(Rung.POSH) == "posh_class"


@pytest.mark.parametrize("said", ["Zephyrine larks about with vexing quinces", "Your child in Year 4"])
def test_29_a_public_reply_speaks_of_no_child_and_leads_to_the_schools_own_channel(said: str) -> None:
    fair = Climb("C0", About.SCHOOL, route=Route.RESPOND)
    reply = fair.letter(LetterKind.REPLY, contact="office@oakfield.example.sch.uk", theme="traffic")
    assert isinstance(reply, LetterDraft), reply
    text = "\n".join((reply.subject, *reply.body))
    assert "office@oakfield.example.sch.uk" in text
    assert not {"Zephyrine", "Quorndon", "child"} & set(re.findall(r"\w+", text))
    told = fair.letter(LetterKind.REPLY, contact="office@oakfield.example.sch.uk", answer_given=said)
    assert isinstance(told, NoDraft)


def test_30_a_decision_says_under_which_version_of_the_policy_it_was_made() -> None:
    config = Config(
        Path("schoolgate.toml"),
        schools=(SCHOOL,),
        policies=(WrittenPolicy(title="Social media policy", version="3"),),
    )
    case = Climb()
    case.take(StepKind.CLASSIFIED, **{"class": "C2"})
    case.take(StepKind.WEIGHED, **WEIGHED)
    event = with_policy(an_event(StepKind.DECIDED, "head", "", {"decision": "seek"}), config, SCHOOL)
    done = advance(case.case, event, case.now, case.rules)
    assert isinstance(done, Advance), done
    assert done.steps[0].written["policy"] == "Social media policy, version 3"


@pytest.mark.parametrize(
    ("nation", "who", "guard"),
    [
        ("scotland", "staff", "s5_nation"),
        ("northern_ireland", "staff", "s5_nation"),
        ("england", "school", "s5_individual"),
    ],
)
def test_31_defamation_is_the_persons_own_claim_and_only_where_the_law_gives_it(
    nation: str, who: str, guard: str
) -> None:
    case = Climb("C7", channel="blog", school=replace(SCHOOL, nation=nation)).decided()
    case.take(StepKind.COMPLAINANT, who=who, **({"person": "teacher"} if who == "staff" else {}))
    assert case.ask_refused(Rung.HOST, why="Known from its imprint.", kind="s5") == guard


def test_31_a_notice_is_for_what_may_be_defamatory_by_somebody_who_cannot_be_identified() -> None:
    case = Climb("C7", channel="blog").decided()
    case.take(StepKind.COMPLAINANT, who="staff", person="teacher")
    case.take(StepKind.AUTHOR, relationship=Relationship.THIRD_PARTY.value, contact_safe="no")
    assert case.ask_refused(Rung.HOST, why="Known from its imprint.", kind="s5") == "s5_poster"
    rude = Climb("C2", channel="blog").decided()
    rude.take(StepKind.COMPLAINANT, who="staff", person="teacher")
    assert rude.ask_refused(Rung.HOST, why="Known from its imprint.", kind="s5") == "s5_class"


def test_31_fair_criticism_however_angry_is_never_offered_for_removal() -> None:
    fair = Climb("C0", About.SCHOOL, route=Route.RESPOND)
    assert fair.case.state is CaseState.FAIR_COMMENT
    assert fair.refused(StepKind.DECIDED, decision="seek") == "fair_comment"
    assert fair.ask_refused(Rung.PLATFORM_REPORT) == "fair_comment"
    assert fair.refused(StepKind.RECLASSIFIED, "head", "", **{"from": "C0", "class": "C2"}) == "reason"


def test_31_one_authors_posts_are_put_together_only_in_a_case_of_harassment_that_the_head_approved() -> None:
    of_one = {"author": "Pat Quorndon", "person": "teacher"}
    rude = Climb("C4")
    rude.take(StepKind.CLASSIFIED, **{"class": "C4"})
    assert rude.refused(StepKind.CHRONOLOGY, "head", **of_one) == "harassment"
    case = Climb("C2")
    case.take(StepKind.CLASSIFIED, **{"class": "C2"})
    assert case.refused(StepKind.CHRONOLOGY, "it", **of_one) == "head_approves"
    case.take(StepKind.CHRONOLOGY, "head", **of_one)
    assert case.case.chronology_by == "head"


NUMBERS = re.compile(r"def test_(\d\d)_")


def test_every_obligation_of_the_list_has_its_test() -> None:
    files = (ROOT / "tests/monitor/reports").glob("test_obligations_*.py")
    found = {int(n) for path in files for n in NUMBERS.findall(path.read_text(encoding="utf-8"))}
    assert found == set(range(1, 32))


def test_no_obligations_test_is_without_an_assertion() -> None:
    for path in (ROOT / "tests/monitor/reports").glob("test_obligations_*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                assert any(isinstance(inner, ast.Assert) for inner in ast.walk(node)), node.name
