"""Facts for the solicitor of the person it is about, besides the post: where else it stands, what is kept of
it by its hash, until when the law gives time. Facts alone, and no view of the law. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator

from alerts.ladder.clocks import LONDON, limitation_ends
from alerts.ladder.rules import Rules
from alerts.letters import forbidden_words
from alerts.letters.facts.of_the_post import moment, of_place
from alerts.wording.cases import where_kept
from data.cases import Case, CaseFile, Post
from data.content_class import ContentClass
from data.words.say import Words


def for_a_solicitor(file: CaseFile, rules: Rules, w: Words) -> dict[str, object]:
    """The names that only this sheet has."""
    case = file.case
    placed = {found for here in case.places for found in (here.mention_id, here.url) if found}
    copies = (c for c in file.copies if c.url and not placed & {c.mention_id, c.url})
    weighed = case.weighed
    return {
        "copies": [forbidden_words.plain(copy.url or "") for copy in copies],
        "weighed_on": w.full_day(weighed.at, rules.means.zone) if weighed else "",
        "visible": forbidden_words.plain(weighed.visible) if weighed else "",
        "spread": forbidden_words.plain(weighed.spread) if weighed else "",
        "impact": forbidden_words.plain(weighed.impact) if weighed else "",
        "hashes": list(_hashes(file, rules, w)),
        "limitation": limitation_line(file.case, file.post, rules.school.nation, w),
        "defamation": file.case.content_class == ContentClass.DEFAMATION,
    }


def limitation_line(case: Case, post: Post | None, nation: str, w: Words, *, ask: bool = False) -> str:
    """Until when the law lets somebody go to court over what may be defamatory, and to `ask` a solicitor; ""
    of any other class, or where it is not known when it was posted.
    """
    if case.content_class != ContentClass.DEFAMATION or post is None or post.published is None:
        return ""
    said = w(
        "letter.limitation.said",
        day=w.full_day(limitation_ends(post.published)),
        posted=w.full_day(post.published, LONDON),
        law=w(f"letter.limitation.{nation}"),
    )
    return f"{said} {w('letter.limitation.ask')}" if ask else said


def _hashes(file: CaseFile, rules: Rules, w: Words) -> Iterator[str]:
    """Each file that is kept of the post, with its SHA-256; letters are told of in what was asked."""
    for held in sorted(file.evidence, key=lambda f: (f.captured_at, f.name)):
        if not held.of_letter:
            name = forbidden_words.plain(held.name)
            at = moment(held.captured_at, rules, w)
            said = w("letter.hash", name=name, moment=at, sha256=held.sha256)
            yield of_place(said, where_kept(file, held, w), w)
