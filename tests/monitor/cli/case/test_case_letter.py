"""`schoolgate case letter`: a draft shown or written, recorded by its hash; nothing sent."""

from __future__ import annotations

import io
import stat
from dataclasses import replace
from hashlib import sha256
from unittest.mock import patch

import pytest
from builders.case_desk import a_desk, about_the_head, disclosure, insult, review
from builders.letter import DEFAMED, NOW, ON_A_FORUM, S5, a_file, rules, whole

from alerts.letters.kinds import LetterFacts, LetterKind, WantedFact
from data.steps.codes import StepKind
from data.store.cases import cases as case_store
from data.store.engine.audit_chain import links
from data.types import About, Route, Severity
from monitor.act.letter import NotDrafted, drafted
from monitor.cli.commands.case.letter import somebody_to_ask, warning_lines

AS_HEAD = ("--as", "holt")
REPLY = ("letter", "2", "reply", "--fact", "contact=01632 960 002")
LINK = ("--fact", "complaints_url=https://oakfield.example.sch.uk/complaints")


def _three(desk):
    desk("open", insult(desk), *AS_HEAD)
    desk("open", review(desk), *AS_HEAD)
    desk("open", disclosure(desk), "--as", "pike")
    desk("open", about_the_head(desk), "--as", "marsh")


@pytest.fixture
def desk(tmp_path):
    """0001: an insult, 0002: a fair review, 0003: with the DSL, 0004: it may accuse the head."""
    return a_desk(tmp_path, _three)


def letters(desk, number="0002"):
    with desk.store.read() as con:
        return [s for s in case_store.steps(con, number) if s.kind is StepKind.LETTER]


def test_a_letter_is_shown_and_recorded_by_its_hash_without_its_words(desk):
    ran = desk(*REPLY, *LINK, *AS_HEAD)
    assert ran.code == 0, ran.err
    assert ran.out.startswith("DRAFT. ")
    assert "Nothing was sent." in ran.out
    (step,) = letters(desk)
    assert step.written["letter"] == "reply"
    assert step.written["form"] == "txt"
    assert len(step.written["sha256"]) == 64
    assert "01632" not in str(step)
    assert step.actor == "holt"


def test_a_letter_is_written_as_text_mail_and_pdf_for_its_owner_alone(desk, tmp_path):
    out = tmp_path / "letters"
    ran = desk(*REPLY, *LINK, *AS_HEAD, "--out", str(out))
    assert ran.code == 0, ran.err
    files = sorted(out.iterdir())
    assert [f.suffix for f in files] == [".eml", ".pdf", ".txt"]
    assert all(stat.S_IMODE(f.stat().st_mode) == 0o600 for f in files)
    assert all(f.name.startswith("900001-0002-reply-") and "DRAFT" in f.name for f in files)
    (step,) = letters(desk)
    hashes = dict(zip(step.written["form"].split(), step.written["sha256"].split(), strict=True))
    assert hashes == {f.suffix[1:]: sha256(f.read_bytes()).hexdigest() for f in files}


def test_what_is_missing_is_told_with_its_questions_and_nothing_is_recorded(desk, tmp_path):
    ran = desk(*REPLY, *AS_HEAD, "--out", str(tmp_path / "letters"))
    assert ran.code == 1
    assert "complaints_url" in ran.err
    assert "Where is your complaints procedure?" in ran.err
    assert not (tmp_path / "letters").exists()
    assert not letters(desk)


def at_a_terminal(desk, ask, *words):
    """The command where somebody is there to answer."""
    with patch("monitor.cli.commands.case.letter.somebody_to_ask", lambda: ask):
        return desk("letter", "2", *words, *AS_HEAD)


def test_what_is_missing_is_asked_where_somebody_is_there(desk):
    asked = []

    def ask(want: WantedFact) -> str:
        asked.append(want.question)
        return (
            "https://oakfield.example.sch.uk/complaints" if "complaints" in want.question else "01632 960 002"
        )

    ran = at_a_terminal(desk, ask, "reply")
    assert ran.code == 0
    assert len(asked) == 2
    assert "01632 960 002" in ran.out


def test_an_answer_that_may_not_stand_is_asked_for_again(desk):
    answers = iter(["It names Jane Holt", "We have asked for a crossing."])
    facts = ["contact=01632 960 002", LINK[1], "answer_given=Jane Holt will."]
    given = [word for fact in facts for word in ("--fact", fact)]
    ran = at_a_terminal(desk, lambda _: next(answers), "reply", *given)
    assert "We have asked for a crossing." in ran.out.replace("\n", " ")


def test_the_list_says_which_letters_there_are_and_why_not_the_others(desk):
    ran = desk("letter", "2", "--list", *AS_HEAD)
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert any(line.startswith("reply") and "Reply to a fair review" in line for line in lines)
    assert any(line.startswith("s5_notice") and "no: This is fair comment" in line for line in lines)
    assert not letters(desk)


def test_the_list_as_data(desk):
    rows = {row["kind"]: row for row in desk("letter", "2", "--list", "--json", *AS_HEAD).data}
    assert rows["reply"] == {"kind": "reply", "possible": True, "why_not": ""}
    assert not rows["police"]["possible"]


def test_a_letter_as_data_holds_its_text_and_hash(desk):
    held = desk(*REPLY, *LINK, *AS_HEAD, "--json").data
    assert sha256(held["text"].encode()).hexdigest() == held["sha256"]["txt"]
    assert held["case"] == "0002"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("letter", "2", "ransom", *AS_HEAD), "ransom: there is no such thing"),
        (("letter", "2", *AS_HEAD), "--list"),
        ((*REPLY, *AS_HEAD, "--fact", "nonsense"), "name=value"),
        ((*REPLY, *AS_HEAD, "--fact", "pupil=x"), "takes no such fact"),
        (("letter", "2", "reply", "--as", "nobody-here"), "no such person"),
        (("letter", "99", "--list", *AS_HEAD), "no case 0099"),
    ],
)
def test_wrong_use_is_told_and_changes_nothing(desk, words, said):
    ran = desk(*words)
    assert ran.code == 2
    assert said in ran.err
    assert not letters(desk)


@pytest.mark.parametrize(
    ("number", "person"), [("3", "holt"), ("4", "holt"), ("2", "vale"), ("2", "elsewhere")]
)
def test_who_may_not_read_the_case_gets_no_letter_of_it(desk, number, person):
    ran = desk("letter", number, "--list", "--as", person)
    assert ran.code == 2
    assert not ran.out


def test_where_there_is_no_letter_at_all_that_is_said_once_with_what_to_do_instead(desk):
    said = desk("letter", "3", "--list", "--as", "pike").out
    assert said.count("bypasses the ladder") == 1
    assert 'schoolgate case show 0003 --restricted --reason "…" --as pike' in said
    assert len(said.splitlines()) == 2


def test_a_letter_that_cannot_be_written_was_not_made(desk, tmp_path):
    (tmp_path / "file").write_text("here", encoding="utf-8")
    with pytest.raises(OSError, match="file"):
        desk(*REPLY, *LINK, *AS_HEAD, "--out", str(tmp_path / "file"))
    assert not letters(desk)


def _threat(desk):
    story = desk.story(
        "threat", route=Route.POLICE_NOW, severity=Severity.THIS_HOUR, about=About.PUPIL,
        content_class="C6", restricted=True, abuse=("threat",), alert=True,
    )  # fmt: skip
    desk("open", story, "--as", "pike")


GIVEN = {"force": "Northvale Police", "why": "It may be one.", "contact": "01632 960 002", "danger": "No."}
FACTS = [word for name, said in GIVEN.items() for word in ("--fact", f"{name}={said}")]
TO_THE_POLICE = ("letter", "1", "police", "--as", "pike", *FACTS)


def test_reading_a_restricted_post_for_a_letter_is_recorded(tmp_path):
    desk = a_desk(tmp_path, _threat)
    ran = desk(*TO_THE_POLICE)
    assert ran.code == 0, ran.err
    assert "https://" in ran.out
    with desk.store.read() as con:
        read = [link.entry for link in links(con) if link.entry.action == "restricted_read"]
    assert [(entry.actor, entry.codes[0]) for entry in read] == [("pike", "case:0001")]


def test_listing_the_letters_of_a_restricted_case_reads_nothing(tmp_path):
    desk = a_desk(tmp_path, _threat)
    assert desk("letter", "1", "--list", "--as", "pike").code == 0
    with desk.store.read() as con:
        assert not [link for link in links(con) if link.entry.action == "restricted_read"]


def test_whom_a_post_is_aimed_at_knows_where_it_stands_but_gets_no_letter_of_it(desk):
    desk("step", "target", "1", "--person", "vale", *AS_HEAD)
    ran = desk("letter", "1", "--list", "--as", "vale")
    assert ran.code == 2
    assert not ran.out


def test_what_may_be_unwise_is_said_beside_the_draft(desk):
    assert desk(*REPLY, *LINK, *AS_HEAD, "--json").data["warnings"] == []
    made = whole(LetterKind.S5_NOTICE, DEFAMED, S5 | {"statement": "Jo Fern stole it"}, post=ON_A_FORUM)
    first, *more = warning_lines(made)
    assert first == "Before this goes to anybody:"
    assert more == [f"  - {warning}" for warning in made.warnings]
    assert list(warning_lines(replace(made, warnings=()))) == []


def test_what_was_posted_is_typed_over_as_many_lines_as_it_has(monkeypatch):
    typed = io.StringIO("“He stole it\n\n- all of it”\n\n\nthe next answer\n")
    monkeypatch.setattr("sys.stdin", typed)
    monkeypatch.setattr("monitor.terminal.private_words._more_is_there", lambda: False)
    monkeypatch.setattr("monitor.cli.commands.case.letter.at_a_terminal", lambda: True)
    ask = somebody_to_ask()
    assert ask is not None
    assert ask(WantedFact("statement", "What is it?")) == "“He stole it\n\n- all of it”"
    assert typed.readline() == "the next answer\n"


def test_the_police_are_not_given_changed_words_without_a_warning(tmp_path):
    desk = a_desk(tmp_path, _threat)
    assert "is not what was sealed" not in desk(*TO_THE_POLICE).out
    with desk.store.write("tampering") as con:
        con.execute("UPDATE mentions SET author = 'Somebody else'")
        con.execute("UPDATE restricted_texts SET text = 'He is a lovely man', author = 'Somebody else'")
    ran = desk(*TO_THE_POLICE)
    assert "What is held about this case is not what was sealed." in ran.out


def test_an_answer_that_rules_a_notice_out_ends_the_questions_before_the_long_ones():
    asked: list[str] = []

    def says_no(want: WantedFact) -> str:
        asked.append(want.fact)
        return "no"

    given = LetterFacts(NOW, "en", {"email": "sam.vale@example.org"})
    with pytest.raises(NotDrafted, match="Ask a lawyer"):
        drafted(LetterKind.S5_NOTICE, a_file(DEFAMED, post=ON_A_FORUM), given, rules(), says_no)
    assert asked == ["no_details"]
