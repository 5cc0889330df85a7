"""The desk: pages for people who sign in, and the page of a matter behind links in mails.

It renders and it asks: what somebody may know or do is answered elsewhere. A GET changes nothing but signing
in a browser that comes back from its account; a form counts only as this site's own, shown in its session."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from urllib.parse import quote, urlencode

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from alerts.links import THIS_MACHINE
from alerts.notices.book import Book
from data.effects import Clock
from data.errors import SchoolgateError, StoreError
from data.store.engine.connect import Connection
from data.store.engine.open import Store
from data.store.service import SEEN_EVERY, see
from monitor.act.casework import make_judges
from monitor.act.report_in import Judged
from monitor.config.home.context import Context
from monitor.desk import sign_in
from monitor.desk.handing import SentOnce
from monitor.desk.oidc import RETURN_PATH, OidcSignIn
from monitor.desk.page import (
    MOST_WORDS,
    NEVER_SHOWN,
    SHARE_PATH,
    AnsweredEarly,
    Comer,
    DeskPage,
    DeskRequest,
    EarlyAnswer,
    FormFields,
    MorePages,
    Pace,
    PrivateApp,
    SignedIn,
    Strangers,
    Upload,
    answer_or_end,
    cookie_name,
    fields_of,
    find_signed_in,
    find_teller,
    from_our_page,
    has_parts,
    led_to,
    not_lost,
    plain_page,
    read_upload,
    render_page,
    shown_file,
    typed_words,
)
from monitor.desk.pages import accounts as ours
from monitor.desk.pages import case, lists, people, places, reports, requests, room, tell, today
from monitor.desk.pages.matter import MatterDesk, Send, is_leaving, send_nothing, show_leaving
from monitor.desk.pages.people import show_at_desk
from monitor.desk.pages.places import PlacesDesk
from monitor.desk.pages.tell import Reads
from monitor.desk.sign_in import PATH as PASSKEYS
from monitor.desk.sign_in import PasskeyDesk
from monitor.matters.today import RecentDays
from monitor.pipeline.supplied import make_spool

log = logging.getLogger("schoolgate.desk")
_COOKIES = ("desk", "sign-in", "account", "visit", "known", "told")
_WAIT, _LATER, _IN_AN_HOUR = {"Retry-After": "5"}, {"Retry-After": "60"}, {"Retry-After": "3600"}
_OF_ONE_HOST = 600
"""So many requests a minute come from one address at most: all of a school's may come from the same one."""
_SIGN_INS_OF_ONE_HOST = 120
"""So many steps of signing in by an account, two each: the provider is asked for each, and somebody waits."""


def desk_app(
    store: Store, context: Callable[[], Context], clock: Clock, send: Send = send_nothing,
    send_soon: sign_in.SendSoon = send_nothing, book: Callable[[], Book] = Book,
    accounts: OidcSignIn | None = None, strangers: Strangers | None = None, judged: Judged = make_judges,
    reads: Reads | None = None, more: MorePages | None = None,
) -> Starlette:  # fmt: skip
    """Make the desk. `context` is asked at every request; `send` hands over codes that pages behind links ask
    for, `send_soon` those to sign in with; `book` gives our own troubles, `strangers` counts what others ask
    and guess, `judged` judges what is handed in, `reads` reads the words on a picture. `more` are pages of
    the rooms above."""
    matters, other = MatterDesk(context, send, accounts), sign_in.AccountDesk(accounts)
    strangers = strangers or Strangers()
    passkeys, set_up = PasskeyDesk(), PlacesDesk(clock, judged)
    door, by_code = sign_in.CodeDesk(send_soon, accounts, strangers, passkeys), sign_in.DayCodeDesk(strangers)
    take_tell = partial(tell.take_tell_form, clock, judged, reads, SentOnce())
    page, by = DeskPage, Comer
    pages = (
        page("/", by.SIGNED_IN, today.show_today),
        page("/m/{token}", by.BY_LINK, matters.show, matters.take),
        page("/m/s/{token}", by.SIGNED_IN, partial(matters.show, own=True), partial(matters.take, own=True)),
        page("/d/{token}", by.ANYBODY, lambda *_: led_to("/")),  # in a digest of before
        page(lists.PATH, by.SIGNED_IN, lists.show_matters),
        page("/outside", by.READS_POSTS, lists.show_outside_page, listed=True),
        page(lists.CSV_PATH, by.SIGNED_IN, lists.show_csv),
        page("/leave/{token}", by.BY_LINK, show_leaving, opens=is_leaving),
        page("/case", by.SIGNED_IN, case.answer_no_list, case.open_case_of_matter),
        page("/case/{number}", by.SIGNED_IN, case.show_case, case.take_case_form, number=True),
        page("/case/{number}/{act}", by.SIGNED_IN, case.show_case, case.take_case_form, files=True,
             number=True),
        page("/tell", by.TELLS, partial(tell.show_tell_page, reads), take_tell, files=True),
        page("/tell/state", by.TELLS, tell.show_state, number=True),
        page("/tell/phone", by.SIGNED_IN, tell.show_phone_page),
        page("/tell/code", by.ANYBODY, by_code.show, by_code.take),
        page("/tell/picture", by.SAFEGUARDS, tell.show_picture, partial(tell.take_picture, clock), files=True,
             listed=True),
        page("/proof", by.PROVES, reports.show_proof, partial(reports.take_proof_form, clock), listed=True),
        page("/drill", by.DRILLS, reports.show_drills, listed=True),
        page("/drill/{token}", by.BY_LINK, reports.show_drill, reports.take_drill_form,
             opens=lambda links, key: links.ticket(key, "drill") is not None),
        page("/school", by.SIGNED_IN, lambda asking, con: _show_pages(pages, asking)),
        page("/accounts", by.KNOWS_ACCOUNTS, ours.show_accounts, ours.write_log, listed=True),
        page("/accounts/{id}", by.KNOWS_ACCOUNTS, ours.show_account, ours.change_account),
        page("/policies", by.READS_POLICIES, ours.show_policies, ours.keep_policy, listed=True),
        page("/sheet", by.HAS_SHEET, sign_in.show_code_sheet, sign_in.take_code_sheet, listed=True),
        page("/people", by.ADMINISTERS, show_at_desk(people.list_people), listed=True),
        page("/people/{id}", by.ADMINISTERS, people.show_person, people.take_person_form),
        page("/sources", by.ADMINISTERS, show_at_desk(set_up.list_places), set_up.take, listed=True),
        page("/sources/{id}", by.ADMINISTERS, show_at_desk(set_up.show_place), set_up.take_one),
        page("/keyed", by.ADMINISTERS, show_at_desk(set_up.list_keyed)),
        page("/keyed/{kind}", by.ADMINISTERS, show_at_desk(set_up.show_keyed), set_up.take_keyed),
        page("/schools", by.ADMINISTERS, show_at_desk(places.show_schools), set_up.take_schools, listed=True),
        page("/schools/{urn}", by.ADMINISTERS, show_at_desk(places.show_school), set_up.take_school),
        page("/terms", by.ADMINISTERS, show_at_desk(places.show_terms), set_up.take_terms, listed=True),
        page("/machine", by.ADMINISTERS, show_at_desk(set_up.show_machine), set_up.take_machine, listed=True),
        page("/code", by.GIVES_DAY_CODE, sign_in.show_day_code, sign_in.change_day_code, listed=True),
        page(PASSKEYS, by.SIGNED_IN, passkeys.show, passkeys.take, listed=True),
        page("/requests", by.PROTECTS_DATA, requests.show_requests, requests.record_request_form,
             listed=True),
        page("/requests/due", by.PROTECTS_DATA, requests.show_due, requests.hold, number=True),
        page("/requests/foi", by.PROTECTS_DATA, requests.show_freedom),
        page("/requests/{number}", by.PROTECTS_DATA, requests.show_request, number=True),
        page("/requests/{number}/{act}", by.PROTECTS_DATA, requests.show_act, requests.take_request_form,
             number=True),
        page("/papers", by.PROTECTS_DATA, requests.show_papers, listed=True),
        page("/papers/{name}", by.PROTECTS_DATA, requests.show_paper),
        page("/reports", by.READS_REPORTS, reports.show_reports),
        page("/reports/{urn}/year", by.READS_REPORTS, reports.show_year),
        page("/reports/{urn}/{week}", by.READS_REPORTS, reports.show_report, reports.sign_or_send_back),
        page("/r/{token}", by.BY_LINK, reports.show_report, reports.sign_or_send_back, opens=reports.opens),
        page("/room", by.SIGNED_IN, room.show_room),
        page("/room/{token}", by.SIGNED_IN, room.show_handover, room.take_handover),
        page("/sign-in", by.ANYBODY, door.show, door.take),
        page("/check", by.SIGNED_IN, door.show, door.take),
        page("/sign-in/account", by.ANYBODY, goes=other.go),
        page(RETURN_PATH, by.ANYBODY, goes=other.come_back),
        page("/sign-out", by.TELLS, door.ask_to_sign_out, door.sign_out),
        *(more(clock, judged) if more else ()),
    )  # fmt: skip
    desk = _WebDesk(store, context, clock, book, strangers.numbers)
    routes = [Route(p.path, partial(desk.answer, p), methods=p.methods) for p in pages]
    for page_of, route in zip(pages, routes, strict=True):
        if page_of.goes is not None:
            route.methods = {"GET"}  # what a GET does, a HEAD of a scanner of links must not do
    routes += [Route("/s/{version}/{name}", desk.file), Route(SHARE_PATH, desk.share, methods=["POST"])]
    app = PrivateApp(context, routes=routes, exception_handlers={404: desk.nothing, 405: desk.nothing})
    app.router.redirect_slashes = False
    return app


def _show_pages(pages: Iterable[DeskPage], asking: DeskRequest) -> Response:
    """Lists the pages for looking after the school that its reader may come to, each with what it is for."""
    person, config = asking.person, asking.config
    listed = [page.path for page in pages if page.listed and page.is_for(person, config)]
    return asking.render(
        "school.html",
        page="school",
        pages=[(path, path.rpartition("/")[2]) for path in listed],
    )


def _find(page: DeskPage, con: Connection, context: Context, kept: str, now: datetime) -> SignedIn | None:
    """Finds who is signed in, for that page: by the code of the day one is so for few."""
    if page.comer is Comer.TELLS:
        return find_teller(con, context, kept, now)
    return find_signed_in(con, context.config, kept, now)


def _asker(asking: DeskRequest) -> str:
    """Name whose wrong numbers are counted together: a person's, else one address's or session's."""
    who = asking.signed_in
    return f"host:{asking.host or who.session.id_hash}" if who.is_guest else who.person.id


class _WebDesk:
    def __init__(
        self, store: Store, context: Callable[[], Context], clock: Clock, book: Callable[[], Book],
        numbers: Pace,
    ) -> None:  # fmt: skip
        self._store, self._context, self._clock, self._book = store, context, clock, book
        self._numbers = numbers
        self._pace, self._outside = Pace(), Pace(_OF_ONE_HOST)
        self._accounts, self._links = Pace(_SIGN_INS_OF_ONE_HOST), Pace()
        self._recent = RecentDays()

    async def answer(self, page: DeskPage, request: Request) -> Response:
        """One request for a page, however it ends."""
        form = None
        try:
            form = await self._form(page, request) if request.method == "POST" else None
            answer = await run_in_threadpool(self._answer, page, request, form)
        except EarlyAnswer as end:
            answer = end.answer
        except SchoolgateError as error:
            log.error("page=%s fault=%s", page.path, type(error).__name__)
            if form is None and request.method == "POST":
                form = await fields_of(request)
            answer = self._busy(page, request, form)
        except Exception as error:  # noqa: BLE001 - an edge: its text, which may hold a post's, is not logged
            where = traceback.extract_tb(error.__traceback__)[-1]
            fault = type(error).__name__
            log.error("page=%s fault=%s at=%s:%s", page.path, fault, where.filename, where.lineno)
            answer = self._plain("failed", 500)
        return AnsweredEarly(answer) if form is not None and form.unread else answer

    def _busy(self, page: DeskPage, request: Request, form: Upload | None) -> Response:
        """Says that the store was waited for in vain; a form of ours can be sent again as it was typed."""
        if form is None or not from_our_page(request, self._context().links.base_url):
            return self._plain("busy", 503, _WAIT)
        language = self._context().config.schools[0].language
        fields = {name: said for name, said in form.fields.items() if name not in NEVER_SHOWN}
        view = {"fields": fields, "typed": typed_words(form.fields), "files": page.files}
        answer = render_page("busy.html", language, 503, who=None, page="", **view)
        answer.headers.update(_WAIT)
        return answer

    async def _form(self, page: DeskPage, request: Request) -> Upload:
        """Read what its form brings; a picture from nobody but who is signed in."""
        known = page.files and await run_in_threadpool(self._tells, page, request.cookies, self._clock())
        if not (known and has_parts(request)):
            return await fields_of(request)
        return await read_upload(request, folder=make_spool(self._context().home))

    def _tells(self, page: DeskPage, cookies: Mapping[str, str], now: datetime) -> bool:
        context = self._context()
        kept = cookies.get(cookie_name(context.links.base_url), "")
        with self._store.open_reader() as con:
            return _find(page, con, context, kept, now) is not None

    async def share(self, request: Request) -> Response:
        """Lead on with what a telephone shares, behind “#”, which no server is sent: nothing of it is kept,
        and its files are thrown away unopened. Where its own script runs, they do not come here."""
        shared = await read_upload(request, MOST_WORDS)
        said = {name: shared.fields[name] for name in ("title", "text", "url")}
        language = self._context().config.schools[0].language
        leads = f"/tell#{urlencode(said)}"
        answer = render_page("tell_share.html", language, who=None, page="tell", leads=leads)
        return AnsweredEarly(answer) if shared.unread else answer

    async def file(self, request: Request) -> Response:
        """A stylesheet, a script, an icon or the manifest."""
        return shown_file(request.path_params["name"]) or self._plain("nothing", 404)

    async def nothing(self, request: Request, error: Exception) -> Response:
        """Any other address, and any other method."""
        return self._plain("nothing", 404)

    def _answer(self, page: DeskPage, request: Request, form: Upload | None) -> Response:
        asking = self._asking(request, form)
        kept = asking.kept["desk"]
        who = page.finds(kept, asking.context, asking.now) if page.finds and not asking.host else None
        if who is None and asking.config.is_blank:
            raise EarlyAnswer(self._plain("not_set_up", 503))
        self._keep_out(page, asking)
        with self._store.open_reader() as con:
            who = who or _find(page, con, asking.context, kept, asking.now)
            asking = replace(asking, who=who)
            self._turn_away(page, asking, request.url.path)
            if form is None and page.shows is not None:
                answer = answer_or_end(asking.config, partial(page.shows, asking, con))
        if form is not None:
            answer = answer_or_end(asking.config, partial(self._do, page, asking, request.url.path))
        elif page.goes is not None:
            answer = answer_or_end(asking.config, partial(page.goes, asking))
        if asking.wrong:
            self._numbers.allows(_asker(asking), asking.now)
        if who is not None and asking.now - who.session.seen_at >= SEEN_EVERY and not who.sets_up:
            # what they asked is done by now: a busy store undoes none of it
            with suppress(StoreError), self._store.write("a session") as con:
                see(con, who.session, asking.now)
        return answer

    def _keep_out(self, page: DeskPage, asking: DeskRequest) -> None:
        """Raise EarlyAnswer, before the store is asked, for what comes too often or by no link of ours."""
        links = asking.links
        if page.comer is Comer.BY_LINK:
            ours = page.opens(links, asking.key)
            if not self._links.allows(asking.key if ours else "", asking.now):
                raise EarlyAnswer(self._plain("slow", 429, _LATER))
            if not ours:
                raise EarlyAnswer(self._plain("nothing", 404))
        elif not links.is_private:
            raise EarlyAnswer(self._plain("open_line", 403))
        elif page.comer is Comer.ANYBODY and asking.key and not self._links.allows(asking.key, asking.now):
            raise EarlyAnswer(self._plain("slow", 429, _LATER))
        if asking.host and not self._outside.allows(asking.host, asking.now):
            raise EarlyAnswer(self._plain("slow", 429, _LATER))

    def _turn_away(self, page: DeskPage, asking: DeskRequest, path: str) -> None:
        """Raise EarlyAnswer for who may not come, or comes too often; what they had typed is shown."""
        if page.comer not in (Comer.ANYBODY, Comer.BY_LINK) and asking.who is None:
            leads = f"/sign-in?to={quote(path)}"
            lost = not_lost(asking.config, asking.form, "signed_out", leads) if asking.ours else None
            raise EarlyAnswer(lost or led_to(leads))
        if asking.who and not page.is_for(asking.who.person, asking.config):
            raise EarlyAnswer(self._plain("nothing", 404))
        if page.goes is not None and not self._accounts.allows(asking.host, asking.now):
            raise EarlyAnswer(self._plain("slow", 429, _LATER))
        unhurried = page.comer is Comer.BY_LINK or asking.context.window
        if asking.who and not unhurried and not self._pace.allows(asking.who.session.id_hash, asking.now):
            raise EarlyAnswer(self._plain("slow", 429, _LATER))
        if page.number and self._numbers.is_full(_asker(asking), asking.now):
            log.warning("page=%s by=%s too many wrong numbers", page.path, _asker(asking))
            raise EarlyAnswer(self._plain("numbers", 429, _IN_AN_HOUR))

    def _do(self, page: DeskPage, asking: DeskRequest, path: str) -> Response:
        own = page.comer is Comer.BY_LINK or (asking.ours and asking.is_own_form)
        if page.does is None or not own:
            shown_before = asking.ours and asking.who is not None
            lost = not_lost(asking.config, asking.form, "anew", path) if shown_before else None
            return lost or self._plain("not_ours", 403)
        try:
            return page.does(asking)
        finally:
            self._recent.forget()

    def _asking(self, request: Request, form: Upload | None) -> DeskRequest:
        context, cookies = self._context(), request.cookies
        base = context.links.base_url
        kept = FormFields({name: cookies.get(cookie_name(base, name), "") for name in _COOKIES})
        host = request.client.host if request.client else ""
        host = "" if host in THIS_MACHINE else host  # a web server's in front, which everybody comes by
        query, now = FormFields({**request.query_params, **request.path_params}), self._clock()
        sent, book = form or Upload(FormFields()), self._book()
        return DeskRequest(
            *(self._store, context, now, None, query, sent.fields, kept, host, book, sent.files, sent.names),
            cut=sent.cut,
            cookies=cookies,
            ours=from_our_page(request, base),
            tapped=request.headers.get("sec-fetch-user") == "?1",
            recent=self._recent,
        )

    def _plain(self, key: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
        answer = plain_page(self._context().config, key, status)
        answer.headers.update(headers or {})
        return answer
