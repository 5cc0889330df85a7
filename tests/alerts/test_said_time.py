"""The time that a post names, by the words people use, from when it was posted."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.said_time import said_time
from data.matters import SaidTime
from data.register.calendar import Calendar

SCHOOL = Calendar(hours=(time(8, 40), time(15, 10)), closed=frozenset({date(2026, 11, 27)}))
TUESDAY = date(2026, 11, 24)


def posted(at="12:00", day=TUESDAY):
    return datetime.combine(day, time.fromisoformat(at))


def said(text, at="12:00", day=TUESDAY):
    """“2026-11-25 15:30”, with “?” where the day is not sure, or what is missing as “-”."""
    found = said_time(text, posted(at, day), SCHOOL)
    if found is None:
        return ""
    return f"{found.day or '-'} {f'{found.at:%H:%M}' if found.at else '-'}{'' if found.sure else ' ?'}"


@pytest.mark.parametrize(("words", "at"), [
    ("half 3 tomorrow", "15:30"), ("tomorrow at half past three", "15:30"), ("3.30 tomorrow", "15:30"),
    ("tomorrow 3:30pm", "15:30"), ("15:30 tomorrow", "15:30"), ("tomorrow, quarter to 4", "15:45"),
    ("quarter past three tomorrow", "15:15"), ("ten past four tomorrow", "16:10"),
    ("20 past 3pm tomorrow", "15:20"), ("half 3pm tomorrow", "15:30"),
    ("twenty-five minutes to four tomorrow", "15:35"), ("at ten to four tomorrow", "15:50"),
    ("see you tomorrow at 3", "15:00"), ("tomorrow 8am", "08:00"), ("tomorrow at 8 in the morning", "08:00"),
    ("tomorrow night at 8", "20:00"), ("4 o'clock tomorrow", "16:00"), ("tomorrow 12 pm", "12:00"),
    ("tomorrow about 11, be ready", "11:00"), ("tomorrow at 3 outside", "15:00"),
    ("hanner awr wedi tri yfory", "15:30"), ("tomorrow at 3 u better run", "15:00"),
    ("3ish tomorrow", "15:00"), ("tomorrow at midday", "12:00"), ("fory am dri o’r gloch", "15:00"),
    ("yfory am dri o’r gloch", "15:00"), ("chwarter i bedwar yfory", "15:45"),
])  # fmt: skip
def test_a_time_by_the_clock_is_taken_as_somebody_who_speaks_of_a_school_means_it(words, at):
    assert said(f"im coming {words}") == f"2026-11-25 {at}"


@pytest.mark.parametrize(("words", "at"), [
    ("after school", "15:10"), ("at home time", "15:10"), ("at hometime", "15:10"),
    ("when school's out", "15:10"), ("at pick up", "15:10"), ("before school", "08:40"),
    ("at drop-off", "08:40"), ("at lunchtime", "12:30"), ("afta skool", "15:10"),
    ("when the bell goes", "15:10"), ("ar ôl yr ysgol", "15:10"), ("wedi’r ysgol", "15:10"),
    ("ar ôl ysgol", "15:10"), ("amser mynd adre", "15:10"),
])  # fmt: skip
def test_a_time_by_the_school_is_that_of_its_day(words, at):
    assert said(f"tomorrow {words} hes dead") == f"2026-11-25 {at}"


@pytest.mark.parametrize(("words", "day"), [
    ("today", "2026-11-24"), ("tmrw", "2026-11-25"), ("2moro", "2026-11-25"), ("tomoz", "2026-11-25"),
    ("the day after tomorrow", "2026-11-26"), ("on Thursday", "2026-11-26"), ("this fri", "2026-11-27"),
    ("26 November", "2026-11-26"), ("on the 26th of Nov", "2026-11-26"), ("26/11", "2026-11-26"),
    ("yfory", "2026-11-25"), ("heddiw", "2026-11-24"), ("drennydd", "2026-11-26"), ("thurs", "2026-11-26"),
    ("ddydd Iau", "2026-11-26"), ("dydd Iau", "2026-11-26"), ("nos Wener", "2026-11-27"),
])  # fmt: skip
def test_a_day_is_counted_from_when_it_was_posted(words, day):
    assert said(f"{words}, half 3, with a bat") == f"{day} 15:30"


@pytest.mark.parametrize(("text", "when"), [
    # numbers that may be no date to come are not sure
    ("watching you 24/7, gonna stab mr harris at 3pm", "2026-11-24 15:00 ?"), ("gonna do another 9/11", ""),
    ("gonna do another 9/11 at 3pm", "2026-11-24 15:00 ?"),
    ("a 1/12 chance he dies at 3pm", "2026-12-01 15:00 ?"),
    ("on 26/11/2020 he is dead at 3pm", "2026-11-24 15:00 ?"),
    ("3 May, half 3, with a bat", "2027-05-03 15:30 ?"), ("maybe 3 of us at 4pm", "2026-11-24 16:00 ?"),
    # a day that is denied is passed over and of two none is sure
    ("not today but friday at 3", "2026-11-27 15:00"),
    ("not tomorrow or thursday, friday at 3", "2026-11-27 15:00"),
    ("today at 3, else friday", "2026-11-24 15:00 ?"),
    # what has been does not hide today but makes it unsure
    ("he was told yesterday, im bringing a knife today at 3", "2026-11-24 15:00 ?"),
    ("u laughed last night, tonight at 8 ur dead", "2026-11-24 20:00 ?"),
    ("earlier today at 3 he hit me", ""),
    # twelve tonight is midnight and what is later may be the next day
    ("at 12 tonight ur windows go in", "2026-11-24 23:59"),
    ("12am tonight ur windows go in", "2026-11-24 23:59"),
    ("half 12 tonight ur windows go in", "2026-11-25 00:30 ?"),
    ("at 1 tonight ur windows go in", "2026-11-25 01:00 ?"),
    # a day of the month is the next one
    ("Nov 25 at 3pm ur dead", "2026-11-25 15:00"), ("November 25th at 3pm ur dead", "2026-11-25 15:00"),
    ("Nov 25, 2026 at 3pm", "2026-11-25 15:00"), ("on the 25th at 3pm", "2026-11-25 15:00"),
    ("on the 3rd after school", "2026-12-03 15:10"), ("the 25th at 3pm", "2026-11-25 15:00 ?"),
    ("on the 5th floor at 3pm", "2026-11-24 15:00 ?"),
    # a clock without a day gives way only to a sure one at its time of day
    ("I stand by the door at 3pm with a hammer. And again on Thursday at 5pm.", "2026-11-24 15:00 ?"),
    ("Wait for me at half 3. Tomorrow at 9am you get the rest.", "2026-11-24 15:30 ?"),
    ("We come at 5pm. Be out by 4pm. Tomorrow at 9am the rest.", "2026-11-24 16:00 ?"),
    ("We come at 9am. Today at 4pm the car.", "2026-11-24 16:00 ?"),
    ("Half 3, remember it. I am there on Thursday at half 3.", "2026-11-26 15:30"),
    # a time is sure only where one stands alone or with its day
    ("Yesterday at 3 he hit my boy, tomorrow we are coming", "2026-11-25 15:00 ?"),
    ("tomorrow we come for him, yesterday at 3 he hit my boy", "2026-11-25 15:00 ?"),
    ("he hit him yesterday at 3 and tomorrow we will come", "2026-11-25 15:00 ?"),
    ("He was hit at 3, tomorrow we will be there", "2026-11-25 15:00 ?"),
    ("the bell goes at 3, tomorrow at lunchtime im coming", "2026-11-25 15:00 ?"),
    ("at 3 or at 5 tomorrow", "2026-11-25 15:00 ?"), ("thursday or friday at 3", "2026-11-26 15:00 ?"),
    ("You will see me tomorrow by the gate. My shift ends at 3pm", "2026-11-25 15:00 ?"),
    ("tomorrow after school, half 3, be there", "2026-11-25 15:30"),
    ("tomorrow you are dead, half 3 outside the gate", "2026-11-25 15:30"),
    ("yesterday was a warning, tomorrow at 3 you are dead", "2026-11-25 15:00"),
    # next friday and a day of today’s own name may be either of two
    ("next Friday after school", "2026-11-27 15:10 ?"), ("Tuesday after school", "2026-11-24 15:10 ?"),
    # a day may be said without a time and a time of no known day
    ("she gets it on Thursday", "2026-11-26 -"), ("next week after school", "- 15:10 ?"),
    # a day and a time in two short sentences are one
    ("Tomorrow. 3pm. You are dead.", "2026-11-25 15:00"),
    # home time friday is the end of that school day
    ("home time Friday", "2026-11-27 15:10"), ("after school fri", "2026-11-27 15:10"),
    # what has been does not hide what is still to come in its sentence
    ("as I said yesterday, half 3 tomorrow", "2026-11-25 15:30"),
    # what has been in one sentence leaves another as it is
    ("You laughed at him yesterday. Half 3 tomorrow you wont.", "2026-11-25 15:30"),
    # a title without a day does not hide the day that follows
    ("After school\nI will be there after school on Thursday with a bat.", "2026-11-26 15:10"),
    ("After school\nYou will see.", "2026-11-24 15:10 ?"),
    # what is told as it was is not sure to come
    ("my son was hit after school on Thursday", "2026-11-26 15:10 ?"),
    # the evening of a day is about seven
    ("tonight your windows go in", "2026-11-24 19:00"),
])  # fmt: skip
def test_a_time_has_the_day_that_its_words_give_it_and_is_sure_only_where_they_are(text, when):
    assert said(text) == when


@pytest.mark.parametrize(("text", "at", "when"), [
    # tomorrow said in the small hours may be the day that has begun
    ("half 3 tomorrow", "00:40", "2026-11-24 15:30 ?"),
    # tonight said late is still today and a weekday whose time is over may be the next
    ("tonight", "23:38", "2026-11-24 -"), ("on tues at 3", "23:38", "2026-12-01 15:00 ?"),
    # a time that was over when it was posted is not still to come
    ("today at half 3", "18:00", ""),
])  # fmt: skip
def test_what_is_said_late_or_in_the_small_hours_is_seen_from_then(text, at, when):
    assert said(text, at) == when


@pytest.mark.parametrize("words", ["half 3", "after school", "at home time"])
def test_without_a_day_it_may_be_the_next_on_which_pupils_are_in(words):
    assert said(f"{words} outside the gates").startswith("2026-11-24 15:")
    assert said(words).endswith("?")
    assert said(words, "23:38").startswith("2026-11-25 15:")
    assert said(words, "23:38", date(2026, 11, 26)).startswith("2026-11-30 15:")  # Friday is an INSET day


@pytest.mark.parametrize("text", [
    "", "he is in year 9 and 14 years old", "at 14 Tanner Close", "3 kids were in detention for 20 minutes",
    "I waited after school yesterday", "last Friday at half 3 he shouted", "two weeks ago after school",
    "it costs £3.30", "the sun was out", "we won 3-2", "room 3.14", "I am 3 months pregnant", "half term",
])  # fmt: skip
def test_numbers_that_are_no_times_and_what_has_been_say_nothing(text):
    assert said(text) == ""


@pytest.mark.parametrize(
    ("words", "at"),
    [("in an hour", "13:00"), ("in 20 mins", "12:20"), ("in half an hour", "12:30"), ("mewn awr", "")],
)
def test_so_long_from_now_is_counted_from_when_it_was_posted(words, at):
    assert said(f"she is getting it {words}") == (f"2026-11-24 {at}" if at else "")


def test_a_clock_in_the_title_gives_way_to_any_sure_one_and_one_in_the_text_does_not():
    title, sure = "Open evening at 6pm", "Thursday at 4pm you are dead."
    assert said_time(f"{title}. {sure}", posted(), SCHOOL, title) == SaidTime(date(2026, 11, 26), time(16))
    first = SaidTime(TUESDAY, time(15), sure=False)
    assert said_time(f"{title}. I come at 3pm. {sure}", posted(), SCHOOL, title) == first


@given(st.text(max_size=200), st.datetimes(posted(day=date(2026, 1, 1)), posted(day=date(2027, 12, 1))))
def test_whatever_is_written_what_is_found_is_not_over(text, when):
    found = said_time(f"half 3 {text} tomorrow", when, SCHOOL)
    if found is not None and found.day is not None and found.at is not None:
        assert datetime.combine(found.day, found.at) >= when
