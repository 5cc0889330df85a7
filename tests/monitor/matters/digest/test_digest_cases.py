"""What the digest tells of cases: the overdue, what is owed, what is gone or back, and to whom never."""

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
    OAKFIELD,
    TUESDAY,
    a_config,
    a_home,
    alert_on,
    grave,
    queue,
    restricted,
    say,
    story_id,
    together,
)
from builders.digest_reader import everything, whole
from builders.home import do_in, rows_of
from builders.kept_open import kept_open
from builders.mention import a_message

from alerts.facts import Agenda
from alerts.ladder.replay import replay
from alerts.wording.digest.compose import compose_digest
from alerts.wording.digest.view import digest_html, digest_text
from data.steps.codes import StepKind
from data.store import cases as case_store
from data.store.alerts import ack
from data.types import About, Person, Role
from monitor.matters.today import Days, due_of

NOW = TUESDAY + timedelta(seconds=9)
BEFORE = TUESDAY - timedelta(hours=10)
FRIDAY = TUESDAY - timedelta(days=4)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CHAIR_READS = replace(CHAIR, roles=(Role.CHAIR, Role.SLT))
DSL_READS = replace(DSL, roles=(Role.DSL, Role.SLT))
TARGET = Person("target", "Sam Fell", (Role.SLT,), "target@example.org")
PEOPLE = (HEAD, DEPUTY, CHAIR_READS, DSL_READS, TARGET)

SEEK = (StepKind.DECIDED, {"decision": "seek"})
KEPT = (StepKind.EVIDENCE, {"capture": "c", "manifest": "m", "files": "1"})
HELD = (StepKind.HELD, {"review": "2026-11-18T12:00:00+00:00"})
TARGET_OVER = (StepKind.DECIDED, {"decision": "seek"}, FRIDAY, "basildon_24h", TUESDAY - HOUR)
CONSENT = (StepKind.CONSENT_ASKED, {"person": "target", "how": "x"}, BEFORE)
OFFERED = (StepKind.SUPPORT, {"status": "offered"})
GONE = (StepKind.CHECKED, {"result": "gone"}, BEFORE)
MIRROR = (StepKind.COPY_FOUND, {"url": "https://mirror.example.org/7", "what": "mirror", "channel": "blog"})
AT_MIRROR = {"rung": "host", "kind": "host", "place": "2"}


def waits(clock, due):
    """A case in which nothing is owed but what was asked, with its clock."""
    kind = {"operator_s5_48h": ("host", "s5"), "author_days": ("author_request", "conversation")}
    rung, how = kind.get(clock, ("platform_report", ""))
    return SEEK, KEPT, (StepKind.ASKED, {"rung": rung, "kind": how}, FRIDAY, clock, due)


SOON, OVER = waits("platform_48h", TUESDAY + HOUR), waits("platform_48h", TUESDAY - 21 * HOUR)


def answered(result):
    return *SOON, (StepKind.ANSWERED, {"rung": "platform_report", "result": result}, BEFORE)


def of_mirror(*step):
    asked = (StepKind.ASKED, AT_MIRROR, FRIDAY)
    return SEEK, KEPT, MIRROR, asked, (*step, NOW - HOUR)


LOOKED, CAME = "at one of its places, it was gone when we looked", "at one of its places, an answer came"
OWED = "no record shows that support was offered to the person it is aimed at"
WRONG_DAY = "our own target for it to be gone was Tuesday 06:30; the website"
LATE = "overdue: our own target for it to be gone was"
HOLD = "on hold, so nothing in it is deleted; "
LATE_HOLD = f"{HOLD}the hold was to be reviewed by"
TOLD = {
    "a clock": (
        waits("operator_s5_48h", datetime(2026, 11, 19, 10, 12, tzinfo=UTC)),
        ["=the website’s operator has until Thursday 10:12 (48 hours, not counting weekends and bank "
         "holidays)."],
    ),
    "overdue": (OVER, ["overdue: the platform had until Monday 10:30 and no answer is recorded"]),
    "our own target, while somebody is asked": (
        (KEPT, TARGET_OVER,
         (StepKind.ASKED, {"rung": "host", "kind": "s5"}, FRIDAY, "operator_s5_48h", NOW + 80 * HOUR)),
        [WRONG_DAY, "the website’s operator has until Friday", "!target"],
    ),
    "our own target, while nobody is": ((KEPT, TARGET_OVER), [LATE, LATE, LATE]),
    "one time of two clocks": (
        (*waits("platform_48h", TUESDAY + HOUR),
         (StepKind.ASKED, {"rung": "host"}, FRIDAY, "chase_2_working_days", TUESDAY + HOUR)),
        ["!to be chased"],
    ),
    "midnight": (
        waits("author_days", datetime(2026, 11, 18, 0, 0, tzinfo=UTC)),
        ["=the author has until the end of Tuesday to take it down."],
    ),
    "undecided": (
        (KEPT,), ["=nobody has decided for 4 days what to do (since Friday 07:30)."],
    ),
    "undecided for less than two days": (
        (KEPT,), ["nobody has decided yet what to do (since "] * 2, {"at": BEFORE},
    ),
    "consent": (
        (KEPT, SEEK, CONSENT, OFFERED),
        ["=consent to tell the police was asked for; no answer yet (since yesterday 21:30)."],
        {"target": "target"},
    ),
    "consent refused": (
        (KEPT, SEEK, CONSENT, OFFERED, (StepKind.CONSENT_REFUSED, {"person": "target"})),
        ["=it is open."], {"target": "target"},
    ),
    "hold": (
        (*waits("platform_48h", TUESDAY + 5 * HOUR), HELD),
        [f"{HOLD}review the hold by Wednesday 12:00", "", f"{LATE_HOLD} Wednesday 12:00"],
    ),
    "hold of a closed one": (
        (*waits("platform_48h", TUESDAY), HELD, (StepKind.CLOSED, {"ending": "removed"}, FRIDAY)),
        [None, None, f"=overdue: {LATE_HOLD} Wednesday 12:00."],
    ),
    "refused": (answered("refused"), ["the request was refused", "!refused"]),
    "person only": (answered("person_only"), ["they deal only with the person affected", "!deal only"]),
    "more wanted": (answered("more_wanted"), ["they asked for more", "!asked for more"]),
    "removed": (answered("removed"), ["it was said to be gone", "!said to be gone"]),
    "locked": (
        (*waits("platform_48h", TUESDAY - HOUR), CONSENT, (StepKind.LOCKED, {})),
        ["=overdue: something in it is waiting; it is locked, so we say no more here."],
        {"target": "target"},
    ),
    "support": ((SEEK,), [OWED], {"target": "target"}),
    "evidence": ((SEEK,), ["no evidence of it is held yet"], {"target": "target"}),
    "gone": (
        (*waits("platform_48h", TUESDAY), GONE), ["it was gone when we looked (Monday 21:30)", "!was gone"],
    ),
    "back": (
        (*waits("platform_48h", TUESDAY), GONE, (StepKind.CAME_BACK, {}, BEFORE + HOUR)),
        ["it is back (seen Monday 22:30)", "!is back"],
    ),
    "closed": (
        (*waits("platform_48h", TUESDAY), (StepKind.CLOSED, {"ending": "removed"}, BEFORE)),
        [None, None],
    ),
    "nothing": (((StepKind.NOTED, {}),), ["=it is open."], {"route": "respond", "proposed_class": "C0"}),
    "gone at one place": (of_mirror(StepKind.CHECKED, {"result": "gone", "place": "2"}), [LOOKED]),
    "answered by one place": (
        of_mirror(StepKind.ANSWERED, {"rung": "host", "result": "removed", "place": "2"}), [CAME],
    ),
    "the clock of one place": (
        (SEEK, KEPT, MIRROR,
         (StepKind.ASKED, {**AT_MIRROR, "kind": "s5"}, FRIDAY, "operator_s5_48h", TUESDAY + 2 * DAY)),
        ["-2, mirror.example.org)"],
    ),
    "the second place": (
        (SEEK, KEPT, MIRROR, (StepKind.CHECKED, {"result": "gone"}, FRIDAY)),
        ["-2, mirror.example.org: it is still there, and nobody there is being asked"],
    ),
    "given": ((*SOON, (StepKind.ASSIGNED, {"person": "deputy"})), ["Deputy head."]),
    "longer": (waits("platform_48h", TUESDAY + 40 * HOUR), [""]),
    "soon": (SOON, [""]),
    "accuses the deputy": (SOON, [""], {"subjects": "deputy"}),
    "accuses the deputy and the head": (SOON, [None], {"subjects": "deputy head"}),
    "about the head": (SOON, [None], {"about": "head"}),
    "about the head and accuses her": (SOON, [None], {"about": "head", "subjects": "head"}),
    "kept out by its alert": (SOON, [""], {"story": "out"}),
    "alleged by its posts": (SOON, [""], {"story": "alleged"}),
}  # fmt: skip
"""Of a case with these steps the line of the first, second and third morning: what it holds, after `=` all of
it, after `!` what it lacks; None where there is none."""
NUMBERS = {name: f"{n:04d}" for n, name in enumerate(TOLD, start=11)}
NEVER = {
    "accuses the deputy": {"deputy"}, "accuses the deputy and the head": {"deputy", "head"},
    "about the head": {"head"}, "about the head and accuses her": {"head"},
    "kept out by its alert": {"deputy"}, "alleged by its posts": {"deputy"},
}  # fmt: skip


def a_case(store, *steps, number="0004", story="street", at=FRIDAY, **opened):
    """A case with these steps: (kind, facts), or (kind, facts, when), or (kind, facts, when, clock, due)."""
    told = {"story": story_id(story), "route": "platform_report", "proposed_class": "C2", "about": "staff",
            **opened}  # fmt: skip
    done = [a_step(case_id=number, at=at, facts=told)]
    for n, (kind, facts, *rest) in enumerate(steps, start=2):
        when, clock, due = (*rest, *(at, "", None)[len(rest) :])
        done.append(a_step(n, kind, case_id=number, at=when, facts=facts, clock=clock, due_at=due))
    do_in(store, case_store.append_steps, replay(done), done, (), at)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """All of `TOLD`, and a matter in hand with a case and one without."""
    with kept_open(a_home(tmp_path_factory.mktemp("told"))) as found:
        with together(found) as one:
            for name, (steps, _, *more) in TOLD.items():
                a_case(one, *steps, number=NUMBERS[name], **{"story": name, **(more[0] if more else {})})
            had = [grave(one, name, BEFORE) for name in ("longer", "no-case")]
            had.append(grave(one, "out", FRIDAY, alert_on("out", FRIDAY, excluded=("deputy",))))
            had.append(grave(one, "alleged", FRIDAY, subjects=("deputy",)))
            for alert in had:
                ack(one.con, alert.id, "head", BEFORE + HOUR)
        yield found


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    return a_config(tmp_path_factory.mktemp("config"), people=PEOPLE)


def parts(store, config, now=NOW, people=PEOPLE):
    """What each of these people is told, by who they are."""
    due = due_of(config, OAKFIELD, now.astimezone(config.zone).date())
    with everything():
        found = Days(store.con, config, now).parts(OAKFIELD, due, people)
    return {one.chosen.person.id: one for one in found}


def waiting(part):
    """The lines of what somebody has, what is overdue, and what waits."""
    sections = whole(part).sections
    found = [line for s in sections if s.key in ("mine", "overdue", "others") for line in s.lines]
    return [" ".join(filter(None, (x.said, x.then, x.had, x.about and f"{x.about}."))) for x in found]


def by_number(part):
    cases = re.compile(r"Case (\d{4})(?:, |: )(.*)")
    return dict(found.groups() for line in waiting(part) if (found := cases.search(line)))


def body(store, config, person=HEAD, now=NOW):
    """All that somebody is sent, as text and as a page."""
    (part,) = parts(store, config, now, [person]).values()
    view = compose_digest(part.facts, part.chosen)
    return f"{view.subject}\n{digest_text(view)}{digest_html(view)}"


@pytest.fixture(scope="module")
def mornings(home, config):
    """What everybody is told on Tuesday, Wednesday and Thursday."""
    return [parts(home, config, NOW + day * DAY) for day in range(3)]


@pytest.fixture(scope="module")
def lines(mornings):
    return [by_number(told["head"]) for told in mornings]


def test_a_digest_names_the_numbers_that_it_gives_and_no_others(home, mornings):
    known = {n for (n,) in rows_of(home, "SELECT number FROM alerts UNION SELECT id FROM cases")}
    for view in (whole(part) for morning in mornings for part in morning.values()):
        given = known.intersection(re.findall(r"\b\d{4,6}\b", digest_text(view)))
        assert given == {*view.numbers}
        assert given


@pytest.mark.parametrize("name", TOLD)
def test_a_case_is_told_by_what_it_waits_for_and_what_came_of_it_each_once(lines, name):
    for morning, wanted in zip(lines, TOLD[name][1], strict=False):
        said = morning.get(NUMBERS[name])
        if wanted is None:
            assert said is None
        elif wanted.startswith("!"):
            assert wanted[1:] not in said
        else:
            assert said == wanted[1:] if wanted.startswith("=") else wanted in said


def test_the_third_morning_says_no_target_of_what_is_asked_and_that_a_review_is_overdue(lines):
    assert "target" not in lines[1][NUMBERS["our own target, while somebody is asked"]]
    assert lines[2][NUMBERS["hold"]].startswith("overdue")


def test_what_is_overdue_comes_first_then_what_has_a_clock_the_soonest_first_then_the_rest(mornings):
    wanted = [NUMBERS[name] for name in ("overdue", "soon", "undecided")]
    assert [number for number in by_number(mornings[0]["head"]) if number in wanted] == wanted


def test_the_subject_says_how_many_wait_and_are_overdue_and_what_is_not_named_is_counted(mornings):
    part = mornings[0]["head"]
    view = compose_digest(part.facts, part.chosen)
    late = sum(", overdue: " in line for line in waiting(part))
    assert view.subject.startswith(f"{late} overdue, ")
    (rest,) = (s for s in view.sections if s.key == "rest")
    assert f"{sum(not one.late for one in part.chosen.of(Agenda.OTHERS))} with others" in rest.lines[0].said


def test_a_matter_in_hand_is_told_by_its_case_where_it_has_one(mornings):
    told = waiting(mornings[0]["head"])
    assert [line.count("You have been dealing with it") for line in told if "Case " not in line] == [1]


def test_who_has_it_in_hand_stands_beside_it(mornings):
    assert by_number(mornings[0]["deputy"])[NUMBERS["given"]].endswith("You.")


def test_never_to_whom_it_may_accuse_in_any_role(mornings):
    for person in ("head", "deputy", "chair"):
        view = whole(mornings[0][person])
        out = f"{view.subject}{digest_text(view)}{digest_html(view)}"
        told = {name for name in NEVER if NUMBERS[name] in out}
        never = {name for name, out in NEVER.items() if person in out}
        assert not told & never, person
        if person == "chair":
            assert told >= {"about the head", "about the head and accuses her"}
        elif person == "head":
            assert told == {"accuses the deputy", "kept out by its alert", "alleged by its posts"}


def test_nothing_of_a_post_nor_of_its_host_is_in_it(store, config):
    grave(store, "street", FRIDAY)
    a_case(store, *OVER, (StepKind.HOSTED, {"host": "secret-host.test"}))
    said = body(store, config)
    assert "0004" in said
    assert "secret" not in said.lower()


def test_of_a_restricted_case_there_is_a_number_with_the_safeguarding_lead_and_nothing_else(store, config):
    child = restricted(store, "child", FRIDAY)
    alerted = restricted(store, "alerted", FRIDAY)
    do_in(store, ack, child.id, "dsl", FRIDAY)
    say(store, "parking", BEFORE)
    owed = (StepKind.NOTED, {"starts": "art14_month"}, FRIDAY, "art14_month", TUESDAY)
    a_case(store, owed, number="0001", restricted="yes", about="pupil")
    a_case(store, owed, number="0002", story="lane", proposed_class="C10", about="pupil")
    a_case(store, owed, number="0003", story="child", about="pupil")
    told = parts(store, config)
    said = {who: digest_text(whole(told[who])) for who in ("head", "dsl")}
    assert "With the safeguarding lead: 4." in said["head"]
    assert alerted.id[:8] not in said["head"]
    for number in ("0001", "0002", "0003"):
        assert number not in said["head"]
        assert number in said["dsl"]
    assert "C10" not in said["head"] + said["dsl"]


def test_its_alert_and_its_case_are_one_matter_with_the_safeguarding_lead(store, config):
    restricted(store, "child", FRIDAY)
    say(store, "parking", BEFORE)
    a_case(store, story="child", restricted="yes", about="pupil")
    (part,) = parts(store, config, people=[HEAD]).values()
    said = digest_text(compose_digest(part.facts, part.chosen))
    assert (said.count("Safeguarding matter 0004"), "With the safeguarding lead" in said) == (1, False)


@pytest.mark.parametrize(("closed", "stays"), [(BEFORE + 3 * HOUR, False), (BEFORE + HOUR / 2, True)])
def test_what_somebody_had_leaves_with_its_case_and_stays_where_it_was_taken_since(
    store, config, closed, stays
):
    alert = grave(store, "street", BEFORE)
    do_in(store, ack, alert.id, "head", BEFORE + HOUR)
    ended = (StepKind.CLOSED, {"ending": "removed"}, closed)
    a_case(store, *waits("platform_48h", TUESDAY), ended, at=BEFORE)
    assert bool(waiting(parts(store, config, people=[HEAD])["head"])) is stays


def test_where_it_accuses_an_adult_not_even_the_number_is_told(store, config):
    say(store, "parking", BEFORE)
    a_case(store, restricted="yes", about="staff", subjects="deputy", audience="chair")
    told = {who: compose_digest(one.facts, one.chosen) for who, one in parts(store, config).items()}
    assert {who: "safeguarding lead" in digest_text(told[who]) for who in ("head", "deputy", "target")} == {
        "head": False, "deputy": False, "target": False,
    }  # fmt: skip
    assert "With the safeguarding lead: 1." in digest_text(told["chair"])


def test_a_message_of_a_case_that_did_not_arrive_is_not_told_to_whom_the_case_may_accuse(store, config):
    lost = a_message("k", kind="case", person_id="chair", due_at=BEFORE, expires_at=BEFORE + HOUR)
    queue(store, [lost], BEFORE)
    for part in parts(store, config, people=[HEAD, DEPUTY]).values():
        assert part.facts.undelivered
        assert "did not arrive" not in digest_text(compose_digest(part.facts, part.chosen))
    chosen = parts(store, replace(config, without_mail=True), people=[HEAD])
    assert [(part.facts.undelivered, part.facts.mails) for part in chosen.values()] == [((), False)]


def test_a_post_that_somebody_has_found_to_be_of_safeguarding_is_told_of_no_more(store, config):
    grave(store, "street", BEFORE, about=About.PUPIL)
    say(store, "parking", BEFORE)
    assert "private details" in body(store, config)
    a_case(store, (StepKind.CLASSIFIED, {"class": "C10"}), about="pupil")
    said = body(store, config)
    assert "private details" not in said
    assert "With the safeguarding lead: 1." in said


def test_a_matter_with_a_case_is_called_by_the_cases_number_on_a_weekend_too(store, config):
    for day, name, number in ((TUESDAY - 2 * DAY, "gate", "0004"), (TUESDAY, "street", "0005")):
        grave(store, name, day - HOUR)
        a_case(store, at=day - HOUR, number=number, story=name)
        (part,) = parts(store, config, day + timedelta(seconds=9), [HEAD]).values()
        assert f"[{number}]" in digest_text(compose_digest(part.facts, part.chosen))
