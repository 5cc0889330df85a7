"""A matter as a page: which sentences, facts and buttons its reader is shown. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from alerts.access.guidance import guidance
from alerts.ladder.mails import closed_words
from alerts.wording import matters
from alerts.wording.digest.headlines import beginning, fit, fullest
from alerts.wording.matters import title_of
from data.evidence.handed_in import Whom
from data.judged import reasons_of
from data.matters import Access, ActKind, PostView, ReaderPart
from data.steps.acts import Refused
from data.steps.codes import BypassRoute
from data.types import Mark, MentionKind, Route, Severity
from data.web.channels import channel
from data.web.urls import MARK, visible
from data.words.say import Words, capital, words
from monitor.act.matter import OwnWord
from monitor.desk.handing import ToRing, ring_lines
from monitor.desk.matter.facts import (
    MOST,
    address_of,
    address_site,
    asks_if_over,
    done_lines,
    elsewhere,
    in_print,
    known_lines,
    matter_facts,
    mistake_lines,
    name_of,
    next_step_words,
    own_word_lines,
    post_headline,
    posting_time,
    reading_lines,
    show_post,
    show_posts,
    time_named,
    whose,
    wish_lines,
)
from monitor.desk.matter.forms import (
    Came,
    asked_form,
    changes_since,
    open_questions,
    own_word_form,
    version_of,
)
from monitor.desk.matter.page import MatterPage, Moment, PageButton, Visit, kept_apart_from
from monitor.desk.page import FormFields


def matter_page(seen: Visit, at: Moment, posts: tuple[PostView, ...] | None = None) -> MatterPage:
    """Make the page of a matter for its reader, or of the question asked; `posts` after a tap."""
    w, view, version = words(seen.school.language), seen.view, version_of(seen.view)
    number, school = view.number, seen.school.name
    under = w("page.number", number=number, school=school) if number else school
    page = MatterPage(w.language, _title(seen), under=under, told_so_far=view.stamp, version=version)
    if view.access is not Access.WORDS:
        return (
            _page_without_words(page, seen, at, w)
            if seen.own is None
            else _own_page(page, seen, at, w, posts)
        )
    page = replace(page, reads=view.is_sealed)
    if view.is_sealed and posts is None:
        return _sealed_page(page, seen, at, w)
    asked = replace(page, posts=() if view.is_sealed else None, back=True)
    if (form := asked_form(seen, at, w)) is not None:
        return replace(asked, heading=form.heading, forms=(form,))
    if at.ask == ActKind.WRONG and view.wrongs:
        wrongs = ((w(f"page.wrong.{one.value}"), f"?ask=wrong&what={one.value}") for one in view.wrongs)
        return replace(asked, heading=w("page.wrong.heading"), asks=tuple(wrongs))
    if view.is_sealed:
        return _read_page(page, seen, at, w, posts or ())
    return _open_page(page, seen, at, w, posts)


def with_outcome(page: MatterPage, seen: Visit, came: Came, now: datetime) -> MatterPage:
    """Return the page with what became of what was just done."""
    w, at, has = words(seen.school.language), Moment(now, now, zone=seen.config.zone), seen.view.holder
    if isinstance(came, Refused):
        known = seen.view.words and not seen.view.is_sealed
        who = name_of(seen, has.person) if has and known and came.guard == "had" else ""
        key = f"page.not.{came.guard}" if w.has(f"page.not.{came.guard}") else "page.not.changed"
        return replace(page, said=(w("page.not.had_by", who=who) if who else w(key),), wrong=True)
    if not came.made or (came.made in ("did", "wrong") and seen.view.ending_mark and page.said):
        return page  # which says who ended it
    who = name_of(seen, has.person) if has else w("matter.by.somebody")
    text = w(
        f"page.became.{came.made}", **at.time_words(now, w), **({"who": who} if came.made == "give" else {})
    )
    return replace(page, said=(text,), notes=tuple(note for note in page.notes if note != text))


def with_changes(page: MatterPage, seen: Visit, form: FormFields, now: datetime) -> MatterPage:
    """Return the page with what was done since, and with its form filled in, to be pressed again."""
    w, at = words(seen.school.language), Moment(now, now, zone=seen.config.zone)
    what = " ".join(changes_since(seen, form["version"], at, w))
    text = f"{w('page.not.changed')} {w('page.since.heading', what=what)}"
    return replace(page, said=(text,), wrong=True, filled=form)


def _title(seen: Visit) -> str:
    return f"Schoolgate: {seen.view.number}" if seen.view.number else "Schoolgate"


def expired_page(seen: Visit, w: Words) -> MatterPage:
    """Say that the address is too old, and what to look for instead; no more than its reader may know."""
    if seen.view.access is not Access.WORDS:
        return MatterPage(w.language, "Schoolgate", notes=(w("page.old"),))
    return MatterPage(w.language, _title(seen), notes=(w("page.expired", number=seen.view.number),))


def _page_without_words(page: MatterPage, seen: Visit, at: Moment, w: Words) -> MatterPage:
    """Make the page for whoever may know that it is there, or how far it is, and not its words."""
    view = seen.view
    if view.access is Access.EXISTS or view.is_sealed:
        if have := _buttons(seen, ActKind.TAKE, w("page.take")):
            heading, why = w("page.by_number"), w("page.by_number_why")
            if view.nobody_told:
                officer = w(f"lane.officer.{seen.school.nation}")
                heading, why = w("page.left"), w("page.left_why", officer=officer)
            return replace(page, heading=heading, notes=(why,), buttons=have, first="button")
        heading = w("page.with_lead" if view.restricted else "page.by_number")
        note = w("page.somebody" if view.taken else "page.nothing_to_do")
        return replace(page, under="", heading=heading, notes=(note,))
    return replace(
        page,
        danger=w("page.danger") if view.endangers else "",
        heading=capital(_kind(seen, w)),
        notes=(w("page.without_words"),),
        facts=tuple(_how_far(seen, at, w)),
    )


def _own_page(
    page: MatterPage, seen: Visit, at: Moment, w: Words, posts: tuple[PostView, ...] | None
) -> MatterPage:
    """For whoever it is aimed at: what it is, whom to ring, support, what they may say; then, behind a tap,
    what was posted. Of what they may know no more of than that, nothing else."""
    own = seen.own
    assert own is not None
    support = seen.config.profile(own.urn).support or w("page.own.support")
    facts = [] if own.bare or own.over or not seen.view.posts else list(_how_far(seen, at, w))
    named = time_named(seen, at, w) if seen.own_first else ""
    facts += [(w("page.head.names"), named)] if named else []
    if own.over and own.over.closed_at:
        closed = w("page.own.closed", **at.time_words(own.over.closed_at, w))
        facts.append((w("page.head.case"), " ".join((closed, *closed_words(own.over, w)))))
    reads = [PageButton(ActKind.READ, w("page.show"), quiet=True)] if own.reads and posts is None else []
    return replace(
        page,
        title="Schoolgate",
        under="" if own.bare else page.under,
        danger=w("page.own.not_safe" if own.unsafe_at else "page.own.danger") if own.threatened else "",
        heading=w(own_word_key(own)),
        notes=(w(f"page.own.then.{_own_kind(own)}"), support),
        facts=(*facts, *own_word_lines(seen, at, w)),
        ring=tuple(_list_to_ring(seen, at, w)) if own.threatened or own.ended else (),
        posts=None if posts is None else tuple(show_posts(posts, at, w)),
        buttons=tuple(reads),
        leads=() if own.bare else tuple(_to_cases(seen, at, w)),
        forms=tuple(own_word_form(seen, w)),
    )


def own_word_key(own: OwnWord) -> str:
    """Return what is said to whoever it is aimed at, by its key in the catalogue."""
    return "page.own.what.safe" if own.is_safe and not own.over else f"page.own.what.{_own_kind(own)}"


def _own_kind(own: OwnWord) -> str:
    if own.ended:
        return "over" if own.over else "ended"
    kind = "threat" if own.threatened else "wrong"
    return f"bare_{kind}" if own.bare else kind


def _how_far(seen: Visit, at: Moment, w: Words) -> Iterator[tuple[str, str]]:
    yield w("page.head.where"), capital(matters.channel_name(seen.view.posts[0].channel, w))
    yield posting_time(seen, at, w)
    if not (seen.own and seen.own.threatened and seen.own.holder):  # whom to ring says it
        yield whose(seen, at, w)


def _list_to_ring(seen: Visit, at: Moment, w: Words) -> Iterator[ToRing]:
    """List whom somebody threatened may ring: who has it; else nothing known of it chooses anybody."""
    config, holder = seen.config, seen.own.holder if seen.own else None
    has = next((p for p in config.people if holder is not None and p.id == holder.person), None)
    if holder is not None and has is not None:
        unknown = [] if has.phone else [w("desk.tell.ring.no_number")]
        who = ", ".join((w("page.own.has", name=has.name, **at.time_words(holder.since, w)), *unknown))
        yield ToRing(w("desk.tell.ring.then", who=who), has.phone or "")
    else:
        yield from ring_lines(config, seen.school, Whom.STAFF, w, seen.person)


def _sealed_page(page: MatterPage, seen: Visit, at: Moment, w: Words) -> MatterPage:
    """Say that there is one for this reader: no place, no kind, no school, nobody's name."""
    view, reads = seen.view, seen.view.may(ActKind.READ)
    notes = [w("page.waiting_how") if reads else w("page.not_yours")]
    if reads and at.ends_at:
        notes.append(w("page.works_until", **at.time_words(at.ends_at, w)))
    if view.holder and view.holder.mine:
        notes.append(w("page.became.take", **at.time_words(view.holder.since, w)))
    elif view.taken:
        notes.append(w("page.somebody"))
    read = _buttons(seen, ActKind.READ, w("page.read"))
    have = _buttons(seen, ActKind.TAKE, w("page.take"), quiet=reads)
    return replace(
        page,
        danger=w("page.danger") if reads and view.endangers and not view.finished else "",
        under="",
        heading=w("page.over" if view.finished else "page.waiting" if reads else "page.with_lead"),
        notes=tuple(notes),
        buttons=(*read, *have),
        first="button" if read or have else "",
        leads=tuple(_sheet(seen, at, w)),
    )


def _read_page(
    page: MatterPage, seen: Visit, at: Moment, w: Words, posts: tuple[PostView, ...]
) -> MatterPage:
    """Show all of what is restricted or locked, once a reading is on record; and what is to be done first."""
    view, lane = seen.view, seen.view.lane
    what, then = matters.describe_lane(lane, view.about, w) if lane else (_what_words(seen, w), "")
    if view.top and view.top.route is Route.POLICE_NOW:  # the gravest of it speaks
        what = _what_words(seen, w)
    officer = ToRing(capital(w(f"lane.officer.{seen.school.nation}")), seen.school.allegations)
    page = replace(
        page,
        danger=w("page.danger") if view.endangers else "",
        ring=(officer,) if lane is BypassRoute.STAFF_ALLEGATION and officer.number else (),
        heading=what,
        known=tuple(known_lines(seen, at, w, site=False)),
        else_wrong=bool(view.wrongs),
        facts=tuple(matter_facts(seen, at, w, then)),
        posts=tuple(show_post(p, at, w, opens=lane is not BypassRoute.CHILD_IMAGE) for p in posts),
        why=(*_reason_lines(posts, w), *dict.fromkeys(r for p in posts for r in p.reasons)),
        notes=(*_passed_on(seen, at, w, read=True), *(() if posts else (w("page.nothing_kept"),))),
        after=tuple(_below(seen, posts, at, w, "")),
        advice=_advice(seen, w),
        done=tuple(done_lines(seen, posts, at, w)),
        wishes=tuple(wish_lines(seen, w)),
        readings=tuple(reading_lines(seen, at, w)),
    )
    return _with_acts(page, seen, at, w)


def _open_page(
    page: MatterPage, seen: Visit, at: Moment, w: Words, posts: tuple[PostView, ...] | None
) -> MatterPage:
    seen = _with_headline(seen)
    view, people = seen.view, seen.people
    post, until_when, ended = view.posts[0], at.words_until, view.ending_mark
    address = address_of(post.url)  # the button below leads there
    once = (replace(p, url=None) if address and address_of(p.url) == address else p for p in posts or ())
    shown = w("page.shown_until", clock=w.clock(until_when, at.zone)) if posts and until_when else ""
    raised = bool(view.alert_id) or view.severity >= Severity.TODAY
    page = replace(
        page,
        danger=w("page.danger") if view.endangers else "",
        heading=title_of(view, people, w, at.now, at.zone),
        said=tuple(_mark_words(seen, at, w)),
        lead=_what_words(seen, w) if raised else capital(_kind(seen, w)),
        notes=tuple(_passed_on(seen, at, w, read=posts is not None)),
        quote=_quote(seen) if posts is None or view.printed else "",
        known=tuple(known_lines(seen, at, w, site=True)),
        else_wrong=bool(view.wrongs),
        means=w("page.with_case") if view.cases and not view.endangers else "",
        facts=tuple(matter_facts(seen, at, w, "" if ended else next_step_words(seen, w))),
        why=_why(seen, posts or (), w),
        original=address or "",
        site=w("page.leaves", site=address_site(address)) if address else "",
        posts=None if posts is None else tuple(show_posts(once, at, w)),
        elsewhere=tuple(elsewhere(view.posts, at, w)) if posts is not None else (),
        after=tuple((*in_print(seen, at, w), *_below(seen, posts or (), at, w, shown))),
        done=tuple(done_lines(seen, posts, at, w)) if posts is not None else (),
        wishes=tuple(wish_lines(seen, w)) if posts is not None else (),
    )
    if posts is not None:
        return _with_acts(page, seen, at, w)
    have = _buttons(seen, ActKind.TAKE, w("page.take"))
    show = PageButton(ActKind.READ, w("page.show"), quiet=bool(have))
    back = _buttons(seen, ActKind.UNMARK, w("page.unmark"), quiet=True) if ended else ()
    return replace(page, buttons=(*have, show, *back), first="button")


def _passed_on(seen: Visit, at: Moment, w: Words, *, read: bool) -> Iterator[str]:
    """Say who gave it to its reader, when, and their note, once what was posted is `read`."""
    if (one := seen.view.passed) is not None:
        note = w("page.passed_note", note=visible(one.note)) if one.note and read else ""
        who = matters.name_and_role(one.person_id, seen.people, w)
        yield f"{w('page.passed', who=who, **at.time_words(one.written_at, w))} {note}".rstrip()


def _sheet(seen: Visit, at: Moment, w: Words) -> Iterator[tuple[str, str]]:
    if at.desk and kept_apart_from(seen):
        yield w("room.sheet_of"), f"/room/{at.desk}"


def _to_cases(seen: Visit, at: Moment, w: Words) -> list[tuple[str, str]]:
    return [(w("ladder.open", number=case.id), f"/case/{case.id}") for case in seen.view.cases if at.desk]


def _with_acts(page: MatterPage, seen: Visit, at: Moment, w: Words) -> MatterPage:
    """Return the page with what its reader may do: the next first, the rest under “More”."""
    view, forms, to_open = seen.view, tuple(open_questions(seen, w)), _list_to_open(seen, at, w)
    take, ends = _buttons(seen, ActKind.TAKE, w("page.take")), _buttons_to_end(seen, w)
    opens = at.desk if view.may(ActKind.OPEN) else ""
    of_staff = bool(opens) and _by_staff(seen)
    weight = Severity.TODAY if of_staff else view.severity
    begins = opens if view.is_sealed or weight >= Severity.RESPOND else ""
    decides = begins and weight >= Severity.TODAY and not view.ending_mark
    ranked = (("", forms), ("button", take), ("lead", to_open), ("case", decides), ("button", ends))
    first = next((kind for kind, there in ranked if there), "")  # beside a question nothing stands out
    lead = to_open[:1] if first == "lead" else ()
    if first == "button" and not take:
        ends = tuple(replace(one, quiet=False) for one in ends)
    return replace(
        page,
        forms=forms,
        notes=(*page.notes, *_list_notes(seen, at, w, of_staff=of_staff)),
        buttons=(*take, *ends),
        first=first,
        leads=(*lead, *((w(key), f"?ask={act.value}") for act, key in _LEADS.items() if view.may(act))),
        more=to_open[len(lead) :],
        begins=begins,
    )


_LEADS = {
    ActKind.DID: "page.did.open",
    ActKind.NOTE: "page.note.open",
    ActKind.GIVE: "page.give.open",
    ActKind.OVER: "page.ends.over",
    ActKind.NO_DANGER: "page.ends.no_danger",
}
"""The acts of which the page asks more before they are done, each with the words that lead there."""


def _buttons(seen: Visit, act: ActKind, label: str, *, quiet: bool = False) -> tuple[PageButton, ...]:
    """Give the button of an act, where its reader may do that."""
    return (PageButton(act, label, quiet=quiet),) if seen.view.may(act) else ()


def _buttons_to_end(seen: Visit, w: Words) -> tuple[PageButton, ...]:
    """Give the button that ends it: as a later post says, else as answered."""
    ended = _buttons(seen, ActKind.ENDED, w("page.ended.do"), quiet=True)
    if ended or Mark.ANSWERED not in seen.view.marks:
        return ended
    return (PageButton(ActKind.MARK, w("page.mark"), quiet=True),)


def _list_to_open(seen: Visit, at: Moment, w: Words) -> tuple[tuple[str, str], ...]:
    """List what its reader may open next: the sheet, then its cases, and where they say what happened; of a
    danger that comes before its cases."""
    telling = [(w("page.happened.heading"), "?ask=happened")] if seen.view.may(ActKind.HAPPENED) else []
    sheet, cases = _sheet(seen, at, w), _to_cases(seen, at, w)
    return (*sheet, *telling, *cases) if seen.view.endangers else (*sheet, *cases, *telling)


def _list_notes(seen: Visit, at: Moment, w: Words, *, of_staff: bool) -> Iterator[str]:
    """Say that it was posted by somebody `of_staff`, and ask whether a danger is over."""
    if of_staff:
        yield w("page.by_staff")
    if seen.view.may(ActKind.OVER) and not seen.view.may(ActKind.AGREE) and asks_if_over(seen, at):
        yield w("page.ends.asks")


def _by_staff(seen: Visit) -> bool:
    """Does the author of a post that is shown say that they work at the school, or did? Of what has a case
    that is asked there."""
    if seen.view.cases:
        return False
    from classifiers.verdicts.staff import author_relationship  # late: few pages need it

    return any(
        author_relationship(post.title_and_text, seen.school) for post in seen.view.posts if post.words
    )


def _why(seen: Visit, posts: tuple[PostView, ...], w: Words) -> tuple[str, ...]:
    """Its reasons; before them what weighed most in its gravest post, where the words are shown."""
    top = seen.view.top
    if top is None:
        return ()
    weighed = _reason_lines((post for post in posts if post.id == top.mention_id), w)
    return (*weighed, *(r.text for r in reasons_of(top) if r.text))


def _reason_lines(posts: Iterable[PostView], w: Words) -> Iterator[str]:
    for said in dict.fromkeys(matters.what_weighed_in(post, w) for post in posts):
        if said:
            yield visible(said)


def _with_headline(seen: Visit) -> Visit:
    """Return the matter under that headline of the press that says most, where one may be repeated."""
    view = seen.view
    printed = tuple(p for p in view.posts if p.kind is MentionKind.ARTICLE and channel(p.channel).press)
    best = None if any(p.restricted for p in view.posts) else fullest(printed, seen.config.people)
    if best is None:
        return seen
    posts = (best, *(post for post in view.posts if post is not best))
    return replace(seen, view=replace(view, posts=posts, printed=printed))


def _below(seen: Visit, posts: tuple[PostView, ...], at: Moment, w: Words, shown: str) -> Iterator[str]:
    """List what is said below the posts; `shown` says until when the browser may show them again."""
    unseen = any(
        MARK in visible(part or "") for post in posts for part in (post.author, post.title, post.text)
    )
    yield from filter(
        None,
        (
            w("page.ask_in_person", who=", ".join(p.name for p in seen.to_ask)) if seen.to_ask else "",
            matters.the_same_words(seen.view, w),
            _left_out(seen, w) if posts else "",
            w("page.unseen") if unseen else "",
            *mistake_lines(seen, posts, at, w),
            shown,
        ),
    )


def _left_out(seen: Visit, w: Words) -> str:
    more = sum(not post.restricted for post in seen.view.posts) - MOST
    return w("page.more_posts", n=more, count=w.number(more)) if more > 0 else ""


def _what_words(seen: Visit, w: Words) -> str:
    """Say what it is, as the alert's mail says."""
    return matters.describe(seen.view.top, w) if seen.view.top else ""


def _kind(seen: Visit, w: Words) -> str:
    return matters.describe_verdict(seen.view.top, w) if seen.view.top else ""


def _quote(seen: Visit) -> str:
    """Its headline or first words, where they may be repeated to anybody who is sent it."""
    view, post = seen.view, seen.view.posts[0]
    first = post_headline(post)[0] if post.title else beginning(post.text or "")
    if view.top is None or any(p.restricted for p in view.posts):
        return ""
    sent, press = view.part in (ReaderPart.ACTS, ReaderPart.ASKS), channel(post.channel).press
    judged = post.verdict if view.printed and post.verdict else view.top
    may = fit(first, [judged], seen.config.people, press=press, told=sent)
    return f"“{first}”" if may else ""


def _advice(seen: Visit, w: Words) -> tuple[str, ...]:
    matter, config, school = seen.matter, seen.config, seen.school
    if matter is None or matter.bypass is None:
        return ()
    found = guidance(matter, config.people, school.nation, w, seen.person, school.allegations)
    return found.first, found.then, found.never


def _mark_words(seen: Visit, at: Moment, w: Words) -> Iterator[str]:
    """Say who ended it, when, and how."""
    if (marked := seen.view.ending_mark) is not None:
        who = name_of(seen, marked.person_id)
        yield w(f"page.done_{marked.mark.value}", who=who, **at.time_words(marked.at, w))
