"""Where the lines of severity lie, which labels, class and reasons a verdict bears, who keeps its look."""

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from builders.alert import EVERYBODY, IT, NOW, SCHOOL, STORY, codes, raised, verdict
from builders.verdict import STACK, judged, mention, scores
from hypothesis import given
from hypothesis import strategies as st
from support.for_each import for_each

from alerts.access.knowing import Access, access, spokesperson
from alerts.access.matter import matter_of_story
from alerts.access.recipients import find_notified
from alerts.next_date import due_at, list_marks
from alerts.raise_alert import StoryNow, raise_alert
from classifiers.scoring.persons import PARTS, AskedPerson
from classifiers.text.language import Language, Tongue
from classifiers.triage import limit_looks
from classifiers.verdicts.decide import (
    HINTED,
    SURELY_HARMLESS,
    TextReading,
    combine_readings,
    read_again,
    worth_reading,
)
from classifiers.verdicts.press import asks_for_comment
from classifiers.verdicts.verdict_reasons import (
    DECIDED_BY_A_PERSON,
    MOST,
    WORTH_A_LOOK,
    Thresholds,
    explain,
    explain_not_about,
    read_thresholds,
)
from classifiers.verdicts.weigh import content_class, in_doubt_by_words, judge_severity, weigh, with_reading
from data.cases import Profile
from data.content_class import ContentClass
from data.judged import ENQUIRY, is_enquiry, is_unplaced
from data.register.calendar import Calendar
from data.types import (
    About,
    Mark,
    Match,
    Meant,
    MentionKind,
    Person,
    Policy,
    Reason,
    Relevance,
    Role,
    Route,
    Scores,
    Severity,
    Signal,
    Verdict,
    Via,
)

DEFAULT = read_thresholds()
HARASSES = Signal("mocking", "It mocks a person.", labels=("harassment",), severity=Severity.TODAY)
SWEARS = Signal("profanity", "It swears.", labels=("profanity",))


def labels(privacy: float, *signals: Signal) -> tuple[str, ...]:
    """The labels of a removal where the model gives this much to privacy."""
    model = scores("platform_report", severe=0.95, abuse__harassment=0.95, abuse__privacy=privacy)
    t = Thresholds()
    return judge_severity(weigh(model, signals, t), About.STAFF).abuse


def test_beside_what_a_signal_names_but_swearing_the_model_must_be_surer_of_another_label() -> None:
    line = Thresholds().label("privacy")
    assert labels(line + 0.1) == ("harassment", "privacy")
    assert labels(line + 0.1, HARASSES) == ("harassment",)
    assert labels(line + 0.3, HARASSES) == ("harassment", "privacy")
    assert "privacy" in labels(Thresholds().label("privacy") + 0.1, SWEARS)


FLOOR = Thresholds().removal_floor


@for_each(
    ("harassment", "route", "grounds"),
    [(FLOOR + 0.01, Route.PLATFORM_REPORT, ("harassment",)), (FLOOR - 0.01, Route.RESPOND, ())],
)
def test_where_no_label_is_sure_a_removal_has_the_likeliest_or_is_not_offered(harassment, route, grounds):
    t = Thresholds()
    assert t.label("harassment") > FLOOR + 0.01
    model = scores("platform_report", severe=0.95, abuse__harassment=harassment)
    found = judge_severity(weigh(model, (), t), About.STAFF)
    assert (found.route, found.abuse) == (route, grounds)


POLISH = "Dzieci bardzo dużo mówiły dzisiaj w szkole o czymś nowym"
ENGLISH = "The children have been talking about something at school today"


@for_each(("text", "placed"), [(POLISH, False), (ENGLISH, True)])
def test_between_the_alert_line_and_a_half_a_person_decides_on_what_is_not_english(text, *, placed):
    low = replace(DEFAULT, alert=0.3)
    found = judged(text, scores("safeguarding", severe=0.42), thresholds=low)
    assert found.severity >= Severity.TODAY
    assert is_unplaced(found) is not placed


@for_each("route", ["platform_report", "request_removal", "respond"])
def test_in_a_language_that_is_not_judged_no_removal_is_offered_and_nothing_answered(route: str) -> None:
    model = scores(route, severe=0.95, abuse__harassment=0.95)
    found = judged(POLISH, model, thresholds=replace(DEFAULT, alert=0.3))
    assert found.severity < Severity.TODAY or (found.route, is_unplaced(found)) == (Route.RESPOND, True)


# --------------------------------------------------------------------------------------- looks


BASE = judged("Hm.", scores("respond"))


def looked(i: int, rank: float, *, look: bool = True, severity: Severity = Severity.RESPOND) -> Verdict:
    return replace(BASE, mention_id=f"{i:016x}", look=look, look_rank=rank, severity=severity)


many = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.booleans()), max_size=60).map(
    lambda found: [looked(i, rank, look=look) for i, (rank, look) in enumerate(found)]
)


@given(many, st.floats(0, 1))
def test_never_more_looks_than_the_share_but_for_one(verdicts: list[Verdict], share: float) -> None:
    kept = sum(v.look for v in limit_looks(verdicts, share))
    assert kept <= max(int(share * len(verdicts)), 1)


@given(many)
def test_the_order_and_all_else_stay(verdicts: list[Verdict]) -> None:
    limited = limit_looks(verdicts, 0.125)
    assert [replace(v, look=False) for v in limited] == [replace(v, look=False) for v in verdicts]


@given(many, st.randoms())
def test_which_are_kept_does_not_hang_on_their_order(verdicts: list[Verdict], random: object) -> None:
    shuffled = list(verdicts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one = {v.mention_id for v in limit_looks(verdicts, 0.2) if v.look}
    assert one == {v.mention_id for v in limit_looks(shuffled, 0.2) if v.look}


def test_the_highest_ranked_keep_their_look_and_what_may_be_severity_4_takes_nobodys_place() -> None:
    verdicts = [looked(i, i / 16) for i in range(16)]
    assert [v.look_rank for v in limit_looks(verdicts, 0.125) if v.look] == [14 / 16, 15 / 16]
    kept = limit_looks([looked(1, 1.0), looked(2, 1.0), looked(3, 0.5), looked(4, 0.4)], 0.25)
    assert [v.look for v in kept] == [True, True, True, False]
    assert not any(v.look for v in limit_looks([looked(1, 0.9)], 0))
    asked = Reason(WORTH_A_LOOK, "Worth a look.")
    verdicts = [replace(looked(i, i / 16), reasons=(asked,)) for i in range(16)]
    found = limit_looks(verdicts, 0.125)
    assert all((asked in v.reasons) is v.look for v in found)


HALF_SURE = replace(weigh({}, (), read_thresholds()), severe=0.2)


GRAVE_WORDS = (
    "he said hed st*b one of them", "somebody is gonna get shankd", "P E D O at the gate", "k1llin u",
    "knfie 🔪", "mae ganddo gyllell", "mi ladda i chdi", "he batterd him, hit him again", "got a b0mb",
    "suislide",
)  # fmt: skip
LIKE_THEM = ("the diet club and a deadline", "hang on, hanging baskets", "Burnley gunna win", "a killjoy",
             "grapes for lunch")  # fmt: skip


@for_each(("text", "kept"), [*((t, True) for t in GRAVE_WORDS), *((t, False) for t in LIKE_THEM)])
def test_a_grave_word_however_disguised_keeps_the_look_of_what_is_half_sure_alone(text, *, kept) -> None:
    assert in_doubt_by_words(mention(text), HALF_SURE).in_doubt is kept
    assert not in_doubt_by_words(mention("he got stabbed"), replace(HALF_SURE, severe=0.19)).in_doubt


# ------------------------------------------------------------------------------------- reasons


MATCH = Match("900001", Relevance.ABOUT, 0.97, (Reason("name_and_place", "“Oakfield” and your street."),))
DANGER = Signal("bomb_threat", "A bomb.", ("threat",), (), Severity.THIS_HOUR, Route.POLICE_NOW, danger=True)
HINTS = tuple(Signal(f"hint_{n}", f"Hint {n}.", labels=("hate",)) for n in range(9))


def told(signals: tuple[Signal, ...] = (), **more: object) -> list[str]:
    given = {"look": False, "restricted": False} | more
    spoken = Tongue(given.pop("language", Language.ENGLISH), "")  # type: ignore[arg-type]
    found = explain(MATCH, Relevance.ABOUT, signals, Route.RESPOND, spoken, **given)  # type: ignore[arg-type]
    return [reason.code for reason in found]


def test_the_reasons_say_whose_then_what_then_the_gravest_and_at_most_five() -> None:
    assert told() == ["name_and_place", "route_respond"]
    assert told(beside=[DECIDED_BY_A_PERSON])[:2] == ["name_and_place", "a_person_decides"]
    assert told((*HINTS, DANGER))[2] == "bomb_threat"
    assert len(told(HINTS)) == MOST
    assert "worth_a_look" in told(look=True)
    assert "language_cy" in told(look=True, language=Language.WELSH)
    assert told(restricted=True)[0] == "about_you"
    assert told(look=True, few_words=True) == ["name_and_place", "route_respond", "too_few_words"]


def test_what_is_not_ours_says_why_and_a_leaked_record_is_confidential() -> None:
    unexplained = Match("1", Relevance.NOT_ABOUT, 0)
    assert [r.code for r in explain_not_about(unexplained, grave=False)] == ["not_about"]
    assert explain_not_about(MATCH, grave=True)[0].code == "other_school_danger"
    assert content_class(Route.REQUEST_REMOVAL, ("privacy",), About.PUPIL, {"pupils_data_out"}) == "C1"


# ----------------------------------------------------------------------------- content classes
@for_each(
    ("route", "abuse", "about", "expected"),
    [
        (Route.RESPOND, (), About.SCHOOL, "C0"),
        (Route.RESPOND, ("profanity",), About.HEAD, "C0"),
        (Route.PLATFORM_REPORT, ("harassment",), About.STAFF, "C2"),
        (Route.PLATFORM_REPORT, ("hate", "harassment"), About.STAFF, "C3"),
        (Route.PLATFORM_REPORT, ("sexual",), About.STAFF, "C5"),
        (Route.PLATFORM_REPORT, ("sexual",), About.PUPIL, "C10"),
        (Route.POLICE_NOW, ("threat", "privacy"), About.HEAD, "C6"),
        (Route.POLICE_NOW, ("threat", "safeguarding"), About.PUPIL, "C10"),
        (Route.POLICE_NOW, ("threat", "extremism"), About.SCHOOL, "C9"),
        (Route.REQUEST_REMOVAL, ("defamation",), About.HEAD, "C7"),
        (Route.REQUEST_REMOVAL, ("privacy",), About.STAFF, "C11"),
        (Route.PLATFORM_REPORT, ("impersonation",), About.SCHOOL, "C12"),
        (Route.SAFEGUARDING, ("safeguarding",), About.STAFF, "C10"),
        (Route.REQUEST_REMOVAL, ("extremism", "self_harm"), About.SCHOOL, "C10"),
        (Route.PLATFORM_REPORT, ("extremism", "threat"), About.SCHOOL, "C9"),
        (Route.PLATFORM_REPORT, ("threat", "hate", "sexual"), About.STAFF, "C6"),
    ],
)
def test_the_class_follows_route_and_labels(route, abuse, about, expected):
    assert content_class(route, abuse, about) == expected


CALM = verdict(Route.NOTE, severity=Severity.NOTE, look=False, scores=(("weighed:severe", 0.0),))


@for_each(
    ("changes", "worth"),
    [
        ({}, False),
        ({"scores": (("weighed:severe", SURELY_HARMLESS),)}, True),
        ({"scores": (("ngram:severity:4", HINTED),)}, True),
        ({"look": True}, True),
        ({"severity": Severity.TODAY, "route": Route.PLATFORM_REPORT}, True),
        ({"severity": Severity.THIS_HOUR, "relevance": Relevance.NOT_ABOUT}, False),
    ],
)
def test_what_may_be_ours_and_is_not_surely_harmless_is_read_again(changes: dict, worth: bool) -> None:
    assert worth_reading(replace(CALM, **changes)) is worth


TOLD = replace(CALM, severity=Severity.TODAY, route=Route.PLATFORM_REPORT, scores=(("weighed:severe", 0.6),))
FOR_THE_LEAD = replace(TOLD, route=Route.SAFEGUARDING)
AT_ONCE = replace(TOLD, route=Route.POLICE_NOW, severity=Severity.THIS_HOUR)


def both(first: Verdict, second: Verdict) -> Verdict:
    """What is found of a text with one match."""
    (found,) = combine_readings([first], [second])
    return found


@for_each(
    ("first", "second", "severity", "look"),
    [
        (CALM, TOLD, Severity.TODAY, False),
        (TOLD, CALM, Severity.NOTE, True),
        (AT_ONCE, CALM, Severity.NOTE, True),
        (AT_ONCE, FOR_THE_LEAD, Severity.TODAY, False),
        (FOR_THE_LEAD, replace(AT_ONCE, route=Route.SAFEGUARDING), Severity.THIS_HOUR, False),
        (FOR_THE_LEAD, CALM, Severity.NOTE, True),
        (replace(CALM, look=True), CALM, Severity.NOTE, False),
    ],
)
def test_the_second_reading_decides_and_a_first_alert_that_it_finds_harmless_is_a_look(
    first, second, severity, look
):
    found = both(first, second)
    assert (found.severity, found.look) == (severity, look)


@for_each("second", [replace(TOLD, route=Route.RESPOND), FOR_THE_LEAD])
def test_whom_an_urgent_first_alert_accused_stays_out_of_a_second_and_it_stays_closed(second) -> None:
    accused = (Meant("holt", 0.6, "words"),)
    first = replace(FOR_THE_LEAD, accuses=accused, restricted=True, content_class=ContentClass.SAFEGUARDING)
    found = both(first, second)
    assert (found.accuses, found.restricted, found.route) == (accused, True, second.route)


BY_READER = STACK | {"reader": STACK["network"]}
"""Plain weights of what a second reader has read."""


@for_each(
    ("text", "route"),
    [
        ("There is a bomb in the hall of Oakfield, it goes off tomorrow", Route.POLICE_NOW),
        ("my dad hits me every night and im scared to go home from Oakfield", Route.SAFEGUARDING),
    ],
)
def test_once_read_a_signal_of_danger_chooses_lane_and_hour_over_the_line_and_shows_below_it(text, route):
    read = {"first:severity:3": 0.5}
    found = judged(text, scores("platform_report", 0.95) | read, stack=BY_READER)
    assert (found.route, found.severity) == (route, Severity.THIS_HOUR)
    calm = judged(text, scores("note", 0.01) | read, stack=BY_READER)
    assert (calm.severity < Severity.TODAY, calm.look) == (True, True)


def test_a_first_alert_that_the_reader_takes_for_anothers_is_shown_as_perhaps_ours() -> None:
    found = both(TOLD, replace(CALM, relevance=Relevance.NOT_ABOUT, severity=Severity.NOTHING))
    assert (found.relevance, found.severity, found.route) == (Relevance.UNSURE, Severity.NOTE, Route.NOTE)
    assert found.look


ACCUSED = Meant("office:head", 0.5, "words")
OTHER = Meant("person:vale", 0.5, "linking")


def test_a_look_that_was_an_alert_is_never_cut_and_stays_closed_to_all_whom_either_reading_accuses() -> None:
    closed = replace(FOR_THE_LEAD, accuses=(ACCUSED,), restricted=True, content_class="C10")
    others = [replace(CALM, mention_id=f"n{n}", look=True, look_rank=0.9) for n in range(20)]
    found = both(closed, replace(CALM, accuses=(OTHER,)))
    kept = limit_looks([found, *others], 0.05)
    assert [verdict.look for verdict in kept] == [True, True, *[False] * 19], "it takes nobody's place"
    assert WORTH_A_LOOK in {reason.code for reason in found.reasons}
    assert (found.restricted, found.content_class, found.accuses) == (True, "C10", (OTHER, ACCUSED))


def test_the_line_is_one_number_and_what_the_reader_finds_of_a_child_counts_as_its_score() -> None:
    lines, read = read_thresholds(), {"first:severity:3": 0.1}
    assert lines.read is not None
    for line in (lines.read.alert, 0.9):
        limits = replace(lines, read=replace(lines.read, alert=line))
        over, under = (
            judged(CALMLY, scores() | read | {"limb:harmed": p}, thresholds=limits, stack=None)
            for p in (line + 0.01, line - 0.01)
        )
        assert over.severity >= Severity.TODAY > under.severity


CALMLY = "My son came home from the cloakroom at Oakfield with a torn sleeve."


@for_each(
    ("text", "alerts"),
    [
        ("Mr Vane slapped my son at Oakfield.", False),
        ("I'm going to stab Mr Vane at the gates tomorrow.", False),
        ("im going to end it all tonight", True),
        ("my son got sextorted, they want money or they send his nudes to everyone", True),
        ("dwi isio marw", True),
        ("a lad in year 10 is being recruited by National Action online", True),
    ],
)
def test_where_the_reader_has_read_only_self_harm_danger_online_welsh_and_law_raise(text, alerts) -> None:
    shown = judged(text, scores() | {"first:severity:3": 0.02}, stack=None, thresholds=read_thresholds())
    assert (shown.severity >= Severity.TODAY) is alerts
    assert shown.look is not alerts
    alone = judged(text, scores(), stack=None, thresholds=read_thresholds())
    assert alone.severity >= Severity.TODAY, "nobody read it: words raise as they did"


class Reader:
    """Finds everything grave, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def score(self, texts: Sequence[str]) -> Scores:
        self.asked += texts
        return Scores(
            ("severity:3",), np.full((len(texts), 1), 0.9, np.float32), (False,) * len(texts), "reader"
        )

    def read_persons(self, asked: Sequence[AskedPerson]) -> Scores:
        assert not asked, "nobody may be meant"
        return Scores(PARTS, np.zeros((0, len(PARTS)), np.float32))


def test_each_text_worth_it_is_read_once_and_judged_by_what_the_reader_found_beside_the_rest() -> None:
    reader, seen = Reader(), []

    def judge(place: int, reading: TextReading) -> list[Verdict]:
        seen.append((place, dict(reading.scores), reading.model))
        return [TOLD]

    def meet(place: int) -> list[tuple[str, AskedPerson]]:
        return []

    look = [replace(CALM, look=True)]
    row = {"severity:3": 0.1, "severity:4": 0.2, "ngram:urgent": 0.3}
    found = read_again([look, [CALM], look, look], ["a", "b", "a", None], [row] * 4, reader, judge, meet)
    assert found == [[TOLD], [CALM], [TOLD], look]
    assert reader.asked == ["a"]
    assert read_again([[CALM]], ["a"], [row], Broken(), judge, meet) == [[CALM]]
    first = {"first:severity:3": 0.1, "first:severity:4": 0.2}
    assert seen[0] == (0, pytest.approx(row | {"severity:3": 0.9} | first), "reader")
    assert [place for place, *_ in seen] == [0, 2]


class Broken:
    """A reader of which a library fails."""

    def score(self, texts: Sequence[str]) -> Scores:
        raise MemoryError(texts[0])

    def read_persons(self, asked: Sequence[AskedPerson]) -> Scores:
        raise MemoryError


def test_all_stays_as_it_was_where_the_reader_fails_or_does_not_say_and_no_words_are_logged(caplog):
    look = [replace(CALM, look=True)]
    assert read_again([look], ["some words"], [{}], Broken(), lambda *_: [], lambda _: []) == [look]
    assert caplog.messages == ["the second reader could not read: MemoryError"]
    assert with_reading({"theme:meals": 0.4}, {})["theme:meals"] == 0.4


FIXTURES = tomllib.loads(
    (Path(__file__).parents[2] / "fixtures" / "press" / "enquiries.toml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("which", FIXTURES)
def test_the_press_is_known_by_what_it_asks_and_nobody_else_is_taken_for_it(which):
    found = {
        row["text"]: asks_for_comment(
            mention(**{"author": None, **row, "kind": MentionKind(row.get("kind", "post"))})
        )
        for row in FIXTURES[which]
    }
    wrong = [text for text, asks in found.items() if asks is not (which == "asks")]
    assert not wrong


def test_a_long_hostile_text_takes_no_time():
    for part in ("my name is a b c d ", "the reporter from the comment wants ", "- , | news \n"):
        assert asks_for_comment(mention(part * 40_000, channel="telephone")) in (True, False)


ASKS = "I’m a reporter at the Northvale Gazette. Would the school like to comment by 4pm on Tuesday?"


def test_it_is_answered_today_and_never_removed_but_what_it_tells_of_goes_its_own_way():
    calm = judged(ASKS, scores("platform_report", severe=0.9, abuse__defamation=0.9, about__head=0.9))
    assert (calm.route, calm.severity, calm.content_class) == (Route.RESPOND, Severity.TODAY, "C0")
    assert is_enquiry(calm)
    assert (calm.about, calm.look) == (About.SCHOOL, False)
    grave = judged(f"{ASKS} A teacher slapped my son.", scores("safeguarding", severe=0.95))
    assert grave.route is Route.SAFEGUARDING
    assert is_enquiry(grave)


PRESS = Person("press", "Ms Rae Quill", (Role.PRESS,), "press@example.org")
PEOPLE = (*EVERYBODY, PRESS)
ENQUIRED = verdict(
    Route.RESPOND, About.SCHOOL, severity=Severity.TODAY, content_class=ContentClass.FAIR_COMMENT,
    reasons=(Reason(ENQUIRY, "asks"),),
)  # fmt: skip


def test_whoever_speaks_to_the_press_is_asked_first_at_any_hour_and_reads_it():
    found = raise_alert(StoryNow(STORY, SCHOOL, PEOPLE, Policy(press=Role.IT_LEAD), NOW, (ENQUIRED,)))
    assert found.audience == (IT.id, "press", "head")
    assert due_at(found, NOW.replace(hour=2), NOW.tzinfo, Calendar(), Via.MAIL) == NOW.replace(hour=2)
    matter = matter_of_story([ENQUIRED], found, SCHOOL, PEOPLE, Profile(press=Role.DPO))
    assert access(PRESS, matter, PEOPLE) is Access.WORDS
    office = replace(PRESS, id="dpo2", roles=(Role.DPO,))
    assert access(office, matter, (*PEOPLE, office)) is Access.WORDS


def test_of_an_allegation_in_it_the_contact_hears_by_number_and_of_the_head_the_chair_acts():
    child = verdict(about=About.STAFF, reasons=(Reason(ENQUIRY, "asks"),))
    alert = raised(child, people=PEOPLE)
    assert "press" not in alert.audience
    assert find_notified(alert, PEOPLE, SCHOOL)["press"] == "enquiry"
    matter = matter_of_story([child], alert, SCHOOL, PEOPLE)
    assert access(PRESS, matter, PEOPLE) is not Access.WORDS
    of_head = replace(ENQUIRED, about=About.HEAD, accuses=(Meant("person:head", 1.0, "linking"),))
    led = raised(of_head, people=PEOPLE)
    assert ("chair" in led.audience, "press" in led.audience) == (True, False)
    assert ENQUIRY in codes(led)
    speaks = spokesperson(matter_of_story([of_head], led, SCHOOL, PEOPLE), PEOPLE)
    assert speaks is not None
    assert speaks[0].id == "chair"


def test_no_tap_alone_ends_it_as_answered():
    alert = raised(ENQUIRED, people=PEOPLE)
    matter = matter_of_story([ENQUIRED], alert, SCHOOL, PEOPLE)
    assert Mark.ANSWERED not in list_marks(PRESS, matter, PEOPLE, alert, [ENQUIRED])[0]
    assert Mark.ANSWERED in list_marks(PRESS, matter, PEOPLE, alert, [replace(ENQUIRED, reasons=())])[0]
