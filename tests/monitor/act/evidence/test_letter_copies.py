"""What was sent and what came back is kept with the case, sealed, and handed over with its words."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pypdf
import pytest
from builders.capture import capture
from builders.case_desk import PNG, Desk, run
from builders.pack import a_kept_case, another, do, evidence, pack, unzipped

from data.store.cases import cases as case_store
from data.store.cases.evidence_files import files_of
from data.types import About

MAIL = (
    b"From: office@oakfield.example.org\r\nTo: reports@forum.example.org\r\n"
    b"Date: Tue, 17 Nov 2026 09:30:00 +0000\r\n"
    b"Subject: A post on your site\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    b"Please look at the post of 16 November.\r\nIt says of a named person what is not so.\r\n"
)
REPLY = MAIL.replace(
    b"Please look at the post of 16 November.", b"We have looked. It breaks no rule of ours."
)
WHY = ("--fact", "why=It says of him what is not so", "--fact", "ground=harassment or a personal attack")
ASK = ("step", "ask", "1", "--rung", "platform-report", "--as", "holt")


def word(said: str) -> bytes:
    held = io.BytesIO()
    ns = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    xml = f"<w:document {ns}><w:body><w:p><w:r><w:t>{said}</w:t></w:r></w:p></w:body></w:document>"
    with zipfile.ZipFile(held, "w") as made:
        made.writestr("word/document.xml", xml)
    return held.getvalue()


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = a_kept_case(tmp_path_factory.mktemp("home"), stamped=False)
    do(desk, "step", "place", "1", "reddit", "--as", "holt")
    return desk


@pytest.fixture
def desk(before: Desk, tmp_path: Path) -> Desk:
    return another(before, tmp_path / "home")


def a_file(folder: Path, name: str, content: bytes) -> str:
    path = folder / name
    path.write_bytes(content)
    return str(path)


def copies(desk: Desk) -> dict[str, bytes]:
    with desk.store.read() as con:
        files = [f for f in files_of(con, "0001") if f.of_letter]
    return {f.name: (desk.store.evidence / f.sha256[:2] / f.sha256).read_bytes() for f in files}


def facts(desk: Desk) -> dict[str, str]:
    with desk.store.read() as con:
        return dict(case_store.steps(con, "0001")[-1].written)


def printed(folder: Path) -> str:
    (path,) = folder.glob("*.pdf")
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)


def test_what_was_sent_is_kept_byte_for_byte_and_sealed_with_its_step(desk: Desk, tmp_path: Path) -> None:
    do(desk, *ASK, "--letter", a_file(tmp_path, "to Ms Vale.eml", MAIL), "--no-child-image")
    kept, said = copies(desk), facts(desk)
    assert kept["letter.eml"] == MAIL
    assert (said["kept"], said["files"]) == ("as_sent", "2")
    told = json.loads(kept["manifest.json"])
    assert (told["kind"], told["rung"], told["kept"]) == ("sent", "platform_report", "as_sent")
    assert told["files"][0]["sha256"] == said["sha256"]
    assert evidence(desk, "verify").code == 0
    assert "Vale" not in json.dumps(told)


def test_what_was_drafted_and_sent_so_is_kept_from_the_folder_it_was_drafted_to(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    do(desk, "letter", "1", "platform_report", "--as", "holt", "--out", "letters", *WHY)
    do(desk, *ASK, "--as-drafted")
    assert sorted(copies(desk)) == ["letter.eml", "letter.pdf", "letter.txt", "manifest.json"]
    assert json.loads(copies(desk)["manifest.json"])["letter"] == "platform_report"
    assert facts(desk)["kept"] == "as_drafted"


def test_a_file_given_that_is_the_draft_is_known_as_the_draft(desk: Desk, tmp_path: Path) -> None:
    do(desk, "letter", "1", "platform_report", "--as", "holt", "--out", str(tmp_path), *WHY)
    (mail,) = tmp_path.glob("*.eml")
    do(desk, *ASK, "--letter", str(mail), "--no-child-image")
    assert facts(desk)["kept"] == "as_drafted"
    assert {"letter.eml", "letter.txt"} <= set(copies(desk))


def test_a_draft_that_was_changed_before_it_was_sent_is_not_kept_as_the_draft(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    do(desk, "letter", "1", "platform_report", "--as", "holt", "--out", "letters", *WHY)
    for path in Path("letters").iterdir():
        path.chmod(0o600)
        path.write_bytes(path.read_bytes() + b"\nAnd another thing.\n")
    refused = desk(*ASK, "--as-drafted")
    assert refused.code == 2
    assert "--letter FILE" in refused.err
    assert not copies(desk)
    (text,) = Path("letters").glob("*.txt")
    do(desk, *ASK, "--letter", str(text), "--no-child-image")
    assert facts(desk)["kept"] == "as_sent"


def test_without_a_letter_it_is_written_down_that_no_copy_was_kept(desk: Desk) -> None:
    do(desk, *ASK)
    assert facts(desk)["kept"] == "not_kept"
    assert "what was sent: not kept" in do(desk, "show", "1", "--as", "holt").out


def test_of_what_was_said_in_a_conversation_no_copy_is_missed(desk: Desk) -> None:
    do(desk, "step", "author", "1", "--relationship", "parent", "--as", "holt")
    do(desk, "step", "ask", "1", "--rung", "author-request", "--kind", "conversation", "--as", "holt")
    assert "kept" not in facts(desk)
    do(desk, "step", "answered", "1", "--rung", "author-request", "--result", "refused", "--as", "holt")
    assert "kept" not in facts(desk)
    assert "their answer: not kept" not in do(desk, "show", "1", "--as", "holt").out


def test_at_a_terminal_the_copy_is_asked_for(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = f"{a_file(tmp_path, 'sent.txt', b'Please take it down.')}\nno\n"
    monkeypatch.setattr("monitor.cli.commands.case.step.letter_copy.at_a_terminal", lambda: True)
    assert run("case", *ASK, "--home", str(desk.home), said=answers).code == 0
    assert copies(desk)["letter.txt"] == b"Please take it down."


def test_at_a_terminal_enter_says_that_no_copy_is_kept(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.cli.commands.case.step.letter_copy.at_a_terminal", lambda: True)
    assert run("case", *ASK, "--home", str(desk.home), said="\n").code == 0
    assert facts(desk)["kept"] == "not_kept"


@pytest.mark.parametrize("said", [["--child-image"], []])
def test_a_file_that_may_show_a_child_is_not_opened(desk: Desk, tmp_path: Path, said: list[str]) -> None:
    there = tmp_path / "sent.eml"  # never written: to open it would fail in another way
    refused = desk(*ASK, "--letter", str(there), *said)
    assert refused.code == 2
    assert "cannot be read" not in refused.err
    assert not copies(desk)


@pytest.mark.parametrize(
    ("name", "content"),
    [("shot.png", PNG), ("run.exe", b"MZ\x90\x00"), ("empty.txt", b""), ("a.zip", b"PK\x03\x04rest"),
     ("long.txt", b"x" * (10 * 1024 * 1024 + 1))],
)  # fmt: skip
def test_what_is_no_letter_is_not_kept_and_nothing_is_recorded(
    desk: Desk, tmp_path: Path, name: str, content: bytes
) -> None:
    before = facts(desk)
    refused = desk(*ASK, "--letter", a_file(tmp_path, name, content), "--no-child-image")
    assert refused.code == 2
    assert "Nothing was recorded" in refused.err
    assert facts(desk) == before


def test_where_the_step_is_refused_nothing_of_the_letter_is_kept(desk: Desk, tmp_path: Path) -> None:
    held = sorted(desk.store.evidence.rglob("*"))
    letter = a_file(tmp_path, "sent.eml", MAIL)
    refused = desk(
        "step", "ask", "1", "--rung", "police", "--as", "holt", "--letter", letter, "--no-child-image"
    )
    assert refused.code != 0
    assert sorted(desk.store.evidence.rglob("*")) == held


@pytest.mark.parametrize("given", [[], ["--letter", "sent.eml"]])
def test_what_the_ladder_refuses_is_refused_before_anybody_is_asked_for_the_copy(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, given: list[str]
) -> None:
    monkeypatch.setattr("monitor.cli.commands.case.step.letter_copy.at_a_terminal", lambda: True)
    refused = desk("step", "ask", "1", "--rung", "police", "--as", "holt", *given)
    assert "Refused by the guard" in refused.err
    assert not refused.out


@pytest.fixture(scope="module")
def answered(before: Desk, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A case with a page, a letter and an answer, of the platform, and a letter to somebody else."""
    folder = tmp_path_factory.mktemp("answered")
    desk = another(before, folder / "home")
    _write(desk, folder)
    return desk


def _write(desk: Desk, folder: Path) -> None:
    do(desk, *ASK, "--letter", a_file(folder, "a.eml", MAIL), "--no-child-image", "--reference", "7731")
    do(desk, "step", "answered", "1", "--rung", "platform-report", "--result", "refused", "--as", "holt",
       "--letter", a_file(folder, "b.eml", REPLY), "--no-child-image")  # fmt: skip
    do(desk, "step", "ask", "1", "--rung", "posh", "--as", "holt", "--no-child-image",
       "--letter", a_file(folder, "c.docx", word("Helpline, we are worried about Sam Vale.")))  # fmt: skip


def test_a_pack_prints_letter_and_answer_and_is_checked_by_tools_that_are_not_ours(
    answered: Desk, tmp_path: Path
) -> None:
    assert pack(answered, tmp_path / "out", "--to", "solicitor").code == 0
    opened = unzipped(tmp_path / "out", tmp_path / "opened")
    names = {Path(name).name for name in opened.files()}
    assert {"letter.eml", "answer.eml", "letter.docx"} <= names
    for command in opened.commands:
        done = opened.type(command)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
    said = printed(opened.folder)
    for words in (
        "what is not so",
        "It breaks no rule of ours",
        "we are worried about",
        "7731",
        "Sent",
        "Came",
    ):
        assert words in said
    assert "cannot be printed" not in said


@pytest.mark.parametrize("recipient", ["police", "solicitor", "platform", "helpline", "la", "dsl", "file"])
def test_the_pack_of_a_whole_case_is_checked_by_every_tool_that_its_readme_names(
    whole: Desk, tmp_path: Path, recipient: str
) -> None:
    to = [] if recipient == "file" else ["--to", recipient]
    assert pack(whole, tmp_path / "out", *to).code == 0
    opened = unzipped(tmp_path / "out", tmp_path / "opened")
    tools = {" ".join(command.split()[:2]) for command in opened.commands}
    assert tools == {"sha256sum -c", "openssl ts", "wacz validate", "python3 verify.py"}
    for command in opened.commands:
        done = opened.type(command)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
    held = {Path(name).name for name in opened.files()}
    assert {"page.html", "supplied-1.png", "letter.eml", "answer.eml"} <= held
    assert ("letter.docx" in held) == (recipient not in ("platform", "helpline"))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A case with a stamped capture of its page, a screenshot, letters and an answer."""
    folder = tmp_path_factory.mktemp("whole")
    desk = a_kept_case(folder / "home")
    do(desk, "step", "place", "1", "reddit", "--as", "holt")
    shot = Path(a_file(folder, "shot.png", PNG))
    assert capture(desk, files=[shot], child_image=False, words_alone=True, person="holt")[0] == 0
    _write(desk, folder)
    return desk


@pytest.mark.parametrize("name", ["letter.eml", "answer.eml"])
def test_a_letter_that_was_changed_in_the_pack_or_in_the_vault_is_found(
    answered: Desk, tmp_path: Path, name: str
) -> None:
    pack(answered, tmp_path / "out", "--to", "solicitor")
    opened = unzipped(tmp_path / "out", tmp_path / "opened")
    (path,) = opened.folder.rglob(name)
    path.write_bytes(path.read_bytes().replace(b"post", b"note"))
    assert opened.type("sha256sum -c SHA256SUMS").returncode != 0
    assert opened.type("python3 verify.py").returncode != 0
    mine = another(answered, tmp_path / "mine")
    with mine.store.write("test") as con:
        con.execute("DELETE FROM evidence WHERE name = ?", [name])
    assert evidence(mine, "verify").code == 1


def test_a_step_whose_letter_has_another_manifest_is_found(answered: Desk, tmp_path: Path) -> None:
    mine = another(answered, tmp_path / "mine")
    with mine.store.write("test") as con:
        con.execute("UPDATE case_steps SET detail = replace(detail, 'as_sent', 'as_drafted')")
    assert evidence(mine, "verify").code == 1


def test_a_platform_is_given_its_own_letters_and_nobody_elses(answered: Desk, tmp_path: Path) -> None:
    assert pack(answered, tmp_path / "out", "--to", "platform").code == 0
    opened = unzipped(tmp_path / "out", tmp_path / "opened")
    names = {Path(name).name for name in opened.files()}
    assert "answer.eml" in names
    assert "letter.docx" not in names
    assert "helpline" not in printed(opened.folder).lower()
    assert opened.type("python3 verify.py").returncode == 0


def test_letters_of_a_locked_case_are_left_out_for_whoever_may_not_know(
    answered: Desk, tmp_path: Path
) -> None:
    mine = another(answered, tmp_path / "mine")
    do(mine, "step", "lock", "1", "--as", "holt", "--why", "A pupil says so of a teacher.")
    assert pack(mine, tmp_path / "out", "--to", "solicitor").code == 0
    opened = unzipped(tmp_path / "out", tmp_path / "opened")
    assert not {"letter.eml", "answer.eml", "letter.docx"} & {Path(n).name for n in opened.files()}
    said = printed(opened.folder)
    assert "what is not so" not in said
    assert "worried" not in said


def test_letters_of_a_case_that_turns_out_to_be_restricted_go_to_those_who_act_on_it(
    tmp_path: Path,
) -> None:
    mine = a_kept_case(tmp_path / "mine", stamped=False, about=About.SCHOOL)  # so that nothing locks it
    do(mine, "step", "place", "1", "reddit", "--as", "holt")
    _write(mine, tmp_path)
    do(mine, "classify", "1", "C10", "--as", "pike", "--why", "A child may be hurt.")
    for recipient, has in (("solicitor", False), ("la", True)):
        made = pack(mine, tmp_path / recipient, "--to", recipient, "--reason", "They asked.", person="pike")
        assert made.code == 0, made.err
        opened = unzipped(tmp_path / recipient, tmp_path / f"opened-{recipient}")
        assert ("letter.eml" in {Path(name).name for name in opened.files()}) is has
        assert ("what is not so" in printed(opened.folder)) is has
        assert opened.type("python3 verify.py").returncode == 0


def test_where_its_rows_cannot_be_written_neither_is_the_step(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = facts(desk)
    monkeypatch.setattr("monitor.pipeline.supplied.put_files", full)
    with pytest.raises(OSError, match="No space"):
        desk(*ASK, "--letter", a_file(tmp_path, "sent.eml", MAIL), "--no-child-image")
    assert facts(desk) == before
    assert not copies(desk)


def test_where_no_picture_may_be_kept_a_letter_is_kept_if_it_holds_words_alone(tmp_path: Path) -> None:
    desk = a_kept_case(tmp_path / "home", stamped=False, about=About.PUPIL)
    do(desk, "step", "place", "1", "reddit", "--as", "holt")
    letter = ("--letter", a_file(tmp_path, "sent.eml", MAIL), "--no-child-image")
    assert desk(*ASK, *letter).code == 2
    assert not copies(desk)
    do(desk, *ASK, *letter, "--words-alone")
    assert copies(desk)["letter.eml"] == MAIL
