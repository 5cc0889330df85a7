"""The catalogue is whole: the same sentences in every language, each used, none saying what it must not."""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.wording import CODE, TEMPLATES, Used, names_of, surfaces, used_keys

from alerts.wording.matters import PHONE_CHARS
from data.words.say import LANGUAGES, words

ENGLISH = words("en")
KEYS = sorted(ENGLISH.lines)

CONTENT = {
    "text", "post", "body", "quote", "excerpt", "snippet", "author", "handle", "title", "url", "year_group",
}  # fmt: skip
"""What may not be filled in: what somebody said, where it stands, or who said it."""
EVIDENCE = ("capture.", "pack.")
"""Exhibits are what was said: these files go into the vault and the pack, into no message."""
HEADLINE = {"headline"}
"""A news article's own headline, which a school may let into its digest."""
A_POLICYS_TITLE = ("report.duties.", "policy.")


def forms(language: str, key: str) -> dict[str, str]:
    line = words(language).lines[key]
    return {"other": line} if isinstance(line, str) else dict(line)


def every_form() -> Iterator[tuple[str, str, str]]:
    for language in LANGUAGES:
        for key in sorted(words(language).lines):
            for form in forms(language, key).values():
                yield language, key, form


FORMS = list(every_form())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_sentence(language: str) -> None:
    assert words(language).lines.keys() == ENGLISH.lines.keys()


def test_a_sentence_wants_the_same_names_in_every_language_and_in_every_form() -> None:
    def differs(key: str, form: str) -> bool:
        names = {name.lower() for name in names_of(ENGLISH, key)} - {"n"}
        return {name.lower() for name in re.findall(r"\{(\w+)\}", form)} - {"n"} != names

    assert not [(lang, key, form) for lang, key, form in FORMS if differs(key, form)]


def test_one_form_of_a_sentence_is_for_all_other_numbers() -> None:
    for key, line in ENGLISH.lines.items():
        assert isinstance(line, str) or {"other"} <= set(line) <= {"one", "other"}, key


@given(n=st.integers(0, 10_000), data=st.data())
def test_every_sentence_can_be_filled_in_whole(n: int, data: st.DataObject) -> None:
    language, key = data.draw(st.sampled_from([(a, b) for a in LANGUAGES for b in KEYS]))
    w = words(language)
    given_ = {name: f"‹{name}›" for name in names_of(w, key)} | {"n": n}
    said = w(key, **given_)
    assert said.strip()
    assert "{" not in said
    assert "}" not in said


COMMANDS = re.compile(r"schoolgate [^.]*|--reason \"…\"")
BAD = {
    "is empty, or begins or ends with a blank": r"\A(?: |\s*\Z)| \Z",
    "holds markup or control characters": (
        r"<(?!\d)|>|&\w+;|\*\*|`|\]\(|[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]"
    ),
    "fills in a name that is none, or not plainly": r"\{\}|\{\w*[^\w}{][^}]*\}",
    "speaks as we never do": (
        r"(?i:is an offence|inappropriate content|\bdetected\b|\bscore\b|simply|please note|we regret)"
    ),
}


@pytest.mark.parametrize("bad", BAD)
def test_no_sentence(bad: str) -> None:
    assert not [(lang, key, form) for lang, key, form in FORMS if re.search(BAD[bad], form)]


FILLED = {
    "number": "736204", "n": "12", "week": "47", "clock": "07:30", "request": "DP-0007", "account": "",
    "grade": "requires improvement",
}  # fmt: skip
"""The longest that is usual; the name of an account may be cut."""


def test_a_subject_stands_whole_in_what_a_telephone_shows_and_names_nobody() -> None:
    """The digest makes its own of many parts."""
    subjects = [
        form.format_map(FILLED)
        for _, key, form in FORMS
        if re.search(r"\.subject(\.|$)|_subject$", key) and not key.startswith(("digest.", "notice.digest."))
        if not key.startswith("refusal.")
    ]
    assert len(subjects) > 30
    assert not [said for said in subjects if len(said) > PHONE_CHARS]


def test_quotation_marks_are_curly() -> None:
    plain = re.compile(r"\"(?!…)|(?<!…)\"|\w'\w")
    assert not [(lang, key, form) for lang, key, form in FORMS if plain.search(COMMANDS.sub("", form))]


def test_nothing_that_was_said_nor_who_said_it_is_filled_in() -> None:
    named = {(key, name) for key in ENGLISH.lines for name in names_of(ENGLISH, key)}
    assert not {(k, n) for k, n in named if n in CONTENT and not k.startswith((*A_POLICYS_TITLE, *EVIDENCE))}
    assert {key.partition(".")[0] for key, name in named if name in HEADLINE} <= {"digest"}


def test_no_code_names_a_sentence_that_is_not_there_and_each_that_is_there_is_used() -> None:
    names, tables = surfaces(ENGLISH), defaultdict(set)
    for key in ENGLISH.lines:
        for table in accumulate(key.split("."), "{}.{}".format):
            tables[table].add(key)

    @cache
    def keys(pattern: str) -> set[str]:
        whole = tables.get(pattern.replace("\\", ""))
        return Used("", pattern).keys(ENGLISH) if whole is None and "[" in pattern else whole or set()

    uses = [used for path in (*CODE, *TEMPLATES) for used in used_keys(path, names)]
    assert not [(used.where, used.pattern) for used in uses if used.sure and not keys(used.pattern)]
    assert not ENGLISH.lines.keys() - {key for used in uses for key in keys(used.pattern)}
