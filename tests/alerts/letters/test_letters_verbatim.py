"""What a letter quotes is what was posted, letter for letter; what is unwise is warned of, never refused."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from functools import cache
from io import BytesIO

import pytest
from builders.letter import (
    DEFAMED,
    EXAMPLES,
    NOW,
    ON_A_FORUM,
    POST,
    S5,
    THREAT,
    a_case,
    a_file,
    rules,
    whole,
    written,
)
from hypothesis import example, given
from hypothesis import strategies as st
from pypdf import PdfReader

from alerts.letters.draft import draft
from alerts.letters.kinds import SPECS, LetterFacts, LetterKind, NoDraft
from alerts.letters.layout import eml, pdf, text
from data.steps.codes import BypassRoute, Complainant
from data.types import About
from monitor.terminal.output import Document, printed

HARD = (
    "“Mr  Vale”\n\n- is a thief 🦊, meddai’r tŷ\n\n\u202eOn the Year 6 trip\u202c, 3 May 2026. "
    "{{ name }} \0statement\0\n\tend "
)
GIVEN = {name: said for name, said in S5.items() if name != "statement"}


def notice(statement: str, **facts: str):
    """The notice that quotes this, which stands in the sealed post; nobody typed it."""
    post = replace(ON_A_FORUM, text=statement)
    return whole(LetterKind.S5_NOTICE, DEFAMED, GIVEN | facts, post=post)


def apart(said: str) -> str:
    """How a quotation is set out: between two lines, where it is plain what belongs to it."""
    around = "-" * 40
    return f"\n\n{around}\n{said}\n{around}\n\n"


def mailed(made) -> str:
    """Its text as a mail program shows it: in a mail every line ends with CR and LF."""
    return message_from_bytes(eml(made), policy=default).get_content().replace("\r\n", "\n")


def attached(made) -> dict[str, str]:
    held = PdfReader(BytesIO(pdf(made))).attachments
    return {name: content[0].decode() for name, content in held.items()}


def test_the_statement_is_the_sealed_post_byte_for_byte():
    made = notice(HARD)
    assert made.verbatim == {"statement": HARD}
    assert apart(HARD).encode() in text(made).encode()
    assert apart(HARD) in mailed(made)
    assert attached(made) == {"statement.txt": HARD}


@cache
def parts_of_a_plain_one() -> int:
    return len(notice("plain").body)


@given(said=st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r"), min_size=1))
@example(said=HARD)
@example(said="- one\n- two")
@example(said="DRAFT")
def test_whatever_was_posted_is_quoted_as_it_is_in_text_and_mail(said):
    made = notice(said)
    assert made.verbatim["statement"] == said
    assert apart(said) in text(made)
    assert apart(said) in mailed(made)
    assert len(made.body) == parts_of_a_plain_one()


@given(
    said=st.text(
        st.characters(exclude_categories=("Cs",), exclude_characters="\r\0"), min_size=1, max_size=80
    )
)
def test_what_a_pdf_cannot_show_is_attached_to_it_as_it_is(said):
    made = notice(said)
    assert attached(made) in ({}, {"statement.txt": said})
    if not attached(made):
        shown = PdfReader(BytesIO(pdf(made))).pages[0].extract_text()
        assert "".join(said.split()) in "".join(shown.split())


def test_the_same_notice_gives_the_same_pdf_with_what_is_attached():
    assert pdf(notice(HARD)) == pdf(notice(HARD))


def test_a_pdf_that_names_letters_says_that_the_exact_words_are_attached():
    said = "".join(page.extract_text() for page in PdfReader(BytesIO(pdf(notice(HARD)))).pages)
    assert "[fox face]" in said
    assert "The exact words are attached to it" in " ".join(said.split())
    plain = "".join(page.extract_text() for page in PdfReader(BytesIO(pdf(notice("Plain")))).pages)
    assert "attached" not in plain


def test_only_how_lines_end_is_made_the_same():
    made = whole(LetterKind.S5_NOTICE, DEFAMED, GIVEN | {"statement": "a\r\nb\rc"}, post=ON_A_FORUM)
    assert made.verbatim["statement"] == "a\nb\nc"


def test_a_quotation_is_set_apart_and_gets_no_quotation_marks_of_ours():
    made = notice("“Mr Vale” took it")
    assert apart("“Mr Vale” took it") in text(made)
    assert "““" not in text(made)


TAKES_WORDS = [kind for kind, spec in SPECS.items() if "words" in spec.may]


@pytest.mark.parametrize("kind", TAKES_WORDS)
def test_words_of_a_post_are_quoted_as_they_are_in_every_letter_that_takes_them(kind):
    case, facts, more = EXAMPLES[kind]
    made = whole(kind, case, facts | {"words": HARD}, **more)
    assert made.verbatim == {"words": HARD}
    assert apart(HARD) in text(made)
    assert apart(HARD) in mailed(made)
    assert attached(made) == {"words.txt": HARD}


def test_on_a_terminal_nothing_quoted_steers_it_and_no_line_of_it_is_joined():
    shown = printed(Document(text(notice(HARD), 78)))
    assert "\u202e" not in shown
    assert "\\u202eOn the Year 6 trip\\u202c, 3 May 2026." in shown
    assert "\n- is a thief 🦊, meddai’r tŷ\n" in shown


def test_a_statement_as_long_as_it_was_is_quoted_whole():
    assert "y" * 30_000 in text(notice("y" * 30_000))


def test_a_part_that_is_given_is_quoted_in_place_of_the_whole():
    made = whole(LetterKind.S5_NOTICE, DEFAMED, S5 | {"statement": "pinched forty pounds"}, post=ON_A_FORUM)
    assert made.verbatim == {"statement": "pinched forty pounds"}
    assert not made.warnings


@pytest.mark.parametrize(
    "said",
    [
        "Mrs Lowe did not help.",
        "On the Year 6 trip he shouted.",
        "It was on 3 May 2026.",
        "He broke the law.",
    ],
)
@pytest.mark.parametrize("kind", [LetterKind.S5_NOTICE, LetterKind.POLICE, LetterKind.PLATFORM_REPORT])
def test_what_is_quoted_is_never_refused_for_what_it_holds(kind, said):
    case, facts, more = EXAMPLES[kind]
    fact = "statement" if kind is LetterKind.S5_NOTICE else "words"
    assert whole(kind, case, facts | {fact: said}, **more).verbatim == {fact: said}


@pytest.mark.parametrize("fact", ["wrong", "defames", "meaning"])
@pytest.mark.parametrize(
    "said",
    ["I have committed no crime.", "Mrs Holt saw it.", "I taught Year 6 on 3 May 2026.", "I will sue."],
)
def test_the_complainants_own_account_is_never_refused(fact, said):
    made = whole(LetterKind.S5_NOTICE, DEFAMED, S5 | {fact: said}, post=ON_A_FORUM)
    assert any(said in paragraph for paragraph in made.body)


def warned(statement: str, **facts: str) -> str:
    return " ".join(notice(statement, **facts).warnings)


def test_it_is_warned_of_a_name_and_of_a_year_group_since_the_poster_may_read_them():
    said = warned("Jo Fern knew, on the Year 6 trip.")
    assert "“statement” names Jo Fern" in said
    assert "“statement” gives a year group" in said
    assert "Whoever posted it may be sent a copy" in said


def test_the_complainants_own_name_is_warned_of_where_it_may_not_be_passed_on():
    assert "“statement” names Sam Vale" in warned("Sam Vale did it.", share_name="no")
    assert "Sam Vale" not in warned("Sam Vale did it.", share_name="yes")


def test_it_is_warned_of_a_child_and_that_the_whole_post_is_quoted():
    post = replace(ON_A_FORUM, text="He shouted at her.")
    case = replace(DEFAMED, about=About.PUPIL)
    said = " ".join(whole(LetterKind.S5_NOTICE, case, GIVEN, post=post).warnings)
    assert "Speak to the safeguarding lead before this goes" in said
    assert "is the whole post" in said
    edited = whole(LetterKind.S5_NOTICE, DEFAMED, GIVEN, post=replace(post, version=2))
    assert "has been changed since" in " ".join(edited.warnings)


def test_words_that_are_not_in_the_post_are_warned_of_and_left_as_they_are():
    made = whole(LetterKind.S5_NOTICE, DEFAMED, S5 | {"statement": "He stole"}, post=ON_A_FORUM)
    assert "not in the post as it is held" in made.warnings[0]
    assert made.verbatim == {"statement": "He stole"}


def test_words_that_are_not_what_was_sealed_are_warned_of():
    facts = LetterFacts(NOW, "en", GIVEN, holds=False)
    made = draft(LetterKind.S5_NOTICE, a_file(DEFAMED, ON_A_FORUM), facts, rules())
    assert made.warnings[0].startswith("What is held about this case is not what was sealed.")


def test_no_warning_goes_out_with_the_letter():
    made = notice("Jo Fern knew, on the Year 6 trip.")
    assert made.warnings
    for held in (text(made), mailed(made)):
        assert not any(warning in held for warning in made.warnings)


@pytest.mark.parametrize(
    "changes",
    [{"locked": True}, {"restricted": True}, {"lane": BypassRoute.CHILD_IMAGE}, {"content_class": "C10"}],
)
def test_what_the_law_bars_stays_barred_whole(changes):
    made = written(LetterKind.S5_NOTICE, replace(DEFAMED, **changes), S5, post=ON_A_FORUM)
    assert isinstance(made, NoDraft)
    assert made.why_not


def test_a_schools_own_letter_that_joins_the_statement_to_a_sentence_keeps_it_too(tmp_path):
    path = tmp_path / "en" / "any" / "s5_notice.txt"
    path.parent.mkdir(parents=True)
    path.write_text("Notice: {{ name }}\n\nIt says “{{ statement }}” of {{ name }}.\n", encoding="utf-8")
    post = replace(ON_A_FORUM, text=HARD)
    by = rules(profile=replace(rules().profile, letters=tmp_path))
    made = whole(LetterKind.S5_NOTICE, DEFAMED, GIVEN, post=post, rules=by)
    assert made.body == (f"It says “{HARD}” of Sam Vale.",)


def test_a_post_that_forbids_itself_stops_no_letter():
    case = replace(a_case(), complainant=Complainant.SCHOOL)
    post = replace(POST, text="I will sue you, you broke the law and are guilty")
    assert whole(LetterKind.PLATFORM_REPORT, case, EXAMPLES[LetterKind.PLATFORM_REPORT][1], post=post)
    assert whole(LetterKind.POLICE, THREAT, EXAMPLES[LetterKind.POLICE][1], post=post)
