"""A week as it is lived: the clock moves, places say their posts, the service works, people act."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache, partial
from html import escape
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from builders.hand_in import hand_in
from builders.town import LONDON, TALK, Tale, a_tale, plain_of
from support.web_server import free_port

from benchmarks.week.checks import faults
from benchmarks.week.plan import Act, Post, Week
from data import effects
from data.effects import utc_now
from data.steps.acts import Refused
from data.store import weekly as weekly_store
from data.store.engine.open import Store
from data.store.service import Device
from data.types import OutboxMessage
from monitor.act.sign import sign
from monitor.desk.app import desk_app
from monitor.desk.page import begin_session, cookie_name
from monitor.home import wiring
from monitor.service.delivery import deliver
from monitor.service.serve import PERIODIC_TASKS
from monitor.service.step import Service
from monitor.service.web import Web

READ_AFTER = timedelta(minutes=13)
"""So long after it was said a place is looked at for it."""
ASKED_AFTER = tuple(timedelta(minutes=n) for n in (16, 32, 48, 61, 76))
"""So long after a mail something may be asked again."""
SCHOOL_DAY, FREE_DAY = (7, 7.5, 8, 10, 12, 14, 15, 16, 17, 18, 21), (7, 7.5, 12, 17, 18)
_SOME_SECONDS = 5.0
"""Nobody presses a button at once; the page counts nobody who does."""


class CannotBeDone(Exception):
    """An act of the plot has no mail, no page or no button: the text says which."""


@dataclass(frozen=True)
class Mail:
    """One mail that arrived: when (local time), to whom by id, and what it says."""

    at: datetime
    to: str
    subject: str
    plain: str
    content: bytes


@dataclass
class Life:
    """A week under way: `mails` is all that has arrived, in order, `faults` what must not be in them, `done`
    what each act was answered; `codes` the messages with a code that went out, which are not among the mails.
    `does` is how an act is done, where not by what its mail's page sends; `undone` why some were not."""

    week: Week
    tale: Tale
    service: Service
    store: Store
    base: str
    mails: list[Mail] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    done: list[tuple[Act, str]] = field(default_factory=list)
    codes: list[OutboxMessage] = field(default_factory=list)
    does: Callable[[Act], str] | None = None
    undone: list[str] = field(default_factory=list)
    _later: set[datetime] = field(default_factory=set)

    @property
    def here(self) -> datetime:
        """Local time, without its zone."""
        return self.tale.now.astimezone(LONDON).replace(tzinfo=None)

    def live(self, *, strict: bool = True) -> None:
        """Lives the week to its end. Raises CannotBeDone; unless `strict`, such an act is left undone."""
        self.work()
        for act in self.week.acts:
            self._until(act.at)
            try:
                self.done.append((act, (self.does or self._act)(act)))
            except CannotBeDone as why:
                if strict:
                    raise
                self.undone.append(str(why))
        self._until(self.week.ends)

    def _until(self, end: datetime) -> None:
        while moments := self._moments(end):
            self.tale.now = moments[0].replace(tzinfo=LONDON).astimezone(UTC)
            self.work()

    def _moments(self, end: datetime) -> list[datetime]:
        """When something may happen: soon after each post, at hours of the day, some time after a mail."""
        now = self.here
        found = {post.at + READ_AFTER for post in self.week.posts} | self._later | {end}
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        for day in range((end - midnight).days + 1):
            hours = SCHOOL_DAY if (midnight + timedelta(days=day)).weekday() < 5 else FREE_DAY
            found |= {midnight + timedelta(days=day, hours=hour, minutes=1) for hour in hours}
        return sorted(moment for moment in found if now < moment <= end)

    def work(self) -> None:
        """Has the service do all that it has to do now."""
        self._publish()
        self.service.collect()
        self.service.recheck()
        for _ in range(2):
            self.service.run_tasks()
            self.service.deliver()
        if self.service.health.faults:
            raise CannotBeDone(f"{self.here}: {self.service.health.faults}")
        new = [
            Mail(self.here, one.to[0].partition("@")[0], str(one.mail["Subject"]), plain_of(one), one.content)
            for one in self.tale.mails()
        ]
        self.mails += new
        self.faults += faults(self, new)
        self._later |= {self.here + after for after in ASKED_AFTER if new}

    def _publish(self) -> None:
        for place in self.week.places:
            said = [p for p in self.week.posts if p.place == place["id"] and p.at <= self.here][-60:]
            items = "".join(map(self._item, reversed(said)))
            self.tale.pages[f"/{place['id']}.xml"] = (
                f'<?xml version="1.0"?><rss version="2.0"><channel><title>{place["id"]}</title>'
                f"{items}</channel></rss>"
            )

    def _item(self, post: Post) -> str:
        news = "https://news.google.com/rss/articles/" if post.paper else f"{self.tale.at(TALK)}/t/"
        title = f"{post.title} - {post.paper}" if post.paper else post.title
        when = format_datetime(post.at.replace(tzinfo=LONDON))
        return (
            f"<item><guid>{post.key}</guid><link>{news}{post.key}</link><title>{escape(title)}</title>"
            f"<pubDate>{when}</pubDate><description>{escape(post.text)}</description></item>"
        )

    # ------------------------------------------------------------------ what people do

    def _act(self, act: Act) -> str:
        if act.hands_in:
            files = (self.tale.screenshot().read_bytes(),) if "picture" in act.fields else ()
            hand_in(self.tale.home, act.said.strip(), files=files, **act.hands_in)
            self.work()
            return ""
        if act.type:
            ran = self.tale(act.type, None)
            if ran.code:
                raise CannotBeDone(f"{act.at} {act.type}: ended with {ran.code}. {ran.err or ran.out}")
            self.work()
            return ran.out
        if act.signs:
            return self._sign(act)
        url = self.link(act.who, act.mail)
        page, cookie = "", self._proved(act.who)
        for do in act.do:
            page, cookie = self._tap(act, url, do, cookie)
        return page

    def _sign(self, act: Act) -> str:
        """Sign the report of that week. Raises CannotBeDone where nobody has been asked to."""
        config = wiring.open_settings(self.tale.home, None)[1]
        person = next(p for p in config.people if p.id == act.who)
        with self.store.open_reader() as con:
            report = weekly_store.report(con, config.schools[0].urn, act.signs)
        if report is None:
            raise CannotBeDone(f"{act.at}: there is no report of {act.signs} to sign.")
        done = sign(self.store, config, config.schools[0], report, person, self.tale.home, self.tale.now)
        if isinstance(done, Refused):
            raise CannotBeDone(f"{act.at} {act.signs}: {done.reason}")
        self.work()
        return act.signs

    def _proved(self, who: str) -> str:
        """The cookie of a browser in which they have just typed a code: its mail is not counted."""
        person = next(p for p in wiring.open_settings(self.tale.home, None)[1].people if p.id == who)
        with self.store.write("a sign-in") as con:
            kept = begin_session(con, person, Device.SHARED, self.tale.now)
        return f"{cookie_name(self.base)}={kept}"

    def link(self, who: str, find: str) -> str:
        """The signed address in their newest mail that has this, the first after it. Raises CannotBeDone."""
        for mail in reversed(self.mails):
            if mail.to == who and find in f"{mail.subject}\n{mail.plain}":
                after = mail.plain.partition(find)[2] if find and find in mail.plain else mail.plain
                for text in (after, mail.plain):
                    if found := re.search(rf"{re.escape(self.base)}/m/[a-z2-7]+", text):
                        return found[0]
        raise CannotBeDone(f"{self.here}: {who} has no mail with a link that says “{find}”.")

    def code(self, who: str) -> str:
        """The newest code that was mailed to them."""
        return next(m.body.splitlines()[0] for m in reversed(self.codes) if m.person_id == who)

    def _tap(self, act: Act, url: str, do: str, cookie: str) -> tuple[str, str]:
        """The page after one of its buttons, and the cookie it was given."""
        for asked in (url, f"{url}?ask={do}"):
            page = _ask(Request(asked, headers={"Cookie": cookie}))[0]
            hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
            if "proof" in hidden and do in re.findall(r'name="do" value="(\w+)"', page):
                break
        else:
            raise CannotBeDone(f"{self.here}: the page of {act.who}, “{act.mail}”, has no button “{do}”.")
        self.tale.wait(seconds=_SOME_SECONDS)
        filled = dict(act.fields) if do == act.do[-1] else {}
        form = urlencode({**hidden, "do": do, **filled}).encode()
        headers = {"Origin": self.base, "Sec-Fetch-Site": "same-origin", "Cookie": cookie}
        text, given = _ask(Request(url, data=form, headers=headers))
        return text, "; ".join(filter(None, (cookie, given)))


def _ask(request: Request) -> tuple[str, str]:
    """What is answered, and the cookie that comes with it."""
    try:
        with urlopen(request) as answer:
            return answer.read().decode(), (answer.headers.get("Set-Cookie") or "").partition(";")[0]
    except HTTPError as refused:
        return refused.read().decode(), ""


@contextmanager
def begun(week: Week) -> Iterator[Life]:
    """The week at its beginning: a home, a service, a page that is served, a mail server and the places."""
    port = free_port()
    more = "".join((*map(_source, week.places), *map(_person, week.people)))
    base = f"http://127.0.0.1:{port}"
    with (
        tempfile.TemporaryDirectory(prefix="week-") as folder,
        pytest.MonkeyPatch.context() as patch,
        a_tale(
            Path(folder), patch, week.begins, more, {}, week.nation, f'base_url = "{base}"\n', week.settings
        ) as tale,
    ):  # fmt: skip
        settings = wiring.open_settings(tale.home, None)[1]
        store = wiring.open_store(tale.home)
        wiring.remember_config(store, settings)
        context = wiring.make_context(settings, tale.home)
        codes: list[OutboxMessage] = []

        def send(code: OutboxMessage) -> bool:
            codes.append(code)
            return True

        app = desk_app(store, lambda: context, effects.utc_now, send, send)
        web = Web(app, "127.0.0.1", port, "[serve] listen")
        web.start()
        try:
            with wiring.fetcher(settings) as fetcher:
                service = Service(
                    store=store, context=context, judges=cache(partial(wiring.judges, settings, tale.home)),
                    fetcher=fetcher, tasks=PERIODIC_TASKS, clock=utc_now,
                    deliver_due=lambda held, of, clock, ways: deliver(held, of, clock=clock, ways=ways),
                )  # fmt: skip
                yield Life(week, tale, service, store, base, codes=codes)
        finally:
            web.stop()


def _person(one: Mapping[str, Any]) -> str:
    return f'\n[[people]]\nemail = "{one["id"]}@example.org"\n{_more(one)}'


def _more(said: Mapping[str, Any], *but: str) -> str:
    """The rest of it as lines of TOML, which writes words and lists as JSON does."""
    kept = {name: it for name, it in said.items() if name not in but}
    return "".join(f"{name} = {json.dumps(it, ensure_ascii=False)}\n" for name, it in kept.items())


def _source(place: Mapping[str, Any]) -> str:
    more = _more(place, "id", "name", "channel")
    return (
        f'\n[[sources]]\nid = "{place["id"]}"\nname = "{place["name"]}"\nkind = "feed"\n'
        f'url = "{TALK}/{place["id"]}.xml"\nchannel = "{place["channel"]}"\n'
        f"settings = {{ articles = false }}\n{more}"
    )
