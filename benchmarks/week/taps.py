"""A week as its people tap it in a browser, nobody at a shell; and how long each of their errands takes them.

What the plot types is handed in at the desk instead; what it does by a mail's link is tapped there. Reckoned
are ten seconds for each page that is read, two for each tap, and a word typed at forty a minute; an address
or a code that is pasted is a tap.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin

from playwright.sync_api import Browser, Locator, Page, sync_playwright

from benchmarks.week.life import CannotBeDone, Life, begun
from benchmarks.week.plan import Act, Week

CHROMIUM = "/usr/bin/chromium"
PAGE_S, TAP_S, WORD_S = 10, 2, 60 / 40
PHONE = {"width": 375, "height": 740}
_CODE = "input[name=code]"
_PAUSE_S = 5.0
"""Nobody taps at once; the page counts nobody who does."""


@dataclass
class Errand:
    """What somebody did from opening an address to going: pages read, taps, words typed."""

    who: str
    what: str
    pages: int = 0
    taps: int = 0
    words: int = 0

    @property
    def seconds(self) -> float:
        """How long it takes them."""
        return PAGE_S * self.pages + TAP_S * self.taps + WORD_S * self.words

    def __str__(self) -> str:
        counted = f"{self.pages} pages, {self.taps} taps, {self.words} words"
        return f"{self.seconds:5.0f} s  {self.who}: {self.what} ({counted})"


@dataclass
class Taps:
    """People in a life, each with a telephone of their own: `done` is each errand."""

    life: Life
    browser: Browser
    scripts: bool
    done: list[Errand] = field(default_factory=list)
    _tabs: dict[str, Page] = field(default_factory=dict)

    def act(self, act: Act) -> str:
        """One act of the plot. Raises CannotBeDone."""
        if act.steps:
            return self.at_desk(act)
        return self.hand_in(act, act.said.strip()) if act.hands_in else self.follow(act)

    def follow(self, act: Act) -> str:
        """By the link of a mail, its buttons in turn."""
        with self._errand(act.who, f"“{act.mail}”: {', '.join(act.do)}") as (tab, errand):
            self._open(tab, errand, self.life.link(act.who, act.mail))
            self._prove(tab, errand, act.who)
            for do in act.do:
                self._press(tab, errand, do, act.fields if do == act.do[-1] else {})
            return tab.inner_text("main")

    def hand_in(self, act: Act, said: str) -> str:
        """At “Tell us what you saw”, what the plot says."""
        given = act.hands_in
        with self._errand(given["by"], "hands in an address") as (tab, errand):
            self._open(tab, errand, "/tell")
            for name in ("danger", "picture"):
                self._choose(tab, errand, f"[name={name}]", "no")
                self._tap(tab, errand, "button[value=go]")
            self._choose(tab, errand, "#about", "unknown")
            self._paste(tab, errand, "#url", given["url"])
            if said:
                self._type(tab, errand, "#words", said)
            if "picture" in act.fields:
                tab.set_input_files("#file", str(self.life.tale.screenshot()))
                errand.taps += 2
            self._tap(tab, errand, "button[value=hand_in]")
            said = tab.inner_text("main")
            if not re.search(r"\b\d{6}\b", said):
                raise CannotBeDone(f"{self.life.here}: what {given['by']} handed in has no number. {said}")
        self.life.work()
        return said

    def at_desk(self, act: Act) -> str:
        """From Today: opens a matter by words of it (`open`), presses a button (`do`), its form filled in."""
        what = ", ".join(step.get("open") or step["do"] for step in act.steps)
        with self._errand(act.who, what) as (tab, errand):
            self._open(tab, errand, "/")
            for step in act.steps:
                if "open" in step:
                    self._reach(tab, errand, step["open"])
                else:
                    self._press(tab, errand, step["do"], {k: v for k, v in step.items() if k != "do"})
                if tab.locator("main .said.wrong").count():
                    raise self._cannot(tab, errand, f"yes to {step}")
            return tab.inner_text("main")

    def _reach(self, tab: Page, errand: Errand, said: str) -> None:
        for link in tab.locator('main a[href^="/m/"]').all():
            item = link.locator("xpath=ancestor::*[self::li or self::section or self::article][1]")
            if said in item.inner_text():
                self._click(tab, errand, link)
                self._prove(tab, errand, errand.who)
                return
        raise self._cannot(tab, errand, f"matter that says “{said}”")

    @contextmanager
    def _errand(self, who: str, what: str) -> Iterator[tuple[Page, Errand]]:
        """Somebody takes out their telephone, on which they are signed in."""
        if who not in self._tabs:
            own = self.browser.new_context(viewport=PHONE, java_script_enabled=self.scripts)
            own.set_default_timeout(20_000)
            self._tabs[who] = own.new_page()
            errand = Errand(who, "signs in")
            self._sign_in(self._tabs[who], errand)
            self.done.append(errand)
        errand = Errand(who, what)
        yield self._tabs[who], errand
        self.done.append(errand)

    def _sign_in(self, tab: Page, errand: Errand) -> None:
        self._open(tab, errand, "/sign-in")
        self._type(tab, errand, "#address", f"{errand.who}@example.org")
        self._choose(tab, errand, "[name=device]", "own")
        self._prove(tab, errand, errand.who)

    def _prove(self, tab: Page, errand: Errand, who: str) -> None:
        """Types the code that comes by mail, where the page asks for one."""
        if tab.locator("button[value=send_code]").count():
            self._tap(tab, errand, "button[value=send_code]")
        if tab.locator(_CODE).count():
            self._paste(tab, errand, _CODE, self.life.code(who))
            self._tap(tab, errand, f"form:has({_CODE}) button[name=do]")

    def _open(self, tab: Page, errand: Errand, address: str) -> None:
        tab.goto(urljoin(self.life.base, address))
        errand.taps += 1
        errand.pages += 1

    def _tap(self, tab: Page, errand: Errand, button: str) -> None:
        found = tab.locator(f"main {button}")
        if not found.count():
            raise self._cannot(tab, errand, button)
        self._click(tab, errand, found.first)

    def _click(self, tab: Page, errand: Errand, found: Locator) -> None:
        self.life.tale.wait(seconds=_PAUSE_S)
        self._unfold(errand, found)
        with tab.expect_navigation():
            found.click()
        errand.taps += 1
        errand.pages += 1

    def _unfold(self, errand: Errand, found: Locator) -> None:
        for fold in found.locator("xpath=ancestor::details[not(@open)]").all():
            fold.locator("summary").first.click()
            errand.taps += 1

    def _cannot(self, tab: Page, errand: Errand, what: str) -> CannotBeDone:
        said = f"{self.life.here}: {errand.who}, {errand.what}: {tab.url} has no {what}."
        return CannotBeDone(f"{said}\n{tab.inner_text('main')}")

    def _press(self, tab: Page, errand: Errand, do: str, fields: Mapping[str, str]) -> None:
        """A button, once the fields of its form are filled in; “read” only where words are not shown yet."""
        if do == "read" and not tab.locator('main button[value="read"]').count():
            return
        button = f'button[name=do][value="{do}"]'
        if not tab.locator(f"main {button}").count() and tab.locator(f'main a[href^="?ask={do}"]').count():
            self._click(tab, errand, tab.locator(f'main a[href^="?ask={do}"]').first)
        for name, value in fields.items():
            field = f"main form:has({button}) [name={name}]"
            if not tab.locator(field).count():
                raise self._cannot(tab, errand, field)
            self._unfold(errand, tab.locator(field).first)
            if tab.locator(f"{field}:is(select, [type=radio])").count():
                self._choose(tab, errand, field, value)
            else:
                self._type(tab, errand, field, value)
        self._tap(tab, errand, button)

    def _choose(self, tab: Page, errand: Errand, field: str, value: str) -> None:
        if tab.locator(f"{field}:is(select)").count():
            tab.select_option(field, value)
        else:
            tab.check(f'{field}[value="{value}"]')
        errand.taps += 1

    def _type(self, tab: Page, errand: Errand, field: str, value: str) -> None:
        tab.fill(field, value)
        errand.taps += 1
        errand.words += len(value.split())

    def _paste(self, tab: Page, errand: Errand, field: str, value: str) -> None:
        tab.fill(field, value)
        errand.taps += 2


@contextmanager
def tapped(week: Week, *, scripts: bool) -> Iterator[Taps]:
    """The week at its beginning, in which people act by a browser, with or without JavaScript."""
    acts = tuple(sorted((*week.acts, *week.at_desk), key=lambda act: act.at))
    with begun(replace(week, acts=acts)) as life, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        taps = Taps(life, browser, scripts)
        life.does = taps.act
        try:
            yield taps
        finally:
            browser.close()
