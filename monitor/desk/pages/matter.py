"""The page of one matter, for whoever was sent its address: to read it, take it, be done with it.

By a link one sees what its person may know now and does what is urgent; all else wants a session. Mail
systems open every link: a GET changes nothing, and a POST counts only from the page's own button, pressed by
somebody signed in, or of whom the browser says that they tapped, or who needed a second to read it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

from starlette.responses import Response

from alerts.links import READS_FOR, Links, Ticket
from alerts.notices.upkeep import CODE_LIFE, code_message
from alerts.wording.matters import follows_words
from data.errors import InputError
from data.frozen import freeze
from data.ids import digest
from data.matters import ActKind, Mistake, PostView
from data.people import schools_of
from data.steps.acts import Refused
from data.store.engine.connect import Connection
from data.store.service import Device
from data.types import OutboxMessage, Person, School
from data.web.urls import visible
from data.words.say import Words, words
from monitor.act.ways_in import FIGURES, code_hash, use_sheet_code
from monitor.act.wrong import consequences
from monitor.config.home.context import Context
from monitor.desk.matter.facts import address_site, open_posts, shown_posts
from monitor.desk.matter.forms import PRESSED, VERSIONED, Pressed, carry_out, version_of
from monitor.desk.matter.page import (
    Ask,
    Codes,
    CodeState,
    MatterPage,
    Moment,
    PageButton,
    PageForm,
    Visit,
    by_link,
    look_up_readings,
    look_up_visit,
    matter_response,
    needs_session,
    seal_typed,
    texts,
    ticket_person,
    unseal_typed,
)
from monitor.desk.matter.telling import expired_page, matter_page, with_changes, with_outcome
from monitor.desk.oidc import OidcSignIn
from monitor.desk.page import (
    BECAME,
    DeskRequest,
    EarlyAnswer,
    FormFields,
    NotThere,
    Pace,
    SignedIn,
    answer_or_end,
    begin_session,
    browser_mark,
    cookie_name,
    find_signed_in,
    keep_cookie,
    keep_mark,
    led_to,
    plain_page,
    set_cookie,
)
from monitor.desk.pages.lists import MatterRow, newest_rows
from monitor.matters.reader import Reader
from monitor.matters.views import look_for_nothing, with_notes

# The page before what is restricted: it opens nothing where nobody has proved within ten minutes who it is.
# It says the same, and does the same, whether or not there is anything behind it.

Send = Callable[[OutboxMessage], bool]
"""Hands a mail over at once; False where it did not go out."""


def send_nothing(_: OutboxMessage) -> bool:
    """Send nothing, where no mail goes out."""
    return False


class CodeDoor:
    """Sends codes and takes them."""

    def __init__(
        self, context: Callable[[], Context], send: Send, accounts: OidcSignIn | None = None
    ) -> None:
        self._context, self._send, self._accounts, self._codes = context, send, accounts, Codes()

    def waits(self, asked: _Asked) -> bool:
        """Has it a code to type?"""
        return self._codes.waits(asked.counting_key, asked.kept, asked.now)

    def take(self, asked: _Asked, ask: Ask, code: str) -> tuple[CodeState, str]:
        """Return how far the browser is now, and what it is to keep ("" where that stays)."""
        if ask is Ask.PROVE:
            state = self._codes.try_code(asked.counting_key, asked.kept, code, asked.now)
            return (state if asked.person else CodeState.OVER), ""
        made = self._codes.new(asked.counting_key, asked.now, asked.mark or digest(asked.token))
        if made is None:
            return CodeState.OFTEN, ""
        (name, drawn), zone = made, self._context().config.zone
        if asked.person is not None and not self._send(
            code_message(self._school(asked), asked.person, drawn, asked.now, zone)
        ):
            self._codes.forget(name)
            return CodeState.DOWN, ""
        return CodeState.SENT, name

    def page(self, asked: _Asked, state: CodeState) -> MatterPage:
        """Return what stands in place of every page that this browser may not open."""
        w, waits, by = words(self._school(asked).language), self.waits(asked), self._context().codes_by
        of = f"desk.sign_in.{by}" if w.has(f"desk.sign_in.{by}.{state.value}") else "page.code"
        why = w("page.code.why" if by == "mail" else f"desk.check.{by}")
        kept = [w("page.code.kept")] if asked.typed else []
        send = PageButton(Ask.SEND, w("page.code.again" if waits else "page.code.send"), quiet=waits)
        typed = PageForm(
            PageButton(Ask.PROVE, w("page.code.prove")),
            w("page.code.type"),
            w("page.code.type_means"),
            code=w("page.code.label"),
        )
        return MatterPage(
            w.language,
            "Schoolgate",
            heading=w("desk.check.title" if asked.who else "page.code.heading"),
            said=() if state is CodeState.NONE else (w(f"{of}.{state.value}"),),
            wrong=state not in (CodeState.NONE, CodeState.SENT),
            notes=(*kept, why, w("page.code.still" if asked.who else "page.code.yours")),
            buttons=() if by == "none" else (send,),
            first="" if by == "none" else "button",
            forms=(typed,) if waits or by == "none" or state in (CodeState.DOWN, CodeState.WRONG) else (),
            typed=asked.typed,
            account=self._account(asked, w),
            keeps="ask=agree" if asked.is_to_agree else "",
            passkey=asked.who is not None and not asked.typed,
        )

    def _account(self, asked: _Asked, w: Words) -> tuple[str, str]:
        """Return the account that may prove it, by password again; nothing typed goes along."""
        offered = self._accounts.offered_provider() if self._accounts else None
        if offered != "microsoft" or asked.typed:
            return "", ""
        return w("desk.account.microsoft"), f"/m/{'s/' if asked.own else ''}{asked.token}"

    def _school(self, asked: _Asked) -> School:
        schools = self._context().config.schools
        own = schools_of(asked.person, schools) if asked.person else ()
        return next(iter(own), schools[0])


log = logging.getLogger("schoolgate.desk")

_MAILS = frozenset((ActKind.GIVE, ActKind.OWN_WORD))
"""What has a mail sent to somebody else."""
_OF_LINK, _OF_PERSON, _WITHIN = 10, 30, timedelta(hours=1)
"""So often within that time: by one address, and by all of a person's, signed in or not."""
_KEPT_AS, _CODE = "read", "code"
"""The cookies by which a browser that was tapped in may read again, and of one that was sent a code."""
_TYPED_FOR = timedelta(days=1)
"""So old a form may be from which what was typed is kept."""
_TAPPED = {"do", "told", "words", "version", "key", "what"}
"""Fields of a form into which nobody typed."""


@freeze
class _Asked:
    """One request: what an address says, the `person` it is for if still named, what their browser `kept` for
    its code, until when it reads without a tap; `who` is signed in, `own` opens nothing else; `mark`: they
    signed in there before, so that what strangers with a link use up is not theirs; `typed` is sealed."""

    desk: DeskRequest
    ticket: Ticket
    person: Person | None
    kept: str
    words_until: datetime | None
    who: SignedIn | None
    own: bool
    mark: str
    typed: str = field(default="", repr=False)

    @property
    def counting_key(self) -> bytes:
        """The key against which its codes count."""
        return self.ticket.holder + (b"known" if self.mark else b"")

    @property
    def has_proved(self) -> bool:
        """Say whether they have proved within ten minutes that it is they."""
        return self.who is not None and self.who.has_just_proved(self.now)

    @property
    def is_to_agree(self) -> bool:
        """Does its address ask them to agree to what another asked?"""
        return self.desk.query["ask"] == ActKind.AGREE

    @property
    def now(self) -> datetime:
        """When it was made."""
        return self.desk.now

    @property
    def token(self) -> str:
        """The address."""
        return self.desk.key

    @property
    def became_purpose(self) -> str:
        """For what its outcome is sealed: this address and this person alone."""
        return f"{BECAME} {self.token} {self.ticket.holder.hex()}"

    def unseal(self, typed: str) -> FormFields:
        """Return what they typed before, by what is sealed in the page."""
        return unseal_typed(self.desk.context.links, self.token, self.ticket.holder, typed)


class MatterDesk:
    """Answers for the page at `/m/{token}`, whose token is known to be one of ours, and for that at
    `/m/s/{token}`: its `own` address, for who is signed in."""

    def __init__(
        self, context: Callable[[], Context], send: Send, accounts: OidcSignIn | None = None
    ) -> None:
        self._context, self._door = context, CodeDoor(context, send, accounts)
        self._of_link, self._of_person = Pace(_OF_LINK, _WITHIN), Pace(_OF_PERSON, _WITHIN)

    def show(self, asking: DeskRequest, con: Connection, *, own: bool = False) -> Response:
        """The page as it is."""
        asked = self._read_asked(asking, own=own)
        if asked is None:
            look_for_nothing(con, _reader(asking))
            raise NotThere
        return self._look(asked, con)

    def take(self, asking: DeskRequest, *, own: bool = False) -> Response:
        """Do what was pressed; where the check ran out, ask for a code and keep what was typed."""
        asked = self._read_asked(asking, own=own)
        if asked is None:
            with asking.store.open_reader() as con:
                look_for_nothing(con, _reader(asking))
            raise NotThere
        act = self._act_of(asked)
        asked = replace(asked, typed=self._typed_to_keep(asked))
        if act is not None and not asked.has_proved:
            ask = act if isinstance(act, Ask) else None
            if shut := self._prove(asked, ask, asking.form["code"]):
                return shut
        if act is None:
            return self._fill(asked)
        person, now = asked.ticket.holder.hex(), asked.now
        may_mail = act not in _MAILS or (
            self._of_link.allows(person + asked.token, now) and self._of_person.allows(person, now)
        )
        if not may_mail:
            return plain_page(asking.config, "mailed", 429)
        if isinstance(act, Ask):
            with asking.store.open_reader() as con:
                return self._look(asked, con)
        if asked.who is None and needs_session(act):
            return led_to(f"/sign-in?to={asking.links.at_desk(asked.ticket.story_id)}")
        return self._act(asked, act, asking.form)

    def _read_asked(self, asking: DeskRequest, *, own: bool) -> _Asked | None:
        links, ticket = asking.links, _ticket(asking, own=own)
        if ticket is None:
            return None
        until = links.reads_until(asking.key, asking.cookies.get(_KEPT_AS, ""), asking.now)
        kept = asking.cookies.get(cookie_name(links.base_url, _CODE), "")
        person = ticket_person(asking.context, ticket)
        who = asking.who if asking.who and person and asking.who.person.id == person.id else None
        mark = browser_mark(asking, person).hex()
        return _Asked(asking, ticket, person, kept, until, who, own, mark)

    def _typed_to_keep(self, asked: _Asked) -> str:
        """Seal what was typed into a form of this page, whenever that was shown within a day."""
        form, links = asked.desk.form, asked.desk.links
        if asked.unseal(form["typed"]):
            return form["typed"]
        proof = form["proof"]
        ours = asked.desk.ours and links.is_proved(asked.token, proof, asked.now, _TYPED_FOR, tapped=True)
        if not ours or form["do"] not in PRESSED:
            return ""
        return seal_typed(links, asked.token, asked.ticket.holder, form)

    def _act_of(self, asked: _Asked) -> ActKind | Ask | None:
        """Which button of our own page was pressed, None where that cannot be shown."""
        form, links = asked.desk.form, asked.desk.links
        tapped = asked.who is not None or asked.desk.tapped
        if not (asked.desk.ours and links.is_proved(asked.token, form["proof"], asked.now, tapped=tapped)):
            return None
        return next((act for act in (*PRESSED, *Ask) if act.value == form["do"]), None)

    def _look(self, asked: _Asked, con: Connection) -> Response:
        page = self._page(self._find_visit(con, asked), asked)
        became = asked.desk.links.unseal(asked.became_purpose, asked.desk.query[BECAME])
        if became and not page.back:
            page = replace(page, said=tuple(became.decode().splitlines()))
        return self._show_opened(con, page, asked)

    def _fill(self, asked: _Asked, *, proved: bool = False) -> Response:
        """The page with what was typed in its form again, and its words where they stood there; to be pressed
        once more, where it was not `proved` just now that it is they."""
        typed = asked.unseal(asked.typed)
        store = asked.desk.store
        with store.write("a page") if typed else store.open_reader() as con:
            seen = self._find_visit(con, asked)
            page = replace(self._page_again(con, seen, asked, typed), filled=typed)
            if not proved:
                w = words(page.language)
                page = replace(page, said=(w("page.once_more"),), wrong=True)
            return self._show_opened(con, page, asked, 200 if proved else 403)

    def _page_again(
        self, con: Connection, seen: Visit, asked: _Asked, form: FormFields, *, now: bool = False,
        done: bool = False,
    ) -> MatterPage:  # fmt: skip
        """Make the page as it is now, with its words where they stood above that form, or are to be read
        `now`; a form that asks asks again, unless it was `done`."""
        posts, ask = None, None if now else {} if done else form
        page = self._page(seen, asked, ask=ask)
        if page.back:
            return page
        # Were the words of what is sealed on the page that was pressed, for whoever may read them now?
        if now or (seen.view.is_sealed and "words" in form and seen.view.may(ActKind.READ)):
            posts = shown_posts(texts(con, seen, asked.now))
            seen = replace(seen, view=with_notes(con, seen.view), readings=look_up_readings(con, seen))
        elif "words" in form and not seen.view.is_sealed and seen.view.may(ActKind.READ):
            posts = open_posts(seen.view)
        return self._page(seen, asked, posts, ask=ask)

    def _act(self, asked: _Asked, act: ActKind, form: FormFields) -> Response:
        """Do that act; what is neither restricted nor locked is read without a change to the store."""
        with asked.desk.store.open_reader() as con:
            seen = self._find_visit(con, asked)
        if act is ActKind.READ and (
            seen.own_posts or (not seen.view.is_sealed and seen.view.may(ActKind.READ))
        ):
            return self._reads(seen, asked)
        try:
            with asked.desk.store.write("a page") as con:
                return self._record(con, asked, act, form)
        except InputError as refused:  # nothing of it was saved
            with asked.desk.store.write("a page") as con:
                page = self._page_again(con, seen, asked, form)
                guard = "in_case" if act is ActKind.HAPPENED else "refused"
                guard = "twice" if form["what"] == Mistake.TWICE else guard
                said = words(page.language)(f"page.not.{guard}", why=str(refused))
                page = replace(page, said=(said,), wrong=True, filled=form)
                return self._show_opened(con, page, asked)

    def _record(self, con: Connection, asked: _Asked, act: ActKind, form: FormFields) -> Response:
        """Does it, to the version that was read; and shows what became of it."""
        seen = self._find_visit(con, asked)
        if act in VERSIONED and form["version"] != version_of(seen.view):
            page = with_changes(self._page_again(con, seen, asked, form), seen, form, asked.now)
            return self._show_opened(con, page, asked)
        reads = act is ActKind.READ
        came = carry_out(Pressed(seen.handling(con, asked.now), seen, form), act)
        try:
            seen = seen if reads else self._find_visit(con, asked)
        except EarlyAnswer as other:  # it is done
            return other.answer
        if isinstance(came, Refused):
            page = with_outcome(self._page_again(con, seen, asked, form), seen, came, asked.now)
            return self._show_opened(con, replace(page, filled=form), asked)
        w = words(seen.school.language)
        page = with_outcome(
            self._page_again(con, seen, asked, form, now=reads, done=True), seen, came, asked.now
        )
        if reads and seen.view.is_sealed:
            when = Moment(asked.now, None, zone=asked.desk.context.config.zone).time_words(asked.now, w)
            page = replace(page, said=(w("page.became.read", **when),))
        follows = consequences(seen.handling(con, asked.now))
        said = (*page.said, *follows_words(follows, w))
        if reads or seen.view.is_sealed:  # its words stand on no page that is only looked at
            return self._show_opened(con, replace(page, said=said), asked)
        became = asked.desk.links.seal(asked.became_purpose, "\n".join(said).encode())
        return led_to(f"?{BECAME}={became}")

    def _prove(self, asked: _Asked, ask: Ask | None, code: str) -> Response | None:
        """A code is sent, or was typed; None where nothing is shut. Where neither was asked for, the check
        has run out: a code is sent unless one waits to be typed."""
        desk = asked.desk
        with desk.store.open_reader() as con:
            seen = look_up_visit(con, desk.context, desk.store, asked.ticket, asked.now)
            if not (self._is_shut(seen, asked) or self._was_signed_in(asked)):
                return None
        if not desk.context.links.is_private:
            return plain_page(desk.context.config, "open_line", 403)
        typed = "".join(code.split())
        if ask is Ask.PROVE and len(typed) == FIGURES and asked.person is not None:
            return self._sign_in(asked, asked.person, code_hash(desk.context.links, asked.person, typed))
        if ask is None and self._door.waits(asked):
            return self._show_page(self._door.page(asked, CodeState.NONE), asked)
        state, kept = self._door.take(asked, ask or Ask.SEND, code)
        log.info("page=code state=%s", state.value)
        if state is CodeState.RIGHT and asked.person is not None:
            return self._sign_in(asked, asked.person)
        answer = self._show_page(self._door.page(replace(asked, kept=kept or asked.kept), state), asked)
        if kept:
            life = int(CODE_LIFE.total_seconds())
            set_cookie(answer, desk.context.links.base_url, _CODE, kept, life)
        return answer

    def _sign_in(self, asked: _Asked, person: Person, paper: str | None = None) -> Response:
        """Sign in who just proved who they are, back where they were stopped; by a code on `paper` too."""
        desk, device = asked.desk, asked.who.session.device if asked.who else Device.SHARED
        device = device.by_paper if paper is not None else device
        with desk.store.write("a sign-in") as con:
            if paper and not use_sheet_code(con, desk.context, person, paper, asked.now):
                return self._show_page(self._door.page(asked, CodeState.WRONG), asked)
            kept = begin_session(con, person, device, asked.now, desk.who, had=desk.kept["desk"])
            asked = replace(asked, who=find_signed_in(con, desk.context.config, kept, asked.now))
        answer = answer_or_end(desk.context.config, partial(self._go_on, asked))  # they are signed in
        keep_cookie(answer, desk.context.links.base_url, kept, device)
        set_cookie(answer, desk.context.links.base_url, _CODE, "", 0)
        keep_mark(answer, desk, person)
        return answer

    def _go_on(self, asked: _Asked) -> Response:
        """Do what was only tapped; what was typed stands in its form again, to be sent."""
        typed = asked.unseal(asked.typed)
        if typed.keys() - _TAPPED:
            return self._fill(asked, proved=True)
        if act := next((act for act in PRESSED if act.value == typed.get("do")), None):
            return self._act(asked, act, typed)
        with asked.desk.store.open_reader() as con:
            return self._look(asked, con)

    def _is_shut(self, seen: Visit | None, asked: _Asked) -> bool:
        """Is nothing shown, for it is sealed, not theirs to know of, or asks them to agree, and the browser
        has proved nothing?"""
        if asked.is_to_agree and asked.who is None:
            return True
        if seen is not None and seen.own is not None and seen.own.bare:
            return not asked.has_proved
        return not asked.has_proved and (seen.view.is_sealed if seen else not asked.own)

    def _was_signed_in(self, asked: _Asked) -> bool:
        """Was something typed into a form that only a session is shown, which has ended meanwhile?"""
        typed = asked.unseal(asked.typed)
        act = next((act for act in PRESSED if act == typed.get("do")), ActKind.READ)
        return asked.who is None and needs_session(act) and bool(typed.keys() - _TAPPED)

    def _reads(self, seen: Visit, asked: _Asked) -> Response:
        """The words; and from now on, for a while, without another tap."""
        asked = replace(asked, words_until=asked.now + READS_FOR)
        answer = self._show_page(self._page(seen, asked), asked)
        base = urlsplit(asked.desk.links.base_url or "")
        answer.set_cookie(
            _KEPT_AS,
            asked.desk.links.reading(asked.token, asked.now),
            max_age=int(READS_FOR.total_seconds()),
            path=f"{base.path.rstrip('/')}/m/{asked.token}",
            secure=base.scheme == "https",
            httponly=True,
            samesite="strict",
        )
        return answer

    def _find_visit(self, con: Connection, asked: _Asked) -> Visit:
        """Find what the address leads to. Raises EarlyAnswer with the page that says why it leads nowhere."""
        seen = look_up_visit(con, asked.desk.context, asked.desk.store, asked.ticket, asked.now)
        if self._is_shut(seen, asked):
            raise EarlyAnswer(self._show_page(self._door.page(asked, CodeState.NONE), asked))
        if seen is None:
            config = asked.desk.context.config
            raise EarlyAnswer(plain_page(config, *(("nothing", 404) if asked.own else ("old", 410))))
        if asked.now > seen.ends_at(asked.ticket):
            raise EarlyAnswer(self._show_page(expired_page(seen, words(seen.school.language)), asked, 410))
        return seen if asked.who else by_link(seen)

    def _page(
        self, seen: Visit, asked: _Asked, posts: tuple[PostView, ...] | None = None,
        ask: Mapping[str, str] | None = None,
    ) -> MatterPage:  # fmt: skip
        """The page as it is now; of what is neither restricted nor locked with its words, after a tap. `ask`
        is the form whose question it is to show, without one what its address asks for."""
        if (asked.own or asked.words_until) and not seen.view.is_sealed and seen.view.may(ActKind.READ):
            posts = open_posts(seen.view)
        elif asked.words_until and seen.own_posts:
            posts = shown_posts(seen.own_posts)
        zone, whole = asked.desk.context.config.zone, asked.desk.form["whole"]
        ends_at, links = None if asked.own else seen.ends_at(asked.ticket), asked.desk.links
        desk = links.at_desk(seen.view.story_id).rpartition("/")[2]
        given = (asked.desk.query["ask"], asked.desk.query["what"])
        which = given if ask is None else (ask.get("do", ""), ask.get("what", ""))
        at = Moment(asked.now, ends_at, asked.words_until, zone, whole, *which, desk if asked.who else "")
        page = matter_page(seen, at, posts)
        leads = seen.wants_session and links.is_private and not page.back
        return replace(page, sign_in=links.at_desk(asked.ticket.story_id)) if leads else page

    def _show_opened(self, con: Connection, page: MatterPage, asked: _Asked, status: int = 200) -> Response:
        """Show a matter that was opened; who is signed in sees beside it, at their own address, all
        that they may see, the latest first."""
        here = replace(asked.desk, who=asked.who)
        beside = newest_rows(here, con) if asked.own and asked.who else ()
        return self._show_page(page, asked, status, beside)

    def _show_page(
        self, page: MatterPage, asked: _Asked, status: int = 200, beside: Sequence[MatterRow] = ()
    ) -> Response:
        pressed = page.buttons or page.leads or page.forms or page.done
        proof = asked.desk.links.proof(asked.token, asked.now) if pressed else ""
        root = urlsplit(asked.desk.links.base_url or "").path.rstrip("/")
        leave = partial(leave_address, asked.desk.links, root)
        own = asked.desk.links.at_desk(asked.ticket.story_id)
        page = replace(page, proof=proof, own_address=own)
        return matter_response(page, status, asked.who, root, leave, beside)


def _ticket(asking: DeskRequest, *, own: bool) -> Ticket | None:
    """Read what its address says: a link who reads, an `own` one that whoever is signed in does."""
    links = asking.links
    if not own:
        return links.ticket(asking.key)
    story = links.story_at_desk(asking.key)
    return Ticket(story, links.holder(asking.person.id), asking.now) if story else None


def _reader(asking: DeskRequest) -> Reader:
    return Reader(asking.config, asking.store, asking.who.person if asking.who else None)


# Where an address leads that a post bears, before anybody goes there: it leads nowhere by itself, and opens
# for no address but those that a page of ours was shown with.

_SEALED_AS = "leave"
_LONGEST_LEFT = 600
"""So many bytes of an address can be sealed; what is longer is shown, and not opened from here."""


def leave_address(links: Links, root: str, address: str) -> str:
    """Return where that address is told of first, below the path `root`; "" for none, or one too long."""
    said = address.encode(errors="replace")
    return f"{root}/leave/{links.seal(_SEALED_AS, said)}" if 0 < len(said) <= _LONGEST_LEFT else ""


def is_leaving(links: Links, key: str) -> bool:
    """Did we make that key?"""
    return links.unseal(_SEALED_AS, key) is not None


def show_leaving(asking: DeskRequest, con: Connection) -> Response:
    """The page that says it."""
    address = (asking.links.unseal(_SEALED_AS, asking.key) or b"").decode()
    view = {"address": visible(address), "site": address_site(address), "leads": address}
    return asking.render("leave.html", page="", **view)
