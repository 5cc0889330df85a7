"""A home with people and a few invented posts, and what its people do with them."""

import atexit
import shutil
import tempfile
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TypeVar

import pytest
from builders.config import HEXLEY, SCHOOL, a_person
from builders.home import a_migrated_store
from builders.mention import Clock, a_batch, a_match, a_mention, a_run, a_verdict, an_alert, save
from support.documents import content
from support.every_command import ended

from data import effects
from data.cases import Event
from data.errors import InputError
from data.ids import digest
from data.matters import ActKind
from data.steps.acts import Refused
from data.steps.classes import facts_of_kind, read_stored
from data.steps.codes import ValueKind
from data.store import cases as case_store
from data.store.engine.audit_chain import links
from data.store.engine.turn import state
from data.types import About, Policy, Route, Severity
from monitor.act.casework import find_case, in_form
from monitor.act.letter import draft_letter
from monitor.act.step import open_case, record_look, take_step
from monitor.config.home.lookup import known_person, whole_number
from monitor.config.load import load_file
from monitor.desk.case.questions import see
from monitor.desk.case.reading import act_page, case_page
from monitor.home import wiring
from monitor.matters.reader import Session, load_case
from monitor.matters.searching import alerts_listed
from monitor.matters.views import read_matter, read_posts

NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
PEOPLE = {
    "holt": ("Jane Holt", "head"), "ash": ("Lee Ash", "deputy_head"), "pike": ("Robin Pike", "dsl"),
    "fern": ("Jo Fern", "it_lead"), "marsh": ("Alex Marsh", "chair"), "reed": ("Kit Reed", "vice_chair"),
    "vale": ("Sam Vale", "staff"), "moss": ("Ira Moss", "dpo"),
}  # fmt: skip
SETTINGS = f"""
{SCHOOL}nation = "england"
{HEXLEY}{a_person("elsewhere", "Ina Wold", "head", email="ina@example.org", schools=["900002"])}"""


@dataclass(frozen=True)
class Ran:
    """How a command ended: its exit code, standard output and standard error."""

    code: int
    out: str
    err: str

    @property
    def data(self):
        return content(self.out)


Made = TypeVar("Made")


class ActRefused(Exception):
    """A guard refused: which, why, and what would satisfy it."""

    def __init__(self, refused):
        super().__init__(f"{refused.guard}: {refused.reason} {refused.wanted}")
        self.refused = refused


def made_by(came):
    """What the act made. Raises ActRefused."""
    if isinstance(came, Refused):
        raise ActRefused(came)
    return came.made


class Acts:
    """What the people of a home do at its desk. What is refused raises ActRefused, or as the act does."""

    now: datetime | None = None
    """When all of it is done; the true time, unless it is said."""

    def __init__(self, home, store):
        self.home, self.store = home, store

    def clock(self):
        return self.now or effects.utc_now()

    def session(self, who):
        config = load_file(self.home / "schoolgate.toml", {})
        context = wiring.make_context(config, self.home)
        return Session(config, self.store, known_person(config, who), context)

    def reader(self, who):
        return self.session(who)

    def open(self, story, who, why=""):
        """Opens a case about that story."""
        return made_by(open_case(self.session(who), story, why, self.clock())).case

    def take(self, kind, who, number="1", /, *, why="", copy=None, **facts):
        """Takes a step in a case, of these facts by their stored names; a name that Python keeps for itself
        has “_” behind it. `copy` is that of the letter it is about."""
        session = self.session(who)
        with session.store.open_reader() as con:
            case = find_case(con, session, number)
        event = Event(in_form(case, _said(kind, facts, case)), who, why)
        return made_by(take_step(session, number, event, self.clock(), copy))

    def look(self, check, who, number="1", why="Looked there, signed out"):
        """Records what somebody saw who looked for themselves."""
        return made_by(record_look(self.session(who), number, check, why, None, self.clock()))

    def draft(self, kind, who, number="1", **facts):
        return made_by(draft_letter(self.session(who), number, kind, facts, self.clock()))

    def case(self, number="1"):
        with self.store.open_reader() as con:
            case = load_case(con, whole_number(number))
        assert case is not None
        return case

    def steps(self, number="1", kind=None):
        """The steps of a case, or those of that kind."""
        with self.store.open_reader() as con:
            return [s for s in case_store.steps_of_case(con, whole_number(number)) if kind in (None, s.kind)]

    def entries(self, action):
        """The entries of the audit that tell of such an action."""
        with self.store.open_reader() as con:
            return [link.entry for link in links(con) if link.entry.action == action]

    def alerts(self, who, *, finished=False):
        """The alerts that somebody may know of."""
        reader = self.reader(who)
        with reader.store.open_reader() as con:
            return alerts_listed(con, reader, self.clock(), finished=finished)

    def posts(self, story, who, reason):
        """The words of the posts of a sealed matter, which somebody reads for a reason."""
        reader, now = self.reader(who), self.clock()
        with reader.store.write("a reading") as con:
            view = read_matter(con, reader, story, now)
            if view is None or not view.may(ActKind.READ):
                raise InputError(f"It is not for {who}.")
            return "\n".join(words_in(read_posts(con, reader, view, reason, now)))

    def page(self, who, number="1", reason=""):
        """The words of a case's page and evidence as somebody sees them; for a `reason` those of its few."""
        session = self.session(who)
        with session.store.write("a page") as con:
            case = find_case(con, session, number)
            if reason and (case.restricted or case.locked):
                case_store.record_read(con, case, person=who, reason=reason, now=self.clock())
            seen = see(con, session, case.number, self.clock(), read=bool(reason))
            assert seen is not None
            exhibits = act_page(con, seen, "keep", {}).lines if seen.whole and not seen.unread else ()
            return "\n".join((*words_in(case_page(con, seen)), *exhibits))


class Desk(Acts):
    """A home with people, and what they do; a post and its verdict are saved as a story."""

    _holds, _left = "", None

    def __init__(self, home):
        people = "".join(a_person(i, *who, schools=["900001"]) for i, who in PEOPLE.items())
        (home / "schoolgate.toml").write_text(SETTINGS + people, encoding="utf-8")
        new = not (home / "schoolgate.duckdb").exists()
        super().__init__(home, a_migrated_store(home, Clock(NOW)))
        if new:
            self._left = state(self.store.path)

    def apart(self):
        """What is saved from now on is kept for no other home: something is patched."""
        self._left = None

    def story(self, name, *, alert=False, told=("pike",), channel="local_forum", **verdict):
        """Saves one post and its verdict, with an alert to those `told`; gives the story's id. Into a store
        that holds nothing but such stories it is saved once a process: then it is copied."""
        alone = self._left == state(self.store.path)
        holds = f"{self._holds}{(name, alert, told, channel, sorted(verdict.items()))}"
        if alone and (kept := _stories() / digest(holds)).exists():
            shutil.copy(kept, self.store.path)
        else:
            self._save(name, alert, told, channel, verdict)
            if alone:
                shutil.copy(self.store.path, _stories() / digest(holds))
        if alone:
            self._holds, self._left = holds, state(self.store.path)
        return f"story-{name}"

    def _save(self, name, alert, told, channel, verdict):
        mention = a_mention(name, channel=channel)
        judged = a_verdict(mention, **verdict)
        alerts = []
        if alert:
            alerts = [
                an_alert(
                    f"story-{name}", route=judged.route, content_class=judged.content_class,
                    restricted=judged.restricted, audience=told, excluded=judged.subjects,
                )
            ]  # fmt: skip
        batch = a_batch(
            mention, verdicts=[judged], story_id=f"story-{name}", run=a_run(f"feed:{name}"), alerts=alerts,
            match=a_match(relevance=judged.relevance),
        )  # fmt: skip
        with self.store.write("test") as con:
            save(con, batch, now=NOW, policy=Policy())


def _said(kind, facts, case):
    """The step of these facts; what is said of somebody's own is said of whom the case is aimed at."""
    known = facts_of_kind(kind).values()
    whose = {f.name: case.target for f in known if f.kind is ValueKind.WHOSE and f.required and case.target}
    plain = {True: "yes", False: "no"}
    told = {name.rstrip("_"): plain.get(said, said) for name, said in facts.items()}
    assert told.keys() <= facts_of_kind(kind).keys(), told
    return read_stored(kind, whose | told)[0]


def refused_to_open(desk, story, who):
    """What somebody is answered who may open no case about that story."""
    with pytest.raises(InputError) as no:
        desk.open(story, who)
    return str(no.value)


def words_in(value):
    """Every word that is said in a page or a view."""
    if isinstance(value, str):
        yield str(value)
    elif is_dataclass(value):
        for field in fields(value):
            yield from words_in(getattr(value, field.name))
    elif isinstance(value, tuple | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from words_in(each)


@cache
def _stories():
    folder = Path(tempfile.mkdtemp(prefix="schoolgate-stories-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080000000037"
    "6ef9240000000a49444154789c6360000000020001e221bc330000000049454e44ae426082"
)
"""A picture of one dot."""


def run(*words, said=""):
    """How a command of these words ends; what is `said` comes by standard input."""
    return Ran(*ended(words, said))


@cache
def _prepared(prepare):
    folder = Path(tempfile.mkdtemp(prefix="schoolgate-desk-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    prepare(Desk(folder))
    return folder


def a_desk(home, prepare):
    """A home in which that was done, copied from one where it was done once."""
    shutil.copytree(_prepared(prepare), home, dirs_exist_ok=True)
    return Desk(home)


def insult(desk):
    """A story of an insult of a member of staff, to be removed."""
    return desk.story(
        "insult", route=Route.REQUEST_REMOVAL, severity=Severity.TODAY, about=About.STAFF,
        content_class="C2", abuse=("harassment",), alert=True,
    )  # fmt: skip


def review(desk):
    """A story of fair criticism."""
    return desk.story("review", content_class="C0")


def disclosure(desk):
    """A story of a child who tells of harm: the DSL's alone."""
    return desk.story(
        "disclosure", route=Route.SAFEGUARDING, severity=Severity.THIS_HOUR, about=About.PUPIL,
        content_class="C10", restricted=True, abuse=("safeguarding",), alert=True,
    )  # fmt: skip


def restricted(desk):
    """A story whose removal may be asked for, and which its few alone may read."""
    return desk.story(
        "doxxed", route=Route.REQUEST_REMOVAL, severity=Severity.TODAY, about=About.PUPIL,
        content_class="C11", restricted=True, abuse=("privacy",), alert=True,
    )  # fmt: skip


def about_the_head(desk):
    """A story that accuses the head of what is no safeguarding matter."""
    return desk.story(
        "accused", route=Route.REQUEST_REMOVAL, severity=Severity.TODAY, about=About.HEAD,
        content_class="C7", abuse=("defamation",), subject_person="holt", subjects=("holt",), alert=True,
    )  # fmt: skip
