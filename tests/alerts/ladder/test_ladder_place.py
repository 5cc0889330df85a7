"""Where a post is, put right by a person, and what follows from it."""

import pytest
from builders.ladder import WEIGHED, Climb
from support.for_each import for_each

from alerts.ladder.advance import Advance, Refusal
from alerts.letters.allowed import TO_REMOVE, refusal
from alerts.letters.kinds import LetterKind
from data.steps.codes import StepKind
from data.web.channels import CHANNELS, Channel, Reporter
from monitor.act.casework.steps import next_steps
from monitor.cli.views.case.next_steps import next_lines


def test_where_it_is_can_be_put_right_and_stays_in_the_record():
    case = Climb(channel="manual_report")
    case.take(StepKind.PLACE, channel="whatsapp")
    assert case.case.channel == "whatsapp"
    assert case.steps[-1].written == {"channel": "whatsapp"}


def test_a_place_that_there_is_not_and_the_one_it_has_already_are_refused():
    case = Climb(channel="facebook")
    assert case.refused(StepKind.PLACE, channel="village_noticeboard") == "facts"
    assert case.refused(StepKind.PLACE, channel="facebook") == "another_place"


def test_the_program_puts_nothing_right_by_itself():
    assert Climb().refused(StepKind.PLACE, "schoolgate", channel="x") == "actor"


def next_of(channel: str, **facts: str) -> dict[tuple[str, str], str]:
    """What can be asked in a decided case there: each rung and way, with the guard in the way, or ""."""
    case = Climb("C7", channel=channel, **facts).sought()
    steps = next_steps(case.case, "head", case.now, case.rules)
    return {(s.rung.value, s.kind): s.refusal.guard if s.refusal else "" for s in steps}


PLATFORM = ("platform_report", "")
MEMBER = ("platform_report", "member")


@for_each("row", CHANNELS.values())
def test_what_can_be_asked_and_the_letters_offered_agree_in_every_place(row: Channel) -> None:
    case = Climb("C7", channel=row.key).sought()
    ways = next_of(row.key)
    letter = refusal(LetterKind.PLATFORM_REPORT, case.case, case.rules, case.now)
    by_platform = ways.get(PLATFORM) == ""
    assert by_platform is (letter in (None, "its_own_way")), (ways, letter)
    assert (ways.get(MEMBER) == "") is (row.reporter is Reporter.MEMBER)


@pytest.mark.parametrize("site", ["website", "blog", "google_news"])
def test_a_website_is_a_website(site: str) -> None:
    assert next_of(site)[PLATFORM] == "platform_there"


def shown_of(channel: str) -> str:
    """What the case file says of it."""
    case = Climb("C7", channel=channel).sought()
    ways = next_steps(case.case, "head", case.now, case.rules)
    return " ".join(" ".join(next_lines(case.case, ways, "head")).split())


def test_a_platform_has_no_host_and_no_registrar_that_could_be_asked() -> None:
    assert {("host", "host"), ("isp", "registrar")} <= set(next_of("website"))
    for row in CHANNELS.values():
        offered = {way for way in next_of(row.key) if way[0] in ("host", "isp")}
        assert (offered == {("host", "s5")}) is not row.operated, row.key
    assert "registrar" not in shown_of("facebook")


@pytest.mark.parametrize(
    ("channel", "never"), [("website", "the platform"), ("in_person", "the platform; the website’s operator")]
)
def test_who_is_nowhere_where_the_post_is_is_not_here_rather_than_not_yet(channel: str, never: str) -> None:
    assert f"not here: {never}" in shown_of(channel)
    assert f"not yet: {never}" not in shown_of(channel)


@pytest.mark.parametrize("private", ["whatsapp", "facebook_group"])
def test_in_a_private_group_a_member_reports_it_and_the_school_does_not(private: str) -> None:
    ways = next_of(private)
    assert PLATFORM not in ways
    assert ways[MEMBER] == ""
    case = Climb("C7", channel=private).sought()
    assert case.refused(StepKind.ASKED, rung="platform_report") == "member_reports"
    case.take(StepKind.ASKED, rung="platform_report", kind="member")


def test_on_a_platform_that_anyone_may_report_to_no_member_is_needed() -> None:
    assert MEMBER not in next_of("facebook")
    case = Climb("C7").sought()
    assert case.refused(StepKind.ASKED, rung="platform_report", kind="member") == "member_reports"


@pytest.mark.parametrize("said", ["in_person", "telephone", "letter", "email"])
def test_what_was_said_or_sent_to_somebody_has_nothing_to_remove(said: str) -> None:
    ways = next_of(said)
    online = {way: guard for way, guard in ways.items() if way[0] not in ("police", "author_request")}
    assert set(online.values()) <= {"online", "pupil_referred"}
    case = Climb("C7", channel=said).sought().author("third_party")
    assert case.refused(StepKind.ASKED, rung="author_request", kind="removal") == "online"
    case.take(StepKind.ASKED, rung="author_request", kind="conversation")
    for kind in TO_REMOVE:
        assert refusal(kind, case.case, case.rules, case.now) == "nowhere"


def test_what_was_spoken_needs_no_file_beside_what_was_written_down() -> None:
    assert not guarded("in_person", "evidence_held")
    assert guarded("letter", "evidence_held")


@pytest.mark.parametrize(
    ("channel", "words"),
    [
        ("website", "Capture the page"),
        ("facebook", "asks for a log-in"),
        ("whatsapp", "whether a picture of it is needed at all"),
        ("letter", "the letter or the e-mail itself"),
    ],
)
def test_how_evidence_is_kept_is_said_for_the_place(channel: str, words: str) -> None:
    assert words in guarded(channel, "evidence_held")


def test_where_nobody_has_said_where_it_is_that_is_asked_first() -> None:
    assert next_of("manual_report")[PLATFORM] == "place_known"


def guarded(channel: str, guard: str) -> str:
    """The remedy of that guard where removal is wanted and nothing is captured; "" where it lets pass."""
    case = Climb("C7", channel=channel).classed()
    case.take(StepKind.WEIGHED, **WEIGHED)
    done = case.attempt(StepKind.DECIDED, decision="seek")
    asked = case.attempt(StepKind.ASKED, rung="host", kind="host") if isinstance(done, Advance) else done
    return asked.remedy if isinstance(asked, Refusal) and asked.guard == guard else ""
