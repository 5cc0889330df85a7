"""Eleven stories of a school, acted at the desk alone: each person in a browser of their own, as wide as a
telephone. What they tap and type is counted, and each step that the desk refused.

The clock is moved, the service ticks, mail leaves by a true mail server, posts stand on a true web server.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from builders.home import rows_of
from builders.registries import PUBLIC, RIPE, document
from builders.served import opened
from builders.town import BLOG, PEOPLE, TALK, Tale, a_tale
from pypdf import PdfReader
from support.web_server import Answer, free_port

from data import effects
from monitor.desk import page as desk_page
from monitor.desk.app import desk_app
from monitor.home import wiring
from monitor.service.web import Web

HEAD, DEPUTY, DSL, CHAIR, IT = "t-quillfeather", "n-ashdown", "i-larkspur", "o-fennimore", "c-dray"
TEACHER = "b-thistlewood"
THREAT = (
    "I will be waiting for Mr Thistlewood outside Oakfield Primary in Northvale after school on Thursday "
    "with a bat. He will not walk home."
)
TELLS = "im in year 6 at oakfield primary in northvale. my stepdad hits me and i dont want to go home"
USELESS = (
    "Mr Thistlewood at Oakfield Primary in Northvale is a useless fat pig and everyone should tell him "
    "so at the parents' evening."
)
FALSE_ACCOUNT = (
    "Somebody has set up an account as Oakfield Primary in Northvale and is asking parents for bank "
    "details. It is not the school."
)
LIE = (
    "Mr Thistlewood of Oakfield Primary School, Larch Road, Northvale, is a thief. He takes the dinner money "
    "home and everybody knows it."
)
LEAFLET = (
    "White boys of Oakfield Primary in Northvale: join us and fight the race war. Burn the mosque, kill the "
    "traitors."
)
FAIR = (
    "One star for Oakfield Primary in Northvale. My daughter was put in the wrong reading group for a term "
    "and nobody rang us back. Very poor communication, useless."
)
PRESS = (
    "From the Essex Chronicle: we are told that Oakfield Primary in Northvale has lost pupils' records. Have "
    "you a comment? My deadline is 4pm on Tuesday."
)
GRABBED = (
    "The woman in charge of Oakfield Primary in Northvale grabbed my son by the neck and locked him in her "
    "office. He is seven."
)
HER_HUSBAND = f"""
[[people]]
id = "{CHAIR}"
name = "Mr Osbert Fennimore"
roles = ["chair"]
email = "{CHAIR}@oakfield.example.sch.uk"
related_to = ["head"]
"""
OTHERS = {who: given for who, given in PEOPLE.items() if who != CHAIR}
Told = Mapping[str, str]
"""What each person was mailed."""


@dataclass
class Town:
    """A school, its desk, and who is at it; `case` is the last opened. `whole` is what its head tapped and
    typed from the first question of a case to the exhibits for the police; `own` what the teacher tapped."""

    tale: Tale
    browser: Any
    base: str
    codes: list[str]
    people: dict[str, Person] = field(default_factory=dict)
    taps: int = 0
    fields: int = 0
    refused: list[str] = field(default_factory=list)
    case: str = ""
    whole: tuple[int, int] = (0, 0)
    own: int = 0

    def __getitem__(self, who: str) -> Person:
        """That person, at a browser of their own."""
        if who not in self.people:
            context = self.browser.new_context(viewport={"width": 375, "height": 700})
            self.people[who] = Person(self, who, opened(context.new_page()))
        return self.people[who]

    def at(self, path: str) -> str:
        """An address of the town, as it is pasted."""
        return self.tale.at(TALK) + path

    def waits(self, **span: float) -> Told:
        """Time passes, and the service does its work: who was mailed what."""
        self.tale.wait(**span)
        self.tale.tick()
        return self.tale.told()

    def ending(self) -> str:
        """How the case ended."""
        store, number = wiring.open_store(self.tale.home), self.case.rpartition("/")[2]
        ((how,),) = rows_of(store, "SELECT ending FROM cases WHERE id = $id", {"id": number})
        return how or "open"


@dataclass
class Person:
    """Somebody at the desk. They sign in, and prove that it is they, wherever a page wants that."""

    town: Town
    who: str
    tab: Any

    def opens(self, address: str) -> Person:
        """Goes to that page, by a link in a mail or one that they keep."""
        self.town.taps += 1
        self.tab.goto(address if "://" in address else self.town.base + address)
        return self._let_in()

    def opens_mail(self, told: Told) -> Person:
        """Taps the link of the mail that they were sent."""
        return self.opens(re.findall(rf"{self.town.base}/\S+", told[self.who])[0])

    def goes(self, to: str) -> Person:
        """Taps the first link whose address has this in it."""
        self._tap(self.tab.locator(f'main a[href*="{to}"]').first)
        return self._let_in()

    def press(self, do: str, form: str = "", **said: str) -> Person:
        """Says that in the form of this button, and taps it."""
        self._tap(self._filled(do, form, said))
        for wrong in self.tab.locator(".said.wrong[role=alert]:visible").all_inner_texts():
            self.town.refused.append(f"{self.who}, {do}: {wrong}")
        return self._let_in()

    def step(self, kind: str, do: str = "record", to: str = "", **said: str) -> Person:
        """Takes a step of the case: where the page asks for it, else where a link leads to it."""
        if not self.asks(kind):
            if not self.leads(to or f"/{kind}"):
                self.goes("/more")
            self.goes(to or f"/{kind}")
        return self.press(do, f'[action$="/{kind}"]', **said)

    def sends(self, kind: str, why: str = "", **facts: str) -> Person:
        """Sends the letter that the page proposes, or another; with what it asks for, shown again then."""
        reason = {"why": why} if why else {}
        form = f':has([name="letter"][value="{kind}"])'
        if not self.tab.locator(f"form{form}").count():
            self.goes("/more").goes("/letters").goes(f"letter={kind}")
        asked = [f.get_attribute("name") for f in self.tab.locator("[name^=fact_]:visible").all()]
        if wanted := {n: (FACTS | facts)[n.removeprefix("fact_")] for n in asked}:
            self.press("draft", form, **wanted)
        return self.press("sent", form, **reason) if self.has("sent") else self.goes("/case/")

    def pack(self, to: str) -> str:
        """The exhibits for somebody, as they are read."""
        if not self.has(to):
            self.goes("/more").goes("/pack")
        why = {"why": "They act on it."} if self.tab.locator("[name=why][type=text]").count() else {}
        with self.tab.expect_download() as came:
            self._filled(to, "", why).click()
        self.town.taps += 1
        if self.tab.url.endswith("/pack"):
            self.goes("/case/")
        return as_read(Path(came.value.path()).read_bytes())

    def asks(self, kind: str) -> bool:
        """Does the page ask for this step?"""
        return bool(self.tab.locator(f'form[action$="/{kind}"]').count())

    def ready(self, name: str) -> str:
        """The first sentence that is ready for a field."""
        return str(self.tab.locator(f'[name="{name}"]').first.get_attribute("value"))

    def has(self, do: str) -> bool:
        """Is there a button that does that?"""
        return bool(self.tab.locator(f'button[value="{do}"]').count())

    def leads(self, to: str) -> bool:
        """Does a link lead there?"""
        return bool(self.tab.locator(f'main a[href*="{to}"]').count())

    def _filled(self, do: str, form: str, said: Mapping[str, str]) -> Any:
        """The button of that form, in which that was said."""
        whole = self.tab.locator(f'form{form}:has(button[value="{do}"])').first
        button = whole.locator(f'button[value="{do}"]').first
        self._unfold(button)
        for name, value in said.items():
            self._fill(whole, name.rstrip("_"), value)
        return button

    def _let_in(self) -> Person:
        if self.tab.locator("#address").count():
            self.press("send_code", address=f"{self.who}@oakfield.example.sch.uk", device="own")
        elif self.has("send_code") and not self.tab.locator("[name=code]").count():
            self.press("send_code")
        if self.tab.locator("[name=code]").count():
            self.press("prove", code=self.town.codes[-1])
        if "/passkeys?first" in self.tab.url:  # not now
            self._tap(self.tab.locator("main a").last)
        return self

    def _tap(self, found: Any) -> None:
        self._unfold(found)
        self.town.tale.wait(seconds=2)
        self.town.taps += 1
        with self.tab.expect_navigation():
            found.click()

    def _unfold(self, found: Any) -> None:
        if not found.is_visible():
            self.town.taps += 1
            found.locator("xpath=ancestor::details").last.locator("summary").first.click()

    def _fill(self, form: Any, name: str, value: str) -> None:
        found = form.locator(f'[name="{name}"]')
        self._unfold(found.first)
        kind = found.first.evaluate("e => e.type")
        if kind == "select-one" and found.input_value() == value:  # it stands there already
            return
        if kind in ("radio", "checkbox"):
            found.and_(form.locator(f'[value="{value}"]')).check()
        elif kind == "select-one":
            found.select_option(value)
        elif kind == "file":
            found.set_input_files(value)
        else:
            found.fill(value)
            self.town.fields += 1
            return
        self.town.taps += 1


FACTS = {
    "why": "It may be untrue, and may harm a member of our staff", "contact": "the head, 01632 960 001",
    "force": "Northshire Police", "danger": "We do not know who wrote it", "to": "Ms Example",
    "meeting": "today at 17:00", "posed_as": "the school",
}  # fmt: skip
"""What letters ask for."""


def as_read(packed: bytes) -> str:
    """A pack of exhibits in one line: its PDFs as they are read, then its files."""
    with zipfile.ZipFile(BytesIO(packed)) as held:
        files = [held.read(name) for name in held.namelist()]
    pages = [page.extract_text() for f in files if f[:4] == b"%PDF" for page in PdfReader(BytesIO(f)).pages]
    return " ".join("".join((*pages, *(f.decode("utf-8", "replace") for f in files))).split())


@dataclass(frozen=True)
class Story:
    """One story: who does what, when it begins, how it must end, and in how many taps at most."""

    what: str
    acts: Callable[[Town], str]
    begins: str
    ends: str
    taps: int
    given: Mapping[str, Any]

    @contextmanager
    def town(self, folder: Path, patch: Any, browser: Any) -> Iterator[Town]:
        """The school in which it is played, whose desk is served on this machine."""
        port = free_port()
        base, codes = f"http://127.0.0.1:{port}", []
        patch.setattr(desk_page, "MOST", 10**6)

        def send(message: Any) -> bool:
            codes.append(message.body.split()[0])
            return True

        with a_tale(folder, patch, self.begins, top=f'base_url = "{base}"\n', **self.given) as tale:
            context = wiring.make_context(wiring.open_settings(tale.home, None)[1], tale.home)
            town = Town(tale, browser, base, codes)
            app = desk_app(wiring.open_store(tale.home), lambda: context, effects.utc_now, send, send)
            web = Web(app, "127.0.0.1", port, "[serve] listen")
            web.start()
            try:
                yield town
            finally:
                web.stop()
                for person in town.people.values():
                    person.tab.context.close()


STORIES: dict[str, Story] = {}


def story(key: str, begins: str, ends: str, taps: int, **given: Any) -> Callable[[Callable], Callable]:
    """Names a story by its letter."""

    def named(acts: Callable[[Town], str]) -> Callable[[Town], str]:
        STORIES[key] = Story((acts.__doc__ or "").strip(), acts, begins, ends, taps, given)
        return acts

    return named


def tells(town: Town, words: str, at: str, place: str = "facebook", by: str = IT, **said: str) -> Told:
    """Somebody hands in what they saw, by the page that asks; whom the service then writes to."""
    person, answers = town[by].opens("/tell"), {"danger": "no", "about": "nobody", "picture": "no"} | said
    for asked in ("danger", "picture"):
        person.press("go", **{asked: answers.pop(asked)})
    person.press("hand_in", url=at, **answers, **({"place": place, "words": words} if words else {}))
    return town.waits(minutes=1)


def taken_up(person: Person, told: Told) -> Person:
    """They follow the mail, or find it under Today, read what was posted, and take it."""
    person.opens_mail(told) if person.who in told else person.opens("/").goes("/m/s/")
    if person.has("read"):
        person.press("read")
    if person.leads("/sign-in"):
        person.goes("/sign-in")
    person.press("take")
    return person.press("read") if person.has("read") else person


def case_of(person: Person, told: Told) -> Person:
    """They take it up and go to its case, which they open where none is."""
    taken_up(person, told)
    if not (person.leads("/case/") or person.has("begin")):  # the program made nothing of it
        person.goes("ask=wrong&what=lane")
        person.press("wrong", right="platform_report", why="It needs somebody to act.")
    person = person.goes("/case/") if person.leads("/case/") else person.press("begin")
    person.town.case = re.sub(r".*(/case/\w+).*", r"\1", person.tab.url)
    return person


AT_HIM = {"target": TEACHER, "status": "offered"}


def sought(head: Person, content: str, author: str, why: str, **said: str) -> None:
    """They want it removed, say why, and keep a picture where nothing is kept by itself."""
    if chooses := head.leads("decision=seek"):
        head.goes("decision=seek")
    elif not head.asks("what"):
        head.goes("/what")
    said |= {name: head.ready(name) for name in ("visible", "spread", "impact")}
    said |= {"class": content, "relationship": author, "why": why}
    said |= {} if chooses else {"decision": "seek"}
    head.press("record", '[action$="/what"]', **said)
    if head.asks("keep"):
        words = {"words_alone": "yes"} if head.tab.locator("[name=words_alone]").count() else {}
        head.press("picture", shows="no", **words, file=str(head.town.tale.screenshot()))


def gone(person: Person) -> str:
    """They look twice, a day apart, and close the case."""
    for how in ("On my own telephone.", "Again, on the same one."):
        person.opens(person.town.case).step("gone", "saw", result="gone", why=how)
        person.town.waits(hours=25)
    return closed(person.opens(person.town.case), "removed")


def closed(person: Person, how: str, **said: str) -> str:
    """They close the case; how it ended."""
    person.step("closed", ending=how, why="This is how it ended.", **said)
    return person.town.ending()


def handed_over(town: Town, told: Told) -> str:
    """The safeguarding lead takes it into her own system, by the sheet."""
    dsl = taken_up(town[DSL], told).goes("/room/").press("show").press("done", number="CP-118")
    return "handed_over" if "/room?over=" in dsl.tab.url else dsl.tab.url


ARTICLE = "/2026/11/the-dinner-money"
PAGE = f"<!doctype html><html><head><title>Dinner</title></head><body><article><p>{LIE}</p></article></body>"
WHO_HOSTS = {
    "https://rdap.publicinterestregistry.org/rdap/domain/example.org": document("nominet"),
    RIPE + PUBLIC: document("ripe"),
}
FORUM = "/t/80"


@story("a", "2026-11-09T16:04", "handed_over", 58)
def defamed(town: Town) -> str:
    """A parent calls a teacher a thief: author, platform, host, helpline and police are asked in turn."""
    town.tale.registers.update(WHO_HOSTS)
    town.tale.pages[FORUM] = PAGE
    head = case_of(town[HEAD], tells(town, LIE, town.at(FORUM), "local_forum", by=TEACHER, about="staff"))
    taps, fields = town.taps, town.fields
    sought(head, "C7", "parent", "It says that somebody steals; it is false.", **AT_HIM)
    head.press("sent")
    town.waits(hours=33)
    head.opens(town.case).press("sent")
    town.waits(hours=20)
    head.opens(town.case).press("refused").press("sent")
    town.waits(hours=100)
    head.opens(town.case).press("sent")
    town.waits(hours=20)
    head.opens(town.case).press("refused").goes("rung=police").press("phone")
    before = town.taps
    town[TEACHER].opens("/").goes("/m/s/").press("own_word", police="given")
    taps += town.taps - before
    assert LIE in head.opens(town.case).goes("rung=police").pack("police")
    head.sends("police", why="He was followed home: it may be harassment.")
    town.whole = town.taps - taps, town.fields - fields
    return closed(head.step("referred", to_="police", reference="CR/119/26"), "handed_over")


@story("b", "2026-11-17T12:30", "handed_over", 55)
def threatened(town: Town) -> str:
    """A teacher is threatened: he agrees, and the police are asked."""
    told = tells(town, THREAT, town.at("/t/77"), danger="soon", who=TEACHER)
    head = case_of(town[HEAD], told)
    sought(head, "C6", "unknown", "Somebody says that he will wait for him.", status="offered")
    assert head.asks("consent_asked")
    head.press("in_person")
    before = town.taps
    town[TEACHER].opens_mail(told).press("own_word", safe="safe", support="accepted", police="given")
    town.own = town.taps - before
    head.opens(town.case).sends("police")
    assert THREAT in head.pack("police")
    return closed(head.step("referred", to_="police", reference="CR/118/26"), "handed_over", became="police")


@story("c", "2026-11-09T16:04", "removed", 48)
def impersonated(town: Town) -> str:
    """Somebody poses as the school: the platform is told of the account."""
    head = case_of(town[HEAD], tells(town, FALSE_ACCOUNT, town.at("/t/81"), "instagram"))
    sought(head, "C12", "unknown", "It poses as the school and asks parents for their bank details.")
    head.sends("account_report")
    town.waits(hours=20)
    head.opens(town.case).press("removed")
    return gone(head)


@story("d", "2026-11-17T19:20", "handed_over", 35, people=OTHERS, sources=HER_HUSBAND)
def accused(town: Town) -> str:
    """The head is accused, and the chair is her husband: neither learns of it, the authority is told."""
    told = tells(town, GRABBED, town.at("/t/78"), about="head")
    assert not {HEAD, CHAIR} & told.keys()
    dsl = case_of(town[DSL], told).press("read")
    dsl.step("classified", class_="C10", lane="staff_allegation", why="It says that the head hurt a boy.")
    dsl.step("referred", to_="lado", reference="LADO-3")
    assert GRABBED in dsl.pack("la")
    return closed(dsl, "handed_over")


@story("e", "2026-11-17T19:20", "handed_over", 22)
def at_risk(town: Town) -> str:
    """A child tells of harm at home: the safeguarding lead takes it over."""
    return handed_over(town, tells(town, TELLS, town.at("/t/82"), about="child"))


@story("f", "2026-11-16T12:30", "handed_over", 30)
def undressed(town: Town) -> str:
    """A picture may show a child undressed: nothing is kept, and the police are told where it is."""
    told = tells(town, "", town.at("/t/55"), picture="yes", about="child")
    dsl = case_of(town[DSL], told)
    assert town.at("/t/55") in dsl.pack("police")
    dsl.step("referred", to_="police", reference="P-1").step("referred", to="/referred", to_="iwf")
    return closed(dsl, "handed_over")


@story("g", "2026-11-17T10:20", "handed_over", 22)
def recruited(town: Town) -> str:
    """A leaflet recruits pupils for extremists: the safeguarding lead takes it over."""
    return handed_over(town, tells(town, LEAFLET, town.at("/t/83"), about="children"))


@story("h", "2026-11-17T10:00", "answered", 30)
def reviewed(town: Town) -> str:
    """A review is angry and fair: it is answered, and nobody can ask for its removal."""
    deputy = case_of(town[DEPUTY], tells(town, FAIR, town.at("/t/84"), "school_review_site"))
    assert not deputy.leads("/decided")
    deputy.sends("complaints_procedure")
    deputy.step("responded", how="public_reply", why="Thanked, and asked to ring us.")
    return closed(deputy, "answered")


INSULT = (
    "Mr Thistlewood at Oakfield Primary in Northvale is a useless fat pig and everybody hates his lessons."
)


@story("i", "2026-11-17T12:30", "removed", 46)
def by_a_pupil(town: Town) -> str:
    """A pupil insults a teacher: pastoral care has it before the platform is asked."""
    head = case_of(town[HEAD], tells(town, USELESS, town.at("/t/90"), "snapchat", about="staff"))
    sought(head, "C2", "pupil", "It insults somebody by name.", **AT_HIM)
    assert DSL in town.waits(minutes=1)
    head.step("referred", to_="pastoral").sends("platform_report")
    town.waits(hours=20)
    head.opens(town.case).press("removed")
    return gone(head)


@story("j", "2026-11-16T10:00", "answered", 29)
def asked_by_the_press(town: Town) -> str:
    """A journalist asks: the line for the press is sent in time."""
    head = case_of(town[HEAD], tells(town, PRESS, "", "email")).sends("holding_line")
    head.step("responded", how="mail", sent="We have your question, and answer it today.")
    return closed(head, "answered")


@story("k", "2026-11-09T16:04", "removed, then open", 76)
def copied(town: Town) -> str:
    """A lie stands in two places: author, platform, host and helpline are asked, it goes and is back."""
    town.tale.registers.update(WHO_HOSTS)
    town.tale.pages[ARTICLE] = PAGE
    head = case_of(town[HEAD], tells(town, LIE, town.at("/t/80"), by=TEACHER, about="staff"))
    sought(head, "C7", "parent", "It says that somebody steals; it is false.", **AT_HIM)
    head.sends("parent_invitation")
    first, second = town.case, f"{town.case}-2"
    tells(town, LIE, town.tale.at(BLOG) + ARTICLE, "blog", about="staff")
    head.opens(second).sends("parent_invitation")
    town.waits(hours=33)
    head.opens(first).sends("platform_report")
    head.opens(second).sends("host_abuse")
    town.waits(hours=30)
    head.opens(first).press("refused").sends("posh")
    head.opens(second).press("refused").sends("isp_terms")
    town.tale.pages[ARTICLE] = Answer(410, b"gone")
    for place in (second, first):
        head.opens(place).press("removed")
    town.waits(hours=1)
    removed = gone(head)
    town.tale.pages[ARTICLE] = PAGE
    assert HEAD in town.waits(days=7)
    return f"{removed}, then {town.ending()}"
