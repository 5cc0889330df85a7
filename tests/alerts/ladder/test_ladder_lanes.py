"""What bypasses the ladder, what is fair comment, what was not judged, and the ways back."""

import ast
import importlib
import inspect
import pkgutil
import random
import re
from dataclasses import replace
from datetime import timedelta
from inspect import getsource, isfunction, signature

import pytest
from builders.alert import CHAIR, DEPUTY, DSL, EVERYBODY, HEAD, SCHOOL
from builders.ladder import DAY, HOUR, NOW, PAGE, WEIGHED, Climb, in_state, rules
from builders.steps import an_event, names_of_facts, read_step
from hypothesis import given, settings
from hypothesis import strategies as st
from support.for_each import for_each

from alerts.access.guidance import PLACES, guidance, office_named
from alerts.access.matter import Matter, bypass_of
from alerts.ladder import guards
from alerts.ladder.advance import (
    BY_GUARD,
    NO_ROW,
    OF_RUNGS,
    TABLE,
    Advance,
    Refusal,
    advance,
    begin,
    remedy_of,
)
from alerts.ladder.guards import FIRST
from alerts.ladder.replay import _fold_step, replay, seen_from
from alerts.ladder.rules import imminent
from alerts.letters.kinds import LetterKind, letter_refusal
from alerts.places import at_each_place, place_of
from data.cases import CaseState, Event
from data.content_class import ContentClass
from data.rungs import CaseClock, Rung
from data.steps.classes import KINDS, Classified, Closed, facts_of_kind
from data.steps.codes import (
    BypassRoute,
    Check,
    Ending,
    PlaceRole,
    Relationship,
    RungAnswer,
    StaffMatter,
    StepKind,
)
from data.types import About, Role, Route
from data.words.say import words
from monitor import act

GUARDS = {
    guard.__name__: guard
    for wanted in (*(row.guards for rows in TABLE.values() for row in rows), *OF_RUNGS.values(), FIRST)
    for guard in wanted
}
"""Each guard that some row asks, by its name."""
NATIONS = ("england", "wales", "scotland", "northern_ireland")
_SAID_OF_ALLEGATIONS = {
    "england": ("LADO",), "wales": ("designated officer for safeguarding", "Education Workforce Council"),
    "scotland": ("police", "social work", "GTCS"), "northern_ireland": ("CPSS", "GTCNI"),
}  # fmt: skip
_NAMED = {"head": "the headteacher", "chair": "the chair of"}
LANE_OFFICES = {
    Role.HEAD, Role.DEPUTY_HEAD, Role.CHAIR, Role.VICE_CHAIR, Role.LA_CONTACT, Role.DSL, Role.DEPUTY_DSL,
}  # fmt: skip
NOT_OF = r"(?<!deputy of the )(?<!vice-)(?<!deputy )"
"""What the deputy of somebody is called has their name in it."""
ACCUSED = [(About.STAFF, ()), (About.HEAD, ("head",)), (About.CHAIR, ("chair",)), (About.STAFF, ("dsl",)),
           (About.STAFF, ("dsl", "deputy_dsl")), (About.HEAD, ("head", "dsl", "deputy_dsl"))]  # fmt: skip
VALUES = {
    "class": ("C0", "C2", "C6", "C7", "C9", "C10", "C13"), "from": ("C0", "C2"), "lane": ("",),
    "relationship": tuple(Relationship), "contact_safe": ("yes", "no"),
    "tell": ("regulator", "not_reportable"),
    "who": ("school", "child", "target", "staff", "parent"), "stands": ("yes", "yes", "no"),
    "channel": ("facebook", "website", "whatsapp"), "person": ("teacher", "head", "deputy"),
    "subjects": ("", "deputy"), "decision": ("seek", "seek", "report_only", "answer", "stop"),
    "rung": tuple(Rung), "kind": ("", "", "conversation", "s5", "rhc", "own"),
    "imminent": ("no", "no", "yes"), "meant": ("", "", "head", "dsl chair", "teacher"),
    "result": (*RungAnswer, *Check), "status": ("offered", "accepted"), "how": ("phone",), "sent": ("No.",),
    "ground": ("child_at_risk", "charge", "whim"), "mention": ("m2", "m3"),
    "to": ("dsl", "pastoral", "ceop", "police"), "review": ("2027-05-31", "2020-01-01"),
    "author": ("somebody",), "ending": tuple(Ending), "starts": ("", "art14_month"),
    "ends": ("", "art14_month"), "host": ("example.org",), "letter": ("thanks",),
    "received_at": ("", "2026-11-17T09:00:00+00:00"), "poster_told_at": ("",), "advice": ("", "lawyer"),
    "place": ("", "1", "2", "3"), "url": ("", "https://archive.example.org/1"),
    "what": ("", "copy", "archive", *StaffMatter, "search"), "case": ("0002",), "closes": ("", "yes"),
    "author_says": ("", "staff"), "taken": ("0",),
    "undone": ("no",), **{name: (said,) for name, said in (*WEIGHED.items(), *PAGE.items())},
}  # fmt: skip
OPENINGS = [
    ("C0", Route.RESPOND, About.SCHOOL, {}),
    ("C2", Route.PLATFORM_REPORT, About.STAFF, {"target": "teacher"}),
    ("C6", Route.POLICE_NOW, About.STAFF, {"target": "teacher"}),
    ("C7", Route.REQUEST_REMOVAL, About.HEAD, {"subjects": "head"}),
    ("C10", Route.SAFEGUARDING, About.HEAD, {"subjects": "head dsl", "audience": "chair deputy_dsl"}),
    ("C9", Route.POLICE_NOW, About.OTHER, {}),
]
ACTORS = ("head", "head", "chair", "dsl", "deputy", "it", "teacher", "schoolgate", "deputy_dsl")
_OF_SOMEBODY = frozenset((StepKind.TARGET, StepKind.ACCUSED))
"""Kinds that name one person at least, in this fact or in another."""
ILLEGAL = [
    (state, kind)
    for state in CaseState
    for kind in StepKind
    if all(row.imminent for row in TABLE.get((state, kind), ())) and kind is not StepKind.OPENED
]
_STANDING = {state: in_state(state) for state in CaseState}
CHANGES_NOTHING = {"Opened", "SeenRemoved", "SeenChanged"}
"""Kinds of step that make nothing of a case, its state, its clocks and who acts in it aside."""


@pytest.mark.parametrize(("content_class", "alleged", "abuse", "lane"), [
    ("C9", False, (), BypassRoute.TERRORISM), ("C9", True, (), BypassRoute.TERRORISM),
    ("C10", True, ("sexual",), BypassRoute.STAFF_ALLEGATION), ("C10", True, (), BypassRoute.STAFF_ALLEGATION),
    ("C10", False, ("sexual", "self_harm"), BypassRoute.CHILD_IMAGE),
    ("C10", False, ("self_harm",), BypassRoute.SELF_HARM), ("C10", False, (), BypassRoute.SAFEGUARDING),
    ("C10", False, ("extremism", "safeguarding"), BypassRoute.TERRORISM),
    ("C10", False, ("extremism", "self_harm"), BypassRoute.SELF_HARM),
    ("C10", True, ("extremism", "safeguarding"), BypassRoute.STAFF_ALLEGATION),
    ("C6", False, ("threat",), None), ("C0", False, (), None),
])  # fmt: skip
def test_the_most_protective_lane_wins(content_class, alleged, abuse, lane):
    assert bypass_of(content_class, abuse, alleged=alleged) is lane


def said_of(lane, about=About.STAFF, nation="england", *, subjects=(), people=EVERYBODY, reader=None):
    reading = next((p for p in people if p.id == reader), None)
    matter = Matter(frozenset((SCHOOL.urn,)), about, frozenset(subjects), bypass=lane, restricted=True)
    return guidance(matter, people, nation, words("en"), reading)


def test_each_lane_says_who_is_told_by_the_names_and_bodies_of_its_nation():
    for lane in BypassRoute:
        for nation in NATIONS:
            said = said_of(lane, nation=nation)
            assert said.first
            assert said.then
            assert said.never
            assert "{" not in said.first + said.then + said.never
    lead = {n: said_of(BypassRoute.SAFEGUARDING, About.PUPIL, n).first for n in NATIONS}
    assert "(DSL)" in lead["england"]
    assert "(DSP)" in lead["wales"]
    assert "(DS" not in lead["scotland"] + lead["northern_ireland"]
    alleged = {n: said_of(BypassRoute.STAFF_ALLEGATION, nation=n).then for n in NATIONS}
    assert [n for n in NATIONS if "LADO" in alleged[n]] == ["england"]
    extremist = {n: said_of(BypassRoute.TERRORISM, About.PUPIL, n).then for n in NATIONS}
    assert [n for n in NATIONS if "referred to Prevent" in extremist[n]] == ["england", "wales", "scotland"]
    assert "social services" in extremist["northern_ireland"]
    for nation in NATIONS:
        said = said_of(BypassRoute.STAFF_ALLEGATION, nation=nation).then
        assert all(name in said for name in _SAID_OF_ALLEGATIONS[nation])
        others = {
            n for of, names in _SAID_OF_ALLEGATIONS.items() for n in names if of != nation and n.isupper()
        }
        assert not [name for name in others if name in said]


def test_where_the_lead_may_be_accused_their_deputy_acts_and_of_the_head_the_chair_is_told():
    accused = {"subjects": ("dsl",)}
    assert "for you to act" in said_of(BypassRoute.SAFEGUARDING, **accused, reader="deputy_dsl").first
    assert "for you to act" not in said_of(BypassRoute.SAFEGUARDING, **accused, reader="dsl").first
    said = said_of(BypassRoute.STAFF_ALLEGATION, About.HEAD, subjects=("head",))
    assert said.first == (
        "Tell the chair of governors and the designated safeguarding lead (DSL) at once. "
        "The headteacher is told nothing."
    )


def test_a_matter_is_handed_to_the_bodies_of_its_own_nation_and_the_lado_elsewhere_refused():
    told = {
        "scotland": "the police, social work and the General Teaching Council for",
        "northern_ireland": "Child Protection Support Service",
        "wales": "designated officer for safeguarding",
    }
    for nation in NATIONS:
        school = replace(SCHOOL, nation=nation)
        case = Climb("C10", About.STAFF, route=Route.SAFEGUARDING, by=rules(school=school))
        for place, where in PLACES.items():
            if place == "ceop":
                continue
            if nation in where:
                case.take(StepKind.REFERRED, "dsl", to=place)
            else:
                assert case.refused(StepKind.REFERRED, "dsl", to=place) == "place_of_nation"
        if nation in told:
            done = case.attempt(StepKind.REFERRED, "dsl", to="lado")
            assert told[nation] in done.remedy
            assert "lado" not in done.remedy


def test_who_may_be_accused_is_never_named_and_above_both_vice_chair_and_authority_are():
    for lane in BypassRoute:
        for out in [("head",), ("chair",), ("head", "chair"), ("head", "chair", "vice"), ("dsl",)]:
            about = {"head": About.HEAD, "chair": About.CHAIR, "dsl": About.DSL}[out[0]]
            said = said_of(lane, about, subjects=out)
            first = said.first.split(". ")[0].split("; ")[0]
            for person in set(out) & set(_NAMED):
                assert _NAMED[person] not in first.replace("vice-chair", "")
            if "dsl" in out:
                lead = words("en")("lane.lead.england")
                assert words("en")("lane.lead.deputy", lead=lead) in said.first
    both = said_of(BypassRoute.STAFF_ALLEGATION, About.HEAD, subjects=("head", "chair"))
    assert both.first.startswith("Tell the vice-chair of governors, the local authority’s contact and the ")
    assert both.first.endswith("The headteacher and the chair of governors are told nothing.")
    alone = said_of(
        BypassRoute.STAFF_ALLEGATION, About.HEAD, subjects=("head", "chair"), people=(HEAD, CHAIR, DSL)
    )
    assert alone.first.startswith("Tell the local authority and the ")


def test_a_lane_is_taken_whatever_route_or_class_and_no_rung_is_offered_in_it():
    for route in [Route.SAFEGUARDING, Route.POLICE_NOW, Route.PLATFORM_REPORT]:
        for content_class in ["C9", "C10"]:
            case = Climb(content_class, About.PUPIL, route=route).case
            assert case.state is CaseState.BYPASSED
            assert case.restricted
            assert case.rung is None
    assert Climb("C2", About.PUPIL, route=Route.SAFEGUARDING).case.lane is BypassRoute.SAFEGUARDING
    for rung in Rung:
        case = in_state(CaseState.BYPASSED)
        assert case.not_asked(rung, "Why.", "dsl", imminent="no") == "lane"
    for kind, facts in [
        (StepKind.EVIDENCE, PAGE), (StepKind.CHECKED, {"result": "gone"}),
        (StepKind.HOSTED, {"host": "example.org"}), (StepKind.PICTURES_ALLOWED, {}),
        (StepKind.LETTER, {"letter": "parent"}), (StepKind.CHRONOLOGY, {"author": "a", "person": "teacher"}),
    ]:  # fmt: skip
        assert in_state(CaseState.BYPASSED).refused(kind, "dsl", "Why.", **facts) == "lane"


def test_a_lane_is_handed_over_to_those_whom_we_know_and_from_one_to_another_no_reason_is_wanted():
    assert in_state(CaseState.SEEKING).refused(StepKind.REFERRED, to="ceop") == "ceop_for_children"
    case = in_state(CaseState.BYPASSED)
    assert case.refused(StepKind.CLOSED, "dsl", ending="handed_over") == "referred"
    assert case.refused(StepKind.REFERRED, "dsl", to="my_cousin") == "known_place"
    in_state(CaseState.BYPASSED).take(StepKind.REFERRED, "dsl", to="ceop")
    case.take(StepKind.REFERRED, "dsl", to="social_care", reference="R-1")
    case.take(StepKind.CLOSED, "dsl", ending="handed_over")
    assert case.case.referred_to == ("social_care",)
    case = in_state(CaseState.BYPASSED)
    case.take(StepKind.CLASSIFIED, "deputy_dsl", **{"class": "C9"})
    assert case.case.lane is BypassRoute.TERRORISM
    case.take(StepKind.CLASSIFIED, "deputy_dsl", **{"class": "C10", "lane": "self_harm"})
    assert case.case.lane is BypassRoute.SELF_HARM


def test_a_matter_of_safeguarding_leaves_the_ladder_and_its_lead_takes_it_back():
    case = in_state(CaseState.WAITING).classed("C10")
    assert case.case.state is CaseState.BYPASSED
    assert case.case.restricted
    assert not case.case.waits
    assert case.case.decision is None
    assert "dsl" in case.told()
    case = Climb("C10", About.STAFF, route=Route.SAFEGUARDING)
    classified = StepKind.CLASSIFIED
    assert case.refused(classified, "head", "No child.", **{"class": "C2"}) == "keeps_lane"
    assert case.refused(classified, "dsl", **{"class": "C2"}) == "reason_to_leave_lane"
    case.take(classified, "dsl", "No child is meant.", **{"class": "C2"})
    assert case.case.state is CaseState.TRIAGE
    assert not case.case.restricted
    assert case.not_asked(Rung.PLATFORM_REPORT) == "evidence_held"
    leaderless = Climb("C10", About.STAFF, route=Route.SAFEGUARDING, by=rules(people=(HEAD, DEPUTY)))
    leaderless.take(classified, "head", "No child is meant.", **{"class": "C2"})


def test_fair_comment_is_never_removed_and_nothing_of_a_removal_done_with_it():
    for route in [Route.RESPOND, Route.THANK, Route.NOTE, Route.IGNORE]:
        for content_class in ["C0", "C4"]:
            case = Climb(content_class, About.HEAD, route=route)
            assert case.case.state is CaseState.FAIR_COMMENT
            for rung in Rung:
                assert case.not_asked(rung, "We dislike it.") == "fair_comment"
    for kind in [StepKind.DECIDED, StepKind.WEIGHED, StepKind.EVIDENCE, StepKind.COMPLAINANT]:
        case = in_state(CaseState.FAIR_COMMENT)
        facts = {
            StepKind.DECIDED: {"decision": "seek"},
            StepKind.WEIGHED: {"nature": "a", "visible": "b", "spread": "c", "impact": "d"},
            StepKind.EVIDENCE: PAGE,
            StepKind.COMPLAINANT: {"who": "school"},
        }
        assert case.refused(kind, **facts[kind]) == "fair_comment"


def test_fair_comment_is_reclassified_by_a_named_person_with_a_reason_and_nothing_else_is():
    case = in_state(CaseState.FAIR_COMMENT)
    done = case.attempt(StepKind.DECIDED, decision="seek")
    assert "complaints procedure" in done.remedy
    assert "write down why" in done.remedy
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
    for state in set(CaseState) - {CaseState.FAIR_COMMENT}:
        actor = "dsl" if state is CaseState.BYPASSED else "head"
        to = {"from": "C2", "class": "C7"}
        guard = in_state(state).refused(StepKind.RECLASSIFIED, actor, "Why.", **to)
        assert guard in ("no_row", "lane", "closed")
    case = Climb("C0", About.STAFF, route=Route.RESPOND, target="teacher")
    assert case.refused(StepKind.RESPONDED, "teacher", how="mail") == "works_on_it"
    case.take(StepKind.RESPONDED, how="meeting")


def test_the_lock_is_put_on_with_an_allegation_against_staff_in_england_and_wales():
    for nation in NATIONS:
        by = rules(school=replace(SCHOOL, nation=nation))
        case = Climb("C10", About.STAFF, route=Route.SAFEGUARDING, by=by)
        assert case.case.locked is (nation in ("england", "wales"))
    assert not Climb("C10", About.PUPIL, route=Route.SAFEGUARDING).case.locked
    later = in_state(CaseState.SEEKING).classed("C10")
    assert later.case.locked
    assert [s.kind for s in later.steps[-2:]] == [StepKind.CLASSIFIED, StepKind.LOCKED]


def test_fair_comment_stays_so_through_a_lane_and_calling_it_so_undoes_no_deciders_decision():
    case = in_state(CaseState.FAIR_COMMENT).classed("C10")
    assert case.case.state is CaseState.BYPASSED
    case.take(StepKind.CLASSIFIED, "dsl", "No child is meant.", **{"class": "C7"})
    assert case.case.state is CaseState.FAIR_COMMENT
    assert case.not_asked(Rung.PLATFORM_REPORT) == "fair_comment"
    case.take(StepKind.RECLASSIFIED, "deputy", "It names a teacher.", **{"from": "C7", "class": "C7"})
    assert case.case.state is CaseState.TRIAGE
    case = in_state(CaseState.SEEKING)
    assert case.refused(StepKind.CLASSIFIED, "it", "An opinion.", **{"class": "C0"}) == "called_fair"
    case.take(StepKind.CLASSIFIED, "head", **{"class": "C0"})
    assert case.case.state is CaseState.FAIR_COMMENT
    waiting = in_state(CaseState.WAITING).classed("C0").case
    assert (waiting.state, waiting.waits, waiting.decision) == (CaseState.FAIR_COMMENT, (), None)
    threat = Climb("C6", About.STAFF, route=Route.POLICE_NOW)
    assert threat.refused(StepKind.CLASSIFIED, "it", **{"class": "C0"}) == "called_fair"
    threat.take(StepKind.CLASSIFIED, "it", "A line of a song.", **{"class": "C0"})


def test_out_of_its_lane_it_is_told_to_who_decides_and_what_was_asked_before_is_awaited_again():
    told = Climb("C10", About.PUPIL, route=Route.SAFEGUARDING)
    done = told.take(StepKind.CLASSIFIED, "dsl", "No child is meant.", **{"class": "C2"})
    assert [m.person_id for m in done.outbox] == ["head"]
    case = in_state(CaseState.WAITING)
    due = case.case.askings[0].due_at
    case.classed("C10")
    assert not case.case.waits
    case.take(StepKind.CLASSIFIED, "dsl", "No child is meant.", **{"class": "C2"})
    assert [(w.clock, w.due_at) for w in case.case.waits] == [(CaseClock.PLATFORM_48H, due)]


def test_who_is_next_above_is_told_at_once_when_head_and_chair_are_accused_or_the_chair_has_a_conflict():
    case = Climb("C10", About.STAFF, route=Route.SAFEGUARDING, audience="dsl")
    case.now = case.now.replace(hour=22)
    case.take(StepKind.ACCUSED, "dsl", person="head")
    assert {"vice", "la"}.isdisjoint(case.told())
    done = case.take(StepKind.ACCUSED, "dsl", person="chair")
    assert {m.person_id for m in done.outbox} == {"vice", "la"}
    assert {m.due_at for m in done.outbox} == {case.now}
    case = Climb("C2", About.HEAD, subjects="head")
    done = case.take(StepKind.CONFLICTED, "chair", "She is my wife.", person="chair")
    assert {m.person_id for m in done.outbox} == {"vice"}


@for_each("lane", BypassRoute)
@for_each("accused", ACCUSED)
@for_each("nation", NATIONS)
def test_nobody_is_told_to_tell_themselves(lane, accused, nation):
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


def unread(route=Route.RESPOND, about=About.OTHER):
    return Climb(ContentClass.UNJUDGED, about, route=route)


def test_what_was_not_judged_is_no_fair_comment_until_a_person_says_what_it_is():
    for route in [Route.IGNORE, Route.NOTE, Route.THANK, Route.RESPOND, Route.REQUEST_REMOVAL]:
        case = unread(route).case
        assert (case.state, case.fair, case.is_unjudged) == (CaseState.TRIAGE, False, True)
    for ending in ["answered", "standing"]:
        assert unread().refused(StepKind.CLOSED, "head", "Why.", ending=ending) == "ending_fits"
        assert unread().take(StepKind.CLOSED, "head", "Another school.", ending="mistaken")
    for said, state in [
        ("C0", CaseState.FAIR_COMMENT), ("C6", CaseState.TRIAGE), ("C10", CaseState.BYPASSED),
    ]:  # fmt: skip
        case = unread()
        case.take(StepKind.CLASSIFIED, "head", **{"class": said})
        assert (case.case.state, case.case.is_unjudged) == (state, False)
    assert Climb(ContentClass.UNJUDGED, route=Route.POLICE_NOW).case.rung is Rung.POLICE
    assert unread(Route.SAFEGUARDING, About.PUPIL).case.state is CaseState.BYPASSED


def test_what_was_not_judged_is_read_before_anybody_is_asked_or_anything_decided():
    (message,) = unread().sent
    assert message.person_id == "head"
    assert ": say what it is" in message.subject
    assert "say what it is" in message.body
    case = unread().case
    offered = {kind for kind in LetterKind if letter_refusal(kind, case, rules(), case.opened_at) is None}
    assert offered <= {LetterKind.HOLDING_LINE}
    assert letter_refusal(LetterKind.REPLY, case, rules(), case.opened_at) == "unjudged"
    case = unread()
    for decision in ("seek", "answer", "stop"):
        assert case.refused(StepKind.DECIDED, "head", "Why.", decision=decision) == "class_set"
    assert case.refused(StepKind.RESPONDED, "head", how="phone") == "class_set"
    case.take(StepKind.EVIDENCE, "schoolgate", capture="c1", manifest="0" * 64, files="3")
    assert {case.not_asked(rung, "Why.") for rung in Rung} == {"class_set"}
    case.ask(Rung.POLICE, "A knife.", "teacher", imminent="yes")
    case.take(StepKind.CLASSIFIED, "head", **{"class": "C0"})
    case.take(StepKind.RESPONDED, "head", how="phone")
    assert Climb().take(StepKind.RESPONDED, "head", how="phone").case.responded_at


def _step(kind, dice):
    must, may = names_of_facts(kind)
    while True:
        names = [*must, *(name for name in may if name in VALUES and dice.random() < 0.3)]
        found = {name: dice.choice(VALUES[name]) for name in names}
        step = read_step(kind, {name: said for name, said in found.items() if said})
        if not isinstance(step, tuple):
            return step


def _climbed(seed, steps):
    dice = random.Random(seed)
    proposed, route, about, facts = dice.choice(OPENINGS)
    case = Climb(proposed, about, route=route, **facts)
    if dice.random() < 0.7 and case.case.state is CaseState.TRIAGE:
        case.sought(actor="chair" if about is About.HEAD else "head")
    kinds = [k for k in StepKind if k is not StepKind.OPENED]
    likely = [StepKind.ASKED, StepKind.ANSWERED, StepKind.CHECKED, StepKind.CLOSED, StepKind.CLASSIFIED]
    for _ in range(steps):
        kind = dice.choice(likely) if dice.random() < 0.5 else dice.choice(kinds)
        event = Event(_step(kind, dice), dice.choice(ACTORS), dice.choice(("", "Because.")))
        case.now += dice.choice((HOUR, HOUR, DAY, timedelta(days=9)))
        before = case.case
        done = advance(before, event, case.now, case.rules)
        yield case, event, done
        if isinstance(done, Advance):
            case.case, case.steps, case.sent = (
                done.case,
                [*case.steps, *done.steps],
                [*case.sent, *done.outbox],
            )


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_whatever_happens_to_a_case_in_whatever_order_each_rule_of_the_ladder_holds(seed):
    for case, event, done in _climbed(seed, 30):
        before = case.case
        if isinstance(done, Refusal):
            assert done.guard in {*GUARDS, *NO_ROW.values(), "no_row", "by_closing"}
            assert done.said
            assert done.remedy
            assert "{" not in done.said + done.remedy
            continue
        # a case is what its steps make of it, and a step leads where the table says
        steps = [*case.steps, *done.steps]
        assert replay(steps) == done.case
        assert [s.n for s in steps] == list(range(1, len(steps) + 1))
        n = place_of(event.said)
        was, is_now = (c if n is None else seen_from(c, n) for c in (before, done.case))
        (row,) = (row for row in TABLE[was.state, event.kind] if row.imminent is imminent(event))
        assert is_now.state in row.to
        # no subject is ever told anything
        assert not {m.person_id for m in done.outbox} & set(done.case.subjects)
        # no rung is asked while it is fair comment, which only a named person's reason ends, or has a lane
        if event.kind is StepKind.ASKED and not imminent(event):
            assert before.state not in (CaseState.FAIR_COMMENT, CaseState.BYPASSED, CaseState.CLOSED)
            assert before.content_class not in ("C9", "C10")
            assert not before.fair
            if before.route is Route.RESPOND:
                (again,) = [s for s in case.steps if s.kind is StepKind.RECLASSIFIED][-1:]
                assert again.why
                assert again.actor != "schoolgate"
        # no case ends as removed without two looks a day apart at each place
        if event.said == Closed(ending=Ending.REMOVED):
            for here in at_each_place(before):
                gone = [c.at for c in here.checks if c.result is Check.GONE]
                assert here.left or here.role is PlaceRole.SEARCH or gone[-1] - gone[0] >= DAY
            assert [s.kind for s in done.steps] == [StepKind.REMOVED, StepKind.CLOSED]


def _valid(kind):
    special = {
        (StepKind.ANSWERED, "result"): "refused",
        (StepKind.CHECKED, "result"): "gone",
        (StepKind.UNLOCKED, "ground"): "charge",
        (StepKind.ABOUT, "who"): "nobody",
        (StepKind.WARNED, "who"): "site",
        (StepKind.STAFF_POST, "what"): "union",
    }
    names = (*names_of_facts(kind)[0], *(["person"] if kind in _OF_SOMEBODY else []))
    return {name: special.get((kind, name), VALUES[name][-1]) for name in names}


@for_each(("state", "kind"), ILLEGAL)
@for_each("actor", ["head", "dsl"])
def test_what_has_no_row_is_refused_and_changes_nothing(state, kind, actor):
    case = _STANDING[state]
    assert case.case.state is state
    before = case.case
    done = case.attempt(kind, actor, "Because.", **_valid(kind))
    assert done.guard in {*NO_ROW.values(), "no_row", "by_closing", "was_gone", "may_see"}
    assert done.said != done.remedy
    assert case.case is before


def test_every_state_step_and_rung_stands_in_the_table_and_999_is_asked_who_says_so_alone():
    by_closing = {StepKind.REMOVED, StepKind.CHANGED, StepKind.STANDING, StepKind.OPENED}
    assert {kind for _, kind in TABLE} == set(StepKind) - by_closing
    assert {state for state, _ in TABLE} == set(CaseState)
    assert set(OF_RUNGS) == set(Rung)
    rows = {(state, kind): row for (state, kind), rows in TABLE.items() for row in rows if row.imminent}
    assert {row.guards for row in rows.values()} == {(guards.actor,)}
    assert not any(row.of_rung for row in rows.values())
    assert set(rows) == {(state, StepKind.ASKED) for state in CaseState if state is not CaseState.CLOSED}


def test_every_guard_has_a_name_of_its_own_and_its_words_and_stands_in_a_row():
    asked = set(GUARDS.values())
    written = {
        said
        for said in vars(guards).values()
        if getattr(said, "__module__", "") == guards.__name__ and isfunction(said)
        if list(signature(said).parameters) == ["attempt"] and not said.__name__.startswith("_")
    }
    assert written == asked
    for name in (*GUARDS, *NO_ROW.values(), "no_row", "by_closing"):
        assert words("en").has(f"refusal.{name}.said")
        assert words("en").has(f"refusal.{name}.remedy")


def test_a_case_begins_with_its_opening_alone_of_a_story_and_by_nobody_who_may_be_accused():
    with pytest.raises(ValueError, match="begins"):
        begin("0001", "900001", an_event(StepKind.NOTED, "head", "Why."), NOW, rules())
    with pytest.raises(ValueError, match="begins"):
        replay(Climb().take(StepKind.NOTED, "head", "Why.").steps)
    event = an_event(StepKind.OPENED, "schoolgate", "", {"story": "s1"})
    nothing = replace(event, said=replace(event.said, story=""))
    with pytest.raises(ValueError, match="story"):
        begin("0001", "900001", nothing, NOW, rules())
    facts = {"story": "s1", "route": "request_removal", "proposed_class": "C7", "about": "head"}
    event = an_event(StepKind.OPENED, "head", "", {**facts, "subjects": "head"})
    done = begin("0001", "900001", event, NOW, rules())
    assert done.guard == "may_see"


def test_an_opening_or_step_with_odd_facts_is_none():
    for wrong in [
        {"route": "somewhere"}, {"about": "aunt"}, {"proposed_class": "C15"}, {"story": ""}, {"mood": "bad"},
    ]:  # fmt: skip
        facts = {"story": "s1", "route": "request_removal", "proposed_class": "C7", "about": "head"}
        assert read_step(StepKind.OPENED, {**facts, **wrong}) == tuple(wrong)
    case = Climb()
    said = Classified(content_class=ContentClass.HARASSMENT, lane=BypassRoute.SAFEGUARDING)
    done = advance(case.case, Event(said, "head"), case.now + HOUR, case.rules)
    assert done.guard == "facts"
    assert "lane" not in done.said


NO_ACT = {
    "facts", "in_words", "when", "place_there", "reason", "reason_to_stop", "reason_to_end",  # said again
    "reason_to_leave_lane", "called_fair",
    "actor", "may_see", "works_on_it", "not_their_own", "somebody_confirms", "two_let_in", "approver",
    "protected_still",  # another's
    "target_no_subject", "silence_over", "no_child_in_pictures", "lock_nation", "not_joined",
    "may_come_down",  # never now
    "not_locked", "locked", "held", "not_held",  # nothing is left to do
}  # fmt: skip
"""Guards that no other act satisfies."""


def test_every_kind_of_step_makes_something_and_every_remedy_is_an_act_that_there_is():
    matched = {
        ast.unparse(node.cls).rpartition(".")[2]
        for node in ast.walk(ast.parse(getsource(_fold_step)))
        if isinstance(node, ast.MatchClass)
    }
    assert matched | CHANGES_NOTHING == {of.__name__ for of in KINDS.values()}
    assert not matched & CHANGES_NOTHING
    assert {*GUARDS, *NO_ROW.values(), "by_closing"} == {*BY_GUARD, *NO_ACT}
    sites = [Climb(channel=site).classed().author(who).case for site in ("facebook", "blog", "whatsapp")
             for who in ("unknown", "parent", "pupil")]  # fmt: skip
    for guard in BY_GUARD:
        for case in sites:
            act_, values = remedy_of(guard, case)
            assert {*dict(values)} <= _fields(act_)
    assert remedy_of("may_see", Climb().case) is None


def _functions():
    modules = [importlib.import_module(f"monitor.act.{m.name}") for m in pkgutil.iter_modules(act.__path__)]
    return {name: one for m in modules for name, one in inspect.getmembers(m, inspect.isfunction)}


FUNCTIONS = _functions()


def _fields(name):
    known = FUNCTIONS.get(name) if name not in set(StepKind) else None
    return set(inspect.signature(known).parameters) if known else set(facts_of_kind(StepKind(name)))
