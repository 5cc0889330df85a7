"""Posts within posts: those nested deeper than carelessly closed markup explains are not read again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from sources.html.sanitise import MOST_POSTS

_MOST_NESTED = 5
Node = TypeVar("Node")


def separate(
    nodes: Sequence[Node], parents: Callable[[Node], Iterable[Node]]
) -> tuple[list[Node], tuple[str, ...]]:
    """The nodes (in document order) inside fewer than five of the others, and a warning.

    Each node is read with everything inside it, so unlimited nesting would cost the square of their
    number. The words of a node left out are read with the node around it. Of more than 5,000 nodes the
    first are taken, and the warning says so.
    """
    depth: dict[int, int] = {}
    for node in nodes[:MOST_POSTS]:
        around = next((depth[id(above)] for above in parents(node) if id(above) in depth), -1)
        depth[id(node)] = around + 1
    warning = f"Of {len(nodes)} posts or reviews on the page the first {MOST_POSTS} are read."
    kept = [node for node in nodes[:MOST_POSTS] if depth[id(node)] < _MOST_NESTED]
    return kept, (warning,) if len(nodes) > MOST_POSTS else ()
