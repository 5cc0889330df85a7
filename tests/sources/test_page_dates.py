"""What time a page means."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.for_each import for_each
from support.sentences import rows, sentences

from sources import dates as page_dates
from sources.base import PageSettings
from sources.dates import MONTHS, UNITS, WEEKDAYS, PageDates, learn_order, parse_date

SAID = sentences("pages/dates")

FETCHED_AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)  # a Friday


def read(text: str, zone: str = "Europe/London", day_first: bool | None = None) -> str | None:
    found = parse_date(text, zone=zone, fetched_at=FETCHED_AT, day_first=day_first)
    return found.strftime("%Y-%m-%d %H:%M:%S") if found else None


@for_each(("text", "utc"), rows(SAID["a_shown_time_is_read"]))
def test_a_shown_time_is_read(text: str, utc: str) -> None:
    assert read(text) == utc


@for_each("text", ["", "   ", *SAID["no time"]])
def test_what_is_no_time_is_none(text: str) -> None:
    assert read(text) is None


ORDERS = {"yes": True, "no": False, "": None}


@for_each(("utc", "zone", "text", "day_first"), rows(SAID["in their zone and order"]))
def test_what_a_time_means_in_its_zone_and_order(utc, zone, text, day_first):
    assert read(text, zone, ORDERS[day_first]) == utc


@for_each(("order", "dates"), rows(SAID["the order of the document"]))
def test_the_order_is_learnt_from_the_document(order: str, dates: str) -> None:
    assert learn_order(dates.split("; ")) is ORDERS[order]
    assert learn_order([]) is None


def test_settings_overrule_the_document_and_a_page_writes_of_no_day_that_has_not_come() -> None:
    settings = PageSettings(dates="month_first")
    dates = PageDates.learn(settings, FETCHED_AT, ["21/03/2026", "22/03/2026"])
    assert dates.read_date("03/04/2026") == datetime(2026, 3, 4, tzinfo=UTC)
    assert dates.read_date(None) is None
    soon = FETCHED_AT + timedelta(hours=20)
    assert PageDates("UTC", FETCHED_AT).read_date(soon.isoformat()) == soon


@for_each(
    ("texts", "utc"),
    [
        (["03/12/2026 10:00"], "2026-03-12 10:00"),  # 3 December has not been yet
        (["03/11/2026 10:00"], "2026-11-03 10:00"),
        (["03/12/2025 10:00"], "2025-12-03 10:00"),
    ],
)
def test_an_order_that_puts_dates_after_the_fetch_is_not_the_page_s(texts: list[str], utc: str) -> None:
    found = PageDates.learn(PageSettings(), FETCHED_AT, texts).read_date(texts[0])
    assert found.strftime("%Y-%m-%d %H:%M") == utc


WORDS = st.sampled_from(
    [*MONTHS, *WEEKDAYS, *UNITS, "ago", "at", "yesterday", "today", ",", ":", "/", "-", ".", "T"]
)
DATELIKE = st.lists(st.one_of(WORDS, st.integers(0, 99999).map(str), st.text(max_size=3)), max_size=9)
MOMENTS = st.integers(700_000_000, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(st.one_of(st.text(max_size=60), DATELIKE.map(" ".join), DATELIKE.map("".join)), MOMENTS)
def test_it_never_raises_and_gives_utc_or_nothing(text: str, fetched_at: datetime) -> None:
    for zone in ("Europe/London", "Pacific/Apia", "nonsense"):
        found = parse_date(text, zone=zone, fetched_at=fetched_at)
        assert found is None or found.utcoffset() == timedelta(0)


@given(MOMENTS)
def test_machine_times_come_back_as_they_went(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    for text in (
        moment.isoformat(),
        moment.strftime("%a, %d %b %Y %H:%M:%S +0000"),
        moment.strftime("%d %B %Y %T Z"),
    ):
        assert parse_date(text, zone="Europe/London", fetched_at=max(moment, FETCHED_AT)) == moment


@given(MOMENTS, MOMENTS)
def test_a_date_without_a_year_is_never_ahead(shown: datetime, fetched_at: datetime) -> None:
    found = parse_date(shown.strftime("%d %B"), zone="Europe/London", fetched_at=fetched_at)
    assert found is None or found <= fetched_at + timedelta(days=2)


@given(
    moment=st.integers(-100_000, 2_000_000_000).map(
        lambda s: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=s)
    ),
    zone=st.sampled_from(("GMT", "+0000", "-0530", "+1400", "Z", "EST", "")),
    form=st.sampled_from(("%a, %d %b %Y %H:%M:%S", "%d %b %Y %H:%M:%S", "%Y-%m-%dT%H:%M:%S")),
)
def test_a_time_with_everything_there_is_read_as_by_looking_for_its_parts(moment, zone, form):
    text = f"{moment:{form}}{zone if 'T' in form else f' {zone}'}"
    quick = parse_date(text, zone="Europe/London", fetched_at=FETCHED_AT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page_dates, "_in_full", lambda words: None)
        assert parse_date(text, zone="Europe/London", fetched_at=FETCHED_AT) == quick


@for_each("text", ["2028-03-03T19:44:46+00:00", "3 March 2028", "2026-11-22T09:00:00Z"])
def test_a_page_writes_nothing_of_a_day_that_has_not_come(text: str) -> None:
    assert parse_date(text, zone="UTC", fetched_at=FETCHED_AT) is not None
    assert PageDates("UTC", FETCHED_AT).read_date(text) is None
