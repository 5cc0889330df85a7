"""What every HTML mail shares: its colours, its buttons, and that nothing is fetched."""

from __future__ import annotations

import re
from importlib.resources import files

import jinja2
import pytest

from alerts.layout import page
from alerts.layout.note import Note

SHEETS = files("alerts.layout").joinpath("templates")
CHILD = """{% extends "alerts.layout/layout.html" %}
{% from "alerts.layout/parts.html" import button, danger %}
{% block content %}<h1 class="title">{{ title }}</h1>
{% call danger("Now") %}<p class="said">{{ said }}</p>{{ button(url, "Open", "grave") }}{% endcall %}
{{ button(url, "Other", "quiet") }}{% endblock %}"""


@pytest.fixture(scope="module")
def mail():
    environment = page._environment().overlay(loader=jinja2.ChoiceLoader(
        [jinja2.DictLoader({"child": CHILD}), jinja2.FunctionLoader(page._read)]
    ))  # fmt: skip
    given = {"css": page._read("alerts.layout/base.css"), "dark": page._read("alerts.layout/dark.css")}
    return page._inliner().inline(
        environment.get_template("child").render(
            language="en", title="A <b>", said="<script>x", url="https://school.example.org/m/1", **given
        )
    )


def luminance(colour):
    """WCAG 2.2's relative luminance of #rrggbb."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * p for weight, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def rules(name):
    """The declarations of each class of a sheet, those of dark mode after those it replaces."""
    css = SHEETS.joinpath(name).read_text(encoding="utf-8")
    found = {}
    for names, body in re.findall(r"^((?:\.\w+(?:, )?)+) \{([^}]*)\}", css, re.MULTILINE):
        for one in names.split(", "):
            found.setdefault(one, {}).update(re.findall(r"([\w-]+): (#\w{6})", body))
    return found


def colours(dark):
    found = rules("base.css")
    for name, changed in (rules("dark.css") if dark else {}).items():
        found[name] = {**found[name], **changed}
    return found


@pytest.mark.parametrize("dark", [False, True])
def test_every_colour_of_text_stands_out_from_its_ground_by_wcag_aa(dark):
    found = colours(dark)
    page_, block = found[".page"]["background-color"], found[".danger"]["background-color"]
    pairs = [
        (rule["color"], rule.get("background-color", page_)) for rule in found.values() if "color" in rule
    ]
    pairs += [(found[name]["color"], block) for name in (".alarm", ".ring", ".page", ".meta", ".link")]
    pairs += [(found[".grave"].get("color", found[".button"]["color"]), found[".grave"]["background-color"])]
    assert len(pairs) >= 15
    assert [p for p in pairs if contrast(*p) < 4.5] == []


@pytest.mark.parametrize("dark", [False, True])
def test_the_rule_beside_what_is_dangerous_is_seen_without_its_colour(dark):
    rule = colours(dark)[".danger"]
    ground = rule["background-color"]
    assert contrast(rule["border-left-color"], ground) >= 3


def test_a_button_is_a_link_44_px_high(mail):
    buttons = re.findall(r'<a class="button[^>]*>', mail)
    assert len(buttons) == 2
    for one in buttons:
        assert "min-height: 44px" in one
        assert 'href="https://school.example.org/m/1"' in one


def test_in_outlook_a_button_stands_in_a_cell_that_has_its_padding_and_colour(mail):
    """Word, which draws it there, gives a link no padding."""
    cell = r'<td bgcolor="(#\w{6})"[^>]*mso-padding-alt: 11px 22px;">'
    before = rf'<!--\[if mso\]><table role="presentation"[^>]*><tr>{cell}<!\[endif\]-->'
    cells = re.findall(rf'{before}\s*<a class="button', mail)
    assert cells == ["#b3261e", "#ffffff"]
    assert mail.count("<!--[if mso]></td></tr></table><![endif]-->") == len(cells) + 1  # and the column's


@pytest.mark.parametrize("danger", ["", "If anyone may be in danger, ring 999 first."])
def test_a_mail_has_one_main_landmark_and_one_heading_of_the_first_level(danger):
    page_ = Note("en", "A subject", "What it is.", "Dear Ms A,", danger=danger, small=("End.",)).html
    assert (page_.count("<main>"), page_.count("</main>")) == (1, 1)
    (heading,) = re.findall(r"<h1[^>]*>([^<]*)</h1>", page_)
    assert heading == (danger or "What it is.")


def test_what_is_filled_in_is_escaped_and_nothing_is_fetched(mail):
    assert '<html lang="en"' in mail
    assert "<script" not in mail
    assert "<b>" not in mail
    assert not re.search(r"<(img|link|iframe|form)\b|url\(|@import", mail)
    assert "prefers-color-scheme: dark" in mail


def test_a_name_that_was_not_given_is_a_fault_and_no_gap():
    with pytest.raises(jinja2.UndefinedError):
        page.html("alerts.digest/digest.html", language="en", title="x")
