"""What the digest tells of cases: the overdue, what is owed, what is gone or back, and to whom never."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from builders.case import a_step
from builders.digest import (
    CHAIR,
    DEPUTY,
    DSL,
    HEAD,
    TUESDAY,
    a_config,
    a_home,
    alert_on,
    emptied,
    grave,
    kept_open,
    queue,
    restricted,
    say,
    story_id,
)
from builders.mention import a_message

from alerts.ladder.replay import replay
from data.steps.codes import StepKind
from data.store.alerts.alerts import ack
from data.store.cases import cases as case_store
from data.types import About, Person, Role
from monitor.matters.today import due_of
from monitor.service.tasks.digests import prepare

NOW = TUESDAY + timedelta(seconds=9)
BEFORE = TUESDAY - timedelta(hours=10)
FRIDAY = TUESDAY - timedelta(days=4)
HOUR = timedelta(hours=1)
CHAIR_READS = replace(CHAIR, roles=(Role.CHAIR, Role.SLT))
DSL_READS = replace(DSL, roles=(Role.DSL, Role.SLT))
TARGET = Person("target", "Sam Fell", (Role.SLT,), "target@example.org")

SEEK = (StepKind.DECIDED, {"decision": "seek"})
KEPT = (StepKind.EVIDENCE, {"capture": "c", "manifest": "m", "files": "1"})


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    with kept_open(a_home(tmp_path_factory.mktemp("cases"))) as found:
        yield found


@pytest.fixture
def store(kept, tmp_path):
    with emptied(kept, tmp_path) as found:
        yield found


@pytest.fixture
def config(tmp_path):
    return a_config(tmp_path, people=(HEAD, DEPUTY, CHAIR_READS, DSL_READS, TARGET))


def a_case(store, *steps, number="0004", story="street", at=FRIDAY, **opened):
    """A case with these steps: (kind, facts), or (kind, facts, when), or (kind, facts, when, clock, due)."""
    told = {"story": story_id(story), "route": "platform_report", "proposed_class": "C2", "about": "staff",
            **opened}  # fmt: skip
    done = [a_step(case_id=number, at=at, facts=told)]
    for n, (kind, facts, *rest) in enumerate(steps, start=2):
        when, clock, due = (*rest, *(at, "", None)[len(rest) :])
        done.append(a_step(n, kind, case_id=number, at=when, facts=facts, clock=clock, due_at=due))
    with store.write("a case") as con:
        case_store.put(con, replay(done), done, (), at)


def waits(clock, due, at=FRIDAY):
    """A case in which nothing is owed but what was asked, with its clock."""
    kind = {"operator_s5_48h": ("host", "s5"), "author_days": ("author_request", "conversation")}
    rung, how = kind.get(clock, ("platform_report", ""))
    return SEEK, KEPT, (StepKind.ASKED, {"rung": rung, "kind": how}, at, clock, due)


def letter(store, config, person=HEAD, now=NOW):
    school = config.schools[0]
    due = due_of(config, school, now.astimezone(config.zone).date())
    return prepare(store.con, config, school, due, [person], now)[0].letter


def waiting(store, config, person=HEAD, now=NOW):
    """The lines under “Waiting”, without their numbers and line breaks."""
    body = letter(store, config, person, now).body
    found = re.search(r"^(?:Waiting|Yn aros)\n(.*?)(?:\n\n|\Z)", body, re.MULTILINE | re.DOTALL)
    if found is None:
        return []
    return [" ".join(line.split()) for line in re.split(r"^ *\d+\. ", found[1], flags=re.MULTILINE) if line]


def test_a_clock_says_who_has_until_when(store, config):
    a_case(store, *waits("operator_s5_48h", datetime(2026, 11, 19, 10, 12, tzinfo=UTC)))
    assert waiting(store, config) == [
        "Case 0004: the website’s operator has until Thursday 10:12 "
        "(48 hours, weekends and bank holidays left out)."
    ]
    assert "1 waiting" in letter(store, config).subject


def test_what_is_overdue_comes_first_and_is_called_so(store, config):
    a_case(store, *waits("platform_48h", TUESDAY + HOUR), number="0001")
    a_case(store, *waits("platform_48h", TUESDAY - 21 * HOUR), number="0002", story="lane")
    assert [line.partition(":")[0] for line in waiting(store, config)] == ["Case 0002, overdue", "Case 0001"]
    assert "1 overdue, 1 waiting" in letter(store, config).subject
    assert "the platform had until Monday 10:30 and no answer is recorded" in waiting(store, config)[0]


def test_the_schools_own_target_is_told_once_when_it_is_over_while_somebody_is_asked(store, config):
    decided = (StepKind.DECIDED, {"decision": "seek"}, FRIDAY, "basildon_24h", TUESDAY - HOUR)
    asked = (StepKind.ASKED, {"rung": "host", "kind": "s5"}, FRIDAY, "operator_s5_48h", NOW + 80 * HOUR)
    a_case(store, KEPT, decided, asked)
    (first,) = waiting(store, config)
    assert first.startswith("Case 0004: our own target for it to be gone was Tuesday 06:30; the website")
    (second,) = waiting(store, config, now=NOW + timedelta(days=1))
    assert second.startswith("Case 0004: the website’s operator has until Friday")
    assert "target" not in second


def test_while_nobody_is_asked_a_target_that_is_over_is_told_until_somebody_is(store, config):
    decided = (StepKind.DECIDED, {"decision": "seek"}, FRIDAY, "basildon_24h", TUESDAY - HOUR)
    a_case(store, KEPT, decided)
    for day in (0, 1, 2):
        (line,) = waiting(store, config, now=NOW + timedelta(days=day))
        assert line.startswith("Case 0004, overdue: our own target for it to be gone was")


def test_an_end_at_midnight_is_the_end_of_the_day_before(store, config):
    a_case(store, *waits("author_days", datetime(2026, 11, 18, 0, 0, tzinfo=UTC)))
    assert waiting(store, config) == ["Case 0004: the author has until the end of Tuesday to take it down."]


def test_a_decision_that_is_awaited_is_told_with_its_age(store, config):
    a_case(store, KEPT)
    assert waiting(store, config) == [
        "Case 0004: nobody has decided for 4 days what is to be done (since Friday 07:30)."
    ]
    a_case(store, KEPT, number="0005", story="lane", at=BEFORE)
    for hours in (0, 34):  # from 21:30 two days are over after 48 hours
        (said,) = [x for x in waiting(store, config, now=NOW + hours * HOUR) if "0005" in x]
        assert "nobody has decided yet what is to be done (since " in said


def test_consent_that_was_asked_for_and_not_answered_is_told_until_it_is(store, config):
    asked = (StepKind.CONSENT_ASKED, {"person": "target", "how": "x"}, BEFORE)
    offered = (StepKind.SUPPORT, {"status": "offered"})
    a_case(store, KEPT, SEEK, asked, offered, target="target")
    (line,) = waiting(store, config)
    assert line == (
        "Case 0004: consent to tell the police was asked for, without an answer yet (since yesterday 21:30)."
    )
    a_case(store, KEPT, SEEK, asked, offered, (StepKind.CONSENT_REFUSED, {"person": "target"}),
           number="0005", story="lane", target="target")  # fmt: skip
    assert waiting(store, config) == [line, "Case 0005: it is open."]


def test_a_hold_is_told_and_when_its_review_is_overdue(store, config):
    held = (StepKind.HELD, {"review": "2026-11-18T12:00:00+00:00"})
    a_case(store, *waits("platform_48h", TUESDAY + 5 * HOUR), held)
    assert (
        "on hold, so nothing in it is deleted; the hold is to be reviewed by Wednesday 12:00"
        in waiting(store, config)[0]
    )
    late = waiting(store, config, now=NOW + timedelta(days=2))[0]
    assert late.startswith("Case 0004, overdue")
    assert "the hold was to be reviewed by Wednesday 12:00" in late


def test_of_a_closed_case_on_hold_only_a_review_that_is_overdue_is_told(store, config):
    held = (StepKind.HELD, {"review": "2026-11-18T12:00:00+00:00"})
    a_case(store, *waits("platform_48h", TUESDAY), held, (StepKind.CLOSED, {"ending": "removed"}, FRIDAY))
    assert waiting(store, config) == []
    assert waiting(store, config, now=NOW + timedelta(days=2)) == [
        "Case 0004, overdue: on hold, so nothing in it is deleted; "
        "the hold was to be reviewed by Wednesday 12:00."
    ]


@pytest.mark.parametrize(
    ("result", "told"),
    [
        ("refused", "what was asked for was refused"),
        ("person_only", "they deal only with the person affected"),
        ("more_wanted", "they asked for more"),
        ("removed", "it was said to be gone"),
    ],
)
def test_what_was_answered_is_told_once(store, config, result, told):
    answered = (StepKind.ANSWERED, {"rung": "platform_report", "result": result}, BEFORE)
    a_case(store, *waits("platform_48h", TUESDAY + HOUR), answered)
    assert told in waiting(store, config)[0]
    assert not [x for x in waiting(store, config, now=NOW + timedelta(days=1)) if told in x]


def test_a_locked_case_has_no_date_and_no_word_of_what_it_is(store, config):
    asked = (StepKind.CONSENT_ASKED, {"person": "x", "how": "x"})
    a_case(store, *waits("platform_48h", TUESDAY - HOUR), asked, (StepKind.LOCKED, {}), target="target")
    assert waiting(store, config) == [
        "Case 0004, overdue: something in it is waiting; it is locked, so no more is said here."
    ]


def test_support_not_offered_and_evidence_not_held_are_told(store, config):
    a_case(store, SEEK, target="target")
    (line,) = waiting(store, config)
    assert "it is not recorded that the person it is aimed at was offered support" in line
    assert "no evidence of it is held yet" in line


def test_what_is_gone_or_back_since_the_last_digest_is_told_once(store, config):
    gone = (StepKind.CHECKED, {"result": "gone"}, BEFORE)
    a_case(store, *waits("platform_48h", TUESDAY), gone)
    assert "it was gone when we looked (Monday 21:30)" in waiting(store, config)[0]
    a_case(store, *waits("platform_48h", TUESDAY), gone, (StepKind.CAME_BACK, {}, BEFORE + HOUR),
           number="0005", story="lane")  # fmt: skip
    assert "it is back (seen Monday 22:30)" in " ".join(x for x in waiting(store, config) if "0005" in x)
    wednesday = NOW + timedelta(days=1)
    assert not [x for x in waiting(store, config, now=wednesday) if "was gone" in x or "is back" in x]


def test_a_case_that_closed_since_is_told_by_how_it_ended_and_then_no_more(store, config):
    ended = (StepKind.CLOSED, {"ending": "removed"}, BEFORE)
    a_case(store, *waits("platform_48h", TUESDAY), ended)
    assert waiting(store, config) == [
        "Case 0004: closed, since it was seen to be gone twice, a day or more apart."
    ]
    assert waiting(store, config, now=NOW + timedelta(days=1)) == []


def test_who_has_it_in_hand_stands_beside_it(store, config):
    given = (StepKind.ASSIGNED, {"person": "deputy"})
    a_case(store, *waits("platform_48h", TUESDAY + HOUR), given)
    assert waiting(store, config)[0].endswith("Deputy head.")
    assert waiting(store, config, DEPUTY)[0].endswith("You.")


def test_an_alert_in_hand_whose_case_is_told_is_not_told_besides(store, config):
    alert = grave(store, "street", BEFORE)
    with store.write("ack") as con:
        ack(con, alert.id, "head", BEFORE + HOUR)
    assert "In hand: You" in waiting(store, config)[0]
    a_case(store, *waits("platform_48h", TUESDAY + HOUR))
    assert [line.partition(":")[0] for line in waiting(store, config)] == ["Case 0004"]


def test_what_waits_for_nothing_is_told_to_be_open(store, config):
    a_case(store, (StepKind.NOTED, {}), route="respond", proposed_class="C0")
    assert waiting(store, config) == ["Case 0004: it is open."]


@pytest.mark.parametrize(
    ("opened", "never", "told"),
    [
        ({"subjects": "deputy"}, {DEPUTY}, {HEAD, CHAIR_READS}),
        ({"subjects": "deputy head"}, {DEPUTY, HEAD}, set()),
        ({"about": "head"}, {HEAD}, {CHAIR_READS}),
        ({"about": "head", "subjects": "head"}, {HEAD}, {CHAIR_READS}),
    ],
)
def test_never_to_whom_it_may_accuse_in_any_role(store, config, opened, never, told):
    a_case(store, *waits("platform_48h", TUESDAY), **opened)
    for person in never:
        found = letter(store, config, person)
        assert "0004" not in found.body + (found.html or "") + found.subject
        assert "waiting" not in found.subject
    for person in told - {CHAIR_READS} if "about" not in opened else told:
        assert "Case 0004" in letter(store, config, person).body


@pytest.mark.parametrize("how", ["excluded", "alleged"])
def test_nor_to_whom_its_alert_keeps_out_though_the_case_does_not_name_them(store, config, how):
    out = {"excluded": ("deputy",)} if how == "excluded" else {}
    alert = alert_on("street", FRIDAY, **out)
    grave(store, "street", FRIDAY, alert, subjects=() if out else ("deputy",))
    with store.write("ack") as con:
        ack(con, alert.id, "head", FRIDAY)
    a_case(store, *waits("platform_48h", TUESDAY))
    assert "0004" in letter(store, config, HEAD).body
    assert "0004" not in letter(store, config, DEPUTY).body


@pytest.mark.parametrize(
    "opened",
    [{"restricted": "yes"}, {"proposed_class": "C10", "about": "pupil"}, {"story": "child"}],
)
def test_of_a_restricted_case_there_is_a_number_with_the_safeguarding_lead_and_nothing_else(
    store, config, opened
):
    child = restricted(store, "child", FRIDAY)
    with store.write("ack") as con:
        ack(con, child.id, "dsl", FRIDAY)
    say(store, "parking", BEFORE)
    a_case(store, (StepKind.NOTED, {"starts": "art14_month"}, FRIDAY, "art14_month", TUESDAY),
           **{"about": "pupil", **opened})  # fmt: skip
    for person in (HEAD, DSL_READS):
        found = letter(store, config, person)
        assert ("0004" in found.body) is (person is DSL_READS)
        assert ("With the safeguarding lead: 1." in found.body) is (person is HEAD)
        assert "C10" not in found.body


def test_its_alert_and_its_case_are_one_matter_with_the_safeguarding_lead(store, config):
    restricted(store, "child", FRIDAY)
    say(store, "parking", BEFORE)
    a_case(store, story="child", restricted="yes", about="pupil")
    body = letter(store, config).body
    assert (body.count("Safeguarding matter 0004"), "With the safeguarding lead" in body) == (1, False)


def test_where_it_accuses_an_adult_not_even_the_number_is_told(store, config):
    say(store, "parking", BEFORE)
    a_case(store, restricted="yes", about="staff", subjects="deputy", audience="chair")
    for person in (HEAD, DEPUTY, TARGET):
        assert "safeguarding lead" not in letter(store, config, person).body
    assert "With the safeguarding lead: 1." in letter(store, config, CHAIR_READS).body


def test_nothing_of_the_post_is_in_it(store, config):
    grave(store, "street", FRIDAY)
    a_case(store, *waits("platform_48h", TUESDAY), (StepKind.HOSTED, {"host": "secret-host.test"}))
    found = letter(store, config)
    assert "secret" not in (found.body + found.subject + (found.html or "")).lower()


def test_more_than_eight_are_counted(store, config):
    for n in range(11):
        a_case(store, *waits("platform_48h", TUESDAY + HOUR), number=f"{n:04d}", story=f"s{n}")
    lines = waiting(store, config)
    assert len(lines) == 8
    assert lines[-1].endswith("… and 3 more.")
    assert "11 waiting" in letter(store, config).subject


def test_what_is_about_to_miss_its_clock_stands_before_what_has_longer_and_what_has_no_clock(store, config):
    a_case(store, KEPT, number="0001")
    a_case(store, *waits("platform_48h", TUESDAY + 40 * HOUR), number="0002", story="lane")
    a_case(store, *waits("platform_48h", TUESDAY + HOUR), number="0003", story="gate")
    assert [line.partition(":")[0] for line in waiting(store, config)] == [
        "Case 0003",
        "Case 0002",
        "Case 0001",
    ]


def test_for_a_tired_deputy_head(store, config, snapshot):
    a_case(store, *waits("operator_s5_48h", TUESDAY - 21 * HOUR), number="0001")
    a_case(store, target="target", number="0002", story="lane")
    gone = (StepKind.CHECKED, {"result": "gone"}, BEFORE)
    a_case(store, *waits("platform_48h", TUESDAY), gone, number="0003", story="gate")
    assert waiting(store, config, DEPUTY) == snapshot


def test_a_message_of_a_case_that_did_not_arrive_is_not_told_to_whom_the_case_may_accuse(store, config):
    lost = a_message("k", kind="case", person_id="chair", due_at=BEFORE, expires_at=BEFORE + HOUR)
    queue(store, [lost], BEFORE)
    for person in (HEAD, DEPUTY):
        assert "did not arrive" not in letter(store, config, person).body


def test_a_post_that_somebody_has_found_to_be_of_safeguarding_is_told_of_no_more(store, config):
    grave(store, "street", BEFORE, about=About.PUPIL)
    say(store, "parking", BEFORE)
    assert "Decide today" in letter(store, config).body
    a_case(store, (StepKind.CLASSIFIED, {"class": "C10"}), about="pupil")
    found = letter(store, config)
    assert "Decide today" not in found.body
    assert "With the safeguarding lead: 1." in found.body


@pytest.mark.parametrize("day", [TUESDAY - timedelta(days=2), TUESDAY], ids=["sunday", "tuesday"])
def test_a_matter_with_a_case_is_called_by_the_cases_number_on_a_weekend_too(store, config, day):
    grave(store, "street", day - HOUR)
    a_case(store, at=day - HOUR)
    body = letter(store, config, now=day + timedelta(seconds=9)).body
    assert "[0004]" in body


MIRROR = (StepKind.COPY_FOUND, {"url": "https://mirror.example.org/7", "what": "mirror", "channel": "blog"})


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ((StepKind.CHECKED, {"result": "gone", "place": "2"}), "it was gone when we looked"),
        ((StepKind.ANSWERED, {"rung": "host", "result": "removed", "place": "2"}), "an answer came"),
    ],
)
def test_what_came_of_one_place_is_not_told_of_the_whole_while_another_stands(store, config, step, said):
    asked = (StepKind.ASKED, {"rung": "host", "kind": "host", "place": "2"}, FRIDAY)
    a_case(store, SEEK, KEPT, MIRROR, asked, (*step, NOW - HOUR))
    assert f"at one of its places, {said}" in letter(store, config).body


def test_a_clock_of_one_of_several_places_is_said_with_its_place(store, config):
    asked = {"rung": "host", "kind": "s5", "place": "2"}
    due = TUESDAY + timedelta(days=2)
    a_case(store, SEEK, KEPT, MIRROR, (StepKind.ASKED, asked, FRIDAY, "operator_s5_48h", due))
    assert "(0004-2, mirror.example.org)" in " ".join(waiting(store, config))


def test_where_the_first_place_is_gone_what_still_stands_is_to_be_asked(store, config):
    a_case(store, SEEK, KEPT, MIRROR, (StepKind.CHECKED, {"result": "gone"}, FRIDAY))
    said = " ".join(waiting(store, config))
    assert "0004-2, mirror.example.org: it stands there, and nobody there is asked" in said
