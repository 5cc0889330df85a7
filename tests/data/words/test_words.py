"""How a sentence is filled in: forms, days, lists."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from data.rungs import EMERGENCY, Rung
from data.steps.classes import Asked
from data.words.say import Line, Words, asked_in, asking_words, choose_language, who_is_asked, words

LONDON = ZoneInfo("Europe/London")
TUESDAY = date(2026, 11, 17)


def made(**lines: Line) -> Words:
    """A catalogue of these lines."""
    return Words("en", {f"t.{k}": v for k, v in lines.items()})


@pytest.mark.parametrize(("n", "form"), [(0, "other"), (1, "one"), (-1, "one"), (2, "other"), (101, "other")])
def test_a_form_is_chosen_by_the_number(n: int, form: str) -> None:
    assert made(a={"one": "one", "other": "other"})("t.a", n=n) == form


def test_a_sentence_is_filled_in_with_text_alone_and_a_form_that_is_not_given_is_the_other() -> None:
    lines = made(a="Alert {number} needs you.", b={"other": "{n} places"})
    assert lines("t.a", number="382901") == "Alert 382901 needs you."
    assert lines("t.a", number="{0.__class__}") == "Alert {0.__class__} needs you."
    assert lines("t.b", n=1) == "1 places"
    assert lines.has("t.a")
    assert not lines.has("t.c")


def test_what_is_not_given_or_not_there_is_an_error_and_never_left_open() -> None:
    forms, name = made(a={"other": "{n} places"}), made(a="Dear {name},")
    for lines, given in (
        (forms, {}),
        (forms, {"n": "three"}),
        (forms, {"n": 1.5}),
        (name, {}),
        (name, {"nmae": "x"}),
    ):
        with pytest.raises(KeyError):
            lines("t.a", **given)
    with pytest.raises(KeyError):
        words("en")("common.nothing_of_the_kind")
    with pytest.raises(KeyError):
        words("fr")


def test_every_day_and_month_has_its_name() -> None:
    w, days = words("en"), [date(2026, month, 1) + timedelta(month) for month in range(1, 13)]
    assert [w.short_day(day, TUESDAY) for day in days] == [
        "Fri 2 Jan", "Tue 3 Feb", "Wed 4 Mar", "Sun 5 Apr", "Wed 6 May", "Sun 7 Jun", "Wed 8 Jul",
        "Sun 9 Aug", "Thu 10 Sept", "Sun 11 Oct", "Thu 12 Nov", "Sun 13 Dec",
    ]  # fmt: skip
    assert [w.full_day(day).split()[1] for day in days] == [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
    ]  # fmt: skip
    assert [w.weekday(TUESDAY + timedelta(n)) for n in range(7)] == [
        "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "Monday",
    ]  # fmt: skip


def test_a_day_of_another_year_bears_its_year_and_which_it_is_is_the_readers_own() -> None:
    w, then = words("en"), date(2018, 1, 31)
    assert w.day(TUESDAY, TUESDAY) == "Tuesday 17 November"
    assert w.full_day(TUESDAY) == "17 November 2026"
    assert w.day(then, TUESDAY) == "Wednesday 31 January 2018"
    assert w.brief_day(then, TUESDAY) == "31 Jan 2018"
    assert "2026" not in w.brief_day(TUESDAY, TUESDAY)
    eve, new_year = datetime(2026, 7, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC) - timedelta(minutes=1)
    assert w.brief_day(new_year, eve, LONDON) == "31 Dec"
    assert w.brief_day(new_year, eve, ZoneInfo("Europe/Paris")) == "1 Jan 2027"


def test_a_moment_is_told_in_the_zone_of_its_readers() -> None:
    midnight = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    assert words("en").day(midnight, midnight, LONDON) == "Thursday 2 July"
    assert words("en").clock(midnight, LONDON) == "00:30"


def test_thousands_are_set_apart_a_whole_number_has_no_decimals_and_a_list_ends_with_and() -> None:
    w = words("en")
    numbers = {1234: "1,234", 2.5: "2.5", 2.0: "2", 0.1: "0.1", 12.0: "12", -3: "-3"}
    assert [w.number(value) for value in numbers] == [*numbers.values()]
    lists = {"": [], "a": ["a"], "a and b": ["a", "b"], "a, b and c": ["a", "b", "c"]}
    assert [w.list_items(items) for items in lists.values()] == [*lists]


def test_a_language_without_an_edition_is_answered_in_english() -> None:
    assert [choose_language(language) for language in ("en", "cy", "")] == ["en"] * 3


# -------------------------------------------------------------------------------- who is asked


WAYS = [(rung, kind) for rung in Rung for kind in ("", *rung.spec.kinds)]
WHO = {
    ("author_request", ""): "the author", ("author_request", "conversation"): "the author",
    ("author_request", "removal"): "the author", ("author_request", "letter"): "the author",
    ("author_request", "site_contact"): "the website’s contact", ("platform_report", ""): "the platform",
    ("platform_report", "member"): "somebody who is in the conversation",
    ("platform_report", "own"): "the school itself", ("platform_report", "appeal"): "the platform",
    ("platform_report", "under_age"): "the platform",
    ("platform_report", "copyright"): "the platform", ("host", ""): "the website’s operator or host",
    ("host", "host"): "the website’s host", ("host", "s5"): "the website’s operator",
    ("host", "copyright"): "the website’s host", ("isp", ""): "the domain registrar or hosting network",
    ("isp", "registrar"): "the domain registrar", ("isp", "host"): "the hosting network",
    ("posh", ""): "the Professionals Online Safety Helpline", ("posh", "rhc"): "Report Harmful Content",
    ("police", ""): "the police",
}  # fmt: skip


def test_everybody_who_may_be_asked_is_named_rightly() -> None:
    assert {(rung.value, kind): who_is_asked(rung, kind, words("en")) for rung, kind in WAYS} == WHO


def test_no_two_ways_of_asking_at_a_rung_are_called_the_same() -> None:
    for rung in Rung:
        called = [asking_words(rung, kind, words("en")) for kind in ("", *rung.spec.kinds)]
        assert len(set(called)) == len(called), rung


def test_a_call_to_999_is_called_one() -> None:
    w = words("en")
    rang = asked_in(Asked(rung=EMERGENCY, imminent=True), w)
    assert "999" in rang
    assert rang.startswith(asked_in(Asked(rung=EMERGENCY, imminent=False), w))


def test_no_language_names_a_rung_or_a_way_that_is_not_there() -> None:
    known = {f"rung.{rung}.name" for rung in Rung}
    known |= {f"rung.{r}.{part}.{kind or 'plain'}" for r, kind in WAYS for part in ("who", "how")}
    known.add(f"rung.{EMERGENCY}.how.emergency")
    assert {key for key in words("en").lines if key.startswith("rung.")} <= known
