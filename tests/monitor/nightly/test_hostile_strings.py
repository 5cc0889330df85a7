"""Sixty strings that break programs, through every field of every form of the desk, and by its addresses."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import quote, urlencode

import pytest
from builders.case_page import CaseDesk
from builders.desk import OpenDesk
from builders.page import CHILD, STREET, form_of
from builders.report import filled_home
from builders.report_desk import ONE, ReportDesk
from hypothesis import settings

from monitor.desk import page as desk_page
from monitor.desk.pages.lists import FILTERS

STRINGS = (
    "<script>alert(1)</script>", "</textarea><script>alert(1)</script>", '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)", "</title><svg onload=alert(1)>", "<!--", "--><b>", "<![CDATA[<b>]]>",
    "</form><form action=https://evil.example>", "<meta http-equiv=refresh content=0>", "&lt;b&gt;",
    "&#60;b&#62;", "<iframe srcdoc='<b>'>", "<style>*{display:none}</style>",
    "<base href=https://evil.example>", "javascript:alert(1)", "JaVaScRiPt:alert(1)",
    "data:text/html,<b>", "vbscript:x", "//evil.example", "/\\evil.example",
    "https://evil.example@oakfield.example.org", "https://xn--80ak6aa92e.example", "file:///etc/passwd",
    "http://127.0.0.1:9478/metrics", "http://169.254.169.254/", "../../../../etc/passwd", "..%2f..%2f",
    "C:\\con", "{{ 7 * 7 }}", "{% raw %}", "${7*7}", "#{7*7}", "%s%s%n", "{0.__class__}", "$(touch x)",
    "`id`", "; rm -rf /", "| cat", "' OR '1'='1", "'; DROP TABLE owners; --", "1); DELETE FROM audit; --",
    "\\'; --", "=cmd|' /C calc'!A0", "@SUM(1+1)", "a\r\nSet-Cookie: desk=1", "a\r\nBcc: all@example.org",
    "a\x00b", "\x1b[2Jred", "a\u202eb\u2066c", "z\u200bw\u200dj\ufeff", "\u0338" * 60,
    "\U0001f469\u200d\U0001f467 \U0001f3f4", "\u0130\u0131\u1e9e\ufb01", "Ａｌｅｒｔ", "9" * 400, "-1", "NaN",
    "2026-02-30", "9999-12-31T23:59", "x" * 3000, "true", "null", "[object Object]", "\t \n",
)  # fmt: skip


TYPED = (
    "why",
    "matter",
    "credential",
    "passkey",
    "name",
    "person",
    "version",
    "told",
    "code",
    "address",
    "note",
)
"""Fields of forms that somebody may fill with anything."""


@dataclass
class Form:
    """One form of a page: where it goes, what it carries unseen, what can be filled in, its buttons."""

    action: str
    hidden: dict[str, str] = field(default_factory=dict)
    fields: list[str] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Forms(HTMLParser):
    """The forms of a page that change something."""

    def __init__(self, path: str, page: str) -> None:
        super().__init__()
        self.path, self.found, self._open = path, [], False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        name = given.get("name")
        if tag == "form" and given.get("method") == "post":
            action = given.get("action") or self.path
            self.found.append(Form(self.path.partition("?")[0] if action == "?" else action))
            self._open = True
        elif self._open and name and given.get("type") == "hidden":
            self.found[-1].hidden[name] = given.get("value") or ""
        elif self._open and name and tag == "button":
            self.found[-1].buttons.append((name, given.get("value") or ""))
        elif self._open and name and tag in ("input", "textarea", "select") and given.get("type") != "file":
            self.found[-1].fields.append(name)

    def handle_endtag(self, tag):
        self._open = self._open and tag != "form"


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.setattr(desk_page, "MOST", 10**6)
    desk = OpenDesk(tmp_path, **STREET)
    desk.sign_in("head", device="own")
    return desk


def assert_harmless(answer, said: str) -> None:
    assert answer.status_code < 500, (said, answer.text)
    if re.search(r"[<\"']", said) and said not in ("<!--",):
        assert said not in answer.text, said
    assert "evil.example" not in answer.headers.get("location", ""), said
    assert list(answer.headers).count("set-cookie") < 2 or "desk=1" not in answer.headers["set-cookie"], said


def filled(desk, path: str, said: str, n: int) -> int:
    """Sends a form of the page, each string another (of the profile “many” each form), with that in every
    field; how many fields there were."""
    count, forms = 0, Forms(path, desk.browser.get(path).text).found
    few = settings.default.max_examples < len(STRINGS)
    for at, form in enumerate(forms[n % len(forms) :][:1] if few and forms else forms):
        desk.wait(seconds=10)
        chosen = dict(form.buttons[(n + at) % len(form.buttons) :][:1])
        sent = {**form.hidden, **dict.fromkeys(form.fields, said), **chosen}
        assert_harmless(desk.browser.post(form.action, data=sent), said)
        count += len(form.fields)
    return count


def matter_of(desk) -> str:
    desk.wait(minutes=1)
    (path,) = set(re.findall(r'href="(/m/[^"#?]+)"', desk.browser.get("/").text))
    return path


@pytest.mark.slow  # each string goes through seven forms: some 46 s of this processor
def test_through_the_fields_of_a_matter_and_of_what_somebody_hands_in(desk) -> None:
    """Over a second: each string through a form of both."""
    matter = matter_of(desk)
    asks = (f"{matter}?ask={ask}" for ask in ("did", "note", "give", "wrong&what=lane", "wrong&what=twice"))
    paths = (matter, *asks, "/tell?danger=no&picture=no")
    sent = [filled(desk, path, said, n) for n, said in enumerate(STRINGS) for path in paths]
    assert sum(map(bool, sent)) > len(STRINGS)
    assert all(desk.browser.get(path).status_code == 200 for path in ("/", *paths))


def test_through_what_is_handed_in_after_the_questions(desk) -> None:
    answers = {"danger": "no", "about": "unknown", "picture": "no", "step": "what", "do": "hand_in"}
    for said in STRINGS:
        form = Forms("/tell", desk.browser.get("/tell?danger=no&picture=no").text).found[0].hidden
        typed = dict.fromkeys(("url", "place", "words", "shown_by"), said)
        assert_harmless(desk.browser.post("/tell", data={**form, **answers, **typed}), said)
        assert_harmless(desk.browser.post("/tell", data={**form, **answers, **typed, "url": ""}), said)


def test_through_the_questions_of_a_case_and_the_pages_beside_it(tmp_path, monkeypatch) -> None:
    """Over a second: each string through a form of one of them."""
    monkeypatch.setattr(desk_page, "MOST", 10**6)
    desk = CaseDesk(tmp_path)
    desk.to_decided()
    acts = ("place", "noted", "weighed", "asked", "complainant", "chronology", "gone", "referred", "author")
    pages = [f"/{act}" for act in acts]
    sent = [filled(desk, f"{desk.case}{pages[n % len(pages)]}", said, n) for n, said in enumerate(STRINGS)]
    sent += [letter_of(desk, said) for said in STRINGS[::6]]
    assert sum(map(bool, sent)) > len(STRINGS) // 2
    assert all(desk.page(path).status_code == 200 for path in pages)


def letter_of(desk, said: str) -> int:
    """A letter with that in it, drafted and recorded as sent."""
    desk.wait(seconds=10)
    facts = dict.fromkeys(("fact_to", "fact_meeting", "fact_what", "fact_words", "sent", "reference"), said)
    for do in ("draft", "sent"):
        answer = desk.say(
            "ask", do=do, letter="parent_invitation", rung="author_request", kind="conversation", **facts
        )
        assert_harmless(answer, said)
    return len(facts)


def test_through_the_fields_of_whoever_signs_in(desk) -> None:
    for n, said in enumerate(STRINGS):
        desk.wait(days=1)
        desk.browser = desk.another()
        assert filled(desk, "/sign-in", said, n)


def test_through_the_room_and_the_number_under_which_it_is_handed_over(tmp_path, monkeypatch) -> None:
    """Over a second: each string."""
    monkeypatch.setattr(desk_page, "MOST", 10**6)
    desk = OpenDesk(tmp_path, told=("dsl",), **CHILD)
    desk.sign_in("dsl")
    path = "/room/" + desk.context.links.at_desk("s-one").rpartition("/")[2]
    kept = Forms(path, desk.browser.get(path).text).found[0].hidden
    for said in STRINGS:
        typed = {**kept, "told": said, "do": "done", "number": said}
        assert_harmless(desk.browser.post(path, data=typed), said)
        asked = quote(said.encode("utf-8", "surrogatepass"), safe="")
        assert_harmless(desk.browser.get(f"/room/{asked}"), said)
        assert_harmless(desk.browser.get(f"/room?over={asked}"), said)


def test_through_the_reason_why_a_report_is_sent_back(tmp_path_factory, tmp_path, monkeypatch) -> None:
    """Over a second: each string."""
    monkeypatch.setattr(desk_page, "MOST", 10**6)
    desk = ReportDesk(shutil.copytree(filled_home(tmp_path_factory), tmp_path / "home"))
    browser = desk.browser("t-quillfeather")
    for said in STRINGS:
        assert_harmless(desk.press(browser, ONE, do="back", why=said), said)
        asked = quote(said.encode("utf-8", "surrogatepass"), safe="")
        assert_harmless(browser.get(f"/reports/{asked}/{asked}"), said)
        assert_harmless(browser.get(f"/r/{asked}"), said)


ASKED = (*FILTERS, "after", "over", "to", "number", "later", "rung", "kind", "refused", "first", "print")
"""What pages read of what stands behind their address."""


def test_by_every_address_and_what_stands_behind_it(desk) -> None:
    """Over a second: each string at each route, or of each profile but “many” at one in seven."""
    few = settings.default.max_examples < len(STRINGS)
    for n, said in enumerate(STRINGS):
        # Each route of the desk, with that in each place that it leaves open
        asked = quote(said.encode("utf-8", "surrogatepass"), safe="")
        paths = [re.sub(r"\{\w+\}", asked, route.path) for route in desk.app.routes]
        query = urlencode(dict.fromkeys(ASKED, said.encode("utf-8", "surrogatepass")))
        for at, path in enumerate([f"/{paths[0]}", *paths]):
            if few and (n + at) % 7:
                continue
            assert_harmless(desk.browser.get(path), said)
            assert_harmless(desk.browser.get(f"{path}?{query}"), said)


def test_through_every_form_that_there_is_a_route_for(desk) -> None:
    """Over a second: each string to a route, another each time, as a form that a captured one was made of."""
    routes = [
        route.path for route in desk.app.routes if "POST" in route.methods and route.path != "/sign-out"
    ]
    token = form_of(desk.browser.get("/tell?danger=no&picture=no"))["form"]
    matter = desk.context.links.at_desk("s-one").rpartition("/")[2]
    for n, said in enumerate(STRINGS):
        for at in range(1 if settings.default.max_examples < len(STRINGS) else len(routes)):
            path = re.sub(r"\{\w+\}", matter, routes[(n + at) % len(routes)])
            typed = dict.fromkeys((*ASKED, *TYPED, f"m-{matter}", f"u-{matter}", f"m-{said[:30]}"), said)
            do = ("make", "remove", "undo", "done", "record", said)[n % 6]
            assert_harmless(desk.browser.post(path, data={**typed, "form": token, "do": do}), said)


def test_in_a_cookie_and_a_header(desk) -> None:
    for said in STRINGS:
        try:
            said.encode("ascii")
        except UnicodeEncodeError:
            continue
        if re.search(r"[\x00-\x1f;]", said):
            continue
        headers = {"Cookie": f"__Host-desk={said}", "Referer": said, "X-Forwarded-For": said}
        assert_harmless(desk.another().get("/", headers=headers), said)
