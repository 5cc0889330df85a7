"""Questions at the terminal take each word that they offer, as they spell it and in capitals."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from builders.mention import NOW

import monitor
from alerts.letters.facts.fillings import yes_or_no
from data.types import Person, Role
from monitor.act.report_in import said_at_door
from monitor.cli.commands import handed_in, report_in
from monitor.cli.commands.people.titles import roles_of, titles
from monitor.cli.commands.setup.questions import said_alone
from monitor.cli.commands.setup.set import converted
from monitor.cli.commands.source import propose
from monitor.config import model
from monitor.config.values import NATIONS, Nation
from monitor.pipeline.sighting import known_channel
from monitor.setup import answers
from monitor.setup.entries import Entry
from monitor.setup.mail import asking
from monitor.terminal.answers import is_none, numbers, yes

HEAD = Person("head", "Mrs Ada Example", (Role.HEAD,), "head@example.org")
HOW = handed_in.HowRead((), NOW, ZoneInfo("Europe/London"), lambda url: None)
ANSWERED = {
    "y/n": (lambda said: yes("?", lambda _: said), "y n"),
    "a name of several": (lambda said: said_alone(Entry(None, ("Larch",)), lambda _: said), "y N"),  # type: ignore[arg-type]
    "numbers": (lambda said: numbers(said, 3), "1 all -"),
    "for none": (is_none, "-"),
    handed_in.DANGER: (lambda said: said_at_door(said, None, None, ()), "now soon no"),
    handed_in.WHO: (lambda said: said_at_door("now", said, None, ()), "child staff school"),
    handed_in.ABOUT: (
        lambda said: said_at_door(None, None, said, ()),
        "child children staff head dsl chair befriends-staff nobody",
    ),
    handed_in.A_PICTURE: (handed_in._picture, "yes no unknown"),
    handed_in._QUESTIONS["came"]: (lambda said: handed_in._came(said, HOW), handed_in._WAYS.replace(",", "")),
    report_in.WHERE: (
        lambda said: known_channel(said.lower()),
        "facebook instagram tiktok snapchat whatsapp in_person telephone letter email",
    ),
    propose._question(1): (lambda said: propose._chosen(said, 1), "y n paper board blog"),
    "What is it": (answers.nature_named, "paper board blog reviews body"),
    "letters": (yes_or_no, "yes no"),
    "the line": (asking._security, "starttls tls none"),
    "the user": (asking._user, "nobody"),
}


@pytest.mark.parametrize("question", ANSWERED)
def test_a_question_takes_the_words_that_it_offers(question: str) -> None:
    read, words = ANSWERED[question]
    for word in words.split():
        assert read(word) == read(word.upper()) == read(word.lower())


@pytest.mark.parametrize("nation", NATIONS)
def test_a_role_is_taken_by_the_title_that_its_list_shows(nation: str) -> None:
    for role, title in titles(nation):
        assert roles_of(title, nation) == roles_of(title.upper(), nation) == (role,)


def test_a_nation_is_taken_as_the_question_spells_it() -> None:
    for nation in NATIONS:
        shown = nation.replace("_", " ").title()
        assert answers.needed(Nation)(shown) == answers.needed(Nation)(shown.upper()) == nation


def test_a_setting_of_few_words_is_taken_in_capitals() -> None:
    for table in (model.MailTable, model.SignInTable, model.DigestTable):
        for name, field in table.model_fields.items():
            for word in filter(re.compile("[a-z]").match, map(str, get_args(field.annotation))):
                if len(get_args(field.annotation)) > 1 and "Literal" in str(field.annotation):
                    assert converted(name, word.upper(), field) == word


ASKING = re.compile(
    r"(?<!def )\b(?:until_right|ask_until|said_yes|agreed|yes|ask|_ask|private_words\.line|wanted)\("
)


def test_every_place_that_asks_is_known_here() -> None:
    """A new question joins the table above where it offers words."""
    here = Path(monitor.__file__).parent
    files = [*here.glob("cli/commands/**/*.py"), *here.glob("setup/**/*.py")]
    many = Counter(path.stem for path in files for _ in ASKING.findall(path.read_text(encoding="utf-8")))
    assert many == {
        "report_in": 6,
        "inputs": 1,
        "handed_in": 8,
        "options": 1,
        "register": 1,
        "mailbox": 2,
        "nature": 1,
        "add": 4,
        "propose": 3,
        "letter": 1,
        "cases": 1,
        "questions": 11,
        "mail": 2,
        "init": 1,
        "set": 1,
        "terms": 4,
        "removing": 2,
        "app": 1,
        "leaving": 1,
        "answers": 5,
        "reading": 1,
        "asking": 3,
    }
