"""The governors' report: its facts, its words, its last look and its files."""

import io
import json
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup
from builders.report import (
    ANSWERS,
    BUSY,
    FRIDAY,
    PLACES,
    SCHOOL,
    THEMES,
    USUAL,
    WEEK,
    ZONE,
    busy,
    counts,
    facts,
)
from pypdf import PdfReader
from pypdf.generic import ContentStream

from alerts.layout.pdf import Heading, Paragraph, Points
from alerts.weekly import wording as html
from alerts.weekly.compose import WHOLE, kind_of_place, several
from alerts.weekly.facts import (
    KINDS,
    LEAST,
    TONES,
    Hidden,
    PolicyRow,
    TrustRow,
    WeekRow,
    WindowRow,
    from_json,
    last_complete,
    parse_week,
    to_json,
)
from alerts.weekly.release_check import Names, check
from alerts.weekly.wording import (
    Chart,
    Incident,
    ReportTable,
    document,
    duration,
    safeguarding_document,
    term_document,
    year_document,
)
from data.cases import Case, CaseState
from data.content_class import ContentClass
from data.errors import InputError
from data.register.calendar import Term
from data.rungs import Rung
from data.store.weekly import AlertHandling, Removal, ThemeCount, WatchedPlace
from data.types import About, Route, School
from data.web.channels import CHANNELS
from data.words.say import words


def test_facts_come_back_as_they_went_in_hold_no_number_below_five_and_have_an_edition_in_english():
    made = facts(counts(BUSY, earlier=(50, 3, 61)))
    assert from_json(to_json(made)) == made
    made = facts(counts(BUSY))
    stored = to_json(replace(made, language="cy"))
    assert from_json(stored) == made
    assert document(from_json(stored), ZONE).language == "en"
    made = facts(counts(BUSY, unsure=3, earlier=(50, 3, 61)))
    assert made.unsure is Hidden.FEW
    shown = [c for row in made.weeks for c in row.cells.values()]
    shown += [c for row in made.where.values() for c in row.values()]
    assert all(isinstance(c, Hidden) or c >= 5 for c in shown)


def test_how_often_staff_called_fair_comment_something_else_is_told_exactly_though_small():
    for times in [0, 1, 2, 4, 5, 12]:
        made = facts(counts(BUSY, reclassified=times))
        assert made.reclassified == times
        assert from_json(to_json(made)).reclassified == times
        told = [b.text for b in document(made, ZONE).blocks if isinstance(b, Paragraph)]
        assert any(text.endswith(f"How often that was done: {times}.") for text in told)
    for times in range(6):
        made = facts(counts(BUSY, reclassified=times))
        assert "a number below five" not in found(made=made)
        assert "a number below five" in found(made=replace(made, unsure=times)) or times == LEAST


def test_what_was_said_stands_under_kinds_of_which_something_was_seen():
    """A row that everybody knows to be empty hides nothing: 15 in all less 12 in one is 3 in the other."""
    given = [
        WatchedPlace("feed", "facebook", 9, 4),
        WatchedPlace("feed", None, 9, 9),
        WatchedPlace("forum.phpbb", None, 9, 0),
    ]
    said = {("manual_report", tone): 12 for tone in TONES}
    assert list(facts(counts(said, places=given)).where) == ["news", "social", "people", "other", WHOLE]
    assert {kind_of_place(channel) for channel in CHANNELS} <= set(KINDS)
    given = {("facebook", tone): 12 for tone in TONES} | {("manual_report", tone): 8 for tone in TONES}
    where = facts(counts({**given, **{("google_news", tone): 7 for tone in TONES}})).where
    assert [(kind, row[WHOLE]) for kind, row in where.items()] == [
        ("news", 21), ("people", 24), ("other", 36), (WHOLE, 81)
    ]  # fmt: skip


def test_places_are_grouped_by_kind_and_themes_are_those_of_five_items_and_speakers():
    given = [
        ThemeCount("positive", "events", 5, 5),
        ThemeCount("positive", "staff", 9, 4),
        ThemeCount("negative", "traffic", 4, 9),
        ThemeCount("negative", "meals", 6, 6),
    ]
    assert facts(counts(BUSY, themes=given)).themes == {"positive": ("events",), "negative": ("meals",)}
    given = [
        WatchedPlace("feed", None, 9, 9),
        WatchedPlace("forum.mumsnet", None, 9, 4),
        WatchedPlace("feed", "facebook", 9, 0),
    ]
    rows = {
        row.kind: (row.places, row.whole, row.part, row.none) for row in facts(counts(places=given)).places
    }
    assert rows == {"news": (1, 1, 0, 0), "forums": (1, 0, 1, 0), "social": (1, 0, 0, 1)}


def test_what_earlier_reports_showed_stays():
    before = facts(counts({("facebook", "neutral"): 30}, week=WEEK.back(), earlier=(44,)))
    made = facts(counts(BUSY, earlier=(99, 98, 97)), reports=(before,))
    totals = {row.week: row.cells[WHOLE] for row in made.weeks}
    assert [totals[WEEK.back(n).name] for n in (1, 2, 3)] == [30, 44, 97]
    assert made.unreported == 0
    long_ago = facts(counts({}, week=WEEK.back(4)))
    assert facts(counts(BUSY, earlier=(1, 2, 3)), reports=(long_ago,)).unreported == 3


def test_who_was_asked_is_told_by_rung_and_outcome_unless_it_could_point_to_a_person():
    gone = FRIDAY - timedelta(hours=20)
    cases = [Removal("author_request", gone - timedelta(hours=6), "removed", gone) for _ in range(6)]
    cases += [Removal("platform_report", gone, None, None) for _ in range(5)]
    made = facts(counts(BUSY, removals=cases))
    assert made.rungs["author_request"] in (6, Hidden.BESIDE)
    assert made.rungs[WHOLE] == made.outcomes[WHOLE]
    assert made.removal_s == 6 * 3600
    case = Removal("platform_report", FRIDAY - timedelta(days=1), None, None)
    text = " ".join(read(facts(counts(removals=[case], done={"asked": 1}))))
    assert "The school asked for one thing to be removed." in text
    assert "platform" not in text


def test_how_long_removals_decisions_and_answers_took_is_told():
    opened, hour = FRIDAY - timedelta(days=5), timedelta(hours=1)
    given = (opened + 2 * hour, opened + 20 * hour)
    cases = [Removal("author_request", opened, "removed", opened + 60 * hour, *given) for _ in range(6)]
    late = (opened + 2 * hour, opened + 30 * hour)
    cases += [Removal("host", opened, "changed", opened + 70 * hour, *late) for _ in range(7)]
    cases += [Removal("host", opened, how, FRIDAY) for how in ("standing", None) for _ in range(5)]
    made = facts(counts(BUSY, removals=[*cases, Removal(None, opened, None, None, opened + 9 * hour)]))
    assert made.removal_s == 20 * 3600
    assert made.decision_s == 2 * 3600
    assert "Half of the decisions on what to do were made within 2 hours." in " ".join(read(made))
    assert from_json(to_json(made)) == made
    took = [AlertHandling(FRIDAY, FRIDAY + timedelta(minutes=n)) for n in (5, 10, 30, 60, 90)]
    made = facts(counts(BUSY, answers=took))
    assert made.answer_s == 1800
    assert made.own.cells == made.where[WHOLE], "the week is the foot of the table of places"
    assert facts(counts(BUSY, answers=[*took[1:], AlertHandling(FRIDAY, None)])).answer_s is None
    cases = [Removal(None, FRIDAY, None, None, FRIDAY) for _ in range(4)]
    assert facts(counts(BUSY, removals=cases)).decision_s is None
    for seconds, said in [
        (20, "1 minute"), (61, "2 minutes"), (5400, "2 hours"), (47 * 3600, "47 hours"),
        (49 * 3600, "3 days"),
    ]:  # fmt: skip
        assert duration(words("en"), seconds) == said
    assert "Half of the decisions" in " ".join(read(facts(counts(BUSY, removals=[
        Removal(None, opened, None, None, opened + hour)] * 5))))  # fmt: skip


def read(made, signed_at=None):
    return [text for _, text in document(made, ZONE, signed_at).strings()]


def first(made):
    return next(b.text for b in document(made, ZONE).blocks if isinstance(b, Paragraph) and b.lead)


def test_a_busy_week(snapshot):
    assert read(busy(school=SCHOOL)) == snapshot


def test_a_quiet_week(snapshot):
    assert read(facts(counts(earlier=(3, 0, 2, 4, 6)), school=SCHOOL)) == snapshot


def test_what_became_of_dangers_is_told_where_five_ended_and_no_small_number_of_it():
    ended = {"hoax": 12, "safe": 9, "passed": 4, "police": 3, "arrested": 2}
    told = read(facts(replace(counts(BUSY), became=ended)))
    cells = told[told.index("Dangers that ended, by outcome") :]
    of = {
        name: cells[cells.index(name) + 1] for name in ("A hoax or a false alarm", "Everybody is safe", "All")
    }
    assert [*of.values()] == ["12", "9", "30"]
    assert cells[cells.index("Somebody was arrested or charged") + 1] == "fewer than 5"
    assert "Dangers that ended: fewer than 5." in read(facts(replace(counts(BUSY), became={"hoax": 4})))


def test_places_off_and_the_trust_are_told_a_sign_explained_and_too_little_said_once():
    assert any("2 sources are off, because of their terms" in said for said in read(replace(busy(), off=2)))
    made = replace(busy(), trust=TrustRow(Hidden.FEW, ("funding", "other")))
    assert from_json(to_json(made)) == made
    said = read(made)
    assert said[said.index("About the trust") + 1] == (
        "How often people mentioned the trust itself in public this week, without naming any of its schools: "
        "fewer than 5. "
        "In the press: money or jobs. "
        "This is here because the settings name nobody at the trust who could be told."
    )
    said = read(facts(counts(BUSY, partial=True, earlier=[58, 61, 60])))
    assert any(text.endswith("†") for text in said)
    assert "Weeks marked † are not full weeks: we began to look during them." in said
    few = {"positive": Hidden.FEW, "neutral": 9, "negative": Hidden.FEW, "all": 14}
    made = longer(WindowRow("2026-W36", "2026-W47", 12, few, left_out=2))
    assert "Too little of it was praise or concern to say more about either." in first(made)
    assert "2 of these weeks had fewer than five mentions and are left out." in first(made)


def test_the_first_week_ever(snapshot):
    assert read(facts(counts(BUSY, partial=True, places=[]))) == snapshot


def test_the_first_paragraph_compares_weeks_and_ends_with_the_sentence_on_safeguarding():
    more = {key: n * 3 for key, n in BUSY.items()}
    assert "more often than usual" in first(facts(counts(more, earlier=USUAL)))
    less = {key: n for key, n in BUSY.items() if n > 11}
    assert "less often than usual" in first(facts(counts(less, earlier=USUAL)))
    assert "too few earlier weeks" in first(facts(counts(BUSY, earlier=(60, 58, 61))))
    near = " ".join(read(facts(counts(BUSY, earlier=(54, *USUAL)))))
    assert "a difference of this size may be chance" in near
    far = " ".join(read(facts(counts(BUSY, earlier=(20, *USUAL)))))
    assert "more than chance would explain" in far
    hidden = " ".join(read(facts(counts(BUSY, earlier=(2, *USUAL)))))
    assert "the week before" not in hidden
    for given in [counts(), counts(BUSY, earlier=USUAL), counts(BUSY, partial=True)]:
        w = words("en")
        made = facts(given, school=SCHOOL)
        assert first(made).endswith(w("report.safeguarding"))


def test_removals_are_told_by_who_was_asked_by_outcome_and_by_how_long_they_took():
    opened = FRIDAY - timedelta(days=3)
    cases = [Removal("author_request", opened, "removed", opened + timedelta(hours=20)) for _ in range(6)]
    cases += [Removal("platform_report", opened, "standing", FRIDAY) for _ in range(7)]
    cases += [Removal("host", opened, "changed", FRIDAY), Removal("posh", opened, None, None)] * 2
    made = facts(counts(BUSY, removals=cases, done={"asked": 17}))
    blocks = document(made, ZONE).blocks
    tables = {b.caption: [row[1] for row in b.rows] for b in blocks if isinstance(b, ReportTable)}
    few = "fewer than 5"
    assert tables["Removals begun, by who was asked"] == ["6", "7", few, few, few, "17"]
    assert tables["The same removals by where they are now"] == ["6", few, "7", few, "17"]
    assert "Half of the posts that are gone were gone within 20 hours." in read(made)
    assert "The school asked for 17 things to be removed." in first(made)


def test_a_draft_says_so_and_a_signed_one_when_and_an_older_report_is_read_as_it_was():
    by = "Mrs Jane Holt"
    draft, signed = document(busy(), ZONE), document(busy(), ZONE, FRIDAY + timedelta(days=3), by)
    assert draft.draft == "DRAFT. Not yet read and signed. Not to be passed on."
    assert (draft.mark, draft.signed) == ("DRAFT", None)
    assert (signed.draft, signed.mark) == (None, None)
    assert signed.signed == "Read and released on 23 November 2026 by Mrs Jane Holt."
    old = json.loads(to_json(busy()))
    for name in ("window", "done", "span", "open"):
        del old[name]
    made = from_json(json.dumps(old))
    assert (made.window, made.done, made.span, made.open) == (None, {}, 1, None)
    assert "Where it was said" in read(made)
    assert "Fewer than five removals were begun." in first(made)


def test_every_chart_is_told_in_words_and_draws_nothing_where_a_number_is_hidden():
    for chart in (b for b in document(busy(), ZONE).blocks if isinstance(b, Chart)):
        for bar in chart.bars:
            said = "fewer than 5" if bar.said == "<5" else "not shown" if bar.value is None else bar.said
            assert f"{bar.label}: {said}" in chart.alt
    blocks = document(facts(counts(BUSY, earlier=(50, 3, 61))), ZONE).blocks
    bars = (bar for b in blocks if isinstance(b, Chart) for bar in b.bars)
    hidden = [bar for bar in bars if bar.said in ("<5", "–")]
    assert hidden
    assert all(bar.value is None for bar in hidden)


def own_numbers(made):
    return next(
        dict(b.rows)
        for b in document(made, ZONE).blocks
        if isinstance(b, ReportTable) and "exactly" in b.caption
    )


def test_what_the_school_did_itself_is_told_exactly_and_none_as_none():
    taken = AlertHandling(FRIDAY, FRIDAY + timedelta(minutes=9))
    made = facts(counts(answers=[taken, AlertHandling(FRIDAY, None)], done={"answered": 3, "asked": 1}))
    assert own_numbers(made) == {
        "Alerts that asked somebody to look at a post or article": "2",
        "… of these not taken on yet": "1",
        "Posts and articles marked as answered": "3",
        "Posts and articles marked as not about us": "0",
        "Things that we asked to have removed": "1",
    }


def test_two_to_four_questions_come_from_the_report_s_own_facts():
    waiting = [AlertHandling(FRIDAY, None)] * 2
    many = facts(counts(BUSY, answers=waiting, reclassified=3, places=PLACES, themes=THEMES))
    asked = asked_in(many)
    assert [line.split(".")[0] for line in asked] == [
        "2 alerts have not been taken on yet",
        "Fair criticism was treated as something else 3 times",
        "2 sources could not be checked for all or part of the time",
        "The review of one policy is overdue",
    ]
    calm = replace(facts(counts(BUSY)), policies=())
    assert len(asked_in(calm)) == 2
    assert all(line.endswith("?") for line in (*asked, *asked_in(calm)))


def asked_in(made):
    return next(b.items for b in document(made, ZONE).blocks if isinstance(b, Points))


def test_a_school_of_little_gets_one_page_without_sections_that_say_too_little():
    headings = [
        b.text for b in document(facts(counts(earlier=(3, 0, 2))), ZONE).blocks if isinstance(b, Heading)
    ]
    assert headings == [
        "In short", "What the school did", "What you may ask the head", "What we could and could not see",
        "Policies and data protection", "How this was counted",
    ]  # fmt: skip
    little = document(facts(counts(earlier=(3, 0, 2, 4, 6))), ZONE)
    assert len(PdfReader(io.BytesIO(html.make_report_pdf(little))).pages) == 1


def longer(window, **changes):
    where = {"news": {"all": 9}, "other": {"all": Hidden.FEW}, "all": window.cells}
    return replace(facts(counts({("x", "neutral"): 14})), window=window, where=where, **changes)


MONTH = WindowRow("2026-W44", "2026-W47", 4, {"positive": 16, "neutral": 30, "negative": 12, "all": 58})
NAMES = Names(
    people=["Mrs Tamsin Quillfeather", "Mr Bo Ash", "Ms Siân Ng", "Miss April Sunday"],
    speakers=["GateWatcher77", "angry dad of two", "school", "Policy", "58", "Nov 20", "5 places"],
)
DATES = [date(2026, 11, 13), date(2026, 11, 20), date(2026, 9, 1)]
LONDON = ZoneInfo("Europe/London")
OAKFIELD = School("900001", "Oakfield Primary School")
NOW = datetime(2026, 9, 1, 9, tzinfo=UTC)
MONTHS = tuple(date(2025 + (n + 8) // 12, (n + 8) % 12 + 1, 1) for n in range(12))


def test_over_what_time_each_number_is_counted_is_said():
    now = " ".join(read(longer(MONTH)))
    assert "people mentioned the school publicly 14 times" in now
    assert "In the 4 weeks to Friday 20 November there were 58 mentions. About a quarter was praise." in now
    assert "The 4 weeks to Friday 20 November: News 9." in now
    before = " ".join(read(longer(replace(MONTH, first="2026-W42", last="2026-W45"))))
    assert (
        "In the 4 weeks to Friday 6 November, the last period long enough to judge the tone, there were 58"
        in before
    )


def test_a_month_tells_of_four_weeks_and_a_quiet_one_gives_no_number():
    told = longer(MONTH, span=4)
    assert first(told).startswith("In the 4 weeks to Friday 20 November there were 58 mentions.")
    assert "from 23 October 2026, 16:00, to 20 November 2026" in document(told, ZONE).subtitle
    quiet = first(replace(facts(counts({("x", "neutral"): 2}, earlier=(3, 0, 2))), span=4))
    assert quiet.startswith("In the 4 weeks to Friday 20 November people mentioned the school publicly too")
    assert "One week is too short" not in quiet


@pytest.mark.parametrize(("open_now", "said"), [(0, "Fewer than five"), (4, "Fewer than five"), (5, "5")])
def test_how_many_matters_are_open_is_told_from_five_on(open_now, said):
    assert f"{said} matters are open now." in first(facts(replace(counts(BUSY), open=open_now)))


def test_who_released_it_is_named_in_that_sentence_and_nowhere_else():
    for title, what in (("Social media policy", []), ("Policy of Mrs Quillfeather", ["a name"])):
        made = replace(facts(counts(BUSY)), policies=(PolicyRow(title, date(2026, 9, 1)),))
        signed = document(made, ZONE, FRIDAY, NAMES.people[0])
        assert NAMES.people[0] in html.render_report(signed)
        found = check(made, signed, html.render_report(signed), NAMES, DATES)
        assert sorted({f.what for f in found}) == what


def found(title="Social media policy", made=None, school=SCHOOL):
    made = made or facts(counts(BUSY), school=school)
    made = replace(made, policies=(PolicyRow(title, date(2026, 9, 1)),))
    read = document(made, ZONE)
    page = html.render_report(replace(read, blocks=tuple(b for b in read.blocks if not hasattr(b, "bars"))))
    findings = check(made, read, page, NAMES, DATES)
    return {f.what: f for f in reversed(findings)}


@pytest.mark.parametrize(("title", "what"), [
    ("Policy of Mrs Quillfeather", "a name"), ("Policy after Tamsin’s post", "a name"),
    ("Quillfeathers plan", "a name"), ("After Sian left", "a name"), ("What Ng said", "a name"),
    ("What GateWatcher77 wrote", "a name that somebody posts under"),
    ("Reply to angry dad of two", "a name that somebody posts under"),
    ("Ask office@example.org", "an email address"), ("See https://example.org/p/1", "a web address"),
    ("See gate.example.org", "a web address"), ("Reply to @gatewatcher", "a handle"),
    ("Ring 01632 960123", "a telephone number"), ("Trip of Year 6", "a year group"),
    ("Trip of Y6", "a year group"), ("Trip of Year six", "a year group"),
    ("Taith Blwyddyn 6", "a year group"), ("The caretaker’s van", "a role"), ("Polisi’r pennaeth", "a role"),
    ("After 17 November", "a date"), ("Ar ôl 17 Tachwedd", "a date"),
    ("After the 17th of November", "a date"), ("After November 17th", "a date"),
    ("After 2026-11-17", "a date"), ("After 17/11/2026", "a date"),
])  # fmt: skip
def test_what_identifies_somebody_is_found_and_named(title, what):
    findings = found(title)
    assert what in findings
    assert findings[what].said in title or findings[what].said.casefold() in title.casefold()
    assert findings[what].where in ("Policies and data protection", "the page")


def test_what_identifies_nobody_passes_and_a_number_below_five_is_found():
    """Though somebody bears a month's name or the school's, and others post under what stands in it."""
    assert not found(school=SCHOOL)
    assert not found("Complaints policy of the school")
    assert not found(school=replace(SCHOOL, name="Ash Primary School"))
    assert found("Trip of Year 6")["a year group"].sentence() == (
        "Policies and data protection: a year group (“Year 6”)"
    )
    made = facts(counts(BUSY))
    row = WeekRow("2026-W46", {"positive": 3, "neutral": 9, "negative": 9, "all": 21})
    assert "a number below five" in found(made=replace(made, weeks=(row, *made.weeks)))
    month = {"positive": 17, "neutral": 20, "negative": 12, "all": 49}
    window = WindowRow("2026-W43", "2026-W46", 4, month)
    made = replace(facts(counts({("x", "neutral"): 14})), window=window)
    assert not found(made=made)
    assert "a number below five" in found(
        made=replace(made, window=replace(window, cells={**month, "negative": 3}))
    )


@pytest.fixture(scope="module")
def draft():
    """With a week whose number is hidden."""
    given = counts(BUSY, earlier=(54, 3, 61), themes=THEMES, answers=ANSWERS, places=PLACES)
    return document(facts(given), ZONE)


@pytest.fixture(scope="module")
def drawn(draft):
    return html.make_report_pdf(draft)


@pytest.fixture(scope="module")
def reader(drawn):
    return PdfReader(io.BytesIO(drawn))


def _tags(element, found):
    """Every element of the tree of tags: its kind and itself."""
    element = element.get_object() if hasattr(element, "get_object") else element
    if isinstance(element, list):
        for one in element:
            _tags(one, found)
    elif isinstance(element, dict):
        if "/S" in element:
            found.append((element["/S"], element))
        if "/K" in element:
            _tags(element["/K"], found)
    return found


def test_the_pdf_is_tagged_titled_of_a4_and_holds_its_fonts_and_its_figures_alternatives(reader, draft):
    xmp = reader.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    assert re.search(r"<pdfuaid:part>1</pdfuaid:part>|pdfuaid:part=\"1\"", xmp)
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title == draft.file_title
    kinds = {kind for kind, _ in _tags(root["/StructTreeRoot"], [])}
    assert {"/Title", "/H1", "/P", "/Table", "/TH", "/TD", "/Figure", "/L", "/LI"} <= kinds
    tags = _tags(reader.trailer["/Root"]["/StructTreeRoot"], [])
    alternatives = [element.get("/Alt") for kind, element in tags if kind == "/Figure"]
    charts = [b.alt for b in draft.blocks if isinstance(b, Chart)]
    assert alternatives
    assert set(alternatives) == set(charts)
    for page in reader.pages:
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)
        for font in page["/Resources"]["/Font"].values():
            (inner,) = font.get_object()["/DescendantFonts"]
            held = inner.get_object()["/FontDescriptor"].get_object()
            assert "/FontFile3" in held or "/FontFile2" in held


def test_a_draft_says_so_on_every_page_and_a_signed_report_on_none(reader):
    assert all("DRAFT" in page.extract_text() for page in reader.pages)
    signed = PdfReader(io.BytesIO(html.make_report_pdf(document(busy(), ZONE, FRIDAY + timedelta(days=3)))))
    assert not any("DRAFT" in page.extract_text() for page in signed.pages)


def test_the_same_report_gives_the_same_bytes_and_what_a_school_writes_is_never_markup(draft, drawn):
    assert html.make_report_pdf(draft) == drawn
    assert html.render_report(draft) == html.render_report(draft)
    said = '<script>alert(1)</script> #eval("1") $x$ *b* @a'
    blocks = (*draft.blocks[:2], Points((said,)))
    hostile = replace(draft, subtitle=said, title="[a] \\ #{}", blocks=blocks)
    page = html.render_report(hostile)
    assert "<script>alert" not in page
    text = "".join(p.extract_text() for p in PdfReader(io.BytesIO(html.make_report_pdf(hostile))).pages)
    assert text.replace("\n", " ").count('#eval("1") $x$ *b* @a') == 2


def test_a_name_is_printed_in_its_letters_and_what_the_fonts_lack_is_named(draft):
    named = replace(draft, blocks=(Points(("Nguyễn Thị Hồng and Łucja", "漢字 from ڈاکٹر 😀")),))
    text = "".join(p.extract_text() for p in PdfReader(io.BytesIO(html.make_report_pdf(named))).pages)
    assert "Nguyễn Thị Hồng and Łucja" in text
    assert "[CJK ×2] from [ARABIC ×5] [grinning face]" in text


def test_the_page_needs_nothing_from_outside_and_is_in_order_for_a_screen_reader(draft):
    page = html.render_report(draft)
    assert not re.search(r"(?:https?:)?//|@import|url\(|<script|<link|<iframe|<img|xmlns", page)
    assert not re.search(r"\son\w+=", page)
    page = BeautifulSoup(html.render_report(draft), "lxml")
    assert len(page.find_all("h1")) == 1
    assert page.find("h2")
    assert not page.find_all(["h3", "h4"])
    for table in page.find_all("table"):
        assert table.caption.get_text()
        assert all(th["scope"] == "col" for th in table.thead.find_all("th"))
        assert all(row.th["scope"] == "row" for row in table.tbody.find_all("tr"))
    for picture in page.find_all(class_="chart"):
        assert picture["role"] == "img"
        assert picture["aria-label"]
        assert all(panel["aria-hidden"] == "true" for panel in picture.find_all(recursive=False))


def _drawn(page):
    """(label, how long its bar is or None, what is said of it) of every bar of the page's charts."""
    for item in page.select(".chart li:not(.band)"):
        bar = item.find("i")
        length = float(re.search(r"--of: ([\d.]+)", bar["style"])[1]) if bar else None
        yield item.b.get_text(), length, item.span.get_text()


def test_page_and_pdf_draw_a_bar_for_every_number_and_none_where_it_is_hidden(draft, reader):
    charts = [block for block in draft.blocks if isinstance(block, Chart)]
    wanted = [
        (bar.label, bar.value and round(bar.value / chart.most, 3), bar.said)
        for chart in charts
        for bar in chart.bars
    ]
    assert any(length is None for _, length, _ in wanted)
    assert max(length for _, length, _ in wanted if length) <= 1
    assert list(_drawn(BeautifulSoup(html.render_report(draft), "lxml"))) == wanted
    filled = sum((_filled(page) for page in reader.pages), Counter())
    assert filled[0x3D, 0x5A, 0x80] == sum(length is not None for _, length, _ in wanted)


def _filled(page):
    """How many boxes of each colour a page of the PDF fills."""
    colour, found = None, Counter()
    for operands, operator in ContentStream(page.get_contents(), page.pdf).operations:
        if operator in (b"sc", b"scn", b"rg"):
            colour = tuple(round(255 * float(part)) for part in operands)
        elif operator in (b"f", b"f*"):
            found[colour] += 1
    return found


def test_weeks_follow_one_another_named_by_the_iso_week_they_end_in_or_refused():
    week = parse_week("2026-W47")
    assert (week.name, week.number, week.year) == ("2026-W47", 47, 2026)
    assert week.end(ZONE) == FRIDAY
    assert week.start(ZONE) == FRIDAY - timedelta(days=7)
    week = parse_week("2025-W01")
    for _ in range(120):
        assert week.end(ZONE) == week.back(-1).start(ZONE)
        assert parse_week(week.name) == week
        week = week.back(-1)
    assert parse_week("2026-W53").friday.isoformat() == "2027-01-01"
    assert last_complete(FRIDAY, ZONE).name == "2026-W47"
    assert last_complete(FRIDAY - timedelta(seconds=1), ZONE).name == "2026-W46"
    assert last_complete(datetime(2026, 7, 17, 15, 0, tzinfo=UTC), ZONE).name == "2026-W29"  # 16:00 in summer
    for week, hours in [("2026-W44", 169), ("2026-W13", 168), ("2026-W14", 167)]:
        found = parse_week(week)
        assert (found.end(ZONE) - found.start(ZONE)).total_seconds() == hours * 3600
    for text in ["2026-47", "W47", "2026-W54", "2025-W53", "2026-W00", "last", ""]:
        with pytest.raises(InputError, match=r"--week .*: (not a week|there is no week)"):
            parse_week(text)


def incident(month, code, channel="facebook", *, rung=None, outcome=None, hours=None, closed=False):
    opened = datetime(month.year, month.month, 10, 12, tzinfo=UTC)
    case = Case(
        *("0001", "900001", "s", opened, "head", Route.REQUEST_REMOVAL, About.STAFF, code, code),
        *(CaseState.TRIAGE,),
        channel=channel,
        closed_at=opened if closed else None,
    )
    decided = opened + timedelta(hours=hours) if hours is not None else None
    return Incident(case, Removal(rung, opened, outcome, None, decided, case_id="0001"))


def a_year():
    """Forty cases: most of them harassment on Facebook, three of hate, decided on soon."""
    ended = {"rung": Rung.PLATFORM_REPORT, "outcome": "removed", "hours": 5}
    many = [incident(MONTHS[n % 6], ContentClass.HARASSMENT, **ended) for n in range(28)]
    some = [incident(MONTHS[n], ContentClass.PRIVACY, "mumsnet", hours=60, closed=True) for n in range(9)]
    return [*many, *some, *(incident(MONTHS[1], ContentClass.HATE) for _ in range(3))]


def tables(incidents):
    read = year_document(OAKFIELD, MONTHS, incidents, LONDON, NOW)
    return read, {b.head[0]: dict(b.rows) for b in read.blocks if isinstance(b, ReportTable)}


def test_a_years_cases_stand_in_six_tables_without_a_number_below_five():
    read, found = tables(a_year())
    w = words("en")
    assert (read.blocks[0].text, len(found)) == ("Cases opened: 40.", 6)
    assert found["Kind"]["Possible bullying or harassment of a person"] == "28"
    assert found["Kind of site"]["Social media"] == "31"
    assert found["Time to the first decision"]["Within 24 hours"] == "28"
    assert found["State now"]["Removed"] == "28"
    assert (
        found["Who was asked last"][w(Rung.PLATFORM_REPORT.key)[:1].upper() + w(Rung.PLATFORM_REPORT.key)[1:]]
        == "28"
    )
    assert {table["All"] for table in found.values()} == {"40"}
    for table in found.values():
        said = [int(value) for value in table.values() if value.isdigit()]
        assert min(said) >= 5
        assert sum(said) != 2 * 40  # else the hidden ones would all be none
    assert found["Kind"]["Possible discrimination or hate"] == "fewer than 5"
    read, found = tables(a_year()[-3:])
    assert (read.blocks[0].text, found) == ("Cases opened: fewer than 5.", {})
    assert any(isinstance(b, Paragraph) and "Safeguarding" in b.text for b in read.blocks)


def test_a_terms_paper_counts_what_is_closed_by_kind_and_ending_and_names_what_was_learned():
    over, cases = Term(date(2026, 9, 2), date(2026, 12, 18)), a_year()
    ended = [replace(one, case=replace(one.case, closed_at=NOW)) for one in cases[:37]]
    read = term_document(OAKFIELD, over, [*ended, *cases[37:]], 3, ["traffic"], LONDON, NOW)
    found = {b.head[0]: dict(b.rows) for b in read.blocks if isinstance(b, ReportTable)}
    text = " ".join(b.text for b in read.blocks if isinstance(b, Paragraph))
    assert "closed: 37." in text
    assert "3 posts and articles were marked as answered. Concern was most often about" in text
    quiet = term_document(OAKFIELD, over, [], 0, [], LONDON, NOW)
    assert not any("0 posts" in block.text for block in quiet.blocks if isinstance(block, Paragraph))
    assert found["Kind"]["Possible bullying or harassment of a person"] == "28"
    assert found["State now"]["Removed"] == "28"
    assert "Still open" not in found["State now"]
    for few, said in ((4, "fewer than 5."), (5, "5.")):
        link = safeguarding_document(OAKFIELD, over, few, LONDON, NOW)
        assert link.blocks[0].text.endswith(f"safeguarding record: {said}")


def test_numbers_and_wholes_that_do_not_add_up_are_refused():
    with pytest.raises(ValueError, match="do not add up"):
        several([{"a": 6}, {"a": 7}])
