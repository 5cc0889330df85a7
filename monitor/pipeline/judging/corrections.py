"""What people marked as judged wrongly, carried over to what is read later at the same school."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from classifiers.signals.find import find_signals
from data.matters import SaidWrong, WrongKind
from data.store.engine.connect import Connection
from data.store.mentions.rejudge import JudgedBefore, held_posts
from data.store.verdicts.said_wrong import corrections
from data.types import Match, Mention, Verdict

if TYPE_CHECKING:
    from classifiers.verdicts.by_people.corrected import Corrected
    from monitor.pipeline.judges import Judges

CarryOver: TypeAlias = Callable[[Verdict, Mention, Match], Verdict]
"""The verdict on a post with its match, as what people marked of its like says."""


def corrected(con: Connection, judges: Judges) -> CarryOver:
    """What carries over what counts by now; nothing where nobody marked anything."""
    given = [
        said
        for said in corrections(con, judges.schools)
        if said.counts_at is not None and said.kind in _COUNT
    ]
    if not given:
        return lambda verdict, mention, match: verdict
    from classifiers.verdicts.by_people.corrected import as_corrected  # late: most homes have marked nothing

    made: dict[str, list[Corrected]] = defaultdict(list)
    held = held_posts(con, sorted({said.mention_id for said in given}))
    for said in given:
        post = held.get((said.mention_id, said.urn))
        apart = post is not None and post.verdict.restricted and said.kind != WrongKind.MISSED
        if post is not None and post.stood(said.said_at) and not apart:
            made[said.urn].append(_as_made(said, post, judges))

    def carry_over(verdict: Verdict, mention: Mention, match: Match) -> Verdict:
        mine = made.get(verdict.urn)
        if not mine:
            return verdict
        school, people = judges.schools[verdict.urn], judges.people_of(verdict.urn)
        return as_corrected(verdict, mention, match, find_signals(mention, school, people), mine)

    return carry_over


_COUNT = frozenset((WrongKind.NOT_US.value, WrongKind.TOO_GRAVE.value, WrongKind.MISSED.value))
"""What counts for posts that are like the marked one."""


def _as_made(said: SaidWrong, post: JudgedBefore, judges: Judges) -> Corrected:
    from classifiers.verdicts.by_people.corrected import Corrected, named_elsewhere

    school = judges.schools[said.urn]
    names = named_elsewhere(said.why, post.mention, school) if said.kind == WrongKind.NOT_US else frozenset()
    signals = find_signals(post.mention, school, judges.people_of(said.urn))
    return Corrected(said.kind, post.mention, post.match, post.verdict, signals, names, said.route)
