"""Sixty strings that break programs, through every field of every form of the desk, and by its addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import quote

import pytest
from builders.desk import OpenDesk
from builders.page import STREET
from hypothesis import settings

from monitor.desk import pace

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
            self.found.append(Form(given.get("action") or self.path))
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
    monkeypatch.setattr(pace, "MOST", 10**6)
    desk = OpenDesk(tmp_path, **STREET)
    desk.sign_in("head", device="own")
    return desk


def assert_harmless(answer, said: str) -> None:
    assert answer.status_code < 500, (said, answer.text)
    if re.search(r"[<\"']", said) and said not in ("<!--",):
        assert said not in answer.text, said
    assert "evil.example" not in answer.headers.get("location", ""), said
    assert list(answer.headers).count("set-cookie") < 2 or "desk=1" not in answer.headers["set-cookie"], said


def test_there_are_sixty() -> None:
    assert len(set(STRINGS)) >= 60


def filled(desk, path: str, said: str, n: int) -> int:
    """Sends a form of the page, each string another (of the profile “many” each form), with that in every
    field; how many fields there were.
    """
    count, forms = 0, Forms(path, desk.browser.get(path).text).found
    few = settings.default.max_examples < len(STRINGS)
    for at, form in enumerate(forms[n % len(forms) :][:1] if few else forms):
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


def test_through_the_fields_of_a_matter_and_of_what_somebody_hands_in(desk) -> None:
    """Over a second: each string through a form of both."""
    paths = (matter_of(desk), "/tell")
    sent = [filled(desk, path, said, n) for n, said in enumerate(STRINGS) for path in paths]
    assert sum(map(bool, sent)) > len(STRINGS)
    assert all(desk.browser.get(path).status_code == 200 for path in ("/", *paths))


def test_through_what_is_handed_in_after_the_questions(desk) -> None:
    answers = {"danger": "no", "about": "unknown", "picture": "no", "step": "what", "do": "hand_in"}
    for said in STRINGS:
        form = Forms("/tell", desk.browser.get("/tell").text).found[0].hidden
        typed = dict.fromkeys(("url", "place", "words", "shown_by"), said)
        assert_harmless(desk.browser.post("/tell", data={**form, **answers, **typed}), said)
        assert_harmless(desk.browser.post("/tell", data={**form, **answers, **typed, "url": ""}), said)


def test_through_the_fields_of_whoever_signs_in(desk) -> None:
    for n, said in enumerate(STRINGS):
        desk.wait(days=1)
        desk.browser = desk.another()
        assert filled(desk, "/sign-in", said, n)


def test_by_every_address_and_what_stands_behind_it(desk) -> None:
    for said in STRINGS:
        asked = quote(said.encode("utf-8", "surrogatepass"), safe="")
        for path in (
            f"/m/{asked}",
            f"/{asked}",
            f"/s/1/{asked}",
            f"/tell/state?number={asked}",
            f"/sign-in?to={asked}",
        ):
            assert_harmless(desk.browser.get(path), said)


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
