"""The templates of papers on data protection, and the law with its source."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path

from support.every_command import leaves

from monitor.reports.papers import Paper, as_page

ROOM = Path(__file__).resolve().parents[3] / "monitor" / "reports" / "templates"
TEMPLATES = {path.name: path.read_text("utf-8") for path in ROOM.glob("*.md")}
LAWS = tomllib.loads((ROOM / "law.toml").read_text("utf-8"))
TAG = re.compile(r"(?m)\{[{%].*?[}%]\}|^% .*$")


def test_there_is_a_template_of_every_paper():
    assert {f"{paper.value.replace('-', '_')}.md" for paper in Paper} <= TEMPLATES.keys()


def test_nobody_writes_quotation_marks_of_a_typewriter():
    texts = [*TEMPLATES.values(), *(law["text"] for law in LAWS.values())]
    assert not [text for text in texts if re.search(r"[\"'`\t]", TAG.sub("", text))]


def test_every_command_that_a_paper_names_exists():
    every = {" ".join(words) for words, _ in leaves()}
    named = {
        name for text in TEMPLATES.values() for name in re.findall(r"schoolgate (\w+ [a-z-]+)\b[^:”]?", text)
    }
    assert named
    assert named <= every


def test_every_sentence_on_the_law_is_used_and_has_its_source_and_day():
    used = set(re.findall(r"law\.(?!cited|source)(\w+)|law\.source\(\"(\w+)", "\n".join(TEMPLATES.values())))
    assert {key for pair in used for key in pair if key} == LAWS.keys()
    for law in LAWS.values():
        assert law.keys() == {"text", "source", "read"}
        assert isinstance(law["read"], date)


def test_no_paper_calls_an_article_of_law_without_a_source():
    """What law asks stands in law.toml: a template names articles only as headings of what a paper is."""
    named = re.compile(r"Article \d+|section \d+\w*|paragraph \d+|Schedule \d+")
    found = {hit for text in TEMPLATES.values() for hit in named.findall(text)}
    assert found == {"Article 30", "Article 9", "Schedule 1", "section 141F"}


def test_a_page_says_its_language_and_title_and_escapes_what_it_is_made_of():
    page = as_page("# A <b>title</b>\n\n<script>alert(1)</script>\n\n| a |\n|---|\n| b |\n")
    assert '<html lang="en">' in page
    assert "<title>A &lt;b&gt;title&lt;/b&gt;</title>" in page
    assert "<script>" not in page
    assert "<td>b</td>" in page
