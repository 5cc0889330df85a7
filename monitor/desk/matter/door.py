"""The page before what is restricted: it opens nothing for a browser that has not proved whose it is.

It says the same, and does the same, whether or not there is anything behind it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from starlette.responses import Response

from alerts.links import PROVED_FOR
from alerts.notices.upkeep import CODE_LIFE, code_message
from data.ids import digest
from data.people import schools_of
from data.store.engine.audit_chain import AuditEntry, append
from data.store.engine.connect import Connection
from data.types import OutboxMessage, Person, School
from data.words.say import words
from monitor.config.home.context import Context
from monitor.desk.matter.codes import Ask, Codes, CodeState
from monitor.desk.matter.page import MatterPage, PageButton, PageForm, Part

Send = Callable[[OutboxMessage], bool]
"""Hands a mail over at once; False where it did not go out."""


def send_nothing(_: OutboxMessage) -> bool:
    """Where no mail goes out."""
    return False


@dataclass(frozen=True, slots=True)
class Browser:
    """Whose a browser would be: what stands for its person, the person where the settings still name them,
    the cookie that it keeps for them, when it asks, and by which link.
    """

    holder: bytes
    person: Person | None
    kept: str
    now: datetime
    link: str


class CodeDoor:
    """Sends codes and takes them."""

    def __init__(self, context: Callable[[], Context], send: Send) -> None:
        self._context, self._send, self._codes = context, send, Codes()

    def has_proved(self, browser: Browser) -> bool:
        """Has that browser proved within 30 days that it is that person's?"""
        return self._context().links.is_of(browser.holder, browser.kept, browser.now)

    def take(self, browser: Browser, ask: Ask, code: str) -> tuple[CodeState, str]:
        """How far the browser is now, and what it is to keep ("" where that stays)."""
        if ask is Ask.PROVE:
            state = self._codes.tried(browser.holder, browser.kept, code, browser.now)
            proof = self._context().links.proof_of(browser.holder, browser.kept, browser.now)
            return state, proof if state is CodeState.RIGHT else ""
        made = self._codes.new(browser.holder, browser.now, digest(browser.link))
        if made is None:
            return CodeState.OFTEN, ""
        name, drawn = made
        if browser.person is not None and not self._send(
            code_message(self._school(browser), browser.person, drawn, browser.now)
        ):
            self._codes.forget(name)
            return CodeState.DOWN, ""
        return CodeState.SENT, name

    def keep(self, answer: Response, browser: Browser, kept: str) -> None:
        """Has the browser keep it. Lax, for a mail read on the web leads here from another site."""
        links = self._context().links
        life = PROVED_FOR if links.is_of(browser.holder, kept, browser.now) else CODE_LIFE
        answer.set_cookie(
            links.proved_by(browser.holder),
            kept,
            max_age=int(life.total_seconds()),
            path="/",
            secure=urlsplit(links.base_url or "").scheme == "https",
            httponly=True,
            samesite="lax",
        )

    def page(self, browser: Browser, state: CodeState) -> MatterPage:
        """What stands in place of every page that this browser may not open."""
        w = words(self._school(browser).language)
        waits = self._codes.waits(browser.holder, browser.kept, browser.now)
        send = PageButton(Ask.SEND, w("page.code.again" if waits else "page.code.send"), quiet=waits)
        typed = PageForm(
            PageButton(Ask.PROVE, w("page.code.prove")),
            w("page.code.type"),
            w("page.code.type_means"),
            "",
            first=True,
            code=w("page.code.label"),
        )
        return MatterPage(
            (w.language,),
            "Schoolgate",
            heading=w("page.code.heading"),
            said=() if state is CodeState.NONE else (Part(w.language, w(f"page.code.{state.value}")),),
            wrong=state not in (CodeState.NONE, CodeState.SENT),
            notes=(w("page.code.why"), w("page.code.yours")),
            buttons=(send,),
            forms=(typed,) if waits else (),
        )

    def _school(self, browser: Browser) -> School:
        schools = self._context().config.schools
        own = schools_of(browser.person, schools) if browser.person else ()
        return next(iter(own), schools[0])


def record_proof(con: Connection, person_id: str, at: datetime) -> None:
    """That a browser has proved itself to be that person's. Audited."""
    append(con, [AuditEntry(at, person_id, "browser_proved", person_id)])
