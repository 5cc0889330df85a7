"""The questions of a matter's page, what becomes of answers, and from which version a form was made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time

from alerts.wording.matters import name_and_role
from classifiers.verdicts.by_people import leading_offices
from data.cases import Consent
from data.errors import InputError
from data.frozen import freeze
from data.ids import digest
from data.judged import means_violence
from data.matters import ActKind, DeedKind, MatterView, Mistake, WrongKind
from data.register.calendar import read_day, read_moment
from data.steps.acts import Done, Refused
from data.steps.codes import Wellbeing
from data.types import Mark, Relevance, Sentiment
from data.web.channels import host_of
from data.web.urls import visible
from data.words.say import Words, capital, place_words, words
from monitor.act.joining import MOST, ask_for_reminder, take_back_note, undo, undo_merge, write_note
from monitor.act.mark import Handling, mark
from monitor.act.matter import (
    AGREED,
    GATES,
    LONGEST_WORDS,
    QUESTIONS,
    Deed,
    Happened,
    TakenBy,
    end_as_said,
    fulfil,
    give,
    list_answers,
    may_end_by_deed,
    say_for_oneself,
    say_what_happened,
    say_what_was_done,
    take_matter,
)
from monitor.act.wrong import (
    HARMED,
    LOOK,
    NOBODY,
    NOT_US,
    OURS,
    THREATENED,
    TOO_GRAVE,
    WAYS,
    WHISTLE,
    Marking,
    answer,
    correct,
    say_wrong,
    take_back,
)
from monitor.desk.matter.facts import name_of
from monitor.desk.matter.page import Moment, PageButton, PageForm, Visit
from monitor.desk.page import FormFields
from monitor.matters.reader import waiting_requests

_MORNING = time(8)
"""When it comes back, on a day that was named."""
_LINE = 60
"""Most characters of a line."""
Options = tuple[tuple[str, str], ...]


# The questions. Pure.


def asked_form(seen: Visit, at: Moment, w: Words) -> PageForm | None:
    """Return the question that the page is asked for, where this reader may answer it."""
    if at.ask == ActKind.WRONG and at.what in seen.view.wrongs:
        what = Mistake(at.what)
        by_two, right = what in _BY_TWO, w(f"page.right.{what.value}")
        is_typed = what is Mistake.TWICE
        return PageForm(
            PageButton(ActKind.WRONG, w("page.form.record")),
            w(f"page.wrong.{what.value}"),
            w("page.right.by_two" if by_two else "page.right.means"),
            why=w("page.form.why"),
            choices=() if is_typed else (("right", right, _right_options(seen, what, w)),),
            lines=(("right", right, "text"),) if is_typed else (),
            what=what,
            why_wanted=by_two,
        )
    if at.ask not in _ASKS or not seen.view.may(ActKind(at.ask)):
        return None
    if at.ask in (ActKind.OVER, ActKind.NO_DANGER):
        button = PageButton(ActKind(at.ask), w("page.form.record"))
        return PageForm(button, w(f"page.ends.{at.ask}"), w("page.ends.means"), w("page.form.why"))
    if at.ask == ActKind.AGREE:
        asked = next(one for one in seen.view.actions if one.act == ActKind.AGREE)
        form = _agreeing_form(seen, {key: str(value) for key, value in asked.values}, w)
        button = PageButton(ActKind.AGREE, w("page.agree.yes"))
        return replace(form, button=button, choices=(), what=_YES, why="")
    if at.ask == ActKind.HAPPENED:
        return _happened_form(seen, at, w)
    if at.ask == ActKind.DID:
        return _deed_form(seen, w)
    if at.ask == ActKind.GIVE:
        return _giving(seen, w)
    button = PageButton(ActKind.NOTE, w("page.note.do"))
    return PageForm(button, w("page.note.heading"), w("page.note.means"), w("page.note.label"))


def open_questions(seen: Visit, w: Words) -> Iterator[PageForm]:
    """Those that stand on the page itself: what it says of its reader, and what somebody asks of them."""
    yield from own_word_form(seen, w)
    for action in seen.view.actions:
        if action.act == ActKind.AGREE:
            yield _agreeing_form(seen, {key: str(value) for key, value in action.values}, w)


_ASKS = (
    *(ActKind.HAPPENED, ActKind.OVER, ActKind.NO_DANGER, ActKind.AGREE),
    *(ActKind.GIVE, ActKind.NOTE, ActKind.DID),
)
_YES = "yes"
_BY_TWO = (Mistake.LANE, Mistake.DANGER, Mistake.ACCUSED, Mistake.WRONGED, Mistake.US)


def _right_options(seen: Visit, what: Mistake, w: Words) -> Options:
    view = seen.view
    if what in (Mistake.DANGER, Mistake.ACCUSED, Mistake.WRONGED):
        accused = [m.person for m in (view.top.accuses if view.top else ()) if m.person]
        named = bool(accused) and view.conflicts and not view.is_sealed
        who = w.list_items([name_of(seen, one) for one in accused]) if named else w("page.right.taken")
        instead = [(code, w(f"page.right.{code}", who=who)) for code in (THREATENED, HARMED)]
        of_accused = [(NOBODY, w("page.right.nobody")), *instead] if what is Mistake.ACCUSED else []
        if what is Mistake.DANGER and view.may(ActKind.NO_DANGER):
            of_accused = [(NOBODY, w("page.right.nobody_danger"))]
        return (*of_accused, *_people(seen, w))
    led = [WHISTLE] if view.top and leading_offices(view.top) else []
    codes = {
        Mistake.LANE: [*WAYS, *([TOO_GRAVE] if view.alert_id else [LOOK, *led])],
        Mistake.US: [NOT_US, *([OURS] if view.relevance is Relevance.UNSURE else [])],
        Mistake.TONE: [*Sentiment],
    }[what]
    return tuple((str(code), w(f"page.right.{what.value}_{code}")) for code in codes)


def _people(seen: Visit, w: Words) -> Options:
    here = seen.people
    return tuple((p.id, name_and_role(p.id, here, w)) for p in here)


def _giving(seen: Visit, w: Words) -> PageForm:
    here = seen.people
    to = tuple((who, name_and_role(who, here, w)) for who in seen.view.may_go_to)
    lines = (("note", w("page.give.note"), "text"), ("until", w("page.give.until"), "date"))
    button = PageButton(ActKind.GIVE, w("page.give.do"))
    choices = (("to", w("page.give.to"), to),)
    return PageForm(button, w("page.give.heading"), w("page.give.means"), choices=choices, lines=lines)


def _happened_form(seen: Visit, at: Moment, w: Words) -> PageForm:
    """Ask what has happened: who was told, by whom (nobody it may accuse), when, their number; or why nothing
    need be. Consent that was given is not asked for again: it says who gave that, and when."""
    me, lane = ((seen.person.id, w("page.happened.me")),), seen.view.lane
    others = tuple(one for one in _people(seen, w) if one[0] not in {seen.person.id, *seen.accused})
    answers = list_answers(lane, seen.school.nation, asked=bool(seen.to_ask))
    told = {a: w("page.happened.told", who=capital(place_words(a, w))) for a in answers}
    what = tuple((a, w(key) if w.has(key := f"page.happened.{a}") else told[a]) for a in answers)
    given = next((case for case in seen.view.cases if case.consent is Consent.GIVEN), None)
    said = tuple((how, w(f"page.happened.agreed_{how}")) for how in AGREED)
    agreed = ("agreed", w("page.happened.agreed"), (("", w("page.happened.not_asked")), *said))
    choices: tuple[tuple[str, str, Options], ...] = (
        ("what", w("page.happened.what"), what),
        *(() if lane or given else (agreed,)),
        ("by", w("page.happened.by"), (*me, *others)),
    )
    gates = tuple((place, w(f"page.happened.gate.{place}")) for place in GATES)
    ticks = () if lane and not means_violence(seen.view) else gates
    lines = (
        ("when", w("page.happened.when"), "datetime-local"),
        ("reference", w("page.happened.reference"), "text"),
        ("officer", w("page.happened.officer"), "text"),
        *((("names", w("page.happened.names"), "text"),) if ticks else ()),
    )
    button = PageButton(ActKind.HAPPENED, w("page.form.record"))
    heading, means = w("page.happened.heading"), w("page.happened.means")
    if given is not None and given.consent_at is not None:
        key = "own" if given.consent_by == given.consent_person else "by"
        who, by = (name_of(seen, one or "") for one in (given.consent_person, given.consent_by))
        means = (
            f"{means} {w(f'page.happened.given_{key}', who=who, by=by, **at.time_words(given.consent_at, w))}"
        )
    return PageForm(
        button,
        heading,
        means,
        why=w("page.happened.why"),
        choices=choices,
        lines=lines,
        ticks=ticks,
        why_wanted=not ticks,
    )


def _deed_form(seen: Visit, w: Words) -> PageForm:
    """Ask what was done outside this program, and in which words; and whether it ends what they may end."""
    may_end = may_end_by_deed(seen.view)
    what = tuple((d.value, w(f"page.did.what.{d}")) for d in DeedKind if may_end or d is not DeedKind.LEFT)
    ends = ("ends", w("page.did.ends"), (("", w("page.did.not_yet")), (_YES, w("page.did.yes"))))
    choices = (("what", w("page.did.which"), what), *((ends,) if may_end else ()))
    lines = (("whom", w("page.did.whom"), "text"), ("when", w("page.happened.when"), "datetime-local"))
    return PageForm(
        PageButton(ActKind.DID, w("page.form.record")),
        w("page.did.open"),
        w("page.did.means"),
        why=w("page.did.why", most=w.number(LONGEST_WORDS)),
        choices=choices,
        lines=lines,
        why_wanted=False,
        most=LONGEST_WORDS,
    )


def _agreeing_form(seen: Visit, said: Mapping[str, str], w: Words) -> PageForm:
    """Ask about what somebody else asked that takes two people: to agree to it, or to refuse."""
    to = w(f"page.right.lane_{said['to']}") if said["to"] else ""
    whom = to or ", ".join(name_of(seen, one) for one in said["of"].split())
    what, who = w(f"instant.second.what.{said['kind']}"), name_of(seen, said["by"])
    asks = w("page.agree.asks", who=who, what=f"{what} ({whom})" if whom else what)
    means = (asks, w("page.agree.why", why=visible(said["why"])), w("page.agree.unchanged"))
    answers = tuple((a, w(f"page.agree.{a}")) for a in (_YES, "no"))
    button = PageButton(ActKind.AGREE, w("page.form.record"))
    choices = (("agrees", w("page.agree.do"), answers),)
    return PageForm(button, w("page.agree.heading", who=who), " ".join(means), w("page.form.why"), choices)


def own_word_form(seen: Visit, w: Words) -> Iterator[PageForm]:
    """Ask what somebody at whom it is aimed says for themselves."""
    if seen.own is None or not seen.own.open_to:
        return
    choices = tuple(
        (question, w(f"page.own.ask.{question}"), tuple((code, w(f"page.own.say.{code}")) for code in codes))
        for question, answers in QUESTIONS.items()
        if (codes := [code for code in answers if code in seen.own.open_to])
    )
    button = PageButton(ActKind.OWN_WORD, w("page.own.tell"))
    yield PageForm(button, w("page.own.heading"), w("page.own.means"), choices=choices)


# What becomes of what is pressed.


@freeze
class Pressed:
    """The button that somebody pressed, on what they see of a matter, with the fields of the form."""

    h: Handling
    seen: Visit
    form: FormFields

    @property
    def is_of_now(self) -> bool:
        """Is the matter as grave, and as long, as on the page that was pressed?"""
        return self.form["told"] == self.seen.view.stamp

    def field_value(self, name: str) -> str:
        return self.form[name].strip()


Came = Done[str] | Refused
"""The key of the sentence that says what became of it ("" for none), or why nothing did."""
_CHANGED = Refused("changed", "")


def carry_out(pressed: Pressed, act: ActKind) -> Came:
    """Does what was pressed, where this reader may do it of what they were shown; what was recorded already
    is not recorded again. Raises InputError where a case does not allow it: nothing may be kept then."""
    if act in _FREE:
        return _FREE[act](pressed)
    if act not in _ACTS or not (pressed.seen.view.may(act) and pressed.is_of_now):
        return _CHANGED
    return _ACTS[act](pressed)


def _result_as(came: Done[object] | Refused, key: str) -> Came:
    if isinstance(came, Refused):
        return came
    return Done(key) if came.made is not False else _CHANGED


def _take(p: Pressed) -> Came:
    view, has = p.seen.view, p.seen.view.holder
    if p.is_of_now and isinstance(take_matter(p.h, view, TakenBy.DESK), Done):
        return Done("take")
    if has is not None and has.mine:
        return Done("take")
    return Refused("had", "") if view.taken or has else _CHANGED


def _mark_ended(p: Pressed) -> Came:
    if Mark.ANSWERED not in p.seen.view.marks:
        return _CHANGED
    came = mark(p.h, Mark.ANSWERED)
    holds = came.made if isinstance(came, Done) else None
    return Done("") if holds is not None and holds.mark is Mark.ANSWERED else _CHANGED


def _unmark(p: Pressed) -> Came:
    view = p.seen.view
    if not view.may(ActKind.UNMARK):
        return _CHANGED
    mark(p.h, None)
    return Done("put_down" if view.mark and view.mark.mark is Mark.TAKEN else "unmark")


def _own_word(p: Pressed) -> Came:
    """Whatever became of the matter since their page was shown, their word counts."""
    codes = [code for question, answers in QUESTIONS.items() if (code := p.form[question]) in answers]
    if not codes:
        return Refused("own_word", "")
    return _result_as(say_for_oneself(p.h, codes), "not_safe" if Wellbeing.NOT_SAFE in codes else "own_word")


def _agree(p: Pressed) -> Came:
    says, h = p.field_value("agrees") or p.field_value("what"), p.h
    asked = waiting_requests(h.con, h.session, h.look(), h.story_id, h.urn)
    if not asked:
        return _CHANGED
    if says not in (_YES, "no"):
        return Refused("right", "")
    agrees = says == _YES
    why = p.field_value("why") or (asked[0].why if agrees else "")  # who only agrees gives no other reason
    return _result_as(answer(h, asked[0], why, agrees=agrees), "agree" if agrees else "decline")


def _give(p: Pressed) -> Came:
    zone, named = p.h.config.zone, p.field_value("until")
    try:
        day = read_day(named, p.h.now.astimezone(zone).date(), past=False) if named else None
    except InputError:
        return Refused("when", "")
    until = datetime.combine(day, _MORNING, zone).astimezone(UTC) if day else None
    note = p.field_value("note")[:MOST]
    return _result_as(give(p.h, p.field_value("to"), until=until, note=note), "give")


def _read_when(p: Pressed) -> datetime | None:
    """Read when it was; None for now. Raises InputError."""
    given = p.field_value("when")
    return read_moment(given, p.h.now, p.h.config.zone, past=True) if given else None


def _what_was_done(p: Pressed) -> Came:
    what, why, whom = map(p.field_value, ("what", "why", "whom"))
    ends = p.field_value("ends") == _YES
    said = "\n".join(why.splitlines())
    deed = Deed(what, said, whom[:_LINE], _read_when(p), ends, by_link=p.seen.wants_session)
    return _result_as(say_what_was_done(p.h, p.seen.view, deed), "did")


def _what_happened(p: Pressed) -> Came:
    try:
        at = _read_when(p)
    except InputError:
        return Refused("happened", "")
    what, why, by, number, agreed = map(p.field_value, ("what", "why", "by", "reference", "agreed"))
    officer, gates = p.field_value("officer"), tuple(place for place in GATES if p.form[place])
    happened = Happened(what, why, by, at, number, agreed, officer, gates, p.field_value("names")[:_LINE])
    came = say_what_happened(p.h, happened)
    return Refused("happened", came.reason) if isinstance(came, Refused) else Done("happened")


def _ended_as_said(p: Pressed) -> Came:
    w, ending = words(p.seen.school.language), next(iter(p.seen.view.endings), None)
    if ending is None:
        return _CHANGED
    at = Moment(p.h.now, None, zone=p.h.config.zone).time_words(ending.at or p.h.now, w)
    who, what = visible(ending.author or host_of(ending.url or "")), w(f"page.ended.{ending.reasons[0]}")
    came = end_as_said(p.h, w("page.ended.why", who=who, what=what, **at))
    if isinstance(came, Refused):
        return Refused("ended", "")
    return Done("wrong" if p.seen.view.may(ActKind.OVER) else "")


def _put_right(p: Pressed) -> Came:
    what = p.field_value("what")
    if what not in p.seen.view.wrongs:
        return _CHANGED
    right, why = p.field_value("right"), p.field_value("why")
    return _result_as(say_wrong(p.h, Mistake(what), right, why), "wrong")


def _end(p: Pressed, kind: WrongKind) -> Came:
    return _result_as(correct(p.h, Marking(kind), p.field_value("why")), "wrong")


_FREE: Mapping[ActKind, Callable[[Pressed], Came]] = {
    ActKind.READ: lambda p: Done("") if p.seen.view.may(ActKind.READ) else _CHANGED,
    ActKind.TAKE: _take,
    ActKind.UNMARK: _unmark,
    ActKind.OWN_WORD: _own_word,
    ActKind.FULFIL: lambda p: _result_as(fulfil(p.h, p.form["key"]), "happened"),
    ActKind.RIGHT_AGAIN: lambda p: _result_as(take_back(p.h), "right_again"),
    ActKind.NOTE: lambda p: _result_as(write_note(p.h, p.field_value("why")), "note"),
    ActKind.NOTE_BACK: lambda p: _result_as(take_back_note(p.h, p.form["key"]), "right_again"),
    ActKind.PUT_DOWN: lambda p: _result_as(undo(p.h, ActKind.PUT_DOWN), "put_down"),
    ActKind.TAKE_BACK: lambda p: _result_as(undo(p.h, ActKind.TAKE_BACK), "take_back"),
    ActKind.REMIND: lambda p: _result_as(ask_for_reminder(p.h), "remind"),
    ActKind.UNMERGE: lambda p: _result_as(undo_merge(p.h), "unmerge"),
}
"""What is said for oneself, undone, or settled by who has it, whatever became of the matter since."""
_ACTS: Mapping[ActKind, Callable[[Pressed], Came]] = {
    ActKind.MARK: _mark_ended,
    ActKind.WRONG: _put_right,
    ActKind.HAPPENED: _what_happened,
    ActKind.DID: _what_was_done,
    ActKind.GIVE: _give,
    ActKind.AGREE: _agree,
    ActKind.ENDED: _ended_as_said,
    ActKind.OVER: lambda p: _end(p, WrongKind.OVER),
    ActKind.NO_DANGER: lambda p: _end(p, WrongKind.TOO_GRAVE),
}
PRESSED = (*_FREE, *_ACTS)
"""All that a form of the page may send."""
VERSIONED = frozenset((*_ACTS, ActKind.UNMARK, ActKind.NOTE))
"""What is done only to the version that was read."""


def version_of(view: MatterView) -> str:
    """Return another once who has it, its mark, posts, cases, notes or requests change."""
    return "-".join(digest(repr(part))[:8] for part in _parts(view).values())


def _parts(view: MatterView) -> dict[str, object]:
    wrong = [] if view.is_sealed else [each for post in view.posts for each in post.said_wrong]
    asked = [action.values for action in view.actions if action.act == ActKind.AGREE]
    return {
        "held": (view.taken, view.holder and (view.holder.person, view.holder.since)),
        "marked": None if view.mark is None or view.mark.mark is Mark.TAKEN else view.mark,
        "grown": view.stamp,
        "case": [(case.id, case.state, case.acting_at) for case in view.cases],
        "said": (sorted(map(repr, wrong)), () if view.is_sealed else view.notes),
        "asked": asked,
    }


def changes_since(seen: Visit, version: str, at: Moment, w: Words) -> Iterator[str]:
    """Say what has changed since that version, as much as the matter says of it now."""
    was = dict(zip(_parts(seen.view), version.split("-"), strict=False))
    for key, part in _parts(seen.view).items():
        if was.get(key) != digest(repr(part))[:8]:
            yield from _change(seen, key, at, w)


def _change(seen: Visit, key: str, at: Moment, w: Words) -> Iterator[str]:
    view, holder = seen.view, seen.view.holder
    if key == "held" and holder is not None and holder.person:
        yield w("page.since.held", who=name_of(seen, holder.person), **at.time_words(holder.since, w))
    elif key == "marked" and view.mark is not None and view.mark.mark is not Mark.TAKEN:
        who = name_of(seen, view.mark.person_id)
        yield w(f"page.since.{view.mark.mark.value}", who=who, **at.time_words(view.mark.at, w))
    elif key == "case" and view.cases:
        for case in view.cases:
            if case.acting and case.acting_at:
                who, when = name_of(seen, case.acting), at.time_words(case.acting_at, w)
                yield w("page.since.case", number=case.id, who=who, **when)
    elif key == "said" and view.notes:
        note = view.notes[-1]
        yield w("page.since.note", who=name_of(seen, note.person_id), **at.time_words(note.written_at, w))
    elif key == "asked":
        yield w("page.since.said")
    else:
        yield w(f"page.since.no_{key}" if key in ("held", "marked", "case") else f"page.since.{key}")
