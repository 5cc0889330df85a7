"""The templates of papers on data protection: both languages whole, and the law with its source."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest
from support.every_command import leaves

from alerts.papers.compose import Paper, as_page

ROOM = Path(__file__).resolve().parents[3] / "alerts" / "papers"
FOLDERS = (ROOM / "templates" / language for language in ("en", "cy"))
ENGLISH, WELSH = ({p.name: p.read_text("utf-8") for p in folder.iterdir()} for folder in FOLDERS)
EVERY = [*ENGLISH.values(), *WELSH.values()]
LAWS = tomllib.loads((ROOM / "law.toml").read_text("utf-8"))
TAG = re.compile(r"\{[{%].*?[}%]\}")
QUOTED = re.compile(r"“[^”]*”|schoolgate [a-z -]+|The Schoolgate developers|docs/how-good")


def plain(text: str) -> str:
    return QUOTED.sub("", TAG.sub("", text))


def test_there_is_a_template_of_every_paper_in_both_languages():
    assert {f"{paper.value.replace('-', '_')}.md" for paper in Paper} <= ENGLISH.keys() == WELSH.keys()


@pytest.mark.parametrize("name", ENGLISH)
def test_both_languages_have_the_same_facts_headings_questions_rows_and_points(name):
    def shape(text):
        tags = [re.sub(r' or "[^"]*"|else %\}.*', "", tag) for tag in TAG.findall(text)]
        return sorted(tags), re.findall(r"(?m)^(?:#+ |\? |\||- |\*\*|> )", text)

    of_welsh_alone = re.compile(r"\{% if unchecked %\}.*?\{% endif %\}")
    assert shape(ENGLISH[name]) == shape(of_welsh_alone.sub("", WELSH[name]))


def test_the_welsh_holds_no_english():
    english = re.compile(r"\b(the|of|is|are|was|with|your|this|that|have|been|from|please|would)\b", re.I)
    welsh = [*WELSH.values(), *(law["cy"] for law in LAWS.values())]
    assert not [found for text in welsh for found in english.findall(plain(text))]


def test_nobody_writes_quotation_marks_of_a_typewriter():
    texts = [*EVERY, *(law[language] for law in LAWS.values() for language in ("en", "cy"))]
    assert not [text for text in texts if re.search(r"[\"'`\t]", TAG.sub("", text))]


def test_every_command_that_a_paper_names_exists():
    every = {" ".join(words) for words, _ in leaves()}
    named = {name for text in EVERY for name in re.findall(r"schoolgate (\w+ [a-z-]+)\b[^:”]?", text)}
    assert named
    assert {name for name in named if name not in every} == set()


def test_every_sentence_on_the_law_is_used_and_has_its_source_and_day():
    used = set(re.findall(r"law\.(?!cited|source)(\w+)|law\.source\(\"(\w+)", "\n".join(EVERY)))
    assert {key for pair in used for key in pair if key} == LAWS.keys()
    for law in LAWS.values():
        assert law.keys() == {"en", "cy", "source", "read"}
        assert isinstance(law["read"], date)


def test_no_paper_calls_an_article_of_law_without_a_source():
    """What law asks stands in law.toml: a template names articles only as headings of what a paper is."""
    named = re.compile(r"Article \d+|section \d+\w*|paragraph \d+|Schedule \d+")
    found = {hit for name, text in ENGLISH.items() for hit in named.findall(text) if name != "law.toml"}
    assert found == {"Article 30", "Article 9", "Schedule 1", "section 141F"}


def test_a_page_says_its_language_and_title_and_escapes_what_it_is_made_of():
    page = as_page("# A <b>title</b>\n\n<script>alert(1)</script>\n\n| a |\n|---|\n| b |\n", "cy")
    assert '<html lang="cy">' in page
    assert "<title>A &lt;b&gt;title&lt;/b&gt;</title>" in page
    assert "<script>" not in page
    assert "<td>b</td>" in page
