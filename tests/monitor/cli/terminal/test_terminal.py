"""What a terminal shows: strangers cannot steer it, questions take the words they offer, a scan is read."""

import io
import json
import logging
import re
import sys
import time
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

from builders.mention import NOW, a_batch, a_mention, a_verdict, an_alert
from hypothesis import given, settings
from hypothesis import strategies as st
from support.documents import content
from support.for_each import for_each
from support.pseudo_terminal import shown_at
from support.terminal_marks import WHOLE, unseen

from alerts.access.knowing import Access
from alerts.access.matter import ReaderPart
from alerts.delivery.results import Cause
from alerts.letters.facts import yes_or_no
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
    SourceRun,
    SourceState,
)
from monitor.cli.commands.set import convert_value
from monitor.cli.scan_once import (
    ScanSummary,
    SchoolSummary,
    SourceNote,
    limit_summary,
    scan_lines,
    summarise,
    summary_document,
)
from monitor.config import model
from monitor.config.check import required_reader
from monitor.config.model import NATIONS, Nation
from monitor.service.delivery import Delivered
from monitor.setup import mail as asking
from monitor.terminal import output
from monitor.terminal.output import Document, in_json, printed_text, say, set_up_log, visible
from monitor.terminal.progress import Progress
from monitor.terminal.table import ONE_EACH, Cell, Tone, draw_table, fold_text
from monitor.terminal.wording import NO_MAIL
from sources.runs import SourceTrouble, Unseen

SEEN = ("Ysgol Tŷ Gŵyr, Llanfair-ym-Muallt: cŵl — “iawn”", "naïve façade", "مدرسة", "בית ספר", *WHOLE)


@for_each("text", SEEN)
def test_what_is_seen_stays_as_it_is(text):
    assert visible(text) == visible(f"a{text}b")[1:-1] == text


@for_each(
    ("text", "shown"),
    [
        ("\x1b[2J\x1b]0;owned\x07", r"\u001b[2J\u001b]0;owned\u0007"),
        ("\x9b31m", r"\u009b31m"),
        ("a\u202eb", r"a\u202eb"),
        ("pay\u200bpal", r"pay\u200bpal"),
        ("a\u200db", r"a\u200db"),
        ("\ufeffx", r"\ufeffx"),
        ("\U000e0041", r"\udb40\udc41"),
        ("🏴\U000e0075\U000e0073\U000e007f", r"🏴\udb40\udc75\udb40\udc73\udb40\udc7f"),
        ("\ud800", r"\ud800"),
        ("over\rwritten", r"over\rwritten"),
        ("two\r\nlines", "two\nlines"),
    ],
)
def test_what_is_not_seen_is_shown(text, shown):
    assert visible(text) == shown


def test_nothing_unseen_is_left_of_any_letter():
    every = "".join(chr(n) for n in range(sys.maxunicode + 1))
    assert unseen(visible(every)) == []


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("\u200d\ufe0f🏴👩\u202e\x1b\r\n🏽"))))
def test_twice_does_no_more_than_once_and_json_means_the_same(text):
    once = visible(text)
    assert visible(once) == once
    assert json.loads(visible(json.dumps(text, ensure_ascii=False))) == text


def test_a_further_line_of_what_somebody_wrote_passes_for_none_of_ours():
    assert (
        printed_text("  Thank you!\n\n    - no threat was found")
        == "  Thank you!\n\n  |     - no threat was found"
    )
    assert printed_text("title\u2028Case 4 is closed") == r"title\u2028Case 4 is closed"


def test_the_lines_of_a_document_are_its_own():
    assert printed_text(Document("Dear Ms Holt\n\nYours")) == "Dear Ms Holt\n\nYours"
    told = in_json({"mention": "\x1b\u202e"})
    assert content(printed_text(told)) == {"mention": "\x1b\u202e"}


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@contextmanager
def guarded(kind=io.StringIO):
    """Standard output and standard error, as the command has them."""
    out, err = kind(), kind()
    with redirect_stdout(out), redirect_stderr(err):
        output.guard()
        yield out, err


def test_whoever_prints_is_made_visible():
    with guarded() as (out, err):
        sys.stdout.write("a\x1b[1m")
        sys.stderr.writelines(["b\u202e"])
        output.guard()
        output.say("once\x1b")
    assert out.getvalue() == "a\\u001b[1monce\\u001b\n"
    assert err.getvalue() == r"b\u202e"


def test_a_log_entry_is_one_entry():
    with guarded() as (_, err):
        set_up_log(verbose=False)
        logging.getLogger("schoolgate.x").warning("of \x1b[1m\nschoolgate.service all is well")
    logging.getLogger("schoolgate").handlers.clear()
    assert "\x1b" not in err.getvalue()
    assert err.getvalue().splitlines()[1] == "| schoolgate.service all is well"


def test_a_live_line_shows_the_name_of_a_place_as_it_is():
    source = Source("a", "feed", "https://example.org", ("900001",), name="\x1b]0;x\u202e[bold]")
    with guarded(Screen) as (_, err):
        progress = Progress()
        with progress.over([source]):
            progress.start_source(source)
            time.sleep(0.3)
            progress.finish_source(source, SourceRun("a", NOW, NOW, Outcome.OK, mentions_new=1))
    told = err.getvalue()
    assert r"reading \u001b]0;x\u202e[bold]" in told
    assert "\x1b]" not in told
    assert "\u202e" not in told


# A table on the terminal: heads, a row an entry, as wide as the terminal, nothing of an id lost.


HEADS = ("Id", "Raised", "How grave", "What it is")
LONG = (
    "A member of staff’s home street and car are given on a town group, and two parents have shared it. " * 2
)
ROWS = [
    ("6d1ee807", "Fri 20 Nov, 15:20", Cell("today", Tone.GRAVE), LONG),
    ("00aa11bb", "Mon 2 Feb 2026, 09:05", Cell("to note"), "Choir at the hospice"),
]
PRINTS = """
from monitor.terminal.output import guard, say
from monitor.terminal.table import Cell, Tone, draw_table
guard()
rows = [("6d1ee807", Cell("today", Tone.GRAVE)), ("\\x1b[2Jx", "words " * 50)]
for line in draw_table(("Id", "What"), rows):
    say(line)
"""


@for_each("width", [80, 120])
def test_lines_are_no_wider_than_the_terminal_and_use_its_width(width):
    lines = draw_table(HEADS, ROWS, width=width)
    assert width - 20 < max(map(len, lines)) <= width


def test_what_wraps_goes_on_below_itself_and_loses_nothing():
    head, *lines = draw_table(HEADS, ROWS, width=80)
    column = head.index("What it is")
    of_first = lines[: next(n for n, line in enumerate(lines) if line.startswith("00aa11bb"))]
    assert all(not line[:column].strip() for line in of_first[1:])
    assert " ".join(line[column:] for line in of_first).split() == LONG.split()


@given(st.integers(20, 200))
def test_an_id_is_never_cut_however_narrow_the_terminal(width):
    told = "\n".join(draw_table(HEADS, ROWS, width=width))
    assert all(word in told for word in ("6d1ee807", "00aa11bb"))


def test_where_columns_do_not_fit_each_entry_is_told_in_lines():
    lines = draw_table(HEADS, ROWS, width=40)
    assert lines[:3] == ["Id: 6d1ee807", "Raised: Fri 20 Nov, 15:20", "How grave: today"]
    assert "" in lines
    assert max(map(len, lines)) <= 40


def test_an_address_that_is_wider_than_its_column_goes_on_in_the_next_line():
    address = "https://example.org/" + "a" * 90
    _, *lines = draw_table(("Id", "Where"), [("1", address)], width=80)
    assert "".join(line.strip() for line in lines) == f"1   {address}"


def test_a_column_without_any_text_is_left_out():
    assert draw_table(("Id", "Place", "What"), [("1", "", "a"), ("2", " ", "b")]) == [
        "Id  What",
        "1   a",
        "2   b",
    ]


def test_nothing_is_said_of_no_rows():
    assert draw_table(HEADS, []) == []


def test_what_somebody_else_wrote_stays_in_its_row_and_cannot_steer_the_terminal():
    _, line, *more = draw_table(
        ("Id", "What"), [("1", "one\n2  passes for a row\x1b[2J\u202e [bold]x[/] :bug:")]
    )
    assert more == []
    assert line == r"1   one 2 passes for a row\u001b[2J\u202e [bold]x[/] :bug:"


@settings(max_examples=20)
@given(st.lists(st.tuples(st.text(), st.text()), min_size=1, max_size=3))
def test_whatever_is_in_the_cells_no_line_holds_what_cannot_be_seen(rows):
    assert not any(unseen(line) for line in draw_table(("A", "B"), rows, width=80))


def test_a_terminal_shows_colour_and_only_ours():
    told = shown_at(80, PRINTS)
    assert "\x1b[1;31mtoday" in told
    assert r"\u001b[2Jx" in told
    assert "\x1b[2J" not in told


@for_each("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_whoever_asks_for_no_colour_gets_none(env):
    assert "\x1b" not in shown_at(80, PRINTS, env=env)


def test_a_file_gets_no_codes_and_eighty_columns():
    page = io.StringIO()
    with redirect_stdout(page):
        for line in draw_table(HEADS, ROWS):
            say(line)
    assert "\x1b" not in page.getvalue()
    assert max(map(len, page.getvalue().splitlines())) <= 80


def test_a_letter_counted_as_one_column_is_one():
    from rich.cells import get_character_cell_size as size

    letters = [chr(n) for n in range(0x30000)]
    assert not [c for c in letters if ONE_EACH.fullmatch(c) and size(c) != 1]


@for_each(
    ("text", "lines"),
    [
        ("日本語テキスト", ["日本", "語テ", "キス", "ト"]),
        ("ab 日本 cd", ["ab", "日本", "cd"]),
        ("👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧 a", ["👩‍👩‍👧👩‍👩‍👧", "👩‍👩‍👧 a"]),
        ("abcdefgh ij", ["abcd", "efgh", "ij"]),
        ("", [""]),
    ],
)
def test_letters_of_two_columns_and_words_wider_than_the_column_are_folded_where_they_stand(text, lines):
    assert fold_text(text, 4) == lines


# Questions at the terminal take each word that they offer, as they spell it and in capitals.


ANSWERED = {
    "letters": (yes_or_no, "yes no"),
    "the line": (asking._security, "starttls tls none"),
    "the user": (asking._user, "nobody"),
}


@for_each("question", ANSWERED)
def test_a_question_takes_the_words_that_it_offers(question: str) -> None:
    read, words = ANSWERED[question]
    for word in words.split():
        assert read(word) == read(word.upper()) == read(word.lower())


def test_a_nation_is_taken_as_the_question_spells_it() -> None:
    for nation in NATIONS:
        shown = nation.replace("_", " ").title()
        assert required_reader(Nation)(shown) == required_reader(Nation)(shown.upper()) == nation


def test_a_setting_of_few_words_is_taken_in_capitals() -> None:
    for section in (model.MailSettings, model.SignInSettings, model.DigestSettings):
        for name, field in section.model_fields.items():
            for word in filter(re.compile("[a-z]").match, map(str, get_args(field.annotation))):
                if len(get_args(field.annotation)) > 1 and "Literal" in str(field.annotation):
                    assert convert_value(name, word.upper(), field) == word


# The end of a scan, read as a person reads it in a terminal.


SCANNED_AT = datetime(2026, 11, 17, 16, 4, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
SCHOOL = School("900001", "Oakfield Primary")


def line(what, route, severity, *, hours=1, channel="local_forum", **changes):
    base = MatterView(
        what[:4],
        "900001",
        Access.WORDS,
        posted_at=SCANNED_AT - timedelta(hours=hours),
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
    at=SCANNED_AT,
    seconds=41.2,
    schools=(
        SchoolSummary(
            SCHOOL,
            restricted=("s-hidden",),
            restricted_alerts=(
                an_alert("s-hidden", number="482913", raised_at=SCANNED_AT - timedelta(minutes=2)),
            ),
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
            Unseen(SourceTrouble.FAILING, SCANNED_AT - timedelta(days=2)),
            last_ok_at=SCANNED_AT - timedelta(days=2),
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
            Unseen(SourceTrouble.SILENT, SCANNED_AT - timedelta(days=9)),
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


@for_each(
    ("delivered", "waiting", "lines"),
    [
        (None, 0, []),
        (None, 1, [f"1 message waits, and nothing was sent. {YOURSELF}"]),
        (Delivered(sent=3), 0, ["3 messages sent."]),
        (
            Delivered(mail=False),
            3,
            [f"3 messages wait: {NO_MAIL[False]}. {YOURSELF}"],
        ),
        (
            Delivered(mail=False, by_choice=True),
            1,
            [
                "1 message waits: nobody is sent email, as you chose. To look at the desk: schoolgate desk. "
                f"{YOURSELF}"
            ],
        ),
        (
            Delivered(retried=2, causes=[Cause.UNREACHABLE]),
            2,
            [
                "2 messages wait: the mail server cannot be reached. "
                f"The next scan or the service will try again. {YOURSELF}"
            ],
        ),
        (
            Delivered(sent=1),
            1,
            [
                "1 message sent.",
                "1 message waits for the right hour. The next scan or the service will send what is due.",
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
    assert last.startswith("exit 1: nothing could be judged and saved, through our fault.")
    assert last.endswith("schoolgate doctor")


def test_every_line_bears_the_id_that_the_next_command_wants():
    shown = list(scan_lines(ALERTED, LONDON))
    part = ALERTED.schools[0]
    for section in (part.today, part.to_look_at, part.to_answer, part.good_news, part.before):
        for one in section:
            named = f"alert {one.number}" if one.number else f"story {one.story_id[:8]}"
            assert any(line.startswith(f"  {named}  ") for line in shown)


@for_each(("raised", "more"), [(8, []), (14, ["    … and 6 more: schoolgate alerts list"])])
def test_with_the_safeguarding_lead_it_says_how_many_more_alerts_there_are(raised, more):
    alerts = tuple(an_alert(f"s-{n}", number=f"{n + 100000}") for n in range(raised))
    part = SchoolSummary(SCHOOL, restricted=tuple(a.story_id for a in alerts), restricted_alerts=alerts)
    shown = [*scan_lines(replace(FULL, schools=(part,)), LONDON)]
    assert [one for one in shown if "more: schoolgate alerts list" in one] == more


def test_the_very_last_line_says_where_they_are_read():
    assert [*scan_lines(ALERTED, LONDON)][-1] == "Read all of it at the desk."
    quiet = replace(FULL, schools=(SchoolSummary(SCHOOL),))
    assert "at the desk" not in "\n".join(scan_lines(quiet, LONDON))


def test_of_a_threat_the_reader_is_told_what_is_theirs_to_do():
    threat = line("A threat is made.", Route.POLICE_NOW, Severity.THIS_HOUR)
    for part, said in (
        (ReaderPart.TARGET, "if you are in danger now"),
        (ReaderPart.ACTS, "if not, ring 101"),
    ):
        one = replace(FULL, schools=(SchoolSummary(SCHOOL, today=(replace(threat, part=part),)),))
        assert said in " ".join(" ".join(scan_lines(one, LONDON)).split())


def test_the_json_document_has_the_contracts_keys_in_their_order():
    assert " ".join(summary_document(FULL)) == (
        "schools needs_you today to_look_at to_answer good_news unsure from_before only_looked "
        "may_be_dangers_at urgent_unsaved not_seen counts exit"
    )


def test_the_json_document_is_json_with_the_reasons():
    document = json.loads(json.dumps(summary_document(FULL)))
    assert document["today"][0]["reasons"] == [{"code": "named", "text": "“Oakfield”."}]
    assert document["exit"] == 3


def test_of_a_restricted_matter_the_json_holds_a_count_and_the_alerts_number():
    assert summary_document(FULL)["needs_you"] == [
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
        started=SCANNED_AT,
        finished=SCANNED_AT,
        waiting_messages=0,
        look_share=0.1,
        hours=lambda _: SchoolHours(frozenset(), LONDON),
    )
    seen = limit_summary(whole, {"s-one": access}, {}, {"s-one": ReaderPart.ACTS}, {})
    return " ".join(" ".join(scan_lines(seen, LONDON)).split())


def test_a_grave_article_shows_what_it_tells_of_its_headline_its_paper_and_what_next():
    assert (
        "The press reports on the school. “School in special measures”, Northvale Gazette "
        "→ agree who speaks to the press and what parents are told"
    ) in of_the_press(severity=Severity.TODAY)


def test_any_other_article_shows_headline_and_paper():
    shown = of_the_press(severity=Severity.RESPOND)
    assert "“School in special measures”, Northvale Gazette" in shown
    assert "The press reports" not in shown


@for_each("severity", [Severity.RESPOND, Severity.TODAY])
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
