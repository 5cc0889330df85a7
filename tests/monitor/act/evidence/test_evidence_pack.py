"""`schoolgate evidence pack`: what somebody outside is handed, and checks with tools that are not ours."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import zipfile
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pypdf
import pytest
from builders.capture import a_case, capture, kept
from builders.case_desk import PNG, Desk, disclosure, insult
from builders.mention import NOW, POLICY, a_batch, a_mention, a_run, a_verdict
from builders.pack import a_kept_case, another, copied, do, evidence, pack, unzipped
from support.web_server import Answer, serve

from alerts.pack import compose
from alerts.pack.exhibits import Exhibit
from data.ids import digest
from data.retention.purge import purge
from data.store.cases import cases as case_store
from data.store.engine import audit_chain
from data.store.mentions.batch import save
from data.words.say import words
from monitor.act.casework.evidence import packing
from monitor.act.casework.evidence.proving import StampFault, read_stamp
from sources.recheck.absence import cannot_tell


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    return a_kept_case(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def opened(desk, tmp_path_factory):
    out = tmp_path_factory.mktemp("out")
    assert pack(desk, out, "--to", "police").code == 0
    return unzipped(out, tmp_path_factory.mktemp("opened"))


def exhibit(opened):
    (folder,) = (opened.folder / "exhibits").iterdir()
    return folder


def flip(path, place=None):
    content = bytearray(path.read_bytes())
    content[len(content) // 2 if place is None else place] ^= 1
    path.write_bytes(content)


def test_everything_that_readme_says_to_type_succeeds_without_the_network(opened):
    commands = opened.commands
    tools = [" ".join(c.split()[:2]) for c in commands]
    assert tools == ["sha256sum -c", "openssl ts", "openssl ts", "wacz validate", "python3 verify.py"]
    for command in commands:
        done = opened.type(command, in_a_shell=True)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        assert any(said in done.stdout + done.stderr for said in ("OK", "Validation succeeded"))
    assert opened.type("sha256sum -c SHA256SUMS").stdout.count(": OK") == len(opened.files()) - 1


def test_a_stamp_is_checked_as_of_its_own_time_since_its_certificate_runs_out(opened):
    for command in (c for c in opened.commands if c.startswith("openssl")):
        said, _, at = command.rpartition(" -attime ")
        assert said
        assert datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%d %H:%M:%S UTC, by Example") in _text(
            opened
        )
        assert opened.type(f"{said} -attime 9999999999").returncode != 0


def test_a_reason_with_any_kind_of_line_break_in_it_is_checked_like_another(desk, tmp_path, plainly):
    mine = another(desk, tmp_path / "home")
    do(mine, "note", "1", "one\u2028two\x85three", "--as", "holt")
    pack(mine, tmp_path / "out")
    assert not _checked(unzipped(tmp_path / "out", tmp_path / "opened"))


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
    for name in opened.files():
        mine = copied(opened, tmp_path / name.replace("/", "-"))
        flip(mine.folder / name)
        assert mine.type("sha256sum -c SHA256SUMS").returncode != 0, name


@pytest.mark.parametrize(
    ("name", "place"),
    [("manifest.json", None), ("manifest.json.tsq", -5), ("manifest.json.tsr", -1), ("tsa-chain.pem", 300)],
)
def test_a_flipped_byte_of_what_was_stamped_or_of_the_stamp_fails_openssl(opened, tmp_path, name, place):
    mine = copied(opened, tmp_path / "mine")
    flip(exhibit(mine) / name, place)
    verify = [c for c in mine.commands if c.startswith("openssl")]
    assert any(mine.type(command).returncode != 0 for command in verify)


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
    for name in ("audit-rows.jsonl", "case-steps.jsonl"):
        path = mine.folder / name
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        for n, row in enumerate(rows):
            for key, value in row.items():
                if value is None:
                    continue
                changed = [*rows[:n], row | {key: _other(value)}, *rows[n + 1 :]]
                path.write_text("".join(json.dumps(r) + "\n" for r in changed), encoding="utf-8")
                assert _checked(mine), (name, n, key)
        path.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    assert not _checked(mine)


def test_a_row_that_was_changed_and_hashed_again_no_longer_has_the_next_one_behind_it(opened, tmp_path):
    mine = copied(opened, tmp_path / "mine")
    path = mine.folder / "audit-rows.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    n = next(n for n, row in enumerate(rows[:-1]) if rows[n + 1]["n"] == row["n"] + 1)
    rows[n]["codes"].append("x")
    what = [rows[n][k] for k in ("n", "at_us", "actor", "action", "subject", "urn", "codes")]
    rows[n]["hash"] = digest(rows[n]["previous"], json.dumps(what))
    path.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    assert _checked(mine) == f"FAILED: order-{rows[n + 1]['n']}"


def _other(value):
    match value:
        case int():
            return value + 1
        case str():
            return value + "x"
        case list():
            return [*value, "x"]
    return {**value, "x": "x"}


def _checked(opened) -> str:
    """What verify.py says against it, run in this process: a process each would take a minute."""
    code = (opened.folder / "verify.py").read_text(encoding="utf-8")
    said: list[str] = []
    space = {"__file__": str(opened.folder / "verify.py"), "print": said.append}
    with pytest.raises(SystemExit) as end:
        exec(compile(code, "verify.py", "exec"), space)
    assert bool(end.value.code) is (said != ["OK"])
    return "" if said == ["OK"] else said[0]


def test_a_file_that_is_not_in_the_record_fails_its_program(opened, tmp_path):
    mine = copied(opened, tmp_path / "mine")
    (exhibit(mine) / "extra.txt").write_text("x")
    assert "extra.txt" in _checked(mine)
    assert mine.type("python3 verify.py").returncode == 1


@pytest.mark.parametrize(
    "name", ["forged.pdf", "exhibits/forged.png", "exhibits/a/b/c.txt", "\x1b[2J\u202e.txt"]
)
def test_a_file_that_was_put_in_is_named_wherever_it_is_and_moves_no_cursor(opened, tmp_path, name):
    mine = copied(opened, tmp_path / "mine")
    (mine.folder / name).parent.mkdir(parents=True, exist_ok=True)
    (mine.folder / name).write_text("x")
    (mine.folder / ".DS_Store").write_text("left by a computer")
    said = _checked(mine)
    assert said.startswith("FAILED: not-of-the-pack-")
    assert said.isascii()
    assert said.isprintable()
    (mine.folder / name).unlink()
    assert _checked(mine) == ""


def test_what_a_killed_command_left_of_a_pack_goes_with_the_next(desk, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    old, young = out / ".unfinished-abcd1234", out / ".unfinished-efgh5678"
    for path in (old, young):
        path.write_bytes(b"exhibits")
    os.utime(old, (0, 0))
    assert pack(desk, out).code == 0
    assert (old.exists(), young.exists()) == (False, True)


def test_the_folder_for_a_pack_is_no_file(desk, tmp_path):
    (tmp_path / "out").write_text("x")
    done = pack(desk, tmp_path / "out")
    assert (done.code, done.err) == (2, f"--out {tmp_path / 'out'}: that is a file. Name a folder.")


def test_exhibits_are_named_by_school_day_case_producer_and_number_and_by_nobody_it_is_about(opened):
    assert opened.folder.name[:7] == "900001-"
    assert opened.folder.name[15:] == "-0001-JH-police"
    assert exhibit(opened).name == "900001-20261117-0001-RP_1"


def test_the_pdf_can_be_read_by_screen_readers_and_says_what_it_must(opened):
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
    from monitor.act.casework.evidence import packing as made

    zips = []
    monkeypatch.setattr("data.effects.utc_now", lambda: NOW)
    monkeypatch.setattr(made, "record", lambda *given: None)
    for name in ("a", "b"):
        assert pack(desk, tmp_path / name).code == 0
        zips.append(next((tmp_path / name).glob("*.zip")).read_bytes())
    assert zips[0] == zips[1]


def test_making_one_is_a_step_of_the_case_and_a_row_of_the_audit_with_its_hash(desk, tmp_path, plainly):
    assert pack(desk, tmp_path, "--to", "solicitor").code == 0
    (archive,) = tmp_path.glob("*.zip")
    sha256 = hashlib.sha256(archive.read_bytes()).hexdigest()
    with desk.store.read() as con:
        step = case_store.steps(con, "0001")[-1]
        entry = audit_chain.links(con)[-1].entry
    assert (step.kind, step.actor) == ("noted", "holt")
    assert sha256 in step.why
    assert (entry.action, entry.actor, entry.codes) == ("pack_made", "holt", ("for:solicitor", sha256))
    assert evidence(desk, "verify").code == 0


def test_the_files_are_their_owners_alone(desk, tmp_path, plainly):
    pack(desk, tmp_path / "new")
    assert {stat.S_IMODE(p.stat().st_mode) for p in (tmp_path / "new").iterdir()} == {0o600}


def test_a_pack_that_was_made_is_never_overwritten_and_another_is_not_recorded(desk, tmp_path, plainly):
    assert pack(desk, tmp_path / "out").code == 0
    for gone in ("zip", "pdf"):
        next((tmp_path / "out").glob(f"*.{gone}")).unlink()
        before = {p: p.read_bytes() for p in (tmp_path / "out").iterdir()}
        with desk.store.read() as con:
            steps = case_store.steps(con, "0001")
        done = pack(desk, tmp_path / "out")
        assert done.code == 2
        assert "is there already" in done.err
        assert {p: p.read_bytes() for p in (tmp_path / "out").iterdir()} == before
        with desk.store.read() as con:
            assert case_store.steps(con, "0001") == steps
        (made,) = before
        made.with_suffix(f".{gone}").write_bytes(b"x")


def test_why_a_pack_was_made_is_kept_where_it_is_said(desk, tmp_path, plainly):
    assert pack(desk, tmp_path, "--reason", "They asked for it on the telephone.").code == 0
    with desk.store.read() as con:
        assert case_store.steps(con, "0001")[-1].why.endswith("They asked for it on the telephone.")


def test_changed_evidence_is_handed_to_nobody(desk, tmp_path):
    desk = another(desk, tmp_path / "home")
    path = next(p for p in desk.store.evidence.rglob("*") if p.is_file())
    path.chmod(0o600)
    flip(path)
    done = pack(desk, tmp_path / "out")
    assert done.code == 1
    assert "Its bytes are not those that were stored." in done.err
    assert not (tmp_path / "out").exists()


def test_what_the_program_noted_of_a_look_is_not_said_to_be_a_persons_own_words(
    desk, tmp_path, plainly, monkeypatch
):
    mine = another(desk, tmp_path / "home")
    monkeypatch.setattr("monitor.act.casework.recheck._look", lambda *_: cannot_tell("trouble"))
    mine("recheck", "1", "--as", "holt")
    do(mine, "recheck", "1", "--saw", "present", "--why", "I looked at home", "--as", "holt")
    assert pack(mine, tmp_path / "out").code == 0
    said = " ".join(_text(unzipped(tmp_path / "out", tmp_path / "opened")).split())
    assert "Who looked: the program What was noted: “The site did not answer" in said
    assert "Who looked: this person, for themselves In their own words: “I looked at home”" in said


@pytest.mark.parametrize("person", ["marsh", "vale", "elsewhere"])
def test_whoever_may_not_read_the_case_is_given_no_pack(desk, tmp_path, person):
    assert pack(desk, tmp_path / "out", person=person).code == 2
    assert not (tmp_path / "out").exists()


def test_the_words_stand_apart_from_our_own_and_what_was_handed_in_is_named_and_its_picture_printed(
    desk, tmp_path, plainly
):
    mine = another(desk, tmp_path / "home")
    (tmp_path / "Mr Example.png").write_bytes(PNG)
    assert capture(mine, files=(tmp_path / "Mr Example.png",), child_image=False)[0] == 0
    pack(mine, tmp_path / "out")
    opened = unzipped(tmp_path / "out", tmp_path / "opened")
    text = _text(opened)
    assert "The words, as they were read The words, as the page shows them: The office at Oakfield" in text
    assert "the files are in this exhibit’s folder: supplied-1.png." in text
    assert "The picture that was handed in as supplied-1.png" in text
    assert not [name for name in opened.files() if "Mr" in name]


def test_a_pack_speaks_of_no_archive_and_no_exhibit_where_it_holds_none(tmp_path, plainly):
    desk = Desk(tmp_path)
    do(desk, "open", insult(desk), "--as", "holt")
    archive, exhibits = words("en")("pack.check.archive"), words("en")("pack.contents.exhibits")
    assert pack(desk, tmp_path / "none", person="holt").code == 0
    none = _text(unzipped(tmp_path / "none", tmp_path / "opened-none"))
    (tmp_path / "shot.png").write_bytes(PNG)
    do(
        desk,
        "capture",
        "1",
        "--file",
        str(tmp_path / "shot.png"),
        "--no-child-image",
        "--not-known",
        "rest",
        "--as",
        "holt",
    )
    assert pack(desk, tmp_path / "supplied", person="holt").code == 0
    supplied = _text(unzipped(tmp_path / "supplied", tmp_path / "opened-supplied"))
    assert [sentence in none for sentence in (archive, exhibits)] == [False, False]
    assert [sentence in supplied for sentence in (archive, exhibits)] == [True, True]


def test_of_a_page_that_was_not_kept_whole_the_pack_says_so():
    part = Exhibit(1, "900001-20261120-0001-RP", "pike", NOW, "captured", (), {"kind": "page"})
    assert compose._in_part(part)
    assert not compose._in_part(replace(part, facts={"kind": "wall"}))


def test_what_stood_in_the_place_of_the_post_is_told_as_what_it_was(tmp_path, plainly):
    (tmp_path / "home").mkdir()
    mine = Desk(tmp_path / "home")
    with serve({"/t/1": Answer(404, b"<p>Not here.</p>")}) as site:
        a_case(mine, site)
        assert capture(mine, site)[0] == 1
    pack(mine, tmp_path / "out")
    text = _text(unzipped(tmp_path / "out", tmp_path / "opened"))
    assert "the website said that the page was no longer there Answer of the website HTTP 404" in text
    assert "What was kept: what stood in its place, which is no evidence of the post" in text
    assert "Posted, as read when it was found 2026-11-17 07:00:00 UTC" in text


def test_a_platform_is_given_the_exhibits_and_not_why_the_school_decided(desk, tmp_path, plainly):
    do(desk, "support", "offered", "1", "--as", "holt")
    pack(desk, tmp_path / "out", "--to", "platform")
    opened = unzipped(tmp_path / "out", tmp_path / "opened")
    text = _text(opened)
    assert "Untrue, and it names him." not in text
    assert "he is upset" not in text
    assert "Support for the member of staff" not in text
    assert "case-steps.jsonl" not in opened.files()
    assert exhibit(opened).is_dir()
    everything = b"".join(opened.files().values()) + text.encode()
    assert not [
        said for said in ("before it is edited", "Untrue", "upset", "holt") if said.encode() in everything
    ]
    for command in (c for c in opened.commands if not c.startswith("wacz")):
        assert opened.type(command).returncode == 0, command


def test_the_police_are_not_told_how_the_school_looked_after_its_staff(desk, tmp_path, plainly):
    do(desk, "support", "offered", "1", "--as", "holt")
    for to, told in (("police", False), ("la", True)):
        pack(desk, tmp_path / to, "--to", to)
        text = _text(unzipped(tmp_path / to, tmp_path / f"{to}-o"))
        assert ("Support for the member of staff" in text) is told


@pytest.fixture(scope="module")
def locked(desk, tmp_path_factory):
    desk = another(desk, tmp_path_factory.mktemp("locked") / "home")
    do(desk, "step", "lock", "1", "--as", "holt", "--why", "A pupil says so of Mr Example in Year 6.")
    return desk


SECRET = (
    "Example", "Year 6", "disgruntled_dad", "dinner money", "Yesterday", "127.0.0.1", "2026-11-17",
    "20261117", "17 November", "Untrue", "he steals", "2026", "Holt", "Pike",
)  # fmt: skip
"""Name, subject, year group and dates; the post, its author and address; words that were said about it."""


@pytest.mark.parametrize("to", ["solicitor", "platform", None])
def test_a_locked_case_gives_nothing_away_to_those_who_may_not_know(locked, tmp_path, to):
    assert pack(locked, tmp_path / "out", *(["--to", to] if to else [])).code == 0
    opened = unzipped(tmp_path / "out", tmp_path / "opened")
    assert set(opened.files()) == {f"{opened.folder.name}.pdf", "README.txt", "SHA256SUMS"}
    shown = re.sub(r"[0-9a-f]{16,}", "", _text(opened) + opened.readme + opened.folder.name)
    assert not [secret for secret in SECRET if secret in shown]  # a year may stand in a hash by chance
    assert not [s for s in SECRET if len(s) > 5 and s.encode() in b"".join(opened.files().values())]
    assert "section 141F" in shown
    assert "This folder holds" not in shown
    assert opened.folder.name == "900001-0001-JH" + (f"-{to}" if to else "")
    assert [opened.type(c).returncode for c in opened.commands] == [0]


@pytest.mark.parametrize(
    ("person", "said"), [("fern", "is made by a safeguarding lead"), ("holt", "--reason")]
)
def test_all_of_a_locked_case_is_packed_by_those_who_may_read_it_and_for_a_reason(
    locked, tmp_path, person, said
):
    refused = pack(locked, tmp_path / "out", "--to", "police", person=person)
    assert refused.code == 2
    assert said in refused.err
    assert not (tmp_path / "out").exists()


def test_a_locked_case_is_whole_for_the_police_and_that_it_was_read_is_on_record(locked, tmp_path, plainly):
    pack(locked, tmp_path / "out", "--to", "police", "--reason", "They asked for it.")
    with locked.store.read() as con:
        assert [e.actor for e in _entries(con) if e.action == "restricted_read"] == ["holt"]
    opened = unzipped(tmp_path / "out", tmp_path / "opened")
    assert "Mr Example takes it home" in _text(opened)
    assert exhibit(opened).is_dir()


def test_a_restricted_case_is_packed_for_its_few_alone_and_its_reason_is_kept(tmp_path, plainly):
    desk = Desk(tmp_path)
    do(desk, "open", disclosure(desk), "--as", "pike")
    assert pack(desk, tmp_path / "out", person="ash").code == 2
    refused = pack(desk, tmp_path / "out", person="pike")
    assert refused.code == 2
    assert "--reason" in refused.err
    assert not (tmp_path / "out").exists()
    assert pack(desk, tmp_path / "out", "--reason", "for social care", person="pike").code == 0
    with desk.store.read() as con:
        entries = _entries(con)
        assert case_store.steps(con, "0001")[-1].kind == "noted"
    assert [e.actor for e in entries if e.action == "restricted_read"][-1:] == ["pike"]


OF_THE_POST = ("Oakfield is mentioned here as disclosure.", "https://forum.example.org/disclosure")


@pytest.fixture(scope="module")
def off_the_ladder(tmp_path_factory):
    desk = Desk(tmp_path_factory.mktemp("off"))
    do(desk, "open", disclosure(desk), "--as", "pike")
    return desk


@pytest.mark.parametrize(
    ("to", "told"), [("dsl", True), ("la", True), ("police", True), ("solicitor", False), ("file", False)]
)
def test_of_what_is_off_the_ladder_the_dsl_the_designated_officer_and_the_police_have_words_and_address_alone(
    off_the_ladder, tmp_path, to, told, plainly
):
    reason = ("--to", to, "--reason", "It is handed over")
    assert pack(off_the_ladder, tmp_path / "out", *reason, person="pike").code == 0
    opened = unzipped(tmp_path / "out", tmp_path / "opened")
    said = _text(opened)
    assert [secret in said for secret in OF_THE_POST] == [told, told]
    assert "The case was opened." in said
    assert not [name for name in opened.files() if name.startswith("exhibits/")]


@pytest.mark.parametrize("to", ["platform", "helpline"])
def test_of_what_is_off_the_ladder_nobody_who_removes_is_given_anything(off_the_ladder, tmp_path, to):
    done = pack(off_the_ladder, tmp_path / "out", "--to", to, "--reason", "x", person="pike")
    assert done.code == 1
    assert "Refused by the guard “off_the_ladder”." in done.err
    assert not (tmp_path / "out").exists()


def test_as_json_a_pack_says_where_its_files_are_and_the_hash_of_the_zip(off_the_ladder, tmp_path, plainly):
    made = pack(off_the_ladder, tmp_path / "out", "--to", "la", "--reason", "x", "--json", person="pike").data
    archive = next(path for path in map(Path, made["files"]) if path.suffix == ".zip")
    assert made["sha256"] == hashlib.sha256(archive.read_bytes()).hexdigest()
    assert (made["case"], made["to"], made["exhibits"], made["withheld"]) == ("0001", "la", 0, False)


def test_the_pack_for_the_dsl_is_made_for_a_recorded_reason_alone(off_the_ladder, tmp_path, plainly):
    assert pack(off_the_ladder, tmp_path / "out", "--to", "dsl", person="pike").code == 2
    assert pack(off_the_ladder, tmp_path / "out", "--to", "dsl", "--reason", "x", person="holt").code == 2
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("to", ["dsl", "la", "police"])
def test_what_may_be_extremist_is_handed_over_by_its_address_and_never_its_words(tmp_path, to, plainly):
    desk = Desk(tmp_path)
    do(desk, "open", disclosure(desk), "--as", "pike")
    do(desk, "classify", "1", "C9", "--as", "pike", "--why", "It is a call to join")
    assert pack(desk, tmp_path / "out", "--to", to, "--reason", "x", person="pike").code == 0
    said = _text(unzipped(tmp_path / "out", tmp_path / "opened"))
    assert [secret in said for secret in OF_THE_POST] == [False, True]


def _entries(con):
    return [link.entry for link in audit_chain.links(con)]


def _text(opened):
    """The words of the PDF, also of one that `plainly` made."""
    path = opened.folder / f"{opened.folder.name}.pdf"
    content = path.read_bytes()
    if not content.startswith(b"%PDF"):
        return content.decode()
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(path).pages).split())


@pytest.fixture
def plainly(monkeypatch):
    """The words of the document in the place of its PDF, which takes longer than all else of a pack."""
    monkeypatch.setattr(
        packing, "render", lambda document, contents: " ".join(_words(asdict(document))).encode()
    )


def _words(value):
    match value:
        case str():
            return value.split()
        case dict():
            return [word for held in value.values() for word in _words(held)]
        case list() | tuple():
            return [word for held in value for word in _words(held)]
    return []


@pytest.fixture(scope="module")
def harassed(tmp_path_factory):
    """A case of harassment of Sam Vale, judged to be about him, and another such post by the same author."""
    desk = a_kept_case(
        tmp_path_factory.mktemp("harassed"), stamped=False, content_class="C2", abuse=("harassment",),
        subject_person="vale", subjects=("vale",),
    )  # fmt: skip
    other = a_mention("older", channel="forum", author="disgruntled_dad", text="Mr Vale again, on the bus.")
    other = replace(other, url="http://127.0.0.1/t/0")
    batch = a_batch(
        other, verdicts=[a_verdict(other, subject_person="vale")], story_id="s-older", run=a_run("feed:older")
    )
    with desk.store.write("an older post") as con:
        save(con, batch, now=NOW, policy=POLICY)
    return desk


def test_a_course_of_conduct_is_put_together_only_where_approved_and_audited(harassed, tmp_path, plainly):
    refused = pack(harassed, tmp_path / "out", "--chronology")
    assert refused.code == 1
    assert "Refused by the guard “chronology_approved”" in refused.err
    assert not (tmp_path / "out").exists()
    do(harassed, "step", "target", "1", "--person", "vale", "--accuses-nobody", "--as", "holt",
       "--why", "It mocks him.")  # fmt: skip
    do(harassed, "chronology", "approve", "1", "--author", "disgruntled_dad", "--person", "vale",
       "--as", "holt", "--why", "The third within a month.")  # fmt: skip
    assert pack(harassed, tmp_path / "plain").code == 0
    assert "on the bus" not in _text(unzipped(tmp_path / "plain", tmp_path / "plain-o"))
    assert pack(harassed, tmp_path / "out", "--chronology", "--to", "police").code == 0
    text = _text(unzipped(tmp_path / "out", tmp_path / "opened"))
    assert "Mr Vale again, on the bus." in text
    assert "Jane Holt approved it" in text
    with harassed.store.read() as con:
        assert "chronology" in audit_chain.links(con)[-1].entry.codes


def test_a_whole_case_whose_time_was_over_leaves_a_record_that_holds(desk, tmp_path):
    mine = another(desk, tmp_path / "home")
    do(mine, "close", "1", "--standing", "--as", "holt", "--why", "Nobody takes it down.")
    purge(mine.store, NOW + timedelta(days=3000), POLICY)
    with mine.store.read() as con:
        assert case_store.steps(con, "0001") == ()
    done = evidence(mine, "verify")
    assert done.code == 0, done.out
    assert "0 files of 0 captures, 0 steps of cases" in done.out


def test_the_pack_says_who_is_accused_and_needs_no_victim_to_say_it(tmp_path, plainly):
    desk = Desk(tmp_path)
    do(desk, "open", disclosure(desk), "--as", "pike")
    do(desk, "step", "target", "1", "--subject", "holt", "--subject", "ash", "--as", "pike")
    do(desk, "step", "conflicted", "1", "marsh", "--as", "pike", "--why", "Her husband")
    assert pack(desk, tmp_path / "out", "--to", "la", "--reason", "x", person="pike").code == 0
    said = _text(unzipped(tmp_path / "out", tmp_path / "opened"))
    assert "Accused: Jane Holt and Lee Ash." in said
    assert "Aimed at" not in said
    assert "accuses nobody of anything." in said
    assert "Who: Alex Marsh" in said
    assert "There is no case 0001." in desk("show", "1", "--as", "marsh").err


@pytest.mark.parametrize("number", ["1", "2"])
def test_whoever_may_not_know_of_a_case_proves_it_as_little_as_one_that_is_not_there(tmp_path, number):
    desk = Desk(tmp_path)
    do(desk, "open", disclosure(desk), "--as", "pike")
    do(desk, "step", "target", "1", "--subject", "holt", "--as", "pike")
    ran = evidence(desk, "verify", number, "--as", "holt")
    assert ran.err.startswith(f"There is no case 000{number}. To see those")
    assert ran.out == ""
    assert evidence(desk, "verify", "1", "--as", "pike").code == 0
