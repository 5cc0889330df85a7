"""A course of conduct: one author's public posts about one person, only those already held, in one open case.

There is no index of authors. The posts are looked up only within one case, after the head (the chair, if it
is about the head) has approved it in that case.
"""

from __future__ import annotations

from alerts.pack.document import Block, PackParagraph, Rows
from alerts.pack.facts import PackFacts
from alerts.wording.verdicts import channel_name
from data.cases import Case, Post
from data.content_class import class_spec
from data.steps.codes import StepKind
from data.words.say import Words


def guard(case: Case, post: Post | None) -> str | None:
    """The name of the guard that refuses to put posts together in this case; None if none does."""
    checks = {
        "open_case": case.closed_at is None,
        "harassment_case": class_spec(case.content_class).course,
        "chronology_approved": None
        not in (case.chronology_by, case.chronology_author, case.chronology_person),
        "author_of_this_post": post is not None and post.author == case.chronology_author,
    }
    return next((name for name, holds in checks.items() if not holds), None)


def course(facts: PackFacts, w: Words) -> list[Block]:
    """The posts as a table, the oldest first."""
    case, posts = facts.file.case, facts.conduct or ()
    if facts.withheld:
        return [PackParagraph(w("pack.withheld_value"))]
    approved = next(s for s in reversed(facts.file.steps) if s.kind is StepKind.CHRONOLOGY)
    intro = w(
        "pack.conduct.intro", author=case.chronology_author, channel=channel_name(case.channel, w),
        person=facts.person(approved.actor) or approved.actor, day=w.full_day(approved.done_at, facts.zone),
    )  # fmt: skip
    if not [p for p in posts if p.mention_id != case.mention_id]:
        return [PackParagraph(intro), PackParagraph(w("pack.conduct.none"))]
    head = tuple(w(f"pack.column.{name}") for name in ("n", "posted", "words"))
    rows = tuple((str(n), _when(p, facts, w), _post(p, facts, w)) for n, p in enumerate(posts, start=1))
    return [PackParagraph(intro), Rows("", head, rows, (6, 27, 67))]


def _when(post: Post, facts: PackFacts, w: Words) -> str:
    if post.published is None:
        return w("pack.unnamed")
    return facts.moment(post.published)


def _post(post: Post, facts: PackFacts, w: Words) -> str:
    this = [w("pack.conduct.this")] if post.mention_id == facts.file.case.mention_id else []
    return "\n".join([*this, post.text or w("pack.unnamed"), post.url or w("pack.unnamed")])
