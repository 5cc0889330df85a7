"""Whatever happens to a case, in whatever order: what must hold of every step, refusal and remedy."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import random
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta
from inspect import getsource, isfunction, signature

import pytest
from builders.ladder import DAY, HOUR, NOW, PAGE, PEOPLE, WEIGHED, Climb, in_state, rules
from builders.steps import an_event, read_step
from hypothesis import given, settings
from hypothesis import strategies as st
from support.for_each import for_each

from alerts.ladder.advance import Advance, Refusal, advance, begin
from alerts.ladder.derived_state import seen_from
from alerts.ladder.guards import asking, closing, keeping, police, steps
from alerts.ladder.guards.steps import FIRST
from alerts.ladder.refusals import BY_GUARD, remedies
from alerts.ladder.replay import _folded, replay
from alerts.ladder.rules import imminent
from alerts.ladder.transitions import GUARDS, NO_ROW, OF_RUNGS, TABLE
from alerts.places import place_of, places
from data.cases import CaseState, Event
from data.content_class import ContentClass
from data.rungs import Rung
from data.steps.acts import Remedy
from data.steps.codes import BypassRoute, Check, Ending, PlaceRole, Relationship, RungAnswer, StepKind
from data.steps.judging import Classified
from data.steps.keeping import Closed
from data.steps.kinds import KINDS, Step
from data.steps.stored import names_of
from data.types import About, Route
from data.words.say import words
from monitor import act

VALUES: dict[str, tuple[str, ...]] = {
    "class": ("C0", "C2", "C6", "C7", "C9", "C10", "C13"),
    "from": ("C0", "C2"),
    "lane": ("",),
    "relationship": tuple(Relationship),
    "contact_safe": ("yes", "no"),
    "who": ("school", "child", "target", "staff", "parent"),
    "stands": ("yes", "yes", "no"),
    "channel": ("facebook", "website", "whatsapp"),
    "person": ("teacher", "head", "deputy"),
    "subjects": ("", "deputy"),
    "decision": ("seek", "seek", "report_only", "answer", "stop"),
    "rung": tuple(Rung),
    "kind": ("", "", "conversation", "s5", "rhc", "own"),
    "imminent": ("no", "no", "yes"),
    "meant": ("", "", "head", "dsl chair", "teacher"),
    "result": (*RungAnswer, *Check),
    "status": ("offered", "accepted"),
    "how": ("phone",),
    "ground": ("child_at_risk", "charge", "whim"),
    "mention": ("m2", "m3"),
    "to": ("dsl", "pastoral", "ceop", "police"),
    "review": ("2027-05-31", "2020-01-01"),
    "author": ("somebody",),
    "ending": tuple(Ending),
    "starts": ("", "art14_month"),
    "ends": ("", "art14_month"),
    "host": ("example.org",),
    "letter": ("thanks",),
    "received_at": ("", "2026-11-17T09:00:00+00:00"),
    "poster_told_at": ("",),
    "advice": ("", "lawyer"),
    "place": ("", "1", "2", "3"),
    "url": ("", "https://archive.example.org/1"),
    "what": ("", "copy", "archive", "search"),
    "case": ("0002",),
    "closes": ("", "yes"),
    "taken": ("0",),
    "undone": ("no",),
    **{name: (said,) for name, said in (*WEIGHED.items(), *PAGE.items())},
}
OPENINGS = [
    ("C0", Route.RESPOND, About.SCHOOL, {}),
    ("C2", Route.PLATFORM_REPORT, About.STAFF, {"target": "teacher"}),
    ("C6", Route.POLICE_NOW, About.STAFF, {"target": "teacher"}),
    ("C7", Route.REQUEST_REMOVAL, About.HEAD, {"subjects": "head"}),
    ("C10", Route.SAFEGUARDING, About.HEAD, {"subjects": "head dsl", "audience": "chair deputy_dsl"}),
    ("C9", Route.POLICE_NOW, About.OTHER, {}),
]
ACTORS = ("head", "head", "chair", "dsl", "deputy", "it", "teacher", "schoolgate", "deputy_dsl")


def _step(kind: StepKind, dice: random.Random) -> Step:
    must, may = names_of(kind)
    while True:
        names = [*must, *(name for name in may if name in VALUES and dice.random() < 0.3)]
        found = {name: dice.choice(VALUES[name]) for name in names}
        step = read_step(kind, {name: said for name, said in found.items() if said})
        if not isinstance(step, tuple):
            return step


def _climbed(seed: int, steps: int) -> Iterator[tuple[Climb, Event, Advance | Refusal]]:
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


SEEDS = settings(max_examples=60, deadline=None)


@SEEDS
@given(st.integers(0, 2**32))
def test_a_case_is_what_its_steps_make_of_it(seed: int) -> None:
    looked_at = None
    for case, _, _ in _climbed(seed, 30):
        if case.case is looked_at:  # the step before was refused: nothing was added
            continue
        looked_at = case.case
        assert replay(case.steps) == case.case
        assert [s.n for s in case.steps] == list(range(1, len(case.steps) + 1))


@SEEDS
@given(st.integers(0, 2**32))
def test_a_step_leads_where_the_table_says_and_a_refusal_names_its_guard(seed: int) -> None:
    for case, event, done in _climbed(seed, 30):
        if isinstance(done, Refusal):
            assert done.guard in {*GUARDS, *NO_ROW.values(), "no_row", "by_closing"}
            assert done.said
            assert done.remedy
            assert "{" not in done.said + done.remedy
        else:
            n = place_of(event.said)
            before = case.case if n is None else seen_from(case.case, n)
            rows = TABLE[before.state, event.kind]
            (row,) = (row for row in rows if row.imminent is imminent(event))
            after = done.case if n is None else seen_from(done.case, n)
            assert after.state in row.to


@SEEDS
@given(st.integers(0, 2**32))
def test_no_sequence_of_steps_ever_tells_a_subject_anything(seed: int) -> None:
    for _, _, done in _climbed(seed, 30):
        if isinstance(done, Advance):
            assert not {m.person_id for m in done.outbox} & set(done.case.subjects)


@SEEDS
@given(st.integers(0, 2**32))
def test_no_rung_is_asked_while_it_is_fair_comment_or_has_a_lane(seed: int) -> None:
    for case, event, done in _climbed(seed, 30):
        if isinstance(done, Advance) and event.kind is StepKind.ASKED and not imminent(event):
            assert case.case.state not in (CaseState.FAIR_COMMENT, CaseState.BYPASSED, CaseState.CLOSED)
            assert case.case.content_class not in ("C9", "C10")
            assert not case.case.fair


@SEEDS
@given(st.integers(0, 2**32))
def test_who_began_as_fair_comment_is_asked_for_removal_only_after_a_named_persons_reason(seed: int) -> None:
    for case, event, done in _climbed(seed, 30):
        if isinstance(done, Advance) and event.kind is StepKind.ASKED and case.case.route is Route.RESPOND:
            if imminent(event):
                continue
            (again,) = [s for s in case.steps if s.kind is StepKind.RECLASSIFIED][-1:]
            assert again.why
            assert again.actor != "schoolgate"


@SEEDS
@given(st.integers(0, 2**32))
def test_no_case_ends_as_removed_without_two_looks_a_day_apart_at_each_place(seed: int) -> None:
    for case, event, done in _climbed(seed, 30):
        if isinstance(done, Advance) and event.said == Closed(ending=Ending.REMOVED):
            for here in places(case.case):
                gone = [c.at for c in here.checks if c.result is Check.GONE]
                assert here.left or here.role is PlaceRole.SEARCH or gone[-1] - gone[0] >= DAY
            assert [s.kind for s in done.steps] == [StepKind.REMOVED, StepKind.CLOSED]


def _valid(kind: StepKind) -> dict[str, str]:
    special = {
        (StepKind.ANSWERED, "result"): "refused",
        (StepKind.CHECKED, "result"): "gone",
        (StepKind.UNLOCKED, "ground"): "charge",
        (StepKind.ABOUT, "who"): "nobody",
        (StepKind.WARNED, "who"): "site",
    }
    names = (*names_of(kind)[0], *(["person"] if kind in _OF_SOMEBODY else []))
    return {name: special.get((kind, name), VALUES[name][-1]) for name in names}


_OF_SOMEBODY = frozenset((StepKind.TARGET, StepKind.ACCUSED))
"""Kinds that name one person at least, in this fact or in another."""


ILLEGAL = [
    (state, kind)
    for state in CaseState
    for kind in StepKind
    if all(row.imminent for row in TABLE.get((state, kind), ())) and kind is not StepKind.OPENED
]


@for_each(("state", "kind"), ILLEGAL)
@for_each("actor", ["head", "dsl"])
def test_what_has_no_row_is_refused_and_changes_nothing(state: CaseState, kind: StepKind, actor: str) -> None:
    case = in_state(state)
    assert case.case.state is state
    before = replay(case.steps)
    done = case.attempt(kind, actor, "Because.", **_valid(kind))
    assert done.guard in {*NO_ROW.values(), "no_row", "by_closing", "was_gone", "may_see"}
    assert done.said != done.remedy
    assert case.case == before


def test_every_state_and_every_step_stands_in_the_table() -> None:
    by_closing = {StepKind.REMOVED, StepKind.CHANGED, StepKind.STANDING, StepKind.OPENED}
    assert {kind for _, kind in TABLE} == set(StepKind) - by_closing
    assert {state for state, _ in TABLE} == set(CaseState)


def test_no_two_guards_are_called_the_same() -> None:
    rows = [row for rows in TABLE.values() for row in rows]
    asked = {*FIRST, *(g for row in rows for g in row.guards), *(g for of in OF_RUNGS.values() for g in of)}
    assert {guard.__name__: guard for guard in asked} == GUARDS
    assert len(asked) == len(GUARDS)


def test_no_guard_is_written_that_no_row_asks() -> None:
    asked = set(GUARDS.values())
    written = {
        said
        for module in (asking, closing, steps, keeping, police, steps)
        for said in vars(module).values()
        if getattr(said, "__module__", "") == module.__name__ and isfunction(said)
        if list(signature(said).parameters) == ["attempt"] and not said.__name__.startswith("_")
    }
    assert written == asked


def test_what_a_rung_wants_is_said_of_every_rung() -> None:
    assert set(OF_RUNGS) == set(Rung)


def test_that_999_was_rung_is_asked_nothing_but_who_says_so() -> None:
    rows = {(state, kind): row for (state, kind), rows in TABLE.items() for row in rows if row.imminent}
    assert {row.guards for row in rows.values()} == {(steps.actor,)}
    assert not any(row.of_rung for row in rows.values())
    assert set(rows) == {(state, StepKind.ASKED) for state in CaseState if state is not CaseState.CLOSED}


def test_every_guard_has_its_words() -> None:
    for name in (*GUARDS, *NO_ROW.values(), "no_row", "by_closing"):
        assert words("en").has(f"refusal.{name}.said")
        assert words("en").has(f"refusal.{name}.remedy")


def test_a_case_begins_with_its_opening_alone() -> None:
    with pytest.raises(ValueError, match="begins"):
        begin("0001", "900001", an_event(StepKind.NOTED, "head", "Why."), NOW, rules())
    with pytest.raises(ValueError, match="begins"):
        replay(Climb().take(StepKind.NOTED, "head", "Why.").steps)


@pytest.mark.parametrize(
    "wrong",
    [{"route": "somewhere"}, {"about": "aunt"}, {"proposed_class": "C15"}, {"story": ""}, {"mood": "bad"}],
)
def test_an_opening_with_odd_facts_is_no_opening(wrong: dict[str, str]) -> None:
    facts = {"story": "s1", "route": "request_removal", "proposed_class": "C7", "about": "head"}
    assert read_step(StepKind.OPENED, {**facts, **wrong}) == tuple(wrong)


CHANGES_NOTHING = {"Opened", "SeenRemoved", "SeenChanged", "SaidSafe"}
"""Kinds of step that make nothing of a case, its state, its clocks and who acts in it aside."""


def test_every_kind_of_step_makes_something_of_a_case_or_nothing_on_purpose() -> None:
    matched = {
        ast.unparse(node.cls).rpartition(".")[2]
        for node in ast.walk(ast.parse(getsource(_folded)))
        if isinstance(node, ast.MatchClass)
    }
    assert matched | CHANGES_NOTHING == {of.__name__ for of in KINDS.values()}
    assert not matched & CHANGES_NOTHING


def test_an_opening_of_no_story_is_no_opening() -> None:
    event = an_event(StepKind.OPENED, "schoolgate", "", {"story": "s1"})
    nothing = replace(event, said=replace(event.said, story=""))
    with pytest.raises(ValueError, match="story"):
        begin("0001", "900001", nothing, NOW, rules())


def test_a_step_whose_facts_do_not_fit_together_is_refused_by_their_labels() -> None:
    case = Climb()
    said = Classified(content_class=ContentClass.HARASSMENT, lane=BypassRoute.SAFEGUARDING)
    done = advance(case.case, Event(said, "head"), case.now + HOUR, case.rules)
    assert done.guard == "facts"
    assert "lane" not in done.said


def test_nobody_opens_a_case_in_which_they_may_be_accused() -> None:
    facts = {"story": "s1", "route": "request_removal", "proposed_class": "C7", "about": "head"}
    event = an_event(StepKind.OPENED, "head", "", {**facts, "subjects": "head"})
    done = begin("0001", "900001", event, NOW, rules())
    assert done.guard == "may_see"


def test_the_people_of_these_tests_are_those_of_the_dice() -> None:
    assert {*ACTORS} - {"schoolgate"} <= {p.id for p in PEOPLE}


# ---------------------- what would satisfy a guard is an act that there is, with fields that it has


def _functions():
    modules = [importlib.import_module(f"monitor.act.{m.name}") for m in pkgutil.iter_modules(act.__path__)]
    return {name: one for m in modules for name, one in inspect.getmembers(m, inspect.isfunction)}


FUNCTIONS = _functions()


def _fields(name: str) -> set[str]:
    if name in FUNCTIONS:
        return set(inspect.signature(FUNCTIONS[name]).parameters)
    return {"why", *(field.name for field in fields(KINDS[name]))}


@pytest.mark.parametrize("guard", BY_GUARD)
def test_a_remedy_names_an_act_that_there_is_with_fields_that_it_has(guard):
    remedy = BY_GUARD[guard]
    assert {*dict(remedy.values), *remedy.wanted} <= _fields(remedy.act)
    assert guard in {*GUARDS, *NO_ROW.values()}


def test_it_says_in_which_case_and_by_whom():
    case = replace(Climb().case, id="0007")
    assert remedies("class_set", case, "holt") == (
        Remedy("classified", (("case", "0007"),), ("content_class", "why"), "holt"),
    )


def test_what_no_act_satisfies_has_no_remedy():
    assert remedies("may_see", Climb().case, "holt") == ()


@pytest.mark.parametrize(("place", "wanted"), [("facebook", ("supplied",)), ("forum", ()), ("", ())])
def test_at_a_wall_evidence_is_what_somebody_hands_in(place, wanted):
    (remedy,) = remedies("evidence_held", replace(Climb().case, channel=place), "holt")
    assert (remedy.act, remedy.wanted) == ("capture", wanted)
