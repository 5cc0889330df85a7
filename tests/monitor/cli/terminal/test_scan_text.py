"""The end of a scan, read as a person reads it in a terminal."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders.mention import a_batch, a_mention, a_verdict, an_alert

from alerts.access.knowing import Access
from alerts.access.matter import ReaderPart
from alerts.delivery.results import Cause
from data.matters import MatterView
from data.register.calendar import SchoolHours
from data.types import (
    MentionKind,
    Outcome,
    PressEvent,
    Reason,
    Relevance,
    Route,
    School,
    Severity,
    Source,
    SourceState,
)
from monitor.cli.scan_once import as_known
from monitor.cli.views.scan.as_json import as_document
from monitor.cli.views.scan.summary import ScanSummary, SchoolSummary, SourceNote, summarise
from monitor.cli.views.scan.text import scan_lines
from monitor.service.delivery import Delivered
from sources.source_health import SourceTrouble, Unseen

NOW = datetime(2026, 11, 17, 16, 4, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
SCHOOL = School("900001", "Oakfield Primary")


def line(what, route, severity, *, hours=1, channel="local_forum", **changes):
    base = MatterView(
        what[:4],
        "900001",
        Access.WORDS,
        posted_at=NOW - timedelta(hours=hours),
        channels=(channel,),
        title=what,
        route=route,
        severity=severity,
        places=1,
        people=1,
        because=(Reason("named", "“Oakfield”."),),
    )
    return replace(base, **changes)


def note(id_, name, outcome, detail, unseen=None, **state):
    where = Source(id_, "feed", "https://example.org/", name=name)
    return SourceNote(where, outcome, detail, SourceState(id_, **state), unseen)


FULL = ScanSummary(
    at=NOW,
    seconds=41.2,
    schools=(
        SchoolSummary(
            SCHOOL,
            restricted=("s-hidden",),
            restricted_alerts=(an_alert("s-hidden", number="482913", raised_at=NOW - timedelta(minutes=2)),),
            today=(
                line("Private details of staff are given.", Route.REQUEST_REMOVAL, Severity.TODAY),
                line(
                    "An account or message poses as the school.",
                    Route.PLATFORM_REPORT,
                    Severity.TODAY,
                    hours=30,
                    channel="x",
                ),
            ),
            to_look_at=(line("a remark about the caretaker’s van", Route.NOTE, Severity.NOTE),),
            to_answer=(line("parking at the gate", Route.RESPOND, Severity.RESPOND, places=2, people=9),),
            good_news=(line("choir at the hospice", Route.NOTE, Severity.NOTE, channel="google_news"),),
            unsure=(line("uniform prices", Route.RESPOND, Severity.RESPOND, relevance=Relevance.UNSURE),),
            before=(
                line(
                    "Private details of staff are given.",
                    Route.REQUEST_REMOVAL,
                    Severity.TODAY,
                    hours=24 * 365 * 8,
                    channel="google_news",
                ),
                line("the old car park", Route.RESPOND, Severity.RESPOND, hours=24 * 20),
            ),
            noted=3,
            not_about=4,
            pass_on=1,
        ),
    ),
    sources_checked=16,
    sources_seen=14,
    mentions_read=212,
    new_stories=9,
    not_seen=(
        note(
            "mumsnet-alert",
            "Mumsnet search alert",
            Outcome.BLOCKED,
            "the site shows a challenge",
            Unseen(SourceTrouble.FAILING, NOW - timedelta(days=2), timedelta(days=2)),
            last_ok_at=NOW - timedelta(days=2),
            failures_in_a_row=4,
        ),
        note(
            "town",
            "Town forum",
            Outcome.SUSPICIOUS,
            "It holds nothing; usually there are 6 posts.",
            usual_mentions=6.0,
        ),
        note(
            "board",
            "Larch Road board",
            Outcome.OK,
            "",
            Unseen(SourceTrouble.SILENT, NOW - timedelta(days=9), timedelta(hours=30)),
        ),
    ),
    in_part=(note("parish", "Parish news", Outcome.OK, "The feed is damaged. What could be read was kept."),),
    waiting_messages=3,
    exit=3,
)


ALERTED = replace(
    FULL,
    schools=(
        replace(
            FULL.schools[0],
            today=tuple(replace(one, number="fedcba9876543210") for one in FULL.schools[0].today),
        ),
    ),
)


def test_a_full_scan(snapshot):
    assert "\n".join(scan_lines(FULL, LONDON)) == snapshot


def test_a_quiet_scan_says_so(snapshot):
    quiet = replace(
        FULL,
        schools=(SchoolSummary(SCHOOL),),
        not_seen=(),
        in_part=(),
        waiting_messages=0,
        exit=0,
        sources_seen=16,
        new_stories=0,
        seconds=0.4,
    )
    assert "\n".join(scan_lines(quiet, LONDON)) == snapshot


def test_where_nothing_could_be_read_it_does_not_say_that_nothing_is_new():
    blind = replace(
        FULL, schools=(SchoolSummary(SCHOOL, seen=False),), sources_seen=0, mentions_read=0, new_stories=0
    )
    shown = "\n".join(scan_lines(blind, LONDON))
    assert "Nothing could be read." in shown
    assert "Nothing new" not in shown


YOURSELF = "Tell these people yourself: schoolgate alerts list"


@pytest.mark.parametrize(
    ("delivered", "waiting", "lines"),
    [
        (None, 0, []),
        (None, 1, [f"1 message waits, and nothing was sent. {YOURSELF}"]),
        (Delivered(sent=3), 0, ["3 messages sent."]),
        (
            Delivered(mail=False),
            3,
            [f"3 messages wait: no mail server is set up. To set one up: schoolgate mail setup. {YOURSELF}"],
        ),
        (
            Delivered(retried=2, causes=[Cause.UNREACHABLE]),
            2,
            [
                "2 messages wait: the mail server cannot be reached. "
                f"The next scan tries again, or the service. {YOURSELF}"
            ],
        ),
        (
            Delivered(sent=1),
            1,
            [
                "1 message sent.",
                "1 message waits for the right hour. The next scan sends what is due, or the service.",
            ],
        ),
        (
            Delivered(failed=1, unsure=1, causes=[Cause.ADDRESS_REFUSED]),
            0,
            [
                "1 message could not be sent: the mail server refuses the address. To see what is wrong: "
                "schoolgate doctor",
                "1 message may have arrived: the server hung up. None is sent twice.",
            ],
        ),
    ],
)
def test_the_last_lines_say_what_became_of_messages(delivered, waiting, lines):
    one = replace(FULL, waiting_messages=waiting, delivered=delivered)
    shown = list(scan_lines(one, LONDON))
    end = shown.index("exit 3: done, but some sources failed")
    assert shown[end - len(lines) : end] == lines


def test_what_keeps_several_places_from_being_read_is_said_once():
    why = "The site’s certificate is not accepted."
    notes = tuple(note(n, n, Outcome.UNREACHABLE, why) for n in ("Bing News", "Ofsted", "Town forum"))
    said = [line for line in scan_lines(replace(FULL, not_seen=notes), LONDON) if why in line]
    assert said == [f"Not seen: Bing News, Ofsted, Town forum (not reached: {why})"]


def test_where_a_fault_of_ours_ended_all_of_it_the_last_line_says_so_and_where_to_look():
    *_, last = scan_lines(replace(FULL, exit=1), LONDON)
    assert last.startswith("exit 1: nothing could be judged and kept, for a fault of ours.")
    assert last.endswith("schoolgate doctor")


def test_every_line_bears_the_id_that_the_next_command_wants():
    shown = list(scan_lines(ALERTED, LONDON))
    part = ALERTED.schools[0]
    for section in (part.today, part.to_look_at, part.to_answer, part.good_news, part.before):
        for one in section:
            named = f"alert {one.number}" if one.number else f"story {one.story_id[:8]}"
            assert any(line.startswith(f"  {named}  ") for line in shown)


@pytest.mark.parametrize(("raised", "more"), [(8, []), (14, ["    … and 6 more: schoolgate alerts list"])])
def test_with_the_safeguarding_lead_it_says_how_many_more_alerts_there_are(raised, more):
    alerts = tuple(an_alert(f"s-{n}", number=f"{n + 100000}") for n in range(raised))
    part = SchoolSummary(SCHOOL, restricted=tuple(a.story_id for a in alerts), restricted_alerts=alerts)
    shown = [*scan_lines(replace(FULL, schools=(part,)), LONDON)]
    assert [one for one in shown if "more: schoolgate alerts list" in one] == more


def test_the_very_last_line_says_how_to_read_one_of_them():
    stories = replace(FULL, schools=(replace(FULL.schools[0], restricted=(), restricted_alerts=()),))
    assert [*scan_lines(ALERTED, LONDON)][-1] == (
        "To read one: schoolgate alerts show ID, schoolgate story show ID"
    )
    assert [*scan_lines(stories, LONDON)][-1] == "To read one: schoolgate story show ID"
    quiet = replace(FULL, schools=(SchoolSummary(SCHOOL),))
    assert "To read one" not in "\n".join(scan_lines(quiet, LONDON))


def test_of_a_threat_the_reader_is_told_what_is_theirs_to_do():
    threat = line("A threat is made.", Route.POLICE_NOW, Severity.THIS_HOUR)
    for part, said in (
        (ReaderPart.TARGET, "if you are in danger now"),
        (ReaderPart.ACTS, "if not, ring 101"),
    ):
        one = replace(FULL, schools=(SchoolSummary(SCHOOL, today=(replace(threat, part=part),)),))
        assert said in " ".join(" ".join(scan_lines(one, LONDON)).split())


def test_what_was_said_stands_in_lines_of_a_narrow_terminal():
    shown = list(scan_lines(FULL, LONDON))
    assert max(len(line) for line in shown if line.startswith("  ") and "(" not in line) <= 78


def test_the_json_document_has_the_contracts_keys_in_their_order():
    assert " ".join(as_document(FULL)) == (
        "schools needs_you today to_look_at to_answer good_news unsure from_before urgent_unsaved not_seen "
        "counts exit"
    )


def test_the_json_document_is_json_with_the_reasons():
    document = json.loads(json.dumps(as_document(FULL)))
    assert document["today"][0]["reasons"] == [{"code": "named", "text": "“Oakfield”."}]
    assert document["exit"] == 3


def test_of_a_restricted_matter_the_json_holds_a_count_and_the_alerts_number():
    assert as_document(FULL)["needs_you"] == [
        {
            "urn": "900001",
            "with_the_dsl": 1,
            "alerts": ["482913"],
            "raised_at": "2026-11-17T16:02:00Z",
            "about_another_school": 1,
        }
    ]


ARTICLE = a_mention(
    "news", title="School in special measures - Northvale Gazette", url="https://news.google.com/a",
    channel="google_news", kind=MentionKind.ARTICLE,
)  # fmt: skip


def of_the_press(access=Access.WORDS, **verdict):
    given = {"event": PressEvent.INSPECTION, "route": Route.RESPOND, **verdict}
    batch = a_batch(ARTICLE, verdicts=[a_verdict(ARTICLE, **given)])
    search = Source("search", "feed", "https://news.google.com/", name="News search", surfaced=True)
    done = [(search, SourceState("search"), batch)]
    whole = summarise(
        done,
        [replace(SCHOOL, urn="900001")],
        started=NOW,
        finished=NOW,
        waiting_messages=0,
        look_share=0.1,
        hours=lambda _: SchoolHours(frozenset(), LONDON),
    )
    seen = as_known(whole, {"s-one": access}, {}, {"s-one": ReaderPart.ACTS}, {})
    return " ".join(" ".join(scan_lines(seen, LONDON)).split())


def test_a_grave_article_shows_what_it_tells_of_its_headline_its_paper_and_what_next():
    assert (
        "The press reports on an inspection. “School in special measures”, Northvale Gazette "
        "→ agree who speaks to the press and what parents are told"
    ) in of_the_press(severity=Severity.TODAY)


def test_any_other_article_shows_headline_and_paper():
    shown = of_the_press(severity=Severity.RESPOND)
    assert "“School in special measures”, Northvale Gazette" in shown
    assert "The press reports" not in shown


@pytest.mark.parametrize("severity", [Severity.RESPOND, Severity.TODAY])
def test_without_its_words_neither_headline_nor_paper(severity):
    shown = of_the_press(Access.STATUS, severity=severity)
    assert "special measures" not in shown
    assert "Gazette" not in shown
    assert "press" in shown


def test_schools_of_which_there_is_nothing_to_say_are_said_in_one_line():
    schools = tuple(
        SchoolSummary(School(str(n), f"Larch {n} Primary"), noted=1, not_about=2) for n in range(5)
    )
    blind = SchoolSummary(School("9", "Thorn High"), seen=False)
    unsure = SchoolSummary(School("8", "Elm Infant"), unsure=FULL.schools[0].today)
    shown = list(scan_lines(replace(FULL, schools=(*schools, blind, unsure, *FULL.schools)), LONDON))
    assert sum("Nothing new" in line for line in shown) == 2  # Elm Infant has a line of its own to say
    assert "6 schools with nothing to tell · scan of Tue 17 Nov 2026, 16:04 · 41 s" in shown
    said = "Nothing new about 5 schools: Larch 0 Primary, Larch 1 Primary, Larch 2 Primary and 2 more."
    assert said in shown
    assert "Nothing could be read for 1 school: Thorn High." in shown
    assert "  5 noted, nothing to do · 10 not about them" in shown
    assert any(line.startswith("Oakfield Primary (URN 900001)") for line in shown)
