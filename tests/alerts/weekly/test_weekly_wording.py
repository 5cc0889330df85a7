"""What a governor reads."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from builders.report import BUSY, FRIDAY, PLACES, SCHOOL, THEMES, USUAL, WEEK, ZONE, busy, counts, facts

from alerts.layout.pdf import Heading, Paragraph, Points
from alerts.weekly.document import Chart, ReportTable
from alerts.weekly.facts import TermRow, TrustRow, WindowRow, from_json, to_json
from alerts.weekly.numbers.disclosure import Hidden
from alerts.weekly.wording import document, duration
from data.store.reporting.weekly_counts import AlertHandling, Removal, ThemeCount
from data.words.say import words


def read(made, signed_at=None):
    return [text for _, text in document(made, ZONE, signed_at).strings()]


def first(made):
    return next(b.text for b in document(made, ZONE).blocks if isinstance(b, Paragraph) and b.lead)


def test_a_busy_week(snapshot):
    assert read(busy(school=SCHOOL)) == snapshot


def test_a_quiet_week(snapshot):
    assert read(facts(counts(earlier=(3, 0, 2, 4, 6)), school=SCHOOL)) == snapshot


def test_how_many_places_are_off_is_said_beside_what_was_seen():
    assert any("2 places are off, by their terms" in said for said in read(replace(busy(), off=2)))


def test_what_was_said_of_a_trust_that_nobody_is_told_for_stands_by_itself():
    made = replace(busy(), trust=TrustRow(Hidden.FEW, ("funding", "other")))
    assert from_json(to_json(made)) == made
    said = read(made)
    assert said[said.index("About the trust") + 1] == (
        "How often the trust itself was spoken of in public this week, and no school of it: fewer than 5. "
        "In the press: money or jobs. "
        "This stands here because nobody of the trust is named who could be told."
    )


def test_the_first_week_ever(snapshot):
    assert read(facts(counts(BUSY, partial=True, places=[]))) == snapshot


def test_a_sign_beside_a_week_is_explained_where_no_chart_is_drawn_yet():
    said = read(facts(counts(BUSY, partial=True, earlier=[58])))
    assert any(text.endswith("†") for text in said)
    assert "Weeks marked † are not full weeks: we began to look during them." in said


def test_the_first_paragraph_compares_with_the_weeks_before():
    assert "58 times, about as often as usual (46 to 78)" in first(busy())
    more = {key: n * 3 for key, n in BUSY.items()}
    assert "more often than usual" in first(facts(counts(more, earlier=USUAL)))
    less = {key: n for key, n in BUSY.items() if n > 11}
    assert "less often than usual" in first(facts(counts(less, earlier=USUAL)))


def test_with_too_little_history_it_says_so():
    assert "too few earlier weeks" in first(facts(counts(BUSY, earlier=(60, 58, 61))))


@pytest.mark.parametrize("given", [counts(), counts(BUSY, earlier=USUAL), counts(BUSY, partial=True)])
def test_the_sentence_on_safeguarding_stands_in_every_report(given):
    w = words("en")
    made = facts(given, school=SCHOOL)
    assert first(made).endswith(w("report.safeguarding"))


def test_a_difference_that_chance_alone_brings_is_said_to_be_one():
    near = " ".join(read(facts(counts(BUSY, earlier=(54, *USUAL)))))
    assert "a difference of this size can be chance alone" in near
    far = " ".join(read(facts(counts(BUSY, earlier=(20, *USUAL)))))
    assert "more than chance alone would explain" in far
    hidden = " ".join(read(facts(counts(BUSY, earlier=(2, *USUAL)))))
    assert "the week before" not in hidden


def test_removals_are_told_by_who_was_asked_by_outcome_and_by_how_long_they_took():
    opened = FRIDAY - timedelta(days=3)
    cases = [Removal("author_request", opened, "removed", opened + timedelta(hours=20)) for _ in range(6)]
    cases += [Removal("platform_report", opened, "standing", FRIDAY) for _ in range(7)]
    cases += [Removal("host", opened, "changed", FRIDAY), Removal("posh", opened, None, None)] * 2
    made = facts(counts(BUSY, removals=cases, done={"asked": 17}))
    blocks = document(made, ZONE).blocks
    tables = {b.caption: [row[1] for row in b.rows] for b in blocks if isinstance(b, ReportTable)}
    few = "fewer than 5"
    assert tables["Removals begun this week, by who was asked"] == ["6", "7", few, few, few, "17"]
    assert tables["The same removals by where they are now"] == ["6", few, "7", few, "17"]
    assert "Half of those that are gone were gone within 20 hours." in read(made)
    assert "The school asked 17 times for something to be removed." in first(made)


def test_how_long_decisions_took_and_what_was_gone_by_our_own_target_is_told():
    opened, hour = FRIDAY - timedelta(days=3), timedelta(hours=1)
    when = (opened + 3 * hour, opened + 5 * hour, opened + 25 * hour)
    cases = [Removal("host", opened, "removed", FRIDAY, *when) for _ in range(6)]
    cases += [Removal("host", opened, how, FRIDAY) for how in ("changed", "standing", None) for _ in range(6)]
    made = facts(counts(BUSY, removals=cases))
    (table,) = (
        b for b in document(made, ZONE).blocks if isinstance(b, ReportTable) and "target" in b.caption
    )
    assert table.rows == (("Within our target", "6"), ("Later", "6"))
    assert "Half of the decisions on what is to be done were made within 3 hours." in " ".join(read(made))
    assert "Half of the decisions" in " ".join(read(facts(counts(BUSY, removals=[
        Removal(None, opened, None, None, opened + hour)] * 5))))  # fmt: skip


def test_themes_that_came_and_went_since_the_report_before_are_named():
    before = busy(week=WEEK.back(), themes=[ThemeCount("negative", "uniform", 9, 9), THEMES[0]])
    text = " ".join(read(busy(reports=(before,))))
    assert "Themes that were not shown the week before: parking, buses and the school gate." in text
    assert "Themes that were shown the week before and are not now: uniform." in text


def test_a_draft_says_so_and_a_signed_one_says_when():
    draft, signed = document(busy(), ZONE), document(busy(), ZONE, FRIDAY + timedelta(days=3))
    assert draft.draft == "DRAFT. Not yet read and signed. Not to be passed on."
    assert (draft.mark, draft.signed) == ("DRAFT", None)
    assert (signed.draft, signed.mark) == (None, None)
    assert signed.signed == "Read and released on 23 November 2026 by a person authorised by the school."


def test_every_chart_is_told_in_words_with_all_its_numbers():
    for chart in (b for b in document(busy(), ZONE).blocks if isinstance(b, Chart)):
        for panel in chart.panels:
            assert panel.title in chart.alt
            for bar in panel.bars:
                said = "fewer than 5" if bar.said == "<5" else "not shown" if bar.value is None else bar.said
                assert f"{bar.label}: {said}" in chart.alt


def test_charts_draw_nothing_where_a_number_is_hidden():
    hidden = [
        bar
        for b in document(facts(counts(BUSY, earlier=(50, 3, 61))), ZONE).blocks
        if isinstance(b, Chart)
        for panel in b.panels
        for bar in panel.bars
        if bar.said in ("<5", "–")
    ]
    assert hidden
    assert all(bar.value is None for bar in hidden)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(20, "1 minute"), (61, "2 minutes"), (5400, "2 hours"), (47 * 3600, "47 hours"), (49 * 3600, "3 days")],
)
def test_a_duration_is_rounded_up_so_that_within_is_true(seconds, said):
    assert duration(words("en"), seconds) == said


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
        "Times we asked for something to be removed": "1",
    }


def test_who_was_asked_is_not_told_where_it_could_point_to_a_person():
    case = Removal("platform_report", FRIDAY - timedelta(days=1), None, None)
    text = " ".join(read(facts(counts(removals=[case], done={"asked": 1}))))
    assert "The school asked once for something to be removed." in text
    assert "platform" not in text


def test_two_to_four_questions_come_from_the_report_s_own_facts():
    waiting = [AlertHandling(FRIDAY, None)] * 2
    many = facts(counts(BUSY, answers=waiting, reclassified=3, places=PLACES, themes=THEMES))
    asked = asked_in(many)
    assert [line.split(".")[0] for line in asked] == [
        "2 alerts have not been taken on yet",
        "Fair criticism was treated as something else 3 times",
        "2 places could not be checked for all or part of the week",
        "The review of one policy is overdue",
    ]
    calm = replace(facts(counts(BUSY)), policies=())
    assert len(asked_in(calm)) == 2
    assert all(line.endswith("?") for line in (*asked, *asked_in(calm)))


def asked_in(made):
    return next(b.items for b in document(made, ZONE).blocks if isinstance(b, Points))


def test_a_quiet_week_has_no_section_that_says_too_little():
    headings = [
        b.text for b in document(facts(counts(earlier=(3, 0, 2))), ZONE).blocks if isinstance(b, Heading)
    ]
    assert headings == [
        "In short",
        "What you may ask the head",
        "What the school did",
        "What we could and could not see",
        "Policies and data protection",
        "How this was counted",
    ]


def longer(window, **changes):
    where = {"news": {"all": 9}, "other": {"all": Hidden.FEW}, "all": window.cells}
    return replace(
        facts(counts({("x", "neutral"): 14})), window=window, windows=(window,), where=where, **changes
    )


MONTH = WindowRow("2026-W44", "2026-W47", 4, {"positive": 16, "neutral": 30, "negative": 12, "all": 58})


def test_it_is_said_over_what_time_each_number_is_counted():
    now = " ".join(read(longer(MONTH)))
    assert "people mentioned the school publicly 14 times" in now
    assert "In the 4 weeks to Friday 20 November there were 58 mentions. About a quarter was praise." in now
    assert "The 4 weeks to Friday 20 November: News 9." in now
    before = " ".join(read(longer(replace(MONTH, first="2026-W42", last="2026-W45"))))
    assert "In the 4 weeks to Friday 6 November, the last that could be told by tone, there were 58" in before


def test_terms_are_compared_in_words_and_one_small_chart():
    rows = (TermRow("2026-summer", 12, 180, 36, 180), TermRow("2026-autumn", 10, 80, 30, 80))
    made = longer(MONTH, terms=rows)
    text = " ".join(read(made))
    assert "Autumn term 2026: 8 mentions a week so far; Summer term 2026: 15. That is fewer" in text
    assert "About two fifths was concern, before that about a fifth." in text
    (chart,) = (b for b in document(made, ZONE).blocks if isinstance(b, Chart) and "term" in b.caption)
    assert [bar.said for bar in chart.panels[0].bars] == ["15", "8"]


def test_a_report_signed_before_there_were_longer_times_is_read_as_it_was():
    old = json.loads(to_json(busy()))
    for name in ("window", "windows", "done", "terms"):
        del old[name]
    made = from_json(json.dumps(old))
    assert (made.window, made.done, made.terms) == (None, {}, ())
    assert "Mentions this week by place and tone" in read(made)
    assert "Fewer than five removals were begun." in first(made)


def test_where_neither_praise_nor_concern_is_enough_it_is_said_once():
    few = {"positive": Hidden.FEW, "neutral": 9, "negative": Hidden.FEW, "all": 14}
    made = longer(WindowRow("2026-W36", "2026-W47", 12, few, left_out=2))
    assert "Too little of it was praise or concern to say more about either." in first(made)
    assert "2 of these weeks had fewer than five mentions and are left out." in first(made)
