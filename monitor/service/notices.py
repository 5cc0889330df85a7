"""Telling people of our own troubles, past the store: by mail and short message, at any hour, once.

What is remembered lies in a file beside the store (`notebook`). Nothing here needs the store, so it works
while that is held, damaged or full.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from alerts.delivery.mail import Unfit, compose
from alerts.delivery.results import OF_THE_TOKEN, Cause, Result, SendOutcome
from alerts.notices.book import Look, Notice, closed, lived, looked, matter
from alerts.notices.fault_message import Told, begun, concerns, over, told
from data.effects import Clock
from data.types import OutboxMessage, Via
from monitor.config.home.lookup import for_home
from monitor.config.load import Config
from monitor.service.outgoing import OF_THE_SERVER, MailWay, Post, Ways, courier, hand_over, mail_way, poster
from monitor.service.state.health import Health, due
from monitor.service.state.notebook import Notebook

log = logging.getLogger("schoolgate.service")

AGAIN = timedelta(minutes=3)
"""So long after a try that failed comes the next one."""
SIGN = timedelta(minutes=5)
"""How often the file is given a sign of life."""
ASLEEP = timedelta(minutes=3)
"""Looks further apart tell of a sleep, or of a clock that was set: what is old then is no fault yet."""

_SHOWN_BY_MAIL_ALONE = frozenset((Cause.MESSAGE_REFUSED, Cause.DROPPED, Cause.INTERRUPTED, Cause.OURS))
"""What shows only once a server is given a mail: that mails go out again, only a mail shows."""

Wanted = tuple[Notice, Told]
Done = tuple[Notice | None, Told, Result]


@dataclass
class Notices:
    """The troubles of one service, and who was told. `look` is called every few seconds, by one thread."""

    home: Path
    health: Health
    config: Callable[[], Config]
    clock: Clock
    ways: Ways
    post: Post | None = None
    server: Callable[[Config], MailWay | None] | None = None

    def __post_init__(self) -> None:
        self._notebook = Notebook(self.home)
        self._tried: dict[Via, datetime] = {}
        self._looked_at: datetime | None = None
        self._awake_since: datetime | None = None
        told = (t for n in self._notices for t in n.troubles)
        for trouble in (*told, *self._notebook.book.waiting):
            if trouble.until is None:
                # what stood when the service last ran, and is not over by nothing being asked of it
                if trouble.work == "judge":
                    self.health.failed(trouble.work, trouble.since, trouble.why, counted=False)
                elif trouble.work in set(Via) and matter(trouble) != "store":
                    self.ways.down(Via(trouble.work), trouble.since, trouble.why)

    def look(self) -> None:
        """Notes what fails now, tells of what has failed for long, and that it works again."""
        now = self.clock()
        if not self._settled(now):
            return
        book = self._notebook.book
        if due(book.alive, now, SIGN):
            book = lived(book, now, self._awake_since)
        self._notebook.keep(looked(book, Look(self.health.troubles(now), self.health.last), now))
        self._tell(now)
        heard = [n.at for n in self._notices if n.steady(now) and not self._missing(n, now)]
        self._notebook.keep(closed(self._notebook.book, now, heard))
        self.health.ended("notice", now)

    @property
    def unheard(self) -> bool:
        """Is there a notice that has reached nobody?"""
        return any(not n.told and n.until is None for n in self._notices)

    def _settled(self, now: datetime) -> bool:
        """Not right after a sleep or a change of the clock: every kind of work must have had its turn."""
        before, self._looked_at = self._looked_at, now
        if before is not None and due(before, now, ASLEEP):
            self._awake_since = now
            self._tried.clear()
        return self._awake_since is None or now - self._awake_since >= ASLEEP

    def _tell(self, now: datetime) -> None:
        """Short messages first: they are what is left where mail is the trouble."""
        for via in (Via.CHAT, Via.MAIL):
            if not due(self._tried.get(via), now, AGAIN):
                continue
            wanted = [(n, to) for n in self._notices for to in self._missing(n, now) if to.via is via]
            if wanted or (via is Via.MAIL and self._mail_fails(now)):
                self._tried[via] = now
                done = self._by_mail(wanted, now) if via is Via.MAIL else self._by_chat(wanted, now)
                self.ways.learnt(via, [(to.person.id, result) for _, to, result in done], now)
                self._note(done, now)

    @property
    def _notices(self) -> tuple[Notice, ...]:
        return self._notebook.book.notices

    def _mail_fails(self, now: datetime) -> bool:
        """Does mail fail in a way that can be asked for without sending any?"""
        fails = [t for t in self.health.troubles(now) if t.work == Via.MAIL.value and matter(t) == "mail"]
        mail = self.config().mail
        if mail is not None and mail.sign_in == "graph":
            return any(t.why in OF_THE_TOKEN for t in fails)
        return any(t.why not in _SHOWN_BY_MAIL_ALONE for t in fails)

    def _missing(self, notice: Notice, now: datetime) -> list[Told]:
        """Who must still hear how it is now: that it has begun, or that all of it works again."""
        every = self._every(now, notice)
        if not notice.steady(now):
            return [to for to in every if to.name not in notice.told]
        mailed = {to.person.id for to in every if to.via is Via.MAIL}
        return [
            to
            for to in every
            if to.name not in notice.over
            and (to.via is Via.MAIL or (to.person.id not in mailed and to.name in notice.told))
        ]

    def _every(self, now: datetime, notice: Notice | None = None) -> list[Told]:
        """All who are told; another's telephone only where no mail goes out and nobody knows of it yet."""
        config = self.config()
        chats = {p: address.get_secret_value() for p, address in config.chats.items()}
        mute = config.mail is None or any(t.work == Via.MAIL.value for t in self.health.troubles(now))
        known = notice is not None and bool(notice.told)
        anybody = notice.steady(now) if notice and known else mute
        by_mail = told(config.schools, config.people, Via.MAIL, {}, now) if config.mail else []
        by_chat = told(config.schools, config.people, Via.CHAT, chats, now, anybody=anybody)
        return [to for to in (*by_mail, *by_chat) if notice is None or concerns(notice, to)]

    def _said(self, notice: Notice, to: Told, now: datetime) -> OutboxMessage:
        zone = self.config().zone
        if not notice.steady(now):
            every, places = self._every(now, notice), self.health.figures.our_places
            return begun(notice, to, every, zone, now, places, partial(for_home, self.home))
        beside = [t for n in self._notices if not n.steady(now) for t in n.troubles]
        return over(notice, to, zone, now, beside)

    def _by_chat(self, wanted: Sequence[Wanted], now: datetime) -> list[Done]:
        config = self.config()
        chats, post = config.chats, self.post or poster(config)
        return [
            (n, to, post(self._said(n, to, now), chats[to.person.id].get_secret_value())) for n, to in wanted
        ]

    def _by_mail(self, wanted: Sequence[Wanted], now: datetime) -> list[Done]:
        """What became of each; where none is wanted, whether the server would take one."""
        config = self.config()
        server = self.server(config) if self.server else mail_way(config, self.home, self.clock)
        if server is None or config.mail is None:
            return []
        done: list[Done] = []
        with courier(server) as by_mail:
            for notice, to, content in self._letters(wanted, config.mail.sender, now):
                result = hand_over(by_mail, content, config.mail.sender, to.person)
                done.append((notice, to, result))
                if result.cause in OF_THE_SERVER or (notice is None and result.outcome is SendOutcome.SENT):
                    break
        return done

    def _letters(
        self, wanted: Sequence[Wanted], sender: str, now: datetime
    ) -> Iterator[tuple[Notice | None, Told, bytes]]:
        """Each mail and who it is for; where none is wanted, empty ones to all who would be told."""
        if not wanted:
            yield from ((None, to, b"") for to in self._every(now) if to.via is Via.MAIL)
        for notice, to in wanted:
            with suppress(Unfit):  # an address that cannot be put into a header: `doctor` says so
                mail = compose(self._said(notice, to, now), to.person, sender, to.school.name)
                yield notice, to, mail.as_bytes()

    def _note(self, done: Sequence[Done], now: datetime) -> None:
        """Remembers who has heard. Whom the server refuses is let be where somebody else was reached."""
        reached = any(result.outcome is SendOutcome.SENT for _, _, result in done)
        for notice, to, result in done:
            if notice is None:
                continue
            heard = notice.over if notice.steady(now) else notice.told  # of how it is now
            in_this_way = any(name.startswith(f"{to.via.value} ") for name in heard)
            let_be = result.outcome is SendOutcome.FAILED and (reached or in_this_way)
            if let_be or result.outcome in (SendOutcome.SENT, SendOutcome.UNSURE):
                works = ",".join(t.work for t in notice.troubles)
                log.warning("in=notice via=%s outcome=%s work=%s", to.via.value, result.outcome.value, works)
                self._heard(notice.at, to.name, now)

    def _heard(self, at: datetime, name: str, now: datetime) -> None:
        book = self._notebook.book
        notices = tuple(_with(n, name, now) if n.at == at else n for n in book.notices)
        self._notebook.keep(replace(book, notices=notices))


def _with(notice: Notice, name: str, now: datetime) -> Notice:
    if notice.steady(now):
        return replace(notice, over=notice.over | {name})
    return replace(notice, told=notice.told | {name})
