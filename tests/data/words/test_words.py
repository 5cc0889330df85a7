"""How a sentence is filled in: forms, days, lists, in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from babel.dates import format_date

from data.words import say
from data.words.say import LANGUAGES, Words, unchecked, words

LONDON = ZoneInfo("Europe/London")
TUESDAY = date(2026, 11, 17)


def made(language: str, **lines: say.Line) -> Words:
    """A catalogue of these lines."""
    return Words(language, {f"t.{k}": v for k, v in lines.items()})


@pytest.mark.parametrize("language", LANGUAGES)
def test_days_and_forms_are_those_of_cldr(language: str) -> None:
    w, locale = words(language), Locale(language, "GB")
    for n in range(366):
        day = date(2026, 1, 1) + timedelta(n)
        for form in ("EEEE d MMMM", "EEE d MMM", "d MMM", "d MMM y", "d MMMM y", "EEEE"):
            assert w._formed(day, form) == format_date(day, form, locale=locale)
    forms = made(language, a={category: category for category in locale.plural_form.tags | {"other"}})
    for n in (*range(-3, 205), 1000, 1.5, 2.0, True):
        assert forms("t.a", n=n) == locale.plural_form(n)


def test_a_sentence_is_filled_in() -> None:
    assert made("en", a="Alert {number} needs you.")("t.a", number="382901") == "Alert 382901 needs you."


def test_a_catalogue_knows_which_lines_it_has() -> None:
    lines = made("en", a="Alert.")
    assert lines.has("t.a")
    assert not lines.has("t.b")


@pytest.mark.parametrize(
    ("n", "said"), [(0, "0 ci"), (1, "1 ci"), (2, "2 gi"), (3, "3 chi"), (4, "4 ci"), (6, "6 chi")]
)
def test_a_form_is_chosen_by_the_number_as_the_language_counts(n: int, said: str) -> None:
    forms = {"two": "{n} gi", "few": "{n} chi", "many": "{n} chi", "other": "{n} ci"}
    assert made("cy", dogs=forms)("t.dogs", n=n) == said


def test_a_form_that_is_not_given_is_the_other() -> None:
    assert made("en", a={"other": "{n} places"})("t.a", n=1) == "1 places"


def test_forms_without_a_number_are_an_error() -> None:
    forms = made("en", a={"other": "{n} places"})
    with pytest.raises(KeyError):
        forms("t.a")
    with pytest.raises(KeyError):
        forms("t.a", n="three")


@pytest.mark.parametrize("given", [{}, {"nmae": "x"}])
def test_a_name_that_is_not_given_is_an_error_and_never_left_open(given: dict[str, str]) -> None:
    with pytest.raises(KeyError):
        made("en", a="Dear {name},")("t.a", **given)


def test_braces_in_what_is_filled_in_are_only_text() -> None:
    assert made("en", a="From {name}.")("t.a", name="{0.__class__}") == "From {0.__class__}."


def test_a_key_or_a_language_there_is_not_is_an_error() -> None:
    with pytest.raises(KeyError):
        words("en")("common.nothing_of_the_kind")
    with pytest.raises(KeyError):
        words("fr")


@pytest.mark.parametrize(
    ("language", "day", "full", "weekday"),
    [
        ("en", "Tuesday 17 November", "17 November 2026", "Tuesday"),
        ("cy", "dydd Mawrth 17 Tachwedd", "17 Tachwedd 2026", "dydd Mawrth"),
    ],
)
def test_days_are_named_in_the_language(language: str, day: str, full: str, weekday: str) -> None:
    w = words(language)
    assert (w.day(TUESDAY, TUESDAY), w.full_day(TUESDAY), w.weekday(TUESDAY)) == (day, full, weekday)


@pytest.mark.parametrize(
    ("language", "day", "brief"),
    [
        ("en", "Wednesday 31 January 2018", "31 Jan 2018"),
        ("cy", "dydd Mercher 31 Ionawr 2018", "31 Ion 2018"),
    ],
)
def test_a_day_of_another_year_bears_its_year(language: str, day: str, brief: str) -> None:
    w, then = words(language), date(2018, 1, 31)
    assert (w.day(then, TUESDAY), w.brief_day(then, TUESDAY)) == (day, brief)
    assert "2026" not in w.brief_day(TUESDAY, TUESDAY)


def test_which_year_it_is_is_the_readers_own() -> None:
    eve, new_year = datetime(2026, 7, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC) - timedelta(minutes=1)
    paris = ZoneInfo("Europe/Paris")
    assert words("en").brief_day(new_year, eve, LONDON) == "31 Dec"
    assert words("en").brief_day(new_year, eve, paris) == "1 Jan 2027"


def test_a_welsh_day_has_a_capital_only_where_a_sentence_begins() -> None:
    w = made("cy", begins="{day}: 1", within="Erbyn {day}.")
    assert w("t.begins", day=w.day(TUESDAY, TUESDAY)) == "Dydd Mawrth 17 Tachwedd: 1"
    assert w("t.within", day=w.day(TUESDAY, TUESDAY)) == "Erbyn dydd Mawrth 17 Tachwedd."


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("hyd {day}", "hyd ddydd Mawrth 17 Tachwedd"),
        ("O {day} ymlaen", "O ddydd Mawrth 17 Tachwedd ymlaen"),
        ("erbyn {day}", "erbyn dydd Mawrth 17 Tachwedd"),
        ("ers {day}", "ers dydd Mawrth 17 Tachwedd"),
    ],
)
def test_a_welsh_day_is_mutated_after_the_words_that_mutate_it(line: str, said: str) -> None:
    w = made("cy", a=line)
    assert w("t.a", day=w.day(TUESDAY, TUESDAY)) == said


def test_a_moment_is_told_in_the_zone_of_its_readers() -> None:
    midnight = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    assert words("en").day(midnight, midnight, LONDON) == "Thursday 2 July"
    assert words("en").clock(midnight, LONDON) == "00:30"


@pytest.mark.parametrize("language", LANGUAGES)
def test_thousands_are_set_apart(language: str) -> None:
    assert words(language).number(1234) == "1,234"


@pytest.mark.parametrize(
    ("language", "items", "said"),
    [
        ("en", [], ""),
        ("en", ["a"], "a"),
        ("en", ["a", "b"], "a and b"),
        ("en", ["parking", "meals", "uniform"], "parking, meals and uniform"),
        ("cy", ["parcio", "gwisg"], "parcio a gwisg"),
        ("cy", ["parcio", "adeiladau"], "parcio ac adeiladau"),
        ("cy", ["parcio", "ŵyl"], "parcio ac ŵyl"),
    ],
)
def test_a_list_ends_with_and(language: str, items: list[str], said: str) -> None:
    assert words(language).listed(items) == said


def test_welsh_is_unchecked_until_somebody_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cy").mkdir()
    monkeypatch.setattr(say, "_HERE", tmp_path)
    (tmp_path / "cy" / "about.toml").write_text('checked_by = ""\n')
    assert unchecked("cy")
    (tmp_path / "cy" / "about.toml").write_text('checked_by = "A Example, 1 March 2027"\n')
    assert not unchecked("cy")


def test_english_is_the_source_and_needs_no_check() -> None:
    assert not unchecked("en")
