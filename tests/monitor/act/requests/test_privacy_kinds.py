"""A copy of somebody's data by kind: a person decides on each before anything is given or withheld."""

from __future__ import annotations

import pytest
from builders.case_desk import PNG, Desk, insult
from builders.pack import a_kept_case, another, do
from builders.privacy import DPO, a_request, privacy

from data.privacy.sorting import CopyKind, kinds_of
from data.steps.asking import Referred, SupportStep
from data.steps.codes import Support
from data.store.engine.audit_chain import links

AUTHOR = "poster-insult"
WEIGHED = (
    *(
        "--nature",
        "It calls him a thief",
        "--visible",
        "Two days, the town group",
        "--spread",
        "Not passed on",
    ),
    *("--impact", "He is off sick, and his union has written"),
)


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """A case about an insult, with support, a weighing and a referral."""
    (home := tmp_path_factory.mktemp("kinds") / "home").mkdir()
    desk = Desk(home)
    insult(desk)
    for words in (
        ("open", "story-insult", "--as", "holt"),
        ("step", "target", "1", "--person", "vale", "--accuses-nobody", "--as", "holt"),
        ("support", "offered", "1", "--person", "vale", "--as", "holt"),
        ("step", "weigh", "1", *WEIGHED, "--as", "holt"),
        ("step", "referred", "1", "--to", "police", "--as", "holt"),
        ("note", "1", "He rang the office.", "--as", "holt"),
    ):
        do(desk, *words)
    return desk


@pytest.fixture
def desk(before, tmp_path):
    return another(before, tmp_path / "home")


def copy(desk, *more, by="handle", said=AUTHOR):
    to = desk.home.parent / "copy"
    return privacy(desk, "sar", a_request(desk), "--by", by, "--to", str(to), "--as", DPO, *more, said=said)


def all_of(option, *but):
    return [word for kind in CopyKind if kind not in but for word in (option, kind.value)]


def told(desk, name="to-send/held.txt"):
    return (desk.home.parent / "copy" / name).read_text(encoding="utf-8")


def test_nothing_is_written_before_each_kind_is_decided_on(desk):
    done = copy(desk)
    assert (done.code, (desk.home.parent / "copy").exists()) == (1, False)
    for said in (
        "support: support that somebody was offered, 1 entry.",
        "withhold it: it is about another person, and is not their data (UK GDPR, Article 15).",
        "He is off sick, and his union has written",
        "Schedule 2, paragraph 16",
        "--withhold KIND added for each of these (support, health, union, weighing, police):",
    ):
        assert said in done.out
    assert "consent:" not in done.out
    assert "He rang the office." not in done.out
    again = copy(desk, *all_of("--withhold", CopyKind.UNION))
    assert (again.code, "union: " in again.out, "health: " in again.out) == (1, True, False)


def test_what_a_person_withheld_is_not_in_the_copy_which_says_that_something_is_left_out(desk):
    done = copy(desk, *all_of("--withhold"))
    assert "schoolgate privacy answer P0001 part" in done.out
    held = told(desk)
    assert "He rang the office." in held
    for said in ("off sick", "union has written", "Support for the member", "weighed", "referred"):
        assert said not in held
    assert "Some of what is held is left out: what is about other people, and not your data; other" in held
    check = told(desk, "for-the-school/check-first.txt")
    assert "this is withheld: support that somebody was offered (one entry)" in check
    assert "this is withheld: the police and other agencies (one entry)" in check
    with desk.store.read() as con:
        codes = links(con)[-1].entry.codes
    assert {"withheld:support", "withheld:police", "withheld:health"} <= set(codes)


def test_what_a_person_gave_is_in_the_copy_and_recorded_so(desk):
    assert copy(desk, *all_of("--give")).code == 0
    held = told(desk)
    for said in ("He is off sick", "Support for the member of staff", "weighed", "It was referred."):
        assert said in held
    assert "left out:" not in held
    with desk.store.read() as con:
        assert "given:support" in links(con)[-1].entry.codes


def test_to_whom_the_case_is_aimed_at_their_own_support_is_proposed(desk):
    done = copy(desk, by="name", said="Sam Vale")
    assert "Proposed: give it: it is about the person asking." in done.out.split("support: ")[1]


def test_one_kind_is_not_both_given_and_withheld(desk):
    done = copy(desk, "--give", "support", "--withhold", "support")
    assert (done.code, "“support” is both to be given and withheld" in done.err) == (2, True)


def test_recipients_are_named_by_their_office_and_the_police_only_where_that_is_given(desk):
    copy(desk, *all_of("--withhold"))
    withheld = told(desk)
    assert "Who was told of it or given it" in withheld
    assert "At the school, by their office: Headteacher; Designated safeguarding lead" in withheld
    assert "Outside the school" not in withheld
    assert "Robin Pike" not in withheld


def test_recipients_outside_the_school_are_named_by_what_they_are(desk):
    copy(desk, *all_of("--give"))
    assert "Outside the school: the police" in told(desk)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    desk = a_kept_case(tmp_path_factory.mktemp("kept"), stamped=False)
    do(desk, "step", "author", "1", "--relationship", "governor", "--as", "holt")
    return desk


def test_evidence_is_copied_to_be_looked_at_under_names_and_letters_to_them_go_with_the_copy(kept, tmp_path):
    desk = another(kept, tmp_path / "home")
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Ms Example, would you please come in?", encoding="utf-8")
    asked = ("step", "ask", "1", "--rung", "author-request", "--kind", "letter", "--as", "holt")
    do(desk, *asked, "--letter", str(letter), "--no-child-image")
    with desk.store.read() as con:
        (author,) = con.execute("SELECT author FROM mentions WHERE author IS NOT NULL").fetchone()
    assert copy(desk, *all_of("--withhold"), said=author).code == 0
    folder = desk.home.parent / "copy"
    (sent,) = (folder / "to-send" / "letters").iterdir()
    assert sent.read_bytes() == letter.read_bytes()
    shown = {path.name: path for path in (folder / "for-the-school" / "evidence").iterdir()}
    check = told(desk, "for-the-school/check-first.txt")
    assert shown
    for name, path in shown.items():
        assert name.startswith(("case-0001-2026-", "post-"))
        assert f"  evidence/{name}" in check
        assert path.stat().st_size
    assert any(path.read_bytes().startswith(PNG[:4]) or path.suffix for path in shown.values())
    assert f"  letters/{sent.name}" in check


def test_an_author_who_was_written_to_without_a_copy_is_named_to_whoever_checks(kept, tmp_path):
    desk = another(kept, tmp_path / "home")
    do(desk, "step", "ask", "1", "--rung", "author-request", "--kind", "conversation", "--as", "holt")
    with desk.store.read() as con:
        (author,) = con.execute("SELECT author FROM mentions WHERE author IS NOT NULL").fetchone()
    copy(desk, *all_of("--withhold"), said=author)
    assert "Case 0001: the author was written or spoken to on" in told(desk, "for-the-school/check-first.txt")


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ("He is off sick", {CopyKind.HEALTH}),
        ("Her GP signed her off", {CopyKind.HEALTH}),
        ("y meddyg", {CopyKind.HEALTH}),
        ("The NEU rep came", {CopyKind.UNION}),
        ("Sent by his union’s solicitor", {CopyKind.UNION, CopyKind.LEGAL}),
        ("We unite, and went into it", set()),
        ("The post was seen by 40 people", set()),
    ],
)
def test_words_that_were_typed_show_a_kind(words, kinds):
    assert kinds_of(None, words) == kinds


def test_a_step_shows_its_kind():
    assert kinds_of(SupportStep(status=Support.OFFERED), "") == {CopyKind.SUPPORT}
    assert kinds_of(Referred(to="police"), "") == {CopyKind.POLICE}
