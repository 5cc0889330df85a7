"""Which version of a matter a form was made from, and what others have done since. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from data.ids import digest
from data.matters import ActKind, MatterView
from data.types import Mark
from data.words.say import Words
from monitor.desk.matter.facts import name_of
from monitor.desk.matter.page import Moment
from monitor.desk.matter.reading import InWords, Tap, Visit

VERSIONED = frozenset(
    (
        *(Tap.NOT_US, Tap.ANSWERED, Tap.UNDO, InWords.NAME, InWords.WRONG),
        *(
            InWords.CORRECT,
            InWords.HAPPENED,
            InWords.GIVE,
            InWords.AGAIN,
            InWords.GROWN,
            InWords.NOTE,
            InWords.END,
            InWords.MERGE,
            InWords.AGREE,
        ),
    )
)
"""What is done only to the version that was read. The rest is said for oneself, undone, or settled by who has
it."""


def version_of(view: MatterView) -> str:
    """Another as soon as who has it, its mark, its posts, its cases, what people wrote of it or what its
    reader is asked to agree to is another."""
    return "-".join(digest(repr(part))[:8] for part in _parts(view).values())


def _parts(view: MatterView) -> dict[str, object]:
    wrong = [] if view.sealed else [each for post in view.posts for each in post.said_wrong]
    asked = [action.values for action in view.actions if action.act == ActKind.AGREE]
    return {
        "held": (view.taken, view.holder and (view.holder.person, view.holder.since)),
        "marked": None if view.mark is None or view.mark.mark is Mark.TAKEN else view.mark,
        "grown": view.stamp,
        "case": [(case.id, case.state, case.acting_at) for case in view.cases],
        "said": (sorted(map(repr, wrong)), () if view.sealed else view.notes),
        "asked": asked,
    }


def changes_since(seen: Visit, version: str, at: Moment, w: Words) -> Iterator[str]:
    """What has become another since that version, as much as the matter says of it now."""
    was = dict(zip(_parts(seen.view), version.split("-"), strict=False))
    for key, part in _parts(seen.view).items():
        if was.get(key) != digest(repr(part))[:8]:
            yield from _change(seen, key, at, w)


def _change(seen: Visit, key: str, at: Moment, w: Words) -> Iterator[str]:
    view, holder = seen.view, seen.view.holder
    if key == "held" and holder is not None and holder.person:
        yield w("page.since.held", who=name_of(seen, holder.person), **at.said(holder.since, w))
    elif key == "marked" and view.mark is not None and view.mark.mark is not Mark.TAKEN:
        who = name_of(seen, view.mark.person_id)
        yield w(f"page.since.{view.mark.mark.value}", who=who, **at.said(view.mark.at, w))
    elif key == "case" and view.cases:
        for case in view.cases:
            if case.acting and case.acting_at:
                who, when = name_of(seen, case.acting), at.said(case.acting_at, w)
                yield w("page.since.case", number=case.id, who=who, **when)
    elif key == "said" and view.notes:
        note = view.notes[-1]
        yield w("page.since.note", who=name_of(seen, note.person_id), **at.said(note.written_at, w))
    elif key == "asked":
        yield w("page.since.said")
    else:
        yield w(f"page.since.no_{key}" if key in ("held", "marked", "case") else f"page.since.{key}")
