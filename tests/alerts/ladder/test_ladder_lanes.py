"""What bypasses the ladder, what is fair comment, what was not judged, and the ways back."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from builders.alert import CHAIR, DEPUTY, DSL, EVERYBODY, HEAD, SCHOOL
from builders.ladder import PAGE, PEOPLE, Climb, in_state, rules
from support.for_each import for_each

from alerts.access.guidance import Guidance, guidance, office_named
from alerts.access.matter import Matter, bypass_of
from alerts.access.referrals import PLACES, handed_by_route, places_in
from alerts.letters.allowed import refusal
from alerts.letters.kinds import LetterKind
from data.cases import CaseState
from data.content_class import ContentClass
from data.rungs import CaseClock, Rung
from data.steps.codes import BypassRoute, StepKind
from data.types import About, Person, Role, Route
from data.words.say import words

NATIONS = ("england", "wales", "scotland", "northern_ireland")


@pytest.mark.parametrize(
    ("content_class", "alleged", "abuse", "lane"),
    [
        ("C9", False, (), BypassRoute.TERRORISM),
        ("C9", True, (), BypassRoute.TERRORISM),
        ("C10", True, ("sexual",), BypassRoute.STAFF_ALLEGATION),
        ("C10", True, (), BypassRoute.STAFF_ALLEGATION),
        ("C10", False, ("sexual", "self_harm"), BypassRoute.CHILD_IMAGE),
        ("C10", False, ("self_harm",), BypassRoute.SELF_HARM),
        ("C10", False, (), BypassRoute.SAFEGUARDING),
        ("C10", False, ("extremism", "safeguarding"), BypassRoute.TERRORISM),
        ("C10", False, ("extremism", "self_harm"), BypassRoute.SELF_HARM),
        ("C10", True, ("extremism", "safeguarding"), BypassRoute.STAFF_ALLEGATION),
        ("C6", False, ("threat",), None),
        ("C0", False, (), None),
    ],
)
def test_the_most_protective_lane_wins(
    content_class: str, alleged: bool, abuse: tuple[str, ...], lane: BypassRoute | None
) -> None:
    assert bypass_of(content_class, abuse, alleged=alleged) is lane


def said_of(
    lane: BypassRoute,
    about: About = About.STAFF,
    nation: str = "england",
    *,
    subjects: tuple[str, ...] = (),
    people: tuple[Person, ...] = EVERYBODY,
    reader: str | None = None,
) -> Guidance:
    reading = next((p for p in people if p.id == reader), None)
    matter = Matter(frozenset((SCHOOL.urn,)), about, frozenset(subjects), bypass=lane, restricted=True)
    return guidance(matter, people, nation, words("en"), reading)


@for_each("lane", BypassRoute)
@for_each("nation", NATIONS)
def test_each_lane_says_who_is_told_what_follows_and_what_is_never_done(
    lane: BypassRoute, nation: str
) -> None:
    said = said_of(lane, nation=nation)
    assert said.first
    assert said.then
    assert said.never
    assert "{" not in said.first + said.then + said.never


@pytest.mark.parametrize("lane", [lane for lane in BypassRoute if lane is not BypassRoute.STAFF_ALLEGATION])
def test_whoever_leads_is_not_told_to_tell_themselves(lane: BypassRoute) -> None:
    theirs = said_of(lane, About.PUPIL, reader="dsl").first
    others = said_of(lane, About.PUPIL, reader="deputy_dsl").first
    assert theirs != others == said_of(lane, About.PUPIL).first
    assert "(DSL)" not in theirs


def test_where_the_lead_may_be_accused_it_is_their_deputys_to_act_on() -> None:
    accused = {"subjects": ("dsl",)}
    assert "for you to act" in said_of(BypassRoute.SAFEGUARDING, **accused, reader="deputy_dsl").first
    assert "for you to act" not in said_of(BypassRoute.SAFEGUARDING, **accused, reader="dsl").first


def test_the_lead_is_the_dsl_in_england_and_the_dsp_in_wales() -> None:
    of = {n: said_of(BypassRoute.SAFEGUARDING, About.PUPIL, n).first for n in NATIONS}
    assert "(DSL)" in of["england"]
    assert "(DSP)" in of["wales"]
    assert "(DS" not in of["scotland"] + of["northern_ireland"]


def test_an_allegation_against_staff_is_told_to_the_lado_in_england_alone() -> None:
    of = {n: said_of(BypassRoute.STAFF_ALLEGATION, nation=n).then for n in NATIONS}
    assert [n for n in NATIONS if "LADO" in of[n]] == ["england"]


def test_prevent_is_named_wherever_it_is_law() -> None:
    of = {n: said_of(BypassRoute.TERRORISM, About.PUPIL, n).then for n in NATIONS}
    assert [n for n in NATIONS if "referred to Prevent" in of[n]] == ["england", "wales", "scotland"]
    assert "social services" in of["northern_ireland"]


_SAID_OF_ALLEGATIONS = {
    "england": ("LADO",),
    "wales": ("designated officer for safeguarding", "Education Workforce Council"),
    "scotland": ("police", "social work", "GTCS"),
    "northern_ireland": ("CPSS", "GTCNI"),
}


@pytest.mark.parametrize("nation", NATIONS)
def test_of_an_allegation_each_nations_guidance_says_who_is_told_and_no_others_body(nation: str) -> None:
    said = said_of(BypassRoute.STAFF_ALLEGATION, nation=nation).then
    assert all(name in said for name in _SAID_OF_ALLEGATIONS[nation])
    others = {n for of, names in _SAID_OF_ALLEGATIONS.items() for n in names if of != nation and n.isupper()}
    assert not [name for name in others if name in said]


@pytest.mark.parametrize("nation", NATIONS)
def test_a_matter_is_handed_to_the_bodies_of_its_own_nation(nation: str) -> None:
    school = replace(SCHOOL, nation=nation)
    for place, where in PLACES.items():
        if place == "ceop":
            continue
        case = Climb("C10", About.STAFF, route=Route.SAFEGUARDING, by=rules(school=school))
        if nation in where:
            case.take(StepKind.REFERRED, "dsl", to=place)
        else:
            assert case.refused(StepKind.REFERRED, "dsl", to=place) == "place_of_nation"


def test_the_lado_is_refused_elsewhere_by_naming_who_is_told_there() -> None:
    for nation, told in (
        ("scotland", "the police (police), social work (social-work) and the General Teaching Council for"),
        ("northern_ireland", "Child Protection Support Service (cpss)"),
        ("wales", "designated officer for safeguarding (designated-officer)"),
    ):
        school = replace(SCHOOL, nation=nation)
        case = Climb("C10", About.STAFF, route=Route.SAFEGUARDING, by=rules(school=school))
        done = case.attempt(StepKind.REFERRED, "dsl", to="lado")
        assert told in done.remedy
        assert "lado" not in done.remedy


@pytest.mark.parametrize("nation", NATIONS)
@pytest.mark.parametrize("lane", BypassRoute)
def test_whoever_a_lane_is_handed_to_as_a_rule_is_of_that_nation(lane: BypassRoute, nation: str) -> None:
    handed = handed_by_route(lane, nation)
    assert handed
    assert set(handed) <= set(places_in(nation))


def test_an_allegation_against_the_head_is_the_chairs() -> None:
    said = said_of(BypassRoute.STAFF_ALLEGATION, About.HEAD, subjects=("head",))
    assert said.first == (
        "Tell the chair of governors and the designated safeguarding lead (DSL) at once. "
        "The headteacher is told nothing."
    )


_NAMED = {"head": "the headteacher", "chair": "the chair of"}


@for_each("lane", BypassRoute)
@for_each("out", [("head",), ("chair",), ("head", "chair"), ("head", "chair", "vice"), ("dsl",)])
def test_who_may_be_accused_is_never_named_among_those_to_tell(
    out: tuple[str, ...], lane: BypassRoute
) -> None:
    about = {"head": About.HEAD, "chair": About.CHAIR, "dsl": About.DSL}[out[0]]
    said = said_of(lane, about, subjects=out)
    first = said.first.split(". ")[0].split("; ")[0]
    for person in set(out) & set(_NAMED):
        assert _NAMED[person] not in first.replace("vice-chair", "")
    if "dsl" in out:
        lead = words("en")("lane.lead.england")
        assert words("en")("lane.lead.deputy", lead=lead) in said.first


def test_where_head_and_chair_may_be_accused_the_vice_chair_and_the_authority_are_to_be_told() -> None:
    both = said_of(BypassRoute.STAFF_ALLEGATION, About.HEAD, subjects=("head", "chair"))
    assert both.first.startswith("Tell the vice-chair of governors, the local authority’s contact and the ")
    assert both.first.endswith("The headteacher and the chair of governors are told nothing.")
    alone = said_of(
        BypassRoute.STAFF_ALLEGATION, About.HEAD, subjects=("head", "chair"), people=(HEAD, CHAIR, DSL)
    )
    assert alone.first.startswith("Tell the local authority and the ")


@pytest.mark.parametrize("route", [Route.SAFEGUARDING, Route.POLICE_NOW, Route.PLATFORM_REPORT])
@pytest.mark.parametrize("content_class", ["C9", "C10"])
def test_a_lane_is_taken_whatever_the_route(content_class: str, route: Route) -> None:
    case = Climb(content_class, About.PUPIL, route=route).case
    assert case.state is CaseState.BYPASSED
    assert case.restricted
    assert case.rung is None


def test_the_route_safeguarding_has_a_lane_whatever_the_class() -> None:
    assert Climb("C2", About.PUPIL, route=Route.SAFEGUARDING).case.lane is BypassRoute.SAFEGUARDING


@pytest.mark.parametrize("rung", Rung)
def test_no_rung_is_offered_in_a_lane(rung: Rung) -> None:
    case = in_state(CaseState.BYPASSED)
    assert case.not_asked(rung, "Why.", "dsl", imminent="no") == "lane"


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        (StepKind.EVIDENCE, PAGE),
        (StepKind.CHECKED, {"result": "gone"}),
        (StepKind.HOSTED, {"host": "example.org"}),
        (StepKind.PICTURES_ALLOWED, {}),
        (StepKind.LETTER, {"letter": "parent"}),
        (StepKind.CHRONOLOGY, {"author": "a", "person": "teacher"}),
    ],
)
def test_nothing_is_fetched_kept_or_written_in_a_lane(kind: StepKind, facts: dict[str, str]) -> None:
    assert in_state(CaseState.BYPASSED).refused(kind, "dsl", "Why.", **facts) == "lane"


def test_a_lane_is_handed_over_and_closed_so() -> None:
    case = in_state(CaseState.BYPASSED)
    assert case.refused(StepKind.CLOSED, "dsl", ending="handed_over") == "referred"
    case.take(StepKind.REFERRED, "dsl", to="social_care", reference="R-1")
    case.take(StepKind.CLOSED, "dsl", ending="handed_over")
    assert case.case.referred_to == ("social_care",)


def test_a_matter_is_handed_to_those_whom_we_know_and_to_ceop_what_harms_children_and_no_bullying() -> None:
    assert in_state(CaseState.SEEKING).refused(StepKind.REFERRED, to="ceop") == "ceop_for_children"
    case = in_state(CaseState.BYPASSED)
    assert case.refused(StepKind.REFERRED, "dsl", to="my_cousin") == "known_place"
    case.take(StepKind.REFERRED, "dsl", to="ceop")


def test_a_matter_found_to_be_of_safeguarding_leaves_the_ladder_at_once() -> None:
    case = in_state(CaseState.WAITING).classed("C10")
    assert case.case.state is CaseState.BYPASSED
    assert case.case.restricted
    assert not case.case.waits
    assert case.case.decision is None
    assert "dsl" in case.told()


def test_a_safeguarding_lead_takes_a_matter_out_of_its_lane_with_a_reason() -> None:
    case = Climb("C10", About.STAFF, route=Route.SAFEGUARDING)
    classified = StepKind.CLASSIFIED
    assert case.refused(classified, "head", "No child.", **{"class": "C2"}) == "keeps_lane"
    assert case.refused(classified, "dsl", **{"class": "C2"}) == "reason_to_leave_lane"
    case.take(classified, "dsl", "No child is meant.", **{"class": "C2"})
    assert case.case.state is CaseState.TRIAGE
    assert not case.case.restricted
    assert case.not_asked(Rung.PLATFORM_REPORT) == "evidence_held"


def test_where_no_safeguarding_lead_is_left_who_has_it_may_take_it_out() -> None:
    by = rules(people=(HEAD, DEPUTY))
    case = Climb("C10", About.STAFF, route=Route.SAFEGUARDING, by=by)
    case.take(StepKind.CLASSIFIED, "head", "No child is meant.", **{"class": "C2"})


def test_from_one_lane_to_another_no_reason_is_wanted() -> None:
    case = in_state(CaseState.BYPASSED)
    case.take(StepKind.CLASSIFIED, "deputy_dsl", **{"class": "C9"})
    assert case.case.lane is BypassRoute.TERRORISM
    case.take(StepKind.CLASSIFIED, "deputy_dsl", **{"class": "C10", "lane": "self_harm"})
    assert case.case.lane is BypassRoute.SELF_HARM


# ------------------------------------------------------------------------------------- fair comment


@pytest.mark.parametrize("route", [Route.RESPOND, Route.THANK, Route.NOTE, Route.IGNORE])
@pytest.mark.parametrize("content_class", ["C0", "C4"])
def test_what_is_answered_or_thanked_is_never_removed(route: Route, content_class: str) -> None:
    case = Climb(content_class, About.HEAD, route=route)
    assert case.case.state is CaseState.FAIR_COMMENT
    for rung in Rung:
        assert case.not_asked(rung, "We dislike it.") == "fair_comment"


@pytest.mark.parametrize(
    "kind", [StepKind.DECIDED, StepKind.WEIGHED, StepKind.EVIDENCE, StepKind.COMPLAINANT]
)
def test_nothing_of_a_removal_is_done_with_fair_comment(kind: StepKind) -> None:
    case = in_state(CaseState.FAIR_COMMENT)
    facts = {
        StepKind.DECIDED: {"decision": "seek"},
        StepKind.WEIGHED: {"nature": "a", "visible": "b", "spread": "c", "impact": "d"},
        StepKind.EVIDENCE: PAGE,
        StepKind.COMPLAINANT: {"who": "school"},
    }
    assert case.refused(kind, **facts[kind]) == "fair_comment"


def test_the_refusal_offers_the_complaints_procedure_and_says_what_would_open_it() -> None:
    case = in_state(CaseState.FAIR_COMMENT)
    done = case.attempt(StepKind.DECIDED, decision="seek")
    assert "complaints procedure" in done.remedy  # type: ignore[union-attr]
    assert "writes down why" in done.remedy  # type: ignore[union-attr]


def test_a_named_person_reclassifies_fair_comment_with_a_reason() -> None:
    case = in_state(CaseState.FAIR_COMMENT)
    to = {"from": "C0", "class": "C2"}
    again = StepKind.RECLASSIFIED
    assert case.refused(StepKind.CLASSIFIED, "head", "Why.", **{"class": "C2"}) == "reclassify"
    assert case.refused(again, "head", **to) == "reason"
    assert case.refused(again, "schoolgate", "Why.", **to) == "actor"
    assert case.refused(again, "head", "Why.", **{"from": "C4", "class": "C2"}) == "another_class"
    assert case.refused(again, "head", "Why.", **{"from": "C0", "class": "C0"}) == "another_class"
    done = case.take(again, "head", "It names a teacher and jeers for weeks.", **to)
    assert [s.kind for s in done.steps] == [again]
    assert case.case.state is CaseState.TRIAGE
    assert case.case.classified_by == "head"


def test_only_fair_comment_is_reclassified() -> None:
    for state in set(CaseState) - {CaseState.FAIR_COMMENT}:
        actor = "dsl" if state is CaseState.BYPASSED else "head"
        to = {"from": "C2", "class": "C7"}
        guard = in_state(state).refused(StepKind.RECLASSIFIED, actor, "Why.", **to)
        assert guard in ("no_row", "lane", "closed")


def test_a_case_found_to_be_fair_comment_stops_seeking() -> None:
    case = in_state(CaseState.WAITING).classed("C0")
    assert case.case.state is CaseState.FAIR_COMMENT
    assert not case.case.waits
    assert case.case.decision is None


def test_who_is_aimed_at_does_not_answer() -> None:
    case = Climb("C0", About.STAFF, route=Route.RESPOND, target="teacher")
    assert case.refused(StepKind.RESPONDED, "teacher", how="mail") == "works_on_it"
    case.take(StepKind.RESPONDED, how="meeting")


def test_the_lock_is_put_on_with_an_allegation_against_staff_in_england_and_wales() -> None:
    for nation in NATIONS:
        by = rules(school=replace(SCHOOL, nation=nation))
        case = Climb("C10", About.STAFF, route=Route.SAFEGUARDING, by=by)
        assert case.case.locked is (nation in ("england", "wales"))
    assert not Climb("C10", About.PUPIL, route=Route.SAFEGUARDING).case.locked
    later = in_state(CaseState.SEEKING).classed("C10")
    assert later.case.locked
    assert [s.kind for s in later.steps[-2:]] == [StepKind.CLASSIFIED, StepKind.LOCKED]


def test_fair_comment_that_went_through_a_lane_is_fair_comment_still() -> None:
    case = in_state(CaseState.FAIR_COMMENT).classed("C10")
    assert case.case.state is CaseState.BYPASSED
    case.take(StepKind.CLASSIFIED, "dsl", "No child is meant.", **{"class": "C7"})
    assert case.case.state is CaseState.FAIR_COMMENT
    assert case.not_asked(Rung.PLATFORM_REPORT) == "fair_comment"
    case.take(StepKind.RECLASSIFIED, "deputy", "It names a teacher.", **{"from": "C7", "class": "C7"})
    assert case.case.state is CaseState.TRIAGE


def test_whoever_is_criticised_does_not_open_the_ladder_against_it_even_alone() -> None:
    to = {"from": "C0", "class": "C7"}
    case = Climb("C0", About.HEAD, route=Route.RESPOND)
    assert case.refused(StepKind.RECLASSIFIED, "head", "It hurts.", **to) == "not_their_own"
    assert case.refused(StepKind.RECLASSIFIED, "deputy", "She says so.", **to) == "second_person"
    done = case.take(StepKind.PROPOSED, "deputy", "It says that she stole.", **to)
    assert [m.person_id for m in done.outbox] == ["chair"]
    alone = Climb("C0", About.HEAD, route=Route.RESPOND, by=rules(people=(HEAD,)))
    assert alone.refused(StepKind.RECLASSIFIED, "head", "It hurts.", **to) == "not_their_own"


def test_calling_it_fair_comment_undoes_no_deciders_decision() -> None:
    case = in_state(CaseState.SEEKING)
    assert case.refused(StepKind.CLASSIFIED, "it", "An opinion.", **{"class": "C0"}) == "called_fair"
    case.take(StepKind.CLASSIFIED, "head", **{"class": "C0"})
    assert case.case.state is CaseState.FAIR_COMMENT


def test_what_may_be_a_threat_is_called_fair_comment_for_a_reason_alone() -> None:
    case = Climb("C6", About.STAFF, route=Route.POLICE_NOW)
    assert case.refused(StepKind.CLASSIFIED, "it", **{"class": "C0"}) == "called_fair"
    case.take(StepKind.CLASSIFIED, "it", "A line of a song.", **{"class": "C0"})


def test_out_of_its_lane_it_is_told_to_who_decides() -> None:
    case = Climb("C10", About.PUPIL, route=Route.SAFEGUARDING)
    done = case.take(StepKind.CLASSIFIED, "dsl", "No child is meant.", **{"class": "C2"})
    assert [m.person_id for m in done.outbox] == ["head"]


def test_what_was_asked_before_a_lane_is_awaited_again_after_it() -> None:
    case = in_state(CaseState.WAITING)
    due = case.case.askings[0].due_at
    case.classed("C10")
    assert not case.case.waits
    case.take(StepKind.CLASSIFIED, "dsl", "No child is meant.", **{"class": "C2"})
    assert [(w.clock, w.due_at) for w in case.case.waits] == [(CaseClock.PLATFORM_48H, due)]


def test_a_class_of_the_ladder_has_no_lane() -> None:
    case = in_state(CaseState.TRIAGE)
    assert case.refused(StepKind.CLASSIFIED, **{"class": "C2", "lane": "terrorism"}) == "facts"


def test_once_head_and_chair_are_both_accused_the_next_by_the_table_are_told_at_once() -> None:
    case = Climb("C10", About.STAFF, route=Route.SAFEGUARDING, audience="dsl")
    case.now = case.now.replace(hour=22)
    case.take(StepKind.ACCUSED, "dsl", person="head")
    assert {"vice", "la"}.isdisjoint(case.told())
    done = case.take(StepKind.ACCUSED, "dsl", person="chair")
    assert {m.person_id for m in done.outbox} == {"vice", "la"}
    assert {m.due_at for m in done.outbox} == {case.now}


def test_on_the_ladder_too_who_decides_once_the_chair_has_a_conflict_is_told() -> None:
    case = Climb("C2", About.HEAD, subjects="head")
    done = case.take(StepKind.CONFLICTED, "chair", "She is my wife.", person="chair")
    assert {m.person_id for m in done.outbox} == {"vice"}


LANE_OFFICES = {
    Role.HEAD, Role.DEPUTY_HEAD, Role.CHAIR, Role.VICE_CHAIR, Role.LA_CONTACT, Role.DSL, Role.DEPUTY_DSL,
}  # fmt: skip
NOT_OF = r"(?<!deputy of the )(?<!vice-)(?<!deputy )"
"""What the deputy of somebody is called has their name in it."""
ACCUSED = [(About.STAFF, ()), (About.HEAD, ("head",)), (About.CHAIR, ("chair",)), (About.STAFF, ("dsl",)),
           (About.STAFF, ("dsl", "deputy_dsl")), (About.HEAD, ("head", "dsl", "deputy_dsl"))]  # fmt: skip


@for_each("lane", BypassRoute)
@for_each("accused", ACCUSED)
@for_each("nation", NATIONS)
def test_nobody_is_told_to_tell_themselves(
    lane: BypassRoute, accused: tuple[About, tuple[str, ...]], nation: str
) -> None:
    """Whichever office reads it, who is told first names another, but for “as the chair …, it is for you”."""
    w, (about, subjects) = words("en"), accused
    nothing = [w(f"lane.told_nothing.{who}") for who in ("head", "chair", "both")]
    for person in (p for p in EVERYBODY if p.id not in subjects):
        said = said_of(lane, about, nation, subjects=subjects, reader=person.id).first
        for role in set(person.roles) & LANE_OFFICES:
            named = office_named(role, nation, w)
            told = said
            for sentence in (w(f"lane.first_yours.{lane.value}", lead=named), *nothing):
                told = told.replace(sentence, "")
            assert not re.search(rf"{NOT_OF}{re.escape(named)}", told), (person.id, said)


@pytest.mark.parametrize("lane", BypassRoute)
def test_no_safeguarding_lead_is_told_to_tell_themselves(lane: BypassRoute) -> None:
    case = Climb("C10", About.STAFF, route=Route.SAFEGUARDING, lane=lane.value)
    matter, w = case.rules.matter(case.case), words("en")
    yours, others = (guidance(matter, PEOPLE, "england", w, p).first for p in (DSL, HEAD))
    tell = w("lane.first.staff_allegation", told="").split()[0]
    assert (tell in others, tell in yours) == (True, False)
    assert (w("lane.office.head") in yours) is (lane is BypassRoute.STAFF_ALLEGATION)


# --- what was not judged is no fair comment: it waits for a person who reads it and says what it is


def unread(route: Route = Route.RESPOND, about: About = About.OTHER) -> Climb:
    return Climb(ContentClass.UNJUDGED, about, route=route)


@pytest.mark.parametrize(
    "route", [Route.IGNORE, Route.NOTE, Route.THANK, Route.RESPOND, Route.REQUEST_REMOVAL]
)
def test_what_was_not_judged_is_no_fair_comment_whatever_route_was_guessed(route: Route) -> None:
    case = unread(route).case
    assert (case.state, case.fair, case.unjudged) == (CaseState.TRIAGE, False, True)


def test_whoever_assesses_and_decides_is_asked_to_read_it() -> None:
    (message,) = unread().sent
    assert message.person_id == "head"
    assert ": say what it is" in message.subject
    assert "say what it is" in message.body


def test_nobody_is_asked_anything_before_somebody_has_said_what_it_is() -> None:
    case = unread()
    case.take(StepKind.EVIDENCE, "schoolgate", capture="c1", manifest="0" * 64, files="3")
    assert {case.not_asked(rung, "Why.") for rung in Rung} == {"class_set"}
    case.ask(Rung.POLICE, "A knife.", "teacher", imminent="yes")


@pytest.mark.parametrize("decision", ["seek", "answer", "stop"])
def test_nothing_is_decided_on_it_either(decision: str) -> None:
    assert unread().refused(StepKind.DECIDED, "head", "Why.", decision=decision) == "class_set"


def test_nor_is_it_answered_before_somebody_has_said_what_it_is_as_what_was_judged_may_be() -> None:
    case = unread()
    assert case.refused(StepKind.RESPONDED, "head", how="phone") == "class_set"
    case.take(StepKind.CLASSIFIED, "head", **{"class": "C0"})
    case.take(StepKind.RESPONDED, "head", how="phone")
    assert Climb().take(StepKind.RESPONDED, "head", how="phone").case.responded_at


@pytest.mark.parametrize("ending", ["answered", "standing"])
def test_it_does_not_end_as_if_it_had_been_read_but_as_opened_by_mistake(ending: str) -> None:
    assert unread().refused(StepKind.CLOSED, "head", "Why.", ending=ending) == "ending_fits"
    assert unread().take(StepKind.CLOSED, "head", "Another school.", ending="mistaken")


@pytest.mark.parametrize(
    ("said", "state"),
    [("C0", CaseState.FAIR_COMMENT), ("C6", CaseState.TRIAGE), ("C10", CaseState.BYPASSED)],
)
def test_a_person_says_what_it_is(said: str, state: CaseState) -> None:
    case = unread()
    case.take(StepKind.CLASSIFIED, "head", **{"class": said})
    assert (case.case.state, case.case.unjudged) == (state, False)


def test_no_letter_calls_it_anything() -> None:
    case = unread().case
    offered = {kind for kind in LetterKind if refusal(kind, case, rules(), case.opened_at) is None}
    assert offered <= {LetterKind.HOLDING_LINE}
    assert refusal(LetterKind.REPLY, case, rules(), case.opened_at) == "unjudged"


def test_a_threat_or_a_safeguarding_matter_keeps_its_own_way_though_its_class_was_not_told() -> None:
    assert Climb(ContentClass.UNJUDGED, route=Route.POLICE_NOW).case.rung is Rung.POLICE
    assert unread(Route.SAFEGUARDING, About.PUPIL).case.state is CaseState.BYPASSED
