"""Pictures of every mail, page and report: PYTHONPATH=tests python tests/manual/album.py DIR [PART…]

Each at 375 and at 1,280 pixels, light and dark, by the system's Chromium. What is in them is invented, and
goes the way of the program: read from feeds, judged by its model, sent by SMTP, shown by its own pages. It
ends with a fault where something is wider than its window.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from email.message import EmailMessage
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from builders.oakfield_week import CHAIR, DEPUTY, DSL, HEAD, IT, SAID, Week, a_week

from monitor.config.writing.edit import add_terms
from monitor.home import wiring

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

BASE = "https://schoolgate.oakfield.example.sch.uk"
WIDTHS = (375, 1280)
SCHEMES = ("light", "dark")
TEACHER = "b-thistlewood"
BEGINS = "2026-11-16T09:00"
TRUST = """
[[schools]]
urn = "900002"
name = "Hexley Primary School"
locality = "Hexley"

[[people]]
id = "f-director"
name = "Dr Flo Director"
roles = ["trust_contact", "slt"]
email = "f-director@oakfield.example.sch.uk"

[digest]
together = ["f-director"]
"""

PROGRAM = """<!doctype html><meta charset=utf-8><meta name=viewport content="width=device-width">
<style>:root {{ color-scheme: light dark }} body {{ margin: 0; font: 15px system-ui, sans-serif }}
header {{ padding: 12px 16px; border-bottom: 1px solid #8888; overflow-wrap: anywhere }}
header b {{ display: block; font-size: 17px; margin: 4px 0 }} pre {{ margin: 0; padding: 16px; font: 15px
system-ui, sans-serif; white-space: pre-wrap; overflow-wrap: anywhere }} iframe {{ border: 0; width: 100% }}
</style><header>{sender}<b>{subject}</b><small>{to}</small></header>{body}"""
"""A mail as a mail program shows it: sender and subject above, the HTML part in a frame of its own."""


@dataclass
class Camera:
    """Takes the pictures, in one browser."""

    browser: Browser
    folder: Path
    too_wide: list[str] = field(default_factory=list)

    def mail(self, name: str, mail: EmailMessage) -> None:
        """One mail; its plain part as a text file too."""
        plain, rich = mail.get_body(("plain",)), mail.get_body(("html",))
        text = plain.get_content() if plain else ""
        head = f"From: {mail['From']}\nTo: {mail['To']}\nSubject: {mail['Subject']}\n\n"
        (self.folder / f"{name}.txt").write_text(head + text, encoding="utf-8")
        shown = rich.get_content() if rich else ""
        body = f'<iframe srcdoc="{escape(shown)}"></iframe>' if shown else f"<pre>{_linked(text)}</pre>"
        page = PROGRAM.format(
            sender=escape(str(mail["From"])), subject=escape(str(mail["Subject"])),
            to=escape(str(mail["To"])), body=body,
        )  # fmt: skip
        for width, scheme in _each():
            with self._tab(width, scheme) as tab:
                tab.set_content(page)
                self._keep(name, width, scheme, tab)

    def file(self, name: str, path: Path) -> None:
        """An HTML file, or each page of a PDF."""
        if path.suffix == ".pdf":
            subprocess.run(
                ["pdftoppm", "-png", "-r", "70", str(path), str(self.folder / f"{name}-pdf")], check=True
            )
            return
        for width, scheme in _each():
            with self._tab(width, scheme) as tab:
                tab.goto(path.as_uri())
                self._keep(name, width, scheme, tab)

    @contextmanager
    def page(self, address: str) -> Iterator[Page]:
        """A tab at that address of ours, as on a telephone."""
        with self._tab(375, "light") as tab:
            tab.goto(address)
            yield tab

    def state(self, name: str, tab: Page) -> None:
        """What the tab shows now, in each size and scheme; nothing is asked for again."""
        for width, scheme in _each():
            tab.set_viewport_size({"width": width, "height": 700})
            tab.emulate_media(color_scheme=scheme)
            self._keep(name, width, scheme, tab)
        tab.set_viewport_size({"width": 375, "height": 700})

    @contextmanager
    def _tab(self, width: int, scheme: str) -> Iterator[Page]:
        context = self.browser.new_context(viewport={"width": width, "height": 700}, color_scheme=scheme)
        try:
            yield context.new_page()
        finally:
            context.close()

    def _keep(self, name: str, width: int, scheme: str, tab: Page) -> None:
        across = tab.evaluate(
            """() => { const f = document.querySelector('iframe');
            if (!f) return document.documentElement.scrollWidth;
            f.style.height = f.contentDocument.documentElement.scrollHeight + 'px';
            return f.contentDocument.documentElement.scrollWidth; }"""
        )
        if across > width:
            self.too_wide.append(f"{name}: {across} pixels across at {width}")
        tab.screenshot(path=self.folder / f"{name}-{width}-{scheme}.png", full_page=True)


def _each() -> Iterator[tuple[int, str]]:
    return ((width, scheme) for width in WIDTHS for scheme in SCHEMES)


def _linked(text: str) -> str:
    """As mail programs show plain text: an address can be tapped."""
    return re.sub(r"(https?://[^\s<]+)", r'<a href="\1">\1</a>', escape(text))


@dataclass
class Album:
    """The week, and the camera."""

    week: Week
    camera: Camera

    def mails(self, moment: str, *people: str) -> dict[str, EmailMessage]:
        """What has arrived, as pictures: of each subject the first, or what these people were sent."""
        found: dict[str, EmailMessage] = {}
        seen: set[str] = set()
        for taken in self.week.tale.mails():
            who, subject = taken.to[0].partition("@")[0], str(taken.mail["Subject"])
            if who not in people if people else subject in seen:
                continue
            seen.add(subject)
            found[f"{moment}-{who}" if f"{moment}-{who}" not in found else f"{moment}-{who}-{len(found)}"] = (
                taken.mail
            )
        for name, mail in found.items():
            self.camera.mail(name, mail)
        return found

    @contextmanager
    def opened(self, said: str, who: str, ago: timedelta = timedelta()) -> Iterator[Page]:
        """The page of what was said, by an address made so long ago for that person."""
        home, now = self.week.tale.home, self.week.tale.now
        with wiring.open_store(home).read() as con:
            rows = con.execute("SELECT id, title FROM stories").fetchall()
            apart = con.execute("SELECT story_id FROM alerts WHERE restricted").fetchall()
        found = [story for story, title in rows if title and title.startswith(SAID[said].title)]
        story = found[0] if found else apart[0][0]
        address = wiring.links(home, wiring.settings(home, None)[1]).page(story, who, now - ago)
        with self.camera.page(self.week.here(str(address))) as tab:
            yield tab

    def prove(self, tab: Page, name: str = "") -> None:
        """The code that opens what is restricted is asked for and typed."""
        for button in ("Send me a code", "Open it"):
            if button == "Open it":
                *_, taken = self.week.tale.mails()
                tab.get_by_label("Code of six figures").fill(str(taken.mail.get_content()).split()[0])
            self.week.tale.wait(seconds=5)
            with tab.expect_navigation():
                tab.get_by_role("button", name=button, exact=True).click()
            if name and button != "Open it":
                self.camera.state(f"{name}-code-sent", tab)

    def press(self, tab: Page, name: str, *buttons: str) -> None:
        """One button after the other, each a few seconds after the page came."""
        for button in buttons:
            self.week.tale.wait(seconds=5)
            with tab.expect_navigation():
                tab.get_by_role("button", name=button).first.click()
            self.camera.state(f"{name}-{button.lower().replace(' ', '-')}", tab)


def alerts(album: Album) -> None:
    """What arrives at once, and what comes when nobody answers."""
    week = album.week
    week.say("threat")
    album.mails("alert-threat", HEAD, TEACHER, DSL)
    for name in ("child", "insult", "measures", "theft", "voucher", "head", "knife"):
        week.say(name)
        album.mails(f"alert-{name}")
    for n in range(8):
        week.tale.wait(minutes=15)
        week.tale.tick()
        album.mails(f"asked-next-{n}")


def pages(album: Album) -> None:
    """The page, in each of its states."""
    week, camera = album.week, album.camera
    week.say("threat", "child", "insult", "theft", "measures", "calls", "film", "street", "head", "voucher")
    week.tale.mails()
    with album.opened("calls", HEAD) as tab:
        camera.state("page-complaint", tab)
        album.press(tab, "page-complaint", "Show what was posted", "Answered", "Undo")
    with album.opened("insult", HEAD) as tab:
        camera.state("page-insult", tab)
        with tab.expect_navigation():
            tab.click("button")
        camera.state("page-insult-once-more", tab)
        album.press(tab, "page-insult", "Show what was posted", "I have it")
    with album.opened("insult", DEPUTY) as tab:
        camera.state("page-insult-another-has-it", tab)
    with album.opened("film", HEAD) as tab:
        camera.state("page-namesake", tab)
        album.press(tab, "page-namesake", "Not us")
    for name, who in (("threat", HEAD), ("threat", TEACHER), ("measures", HEAD), ("theft", HEAD)):
        with album.opened(name, who) as tab:
            camera.state(f"page-{name}-{who}", tab)
    with album.opened("threat", HEAD) as tab:
        album.press(tab, "page-threat", "Show what was posted", "I have it")
    with album.opened("child", DSL) as tab:
        camera.state("page-code", tab)
        album.prove(tab, "page")
        camera.state("page-restricted", tab)
        album.press(tab, "page-restricted", "Read it now", "I have it")
    for name, who, state in (
        ("child", HEAD, "not-yours"),
        ("head", HEAD, "accused"),
        ("head", CHAIR, "chair"),
    ):
        with album.opened(name, who) as tab:
            if "First, a code" in tab.inner_text("h1"):
                album.prove(tab)
            camera.state(f"page-{state}", tab)
    with album.opened("calls", HEAD, ago=timedelta(days=36)) as tab:
        camera.state("page-expired", tab)
    with camera.page(f"{week.local}/m/nothing") as tab:
        camera.state("page-unknown", tab)


def cases(album: Album) -> None:
    """A case from its opening to its end: whoever is told, is told by mail."""
    tale = album.week.tale
    album.mails("before-cases")
    listed = tale("alerts list --as t-quillfeather --json").data
    alert = next(a["id"] for a in listed if "insult" in str(a))
    tale(f"case open {alert} --as {DEPUTY}")
    number = tale(f"case list --as {HEAD} --json").data[0]["case"]
    steps = (
        f'target {number} --person {TEACHER} --accuses-nobody --why "It calls him names" --as {HEAD}',
        f'weigh {number} --nature "names" --visible "a day" --spread "two" --impact "upset" --as {DEPUTY}',
        f'decide {number} --seek --as {HEAD} --why "It is abuse, not an opinion of the school"',
    )
    for name, line in (
        ("opened", ""),
        ("target", f"case step {steps[0]}"),
        ("support", f"case support offered {number} --as {HEAD}"),
        ("classified", f'case classify {number} C2 --as {DEPUTY} --why "Abuse"'),
        ("weighed", f"case step {steps[1]}"),
        ("given", f"case assign {number} --to {DEPUTY} --as {HEAD}"),
        ("decided", f"case step {steps[2]}"),
    ):
        if line:
            tale(line, code=None)
        tale.tick()
        album.mails(f"case-{name}")
    tale.wait(days=2)
    tale.tick()
    album.mails("case-overdue")


EVERYDAY = ("bank", "van", "gate", "calls", "uniform", "lunch", "choir", "fair", "road", "film", "german")


def digests(album: Album) -> None:
    """A busy Tuesday, a quiet Wednesday, a Thursday after a threat, and the day after."""
    week, tale = album.week, album.week.tale
    week.say(*EVERYDAY, "road-safety", "insult", "measures", "theft", "knife", "head")
    for name, said, at in (
        ("busy", (), "2026-11-17T07:30"),
        ("quiet", (), "2026-11-18T07:30"),
        ("threat", ("threat", "child"), "2026-11-19T07:30"),
        ("friday", (), "2026-11-20T07:30"),
    ):
        tale.mails()
        if said:
            tale.wait(hours=9)
            week.say(*said)
            tale.mails()
        tale.until(at)
        tale("scan", code=None)
        tale.tick()
        album.mails(f"digest-{name}", HEAD, *([DEPUTY] if name == "busy" else []))


def report(album: Album) -> None:
    """The governors' report, asked for, signed and sent."""
    tale = album.week.tale
    tale.until("2026-11-20T16:00")
    tale.tick()
    album.mails("report-to-sign", HEAD)
    tale("report --week 2026-W47 --out made", code=None)
    for path in sorted(Path("made").iterdir()):
        album.camera.file("report", path.resolve())
    tale(f"report --week 2026-W47 --sign --as {HEAD}", code=None)
    tale.tick()
    album.mails("report-sent", CHAIR)
    album.week.say("street")
    tale.until("2026-11-21T07:30")
    tale.mails()
    tale.tick()
    album.mails("digest-saturday", HEAD)


def troubles(album: Album) -> None:
    """A message that did not arrive, a policy past its review, and the last term that is known."""
    week, tale = album.week, album.week.tale
    tale.office.rcpt = lambda to: "550 5.1.1 No such mailbox" if to.startswith(f"{HEAD}@") else None
    week.say("insult")
    tale.tick()
    tale.wait(minutes=5)
    tale.tick()
    album.mails("failure", DEPUTY, IT)
    tale.office.rcpt = lambda to: None
    for day in range(30):
        week.say("calm", name=f"calm-{day}")
        tale.wait(days=1)
    tale.mails()
    for n in range(14):
        week.put("gate", name=f"gate-{n}")
    week.say()
    tale.tick()
    tale.mails()
    tale.wait(hours=12)  # such a mail waits for working hours
    tale.tick()
    album.mails("surge", HEAD)
    add_terms(tale.home / "schoolgate.toml", ["900001"], [(date(2027, 4, 12), date(2027, 9, 20))])
    tale.until("2027-09-06T09:00")
    tale.tick()
    album.mails("policy", HEAD, IT)


def trust(album: Album) -> None:
    """What somebody of two schools is sent, who has a digest of both."""
    week, tale = album.week, album.week.tale
    week.say(*EVERYDAY, "insult", "measures")
    tale.until("2026-11-17T07:30")
    tale.tick()
    album.mails("digest-trust", "f-director")


PARTS = {
    "alerts": ((alerts, cases), ""),
    "pages": ((pages,), ""),
    "digests": ((digests, report), ""),
    "troubles": ((troubles,), ""),
    "trust": ((trust,), TRUST),
}
"""What is played from the beginning, each at a home of its own."""


def main(folder: Path, *parts: str) -> None:
    """Play these parts, or all, and take the pictures."""
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play, tempfile.TemporaryDirectory() as scratch:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        camera = Camera(browser, folder.resolve())
        for acts, more in (PARTS[part] for part in parts or PARTS):
            here = Path(tempfile.mkdtemp(dir=scratch))
            with pytest.MonkeyPatch.context() as patch, a_week(here, patch, BEGINS, BASE, more) as week:
                for act in acts:
                    act(Album(week, camera))
        browser.close()
    sys.exit("\n".join(camera.too_wide) or None)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
