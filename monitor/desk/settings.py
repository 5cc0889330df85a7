"""What the pages share at which somebody changes the settings, or has places and the machine looked at."""

from __future__ import annotations

import logging
import os
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from threading import Event, Lock, Thread
from time import monotonic
from typing import TypeVar

from starlette.responses import HTMLResponse, Response

from alerts.access.offices import administers
from data.errors import ConfigError, SchoolgateError, StoreError
from data.people import schools_of
from data.steps.acts import Done, Refused
from data.types import School
from data.words.say import Words, words
from monitor.act.settings import Keeper
from monitor.config.load import from_text, read_file
from monitor.config.writing.edit import Moved, table_mark
from monitor.desk.page import led_to, not_lost, plain_page, render_page
from monitor.desk.routes import DeskRequest

log = logging.getLogger("schoolgate.desk")
WAIT_S = 6.0
"""So long a page waits for what is looked at; then it says that it goes on, and opens again by itself."""
_KEPT_S = 900.0
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Desk:
    """Whoever administers, over the settings as their file has them now: the service reads it again later.
    `locked` is why nothing can be changed, "" where it can. `notice` is what an act came to, `typed` what
    stands in the fields of a form that was refused.
    """

    asking: DeskRequest
    at: Keeper
    text: str
    locked: str
    notice: str = ""
    wrong: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)

    @property
    def w(self) -> Words:
        return words(self.asking.language)

    @property
    def schools(self) -> tuple[School, ...]:
        """Theirs."""
        assert self.at.by is not None
        return schools_of(self.at.by, self.at.config.schools)

    @property
    def ticks(self) -> list[tuple[str, str]]:
        """Theirs as they are ticked: number and name, where there are several."""
        return [(s.urn, s.name) for s in self.schools] if len(self.at.config.schools) > 1 else []

    def mark(self, table: str, which: str) -> str:
        """Return what a form holds of that table, as it is shown."""
        return table_mark(self.text, table, which) if self.text else ""

    def page(self, template: str, **view: object) -> HTMLResponse:
        """The page; with status 403 where something was refused."""
        given: dict[str, object] = {"who": self.asking.signed_in, "page": "school", "d": self}
        given["typed"] = defaultdict(str, self.typed)
        return render_page(template, self.asking.language, 403 if self.wrong else 200, **given, **view)


Page = Callable[[Desk], Response]


def open_desk(asking: DeskRequest) -> Desk | None:
    """Open the desk of whoever asks; None for somebody who administers no more, by the file."""
    config, text, locked = asking.context.config, "", ""
    try:
        text = read_file(config.path)
        config = from_text(config.path, text, os.environ)
        if not os.access(config.path.resolve().parent, os.W_OK):
            locked = words(asking.language)("people.read_only", file=config.path.name)
    except ConfigError as error:
        text, locked = "", words(asking.language)("people.locked", why=error.faults[0])
    by = next((p for p in config.people if p.id == asking.signed_in.person.id), None)
    if by is None or not administers(by):
        return None
    at = Keeper(config, asking.context.home, asking.store, by, asking.now)
    return Desk(asking, at, text, locked, typed=asking.form)


def answer_nothing(asking: DeskRequest) -> Response:
    """Return the answer to all that is not there, or not theirs."""
    return plain_page(asking.context.config, "nothing", 404)


def ask_for_proof(asking: DeskRequest, path: str) -> Response | None:
    """Lead whoever has not proved of late who they are to where they do, and from there to `path`; what they
    typed is shown first. None where they have.
    """
    if asking.signed_in.has_just_proved(asking.now):
        return None
    to = f"/check?to={path}"
    return not_lost(asking.context.config, asking.form, "proved", to) or led_to(to)


def done_or_shown(
    desk: Desk, act: Callable[[], Done[Made] | Refused], again: Page, then: Callable[[Desk, Made], Response]
) -> Response:
    """Return what an act came to: by `then` over the settings as they are now, else the page `again`, which
    says why not.
    """
    done: Done[Made] | Refused
    try:
        done = act()
    except StoreError:
        raise
    except SchoolgateError as error:
        done = Refused("settings", desk.asking.context.links.typed(error.text))
        if isinstance(error, Moved):
            desk = replace(open_desk(desk.asking) or desk, typed={})
    if isinstance(done, Refused):
        return again(replace(desk, wrong=done.reason))
    return then(replace(open_desk(desk.asking) or desk, typed={}), done.made)


def done_and_said(
    desk: Desk, act: Callable[[], Done[Made] | Refused], again: Page, said: str, then: Page | None = None
) -> Response:
    """The same, where what was done is said, at the same page or another."""
    return done_or_shown(desk, act, again, lambda now, _: (then or again)(replace(now, notice=said)))


@dataclass(slots=True)
class Errand:
    """Something that is looked at in a thread of its own; `made` once it has `ended`, None if it failed."""

    begun: float
    ended: Event = field(default_factory=Event)
    made: object = None


class Errands:
    """The errands of people who wait at a page, each something that is looked at for them: no store is held
    meanwhile, and for each of them one thing at a time. What came of it is kept for a quarter of an hour.
    """

    def __init__(self, wait_s: float = WAIT_S) -> None:
        self._kept: dict[tuple[str, str], Errand] = {}
        self._lock, self._wait_s = Lock(), wait_s

    def begin(self, who: str, what: str, work: Callable[[], object]) -> bool:
        """Begins it, and waits a little; False where something of theirs is still looked at."""
        with self._lock:
            self._kept = {k: e for k, e in self._kept.items() if monotonic() - e.begun < _KEPT_S}
            if any(k[0] == who and not e.ended.is_set() for k, e in self._kept.items()):
                return False
            errand = self._kept[who, what] = Errand(monotonic())
        Thread(target=_carry_out, args=(errand, work), name="errand", daemon=True).start()
        errand.ended.wait(self._wait_s)
        return True

    def find(self, who: str, what: str) -> Errand | None:
        """Find what they had looked at, or have now."""
        return self._kept.get((who, what))


def _carry_out(errand: Errand, work: Callable[[], object]) -> None:
    try:
        errand.made = work()
    except SchoolgateError as error:
        errand.made = Refused("look", error.text)
    except Exception as error:  # noqa: BLE001 - an edge: its text, which may hold a post's, is not logged
        log.error("an errand failed: fault=%s", type(error).__name__)
    finally:
        errand.ended.set()
