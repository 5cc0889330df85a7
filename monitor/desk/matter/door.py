"""The page before what is restricted: it opens nothing where nobody has proved within ten minutes who it is.

It says the same, and does the same, whether or not there is anything behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from alerts.notices.upkeep import code_message
from data.ids import digest
from data.people import schools_of
from data.types import OutboxMessage, Person, School
from data.words.say import Words, words
from monitor.config.home.context import Context
from monitor.desk.matter.codes import Ask, Codes, CodeState
from monitor.desk.matter.page import MatterPage, PageButton, PageForm
from monitor.desk.sign_in.oidc import OidcSignIn

Send = Callable[[OutboxMessage], bool]
"""Hands a mail over at once; False where it did not go out."""


def send_nothing(_: OutboxMessage) -> bool:
    """Where no mail goes out."""
    return False


@dataclass(frozen=True, slots=True)
class Browser:
    """Whose a browser would be: what stands for its person, the person where the settings still name them,
    what it keeps for the code that it was sent, when it asks, and by which link, `own` where that opens
    nothing without a session. `known` where its person is signed in there, `mark` where they once were: what
    strangers with a link use up is not theirs. `typed` is what they typed there, sealed.
    """

    holder: bytes
    person: Person | None
    kept: str
    now: datetime
    link: str
    own: bool = False
    known: bool = False
    mark: str = ""
    typed: str = field(default="", repr=False)

    @property
    def counted(self) -> bytes:
        """Against whom its codes count."""
        return self.holder + (b"known" if self.mark else b"")


class CodeDoor:
    """Sends codes and takes them."""

    def __init__(
        self, context: Callable[[], Context], send: Send, accounts: OidcSignIn | None = None
    ) -> None:
        self._context, self._send, self._accounts, self._codes = context, send, accounts, Codes()

    def waits(self, browser: Browser) -> bool:
        """Has it a code to type?"""
        return self._codes.waits(browser.counted, browser.kept, browser.now)

    def take(self, browser: Browser, ask: Ask, code: str) -> tuple[CodeState, str]:
        """How far the browser is now, and what it is to keep ("" where that stays)."""
        if ask is Ask.PROVE:
            state = self._codes.tried(browser.counted, browser.kept, code, browser.now)
            return (state if browser.person else CodeState.OVER), ""
        made = self._codes.new(browser.counted, browser.now, browser.mark or digest(browser.link))
        if made is None:
            return CodeState.OFTEN, ""
        (name, drawn), zone = made, self._context().config.zone
        if browser.person is not None and not self._send(
            code_message(self._school(browser), browser.person, drawn, browser.now, zone)
        ):
            self._codes.forget(name)
            return CodeState.DOWN, ""
        return CodeState.SENT, name

    def page(self, browser: Browser, state: CodeState) -> MatterPage:
        """What stands in place of every page that this browser may not open."""
        w, waits = words(self._school(browser).language), self.waits(browser)
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
            heading=w("desk.check.title" if browser.known else "page.code.heading"),
            said=() if state is CodeState.NONE else (w(f"page.code.{state.value}"),),
            wrong=state not in (CodeState.NONE, CodeState.SENT),
            notes=tuple(self._notes(browser, w)),
            buttons=(send,),
            first="button",
            forms=(typed,) if waits or state in (CodeState.DOWN, CodeState.WRONG) else (),
            typed=browser.typed,
            account=self._account(browser, w),
            passkey=browser.known and not browser.typed,
        )

    def _notes(self, browser: Browser, w: Words) -> Iterator[str]:
        if browser.typed:
            yield w("page.code.kept")
        yield w("page.code.why")
        yield w("page.code.still" if browser.known else "page.code.yours")

    def _account(self, browser: Browser, w: Words) -> tuple[str, str]:
        """The account that may prove it: its provider asks for the password again. On that way nothing that
        was typed is taken along."""
        offered = self._accounts.offered() if self._accounts else None
        if offered != "microsoft" or browser.typed:
            return "", ""
        return w("desk.account.microsoft"), f"/m/{'s/' if browser.own else ''}{browser.link}"

    def _school(self, browser: Browser) -> School:
        schools = self._context().config.schools
        own = schools_of(browser.person, schools) if browser.person else ()
        return next(iter(own), schools[0])
