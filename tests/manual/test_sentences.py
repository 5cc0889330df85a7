"""Every sentence that people are sent or shown comes from the catalogue.

The command line, the log and the reasons of a verdict are in English (docs/words.md).
"""

from __future__ import annotations

from pathlib import Path

import pytest
from support.for_each import for_each
from support.wording import CODE, ROOT, TEMPLATES, is_sentence, sentences_in_code, sentences_in_template

PEOPLE_READ = ("alerts/", "monitor/service/", "monitor/desk/")
"""Where messages and pages are made; besides, whatever else makes a message is looked at."""

ALLOWED = {
    "DejaVu Sans Mono": "the name of a typeface", "Libertinus Serif": "the name of a typeface",
    "noindex, nofollow": "for search engines", '"cache", "storage"': "what a browser clears",
    "openid profile": "asked of a provider of accounts", "openid email": "asked of a provider of accounts",
}  # fmt: skip
"""What stands in code all the same, and why."""

EXEMPT = {
    "alerts/weekly/release_check.py": "what keeps a report from its release is told by the command line",
    "monitor/service/state/health.py": "asked by machines, and by `schoolgate status`, which speaks English",
    "monitor/service/state/heartbeat.py": "its sentence is for the model alone",
    "monitor/service/state/notebook.py": "how a process is named in a lease",
    "monitor/service/serve.py": "said in the terminal it was started in",
    "monitor/service/state/status.py": "made for `schoolgate status`, which speaks English",
    "monitor/service/web.py": "the help texts of metrics, for machines",
}
"""Modules whose sentences no message and no page carries, and why."""


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _people_read(path: Path) -> bool:
    makes_messages = "OutboxMessage(" in path.read_text(encoding="utf-8") and not _name(path).startswith(
        "data/"
    )
    return _name(path).startswith(PEOPLE_READ) or makes_messages


MODULES = [p for p in CODE if _people_read(p) and _name(p) not in EXEMPT]


def _not_allowed(found: list[str]) -> list[str]:
    return [line for line in found if not any(line.endswith(f": {text}") for text in ALLOWED)]


@for_each("path", MODULES)
def test_no_sentence_that_people_read_stands_in_code(path: Path) -> None:
    assert not _not_allowed(sentences_in_code(path))


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_no_sentence_stands_in_a_template(path: Path) -> None:
    assert not _not_allowed(sentences_in_template(path))


def test_what_is_allowed_is_still_there() -> None:
    assert all((ROOT / module).is_file() for module in EXEMPT)
    everywhere = [line for path in MODULES for line in sentences_in_code(path)]
    everywhere += [line for path in TEMPLATES for line in sentences_in_template(path)]
    assert {t for t in ALLOWED if any(line.endswith(f": {t}") for line in everywhere)} == set(ALLOWED)


PLANTED = {
    "a return": 'def f():\n    return "You are asked first."\n',
    "an f-string": 'def f(name):\n    return f"Dear {name}, please look."\n',
    "a value of a table": 'X = {"a": "Open it and decide."}\n',
    "an argument": 'send(subject="Two places not seen")\n',
    "a default": 'def f(text="Nothing new today"):\n    return text\n',
    "one that is joined": 'X = "Somebody may " + "be in danger"\n',
    "one with a semicolon": 'X = "Ring 999 first; then the head."\n',
    "a chosen one": 'X = "Open it now" if urgent else "Open it today"\n',
    "one for a page": 'def f():\n    return PlainTextResponse("This page was used already.")\n',
}


@pytest.mark.parametrize("text", PLANTED.values(), ids=PLANTED.keys())
def test_a_sentence_planted_in_code_is_found(tmp_path: Path, text: str) -> None:
    path = tmp_path / "planted.py"
    path.write_text(text, encoding="utf-8")
    assert sentences_in_code(path)


TEMPLATED = {
    ".html": "<p>Open it and decide.</p>\n",
    ".txt": "Good morning, {{ name }}.\n",
    ".typ": '#figure(alt: "A chart of mentions")\n',
}


@pytest.mark.parametrize("ending", TEMPLATED)
def test_a_sentence_planted_in_a_template_is_found(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"planted{ending}"
    path.write_text(TEMPLATED[ending], encoding="utf-8")
    assert sentences_in_template(path)


def test_a_text_alternative_planted_in_a_page_is_found(tmp_path: Path) -> None:
    path = tmp_path / "planted.html"
    path.write_text('<img alt="A chart of mentions" src="{{ chart }}">\n', encoding="utf-8")
    assert sentences_in_template(path)


UNREAD = {
    "a docstring": 'def f():\n    """Say who is told."""\n',
    "an error": 'def f():\n    raise ValueError("no such week here")\n',
    "a log line": 'log.warning("mail could not go out")\n',
    "a reason": 'X = Reason("nobody_left", "Nobody is left who may be told.")\n',
    "a reason in two steps": 'def f():\n    text = "Nobody is left."\n    return Reason("nobody", text)\n',
    "a key": 'X = {"a key here": 1}\n',
    "an annotation": 'def f(a: "list of words") -> None:\n    pass\n',
    "a style": 'X = "color: red; margin: 0 auto;"\n',
    "a command": 'X = "schoolgate alerts list"\n',
    "a label of a lock": 'def f():\n    with store.write("take the lease") as con:\n        pass\n',
    "a key that is put together": 'X = w(f"report.lead.{tone}_few")\n',
    "a thread's name": 'X = threading.Thread(target=f, name="short message")\n',
    "a header": 'X = "text/html; charset=utf-8"\n',
    "a key of the catalogue": 'X = w("digest.quiet", n=2)\n',
}


@pytest.mark.parametrize("text", UNREAD.values(), ids=UNREAD.keys())
def test_what_no_person_reads_is_passed_over(tmp_path: Path, text: str) -> None:
    path = tmp_path / "planted.py"
    path.write_text(text, encoding="utf-8")
    assert not sentences_in_code(path)


def test_code_and_content_of_a_template_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "planted.html"
    path.write_text(
        "<style>p { margin: 0 auto; }</style>{# a note to us #}\n"
        "{% if a and b %}<p>{{ a_line or another }}</p>{% endif %}\n",
        encoding="utf-8",
    )
    assert not sentences_in_template(path)


@pytest.mark.parametrize(("text", "read"), [("Open it now.", True), ("open", False), ("a b", False)])
def test_a_sentence_has_two_words_or_more(text: str, read: bool) -> None:
    assert is_sentence(text) is read
