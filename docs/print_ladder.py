"""Prints the removal ladder's tables into docs/removal-ladder.md: python -P docs/print_ladder.py"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from alerts.access.guidance import Guidance, guidance
from alerts.access.matter import Matter
from alerts.ladder.guards import GUARDS
from alerts.ladder.table import DANGER, EVERY_RUNG, FIRST, NO_ROW, TABLE
from data.cases import BypassRoute, CaseState, StepKind
from data.rungs import Rung
from data.types import About, Person, Role
from data.words.say import words

PAGE = Path(__file__).resolve().with_name("removal-ladder.md")
_NATIONS = ("england", "wales", "scotland", "northern_ireland")
_SEEN = {
    name: f"‹{name}›" for name in ("number", "deciders", "heads", "confirmers", "target", "held_by", "until")
}


def transitions() -> Iterator[str]:
    """Every step in every state that has a row; states with the same row share one."""
    yield "| step | in | leads to | guards |"
    yield "|---|---|---|---|"
    for kind in StepKind:
        shared: dict[tuple[str, str], list[CaseState]] = {}
        for state in CaseState:
            if row := TABLE.get((state, kind)):
                stays = "the same" if row.to == (state,) else _codes(row.to)
                own = ", and the rung’s own" if kind is StepKind.ASKED else ""
                shared.setdefault((stays, _codes(row.guards) + own), []).append(state)
        for (to, guards), states in shared.items():
            yield f"| `{kind}` | {_codes(states)} | {to} | {guards or '–'} |"
        if kind is StepKind.ASKED:
            yield f"| `{kind}`, 999 in imminent danger | {_codes(DANGER)} | the same, or `waiting` | – |"


def rungs() -> Iterator[str]:
    """What each rung wants, and the clock that it starts."""
    w = words("en")
    yield "| rung | who is asked | wants besides | its clock | its letters |"
    yield "|---|---|---|---|---|"
    for rung in Rung:
        row = rung.spec
        own = "".join(f"; asked as `{way.kind}`: `{way.clock}`" for way in row.ways if way.clock)
        letters = _codes(row.letters) or "–"
        yield f"| `{rung}` | {w(rung.key)} | {_codes(row.guards)} | `{row.clock}`{own} | {letters} |"


def guards() -> Iterator[str]:
    """What each guard says where it refuses, and what would satisfy it."""
    w = words("en")
    names = dict.fromkeys((*FIRST, *NO_ROW.values(), "no_row", "by_closing", *EVERY_RUNG, *GUARDS))
    given = _SEEN | {"class_now": "‹class›", "facts": "‹facts›", "places": "‹places›", "kinds": "‹kinds›"}
    yield "| guard | it refuses, saying | what would satisfy it |"
    yield "|---|---|---|"
    for name in names:
        said, remedy = w(f"refusal.{name}.said", **given), w(f"refusal.{name}.remedy", **given)
        yield f"| `{name}` | {said} | {remedy} |"


_EVERY_OFFICE = tuple(Person(role.value, role.value, (role,), "office@example.org") for role in Role)


def bypasses() -> Iterator[str]:
    """What each lane asks for, in the words of each nation where they differ."""
    yield "| lane | where | first | then | never |"
    yield "|---|---|---|---|---|"
    w = words("en")
    for lane in BypassRoute:
        matter = Matter(frozenset(), About.STAFF, bypass=lane, restricted=True)
        told: dict[Guidance, list[str]] = {}
        for nation in _NATIONS:
            told.setdefault(guidance(matter, _EVERY_OFFICE, nation, w), []).append(_words(nation))
        for said, where in told.items():
            yield f"| `{lane}` | {', '.join(where)} | {said.first} | {said.then} | {said.never} |"


TABLES: Mapping[str, Callable[[], Iterator[str]]] = {
    "transitions": transitions,
    "rungs": rungs,
    "guards": guards,
    "lanes": bypasses,
}
"""What stands between the page's markers, by their names."""


def printed(page: str) -> str:
    """The page with its tables as the code has them. Raises ValueError where a marker is missing."""
    for name, table in TABLES.items():
        begin, end = f"<!-- {name}: printed from the code -->", f"<!-- end of {name} -->"
        if begin not in page or end not in page:
            raise ValueError(f"the page has no markers for {name}")
        before, after = page.partition(begin)[0], page.partition(end)[2]
        page = before + "\n".join((begin, "", *table(), "", end)) + after
    return page


def main() -> None:
    """Print the tables into the page."""
    PAGE.write_text(printed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _words(code: str) -> str:
    return code.replace("_", " ").title()


if __name__ == "__main__":
    main()
