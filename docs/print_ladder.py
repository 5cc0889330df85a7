"""Prints the tables of docs/removal-ladder.md and docs/access.md, and of docs/cases.md what it lacks.

PYTHONPATH=. python docs/print_ladder.py
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from alerts.access.guidance import Guidance, guidance
from alerts.access.knowing import Access, access
from alerts.access.matter import Matter
from alerts.access.offices import (
    ACTS,
    ALSO_TOLD,
    ASKED_NEXT,
    LAST_RESORT,
    RECIPIENTS,
    REPORTS_TO,
    Concern,
    MatterKind,
)
from alerts.ladder.guards.steps import FIRST
from alerts.ladder.rules import Guard
from alerts.ladder.transitions import EVERY_RUNG, GUARDS, NO_ROW, OF_RUNGS, TABLE
from data.cases import CaseState
from data.rungs import Rung
from data.steps.codes import BypassRoute, StepKind
from data.types import About, Person, Role
from data.words.asking import asking_words
from data.words.say import words
from monitor.cli.commands.case.app import step_app

DOCS = Path(__file__).resolve().parent
PAGE = DOCS / "removal-ladder.md"
_STEP = "| `schoolgate case step "
_NATIONS = ("england", "wales", "scotland", "northern_ireland")
_SEEN = {
    name: f"‹{name}›"
    for name in (
        "number",
        "deciders",
        "heads",
        "confirmers",
        "target",
        "held_by",
        "until",
        "nation",
        "instead",
    )
}


def transitions() -> Iterator[str]:
    """Every step in every state that has a row; states with the same row share one."""
    yield "| step | in | leads to | guards |"
    yield "|---|---|---|---|"
    for kind in StepKind:
        shared: dict[tuple[str, str, str], list[CaseState]] = {}
        every = ((state, row) for state in CaseState for row in TABLE.get((state, kind), ()))
        for state, row in every:
            stays = "the same" if row.to == (state,) else _codes(row.to)
            own = ", and the rung’s own" if row.of_rung else ""
            what = f"`{kind}`, 999 in imminent danger" if row.imminent else f"`{kind}`"
            alone = " alone" if row.imminent else ""
            shared.setdefault((what, stays, _called(row.guards) + own + alone), []).append(state)
        for (what, to, guards), states in sorted(shared.items(), key=lambda row: row[0][0]):
            yield f"| {what} | {_codes(states)} | {to} | {guards or '–'} |"


def rungs() -> Iterator[str]:
    """What each rung wants, and the clock that it starts."""
    w = words("en")
    yield "| rung | who is asked | also needs | its clock | its letters |"
    yield "|---|---|---|---|---|"
    for rung in Rung:
        row = rung.spec
        own = "".join(f"; asked as `{way.kind}`: `{way.clock}`" for way in row.ways if way.clock)
        letters = _codes(row.letters) or "–"
        ways = {kind: asking_words(rung, kind, w) for kind in row.kinds}
        who = "; ".join((w(rung.key), *(f"`{k}`: {said}" for k, said in ways.items() if said != w(rung.key))))
        yield f"| `{rung}` | {who} | {_called(OF_RUNGS[rung])} | `{row.clock}`{own} | {letters} |"


def guards() -> Iterator[str]:
    """What each guard says where it refuses, and what would satisfy it."""
    w = words("en")
    first, every = (guard.__name__ for guard in FIRST), (guard.__name__ for guard in EVERY_RUNG)
    names = dict.fromkeys((*first, *NO_ROW.values(), "no_row", "by_closing", *every, *GUARDS))
    given = _SEEN | {"class_now": "‹class›", "facts": "‹facts›", "places": "‹places›", "kinds": "‹kinds›"}
    given["keeping"] = w("refusal.keeping.page")
    given["to_warn"] = "‹whom›"
    given["ends"] = "‹when their time is over›"
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


def acts() -> Iterator[str]:
    """Who acts in turn, by which of head and chair it is about."""
    yield "| it is about | in turn |"
    yield "|---|---|"
    for about, tiers in ACTS.items():
        yield f"| {_ABOUT[about]} | {', then '.join(' and '.join(map(_office, tier)) for tier in tiers)} |"


def recipients() -> Iterator[str]:
    """Who is told of each kind of matter."""
    yield "| matter | about | first | then |"
    yield "|---|---|---|---|"
    for (kind, about), order in RECIPIENTS.items():
        row = " | ".join(", ".join(map(_office, tier)) or "–" for tier in (order.first, order.seconds))
        yield f"| {_MATTERS[kind]} | {_ABOUT[about]} | {row} |"


def last_resort() -> Iterator[str]:
    """Who is told in turn where nobody else is left."""
    yield ", then ".join(map(_office, LAST_RESORT)) + "."


_EXAMPLE = Matter(frozenset(("900001",)), About.STAFF)
_EXAMPLES = {
    "to remove": _EXAMPLE,
    "C1, C11, or owed about their data": replace(_EXAMPLE, personal_data=True),
    "to answer": replace(_EXAMPLE, about=About.SCHOOL, fair=True),
    "about the head": replace(_EXAMPLE, about=About.HEAD),
    "a child at risk": replace(_EXAMPLE, about=About.PUPIL, bypass=BypassRoute.SAFEGUARDING, restricted=True),
    "an allegation against staff": replace(_EXAMPLE, bypass=BypassRoute.STAFF_ALLEGATION, restricted=True),
}
_LEVELS = dict(zip(Access, ("–", "“with the DSL”", "status", "words"), strict=True))


def reading() -> Iterator[str]:
    """How much of a matter each office may know by itself."""
    yield f"| office | {' | '.join(_EXAMPLES)} |"
    yield "|---" * (len(_EXAMPLES) + 1) + "|"
    for person in _EVERY_OFFICE:
        known = (access(person, matter, _EVERY_OFFICE) for matter in _EXAMPLES.values())
        yield f"| {_office(person.roles[0])} | {' | '.join(_LEVELS[level] for level in known)} |"


def also() -> Iterator[str]:
    """Who is told too, by content class."""
    yield "| class | told too |"
    yield "|---|---|"
    for content_class, offices in ALSO_TOLD.items():
        yield f"| `{content_class}` | {', '.join(map(_office, offices))} |"


def asked_next() -> Iterator[str]:
    """Who is asked in turn about an open matter."""
    yield ", then ".join(map(_office, ASKED_NEXT)) + "."


def reports() -> Iterator[str]:
    """Who reports to whom."""
    yield "| office | reports to |"
    yield "|---|---|"
    for role in Role:
        over = ", ".join(_office(r) for r in Role if r in REPORTS_TO.get(role, ()))
        yield f"| {_office(role)} | {over or '–'} |"


_ABOUT = {
    Concern.NEITHER: "anybody else",
    Concern.HEAD: "the head",
    Concern.CHAIR: "the chair",
    Concern.BOTH: "head and chair",
}
_MATTERS = {
    MatterKind.CHILD: "a child at risk",
    MatterKind.EXTREMISM: "extremism",
    MatterKind.ALLEGATION: "an allegation against an adult of the school",
    MatterKind.DANGER: "a threat",
    MatterKind.REMOVAL: "an insult or another removal",
    MatterKind.ACCOUNT: "an odd post on the school’s own account",
}


def _office(role: Role) -> str:
    title = words("en")(f"letter.role.{role.value}")
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


TABLES: Mapping[str, Callable[[], Iterator[str]]] = {
    "transitions": transitions,
    "rungs": rungs,
    "guards": guards,
    "lanes": bypasses,
}
"""What stands between the page's markers, by their names."""
ACCESS_TABLES: Mapping[str, Callable[[], Iterator[str]]] = {
    "acts": acts,
    "reading": reading,
    "recipients": recipients,
    "last": last_resort,
    "also": also,
    "next": asked_next,
    "reports": reports,
}
"""The same of docs/access.md."""


def printed(page: str, tables: Mapping[str, Callable[[], Iterator[str]]] = TABLES) -> str:
    """The page with its tables as the code has them. Raises ValueError where a marker is missing."""
    for name, table in tables.items():
        begin, end = f"<!-- {name}: printed from the code -->", f"<!-- end of {name} -->"
        if begin not in page or end not in page:
            raise ValueError(f"the page has no markers for {name}")
        before, after = page.partition(begin)[0], page.partition(end)[2]
        page = before + "\n".join((begin, "", *table(), "", end)) + after
    return page


def with_steps(page: str) -> str:
    """The page of cases, with a row for each command below `case step` that has none."""
    lines = page.split("\n")
    last = max(n for n, line in enumerate(lines) if line.startswith(_STEP))
    for info in step_app.registered_commands:
        if f"{_STEP}{info.name}` |" not in page:
            said = ((info.callback and info.callback.__doc__) or "").partition("\n")[0].rstrip(".")
            lines.insert(last + 1, f"{_STEP}{info.name}` | {said[:1].lower()}{said[1:]} |")
    return "\n".join(lines)


def main() -> None:
    """Print the tables into the pages."""
    cases = DOCS / "cases.md"
    cases.write_text(with_steps(cases.read_text(encoding="utf-8")), encoding="utf-8")
    for page, tables in ((PAGE, TABLES), (DOCS / "access.md", ACCESS_TABLES)):
        page.write_text(printed(page.read_text(encoding="utf-8"), tables), encoding="utf-8")


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _called(guards: Iterable[Guard]) -> str:
    return _codes(guard.__name__ for guard in guards)


def _words(code: str) -> str:
    return code.replace("_", " ").title()


if __name__ == "__main__":
    main()
