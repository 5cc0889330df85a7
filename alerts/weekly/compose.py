"""From what the store counted to what may be published. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import date, datetime
from functools import cache
from statistics import median

from pydantic import TypeAdapter

from alerts.weekly.facts import (
    FEWEST,
    IN_PART,
    KINDS,
    LEAST,
    OUTCOMES,
    TONES,
    Arc,
    Cell,
    PlaceRow,
    PolicyRow,
    ReportFacts,
    Week,
    WeekRow,
    WindowRow,
    hide_numbers,
    is_well_hidden,
    lone,
)
from data.frozen import freeze
from data.rungs import EMERGENCY, Rung
from data.steps.codes import Became
from data.store.weekly import AlertHandling, Counted, Removal, ThemeCount, WatchedPlace
from data.types import School
from data.web.channels import CHANNELS

TOTAL_COST, _COLUMN_COST, _ROW_COST = 100_000, 5_000, 200
"""What hiding a total loses the reader: the whole most, then what a column comes to (the week's praise and
concern, which the first paragraph needs), then what a row does. The first two are `facts.DEAR`."""
_COST, _MOST_DEARER = 10, 9
WHOLE = "all"


def cross(
    rows: Sequence[str], columns: Sequence[str], values: Mapping[tuple[str, str], int]
) -> dict[tuple[str, str], Cell]:
    """A table of rows by columns, totals under `WHOLE`, as it may be shown; a missing pair is nought."""
    inner = [(r, c, values.get((r, c), 0)) for r in rows for c in columns]
    of_row = {row: sum(n for r, _, n in inner if r == row) for row in rows}
    of_column = {column: sum(n for _, c, n in inner if c == column) for column in columns}
    arcs = [Arc(f"{r}|{c}", f"r:{r}", f"c:{c}", n, cell_cost(n)) for r, c, n in inner]
    arcs += [Arc(f"{r}|{WHOLE}", "in", f"r:{r}", n, _ROW_COST) for r, n in of_row.items()]
    arcs += [Arc(f"{WHOLE}|{c}", f"c:{c}", "out", n, column_cost(c)) for c, n in of_column.items()]
    arcs.append(Arc(f"{WHOLE}|{WHOLE}", "out", "in", sum(values.values()), TOTAL_COST))
    cells = hide_numbers(arcs)
    return {(r, c): cells[f"{r}|{c}"] for r in (*rows, WHOLE) for c in (*columns, WHOLE)}


def several(ways: Sequence[Mapping[str, int]]) -> tuple[list[dict[str, Cell]], Cell]:
    """One whole divided in several ways, as may be shown. Raises ValueError where two totals differ."""
    parts = ((n, name, value) for n, way in enumerate(ways) for name, value in way.items())
    arcs = [Arc(f"{n}|{name}", f"{n}", f"{n + 1}", value, cell_cost(value)) for n, name, value in parts]
    arcs.append(Arc(WHOLE, f"{len(ways)}", "0", sum(ways[0].values()), TOTAL_COST))
    cells = hide_numbers(arcs)
    return [{name: cells[f"{n}|{name}"] for name in way} for n, way in enumerate(ways)], cells[WHOLE]


def column_cost(name: str) -> int:
    """Return what hiding a column's total loses: what is neither praise nor concern is missed least."""
    return _COLUMN_COST - (name == "neutral")


def cell_cost(value: int) -> int:
    return _COST + min(_MOST_DEARER, value // 10)


MONTH = 4
"""A window that is not one week is so many weeks, or a multiple of it."""
LONG = 12
"""From so many weeks on (a term) a window is told even if praise or concern is too small."""
LONGEST = 52
ALONE = 30
"""A week of so many mentions is told by itself."""
_ALWAYS = ("people", "other")
"""Kinds of place that may hold something in any week: what people hand in may be from anywhere."""

Table = dict[str, dict[str, Cell]]


@freeze
class Tally:
    """A week as first counted, by “kind|tone”; never published. `seen` are kinds of place seen."""

    week: str
    numbers: dict[str, int]
    seen: tuple[str, ...] = ()


def alone(tally: Tally) -> Table | None:
    """The table of one busy week by itself; None where it is told within a longer time."""
    table = sum_tallies([tally])
    total, concern = table[WHOLE][WHOLE], table[WHOLE]["negative"]
    return table if isinstance(total, int) and total >= ALONE and isinstance(concern, int) else None


def sum_tallies(tallies: Sequence[Tally]) -> Table:
    """Return the table of what these come to together, as it may be shown where nothing else of them is."""
    table: Table = {}
    for (row, column), cell in cross(_kinds(tallies), TONES, _values(tallies)).items():
        table.setdefault(row, {})[column] = cell
    return table


def within(weeks: Sequence[tuple[Tally, Cell]]) -> list[tuple[Tally, Cell]]:
    """The weeks that a longer window adds up: without those too small to be shown, where most are shown. One
    such week among shown ones would be what is left of the window's total. Which are left out is known from
    what has been shown already."""
    large: list[tuple[Tally, Cell]] = [(tally, total) for tally, total in weeks if isinstance(total, int)]
    return large if 2 * len(large) >= len(weeks) else list(weeks)


def together(weeks: Sequence[tuple[Tally, Cell]]) -> Table | None:
    """Tones, and kinds of place, of several weeks whose totals have been told; None where not yet."""
    if len(weeks) % MONTH or not weeks:
        return None
    added = within(weeks)
    tallies = [tally for tally, _ in added]
    kinds, arcs = _kinds(tallies), _flow(tallies)
    cells = hide_numbers(arcs, {f"w:{tally.week}": total for tally, total in added})
    whole = {tone: cells[f"tone:{tone}"] for tone in TONES} | {WHOLE: cells[WHOLE]}
    apart = is_well_hidden(arcs, cells) and _busy_apart(whole["negative"], added)
    needed = (WHOLE,) if len(weeks) >= LONG else (WHOLE, "positive", "negative")
    if not apart or not all(isinstance(whole[name], int) for name in needed):
        return None
    return {**{kind: {WHOLE: cells[f"kind:{kind}"]} for kind in kinds}, WHOLE: whole}


def may_name_theme(tone: str, whole: Mapping[str, Cell], weeks: Sequence[tuple[Tally, Cell]]) -> bool:
    """May a theme of the last four weeks be named with a longer window's numbers? It says that five or more
    of that tone were in those four. Of more weeks that leaves the less for the ones before, so there must be
    five to spare."""
    told = whole[tone]
    if not isinstance(told, int) or len(weeks) == MONTH:
        return isinstance(told, int)
    late = sum(n for _, n in weeks[-MONTH:] if isinstance(n, int))
    return told >= 2 * LEAST and late >= len(TONES) * LEAST


def to_text(tallies: Sequence[Tally]) -> str:
    return _adapter().dump_json(tuple(tallies)).decode()


def from_text(text: str) -> tuple[Tally, ...]:
    return _adapter().validate_json(text)


def _busy_apart(concern: Cell, weeks: Sequence[tuple[Tally, Cell]]) -> bool:
    """Does the concern of all leave room for that of each busy week? Such a week waits because fewer than
    five of it were concern, and everybody may know that rule: 16 in four of them would be four in each."""
    most = sum(n if isinstance(n, int) and n < ALONE else LEAST - 1 for _, n in weeks)
    return not isinstance(concern, int) or most - concern + 1 >= FEWEST


def _kinds(tallies: Sequence[Tally]) -> list[str]:
    """A kind where nothing was seen has no row: everybody could tell that its numbers are 0, so they would
    protect nothing; anything of that kind all the same counts under `other`."""
    seen = {kind for tally in tallies for kind in tally.seen}
    return [kind for kind in KINDS if kind in seen or kind in _ALWAYS]


def _values(tallies: Sequence[Tally]) -> dict[tuple[str, str], int]:
    kinds = _kinds(tallies)
    values: Counter[tuple[str, str]] = Counter()
    for tally in tallies:
        for name, n in tally.numbers.items():
            kind, _, tone = name.partition("|")
            values[kind if kind in kinds else "other", tone] += n
    return values


def _flow(tallies: Sequence[Tally]) -> list[Arc]:
    """The weeks come to the whole, the whole to the kinds of place, and the kinds to the tones."""
    kinds, values = _kinds(tallies), _values(tallies)
    by_kind = {kind: sum(values.get((kind, tone), 0) for tone in TONES) for kind in kinds}
    by_tone = {tone: sum(values.get((kind, tone), 0) for kind in kinds) for tone in TONES}
    return [
        *(Arc(f"w:{t.week}", "in", "weeks", sum(t.numbers.values()), TOTAL_COST) for t in tallies),
        Arc(WHOLE, "weeks", "whole", sum(by_kind.values()), TOTAL_COST),
        *(Arc(f"kind:{kind}", "whole", "places", n, cell_cost(n)) for kind, n in by_kind.items()),
        *(Arc(f"tone:{tone}", "places", "in", n, column_cost(tone)) for tone, n in by_tone.items()),
    ]


@cache
def _adapter() -> TypeAdapter[tuple[Tally, ...]]:
    return TypeAdapter(tuple[Tally, ...])


SHOWN_WEEKS = 12
MOST_THEMES = 5

_KIND_OF = {row.key: row.kind for row in CHANNELS.values()}
_KIND_OF |= {"forum": "forums", "reviews": "reviews", "feed": "news"}


@freeze
class Past:
    """An earlier week counted again: what is kept, what was deleted since, was it complete."""

    week: Week
    kept: Counted
    gone: Counted
    partial: bool = False


@freeze
class Counts:
    """The counts that the store gives for one week, and for those before it that no report has shown yet.
    `tallies` are weeks that reports have shown, as they were counted then; `month_themes` of the last four
    weeks. `span` is over how many weeks answers, removals, places and what was done are counted; `open` how
    many matters are."""

    own: Past
    earlier: tuple[Past, ...]
    themes: tuple[ThemeCount, ...]
    answers: tuple[AlertHandling, ...]
    removals: tuple[Removal, ...]
    places: tuple[WatchedPlace, ...]
    reclassified: int
    done: Mapping[str, int] = field(default_factory=dict)
    month_themes: tuple[ThemeCount, ...] = ()
    tallies: tuple[Tally, ...] = ()
    span: int = 1
    open: int = 0
    became: Mapping[str, int] = field(default_factory=dict)


def compose_report(
    school: School,
    counts: Counts,
    reports: Sequence[ReportFacts],
    policies: Iterable[tuple[str, date | None]],
    dpia: date | None,
    now: datetime,
) -> ReportFacts:
    """Compose the facts of one week; what the `reports` of earlier weeks showed stays as it was."""
    week = counts.own.week
    places = _places(counts.places)
    weeks, window, where = _weeks_to_show(counts, reports)
    # exact: how soon the school takes on what it is told is its own doing, and names nobody
    waits = [(a.acked_at - a.raised_at).total_seconds() for a in counts.answers if a.acked_at is not None]
    waiting, raised = len(counts.answers) - len(waits), len(counts.answers)
    rungs, outcomes = _removals(counts.removals)
    by_tone = _by_tone(weeks[-1])
    decided = [(r.decided_at - r.opened_at).total_seconds() for r in counts.removals if r.decided_at]
    return ReportFacts(
        urn=school.urn,
        school=school.name,
        language=school.language,
        week=week.name,
        composed_at=now,
        weeks=weeks,
        unreported=_count_unreported(week, reports),
        where=where,
        unsure=lone(sum(n for (_, _, r), n in _all(counts.own).items() if r == "unsure")),
        themes=_themes(counts.themes if by_tone else ()),
        answers={"acked": len(waits), "waiting": waiting, WHOLE: raised},
        answer_s=_median(waits),
        rungs=rungs,
        outcomes=outcomes,
        removal_s=_median([s for r in counts.removals if (s := _gone_within(r)) is not None]),
        places=places,
        asked=sum(p.asked for p in counts.places),
        seen=sum(p.seen for p in counts.places),
        reclassified=counts.reclassified,
        policies=tuple(PolicyRow(title, due) for title, due in policies),
        dpia=dpia,
        decision_s=_median(decided),
        window=window,
        done=dict(counts.done),
        span=counts.span,
        open=lone(counts.open),
        became=_became(counts.became),
    )


def tally_weeks(counts: Counts) -> tuple[Tally, ...]:
    """Tally the weeks that this report is the first to show: they are counted once."""
    return (*(tallied_week(past) for past in counts.earlier), tallied_week(counts.own, counts.places))


def shown_before(reports: Sequence[ReportFacts]) -> dict[str, WeekRow]:
    """The rows of weeks that a report has shown, as it first showed them."""
    ordered = sorted(reports, key=lambda r: r.week, reverse=True)
    return {row.week: row for report in ordered for row in report.weeks}


def kind_of_place(channel: str) -> str:
    """Return the kind of place that a channel, or the first word of a collector's kind, belongs to."""
    return _KIND_OF.get(channel, "other")


def tallied_week(past: Past, places: Sequence[WatchedPlace] = ()) -> Tally:
    """A week by kind of place and tone, as it is counted now, with the kinds of place where it was seen."""
    numbers: Counter[str] = Counter()
    for (channel, tone, relevance), n in _all(past).items():
        if relevance == "about":
            numbers[f"{kind_of_place(channel)}|{tone}"] += n
    seen = tuple(row.kind for row in _places(places) if row.whole or row.part)
    return Tally(past.week.name, dict(sorted(numbers.items())), seen)


def _weeks_to_show(
    counts: Counts, reports: Sequence[ReportFacts]
) -> tuple[tuple[WeekRow, ...], WindowRow | None, dict[str, dict[str, Cell]]]:
    """Return the weeks as they may be shown, for what span tones are told, and the places' table."""
    week = counts.own.week
    last = max(reports, key=lambda r: r.week, default=None)
    window, where = (last.window, last.where) if last and last.window else (None, {})
    rows = _earlier(counts, reports)
    tally = tally_weeks(counts)[-1]
    waiting = _waiting(counts, rows, window)
    table = alone(tally)
    together_with = [*waiting, (tally, lone(sum(tally.numbers.values())))]
    if table is None and (longer := together(together_with)):
        whole, n = longer[WHOLE], len(together_with)
        named = [t for t in counts.month_themes if may_name_theme(t.sentiment, whole, together_with)]
        first, newest = together_with[0][0].week, tally.week
        left_out = n - len(within(together_with))
        where, window = longer, WindowRow(first, newest, n, whole, _themes(named), left_out)
    elif table is not None:
        where, window = table, WindowRow(week.name, week.name, 1, table[WHOLE])
    return (*rows, _row(counts.own, tally, table)), window, where


def _earlier(counts: Counts, reports: Sequence[ReportFacts]) -> list[WeekRow]:
    """The weeks before, as a report has shown them or as they are counted now, up to so many as are shown."""
    week, before = counts.own.week, shown_before(reports)
    anew = {past.week.name: past for past in counts.earlier}
    rows: list[WeekRow] = []
    for n in range(SHOWN_WEEKS - 1, 0, -1):
        name = week.back(n).name
        if name in before:
            rows.append(before[name])
        elif name in anew:
            tally = tallied_week(anew[name])
            rows.append(_row(anew[name], tally, alone(tally)))
    return rows


def _waiting(counts: Counts, rows: Sequence[WeekRow], window: WindowRow | None) -> list[tuple[Tally, Cell]]:
    """The weeks just before of which nothing but the total has been told, the earliest first."""
    anew = {past.week.name: tallied_week(past) for past in counts.earlier}
    kept = {tally.week: tally for tally in counts.tallies} | anew
    shown = {row.week: row for row in rows}
    found: list[tuple[Tally, Cell]] = []
    for n in range(1, LONGEST):
        name = counts.own.week.back(n).name
        if name not in kept or (window and name <= window.last) or _by_tone(shown.get(name)):
            break
        total = lone(sum(kept[name].numbers.values()))
        found.insert(0, (kept[name], total))
    return found


def _by_tone(row: WeekRow | None) -> bool:
    return row is not None and len(row.cells) > 1


def _row(past: Past, tally: Tally, table: Mapping[str, dict[str, Cell]] | None) -> WeekRow:
    cells = table[WHOLE] if table else {WHOLE: lone(sum(tally.numbers.values()))}
    return WeekRow(past.week.name, cells, by_days=any(past.gone.values()), partial=past.partial)


def _all(past: Past) -> Mapping[tuple[str, str, str], int]:
    total: dict[tuple[str, str, str], int] = defaultdict(int)
    for counted in (past.kept, past.gone):
        for key, n in counted.items():
            total[key] += n
    return total


def _count_unreported(week: Week, reports: Sequence[ReportFacts]) -> int:
    """Count the weeks that lie between the last report's and this one; 0 where this is the first."""
    if not reports:
        return 0
    newest = max(r.week for r in reports)
    n = 1
    while week.back(n).name > newest:
        n += 1
    return n - 1


def _themes(counted: Sequence[ThemeCount]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {"positive": [], "negative": []}
    for row in sorted(counted, key=lambda c: (-min(c.items, c.voices), c.theme)):
        if row.sentiment in found and min(row.items, row.voices) >= LEAST:
            found[row.sentiment].append(row.theme)
    return {tone: tuple(themes[:MOST_THEMES]) for tone, themes in found.items()}


def _removals(removals: Sequence[Removal]) -> tuple[dict[str, Cell], dict[str, Cell]]:
    rungs = {rung.value: sum(r.rung == rung for r in removals) for rung in Rung if rung is not EMERGENCY}
    ends = Counter(r.outcome or "open" for r in removals if r.rung is not None)
    outcomes = {name: ends[name] for name in OUTCOMES if name != IN_PART or ends[name]}
    (by_rung, by_outcome), whole = several((rungs, outcomes))
    return by_rung | {WHOLE: whole}, by_outcome | {WHOLE: whole}


def _became(counted: Mapping[str, int]) -> dict[str, Cell]:
    (cells,), whole = several([{became.value: counted.get(became, 0) for became in Became}])
    return cells | {WHOLE: whole}


def _gone_within(removal: Removal) -> float | None:
    """Say how long (s) it took from opening the case; None if it is not removed, or nobody was asked."""
    at = removal.gone_at or removal.ended_at
    if removal.rung is None or removal.outcome != "removed" or at is None:
        return None
    return (at - removal.opened_at).total_seconds()


def _median(seconds: Sequence[float]) -> float | None:
    return float(median(seconds)) if len(seconds) >= LEAST else None


def _places(places: Sequence[WatchedPlace]) -> tuple[PlaceRow, ...]:
    rows = {kind: PlaceRow(kind, 0, 0, 0, 0) for kind in KINDS}
    for place in places:
        kind = kind_of_place(place.channel or place.kind.split(".")[0])
        row = rows[kind]
        whole = place.asked > 0 and place.seen == place.asked
        part = not whole and place.seen > 0
        none = not whole and not part
        rows[kind] = PlaceRow(kind, row.places + 1, row.whole + whole, row.part + part, row.none + none)
    return tuple(row for row in rows.values() if row.places)
