"""The time that a post names: “half 3 tomorrow”, “after school”, “home time Friday”; Welsh too. Pure.

What is found is what somebody said, as near as words tell. Where no day is said, or one that may be either of
two, a day is guessed and `sure` is false. Nothing is found of what has been.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Protocol
from unicodedata import normalize
from zoneinfo import ZoneInfo

from data.frozen import freeze
from data.matters import PostView, SaidTime
from data.register.calendar import Calendar

_MOST = 4_000
"""So many letters of a text are looked through."""
_FEW = 3
"""A sentence of so few words belongs to the one beside it: “Tomorrow. 3pm.”"""
_APART = timedelta(hours=1)
"""Times nearer than this may be one time, said twice: “after school, half 3”."""
_STILL_UP = time(4)
"""Until then “tomorrow” may be the day that has begun already."""
_LUNCH, _MORNING, _AFTERNOON, _EVENING = time(12, 30), time(9), time(14), time(19)
_AT_MIDNIGHT, _CLOSES = time(23, 59), time(17)
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_HOURS = {name: hour for hour, name in enumerate(_NUMBERS, 1)}
_HOURS |= {"wan": 1, "twa": 2, "fower": 4, "seeven": 7, "eicht": 8}
_HOURS |= {"un": 1, "dau": 2, "ddau": 2, "tri": 3, "dri": 3, "pedwar": 4, "bedwar": 4, "pump": 5, "bump": 5}
_HOURS |= {"chwech": 6, "saith": 7, "wyth": 8, "naw": 9, "deg": 10, "ddeg": 10, "deuddeg": 12, "ddeuddeg": 12}
_WEEKDAYS = (
    ("mon(?:day|da|dee)|munday", "llun|lun", "mon"), ("tues|tues(?:day|da|dee)", "mawrth|fawrth", "tue"),
    ("weds|wed(?:nes|ens)(?:day|da|dee)|wensda?y?", "mercher|fercher", "wed"),
    ("thurs?|thurs(?:day|da|dee)", "iau", "thu"), ("fri|fri(?:day|da|dee)", "gwener|wener", "fri"),
    ("s[ae]tt?[eu]r(?:day|da|dee)", "sadwrn", "sat"), ("sun(?:day|da|dee)", "sul", "sun"),
)  # fmt: skip
"""In full, or so short that it is no other word; in Welsh after `dydd` and its like; short after “on”."""
_NAMES_OF_DAYS = tuple(
    re.compile(
        rf"\b(?:next\s+)?(?:{full}|(?:d?dydd|nos|bore|p(?:ry)?nhawn)\s+(?:{welsh})(?:\s+nesaf)?|"
        rf"(?:on|this|next|by)\s+(?:{short}))s?\b(?:\s+week\b(?!\s+(?:comm|beg|of)))?",
        re.IGNORECASE,
    )
    for full, welsh, short in _WEEKDAYS
)
_A_WEEKDAY = re.compile(
    "|".join(f"{welsh}|{short}" for _, welsh, short in _WEEKDAYS) + "|mun|wens|sett", re.I
)
"""Part of each of their names: most sentences name none."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?\b"
)
_YEAR = r"(?:,?\s+(?P<year>20\d\d)\b)?"
_FAR = timedelta(60)
"""A date further ahead than this is more likely one that has been, or none."""
_N = r"(?P<hour>\d{1,2}|" + "|".join(sorted(_HOURS, key=len, reverse=True)) + ")"
_HALF = r"(?P<half>p\.?m\b\.?|a\.?m\b\.?)"
_FEW_MINUTES = {"five": 5, "ten": 10, "twenty": 20, "twentyfive": 25}
_SPELT = r"five|ten|twenty(?:[ -]?five)?|\d{1,2}"
_MINUTES = rf"(?P<some>{_SPELT})(?:\s*min(?:ute)?s?)?"
_MINUTE_WORDS = rf"(?P<same>{_SPELT})\s*min(?:ute)?s?"
_OF_DAY = rf"(?:\s*{_HALF}|(?!\w))"
_TO = "(?:to|tae|til|te)"
"""As it is said in the south, in Scotland and in the north-east."""
_AFTER = (
    r"(?=\s*(?:$|[,.!?;)]|on\b|in\b|by\b|at\b|to(?:day|morr|night)|tmr|sharp|then\b|when\b|outside|"
    r"the (?:day|mor|ni)|if\b|ideal|to (?:com|res|rep|get)|please|after|and\b|or\b|so\b|gmt|bst|latest|tn\b|"
    r"this (?:mo|af|ev)|ish|[a-z]*day\b|(?:i|u|you|we|s?he|they|im|ill|ur|youre)\b))"
)
_CLOCKS = tuple(
    re.compile(rf"(?<![\w:/£.]){clock}", re.IGNORECASE)
    for clock in (
        rf"(?P<hour>[01]?\d|2[0-3])(?::|\.(?=\d[05]))(?P<minute>[0-5]\d)(?![\d%])\s*{_HALF}?",
        r"(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d)(?:\s*h(?:ou)?rs?\b|(?=\s+(?:today|tomorrow|tonight)\b))",
        r"(?:by|at|before)\s*(?P<hour>[01]\d|2[1-3])(?P<minute>[0-5][05])(?=[.,;!?]|\s*$|\s+(?:on|please)\b)",
        rf"{_MINUTES}\s*(?:past|efter)\s*{_N}{_OF_DAY}",
        rf"(?:(?:at|by|about|around)\s*{_MINUTES}|{_MINUTE_WORDS})\s*{_TO}\s*{_N}{_OF_DAY}(?P<less>)",
        rf"ha(?:l|u)f[\s-]*(?:past\s*)?{_N}{_OF_DAY}(?P<thirty>)",
        rf"quarter\s*past\s*{_N}{_OF_DAY}(?P<quarter>)",
        rf"quarter\s*{_TO}\s*{_N}{_OF_DAY}(?P<before>)",
        rf"{_N}\s*{_HALF}",
        rf"{_N}[\s-]*(?:o['’]?\s*clock(?! (?:news|bulletin|show|programme|headlines))|ish\b)",
        rf"hanner\s*awr\s*wedi\s*{_N}(?!\w)(?P<thirty>)",
        rf"chwarter\s*wedi\s*{_N}(?!\w)(?P<quarter>)",
        rf"chwarter\s*i\s*{_N}(?!\w)(?P<before>)",
        rf"(?:am|erbyn|cyn|tan)\s*{_N}(?!\w)(?:\s*o['’]?r\s*gloch)(?P<welsh>)",
        r"(?:at|by|before|b4|afore|un?til|till|later than|back of?|up to|about|around|@|"
        r"deadline(?:['’]s| is| [-–]|:)?"
        rf"(?: tomorrow)?)\s*{_N}{_AFTER}",
    )
)
_WORDS: Mapping[str, str] = {
    name: words.replace("\n", "")
    for name, words in tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")).items()
}
_LATE, _EARLY, _TODAY, _TOMORROW = (_WORDS[name] for name in ("late", "early", "today", "tomorrow"))
_PARTS = ((_LATE, _EVENING), (_WORDS["afternoon"], _AFTERNOON), (_EARLY, _MORNING))
_SOON, _BEEN, _PAST, _DUE, _WANTED = (
    re.compile(_WORDS[name], re.IGNORECASE) for name in ("soon", "been", "past", "due", "wanted")
)
_NEAR = f"{_TODAY}|{_TOMORROW}|{_WORDS['overmorrow']}"
_NAMED_DAYS = "|".join((_TODAY, _TOMORROW, *(rf"(?:{full})s?|{short}" for full, _, short in _WEEKDAYS)))
_NEGATED = re.compile(
    rf"\b(?:not|(?:is|ai)n?['’]?t|never|nid|dim)\s+(?:(?:on|this|for)\s+)?(?:{_NAMED_DAYS})\b"
    rf"(?:\s+(?:or|nor|and)\s+(?:{_NAMED_DAYS})\b)*",
    re.IGNORECASE,
)
_ISO = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)\b")
_NUMERIC = re.compile(
    r"(?P<on>\b(?:on|by):?\s+)?(?<![\d/])(?!24/7\b)(?P<day>\d{1,2})(?:/|[.-](?=\d\d?[.-](?:20)?\d\d\b))"
    r"(?P<month>\d{1,2})(?:[/.-](?P<year>\d{2,4}))?(?![\d/])",
    re.IGNORECASE,
)
_BY_MONTH = (
    re.compile(rf"\b(?P<day>\d{{1,2}})(?P<th>st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}{_YEAR}", re.IGNORECASE),
    re.compile(
        rf"\b(?<!\bin\s){_MONTH}\.?\s+(?:the\s+)?(?P<day>\d{{1,2}})(?P<th>st|nd|rd|th)?\b"
        rf"(?!\s*(?:[ap]\.?m\b|o['’]?\s*clock|[:.]\d)){_YEAR}",
        re.IGNORECASE,
    ),
)
_OF_MONTH = re.compile(
    r"\b(?:(?P<on>(?:on|by)\s+)?the|(?P<named>\w+day|tues|weds?|thurs?))\s+(?P<day>\d{1,2})(?:st|nd|rd|th)\b"
    rf"(?(named)|(?:{_AFTER}|(?=\s*(?:half|quarter|about|around|@|with|\d))))",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[,;–—]\s|\s-\s|\b(?:and|but|then|so|or|ond|wedyn)\b", re.IGNORECASE)
_TURN = re.compile(r"[;–—]\s|,\s(?=so\b|but\b)|\b(?:so|but)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[!?\n])\s*|(?<=[^\d\s]\.)(?<![ap]\.m\.)\s+|(?<=\d\.)\s+(?=[A-Z])")


def time_to_tell(post: PostView, calendar: Calendar, zone: ZoneInfo, *, danger: bool) -> SaidTime | None:
    """The time that a post names, where that helps its reader: of what may be no danger, and asks for no
    answer by then, only a sure one."""
    posted = post.at.astimezone(zone) if post.at else None
    found = (
        said_time(post.title_and_text, posted, calendar, post.title or "")
        if post.title_and_text and posted
        else None
    )
    return found if found and (danger or (found.sure and found.at)) else None


class SchoolClock(Protocol):
    """By which calendar and in which zone a school counts."""

    @property
    def calendar(self) -> Calendar: ...
    @property
    def zone(self) -> ZoneInfo: ...


def times_named(
    leads: Iterable[tuple[str, str, str, bool]],
    posts: Mapping[str, PostView],
    clocks: Callable[[str], SchoolClock | None],
) -> dict[str, SaidTime]:
    """The time that the post by which each matter goes names, by matter. `leads` are the ids of it, of its
    school and of that post, and whether it may be danger; `clocks` are asked by school.
    """
    found: dict[str, SaidTime] = {}
    for matter, urn, post_id, danger in leads:
        post, clock = posts.get(post_id), clocks(urn)
        if post is not None and clock is not None and post.words:
            said = time_to_tell(post, clock.calendar, clock.zone, danger=danger)
            found |= {matter: said} if said else {}
    return found


def said_time(text: str, posted: datetime, calendar: Calendar, title: str = "") -> SaidTime | None:
    """The time named in the words by which an answer is wanted, else the first that is named, that was still
    to come when they were posted: a local time."""
    parts = _SENTENCE.split(re.sub(r"(?m)^>.*", "", text[:_MOST]))
    for wanted in (_DUE, _WANTED):
        due = " ".join(part for part in parts if wanted.search(part))
        if due and (found := _first_time(due, posted, calendar)):
            return found
    return _first_time(text, posted, calendar, title)


def _first_time(text: str, posted: datetime, calendar: Calendar, title: str = "") -> SaidTime | None:
    """The first time named in the words that was still to come when they were posted.

    A clock without a day gives way to one whose day is sure at the same time of day, or if it stands in the
    title, with which the text begins; of others the earliest is taken, as not sure.
    """
    guess: SaidTime | None = None
    in_title = False
    for named in _times_named(text, posted, calendar, len(_SENTENCE.split(title)) if title else 0):
        said = named.said
        if named.soon or (named.with_day and guess is None):
            return said
        if said.sure and (in_title or _agree(guess, said)):
            return said
        # the last moment there is of what is not said
        guess = min(guess or said, said, key=lambda s: datetime.combine(s.day or date.max, s.at or time.max))
        guess = replace(guess, sure=False)
        if said.sure:
            return guess
        in_title = named.in_title
    return guess


@freeze
class _NamedTime:
    """A time that was still to come: whether its day is named, it stands in the title, or is so many minutes
    from then."""

    said: SaidTime
    with_day: bool = True
    in_title: bool = False
    soon: bool = False


def _times_named(text: str, posted: datetime, calendar: Calendar, titles: int) -> Iterator[_NamedTime]:
    """Each time to come, with its day or the first that was named before; a day alone where no time is. The
    first `titles` sentences are the title's."""
    before: tuple[date | None, bool, bool] | None = None
    alone = True
    for n, sentence in enumerate(_SENTENCE.split(_ISO.sub(r"\3/\2/\1", normalize("NFC", text[:_MOST])))):
        been = _PAST.search(sentence) is not None
        sentence = _NEGATED.sub(" ", _BEEN.sub(" ", sentence))
        if been and not _has(_NEAR, sentence):  # it tells of nothing but what has been
            continue
        if soon := _SOON.search(sentence):
            then = (posted + _how_soon(soon)).replace(second=0, microsecond=0)
            yield _NamedTime(SaidTime(then.date(), then.time(), _to_come(sentence)), soon=True)
            return
        (at, exact), short = _time_in(sentence, calendar), len(sentence.split()) <= _FEW
        day = _day_beside(at, sentence, posted, calendar, been=been)
        if at is None:
            before = before or (day and (*day, short))
            continue
        if before and not day:
            day = before[0], before[1] and (short or before[2])
        if said := _time_to_come(at, day, sentence, posted, calendar, exact=exact):
            alone = False
            yield _NamedTime(said, day is not None, n < titles)
    if alone and before and before[0]:
        yield _NamedTime(SaidTime(before[0], None, before[1]))


def _day_beside(
    at: time | None, sentence: str, posted: datetime, calendar: Calendar, *, been: bool
) -> tuple[date | None, bool] | None:
    """The day that is said, as in `_day_in`: of several that which the words with the time (`at`) name."""
    found = _day_in(sentence, posted, been=been)
    if not found or found[1]:
        return found
    turns = _TURN.split(sentence)
    parts = (p for p in turns if _time_in(p, calendar)[1] or (not at and _has("by", p)))
    return next(((day[0], False) for p in parts if (day := _day_in(p, posted, been=been))), found)


def _agree(one: SaidTime | None, other: SaidTime) -> bool:
    """Are they at about the same time of day?"""
    if one is None or one.at is None or other.at is None:
        return False
    return abs(datetime.combine(date.min, one.at) - datetime.combine(date.min, other.at)) < _APART


def _time_to_come(
    at: time, found: tuple[date | None, bool] | None, sentence: str, posted: datetime, calendar: Calendar,
    *, exact: bool,
) -> SaidTime | None:  # fmt: skip
    """Return None where over; of a part of the day begun the day alone, as of today's own name."""
    day, sure = found or (posted.date(), False)
    if not found and (posted.time() > at or not calendar.school_day(posted.date())):
        day = calendar.next_school_day(posted.date())
    sure = sure and (_belongs(sentence, calendar) if exact else _to_come(sentence))
    if day and found and at < _STILL_UP and _has(_LATE, sentence):
        day, sure = day + timedelta(1), False
    if day is None or datetime.combine(day, at) >= posted.replace(tzinfo=None):
        return SaidTime(day, at, sure)
    if not exact:
        return SaidTime(day, None, sure)
    named = {ahead for ahead, _ in _weekdays(sentence, posted.date())}
    return SaidTime(day + timedelta(7), at, sure=False) if day in named else None


def _belongs(sentence: str, calendar: Calendar) -> bool:
    """Does the time of a sentence go with its day: is it one time alone, in words that tell nothing of what
    was; beside what has been, in the words that name the day?
    """
    timed = ((part, *_time_in(part, calendar)) for part in _CLAUSE.split(sentence))
    parts = [(part, at) for part, at, exact in timed if at and exact]
    times = [timedelta(hours=at.hour, minutes=at.minute) for _, at in parts]
    if not times or max(times) - min(times) >= _APART:
        return not times and _to_come(sentence)
    been = _PAST.search(sentence)
    return any(
        not _PAST.search(part) and _to_come(part) and (not been or _has(_NEAR, part)) for part, _ in parts
    )


def _to_come(sentence: str) -> bool:
    """Does it not tell of what was?"""
    return not _has(_WORDS["was"], sentence) or _has(_WORDS["will"], sentence)


def _how_soon(said: re.Match[str]) -> timedelta:
    """“in an hour”, “in 10 mins”."""
    n = {"half an": 0.5, "half": 0.5, "hanner": 0.5, "couple of": 2.0, **_HOURS, "": 1.0}.get(
        said["n"].lower().removeprefix("a "), 1.0 if not said["n"].isdigit() else None
    )
    many = float(said["n"]) if n is None else n
    return timedelta(hours=many) if said["unit"][0].lower() in "ha" else timedelta(minutes=many)


# ---------------------------------------------------------------- the time


def _time_in(sentence: str, calendar: Calendar) -> tuple[time | None, bool]:
    """The time, and whether it is more than a part of the day."""
    for clock in _CLOCKS:
        if (found := clock.search(sentence)) and (at := _clock(found, sentence)) is not None:
            return at, True
    first, last = calendar.hours
    named = {"begins": first, "ends": last, "lunchtime": _LUNCH, "close": _CLOSES, "noon": time(12)}
    named |= {"midnight": _AT_MIDNIGHT}
    exact = next((at for words, at in named.items() if _has(_WORDS[words], sentence)), None)
    return exact or next((at for words, at in _PARTS if _has(words, sentence)), None), exact is not None


def _clock(found: re.Match[str], sentence: str) -> time | None:
    """The time that a match says; None for an hour that no clock has."""
    said = found.groupdict()
    hour = _HOURS.get(said["hour"].lower()) or int(said["hour"])
    minute = int(said.get("minute") or 0) + (30 if "thirty" in said else 15 if "quarter" in said else 0)
    if some := said.get("some") or said.get("same"):
        minute = int(some) if some.isdigit() else _FEW_MINUTES[re.sub(r"[ -]", "", some.lower())]
    if "before" in said or "less" in said:
        hour, minute = hour - 1 or 12, 45 if "before" in said else 60 - minute
    if minute not in range(60):
        return None
    if not (0 < hour < 24 or said.get("minute")):
        return None
    if hour == 12 and not minute and _has(_LATE, sentence):
        return _AT_MIDNIGHT
    return time(_hour_of_day(hour, said.get("half") or "", sentence) % 24, minute)


def _hour_of_day(hour: int, half: str, sentence: str) -> int:
    """Return the hour by a clock of 24: as is said, else as somebody who speaks of a school means it."""
    if hour > 12:
        return hour
    if half:
        return hour % 12 + (12 if half.lower().startswith("p") else 0)
    late, early = _has(_LATE, sentence), _has(_EARLY, sentence)
    if late and (hour == 12 or hour < _STILL_UP.hour):
        return hour % 12
    if late or (not early and hour < 7):
        return hour % 12 + 12
    return hour


# ---------------------------------------------------------------- the day


def _day_in(sentence: str, posted: datetime, *, been: bool) -> tuple[date | None, bool] | None:
    """The day that is said, and whether it is surely that; None where none is said.

    Of two the first is a guess; so is a “today” beside what has been.
    """
    today, days = posted.date(), list[tuple[date, bool]]()
    if _has(_WORDS["overmorrow"], sentence):
        days.append((today + timedelta(2), posted.time() >= _STILL_UP))
    if _has(_WORDS["in_a_week"], sentence):
        days.append((today + timedelta(7), True))
    if _has(_WORDS["week_ends"], sentence) and today.weekday() < 5:
        days.append((today + timedelta(4 - today.weekday()), False))
    if _has(_TOMORROW, sentence):
        still_up = posted.time() < _STILL_UP
        days.append((today, False) if still_up else (today + timedelta(1), True))
    if _has(_TODAY, sentence):
        days.append((today, not been))
    days += _dates(sentence, today)
    days += _weekdays(sentence, today)
    if not days:
        return (None, False) if _has(_WORDS["later"], sentence) else None
    day, sure = days[0]
    return day, sure and all(other == day for other, _ in days)


def _weekdays(sentence: str, today: date) -> Iterator[tuple[date, bool]]:
    """Each day of the week that is named, as it is next; of “next Friday”, and of today's own name, it is not
    sure which.
    """
    for n, named in enumerate(_NAMES_OF_DAYS if _A_WEEKDAY.search(sentence) else ()):
        if found := named.search(sentence):
            ahead, next_one = (n - today.weekday()) % 7, re.search("next|nesaf", found[0], re.IGNORECASE)
            ahead += 7 * found[0].lower().endswith("week")
            yield today + timedelta(ahead), ahead > 0 and next_one is None


def _dates(sentence: str, today: date) -> Iterator[tuple[date, bool]]:
    """Dates by name or number as they are next, and whether each is surely one, and that one."""
    for said in (found for by_month in _BY_MONTH for found in by_month.finditer(sentence)):
        month = said["month"].lower()
        for found in _in_year(said, _MONTHS.index(month) + 1, today):
            yield found, found - today <= _FAR and (month != "may" or bool(said["th"]))
    for said in _NUMERIC.finditer(sentence):
        for found in _in_year(said, int(said["month"]), today):
            if found - today <= _FAR:
                yield found, bool(said["on"]) or int(said["day"]) > max(_HOURS.values())
    for said in _OF_MONTH.finditer(sentence):
        ahead = (today + timedelta(days) for days in range(_FAR.days))
        if the_next := next((day for day in ahead if day.day == int(said["day"])), None):
            yield the_next, bool(said["on"] or said["named"])


def _in_year(said: re.Match[str], month: int, today: date) -> Iterator[date]:
    """The day of that month when it is next, or in the year that is said; none that is over."""
    years = (int(said["year"]) % 100 + 2000,) if said["year"] else (today.year, today.year + 1)
    for year in years:
        try:
            found = date(year, month, int(said["day"]))
        except ValueError:
            continue
        if found >= today:
            yield found
            return


def _has(words: str, sentence: str) -> bool:
    return _apart(words).search(sentence) is not None


@cache
def _apart(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)
