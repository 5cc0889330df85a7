"""The forms of a page, what was said by them, what was done with the button that undoes it, and from which
version of a matter a form was made. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from textwrap import shorten

from alerts.access.guidance import places_in
from alerts.wording.matters import name_and_role
from data.ids import digest
from data.matters import Action, ActKind, MatterView, PostView, WrongKind
from data.people import people_of
from data.steps.codes import BypassRoute
from data.types import Mark, Relevance, Sentiment
from data.web.urls import visible
from data.words.say import Words
from monitor.act.happened import AGREED, ANSWERS, ASKED, TOLD_LADO, WARNED
from monitor.act.target import QUESTIONS
from monitor.act.wrong import WAYS
from monitor.desk.matter.facts import name_of
from monitor.desk.matter.page import NOBODY, DoneLine, InWords, Moment, PageButton, PageForm, Tap, Visit

_SHORT = 60
"""So much of a post tells it from the others."""


def forms(seen: Visit, posts: tuple[PostView, ...], w: Words) -> Iterator[PageForm]:
    """What may be said in words of one's own, by whoever has read these."""
    why, config = w("page.form.why"), seen.reader.config
    yield from own_word_form(seen, w)
    yield from _asked_of_them(seen, w)
    if seen.view.may(ActKind.HAPPENED):
        yield _happened(seen, w)
    yield from _giving(seen, w)
    if seen.view.may(ActKind.NOTE):
        button = PageButton(InWords.NOTE, w("page.note.do"), quiet=True)
        yield PageForm(button, w("page.note.heading"), w("page.note.means"), w("page.note.label"))
    if seen.view.may(ActKind.MERGE):
        button = PageButton(InWords.MERGE, w("page.merge.do"), quiet=True)
        lines = (("with", w("page.merge.with"), "text"), ("why", w("page.merge.why"), "text"))
        yield PageForm(button, w("page.merge.heading"), w("page.merge.means"), "", lines=lines)
    if seen.view.may(ActKind.SPLIT):
        button = PageButton(InWords.SPLIT, w("page.split.do"), quiet=True)
        unsaid = ("", w("page.form.unsaid"))
        of = tuple((p.id, visible(shorten(p.title or p.text or p.url or p.channel, _SHORT))) for p in posts)
        which = (("post", w("page.split.which"), (unsaid, *of)),)
        yield PageForm(button, w("page.split.heading"), w("page.split.means"), "", which)
    if seen.view.may(ActKind.NAME):
        here = people_of(seen.school, config.people)
        people = tuple((p.id, name_and_role(p.id, here, w)) for p in here)
        unsaid = ("", w("page.form.unsaid"))
        choices = (
            ("aimed_at", w("page.form.aimed_at"), (unsaid, *people)),
            (
                "how",
                w("page.form.how"),
                (unsaid, *((how, w(f"page.form.{how}")) for how in ("threat", "wrong"))),
            ),
            ("about", w("page.form.about"), (unsaid, (NOBODY, w("page.form.nobody")), *people)),
        )
        button = PageButton(InWords.NAME, w("page.form.record"), quiet=True)
        yield PageForm(button, w("page.form.name"), w("page.form.name_means"), why, choices)
    if seen.view.may(ActKind.SETTLE):
        answers = tuple((how, w(f"page.settle.{how}")) for how in ("holds", "withdrawn"))
        choice = ("settle", w("page.settle.what"), (("", w("page.form.unsaid")), *answers))
        button = PageButton(InWords.SETTLE, w("page.form.record"), quiet=True)
        yield PageForm(button, w("page.settle.heading"), w("page.settle.means"), why, (choice,))
    yield from _corrections(seen, posts, w)


def _asked_of_them(seen: Visit, w: Words) -> Iterator[PageForm]:
    """What somebody else asked that takes two people: to agree to it, or to refuse."""
    for action in seen.view.actions:
        if action.act == ActKind.AGREE:
            said = {key: str(value) for key, value in action.values}
            to = w(f"page.correct.to.{said['to']}") if said["to"] else ""
            whom = to or ", ".join(name_of(seen, one) for one in said["of"].split())
            what, who = w(f"instant.second.what.{said['kind']}"), name_of(seen, said["by"])
            asks = w("page.agree.asks", who=who, what=f"{what} ({whom})" if whom else what)
            unsaid, answers = ("", w("page.form.unsaid")), ((a, w(f"page.agree.{a}")) for a in ("yes", "no"))
            yield PageForm(
                PageButton(InWords.AGREE, w("page.form.record")),
                w("page.agree.heading", who=who),
                " ".join((asks, w("page.agree.why", why=visible(said["why"])), w("page.agree.unchanged"))),
                w("page.form.why"),
                (("agrees", w("page.agree.do"), (unsaid, *answers)),),
                first=True,
            )


def _corrections(seen: Visit, posts: tuple[PostView, ...], w: Words) -> Iterator[PageForm]:
    """What is wrong of it, so that it is judged otherwise; and what takes that back."""
    if seen.view.may(ActKind.CORRECT):
        yield _correct(seen, w)
    if seen.view.may(ActKind.RIGHT_AGAIN):
        mine = {s.kind for post in posts for s in post.said_wrong if s.person_id == seen.person.id}
        if mine - ({seen.view.mark.mark.says} if seen.view.mark else set()):
            button = PageButton(InWords.RIGHT_AGAIN, w("page.undo"), quiet=True)
            yield PageForm(button, w("page.wrong.undo"), w("page.wrong.undo_means"), "")


def _giving(seen: Visit, w: Words) -> Iterator[PageForm]:
    """To somebody else, with a note; or to oneself, to be asked again on a day."""
    here = people_of(seen.school, seen.reader.config.people)
    to = tuple((who, name_and_role(who, here, w)) for who in seen.view.may_go_to)
    if to:
        yield PageForm(
            PageButton(InWords.GIVE, w("page.give.do"), quiet=True),
            w("page.give.heading"),
            w("page.give.means"),
            "",
            (("to", w("page.give.to"), (("", w("page.give.choose")), *to)),),
            lines=(("note", w("page.give.note"), "text"), ("until", w("page.give.until"), "date")),
        )
    if seen.view.may(ActKind.AGAIN):
        button = PageButton(InWords.AGAIN, w("page.again.do"), quiet=True)
        day = ("day", w("page.again.day"), "date")
        yield PageForm(button, w("page.again.heading"), w("page.again.means"), "", lines=(day,))


def _happened(seen: Visit, w: Words) -> PageForm:
    """What has happened: that the police were told, by whom, when, their number; or why nothing need be."""
    here = people_of(seen.school, seen.reader.config.people)
    me = ((seen.person.id, w("page.happened.me")),)
    others = tuple((p.id, name_and_role(p.id, here, w)) for p in here if p.id != seen.person.id)
    unsaid = ("", w("page.form.unsaid"))
    lane = seen.view.lane
    of_lado = lane is BypassRoute.STAFF_ALLEGATION and TOLD_LADO in places_in(seen.school.nation)
    answers = [a for a in ANSWERS if a != TOLD_LADO or of_lado]
    answers = [a for a in answers if (a not in WARNED or lane is None) and (a not in ASKED or seen.to_ask)]
    choices: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
        ("what", w("page.happened.what"), (unsaid, *((a, w(f"page.happened.{a}")) for a in answers))),
        ("by", w("page.happened.by"), (*me, *others)),
    )
    if lane is None:
        said = tuple((how, w(f"page.happened.agreed_{how}")) for how in AGREED)
        choices += (("agreed", w("page.happened.agreed"), (("", w("page.happened.not_asked")), *said)),)
    lines = (
        ("when", w("page.happened.when"), "datetime-local"),
        ("reference", w("page.happened.reference"), "text"),
    )
    button = PageButton(InWords.HAPPENED, w("page.form.record"), quiet=True)
    heading, means = w("page.happened.heading"), w("page.happened.means")
    return PageForm(button, heading, means, w("page.happened.why"), choices, lines=lines)


def _correct(seen: Visit, w: Words) -> PageForm:
    """What is wrong of it, so that it and its like are judged otherwise; of what may be danger by two."""
    view, unsaid = seen.view, ("", w("page.form.unsaid"))
    kinds = [WrongKind.TOO_GRAVE, WrongKind.WRONG_LANE] if view.alert_id else [WrongKind.MISSED]
    kinds += [WrongKind.NOT_US] * (Mark.NOT_US not in view.marks)
    kinds += [WrongKind.OURS] * (view.relevance is Relevance.UNSURE) + [WrongKind.TONE]
    choices = (
        ("kind", w("page.correct.what"), (unsaid, *((k.value, w(f"page.correct.{k.value}")) for k in kinds))),
        (
            "route",
            w("page.correct.route"),
            (unsaid, *((r.value, w(f"page.correct.to.{r.value}")) for r in WAYS)),
        ),
        (
            "tone",
            w("page.correct.which"),
            (unsaid, *((t.value, w(f"page.correct.is.{t.value}")) for t in Sentiment)),
        ),
    )
    means = w("page.correct.means")
    button = PageButton(InWords.CORRECT, w("page.form.record"), quiet=True)
    return PageForm(button, w("page.correct.heading"), means, w("page.form.why"), choices)


def what_is_said_wrong(
    seen: Visit, posts: tuple[PostView, ...] | None, at: Moment, w: Words
) -> Iterator[str]:
    """What people said who hold these posts to be judged wrongly; it comes after a tap, as the words do."""
    for said in (each for post in posts or () for each in post.said_wrong):
        done = said.kind == WrongKind.WRONG_LANE and said.counts_at is not None
        kind = "lane" if done else said.kind
        right = (
            w(f"page.correct.{kind}") if kind and kind != WrongKind.NOT_US else "",
            w(f"page.correct.to.{said.route.value}") if said.route else "",
            w(f"page.correct.is.{said.tone.value}") if said.tone else "",
            w(f"page.wrong.{said.relevance.value}") if said.relevance else "",
            w(f"page.wrong.label.{said.label}") if said.label else "",
            w(f"page.wrong.severity.{int(said.severity)}") if said.severity is not None else "",
        )
        who, what = name_of(seen, said.person_id), " · ".join(filter(None, right))
        key = "page.wrong.says" if said.counts_at is None else "page.wrong.corrected"
        yield w(key, who=who, what=what, why=visible(said.why), **at.said(said.said_at, w))


def own_word_form(seen: Visit, w: Words) -> Iterator[PageForm]:
    """What somebody at whom it is aimed may say for themselves."""
    if seen.own is None or not seen.own.open_to:
        return
    unsaid, open_to = ("", w("page.form.unsaid")), seen.own.open_to
    choices = tuple(
        (
            question,
            w(f"page.own.ask.{question}"),
            (unsaid, *((code, w(f"page.own.say.{code}")) for code in codes)),
        )
        for question, answers in QUESTIONS.items()
        if (codes := [code for code in answers if code in open_to])
    )
    button = PageButton(InWords.OWN_WORD, w("page.own.tell"))
    yield PageForm(button, w("page.own.heading"), w("page.own.means"), "", choices, first=True)


def own_word_so_far(seen: Visit, at: Moment, w: Words) -> Iterator[tuple[str, str]]:
    """What holds of what they said for themselves, or somebody recorded for them."""
    own = seen.own
    case = own.case if own else None
    noted = ("accepted",) if own and case is None and "accepted" not in own.open_to else ()
    held = (case.support.value, case.consent.value) if case else noted
    said = [w(f"page.own.holds.{code}") for code in held if w.has(f"page.own.holds.{code}")]
    if seen.own and seen.own.safe_at:
        said.insert(0, w("page.own.safe", **at.said(seen.own.safe_at, w)))
    if said:
        yield w("page.own.so_far"), " ".join(said)


def done_lines(seen: Visit, at: Moment, w: Words) -> Iterator[DoneLine]:
    """For whoever has read the words; a note may repeat them."""
    if seen.view.why_ended:
        yield DoneLine(w("page.ending.why", why=visible(seen.view.why_ended)))
    for note in seen.view.notes:
        said = w(
            "page.done.note",
            who=name_of(seen, note.person_id),
            note=visible(note.note),
            **at.said(note.written_at, w),
        )
        mine = note.person_id == seen.person.id
        back = PageButton(InWords.NOTE_BACK, w("page.done.note_back"), quiet=True)
        yield DoneLine(said, back if mine else None, note.id)
    for action in seen.view.actions:
        if action.act in _UNDOES:
            button = PageButton(InWords(action.act), w(f"page.done.{action.act}"), quiet=True)
            yield DoneLine(w(f"page.done.did.{action.act}", **_given(seen, action, at, w)), button)


_UNDOES = (
    ActKind.PUT_DOWN,
    ActKind.TAKE_BACK,
    ActKind.ASK_NO_MORE,
    ActKind.UNMERGE,
    ActKind.UNSPLIT,
)


def _given(seen: Visit, action: Action, at: Moment, w: Words) -> dict[str, str]:
    """Whom it was given to, or when they are asked."""
    values = dict(action.values)
    when = values.get("at")
    said = at.said(when, w) if isinstance(when, datetime) else {}
    return {"who": name_of(seen, str(values.get("to", ""))), **said}


VERSIONED = frozenset(
    (
        *(Tap.NOT_US, Tap.ANSWERED, Tap.UNDO, InWords.NAME),
        *(
            InWords.CORRECT,
            InWords.HAPPENED,
            InWords.GIVE,
            InWords.AGAIN,
            InWords.NOTE,
            InWords.MERGE,
            InWords.SPLIT,
            InWords.AGREE,
            InWords.SETTLE,
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
