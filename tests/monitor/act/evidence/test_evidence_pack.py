"""The exhibits of a case: what somebody outside is handed, and checks with tools that are not ours."""

import hashlib
import io
import json
import re
import zipfile
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pypdf
import pytest
from builders.capture import a_case, capture, kept
from builders.case_desk import PNG, ActRefused, Desk, a_desk, disclosure, insult
from builders.home import do_in
from builders.mention import NOW, POLICY, a_batch, a_mention, a_run, a_verdict, save
from builders.pack import Opened, a_kept_case, another, copied, evidence, pack, unzipped
from builders.pack_read import checked, facts_of, text_of, told_in
from support.web_server import Answer, serve

from alerts.letters.kinds import LetterKind
from alerts.pack.facts import Recipient
from data.errors import InputError
from data.evidence.handed_in import SaidOfPost
from data.ids import digest
from data.retention.deleting import purge
from data.steps.codes import Check, StepKind
from data.store import cases as case_store
from data.store.engine import audit_chain
from data.store.evidence import files_of
from data.words.say import words
from monitor.act import packing
from monitor.act.keeping import NO_COPY, copy_of
from monitor.act.packing import given_exhibit
from monitor.act.proving import StampFault, read_stamp
from monitor.act.step import look_again
from sources.recheck import cannot_tell


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A case with a stamped capture of its page, which others are copied from."""
    return a_kept_case(tmp_path_factory.mktemp("first"))


@pytest.fixture(scope="module")
def desk(first, tmp_path_factory):
    return another(first, tmp_path_factory.mktemp("desk") / "home")


@pytest.fixture(scope="module")
def opened(desk, tmp_path_factory):
    out = tmp_path_factory.mktemp("out")
    pack(desk, out, "police")
    return unzipped(out, tmp_path_factory.mktemp("opened"))


def packed(desk, folder, *more, **how):
    """A pack as its recipient opens it."""
    pack(desk, folder / "out", *more, **how)
    return unzipped(folder / "out", folder / "opened")


def exhibit(opened):
    (folder,) = (path for path in (opened.folder / "for-checking").iterdir() if path.is_dir())
    return folder


def flip(path, place=None):
    content = bytearray(path.read_bytes())
    content[len(content) // 2 if place is None else place] ^= 1
    path.write_bytes(content)


def test_everything_that_readme_says_to_type_succeeds_without_the_network(opened):
    commands = opened.commands
    tools = [" ".join(c.split()[:2]) for c in commands]
    assert tools == ["sha256sum -c", *["openssl ts"] * 2, "wacz validate", "python3 for-checking/verify.py"]
    for command in commands:
        done = opened.type(command, in_a_shell=True)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        assert any(said in done.stdout + done.stderr for said in ("OK", "Validation succeeded"))
    assert opened.type("sha256sum -c for-checking/SHA256SUMS").stdout.count(": OK") == len(opened.files()) - 1


def test_the_first_page_says_what_when_where_who_saw_it_what_is_asked_and_the_words(opened):
    first = pypdf.PdfReader(opened.folder / f"{opened.folder.name}.pdf").pages[0].extract_text()
    first = " ".join(first.split())
    for said in (
        "possibly false and damaging statement", "shown with it is “disgruntled_dad”", "“Yesterday, 20:14”",
        "posted on 17 November 2026, 07:00:00 GMT,", "Robin Pike had the public page saved",
        "The school asks you to record this", "Mr Example takes it home",
    ):  # fmt: skip
        assert said in first, said
    named = {path.name for path in opened.folder.iterdir()}
    assert named == {f"{opened.folder.name}.pdf", "exhibits", "for-checking"}
    assert names_in(opened, "exhibits") == {"post.txt"}


def test_a_stamp_is_checked_as_of_its_own_time_since_its_certificate_runs_out(opened):
    for command in (c for c in opened.commands if c.startswith("openssl")):
        said, _, at = command.rpartition(" -attime ")
        assert said
        assert datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%d %H:%M:%S UTC), by Example") in text_of(
            opened
        )
        assert opened.type(f"{said} -attime 9999999999").returncode != 0


@pytest.mark.filterwarnings("ignore:Parsed a serial number")
def test_a_stamp_or_certificate_with_a_byte_flipped_is_a_fault_at_most_and_ends_nothing(desk):
    files = kept(desk)
    parts = {name: files[name] for name in ("manifest.json.tsr", "tsa-chain.pem", "manifest.json")}
    for name, content in [*parts.items()][:2]:
        for place in range(0, len(content), 3):
            changed = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
            with suppress(StampFault):
                read_stamp("c", *(parts | {name: changed}).values())


def test_a_flipped_byte_of_any_file_fails_the_sums(opened, tmp_path):
    mine = copied(opened, tmp_path / "mine")
    for name in opened.files():
        flip(mine.folder / name)
        assert mine.type("sha256sum -c for-checking/SHA256SUMS").returncode != 0, name
        flip(mine.folder / name)
    assert mine.type("sha256sum -c for-checking/SHA256SUMS").returncode == 0


STAMPED = [
    ("manifest.json", None), ("manifest.json.tsq", -5), ("manifest.json.tsr", -1), ("tsa-chain.pem", 300),
]  # fmt: skip


def test_a_flipped_byte_of_what_was_stamped_or_of_the_stamp_fails_openssl(opened, tmp_path):
    mine = copied(opened, tmp_path / "mine")
    verify = [c for c in mine.commands if c.startswith("openssl")]
    for name, place in STAMPED:
        flip(exhibit(mine) / name, place)
        assert any(mine.type(command).returncode != 0 for command in verify), name
        flip(exhibit(mine) / name, place)


def test_a_flipped_byte_of_the_archived_page_fails_the_validator(opened, tmp_path):
    member = "archive/data.warc.gz"
    mine = copied(opened, tmp_path / "mine")
    path = exhibit(mine) / "capture.wacz"
    with zipfile.ZipFile(path) as held:
        content = {i: held.read(i) for i in held.infolist()}
    with zipfile.ZipFile(path, "w") as again:
        for info, given in content.items():
            place = len(given) - 9 if info.filename == member else len(given)
            again.writestr(info, given[:place] + bytes(b ^ 1 for b in given[place:]))
    (command,) = (c for c in mine.commands if c.startswith("wacz"))
    assert "Validation succeeded" not in mine.type(command).stdout


def test_a_flipped_character_of_any_row_of_the_record_fails_its_program(opened, tmp_path):
    mine = copied(opened, tmp_path / "mine")
    for name in ("for-checking/audit-rows.jsonl", "for-checking/case-steps.jsonl"):
        path = mine.folder / name
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        for n, row in enumerate(rows):
            for key, value in row.items():
                if value is None:
                    continue
                changed = [*rows[:n], row | {key: _other(value)}, *rows[n + 1 :]]
                path.write_text("".join(json.dumps(r) + "\n" for r in changed), encoding="utf-8")
                assert checked(mine), (name, n, key)
        path.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    assert not checked(mine)


def test_a_row_that_was_changed_and_hashed_again_no_longer_has_the_next_one_behind_it(opened, tmp_path):
    mine = copied(opened, tmp_path / "mine")
    path = mine.folder / "for-checking/audit-rows.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    n = next(n for n, row in enumerate(rows[:-1]) if rows[n + 1]["n"] == row["n"] + 1)
    rows[n]["codes"].append("x")
    what = [rows[n][k] for k in ("n", "at_us", "actor", "action", "subject", "urn", "codes")]
    rows[n]["hash"] = digest(rows[n]["previous"], json.dumps(what))
    path.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    assert checked(mine) == f"FAILED: order-{rows[n + 1]['n']}"


def _other(value):
    match value:
        case int():
            return value + 1
        case str():
            return value + "x"
        case list():
            return [*value, "x"]
    return {**value, "x": "x"}


def test_a_file_that_was_put_in_is_named_wherever_it_is_and_moves_no_cursor(opened, tmp_path):
    mine = copied(opened, tmp_path / "mine")
    (mine.folder / ".DS_Store").write_text("left by a computer")
    for name in ("forged.pdf", "exhibits/forged.png", "exhibits/a/b/c.txt", "\x1b[2J\u202e.txt"):
        (mine.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (mine.folder / name).write_text("x")
        said = checked(mine)
        assert said.startswith("FAILED: not-of-the-pack-")
        assert said.isascii()
        assert said.isprintable()
        assert name in said or not name.isprintable()
        (mine.folder / name).unlink()
        assert checked(mine) == ""


def test_the_pdf_can_be_read_by_screen_readers_and_says_what_it_must(opened):
    """Exhibits are named by school, day, case, producer and number, and by nobody it is about."""
    assert opened.folder.name[:7] == "900001-"
    assert opened.folder.name[15:] == "-0001-JH-police"
    assert exhibit(opened).name == "900001-20261117-0001-RP_1"
    reader = pypdf.PdfReader(opened.folder / f"{opened.folder.name}.pdf")
    assert "pdfuaid:part" in reader.xmp_metadata.stream.get_data().decode()
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    manifest = hashlib.sha256((exhibit(opened) / "manifest.json").read_bytes()).hexdigest()
    for said in (
        "Made for the police", "Exhibit 900001-20261117-0001-RP/1", "disgruntled_dad", "Yesterday, 20:14",
        "2026-11-17 09:00:00 UTC", "HTTP 200", manifest, "Mr Example takes it home",
        "Untrue, and it names him.", "It does not show that what the page said was true",
        "by Example time server",
    ):  # fmt: skip
        assert said in text, said


def test_the_same_case_at_the_same_time_gives_the_same_bytes(desk, tmp_path, monkeypatch):
    from monitor.act import packing as made

    zips = []
    monkeypatch.setattr("data.effects.utc_now", lambda: NOW)
    monkeypatch.setattr(made, "record_pack", lambda *given: None)
    for name in ("a", "b"):
        pack(desk, tmp_path / name)
        zips.append(next((tmp_path / name).glob("*.zip")).read_bytes())
    assert zips[0] == zips[1]


def test_making_one_is_a_step_of_the_case_with_its_reason_and_a_row_of_the_audit_with_its_hash(
    desk, tmp_path, plainly
):
    why = "They asked for it on the telephone."
    pack(desk, tmp_path / "new", "solicitor", reason=why)
    (archive,) = (tmp_path / "new").glob("*.zip")
    sha256 = hashlib.sha256(archive.read_bytes()).hexdigest()
    with desk.store.open_reader() as con:
        step = case_store.steps_of_case(con, "0001")[-1]
        entry = audit_chain.links(con)[-1].entry
    assert (step.kind, step.actor) == ("noted", "holt")
    assert sha256 in step.why
    assert step.why.endswith(why)
    assert (entry.action, entry.actor, entry.codes) == ("pack_made", "holt", ("for:solicitor", sha256))
    assert evidence(desk, "verify").code == 0


def test_changed_evidence_is_handed_to_nobody(desk, tmp_path):
    desk = another(desk, tmp_path / "home")
    path = next(p for p in desk.store.evidence.rglob("*") if p.is_file())
    path.chmod(0o600)
    flip(path)
    with pytest.raises(packing.DoesNotHold):
        pack(desk, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_the_program_noted_of_a_look_is_not_said_to_be_a_persons_own_words(
    desk, tmp_path, plainly, monkeypatch
):
    mine = another(desk, tmp_path / "home")
    monkeypatch.setattr("monitor.act.step._look", lambda *_: cannot_tell("trouble"))
    look_again(mine.session("holt"), "1", None, mine.clock)
    mine.look(Check.PRESENT, "holt", why="I looked at home")
    said = " ".join(text_of(packed(mine, tmp_path)).split())
    assert "Who looked: the program Note: “The site did not answer" in said
    assert "Who looked: this person, for themselves In their own words: “I looked at home”" in said


def test_the_words_stand_apart_from_our_own_and_what_was_handed_in_is_named_and_its_picture_printed(
    desk, tmp_path, plainly
):
    mine = another(desk, tmp_path / "home")
    assert capture(mine, files=[PNG]).counts
    opened = packed(mine, tmp_path)
    text = text_of(opened)
    assert "The words, as they were read The words, as the page shows them: The office at Oakfield" in text
    assert "the files are in this exhibit’s folder: supplied-1.png." in text
    assert "The picture that was supplied as supplied-1.png" in text


def test_a_pack_speaks_of_no_archive_and_no_exhibit_where_it_holds_none(tmp_path):
    desk = Desk(tmp_path)
    desk.open(insult(desk), "holt")
    archive, exhibits = words("en")("pack.contents.archives"), words("en")("pack.contents.exhibits")
    none = told_in(facts_of(desk, "file"))
    capture(desk, files=[PNG])
    supplied = told_in(facts_of(desk, "file"))
    assert [sentence in none for sentence in (archive, exhibits)] == [False, False]
    assert [sentence in supplied for sentence in (archive, exhibits)] == [True, True]


def test_of_a_page_that_was_not_kept_whole_the_pack_says_so(tmp_path):
    desk = Desk(tmp_path)
    desk.open(insult(desk), "holt")
    capture(desk, files=[PNG])
    facts, said = facts_of(desk, "file"), words("en")("pack.method.part")
    (whole,) = facts.exhibits
    files = tuple(file for file in whole.files if file.name != "capture.wacz")
    for kind, in_part in (("page", True), ("wall", False)):
        part = replace(whole, files=files, facts={**whole.facts, "kind": kind})
        assert (said in told_in(replace(facts, exhibits=(part,)))) is in_part


def test_what_stood_in_the_place_of_the_post_is_told_as_what_it_was(tmp_path, plainly):
    (tmp_path / "home").mkdir()
    mine = Desk(tmp_path / "home")
    with serve({"/t/1": Answer(404, b"<p>Not here.</p>")}) as site:
        a_case(mine, site)
        assert not capture(mine, site).counts
    text = text_of(packed(mine, tmp_path))
    assert "the website said that the page was no longer there Answer of the website HTTP 404" in text
    assert "What was kept: what was there instead, which is not evidence of the post" in text
    assert "Posted, as read when it was found 17 November 2026, 07:00:00 GMT 2026-11-17 07:00" in text


def test_a_platform_is_given_the_exhibits_and_not_why_the_school_decided(desk, tmp_path, plainly):
    desk.take(StepKind.SUPPORT, "holt", status="offered")
    opened = packed(desk, tmp_path, "platform")
    text = text_of(opened)
    assert "Untrue, and it names him." not in text
    assert "he is upset" not in text
    assert "Support for the member of staff" not in text
    assert "for-checking/case-steps.jsonl" not in opened.files()
    assert exhibit(opened).is_dir()
    everything = b"".join(opened.files().values()) + text.encode()
    assert not [
        said for said in ("before it is edited", "Untrue", "upset", "holt") if said.encode() in everything
    ]
    for command in (c for c in opened.commands if not c.startswith("wacz")):
        assert opened.type(command).returncode == 0, command  # it has no record for verify.py to read


@pytest.fixture(scope="module")
def locked(whole, tmp_path_factory):
    """A case with everything there may be in one."""
    desk = another(whole, tmp_path_factory.mktemp("locked") / "home")
    desk.take(StepKind.LOCKED, "holt", why="A pupil says so of Mr Example in Year 6.")
    return desk


SECRET = (
    "Example", "Year 6", "disgruntled_dad", "dinner money", "Yesterday", "127.0.0.1", "2026-11-17",
    "20261117", "17 November", "Untrue", "he steals", "2026", "Holt", "Pike", "Kayleigh", "a parent",
    "of a named person", "worried",
)  # fmt: skip
"""Name, subject, year group and dates; the post, its author and address; words that were said about it."""


def test_a_locked_case_gives_nothing_away_to_those_who_may_not_know(locked, tmp_path):
    opened = packed(locked, tmp_path, "solicitor")
    assert [facts_of(locked, to).withheld for to in ("platform", "file")] == [True, True]
    assert set(opened.files()) == {
        f"{opened.folder.name}.pdf", "for-checking/README.txt", "for-checking/SHA256SUMS"
    }  # fmt: skip
    shown = re.sub(r"[0-9a-f]{16,}", "", text_of(opened) + opened.readme + opened.folder.name)
    assert not [secret for secret in SECRET if secret in shown]  # a year may stand in a hash by chance
    assert not [s for s in SECRET if len(s) > 5 and s.encode() in b"".join(opened.files().values())]
    assert "section 141F" in shown
    assert "This folder holds" not in shown
    assert opened.folder.name == "900001-0001-JH-solicitor"
    assert [opened.type(c).returncode for c in opened.commands] == [0]


def test_a_locked_case_is_whole_for_the_police_and_that_it_was_read_is_on_record(locked, tmp_path, plainly):
    """It is packed by those who may read it, and for a reason."""
    for person, said in (("fern", "is made by a safeguarding lead"), ("holt", "Say why")):
        with pytest.raises(InputError, match=said):
            pack(locked, tmp_path / "out", "police", person)
        assert not (tmp_path / "out").exists()
    opened = packed(locked, tmp_path, "police", reason="They asked for it.")
    with locked.store.open_reader() as con:
        assert [e.actor for e in _entries(con) if e.action == "restricted_read"] == ["holt"]
    assert "Mr Example takes it home" in text_of(opened)
    assert {"page.html", "supplied-1.png", "letter.eml", "letter.docx"} <= names_in(opened)


@pytest.fixture
def off_the_ladder(tmp_path):
    """A case off the ladder, which its few alone may read."""
    return a_desk(tmp_path / "home", lambda desk: desk.open(disclosure(desk), "pike"))


def test_a_restricted_case_is_packed_for_its_few_alone_and_its_reason_is_kept(
    off_the_ladder, tmp_path, plainly
):
    desk = off_the_ladder
    for person, said in (("ash", "is not for"), ("pike", "Say why")):
        with pytest.raises(InputError, match=said):
            pack(desk, tmp_path / "out", person=person)
    assert not (tmp_path / "out").exists()
    pack(desk, tmp_path / "out", person="pike", reason="for social care")
    with desk.store.open_reader() as con:
        entries = _entries(con)
        assert case_store.steps_of_case(con, "0001")[-1].kind == "noted"
    assert [e.actor for e in entries if e.action == "restricted_read"][-1:] == ["pike"]


OF_THE_POST = ("Oakfield is mentioned here as disclosure.", "https://forum.example.org/disclosure")


def test_of_what_is_off_the_ladder_the_dsl_the_designated_officer_and_the_police_have_words_and_address_alone(
    off_the_ladder, tmp_path
):
    """Nobody who removes is given anything; of what may be extremist nobody is given its words."""
    given = {"dsl": True, "la": True, "police": True, "solicitor": False, "file": False}
    facts = facts_of(off_the_ladder, "dsl", "pike")
    assert facts.exhibits == ()
    for to, told in given.items():
        said = told_in(replace(facts, recipient=Recipient(to)))
        assert [secret in said for secret in OF_THE_POST] == [told, told], to
        assert "The case was opened." in said
    for to in ("platform", "helpline"):
        with pytest.raises(ActRefused, match="off_the_ladder"):
            pack(off_the_ladder, tmp_path / "out", to, "pike", "x")
        assert not (tmp_path / "out").exists()
    off_the_ladder.take(StepKind.CLASSIFIED, "pike", class_="C9", why="It is a call to join")
    facts = facts_of(off_the_ladder, "dsl", "pike")
    for to in ("dsl", "la", "police"):
        said = told_in(replace(facts, recipient=Recipient(to)))
        assert [secret in said for secret in OF_THE_POST] == [False, True], to


def _entries(con):
    return [link.entry for link in audit_chain.links(con)]


@pytest.fixture(scope="module")
def harassed(tmp_path_factory):
    """A case of harassment of Sam Vale, judged to be about him, and another such post by the same author."""
    desk = a_kept_case(
        tmp_path_factory.mktemp("harassed"), stamped=False, content_class="C2", abuse=("harassment",),
        subject_person="vale", accuses=(),
    )  # fmt: skip
    other = a_mention("older", channel="forum", author="disgruntled_dad", text="Mr Vale again, on the bus.")
    other = replace(other, url="http://127.0.0.1/t/0")
    batch = a_batch(
        other, verdicts=[a_verdict(other, subject_person="vale")], story_id="s-older", run=a_run("feed:older")
    )
    do_in(desk.store, save, batch, now=NOW, policy=POLICY)
    return desk


def test_a_course_of_conduct_is_put_together_only_where_approved_and_audited(harassed, tmp_path, plainly):
    with pytest.raises(ActRefused, match="chronology_approved"):
        pack(harassed, tmp_path / "out", chronology=True)
    assert not (tmp_path / "out").exists()
    harassed.take(StepKind.TARGET, "holt", person="vale")
    approved = {"author": "disgruntled_dad", "person": "vale", "why": "The third within a month."}
    harassed.take(StepKind.CHRONOLOGY, "holt", **approved)
    assert "on the bus" not in told_in(facts_of(harassed, "file"))
    text = text_of(packed(harassed, tmp_path, "police", chronology=True))
    assert "Mr Vale again, on the bus." in text
    assert "Jane Holt approved it" in text
    with harassed.store.open_reader() as con:
        assert "chronology" in audit_chain.links(con)[-1].entry.codes


def test_a_whole_case_whose_time_was_over_leaves_a_record_that_holds(desk, tmp_path):
    mine = another(desk, tmp_path / "home")
    mine.take(StepKind.CLOSED, "holt", ending="standing", why="Nobody takes it down.")
    purge(mine.store, NOW + timedelta(days=3000), POLICY)
    with mine.store.open_reader() as con:
        assert case_store.steps_of_case(con, "0001") == ()
    done = evidence(mine, "verify")
    assert done.code == 0, done.out
    assert "0 files of 0 captures, 0 steps of cases" in done.out


def test_the_pack_says_who_is_accused_and_needs_no_victim_to_say_it(off_the_ladder):
    desk = off_the_ladder
    why = "A boy says that he was held"
    desk.take(StepKind.CLASSIFIED, "pike", class_="C10", lane="staff_allegation", why=why)
    desk.take(StepKind.TARGET, "pike", subjects="holt ash")
    desk.take(StepKind.CONFLICTED, "pike", person="marsh", why="Her husband")
    desk.take(StepKind.REFERRED, "pike", to="lado", reference="L-3")
    facts = facts_of(desk, "la", "pike")
    said = told_in(facts)
    page = said.partition("The words of")[0]
    for wanted in ("allegation against an adult", why, "number: L-3", "Robin Pike (", "pike@example.org"):
        assert wanted in page, wanted
    guessed = replace(facts, file=replace(facts.file, case=replace(facts.file.case, accused=())))
    assert "as the school reads the words: Jane Holt (Headteacher)" in told_in(guessed)
    assert "Accused: Jane Holt (Headteacher) and Lee Ash (" in said
    assert "It is aimed at" not in said
    assert "accuses nobody of anything." in said
    assert "Who: Alex Marsh" in said
    with pytest.raises(InputError, match="There is no case 0001"):
        desk.page("marsh")


# ------------------------------------------------------------------ what was sent, and what came back

MAIL = (
    b"From: office@oakfield.example.org\r\nTo: reports@forum.example.org\r\n"
    b"Date: Tue, 17 Nov 2026 09:30:00 +0000\r\n"
    b"Subject: A post on your site\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    b"Please look at the post of 16 November.\r\nIt says of a named person what is not so.\r\n"
)
REPLY = MAIL.replace(
    b"Please look at the post of 16 November.", b"We have looked. It breaks no rule of ours."
)
WHY = {"why": "It says of him what is not so", "ground": "harassment or a personal attack"}


def ask(desk: Desk, content: bytes | None = None, rung: str = "platform_report", **more: str) -> None:
    """Somebody is asked, with the copy of what was sent, if it was kept."""
    copy = copy_of(content, StepKind.ASKED, desk.steps()) if content else NO_COPY
    desk.take(StepKind.ASKED, "holt", rung=rung, copy=copy, **more)


def word(said: str) -> bytes:
    held = io.BytesIO()
    ns = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    xml = f"<w:document {ns}><w:body><w:p><w:r><w:t>{said}</w:t></w:r></w:p></w:body></w:document>"
    with zipfile.ZipFile(held, "w") as made:
        made.writestr("word/document.xml", xml)
    return held.getvalue()


@pytest.fixture(scope="module")
def before(first: Desk, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = another(first, tmp_path_factory.mktemp("before") / "home")
    desk.take(StepKind.PLACE, "holt", channel="reddit")
    desk.take(StepKind.NOTED, "holt", why="a reason with\u2028any kind of\x85line break")
    return desk


@pytest.fixture
def asking(before: Desk, tmp_path: Path) -> Desk:
    return another(before, tmp_path / "home")


def copies(desk: Desk) -> dict[str, bytes]:
    with desk.store.open_reader() as con:
        files = [f for f in files_of(con, "0001") if f.is_of_letter]
    return {f.name: (desk.store.evidence / f.sha256[:2] / f.sha256).read_bytes() for f in files}


def facts(desk: Desk) -> dict[str, str]:
    return dict(desk.steps()[-1].stored_facts)


def names_in(opened: Opened, folder: str = "") -> set[str]:
    return {Path(name).name for name in opened.files() if name.startswith(folder)}


def test_what_was_sent_is_kept_byte_for_byte_and_sealed_with_its_step(asking: Desk) -> None:
    ask(asking, MAIL)
    kept, said = copies(asking), facts(asking)
    assert kept["letter.eml"] == MAIL
    assert (said["kept"], said["files"]) == ("as_sent", "2")
    told = json.loads(kept["manifest.json"])
    assert (told["kind"], told["rung"], told["kept"]) == ("sent", "platform_report", "as_sent")
    assert told["files"][0]["sha256"] == said["sha256"]
    assert evidence(asking, "verify").code == 0


@pytest.mark.parametrize(
    ("ending", "more", "kept"),
    [(".eml", b"", "as_drafted"), (".txt", b"", "as_drafted"), (".txt", b"\nAnd more.\n", "as_sent")],
)
def test_a_letter_is_known_as_the_draft_that_it_still_is(
    asking: Desk, ending: str, more: bytes, kept: str
) -> None:
    ask(asking, asking.draft(LetterKind.PLATFORM_REPORT, "holt", **WHY)[ending] + more)
    assert facts(asking)["kept"] == kept
    assert f"letter{ending}" in copies(asking)


def test_without_a_letter_no_copy_was_kept_and_of_what_was_said_in_a_conversation_none_is_missed(
    asking: Desk,
) -> None:
    ask(asking)
    assert facts(asking)["kept"] == "not_kept"
    asking.take(StepKind.AUTHOR, "holt", relationship="parent")
    asking.take(StepKind.ASKED, "holt", rung="author_request", kind="conversation")
    assert "kept" not in facts(asking)
    asking.take(StepKind.ANSWERED, "holt", rung="author_request", result="refused")
    assert "kept" not in facts(asking)
    assert "their answer: not kept" not in asking.page("holt")


@pytest.mark.parametrize(
    ("name", "content"),
    [("shot.png", PNG), ("run.exe", b"MZ\x90\x00"), ("empty.txt", b""), ("a.zip", b"PK\x03\x04rest"),
     ("long.txt", b"x" * (10 * 1024 * 1024 + 1))],
)  # fmt: skip
def test_what_is_no_letter_is_not_kept(name: str, content: bytes) -> None:
    assert copy_of(content, StepKind.ASKED, ()) is None, name


def test_where_the_step_is_refused_or_its_rows_cannot_be_written_nothing_of_the_letter_is_kept(
    asking: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    held, before = sorted(asking.store.evidence.rglob("*")), facts(asking)
    with pytest.raises(ActRefused):
        ask(asking, MAIL, "police", imminent="no")
    assert sorted(asking.store.evidence.rglob("*")) == held
    monkeypatch.setattr("monitor.pipeline.supplied.put_files", full)
    with pytest.raises(OSError, match="No space"):
        ask(asking, MAIL)
    assert facts(asking) == before
    assert not copies(asking)


@pytest.fixture(scope="module")
def answered(before: Desk, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A case with a page, a letter and an answer, of the platform, and a letter to somebody else."""
    return _write(another(before, tmp_path_factory.mktemp("answered") / "home"))


def _write(desk: Desk) -> Desk:
    ask(desk, MAIL, reference="7731")
    reply = copy_of(REPLY, StepKind.ANSWERED, desk.steps())
    desk.take(StepKind.ANSWERED, "holt", rung="platform_report", result="refused", copy=reply)
    ask(desk, word("Helpline, we are worried about Sam Vale."), "posh")
    return desk


def test_a_pack_prints_letter_and_answer(answered: Desk, tmp_path: Path) -> None:
    for_the_solicitor = packed(answered, tmp_path, "solicitor")
    assert {"letter.eml", "answer.eml", "letter.docx"} <= names_in(for_the_solicitor)
    said = text_of(for_the_solicitor)
    letters = ("of a named person what is not so", "It breaks no rule of ours", "we are worried about")
    for wanted in (*letters, "7731", "Sent", "Received"):
        assert wanted in said
    assert "cannot be printed" not in said


def test_the_pack_of_a_whole_case_holds_for_everybody_who_may_be_given_it(
    whole: Desk, tmp_path: Path, plainly: None
) -> None:
    """A platform and a helpline are given their own letters alone."""
    for recipient in ("police", "platform", "file"):
        opened = packed(whole, tmp_path / recipient, recipient)
        tools = {" ".join(command.split()[:2]) for command in opened.commands}
        assert tools == {"sha256sum -c", "openssl ts", "wacz validate", "python3 for-checking/verify.py"}
        assert opened.type("sha256sum -c for-checking/SHA256SUMS").returncode == 0, recipient
        assert not checked(opened), recipient
        if recipient == "platform":
            assert "helpline" not in text_of(opened).lower()
    facts = facts_of(whole, "file")
    for recipient in Recipient:
        exhibits = (given_exhibit(exhibit, facts.file.case, recipient) for exhibit in facts.exhibits)
        held = {file.name for exhibit in exhibits if exhibit for file in exhibit.files}
        assert {"page.html", "supplied-1.png", "letter.eml", "answer.eml"} <= held, recipient
        assert ("letter.docx" in held) is not recipient.removes, recipient


@pytest.fixture(scope="module")
def whole(before: Desk, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A case with a stamped capture of its page, a screenshot, letters and an answer."""
    desk = another(before, tmp_path_factory.mktemp("whole") / "home")
    known = SaidOfPost(author="Kayleigh Sample", supplied_by="a parent")
    assert capture(desk, files=[PNG], person="holt", known=known).counts
    return _write(desk)


def test_letters_of_a_case_that_turns_out_to_be_restricted_go_to_those_who_act_on_it(
    answered: Desk, tmp_path: Path, plainly: None
) -> None:
    mine = another(answered, tmp_path / "mine")
    mine.take(StepKind.ABOUT, "holt", who="nobody", why="It is of the office")  # so that nothing locks it
    mine.take(StepKind.CLASSIFIED, "pike", class_="C10", why="A child may be hurt.")
    opened = packed(mine, tmp_path / "la", "la", "pike", "They asked.")
    assert "letter.eml" in names_in(opened)
    assert "of a named person what is not so" in text_of(opened)
    assert not checked(opened)
    assert "of a named person what is not so" not in told_in(facts_of(mine, "solicitor", "pike"))


def test_the_police_read_whom_the_school_wrote_to_as_the_author_and_nobody_else_does(desk, tmp_path):
    mine = another(desk, tmp_path / "home")
    mine.take(StepKind.AUTHOR, "holt", relationship="parent")
    mine.draft(LetterKind.PARENT_INVITATION, "holt", to="Ms Example", meeting="Thursday at 15:30")
    for to, read in (("police", True), ("solicitor", False)):
        text = text_of(packed(mine, tmp_path / to, to))
        assert ("as the school recorded: Ms Example, a parent" in text) is read, text
