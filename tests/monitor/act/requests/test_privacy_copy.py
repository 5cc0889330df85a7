"""`schoolgate privacy sar`, `rectify` and `notice`: what is handed over, and what is kept back."""

from __future__ import annotations

import json
import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from builders.case_desk import NOW, Desk, disclosure, insult, run
from builders.mention import POLICY, a_batch, a_mention, a_run, a_verdict
from builders.privacy import DPO, a_request, privacy

from data.privacy.terms import redaction, sentences
from data.store.engine.audit_chain import links
from data.store.mentions.batch import save
from monitor.act.requests import copying


@pytest.fixture
def desk(tmp_path):
    (tmp_path / "home").mkdir()
    return Desk(tmp_path / "home")


def post(desk, name, version=1, **fields):
    mention = a_mention(name, **fields)
    with desk.store.write("a post") as con:
        run = a_run(f"feed:{name}", NOW + timedelta(hours=version))
        judged = [a_verdict(mention, version)]
        batch = a_batch(mention, verdicts=judged, story_id=f"s-{name}", version=version, run=run)
        save(con, batch, now=NOW, policy=POLICY)
    return mention.id


def copy(desk, by, said, *more, to=None, number=None):
    to = to or desk.home.parent / "copy"
    number = number or a_request(desk)
    return privacy(desk, "sar", number, "--by", by, "--to", str(to), "--as", DPO, *more, said=said)


def text(desk):
    return (desk.home.parent / "copy" / "to-send" / "held.txt").read_text(encoding="utf-8")


def test_it_holds_their_own_words_whole_in_every_wording_and_what_was_made_of_them(desk):
    post(desk, "a", text="Mr Vale at Oakfield never rings back.", author="Larch Dad")
    post(desk, "a", 2, text="Oakfield never rings back.", author="Larch Dad")
    assert copy(desk, "handle", "Larch Dad").code == 0
    held = text(desk)
    assert "Oakfield never rings back.\nIn an earlier wording:\nMr Vale at Oakfield never rings back." in held
    assert "criticism, opinion, complaint or praise" in held
    assert "It criticises a decision." in held
    assert "A person decides." in held
    assert json.loads((desk.home.parent / "copy" / "to-send" / "held.json").read_text())["theirs"]


def test_a_folder_within_one_that_is_not_there_yet_is_made_for_its_owner_alone(desk):
    post(desk, "a", text="Oakfield never rings back.", author="Larch Dad")
    folder = desk.home.parent / "copies" / "P0001"
    done = copy(desk, "handle", "Larch Dad", to=folder)
    assert (done.code, stat.S_IMODE(folder.stat().st_mode)) == (0, 0o700), done.err


def test_of_anothers_post_it_holds_what_names_them_without_anybody_else(desk):
    words = "Jane Harrow was rude. Mrs Fenton and Sam Vale saw it, ask @gatemum. My son is ill."
    post(desk, "b", text=words, author="Somebody Else", title="Robin Pike again")
    copy(desk, "name", "Jane Harrow")
    held = text(desk)
    assert "Jane Harrow was rude." in held
    for other in (
        "Fenton",
        "Vale",
        "gatemum",
        "Somebody Else",
        "Robin",
        "My son is ill",
        "forum.example.org",
    ):
        assert other not in held


def test_what_was_typed_in_a_case_about_their_post_is_in_it_without_other_names(desk):
    insult(desk)
    desk("open", "story-insult", "--as", "holt")
    desk("note", "1", "He rang; Mr Vale and Jo Fern heard him. Ring 01632 960 123.", "--as", "holt")
    copy(desk, "handle", "poster-insult")
    held = text(desk)
    assert "He rang; [name withheld] and [name withheld] heard him." in held
    assert "960 123" not in held
    assert "Case 0001" in held
    assert "A note was made." in held


def test_what_is_with_the_safeguarding_lead_stands_in_what_the_school_checks_and_not_in_the_copy(desk):
    disclosure(desk)
    copy(desk, "handle", "poster-disclosure")
    folder = desk.home.parent / "copy"
    assert "paragraph 21 (child abuse data)" in (folder / "for-the-school" / "check-first.txt").read_text()
    sent = "".join(p.read_text() for p in (folder / "to-send").iterdir())
    assert "child abuse" not in sent
    assert "mentioned here as disclosure" not in sent
    assert "Nothing is held about you that you are entitled to a copy of." in sent


def test_only_its_owner_reads_it(desk):
    post(desk, "a", author="Larch Dad")
    copy(desk, "handle", "Larch Dad")
    folder = desk.home.parent / "copy"
    assert {p.stat().st_mode & 0o777 for p in folder.rglob("*") if p.is_file()} == {0o600}
    assert {p.stat().st_mode & 0o777 for p in (folder, *folder.iterdir()) if p.is_dir()} == {0o700}


@pytest.mark.parametrize("there", ["folder", "file", "link"])
def test_nothing_is_written_over(desk, there):
    to = desk.home.parent / "copy"
    {"folder": to.mkdir, "file": to.touch, "link": lambda: to.symlink_to("/nowhere")}[there]()
    done = copy(desk, "handle", "Larch Dad")
    assert (done.code, "is there already" in done.err) == (2, True)


def test_a_copy_that_is_broken_off_leaves_nothing_and_is_not_recorded(desk, monkeypatch):
    real = copying.keep

    def broken(path: Path, held: bytes) -> None:
        if path.name == "held.txt":
            raise KeyboardInterrupt
        real(path, held)

    monkeypatch.setattr(copying, "keep", broken)
    copy(desk, "handle", "Larch Dad")
    assert [p.name for p in desk.home.parent.iterdir()] == ["home"]
    with desk.store.read() as con:
        assert "data_copied" not in [link.entry.action for link in links(con)]


def test_where_it_cannot_be_written_that_is_said(desk):
    (desk.home.parent / "a-file").write_text("no folder", encoding="utf-8")
    done = copy(desk, "handle", "Larch Dad", to=desk.home.parent / "a-file" / "place")
    assert (done.code, "nothing of it is left" in done.err) == (1, True)


def test_it_is_recorded_once_with_how_much_was_found_and_no_word(desk):
    post(desk, "a", author="Larch Dad")
    copy(desk, "handle", "Larch Dad")
    with desk.store.read() as con:
        last = links(con)[-1].entry
    assert (last.actor, last.action, last.subject) == (DPO, "data_copied", "P0001")
    assert last.codes == ("kind:handle", "found:1")


def test_what_somebody_says_of_a_post_stands_beside_it_and_the_post_is_as_it_was(desk):
    mention = post(desk, "a", text="Jane Harrow was sacked in 2019.")
    number = a_request(desk, "rectification")
    words = ("rectify", number, "--post", mention[:6], "--as", DPO, "--said", "-")
    assert privacy(desk, *words, said="She retired.").code == 0
    shown = run("story", "show", "s-a", "--as", "holt", "--home", str(desk.home)).out
    assert "Jane Harrow was sacked in 2019." in shown
    assert "Somebody it is about says: She retired." in shown
    copy(desk, "name", "Jane Harrow", number=a_request(desk))
    assert "What you said about it:\nShe retired." in text(desk)


def test_nothing_is_put_beside_what_is_with_the_safeguarding_lead(desk):
    disclosure(desk)
    number = a_request(desk, "rectification")
    mention = a_mention("disclosure").id
    done = privacy(desk, "rectify", number, "--post", mention, "--as", DPO, "--said", "It is wrong")
    assert (done.code, "with the safeguarding lead" in done.err) == (2, True)


def test_the_notice_names_the_places_the_times_and_whom_to_ask(desk):
    assert "The places that we read" not in privacy(desk, "notice", "--as", DPO).out
    toml = desk.home / "schoolgate.toml"
    toml.write_text(
        toml.read_text()
        + '\n[policy]\ncriticism_days = 21\n\n[[sources]]\nid = "f"\nname = "Northvale forum"\n'
        'kind = "feed"\nurl = "https://forum.example.org/feed"\nschools = ["900001"]\n',
        encoding="utf-8",
    )
    done = privacy(desk, "notice", "--as", DPO)
    assert done.code == 0, done.err
    for said in ("- Northvale forum", "criticism, opinion, praise: 21 days", "data: moss@example.org."):
        assert said in done.out
    assert "Questions left open in it: " in done.err
    assert "public task (UK" in privacy(desk, "notice", "--as", DPO, "--basis", "public-task").out


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Ask Mrs Fenton-Lee.", "Ask ‹n›."),
        ("Dr. Pryce and Jane Harrow", "‹n› and Jane Harrow"),
        ("Mrs Harrow", "Mrs Harrow"),
        ("ROBIN PIKE said, and Pike too, but a pike swam", "‹n› said, and ‹n› too, but a pike swam"),
        ("write to a.b@example.org or @gatemum", "write to ‹c› or ‹c›"),
        ("ring +44 1632 960123 in 2019", "ring ‹c› in 2019"),
        ("see https://example.org/p/1 now", "see ‹c› now"),
        ("Mrs Harrow knows Mrs. Odell, Odell and Tamsin", "Mrs Harrow knows ‹n›, ‹n› and ‹n›"),
        ("@janeharrow and jane@harrow.example", "‹c› and jane@harrow.example"),
    ],
)
def test_other_peoples_names_are_taken_out_and_ones_own_are_not(said, left):
    assert redaction(["Robin Pike", "Mrs Tamsin Odell"], ["Jane Harrow"], "‹n›", "‹c›").of(said) == left


def test_a_text_is_cut_at_sentences_and_lines():
    assert sentences("One. Two!  Three?\n\nFour") == ["One.", "Two!", "Three?", "Four"]


def test_what_a_killed_command_left_of_a_copy_goes_with_the_next(desk):
    post(desk, "a", text="Oakfield never rings back.", author="Larch Dad")
    left = desk.home.parent / ".unfinished-copy-1"
    (left / "to-send").mkdir(parents=True)
    (left / "to-send" / "held.txt").write_text("Larch Dad")
    os.utime(left, (0, 0))
    assert copy(desk, "handle", "Larch Dad").code == 0
    assert not left.exists()
