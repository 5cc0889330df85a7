"""Two homes that hold the same but for one matter: a command typed in both, and the desk over each."""

import asyncio
import atexit
import random
import re
import shlex
import shutil
import socket
import tempfile
from collections.abc import Callable, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

import pytest
from builders.capture import capture
from builders.case_desk import PNG, ActRefused, Acts
from builders.config import HEXLEY, OUR_PAGE, SCHOOL, a_person
from builders.hand_in import CHILD_IMAGE, became, hand_in
from builders.home import a_migrated_store
from builders.mention import Clock, a_batch, a_match, a_mention, a_run, a_verdict, save
from builders.pack import pack
from builders.page import prove
from httpx2 import ASGITransport, AsyncClient
from starlette.testclient import TestClient
from support import case_numbers
from support.every_command import ended

from alerts.raise_alert import StoryNow, raise_alert
from data import effects
from data.errors import InputError
from data.evidence.handed_in import Danger, Says, Whom
from data.ids import digest
from data.judged import DISCLOSED
from data.matters import Access
from data.people import people_of
from data.privacy import RequestKind
from data.steps.codes import StepKind
from data.store import cases as case_store
from data.store import owners as owner_store
from data.store import stories as story_store
from data.store.service import Device
from data.types import About, Alert, Meant, Reason, Route, Severity, Story
from monitor.act.accounts import log_action
from monitor.act.privacy import record_request
from monitor.act.requests import list_offices
from monitor.config.home.context import Context
from monitor.desk.app import desk_app
from monitor.desk.page import begin_session, cookie_name, form_token
from monitor.home import wiring
from monitor.matters.reader import Reader
from monitor.service.delivery import deliver
from monitor.service.serve import PERIODIC_TASKS
from monitor.service.step import Service

NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
BASE = "https://schoolgate.example.org"
OURS, THEIRS = "900001", "900002"
PEOPLE = {
    "holt": ("Jane Holt", "head"), "ash": ("Lee Ash", "deputy_head"), "pike": ("Robin Pike", "dsl"),
    "vane": ("Uma Vane", "deputy_dsl"), "marsh": ("Alex Marsh", "chair"), "reed": ("Kit Reed", "vice_chair"),
    "fern": ("Jo Fern", "it_lead"), "moss": ("Ira Moss", "dpo"), "vale": ("Sam Vale", "staff"),
    "gore": ("Pat Gore", "governor"), "wold": ("Ina Wold", "head"), "tarn": ("Max Tarn", "dsl"),
}  # fmt: skip
ELSEWHERE = ("wold", "tarn")
SETTINGS = f"""
base_url = "{BASE}"
contact = "office@oakfield.example.org"

{SCHOOL}aliases = ["Oakfield Primary"]
nation = "england"
{HEXLEY}nation = "england"

[[sources]]
id = "talk"
kind = "feed"
url = "https://talk.example.org/feed"
{OUR_PAGE}"""
GRAVE = {"severity": Severity.TODAY, "abuse": ("harassment",), "content_class": "C2"}
INSULT = GRAVE | {"route": Route.PLATFORM_REPORT, "about": About.STAFF}
CHILD = GRAVE | {
    "route": Route.SAFEGUARDING, "restricted": True, "abuse": ("safeguarding",), "content_class": "C10",
    "severity": Severity.THIS_HOUR,
}  # fmt: skip
NOTHING_SAID = Says()


@dataclass(frozen=True)
class Kind:
    """A matter: what is said, how it is judged where it was read, what whoever hands it in answers."""

    words: str
    judged: Mapping[str, object]
    says: Says = NOTHING_SAID
    urn: str = OURS


KINDS = {
    "allegation of the head": Kind(
        "Mrs Holt of Oakfield Primary grabbed my boy by the neck and threw him at the wall.",
        CHILD | {"about": About.HEAD, "subjects": ("holt",)}, Says(about=Whom.STAFF),
    ),
    "allegation of a teacher": Kind(
        "Mr Vale at Oakfield Primary hit my daughter in the face, she has a black eye.",
        CHILD | {"about": About.STAFF, "subjects": ("vale",)}, Says(about=Whom.STAFF),
    ),
    "allegation of both leads": Kind(
        "Pike and Vane of Oakfield Primary locked a girl of year 3 in the cellar and laughed about it.",
        CHILD | {"about": About.STAFF, "subjects": ("pike", "vane")}, Says(about=Whom.DSL),
    ),
    "a child at risk": Kind(
        "i am in year 5 at Oakfield Primary and my stepdad hits me every night with his belt please help",
        CHILD | {"about": About.PUPIL}, Says(about=Whom.CHILD),
    ),
    "a lie about the chair": Kind(
        "Alex Marsh, chair at Oakfield Primary, is a thief and steals the school's money every single month.",
        GRAVE | {"route": Route.REQUEST_REMOVAL, "about": About.CHAIR, "content_class": "C7",
                 "abuse": ("defamation",), "subject_person": "marsh", "subjects": ("marsh",)},
    ),
    "a threat that may accuse": Kind(
        "Holt of Oakfield Primary touched my son and I will wait for her at the gate with a knife.",
        CHILD | {"about": About.HEAD, "subjects": ("holt",), "subject_person": "holt",
                 "abuse": ("threat", "safeguarding")}, Says(Danger.SOON, "holt", Whom.STAFF),
    ),
    "a note about the head": Kind(
        "Mrs Holt of Oakfield Primary takes money out of the school fund for her holidays.",
        GRAVE | {"route": Route.PLATFORM_REPORT, "about": About.HEAD, "content_class": "C7",
                 "abuse": ("defamation",), "subject_person": "holt", "subjects": ("holt",)},
        Says(about=Whom.HEAD),
    ),
    "what staff disclose of the head": Kind(
        "I am a TA at Oakfield Primary. The head told us to lie to Ofsted and to shred the accident records.",
        GRAVE | {"route": Route.RESPOND, "about": About.HEAD, "content_class": "C0", "abuse": (),
                 "accuses": (Meant("office:head", 1.0, DISCLOSED),), "reasons": (Reason(DISCLOSED, "."),)},
    ),
    "of another school": Kind(
        "Hexley Primary has a nasty idiot of a teacher, a useless moron, everybody says so.",
        INSULT, urn=THEIRS,
    ),
    "an image of a child": Kind("", CHILD | {"about": About.PUPIL}, CHILD_IMAGE),
}  # fmt: skip
MADE = ("collected", "handed in")
MOVED = ("raised", "taken", "opened", "worked on", "closed")
"""How far a matter has come; each but the first is the one before and something more."""
Step = Callable[["Home", "Known", str], object]
"""What a person does with a matter in a home."""


def taken(home, matter, by):
    home.typed(f"alerts ack {matter.ALERT} --as {by}", 7)


def opened(home, matter, by):
    home.acts.open(matter.STORY, by, "It harms.")


def step(kind, why="", **facts):
    return lambda home, matter, by: home.acts.take(kind, by, matter.CASE, why=why, **facts)


def captured(home, matter, by):
    capture(home.acts, person=by, number=matter.CASE, files=[PNG])


def packed(home, matter, by):
    pack(home.acts, home.folder / "out", "police", by, "They asked.", number=matter.CASE)


STEPS: Mapping[str, tuple[Step, ...]] = {
    "taken": (taken,),
    "opened": (opened,),
    "worked on": (
        step(StepKind.NOTED, "I rang them."),
        lambda home, matter, by: home.acts.take(StepKind.ASSIGNED, by, matter.CASE, person=by),
        step(StepKind.ABOUT, "Seen.", who="child"),
        captured,
        step(StepKind.REFERRED, "Told.", to="police"),
        step(StepKind.HELD, "The police asked.", review="2026-12-20"),
        packed,
    ),
    "closed": (
        step(StepKind.CLOSED, "The police have it.", ending="handed_over"),
        step(StepKind.CLOSED, "It is over.", ending="standing"),
    ),
}


def reported(home, matter, by):
    hand_in(home.inner, "The office never rings back.", channel="in_person", urn=OURS, by=by)


ORDINARY = (
    (taken, "ash"), (opened, "holt"), (step(StepKind.NOTED, "I rang them."), "holt"), (captured, "holt"),
    (reported, "vale"),
)  # fmt: skip


@dataclass(frozen=True)
class Known:
    """What somebody may type to name a matter, by the word that stands for it in a line."""

    CASE: str
    ALERT: str
    NUMBER: str
    STORY: str
    POST: str
    URL: str
    WORDS: str
    HANDLE: str


HANDED = "https://talk.example.org/handed"
NOTHING = Known(
    "917364", "5b5b5b5b5b5b", "918273", "s-nothing", "ab" * 8, "https://talk.example.org/none",
    "Nobody said this of anybody.", "nobody-here",
)  # fmt: skip
_KNOWN = """SELECT coalesce(c.id, '000000'), coalesce(a.id, '0'), coalesce(a.number, '000001'), m.id,
    coalesce(m.url, r.url, ''), coalesce(nullif(m.author, ''), r.author, '') FROM mentions m
JOIN matches s ON s.mention_id = m.id LEFT JOIN cases c ON c.story_id = s.story_id
LEFT JOIN alerts a ON a.story_id = s.story_id LEFT JOIN restricted_texts r ON r.mention_id = m.id
WHERE s.story_id = ?"""


@dataclass(frozen=True)
class Ran:
    """What a command did that somebody sees: its exit code, what it printed, what files it wrote."""

    code: int
    out: str
    err: str
    files: Mapping[str, bytes]


@dataclass(frozen=True)
class Home:
    """One of the two; in both the clock shows the same, and what is drawn is the same."""

    folder: Path
    clock: Clock

    def typed(self, line, seed, **words):
        """A command, by its line."""
        out = self.folder / "out"
        shutil.rmtree(out, ignore_errors=True)
        words = {"OUT": str(out), **words}
        given = [words.get(word, word) for word in shlex.split(line)]
        with injected(self.clock, seed):
            code, *streams = ended([*given, "--home", str(self.inner)])
        told = [stream.replace(str(self.folder), "FOLDER") for stream in streams]
        files = {str(p.relative_to(out)): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}
        return Ran(code, *told, files)

    @property
    def inner(self):
        return self.folder / "home"

    @property
    def acts(self):
        return Acts(self.inner, self.reader(None).store)

    def reader(self, person):
        _, config, store = wiring.open_home(self.inner, None)
        named = next((p for p in config.people if p.id == person), None)
        return Reader(config, store, named)

    def _context(self, reader):
        home = reader.store.home
        return Context(reader.config, home, wiring.make_links(home, reader.config))

    def page(self, story, person, seed):
        """What the page over a story shows somebody who follows a link that was made for them."""
        reader = self.reader(person)
        with injected(self.clock, seed):
            context = self._context(reader)
            link = context.links.page(story, person, NOW) or ""
            browser = TestClient(desk_app(reader.store, lambda: context, self.clock), base_url=BASE)
            named = next((p for p in reader.config.people if p.id == person), None)
            if named is not None:
                prove(browser, reader.store, named, self.clock())
            answer = browser.get(link.removeprefix(BASE))
        return answer.status_code, answer.text

    def mails(self, person, hours):
        """What the service has for somebody so many hours later: digest, report, reminders."""
        reader = self.reader(person)
        with injected(self.clock, hours):
            context = self._context(reader)
            service = Service(
                store=reader.store, context=context, judges=lambda: None, fetcher=None, tasks=PERIODIC_TASKS,
                deliver_due=deliver, clock=self.clock,
            )  # fmt: skip
            self.clock.at += timedelta(hours=hours)
            service.run_tasks()
            assert not service.health.faults, service.health.faults
        sql = """SELECT key, urn, kind, subject, body, html, due_at, expires_at FROM outbox
            WHERE person_id = ? ORDER BY due_at, key"""
        with reader.store.open_reader() as con:
            found = con.execute(sql, [person]).fetchall()
        folder = str(self.folder)
        return [tuple(c.replace(folder, "FOLDER") if isinstance(c, str) else c for c in row) for row in found]

    def known(self, story):
        """What names the matter that is this story."""
        with a_migrated_store(self.folder / "home").open_reader() as con:
            row = con.execute(_KNOWN, [story]).fetchall()[0]
        case, alert, number, post, url, author = map(str, row)
        return Known(case, alert, number, story, post, url, "", author)


@dataclass(frozen=True)
class TwoHomes:
    """`bare` has no matter of that kind; `full` has it. What names it, and what names one that both have."""

    bare: Home
    full: Home
    hidden: Known
    shared: Known

    @property
    def both(self):
        return self.bare, self.full

    def unaware(self):
        """Those who may not know that the matter is there; None is somebody who has not said who they are."""
        everybody = (*PEOPLE, None)
        return [p for p in everybody if not access_of(self.full, p, self.hidden.STORY)]


def access_of(home, person, story):
    """How much of a story somebody may know."""
    reader = home.reader(person)
    with reader.store.open_reader() as con:
        return reader.look(con, story_store.beginning(con, story)).access[story]


def two_homes(folder, kind, made, moved):
    """A pair of homes that nobody has used, copied from one that was made once for these."""
    first, hidden = _first(kind, made, moved)
    pair = []
    for name in ("bare", "full"):
        shutil.copytree(first.parent / name, folder / name)
        pair.append(Home(folder / name, Clock(NOW + timedelta(hours=3))))
    return TwoHomes(*pair, hidden, _ordinary()[1])


@cache
def _ordinary():
    """A home of two schools in which something goes on; and what names its case."""
    home = Home(_folder() / "ordinary", Clock(NOW))
    inner = home.folder / "home"
    inner.mkdir(parents=True)
    at = {who: THEIRS if who in ELSEWHERE else OURS for who in PEOPLE}
    people = (a_person(who, *named, schools=[at[who]]) for who, named in PEOPLE.items())
    (inner / "schoolgate.toml").write_text(SETTINGS + "".join(people), encoding="utf-8")
    (inner / "schoolgate.toml").chmod(0o600)
    a_migrated_store(inner, Clock(NOW))
    _collected(home, "review", "The newsletter of Oakfield Primary comes late again.", OURS, {})
    _collected(home, "insult", "The caretaker of Oakfield Primary is a moron.", OURS, INSULT)
    _collected(
        home, "child", "Another child of Oakfield Primary tells of harm.", OURS, CHILD, thread="insult"
    )
    _moved_on(home, "story-insult", ORDINARY)
    fern = home.reader("fern")
    said = {"source": "our-page", "school": OURS, "action": "hidden", "reason": "It names a pupil."}
    log_action(fern.store, fern.config, fern.required_person, said, home.clock())
    officer = home.reader("moss")
    (office,) = list_offices(officer.store, officer.config, officer.required_person)
    record_request(office, RequestKind.ACCESS, "SAR-1", "By letter.", None, home.clock())
    return home.folder, home.known("story-insult")


@cache
def _first(kind, made, moved):
    folder = _folder() / f"{kind}-{made}-{moved}".replace(" ", "-")
    for name in ("bare", "full"):
        shutil.copytree(_ordinary()[0], folder / name)
    bare, full = (Home(folder / name, Clock(NOW + timedelta(hours=1))) for name in ("bare", "full"))
    given, story = KINDS[kind], "story-hidden"
    if made == "collected":
        _collected(bare, "", "", given.urn, {})
        _collected(full, "hidden", given.words, given.urn, given.judged)
    else:
        story = _handed_in(full, given)
    by = next(p for p in PEOPLE if access_of(full, p, story) is Access.WORDS)
    stages = MOVED[1 : MOVED.index(moved) + 1]
    _moved_on(full, story, [(step, by) for stage in stages for step in STEPS[stage]])
    known = full.known(story)
    return full.folder, Known(**vars(known) | {"WORDS": given.words or "a picture"})


def _moved_on(home, story, steps):
    """Takes the steps as far as each is not refused."""
    for n, (step, by) in enumerate(steps):
        home.clock.at += timedelta(minutes=2)
        with injected(home.clock, 7 + n), suppress(ActRefused, InputError):
            step(home, home.known(story), by)


def _collected(home, name, words, urn, judged, thread=""):
    """A post that was read in a place, judged and raised as the program raises it; none without a name."""
    home.clock.at += timedelta(minutes=1)
    reader = home.reader(None)
    config, store = reader.config, reader.store
    run, now = a_run("talk", home.clock()), home.clock()
    if not name:
        nothing = a_batch(run=replace(run, mentions_read=0, mentions_new=0))
        with store.write("test") as con:
            save(con, nothing, now=now, policy=config.policy)
        return
    parent = digest(thread)[:16] if thread else None
    url = f"https://talk.example.org/{name}"
    mention = a_mention(name, url=url, title="", text=words, fetched_at=now, parent=parent)

    verdict = a_verdict(mention, urn=urn, **judged)
    story, school = Story(f"story-{name}", urn, "", now, now, (mention.id,)), config.school(urn)
    people = people_of(school, config.people)
    alert = raise_alert(StoryNow(story, school, people, config.policy, now, (verdict,)))
    alerts = [alert] if isinstance(alert, Alert) else []
    batch = a_batch(
        mention, verdicts=[verdict], story_id=story.id, alerts=alerts, run=run, match=a_match(urn=urn)
    )
    folded = replace(batch.folded[0], urn=urn, sketch=replace(batch.folded[0].sketch, urn=urn))
    batch = replace(batch, stories=(replace(batch.stories[0], urn=urn),), folded=(folded,))
    with store.write("test") as con:
        save(con, batch, now=now, policy=config.policy)


def _handed_in(home, given):
    """The story of what a safeguarding lead hands in, or the head where it accuses them."""
    accused = "pike" in given.judged.get("subjects", ())
    by = "tarn" if given.urn == THEIRS else "holt" if accused else "pike"
    channel = {"channel": "local_forum"} if given.words else {}
    said = {"url": HANDED, "urn": given.urn, "by": by, "says": given.says}
    with injected(home.clock, 3):
        mention = became(home.inner, hand_in(home.inner, given.words, **said, **channel)).mention
    with a_migrated_store(home.inner).open_reader() as con:
        sql = "SELECT story_id FROM matches WHERE mention_id = ?"
        return str(con.execute(sql, [mention]).fetchall()[0][0])


@contextmanager
def injected(clock, seed):
    """The program's clock shows that, and whatever it draws begins at that seed."""

    class Moved(datetime):
        @classmethod
        def now(cls, tz=None):
            return clock()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(effects, "datetime", Moved)
        patched.setattr(socket, "getaddrinfo", _no_names)
        patched.setattr(random, "_urandom", random.Random(seed).randbytes)
        patched.setattr(case_store, "next_id", case_numbers.drawn)
        patched.setattr(owner_store, "draw_numbers", case_numbers.draw_numbers)
        yield


def _no_names(*asked, **how):
    raise socket.gaierror("There is no network here.")


@cache
def _folder():
    made = Path(tempfile.mkdtemp(prefix="schoolgate-two-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


_DRAWN = re.compile(r' data-options="[^"]*"')
"""What a passkey signs is drawn anew for each page."""


@cache
def _loop():
    """One for all requests: a thread for each, as Starlette's own client has, costs more than an answer."""
    loop = asyncio.new_event_loop()
    atexit.register(loop.close)
    return loop


class Desk:
    """The desk of one home, at which everybody has just signed in, each in a browser."""

    def __init__(self, home):
        self.home, reader = home, home.reader(None)
        context = home._context(reader)
        self.links = context.links
        self.app = desk_app(reader.store, lambda: context, home.clock, lambda mail: True, lambda mail: None)
        self.browsers, self.tokens = {None: self._browser()}, {None: ""}
        with injected(home.clock, 1), reader.store.write("sessions") as con:
            for person in reader.config.people:
                kept = begin_session(con, person, Device.OWN, home.clock())
                self.browsers[person.id] = browser = self._browser()
                browser.cookies.set(cookie_name(BASE), kept)
                self.tokens[person.id] = form_token(kept)

    def _browser(self):
        """On the machine itself, as whatever comes by the web server in front."""
        return AsyncClient(transport=ASGITransport(self.app, client=("127.0.0.1", 50_000)), base_url=BASE)

    def paths(self, known, person, n):
        """Each route's address with what belongs there, and with another name of that matter, for each `n`
        and route another one; a search for its words and a list; not what opens with a link of somebody who
        may know of it."""
        found = [value for name, value in vars(known).items() if name != "WORDS" and "/" not in value]
        asked = []
        for i, route in enumerate(sorted(self.app.routes, key=lambda route: route.path)):
            if route.path not in ("/m/{token}", "/s/{version}/{name}"):
                other = re.sub(r"\{\w+\}", found[(n + i) % len(found)], route.path)
                asked += [self.address(route.path, known, person), other]
        words, key = known.WORDS.split()[:3], self.key(person, known.STORY, "/m/s/{token}")
        asked += [f"/matters?{urlencode({'words': ' '.join(words)})}", f"/room?over={key}"]
        asked += ["/matters/csv?place=talk&month=2026-11&state=open"]
        asked += [f"/tell/state?number={known.NUMBER}"]
        return list(dict.fromkeys(asked))

    def address(self, path, known, person):
        """That route's address with what belongs there."""
        proper = {"number": known.CASE, "act": "letters", "urn": OURS, "week": "2026-W46", "kind": "youtube"}
        proper |= {"number": "P0001", "act": "search"} if path.startswith("/requests") else {"name": "dpia"}
        ids = {"/sources/{id}": "talk", "/accounts/{id}": "new"}
        proper["id"] = ids.get(path, "vale")
        proper["token"] = self.key(person, known.STORY, path) if "token" in path else ""
        return re.sub(r"\{(\w+)\}", lambda name: proper[name[1]], path)

    def get(self, person, path):
        """What is answered: its status, text and headers."""
        with injected(self.home.clock, 2):
            answer = _loop().run_until_complete(self.browsers[person].get(path))
        return self._told(answer)

    def _told(self, answer):
        """What somebody is told by it; a paper names the folder of the home."""
        said = _DRAWN.sub("", answer.text).replace(str(self.home.folder), "FOLDER")
        return answer.status_code, said, dict(answer.headers)

    def key(self, person, story, path):
        """What an address of that route ends with: a link that was made for them, or the desk's own."""
        if path == "/m/{token}":
            return (self.links.page(story, person or "holt", NOW) or "").rpartition("/")[2]
        return self.links.at_desk(story).rpartition("/")[2]

    def post(self, person, path, form, *, files=False):
        """What is answered to a form of ours, shown a while ago: as for `get`."""
        shown_at = self.home.clock() - timedelta(seconds=30)
        given = {"form": self.tokens[person], "proof": self.links.proof(path.rpartition("/")[2], shown_at)}
        how = {"files": {"file": ("", b"")}} if files else {}
        with injected(self.home.clock, 2):
            answer = _loop().run_until_complete(self.browsers[person].post(path, data=given | form, **how))
        return self._told(answer)
