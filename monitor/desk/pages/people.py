"""People and offices: who is told, who covers for whom, who is away; each person, to be changed, replaced,
taken out, signed out. Whoever administers sees the people of their schools, and changes those of no other."""

from __future__ import annotations

import logging
import os
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from threading import Event, Lock, Thread
from time import monotonic
from typing import TypeAlias, TypeVar

from starlette.responses import HTMLResponse, Response

from alerts.access.offices import (
    administers,
    administers_for,
    holding,
    keeping,
    leads_shared,
    main_role,
    with_roles,
)
from alerts.next_date import REPORTED_WITHIN
from alerts.wording.cases import office, until
from alerts.wording.matters import away_words
from classifiers.text.words import is_word
from data.errors import ConfigError, InputError, SchoolgateError, StoreError
from data.frozen import freeze
from data.people import away, schools_of
from data.register.calendar import read_day
from data.steps.acts import Done, Refused
from data.store import service
from data.store.engine.connect import Connection
from data.store.service import credentials_of, sessions_of
from data.types import Person, Role, School
from data.words.say import Words, words
from monitor.act import people as act
from monitor.act.people import Keeper
from monitor.config import model as tables
from monitor.config.check import required_reader
from monitor.config.edit import Moved, Succession, still_named, table_mark
from monitor.config.load import Config, from_text, read_file
from monitor.desk.page import (
    DeskRequest,
    EarlyAnswer,
    NotThere,
    Shows,
    led_to,
    led_to_outcome,
    not_lost,
    read_outcome,
)
from monitor.matters.reader import Reader

log = logging.getLogger("schoolgate.desk")
WAIT_S = 6.0
"""So long a page waits for what is looked at; then it says that it goes on, and opens again by itself."""
_KEPT_S = 900.0
Made = TypeVar("Made")


@freeze
class Desk:
    """Administrator at the desk, over the settings as their file has them now. `locked` is why nothing can be
    changed, `notice` what an act came to; of a form that was refused `typed` is what stands in it, `guard`
    the reason's name.
    """

    asking: DeskRequest
    at: Keeper
    text: str
    locked: str
    notice: str = ""
    wrong: str = ""
    guard: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)

    @property
    def w(self) -> Words:
        return words(self.asking.language)

    @property
    def config(self) -> Config:
        """The settings as their file has them."""
        return self.at.config

    @property
    def schools(self) -> tuple[School, ...]:
        """Theirs."""
        return schools_of(self.at.by, self.config.schools) if self.at.by else self.config.schools

    @property
    def ticks(self) -> list[tuple[str, str]]:
        """Theirs as they are ticked: number and name, where there are several."""
        return [(s.urn, s.name) for s in self.schools] if len(self.config.schools) > 1 else []

    def mark(self, table: str, which: str) -> str:
        """Return what a form holds of that table, as it is shown."""
        return table_mark(self.text, table, which) if self.text else ""

    def page(self, template: str, **view: object) -> HTMLResponse:
        """The page; with status 422 where what was typed, or asked, was refused."""
        given: dict[str, object] = {"page": "school", "d": self}
        given["typed"] = defaultdict(str, self.typed)
        return self.asking.render(template, 422 if self.wrong else 200, **given, **view)


Page = Callable[[Desk], Response]
Says: TypeAlias = Callable[[Desk, Made], str]
"""Says what was done, in lines, at the desk as it is now."""


def open_desk(asking: DeskRequest) -> Desk:
    """Open the desk of whoever asks. Raises NotThere for somebody who administers no more, by the file."""
    config, text, locked = asking.config, "", ""
    setter = asking.signed_in.sets_up
    try:
        if setter and not config.path.exists():
            nobody = Keeper(config, asking.context.home, None, None, asking.now)
            return Desk(asking, nobody, "", "", typed=asking.form)
        text = read_file(config.path)
        config = from_text(config.path, text, os.environ)
        if not os.access(config.path.resolve().parent, os.W_OK):
            locked = asking.w("people.read_only", file=config.path.name)
    except ConfigError as error:
        text, locked = "", asking.w("people.locked", why=error.faults[0])
    of = "" if setter else asking.person.id
    by = next((p for p in config.people if p.id == of), None)
    if not setter and (by is None or not administers(by)):
        raise NotThere
    shares = bool(asking.form["shares"])
    at = Keeper(config, asking.context.home, asking.store, by, asking.now, shares=shares)
    became = "" if setter else read_outcome(asking, of)
    return Desk(asking, at, text, locked, became, typed=asking.form)


def ask_for_proof(asking: DeskRequest, path: str) -> None:
    """Lead who has not proved of late who they are to do so, then to `path`. Raises EarlyAnswer."""
    if not asking.signed_in.has_just_proved(asking.now):
        to = f"/check?to={path}"
        raise EarlyAnswer(not_lost(asking.config, asking.form, "proved", to) or led_to(to))


def done_or_shown(
    desk: Desk, act: Callable[[], Done[Made] | Refused], again: Page, then: Callable[[Desk, Made], Response]
) -> Response:
    """Do the act; answer by `then` over the settings as they are now, else by `again`, which says why not."""
    done: Done[Made] | Refused
    try:
        done = act()
    except StoreError:
        raise
    except SchoolgateError as error:
        done = Refused("settings", desk.asking.links.typed(error.text))
        if isinstance(error, Moved):
            desk = _reopen(desk)
    if isinstance(done, Refused):
        return again(replace(desk, wrong=done.reason, guard=done.guard))
    return then(_reopen(desk), done.made)


def show_at_desk(page: Page) -> Shows:
    """Return what shows that page to who administers."""
    return lambda asking, con: page(open_desk(asking))


def _reopen(desk: Desk) -> Desk:
    """Open it over the settings as they are now; as it was for who has just given up its office."""
    mails = desk.at.mails
    with suppress(NotThere):
        desk = open_desk(desk.asking)
    return replace(desk, typed={}, at=replace(desk.at, mails=mails))


def done_and_said(
    desk: Desk, act: Callable[[], Done[Made] | Refused], again: Page, said: str | Says[Made], to: str = ""
) -> Response:
    """The same, where what was done is said at the address of this page or another (`to`), so that Back and
    reload repeat nothing."""

    def then(now: Desk, made: Made) -> Response:
        became = said if isinstance(said, str) else said(now, made)
        return led_to_outcome(now.asking, became, now.asking.person.id, to)

    return done_or_shown(desk, act, again, then)


@dataclass(slots=True)
class Errand:
    """Something that is looked at in a thread of its own; `made` once it has `ended`, None if it failed."""

    begun: float
    ended: Event = field(default_factory=Event)
    made: object = None


class Errands:
    """The errands of people who wait at a page, each something that is looked at for them: no store is held
    meanwhile, and for each of them one thing at a time. What came of it is kept for a quarter of an hour."""

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

    def forget(self, who: str, what: str) -> None:
        """Keep no longer what came of it."""
        self._kept.pop((who, what), None)


def _carry_out(errand: Errand, work: Callable[[], object]) -> None:
    try:
        errand.made = work()
    except SchoolgateError as error:
        errand.made = Refused("look", error.text)
    except Exception as error:  # noqa: BLE001 - an edge: its text, which may hold a post's, is not logged
        log.error("an errand failed: fault=%s", type(error).__name__)
    finally:
        errand.ended.set()


PATH = "/people"


def show_person(asking: DeskRequest, con: Connection) -> Response:
    """Show one person; or the form for a new one."""
    desk = open_desk(asking)
    if asking.query["id"] != "new" and _person(desk) is None:
        raise NotThere
    at = "".join(f"?school={urn}" for urn in _asked_school(desk))
    ask_for_proof(asking, f"{PATH}/{asking.query['id']}{at}")
    return _one(desk)


def _asked_school(desk: Desk) -> tuple[str, ...]:
    """The school that somebody new is asked for; none where no school is named."""
    school = desk.config.school(desk.asking.query["school"])
    return (school.urn,) if school else ()


def take_person_form(asking: DeskRequest) -> Response:
    """Do what the forms of a person's page ask."""
    desk = open_desk(asking)
    person, do = _person(desk), asking.form["do"]
    if person is None and asking.query["id"] != "new":
        raise NotThere
    ask_for_proof(asking, f"{PATH}/{asking.query['id']}")
    try:
        return _add(desk) if person is None else _do(desk, person, do)
    except InputError as error:
        return _one(replace(desk, wrong=error.text))


def _add(desk: Desk) -> Response:
    new = _read_person(desk, Person("", "", ()))
    if act.find_namesake(_people(desk), new.name):
        return _one(replace(desk, wrong=desk.w("people.refused.namesake", name=new.name)))
    new = replace(new, id=act.new_id(desk.config, main_role(new)))

    def say_added(now: Desk, made: act.Changed) -> str:
        said = now.w("people.done.added", name=new.name)
        for p in _people(now):
            if p.id != new.id and (both := leads_shared(new, p, now.at.config.schools)):
                said += " " + now.w("people.also", name=p.name, offices=_offices(now, p, both))
        return said

    return done_and_said(desk, lambda: act.enter_person(desk.at, new), _one, say_added, PATH)


def _do(desk: Desk, person: Person, do: str) -> Response:
    form, at, mark = desk.asking.form, desk.at, desk.asking.form["mark"]
    if do in ("sessions", "passkeys", "linked", "lost"):
        done = act.sign_out(at, person, passkeys=do == "passkeys", linked=do == "linked", lost=do == "lost")
        if isinstance(done, Refused):
            return _one(replace(desk, wrong=done.reason))
        out = done.made
        said = desk.w("people.done.signed_out", name=person.name, n=out.ended)
        said += " " + desk.w("people.passkeys_removed", n=out.removed) if out.removed else ""
        said += " " + desk.w("people.forgotten") if out.forgotten else ""
        said = "\n".join((said, *_lost_lines(desk, person))) if do == "lost" else said
        return led_to_outcome(desk.asking, said, desk.asking.person.id)
    if do in ("away", "back"):
        until = _day(desk, form["until"]) if do == "away" else None
        cover = next((p.id for p in _people(desk) if p.id == form["cover"]), None)
        said = desk.w(f"people.done.{do}", name=person.name)
        return done_and_said(desk, lambda: act.set_away(at, person, until, cover, mark), _one, said)
    if do == "replace":
        given = tuple(role for role in holding(person, ()) if form[f"gives_{role.value}"])
        name = form["name"].strip()
        if not (name and given):
            raise InputError(desk.w("people.no_comer"))
        email, phone = _read_email(desk), form["phone"].strip() or None
        new = act.comer(at.config, _people(desk), person, name, email, phone, given)
        going = Succession(person, new, keeping(person, given) if form["stays"] else None)
        went = _say_who_went(desk, going, "replaced", name)
        return done_and_said(desk, lambda: act.succeed_person(at, going, mark), _one, went, PATH)
    if do == "remove":
        if not form["sure"]:
            raise InputError(desk.w("places.refused.not_sure", yes=desk.w("people.sure")))
        leaves = Succession(person)
        went = _say_who_went(desk, leaves, "removed", person.name)
        return done_and_said(desk, lambda: act.succeed_person(at, leaves, mark), _one, went, PATH)
    if do != "save":
        return _one(desk)
    said = desk.w("people.done.changed", name=person.name)
    new = _read_person(desk, person)
    return done_and_said(desk, lambda: act.correct_person(at, person, new, mark), _one, said)


def _lost_lines(desk: Desk, person: Person) -> Iterator[str]:
    """Say what a lost computer or mailbox could have shown, as far as who asks may know, and by when the
    Information Commissioner is told (UK GDPR, article 33)."""
    w, now, zone = desk.w, desk.at.now, desk.config.zone
    shown = act.list_readable(desk.at, person)
    if shown.numbers:
        yield w("people.lost.shown", numbers=w.list_items([*shown.numbers]))
    if shown.more:
        yield w("people.lost.more", n=shown.more)
    yield w("people.lost.restricted", n=shown.restricted) if shown.restricted else w("people.lost.hidden")
    yield w("people.lost.hours", when=until(w, now + REPORTED_WITHIN, desk.config.day_of(now), zone))


def _say_who_went(desk: Desk, going: Succession, done: str, name: str) -> Says[act.Changed]:
    """Says it, and what became of what they had, as far as whoever did it may know; of who leaves all that is
    done, and what is left to do."""
    left = list(_leaving_lines(desk, going)) if going.leaves and not desk.locked else []

    def say(now: Desk, made: act.Changed) -> str:
        handed = _handover_lines(now, going, made)
        heading = [now.w("people.handed")] if handed else []
        return "\n".join((now.w(f"people.done.{done}", name=name), *left, *heading, *handed))

    return say


def _leaving_lines(desk: Desk, going: Succession) -> Iterator[str]:
    """List what ends with who leaves, and what still bears their name."""
    w, old, new = desk.w, going.old, going.new
    yield w("people.leaves.ended")
    for p in desk.config.people:
        if p.cover == old.id:
            cover = new.name if new and new.id != p.id else w("people.nobody")
            yield w("people.leaves.cover", name=p.name, cover=cover)
    for account in desk.config.accounts:
        if account.closed_on is None and {old.id, old.name} & {*account.staff, account.owner}:
            yield w("people.leaves.account", account=account.name)
    keys = [key for key in still_named(tomllib.loads(desk.text), old) if not key.startswith("accounts.")]
    if keys:
        yield w("people.leaves.named", keys=", ".join(keys))


def _handover_lines(desk: Desk, going: Succession, made: act.Changed) -> list[str]:
    assert desk.at.store is not None
    known, more = act.list_known_handovers(made.handed, going, Reader(made.config, desk.at.store, desk.at.by))
    lines = [
        desk.w("people.handed_nobody" if each.to is None
               else "people.handed_asked" if each.asked else "people.handed_to",
               number=each.number, name=each.to.name if each.to else "")
        for each in known
    ]  # fmt: skip
    return lines + ([desk.w("people.handed_more", n=more)] if more else [])


def _read_person(desk: Desk, old: Person) -> Person:
    """Read what the form says of somebody. Raises InputError for what cannot be."""
    form = desk.asking.form

    def text(key: str) -> str | None:
        return form[key].strip() or None

    roles = [role for role in Role if form[f"role_{role.value}"]]
    if not roles:
        raise InputError(desk.w("people.bad_role"))
    if not (name := text("name")):
        raise InputError(desk.w("people.name_hint"))
    ticked = tuple(urn for urn, _ in desk.ticks if form[f"school_{urn}"])
    return replace(
        with_roles(old, roles),
        name=name,
        email=_read_email(desk),
        account=text("account"),
        phone=text("phone"),
        urns=old.urns if not desk.ticks or set(ticked) == _belongs(desk, old) else ticked,
        related_to=tuple(_read_related(desk)),
    )


def _read_email(desk: Desk) -> str | None:
    """Read the address that was typed; None where none was. Raises InputError for what is none."""
    typed = desk.asking.form["email"].strip()
    return required_reader(tables.Email)(typed) if typed else None


def _read_related(desk: Desk) -> Iterator[str]:
    """Read who somebody is close to, as ids or roles. Raises InputError for anything else that was typed."""
    for said in filter(None, (part.strip() for part in desk.asking.form["related_to"].split(","))):
        known = act.find_namesake(desk.config.people, said)
        if known is None and said not in {*Role, *(p.id for p in desk.config.people)}:
            raise InputError(desk.w("people.bad_related", said=said))
        yield known.id if known else said


def _belongs(desk: Desk, person: Person) -> set[str]:
    """The schools that are ticked: none for somebody of every school."""
    return {s.urn for s in schools_of(person, desk.schools)} if person.urns else set()


def _day(desk: Desk, said: str) -> date:
    try:
        return read_day(said, desk.config.day_of(desk.at.now), past=False)
    except InputError:
        raise InputError(desk.w("people.bad_day", said=said)) from None


def _people(desk: Desk) -> list[Person]:
    """Those who share a school with whoever asks."""
    by, config = desk.at.by, desk.config
    return [p for p in config.people if by is not None and administers_for(by, p, config.schools)]


def _person(desk: Desk) -> Person | None:
    return next((p for p in _people(desk) if p.id == desk.asking.query["id"]), None)


def _offices(desk: Desk, person: Person, only: Sequence[Role] = ()) -> str:
    school = desk.schools[0]
    return ", ".join(office(r, school, desk.w) for r in holding(person, ()) if not only or r in only)


def _away(desk: Desk, person: Person) -> str:
    config, now = desk.config, desk.at.now
    return away_words(person, config.people, now, config.zone, desk.w) if away([person], now) else ""


def list_people(desk: Desk) -> Response:
    lines = [
        {
            "id": p.id,
            "name": p.name,
            "offices": _offices(desk, p),
            "email": p.email or "",
            "word": is_word(p.name.lower().split()[-1]),
            "away": _away(desk, p),
        }
        for p in _people(desk)
    ]
    former = ", ".join(p.name for p in desk.config.former if set(schools_of(p, desk.schools)))
    return desk.page("people.html", people=lines, former=former)


def _one(desk: Desk) -> Response:
    person = _person(desk)
    config, school = desk.config, desk.schools[0]
    old = person or Person("", "", (), urns=_asked_school(desk))
    roles = [(role.value, office(role, school, desk.w)) for role in Role]
    view = {
        "p": person, "old": old, "roles": roles, "schools": desk.ticks, "belongs": _belongs(desk, old),
        "away": _away(desk, person) if person else "",
        "theirs": person is None or desk.at.keeps(s.urn for s in schools_of(person, config.schools)),
        "mine": person is not None and person == desk.at.by,
        "covers": [(p.id, p.name) for p in _people(desk) if person and p.id != person.id],
        "mark": desk.mark("people", person.id) if person else "",
        "ways": _ways(desk, person) if person else None,
        "leaves": list(_leaving_lines(desk, Succession(person))) if person and not desk.locked else [],
        "held": [(r.value, office(r, school, desk.w)) for r in holding(person, ())] if person else [],
    }  # fmt: skip
    return desk.page("person.html", **view)


def _ways(desk: Desk, person: Person) -> dict[str, object]:
    with desk.asking.store.open_reader() as con:
        open_now, keys = (sessions_of(con, person.id, desk.at.now), credentials_of(con, person.id))
        linked = service.is_linked(con, person.id)
    seen = max((s.seen_at for s in open_now), default=None)
    day = desk.w.day(seen, desk.at.now, desk.config.zone) if seen else ""
    return {"devices": len(open_now), "passkeys": len(keys), "linked": linked, "seen": day}
