"""Who imports whom: modules with one importer, circles, arrows back, and the floors of a room."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from itertools import combinations

from house_parts.source import ROOMS, Figure

Imports = dict[str, set[str]]
Arrows = dict[tuple[str, str], list[str]]


def imported() -> Iterator[Figure]:
    """Yield what the imports of the product found on the path show."""
    import grimp

    graph = grimp.build_graph(*ROOMS, cache_dir=None)
    to = {name: set(graph.find_modules_directly_imported_by(name)) for name in sorted(graph.modules)}
    by = Counter(target for targets in to.values() for target in targets)
    single = [f"{name} <- {next(m for m in to if name in to[m])}" for name in to if by[name] == 1]
    part = round(100 * len(single) / len(to), 1)
    yield Figure(
        f"modules that exactly one imports: {len(single)} of {len(to)} ({part} %)",
        {"one_importer_percent": part},
        single,
    )
    circles = [" ".join(sorted(circle)) for circle in _circles(to)]
    yield Figure(f"circles of modules: {len(circles)}", {"circles": len(circles)}, circles)
    arrows = _arrows(to)
    back = _back(arrows)
    yield Figure(f"arrows back between neighbours in a folder: {len(back)}", {"arrows_back": len(back)}, back)
    rooms = [" ".join(sorted(circle)) for circle in _circles(_neighbours(arrows))]
    yield Figure(f"circles of neighbours in a folder: {len(rooms)}", names=rooms)
    yield floors("monitor", to)


def floors(room: str, to: Imports) -> Figure:
    """Count what a room holds directly, how many of these stand above one another, and what points back up.

    Where some reach each other in a circle, the arrow without which the fewest still do (of those, the one of
    the fewest imports) points back; floors are counted without it.
    """
    held = sorted({".".join(name.split(".")[:2]) for name in to if name.startswith(f"{room}.")})
    ours = {pair: found for pair, found in _arrows(to).items() if set(pair) <= set(held)}
    down, back = dict(ours), []
    while circle := next(_circles(_neighbours(down)), None):
        inside = sorted(pair for pair in down if set(pair) <= circle)
        least = min(inside, key=lambda pair: (_caught(inside, pair), len(down[pair])))
        back += down.pop(least)
    floors = _highest(held, _neighbours(down))
    return Figure(
        f"rooms of {room}: {len(held)} on {floors} floors, {len(ours)} arrows, {len(back)} imports back",
        {f"{room}_rooms": len(held), f"{room}_floors": floors, f"{room}_back": len(back)},
        [*held, *(f"back: {arrow}" for arrow in back)],
    )


def _caught(pairs: list[tuple[str, str]], without: tuple[str, str]) -> int:
    """How many would still stand in a circle."""
    left: Arrows = {pair: [] for pair in pairs if pair != without}
    return sum(map(len, _circles(_neighbours(left))))


def _highest(held: list[str], down: Imports) -> int:
    """The longest way down, in rooms."""

    @cache
    def height(name: str) -> int:
        return 1 + max(map(height, down.get(name, ())), default=0)

    return max(map(height, held), default=0)


def _arrows(to: Imports) -> Arrows:
    """Imports between neighbours: two folders, or a folder and a file, that one folder holds."""
    found = defaultdict(list)
    for source, targets in to.items():
        for target in targets:
            here, there = source.split("."), target.split(".")
            depth = next((n for n, (a, b) in enumerate(zip(here, there, strict=False)) if a != b), 0)
            if depth:
                found[".".join(here[: depth + 1]), ".".join(there[: depth + 1])].append(
                    f"{source} -> {target}"
                )
    return found


def _neighbours(arrows: Arrows) -> Imports:
    found = defaultdict(set)
    for here, there in arrows:
        found[here].add(there)
    return found


def _back(arrows: Arrows) -> list[str]:
    """Where two neighbours import each other, the arrows of the side that has fewer."""
    pairs = combinations(sorted({end for pair in arrows for end in pair}), 2)
    sides = ((arrows.get((here, there), []), arrows.get((there, here), [])) for here, there in pairs)
    return [arrow for side in sides for arrow in min(side, key=len)]


def _circles(to: Imports) -> Iterator[set[str]]:
    """Those that reach one another by imports (Kosaraju's two walks), where there are two or more."""
    order: list[str] = []
    seen: set[str] = set()
    for name in to:
        _walk(name, to, seen, order.append)
    by = defaultdict(set)
    for name, targets in to.items():
        for target in targets:
            by[target].add(name)
    seen = set()
    for name in reversed(order):
        found: list[str] = []
        _walk(name, by, seen, found.append)
        if len(found) > 1:
            yield set(found)


def _walk(start: str, to: Imports, seen: set[str], done: Callable[[str], None]) -> None:
    if start in seen:
        return
    seen.add(start)
    open_ = [(start, iter(sorted(to.get(start, ()))))]
    while open_:
        name, rest = open_[-1]
        for target in rest:
            if target not in seen:
                seen.add(target)
                open_.append((target, iter(sorted(to.get(target, ())))))
                break
        else:
            open_.pop()
            done(name)
