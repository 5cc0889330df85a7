"""Prints docs/playbooks.md from what the program knows of them.

PYTHONPATH=. python docs/print_playbooks.py
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from alerts.routes.playbooks import Playbook, PlayStep, body_words, playbooks
from data.words.say import words

PAGE = Path(__file__).resolve().parent / "playbooks.md"
_HEAD = """# Three playbooks

Printed by `docs/print_playbooks.py`. What to do, in order, in three kinds of matter: who, by when, with which
[letter](letters.md). `schoolgate case show` and the case's page on the desk name the first step that the case does not
show as done, as long as it is open and of that kind:

| playbook | which cases |
|---|---|
| a sexual image of a pupil, real or made | the lane of a child's image, whoever said that it is one |
| an account that mocks staff | C12, or C2 with an account or a list among its places, about somebody who works at the school or governs it |
| a threat that may be a hoax | C6 that is aimed at nobody of the school by name |

A playbook changes no rule: what the [ladder](removal-ladder.md) asks first is still asked first. Nobody outside the school is told of anything
by the program. Each step has its guidance, with the day that stands on it where one does, and the day on which a stored copy was
read; no page was opened on the web. Numbers and addresses are those of [the helplines](who-hosts-it.md#how-old-it-is), which `schoolgate doctor` calls old
after six months. Most of this guidance is England's; Wales has its own on Hwb, and what differs between nations is in [nations.md](nations.md).
"""  # noqa: E501, a page is not cut
_W = words("en")


def printed() -> str:
    """The page."""
    return "\n".join((_HEAD, *(line for book in playbooks().values() for line in _of(book))))


def _of(book: Playbook) -> Iterator[str]:
    yield f"## {_W(f'playbook.title.{book.key}')}\n"
    for n, step in enumerate(book.steps, start=1):
        yield f"{n}. {_W(f'playbook.{book.key}.{step.key}')}"
        yield "".join(f"   {line}\n" for line in _more(step))


def _more(step: PlayStep) -> Iterator[str]:
    letter = f" Letter: `{step.letter}`." if step.letter else ""
    yield f"Who: {_W(f'playbook.who.{step.who}')}. By when: {_W(f'playbook.by.{step.by}')}.{letter}\\"
    yield from (f"{said}\\" for said in body_words(step, _W))
    dated = f", {step.day}" if step.day else ""
    yield f"Guidance: {step.source}{dated}. [The page]({step.page}), read on {step.read_on:%-d %B %Y}."


if __name__ == "__main__":
    PAGE.write_text(printed(), encoding="utf-8")
