"""Every page of the desk, of setting up and of the demo: axe in light and dark, width, size, targets."""

import gzip
import re
import shutil
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from builders.case_page import CaseDesk
from builders.mention import NOW, POLICY, URN, a_batch, a_mention, a_verdict, an_alert, save
from builders.page import CHILD
from builders.served import broken_rules, chromium, needs_chromium, opened, served, sign_in

from alerts.drill import BEGUN
from alerts.weekly.facts import parse_week
from data.errors import StoreBusy
from data.privacy import RequestKind
from data.store import weekly as weekly_store
from data.store.engine.audit_chain import AuditEntry, append
from data.types import Source
from monitor.act.privacy import record_request
from monitor.act.requests import list_offices
from monitor.cli.demo import desk as demo
from monitor.desk import page
from monitor.desk.pages.matter import leave_address
from monitor.home import wiring
from monitor.reports.weekly import gather_report
from monitor.setup.desk.frame import Step
from monitor.setup.desk.pages import setup_pages

MOST_HTML, MOST_CSS = 40 * 1024, 12 * 1024
WEEK = "2026-W47"
LEADS = {"/sign-in/account", "/sign-in/return"}
"""Routes that lead elsewhere; a table to be saved and the files are no pages either."""
NO_PAGE = LEADS | {"/matters/csv", "/s/{version}/{name}"}
CASE_ACTS = (
    *("classified", "weighed", "target", "decided", "asked?rung=host&reason=yes", "answered", "closed"),
    *("what", "what?decision=seek", "keep", "ask", "ask?rung=host&kind=host", "ask?letter=posh", "gone"),
    *("letters", "host", "pack", "more"),
)
MAIL_WAYS = ("mail?way=graph", "mail?way=relay")
DEMO_PEOPLE = ("t-quillfeather", "i-larkspur", "o-fennimore", "o-pellworth", "b-thistlewood")
TAPPED = "button:not(.link), a.button, nav a, summary, .radio, :is(.back, .what, .tap) > a:only-child"
SMALL = """([tapped, least]) => [...document.querySelectorAll(tapped)].filter(e => e.checkVisibility()
  && e.getBoundingClientRect().height < least).map(e => e.outerHTML.slice(0, 90))"""
LINKS = (("s-one", "head"), ("s-one", "vale"), ("s-two", "dsl"))
DRILL = f"drill:{URN}:2026-autumn"
pytestmark = [needs_chromium, pytest.mark.timeout(600)]


def a_full_desk(home):
    """A desk with a case, a matter for the safeguarding lead, and a draft of the governors' report."""
    desk = CaseDesk(home, told=("head", "dsl"), more_pages=setup_pages)
    desk.rename("vale", email="vale@example.org")
    gazette = Source("gazette", "feed", "https://www.northvale-gazette.example.org/rss", name="Gazette")
    desk.context = replace(desk.context, config=replace(desk.context.config, sources=(gazette,)))
    desk.begin_by_act("vale")
    post = a_mention("two", title="", text="Somebody tells of harm.", author="ash-mum")
    verdict = a_verdict(post, **CHILD)
    alert = an_alert(
        "s-two", severity=verdict.severity, route=verdict.route, content_class="C10", restricted=True,
        audience=("dsl",),
    )  # fmt: skip
    desk.wait(days=3, hours=8)  # its week is over
    with desk.store.write("test") as con:
        save(con, a_batch(post, verdicts=[verdict], alerts=[alert], story_id="s-two"), now=NOW, policy=POLICY)
        append(con, [AuditEntry(desk.clock(), "schoolgate", BEGUN, DRILL, URN)])
        config = desk.context.config
        made = gather_report(con, config, config.school(URN), parse_week(WEEK), desk.clock())
        weekly_store.put_report(con, URN, WEEK, made.text, desk.clock(), made.counted)
    head = next(p for p in config.people if p.id == "head")
    (office,) = list_offices(desk.store, config, head)
    for kind in (RequestKind.ACCESS, RequestKind.ERASURE):
        record_request(office, kind, "R-1", "By letter.", None, desk.clock())
    return desk


def addresses(desk):
    """For each route who looks at it, and at which addresses; None is somebody who is not signed in."""
    links, base = desk.context.links, desk.context.links.base_url

    def key(story):
        return links.at_desk(story).rpartition("/")[2]

    def mailed(link):
        return link.removeprefix(base)

    return {
        "/sign-in": [(None, "/sign-in"), (None, "/nothing-here")], "/tell/code": [(None, "/tell/code")],
        "/m/{token}": [(None, mailed(links.page(story, who, desk.clock()))) for story, who in LINKS],
        "/d/{token}": [(None, "/d/of-before")],
        "/r/{token}": [(None, mailed(links.report(URN, WEEK, "head", desk.clock())))],
        "/drill/{token}": [(None, mailed(links.drill(DRILL, "head", desk.clock())))],
        "/leave/{token}": [(None, leave_address(links, "", "https://forum.example.org/one"))],
        "/": [("head", "/"), ("dsl", "/"), ("vale", "/")],
        "/m/s/{token}": [("head", f"/m/s/{key('s-one')}"), ("dsl", f"/m/s/{key('s-two')}")],
        "/matters": [("head", f"/matters{said}") for said in ("", "?words=nothing")],
        "/case": [("head", "/case")], "/case/{number}": [("head", desk.case), ("vale", desk.case)],
        "/case/{number}/{act}": [("head", f"{desk.case}/{act}") for act in CASE_ACTS],
        "/drill": [("head", "/drill")], "/outside": [("head", "/outside")],
        "/tell": [("head", "/tell")], "/tell/state": [("head", "/tell/state?number=1")],
        "/tell/picture": [("dsl", "/tell/picture")], "/proof": [("head", "/proof")],
        "/school": [("head", "/school")], "/code": [("head", "/code")], "/sheet": [("head", "/sheet")],
        "/passkeys": [("head", "/passkeys")], "/people": [("head", "/people")],
        "/accounts": [("head", "/accounts")], "/accounts/{id}": [("head", "/accounts/new")],
        "/policies": [("head", "/policies")], "/keyed": [("head", "/keyed")],
        "/people/{id}": [("head", f"/people/{who}") for who in ("vale", "head", "new")],
        "/sources": [("head", "/sources")], "/sources/{id}": [("head", "/sources/gazette")],
        "/schools": [("head", "/schools")], "/schools/{urn}": [("head", f"/schools/{URN}")],
        "/terms": [("head", "/terms")], "/machine": [("head", "/machine")],
        "/reports": [("head", "/reports")], "/reports/{urn}/year": [("head", f"/reports/{URN}/year")],
        "/reports/{urn}/{week}": [("head", f"/reports/{URN}/{WEEK}")],
        "/requests": [("head", "/requests")], "/requests/due": [("head", "/requests/due?days=365")],
        "/requests/foi": [("head", "/requests/foi")], "/keyed/{kind}": [("head", "/keyed/nextdoor")],
        "/requests/{number}": [("head", f"/requests/{n}") for n in ("P0001", "P0002")],
        "/requests/{number}/{act}": [("head", "/requests/P0001/answer")], "/papers": [("head", "/papers")],
        "/papers/{name}": [("head", f"/papers/{name}") for name in ("dpia", "lia", "retention")],
        "/setup": [("head", "/setup")],
        "/setup/{step}": [("head", f"/setup/{said}") for said in (*Step, "school?q=oak", *MAIL_WAYS)],
        "/room": [("dsl", "/room")], "/room/{token}": [("dsl", f"/room/{key('s-two')}")],
        "/check": [("dsl", "/check")], "/sign-out": [("head", "/sign-out")],
    }  # fmt: skip


class Walk:
    """What is found on pages: rules of axe that they break, those too wide, bytes of each, small targets."""

    def __init__(self):
        self.broken, self.wide, self.small, self.sizes = [], [], [], {}

    def note(self, tab, path, answer):
        self.sizes[path] = len(answer.body())
        unfold(tab)
        for width in (1440, 640, 320):  # 640: a screen of 1,280 at 200 %
            tab.set_viewport_size({"width": width, "height": 700})
            if tab.evaluate("document.documentElement.scrollWidth") > width:
                self.wide.append((path, width))
        self.small.extend((path, found) for found in tab.evaluate(SMALL, [TAPPED, 44]))
        self.broken.extend((path, *rule) for rule in broken_rules(tab))


def unfold(tab):
    tab.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")


def walk_demo(walk, browser, folder, summary, config):
    """Looks at the demo as each of its people, and at one in three of the emails that would arrive."""
    now, tab = summary.at + timedelta(minutes=1), opened(browser.new_page(bypass_csp=True))
    store = wiring.open_store(folder, lambda: now)
    demo.play_week(store, config, now)
    at = SimpleNamespace(context=wiring.make_context(config, folder), clock=lambda: now)
    with served(at, app=demo.demo_app(store, lambda: at.context, at.clock)) as base:
        paths = ["/sign-in", "/demo", *(f"/as/{who}" for who in DEMO_PEOPLE), "/demo/report"]
        mails = re.findall(r'href="(/as/[^"]+)"', tab.goto(f"{base}/demo").text().partition("<main")[2])
        for path in (*paths, *mails[::3]):
            walk.note(tab, path, tab.goto(base + path))
    return mails


@pytest.fixture(scope="module")
def walked(tmp_path_factory, played):
    """What was found on every page, and which routes and emails there are."""
    desk, walk = a_full_desk(tmp_path_factory.mktemp("desk")), Walk()
    routes = {route.path for route in desk.app.routes}

    @contextmanager
    def held(store, purpose):
        raise StoreBusy("held by another")
        yield

    def look(tab, path, do="", meanwhile=lambda: None, status=200, **typed):
        """The page at that path, or where the tab is; by `do`, the one that this button of it leads to."""
        answer = tab.goto(base + path) if path else None
        if do:
            unfold(tab)
            tab.set_viewport_size({"width": 1280, "height": 700})
            form = f"form:has(button[value={do}])"
            for name, value in typed.items():
                tab.locator(f"{form} [name={name}]").fill(value)
            meanwhile()
            with tab.expect_navigation() as went:
                tab.locator(f"{form} button[value={do}]").click()
            answer, path = went.value, f"{path} {do}"
            assert answer.status == status, path
        walk.note(tab, path, answer)

    with pytest.MonkeyPatch.context() as patched, served(desk) as base, chromium() as browser:
        patched.setattr(page, "MOST", 10**6)
        tabs = {}
        for who in (None, "head", "dsl", "vale"):
            tabs[who] = opened(browser.new_page(bypass_csp=True))
            if who:
                sign_in(tabs[who], base, desk, who)
        pages = addresses(desk)
        for seen in pages.values():
            for who, path in seen:
                look(tabs[who], path)
        (_, matter), (_, kept_apart) = pages["/m/s/{token}"]
        look(tabs[None], "/sign-in", "send_code", address=desk.address("head"))
        look(tabs[None], "/tell/code", "prove", status=403, code="ABCD EFGH")
        look(tabs[None], pages["/m/{token}"][-1][1], "send_code")
        look(tabs["dsl"], kept_apart, "read")
        look(tabs["dsl"], pages["/room/{token}"][0][1], "show")
        look(tabs["head"], "/proof", "verify")
        look(tabs["head"], f"{matter}?ask=note", "note", why="I rang the parents.")
        look(tabs["head"], f"{matter}?ask=wrong")
        look(tabs["head"], f"{matter}?ask=wrong&what=tone", "wrong", why="Nothing else is chosen.")
        for number, do in (("P0001", "copy"), ("P0002", "look")):
            look(tabs["head"], f"/requests/{number}", "search", words="gate-dad")
            look(tabs["head"], "", do)
        with pytest.MonkeyPatch.context() as busy:
            busy.setattr(type(desk.store), "write", held)
            look(tabs["head"], f"{matter}?ask=note", "note", status=503, why="Nobody can save this.")
        forget = tabs["head"].context.clear_cookies
        look(tabs["head"], f"{matter}?ask=note", "note", forget, 403, why="Typed, and signed out since.")
        copied = shutil.copytree(played[0], tmp_path_factory.mktemp("demo") / "demo")
        mails = walk_demo(walk, browser, copied, *played[1:])
    return SimpleNamespace(walk=walk, routes=routes, pages=pages, mails=mails)


def test_every_route_of_the_table_that_shows_a_page_is_looked_at_here(walked) -> None:
    assert walked.routes - NO_PAGE == walked.pages.keys()
    assert walked.mails


def test_no_page_breaks_a_rule_of_axe_in_light_or_in_dark(walked) -> None:
    assert walked.walk.broken == []


def test_no_page_is_scrolled_sideways_on_a_small_telephone_or_at_twice_its_size(walked) -> None:
    assert walked.walk.wide == []


def test_what_is_tapped_is_44_pixels_high(walked) -> None:
    assert walked.walk.small == []


def test_no_page_is_longer_than_40_kb_nor_the_stylesheet_than_12_kb(walked) -> None:
    assert {path: size for path, size in walked.walk.sizes.items() if size > MOST_HTML} == {}
    assert len(gzip.compress(page.shown_file("desk.css").body)) <= MOST_CSS
