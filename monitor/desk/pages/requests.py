"""Handle requests of people about their own data: recorded, searched for, copied, erased, put right and
answered.

What somebody is found by stands in no address: each form takes it to the next page. Nothing is erased before
its page has said what goes, what stays, and why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from textwrap import shorten

from starlette.responses import Response

from alerts.wording.cases import class_words, state_words
from alerts.wording.matters import channel_name
from data.cases import Event
from data.content_class import ContentClass, class_spec
from data.errors import InputError
from data.frozen import freeze
from data.privacy import (
    CopyKind,
    PrivacyRequest,
    RequestEnding,
    RequestKind,
    SearchTerm,
    TermKind,
    sentences,
    term,
)
from data.register.calendar import read_moment
from data.retention.deleting import Going, KeptBack, Staying, preview
from data.steps.acts import Done, Refused
from data.steps.classes import Held, Released
from data.store import privacy as privacy_store
from data.store.engine.connect import Connection
from data.store.privacy import FoundPost
from data.types import Policy, Relevance
from data.web.channels import CHANNELS
from data.web.urls import visible
from data.words.say import Words
from monitor.act import privacy as acts
from monitor.act.privacy import Copy, export_reports, why_proposed
from monitor.act.requests import CopyEntry, Office, cases_known, list_offices, office_of, one_post
from monitor.act.step import take_step
from monitor.config.hosts import by_purpose
from monitor.desk.page import DeskRequest, FormFields, NotThere, file_to_save, led_to, typed_words
from monitor.desk.pages.case import see_if_open
from monitor.reports.papers import ANSWER, Basis, Paper, body_of, draft_paper, paper_page
from monitor.reports.weekly import NotFit

DRAFTED = tuple(paper for paper in Paper if paper is not Paper.FOI)
ASKING_BASIS = (Paper.DPIA, Paper.ROPA, Paper.NOTICE, Paper.APD, Paper.BRIEFING)
"""The papers that name the lawful basis."""


def protection_offices(asking: DeskRequest) -> tuple[Office, ...]:
    """List the schools whose data the reader protects."""
    return list_offices(asking.store, asking.config, asking.person)


def show_papers(asking: DeskRequest, con: Connection) -> Response:
    """Show the list of the papers."""
    return asking.render("papers.html", papers=DRAFTED)


def show_paper(asking: DeskRequest, con: Connection) -> Response:
    """One paper for one school, on the lawful basis that was chosen; or its file."""
    name, ours, query = asking.query["name"], protection_offices(asking), asking.query
    if name not in DRAFTED:
        raise NotThere
    office = _choose_office(ours, query["school"])
    if office is None:
        return _page(asking, ours, None, name)
    basis = Basis(query["basis"]) if query["basis"] in tuple(Basis) else None
    home = (office.school, office.config, office.store)
    try:
        text = draft_paper(*home, Paper(name), asking.now, basis, by_purpose(office.config))
    except InputError as error:
        return _page(asking, ours, office, name, basis=basis, wrong=error.text)
    if query["as"] in ("html", "md"):
        made = paper_page(text) if query["as"] == "html" else text
        return file_to_save(made.encode(), f"{name}.{query['as']}")
    return _page(asking, ours, office, name, text, basis=basis)


def show_freedom(asking: DeskRequest, con: Connection) -> Response:
    """Show what must be checked before the reports go to the person who asked; or send the ZIP with them."""
    ours = protection_offices(asking)
    office = _choose_office(ours, asking.query["school"])
    if office is None:
        return _page(asking, ours, None, Paper.FOI)
    try:
        copy = export_reports(con, office, asking.now)
    except (InputError, NotFit) as error:
        return _page(asking, ours, office, Paper.FOI, wrong=error.text)
    if asking.query["as"] == "zip" and copy.items:
        return file_to_save(copy.zip_file, f"foi-{asking.now.date()}.zip")
    read = copy.check[0].replace(f">\n> {ANSWER}\n", "")  # it is filled in nowhere but in the file
    return _page(asking, ours, office, Paper.FOI, read, sends=bool(copy.items))


def _scroll_tables(body: str) -> str:
    """Return the paper with tables that scroll by themselves on a narrow screen."""
    body = body.replace("<table>", '<div class="scroll" tabindex="0"><table>')
    return body.replace("</table>", "</table></div>")


def _fold_sections(body: str) -> str:
    """Return the same with all but the law and what is here folded away: the rest is looked up."""
    first, *rest = body.split("<h2>")
    folds = (part.replace("</h2>", "</summary>", 1) for part in rest[2:])
    folded = "".join(f'<details class="fold"><summary>{fold}</details>' for fold in folds)
    return "<h2>".join([first, *rest[:2]]) + folded


def _choose_office(ours: Sequence[Office], urn: str) -> Office | None:
    return ours[0] if len(ours) == 1 else next((one for one in ours if one.school.urn == urn), None)


def _page(
    asking: DeskRequest, ours: Sequence[Office], office: Office | None, name: str, text: str = "", *,
    basis: Basis | None = None, wrong: str = "", sends: bool = True,
) -> Response:  # fmt: skip
    body = _scroll_tables(body_of(text)) if text else ""
    return asking.render(
        "paper.html", name=name, wrong=wrong,
        schools=[one.school for one in ours] if len(ours) > 1 else [],
        urn=office.school.urn if office else "", asks_basis=name in ASKING_BASIS, bases=(*Basis,),
        body=_fold_sections(body) if name == Paper.FOI else body, basis=basis,
        open=text.count(ANSWER), sends=sends,
    )  # fmt: skip


PATH = "/requests"
_A_MOMENT, _BEGINNING = timedelta(minutes=1), 80
_AHEAD = (30, 90, 365)
"""How many days ahead of what is deleted one may look."""


@freeze
class _Answering:
    """The request whose page it is, the office that answers it, and the words for its page."""

    asking: DeskRequest
    office: Office
    request: PrivacyRequest
    w: Words
    done: Sequence[str]
    """What was done for it, a line each."""
    keeps_out: bool
    """Does an objection keep posts out for it?"""

    @property
    def form(self) -> FormFields:
        return self.asking.form

    @property
    def now(self) -> datetime:
        return self.asking.now

    def day(self, moment: datetime) -> str:
        return self.w.full_day(moment, self.office.config.zone)

    def search_term(self) -> SearchTerm:
        """Return what somebody is to be found by. Raises InputError."""
        by = self.form["by"]
        if by not in tuple(TermKind):
            raise InputError(self.w("requests.no_way"))
        return term(TermKind(by), self.form["words"])

    def page(self, template: str, **view: object) -> Response:
        """A page of this request; its forms take along what somebody is found by."""
        kept = {name: self.form[name] for name in ("by", "words") if name in self.form}
        given = {"line": _line(self.office, self.request, self.w, self.now), "kept": kept, **view}
        return self.asking.render(template, **given)


# ------------------------------------------------------------------------------------------- all requests


def record_request_form(asking: DeskRequest) -> Response:
    """Record one, and lead to it."""
    form, ours = asking.form, protection_offices(asking)
    office = next((one for one in ours if one.school.urn == form["school"]), ours[0])
    reference, why = form["reference"].strip(), form["why"].strip()
    w, wrong = asking.w, ""
    if form["kind"] not in tuple(RequestKind) or not (reference and why):
        wrong = w("requests.record.not_said")
    else:
        try:
            came = form["came"] and read_moment(form["came"], asking.now, office.config.zone)
            given = (RequestKind(form["kind"]), reference, why, came or None, asking.now)
            return led_to(f"{PATH}/{acts.record_request(office, *given).made.id}")
        except InputError as error:
            wrong = error.text
    with asking.store.open_reader() as con:
        return show_requests(asking, con, wrong)


def show_requests(asking: DeskRequest, con: Connection, wrong: str = "") -> Response:
    """Show all requests of the reader's schools, the first due at the top."""
    ours, w = protection_offices(asking), asking.w
    of = {one.school.urn: one for one in ours}
    found = [_line(of[r.urn], r, w, asking.now) for r in privacy_store.requests(con, [*of])]
    today = asking.config.day_of(asking.now)
    given = {"lines": found, "schools": [one.school for one in ours], "kinds": (*RequestKind,)}
    given |= {"wrong": wrong, "typed": asking.form, "today": today.isoformat()}
    return asking.render("requests.html", **given)


def _line(office: Office, one: PrivacyRequest, w: Words, now: datetime) -> dict[str, object]:
    """Say of one request what is asked, where it stands, and whether it is late."""
    zone = office.config.zone
    late = one.open and one.due_at is not None and now >= one.due_at
    last = w.day((one.due_at or now) - _A_MOMENT, now, zone)
    if one.answered_at is not None and one.ending is not None:
        names = {p.id: p.name for p in office.config.all_people}
        by = names.get(one.answered_by or "", one.answered_by)
        state = w(f"requests.ended.{one.ending.value}", day=w.full_day(one.answered_at, zone), who=by)
    elif one.waits_for_proof:
        state = w("requests.state.proof", day=w.full_day(one.proof_at or now, zone))
    elif one.due_at is None:
        state = w("requests.state.acknowledged")
    elif late:
        state = w("requests.state.late", day=last)
    else:
        first = "acknowledge" if one.kind is RequestKind.COMPLAINT else "answer"
        state = w(f"requests.state.{first}", day=last)
    if one.open and one.extended_at:
        state = f"{state} {w('requests.state.extended')}"
    if one.proof_at and not one.waits_for_proof:
        state = f"{state} {w('requests.state.proved', day=w.full_day(one.proof_at, zone))}"
    line = {"request": one, "school": office.school.name, "received": w.full_day(one.received_at, zone)}
    return {**line, "state": state, "late": late, "path": f"{PATH}/{one.id}"}


# -------------------------------------------------------------------------------------------- one request


def show_request(asking: DeskRequest, con: Connection) -> Response:
    """Show one request, and what is held about the person searched for."""
    return _one(_find_request(asking, con))


def show_act(asking: DeskRequest, con: Connection) -> Response:
    """The question how it was answered; any other page of a request follows a form, and leads back."""
    asked, act = _find_request(asking, con), asking.query["act"]
    if act not in _DOES:
        raise NotThere
    if act == "answer" and asked.request.open:
        return _ask_answer(asked)
    return led_to(f"{PATH}/{asked.request.id}")


def take_request_form(asking: DeskRequest) -> Response:
    """Do for a request what its form asks; where that is refused, say why and show what was typed."""
    with asking.store.open_reader() as con:
        asked = _find_request(asking, con)
    does = _DOES.get(asking.query["act"])
    if does is None:
        raise NotThere
    try:
        return does(asked)
    except InputError as error:
        return _one(asked, wrong=error.text)


def _find_request(asking: DeskRequest, con: Connection) -> _Answering:
    found = office_of(con, protection_offices(asking), asking.query["number"])
    if found is None:
        asking.wrong.append(asking.query["number"])
        raise NotThere
    return _answering(asking, con, *found)


def _answering(asking: DeskRequest, con: Connection, office: Office, one: PrivacyRequest) -> _Answering:
    w, zone = asking.w, office.config.zone
    names = {p.id: p.name for p in office.config.all_people}
    told = [
        w(f"requests.done.{what}", day=w.full_day(at, zone), who=names.get(by, by), n=n, count=w.number(n))
        for at, by, what, n in privacy_store.done_for(con, one.id)
        if w.has(f"requests.done.{what}")
    ]
    return _Answering(asking, office, one, w, told, privacy_store.keeps_out(con, one.id))


def _one(asked: _Answering, *, wrong: str = "", became: str = "") -> Response:
    typed = typed_words({name: said for name, said in asked.form.items() if name != "words"}) if wrong else []
    given = {"done": asked.done, "keeps_out": asked.keeps_out, "ways": tuple(TermKind)}
    extends = not acts.why_not_extended(asked.request, asked.now)
    return asked.page("request.html", wrong=wrong, became=became, typed=typed, extends=extends, **given)


def _again(asked: _Answering, became: str) -> Response:
    with asked.office.store.open_reader() as con:
        now = asked.office.request(con, asked.request.id, open_only=False)
        again = _answering(asked.asking, con, asked.office, now)
    return _one(again, became=became)


def _search(asked: _Answering) -> Response:
    wanted, w = asked.search_term(), asked.w
    held = acts.search_held(asked.office, asked.request.id, wanted, asked.now).made
    cases = [
        (c.id, w("requests.found.case", case=c.id, day=asked.day(c.opened_at), state=state_words(c, w)),
         c.hold_by is not None)
        for c in held.cases
    ]  # fmt: skip
    names = {p.id: p.name for p in asked.office.config.all_people}
    notes = [
        w("requests.found.note",
          who=names.get(n.by, n.by), day=asked.day(n.at), where=_where(n.case_id, n.n, w))
        for n in held.notes
    ]  # fmt: skip
    withheld = [w(f"privacy.check.{why.value}", n=n) for why, n in held.withheld.items()]
    posts = [
        (p.post.mention_id, p.theirs, _posting_words(asked, p), _post_beginning(p, wanted))
        for p in held.posts
    ]
    given = {"posts": posts, "cases": cases, "notes": notes, "withheld": withheld}
    channels = sorted(((channel_name(c, w), c) for c in CHANNELS), key=lambda named: named[0].casefold())
    named = wanted.kind is TermKind.NAME
    return asked.page("request_found.html", **given, count=held.count, named=named, channels=channels)


def _posting_words(asked: _Answering, found: FoundPost) -> str:
    post, w = found.post, asked.w
    where, when = channel_name(post.channel, w), asked.day(post.published or post.first_seen)
    return w("requests.found.post", where=where, day=when, until=asked.day(found.retain_until))


def _post_beginning(found: FoundPost, wanted: SearchTerm) -> str:
    """Return how their post begins; of another's, the first sentence that names them, as in the copy."""
    title, text = found.post.title or "", found.post.text or ""
    named = () if found.theirs else filter(wanted.is_in, (*sentences(title), *sentences(text)))
    return shorten(visible(next(iter(named), title or text)), _BEGINNING, placeholder=" …")


def _where(case_id: str | None, n: int, w: Words) -> str:
    return w("requests.found.step", case=case_id, n=n) if case_id else w("requests.found.elsewhere")


def _copy(asked: _Answering) -> Response:
    wanted, do = asked.search_term(), asked.form["do"]
    decided = {k: asked.form[k] == "give" for k in CopyKind if asked.form[k] in ("give", "withhold")}
    given = (wanted, decided, asked.now)
    if do == "download":
        done = acts.hand_copy(asked.office, asked.request.id, *given)
        if isinstance(done, Done):
            return file_to_save(done.made.zip_file, f"{asked.request.id}.zip")
    copy = acts.look_over_copy(asked.office, asked.request.id, *given).made
    kinds = _kinds(asked, copy) if copy.undecided else []
    ending = "granted" if all(decided.get(kind) for kind in copy.kinds) else "part"
    chosen = {kind.value: asked.form[kind] for kind in decided}
    return asked.page("request_copy.html", copy=copy, kinds=kinds, chosen=chosen, ending=ending)


def _kinds(asked: _Answering, copy: Copy) -> list[tuple[str, str, str, list[str]]]:
    """Each kind that a person decides on: its name, what it is, what is proposed, and its entries whole."""
    w = asked.w
    return [
        (kind.value, w(f"privacy.kind.{kind}"), why_proposed(kind, of, w), [_entry(asked, e) for e in of])
        for kind, of in copy.kinds.items()
    ]


def _entry(asked: _Answering, one: CopyEntry) -> str:
    w = asked.w
    what = visible(one.words) or (w(f"pack.step.{one.said.wording}") if one.said else "")
    return w("requests.copy.entry", day=asked.day(one.at), where=_where(one.case_id, one.n, w), what=what)


def _erase(asked: _Answering) -> Response:
    chosen = [name.removeprefix("post-") for name in asked.form if name.startswith("post-")]
    wanted = None if chosen else asked.search_term()
    with asked.office.store.open_reader() as con:
        posts = [one_post(con, asked.office, one) for one in chosen]
        meant = acts.plan_erasure(con, asked.office, asked.request.id, asked.now, wanted, posts)
    done = asked.form["do"] == "erase"
    stays = acts.erase(asked.office, meant, asked.now).made if done else meant.stays
    gone, w = len(meant.posts) - len(stays), asked.w
    whole = not stays and not meant.withheld
    return asked.page(
        "request_erase.html",
        done=done, gone=gone, chosen=chosen, withheld=meant.withheld, naming=len(meant.naming),
        stays=[_stays(asked, one, meant.posts) for one in stays],
        ending="granted" if whole else "part" if gone else "refused",
        title=w("requests.erase.done" if done else "requests.erase.would", n=gone, count=w.number(gone)),
    )  # fmt: skip


def _stays(asked: _Answering, one: Staying, posts: Sequence[FoundPost]) -> str:
    w, found = asked.w, next(p for p in posts if p.post.mention_id == one.mention_id)
    until = w("requests.stays.until", day=asked.day(one.until)) if one.until else w("requests.stays.as_long")
    why = w(f"requests.stays.{one.why.value}", case=one.case_id, until=until)
    return f"{_posting_words(asked, found)} {why}"


def _object(asked: _Answering) -> Response:
    if asked.form["do"] == "withdraw":
        acts.withdraw(asked.office, asked.request.id, asked.now)
        return _again(asked, "withdrawn")
    given = (asked.search_term(), asked.form["channel"] or None, asked.now)
    done = acts.uphold(asked.office, asked.request.id, *given)
    return _one(asked, wrong=done.reason) if isinstance(done, Refused) else _again(asked, "upheld")


def _rectify(asked: _Answering) -> Response:
    note, post = asked.form["note"].strip(), asked.form["post"]
    if not (note and post):
        return _one(asked, wrong=asked.w("requests.rectify.not_said"))
    acts.rectify(asked.office, asked.request.id, post, note, asked.now)
    return _again(asked, "rectified")


def _answer(asked: _Answering) -> Response:
    how, why = asked.form["how"], asked.form["why"].strip()
    if how not in (*RequestEnding, *acts.FOR_NOW) or not why:
        return _ask_answer(asked, asked.w("requests.answer.not_said"))
    typed, zone = asked.form["day"], asked.office.config.zone
    proof = read_moment(typed, asked.now, zone) if typed and how.startswith("proof") else None
    done = acts.answer_request(asked.office, asked.request.id, how, why, asked.now, proof)
    return _ask_answer(asked, done.reason) if isinstance(done, Refused) else _again(asked, "answered")


def _ask_answer(asked: _Answering, wrong: str = "") -> Response:
    one = asked.request
    no_longer, proof = acts.why_not_extended(one, asked.now), acts.ways_of_proof(one, asked.now)
    first = ["acknowledged"] if acts.may_be_acknowledged(one) else []
    ways = [*first, *RequestEnding, *proof, *([] if no_longer else ["extended"])]
    how = asked.form["how"] or asked.asking.query["how"]
    today = asked.office.config.day_of(asked.now).isoformat()
    return asked.page(
        "request_answer.html", ways=ways, how=how, why=asked.form["why"], wrong=wrong,
        no_longer=no_longer, proof=proof, today=today, day=asked.form["day"] or today,
    )  # fmt: skip


_DOES: Mapping[str, Callable[[_Answering], Response]] = {
    "search": _search, "copy": _copy, "erase": _erase, "object": _object, "rectify": _rectify,
    "answer": _answer,
}  # fmt: skip
"""What is done for a request, by its address."""


# --------------------------------------------------------------------------- what is deleted next, and holds


def hold(asking: DeskRequest) -> Response:
    """Puts a case on hold, or ends its hold."""
    form, session, wrong = asking.form, asking.session, ""
    do, review = form["do"], form["review"]
    with asking.store.open_reader() as con:
        seen = see_if_open(asking, con, form["case"].strip())
    if do not in ("hold", "release"):
        raise NotThere
    try:
        until = read_moment(review, asking.now, asking.zone) if do == "hold" else None
        event = Event(Held(review=until) if until else Released(), seen.me, form["why"].strip())
        done = take_step(session, seen.case.number, event, asking.now)
        wrong = f"{done.reason} {done.wanted}".strip() if isinstance(done, Refused) else ""
    except InputError as error:
        wrong = error.text
    with asking.store.open_reader() as con:
        return show_due(asking, con, wrong, became="" if wrong else do)


def show_due(asking: DeskRequest, con: Connection, wrong: str = "", became: str = "") -> Response:
    """Show what will be deleted, when and why, and what a case keeps back. Names no post, deletes none."""
    ours, w, now = protection_offices(asking), asking.w, asking.now
    config, query = asking.config, asking.query
    days = next((n for n in _AHEAD if query["days"] == str(n)), _AHEAD[0])
    keys = sorted({urn for one in ours for urn in (one.school.urn, *one.school.members)})
    found = cases_known(con, ours[0], preview(con, keys, now, now + timedelta(days=days), config.policy))
    rows = [_going(one, config.policy, w, w.full_day(one.day, config.zone)) for one in found.going]
    rows += [
        (w.full_day(c.until or now, config.zone), w("requests.due.case", case=c.id),
         w("requests.due.closed", what=class_words(c.content_class, w)))
        for c in found.cases
    ]  # fmt: skip
    kept = [(k.case.id, _kept_line(k, asking, w), k.case.hold) for k in found.kept_back]
    given = {"rows": rows, "kept": kept, "days": days, "ahead": _AHEAD, "became": became}
    typed = typed_words(asking.form) if wrong else []
    return asking.render("due.html", wrong=wrong, typed=typed, **given)


def _going(one: Going, policy: Policy, w: Words, day: str) -> tuple[str, str, str]:
    posts = w("requests.due.posts", n=one.posts, count=w.number(one.posts))
    if one.stubs:
        return day, posts, w("requests.due.stub")
    if one.relevance == Relevance.NOT_ABOUT:
        return day, posts, w("requests.due.not_about", n=policy.unmatched_hours)
    known = one.content_class in tuple(ContentClass)
    what = w(ContentClass(one.content_class).key) if known else one.content_class
    kept = class_spec(one.content_class).kept
    fair = one.content_class == ContentClass.FAIR_COMMENT
    n = policy.criticism_days if fair else kept.days if kept else policy.retain_days
    return day, posts, w("requests.due.of_class", what=what, n=n)


def _kept_line(one: KeptBack, asking: DeskRequest, w: Words) -> str:
    zone, names = asking.zone, {p.id: p.name for p in asking.config.all_people}
    posts = w("requests.due.posts", n=one.posts, count=w.number(one.posts))
    if one.case.hold:
        review = datetime.fromisoformat(one.review).astimezone(UTC) if one.review else asking.now
        by = names.get(one.held_by or "", one.held_by)
        why = w("requests.due.held", who=by, day=w.full_day(review, zone))
    elif one.case.open or one.case.until is None:
        why = w("requests.due.open")
    else:
        why = w("requests.due.evidence", day=w.full_day(one.case.until, zone))
    return w("requests.due.kept", case=one.case.id, posts=posts, why=why)
