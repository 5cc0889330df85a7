"""The repeated parts of a mail: the blocks of its tree, or of its lines, that each hold one link of one kind.

A block is what stands with such a link and with no other of them: the largest box of the tree, or paragraph;
where several boxes make a block, those between two links go with the one they stand with at the mail's
beginning and at its end. Pure; what a line is, and what a link, is asked of the reader.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Any, TypeAlias

from data.frozen import freeze

_RULE = re.compile(r"(?=\W*\Z).*(?:[-_=*~#]\s?){5}.*")
_MOST_ANCHORS, _MOST_ROLES, _WRAPPED = 200, 20, 60
_SHORT = 1.5
"""How much less is asked of a link beside several of its role: its title may be one word."""
_MUCH = 0.5
"""How much liker what stands above titles must be than what stands below, to belong to them."""
_Run: TypeAlias = tuple[int | None, list[int], int | None]
"""The number of the block above, the lines between, and the number of the block below."""


@freeze
class BoxedLine:
    """A line of a mail, its addresses in angle brackets; the boxes around it, from the outermost, and their
    names; whether all of it stands out."""

    said: str
    path: tuple[Any, ...]
    kind: str = ""
    loud: bool = False


@freeze
class Anchor:
    """A link by which a block may be known: in which line it stands, the key of its address, its words, ""
    where they are a button's, and how much speaks for it."""

    at: int
    url: str
    key: str
    label: str
    role: tuple[str, ...]
    worth: float


def lines_of_text(said: Sequence[str]) -> list[BoxedLine]:
    """The lines of a text; its boxes are what stands between rules, and paragraphs."""
    lines, part, paragraph = list[BoxedLine](), 0, 0
    for n, one in enumerate(said):
        ruled = bool(_RULE.fullmatch(one))
        part, paragraph = part + ruled, paragraph + (ruled or not one)
        above = said[n - 1] if lines and lines[-1].path[-1] == n - 1 else ""
        within = one[:1].islower() or (n > 1 and said[n - 2] and not above.endswith((".", "!", "?", ":")))
        if len(above) >= _WRAPPED and within and "<http" not in f"{above}{one}":
            lines[-1] = replace(lines[-1], said=f"{lines[-1].said} {one}", path=(*lines[-1].path[:-1], n))
        elif one and not ruled:
            lines.append(BoxedLine(one, (f"part {part}", f"paragraph {paragraph}", n)))
    return lines


def choose_anchors(links: Sequence[Anchor], lines: Sequence[BoxedLine], least: float) -> list[Anchor]:
    """The links of the roles that are repeated, the worthiest first; of another role what is in no block."""
    roles: dict[tuple[str, ...], dict[str, Anchor]] = defaultdict(dict)
    for link in (one for one in links if one.worth >= least):
        roles[link.role].setdefault(link.key, link)
    chosen: list[Anchor] = []
    sure = {role for role, of in roles.items() if len(of) > 1}
    worth = {role: sum(one.worth for one in of.values()) / len(of) for role, of in roles.items()}
    for link in (one for one in links if least - _SHORT <= one.worth < least and one.role in sure):
        roles[link.role].setdefault(link.key, link)
    by_worth = sorted(roles, key=lambda one: (len(roles[one]) > 1, worth[one], len(roles[one])))
    for role in by_worth[: -_MOST_ROLES - 1 : -1]:
        many = len(roles[role]) > 1
        if worth[role] < least + 2 * (not many or bool(chosen)):
            continue
        inside = {at for _, block in (part_by(lines, chosen) if chosen else ()) for at in block}
        keys = {one.key for one in chosen}
        chosen += [one for one in roles[role].values() if one.at not in inside and one.key not in keys]
        chosen = [*{one.at: one for one in sorted(chosen, key=lambda one: one.at)}.values()][:_MOST_ANCHORS]
    return chosen


def part_by(
    lines: Sequence[BoxedLine],
    anchors: Sequence[Anchor],
    class_of: Callable[[BoxedLine], str] = lambda line: "",
) -> list[tuple[Anchor | None, list[int]]]:
    """The numbers of the lines of each anchor's block, in order; and of boxes that are as theirs and hold no
    such link, with None."""
    if len(anchors) == 1:
        return [(anchors[0], _around(lines, anchors[0]))]
    units = _units(lines, anchors)
    found: list[tuple[Anchor | None, tuple[Any, ...]]] = [*zip(anchors, units, strict=True)]
    cores = [_lines_in(lines, one.at, unit) for one, unit in zip(anchors, units, strict=True)]
    for unit, core in _like_units(lines, units, cores):
        at = sum(one[0] < core[0] for one in cores)
        found.insert(at, (None, unit))
        cores.insert(at, core)
    kinds = [f"{line.kind} {class_of(line)}" for line in lines]
    runs = _runs(lines, [unit for _, unit in found], cores)
    runs, headed = _part_headings(runs, lines, [core[0] for core in cores])
    blocks = [[*core] for core in cores]
    for below, run in headed:
        blocks[below] += run
    inner = _list_inner(runs, kinds)
    names = _count_names_above(runs, inner, kinds)
    for _, run, after in runs if names else ():
        if after is not None:
            blocks[after] += run[-names:]
            del run[-names:]
    inner = _list_inner(runs, kinds)
    titled = sum(bool(one.label) for one in anchors) * 2 >= len(anchors)
    head, tail = _likeness(runs, inner, kinds, last=False), _likeness(runs, inner, kinds, last=True)
    to_next = head > tail + _MUCH if titled else head >= tail
    for before, run, after in runs:
        ends = before is None or after is None
        to = after if to_next else before
        if to is not None:
            blocks[to] += _cut(run, inner, kinds, first=before is None) if ends else run
    return [(anchor, sorted(block)) for (anchor, _), block in zip(found, blocks, strict=True)]


def _lines_in(lines: Sequence[BoxedLine], at: int, box: tuple[Any, ...]) -> list[int]:
    """List the lines of a box around a line: they stand together."""

    def within(n: int) -> bool:
        return lines[n].path[: len(box)] == box

    above = takewhile(within, range(at - 1, -1, -1))
    return [*[*above][::-1], at, *takewhile(within, range(at + 1, len(lines)))]


def _around(lines: Sequence[BoxedLine], anchor: Anchor) -> list[int]:
    """The smallest box around an only link that holds more than it and its words."""
    path = lines[anchor.at].path
    for depth in range(len(path) - 1, 0, -1):
        block = _lines_in(lines, anchor.at, path[:depth])
        if len(block) > 1:
            break
    return block


def _like_units(
    lines: Sequence[BoxedLine], units: Sequence[tuple[Any, ...]], cores: Sequence[Sequence[int]]
) -> list[tuple[tuple[Any, ...], list[int]]]:
    """The boxes beside those of links that hold lines of the same kinds, and none of the links."""
    owned = {n for core in cores for n in core}
    shapes = defaultdict(set)
    for unit, core in zip(units, cores, strict=True):
        shapes[unit[:-1]].add((frozenset(lines[n].kind for n in core), max(len(core) - 1, 2)))
    boxes: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for n, line in enumerate(lines):
        for parent in shapes if line.kind and n not in owned else ():
            if len(parent) < len(line.path) - 1 and line.path[: len(parent)] == parent:
                boxes[line.path[: len(parent) + 1]].append(n)
    alike = []
    for unit, core in boxes.items():
        kinds = frozenset(lines[n].kind for n in core)
        if any(kinds == shape and len(core) >= size for shape, size in shapes[unit[:-1]]):
            alike.append((unit, core))
    return alike


def _count_shared(path: Sequence[Any], other: Sequence[Any]) -> int:
    """Count the boxes that both are in."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(path, other, strict=False)))


def _units(lines: Sequence[BoxedLine], anchors: Sequence[Anchor]) -> list[tuple[Any, ...]]:
    """The largest box around each that holds no other; as deep as in most of its kind."""
    paths = [lines[one.at].path for one in anchors]
    depths = []
    for n, path in enumerate(paths):
        near = [p for m, p in enumerate(paths) if m in (n - 1, n + 1)]
        depths.append(max((_count_shared(path, other) for other in near), default=0) + 1)
    usual: dict[str, int] = {}
    for kind in {lines[one.at].kind for one in anchors}:
        of = [depth for depth, one in zip(depths, anchors, strict=True) if lines[one.at].kind == kind]
        usual[kind] = Counter(of).most_common(1)[0][0]
    return [
        path[: max(depth, usual[lines[one.at].kind])]
        for path, depth, one in zip(paths, depths, anchors, strict=True)
    ]


def _runs(
    lines: Sequence[BoxedLine], units: Sequence[tuple[Any, ...]], cores: Sequence[Sequence[int]]
) -> list[_Run]:
    """List what stands between blocks within one box: the block above, its lines, and the block below."""
    owned = {n for core in cores for n in core}
    found = list[_Run]()
    for n, (unit, core) in enumerate(zip(units, cores, strict=True)):
        parent = unit[:-1]

        def within(m: int, parent: tuple[Any, ...] = parent) -> bool:
            return m not in owned and lines[m].path[: len(parent)] == parent

        above = [*takewhile(within, range(core[0] - 1, -1, -1))][::-1]
        below = [*takewhile(within, range(core[-1] + 1, len(lines)))]
        joined = n and units[n - 1][:-1] == parent and cores[n - 1][-1] + 1 == (above or core)[0]
        if not joined:
            found.append((None, above, n))
        goes_on = (
            n + 1 < len(units) and units[n + 1][:-1] == parent and cores[n + 1][0] == (below or core)[-1] + 1
        )
        found.append((n, below, n + 1 if goes_on else None))
    return found


def _part_headings(
    runs: Sequence[_Run], lines: Sequence[BoxedLine], firsts: Sequence[int]
) -> tuple[list[_Run], list[tuple[int, list[int]]]]:
    """Keep of what stands between blocks what most have there: what few have is the heading of a section.
    What stands below one that stands out is the next block's, by its number; `firsts` are where blocks
    begin."""
    between = [run for before, run, after in runs if run and before is not None and after is not None]
    often = Counter(kind for run in between for kind in {lines[n].kind for n in run})
    stay = {kind for kind, count in often.items() if count * 2 > len(between)}
    left, headed = list[_Run](), list[tuple[int, list[int]]]()
    for before, run, after in runs:
        heading = max((n for n in run if lines[n].loud and lines[n].kind not in stay), default=None)
        if heading is not None and before is not None and run[-1] + 1 in firsts:
            headed.append((firsts.index(run[-1] + 1), [n for n in run if n > heading]))
            run = [n for n in run if n < heading]
        left.append((before, [n for n in run if lines[n].kind in stay], after))
    return left, headed


def _list_inner(runs: Sequence[_Run], kinds: Sequence[str]) -> list[list[str]]:
    """List the kinds of the lines of each run between two blocks."""
    whole = [run for before, run, after in runs if before is not None and after is not None]
    return [[kinds[n] for n in run] for run in whole if run]


def _count_names_above(runs: Sequence[_Run], inner: Sequence[Sequence[str]], kinds: Sequence[str]) -> int:
    """Count the lines right above each block that say who wrote it, in every run alike."""
    above = [[kinds[n] for n in run] for before, run, _ in runs if before is None]
    endings = [*zip(*(one[::-1] for one in (*above, *inner)), strict=False)]
    alike = [*takewhile(lambda ending: len({*ending}) == 1, endings)]
    while alike and not alike[-1][0].endswith((" name", " by")):
        alike.pop()
    return len(alike) if inner else 0


def _likeness(
    runs: Sequence[_Run], inner: Sequence[Sequence[str]],
    kinds: Sequence[str], *, last: bool,
) -> float:  # fmt: skip
    """Measure how far what stands above the first block is as above the others; `last`: below."""
    step = 1 if last else -1
    outer = [
        [kinds[n] for n in run][::step] for before, run, after in runs if (after if last else before) is None
    ]
    alike = [
        sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other[::step], strict=False)))
        / len(other)
        for one in outer
        for other in inner
    ]
    return sum(alike) / len(alike) if alike else 0.0


def _cut(run: list[int], inner: Sequence[Sequence[str]], kinds: Sequence[str], *, first: bool) -> list[int]:
    """Keep as much above the first block, or below the last, as others have there."""
    if not inner:
        return []
    lengths = {len(one) for one in inner}
    if not first:
        known = {kind for one in inner for kind in one}
        return [*takewhile(lambda n: kinds[n] in known, run[: max(lengths)])]
    above = [kinds[n] for n in run]
    alike = [
        (max(_count_shared(above[-length:], one) for one in inner), -length)
        for length in range(min(lengths), 2 * max(lengths) + 1)
    ]
    return run[max(alike)[1] :]
